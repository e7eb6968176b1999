//! Checks the people of the council's file against the protocols, and makes a [`Directory`] of them.

use std::collections::{BTreeMap, BTreeSet};

use super::{Directory, Post, Team};
use crate::config::{DirectorySpec, Fault, HoldersSpec, Place, TeamSpec, Warning, nearest};
use crate::ids::{RaiserRole, RoleId, TeamId, UserId};
use crate::protocol::{IRO_MANAGER, Protocol};

/// A version of a protocol that a team has open concerns under: pinned, so perhaps not the library's own.
#[derive(Clone, Copy, Debug)]
pub struct InUse<'a> {
    /// The team.
    pub team: &'a TeamId,
    /// The version.
    pub protocol: &'a Protocol,
}

impl Directory {
    /// Builds the directory. `library` is every protocol there is; `in_use` the versions with open concerns, whose roles
    /// must be answered for too.
    ///
    /// # Errors
    /// Every fault found: a team under an unknown protocol, a protocol's role that the file does not name, a role or a
    /// raiser's role that no protocol has, a team with open concerns that is gone.
    pub fn build(
        spec: &DirectorySpec,
        library: &[&Protocol],
        in_use: &[InUse<'_>],
    ) -> Result<(Self, Vec<Warning>), Vec<Fault>> {
        let mut check = Check {
            spec,
            library,
            in_use,
            faults: Vec::new(),
            warnings: Vec::new(),
        };
        check.raisers();
        check.council_wide();
        for team in &spec.teams {
            check.team(team);
        }
        check.teams_that_are_gone();
        let Check {
            mut faults,
            mut warnings,
            ..
        } = check;
        if !faults.is_empty() {
            faults.sort_by(|one, other| one.place.cmp(&other.place));
            return Err(faults);
        }
        let directory = directory_of(spec);
        warnings.extend(both_sides(spec, library, &directory));
        warnings.sort_by(|one, other| one.place.cmp(&other.place));
        Ok((directory, warnings))
    }
}

struct Check<'a> {
    spec: &'a DirectorySpec,
    library: &'a [&'a Protocol],
    in_use: &'a [InUse<'a>],
    faults: Vec<Fault>,
    warnings: Vec<Warning>,
}

impl<'a> Check<'a> {
    /// The library's protocol of a team, then the versions of its open concerns.
    fn protocols_of(&self, team: &TeamSpec) -> Vec<&'a Protocol> {
        let own = self
            .library
            .iter()
            .copied()
            .find(|protocol| protocol.id == team.protocol.value);
        let pinned = self
            .in_use
            .iter()
            .filter(|version| version.team == &team.id.value);
        own.into_iter()
            .chain(pinned.map(|version| version.protocol))
            .collect()
    }

    /// Every protocol that some team works under, or has open concerns under.
    fn protocols_used(&self) -> Vec<&'a Protocol> {
        self.spec
            .teams
            .iter()
            .flat_map(|team| self.protocols_of(team))
            .collect()
    }

    fn fault(&mut self, place: &Place, what: String) {
        self.faults.push(Fault::new(place.clone(), what));
    }

    fn warning(&mut self, place: &Place, what: String) {
        self.warnings.push(Warning::new(place.clone(), what));
    }

    /// Each raiser's role must be one of a protocol; a protocol in use should have somebody who may raise under it.
    fn raisers(&mut self) {
        let used = self.protocols_used();
        let everywhere = || {
            self.library
                .iter()
                .chain(&used)
                .flat_map(|protocol| &protocol.raised_by)
        };
        let known: BTreeSet<&str> = everywhere().map(RaiserRole::as_str).collect();
        let raised_by: BTreeSet<&str> = used
            .iter()
            .flat_map(|protocol| &protocol.raised_by)
            .map(RaiserRole::as_str)
            .collect();
        for raisers in &self.spec.raisers {
            let role = raisers.role.value.as_str();
            if !known.contains(role) {
                let what = format!(
                    "No protocol is raised under by {role:?}: {}",
                    mend(role, &known)
                );
                self.fault(&raisers.role.place, what);
            } else if raisers.users.is_empty() {
                let what =
                    format!("[raisers] names nobody as {role}: nobody can raise in that role.");
                self.warning(&raisers.role.place, what);
            } else if !raised_by.contains(role) {
                let what = format!(
                    "No team's protocol is raised under by {role}: these people cannot raise anything in that role."
                );
                self.warning(&raisers.role.place, what);
            }
        }
        let filled: BTreeSet<&str> = self
            .spec
            .raisers
            .iter()
            .filter(|raisers| !raisers.users.is_empty())
            .map(|raisers| raisers.role.value.as_str())
            .collect();
        for team in &self.spec.teams {
            let Some(protocol) = self
                .library
                .iter()
                .find(|protocol| protocol.id == team.protocol.value)
            else {
                continue;
            };
            if !protocol
                .raised_by
                .iter()
                .any(|role| filled.contains(role.as_str()))
            {
                let roles: Vec<&str> = protocol.raised_by.iter().map(RaiserRole::as_str).collect();
                let what = format!(
                    "Nobody may raise for team {}: protocol {} is raised under by {}, and [raisers] names none of them.",
                    team.id.value,
                    protocol.id,
                    roles.join(", ")
                );
                self.warning(&team.id.place, what);
            }
        }
    }

    /// Each council-wide role must be one of a protocol.
    fn council_wide(&mut self) {
        let used = self.protocols_used();
        let known: BTreeSet<&str> = role_ids(self.library.iter().chain(&used).copied());
        let known_in_use = role_ids(used.iter().copied());
        for entry in &self.spec.roles {
            let role = entry.role.value.as_str();
            if !known.contains(role) {
                let what = format!("No protocol has the role {role:?}: {}", mend(role, &known));
                self.fault(&entry.role.place, what);
            } else if !known_in_use.contains(role) {
                let what =
                    format!("No team's protocol has the role {role}: it will never be asked.");
                self.warning(&entry.role.place, what);
            } else {
                self.vacancy(entry, None, &used);
            }
        }
    }

    /// A team's protocol must exist, and each of its roles be named for the team or the council.
    fn team(&mut self, team: &TeamSpec) {
        let protocols = self.protocols_of(team);
        if !self
            .library
            .iter()
            .any(|protocol| protocol.id == team.protocol.value)
        {
            let wanted = team.protocol.value.as_str();
            let known: BTreeSet<&str> = self
                .library
                .iter()
                .map(|protocol| protocol.id.as_str())
                .collect();
            let what = format!(
                "There is no protocol {wanted:?}: {} A file of your own is named in [council] protocols.",
                mend(wanted, &known)
            );
            self.fault(&team.protocol.place, what);
        }
        let known = role_ids(protocols.iter().copied());
        for entry in &team.roles {
            let role = entry.role.value.as_str();
            if known.contains(role) {
                self.vacancy(entry, Some(team), &protocols);
            } else if !protocols.is_empty() {
                let what = format!(
                    "The protocol of team {}, {}, has no role {role:?}: {}",
                    team.id.value,
                    team.protocol.value,
                    mend(role, &known)
                );
                self.fault(&entry.role.place, what);
            }
        }
        let named: BTreeSet<&RoleId> = self
            .spec
            .roles
            .iter()
            .chain(&team.roles)
            .map(|entry| &entry.role.value)
            .collect();
        let mut missing = BTreeSet::new();
        for protocol in protocols {
            for (role, about) in &protocol.roles {
                if !named.contains(role) && missing.insert(role) {
                    let what = format!(
                        "Team {} works under protocol {}, whose role {role} ({}) nobody is named for: add [roles.{role}] for the council or [team.roles.{role}] for the team, with users = [] while it is vacant.",
                        team.id.value, protocol.id, about.name
                    );
                    self.fault(&team.id.place, what);
                }
            }
        }
    }

    /// A team with open concerns keeps its entry until they are closed.
    fn teams_that_are_gone(&mut self) {
        let listed: BTreeSet<&TeamId> = self.spec.teams.iter().map(|team| &team.id.value).collect();
        let gone: BTreeSet<&TeamId> = self
            .in_use
            .iter()
            .map(|version| version.team)
            .filter(|team| !listed.contains(team))
            .collect();
        for team in gone {
            let what = format!(
                "Team {team} has open concerns and is not in the file: keep its [[team]] until they are closed."
            );
            self.fault(&Place::file(&self.spec.file), what);
        }
    }

    /// A role that nobody holds is allowed, and said.
    fn vacancy(&mut self, entry: &HoldersSpec, team: Option<&TeamSpec>, protocols: &[&Protocol]) {
        if !entry.users.is_empty() {
            return;
        }
        let role = &entry.role.value;
        let whose = team.map_or_else(String::new, |team| format!(" in team {}", team.id.value));
        let falls_to = protocols
            .iter()
            .find_map(|protocol| protocol.roles.get(role)?.vacant.as_ref())
            .map_or(IRO_MANAGER, RoleId::as_str);
        let what = if role == IRO_MANAGER && falls_to == IRO_MANAGER {
            format!(
                "The role {role} is vacant{whose}: what it would get, and what falls to it, goes to the raiser alone. Name somebody soon."
            )
        } else {
            format!("The role {role} is vacant{whose}: what it would get goes to {falls_to}.")
        };
        self.warning(&entry.role.place, what);
    }
}

/// Raisers who stand in the line of a team they may raise for: a conflict the council should know of.
fn both_sides(spec: &DirectorySpec, library: &[&Protocol], directory: &Directory) -> Vec<Warning> {
    let mut warnings = Vec::new();
    for team in &spec.teams {
        let Some(protocol) = library
            .iter()
            .find(|protocol| protocol.id == team.protocol.value)
        else {
            continue;
        };
        let in_line: BTreeSet<&RoleId> = protocol
            .routes
            .iter()
            .flat_map(|route| &route.steps)
            .flat_map(crate::protocol::Step::answerers)
            .collect();
        for (user, raiser_roles) in &directory.raisers {
            if !raiser_roles
                .iter()
                .any(|role| protocol.raised_by.contains(role))
            {
                continue;
            }
            let roles = directory.roles_of(&team.id.value, user, protocol);
            let answers_as: Vec<&str> = roles
                .iter()
                .filter(|role| in_line.contains(role))
                .map(RoleId::as_str)
                .collect();
            if !answers_as.is_empty() {
                let what = format!(
                    "{user} may raise concerns for team {} and would answer them too, as {}: name somebody else for one of the two.",
                    team.id.value,
                    answers_as.join(", ")
                );
                warnings.push(Warning::new(team.id.place.clone(), what));
            }
        }
    }
    warnings
}

fn directory_of(spec: &DirectorySpec) -> Directory {
    let mut raisers: BTreeMap<UserId, Vec<RaiserRole>> = BTreeMap::new();
    for entry in &spec.raisers {
        for user in &entry.users {
            raisers
                .entry(user.clone())
                .or_default()
                .push(entry.role.value.clone());
        }
    }
    let teams = spec.teams.iter().map(|team| Team {
        id: team.id.value.clone(),
        name: team.name.clone(),
        protocol: team.protocol.value.clone(),
        channel: team.channel.clone(),
        posts: posts_of(&team.roles),
    });
    Directory {
        teams: teams.collect(),
        raisers,
        council_wide: posts_of(&spec.roles),
    }
}

fn posts_of(entries: &[HoldersSpec]) -> BTreeMap<RoleId, Post> {
    let post = |entry: &HoldersSpec| Post {
        users: entry.users.clone(),
        channel: entry.channel.clone(),
    };
    entries
        .iter()
        .map(|entry| (entry.role.value.clone(), post(entry)))
        .collect()
}

fn role_ids<'a>(protocols: impl Iterator<Item = &'a Protocol>) -> BTreeSet<&'a str> {
    protocols
        .flat_map(|protocol| protocol.roles.keys())
        .map(RoleId::as_str)
        .collect()
}

/// "did you mean X?", or what there is.
fn mend(written: &str, known: &BTreeSet<&str>) -> String {
    nearest(written, known.iter().copied()).map_or_else(
        || {
            let names: Vec<&str> = known.iter().copied().collect();
            format!("there are {}.", names.join(", "))
        },
        |name| format!("did you mean {name}?"),
    )
}
