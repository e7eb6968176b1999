//! Moving on: from a step that ended unresolved to the next, to the gate before it, or to the end of the ladder.

use chrono::NaiveDate;

use super::Deciding;
use crate::concern::command::Refusal;
use crate::concern::event::{Fact, Field, How};
use crate::concern::rules::FIVE_WORKING_DAYS;
use crate::ids::{StepId, Text};
use crate::protocol::{GateKind, Silence, Step};

impl Deciding<'_> {
    /// Leaves a step that ended unresolved: to the next step, to the gate before it, or to the end of the ladder.
    pub(super) fn move_on(&mut self, how: How) {
        let Ok((visit, step)) = self.here() else {
            return;
        };
        let number = visit.number;
        let Some(to) = way_on(step, how) else {
            return self.exhaust();
        };
        let Some(gate) = self.rules.gate_to(to) else {
            return self.issue(to, how);
        };
        let verdict = visit
            .gate
            .as_ref()
            .filter(|gate| !gate.superseded && &gate.to == to)
            .map(|gate| gate.verdict.as_ref());
        match verdict {
            Some(Some(verdict)) if verdict.agreed => self.issue(to, how),
            Some(Some(_)) if gate.kind == GateKind::Judgement => self.exhaust(),
            Some(_) => self.add(Fact::WaitingAtGate { visit: number }),
            None => {
                self.add(Fact::GateAsked {
                    visit: number,
                    to: to.clone(),
                    how,
                    ahead: false,
                });
                self.add(Fact::WaitingAtGate { visit: number });
            }
        }
    }

    pub(super) fn exhaust(&mut self) {
        let Some(visit) = self.concern.visit() else {
            return;
        };
        let number = visit.number;
        let review_on = self.rules.due(self.today(), FIVE_WORKING_DAYS).date;
        self.add(Fact::Exhausted {
            visit: number,
            review_on,
        });
    }

    /// Issues a step to its addressee.
    pub(in crate::concern) fn issue(&mut self, to: &StepId, how: How) {
        let Some(step) = self.rules.step(to) else {
            return self.exhaust();
        };
        let today = self.today();
        let dated = step.clock.as_ref().map(|clock| {
            if how == How::Raised {
                self.rules
                    .dated_for_case(&self.concern, clock, today, self.now)
            } else {
                self.rules.dated(&self.concern, clock, today, self.now)
            }
        });
        let issued_late = step.issue_by.as_ref().is_some_and(|clock| {
            let from = self.rules.start(&self.concern, &clock.from, today);
            today > self.rules.due(from, clock.within).date
        });
        let visit = u32::try_from(self.concern.visits.len()).unwrap_or(u32::MAX - 1) + 1;
        self.add(Fact::StepIssued {
            visit,
            step: to.clone(),
            how,
            due: dated.map(|dated| dated.due),
            review_on: dated.is_none().then(|| self.looked_at_again(to, today)),
            window_passed: dated.is_some_and(|dated| dated.window_passed),
            issued_late,
        });
    }

    /// Why a step was sent later than the protocol asks (`W-3.1.1`). Nothing waits for it.
    pub(super) fn explain_late(&mut self, reason: Text) -> Result<(), Refusal> {
        let Some(late) = self.concern.sent_late() else {
            return Err(Refusal::OutOfDate);
        };
        if late.late_explained {
            return Err(Refusal::DoneAlready);
        }
        let visit = late.number;
        self.add_with(Fact::LateExplained { visit }, vec![(Field::Reason, reason)]);
        Ok(())
    }

    /// When the raiser of a step without a clock looks again: after five working days, or on the day by which a formal step should
    /// be issued where that is sooner.
    fn looked_at_again(&self, at: &StepId, today: NaiveDate) -> NaiveDate {
        let usual = self.rules.due(today, FIVE_WORKING_DAYS).date;
        let task = self.rules.issue_by_after(&self.concern, at);
        let sooner = task
            .map(|(_, due)| due.date)
            .filter(|day| *day > today && *day < usual);
        sooner.unwrap_or(usual)
    }

    /// Asks the gate that stands before the next step while the clock still runs, so that the escalation is still the same day.
    pub(super) fn ask_ahead(&mut self, number: u32, step: &Step, how: How) {
        let Some(to) = way_on(step, how) else { return };
        let asked = self
            .concern
            .visit()
            .and_then(|visit| visit.gate.as_ref())
            .is_some_and(|gate| !gate.superseded && &gate.to == to);
        let moves_on = step.silence != Silence::Alert || how == How::Rejected;
        if self.rules.gate_to(to).is_some() && !asked && moves_on {
            self.add(Fact::GateAsked {
                visit: number,
                to: to.clone(),
                how,
                ahead: true,
            });
        }
    }
}

/// Where a step that ended unresolved leads.
pub(super) fn way_on(step: &Step, how: How) -> Option<&StepId> {
    match how {
        How::Lapsed => step.on_lapse.as_ref().or(step.next.as_ref()),
        _ => step.next.as_ref(),
    }
}
