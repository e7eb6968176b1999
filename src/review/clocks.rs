//! Every deadline of a review, derived from where it stands. Each key falls once in a review's life.

use chrono::{DateTime, Utc};

use super::event::Waits;
use super::state::Review;
use super::tasks::{Stage, Task, tasks, waits};
use crate::concern::Rules;
use crate::concern::rules::{FIVE_WORKING_DAYS, UNDELIVERED, just_after};
use crate::ids::ClockId;

/// A live clock.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Clock {
    /// Its name within the review.
    pub key: String,
    /// What it is for.
    pub kind: ClockKind,
    /// When it falls.
    pub at: DateTime<Utc>,
}

/// What a clock is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ClockKind {
    /// Tasks are due today: their owners are reminded.
    Remind,
    /// Tasks are late: their owners are told, and told again every five working days.
    Late,
    /// The window ends, and silence is consent.
    Silence(ClockId),
    /// A notice is still not delivered.
    Undelivered(ClockId),
    /// What has no clock of its own still waits.
    Nudge(Waits),
}

impl ClockKind {
    /// Its name in keys and in what comes next.
    #[must_use]
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Remind => "remind",
            Self::Late => "late",
            Self::Silence(_) => "silence",
            Self::Undelivered(_) => "undelivered-notice",
            Self::Nudge(Waits::Settlement) => "settlement",
            Self::Nudge(Waits::Referral) => "referral",
            Self::Nudge(Waits::PanelPart) => "panel-part",
        }
    }
}

/// The live clocks of a review. Never empty while it is open.
#[must_use]
pub fn clocks(rules: &Rules<'_>, review: &Review) -> Vec<Clock> {
    let mut live = Vec::with_capacity(4);
    if !review.is_open() {
        return live;
    }
    let tasks = tasks(rules, review);
    let chased = || tasks.iter().filter(|task| !task.only_if);
    let remind = chased().filter_map(|task| reminded_at(rules, review, task));
    if let Some(at) = remind.min() {
        live.push(clock(ClockKind::Remind, "", review.reminders, at));
    }
    if let Some(at) = chased()
        .filter_map(|task| late_at(rules, review, task))
        .min()
    {
        live.push(clock(ClockKind::Late, "", review.late_notes, at));
    }
    for task in chased() {
        match (task.stage, task.due) {
            (Stage::Running { .. }, Some(due)) if task.takes_silence() => {
                let kind = ClockKind::Silence(task.id.clone());
                live.push(clock(kind, task.id.as_str(), 0, just_after(due.at)));
            }
            (Stage::Sending { since }, _) => {
                let told = review.undelivered.get(&task.id);
                let (times, at) = match told {
                    None => (0, since + UNDELIVERED),
                    Some((times, last)) => (*times, rules.after(*last, FIVE_WORKING_DAYS)),
                };
                let kind = ClockKind::Undelivered(task.id.clone());
                live.push(clock(kind, task.id.as_str(), times, at));
            }
            _ => {}
        }
    }
    for (of, since) in waits(rules, review) {
        let (times, last) = review.nudged.get(&of).copied().unwrap_or((0, since));
        // One that waits anew is asked of from then, whatever was asked before.
        let at = rules.asked_again(last.max(since));
        live.push(clock(ClockKind::Nudge(of), "", times, at));
    }
    live
}

fn clock(kind: ClockKind, of: &str, times: u32, at: DateTime<Utc>) -> Clock {
    let key = if of.is_empty() {
        format!("{}/{times}", kind.as_str())
    } else {
        format!("{}/{of}/{times}", kind.as_str())
    };
    Clock { key, kind, at }
}

/// When the owner of a task is reminded: at the opening of its day, unless it began only after.
#[must_use]
pub fn reminded_at(rules: &Rules<'_>, review: &Review, task: &Task<'_>) -> Option<DateTime<Utc>> {
    let (since, due) = (task.running_since()?, task.due?);
    let told = review.reminded.contains(&task.id);
    rules.reminder_of(since, &due).filter(|_| !told)
}

/// When a task that is not done is found late, first and every time after: at an opening.
#[must_use]
pub fn late_at(rules: &Rules<'_>, review: &Review, task: &Task<'_>) -> Option<DateTime<Utc>> {
    let (since, due) = (task.running_since()?, task.due?);
    let last = review.late.get(&task.id).copied();
    (!task.takes_silence()).then(|| rules.late_at(since, &due, last))
}
