//! Who manages the IRO service of which teams, and for which teams somebody works: a manager sees, sets and is told what is of
//! their own teams.

use std::collections::BTreeSet;

use super::Desk;
use crate::directory::{Destination, Holders, Team};
use crate::ids::{RoleId, TeamId, UserId};
use crate::protocol::{IRO_MANAGER, Protocol};

impl Desk {
    /// The teams whose IRO service somebody manages, themselves or for whom they cover.
    #[must_use]
    pub fn manages(&self, user: &UserId) -> BTreeSet<TeamId> {
        let covers = self.covers();
        let mut people = covers.covered_by(user, self.today());
        people.push(user);
        self.teams_where(|team, protocol| {
            let managers = self.managers_of(&team.id, protocol).users;
            people.iter().any(|person| managers.contains(person))
        })
    }

    /// Whether somebody manages the IRO service of every team.
    #[must_use]
    pub fn manages_all(&self, user: &UserId) -> bool {
        self.manages(user).len() == self.directory().teams().len()
    }

    /// Who manages the IRO service of any team, each once.
    #[must_use]
    pub fn iro_managers(&self) -> Vec<UserId> {
        let mut managers = Vec::new();
        for holders in self.managers_by_team(|_| true) {
            for user in holders.users {
                if !managers.contains(&user) {
                    managers.push(user);
                }
            }
        }
        managers
    }

    /// The teams somebody works for: whose concerns they may raise, or in which they hold a role. Of somebody whom the council's file
    /// names no more that is not known, and it may be any.
    #[must_use]
    pub fn works_for(&self, person: &UserId) -> BTreeSet<TeamId> {
        let directory = self.directory();
        let works = self.teams_where(|team, protocol| {
            self.may_raise_under(person, protocol)
                || !directory.roles_of(&team.id, person, protocol).is_empty()
        });
        if works.is_empty() {
            return self.teams_where(|_, _| true);
        }
        works
    }

    /// Whether somebody manages the IRO service of a team that a person works for.
    #[must_use]
    pub fn manages_for(&self, user: &UserId, person: &UserId) -> bool {
        !self.manages(user).is_disjoint(&self.works_for(person))
    }

    /// Whether somebody may raise under a protocol.
    pub(super) fn may_raise_under(&self, user: &UserId, protocol: &Protocol) -> bool {
        let directory = self.directory();
        let mut roles = directory.raiser_roles(user).iter();
        roles.any(|role| protocol.raised_by.contains(role))
    }

    /// Where the managers of the IRO service of these teams are told something, each place once.
    pub(super) fn managers_places(&self, of: impl Fn(&TeamId) -> bool) -> Vec<Destination> {
        crate::directory::destinations(&self.managers_by_team(of))
    }

    /// The teams for which something is so.
    pub(super) fn teams_where(
        &self,
        mut so: impl FnMut(&Team, &Protocol) -> bool,
    ) -> BTreeSet<TeamId> {
        let directory = self.directory();
        let teams = directory.teams().iter().filter(|team| {
            let held = self.protocols().current(&team.protocol);
            held.is_some_and(|held| so(team, &held.protocol))
        });
        teams.map(|team| team.id.clone()).collect()
    }

    /// Who manages the IRO service of a team.
    pub(super) fn managers_of(&self, team: &TeamId, protocol: &Protocol) -> Holders {
        let role = RoleId::from(IRO_MANAGER);
        self.directory().holders(team, &role, protocol)
    }

    fn managers_by_team(&self, of: impl Fn(&TeamId) -> bool) -> Vec<Holders> {
        let directory = self.directory();
        let teams = directory.teams().iter().filter(|team| of(&team.id));
        teams
            .filter_map(|team| {
                let held = self.protocols().current(&team.protocol)?;
                Some(self.managers_of(&team.id, &held.protocol))
            })
            .collect()
    }
}
