//! The council's file (`lodestar.toml`) and the environment, each read once at start.
//!
//! Nothing here is half read: a file with a fault in it gives no [`Config`], and every fault it has, each at its line and
//! column with the mend. The people of the file ([`DirectorySpec`]) are read here and understood in
//! [`directory`](crate::directory), which knows the protocols.

mod council;
mod environment;
mod fault;
mod people;
mod reader;

use std::path::{Path, PathBuf};

use chrono::{NaiveDate, NaiveTime};
use chrono_tz::Tz;

pub use council::{CaseRefPattern, CouncilError};
pub use environment::{Environment, LogFormat, Proxies};
pub use fault::{Fault, Place, Placed, Warning, nearest};
pub use people::{DirectorySpec, HoldersSpec, RaisersSpec, TeamSpec};

use reader::Reader;

/// A council's file is a page or two; anything larger is not one.
pub const LARGEST_FILE: u64 = 1024 * 1024;

/// What `lodestar.toml` says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Config {
    /// `[council]`.
    pub council: Council,
    /// `[privacy]`.
    pub privacy: Privacy,
    /// `[hours]`.
    pub hours: Hours,
    /// `[slack]`.
    pub slack: SlackOptions,
    /// `[council] messages`: the folder whose files replace built-in message templates of the same name.
    pub messages_dir: Option<PathBuf>,
    /// `[raisers]`, `[roles]` and `[[team]]`: the only part that is read again while the program runs.
    pub directory: DirectorySpec,
}

/// `[council]`: who the council is and how it counts time. Paths are relative to the file's own folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Council {
    /// Its name, shown to people.
    pub name: String,
    /// Council time; `Europe/London` unless the file says otherwise.
    pub timezone: Tz,
    /// When a working day ends, council time; 17:00 unless the file says otherwise.
    pub close_of_business: NaiveTime,
    /// Days the council is closed: not counted as working days. In order, each once.
    pub closure_days: Vec<NaiveDate>,
    /// What a case reference looks like.
    pub case_ref_pattern: CaseRefPattern,
    /// The case system's name in case-note wording; the protocol's own where the file names none.
    pub case_system: Option<String>,
    /// The council's own protocol files, beside the built-in ones.
    pub protocols: Vec<PathBuf>,
    /// Bank holidays kept by `lodestar bank-holidays update`, merged over the built-in ones.
    pub bank_holidays: Option<PathBuf>,
}

/// `[privacy]`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Privacy {
    /// Whether the text of a concern is written into channel messages.
    pub card_text: CardText,
}

/// Where the text of a concern is shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum CardText {
    /// Only to the person who asks for it, in a modal of their own.
    #[default]
    OnRequest,
    /// In the card, for everybody in the channel.
    InCard,
}

/// `[hours]`, council time: reminders, warnings and digests keep to these; cards and escalations do not wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hours {
    /// When the working day opens: reminders wait for it.
    pub opens: NaiveTime,
    /// When each team's digest goes out.
    pub digest: NaiveTime,
    /// When the raiser is warned, on the working day before an automatic escalation.
    pub warning: NaiveTime,
}

/// `[slack]`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SlackOptions {
    /// Whether a message in doubt is looked for in its channel before it is sent again, which needs the history scopes.
    pub confirm_deliveries: bool,
}

impl Config {
    /// Reads and checks the council's file.
    ///
    /// # Errors
    /// Every fault found, in the file's order; never an empty list.
    pub fn read(path: &Path) -> Result<(Self, Vec<Warning>), Vec<Fault>> {
        let file = path.display().to_string();
        let folder = path.parent().unwrap_or_else(|| Path::new(""));
        let text = read_text(path).map_err(|what| vec![Fault::new(Place::file(&file), what)])?;
        Self::parse(&text, &file, folder)
    }

    /// Checks the text of a council's file. `file` names it in errors; the paths it holds are taken from `folder`.
    ///
    /// # Errors
    /// Every fault found, in the file's order; never an empty list.
    pub fn parse(
        text: &str,
        file: &str,
        folder: &Path,
    ) -> Result<(Self, Vec<Warning>), Vec<Fault>> {
        let mut reader = Reader::new(text, file);
        let (document, errors) = toml::de::DeTable::parse_recoverable(text);
        for error in &errors {
            let what = format!("{}.", reader::sentence(error.message()));
            reader.fault(error.span().unwrap_or_default(), what);
        }
        if !errors.is_empty() {
            return Err(reader.into_faults());
        }
        let config = council::read(&document, &mut reader, folder);
        reader.finish(config)
    }

    /// The sections, beside the people, in which `other` differs: what only a restart can change.
    #[must_use]
    pub fn differing_sections(&self, other: &Self) -> Vec<&'static str> {
        [
            (
                "[council]",
                self.council != other.council || self.messages_dir != other.messages_dir,
            ),
            ("[privacy]", self.privacy != other.privacy),
            ("[hours]", self.hours != other.hours),
            ("[slack]", self.slack != other.slack),
        ]
        .into_iter()
        .filter_map(|(name, differs)| differs.then_some(name))
        .collect()
    }
}

/// The text of a file that is no larger than a council's file may be; else one sentence with the mend.
fn read_text(path: &Path) -> Result<String, String> {
    let unreadable = |error: std::io::Error| {
        match error.kind() {
        std::io::ErrorKind::NotFound => {
            "There is no such file. Copy examples/lodestar.toml and fill it in, or name yours in LODESTAR_CONFIG.".to_owned()
        }
        _ => format!("The file cannot be read: {error}."),
    }
    };
    let size = std::fs::metadata(path).map_err(unreadable)?.len();
    if size > LARGEST_FILE {
        return Err(format!(
            "The file has {size} bytes, and a council's file at most {LARGEST_FILE}: is it the right one?"
        ));
    }
    let bytes = std::fs::read(path).map_err(unreadable)?;
    String::from_utf8(bytes).map_err(|_| "The file is not UTF-8 text: save it as UTF-8.".to_owned())
}

#[cfg(test)]
mod shipped;
#[cfg(test)]
mod tests;
