//! The record of concerns, and of what is kept as they are: entries are added, never changed. Each holds the hash of the one before, over the sealed texts, so that the
//! record still verifies once the texts' key has been erased.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use super::rows::{self, CHUNK};
use super::{StoreError, Tx, millis, moment, run, statements};
use crate::ids::Subject;
use crate::seal::Key;

statements! {
    HEAD = "SELECT seq, hash FROM events WHERE subject = $1 AND number = $2 ORDER BY seq DESC LIMIT 1";
    LOAD = "SELECT seq, at, actor, kind, body, sealed FROM events WHERE subject = $1 AND number = $2 AND seq > $3 ORDER BY seq";
    SEALED = "SELECT seq, sealed FROM events WHERE subject = $1 AND number = $2 AND sealed <> '{}' AND ($3 = 0 OR seq = $3) ORDER BY seq";
    CHAIN = "SELECT seq, prev_hash, hash FROM events WHERE subject = $1 AND number = $2 ORDER BY seq";
    WRAPPED = "SELECT wrapped FROM text_keys WHERE subject = $1 AND number = $2";
    ADD_KEY = "INSERT INTO text_keys (subject, number, wrapped) VALUES ($1, $2, $3)";
    ERASE = "DELETE FROM text_keys WHERE subject = $1 AND number = $2";
}

const INSERT: &str = "INSERT INTO events (subject, number, seq, at, actor, kind, body, sealed, prev_hash, hash) VALUES";

/// An entry to be added to a concern's record.
#[derive(Clone, PartialEq)]
pub struct NewEvent {
    /// What happened, as a word: `raised`, `lapsed`.
    pub kind: String,
    /// When, UTC; kept to the millisecond.
    pub at: DateTime<Utc>,
    /// Who did it: a Slack user id, or the program's own part.
    pub actor: String,
    /// The facts. No free text: this is stored in the clear.
    pub body: Value,
    /// What people wrote: field and text. Sealed; each field once.
    pub texts: Vec<(String, String)>,
}

impl std::fmt::Debug for NewEvent {
    /// Without the texts: this may end up in a log.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("NewEvent")
            .field("kind", &self.kind)
            .field("at", &self.at)
            .field("actor", &self.actor)
            .finish_non_exhaustive()
    }
}

/// An entry as it was recorded, its texts still sealed.
#[derive(Debug, Clone, PartialEq)]
pub struct StoredEvent {
    /// Its place in the concern's record, from 1.
    pub seq: i64,
    /// When, UTC.
    pub at: DateTime<Utc>,
    /// Who did it.
    pub actor: String,
    /// What happened.
    pub kind: String,
    /// The facts.
    pub body: Value,
    /// The fields of its sealed texts; see [`Tx::texts`].
    pub fields: Vec<String>,
}

/// An entry's place in the chain of its concern.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Chained {
    /// The entry's number.
    pub seq: i64,
    /// The hash of the entry before; empty for the first.
    pub prev_hash: String,
    /// Its own.
    pub hash: String,
}

/// A text as it was written.
#[derive(Clone, PartialEq, Eq)]
pub struct Unsealed {
    /// The entry it belongs to.
    pub seq: i64,
    /// The field it was written in.
    pub field: String,
    /// The words. Not to be logged.
    pub text: String,
}

impl std::fmt::Debug for Unsealed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Unsealed({}, {})", self.seq, self.field)
    }
}

/// The last entry of a concern: its number (0 for none yet) and hash.
#[derive(Debug, Clone, Default)]
pub(super) struct Head {
    pub(super) seq: i64,
    pub(super) hash: String,
}

impl Tx {
    /// Adds entries after the entry `expected` (0 for a new concern) and gives the number of the last one.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when the record does not end at `expected`; [`StoreError::Erased`] when text is to be added
    /// and the concern's key has been erased.
    pub async fn append(
        &mut self,
        subject: impl Into<Subject>,
        expected: i64,
        events: &[NewEvent],
    ) -> Result<i64, StoreError> {
        let subject = subject.into();
        let mut head = self.head(subject).await?;
        if head.seq != expected {
            return Err(StoreError::Conflict {
                subject,
                expected,
                found: head.seq,
            });
        }
        let key = self.key_to_write(subject, expected, events).await?;
        let mut entries = Vec::with_capacity(events.len());
        for event in events {
            let entry = Entry::after(&head, subject, event, key.as_ref())?;
            head = Head {
                seq: entry.seq,
                hash: entry.hash.clone(),
            };
            entries.push(entry);
        }
        for chunk in entries.chunks(CHUNK) {
            self.insert_entries(chunk).await?;
        }
        let last = head.seq;
        self.heads.insert(subject, head);
        Ok(last)
    }

    /// The hashes of a concern's entries, in order: what its export is checked against the record by.
    pub async fn chain(&mut self, subject: impl Into<Subject>) -> Result<Vec<Chained>, StoreError> {
        let subject = subject.into();
        run!(self, conn => sqlx::query_as(CHAIN).bind(subject.sort()).bind(subject.number()).fetch_all(conn))
    }

    /// The entries of a concern after the entry `after` (0 for all), in order, texts sealed.
    pub async fn load(
        &mut self,
        subject: impl Into<Subject>,
        after: i64,
    ) -> Result<Vec<StoredEvent>, StoreError> {
        let subject = subject.into();
        let rows: Vec<EventRow> = run!(self, conn => sqlx::query_as(LOAD).bind(subject.sort()).bind(subject.number()).bind(after).fetch_all(conn))?;
        rows.into_iter().map(EventRow::read).collect()
    }

    /// What people wrote in a concern, in order: in one entry, or in all. `None` when it has been erased.
    pub async fn texts(
        &mut self,
        subject: impl Into<Subject>,
        entry: Option<i64>,
    ) -> Result<Option<Vec<Unsealed>>, StoreError> {
        let subject = subject.into();
        let Some(key) = self.key_of(subject).await? else {
            return Ok(None);
        };
        let rows: Vec<(i64, String)> = run!(self, conn => sqlx::query_as(SEALED)
            .bind(subject.sort())
            .bind(subject.number())
            .bind(entry.unwrap_or(0))
            .fetch_all(conn))?;
        let mut texts = Vec::new();
        for (seq, sealed) in rows {
            for (field, sealed) in read_sealed(&sealed)? {
                let text = key.open_text(&sealed, subject, seq, &field)?;
                texts.push(Unsealed { seq, field, text });
            }
        }
        Ok(Some(texts))
    }

    /// Erases what people wrote in a concern, for good, by deleting its key; the record still verifies. Gives whether there
    /// was a key to erase. After the commit call [`super::Store::settle`], which takes it out of the log beside the file too.
    pub async fn erase(&mut self, subject: impl Into<Subject>) -> Result<bool, StoreError> {
        let subject = subject.into();
        let done = run!(self, conn => sqlx::query(ERASE).bind(subject.sort()).bind(subject.number()).execute(conn))?;
        Ok(done.rows_affected() == 1)
    }

    async fn head(&mut self, subject: Subject) -> Result<Head, StoreError> {
        if let Some(head) = self.heads.get(&subject) {
            return Ok(head.clone());
        }
        let row: Option<(i64, String)> = run!(self, conn => sqlx::query_as(HEAD).bind(subject.sort()).bind(subject.number()).fetch_optional(conn))?;
        Ok(row
            .map(|(seq, hash)| Head { seq, hash })
            .unwrap_or_default())
    }

    /// The key for new texts; made with the concern's first entry. `None` when there is nothing to seal.
    async fn key_to_write(
        &mut self,
        subject: Subject,
        expected: i64,
        events: &[NewEvent],
    ) -> Result<Option<Key>, StoreError> {
        if expected == 0 && !events.is_empty() {
            let key = Key::random()?;
            let wrapped = key.wrap(&self.key, subject)?;
            run!(self, conn => sqlx::query(ADD_KEY).bind(subject.sort()).bind(subject.number()).bind(&wrapped).execute(conn))?;
            return Ok(Some(key));
        }
        if events.iter().all(|event| event.texts.is_empty()) {
            return Ok(None);
        }
        match self.key_of(subject).await? {
            Some(key) => Ok(Some(key)),
            None => Err(StoreError::Erased(subject)),
        }
    }

    async fn key_of(&mut self, subject: Subject) -> Result<Option<Key>, StoreError> {
        let wrapped: Option<String> = run!(self, conn => sqlx::query_scalar(WRAPPED).bind(subject.sort()).bind(subject.number()).fetch_optional(conn))?;
        let outer = Arc::clone(&self.key);
        wrapped
            .map(|wrapped| Key::unwrap_from(&wrapped, &outer, subject).map_err(StoreError::from))
            .transpose()
    }

    async fn insert_entries(&mut self, entries: &[Entry]) -> Result<(), StoreError> {
        run!(self, conn => {
            let mut query = sqlx::query(rows::values(INSERT, 10, entries.len(), ""));
            for entry in entries {
                query = query
                    .bind(&entry.subject)
                    .bind(entry.number)
                    .bind(entry.seq)
                    .bind(entry.at)
                    .bind(&entry.actor)
                    .bind(&entry.kind)
                    .bind(&entry.body)
                    .bind(&entry.sealed)
                    .bind(&entry.prev_hash)
                    .bind(&entry.hash);
            }
            query.execute(conn)
        })
        .map(drop)
    }
}

/// An entry as it lies in the table.
#[derive(Debug, Clone, sqlx::FromRow, serde::Serialize)]
pub(super) struct Entry {
    /// The sort of what it is an entry of.
    pub(super) subject: String,
    pub(super) number: i64,
    pub(super) seq: i64,
    pub(super) at: i64,
    pub(super) actor: String,
    pub(super) kind: String,
    pub(super) body: String,
    pub(super) sealed: String,
    pub(super) prev_hash: String,
    pub(super) hash: String,
}

impl Entry {
    fn after(
        head: &Head,
        subject: Subject,
        event: &NewEvent,
        key: Option<&Key>,
    ) -> Result<Self, StoreError> {
        let seq = head.seq + 1;
        let mut sealed = BTreeMap::new();
        for (field, text) in &event.texts {
            let key = key.ok_or(StoreError::Erased(subject))?;
            let text = key.seal_text(text, subject, seq, field)?;
            if sealed.insert(field.as_str(), text).is_some() {
                return Err(StoreError::Refused(format!(
                    "an entry has two texts for the field {field}"
                )));
            }
        }
        let mut entry = Self {
            subject: subject.sort().to_owned(),
            number: subject.number(),
            seq,
            at: millis(event.at),
            actor: event.actor.clone(),
            kind: event.kind.clone(),
            body: event.body.to_string(),
            sealed: serde_json::to_string(&sealed).map_err(unreadable)?,
            prev_hash: head.hash.clone(),
            hash: String::new(),
        };
        entry.hash = entry.own_hash();
        Ok(entry)
    }

    /// SHA-256 over everything in the entry, each part led by its length, so that no two entries read the same.
    pub(super) fn own_hash(&self) -> String {
        let mut hasher = Sha256::new();
        // The concerns' were the first, and stand without their sort.
        let mark = match self.subject.as_str() {
            "concern" => "lodestar entry 1".to_owned(),
            sort => format!("lodestar {sort} entry 1"),
        };
        let parts: [&[u8]; 9] = [
            mark.as_bytes(),
            &self.number.to_be_bytes(),
            &self.seq.to_be_bytes(),
            &self.at.to_be_bytes(),
            self.actor.as_bytes(),
            self.kind.as_bytes(),
            self.body.as_bytes(),
            self.sealed.as_bytes(),
            self.prev_hash.as_bytes(),
        ];
        for part in parts {
            hasher.update((part.len() as u64).to_be_bytes());
            hasher.update(part);
        }
        hex::encode(hasher.finalize())
    }
}

#[derive(sqlx::FromRow)]
struct EventRow {
    seq: i64,
    at: i64,
    actor: String,
    kind: String,
    body: String,
    sealed: String,
}

impl EventRow {
    fn read(self) -> Result<StoredEvent, StoreError> {
        Ok(StoredEvent {
            seq: self.seq,
            at: moment(self.at)?,
            actor: self.actor,
            kind: self.kind,
            body: serde_json::from_str(&self.body).map_err(unreadable)?,
            fields: if self.sealed == "{}" {
                Vec::new()
            } else {
                read_sealed(&self.sealed)?.into_keys().collect()
            },
        })
    }
}

fn read_sealed(sealed: &str) -> Result<BTreeMap<String, String>, StoreError> {
    serde_json::from_str(sealed).map_err(unreadable)
}

/// Without what the parser quotes: it may be content.
#[expect(
    clippy::needless_pass_by_value,
    reason = "the shape that map_err wants"
)]
fn unreadable(error: serde_json::Error) -> StoreError {
    StoreError::Corrupt(format!(
        "an entry does not parse at column {}",
        error.column()
    ))
}
