//! The calendar from outside: published facts, a plain day-by-day walk, clock changes, feeds, and the two commands.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a story that cannot be told has failed"
)]

#[path = "calendar/bank_holidays.rs"]
mod bank_holidays;
#[path = "calendar/clock_changes.rs"]
mod clock_changes;
#[path = "calendar/commands.rs"]
mod commands;
#[path = "calendar/facts.rs"]
mod facts;
#[path = "calendar/feeds.rs"]
mod feeds;
#[path = "calendar/horizon.rs"]
mod horizon;
#[path = "calendar/walk.rs"]
mod walk;

use std::sync::LazyLock;

use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use chrono_tz::Tz;
use lodestar::calendar::{BankHolidays, Calendar, CalendarError, iso_date};

static ENGLAND_AND_WALES: LazyLock<Calendar> =
    LazyLock::new(|| Calendar::built_in().expect("the built-in calendar is whole"));

fn day(text: &str) -> NaiveDate {
    iso_date(text).unwrap_or_else(|| unreachable!("{text} is a date"))
}

fn utc(text: &str) -> DateTime<Utc> {
    text.parse().expect("an instant")
}

fn time(text: &str) -> NaiveTime {
    text.parse().expect("a time of day")
}

fn due(from: &str, period: &str) -> NaiveDate {
    let period = period.parse().expect("a period");
    ENGLAND_AND_WALES
        .due(day(from), period)
        .expect("known")
        .date
}

/// England and Wales with the closure days and close of business given.
fn council(closure_days: &[&str], close_of_business: &str) -> Result<Calendar, CalendarError> {
    Calendar::new(
        BankHolidays::built_in()?,
        closure_days.iter().map(|text| day(text)),
        Tz::Europe__London,
        time(close_of_business),
    )
}
