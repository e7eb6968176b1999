//! Sending a notice: its first fact.

use chrono::{DateTime, NaiveDate, Utc};

use super::command::Refusal;
use super::decide::{Deciding, Decision};
use super::event::{Fact, Field, Sent, Sort};
use super::rule::{may_send, rule};
use crate::concern::{FieldFault, Raiser, Rules};
use crate::ids::{CaseRef, NoticeId, RaiserRole, TeamId, Text, UserId};

/// What somebody says in a notice. Texts are within their limits; the case reference fits the council's pattern.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Send {
    /// The sort.
    pub sort: Sort,
    /// The team.
    pub team: TeamId,
    /// The hash of the protocol's text.
    pub protocol_hash: String,
    /// The case; needed for a change.
    pub case_ref: Option<CaseRef>,
    /// The day of the change; late is as welcome as in time.
    pub on: Option<NaiveDate>,
    /// What changed, by the places in the protocol's list.
    pub items: Vec<u32>,
    /// Whether something changed that the list does not have.
    pub other: bool,
    /// The category it bears on.
    pub category: Option<String>,
    /// The child's reviewing officer, with the roles in which they raise; needed for a change.
    pub officer: Option<(UserId, Vec<RaiserRole>)>,
    /// The person whose practice it is.
    pub praised: Option<UserId>,
    /// What is told.
    pub details: Text,
}

/// Sends a notice.
///
/// # Errors
/// A refusal at the field that cannot be, by its block id; or that it would go to nobody but its sender.
pub fn send(
    rules: &Rules<'_>,
    id: NoticeId,
    by: &Raiser,
    with: Send,
    now: DateTime<Utc>,
) -> Result<Decision, Refusal> {
    let at = |block, fault| Refusal::Field { block, fault };
    let sort = with.sort;
    if !may_send(rules, sort, by) {
        return Err(at("team", FieldFault::RoleMayNotRaise));
    }
    let rule = rule(rules, sort);
    let today = rules.day(now);
    let on = with.on.unwrap_or(today);
    if on > today {
        return Err(at("happened_on", FieldFault::Future));
    }
    let mut sent = Sent {
        sort,
        team: with.team,
        protocol: rules.protocol.id.clone(),
        protocol_hash: with.protocol_hash,
        case_ref: with.case_ref,
        on,
        items: Vec::new(),
        other: false,
        category: None,
        officer: None,
        praised: None,
        // What falls to the sender alone need not be told to them.
        to: (rule.to.into_iter())
            .filter(|role| !by.roles.contains(role))
            .collect(),
    };
    if let Some(category) = with.category.filter(|_| sort != Sort::Change) {
        if rules.protocol.category(&category).is_none() {
            return Err(at("category", FieldFault::Unknown));
        }
        sent.category = Some(category);
    }
    match sort {
        Sort::Change => {
            if sent.case_ref.is_none() {
                return Err(at("case_ref", FieldFault::Missing));
            }
            let known = rule.items.len();
            sent.items = with.items;
            sent.items.sort_unstable();
            sent.items.dedup();
            let beyond = |place: &u32| usize::try_from(*place).is_ok_and(|place| place >= known);
            if sent.items.iter().any(beyond) {
                return Err(at("items", FieldFault::Unknown));
            }
            sent.other = with.other || known == 0;
            if sent.items.is_empty() && !sent.other {
                return Err(at("items", FieldFault::Missing));
            }
            let (officer, raises_as) = with.officer.ok_or(at("officer", FieldFault::Missing))?;
            let raised_by = &rules.protocol.raised_by;
            if officer == by.user {
                return Err(at("officer", FieldFault::AlreadyTheirs));
            }
            if !raises_as.iter().any(|role| raised_by.contains(role)) {
                return Err(at("officer", FieldFault::NotARaiser));
            }
            sent.officer = Some(officer);
        }
        Sort::Praise => sent.praised = with.praised.filter(|user| *user != by.user),
        Sort::Service => {}
    }
    if sent.recipients().next().is_none() {
        return Err(Refusal::ToNobodyElse);
    }
    let first = (
        Fact::NoticeSent(Box::new(sent)),
        vec![(Field::Details, with.details)],
    );
    let begun = Deciding::begin(rules, id, &by.user, first, now);
    Ok(begun.ok_or(Refusal::NotAsked)?.done())
}
