//! A council's dispute resolution protocol as data: what a protocol file says once it has been read and checked.
//!
//! The program knows no council. Everything a step does, who is asked, for how long, who is copied, what silence means, is here.
//! `protocol/read.rs` makes these types from TOML, `protocol/check.rs` finds what cannot work, `protocol/explain.rs` says it in words,
//! `protocol/draw.rs` draws it.

pub mod check;
mod document;
pub mod draw;
pub mod explain;
pub mod fault;
pub mod json;
pub mod library;
pub mod partner;
pub mod read;
pub mod redirect;
mod review_form;
pub mod schema;
mod section;
pub mod subject;
pub mod task;
mod transfer;
pub mod words;

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

pub use task::{Every, Keeps, Repeat, TaskOccasion, TaskRule, TaskStart};

use crate::calendar::Period;
use crate::ids::{ProtocolId, RaiserRole, RoleId, RouteId, StepId};

pub use partner::{CopyNamed, Partner, PartnerBy};
pub use redirect::{Here, Redirect};
pub use review_form::{
    MOST_REVIEW_FIELDS, MidwayRule, ReviewAsks, ReviewField, ReviewStart, Sitting,
};
pub use subject::Starred;
pub use transfer::TransferRule;

/// The role every protocol has, under its local name: the manager of the IRO service.
pub const IRO_MANAGER: &str = "iro_manager";
/// The occasion of a notice on which a limit on the whole process passes with the concern open (`B-App1.overdue`).
pub const LIMIT_PASSED: &str = "limit passed";

/// One council's protocol, whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Protocol {
    /// Its id, such as `manchester`.
    pub id: ProtocolId,
    /// Its title in the council's words.
    pub title: String,
    /// Whose it is, where the source names the council.
    pub council: Option<String>,
    /// The document it was written from.
    pub source: Option<String>,
    /// The case system the source names, used in case-note wording where the council's file names none.
    pub case_system: Option<String>,
    /// Whom a concern may be about.
    pub subjects: Vec<Subject>,
    /// Who may raise one.
    pub raised_by: Vec<RaiserRole>,
    /// About whom a raiser role raises, where the file says so; the others about any of `subjects`.
    pub raiser_subjects: IndexMap<RaiserRole, Vec<Subject>>,
    /// The mark of a starred recommendation (`M-S1`), where the protocol has it.
    pub starred: Option<Starred>,
    /// Advisory limits on the whole (IRO Handbook 6.2): forecast and reported, never blocking.
    pub caps: Vec<Cap>,
    /// Every role the protocol speaks of, in the file's order.
    pub roles: IndexMap<RoleId, Role>,
    /// The ladders, at least one; the first is preselected.
    pub routes: Vec<Route>,
    /// Themes and their categories; the built-in list where the protocol has none of its own.
    pub themes: Vec<Theme>,
    /// Whether a red, amber or green judgement is asked for (`W-2.3`).
    pub rag: bool,
    /// When a step may be skipped.
    pub bypass: Bypass,
    /// The clause that lets the raiser move on while a clock still runs (`H-clock`); `None` where they must bypass.
    pub early: Option<String>,
    /// What the protocol says beside its ladders; read and explained, acted on where a capability uses it.
    pub beside: Beside,
}

/// Rules beside the ladders, kept as the file has them so that no distinction is lost.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Beside {
    /// Who may go to Cafcass, when, after whose advice.
    pub cafcass: Option<ExternalRoute>,
    /// From which step independent legal advice is open, after whose advice.
    pub legal_advice: Option<ExternalRoute>,
    /// From which step other advice is open, after whose (`S-advice`).
    pub advice: Option<ExternalRoute>,
    /// What is done at once where a concern is urgent (`M-urgent`).
    pub urgent: Option<UrgentRule>,
    /// What holds of a case that is to move to another team meanwhile (`B-App1.FREEZE`).
    pub transfer: Option<TransferRule>,
    /// What a case note holds.
    pub note: Option<NoteRule>,
    /// Clocks that a review starts (`B-3.1`).
    pub review_clocks: Vec<ReviewClock>,
    /// The midway review, where the paper has one (`B-5.1.a`).
    pub midway: Option<MidwayRule>,
    /// What the form of a review asks beside the rating and the matters of concern (`W-2.3`).
    pub review_fields: Vec<ReviewField>,
    /// Who hears of a rating, a significant change, a standing criterion.
    pub notices: Vec<Notice>,
    /// Tasks with owners that an occasion starts (`W-5`, `S-family`, `W-6.1`).
    pub tasks: Vec<TaskRule>,
    /// The ways out of this protocol to another procedure (`H-1.3`).
    pub redirects: Vec<Redirect>,
    /// Whom a raiser may tell of a concern outside its line (`W-3.1.2`, `M-partners`).
    pub partners: Vec<Partner>,
    /// Whom a raiser may copy for one concern, by name (`W-3.1.3`).
    pub copy_named: Option<CopyNamed>,
    /// Who chairs and who attends, for the steps that are a meeting.
    pub meetings: IndexMap<StepId, Meeting>,
}

/// A meeting that a step asks for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Meeting {
    /// Who chairs it (`B-5.2.a`); the step's addressee where the protocol does not say.
    pub chair: Option<RoleId>,
    /// Who attends beside the raiser and the addressees (`W-3.1.7`).
    pub attends: Vec<RoleId>,
    /// Whether the addressee may decide that none is held, with a reason (`W-3.1.7`).
    pub may_decline: bool,
    /// The kinds of meeting that may be called, in the paper's words (`W-3.1.6`); never empty once read.
    pub kinds: Vec<String>,
    /// Whether independent mediation may be used, which its outcome then says (`W-3.1.7`).
    pub mediation: bool,
    /// Whether who attends is decided at the time, by name (`H-S2`, `W-3.1.6`).
    pub others: bool,
}

impl Meeting {
    /// Whether the paper expects one at this step: it asks to meet, or names who chairs. Otherwise one may be called.
    #[must_use]
    pub fn is_expected(&self, step: &Step) -> bool {
        step.asks == Asks::Meet || self.chair.is_some() || !self.may_decline
    }
}

/// What a meeting is called where the paper has no name for it.
pub const MEETING: &str = "Meeting";

/// A way out of the council beside the ladder: Cafcass or legal advice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExternalRoute {
    /// The raiser roles that may take it; empty means every one.
    pub by: Vec<RaiserRole>,
    /// The step from which it is open; `None` means at any time.
    pub from: Option<StepId>,
    /// The protocol's own condition in its words, such as "exhausted or urgent".
    pub when: Option<String>,
    /// Who is consulted first.
    pub gate: Option<Gate>,
    /// Who is told of it, without a veto.
    pub oversight: Vec<RoleId>,
    /// Where the source says so.
    pub clause: String,
}

/// An urgent concern: a telephone call to the right manager, beside the escalation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UrgentRule {
    /// When, in the protocol's words.
    pub when: Option<String>,
    /// Where the source says so.
    pub clause: String,
}

/// What a case note of a step holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoteRule {
    /// The note's fields, in order.
    pub fields: Vec<String>,
    /// Whether a concern is closed only once the note of each step reached is in the case system (`H-note`).
    pub required: bool,
    /// The routes on which that is so; empty for all.
    pub routes: Vec<RouteId>,
    /// Names of the note in the case system, by occasion: `informal`, `formal`, each also with a subject after it, such as
    /// `informal_child_protection`.
    pub names: IndexMap<String, String>,
    /// Where the source says so.
    pub clause: Option<String>,
}

impl NoteRule {
    /// Whether a concern on this route is closed only once its notes are in the case system.
    #[must_use]
    pub fn is_demanded_on(&self, route: &RouteId) -> bool {
        self.required && (self.routes.is_empty() || self.routes.contains(route))
    }
}

/// A clock that a review starts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReviewClock {
    /// Its id, such as `objection`.
    pub id: String,
    /// What is due, in words.
    pub name: String,
    /// What starts it.
    pub starts: ReviewStart,
    /// How long.
    pub within: Period,
    /// Whose task it is.
    pub owner: Option<RoleId>,
    /// What silence means.
    pub on_silence: Silence,
    /// Whether it is due only where matters of concern came up at the review (`B-App3`).
    pub only_with_concerns: bool,
    /// Whether raising a concern from the review does it too: what is raised here is recorded (`B-5.1.a`).
    pub done_by_raising: bool,
    /// What the button says by which its owner tells that it is done; its name where the protocol does not say.
    pub done: Option<String>,
    /// Where the source says so.
    pub clause: String,
}

/// Who hears of something at once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// The occasion, such as `rag red`.
    pub when: String,
    /// Who is told; `raiser` stands for the reviewing officer.
    pub to: Vec<RoleId>,
    /// What it covers, where the source lists it (`B-App2`, `W-2.4`).
    pub items: Vec<String>,
    /// Where the source says so.
    pub clause: String,
}

/// Whom a concern is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Subject {
    /// A looked-after child.
    LookedAfterChild,
    /// A child on a child protection plan.
    ChildProtection,
    /// A foster carer.
    FosterCarer,
}

/// An advisory limit on the whole process.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cap {
    /// How long.
    pub within: Period,
    /// From when.
    pub from: ClockStart,
    /// The routes it is on; empty means every one.
    pub routes: Vec<RouteId>,
    /// The subjects it is for; empty means every one.
    pub subjects: Vec<Subject>,
    /// Where the source says so.
    pub clause: String,
}

/// Somebody a protocol speaks of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Role {
    /// Its local name, such as "Locality Service Lead".
    pub name: String,
    /// Whether each team has its own holder, or the council has one.
    pub scope: Scope,
    /// Who gets what a vacant role would get; `iro_manager` where the protocol does not say.
    pub vacant: Option<RoleId>,
}

/// How many holders a role has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// Each team its own.
    Team,
    /// One for the council, unless a team names its own.
    Council,
}

/// One ladder of steps.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Route {
    /// Its id; `main` where the protocol has one ladder.
    pub id: RouteId,
    /// Its name for people.
    pub name: String,
    /// The subjects it is for; empty means all the protocol's.
    pub subjects: Vec<Subject>,
    /// Where a concern starts unless its raiser says otherwise and why.
    pub default_start: StepId,
    /// The steps, lowest first.
    pub steps: Vec<Step>,
}

/// One step of a ladder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// Its id, such as `m-1`.
    pub id: StepId,
    /// The stage's name in the source, such as "Stage 1".
    pub stage: String,
    /// What the step is, such as "Starred recommendation".
    pub name: String,
    /// What it is where the concern is about one of these instead (`M-S1`).
    pub names: IndexMap<Subject, String>,
    /// Where the source says so; shown beside every deadline.
    pub clause: String,
    /// Whether it belongs to the formal process, from which caps count.
    pub formal: bool,
    /// In whose name it is sent.
    pub sender: Sender,
    /// Who must answer.
    pub to: Vec<RoleId>,
    /// Whether any of them may answer for all.
    pub need: Need,
    /// Who considers it together with them, and may answer too (`M-S3`).
    pub with: Vec<RoleId>,
    /// What is asked.
    pub asks: Asks,
    /// By when; `None` leaves the raiser a review date.
    pub clock: Option<StepClock>,
    /// By when it should have been issued (`W-3.1.1`): a task of the raiser's, never a bar.
    pub issue_by: Option<StepClock>,
    /// Whether and how the addressee may extend the clock.
    pub extend: Option<Extend>,
    /// What stands before the step.
    pub gate: Option<Gate>,
    /// When a rejection moves the concern on.
    pub on_reject: OnReject,
    /// What silence means at the deadline.
    pub silence: Silence,
    /// Where what is unresolved goes; `None` exhausts the ladder.
    pub next: Option<StepId>,
    /// Where silence goes when it goes elsewhere (`B-5.1.b`).
    pub on_lapse: Option<StepId>,
    /// Who is copied at this step, for information, or alerted on its entry.
    pub copy: Vec<RoleId>,
    /// Who is copied from this step to the end (`W-3.1.3`).
    pub copy_from_here_on: Vec<RoleId>,
    /// Who outside the ladder hears when it is overdue (`B-App1.overdue`).
    pub overdue_alert: Vec<RoleId>,
    /// Who is asked for their input before it is answered, beside the raiser (`W-3.2.2`). It moves no clock.
    pub inputs: Vec<RoleId>,
    /// Who follows the directed actions.
    pub monitored_by: Monitor,
}

/// How long a step has, and from when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StepClock {
    /// How long.
    pub within: Period,
    /// From when.
    pub from: ClockStart,
    /// What the raiser may set for one case.
    pub adjust: Adjust,
}

/// What starts a clock. Every clock excludes the day of its start.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ClockStart {
    /// The step's issue; the same day as its receipt unless delivery was late, and then the receipt.
    Issued,
    /// The raising of the concern (`H-clock`).
    Raised,
    /// The event the concern is about: the review, the conference, the day it was identified.
    Event,
    /// The first formal step's issue.
    FirstFormal,
    /// The previous step's issue.
    PreviousStep,
    /// A named earlier step's issue.
    Step(StepId),
}

/// What the raiser may set for one case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Adjust {
    /// Nothing: the protocol's time stands.
    #[default]
    No,
    /// A shorter time only: the protocol's are maxima (`H-2.4`).
    Shorter,
    /// Any time (`B-5.1.b`).
    Any,
}

/// In whose name a step is sent.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub enum Sender {
    /// The raiser.
    #[default]
    Raiser,
    /// Another role (`M-S2`).
    Role(RoleId),
}

/// Whether one answer is enough.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Need {
    /// Any addressee may answer.
    #[default]
    AnyOf,
    /// Each must.
    AllOf,
}

/// What a step asks of its addressee.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Asks {
    /// Accept with a plan and a target date, or reject with a rationale.
    AcceptOrReject,
    /// A written response.
    Respond,
    /// A decision and its rationale, both in writing.
    Decide,
    /// A discussion, and its outcome.
    Discuss,
    /// A meeting held or not, and its outcome.
    Meet,
    /// A note of what was done.
    Note,
}

/// How an addressee may extend a clock.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Extend {
    /// Whether the missing item must be named (`W-3.2.4`).
    pub needs_item: bool,
    /// Where the source says so.
    pub clause: String,
}

/// What stands before a step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gate {
    /// What is asked of whom.
    pub kind: GateKind,
    /// Who is asked; empty for a judgement, which is the raiser's own.
    pub roles: Vec<RoleId>,
    /// Whether the word of any of them opens it, or each is needed.
    pub need: Need,
    /// The question in the protocol's words.
    pub question: Option<String>,
    /// Where the source says so.
    pub clause: Option<String>,
}

/// What a gate asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GateKind {
    /// Discussed first; the view is recorded, not obeyed.
    Discuss,
    /// Agreed first.
    Agree,
    /// Decided together.
    InConjunction,
    /// The raiser's own judgement; silence never satisfies it.
    Judgement,
}

/// When a rejection moves a concern on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum OnReject {
    /// At once.
    #[default]
    AtOnce,
    /// At the step's deadline (`M-S1`).
    AtDeadline,
}

/// What silence at a deadline means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Silence {
    /// Unresolved: the concern moves on.
    #[default]
    Lapse,
    /// Accepted, no objection (`B-3.1.c`): for review paperwork, never for a concern.
    DeemedAccepted,
    /// Somebody is told; nothing moves.
    Alert,
}

/// Who follows directed actions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Monitor {
    /// The raiser.
    #[default]
    Raiser,
    /// The addressee (`M-S3`).
    Addressee,
}

/// When a step may be skipped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bypass {
    /// The steps it may go to; empty means any later step.
    pub to: Vec<StepId>,
    /// Who is asked, and recorded; never a veto.
    pub gate: Option<Gate>,
    /// Where the source says so, or that it is silent and the Handbook speaks.
    pub clause: String,
}

/// A theme and its categories, for reporting.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Theme {
    /// Its name; empty where the protocol has categories without themes.
    pub name: String,
    /// What may be chosen under it.
    pub categories: Vec<Category>,
}

/// What a concern is about, for reporting.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Category {
    /// Its id, short and stable.
    pub id: String,
    /// Its words, shown to people.
    pub name: String,
}

impl Protocol {
    /// The route of that id.
    #[must_use]
    pub fn route(&self, id: &RouteId) -> Option<&Route> {
        self.routes.iter().find(|route| &route.id == id)
    }

    /// The local name of a role; its id where the protocol does not know it.
    #[must_use]
    pub fn role_name<'a>(&'a self, id: &'a RoleId) -> &'a str {
        self.roles
            .get(id)
            .map_or(id.as_str(), |role| role.name.as_str())
    }

    /// The local name of the role of that id, written as text.
    fn role_name_of<'a>(&'a self, id: &'a str) -> &'a str {
        self.roles.get(id).map_or(id, |role| role.name.as_str())
    }

    /// The category of that id.
    #[must_use]
    pub fn category(&self, id: &str) -> Option<&Category> {
        self.themes
            .iter()
            .flat_map(|theme| &theme.categories)
            .find(|category| category.id == id)
    }
}

impl Route {
    /// The step of that id.
    #[must_use]
    pub fn step(&self, id: &StepId) -> Option<&Step> {
        self.steps.iter().find(|step| &step.id == id)
    }

    /// Its place on the ladder, counted from 0.
    #[must_use]
    pub fn place(&self, id: &StepId) -> Option<usize> {
        self.steps.iter().position(|step| &step.id == id)
    }

    /// Who is copied at the step of that place: its own copies, then those that stick from the steps before it, climbed or passed
    /// over, and from itself, each once, without those who answer it.
    pub fn copies(&self, place: usize) -> impl Iterator<Item = &RoleId> {
        let step = self.steps.get(place);
        let own = step.into_iter().flat_map(|step| &step.copy);
        let sticky = self
            .steps
            .iter()
            .take(place + 1)
            .flat_map(|earlier| &earlier.copy_from_here_on);
        let mut seen = Vec::new();
        own.chain(sticky).filter(move |role| {
            let fresh = !self.answers(place, role) && !seen.contains(role);
            if fresh {
                seen.push(*role);
            }
            fresh
        })
    }

    /// Whether a role gets the card of the step of that place and may answer it.
    #[must_use]
    pub fn answers(&self, place: usize, role: &RoleId) -> bool {
        let step = self.steps.get(place);
        step.is_some_and(|step| step.answerers().any(|answerer| answerer == role))
    }
}

impl Step {
    /// Everybody who gets the card and may answer: the addressees, then those it is considered with.
    pub fn answerers(&self) -> impl Iterator<Item = &RoleId> {
        self.to.iter().chain(&self.with)
    }
}
