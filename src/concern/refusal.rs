//! Why something that was asked changes nothing.

use chrono::NaiveDate;

use super::command::OutsideWay;
use crate::ids::{RaiserRole, RoleId, StepId};

/// Why a command changes nothing. Its words are in `messages/refusal/`, one file a code.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Somebody else may do this.
    #[error("not theirs to do")]
    NotYours {
        /// Who may.
        who: Who,
    },
    /// They raised it themselves.
    #[error("it is their own concern")]
    OwnConcern,
    /// It is closed.
    #[error("the concern is closed")]
    Closed,
    /// It was done already, by this click or another's.
    #[error("done already")]
    DoneAlready,
    /// The card is of a step that has moved on, or the button no longer applies.
    #[error("out of date")]
    OutOfDate,
    /// The step does not ask for this answer.
    #[error("not what the step asks")]
    NotAsked,
    /// The clock still runs; the way to be quicker is to bypass.
    #[error("the clock still runs")]
    ClockRuns {
        /// Until when.
        due: crate::calendar::Due,
    },
    /// There is nothing to hold: no clock runs.
    #[error("no clock runs")]
    NothingToHold,
    /// The answer is with the raiser already: nothing lapses.
    #[error("nothing to move on from")]
    NothingToMoveOn,
    /// There is no later step.
    #[error("no further step")]
    LastStep,
    /// The step may not be extended.
    #[error("the step may not be extended")]
    NoExtension,
    /// The protocol's time stands: the raiser may not set another.
    #[error("the protocol's time stands")]
    TimeFixed,
    /// The ladder has not ended.
    #[error("the ladder has not ended")]
    NotExhausted,
    /// No gate is asked.
    #[error("no gate is asked")]
    NoGate,
    /// The protocol has no meeting at this step.
    #[error("the step has no meeting")]
    NoMeetingHere,
    /// The protocol does not leave it to the addressee whether a meeting is held.
    #[error("the meeting may not be declined")]
    MustMeet {
        /// Where it says so.
        clause: String,
    },
    /// Steps that demand a case note lack it.
    #[error("case notes are missing")]
    NotesMissing {
        /// The steps' stages, in order, each once.
        stages: Vec<String>,
        /// Where the protocol says so.
        clause: Option<String>,
    },
    /// The protocol does not have others copied by name, or not yet.
    #[error("nobody is copied by name")]
    NotCopiedByName {
        /// The step from which it has; absent where it has not at all.
        from: Option<StepId>,
        /// Where it says so.
        clause: String,
    },
    /// The protocol has no other procedure for this concern.
    #[error("no other procedure for this concern")]
    NotRedirected {
        /// Where it has the one that was asked for, for other concerns; absent where it has none at all.
        clause: Option<String>,
    },
    /// The protocol does not let the raiser's role take this way out.
    #[error("not by this role")]
    OutsideByOthers {
        /// Which way.
        way: OutsideWay,
        /// The raiser roles that may.
        by: Vec<RaiserRole>,
        /// Where the protocol says so.
        clause: String,
    },
    /// The protocol opens this way out only from a later step.
    #[error("not open yet")]
    OutsideNotYet {
        /// Which way.
        way: OutsideWay,
        /// The step from which it is open.
        from: StepId,
        /// Where the protocol says so.
        clause: String,
    },
    /// What was typed in a field cannot be.
    #[error("the field {block} cannot be taken: {fault:?}")]
    Field {
        /// The field, by its block id.
        block: &'static str,
        /// What is wrong with it.
        fault: FieldFault,
    },
}

/// Who may do what somebody else was refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Who {
    /// The raiser.
    Raiser,
    /// The raiser, or the manager of the IRO service.
    RaiserOrIroManager,
    /// The holders of these roles.
    Roles(Vec<RoleId>),
    /// Those who may read it.
    Readers,
}

/// What is wrong with what was typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FieldFault {
    /// It is required.
    Missing,
    /// The day is past.
    Past,
    /// The day is not yet.
    Future,
    /// The day is before this one, on which it can first have been.
    Before(NaiveDate),
    /// The day is not after the present one.
    NotAfter(NaiveDate),
    /// The day is after the latest that is allowed.
    After(NaiveDate),
    /// The protocol's time is a maximum, and ends then.
    OnlyShorter(NaiveDate),
    /// The step is not on this route, or not later than the present one.
    NotALaterStep,
    /// They do not hold the role that the protocol asks for.
    NotAHolder(Vec<RoleId>),
    /// It is due on that day already.
    SameDay,
    /// They may not raise under this protocol.
    NotARaiser,
    /// They sit in the line of the concern.
    InTheLine,
    /// They have it already.
    AlreadyTheirs,
    /// Whoever acts by cover alone makes nothing their own: a cover ends with its last day (`B-3.b`).
    ForACover,
    /// The protocol does not have it.
    Unknown,
    /// The protocol does not let this role raise.
    RoleMayNotRaise,
    /// The route is for nobody whom this role raises about.
    RoleNotOnRoute,
    /// There are more than that many.
    TooMany(usize),
    /// They were told already, and nothing more would be asked of them.
    ToldAlready,
    /// They sit in the line of the concern, or manage the service: it comes to them by itself.
    ReadsAlready,
    /// The protocol has these told by e-mail, by this clause; empty where it says nothing of them.
    ByEmail(String),
    /// The protocol has the star for others only, by this clause.
    NotStarred(String),
}
