//! Telephone calls: the form that logs one, and the line that says it was made.

use serde::Serialize;
use serde_json::Value;

use super::{Broken, Messages, ladder};
use crate::concern::{Concern, Rules};
use crate::ids::UserId;

/// How many calls a message lists: the newest.
const CALLS: usize = 3;

/// What the form `call` is built of.
#[derive(Clone, Debug, Default, Serialize)]
pub struct CallForm {
    reference: String,
    /// Today, as `2026-12-14`.
    today: String,
    /// The council-local time, as `10:05`.
    time: String,
    /// Where the protocol asks for the call; empty where it does not.
    clause: String,
    /// What it says of it, in its own words; empty where it says no more.
    condition: String,
}

impl CallForm {
    /// The form for a concern at a moment.
    #[must_use]
    pub fn new(rules: &Rules<'_>, concern: &Concern, now: chrono::DateTime<chrono::Utc>) -> Self {
        let local = rules.calendar.local(now);
        let rule = rules.protocol.beside.urgent.as_ref();
        Self {
            reference: concern.id.to_string(),
            today: local.date_naive().to_string(),
            time: local.format("%H:%M").to_string(),
            clause: rule.map_or_else(String::new, |rule| rule.clause.clone()),
            condition: rule.and_then(|rule| rule.when.clone()).unwrap_or_default(),
        }
    }
}

/// A call, on the raiser's receipt and the addressee's card.
#[derive(Debug, Serialize)]
pub(super) struct CallLine {
    by: UserId,
    with: Option<UserId>,
    /// What they hold in the concern's line; empty where the record has none.
    role: String,
    on: String,
    reached: bool,
}

/// The calls, the newest last.
pub(super) fn call_lines(rules: &Rules<'_>, concern: &Concern) -> Vec<CallLine> {
    let skip = concern.calls.len().saturating_sub(CALLS);
    concern
        .calls
        .iter()
        .skip(skip)
        .map(|call| CallLine {
            by: call.by.clone(),
            with: call.called.with.clone(),
            role: ladder::roles(rules.protocol, &call.called.roles, "and"),
            on: rules.calendar.say(call.called.on),
            reached: call.called.reached,
        })
        .collect()
}

impl Messages {
    /// The form `call`. Without its `private_metadata`, which is the caller's.
    ///
    /// # Errors
    /// [`Broken`] where the template fails.
    pub fn call_form(&self, form: &CallForm) -> Result<Value, Broken> {
        self.view("call", form)
    }
}

/// The form where the protocol asks for the call, and where it is silent.
pub(super) fn samples(attempt: &mut impl FnMut(&str, &Value)) {
    let silent = CallForm {
        reference: "C-42".to_owned(),
        today: "2026-12-14".to_owned(),
        time: "10:05".to_owned(),
        ..CallForm::default()
    };
    let asked = CallForm {
        clause: "Key Principles".to_owned(),
        condition: "where a child is at immediate risk".to_owned(),
        ..silent.clone()
    };
    for form in [silent, asked] {
        if let Ok(sample) = serde_json::to_value(&form) {
            attempt("modal/call.json", &sample);
        }
    }
}
