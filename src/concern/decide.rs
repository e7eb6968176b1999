//! The one function that says what follows: `decide(rules, concern, who, what, now)`.

use chrono::{DateTime, NaiveDate, Utc};

use super::clocks::{ClockKey, ClockKind, clocks};
use super::command::{Answering, Command, FieldFault, Position, Refusal, Standing, Who};
use super::event::{Actor, Alert, Answered, Fact, Field, How, Recorded, Redate};
use super::rules::{FIVE_WORKING_DAYS, LATEST_REVIEW, Rules, TWO_WORKING_DAYS};
use super::state::{Asked, Concern, Phase, Visit};
use crate::calendar::Due;
use crate::ids::{RaiserRole, RoleId, StepId, Text, UserId};
use crate::protocol::{Asks, ClockStart, GateKind, IRO_MANAGER, Need, OnReject, Silence, Step};

/// What follows: the new facts in order, and the concern as they leave it. No fact where there was nothing to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    /// The new facts.
    pub facts: Vec<New>,
    /// The concern after them.
    pub after: Concern,
}

/// A new fact with the texts that stand beside it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct New {
    /// The fact as it will be recorded.
    pub recorded: Recorded,
    /// Its texts, to be sealed.
    pub texts: Vec<(Field, Text)>,
}

/// Decides what follows from a command. Pure: the same arguments give the same answer.
///
/// `standing` is who asks; `None` is the program itself, for a clock that fell, a delivery, a changed calendar.
///
/// # Errors
/// A refusal, which changes nothing and is said to the person alone.
pub fn decide(
    rules: &Rules<'_>,
    concern: &Concern,
    standing: Option<&Standing>,
    command: Command,
    now: DateTime<Utc>,
) -> Result<Decision, Refusal> {
    let actor = standing.map_or(Actor::Lodestar, |who| Actor::Person(who.user.clone()));
    let mut deciding = Deciding::over(rules, concern.clone(), actor, now);
    match (command, standing) {
        (Command::Delivered { visit, at }, _) => deciding.delivered(visit, at),
        (Command::ClockFell { key }, _) => deciding.clock_fell(&key),
        (Command::Recalculate, _) => deciding.recalculate(),
        (command, Some(who)) => deciding.asked_by(who, command)?,
        (_, None) => return Err(Refusal::NotYours { who: Who::Readers }),
    }
    Ok(deciding.done())
}

/// A decision in the making: each fact is folded in as it is made, so that the next is decided on what then stands.
pub(super) struct Deciding<'r> {
    rules: &'r Rules<'r>,
    concern: Concern,
    actor: Actor,
    now: DateTime<Utc>,
    facts: Vec<New>,
}

impl<'r> Deciding<'r> {
    pub(super) fn over(
        rules: &'r Rules<'r>,
        concern: Concern,
        actor: Actor,
        now: DateTime<Utc>,
    ) -> Self {
        Self {
            rules,
            concern,
            actor,
            now,
            facts: Vec::with_capacity(2),
        }
    }

    pub(super) fn done(self) -> Decision {
        Decision {
            facts: self.facts,
            after: self.concern,
        }
    }

    fn add(&mut self, fact: Fact) {
        self.add_with(fact, Vec::new());
    }

    fn add_with(&mut self, fact: Fact, texts: Vec<(Field, Text)>) {
        let recorded = Recorded {
            seq: self.concern.seq + 1,
            at: self.now,
            actor: self.actor.clone(),
            fact,
        };
        self.concern.apply(&recorded);
        self.facts.push(New { recorded, texts });
    }

    fn today(&self) -> NaiveDate {
        self.rules.day(self.now)
    }

    /// The present visit and its step. An open concern has both; where a record does not, nothing applies to it.
    fn here(&self) -> Result<(&Visit, &'r Step), Refusal> {
        let visit = self.concern.visit().ok_or(Refusal::OutOfDate)?;
        let step = self.rules.step_of(visit).ok_or(Refusal::OutOfDate)?;
        Ok((visit, step))
    }

    fn asked_by(&mut self, who: &Standing, command: Command) -> Result<(), Refusal> {
        match command {
            Command::Acknowledge { visit } => self.acknowledge(who, visit),
            Command::Answer { visit, answer } => self.answer(who, visit, answer),
            Command::Extend {
                until,
                reason,
                item,
            } => self.extend(who, until, reason, item),
            Command::AgreeGate => self.judge_gate(who, None),
            Command::DeclineGate { reason } => self.judge_gate(who, Some(reason)),
            Command::Handover {
                to,
                raiser_role,
                roles,
            } => self.hand_over(who, to, raiser_role, &roles),
            Command::Note { note } => {
                self.add_with(Fact::Noted, vec![(Field::Note, note)]);
                Ok(())
            }
            command => {
                if !(who.user == self.concern.raiser || who.covers_raiser) {
                    return Err(Refusal::NotYours { who: Who::Raiser });
                }
                if !self.concern.is_open() {
                    return Err(Refusal::Closed);
                }
                self.asked_by_raiser(command)
            }
        }
    }

    fn asked_by_raiser(&mut self, command: Command) -> Result<(), Refusal> {
        match command {
            Command::Resolve => {
                self.add(Fact::Resolved);
                Ok(())
            }
            Command::Withdraw { reason } => {
                self.add_with(Fact::Withdrawn, vec![(Field::Reason, reason)]);
                Ok(())
            }
            Command::NotSatisfied { reason } => self.not_satisfied(reason),
            Command::Escalate { reason } => self.escalate(reason),
            Command::Hold { until, reason } => self.hold(until, reason),
            Command::Bypass {
                to,
                reason,
                with,
                with_roles,
                with_words,
            } => {
                let holds = |role: &RoleId| with_roles.contains(role);
                self.bypass(to, reason, with, holds, with_words)
            }
            Command::MoreTime { until, reason } => self.more_time(until, reason),
            Command::ReviewDate { until, reason } => self.review_date(until, reason),
            Command::Position { position, reason } => self.position(position, reason),
            // The others were taken before the raiser's own.
            _ => Err(Refusal::OutOfDate),
        }
    }

    // --- the addressee ---

    /// Who answers a visit: its step's roles, and this child's own addressee. Not the raiser, whatever roles they hold.
    fn may_answer(&self, who: &Standing, visit: &Visit, step: &Step) -> Result<(), Refusal> {
        let theirs = step.answerers().any(|role| who.holds(role))
            || (self.rules.own_addressee(&self.concern, step) == Some(&who.user)
                && visit.step == step.id);
        if !theirs {
            return Err(Refusal::NotYours {
                who: Who::Roles(step.answerers().cloned().collect()),
            });
        }
        if who.user == self.concern.raiser {
            return Err(Refusal::OwnConcern);
        }
        Ok(())
    }

    /// The visit that was pressed, once it is theirs.
    fn pressed(&self, who: &Standing, number: Option<u32>) -> Result<(&Visit, &'r Step), Refusal> {
        let visit = match number {
            Some(number) => self.concern.visit_numbered(number),
            None => self.concern.visit(),
        };
        let visit = visit.ok_or(Refusal::OutOfDate)?;
        let step = self.rules.step_of(visit).ok_or(Refusal::OutOfDate)?;
        self.may_answer(who, visit, step)?;
        if self.concern.is_open() {
            Ok((visit, step))
        } else {
            Err(Refusal::Closed)
        }
    }

    fn is_present(&self, number: u32) -> bool {
        self.concern
            .visit()
            .is_some_and(|visit| visit.number == number)
    }

    fn acknowledge(&mut self, who: &Standing, number: Option<u32>) -> Result<(), Refusal> {
        let (visit, _) = self.pressed(who, number)?;
        let number = visit.number;
        if visit.acknowledged.is_some() {
            return Err(Refusal::DoneAlready);
        }
        if !self.is_present(number) || self.concern.phase != Phase::Answering {
            return Err(Refusal::OutOfDate);
        }
        self.add(Fact::Acknowledged { visit: number });
        Ok(())
    }

    fn answer(
        &mut self,
        who: &Standing,
        number: Option<u32>,
        answer: Answering,
    ) -> Result<(), Refusal> {
        let (visit, step) = self.pressed(who, number)?;
        let number = visit.number;
        let role = step.answerers().find(|role| who.holds(role)).cloned();
        let (kind, target, texts) = self.check_answer(step, answer)?;
        let late = !self.is_present(number)
            || !matches!(self.concern.phase, Phase::Answering) && visit.answers.is_empty();
        if late {
            if !visit.answers.is_empty()
                || visit
                    .late_answers
                    .iter()
                    .any(|earlier| earlier.by == who.user)
            {
                return Err(Refusal::DoneAlready);
            }
            self.add_with(
                Fact::AnsweredLate {
                    visit: number,
                    answer: kind,
                    target,
                },
                texts,
            );
            return Ok(());
        }
        let mine = |answer: &super::state::Answer| answer.role == role || answer.by == who.user;
        if self.concern.phase != Phase::Answering || visit.answers.iter().any(mine) {
            return Err(Refusal::DoneAlready);
        }
        let all_have = step.need == Need::AnyOf
            || step.to.iter().all(|asked| {
                role.as_ref() == Some(asked)
                    || visit
                        .answers
                        .iter()
                        .any(|answer| answer.role.as_ref() == Some(asked))
            });
        let waits = step.on_reject == OnReject::AtDeadline && visit.due.is_some();
        let then = match kind {
            Answered::Rejected if waits => Phase::RejectedWaiting,
            Answered::Accepted if all_have => Phase::Underway,
            Answered::Accepted | Answered::Responded | Answered::Decided if !all_have => {
                Phase::Answering
            }
            _ => Phase::Judging,
        };
        self.add_with(
            Fact::Answered {
                visit: number,
                answer: kind,
                role,
                target,
                then,
            },
            texts,
        );
        if kind == Answered::Rejected && !waits {
            self.move_on(How::Rejected);
        }
        Ok(())
    }

    fn check_answer(
        &self,
        step: &Step,
        answer: Answering,
    ) -> Result<(Answered, Option<NaiveDate>, Vec<(Field, Text)>), Refusal> {
        let (kind, target, texts) = match (step.asks, answer) {
            (Asks::AcceptOrReject, Answering::Accept { plan, target }) => {
                (Answered::Accepted, Some(target), vec![(Field::Plan, plan)])
            }
            (Asks::AcceptOrReject, Answering::Reject { rationale }) => (
                Answered::Rejected,
                None,
                vec![(Field::Rationale, rationale)],
            ),
            (
                Asks::Respond | Asks::Discuss | Asks::Meet | Asks::Note,
                Answering::Respond { response, target },
            ) => (
                Answered::Responded,
                target,
                vec![(Field::Response, response)],
            ),
            (
                Asks::Decide,
                Answering::Decide {
                    decision,
                    rationale,
                },
            ) => (
                Answered::Decided,
                None,
                vec![(Field::Decision, decision), (Field::Rationale, rationale)],
            ),
            _ => return Err(Refusal::NotAsked),
        };
        if target.is_some_and(|target| target < self.today()) {
            return Err(Refusal::Field {
                block: "target_date",
                fault: FieldFault::Past,
            });
        }
        Ok((kind, target, texts))
    }

    fn extend(
        &mut self,
        who: &Standing,
        until: NaiveDate,
        reason: Text,
        item: Option<Text>,
    ) -> Result<(), Refusal> {
        let (visit, step) = self.pressed(who, None)?;
        let (number, due) = (visit.number, visit.due);
        let Some(rule) = &step.extend else {
            return Err(Refusal::NoExtension);
        };
        let (Phase::Answering, Some(due)) = (self.concern.phase, due) else {
            return Err(Refusal::NoExtension);
        };
        if until <= due.date {
            return Err(Refusal::Field {
                block: "until",
                fault: FieldFault::NotAfter(due.date),
            });
        }
        if rule.needs_item && item.is_none() {
            return Err(Refusal::Field {
                block: "item",
                fault: FieldFault::Missing,
            });
        }
        let due = self
            .rules
            .due(until, crate::calendar::Period::WorkingDays(0));
        let texts = [(Field::Reason, Some(reason)), (Field::Item, item)];
        self.add_with(Fact::Extended { visit: number, due }, given(texts));
        Ok(())
    }

    // --- the gate ---

    fn judge_gate(&mut self, who: &Standing, declined: Option<Text>) -> Result<(), Refusal> {
        let (visit, _) = self.here()?;
        let number = visit.number;
        let asked = visit.gate.clone().ok_or(Refusal::NoGate)?;
        let gate = self.rules.gate_to(&asked.to).ok_or(Refusal::NoGate)?;
        let raiser = who.user == self.concern.raiser || who.covers_raiser;
        if gate.kind == GateKind::Judgement {
            if !raiser {
                return Err(Refusal::NotYours { who: Who::Raiser });
            }
        } else if !gate.roles.iter().any(|role| who.holds(role)) {
            return Err(Refusal::NotYours {
                who: Who::Roles(gate.roles.clone()),
            });
        } else if raiser {
            return Err(Refusal::OwnConcern);
        }
        if !self.concern.is_open() {
            return Err(Refusal::Closed);
        }
        if asked.superseded {
            return Err(Refusal::OutOfDate);
        }
        if asked.verdict.is_some() {
            return Err(Refusal::DoneAlready);
        }
        let waiting = self.concern.phase == Phase::AtGate;
        match declined {
            None => {
                self.add(Fact::GateAgreed { visit: number });
                if waiting {
                    self.issue(&asked.to, asked.how);
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

    // --- the raiser ---

    fn not_satisfied(&mut self, reason: Option<Text>) -> Result<(), Refusal> {
        let (visit, _) = self.here()?;
        let (number, due) = (visit.number, visit.due);
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

    fn escalate(&mut self, reason: Option<Text>) -> Result<(), Refusal> {
        let (visit, step) = self.here()?;
        let number = visit.number;
        let gate = visit.gate.clone().filter(|gate| !gate.superseded);
        match (self.concern.phase, visit.due) {
            (Phase::Answering | Phase::RejectedWaiting, Some(due))
                if self.rules.protocol.early.is_none() =>
            {
                Err(Refusal::ClockRuns {
                    due: visit.held.unwrap_or(due),
                })
            }
            (Phase::Answering | Phase::RejectedWaiting | Phase::Judging | Phase::Underway, _) => {
                if step.next.is_none() {
                    return Err(Refusal::LastStep);
                }
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
            self.add(Fact::GateAgreed { visit: number });
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

    fn hold(&mut self, until: NaiveDate, reason: Text) -> Result<(), Refusal> {
        let (visit, _) = self.here()?;
        let number = visit.number;
        let (Phase::Answering | Phase::RejectedWaiting, Some(due)) =
            (self.concern.phase, visit.due)
        else {
            return Err(Refusal::NothingToHold);
        };
        let ends = visit.held.unwrap_or(due).date;
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
        let until = self
            .rules
            .due(until, crate::calendar::Period::WorkingDays(0));
        self.add_with(
            Fact::Held {
                visit: number,
                until,
            },
            vec![(Field::Reason, reason)],
        );
        Ok(())
    }

    fn bypass(
        &mut self,
        to: StepId,
        reason: Text,
        with: Option<UserId>,
        with_holds: impl Fn(&RoleId) -> bool,
        with_words: Option<Text>,
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
            self.rules.route.place(&to),
        ) else {
            return Err(not_later);
        };
        if place <= from || !(rule.to.is_empty() || rule.to.contains(&to)) {
            return Err(not_later);
        }
        if let (Some(gate), Some(_)) = (&rule.gate, &with)
            && !gate.roles.iter().any(with_holds)
        {
            return Err(Refusal::Field {
                block: "with",
                fault: FieldFault::NotAHolder(gate.roles.clone()),
            });
        }
        let texts = given([(Field::Reason, Some(reason)), (Field::With, with_words)]);
        self.add_with(
            Fact::Bypassed {
                visit: number,
                to: to.clone(),
                with,
            },
            texts,
        );
        self.issue(&to, How::Bypassed);
        Ok(())
    }

    fn more_time(&mut self, until: NaiveDate, reason: Text) -> Result<(), Refusal> {
        let (visit, _) = self.here()?;
        let number = visit.number;
        if self.concern.phase != Phase::Underway {
            return Err(Refusal::OutOfDate);
        }
        let today = self.today();
        if until <= today {
            return Err(Refusal::Field {
                block: "until",
                fault: FieldFault::NotAfter(today),
            });
        }
        self.add_with(
            Fact::MoreTime {
                visit: number,
                target: until,
            },
            vec![(Field::Reason, reason)],
        );
        Ok(())
    }

    fn review_date(&mut self, until: NaiveDate, reason: Option<Text>) -> Result<(), Refusal> {
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

    fn position(&mut self, position: Position, reason: Option<Text>) -> Result<(), Refusal> {
        if self.concern.phase != Phase::Exhausted {
            return Err(Refusal::NotExhausted);
        }
        self.add_with(
            Fact::PositionRecorded { position },
            given([(Field::Reason, reason)]),
        );
        Ok(())
    }

    fn hand_over(
        &mut self,
        who: &Standing,
        to: UserId,
        raiser_role: Option<RaiserRole>,
        roles: &std::collections::BTreeSet<RoleId>,
    ) -> Result<(), Refusal> {
        if !(who.user == self.concern.raiser || who.covers_raiser || who.is_iro_manager()) {
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
        let Some(raiser_role) =
            raiser_role.filter(|role| self.rules.protocol.raised_by.contains(role))
        else {
            return refused(FieldFault::NotARaiser);
        };
        if in_the_line(self.rules, roles) {
            return refused(FieldFault::InTheLine);
        }
        self.add(Fact::HandedOver { to, raiser_role });
        Ok(())
    }

    // --- moving on ---

    /// Leaves a step that ended unresolved: to the next step, to the gate before it, or to the end of the ladder.
    fn move_on(&mut self, how: How) {
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

    fn exhaust(&mut self) {
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
    pub(super) fn issue(&mut self, to: &StepId, how: How) {
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
            review_on: dated
                .is_none()
                .then(|| self.rules.due(today, FIVE_WORKING_DAYS).date),
            window_passed: dated.is_some_and(|dated| dated.window_passed),
            issued_late,
        });
    }

    // --- the program itself ---

    fn delivered(&mut self, number: u32, at: DateTime<Utc>) {
        let Some(visit) = self
            .concern
            .visit_numbered(number)
            .filter(|visit| visit.delivered.is_none())
        else {
            return;
        };
        let (present, issued, due) = (
            self.is_present(number),
            self.rules.day(visit.issued_at),
            visit.due,
        );
        let step = self.rules.step_of(visit);
        self.add(Fact::CardDelivered { visit: number, at });
        let received = self.rules.day(at);
        let (true, true, Some(due), Some(clock)) = (
            present && self.concern.phase == Phase::Answering,
            received > issued,
            due,
            step.and_then(|step| step.clock.as_ref()),
        ) else {
            return;
        };
        let dated = if clock.from == ClockStart::Issued {
            self.rules.due(received, clock.within)
        } else if due.at <= at {
            self.rules.due(received, FIVE_WORKING_DAYS)
        } else {
            due
        };
        // Late delivery only ever gives the addressee more time, never less.
        if dated.at > due.at {
            self.add(Fact::Redated {
                visit: number,
                due: dated,
                why: Redate::DeliveredLate,
            });
        }
    }

    fn recalculate(&mut self) {
        let Ok((visit, step)) = self.here() else {
            return;
        };
        let (Phase::Answering | Phase::RejectedWaiting, Some(due), Some(clock)) =
            (self.concern.phase, visit.due, &step.clock)
        else {
            return;
        };
        let asked_for_case = visit.how == How::Raised
            && self
                .concern
                .raised
                .action_by
                .is_some_and(|day| self.rules.due_by(day) == due);
        if visit.extended || visit.window_passed || asked_for_case {
            return;
        }
        let number = visit.number;
        let issued = self.rules.day(
            visit
                .delivered
                .unwrap_or(visit.issued_at)
                .max(visit.issued_at),
        );
        let again = self.rules.due(
            self.rules.start(&self.concern, &clock.from, issued),
            clock.within,
        );
        if again.date != due.date && again.at > self.now {
            self.add(Fact::Redated {
                visit: number,
                due: again,
                why: Redate::CalendarChanged,
            });
        } else if again != due && again.date == due.date {
            // The same day, now known for certain: the mark goes, the moment stays.
            self.add(Fact::Redated {
                visit: number,
                due: Due {
                    at: due.at,
                    ..again
                },
                why: Redate::CalendarChanged,
            });
        }
    }

    fn clock_fell(&mut self, key: &ClockKey) {
        let live = clocks(self.rules, &self.concern);
        let Some(clock) = live
            .into_iter()
            .find(|clock| &clock.key == key && clock.at <= self.now)
        else {
            return;
        };
        let Ok((visit, step)) = self.here() else {
            return;
        };
        let number = visit.number;
        match clock.kind {
            ClockKind::Lapse => {
                let late_ms = (self.now - clock.at).num_milliseconds();
                let raiser_judges =
                    step.silence == Silence::Alert && self.concern.phase == Phase::Answering;
                let how = if self.concern.phase == Phase::RejectedWaiting {
                    How::Rejected
                } else {
                    How::Lapsed
                };
                self.add(Fact::Lapsed {
                    visit: number,
                    late_ms,
                    raiser_judges,
                });
                if !raiser_judges {
                    self.move_on(how);
                }
            }
            ClockKind::Warn => {
                self.add(Fact::Warned { visit: number });
                let how = if self.concern.phase == Phase::RejectedWaiting {
                    How::Rejected
                } else {
                    How::Lapsed
                };
                self.ask_ahead(number, step, how);
            }
            ClockKind::AckReminder => self.add(Fact::AckReminded { visit: number }),
            ClockKind::Target => self.add(Fact::TargetAsked { visit: number }),
            ClockKind::GateReminder => self.add(Fact::GateReminded { visit: number }),
            ClockKind::Undelivered => self.alert(Alert::Undelivered),
            ClockKind::Judge if self.concern.phase == Phase::Underway => {
                self.alert(Alert::TargetNotJudged)
            }
            ClockKind::Judge => self.alert(Alert::NotJudged),
            ClockKind::GateAlert => {
                let unanswered = self
                    .concern
                    .visit()
                    .and_then(|visit| visit.gate.as_ref())
                    .is_some_and(|gate| {
                        gate.verdict.is_none() && !self.rules.is_judgement(&gate.to)
                    });
                self.alert(if unanswered {
                    Alert::GateUnanswered
                } else {
                    Alert::RaiserAtGate
                });
            }
            ClockKind::Review => {
                let asked_before = self.concern.review_asked.is_some();
                let next = self.rules.due(self.today(), FIVE_WORKING_DAYS).date;
                self.add(Fact::ReviewAsked { next });
                if asked_before {
                    self.alert(Alert::NotReviewed);
                }
            }
        }
    }

    fn alert(&mut self, why: Alert) {
        let times = self.concern.nag.alerts + 1;
        self.add(Fact::Alerted { why, times });
    }

    /// Asks the gate that stands before the next step while the clock still runs, so that the escalation is still the same day.
    fn ask_ahead(&mut self, number: u32, step: &Step, how: How) {
        let Some(to) = way_on(step, how) else { return };
        let asked = self
            .concern
            .visit()
            .and_then(|visit| visit.gate.as_ref())
            .is_some_and(|gate| !gate.superseded && &gate.to == to);
        if self.rules.gate_to(to).is_some() && !asked && step.silence == Silence::Lapse {
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

/// Whether somebody with these roles sits in the line of a concern on this route: answers a step of it. The manager of the IRO
/// service does not, though a step may call them in.
#[must_use]
pub fn in_the_line(rules: &Rules<'_>, roles: &std::collections::BTreeSet<RoleId>) -> bool {
    rules
        .route
        .steps
        .iter()
        .flat_map(Step::answerers)
        .any(|role| role != IRO_MANAGER && roles.contains(role))
}

fn given<const N: usize>(texts: [(Field, Option<Text>); N]) -> Vec<(Field, Text)> {
    texts
        .into_iter()
        .filter_map(|(field, text)| text.map(|text| (field, text)))
        .collect()
}
