//! What a gate's holder says, and the raiser where the gate is their own judgement, or where they put down what was discussed.

use chrono::NaiveDate;

use super::behalf::{is_by_cover_alone, was_raiser};
use super::{Deciding, past};
use crate::concern::command::{FieldFault, Refusal, Standing, Who};
use crate::concern::event::{Answered, Fact, Field, How, Talk};
use crate::concern::state::{Asked, Phase, Visit};
use crate::ids::{RoleId, Text};
use crate::protocol::{GateKind, Need};

/// What somebody says at a gate.
pub(super) enum Says {
    /// That it goes on.
    Yes,
    /// The same, with when it was discussed with them and what they think.
    Discussed(NaiveDate, Text),
    /// That it does not go on: why, and when it was discussed with them.
    No(Option<NaiveDate>, Text),
}

impl Deciding<'_> {
    pub(super) fn judge_gate(
        &mut self,
        who: &Standing,
        pressed: Option<u32>,
        says: Says,
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
        let held = gate.roles.iter().filter(|role| who.holds(role));
        let held: Vec<RoleId> = held.cloned().collect();
        let said = |role: &RoleId| asked.has_agreed(role);
        if asked.verdict.is_some() || !held.is_empty() && held.iter().all(said) {
            return Err(Refusal::DoneAlready);
        }
        if asked.superseded || !self.is_present(number) {
            return Err(Refusal::OutOfDate);
        }
        let waiting = self.concern.phase == Phase::AtGate;
        match says {
            Says::Yes if gate.kind == GateKind::Discuss => {
                return Err(Refusal::Field {
                    block: "spoke_on",
                    fault: FieldFault::Missing,
                });
            }
            Says::Discussed(..) if gate.kind == GateKind::Judgement => {
                return Err(Refusal::NoGate);
            }
            Says::Yes => self.agree(&asked, &held, Talk::default(), None, how),
            Says::Discussed(on, view) => {
                past("spoke_on", on, self.today())?;
                let talk = Talk {
                    spoke_on: Some(on),
                    ..Talk::default()
                };
                self.agree(&asked, &held, talk, Some(view), how);
            }
            Says::No(on, reason) => {
                past("spoke_on", on, self.today())?;
                let talk = Talk {
                    spoke_on: on,
                    ..Talk::default()
                };
                self.add_with(
                    Fact::GateDeclined {
                        visit: number,
                        talk,
                    },
                    vec![(Field::Reason, reason)],
                );
                if waiting && gate.kind == GateKind::Judgement {
                    self.exhaust();
                }
            }
        }
        Ok(())
    }

    /// The raiser puts down what those said with whom a gate wants it discussed: that alone is what it asks, whoever writes it.
    pub(super) fn record_discussion(
        &mut self,
        who: &Standing,
        mut with: Vec<RoleId>,
        on: NaiveDate,
        view: Text,
    ) -> Result<(), Refusal> {
        let (visit, _) = self.here()?;
        let asked = visit.gate.clone().ok_or(Refusal::NoGate)?;
        let how = how_it_ended(visit, &asked);
        let gate = self.rules.gate_to(&asked.to).ok_or(Refusal::NoGate)?;
        if gate.kind != GateKind::Discuss {
            return Err(Refusal::NoGate);
        }
        let awaited = self.rules.awaited_at_gate(visit);
        if asked.verdict.is_some() {
            return Err(Refusal::DoneAlready);
        }
        if asked.superseded {
            return Err(Refusal::OutOfDate);
        }
        if let ([], [only]) = (with.as_slice(), awaited.as_slice()) {
            with.push((*only).clone());
        }
        let refused = |fault| {
            Err(Refusal::Field {
                block: "with",
                fault,
            })
        };
        if with.is_empty() {
            return refused(FieldFault::Missing);
        }
        if with.iter().any(|role| !awaited.contains(&role)) {
            return refused(FieldFault::Unknown);
        }
        // Nobody is spoken to by themselves.
        if with.iter().any(|role| who.holds(role)) {
            return Err(Refusal::OwnConcern);
        }
        past("spoke_on", on, self.today())?;
        let talk = Talk {
            spoke_on: Some(on),
            put_down_of: with.clone(),
        };
        self.agree(&asked, &with, talk, Some(view), how);
        Ok(())
    }

    /// Takes the word for a gate of these roles; where it is the last that is needed and the concern waits, it goes on.
    fn agree(&mut self, asked: &Asked, held: &[RoleId], talk: Talk, view: Option<Text>, how: How) {
        let Some(visit) = self.concern.visit().map(|visit| visit.number) else {
            return;
        };
        let gate = self.rules.gate_to(&asked.to);
        let each = gate.filter(|gate| gate.need == Need::AllOf);
        let missing = |role: &RoleId| !asked.has_agreed(role) && !held.contains(role);
        let waits = each.is_some_and(|gate| gate.roles.iter().any(missing));
        let roles = each.map_or_else(Vec::new, |_| held.to_vec());
        let texts = view.map(|view| (Field::View, view));
        self.add_with(
            Fact::GateAgreed {
                visit,
                roles,
                waits,
                talk,
            },
            texts.into_iter().collect(),
        );
        if self.concern.phase == Phase::AtGate && !waits {
            self.issue(&asked.to, how);
        }
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
