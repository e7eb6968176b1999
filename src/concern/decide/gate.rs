//! What a gate's holder says, and the raiser where the gate is their own judgement, or where they put down what was discussed.

use chrono::NaiveDate;

use super::Deciding;
use super::behalf::{is_by_cover_alone, was_raiser};
use crate::concern::command::{FieldFault, Refusal, Standing, Who};
use crate::concern::event::{Answered, Fact, Field, How, Talk};
use crate::concern::state::{Asked, Phase, Visit};
use crate::ids::{RoleId, Text};
use crate::protocol::GateKind;

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
        if asked.verdict.is_some() {
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
            Says::Yes => self.open(number, Talk::default(), None),
            Says::Discussed(on, view) => {
                let talk = Talk {
                    spoke_on: Some(self.past(on)?),
                    ..Talk::default()
                };
                self.open(number, talk, Some(view));
            }
            Says::No(on, reason) => {
                let talk = Talk {
                    spoke_on: on.map(|on| self.past(on)).transpose()?,
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
                return Ok(());
            }
        }
        if waiting {
            self.issue(&asked.to, how);
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
        let number = visit.number;
        let asked = visit.gate.clone().ok_or(Refusal::NoGate)?;
        let how = how_it_ended(visit, &asked);
        let gate = self.rules.gate_to(&asked.to).ok_or(Refusal::NoGate)?;
        if gate.kind != GateKind::Discuss {
            return Err(Refusal::NoGate);
        }
        if asked.verdict.is_some() {
            return Err(Refusal::DoneAlready);
        }
        if asked.superseded {
            return Err(Refusal::OutOfDate);
        }
        if let ([], [only]) = (with.as_slice(), gate.roles.as_slice()) {
            with.push(only.clone());
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
        if with.iter().any(|role| !gate.roles.contains(role)) {
            return refused(FieldFault::Unknown);
        }
        // Nobody is spoken to by themselves.
        if with.iter().any(|role| who.holds(role)) {
            return Err(Refusal::OwnConcern);
        }
        let talk = Talk {
            spoke_on: Some(self.past(on)?),
            put_down_of: with,
        };
        let waiting = self.concern.phase == Phase::AtGate;
        self.open(number, talk, Some(view));
        if waiting {
            self.issue(&asked.to, how);
        }
        Ok(())
    }

    fn open(&mut self, visit: u32, talk: Talk, view: Option<Text>) {
        let texts = view.map(|view| (Field::View, view));
        self.add_with(
            Fact::GateAgreed { visit, talk },
            texts.into_iter().collect(),
        );
    }

    /// The day on which somebody was spoken to: today or earlier.
    fn past(&self, on: NaiveDate) -> Result<NaiveDate, Refusal> {
        if on > self.today() {
            return Err(Refusal::Field {
                block: "spoke_on",
                fault: FieldFault::Future,
            });
        }
        Ok(on)
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
