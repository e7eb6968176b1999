//! What is for some subjects or some routes only: who raises about whom, the star, names, caps, ways out.

use std::collections::HashSet;

use super::Checker;
use super::did_you_mean;
use crate::ids::RouteId;
use crate::protocol::{Subject, words};

pub(super) fn check(checker: &mut Checker<'_>) {
    raisers(checker);
    let protocol = checker.protocol;
    if let Some(starred) = &protocol.starred {
        checker.subjects("starred.subjects", "The star is", &starred.subjects);
    }
    for (number, cap) in protocol.caps.iter().enumerate() {
        checker.routes(&format!("cap.{number}.routes"), &cap.routes);
        checker.subjects(
            &format!("cap.{number}.subjects"),
            "This cap is",
            &cap.subjects,
        );
    }
    redirects(checker);
    partners(checker);
    names(checker);
}

fn raisers(checker: &mut Checker<'_>) {
    let protocol = checker.protocol;
    for (role, subjects) in &protocol.raiser_subjects {
        let path = format!("raiser_subjects.{role}");
        if !protocol.raised_by.contains(role) {
            let message = format!(
                "`{role}` is not among those who may raise: add it to `raised_by`, or take it out here."
            );
            checker.error(&path, message);
            continue;
        }
        checker.subjects(&path, "This role raises", subjects);
        if subjects.is_empty() {
            let message = format!(
                "`{role}` would raise about nobody: name a subject, or take the line out, which lets it raise about any."
            );
            checker.error(&path, message);
        }
    }
    if checker.is_broken() {
        return;
    }
    let open = |role, subject| {
        let mut routes = protocol.routes.iter();
        routes.any(|route| protocol.subjects_for(role, route).contains(subject))
    };
    for role in &protocol.raised_by {
        if !protocol.subjects.iter().any(|subject| open(role, subject)) {
            let message = format!(
                "No route is for anybody whom `{role}` raises about: add a subject here or to a `[[route]]`."
            );
            checker.error(&format!("raiser_subjects.{role}"), message);
        }
    }
    for (number, subject) in protocol.subjects.iter().enumerate() {
        if !protocol.raised_by.iter().any(|role| open(role, subject)) {
            let message = format!(
                "Nobody can raise about \"{}\": add it to a `[[route]]` and in `[raiser_subjects]`, or take it out of `subjects`.",
                words::subject(*subject)
            );
            checker.warning(&format!("subjects.{number}"), message);
        }
    }
}

fn redirects(checker: &mut Checker<'_>) {
    let redirects = checker.protocol.beside.redirects.iter();
    let ways = redirects.map(|way| (way.id.as_str(), &*way.routes, &*way.subjects));
    in_some_places(checker, "redirect", "This way out is", ways);
}

fn partners(checker: &mut Checker<'_>) {
    let partners = checker.protocol.beside.partners.iter();
    let partners = partners.map(|one| (one.id.as_str(), &*one.routes, &*one.subjects));
    let are = "This partner is told of concerns";
    in_some_places(checker, "partner", are, partners);
}

/// What has an id of its own, and is for some routes and subjects only.
fn in_some_places<'p>(
    checker: &mut Checker<'_>,
    key: &str,
    are: &str,
    all: impl Iterator<Item = (&'p str, &'p [RouteId], &'p [Subject])>,
) {
    let mut seen = HashSet::new();
    for (number, (id, routes, subjects)) in all.enumerate() {
        let path = format!("{key}.{number}");
        if !seen.insert(id) {
            let message = format!("There are two {key}s `{id}`: give one another id.");
            checker.error(&format!("{path}.id"), message);
        }
        checker.routes(&format!("{path}.routes"), routes);
        checker.subjects(&format!("{path}.subjects"), are, subjects);
    }
}

/// What a case note may be called by: an occasion, or an occasion and whom the concern is about.
const NOTE_OCCASIONS: [&str; 3] = ["informal", "formal", "midway_oversight"];

fn names(checker: &mut Checker<'_>) {
    let protocol = checker.protocol;
    let notes = protocol
        .beside
        .note
        .iter()
        .flat_map(|note| note.names.keys());
    for name in notes {
        let known: Vec<String> = NOTE_OCCASIONS
            .into_iter()
            .map(str::to_owned)
            .chain(["informal", "formal"].into_iter().flat_map(|occasion| {
                let subjects = protocol.subjects.iter();
                subjects.map(move |subject| format!("{occasion}_{}", words::subject(*subject)))
            }))
            .collect();
        if !known.contains(name) {
            let mend = match did_you_mean(name, known.iter().map(String::as_str)) {
                Some(near) => format!("did you mean `{near}`?"),
                None => "name it `informal` or `formal`, with `_` and a subject of the protocol where it is for that one only.".to_owned(),
            };
            let message = format!("No case note is written on the occasion `{name}`: {mend}");
            checker.error(&format!("note.names.{name}"), message);
        }
    }
    if let Some(note) = &protocol.beside.note {
        checker.routes("note.routes", &note.routes);
    }
    for (number, route) in protocol.routes.iter().enumerate() {
        for (place, step) in route.steps.iter().enumerate() {
            let path = checker.places.step(number, place);
            for subject in step.names.keys() {
                if !protocol.subjects.contains(subject) {
                    let word = words::subject(*subject);
                    let message = format!(
                        "`{word}` is not a subject of the protocol: add it to `subjects` at the top, or take the name out."
                    );
                    checker.error(&format!("{path}.names.{word}"), message);
                }
            }
        }
    }
}
