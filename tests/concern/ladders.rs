//! Each protocol's ladder when nobody answers, over Christmas 2026 and Easter 2027, to the day.

use lodestar::concern::{Closed, Command, Phase, Position, Refusal, Who};
use lodestar::mail::Occasion;

use crate::kit::*;

#[test]
fn manchester_over_christmas_is_exactly_twenty_working_days_to_the_deputy_directors_last() {
    let mut story = Story::of("manchester").at("2026-12-14 10:00").raises();
    story.agreeing_to("2027-01-14 17:00:00");
    assert_eq!(
        story.ladder(),
        [
            "m-1 issued 2026-12-14 10:00 due 2026-12-21",
            "m-2 issued 2026-12-21 17:00:01 due 2026-12-30",
            "m-3 issued 2026-12-30 17:00:01 due 2027-01-07",
            "m-4 issued 2027-01-07 17:00:01 due 2027-01-14",
        ]
    );
    let caps: Vec<_> = story.rules.caps(&story.concern).collect();
    assert_eq!(caps.len(), 1);
    assert_eq!(caps[0].1.date, day("2027-01-14"), "all within the cap");
    story.to("2027-01-14 17:00:01");
    assert_eq!(story.step(), "m-5", "agreed ahead on Wed 13 Jan");
    assert_eq!(story.due(), "", "the director has no time set");
    assert_eq!(story.concern.review.unwrap().0, day("2027-01-21"));
}

#[test]
fn manchester_over_easter_counts_over_the_holiday_and_the_clock_change() {
    let mut story = Story::of("manchester").at("2027-03-22 10:00").raises();
    story.agreeing_to("2027-04-21 17:00:01");
    assert_eq!(
        story.ladder(),
        [
            "m-1 issued 2027-03-22 10:00 due 2027-03-31",
            "m-2 issued 2027-03-31 17:00:01 due 2027-04-07",
            "m-3 issued 2027-04-07 17:00:01 due 2027-04-14",
            "m-4 issued 2027-04-14 17:00:01 due 2027-04-21",
            "m-5 issued 2027-04-21 17:00:01",
        ]
    );
}

#[test]
fn buckinghamshire_over_christmas_goes_on_silence_from_the_team_manager_to_the_head_of_service() {
    let mut story = Story::of("buckinghamshire").at("2026-12-14 10:00").raises();
    story.to("2027-01-07 17:00:01");
    assert_eq!(
        story.ladder(),
        [
            "b-1 issued 2026-12-14 10:00 due 2026-12-30",
            "b-2 issued 2026-12-30 17:00:01 due 2027-01-07",
            "b-3 issued 2027-01-07 17:00:01",
        ]
    );
    assert_eq!(
        story.sent(Occasion::AlertOverdue),
        ["2026-12-30 17:00:01 ad_qa", "2027-01-07 17:00:01 ad_qa"]
    );
    assert_eq!(story.concern.review.unwrap().0, day("2027-01-14"));
    story.to("2027-01-14 09:00");
    assert_eq!(story.sent(Occasion::ReviewAsk), ["2027-01-14 09:00 raiser"]);
}

#[test]
fn buckinghamshire_over_easter() {
    let mut story = Story::of("buckinghamshire").at("2027-03-22 10:00").raises();
    story.to("2027-04-14 17:00:01");
    assert_eq!(
        story.ladder(),
        [
            "b-1 issued 2027-03-22 10:00 due 2027-04-07",
            "b-2 issued 2027-04-07 17:00:01 due 2027-04-14",
            "b-3 issued 2027-04-14 17:00:01",
        ]
    );
}

#[test]
fn buckinghamshires_informal_discussion_has_three_working_days_from_the_review() {
    let mut story = Story::of("buckinghamshire")
        .at("2026-12-17 10:00")
        .event("2026-12-16")
        .starts_at("b-inf")
        .raises();
    assert_eq!(story.due(), "2026-12-21");
    story.to("2026-12-21 17:00:01");
    assert_eq!(
        story.ladder()[1],
        "b-1 issued 2026-12-21 17:00:01 due 2027-01-07"
    );
    let late = Story::of("buckinghamshire")
        .at("2026-12-22 10:00")
        .event("2026-12-16")
        .starts_at("b-inf")
        .raises();
    assert_eq!(
        late.due(),
        "2026-12-31",
        "five working days, since three from the review are past"
    );
    assert!(late.visit().window_passed);
}

#[test]
fn buckinghamshires_twenty_days_count_from_the_escalation_and_not_from_an_informal_beginning() {
    let mut story = Story::of("buckinghamshire")
        .at("2026-12-14 10:00")
        .starts_at("b-inf")
        .raises();
    let caps = |story: &Story| -> Vec<String> {
        let caps = story.rules.caps(&story.concern);
        caps.map(|(_, end)| end.date.to_string()).collect()
    };
    assert_eq!(caps(&story), [""; 0], "nothing is escalated yet");
    story.to("2026-12-17 17:00:01");
    assert_eq!(story.step(), "b-1");
    assert_eq!(caps(&story), ["2027-01-19"]);
}

#[test]
fn buckinghamshires_unresolved_answer_goes_to_the_meeting_instead() {
    let mut story = Story::of("buckinghamshire").at("2026-12-14 10:00").raises();
    story.to("2026-12-17 11:00").role("team_manager", respond());
    story.raiser(not_satisfied());
    assert_eq!(
        story.ladder()[1],
        "b-1m issued 2026-12-17 11:00 due 2026-12-24"
    );
    story.to("2026-12-24 17:00:01");
    assert_eq!(
        story.ladder()[2],
        "b-2 issued 2026-12-24 17:00:01 due 2027-01-05"
    );
}

#[test]
fn warwickshire_over_christmas_from_the_review_to_the_final_decision() {
    let mut story = Story::of("warwickshire").at("2026-12-15 14:00").raises();
    assert_eq!(story.step(), "w-inf");
    story.to("2026-12-21 10:00").raiser(escalate());
    assert!(!story.visit().issued_late);
    story.agreeing_to("2027-01-14 17:00:00");
    assert_eq!(
        story.ladder(),
        [
            "w-inf issued 2026-12-15 14:00",
            "w-1 issued 2026-12-21 10:00 due 2026-12-30",
            "w-1m issued 2026-12-30 17:00:01 due 2027-01-07",
            "w-2 issued 2027-01-07 17:00:01 due 2027-01-14",
        ]
    );
    let caps: Vec<_> = story
        .rules
        .caps(&story.concern)
        .map(|(_, due)| due.date.to_string())
        .collect();
    assert_eq!(caps, ["2027-01-21", "2027-01-15"]);
    for visit in &story.concern.visits[1..] {
        let copies = story.rules.copies(&story.concern, visit);
        for role in ["hos_csc_safeguarding", "hos_practice_assurance"] {
            assert!(
                copies.iter().any(|copy| copy.as_str() == role),
                "{role} at {}",
                visit.step
            );
        }
    }
    story.to("2027-01-14 17:00:01");
    assert_eq!(story.phase(), Phase::Exhausted);
    story.raiser(Command::Position {
        position: Position::Maintained,
        reason: None,
    });
    assert_eq!(
        story.phase(),
        Phase::Closed(Closed::Position(Position::Maintained))
    );
}

#[test]
fn warwickshires_referral_is_looked_to_by_the_fifth_working_day_of_the_review_not_of_the_raising() {
    let mut story = Story::of("warwickshire")
        .at("2026-12-17 14:00")
        .event("2026-12-15")
        .raises();
    let asked = |story: &Story| story.concern.review.map(|(on, _)| on.to_string());
    assert_eq!(
        asked(&story).as_deref(),
        Some("2026-12-22"),
        "two days sooner than five working days from the raising"
    );
    let by = |story: &Story| {
        let step = &story.visit().step;
        let task = story.rules.issue_by_after(&story.concern, step);
        task.map(|(step, due)| format!("{} {}", step.id, due.date))
    };
    assert_eq!(by(&story).as_deref(), Some("w-1 2026-12-22"));
    story.to("2026-12-22 09:00");
    assert_eq!(story.sent(Occasion::ReviewAsk).len(), 1, "on the day");
    story.raiser(escalate());
    assert_eq!(by(&story), None, "it is sent");

    // A review long past has no day to come: the usual one is taken.
    let late = Story::of("warwickshire")
        .at("2027-01-11 14:00")
        .event("2026-12-15")
        .raises();
    assert_eq!(asked(&late).as_deref(), Some("2027-01-18"));
    let other = Story::of("manchester").starts_at("m-inf").raises();
    assert_eq!(by(&other), None, "no other protocol sets one");
}

#[test]
fn the_position_at_warwickshires_end_is_told_to_the_managers_it_reached_and_to_no_other() {
    let maintained = || Command::Position {
        position: Position::Maintained,
        reason: Some(text()),
    };
    let told = |story: &Story| -> Vec<String> {
        let sent = story.sent(Occasion::PositionTold);
        let last = |line: &String| line.rsplit(' ').next().unwrap().to_owned();
        sent.iter().map(last).collect()
    };
    let mut whole = Story::of("warwickshire").at("2026-12-15 14:00").raises();
    whole.raiser(escalate());
    whole.agreeing_to("2027-01-18 09:00");
    assert_eq!(whole.phase(), Phase::Exhausted);
    whole.raiser(maintained());
    assert_eq!(
        told(&whole),
        [
            "operations_manager",
            "service_manager",
            "hos_children_families",
            "hos_csc_safeguarding",
            "hos_practice_assurance"
        ]
    );
    let mut short = Story::of("warwickshire").at("2026-12-15 14:00").raises();
    short.raiser(bypass("w-2"));
    short.agreeing_to("2027-01-18 09:00");
    short.raiser(maintained());
    assert_eq!(
        told(&short),
        [
            "operations_manager",
            "hos_children_families",
            "hos_csc_safeguarding",
            "hos_practice_assurance"
        ],
        "the service manager does not hear for the first time of what never came to them"
    );
    let mut manchester = Story::of("manchester").starts_at("m-5").raises();
    manchester.role("dcs", decides()).raiser(not_satisfied());
    manchester.raiser(maintained());
    assert_eq!(told(&manchester), [""; 0], "its protocol does not ask it");
}

#[test]
fn warwickshires_referral_after_five_working_days_from_the_review_is_marked_late() {
    let mut story = Story::of("warwickshire").at("2026-12-15 14:00").raises();
    story.to("2026-12-22 16:00").raiser(escalate());
    assert!(!story.visit().issued_late, "Tue 22 Dec is the fifth");
    let mut story = Story::of("warwickshire").at("2026-12-15 14:00").raises();
    story.to("2026-12-23 09:00").raiser(escalate());
    assert!(story.visit().issued_late);
}

#[test]
fn why_a_referral_is_late_is_told_once_by_its_raiser_and_moves_no_date() {
    let why = || Command::ExplainLate { reason: text() };
    let mut story = Story::of("warwickshire").at("2026-12-15 14:00").raises();
    let raiser = story.raiser_standing();
    assert_eq!(story.asks(&raiser, why()), Err(Refusal::OutOfDate));
    story.to("2026-12-23 09:00").raiser(escalate());
    let due = story.visit().due;
    let refused = story.asks(&holder("operations_manager"), why());
    assert_eq!(refused, Err(Refusal::NotYours { who: Who::Raiser }));
    story.raiser(why());
    assert!(story.visit().late_explained);
    assert_eq!(story.visit().due, due);
    assert_eq!(story.asks(&raiser, why()), Err(Refusal::DoneAlready));
    // It may be told later on as well, of the step that was late.
    let mut later = Story::of("warwickshire").at("2026-12-15 14:00").raises();
    later.to("2026-12-23 09:00").raiser(escalate());
    later.to("2027-01-12 10:00").raiser(why());
    let late = later.concern.sent_late().unwrap();
    assert!(late.late_explained && late.step == *"w-1");
}

#[test]
fn warwickshire_over_easter() {
    let mut story = Story::of("warwickshire")
        .at("2027-03-22 10:00")
        .starts_at("w-1")
        .raises();
    story.agreeing_to("2027-04-14 17:00:01");
    assert_eq!(
        story.ladder(),
        [
            "w-1 issued 2027-03-22 10:00 due 2027-03-31",
            "w-1m issued 2027-03-31 17:00:01 due 2027-04-07",
            "w-2 issued 2027-04-07 17:00:01 due 2027-04-14",
        ]
    );
    assert_eq!(story.phase(), Phase::Exhausted);
}

#[test]
fn both_challenge_routes_keep_their_weeks_from_raising_over_christmas() {
    for route in ["lac", "cp"] {
        let mut story = Story::of("cp-lac-challenge")
            .route(route)
            .at("2026-12-11 11:00")
            .raises();
        story.agreeing_to("2027-02-19 17:00:01");
        assert_eq!(
            story.ladder(),
            [
                "h-l1 issued 2026-12-11 11:00 due 2026-12-24",
                "h-l2 issued 2026-12-24 17:00:01 due 2027-01-08",
                "h-s1 issued 2027-01-08 17:00:01 due 2027-01-22",
                "h-s2 issued 2027-01-22 17:00:01 due 2027-02-05",
                "h-f issued 2027-02-05 17:00:01 due 2027-02-19",
            ]
        );
        assert_eq!(
            story.sent(Occasion::Copy),
            ["2027-01-08 17:00:01 case_monitoring_board"]
        );
        assert_eq!(story.phase(), Phase::Exhausted);
    }
}

#[test]
fn a_challenge_over_easter_ends_the_day_before_good_friday() {
    let mut story = Story::of("cp-lac-challenge")
        .at("2027-03-12 11:00")
        .raises();
    story.agreeing_to("2027-05-21 17:00:01");
    let due: Vec<_> = story
        .concern
        .visits
        .iter()
        .map(|visit| visit.due.unwrap().date.to_string())
        .collect();
    assert_eq!(
        due,
        [
            "2027-03-25",
            "2027-04-09",
            "2027-04-23",
            "2027-05-07",
            "2027-05-21"
        ]
    );
}

#[test]
fn moving_a_challenge_on_early_moves_no_later_window() {
    let mut story = Story::of("cp-lac-challenge")
        .at("2026-12-11 11:00")
        .raises();
    story.to("2026-12-14 10:00").raiser(escalate());
    assert_eq!(
        story.ladder()[1],
        "h-l2 issued 2026-12-14 10:00 due 2027-01-08"
    );
}

#[test]
fn swindon_over_christmas_copies_level_by_level() {
    let mut story = Story::of("fostering-iro").at("2026-12-09 10:00").raises();
    story.to("2027-01-25 17:00:01");
    assert_eq!(
        story.ladder(),
        [
            "s-inf issued 2026-12-09 10:00 due 2026-12-23",
            "s-l1 issued 2026-12-23 17:00:01 due 2027-01-04",
            "s-l2 issued 2027-01-04 17:00:01 due 2027-01-11",
            "s-l3 issued 2027-01-11 17:00:01 due 2027-01-18",
            "s-l4 issued 2027-01-18 17:00:01 due 2027-01-25",
        ]
    );
    assert_eq!(
        story.sent(Occasion::Copy),
        [
            "2026-12-23 17:00:01 operational_service_manager",
            "2026-12-23 17:00:01 sm_qar",
            "2027-01-04 17:00:01 head_of_service",
            "2027-01-04 17:00:01 sm_qar",
            "2027-01-11 17:00:01 board_director",
            "2027-01-18 17:00:01 head_of_service",
            "2027-01-18 17:00:01 sm_qar",
        ]
    );
    assert_eq!(story.phase(), Phase::Exhausted);
    assert_eq!(
        story.sent(Occasion::ExhaustedAsk),
        ["2027-01-25 17:00:01 raiser"]
    );
}

#[test]
fn swindon_held_until_christmas_eve_shifts_every_later_day() {
    let mut story = Story::of("fostering-iro").at("2026-12-09 10:00").raises();
    story.to("2026-12-23 10:00").raiser(hold("2026-12-24"));
    story.to("2027-01-26 17:00:01");
    let due: Vec<_> = story.concern.visits[1..]
        .iter()
        .map(|visit| visit.due.unwrap().date.to_string())
        .collect();
    assert_eq!(
        due,
        ["2027-01-05", "2027-01-12", "2027-01-19", "2027-01-26"]
    );
}

#[test]
fn swindon_over_easter() {
    let mut story = Story::of("fostering-iro").at("2027-03-15 10:00").raises();
    story.to("2027-04-28 17:00:01");
    let due: Vec<_> = story
        .concern
        .visits
        .iter()
        .map(|visit| visit.due.unwrap().date.to_string())
        .collect();
    assert_eq!(
        due,
        [
            "2027-03-31",
            "2027-04-07",
            "2027-04-14",
            "2027-04-21",
            "2027-04-28"
        ]
    );
    assert_eq!(story.phase(), Phase::Exhausted);
}
