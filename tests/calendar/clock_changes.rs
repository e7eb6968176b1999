//! Both clock changes, and the midnight that is another day in UTC.

use chrono_tz::Tz;
use lodestar::calendar::{BankHolidays, Calendar, CalendarError, Period};

use super::{ENGLAND_AND_WALES, council, day, time, utc};

#[test]
fn close_of_business_stays_at_five_in_london_across_both_clock_changes() {
    for (from, expected) in [
        ("2027-03-24", "2027-03-25T17:00:00Z"),
        ("2027-03-25", "2027-03-30T16:00:00Z"),
        ("2026-03-26", "2026-03-27T17:00:00Z"),
        ("2026-03-27", "2026-03-30T16:00:00Z"),
        ("2026-10-22", "2026-10-23T16:00:00Z"),
        ("2026-10-23", "2026-10-26T17:00:00Z"),
    ] {
        let due = ENGLAND_AND_WALES
            .due(day(from), Period::WorkingDays(1))
            .unwrap();
        assert_eq!(due.at, utc(expected), "from {from}");
    }
}

#[test]
fn half_past_eleven_at_night_in_utc_is_the_next_day_in_a_london_summer() {
    let calendar = &*ENGLAND_AND_WALES;
    assert_eq!(
        calendar.local_date(utc("2026-06-15T23:30:00Z")),
        day("2026-06-16")
    );
    assert_eq!(
        calendar.local_date(utc("2026-12-15T23:30:00Z")),
        day("2026-12-15")
    );
}

#[test]
fn a_time_the_clocks_skip_is_the_first_moment_after_the_gap() {
    let calendar = &*ENGLAND_AND_WALES;
    let spring = day("2026-03-29");
    assert_eq!(
        calendar.at(spring, time("00:59:59")),
        utc("2026-03-29T00:59:59Z")
    );
    for skipped in ["01:00:00", "01:30:00", "01:59:59"] {
        assert_eq!(
            calendar.at(spring, time(skipped)),
            utc("2026-03-29T01:00:00Z"),
            "{skipped}"
        );
    }
    assert_eq!(
        calendar.at(spring, time("02:00:00")),
        utc("2026-03-29T01:00:00Z")
    );
}

#[test]
fn a_time_that_comes_twice_is_the_earlier() {
    let calendar = &*ENGLAND_AND_WALES;
    let autumn = day("2026-10-25");
    assert_eq!(
        calendar.at(autumn, time("01:30:00")),
        utc("2026-10-25T00:30:00Z")
    );
    assert_eq!(
        calendar.at(autumn, time("02:00:00")),
        utc("2026-10-25T02:00:00Z")
    );
}

#[test]
fn a_close_of_business_that_a_clock_change_skips_or_repeats_is_refused() {
    for unclear in ["01:00", "01:30", "01:59:59"] {
        let refusal = council(&[], unclear).unwrap_err();
        assert_eq!(
            refusal,
            CalendarError::CloseOfBusiness {
                time: time(unclear),
                date: day("2010-03-28"),
                zone: Tz::Europe__London,
            }
        );
    }
    assert_eq!(
        council(&[], "01:30").unwrap_err().to_string(),
        "The clocks change in Europe/London so that 01:30:00 on Sun 28 Mar 2010 is skipped or comes twice: choose another close of business."
    );
    for clear in ["00:59:59", "02:00", "16:30", "23:59:59"] {
        assert!(council(&[], clear).is_ok(), "{clear}");
    }
}

#[test]
fn a_zone_whose_clocks_never_change_takes_any_close_of_business() {
    let holidays = BankHolidays::built_in().unwrap();
    assert!(Calendar::new(holidays, [], Tz::UTC, time("01:30")).is_ok());
}
