//! What the stories share.

pub(crate) mod heard;
pub(crate) mod log;
pub(crate) mod people;
pub(crate) mod world;

/// What every story's concern says; none of it may stand in a message, a log or the store's plain columns.
pub(crate) const ISSUE: &str = "The permanence plan has drifted since the marigold review.";
/// What it means for the child.
pub(crate) const IMPACT: &str = "The heliotrope placement cannot be planned for.";
/// What is asked.
pub(crate) const ACTION: &str = "Hold the cerulean planning meeting.";
/// An addressee's plan.
pub(crate) const PLAN: &str = "The vermilion meeting is booked.";
/// Why something is rejected, or decided so.
pub(crate) const RATIONALE: &str = "The viridian assessment says otherwise.";
/// An addressee's response.
pub(crate) const RESPONSE: &str = "The amaranth visits have begun again.";
/// A decision.
pub(crate) const DECISION: &str = "The ultramarine plan is to be followed.";
/// A reason for anything.
pub(crate) const REASON: &str = "The periwinkle report is awaited.";
/// Words of those texts that occur nowhere else.
pub(crate) const SECRETS: [&str; 8] = [
    "marigold",
    "heliotrope",
    "cerulean",
    "vermilion",
    "viridian",
    "amaranth",
    "ultramarine",
    "periwinkle",
];
