//! Who holds which role in which team, who may raise, and where cards go.
//!
//! A [`Directory`] is built whole or not at all: every role that a team's protocol speaks of has its entry in the council's
//! file, so that no card is ever due to somebody nobody named. A role may be vacant, and then what it would get goes to the
//! role its protocol names, else to the manager of the IRO service; nothing stalls.

mod build;
mod people;

use std::collections::{BTreeMap, BTreeSet};

use crate::ids::{ProtocolId, RaiserRole, RoleId, TeamId, UserId};
use crate::protocol::{IRO_MANAGER, Protocol};

pub use build::InUse;
pub use people::{People, Reload};

/// The people of a council, checked against the protocols its teams work under.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Directory {
    /// In the file's order.
    teams: Vec<Team>,
    raisers: BTreeMap<UserId, Vec<RaiserRole>>,
    council_wide: BTreeMap<RoleId, Post>,
}

/// A team of the council.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Team {
    /// Its id.
    pub id: TeamId,
    /// Its name for people.
    pub name: String,
    /// The protocol that new concerns of the team are raised under.
    pub protocol: ProtocolId,
    /// Where its digest goes.
    pub channel: Option<String>,
    /// Its own holders, who go before the council's.
    posts: BTreeMap<RoleId, Post>,
}

/// Who holds a role.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Post {
    users: Vec<UserId>,
    channel: Option<String>,
}

/// Who gets what is meant for a role.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Holders {
    /// The role that in fact gets it.
    pub role: RoleId,
    /// Its holders, each once. Nobody when the role, those it falls to and `iro_manager` are all vacant: it is then the
    /// raiser's to know.
    pub users: Vec<UserId>,
    /// The channel where its cards go.
    pub channel: Option<String>,
    /// The vacant role it stands in for.
    pub standing_in_for: Option<RoleId>,
}

/// Where a message goes.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Destination {
    /// A channel, by its id.
    Channel(String),
    /// A direct message.
    Person(UserId),
}

/// What a channel of the file is for.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ChannelUse {
    /// A team's digest.
    Digest(TeamId),
    /// The cards of a role: of one team, or of the whole council.
    Cards {
        /// The role.
        role: RoleId,
        /// The team, where the holder is the team's own.
        team: Option<TeamId>,
    },
}

impl Directory {
    /// Every team, in the file's order.
    #[must_use]
    pub fn teams(&self) -> &[Team] {
        &self.teams
    }

    /// The team of that id.
    #[must_use]
    pub fn team(&self, id: &TeamId) -> Option<&Team> {
        self.teams.iter().find(|team| &team.id == id)
    }

    /// What the team is called; its id where the council's file no longer has it.
    #[must_use]
    pub fn team_name<'a>(&'a self, id: &'a TeamId) -> &'a str {
        self.team(id).map_or(id.as_str(), |team| team.name.as_str())
    }

    /// The teams whose digest or cards go to that channel.
    pub fn teams_of_channel<'a>(&'a self, channel: &'a str) -> impl Iterator<Item = &'a Team> {
        self.teams.iter().filter(move |team| {
            let posts = team
                .posts
                .values()
                .filter_map(|post| post.channel.as_deref());
            team.channel
                .as_deref()
                .into_iter()
                .chain(posts)
                .any(|id| id == channel)
        })
    }

    /// The roles in which a person may raise; none for anybody else. In the file's order.
    #[must_use]
    pub fn raiser_roles(&self, user: &UserId) -> &[RaiserRole] {
        self.raisers.get(user).map_or(&[], Vec::as_slice)
    }

    /// Everybody who may raise.
    pub fn raisers(&self) -> impl Iterator<Item = &UserId> {
        self.raisers.keys()
    }

    /// Who gets what is meant for `role` in `team` under `protocol`: its holders, or, while it is vacant, those of the role
    /// that the protocol names in its place, and so on, and at last those of `iro_manager`.
    #[must_use]
    pub fn holders(&self, team: &TeamId, role: &RoleId, protocol: &Protocol) -> Holders {
        let team = self.team(team);
        let held = |candidate: &RoleId| {
            let post = self.post(team, candidate)?;
            (!post.users.is_empty()).then(|| Holders {
                role: candidate.clone(),
                users: post.users.clone(),
                channel: post.channel.clone(),
                standing_in_for: (candidate != role).then(|| role.clone()),
            })
        };
        line_of_succession(role, protocol)
            .iter()
            .find_map(held)
            .unwrap_or_else(|| Holders {
                role: role.clone(),
                users: Vec::new(),
                channel: None,
                standing_in_for: None,
            })
    }

    /// The roles of `protocol` in which a person acts in `team`, those that fall to them by vacancy among them.
    #[must_use]
    pub fn roles_of(&self, team: &TeamId, user: &UserId, protocol: &Protocol) -> BTreeSet<RoleId> {
        let acts_as = |role: &&RoleId| self.holders(team, role, protocol).users.contains(user);
        protocol.roles.keys().filter(acts_as).cloned().collect()
    }

    /// Everybody the file names, each once.
    #[must_use]
    pub fn people(&self) -> BTreeSet<&UserId> {
        let posts = self.posts().flat_map(|(_, _, post)| &post.users);
        self.raisers.keys().chain(posts).collect()
    }

    /// Every channel the file names, with what it is for.
    #[must_use]
    pub fn channels(&self) -> BTreeMap<&str, Vec<ChannelUse>> {
        let mut channels: BTreeMap<&str, Vec<ChannelUse>> = BTreeMap::new();
        for team in &self.teams {
            if let Some(channel) = &team.channel {
                let digest = ChannelUse::Digest(team.id.clone());
                channels.entry(channel).or_default().push(digest);
            }
        }
        for (team, role, post) in self.posts() {
            if let Some(channel) = &post.channel {
                channels
                    .entry(channel)
                    .or_default()
                    .push(ChannelUse::Cards {
                        role: role.clone(),
                        team: team.map(|team| team.id.clone()),
                    });
            }
        }
        channels
    }

    /// Whether the file names this person at all.
    #[must_use]
    pub fn serves(&self, user: &UserId) -> bool {
        self.raisers.contains_key(user)
            || self.posts().any(|(_, _, post)| post.users.contains(user))
    }

    /// The team's own entry for the role, else the council's.
    fn post<'a>(&'a self, team: Option<&'a Team>, role: &RoleId) -> Option<&'a Post> {
        team.and_then(|team| team.posts.get(role))
            .or_else(|| self.council_wide.get(role))
    }

    /// Every entry of the file: the council's, then each team's.
    fn posts(&self) -> impl Iterator<Item = (Option<&Team>, &RoleId, &Post)> {
        let council_wide = self
            .council_wide
            .iter()
            .map(|(role, post)| (None, role, post));
        let of_teams = self.teams.iter().flat_map(|team| {
            let posts = team.posts.iter();
            posts.map(move |(role, post)| (Some(team), role, post))
        });
        council_wide.chain(of_teams)
    }
}

impl Holders {
    /// Whether nobody at all holds it.
    #[must_use]
    pub fn is_nobody(&self) -> bool {
        self.users.is_empty()
    }

    /// Where its messages go: the role's channel, or a direct message to each holder.
    #[must_use]
    pub fn destinations(&self) -> Vec<Destination> {
        destinations([self])
    }
}

/// Where one message to several roles goes: each channel and each person once, however many of the roles they have.
#[must_use]
pub fn destinations<'a>(holders: impl IntoIterator<Item = &'a Holders>) -> Vec<Destination> {
    let mut seen = BTreeSet::new();
    let mut destinations = Vec::new();
    for holders in holders {
        let reached = match &holders.channel {
            Some(channel) => vec![Destination::Channel(channel.clone())],
            None => holders
                .users
                .iter()
                .cloned()
                .map(Destination::Person)
                .collect(),
        };
        for destination in reached {
            if seen.insert(destination.clone()) {
                destinations.push(destination);
            }
        }
    }
    destinations
}

/// The role and those it falls to, each once: what the protocol names, then `iro_manager` and what it names.
fn line_of_succession(role: &RoleId, protocol: &Protocol) -> Vec<RoleId> {
    let mut line = Vec::new();
    let iro_manager = RoleId::from(IRO_MANAGER);
    for start in [role, &iro_manager] {
        let mut next = Some(start);
        while let Some(role) = next.filter(|role| !line.contains(*role)) {
            line.push(role.clone());
            next = protocol
                .roles
                .get(role)
                .and_then(|role| role.vacant.as_ref());
        }
    }
    line
}

#[cfg(test)]
mod tests;
