//! The inputs that a step asks for besides its addressee's answer (`W-3.2.2`): which are in, never what they say.

use serde::Serialize;

use super::ladder;
use crate::calendar::say_date;
use crate::concern::{Concern, Phase, Rules, Visit};
use crate::ids::UserId;

/// An input that a step asks for.
#[derive(Debug, Serialize)]
pub(super) struct InputLine {
    /// Whose, with the article.
    role: String,
    /// `given`; `late`, once the step was answered; `waits`; or `missed`: the step has ended without it.
    kind: &'static str,
    by: Option<UserId>,
    on: String,
}

/// The inputs of a visit, those that were given first.
pub(super) fn input_lines(rules: &Rules<'_>, concern: &Concern, visit: &Visit) -> Vec<InputLine> {
    let answered = visit.answers.last().map(|answer| answer.at);
    let given = visit.inputs.iter().map(|input| InputLine {
        role: ladder::roles(rules.protocol, &input.roles, "and"),
        kind: if answered.is_some_and(|at| at < input.at) {
            "late"
        } else {
            "given"
        },
        by: Some(input.by.clone()),
        on: say_date(rules.day(input.at)),
    });
    let present = concern
        .visit()
        .is_some_and(|now_at| now_at.number == visit.number);
    let waits = present && concern.phase == Phase::Answering;
    let missing = rules
        .missing_inputs(visit)
        .into_iter()
        .map(|role| InputLine {
            role: ladder::roles(rules.protocol, [role], "and"),
            kind: if waits { "waits" } else { "missed" },
            by: None,
            on: String::new(),
        });
    given.chain(missing).collect()
}
