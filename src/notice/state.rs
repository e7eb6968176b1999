//! Where a notice stands: its facts, folded. Holds no free text, and no due moment: those are derived.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::event::{Fact, Recipient, Recorded, Sent, Sort, Waits};
use crate::concern::Actor;
use crate::ids::{ConcernId, NoticeId, RoleId, UserId};

/// A notice as it stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notice {
    /// Its reference.
    pub id: NoticeId,
    /// What it was sent with.
    pub sent: Sent,
    /// Its sender.
    pub sender: UserId,
    /// When it was sent.
    pub sent_at: DateTime<Utc>,
    /// The child's reviewing officer now, where it goes to one.
    pub officer: Option<UserId>,
    /// Since when it has been with them.
    pub officer_since: DateTime<Utc>,
    /// Who of those it went to has seen it, in the order they did.
    pub seen: Vec<Saw>,
    /// Whether a review is needed, once the officer has determined it.
    pub judged: Option<Judged>,
    /// What came of it, the earliest first.
    pub outcomes: Vec<Outcome>,
    /// When its sender closed it.
    pub closed: Option<DateTime<Utc>>,
    /// The concerns raised from it.
    pub concerns: Vec<ConcernId>,
    /// How often somebody was reminded, and when last.
    pub reminded: BTreeMap<Waits, (u32, DateTime<Utc>)>,
    /// How many facts are folded in.
    pub seq: i64,
    /// When the last fact was recorded.
    pub changed_at: DateTime<Utc>,
}

/// That somebody has seen it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Saw {
    /// As whom.
    pub r#as: Recipient,
    /// Who.
    pub by: UserId,
    /// When.
    pub at: DateTime<Utc>,
}

/// Whether a review is needed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Judged {
    /// Whether it is.
    pub needed: bool,
    /// Who determined it.
    pub by: UserId,
    /// When.
    pub at: DateTime<Utc>,
}

/// What came of a general concern.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outcome {
    /// As which roles it was recorded.
    pub r#as: Vec<RoleId>,
    /// By whom.
    pub by: UserId,
    /// When.
    pub at: DateTime<Utc>,
}

impl Notice {
    /// A notice from its first fact; `None` where that is not its sending.
    #[must_use]
    pub fn begin(id: NoticeId, first: &Recorded) -> Option<Self> {
        let (Fact::NoticeSent(sent), Actor::Person(sender)) = (&first.fact, &first.actor) else {
            return None;
        };
        Some(Self {
            id,
            sent: (**sent).clone(),
            sender: sender.clone(),
            sent_at: first.at,
            officer: sent.officer.clone(),
            officer_since: first.at,
            seen: Vec::new(),
            judged: None,
            outcomes: Vec::new(),
            closed: None,
            concerns: Vec::new(),
            reminded: BTreeMap::new(),
            seq: first.seq,
            changed_at: first.at,
        })
    }

    /// Folds a fact in.
    pub fn apply(&mut self, recorded: &Recorded) {
        let at = recorded.at;
        let by = match &recorded.actor {
            Actor::Person(user) => user.clone(),
            Actor::Lodestar => self.sender.clone(),
        };
        match &recorded.fact {
            // Only ever the first.
            Fact::NoticeSent(_) => {}
            Fact::Seen { r#as } => self.seen.extend(r#as.iter().map(|recipient| Saw {
                r#as: recipient.clone(),
                by: by.clone(),
                at,
            })),
            Fact::ReviewJudged { needed } => {
                let needed = *needed;
                self.judged = Some(Judged { needed, by, at });
            }
            Fact::OutcomeRecorded { r#as } => self.outcomes.push(Outcome {
                r#as: r#as.clone(),
                by,
                at,
            }),
            Fact::Closed => self.closed = Some(at),
            Fact::OfficerChanged { to } => {
                self.officer = Some(to.clone());
                self.officer_since = at;
                // Whoever had it has seen it; whoever has it now has not.
                self.seen.retain(|saw| saw.r#as != Recipient::Officer);
            }
            Fact::ConcernRaised { concern } => self.concerns.push(*concern),
            Fact::Reminded { of } => {
                let times = self.reminded.get(of).map_or(0, |(times, _)| *times);
                self.reminded.insert(*of, (times + 1, at));
            }
        }
        self.seq = recorded.seq;
        self.changed_at = at;
    }

    /// Whether anything is left to do: a change until the officer has determined whether a review is needed, a general concern until
    /// its sender closes it. Good practice asks nothing of anybody.
    #[must_use]
    pub fn is_open(&self) -> bool {
        match self.sent.sort {
            Sort::Change => self.judged.is_none(),
            Sort::Praise => false,
            Sort::Service => self.closed.is_none(),
        }
    }

    /// Whether one of those it went to has seen it. Whoever has acted on it has.
    #[must_use]
    pub fn has_seen(&self, recipient: &Recipient) -> bool {
        self.seen.iter().any(|saw| saw.r#as == *recipient)
            || match recipient {
                Recipient::Officer => self.judged.is_some(),
                Recipient::Role(role) => {
                    (self.outcomes.iter()).any(|outcome| outcome.r#as.contains(role))
                }
                Recipient::Praised => false,
            }
    }

    /// Those it went to who have not seen it.
    #[must_use]
    pub fn unseen(&self) -> Vec<Recipient> {
        let all = self.sent.recipients();
        all.filter(|recipient| !self.has_seen(recipient)).collect()
    }
}
