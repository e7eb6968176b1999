//! The details of a concern for somebody who may read them: its texts and its chronology, newest last.

use serde::Serialize;
use serde_json::Value;

use super::about::About;
use super::escape::width;
use super::setting::{ConcernTexts, Setting};
use super::{Broken, Messages, fit, ladder};
use crate::calendar::say_date;
use crate::concern::event::{Alert, Caution, Outside, Redate, View};
use crate::concern::follow::Progress;
use crate::concern::partner::Informed;
use crate::concern::{Actor, Answered, Fact, Field, How, Position, Recorded, Rules};
use crate::ids::{StepId, UserId};
use crate::mail::{Matter, Occasion};
use crate::protocol::GateKind;

/// The longest a text may be in one section, as Slack counts it, with room for its heading.
const SECTION: usize = 2_900;
/// How many lines of the chronology stand in one section.
const LINES: usize = 8;
/// How many blocks there are beside the chronology.
const BESIDE: usize = 4;

/// What the modal `details` may say.
#[derive(Debug, Serialize)]
struct Details<'a> {
    #[serde(flatten)]
    about: About<'a>,
    /// Whether the texts have been erased.
    erased: bool,
    /// How many entries are left out because there are too many.
    left_out: usize,
    parts: Vec<Part>,
}

/// A block of the chronology.
#[derive(Debug, Serialize)]
struct Part {
    lines: Vec<Happened>,
    text: Option<Written>,
}

/// A text, or a piece of a long one.
#[derive(Debug, Serialize)]
struct Written {
    field: Field,
    words: String,
    limit: usize,
    goes_on: bool,
}

/// One fact, in words' reach.
#[derive(Debug, Serialize)]
pub(super) struct Happened {
    kind: &'static str,
    on: String,
    by: Option<UserId>,
    on_behalf_of: Option<UserId>,
    stage: String,
    to: String,
    until: String,
    person: Option<UserId>,
    people: Vec<UserId>,
    how: &'static str,
    /// What the protocol would have had otherwise.
    cautions: Vec<Caution>,
    /// A limit on the whole process, such as "20 working days (3)".
    cap: String,
    /// A day the fact is about, such as the one on which a limit ends.
    on_day: String,
    /// Whether others are still asked.
    waits: bool,
}

impl Messages {
    /// The modal `details`: the record in order with the texts beside each entry. `texts` is `None` once they have been erased.
    ///
    /// Authorise the reader first: it shows everything.
    ///
    /// # Errors
    /// [`Broken`] where the template fails; it holds no content.
    pub fn details(
        &self,
        setting: &Setting<'_>,
        record: &[Recorded],
        texts: Option<&ConcernTexts>,
    ) -> Result<Value, Broken> {
        let details = Details::new(setting, record, texts).ok_or_else(|| Broken {
            template: "modal/details.json".to_owned(),
            why: "the record has no step under its protocol".to_owned(),
        })?;
        self.view("details", &details)
    }
}

impl Messages {
    /// One fact in a line, as the chronology says it, without its moment: for a list of what happened.
    #[must_use]
    pub fn happened(&self, rules: &Rules<'_>, record: &[Recorded], fact: &Recorded) -> String {
        self.said("told/happened.txt", &happened(rules, record, fact))
    }
}

impl<'a> Details<'a> {
    fn new(
        setting: &Setting<'a>,
        record: &[Recorded],
        texts: Option<&ConcernTexts>,
    ) -> Option<Self> {
        let visit = setting.concern.visit()?.number;
        let matter = Matter {
            occasion: Occasion::Copy,
            visit,
            other: None,
        };
        let mut parts: Vec<Part> = Vec::new();
        for recorded in record {
            let line = happened(setting.rules, record, recorded);
            let beside: Vec<(Field, &str)> =
                texts.map_or_else(Vec::new, |texts| texts.beside(recorded.seq).collect());
            match parts.last_mut() {
                Some(last) if last.text.is_none() && last.lines.len() < LINES => {
                    last.lines.push(line);
                }
                _ => parts.push(Part {
                    lines: vec![line],
                    text: None,
                }),
            }
            for (field, words) in beside {
                parts.extend(pieces(field, words));
            }
        }
        // What was raised stays; of the rest the newest do.
        let most = fit::VIEW_BLOCKS - BESIDE;
        let mut left_out = 0;
        if parts.len() > most {
            let raised = parts
                .iter()
                .skip(1)
                .take_while(|part| part.text.is_some())
                .count()
                + 1;
            let raised = raised.min(most / 2);
            let cut = parts.len() - most;
            left_out = parts
                .drain(raised..raised + cut)
                .map(|part| part.lines.len() + usize::from(part.text.is_some()))
                .sum();
        }
        Some(Self {
            about: About::new(&matter, setting)?.with_outlook(setting),
            erased: texts.is_none(),
            left_out,
            parts,
        })
    }
}

/// A text in pieces that each fit a section, cut between words where there are any.
fn pieces(field: Field, words: &str) -> Vec<Part> {
    let mut cuts: Vec<String> = Vec::new();
    let mut piece = String::new();
    let mut length = 0;
    for char in words.trim().chars() {
        let wide = width(char);
        if length + wide > SECTION {
            let rest = match piece.rfind(char::is_whitespace) {
                Some(at) if at > piece.len() / 2 => piece.split_off(at),
                _ => String::new(),
            };
            cuts.push(std::mem::take(&mut piece));
            rest.trim_start().clone_into(&mut piece);
            length = piece.chars().map(width).sum();
        }
        piece.push(char);
        length += wide;
    }
    cuts.push(piece);
    cuts.into_iter()
        .filter(|words| !words.trim().is_empty())
        .enumerate()
        .map(|(at, words)| Part {
            lines: Vec::new(),
            text: Some(Written {
                field,
                words,
                limit: SECTION,
                goes_on: at > 0,
            }),
        })
        .collect()
}

/// Whether a visit was rejected: its time then ran out with an answer.
pub(super) fn was_rejected(record: &[Recorded], number: u32) -> bool {
    record.iter().any(|earlier| {
        matches!(&earlier.fact, Fact::Answered { visit, answer: Answered::Rejected, .. } if *visit == number)
    })
}

/// Whither the gate out of a visit was asked to lead, the last time that it was.
fn asked_towards(record: &[Recorded], number: u32) -> Option<&StepId> {
    record.iter().rev().find_map(|earlier| match &earlier.fact {
        Fact::GateAsked { visit, to, .. } if *visit == number => Some(to),
        _ => None,
    })
}

/// A fact as the chronology says it.
#[expect(
    clippy::too_many_lines,
    reason = "one arm a fact: whole, it is plain that none is left out"
)]
pub(super) fn happened(rules: &Rules<'_>, record: &[Recorded], recorded: &Recorded) -> Happened {
    let stage_of = |number: u32| {
        record
            .iter()
            .find_map(|earlier| match &earlier.fact {
                Fact::StepIssued { visit, step, .. } if *visit == number => rules.step(step),
                _ => None,
            })
            .map_or_else(String::new, |step| step.stage.clone())
    };
    let answerers = |step| {
        rules
            .step(step)
            .map_or_else(String::new, |step| ladder::answerers(rules.protocol, step))
    };
    let say_due = |due| rules.calendar.say_due(due);
    let mut line = Happened {
        kind: "",
        on: rules.calendar.say(recorded.at),
        by: match &recorded.actor {
            Actor::Person(user) => Some(user.clone()),
            Actor::Lodestar => None,
        },
        on_behalf_of: recorded.on_behalf_of.clone(),
        stage: String::new(),
        to: String::new(),
        until: String::new(),
        person: None,
        people: Vec::new(),
        how: "",
        cautions: Vec::new(),
        cap: String::new(),
        on_day: String::new(),
        waits: false,
    };
    let outside = |line: &mut Happened, outside: &Outside| {
        line.how = view(outside.view);
        line.to = ladder::roles(rules.protocol, &outside.with, "and");
        line.until = outside.with_on.map_or_else(String::new, say_date);
        line.cautions.clone_from(&outside.cautions);
    };
    let cap = |number: u32| {
        let at = usize::try_from(number).unwrap_or_default();
        let cap = at.checked_sub(1).and_then(|at| rules.protocol.caps.get(at));
        cap.map_or_else(String::new, |cap| {
            format!("{} ({})", cap.within, cap.clause)
        })
    };
    line.kind = match &recorded.fact {
        Fact::Raised(_) => "raised",
        Fact::StepIssued {
            visit,
            step,
            how,
            due,
            ..
        } => {
            line.stage = stage_of(*visit);
            line.to = answerers(step);
            line.until = due.as_ref().map_or_else(String::new, say_due);
            line.how = match how {
                How::Raised => "raised",
                How::Lapsed => "lapsed",
                How::Rejected => "rejected",
                How::Unsatisfied => "unsatisfied",
                How::Escalated => "escalated",
                How::Bypassed => "bypassed",
            };
            "issued"
        }
        Fact::CardDelivered { .. } => "delivered",
        Fact::Redated { due, why, .. } => {
            line.until = say_due(due);
            line.how = match why {
                Redate::DeliveredLate => "delivered_late",
                Redate::CalendarChanged => "calendar_changed",
            };
            "redated"
        }
        Fact::Acknowledged { .. } => "acknowledged",
        Fact::AckReminded { .. } => "ack_reminded",
        Fact::Answered {
            visit,
            answer,
            target,
            ..
        } => {
            line.stage = stage_of(*visit);
            line.until = target.map_or_else(String::new, say_date);
            line.how = answered(*answer);
            "answered"
        }
        Fact::AnsweredLate {
            visit,
            answer,
            target,
        } => {
            line.stage = stage_of(*visit);
            line.until = target.map_or_else(String::new, say_date);
            line.how = answered(*answer);
            "answered_late"
        }
        Fact::Extended { due, .. } => {
            line.until = say_due(due);
            "extended"
        }
        Fact::Warned { .. } => "warned",
        Fact::Held { until, .. } => {
            line.until = say_due(until);
            "held"
        }
        Fact::Lapsed { visit, .. } => {
            line.stage = stage_of(*visit);
            if was_rejected(record, *visit) {
                line.how = "rejected";
            }
            "lapsed"
        }
        Fact::GateAsked { to, .. } => {
            line.to = answerers(to);
            "gate_asked"
        }
        Fact::GateReminded { visit } => {
            line.to = asked_towards(record, *visit).map_or_else(String::new, answerers);
            "gate_reminded"
        }
        Fact::GateAgreed {
            visit,
            roles: held,
            waits,
            talk,
        } => {
            line.how = gate_left(rules, record, *visit).map_or("", ladder::gate_kind);
            line.until = talk.spoke_on.map_or_else(String::new, say_date);
            line.to = ladder::roles(rules.protocol, &talk.put_down_of, "and");
            line.stage = ladder::roles(rules.protocol, held, "and");
            line.waits = *waits;
            "gate_agreed"
        }
        Fact::GateDeclined { talk, .. } => {
            line.until = talk.spoke_on.map_or_else(String::new, say_date);
            "gate_declined"
        }
        Fact::WaitingAtGate { visit } => {
            line.to = asked_towards(record, *visit).map_or_else(String::new, answerers);
            "waiting_at_gate"
        }
        Fact::Escalated { past_gate, .. } => {
            line.how = if *past_gate { "past_gate" } else { "plain" };
            "escalated"
        }
        Fact::Bypassed {
            to, with, with_on, ..
        } => {
            line.to = answerers(to);
            line.person.clone_from(with);
            line.until = with_on.map_or_else(String::new, say_date);
            "bypassed"
        }
        Fact::TargetAsked { .. } => "target_asked",
        Fact::ReportAsked { visit } => {
            line.to = record
                .iter()
                .find_map(|earlier| match &earlier.fact {
                    Fact::StepIssued {
                        visit: issued,
                        step,
                        ..
                    } if issued == visit => Some(answerers(step)),
                    _ => None,
                })
                .unwrap_or_default();
            "report_asked"
        }
        Fact::Reported {
            progress, target, ..
        } => {
            line.until = target.map_or_else(String::new, say_date);
            line.how = self::progress(*progress);
            "reported"
        }
        Fact::MoreTime { target, .. } => {
            line.until = say_date(*target);
            "more_time"
        }
        Fact::NotSatisfied { .. } => "not_satisfied",
        Fact::ReviewSet { on } => {
            line.until = say_date(*on);
            "review_set"
        }
        Fact::ReviewAsked { next } => {
            line.until = say_date(*next);
            "review_asked"
        }
        Fact::Alerted { why, .. } => {
            line.how = match why {
                Alert::Undelivered => "undelivered",
                Alert::NotJudged => "not_judged",
                Alert::TargetNotJudged => "target_not_judged",
                Alert::NotReported => "not_reported",
                Alert::GateUnanswered => "gate_unanswered",
                Alert::RaiserAtGate => "raiser_at_gate",
                Alert::NotReviewed => "not_reviewed",
            };
            "alerted"
        }
        Fact::Exhausted { .. } => "exhausted",
        Fact::PositionRecorded { position } => {
            line.how = self::position(*position);
            "position"
        }
        Fact::Resolved => "resolved",
        Fact::Withdrawn => "withdrawn",
        Fact::Noted => "noted",
        Fact::MeetingCalled(called) => {
            line.stage = stage_of(called.visit);
            line.to.clone_from(&called.what);
            line.until = say_date(called.on);
            line.person.clone_from(&called.chair);
            line.people.clone_from(&called.attendees);
            "meeting_called"
        }
        Fact::MeetingDeclined { visit } => {
            line.stage = stage_of(*visit);
            "meeting_declined"
        }
        Fact::MeetingHeld(met) => {
            line.stage = stage_of(met.visit);
            line.to.clone_from(&met.what);
            line.on_day = say_date(met.on);
            line.until = met.target.map_or_else(String::new, say_date);
            line.how = super::became::met(met.outcome, met.mediation);
            "meeting_held"
        }
        Fact::MeetingReminded { .. } => "meeting_reminded",
        Fact::MeetingAsked { .. } => "meeting_asked",
        Fact::CapWarned {
            cap: of,
            ends,
            reaches,
        } => {
            (line.cap, line.on_day, line.until) = (cap(*of), say_date(*ends), say_date(*reaches));
            "cap_warned"
        }
        Fact::CapFits { cap: of } => {
            line.cap = cap(*of);
            "cap_fits"
        }
        Fact::CapPassed { cap: of, ended } => {
            (line.cap, line.on_day) = (cap(*of), say_date(*ended));
            "cap_passed"
        }
        Fact::HandedOver { to, .. } => {
            line.person = Some(to.clone());
            "handed_over"
        }
        Fact::NotePasted { visit } => {
            line.stage = stage_of(*visit);
            "note_pasted"
        }
        Fact::Called(called) => {
            line.person.clone_from(&called.with);
            line.to = ladder::roles(rules.protocol, &called.roles, "and");
            line.until = rules.calendar.say(called.on);
            line.how = if called.reached {
                "reached"
            } else {
                "not_reached"
            };
            "called"
        }
        Fact::CopiedTo { user, .. } => {
            line.person = Some(user.clone());
            "copied"
        }
        Fact::Redirected(redirected) => {
            super::redirect::name_of(rules, redirected).clone_into(&mut line.to);
            line.how = gone_how(redirected.ends);
            "redirected"
        }
        Fact::Informed(informed) => {
            super::partner::name_of(rules, informed).clone_into(&mut line.to);
            line.person.clone_from(&informed.with);
            line.until = say_date(informed.on);
            line.how = told_how(informed.invited, informed.with.is_some());
            line.cautions.clone_from(&informed.cautions);
            "informed"
        }
        Fact::Replied(replied) => {
            if let Some(informed) = informed_numbered(record, replied.number) {
                super::partner::name_of(rules, informed).clone_into(&mut line.to);
                line.person.clone_from(&informed.with);
            }
            line.until = say_date(replied.on);
            line.how = if replied.responded {
                "responded"
            } else {
                "ended"
            };
            "replied"
        }
        Fact::PartnersAsked { .. } => "partners_asked",
        Fact::CallReminded { .. } => "call_reminded",
        Fact::LateExplained { visit } => {
            line.stage = stage_of(*visit);
            "late_explained"
        }
        Fact::NoCall => "no_call",
        Fact::InputGiven { visit, roles } => {
            line.stage = stage_of(*visit);
            line.to = ladder::roles(rules.protocol, roles, "and");
            "input_given"
        }
        Fact::InputAsked { visit } => {
            line.stage = stage_of(*visit);
            "input_asked"
        }
        Fact::Spoke(spoke) => {
            line.to = ladder::roles(rules.protocol, &spoke.roles, "and");
            line.until = spoke.on.map_or_else(String::new, say_date);
            line.how = super::outside::way(spoke.way);
            if spoke.own { "view_given" } else { "spoke" }
        }
        Fact::TransferAsked { warned } => {
            line.how = if *warned { "warned" } else { "not_warned" };
            "transfer_asked"
        }
        Fact::Transferred(moved) => {
            line.to.clone_from(&moved.team);
            line.person.clone_from(&moved.decided_by);
            "transferred"
        }
        Fact::TimeSet { visit, due } => {
            line.stage = stage_of(*visit);
            line.until = say_due(due);
            "time_set"
        }
        Fact::Cafcass(taken) => {
            outside(&mut line, taken);
            "cafcass"
        }
        Fact::LegalAdvice {
            other,
            outside: taken,
        } => {
            outside(&mut line, taken);
            if *other {
                "other_advice"
            } else {
                "legal_advice"
            }
        }
    };
    line
}

/// What the gate that leads out of a visit asks, as the record has it.
fn gate_left(rules: &Rules<'_>, record: &[Recorded], number: u32) -> Option<GateKind> {
    let to = asked_towards(record, number)?;
    rules.gate_to(to).map(|gate| gate.kind)
}

/// What becomes of a concern that went to another procedure, by its name in the templates.
pub(super) fn gone_how(ends: bool) -> &'static str {
    if ends { "ends" } else { "goes_on" }
}

/// How somebody outside the line was told, by its name in the templates.
pub(super) fn told_how(invited: bool, by_message: bool) -> &'static str {
    match (invited, by_message) {
        (true, true) => "invited",
        (true, false) => "invited_by_email",
        (false, true) => "told",
        (false, false) => "told_by_email",
    }
}

/// What a record has of somebody who was told, by their number.
pub(super) fn informed_numbered(record: &[Recorded], number: u32) -> Option<&Informed> {
    record.iter().find_map(|earlier| match &earlier.fact {
        Fact::Informed(informed) if informed.number == number => Some(informed),
        _ => None,
    })
}

/// A view on a way out of the council, by its name in the templates.
pub(super) fn view(view: View) -> &'static str {
    match view {
        View::Now => "now",
        View::Advice => "advice",
        View::Received => "received",
        View::NotNow => "not_now",
    }
}

/// How far what was directed has come, by its name in the templates.
pub(super) fn progress(progress: Progress) -> &'static str {
    match progress {
        Progress::Done => "done",
        Progress::NotDone => "not_done",
        Progress::MoreTime => "more_time",
    }
}

/// A position, by its name in the templates.
pub(super) fn position(position: Position) -> &'static str {
    match position {
        Position::Resolved => "resolved",
        Position::Maintained => "maintained",
        Position::Referred => "referred",
    }
}

/// An answer, by its name in the templates.
pub(super) fn answered(answer: Answered) -> &'static str {
    match answer {
        Answered::Accepted => "accepted",
        Answered::Rejected => "rejected",
        Answered::Responded => "responded",
        Answered::Decided => "decided",
    }
}

/// A sample of the details of a concern.
pub(super) fn sample(
    setting: &Setting<'_>,
    record: &[Recorded],
    texts: Option<&ConcernTexts>,
    attempt: &mut impl FnMut(&str, &Value),
) {
    if let Some(details) = Details::new(setting, record, texts)
        && let Ok(sample) = serde_json::to_value(&details)
    {
        attempt("modal/details.json", &sample);
    }
    for fact in record {
        if let Ok(sample) = serde_json::to_value(happened(setting.rules, record, fact)) {
            attempt("told/happened.txt", &sample);
        }
    }
}
