//! What happened to a review, one fact an event, in the past tense. A fact holds no free text: that is sealed beside it.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use crate::concern::event::Rag;
use crate::ids::{CaseRef, ClockId, ConcernId, ProtocolId, RaiserRole, TeamId, UserId};

/// A fact as it stands in the record.
pub type Recorded = crate::record::Recorded<Fact>;

/// The free texts that may stand beside a fact.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Field {
    /// The matters of concern that came up (`W-2.3`).
    Concerns,
    /// The objection to a decision (`B-3.1.d`).
    Objection,
    /// What became of the objection.
    Outcome,
    /// What the manager says of a referral (`W-2.5`).
    Response,
    /// The officer's views for a panel (`W-2.6`).
    Views,
}

impl Field {
    /// Its stable name in the store.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Concerns => "concerns",
            Self::Objection => "objection",
            Self::Outcome => "outcome",
            Self::Response => "response",
            Self::Views => "views",
        }
    }
}

impl From<Field> for &'static str {
    fn from(field: Field) -> Self {
        field.as_str()
    }
}

/// What a review was recorded with: the monitoring form, but for its words (`W-2.3`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Held {
    /// The team whose case it is.
    pub team: TeamId,
    /// The protocol.
    pub protocol: ProtocolId,
    /// The hash of the protocol's text as it then was: the review stays with it.
    pub protocol_hash: String,
    /// The role in which it was recorded.
    pub raiser_role: RaiserRole,
    /// The case.
    pub case_ref: CaseRef,
    /// The day of the review, council-local.
    pub review_date: NaiveDate,
    /// The judgement on progress, where the protocol asks for one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rag: Option<Rag>,
    /// Who attended beside the officer, as far as they are in the workspace.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub attendees: Vec<UserId>,
    /// The standing criteria that are met, by their places in the protocol's list, from 0 (`W-2.4`).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub criteria: Vec<u32>,
    /// Whether matters of concern were written down.
    #[serde(default)]
    pub concerns: bool,
}

/// What becomes of a referral under a standing criterion (`W-2.5`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Means {
    /// A panel looks at it.
    Panel,
    /// It is dealt with otherwise.
    Other,
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Fact {
    /// It was held, and recorded. With text `concerns` where there were any.
    ReviewHeld(Box<Held>),
    /// A task was done.
    TaskDone {
        /// The clock.
        clock: ClockId,
        /// Whether it came after its day.
        late: bool,
    },
    /// The platform took the notice to the clock's owner: from this day they may object.
    NoticeReceived {
        /// The clock.
        clock: ClockId,
        /// When.
        at: DateTime<Utc>,
    },
    /// A decision was objected to. With text `objection`. A late one is kept and undoes nothing.
    Objected {
        /// The clock.
        clock: ClockId,
        /// Whether the window had ended.
        late: bool,
    },
    /// The window ended without an objection: accepted, no objection.
    DeemedAccepted {
        /// The clock.
        clock: ClockId,
    },
    /// The officer recorded what became of the objection. With text `outcome`.
    ObjectionSettled {
        /// Whether the decisions were changed.
        changed: bool,
    },
    /// Owners were reminded on the day.
    DueReminded {
        /// The clocks.
        clocks: Vec<ClockId>,
    },
    /// Tasks were found late, and their owners told.
    FoundLate {
        /// The clocks.
        clocks: Vec<ClockId>,
    },
    /// The officer was told that a notice is not delivered.
    NoticeNotDelivered {
        /// The clock.
        clock: ClockId,
    },
    /// Somebody was reminded of what has no clock of its own.
    Nudged {
        /// Of what.
        of: Waits,
    },
    /// The manager said what becomes of the referral. With text `response`.
    ReferralAnswered {
        /// How it is dealt with.
        means: Means,
    },
    /// The officer attends the panel, or sent views. With text `views` where they did.
    PanelPartTaken {
        /// Whether they attend.
        attends: bool,
    },
    /// The midway oversight was put on the child's record (`B-3.2.a`).
    MidwayNoted,
    /// A concern was raised from it.
    ConcernRaised {
        /// Which.
        concern: ConcernId,
    },
    /// Nothing was left to do.
    PaperworkDone,
}

/// What waits for somebody without a clock of the protocol's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Waits {
    /// The officer says what became of an objection.
    Settlement,
    /// The manager says what becomes of a referral.
    Referral,
    /// The officer says whether they attend the panel or send views.
    PanelPart,
}
