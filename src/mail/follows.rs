//! Which messages follow from which facts about a concern.

use super::recipients::{
    answered_with, answerers, asked_by_name, past_gate, still_to_see, told_of_answer,
    told_of_its_day, told_of_meeting, told_of_position,
};
use super::{Mail, Matter, Occasion, To};
use crate::concern::event::{Alert, MeetingDay, Outside};
use crate::concern::readers::{outside_told, told_of};
use crate::concern::rules::CALL_REMINDERS;
use crate::concern::state::{Concern, Phase, Visit};
use crate::concern::{Actor, Fact, How, New, OutsideWay, Rules};
use crate::ids::{RoleId, StepId, UserId};
use crate::protocol::{GateKind, IRO_MANAGER, LIMIT_PASSED};

/// The messages that follow from new facts. `after` is the concern with the facts folded in.
#[must_use]
pub fn follows(rules: &Rules<'_>, after: &Concern, facts: &[New]) -> Vec<Mail> {
    let mut mail = Vec::with_capacity(4);
    for new in facts {
        let mut post = Post {
            rules,
            after,
            actor: &new.recorded.actor,
            present: after.visit().map_or(0, |visit| visit.number),
            mail: &mut mail,
        };
        post.of(&new.recorded.fact);
    }
    // Several limits are told of in one message.
    let of_caps = |mail: &Mail| {
        matches!(
            mail.matter.occasion,
            Occasion::AlertCapWarned | Occasion::AlertCapPassed
        )
    };
    let mut told: Vec<Mail> = Vec::with_capacity(2);
    mail.retain(|mail| {
        let again = of_caps(mail) && told.contains(mail);
        told.extend(of_caps(mail).then(|| mail.clone()));
        !again
    });
    mail
}

/// What one fact sends.
struct Post<'a> {
    rules: &'a Rules<'a>,
    after: &'a Concern,
    /// Who did it.
    actor: &'a Actor,
    /// The visit that the concern is at; 0 before the first.
    present: u32,
    mail: &'a mut Vec<Mail>,
}

impl Post<'_> {
    fn of(&mut self, fact: &Fact) {
        let present = self.present;
        match fact {
            Fact::StepIssued { visit, how, .. } => self.issued(*visit, *how),
            Fact::Bypassed { with: None, .. } => self.past_the_bypass_gate(),
            Fact::Escalated {
                past_gate: true,
                visit,
            } => self.gate_holders(Occasion::PastGate, *visit, present),
            Fact::Answered { visit, then, .. } if *then != Phase::Answering => {
                self.answered(*visit);
            }
            Fact::AnsweredLate { visit, .. } => self.answered_late(*visit),
            Fact::AckReminded { visit } => {
                self.each(Occasion::AckReminder, *visit, still_to_see);
            }
            Fact::CallReminded { times } => self.call_reminded(*times),
            Fact::InputAsked { visit } => self.missing_inputs(Occasion::InputReminder, *visit),
            Fact::Lapsed {
                visit,
                raiser_judges,
                ..
            } => self.lapsed(*visit, *raiser_judges),
            Fact::GateAsked { visit, to, .. } => self.gate_asked(*visit, to),
            Fact::GateReminded { visit } => {
                let asked = self.after.visit_numbered(*visit);
                let awaited =
                    asked.map_or_else(Vec::new, |visit| self.rules.awaited_at_gate(visit));
                self.roles(Occasion::GateReminder, *visit, awaited);
            }
            Fact::GateAgreed { visit, talk, .. } => {
                self.roles(Occasion::PutDown, *visit, &talk.put_down_of);
            }
            Fact::GateDeclined { visit, .. } if !self.by_raiser() => {
                self.raiser(Occasion::GateDeclined, *visit);
            }
            Fact::WaitingAtGate { visit } => self.waiting_at_gate(*visit),
            Fact::Warned { visit } => self.raiser(Occasion::Warning, *visit),
            Fact::Held { visit, .. } => self.iro_manager(Occasion::Held, *visit),
            Fact::Extended { visit, .. } => self.raiser(Occasion::Extended, *visit),
            Fact::TimeSet { visit, .. } => self.each(Occasion::TimeSet, *visit, answerers),
            Fact::Redated { visit, .. } => self.raiser(Occasion::Redated, *visit),
            Fact::TargetAsked { visit } => self.raiser(Occasion::TargetAsk, *visit),
            Fact::ReportAsked { visit } => self.each(Occasion::ReportAsk, *visit, answerers),
            Fact::Reported { visit, .. } => self.raiser(Occasion::Reported, *visit),
            Fact::ReviewAsked { .. } => self.raiser(Occasion::ReviewAsk, present),
            Fact::Exhausted { visit, .. } => self.raiser(Occasion::ExhaustedAsk, *visit),
            Fact::Alerted { why, .. } => self.alerted(*why),
            Fact::CapWarned { .. } => self.raiser_and_manager(Occasion::AlertCapWarned),
            Fact::CapPassed { .. } => self.cap_passed(),
            Fact::Spoke(spoke) if spoke.own => self.raiser(Occasion::ViewGiven, present),
            Fact::Cafcass(outside) => self.went_outside(OutsideWay::Cafcass, outside),
            Fact::LegalAdvice {
                other: true,
                outside,
            } => {
                self.went_outside(OutsideWay::OtherAdvice, outside);
            }
            Fact::LegalAdvice {
                other: false,
                outside,
            } => {
                self.went_outside(OutsideWay::LegalAdvice, outside);
            }
            Fact::PositionRecorded { .. } => {
                let told = told_of_position(self.rules, self.after);
                self.roles(Occasion::PositionTold, present, told);
            }
            Fact::MeetingCalled(called) => self.meeting_called(called),
            // Where it is the step's answer, the raiser is told of that.
            Fact::MeetingDeclined { visit } if !answered_with(self.after, *visit) => {
                self.met(*visit, false);
            }
            Fact::MeetingHeld(met) if met.by_raiser || !answered_with(self.after, met.visit) => {
                self.met(met.visit, met.by_raiser);
            }
            Fact::MeetingReminded { visit, meeting } => self.meeting_reminded(*visit, *meeting),
            Fact::MeetingAsked { visit, meeting } => self.meeting_asked(*visit, *meeting),
            Fact::CopiedTo { visit, user } => self.person(Occasion::Copy, *visit, user),
            Fact::Informed(informed) => {
                if let Some(user) = &informed.with {
                    self.person(Occasion::Partner, informed.visit, user);
                }
            }
            Fact::PartnersAsked { .. } => self.raiser(Occasion::PartnersAsk, present),
            Fact::TransferAsked { .. } => self.transfer(Occasion::TransferAsked),
            Fact::Transferred(_) => self.transfer(Occasion::Transferred),
            Fact::HandedOver { to, .. } => self.handed_over(to),
            _ => {}
        }
    }

    fn issued(&mut self, number: u32, how: How) {
        let (rules, after) = (self.rules, self.after);
        let Some(visit) = after.visit_numbered(number) else {
            return;
        };
        self.each(Occasion::Card, number, answerers);
        if number == 1 {
            self.raiser(Occasion::Receipt, 1);
        } else if !self.by_raiser() {
            self.raiser(Occasion::MovedOn, number);
        }
        self.missing_inputs(Occasion::InputAsk, number);
        self.roles(Occasion::Copy, number, rules.copies(after, visit));
        for copied in &after.copied {
            self.person(Occasion::Copy, number, &copied.user);
        }
        if matches!(how, How::Raised | How::Bypassed) {
            self.all(Occasion::PastGate, number, past_gate(rules, visit));
        }
    }

    fn answered(&mut self, visit: u32) {
        self.raiser(Occasion::Answered, visit);
        let told = told_of_answer(self.rules, self.after, visit);
        self.all(Occasion::AnswerTold, visit, told);
        self.missing_inputs(Occasion::InputMissed, visit);
    }

    fn answered_late(&mut self, visit: u32) {
        let (rules, after) = (self.rules, self.after);
        self.raiser(Occasion::LateAnswer, visit);
        let present = after.visit().filter(|now_at| now_at.number != visit);
        let present = present.map_or_else(Vec::new, |now_at| answerers(rules, after, now_at));
        let mut told = told_of_answer(rules, after, visit);
        told.retain(|to| !present.contains(to));
        self.all(Occasion::LateAnswer, visit, told);
        self.all(Occasion::LateAnswer, visit, present);
    }

    fn call_reminded(&mut self, times: u32) {
        self.raiser(Occasion::CallReminder, self.present);
        if usize::try_from(times).is_ok_and(|times| times >= CALL_REMINDERS) {
            self.iro_manager(Occasion::CallReminder, self.present);
        }
    }

    fn lapsed(&mut self, visit: u32, raiser_judges: bool) {
        let rules = self.rules;
        let step = self
            .after
            .visit_numbered(visit)
            .and_then(|visit| rules.step_of(visit));
        let told = step.into_iter().flat_map(|step| &step.overdue_alert);
        self.roles(Occasion::AlertOverdue, visit, told);
        if raiser_judges {
            self.raiser(Occasion::ReviewAsk, visit);
        }
    }
}

/// At gates.
impl Post<'_> {
    fn gate_asked(&mut self, visit: u32, to: &StepId) {
        match self.rules.gate_to(to) {
            Some(gate) if gate.kind != GateKind::Judgement => {
                self.roles(Occasion::Gate, visit, &gate.roles);
            }
            _ => self.raiser(Occasion::Gate, visit),
        }
    }

    /// Declined ahead: once the step has ended it is the raiser's turn.
    fn waiting_at_gate(&mut self, visit: u32) {
        let declined = self
            .after
            .visit_numbered(visit)
            .and_then(|visit| visit.gate.as_ref()?.verdict.as_ref())
            .is_some_and(|verdict| !verdict.agreed);
        if declined {
            self.raiser(Occasion::GateDeclined, visit);
        }
    }

    fn past_the_bypass_gate(&mut self) {
        let gate = self.rules.protocol.bypass.gate.iter();
        let holders = gate.flat_map(|gate| &gate.roles);
        self.roles(Occasion::PastGate, self.present, holders);
    }

    /// To the holders of the gate that was asked at a visit, about that visit or a later one.
    fn gate_holders(&mut self, occasion: Occasion, of: u32, about: u32) {
        let rules = self.rules;
        let gate = self
            .after
            .visit_numbered(of)
            .and_then(|visit| visit.gate.as_ref())
            .and_then(|gate| rules.gate_to(&gate.to));
        let holders = gate.into_iter().flat_map(|gate| &gate.roles);
        self.roles(occasion, about, holders);
    }
}

/// Of meetings.
impl Post<'_> {
    fn meeting_called(&mut self, called: &MeetingDay) {
        let told = told_of_its_day(self.rules, self.after, called, self.actor);
        self.all(Occasion::Meeting, called.visit, told);
        self.those_named(called.visit, called.meeting);
    }

    /// It was held, or none is.
    fn met(&mut self, visit: u32, by_raiser: bool) {
        let told = told_of_meeting(self.rules, self.after, visit, by_raiser, false);
        self.all(Occasion::Meeting, visit, told);
    }

    fn meeting_reminded(&mut self, visit: u32, meeting: u32) {
        self.those_named(visit, meeting);
        self.raiser(Occasion::MeetingReminder, visit);
        let told = told_of_meeting(self.rules, self.after, visit, true, true);
        self.all(Occasion::MeetingReminder, visit, told);
    }

    fn meeting_asked(&mut self, number: u32, meeting: u32) {
        let visit = self.after.visit_numbered(number);
        match visit.and_then(|visit| visit.meeting(meeting)) {
            Some(meeting) if meeting.by_raiser => self.raiser(Occasion::MeetingOutcome, number),
            Some(_) => self.each(Occasion::MeetingOutcome, number, answerers),
            None => {}
        }
    }

    fn those_named(&mut self, visit: u32, meeting: u32) {
        let named = asked_by_name(self.after, visit, meeting, self.actor);
        self.all(Occasion::MeetingNamed, visit, named);
    }
}

/// Of what is beside the ladder: alerts, limits, outsiders, and a change of hands.
impl Post<'_> {
    fn alerted(&mut self, why: Alert) {
        match why {
            Alert::Undelivered => self.raiser(why.into(), self.present),
            Alert::NotReported => self.raiser_and_manager(why.into()),
            _ => self.iro_manager(why.into(), self.present),
        }
    }

    fn cap_passed(&mut self) {
        self.raiser_and_manager(Occasion::AlertCapPassed);
        let told = told_of(self.rules, LIMIT_PASSED).filter(|role| *role != IRO_MANAGER);
        self.roles(Occasion::AlertCapPassed, self.present, told);
    }

    fn went_outside(&mut self, way: OutsideWay, outside: &Outside) {
        let told = outside_told(self.rules, way, outside.view);
        self.roles(Occasion::Outside, self.present, told);
    }

    fn transfer(&mut self, occasion: Occasion) {
        if self.by_raiser() {
            self.iro_manager(occasion, self.present);
        } else {
            self.raiser_and_manager(occasion);
        }
    }

    fn handed_over(&mut self, to: &UserId) {
        let after = self.after;
        self.person(Occasion::Receipt, 1, to);
        if let Some(before) = after.handed_over_by.as_ref().filter(|before| *before != to) {
            self.person(Occasion::HandedOver, self.present, before);
        }
        if matches!(
            after.phase,
            Phase::Answering | Phase::RejectedWaiting | Phase::Underway
        ) {
            self.each(Occasion::HandedOver, self.present, answerers);
        }
    }
}

/// Sending.
impl<'a> Post<'a> {
    fn by_raiser(&self) -> bool {
        *self.actor == Actor::Person(self.after.raiser.clone())
    }

    fn send(&mut self, occasion: Occasion, visit: u32, to: To) {
        self.mail.push(Mail {
            matter: Matter {
                occasion,
                visit,
                other: None,
            },
            to,
        });
    }

    fn raiser(&mut self, occasion: Occasion, visit: u32) {
        self.send(occasion, visit, To::Raiser);
    }

    fn iro_manager(&mut self, occasion: Occasion, visit: u32) {
        self.send(occasion, visit, To::Role(RoleId::from(IRO_MANAGER)));
    }

    fn raiser_and_manager(&mut self, occasion: Occasion) {
        self.raiser(occasion, self.present);
        self.iro_manager(occasion, self.present);
    }

    fn person(&mut self, occasion: Occasion, visit: u32, user: &UserId) {
        self.send(occasion, visit, To::Person(user.clone()));
    }

    fn all(&mut self, occasion: Occasion, visit: u32, these: Vec<To>) {
        for to in these {
            self.send(occasion, visit, to);
        }
    }

    fn roles<'r>(
        &mut self,
        occasion: Occasion,
        visit: u32,
        roles: impl IntoIterator<Item = &'r RoleId>,
    ) {
        for role in roles {
            self.send(occasion, visit, To::Role(role.clone()));
        }
    }

    /// To these of a visit.
    fn each(
        &mut self,
        occasion: Occasion,
        number: u32,
        these: fn(&Rules<'_>, &Concern, &Visit) -> Vec<To>,
    ) {
        if let Some(visit) = self.after.visit_numbered(number) {
            self.all(occasion, number, these(self.rules, self.after, visit));
        }
    }

    /// To those whose input a visit lacks.
    fn missing_inputs(&mut self, occasion: Occasion, number: u32) {
        let rules: &'a Rules<'a> = self.rules;
        let visit = self.after.visit_numbered(number);
        let missing = visit.map_or_else(Vec::new, |visit| rules.missing_inputs(visit));
        self.roles(occasion, number, missing);
    }
}
