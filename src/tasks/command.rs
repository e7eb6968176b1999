//! What people and machines ask of a list of tasks, and how they are refused.

use chrono::NaiveDate;

use super::event::Happened;
use crate::concern::{FieldFault, Who};
use crate::ids::{RaiserRole, TaskKey, Text, UserId};

/// What is asked of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// A task was done.
    Done {
        /// Which.
        task: TaskKey,
        /// The day it was done on, for what comes round; today where that is not said.
        on: Option<NaiveDate>,
        /// What was asked to be written down.
        note: Option<Text>,
    },
    /// A task is not needed.
    NotNeeded {
        /// Which.
        task: TaskKey,
        /// Why.
        reason: Text,
    },
    /// The children's guardian is appointed.
    GuardianAppointed,
    /// The proceedings ended.
    ProceedingsEnded {
        /// Whether the child stays looked after.
        looked_after: bool,
    },
    /// Another reviewing officer has the case.
    Handover {
        /// Who.
        to: UserId,
        /// The role in which they could have raised; `None` where they could not.
        raiser_role: Option<RaiserRole>,
    },
    /// An occasion came, by what was recorded elsewhere.
    Came(Happened),
    /// The concern it belongs to is closed, or the protocol is no longer used.
    Close,
    /// The concern it belongs to was handed over.
    OfficerIs(UserId),
    /// The protocol has a new version.
    Renew {
        /// The hash of its text.
        protocol_hash: String,
    },
    /// A clock fell due.
    ClockFell {
        /// Its key.
        key: String,
    },
}

/// Why a command changes nothing.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Somebody else may do this.
    #[error("not theirs to do")]
    NotYours {
        /// Who may; the raiser is the officer.
        who: Who,
    },
    /// It was done already, or ended otherwise.
    #[error("done already")]
    DoneAlready,
    /// It is asked otherwise by now.
    #[error("out of date")]
    OutOfDate,
    /// Its occasion has not come.
    #[error("not yet")]
    NotYet,
    /// The protocol does not ask for this.
    #[error("not asked")]
    NotAsked,
    /// The protocol does not let it be skipped.
    #[error("it may not be skipped")]
    NotSkipped,
    /// A list is open for this case already, and they may read it.
    #[error("{0} is open already")]
    OpenAlready(crate::ids::TaskListId),
    /// What was typed in a field cannot be.
    #[error("the field {block} cannot be taken: {fault:?}")]
    Field {
        /// The field, by its block id.
        block: &'static str,
        /// What is wrong with it.
        fault: FieldFault,
    },
}
