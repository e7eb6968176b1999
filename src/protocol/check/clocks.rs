//! Clocks: that each starts from something that can have happened, and that the steps fit the caps.

use std::collections::HashMap;

use super::Checker;
use super::ladder::reachable;
use crate::calendar::{Counted, Period};
use crate::ids::StepId;
use crate::protocol::{Cap, ClockStart, Protocol, Route, Step, StepClock};

pub(super) fn check(checker: &mut Checker<'_>) {
    let protocol = checker.protocol;
    for (number, route) in protocol.routes.iter().enumerate() {
        for (place, step) in route.steps.iter().enumerate() {
            let path = checker.places.step(number, place);
            if let Some(clock) = &step.clock {
                start(checker, &format!("{path}.from"), route, place, clock);
            }
            if let Some(task) = &step.issue_by {
                let path = format!("{path}.issue_by.from");
                if task.from == ClockStart::Issued {
                    let message = "A step cannot be issued within a time from its own issue: write `from = \"event\"`, or another event before it.";
                    checker.error(&path, message.to_owned());
                } else {
                    start(checker, &path, route, place, task);
                }
            }
        }
    }
    for (number, cap) in protocol.caps.iter().enumerate() {
        let path = format!("cap.{number}");
        if cap_start(checker, &path, cap) && !checker.is_broken() {
            fits(checker, &path, cap);
        }
    }
}

/// That what starts a step's clock can have happened by the time the step is issued.
fn start(checker: &mut Checker<'_>, path: &str, route: &Route, place: usize, clock: &StepClock) {
    let Some(step) = route.steps.get(place) else {
        return;
    };
    let wrong = match &clock.from {
        ClockStart::PreviousStep if place == 0 => {
            Some("This clock starts from the previous step, and none comes before this one: write `from = \"issue\"`, or take `from` out.".to_owned())
        }
        ClockStart::FirstFormal => {
            let first = route.steps.iter().find(|step| step.formal);
            let before = first.is_some_and(|first| {
                first.id == step.id || reachable(route, [&first.id]).contains(&step.id)
            });
            (!before).then(|| {
                format!(
                    "This clock starts from the first formal step, which step `{}` does not come after: take `from` out, or name an event before it.",
                    step.id
                )
            })
        }
        ClockStart::Step(other) => match route.step(other) {
            None => {
                let known = route.steps.iter().map(|step| step.id.as_str());
                Some(super::no_step(other, known, ""))
            }
            Some(earlier) => {
                let before = earlier.id != step.id && reachable(route, [&earlier.id]).contains(&step.id);
                (!before).then(|| {
                    format!(
                        "This clock starts from step `{other}`, which cannot have happened before step `{}`: name an earlier step, or take `from` out.",
                        step.id
                    )
                })
            }
        },
        _ => None,
    };
    if let Some(message) = wrong {
        checker.error(path, message);
    }
}

/// That what starts a cap happens at all. Says whether its length can be looked at.
fn cap_start(checker: &mut Checker<'_>, path: &str, cap: &Cap) -> bool {
    let path = format!("{path}.from");
    match &cap.from {
        ClockStart::Issued | ClockStart::PreviousStep => {
            let message = "A cap is on the whole, so it counts from \"raised\", \"event\", \"first formal step\" or a named step: change `from`.";
            checker.error(&path, message.to_owned());
            false
        }
        ClockStart::FirstFormal => {
            let mut its_routes = on_its_routes(checker.protocol, cap).peekable();
            // A route that is not there is said where it is named.
            let on_one = its_routes.peek().is_some();
            let any = its_routes.any(|route| route.steps.iter().any(|step| step.formal));
            if on_one && !any {
                let message = "This cap counts from the first formal step, and no step is formal: change `from`, or take `formal = false` out of one.";
                checker.error(&path, message.to_owned());
            }
            any
        }
        ClockStart::Step(step) => {
            checker.step_somewhere(&path, step);
            let stands = checker
                .protocol
                .routes
                .iter()
                .any(|route| route.step(step).is_some());
            let on_its_routes =
                on_its_routes(checker.protocol, cap).any(|route| route.step(step).is_some());
            if stands && !on_its_routes {
                let message = format!(
                    "This cap counts from step `{step}`, which stands on none of its routes: change `from`, or name the route it stands on in `routes`."
                );
                checker.error(&path, message);
            }
            true
        }
        ClockStart::Raised | ClockStart::Event => true,
    }
}

/// The routes a cap is on.
fn on_its_routes<'p>(protocol: &'p Protocol, cap: &'p Cap) -> impl Iterator<Item = &'p Route> {
    protocol
        .routes
        .iter()
        .filter(|route| cap.limits(&route.id, None))
}

/// Warns where the steps, unanswered, take longer than a cap.
fn fits(checker: &mut Checker<'_>, path: &str, cap: &Cap) {
    let limit = working_days(cap.within);
    let protocol = checker.protocol;
    let longest = on_its_routes(protocol, cap)
        .filter_map(|route| longest(route, &cap.from))
        .max();
    if let Some(longest) = longest.filter(|longest| *longest > limit) {
        let message = format!(
            "The steps can take {longest} working days and this cap is {}: shorten a step's `within` if the protocol allows it, else the bot will say the conflict as it is.",
            cap.within
        );
        checker.warning(&format!("{path}.within"), message);
    }
}

/// A period in working days, calendar time taken at five of seven days.
fn working_days(period: Period) -> i64 {
    match period.counted() {
        Counted::WorkingDays(days) => i64::from(days),
        Counted::AtMostDays(days) => i64::try_from(days).unwrap_or(i64::MAX / 5) * 5 / 7,
    }
}

/// How many working days the unanswered ladder takes, from a cap's start to the end of the last clock.
fn longest(route: &Route, from: &ClockStart) -> Option<i64> {
    let issued = issues(route);
    let first_formal = route.steps.iter().find(|step| step.formal);
    let origin = match from {
        ClockStart::FirstFormal => {
            let first = first_formal?;
            // A start above the default one is the raiser's choice; the ladder then begins there.
            issued.get(&first.id).copied().unwrap_or(0)
        }
        ClockStart::Step(step) => issued.get(step).copied()?,
        _ => 0,
    };
    route
        .steps
        .iter()
        .filter_map(|step| Some(end(route, step, &issued, *issued.get(&step.id)?)))
        .max()
        .map(|end| end - origin)
}

/// When each step that follows from the default start is issued at the latest, in working days from raising.
fn issues(route: &Route) -> HashMap<StepId, i64> {
    let mut issued = HashMap::from([(route.default_start.clone(), 0)]);
    // Each round carries the times one step further; a ladder without a ring settles within as many rounds as steps.
    for _ in 0..route.steps.len() {
        for step in &route.steps {
            let Some(begin) = issued.get(&step.id).copied() else {
                continue;
            };
            let end = end(route, step, &issued, begin);
            for next in step.next.iter().chain(&step.on_lapse) {
                let Some(following) = route.step(next) else {
                    continue;
                };
                let task = following
                    .issue_by
                    .as_ref()
                    .filter(|task| matches!(task.from, ClockStart::Event | ClockStart::Raised))
                    .map_or(0, |task| working_days(task.within));
                let begin = issued.entry(next.clone()).or_insert(0);
                *begin = end.max(task).max(*begin);
            }
        }
    }
    issued
}

/// When a step's clock ends, in working days from raising.
fn end(route: &Route, step: &Step, issued: &HashMap<StepId, i64>, begin: i64) -> i64 {
    let Some(clock) = &step.clock else {
        return begin;
    };
    let length = working_days(clock.within);
    let from = match &clock.from {
        ClockStart::Issued => begin,
        ClockStart::Raised | ClockStart::Event => 0,
        ClockStart::FirstFormal => route
            .steps
            .iter()
            .find(|step| step.formal)
            .and_then(|first| issued.get(&first.id).copied())
            .unwrap_or(0),
        ClockStart::PreviousStep => route
            .steps
            .iter()
            .filter(|before| {
                before.next.as_ref() == Some(&step.id) || before.on_lapse.as_ref() == Some(&step.id)
            })
            .filter_map(|before| issued.get(&before.id).copied())
            .max()
            .unwrap_or(begin),
        ClockStart::Step(earlier) => issued.get(earlier).copied().unwrap_or(begin),
    };
    begin.max(from.saturating_add(length))
}
