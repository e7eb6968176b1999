//! What happened to a list of tasks, one fact an event, in the past tense. A fact holds no free text: that is sealed beside it.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::ids::{CaseRef, ConcernId, ProtocolId, ReviewId, TaskKey, TeamId, UserId};
use crate::protocol::{Keeps, TaskOccasion};

/// A fact as it stands in the record.
pub type Recorded = crate::record::Recorded<Fact>;

/// The free texts that may stand beside a fact.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Field {
    /// What was asked to be written down: the summary of a discussion (`W-5.8`).
    Note,
    /// Why a task is not needed.
    Reason,
}

impl Field {
    /// Its stable name in the store.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Note => "note",
            Self::Reason => "reason",
        }
    }
}

impl From<Field> for &'static str {
    fn from(field: Field) -> Self {
        field.as_str()
    }
}

/// What a list was opened with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Opened {
    /// What it is kept for.
    pub keeps: Keeps,
    /// The team; for the protocol itself, the first that uses it.
    pub team: TeamId,
    /// The protocol.
    pub protocol: ProtocolId,
    /// The hash of the protocol's text as it then was.
    pub protocol_hash: String,
    /// The reviewing officer whose case or concern it is; of the others, who then managed the IRO service.
    pub officer: UserId,
    /// The case, where it is about one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub case_ref: Option<CaseRef>,
    /// The concern, where it is one's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub concern: Option<ConcernId>,
}

/// An occasion that came.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Happened {
    /// Which.
    pub what: TaskOccasion,
    /// The council-local day it came on.
    pub on: NaiveDate,
    /// The review it was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub review: Option<ReviewId>,
    /// The concern it was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub concern: Option<ConcernId>,
}

impl Happened {
    /// An occasion of a day and nothing more.
    #[must_use]
    pub fn on(what: TaskOccasion, on: NaiveDate) -> Self {
        Self {
            what,
            on,
            review: None,
            concern: None,
        }
    }
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Fact {
    /// The list was opened.
    ListOpened(Box<Opened>),
    /// An occasion came that may start tasks.
    OccasionCame(Happened),
    /// A task was done. With text `note` where one is asked.
    TaskDone {
        /// Which.
        task: TaskKey,
        /// The council-local day it was done on, where that is asked.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        on: Option<NaiveDate>,
        /// Whether it came after its day.
        late: bool,
    },
    /// A task is not needed. With text `reason`.
    TaskNotNeeded {
        /// Which.
        task: TaskKey,
    },
    /// Owners were reminded on the day.
    TasksDue {
        /// Which tasks.
        tasks: Vec<TaskKey>,
    },
    /// Tasks were found late, and their owners told.
    TasksLate {
        /// Which tasks.
        tasks: Vec<TaskKey>,
    },
    /// Owners were asked again about tasks without a time.
    AskedAgain {
        /// Which tasks.
        tasks: Vec<TaskKey>,
    },
    /// The officer was asked whether the proceedings still go on, since nothing else was left to do.
    LookedAgain,
    /// Another reviewing officer has the case.
    OfficerChanged {
        /// Who.
        to: UserId,
    },
    /// The protocol has a new version, which the list now follows.
    ProtocolRenewed {
        /// The hash of its text.
        protocol_hash: String,
    },
    /// Nothing more is asked: the concern is closed, the proceedings are over and all is done, or the protocol is no longer used.
    ListClosed,
}

/// The one task that a fact is about.
#[must_use]
pub fn about(fact: &Fact) -> Option<&TaskKey> {
    match fact {
        Fact::TaskDone { task, .. } | Fact::TaskNotNeeded { task } => Some(task),
        _ => None,
    }
}
