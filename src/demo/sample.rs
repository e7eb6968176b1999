//! A sample council: its file, its people, its channels. Two teams work under the protocol it is made for, and one more under
//! each other protocol that is to be seen beside it. Invented names; any likeness is chance.

use std::fmt::Write as _;

use crate::ids::{ProtocolId, RoleId};
use crate::protocol::{IRO_MANAGER, Protocol, Role, Scope};

/// The teams under the first protocol: id and name.
const TEAMS: [(&str, &str); 2] = [("north", "North locality"), ("south", "South locality")];
/// The teams under each further protocol, in turn.
const BESIDE: [(&str, &str); 4] = [
    ("vale", "Vale locality"),
    ("coast", "Coast locality"),
    ("moor", "Moor locality"),
    ("dale", "Dale locality"),
];

/// The group of those who raise.
const RAISERS: &str = "Who raises";

/// People enough for the longest protocol and two teams.
const NAMES: &[&str] = &[
    "Amira Hassan",
    "Ben Okafor",
    "Carys Morgan",
    "David Lindqvist",
    "Esther Boateng",
    "Farah Siddiqui",
    "Gareth Price",
    "Hannah Weiss",
    "Imran Chowdhury",
    "Joanna Kowalska",
    "Kwame Mensah",
    "Lucy Fairbairn",
    "Marek Novak",
    "Nadia Rahman",
    "Owen Hughes",
    "Priya Nair",
    "Rachel Stone",
    "Samuel Adeyemi",
    "Tara Fitzgerald",
    "Usman Malik",
    "Valerie Grant",
    "William Tsang",
    "Yasmin Begum",
    "Zoe Carter",
    "Anna Petrova",
    "Callum Reid",
    "Diane Foster",
    "Elliot Marsh",
    "Grace Otieno",
    "Helen Barnes",
    "Jack Delaney",
    "Leah Simmons",
    "Martin Cole",
    "Naomi Clarke",
    "Oliver Quinn",
    "Rosa Delgado",
    "Sunita Patel",
    "Tom Ashworth",
    "Uma Krishnan",
    "Wendy Lau",
];

/// A person of the sample council.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// Their id in the workspace.
    pub id: String,
    /// Their name.
    pub name: String,
    /// What they do.
    pub title: String,
    /// Among whom a visitor finds them: those who raise, a team's managers, the council's.
    pub group: String,
}

/// A channel of the sample council.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Channel {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Who is in it.
    pub members: Vec<String>,
}

/// A team of the sample council.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Team {
    /// Its id in the file.
    pub id: &'static str,
    /// The protocol it works under.
    pub protocol: ProtocolId,
}

/// A sample council.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sample {
    /// Its `lodestar.toml`.
    pub file: String,
    /// Its teams.
    pub teams: Vec<Team>,
    /// Its people, raisers first.
    pub people: Vec<Person>,
    /// Its channels.
    pub channels: Vec<Channel>,
}

impl Sample {
    /// The id of a channel by its name, where there is one.
    #[must_use]
    pub fn channel(&self, name: &str) -> Option<&str> {
        let found = self.channels.iter().find(|channel| channel.name == name)?;
        Some(&found.id)
    }

    /// The id of whoever does this in a team: a raiser role with its number, such as `iro1`, or a role of the team's or the
    /// council's.
    #[must_use]
    pub fn person(&self, team: &str, of: &str) -> Option<&str> {
        let ids = [user(&format!("{of}_{team}")), user(of)];
        let found = (ids.iter()).find_map(|id| self.people.iter().find(|one| one.id == *id))?;
        Some(&found.id)
    }

    /// The id of the channel in which a role's cards stand, for a team.
    #[must_use]
    pub fn channel_of(&self, team: &str, role: &str) -> Option<&str> {
        let role = dashed(role);
        self.channel(&format!("{team}-{role}"))
            .or_else(|| self.channel(&role))
    }

    /// The people in the groups a visitor chooses from.
    #[must_use]
    pub fn groups(&self) -> Vec<(&str, Vec<&str>)> {
        let mut groups: Vec<(&str, Vec<&str>)> = Vec::new();
        for person in &self.people {
            match groups.iter_mut().find(|(known, _)| *known == person.group) {
                Some((_, users)) => users.push(&person.id),
                None => groups.push((&person.group, vec![&person.id])),
            }
        }
        groups
    }
}

/// The sample council of a protocol: two teams, every role held, a channel for each.
#[must_use]
pub fn council(protocol: &Protocol) -> Sample {
    council_with(protocol, &[])
}

/// The same, with a team under each of these protocols beside the two.
#[must_use]
pub fn council_with(protocol: &Protocol, beside: &[&Protocol]) -> Sample {
    let mut making = Making(Sample {
        file: heading(protocol),
        teams: Vec::new(),
        people: Vec::new(),
        channels: Vec::new(),
    });
    let all: Vec<&Protocol> = [&[protocol], beside].concat();
    making.raisers(&all);
    for protocol in &all {
        making.council_wide(protocol);
    }
    for (id, name) in TEAMS {
        making.team(protocol, id, name, name);
    }
    for (protocol, (id, name)) in beside.iter().zip(BESIDE) {
        let whose = protocol.council.as_deref().unwrap_or(&protocol.title);
        let group = format!("{name}, under the protocol of {whose}");
        making.team(protocol, id, name, &group);
    }
    making.0
}

struct Making(Sample);

impl Making {
    fn raisers(&mut self, protocols: &[&Protocol]) {
        self.0.file.push_str("\n[raisers]\n");
        let mut known = Vec::new();
        for role in protocols.iter().flat_map(|protocol| &protocol.raised_by) {
            if known.contains(&role) {
                continue;
            }
            known.push(role);
            let title = match role.as_str() {
                "iro" => "Independent Reviewing Officer (raises)",
                "cp_chair" => "Child Protection Chair (raises)",
                "foster_iro" => "Fostering Independent Reviewing Officer (raises)",
                _ => "Reviewing officer (raises)",
            };
            let ids = [1, 2].map(|at| self.person(&format!("{role}{at}"), title, RAISERS));
            let _ = writeln!(self.0.file, "{role} = [\"{}\", \"{}\"]", ids[0], ids[1]);
        }
    }

    /// The council's own roles. One of a name that an earlier protocol had is held by the same person.
    fn council_wide(&mut self, protocol: &Protocol) {
        for (id, role) in roles(protocol, Scope::Council) {
            if self
                .0
                .people
                .iter()
                .any(|known| known.id == user(id.as_str()))
            {
                continue;
            }
            let holder = self.person(id.as_str(), &role.name, "Senior managers");
            let channel = self.channel(&dashed(id.as_str()), std::slice::from_ref(&holder));
            let _ = write!(
                self.0.file,
                "\n[roles.{id}]\nusers = [\"{holder}\"]\nchannel = \"{channel}\"\n"
            );
        }
    }

    fn team(&mut self, protocol: &Protocol, team: &'static str, name: &str, group: &str) {
        let people = &self.0.people;
        let raise = people.iter().filter(|person| person.group == RAISERS);
        let mut members: Vec<String> = raise.map(|person| person.id.clone()).collect();
        let mut held = Vec::new();
        for (id, role) in roles(protocol, Scope::Team) {
            let title = format!("{}, {name}", role.name);
            let holder = self.person(&format!("{id}_{team}"), &title, group);
            let channel = format!("{team}-{}", dashed(id.as_str()));
            let channel = self.channel(&channel, std::slice::from_ref(&holder));
            members.push(holder.clone());
            held.push((id, holder, channel));
        }
        let manager = user(IRO_MANAGER);
        if self.0.people.iter().any(|person| person.id == manager) {
            members.push(manager);
        }
        let channel = self.channel(&format!("{team}-team"), &members);
        let _ = write!(
            self.0.file,
            "\n[[team]]\nid = \"{team}\"\nname = \"{name}\"\nprotocol = \"{}\"\nchannel = \"{channel}\"\n",
            protocol.id
        );
        for (role, holder, channel) in held {
            let _ = write!(
                self.0.file,
                "\n[team.roles.{role}]\nusers = [\"{holder}\"]\nchannel = \"{channel}\"\n"
            );
        }
        self.0.teams.push(Team {
            id: team,
            protocol: protocol.id.clone(),
        });
    }

    fn person(&mut self, of: &str, title: &str, group: &str) -> String {
        let id = user(of);
        let place = self.0.people.len();
        let name = NAMES.get(place).map_or_else(
            || format!("Person {}", place + 1),
            |name| (*name).to_owned(),
        );
        self.0.people.push(Person {
            id: id.clone(),
            name,
            title: title.to_owned(),
            group: group.to_owned(),
        });
        id
    }

    fn channel(&mut self, name: &str, members: &[String]) -> String {
        let id = format!("C0{}", capitals(name));
        self.0.channels.push(Channel {
            id: id.clone(),
            name: name.to_owned(),
            members: members.to_vec(),
        });
        id
    }
}

fn roles(protocol: &Protocol, scope: Scope) -> impl Iterator<Item = (&RoleId, &Role)> {
    (protocol.roles.iter()).filter(move |(_, role)| role.scope == scope)
}

fn heading(protocol: &Protocol) -> String {
    let case_system = protocol.case_system.as_deref().unwrap_or("LCS");
    format!(
        "[council]\nname = \"Sample Council\"\ntimezone = \"Europe/London\"\nclose_of_business = \"17:00\"\nclosure_days = []\n\
         case_ref_pattern = \"^K-[0-9]{{6}}$\"\ncase_system = \"{case_system}\"\n\n[privacy]\ncard_text = \"on_request\"\n\n\
         [hours]\nopens = \"09:00\"\ndigest = \"09:00\"\nwarning = \"09:30\"\n"
    )
}

/// The id of the person who holds this: a raiser role with a number, a role, a team's role with the team.
fn user(of: &str) -> String {
    format!("U0{}", capitals(of))
}

fn capitals(text: &str) -> String {
    text.chars()
        .filter(char::is_ascii_alphanumeric)
        .map(|letter| letter.to_ascii_uppercase())
        .collect()
}

fn dashed(text: &str) -> String {
    text.replace('_', "-")
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test ends where something is missing")]

    use super::*;
    use crate::config::Config;
    use crate::directory::Directory;
    use crate::protocol::library::Library;

    #[test]
    fn every_built_in_protocol_has_a_sample_council_that_can_be_used_without_a_warning() {
        let library = Library::load(&[]).unwrap();
        let protocols: Vec<&Protocol> = library.iter().map(|held| &*held.protocol).collect();
        // Each by itself, and each with every other beside it.
        for protocol in &protocols {
            let beside: Vec<&Protocol> = protocols
                .iter()
                .filter(|other| other.id != protocol.id)
                .copied()
                .collect();
            for sample in [council(protocol), council_with(protocol, &beside)] {
                let (config, warnings) =
                    Config::parse(&sample.file, "lodestar.toml", std::path::Path::new("")).unwrap();
                assert_eq!(warnings, [], "{}", protocol.id);
                let (directory, warnings) =
                    Directory::build(&config.directory, &protocols, &[]).unwrap();
                assert_eq!(warnings, [], "{}", protocol.id);
                assert_eq!(directory.people().len(), sample.people.len());
                assert_eq!(directory.channels().len(), sample.channels.len());
            }
        }
    }
}
