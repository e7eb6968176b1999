//! Lodestar: the dispute resolution protocols of Independent Reviewing Officers, run in Slack.

pub mod access;
pub mod app;
pub mod calendar;
pub mod cli;
pub mod clock;
pub mod concern;
pub mod config;
pub mod courier;
pub mod demo;
pub mod desk;
pub mod digest;
pub mod directory;
pub mod identifiers;
pub mod ids;
pub mod mail;
pub mod messages;
pub mod metrics;
pub mod protocol;
pub mod readiness;
pub mod seal;
pub mod slack;
pub mod store;
pub mod timekeeper;
