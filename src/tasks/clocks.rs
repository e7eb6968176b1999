//! Every deadline of a list of tasks, derived from where it stands. Each key falls once in a list's life.

use chrono::{DateTime, Utc};

use super::due::{Task, tasks};
use super::state::TaskList;
use crate::concern::Rules;
use crate::concern::rules::LATEST_REVIEW;
use crate::protocol::{Every, Keeps};

/// A live clock.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Clock {
    /// Its name within the list.
    pub key: String,
    /// What it is for.
    pub kind: ClockKind,
    /// When it falls.
    pub at: DateTime<Utc>,
}

/// What a clock is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClockKind {
    /// Tasks are due today: their owners are reminded.
    Remind,
    /// Tasks are late: their owners are told, and told again.
    Late,
    /// Tasks without a time are not done yet: their owners are asked again.
    Ask,
    /// Nothing is left to do in proceedings that have not ended: the officer is asked whether they go on.
    LookAgain,
}

impl ClockKind {
    /// Its name in keys and in the store.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Remind => "remind",
            Self::Late => "late",
            Self::Ask => "ask",
            Self::LookAgain => "look-again",
        }
    }
}

/// The live clocks of a list. Proceedings that have not ended are never without one, nor is anything that runs.
#[must_use]
pub fn clocks(rules: &Rules<'_>, list: &TaskList) -> Vec<Clock> {
    let mut live = Vec::with_capacity(3);
    if !list.is_open() {
        return live;
    }
    let tasks = tasks(rules, list);
    let first = |moment: Moment| {
        let all = tasks.iter().filter_map(|task| moment(rules, list, task));
        all.min()
    };
    for (kind, moment, times) in [
        (ClockKind::Remind, reminded_at as Moment, list.reminders),
        (ClockKind::Late, late_at, list.late_notes),
        (ClockKind::Ask, asked_at, list.askings),
    ] {
        if let Some(at) = first(moment) {
            let key = format!("{}/{times}", kind.as_str());
            live.push(Clock { key, kind, at });
        }
    }
    let keeps = list.opened.keeps == Keeps::Proceedings && !list.has_ended();
    if keeps && tasks.iter().all(|task| task.running_since().is_none()) {
        let kind = ClockKind::LookAgain;
        live.push(Clock {
            key: format!("{}/{}", kind.as_str(), list.looks),
            kind,
            at: rules.opening_after(rules.after(list.changed_at, LATEST_REVIEW)),
        });
    }
    live
}

/// When something is to be said of a task.
pub(super) type Moment = fn(&Rules<'_>, &TaskList, &Task<'_>) -> Option<DateTime<Utc>>;

/// When the owner of a task is reminded: at the opening of its day. What comes round is told of then for the first time, however
/// long past its day is.
pub(super) fn reminded_at(
    rules: &Rules<'_>,
    list: &TaskList,
    task: &Task<'_>,
) -> Option<DateTime<Utc>> {
    let (since, due) = (task.running_since()?, task.due?);
    if list.reminded.contains_key(&task.key) {
        return None;
    }
    if task.comes_round().is_some() {
        let opening = rules.opening_on_or_after(due.date);
        return Some(opening.max(rules.opening_after(since)));
    }
    rules.reminder_of(since, &due)
}

/// When a task that is not done is found late, first and every time after: at an opening. What comes round is told again each
/// month: it was put off for a year already.
pub(super) fn late_at(
    rules: &Rules<'_>,
    list: &TaskList,
    task: &Task<'_>,
) -> Option<DateTime<Utc>> {
    let (since, due) = (task.running_since()?, task.due?);
    let told_before = list.late.get(&task.key).map(|(_, at)| *at);
    if task.comes_round().is_some() {
        let told = told_before.or_else(|| list.reminded.get(&task.key).copied())?;
        let day = Every(1).after(rules.day(told));
        return Some(rules.opening_on_or_after(day));
    }
    Some(rules.late_at(since, &due, told_before))
}

/// When the owner of a task without a time is asked again.
pub(super) fn asked_at(
    rules: &Rules<'_>,
    list: &TaskList,
    task: &Task<'_>,
) -> Option<DateTime<Utc>> {
    let since = task.running_since()?;
    // What a concern asks of its raiser stands on their receipt, and is asked again at each step.
    let on_the_receipt = list.opened.keeps == Keeps::Concern && task.rule.owner.is_none();
    if task.due.is_some() || on_the_receipt {
        return None;
    }
    let asked = list.asked.get(&task.key).map_or(since, |(_, at)| *at);
    Some(rules.asked_again(asked))
}
