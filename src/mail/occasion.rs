//! On which occasions something is sent about a concern, and as which kind of message.

use serde::{Deserialize, Serialize};

use super::Kind;
use crate::concern::event::Alert;

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
    /// To a gate's holder: the raiser put down what was discussed with them.
    PutDown,
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
    pub const ALL: [Self; 50] = [
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
        Self::PutDown,
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
    /// Whether it is brought up to date as the concern moves.
    #[must_use]
    pub fn is_kept_up(self) -> bool {
        match self.kind() {
            Kind::Card | Kind::Receipt | Kind::Copy | Kind::Gate | Kind::Reminder => true,
            Kind::Alert | Kind::Digest => false,
            Kind::Notice => matches!(self, Self::InputAsk | Self::InputMissed | Self::Outside),
        }
    }

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
            | Self::PutDown
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
