//! Lodestar: the dispute resolution protocols of Independent Reviewing Officers, run in Slack.

pub mod clock;
pub mod ids;
