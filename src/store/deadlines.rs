//! What falls due and when. A deadline is claimed in the unit of work that acts on it: if that is lost, so is the claim, and
//! it falls due again. A key fires once in a concern's life.

use chrono::{DateTime, Utc};

use super::rows::{self, CHUNK};
use super::{StoreError, Tx, millis, moment, run, statements};
use crate::ids::Subject;

statements! {
    CLAIM = "WITH due AS MATERIALIZED \
        (SELECT id FROM deadlines WHERE done_at IS NULL AND next_at < $1 ORDER BY next_at, id LIMIT $2) \
        UPDATE deadlines SET done_at = $1, attempts = attempts + 1 WHERE id IN (SELECT id FROM due) \
        RETURNING id, subject, number, key, kind, due_at, next_at, attempts";
    SET_ASIDE = "UPDATE deadlines SET done_at = NULL, error = $2, next_at = $3 WHERE id = $1";
    CLEAR = "DELETE FROM deadlines WHERE subject = $1 AND number = $2 AND done_at IS NULL";
    OF_SUBJECT = "SELECT id, subject, number, key, kind, due_at, next_at, attempts FROM deadlines \
        WHERE subject = $1 AND number = $2 AND done_at IS NULL ORDER BY due_at, id";
    NEXT_DUE = "SELECT MIN(next_at) FROM deadlines WHERE done_at IS NULL";
    FAILING = "SELECT COUNT(*) FROM deadlines WHERE done_at IS NULL AND error <> ''";
    OVERDUE = "SELECT COUNT(*) FROM deadlines WHERE done_at IS NULL AND next_at < $1";
}

const CLEAR_BUT: &str =
    "DELETE FROM deadlines WHERE subject = $1 AND number = $2 AND done_at IS NULL AND key NOT IN";
const INSERT: &str = "INSERT INTO deadlines (subject, number, key, kind, due_at, next_at) VALUES";
/// A moved deadline starts afresh; one that has fired stays fired; one that has not moved keeps its failures.
const MOVE: &str = "ON CONFLICT (subject, number, key) DO UPDATE SET kind = excluded.kind, due_at = excluded.due_at, \
    next_at = excluded.next_at, attempts = 0, error = '' \
    WHERE deadlines.done_at IS NULL AND (deadlines.due_at <> excluded.due_at OR deadlines.kind <> excluded.kind)";

/// A deadline a concern or a review wants to be told of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WantedDeadline {
    /// What it is, unique in the concern's life: it fires once. A repeat needs a key of its own (`alert/2`).
    pub key: String,
    /// The sort of deadline, for whoever acts on it.
    pub kind: String,
    /// It fires just after this moment, UTC: at 17:00:00.000 an answer is still in time.
    pub due_at: DateTime<Utc>,
}

/// A deadline that waits or has been claimed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DueDeadline {
    /// Its id.
    pub id: i64,
    /// What it is a deadline of.
    pub subject: Subject,
    /// What it is.
    pub key: String,
    /// The sort of deadline.
    pub kind: String,
    /// When it fell or falls due, UTC. Not moved by failures.
    pub due_at: DateTime<Utc>,
    /// How often it has been claimed, this time included.
    pub attempts: i64,
}

impl Tx {
    /// Makes a subject's open deadlines exactly `wanted`: adds, moves and takes away. One that has fired stays fired.
    pub async fn sync_deadlines(
        &mut self,
        subject: impl Into<Subject>,
        wanted: &[WantedDeadline],
    ) -> Result<(), StoreError> {
        let subject = subject.into();
        let (sort, number) = (subject.sort(), subject.number());
        if wanted.is_empty() {
            return run!(self, conn => sqlx::query(CLEAR).bind(sort).bind(number).execute(conn))
                .map(drop);
        }
        run!(self, conn => {
            let mut query = sqlx::query(rows::list(CLEAR_BUT, 2, wanted.len(), "")).bind(sort).bind(number);
            for deadline in wanted {
                query = query.bind(&deadline.key);
            }
            query.execute(conn)
        })?;
        for chunk in wanted.chunks(CHUNK) {
            run!(self, conn => {
                let mut query = sqlx::query(rows::values(INSERT, 6, chunk.len(), MOVE));
                for deadline in chunk {
                    query = query
                        .bind(sort)
                        .bind(number)
                        .bind(&deadline.key)
                        .bind(&deadline.kind)
                        .bind(millis(deadline.due_at))
                        .bind(millis(deadline.due_at));
                }
                query.execute(conn)
            })?;
        }
        Ok(())
    }

    /// Claims at most `limit` deadlines that have passed, the earliest first, and marks them fired. Act on them in this same
    /// unit of work, and [`Tx::set_aside`] those that fail.
    pub async fn claim_due(
        &mut self,
        now: DateTime<Utc>,
        limit: u32,
    ) -> Result<Vec<DueDeadline>, StoreError> {
        let mut rows: Vec<Row> = run!(self, conn => sqlx::query_as(CLAIM)
            .bind(millis(now))
            .bind(i64::from(limit))
            .fetch_all(conn))?;
        rows.sort_by_key(|row| (row.next_at, row.id));
        rows.into_iter().map(Row::read).collect()
    }

    /// Takes a claim back: acting on it failed with the error `code` (no content), and it is tried again after `retry_at`. It
    /// keeps its due moment and holds nothing else up.
    pub async fn set_aside(
        &mut self,
        id: i64,
        code: &str,
        retry_at: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        run!(self, conn => sqlx::query(SET_ASIDE).bind(id).bind(code).bind(millis(retry_at)).execute(conn))
            .map(drop)
    }

    /// The open deadlines of a concern or a review, the earliest first.
    pub async fn due_of(
        &mut self,
        subject: impl Into<Subject>,
    ) -> Result<Vec<DueDeadline>, StoreError> {
        let subject = subject.into();
        let rows: Vec<Row> = run!(self, conn => sqlx::query_as(OF_SUBJECT).bind(subject.sort()).bind(subject.number()).fetch_all(conn))?;
        rows.into_iter().map(Row::read).collect()
    }

    /// When the next deadline is looked at, UTC. It fires just after.
    pub async fn next_due(&mut self) -> Result<Option<DateTime<Utc>>, StoreError> {
        let next: Option<i64> = run!(self, conn => sqlx::query_scalar(NEXT_DUE).fetch_one(conn))?;
        next.map(moment).transpose()
    }

    /// For the metrics: deadlines that have passed and not fired yet, and those that failed and wait to be tried again.
    pub async fn deadlines_waiting(
        &mut self,
        now: DateTime<Utc>,
    ) -> Result<(i64, i64), StoreError> {
        let overdue =
            run!(self, conn => sqlx::query_scalar(OVERDUE).bind(millis(now)).fetch_one(conn))?;
        let failing = run!(self, conn => sqlx::query_scalar(FAILING).fetch_one(conn))?;
        Ok((overdue, failing))
    }
}

#[derive(sqlx::FromRow)]
struct Row {
    id: i64,
    subject: String,
    number: i64,
    key: String,
    kind: String,
    due_at: i64,
    next_at: i64,
    attempts: i64,
}

impl Row {
    fn read(self) -> Result<DueDeadline, StoreError> {
        Ok(DueDeadline {
            id: self.id,
            subject: Subject::read(&self.subject, self.number)
                .ok_or_else(|| StoreError::Corrupt("a deadline of an unknown sort".to_owned()))?,
            key: self.key,
            kind: self.kind,
            due_at: moment(self.due_at)?,
            attempts: self.attempts,
        })
    }
}
