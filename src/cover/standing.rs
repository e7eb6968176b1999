//! Who somebody is to a concern, with what they have by cover.

use std::collections::BTreeSet;

use crate::concern::{ByCover, Concern, Standing};
use crate::ids::{RoleId, UserId};

/// Somebody who is away and whose cover is asked about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Absent {
    /// Who.
    pub user: UserId,
    /// The roles they hold for its team, by the directory.
    pub roles: BTreeSet<RoleId>,
}

/// Who raised a concern, or recorded a review.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Raisers<'a> {
    /// Whose it is now.
    pub now: &'a UserId,
    /// Whose it was before it was handed over.
    pub before: Vec<&'a UserId>,
}

impl<'a> Raisers<'a> {
    /// Those of a concern.
    #[must_use]
    pub fn of(concern: &'a Concern) -> Self {
        Self {
            now: &concern.raiser,
            before: std::iter::once(&concern.raised_by)
                .chain(&concern.handed_over_by)
                .collect(),
        }
    }

    /// The one who recorded what has always been theirs.
    #[must_use]
    pub fn alone(user: &'a UserId) -> Self {
        Self {
            now: user,
            before: Vec::new(),
        }
    }
}

/// Who `user` is to a concern or a review: what they hold themselves, and what falls to them from each of the people they cover for.
///
/// `may_stand_in` is whether they may raise under its protocol, or manage the IRO service: only such a one stands in for a raiser
/// (`B-3.b`). From somebody who raised it, or had it before, no role falls to anybody: its raiser does not answer it, and
/// nobody does in their name.
#[must_use]
pub fn standing(
    raisers: &Raisers<'_>,
    user: &UserId,
    own: BTreeSet<RoleId>,
    may_stand_in: bool,
    covered: impl IntoIterator<Item = Absent>,
) -> Standing {
    let mut standing = Standing::of(user.clone(), own);
    for Absent {
        user: absent,
        roles,
    } in covered
    {
        if absent == *user {
            continue;
        }
        if absent == *raisers.now {
            standing.covers_raiser = may_stand_in;
            continue;
        }
        if raisers.before.contains(&&absent) {
            continue;
        }
        // What falls to them twice is said once, for the first.
        let roles: BTreeSet<RoleId> = roles.difference(&standing.roles).cloned().collect();
        standing.roles.extend(roles.iter().cloned());
        standing.by_cover.push(ByCover { absent, roles });
    }
    standing
}
