//! Recording a review: its first facts.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};

use super::command::Refusal;
use super::decide::{Deciding, Decision};
use super::event::{Fact, Field, Filled, Held};
use crate::concern::event::Rag;
use crate::concern::{FieldFault, Raiser, Rules};
use crate::ids::{CaseRef, ReviewId, RoleId, TeamId, Text, UserId};
use crate::protocol::{IRO_MANAGER, ReviewAsks, Silence, Sitting};

/// The most people who are named as having attended.
pub const MOST_ATTENDEES: usize = 50;

/// What an officer says of a review. Texts are within their limits; the case reference fits the council's pattern.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// The team whose case it is.
    pub team: TeamId,
    /// The hash of the protocol's text.
    pub protocol_hash: String,
    /// The case.
    pub case_ref: CaseRef,
    /// Whether it was a review, or a midway review between two.
    pub sitting: Sitting,
    /// The day of the review.
    pub review_date: NaiveDate,
    /// The judgement on progress.
    pub rag: Option<Rag>,
    /// The matters of concern that came up.
    pub concerns: Option<Text>,
    /// Who attended.
    pub attendees: Vec<UserId>,
    /// Who else attended, outside the workspace.
    pub others: Option<Text>,
    /// The standing criteria that are met, by their places in the protocol's list.
    pub criteria: Vec<u32>,
    /// What the fields of the protocol's form were filled in with, by their ids.
    pub form: Vec<(String, FormAnswer)>,
}

/// What a field of the protocol's form was filled in with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FormAnswer {
    /// Words.
    Words(Text),
    /// Yes or no.
    YesOrNo(bool),
}

/// Records a review.
///
/// # Errors
/// A refusal at the field that cannot be, by its block id.
pub fn record(
    rules: &Rules<'_>,
    id: ReviewId,
    officer: &Raiser,
    with: Record,
    now: DateTime<Utc>,
) -> Result<Decision, Refusal> {
    let at = |block, fault| Refusal::Field { block, fault };
    let role = (officer.raiser_roles.iter())
        .find(|role| rules.protocol.raised_by.contains(role))
        .ok_or(at("team", FieldFault::RoleMayNotRaise))?;
    if answers_reviews(rules).any(|role| officer.roles.contains(role)) {
        return Err(at("team", FieldFault::InTheLine));
    }
    if with.review_date > rules.day(now) {
        return Err(at("review_date", FieldFault::Future));
    }
    let is_review = with.sitting == Sitting::Review;
    if !is_review && rules.protocol.beside.midway.is_none() {
        return Err(at("sitting", FieldFault::Unknown));
    }
    // The rating, the form and the criteria are a review's (`W-2.3`, `W-2.4`).
    let rated = rules.protocol.rag && is_review;
    if rated && with.rag.is_none() {
        return Err(at("rag", FieldFault::Missing));
    }
    let known = super::tasks::notices(rules, "standing criterion")
        .next()
        .map_or(0, |notice| notice.items.len());
    let mut criteria = if is_review { with.criteria } else { Vec::new() };
    criteria.sort_unstable();
    criteria.dedup();
    if (criteria.iter()).any(|place| usize::try_from(*place).is_ok_and(|place| place >= known)) {
        return Err(at("criteria", FieldFault::Unknown));
    }
    let form = if is_review { with.form } else { Vec::new() };
    let (form, written) = filled(rules, form);
    let mut attendees = Vec::with_capacity(with.attendees.len());
    for user in with.attendees {
        if user != officer.user && !attendees.contains(&user) {
            attendees.push(user);
        }
    }
    attendees.truncate(MOST_ATTENDEES);
    let held = Held {
        team: with.team,
        protocol: rules.protocol.id.clone(),
        protocol_hash: with.protocol_hash,
        raiser_role: role.clone(),
        case_ref: with.case_ref,
        sitting: with.sitting,
        review_date: with.review_date,
        rag: with.rag.filter(|_| rated),
        attendees,
        others: with.others.is_some(),
        criteria,
        concerns: with.concerns.is_some(),
        form,
    };
    let texts = (with.concerns.into_iter())
        .map(|concerns| (Field::Concerns, concerns))
        .chain(with.others.map(|others| (Field::Others, others)))
        .chain(written)
        .collect();
    let first = (Fact::ReviewHeld(Box::new(held)), texts);
    let begun = Deciding::begin(rules, id, &officer.user, first, now);
    let mut deciding = begun.ok_or(Refusal::NotAsked)?;
    deciding.close_if_done();
    Ok(deciding.done())
}

/// The form as it is kept, and its words. What the protocol does not ask is left out.
fn filled(
    rules: &Rules<'_>,
    answers: Vec<(String, FormAnswer)>,
) -> (BTreeMap<String, Filled>, Vec<(Field, Text)>) {
    let fields = &rules.protocol.beside.review_fields;
    let (mut form, mut written) = (BTreeMap::new(), Vec::new());
    for (id, answer) in answers {
        let asked = (0..).zip(fields).find(|(_, field)| field.id == id);
        let kept = match (asked.map(|(place, field)| (place, field.asks)), answer) {
            (Some((place, ReviewAsks::Words)), FormAnswer::Words(words)) => {
                written.push((Field::Form(place), words));
                Filled::Written
            }
            (Some((_, ReviewAsks::YesOrNo)), FormAnswer::YesOrNo(true)) => Filled::Yes,
            (Some((_, ReviewAsks::YesOrNo)), FormAnswer::YesOrNo(false)) => Filled::No,
            _ => continue,
        };
        form.insert(id, kept);
    }
    (form, written)
}

/// The roles whose silence or answer a review asks for: nobody records a review that they would answer themselves.
fn answers_reviews<'r>(rules: &Rules<'r>) -> impl Iterator<Item = &'r RoleId> {
    let beside = &rules.protocol.beside;
    let silent = (beside.review_clocks.iter())
        .filter(|clock| clock.on_silence == Silence::DeemedAccepted)
        .filter_map(|clock| clock.owner.as_ref());
    let referred = (beside.notices.iter())
        .filter(|notice| notice.when == "standing criterion")
        .flat_map(|notice| &notice.to);
    silent.chain(referred).filter(|role| *role != IRO_MANAGER)
}
