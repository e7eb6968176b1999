//! Reviews, through the real edges: the paperwork of Buckinghamshire over Christmas, silence and objection, ratings and standing
//! referrals in Warwickshire, and who may do what.

use lodestar::desk::DeskError;
use lodestar::ids::{ClockId, ReviewId, UserId};
use lodestar::review::{Command, Refusal, Review, Stage, tasks};
use sandbox::{Message, Submitted};
use serde_json::json;

use crate::support::people::Someone;
use crate::support::world::{OWN, World, user};
use crate::support::{ACTION, ISSUE, REASON, RESPONSE};

/// The form that records a review, filled in and sent.
pub(crate) async fn records(who: &Someone<'_>, more: &[(&str, serde_json::Value)]) -> Submitted {
    let outcome = who.at.slash("/concern", "review").await.unwrap();
    assert_eq!(outcome.failed, None, "the command failed");
    let view = who
        .at
        .awaits_view_called("record_review")
        .await
        .expect("no modal opens");
    who.at.fill(&view.id, "team", "north").await.unwrap();
    let id = view.id.clone();
    let filled = who.world.slack.until(|_| {
        let now = who.at.open_view()?;
        (now.id == id && now.block("case_ref").is_some()).then_some(now)
    });
    let view = filled.await.expect("the form does not follow its team");
    let case_ref = ("case_ref", json!("K-204117"));
    for (block, entry) in [case_ref].iter().chain(more) {
        who.at
            .fill(&view.id, block, entry.clone())
            .await
            .unwrap_or_else(|error| panic!("{block}: {error}"));
    }
    let sent = who.at.submit(&view.id).await.unwrap();
    who.at.close_all().await;
    who.world.settle().await;
    sent
}

/// What a review in Buckinghamshire is recorded with: matters of concern, and two who attended.
fn attended() -> Vec<(&'static str, serde_json::Value)> {
    vec![
        ("review_date", json!("2026-12-16")),
        ("concerns", json!(ISSUE)),
        ("attendees", json!([user("social_worker_north"), OWN])),
        ("others", json!("The designated teacher")),
    ]
}

/// The newest message of a kind about a review in a conversation.
pub(crate) fn last(world: &World, channel: &str, kind: &str, review: ReviewId) -> Option<Message> {
    let review = review.to_string();
    let all = world.slack.messages(channel);
    let found = all.iter().rev().find(|message| {
        message.meta("kind") == Some(kind) && message.meta("review") == Some(&review)
    })?;
    world.slack.look_at(channel, &found.ts)
}

pub(crate) fn receipt(world: &World, who: &Someone<'_>, review: ReviewId) -> Message {
    last(world, &who.at.dm(), "receipt", review).expect("no receipt")
}

fn card(world: &World, role: &str, review: ReviewId) -> Message {
    let channel = world.channel_of(role);
    last(world, &channel, "card", review).unwrap_or_else(|| panic!("no card for {role}"))
}

pub(crate) async fn stage(world: &World, review: ReviewId, clock: &str) -> Stage {
    let desk = world.app.desk();
    let case = desk.kept::<Review>(review).await.unwrap().unwrap();
    let calendar = desk.calendar();
    let rules = case.rules(&calendar, desk.hours()).unwrap();
    let found = tasks(&rules, &case.record)
        .into_iter()
        .find(|task| task.id == *clock);
    found.unwrap().stage
}

pub(crate) async fn stands(world: &World, review: ReviewId) -> Review {
    let found = world.app.desk().kept::<Review>(review).await.unwrap();
    found.unwrap().record
}

const R1: ReviewId = ReviewId(1);

/// Raises a concern from the receipt of a review.
pub(crate) async fn raises_from(iro: &Someone<'_>, review: ReviewId) {
    let said = receipt(iro.world, iro, review);
    iro.at
        .click(&said.channel, &said.ts, "raise_from_review")
        .await
        .unwrap();
    let view = iro
        .at
        .awaits_view_called("raise_concern")
        .await
        .expect("no modal opens");
    let category = view.block("category").unwrap()["element"]["options"][0]["value"].clone();
    let texts = [("issue", ISSUE), ("impact", ISSUE), ("action", ACTION)];
    iro.at.fill_all(&view.id, &texts).await.unwrap();
    iro.at.fill(&view.id, "category", category).await.unwrap();
    iro.sends(&view).await;
    iro.at.close_all().await;
}

/// The review of Wed 16 Dec, with its decisions sent on Tue 22 Dec.
async fn decisions_sent() -> World {
    let world = World::of("buckinghamshire").at("2026-12-16 15:00").await;
    records(&world.iro(), &attended()).await;
    world.to("2026-12-22 11:00").await;
    let iro = world.iro();
    let receipt = receipt(&world, &iro, R1);
    iro.presses(&receipt, "done/decisions").await;
    world
}

#[tokio::test]
async fn a_review_before_christmas_keeps_every_date_and_silence_is_accepted_no_objection() {
    let world = World::of("buckinghamshire").at("2026-12-16 15:00").await;
    let iro = world.iro();
    let sent = records(&iro, &attended()).await;
    assert!(
        matches!(sent, Submitted::Updated(_)),
        "not recorded: {sent:?}"
    );
    let said = receipt(&world, &iro, R1).all_text();
    for due in ["Mon 21 Dec", "Wed 23 Dec", "Mon 11 Jan", "Mon 18 Jan"] {
        assert!(said.contains(due), "{due} is not in {said}");
    }
    let together = said.lines().find(|line| line.matches('•').count() > 1);
    assert_eq!(together, None, "each task stands on a line of its own");

    // On Mon 21 Dec the discussion and the record are due; one is done, the other found late the next morning.
    world.to("2026-12-21 09:00").await;
    let reminder = last(&world, &iro.at.dm(), "reminder", R1).expect("no reminder");
    assert!(reminder.has_action("done/informal") && reminder.has_action("done/record"));
    iro.presses(&reminder, "done/informal").await;
    world.to("2026-12-22 09:00").await;
    let late = last(&world, &iro.at.dm(), "alert", R1).expect("nothing is told of what is late");
    assert!(!late.has_action("done/informal") && late.has_action("done/record"));
    // Pressed after its day it asks which day it was: done on its day it is not late, and both days are shown.
    iro.at
        .click(&late.channel, &late.ts, "done/record")
        .await
        .unwrap();
    let view = iro.at.awaits_view_called("done_on").await;
    let view = view.expect("a late press asks for no day");
    iro.at.fill(&view.id, "on", "2026-12-21").await.unwrap();
    let sent = iro.sends(&view).await;
    assert!(matches!(sent, Submitted::Closed), "{sent:?}");
    let said = receipt(&world, &iro, R1).all_text();
    assert!(
        said.contains(
            "Concern recorded in the resolution tool: done on Mon 21 Dec, told on Tue 22 Dec\n"
        ),
        "{said}"
    );
    assert!(!stands(&world, R1).await.done["record"].late);

    world.to("2026-12-22 11:00").await;
    iro.presses(&receipt(&world, &iro, R1), "done/decisions")
        .await;
    let window = card(&world, "team_manager", R1);
    let said = window.all_text();
    assert!(said.contains("Thu 31 Dec, 17:00"), "{said}");
    assert!(said.contains("accepted, no objection"), "{said}");
    assert!(!said.contains("agreed"), "{said}");
    assert!(window.has_action("object"));

    world.to("2026-12-31 17:00:00").await;
    assert!(matches!(
        stage(&world, R1, "objection").await,
        Stage::Running { .. }
    ));
    world.to("2026-12-31 17:00:01").await;
    assert!(matches!(
        stage(&world, R1, "objection").await,
        Stage::Accepted { .. }
    ));
    let said = card(&world, "team_manager", R1).all_text();
    assert!(said.contains("Accepted, no objection"), "{said}");
    assert!(!said.to_lowercase().contains("agreed by"), "{said}");
    let told = last(&world, &iro.at.dm(), "notice", R1).expect("the officer is told nothing");
    assert!(
        told.all_text().contains("no objection"),
        "{}",
        told.all_text()
    );

    // An objection on the next working day is kept as late, and undoes nothing.
    world.to("2027-01-04 09:00").await;
    let manager = world.role("team_manager");
    let window = card(&world, "team_manager", R1);
    let sent = manager
        .answers(&window, "object", &[("objection", RESPONSE)])
        .await;
    assert!(matches!(sent, Submitted::Updated(_)), "{sent:?}");
    let shown = manager.at.open_view().expect("not told that it is late");
    let shown = shown.all_text();
    assert!(shown.contains("after the window"), "{shown}");
    manager.at.close_all().await;
    assert!(matches!(
        stage(&world, R1, "objection").await,
        Stage::Accepted { .. }
    ));
    assert!(stands(&world, R1).await.objections[0].late);

    world.to("2027-01-11 12:00").await;
    iro.presses(&receipt(&world, &iro, R1), "done/report").await;
    world.to("2027-01-18 12:00").await;
    iro.presses(&receipt(&world, &iro, R1), "done/distribution")
        .await;
    let review = stands(&world, R1).await;
    assert!(!review.is_open());
    assert!(!review.done["report"].late && !review.done["distribution"].late);
    let said = receipt(&world, &iro, R1);
    assert!(
        said.all_text().contains("All the paperwork"),
        "{}",
        said.all_text()
    );
    world.skims();
    world.finish().await;
}

#[tokio::test]
async fn an_objection_in_time_reaches_the_officer_and_all_who_attended_and_is_settled() {
    let world = decisions_sent().await;
    world.to("2026-12-31 16:59").await;
    let manager = world.role("team_manager");
    let window = card(&world, "team_manager", R1);
    let sent = manager
        .answers(&window, "object", &[("objection", RESPONSE)])
        .await;
    assert!(matches!(sent, Submitted::Closed), "{sent:?}");
    let iro = world.iro();
    let attendees = [
        Someone::new(&world, &user("social_worker_north")),
        Someone::new(&world, OWN),
    ];
    for who in attendees.iter().chain([&iro]) {
        let notice = last(&world, &who.at.dm(), "notice", R1);
        let notice = notice.unwrap_or_else(|| panic!("{} is not told", who.id()));
        let said = notice.all_text();
        assert!(
            said.contains("Others attended who are not in Slack. They are to be told in writing"),
            "{said}"
        );
        // What was written is behind Details, for those whom it was sent to.
        who.presses(&notice, "details").await;
        let details = who.at.awaits_view().await.expect("no details open");
        let said = details.all_text();
        assert!(said.contains("amaranth"), "{said}");
        for theirs in ["marigold", "The designated teacher"] {
            assert_eq!(said.contains(theirs), who.id() == iro.id(), "{said}");
        }
        who.at.close_all().await;
    }
    world.to("2027-01-02 09:00").await;
    assert!(matches!(
        stage(&world, R1, "objection").await,
        Stage::Objected { .. }
    ));

    let said = receipt(&world, &iro, R1);
    let outcome = [("changed", "stand"), ("outcome", ACTION)];
    iro.answers(&said, "settle_objection", &outcome).await;
    let told = last(&world, &manager.at.dm(), "notice", R1).expect("who objected is not told");
    assert!(
        told.all_text().contains("the decisions stand"),
        "{}",
        told.all_text()
    );
    world.skims();
    world.finish().await;
}

#[tokio::test]
async fn the_day_a_task_was_done_is_said_and_is_neither_to_come_nor_before_the_review() {
    let world = World::of("buckinghamshire").at("2026-12-16 15:00").await;
    let iro = world.iro();
    records(&iro, &attended()).await;
    world.to("2027-01-13 10:00").await;
    let said = receipt(&world, &iro, R1);
    let answers = async |task: &str, on: &str| {
        let said = receipt(&world, &iro, R1);
        let sent = iro
            .answers(&said, "done_on", &[("task", task), ("on", on)])
            .await;
        iro.at.close_all().await;
        sent
    };
    assert!(said.has_action("done_on"), "{}", said.all_text());
    for (on, why) in [
        ("2027-01-14", "not yet"),
        ("2026-12-15", "before Wed 16 Dec"),
    ] {
        let Submitted::Errors(errors) = answers("report", on).await else {
            panic!("{on} is taken");
        };
        assert!(errors["on"].contains(why), "{errors:?}");
    }
    answers("report", "2027-01-11").await;
    answers("informal", "2026-12-22").await;
    let done = stands(&world, R1).await.done;
    assert!(!done["report"].late, "the fifteenth working day is its own");
    assert!(done["informal"].late, "a day late by its own day");
    let said = receipt(&world, &iro, R1).all_text();
    for line in [
        "Review report completed: done on Mon 11 Jan, told on Wed 13 Jan\n",
        "done on Tue 22 Dec, told on Wed 13 Jan, after its day",
    ] {
        assert!(said.contains(line), "{line} is not in {said}");
    }
    // A second time changes nothing, by the form or by an old button.
    let before = stands(&world, R1).await;
    iro.at
        .click(
            &receipt(&world, &iro, R1).channel,
            &receipt(&world, &iro, R1).ts,
            "done/report",
        )
        .await
        .ok();
    assert_eq!(stands(&world, R1).await, before);
    world.skims();
    world.finish().await;
}

#[tokio::test]
async fn a_second_objection_is_kept_beside_the_first_and_both_are_read_with_who_and_when() {
    let world = decisions_sent().await;
    world.to("2026-12-23 10:00").await;
    let manager = world.role("team_manager");
    let objects = async |words: &str| {
        let window = card(&world, "team_manager", R1);
        manager
            .answers(&window, "object", &[("objection", words)])
            .await
    };
    assert!(matches!(objects(RESPONSE).await, Submitted::Closed));
    world.to("2026-12-29 10:00").await;
    world.skims();
    let window = card(&world, "team_manager", R1);
    assert!(
        window.all_text().contains("Until Thu 31 Dec, 17:00"),
        "{}",
        window.all_text()
    );
    assert!(matches!(objects(REASON).await, Submitted::Closed));
    let kept = stands(&world, R1).await.objections;
    assert_eq!(kept.len(), 2);
    assert!(
        kept.iter()
            .all(|kept| !kept.late && kept.by == *manager.id())
    );
    let iro = world.iro();
    let notice = last(&world, &iro.at.dm(), "notice", R1).expect("the officer is not told");
    for at in ["Wed 23 Dec, 10:00, in time", "Tue 29 Dec, 10:00, in time"] {
        assert!(notice.all_text().contains(at), "{}", notice.all_text());
    }
    iro.presses(&notice, "details").await;
    let details = iro.at.awaits_view().await.expect("no details open");
    let said = details.all_text();
    for part in [
        "Objection, Wed 23 Dec, 10:00",
        RESPONSE,
        "Objection, Tue 29 Dec, 10:00",
        REASON,
    ] {
        assert!(said.contains(part), "{part} is not in {said}");
    }
    iro.at.close_all().await;
    // One answer is asked of the officer, for both.
    let said = receipt(&world, &iro, R1);
    let outcome = [("changed", "stand"), ("outcome", ACTION)];
    iro.answers(&said, "settle_objection", &outcome).await;
    let said = receipt(&world, &iro, R1);
    assert!(!said.has_action("settle_objection"), "{}", said.all_text());
    // After the window a third is kept as late, and the first two stand.
    world.to("2027-01-04 09:00").await;
    assert!(matches!(objects(RESPONSE).await, Submitted::Updated(_)));
    manager.at.close_all().await;
    assert!(stands(&world, R1).await.objections[2].late);
    assert!(matches!(
        stage(&world, R1, "objection").await,
        Stage::Objected { .. }
    ));
    world.skims();
    world.finish().await;
}

#[tokio::test]
async fn a_restart_in_the_middle_loses_no_date_and_says_nothing_twice() {
    let world = decisions_sent().await;
    world.to("2026-12-24 12:00").await;
    let before = world.slack.all_messages().len();
    let world = world.restart().await;
    world.settle().await;
    assert_eq!(world.slack.all_messages().len(), before, "said again");
    // It stands still over the end of the window, and finds it afterwards.
    world.jump("2027-01-04 10:00").await;
    assert!(matches!(
        stage(&world, R1, "objection").await,
        Stage::Accepted { .. }
    ));
    let said = receipt(&world, &world.iro(), R1).all_text();
    assert!(
        said.contains("Mon 11 Jan") && said.contains("Mon 18 Jan"),
        "{said}"
    );
    world.skims();
    world.finish().await;
}

#[tokio::test]
async fn a_press_that_is_not_theirs_changes_nothing_and_says_who_can() {
    let world = decisions_sent().await;
    let before = stands(&world, R1).await;
    let iro = world.iro();
    let window = card(&world, "team_manager", R1);
    for who in [world.role("head_of_service"), world.other_raiser("iro")] {
        world.slack.invite(&window.channel, who.id());
        who.presses(&window, "object").await;
        let told = who.is_told().await;
        assert!(told.contains("no such review"), "{told}");
    }
    // The officer may read it, and is told who can.
    world.slack.invite(&window.channel, iro.id());
    iro.presses(&window, "object").await;
    let told = iro.is_told().await;
    assert!(told.contains("Team Manager"), "{told}");
    assert!(iro.at.open_view().is_none());
    // The manager may read it, and may not do the officer's work.
    let manager = UserId::from(world.role("team_manager").id());
    let clock = ClockId::from("report");
    let refused = world
        .app
        .desk()
        .act_on::<Review>(&manager, R1, Command::Done { clock, on: None }, None)
        .await;
    assert!(
        matches!(
            refused,
            Err(DeskError::ReviewRefused(Refusal::NotYours { .. }, _))
        ),
        "{refused:?}"
    );
    assert_eq!(stands(&world, R1).await, before);
    // A second press changes nothing.
    let old = receipt(&world, &iro, R1);
    iro.presses(&old, "done/report").await;
    let after = stands(&world, R1).await;
    iro.at
        .click(&old.channel, &old.ts, "done/report")
        .await
        .ok();
    assert_eq!(stands(&world, R1).await, after);
    world.skims();
    world.finish().await;
}

#[tokio::test]
async fn only_reviewing_officers_record_a_review_and_not_one_still_to_come() {
    let world = World::of("buckinghamshire").at("2026-12-16 15:00").await;
    let told = world.role("team_manager").asks("review").await;
    assert!(!told.all_text().is_empty());
    assert!(world.role("team_manager").at.open_view().is_none());
    let wrong = [
        ("review_date", json!("2026-12-17")),
        ("case_ref", json!("Jo Bloggs")),
    ];
    let sent = records(&world.iro(), &wrong).await;
    let Submitted::Errors(errors) = sent else {
        panic!("recorded: {sent:?}");
    };
    assert!(
        errors.contains_key("review_date") && errors.contains_key("case_ref"),
        "{errors:?}"
    );
    assert!(world.app.desk().kept::<Review>(R1).await.unwrap().is_none());
    world.finish().await;
}

#[tokio::test]
async fn a_concern_raised_from_a_review_knows_its_case_and_its_day() {
    let world = World::of("buckinghamshire").at("2026-12-16 15:00").await;
    let iro = world.iro();
    records(&iro, &attended()).await;
    raises_from(&iro, R1).await;
    let concern = lodestar::ids::ConcernId(world.newest().await);
    let raised = world.case(concern).await.concern.raised;
    assert_eq!(raised.case_ref.as_str(), "K-204117");
    assert_eq!(raised.event_date.to_string(), "2026-12-16");
    assert_eq!(stands(&world, R1).await.concerns, [concern]);
    assert!(
        matches!(
            stage(&world, R1, "record").await,
            Stage::Done { late: false, .. }
        ),
        "raising here is the record of it"
    );
    let said = receipt(&world, &iro, R1).all_text();
    assert!(said.contains(&concern.to_string()), "{said}");
    world.skims();
    world.finish().await;
}

#[tokio::test]
async fn an_amber_form_goes_to_the_service_manager_with_the_resolution_sought_and_says_what_is_left_out()
 {
    let world = World::of("warwickshire").at("2026-12-15 15:00").await;
    let iro = world.iro();
    let form = [
        ("rag", json!("amber")),
        ("concerns", json!(ISSUE)),
        ("form-planning", json!(RESPONSE)),
        ("form-resolution", json!(ACTION)),
    ];
    records(&iro, &form).await;
    let said = receipt(&world, &iro, R1).all_text();
    assert!(
        said.contains("What would resolve it, and by when: written down")
            && said.contains("Your own action, or the answer you ask for: left out"),
        "{said}"
    );
    let manager = world.role("service_manager");
    let channel = world.channel_of("service_manager");
    let told = last(&world, &channel, "notice", R1).expect("the service manager is not told");
    let said = told.all_text();
    assert!(
        said.contains("Left out of the form: Your own action, or the answer you ask for."),
        "{said}"
    );
    manager.presses(&told, "details").await;
    let details = manager.at.awaits_view().await.expect("no details open");
    let said = details.all_text();
    for written in [
        ISSUE,
        RESPONSE,
        ACTION,
        "What would resolve it, and by when",
    ] {
        assert!(said.contains(written), "{written} is not in {said}");
    }
    manager.at.close_all().await;
    world.skims();
    world.finish().await;
}

#[tokio::test]
async fn whether_the_child_knows_their_officer_is_asked_at_every_review_and_shown() {
    let world = World::of("buckinghamshire").at("2026-12-16 15:00").await;
    let iro = world.iro();
    let mut form = attended();
    form.push(("form-child-knows", json!("no")));
    form.push(("form-decisions-complete", json!("yes")));
    records(&iro, &form).await;
    let said = receipt(&world, &iro, R1).all_text();
    for line in [
        "The child knows who their IRO is and how to reach them: no",
        "Every decision has a time and a named person: yes",
        "The child's views and wishes were given full consideration: left out",
    ] {
        assert!(said.contains(line), "{line} is not in {said}");
    }
    world.skims();
    world.finish().await;
}

#[tokio::test]
async fn a_red_rating_is_told_at_once_and_a_standing_criterion_goes_to_a_panel() {
    let world = World::of("warwickshire").at("2026-12-15 15:00").await;
    let iro = world.iro();
    let form = [
        ("rag", json!("red")),
        ("concerns", json!(ISSUE)),
        ("criteria", json!(["1"])),
    ];
    records(&iro, &form).await;
    for role in ["head_of_service", "service_manager"] {
        let channel = world.channel_of(role);
        let told = last(&world, &channel, "notice", R1);
        let told = told
            .unwrap_or_else(|| panic!("the {role} is not told"))
            .all_text();
        assert!(told.contains("rated red"), "{told}");
        assert!(!told.contains("marigold"), "{told}");
    }
    let held = world.channel_of("operations_manager");
    assert!(last(&world, &held, "notice", R1).is_some(), "W-2.1");

    let manager = world.role("service_manager");
    let referral = card(&world, "service_manager", R1);
    assert!(
        referral.all_text().contains("nine months"),
        "{}",
        referral.all_text()
    );
    let answer = [("means", "panel"), ("response", RESPONSE)];
    manager.answers(&referral, "answer_referral", &answer).await;
    let said = receipt(&world, &iro, R1);
    iro.answers(
        &said,
        "panel_part",
        &[("attends", "views"), ("views", ACTION)],
    )
    .await;
    let handled_by = last(&world, &world.channel_of("iro_manager"), "notice", R1);
    let said = handled_by.expect("views reach nobody").all_text();
    assert!(said.contains("sends views"), "{said}");
    assert!(!stands(&world, R1).await.is_open());
    world.skims();
    world.finish().await;
}

#[tokio::test]
async fn the_reminder_on_the_last_day_to_object_asks_for_no_objection_once_the_window_has_ended() {
    let world = decisions_sent().await;
    world.to("2026-12-31 09:00").await;
    let channel = world.channel_of("team_manager");
    let reminder = || last(&world, &channel, "reminder", R1).expect("no reminder");
    let asks = reminder();
    assert!(
        asks.all_text().contains("press Object") && asks.has_action("object"),
        "{}",
        asks.all_text()
    );
    world.to("2026-12-31 17:00:01").await;
    let said = reminder();
    assert!(
        !said.all_text().contains("press Object") && !said.has_action("object"),
        "{}",
        said.all_text()
    );
    assert!(
        said.all_text()
            .contains("accepted, no objection, on Thu 31 Dec"),
        "{}",
        said.all_text()
    );
    world.skims();
    world.finish().await;
}
