//! Whoever directs actions follows them up, where the protocol says so (`M-S3`): on the day they set they are asked whether all is
//! done, and the raiser, who alone resolves, hears what they say. No clock of the ladder is moved by it.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use super::rules::Rules;
use super::state::{Concern, Phase};
use crate::ids::UserId;
use crate::protocol::Monitor;

/// How far what was directed has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Progress {
    /// All of it is done.
    Done,
    /// Not done, and not put off either.
    NotDone,
    /// Not done yet: it is to be done by a later day.
    MoreTime,
}

/// What one who follows it up said of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    /// How far it has come.
    pub progress: Progress,
    /// Who said so.
    pub by: UserId,
    /// For whom, where they could only as that person's cover.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on_behalf_of: Option<UserId>,
    /// When.
    pub at: DateTime<Utc>,
    /// The later day, where they set one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target: Option<NaiveDate>,
    /// The fact that holds it: where its text is found.
    pub seq: i64,
}

/// Whether those who answered the present step follow up what they directed, and have yet to say whether it is done.
///
/// Where the raiser was asked already, under a protocol that then had them follow it up, it stays theirs.
#[must_use]
pub fn is_followed(rules: &Rules<'_>, concern: &Concern) -> bool {
    is_reportable(rules, concern)
        && concern
            .visit()
            .is_some_and(|visit| visit.reported.is_none() && visit.target_asked.is_none())
}

/// Whether what was directed at the present step is under way and followed up by those who directed it, whatever they have said.
#[must_use]
pub fn is_reportable(rules: &Rules<'_>, concern: &Concern) -> bool {
    let Some(visit) = concern.visit() else {
        return false;
    };
    let theirs = rules
        .step_of(visit)
        .is_some_and(|step| step.monitored_by == Monitor::Addressee);
    theirs && concern.phase == Phase::Underway && visit.target.is_some()
}
