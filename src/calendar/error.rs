//! What a calendar cannot answer.

use chrono::{NaiveDate, NaiveTime};
use chrono_tz::Tz;
use thiserror::Error;

use super::holidays::FeedError;
use super::words::say_date_year;

/// Why a calendar gives no answer, or cannot be made. Each reads as one sentence with the mend.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum CalendarError {
    /// Bank holidays are not known so far ahead.
    #[error(
        "{} is beyond the calendar's known horizon, {}: give an earlier date, or bring the calendar up to date with `lodestar bank-holidays update`.",
        say_date_year(*date), say_date_year(*last)
    )]
    BeyondHorizon {
        /// The first day that was needed and is not known.
        date: NaiveDate,
        /// The last day that is.
        last: NaiveDate,
    },
    /// Bank holidays are not known so far back.
    #[error(
        "{} is before the calendar begins, {}: give a later date.",
        say_date_year(*date), say_date_year(*first)
    )]
    BeforeHorizon {
        /// The last day that was needed and is not known.
        date: NaiveDate,
        /// The first day that is.
        first: NaiveDate,
    },
    /// A closure day outside the horizon would never be counted.
    #[error(
        "The closure day {date} is outside the calendar ({first} to {last}): correct it or take it out."
    )]
    ClosureDay {
        /// The closure day.
        date: NaiveDate,
        /// The first day the calendar knows.
        first: NaiveDate,
        /// The last.
        last: NaiveDate,
    },
    /// A close of business that a clock change skips or repeats names no one moment.
    #[error(
        "The clocks change in {zone} so that {time} on {} is skipped or comes twice: choose another close of business.",
        say_date_year(*date)
    )]
    CloseOfBusiness {
        /// The close of business asked for.
        time: NaiveTime,
        /// The first day on which it is not one moment.
        date: NaiveDate,
        /// Council time.
        zone: Tz,
    },
    /// The bank holidays themselves are wrong.
    #[error(transparent)]
    Holidays(#[from] FeedError),
}
