//! What is wrong with a protocol file, and where.

use std::collections::HashMap;
use std::fmt;

/// Whether a file with this fault can be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// It cannot.
    Error,
    /// It can, and somebody should look.
    Warning,
}

/// One thing wrong, at its place.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Fault {
    /// The file's name, as it was given.
    pub file: String,
    /// Its line, from 1.
    pub line: usize,
    /// Its column in characters, from 1.
    pub column: usize,
    /// What is wrong and how to mend it, in one sentence.
    pub message: String,
    /// Whether the file can be used all the same.
    pub severity: Severity,
}

impl Fault {
    /// Whether it keeps the file from being used.
    #[must_use]
    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let severity = match self.severity {
            Severity::Error => "",
            Severity::Warning => "warning: ",
        };
        let Self {
            file,
            line,
            column,
            message,
            ..
        } = self;
        write!(out, "{file}:{line}:{column}: {severity}{message}")
    }
}

/// Where each part of a protocol stands in its file, so that a check made on the types can still point.
///
/// A part is named by a path such as `step.2.next` or `roles.team_manager.vacant`; one that the file leaves to its default
/// is where its nearest written parent is.
#[derive(Clone, Debug, Default)]
pub struct Places {
    file: String,
    at: HashMap<String, (usize, usize)>,
    steps: HashMap<(usize, usize), usize>,
}

impl Places {
    /// No place known yet in that file.
    #[must_use]
    pub fn in_file(file: &str) -> Self {
        Self {
            file: file.to_owned(),
            ..Self::default()
        }
    }

    /// Remembers where a part is. The first mention stands.
    pub(super) fn record(&mut self, path: String, line: usize, column: usize) {
        self.at.entry(path).or_insert((line, column));
    }

    /// Says which step block of the file became that step of that route.
    pub(super) fn record_step(&mut self, route: usize, step: usize, block: usize) {
        self.steps.insert((route, step), block);
    }

    /// The path of a step of a route, both counted from 0.
    pub(super) fn step(&self, route: usize, step: usize) -> String {
        match self.steps.get(&(route, step)) {
            Some(block) => format!("step.{block}"),
            None => String::new(),
        }
    }

    /// A fault at a part, or at its nearest parent that the file writes.
    pub(super) fn fault(&self, path: &str, severity: Severity, message: String) -> Fault {
        let (line, column) = self.find(path);
        Fault {
            file: self.file.clone(),
            line,
            column,
            message,
            severity,
        }
    }

    /// Whether the file writes that part itself.
    pub(super) fn knows(&self, path: &str) -> bool {
        self.at.contains_key(path)
    }

    fn find(&self, path: &str) -> (usize, usize) {
        let mut path = path;
        loop {
            if let Some(place) = self.at.get(path) {
                return *place;
            }
            match path.rsplit_once('.') {
                Some((parent, _)) => path = parent,
                None => return (1, 1),
            }
        }
    }
}

/// ", did you mean …?" where one of the known names is near, else nothing.
pub(super) fn did_you_mean<'a>(
    typed: &str,
    known: impl IntoIterator<Item = &'a str>,
) -> Option<&'a str> {
    let typed = typed.to_lowercase();
    known
        .into_iter()
        .map(|name| {
            (
                strsim::damerau_levenshtein(&typed, &name.to_lowercase()),
                name,
            )
        })
        .filter(|(distance, name)| {
            *distance <= name.chars().count().max(typed.chars().count()).div_ceil(3)
                && *distance < name.chars().count()
        })
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, name)| name)
}
