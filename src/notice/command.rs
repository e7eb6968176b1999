//! What people and machines ask of a notice, and how they are refused.

use crate::concern::FieldFault;
use crate::ids::{ConcernId, RaiserRole, Text, UserId};

/// What is asked of a notice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// Somebody it went to has seen it.
    Seen,
    /// The officer determines whether a review is needed.
    Judge {
        /// Whether it is.
        needed: bool,
        /// Why.
        reason: Text,
    },
    /// Somebody it went to records what came of it.
    Record {
        /// What came of it.
        outcome: Text,
    },
    /// Its sender closes it.
    Close {
        /// Why; needed where no outcome is recorded.
        reason: Option<Text>,
    },
    /// Another reviewing officer has the case.
    Handover {
        /// Who.
        to: UserId,
        /// The role in which they could have been told; `None` where they could not.
        raiser_role: Option<RaiserRole>,
    },
    /// A concern was raised from it.
    ConcernRaised {
        /// Which.
        concern: ConcernId,
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
    /// Somebody else may do this: those it went to.
    #[error("not theirs: those it went to may")]
    ForRecipients,
    /// Somebody else may do this: the officer it went to, or the manager of the IRO service.
    #[error("not theirs: the officer may")]
    ForOfficer,
    /// Somebody else may do this: its sender.
    #[error("not theirs: its sender may")]
    ForSender,
    /// They sent it themselves.
    #[error("it is their own notice")]
    OwnNotice,
    /// It was done already.
    #[error("done already")]
    DoneAlready,
    /// Nothing of the kind is asked on this sort of notice.
    #[error("not asked")]
    NotAsked,
    /// Every role that would be told is the sender's own.
    #[error("it would go to its sender alone")]
    ToNobodyElse,
    /// What was typed in a field cannot be.
    #[error("the field {block} cannot be taken: {fault:?}")]
    Field {
        /// The field, by its block id.
        block: &'static str,
        /// What is wrong with it.
        fault: FieldFault,
    },
}
