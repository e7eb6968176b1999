//! Where a concern stands: its facts, folded. Holds no free text.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use super::command::OutsideWay;
use super::command::Position;
use super::event::{
    Actor, Answered, Called, Fact, How, Outside, Raised, Recorded, Spoke, Talk, Transferred,
};
use super::follow::{Progress, Report};
use super::meeting::{Meeting, NotHeld};
use super::partner::{Copied, Partner, Partners};
use super::redirect::Gone;
use crate::calendar::Due;
use crate::ids::{ConcernId, RaiserRole, RoleId, StepId, UserId};

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
    /// What is recorded of the discussion.
    #[serde(flatten)]
    pub talk: Talk,
    /// The fact that holds the reason or the view.
    pub seq: i64,
}

impl Visit {
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
    fn put_off(&mut self, target: NaiveDate) {
        self.target = Some((target, self.target.map_or(1, |(_, times)| times + 1)));
        (self.target_asked, self.report_asked, self.reported) = (None, None, None);
    }

    /// A hold that the new moment reaches or passes has nothing left to hold.
    fn due_anew(&mut self, due: Due, at: DateTime<Utc>) {
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

impl Concern {
    /// A concern from its first fact. `None` where that is not a raising.
    #[must_use]
    pub fn begin(id: ConcernId, first: &Recorded) -> Option<Self> {
        let (Fact::Raised(raised), Actor::Person(by)) = (&first.fact, &first.actor) else {
            return None;
        };
        Some(Self {
            id,
            raised: (**raised).clone(),
            raised_by: by.clone(),
            raiser: by.clone(),
            raiser_role: raised.raiser_role.clone(),
            handed_over_by: None,
            raised_at: first.at,
            phase: Phase::Answering,
            visits: Vec::with_capacity(4),
            nag: Nag {
                since: first.at,
                wait: 0,
                reminded: false,
                alerts: 0,
                last: None,
            },
            review: None,
            review_asked: None,
            outside: Vec::new(),
            spoken: Vec::new(),
            caps: Vec::new(),
            calls: Vec::new(),
            partners: Partners::default(),
            copied: Vec::new(),
            gone: Vec::new(),
            call_reminders: Vec::new(),
            no_call: None,
            transfer_asks: Vec::new(),
            transfers: Vec::new(),
            seq: first.seq,
            changed_at: first.at,
        })
    }

    /// A concern from its whole record. `None` where the record does not begin with a raising.
    #[must_use]
    pub fn fold<'a>(id: ConcernId, mut facts: impl Iterator<Item = &'a Recorded>) -> Option<Self> {
        let mut concern = Self::begin(id, facts.next()?)?;
        facts.for_each(|fact| concern.apply(fact));
        Some(concern)
    }

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

    fn tell_of_cap(&mut self, cap: u32, change: impl FnOnce(&mut CapTold)) {
        let mut told = self.cap(cap);
        change(&mut told);
        self.caps.retain(|other| other.cap != cap);
        self.caps.push(told);
        self.caps.sort_by_key(|told| told.cap);
    }

    fn visit_mut(&mut self, number: u32) -> Option<&mut Visit> {
        self.visits.get_mut((number as usize).checked_sub(1)?)
    }

    fn wait_anew(&mut self, at: DateTime<Utc>) {
        self.nag = Nag {
            since: at,
            wait: self.nag.wait + 1,
            reminded: false,
            alerts: 0,
            last: None,
        };
    }

    fn enter(&mut self, phase: Phase, at: DateTime<Utc>) {
        self.phase = phase;
        self.wait_anew(at);
    }

    fn supersede_gate(&mut self) {
        if let Some(gate) = self.visits.last_mut().and_then(|visit| visit.gate.as_mut()) {
            gate.superseded = true;
        }
    }

    /// Sets the raiser's review day; the count makes each setting a clock of its own.
    fn review_on(&mut self, on: NaiveDate) {
        self.review = Some((on, self.review.map_or(1, |(_, times)| times + 1)));
    }

    fn person(actor: &Actor) -> UserId {
        match actor {
            Actor::Person(user) => user.clone(),
            Actor::Lodestar => UserId::from("lodestar"),
        }
    }

    /// Folds one fact in.
    #[expect(
        clippy::too_many_lines,
        reason = "what each fact changes, in one place"
    )]
    pub fn apply(&mut self, recorded: &Recorded) {
        let Recorded {
            seq,
            at,
            actor,
            on_behalf_of,
            fact,
        } = recorded;
        let at = *at;
        self.seq = *seq;
        self.changed_at = at;
        match fact {
            Fact::StepIssued {
                visit,
                step,
                how,
                due,
                review_on,
                window_passed,
                issued_late,
            } => {
                self.end_visit(at);
                self.visits.push(Visit {
                    number: *visit,
                    step: step.clone(),
                    how: *how,
                    issued_at: at,
                    due: *due,
                    window_passed: *window_passed,
                    issued_late: *issued_late,
                    redated: 0,
                    dated_at: None,
                    delivered: None,
                    acknowledged: None,
                    acknowledged_for: None,
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
                });
                self.review_asked = None;
                match review_on {
                    Some(on) => self.review_on(*on),
                    None => self.review = self.review.map(|(on, times)| (on, times + 1)),
                }
                self.enter(Phase::Answering, at);
            }
            Fact::CardDelivered { visit, at: when } => {
                if let Some(visit) = self.visit_mut(*visit) {
                    visit.delivered = Some(*when);
                }
                // The wait for the card is over; the wait for an answer begins. What else is waited for waits on.
                let present = self.visits.len() == *visit as usize;
                if present && matches!(self.phase, Phase::Answering | Phase::RejectedWaiting) {
                    self.wait_anew(at);
                }
            }
            Fact::Redated { visit, due, .. } => {
                if let Some(visit) = self.visit_mut(*visit) {
                    // A warning told of the old day; where there is a new one, it is told again.
                    if visit.due.is_none_or(|old| old.date != due.date) {
                        visit.warned = None;
                    }
                    visit.due_anew(*due, at);
                }
            }
            Fact::Extended { visit, due } => {
                if let Some(visit) = self.visit_mut(*visit) {
                    visit.due_anew(*due, at);
                    visit.extended = true;
                    visit.warned = None;
                }
            }
            Fact::Acknowledged { visit } => {
                if let Some(visit) = self.visit_mut(*visit)
                    && visit.acknowledged_ahead().is_none()
                {
                    visit.acknowledged_for.clone_from(on_behalf_of);
                    visit.acknowledged = Some((Self::person(actor), at));
                }
            }
            Fact::AckReminded { visit } => {
                if let Some(visit) = self.visit_mut(*visit) {
                    visit.ack_reminded = true;
                }
            }
            Fact::Answered {
                visit,
                answer,
                role,
                also,
                target,
                then,
            } => {
                let given = Answer {
                    answer: *answer,
                    by: Self::person(actor),
                    on_behalf_of: on_behalf_of.clone(),
                    role: role.clone(),
                    also: also.clone(),
                    at,
                    target: *target,
                    seq: *seq,
                };
                if let Some(visit) = self.visit_mut(*visit) {
                    visit.acknowledged.get_or_insert((Self::person(actor), at));
                    visit.answers.push(given);
                    if let Some(target) = target {
                        // Where several accept, all is done when the last is.
                        let latest = visit
                            .target
                            .map_or(*target, |(other, _)| other.max(*target));
                        visit.target = Some((latest, 1));
                    }
                }
                if *then != Phase::Answering {
                    if *answer != Answered::Rejected {
                        self.supersede_gate();
                    }
                    self.enter(*then, at);
                }
            }
            Fact::AnsweredLate {
                visit,
                answer,
                target,
            } => {
                let given = Answer {
                    answer: *answer,
                    by: Self::person(actor),
                    on_behalf_of: on_behalf_of.clone(),
                    role: None,
                    also: Vec::new(),
                    at,
                    target: *target,
                    seq: *seq,
                };
                if let Some(visit) = self.visit_mut(*visit) {
                    visit.late_answers.push(given);
                }
            }
            Fact::Warned { visit } => {
                if let Some(visit) = self.visit_mut(*visit) {
                    visit.warned = Some(at);
                }
            }
            Fact::Held { visit, until } => {
                if let Some(visit) = self.visit_mut(*visit) {
                    visit.held = Some(*until);
                    visit.redated += 1;
                    visit.dated_at = Some(at);
                }
            }
            Fact::Lapsed {
                visit,
                raiser_judges,
                ..
            } => {
                if let Some(visit) = self.visit_mut(*visit) {
                    visit.lapsed = Some(at);
                }
                if *raiser_judges {
                    self.enter(Phase::Judging, at);
                }
            }
            Fact::GateAsked { visit, to, how, .. } => {
                if let Some(visit) = self.visit_mut(*visit) {
                    let asked = Asked {
                        to: to.clone(),
                        how: *how,
                        at,
                        verdict: None,
                        superseded: false,
                    };
                    if let Some(before) = visit.gate.replace(asked)
                        && before.to != *to
                    {
                        visit.gates_before.push(before.to);
                    }
                }
            }
            Fact::GateReminded { .. } => self.nag.reminded = true,
            Fact::GateAgreed { visit, talk } => self.judge_gate(*visit, (true, talk), recorded),
            Fact::GateDeclined { visit, talk } => self.judge_gate(*visit, (false, talk), recorded),
            Fact::WaitingAtGate { .. } => self.enter(Phase::AtGate, at),
            Fact::Raised(_) | Fact::Noted | Fact::Escalated { .. } | Fact::NotSatisfied { .. } => {}
            Fact::Bypassed { .. } => self.supersede_gate(),
            Fact::TargetAsked { visit } => {
                if let Some(visit) = self.visit_mut(*visit) {
                    visit.target_asked = Some(at);
                }
                self.wait_anew(at);
            }
            Fact::MoreTime { visit, target } => {
                if let Some(visit) = self.visit_mut(*visit) {
                    visit.put_off(*target);
                }
                self.enter(Phase::Underway, at);
            }
            Fact::ReportAsked { visit } => {
                if let Some(visit) = self.visit_mut(*visit) {
                    visit.report_asked = Some(at);
                }
                self.wait_anew(at);
            }
            Fact::Reported {
                visit,
                progress,
                target,
            } => {
                let report = Report {
                    progress: *progress,
                    by: Self::person(actor),
                    on_behalf_of: on_behalf_of.clone(),
                    at,
                    target: *target,
                    seq: *seq,
                };
                if let Some(visit) = self.visit_mut(*visit) {
                    visit.reported = Some(*progress).filter(|_| target.is_none());
                    visit.reports.push(report);
                    if let Some(target) = target {
                        visit.put_off(*target);
                    }
                }
                self.wait_anew(at);
            }
            Fact::ReviewSet { on } => {
                self.review_on(*on);
                self.review_asked = None;
                self.wait_anew(at);
            }
            Fact::ReviewAsked { next } => {
                self.review_on(*next);
                self.review_asked.get_or_insert(at);
            }
            Fact::Alerted { times, .. } => {
                self.nag.alerts = *times;
                self.nag.last = Some(at);
            }
            Fact::Exhausted { review_on, .. } => {
                self.review_on(*review_on);
                self.review_asked = None;
                self.enter(Phase::Exhausted, at);
            }
            Fact::MeetingCalled(called) => {
                if let Some(visit) = self.visit_mut(called.visit) {
                    visit.called(called, Self::person(actor), at);
                }
            }
            Fact::MeetingDeclined { visit } => {
                if let Some(visit) = self.visit_mut(*visit) {
                    let by = Self::person(actor);
                    visit.not_held = Some(NotHeld { by, at });
                }
            }
            Fact::MeetingHeld(met) => {
                if let Some(visit) = self.visit_mut(met.visit) {
                    visit.met(met, Self::person(actor), at, *seq);
                }
            }
            Fact::MeetingReminded { visit, meeting } => {
                if let Some(visit) = self.visit_mut(*visit) {
                    visit.meeting_told_of(*meeting, |meeting| meeting.reminded = true);
                }
            }
            Fact::MeetingAsked { visit, meeting } => {
                if let Some(visit) = self.visit_mut(*visit) {
                    visit.meeting_told_of(*meeting, |meeting| meeting.asked = true);
                }
            }
            Fact::CapWarned { cap, .. } => {
                self.tell_of_cap(*cap, |told| {
                    told.warned = true;
                    told.warnings += 1;
                });
            }
            Fact::CapFits { cap } => self.tell_of_cap(*cap, |told| told.warned = false),
            Fact::CapPassed { cap, .. } => self.tell_of_cap(*cap, |told| told.passed = true),
            Fact::PositionRecorded { position } => self.close(Closed::Position(*position), at),
            Fact::Resolved => self.close(Closed::Resolved, at),
            Fact::Withdrawn => self.close(Closed::Withdrawn, at),
            Fact::NotePasted { visit } => {
                let by = Self::person(actor);
                if let Some(visit) = self.visit_mut(*visit) {
                    visit.note_pasted.get_or_insert((by, at));
                }
            }
            Fact::Cafcass(outside) => self.viewed(OutsideWay::Cafcass, outside, actor, at),
            Fact::LegalAdvice { other, outside } => {
                let way = if *other {
                    OutsideWay::OtherAdvice
                } else {
                    OutsideWay::LegalAdvice
                };
                self.viewed(way, outside, actor, at);
            }
            Fact::Called(called) => self.calls.push(Call {
                called: called.clone(),
                by: Self::person(actor),
            }),
            Fact::Informed(informed) => {
                self.partners.told.push(Partner {
                    informed: informed.clone(),
                    by: Self::person(actor),
                    at,
                    replied: None,
                });
            }
            Fact::CopiedTo { user, .. } => self.copied.push(Copied {
                user: user.clone(),
                by: Self::person(actor),
                at,
            }),
            Fact::Redirected(redirected) => {
                self.gone.push(Gone {
                    redirected: redirected.clone(),
                    by: Self::person(actor),
                    at,
                });
                if redirected.ends {
                    self.close(Closed::Redirected, at);
                }
            }
            Fact::Replied(replied) => self.partners.replied(replied),
            Fact::PartnersAsked { .. } => self.partners.asked(at),
            Fact::InputGiven { visit, roles } => {
                let given = Input {
                    roles: roles.clone(),
                    by: Self::person(actor),
                    on_behalf_of: on_behalf_of.clone(),
                    at,
                };
                if let Some(visit) = self.visit_mut(*visit) {
                    visit.inputs.push(given);
                }
            }
            Fact::InputAsked { visit } => {
                if let Some(visit) = self.visit_mut(*visit) {
                    visit.inputs_asked.push(at);
                }
            }
            Fact::Spoke(spoke) => self.spoken.push(Spoken {
                spoke: spoke.clone(),
                by: Self::person(actor),
                at,
            }),
            Fact::CallReminded { .. } => self.call_reminders.push(at),
            Fact::NoCall => self.no_call = Some((Self::person(actor), at)),
            Fact::TransferAsked { warned } => self.transfer_asks.push(TransferAsk {
                by: Self::person(actor),
                at,
                warned: *warned,
            }),
            Fact::Transferred(moved) => self.transfers.push(Transfer {
                moved: moved.clone(),
                by: Self::person(actor),
                at,
            }),
            Fact::TimeSet { visit, due } => {
                if let Some(visit) = self.visit_mut(*visit) {
                    visit.due_anew(*due, at);
                    (visit.held, visit.warned) = (None, None);
                    visit.time_set = true;
                }
            }
            Fact::HandedOver { to, raiser_role } => {
                self.handed_over_by = Some(std::mem::replace(&mut self.raiser, to.clone()));
                self.raiser_role = raiser_role.clone();
                self.wait_anew(at);
            }
        }
    }

    fn judge_gate(&mut self, number: u32, (agreed, talk): (bool, &Talk), recorded: &Recorded) {
        let (at, seq) = (recorded.at, recorded.seq);
        if let Some(gate) = self.visit_mut(number).and_then(|visit| visit.gate.as_mut()) {
            gate.verdict = Some(Verdict {
                agreed,
                by: Self::person(&recorded.actor),
                on_behalf_of: recorded.on_behalf_of.clone(),
                at,
                talk: talk.clone(),
                seq,
            });
        }
        if self.phase == Phase::AtGate {
            self.wait_anew(at);
        }
    }

    fn viewed(&mut self, way: OutsideWay, outside: &Outside, actor: &Actor, at: DateTime<Utc>) {
        self.outside.push(ViewTaken {
            way,
            outside: outside.clone(),
            by: Self::person(actor),
            at,
        });
    }

    fn end_visit(&mut self, at: DateTime<Utc>) {
        if let Some(visit) = self.visits.last_mut() {
            visit.ended.get_or_insert(at);
        }
    }

    fn close(&mut self, how: Closed, at: DateTime<Utc>) {
        self.supersede_gate();
        self.end_visit(at);
        self.enter(Phase::Closed(how), at);
    }
}
