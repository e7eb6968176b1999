//! What brings tasks about, through the real edges: a dispute and a review while a case is in proceedings, a guardian who is
//! appointed, what comes round for a team.

use lodestar::ids::{TaskKey, TaskListId};
use sandbox::Message;
use serde_json::json;

use crate::reviews::records;
use crate::support::REASON;
use crate::support::people::{Someone, concern};
use crate::support::world::World;
use crate::tasks::{last, opens, proceedings, receipt, stands};

const T1: TaskListId = TaskListId(1);
const T2: TaskListId = TaskListId(2);

/// Presses what opens a form, fills in one field and sends it.
async fn tells(who: &Someone<'_>, message: &Message, button: &str, (block, entry): (&str, &str)) {
    let view = opens(who, message, button).await;
    who.at.fill(&view.id, block, entry).await.unwrap();
    who.sends(&view).await;
}

#[tokio::test]
async fn a_dispute_in_proceedings_is_told_to_the_guardian_or_said_not_to_need_it() {
    let world = World::of("warwickshire").at("2026-12-14 10:00").await;
    let iro = world.iro();
    let flagged = concern("K-204117").with("flags", json!(["in_proceedings"]));
    let first = iro.raises(flagged).await;
    // The flag opened the case's list, whose first line names the concern.
    let said = receipt(&world, &iro, T2);
    assert!(
        said.has_action("done/dispute/1") && said.all_text().contains(&first.to_string()),
        "{}",
        said.all_text()
    );
    assert!(
        said.all_text().contains("issues resolution hearing"),
        "{}",
        said.all_text()
    );
    iro.presses(&said, "done/dispute/1").await;
    // A second one on the same case is asked for too, whether or not its raiser ticks the flag again.
    let second = iro.raises(concern("K-204117")).await;
    let said = receipt(&world, &iro, T2);
    assert!(
        said.has_action("done/dispute/2") && said.all_text().contains(&second.to_string()),
        "{}",
        said.all_text()
    );
    tells(&iro, &said, "skip/dispute/2", ("reason", REASON)).await;
    let list = stands(&world, T2).await;
    assert!(list.done.contains_key(&TaskKey::from("dispute/1")));
    assert!(list.not_needed.contains_key(&TaskKey::from("dispute/2")));
    // Another case is in no proceedings: nothing is opened for it.
    iro.raises(concern("K-204118")).await;
    assert_eq!(stands(&world, T2).await, list);
    world.skims();
    world.finish().await;
}

#[tokio::test]
async fn a_dispute_that_goes_on_when_the_list_of_its_case_is_opened_is_on_it() {
    let world = World::of("warwickshire").at("2026-12-14 10:00").await;
    let iro = world.iro();
    let c = iro.raises(concern("K-204117")).await;
    let closed = iro.raises(concern("K-204117")).await;
    iro.presses(&iro.receipt(closed), "resolve").await;
    world.to("2026-12-16 10:00").await;
    proceedings(&iro, "K-204117", "appointed").await;
    let list = stands(&world, T2).await;
    let disputes: Vec<_> = list
        .came
        .iter()
        .filter_map(|came| came.happened.concern)
        .collect();
    assert_eq!(disputes, [c], "the closed one is none any more");
    assert!(receipt(&world, &iro, T2).has_action("done/dispute/1"));
    world.skims();
    world.finish().await;
}

#[tokio::test]
async fn each_review_in_proceedings_is_asked_for_until_its_record_went_to_the_guardian() {
    let world = World::of("warwickshire").at("2026-12-14 10:00").await;
    proceedings(&world.iro(), "K-204117", "appointed").await;
    records(
        &world.iro(),
        &[
            ("rag", json!("green")),
            ("review_date", json!("2026-12-11")),
        ],
    )
    .await;
    let world = world.restart().await;
    let iro = world.iro();
    let said = receipt(&world, &iro, T2);
    let words = said.all_text();
    assert!(
        said.has_action("done/review-records/1")
            && words.contains("R-1")
            && words.contains("dates of the next reviews"),
        "{words}"
    );
    // It has no time: it is asked again after five working days, and each review is asked for by itself.
    world.to("2026-12-21 09:00").await;
    records(&iro, &[("rag", json!("green"))]).await;
    world.to("2026-12-22 09:00").await;
    let asked = last(&world, &iro.at.dm(), "reminder", T2).expect("not asked again");
    assert!(asked.has_action("done/review-records/1"));
    assert!(
        !asked.has_action("done/review-records/2"),
        "it is a day old"
    );
    iro.presses(&asked, "done/review-records/1").await;
    let said = receipt(&world, &iro, T2);
    assert!(!said.has_action("done/review-records/1") && said.has_action("done/review-records/2"));
    iro.presses(&said, "done/review-records/2").await;
    // A review of another case is no business of this list.
    records(
        &iro,
        &[("rag", json!("green")), ("case_ref", json!("K-204118"))],
    )
    .await;
    assert_eq!(stands(&world, T2).await.done.len(), 2);
    assert!(!receipt(&world, &iro, T2).has_action("done/review-records/3"));
    world.skims();
    world.finish().await;
}

#[tokio::test]
async fn in_buckinghamshire_the_officer_is_asked_to_be_in_touch_with_the_guardian_until_they_are() {
    let world = World::of("buckinghamshire").at("2026-12-14 10:00").await;
    let iro = world.iro();
    // The teams' own lists were opened first.
    let list = TaskListId(3);
    proceedings(&iro, "K-204117", "not_yet").await;
    let said = receipt(&world, &iro, list);
    assert!(
        !said.has_action("done/guardian/1")
            && said.all_text().contains("when a guardian is appointed"),
        "{}",
        said.all_text()
    );
    iro.presses(&said, "guardian_appointed").await;
    assert!(receipt(&world, &iro, list).has_action("done/guardian/1"));
    world.to("2026-12-22 09:00").await;
    let asked = last(&world, &iro.at.dm(), "reminder", list).expect("not asked again");
    assert!(
        asked.all_text().contains("Cafcass protocol"),
        "{}",
        asked.all_text()
    );
    iro.presses(&asked, "done/guardian/1").await;
    let before = stands(&world, list).await;
    assert!(before.done.contains_key(&TaskKey::from("guardian/1")));
    // Nothing else is asked, so the officer is asked whether the proceedings go on, and it ends with them.
    tells(
        &iro,
        &receipt(&world, &iro, list),
        "proceedings_ended",
        ("looked_after", "no"),
    )
    .await;
    assert!(!stands(&world, list).await.is_open());
    world.skims();
    world.finish().await;
}

#[tokio::test]
async fn link_meetings_come_round_for_each_team_every_two_and_three_months() {
    let world = World::of("buckinghamshire").at("2026-12-14 10:00").await;
    let channel = world.channel_of("team_manager");
    let card = |world: &World| last(world, &channel, "card", T1);
    world.to("2027-02-12 08:59").await;
    assert!(
        card(&world).is_none(),
        "asked before its two months are over"
    );
    // Two months after Mon 14 Dec is a Sunday, so it is due on the Friday before it.
    let world = world.restart().await;
    world.to("2027-02-12 09:00").await;
    let manager = world.role("team_manager");
    let asked = card(&world).expect("nobody is asked");
    let words = asked.all_text();
    assert!(
        asked.has_action("done/link-meeting/1") && words.contains("every 2 months"),
        "{words}"
    );
    let told = last(&world, &world.channel_of("iro_manager"), "notice", T1);
    let told = told.expect("the IRO's side does not hear of it").all_text();
    assert!(told.contains("Link meeting"), "{told}");
    tells(
        &manager,
        &asked,
        "done/link-meeting/1",
        ("on", "2027-02-10"),
    )
    .await;
    // The next is counted from the day it was held; meanwhile the officer is due at the team's meeting.
    world.to("2027-03-12 09:00").await;
    let asked = card(&world).expect("nobody is asked");
    assert!(
        asked.has_action("done/team-meeting/1"),
        "{}",
        asked.all_text()
    );
    // The two agreed on another frequency: this turn is not needed, and they say why.
    tells(&manager, &asked, "skip/team-meeting/1", ("reason", REASON)).await;
    world.to("2027-04-09 09:00").await;
    let asked = card(&world).expect("nobody is asked");
    assert!(
        asked.has_action("done/link-meeting/2"),
        "{}",
        asked.all_text()
    );
    // Unanswered it is told of again a month later, not every week.
    world.to("2027-05-10 08:59").await;
    let late = last(&world, &channel, "alert", T1);
    assert!(late.is_none(), "told of too early");
    world.to("2027-05-10 09:00").await;
    let late = last(&world, &channel, "alert", T1).expect("not told of when late");
    assert!(late.has_action("done/link-meeting/2"));
    // The south team has its own list, which nobody of the north sees.
    let own = manager.asks("show T-2").await.all_text();
    assert_eq!(own, manager.asks("show T-99").await.all_text());
    world.skims();
    world.finish().await;
}

#[tokio::test]
async fn each_month_the_manager_of_the_service_is_asked_to_report_practice_issues_to_the_leadership()
 {
    let world = World::of("warwickshire").at("2026-12-14 10:00").await;
    let channel = world.channel_of("iro_manager");
    let card = |world: &World| last(world, &channel, "card", T1);
    let asks =
        |world: &World, button: &str| card(world).is_some_and(|card| card.has_action(button));
    world.to("2027-01-14 08:59").await;
    assert!(!asks(&world, "done/practice-issues/1"), "asked too early");
    world.to("2027-01-14 09:00").await;
    assert!(asks(&world, "done/practice-issues/1"), "nobody is asked");
    let told = last(
        &world,
        &world.channel_of("hos_children_families"),
        "notice",
        T1,
    );
    let told = told.expect("the leadership does not hear of it").all_text();
    assert!(told.contains("practice issues"), "{told}");
    let manager = world.role("iro_manager");
    tells(
        &manager,
        &card(&world).unwrap(),
        "done/practice-issues/1",
        ("on", "2027-01-14"),
    )
    .await;
    // A month later there is nothing to report, and that is said.
    world.to("2027-02-12 09:00").await;
    tells(
        &manager,
        &card(&world).unwrap(),
        "skip/practice-issues/2",
        ("reason", REASON),
    )
    .await;
    assert!(!asks(&world, "done/practice-issues/2"));
    world.skims();
    world.finish().await;
}
