//! A notice: something somebody is told at once. A significant change, to the child's reviewing officer (`B-3.2.b`, `B-App2`); good
//! practice, to those who did it (`B-3.2.d`); a general concern about a service, to those who answer for it (`B-3.2.c`).
//!
//! A notice is kept as a review is: a list of [`event::Fact`]s, to which [`decide::decide`] adds. Whom it goes to and what it covers
//! is the protocol's `[[notice]]`; where that has none, [`rule::rule`] says what stands instead. **No open notice is without a live
//! clock**: whoever has not seen it is reminded, and then the manager of the IRO service is told. Good practice has no clock, since
//! nothing is asked of anybody.

pub mod clocks;
pub mod collation;
pub mod command;
pub mod decide;
pub mod event;
mod kept;
pub mod readers;
pub mod rule;
pub mod send;
pub mod state;

pub use command::{Command, Refusal};
pub use decide::{Decision, New, decide};
pub use event::{Fact, Field, Recipient, Recorded, Sent, Sort, Waits};
pub use readers::may_read;
pub use rule::{Rule, rule};
pub use send::{Send, send};
pub use state::Notice;
