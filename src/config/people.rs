//! Reads the people of the file: `[raisers]`, `[roles]` and `[[team]]`, as they are written.
//!
//! Whether the roles are those of the protocols is for [`directory`](crate::directory) to say.

use std::collections::BTreeMap;
use std::ops::Range;

use toml::Spanned;
use toml::de::DeValue;

use super::fault::{Place, Placed};
use super::reader::{Reader, Section, placed_items};
use crate::ids::{ProtocolId, RaiserRole, RoleId, TeamId, UserId};

/// Slack cuts an option of a menu at this many characters.
const LONGEST_NAME: usize = 75;
const USER: &str = "a person's Slack id in quotes, such as \"U0HOS1\" (in their profile, under More, Copy member ID)";
const CHANNEL: &str =
    "a channel's Slack id in quotes, such as \"C0HOS\" (at the foot of the channel's details)";

/// The people part of the council's file, each name with its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DirectorySpec {
    /// The file it was read from.
    pub file: String,
    /// `[raisers]`.
    pub raisers: Vec<RaisersSpec>,
    /// `[roles.X]`: council-wide holders.
    pub roles: Vec<HoldersSpec>,
    /// `[[team]]`.
    pub teams: Vec<TeamSpec>,
}

/// Who may raise in one role.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RaisersSpec {
    /// The raiser's role.
    pub role: Placed<RaiserRole>,
    /// Who; may be nobody.
    pub users: Vec<UserId>,
}

/// Who holds one role.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HoldersSpec {
    /// The role.
    pub role: Placed<RoleId>,
    /// Who; nobody when it is vacant.
    pub users: Vec<UserId>,
    /// The channel where cards go; without it a direct message to each.
    pub channel: Option<String>,
}

/// One `[[team]]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TeamSpec {
    /// Its id.
    pub id: Placed<TeamId>,
    /// Its name for people.
    pub name: String,
    /// The protocol it works under.
    pub protocol: Placed<ProtocolId>,
    /// Where its digest goes.
    pub channel: Option<String>,
    /// `[team.roles.X]`: its own holders.
    pub roles: Vec<HoldersSpec>,
}

pub(super) fn read(file: &mut Section<'_>, reader: &mut Reader<'_>) -> DirectorySpec {
    if !file.has("raisers") {
        let what =
            "The file needs [raisers]: who may raise a concern, for example iro = [\"U0IRO1\"].";
        reader.fault(0..0, what);
    }
    let raisers = file
        .table("raisers", "[raisers]", reader)
        .map(|section| raisers(&section, reader))
        .unwrap_or_default();
    let roles = file
        .table("roles", "[roles.ROLE]", reader)
        .map(|section| holders(&section, "roles", reader))
        .unwrap_or_default();
    DirectorySpec {
        file: reader.file().to_owned(),
        raisers,
        roles,
        teams: teams(file, reader),
    }
}

fn raisers(section: &Section<'_>, reader: &mut Reader<'_>) -> Vec<RaisersSpec> {
    let mut raisers = Vec::new();
    for (role, span, value) in section.entries() {
        let Some(items) = value.get_ref().as_array() else {
            let what =
                format!("{role} of [raisers] must be a list, such as {role} = [\"U0IRO1\"].");
            reader.fault(value.span(), what);
            continue;
        };
        raisers.push(RaisersSpec {
            role: Placed {
                value: RaiserRole::from(role),
                place: reader.place(span.start),
            },
            users: users(items, reader),
        });
    }
    if raisers.iter().all(|raisers| raisers.users.is_empty()) {
        let what = "[raisers] names nobody: without a raiser no concern can be raised. Add the IROs, for example iro = [\"U0IRO1\"].";
        reader.fault(section.span.clone(), what);
    }
    raisers
}

fn holders(section: &Section<'_>, path: &str, reader: &mut Reader<'_>) -> Vec<HoldersSpec> {
    let mut holders = Vec::new();
    for (role, span, value) in section.entries() {
        let name = format!("[{path}.{role}]");
        let Some(table) = value.get_ref().as_table() else {
            let what = format!(
                "{role} must be a table, written {name}, with users and perhaps a channel."
            );
            reader.fault(value.span(), what);
            continue;
        };
        let mut entry = Section::new(name, span.clone(), table);
        let listed = entry.value("users", reader, "a list in square brackets", |value| {
            value.as_array()
        });
        if !entry.has("users") {
            let what = format!(
                "{} needs users: who holds the role, or [] while it is vacant.",
                entry.name
            );
            reader.fault(span.clone(), what);
        }
        let users = listed
            .map(|(items, _)| users(items, reader))
            .unwrap_or_default();
        let channel = channel(&mut entry, reader);
        entry.finish(reader);
        holders.push(HoldersSpec {
            role: Placed {
                value: RoleId::from(role),
                place: reader.place(span.start),
            },
            users,
            channel,
        });
    }
    holders
}

fn teams(file: &mut Section<'_>, reader: &mut Reader<'_>) -> Vec<TeamSpec> {
    let wants = "a list of tables, each written [[team]]";
    let listed = file.value("team", reader, wants, |value| {
        let items = value.as_array()?;
        let tables = items.iter().all(|item| item.get_ref().is_table());
        tables.then_some(items)
    });
    let Some((items, _)) = listed.filter(|(items, _)| !items.is_empty()) else {
        if !file.has("team") {
            let what = "The file needs at least one [[team]] with its id, name and protocol.";
            reader.fault(0..0, what);
        }
        return Vec::new();
    };
    let mut seen: BTreeMap<TeamId, Place> = BTreeMap::new();
    let mut teams = Vec::new();
    for item in items {
        let Some((team, id_span)) = team(item, reader) else {
            continue;
        };
        if let Some(first) = seen.get(&team.id.value) {
            let what = format!(
                "Two teams have the id {:?}, the first at {first}: give each its own.",
                team.id.value.as_str()
            );
            reader.fault(id_span, what);
            continue;
        }
        seen.insert(team.id.value.clone(), team.id.place.clone());
        teams.push(team);
    }
    teams
}

fn team(item: &Spanned<DeValue<'_>>, reader: &mut Reader<'_>) -> Option<(TeamSpec, Range<usize>)> {
    let table = item.get_ref().as_table()?;
    let mut section = Section::new("[[team]]", item.span(), table);
    let id = section.needed_text("id", reader, "north");
    if let Some((id, span)) = &id
        && !id
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
    {
        let what = "A team's id has letters, digits, - and _ only, for example \"north\"; its name may have any words.";
        reader.fault(span.clone(), what);
    }
    let name = section.needed_text("name", reader, "North locality");
    for (text, span) in id.iter().chain(&name) {
        if text.chars().count() > LONGEST_NAME {
            let what = format!(
                "A team's id and name have at most {LONGEST_NAME} characters each, or Slack cuts them in its menus."
            );
            reader.fault(span.clone(), what);
        }
    }
    let protocol = section.needed_text("protocol", reader, "manchester");
    let channel = channel(&mut section, reader);
    let roles = section
        .table("roles", "[team.roles.ROLE]", reader)
        .map(|section| holders(&section, "team.roles", reader))
        .unwrap_or_default();
    section.finish(reader);
    let (id, id_span) = id?;
    let (protocol, protocol_span) = protocol?;
    if channel.is_none() {
        let what =
            format!("Team {id} has no channel of its own: its daily digest has nowhere to go.");
        reader.warning(id_span.clone(), what);
    }
    let team = TeamSpec {
        id: Placed {
            value: TeamId::from(id),
            place: reader.place(id_span.start),
        },
        name: name?.0.to_owned(),
        protocol: Placed {
            value: ProtocolId::from(protocol),
            place: reader.place(protocol_span.start),
        },
        channel,
        roles,
    };
    Some((team, id_span))
}

/// People, each once, in the file's order.
fn users(items: &[Spanned<DeValue<'_>>], reader: &mut Reader<'_>) -> Vec<UserId> {
    let mut users: Vec<UserId> = Vec::with_capacity(items.len());
    for user in placed_items(items, reader, USER, |value| slack_id(value, &['U', 'W'])) {
        let user = UserId::from(user.value);
        if !users.contains(&user) {
            users.push(user);
        }
    }
    users
}

fn channel(section: &mut Section<'_>, reader: &mut Reader<'_>) -> Option<String> {
    let found = section.value("channel", reader, CHANNEL, |value| {
        slack_id(value, &['C', 'G'])
    });
    found.map(|(id, _)| id.to_owned())
}

/// A Slack id: one of the letters, then capitals and digits.
fn slack_id<'d>(value: &'d DeValue<'d>, letters: &[char]) -> Option<&'d str> {
    let id = value.as_str()?;
    let rest = id.strip_prefix(letters)?;
    let plain = rest
        .bytes()
        .all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit());
    (!rest.is_empty() && rest.len() <= 30 && plain).then_some(id)
}
