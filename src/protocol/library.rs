//! The protocols at hand: the five built in, and a council's own files beside or in place of them.

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

use indexmap::IndexMap;
use sha2::{Digest, Sha256};

use super::Protocol;
use super::fault::{Fault, Severity};
use super::read::{LARGEST_FILE, read, read_with_warnings};
use crate::ids::ProtocolId;

/// The built-in files, by name.
const BUILT_IN: [(&str, &str); 5] = [
    (
        "warwickshire.toml",
        include_str!("../../protocols/warwickshire.toml"),
    ),
    (
        "buckinghamshire.toml",
        include_str!("../../protocols/buckinghamshire.toml"),
    ),
    (
        "manchester.toml",
        include_str!("../../protocols/manchester.toml"),
    ),
    (
        "cp-lac-challenge.toml",
        include_str!("../../protocols/cp-lac-challenge.toml"),
    ),
    (
        "fostering-iro.toml",
        include_str!("../../protocols/fostering-iro.toml"),
    ),
];

/// One protocol with the text it was read from, so that a concern can be pinned to it.
#[derive(Clone, Debug)]
pub struct Held {
    /// What it says.
    pub protocol: Arc<Protocol>,
    /// SHA-256 of the source text, in hex: the version a concern is pinned to.
    pub hash: String,
    /// The file's text, as it is.
    pub source_text: Arc<str>,
    /// The file's name.
    pub file: String,
    /// What somebody should look at.
    pub warnings: Vec<Fault>,
}

/// The protocols at hand, by id.
#[derive(Clone, Debug)]
pub struct Library {
    held: IndexMap<ProtocolId, Held>,
}

/// Protocol files that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unusable(pub Vec<Fault>);

impl fmt::Display for Unusable {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (number, fault) in self.0.iter().enumerate() {
            if number > 0 {
                writeln!(out)?;
            }
            write!(out, "{fault}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Unusable {}

impl Library {
    /// The built-in protocols, and a council's own: a file with a built-in protocol's id takes its place.
    ///
    /// # Errors
    /// Every fault of every file, when one cannot be used.
    pub fn load(own_files: &[PathBuf]) -> Result<Self, Unusable> {
        let mut faults = Vec::new();
        let mut held = IndexMap::new();
        for (name, text) in BUILT_IN {
            keep(&mut held, &mut faults, name, text);
        }
        let mut own: IndexMap<ProtocolId, Held> = IndexMap::new();
        for path in own_files {
            let name = path.display().to_string();
            match read_file(path) {
                Ok(text) => keep(&mut own, &mut faults, &name, &text),
                Err(reason) => faults.push(Fault {
                    file: name,
                    line: 1,
                    column: 1,
                    message: reason,
                    severity: Severity::Error,
                }),
            }
        }
        if !faults.is_empty() {
            return Err(Unusable(faults));
        }
        held.extend(own);
        Ok(Self { held })
    }

    /// The protocol of that id.
    #[must_use]
    pub fn get(&self, id: &ProtocolId) -> Option<&Held> {
        self.held.get(id)
    }

    /// All of them: the built-in ones in their order, then a council's own.
    pub fn iter(&self) -> impl Iterator<Item = &Held> {
        self.held.values()
    }

    /// The ids of all of them.
    pub fn ids(&self) -> impl Iterator<Item = &ProtocolId> {
        self.held.keys()
    }
}

fn keep(held: &mut IndexMap<ProtocolId, Held>, faults: &mut Vec<Fault>, name: &str, text: &str) {
    let reading = read_with_warnings(name, text);
    let Some(protocol) = reading.protocol else {
        faults.extend(reading.faults.into_iter().filter(Fault::is_error));
        return;
    };
    if let Some(other) = held.get(&protocol.id) {
        faults.push(Fault {
            file: name.to_owned(),
            line: 1,
            column: 1,
            message: format!(
                "The id `{}` is also that of {}: give one of them another id.",
                protocol.id, other.file
            ),
            severity: Severity::Error,
        });
        return;
    }
    held.insert(
        protocol.id.clone(),
        Held {
            protocol: Arc::new(protocol),
            hash: hash(text),
            source_text: Arc::from(text),
            file: name.to_owned(),
            warnings: reading.faults,
        },
    );
}

/// SHA-256 of a protocol file's text, in hex.
#[must_use]
pub fn hash(text: &str) -> String {
    hex::encode(Sha256::digest(text.as_bytes()))
}

/// Reads a version that the store kept, for the concerns pinned to it.
///
/// # Errors
/// What keeps it from being used.
pub fn read_pinned(text: &str) -> Result<Protocol, Unusable> {
    let hash = hash(text);
    let name = format!("kept version {}", hash.get(..12).unwrap_or(&hash));
    read(&name, text).map_err(Unusable)
}

/// A protocol file's text, or why it cannot be read, in one sentence.
///
/// # Errors
/// The reason with the mend: not there, not readable, too large, not text.
pub fn read_file(path: &std::path::Path) -> Result<String, String> {
    let too_large =
        || format!("The file is over {LARGEST_FILE} bytes, too much for a protocol: shorten it.");
    let size = std::fs::metadata(path)
        .map_err(|error| unreadable(&error))?
        .len();
    if size > LARGEST_FILE as u64 {
        return Err(too_large());
    }
    let bytes = std::fs::read(path).map_err(|error| unreadable(&error))?;
    String::from_utf8(bytes).map_err(|error| {
        let good = error.utf8_error().valid_up_to();
        let before = error.as_bytes().get(..good).unwrap_or_default();
        let line = before.split(|byte| *byte == b'\n').count();
        format!("The file is not text in UTF-8, from line {line} on: save it as UTF-8.")
    })
}

fn unreadable(error: &std::io::Error) -> String {
    format!("The file cannot be read ({error}): check its path and that it may be read.")
}
