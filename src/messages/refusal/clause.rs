//! The clause of the rule that somebody is refused by: whoever acts outside what their protocol sets is told where it says so.

use super::Refused;
use crate::concern::{Concern, FieldFault, Refusal, Rules, Who};
use crate::ids::RoleId;
use crate::protocol::Step;

/// Where the protocol says what a refusal rests on; empty where it rests on no rule of the protocol's.
pub(super) fn clause_of<'a>(refusal: &'a Refusal, around: &Refused<'a>) -> &'a str {
    let Some(rules) = around.rules else {
        return "";
    };
    let bypass = &rules.protocol.bypass;
    let of_step = || around.concern.and_then(|concern| here(rules, concern));
    let clause = match refusal {
        Refusal::MustMeet { clause }
        | Refusal::NotCopiedByName { clause, .. }
        | Refusal::OutsideByOthers { clause, .. }
        | Refusal::OutsideNotYet { clause, .. } => Some(clause),
        Refusal::NotesMissing { clause, .. } | Refusal::NotRedirected { clause } => clause.as_ref(),
        Refusal::ClockRuns { .. }
        | Refusal::NoExtension
        | Refusal::TimeFixed
        | Refusal::NotAsked
        | Refusal::NoMeetingHere
        | Refusal::LastStep
        | Refusal::Field {
            fault: FieldFault::OnlyShorter(_),
            ..
        } => of_step().map(|step| &step.clause),
        Refusal::Field {
            fault: FieldFault::NotALaterStep,
            ..
        } => Some(&bypass.clause),
        Refusal::Field {
            fault: FieldFault::NotAHolder(_),
            ..
        } => bypass.gate.as_ref().and_then(|gate| gate.clause.as_ref()),
        Refusal::NotYours {
            who: Who::Roles(those),
        } => around
            .concern
            .and_then(|concern| says_who(rules, concern, those)),
        _ => None,
    };
    clause.map_or("", String::as_str)
}

/// The present step of a concern.
fn here<'a>(rules: &'a Rules<'a>, concern: &Concern) -> Option<&'a Step> {
    rules.step_of(concern.visit()?)
}

/// Where it stands that these roles answer: the gate that is asked of them, else the present step.
fn says_who<'a>(rules: &'a Rules<'a>, concern: &Concern, those: &[RoleId]) -> Option<&'a String> {
    let asked = concern.visit()?.gate.as_ref();
    let gate = asked.and_then(|asked| rules.gate_to(&asked.to));
    if let Some(gate) = gate.filter(|gate| gate.roles == those) {
        return gate.clause.as_ref();
    }
    let step = here(rules, concern)?;
    let mut answer = step.answerers();
    answer
        .any(|role| those.contains(role))
        .then_some(&step.clause)
}
