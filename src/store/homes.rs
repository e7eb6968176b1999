//! Whose home is kept current. Working data: no part of the record, and nothing of what a home showed but a hash.

use chrono::{DateTime, Utc};

use super::{StoreError, Tx, millis, run, statements};

statements! {
    OPENED = "INSERT INTO homes (person, opened_at, shown) VALUES ($1, $2, $3) \
        ON CONFLICT (person) DO UPDATE SET opened_at = excluded.opened_at, shown = excluded.shown";
    KEEP = "DELETE FROM homes WHERE person NOT IN (SELECT person FROM homes ORDER BY opened_at DESC, person LIMIT $1)";
    SHOWN = "UPDATE homes SET shown = $2 WHERE person = $1";
    GONE = "DELETE FROM homes WHERE person = $1";
    ALL = "SELECT person, shown FROM homes ORDER BY person";
}

impl Tx {
    /// Somebody opened their home, which shows what has this hash. Those who opened theirs longest ago are let go where there are
    /// more than `keep`.
    pub async fn home_opened(
        &mut self,
        person: &str,
        shown: &str,
        at: DateTime<Utc>,
        keep: u32,
    ) -> Result<(), StoreError> {
        run!(self, conn => sqlx::query(OPENED).bind(person).bind(millis(at)).bind(shown).execute(conn))?;
        run!(self, conn => sqlx::query(KEEP).bind(i64::from(keep)).execute(conn)).map(drop)
    }

    /// What a home shows now, as a hash.
    pub async fn home_shown(&mut self, person: &str, shown: &str) -> Result<(), StoreError> {
        run!(self, conn => sqlx::query(SHOWN).bind(person).bind(shown).execute(conn)).map(drop)
    }

    /// A home is kept current no longer.
    pub async fn home_gone(&mut self, person: &str) -> Result<(), StoreError> {
        run!(self, conn => sqlx::query(GONE).bind(person).execute(conn)).map(drop)
    }

    /// Whose homes are kept current, each with the hash of what it last showed; empty where it is to be made anew.
    pub async fn homes(&mut self) -> Result<Vec<(String, String)>, StoreError> {
        run!(self, conn => sqlx::query_as(ALL).fetch_all(conn))
    }
}
