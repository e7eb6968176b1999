//! What an open record waits for, of whom, since when and by when: what lists, homes and digests show of every sort alike.

use chrono::{DateTime, Utc};

use crate::calendar::Due;
use crate::concern::Standing;
use crate::ids::{RoleId, UserId};

/// Something that an open record waits for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Waiting {
    /// What is asked.
    pub asks: Asks,
    /// Of whom.
    pub whom: Whom,
    /// Since when.
    pub since: DateTime<Utc>,
    /// By when, where there is a time.
    pub due: Option<Due>,
    /// Whether it comes round by the calendar: its day may be a year away or past.
    pub comes_round: bool,
    /// Whether it is past its day; of what has no time of its own, whether somebody was reminded of it.
    pub overdue: bool,
}

/// What is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Asks {
    /// A task, by its name in the protocol.
    Task(String),
    /// Nothing is to be done, but silence has an end: the window's name in the protocol.
    Silence(String),
    /// What became of an objection (`B-3.1.d`).
    Settlement,
    /// A panel or other means (`W-2.5`).
    Referral,
    /// The officer's part in the panel (`W-2.6`).
    PanelPart,
    /// That it was seen (`B-3.2.b`).
    Seen,
    /// Whether a review is needed (`B-App5` 11).
    Judgement,
    /// What came of it (`B-3.2.c`).
    Outcome,
    /// That it is closed.
    Closing,
    /// Nothing now: it goes on.
    Nothing,
}

impl Asks {
    /// Its stable name, as templates tell it apart.
    #[must_use]
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Task(_) => "task",
            Self::Silence(_) => "silence",
            Self::Settlement => "settlement",
            Self::Referral => "referral",
            Self::PanelPart => "panel_part",
            Self::Seen => "seen",
            Self::Judgement => "judgement",
            Self::Outcome => "outcome",
            Self::Closing => "closing",
            Self::Nothing => "nothing",
        }
    }

    /// The protocol's own name for it; empty where it has none.
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            Self::Task(name) | Self::Silence(name) => name,
            _ => "",
        }
    }
}

/// Of whom something is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Whom {
    /// The one whose record it is: the officer of a review or a list, the sender of a notice.
    Its,
    /// The holders of any of these roles.
    Roles(Vec<RoleId>),
    /// The same, but not the one whose record it is.
    Others(Vec<RoleId>),
    /// A person who is named in it.
    Person(UserId),
    /// Nobody.
    Nobody,
}

impl Whom {
    /// The roles, where it is roles.
    #[must_use]
    pub fn roles(&self) -> &[RoleId] {
        match self {
            Self::Roles(roles) | Self::Others(roles) => roles,
            Self::Its | Self::Person(_) | Self::Nobody => &[],
        }
    }
}

impl Waiting {
    /// Whether it waits for somebody, cover counted in. `whose` is the one whose record it is.
    #[must_use]
    pub fn is_for(&self, whose: &UserId, who: &Standing) -> bool {
        match &self.whom {
            Whom::Its => who.user == *whose || who.covers_raiser,
            Whom::Roles(roles) => roles.iter().any(|role| who.holds(role)),
            Whom::Others(roles) => who.user != *whose && roles.iter().any(|role| who.holds(role)),
            Whom::Person(user) => who.acts_for(user),
            Whom::Nobody => false,
        }
    }

    /// When it is due; of what has no time, since when it waits.
    #[must_use]
    pub fn at(&self) -> DateTime<Utc> {
        self.due.map_or(self.since, |due| due.at)
    }
}
