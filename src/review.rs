//! A review: the tasks it starts, the window in which its decisions may be objected to, the referral of a standing criterion.
//!
//! A review is a list of [`event::Fact`]s, as a concern is, and [`decide::decide`] is the pure function that adds to it. What
//! is due is never stored: [`tasks::tasks`] derives it from the facts, the protocol's `[[review_clock]]`s and the calendar, and
//! [`clocks::clocks`] derives from that what falls next. **No open review is without a live clock**, and no clock blocks
//! anything: a task has a reminder on its day and is told of when it is late.
//!
//! Silence is consent in one place only (`B-3.1.c`): a clock whose protocol says `"deemed accepted"`, and only from the day its
//! owner was given the notice. It is worded "accepted, no objection", never "agreed by".

pub mod clocks;
pub mod collation;
pub mod command;
pub mod decide;
pub mod event;
mod kept;
pub mod readers;
pub mod record;
pub mod state;
pub mod tasks;

pub use clocks::{Clock, ClockKind, clocks};
pub use command::{Command, Refusal};
pub use decide::{Decision, New, decide};
pub use event::{Fact, Field, Filled, Held, Means, Recorded};
pub use readers::{Reads, reads};
pub use record::{FormAnswer, Record, record};
pub use state::Review;
pub use tasks::{Stage, Task, tasks};
