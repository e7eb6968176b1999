//! What is kept as a record beside the concerns, whatever its sort: a list of facts, each with the texts that stand beside it,
//! folded into how it stands; a pure function that adds to it; clocks derived from where it stands; messages that follow.
//!
//! [`Kept`] is all that the desk must know of a sort. Reviews and notices are such; a new sort implements it, names itself in
//! [`crate::ids::Subject`], and gets the record, the seals, the deadlines and the messages that the others have.

pub mod waiting;

use std::fmt::Debug;

use chrono::{DateTime, NaiveDate, SubsecRound, Utc};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::concern::{Actor, Rules, Standing};
use crate::ids::{CaseRef, ProtocolId, Reference, TeamId, Text, UserId};
use crate::mail::{Content, Kind, Mail};

pub use waiting::{Asks, Waiting, Whom};

/// A sort of record.
pub trait Kept: Clone + Debug + Serialize + DeserializeOwned + Send + Sync + 'static {
    /// Its reference.
    type Id: Reference + Send + Sync;
    /// What may happen to it. Holds no free text.
    type Fact: Clone + Debug + Eq + Serialize + DeserializeOwned + Send + Sync;
    /// The free texts that may stand beside a fact, by their stable names in the store.
    type Field: Copy + Debug + Eq + Into<&'static str> + Send + Sync;
    /// What may be asked of it.
    type Command: Send;
    /// Why something asked changes nothing.
    type Refusal: std::error::Error + Send;
    /// What a message about it is about: enough, with the record, to render it at any time.
    type Matter: Clone + PartialEq + Send + Sync;

    /// It, from its first fact; `None` where that is not a first one.
    fn begin(id: Self::Id, first: &Recorded<Self::Fact>) -> Option<Self>;

    /// Folds a fact in.
    fn apply(&mut self, recorded: &Recorded<Self::Fact>);

    /// What the index tells of it.
    fn head(&self) -> Head<'_, Self::Id>;

    /// Decides what follows from a command; `None` asks for the program itself.
    ///
    /// # Errors
    /// A refusal, which changes nothing and is said to the person alone.
    fn decide(
        &self,
        rules: &Rules<'_>,
        standing: Option<&Standing>,
        command: Self::Command,
        now: DateTime<Utc>,
    ) -> Result<Decision<Self>, Self::Refusal>;

    /// The command of a clock that fell.
    fn fell(key: String) -> Self::Command;

    /// Its live clocks, each key once in its life.
    fn clocks(&self, rules: &Rules<'_>) -> Vec<Clock>;

    /// What it waits for now, whoever is to do it; nothing once it is closed.
    fn waits(&self, rules: &Rules<'_>, now: DateTime<Utc>) -> Vec<Waiting>;

    /// Whether it is somebody's own, or that of one they cover for.
    fn is_of(&self, who: &Standing) -> bool {
        who.user == *self.head().whose || who.covers_raiser
    }

    /// Whether somebody may read anything of it.
    fn may_read(&self, rules: &Rules<'_>, who: &Standing) -> bool;

    /// The messages that follow from new facts. `before` is it as it was, `None` when it has just been recorded.
    fn follows(
        rules: &Rules<'_>,
        before: Option<&Self>,
        after: &Self,
        facts: &[NewOf<Self>],
    ) -> Vec<Mail<Self::Matter>>;

    /// What is queued for a message.
    fn content(matter: Self::Matter) -> Content;

    /// The messages that somebody who takes over from another gets of what stands now: what they would have got had it begun today.
    /// Whoever is meant is told from the address.
    fn present(&self, rules: &Rules<'_>) -> Vec<Mail<Self::Matter>>;

    /// The kind of message.
    fn kind(matter: &Self::Matter) -> Kind;

    /// It, from its whole record.
    #[must_use]
    fn fold<'a>(
        id: Self::Id,
        record: impl IntoIterator<Item = &'a Recorded<Self::Fact>>,
    ) -> Option<Self> {
        let mut record = record.into_iter();
        let mut kept = Self::begin(id, record.next()?)?;
        record.for_each(|recorded| kept.apply(recorded));
        Some(kept)
    }
}

/// What the index tells of a record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head<'a, I> {
    /// Its reference.
    pub id: I,
    /// Whose case it is, or whom it is about.
    pub team: &'a TeamId,
    /// The protocol.
    pub protocol: &'a ProtocolId,
    /// The hash of the protocol's text as it then was: the record stays with it.
    pub protocol_hash: &'a str,
    /// Whose it is: of a review, the officer; of a notice, its sender.
    pub whose: &'a UserId,
    /// Whose it was first, where it has been handed over.
    pub before: Option<&'a UserId>,
    /// The case, where it is about one.
    pub case_ref: Option<&'a CaseRef>,
    /// The council-local day it is about.
    pub day: NaiveDate,
    /// What lists tell it apart by; may be empty.
    pub mark: &'static str,
    /// Whether anything is left to do.
    pub open: bool,
    /// When it was recorded.
    pub recorded_at: DateTime<Utc>,
    /// When the last fact was recorded.
    pub changed_at: DateTime<Utc>,
    /// How many facts are folded in.
    pub seq: i64,
}

/// A fact as it stands in a record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recorded<F> {
    /// Its place in the history, from 1.
    pub seq: i64,
    /// When it was recorded.
    pub at: DateTime<Utc>,
    /// Who did it.
    pub actor: Actor,
    /// For whom, where they could only as that person's cover (`B-3.b`).
    pub on_behalf_of: Option<UserId>,
    /// What happened.
    pub fact: F,
}

/// A new fact with the texts that stand beside it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct New<F, T> {
    /// The fact as it will be recorded.
    pub recorded: Recorded<F>,
    /// Its texts, to be sealed.
    pub texts: Vec<(T, Text)>,
}

/// A new fact of a sort.
pub type NewOf<K> = New<<K as Kept>::Fact, <K as Kept>::Field>;

/// What follows: the new facts in order, and the record as they leave it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision<K: Kept> {
    /// The new facts.
    pub facts: Vec<NewOf<K>>,
    /// It after them.
    pub after: K,
}

/// A live clock.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Clock {
    /// Its name within the record.
    pub key: String,
    /// What it is for.
    pub kind: &'static str,
    /// When it falls.
    pub at: DateTime<Utc>,
}

/// A decision in the making: each fact is folded in as it is made.
#[derive(Debug)]
pub(crate) struct Deciding<'r, K: Kept> {
    pub(crate) rules: &'r Rules<'r>,
    pub(crate) record: K,
    pub(crate) actor: Actor,
    pub(crate) on_behalf_of: Option<UserId>,
    pub(crate) now: DateTime<Utc>,
    facts: Vec<NewOf<K>>,
}

impl<'r, K: Kept> Deciding<'r, K> {
    /// A decision over what stands, for somebody; `None` is the program itself.
    pub(crate) fn over(
        rules: &'r Rules<'r>,
        record: K,
        standing: Option<&Standing>,
        now: DateTime<Utc>,
    ) -> Self {
        let actor = standing.map_or(Actor::Lodestar, |who| Actor::Person(who.user.clone()));
        Self {
            rules,
            record,
            actor,
            on_behalf_of: None,
            // The record keeps milliseconds: what is decided on is what will be read back.
            now: now.trunc_subsecs(3),
            facts: Vec::with_capacity(2),
        }
    }

    /// A decision that begins a record with its first fact; `None` where that is not a first one.
    pub(crate) fn begin(
        rules: &'r Rules<'r>,
        id: K::Id,
        by: &UserId,
        first: (K::Fact, Vec<(K::Field, Text)>),
        now: DateTime<Utc>,
    ) -> Option<Self> {
        Self::begin_as(rules, id, Actor::Person(by.clone()), first, now)
    }

    /// As [`Deciding::begin`], for whoever begins it: a person, or the program itself.
    pub(crate) fn begin_as(
        rules: &'r Rules<'r>,
        id: K::Id,
        actor: Actor,
        (fact, texts): (K::Fact, Vec<(K::Field, Text)>),
        now: DateTime<Utc>,
    ) -> Option<Self> {
        let recorded = Recorded {
            seq: 1,
            at: now.trunc_subsecs(3),
            actor,
            on_behalf_of: None,
            fact,
        };
        let mut deciding = Self::over(rules, K::begin(id, &recorded)?, None, now);
        deciding.actor = recorded.actor.clone();
        deciding.facts.push(New { recorded, texts });
        Some(deciding)
    }

    /// What was decided.
    pub(crate) fn done(self) -> Decision<K> {
        Decision {
            facts: self.facts,
            after: self.record,
        }
    }

    /// Adds a fact.
    pub(crate) fn add(&mut self, fact: K::Fact) {
        self.add_with(fact, Vec::new());
    }

    /// Adds a fact with its texts.
    pub(crate) fn add_with(&mut self, fact: K::Fact, texts: Vec<(K::Field, Text)>) {
        let recorded = Recorded {
            seq: self.record.head().seq + 1,
            at: self.now,
            actor: self.actor.clone(),
            on_behalf_of: self.on_behalf_of.clone(),
            fact,
        };
        self.record.apply(&recorded);
        self.facts.push(New { recorded, texts });
    }
}
