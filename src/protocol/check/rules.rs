//! The rules beside the ladder: bypass, Cafcass, legal advice, notes, review clocks, notices, categories.

use std::collections::HashSet;

use super::{Checker, RAISER};
use crate::protocol::{
    ExternalRoute, GateKind, LIMIT_PASSED, MOST_REVIEW_FIELDS, Need, ReviewClock, Silence, Sitting,
};

/// The most categories of one protocol: what a Slack menu holds.
const MOST_CATEGORIES: usize = 100;

pub(super) fn check(checker: &mut Checker<'_>) {
    let protocol = checker.protocol;
    if protocol.subjects.is_empty() {
        let message = "`subjects` is empty: name whom a concern may be about.";
        checker.error("subjects", message.to_owned());
    }
    if protocol.raised_by.is_empty() {
        let message = "`raised_by` is empty: name who may raise a concern.";
        checker.error("raised_by", message.to_owned());
    }
    for (number, step) in protocol.bypass.to.iter().enumerate() {
        let path = format!("bypass.to.{number}");
        checker.step_somewhere(&path, step);
        let mut places = protocol
            .routes
            .iter()
            .filter_map(|route| route.place(step))
            .peekable();
        if places.peek().is_some() && places.all(|place| place == 0) {
            let message = format!(
                "Step `{step}` is the first of its ladder, so nothing is skipped to reach it: take it out, or name a later step."
            );
            checker.error(&path, message);
        }
    }
    if let Some(gate) = &protocol.bypass.gate {
        checker.gate("bypass", gate);
        if gate.need == Need::AllOf {
            let message = "A bypass waits for nobody, so nobody's word is needed for it: write `roles`, and whom the raiser spoke with is recorded.";
            checker.error("bypass.gate.all_of", message.to_owned());
        }
        if gate.kind == GateKind::Judgement {
            let message = "A bypass is the raiser's judgement already: take the gate out, or name who is asked.";
            checker.error("bypass.gate", message.to_owned());
        }
    }
    let beside = &protocol.beside;
    external(checker, "cafcass", beside.cafcass.as_ref());
    external(checker, "legal_advice", beside.legal_advice.as_ref());
    external(checker, "advice", beside.advice.as_ref());
    if let Some(step) = beside
        .copy_named
        .as_ref()
        .and_then(|copy| copy.from.as_ref())
    {
        checker.step_somewhere("copy_named.from", step);
    }
    if beside
        .note
        .as_ref()
        .is_some_and(|note| note.fields.is_empty())
    {
        let message = "A case note without fields says nothing: name them, such as `fields = [\"issue\", \"action\", \"outcome\"]`.";
        checker.error("note.fields", message.to_owned());
    }
    if beside
        .note
        .as_ref()
        .is_some_and(|note| !note.required && !note.routes.is_empty())
    {
        let message = "These routes are where notes are demanded, and none are: add `required = true`, or take `routes` out.";
        checker.error("note.routes", message.to_owned());
    }
    review_clocks(checker);
    review_fields(checker);
    for (number, notice) in beside.notices.iter().enumerate() {
        let path = format!("notice.{number}");
        if notice.to.is_empty() {
            let message = "This notice tells nobody: name a role in `to`.";
            checker.error(&format!("{path}.to"), message.to_owned());
        }
        for (place, role) in notice.to.iter().enumerate() {
            if role.as_str() != RAISER {
                checker.role(&format!("{path}.to.{place}"), role);
            }
        }
        if !notice.items.is_empty() && ITEMLESS.contains(&notice.when.as_str()) {
            let message = format!(
                "Nothing is chosen from a list on the occasion \"{}\": take `items` out.",
                notice.when
            );
            checker.error(&format!("{path}.items"), message);
        }
        let again = beside.notices.iter().take(number);
        if notice.when == CRITERION && again.clone().any(|other| other.when == CRITERION) {
            let message = "A case that meets a standing criterion is referred once: put both into one notice.";
            checker.error(&format!("{path}.when"), message.to_owned());
        }
        if notice.when.starts_with("rag ") && !protocol.rag {
            let message = "This notice waits for a rating that is never asked for: add `rag = true` at the top, or take the notice out.";
            checker.error(&format!("{path}.when"), message.to_owned());
        }
        if notice.when == LIMIT_PASSED && protocol.caps.is_empty() {
            let message = "This notice waits for a limit that is never set: add a `[[cap]]`, or take the notice out.";
            checker.error(&format!("{path}.when"), message.to_owned());
        }
    }
    categories(checker);
}

/// The occasion on which a case is referred by its criteria.
const CRITERION: &str = "standing criterion";

/// The occasions on which nobody chooses from a list.
const ITEMLESS: [&str; 5] = [
    "review held",
    "rag amber",
    "rag red",
    "referred outside",
    "position recorded",
];

fn external<'p>(checker: &mut Checker<'p>, path: &str, external: Option<&'p ExternalRoute>) {
    let Some(external) = external else { return };
    checker.raisers(&format!("{path}.by"), &external.by);
    if let Some(step) = &external.from {
        checker.step_somewhere(&format!("{path}.from"), step);
    }
    if let Some(gate) = &external.gate {
        checker.gate(path, gate);
        if gate.need == Need::AllOf {
            let message =
                "Each of those named here is spoken to, and nothing waits for them: write `roles`.";
            checker.error(&format!("{path}.gate.all_of"), message.to_owned());
        }
    }
    checker.roles(&format!("{path}.oversight"), &external.oversight);
}

fn review_clocks(checker: &mut Checker<'_>) {
    let clocks = &checker.protocol.beside.review_clocks;
    for (number, clock) in clocks.iter().enumerate() {
        let path = format!("review_clock.{number}");
        if clocks.iter().take(number).any(|other| other.id == clock.id) {
            let message = format!(
                "There are two review clocks `{}`: give one another id.",
                clock.id
            );
            checker.error(&format!("{path}.id"), message);
        }
        if let Some(owner) = &clock.owner {
            checker.role(&format!("{path}.owner"), owner);
        } else if clock.on_silence == Silence::DeemedAccepted {
            let message = format!(
                "Review clock `{}` takes silence for consent, but not whose: name the role with `owner`.",
                clock.id
            );
            checker.error(&format!("{path}.on_silence"), message);
        }
        if clock.starts.is_at(Sitting::Midway) && checker.protocol.beside.midway.is_none() {
            let message = "This clock starts at a midway review, and the file has none: add `[midway]` with its `name` and `clause`.";
            checker.error(&format!("{path}.starts"), message.to_owned());
        }
        let find = |id: &str| clocks.iter().find(|clock| clock.id == id);
        let path = format!("{path}.starts");
        let mut seen = HashSet::from([clock.id.as_str()]);
        let mut at: &ReviewClock = clock;
        while let Some(id) = at.starts.after() {
            let Some(earlier) = find(id) else {
                if std::ptr::eq(at, clock) {
                    let message = format!(
                        "There is no review clock `{id}` to start this one: write `starts = \"review\"`, or the id of another.",
                    );
                    checker.error(&path, message);
                }
                break;
            };
            if !seen.insert(&earlier.id) {
                let message = format!(
                    "Review clock `{}` waits for itself: let one of them start from \"review\".",
                    clock.id
                );
                checker.error(&path, message);
                break;
            }
            at = earlier;
        }
    }
}

fn review_fields(checker: &mut Checker<'_>) {
    let fields = &checker.protocol.beside.review_fields;
    for (number, field) in fields.iter().enumerate() {
        let path = format!("review_field.{number}.id");
        if fields.iter().take(number).any(|other| other.id == field.id) {
            let message = format!(
                "There are two fields `{}` of a review's form: give one another id.",
                field.id
            );
            checker.error(&path, message);
        }
        if number == MOST_REVIEW_FIELDS {
            let message = format!(
                "A review's form has at most {MOST_REVIEW_FIELDS} fields of its own: take some out."
            );
            checker.error(&path, message);
        }
    }
}

fn categories(checker: &mut Checker<'_>) {
    let themes = &checker.protocol.themes;
    let mut ids = HashSet::new();
    let mut names = HashSet::new();
    for (number, theme) in themes.iter().enumerate() {
        let path = if theme.name.is_empty() {
            String::new()
        } else {
            format!("theme.{number}.")
        };
        if theme.categories.is_empty() {
            let message = format!(
                "Theme \"{}\" has no category: add one, or take it out.",
                theme.name
            );
            checker.error(&format!("{path}categories"), message);
        }
        for category in &theme.categories {
            let path = format!("{path}categories.{}", category.id);
            if !ids.insert(category.id.as_str()) {
                let message = format!(
                    "There are two categories `{}`: give one another id.",
                    category.id
                );
                checker.error(&path, message);
            }
            if !names.insert(category.name.to_lowercase()) {
                let message = format!(
                    "Two categories read \"{}\": nobody could tell them apart, so word one differently.",
                    category.name
                );
                checker.error(&path, message);
            }
        }
    }
    if ids.len() > MOST_CATEGORIES {
        let message = format!(
            "There are over {MOST_CATEGORIES} categories, more than a Slack menu holds: take some out."
        );
        checker.error("categories", message);
    }
}
