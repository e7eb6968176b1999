//! What a council's form for a review asks beside the rating and the matters of concern.

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
