//! Every deadline of a notice, derived from where it stands. Each key falls once in a notice's life.

use chrono::{DateTime, Utc};

use super::event::{Recipient, Sort, Waits};
use super::state::Notice;
use crate::calendar::Period;
use crate::concern::Rules;
use crate::concern::rules::{FIVE_WORKING_DAYS, ONE_WORKING_DAY};
use crate::ids::UserId;
use crate::record::{Asks, Waiting, Whom};

/// How long after it was sent the manager of the IRO service is told that it was not seen: two working days after the reminder.
const NOT_SEEN: Period = Period::WorkingDays(3);

/// A live clock.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Clock {
    /// Its name within the notice.
    pub key: String,
    /// What it waits for.
    pub of: Waits,
    /// When it falls.
    pub at: DateTime<Utc>,
}

/// What an open notice waits for, with since when.
#[must_use]
pub fn waits(notice: &Notice) -> Vec<(Waits, DateTime<Utc>)> {
    let mut waits = Vec::with_capacity(2);
    if !notice.is_open() {
        return waits;
    }
    if !notice.unseen().is_empty() {
        waits.push((Waits::Seen, notice.officer_since));
    }
    match notice.sent.sort {
        Sort::Change => {
            let mut saw = notice.seen.iter();
            if let Some(saw) = saw.find(|saw| saw.r#as == Recipient::Officer) {
                waits.push((Waits::Judgement, saw.at));
            }
        }
        Sort::Service => match (notice.seen.first(), notice.outcomes.last()) {
            (_, Some(outcome)) => waits.push((Waits::Closing, outcome.at)),
            (Some(saw), None) => waits.push((Waits::Outcome, saw.at)),
            (None, None) => {}
        },
        Sort::Praise => {}
    }
    waits
}

/// What an open notice waits for, by whom it is to be done.
#[must_use]
pub fn waiting(notice: &Notice) -> Vec<Waiting> {
    let mut all = Vec::new();
    for (of, since) in waits(notice) {
        let asked: Vec<(Asks, Whom)> = match of {
            Waits::Seen => {
                let unseen = notice.unseen().into_iter();
                unseen.map(|one| (Asks::Seen, whom(notice, one))).collect()
            }
            Waits::Judgement => vec![(Asks::Judgement, whom(notice, Recipient::Officer))],
            Waits::Outcome => vec![(Asks::Outcome, Whom::Others(notice.sent.to.clone()))],
            Waits::Closing => vec![(Asks::Closing, Whom::Its)],
        };
        all.extend(asked.into_iter().map(|(asks, whom)| Waiting {
            asks,
            whom,
            since,
            due: None,
            comes_round: false,
            overdue: notice.reminded.contains_key(&of),
        }));
    }
    all
}

fn whom(notice: &Notice, recipient: Recipient) -> Whom {
    let person = |user: &Option<UserId>| user.clone().map_or(Whom::Nobody, Whom::Person);
    match recipient {
        Recipient::Officer => person(&notice.officer),
        Recipient::Praised => person(&notice.sent.praised),
        Recipient::Role(role) => Whom::Others(vec![role]),
    }
}

/// The live clocks of a notice. Never empty while it is open.
#[must_use]
pub fn clocks(rules: &Rules<'_>, notice: &Notice) -> Vec<Clock> {
    let waits = waits(notice).into_iter();
    waits
        .map(|(of, since)| {
            let (times, last) = (notice.reminded.get(&of).copied()).unwrap_or((0, since));
            let at = match (of, times) {
                (Waits::Seen, 0) => rules.after(since, ONE_WORKING_DAY),
                // A reminder that fell late, after an outage, puts off nothing but itself.
                (Waits::Seen, 1) => rules.after(since, NOT_SEEN).max(last),
                _ => rules.after(last, FIVE_WORKING_DAYS),
            };
            Clock {
                key: format!("{}/{times}", of.as_str()),
                of,
                at: rules.opening_after(at),
            }
        })
        .collect()
}
