//! Tasks: that each is somebody's, starts from something that happens in its list, and can be done.

use std::collections::HashSet;

use super::{Checker, RAISER};
use crate::protocol::{Keeps, Repeat, TaskOccasion, TaskRule, TaskStart};

pub(super) fn check(checker: &mut Checker<'_>) {
    let tasks = &checker.protocol.beside.tasks;
    for (number, task) in tasks.iter().enumerate() {
        let path = format!("task.{number}");
        if tasks.iter().take(number).any(|other| other.id == task.id) {
            let message = format!("There are two tasks `{}`: give one another id.", task.id);
            checker.error(&format!("{path}.id"), message);
        }
        if let Some(owner) = &task.owner {
            checker.role(&format!("{path}.owner"), owner);
        }
        for (place, role) in task.with.iter().enumerate() {
            let path = format!("{path}.with.{place}");
            if role.as_str() == RAISER {
                let message = "`with` names roles, and the officer hears of their own list anyway: take `raiser` out.";
                checker.error(&path, message.to_owned());
            } else {
                checker.role(&path, role);
            }
        }
        starts(checker, &path, task);
        let keeps = checker.protocol.keeps(task);
        if let Some(keeps) = keeps {
            comes_round(checker, &path, task, keeps);
        }
        repeats(checker, &path, task);
    }
}

/// That a task starts from one sort of occasion, or at the end of a line of tasks that does.
fn starts(checker: &mut Checker<'_>, path: &str, task: &TaskRule) {
    match &task.starts {
        TaskStart::On(occasions) => {
            let Some(first) = occasions.first() else {
                let message = "`on` is empty: name the occasion that starts this task.";
                checker.error(&format!("{path}.on"), message.to_owned());
                return;
            };
            for (place, other) in occasions.iter().enumerate().skip(1) {
                if other.keeps() != first.keeps() {
                    let message = "These occasions belong to different lists, so no list would hold the task: write one task for each.";
                    checker.error(&format!("{path}.on.{place}"), message.to_owned());
                }
            }
        }
        TaskStart::After(earlier) => after(checker, &format!("{path}.starts"), task, earlier),
    }
}

fn after(checker: &mut Checker<'_>, path: &str, task: &TaskRule, earlier: &str) {
    let protocol = checker.protocol;
    let Some(mut at) = protocol.task(earlier) else {
        let message = format!(
            "There is no task `{earlier}` for this one to come after: write `on` and an occasion, or the id of another."
        );
        checker.error(path, message);
        return;
    };
    if at.every.is_some() {
        let message = format!(
            "Task `{earlier}` comes round by the calendar, so nothing comes after it: give this one `on` and `every` of its own."
        );
        checker.error(path, message);
    }
    let mut seen = HashSet::from([task.id.as_str()]);
    while let TaskStart::After(before) = &at.starts {
        if !seen.insert(&at.id) {
            break;
        }
        let Some(next) = protocol.task(before) else {
            return;
        };
        at = next;
    }
    if matches!(at.starts, TaskStart::After(_)) || at.id == task.id {
        let message = format!(
            "Task `{}` waits for itself: let one of them start on an occasion.",
            task.id
        );
        checker.error(path, message);
    }
}

/// That what comes round by the calendar belongs to the protocol or a team, and to somebody.
fn comes_round(checker: &mut Checker<'_>, path: &str, task: &TaskRule, keeps: Keeps) {
    let standing = matches!(keeps, Keeps::Protocol | Keeps::Team);
    if standing && task.every.is_none() {
        let message = "What belongs to the protocol or to a team comes round: say how often, such as `every = \"12 months\"`.";
        checker.error(path, message.to_owned());
    }
    if standing && task.owner.is_none() {
        let message =
            "No reviewing officer has this list: name the role whose task it is with `owner`.";
        checker.error(&format!("{path}.owner"), message.to_owned());
    }
    if !standing && task.every.is_some() {
        let message = "Only what starts on \"protocol\" or \"team\" comes round by the calendar: take `every` out, or use `repeat`.";
        checker.error(&format!("{path}.every"), message.to_owned());
    }
    if task.since.is_some() && task.every.is_none() {
        let message =
            "`since` is the day from which something comes round: add `every`, or take it out.";
        checker.error(&format!("{path}.since"), message.to_owned());
    }
    if standing && task.within.is_some() {
        let message = "What comes round is due on its day: take `within` out.";
        checker.error(&format!("{path}.within"), message.to_owned());
    }
    if standing && task.repeat != Repeat::Once {
        let message = "What comes round by the calendar repeats by itself: take `repeat` out.";
        checker.error(&format!("{path}.repeat"), message.to_owned());
    }
}

fn repeats(checker: &mut Checker<'_>, path: &str, task: &TaskRule) {
    let follows = matches!(task.starts, TaskStart::After(_));
    match task.repeat {
        Repeat::AnyTime if task.within.is_some() => {
            let message =
                "What may be done at any time is never due: take `within` or `repeat` out.";
            checker.error(&format!("{path}.within"), message.to_owned());
        }
        Repeat::AnyTime if task.may_skip => {
            let message = "What may be done at any time need not be skipped: take `may_skip` out.";
            checker.error(&format!("{path}.may_skip"), message.to_owned());
        }
        Repeat::Throughout | Repeat::AnyTime if follows => {
            let message = "What comes after another task is asked once for each time that is done: take `repeat` out.";
            checker.error(&format!("{path}.repeat"), message.to_owned());
        }
        // Nothing would ever ask it again.
        Repeat::Throughout | Repeat::EachTime if once_only(task) => {
            let message = "This occasion comes once, so the task would not be asked again: name another in `on`, or take `repeat` out.";
            checker.error(&format!("{path}.repeat"), message.to_owned());
        }
        _ => {}
    }
}

/// Whether every occasion of a task comes once in a list.
fn once_only(task: &TaskRule) -> bool {
    let occasions = task.occasions();
    let many = [
        TaskOccasion::AnotherOfficer,
        TaskOccasion::Dispute,
        TaskOccasion::Review,
        TaskOccasion::ConcernMoves,
    ];
    occasions.len() == 1 && !occasions.iter().any(|occasion| many.contains(occasion))
}
