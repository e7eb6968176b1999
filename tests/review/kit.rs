//! A story of one review: people act, clocks fall in order, and after every change what must always hold is checked.

use std::collections::{BTreeSet, HashSet};

use chrono::{DateTime, Utc};
use lodestar::concern::event::Rag;
use lodestar::concern::{Raiser, Rules, Standing};
use lodestar::ids::{CaseRef, ClockId, ReviewId, TeamId, Text, UserId};
use lodestar::mail::To;
use lodestar::mail::review::{Mail, Occasion, follows};
use lodestar::protocol::{Protocol, Sitting};
use lodestar::record::Kept as _;
use lodestar::review::{
    Command, Fact, Record, Recorded, Refusal, Review, Task, clocks, decide, record, tasks,
};

#[path = "../kit/rules.rs"]
mod under;

use under::{CALENDAR, LIBRARY};
pub(crate) use under::{SECRET, built_in, day, moment, person, rules};

/// The officer of every story.
pub(crate) const IRO: &str = "U0IRO";

pub(crate) fn text() -> Text {
    Text::from(SECRET)
}

pub(crate) fn all_built_in() -> Vec<&'static Protocol> {
    LIBRARY.iter().map(|held| &*held.protocol).collect()
}

/// The person who holds a role in stories.
pub(crate) fn holder(role: &str) -> Standing {
    person(&format!("U-{role}"), &[role])
}

pub(crate) fn officer() -> Standing {
    person(IRO, &[])
}

/// The officer as somebody who may record.
pub(crate) fn raiser(protocol: &Protocol) -> Raiser {
    Raiser {
        user: UserId::from(IRO),
        raiser_roles: protocol.raised_by.clone(),
        roles: BTreeSet::new(),
    }
}

pub(crate) fn done(clock: &str) -> Command {
    Command::Done {
        clock: ClockId::from(clock),
        on: None,
    }
}

pub(crate) fn object() -> Command {
    Command::Object {
        clock: ClockId::from("objection"),
        objection: text(),
    }
}

/// What an officer says of a review of that day.
pub(crate) fn held(on: &str) -> Record {
    Record {
        team: TeamId::from("north"),
        protocol_hash: String::new(),
        case_ref: CaseRef::from("K-204117"),
        sitting: Sitting::Review,
        review_date: day(on),
        rag: None,
        concerns: Some(text()),
        attendees: vec![UserId::from("U0SW"), UserId::from("U0SCHOOL")],
        others: None,
        criteria: Vec::new(),
        form: Vec::new(),
    }
}

pub(crate) fn rated(on: &str, rag: Rag) -> Record {
    Record {
        rag: Some(rag),
        ..held(on)
    }
}

pub(crate) struct Story {
    pub(crate) rules: Rules<'static>,
    pub(crate) review: Review,
    pub(crate) record: Vec<Recorded>,
    pub(crate) mail: Vec<Mail>,
    pub(crate) now: DateTime<Utc>,
    fallen: HashSet<String>,
}

impl Story {
    pub(crate) fn begin(protocol: &str, with: Record, at: &str) -> Self {
        Self::under(built_in(protocol), with, moment(at)).unwrap()
    }

    pub(crate) fn under(
        protocol: &'static Protocol,
        with: Record,
        now: DateTime<Utc>,
    ) -> Result<Self, Refusal> {
        let rules = rules(protocol);
        let raiser = raiser(protocol);
        let decision = record(&rules, ReviewId(7), &raiser, with, now)?;
        let mail = follows(&rules, None, &decision.after, &decision.facts);
        let story = Self {
            rules,
            review: decision.after,
            record: decision.facts.into_iter().map(|new| new.recorded).collect(),
            mail,
            now,
            fallen: HashSet::new(),
        };
        story.holds();
        Ok(story)
    }

    /// Somebody asks; the clocks that fell meanwhile have fallen.
    pub(crate) fn asks(&mut self, who: &Standing, command: Command) -> Result<(), Refusal> {
        self.decided(Some(who), command)
    }

    pub(crate) fn delivered(&mut self, clock: &str) {
        let clock = ClockId::from(clock);
        let at = self.now;
        self.decided(None, Command::Delivered { clock, at })
            .unwrap();
    }

    /// Moves on, letting each clock fall at its own moment.
    pub(crate) fn to(&mut self, at: &str) {
        self.goes_to(moment(at));
    }

    pub(crate) fn goes_to(&mut self, at: DateTime<Utc>) {
        for _ in 0..500 {
            let next = clocks(&self.rules, &self.review)
                .into_iter()
                .filter(|clock| clock.at <= at)
                .min_by_key(|clock| clock.at);
            let Some(clock) = next else {
                self.now = self.now.max(at);
                return;
            };
            self.now = self.now.max(clock.at);
            assert!(
                self.fallen.insert(clock.key.clone()),
                "{} falls twice",
                clock.key
            );
            let before = self.record.len();
            self.decided(None, Command::ClockFell { key: clock.key })
                .unwrap();
            assert!(
                self.record.len() > before,
                "a clock fell and nothing came of it"
            );
        }
        panic!("the clocks do not come to rest");
    }

    fn decided(&mut self, who: Option<&Standing>, command: Command) -> Result<(), Refusal> {
        let decision = decide(&self.rules, &self.review, who, command, self.now)?;
        let before = std::mem::replace(&mut self.review, decision.after);
        let follows = follows(&self.rules, Some(&before), &self.review, &decision.facts);
        self.mail.extend(follows);
        let facts = decision.facts.into_iter().map(|new| new.recorded);
        self.record.extend(facts);
        self.holds();
        Ok(())
    }

    /// What must always hold.
    pub(crate) fn holds(&self) {
        assert_eq!(
            Review::fold(ReviewId(7), &self.record),
            Some(self.review.clone()),
            "the record gives the same review"
        );
        for recorded in &self.record {
            let json = serde_json::to_string(&recorded.fact).unwrap();
            assert!(!json.contains(SECRET), "a fact holds what people wrote");
            let back: Fact = serde_json::from_str(&json).unwrap();
            assert_eq!(back, recorded.fact);
        }
        let live = clocks(&self.rules, &self.review);
        assert_eq!(
            live.is_empty(),
            !self.review.is_open(),
            "an open review has a live clock, a finished one none: {:?}",
            self.review
        );
        let keys: HashSet<&String> = live.iter().map(|clock| &clock.key).collect();
        assert_eq!(keys.len(), live.len(), "two clocks of one key");
        for clock in &live {
            assert!(
                !self.fallen.contains(&clock.key),
                "{} has fallen already",
                clock.key
            );
        }
    }

    pub(crate) fn task(&self, id: &str) -> Task<'static> {
        tasks(&self.rules, &self.review)
            .into_iter()
            .find(|task| task.id == *id)
            .unwrap()
    }

    /// By when a task is due: `Wed 23 Dec, 17:00`.
    pub(crate) fn due(&self, id: &str) -> String {
        let due = self.task(id).due;
        due.map_or_else(String::new, |due| CALENDAR.say_due(&due))
    }

    /// To whom something was sent on an occasion, in order.
    pub(crate) fn told(&self, occasion: Occasion) -> Vec<&To> {
        self.mail
            .iter()
            .filter(|mail| mail.matter.occasion == occasion)
            .map(|mail| &mail.to)
            .collect()
    }
}
