//! Which messages follow from which facts, to whom. Pure: words are in `messages/`, delivery is the courier's.
//!
//! A message is never rendered here. It is queued as what it is about, and rendered when it is sent from the record as it then
//! stands, so that what has gone stale is dropped ([`still_wanted`]). Every *standing* message (card, receipt, copy,
//! gate, alert, notice) is edited in place whenever rendering it anew gives something else.

pub mod notice;
pub mod review;
pub mod tasks;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::concern::event::{Alert, MeetingDay};
use crate::concern::follow::is_followed;
use crate::concern::meeting::Meeting;
use crate::concern::readers::{outside_told, told_of};
use crate::concern::rules::CALL_REMINDERS;
use crate::concern::state::{Concern, Phase, Visit};
use crate::concern::{Actor, Answered, Fact, How, New, OutsideWay, Rules};
use crate::ids::{ConcernId, RoleId, TeamId, UserId};
use crate::protocol::{GateKind, IRO_MANAGER, LIMIT_PASSED, Step};

/// A message that is meant to be sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mail<M = Matter> {
    /// What it is about.
    pub matter: M,
    /// To whom it goes.
    pub to: To,
}

/// What a message is about: enough, with the record, to render it at any time.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Matter {
    /// The occasion.
    pub occasion: Occasion,
    /// The visit it is about.
    pub visit: u32,
    /// Another concern it speaks of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub other: Option<ConcernId>,
}

/// Who gets a message.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum To {
    /// The holders of a role for the concern's team, or who stands in for a vacant one.
    Role(RoleId),
    /// This child's own addressee, in place of the role's holder.
    Own {
        /// The role.
        role: RoleId,
        /// The person.
        user: UserId,
    },
    /// The raiser; of a review, the officer who recorded it.
    Raiser,
    /// A person.
    Person(UserId),
    /// Who covers for somebody it is meant for.
    Cover {
        /// The one who covers.
        by: UserId,
        /// The one who is away.
        absent: UserId,
        /// What they would get it as.
        to: Box<To>,
    },
}

/// What a queued message holds: what it is about, never its words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Content {
    /// One concern.
    Concern(Matter),
    /// One review.
    Review(review::Matter),
    /// One notice.
    Notice(notice::Matter),
    /// One list of tasks.
    Tasks(tasks::Matter),
    /// The alerts to one person within an hour.
    Alerts {
        /// The first of them, as many as are kept.
        items: Vec<Item>,
        /// How many came after those: counted, so that a thousand alerts in one second stay one small message.
        more: usize,
    },
    /// A team's digest.
    Digest {
        /// The team.
        team: TeamId,
        /// The council-local day it is for.
        date: NaiveDate,
    },
    /// Something an operator should know: a bad edit of the council's file, a calendar that ends soon.
    Operator {
        /// Which words, in `messages/operator/`.
        words: String,
        /// What they are filled with. No concern text.
        facts: serde_json::Value,
    },
}

/// One alert of several.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Item {
    /// The concern.
    pub concern: ConcernId,
    /// What about it.
    pub matter: Matter,
}

/// The kinds of message, as the metadata names them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// An addressee's.
    Card,
    /// The raiser's.
    Receipt,
    /// For information.
    Copy,
    /// A gate's holder's, or the raiser's own judgement.
    Gate,
    /// A reminder.
    Reminder,
    /// An alert that something waits.
    Alert,
    /// A team's daily digest.
    Digest,
    /// Something to know.
    Notice,
}

impl Kind {
    /// Its name in message metadata.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Card => "card",
            Self::Receipt => "receipt",
            Self::Copy => "copy",
            Self::Gate => "gate",
            Self::Reminder => "reminder",
            Self::Alert => "alert",
            Self::Digest => "digest",
            Self::Notice => "notice",
        }
    }

    /// Which goes first when several wait: 0 before 1. Cards and gates move a concern; the rest can wait a moment.
    #[must_use]
    pub fn priority(self) -> u8 {
        match self {
            Self::Card | Self::Gate => 0,
            Self::Receipt | Self::Alert => 1,
            Self::Reminder => 2,
            Self::Notice => 3,
            Self::Copy => 4,
            Self::Digest => 5,
        }
    }
}

/// The occasions on which something is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Occasion {
    /// A step is issued: its addressee's card.
    Card,
    /// The raiser's standing receipt: the whole concern at a glance, with everything they may do.
    Receipt,
    /// To the raiser: it lapses on the next working day unless they hold it.
    Warning,
    /// To the raiser: the addressee answered; theirs to judge, or it moves on.
    Answered,
    /// To the raiser: the concern moved on by itself.
    MovedOn,
    /// To the raiser: the target date is here; is it done?
    TargetAsk,
    /// To those who follow up what they directed: the day they set is here; is it done (`M-S3`)?
    ReportAsk,
    /// To the raiser: those who follow it up said how far it has come.
    Reported,
    /// To the raiser: time to look again.
    ReviewAsk,
    /// To the raiser: a gate was declined; they may proceed with a reason.
    GateDeclined,
    /// To the raiser: the ladder has ended; their position is asked.
    ExhaustedAsk,
    /// To a copied role: for information.
    Copy,
    /// To a gate's holder, or the raiser for a judgement.
    Gate,
    /// To the addressee: not acknowledged yet.
    AckReminder,
    /// To a gate's holder: not answered yet.
    GateReminder,
    /// To the raiser: the card is not delivered.
    AlertUndelivered,
    /// To the manager of the IRO service: the raiser has not judged an answer.
    AlertNotJudged,
    /// To the manager of the IRO service: the raiser has not said whether what was agreed is done.
    AlertTargetNotJudged,
    /// To the raiser and the manager of the IRO service: those who follow it up have not said whether it is done.
    AlertNotReported,
    /// To the manager of the IRO service: a gate is unanswered.
    AlertGateUnanswered,
    /// To the manager of the IRO service: the raiser has not acted at a gate.
    AlertRaiserAtGate,
    /// To the manager of the IRO service: the raiser has not looked again.
    AlertNotReviewed,
    /// To those outside the ladder who hear of a step that is overdue.
    AlertOverdue,
    /// To those who meet beside whoever did it: a meeting's day is set, or none is held, or it was held.
    Meeting,
    /// To those asked to a meeting by name: its day, when it is set and on the working day before.
    MeetingNamed,
    /// To those who meet: it is on the next working day.
    MeetingReminder,
    /// To whoever set its day: what came of it?
    MeetingOutcome,
    /// To the raiser and the manager of the IRO service: the steps left do not fit a limit on the whole process.
    AlertCapWarned,
    /// To the raiser and the manager of the IRO service: a limit on the whole process has passed.
    AlertCapPassed,
    /// To the manager of the IRO service: the raiser holds an escalation.
    Held,
    /// To the raiser: the addressee extended the clock.
    Extended,
    /// To the raiser: a due day was dated again.
    Redated,
    /// To a gate's holder: the raiser went ahead without it.
    PastGate,
    /// To the raiser, the present addressee and those whom the protocol has hear of answers: one came after its step had ended.
    LateAnswer,
    /// To those whom the protocol has hear of answers beside the raiser: one came (`W-3.1.3`, `W-3.1.5`).
    AnswerTold,
    /// To the raiser who had it, and to the addressee: another raiser holds it now.
    HandedOver,
    /// To a raiser who may read it, or the manager of the IRO service: another concern is open on the same case and category.
    SameCase,
    /// To those who keep oversight, or whom the protocol asks to speak to first: the raiser went outside the council.
    Outside,
    /// To the managers it reached, where the protocol says so: the raiser's position, and what they do next (`W-3.2.6`).
    PositionTold,
    /// To the addressee: the raiser set by when they need the answer.
    TimeSet,
    /// To somebody outside the line whom the raiser's side tells of it, for information or invited to respond.
    Partner,
    /// To the raiser: who was invited to respond and has not.
    PartnersAsk,
    /// To the raiser of an urgent concern: no call is logged; with the last such reminder, to the manager of the IRO service too (`M-urgent`).
    CallReminder,
    /// To those whose input a step asks for: it is asked (`W-3.2.2`).
    InputAsk,
    /// To those whose input is missing: it is asked again.
    InputReminder,
    /// To those whose input is missing: the step was answered without it.
    InputMissed,
    /// To the raiser: somebody to speak to first gave their own view of a way out that was taken (`B-5.3`).
    ViewGiven,
    /// To the raiser and the manager of the IRO service: somebody asks to move the case to another team (`B-App1.FREEZE`).
    TransferAsked,
    /// To the raiser and the manager of the IRO service: the case moved all the same, by whose decision.
    Transferred,
}

impl Occasion {
    /// All of them.
    pub const ALL: [Self; 49] = [
        Self::Card,
        Self::Receipt,
        Self::Warning,
        Self::Answered,
        Self::MovedOn,
        Self::TargetAsk,
        Self::ReportAsk,
        Self::Reported,
        Self::ReviewAsk,
        Self::GateDeclined,
        Self::ExhaustedAsk,
        Self::Copy,
        Self::Gate,
        Self::AckReminder,
        Self::GateReminder,
        Self::AlertUndelivered,
        Self::AlertNotJudged,
        Self::AlertTargetNotJudged,
        Self::AlertNotReported,
        Self::AlertGateUnanswered,
        Self::AlertRaiserAtGate,
        Self::AlertNotReviewed,
        Self::AlertOverdue,
        Self::Meeting,
        Self::MeetingNamed,
        Self::MeetingReminder,
        Self::MeetingOutcome,
        Self::AlertCapWarned,
        Self::AlertCapPassed,
        Self::Held,
        Self::Extended,
        Self::Redated,
        Self::PastGate,
        Self::LateAnswer,
        Self::AnswerTold,
        Self::HandedOver,
        Self::SameCase,
        Self::Outside,
        Self::PositionTold,
        Self::TimeSet,
        Self::Partner,
        Self::PartnersAsk,
        Self::CallReminder,
        Self::InputAsk,
        Self::InputReminder,
        Self::InputMissed,
        Self::ViewGiven,
        Self::TransferAsked,
        Self::Transferred,
    ];
}

impl Occasion {
    /// The kind of message it is.
    #[must_use]
    pub fn kind(self) -> Kind {
        match self {
            Self::Card => Kind::Card,
            Self::Receipt
            | Self::Warning
            | Self::Answered
            | Self::MovedOn
            | Self::TargetAsk
            | Self::Reported
            | Self::ReviewAsk
            | Self::GateDeclined
            | Self::ExhaustedAsk
            | Self::PartnersAsk => Kind::Receipt,
            Self::Copy | Self::Partner => Kind::Copy,
            Self::Gate => Kind::Gate,
            Self::AckReminder
            | Self::CallReminder
            | Self::InputReminder
            | Self::GateReminder
            | Self::ReportAsk
            | Self::MeetingReminder
            | Self::MeetingOutcome => Kind::Reminder,
            Self::AlertUndelivered
            | Self::AlertNotJudged
            | Self::AlertTargetNotJudged
            | Self::AlertNotReported
            | Self::AlertGateUnanswered
            | Self::AlertRaiserAtGate
            | Self::AlertNotReviewed
            | Self::AlertOverdue
            | Self::AlertCapWarned
            | Self::AlertCapPassed => Kind::Alert,
            Self::Meeting
            | Self::MeetingNamed
            | Self::Held
            | Self::Extended
            | Self::Redated
            | Self::PastGate
            | Self::LateAnswer
            | Self::AnswerTold
            | Self::HandedOver
            | Self::SameCase
            | Self::TimeSet
            | Self::InputAsk
            | Self::InputMissed
            | Self::ViewGiven
            | Self::TransferAsked
            | Self::Transferred
            | Self::Outside
            | Self::PositionTold => Kind::Notice,
        }
    }
}

impl From<Alert> for Occasion {
    fn from(why: Alert) -> Self {
        match why {
            Alert::Undelivered => Self::AlertUndelivered,
            Alert::NotJudged => Self::AlertNotJudged,
            Alert::TargetNotJudged => Self::AlertTargetNotJudged,
            Alert::NotReported => Self::AlertNotReported,
            Alert::GateUnanswered => Self::AlertGateUnanswered,
            Alert::RaiserAtGate => Self::AlertRaiserAtGate,
            Alert::NotReviewed => Self::AlertNotReviewed,
        }
    }
}

/// The messages that follow from new facts. `after` is the concern with the facts folded in.
#[must_use]
pub fn follows(rules: &Rules<'_>, after: &Concern, facts: &[New]) -> Vec<Mail> {
    let mut mail = Vec::with_capacity(4);
    for new in facts {
        one(
            rules,
            after,
            &new.recorded.actor,
            &new.recorded.fact,
            &mut mail,
        );
    }
    // Several limits are told of in one message.
    let of_caps = |mail: &Mail| {
        matches!(
            mail.matter.occasion,
            Occasion::AlertCapWarned | Occasion::AlertCapPassed
        )
    };
    let mut told: Vec<Mail> = Vec::with_capacity(2);
    mail.retain(|mail| {
        let again = of_caps(mail) && told.contains(mail);
        told.extend(of_caps(mail).then(|| mail.clone()));
        !again
    });
    mail
}

#[expect(clippy::too_many_lines, reason = "what each fact sends, in one place")]
fn one(rules: &Rules<'_>, after: &Concern, actor: &Actor, fact: &Fact, mail: &mut Vec<Mail>) {
    let iro_manager = || To::Role(RoleId::from(IRO_MANAGER));
    let present = after.visit().map_or(0, |visit| visit.number);
    let mut send = |occasion, visit, to| {
        mail.push(Mail {
            matter: Matter {
                occasion,
                visit,
                other: None,
            },
            to,
        });
    };
    match fact {
        Fact::StepIssued { visit, how, .. } => {
            let Some(entered) = after.visit_numbered(*visit) else {
                return;
            };
            for to in answerers(rules, after, entered) {
                send(Occasion::Card, *visit, to);
            }
            if *visit == 1 {
                send(Occasion::Receipt, 1, To::Raiser);
            } else if *actor != Actor::Person(after.raiser.clone()) {
                send(Occasion::MovedOn, *visit, To::Raiser);
            }
            for role in rules.missing_inputs(entered) {
                send(Occasion::InputAsk, *visit, To::Role(role.clone()));
            }
            for role in rules.copies(after, entered) {
                send(Occasion::Copy, *visit, To::Role(role.clone()));
            }
            for copied in &after.copied {
                send(Occasion::Copy, *visit, To::Person(copied.user.clone()));
            }
            if matches!(how, How::Raised | How::Bypassed) {
                for to in past_gate(rules, entered) {
                    send(Occasion::PastGate, *visit, to);
                }
            }
        }
        Fact::Bypassed { with: None, .. } => {
            let holders = rules
                .protocol
                .bypass
                .gate
                .iter()
                .flat_map(|gate| &gate.roles);
            for role in holders {
                send(Occasion::PastGate, present, To::Role(role.clone()));
            }
        }
        Fact::Escalated {
            past_gate: true,
            visit,
        } => {
            let gate = after
                .visit_numbered(*visit)
                .and_then(|visit| visit.gate.as_ref())
                .and_then(|gate| rules.gate_to(&gate.to));
            let holders = gate.into_iter().flat_map(|gate| &gate.roles);
            for role in holders {
                send(Occasion::PastGate, present, To::Role(role.clone()));
            }
        }
        Fact::Answered { visit, then, .. } if *then != Phase::Answering => {
            send(Occasion::Answered, *visit, To::Raiser);
            for to in told_of_answer(rules, after, *visit) {
                send(Occasion::AnswerTold, *visit, to);
            }
            let answered = after.visit_numbered(*visit);
            for role in answered
                .into_iter()
                .flat_map(|visit| rules.missing_inputs(visit))
            {
                send(Occasion::InputMissed, *visit, To::Role(role.clone()));
            }
        }
        Fact::CallReminded { times } => {
            send(Occasion::CallReminder, present, To::Raiser);
            if usize::try_from(*times).is_ok_and(|times| times >= CALL_REMINDERS) {
                send(Occasion::CallReminder, present, iro_manager());
            }
        }
        Fact::InputAsked { visit } => {
            let asked = after.visit_numbered(*visit);
            for role in asked
                .into_iter()
                .flat_map(|visit| rules.missing_inputs(visit))
            {
                send(Occasion::InputReminder, *visit, To::Role(role.clone()));
            }
        }
        Fact::AnsweredLate { visit, .. } => {
            send(Occasion::LateAnswer, *visit, To::Raiser);
            let present = after.visit().filter(|now_at| now_at.number != *visit);
            let present = present.map_or_else(Vec::new, |now_at| answerers(rules, after, now_at));
            let told = told_of_answer(rules, after, *visit);
            for to in told.iter().filter(|to| !present.contains(to)) {
                send(Occasion::LateAnswer, *visit, to.clone());
            }
            for to in present {
                send(Occasion::LateAnswer, *visit, to);
            }
        }
        Fact::Warned { visit } => send(Occasion::Warning, *visit, To::Raiser),
        Fact::Lapsed {
            visit,
            raiser_judges,
            ..
        } => {
            let step = after
                .visit_numbered(*visit)
                .and_then(|visit| rules.step_of(visit));
            let told = step.into_iter().flat_map(|step| &step.overdue_alert);
            for role in told {
                send(Occasion::AlertOverdue, *visit, To::Role(role.clone()));
            }
            if *raiser_judges {
                send(Occasion::ReviewAsk, *visit, To::Raiser);
            }
        }
        Fact::GateAsked { visit, to, .. } => match rules.gate_to(to) {
            Some(gate) if gate.kind != GateKind::Judgement => {
                for role in &gate.roles {
                    send(Occasion::Gate, *visit, To::Role(role.clone()));
                }
            }
            _ => send(Occasion::Gate, *visit, To::Raiser),
        },
        Fact::GateReminded { visit } => {
            let gate = after
                .visit_numbered(*visit)
                .and_then(|visit| visit.gate.as_ref())
                .and_then(|gate| rules.gate_to(&gate.to));
            let holders = gate.into_iter().flat_map(|gate| &gate.roles);
            for role in holders {
                send(Occasion::GateReminder, *visit, To::Role(role.clone()));
            }
        }
        Fact::GateDeclined { visit } if *actor != Actor::Person(after.raiser.clone()) => {
            send(Occasion::GateDeclined, *visit, To::Raiser);
        }
        Fact::WaitingAtGate { visit } => {
            let declined = after
                .visit_numbered(*visit)
                .and_then(|visit| visit.gate.as_ref()?.verdict.as_ref())
                .is_some_and(|verdict| !verdict.agreed);
            // Declined ahead: now that the step has ended it is the raiser's turn.
            if declined {
                send(Occasion::GateDeclined, *visit, To::Raiser);
            }
        }
        Fact::AckReminded { visit } => {
            if let Some(entered) = after.visit_numbered(*visit) {
                for to in still_to_answer(rules, after, entered) {
                    send(Occasion::AckReminder, *visit, to);
                }
            }
        }
        Fact::Held { visit, .. } => send(Occasion::Held, *visit, iro_manager()),
        Fact::Extended { visit, .. } => send(Occasion::Extended, *visit, To::Raiser),
        Fact::TimeSet { visit, .. } => {
            if let Some(entered) = after.visit_numbered(*visit) {
                for to in answerers(rules, after, entered) {
                    send(Occasion::TimeSet, *visit, to);
                }
            }
        }
        Fact::Spoke(spoke) if spoke.own => send(Occasion::ViewGiven, present, To::Raiser),
        Fact::TransferAsked { .. } | Fact::Transferred(_) => {
            let occasion = match fact {
                Fact::TransferAsked { .. } => Occasion::TransferAsked,
                _ => Occasion::Transferred,
            };
            if *actor != Actor::Person(after.raiser.clone()) {
                send(occasion, present, To::Raiser);
            }
            send(occasion, present, iro_manager());
        }
        Fact::Redated { visit, .. } => send(Occasion::Redated, *visit, To::Raiser),
        Fact::TargetAsked { visit } => send(Occasion::TargetAsk, *visit, To::Raiser),
        Fact::ReportAsked { visit } => {
            if let Some(entered) = after.visit_numbered(*visit) {
                for to in answerers(rules, after, entered) {
                    send(Occasion::ReportAsk, *visit, to);
                }
            }
        }
        Fact::Reported { visit, .. } => send(Occasion::Reported, *visit, To::Raiser),
        Fact::ReviewAsked { .. } => send(Occasion::ReviewAsk, present, To::Raiser),
        Fact::Exhausted { visit, .. } => send(Occasion::ExhaustedAsk, *visit, To::Raiser),
        Fact::Alerted {
            why: Alert::Undelivered,
            ..
        } => send(Occasion::AlertUndelivered, present, To::Raiser),
        Fact::Alerted { why, .. } => {
            if *why == Alert::NotReported {
                send(Occasion::AlertNotReported, present, To::Raiser);
            }
            send((*why).into(), present, iro_manager());
        }
        Fact::Cafcass(outside) => {
            for role in outside_told(rules, OutsideWay::Cafcass, outside.view) {
                send(Occasion::Outside, present, To::Role(role.clone()));
            }
        }
        Fact::LegalAdvice { other, outside } => {
            let way = if *other {
                OutsideWay::OtherAdvice
            } else {
                OutsideWay::LegalAdvice
            };
            for role in outside_told(rules, way, outside.view) {
                send(Occasion::Outside, present, To::Role(role.clone()));
            }
        }
        Fact::PositionRecorded { .. } => {
            for role in told_of_position(rules, after) {
                send(Occasion::PositionTold, present, To::Role(role.clone()));
            }
        }
        Fact::MeetingCalled(called) => {
            for to in told_of_its_day(rules, after, called, actor) {
                send(Occasion::Meeting, called.visit, to);
            }
            for to in asked_by_name(after, called.visit, called.meeting, actor) {
                send(Occasion::MeetingNamed, called.visit, to);
            }
        }
        // Where it is the step's answer, the raiser is told of that.
        Fact::MeetingDeclined { visit } if !answered_with(after, *visit) => {
            for to in told_of_meeting(rules, after, *visit, false, false) {
                send(Occasion::Meeting, *visit, to);
            }
        }
        Fact::MeetingHeld(met) if met.by_raiser || !answered_with(after, met.visit) => {
            for to in told_of_meeting(rules, after, met.visit, met.by_raiser, false) {
                send(Occasion::Meeting, met.visit, to);
            }
        }
        Fact::MeetingReminded { visit, meeting } => {
            for to in asked_by_name(after, *visit, *meeting, actor) {
                send(Occasion::MeetingNamed, *visit, to);
            }
            send(Occasion::MeetingReminder, *visit, To::Raiser);
            for to in told_of_meeting(rules, after, *visit, true, true) {
                send(Occasion::MeetingReminder, *visit, to);
            }
        }
        Fact::MeetingAsked { visit, meeting } => {
            let called = after
                .visit_numbered(*visit)
                .and_then(|visit| Some((visit, visit.meeting(*meeting)?)));
            let Some((visit, meeting)) = called else {
                return;
            };
            if meeting.by_raiser {
                send(Occasion::MeetingOutcome, visit.number, To::Raiser);
            } else {
                for to in answerers(rules, after, visit) {
                    send(Occasion::MeetingOutcome, visit.number, to);
                }
            }
        }
        Fact::CopiedTo { visit, user } => {
            send(Occasion::Copy, *visit, To::Person(user.clone()));
        }
        Fact::Informed(informed) => {
            if let Some(user) = &informed.with {
                let to = To::Person(user.clone());
                send(Occasion::Partner, informed.visit, to);
            }
        }
        Fact::PartnersAsked { .. } => send(Occasion::PartnersAsk, present, To::Raiser),
        Fact::CapWarned { .. } => {
            send(Occasion::AlertCapWarned, present, To::Raiser);
            send(Occasion::AlertCapWarned, present, iro_manager());
        }
        Fact::CapPassed { .. } => {
            send(Occasion::AlertCapPassed, present, To::Raiser);
            send(Occasion::AlertCapPassed, present, iro_manager());
            for role in told_of(rules, LIMIT_PASSED).filter(|role| *role != IRO_MANAGER) {
                send(Occasion::AlertCapPassed, present, To::Role(role.clone()));
            }
        }
        Fact::HandedOver { to, .. } => {
            send(Occasion::Receipt, 1, To::Person(to.clone()));
            if let Some(before) = after.handed_over_by.as_ref().filter(|before| *before != to) {
                send(Occasion::HandedOver, present, To::Person(before.clone()));
            }
            if matches!(
                after.phase,
                Phase::Answering | Phase::RejectedWaiting | Phase::Underway
            ) && let Some(visit) = after.visit()
            {
                for to in answerers(rules, after, visit) {
                    send(Occasion::HandedOver, present, to);
                }
            }
        }
        _ => {}
    }
}

/// Who gets the card of the step a concern is at.
#[must_use]
pub fn present_answerers(rules: &Rules<'_>, concern: &Concern) -> Vec<To> {
    concern
        .visit()
        .map_or_else(Vec::new, |visit| answerers(rules, concern, visit))
}

/// Who holds the gate that a concern waits for an answer at.
#[must_use]
pub fn present_gate(rules: &Rules<'_>, concern: &Concern) -> Vec<To> {
    let asked = concern
        .visit()
        .filter(|_| concern.is_open())
        .and_then(|visit| visit.gate.as_ref())
        .filter(|gate| gate.verdict.is_none() && !gate.superseded);
    asked
        .and_then(|asked| rules.gate_to(&asked.to))
        .into_iter()
        .flat_map(|gate| &gate.roles)
        .map(|role| To::Role(role.clone()))
        .collect()
}

/// Who gets a visit's card: the holders of its roles, and this child's own addressee in place of the role they were named for.
fn answerers(rules: &Rules<'_>, concern: &Concern, visit: &Visit) -> Vec<To> {
    let Some(step) = rules.step_of(visit) else {
        return Vec::new();
    };
    let own = rules.own_addressee(concern, step);
    let own_role = concern
        .visits
        .first()
        .and_then(|first| rules.role_of_own_addressee(&first.step));
    step.answerers()
        .map(|role| match own {
            Some(user) if own_role == Some(role) => To::Own {
                role: role.clone(),
                user: user.clone(),
            },
            _ => To::Role(role.clone()),
        })
        .collect()
}

/// Those of them who have not answered, where each must.
fn still_to_answer(rules: &Rules<'_>, concern: &Concern, visit: &Visit) -> Vec<To> {
    let mut waits = answerers(rules, concern, visit);
    waits.retain(|to| match to {
        To::Role(role) | To::Own { role, .. } => !rules.has_answered(concern, visit, role),
        _ => true,
    });
    waits
}

/// Who hears of the raiser's position at the end: the roles that the protocol tells of it, as far as the concern has reached them.
fn told_of_position<'r>(rules: &Rules<'r>, concern: &Concern) -> Vec<&'r RoleId> {
    told_where_reached(rules, concern, "position recorded")
}

/// Who hears of an answer beside the raiser: the roles that the protocol tells of answers, as far as the concern has reached them, but
/// for those of whom it was asked.
fn told_of_answer(rules: &Rules<'_>, concern: &Concern, visit: u32) -> Vec<To> {
    let step = concern
        .visit_numbered(visit)
        .and_then(|visit| rules.step_of(visit));
    told_where_reached(rules, concern, "answered")
        .into_iter()
        .filter(|role| !step.is_some_and(|step| step.answerers().any(|asked| asked == *role)))
        .map(|role| To::Role(role.clone()))
        .collect()
}

/// The roles that the protocol tells of an occasion, as far as the concern has reached them: that were asked or copied.
fn told_where_reached<'r>(
    rules: &Rules<'r>,
    concern: &Concern,
    when: &'static str,
) -> Vec<&'r RoleId> {
    let reached = |role: &RoleId| {
        concern.visits.iter().any(|visit| {
            let asked = rules.step_of(visit).into_iter().flat_map(Step::answerers);
            let copied = rules.copies(concern, visit);
            asked.chain(copied).any(|reached| reached == role)
        })
    };
    let mut told: Vec<&RoleId> = Vec::new();
    for role in told_of(rules, when) {
        if reached(role) && !told.contains(&role) {
            told.push(role);
        }
    }
    told
}

/// Who hears of a meeting: the other side than the one that did something, and with `all` whom the protocol has chair or attend
/// beside those who answer.
fn told_of_meeting(
    rules: &Rules<'_>,
    concern: &Concern,
    visit: u32,
    by_raiser: bool,
    all: bool,
) -> Vec<To> {
    let stay = concern
        .visit_numbered(visit)
        .and_then(|visit| Some((visit, rules.step_of(visit)?)));
    let Some((visit, step)) = stay else {
        return Vec::new();
    };
    let mut told = if by_raiser {
        answerers(rules, concern, visit)
    } else {
        vec![To::Raiser]
    };
    let meeting = rules.meeting(step).filter(|_| all);
    let others = meeting
        .into_iter()
        .flat_map(|meeting| meeting.chair.iter().chain(&meeting.attends));
    for role in others {
        let to = To::Role(role.clone());
        if !step.answerers().any(|answers| answers == role) && !told.contains(&to) {
            told.push(to);
        }
    }
    told
}

/// Who hears of the day of a meeting: all who meet but whoever set it, so that one addressee's word reaches the other (`M-S4`).
fn told_of_its_day(
    rules: &Rules<'_>,
    concern: &Concern,
    called: &MeetingDay,
    actor: &Actor,
) -> Vec<To> {
    let mut told = told_of_meeting(rules, concern, called.visit, called.by_raiser, true);
    if !called.by_raiser
        && let Some(visit) = concern.visit_numbered(called.visit)
    {
        told.extend(answerers(rules, concern, visit));
    }
    told.retain(|to| match to {
        To::Role(role) => called.by_raiser || !called.by_roles.contains(role),
        To::Own { user, .. } => *actor != Actor::Person(user.clone()),
        _ => true,
    });
    told
}

/// Who is asked to a meeting by name, but for the raiser and whoever set its day: they hear of it as such.
fn asked_by_name(concern: &Concern, visit: u32, meeting: u32, actor: &Actor) -> Vec<To> {
    let stay = concern.visit_numbered(visit);
    let meeting = stay.and_then(|visit| visit.meeting(meeting));
    let named = meeting.into_iter().flat_map(Meeting::named);
    named
        .filter(|user| **user != concern.raiser && *actor != Actor::Person((*user).clone()))
        .map(|user| To::Person(user.clone()))
        .collect()
}

/// Whether a stay has its answer: of what was said with it the raiser is told as of an answer.
fn answered_with(concern: &Concern, visit: u32) -> bool {
    concern
        .visit_numbered(visit)
        .is_some_and(|visit| !visit.answers.is_empty())
}

/// Whose gate a concern went past by being raised at a step behind it.
fn past_gate(rules: &Rules<'_>, visit: &Visit) -> Vec<To> {
    let gate = rules
        .gate_to(&visit.step)
        .filter(|gate| gate.kind != GateKind::Judgement);
    gate.into_iter()
        .flat_map(|gate| &gate.roles)
        .map(|role| To::Role(role.clone()))
        .collect()
}

/// Whether a message that has not been sent yet is still worth sending, from the record as it now stands.
///
/// Cards, receipts and copies always are: they tell what happened. A reminder or a question is not once it was answered.
#[must_use]
pub fn still_wanted(matter: &Matter, concern: &Concern, rules: &Rules<'_>) -> bool {
    let Some(visit) = concern.visit_numbered(matter.visit) else {
        return false;
    };
    let present = concern
        .visit()
        .is_some_and(|now_at| now_at.number == visit.number);
    let open = concern.is_open();
    let running =
        open && present && matches!(concern.phase, Phase::Answering | Phase::RejectedWaiting);
    let gate_waits = visit
        .gate
        .as_ref()
        .is_some_and(|gate| gate.verdict.is_none() && !gate.superseded);
    match matter.occasion {
        Occasion::Warning => running && visit.lapsed.is_none(),
        Occasion::AckReminder => {
            open && present
                && concern.phase == Phase::Answering
                && visit.acknowledged_ahead().is_none()
        }
        Occasion::Gate | Occasion::GateReminder => open && present && gate_waits,
        Occasion::Answered => {
            open && present
                && matches!(
                    concern.phase,
                    Phase::Judging | Phase::Underway | Phase::RejectedWaiting
                )
                || visit
                    .answers
                    .iter()
                    .any(|answer| answer.answer == Answered::Rejected)
        }
        Occasion::TargetAsk => {
            open && present && concern.phase == Phase::Underway && visit.target_asked.is_some()
        }
        Occasion::ReportAsk => {
            open && present && visit.report_asked.is_some() && is_followed(rules, concern)
        }
        Occasion::AlertNotReported => open && present && is_followed(rules, concern),
        Occasion::ReviewAsk => {
            let silent = concern.phase == Phase::Judging && visit.lapsed.is_some();
            let without_clock = running && visit.due.is_none();
            open && present && (concern.phase == Phase::Exhausted || without_clock || silent)
        }
        Occasion::ExhaustedAsk => concern.phase == Phase::Exhausted,
        Occasion::GateDeclined => open && present && !matches!(concern.phase, Phase::Exhausted),
        Occasion::AlertUndelivered => open && visit.received().is_none(),
        Occasion::AlertNotJudged => open && present && concern.phase == Phase::Judging,
        Occasion::Reported | Occasion::AlertTargetNotJudged => {
            open && present && concern.phase == Phase::Underway
        }
        Occasion::AlertGateUnanswered => {
            open && present && concern.phase == Phase::AtGate && gate_waits
        }
        Occasion::AlertRaiserAtGate => open && present && concern.phase == Phase::AtGate,
        Occasion::AlertNotReviewed => open && present && concern.review_asked.is_some(),
        Occasion::MeetingReminder | Occasion::MeetingOutcome => {
            running && visit.meetings.iter().any(Meeting::is_ahead)
        }
        Occasion::AlertCapWarned => open && concern.caps.iter().any(|cap| cap.warned),
        Occasion::PartnersAsk => open && concern.partners.outstanding().next().is_some(),
        Occasion::AlertCapPassed | Occasion::TransferAsked => open,
        Occasion::CallReminder => rules.lacks_call(concern),
        Occasion::InputAsk | Occasion::InputReminder => {
            running && !rules.missing_inputs(visit).is_empty()
        }
        Occasion::Held => running && visit.held.is_some(),
        Occasion::TimeSet => running && visit.time_set,
        Occasion::Card => rules.step_of(visit).is_some(),
        Occasion::Receipt
        | Occasion::Meeting
        | Occasion::MeetingNamed
        | Occasion::MovedOn
        | Occasion::Copy
        | Occasion::Partner
        | Occasion::AlertOverdue
        | Occasion::Extended
        | Occasion::Redated
        | Occasion::PastGate
        | Occasion::LateAnswer
        | Occasion::AnswerTold
        | Occasion::HandedOver
        | Occasion::SameCase
        | Occasion::Outside
        | Occasion::InputMissed
        | Occasion::ViewGiven
        | Occasion::Transferred
        | Occasion::PositionTold => true,
    }
}
