//! One step in words: who asks whom for what, by when, and what follows.

use super::{Page, and, clock_words, names, or, step_named};
use crate::ids::RoleId;
use crate::protocol::{
    Adjust, Asks, ClockStart, Gate, GateKind, Monitor, Need, OnReject, Protocol, Route, Sender,
    Silence, Step, StepClock,
};

pub(super) fn explain(page: &mut Page, protocol: &Protocol, route: &Route, place: usize) {
    let Some(step) = route.steps.get(place) else {
        return;
    };
    page.blank();
    page.line(
        2,
        4,
        &format!(
            "{}  {}: {}  [{}]",
            step.id, step.stage, step.name, step.clause
        ),
    );
    let mut say = |text: &str| page.line(4, 6, text);
    if !step.formal {
        say("Before the formal process.");
    }
    if let Some(gate) = &step.gate {
        say(&gate_words(protocol, gate, "Before it is sent, "));
    }
    say(&asked(protocol, step));
    if let Some(task) = &step.issue_by {
        let time = clock_words(task.within, &task.from, "its issue");
        say(&format!(
            "The raiser should send it within {time}; later is recorded as late, and allowed."
        ));
    }
    say(&by_when(step));
    if let Some(extend) = &step.extend {
        let item = if extend.needs_item {
            ", naming what is outstanding,"
        } else {
            ""
        };
        say(&format!(
            "The addressee may extend the time{item} with a reason [{}].",
            extend.clause
        ));
    }
    if let Some(meeting) = protocol.beside.meetings.get(&step.id) {
        let mut text = "A meeting".to_owned();
        if let Some(chair) = &meeting.chair {
            text.push_str(&format!(" chaired by the {}", protocol.role_name(chair)));
        }
        if !meeting.attends.is_empty() {
            text.push_str(&format!(
                " with {}",
                and(&names(protocol, &meeting.attends))
            ));
        }
        text.push_str(if meeting.may_decline {
            " may be held; that none is held is recorded with its reason."
        } else {
            " is held."
        });
        say(&text);
    }
    let copies: Vec<RoleId> = route.copies(place).cloned().collect();
    if !copies.is_empty() {
        say(&format!(
            "Copied for information: {}.",
            and(&names(protocol, &copies))
        ));
    }
    if !step.copy_from_here_on.is_empty() {
        let sticky = and(&names(protocol, &step.copy_from_here_on));
        say(&format!(
            "From here on {sticky} get a copy of every later step."
        ));
    }
    for line in what_follows(protocol, route, step) {
        say(&line);
    }
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
    let what = match step.asks {
        Asks::AcceptOrReject => {
            "to accept it with a plan and a target date, or to reject it with reasons"
        }
        Asks::Respond => "for a written response",
        Asks::Decide => "for a decision and its reasons, both in writing",
        Asks::Discuss => "to discuss it and to record the outcome",
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

/// What a window counted from the raising means, where the step starts late.
fn window(clock: &StepClock) -> &'static str {
    if clock.from == ClockStart::Raised {
        " If that is already past when the step is sent, there are 5 working days."
    } else {
        ""
    }
}

fn what_follows(protocol: &Protocol, route: &Route, step: &Step) -> Vec<String> {
    let mut lines = Vec::new();
    let to = |id| format!("it goes on to {}", step_named(route, id));
    let exhausted =
        "the ladder is exhausted: the concern stays open until the raiser records the position"
            .to_owned();
    let next = step.next.as_ref().map_or_else(|| exhausted.clone(), to);
    if step.clock.is_some() {
        let silence = match step.silence {
            Silence::Lapse => {
                let target = step.on_lapse.as_ref().or(step.next.as_ref());
                target.map_or(exhausted, to)
            }
            Silence::DeemedAccepted => "it counts as accepted, no objection".to_owned(),
            Silence::Alert => "nothing moves, and somebody is told".to_owned(),
        };
        lines.push(format!("No answer by then: {silence}."));
    }
    if step.asks == Asks::AcceptOrReject {
        let when = match step.on_reject {
            OnReject::AtOnce => "at once",
            OnReject::AtDeadline => "when the time is up, not before",
        };
        lines.push(format!("Rejected: {next}, {when}."));
        lines.push(format!(
            "Accepted, but not done by the target date: {next}."
        ));
    } else {
        lines.push(format!(
            "Answered, but not to the raiser's satisfaction: {next}."
        ));
    }
    if !step.overdue_alert.is_empty() {
        let told = and(&names(protocol, &step.overdue_alert));
        lines.push(format!("When it is overdue, {told} hears of it as well."));
    }
    if step.monitored_by == Monitor::Addressee {
        lines.push("Whoever directs the actions also follows them up.".to_owned());
    }
    lines
}

/// A gate in words, after an opening such as "Before it is sent, ".
pub(super) fn gate_words(protocol: &Protocol, gate: &Gate, opening: &str) -> String {
    let who = and(&names(protocol, &gate.roles));
    let what = match gate.kind {
        GateKind::Discuss => format!(
            "the raiser discusses it with {who}; the view is recorded, and the raiser decides"
        ),
        GateKind::Agree => {
            format!(
                "{who} is asked to agree; declined or unanswered, the raiser may go on with a reason"
            )
        }
        GateKind::InConjunction => {
            format!(
                "it is decided in conjunction with {who}; declined or unanswered, the raiser may go on with a reason"
            )
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
    let full_stop = if question.is_empty() { "." } else { ":" };
    format!("{opening}{what}{full_stop}{question}{clause}")
}
