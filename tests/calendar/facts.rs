//! Dates other people's tests and the protocols' worked stories say must come out.

use lodestar::calendar::Period;

use super::{ENGLAND_AND_WALES, council, day, due, utc};

/// Cases of mySociety's Alaveteli and the Ministry of Justice's correspondence tool, for England and Wales. Those of 2007 to
/// 2009 lie before this calendar begins and are left out.
#[test]
fn other_peoples_cases_come_out_for_england_and_wales() {
    for (from, days, expected) in [
        ("2017-05-18", 3, "2017-05-23"),
        ("2017-05-18", 10, "2017-06-02"),
        ("2017-05-18", 20, "2017-06-16"),
        ("2017-05-18", 30, "2017-06-30"),
        ("2021-07-03", 20, "2021-07-30"),
        ("2021-05-01", 3, "2021-05-06"),
        ("2021-05-01", 10, "2021-05-17"),
        ("2021-05-01", 20, "2021-06-01"),
        ("2023-11-27", 3, "2023-11-30"),
        ("2023-11-27", 10, "2023-12-11"),
        ("2023-11-27", 20, "2023-12-27"),
        ("2023-12-04", -10, "2023-11-20"),
        ("2014-12-31", 20, "2015-01-29"),
    ] {
        let period = format!("{days} working days");
        assert_eq!(due(from, &period), day(expected), "{period} from {from}");
    }
}

/// The worked stories of the five protocols, over Christmas 2026: what, from when, how long, and the day that must come out.
const STORIES: &str = "
Warwickshire, referral              | 2026-12-15 | 5 working days  | 2026-12-22
Warwickshire, response              | 2026-12-21 | 5 working days  | 2026-12-30
Warwickshire, meeting               | 2026-12-30 | 5 working days  | 2027-01-07
Warwickshire, decision              | 2027-01-07 | 5 working days  | 2027-01-14
Warwickshire, cap from the referral | 2026-12-21 | 20 working days | 2027-01-21
Warwickshire, cap from the review   | 2026-12-15 | 20 working days | 2027-01-15
Buckinghamshire, discussion         | 2026-12-16 | 3 working days  | 2026-12-21
Buckinghamshire, decisions          | 2026-12-16 | 5 working days  | 2026-12-23
Buckinghamshire, objection          | 2026-12-22 | 5 working days  | 2026-12-31
Buckinghamshire, report             | 2026-12-16 | 15 working days | 2027-01-11
Buckinghamshire, distribution       | 2026-12-16 | 20 working days | 2027-01-18
Manchester, Stage 1                 | 2026-12-14 | 5 working days  | 2026-12-21
Manchester, Stage 2                 | 2026-12-21 | 5 working days  | 2026-12-30
Manchester, Stage 3                 | 2026-12-30 | 5 working days  | 2027-01-07
Manchester, Stage 4                 | 2027-01-07 | 5 working days  | 2027-01-14
Manchester, cap                     | 2026-12-14 | 20 working days | 2027-01-14
CP and LAC, Level 1                 | 2026-12-11 | 2 weeks         | 2026-12-24
CP and LAC, Level 2                 | 2026-12-11 | 4 weeks         | 2027-01-08
CP and LAC, Stage 1                 | 2026-12-11 | 6 weeks         | 2027-01-22
CP and LAC, Stage 2                 | 2026-12-11 | 8 weeks         | 2027-02-05
CP and LAC, final                   | 2026-12-11 | 10 weeks        | 2027-02-19
CP and LAC, 70 days                 | 2026-12-11 | 70 days         | 2027-02-19
CP and LAC, cap from Stage 1        | 2027-01-08 | 20 working days | 2027-02-05
Fostering, informal                 | 2026-12-09 | 10 working days | 2026-12-23
Fostering, Level 1                  | 2026-12-23 | 5 working days  | 2027-01-04
Fostering, Level 2                  | 2027-01-04 | 5 working days  | 2027-01-11
Fostering, Level 3                  | 2027-01-11 | 5 working days  | 2027-01-18
Fostering, Level 4                  | 2027-01-18 | 5 working days  | 2027-01-25
Fostering, Level 1 held a day       | 2026-12-24 | 5 working days  | 2027-01-05
Fostering, Level 2 held a day       | 2027-01-05 | 5 working days  | 2027-01-12
Fostering, Level 3 held a day       | 2027-01-12 | 5 working days  | 2027-01-19
Fostering, Level 4 held a day       | 2027-01-19 | 5 working days  | 2027-01-26
";

#[test]
fn the_worked_stories_come_out_on_their_days() {
    let rows: Vec<&str> = STORIES.trim().lines().collect();
    assert_eq!(rows.len(), 32);
    for row in rows {
        let cells: Vec<&str> = row.split('|').map(str::trim).collect();
        let [story, from, period, expected] = cells[..] else {
            unreachable!("four cells: {row}");
        };
        assert_eq!(due(from, period), day(expected), "{story}");
    }
}

#[test]
fn an_event_on_a_weekend_keeps_its_date_so_that_monday_is_day_one() {
    for from in ["2026-06-12", "2026-06-13", "2026-06-14"] {
        assert_eq!(due(from, "1 working day"), day("2026-06-15"), "from {from}");
        assert_eq!(
            due(from, "5 working days"),
            day("2026-06-19"),
            "from {from}"
        );
    }
    assert_eq!(due("2026-12-25", "1 working day"), day("2026-12-29"));
}

#[test]
fn counting_back_from_a_weekend_begins_with_its_friday() {
    for from in ["2026-06-13", "2026-06-14", "2026-06-15"] {
        assert_eq!(
            due(from, "-1 working day"),
            day("2026-06-12"),
            "from {from}"
        );
    }
}

#[test]
fn no_working_days_is_the_day_itself_or_the_first_working_day_after_it() {
    assert_eq!(due("2026-12-24", "0 working days"), day("2026-12-24"));
    assert_eq!(due("2026-12-25", "0 working days"), day("2026-12-29"));
    assert_eq!(due("2026-12-25", "0 hours"), day("2026-12-29"));
}

#[test]
fn calendar_days_and_weeks_move_back_and_never_on() {
    assert_eq!(due("2026-12-14", "1 week"), day("2026-12-21"));
    assert_eq!(due("2026-12-14", "5 days"), day("2026-12-18"));
    assert_eq!(due("2026-12-14", "14 days"), day("2026-12-24"));
    assert_eq!(
        due("2027-03-15", "2 weeks"),
        day("2027-03-25"),
        "Easter Monday"
    );
}

#[test]
fn hours_are_read_as_working_days_so_that_none_ends_on_a_sunday() {
    assert_eq!(due("2026-12-18", "48 hours"), day("2026-12-22"));
    assert_eq!(due("2026-12-18", "24 hours"), day("2026-12-21"));
    assert_eq!(due("2026-12-18", "25 hours"), day("2026-12-22"));
}

#[test]
fn a_councils_closure_days_are_skipped_and_one_on_a_weekend_changes_nothing() {
    let closed = council(
        &[
            "2026-12-29",
            "2026-12-30",
            "2026-12-31",
            "2026-12-26",
            "2026-12-28",
        ],
        "16:30",
    )
    .unwrap();
    let five = Period::WorkingDays(5);
    let due = closed.due(day("2026-12-21"), five).unwrap();
    assert_eq!(
        due.date,
        day("2027-01-05"),
        "22, 23, 24 December, 4, 5 January"
    );
    assert_eq!(due.at, utc("2027-01-05T16:30:00Z"));
    let working = closed
        .due_working(day("2026-12-24"), Period::WorkingDays(1))
        .unwrap();
    let said = working.to_string();
    assert!(
        said.contains("Sat 26 Dec 2026  not counted: weekend"),
        "{said}"
    );
    assert!(
        said.contains("Mon 28 Dec 2026  not counted: bank holiday, Boxing Day (substitute day)"),
        "{said}"
    );
    assert!(
        said.contains("Tue 29 Dec 2026  not counted: council closure day"),
        "{said}"
    );
}

#[test]
fn a_closure_day_outside_the_calendar_is_refused() {
    for outside in ["2009-12-31", "2036-01-01"] {
        let refusal = council(&["2026-12-29", outside], "17:00").unwrap_err();
        assert_eq!(
            refusal.to_string(),
            format!(
                "The closure day {outside} is outside the calendar (2010-01-01 to 2035-12-31): correct it or take it out."
            )
        );
    }
}

#[test]
fn due_moments_are_said_the_way_cards_say_them() {
    let calendar = &*ENGLAND_AND_WALES;
    let winter = calendar
        .due(day("2026-12-14"), Period::WorkingDays(5))
        .unwrap();
    assert_eq!(calendar.say_due(&winter), "Mon 21 Dec, 17:00");
    let summer = calendar
        .due(day("2026-06-12"), Period::WorkingDays(5))
        .unwrap();
    assert_eq!(summer.at, utc("2026-06-19T16:00:00Z"));
    assert_eq!(calendar.say_due(&summer), "Fri 19 Jun, 17:00");
}
