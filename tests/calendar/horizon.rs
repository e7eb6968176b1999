//! Where the calendar ends, what is projected before it ends, and what a live concern gets beyond it.

use lodestar::calendar::{CalendarError, Period};

use super::{ENGLAND_AND_WALES, day, due};

#[test]
fn beyond_the_horizon_every_question_errs_saying_so() {
    let calendar = &*ENGLAND_AND_WALES;
    let (first, last) = (day("2010-01-01"), day("2035-12-31"));
    assert_eq!(calendar.horizon(), first..=last);
    let beyond = |date: &str| CalendarError::BeyondHorizon {
        date: day(date),
        last,
    };
    let before = |date: &str| CalendarError::BeforeHorizon {
        date: day(date),
        first,
    };

    let (early, late) = (day("2009-12-31"), day("2036-01-01"));
    assert_eq!(calendar.is_working_day(late), Err(beyond("2036-01-01")));
    assert_eq!(calendar.is_working_day(early), Err(before("2009-12-31")));
    assert_eq!(calendar.day_off(late), Err(beyond("2036-01-01")));
    assert_eq!(calendar.next_working_day(last), Err(beyond("2036-01-01")));
    assert_eq!(
        calendar.previous_working_day(first),
        Err(before("2009-12-31"))
    );
    assert_eq!(
        calendar.first_working_day_on_or_after(late),
        Err(beyond("2036-01-01"))
    );
    assert_eq!(
        calendar.working_days_between(first, late),
        Err(beyond("2036-01-01"))
    );
    assert_eq!(
        calendar.working_days_between(early, last),
        Err(before("2009-12-31"))
    );
    for (from, period, error) in [
        (
            day("2035-12-20"),
            Period::WorkingDays(6),
            beyond("2036-01-01"),
        ),
        (day("2035-12-20"), Period::Weeks(2), beyond("2036-01-03")),
        (
            day("2035-12-20"),
            Period::Hours(24 * 6),
            beyond("2036-01-01"),
        ),
        (
            day("2010-01-08"),
            Period::WorkingDays(-5),
            before("2009-12-31"),
        ),
        (first, Period::Days(0), before("2009-12-31")),
        (late, Period::WorkingDays(-1), beyond("2036-01-01")),
        (first, Period::WorkingDays(i32::MAX), beyond("2036-01-01")),
        (last, Period::WorkingDays(i32::MIN), before("2009-12-31")),
        (first, Period::Weeks(u32::MAX), beyond("2036-01-01")),
        (first, Period::Hours(u32::MAX), beyond("2036-01-01")),
    ] {
        assert_eq!(
            calendar.due(from, period),
            Err(error),
            "{period} from {from}"
        );
    }
    assert_eq!(
        beyond("2036-01-01").to_string(),
        "Tue 1 Jan 2036 is beyond the calendar's known horizon, Mon 31 Dec 2035: give an earlier date, or bring the calendar up to date with `lodestar bank-holidays update`."
    );
    // The last days that are known are answered.
    assert_eq!(due("2035-12-20", "5 working days"), day("2035-12-31"));
    assert_eq!(due("2010-01-07", "-3 working days"), day("2010-01-04"));
}

#[test]
fn a_live_concern_beyond_the_horizon_gets_a_provisional_date() {
    let calendar = &*ENGLAND_AND_WALES;
    let known = calendar
        .provisional_due(day("2026-12-14"), Period::WorkingDays(5))
        .unwrap();
    assert_eq!(
        known,
        calendar
            .due(day("2026-12-14"), Period::WorkingDays(5))
            .unwrap()
    );
    assert!(!known.provisional);

    for (from, period, expected) in [
        // 27, 28, 31 December are known; 1 January is a weekday and not known to be a bank holiday.
        ("2035-12-24", "5 working days", "2036-01-02"),
        ("2036-07-04", "5 working days", "2036-07-11"),
        ("2036-07-05", "0 working days", "2036-07-07"),
        ("2036-01-02", "-2 working days", "2035-12-31"),
        ("2036-07-05", "2 weeks", "2036-07-18"),
    ] {
        let due = calendar
            .provisional_due(day(from), period.parse().unwrap())
            .unwrap();
        assert_eq!(due.date, day(expected), "{period} from {from}");
        assert!(due.provisional);
        assert_eq!(due.at, calendar.close_of(due.date));
    }
    for endless in [
        Period::WorkingDays(i32::MAX),
        Period::WorkingDays(i32::MIN),
        Period::Weeks(u32::MAX),
    ] {
        assert!(
            calendar
                .provisional_due(day("2026-12-14"), endless)
                .is_err(),
            "{endless}"
        );
    }
}

#[test]
fn the_working_names_what_rests_on_projection() {
    let calendar = &*ENGLAND_AND_WALES;
    let five = Period::WorkingDays(5);
    let projected = |from: &str, period| {
        calendar
            .due_working(day(from), period)
            .unwrap()
            .projected_after
    };
    assert_eq!(projected("2028-12-20", five), None);
    assert_eq!(projected("2028-12-27", five), Some(day("2028-12-31")));
    assert_eq!(
        projected("2028-12-18", Period::Weeks(2)),
        Some(day("2028-12-31")),
        "moved back over 1 January 2029"
    );
    assert_eq!(
        projected("2029-01-03", Period::WorkingDays(-2)),
        Some(day("2028-12-31"))
    );
    let said = calendar
        .due_working(day("2028-12-27"), five)
        .unwrap()
        .to_string();
    assert!(
        said.contains("Mon 1 Jan 2029   not counted: projected bank holiday, New Year’s Day"),
        "{said}"
    );
    assert!(said.ends_with("Rests on projected bank holidays: GOV.UK's published ones are known until Sun 31 Dec 2028.\n"), "{said}");
}
