//! Buckinghamshire: the paperwork of a review over Christmas, and the one rule where silence is consent.

use lodestar::concern::{FieldFault, Who};
use lodestar::ids::{ClockId, ConcernId, RoleId, UserId};
use lodestar::mail::To;
use lodestar::mail::review::Occasion;
use lodestar::review::decide::MOST_OBJECTIONS;
use lodestar::review::{Command, Fact, Reads, Record, Refusal, Stage, reads};

use crate::kit::{IRO, Story, built_in, done, held, holder, moment, object, officer, person};

fn role(id: &str) -> To {
    To::Role(RoleId::from(id))
}

fn person_to(id: &str) -> To {
    To::Person(UserId::from(id))
}

/// Recorded on the day, decisions sent and received on Tue 22 Dec.
fn sent() -> Story {
    let mut story = Story::begin("buckinghamshire", held("2026-12-16"), "2026-12-16 15:00");
    story.to("2026-12-22 11:00");
    story.asks(&officer(), done("decisions")).unwrap();
    story.delivered("objection");
    story
}

fn settle() -> Command {
    Command::Settle {
        changed: true,
        outcome: crate::kit::text(),
    }
}

#[test]
fn every_task_of_a_review_before_christmas_is_due_on_its_very_day() {
    let story = sent();
    assert_eq!(story.due("informal"), "Mon 21 Dec, 17:00");
    assert_eq!(story.due("record"), "Mon 21 Dec, 17:00");
    assert_eq!(story.due("decisions"), "Wed 23 Dec, 17:00");
    assert_eq!(story.due("objection"), "Thu 31 Dec, 17:00");
    assert_eq!(story.due("report"), "Mon 11 Jan, 17:00");
    assert_eq!(story.due("distribution"), "Mon 18 Jan, 17:00");
}

#[test]
fn silence_to_the_end_of_the_window_is_accepted_no_objection() {
    let mut story = sent();
    story.to("2026-12-31 17:00:00");
    assert!(matches!(
        story.task("objection").stage,
        Stage::Running { .. }
    ));
    story.to("2026-12-31 17:00:01");
    assert!(matches!(
        story.task("objection").stage,
        Stage::Accepted { .. }
    ));
    assert_eq!(story.told(Occasion::Accepted), [&To::Raiser]);
}

#[test]
fn a_late_objection_is_kept_and_undoes_nothing() {
    let mut story = sent();
    story.to("2027-01-04 09:00");
    story.asks(&holder("team_manager"), object()).unwrap();
    let objection = story.review.objections.last().unwrap();
    assert!(objection.late);
    assert!(matches!(
        story.task("objection").stage,
        Stage::Accepted { .. }
    ));
    assert!(story.review.objection_in_time().is_none());
    assert_eq!(
        story.told(Occasion::Objected),
        [&To::Raiser, &person_to("U0SW"), &person_to("U0SCHOOL")],
        "it goes to the officer and all who attended all the same"
    );
    story.asks(&holder("team_manager"), object()).unwrap();
    assert!(story.review.objections.iter().all(|kept| kept.late));
    assert_eq!(story.review.objections.len(), 2);
}

#[test]
fn a_second_objection_in_the_window_is_kept_with_who_and_when_and_begins_nothing_again() {
    let mut story = sent();
    story.asks(&holder("team_manager"), object()).unwrap();
    let began = story.task("objection").stage;
    story.to("2026-12-29 10:00");
    let other = person("U-other", &["team_manager"]);
    story.asks(&other, object()).unwrap();
    story.asks(&holder("team_manager"), object()).unwrap();
    let kept: Vec<_> = (story.review.objections.iter())
        .map(|kept| (kept.by.as_str(), kept.at, kept.late))
        .collect();
    let later = moment("2026-12-29 10:00");
    assert_eq!(
        kept,
        [
            ("U-team_manager", moment("2026-12-22 11:00"), false),
            ("U-other", later, false),
            ("U-team_manager", later, false),
        ]
    );
    assert_eq!(story.task("objection").stage, began, "the first stands");
    assert_eq!(
        story.told(Occasion::Objected).len(),
        9,
        "each goes to the officer and all who attended"
    );
    // One answer of the officer settles what was objected to until then, and is asked for once.
    story.asks(&officer(), settle()).unwrap();
    assert_eq!(story.asks(&officer(), settle()), Err(Refusal::DoneAlready));
    let told = story.told(Occasion::Settled);
    let objected = [person_to("U-team_manager"), person_to("U-other")];
    assert!(objected.iter().all(|who| told.contains(&who)), "{told:?}");
    // What is objected to after that, still in time, waits for an answer of its own.
    story.asks(&other, object()).unwrap();
    assert!(story.review.is_to_be_settled());
    story.to("2027-01-07 09:00");
    assert_eq!(story.told(Occasion::Nudge), [&To::Raiser]);
    story.asks(&officer(), settle()).unwrap();
    assert!(!story.review.is_to_be_settled());
}

#[test]
fn no_review_holds_objections_without_end() {
    let mut story = sent();
    for _ in 0..MOST_OBJECTIONS {
        story.asks(&holder("team_manager"), object()).unwrap();
    }
    assert_eq!(
        story.asks(&holder("team_manager"), object()),
        Err(Refusal::Full)
    );
}

#[test]
fn an_objection_in_time_goes_to_the_officer_and_everybody_who_attended() {
    let mut story = sent();
    story.to("2026-12-31 17:00:00");
    story.asks(&holder("team_manager"), object()).unwrap();
    assert!(matches!(
        story.task("objection").stage,
        Stage::Objected { .. }
    ));
    let (sw, school) = (person_to("U0SW"), person_to("U0SCHOOL"));
    assert_eq!(story.told(Occasion::Objected), [&To::Raiser, &sw, &school]);
    // Nobody's silence is taken for anything once it is objected to.
    story.to("2027-01-02 09:00");
    assert!(story.review.accepted.is_empty());
    assert_eq!(
        reads(&story.rules, &story.review, &person("U0SW", &[])),
        Reads::Objection
    );
}

#[test]
fn an_objection_waits_for_the_officer_until_it_is_settled() {
    let mut story = sent();
    story.asks(&holder("team_manager"), object()).unwrap();
    story.to("2027-01-05 09:00");
    assert_eq!(story.told(Occasion::Nudge), [&To::Raiser]);
    story.asks(&officer(), settle()).unwrap();
    assert_eq!(story.asks(&officer(), settle()), Err(Refusal::DoneAlready));
    let manager = person_to("U-team_manager");
    assert_eq!(story.told(Occasion::Settled)[0], &manager);
}

#[test]
fn the_window_runs_from_the_day_the_notice_arrived() {
    let mut story = Story::begin("buckinghamshire", held("2026-12-16"), "2026-12-16 15:00");
    story.to("2026-12-22 11:00");
    story.asks(&officer(), done("decisions")).unwrap();
    assert_eq!(story.due("objection"), "");
    // Slack was away for two days: nobody's silence counts meanwhile, and the officer hears of it.
    story.to("2026-12-24 10:00");
    assert_eq!(story.told(Occasion::Undelivered), [&To::Raiser]);
    story.delivered("objection");
    assert_eq!(story.due("objection"), "Tue 5 Jan, 17:00");
}

#[test]
fn a_task_is_reminded_on_its_day_told_when_late_and_never_blocked() {
    let mut story = Story::begin("buckinghamshire", held("2026-12-16"), "2026-12-16 15:00");
    story.to("2026-12-21 09:00");
    assert_eq!(
        story.told(Occasion::Due),
        [&To::Raiser],
        "both in one message"
    );
    story.to("2026-12-22 08:59");
    assert!(story.told(Occasion::Late).is_empty());
    story.to("2026-12-22 09:00");
    assert_eq!(story.told(Occasion::Late), [&To::Raiser]);
    story.asks(&officer(), done("informal")).unwrap();
    assert!(story.review.done["informal"].late);
    story.to("2027-01-10 09:00");
    let manager = role("iro_manager");
    assert!(
        story.told(Occasion::Late).contains(&&manager),
        "what is still late is told to the manager of the service"
    );
}

#[test]
fn late_is_judged_by_the_day_it_was_done_and_what_comes_after_counts_from_it() {
    let mut story = Story::begin("buckinghamshire", held("2026-12-16"), "2026-12-16 15:00");
    story.to("2026-12-24 10:00");
    let on = |day: &str, clock: &str| Command::Done {
        clock: ClockId::from(clock),
        on: Some(crate::kit::day(day)),
    };
    let refused = |fault| Err(Refusal::Field { block: "on", fault });
    assert_eq!(
        story.asks(&officer(), on("2026-12-25", "decisions")),
        refused(FieldFault::Future)
    );
    assert_eq!(
        story.asks(&officer(), on("2026-12-15", "decisions")),
        refused(FieldFault::Before(crate::kit::day("2026-12-16")))
    );
    story
        .asks(&officer(), on("2026-12-23", "decisions"))
        .unwrap();
    let done = &story.review.done["decisions"];
    assert_eq!(done.on, Some(crate::kit::day("2026-12-23")));
    assert_eq!(done.at, moment("2026-12-24 10:00"), "both are kept");
    assert!(!done.late);
    story
        .asks(&officer(), on("2026-12-22", "informal"))
        .unwrap();
    assert!(story.review.done["informal"].late);
    // Nobody is silent before they have it: the window runs from the day the notice arrives.
    story.delivered("objection");
    assert_eq!(story.due("objection"), "Tue 5 Jan, 17:00");
}

#[test]
fn without_matters_of_concern_no_discussion_is_chased() {
    let quiet = Record {
        concerns: None,
        ..held("2026-12-16")
    };
    let mut story = Story::begin("buckinghamshire", quiet, "2026-12-16 15:00");
    assert_eq!(
        story.due("informal"),
        "Mon 21 Dec, 17:00",
        "shown all the same"
    );
    story.to("2026-12-22 10:00");
    assert!(story.told(Occasion::Due).is_empty() && story.told(Occasion::Late).is_empty());
    for clock in ["decisions", "report", "distribution"] {
        story.asks(&officer(), done(clock)).unwrap();
    }
    story.delivered("objection");
    assert!(story.review.is_open());
    story.to("2026-12-31 17:00:01");
    assert!(
        !story.review.is_open(),
        "the last thing left was the window"
    );
    assert_eq!(story.record.last().unwrap().fact, Fact::PaperworkDone);
}

#[test]
fn raising_a_concern_from_the_review_is_the_record_of_it() {
    let raised = |id| Command::ConcernRaised {
        concern: ConcernId(id),
    };
    let mut story = Story::begin("buckinghamshire", held("2026-12-16"), "2026-12-16 15:00");
    story.asks(&officer(), raised(42)).unwrap();
    let task = story.task("record");
    assert!(matches!(task.stage, Stage::Done { late: false, .. }));
    assert!(
        !story.task("informal").has_ended(),
        "the discussion is still to be held"
    );
    assert_eq!(
        story.asks(&officer(), done("record")),
        Err(Refusal::DoneAlready)
    );
    // A second concern from it records nothing again.
    let before = story.record.len();
    story.asks(&officer(), raised(43)).unwrap();
    assert_eq!(story.record.len(), before + 1);

    let mut late = Story::begin("buckinghamshire", held("2026-12-16"), "2026-12-16 15:00");
    late.to("2026-12-22 10:00");
    late.asks(&officer(), raised(44)).unwrap();
    assert!(matches!(
        late.task("record").stage,
        Stage::Done { late: true, .. }
    ));
}

#[test]
fn only_those_whose_it_is_may_do_it() {
    let mut story = sent();
    let roles = Refusal::NotYours {
        who: Who::Roles(vec![RoleId::from("team_manager")]),
    };
    assert_eq!(story.asks(&officer(), object()), Err(roles.clone()));
    assert_eq!(story.asks(&holder("head_of_service"), object()), Err(roles));
    let officers = Refusal::NotYours {
        who: Who::RaiserOrIroManager,
    };
    assert_eq!(
        story.asks(&holder("team_manager"), done("report")),
        Err(officers)
    );
    assert_eq!(
        story.asks(&officer(), done("objection")),
        Err(Refusal::NotYours {
            who: Who::Roles(vec![RoleId::from("team_manager")]),
        })
    );
    assert_eq!(
        story.asks(&holder("team_manager"), done("objection")),
        Err(Refusal::NotAsked),
        "silence is the only way to accept"
    );
    story.asks(&holder("iro_manager"), done("report")).unwrap();
    assert_eq!(
        story.asks(&officer(), done("report")),
        Err(Refusal::DoneAlready)
    );
    assert_eq!(story.asks(&officer(), done("tea")), Err(Refusal::NotAsked));
}

#[test]
fn nobody_objects_before_the_decisions_are_sent() {
    let mut story = Story::begin("buckinghamshire", held("2026-12-16"), "2026-12-16 15:00");
    assert_eq!(
        story.asks(&holder("team_manager"), object()),
        Err(Refusal::NotYet)
    );
}

#[test]
fn nobody_records_a_review_that_is_still_to_come_or_that_they_would_answer() {
    let future = Story::under(
        built_in("buckinghamshire"),
        held("2026-12-17"),
        moment("2026-12-16 15:00"),
    );
    let fault = |block, fault| Some(Refusal::Field { block, fault });
    assert_eq!(future.err(), fault("review_date", FieldFault::Future));
    let raiser = lodestar::concern::Raiser {
        user: UserId::from(IRO),
        raiser_roles: built_in("buckinghamshire").raised_by.clone(),
        roles: [RoleId::from("team_manager")].into(),
    };
    let rules = crate::kit::rules(built_in("buckinghamshire"));
    let own = lodestar::review::record(
        &rules,
        lodestar::ids::ReviewId(1),
        &raiser,
        held("2026-12-16"),
        moment("2026-12-16 15:00"),
    );
    assert_eq!(own.err(), fault("team", FieldFault::InTheLine));
}

#[test]
fn what_is_written_with_a_review_is_read_by_those_it_concerns_alone() {
    let story = Story::begin("buckinghamshire", held("2026-12-16"), "2026-12-16 15:00");
    let may = |who| reads(&story.rules, &story.review, &who);
    assert_eq!(may(officer()), Reads::All);
    assert_eq!(may(holder("iro_manager")), Reads::All);
    assert_eq!(may(holder("service_director")), Reads::Nothing);
    assert_eq!(
        may(person("U0SW", &[])),
        Reads::Nothing,
        "attending alone reads nothing"
    );
    assert_eq!(
        may(holder("team_manager")),
        Reads::Nothing,
        "nothing was sent to them yet"
    );
    assert_eq!(
        reads(&sent().rules, &sent().review, &holder("team_manager")),
        Reads::All
    );
}
