//! What the stories share.

pub mod people;
pub mod world;

/// What every story's concern says; none of it may stand in a message, a log or the store's plain columns.
pub const ISSUE: &str = "The permanence plan has drifted since the marigold review.";
/// What it means for the child.
pub const IMPACT: &str = "The heliotrope placement cannot be planned for.";
/// What is asked.
pub const ACTION: &str = "Hold the cerulean planning meeting.";
/// Words of those texts that occur nowhere else.
pub const SECRETS: [&str; 3] = ["marigold", "heliotrope", "cerulean"];
