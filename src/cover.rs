//! Cover: who stands in for somebody who is away, for how long, and what that lets them do (`B-3.b`; nominee and appointee of
//! `H-1.3` and `H-S2`). Pure: the desk keeps it, and asks it.
//!
//! Clocks run on. A cover has what the absent person has, for as long as it lasts and no longer, and never what the absent person
//! could not do themselves: nobody answers a concern they raised, nor has it answered in their name.

mod standing;

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use crate::calendar::{Calendar, Period};
use crate::ids::UserId;

pub use standing::{Absent, Raisers, standing};

/// The longest that a cover lasts from the day it is set: longer is a change of post, which is the council's file's to say.
pub const LONGEST: Period = Period::WorkingDays(60);

/// A cover that was set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cover {
    /// Its number, from 1.
    pub number: i64,
    /// Whose work it is.
    pub absent: UserId,
    /// Who does it meanwhile.
    pub by: UserId,
    /// The first council-local day.
    pub from: NaiveDate,
    /// The last council-local day; it ends with that day.
    pub until: NaiveDate,
    /// Who set it.
    pub set_by: UserId,
    /// When, UTC.
    pub set_at: DateTime<Utc>,
    /// Whether its beginning has been told.
    pub begun: bool,
}

/// What happened to a cover: the record's entries, never changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Entry {
    /// It was set. Its number is the entry's.
    Set {
        /// Whose work it is.
        absent: UserId,
        /// Who does it meanwhile.
        by: UserId,
        /// The first day.
        from: NaiveDate,
        /// The last day.
        until: NaiveDate,
    },
    /// Its first day came, and those it touches were told.
    Begun {
        /// The cover.
        cover: i64,
    },
    /// It ended: by somebody's word before its time, or by itself when its last day was over.
    Ended {
        /// The cover.
        cover: i64,
    },
}

impl Entry {
    /// Its stable name in the store.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Set { .. } => "set",
            Self::Begun { .. } => "begun",
            Self::Ended { .. } => "ended",
        }
    }
}

/// The covers that have not ended, in the order they were set.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Covers(Vec<Cover>);

impl Covers {
    /// Takes in the next entry of the record.
    pub fn apply(&mut self, number: i64, at: DateTime<Utc>, actor: &UserId, entry: &Entry) {
        match entry {
            Entry::Set {
                absent,
                by,
                from,
                until,
            } => self.0.push(Cover {
                number,
                absent: absent.clone(),
                by: by.clone(),
                from: *from,
                until: *until,
                set_by: actor.clone(),
                set_at: at,
                begun: false,
            }),
            Entry::Begun { cover } => self
                .0
                .iter_mut()
                .filter(|known| known.number == *cover)
                .for_each(|known| known.begun = true),
            Entry::Ended { cover } => self.0.retain(|known| known.number != *cover),
        }
    }

    /// Every cover that has not ended, those that begin later among them.
    pub fn iter(&self) -> impl Iterator<Item = &Cover> {
        self.0.iter()
    }

    /// The covers of a council-local day.
    pub fn on(&self, day: NaiveDate) -> impl Iterator<Item = &Cover> {
        self.0
            .iter()
            .filter(move |cover| cover.from <= day && day <= cover.until)
    }

    /// Who covers for somebody on a day, each once.
    #[must_use]
    pub fn covering(&self, absent: &UserId, day: NaiveDate) -> Vec<&UserId> {
        let mut people = Vec::new();
        for cover in self.on(day).filter(|cover| cover.absent == *absent) {
            if !people.contains(&&cover.by) {
                people.push(&cover.by);
            }
        }
        people
    }

    /// For whom somebody covers on a day, each once.
    #[must_use]
    pub fn covered_by(&self, by: &UserId, day: NaiveDate) -> Vec<&UserId> {
        let mut people = Vec::new();
        for cover in self.on(day).filter(|cover| cover.by == *by) {
            if !people.contains(&&cover.absent) {
                people.push(&cover.absent);
            }
        }
        people
    }

    /// What a day makes due: those whose last day is over end, those whose first has come begin.
    #[must_use]
    pub fn due(&self, day: NaiveDate) -> Vec<Entry> {
        self.0
            .iter()
            .filter_map(|cover| {
                let number = cover.number;
                if cover.until < day {
                    Some(Entry::Ended { cover: number })
                } else if cover.from <= day && !cover.begun {
                    Some(Entry::Begun { cover: number })
                } else {
                    None
                }
            })
            .collect()
    }

    /// The covers of somebody that a new one takes the place of: those with a day in common.
    pub fn replaced<'a>(
        &'a self,
        absent: &'a UserId,
        from: NaiveDate,
        until: NaiveDate,
    ) -> impl Iterator<Item = &'a Cover> {
        self.0.iter().filter(move |cover| {
            cover.absent == *absent && cover.from <= until && from <= cover.until
        })
    }
}

/// A cover that somebody asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// Whose work it is.
    pub absent: UserId,
    /// Who does it meanwhile.
    pub by: UserId,
    /// The first day.
    pub from: NaiveDate,
    /// The last day.
    pub until: NaiveDate,
}

/// What the directory says of those a cover is about.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a plain fact of its own"
)]
pub struct Facts {
    /// Whether the one who is away may raise.
    pub absent_raises: bool,
    /// Whether they hold a role.
    pub absent_holds: bool,
    /// Whether the cover may raise where the absent person may, or manages the IRO service.
    pub cover_raises: bool,
    /// Whether the one who asks manages the IRO service.
    pub asked_by_iro_manager: bool,
}

/// Why a cover is not set or ended.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CoverFault {
    /// Nobody covers for themselves.
    #[error("it is the same person")]
    Oneself,
    /// Only they themselves and the manager of the IRO service may say who covers for them.
    #[error("not theirs to set")]
    NotYours,
    /// They neither raise nor hold a role.
    #[error("there is nothing to cover")]
    NothingToCover,
    /// Who covers for a raiser raises under the same protocol, or manages the IRO service.
    #[error("the cover may not raise")]
    NotARaiser,
    /// The last day is past.
    #[error("the last day is past")]
    Past,
    /// The first day is past.
    #[error("the first day is past")]
    BeginsInThePast,
    /// The first day is after the last.
    #[error("the first day is after the last")]
    EndsBeforeItBegins,
    /// It lasts too long.
    #[error("it may last until {0} at most")]
    TooLong(NaiveDate),
    /// There is no such cover.
    #[error("there is no such cover")]
    NoSuchCover,
}

/// Whether a cover may be set: by the one who is away, or by the manager of the IRO service, for an officer or a role holder who
/// could not set it before they went; for [`LONGEST`] at most.
///
/// Whether its holder may act on one concern is asked when they act ([`standing()`]).
///
/// # Errors
/// Why it may not.
pub fn may_set(
    asked: &Asked,
    setter: &UserId,
    facts: Facts,
    today: NaiveDate,
    calendar: &Calendar,
) -> Result<(), CoverFault> {
    if asked.by == asked.absent {
        return Err(CoverFault::Oneself);
    }
    if *setter != asked.absent && !facts.asked_by_iro_manager {
        return Err(CoverFault::NotYours);
    }
    if !facts.absent_raises && !facts.absent_holds {
        return Err(CoverFault::NothingToCover);
    }
    if facts.absent_raises && !facts.absent_holds && !facts.cover_raises {
        return Err(CoverFault::NotARaiser);
    }
    if asked.until < today {
        return Err(CoverFault::Past);
    }
    if asked.from < today {
        return Err(CoverFault::BeginsInThePast);
    }
    if asked.until < asked.from {
        return Err(CoverFault::EndsBeforeItBegins);
    }
    let latest = calendar
        .provisional_due(today, LONGEST)
        .map_or(asked.until, |due| due.date);
    if asked.until > latest {
        return Err(CoverFault::TooLong(latest));
    }
    Ok(())
}

/// Whether somebody may end a cover: the one who is away, the one who covers, and the manager of the IRO service.
#[must_use]
pub fn may_end(cover: &Cover, user: &UserId, facts: Facts) -> bool {
    cover.absent == *user || cover.by == *user || facts.asked_by_iro_manager
}

#[cfg(test)]
mod tests;
