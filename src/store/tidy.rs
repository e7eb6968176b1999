//! What is no longer needed goes: the working tables stay small, the record stays whole.

use chrono::{DateTime, Utc};

use super::{StoreError, Tx, millis, run, statements};

statements! {
    DEADLINES = "DELETE FROM deadlines WHERE id IN (SELECT d.id FROM concerns c JOIN deadlines d ON d.subject = 'concern' AND d.number = c.number \
        WHERE c.is_open = 0 AND c.updated_at < $1 AND d.done_at IS NOT NULL LIMIT $2)";
    MESSAGES = "DELETE FROM messages WHERE id IN (SELECT m.id FROM concerns c JOIN messages m ON m.subject = 'concern' AND m.number = c.number \
        WHERE c.is_open = 0 AND c.updated_at < $1 AND m.leased_at IS NULL AND (m.state <> 'live' OR m.sent >= m.wanted) LIMIT $2)";
    DEADLINES_OF_RECORDS = "DELETE FROM deadlines WHERE id IN (SELECT d.id FROM records r JOIN deadlines d \
        ON d.subject = r.subject AND d.number = r.number \
        WHERE r.is_open = 0 AND r.updated_at < $1 AND d.done_at IS NOT NULL LIMIT $2)";
    MESSAGES_OF_RECORDS = "DELETE FROM messages WHERE id IN (SELECT m.id FROM records r JOIN messages m \
        ON m.subject = r.subject AND m.number = r.number \
        WHERE r.is_open = 0 AND r.updated_at < $1 AND m.leased_at IS NULL AND (m.state <> 'live' OR m.sent >= m.wanted) LIMIT $2)";
    OTHERS = "DELETE FROM messages WHERE id IN (SELECT id FROM messages \
        WHERE subject IS NULL AND created_at < $1 AND leased_at IS NULL AND (state <> 'live' OR sent >= wanted) LIMIT $2)";
}

impl Tx {
    /// Removes fired deadlines and finished messages of concerns and other records that have been closed, and finished messages of none,
    /// since before `before`; at most `limit` of each sort. Gives how many. Do it once a day, with months for `before`: a card
    /// whose row is gone can no longer be edited.
    pub async fn tidy(&mut self, before: DateTime<Utc>, limit: u32) -> Result<u64, StoreError> {
        let mut gone = 0;
        for sql in [
            DEADLINES,
            MESSAGES,
            DEADLINES_OF_RECORDS,
            MESSAGES_OF_RECORDS,
            OTHERS,
        ] {
            let done = run!(self, conn => sqlx::query(sql).bind(millis(before)).bind(i64::from(limit)).execute(conn))?;
            gone += done.rows_affected();
        }
        Ok(gone)
    }
}
