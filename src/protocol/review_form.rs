//! What a council's paper says of a review and of a midway review: what the form asks, what starts the clocks.

use serde::{Deserialize, Serialize};

/// The most fields of a review's form: more is not filled in between two reviews, and a view of Slack holds only so much.
pub const MOST_REVIEW_FIELDS: usize = 8;

/// A field of the form by which a review is recorded (`W-2.3`, `W-2.9`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReviewField {
    /// Its id, such as `planning`.
    pub id: String,
    /// What it asks, in words.
    pub name: String,
    /// What helps to fill it in.
    pub hint: Option<String>,
    /// How it is answered.
    pub asks: ReviewAsks,
    /// Where the source says so.
    pub clause: String,
}

/// How a field of a review's form is answered. None needs to be.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ReviewAsks {
    /// In words, which are sealed.
    #[default]
    Words,
    /// With yes or no.
    YesOrNo,
}

/// What was held: what a clock of a review may start at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sitting {
    /// A review.
    #[default]
    Review,
    /// A midway review, between two reviews (`B-5.1.a`).
    Midway,
}

/// What starts a clock of a review.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ReviewStart {
    /// That one of these was held.
    Held(Vec<Sitting>),
    /// That another clock's task was done; its id.
    After(String),
}

impl ReviewStart {
    /// The clock it comes after, where it does.
    #[must_use]
    pub fn after(&self) -> Option<&str> {
        match self {
            Self::After(id) => Some(id),
            Self::Held(_) => None,
        }
    }

    /// Whether it starts where this was held.
    #[must_use]
    pub fn is_at(&self, sitting: Sitting) -> bool {
        matches!(self, Self::Held(sittings) if sittings.contains(&sitting))
    }
}

/// The midway review that a paper has between two reviews: recorded as a review is, without its form (`B-3.2.a`, `B-5.1.a`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MidwayRule {
    /// What it is called, as in the middle of a sentence: `midpoint review`.
    pub name: String,
    /// Where the source says so.
    pub clause: String,
}
