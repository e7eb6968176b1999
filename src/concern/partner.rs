//! Those outside the line who were told of a concern: managers of another unit, another agency, another professional (`W-3.1.2`,
//! `M-partners`). They are tracked apart from the ladder: none of it moves a clock or stops one.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use super::event::Caution;
use crate::ids::UserId;

/// That somebody outside the line was told of a concern.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Informed {
    /// The visit at which it was recorded.
    pub visit: u32,
    /// Its number within the concern, from 1.
    pub number: u32,
    /// The id of the protocol's `[[partner]]`; absent where the protocol says nothing of any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub partner: Option<String>,
    /// Which of those that the protocol names; absent where it is another, whom the text beside it says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub named: Option<String>,
    /// Who is told by a message; absent where they were told by e-mail, outside the program.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub with: Option<UserId>,
    /// The council-local day on which they were told.
    pub on: NaiveDate,
    /// Whether they are invited to respond, or told for information.
    pub invited: bool,
    /// What the protocol would have had otherwise: told, never a bar.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub cautions: Vec<Caution>,
}

/// What came of an invitation to respond.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Replied {
    /// The visit at which it was recorded.
    pub visit: u32,
    /// The number of what it answers.
    pub number: u32,
    /// Whether they responded; else no response is expected any more.
    pub responded: bool,
    /// The council-local day of the response, or on which it was given up.
    pub on: NaiveDate,
}

/// Somebody who is copied by name, from then on (`W-3.1.3`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Copied {
    /// Who.
    pub user: UserId,
    /// Who named them.
    pub by: UserId,
    /// When.
    pub at: DateTime<Utc>,
}

/// Who was told of a concern outside its line, and what is asked about it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Partners {
    /// Everybody who was told, in order.
    pub told: Vec<Partner>,
    /// How often the raiser's side was asked about what is outstanding.
    pub asked: u32,
    /// When they last were.
    pub asked_at: Option<DateTime<Utc>>,
}

/// Somebody who was told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Partner {
    /// What is recorded of it.
    pub informed: Informed,
    /// Who recorded it.
    pub by: UserId,
    /// When.
    pub at: DateTime<Utc>,
    /// What came of the invitation.
    pub replied: Option<Replied>,
}

impl Partner {
    /// Whether they were invited to respond and nothing has come of it.
    #[must_use]
    pub fn is_outstanding(&self) -> bool {
        self.informed.invited && self.replied.is_none()
    }
}

impl Partners {
    /// Whether nobody was told.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.told.is_empty()
    }

    /// One by its number.
    #[must_use]
    pub fn numbered(&self, number: u32) -> Option<&Partner> {
        self.told.get((number as usize).checked_sub(1)?)
    }

    /// Those invited who have not responded.
    pub fn outstanding(&self) -> impl Iterator<Item = &Partner> {
        self.told.iter().filter(|told| told.is_outstanding())
    }

    pub(super) fn replied(&mut self, replied: &Replied) {
        let number = (replied.number as usize).checked_sub(1);
        if let Some(told) = number.and_then(|number| self.told.get_mut(number)) {
            told.replied = Some(replied.clone());
        }
    }

    pub(super) fn asked(&mut self, at: DateTime<Utc>) {
        self.asked += 1;
        self.asked_at = Some(at);
    }
}
