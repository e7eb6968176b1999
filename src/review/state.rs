//! Where a review stands: its facts, folded. Holds no free text, and no due moment: those are derived.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use super::event::{Fact, Held, Means, Recorded, Waits};
use crate::concern::Actor;
use crate::ids::{ClockId, ConcernId, ReviewId, UserId};

/// A review as it stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Review {
    /// Its reference.
    pub id: ReviewId,
    /// What it was recorded with.
    pub held: Held,
    /// The officer who recorded it.
    pub recorded_by: UserId,
    /// The officer whose it is now.
    pub officer: UserId,
    /// When.
    pub recorded_at: DateTime<Utc>,
    /// The tasks that are done.
    pub done: BTreeMap<ClockId, Done>,
    /// When each notice reached its owner.
    pub received: BTreeMap<ClockId, DateTime<Utc>>,
    /// When each window ended without an objection.
    pub accepted: BTreeMap<ClockId, DateTime<Utc>>,
    /// The objections, the earliest first.
    pub objections: Vec<Objection>,
    /// What became of an objection in time.
    pub settled: Option<Settled>,
    /// The tasks whose owners were reminded on the day.
    pub reminded: BTreeSet<ClockId>,
    /// How often reminders went.
    pub reminders: u32,
    /// When each task was last found late.
    pub late: BTreeMap<ClockId, DateTime<Utc>>,
    /// How often tasks were found late.
    pub late_notes: u32,
    /// How often the officer was told that a notice is not delivered, and when last.
    pub undelivered: BTreeMap<ClockId, (u32, DateTime<Utc>)>,
    /// How often somebody was reminded of what has no clock, and when last.
    pub nudged: BTreeMap<Waits, (u32, DateTime<Utc>)>,
    /// What becomes of the referral.
    pub referral: Option<Referral>,
    /// The officer's part in the panel.
    pub part: Option<Part>,
    /// When the midway oversight was put on the child's record.
    pub midway: Option<DateTime<Utc>>,
    /// The concerns raised from it.
    pub concerns: Vec<ConcernId>,
    /// When nothing was left to do.
    pub closed: Option<DateTime<Utc>>,
    /// How many facts are folded in.
    pub seq: i64,
    /// When the last fact was recorded.
    pub changed_at: DateTime<Utc>,
}

/// A task that is done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Done {
    /// When it was told.
    pub at: DateTime<Utc>,
    /// Who told.
    pub by: UserId,
    /// The day on which it was done, where they said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on: Option<NaiveDate>,
    /// Whether it came after its day.
    pub late: bool,
}

/// An objection to a decision.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Objection {
    /// The clock.
    pub clock: ClockId,
    /// Who objected.
    pub by: UserId,
    /// When.
    pub at: DateTime<Utc>,
    /// Whether the window had ended: it then undoes nothing.
    pub late: bool,
    /// The fact it was recorded in.
    pub seq: i64,
}

/// What became of an objection.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settled {
    /// When.
    pub at: DateTime<Utc>,
    /// Whether the decisions were changed.
    pub changed: bool,
    /// The fact it was recorded in: what was objected to after it is not settled by it.
    #[serde(default)]
    pub seq: i64,
}

/// What becomes of a referral.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Referral {
    /// How it is dealt with.
    pub means: Means,
    /// Who said so.
    pub by: UserId,
    /// When.
    pub at: DateTime<Utc>,
}

/// The officer's part in a panel.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    /// Whether they attend.
    pub attends: bool,
    /// When they said so.
    pub at: DateTime<Utc>,
}

impl Review {
    /// A review from its first fact; `None` where that is not its recording.
    #[must_use]
    pub fn begin(id: ReviewId, first: &Recorded) -> Option<Self> {
        let (Fact::ReviewHeld(held), Actor::Person(by)) = (&first.fact, &first.actor) else {
            return None;
        };
        Some(Self {
            id,
            held: (**held).clone(),
            recorded_by: by.clone(),
            officer: by.clone(),
            recorded_at: first.at,
            done: BTreeMap::new(),
            received: BTreeMap::new(),
            accepted: BTreeMap::new(),
            objections: Vec::new(),
            settled: None,
            reminded: BTreeSet::new(),
            reminders: 0,
            late: BTreeMap::new(),
            late_notes: 0,
            undelivered: BTreeMap::new(),
            nudged: BTreeMap::new(),
            referral: None,
            part: None,
            midway: None,
            concerns: Vec::new(),
            closed: None,
            seq: first.seq,
            changed_at: first.at,
        })
    }

    /// Folds a fact in.
    pub fn apply(&mut self, recorded: &Recorded) {
        let at = recorded.at;
        let by = match &recorded.actor {
            Actor::Person(user) => user.clone(),
            Actor::Lodestar => self.officer.clone(),
        };
        match &recorded.fact {
            // Only ever the first.
            Fact::ReviewHeld(_) => {}
            Fact::TaskDone { clock, on, late } => {
                let (on, late) = (*on, *late);
                self.done.insert(clock.clone(), Done { at, by, on, late });
            }
            Fact::NoticeReceived { clock, at } => {
                self.received.insert(clock.clone(), *at);
            }
            Fact::Objected { clock, late } => self.objections.push(Objection {
                clock: clock.clone(),
                by,
                at,
                late: *late,
                seq: recorded.seq,
            }),
            Fact::DeemedAccepted { clock } => {
                self.accepted.insert(clock.clone(), at);
            }
            Fact::ObjectionSettled { changed } => {
                let changed = *changed;
                let seq = recorded.seq;
                self.settled = Some(Settled { at, changed, seq });
            }
            Fact::DueReminded { clocks } => {
                self.reminded.extend(clocks.iter().cloned());
                self.reminders += 1;
            }
            Fact::FoundLate { clocks } => {
                for clock in clocks {
                    self.late.insert(clock.clone(), at);
                }
                self.late_notes += 1;
            }
            Fact::NoticeNotDelivered { clock } => {
                let times = self.undelivered.get(clock).map_or(0, |(times, _)| *times);
                self.undelivered.insert(clock.clone(), (times + 1, at));
            }
            Fact::Nudged { of } => {
                let times = self.nudged.get(of).map_or(0, |(times, _)| *times);
                self.nudged.insert(*of, (times + 1, at));
            }
            Fact::ReferralAnswered { means } => {
                let means = *means;
                self.referral = Some(Referral { means, by, at });
            }
            Fact::PanelPartTaken { attends } => {
                let attends = *attends;
                self.part = Some(Part { attends, at });
            }
            Fact::MidwayNoted => self.midway = Some(at),
            Fact::ConcernRaised { concern } => self.concerns.push(*concern),
            Fact::OfficerChanged { to } => self.officer = to.clone(),
            Fact::PaperworkDone => self.closed = Some(at),
        }
        self.seq = recorded.seq;
        self.changed_at = at;
    }

    /// Whether anything is left to do.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.closed.is_none()
    }

    /// Whether somebody is or was its officer: they neither object to its decisions nor answer its referral.
    #[must_use]
    pub fn is_own(&self, user: &UserId) -> bool {
        *user == self.officer || *user == self.recorded_by
    }

    /// The first objection that came in time.
    #[must_use]
    pub fn objection_in_time(&self) -> Option<&Objection> {
        self.objections_in_time().next()
    }

    /// The objections that came in time, the earliest first.
    pub fn objections_in_time(&self) -> impl Iterator<Item = &Objection> {
        (self.objections.iter()).filter(|objection| !objection.late)
    }

    /// The first objection in time that is not settled yet.
    #[must_use]
    pub fn unsettled(&self) -> Option<&Objection> {
        let settled = self.settled.as_ref().map(|settled| settled.seq);
        self.objections_in_time()
            .find(|objection| settled.is_none_or(|settled| objection.seq > settled))
    }

    /// Whether an objection in time waits for what becomes of it.
    #[must_use]
    pub fn is_to_be_settled(&self) -> bool {
        self.unsettled().is_some()
    }
}
