//! What the addressee of a step asks: seen, answered, more time.

use chrono::NaiveDate;

use super::behalf::{is_by_cover_alone, was_raiser};
use super::{Deciding, given, promised};
use crate::calendar::Period;
use crate::concern::command::{Answering, FieldFault, Refusal, Standing, Who};
use crate::concern::event::{Answered, Fact, Field, How};
use crate::concern::rules::LATEST_EXTENSION;
use crate::concern::state::{Answer, Phase, Visit};
use crate::ids::{RoleId, Text};
use crate::protocol::{Asks, Monitor, Need, OnReject, Step};

/// An answer that the step asks for: its kind, its target date, its texts.
pub(super) type Checked = (Answered, Option<NaiveDate>, Vec<(Field, Text)>);

impl<'r> Deciding<'r> {
    /// Who answers a visit: its step's roles, and this child's own addressee. Not the raiser, whatever roles they hold.
    pub(super) fn may_answer(
        &self,
        who: &Standing,
        visit: &Visit,
        step: &Step,
    ) -> Result<(), Refusal> {
        let theirs = step.answerers().any(|role| who.holds(role))
            || (self.is_own_addressee(who, step) && visit.step == step.id);
        if !theirs {
            return Err(Refusal::NotYours {
                who: Who::Roles(step.answerers().cloned().collect()),
            });
        }
        if who.user == self.concern.raiser
            || is_by_cover_alone(who, step.answerers())
                && self.rules.own_addressee(&self.concern, step) != Some(&who.user)
                && was_raiser(&self.concern, &who.user)
        {
            return Err(Refusal::OwnConcern);
        }
        Ok(())
    }

    /// Whether somebody is this child's own addressee at a step, or covers for them.
    fn is_own_addressee(&self, who: &Standing, step: &Step) -> bool {
        self.rules
            .own_addressee(&self.concern, step)
            .is_some_and(|own| who.acts_for(own))
    }

    /// The visit that was pressed, once it is theirs.
    pub(super) fn pressed(
        &self,
        who: &Standing,
        number: Option<u32>,
    ) -> Result<(&Visit, &'r Step), Refusal> {
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

    pub(super) fn acknowledge(
        &mut self,
        who: &Standing,
        number: Option<u32>,
    ) -> Result<(), Refusal> {
        let (visit, step) = self.pressed(who, number)?;
        let number = visit.number;
        let answering = self.is_present(number) && self.concern.phase == Phase::Answering;
        let roles = self.answers_as(who, step);
        let seen = |role| {
            self.rules.has_seen(visit, role) || self.rules.has_answered(&self.concern, visit, role)
        };
        let done = if answering {
            let own = visit.answers.iter().any(|answer| answer.by == who.user);
            own || roles.iter().all(seen)
        } else {
            visit.acknowledged.is_some()
        };
        if done {
            return Err(Refusal::DoneAlready);
        }
        if !answering {
            return Err(Refusal::OutOfDate);
        }
        self.add(Fact::Acknowledged {
            visit: number,
            roles,
        });
        Ok(())
    }

    /// The roles of a step in which somebody answers it; this child's own addressee does in the one they were named for.
    fn answers_as(&self, who: &Standing, step: &Step) -> Vec<RoleId> {
        let held = step.answerers().filter(|role| who.holds(role));
        let own = self
            .rules
            .own_role(&self.concern, step)
            .filter(|_| self.is_own_addressee(who, step));
        let mut roles: Vec<RoleId> = Vec::new();
        for role in held.chain(own) {
            if !roles.contains(role) {
                roles.push(role.clone());
            }
        }
        roles
    }

    pub(super) fn answer(
        &mut self,
        who: &Standing,
        number: Option<u32>,
        answer: Answering,
    ) -> Result<(), Refusal> {
        let (_, step) = self.pressed(who, number)?;
        let checked = self.check_answer(step, answer)?;
        self.answered(who, number, checked)
    }

    /// Takes an answer that the step asks for.
    pub(super) fn answered(
        &mut self,
        who: &Standing,
        number: Option<u32>,
        (kind, target, texts): Checked,
    ) -> Result<(), Refusal> {
        let (visit, step) = self.pressed(who, number)?;
        let number = visit.number;
        let mut held = step.answerers().filter(|role| who.holds(role)).cloned();
        let (role, also) = (held.next(), held.collect::<Vec<_>>());
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
            // Whoever directs something by a day follows it up until then, and the raiser may judge it all the same.
            Answered::Responded | Answered::Decided
                if all_have && target.is_some() && step.monitored_by == Monitor::Addressee =>
            {
                Phase::Underway
            }
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
                    target,
                },
            ) => (
                Answered::Decided,
                target,
                vec![(Field::Decision, decision), (Field::Rationale, rationale)],
            ),
            _ => return Err(Refusal::NotAsked),
        };
        if let Some(target) = target {
            promised("target_date", target, self.today())?;
        }
        Ok((kind, target, texts))
    }

    pub(super) fn extend(
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
        let due = self.rules.due(until, Period::WorkingDays(0));
        let texts = [(Field::Reason, Some(reason)), (Field::Item, item)];
        self.add_with(Fact::Extended { visit: number, due }, given(texts));
        Ok(())
    }
}
