//! What is kept of a concern beside its steps: views taken of ways out, calls, and a case that moves.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::concern::command::OutsideWay;
use crate::concern::event::{Called, Outside, Spoke, Transferred};
use crate::ids::UserId;

/// A view that the raiser took on a way out of the council.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ViewTaken {
    /// Which way.
    pub way: OutsideWay,
    /// The view.
    pub outside: Outside,
    /// Who took it.
    pub by: UserId,
    /// When.
    pub at: DateTime<Utc>,
}

/// A word with somebody to speak to before a way out is taken.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Spoken {
    /// What is recorded of it.
    pub spoke: Spoke,
    /// Who recorded it: the raiser's side, or whoever gave their own view.
    pub by: UserId,
    /// When.
    pub at: DateTime<Utc>,
}

/// A telephone call about a concern.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Call {
    /// What is recorded of it.
    pub called: Called,
    /// Who called.
    pub by: UserId,
}

/// Somebody's wish to move the case to another team.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TransferAsk {
    /// Who asked.
    pub by: UserId,
    /// When.
    pub at: DateTime<Utc>,
    /// Whether they were told of the concern.
    pub warned: bool,
}

/// A move of the case to another team while the concern was open.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Transfer {
    /// What is recorded of it.
    pub moved: Transferred,
    /// Who recorded it.
    pub by: UserId,
    /// When.
    pub at: DateTime<Utc>,
}
