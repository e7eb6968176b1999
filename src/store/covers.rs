//! The record of who covers for whom: entries are added, never changed, each with the hash of the one before.

use chrono::{DateTime, Utc};
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use super::audit::Fault;
use super::{StoreError, Tx, millis, moment, run, statements};

statements! {
    HEAD = "SELECT seq, hash FROM covers WHERE seq > 0 ORDER BY seq DESC LIMIT 1";
    ADD = "INSERT INTO covers (seq, at, actor, kind, body, prev_hash, hash) VALUES ($1, $2, $3, $4, $5, $6, $7)";
    COUNT = "UPDATE counters SET value = $1 WHERE name = 'cover'";
    COUNTED = "SELECT value FROM counters WHERE name = 'cover'";
    ALL = "SELECT seq, at, actor, kind, body, prev_hash, hash FROM covers WHERE seq > 0 ORDER BY seq";
}

/// An entry as it was recorded.
#[derive(Debug, Clone, PartialEq)]
pub struct CoverEntry {
    /// Its place, from 1.
    pub seq: i64,
    /// When, UTC.
    pub at: DateTime<Utc>,
    /// Who did it: a Slack user id, or `lodestar`.
    pub actor: String,
    /// What happened.
    pub body: Value,
}

impl Tx {
    /// Adds an entry. Gives its number.
    pub async fn add_cover_entry(
        &mut self,
        kind: &str,
        body: &Value,
        actor: &str,
        at: DateTime<Utc>,
    ) -> Result<i64, StoreError> {
        let (last, prev_hash) = self.covers_head().await?;
        let mut row = Row {
            seq: last + 1,
            at: millis(at),
            actor: actor.to_owned(),
            kind: kind.to_owned(),
            body: body.to_string(),
            prev_hash,
            hash: String::new(),
        };
        row.hash = row.own_hash();
        run!(self, conn => sqlx::query(ADD)
            .bind(row.seq)
            .bind(row.at)
            .bind(&row.actor)
            .bind(&row.kind)
            .bind(&row.body)
            .bind(&row.prev_hash)
            .bind(&row.hash)
            .execute(conn))?;
        run!(self, conn => sqlx::query(COUNT).bind(row.seq).execute(conn))?;
        Ok(row.seq)
    }

    /// Every entry, in order.
    pub async fn cover_entries(&mut self) -> Result<Vec<CoverEntry>, StoreError> {
        let rows = self.cover_rows().await?;
        rows.into_iter().map(Row::read).collect()
    }

    /// The last entry's number and hash; 0 and nothing before the first.
    pub(super) async fn covers_head(&mut self) -> Result<(i64, String), StoreError> {
        let head: Option<(i64, String)> =
            run!(self, conn => sqlx::query_as(HEAD).fetch_optional(conn))?;
        Ok(head.unwrap_or_default())
    }

    /// Every entry as it lies in the table.
    pub(super) async fn cover_rows(&mut self) -> Result<Vec<Row>, StoreError> {
        run!(self, conn => sqlx::query_as(ALL).fetch_all(conn))
    }

    /// Checks every entry against the one before it, and that none of the last is gone. Gives their hashes in order, or the number
    /// of the first that is not as it was recorded.
    pub(super) async fn check_covers(
        &mut self,
    ) -> Result<Result<Vec<String>, (i64, Fault)>, StoreError> {
        let counted: Option<i64> =
            run!(self, conn => sqlx::query_scalar(COUNTED).fetch_optional(conn))?;
        let mut hashes = Vec::new();
        for (seq, row) in (1..).zip(self.cover_rows().await?) {
            let prev_hash = hashes.last().map_or("", String::as_str);
            let fault = if row.seq != seq {
                Some(Fault::Missing)
            } else if row.hash != row.own_hash() {
                Some(Fault::Changed)
            } else if row.prev_hash != prev_hash {
                Some(Fault::DoesNotFollow)
            } else {
                None
            };
            if let Some(fault) = fault {
                return Ok(Err((seq, fault)));
            }
            hashes.push(row.hash);
        }
        let last = i64::try_from(hashes.len()).unwrap_or(i64::MAX);
        if counted.is_some_and(|counted| last < counted) {
            return Ok(Err((last + 1, Fault::Missing)));
        }
        Ok(Ok(hashes))
    }
}

#[derive(sqlx::FromRow)]
pub(super) struct Row {
    pub(super) seq: i64,
    pub(super) at: i64,
    pub(super) actor: String,
    pub(super) kind: String,
    pub(super) body: String,
    pub(super) prev_hash: String,
    pub(super) hash: String,
}

impl Row {
    fn read(self) -> Result<CoverEntry, StoreError> {
        Ok(CoverEntry {
            seq: self.seq,
            at: moment(self.at)?,
            actor: self.actor,
            body: serde_json::from_str(&self.body)
                .map_err(|_| StoreError::Corrupt("a cover does not parse".to_owned()))?,
        })
    }

    /// SHA-256 over everything in the entry, each part led by its length, so that no two entries read the same.
    fn own_hash(&self) -> String {
        let mut hasher = Sha256::new();
        let parts: [&[u8]; 7] = [
            b"lodestar cover 1",
            &self.seq.to_be_bytes(),
            &self.at.to_be_bytes(),
            self.actor.as_bytes(),
            self.kind.as_bytes(),
            self.body.as_bytes(),
            self.prev_hash.as_bytes(),
        ];
        for part in parts {
            hasher.update((part.len() as u64).to_be_bytes());
            hasher.update(part);
        }
        hex::encode(hasher.finalize())
    }
}
