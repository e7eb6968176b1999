//! What the app did, kept for tests.

use crate::delivery::{Ack, Edge, Kind};
use serde::Serialize;
use serde_json::Value;

/// A Web API call.
#[derive(Clone, Debug, Serialize)]
pub struct Call {
    /// Such as `chat.postMessage`; `response_url` for a post to one.
    pub method: String,
    /// The arguments, without the token.
    pub args: Value,
    /// The HTTP status; 0 where the connection was cut or never answered.
    pub status: u16,
    /// The answer; null where there was none.
    pub answer: Value,
    /// When, by the wall clock, as a message time.
    pub at: String,
}

impl Call {
    /// Whether Slack said `"ok": true`.
    #[must_use]
    pub fn ok(&self) -> bool {
        self.answer["ok"] == true
    }

    /// The error code of a refused call.
    #[must_use]
    pub fn error(&self) -> Option<&str> {
        self.answer["error"].as_str()
    }
}

/// A payload that was sent to the app, and what became of it.
#[derive(Clone, Debug, Serialize)]
pub struct Delivered {
    /// Its place in [`crate::Workspace::deliveries`]; give it to [`crate::Workspace::redeliver`].
    pub number: usize,
    /// What it was.
    pub kind: Kind,
    /// The way it went.
    pub edge: Edge,
    /// The payload.
    pub payload: Value,
    /// The acknowledgement; none yet while it is awaited.
    pub ack: Option<Ack>,
}

/// What sort of thing the app did wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ProblemKind {
    /// A method the stand-in, or Slack, does not have.
    UnknownMethod,
    /// Block Kit that Slack would refuse.
    InvalidBlocks,
    /// No, a wrong, or an unfit token.
    Token,
    /// A scope was missing.
    MissingScope,
    /// An acknowledgement that came after the limit, or never.
    LateAck,
    /// An acknowledgement Slack cannot use: unknown envelope, given twice, a body where none is accepted, bad errors.
    BadAck,
    /// A trigger that was expired, used before, or made up.
    Trigger,
    /// A `response_url` used too often, too late, or made up.
    ResponseUrl,
    /// A frame on the socket that cannot be read.
    BadFrame,
    /// More calls than Slack allows; only where a [`crate::Pace`] is set.
    TooFast,
}

/// Something the app did wrong.
#[derive(Clone, Debug, Serialize)]
pub struct Problem {
    /// What sort.
    pub kind: ProblemKind,
    /// In words.
    pub detail: String,
}

/// The lists behind the accessors of [`crate::Workspace`].
#[derive(Debug, Default)]
pub(crate) struct Ledger {
    pub(crate) calls: Vec<Call>,
    pub(crate) deliveries: Vec<Delivered>,
    pub(crate) problems: Vec<Problem>,
}

impl Ledger {
    pub(crate) fn problem(&mut self, kind: ProblemKind, detail: impl Into<String>) {
        self.problems.push(Problem {
            kind,
            detail: detail.into(),
        });
    }
}
