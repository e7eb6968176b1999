//! Bank holidays of England and Wales, in the shape GOV.UK publishes them, and how a newer feed is merged in.
//!
//! The file is GOV.UK's own (`{"england-and-wales": {"division", "events": [{"title", "date", "notes", "bunting"}]}}`) with
//! one key more, `lodestar`, that says what a feed leaves unsaid: the first and the last day for which every bank holiday
//! is listed, and until when they are published rather than projected from the rules. GOV.UK publishes about two years
//! ahead, has dropped past years, and has added a day ten days before it: so a feed is merged, and never replaces.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Datelike, NaiveDate};
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// The holidays that come with the program: 2010 to 2035, published until 2028, projected after.
const BUILT_IN: &str = include_str!("../../data/bank-holidays.json");

/// A full year of England and Wales has at least these; a feed with fewer in a year does not hold the whole of it.
const IN_A_FULL_YEAR: usize = 8;

/// More than a feed or a merged file ever holds.
const MOST_EVENTS: usize = 5_000;

/// The years a calendar may reach: outside them a date in a feed is a slip.
const YEARS: std::ops::RangeInclusive<i32> = 1990..=2150;

/// One bank holiday, as GOV.UK gives it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BankHoliday {
    /// Its name, such as "Boxing Day".
    pub title: String,
    /// The day kept free, which for a substitute day is not the day of the name.
    pub date: NaiveDate,
    /// "Substitute day", or nothing.
    #[serde(default)]
    pub notes: String,
    /// Whether flags are flown.
    #[serde(default)]
    pub bunting: bool,
}

impl BankHoliday {
    /// The name a person reads: "Boxing Day (substitute day)".
    #[must_use]
    pub fn name(&self) -> String {
        if self.notes.is_empty() {
            self.title.clone()
        } else {
            format!("{} ({})", self.title, self.notes.to_lowercase())
        }
    }
}

/// The bank holidays in force and how far they reach.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BankHolidays {
    events: BTreeMap<NaiveDate, BankHoliday>,
    reach: Reach,
}

/// What the holidays cover, all days inclusive.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reach {
    /// The first day the calendar knows.
    pub first: NaiveDate,
    /// The last day the calendar knows: its horizon.
    pub last: NaiveDate,
    /// Until here the holidays are as GOV.UK published them; later ones are projected from the rules.
    pub published_until: NaiveDate,
    /// Days that were published as bank holidays and then moved away, struck by hand.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub moved: BTreeSet<NaiveDate>,
}

/// What GOV.UK publishes, or a file of ours.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Feed {
    events: BTreeMap<NaiveDate, BankHoliday>,
    /// Only our own files say.
    reach: Option<Reach>,
}

/// What a merge changed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Merged {
    /// Days that were not bank holidays before: open deadlines they touch must move.
    pub added: Vec<BankHoliday>,
    /// Projected days that the published year does not have: no longer bank holidays.
    pub withdrawn: Vec<BankHoliday>,
    /// Published days that the feed lacks though it has the rest of their year. Kept: a feed has lost history before. One
    /// that was moved is struck with [`BankHolidays::strike`].
    pub missing: Vec<BankHoliday>,
}

/// What a bank-holiday file got wrong.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum FeedError {
    /// Not JSON, or not of this shape.
    #[error(
        "The bank holidays are not in the shape of https://www.gov.uk/bank-holidays.json (line {line}, column {column}): fetch that file again."
    )]
    Shape {
        /// Line of the fault, from 1.
        line: usize,
        /// Column of the fault, from 1.
        column: usize,
    },
    /// No events: the feed is broken, and nothing may be learnt from it.
    #[error(
        "The bank holidays of \"england-and-wales\" are empty: fetch https://www.gov.uk/bank-holidays.json again."
    )]
    Empty,
    /// Too many events to be true.
    #[error(
        "The file lists {0} bank holidays, more than any calendar has: fetch https://www.gov.uk/bank-holidays.json again."
    )]
    TooMany(usize),
    /// A date no calendar reaches.
    #[error(
        "The bank holidays name {0}, which is outside the years 1990 to 2150: correct that date."
    )]
    OutOfRange(NaiveDate),
    /// The marks contradict each other.
    #[error(
        "The \"lodestar\" marks of the bank holidays are out of order: \"first\" comes before \"published_until\", and that not after \"last\"."
    )]
    Marks,
}

#[derive(Serialize, Deserialize)]
struct Written {
    #[serde(rename = "lodestar", default, skip_serializing_if = "Option::is_none")]
    reach: Option<Reach>,
    #[serde(rename = "england-and-wales")]
    england_and_wales: Division,
}

#[derive(Serialize, Deserialize)]
struct Division {
    division: String,
    events: Vec<BankHoliday>,
}

/// Reads GOV.UK's feed, or a file that [`BankHolidays::to_json`] wrote. Other divisions and unknown fields are passed over.
///
/// # Errors
/// See [`FeedError`].
pub fn parse_feed(json: &str) -> Result<Feed, FeedError> {
    let written: Written = serde_json::from_str(json).map_err(|error| FeedError::Shape {
        line: error.line(),
        column: error.column(),
    })?;
    let events = written.england_and_wales.events;
    if events.is_empty() {
        return Err(FeedError::Empty);
    }
    if events.len() > MOST_EVENTS {
        return Err(FeedError::TooMany(events.len()));
    }
    let dates = events.iter().map(|event| event.date);
    let marks = written.reach.iter().flat_map(|reach| {
        let moved = reach.moved.iter().copied();
        moved.chain([reach.first, reach.last, reach.published_until])
    });
    if let Some(date) = dates
        .chain(marks)
        .find(|date| !YEARS.contains(&date.year()))
    {
        return Err(FeedError::OutOfRange(date));
    }
    if let Some(reach) = &written.reach
        && !(reach.first < reach.published_until && reach.published_until <= reach.last)
    {
        return Err(FeedError::Marks);
    }
    Ok(Feed {
        events: events
            .into_iter()
            .map(|event| (event.date, event))
            .collect(),
        reach: written.reach,
    })
}

impl BankHolidays {
    /// The bank holidays that come with the program.
    ///
    /// # Errors
    /// Never for the file as it stands, which a test reads; an error names what an edit of it broke.
    pub fn built_in() -> Result<Self, FeedError> {
        let feed = parse_feed(BUILT_IN)?;
        Ok(Self {
            events: feed.events,
            reach: feed.reach.ok_or(FeedError::Marks)?,
        })
    }

    /// What they cover.
    #[must_use]
    pub fn reach(&self) -> &Reach {
        &self.reach
    }

    /// Every bank holiday, in order.
    pub fn iter(&self) -> impl Iterator<Item = &BankHoliday> {
        self.events.values()
    }

    /// The bank holiday on `date`.
    #[must_use]
    pub fn on(&self, date: NaiveDate) -> Option<&BankHoliday> {
        self.events.get(&date)
    }

    /// Merges a newer feed, or a file written before, into these.
    ///
    /// History stays whatever the feed holds. A year the feed has whole is published from then on: its projected days give
    /// way to the feed's, and the horizon moves out with it.
    pub fn merge(&mut self, feed: &Feed) -> Merged {
        let mut merged = Merged::default();
        let published_before = self.reach.published_until;
        self.widen(feed);
        let published = self.reach.published_until;

        for date in feed.reach.iter().flat_map(|reach| &reach.moved) {
            if !feed.events.contains_key(date) && self.events.remove(date).is_some() {
                self.reach.moved.insert(*date);
            }
        }
        self.events.retain(|date, event| {
            let came_true =
                *date <= published_before || *date > published || feed.events.contains_key(date);
            if !came_true {
                merged.withdrawn.push(event.clone());
            }
            came_true
        });
        for (date, event) in &feed.events {
            if feed.only_supposes(*date) && *date <= published_before {
                continue;
            }
            if feed.reach.is_some() && self.reach.moved.contains(date) {
                continue;
            }
            self.reach.moved.remove(date);
            if self.events.insert(*date, event.clone()).is_none() {
                merged.added.push(event.clone());
            }
        }
        let lacking = self
            .events
            .values()
            .filter(|event| event.date <= published)
            .filter(|event| !feed.events.contains_key(&event.date))
            .filter(|event| feed.holds_whole(event.date.year()));
        merged.missing.extend(lacking.cloned());
        merged
    }

    /// Takes a day off the calendar that was published as a bank holiday and then moved to another date. Says whether it is
    /// off now; a day that never was a bank holiday is refused.
    pub fn strike(&mut self, date: NaiveDate) -> bool {
        if self.events.remove(&date).is_some() {
            self.reach.moved.insert(date);
        }
        self.reach.moved.contains(&date)
    }

    /// The file to keep: GOV.UK's shape with our marks, one bank holiday a line.
    ///
    /// # Errors
    /// None that the types allow.
    pub fn to_json(&self) -> serde_json::Result<String> {
        let events: Vec<String> = self
            .iter()
            .map(|event| serde_json::to_string(event).map(|line| format!("      {line}")))
            .collect::<serde_json::Result<_>>()?;
        Ok(format!(
            "{{\n  \"lodestar\": {marks},\n  \"england-and-wales\": {{\n    \"division\": \"england-and-wales\",\n    \"events\": [\n{events}\n    ]\n  }}\n}}\n",
            marks = serde_json::to_string(&self.reach)?,
            events = events.join(",\n"),
        ))
    }

    /// Moves the marks out as far as the feed is known to be whole.
    fn widen(&mut self, feed: &Feed) {
        if let Some(reach) = &feed.reach {
            self.reach.published_until = self.reach.published_until.max(reach.published_until);
            self.reach.last = self.reach.last.max(reach.last);
        } else {
            let mut year = self.reach.published_until.year() + 1;
            while feed.holds_whole(year)
                && let Some(end) = NaiveDate::from_ymd_opt(year, 12, 31)
            {
                self.reach.published_until = end;
                year += 1;
            }
        }
        self.reach.last = self.reach.last.max(self.reach.published_until);
    }
}

impl Feed {
    /// Whether a day in a file of ours was a projection when the file was written.
    fn only_supposes(&self, date: NaiveDate) -> bool {
        let reach = self.reach.as_ref();
        reach.is_some_and(|reach| date > reach.published_until)
    }

    fn holds_whole(&self, year: i32) -> bool {
        let in_year = self.events.keys().filter(|date| date.year() == year);
        in_year.count() >= IN_A_FULL_YEAR
    }
}
