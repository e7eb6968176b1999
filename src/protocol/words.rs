//! The words of a protocol file and what they stand for, in one place: the reader and the explainer both use them.

use super::{
    Adjust, Asks, ClockStart, GateKind, Here, Monitor, Need, OnReject, PartnerBy, Repeat,
    ReviewAsks, Scope, Silence, Sitting, Subject, TaskOccasion,
};

/// The word that stands for a value.
pub(super) fn word_for<T: PartialEq>(words: &[(&'static str, T)], value: &T) -> &'static str {
    words
        .iter()
        .find(|(_, known)| known == value)
        .map_or("", |(word, _)| word)
}

pub(super) const SUBJECTS: &[(&str, Subject)] = &[
    ("looked_after_child", Subject::LookedAfterChild),
    ("child_protection", Subject::ChildProtection),
    ("foster_carer", Subject::FosterCarer),
];

pub(super) const SCOPES: &[(&str, Scope)] = &[("council", Scope::Council), ("team", Scope::Team)];

pub(super) const ASKS: &[(&str, Asks)] = &[
    ("accept or reject", Asks::AcceptOrReject),
    ("respond", Asks::Respond),
    ("decide", Asks::Decide),
    ("discuss", Asks::Discuss),
    ("meet", Asks::Meet),
    ("note", Asks::Note),
];

pub(super) const NEEDS: &[(&str, Need)] = &[("any of", Need::AnyOf), ("all of", Need::AllOf)];

pub(super) const ADJUST: &[(&str, Adjust)] = &[
    ("no", Adjust::No),
    ("shorter", Adjust::Shorter),
    ("any", Adjust::Any),
];

pub(super) const ON_REJECT: &[(&str, OnReject)] = &[
    ("at once", OnReject::AtOnce),
    ("at deadline", OnReject::AtDeadline),
];

pub(super) const SILENCE: &[(&str, Silence)] = &[
    ("moves on", Silence::Lapse),
    ("deemed accepted", Silence::DeemedAccepted),
    ("alert", Silence::Alert),
];

pub(super) const MONITOR: &[(&str, Monitor)] = &[
    ("raiser", Monitor::Raiser),
    ("addressee", Monitor::Addressee),
];

pub(super) const GATES: &[(&str, GateKind)] = &[
    ("discuss", GateKind::Discuss),
    ("agree", GateKind::Agree),
    ("in conjunction", GateKind::InConjunction),
    ("judgement", GateKind::Judgement),
];

/// What becomes of a concern that another procedure has.
pub(super) const HERE: &[(&str, Here)] = &[("ends", Here::Ends), ("goes on", Here::GoesOn)];

/// How somebody outside the line is told.
pub(super) const PARTNER_BY: &[(&str, PartnerBy)] = &[
    ("message", PartnerBy::Message),
    ("e-mail", PartnerBy::Email),
];

/// What starts a clock, but for a named step, which is `step` and its id.
pub(super) const STARTS: &[(&str, ClockStart)] = &[
    ("issue", ClockStart::Issued),
    ("raised", ClockStart::Raised),
    ("event", ClockStart::Event),
    ("first formal step", ClockStart::FirstFormal),
    ("previous step", ClockStart::PreviousStep),
];

/// What a clock of a review starts at, but for another clock, which is its id.
pub(super) const SITTINGS: &[(&str, Sitting)] =
    &[("review", Sitting::Review), ("midway", Sitting::Midway)];

/// When a review's clock runs: after every review, or only where matters of concern came up.
pub(super) const REVIEW_WHEN: &[(&str, bool)] = &[("always", false), ("concerns", true)];

/// Who does a review's task: its owner says that it is done, or raising a concern from the review does it too.
pub(super) const REVIEW_DONE_BY: &[(&str, bool)] = &[("owner", false), ("raising", true)];

/// How a field of a review's form is answered.
pub(super) const REVIEW_ASKS: &[(&str, ReviewAsks)] = &[
    ("words", ReviewAsks::Words),
    ("yes or no", ReviewAsks::YesOrNo),
];

/// The occasions of a notice.
pub(super) const OCCASIONS: &[(&str, &str)] = &[
    ("review held", "review held"),
    ("rag amber", "rag amber"),
    ("rag red", "rag red"),
    ("significant change", "significant change"),
    ("standing criterion", "standing criterion"),
    ("general concern", "general concern"),
    ("good practice", "good practice"),
    ("answered", "answered"),
    ("limit passed", "limit passed"),
    ("referred outside", "referred outside"),
    ("position recorded", "position recorded"),
];

/// The occasions that start tasks.
pub(super) const TASK_OCCASIONS: &[(&str, TaskOccasion)] = &[
    ("proceedings", TaskOccasion::Proceedings),
    ("another officer", TaskOccasion::AnotherOfficer),
    ("guardian appointed", TaskOccasion::GuardianAppointed),
    ("dispute in proceedings", TaskOccasion::Dispute),
    ("review in proceedings", TaskOccasion::Review),
    ("proceedings ended", TaskOccasion::ProceedingsEnded),
    ("stays looked after", TaskOccasion::StaysLookedAfter),
    ("concern raised", TaskOccasion::ConcernRaised),
    ("concern moves on", TaskOccasion::ConcernMoves),
    ("protocol", TaskOccasion::Protocol),
    ("team", TaskOccasion::Team),
];

/// How often a task is asked in one list.
pub(super) const REPEATS: &[(&str, Repeat)] = &[
    ("no", Repeat::Once),
    ("each time", Repeat::EachTime),
    ("throughout", Repeat::Throughout),
    ("any time", Repeat::AnyTime),
];

/// A clock's start as the file writes it.
#[must_use]
pub fn clock_start(start: &ClockStart) -> String {
    match start {
        ClockStart::Step(step) => format!("step {step}"),
        other => word_for(STARTS, other).to_owned(),
    }
}

/// What a step asks, as the file writes it.
#[must_use]
pub fn asks(asks: Asks) -> &'static str {
    word_for(ASKS, &asks)
}

/// A gate's kind as the file writes it.
#[must_use]
pub fn gate_kind(kind: GateKind) -> &'static str {
    word_for(GATES, &kind)
}

/// A subject as the file writes it.
#[must_use]
pub fn subject(subject: Subject) -> &'static str {
    word_for(SUBJECTS, &subject)
}

/// A role's scope as the file writes it.
#[must_use]
pub fn scope(scope: Scope) -> &'static str {
    word_for(SCOPES, &scope)
}
