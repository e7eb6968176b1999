//! The one function that says what follows: `decide(rules, review, who, what, now)`.

use chrono::{DateTime, SubsecRound, Utc};

use super::clocks::{ClockKind, clocks, late_at, reminded_at};
use super::command::{Command, Refusal};
use super::event::{Fact, Field, Means, Recorded, Waits};
use super::state::Review;
use super::tasks::{Stage, Task, anything_left, owner, referral_of, task_of, tasks, waits};
use crate::concern::{Actor, FieldFault, Rules, Standing, Who};
use crate::ids::{ClockId, Text};

/// What follows: the new facts in order, and the review as they leave it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    /// The new facts.
    pub facts: Vec<New>,
    /// The review after them.
    pub after: Review,
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
/// `standing` is who asks; `None` is the program itself, for a clock that fell or a delivery.
///
/// # Errors
/// A refusal, which changes nothing and is said to the person alone.
pub fn decide(
    rules: &Rules<'_>,
    review: &Review,
    standing: Option<&Standing>,
    command: Command,
    now: DateTime<Utc>,
) -> Result<Decision, Refusal> {
    let actor = standing.map_or(Actor::Lodestar, |who| Actor::Person(who.user.clone()));
    let mut deciding = Deciding::over(rules, review.clone(), actor, now);
    match (command, standing) {
        (Command::Delivered { clock, at }, _) => deciding.delivered(&clock, at),
        (Command::ClockFell { key }, _) => deciding.clock_fell(&key),
        (command, Some(who)) => deciding.asked_by(who, command)?,
        (_, None) => return Err(Refusal::NotYours { who: Who::Raiser }),
    }
    deciding.close_if_done();
    Ok(deciding.done())
}

/// A decision in the making: each fact is folded in as it is made.
pub(super) struct Deciding<'r> {
    rules: &'r Rules<'r>,
    review: Review,
    actor: Actor,
    now: DateTime<Utc>,
    facts: Vec<New>,
}

impl<'r> Deciding<'r> {
    pub(super) fn over(
        rules: &'r Rules<'r>,
        review: Review,
        actor: Actor,
        now: DateTime<Utc>,
    ) -> Self {
        Self {
            rules,
            review,
            actor,
            // The record keeps milliseconds: what is decided on is what will be read back.
            now: now.trunc_subsecs(3),
            facts: Vec::with_capacity(2),
        }
    }

    pub(super) fn done(self) -> Decision {
        Decision {
            facts: self.facts,
            after: self.review,
        }
    }

    /// Says that nothing is left to do, once.
    pub(super) fn close_if_done(&mut self) {
        if self.review.is_open() && !anything_left(self.rules, &self.review) {
            self.actor = Actor::Lodestar;
            self.add(Fact::PaperworkDone);
        }
    }

    fn add(&mut self, fact: Fact) {
        self.add_with(fact, Vec::new());
    }

    fn add_with(&mut self, fact: Fact, texts: Vec<(Field, Text)>) {
        let recorded = Recorded {
            seq: self.review.seq + 1,
            at: self.now,
            actor: self.actor.clone(),
            fact,
        };
        self.review.apply(&recorded);
        self.facts.push(New { recorded, texts });
    }

    fn asked_by(&mut self, who: &Standing, command: Command) -> Result<(), Refusal> {
        match command {
            Command::Done { clock } => self.task_done(who, &clock),
            Command::Object { clock, objection } => self.object(who, &clock, objection),
            Command::AnswerReferral { means, response } => {
                self.answer_referral(who, means, response)
            }
            command => {
                if !self.is_officer(who) {
                    return Err(Refusal::NotYours {
                        who: Who::RaiserOrIroManager,
                    });
                }
                self.asked_by_officer(command)
            }
        }
    }

    /// Whether somebody acts as the officer: themselves, their cover, or the manager of the IRO service, who covers for an officer
    /// who is away (`B-3.b`).
    fn is_officer(&self, who: &Standing) -> bool {
        who.user == self.review.recorded_by || who.covers_raiser || who.is_iro_manager()
    }

    fn asked_by_officer(&mut self, command: Command) -> Result<(), Refusal> {
        match command {
            Command::Settle { changed, outcome } => {
                if self.review.objection_in_time().is_none() {
                    return Err(Refusal::NotAsked);
                }
                if self.review.settled.is_some() {
                    return Err(Refusal::DoneAlready);
                }
                let texts = vec![(Field::Outcome, outcome)];
                self.add_with(Fact::ObjectionSettled { changed }, texts);
            }
            Command::TakePart { attends, views } => self.take_part(attends, views)?,
            Command::NoteMidway => {
                if self.review.midway.is_some() {
                    return Err(Refusal::DoneAlready);
                }
                self.add(Fact::MidwayNoted);
            }
            Command::ConcernRaised { concern } => {
                if !self.review.concerns.contains(&concern) {
                    self.add(Fact::ConcernRaised { concern });
                    self.recorded_by_raising();
                }
            }
            // The others were taken before the officer's own.
            _ => return Err(Refusal::NotAsked),
        }
        Ok(())
    }

    // --- tasks ---

    fn task(&self, id: &ClockId) -> Result<Task<'r>, Refusal> {
        task_of(self.rules, &self.review, id).ok_or(Refusal::NotAsked)
    }

    fn task_done(&mut self, who: &Standing, id: &ClockId) -> Result<(), Refusal> {
        let task = self.task(id)?;
        match owner(&task) {
            Some(role) if !who.holds(role) => {
                return Err(Refusal::NotYours {
                    who: Who::Roles(vec![role.clone()]),
                });
            }
            None if !self.is_officer(who) => {
                return Err(Refusal::NotYours {
                    who: Who::RaiserOrIroManager,
                });
            }
            _ => {}
        }
        if task.takes_silence() {
            return Err(Refusal::NotAsked);
        }
        if task.has_ended() {
            return Err(Refusal::DoneAlready);
        }
        if task.running_since().is_none() {
            return Err(Refusal::NotYet);
        }
        let late = task.due.is_some_and(|due| self.is_past(due.at));
        self.add(Fact::TaskDone {
            clock: id.clone(),
            late,
        });
        Ok(())
    }

    /// The tasks that raising a concern does too, where they are still to do.
    fn recorded_by_raising(&mut self) {
        for task in tasks(self.rules, &self.review) {
            if task.clock.done_by_raising && task.running_since().is_some() {
                let late = task.due.is_some_and(|due| self.is_past(due.at));
                self.add(Fact::TaskDone {
                    clock: task.id,
                    late,
                });
            }
        }
    }

    /// Whether a due moment is past: at 17:00:00 it is not, to the end of that second.
    fn is_past(&self, due: DateTime<Utc>) -> bool {
        self.now >= crate::concern::rules::just_after(due)
    }

    // --- the window for objections ---

    fn object(&mut self, who: &Standing, id: &ClockId, objection: Text) -> Result<(), Refusal> {
        let task = self.task(id)?;
        let role = owner(&task)
            .filter(|_| task.takes_silence())
            .ok_or(Refusal::NotAsked)?;
        if !who.holds(role) {
            return Err(Refusal::NotYours {
                who: Who::Roles(vec![role.clone()]),
            });
        }
        if who.user == self.review.recorded_by {
            return Err(Refusal::OwnReview);
        }
        if (self.review.objections.iter()).any(|earlier| earlier.clock == *id) {
            return Err(Refusal::DoneAlready);
        }
        let late = match task.stage {
            Stage::Waiting => return Err(Refusal::NotYet),
            Stage::Accepted { .. } => true,
            // Whoever objects has the decisions, whatever is reported of the notice.
            _ => task.due.is_some_and(|due| self.is_past(due.at)),
        };
        let fact = Fact::Objected {
            clock: id.clone(),
            late,
        };
        self.add_with(fact, vec![(Field::Objection, objection)]);
        Ok(())
    }

    fn delivered(&mut self, id: &ClockId, at: DateTime<Utc>) {
        let sending = self
            .task(id)
            .is_ok_and(|task| matches!(task.stage, Stage::Sending { .. }));
        if sending {
            self.add(Fact::NoticeReceived {
                clock: id.clone(),
                at: at.trunc_subsecs(3),
            });
        }
    }

    // --- a standing criterion ---

    fn answer_referral(
        &mut self,
        who: &Standing,
        means: Means,
        response: Text,
    ) -> Result<(), Refusal> {
        let notice = referral_of(self.rules, &self.review).ok_or(Refusal::NotAsked)?;
        if !notice.to.iter().any(|role| who.holds(role)) {
            return Err(Refusal::NotYours {
                who: Who::Roles(notice.to.clone()),
            });
        }
        if who.user == self.review.recorded_by {
            return Err(Refusal::OwnReview);
        }
        if self.review.referral.is_some() {
            return Err(Refusal::DoneAlready);
        }
        let texts = vec![(Field::Response, response)];
        self.add_with(Fact::ReferralAnswered { means }, texts);
        Ok(())
    }

    fn take_part(&mut self, attends: bool, views: Option<Text>) -> Result<(), Refusal> {
        if self.review.part.is_some() {
            return Err(Refusal::DoneAlready);
        }
        let panel =
            (self.review.referral.as_ref()).is_some_and(|referral| referral.means == Means::Panel);
        if !panel {
            return Err(Refusal::NotYet);
        }
        if !attends && views.is_none() {
            return Err(Refusal::Field {
                block: "views",
                fault: FieldFault::Missing,
            });
        }
        let texts = (views.into_iter())
            .map(|views| (Field::Views, views))
            .collect();
        self.add_with(Fact::PanelPartTaken { attends }, texts);
        Ok(())
    }

    // --- clocks ---

    fn clock_fell(&mut self, key: &str) {
        let fallen = clocks(self.rules, &self.review)
            .into_iter()
            .find(|clock| clock.key == key && clock.at <= self.now);
        let Some(fallen) = fallen else { return };
        match fallen.kind {
            ClockKind::Remind => {
                let clocks = self.those(reminded_at);
                self.add(Fact::DueReminded { clocks });
            }
            ClockKind::Late => {
                let clocks = self.those(late_at);
                self.add(Fact::FoundLate { clocks });
            }
            ClockKind::Silence(clock) => self.add(Fact::DeemedAccepted { clock }),
            ClockKind::Undelivered(clock) => self.add(Fact::NoticeNotDelivered { clock }),
            ClockKind::Nudge(of) => self.add(Fact::Nudged { of }),
        }
    }

    /// The tasks whose moment has come.
    fn those(
        &self,
        moment: impl Fn(&Rules<'_>, &Review, &Task<'_>) -> Option<DateTime<Utc>>,
    ) -> Vec<ClockId> {
        tasks(self.rules, &self.review)
            .into_iter()
            .filter(|task| !task.only_if)
            .filter(|task| moment(self.rules, &self.review, task).is_some_and(|at| at <= self.now))
            .map(|task| task.id)
            .collect()
    }
}

/// Whether something still waits, for whoever draws its button.
#[must_use]
pub fn waits_for(rules: &Rules<'_>, review: &Review, of: Waits) -> bool {
    waits(rules, review).iter().any(|(waits, _)| *waits == of)
}
