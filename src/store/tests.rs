//! What the store promises, said as sentences. Each test has a store of its own in a temporary folder.

mod asking;
mod covers;
mod failing;
mod keeping;
mod reviews;
mod sending;
mod waiting;

use std::path::PathBuf;

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::json;
use tempfile::TempDir;

use super::concerns::ConcernRow;
use super::events::NewEvent;
use super::{Link, Store, StoreError, Tx};
use crate::ids::ConcernId;

pub(super) type Outcome = Result<(), Box<dyn std::error::Error>>;

/// A store in a folder that is removed with it.
pub(super) struct Place {
    folder: TempDir,
    pub(super) store: Store,
}

impl Place {
    pub(super) async fn new() -> Result<Self, Box<dyn std::error::Error>> {
        let folder = tempfile::tempdir()?;
        let store = Store::open(&url_in(&folder), &folder.path().join("key")).await?;
        Ok(Self { folder, store })
    }

    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Whether any file of the store, its log included, has these bytes in it.
    pub(super) fn holds(&self, wanted: &[u8]) -> std::io::Result<bool> {
        for file in std::fs::read_dir(self.folder.path())? {
            let held = std::fs::read(file?.path())?;
            if held.windows(wanted.len()).any(|part| part == wanted) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    pub(super) fn url(&self) -> String {
        url_in(&self.folder)
    }

    /// The same store in a new process: nothing of the old one is kept but what lies on the disk.
    pub(super) async fn restarted(self) -> Result<Self, Box<dyn std::error::Error>> {
        self.store.close().await;
        let store = Store::open(&self.url(), &self.path("key")).await?;
        Ok(Self {
            folder: self.folder,
            store,
        })
    }

    /// Does to the file what a person with the database's own tools could do, triggers and all.
    pub(super) async fn tamper(&self, sql: &'static str) -> Outcome {
        let mut tx = self.store.begin().await?;
        raw(&mut tx, "DROP TRIGGER IF EXISTS events_are_not_changed").await?;
        raw(&mut tx, "DROP TRIGGER IF EXISTS events_are_not_removed").await?;
        raw(&mut tx, "DROP TRIGGER IF EXISTS anchors_are_not_changed").await?;
        raw(&mut tx, "DROP TRIGGER IF EXISTS anchors_are_not_removed").await?;
        raw(&mut tx, "DROP TRIGGER IF EXISTS covers_are_not_changed").await?;
        raw(&mut tx, "DROP TRIGGER IF EXISTS covers_are_not_removed").await?;
        assert!(
            raw(&mut tx, sql).await? > 0,
            "the tampering changed nothing"
        );
        tx.commit().await?;
        Ok(())
    }

    /// Raises a concern with one entry that has a text, and gives its number.
    pub(super) async fn raise(&self) -> Result<i64, Box<dyn std::error::Error>> {
        let mut tx = self.store.begin().await?;
        let number = tx.next::<ConcernId>().await?.0;
        tx.insert_concern(&row(number)).await?;
        tx.append(number, 0, &[raised()]).await?;
        tx.commit().await?;
        Ok(number)
    }
}

fn url_in(folder: &TempDir) -> String {
    format!("sqlite:{}", folder.path().join("lodestar.db").display())
}

pub(super) async fn raw(tx: &mut Tx, sql: &'static str) -> Result<u64, StoreError> {
    match &mut tx.link {
        Link::Sqlite(link) => Ok(sqlx::query(sql).execute(&mut **link).await?.rows_affected()),
    }
}

/// Seconds after Monday 14 December 2026, 10:00.
pub(super) fn at(seconds: i64) -> DateTime<Utc> {
    DateTime::UNIX_EPOCH + TimeDelta::seconds(1_797_242_400 + seconds)
}

pub(super) fn row(number: i64) -> ConcernRow {
    ConcernRow {
        number,
        team: "north".to_owned(),
        protocol: "manchester".to_owned(),
        protocol_hash: "abc".to_owned(),
        route: "main".to_owned(),
        raiser: "U0IRO1".to_owned(),
        case_ref: "K-204117".to_owned(),
        category: "drift".to_owned(),
        step: "m-1".to_owned(),
        open: true,
        raised_at: at(0),
        updated_at: at(0),
        seq: 1,
        state: json!({"step": "m-1"}).to_string(),
    }
}

pub(super) fn raised() -> NewEvent {
    NewEvent {
        kind: "raised".to_owned(),
        at: at(0),
        actor: "U0IRO1".to_owned(),
        body: json!({"step": "m-1", "rag": "amber"}),
        texts: vec![
            ("issue".to_owned(), "No plan since June".to_owned()),
            (
                "impact".to_owned(),
                "She does not know where she will live".to_owned(),
            ),
        ],
    }
}

pub(super) fn plain(kind: &str, seconds: i64) -> NewEvent {
    NewEvent {
        kind: kind.to_owned(),
        at: at(seconds),
        actor: "clock".to_owned(),
        body: json!({"step": "m-1"}),
        texts: Vec::new(),
    }
}
