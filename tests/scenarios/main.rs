//! Whole stories, told through the stand-in's real edges with a moved clock.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a story ends where something is missing"
)]

mod answers;
mod beside;
mod calls;
mod caps;
mod chairs;
mod copies;
mod cover;
mod edges;
mod follow;
mod gates;
mod handover;
mod home;
mod inputs;
mod ladders;
mod leavers;
mod managers;
mod manchester;
mod many;
mod meetings;
mod midway;
mod northmoor;
mod notes;
mod notices;
mod occasions;
mod outside;
mod partners;
mod people;
mod raiser;
mod readers;
mod redirects;
mod refusals;
mod reminders;
mod reviews;
mod sources;
mod subjects;
mod support;
mod tasks;
mod themes;
mod time;
mod transfers;
mod trouble;
