//! The messages the bot meant to send. One row is one message for its whole life: it is posted once, then edited, and waits
//! while the version `sent` is behind the version `wanted`, so that many changes become one edit.
//!
//! A row is queued in the unit of work that causes it and holds no words: it is rendered when it is sent. The courier leases
//! it (no unit of work is open while Slack is called), sends it, and marks what came of it. A lease does not run out by the wall
//! clock, which may jump: the courier knows what it has in hand, and a lease it does not know of was left by a crash.

use chrono::{DateTime, Utc};
use serde_json::Value;

use super::rows::{self, CHUNK};
use super::{StoreError, Tx, millis, moment, run, statements};
use crate::ids::{ConcernId, Subject};

macro_rules! columns {
    () => {
        "id, delivery, kind, subject, number, step, dest, recipient, payload, priority, state, wanted, sent, wanted_at, leased_at, \
         attempts, created_at, sent_at, channel, ts, body_hash, last_error"
    };
}

/// What the index `messages_waiting` covers.
macro_rules! waiting {
    () => {
        "state = 'live' AND sent < wanted"
    };
}

/// The desk asks for edits with at least this priority, and for posts with less.
macro_rules! edits_from {
    () => {
        "10"
    };
}

/// A back-off longer than an hour is one from before the clock was set back, and is over.
macro_rules! ready {
    () => {
        "leased_at IS NULL AND (not_before <= $1 OR not_before > $1 + 3600000)"
    };
}

statements! {
    /// The first message of each destination, and the first of its edits, so that edits do not wait until no post does: the index is
    /// skipped through, so ten thousand for one channel cost no more than one.
    FIRST_OF_EACH = concat!(
        "WITH RECURSIVE dests (dest) AS (\
            SELECT MIN(dest) FROM messages WHERE ", waiting!(), " \
            UNION ALL \
            SELECT (SELECT MIN(m.dest) FROM messages m WHERE ", waiting!(), " AND m.dest > dests.dest) \
            FROM dests WHERE dests.dest IS NOT NULL) \
         SELECT id, dest, priority, sent FROM messages WHERE id IN (\
            SELECT (SELECT m.id FROM messages m WHERE ", waiting!(), " AND m.dest = dests.dest AND ", ready!(), " \
                ORDER BY m.priority, m.id LIMIT 1) FROM dests WHERE dests.dest IS NOT NULL \
            UNION ALL \
            SELECT (SELECT m.id FROM messages m WHERE ", waiting!(), " AND m.dest = dests.dest AND m.priority >= ", edits_from!(),
                " AND ", ready!(), " ORDER BY m.priority, m.id LIMIT 1) FROM dests WHERE dests.dest IS NOT NULL) \
         ORDER BY priority, id"
    );
    EDIT = "UPDATE messages SET wanted_at = CASE WHEN sent = wanted THEN $3 ELSE wanted_at END, \
        priority = CASE WHEN sent = 0 THEN priority ELSE $2 END, attempts = CASE WHEN sent = wanted THEN 0 ELSE attempts END, \
        payload = CASE WHEN $4 = '' THEN payload ELSE $4 END, wanted = wanted + 1 WHERE id = $1 AND state = 'live'";
    /// Every message of a record that is kept up to date: what was said once (a reminder, an alert, a notice) stays as it was said.
    EDIT_STANDING = "UPDATE messages SET wanted_at = CASE WHEN sent = wanted THEN $3 ELSE wanted_at END, \
        priority = CASE WHEN sent = 0 THEN priority ELSE $2 + priority % 10 END, \
        attempts = CASE WHEN sent = wanted THEN 0 ELSE attempts END, wanted = wanted + 1 \
        WHERE subject = $1 AND number = $4 AND state = 'live' \
        AND (kind IN ('card', 'receipt', 'copy', 'gate', 'reminder', 'notice') OR kind = 'alert' AND subject <> 'concern')";
    SENT = "UPDATE messages SET sent = $2, channel = $3, ts = $4, body_hash = $5, sent_at = $6, leased_at = NULL, \
        attempts = 0, not_before = 0, last_error = '' WHERE id = $1";
    RETRY = "UPDATE messages SET leased_at = NULL, attempts = attempts + 1, not_before = $2, last_error = $3 WHERE id = $1";
    RELEASE = "UPDATE messages SET leased_at = NULL WHERE id = $1";
    END = "UPDATE messages SET state = $2, last_error = $3, leased_at = NULL WHERE id = $1";
    REDIRECT = "UPDATE messages SET dest = $2, recipient = $3, leased_at = NULL, attempts = 0, not_before = 0 WHERE id = $1";
    REOPEN = "UPDATE messages SET delivery = $2, priority = $3, wanted_at = $4, state = 'live', wanted = wanted + 1, sent = 0, \
        channel = NULL, ts = NULL, body_hash = '', leased_at = NULL, attempts = 0, not_before = 0, last_error = '' WHERE id = $1";
    LEASED = concat!("SELECT ", columns!(), " FROM messages WHERE leased_at IS NOT NULL ORDER BY id LIMIT $1");
    ONE = concat!("SELECT ", columns!(), " FROM messages WHERE id = $1");
    BY_DELIVERY = concat!("SELECT ", columns!(), " FROM messages WHERE delivery = $1");
    BY_PLACE = concat!("SELECT ", columns!(), " FROM messages WHERE channel = $1 AND ts = $2");
    OF_SUBJECT = concat!("SELECT ", columns!(), " FROM messages WHERE subject = $1 AND number = $2 ORDER BY id");
    LATEST = concat!(
        "SELECT ", columns!(), " FROM messages \
         WHERE subject = 'concern' AND number = $1 AND kind = $2 AND step = $3 AND dest = $4 ORDER BY id DESC LIMIT 1"
    );
    LATEST_TO = concat!(
        "SELECT ", columns!(), " FROM messages \
         WHERE dest = $1 AND kind = $2 AND created_at > $3 AND state = 'live' ORDER BY id DESC LIMIT 1"
    );
    UNDELIVERED = concat!(
        "SELECT ", columns!(), " FROM messages WHERE ", waiting!(), " AND sent = 0 AND wanted_at < $1 ORDER BY id LIMIT $2"
    );
    DEPTH = concat!("SELECT COUNT(*), COUNT(leased_at), MIN(wanted_at) FROM messages WHERE ", waiting!());
}

const INSERT: &str = "INSERT INTO messages (delivery, kind, subject, number, step, dest, recipient, payload, priority, state, wanted, sent, \
     wanted_at, created_at) VALUES";
const LEASE: &str = "UPDATE messages SET leased_at = $1 WHERE id IN";
const LEASE_TAIL: &str = concat!("AND leased_at IS NULL RETURNING ", columns!());

/// The most rows a list of messages has.
const PAGE: u32 = 1000;

/// A message to be posted.
#[derive(Debug, Clone, PartialEq)]
pub struct NewMessage {
    /// Unique for each message the bot means to send; goes into its metadata.
    pub delivery: String,
    /// `card`, `receipt`, `copy`, `gate`, `reminder`, `alert`, `digest`, `notice`.
    pub kind: String,
    /// What it is about, where that is one record.
    pub subject: Option<Subject>,
    /// The step's id; empty where there is none.
    pub step: String,
    /// Where it goes: a channel's or a user's id. Messages to one destination keep to one pace.
    pub dest: String,
    /// Whom it is for, as the caller likes. No concern text.
    pub recipient: Value,
    /// What it is to say, as the caller likes. No concern text: it is rendered from the record when it is sent.
    pub payload: Value,
    /// Lower goes first.
    pub priority: i64,
}

/// What has become of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MessageState {
    /// It is sent, and edited, when there is something to send.
    Live,
    /// It was stale before it could be sent.
    Dropped,
    /// Slack refused it for good.
    Failed,
}

/// A message, at any time of its life.
#[derive(Debug, Clone, PartialEq)]
pub struct Message {
    /// Its row.
    pub id: i64,
    /// The id in its metadata.
    pub delivery: String,
    /// `card`, `receipt` and so on.
    pub kind: String,
    /// What it is about, where that is one record.
    pub subject: Option<Subject>,
    /// The step's id, or empty.
    pub step: String,
    /// Where it goes.
    pub dest: String,
    /// Whom it is for.
    pub recipient: Value,
    /// What it is to say.
    pub payload: Value,
    /// Lower goes first.
    pub priority: i64,
    /// What has become of it.
    pub state: MessageState,
    /// The version that is wanted: 1 for the post, one more for each edit asked for since.
    pub wanted: i64,
    /// The version that Slack has; 0 when it was never posted.
    pub sent: i64,
    /// Since when it has been waiting, UTC.
    pub wanted_at: DateTime<Utc>,
    /// When it was leased, UTC by the wall clock: around then to look for it, if it is in doubt.
    pub leased_at: Option<DateTime<Utc>>,
    /// How often sending this version has failed.
    pub attempts: i64,
    /// When it was first queued, UTC.
    pub created_at: DateTime<Utc>,
    /// When it was last sent, UTC.
    pub sent_at: Option<DateTime<Utc>>,
    /// The channel it lies in, once posted. For a message to a user this is the direct channel's id.
    pub channel: Option<String>,
    /// Its timestamp there.
    pub ts: Option<String>,
    /// A hash of what was sent last, to skip an edit that changes nothing; empty before.
    pub body_hash: String,
    /// The last failure's code; empty for none.
    pub last_error: String,
}

impl Message {
    /// The concern it is about, where it is about one.
    #[must_use]
    pub fn concern(&self) -> Option<ConcernId> {
        match self.subject {
            Some(Subject::Concern(id)) => Some(id),
            _ => None,
        }
    }

    /// Whether it has been posted, so that what is to be sent is an edit.
    #[must_use]
    pub fn is_posted(&self) -> bool {
        self.ts.is_some()
    }
}

/// A message that could be leased next: the first of its destination, or of the edits there.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Waiting {
    /// Its row.
    pub id: i64,
    /// Where it goes.
    pub dest: String,
    /// Lower goes first.
    pub priority: i64,
    sent: i64,
}

impl Waiting {
    /// Whether it is an edit: those have a pace for the whole workspace.
    #[must_use]
    pub fn is_edit(&self) -> bool {
        self.sent > 0
    }
}

/// How much waits to be sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Depth {
    /// Messages with something to send, those leased included.
    pub waiting: i64,
    /// Those that are being sent.
    pub leased: i64,
    /// Since when the oldest has waited, UTC.
    pub oldest: Option<DateTime<Utc>>,
}

impl Tx {
    /// Queues messages to be posted.
    pub async fn enqueue(
        &mut self,
        messages: &[NewMessage],
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        for chunk in messages.chunks(CHUNK) {
            run!(self, conn => {
                let mut query = sqlx::query(rows::values(INSERT, 14, chunk.len(), ""));
                for message in chunk {
                    query = query
                        .bind(&message.delivery)
                        .bind(&message.kind)
                        .bind(message.subject.map(Subject::sort))
                        .bind(message.subject.map(Subject::number))
                        .bind(&message.step)
                        .bind(&message.dest)
                        .bind(message.recipient.to_string())
                        .bind(message.payload.to_string())
                        .bind(message.priority)
                        .bind("live")
                        .bind(1_i64)
                        .bind(0_i64)
                        .bind(millis(now))
                        .bind(millis(now));
                }
                query.execute(conn)
            })?;
        }
        Ok(())
    }

    /// Asks for a message to be brought up to date, with a new payload or the one it has. Asked for often, it is edited once; asked
    /// for before it was posted, it is only posted, in its own turn. Nothing happens to one that was dropped or failed.
    pub async fn want_edit(
        &mut self,
        id: i64,
        payload: Option<&Value>,
        priority: i64,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let payload = payload.map(Value::to_string).unwrap_or_default();
        run!(self, conn => sqlx::query(EDIT)
            .bind(id)
            .bind(priority)
            .bind(millis(now))
            .bind(&payload)
            .execute(conn))
        .map(drop)
    }

    /// As [`Tx::want_edit`], for every message of a record that may be kept up to date: cards, receipts, copies and gates, and what
    /// reminds, tells or alerts, some of which has buttons. A concern's alerts have none to use up. `priority`
    /// is that of the first edit; among edits the kinds keep their order.
    pub async fn want_edits_of(
        &mut self,
        subject: impl Into<Subject>,
        priority: i64,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let subject = subject.into();
        run!(self, conn => sqlx::query(EDIT_STANDING)
            .bind(subject.sort())
            .bind(priority)
            .bind(millis(now))
            .bind(subject.number())
            .execute(conn))
        .map(drop)
    }

    /// Leases at most `limit` messages, the most urgent first and for each destination at most one, and one edit. `ready` says whether a
    /// destination, or an edit, may be sent now by the courier's own pace. Commit before calling Slack.
    pub async fn lease(
        &mut self,
        now: DateTime<Utc>,
        limit: usize,
        mut ready: impl FnMut(&Waiting) -> bool,
    ) -> Result<Vec<Message>, StoreError> {
        let mut first: Vec<Waiting> =
            run!(self, conn => sqlx::query_as(FIRST_OF_EACH).bind(millis(now)).fetch_all(conn))?;
        first.retain(|waiting| ready(waiting));
        first.truncate(limit);
        let mut leased = Vec::with_capacity(first.len());
        for chunk in first.chunks(CHUNK) {
            let rows: Vec<Row> = run!(self, conn => {
                let mut query = sqlx::query_as(rows::list(LEASE, 1, chunk.len(), LEASE_TAIL));
                query = query.bind(millis(now));
                for waiting in chunk {
                    query = query.bind(waiting.id);
                }
                query.fetch_all(conn)
            })?;
            for row in rows {
                leased.push(row.read()?);
            }
        }
        leased.sort_by_key(|message| (message.priority, message.id));
        Ok(leased)
    }

    /// It was sent: `version` is what was `wanted` when it was leased, `body_hash` a hash of what was sent. If more has been wanted
    /// meanwhile, it goes on waiting.
    pub async fn mark_sent(
        &mut self,
        id: i64,
        version: i64,
        place: (&str, &str),
        body_hash: &str,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let (channel, ts) = place;
        run!(self, conn => sqlx::query(SENT)
            .bind(id)
            .bind(version)
            .bind(channel)
            .bind(ts)
            .bind(body_hash)
            .bind(millis(now))
            .execute(conn))
        .map(drop)
    }

    /// It could not be sent, and may be tried again after `not_before` (at most an hour ahead).
    pub async fn mark_retry(
        &mut self,
        id: i64,
        not_before: DateTime<Utc>,
        code: &str,
    ) -> Result<(), StoreError> {
        run!(self, conn => sqlx::query(RETRY).bind(id).bind(millis(not_before)).bind(code).execute(conn)).map(drop)
    }

    /// Gives a lease back: it was certainly not sent, and nothing failed.
    pub async fn mark_unsent(&mut self, id: i64) -> Result<(), StoreError> {
        run!(self, conn => sqlx::query(RELEASE).bind(id).execute(conn)).map(drop)
    }

    /// It is stale, and is not sent.
    pub async fn mark_dropped(&mut self, id: i64, reason: &str) -> Result<(), StoreError> {
        self.end_message(id, "dropped", reason).await
    }

    /// Slack refuses it for good.
    pub async fn mark_failed(&mut self, id: i64, code: &str) -> Result<(), StoreError> {
        self.end_message(id, "failed", code).await
    }

    async fn end_message(
        &mut self,
        id: i64,
        state: &'static str,
        why: &str,
    ) -> Result<(), StoreError> {
        run!(self, conn => sqlx::query(END).bind(id).bind(state).bind(why).execute(conn)).map(drop)
    }

    /// Sends a message that has not been posted elsewhere instead: its channel is archived, say, so it goes to a user.
    pub async fn redirect(
        &mut self,
        id: i64,
        dest: &str,
        recipient: &Value,
    ) -> Result<(), StoreError> {
        run!(self, conn => sqlx::query(REDIRECT)
            .bind(id)
            .bind(dest)
            .bind(recipient.to_string())
            .execute(conn))
        .map(drop)
    }

    /// Posts a message anew, as `delivery`: it was deleted in Slack, or had been dropped.
    pub async fn reopen_post(
        &mut self,
        id: i64,
        delivery: &str,
        priority: i64,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        run!(self, conn => sqlx::query(REOPEN)
            .bind(id)
            .bind(delivery)
            .bind(priority)
            .bind(millis(now))
            .execute(conn))
        .map(drop)
    }

    /// The messages that are leased, oldest first, at most `limit`. At start all of them are in doubt: look for a post before
    /// sending it again; an edit can simply be given back with [`Tx::mark_unsent`].
    pub async fn leased(&mut self, limit: u32) -> Result<Vec<Message>, StoreError> {
        let rows: Vec<Row> = run!(self, conn => sqlx::query_as(LEASED).bind(i64::from(limit.min(PAGE))).fetch_all(conn))?;
        rows.into_iter().map(Row::read).collect()
    }

    /// One message.
    pub async fn message(&mut self, id: i64) -> Result<Option<Message>, StoreError> {
        let row: Option<Row> =
            run!(self, conn => sqlx::query_as(ONE).bind(id).fetch_optional(conn))?;
        row.map(Row::read).transpose()
    }

    /// The message with this id in its metadata.
    pub async fn message_by_delivery(
        &mut self,
        delivery: &str,
    ) -> Result<Option<Message>, StoreError> {
        let row: Option<Row> =
            run!(self, conn => sqlx::query_as(BY_DELIVERY).bind(delivery).fetch_optional(conn))?;
        row.map(Row::read).transpose()
    }

    /// The message that lies at this place in Slack.
    pub async fn message_at(
        &mut self,
        channel: &str,
        ts: &str,
    ) -> Result<Option<Message>, StoreError> {
        let row: Option<Row> = run!(self, conn => sqlx::query_as(BY_PLACE).bind(channel).bind(ts).fetch_optional(conn))?;
        row.map(Row::read).transpose()
    }

    /// All messages about a record, in the order they were queued, whatever has become of them.
    pub async fn messages_of(
        &mut self,
        subject: impl Into<Subject>,
    ) -> Result<Vec<Message>, StoreError> {
        let subject = subject.into();
        let rows: Vec<Row> = run!(self, conn => sqlx::query_as(OF_SUBJECT)
            .bind(subject.sort())
            .bind(subject.number())
            .fetch_all(conn))?;
        rows.into_iter().map(Row::read).collect()
    }

    /// The latest message of this kind for a concern's step to a destination.
    pub async fn message_of(
        &mut self,
        concern: i64,
        kind: &str,
        step: &str,
        dest: &str,
    ) -> Result<Option<Message>, StoreError> {
        let row: Option<Row> = run!(self, conn => sqlx::query_as(LATEST)
            .bind(concern)
            .bind(kind)
            .bind(step)
            .bind(dest)
            .fetch_optional(conn))?;
        row.map(Row::read).transpose()
    }

    /// The latest message of this kind to a destination that was queued after `since`, whatever it is about.
    pub async fn latest_to(
        &mut self,
        dest: &str,
        kind: &str,
        since: DateTime<Utc>,
    ) -> Result<Option<Message>, StoreError> {
        let row: Option<Row> = run!(self, conn => sqlx::query_as(LATEST_TO)
            .bind(dest)
            .bind(kind)
            .bind(millis(since))
            .fetch_optional(conn))?;
        row.map(Row::read).transpose()
    }

    /// Messages that were to be posted before `since` and are not, oldest first, at most `limit`: for the alert on a card that
    /// does not arrive.
    pub async fn undelivered(
        &mut self,
        since: DateTime<Utc>,
        limit: u32,
    ) -> Result<Vec<Message>, StoreError> {
        let rows: Vec<Row> = run!(self, conn => sqlx::query_as(UNDELIVERED)
            .bind(millis(since))
            .bind(i64::from(limit.min(PAGE)))
            .fetch_all(conn))?;
        rows.into_iter().map(Row::read).collect()
    }

    /// How much waits to be sent, for the metrics.
    pub async fn outbox_depth(&mut self) -> Result<Depth, StoreError> {
        let (waiting, leased, oldest): (i64, i64, Option<i64>) =
            run!(self, conn => sqlx::query_as(DEPTH).fetch_one(conn))?;
        Ok(Depth {
            waiting,
            leased,
            oldest: oldest.map(moment).transpose()?,
        })
    }
}

#[derive(sqlx::FromRow)]
struct Row {
    id: i64,
    delivery: String,
    kind: String,
    subject: Option<String>,
    number: Option<i64>,
    step: String,
    dest: String,
    recipient: String,
    payload: String,
    priority: i64,
    state: String,
    wanted: i64,
    sent: i64,
    wanted_at: i64,
    leased_at: Option<i64>,
    attempts: i64,
    created_at: i64,
    sent_at: Option<i64>,
    channel: Option<String>,
    ts: Option<String>,
    body_hash: String,
    last_error: String,
}

impl Row {
    fn read(self) -> Result<Message, StoreError> {
        let unreadable = |_| StoreError::Corrupt(format!("message {} does not parse", self.id));
        let subject = match (&self.subject, self.number) {
            (Some(sort), Some(number)) => Some(Subject::read(sort, number).ok_or_else(|| {
                StoreError::Corrupt(format!("message {} is about an unknown sort", self.id))
            })?),
            _ => None,
        };
        Ok(Message {
            recipient: serde_json::from_str(&self.recipient).map_err(unreadable)?,
            payload: serde_json::from_str(&self.payload).map_err(unreadable)?,
            state: match self.state.as_str() {
                "dropped" => MessageState::Dropped,
                "failed" => MessageState::Failed,
                _ => MessageState::Live,
            },
            id: self.id,
            delivery: self.delivery,
            kind: self.kind,
            subject,
            step: self.step,
            dest: self.dest,
            priority: self.priority,
            wanted: self.wanted,
            sent: self.sent,
            wanted_at: moment(self.wanted_at)?,
            leased_at: self.leased_at.map(moment).transpose()?,
            attempts: self.attempts,
            created_at: moment(self.created_at)?,
            sent_at: self.sent_at.map(moment).transpose()?,
            channel: self.channel,
            ts: self.ts,
            body_hash: self.body_hash,
            last_error: self.last_error,
        })
    }
}
