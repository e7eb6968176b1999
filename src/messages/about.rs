//! The context of every message about a concern: what its template may say.

use serde::Serialize;

use super::at::At;
use super::became::{Became, answer, became};
use super::buttons::{
    Button, addressee_buttons, call_buttons, chair_buttons, gate_buttons, input_buttons,
    raiser_buttons, view_buttons,
};
use super::call::{CallLine, call_lines};
use super::details::progress;
use super::inputs::{InputLine, input_lines};
use super::ladder::{self, Ahead, ahead, towards};
use super::note::{NoteLine, note_lines};
use super::outlook::Outlook;
use super::outside::{OutsideLine, SpokenLine, outside_lines, spoken_lines};
use super::partner::{
    CopiedLine, PartnerLine, copied_lines, is_invited, outstanding_lines, partner_lines,
};
use super::redirect::{GoneLine, gone_lines};
use super::setting::Setting;
use super::tasks::{Beside, beside};
use super::transfer::{AskLine, MoveLine, ask_lines, move_lines};
use crate::calendar::say_date;
use crate::concern::event::Rag;
use crate::concern::follow::is_followed;
use crate::concern::{Concern, Field, How, Phase, Rules, Visit};
use crate::ids::UserId;
use crate::mail::{Kind, Matter, Occasion, still_wanted};
use crate::protocol::{Gate, Subject};

/// The longest a text of the concern may be in a message.
const PROSE: usize = 2_900;
/// How much of a message all its texts together may take: Slack refuses blocks of more than about 13,200 characters.
const ALL_PROSE: usize = 8_700;
/// How many earlier steps a receipt lists.
const HISTORY: usize = 8;

/// What a template about a concern may say.
#[derive(Debug, Serialize)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a plain yes or no that a template asks for by name"
)]
pub(super) struct About<'a> {
    occasion: Occasion,
    reference: String,
    other: Option<String>,
    team: &'a str,
    council: &'a str,
    case_system: &'a str,
    protocol: &'a str,
    case_ref: &'a str,
    category: &'a str,
    rag: Option<Rag>,
    /// Whom it is about, where the protocol is for several.
    subject_told: Option<Subject>,
    /// The same where they are not those it is mostly about, the protocol's first.
    subject: Option<Subject>,
    starred: bool,
    urgent: bool,
    in_proceedings: bool,
    open: bool,
    raiser: &'a UserId,
    raiser_role: &'a str,
    raised_by: &'a UserId,
    handed_over: bool,
    raised_on: String,
    /// The day of the event it is about, where it is not the day of the raising.
    event_on: Option<String>,
    to: &'a [UserId],
    for_role: &'a str,
    vacant: bool,
    own: bool,
    covering: Option<&'a UserId>,
    /// For whom the one who reads it covered, where that has ended: nothing is theirs to press.
    covered: Option<&'a UserId>,
    /// Who has it now, where it was the reader's before: nothing is theirs to press.
    gone_to: Option<&'a UserId>,
    /// Whether it is the reader's still.
    theirs: bool,
    /// Whether what the message asks is still asked.
    asked_still: bool,
    iro_manager: &'a str,
    phase: &'static str,
    /// The step the message is about.
    at: At,
    /// The step the concern is at now.
    present: At,
    /// Whether they are the same stay.
    is_present: bool,
    /// What becomes of the message's step without an answer.
    otherwise: Ahead,
    /// Where the present step leads when it is not resolved.
    onward: Ahead,
    /// What the gate out of the message's step asks.
    gate: Ahead,
    /// When the gate's step would be issued.
    gate_at: String,
    /// The roles whose gate was gone past.
    passed_gate: String,
    became: Vec<Became>,
    /// The same of the step the concern is at now.
    present_became: Vec<Became>,
    /// The answers that came after the step had ended.
    late: Vec<Became>,
    /// Whether what the message asks is still open.
    waits: bool,
    /// Whether it is the card of a role that has answered, while others must still.
    answered_here: bool,
    history: Vec<Past>,
    history_more: usize,
    target: String,
    /// Whether those who answered follow it up, and have yet to say whether it is done.
    followed: bool,
    /// The day on which somebody is asked whether it is done: that of the target, or the first working day after it.
    asked_on: String,
    /// When the raiser was asked; empty where they were not.
    target_asked: String,
    /// When they were asked; empty where they were not.
    report_asked: String,
    /// What they last said; empty where they said nothing.
    report: &'static str,
    review_on: String,
    /// The limit on the whole process that ends before that day, such as "20 working days end on Thu 14 Jan (3)"; empty where none
    /// does.
    review_past_cap: String,
    /// To whom the formal step should be sent by a day, while the concern is informal; empty where the protocol sets no day.
    issue_to: String,
    issue_by: String,
    hold_until: String,
    caps: Vec<CapEnds<'a>>,
    /// Whose case note is in the case system, step by step.
    notes: Vec<NoteLine>,
    /// The views taken on ways out of the council.
    outside: Vec<OutsideLine>,
    /// The words there were with those to speak to first.
    spoken: Vec<SpokenLine>,
    /// What lies ahead at full length.
    outlook: Outlook,
    /// The telephone calls about it.
    calls: Vec<CallLine>,
    /// Who is copied by name.
    copied: Vec<CopiedLine>,
    /// The other procedures that run beside it.
    gone: Vec<GoneLine>,
    /// Who was told of it outside its line.
    partners: Vec<PartnerLine>,
    /// Those of them who were invited to respond and have not.
    outstanding: Vec<PartnerLine>,
    /// Whether whoever reads this is one of those.
    invited: bool,
    /// Who said that no call is needed, and when.
    /// The stage that was sent later than the protocol asks, and whether the raiser said why; empty where none was.
    sent_late: String,
    late_explained: bool,
    no_call_by: Option<&'a UserId>,
    no_call_on: String,
    /// When the protocol asks for a call, in its words.
    urgent_when: &'a str,
    urgent_clause: &'a str,
    /// The inputs that the step asks for, and which are in.
    inputs: Vec<InputLine>,
    /// Who asked to move the case to another team.
    transfer_asks: Vec<AskLine>,
    /// The moves of the case while it was open.
    transfers: Vec<MoveLine>,
    /// Until when the case should stay, in the paper's words.
    transfer_until: &'a str,
    transfer_clause: &'a str,
    /// What the protocol asks besides the steps.
    tasks: Option<Beside<'a>>,
    texts: Vec<Prose>,
    buttons: Vec<Button>,
    /// The visit that the buttons are of, so that a press on an older card never touches a later step.
    row: u32,
}

#[derive(Debug, Serialize)]
struct CapEnds<'a> {
    within: String,
    on: String,
    clause: &'a str,
    provisional: bool,
    /// Whether it has ended while the concern was open.
    passed: bool,
    /// Whether it stands that the steps left do not fit.
    warned: bool,
}

/// An earlier step, on the receipt.
#[derive(Debug, Serialize)]
struct Past {
    stage: String,
    answerers: String,
    end: &'static str,
    on: String,
}

/// A text of the concern.
#[derive(Debug, Serialize)]
pub(super) struct Prose {
    field: Field,
    by: Option<UserId>,
    words: String,
    limit: usize,
}

impl<'a> About<'a> {
    #[expect(
        clippy::too_many_lines,
        reason = "one line a name that a template may use"
    )]
    /// The context of a message. `None` where the record has no such visit, or its protocol no such step.
    pub(super) fn new(matter: &Matter, setting: &Setting<'a>) -> Option<Self> {
        let Setting { rules, concern, .. } = *setting;
        let present = concern.visit()?;
        // The standing receipt goes along with the concern; every other message stays with the step it was of.
        let visit = match matter.occasion {
            Occasion::Receipt => present,
            _ => concern.visit_numbered(matter.visit)?,
        };
        let protocol = rules.protocol;
        let transfer = protocol.beside.transfer.as_ref();
        let urgent = protocol.beside.urgent.as_ref();
        let raised = &concern.raised;
        let say_due = |due| rules.calendar.say_due(&due);
        let kind = matter.occasion.kind();
        let role = setting.audience.standing_in_for.or(setting.audience.role);
        let gate_to = visit.gate.as_ref().map(|gate| &gate.to);
        let gate = gate_to.map_or_else(
            || ahead(rules, concern, visit, How::Escalated),
            |to| towards(rules, visit, to),
        );
        let buttons = match kind {
            _ if setting.audience.gone_to.is_some() => Vec::new(),
            _ if setting.audience.covered.is_some() => vec![Button::Details],
            Kind::Card => addressee_buttons(rules, concern, visit.number, role),
            Kind::Gate => gate_buttons(rules, concern, visit.number, role),
            Kind::Receipt => receipt_buttons(rules, concern, matter),
            // Whoever is asked to a meeting by name may not read the concern for that.
            _ if matter.occasion == Occasion::MeetingNamed => {
                chair_buttons(concern, visit, setting.audience.mention)
            }
            Kind::Notice | Kind::Reminder => match matter.occasion {
                Occasion::Outside => view_buttons(rules, concern, setting.audience.role),
                Occasion::InputAsk | Occasion::InputReminder | Occasion::InputMissed => {
                    input_buttons(rules, concern, visit.number, setting.audience.role)
                }
                Occasion::CallReminder => call_buttons(rules, concern),
                _ => vec![Button::Details],
            },
            Kind::Copy | Kind::Alert | Kind::Digest => {
                vec![Button::Details]
            }
        };
        let waits = buttons.len() > 1;
        // What the raiser's own message asks of them needs no line that says it waits for the raiser.
        let asked = |line: &Became| {
            kind == Kind::Receipt
                && waits
                && matches!(
                    line.kind,
                    "underway"
                        | "followed"
                        | "followed_asked"
                        | "judging"
                        | "at_gate"
                        | "exhausted"
                )
        };
        let became = |visit| {
            let mut lines = became(rules, concern, visit);
            lines.retain(|line| !asked(line));
            lines
        };
        let may_hold = buttons.contains(&Button::HoldEscalation);
        let (history, history_more) = history(rules, concern);
        let issue_by = concern
            .visit()
            .and_then(|visit| rules.issue_by_after(concern, &visit.step));
        Some(Self {
            occasion: matter.occasion,
            reference: concern.id.to_string(),
            other: matter.other.map(|other| other.to_string()),
            team: setting.team_name,
            council: setting.council_name,
            case_system: setting.case_system,
            protocol: &protocol.title,
            case_ref: raised.case_ref.as_str(),
            category: protocol
                .category(&raised.category)
                .map_or(raised.category.as_str(), |category| category.name.as_str()),
            rag: raised.rag,
            subject_told: rules
                .subject(concern)
                .filter(|_| protocol.subjects.len() > 1),
            subject: rules
                .subject(concern)
                .filter(|subject| protocol.subjects.first() != Some(subject)),
            starred: raised.flags.starred,
            urgent: raised.flags.urgent,
            in_proceedings: raised.flags.in_proceedings,
            open: concern.is_open(),
            raiser: &concern.raiser,
            raiser_role: concern.raiser_role.as_str(),
            raised_by: &concern.raised_by,
            handed_over: concern.raiser != concern.raised_by,
            raised_on: say_date(rules.day(concern.raised_at)),
            event_on: (raised.event_date != rules.day(concern.raised_at))
                .then(|| say_date(raised.event_date)),
            to: setting.audience.mention,
            for_role: role.map_or("", |role| protocol.role_name(role)),
            vacant: setting.audience.standing_in_for.is_some(),
            own: setting.audience.own,
            covering: setting.audience.covering,
            covered: setting.audience.covered,
            gone_to: setting.audience.gone_to,
            theirs: !setting.audience.is_former(),
            asked_still: still_wanted(matter, concern, rules),
            iro_manager: protocol
                .roles
                .get(crate::protocol::IRO_MANAGER)
                .map_or("manager of the IRO service", |role| role.name.as_str()),
            phase: phase(concern.phase),
            at: At::new(rules, concern, visit)?,
            present: At::new(rules, concern, present)?,
            is_present: visit.number == present.number,
            otherwise: ahead(rules, concern, visit, How::Lapsed),
            onward: onward(rules, concern, present),
            gate,
            gate_at: visit
                .ends()
                .filter(|_| matches!(concern.phase, Phase::Answering | Phase::RejectedWaiting))
                .map(say_due)
                .unwrap_or_default(),
            passed_gate: passed_gate(rules, visit, present),
            became: became(visit),
            present_became: became(present),
            late: visit
                .late_answers
                .iter()
                .map(|given| answer(rules, visit, given, true))
                .collect(),
            waits,
            answered_here: role.is_some_and(|role| match kind {
                Kind::Card => rules.has_answered(concern, visit, role),
                Kind::Gate => visit
                    .gate
                    .as_ref()
                    .is_some_and(|gate| gate.verdict.is_none() && gate.has_agreed(role)),
                _ => false,
            }),
            history,
            history_more,
            target: visit
                .target
                .map_or_else(String::new, |(target, _)| say_date(target)),
            followed: is_followed(rules, concern),
            asked_on: visit.target.map_or_else(String::new, |(target, _)| {
                say_date(rules.day(rules.opening_on_or_after(target)))
            }),
            target_asked: visit
                .target_asked
                .map_or_else(String::new, |at| rules.calendar.say(at)),
            report_asked: visit
                .report_asked
                .map_or_else(String::new, |at| rules.calendar.say(at)),
            report: visit
                .reports
                .last()
                .map_or("", |report| progress(report.progress)),
            review_on: concern
                .review
                .map_or_else(String::new, |(on, _)| say_date(on)),
            review_past_cap: review_past_cap(rules, concern),
            issue_to: issue_by.map_or_else(String::new, |(step, _)| {
                ladder::answerers(rules.protocol, step)
            }),
            issue_by: issue_by.map_or_else(String::new, |(_, due)| rules.calendar.say_due(&due)),
            hold_until: visit
                .due
                .filter(|_| may_hold)
                .map_or_else(String::new, |due| {
                    say_date(
                        rules
                            .due(due.date, crate::concern::rules::TWO_WORKING_DAYS)
                            .date,
                    )
                }),
            caps: caps(rules, concern),
            notes: note_lines(rules, concern),
            tasks: setting.tasks.map(|list| beside(rules, list)),
            outside: outside_lines(rules, concern),
            spoken: spoken_lines(rules, concern),
            outlook: match matter.occasion {
                Occasion::Receipt => Outlook::of(rules, concern, setting.now),
                _ => Outlook::default(),
            },
            calls: call_lines(rules, concern),
            copied: copied_lines(rules, concern),
            gone: gone_lines(rules, concern),
            partners: partner_lines(rules, concern),
            outstanding: outstanding_lines(rules, concern),
            invited: is_invited(concern, setting.audience.mention),
            sent_late: concern
                .sent_late()
                .and_then(|late| rules.step_of(late))
                .map_or_else(String::new, |step| step.stage.clone()),
            late_explained: concern.sent_late().is_some_and(|late| late.late_explained),
            no_call_by: concern.no_call.as_ref().map(|(by, _)| by),
            no_call_on: concern
                .no_call
                .as_ref()
                .map_or_else(String::new, |(_, at)| say_date(rules.day(*at))),
            urgent_when: urgent
                .and_then(|rule| rule.when.as_deref())
                .unwrap_or_default(),
            urgent_clause: urgent.map_or("", |rule| &rule.clause),
            inputs: input_lines(rules, concern, visit),
            transfer_asks: ask_lines(rules, concern),
            transfers: move_lines(rules, concern),
            transfer_until: transfer
                .and_then(|rule| rule.until.as_deref())
                .unwrap_or_default(),
            transfer_clause: transfer.map_or("", |rule| &rule.clause),
            texts: texts(setting, matter, visit),
            buttons,
            // The standing receipt shows the present step, and its buttons are of that.
            row: if matter.occasion == Occasion::Receipt {
                present.number
            } else {
                visit.number
            },
        })
    }
}

impl About<'_> {
    /// The same, with what lies ahead of the concern, which of the messages only the receipt says.
    pub(super) fn with_outlook(self, setting: &Setting<'_>) -> Self {
        Self {
            outlook: Outlook::of(setting.rules, setting.concern, setting.now),
            ..self
        }
    }
}

/// The raiser's buttons: always on the standing receipt, on a question only while it is open.
fn receipt_buttons(rules: &Rules<'_>, concern: &Concern, matter: &Matter) -> Vec<Button> {
    let open = matter.occasion == Occasion::Receipt
        || still_wanted(matter, concern, rules)
            && concern.is_open()
            && concern
                .visit()
                .is_some_and(|now_at| now_at.number == matter.visit);
    if open {
        raiser_buttons(rules, concern)
    } else {
        vec![Button::Details]
    }
}

/// Where the present step leads: on its gate where one is asked, else what follows from what it waits for.
fn onward(rules: &Rules<'_>, concern: &Concern, present: &Visit) -> Ahead {
    let asked = present.gate.as_ref().filter(|gate| !gate.superseded);
    match (concern.phase, asked) {
        (Phase::AtGate | Phase::Exhausted, Some(gate)) => towards(rules, present, &gate.to),
        (Phase::Answering, _) => ahead(rules, concern, present, How::Lapsed),
        _ => ahead(rules, concern, present, How::Unsatisfied),
    }
}

/// Whose gate the raiser went past: the one before the step it was raised at or escalated to, or the one for a bypass.
fn passed_gate(rules: &Rules<'_>, visit: &Visit, present: &Visit) -> String {
    let gate: Option<&Gate> = match present.how {
        How::Bypassed => rules.protocol.bypass.gate.as_ref(),
        How::Raised => rules.gate_to(&visit.step),
        _ => rules.gate_to(&present.step),
    };
    gate.map_or_else(String::new, |gate| ladder::whom(rules, gate))
}

fn history(rules: &Rules<'_>, concern: &Concern) -> (Vec<Past>, usize) {
    let earlier = concern.visits.len().saturating_sub(1);
    let skip = earlier.saturating_sub(HISTORY);
    let past = concern
        .visits
        .iter()
        .zip(concern.visits.iter().skip(1))
        .skip(skip)
        .filter_map(|(visit, next)| {
            let step = rules.step_of(visit)?;
            Some(Past {
                stage: step.stage.clone(),
                answerers: ladder::answerers(rules.protocol, step),
                end: match next.how {
                    How::Lapsed | How::Raised => "lapsed",
                    How::Rejected => "rejected",
                    How::Unsatisfied => "unsatisfied",
                    How::Escalated => "escalated",
                    How::Bypassed => "bypassed",
                },
                on: say_date(rules.day(next.issued_at)),
            })
        })
        .collect();
    (past, skip)
}

fn caps<'a>(rules: &Rules<'a>, concern: &Concern) -> Vec<CapEnds<'a>> {
    let mut ends: Vec<CapEnds<'a>> = Vec::with_capacity(2);
    for (number, cap) in rules.numbered_caps(concern) {
        let Some(due) = rules.cap_ends(concern, cap) else {
            continue;
        };
        let (within, on) = (cap.within.to_string(), say_date(due.date));
        // Two that are counted from different days may end on the same: once is enough.
        if !ends.iter().any(|end| end.within == within && end.on == on) {
            let told = concern.cap(number);
            ends.push(CapEnds {
                within,
                on,
                clause: &cap.clause,
                provisional: due.provisional,
                passed: told.passed,
                warned: told.warned && !told.passed,
            });
        }
    }
    ends
}

/// The first limit that ends before the raiser looks again (`B-stage3`), where it has not ended already.
fn review_past_cap(rules: &Rules<'_>, concern: &Concern) -> String {
    let first = rules
        .numbered_caps(concern)
        .filter(|(number, _)| !concern.cap(*number).passed)
        .filter_map(|(_, cap)| Some((cap, rules.cap_ends(concern, cap)?)))
        .min_by_key(|(_, ends)| ends.date);
    match (first, concern.review) {
        (Some((cap, ends)), Some((on, _))) if on > ends.date => {
            format!(
                "{} end on {} ({})",
                cap.within,
                say_date(ends.date),
                cap.clause
            )
        }
        _ => String::new(),
    }
}

/// The texts a message shows, where texts may stand in messages: what was raised on a card, the answers on the raiser's.
fn texts(setting: &Setting<'_>, matter: &Matter, visit: &Visit) -> Vec<Prose> {
    let Some(all) = setting.texts else {
        return Vec::new();
    };
    let raised = || {
        all.beside(1)
            .filter(|(field, _)| *field != Field::StartReason)
            .map(|(field, words)| (field, None, words))
    };
    let answers = |late: bool| {
        let given = if late {
            &visit.late_answers
        } else {
            &visit.answers
        };
        given.iter().flat_map(move |answer| {
            all.beside(answer.seq)
                .map(|(field, words)| (field, Some(answer.by.clone()), words))
        })
    };
    let shown: Vec<(Field, Option<UserId>, &str)> = match matter.occasion {
        Occasion::Card => raised().collect(),
        Occasion::Receipt | Occasion::Answered => answers(false).collect(),
        Occasion::LateAnswer => answers(true).collect(),
        _ => Vec::new(),
    };
    let limit = PROSE.min(ALL_PROSE / shown.len().max(1));
    shown
        .into_iter()
        .filter(|(_, _, words)| !words.trim().is_empty())
        .map(|(field, by, words)| Prose {
            field,
            by,
            words: words.to_owned(),
            limit,
        })
        .collect()
}

fn phase(phase: Phase) -> &'static str {
    match phase {
        Phase::Answering => "answering",
        Phase::RejectedWaiting => "rejected_waiting",
        Phase::Underway => "underway",
        Phase::Judging => "judging",
        Phase::AtGate => "at_gate",
        Phase::Exhausted => "exhausted",
        Phase::Closed(_) => "closed",
    }
}
