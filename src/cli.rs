//! The commands, each a struct of arguments and a `run` that writes to what it is given: `main` only parses and dispatches.

pub mod audit;
pub mod backup;
pub mod bank_holidays;
pub mod check;
pub mod concern;
pub mod deadline;
pub mod digest;
pub mod protocol;
pub mod themes;

use std::fmt::Display;
use std::process::ExitCode;

use thiserror::Error;

/// Why a command did not do what was asked; each reads as one plain sentence with the mend.
#[derive(Debug, PartialEq, Eq, Error)]
pub enum Failure {
    /// It ran and the answer is no: exit code 1.
    #[error("{0}")]
    No(String),
    /// Wrong usage or configuration: exit code 2.
    #[error("{0}")]
    Usage(String),
}

impl Failure {
    /// It ran and the answer is no.
    pub fn no(why: impl Display) -> Self {
        Self::No(why.to_string())
    }

    /// Wrong usage or configuration.
    pub fn usage(why: impl Display) -> Self {
        Self::Usage(why.to_string())
    }

    /// Faults of the configuration, one a line.
    #[must_use]
    #[expect(clippy::needless_pass_by_value, reason = "it is what map_err gives")]
    pub fn faults<T: ToString>(faults: Vec<T>) -> Self {
        let lines: Vec<String> = faults.iter().map(ToString::to_string).collect();
        Self::Usage(lines.join("\n"))
    }

    /// The exit code of the contract.
    #[must_use]
    pub fn exit_code(&self) -> ExitCode {
        match self {
            Self::No(_) => ExitCode::from(1),
            Self::Usage(_) => ExitCode::from(2),
        }
    }
}

/// Output that could not be written: a closed pipe, a full disk.
impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Self {
        Self::No(format!("The output could not be written: {error}."))
    }
}
