//! The dispatcher over the real edge: what people type, press and send in a stand-in workspace, and what they are told.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "in a test a panic is how a wrong step is told"
)]

mod acting;
mod raising;
mod refusing;
mod support;
mod typing;
