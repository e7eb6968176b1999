//! Whether the record is what was recorded: the chain of each concern, that of the covers, and the daily anchors over all of them.
//!
//! An anchor hashes the last entry of every concern and of the covers as of the moment it is made, and the anchor before it. It finds what the
//! chains alone cannot: a concern that is gone as a whole, or has lost its latest entries.

use std::collections::BTreeSet;

use chrono::{DateTime, NaiveDate, Utc};
use futures_util::TryStreamExt as _;
use sha2::{Digest as _, Sha256};

use super::events::Entry;
use super::{Link, StoreError, Tx, millis, run, statements};
use crate::ids::Subject;

statements! {
    LAST_ANCHOR = "SELECT seq, day, at, upto, concerns, covers, heads, prev_hash, hash FROM anchors ORDER BY seq DESC LIMIT 1";
    ANCHORS = "SELECT seq, day, at, upto, concerns, covers, heads, prev_hash, hash FROM anchors ORDER BY seq";
    ADD_ANCHOR = "INSERT INTO anchors (seq, day, at, upto, concerns, covers, heads, prev_hash, hash) \
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    UPTO = "SELECT COALESCE(MAX(id), 0) FROM events";
    HEADS = "SELECT e.subject, e.number, e.seq, e.hash FROM events e JOIN \
        (SELECT subject, number, MAX(seq) AS seq FROM events GROUP BY subject, number) AS last \
        ON last.subject = e.subject AND last.number = e.number AND last.seq = e.seq ORDER BY e.subject, e.number";
    ENTRIES = "SELECT id, subject, number, seq, at, actor, kind, body, sealed, prev_hash, hash FROM events \
        ORDER BY subject, number, seq";
    EXPECTED = "SELECT 'concern' AS subject, number, seq FROM concerns UNION ALL SELECT subject, number, seq FROM records";
    COUNTERS = "SELECT name, value FROM counters";
}

/// What [`Tx::verify`] looked at when all was well.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Verified {
    /// Concerns, reviews and notices with a record.
    pub concerns: i64,
    /// Entries.
    pub entries: i64,
    /// Entries of who covers for whom.
    pub covers: i64,
    /// Anchors.
    pub anchors: i64,
    /// The hash of the last anchor, to compare with the one that was logged; empty before the first.
    pub last_anchor: String,
}

/// The first entry that is not as it was recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FirstBad {
    /// An entry of a concern, or of another record.
    Entry {
        /// Which.
        subject: Subject,
        /// The entry's number.
        entry: i64,
        /// What is wrong with it.
        why: Fault,
    },
    /// An entry of who covers for whom.
    Cover {
        /// The entry's number.
        entry: i64,
        /// What is wrong with it.
        why: Fault,
    },
    /// An anchor.
    Anchor {
        /// The council's day it was made on.
        day: String,
        /// What is wrong with it.
        why: Fault,
    },
}

/// What is wrong with an entry or anchor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// Its contents are not those it was recorded with.
    Changed,
    /// It does not follow from the one before, which was exchanged.
    DoesNotFollow,
    /// It is not there.
    Missing,
    /// Entries made before this anchor are gone, or others have come in.
    HeadsDiffer,
}

impl std::fmt::Display for FirstBad {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let why = match self {
            Self::Entry { why, .. } | Self::Cover { why, .. } | Self::Anchor { why, .. } => {
                match why {
                    Fault::Changed => "is not as it was recorded",
                    Fault::DoesNotFollow => "does not follow from the one before it",
                    Fault::Missing => "is missing",
                    Fault::HeadsDiffer => {
                        "does not agree with the record: entries made before it are gone or changed"
                    }
                }
            }
        };
        match self {
            Self::Entry { subject, entry, .. } => write!(f, "entry {entry} of {subject} {why}"),
            Self::Cover { entry, .. } => write!(f, "entry {entry} of the covers {why}"),
            Self::Anchor { day, .. } => write!(f, "the anchor of {day} {why}"),
        }
    }
}

/// One line of the audit's export: all that is needed to verify it elsewhere. Texts stay sealed.
#[derive(Debug, serde::Serialize)]
#[serde(tag = "line", rename_all = "lowercase")]
pub enum AuditLine<'a> {
    /// An entry: its place and time (milliseconds UTC), who, what, the facts and sealed texts as stored, and its hashes.
    Entry {
        /// The concern's number, where it is a concern's.
        #[serde(skip_serializing_if = "Option::is_none")]
        concern: Option<i64>,
        /// What it is an entry of, such as `R-7`, where it is no concern's.
        #[serde(skip_serializing_if = "Option::is_none")]
        subject: Option<String>,
        /// The entry's number.
        seq: i64,
        /// Milliseconds UTC.
        at: i64,
        /// Who did it.
        actor: &'a str,
        /// What happened.
        kind: &'a str,
        /// The facts, as the JSON text that is hashed.
        body: &'a str,
        /// The sealed texts, as the JSON text that is hashed.
        sealed: &'a str,
        /// The hash of the entry before.
        prev_hash: &'a str,
        /// Its own.
        hash: &'a str,
    },
    /// An entry of who covers for whom.
    Cover {
        /// The entry's number.
        seq: i64,
        /// Milliseconds UTC.
        at: i64,
        /// Who did it.
        actor: &'a str,
        /// What happened.
        kind: &'a str,
        /// The facts, as the JSON text that is hashed.
        body: &'a str,
        /// The hash of the entry before.
        prev_hash: &'a str,
        /// Its own.
        hash: &'a str,
    },
    /// An anchor.
    Anchor {
        /// Its number, from 1.
        seq: i64,
        /// The council's day.
        day: &'a str,
        /// Milliseconds UTC.
        at: i64,
        /// How many concerns, reviews and notices it covers.
        concerns: i64,
        /// How many entries of the covers it stands for.
        #[serde(skip_serializing_if = "is_none")]
        covers: i64,
        /// The hash over their last entries.
        heads: &'a str,
        /// The hash of the anchor before.
        prev_hash: &'a str,
        /// Its own.
        hash: &'a str,
    },
}

impl Tx {
    /// Makes the anchor of the council's day `day` and gives its hash; `None` when there is one of this day or a later one.
    /// Log the hash: kept outside this store, it also finds an exchange of the store as a whole.
    pub async fn anchor(
        &mut self,
        day: NaiveDate,
        now: DateTime<Utc>,
    ) -> Result<Option<String>, StoreError> {
        let last: Option<Anchor> =
            run!(self, conn => sqlx::query_as(LAST_ANCHOR).fetch_optional(conn))?;
        let day = day.to_string();
        if last.as_ref().is_some_and(|last| last.day >= day) {
            return Ok(None);
        }
        let upto: i64 = run!(self, conn => sqlx::query_scalar(UPTO).fetch_one(conn))?;
        let rows: Vec<(String, i64, i64, String)> =
            run!(self, conn => sqlx::query_as(HEADS).fetch_all(conn))?;
        let mut heads = Heads::default();
        for (sort, number, seq, hash) in &rows {
            heads.add(subject(sort, *number)?, *seq, hash);
        }
        let covers = self.covers_head().await?;
        heads.add_covers(covers.0, &covers.1);
        let mut anchor = Anchor {
            seq: last.as_ref().map_or(1, |last| last.seq + 1),
            day,
            at: millis(now),
            upto,
            concerns: heads.concerns,
            covers: covers.0,
            heads: heads.finish(),
            prev_hash: last.map(|last| last.hash).unwrap_or_default(),
            hash: String::new(),
        };
        anchor.hash = anchor.own_hash();
        run!(self, conn => sqlx::query(ADD_ANCHOR)
            .bind(anchor.seq)
            .bind(&anchor.day)
            .bind(anchor.at)
            .bind(anchor.upto)
            .bind(anchor.concerns)
            .bind(anchor.covers)
            .bind(&anchor.heads)
            .bind(&anchor.prev_hash)
            .bind(&anchor.hash)
            .execute(conn))?;
        Ok(Some(anchor.hash))
    }

    /// Checks every entry and every anchor, in one pass over the record. The outer error is the store's; the inner one names the
    /// first that is not as it was recorded.
    pub async fn verify(&mut self) -> Result<Result<Verified, FirstBad>, StoreError> {
        let anchors: Vec<Anchor> = run!(self, conn => sqlx::query_as(ANCHORS).fetch_all(conn))?;
        let given: Vec<(String, i64)> =
            run!(self, conn => sqlx::query_as(COUNTERS).fetch_all(conn))?;
        let rows: Vec<(String, i64, i64)> =
            run!(self, conn => sqlx::query_as(EXPECTED).fetch_all(conn))?;
        let mut expected = BTreeSet::new();
        for (sort, number, seq) in rows {
            expected.insert((subject(&sort, number)?, seq));
        }
        let mut walk = Walk::new(anchors, &given, expected);
        self.check_not_over()?;
        let bad = match &mut self.link {
            Link::Sqlite(link) => {
                let mut rows = sqlx::query_as::<_, Placed>(ENTRIES).fetch(&mut **link);
                let mut bad = None;
                while let Some(placed) = rows.try_next().await? {
                    bad = walk.step(&placed)?;
                    if bad.is_some() {
                        break;
                    }
                }
                bad
            }
        };
        Ok(match bad {
            Some(bad) => Err(bad),
            None => match self.check_covers().await? {
                Ok(covers) => walk.finish(&covers),
                Err((entry, why)) => Err(FirstBad::Cover { entry, why }),
            },
        })
    }

    /// Gives every entry, concern by concern, then those of the covers, and then every anchor to `sink`, without holding them all in memory.
    pub async fn export_audit(
        &mut self,
        mut sink: impl FnMut(&AuditLine<'_>) -> std::io::Result<()>,
    ) -> Result<(), StoreError> {
        self.check_not_over()?;
        let failed =
            |error: std::io::Error| StoreError::Gone(format!("cannot write the export: {error}"));
        match &mut self.link {
            Link::Sqlite(link) => {
                let mut rows = sqlx::query_as::<_, Placed>(ENTRIES).fetch(&mut **link);
                while let Some(Placed { entry, .. }) = rows.try_next().await? {
                    let written = AuditLine::Entry {
                        concern: (entry.subject == "concern").then_some(entry.number),
                        subject: Subject::read(&entry.subject, entry.number)
                            .filter(|subject| !matches!(subject, Subject::Concern(_)))
                            .map(|subject| subject.to_string()),
                        seq: entry.seq,
                        at: entry.at,
                        actor: &entry.actor,
                        kind: &entry.kind,
                        body: &entry.body,
                        sealed: &entry.sealed,
                        prev_hash: &entry.prev_hash,
                        hash: &entry.hash,
                    };
                    sink(&written).map_err(failed)?;
                }
            }
        }
        for cover in self.cover_rows().await? {
            let written = AuditLine::Cover {
                seq: cover.seq,
                at: cover.at,
                actor: &cover.actor,
                kind: &cover.kind,
                body: &cover.body,
                prev_hash: &cover.prev_hash,
                hash: &cover.hash,
            };
            sink(&written).map_err(failed)?;
        }
        let anchors: Vec<Anchor> = run!(self, conn => sqlx::query_as(ANCHORS).fetch_all(conn))?;
        for anchor in &anchors {
            let written = AuditLine::Anchor {
                seq: anchor.seq,
                day: &anchor.day,
                at: anchor.at,
                concerns: anchor.concerns,
                covers: anchor.covers,
                heads: &anchor.heads,
                prev_hash: &anchor.prev_hash,
                hash: &anchor.hash,
            };
            sink(&written).map_err(failed)?;
        }
        Ok(())
    }
}

/// An entry, and its place in the order in which all were written.
#[derive(sqlx::FromRow)]
struct Placed {
    id: i64,
    #[sqlx(flatten)]
    entry: Entry,
}

#[derive(Debug, sqlx::FromRow)]
struct Anchor {
    seq: i64,
    day: String,
    at: i64,
    upto: i64,
    concerns: i64,
    covers: i64,
    heads: String,
    prev_hash: String,
    hash: String,
}

impl Anchor {
    fn own_hash(&self) -> String {
        let mut hasher = Sha256::new();
        let covers = self.covers.to_be_bytes();
        let parts: [&[u8]; 8] = [
            b"lodestar anchor 1",
            &self.seq.to_be_bytes(),
            self.day.as_bytes(),
            &self.at.to_be_bytes(),
            &self.upto.to_be_bytes(),
            &self.concerns.to_be_bytes(),
            self.heads.as_bytes(),
            self.prev_hash.as_bytes(),
        ];
        // An anchor from before there were covers stands without them.
        let covers = (self.covers > 0).then_some(&covers[..]);
        for part in parts.into_iter().chain(covers) {
            hasher.update((part.len() as u64).to_be_bytes());
            hasher.update(part);
        }
        hex::encode(hasher.finalize())
    }

    fn bad(&self, why: Fault) -> FirstBad {
        FirstBad::Anchor {
            day: self.day.clone(),
            why,
        }
    }
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "the shape that serde wants"
)]
fn is_none(count: &i64) -> bool {
    *count == 0
}

/// What an entry is about.
fn subject(sort: &str, number: i64) -> Result<Subject, StoreError> {
    Subject::read(sort, number)
        .ok_or_else(|| StoreError::Corrupt("an entry of an unknown sort".to_owned()))
}

/// The hash over the last entry of each concern, and then of each record of the other sorts, in order of their numbers.
#[derive(Clone, Default)]
struct Heads {
    hasher: Sha256,
    concerns: i64,
}

impl Heads {
    fn add(&mut self, subject: Subject, seq: i64, hash: &str) {
        // The concerns' were the first, and stand without their sort.
        if !matches!(subject, Subject::Concern(_)) {
            self.hasher.update(subject.sort());
        }
        self.hasher.update(subject.number().to_be_bytes());
        self.hasher.update(seq.to_be_bytes());
        self.hasher.update((hash.len() as u64).to_be_bytes());
        self.hasher.update(hash.as_bytes());
        self.concerns += 1;
    }

    /// The covers', after all of these; nothing where there were none.
    fn add_covers(&mut self, seq: i64, hash: &str) {
        if seq > 0 {
            self.hasher.update(b"covers");
            self.hasher.update(seq.to_be_bytes());
            self.hasher.update((hash.len() as u64).to_be_bytes());
            self.hasher.update(hash.as_bytes());
        }
    }

    fn finish(self) -> String {
        hex::encode(self.hasher.finalize())
    }
}

/// One pass over all entries, concern by concern.
struct Walk {
    anchors: Vec<(Anchor, Heads)>,
    /// Numbers given out that no entry has been seen of yet, with the last entry the index knows of.
    unseen: BTreeSet<(Subject, i64)>,
    current: Option<Chain>,
    seen: Verified,
}

/// The concern the pass is in.
struct Chain {
    subject: Subject,
    seq: i64,
    hash: String,
    /// How many anchors are older than its last entry so far: what follows is not theirs.
    settled: usize,
}

impl Walk {
    fn new(
        anchors: Vec<Anchor>,
        given: &[(String, i64)],
        expected: BTreeSet<(Subject, i64)>,
    ) -> Self {
        let indexed: BTreeSet<Subject> = expected.iter().map(|(subject, _)| *subject).collect();
        let mut unseen = expected;
        for (sort, given) in given {
            let missing = (1..=*given)
                .filter_map(|number| Subject::read(sort, number))
                .filter(|subject| !indexed.contains(subject));
            unseen.extend(missing.map(|subject| (subject, 1)));
        }
        Self {
            anchors: anchors
                .into_iter()
                .map(|anchor| (anchor, Heads::default()))
                .collect(),
            unseen,
            current: None,
            seen: Verified::default(),
        }
    }

    fn step(&mut self, placed: &Placed) -> Result<Option<FirstBad>, StoreError> {
        let of = subject(&placed.entry.subject, placed.entry.number)?;
        Ok(self.take(of, placed))
    }

    fn take(&mut self, of: Subject, placed: &Placed) -> Option<FirstBad> {
        let Placed { id, entry } = placed;
        if self
            .current
            .as_ref()
            .is_none_or(|chain| chain.subject != of)
        {
            let ended = self.end_chain();
            if ended.is_some() {
                return ended;
            }
            if let Some(gone) = self.first_unseen_before(Some(of)) {
                return Some(gone);
            }
            self.current = Some(Chain {
                subject: of,
                seq: 0,
                hash: String::new(),
                settled: 0,
            });
        }
        let chain = self.current.as_mut()?;
        let bad = |entry_no, why| {
            Some(FirstBad::Entry {
                subject: of,
                entry: entry_no,
                why,
            })
        };
        if entry.seq != chain.seq + 1 {
            return bad(chain.seq + 1, Fault::Missing);
        }
        if entry.hash != entry.own_hash() {
            return bad(entry.seq, Fault::Changed);
        }
        if entry.prev_hash != chain.hash {
            return bad(entry.seq, Fault::DoesNotFollow);
        }
        while let Some((anchor, heads)) = self.anchors.get_mut(chain.settled) {
            if anchor.upto >= *id {
                break;
            }
            if chain.seq > 0 {
                heads.add(chain.subject, chain.seq, &chain.hash);
            }
            chain.settled += 1;
        }
        chain.seq = entry.seq;
        chain.hash.clone_from(&entry.hash);
        self.seen.entries += 1;
        None
    }

    fn end_chain(&mut self) -> Option<FirstBad> {
        let chain = self.current.take()?;
        for (_, heads) in self.anchors.iter_mut().skip(chain.settled) {
            heads.add(chain.subject, chain.seq, &chain.hash);
        }
        self.seen.concerns += 1;
        let expected = self
            .unseen
            .range((chain.subject, i64::MIN)..=(chain.subject, i64::MAX))
            .next()
            .copied();
        if let Some(expected) = expected {
            self.unseen.remove(&expected);
            if chain.seq < expected.1 {
                return Some(FirstBad::Entry {
                    subject: chain.subject,
                    entry: chain.seq + 1,
                    why: Fault::Missing,
                });
            }
        }
        None
    }

    /// The first number given out that no entry was seen of, before a subject or before the end.
    fn first_unseen_before(&self, subject: Option<Subject>) -> Option<FirstBad> {
        let (gone, _) = self
            .unseen
            .first()
            .filter(|(unseen, _)| subject.is_none_or(|subject| *unseen < subject))?;
        Some(FirstBad::Entry {
            subject: *gone,
            entry: 1,
            why: Fault::Missing,
        })
    }

    /// The end of the record; `covers` are the hashes of the covers' entries, in order.
    fn finish(mut self, covers: &[String]) -> Result<Verified, FirstBad> {
        if let Some(bad) = self.end_chain() {
            return Err(bad);
        }
        if let Some(gone) = self.first_unseen_before(None) {
            return Err(gone);
        }
        let mut prev_hash = String::new();
        self.seen.covers = i64::try_from(covers.len()).unwrap_or(i64::MAX);
        for (at, (anchor, mut heads)) in (1..).zip(self.anchors) {
            if anchor.hash != anchor.own_hash() {
                return Err(anchor.bad(Fault::Changed));
            }
            if anchor.seq != at || anchor.prev_hash != prev_hash {
                return Err(anchor.bad(Fault::DoesNotFollow));
            }
            let last = usize::try_from(anchor.covers - 1).ok();
            let last = last.and_then(|last| covers.get(last));
            heads.add_covers(anchor.covers, last.map_or("", String::as_str));
            if anchor.concerns != heads.concerns || anchor.heads != heads.finish() {
                return Err(anchor.bad(Fault::HeadsDiffer));
            }
            prev_hash = anchor.hash;
            self.seen.anchors += 1;
        }
        self.seen.last_anchor = prev_hash;
        Ok(self.seen)
    }
}
