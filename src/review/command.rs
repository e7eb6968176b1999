//! What people and machines ask of a review, and how they are refused.

use std::collections::BTreeSet;

use chrono::{DateTime, NaiveDate, Utc};

use super::event::Means;
use crate::concern::{FieldFault, Who};
use crate::ids::{ClockId, ConcernId, RaiserRole, RoleId, Text, UserId};

/// What is asked of a review.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// The owner has done a task.
    Done {
        /// Which.
        clock: ClockId,
        /// On which day, where they say so; else it is done now.
        on: Option<NaiveDate>,
    },
    /// The clock's owner objects to a decision.
    Object {
        /// The clock.
        clock: ClockId,
        /// What they object to, and why.
        objection: Text,
    },
    /// The officer records what became of the objection.
    Settle {
        /// Whether the decisions were changed.
        changed: bool,
        /// What became of it.
        outcome: Text,
    },
    /// The manager says what becomes of the referral.
    AnswerReferral {
        /// How it is dealt with.
        means: Means,
        /// In their words.
        response: Text,
    },
    /// The officer attends the panel, or sends views.
    TakePart {
        /// Whether they attend.
        attends: bool,
        /// Their views, where they do not.
        views: Option<Text>,
    },
    /// The midway oversight is on the child's record.
    NoteMidway,
    /// Another reviewing officer has the case.
    Handover {
        /// Who.
        to: UserId,
        /// The role in which they could have recorded it; `None` where they could not.
        raiser_role: Option<RaiserRole>,
        /// What else they hold for its team.
        roles: BTreeSet<RoleId>,
    },
    /// A concern was raised from it.
    ConcernRaised {
        /// Which.
        concern: ConcernId,
    },
    /// The messaging platform took a notice.
    Delivered {
        /// The clock it is about.
        clock: ClockId,
        /// When.
        at: DateTime<Utc>,
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
        /// Who may; the raiser is the officer who recorded it.
        who: Who,
    },
    /// They recorded it themselves.
    #[error("it is their own review")]
    OwnReview,
    /// It was done already.
    #[error("done already")]
    DoneAlready,
    /// It holds as many objections as one review may.
    #[error("too many objections")]
    Full,
    /// Its turn has not come: what starts it is not done.
    #[error("not yet")]
    NotYet,
    /// The protocol does not ask for this.
    #[error("not asked")]
    NotAsked,
    /// What was typed in a field cannot be.
    #[error("the field {block} cannot be taken: {fault:?}")]
    Field {
        /// The field, by its block id.
        block: &'static str,
        /// What is wrong with it.
        fault: FieldFault,
    },
}
