//! Lists of tasks, through the real edges: a case in care proceedings, the fostering family, the protocol's own yearly review.

use lodestar::ids::{ConcernId, TaskListId};
use lodestar::tasks::TaskList;
use sandbox::{Message, Submitted};
use serde_json::json;

use crate::support::people::Someone;
use crate::support::world::World;
use crate::support::{ISSUE, REASON};

const T1: TaskListId = TaskListId(1);
const T2: TaskListId = TaskListId(2);

/// The newest message of a kind about a list in a conversation.
pub(crate) fn last(world: &World, channel: &str, kind: &str, list: TaskListId) -> Option<Message> {
    let list = list.to_string();
    let all = world.slack.messages(channel);
    let found = all.iter().rev().find(|message| {
        message.meta("kind") == Some(kind) && message.meta("tasks") == Some(&list)
    })?;
    world.slack.look_at(channel, &found.ts)
}

pub(crate) fn receipt(world: &World, who: &Someone<'_>, list: TaskListId) -> Message {
    last(world, &who.at.dm(), "receipt", list).expect("no receipt")
}

pub(crate) async fn stands(world: &World, list: TaskListId) -> TaskList {
    let found = world.app.desk().kept::<TaskList>(list).await.unwrap();
    found.unwrap_or_else(|| panic!("no {list}")).record
}

/// Presses a button that opens a form.
pub(crate) async fn opens(who: &Someone<'_>, message: &Message, button: &str) -> sandbox::View {
    who.at
        .click(&message.channel, &message.ts, button)
        .await
        .unwrap();
    let view = who.at.awaits_view().await;
    view.unwrap_or_else(|| panic!("{button} opens no modal"))
}

/// Opens the list of a case in proceedings.
pub(crate) async fn proceedings(who: &Someone<'_>, case_ref: &str, guardian: &str) -> Submitted {
    let outcome = who.at.slash("/concern", "proceedings").await.unwrap();
    assert_eq!(outcome.failed, None, "the command failed");
    let view = who
        .at
        .awaits_view_called("proceedings")
        .await
        .expect("no modal opens");
    for (block, entry) in [
        ("team", json!("north")),
        ("case_ref", json!(case_ref)),
        ("guardian", json!(guardian)),
    ] {
        who.at.fill(&view.id, block, entry).await.unwrap();
    }
    let sent = who.at.submit(&view.id).await.unwrap();
    who.at.close_all().await;
    who.world.settle().await;
    sent
}

#[tokio::test]
async fn a_case_in_proceedings_is_kept_from_the_first_word_to_the_handover() {
    let world = World::of("warwickshire").at("2026-12-14 10:00").await;
    let iro = world.iro();
    let sent = proceedings(&iro, "K-204117", "not_yet").await;
    assert!(matches!(sent, Submitted::Updated(_)), "{sent:?}");
    let said = receipt(&world, &iro, T2);
    assert!(said.has_action("done/legal-told/1") && said.has_action("guardian_appointed"));
    assert!(
        !said.has_action("done/introductions/1"),
        "there is no guardian yet"
    );

    // The lawyers have their own card; the court is told once they know who the officer is.
    let legal = world.role("legal");
    let card = last(&world, &world.channel_of("legal"), "card", T2).expect("no card");
    assert!(
        card.has_action("done/court-documents/1"),
        "{}",
        card.all_text()
    );
    iro.presses(&said, "done/legal-told/1").await;
    let card = last(&world, &world.channel_of("legal"), "card", T2).expect("no card");
    legal.presses(&card, "done/court-told/1").await;
    let list = stands(&world, T2).await;
    assert_eq!(list.done["court-told/1"].by.as_str(), legal.id());

    iro.presses(&receipt(&world, &iro, T2), "guardian_appointed")
        .await;
    iro.presses(&receipt(&world, &iro, T2), "done/introductions/1")
        .await;
    let said = receipt(&world, &iro, T2);
    assert!(
        said.all_text().contains("current views and wishes"),
        "{}",
        said.all_text()
    );
    iro.presses(&said, "done/level/1").await;

    // Each discussion is logged with its summary, which stands in no message.
    for nth in 1..=2 {
        let said = receipt(&world, &iro, T2);
        let button = format!("done/discussion/{nth}");
        let view = opens(&iro, &said, &button).await;
        iro.at.fill(&view.id, "note", json!(ISSUE)).await.unwrap();
        iro.sends(&view).await;
        iro.presses(&receipt(&world, &iro, T2), &format!("done/summary/{nth}"))
            .await;
    }
    let said = receipt(&world, &iro, T2);
    iro.presses(&said, "details").await;
    let details = iro.at.awaits_view().await.expect("no details").all_text();
    assert!(details.contains(ISSUE), "{details}");
    iro.at.close_all().await;

    // The proceedings end; the child stays looked after: the handover, and its summary.
    let view = opens(&iro, &receipt(&world, &iro, T2), "proceedings_ended").await;
    iro.at
        .fill(&view.id, "looked_after", json!("yes"))
        .await
        .unwrap();
    iro.sends(&view).await;
    let view = opens(&iro, &receipt(&world, &iro, T2), "done/handover/1").await;
    iro.at.fill(&view.id, "note", json!(ISSUE)).await.unwrap();
    iro.sends(&view).await;
    iro.presses(&receipt(&world, &iro, T2), "done/handover-summary/1")
        .await;
    assert!(
        stands(&world, T2).await.is_open(),
        "the court documents are left"
    );
    let view = opens(&iro, &receipt(&world, &iro, T2), "skip/court-documents/1").await;
    iro.at
        .fill(&view.id, "reason", json!(REASON))
        .await
        .unwrap();
    iro.sends(&view).await;
    assert!(!stands(&world, T2).await.is_open());
    world.skims();
    world.finish().await;
}

#[tokio::test]
async fn one_list_for_each_case_and_nobody_else_presses_or_learns_of_it() {
    let world = World::of("warwickshire").at("2026-12-14 10:00").await;
    let iro = world.iro();
    proceedings(&iro, "K-204117", "appointed").await;
    let Submitted::Errors(errors) = proceedings(&iro, "K-204117", "appointed").await else {
        panic!("opened twice");
    };
    assert!(errors["case_ref"].contains("T-2"), "{errors:?}");
    let Submitted::Errors(errors) = proceedings(&iro, "Jo Bloggs", "appointed").await else {
        panic!("a name was taken");
    };
    assert!(errors.contains_key("case_ref"));

    let said = receipt(&world, &iro, T2);
    let before = stands(&world, T2).await;
    let manager = world.role("team_manager");
    world.slack.invite(&said.channel, manager.id());
    manager.presses(&said, "done/legal-told/1").await;
    let told = manager.is_told().await;
    assert!(told.contains("no such list"), "{told}");
    let shown = manager.asks("show T-2").await.all_text();
    assert_eq!(shown, manager.asks("show T-9").await.all_text());
    // The lawyers may read what is theirs, and are told who else can.
    let legal = world.role("legal");
    world.slack.invite(&said.channel, legal.id());
    legal.presses(&said, "done/legal-told/1").await;
    let told = legal.is_told().await;
    assert!(told.contains(&format!("<@{}>", iro.id())), "{told}");
    assert_eq!(stands(&world, T2).await, before);

    // A second press changes nothing.
    iro.presses(&said, "done/legal-told/1").await;
    let after = stands(&world, T2).await;
    iro.at
        .click(&said.channel, &said.ts, "done/legal-told/1")
        .await
        .ok();
    world.settle().await;
    assert_eq!(stands(&world, T2).await, after);
    let mine = iro.asks("tasks").await.all_text();
    assert!(mine.contains("T-2") && mine.contains("K-204117"), "{mine}");
    world.skims();
    world.finish().await;
}

#[tokio::test]
async fn what_has_no_time_is_asked_again_through_a_restart_and_a_vacancy_tells_who_stands_in() {
    let world = World::of("warwickshire").at("2026-12-14 10:00").await;
    proceedings(&world.iro(), "K-204117", "not_yet").await;
    let world = world.restart().await;
    world.to("2026-12-22 09:00").await;
    let iro = world.iro();
    let asked = last(&world, &iro.at.dm(), "reminder", T2).expect("not asked again");
    assert!(
        asked.has_action("done/legal-told/1"),
        "{}",
        asked.all_text()
    );
    let channel = world.channel_of("legal");
    let asked = last(&world, &channel, "reminder", T2).expect("the lawyers are not asked again");
    assert!(asked.has_action("done/court-documents/1"));
    world.skims();
    world.finish().await;
}

#[tokio::test]
async fn the_yearly_review_of_the_protocol_is_asked_of_its_owner_until_it_is_recorded() {
    let builder = World::of("warwickshire").with_its_review_due();
    let world = builder.at("2026-12-14 08:00").await;
    let manager = world.role("iro_manager");
    let channel = world.channel_of("iro_manager");
    assert!(
        last(&world, &channel, "card", T1).is_none(),
        "asked before the office opens"
    );
    world.to("2026-12-14 09:00").await;
    let card = last(&world, &channel, "card", T1).expect("nobody is asked");
    let said = card.all_text();
    assert!(said.contains("31 May 2017"), "{said}");
    for role in ["hos_children_families", "hos_practice_assurance"] {
        let told = last(&world, &world.channel_of(role), "notice", T1);
        assert!(told.is_some(), "{role} does not hear of it");
    }
    world.to("2027-01-14 09:00").await;
    let late = last(&world, &channel, "alert", T1).expect("not asked again after a month");
    let view = opens(&manager, &late, "done/protocol-review/1").await;
    iro_fills(&manager, &view.id, "2027-01-13").await;
    manager.sends(&view).await;
    let list = stands(&world, T1).await;
    assert!(list.done["protocol-review/1"].late);
    let asked = world.slack.look_at(&card.channel, &card.ts).unwrap();
    let said = asked.all_text();
    assert!(said.contains("done on Wed 13 Jan 2027"), "{said}");
    // It is not asked a second time before its year is over.
    world.to("2027-03-01 10:00").await;
    let later = stands(&world, T1).await;
    let reviews = |list: &TaskList| -> Vec<_> {
        let done = list.done.keys().map(ToString::to_string);
        done.filter(|key| key.starts_with("protocol-review"))
            .collect()
    };
    assert_eq!(reviews(&later), reviews(&list));
    let card = last(&world, &channel, "card", T1).unwrap();
    assert!(!card.has_action("done/protocol-review/2"));
    world.skims();
    world.finish().await;
}

async fn iro_fills(who: &Someone<'_>, view: &str, day: &str) {
    who.at.fill(view, "on", json!(day)).await.unwrap();
}

#[tokio::test]
async fn the_fostering_family_is_kept_informed_to_the_end_and_no_clock_moves() {
    let world = World::of("fostering-iro").at("2026-12-09 10:00").await;
    let iro = world.iro();
    let c = iro
        .raises(crate::support::people::concern("K-204117"))
        .await;
    let due = world.due(c).await;
    let button = |nth: u32| format!("done/family/{nth}");
    let of = |c: ConcernId| world.last(&iro.at.dm(), "receipt", c).expect("no receipt");
    let said = of(c);
    assert!(said.has_action(&button(1)), "{}", said.all_text());
    iro.presses(&said, &button(1)).await;
    assert!(of(c).all_text().contains("asked again at the next step"));
    assert_eq!(world.due(c).await, due);
    // The informal stage ends without an answer: at the next level it is asked again.
    world.to("2026-12-23 17:05").await;
    assert_eq!(stands(&world, T1).await.came.len(), 2);
    let said = of(c);
    assert!(said.has_action(&button(2)), "{}", said.all_text());
    assert!(iro.details(c).await.contains("Fostering family"));
    iro.presses(&said, "resolve").await;
    assert!(!stands(&world, T1).await.is_open());
    world.skims();
    world.finish().await;
}
