//! Which messages follow from which facts, to whom. Pure: words are in `messages/`, delivery is the courier's.
//!
//! A message is never rendered here. It is queued as what it is about, and rendered when it is sent from the record as it then
//! stands, so that what has gone stale is dropped ([`still_wanted`]). Every *standing* message (card, receipt, copy,
//! gate, alert, notice) is edited in place whenever rendering it anew gives something else.

mod follows;
pub mod notice;
mod occasion;
mod recipients;
pub mod review;
pub mod tasks;
mod wanted;

pub use follows::follows;
pub use occasion::Occasion;
pub use recipients::{present_answerers, present_gate};
pub use wanted::still_wanted;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::ids::{ConcernId, RoleId, TeamId, UserId};

/// A message that is meant to be sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mail<M = Matter> {
    /// What it is about.
    pub matter: M,
    /// To whom it goes.
    pub to: To,
}

/// What a message is about: enough, with the record, to render it at any time.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Matter {
    /// The occasion.
    pub occasion: Occasion,
    /// The visit it is about.
    pub visit: u32,
    /// Another concern it speaks of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub other: Option<ConcernId>,
}

/// Who gets a message.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum To {
    /// The holders of a role for the concern's team, or who stands in for a vacant one.
    Role(RoleId),
    /// This child's own addressee, in place of the role's holder.
    Own {
        /// The role.
        role: RoleId,
        /// The person.
        user: UserId,
    },
    /// The raiser; of a review, the officer who recorded it.
    Raiser,
    /// A person.
    Person(UserId),
    /// Who covers for somebody it is meant for.
    Cover {
        /// The one who covers.
        by: UserId,
        /// The one who is away.
        absent: UserId,
        /// What they would get it as.
        to: Box<To>,
    },
}

/// What a queued message holds: what it is about, never its words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Content {
    /// One concern.
    Concern(Matter),
    /// One review.
    Review(review::Matter),
    /// One notice.
    Notice(notice::Matter),
    /// One list of tasks.
    Tasks(tasks::Matter),
    /// The alerts to one person within an hour.
    Alerts {
        /// The first of them, as many as are kept.
        items: Vec<Item>,
        /// How many came after those: counted, so that a thousand alerts in one second stay one small message.
        more: usize,
    },
    /// A team's digest.
    Digest {
        /// The team.
        team: TeamId,
        /// The council-local day it is for.
        date: NaiveDate,
    },
    /// Something an operator should know: a bad edit of the council's file, a calendar that ends soon.
    Operator {
        /// Which words, in `messages/operator/`.
        words: String,
        /// What they are filled with. No concern text.
        facts: serde_json::Value,
    },
}

impl Content {
    /// Whether it is brought up to date once it is posted: what has buttons to use up, or says how something stands. What was only
    /// told once stays as it was said.
    #[must_use]
    pub fn is_kept_up(&self) -> bool {
        match self {
            Self::Concern(matter) => matter.occasion.is_kept_up(),
            Self::Review(matter) => matter.occasion.is_kept_up(),
            Self::Notice(matter) => matter.occasion.is_kept_up(),
            Self::Tasks(matter) => matter.occasion.is_kept_up(),
            // More may join those that went within the hour.
            Self::Alerts { .. } | Self::Digest { .. } | Self::Operator { .. } => true,
        }
    }
}

/// One alert of several.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Item {
    /// The concern.
    pub concern: ConcernId,
    /// What about it.
    pub matter: Matter,
}

/// The kinds of message, as the metadata names them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// An addressee's.
    Card,
    /// The raiser's.
    Receipt,
    /// For information.
    Copy,
    /// A gate's holder's, or the raiser's own judgement.
    Gate,
    /// A reminder.
    Reminder,
    /// An alert that something waits.
    Alert,
    /// A team's daily digest.
    Digest,
    /// Something to know.
    Notice,
}

impl Kind {
    /// Its name in message metadata.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Card => "card",
            Self::Receipt => "receipt",
            Self::Copy => "copy",
            Self::Gate => "gate",
            Self::Reminder => "reminder",
            Self::Alert => "alert",
            Self::Digest => "digest",
            Self::Notice => "notice",
        }
    }

    /// Which goes first when several wait: 0 before 1. Cards and gates move a concern; the rest can wait a moment.
    #[must_use]
    pub fn priority(self) -> u8 {
        match self {
            Self::Card | Self::Gate => 0,
            Self::Receipt | Self::Alert => 1,
            Self::Reminder => 2,
            Self::Notice => 3,
            Self::Copy => 4,
            Self::Digest => 5,
        }
    }
}
