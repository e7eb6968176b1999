//! One step in words: who asks whom for what, by when, and what follows.

use std::fmt::Write as _;

use super::{Page, and, clock_words, names, or, step_named, subjects};
use crate::ids::{RoleId, StepId};
use crate::protocol::{
    Adjust, Asks, ClockStart, Gate, GateKind, MEETING, Meeting, Monitor, Need, OnReject, Protocol,
    Route, Sender, Silence, Step, StepClock,
};

/// What a sentence about a step speaks of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::protocol) enum Part {
    /// The step itself: what is asked of whom, and how.
    Itself,
    /// By when.
    Time,
    /// The gate before it.
    Gate,
    /// Who is copied.
    Copies,
    /// Where it goes on to.
    Onward,
    /// Who hears when it is overdue.
    Overdue,
}

pub(super) fn explain(page: &mut Page, protocol: &Protocol, route: &Route, place: usize) {
    let Some(step) = route.steps.get(place) else {
        return;
    };
    page.blank();
    page.line(2, 4, &heading(step));
    for (_, sentence) in sentences(protocol, route, place) {
        page.line(4, 6, &sentence);
    }
}

/// "m-1  Stage 1: Starred recommendation  [Stage 1]".
pub(in crate::protocol) fn heading(step: &Step) -> String {
    format!(
        "{}  {}: {}  [{}]",
        step.id, step.stage, step.name, step.clause
    )
}

/// All that is said of a step below its heading, in order.
pub(in crate::protocol) fn sentences(
    protocol: &Protocol,
    route: &Route,
    place: usize,
) -> Vec<(Part, String)> {
    let Some(step) = route.steps.get(place) else {
        return Vec::new();
    };
    let mut said = Vec::new();
    let mut say = |part: Part, text: String| said.push((part, text));
    if !step.formal {
        say(Part::Itself, "Before the formal process.".to_owned());
    }
    for (subject, name) in &step.names {
        let about = or(&subjects(&[*subject]));
        say(
            Part::Itself,
            format!("Where the concern is about {about}, it is called \"{name}\"."),
        );
    }
    if let Some(gate) = &step.gate {
        say(
            Part::Gate,
            gate_words(protocol, gate, "Before it is sent, "),
        );
    }
    say(Part::Itself, asked(protocol, step));
    if let Some(task) = &step.issue_by {
        let time = clock_words(task.within, &task.from, "its issue");
        say(
            Part::Itself,
            format!(
                "The raiser should send it within {time}; later is recorded as late, and allowed; the raiser is asked why."
            ),
        );
    }
    say(Part::Time, by_when(step));
    if let Some(extend) = &step.extend {
        let item = if extend.needs_item {
            ", naming what is outstanding,"
        } else {
            ""
        };
        say(
            Part::Itself,
            format!(
                "The addressee may extend the time{item} with a reason [{}].",
                extend.clause
            ),
        );
    }
    if let Some(meeting) = protocol.beside.meetings.get(&step.id) {
        say(Part::Itself, meeting_words(protocol, step, meeting));
    }
    if !step.inputs.is_empty() {
        let asked = and(&names(protocol, &step.inputs));
        let verb = if step.inputs.len() == 1 { "is" } else { "are" };
        say(
            Part::Itself,
            format!(
                "Before it is answered, {asked} {verb} asked for input, beside the raiser's; it moves no clock."
            ),
        );
    }
    if let Some(copies) = copies(protocol, route, place) {
        say(Part::Copies, copies);
    }
    for line in onward(route, step) {
        say(Part::Onward, line);
    }
    if let Some(overdue) = overdue(protocol, step) {
        say(Part::Overdue, overdue);
    }
    if step.monitored_by == Monitor::Addressee {
        say(
            Part::Itself,
            "Whoever answers follows up what they direct: on the day they set they are asked whether it is done, and the raiser hears \
             what they say."
                .to_owned(),
        );
    }
    said
}

fn meeting_words(protocol: &Protocol, step: &Step, meeting: &Meeting) -> String {
    let named: Vec<&str> = meeting
        .kinds
        .iter()
        .map(String::as_str)
        .filter(|kind| *kind != MEETING)
        .collect();
    let mut text = "A meeting".to_owned();
    if let Some(chair) = &meeting.chair {
        let _ = write!(text, " chaired by the {}", protocol.role_name(chair));
    }
    if !meeting.attends.is_empty() {
        let _ = write!(text, " with {}", and(&names(protocol, &meeting.attends)));
    }
    text.push_str(match (meeting.is_expected(step), meeting.may_decline) {
        (true, true) => " may be held; that none is held is recorded with its reason.",
        (true, false) => " is held.",
        (false, _) => " may be called within the time of this step.",
    });
    if !named.is_empty() {
        let _ = write!(text, " What may be called: {}.", named.join("; "));
    }
    if meeting.others {
        text.push_str(
            " Who else attends is decided at the time: they are named when its day is set, and told it.",
        );
    }
    if meeting.mediation {
        text.push_str(" Independent mediation may be used, and its outcome is recorded.");
    }
    text
}

fn asked(protocol: &Protocol, step: &Step) -> String {
    let sender = match &step.sender {
        Sender::Raiser => "The raiser".to_owned(),
        Sender::Role(role) => format!("The {}", protocol.role_name(role)),
    };
    let to = names(protocol, &step.to);
    let (to, any) = match step.need {
        Need::AnyOf if to.len() > 1 => (or(&to), " Any of them may answer for all."),
        Need::AnyOf => (and(&to), ""),
        Need::AllOf => (and(&to), " Each of them must answer."),
    };
    let meeting = protocol.beside.meetings.get(&step.id);
    let may_decline = meeting.is_some_and(|meeting| meeting.may_decline);
    let what = match step.asks {
        Asks::AcceptOrReject => {
            "to accept it with a plan and a target date, or to reject it with reasons"
        }
        Asks::Respond => "for a written response",
        Asks::Decide => "for a decision and its reasons, both in writing",
        Asks::Discuss => "to discuss it and to record the outcome",
        Asks::Meet if may_decline => {
            "to consider a meeting, and to record whether it was held and what came of it"
        }
        Asks::Meet => "to meet on it and to record the outcome",
        Asks::Note => "to note what was done",
    };
    let with = if step.with.is_empty() {
        String::new()
    } else {
        let with = and(&names(protocol, &step.with));
        format!(" It is considered together with {with}, who may answer too.")
    };
    format!("{sender} asks {to} {what}.{any}{with}")
}

fn by_when(step: &Step) -> String {
    let Some(clock) = &step.clock else {
        return "The protocol sets no time: the raiser keeps a review date, 5 working days unless changed.".to_owned();
    };
    let time = clock_words(clock.within, &clock.from, "its issue");
    let adjust = match clock.adjust {
        Adjust::No => "",
        Adjust::Shorter => " The raiser may set a shorter time for one case, never a longer one.",
        Adjust::Any => " The raiser may set another time for one case.",
    };
    format!("Answer within {time}.{adjust}{}", window(clock))
}

/// What a time counted from something before the step means, where the step starts late.
fn window(clock: &StepClock) -> &'static str {
    if clock.from == ClockStart::Issued {
        ""
    } else {
        " If that is already past when the step is sent, there are 5 working days."
    }
}

/// Who is copied, and who stays copied from here on.
fn copies(protocol: &Protocol, route: &Route, place: usize) -> Option<String> {
    let copies: Vec<RoleId> = route.copies(place).cloned().collect();
    if copies.is_empty() {
        return None;
    }
    let sticky = &route.steps.get(place)?.copy_from_here_on;
    let (from_here_on, here): (Vec<RoleId>, Vec<RoleId>) =
        copies.into_iter().partition(|role| sticky.contains(role));
    let said = [
        ("Copied for information", here),
        ("Copied from here to the end", from_here_on),
    ];
    let said = said.iter().filter(|(_, who)| !who.is_empty());
    let said: Vec<String> = said
        .map(|(how, who)| format!("{how}: {}.", and(&names(protocol, who))))
        .collect();
    Some(said.join(" "))
}

fn onward(route: &Route, step: &Step) -> Vec<String> {
    let mut lines = Vec::new();
    let goes_to = |target: Option<&StepId>| {
        match target {
        Some(id) => format!("it goes on to {}", step_named(route, id)),
        None => "the ladder is exhausted, and the concern stays open until the raiser records the position".to_owned(),
    }
    };
    let next = goes_to(step.next.as_ref());
    let silence = match step.silence {
        _ if step.clock.is_none() => None,
        Silence::Lapse => Some(goes_to(step.on_lapse.as_ref().or(step.next.as_ref()))),
        Silence::DeemedAccepted => Some("it counts as accepted, no objection".to_owned()),
        Silence::Alert => Some("nothing moves, and it is told until somebody acts".to_owned()),
    };
    if step.asks == Asks::AcceptOrReject {
        let when = match step.on_reject {
            OnReject::AtOnce => "at once",
            OnReject::AtDeadline => "when the time is up and not before",
        };
        lines.extend(silence.map(|silence| format!("No answer by then: {silence}.")));
        lines.push(format!("Rejected: {next}, {when}."));
        lines.push(format!(
            "Accepted, but not done by the target date: {next}."
        ));
    } else if silence.as_ref() == Some(&next) {
        lines.push(format!(
            "No answer by then, or none that satisfies the raiser: {next}."
        ));
    } else if step.clock.is_none() {
        lines.push(format!(
            "An answer that does not satisfy the raiser, or none when they look again: {next}."
        ));
    } else {
        lines.extend(silence.map(|silence| format!("No answer by then: {silence}.")));
        lines.push(format!(
            "An answer that does not satisfy the raiser: {next}."
        ));
    }
    lines
}

/// Who hears when it is overdue.
fn overdue(protocol: &Protocol, step: &Step) -> Option<String> {
    let told = names(protocol, &step.overdue_alert);
    let verb = match told.len() {
        0 => return None,
        1 => "hears",
        _ => "hear",
    };
    Some(format!(
        "When it is overdue, {} {verb} of it as well.",
        and(&told)
    ))
}

/// A gate before a step or a bypass in words, after an opening such as "Before it is sent, ": of several roles, whichever answers
/// first answers for all.
pub(in crate::protocol) fn gate_words(protocol: &Protocol, gate: &Gate, opening: &str) -> String {
    let roles = names(protocol, &gate.roles);
    let who = match gate.need {
        Need::AnyOf => or(&roles),
        Need::AllOf => and(&roles),
    };
    gate_of(gate, &who, opening)
}

/// A gate before a way out of the council in words: each of its roles is spoken to.
pub(super) fn each_gate_words(protocol: &Protocol, gate: &Gate, opening: &str) -> String {
    gate_of(gate, &and(&names(protocol, &gate.roles)), opening)
}

fn gate_of(gate: &Gate, who: &str, opening: &str) -> String {
    let each = gate.need == Need::AllOf;
    let refused = if each {
        "the word of each of them is needed; declined by any or unanswered, the raiser may go on with a reason"
    } else {
        "declined or unanswered, the raiser may go on with a reason"
    };
    let what = match gate.kind {
        GateKind::Discuss if each => format!(
            "the raiser discusses it with each of {who}; the views are recorded, and the raiser decides"
        ),
        GateKind::Discuss => format!(
            "the raiser discusses it with {who}; the view is recorded, and the raiser decides"
        ),
        GateKind::Agree => {
            let are = if each { "are" } else { "is" };
            format!("{who} {are} asked to agree; {refused}")
        }
        GateKind::InConjunction => {
            format!("it is decided in conjunction with {who}; {refused}")
        }
        GateKind::Judgement => "the raiser judges it; silence never answers".to_owned(),
    };
    let question = gate
        .question
        .as_ref()
        .map_or_else(String::new, |question| format!(" \"{question}\""));
    let clause = gate
        .clause
        .as_ref()
        .map_or_else(String::new, |clause| format!(" [{clause}]"));
    if question.is_empty() {
        format!("{opening}{what}{clause}.")
    } else {
        format!("{opening}{what}:{question}{clause}")
    }
}
