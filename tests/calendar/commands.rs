//! `lodestar deadline` and `lodestar bank-holidays`, as a person or a script runs them.

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use lodestar::calendar::{BankHolidays, parse_feed};
use lodestar::cli::{Failure, deadline};
use serde_json::{Value, json};

use super::{ENGLAND_AND_WALES, day};

fn lodestar(args: &[&str], input: &str) -> Output {
    lodestar_in(Path::new(env!("CARGO_TARGET_TMPDIR")), args, input)
}

fn lodestar_in(folder: &Path, args: &[&str], input: &str) -> Output {
    let mut running = Command::new(env!("CARGO_BIN_EXE_lodestar"))
        .args(args)
        .current_dir(folder)
        .env_remove("HTTPS_PROXY")
        .env_remove("https_proxy")
        .env_remove("ALL_PROXY")
        .env_remove("all_proxy")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // One that refuses its arguments closes its input unread.
    let _ = running.stdin.take().unwrap().write_all(input.as_bytes());
    running.wait_with_output().unwrap()
}

fn said(output: &Output) -> String {
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn refused(output: &Output, code: i32) -> String {
    assert_eq!(output.status.code(), Some(code));
    String::from_utf8(output.stderr.clone()).unwrap()
}

/// The answers `--stdin` prints for `lines`, and how it ended.
fn answers(lines: &[u8]) -> (String, Result<(), Failure>) {
    let args = deadline::DeadlineArgs {
        stdin: true,
        ..Default::default()
    };
    let (mut input, mut out) = (lines, Vec::new());
    let ended = deadline::run(&args, &ENGLAND_AND_WALES, &mut input, &mut out);
    (String::from_utf8(out).unwrap(), ended)
}

#[test]
fn a_deadline_is_told_with_each_day_skipped_and_why() {
    let told = said(&lodestar(
        &["deadline", "2026-12-21T16:55", "5 working days"],
        "",
    ));
    assert_eq!(
        told,
        "\
Due Wed 30 Dec 2026, 17:00 (2026-12-30T17:00:00+00:00)
5 working days from Mon 21 Dec 2026, which is not counted itself:
  Tue 22 Dec 2026  day 1
  Wed 23 Dec 2026  day 2
  Thu 24 Dec 2026  day 3
  Fri 25 Dec 2026  not counted: bank holiday, Christmas Day
  Sat 26 Dec 2026  not counted: weekend
  Sun 27 Dec 2026  not counted: weekend
  Mon 28 Dec 2026  not counted: bank holiday, Boxing Day (substitute day)
  Tue 29 Dec 2026  day 4
  Wed 30 Dec 2026  day 5
"
    );
}

#[test]
fn a_deadline_in_weeks_tells_what_it_was_moved_back_over() {
    let told = said(&lodestar(&["deadline", "2026-12-11", "2 weeks"], ""));
    assert_eq!(
        told,
        "\
Due Thu 24 Dec 2026, 17:00 (2026-12-24T17:00:00+00:00)
2 weeks from Fri 11 Dec 2026 would be Fri 25 Dec 2026; a maximum, so it moves back to a working day:
  Fri 25 Dec 2026  moved back: bank holiday, Christmas Day
"
    );
}

#[test]
fn a_deadline_in_hours_tells_how_they_were_read() {
    let told = said(&lodestar(&["deadline", "2026-06-12", "30 hours"], ""));
    assert!(
        told.starts_with("Due Tue 16 Jun 2026, 17:00 (2026-06-16T17:00:00+01:00)\n"),
        "{told}"
    );
    assert!(
        told.contains(
            "30 hours from Fri 12 Jun 2026, read as 2 working days (each started 24 hours is one):"
        ),
        "{told}"
    );
}

#[test]
fn a_deadline_counts_back_when_it_is_asked_to() {
    let told = said(&lodestar(
        &["deadline", "2023-12-04", "-10 working days"],
        "",
    ));
    assert!(told.starts_with("Due Mon 20 Nov 2023, 17:00"), "{told}");
}

#[test]
fn a_deadline_as_json_holds_the_working() {
    let told = said(&lodestar(
        &["deadline", "2026-06-15T23:30Z", "1 working day", "--json"],
        "",
    ));
    assert_eq!(
        serde_json::from_str::<Value>(&told).unwrap(),
        json!({
            "from": "2026-06-16",
            "within": "1 working day",
            "due": "2026-06-17T17:00:00+01:00",
            "working": [{"date": "2026-06-17", "day": 1}],
            "projected": false,
            "provisional": false,
        })
    );
    let told = said(&lodestar(
        &["deadline", "2028-12-29", "1 working day", "--json"],
        "",
    ));
    let told: Value = serde_json::from_str(&told).unwrap();
    assert_eq!(told["projected"], true);
    assert_eq!(
        told["working"][2]["skipped"],
        "projected bank holiday, New Year’s Day"
    );
}

#[test]
fn beyond_the_horizon_a_deadline_is_refused_saying_so() {
    let why = refused(
        &lodestar(&["deadline", "2035-12-27", "5 working days"], ""),
        1,
    );
    assert!(
        why.contains("beyond the calendar's known horizon, Mon 31 Dec 2035"),
        "{why}"
    );
    assert_eq!(why.lines().count(), 1, "{why}");
}

#[test]
fn a_deadline_that_cannot_be_read_is_wrong_usage() {
    for (from, within) in [
        ("yesterday", "5 working days"),
        ("2026-12-14", "soon"),
        ("2026-12-14", "-2 weeks"),
    ] {
        let why = refused(&lodestar(&["deadline", from, within], ""), 2);
        assert_eq!(why.lines().count(), 1, "{why}");
    }
    for args in [
        &["deadline"][..],
        &["deadline", "2026-12-14"],
        &["deadline", "--stdin", "2026-12-14"],
    ] {
        refused(&lodestar(args, ""), 2);
    }
}

#[test]
fn a_start_is_a_date_or_a_time_and_only_its_council_date_counts() {
    for (from, expected) in [
        ("2026-12-14", "2026-12-15T17:00:00+00:00"),
        ("2026-12-14T10:00", "2026-12-15T17:00:00+00:00"),
        ("2026-12-14T23:59:59", "2026-12-15T17:00:00+00:00"),
        ("2026-12-14T10:00:00.25", "2026-12-15T17:00:00+00:00"),
        ("2026-12-14T10:00Z", "2026-12-15T17:00:00+00:00"),
        ("2026-06-15T23:30Z", "2026-06-17T17:00:00+01:00"),
        ("2026-06-15T23:30:00+00:00", "2026-06-17T17:00:00+01:00"),
        ("2026-06-16T00:30:00+01:00", "2026-06-17T17:00:00+01:00"),
        ("2026-06-16T00:30:00+02:00", "2026-06-16T17:00:00+01:00"),
        ("2026-06-15T18:30:00-05:00", "2026-06-17T17:00:00+01:00"),
        ("2026-06-15T23:30", "2026-06-16T17:00:00+01:00"),
        // Skipped and repeated times are fine: only the date counts.
        ("2026-03-29T01:30", "2026-03-30T17:00:00+01:00"),
        ("2026-10-25T01:30", "2026-10-26T17:00:00+00:00"),
    ] {
        let (answer, ended) = answers(format!("{from}\t1 working day\n").as_bytes());
        assert_eq!(ended, Ok(()), "{from}");
        assert_eq!(answer, format!("{expected}\n"), "{from}");
    }
}

#[test]
fn what_is_no_start_is_refused_naming_line_and_fault() {
    for from in [
        "",
        "14/12/2026",
        "2026-12-14T",
        "2026-12-14T10",
        "2026-12-14T24:00",
        "2026-12-14T10:60",
        "2026-12-14T10:00:61",
        "2026-12-14T10:00+1",
        "2026-12-14T10:00+25:00",
        "2026-12-14T10:00+01:60",
        "2026-12-14T10:00:00.",
        "2026-02-30",
        "2026-12-14 10:00",
        "+2026-12-14",
        "2026-1-4",
        "2026-12-14T1:00",
        " 2026-12-14",
        "20261214",
    ] {
        let (answer, ended) = answers(format!("2026-12-14\t1 week\n{from}\t1 week\n").as_bytes());
        assert_eq!(answer, "2026-12-21T17:00:00+00:00\n");
        let Err(Failure::No(why)) = ended else {
            unreachable!("{from:?} was taken")
        };
        assert!(
            why.starts_with(&format!("Line 2: {from:?} is not a date or a time: ")),
            "{why}"
        );
    }
}

#[test]
fn the_first_bad_line_ends_the_answers_naming_line_and_fault() {
    let good = "2026-12-14T10:00\t5 working days\n";
    for (bad, fault) in [
        (
            "2026-12-14 5 working days\n",
            "Line 3: has no tab between FROM and WITHIN",
        ),
        ("\n", "Line 3: has no tab between FROM and WITHIN"),
        (
            "2026-12-14\t5 workdays\n",
            "Line 3: \"5 workdays\" is not a period: ",
        ),
        (
            "2035-12-27\t5 working days\n",
            "Line 3: Tue 1 Jan 2036 is beyond the calendar's known horizon",
        ),
        (
            "2009-12-31\t5 working days\n",
            "Line 3: Thu 31 Dec 2009 is before the calendar begins",
        ),
        (&"x".repeat(5_000), "Line 3: is too long"),
    ] {
        let output = lodestar(
            &["deadline", "--stdin"],
            &format!("{good}{good}{bad}{good}"),
        );
        let why = refused(&output, 1);
        assert!(why.starts_with(fault), "{why}");
        assert_eq!(why.lines().count(), 1, "{why}");
        let answered = String::from_utf8(output.stdout).unwrap();
        assert_eq!(answered, "2026-12-21T17:00:00+00:00\n".repeat(2));
    }
    let (answer, ended) = answers(b"2026-12-14\t\xff\n");
    assert_eq!(answer, "");
    assert!(matches!(ended, Err(Failure::No(why)) if why.starts_with("Line 1: is not UTF-8")));
}

#[test]
fn line_ends_of_any_kind_are_taken() {
    let lines = b"2026-12-14\t1 week\r\n2026-12-14\t2 weeks\n2026-12-14\t3 weeks";
    let (answer, ended) = answers(lines);
    assert_eq!(ended, Ok(()));
    assert_eq!(
        answer,
        "2026-12-21T17:00:00+00:00\n2026-12-24T17:00:00+00:00\n2027-01-04T17:00:00+00:00\n"
    );
    assert_eq!(answers(b""), (String::new(), Ok(())));
}

#[test]
fn a_hundred_thousand_lines_get_a_hundred_thousand_answers() {
    let mut lines = String::new();
    let twenty_years = day("2012-01-01").iter_days().take(7_300);
    for (number, from) in twenty_years.cycle().take(100_000).enumerate() {
        writeln!(lines, "{from}\t{} working days", number % 40 + 1).unwrap();
    }
    let (answer, ended) = answers(lines.as_bytes());
    assert_eq!(ended, Ok(()));
    assert_eq!(answer.lines().count(), 100_000);
    assert!(answer.starts_with("2012-01-03T17:00:00+00:00\n2012-01-04T17:00:00+00:00\n"));
}

#[test]
fn the_calendar_in_force_is_shown_with_its_reach_and_its_projections() {
    let shown = said(&lodestar(&["bank-holidays", "show"], ""));
    assert!(shown.contains("Known from Fri 1 Jan 2010 to Mon 31 Dec 2035; published by GOV.UK until Sun 31 Dec 2028, projected after."), "{shown}");
    assert!(
        shown.contains("Mon 28 Dec 2026  Boxing Day (substitute day)\n"),
        "{shown}"
    );
    assert!(
        shown.contains("Mon 1 Jan 2029   New Year’s Day  (projected)\n"),
        "{shown}"
    );
    let json = said(&lodestar(&["bank-holidays", "show", "--json"], ""));
    let mut again = BankHolidays::built_in().unwrap();
    again.merge(&parse_feed(&json).unwrap());
    assert_eq!(again, BankHolidays::built_in().unwrap());
}

#[test]
fn an_update_adds_a_proclaimed_day_once_and_keeps_it() {
    let folder = tempfile::tempdir().unwrap();
    let mut feed: Value =
        serde_json::from_str(&BankHolidays::built_in().unwrap().to_json().unwrap()).unwrap();
    let whole = feed.to_string();
    feed.as_object_mut().unwrap().remove("lodestar");
    let events = feed["england-and-wales"]["events"].as_array_mut().unwrap();
    events.push(
        json!({"title": "Day of mourning", "date": "2026-12-18", "notes": "", "bunting": false}),
    );
    let file = folder.path().join("feed.json");
    std::fs::write(&file, feed.to_string()).unwrap();

    let told = said(&lodestar_in(
        folder.path(),
        &["bank-holidays", "update", "--file", "feed.json"],
        "",
    ));
    assert_eq!(
        told,
        "New bank holidays:\n  Fri 18 Dec 2026  Day of mourning\nbank-holidays.json now reaches Mon 31 Dec 2035, published until Mon 31 Dec 2035.\nThe bot reads it once lodestar.toml says, under [council]: bank_holidays = \"bank-holidays.json\"\n"
    );
    // The day stays though the next feed, this time from standard input, has lost it.
    let told = said(&lodestar_in(
        folder.path(),
        &["bank-holidays", "update", "--file", "-"],
        &whole,
    ));
    assert!(told.starts_with("No bank holiday is new.\n"), "{told}");
    assert!(told.contains("and kept (one that has been moved is taken off with --moved DATE):\n  Fri 18 Dec 2026  Day of mourning\n"), "{told}");
    let kept = std::fs::read_to_string(folder.path().join("bank-holidays.json")).unwrap();
    assert!(kept.contains("2026-12-18"));

    let moved = [
        "bank-holidays",
        "update",
        "--file",
        "-",
        "--moved",
        "2026-12-18",
    ];
    let told = said(&lodestar_in(folder.path(), &moved, &whole));
    assert!(!told.contains("kept"), "{told}");
    let left = std::fs::read_dir(folder.path()).unwrap().count();
    assert_eq!(left, 2, "the feed and the merged file, nothing beside them");
}

#[test]
fn an_update_from_nothing_usable_leaves_the_file_as_it_was() {
    let folder = tempfile::tempdir().unwrap();
    let held = folder.path().join("bank-holidays.json");
    let before = BankHolidays::built_in().unwrap().to_json().unwrap();
    std::fs::write(&held, &before).unwrap();
    let run = |args: &[&str], input: &str| {
        lodestar_in(
            folder.path(),
            &[&["bank-holidays", "update"], args].concat(),
            input,
        )
    };

    refused(
        &run(
            &["--file", "-"],
            r#"{"england-and-wales":{"division":"england-and-wales","events":[]}}"#,
        ),
        1,
    );
    refused(&run(&["--file", "-"], "<html>"), 1);
    refused(&run(&["--file", "absent.json"], ""), 2);
    refused(&run(&["--file", "-", "--moved", "2026-06-01"], &before), 2);
    refused(&run(&["--url", "http://127.0.0.1:1/feed.json"], ""), 1);
    refused(&run(&["--url", "https://127.0.0.1:1/feed.json"], ""), 1);
    assert_eq!(std::fs::read_to_string(&held).unwrap(), before);

    std::fs::write(&held, "{").unwrap();
    let why = refused(&run(&["--file", "-"], &before), 2);
    assert!(
        why.starts_with("bank-holidays.json: The bank holidays are not in the shape"),
        "{why}"
    );
}
