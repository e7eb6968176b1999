//! A stay at a step as a template may say it, with the working of its due moment.

use serde::Serialize;

use super::ladder;
use crate::calendar::say_date;
use crate::concern::{Concern, How, Rules, Visit};
use crate::protocol::{Asks, Need, OnReject, Sender, Step};

/// A stay at a step.
#[derive(Debug, Serialize)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a plain yes or no that a template asks for by name"
)]
pub(super) struct At {
    number: u32,
    /// "Stage 1 of 5".
    place: String,
    stage: String,
    name: String,
    clause: String,
    asks: &'static str,
    /// "the Team Manager".
    answerers: String,
    /// Those of them who have still to answer, where each must and some have.
    awaited: String,
    /// Who must each answer; absent where any of them may.
    each: Option<String>,
    /// Such as "Mon 21 Dec, 17:00"; absent for a step without a clock.
    due: Option<String>,
    /// How the due moment came about: `period`, `window_passed`, `extended`, `asked`, `redated`, or `none`.
    dated: &'static str,
    /// Such as "5 working days".
    period: String,
    /// From when they count.
    from: String,
    provisional: bool,
    arrived_late: bool,
    issued_on: String,
    issued_late: bool,
    /// Whether the raiser said why.
    late_explained: bool,
    how: How,
    acknowledged: bool,
    warned: Option<String>,
    held_until: Option<String>,
    /// Whose name it is sent in, where it is not the raiser's.
    sender: String,
    /// The clause it was sent under and when the raiser was warned of it, where a step before it ended unresolved.
    under: Option<String>,
    forewarned: Option<String>,
    rejection: &'static str,
}

impl At {
    pub(super) fn new(rules: &Rules<'_>, concern: &Concern, visit: &Visit) -> Option<Self> {
        let step = rules.step_of(visit)?;
        let before = visit
            .number
            .checked_sub(1)
            .and_then(|number| concern.visit_numbered(number));
        let counted = counted(rules, concern, visit, step, before);
        Some(Self {
            number: visit.number,
            place: ladder::place(rules, step),
            stage: step.stage.clone(),
            name: rules.name_of(step, concern).to_owned(),
            clause: step.clause.clone(),
            asks: asks(step.asks),
            answerers: ladder::answerers(rules.protocol, step),
            awaited: ladder::awaited(rules, concern, visit, step),
            each: (step.need == Need::AllOf)
                .then(|| ladder::roles(rules.protocol, &step.to, "and")),
            due: visit.due.map(|due| rules.calendar.say_due(&due)),
            dated: counted.dated,
            period: counted.period,
            from: counted.from,
            provisional: visit.due.is_some_and(|due| due.provisional),
            arrived_late: counted.arrived_late,
            issued_on: rules.calendar.say(visit.issued_at),
            issued_late: visit.issued_late,
            late_explained: visit.late_explained,
            how: visit.how,
            acknowledged: visit.acknowledged.is_some(),
            warned: visit.warned.map(|at| say_date(rules.day(at))),
            held_until: visit
                .ends()
                .filter(|ends| visit.held == Some(*ends))
                .map(|until| rules.calendar.say_due(&until)),
            sender: match &step.sender {
                Sender::Raiser => String::new(),
                Sender::Role(role) => rules.protocol.role_name(role).to_owned(),
            },
            under: (visit.how != How::Raised).then(|| step.clause.clone()),
            forewarned: before
                .and_then(|before| before.warned)
                .map(|at| say_date(rules.day(at))),
            rejection: match (step.asks, step.on_reject) {
                (Asks::AcceptOrReject, OnReject::AtDeadline) if visit.due.is_some() => "waits",
                (Asks::AcceptOrReject, _) => "at_once",
                _ => "none",
            },
        })
    }
}

/// How a due moment came about.
struct Counted {
    dated: &'static str,
    period: String,
    from: String,
    arrived_late: bool,
}

/// Says a due moment's working only where it still leads to that day.
fn counted(
    rules: &Rules<'_>,
    concern: &Concern,
    visit: &Visit,
    step: &Step,
    before: Option<&Visit>,
) -> Counted {
    use crate::protocol::ClockStart;
    let say = |dated, period: crate::calendar::Period, from| Counted {
        dated,
        period: period.to_string(),
        from: say_date(from),
        arrived_late: false,
    };
    let none = |dated| Counted {
        dated,
        period: String::new(),
        from: String::new(),
        arrived_late: false,
    };
    let (Some(due), Some(clock)) = (visit.due, &step.clock) else {
        return none("none");
    };
    let issued = rules.day(visit.issued_at);
    if visit.extended {
        return none("extended");
    }
    if visit.window_passed {
        return say(
            "window_passed",
            crate::concern::rules::FIVE_WORKING_DAYS,
            issued,
        );
    }
    let start = match &clock.from {
        ClockStart::PreviousStep => before.map_or(issued, |before| rules.day(before.issued_at)),
        start => rules.start(concern, start, issued),
    };
    if rules.due(start, clock.within).date == due.date {
        return say("period", clock.within, start);
    }
    let received = visit.delivered.map_or(issued, |at| rules.day(at));
    if clock.from == ClockStart::Issued
        && received > issued
        && rules.due(received, clock.within).date == due.date
    {
        return Counted {
            arrived_late: true,
            ..say("period", clock.within, received)
        };
    }
    let asked = concern
        .raised
        .action_by
        .is_some_and(|day| rules.due_by(day).date == due.date);
    none(if visit.how == How::Raised && asked {
        "asked"
    } else {
        "redated"
    })
}

fn asks(asks: Asks) -> &'static str {
    match asks {
        Asks::AcceptOrReject => "accept_or_reject",
        Asks::Respond => "respond",
        Asks::Decide => "decide",
        Asks::Discuss => "discuss",
        Asks::Meet => "meet",
        Asks::Note => "note",
    }
}
