//! The steps of each route: who, where to, and that every one can be reached and left.

use std::collections::HashSet;

use super::{Checker, RAISER, no_step};
use crate::ids::{RoleId, StepId};
use crate::protocol::{Asks, GateKind, Need, OnReject, Route, Sender, Silence, Step};

/// What `next` says where nothing follows; no step may be called so.
const END: &str = "end";

/// The most steps of one route.
const LONGEST_ROUTE: usize = 50;

pub(super) fn check(checker: &mut Checker<'_>) {
    let protocol = checker.protocol;
    let mut seen = HashSet::new();
    for (number, route) in protocol.routes.iter().enumerate() {
        let path = format!("route.{number}");
        if !seen.insert(route.name.to_lowercase()) {
            let message = format!(
                "Two routes read \"{}\": nobody could tell them apart, so name one differently.",
                route.name
            );
            checker.error(&format!("{path}.name"), message);
        }
        checker.subjects(&format!("{path}.subjects"), "A route is", &route.subjects);
        if route.steps.is_empty() {
            let message = format!(
                "Route `{}` has no step: add a `[[step]]` with `routes = [\"{}\"]`, or take the route out.",
                route.id, route.id
            );
            checker.error(&path, message);
            continue;
        }
        if route.steps.len() > LONGEST_ROUTE {
            let message = format!(
                "Route `{}` has over {LONGEST_ROUTE} steps: shorten it.",
                route.id
            );
            checker.error(&path, message);
            continue;
        }
        default_start(checker, number, route);
        for (place, step) in route.steps.iter().enumerate() {
            let path = checker.places.step(number, place);
            duplicate(checker, &path, route, place);
            people(checker, &path, step);
            ways_out(checker, &path, route, step);
            sense(checker, &path, step);
            let begun = route.steps.iter().take(place).any(|earlier| earlier.formal);
            if begun && !step.formal {
                let message = format!(
                    "Step `{}` is not formal and comes after one that is: take `formal` out, or put the step before the formal ones.",
                    step.id
                );
                checker.warning(&format!("{path}.formal"), message);
            }
            if let Some(gate) = &step.gate {
                checker.gate(&path, gate);
                if place == 0 {
                    let message = "A gate stands between two steps, and nothing comes before this one: take the gate out, or move it to the next step.";
                    checker.error(&format!("{path}.gate"), message.to_owned());
                }
            }
        }
        reach(checker, number, route);
    }
}

fn default_start(checker: &mut Checker<'_>, number: usize, route: &Route) {
    if route.step(&route.default_start).is_some() {
        return;
    }
    let known = route.steps.iter().map(|step| step.id.as_str());
    let message = no_step(
        &route.default_start,
        known,
        &on_route(checker, route, &route.default_start),
    );
    let own = format!("route.{number}.default_start");
    let path = if checker.places.knows(&own) {
        own
    } else {
        "default_start".to_owned()
    };
    checker.error(&path, message);
}

/// " on route `lac`", where another route does have that step.
fn on_route(checker: &Checker<'_>, route: &Route, step: &StepId) -> String {
    let elsewhere = checker
        .protocol
        .routes
        .iter()
        .any(|other| other.id != route.id && other.step(step).is_some());
    if elsewhere {
        format!(" on route `{}`", route.id)
    } else {
        String::new()
    }
}

fn duplicate(checker: &mut Checker<'_>, path: &str, route: &Route, place: usize) {
    let Some(step) = route.steps.get(place) else {
        return;
    };
    if step.id.as_str() == END {
        let message =
            "`end` stands for the end of the ladder and cannot be a step: give it another id.";
        checker.error(&format!("{path}.id"), message.to_owned());
    }
    if route.place(&step.id) != Some(place) {
        let message = format!(
            "There are two steps `{}` on one route: give one another id.",
            step.id
        );
        checker.error(&format!("{path}.id"), message);
    }
}

fn people<'p>(checker: &mut Checker<'p>, path: &str, step: &'p Step) {
    if step.to.is_empty() {
        let message = format!("Step `{}` asks nobody: name a role in `to`.", step.id);
        checker.error(&format!("{path}.to"), message);
    }
    if let Sender::Role(role) = &step.sender {
        if role.as_str() == RAISER {
            let message =
                "The raiser sends a step unless the file says otherwise: take `sent_by` out.";
            checker.error(&format!("{path}.sent_by"), message.to_owned());
        } else {
            checker.role(&format!("{path}.sent_by"), role);
        }
    }
    let addressed = match step.need {
        Need::AnyOf => "to",
        Need::AllOf => "all_of",
    };
    if step.need == Need::AllOf && step.to.len() == 1 {
        let message = "Only one is asked, so there is nobody else to wait for: write `to`, or name the others in `all_of`.";
        checker.error(&format!("{path}.all_of"), message.to_owned());
    }
    checker.roles(&format!("{path}.{addressed}"), &step.to);
    checker.roles(&format!("{path}.with"), &step.with);
    checker.roles(&format!("{path}.copy"), &step.copy);
    checker.roles(
        &format!("{path}.copy_from_here_on"),
        &step.copy_from_here_on,
    );
    checker.roles(&format!("{path}.overdue_alert"), &step.overdue_alert);
    checker.roles(&format!("{path}.inputs"), &step.inputs);
    for (number, role) in step.inputs.iter().enumerate() {
        if step.answerers().any(|answerer| answerer == role) {
            let message = format!("`{role}` answers this step itself: take it out of `inputs`.");
            checker.error(&format!("{path}.inputs.{number}"), message);
        }
    }
    for (number, role) in step.with.iter().enumerate() {
        if step.to.contains(role) {
            let message = format!("`{role}` already answers this step: take it out of `with`.");
            checker.error(&format!("{path}.with.{number}"), message);
        }
    }
    for (number, role) in step.copy.iter().enumerate() {
        if step.answerers().any(|answerer| answerer == role) {
            let message =
                format!("`{role}` answers this step and needs no copy: take it out of `copy`.");
            checker.warning(&format!("{path}.copy.{number}"), message);
        } else if step.copy_from_here_on.contains(role) {
            let message =
                format!("`{role}` is copied from here on already: take it out of `copy`.");
            checker.warning(&format!("{path}.copy.{number}"), message);
        }
    }
    own_business(checker, path, step);
    if let Some(meeting) = checker.protocol.beside.meetings.get(&step.id) {
        if let Some(chair) = &meeting.chair {
            checker.role(&format!("{path}.meeting.chair"), chair);
        }
        checker.roles(&format!("{path}.meeting.attends"), &meeting.attends);
    }
}

/// Roles that would write to themselves, or answer to themselves.
fn own_business(checker: &mut Checker<'_>, path: &str, step: &Step) {
    let answers = |role: &RoleId| step.answerers().any(|answerer| answerer == role);
    if let Sender::Role(role) = &step.sender
        && answers(role)
    {
        let message = format!(
            "`{role}` would send this step to itself: name another role in `sent_by`, or take it out."
        );
        checker.warning(&format!("{path}.sent_by"), message);
    }
    let others = (step.gate.iter()).filter(|gate| gate.kind != GateKind::Judgement);
    let mut holders = others.flat_map(|gate| &gate.roles);
    if let Some(role) = holders.find(|role| answers(role)) {
        let message = format!(
            "`{role}` would hold the gate before a step that asks `{role}`: name another role in the gate, or take it out."
        );
        checker.warning(&format!("{path}.gate"), message);
    }
    for (number, role) in step.overdue_alert.iter().enumerate() {
        if answers(role) {
            let message = format!(
                "`{role}` answers this step itself and knows that it is overdue: take it out of `overdue_alert`."
            );
            checker.warning(&format!("{path}.overdue_alert.{number}"), message);
        }
    }
}

fn ways_out(checker: &mut Checker<'_>, path: &str, route: &Route, step: &Step) {
    for (key, target) in [("next", &step.next), ("on_lapse", &step.on_lapse)] {
        if let Some(target) = target
            && route.step(target).is_none()
        {
            let known = route.steps.iter().map(|step| step.id.as_str());
            let message = no_step(target, known, &on_route(checker, route, target));
            checker.error(&format!("{path}.{key}"), message);
        }
    }
}

/// Rules of one step that contradict each other.
fn sense(checker: &mut Checker<'_>, path: &str, step: &Step) {
    let id = &step.id;
    let mut error = |key: &str, message: String| checker.error(&format!("{path}.{key}"), message);
    if step.on_reject == OnReject::AtDeadline {
        if step.asks != Asks::AcceptOrReject {
            let message = "Only a step that asks to \"accept or reject\" can be rejected: take `on_reject` out, or change `asks`.";
            error("on_reject", message.to_owned());
        } else if step.clock.is_none() {
            let message = format!(
                "A rejection of step `{id}` waits for a deadline that never comes, so there is no way out: give it `within`, or take `on_reject` out."
            );
            error("on_reject", message);
        }
    }
    if step.silence == Silence::DeemedAccepted {
        let message = "Silence is never consent to a concern: take `on_silence` out, or make it \"alert\"; \"deemed accepted\" is for a `[[review_clock]]`.";
        error("on_silence", message.to_owned());
    }
    if step.silence == Silence::Alert && step.on_lapse.is_some() {
        let message =
            "Silence cannot both tell somebody and move on: take `on_silence` or `on_lapse` out.";
        error("on_silence", message.to_owned());
    }
    if step.clock.is_none() {
        let unused = [
            ("on_lapse", step.on_lapse.is_some()),
            ("extend", step.extend.is_some()),
            ("overdue_alert", !step.overdue_alert.is_empty()),
            ("on_silence", step.silence == Silence::Alert),
        ];
        for (key, used) in unused {
            if used {
                let message = format!(
                    "Step `{id}` has no clock, so `{key}` never happens: give it `within`, or take `{key}` out."
                );
                error(key, message);
            }
        }
    }
    if step.silence == Silence::Alert && step.clock.is_some() && step.overdue_alert.is_empty() {
        let message = format!(
            "Nobody is named to hear that step `{id}` is overdue, so `iro_manager` is told: name somebody in `overdue_alert` if the protocol does."
        );
        checker.warning(&format!("{path}.on_silence"), message);
    }
}

/// That every step can be reached, and none comes round to itself.
fn reach(checker: &mut Checker<'_>, number: usize, route: &Route) {
    let starts = route
        .steps
        .first()
        .map(|step| &step.id)
        .into_iter()
        .chain([&route.default_start])
        .chain(&checker.protocol.bypass.to);
    let reached = reachable(route, starts);
    for (place, step) in route.steps.iter().enumerate() {
        let path = checker.places.step(number, place);
        if !reached.contains(&step.id) {
            let place = if checker.protocol.routes.len() > 1 {
                format!(" on route `{}`", route.id)
            } else {
                String::new()
            };
            let message = format!(
                "Nothing leads to step `{}`{place}: name it as the `next` or `on_lapse` of a step before it, or take it out.",
                step.id
            );
            checker.error(&path, message);
        }
        // Every ring has a way back: that is where to break it.
        for (key, target) in [("next", &step.next), ("on_lapse", &step.on_lapse)] {
            let Some(target) = target else { continue };
            let back = route.place(target).is_some_and(|target| target <= place);
            if back && reachable(route, [target]).contains(&step.id) {
                let message = format!(
                    "Step `{}` leads back to `{target}`, and so round without end: name a later step, or `next = \"end\"`.",
                    step.id
                );
                checker.error(&format!("{path}.{key}"), message);
            }
        }
    }
}

/// The steps that can follow from some steps, those themselves included.
pub(super) fn reachable<'r>(
    route: &'r Route,
    starts: impl IntoIterator<Item = &'r StepId>,
) -> HashSet<&'r StepId> {
    let mut reached = HashSet::new();
    let mut open: Vec<&StepId> = starts.into_iter().collect();
    while let Some(id) = open.pop() {
        if let Some(step) = route.step(id)
            && reached.insert(&step.id)
        {
            open.extend(step.next.iter().chain(&step.on_lapse));
        }
    }
    reached
}
