//! A list of tasks with owners that occasions start: a case in care proceedings (`W-5`), what a concern asks besides its steps
//! (`S-family`), what comes round for a team (`B-App5` 14) or for the protocol itself (`W-6.1`).
//!
//! A list is a list of [`event::Fact`]s, as a review is. Which tasks there are, whose, since when and by when, is never stored:
//! [`due::tasks`] derives it from the facts, the protocol's `[[task]]`s and the calendar. Nothing here moves a clock of a concern
//! or stops anything: a task has a reminder on its day and is told of when it is late; one without a time is asked again.

pub mod clocks;
pub mod command;
pub mod decide;
pub mod due;
pub mod event;
mod kept;
pub mod open;
pub mod readers;
pub mod state;

pub use clocks::{Clock, ClockKind, clocks};
pub use command::{Command, Refusal};
pub use decide::{Decision, New, decide};
pub use due::{Stage, Task, task_of, tasks};
pub use event::{Fact, Field, Happened, Opened, Recorded};
pub use open::{Opening, open};
pub use readers::{Reads, reads};
pub use state::TaskList;
