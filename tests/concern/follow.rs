//! Whoever directs actions follows them up, where the protocol says so (`M-S3`).

use lodestar::concern::command::FieldFault;
use lodestar::concern::follow::Progress;
use lodestar::concern::{
    ActsNext, Answering, ByCover, ClockKind, Closed, Command, Phase, Refusal, who_acts_next,
};
use lodestar::ids::{RoleId, UserId};
use lodestar::mail::Occasion;

use crate::kit::*;

fn directs(target: Option<&str>) -> Command {
    answer(Answering::Decide {
        decision: text(),
        rationale: text(),
        target: target.map(day),
    })
}

fn says(progress: Progress) -> Command {
    Command::Report {
        visit: None,
        progress,
        until: None,
        account: Some(text()),
    }
}

fn later(until: &str) -> Command {
    Command::Report {
        visit: None,
        progress: Progress::MoreTime,
        until: Some(day(until)),
        account: Some(text()),
    }
}

/// Manchester's Stage 3, where what is directed is to be done by Fri 8 Jan.
fn directed() -> Story {
    let mut story = Story::of("manchester").starts_at("m-3").raises();
    story
        .to("2026-12-16 11:00")
        .role("head_of_service", directs(Some("2027-01-08")));
    story
}

#[test]
fn what_manchesters_stage_3_directs_is_asked_of_those_who_directed_it_and_not_of_the_raiser() {
    let mut story = directed();
    assert_eq!(story.phase(), Phase::Underway);
    assert_eq!(story.sent(Occasion::Answered), ["2026-12-16 11:00 raiser"]);
    assert_eq!(story.falls(ClockKind::Lapse), "", "the step is answered");
    let (head, lead) = (
        RoleId::from("head_of_service"),
        RoleId::from("safeguarding_lead"),
    );
    assert_eq!(
        who_acts_next(&story.rules, &story.concern),
        Some(ActsNext::Addressees(vec![&head, &lead]))
    );
    story.to("2027-01-08 09:00");
    assert_eq!(
        story.sent(Occasion::ReportAsk),
        [
            "2027-01-08 09:00 head_of_service",
            "2027-01-08 09:00 safeguarding_lead"
        ]
    );
    assert_eq!(story.sent(Occasion::TargetAsk), [""; 0]);
    story
        .to("2027-01-08 15:00")
        .role("safeguarding_lead", says(Progress::Done));
    assert_eq!(story.sent(Occasion::Reported), ["2027-01-08 15:00 raiser"]);
    assert_eq!(
        who_acts_next(&story.rules, &story.concern),
        Some(ActsNext::Raiser),
        "only the raiser resolves"
    );
    assert!(story.concern.is_open());
    story.to("2027-01-20 12:00");
    assert_eq!(
        story.sent(Occasion::AlertTargetNotJudged),
        [
            "2027-01-12 17:00:01 iro_manager",
            "2027-01-19 17:00:01 iro_manager"
        ]
    );
    assert_eq!(story.sent(Occasion::AlertNotReported), [""; 0]);
    story.raiser(Command::Resolve);
    assert_eq!(story.phase(), Phase::Closed(Closed::Resolved));
}

#[test]
fn silence_of_whoever_follows_it_up_goes_to_the_raiser_and_the_manager_after_two_working_days() {
    let mut story = directed();
    let due = story.due();
    story.to("2027-01-20 12:00");
    assert_eq!(
        story.sent(Occasion::AlertNotReported),
        [
            "2027-01-12 17:00:01 raiser",
            "2027-01-12 17:00:01 iro_manager",
            "2027-01-19 17:00:01 raiser",
            "2027-01-19 17:00:01 iro_manager",
        ]
    );
    assert_eq!(story.sent(Occasion::AlertTargetNotJudged), [""; 0]);
    assert_eq!(story.step(), "m-3", "no clock of the ladder moves by it");
    assert_eq!(story.due(), due);
    story.raiser(not_satisfied());
    assert_eq!(story.step(), "m-4", "the raiser need not wait");
    assert_eq!(
        story.refuses(&holder("head_of_service"), on_visit_1(Progress::Done)),
        Refusal::OutOfDate
    );
}

fn on_visit_1(progress: Progress) -> Command {
    Command::Report {
        visit: Some(1),
        progress,
        until: None,
        account: Some(text()),
    }
}

#[test]
fn a_later_day_is_asked_after_on_that_day_and_not_done_is_the_raisers_to_judge() {
    let mut story = directed();
    story
        .to("2027-01-08 12:00")
        .role("head_of_service", later("2027-01-22"));
    assert_eq!(story.sent(Occasion::Reported).len(), 1);
    story.to("2027-01-22 09:00");
    assert_eq!(
        story.sent(Occasion::ReportAsk),
        [
            "2027-01-08 09:00 head_of_service",
            "2027-01-08 09:00 safeguarding_lead",
            "2027-01-22 09:00 head_of_service",
            "2027-01-22 09:00 safeguarding_lead"
        ]
    );
    assert_eq!(story.sent(Occasion::AlertNotReported), [""; 0]);
    story.role("head_of_service", says(Progress::NotDone));
    assert_eq!(story.phase(), Phase::Underway);
    story.raiser(more_time("2027-02-05")).to("2027-02-05 09:00");
    assert_eq!(
        story.sent(Occasion::ReportAsk).len(),
        6,
        "time that the raiser gives is followed by the same people"
    );
    story
        .role("head_of_service", says(Progress::NotDone))
        .raiser(not_satisfied());
    assert_eq!(story.step(), "m-4");
}

#[test]
fn a_later_day_is_after_the_one_that_stands_within_twenty_working_days_and_has_its_reason() {
    let mut story = directed();
    let head = holder("head_of_service");
    let field = |block, fault| Refusal::Field { block, fault };
    assert_eq!(
        story.refuses(&head, later("2027-01-08")),
        field("until", FieldFault::NotAfter(day("2027-01-08")))
    );
    assert_eq!(
        story.refuses(&head, later("2027-02-08")),
        field("until", FieldFault::After(day("2027-02-05")))
    );
    let report = |progress, until: Option<&str>| Command::Report {
        visit: None,
        progress,
        until: until.map(day),
        account: None,
    };
    assert_eq!(
        story.refuses(&head, report(Progress::MoreTime, None)),
        field("until", FieldFault::Missing)
    );
    for (progress, until) in [
        (Progress::MoreTime, Some("2027-02-05")),
        (Progress::NotDone, None),
    ] {
        assert_eq!(
            story.refuses(&head, report(progress, until)),
            field("reason", FieldFault::Missing)
        );
    }
    story.role("head_of_service", report(Progress::Done, None));
    for progress in [Progress::Done, Progress::NotDone] {
        assert_eq!(
            story.refuses(&head, says(progress)),
            Refusal::DoneAlready,
            "a second press, or one after it is done"
        );
    }
}

#[test]
fn nobody_but_those_who_directed_it_reports_and_a_cover_does_so_for_them() {
    let mut story = directed();
    for who in [holder("team_manager"), story.raiser_standing()] {
        assert!(matches!(
            story.refuses(&who, says(Progress::Done)),
            Refusal::NotYours { .. }
        ));
    }
    let mut cover = person("U0COVER", &["head_of_service"]);
    cover.by_cover = vec![ByCover {
        absent: UserId::from("U-head_of_service"),
        roles: cover.roles.clone(),
    }];
    story.does(&cover, says(Progress::NotDone));
    let last = story.record.last().unwrap();
    assert_eq!(
        last.on_behalf_of,
        Some(UserId::from("U-head_of_service")),
        "{last:?}"
    );
}

#[test]
fn a_decision_that_directs_nothing_is_the_raisers_to_judge_and_other_steps_stay_the_raisers_to_follow()
 {
    let mut story = Story::of("manchester").starts_at("m-3").raises();
    story.role("head_of_service", directs(None));
    assert_eq!(story.phase(), Phase::Judging);
    assert_eq!(
        story.refuses(&holder("head_of_service"), says(Progress::Done)),
        Refusal::OutOfDate
    );
    let mut story = Story::of("manchester").raises();
    story.role("team_manager", accept("2027-01-08"));
    assert_eq!(
        story.refuses(&holder("team_manager"), says(Progress::Done)),
        Refusal::OutOfDate,
        "at Stage 1 it is the raiser who follows it up"
    );
    story.to("2027-01-08 09:00");
    assert_eq!(story.sent(Occasion::TargetAsk), ["2027-01-08 09:00 raiser"]);
    assert_eq!(story.sent(Occasion::ReportAsk), [""; 0]);
}
