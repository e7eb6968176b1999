//! Who gets a message instead, when Slack takes nothing for the place it was meant for.

use super::refusal::is_person;
use crate::desk::{Desk, DeskError};
use crate::directory::Directory;
use crate::ids::{RoleId, TeamId, UserId};
use crate::mail::{Content, To};
use crate::protocol::{IRO_MANAGER, Protocol};
use crate::store::outbox::{Message, MessageState};

/// The people who get a message whose place refuses it, as direct messages: each holder of the role for a channel, the next in
/// line for a person. Nobody where it has reached all it can, or has reached the role's other holders anyway.
pub(super) async fn instead(desk: &Desk, message: &Message) -> Result<Vec<String>, DeskError> {
    let line = line(desk, message).await?;
    let has_it = reached(desk, message).await?;
    if !is_person(&message.dest) {
        let first = line.into_iter().find(|group| !group.is_empty());
        return Ok(dests(first.unwrap_or_default())
            .filter(|dest| !has_it.contains(dest))
            .collect());
    }
    let line: Vec<String> = dests(line.into_iter().flatten()).collect();
    let next = line
        .iter()
        .position(|dest| *dest == message.dest)
        .map_or(0, |at| at + 1);
    Ok(line
        .into_iter()
        .skip(next)
        .take(1)
        .filter(|dest| !has_it.contains(dest))
        .collect())
}

/// Each person once, in order.
fn dests(users: impl IntoIterator<Item = UserId>) -> impl Iterator<Item = String> {
    let mut seen = Vec::new();
    for user in users {
        let dest = user.to_string();
        if !seen.contains(&dest) {
            seen.push(dest);
        }
    }
    seen.into_iter()
}

/// The people a message could go to, in groups: those it is for, then who stands in for them, and so on.
async fn line(desk: &Desk, message: &Message) -> Result<Vec<Vec<UserId>>, DeskError> {
    let directory = desk.directory();
    let to: Option<To> = serde_json::from_value(message.recipient.clone()).ok();
    if let Some(subject) = message.subject
        && let Some(whose) = desk.belongs(subject).await?
    {
        let about = Of {
            directory: &directory,
            team: &whose.team,
            protocol: &whose.protocol,
        };
        let mut line = about.line(to.as_ref(), Some(&whose.whose));
        line.push(vec![whose.whose]);
        return Ok(line);
    }
    let Some(team) = team_of(&directory, message) else {
        return Ok(Vec::new());
    };
    let Some(held) = directory
        .team(&team)
        .and_then(|team| desk.protocols().current(&team.protocol))
    else {
        return Ok(Vec::new());
    };
    let about = Of {
        directory: &directory,
        team: &team,
        protocol: &held.protocol,
    };
    Ok(about.line(to.as_ref(), None))
}

/// The team a message about no one concern is for.
fn team_of(directory: &Directory, message: &Message) -> Option<TeamId> {
    if let Ok(Content::Digest { team, .. }) = serde_json::from_value(message.payload.clone()) {
        return Some(team);
    }
    directory
        .teams_of_channel(&message.dest)
        .chain(directory.teams())
        .next()
        .map(|team| team.id.clone())
}

struct Of<'a> {
    directory: &'a Directory,
    team: &'a TeamId,
    protocol: &'a Protocol,
}

impl Of<'_> {
    fn line(&self, to: Option<&To>, raiser: Option<&UserId>) -> Vec<Vec<UserId>> {
        let iro_manager = RoleId::from(IRO_MANAGER);
        let person = |user: &UserId, then: &RoleId| {
            let mut line = vec![vec![user.clone()]];
            line.extend(self.holders_in_turn(then));
            line
        };
        match (to, raiser) {
            (Some(To::Cover { by, absent, .. }), _) => {
                let mut line = vec![vec![by.clone()], vec![absent.clone()]];
                line.extend(self.holders_in_turn(&iro_manager));
                line
            }
            (Some(To::Role(role)), _) => self.holders_in_turn(role),
            (Some(To::Own { role, user }), _) => person(user, role),
            (Some(To::Person(user)), _) | (Some(To::Raiser), Some(user)) => {
                person(user, &iro_manager)
            }
            (Some(To::Raiser) | None, _) => self.holders_in_turn(&iro_manager),
        }
    }

    /// The holders of a role, of the role that stands in for it when it is vacant, and so on; at last the manager of the IRO
    /// service's.
    fn holders_in_turn(&self, role: &RoleId) -> Vec<Vec<UserId>> {
        let iro_manager = RoleId::from(IRO_MANAGER);
        let mut seen: Vec<&RoleId> = Vec::new();
        let mut line = Vec::new();
        for start in [role, &iro_manager] {
            let mut next = Some(start);
            while let Some(role) = next.filter(|role| !seen.contains(role)) {
                seen.push(role);
                line.push(self.directory.holders(self.team, role, self.protocol).users);
                next = self
                    .protocol
                    .roles
                    .get(role)
                    .and_then(|role| role.vacant.as_ref());
            }
        }
        line
    }
}

/// The destinations that have, or are to have, the same message.
async fn reached(desk: &Desk, message: &Message) -> Result<Vec<String>, DeskError> {
    let mut tx = desk.store().read().await?;
    let Some(subject) = message.subject else {
        return Ok(Vec::new());
    };
    let all = tx.messages_of(subject).await?;
    Ok(all
        .into_iter()
        .filter(|other| {
            other.id != message.id
                && other.state == MessageState::Live
                && other.kind == message.kind
                && other.payload == message.payload
        })
        .map(|other| other.dest)
        .collect())
}
