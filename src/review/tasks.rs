//! What a review asks of whom and by when, derived from its facts, its protocol's clocks and the calendar.

use chrono::{DateTime, NaiveDate, Utc};

use super::event::{Means, Waits};
use super::state::Review;
use crate::calendar::Due;
use crate::concern::Rules;
use crate::ids::{ClockId, RoleId};
use crate::protocol::{Notice, ReviewClock, ReviewStart, Silence, Sitting};
use crate::record::{Asks, Waiting, Whom};

/// A clock of a review, and how it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Task<'r> {
    /// Its id.
    pub id: ClockId,
    /// What the protocol says of it.
    pub clock: &'r ReviewClock,
    /// How it stands.
    pub stage: Stage,
    /// Whether it is due only where matters of concern came up, and none did: shown, never chased.
    pub only_if: bool,
    /// By when, as far as that is known.
    pub due: Option<Due>,
}

/// How a task stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// What starts it has not happened.
    Waiting,
    /// Its owner has to get the notice first: a window runs from its receipt.
    Sending {
        /// Since when.
        since: DateTime<Utc>,
    },
    /// It runs.
    Running {
        /// Since when.
        since: DateTime<Utc>,
    },
    /// It is done.
    Done {
        /// When it was told.
        at: DateTime<Utc>,
        /// The day on which it was done, where they said.
        on: Option<NaiveDate>,
        /// Whether it came after its day.
        late: bool,
    },
    /// A decision was objected to, in time.
    Objected {
        /// When.
        at: DateTime<Utc>,
    },
    /// Accepted, no objection.
    Accepted {
        /// When the window ended.
        at: DateTime<Utc>,
    },
}

impl Task<'_> {
    /// Whether silence at its end is consent.
    #[must_use]
    pub fn takes_silence(&self) -> bool {
        self.clock.on_silence == Silence::DeemedAccepted
    }

    /// Whether it has ended, one way or another.
    #[must_use]
    pub fn has_ended(&self) -> bool {
        self.ended_at().is_some()
    }

    /// Whether somebody is still to act, or to be silent, before the review's paperwork is done.
    #[must_use]
    pub fn is_left(&self) -> bool {
        !self.only_if && !self.has_ended()
    }

    /// Since when it has run; `None` where it does not.
    #[must_use]
    pub fn running_since(&self) -> Option<DateTime<Utc>> {
        match self.stage {
            Stage::Running { since } => Some(since),
            _ => None,
        }
    }

    fn ended_at(&self) -> Option<DateTime<Utc>> {
        match self.stage {
            Stage::Done { at, .. } | Stage::Objected { at } | Stage::Accepted { at } => Some(at),
            Stage::Waiting | Stage::Sending { .. } | Stage::Running { .. } => None,
        }
    }
}

/// Every task of a review, in the protocol's order.
#[must_use]
pub fn tasks<'r>(rules: &Rules<'r>, review: &Review) -> Vec<Task<'r>> {
    let clocks = &rules.protocol.beside.review_clocks;
    clocks
        .iter()
        .filter(|clock| is_started(rules, review.held.sitting, clock))
        .map(|clock| task(rules, review, clock, clocks.len()))
        .collect()
}

/// Whether a clock is one of those that a review starts, or a midway review, itself or through others.
#[must_use]
pub fn is_started(rules: &Rules<'_>, sitting: Sitting, clock: &ReviewClock) -> bool {
    let clocks = &rules.protocol.beside.review_clocks;
    let mut first = clock;
    // Each comes after another at most once: the check of the protocol's file refuses circles.
    for _ in clocks {
        let Some(id) = first.starts.after() else {
            break;
        };
        match clocks.iter().find(|earlier| earlier.id == id) {
            Some(earlier) => first = earlier,
            None => break,
        }
    }
    first.starts.is_at(sitting)
}

/// One task by its clock's id.
#[must_use]
pub fn task_of<'r>(rules: &Rules<'r>, review: &Review, id: &ClockId) -> Option<Task<'r>> {
    let clocks = &rules.protocol.beside.review_clocks;
    let clock = clocks
        .iter()
        .find(|clock| clock.id == id.as_str() && is_started(rules, review.held.sitting, clock))?;
    Some(task(rules, review, clock, clocks.len()))
}

/// `depth` bounds how many clocks start one another: the check of the protocol's file refuses circles.
fn task<'r>(rules: &Rules<'r>, review: &Review, clock: &'r ReviewClock, depth: usize) -> Task<'r> {
    let id = ClockId::from(clock.id.as_str());
    let opened = opened(rules, review, clock, depth);
    let only_if = clock.only_with_concerns && !review.held.concerns || opened.only_if;
    let silence = clock.on_silence == Silence::DeemedAccepted;
    let received = review.received.get(&id).copied();
    let in_time = (review.objections.iter())
        .find(|objection| objection.clock == id && !objection.late)
        .map(|objection| objection.at);
    let from = match (silence, received) {
        (true, received) => received.map(|at| rules.day(at)),
        (false, _) => opened.on,
    };
    let stage = if let Some(done) = review.done.get(&id) {
        Stage::Done {
            at: done.at,
            on: done.on,
            late: done.late,
        }
    } else if let Some(at) = in_time {
        Stage::Objected { at }
    } else if let Some(at) = review.accepted.get(&id).copied() {
        Stage::Accepted { at }
    } else {
        match (opened.at, silence, received) {
            (None, ..) => Stage::Waiting,
            (Some(since), true, None) => Stage::Sending { since },
            (Some(_), true, Some(since)) | (Some(since), false, _) => Stage::Running { since },
        }
    };
    Task {
        due: from.map(|from| rules.due(from, clock.within)),
        id,
        clock,
        stage,
        only_if,
    }
}

/// When a task opened, and from which day it counts.
struct Opened {
    at: Option<DateTime<Utc>>,
    on: Option<NaiveDate>,
    only_if: bool,
}

fn opened(rules: &Rules<'_>, review: &Review, clock: &ReviewClock, depth: usize) -> Opened {
    let ReviewStart::After(id) = &clock.starts else {
        return Opened {
            at: Some(review.recorded_at),
            on: Some(review.held.review_date),
            only_if: false,
        };
    };
    let clocks = &rules.protocol.beside.review_clocks;
    let earlier = clocks.iter().find(|earlier| earlier.id == *id);
    let earlier = earlier.filter(|_| depth > 0);
    let earlier = earlier.map(|earlier| task(rules, review, earlier, depth - 1));
    let at = earlier.as_ref().and_then(Task::ended_at);
    Opened {
        at,
        on: match earlier.as_ref().map(|earlier| earlier.stage) {
            Some(Stage::Done { on: Some(on), .. }) => Some(on),
            _ => at.map(|at| rules.day(at)),
        },
        // What only follows from something that nobody is asked to do is not asked either.
        only_if: earlier.is_some_and(|earlier| earlier.only_if && at.is_none()),
    }
}

/// What waits for somebody and has no clock of the protocol's, with since when.
#[must_use]
pub fn waits(rules: &Rules<'_>, review: &Review) -> Vec<(Waits, DateTime<Utc>)> {
    let mut waits = Vec::new();
    if let Some(objection) = review.unsettled() {
        waits.push((Waits::Settlement, objection.at));
    }
    if referral_of(rules, review).is_some() {
        match (&review.referral, &review.part) {
            (None, _) => waits.push((Waits::Referral, review.recorded_at)),
            (Some(referral), None) if referral.means == Means::Panel => {
                waits.push((Waits::PanelPart, referral.at));
            }
            _ => {}
        }
    }
    waits
}

/// What a review waits for now, its tasks first. Whoever recorded it neither objects to its decisions nor answers its referral.
#[must_use]
pub fn waiting(rules: &Rules<'_>, review: &Review, now: DateTime<Utc>) -> Vec<Waiting> {
    let mut all = Vec::new();
    for task in tasks(rules, review).into_iter().filter(Task::is_left) {
        let (Stage::Sending { since } | Stage::Running { since }) = task.stage else {
            continue;
        };
        let name = task.clock.name.clone();
        let silence = task.takes_silence();
        let owner = owner(&task).cloned();
        all.push(Waiting {
            asks: if silence {
                Asks::Silence(name)
            } else {
                Asks::Task(name)
            },
            whom: match owner {
                Some(role) if silence => Whom::Others(vec![role]),
                Some(role) => Whom::Roles(vec![role]),
                None => Whom::Its,
            },
            since,
            due: task.due,
            comes_round: false,
            overdue: match task.due {
                Some(due) => !silence && due.at < now,
                None => review.undelivered.contains_key(&task.id),
            },
        });
    }
    if !review.is_open() {
        return all;
    }
    for (of, since) in waits(rules, review) {
        let (asks, whom) = match of {
            Waits::Settlement => (Asks::Settlement, Whom::Its),
            Waits::PanelPart => (Asks::PanelPart, Whom::Its),
            Waits::Referral => {
                let to = referral_of(rules, review).map(|notice| notice.to.clone());
                (Asks::Referral, Whom::Others(to.unwrap_or_default()))
            }
        };
        all.push(Waiting {
            asks,
            whom,
            since,
            due: None,
            comes_round: false,
            overdue: review.nudged.contains_key(&of),
        });
    }
    all
}

/// Whether anything is left to do.
#[must_use]
pub fn anything_left(rules: &Rules<'_>, review: &Review) -> bool {
    tasks(rules, review).iter().any(Task::is_left) || !waits(rules, review).is_empty()
}

/// The protocol's notice under which a review refers a case, where a standing criterion was met.
#[must_use]
pub fn referral_of<'r>(rules: &Rules<'r>, review: &Review) -> Option<&'r Notice> {
    (!review.held.criteria.is_empty())
        .then(|| notices(rules, "standing criterion").next())
        .flatten()
}

/// The protocol's notices of an occasion.
pub fn notices<'r>(rules: &Rules<'r>, when: &'static str) -> impl Iterator<Item = &'r Notice> {
    let notices = &rules.protocol.beside.notices;
    notices.iter().filter(move |notice| notice.when == when)
}

/// Whose task it is, where it is not the officer's.
#[must_use]
pub fn owner<'r>(task: &Task<'r>) -> Option<&'r RoleId> {
    task.clock.owner.as_ref()
}
