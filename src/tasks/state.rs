//! A list of tasks as it stands: its facts folded together.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use super::event::{Fact, Happened, Opened, Recorded};
use crate::concern::Actor;
use crate::ids::{TaskKey, TaskListId, UserId};
use crate::protocol::TaskOccasion;

/// A list of tasks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TaskList {
    /// Its reference.
    pub id: TaskListId,
    /// What it was opened with.
    pub opened: Opened,
    /// When.
    pub opened_at: DateTime<Utc>,
    /// Whose case or concern it is now.
    pub officer: UserId,
    /// The version of the protocol it follows.
    pub protocol_hash: String,
    /// The occasions that came, the earliest first.
    pub came: Vec<Came>,
    /// The tasks that are done.
    pub done: BTreeMap<TaskKey, Done>,
    /// The tasks that are not needed, and since when.
    pub not_needed: BTreeMap<TaskKey, DateTime<Utc>>,
    /// When the owners of each were reminded on its day.
    pub reminded: BTreeMap<TaskKey, DateTime<Utc>>,
    /// How often reminders went.
    pub reminders: u32,
    /// When each was last found late, and how often.
    pub late: BTreeMap<TaskKey, (u32, DateTime<Utc>)>,
    /// How often tasks were found late.
    pub late_notes: u32,
    /// When the owners of each without a time were last asked again, and how often.
    pub asked: BTreeMap<TaskKey, (u32, DateTime<Utc>)>,
    /// How often owners were asked again.
    pub askings: u32,
    /// How often the officer was asked whether it still goes on.
    pub looks: u32,
    /// When nothing more was asked.
    pub closed: Option<DateTime<Utc>>,
    /// How many facts are folded in.
    pub seq: i64,
    /// When the last fact was recorded.
    pub changed_at: DateTime<Utc>,
}

/// An occasion that came, and when it was recorded.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Came {
    /// What.
    #[serde(flatten)]
    pub happened: Happened,
    /// When it was recorded.
    pub at: DateTime<Utc>,
}

/// A task that is done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Done {
    /// When it was told.
    pub at: DateTime<Utc>,
    /// Who told.
    pub by: UserId,
    /// The day it was done on, where that was asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on: Option<NaiveDate>,
    /// Whether it came after its day.
    pub late: bool,
}

impl TaskList {
    /// A list from its first fact; `None` where that is not its opening.
    #[must_use]
    pub fn begin(id: TaskListId, first: &Recorded) -> Option<Self> {
        let Fact::ListOpened(opened) = &first.fact else {
            return None;
        };
        Some(Self {
            id,
            opened: (**opened).clone(),
            opened_at: first.at,
            officer: opened.officer.clone(),
            protocol_hash: opened.protocol_hash.clone(),
            came: Vec::new(),
            done: BTreeMap::new(),
            not_needed: BTreeMap::new(),
            reminded: BTreeMap::new(),
            reminders: 0,
            late: BTreeMap::new(),
            late_notes: 0,
            asked: BTreeMap::new(),
            askings: 0,
            looks: 0,
            closed: None,
            seq: first.seq,
            changed_at: first.at,
        })
    }

    /// Folds a fact in.
    pub fn apply(&mut self, recorded: &Recorded) {
        let at = recorded.at;
        let by = || match &recorded.actor {
            Actor::Person(user) => user.clone(),
            Actor::Lodestar => self.officer.clone(),
        };
        match &recorded.fact {
            // Only ever the first.
            Fact::ListOpened(_) => {}
            Fact::OccasionCame(happened) => self.came.push(Came {
                happened: happened.clone(),
                at,
            }),
            Fact::TaskDone { task, on, late } => {
                let (by, on, late) = (by(), *on, *late);
                self.done.insert(task.clone(), Done { at, by, on, late });
            }
            Fact::TaskNotNeeded { task } => {
                self.not_needed.insert(task.clone(), at);
            }
            Fact::TasksDue { tasks } => {
                for task in tasks {
                    self.reminded.insert(task.clone(), at);
                }
                self.reminders += 1;
            }
            Fact::TasksLate { tasks } => {
                told_again(&mut self.late, tasks, at);
                self.late_notes += 1;
            }
            Fact::AskedAgain { tasks } => {
                told_again(&mut self.asked, tasks, at);
                self.askings += 1;
            }
            Fact::LookedAgain => self.looks += 1,
            Fact::OfficerChanged { to } => self.officer = to.clone(),
            Fact::ProtocolRenewed { protocol_hash } => {
                self.protocol_hash.clone_from(protocol_hash);
            }
            Fact::ListClosed => self.closed = Some(at),
        }
        self.seq = recorded.seq;
        self.changed_at = at;
    }

    /// Whether anything more is asked.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.closed.is_none()
    }

    /// The last time an occasion came.
    #[must_use]
    pub fn last(&self, what: TaskOccasion) -> Option<&Came> {
        let mut came = self.came.iter().rev();
        came.find(|came| came.happened.what == what)
    }

    /// Whether the proceedings it is kept for have ended.
    #[must_use]
    pub fn has_ended(&self) -> bool {
        self.last(TaskOccasion::ProceedingsEnded).is_some()
    }
}

fn told_again(
    told: &mut BTreeMap<TaskKey, (u32, DateTime<Utc>)>,
    tasks: &[TaskKey],
    at: DateTime<Utc>,
) {
    for task in tasks {
        let times = told.get(task).map_or(0, |(times, _)| *times);
        told.insert(task.clone(), (times + 1, at));
    }
}
