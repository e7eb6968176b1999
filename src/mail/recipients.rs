//! To whom a message about a concern goes, by where the concern stands.

use super::To;
use crate::concern::event::MeetingDay;
use crate::concern::meeting::Meeting;
use crate::concern::readers::told_of;
use crate::concern::state::{Concern, Visit};
use crate::concern::{Actor, Rules};
use crate::ids::RoleId;
use crate::protocol::{GateKind, Step};

/// Who gets the card of the step a concern is at.
#[must_use]
pub fn present_answerers(rules: &Rules<'_>, concern: &Concern) -> Vec<To> {
    concern
        .visit()
        .map_or_else(Vec::new, |visit| answerers(rules, concern, visit))
}

/// Who holds the gate that a concern waits for an answer at.
#[must_use]
pub fn present_gate(rules: &Rules<'_>, concern: &Concern) -> Vec<To> {
    let visit = concern.visit().filter(|_| concern.is_open());
    let awaited = visit.map_or_else(Vec::new, |visit| rules.awaited_at_gate(visit));
    awaited
        .into_iter()
        .map(|role| To::Role(role.clone()))
        .collect()
}

/// Who gets a visit's card: the holders of its roles, and this child's own addressee in place of the role they were named for.
pub(super) fn answerers(rules: &Rules<'_>, concern: &Concern, visit: &Visit) -> Vec<To> {
    let Some(step) = rules.step_of(visit) else {
        return Vec::new();
    };
    let own = rules.own_addressee(concern, step);
    let own_role = concern
        .visits
        .first()
        .and_then(|first| rules.role_of_own_addressee(&first.step));
    step.answerers()
        .map(|role| match own {
            Some(user) if own_role == Some(role) => To::Own {
                role: role.clone(),
                user: user.clone(),
            },
            _ => To::Role(role.clone()),
        })
        .collect()
}

/// Those of them who have neither seen it nor answered, where each must.
pub(super) fn still_to_see(rules: &Rules<'_>, concern: &Concern, visit: &Visit) -> Vec<To> {
    let mut waits = answerers(rules, concern, visit);
    waits.retain(|to| match to {
        To::Role(role) | To::Own { role, .. } => {
            !rules.has_answered(concern, visit, role) && !rules.has_seen(visit, role)
        }
        _ => true,
    });
    waits
}

/// Who hears of the raiser's position at the end: the roles that the protocol tells of it, as far as the concern has reached them.
pub(super) fn told_of_position<'r>(rules: &Rules<'r>, concern: &Concern) -> Vec<&'r RoleId> {
    told_where_reached(rules, concern, "position recorded")
}

/// Who hears of an answer beside the raiser: the roles that the protocol tells of answers, as far as the concern has reached them, but
/// for those of whom it was asked.
pub(super) fn told_of_answer(rules: &Rules<'_>, concern: &Concern, visit: u32) -> Vec<To> {
    let step = concern
        .visit_numbered(visit)
        .and_then(|visit| rules.step_of(visit));
    told_where_reached(rules, concern, "answered")
        .into_iter()
        .filter(|role| !step.is_some_and(|step| step.answerers().any(|asked| asked == *role)))
        .map(|role| To::Role(role.clone()))
        .collect()
}

/// The roles that the protocol tells of an occasion, as far as the concern has reached them: that were asked or copied.
fn told_where_reached<'r>(
    rules: &Rules<'r>,
    concern: &Concern,
    when: &'static str,
) -> Vec<&'r RoleId> {
    let reached = |role: &RoleId| {
        concern.visits.iter().any(|visit| {
            let asked = rules.step_of(visit).into_iter().flat_map(Step::answerers);
            let copied = rules.copies(concern, visit);
            asked.chain(copied).any(|reached| reached == role)
        })
    };
    let mut told: Vec<&RoleId> = Vec::new();
    for role in told_of(rules, when) {
        if reached(role) && !told.contains(&role) {
            told.push(role);
        }
    }
    told
}

/// Who hears of a meeting: the other side than the one that did something, and with `all` whom the protocol has chair or attend
/// beside those who answer.
pub(super) fn told_of_meeting(
    rules: &Rules<'_>,
    concern: &Concern,
    visit: u32,
    by_raiser: bool,
    all: bool,
) -> Vec<To> {
    let stay = concern
        .visit_numbered(visit)
        .and_then(|visit| Some((visit, rules.step_of(visit)?)));
    let Some((visit, step)) = stay else {
        return Vec::new();
    };
    let mut told = if by_raiser {
        answerers(rules, concern, visit)
    } else {
        vec![To::Raiser]
    };
    let meeting = rules.meeting(step).filter(|_| all);
    let others = meeting
        .into_iter()
        .flat_map(|meeting| meeting.chair.iter().chain(&meeting.attends));
    for role in others {
        let to = To::Role(role.clone());
        if !step.answerers().any(|answers| answers == role) && !told.contains(&to) {
            told.push(to);
        }
    }
    told
}

/// Who hears of the day of a meeting: all who meet but whoever set it, so that one addressee's word reaches the other (`M-S4`).
pub(super) fn told_of_its_day(
    rules: &Rules<'_>,
    concern: &Concern,
    called: &MeetingDay,
    actor: &Actor,
) -> Vec<To> {
    let mut told = told_of_meeting(rules, concern, called.visit, called.by_raiser, true);
    if !called.by_raiser
        && let Some(visit) = concern.visit_numbered(called.visit)
    {
        told.extend(answerers(rules, concern, visit));
    }
    told.retain(|to| match to {
        To::Role(role) => called.by_raiser || !called.by_roles.contains(role),
        To::Own { user, .. } => *actor != Actor::Person(user.clone()),
        _ => true,
    });
    told
}

/// Who is asked to a meeting by name, but for the raiser and whoever set its day: they hear of it as such.
pub(super) fn asked_by_name(concern: &Concern, visit: u32, meeting: u32, actor: &Actor) -> Vec<To> {
    let stay = concern.visit_numbered(visit);
    let meeting = stay.and_then(|visit| visit.meeting(meeting));
    let named = meeting.into_iter().flat_map(Meeting::named);
    named
        .filter(|user| **user != concern.raiser && *actor != Actor::Person((*user).clone()))
        .map(|user| To::Person(user.clone()))
        .collect()
}

/// Whether a stay has its answer: of what was said with it the raiser is told as of an answer.
pub(super) fn answered_with(concern: &Concern, visit: u32) -> bool {
    concern
        .visit_numbered(visit)
        .is_some_and(|visit| !visit.answers.is_empty())
}

/// Whose gate a concern went past by being raised at a step behind it.
pub(super) fn past_gate(rules: &Rules<'_>, visit: &Visit) -> Vec<To> {
    let gate = rules
        .gate_to(&visit.step)
        .filter(|gate| gate.kind != GateKind::Judgement);
    gate.into_iter()
        .flat_map(|gate| &gate.roles)
        .map(|role| To::Role(role.clone()))
        .collect()
}
