//! The bank holidays that come with the program, against the list they were taken from and against the rules of the Act.

use std::collections::BTreeSet;

use chrono::{Datelike, Days, NaiveDate, Weekday};
use lodestar::calendar::{BankHolidays, DayOff};

use super::{ENGLAND_AND_WALES, day};

/// Weekday bank holidays 2010 to 2035 with the names of their source; GOV.UK's from 2012 to 2028.
const LIST: &str = include_str!("weekday_bank_holidays.csv");

fn listed() -> impl Iterator<Item = (NaiveDate, &'static str)> {
    let rows = LIST.lines().skip(1);
    rows.map(|row| row.split_once(',').expect("date,name"))
        .map(|(date, name)| (day(date), name))
}

#[test]
fn every_listed_day_is_a_bank_holiday_and_no_other_weekday_is() {
    let calendar = &*ENGLAND_AND_WALES;
    let listed: BTreeSet<NaiveDate> = listed().map(|(date, _)| date).collect();
    assert_eq!(listed.len(), 213);
    for date in calendar
        .horizon()
        .start()
        .iter_days()
        .take_while(|date| calendar.horizon().contains(date))
    {
        let weekend = matches!(date.weekday(), Weekday::Sat | Weekday::Sun);
        let working = calendar.is_working_day(date).unwrap();
        assert_eq!(working, !weekend && !listed.contains(&date), "{date}");
        assert_eq!(
            matches!(calendar.day_off(date), Ok(Some(DayOff::BankHoliday { .. }))),
            listed.contains(&date),
            "{date}"
        );
    }
}

#[test]
fn published_days_have_the_names_gov_uk_gives_them() {
    let held = BankHolidays::built_in().unwrap();
    for (date, name) in listed().filter(|(date, _)| (2012..=2028).contains(&date.year())) {
        let holiday = held.on(date).expect("listed");
        assert_eq!(holiday.name().to_lowercase(), name.to_lowercase(), "{date}");
    }
}

#[test]
fn only_the_years_after_2028_are_projected() {
    for (date, _) in listed() {
        let Ok(Some(DayOff::BankHoliday { projected, .. })) = ENGLAND_AND_WALES.day_off(date)
        else {
            unreachable!("{date} is a bank holiday");
        };
        assert_eq!(projected, date.year() > 2028, "{date}");
    }
}

/// The Banking and Financial Dealings Act 1971, the proclaimed days, and the days that were moved or added since 2010.
#[test]
fn the_list_is_what_the_rules_and_the_known_exceptions_give() {
    let moved = ["2012-05-28", "2020-05-04", "2022-05-30"];
    let extra = [
        "2011-04-29",
        "2012-06-04",
        "2012-06-05",
        "2020-05-08",
        "2022-06-02",
        "2022-06-03",
        "2022-09-19",
        "2023-05-08",
    ];
    let mut by_rule: BTreeSet<NaiveDate> = (2010..=2035).flat_map(year_by_rule).collect();
    for date in moved {
        assert!(by_rule.remove(&day(date)), "{date}");
    }
    by_rule.extend(extra.map(day));
    let listed: BTreeSet<NaiveDate> = listed().map(|(date, _)| date).collect();
    assert_eq!(by_rule, listed);
}

fn year_by_rule(year: i32) -> Vec<NaiveDate> {
    let date = |month, day| NaiveDate::from_ymd_opt(year, month, day).unwrap();
    let first_monday =
        |month| NaiveDate::from_weekday_of_month_opt(year, month, Weekday::Mon, 1).unwrap();
    let last_monday = |month| {
        let end = date(month, 31);
        end - Days::new(u64::from(end.weekday().num_days_from_monday()))
    };
    let easter = easter_sunday(year);
    let mut days = vec![
        easter - Days::new(2),
        easter + Days::new(1),
        first_monday(5),
        last_monday(5),
        last_monday(8),
    ];
    for fixed in [date(1, 1), date(12, 25), date(12, 26)] {
        // The substitute is the next weekday that is not a bank holiday itself.
        let mut kept = fixed;
        while matches!(kept.weekday(), Weekday::Sat | Weekday::Sun) || days.contains(&kept) {
            kept = kept + Days::new(1);
        }
        days.push(kept);
    }
    days
}

/// The Gregorian computus.
#[expect(
    clippy::many_single_char_names,
    reason = "the letters of the published algorithm"
)]
fn easter_sunday(year: i32) -> NaiveDate {
    let (a, b, c) = (year % 19, year / 100, year % 100);
    let h = (19 * a + b - b / 4 - (b - (b + 8) / 25 + 1) / 3 + 15) % 30;
    let l = (32 + 2 * (b % 4) + 2 * (c / 4) - h - c % 4) % 7;
    let m = (a + 11 * h + 22 * l) / 451;
    let month = (h + l - 7 * m + 114) / 31;
    let day = (h + l - 7 * m + 114) % 31 + 1;
    NaiveDate::from_ymd_opt(year, month.unsigned_abs(), day.unsigned_abs()).unwrap()
}
