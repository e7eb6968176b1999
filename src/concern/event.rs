//! What happened, one fact an event, in the past tense. A fact holds no free text: that travels beside it, is sealed by the
//! store, and is read only for a person who may read it.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use super::command::{OutsideWay, Position};
use super::follow::Progress;
use super::meeting::Outcome;
use super::partner::{Informed, Replied};
use super::redirect::Redirected;
use super::state::Phase;
use crate::calendar::Due;
use crate::ids::{CaseRef, ProtocolId, RaiserRole, RoleId, RouteId, StepId, TeamId, UserId};
use crate::protocol::Subject;

/// A fact as it stands in the record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recorded {
    /// Its place in the concern's history, from 1.
    pub seq: i64,
    /// When it was recorded.
    pub at: DateTime<Utc>,
    /// Who did it.
    pub actor: Actor,
    /// For whom, where they could only as that person's cover (`B-3.b`).
    pub on_behalf_of: Option<UserId>,
    /// What happened.
    pub fact: Fact,
}

/// Who did something.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Actor {
    /// Nobody: a clock fell, or a delivery was reported.
    Lodestar,
    /// A person.
    Person(UserId),
}

/// The free texts that may stand beside a fact, in the order in which people read them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Field {
    /// What the concern is.
    Issue,
    /// What it means for the child (`M-impact`).
    Impact,
    /// What is asked for.
    Action,
    /// Why it starts elsewhere than the protocol's usual step.
    StartReason,
    /// The plan of an accepted recommendation.
    Plan,
    /// A decision.
    Decision,
    /// Why a recommendation was rejected, or a decision made.
    Rationale,
    /// An answer.
    Response,
    /// Why something was done.
    Reason,
    /// The item an extension waits for.
    Item,
    /// With whom something was decided, where they are not in the directory.
    With,
    /// A note.
    Note,
    /// The outcome of a step, as its case note says it where no answer does (`H-note`).
    Outcome,
    /// What is put to Cafcass, or why nothing is (`W-3.1.4`).
    Grounds,
    /// Advice that is sought or was given. Privileged: [`Field::is_privileged`].
    LegalAdvice,
    /// What was agreed in a call (`M-urgent`).
    Call,
    /// Who was called, where they are not in the directory.
    Called,
    /// Time and place of a meeting, and who is asked to come.
    Arrangements,
    /// Who was told outside the line, in words (`M-partners`).
    Told,
    /// What somebody outside the line was told or asked.
    Asked,
    /// What somebody tells the addressee of a step before it is answered (`W-3.2.2`).
    Input,
    /// What came of independent mediation (`W-3.2.2`).
    Mediation,
    /// What somebody whom a protocol asks to speak to first thinks of it (`B-5.3`, `M-S2`).
    View,
    /// Who decided that a case moves, where they are not in the directory (`B-App1.FREEZE`).
    DecidedBy,
}

impl Field {
    /// Whether only the raiser's side may see it: the raiser, their cover, the manager of the IRO service.
    #[must_use]
    pub fn is_privileged(self) -> bool {
        matches!(self, Self::LegalAdvice)
    }

    /// Its stable name in the store.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Issue => "issue",
            Self::Impact => "impact",
            Self::Action => "action",
            Self::StartReason => "start_reason",
            Self::Plan => "plan",
            Self::Rationale => "rationale",
            Self::Response => "response",
            Self::Decision => "decision",
            Self::Reason => "reason",
            Self::Item => "item",
            Self::With => "with",
            Self::Note => "note",
            Self::Outcome => "outcome",
            Self::Grounds => "grounds",
            Self::LegalAdvice => "legal_advice",
            Self::Call => "call",
            Self::Called => "called",
            Self::Arrangements => "arrangements",
            Self::Told => "told",
            Self::Asked => "asked",
            Self::Input => "input",
            Self::Mediation => "mediation",
            Self::View => "view",
            Self::DecidedBy => "decided_by",
        }
    }
}

/// How a concern came to a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum How {
    /// It was raised there.
    Raised,
    /// The step before lapsed unanswered.
    Lapsed,
    /// The step before was rejected.
    Rejected,
    /// The raiser was not satisfied with the answer, or what was agreed was not done.
    Unsatisfied,
    /// The raiser moved it on.
    Escalated,
    /// The raiser skipped to it.
    Bypassed,
}

/// The kind of an addressee's answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Answered {
    /// Accepted, with a plan and a target date.
    Accepted,
    /// Rejected, with a rationale.
    Rejected,
    /// Responded in writing.
    Responded,
    /// Decided, with a rationale.
    Decided,
}

/// Why a due moment was dated again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Redate {
    /// The card was taken only on a later day than it was issued.
    DeliveredLate,
    /// A day was added to or taken from the calendar.
    CalendarChanged,
}

/// Red, amber or green (`W-2.3`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rag {
    /// Red.
    Red,
    /// Amber.
    Amber,
    /// Green.
    Green,
}

impl Rag {
    /// The occasion on which somebody hears of it, as a protocol's notices name it; nobody hears of green.
    #[must_use]
    pub fn occasion(self) -> Option<&'static str> {
        match self {
            Self::Red => Some("rag red"),
            Self::Amber => Some("rag amber"),
            Self::Green => None,
        }
    }
}

/// What a raiser marks a concern with.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Flags {
    /// A starred recommendation (`M-S1`).
    #[serde(default)]
    pub starred: bool,
    /// Heads the card, and asks whether the raiser has phoned (`M-urgent`).
    #[serde(default)]
    pub urgent: bool,
    /// The child's case is before the court.
    #[serde(default)]
    pub in_proceedings: bool,
}

/// What a concern was raised with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Raised {
    /// The team whose case it is.
    pub team: TeamId,
    /// The protocol.
    pub protocol: ProtocolId,
    /// The hash of the protocol's text as it then was: the concern stays with it.
    pub protocol_hash: String,
    /// The route through it.
    pub route: RouteId,
    /// The role in which the raiser raised it.
    pub raiser_role: RaiserRole,
    /// Whom it is about. A record from before this was kept has none: [`super::Rules::subject`] then says whom, where only one fits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<Subject>,
    /// The case.
    pub case_ref: CaseRef,
    /// The category's id.
    pub category: String,
    /// The judgement on progress, where the protocol asks for one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rag: Option<Rag>,
    /// The day of the review, the conference, or when the concern was identified.
    pub event_date: NaiveDate,
    /// By when the raiser asks for the action.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub action_by: Option<NaiveDate>,
    /// This child's own addressee, where it is not the role's holder.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub addressee: Option<UserId>,
    /// The marks.
    #[serde(default)]
    pub flags: Flags,
}

/// The day of a meeting, as it was set.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MeetingDay {
    /// The visit.
    pub visit: u32,
    /// Its number within the visit, from 1.
    pub meeting: u32,
    /// What kind, in the protocol's words.
    pub what: String,
    /// The day.
    pub on: NaiveDate,
    /// Who chairs it, where it is not whom the protocol names.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub chair: Option<UserId>,
    /// Who else is asked to come, by name (`H-S2`).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub attendees: Vec<UserId>,
    /// Whether the raiser's side set it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub by_raiser: bool,
    /// The roles of those who meet that whoever set it holds: the others are told of the day (`M-S4`).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub by_roles: Vec<RoleId>,
}

/// What came of a meeting, as one side tells it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Met {
    /// The visit.
    pub visit: u32,
    /// Its number within the visit, from 1.
    pub meeting: u32,
    /// What kind, in the protocol's words.
    pub what: String,
    /// The day on which it was held.
    pub on: NaiveDate,
    /// What came of it.
    pub outcome: Outcome,
    /// Whether independent mediation was used (`W-3.1.7`).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub mediation: bool,
    /// The day by which what was agreed will be done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target: Option<NaiveDate>,
    /// Whether the raiser's side tells it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub by_raiser: bool,
}

/// What happened.
///
/// `visit` counts the steps issued in this concern from 1, so that a step entered twice is told apart.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Fact {
    /// It was raised. With texts `issue`, `impact`, `action`, and `start_reason` where it starts elsewhere.
    Raised(Box<Raised>),
    /// A step was issued to its addressee.
    StepIssued {
        /// The visit's number, from 1.
        visit: u32,
        /// The step.
        step: StepId,
        /// How it came there.
        how: How,
        /// By when an answer is due; absent for a step without a clock.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        due: Option<Due>,
        /// When the raiser is asked again, for a step without a clock.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        review_on: Option<NaiveDate>,
        /// Whether the protocol's window had passed already, so that five working days were given.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        window_passed: bool,
        /// Whether it was issued later than the protocol asks (`W-3.1.1`).
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        issued_late: bool,
    },
    /// The messaging platform took the step's card.
    CardDelivered {
        /// The visit.
        visit: u32,
        /// When.
        at: DateTime<Utc>,
    },
    /// A due moment was dated again.
    Redated {
        /// The visit.
        visit: u32,
        /// The new due moment.
        due: Due,
        /// Why.
        why: Redate,
    },
    /// The addressee has seen it. The answer's clock runs on.
    Acknowledged {
        /// The visit.
        visit: u32,
        /// For which roles of the step; absent in records from before that was kept.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        roles: Vec<RoleId>,
    },
    /// The addressee was reminded to acknowledge.
    AckReminded {
        /// The visit.
        visit: u32,
    },
    /// The addressee answered in time. With the answer's texts: `plan`; `rationale`; `response`; `decision` and `rationale`.
    Answered {
        /// The visit.
        visit: u32,
        /// The answer.
        answer: Answered,
        /// The role in which they answered; absent for this child's own addressee.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        role: Option<RoleId>,
        /// The other roles of the step that they hold too: one answer speaks for all of them.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        also: Vec<RoleId>,
        /// The day by which it will be done.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        target: Option<NaiveDate>,
        /// What the concern then waits for, by the protocol it is under.
        then: Phase,
    },
    /// An answer that came after its step had ended: kept, shown, and undoing nothing. With the answer's texts.
    AnsweredLate {
        /// The visit it answers.
        visit: u32,
        /// The answer.
        answer: Answered,
        /// The day by which it will be done.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        target: Option<NaiveDate>,
    },
    /// The addressee extended the clock. With texts `reason`, `item`.
    Extended {
        /// The visit.
        visit: u32,
        /// The new due moment.
        due: Due,
    },
    /// The raiser was warned that the step lapses on the next working day.
    Warned {
        /// The visit.
        visit: u32,
    },
    /// The raiser holds the escalation. With text `reason`.
    Held {
        /// The visit.
        visit: u32,
        /// Until the close of business of this day.
        until: Due,
    },
    /// The deadline passed without the answer it needs.
    Lapsed {
        /// The visit.
        visit: u32,
        /// How long after its moment the lapse was noticed, in milliseconds: little but after an outage.
        #[serde(default)]
        late_ms: i64,
        /// Whether silence here moves nothing by itself, and the raiser judges.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        raiser_judges: bool,
    },
    /// The gate before a step was asked.
    GateAsked {
        /// The visit it leads out of.
        visit: u32,
        /// The step it leads to.
        to: StepId,
        /// How the concern would come there.
        how: How,
        /// Whether it is asked before the step has ended.
        ahead: bool,
    },
    /// The gate's holder was reminded.
    GateReminded {
        /// The visit.
        visit: u32,
    },
    /// The gate's holder agreed, or it was discussed with them; a judgement was made. With text `view` where it was discussed.
    GateAgreed {
        /// The visit.
        visit: u32,
        /// For which of its roles, where the word of each is needed.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        roles: Vec<RoleId>,
        /// Whether others are still asked.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        waits: bool,
        /// What is recorded of the discussion.
        #[serde(flatten)]
        talk: Talk,
    },
    /// The gate's holder declined; a judgement was withheld. With text `reason`.
    GateDeclined {
        /// The visit.
        visit: u32,
        /// What is recorded of the discussion.
        #[serde(flatten)]
        talk: Talk,
    },
    /// The step ended unresolved and the concern waits at the gate before the next.
    WaitingAtGate {
        /// The visit.
        visit: u32,
    },
    /// The raiser moved the concern on. With text `reason` where one was asked.
    Escalated {
        /// The visit.
        visit: u32,
        /// Whether they went past a gate that was declined or unanswered.
        past_gate: bool,
    },
    /// The raiser skipped to a step. With texts `reason`, `with`, and `view` where it is put down what was said of it.
    Bypassed {
        /// The visit it leaves.
        visit: u32,
        /// The step it goes to.
        to: StepId,
        /// With whom it was decided, where the protocol asks for that.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        with: Option<UserId>,
        /// When they spoke.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        with_on: Option<NaiveDate>,
    },
    /// The raiser was asked whether what was agreed is done.
    TargetAsked {
        /// The visit.
        visit: u32,
    },
    /// Those who follow up what they directed were asked whether it is done (`M-S3`).
    ReportAsked {
        /// The visit.
        visit: u32,
    },
    /// One of them said how far it has come. With text `outcome` where it is done and they say what was, `reason` where it is not.
    Reported {
        /// The visit.
        visit: u32,
        /// How far it has come.
        progress: Progress,
        /// The later day by which it is to be done, where they set one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        target: Option<NaiveDate>,
    },
    /// The raiser gave more time. With text `reason`.
    MoreTime {
        /// The visit.
        visit: u32,
        /// The new target date.
        target: NaiveDate,
    },
    /// The raiser is not satisfied with the answer, or what was agreed is not done. With text `reason` where given.
    NotSatisfied {
        /// The visit.
        visit: u32,
    },
    /// The raiser set the day on which they look again. With text `reason` where given.
    ReviewSet {
        /// The day.
        on: NaiveDate,
    },
    /// The raiser was asked to look again; they will be asked again on `next` unless they set a day.
    ReviewAsked {
        /// The next day.
        next: NaiveDate,
    },
    /// Somebody was alerted that the concern waits.
    Alerted {
        /// Why.
        why: Alert,
        /// How many times now, from 1.
        times: u32,
    },
    /// The ladder has no further step: the raiser records the position.
    Exhausted {
        /// The visit.
        visit: u32,
        /// When the raiser is asked again.
        review_on: NaiveDate,
    },
    /// The raiser recorded the position, which closes the concern. With text `reason` where given.
    PositionRecorded {
        /// The position.
        position: Position,
    },
    /// The raiser resolved it.
    Resolved,
    /// The raiser withdrew it. With text `reason`.
    Withdrawn,
    /// Somebody added a note. With text `note`.
    Noted,
    /// The steps left do not fit a limit on the whole process (`W-3.0`): the raiser was warned.
    CapWarned {
        /// The limit's place in the protocol, from 1.
        cap: u32,
        /// The day on which it ends.
        ends: NaiveDate,
        /// The day on which the steps left end at full length.
        reaches: NaiveDate,
    },
    /// The steps left fit a limit again that was warned of.
    CapFits {
        /// The limit's place in the protocol, from 1.
        cap: u32,
    },
    /// The day of a meeting was set, or set anew. With text `arrangements` where given.
    MeetingCalled(MeetingDay),
    /// No meeting is held. With text `reason`, beside the answer where the step asks to meet.
    MeetingDeclined {
        /// The visit.
        visit: u32,
    },
    /// A meeting was held. With text `outcome`, beside the answer where this is one.
    MeetingHeld(Met),
    /// Those who meet were reminded of the day.
    MeetingReminded {
        /// The visit.
        visit: u32,
        /// The meeting.
        meeting: u32,
    },
    /// It was asked what came of a meeting.
    MeetingAsked {
        /// The visit.
        visit: u32,
        /// The meeting.
        meeting: u32,
    },
    /// A limit on the whole process has passed, and the concern is open.
    CapPassed {
        /// The limit's place in the protocol, from 1.
        cap: u32,
        /// The day on which it ended.
        ended: NaiveDate,
    },
    /// It was handed over to another raiser.
    HandedOver {
        /// To whom.
        to: UserId,
        /// The role in which they hold it.
        raiser_role: RaiserRole,
    },
    /// A step's case note was pasted into the case system. With text `outcome` where no answer says it.
    NotePasted {
        /// The visit.
        visit: u32,
    },
    /// The raiser took a view on Cafcass, for or against (`W-3.1.4`). With text `grounds` where given.
    Cafcass(Outside),
    /// The raiser took a view on advice from outside, for or against. With text `legal_advice` where given.
    LegalAdvice {
        /// Whether it is advice other than independent legal advice (`S-advice`).
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        other: bool,
        /// The view.
        #[serde(flatten)]
        outside: Outside,
    },
    /// Somebody whom a step asks for input gave it (`W-3.2.2`). With texts `input`, `mediation` where given.
    InputGiven {
        /// The visit.
        visit: u32,
        /// For which roles.
        roles: Vec<RoleId>,
    },
    /// Those whose input is missing were asked again.
    InputAsked {
        /// The visit.
        visit: u32,
    },
    /// What somebody with whom a way out was discussed thinks of it, as the raiser puts it down or as they say it themselves (`B-5.3`). With
    /// text `view`, or `legal_advice` where it is about advice.
    Spoke(Spoke),
    /// Somebody on the raiser's side telephoned. With texts `call` (the actions agreed) and `called` where given.
    Called(Called),
    /// The raiser copied somebody by name, from then on (`W-3.1.3`).
    CopiedTo {
        /// The visit.
        visit: u32,
        /// Who is copied.
        user: UserId,
    },
    /// The raiser recorded that it went to another procedure (`H-1.3`). With text `reason`.
    Redirected(Redirected),
    /// Somebody outside the line was told of it (`W-3.1.2`, `M-partners`). With texts `told` and `asked` where given.
    Informed(Informed),
    /// What came of an invitation to respond. With text `response`, or `reason` where none is expected any more.
    Replied(Replied),
    /// The raiser's side was asked about what is outstanding.
    PartnersAsked {
        /// How many were outstanding.
        outstanding: u32,
    },
    /// Somebody asked to move the case to another team, and was warned where they may read the concern (`B-App1.FREEZE`).
    TransferAsked {
        /// Whether they may, so that they were told of it.
        warned: bool,
    },
    /// The case moved to another team while the concern was open. With texts `reason`, `decided_by` where given.
    Transferred(Transferred),
    /// The raiser of an urgent concern was reminded that no call is logged (`M-urgent`).
    CallReminded {
        /// How many times now, from 1.
        times: u32,
    },
    /// The raiser said why a step was sent later than the protocol asks (`W-3.1.1`). With text `reason`.
    LateExplained {
        /// The visit.
        visit: u32,
    },
    /// The raiser's side said that no call is needed. With text `reason`.
    NoCall,
    /// The raiser set by when they need the answer, within what the protocol lets them (`H-2.4`, `B-5.1.b`). With text `reason`.
    TimeSet {
        /// The visit.
        visit: u32,
        /// The new due moment.
        due: Due,
    },
}

/// A telephone call about a concern (`M-urgent`): beside the escalation, never in its place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Called {
    /// The visit at which it was recorded.
    pub visit: u32,
    /// Who was called, where they are in the workspace; else the text beside it says who.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub with: Option<UserId>,
    /// The roles of this protocol that they then held for the team.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub roles: Vec<RoleId>,
    /// When the call was.
    pub on: DateTime<Utc>,
    /// Whether they were reached.
    pub reached: bool,
}

/// A case's move to another team (`B-App1.FREEZE`). The concern stays with the team it was raised with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Transferred {
    /// The visit at which it was recorded.
    pub visit: u32,
    /// The team it went to, where it is one of the council's file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<TeamId>,
    /// What that team was then called; empty where it is none of the council's file.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub team: String,
    /// Who decided it, where they are in the workspace; else the text beside it says who.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decided_by: Option<UserId>,
}

/// A view that the raiser took on a way out of the council. It moves nothing: the ladder runs on beside it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outside {
    /// What they decided.
    pub view: View,
    /// The roles with whose holders they spoke first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub with: Vec<RoleId>,
    /// When they spoke.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub with_on: Option<NaiveDate>,
    /// What the protocol would have had otherwise: told, never a bar.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub cautions: Vec<Caution>,
}

/// A word with somebody whom the protocol asks to speak to before a way out of the council is taken (`B-5.3`, `M-cafcass`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Spoke {
    /// The visit at which it was recorded.
    pub visit: u32,
    /// About which way.
    pub way: OutsideWay,
    /// With the holder of which roles.
    pub roles: Vec<RoleId>,
    /// When they spoke; absent where somebody gives their view without that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on: Option<NaiveDate>,
    /// Whether they say it themselves; else the raiser puts it down.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub own: bool,
}

/// A discussion at a gate, as far as it is recorded (`M-S2`).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Talk {
    /// The day on which they spoke.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub spoke_on: Option<NaiveDate>,
    /// The roles whose holders said what the raiser's side puts down; empty where the holder says it themselves.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub put_down_of: Vec<RoleId>,
}

/// What the raiser decided about a way out of the council.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum View {
    /// Refer to Cafcass now; seek advice now.
    Now,
    /// Seek advice from Cafcass beside the protocol, without a referral (`W-3.1.4`).
    Advice,
    /// The advice that was sought has come.
    Received,
    /// Not now.
    NotNow,
}

/// What a protocol says against a step outside that is taken all the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Caution {
    /// The power to refer is that of a looked-after child's IRO (Children Act 1989, section 25B).
    NoPower,
    /// The protocol opens it only from a later step.
    BeforeStep,
    /// The protocol sets a condition, and neither is the concern urgent nor its ladder at an end.
    Condition,
    /// The protocol asks that somebody be spoken to first, and not all were.
    NotConsulted,
    /// The protocol says nothing of it.
    Silent,
}

/// Why somebody is alerted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Alert {
    /// The card is not delivered.
    Undelivered,
    /// The raiser has not judged the answer.
    NotJudged,
    /// The raiser has not said whether what was agreed is done.
    TargetNotJudged,
    /// Those who follow up what they directed have not said whether it is done.
    NotReported,
    /// The gate's holder has not answered.
    GateUnanswered,
    /// The raiser has not made the judgement that the next step needs, or not acted on a gate that was declined.
    RaiserAtGate,
    /// The raiser has not looked again at a step without a clock, or at an exhausted concern.
    NotReviewed,
}
