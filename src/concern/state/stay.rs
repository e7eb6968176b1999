//! One stay at a step: when it ends, who has it, and what they said.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use crate::calendar::Due;
use crate::concern::event::{Answered, How, Talk};
use crate::concern::follow::{Progress, Report};
use crate::concern::meeting::{Meeting, NotHeld};
use crate::ids::{RoleId, StepId, UserId};

/// One stay at a step.
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a fact of its own, and all may be true"
)]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Visit {
    /// Its number, from 1.
    pub number: u32,
    /// The step.
    pub step: StepId,
    /// How the concern came to it.
    pub how: How,
    /// When the step was issued.
    pub issued_at: DateTime<Utc>,
    /// By when an answer is due.
    pub due: Option<Due>,
    /// Whether the protocol's window had passed already when it was issued.
    pub window_passed: bool,
    /// Whether it was issued later than the protocol asks.
    pub issued_late: bool,
    /// Whether the raiser said why.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub late_explained: bool,
    /// How often the due moment was dated again or extended.
    pub redated: u32,
    /// When its end was last moved: dated again, extended or held.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dated_at: Option<DateTime<Utc>>,
    /// When the messaging platform took its card.
    pub delivered: Option<DateTime<Utc>>,
    /// Who acknowledged it first, and when.
    pub acknowledged: Option<(UserId, DateTime<Utc>)>,
    /// For whom they acknowledged it, where they could only as that person's cover.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub acknowledged_for: Option<UserId>,
    /// Everybody who acknowledged it, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub seen: Vec<Seen>,
    /// Whether the addressee was reminded to acknowledge.
    pub ack_reminded: bool,
    /// The answers in time: one, or one for each role where all must answer.
    pub answers: Vec<Answer>,
    /// The answers that came late.
    pub late_answers: Vec<Answer>,
    /// When the raiser was warned of the lapse.
    pub warned: Option<DateTime<Utc>>,
    /// Until when the raiser holds the escalation.
    pub held: Option<Due>,
    /// Whether the addressee extended the clock.
    pub extended: bool,
    /// Whether the raiser set when it ends.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub time_set: bool,
    /// The inputs that were asked for and given, in order (`W-3.2.2`).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub inputs: Vec<Input>,
    /// When those whose input is missing were asked again.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub inputs_asked: Vec<DateTime<Utc>>,
    /// When it lapsed.
    pub lapsed: Option<DateTime<Utc>>,
    /// The meetings whose day was set or that were held (`W-3.1.7`).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub meetings: Vec<Meeting>,
    /// That no meeting is held, where the addressee said so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub not_held: Option<NotHeld>,
    /// The gate that leads out of it, once asked.
    pub gate: Option<Asked>,
    /// The steps whose gates were asked earlier in this visit, where the way on has changed since: their holders have read it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub gates_before: Vec<StepId>,
    /// The day by which what was agreed will be done, with how often it was set.
    pub target: Option<(NaiveDate, u32)>,
    /// When the raiser was asked whether it is done.
    pub target_asked: Option<DateTime<Utc>>,
    /// When those who follow it up were asked whether it is done, since its day was last set (`M-S3`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub report_asked: Option<DateTime<Utc>>,
    /// What they last said since then: done or not done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reported: Option<Progress>,
    /// All that they said, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reports: Vec<Report>,
    /// When the concern left it.
    pub ended: Option<DateTime<Utc>>,
    /// Who said that its case note is in the case system, and when.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note_pasted: Option<(UserId, DateTime<Utc>)>,
}

/// An input that a step asks for, as it was given.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Input {
    /// For which roles.
    pub roles: Vec<RoleId>,
    /// Who gave it.
    pub by: UserId,
    /// For whom, where they could only as that person's cover.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on_behalf_of: Option<UserId>,
    /// When.
    pub at: DateTime<Utc>,
}

/// That an addressee has seen a step.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seen {
    /// Who.
    pub by: UserId,
    /// For whom, where they could only as that person's cover.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on_behalf_of: Option<UserId>,
    /// When.
    pub at: DateTime<Utc>,
    /// For which roles of the step; none in records from before that was kept, and then for all.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub roles: Vec<RoleId>,
}

/// An answer of an addressee.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    /// What kind.
    pub answer: Answered,
    /// Who gave it.
    pub by: UserId,
    /// For whom, where they could only as that person's cover.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on_behalf_of: Option<UserId>,
    /// In which role.
    pub role: Option<RoleId>,
    /// The other roles of the step that they hold too: one answer speaks for all of them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub also: Vec<RoleId>,
    /// When.
    pub at: DateTime<Utc>,
    /// The day by which it will be done.
    pub target: Option<NaiveDate>,
    /// The fact that holds it: where its texts are found.
    pub seq: i64,
}

/// A gate that was asked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asked {
    /// The step it leads to.
    pub to: StepId,
    /// How the concern would come there.
    pub how: How,
    /// When it was asked.
    pub at: DateTime<Utc>,
    /// The answer.
    pub verdict: Option<Verdict>,
    /// Who has agreed, in order, where the word of each of its roles is needed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub agreed: Vec<Verdict>,
    /// Whether what it was asked for no longer stands: the step was answered, or the concern went elsewhere.
    pub superseded: bool,
}

/// What a gate's holder said.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verdict {
    /// Whether they agreed.
    pub agreed: bool,
    /// Who.
    pub by: UserId,
    /// For whom, where they could only as that person's cover.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on_behalf_of: Option<UserId>,
    /// When.
    pub at: DateTime<Utc>,
    /// For which of the gate's roles, where the word of each is needed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub roles: Vec<RoleId>,
    /// What is recorded of the discussion.
    #[serde(flatten)]
    pub talk: Talk,
    /// The fact that holds the reason or the view.
    pub seq: i64,
}

impl Asked {
    /// Whether its answer is still waited for.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.verdict.is_none() && !self.superseded
    }

    /// Whether the holder of a role has agreed, where the word of each is needed.
    #[must_use]
    pub fn has_agreed(&self, role: &RoleId) -> bool {
        self.agreed.iter().any(|agreed| agreed.roles.contains(role))
    }
}

impl Visit {
    /// A stay that has just begun, without a clock.
    pub(super) fn issued(number: u32, step: StepId, how: How, at: DateTime<Utc>) -> Self {
        Self {
            number,
            step,
            how,
            issued_at: at,
            due: None,
            window_passed: false,
            issued_late: false,
            late_explained: false,
            redated: 0,
            dated_at: None,
            delivered: None,
            acknowledged: None,
            acknowledged_for: None,
            seen: Vec::new(),
            ack_reminded: false,
            answers: Vec::new(),
            late_answers: Vec::new(),
            warned: None,
            held: None,
            extended: false,
            time_set: false,
            inputs: Vec::new(),
            inputs_asked: Vec::new(),
            lapsed: None,
            meetings: Vec::new(),
            not_held: None,
            gate: None,
            gates_before: Vec::new(),
            target: None,
            target_asked: None,
            report_asked: None,
            reported: None,
            reports: Vec::new(),
            ended: None,
            note_pasted: None,
        }
    }

    /// Keeps who agreed at its gate, where the word of each of its roles is needed.
    pub(super) fn agreed(&mut self, verdict: &Verdict) {
        if let Some(gate) = self.gate.as_mut().filter(|_| !verdict.roles.is_empty()) {
            gate.agreed.push(verdict.clone());
        }
    }

    /// Who has seen it and has still to answer: where each must answer, one who has answered has not seen it for the others.
    #[must_use]
    pub fn acknowledged_ahead(&self) -> Option<&(UserId, DateTime<Utc>)> {
        let answered = |by: &UserId| self.answers.iter().any(|answer| &answer.by == by);
        self.acknowledged.as_ref().filter(|(by, _)| !answered(by))
    }

    /// When the step ends without an answer: its due moment, or the end of a hold that reaches beyond it.
    #[must_use]
    pub fn ends(&self) -> Option<Due> {
        match (self.due, self.held) {
            (Some(due), Some(held)) if held.at > due.at => Some(held),
            (due, _) => due,
        }
    }

    /// A new day for what was agreed: whoever follows it is asked again then.
    pub(super) fn put_off(&mut self, target: NaiveDate) {
        self.target = Some((target, self.target.map_or(1, |(_, times)| times + 1)));
        (self.target_asked, self.report_asked, self.reported) = (None, None, None);
    }

    /// A hold that the new moment reaches or passes has nothing left to hold.
    pub(super) fn due_anew(&mut self, due: Due, at: DateTime<Utc>) {
        self.due = Some(due);
        self.redated += 1;
        self.dated_at = Some(at);
        self.held = self.held.filter(|held| held.at > due.at);
    }

    /// When its addressee got it: when the messaging platform took its card, or earlier where somebody acted on it before that was
    /// reported.
    #[must_use]
    pub fn received(&self) -> Option<DateTime<Utc>> {
        let acted = self.acknowledged.as_ref().map(|(_, at)| *at);
        match (self.delivered, acted) {
            (Some(delivered), Some(acted)) => Some(delivered.min(acted)),
            (delivered, acted) => delivered.or(acted),
        }
    }
}
