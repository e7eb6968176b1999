//! One `[[step]]` of a protocol file.

use super::gate;
use super::subject;
use super::value::{clock_start, period, role_ids, step_clock, values};
use crate::ids::{RoleId, RouteId, StepId};
use crate::protocol::section::Section;
use crate::protocol::words::{ASKS, MONITOR, ON_REJECT, SILENCE};
use crate::protocol::{
    Adjust, Asks, ClockStart, Extend, MEETING, Meeting, Monitor, Need, OnReject, Sender, Silence,
    Step, StepClock,
};

/// The word for the end of the ladder.
const END: &str = "end";

/// A step as the file has it, before it is put on a route.
pub(super) struct Block {
    /// Its place among the file's `[[step]]`s, from 0.
    pub(super) number: usize,
    /// The step, its `next` still to be filled in.
    pub(super) step: Step,
    /// What the file says of `next`.
    pub(super) next: Next,
    /// The routes it names and where; none means all.
    pub(super) routes: Vec<(RouteId, usize)>,
    /// Who meets, where it is a meeting.
    pub(super) meeting: Option<Meeting>,
}

/// Where what is unresolved goes.
pub(super) enum Next {
    /// To the step that follows on the route; the default.
    Following,
    /// Nowhere: the ladder is exhausted.
    End,
    /// To a named step.
    To(StepId),
}

impl Block {
    /// Whether it stands on that route.
    pub(super) fn is_on(&self, route: &RouteId) -> bool {
        self.routes.is_empty() || self.routes.iter().any(|(id, _)| id == route)
    }
}

pub(super) fn block(section: &Section<'_, '_>) -> Option<Block> {
    let number = section
        .path
        .rsplit('.')
        .next()
        .and_then(|text| text.parse().ok())?;
    let id = section.required_id("id", "m-1");
    let stage = section.required_text("stage", "Stage 1");
    let name = section.required_text("name", "Response by the Team Manager");
    let names = subject::names(section);
    let clause = section.required_text("clause", "3.1.5");
    let routes = section
        .filled("routes", true, "every route")
        .unwrap_or_default()
        .into_iter()
        .map(|route| (RouteId::from(route.value), route.offset))
        .collect();
    let formal = section.flag("formal", true);
    let sender = section.id("sent_by").map_or(Sender::Raiser, |role| {
        Sender::Role(RoleId::from(role.value))
    });
    let (to, need) = addressees(section);
    let with = role_ids(section, "with");
    if !section.has("asks") {
        section.missing("asks", "`asks = \"respond\"`");
    }
    let asks = section.word("asks", ASKS);
    let clock = step_clock(section, ClockStart::Issued);
    let issue_by = issue_by(section);
    let extend = extend(section);
    let gate = gate(section);
    let on_reject = section
        .word("on_reject", ON_REJECT)
        .unwrap_or(OnReject::AtOnce);
    let silence = section
        .word("on_silence", SILENCE)
        .unwrap_or(Silence::Lapse);
    let next = match section.text("next").map(|text| text.value) {
        None => Next::Following,
        Some(end) if end == END => Next::End,
        Some(step) => Next::To(StepId::from(step)),
    };
    let on_lapse = section.id("on_lapse").map(|step| StepId::from(step.value));
    let copy = role_ids(section, "copy");
    let copy_from_here_on = role_ids(section, "copy_from_here_on");
    let overdue_alert = role_ids(section, "overdue_alert");
    let inputs = role_ids(section, "inputs");
    let monitored_by = section
        .word("monitored_by", MONITOR)
        .unwrap_or(Monitor::Raiser);
    // A step that asks to meet is a meeting, whatever else its paper says of it.
    let meeting = meeting(section).or_else(|| {
        (asks == Some(Asks::Meet)).then(|| Meeting {
            kinds: vec![MEETING.to_owned()],
            ..Meeting::default()
        })
    });
    section.finish();
    let step = Step {
        id: StepId::from(id?.value),
        stage: stage?.value,
        name: name?.value,
        names,
        clause: clause?.value,
        formal,
        sender,
        to,
        need,
        with,
        asks: asks?,
        clock,
        issue_by,
        extend,
        gate,
        on_reject,
        silence,
        next: None,
        on_lapse,
        copy,
        copy_from_here_on,
        overdue_alert,
        inputs,
        monitored_by,
    };
    Some(Block {
        number,
        step,
        next,
        routes,
        meeting,
    })
}

fn addressees(section: &Section<'_, '_>) -> (Vec<RoleId>, Need) {
    let any = role_ids(section, "to");
    let all = role_ids(section, "all_of");
    match (section.has("to"), section.has("all_of")) {
        (true, true) => {
            let message =
                "A step is `to` any of its addressees or `all_of` them, not both: take one out.";
            section.document.fault(section.offset, message.to_owned());
            (any, Need::AnyOf)
        }
        (false, true) => (all, Need::AllOf),
        (true, false) => (any, Need::AnyOf),
        (false, false) => {
            section.missing("to", "`to = [\"team_manager\"]`");
            (any, Need::AnyOf)
        }
    }
}

fn issue_by(section: &Section<'_, '_>) -> Option<StepClock> {
    let task = section.table("issue_by", "the time a step should be issued by")?;
    if !task.has("within") {
        task.missing("within", "`within = \"5 working days\"`");
    }
    let within = period(&task, "within");
    let from = clock_start(&task, "from", ClockStart::Event);
    task.finish();
    Some(StepClock {
        within: within?,
        from,
        adjust: Adjust::No,
    })
}

fn extend(section: &Section<'_, '_>) -> Option<Extend> {
    let extend = section.table("extend", "the rule on extending")?;
    let needs_item = extend.flag("needs_item", false);
    let clause = extend.required_text("clause", "3.2.4");
    extend.finish();
    Some(Extend {
        needs_item,
        clause: clause?.value,
    })
}

fn meeting(section: &Section<'_, '_>) -> Option<Meeting> {
    let meeting = section.table("meeting", "a meeting")?;
    let chair = meeting.id("chair").map(|role| RoleId::from(role.value));
    let attends = role_ids(&meeting, "attends");
    let may_decline = meeting.flag("may_decline", false);
    let mut kinds = values(meeting.filled("kinds", false, "one kind, \"Meeting\""));
    if kinds.is_empty() {
        kinds.push(MEETING.to_owned());
    }
    let mediation = meeting.flag("mediation", false);
    let others = meeting.flag("others", false);
    meeting.finish();
    Some(Meeting {
        chair,
        attends,
        may_decline,
        kinds,
        mediation,
        others,
    })
}
