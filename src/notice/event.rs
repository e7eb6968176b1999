//! What happened to a notice, one fact an event, in the past tense. A fact holds no free text: that is sealed beside it.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::ids::{CaseRef, ConcernId, ProtocolId, RoleId, TeamId, UserId};

/// A fact as it stands in the record.
pub type Recorded = crate::record::Recorded<Fact>;

/// The sorts of notice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sort {
    /// A significant change in a child's life or plan, told to the reviewing officer (`B-3.2.b`).
    Change,
    /// Good practice, told to those who did it (`B-3.2.d`, `B-App5` 13).
    Praise,
    /// A general concern about a service (`B-3.2.c`).
    Service,
}

impl Sort {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Change, Self::Praise, Self::Service];

    /// Its stable name.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Change => "change",
            Self::Praise => "praise",
            Self::Service => "service",
        }
    }

    /// The occasion of the protocol's `[[notice]]`.
    #[must_use]
    pub fn when(self) -> &'static str {
        match self {
            Self::Change => "significant change",
            Self::Praise => "good practice",
            Self::Service => "general concern",
        }
    }
}

/// The free texts that may stand beside a fact.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Field {
    /// What is told.
    Details,
    /// Why a review is needed, or is not (`B-App5` 11).
    Reason,
    /// What came of a general concern.
    Outcome,
    /// Why it was closed.
    Closing,
}

impl Field {
    /// Its stable name in the store.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Details => "details",
            Self::Reason => "reason",
            Self::Outcome => "outcome",
            Self::Closing => "closing",
        }
    }
}

impl From<Field> for &'static str {
    fn from(field: Field) -> Self {
        field.as_str()
    }
}

/// What a notice was sent with, but for its words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sent {
    /// The sort.
    pub sort: Sort,
    /// The team.
    pub team: TeamId,
    /// The protocol.
    pub protocol: ProtocolId,
    /// The hash of the protocol's text as it then was: the notice stays with it.
    pub protocol_hash: String,
    /// The case, where it is about one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub case_ref: Option<CaseRef>,
    /// The day it happened on, council-local; of what has no day, the day it was sent.
    pub on: NaiveDate,
    /// What changed, by the places in the protocol's list, from 0.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub items: Vec<u32>,
    /// Whether something changed that the list does not have.
    #[serde(default)]
    pub other: bool,
    /// The category of the protocol it bears on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub category: Option<String>,
    /// The child's reviewing officer, who is told of a change.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub officer: Option<UserId>,
    /// The person whose practice it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub praised: Option<UserId>,
    /// The roles that are told.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub to: Vec<RoleId>,
}

/// Somebody a notice goes to.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Recipient {
    /// The child's reviewing officer.
    Officer,
    /// The person whose practice it is.
    Praised,
    /// A role.
    Role(RoleId),
}

impl Sent {
    /// Everybody it goes to.
    pub fn recipients(&self) -> impl Iterator<Item = Recipient> {
        let officer = self.officer.as_ref().map(|_| Recipient::Officer);
        let praised = self.praised.as_ref().map(|_| Recipient::Praised);
        let roles = self.to.iter().cloned().map(Recipient::Role);
        officer.into_iter().chain(praised).chain(roles)
    }
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Fact {
    /// It was sent. With text `details`.
    NoticeSent(Box<Sent>),
    /// It was seen.
    Seen {
        /// As whom.
        r#as: Vec<Recipient>,
    },
    /// The officer determined whether a review is needed. With text `reason`.
    ReviewJudged {
        /// Whether it is.
        needed: bool,
    },
    /// What came of it was recorded. With text `outcome`.
    OutcomeRecorded {
        /// As which roles.
        r#as: Vec<RoleId>,
    },
    /// Its sender closed it. With text `closing` where they said why.
    Closed,
    /// Another officer has the child's case: it is theirs to see and to judge (`B-3.b`).
    OfficerChanged {
        /// Who.
        to: UserId,
    },
    /// A concern was raised from it.
    ConcernRaised {
        /// Which.
        concern: ConcernId,
    },
    /// Whoever must act was reminded.
    Reminded {
        /// Of what.
        of: Waits,
    },
}

/// What an open notice waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Waits {
    /// That those it goes to have seen it.
    Seen,
    /// That the officer determines whether a review is needed.
    Judgement,
    /// That somebody records what came of it.
    Outcome,
    /// That its sender closes it.
    Closing,
}

impl Waits {
    /// Its stable name, in keys too.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Seen => "unseen",
            Self::Judgement => "judgement",
            Self::Outcome => "outcome",
            Self::Closing => "closing",
        }
    }
}
