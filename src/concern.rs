//! A concern: what has happened to it, where it stands, what may happen next.
//!
//! A concern is a list of [`event::Fact`]s. [`decide::decide`] is a pure function from the protocol, the concern, who asks, what
//! they ask and the time to new facts or a refusal; nothing else changes a concern. [`clocks::clocks`] derives every
//! deadline from where the concern stands, so that none can be forgotten: **no open concern is without somebody who
//! must act next and a live clock on them.**

pub mod acts;
pub mod clocks;
pub mod command;
pub mod decide;
pub mod event;
pub mod follow;
pub mod forecast;
pub mod meeting;
pub mod partner;
pub mod raise;
pub mod readers;
pub mod redirect;
pub mod refusal;
pub mod rules;
pub mod standing;
pub mod state;
pub mod themes;

pub use acts::{ActsNext, who_acts_next};
pub use clocks::{Clock, ClockKey, ClockKind, clocks};
pub use command::{
    Answering, ByCover, Command, FieldFault, OutsideWay, Position, Refusal, Standing, Who,
};
pub use decide::{Decision, New, decide};
pub use event::{Actor, Answered, Fact, Field, How, Recorded};
pub use raise::{Raise, Raiser, raise};
pub use rules::{Hours, Rules};
pub use state::{Answer, Asked, Closed, Concern, Phase, Verdict, Visit};
