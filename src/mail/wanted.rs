//! Whether a message that waits is still worth sending.

use super::{Matter, Occasion};
use crate::concern::follow::is_followed;
use crate::concern::meeting::Meeting;
use crate::concern::state::{Asked, Concern, Phase};
use crate::concern::{Answered, Rules};

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
    let gate_waits = visit.gate.as_ref().is_some_and(Asked::is_open);
    match matter.occasion {
        Occasion::Warning => running && visit.lapsed.is_none(),
        Occasion::AckReminder => {
            open && present
                && concern.phase == Phase::Answering
                && !rules.unseen(concern, visit).is_empty()
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
        | Occasion::PutDown
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
