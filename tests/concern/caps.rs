//! The limits on the whole process: forecast at full length, warned of when the steps left do not fit, reported when passed, and
//! never in the way.

use lodestar::access::may_read;
use lodestar::calendar::say_date;
use lodestar::concern::forecast::{Fit, Forecast, Stands, forecast};
use lodestar::concern::{Actor, Command, Fact, Phase};
use lodestar::mail::Occasion;

use crate::kit::*;

fn ahead(story: &Story) -> Forecast<'static> {
    forecast(&story.rules, &story.concern, story.now)
}

/// The steps of a forecast: `m-2 from Mon 21 Dec to Wed 30 Dec`, with a mark for what the raiser has to judge.
fn steps(forecast: &Forecast<'_>) -> Vec<String> {
    let line = |step: &lodestar::concern::forecast::Foreseen<'_>| {
        format!(
            "{} from {} to {}{}",
            step.step.id,
            say_date(step.from),
            step.due.map_or_else(String::new, |due| say_date(due.date)),
            if step.if_judged { ", if judged" } else { "" }
        )
    };
    forecast.steps.iter().map(line).collect()
}

/// The limits of a forecast: when each ends, and whether what is left fits.
fn caps(forecast: &Forecast<'_>) -> Vec<(String, Fit)> {
    forecast
        .caps
        .iter()
        .map(|cap| {
            let ends = cap.ends.map(|ends| ends.date.to_string());
            (ends.unwrap_or_default(), cap.fit)
        })
        .collect()
}

fn within(ends: &str, reaches: &str) -> (String, Fit) {
    (ends.to_owned(), Fit::Within(day(reaches)))
}

/// What was recorded of the limits, with its moment.
fn told(story: &Story) -> Vec<String> {
    let line = |recorded: &lodestar::concern::Recorded| {
        let said = match &recorded.fact {
            Fact::CapWarned { cap, ends, reaches } => format!("{cap} warned {ends} {reaches}"),
            Fact::CapFits { cap } => format!("{cap} fits"),
            Fact::CapPassed { cap, ended } => format!("{cap} passed {ended}"),
            _ => return None,
        };
        assert_eq!(
            recorded.actor,
            Actor::Lodestar,
            "the program counts the days"
        );
        Some(format!("{} {said}", local(recorded.at)))
    };
    story.record.iter().filter_map(line).collect()
}

#[test]
fn manchester_at_full_length_reaches_stage_4_and_fits_to_the_day() {
    let story = Story::of("manchester").raises();
    let forecast = ahead(&story);
    assert_eq!(
        steps(&forecast),
        [
            "m-1 from Mon 14 Dec to Mon 21 Dec",
            "m-2 from Mon 21 Dec to Wed 30 Dec",
            "m-3 from Wed 30 Dec to Thu 7 Jan",
            "m-4 from Thu 7 Jan to Thu 14 Jan"
        ]
    );
    let untimed = forecast.untimed.unwrap();
    assert_eq!(untimed.step.id.as_str(), "m-5");
    assert!(untimed.if_judged, "and it is the raiser's judgement");
    assert_eq!(caps(&forecast), [within("2027-01-14", "2027-01-14")]);
}

#[test]
fn buckinghamshire_at_full_length_is_ten_and_five_and_five() {
    let story = Story::of("buckinghamshire").raises();
    let forecast = ahead(&story);
    assert_eq!(
        steps(&forecast),
        [
            "b-1 from Mon 14 Dec to Wed 30 Dec",
            "b-1m from Wed 30 Dec to Thu 7 Jan",
            "b-2 from Thu 7 Jan to Thu 14 Jan"
        ]
    );
    assert_eq!(forecast.untimed.unwrap().step.id.as_str(), "b-3");
    assert_eq!(caps(&forecast), [within("2027-01-14", "2027-01-14")]);
}

#[test]
fn what_the_raiser_has_to_judge_is_named_and_not_counted() {
    let story = Story::of("cp-lac-challenge")
        .at("2026-12-11 11:00")
        .raises();
    let forecast = ahead(&story);
    assert_eq!(
        steps(&forecast),
        [
            "h-l1 from Fri 11 Dec to Thu 24 Dec",
            "h-l2 from Thu 24 Dec to Fri 8 Jan",
            "h-s1 from Fri 8 Jan to Fri 22 Jan",
            "h-s2 from Fri 22 Jan to Fri 5 Feb, if judged",
            "h-f from Fri 5 Feb to Fri 19 Feb, if judged"
        ]
    );
    assert_eq!(
        caps(&forecast),
        [
            within("2027-02-19", "2027-01-22"),
            within("2027-02-05", "2027-01-22")
        ],
        "the second counts from a step that is only foreseen"
    );
}

#[test]
fn the_last_step_of_the_ten_weeks_does_not_fit_the_handbooks_twenty_days_and_that_is_told_once() {
    let mut story = Story::of("cp-lac-challenge")
        .at("2026-12-11 11:00")
        .raises();
    story.agreeing_to("2027-02-19 12:00");
    assert_eq!(story.step(), "h-f");
    assert_eq!(
        told(&story),
        ["2027-02-08 09:00 2 passed 2027-02-05"],
        "at its issue the twenty days have ended: it is reported, not warned of"
    );
    let mut held = Story::of("cp-lac-challenge")
        .at("2026-12-11 11:00")
        .raises();
    held.agreeing_to("2027-01-25 10:00")
        .raiser(escalate())
        .raiser(AGREE);
    assert_eq!(held.step(), "h-f", "moved on early");
    held.to("2027-02-05 12:00");
    assert_eq!(
        told(&held),
        ["2027-01-26 09:00 2 warned 2027-02-05 2027-02-19"]
    );
}

#[test]
fn without_a_clock_nothing_is_foreseen_but_by_when_it_has_to_move_on() {
    let mut story = Story::of("warwickshire").at("2026-12-15 14:00").raises();
    let forecast = ahead(&story);
    assert!(matches!(forecast.stands, Stands::Waits { next, .. } if next.id.as_str() == "w-1"));
    assert!(forecast.steps.is_empty());
    assert_eq!(
        caps(&forecast),
        [
            (String::new(), Fit::Untold),
            ("2027-01-15".to_owned(), Fit::IfMovedOnBy(day("2026-12-31")))
        ],
        "the first counts from a formal step; ten working days lie between 31 Dec and 15 Jan"
    );
    story.to("2027-01-01 12:00");
    assert_eq!(told(&story), [""; 0]);
    story.to("2027-01-04 12:00");
    assert_eq!(
        told(&story),
        ["2027-01-04 09:00 2 warned 2027-01-15 2027-01-18"],
        "at the first opening at which it does not fit"
    );
    assert_eq!(caps(&ahead(&story))[1].1, Fit::TooLate);
    story.raiser(escalate());
    assert_eq!(
        caps(&ahead(&story)),
        [
            within("2027-02-01", "2027-01-18"),
            ("2027-01-15".to_owned(), Fit::Beyond(day("2027-01-18")))
        ]
    );
}

#[test]
fn a_hold_that_does_not_fit_warns_the_raiser_and_their_manager_once_at_the_next_opening() {
    let mut story = Story::of("manchester").raises();
    story.to("2026-12-18 11:00").raiser(hold("2026-12-22"));
    assert_eq!(
        caps(&ahead(&story)),
        [("2027-01-14".to_owned(), Fit::Beyond(day("2027-01-15")))]
    );
    story.to("2026-12-21 08:59:59");
    assert!(story.sent(Occasion::AlertCapWarned).is_empty());
    story.to("2026-12-22 12:00");
    let sent = [
        "2026-12-21 09:00 raiser".to_owned(),
        "2026-12-21 09:00 iro_manager".to_owned(),
    ];
    assert_eq!(story.sent(Occasion::AlertCapWarned), sent);
    // Held one day longer it fits even less; that is no news.
    story.raiser(hold("2026-12-23")).to("2026-12-30 12:00");
    assert_eq!(story.sent(Occasion::AlertCapWarned), sent);
}

#[test]
fn a_warning_is_taken_back_where_the_steps_left_fit_again_and_told_anew_where_they_do_not() {
    let mut story = Story::of("manchester").raises();
    story.to("2026-12-18 11:00").raiser(hold("2026-12-23"));
    story.to("2026-12-22 12:00").raiser(bypass("m-3"));
    assert_eq!(
        told(&story),
        [
            "2026-12-21 09:00 1 warned 2027-01-14 2027-01-18",
            "2026-12-22 12:00 1 fits"
        ]
    );
    story
        .to("2026-12-31 11:00")
        .role("head_of_service", decides());
    story.to("2027-01-08 12:00");
    assert_eq!(
        told(&story)[2..],
        ["2027-01-08 09:00 1 warned 2027-01-14 2027-01-15"],
        "with the raiser until then: Stage 4 would have had to begin on 7 Jan"
    );
    assert_eq!(story.sent(Occasion::AlertCapWarned).len(), 4);
}

#[test]
fn a_gate_that_keeps_it_waiting_is_warned_of_on_the_first_day_too_many() {
    let mut story = Story::of("manchester").raises();
    story.to("2026-12-22 08:59:59");
    assert_eq!(story.phase(), Phase::AtGate);
    assert_eq!(told(&story), [""; 0]);
    story.to("2026-12-22 09:00");
    assert_eq!(
        told(&story),
        ["2026-12-22 09:00 1 warned 2027-01-14 2027-01-15"]
    );
}

#[test]
fn what_was_agreed_is_not_warned_of_and_reported_when_the_time_has_passed() {
    let mut story = Story::of("manchester").raises();
    story
        .to("2026-12-16 11:00")
        .role("team_manager", accept("2027-01-29"));
    story.to("2027-01-15 08:59:59");
    assert_eq!(told(&story), [""; 0]);
    story.to("2027-01-28 12:00");
    assert_eq!(told(&story), ["2027-01-15 09:00 1 passed 2027-01-14"]);
    assert_eq!(
        story.sent(Occasion::AlertCapPassed),
        ["2027-01-15 09:00 raiser", "2027-01-15 09:00 iro_manager"]
    );
}

#[test]
fn a_resolution_that_outlasts_the_twenty_days_is_told_to_the_assistant_director_though_each_answer_came()
 {
    let mut story = Story::of("buckinghamshire").raises();
    let reads = |story: &Story| may_read(&story.rules, &story.concern, &holder("ad_qa"));
    story
        .to("2026-12-29 10:00")
        .role("team_manager", respond())
        .raiser(not_satisfied());
    story
        .to("2027-01-05 10:00")
        .role("team_manager", respond())
        .raiser(not_satisfied());
    story
        .to("2027-01-11 10:00")
        .role("head_of_service", respond());
    story.to("2027-01-15 08:59:59");
    assert_eq!(story.sent(Occasion::AlertOverdue), [""; 0]);
    assert!(!reads(&story));
    story.to("2027-01-15 09:00");
    assert_eq!(
        story.sent(Occasion::AlertCapPassed),
        [
            "2027-01-15 09:00 raiser",
            "2027-01-15 09:00 iro_manager",
            "2027-01-15 09:00 ad_qa"
        ]
    );
    assert!(reads(&story), "it is escalated to them");
}

#[test]
fn a_limit_that_has_passed_blocks_nothing() {
    let mut story = Story::of("manchester").raises();
    story.to("2027-01-20 12:00");
    assert_eq!(story.phase(), Phase::AtGate);
    assert!(story.concern.cap(1).passed);
    story.raiser(escalate());
    assert_eq!(story.step(), "m-2");
    story
        .raiser(bypass("m-4"))
        .role("deputy_director", decides());
    story.raiser(Command::Resolve);
    assert!(!story.concern.is_open());
}

#[test]
fn the_two_readings_of_warwickshires_limit_are_reported_each_on_its_day() {
    let mut story = Story::of("warwickshire").at("2026-12-15 14:00").raises();
    story.to("2026-12-21 10:00").raiser(escalate());
    story.agreeing_to("2027-01-07 18:00");
    assert_eq!(story.step(), "w-2");
    story.role("hos_children_families", extend("2027-01-20"));
    story.to("2027-01-22 12:00");
    assert_eq!(
        told(&story),
        [
            "2027-01-08 09:00 2 warned 2027-01-15 2027-01-20",
            "2027-01-18 09:00 2 passed 2027-01-15",
            "2027-01-22 09:00 1 passed 2027-01-21"
        ],
        "an extension that does not fit the stricter reading warns of that one alone"
    );
}

#[test]
fn a_limit_that_ended_before_the_raising_is_reported_once_and_not_warned_of() {
    let mut story = Story::of("warwickshire")
        .at("2026-12-14 18:00")
        .event("2026-10-05")
        .raises();
    assert_eq!(caps(&ahead(&story))[1].1, Fit::Passed);
    story.to("2026-12-18 12:00");
    assert_eq!(
        told(&story),
        ["2026-12-15 09:00 2 passed 2026-11-02"],
        "at an opening, not in the evening"
    );
}

#[test]
fn a_protocol_without_a_limit_is_forecast_and_never_warned_of() {
    let mut story = Story::of("fostering-iro").at("2026-12-09 10:00").raises();
    let forecast = ahead(&story);
    assert_eq!(
        steps(&forecast).last().unwrap(),
        "s-l4 from Mon 18 Jan to Mon 25 Jan"
    );
    assert!(forecast.caps.is_empty());
    story.to("2027-03-01 12:00");
    assert_eq!(told(&story), [""; 0]);
}

fn extend(until: &str) -> Command {
    Command::Extend {
        until: day(until),
        reason: text(),
        item: Some(text()),
    }
}
