//! Who somebody is to a concern: what they hold, by themselves and by cover.

use std::collections::BTreeSet;

use crate::ids::{RoleId, UserId};

/// Who somebody is to a concern at this moment, from the directory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    /// The person.
    pub user: UserId,
    /// The roles they hold for the concern's team, by the protocol's names, with those that fall to them by vacancy.
    pub roles: BTreeSet<RoleId>,
    /// Whether they stand in for the concern's raiser now.
    pub covers_raiser: bool,
    /// For whom else they stand in now, with what that gives them beyond what they hold themselves. Its roles are among `roles`.
    pub by_cover: Vec<ByCover>,
}

/// What somebody holds only while they cover for somebody else.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ByCover {
    /// The one who is away.
    pub absent: UserId,
    /// The roles that fall to the cover meanwhile, without those they hold themselves.
    pub roles: BTreeSet<RoleId>,
}

impl Standing {
    /// Somebody as they stand by themselves, covering for nobody.
    #[must_use]
    pub fn of(user: UserId, roles: BTreeSet<RoleId>) -> Self {
        Self {
            user,
            roles,
            covers_raiser: false,
            by_cover: Vec::new(),
        }
    }

    /// The same person without what they have by cover.
    #[must_use]
    pub fn by_themselves(&self) -> Self {
        let mut roles = self.roles.clone();
        for cover in &self.by_cover {
            roles.retain(|role| !cover.roles.contains(role));
        }
        Self::of(self.user.clone(), roles)
    }

    /// Whether they are this person, or cover for them.
    #[must_use]
    pub fn acts_for(&self, user: &UserId) -> bool {
        self.user == *user || self.by_cover.iter().any(|cover| cover.absent == *user)
    }

    /// For whom they hold these roles, where they hold them by cover alone; `None` where one of them is their own, or they hold none.
    #[must_use]
    pub fn holds_for<'a>(&self, roles: impl IntoIterator<Item = &'a RoleId>) -> Option<&UserId> {
        let mut by_cover = None;
        for role in roles.into_iter().filter(|role| self.holds(role)) {
            let cover = self
                .by_cover
                .iter()
                .find(|cover| cover.roles.contains(role))?;
            by_cover = by_cover.or(Some(&cover.absent));
        }
        by_cover
    }

    /// Whether only cover lets them act for whoever has something now: it is not theirs, and they do not manage the IRO service themselves.
    #[must_use]
    pub fn acts_by_cover_alone(&self, whose: &UserId) -> bool {
        self.user != *whose && !self.by_themselves().is_iro_manager()
    }

    /// Whether they hold the role.
    #[must_use]
    pub fn holds(&self, role: &RoleId) -> bool {
        self.roles.contains(role)
    }

    /// Whether they manage the IRO service.
    #[must_use]
    pub fn is_iro_manager(&self) -> bool {
        self.roles.contains(crate::protocol::IRO_MANAGER)
    }
}
