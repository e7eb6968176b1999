//! The pure core from outside: whole stories with exact dates, and what holds whatever people do.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a story that cannot be told has failed"
)]

#[path = "concern/kit.rs"]
mod kit;

#[path = "concern/answers.rs"]
mod answers;
#[path = "concern/calls.rs"]
mod calls;
#[path = "concern/caps.rs"]
mod caps;
#[path = "concern/clocks.rs"]
mod clocks;
#[path = "concern/copies.rs"]
mod copies;
#[path = "concern/councils.rs"]
mod councils;
#[path = "concern/follow.rs"]
mod follow;
#[path = "concern/gates.rs"]
mod gates;
#[path = "concern/inputs.rs"]
mod inputs;
#[path = "concern/ladders.rs"]
mod ladders;
#[path = "concern/meetings.rs"]
mod meetings;
#[path = "concern/notes.rs"]
mod notes;
#[path = "concern/outside.rs"]
mod outside;
#[path = "concern/partners.rs"]
mod partners;
#[path = "concern/people.rs"]
mod people;
#[path = "concern/properties.rs"]
mod properties;
#[path = "concern/ratings.rs"]
mod ratings;
#[path = "concern/redirects.rs"]
mod redirects;
#[path = "concern/subjects.rs"]
mod subjects;
#[path = "concern/themes.rs"]
mod themes;
#[path = "concern/transfers.rs"]
mod transfers;
