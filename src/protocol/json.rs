//! A protocol for other programs: `lodestar protocol show ID --json`.

use serde_json::{Value, json};

use super::words::{self, word_for};
use super::{
    ClockStart, Gate, Meeting, Partner, Protocol, Role, Route, Sender, Step, StepClock, TaskRule,
    TaskStart,
};
use crate::ids::RoleId;

/// The protocol as JSON; its names are those of the file.
#[must_use]
pub fn json(protocol: &Protocol) -> Value {
    let roles: Vec<_> = protocol
        .roles
        .iter()
        .map(|(id, named)| role(id, named))
        .collect();
    let routes: Vec<_> = protocol
        .routes
        .iter()
        .map(|one| route(protocol, one))
        .collect();
    let caps: Vec<_> = protocol
        .caps
        .iter()
        .map(|cap| {
            json!({
                "within": cap.within.to_string(),
                "from": from(&cap.from),
                "routes": cap.routes,
                "subjects": cap.subjects,
                "clause": cap.clause,
            })
        })
        .collect();
    let themes: Vec<_> = protocol
        .themes
        .iter()
        .map(|theme| {
            let categories: Vec<_> = theme
                .categories
                .iter()
                .map(|category| json!({ "id": category.id, "name": category.name }))
                .collect();
            json!({ "name": theme.name, "categories": categories })
        })
        .collect();
    let review_fields: Vec<_> = protocol
        .beside
        .review_fields
        .iter()
        .map(|field| {
            json!({
                "id": field.id,
                "name": field.name,
                "asks": word_for(words::REVIEW_ASKS, &field.asks),
                "clause": field.clause,
            })
        })
        .collect();
    let redirects: Vec<_> = protocol
        .beside
        .redirects
        .iter()
        .map(|redirect| {
            json!({
                "id": redirect.id,
                "to": redirect.to,
                "when": redirect.when,
                "routes": redirect.routes,
                "subjects": redirect.subjects,
                "here": word_for(words::HERE, &redirect.here),
                "clause": redirect.clause,
            })
        })
        .collect();
    let partners: Vec<_> = protocol.beside.partners.iter().map(partner).collect();
    json!({
        "id": protocol.id,
        "title": protocol.title,
        "council": protocol.council,
        "source": protocol.source,
        "subjects": protocol.subjects,
        "raised_by": protocol.raised_by,
        "raiser_subjects": protocol.raiser_subjects,
        "starred": protocol.starred.as_ref().map(|starred| json!({ "subjects": starred.subjects, "clause": starred.clause })),
        "rag": protocol.rag,
        "early": protocol.early,
        "caps": caps,
        "roles": roles,
        "routes": routes,
        "bypass": {
            "to": protocol.bypass.to,
            "gate": protocol.bypass.gate.as_ref().map(gate),
            "clause": protocol.bypass.clause,
        },
        "urgent": protocol.beside.urgent.as_ref().map(|urgent| {
            json!({ "when": urgent.when, "clause": urgent.clause })
        }),
        "transfer": protocol.beside.transfer.as_ref().map(|transfer| {
            json!({ "until": transfer.until, "clause": transfer.clause })
        }),
        "tasks": protocol.beside.tasks.iter().map(task).collect::<Vec<_>>(),
        "review_fields": review_fields,
        "redirects": redirects,
        "partners": partners,
        "copy_named": protocol.beside.copy_named.as_ref().map(|copy| {
            json!({ "who": copy.who, "from": copy.from, "clause": copy.clause })
        }),
        "themes": themes,
    })
}

fn partner(partner: &Partner) -> Value {
    json!({
        "id": partner.id,
        "name": partner.name,
        "names": partner.names,
        "when": partner.when,
        "by": word_for(words::PARTNER_BY, &partner.by),
        "episode": partner.episode,
        "tracked": partner.tracked,
        "routes": partner.routes,
        "subjects": partner.subjects,
        "clause": partner.clause,
    })
}

fn task(task: &TaskRule) -> Value {
    let (on, starts) = match &task.starts {
        TaskStart::On(occasions) => {
            let word = |occasion| word_for(words::TASK_OCCASIONS, occasion);
            (occasions.iter().map(word).collect(), None)
        }
        TaskStart::After(earlier) => (Vec::new(), Some(earlier)),
    };
    json!({
        "id": task.id,
        "name": task.name,
        "on": on,
        "starts": starts,
        "owner": task.owner.as_ref().map_or("raiser", RoleId::as_str),
        "with": task.with,
        "within": task.within.map(|within| within.to_string()),
        "every": task.every.map(|every| format!("{} months", every.0)),
        "since": task.since,
        "repeat": word_for(words::REPEATS, &task.repeat),
        "may_skip": task.may_skip,
        "topics": task.topics,
        "asks_note": task.note,
        "done": task.done,
        "clause": task.clause,
    })
}

fn role(id: &RoleId, role: &Role) -> Value {
    json!({ "id": id, "name": role.name, "scope": words::scope(role.scope), "vacant": role.vacant })
}

fn route(protocol: &Protocol, route: &Route) -> Value {
    let steps: Vec<_> = (0..route.steps.len())
        .filter_map(|place| step(protocol, route, place))
        .collect();
    json!({
        "id": route.id,
        "name": route.name,
        "subjects": route.subjects,
        "default_start": route.default_start,
        "steps": steps,
    })
}

fn step(protocol: &Protocol, route: &Route, place: usize) -> Option<Value> {
    let step: &Step = route.steps.get(place)?;
    let sender = match &step.sender {
        Sender::Raiser => "raiser",
        Sender::Role(role) => role.as_str(),
    };
    Some(json!({
        "id": step.id,
        "stage": step.stage,
        "name": step.name,
        "names": step.names,
        "clause": step.clause,
        "formal": step.formal,
        "sender": sender,
        "addressees": step.answerers().collect::<Vec<_>>(),
        "need": word_for(words::NEEDS, &step.need),
        "asks": words::asks(step.asks),
        "copies": route.copies(place).collect::<Vec<_>>(),
        "clock": step.clock.as_ref().map(clock),
        "issue_by": step.issue_by.as_ref().map(clock),
        "extend": step.extend.as_ref().map(|extend| json!({ "needs_item": extend.needs_item, "clause": extend.clause })),
        "gate": step.gate.as_ref().map(gate),
        "on_reject": word_for(words::ON_REJECT, &step.on_reject),
        "on_silence": word_for(words::SILENCE, &step.silence),
        "next": step.next,
        "on_lapse": step.on_lapse,
        "overdue_alert": step.overdue_alert,
        "inputs": step.inputs,
        "monitored_by": word_for(words::MONITOR, &step.monitored_by),
        "meeting": protocol.beside.meetings.get(&step.id).map(meeting),
    }))
}

fn meeting(meeting: &Meeting) -> Value {
    json!({
        "kinds": meeting.kinds,
        "chair": meeting.chair,
        "attends": meeting.attends,
        "may_decline": meeting.may_decline,
        "mediation": meeting.mediation,
        "others": meeting.others,
    })
}

fn clock(clock: &StepClock) -> Value {
    json!({
        "within": clock.within.to_string(),
        "from": from(&clock.from),
        "adjust": word_for(words::ADJUST, &clock.adjust),
    })
}

fn from(start: &ClockStart) -> String {
    words::clock_start(start)
}

fn gate(gate: &Gate) -> Value {
    json!({
        "kind": words::gate_kind(gate.kind),
        "roles": gate.roles,
        "need": word_for(words::NEEDS, &gate.need),
        "question": gate.question,
        "clause": gate.clause,
    })
}
