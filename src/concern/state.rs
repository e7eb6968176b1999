//! Where a concern stands: its facts, folded. Holds no free text.

mod beside;
mod fold;
mod stay;

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

pub use self::beside::{Call, Spoken, Transfer, TransferAsk, ViewTaken};
pub use self::stay::{Answer, Asked, Input, Seen, Verdict, Visit};
use super::command::Position;
use super::event::Raised;
use super::partner::{Copied, Partners};
use super::redirect::Gone;
use crate::ids::{ConcernId, RaiserRole, UserId};

/// A concern as it stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Concern {
    /// Its reference.
    pub id: ConcernId,
    /// What it was raised with.
    pub raised: Raised,
    /// Who raised it.
    pub raised_by: UserId,
    /// Who holds it now: the raiser, or whoever it was handed over to.
    pub raiser: UserId,
    /// The role in which they hold it.
    pub raiser_role: RaiserRole,
    /// Who held it before, where it was handed over.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub handed_over_by: Option<UserId>,
    /// When it was raised.
    pub raised_at: DateTime<Utc>,
    /// What it waits for.
    pub phase: Phase,
    /// The steps it has been at, in order. Never empty once raised: the last is the present one.
    pub visits: Vec<Visit>,
    /// How many alerts of the present wait have been sent, and when the last was.
    pub nag: Nag,
    /// The day on which the raiser looks again, where a step has no clock or the ladder has ended, with how often it was set.
    pub review: Option<(NaiveDate, u32)>,
    /// How many times the raiser was asked to look again since they last set a day, and when first.
    pub review_asked: Option<DateTime<Utc>>,
    /// The views taken on ways out of the council, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub outside: Vec<ViewTaken>,
    /// The words there were with those to speak to first, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub spoken: Vec<Spoken>,
    /// What has been told of the limits on the whole process.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub caps: Vec<CapTold>,
    /// The telephone calls about it, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub calls: Vec<Call>,
    /// Who was told of it outside its line.
    #[serde(default, skip_serializing_if = "Partners::is_empty")]
    pub partners: Partners,
    /// Who is copied by name, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub copied: Vec<Copied>,
    /// The other procedures that it went to, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub gone: Vec<Gone>,
    /// When the raiser was reminded that no call is logged.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub call_reminders: Vec<DateTime<Utc>>,
    /// Who said that no call is needed, and when.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub no_call: Option<(UserId, DateTime<Utc>)>,
    /// Who asked to move the case to another team, in order: at most once a day each.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub transfer_asks: Vec<TransferAsk>,
    /// The moves of the case to another team while it was open, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub transfers: Vec<Transfer>,
    /// How many facts are folded in.
    pub seq: i64,
    /// When the last fact was recorded.
    pub changed_at: DateTime<Utc>,
}

/// What has been told of a limit on the whole process.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CapTold {
    /// Its place in the protocol, from 1.
    pub cap: u32,
    /// Whether it stands that the steps left do not fit.
    pub warned: bool,
    /// How often that was warned of.
    pub warnings: u32,
    /// Whether it was reported that it has passed.
    pub passed: bool,
}

/// How often somebody has been told of the present wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Nag {
    /// When the wait began.
    pub since: DateTime<Utc>,
    /// Which wait it is, counted from 0: part of the clocks' keys.
    pub wait: u32,
    /// Whether the first reminder went.
    pub reminded: bool,
    /// How many alerts went.
    pub alerts: u32,
    /// When the last alert went.
    pub last: Option<DateTime<Utc>>,
}

/// What a concern waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    /// The addressee's answer; or, at a step without a clock, the raiser's review.
    Answering,
    /// The deadline of a step that was rejected: it moves on then (`M-S1`).
    RejectedWaiting,
    /// The raiser's judgement of what was accepted with a target date.
    Underway,
    /// The raiser's judgement of an answer.
    Judging,
    /// The gate before the next step.
    AtGate,
    /// The raiser's position: the ladder has ended.
    Exhausted,
    /// Nothing: it is closed.
    Closed(Closed),
}

/// How a concern was closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Closed {
    /// The raiser resolved it.
    Resolved,
    /// The raiser withdrew it.
    Withdrawn,
    /// It went to another procedure, to which it belongs instead.
    Redirected,
    /// The raiser recorded the position at the end of the ladder.
    Position(Position),
}

impl Concern {
    /// Whether it is open.
    #[must_use]
    pub fn is_open(&self) -> bool {
        !matches!(self.phase, Phase::Closed(_))
    }

    /// The present visit; the last one where it is closed. `None` only before its first step is issued.
    #[must_use]
    pub fn visit(&self) -> Option<&Visit> {
        self.visits.last()
    }

    /// A visit by its number.
    #[must_use]
    pub fn visit_numbered(&self, number: u32) -> Option<&Visit> {
        self.visits.get((number as usize).checked_sub(1)?)
    }

    /// The visit that was sent later than the protocol asks: the first whose reason is not told, else the last.
    #[must_use]
    pub fn sent_late(&self) -> Option<&Visit> {
        let mut late = self.visits.iter().filter(|visit| visit.issued_late);
        let untold = late.clone().find(|visit| !visit.late_explained);
        untold.or_else(|| late.next_back())
    }

    /// What has been told of the limit of that place in the protocol, from 1.
    #[must_use]
    pub fn cap(&self, cap: u32) -> CapTold {
        let told = self.caps.iter().find(|told| told.cap == cap);
        told.copied().unwrap_or(CapTold {
            cap,
            warned: false,
            warnings: 0,
            passed: false,
        })
    }
}
