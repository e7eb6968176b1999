//! The one function that says what follows: `decide(rules, list, who, what, now)`.

use chrono::{DateTime, NaiveDate, Utc};

use super::clocks::{ClockKind, Moment, asked_at, clocks, late_at, reminded_at};
use super::command::{Command, Refusal};
use super::due::{Stage, Task, may_be_skipped, task_of, tasks};
use super::event::{Fact, Field, Happened};
use super::readers::has_officer;
use super::state::TaskList;
use crate::concern::{Actor, FieldFault, Rules, Standing, Who};
use crate::ids::{RaiserRole, TaskKey, Text, UserId};
use crate::protocol::{IRO_MANAGER, Keeps, TaskOccasion};

/// What follows: the new facts in order, and the list as they leave it.
pub type Decision = crate::record::Decision<TaskList>;
/// A new fact with the texts that stand beside it.
pub type New = crate::record::NewOf<TaskList>;
/// A decision in the making.
pub(super) type Deciding<'r> = crate::record::Deciding<'r, TaskList>;

/// Decides what follows from a command. Pure: the same arguments give the same answer.
///
/// `standing` is who asks; `None` is the program itself, for a clock that fell or something recorded elsewhere.
///
/// # Errors
/// A refusal, which changes nothing and is said to the person alone.
pub fn decide(
    rules: &Rules<'_>,
    list: &TaskList,
    standing: Option<&Standing>,
    command: Command,
    now: DateTime<Utc>,
) -> Result<Decision, Refusal> {
    let mut deciding = Deciding::over(rules, list.clone(), standing, now);
    match (standing, command) {
        (Some(who), command) => deciding.asked_by(who, command)?,
        (None, Command::ClockFell { key }) => deciding.clock_fell(&key),
        (None, command) => deciding.by_itself(command)?,
    }
    deciding.close_if_over();
    Ok(deciding.done())
}

impl<'r> Deciding<'r> {
    /// Closes the list of proceedings that have ended once nothing is left.
    pub(super) fn close_if_over(&mut self) {
        let over = self.record.opened.keeps == Keeps::Proceedings && self.record.has_ended();
        let left = |deciding: &Self| {
            let all = tasks(deciding.rules, &deciding.record);
            all.iter().any(|task| task.running_since().is_some())
        };
        if over && self.record.is_open() && !left(self) {
            self.actor = Actor::Lodestar;
            self.on_behalf_of = None;
            self.add(Fact::ListClosed);
        }
    }

    fn asked_by(&mut self, who: &Standing, command: Command) -> Result<(), Refusal> {
        match command {
            Command::Done { task, on, note } => self.task_done(who, &task, on, note),
            Command::NotNeeded { task, reason } => self.not_needed(who, &task, reason),
            Command::GuardianAppointed => self.guardian_appointed(who),
            Command::ProceedingsEnded { looked_after } => self.proceedings_ended(who, looked_after),
            Command::Handover { to, raiser_role } => self.hand_over(who, to, raiser_role.as_ref()),
            // The others are the program's.
            Command::Came(_)
            | Command::Close
            | Command::OfficerIs(_)
            | Command::Renew { .. }
            | Command::ClockFell { .. } => Err(Refusal::NotAsked),
        }
    }

    fn by_itself(&mut self, command: Command) -> Result<(), Refusal> {
        if !self.record.is_open() {
            return Ok(());
        }
        match command {
            Command::Came(happened) => self.came(happened),
            Command::Close => self.add(Fact::ListClosed),
            Command::OfficerIs(to) if to != self.record.officer => {
                self.add(Fact::OfficerChanged { to });
                if self.of_proceedings().is_ok() {
                    self.today(TaskOccasion::AnotherOfficer);
                }
            }
            Command::Renew { protocol_hash } if protocol_hash != self.record.protocol_hash => {
                self.add(Fact::ProtocolRenewed { protocol_hash });
            }
            Command::OfficerIs(_) | Command::Renew { .. } => {}
            _ => return Err(Refusal::NotYours { who: Who::Raiser }),
        }
        Ok(())
    }

    /// An occasion that is recorded elsewhere: the same review or step only once.
    fn came(&mut self, happened: Happened) {
        let moves = happened.what == TaskOccasion::ConcernMoves;
        let known = self.record.came.iter();
        let mut known = known.filter(|came| came.happened.what == happened.what);
        let twice = !moves
            && known.any(|came| {
                (came.happened.review, came.happened.concern) == (happened.review, happened.concern)
            });
        let over = self.record.has_ended();
        if !twice && !over {
            self.add(Fact::OccasionCame(happened));
        }
    }

    /// Whether somebody acts as the officer: themselves, their cover, or the manager of the IRO service. What belongs to the protocol
    /// or to a team is no officer's.
    fn is_officer(&self, who: &Standing) -> bool {
        let officer = who.user == self.record.officer || who.covers_raiser;
        officer && has_officer(&self.record) || who.is_iro_manager()
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

    /// Takes who asks for a task's owner, or says who may. The officer may tell of a role's task in their own list: they see what
    /// comes of it, and its owner may not be in the workspace at all.
    fn as_owner(&mut self, who: &Standing, task: &Task<'_>) -> Result<(), Refusal> {
        let Some(role) = &task.rule.owner else {
            return self.as_officer(who);
        };
        if who.holds(role) {
            self.on_behalf_of = who.holds_for([role]).cloned();
            return Ok(());
        }
        self.as_officer(who).map_err(|_| Refusal::NotYours {
            who: Who::Roles(vec![role.clone()]),
        })
    }

    // --- tasks ---

    fn task(&self, key: &TaskKey) -> Result<Task<'r>, Refusal> {
        let found = task_of(self.rules, &self.record, key);
        found.ok_or_else(|| match self.rules.protocol.task(key.rule()) {
            // It was asked again meanwhile, or what starts it never came.
            Some(_) => Refusal::OutOfDate,
            None => Refusal::NotAsked,
        })
    }

    fn still_to_do(task: &Task<'_>) -> Result<(), Refusal> {
        match task.stage {
            Stage::Running { .. } | Stage::Open => Ok(()),
            Stage::Waiting => Err(Refusal::NotYet),
            Stage::Done { .. } | Stage::NotNeeded { .. } | Stage::Ended { .. } => {
                Err(Refusal::DoneAlready)
            }
        }
    }

    fn task_done(
        &mut self,
        who: &Standing,
        key: &TaskKey,
        on: Option<NaiveDate>,
        note: Option<Text>,
    ) -> Result<(), Refusal> {
        // One that was asked again meanwhile, by a later occasion, is not open under its old name.
        if self.record.done.contains_key(key) {
            return Err(Refusal::DoneAlready);
        }
        let task = self.task(key)?;
        self.as_owner(who, &task)?;
        Self::still_to_do(&task)?;
        let today = self.rules.day(self.now);
        if on.is_some_and(|on| on > today) {
            return Err(field("on", FieldFault::Future));
        }
        if task.rule.note.is_some() && note.is_none() {
            return Err(field("note", FieldFault::Missing));
        }
        let on = task.comes_round().map(|_| on.unwrap_or(today));
        let late = match (on, task.due) {
            (Some(on), Some(due)) => on > due.date,
            (None, Some(due)) => self.now >= crate::concern::rules::just_after(due.at),
            (_, None) => false,
        };
        let texts = note.filter(|_| task.rule.note.is_some());
        let texts = texts.into_iter().map(|note| (Field::Note, note)).collect();
        let task = key.clone();
        self.add_with(Fact::TaskDone { task, on, late }, texts);
        Ok(())
    }

    fn not_needed(&mut self, who: &Standing, key: &TaskKey, reason: Text) -> Result<(), Refusal> {
        let task = self.task(key)?;
        self.as_owner(who, &task)?;
        Self::still_to_do(&task)?;
        if !may_be_skipped(&self.record, &task) {
            return Err(Refusal::NotSkipped);
        }
        let task = key.clone();
        let texts = vec![(Field::Reason, reason)];
        self.add_with(Fact::TaskNotNeeded { task }, texts);
        Ok(())
    }

    // --- proceedings ---

    fn of_proceedings(&self) -> Result<(), Refusal> {
        if self.record.opened.keeps != Keeps::Proceedings {
            return Err(Refusal::NotAsked);
        }
        if self.record.has_ended() {
            return Err(Refusal::DoneAlready);
        }
        Ok(())
    }

    fn guardian_appointed(&mut self, who: &Standing) -> Result<(), Refusal> {
        self.as_officer(who)?;
        self.of_proceedings()?;
        if self.record.last(TaskOccasion::GuardianAppointed).is_some() {
            return Err(Refusal::DoneAlready);
        }
        self.today(TaskOccasion::GuardianAppointed);
        Ok(())
    }

    fn proceedings_ended(&mut self, who: &Standing, looked_after: bool) -> Result<(), Refusal> {
        self.as_officer(who)?;
        self.of_proceedings()?;
        self.today(TaskOccasion::ProceedingsEnded);
        if looked_after {
            self.today(TaskOccasion::StaysLookedAfter);
        }
        Ok(())
    }

    pub(super) fn today(&mut self, what: TaskOccasion) {
        let today = self.rules.day(self.now);
        self.add(Fact::OccasionCame(Happened::on(what, today)));
    }

    fn hand_over(
        &mut self,
        who: &Standing,
        to: UserId,
        raiser_role: Option<&RaiserRole>,
    ) -> Result<(), Refusal> {
        self.as_officer(who)?;
        self.of_proceedings()?;
        if to == self.record.officer {
            return Err(field("to", FieldFault::AlreadyTheirs));
        }
        if to == who.user && who.acts_by_cover_alone(&self.record.officer) {
            return Err(field("to", FieldFault::ForACover));
        }
        if raiser_role.is_none() {
            return Err(field("to", FieldFault::NotARaiser));
        }
        self.add(Fact::OfficerChanged { to });
        self.today(TaskOccasion::AnotherOfficer);
        Ok(())
    }

    // --- clocks ---

    fn clock_fell(&mut self, key: &str) {
        let fallen = clocks(self.rules, &self.record)
            .into_iter()
            .find(|clock| clock.key == key && clock.at <= self.now);
        let Some(fallen) = fallen else { return };
        let fact = match fallen.kind {
            ClockKind::Remind => Fact::TasksDue {
                tasks: self.those(reminded_at),
            },
            ClockKind::Late => Fact::TasksLate {
                tasks: self.those(late_at),
            },
            ClockKind::Ask => Fact::AskedAgain {
                tasks: self.those(asked_at),
            },
            ClockKind::LookAgain => Fact::LookedAgain,
        };
        self.add(fact);
    }

    /// The tasks whose moment has come.
    fn those(&self, moment: Moment) -> Vec<TaskKey> {
        tasks(self.rules, &self.record)
            .into_iter()
            .filter(|task| moment(self.rules, &self.record, task).is_some_and(|at| at <= self.now))
            .map(|task| task.key)
            .collect()
    }
}

/// Who manages the IRO service, for whoever says who else may.
#[must_use]
pub fn iro_manager() -> crate::ids::RoleId {
    crate::ids::RoleId::from(IRO_MANAGER)
}

fn field(block: &'static str, fault: FieldFault) -> Refusal {
    Refusal::Field { block, fault }
}
