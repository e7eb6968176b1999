//! The index to the record of whatever is kept beside the concerns, reviews and notices among them: one row each, to find it by
//! and to spare reading all its entries. It can be rebuilt from them, and holds no free text.

use chrono::{DateTime, NaiveDate, Utc};

use super::concerns::{Find, Which};
use super::{StoreError, Tx, millis, moment, run, statements};
use crate::ids::{Reference, Subject};

macro_rules! columns {
    () => {
        "subject, number, team, protocol, protocol_hash, recorded_by, case_ref, day, mark, is_open, recorded_at, updated_at, seq"
    };
}

/// A list by one index. `$1` is the sort, `$2` what is looked for, `$3` 0 closed, 1 open, 2 both, `$4` the number before the
/// page, `$5` its size.
macro_rules! list_by {
    ($found:literal) => {
        concat!(
            "SELECT ",
            columns!(),
            ", state FROM records WHERE subject = $1 AND ",
            $found,
            " AND ($3 = 2 OR is_open = $3) AND number > $4 ORDER BY number LIMIT $5"
        )
    };
}

statements! {
    NEXT = "UPDATE counters SET value = value + 1 WHERE name = $1 RETURNING value";
    INSERT = concat!(
        "INSERT INTO records (", columns!(), ", state) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)"
    );
    UPDATE = "UPDATE records SET team = $3, protocol = $4, protocol_hash = $5, recorded_by = $6, case_ref = $7, day = $8, \
        mark = $9, is_open = $10, recorded_at = $11, updated_at = $12, seq = $13, state = $14 WHERE subject = $1 AND number = $2";
    ONE = concat!("SELECT ", columns!(), ", state FROM records WHERE subject = $1 AND number = $2");
    ALL = list_by!("$2 = ''");
    BY_RECORDER = list_by!("recorded_by = $2");
    BY_TEAM = list_by!("team = $2");
    BY_CASE = list_by!("case_ref = $2");
    BETWEEN = concat!(
        "SELECT ", columns!(), ", '' AS state FROM records \
         WHERE subject = $1 AND day >= $2 AND day <= $3 AND number > $4 ORDER BY number LIMIT $5"
    );
}

/// The most rows one page of a list has.
const PAGE: u32 = 1000;

/// A record's row in the index.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordRow {
    /// What it is, with its number.
    pub subject: Subject,
    /// The team's id.
    pub team: String,
    /// The protocol's id.
    pub protocol: String,
    /// The hash of the protocol version it was recorded under.
    pub protocol_hash: String,
    /// The Slack user id of who recorded it, or whose it is now.
    pub recorded_by: String,
    /// The pseudonym the case system issued; empty where it is about no one case.
    pub case_ref: String,
    /// The council-local day it is about: of a review, the day it was held.
    pub day: NaiveDate,
    /// What lists tell it apart by, such as a review's `red`, `amber`, `green`; may be empty.
    pub mark: String,
    /// Whether anything is left to do.
    pub open: bool,
    /// When it was recorded, UTC.
    pub recorded_at: DateTime<Utc>,
    /// When its last entry was made, UTC.
    pub updated_at: DateTime<Utc>,
    /// The last entry that `state` has taken in.
    pub seq: i64,
    /// The folded state as JSON, a cache; empty in lists by day. No free text.
    pub state: String,
}

impl Tx {
    /// The next number of a sort. Without gaps: one that is rolled back is given again.
    pub async fn next<I: Reference>(&mut self) -> Result<I, StoreError> {
        let number: i64 =
            run!(self, conn => sqlx::query_scalar(NEXT).bind(I::SORT).fetch_one(conn))?;
        Ok(I::from(number))
    }

    /// Adds a record to the index.
    pub async fn insert_record(&mut self, row: &RecordRow) -> Result<(), StoreError> {
        self.write_record(INSERT, row).await.map(drop)
    }

    /// Writes a record's row anew, all of it.
    pub async fn update_record(&mut self, row: &RecordRow) -> Result<(), StoreError> {
        if self.write_record(UPDATE, row).await? == 1 {
            return Ok(());
        }
        Err(StoreError::Corrupt(format!(
            "{} is not in the index",
            row.subject
        )))
    }

    /// One record's row, with its state.
    pub async fn record(
        &mut self,
        subject: impl Into<Subject>,
    ) -> Result<Option<RecordRow>, StoreError> {
        let subject = subject.into();
        let row: Option<Row> = run!(self, conn => sqlx::query_as(ONE)
            .bind(subject.sort())
            .bind(subject.number())
            .fetch_optional(conn))?;
        row.map(Row::read).transpose()
    }

    /// A page of the records of a sort in the order they were recorded, with their states: those with a number above `after` (0
    /// for the first page), at most `limit` and never more than a thousand.
    pub async fn records<I: Reference>(
        &mut self,
        find: Find<'_>,
        which: Which,
        after: i64,
        limit: u32,
    ) -> Result<Vec<RecordRow>, StoreError> {
        let (sql, wanted) = match find {
            Find::All => (ALL, ""),
            Find::Raiser(recorder) => (BY_RECORDER, recorder),
            Find::Team(team) => (BY_TEAM, team),
            Find::Case(case) => (BY_CASE, case),
        };
        let rows: Vec<Row> = run!(self, conn => sqlx::query_as(sql)
            .bind(I::SORT)
            .bind(wanted)
            .bind(which.number())
            .bind(after)
            .bind(i64::from(limit.min(PAGE)))
            .fetch_all(conn))?;
        rows.into_iter().map(Row::read).collect()
    }

    /// A page of the records of a sort that are about a day of a period, both days included, for themes and the annual report
    /// (`W-4.2`). Without their states.
    pub async fn records_between<I: Reference>(
        &mut self,
        (from, to): (NaiveDate, NaiveDate),
        after: i64,
        limit: u32,
    ) -> Result<Vec<RecordRow>, StoreError> {
        let rows: Vec<Row> = run!(self, conn => sqlx::query_as(BETWEEN)
            .bind(I::SORT)
            .bind(from.to_string())
            .bind(to.to_string())
            .bind(after)
            .bind(i64::from(limit.min(PAGE)))
            .fetch_all(conn))?;
        rows.into_iter().map(Row::read).collect()
    }

    async fn write_record(
        &mut self,
        sql: &'static str,
        row: &RecordRow,
    ) -> Result<u64, StoreError> {
        let done = run!(self, conn => sqlx::query(sql)
            .bind(row.subject.sort())
            .bind(row.subject.number())
            .bind(&row.team)
            .bind(&row.protocol)
            .bind(&row.protocol_hash)
            .bind(&row.recorded_by)
            .bind(&row.case_ref)
            .bind(row.day.to_string())
            .bind(&row.mark)
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
    subject: String,
    number: i64,
    team: String,
    protocol: String,
    protocol_hash: String,
    recorded_by: String,
    case_ref: String,
    day: String,
    mark: String,
    is_open: i64,
    recorded_at: i64,
    updated_at: i64,
    seq: i64,
    state: String,
}

impl Row {
    fn read(self) -> Result<RecordRow, StoreError> {
        let subject = Subject::read(&self.subject, self.number)
            .ok_or_else(|| StoreError::Corrupt("a record of an unknown sort".to_owned()))?;
        let dateless = |_| StoreError::Corrupt(format!("{subject} has no date"));
        Ok(RecordRow {
            day: self.day.parse().map_err(dateless)?,
            subject,
            team: self.team,
            protocol: self.protocol,
            protocol_hash: self.protocol_hash,
            recorded_by: self.recorded_by,
            case_ref: self.case_ref,
            mark: self.mark,
            open: self.is_open == 1,
            recorded_at: moment(self.recorded_at)?,
            updated_at: moment(self.updated_at)?,
            seq: self.seq,
            state: self.state,
        })
    }
}
