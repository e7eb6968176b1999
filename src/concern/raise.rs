//! Raising: the first facts of a concern.

use std::collections::BTreeSet;

use chrono::{DateTime, NaiveDate, SubsecRound, Utc};

use super::command::{FieldFault, Refusal};
use super::decide::{Deciding, Decision, New, in_the_line, promised};
use super::event::{Actor, Fact, Field, Flags, How, Rag, Raised, Recorded};
use super::rules::Rules;
use super::state::Concern;
use crate::ids::{CaseRef, ConcernId, RaiserRole, RoleId, StepId, TeamId, Text, UserId};
use crate::protocol::{Adjust, Subject};

/// What a raiser says. Texts are present and within their limits; the case reference fits the council's pattern.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Raise {
    /// The team whose case it is.
    pub team: TeamId,
    /// The hash of the protocol's text.
    pub protocol_hash: String,
    /// Whom it is about; may be left out where the raiser's role and the route leave one only.
    pub subject: Option<Subject>,
    /// The case.
    pub case_ref: CaseRef,
    /// The category's id.
    pub category: String,
    /// The judgement on progress.
    pub rag: Option<Rag>,
    /// The day of the event it is about.
    pub event_date: NaiveDate,
    /// What the concern is.
    pub issue: Text,
    /// What it means for the child.
    pub impact: Text,
    /// What is asked for.
    pub action: Text,
    /// By when.
    pub action_by: Option<NaiveDate>,
    /// This child's own addressee.
    pub addressee: Option<UserId>,
    /// Where it starts; `None` is the route's usual step.
    pub start_at: Option<StepId>,
    /// Why it starts elsewhere.
    pub start_reason: Option<Text>,
    /// The marks.
    pub flags: Flags,
}

/// Who raises.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Raiser {
    /// The person.
    pub user: UserId,
    /// The roles in which they raise.
    pub raiser_roles: Vec<RaiserRole>,
    /// The roles they hold for the team.
    pub roles: BTreeSet<RoleId>,
}

/// In which role somebody raises, and about whom.
fn about_whom<'r>(
    rules: &Rules<'_>,
    raiser: &'r Raiser,
    asked: Option<Subject>,
) -> Result<(&'r RaiserRole, Subject), Refusal> {
    let refused = |block, fault| Err(Refusal::Field { block, fault });
    let protocol = rules.protocol;
    let mut held = raiser.raiser_roles.iter();
    if !held.any(|role| protocol.raised_by.contains(role)) {
        return refused("team", FieldFault::RoleMayNotRaise);
    }
    let open = protocol.subjects_open_to(&raiser.raiser_roles, rules.route);
    let subject = match (asked, open.as_slice()) {
        (_, []) => {
            let block = if protocol.routes.len() > 1 {
                "route"
            } else {
                "team"
            };
            return refused(block, FieldFault::RoleNotOnRoute);
        }
        (Some(asked), _) if open.contains(&asked) => asked,
        (Some(_), _) => return refused("subject", FieldFault::Unknown),
        (None, [only]) => *only,
        (None, _) => return refused("subject", FieldFault::Missing),
    };
    let fits = |role: &&RaiserRole| {
        protocol.raised_by.contains(role)
            && protocol.subjects_for(role, rules.route).contains(&subject)
    };
    match raiser.raiser_roles.iter().find(fits) {
        Some(role) => Ok((role, subject)),
        None => refused("team", FieldFault::RoleMayNotRaise),
    }
}

/// Raises a concern.
///
/// # Errors
/// A refusal at the field that cannot be, by its block id.
pub fn raise(
    rules: &Rules<'_>,
    id: ConcernId,
    raiser: &Raiser,
    mut raise: Raise,
    now: DateTime<Utc>,
) -> Result<Decision, Refusal> {
    // The record keeps milliseconds.
    let now = now.trunc_subsecs(3);
    let today = rules.day(now);
    let at = |block, fault| Refusal::Field { block, fault };
    let (role, subject) = about_whom(rules, raiser, raise.subject)?;
    if raise.flags.starred && !rules.protocol.may_star(subject) {
        // Where the protocol has no such mark, none was offered: there is nothing to tell.
        if let Some(starred) = &rules.protocol.starred {
            return Err(at("flags", FieldFault::NotStarred(starred.clause.clone())));
        }
        raise.flags.starred = false;
    }
    if in_the_line(rules, &raiser.roles) {
        return Err(at("team", FieldFault::InTheLine));
    }
    if rules.protocol.category(&raise.category).is_none() {
        return Err(at("category", FieldFault::Unknown));
    }
    if rules.protocol.rag && raise.rag.is_none() {
        return Err(at("rag", FieldFault::Missing));
    }
    if raise.event_date > today {
        return Err(at("event_date", FieldFault::Future));
    }
    let start = raise
        .start_at
        .unwrap_or_else(|| rules.route.default_start.clone());
    let step = rules
        .step(&start)
        .ok_or(at("start_at", FieldFault::Unknown))?;
    if start != rules.route.default_start && raise.start_reason.is_none() {
        return Err(at("start_reason", FieldFault::Missing));
    }
    if let Some(day) = raise.action_by {
        promised("action_by", day, today)?;
    }
    let with = Raised {
        team: raise.team,
        protocol: rules.protocol.id.clone(),
        protocol_hash: raise.protocol_hash,
        route: rules.route.id.clone(),
        raiser_role: role.clone(),
        subject: Some(subject),
        case_ref: raise.case_ref,
        category: raise.category,
        rag: raise.rag.filter(|_| rules.protocol.rag),
        event_date: raise.event_date,
        action_by: raise.action_by,
        addressee: raise.addressee.filter(|named| named != &raiser.user),
        flags: raise.flags,
    };
    let actor = Actor::Person(raiser.user.clone());
    let recorded = Recorded {
        on_behalf_of: None,
        seq: 1,
        at: now,
        actor: actor.clone(),
        fact: Fact::Raised(Box::new(with)),
    };
    let concern = Concern::begin(id, &recorded).ok_or(Refusal::OutOfDate)?;
    if let (Some(day), Some(clock)) = (raise.action_by, &step.clock) {
        let latest = rules.dated(&concern, clock, today, now).due.date;
        if clock.adjust == Adjust::Shorter && day > latest {
            return Err(at("action_by", FieldFault::OnlyShorter(latest)));
        }
        // The last close of business before it may be past already: a Sunday asked for on a Saturday.
        if clock.adjust != Adjust::No && rules.due_by(day).at <= now {
            return Err(at("action_by", FieldFault::NotAfter(day)));
        }
    }
    let mut texts = vec![
        (Field::Issue, raise.issue),
        (Field::Impact, raise.impact),
        (Field::Action, raise.action),
    ];
    texts.extend(
        raise
            .start_reason
            .map(|reason| (Field::StartReason, reason)),
    );
    let mut deciding = Deciding::over(rules, concern, actor, now);
    deciding.issue(&start, How::Raised);
    let mut decision = deciding.done();
    decision.facts.insert(0, New { recorded, texts });
    Ok(decision)
}
