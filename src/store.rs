//! Where everything is kept: the record of each concern, its deadlines and the messages still to be sent.
//!
//! All SQL of the program is in this module's files, one a table or two. A unit of work is a [`Tx`]: take one with
//! [`Store::begin`], do the work, [`Tx::commit`]; a `Tx` that is dropped, for whatever reason, is rolled back, so a cancelled
//! request leaves nothing behind. [`Store::read`] gives one that sees a single moment and cannot write.
//!
//! SQLite is the first dialect. The SQL is written for a second one: `$1` for parameters, BIGINT milliseconds UTC, no
//! booleans; what differs is behind `Link` and the macro `run!`.

pub mod audit;
pub mod backup;
pub mod concerns;
pub mod covers;
pub mod deadlines;
mod error;
pub mod events;
pub mod homes;
pub mod once;
mod open;
pub mod outbox;
pub mod protocols;
pub mod records;
mod rows;
#[cfg(test)]
mod tests;
pub mod tidy;

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use sqlx::sqlite::SqlitePool;
use sqlx::{Sqlite, Transaction};

pub use self::error::StoreError;
use crate::ids::Subject;
use crate::seal::Key;

/// An open store. Cloning shares it.
#[derive(Clone, Debug)]
pub struct Store {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    /// One connection: SQLite has one writer, and waiting for it here is fair where its own lock is not.
    writer: SqlitePool,
    readers: SqlitePool,
    file: StoreFile,
    key: Arc<Key>,
}

/// The file that was opened, to notice when it has gone or another was put in its place.
#[derive(Debug)]
struct StoreFile {
    path: PathBuf,
    identity: Option<(u64, u64)>,
}

/// A unit of work: everything done through it is kept together at [`Tx::commit`], or not at all.
#[derive(Debug)]
pub struct Tx {
    link: Link,
    key: Arc<Key>,
    /// The last entry of each concern touched in this unit of work: nobody else can write meanwhile.
    heads: HashMap<Subject, events::Head>,
    /// The database may have ended the transaction by itself: nothing more may be done with it.
    over: bool,
}

/// The database a unit of work runs on.
#[derive(Debug)]
enum Link {
    Sqlite(Transaction<'static, Sqlite>),
}

/// Runs a query on the database a [`Tx`] is on: `run!(tx, conn => sqlx::query(SQL).bind(x).execute(conn))`.
macro_rules! run {
    ($tx:expr, $conn:ident => $query:expr) => {{
        $tx.check_not_over()?;
        let outcome = match &mut $tx.link {
            $crate::store::Link::Sqlite(link) => {
                let $conn = &mut **link;
                $query.await
            }
        };
        outcome.map_err(|error| $tx.failed(error))
    }};
}

/// Names the statements of a file, and lists them for the test that prepares every one.
macro_rules! statements {
    ($($(#[$about:meta])* $name:ident = $sql:expr;)*) => {
        $($(#[$about])* const $name: &str = $sql;)*
        #[cfg(test)]
        pub(super) const STATEMENTS: &[(&str, &str)] = &[$((stringify!($name), $name)),*];
    };
}

use {run, statements};

statements! {
    SAVEPOINT = "SAVEPOINT attempt";
    RELEASE = "RELEASE attempt";
    ROLLBACK_TO = "ROLLBACK TO attempt";
}

impl Store {
    /// Begins a unit of work that writes. Waits its turn; [`StoreError::Busy`] after at most 2 s, inside Slack's 3.
    pub async fn begin(&self) -> Result<Tx, StoreError> {
        self.shared.file.check()?;
        let link = self.shared.writer.begin_with("BEGIN IMMEDIATE").await?;
        Ok(self.tx(link))
    }

    /// Begins a unit of work that only reads, all of it as of one moment, without waiting for writers. Drop it when done.
    pub async fn read(&self) -> Result<Tx, StoreError> {
        self.shared.file.check()?;
        let link = self.shared.readers.begin().await?;
        Ok(self.tx(link))
    }

    /// Finishes what is being written and closes the file. For an orderly stop; a killed process loses nothing either.
    pub async fn close(&self) {
        self.shared.readers.close().await;
        self.shared.writer.close().await;
    }

    fn tx(&self, link: Transaction<'static, Sqlite>) -> Tx {
        Tx {
            link: Link::Sqlite(link),
            key: Arc::clone(&self.shared.key),
            heads: HashMap::new(),
            over: false,
        }
    }
}

impl Tx {
    /// Keeps everything done in this unit of work, durably: when this returns, a power cut does not lose it.
    pub async fn commit(self) -> Result<(), StoreError> {
        self.check_not_over()?;
        match self.link {
            Link::Sqlite(link) => link.commit().await?,
        }
        Ok(())
    }

    /// Undoes everything. Dropping does the same; this waits until it is done.
    pub async fn rollback(self) -> Result<(), StoreError> {
        match self.link {
            Link::Sqlite(link) => link.rollback().await?,
        }
        Ok(())
    }

    /// Marks a place to come back to, so that one failing piece of a batch does not take the others with it. End it with
    /// [`Tx::release`] or [`Tx::rollback_to`].
    pub async fn savepoint(&mut self) -> Result<(), StoreError> {
        run!(self, conn => sqlx::query(SAVEPOINT).execute(conn)).map(drop)
    }

    /// Keeps what was done since [`Tx::savepoint`], as part of the whole.
    pub async fn release(&mut self) -> Result<(), StoreError> {
        run!(self, conn => sqlx::query(RELEASE).execute(conn)).map(drop)
    }

    /// Undoes what was done since [`Tx::savepoint`]. Fails when the whole unit of work is lost (a full disk).
    pub async fn rollback_to(&mut self) -> Result<(), StoreError> {
        self.heads.clear();
        run!(self, conn => sqlx::query(ROLLBACK_TO).execute(conn))?;
        self.release().await
    }

    fn check_not_over(&self) -> Result<(), StoreError> {
        if self.over {
            return Err(StoreError::Refused(
                "this unit of work failed earlier and must be begun again".to_owned(),
            ));
        }
        Ok(())
    }

    fn failed(&mut self, error: sqlx::Error) -> StoreError {
        let error = StoreError::from(error);
        self.over |= error.ends_transaction();
        error
    }
}

/// Milliseconds UTC, as stored.
fn millis(at: DateTime<Utc>) -> i64 {
    at.timestamp_millis()
}

/// The moment a stored number of milliseconds stands for.
fn moment(millis: i64) -> Result<DateTime<Utc>, StoreError> {
    DateTime::from_timestamp_millis(millis)
        .ok_or_else(|| StoreError::Corrupt("a time out of range".to_owned()))
}
