//! What people and machines ask of a concern.

use std::collections::BTreeSet;

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

pub use super::refusal::{FieldFault, Refusal, Who};
pub use super::standing::{ByCover, Standing};

use super::clocks::ClockKey;
use super::event::View;
use super::follow::Progress;
use super::meeting::Outcome;
use crate::ids::{RaiserRole, RoleId, StepId, TeamId, Text, UserId};

/// What is asked of a concern.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// The addressee has seen it.
    Acknowledge {
        /// The visit whose card was pressed; the current one where it is not known.
        visit: Option<u32>,
    },
    /// The addressee answers.
    Answer {
        /// The visit whose card was pressed; the current one where it is not known.
        visit: Option<u32>,
        /// What they say.
        answer: Answering,
    },
    /// One of those who answered says how far what they directed has come, where they follow it up.
    Report {
        /// The visit whose card was pressed; the current one where it is not known.
        visit: Option<u32>,
        /// How far.
        progress: Progress,
        /// By when it will be done, where it needs more time.
        until: Option<NaiveDate>,
        /// What was done; why it is not, which is required then.
        account: Option<Text>,
    },
    /// The addressee extends the clock, where the step permits it.
    Extend {
        /// Until the close of business of this day.
        until: NaiveDate,
        /// Why.
        reason: Text,
        /// The item it waits for.
        item: Option<Text>,
    },
    /// The raiser, the addressee or whoever chairs sets the day of a meeting.
    CallMeeting {
        /// The visit whose card was pressed; the current one where it is not known.
        visit: Option<u32>,
        /// What they set.
        asked: ToMeet,
    },
    /// The addressee says that no meeting is held, where the protocol leaves that to them.
    NoMeeting {
        /// The visit whose card was pressed; the current one where it is not known.
        visit: Option<u32>,
        /// Why.
        reason: Text,
    },
    /// The raiser, the addressee or whoever chairs records what came of a meeting.
    RecordMeeting {
        /// The visit whose card was pressed; the current one where it is not known.
        visit: Option<u32>,
        /// What they record.
        held: MeetingHeld,
    },
    /// A gate's holder agrees; or the raiser makes the judgement.
    AgreeGate {
        /// The visit whose gate card was pressed; the current one where it is not known.
        visit: Option<u32>,
    },
    /// A gate's holder agrees, and puts down when it was discussed with them and what they think (`M-S2`). All that a gate asks which
    /// wants a discussion alone.
    DiscussGate {
        /// The visit whose gate card was pressed; the current one where it is not known.
        visit: Option<u32>,
        /// When they spoke with the raiser.
        on: NaiveDate,
        /// What they think.
        view: Text,
    },
    /// A gate's holder declines; or the raiser withholds the judgement.
    DeclineGate {
        /// The visit whose gate card was pressed; the current one where it is not known.
        visit: Option<u32>,
        /// When they spoke with the raiser, where they did.
        on: Option<NaiveDate>,
        /// Why.
        reason: Text,
    },
    /// The raiser puts down what a gate's holders said, where it wants a discussion alone.
    RecordDiscussion {
        /// With the holders of which of its roles; may be left out where it has one.
        with: Vec<RoleId>,
        /// When they spoke.
        on: NaiveDate,
        /// What they said.
        view: Text,
    },
    /// The raiser is satisfied, and closes it.
    Resolve,
    /// The raiser is not satisfied; it moves on.
    NotSatisfied {
        /// Why.
        reason: Option<Text>,
    },
    /// The raiser moves it on.
    Escalate {
        /// Why.
        reason: Option<Text>,
    },
    /// The raiser holds an escalation that is coming.
    Hold {
        /// Until the close of business of this day, two working days at most.
        until: NaiveDate,
        /// Why.
        reason: Text,
    },
    /// The raiser skips to a step.
    Bypass {
        /// The step.
        to: StepId,
        /// Why.
        reason: Text,
        /// With whom it was decided, from the directory.
        with: Option<UserId>,
        /// The roles that person holds for the concern's team.
        with_roles: BTreeSet<RoleId>,
        /// With whom it was decided, in words.
        with_words: Option<Text>,
        /// When they spoke.
        with_on: Option<NaiveDate>,
        /// What they said.
        said: Option<Text>,
    },
    /// The raiser gives more time for what was agreed.
    MoreTime {
        /// The new target date.
        until: NaiveDate,
        /// Why.
        reason: Text,
    },
    /// The raiser sets when they look again.
    ReviewDate {
        /// The day.
        until: NaiveDate,
        /// Why.
        reason: Option<Text>,
    },
    /// The raiser records the position at the end of the ladder, which closes it.
    Position {
        /// The position.
        position: Position,
        /// Why.
        reason: Option<Text>,
    },
    /// The raiser withdraws it.
    Withdraw {
        /// Why.
        reason: Text,
    },
    /// The raiser copies somebody by name, from then on.
    CopyTo {
        /// Who is copied.
        user: UserId,
        /// The roles they hold for this concern's team.
        roles: BTreeSet<RoleId>,
    },
    /// The raiser records that it went to another procedure.
    Redirect {
        /// The id of the protocol's `[[redirect]]`.
        redirect: String,
        /// Why.
        reason: Text,
    },
    /// Anybody who may read it adds a note.
    Note {
        /// The note.
        note: Text,
    },
    /// The raiser's side has pasted the case notes of these visits into the case system.
    NotesPasted {
        /// The visits, with the outcome where no answer says it.
        notes: Vec<(u32, Option<Text>)>,
    },
    /// The raiser takes a view on a way out of the council, for or against.
    Outside {
        /// Which way.
        way: OutsideWay,
        /// What they decide.
        view: View,
        /// The grounds or the advice; required unless the view is [`View::NotNow`].
        words: Option<Text>,
        /// The roles with whose holders they spoke first.
        with: Vec<RoleId>,
        /// When they spoke.
        with_on: Option<NaiveDate>,
        /// What each of them said, where that is put down: they count as spoken to.
        said: Vec<Said>,
    },
    /// Somebody whom the present step asks for input gives it (`W-3.2.2`).
    GiveInput {
        /// The visit whose message was pressed; the current one where it is not known.
        visit: Option<u32>,
        /// What they tell the addressee.
        input: Text,
        /// What came of independent mediation, where there was any.
        mediation: Option<Text>,
    },
    /// Somebody whom the protocol asks to speak to first says what they think of a way out that was taken.
    GiveView {
        /// When they spoke with the raiser, where they did.
        on: Option<NaiveDate>,
        /// What they think.
        view: Text,
    },
    /// Somebody on the raiser's side telephoned somebody about it.
    Call {
        /// Whom, from the directory.
        with: Option<UserId>,
        /// The roles that person holds for the concern's team.
        with_roles: BTreeSet<RoleId>,
        /// Whom, in words.
        with_words: Option<Text>,
        /// When.
        on: DateTime<Utc>,
        /// Whether they were reached.
        reached: bool,
        /// The actions agreed; required where they were reached.
        agreed: Option<Text>,
    },
    /// Somebody on the raiser's side tells somebody outside the line of it, or records that they did (`W-3.1.2`, `M-partners`).
    Inform(Box<ToInform>),
    /// Somebody on the raiser's side records what came of an invitation to respond.
    Replied {
        /// The number of what it answers.
        number: u32,
        /// Whether they responded; else no response is expected any more.
        responded: bool,
        /// The day of it.
        on: NaiveDate,
        /// The response, or why none is expected.
        words: Text,
    },
    /// The raiser says why a step was sent later than the protocol asks.
    ExplainLate {
        /// Why.
        reason: Text,
    },
    /// Somebody on the raiser's side says that an urgent concern needs no call.
    NoCall {
        /// Why.
        reason: Text,
    },
    /// The raiser sets by when they need the answer of the present step, where the protocol lets them.
    SetTime {
        /// Until the close of business of this day, or of the working day before it.
        until: NaiveDate,
        /// Why.
        reason: Text,
    },
    /// Somebody asks to move the case to another team (`B-App1.FREEZE`). Whoever asks need not be among those who may read the concern.
    AskTransfer,
    /// The case moves to another team all the same.
    Transfer(Move),
    /// It goes to another raiser.
    Handover {
        /// To whom.
        to: UserId,
        /// The raiser role they hold, if any.
        raiser_role: Option<RaiserRole>,
        /// The roles they hold for this concern's team.
        roles: BTreeSet<RoleId>,
    },
    /// The messaging platform took the card of a visit.
    Delivered {
        /// The visit.
        visit: u32,
        /// When.
        at: DateTime<Utc>,
    },
    /// A clock fell due.
    ClockFell {
        /// Which.
        key: ClockKey,
    },
    /// The calendar changed: open due moments it touches are dated again.
    Recalculate,
}

/// What somebody said with whom a way out was discussed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said {
    /// The role they hold.
    pub role: RoleId,
    /// When, where it was another day than the others.
    pub on: Option<NaiveDate>,
    /// What they said.
    pub view: Option<Text>,
}

/// A move of the case to another team, against what its protocol asks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Move {
    /// The team it goes to, where it is one of the council's file.
    pub to: Option<TeamId>,
    /// What that team is called; empty where it is none of the council's file.
    pub team: String,
    /// Who decided it, from the directory.
    pub decided_by: Option<UserId>,
    /// Who decided it, in words.
    pub decided_by_words: Option<Text>,
    /// Why it does not wait.
    pub reason: Text,
}

/// A way out of the council beside the ladder.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OutsideWay {
    /// To Cafcass.
    Cafcass,
    /// To independent legal advice.
    LegalAdvice,
    /// To other advice (`S-advice`).
    OtherAdvice,
}

/// Somebody outside the line who is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ToInform {
    /// The id of the protocol's `[[partner]]`; `None` only where the protocol has none.
    pub partner: Option<String>,
    /// Which of those that the protocol names.
    pub named: Option<String>,
    /// Who is to get a message, from the workspace; `None` where they were told by e-mail.
    pub with: Option<UserId>,
    /// The roles that person holds for the concern's team.
    pub with_roles: BTreeSet<RoleId>,
    /// Who, in words.
    pub told: Option<Text>,
    /// The day on which they were told; a message goes today whatever it says.
    pub on: NaiveDate,
    /// Whether they are invited to respond.
    pub invited: bool,
    /// What they are told or asked; required where they are invited.
    pub asked: Option<Text>,
}

/// A meeting as it is set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ToMeet {
    /// What kind, in the protocol's words; the only one where it is not said.
    pub what: Option<String>,
    /// The day, within the time of the step.
    pub on: NaiveDate,
    /// Who chairs it, where it is not whom the protocol names.
    pub chair: Option<UserId>,
    /// Who else is asked to come, by name; only where the protocol has that decided at the time.
    pub attendees: Vec<UserId>,
    /// Time, place, who is asked to come.
    pub arrangements: Option<Text>,
}

/// What came of a meeting.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MeetingHeld {
    /// What kind, in the protocol's words; the only one where it is not said.
    pub what: Option<String>,
    /// The day on which it was held.
    pub on: NaiveDate,
    /// What came of it.
    pub outcome: Outcome,
    /// Whether independent mediation was used.
    pub mediation: bool,
    /// What was agreed, or why not.
    pub account: Text,
    /// By when what was agreed will be done.
    pub target: Option<NaiveDate>,
}

/// What an addressee answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answering {
    /// Accepts, with a plan and when it will be done.
    Accept {
        /// The plan.
        plan: Text,
        /// When it will be done.
        target: NaiveDate,
    },
    /// Rejects.
    Reject {
        /// Why.
        rationale: Text,
    },
    /// Responds.
    Respond {
        /// The response.
        response: Text,
        /// When what it promises will be done.
        target: Option<NaiveDate>,
    },
    /// Decides.
    Decide {
        /// The decision.
        decision: Text,
        /// Why.
        rationale: Text,
        /// When what it directs will be done.
        target: Option<NaiveDate>,
    },
}

/// Where the raiser stands when the ladder ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Position {
    /// It was resolved after all.
    Resolved,
    /// The raiser still disagrees, and says so on the record.
    Maintained,
    /// It was referred outside.
    Referred,
}
