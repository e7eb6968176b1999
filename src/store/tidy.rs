//! What is no longer needed goes: the working tables stay small, the record stays whole.

use chrono::{DateTime, Utc};

use super::{StoreError, Tx, millis, run, statements};

statements! {
    DEADLINES = "DELETE FROM deadlines WHERE id IN (SELECT d.id FROM concerns c JOIN deadlines d ON d.subject = 'concern' AND d.number = c.number \
        WHERE c.is_open = 0 AND c.updated_at < $1 AND d.done_at IS NOT NULL LIMIT $2)";
    MESSAGES = "DELETE FROM messages WHERE id IN (SELECT m.id FROM concerns c JOIN messages m ON m.concern = c.number \
        WHERE c.is_open = 0 AND c.updated_at < $1 AND m.leased_at IS NULL AND (m.state <> 'live' OR m.sent >= m.wanted) LIMIT $2)";
    DEADLINES_OF_REVIEWS = "DELETE FROM deadlines WHERE id IN (SELECT d.id FROM reviews r JOIN deadlines d \
        ON d.subject = 'review' AND d.number = r.number \
        WHERE r.is_open = 0 AND r.updated_at < $1 AND d.done_at IS NOT NULL LIMIT $2)";
    MESSAGES_OF_REVIEWS = "DELETE FROM messages WHERE id IN (SELECT m.id FROM reviews r JOIN messages m ON m.review = r.number \
        WHERE r.is_open = 0 AND r.updated_at < $1 AND m.leased_at IS NULL AND (m.state <> 'live' OR m.sent >= m.wanted) LIMIT $2)";
    OTHERS = "DELETE FROM messages WHERE id IN (SELECT id FROM messages \
        WHERE concern IS NULL AND review IS NULL AND created_at < $1 AND leased_at IS NULL AND (state <> 'live' OR sent >= wanted) LIMIT $2)";
}

impl Tx {
    /// Removes fired deadlines and finished messages of concerns and reviews that have been closed, and finished messages of neither,
    /// since before `before`; at most `limit` of each sort. Gives how many. Do it once a day, with months for `before`: a card
    /// whose row is gone can no longer be edited.
    pub async fn tidy(&mut self, before: DateTime<Utc>, limit: u32) -> Result<u64, StoreError> {
        let mut gone = 0;
        for sql in [
            DEADLINES,
            MESSAGES,
            DEADLINES_OF_REVIEWS,
            MESSAGES_OF_REVIEWS,
            OTHERS,
        ] {
            let done = run!(self, conn => sqlx::query(sql).bind(millis(before)).bind(i64::from(limit)).execute(conn))?;
            gone += done.rows_affected();
        }
        Ok(gone)
    }
}
