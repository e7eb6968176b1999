//! What the raiser asks: judge, move on, hold, skip, put off, hand over.

use std::collections::BTreeSet;

use chrono::NaiveDate;

use super::{Deciding, given, in_the_line, past, promised};
use crate::calendar::Period;
use crate::concern::command::{FieldFault, Position, Refusal, Standing, Who};
use crate::concern::event::{Fact, Field, How, Talk};
use crate::concern::rules::{LATEST_REVIEW, TWO_WORKING_DAYS};
use crate::concern::state::{Asked, Concern, Phase};
use crate::ids::{RaiserRole, RoleId, StepId, Text, UserId};

/// With whom a bypass was decided, where the protocol asks for that.
pub(super) struct Consulted {
    /// Who, from the directory.
    pub(super) user: Option<UserId>,
    /// The roles that person holds for the concern's team.
    pub(super) roles: BTreeSet<RoleId>,
    /// Who, in words.
    pub(super) words: Option<Text>,
    /// When they spoke.
    pub(super) on: Option<NaiveDate>,
    /// What they said.
    pub(super) said: Option<Text>,
}

impl Deciding<'_> {
    pub(super) fn not_satisfied(&mut self, reason: Option<Text>) -> Result<(), Refusal> {
        let (visit, _) = self.here()?;
        let (number, due) = (visit.number, visit.ends());
        match self.concern.phase {
            Phase::Judging | Phase::Underway => {
                self.add_with(
                    Fact::NotSatisfied { visit: number },
                    given([(Field::Reason, reason)]),
                );
                self.move_on(How::Unsatisfied);
                Ok(())
            }
            Phase::Answering | Phase::RejectedWaiting => {
                Err(due.map_or(Refusal::NothingToMoveOn, |due| Refusal::ClockRuns { due }))
            }
            Phase::AtGate | Phase::Exhausted | Phase::Closed(_) => Err(Refusal::DoneAlready),
        }
    }

    pub(super) fn escalate(&mut self, reason: Option<Text>) -> Result<(), Refusal> {
        let (visit, step) = self.here()?;
        let number = visit.number;
        let gate = visit.gate.clone().filter(|gate| !gate.superseded);
        match (self.concern.phase, visit.ends()) {
            (Phase::Answering | Phase::RejectedWaiting, Some(due))
                if self.rules.protocol.early.is_none() =>
            {
                Err(Refusal::ClockRuns { due })
            }
            (Phase::Answering | Phase::RejectedWaiting, Some(_)) if step.next.is_none() => {
                Err(Refusal::LastStep)
            }
            // Where the last step has ended, or has no clock to end it, moving on is to the end of the ladder: the position.
            (Phase::Answering | Phase::RejectedWaiting | Phase::Judging | Phase::Underway, _) => {
                self.add_with(
                    Fact::Escalated {
                        visit: number,
                        past_gate: false,
                    },
                    given([(Field::Reason, reason)]),
                );
                self.move_on(How::Escalated);
                Ok(())
            }
            (Phase::AtGate | Phase::Exhausted, _) => {
                let Some(gate) = gate else {
                    return Err(Refusal::LastStep);
                };
                self.past_gate(number, &gate, reason)
            }
            (Phase::Closed(_), _) => Err(Refusal::Closed),
        }
    }

    /// The raiser goes past a gate. Their own judgement needs no more than the click; another's gate needs a reason.
    fn past_gate(
        &mut self,
        number: u32,
        gate: &Asked,
        reason: Option<Text>,
    ) -> Result<(), Refusal> {
        if self.rules.is_judgement(&gate.to) {
            self.add(Fact::GateAgreed {
                visit: number,
                roles: Vec::new(),
                waits: false,
                talk: Talk::default(),
            });
        } else if reason.is_none() {
            return Err(Refusal::Field {
                block: "reason",
                fault: FieldFault::Missing,
            });
        }
        self.add_with(
            Fact::Escalated {
                visit: number,
                past_gate: true,
            },
            given([(Field::Reason, reason)]),
        );
        self.issue(&gate.to, How::Escalated);
        Ok(())
    }

    pub(super) fn hold(&mut self, until: NaiveDate, reason: Text) -> Result<(), Refusal> {
        let (visit, _) = self.here()?;
        let number = visit.number;
        let (Phase::Answering | Phase::RejectedWaiting, Some(due), Some(ends)) =
            (self.concern.phase, visit.due, visit.ends())
        else {
            return Err(Refusal::NothingToHold);
        };
        let ends = ends.date.max(self.today());
        let latest = self.rules.due(due.date, TWO_WORKING_DAYS);
        if until <= ends {
            return Err(Refusal::Field {
                block: "until",
                fault: FieldFault::NotAfter(ends),
            });
        }
        if until > latest.date {
            return Err(Refusal::Field {
                block: "until",
                fault: FieldFault::After(latest.date),
            });
        }
        // A day that is not worked is held to the working day after it: the limit is one, so this stays within it.
        let until = self.rules.due(until, Period::WorkingDays(0));
        self.add_with(
            Fact::Held {
                visit: number,
                until,
            },
            vec![(Field::Reason, reason)],
        );
        Ok(())
    }

    pub(super) fn bypass(
        &mut self,
        to: &StepId,
        reason: Text,
        with: Consulted,
    ) -> Result<(), Refusal> {
        let (visit, _) = self.here()?;
        let number = visit.number;
        let rule = &self.rules.protocol.bypass;
        let not_later = Refusal::Field {
            block: "to_step",
            fault: FieldFault::NotALaterStep,
        };
        let (Some(from), Some(place)) = (
            self.rules.route.place(&visit.step),
            self.rules.route.place(to),
        ) else {
            return Err(not_later);
        };
        if place <= from || !(rule.to.is_empty() || rule.to.contains(to)) {
            return Err(not_later);
        }
        let refused = |block, fault| Err(Refusal::Field { block, fault });
        if let (Some(gate), Some(_)) = (&rule.gate, &with.user)
            && !gate.roles.iter().any(|role| with.roles.contains(role))
        {
            return refused("with", FieldFault::NotAHolder(gate.roles.clone()));
        }
        let somebody = with.user.is_some() || with.words.is_some();
        if with.said.is_some() && !somebody {
            return refused("with", FieldFault::Missing);
        }
        let with_on = with.on.filter(|_| somebody);
        past("with_date", with_on, self.today())?;
        let texts = given([
            (Field::Reason, Some(reason)),
            (Field::With, with.words),
            (Field::View, with.said),
        ]);
        self.add_with(
            Fact::Bypassed {
                visit: number,
                to: to.clone(),
                with: with.user,
                with_on,
            },
            texts,
        );
        self.issue(to, How::Bypassed);
        Ok(())
    }

    /// Time until a day for what was agreed; also for what an answer promised by a day, which the raiser then follows up (`M-S2`).
    pub(super) fn more_time(&mut self, until: NaiveDate, reason: Text) -> Result<(), Refusal> {
        let (visit, _) = self.here()?;
        let number = visit.number;
        if !takes_more_time(&self.concern) {
            return Err(Refusal::OutOfDate);
        }
        let today = self.today();
        if until <= today {
            return Err(Refusal::Field {
                block: "until",
                fault: FieldFault::NotAfter(today),
            });
        }
        promised("until", until, today)?;
        self.add_with(
            Fact::MoreTime {
                visit: number,
                target: until,
            },
            vec![(Field::Reason, reason)],
        );
        Ok(())
    }

    pub(super) fn review_date(
        &mut self,
        until: NaiveDate,
        reason: Option<Text>,
    ) -> Result<(), Refusal> {
        let (visit, _) = self.here()?;
        let without_clock = self.concern.phase == Phase::Answering && visit.due.is_none();
        if !(without_clock || self.concern.phase == Phase::Exhausted) {
            return Err(Refusal::OutOfDate);
        }
        let today = self.today();
        let latest = self.rules.due(today, LATEST_REVIEW).date;
        if until <= today {
            return Err(Refusal::Field {
                block: "until",
                fault: FieldFault::NotAfter(today),
            });
        }
        if until > latest {
            return Err(Refusal::Field {
                block: "until",
                fault: FieldFault::After(latest),
            });
        }
        self.add_with(
            Fact::ReviewSet { on: until },
            given([(Field::Reason, reason)]),
        );
        Ok(())
    }

    pub(super) fn position(
        &mut self,
        position: Position,
        reason: Option<Text>,
    ) -> Result<(), Refusal> {
        if self.concern.phase != Phase::Exhausted {
            return Err(Refusal::NotExhausted);
        }
        self.notes_are_there()?;
        self.add_with(
            Fact::PositionRecorded { position },
            given([(Field::Reason, reason)]),
        );
        Ok(())
    }

    pub(super) fn hand_over(
        &mut self,
        who: &Standing,
        to: UserId,
        raiser_role: Option<RaiserRole>,
        roles: &BTreeSet<RoleId>,
    ) -> Result<(), Refusal> {
        if !(self.is_raiser(who) || who.is_iro_manager()) {
            return Err(Refusal::NotYours {
                who: Who::RaiserOrIroManager,
            });
        }
        if !self.concern.is_open() {
            return Err(Refusal::Closed);
        }
        let refused = |fault| Err(Refusal::Field { block: "to", fault });
        if to == self.concern.raiser {
            return refused(FieldFault::AlreadyTheirs);
        }
        if to == who.user && who.acts_by_cover_alone(&self.concern.raiser) {
            return refused(FieldFault::ForACover);
        }
        let Some(raiser_role) =
            raiser_role.filter(|role| self.rules.protocol.raised_by.contains(role))
        else {
            return refused(FieldFault::NotARaiser);
        };
        if in_the_line(self.rules, roles) || self.concern.raised.addressee.as_ref() == Some(&to) {
            return refused(FieldFault::InTheLine);
        }
        self.add(Fact::HandedOver { to, raiser_role });
        Ok(())
    }
}

/// Whether the raiser may give time until a day: something was agreed, or promised by a day, and they have yet to say whether it is done.
#[must_use]
pub fn takes_more_time(concern: &Concern) -> bool {
    let promised = || concern.visit().is_some_and(|visit| visit.target.is_some());
    match concern.phase {
        Phase::Underway => true,
        Phase::Judging => promised(),
        _ => false,
    }
}
