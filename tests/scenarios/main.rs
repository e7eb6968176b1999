//! Whole stories, told through the stand-in's real edges with a moved clock.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a story ends where something is missing"
)]

mod manchester;
mod support;
