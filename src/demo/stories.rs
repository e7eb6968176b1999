//! The stories that the page offers on a first visit, from the files in `stories/`: who does what, where, and when it is done.

use chrono::{DateTime, NaiveDateTime, Utc};
use sandbox::{Aim, Condition, Step, Story};
use serde::Deserialize;
use serde_json::{Map, Value};

use super::sample::{Sample, Team};
use crate::ids::ProtocolId;
use crate::protocol::Protocol;
use crate::protocol::library::Library;

/// The files, in the order in which the stories are offered.
const FILES: [(&str, &str); 3] = [
    ("christmas", include_str!("../../stories/christmas.toml")),
    ("rejection", include_str!("../../stories/rejection.toml")),
    ("silence", include_str!("../../stories/silence.toml")),
];

/// A story, and when it begins.
#[derive(Clone, Debug)]
pub(super) struct Told {
    pub(super) story: Story,
    pub(super) begins: DateTime<Utc>,
}

/// A story as its file has it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct File {
    #[serde(skip)]
    id: &'static str,
    title: String,
    /// Markdown.
    blurb: String,
    /// The protocol of the team it is told in.
    protocol: ProtocolId,
    /// In council time, such as `2026-12-14 10:00`.
    begins: String,
    step: Vec<Entry>,
}

/// A step. What it points at is one of `type`, `press`, `fill`, `clock` and `look`, or nothing, where there is only to read.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    /// What to do, and what to look at. Markdown.
    text: String,
    /// Who: a role, or a raiser role with its number, such as `iro1`.
    #[serde(rename = "as")]
    who: Option<String>,
    /// Where: `dm`, `home`, or the role whose channel it is.
    #[serde(rename = "in")]
    place: Option<String>,
    #[serde(rename = "type")]
    words: Option<String>,
    press: Option<String>,
    fill: Option<String>,
    /// What the form is filled in with. `{team}` is the team, `{social_worker}` the person in that role.
    #[serde(default)]
    entries: Map<String, Value>,
    clock: Option<String>,
    /// The message that is to be read: some of its words.
    look: Option<String>,
    /// Done when this form is open.
    opens: Option<String>,
    /// Done when this message is there.
    shown: Option<Shown>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Shown {
    /// The role whose channel it is, or who reads it in their conversation with the bot, such as `iro1`.
    #[serde(rename = "in")]
    place: String,
    words: Option<String>,
    button: Option<String>,
}

/// The stories there are.
///
/// # Errors
/// A file that cannot be read as a story.
pub(super) fn files() -> Result<Vec<File>, String> {
    let read = |(id, text): (&'static str, &str)| {
        let file: File =
            toml::from_str(text).map_err(|fault| format!("stories/{id}.toml: {fault}"))?;
        Ok(File { id, ..file })
    };
    FILES.into_iter().map(read).collect()
}

/// The protocols that the stories need beside the sample council's own.
///
/// # Errors
/// A story of a protocol that is not at hand.
pub(super) fn beside<'l>(
    library: &'l Library,
    own: &Protocol,
    files: &[File],
) -> Result<Vec<&'l Protocol>, String> {
    let mut found: Vec<&Protocol> = Vec::new();
    for File { id, protocol, .. } in files {
        let known = found.iter().any(|known| known.id == *protocol);
        if *protocol == own.id || known {
            continue;
        }
        let held = library.get(protocol);
        let held =
            held.ok_or_else(|| format!("stories/{id}.toml: there is no protocol {protocol}"))?;
        found.push(&held.protocol);
    }
    Ok(found)
}

/// The stories, told with the sample council's people.
///
/// # Errors
/// A story of somebody or something that the council has not.
pub(super) fn told(files: &[File], sample: &Sample) -> Result<Vec<Told>, String> {
    let one = |file: &File| {
        file.told(sample)
            .map_err(|fault| format!("stories/{}.toml: {fault}", file.id))
    };
    files.iter().map(one).collect()
}

impl File {
    fn told(&self, sample: &Sample) -> Result<Told, String> {
        let team = sample
            .teams
            .iter()
            .find(|team| team.protocol == self.protocol);
        let team = team.ok_or_else(|| format!("no team is under {}", self.protocol))?;
        let scene = Scene { sample, team };
        let steps = self.step.iter().enumerate().map(|(at, entry)| {
            let step = scene.step(entry);
            step.map_err(|fault| format!("step {}: {fault}", at + 1))
        });
        let begins = NaiveDateTime::parse_from_str(&self.begins, "%Y-%m-%d %H:%M")
            .map_err(|fault| format!("begins: {fault}"))?
            .and_local_timezone(chrono_tz::Europe::London)
            .earliest()
            .ok_or("begins: the clocks change then")?;
        Ok(Told {
            story: Story {
                id: self.id.to_owned(),
                title: self.title.clone(),
                blurb: self.blurb.clone(),
                steps: steps.collect::<Result<_, _>>()?,
            },
            begins: begins.to_utc(),
        })
    }
}

/// The team in which a story is told.
struct Scene<'a> {
    sample: &'a Sample,
    team: &'a Team,
}

impl Scene<'_> {
    fn step(&self, entry: &Entry) -> Result<Step, String> {
        let who = entry.who.as_deref().map(|who| self.person(who));
        let place = entry.place.as_deref().map(|place| self.place(place));
        let aim = self.aim(entry)?;
        let done_when = match (&entry.opens, &entry.shown, &aim) {
            (Some(view), None, _) => Condition::ViewOpen(view.clone()),
            (None, Some(shown), _) => Condition::Message {
                channel: Some(self.shelf(&shown.place)?),
                text: shown.words.clone(),
                action: shown.button.clone(),
            },
            (None, None, Aim::Read | Aim::Look(_)) => Condition::Next,
            (None, None, Aim::Fill(view, _)) => Condition::ViewSent(view.clone()),
            (None, None, Aim::Clock(step)) => Condition::ClockMoved(Some(step.clone())),
            _ => return Err("say in `opens` or in `shown` when it is done, in one of them".into()),
        };
        Ok(Step {
            text: entry.text.clone(),
            act_as: who.transpose()?,
            channel: place.transpose()?,
            aim,
            done_when,
        })
    }

    fn aim(&self, entry: &Entry) -> Result<Aim, String> {
        let Entry {
            words,
            press,
            fill,
            clock,
            look,
            ..
        } = entry;
        let aims = [words, press, fill, clock, look];
        if aims.into_iter().flatten().count() > 1 {
            return Err(
                "a step points at one thing: `type`, `press`, `fill`, `clock` or `look`".into(),
            );
        }
        let entries = || -> Result<_, String> {
            let one = |(block, value): (&String, &Value)| Ok((block.clone(), self.filled(value)?));
            entry.entries.iter().map(one).collect()
        };
        Ok(match (words, press, fill, clock, look) {
            (Some(text), ..) => Aim::Compose(text.clone()),
            (_, Some(action), ..) => Aim::Press(action.clone()),
            (_, _, Some(view), ..) => Aim::Fill(view.clone(), entries()?),
            (.., Some(step), _) => Aim::Clock(step.clone()),
            (.., Some(words)) => Aim::Look(words.clone()),
            _ => Aim::Read,
        })
    }

    /// A value with the council's own ids in it.
    fn filled(&self, value: &Value) -> Result<Value, String> {
        Ok(match value {
            Value::String(text) => {
                let hole = text
                    .strip_prefix('{')
                    .and_then(|rest| rest.strip_suffix('}'));
                match hole {
                    Some("team") => Value::from(self.team.id),
                    Some(who) => Value::from(self.person(who)?),
                    None => value.clone(),
                }
            }
            Value::Array(values) => {
                Value::Array((values.iter().map(|one| self.filled(one))).collect::<Result<_, _>>()?)
            }
            _ => value.clone(),
        })
    }

    fn person(&self, of: &str) -> Result<String, String> {
        let found = self.sample.person(self.team.id, of);
        found.map_or_else(|| Err(format!("nobody is {of}")), |id| Ok(id.to_owned()))
    }

    /// Where a message is to stand.
    fn shelf(&self, of: &str) -> Result<String, String> {
        match self.sample.channel_of(self.team.id, of) {
            Some(id) => Ok(id.to_owned()),
            None => self.person(of),
        }
    }

    fn place(&self, of: &str) -> Result<String, String> {
        if matches!(of, "dm" | "home") {
            return Ok(of.to_owned());
        }
        let found = self.sample.channel_of(self.team.id, of);
        found.map_or_else(
            || Err(format!("{of} has no channel")),
            |id| Ok(id.to_owned()),
        )
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test ends where something is missing")]

    use super::*;
    use crate::demo::sample;

    #[test]
    fn every_story_can_be_told_in_every_sample_council_by_people_who_have_names() {
        let library = Library::load(&[]).unwrap();
        let files = files().unwrap();
        for held in library.iter() {
            let beside = beside(&library, &held.protocol, &files).unwrap();
            let sample = sample::council_with(&held.protocol, &beside);
            let told = told(&files, &sample).unwrap();
            assert_eq!(told.len(), files.len());
            for person in &sample.people {
                assert!(!person.name.starts_with("Person "), "{}", person.title);
            }
        }
    }

    /// A visitor may be quicker than the message that they are to answer, and would be shown the button of an older one.
    #[test]
    fn what_is_to_be_pressed_is_there_before_a_story_asks_for_it() {
        let library = Library::load(&[]).unwrap();
        let files = files().unwrap();
        let own = library.get(&files[0].protocol).unwrap();
        let beside = beside(&library, &own.protocol, &files).unwrap();
        let sample = sample::council_with(&own.protocol, &beside);
        let mut asked = 0;
        for Told { story, .. } in told(&files, &sample).unwrap() {
            for pair in story.steps.windows(2) {
                let Aim::Press(button) = &pair[1].aim else {
                    continue;
                };
                let there = match &pair[0].done_when {
                    // What was read stood there already; a clock stands still until everything is delivered.
                    Condition::Next | Condition::ClockMoved(_) => true,
                    Condition::Message { action, .. } => action.as_ref() == Some(button),
                    _ => false,
                };
                assert!(there, "{}: {}", story.id, pair[1].text);
                asked += 1;
            }
        }
        assert!(asked >= 6, "{asked}");
    }
}
