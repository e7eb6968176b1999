//! What must happen once, whatever is delivered again or restarted: payloads, digests. And small settings of the store.

use chrono::{DateTime, NaiveDate, Utc};

use super::{StoreError, Tx, millis, run, statements};

statements! {
    SEE = "INSERT INTO seen (key, at) VALUES ($1, $2) ON CONFLICT (key) DO NOTHING";
    SET_REPLY = "UPDATE seen SET reply = $2 WHERE key = $1";
    REPLY = "SELECT reply FROM seen WHERE key = $1";
    FORGET = "DELETE FROM seen WHERE key IN (SELECT key FROM seen WHERE at < $1 ORDER BY at LIMIT $2)";
    DIGEST = "INSERT INTO digests (team, day, at) VALUES ($1, $2, $3) ON CONFLICT (team, day) DO NOTHING";
    SET = "INSERT INTO settings (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value";
    SETTING = "SELECT value FROM settings WHERE name = $1";
}

impl Tx {
    /// Whether `key` is seen for the first time. Do it in the unit of work that acts on the payload.
    pub async fn first_seen(&mut self, key: &str, now: DateTime<Utc>) -> Result<bool, StoreError> {
        let done = run!(self, conn => sqlx::query(SEE).bind(key).bind(millis(now)).execute(conn))?;
        Ok(done.rows_affected() == 1)
    }

    /// Keeps what was answered to the payload `key`, to answer the same again. No concern text.
    pub async fn keep_reply(&mut self, key: &str, reply: &str) -> Result<(), StoreError> {
        run!(self, conn => sqlx::query(SET_REPLY).bind(key).bind(reply).execute(conn)).map(drop)
    }

    /// What was answered to the payload `key`; `None` when it was not seen, or not answered.
    pub async fn reply_kept(&mut self, key: &str) -> Result<Option<String>, StoreError> {
        let kept: Option<String> =
            run!(self, conn => sqlx::query_scalar(REPLY).bind(key).fetch_optional(conn))?;
        Ok(kept.filter(|reply| !reply.is_empty()))
    }

    /// Forgets payloads seen before `before`, at most `limit` of them. Gives how many.
    pub async fn forget_seen(
        &mut self,
        before: DateTime<Utc>,
        limit: u32,
    ) -> Result<u64, StoreError> {
        let done = run!(self, conn => sqlx::query(FORGET).bind(millis(before)).bind(i64::from(limit)).execute(conn))?;
        Ok(done.rows_affected())
    }

    /// Whether the digest of `team` on the council's day `day` is still to be made. True once only.
    pub async fn digest_once(
        &mut self,
        team: &str,
        day: NaiveDate,
        now: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        let done = run!(self, conn => sqlx::query(DIGEST)
            .bind(team)
            .bind(day.to_string())
            .bind(millis(now))
            .execute(conn))?;
        Ok(done.rows_affected() == 1)
    }

    /// Keeps a small value under a name, replacing what was there.
    pub async fn set(&mut self, name: &str, value: &str) -> Result<(), StoreError> {
        run!(self, conn => sqlx::query(SET).bind(name).bind(value).execute(conn)).map(drop)
    }

    /// The value kept under a name.
    pub async fn setting(&mut self, name: &str) -> Result<Option<String>, StoreError> {
        run!(self, conn => sqlx::query_scalar(SETTING).bind(name).fetch_optional(conn))
    }
}
