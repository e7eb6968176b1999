//! Dates as people write and read them.

use chrono::{Datelike, Days, NaiveDate, Weekday};
use thiserror::Error;

use super::period::shortened;

/// What a written date got wrong.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum DateError {
    /// None of the ways to write a date.
    #[error(
        "{0:?} is not a date: write it as 2026-12-24, 24/12/2026, \"24 Dec\", \"24 December 2026\", \"friday\", \"today\" or \"tomorrow\"."
    )]
    Unknown(String),
    /// Such as 31 November.
    #[error("{0:?} is not a day of the calendar: check the day and the month, day first.")]
    NoSuchDay(String),
    /// "Mon 24 Dec 2026", which is a Thursday.
    #[error("{written:?} names the wrong day of the week, that date is a {is}: check the date.")]
    WrongWeekday {
        /// As it was written.
        written: String,
        /// What day the date is.
        is: Weekday,
    },
}

/// Reads a date as people write it; `today` is the council-local date.
///
/// `2026-12-24`, `24/12/2026`, `24 December 2026`, `Thu 24 Dec 2026`; without a year the next such day, today included;
/// `today`, `tomorrow`; a weekday's name is the next one strictly after today, so that today's own name is a week away.
///
/// # Errors
/// What is wrong and how to write it.
pub fn parse_date(text: &str, today: NaiveDate) -> Result<NaiveDate, DateError> {
    let unknown = || DateError::Unknown(shortened(text));
    let no_such_day = || DateError::NoSuchDay(shortened(text));
    let lower = text.trim().to_lowercase().replace(',', " ");
    let mut words: Vec<&str> = lower.split_whitespace().collect();

    match words.as_slice() {
        ["today"] => return Ok(today),
        ["tomorrow"] => return today.succ_opt().ok_or_else(unknown),
        [word] if let Some(weekday) = weekday(word) => {
            return next_weekday(today, weekday).ok_or_else(unknown);
        }
        _ => {}
    }

    let named = words.first().and_then(|word| weekday(word));
    if named.is_some() {
        words.remove(0);
    }
    let date = match words.as_slice() {
        [word] if word.contains('-') => {
            let [year, month, day] = three(word, '-').ok_or_else(unknown)?;
            let date = (year.len() == 4)
                .then(|| day_of(year, month, day))
                .ok_or_else(unknown)?;
            date.ok_or_else(no_such_day)?
        }
        [word] if word.contains('/') => {
            let [day, month, year] = three(word, '/').ok_or_else(unknown)?;
            let date = (year.len() == 4)
                .then(|| day_of(year, month, day))
                .ok_or_else(unknown)?;
            date.ok_or_else(no_such_day)?
        }
        [day, name] => {
            let (day, month) = (day_number(day), month(name));
            let (day, month) = day.zip(month).ok_or_else(unknown)?;
            next_such_day(today, day, month).ok_or_else(no_such_day)?
        }
        [day, name, year] if year.len() == 4 => {
            let (day, month) = (day_number(day), month(name));
            let (day, month) = day.zip(month).ok_or_else(unknown)?;
            let year = number(year).ok_or_else(unknown)?;
            i32::try_from(year)
                .ok()
                .and_then(|year| NaiveDate::from_ymd_opt(year, month, day))
                .ok_or_else(no_such_day)?
        }
        _ => return Err(unknown()),
    };
    match named {
        Some(weekday) if weekday != date.weekday() => Err(DateError::WrongWeekday {
            written: shortened(text),
            is: date.weekday(),
        }),
        _ => Ok(date),
    }
}

/// A date as cards say it: `Mon 21 Dec`.
#[must_use]
pub fn say_date(date: NaiveDate) -> String {
    date.format("%a %-d %b").to_string()
}

/// A date where the year is not plain from what stands around it: `Mon 21 Dec 2026`.
#[must_use]
pub fn say_date_year(date: NaiveDate) -> String {
    date.format("%a %-d %b %Y").to_string()
}

/// A date of exactly the form `2026-12-24`.
#[must_use]
pub fn iso_date(text: &str) -> Option<NaiveDate> {
    let [year, month, day] = three(text, '-')?;
    if (year.len(), month.len(), day.len()) != (4, 2, 2) {
        return None;
    }
    day_of(year, month, day)
}

fn three(text: &str, separator: char) -> Option<[&str; 3]> {
    let mut parts = text.split(separator);
    let found = [parts.next()?, parts.next()?, parts.next()?];
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    (parts.next().is_none() && found.iter().all(|part| digits(part))).then_some(found)
}

fn day_of(year: &str, month: &str, day: &str) -> Option<NaiveDate> {
    NaiveDate::from_ymd_opt(year.parse().ok()?, number(month)?, number(day)?)
}

fn number(text: &str) -> Option<u32> {
    (!text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()))
        .then(|| text.parse().ok())
        .flatten()
}

/// `24`, `24th`.
fn day_number(text: &str) -> Option<u32> {
    let bare = ["st", "nd", "rd", "th"]
        .iter()
        .find_map(|ending| text.strip_suffix(ending))
        .unwrap_or(text);
    number(bare)
}

fn weekday(text: &str) -> Option<Weekday> {
    // The parser of chrono takes "fri" and "friday"; "tues", "weds" and "thurs" are written as often.
    match text {
        "tues" => Some(Weekday::Tue),
        "weds" => Some(Weekday::Wed),
        "thur" | "thurs" => Some(Weekday::Thu),
        _ => text.parse().ok(),
    }
}

fn month(text: &str) -> Option<u32> {
    if text == "sept" {
        return Some(9);
    }
    text.parse::<chrono::Month>()
        .ok()
        .map(|month| month.number_from_month())
}

fn next_weekday(today: NaiveDate, weekday: Weekday) -> Option<NaiveDate> {
    let ahead = match weekday.days_since(today.weekday()) {
        0 => 7,
        ahead => ahead,
    };
    today.checked_add_days(Days::new(u64::from(ahead)))
}

/// The next `day` of `month`, today included. 29 February may be eight years ahead.
fn next_such_day(today: NaiveDate, day: u32, month: u32) -> Option<NaiveDate> {
    (0..=8)
        .filter_map(|years| NaiveDate::from_ymd_opt(today.year() + years, month, day))
        .find(|date| *date >= today)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        iso_date(text).unwrap_or_default()
    }

    #[test]
    fn dates_are_read_as_people_write_them() {
        let monday = day("2026-12-14");
        for (text, expected) in [
            ("2026-12-24", "2026-12-24"),
            ("24/12/2026", "2026-12-24"),
            ("4/1/2027", "2027-01-04"),
            ("24 dec", "2026-12-24"),
            ("24th Dec", "2026-12-24"),
            ("24 December 2026", "2026-12-24"),
            ("Thu 24 Dec", "2026-12-24"),
            ("Thursday, 24 December 2026", "2026-12-24"),
            ("14 dec", "2026-12-14"),
            ("13 dec", "2027-12-13"),
            ("7 Jan", "2027-01-07"),
            ("1 sept", "2027-09-01"),
            ("29 feb", "2028-02-29"),
            ("today", "2026-12-14"),
            (" Tomorrow ", "2026-12-15"),
            ("friday", "2026-12-18"),
            ("fri", "2026-12-18"),
            ("Thurs", "2026-12-17"),
            ("sunday", "2026-12-20"),
        ] {
            assert_eq!(parse_date(text, monday), Ok(day(expected)), "{text}");
        }
    }

    #[test]
    fn the_name_of_today_means_a_week_from_today() {
        assert_eq!(
            parse_date("monday", day("2026-12-14")),
            Ok(day("2026-12-21"))
        );
    }

    #[test]
    fn what_is_not_a_date_is_refused_with_the_mend() {
        let today = day("2026-12-14");
        for text in [
            "",
            "soon",
            "next friday",
            "24",
            "24/12",
            "24/12/26",
            "26-12-24",
            "2026-12",
            "dec 24",
            "24 dec 26",
            "24 dec 2026 17:00",
            "-1 dec",
            "+1/+2/2026",
        ] {
            assert_eq!(
                parse_date(text, today),
                Err(DateError::Unknown(text.to_owned()))
            );
        }
        for text in [
            "2026-02-30",
            "12/24/2026",
            "31 november",
            "31 nov 2026",
            "0 dec",
        ] {
            assert_eq!(
                parse_date(text, today),
                Err(DateError::NoSuchDay(text.to_owned()))
            );
        }
        assert_eq!(
            parse_date("Mon 24 Dec 2026", today).map_err(|error| error.to_string()),
            Err("\"Mon 24 Dec 2026\" names the wrong day of the week, that date is a Thu: check the date.".to_owned())
        );
    }

    #[test]
    fn dates_are_said_the_way_cards_say_them() {
        assert_eq!(say_date(day("2026-12-21")), "Mon 21 Dec");
        assert_eq!(say_date(day("2027-01-07")), "Thu 7 Jan");
        assert_eq!(say_date_year(day("2027-01-07")), "Thu 7 Jan 2027");
    }
}
