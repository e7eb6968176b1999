//! The record of who covers for whom: entries are added, never changed, each with the hash of the one before.

use chrono::{DateTime, Utc};
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use super::{StoreError, Tx, millis, moment, run, statements};

statements! {
    HEAD = "SELECT seq, hash FROM covers WHERE seq > 0 ORDER BY seq DESC LIMIT 1";
    ADD = "INSERT INTO covers (seq, at, actor, kind, body, prev_hash, hash) VALUES ($1, $2, $3, $4, $5, $6, $7)";
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
        let head: Option<(i64, String)> =
            run!(self, conn => sqlx::query_as(HEAD).fetch_optional(conn))?;
        let (last, prev_hash) = head.unwrap_or_default();
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
        Ok(row.seq)
    }

    /// Every entry, in order.
    pub async fn cover_entries(&mut self) -> Result<Vec<CoverEntry>, StoreError> {
        let rows: Vec<Row> = run!(self, conn => sqlx::query_as(ALL).fetch_all(conn))?;
        rows.into_iter().map(Row::read).collect()
    }

    /// Checks every entry against the one before it. Gives how many there are, or the number of the first that is not as it was
    /// recorded.
    pub async fn verify_covers(&mut self) -> Result<Result<i64, i64>, StoreError> {
        let rows: Vec<Row> = run!(self, conn => sqlx::query_as(ALL).fetch_all(conn))?;
        let (mut seq, mut hash) = (0, String::new());
        for row in rows {
            if row.seq != seq + 1 || row.prev_hash != hash || row.hash != row.own_hash() {
                return Ok(Err(seq + 1));
            }
            (seq, hash) = (row.seq, row.hash);
        }
        Ok(Ok(seq))
    }
}

#[derive(sqlx::FromRow)]
struct Row {
    seq: i64,
    at: i64,
    actor: String,
    kind: String,
    body: String,
    prev_hash: String,
    hash: String,
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
