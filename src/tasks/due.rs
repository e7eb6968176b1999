//! What a list asks of whom and by when, derived from its facts, its protocol's tasks and the calendar.

use chrono::{DateTime, NaiveDate, Utc};

use super::event::Happened;
use super::state::{Came, TaskList};
use crate::calendar::Due;
use crate::concern::Rules;
use crate::concern::rules::ONE_WORKING_DAY;
use crate::ids::TaskKey;
use crate::protocol::{Every, Keeps, Repeat, TaskOccasion, TaskRule, TaskStart};
use crate::record::{Asks, Waiting, Whom};

/// A task, and how it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Task<'r> {
    /// Its name within the list.
    pub key: TaskKey,
    /// What the protocol says of it.
    pub rule: &'r TaskRule,
    /// How it stands.
    pub stage: Stage,
    /// By when, where there is a time.
    pub due: Option<Due>,
    /// What brought it about, itself or through the task it comes after; `None` of what comes round.
    pub cause: Option<Happened>,
}

/// How a task stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// What starts it has not happened.
    Waiting,
    /// It may be done as often as its owner wants, and is never due.
    Open,
    /// It runs.
    Running {
        /// Since when.
        since: DateTime<Utc>,
    },
    /// It is done.
    Done {
        /// When.
        at: DateTime<Utc>,
        /// The day it was done on, where that was asked.
        on: Option<NaiveDate>,
        /// Whether it came after its day.
        late: bool,
    },
    /// It is not needed.
    NotNeeded {
        /// Since when.
        at: DateTime<Utc>,
    },
    /// The list was closed before it was done.
    Ended {
        /// When.
        at: DateTime<Utc>,
    },
}

impl Task<'_> {
    /// Since when it has run; `None` where it does not.
    #[must_use]
    pub fn running_since(&self) -> Option<DateTime<Utc>> {
        match self.stage {
            Stage::Running { since } => Some(since),
            _ => None,
        }
    }

    /// Whether it comes round by the calendar.
    #[must_use]
    pub fn comes_round(&self) -> Option<Every> {
        self.rule.every
    }

    /// Whether its owner can tell now that it is done.
    #[must_use]
    pub fn can_be_done(&self) -> bool {
        matches!(self.stage, Stage::Running { .. } | Stage::Open)
    }

    /// Whether it was begun: its owner has it, or had.
    #[must_use]
    pub fn is_begun(&self) -> bool {
        !matches!(self.stage, Stage::Waiting)
    }
}

/// Whether a task may be ended as not needed: where the protocol lets it, and once the proceedings it belongs to are over.
#[must_use]
pub fn may_be_skipped(list: &TaskList, task: &Task<'_>) -> bool {
    let end = [
        TaskOccasion::ProceedingsEnded,
        TaskOccasion::StaysLookedAfter,
    ];
    let of_the_end = (task.cause.as_ref()).is_some_and(|cause| end.contains(&cause.what));
    let over = list.has_ended() && !of_the_end;
    task.running_since().is_some() && (task.rule.may_skip || over)
}

/// Every task of a list, in the protocol's order.
#[must_use]
pub fn tasks<'r>(rules: &Rules<'r>, list: &TaskList) -> Vec<Task<'r>> {
    let depth = rules.protocol.beside.tasks.len();
    let of = rules.protocol.tasks_of(list.opened.keeps);
    of.flat_map(|rule| of_rule(rules, list, rule, depth))
        .collect()
}

/// What a list waits for now. What comes round waits from the day on which its owner is told; proceedings that go on with nothing to
/// do wait for nobody.
#[must_use]
pub fn waits(rules: &Rules<'_>, list: &TaskList, now: DateTime<Utc>) -> Vec<Waiting> {
    let today = rules.day(now);
    let mut waits = Vec::new();
    for task in tasks(rules, list) {
        let Some(since) = task.running_since() else {
            continue;
        };
        let comes_round = task.comes_round().is_some();
        let past = task.due.is_some_and(|due| due.at < now);
        if comes_round && task.due.is_some_and(|due| due.date > today) {
            continue;
        }
        waits.push(Waiting {
            asks: Asks::Task(task.rule.name.clone()),
            whom: match &task.rule.owner {
                Some(role) => Whom::Roles(vec![role.clone()]),
                None => Whom::Its,
            },
            since,
            due: task.due,
            comes_round,
            overdue: past,
        });
    }
    if waits.is_empty() && list.is_open() && list.opened.keeps == Keeps::Proceedings {
        waits.push(Waiting {
            asks: Asks::Nothing,
            whom: Whom::Nobody,
            since: list.changed_at,
            due: None,
            comes_round: false,
            overdue: false,
        });
    }
    waits
}

/// One task by its key.
#[must_use]
pub fn task_of<'r>(rules: &Rules<'r>, list: &TaskList, key: &TaskKey) -> Option<Task<'r>> {
    let rule = rules.protocol.task(key.rule())?;
    if rules.protocol.keeps(rule) != Some(list.opened.keeps) {
        return None;
    }
    let depth = rules.protocol.beside.tasks.len();
    let all = of_rule(rules, list, rule, depth);
    all.into_iter().find(|task| task.key == *key)
}

/// The tasks of one rule. `depth` bounds how many follow one another: the check of the protocol's file refuses circles.
fn of_rule<'r>(
    rules: &Rules<'r>,
    list: &TaskList,
    rule: &'r TaskRule,
    depth: usize,
) -> Vec<Task<'r>> {
    if rule.every.is_some() {
        return come_round(rules, list, rule);
    }
    let begun = |nth, since, on, cause| begun(rules, list, rule, nth, (since, on), cause);
    let waiting = || waiting(list, rule);
    match &rule.starts {
        TaskStart::After(earlier) => {
            let earlier = rules.protocol.task(earlier).filter(|_| depth > 0);
            let all =
                earlier.map_or_else(Vec::new, |earlier| of_rule(rules, list, earlier, depth - 1));
            let mut following = Vec::new();
            for task in &all {
                if let Stage::Done { at, .. } = task.stage {
                    let cause = task.cause.clone();
                    following.push(begun(task.key.nth(), at, rules.day(at), cause));
                }
            }
            let never = all.iter().any(|task| match task.stage {
                Stage::NotNeeded { .. } | Stage::Open => true,
                Stage::Waiting => task.rule.repeat == Repeat::AnyTime,
                _ => false,
            });
            if following.is_empty() && !never {
                following.extend(waiting());
            }
            following
        }
        TaskStart::On(occasions) => {
            let came: Vec<&Came> = list
                .came
                .iter()
                .filter(|came| occasions.contains(&came.happened.what))
                .collect();
            let (Some(first), Some(latest)) = (came.first(), came.last()) else {
                return waiting();
            };
            let of = |nth, came: &Came| {
                let cause = Some(came.happened.clone());
                begun(nth, came.at, came.happened.on, cause)
            };
            match rule.repeat {
                Repeat::Once => vec![of(1, first)],
                Repeat::EachTime => {
                    let each = came.iter().enumerate();
                    each.map(|(place, came)| of(place + 1, came)).collect()
                }
                Repeat::Throughout => vec![throughout(list, of(came.len(), latest))],
                Repeat::AnyTime => any_time(rules, list, rule, first),
            }
        }
    }
}

/// A task that has begun, as its facts leave it.
fn begun<'r>(
    rules: &Rules<'r>,
    list: &TaskList,
    rule: &'r TaskRule,
    nth: usize,
    (since, on): (DateTime<Utc>, NaiveDate),
    cause: Option<Happened>,
) -> Task<'r> {
    let key = TaskKey::of(&rule.id, nth);
    let due = rule.within.map(|within| {
        let due = rules.due(on, within);
        // What was recorded long after its day begins late: nobody is given less than a working day.
        if due.at <= since {
            rules.due(rules.day(since), ONE_WORKING_DAY)
        } else {
            due
        }
    });
    Task {
        stage: stage(list, &key).unwrap_or(match list.closed {
            Some(at) => Stage::Ended { at },
            None => Stage::Running { since },
        }),
        key,
        rule,
        due,
        cause,
    }
}

/// How a task ended, where it did.
fn stage(list: &TaskList, key: &TaskKey) -> Option<Stage> {
    if let Some(done) = list.done.get(key) {
        return Some(Stage::Done {
            at: done.at,
            on: done.on,
            late: done.late,
        });
    }
    let at = *list.not_needed.get(key)?;
    Some(Stage::NotNeeded { at })
}

/// A task whose occasion has not come: once, and not where it cannot come any more.
fn waiting<'r>(list: &TaskList, rule: &'r TaskRule) -> Vec<Task<'r>> {
    if !list.is_open() || list.has_ended() {
        return Vec::new();
    }
    vec![Task {
        key: TaskKey::of(&rule.id, 1),
        rule,
        stage: Stage::Waiting,
        due: None,
        cause: None,
    }]
}

/// One task throughout: once it is not needed, it is not asked again.
fn throughout<'r>(list: &TaskList, task: Task<'r>) -> Task<'r> {
    let skipped = list.not_needed.iter();
    let skipped = skipped.filter(|(key, _)| key.rule() == task.rule.id);
    let first = skipped.map(|(_, at)| *at).min();
    match first {
        Some(at) => Task {
            stage: Stage::NotNeeded { at },
            ..task
        },
        None => task,
    }
}

/// Each time it was done, and that it may be done again.
fn any_time<'r>(
    rules: &Rules<'r>,
    list: &TaskList,
    rule: &'r TaskRule,
    first: &Came,
) -> Vec<Task<'r>> {
    let mut all = Vec::new();
    for nth in 1.. {
        let since = (first.at, first.happened.on);
        let task = begun(rules, list, rule, nth, since, None);
        if matches!(task.stage, Stage::Done { .. }) {
            all.push(task);
            continue;
        }
        if list.is_open() && !list.has_ended() {
            let stage = Stage::Open;
            all.push(Task { stage, ..task });
        }
        break;
    }
    all
}

/// What comes round by the calendar: how it was last ended, and when it is due next.
fn come_round<'r>(rules: &Rules<'r>, list: &TaskList, rule: &'r TaskRule) -> Vec<Task<'r>> {
    let Some(every) = rule.every else {
        return Vec::new();
    };
    let mut day = every.after(rule.since.unwrap_or_else(|| rules.day(list.opened_at)));
    let (mut since, mut ended_before) = (list.opened_at, None);
    for nth in 1.. {
        let key = TaskKey::of(&rule.id, nth);
        let due = Some(rules.due_by(day));
        let ended = stage(list, &key);
        let task = Task {
            stage: ended.unwrap_or(match list.closed {
                Some(at) => Stage::Ended { at },
                None => Stage::Running { since },
            }),
            key,
            rule,
            due,
            cause: None,
        };
        (since, day) = match ended {
            Some(Stage::Done { at, on, .. }) => {
                (at, every.after(on.unwrap_or_else(|| rules.day(at))))
            }
            // Skipped before its day or long after it, the next one is a whole turn away.
            Some(Stage::NotNeeded { at }) => (at, every.after(day.max(rules.day(at)))),
            _ => return ended_before.into_iter().chain([task]).collect(),
        };
        ended_before = Some(task);
    }
    Vec::new()
}
