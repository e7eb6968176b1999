//! Whom a concern waits for.

use super::follow::is_followed;
use super::rules::Rules;
use super::state::{Concern, Phase};
use crate::ids::RoleId;

/// Whom an open concern waits for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ActsNext<'a> {
    /// The addressees of the present step: any of them, or each where all must answer and has not; also where they follow up what they
    /// directed and have yet to say whether it is done.
    Addressees(Vec<&'a RoleId>),
    /// The holders of the gate before the next step: any of them, or each where the word of each is needed and is missing.
    GateHolders(Vec<&'a RoleId>),
    /// The raiser.
    Raiser,
}

/// Who must act next. `None` only where the concern is closed, or where its record names a step that its route does not have.
///
/// A rejection that waits for its deadline is with the raiser: they were told, may hold it, and it moves on without them.
#[must_use]
pub fn who_acts_next<'a>(rules: &Rules<'a>, concern: &Concern) -> Option<ActsNext<'a>> {
    let visit = concern.visit()?;
    let step = rules.step_of(visit)?;
    Some(match concern.phase {
        Phase::Closed(_) => return None,
        Phase::Answering => ActsNext::Addressees(rules.awaited(concern, visit)),
        Phase::Underway if is_followed(rules, concern) => {
            ActsNext::Addressees(step.answerers().collect())
        }
        Phase::AtGate => {
            let awaited = rules.awaited_at_gate(visit);
            if awaited.is_empty() {
                ActsNext::Raiser
            } else {
                ActsNext::GateHolders(awaited)
            }
        }
        Phase::RejectedWaiting | Phase::Underway | Phase::Judging | Phase::Exhausted => {
            ActsNext::Raiser
        }
    })
}
