//! The one function that says what follows: `decide(rules, concern, who, what, now)`.

use chrono::{DateTime, NaiveDate, SubsecRound, Utc};

use super::clocks::{ClockKey, ClockKind, clocks};
use super::command::{Answering, Command, FieldFault, Position, Refusal, Standing, Who};
use super::event::{Actor, Alert, Answered, Fact, Field, How, Recorded, Redate};
use super::readers::may_read;
use super::rules::{
    Dated, FIVE_WORKING_DAYS, LATEST_EXTENSION, LATEST_PROMISE, LATEST_REVIEW, Rules,
    TWO_WORKING_DAYS,
};
use super::state::{Answer, Asked, Concern, Phase, Visit};
use crate::calendar::Due;
use crate::ids::{RaiserRole, RoleId, StepId, Text, UserId};
use crate::protocol::{Asks, GateKind, IRO_MANAGER, Need, OnReject, Silence, Step};

/// What follows: the new facts in order, and the concern as they leave it. No fact where there was nothing to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    /// The new facts.
    pub facts: Vec<New>,
    /// The concern after them.
    pub after: Concern,
}

/// An answer that the step asks for: its kind, its target date, its texts.
type Checked = (Answered, Option<NaiveDate>, Vec<(Field, Text)>);

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
            // The record keeps milliseconds: what is decided on is what will be read back.
            now: now.trunc_subsecs(3),
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
            Command::AgreeGate { visit } => self.judge_gate(who, visit, None),
            Command::DeclineGate { visit, reason } => self.judge_gate(who, visit, Some(reason)),
            Command::Handover {
                to,
                raiser_role,
                roles,
            } => self.hand_over(who, to, raiser_role, &roles),
            Command::Note { note } => {
                if !may_read(self.rules, &self.concern, who) {
                    return Err(Refusal::NotYours { who: Who::Readers });
                }
                self.add_with(Fact::Noted, vec![(Field::Note, note)]);
                Ok(())
            }
            command => {
                if !self.is_raiser(who) {
                    return Err(Refusal::NotYours { who: Who::Raiser });
                }
                if !self.concern.is_open() {
                    return Err(Refusal::Closed);
                }
                self.asked_by_raiser(command)
            }
        }
    }

    /// Whether somebody acts as the raiser: themselves, or their cover. Nobody in the line of a concern does, though they cover
    /// for its raiser: they would answer it and close it.
    fn is_raiser(&self, who: &Standing) -> bool {
        who.user == self.concern.raiser
            || who.covers_raiser
                && !in_the_line(self.rules, &who.roles)
                && self.concern.raised.addressee.as_ref() != Some(&who.user)
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
                self.bypass(&to, reason, with, holds, with_words)
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
        let mut held = step.answerers().filter(|role| who.holds(role)).cloned();
        let (role, also) = (held.next(), held.collect::<Vec<_>>());
        let (kind, target, texts) = self.check_answer(step, answer)?;
        let by = &who.user;
        let own = self.rules.own_role(&self.concern, step);
        // The role an answer was given in; this child's own addressee speaks for the role they were named for.
        let spoken_for = |answer: &Answer, asked: &RoleId| {
            answer
                .role
                .as_ref()
                .or(own)
                .into_iter()
                .chain(&answer.also)
                .any(|role| role == asked)
        };
        let mine = |answer: &Answer| {
            &answer.by == by
                || role
                    .as_ref()
                    .or(own)
                    .is_some_and(|role| spoken_for(answer, role))
        };
        let answered = match step.need {
            Need::AnyOf => !visit.answers.is_empty(),
            Need::AllOf => visit.answers.iter().any(mine),
        };
        let already_late = visit.late_answers.iter().any(|late| &late.by == by);
        if answered || already_late {
            return Err(Refusal::DoneAlready);
        }
        if !self.is_present(number) || self.concern.phase != Phase::Answering {
            let with_the_raiser = matches!(
                self.concern.phase,
                Phase::Judging | Phase::Underway | Phase::RejectedWaiting
            );
            // Where all have answered, or one has rejected, there is nothing to be late for.
            if self.is_present(number) && with_the_raiser && visit.lapsed.is_none() {
                return Err(Refusal::DoneAlready);
            }
            let fact = Fact::AnsweredLate {
                visit: number,
                answer: kind,
                target,
            };
            self.add_with(fact, texts);
            return Ok(());
        }
        let all_have = step.need == Need::AnyOf
            || step.to.iter().all(|asked| {
                who.holds(asked)
                    || role.is_none() && own == Some(asked)
                    || visit.answers.iter().any(|answer| spoken_for(answer, asked))
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
                also,
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

    fn check_answer(&self, step: &Step, answer: Answering) -> Result<Checked, Refusal> {
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
        if let Some(target) = target {
            promised("target_date", target, self.today())?;
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
        let from = due.date.max(self.today());
        if until <= from {
            return Err(Refusal::Field {
                block: "until",
                fault: FieldFault::NotAfter(from),
            });
        }
        let latest = self.rules.due(from, LATEST_EXTENSION).date;
        if until > latest {
            return Err(Refusal::Field {
                block: "until",
                fault: FieldFault::After(latest),
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

    fn judge_gate(
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
        } else if who.user == self.concern.raiser {
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

    // --- the raiser ---

    fn not_satisfied(&mut self, reason: Option<Text>) -> Result<(), Refusal> {
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

    fn escalate(&mut self, reason: Option<Text>) -> Result<(), Refusal> {
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
        to: &StepId,
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
            self.rules.route.place(to),
        ) else {
            return Err(not_later);
        };
        if place <= from || !(rule.to.is_empty() || rule.to.contains(to)) {
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
        self.issue(to, How::Bypassed);
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
        let at = at.trunc_subsecs(3);
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
        let (received, extended) = (
            visit.received().map_or(at, |acted| acted.min(at)),
            visit.extended,
        );
        self.add(Fact::CardDelivered { visit: number, at });
        let (true, Some(due)) = (
            present && self.concern.phase == Phase::Answering && !extended,
            due,
        ) else {
            return;
        };
        if self.rules.day(received) <= issued && received < due.at {
            return;
        }
        let Some(Dated { due: dated, .. }) = self.dated_as_received(received) else {
            return;
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

    /// The due moment of the present visit, as if it had been issued when its addressee got it.
    fn dated_as_received(&self, received: DateTime<Utc>) -> Option<Dated> {
        let (visit, step) = self.here().ok()?;
        let (clock, how) = (step.clock.as_ref()?, visit.how);
        let received = received.max(visit.issued_at);
        // Clocks that start from what came before look at the concern as it was then.
        let mut before = self.concern.clone();
        before.visits.pop();
        let day = self.rules.day(received);
        Some(if how == How::Raised {
            self.rules.dated_for_case(&before, clock, day, received)
        } else {
            self.rules.dated(&before, clock, day, received)
        })
    }

    fn recalculate(&mut self) {
        let Ok((visit, _)) = self.here() else {
            return;
        };
        let (Phase::Answering | Phase::RejectedWaiting, Some(due), false) =
            (self.concern.phase, visit.due, visit.extended)
        else {
            return;
        };
        let number = visit.number;
        let received = visit.received().unwrap_or(visit.issued_at);
        let Some(Dated { due: again, .. }) = self.dated_as_received(received) else {
            return;
        };
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
        // A clock falls once, so one that was set before the calendar moved it later is acted on as it fell. A lapse is not: its
        // moment is in the record.
        let Some(clock) = live.into_iter().find(|clock| {
            &clock.key == key && (clock.kind != ClockKind::Lapse || clock.at <= self.now)
        }) else {
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
                self.alert(Alert::TargetNotJudged);
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

/// That a day by which something is promised or asked for is neither past nor a slip in the year.
pub(super) fn promised(
    block: &'static str,
    day: NaiveDate,
    today: NaiveDate,
) -> Result<(), Refusal> {
    let latest = today
        .checked_add_days(LATEST_PROMISE)
        .unwrap_or(NaiveDate::MAX);
    let fault = if day < today {
        FieldFault::Past
    } else if day > latest {
        FieldFault::After(latest)
    } else {
        return Ok(());
    };
    Err(Refusal::Field { block, fault })
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
pub fn in_the_line(rules: &Rules<'_>, held: &std::collections::BTreeSet<RoleId>) -> bool {
    rules
        .route
        .steps
        .iter()
        .flat_map(Step::answerers)
        .any(|role| role != IRO_MANAGER && held.contains(role))
}

fn given<const N: usize>(texts: [(Field, Option<Text>); N]) -> Vec<(Field, Text)> {
    texts
        .into_iter()
        .filter_map(|(field, text)| text.map(|text| (field, text)))
        .collect()
}
