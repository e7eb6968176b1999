//! Time: delivery, outages, windows, reviews, the calendar that changes, the clock that is set.

use std::sync::LazyLock;

use lodestar::calendar::{BankHolidays, Calendar};
use lodestar::concern::command::FieldFault;
use lodestar::concern::{ClockKind, Command, Fact, Phase, Refusal};
use lodestar::mail::Occasion;

use crate::kit::*;

/// As the built-in calendar, with Thu 17 Dec 2026 a closure day.
static CLOSED_ON_THE_17TH: LazyLock<Calendar> = LazyLock::new(|| {
    Calendar::new(
        BankHolidays::built_in().unwrap(),
        [day("2026-12-17")],
        CALENDAR.zone(),
        CALENDAR.close_of_business(),
    )
    .unwrap()
});

#[test]
fn a_card_undelivered_for_fifteen_minutes_is_told_of_and_never_lapses() {
    let mut story = Story::of("manchester").undelivered().raises();
    story.to("2026-12-29 12:00");
    assert_eq!(
        story.sent(Occasion::AlertUndelivered),
        ["2026-12-14 10:15 raiser", "2026-12-21 17:00:01 raiser"]
    );
    assert_eq!((story.step(), story.phase()), ("m-1", Phase::Answering));
    story.delivered(1);
    assert_eq!(
        story.due(),
        "2027-01-06",
        "dated again from the day it came"
    );
    assert_eq!(story.sent(Occasion::Redated), ["2026-12-29 12:00 raiser"]);
}

#[test]
fn a_card_delivered_the_same_day_keeps_its_date_and_a_day_later_is_dated_again() {
    let mut story = Story::of("manchester").undelivered().raises();
    story.to("2026-12-14 23:50").delivered(1);
    assert_eq!(story.due(), "2026-12-21");
    let mut story = Story::of("manchester").undelivered().raises();
    story.to("2026-12-15 00:10").delivered(1);
    assert_eq!(story.due(), "2026-12-22");
    story.delivered(1);
    assert_eq!(story.visit().redated, 1, "a second report changes nothing");
}

#[test]
fn late_delivery_keeps_the_day_asked_for_one_case_until_that_is_past() {
    let mut story = Story::of("buckinghamshire")
        .action_by("2026-12-18")
        .undelivered()
        .raises();
    story.to("2026-12-16 10:00").delivered(1);
    assert_eq!(story.due(), "2026-12-18");
    let mut story = Story::of("buckinghamshire")
        .action_by("2026-12-18")
        .undelivered()
        .raises();
    story.to("2026-12-21 10:00").delivered(1);
    assert_eq!(
        story.due(),
        "2027-01-07",
        "the protocol's ten working days from then"
    );
    let mut story = Story::of("buckinghamshire")
        .action_by("2026-12-14")
        .undelivered()
        .raises();
    story.to("2026-12-14 17:05").delivered(1);
    assert_eq!(
        story.due(),
        "2026-12-30",
        "nobody lapses on a card they got after it"
    );
}

#[test]
fn late_delivery_in_a_window_of_weeks_moves_nothing_but_a_window_that_is_past() {
    let mut story = Story::of("cp-lac-challenge")
        .at("2026-12-11 11:00")
        .undelivered()
        .raises();
    story.to("2026-12-16 10:00").delivered(1);
    assert_eq!(story.due(), "2026-12-24");
    let mut story = Story::of("cp-lac-challenge")
        .at("2026-12-11 11:00")
        .undelivered()
        .raises();
    story.to("2026-12-29 10:00").delivered(1);
    assert_eq!(story.due(), "2027-01-06");
}

#[test]
fn a_step_that_somebody_acted_on_runs_though_its_delivery_was_never_reported() {
    let mut story = Story::of("manchester").undelivered().raises();
    story.to("2026-12-14 10:05").role("team_manager", reject());
    assert_eq!(story.falls(ClockKind::Lapse), "2026-12-21 17:00:01");
    assert_eq!(story.falls(ClockKind::Undelivered), "");
    story.to("2026-12-16 10:00").delivered(1);
    assert_eq!(story.due(), "2026-12-21", "they had it on the first day");
}

#[test]
fn an_acknowledged_step_is_not_dated_again_by_a_late_report() {
    let mut story = Story::of("manchester").undelivered().raises();
    story
        .to("2026-12-14 10:05")
        .role("team_manager", ACKNOWLEDGE);
    story.to("2026-12-16 10:00").delivered(1);
    assert_eq!(story.due(), "2026-12-21");
}

#[test]
fn a_late_report_about_an_earlier_card_puts_off_no_alert() {
    let mut story = Story::of("fostering-iro")
        .starts_at("s-l1")
        .undelivered()
        .raises();
    story.raiser(bypass("s-l2"));
    story.role("operational_service_manager", respond());
    assert_eq!(story.falls(ClockKind::Judge), "2026-12-16 17:00:01");
    story.to("2026-12-16 12:00").delivered(1).delivered(2);
    assert_eq!(story.falls(ClockKind::Judge), "2026-12-16 17:00:01");
}

#[test]
fn after_an_outage_a_lapse_fires_once_and_the_next_step_is_issued_then() {
    let mut story = Story::of("fostering-iro").at("2026-12-09 10:00").raises();
    story.away_until("2027-01-20 10:00");
    assert_eq!(
        story.ladder(),
        [
            "s-inf issued 2026-12-09 10:00 due 2026-12-23",
            "s-l1 issued 2027-01-20 10:00 due 2027-01-27",
        ]
    );
    let late = story.record.iter().find_map(|fact| match fact.fact {
        Fact::Lapsed { late_ms, .. } => Some(late_ms),
        _ => None,
    });
    let expected = moment("2027-01-20 10:00") - moment("2026-12-23 17:00:01");
    assert_eq!(late, Some(expected.num_milliseconds()));
}

#[test]
fn a_window_already_past_gives_five_working_days_and_a_mark() {
    let mut story = Story::of("cp-lac-challenge")
        .at("2026-12-11 11:00")
        .raises();
    story.away_until("2027-01-12 10:00");
    assert_eq!(
        story.ladder()[1],
        "h-l2 issued 2027-01-12 10:00 due 2027-01-19"
    );
    assert!(story.visit().window_passed);
    story.to("2027-01-19 17:00:01");
    assert_eq!(
        story.due(),
        "2027-01-22",
        "the next window still counts from raising"
    );
    assert!(!story.visit().window_passed);
}

#[test]
fn an_event_on_a_weekend_counts_from_its_own_day() {
    let story = Story::of("manchester").at("2026-12-12 11:00").raises();
    assert_eq!(story.due(), "2026-12-18", "Monday is day one");
    let christmas = Story::of("manchester").at("2026-12-25 11:00").raises();
    assert_eq!(christmas.due(), "2027-01-05");
}

#[test]
fn a_step_without_a_clock_is_looked_at_again_until_it_ends() {
    let mut story = Story::of("manchester").starts_at("m-inf").raises();
    story.to("2027-01-04 12:00");
    assert_eq!(
        story.sent(Occasion::ReviewAsk),
        ["2026-12-21 09:00 raiser", "2026-12-30 09:00 raiser"]
    );
    assert_eq!(
        story.sent(Occasion::AlertNotReviewed),
        ["2026-12-30 09:00 iro_manager"]
    );
    story.raiser(escalate());
    assert_eq!(story.step(), "m-1");
}

#[test]
fn a_review_day_on_a_holiday_is_asked_after_on_the_next_working_day() {
    let mut story = Story::of("manchester").starts_at("m-inf").raises();
    let until = |fault| Refusal::Field {
        block: "until",
        fault,
    };
    assert_eq!(
        story.refuses_raiser(review_on("2026-12-14")),
        until(FieldFault::NotAfter(day("2026-12-14")))
    );
    assert_eq!(
        story.refuses_raiser(review_on("2027-01-15")),
        until(FieldFault::After(day("2027-01-14")))
    );
    story.raiser(review_on("2026-12-25"));
    assert_eq!(story.falls(ClockKind::Review), "2026-12-29 09:00");
    let mut clocked = Story::of("manchester").raises();
    assert_eq!(
        clocked.refuses_raiser(review_on("2026-12-18")),
        Refusal::OutOfDate
    );
}

#[test]
fn beyond_the_calendar_a_due_day_is_marked_provisional() {
    let story = Story::of("manchester").at("2035-12-28 10:00").raises();
    assert!(story.visit().due.unwrap().provisional);
}

#[test]
fn a_calendar_that_changes_dates_the_open_step_again_and_warns_again() {
    let mut story = Story::of("manchester").at("2026-12-14 10:00").raises();
    story.rules.calendar = &CLOSED_ON_THE_17TH;
    story.by_itself(Command::Recalculate);
    assert_eq!(story.due(), "2026-12-22");
    let record = story.record.len();
    story.by_itself(Command::Recalculate);
    assert_eq!(story.record.len(), record, "once");
    story.to("2026-12-22 17:00:01");
    assert_eq!(story.sent(Occasion::Warning), ["2026-12-21 09:30 raiser"]);
}

#[test]
fn a_day_asked_for_one_case_stays_as_asked_when_the_calendar_changes() {
    let mut story = Story::of("buckinghamshire")
        .action_by("2026-12-18")
        .raises();
    story.rules.calendar = &CLOSED_ON_THE_17TH;
    story.by_itself(Command::Recalculate);
    assert_eq!(story.due(), "2026-12-18");
    let mut story = Story::of("buckinghamshire")
        .action_by("2026-12-17")
        .raises();
    story.rules.calendar = &CLOSED_ON_THE_17TH;
    story.by_itself(Command::Recalculate);
    assert_eq!(
        story.due(),
        "2026-12-16",
        "the working day before, as when it is asked for"
    );
}

#[test]
fn a_hold_never_ends_a_step_before_a_due_day_that_has_moved() {
    let mut story = Story::of("warwickshire").starts_at("w-2").raises();
    story.raiser(hold("2026-12-22"));
    story.role(
        "hos_children_families",
        Command::Extend {
            until: day("2027-01-08"),
            reason: text(),
            item: Some(text()),
        },
    );
    assert_eq!(story.falls(ClockKind::Lapse), "2027-01-08 17:00:01");
}

#[test]
fn a_clock_the_store_let_fall_before_a_changed_calendar_would_is_not_lost() {
    let mut story = Story::of("buckinghamshire").raises();
    story.to("2026-12-15 10:00").role("team_manager", respond());
    let key = story.clocks()[0].key.clone();
    story.rules.calendar = &CLOSED_ON_THE_17TH;
    assert_eq!(story.falls(ClockKind::Judge), "2026-12-18 17:00:01");
    story.now = moment("2026-12-17 17:00:01");
    story.by_itself(Command::ClockFell { key });
    assert_eq!(
        story.sent(Occasion::AlertNotJudged),
        ["2026-12-17 17:00:01 iro_manager"]
    );
    assert_eq!(
        story.falls(ClockKind::Judge),
        "2026-12-24 17:00:01",
        "and it is told again"
    );
}

#[test]
fn a_lapse_never_comes_before_its_moment() {
    let mut story = Story::of("manchester").raises();
    let lapse = story
        .clocks()
        .into_iter()
        .find(|clock| clock.kind == ClockKind::Lapse)
        .unwrap();
    story.now = moment("2026-12-21 17:00:00");
    let record = story.record.len();
    story.by_itself(Command::ClockFell { key: lapse.key });
    assert_eq!(story.record.len(), record);
}

#[test]
fn a_clock_set_back_breaks_nothing() {
    let mut story = Story::of("manchester").raises();
    story.to("2026-12-22 10:00");
    story.now = moment("2026-12-01 10:00");
    story.role("iro_manager", AGREE);
    assert_eq!(story.due(), "2026-12-08");
    story.to("2027-03-01 10:00");
    assert!(story.concern.is_open());
}

#[test]
fn moments_are_kept_to_the_millisecond_as_the_record_keeps_them() {
    let mut story = Story::of("manchester").raises();
    story.now = moment("2026-12-14 11:00") + chrono::TimeDelta::nanoseconds(123_456_789);
    story.role("team_manager", ACKNOWLEDGE);
    let at = story.record.last().unwrap().at;
    assert_eq!(at.timestamp_subsec_nanos(), 123_000_000);
}
