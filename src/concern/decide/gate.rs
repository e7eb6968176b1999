//! What a gate's holder says, and the raiser where the gate is their own judgement.

use super::Deciding;
use super::behalf::{is_by_cover_alone, was_raiser};
use crate::concern::command::{Refusal, Standing, Who};
use crate::concern::event::{Answered, Fact, Field, How};
use crate::concern::state::{Asked, Phase, Visit};
use crate::ids::Text;
use crate::protocol::GateKind;

impl Deciding<'_> {
    pub(super) fn judge_gate(
        &mut self,
        who: &Standing,
        pressed: Option<u32>,
        declined: Option<Text>,
    ) -> Result<(), Refusal> {
        let visit = match pressed {
            Some(number) => self.concern.visit_numbered(number),
            None => self.concern.visit(),
        };
        let visit = visit.ok_or(Refusal::OutOfDate)?;
        let number = visit.number;
        let asked = visit.gate.clone().ok_or(Refusal::NoGate)?;
        let how = how_it_ended(visit, &asked);
        let gate = self.rules.gate_to(&asked.to).ok_or(Refusal::NoGate)?;
        if gate.kind == GateKind::Judgement {
            if !self.is_raiser(who) {
                return Err(Refusal::NotYours { who: Who::Raiser });
            }
        } else if !gate.roles.iter().any(|role| who.holds(role)) {
            return Err(Refusal::NotYours {
                who: Who::Roles(gate.roles.clone()),
            });
        } else if who.user == self.concern.raiser
            || is_by_cover_alone(who, gate.roles.iter()) && was_raiser(&self.concern, &who.user)
        {
            return Err(Refusal::OwnConcern);
        }
        if !self.concern.is_open() {
            return Err(Refusal::Closed);
        }
        if asked.verdict.is_some() {
            return Err(Refusal::DoneAlready);
        }
        if asked.superseded || !self.is_present(number) {
            return Err(Refusal::OutOfDate);
        }
        let waiting = self.concern.phase == Phase::AtGate;
        match declined {
            None => {
                self.add(Fact::GateAgreed { visit: number });
                if waiting {
                    self.issue(&asked.to, how);
                }
            }
            Some(reason) => {
                self.add_with(
                    Fact::GateDeclined { visit: number },
                    vec![(Field::Reason, reason)],
                );
                if waiting && gate.kind == GateKind::Judgement {
                    self.exhaust();
                }
            }
        }
        Ok(())
    }
}

/// How a concern comes through a gate: a gate asked ahead expected silence, and the step may have been rejected since.
fn how_it_ended(visit: &Visit, asked: &Asked) -> How {
    let rejected = visit
        .answers
        .iter()
        .any(|answer| answer.answer == Answered::Rejected);
    match asked.how {
        How::Lapsed if rejected => How::Rejected,
        how => how,
    }
}
