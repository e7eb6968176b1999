//! What cannot work in a protocol that reads well: each fault points at the part of the file it is about.

mod clocks;
mod ladder;
mod options;
mod rules;
mod subjects;
mod tasks;

use std::collections::HashSet;

use super::fault::{Fault, Places, Severity, did_you_mean};
use super::{Gate, GateKind, IRO_MANAGER, Need, Protocol, Subject};
use crate::ids::{RaiserRole, RoleId, RouteId, StepId};

/// The name that stands for the raiser where a role is named; no role may be called so.
pub(super) const RAISER: &str = "raiser";

/// Finds what cannot work, and what probably will not: errors and warnings, each once.
#[must_use]
pub fn check(protocol: &Protocol, places: &Places) -> Vec<Fault> {
    let mut checker = Checker {
        protocol,
        places,
        faults: Vec::new(),
        used: HashSet::new(),
    };
    ladder::check(&mut checker);
    clocks::check(&mut checker);
    rules::check(&mut checker);
    tasks::check(&mut checker);
    subjects::check(&mut checker);
    options::check(&mut checker);
    roles(&mut checker);
    let mut seen = HashSet::new();
    checker.faults.retain(|fault| seen.insert(fault.clone()));
    checker.faults
}

/// A check under way.
struct Checker<'p> {
    protocol: &'p Protocol,
    places: &'p Places,
    faults: Vec<Fault>,
    /// The roles spoken of so far.
    used: HashSet<&'p RoleId>,
}

impl<'p> Checker<'p> {
    fn error(&mut self, path: &str, message: String) {
        self.faults
            .push(self.places.fault(path, Severity::Error, message));
    }

    fn warning(&mut self, path: &str, message: String) {
        self.faults
            .push(self.places.fault(path, Severity::Warning, message));
    }

    /// Whether an error was found already: what follows from it would only confuse.
    fn is_broken(&self) -> bool {
        self.faults.iter().any(Fault::is_error)
    }

    /// That a role exists.
    fn role(&mut self, path: &str, role: &'p RoleId) {
        self.used.insert(role);
        if self.protocol.roles.contains_key(role) {
            return;
        }
        let mend = match did_you_mean(
            role.as_str(),
            self.protocol.roles.keys().map(RoleId::as_str),
        ) {
            Some(near) => format!("did you mean `{near}`?"),
            None => "add it to `[roles]`.".to_owned(),
        };
        self.error(path, format!("There is no role `{role}`: {mend}"));
    }

    /// That each role of a list exists.
    fn roles(&mut self, path: &str, roles: &'p [RoleId]) {
        for (number, role) in roles.iter().enumerate() {
            self.role(&format!("{path}.{number}"), role);
        }
    }

    /// That a step exists on some route.
    fn step_somewhere(&mut self, path: &str, step: &StepId) {
        let protocol = self.protocol;
        if protocol
            .routes
            .iter()
            .any(|route| route.step(step).is_some())
        {
            return;
        }
        let known = protocol
            .routes
            .iter()
            .flat_map(|route| &route.steps)
            .map(|step| step.id.as_str());
        let message = no_step(step, known, "");
        self.error(path, message);
    }

    /// That raiser roles are among those who may raise.
    fn raisers(&mut self, path: &str, raisers: &[RaiserRole]) {
        for (number, raiser) in raisers.iter().enumerate() {
            if !self.protocol.raised_by.contains(raiser) {
                let message = format!(
                    "`{raiser}` is not among those who may raise: add it to `raised_by`, or take it out here."
                );
                self.error(&format!("{path}.{number}"), message);
            }
        }
    }

    /// That the routes something is on exist.
    fn routes(&mut self, path: &str, routes: &[RouteId]) {
        let protocol = self.protocol;
        for (number, route) in routes.iter().enumerate() {
            if protocol.route(route).is_some() {
                continue;
            }
            let known = protocol.routes.iter().map(|route| route.id.as_str());
            let mend = match did_you_mean(route.as_str(), known) {
                Some(near) => format!("did you mean `{near}`?"),
                None => "name one of its `[[route]]`s, or take it out here.".to_owned(),
            };
            let message = format!("There is no route `{route}`: {mend}");
            self.error(&format!("{path}.{number}"), message);
        }
    }

    /// That subjects are among the protocol's.
    fn subjects(&mut self, path: &str, what: &str, subjects: &[Subject]) {
        for (number, subject) in subjects.iter().enumerate() {
            if !self.protocol.subjects.contains(subject) {
                let message = format!(
                    "{what} for a subject that the protocol does not have: add it to `subjects` at the top, or take it out here."
                );
                self.error(&format!("{path}.{number}"), message);
            }
        }
    }

    /// That a gate asks somebody something.
    fn gate(&mut self, path: &str, gate: &'p Gate) {
        let path = format!("{path}.gate");
        let all = gate.need == Need::AllOf;
        let named = if all { "all_of" } else { "roles" };
        self.roles(&format!("{path}.{named}"), &gate.roles);
        if all && gate.roles.len() == 1 {
            let message = "Only one is asked, so there is nobody else to wait for: write `role`, or name the others in `all_of`.";
            self.error(&format!("{path}.all_of"), message.to_owned());
        }
        if gate.kind == GateKind::Judgement {
            if !gate.roles.is_empty() {
                let message = "A judgement is the raiser's own, so its gate names no role: take the role out, or make its kind \"discuss\" or \"agree\".";
                self.error(&format!("{path}.roles"), message.to_owned());
            }
            if gate.question.is_none() {
                let message = "A judgement needs the question that the raiser answers: add `question = \"…?\"` in the protocol's own words.";
                self.error(&path, message.to_owned());
            }
        } else if gate.roles.is_empty() {
            let message = "This gate asks nobody: add `role = \"iro_manager\"`, or whoever the protocol names.";
            self.error(&path, message.to_owned());
        }
    }
}

/// That a step named somewhere does not exist.
fn no_step<'a>(step: &StepId, known: impl IntoIterator<Item = &'a str>, place: &str) -> String {
    let mend = match did_you_mean(step.as_str(), known) {
        Some(near) => format!("did you mean `{near}`?"),
        None => "name one of its steps, or add a `[[step]]` with that id.".to_owned(),
    };
    format!("There is no step `{step}`{place}: {mend}")
}

/// The roles themselves, once everything that names one has been looked at.
fn roles(checker: &mut Checker<'_>) {
    let protocol = checker.protocol;
    if !protocol.roles.contains_key(IRO_MANAGER) {
        let message = "There is no role `iro_manager`, which every protocol has: add it to `[roles]` under its local name, such as `iro_manager = { name = \"IRO Team Manager\" }`.";
        checker.error("roles", message.to_owned());
    }
    if protocol.roles.contains_key(RAISER) {
        let message = "`raiser` stands for the reviewing officer and cannot be a role: give the role another id.";
        checker.error("roles.raiser", message.to_owned());
    }
    for (id, role) in &protocol.roles {
        let path = format!("roles.{id}.vacant");
        let Some(vacant) = &role.vacant else { continue };
        checker.role(&path, vacant);
        let mut seen = HashSet::from([id]);
        let mut stand_in = Some(vacant);
        while let Some(next) = stand_in {
            if !seen.insert(next) {
                let message = format!(
                    "If `{id}` is vacant, who stands in leads round in a ring: let one of them fall to `iro_manager` by taking its `vacant` out."
                );
                checker.error(&path, message);
                break;
            }
            stand_in = protocol
                .roles
                .get(next)
                .and_then(|role| role.vacant.as_ref());
        }
    }
    if checker.is_broken() {
        return;
    }
    for id in protocol.roles.keys() {
        if id.as_str() != IRO_MANAGER && !checker.used.contains(id) {
            let message = format!(
                "Nothing names the role `{id}`: take it out, or say where it is asked, copied or told."
            );
            checker.warning(&format!("roles.{id}"), message);
        }
    }
}
