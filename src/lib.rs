//! Lodestar: the dispute resolution protocols of Independent Reviewing Officers, run in Slack.

pub mod calendar;
pub mod cli;
pub mod clock;
pub mod ids;
pub mod seal;
pub mod store;
