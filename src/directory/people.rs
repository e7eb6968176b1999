//! The directory in force, which may change while the program runs: the people of the council's file are read again when
//! the file changes, and a bad edit keeps the people there were.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

use arc_swap::ArcSwap;

use super::{Directory, InUse};
use crate::config::{Config, Fault, Place, Warning};
use crate::protocol::Protocol;

/// The directory in force; cheap to share and to ask.
#[derive(Debug)]
pub struct People {
    current: ArcSwap<Directory>,
    file: Option<Watched>,
}

/// What came of reading the people again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reload {
    /// The file's people are in force.
    Reloaded {
        /// Whether anybody or any channel is another than before.
        changed: bool,
        /// What an operator should know, among it a change that only a restart brings.
        warnings: Vec<Warning>,
    },
    /// The file has faults: the people there were stay in force.
    Kept {
        /// Every fault, with its place and mend.
        faults: Vec<Fault>,
    },
}

/// The council's file, as it was when it was last read.
#[derive(Debug)]
struct Watched {
    path: PathBuf,
    /// What the rest of the file said at start: it stays in force until a restart.
    at_start: Config,
    seen: Mutex<Seen>,
}

#[derive(Debug)]
struct Seen {
    /// The stamp of what was last read.
    read: Stamp,
    /// A newer stamp, seen once: an editor may still be writing.
    settling: Option<Stamp>,
}

/// What tells one state of a file from another; nothing at all while there is no such file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Stamp {
    modified: Option<SystemTime>,
    length: Option<u64>,
}

impl People {
    /// The people of a file that is watched from now on. `config` is what was read from it, `directory` what was built of it.
    #[must_use]
    pub fn of_file(path: &Path, config: Config, directory: Directory) -> Self {
        Self {
            current: ArcSwap::from_pointee(directory),
            file: Some(Watched {
                path: path.to_owned(),
                at_start: config,
                seen: Mutex::new(Seen {
                    read: stamp(path),
                    settling: None,
                }),
            }),
        }
    }

    /// People of no file, for the demo: they never change.
    #[must_use]
    pub fn fixed(directory: Directory) -> Self {
        Self {
            current: ArcSwap::from_pointee(directory),
            file: None,
        }
    }

    /// The directory in force at this moment. Take it once for one decision, so that the decision is of one piece.
    #[must_use]
    pub fn now(&self) -> Arc<Directory> {
        self.current.load_full()
    }

    /// Whether the file has changed since it was last read, and has stopped changing: ask about once a second.
    ///
    /// A change is reported at the second look that finds it the same, so that a file half written by an editor is not read.
    /// It is reported once, whatever reading it brings.
    #[must_use]
    pub fn changed_on_disk(&self) -> bool {
        let Some(file) = &self.file else { return false };
        let found = stamp(&file.path);
        let mut seen = file.seen.lock().unwrap_or_else(PoisonError::into_inner);
        if found == seen.read {
            seen.settling = None;
            return false;
        }
        if seen.settling.replace(found) == Some(found) {
            seen.read = found;
            seen.settling = None;
            return true;
        }
        false
    }

    /// Reads the people again and puts them in force. Blocks on the file; one at a time.
    ///
    /// `library` and `in_use` as for [`Directory::build`]: the versions that have open concerns now.
    pub fn reload(&self, library: &[&Protocol], in_use: &[InUse<'_>]) -> Reload {
        let Some(file) = &self.file else {
            return Reload::Reloaded {
                changed: false,
                warnings: Vec::new(),
            };
        };
        let mut seen = file.seen.lock().unwrap_or_else(PoisonError::into_inner);
        seen.read = stamp(&file.path);
        seen.settling = None;
        let read = Config::read(&file.path).and_then(|(config, mut warnings)| {
            let (directory, found) = Directory::build(&config.directory, library, in_use)?;
            warnings.extend(found);
            Ok((config, directory, warnings))
        });
        match read {
            Ok((config, directory, mut warnings)) => {
                warnings.extend(file.waits_for_a_restart(&config));
                let changed = *self.current.load_full() != directory;
                if changed {
                    self.current.store(Arc::new(directory));
                }
                Reload::Reloaded { changed, warnings }
            }
            Err(faults) => Reload::Kept { faults },
        }
    }
}

impl Watched {
    /// Sections whose change is not taken up while the program runs.
    fn waits_for_a_restart(&self, config: &Config) -> Option<Warning> {
        let sections = self.at_start.differing_sections(config);
        (!sections.is_empty()).then(|| {
            let what = format!(
                "The people were read again, but {} changed too: restart lodestar for that to take effect.",
                sections.join(" and ")
            );
            Warning::new(Place::file(&self.path.display().to_string()), what)
        })
    }
}

fn stamp(path: &Path) -> Stamp {
    std::fs::metadata(path).map_or_else(
        |_| Stamp::default(),
        |found| Stamp {
            modified: found.modified().ok(),
            length: Some(found.len()),
        },
    )
}
