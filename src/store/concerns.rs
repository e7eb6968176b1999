//! The index to the record: one row a concern, to find it by and to spare reading all its entries. It can be rebuilt from
//! them, and holds no free text.

use chrono::{DateTime, Utc};

use super::{StoreError, Tx, millis, moment, run, statements};

/// The columns, once: what a list needs, and then the folded state.
macro_rules! columns {
    () => {
        "number, team, protocol, protocol_hash, route, raiser, case_ref, category, step, is_open, raised_at, updated_at, seq"
    };
}

/// A list by one index. `$1` is what is looked for, `$2` 0 closed, 1 open, 2 both, `$3` the number before the page, `$4` its size.
macro_rules! list_by {
    ($index:literal, $found:literal) => {
        concat!(
            "SELECT ",
            columns!(),
            ", state FROM concerns WHERE ",
            $found,
            " AND ($2 = 2 OR is_open = $2) AND number > $3 ORDER BY number LIMIT $4"
        )
    };
}

statements! {
    INSERT = concat!(
        "INSERT INTO concerns (", columns!(), ", state) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)"
    );
    UPDATE = "UPDATE concerns SET team = $2, protocol = $3, protocol_hash = $4, route = $5, raiser = $6, case_ref = $7, \
        category = $8, step = $9, is_open = $10, raised_at = $11, updated_at = $12, seq = $13, state = $14 WHERE number = $1";
    ONE = concat!("SELECT ", columns!(), ", state FROM concerns WHERE number = $1");
    ALL = list_by!("number", "$1 = ''");
    BY_RAISER = list_by!("raiser", "raiser = $1");
    BY_TEAM = list_by!("team", "team = $1");
    BY_CASE = list_by!("case", "case_ref = $1");
    SAME_CASE = concat!(
        "SELECT ", columns!(), ", '' AS state FROM concerns \
         WHERE case_ref = $1 AND category = $2 AND is_open = 1 ORDER BY number LIMIT $3"
    );
    COUNT = "SELECT COUNT(*) FROM concerns WHERE is_open = $1";
}

/// The most rows one page of a list has.
pub const PAGE: u32 = 1000;

/// A concern's row in the index.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConcernRow {
    /// Its number: 42 of `C-42`.
    pub number: i64,
    /// The team's id.
    pub team: String,
    /// The protocol's id.
    pub protocol: String,
    /// The hash of the protocol version it was raised under.
    pub protocol_hash: String,
    /// The route within the protocol.
    pub route: String,
    /// The Slack user id of the raiser, or of whom it was handed over to.
    pub raiser: String,
    /// The pseudonym the case system issued.
    pub case_ref: String,
    /// The category's id; empty where the protocol has none.
    pub category: String,
    /// The current step's id.
    pub step: String,
    /// Whether it is open.
    pub open: bool,
    /// When it was raised, UTC.
    pub raised_at: DateTime<Utc>,
    /// When its last entry was made, UTC.
    pub updated_at: DateTime<Utc>,
    /// The last entry that `state` has taken in.
    pub seq: i64,
    /// The folded state as JSON, a cache. No free text.
    pub state: String,
}

/// How concerns, and the records beside them, are looked for. At most one of the three; none lists all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Find<'a> {
    /// Every concern.
    #[default]
    All,
    /// Of this raiser; of a record beside the concerns, of whose it is.
    Raiser(&'a str),
    /// Of this team.
    Team(&'a str),
    /// Of this case.
    Case(&'a str),
}

/// Which of those found are wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Which {
    /// The open ones.
    #[default]
    Open,
    /// The closed ones.
    Closed,
    /// Both.
    All,
}

impl Which {
    /// As a list's statement takes it.
    pub(super) fn number(self) -> i64 {
        match self {
            Self::Closed => 0,
            Self::Open => 1,
            Self::All => 2,
        }
    }
}

impl Tx {
    /// Adds a concern to the index.
    pub async fn insert_concern(&mut self, row: &ConcernRow) -> Result<(), StoreError> {
        self.write_row(INSERT, row).await.map(drop)
    }

    /// Writes a concern's row anew, all of it.
    pub async fn update_concern_row(&mut self, row: &ConcernRow) -> Result<(), StoreError> {
        if self.write_row(UPDATE, row).await? == 1 {
            return Ok(());
        }
        Err(StoreError::Corrupt(format!(
            "concern {} is not in the index",
            row.number
        )))
    }

    /// One concern's row, with its state.
    pub async fn concern(&mut self, number: i64) -> Result<Option<ConcernRow>, StoreError> {
        let row: Option<Row> =
            run!(self, conn => sqlx::query_as(ONE).bind(number).fetch_optional(conn))?;
        row.map(Row::read).transpose()
    }

    /// A page of concerns in the order they were raised: those with a number above `after` (0 for the first page), at most
    /// `limit` and never more than [`PAGE`].
    pub async fn concerns(
        &mut self,
        find: Find<'_>,
        which: Which,
        after: i64,
        limit: u32,
    ) -> Result<Vec<ConcernRow>, StoreError> {
        let (sql, wanted) = match find {
            Find::All => (ALL, ""),
            Find::Raiser(raiser) => (BY_RAISER, raiser),
            Find::Team(team) => (BY_TEAM, team),
            Find::Case(case) => (BY_CASE, case),
        };
        let rows: Vec<Row> = run!(self, conn => sqlx::query_as(sql)
            .bind(wanted)
            .bind(which.number())
            .bind(after)
            .bind(i64::from(limit.min(PAGE)))
            .fetch_all(conn))?;
        rows.into_iter().map(Row::read).collect()
    }

    /// The open concerns on the same case and category, the oldest first: a second one is pointed out to its raiser.
    pub async fn open_on_same_case(
        &mut self,
        case_ref: &str,
        category: &str,
        limit: u32,
    ) -> Result<Vec<ConcernRow>, StoreError> {
        let rows: Vec<Row> = run!(self, conn => sqlx::query_as(SAME_CASE)
            .bind(case_ref)
            .bind(category)
            .bind(i64::from(limit.min(PAGE)))
            .fetch_all(conn))?;
        rows.into_iter().map(Row::read).collect()
    }

    /// How many concerns are open, for the metrics.
    pub async fn open_concerns(&mut self) -> Result<i64, StoreError> {
        run!(self, conn => sqlx::query_scalar(COUNT).bind(1_i64).fetch_one(conn))
    }

    async fn write_row(&mut self, sql: &'static str, row: &ConcernRow) -> Result<u64, StoreError> {
        let done = run!(self, conn => sqlx::query(sql)
            .bind(row.number)
            .bind(&row.team)
            .bind(&row.protocol)
            .bind(&row.protocol_hash)
            .bind(&row.route)
            .bind(&row.raiser)
            .bind(&row.case_ref)
            .bind(&row.category)
            .bind(&row.step)
            .bind(i64::from(row.open))
            .bind(millis(row.raised_at))
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
    route: String,
    raiser: String,
    case_ref: String,
    category: String,
    step: String,
    is_open: i64,
    raised_at: i64,
    updated_at: i64,
    seq: i64,
    state: String,
}

impl Row {
    fn read(self) -> Result<ConcernRow, StoreError> {
        Ok(ConcernRow {
            number: self.number,
            team: self.team,
            protocol: self.protocol,
            protocol_hash: self.protocol_hash,
            route: self.route,
            raiser: self.raiser,
            case_ref: self.case_ref,
            category: self.category,
            step: self.step,
            open: self.is_open == 1,
            raised_at: moment(self.raised_at)?,
            updated_at: moment(self.updated_at)?,
            seq: self.seq,
            state: self.state,
        })
    }
}
