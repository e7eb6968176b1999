//! What can go wrong with the store, sorted by what there is to do about it.

use crate::ids::Subject;
use crate::seal::SealError;

/// A store that did not do what was asked. Holds no concern text.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Another process or a long piece of work holds the database. Passes by itself.
    #[error("the store is busy: try again in a moment")]
    Busy,
    /// The disk, or the quota on it, is full.
    #[error("the disk of the store is full: make room, and it goes on by itself")]
    Full,
    /// The file cannot be reached, read or written.
    #[error("the store cannot be reached: {0}")]
    Gone(String),
    /// What is stored is not what was written.
    #[error("the store is damaged ({0}): run lodestar audit verify, and restore a backup")]
    Corrupt(String),
    /// Somebody else wrote to this concern first. Load it again and decide again.
    #[error("{subject} has moved on: expected entry {expected}, it is at {found}")]
    Conflict {
        /// Which.
        subject: Subject,
        /// The last entry the caller knew of.
        expected: i64,
        /// The last entry there is.
        found: i64,
    },
    /// The concern's key has been erased, and with it its text; no text can be added to it.
    #[error("the text of {0} has been erased")]
    Erased(Subject),
    /// The configuration or the key file is wrong; the sentence says the mend.
    #[error("{0}")]
    Config(String),
    /// The database refused a statement: a fault in this program, or a trigger that guards the record.
    #[error("the store refused a statement: {0}")]
    Refused(String),
}

impl StoreError {
    /// Whether the same thing may well succeed if tried again, without anybody mending anything.
    #[must_use]
    pub fn passes_by_itself(&self) -> bool {
        matches!(self, Self::Busy | Self::Conflict { .. })
    }

    /// A short code without any content, for a metric's label or a row's `last_error`.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Busy => "store_busy",
            Self::Full => "store_full",
            Self::Gone(_) => "store_gone",
            Self::Corrupt(_) => "store_corrupt",
            Self::Conflict { .. } => "conflict",
            Self::Erased(_) => "erased",
            Self::Config(_) => "config",
            Self::Refused(_) => "store_refused",
        }
    }

    /// Whether the database may have ended the transaction on its own account.
    pub(super) fn ends_transaction(&self) -> bool {
        matches!(
            self,
            Self::Busy | Self::Full | Self::Gone(_) | Self::Corrupt(_)
        )
    }
}

/// SQLite's primary result codes, <https://www.sqlite.org/rescode.html>.
mod code {
    pub(super) const BUSY: i32 = 5;
    pub(super) const LOCKED: i32 = 6;
    pub(super) const READONLY: i32 = 8;
    pub(super) const IOERR: i32 = 10;
    pub(super) const CORRUPT: i32 = 11;
    pub(super) const FULL: i32 = 13;
    pub(super) const CANTOPEN: i32 = 14;
    pub(super) const AUTH: i32 = 23;
    pub(super) const NOTADB: i32 = 26;
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        match &error {
            sqlx::Error::PoolTimedOut => Self::Busy,
            sqlx::Error::Io(_) | sqlx::Error::WorkerCrashed | sqlx::Error::PoolClosed => {
                Self::Gone(error.to_string())
            }
            sqlx::Error::ColumnDecode { .. } | sqlx::Error::Decode(_) => {
                Self::Corrupt(error.to_string())
            }
            sqlx::Error::Database(said) => {
                let extended = said.code().and_then(|code| code.parse::<i32>().ok());
                match extended.map(|extended| extended & 0xff) {
                    Some(code::BUSY | code::LOCKED) => Self::Busy,
                    Some(code::FULL) => Self::Full,
                    Some(code::CORRUPT | code::NOTADB) => Self::Corrupt(said.message().to_owned()),
                    Some(code::IOERR | code::CANTOPEN | code::READONLY | code::AUTH) => {
                        Self::Gone(said.message().to_owned())
                    }
                    _ => Self::Refused(said.message().to_owned()),
                }
            }
            _ => Self::Refused(error.to_string()),
        }
    }
}

impl From<SealError> for StoreError {
    fn from(error: SealError) -> Self {
        match error {
            SealError::DoesNotOpen => Self::Corrupt(error.to_string()),
            _ => Self::Config(error.to_string()),
        }
    }
}
