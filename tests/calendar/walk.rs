//! Every answer of the table against a plain day-by-day walk that knows nothing of it.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use chrono::{Datelike, Days, NaiveDate, Weekday};
use lodestar::calendar::{BankHolidays, Calendar, Counted, Period, Step};
use proptest::prelude::*;

use super::{ENGLAND_AND_WALES, council, day};

static CLOSED_OVER_CHRISTMAS: LazyLock<Calendar> = LazyLock::new(|| {
    council(
        &["2026-12-29", "2026-12-30", "2026-12-31", "2027-01-02"],
        "17:00",
    )
    .expect("a calendar")
});

/// Working days by looking at one day after another.
struct Walk {
    free: BTreeSet<NaiveDate>,
}

impl Walk {
    fn beside(calendar: &Calendar) -> Self {
        let mut free: BTreeSet<NaiveDate> = calendar.closure_days().collect();
        let holidays = BankHolidays::built_in().expect("whole");
        free.extend(holidays.iter().map(|holiday| holiday.date));
        Self { free }
    }

    fn works(&self, date: NaiveDate) -> bool {
        !matches!(date.weekday(), Weekday::Sat | Weekday::Sun) && !self.free.contains(&date)
    }

    fn due(&self, from: NaiveDate, period: Period) -> NaiveDate {
        let (mut date, one) = (from, Days::new(1));
        match period.counted() {
            Counted::WorkingDays(0) => {
                while !self.works(date) {
                    date = date + one;
                }
            }
            Counted::WorkingDays(days) => {
                let mut left = days.unsigned_abs();
                while left > 0 {
                    date = if days > 0 { date + one } else { date - one };
                    left -= u32::from(self.works(date));
                }
            }
            Counted::AtMostDays(days) => {
                date = date + Days::new(days);
                while !self.works(date) {
                    date = date - one;
                }
            }
        }
        date
    }
}

/// Any day from the start of the first year, for as many years.
fn days_of(first: i32, years: u64) -> impl Strategy<Value = NaiveDate> {
    let first = NaiveDate::from_ymd_opt(first, 1, 1).expect("a year");
    (0..years * 365).prop_map(move |ahead| first + Days::new(ahead))
}

fn periods() -> impl Strategy<Value = Period> {
    prop_oneof![
        (-260_i32..=260).prop_map(Period::WorkingDays),
        (0_u32..=400).prop_map(Period::Days),
        (0_u32..=60).prop_map(Period::Weeks),
        (0_u32..=1_000).prop_map(Period::Hours),
    ]
}

proptest! {
    #[test]
    fn a_due_date_is_what_a_walk_finds(from in days_of(2012, 21), period in periods()) {
        let calendar = &*ENGLAND_AND_WALES;
        let due = calendar.due(from, period).unwrap();
        prop_assert_eq!(due.date, Walk::beside(calendar).due(from, period));
        prop_assert_eq!(due.at, calendar.close_of(due.date));
        prop_assert!(!due.provisional);
    }

    #[test]
    fn a_due_date_with_closure_days_is_what_a_walk_finds(from in days_of(2026, 2), period in periods()) {
        let calendar = &*CLOSED_OVER_CHRISTMAS;
        let due = calendar.due(from, period).unwrap();
        prop_assert_eq!(due.date, Walk::beside(calendar).due(from, period));
    }

    #[test]
    fn the_neighbours_of_a_day_are_what_a_walk_finds(date in days_of(2011, 23)) {
        let calendar = &*ENGLAND_AND_WALES;
        let walk = Walk::beside(calendar);
        prop_assert_eq!(calendar.is_working_day(date).unwrap(), walk.works(date));
        prop_assert_eq!(calendar.day_off(date).unwrap().is_none(), walk.works(date));
        prop_assert_eq!(calendar.next_working_day(date).unwrap(), walk.due(date, Period::WorkingDays(1)));
        prop_assert_eq!(calendar.previous_working_day(date).unwrap(), walk.due(date, Period::WorkingDays(-1)));
        prop_assert_eq!(calendar.first_working_day_on_or_after(date).unwrap(), walk.due(date, Period::WorkingDays(0)));
    }

    #[test]
    fn counting_the_days_between_undoes_a_due_date(from in days_of(2012, 21), days in -260_i32..=260) {
        let calendar = &*ENGLAND_AND_WALES;
        prop_assume!(days != 0 || calendar.is_working_day(from).unwrap());
        let due = calendar.due(from, Period::WorkingDays(days)).unwrap();
        prop_assert_eq!(calendar.working_days_between(from, due.date).unwrap(), i64::from(days));
    }

    #[test]
    fn the_working_ends_on_the_due_day_and_passes_over_no_day_in_silence(
        from in days_of(2012, 21),
        days in prop_oneof![-60_i32..=-1, 1_i32..=60],
    ) {
        let calendar = &*ENGLAND_AND_WALES;
        let working = calendar.due_working(from, Period::WorkingDays(days)).unwrap();
        let dates: Vec<NaiveDate> = working.steps.iter().map(Step::date).collect();
        prop_assert_eq!(dates.last(), Some(&working.due.date));
        let span = (working.due.date - from).num_days().unsigned_abs();
        prop_assert_eq!(dates.len() as u64, span);
        prop_assert!(!dates.contains(&from));
        let counted = working.steps.iter().filter(|step| {
            matches!(step, Step::Counted { .. })
        });
        prop_assert_eq!(counted.count() as u64, u64::from(days.unsigned_abs()));
    }
}

#[test]
fn every_day_of_the_table_has_the_due_dates_a_walk_finds() {
    let calendar = &*ENGLAND_AND_WALES;
    let walk = Walk::beside(calendar);
    let days = day("2010-02-01").iter_days();
    for from in days.take_while(|date| *date < day("2035-11-01")) {
        for period in [
            Period::WorkingDays(1),
            Period::WorkingDays(5),
            Period::WorkingDays(20),
            Period::WorkingDays(-10),
            Period::Weeks(2),
        ] {
            let due = calendar.due(from, period).unwrap();
            assert_eq!(due.date, walk.due(from, period), "{period} from {from}");
        }
    }
}
