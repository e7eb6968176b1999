//! Who may read what of a review.

use super::event::Held;
use super::state::Review;
use super::tasks::{Stage, notices, owner, referral_of, tasks};
use crate::concern::event::Rag;
use crate::concern::{Rules, Standing};
use crate::ids::RoleId;
use crate::protocol::Sitting;

/// How much somebody may read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reads {
    /// Everything.
    All,
    /// That it was held, and the objection they were notified of.
    Objection,
    /// Not even that it was held.
    Nothing,
}

/// How much somebody may read of a review: its officer and their cover, the manager of the IRO service, the roles that the protocol
/// tells of it and the owners of its tasks all; who attended, the objection they must be notified of (`B-3.1.d`).
#[must_use]
pub fn reads(rules: &Rules<'_>, review: &Review, who: &Standing) -> Reads {
    let told = |when| notices(rules, when).flat_map(|notice| &notice.to);
    let holds = |role: &RoleId| who.holds(role);
    let owners = tasks(rules, review)
        .iter()
        .filter(|task| task.stage != Stage::Waiting)
        .filter_map(owner)
        .any(holds);
    let referred = referral_of(rules, review).is_some_and(|notice| notice.to.iter().any(holds));
    let rated = rating(&review.held).is_some_and(|when| told(when).any(holds));
    if who.user == review.officer
        || who.covers_raiser
        || who.is_iro_manager()
        || owners
        || referred
        || rated
        || (review.held.sitting == Sitting::Review && told("review held").any(holds))
    {
        return Reads::All;
    }
    if !review.objections.is_empty() && review.held.attendees.contains(&who.user) {
        return Reads::Objection;
    }
    Reads::Nothing
}

/// The occasion of a rating that somebody hears of.
#[must_use]
pub fn rating(held: &Held) -> Option<&'static str> {
    held.rag.and_then(Rag::occasion)
}
