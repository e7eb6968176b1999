//! What happened to a review, one fact an event, in the past tense. A fact holds no free text: that is sealed beside it.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use crate::concern::event::Rag;
use crate::ids::{CaseRef, ClockId, ConcernId, ProtocolId, RaiserRole, TeamId, UserId};
use crate::protocol::{MOST_REVIEW_FIELDS, Sitting};

/// A fact as it stands in the record.
pub type Recorded = crate::record::Recorded<Fact>;

/// The free texts that may stand beside a fact.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Field {
    /// The matters of concern that came up (`W-2.3`).
    Concerns,
    /// Who else attended, outside the workspace (`B-3.1.d`).
    Others,
    /// The objection to a decision (`B-3.1.d`).
    Objection,
    /// What became of the objection.
    Outcome,
    /// What the manager says of a referral (`W-2.5`).
    Response,
    /// The officer's views for a panel (`W-2.6`).
    Views,
    /// What a field of the protocol's form was filled in with, by its place there from 0 (`W-2.3`).
    Form(u8),
}

/// The names of the fields of the protocol's form in the store.
const FORM: [&str; MOST_REVIEW_FIELDS] = [
    "form_0", "form_1", "form_2", "form_3", "form_4", "form_5", "form_6", "form_7",
];

impl Field {
    /// Its stable name in the store.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Concerns => "concerns",
            Self::Others => "others",
            Self::Objection => "objection",
            Self::Outcome => "outcome",
            Self::Response => "response",
            Self::Views => "views",
            Self::Form(place) => FORM.get(usize::from(place)).copied().unwrap_or("form"),
        }
    }

    /// The field of that name in the store.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        let places = (0..).zip(FORM).map(|(place, _)| Self::Form(place));
        [
            Self::Concerns,
            Self::Others,
            Self::Objection,
            Self::Outcome,
            Self::Response,
            Self::Views,
        ]
        .into_iter()
        .chain(places)
        .find(|field| field.as_str() == name)
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
    /// Whether it was a review or a midway review.
    #[serde(default, skip_serializing_if = "is_a_review")]
    pub sitting: Sitting,
    /// The day of the review, council-local.
    pub review_date: NaiveDate,
    /// The judgement on progress, where the protocol asks for one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rag: Option<Rag>,
    /// Who attended beside the officer, as far as they are in the workspace.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub attendees: Vec<UserId>,
    /// Whether others attended, outside the workspace.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub others: bool,
    /// The standing criteria that are met, by their places in the protocol's list, from 0 (`W-2.4`).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub criteria: Vec<u32>,
    /// Whether matters of concern were written down.
    #[serde(default)]
    pub concerns: bool,
    /// The fields of the protocol's form that were filled in, by their ids, and how (`W-2.3`).
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub form: BTreeMap<String, Filled>,
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde hands a reference to what it asks whether to skip"
)]
fn is_a_review(sitting: &Sitting) -> bool {
    *sitting == Sitting::Review
}

/// How a field of the protocol's form was filled in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Filled {
    /// With words, which are sealed.
    Written,
    /// With yes.
    Yes,
    /// With no.
    No,
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
        /// The day on which it was done, where whoever told of it said; else the moment it was told.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        on: Option<NaiveDate>,
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
    /// Another reviewing officer has it (`B-3.b`).
    OfficerChanged {
        /// Who.
        to: UserId,
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
