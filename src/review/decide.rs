//! The one function that says what follows: `decide(rules, review, who, what, now)`.

use std::collections::BTreeSet;

use chrono::{DateTime, NaiveDate, SubsecRound, Utc};

use super::clocks::{ClockKind, clocks, late_at, reminded_at};
use super::command::{Command, Refusal};
use super::event::{Fact, Field, Means, Waits};
use super::state::Review;
use super::tasks::{Stage, Task, anything_left, owner, referral_of, task_of, tasks, waits};
use crate::concern::{Actor, FieldFault, Rules, Standing, Who};
use crate::ids::{ClockId, RaiserRole, RoleId, Text, UserId};

/// What follows: the new facts in order, and the review as they leave it.
pub type Decision = crate::record::Decision<Review>;
/// A new fact with the texts that stand beside it.
pub type New = crate::record::NewOf<Review>;
/// A decision in the making.
pub(super) type Deciding<'r> = crate::record::Deciding<'r, Review>;

/// The most objections that one review holds.
pub const MOST_OBJECTIONS: usize = 20;

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
    let mut deciding = Deciding::over(rules, review.clone(), standing, now);
    match (command, standing) {
        (Command::Delivered { clock, at }, _) => deciding.delivered(&clock, at),
        (Command::ClockFell { key }, _) => deciding.clock_fell(&key),
        (command, Some(who)) => deciding.asked_by(who, command)?,
        (_, None) => return Err(Refusal::NotYours { who: Who::Raiser }),
    }
    deciding.close_if_done();
    Ok(deciding.done())
}

impl<'r> Deciding<'r> {
    /// Says that nothing is left to do, once.
    pub(super) fn close_if_done(&mut self) {
        if self.record.is_open() && !anything_left(self.rules, &self.record) {
            self.actor = Actor::Lodestar;
            self.on_behalf_of = None;
            self.add(Fact::PaperworkDone);
        }
    }

    fn asked_by(&mut self, who: &Standing, command: Command) -> Result<(), Refusal> {
        match command {
            Command::Done { clock, on } => self.task_done(who, &clock, on),
            Command::Object { clock, objection } => self.object(who, &clock, objection),
            Command::AnswerReferral { means, response } => {
                self.answer_referral(who, means, response)
            }
            Command::Handover {
                to,
                raiser_role,
                roles,
            } => self.hand_over(who, to, raiser_role.as_ref(), &roles),
            command => {
                self.as_officer(who)?;
                self.asked_by_officer(command)
            }
        }
    }

    /// Whether somebody acts as the officer: themselves, their cover, or the manager of the IRO service, who covers for an officer
    /// who is away (`B-3.b`).
    fn is_officer(&self, who: &Standing) -> bool {
        who.user == self.record.officer || who.covers_raiser || who.is_iro_manager()
    }

    /// Takes who asks for the officer, or says who may.
    fn as_officer(&mut self, who: &Standing) -> Result<(), Refusal> {
        if !self.is_officer(who) {
            return Err(Refusal::NotYours {
                who: Who::RaiserOrIroManager,
            });
        }
        if who.user != self.record.officer && who.covers_raiser {
            self.on_behalf_of = Some(self.record.officer.clone());
        }
        Ok(())
    }

    /// Takes who asks for a holder of one of these roles, or says who may.
    fn as_holder(&mut self, who: &Standing, roles: &[RoleId]) -> Result<(), Refusal> {
        if !roles.iter().any(|role| who.holds(role)) {
            return Err(Refusal::NotYours {
                who: Who::Roles(roles.to_vec()),
            });
        }
        self.on_behalf_of = who.holds_for(roles).cloned();
        Ok(())
    }

    /// Whoever would object to its decisions or answer its referral does not hold it.
    fn hand_over(
        &mut self,
        who: &Standing,
        to: UserId,
        raiser_role: Option<&RaiserRole>,
        roles: &BTreeSet<RoleId>,
    ) -> Result<(), Refusal> {
        self.as_officer(who)?;
        if !self.record.is_open() {
            return Err(Refusal::DoneAlready);
        }
        let refused = |fault| Err(Refusal::Field { block: "to", fault });
        if to == self.record.officer {
            return refused(FieldFault::AlreadyTheirs);
        }
        if to == who.user && who.acts_by_cover_alone(&self.record.officer) {
            return refused(FieldFault::ForACover);
        }
        if raiser_role.is_none_or(|role| !self.rules.protocol.raised_by.contains(role)) {
            return refused(FieldFault::NotARaiser);
        }
        let all = tasks(self.rules, &self.record);
        let objects = all.iter().filter(|task| task.takes_silence());
        let mut answer = objects.filter_map(owner).chain(
            referral_of(self.rules, &self.record)
                .into_iter()
                .flat_map(|notice| &notice.to),
        );
        if answer.any(|role| roles.contains(role)) {
            return refused(FieldFault::InTheLine);
        }
        self.add(Fact::OfficerChanged { to });
        Ok(())
    }

    fn asked_by_officer(&mut self, command: Command) -> Result<(), Refusal> {
        match command {
            Command::Settle { changed, outcome } => {
                if self.record.objection_in_time().is_none() {
                    return Err(Refusal::NotAsked);
                }
                if !self.record.is_to_be_settled() {
                    return Err(Refusal::DoneAlready);
                }
                let texts = vec![(Field::Outcome, outcome)];
                self.add_with(Fact::ObjectionSettled { changed }, texts);
            }
            Command::TakePart { attends, views } => self.take_part(attends, views)?,
            Command::NoteMidway => {
                if self.record.midway.is_some() {
                    return Err(Refusal::DoneAlready);
                }
                self.add(Fact::MidwayNoted);
            }
            Command::ConcernRaised { concern } => {
                if !self.record.concerns.contains(&concern) {
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
        task_of(self.rules, &self.record, id).ok_or(Refusal::NotAsked)
    }

    fn task_done(
        &mut self,
        who: &Standing,
        id: &ClockId,
        on: Option<NaiveDate>,
    ) -> Result<(), Refusal> {
        let task = self.task(id)?;
        match owner(&task) {
            Some(role) => self.as_holder(who, std::slice::from_ref(role))?,
            None => self.as_officer(who)?,
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
        let refused = |fault| Err(Refusal::Field { block: "on", fault });
        if on.is_some_and(|on| on > self.rules.day(self.now)) {
            return refused(FieldFault::Future);
        }
        let held = self.record.held.review_date;
        if on.is_some_and(|on| on < held) {
            return refused(FieldFault::Before(held));
        }
        self.is_done(task, on);
        Ok(())
    }

    /// Late is judged by the day on which it was done, and where nobody says which, by the moment it is told.
    fn is_done(&mut self, task: Task<'_>, on: Option<NaiveDate>) {
        let late = task.due.is_some_and(|due| match on {
            Some(on) => on > due.date,
            None => self.is_past(due.at),
        });
        let clock = task.id;
        self.add(Fact::TaskDone { clock, on, late });
    }

    /// The tasks that raising a concern does too, where they are still to do.
    fn recorded_by_raising(&mut self) {
        for task in tasks(self.rules, &self.record) {
            if task.clock.done_by_raising && task.running_since().is_some() {
                self.is_done(task, None);
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
        self.as_holder(who, std::slice::from_ref(role))?;
        if self.record.is_own(&who.user) {
            return Err(Refusal::OwnReview);
        }
        // Each is kept, whoever's it is; what the first began is not begun again.
        if self.record.objections.len() >= MOST_OBJECTIONS {
            return Err(Refusal::Full);
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
        let notice = referral_of(self.rules, &self.record).ok_or(Refusal::NotAsked)?;
        self.as_holder(who, &notice.to)?;
        if self.record.is_own(&who.user) {
            return Err(Refusal::OwnReview);
        }
        if self.record.referral.is_some() {
            return Err(Refusal::DoneAlready);
        }
        let texts = vec![(Field::Response, response)];
        self.add_with(Fact::ReferralAnswered { means }, texts);
        Ok(())
    }

    fn take_part(&mut self, attends: bool, views: Option<Text>) -> Result<(), Refusal> {
        if self.record.part.is_some() {
            return Err(Refusal::DoneAlready);
        }
        let panel =
            (self.record.referral.as_ref()).is_some_and(|referral| referral.means == Means::Panel);
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
        let fallen = clocks(self.rules, &self.record)
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
        tasks(self.rules, &self.record)
            .into_iter()
            .filter(|task| !task.only_if)
            .filter(|task| moment(self.rules, &self.record, task).is_some_and(|at| at <= self.now))
            .map(|task| task.id)
            .collect()
    }
}

/// Whether something still waits, for whoever draws its button.
#[must_use]
pub fn waits_for(rules: &Rules<'_>, review: &Review, of: Waits) -> bool {
    waits(rules, review).iter().any(|(waits, _)| *waits == of)
}
