//! The index to the record of reviews: one row a review, to find it by and to spare reading all its entries. It can be rebuilt
//! from them, and holds no free text.

use chrono::{DateTime, NaiveDate, Utc};

use super::{StoreError, Tx, millis, moment, run, statements};

macro_rules! columns {
    () => {
        "number, team, protocol, protocol_hash, recorded_by, case_ref, review_date, rag, is_open, recorded_at, updated_at, seq"
    };
}

statements! {
    NEXT = "UPDATE counters SET value = value + 1 WHERE name = 'review' RETURNING value";
    INSERT = concat!(
        "INSERT INTO reviews (", columns!(), ", state) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)"
    );
    UPDATE = "UPDATE reviews SET team = $2, protocol = $3, protocol_hash = $4, recorded_by = $5, case_ref = $6, review_date = $7, \
        rag = $8, is_open = $9, recorded_at = $10, updated_at = $11, seq = $12, state = $13 WHERE number = $1";
    ONE = concat!("SELECT ", columns!(), ", state FROM reviews WHERE number = $1");
    OPEN = "SELECT number FROM reviews WHERE is_open = 1 AND number > $1 ORDER BY number LIMIT $2";
    HELD = concat!(
        "SELECT ", columns!(), ", '' AS state FROM reviews \
         WHERE review_date >= $1 AND review_date <= $2 AND number > $3 ORDER BY number LIMIT $4"
    );
}

/// The most rows one page of a list has.
const PAGE: u32 = 1000;

/// A review's row in the index.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReviewRow {
    /// Its number: 7 of `R-7`.
    pub number: i64,
    /// The team's id.
    pub team: String,
    /// The protocol's id.
    pub protocol: String,
    /// The hash of the protocol version it was recorded under.
    pub protocol_hash: String,
    /// The Slack user id of the officer who recorded it.
    pub recorded_by: String,
    /// The pseudonym the case system issued.
    pub case_ref: String,
    /// The day of the review, council-local.
    pub review_date: NaiveDate,
    /// `red`, `amber`, `green`, or empty where the protocol does not ask.
    pub rag: String,
    /// Whether anything is left to do.
    pub open: bool,
    /// When it was recorded, UTC.
    pub recorded_at: DateTime<Utc>,
    /// When its last entry was made, UTC.
    pub updated_at: DateTime<Utc>,
    /// The last entry that `state` has taken in.
    pub seq: i64,
    /// The folded state as JSON, a cache; empty in lists. No free text.
    pub state: String,
}

impl Tx {
    /// The next review's number. Without gaps: one that is rolled back is given again.
    pub async fn next_review(&mut self) -> Result<i64, StoreError> {
        run!(self, conn => sqlx::query_scalar(NEXT).fetch_one(conn))
    }

    /// Adds a review to the index.
    pub async fn insert_review(&mut self, row: &ReviewRow) -> Result<(), StoreError> {
        self.write_review(INSERT, row).await.map(drop)
    }

    /// Writes a review's row anew, all of it.
    pub async fn update_review(&mut self, row: &ReviewRow) -> Result<(), StoreError> {
        if self.write_review(UPDATE, row).await? == 1 {
            return Ok(());
        }
        Err(StoreError::Corrupt(format!(
            "review {} is not in the index",
            row.number
        )))
    }

    /// One review's row, with its state.
    pub async fn review(&mut self, number: i64) -> Result<Option<ReviewRow>, StoreError> {
        let row: Option<Row> =
            run!(self, conn => sqlx::query_as(ONE).bind(number).fetch_optional(conn))?;
        row.map(Row::read).transpose()
    }

    /// The numbers of a page of open reviews above `after`, at most `limit` and never more than a thousand.
    pub async fn open_reviews(&mut self, after: i64, limit: u32) -> Result<Vec<i64>, StoreError> {
        run!(self, conn => sqlx::query_scalar(OPEN).bind(after).bind(i64::from(limit.min(PAGE))).fetch_all(conn))
    }

    /// A page of the reviews held in a period, both days included, for themes and the annual report (`W-4.2`). Without their state.
    pub async fn reviews_held(
        &mut self,
        (from, to): (NaiveDate, NaiveDate),
        after: i64,
        limit: u32,
    ) -> Result<Vec<ReviewRow>, StoreError> {
        let rows: Vec<Row> = run!(self, conn => sqlx::query_as(HELD)
            .bind(from.to_string())
            .bind(to.to_string())
            .bind(after)
            .bind(i64::from(limit.min(PAGE)))
            .fetch_all(conn))?;
        rows.into_iter().map(Row::read).collect()
    }

    async fn write_review(
        &mut self,
        sql: &'static str,
        row: &ReviewRow,
    ) -> Result<u64, StoreError> {
        let done = run!(self, conn => sqlx::query(sql)
            .bind(row.number)
            .bind(&row.team)
            .bind(&row.protocol)
            .bind(&row.protocol_hash)
            .bind(&row.recorded_by)
            .bind(&row.case_ref)
            .bind(row.review_date.to_string())
            .bind(&row.rag)
            .bind(i64::from(row.open))
            .bind(millis(row.recorded_at))
            .bind(millis(row.updated_at))
            .bind(row.seq)
            .bind(&row.state)
            .execute(conn))?;
        Ok(done.rows_affected())
    }
}

#[derive(sqlx::FromRow)]
struct Row {
    number: i64,
    team: String,
    protocol: String,
    protocol_hash: String,
    recorded_by: String,
    case_ref: String,
    review_date: String,
    rag: String,
    is_open: i64,
    recorded_at: i64,
    updated_at: i64,
    seq: i64,
    state: String,
}

impl Row {
    fn read(self) -> Result<ReviewRow, StoreError> {
        let unreadable = |_| StoreError::Corrupt(format!("review {} has no date", self.number));
        Ok(ReviewRow {
            review_date: self.review_date.parse().map_err(unreadable)?,
            number: self.number,
            team: self.team,
            protocol: self.protocol,
            protocol_hash: self.protocol_hash,
            recorded_by: self.recorded_by,
            case_ref: self.case_ref,
            rag: self.rag,
            open: self.is_open == 1,
            recorded_at: moment(self.recorded_at)?,
            updated_at: moment(self.updated_at)?,
            seq: self.seq,
            state: self.state,
        })
    }
}
