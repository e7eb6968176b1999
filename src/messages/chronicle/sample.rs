//! Samples of the export of a concern, to try its page on.

use serde_json::Value;

use super::{Chronicle, PAGE, beside};
use crate::concern::{Field, Recorded};
use crate::messages::details::Happened;
use crate::messages::exported::{Texts, Written};
use crate::messages::setting::{ConcernTexts, Setting};

/// A sample of the export of a concern, with something among its texts that must not run; `vary` also tries every word it may have.
pub(in crate::messages) fn sample(
    setting: &Setting<'_>,
    record: &[Recorded],
    texts: Option<&ConcernTexts>,
    vary: bool,
    attempt: &mut impl FnMut(&str, &Value),
) {
    let texts = texts.map_or(Texts::Erased, Texts::Opened);
    let say = |_: &Happened| Ok("raised by @U0ONE".to_owned());
    let head = |_| Ok("Note".to_owned());
    let Ok(mut chronicle) = Chronicle::new(setting, record, texts, &[], (&say, &head)) else {
        return;
    };
    if let Some(first) = chronicle.facts.first_mut() {
        first.texts.push(Written {
            field: Field::Note.as_str().to_owned(),
            heading: "Note".to_owned(),
            words: "<script>alert(1)</script>".to_owned(),
        });
    }
    let Ok(sample) = serde_json::to_value(&chronicle) else {
        return;
    };
    attempt(PAGE, &sample);
    let beside = beside::samples(setting.rules.calendar, setting.now);
    if let Ok(sample) = serde_json::to_value(chronicle.with_beside(beside)) {
        attempt(PAGE, &sample);
    }
    if vary {
        for turn in 0..STATES.len() {
            attempt(PAGE, &varied(&sample, turn));
        }
    }
}

/// Every word that the page has another sentence for.
const STATES: [&str; 12] = [
    "answering",
    "rejected_waiting",
    "underway",
    "judging",
    "at_gate",
    "exhausted",
    "resolved",
    "withdrawn",
    "redirected",
    "position_resolved",
    "position_maintained",
    "position_referred",
];
const CAPACITIES: [&str; 8] = [
    "program",
    "raiser",
    "cover",
    "addressee",
    "own_addressee",
    "gate",
    "iro_manager",
    "reader",
];
const BASES: [&str; 6] = [
    "protocol",
    "window_passed",
    "asked",
    "extended",
    "held",
    "other",
];

/// A sample with other words, so that in a few turns each has been said.
fn varied(sample: &Value, turn: usize) -> Value {
    let word = |words: &[&str], at: usize| {
        words
            .get(at % words.len())
            .map_or(Value::Null, |word| Value::from(*word))
    };
    let mut sample = sample.clone();
    if let Some(state) = sample.get_mut("state") {
        *state = word(&STATES, turn);
    }
    let facts = sample.get_mut("facts").and_then(Value::as_array_mut);
    for (at, fact) in (turn..).zip(facts.into_iter().flatten()) {
        if let Some(capacity) = fact.get_mut("capacity") {
            *capacity = word(&CAPACITIES, at);
        }
        if let Some(due) = fact.get_mut("due").and_then(Value::as_object_mut) {
            due.insert("basis".to_owned(), word(&BASES, turn));
            if due.get("from").is_none_or(Value::is_null) {
                let from = serde_json::json!({"date": "2026-12-14", "said": "Mon 14 Dec 2026"});
                due.insert("from".to_owned(), from);
            }
        }
    }
    sample
}
