//! GOV.UK's feed merged into what is known: history stays, surprise days arrive, projections give way.

use chrono::{Datelike, NaiveDate};
use chrono_tz::Tz;
use lodestar::calendar::{BankHolidays, Calendar, FeedError, Merged, Period, parse_feed};
use serde_json::{Value, json};

use super::{day, time};

/// A feed with GOV.UK's three divisions that holds the known days of `years`, changed by `edit`.
fn feed(
    years: std::ops::RangeInclusive<i32>,
    edit: impl FnOnce(&mut Vec<(NaiveDate, String)>),
) -> String {
    let known = BankHolidays::built_in().unwrap();
    let mut days: Vec<(NaiveDate, String)> = known
        .iter()
        .filter(|holiday| years.contains(&holiday.date.year()))
        .map(|holiday| (holiday.date, holiday.title.clone()))
        .collect();
    edit(&mut days);
    let events: Vec<Value> = days
        .iter()
        .map(|(date, title)| json!({"title": title, "date": date, "notes": "", "bunting": true}))
        .collect();
    json!({
        "england-and-wales": {"division": "england-and-wales", "events": events},
        "scotland": {"division": "scotland", "events": [
            {"title": "St Andrew’s Day", "date": "2026-11-30", "notes": "", "bunting": true}
        ]},
        "northern-ireland": {"division": "northern-ireland", "events": []},
    })
    .to_string()
}

fn merge(into: &mut BankHolidays, json: &str) -> Merged {
    into.merge(&parse_feed(json).unwrap())
}

#[test]
fn a_feed_that_says_what_is_known_changes_nothing() {
    let mut holidays = BankHolidays::built_in().unwrap();
    let merged = merge(&mut holidays, &feed(2019..=2027, |_| {}));
    assert_eq!(merged, Merged::default());
    let dates = |held: &BankHolidays| held.iter().map(|holiday| holiday.date).collect::<Vec<_>>();
    assert_eq!(dates(&holidays), dates(&BankHolidays::built_in().unwrap()));
    assert_eq!(holidays.reach(), BankHolidays::built_in().unwrap().reach());
}

#[test]
fn a_feed_without_its_history_takes_no_day_away() {
    let mut holidays = BankHolidays::built_in().unwrap();
    let merged = merge(&mut holidays, &feed(2026..=2027, |_| {}));
    assert_eq!(merged, Merged::default());
    assert!(holidays.on(day("2010-04-02")).is_some());
    assert!(holidays.on(day("2022-09-19")).is_some());
}

#[test]
fn a_day_proclaimed_at_short_notice_is_added_and_moves_due_dates() {
    let mut holidays = BankHolidays::built_in().unwrap();
    let surprise = feed(2026..=2027, |days| {
        days.push((day("2026-12-18"), "Day of mourning".to_owned()));
    });
    let merged = merge(&mut holidays, &surprise);
    let added: Vec<NaiveDate> = merged.added.iter().map(|holiday| holiday.date).collect();
    assert_eq!(added, [day("2026-12-18")]);
    assert_eq!((merged.withdrawn.len(), merged.missing.len()), (0, 0));

    let calendar = Calendar::new(holidays, [], Tz::Europe__London, time("17:00")).unwrap();
    let due = calendar
        .due(day("2026-12-14"), Period::WorkingDays(5))
        .unwrap();
    assert_eq!(due.date, day("2026-12-22"), "a day later than without it");
}

#[test]
fn a_whole_published_year_replaces_its_projection_and_an_unfinished_one_does_not() {
    let moved_in_2029 = |days: &mut Vec<(NaiveDate, String)>| {
        days.retain(|(date, _)| *date != day("2029-05-07"));
        days.push((day("2029-05-08"), "Early May bank holiday".to_owned()));
    };
    let mut holidays = BankHolidays::built_in().unwrap();
    let merged = merge(&mut holidays, &feed(2028..=2029, moved_in_2029));
    let only = |days: &[lodestar::calendar::BankHoliday]| {
        days.iter().map(|holiday| holiday.date).collect::<Vec<_>>()
    };
    assert_eq!(only(&merged.added), [day("2029-05-08")]);
    assert_eq!(only(&merged.withdrawn), [day("2029-05-07")]);
    assert_eq!(holidays.reach().published_until, day("2029-12-31"));
    assert_eq!(holidays.reach().last, day("2035-12-31"));

    let mut holidays = BankHolidays::built_in().unwrap();
    let unfinished = feed(2028..=2029, |days| {
        days.retain(|(date, _)| *date < day("2029-08-01"));
    });
    let merged = merge(&mut holidays, &unfinished);
    assert_eq!(merged, Merged::default());
    assert_eq!(holidays.reach().published_until, day("2028-12-31"));
}

#[test]
fn what_an_older_file_projected_does_not_come_back_once_the_year_is_published() {
    let older = BankHolidays::built_in().unwrap().to_json().unwrap();
    let mut holidays = BankHolidays::built_in().unwrap();
    let published = feed(2028..=2029, |days| {
        days.retain(|(date, _)| *date != day("2029-05-07"));
        days.push((day("2029-05-08"), "Early May bank holiday".to_owned()));
    });
    merge(&mut holidays, &published);
    assert_eq!(merge(&mut holidays, &older).added, []);
    assert!(holidays.on(day("2029-05-07")).is_none());
    assert!(holidays.on(day("2029-05-08")).is_some());
}

#[test]
fn years_published_past_the_horizon_move_it_out() {
    let mut holidays = BankHolidays::built_in().unwrap();
    let years_on = feed(2027..=2035, |days| {
        let next: Vec<_> = days
            .iter()
            .filter(|(date, _)| date.year() == 2031)
            .cloned()
            .collect();
        days.extend(
            next.into_iter()
                .map(|(date, name)| (date.with_year(2036).unwrap(), name)),
        );
    });
    merge(&mut holidays, &years_on);
    assert_eq!(holidays.reach().last, day("2036-12-31"));
    assert_eq!(holidays.reach().published_until, day("2036-12-31"));
    let calendar = Calendar::new(holidays, [], Tz::Europe__London, time("17:00")).unwrap();
    assert!(
        calendar
            .due(day("2035-12-28"), Period::WorkingDays(5))
            .is_ok()
    );
}

#[test]
fn a_published_day_the_feed_lacks_is_kept_and_told_until_it_is_struck_by_hand() {
    let without = feed(2027..=2028, |days| {
        days.retain(|(date, _)| *date != day("2028-05-01"));
    });
    let full_year_of_seven = feed(2027..=2028, |days| {
        days.retain(|(date, _)| *date != day("2028-05-01"));
        days.push((day("2028-05-08"), "Early May bank holiday".to_owned()));
    });
    let mut holidays = BankHolidays::built_in().unwrap();
    assert!(
        merge(&mut holidays, &without).missing.is_empty(),
        "seven days are not a whole year"
    );

    let merged = merge(&mut holidays, &full_year_of_seven);
    assert_eq!(merged.missing.len(), 1);
    assert!(holidays.on(day("2028-05-01")).is_some());

    assert!(holidays.strike(day("2028-05-01")));
    assert!(!holidays.strike(day("2028-06-01")), "never a bank holiday");
    let kept = holidays.to_json().unwrap();
    let mut later = BankHolidays::built_in().unwrap();
    merge(&mut later, &kept);
    assert!(later.on(day("2028-05-01")).is_none(), "struck for good");
    assert!(merge(&mut later, &full_year_of_seven).missing.is_empty());
    merge(&mut later, &feed(2027..=2028, |_| {}));
    assert!(
        later.on(day("2028-05-01")).is_some(),
        "GOV.UK lists it again"
    );
}

#[test]
fn what_is_written_reads_back_as_itself() {
    let mut holidays = BankHolidays::built_in().unwrap();
    let surprise = feed(2026..=2029, |days| {
        days.push((day("2026-12-18"), "Day \"of\" mourning".to_owned()));
    });
    merge(&mut holidays, &surprise);
    holidays.strike(day("2028-05-01"));
    let mut again = BankHolidays::built_in().unwrap();
    merge(&mut again, &holidays.to_json().unwrap());
    assert_eq!(again, holidays);
}

#[test]
fn a_broken_feed_is_refused_and_nothing_is_learnt_from_it() {
    let error = |json: &str| parse_feed(json).unwrap_err();
    assert_eq!(
        error(r#"{"england-and-wales":{"division":"england-and-wales","events":[]}}"#),
        FeedError::Empty
    );
    assert_eq!(
        error("{\n  \"scotland\": 3\n}").to_string(),
        "The bank holidays are not in the shape of https://www.gov.uk/bank-holidays.json (line 3, column 1): fetch that file again."
    );
    assert_eq!(error("<html>"), FeedError::Shape { line: 1, column: 1 });
    let dated = |date: &str| {
        format!(
            r#"{{"england-and-wales":{{"division":"england-and-wales","events":[{{"title":"x","date":"{date}"}}]}}}}"#
        )
    };
    assert!(parse_feed(&dated("2026-12-25")).is_ok());
    assert!(matches!(
        error(&dated("2026-02-30")),
        FeedError::Shape { .. }
    ));
    assert_eq!(
        error(&dated("0026-12-25")),
        FeedError::OutOfRange(day("0026-12-25"))
    );
    let many: Vec<Value> = vec![json!({"title": "x", "date": "2026-12-25"}); 5_001];
    let many = json!({"england-and-wales": {"division": "england-and-wales", "events": many}});
    assert_eq!(error(&many.to_string()), FeedError::TooMany(5_001));
    let marked = BankHolidays::built_in().unwrap().to_json().unwrap();
    assert_eq!(
        error(&marked.replace("2035-12-31", "2028-12-30")),
        FeedError::Marks
    );
}
