//! How a concern comes of its facts: what each of them changes.

use chrono::{DateTime, NaiveDate, Utc};

use super::{
    Answer, Asked, Call, CapTold, Closed, Concern, Input, Nag, Phase, Seen, Spoken, Transfer,
    TransferAsk, Verdict, ViewTaken, Visit,
};
use crate::concern::command::OutsideWay;
use crate::concern::event::{Actor, Answered, Fact, How, Outside, Recorded, Talk};
use crate::concern::follow::{Progress, Report};
use crate::concern::meeting::NotHeld;
use crate::concern::partner::{Copied, Partner, Partners};
use crate::concern::redirect::{Gone, Redirected};
use crate::ids::{ConcernId, RoleId, StepId, UserId};

impl Concern {
    /// A concern from its first fact. `None` where that is not a raising.
    #[must_use]
    pub fn begin(id: ConcernId, first: &Recorded) -> Option<Self> {
        let (Fact::Raised(raised), Actor::Person(by)) = (&first.fact, &first.actor) else {
            return None;
        };
        Some(Self {
            id,
            raised: (**raised).clone(),
            raised_by: by.clone(),
            raiser: by.clone(),
            raiser_role: raised.raiser_role.clone(),
            handed_over_by: None,
            raised_at: first.at,
            phase: Phase::Answering,
            visits: Vec::with_capacity(4),
            nag: Nag {
                since: first.at,
                wait: 0,
                reminded: false,
                alerts: 0,
                last: None,
            },
            review: None,
            review_asked: None,
            outside: Vec::new(),
            spoken: Vec::new(),
            caps: Vec::new(),
            calls: Vec::new(),
            partners: Partners::default(),
            copied: Vec::new(),
            gone: Vec::new(),
            call_reminders: Vec::new(),
            no_call: None,
            transfer_asks: Vec::new(),
            transfers: Vec::new(),
            seq: first.seq,
            changed_at: first.at,
        })
    }

    /// A concern from its whole record. `None` where the record does not begin with a raising.
    #[must_use]
    pub fn fold<'a>(id: ConcernId, mut facts: impl Iterator<Item = &'a Recorded>) -> Option<Self> {
        let mut concern = Self::begin(id, facts.next()?)?;
        facts.for_each(|fact| concern.apply(fact));
        Some(concern)
    }

    /// Folds one fact in.
    #[expect(
        clippy::too_many_lines,
        reason = "one arm a fact: whole, it is plain that none is left out"
    )]
    pub fn apply(&mut self, recorded: &Recorded) {
        let at = recorded.at;
        let by = || person(&recorded.actor);
        self.seq = recorded.seq;
        self.changed_at = at;
        match &recorded.fact {
            Fact::Raised(_) | Fact::Noted | Fact::Escalated { .. } | Fact::NotSatisfied { .. } => {}
            Fact::StepIssued {
                visit,
                step,
                how,
                due,
                review_on,
                window_passed,
                issued_late,
            } => {
                let mut issued = Visit::issued(*visit, step.clone(), *how, at);
                issued.due = *due;
                issued.window_passed = *window_passed;
                issued.issued_late = *issued_late;
                self.issued(issued, *review_on, at);
            }
            Fact::CardDelivered { visit, at: when } => self.delivered(*visit, *when, at),
            Fact::Redated { visit, due, .. } => self.at(*visit, |visit| {
                // A warning told of the old day; where there is a new one, it is told again.
                if visit.due.is_none_or(|old| old.date != due.date) {
                    visit.warned = None;
                }
                visit.due_anew(*due, at);
            }),
            Fact::Extended { visit, due } => self.at(*visit, |visit| {
                visit.due_anew(*due, at);
                visit.extended = true;
                visit.warned = None;
            }),
            Fact::TimeSet { visit, due } => self.at(*visit, |visit| {
                visit.due_anew(*due, at);
                (visit.held, visit.warned) = (None, None);
                visit.time_set = true;
            }),
            Fact::Acknowledged { visit, roles } => self.at(*visit, |visit| {
                visit.seen.push(Seen {
                    by: by(),
                    on_behalf_of: recorded.on_behalf_of.clone(),
                    at,
                    roles: roles.clone(),
                });
                if visit.acknowledged_ahead().is_none() {
                    visit.acknowledged_for.clone_from(&recorded.on_behalf_of);
                    visit.acknowledged = Some((by(), at));
                }
            }),
            Fact::AckReminded { visit } => self.at(*visit, |visit| visit.ack_reminded = true),
            Fact::Answered {
                visit,
                answer,
                role,
                also,
                target,
                then,
            } => {
                let mut given = answer_of(recorded, *answer, *target);
                given.role.clone_from(role);
                given.also.clone_from(also);
                self.answered(*visit, given, *then);
            }
            Fact::AnsweredLate {
                visit,
                answer,
                target,
            } => {
                let given = answer_of(recorded, *answer, *target);
                self.at(*visit, |visit| visit.late_answers.push(given));
            }
            Fact::Warned { visit } => self.at(*visit, |visit| visit.warned = Some(at)),
            Fact::Held { visit, until } => self.at(*visit, |visit| {
                visit.held = Some(*until);
                visit.redated += 1;
                visit.dated_at = Some(at);
            }),
            Fact::Lapsed {
                visit,
                raiser_judges,
                ..
            } => {
                self.at(*visit, |visit| visit.lapsed = Some(at));
                if *raiser_judges {
                    self.enter(Phase::Judging, at);
                }
            }
            Fact::GateAsked { visit, to, how, .. } => self.gate_asked(*visit, to, *how, at),
            Fact::GateReminded { .. } => self.nag.reminded = true,
            Fact::GateAgreed {
                visit,
                roles,
                waits,
                talk,
            } => {
                let verdict = verdict(recorded, true, talk, roles);
                self.at(*visit, |visit| visit.agreed(&verdict));
                if !waits {
                    self.judge_gate(*visit, verdict);
                }
            }
            Fact::GateDeclined { visit, talk } => {
                self.judge_gate(*visit, verdict(recorded, false, talk, &[]));
            }
            Fact::WaitingAtGate { .. } => self.enter(Phase::AtGate, at),
            Fact::Bypassed { .. } => self.supersede_gate(),
            Fact::TargetAsked { visit } => {
                self.at(*visit, |visit| visit.target_asked = Some(at));
                self.wait_anew(at);
            }
            Fact::MoreTime { visit, target } => {
                self.at(*visit, |visit| visit.put_off(*target));
                self.enter(Phase::Underway, at);
            }
            Fact::ReportAsked { visit } => {
                self.at(*visit, |visit| visit.report_asked = Some(at));
                self.wait_anew(at);
            }
            Fact::Reported {
                visit,
                progress,
                target,
            } => self.reported(*visit, *progress, *target, recorded),
            Fact::ReviewSet { on } => {
                self.review_on(*on);
                self.review_asked = None;
                self.wait_anew(at);
            }
            Fact::ReviewAsked { next } => {
                self.review_on(*next);
                self.review_asked.get_or_insert(at);
            }
            Fact::Alerted { times, .. } => {
                self.nag.alerts = *times;
                self.nag.last = Some(at);
            }
            Fact::Exhausted { review_on, .. } => {
                self.review_on(*review_on);
                self.review_asked = None;
                self.enter(Phase::Exhausted, at);
            }
            Fact::MeetingCalled(called) => {
                self.at(called.visit, |visit| visit.called(called, by(), at));
            }
            Fact::MeetingDeclined { visit } => {
                self.at(*visit, |visit| {
                    visit.not_held = Some(NotHeld { by: by(), at });
                });
            }
            Fact::MeetingHeld(met) => {
                self.at(met.visit, |visit| visit.met(met, by(), at, recorded.seq));
            }
            Fact::MeetingReminded { visit, meeting } => self.at(*visit, |visit| {
                visit.meeting_told_of(*meeting, |meeting| meeting.reminded = true);
            }),
            Fact::MeetingAsked { visit, meeting } => self.at(*visit, |visit| {
                visit.meeting_told_of(*meeting, |meeting| meeting.asked = true);
            }),
            Fact::InputGiven { visit, roles } => self.at(*visit, |visit| {
                visit.inputs.push(Input {
                    roles: roles.clone(),
                    by: by(),
                    on_behalf_of: recorded.on_behalf_of.clone(),
                    at,
                });
            }),
            Fact::InputAsked { visit } => self.at(*visit, |visit| visit.inputs_asked.push(at)),
            Fact::NotePasted { visit } => self.at(*visit, |visit| {
                visit.note_pasted.get_or_insert((by(), at));
            }),
            Fact::CapWarned { cap, .. } => self.tell_of_cap(*cap, |told| {
                told.warned = true;
                told.warnings += 1;
            }),
            Fact::CapFits { cap } => self.tell_of_cap(*cap, |told| told.warned = false),
            Fact::CapPassed { cap, .. } => self.tell_of_cap(*cap, |told| told.passed = true),
            Fact::PositionRecorded { position } => self.close(Closed::Position(*position), at),
            Fact::Resolved => self.close(Closed::Resolved, at),
            Fact::Withdrawn => self.close(Closed::Withdrawn, at),
            Fact::Redirected(redirected) => self.redirected(redirected, by(), at),
            Fact::Cafcass(outside) => self.viewed(OutsideWay::Cafcass, outside, by(), at),
            Fact::LegalAdvice { other, outside } => {
                let way = if *other {
                    OutsideWay::OtherAdvice
                } else {
                    OutsideWay::LegalAdvice
                };
                self.viewed(way, outside, by(), at);
            }
            Fact::Spoke(spoke) => self.spoken.push(Spoken {
                spoke: spoke.clone(),
                by: by(),
                at,
            }),
            Fact::Called(called) => self.calls.push(Call {
                called: called.clone(),
                by: by(),
            }),
            Fact::CallReminded { .. } => self.call_reminders.push(at),
            Fact::LateExplained { visit } => self.at(*visit, |visit| visit.late_explained = true),
            Fact::NoCall => self.no_call = Some((by(), at)),
            Fact::Informed(informed) => self.partners.told.push(Partner {
                informed: informed.clone(),
                by: by(),
                at,
                replied: None,
            }),
            Fact::Replied(replied) => self.partners.replied(replied),
            Fact::PartnersAsked { .. } => self.partners.asked(at),
            Fact::CopiedTo { user, .. } => self.copied.push(Copied {
                user: user.clone(),
                by: by(),
                at,
            }),
            Fact::TransferAsked { warned } => self.transfer_asks.push(TransferAsk {
                by: by(),
                at,
                warned: *warned,
            }),
            Fact::Transferred(moved) => self.transfers.push(Transfer {
                moved: moved.clone(),
                by: by(),
                at,
            }),
            Fact::HandedOver { to, raiser_role } => {
                self.handed_over_by = Some(std::mem::replace(&mut self.raiser, to.clone()));
                self.raiser_role = raiser_role.clone();
                self.wait_anew(at);
            }
        }
    }
}

/// At a step.
impl Concern {
    fn issued(&mut self, visit: Visit, review_on: Option<NaiveDate>, at: DateTime<Utc>) {
        self.end_visit(at);
        self.visits.push(visit);
        self.review_asked = None;
        match review_on {
            Some(on) => self.review_on(on),
            None => self.review = self.review.map(|(on, times)| (on, times + 1)),
        }
        self.enter(Phase::Answering, at);
    }

    fn delivered(&mut self, number: u32, when: DateTime<Utc>, at: DateTime<Utc>) {
        self.at(number, |visit| visit.delivered = Some(when));
        // The wait for the card is over; the wait for an answer begins. What else is waited for waits on.
        let present = self.visits.len() == number as usize;
        if present && matches!(self.phase, Phase::Answering | Phase::RejectedWaiting) {
            self.wait_anew(at);
        }
    }

    fn answered(&mut self, number: u32, given: Answer, then: Phase) {
        let (answer, at) = (given.answer, given.at);
        self.at(number, |visit| {
            visit.acknowledged.get_or_insert((given.by.clone(), at));
            if let Some(target) = given.target {
                // Where several accept, all is done when the last is.
                let latest = visit.target.map_or(target, |(other, _)| other.max(target));
                visit.target = Some((latest, 1));
            }
            visit.answers.push(given);
        });
        if then != Phase::Answering {
            if answer != Answered::Rejected {
                self.supersede_gate();
            }
            self.enter(then, at);
        }
    }

    fn reported(
        &mut self,
        number: u32,
        progress: Progress,
        target: Option<NaiveDate>,
        recorded: &Recorded,
    ) {
        self.at(number, |visit| {
            visit.reported = Some(progress).filter(|_| target.is_none());
            visit.reports.push(Report {
                progress,
                by: person(&recorded.actor),
                on_behalf_of: recorded.on_behalf_of.clone(),
                at: recorded.at,
                target,
                seq: recorded.seq,
            });
            if let Some(target) = target {
                visit.put_off(target);
            }
        });
        self.wait_anew(recorded.at);
    }

    fn gate_asked(&mut self, number: u32, to: &StepId, how: How, at: DateTime<Utc>) {
        self.at(number, |visit| {
            let asked = Asked {
                to: to.clone(),
                how,
                at,
                verdict: None,
                agreed: Vec::new(),
                superseded: false,
            };
            if let Some(before) = visit.gate.replace(asked)
                && before.to != *to
            {
                visit.gates_before.push(before.to);
            }
        });
    }

    fn judge_gate(&mut self, number: u32, verdict: Verdict) {
        let at = verdict.at;
        self.at(number, |visit| {
            if let Some(gate) = &mut visit.gate {
                gate.verdict = Some(verdict);
            }
        });
        if self.phase == Phase::AtGate {
            self.wait_anew(at);
        }
    }

    fn redirected(&mut self, redirected: &Redirected, by: UserId, at: DateTime<Utc>) {
        self.gone.push(Gone {
            redirected: redirected.clone(),
            by,
            at,
        });
        if redirected.ends {
            self.close(Closed::Redirected, at);
        }
    }

    fn viewed(&mut self, way: OutsideWay, outside: &Outside, by: UserId, at: DateTime<Utc>) {
        self.outside.push(ViewTaken {
            way,
            outside: outside.clone(),
            by,
            at,
        });
    }
}

/// Turns of the whole.
impl Concern {
    fn tell_of_cap(&mut self, cap: u32, change: impl FnOnce(&mut CapTold)) {
        let mut told = self.cap(cap);
        change(&mut told);
        self.caps.retain(|other| other.cap != cap);
        self.caps.push(told);
        self.caps.sort_by_key(|told| told.cap);
    }

    /// Changes a visit, where there is one of this number.
    fn at(&mut self, number: u32, change: impl FnOnce(&mut Visit)) {
        let place = (number as usize).checked_sub(1);
        if let Some(visit) = place.and_then(|place| self.visits.get_mut(place)) {
            change(visit);
        }
    }

    fn wait_anew(&mut self, at: DateTime<Utc>) {
        self.nag = Nag {
            since: at,
            wait: self.nag.wait + 1,
            reminded: false,
            alerts: 0,
            last: None,
        };
    }

    fn enter(&mut self, phase: Phase, at: DateTime<Utc>) {
        self.phase = phase;
        self.wait_anew(at);
    }

    fn supersede_gate(&mut self) {
        if let Some(gate) = self.visits.last_mut().and_then(|visit| visit.gate.as_mut()) {
            gate.superseded = true;
        }
    }

    /// Sets the raiser's review day; the count makes each setting a clock of its own.
    fn review_on(&mut self, on: NaiveDate) {
        self.review = Some((on, self.review.map_or(1, |(_, times)| times + 1)));
    }

    fn end_visit(&mut self, at: DateTime<Utc>) {
        if let Some(visit) = self.visits.last_mut() {
            visit.ended.get_or_insert(at);
        }
    }

    fn close(&mut self, how: Closed, at: DateTime<Utc>) {
        self.supersede_gate();
        self.end_visit(at);
        self.enter(Phase::Closed(how), at);
    }
}

/// Who did it; the program goes by its own name.
fn verdict(recorded: &Recorded, agreed: bool, talk: &Talk, roles: &[RoleId]) -> Verdict {
    Verdict {
        agreed,
        by: person(&recorded.actor),
        on_behalf_of: recorded.on_behalf_of.clone(),
        at: recorded.at,
        roles: roles.to_vec(),
        talk: talk.clone(),
        seq: recorded.seq,
    }
}

fn person(actor: &Actor) -> UserId {
    match actor {
        Actor::Person(user) => user.clone(),
        Actor::Lodestar => UserId::from("lodestar"),
    }
}

/// An answer as it was given, of no role in particular.
fn answer_of(recorded: &Recorded, answer: Answered, target: Option<NaiveDate>) -> Answer {
    Answer {
        answer,
        by: person(&recorded.actor),
        on_behalf_of: recorded.on_behalf_of.clone(),
        role: None,
        also: Vec::new(),
        at: recorded.at,
        target,
        seq: recorded.seq,
    }
}
