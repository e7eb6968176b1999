//! A sample council for a protocol: its file, its people, its channels. Invented names; any likeness is chance.

use std::fmt::Write as _;

use indexmap::IndexMap;

use crate::protocol::{IRO_MANAGER, Protocol, Scope};

/// The sample council's teams: id and name.
const TEAMS: [(&str, &str); 2] = [("north", "North locality"), ("south", "South locality")];

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

/// A sample council.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sample {
    /// Its `lodestar.toml`.
    pub file: String,
    /// Its people, raisers first.
    pub people: Vec<Person>,
    /// Its channels.
    pub channels: Vec<Channel>,
}

impl Sample {
    /// The id of a channel by its name; the name itself where there is none.
    #[must_use]
    pub fn channel(&self, name: &str) -> String {
        self.channels
            .iter()
            .find(|channel| channel.name == name)
            .map_or_else(|| name.to_owned(), |channel| channel.id.clone())
    }

    /// The people in the groups a visitor chooses from: who raises, each team's managers, the council's.
    #[must_use]
    pub fn groups(&self) -> Vec<(String, Vec<String>)> {
        let mut groups: Vec<(String, Vec<String>)> = Vec::new();
        for person in &self.people {
            let team = TEAMS
                .iter()
                .find(|(_, name)| person.title.ends_with(name))
                .map(|(_, name)| *name);
            let group = team.unwrap_or(if person.title.ends_with("(raises)") {
                "Who raises"
            } else {
                "Senior managers"
            });
            match groups.iter_mut().find(|(known, _)| known == group) {
                Some((_, users)) => users.push(person.id.clone()),
                None => groups.push((group.to_owned(), vec![person.id.clone()])),
            }
        }
        groups
    }
}

/// The sample council of a protocol: two teams, every role held, a channel for each.
#[must_use]
pub fn council(protocol: &Protocol) -> Sample {
    let mut making = Making {
        people: Vec::new(),
        channels: Vec::new(),
        file: heading(protocol),
    };
    making.raisers(protocol);
    let council_wide: Vec<_> = protocol
        .roles
        .iter()
        .filter(|(_, role)| role.scope == Scope::Council)
        .collect();
    for (id, role) in council_wide {
        let holder = making.person(id.as_str(), &role.name);
        let channel = making.channel(&dashed(id.as_str()), std::slice::from_ref(&holder));
        let _ = write!(
            making.file,
            "\n[roles.{id}]\nusers = [\"{holder}\"]\nchannel = \"{channel}\"\n"
        );
    }
    for (team, name) in TEAMS {
        let mut members: Vec<String> = making
            .people
            .iter()
            .filter(|person| person.title.contains("(raises)"))
            .map(|person| person.id.clone())
            .collect();
        let mut roles = IndexMap::new();
        for (id, role) in protocol
            .roles
            .iter()
            .filter(|(_, role)| role.scope == Scope::Team)
        {
            let holder = making.person(&format!("{id}_{team}"), &format!("{}, {name}", role.name));
            let channel = making.channel(
                &format!("{team}-{}", dashed(id.as_str())),
                std::slice::from_ref(&holder),
            );
            members.push(holder.clone());
            roles.insert(id.clone(), (holder, channel));
        }
        members.extend(
            making
                .people
                .iter()
                .filter(|person| person.id == user(IRO_MANAGER))
                .map(|person| person.id.clone()),
        );
        let channel = making.channel(&format!("{team}-team"), &members);
        let _ = write!(
            making.file,
            "\n[[team]]\nid = \"{team}\"\nname = \"{name}\"\nprotocol = \"{}\"\nchannel = \"{channel}\"\n",
            protocol.id
        );
        for (role, (holder, channel)) in roles {
            let _ = write!(
                making.file,
                "\n[team.roles.{role}]\nusers = [\"{holder}\"]\nchannel = \"{channel}\"\n"
            );
        }
    }
    Sample {
        file: making.file,
        people: making.people,
        channels: making.channels,
    }
}

struct Making {
    people: Vec<Person>,
    channels: Vec<Channel>,
    file: String,
}

impl Making {
    fn raisers(&mut self, protocol: &Protocol) {
        self.file.push_str("\n[raisers]\n");
        for role in &protocol.raised_by {
            let title = match role.as_str() {
                "iro" => "Independent Reviewing Officer (raises)",
                "cp_chair" => "Child Protection Chair (raises)",
                "foster_iro" => "Fostering Independent Reviewing Officer (raises)",
                _ => "Reviewing officer (raises)",
            };
            let ids = [
                self.person(&format!("{role}1"), title),
                self.person(&format!("{role}2"), title),
            ];
            let _ = writeln!(self.file, "{role} = [\"{}\", \"{}\"]", ids[0], ids[1]);
        }
    }

    fn person(&mut self, of: &str, title: &str) -> String {
        let id = user(of);
        let place = self.people.len();
        let name = NAMES.get(place).map_or_else(
            || format!("Person {}", place + 1),
            |name| (*name).to_owned(),
        );
        self.people.push(Person {
            id: id.clone(),
            name,
            title: title.to_owned(),
        });
        id
    }

    fn channel(&mut self, name: &str, members: &[String]) -> String {
        let id = format!("C0{}", capitals(name));
        self.channels.push(Channel {
            id: id.clone(),
            name: name.to_owned(),
            members: members.to_vec(),
        });
        id
    }
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
pub(super) fn user(of: &str) -> String {
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
        for protocol in &protocols {
            let sample = council(protocol);
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
