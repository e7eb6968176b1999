//! Places on a ladder, in words: which stage, who answers it, where a concern goes from here.

use serde::Serialize;

use crate::calendar::say_date;
use crate::concern::event::Talk;
use crate::concern::state::Verdict;
use crate::concern::{Concern, How, Rules, Visit};
use crate::ids::UserId;
use crate::protocol::{Gate, GateKind, Need, Protocol, Silence, Step};

/// A list of role names with articles: "the Team Manager", "the Head of Service or the Service Lead".
pub(super) fn roles<'a>(
    protocol: &'a Protocol,
    ids: impl IntoIterator<Item = &'a crate::ids::RoleId>,
    joint: &str,
) -> String {
    let names: Vec<&str> = ids.into_iter().map(|id| protocol.role_name(id)).collect();
    let mut said = String::new();
    for (at, name) in names.iter().enumerate() {
        if at > 0 {
            if at + 1 == names.len() {
                said.push(' ');
                said.push_str(joint);
                said.push(' ');
            } else {
                said.push_str(", ");
            }
        }
        said.push_str("the ");
        said.push_str(name);
    }
    said
}

/// Who answers a step: "the Head of Service with the Service Lead for Children's Safeguarding".
pub(super) fn answerers(protocol: &Protocol, step: &Step) -> String {
    let joint = match step.need {
        Need::AnyOf => "or",
        Need::AllOf => "and",
    };
    let mut said = roles(protocol, &step.to, joint);
    if !step.with.is_empty() {
        said.push_str(" with ");
        said.push_str(&roles(protocol, &step.with, "and"));
    }
    said
}

/// Who is still asked at a stay: those who answer the step, or those of them who have not, where each must.
pub(super) fn awaited(rules: &Rules<'_>, concern: &Concern, visit: &Visit, step: &Step) -> String {
    let left = rules.awaited(concern, visit);
    if left.is_empty() || left.len() == step.to.len() {
        answerers(rules.protocol, step)
    } else {
        roles(rules.protocol, left, "and")
    }
}

/// A step's place: "Stage 1 of 5" where the stages are numbered, else the stage's own name.
pub(super) fn place(rules: &Rules<'_>, step: &Step) -> String {
    if !step.formal {
        return step.stage.clone();
    }
    let mut stages: Vec<&str> = Vec::with_capacity(6);
    for formal in rules.route.steps.iter().filter(|step| step.formal) {
        if !stages.contains(&formal.stage.as_str()) {
            stages.push(&formal.stage);
        }
    }
    let number = stages.iter().position(|stage| *stage == step.stage);
    let written = step
        .stage
        .rsplit(' ')
        .next()
        .and_then(|last| last.parse::<usize>().ok());
    match (number, written) {
        (Some(number), Some(written)) if number + 1 == written && stages.len() > 1 => {
            format!("{} of {}", step.stage, stages.len())
        }
        _ => step.stage.clone(),
    }
}

/// Where a concern goes from a step when it ends unresolved.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Ahead {
    /// `goes`, `through`, `agreed`, `declined`, `judgement`, `exhausted`, `raiser_judges` or `no_clock`.
    pub(super) kind: &'static str,
    /// Who answers there.
    pub(super) to: String,
    /// Its place.
    pub(super) stage: String,
    /// Whose gate stands before it.
    pub(super) through: String,
    /// What the gate asks: `discuss`, `agree`, `in_conjunction`, `judgement`, or nothing.
    pub(super) gate: &'static str,
    /// The gate's question in the protocol's words.
    pub(super) question: String,
    /// The gate's clause, or the step's where it has none.
    pub(super) clause: String,
    /// When the gate was asked.
    pub(super) asked: String,
    /// Who answered the gate.
    pub(super) by: Option<UserId>,
    /// For whom, where they could only as that person's cover.
    pub(super) on_behalf_of: Option<UserId>,
    /// When they did.
    pub(super) on: String,
    /// The day on which it was discussed, where that is recorded (`M-S2`).
    pub(super) spoke_on: String,
    /// Of whom the raiser's side put down what was said, where they did not say it themselves.
    pub(super) put_down_of: String,
    /// Where the word of each is needed: all whom the gate asks.
    pub(super) each: String,
    /// Those of them who have agreed, in order.
    pub(super) agreed: Vec<AgreedLine>,
}

/// Who has agreed, where the word of each is needed.
#[derive(Clone, Debug, Serialize)]
pub(super) struct AgreedLine {
    role: String,
    by: UserId,
    on_behalf_of: Option<UserId>,
    on: String,
    /// Whether the raiser's side put it down.
    put_down: bool,
}

impl Ahead {
    fn nowhere(kind: &'static str) -> Self {
        Self {
            kind,
            to: String::new(),
            stage: String::new(),
            through: String::new(),
            gate: "",
            question: String::new(),
            clause: String::new(),
            asked: String::new(),
            by: None,
            on_behalf_of: None,
            on: String::new(),
            spoke_on: String::new(),
            put_down_of: String::new(),
            each: String::new(),
            agreed: Vec::new(),
        }
    }
}

/// What follows when nobody answers a visit, or (`how` other than lapsed) when the raiser is not satisfied.
pub(super) fn ahead(rules: &Rules<'_>, concern: &Concern, visit: &Visit, how: How) -> Ahead {
    let Some(step) = rules.step_of(visit) else {
        return Ahead::nowhere("exhausted");
    };
    if how == How::Lapsed {
        if visit.due.is_none() {
            return Ahead::nowhere("no_clock");
        }
        if step.silence == Silence::Alert && concern.phase != crate::concern::Phase::RejectedWaiting
        {
            return Ahead::nowhere("raiser_judges");
        }
    }
    let to = match how {
        How::Lapsed => step.on_lapse.as_ref().or(step.next.as_ref()),
        _ => step.next.as_ref(),
    };
    match to {
        Some(to) => towards(rules, visit, to),
        None => Ahead::nowhere("exhausted"),
    }
}

/// What a gate asks, by its name in the templates.
#[must_use]
pub fn gate_kind(kind: GateKind) -> &'static str {
    match kind {
        GateKind::Discuss => "discuss",
        GateKind::Agree => "agree",
        GateKind::InConjunction => "in_conjunction",
        GateKind::Judgement => "judgement",
    }
}

/// Whom a gate asks: "the Head of Service or the Service Lead", or "and" where the word of each is needed.
pub(super) fn whom(rules: &Rules<'_>, gate: &Gate) -> String {
    let joint = match gate.need {
        Need::AnyOf => "or",
        Need::AllOf => "and",
    };
    roles(rules.protocol, &gate.roles, joint)
}

fn agreed(rules: &Rules<'_>, said: &Verdict) -> AgreedLine {
    AgreedLine {
        role: roles(rules.protocol, &said.roles, "and"),
        by: said.by.clone(),
        on_behalf_of: said.on_behalf_of.clone(),
        on: rules.calendar.say(said.at),
        put_down: !said.talk.put_down_of.is_empty(),
    }
}

/// What stands between a visit and a step, and what its gate has said so far.
pub(super) fn towards(rules: &Rules<'_>, visit: &Visit, to: &crate::ids::StepId) -> Ahead {
    let Some(next) = rules.step(to) else {
        return Ahead::nowhere("exhausted");
    };
    let mut ahead = Ahead {
        kind: "goes",
        to: answerers(rules.protocol, next),
        stage: place(rules, next),
        clause: next.clause.clone(),
        ..Ahead::nowhere("goes")
    };
    let Some(gate) = &next.gate else {
        return ahead;
    };
    let asked = visit
        .gate
        .as_ref()
        .filter(|asked| !asked.superseded && &asked.to == to);
    let verdict = asked.and_then(|asked| asked.verdict.as_ref());
    let own = gate.kind == GateKind::Judgement;
    ahead.kind = match verdict {
        Some(verdict) if verdict.agreed && own => "goes",
        Some(verdict) if verdict.agreed => "agreed",
        Some(_) if own => "exhausted",
        Some(_) => "declined",
        None if own => "judgement",
        None => "through",
    };
    ahead.gate = gate_kind(gate.kind);
    let each = gate.need == Need::AllOf;
    ahead.through = whom(rules, gate);
    if let Some(asked) = asked.filter(|_| each) {
        ahead.each.clone_from(&ahead.through);
        if verdict.is_none() {
            let awaited = gate.roles.iter().filter(|role| !asked.has_agreed(role));
            ahead.through = roles(rules.protocol, awaited, "and");
        }
        ahead.agreed = asked
            .agreed
            .iter()
            .map(|said| agreed(rules, said))
            .collect();
    }
    ahead.question = gate.question.clone().unwrap_or_default();
    if let Some(clause) = &gate.clause {
        ahead.clause.clone_from(clause);
    }
    if let Some(asked) = asked {
        ahead.asked = rules.calendar.say(asked.at);
    }
    if let Some(verdict) = verdict {
        ahead.by = Some(verdict.by.clone());
        ahead.on_behalf_of.clone_from(&verdict.on_behalf_of);
        ahead.on = rules.calendar.say(verdict.at);
        let Talk {
            spoke_on,
            put_down_of,
        } = &verdict.talk;
        ahead.spoke_on = spoke_on.map_or_else(String::new, say_date);
        ahead.put_down_of = roles(rules.protocol, put_down_of, "and");
    }
    ahead
}
