//! An urgent call, logged beside the escalation, and the day that one child needs an answer by.

use sandbox::Submitted;
use serde_json::json;

use crate::support::people::concern;
use crate::support::world::World;

/// Stands in what was agreed and nowhere else.
const AGREED: &str = "A heliotrope visit is made today, before the school closes.";

#[tokio::test]
async fn a_call_is_logged_from_the_receipt_and_stands_in_card_details_and_case_note() {
    let world = World::of("manchester").at("2026-12-14 10:00").await;
    let iro = world.iro();
    let raising = concern("K-204117").with("flags", json!(["urgent"]));
    let id = iro.raises(raising).await;
    iro.presses(&iro.receipt(id), "call").await;
    let view = iro.at.awaits_view_called("call").await.unwrap();
    assert!(
        view.all_text().contains("Key Principles, urgent"),
        "{}",
        view.all_text()
    );
    let manager = world.role("team_manager");
    iro.at.fill(&view.id, "with", manager.id()).await.unwrap();
    iro.at.fill(&view.id, "reached", "yes").await.unwrap();
    let Submitted::Errors(faults) = iro.at.submit(&view.id).await.unwrap() else {
        panic!("what was agreed may be left out");
    };
    assert!(faults.contains_key("agreed"), "{faults:?}");
    iro.at.fill(&view.id, "agreed", AGREED).await.unwrap();
    let sent = iro.at.submit(&view.id).await.unwrap();
    assert!(matches!(sent, Submitted::Closed), "{sent:?}");
    world.settle().await;

    let receipt = iro.receipt(id).all_text();
    assert!(
        receipt.contains("Phoned: <@U0TEAMMANAGERNORTH>") && !receipt.contains("have you phoned"),
        "{receipt}"
    );
    let card = world.card("team_manager", id);
    assert!(card.all_text().contains("Phoned: "), "{}", card.all_text());
    assert_eq!(world.stands(id).await.0, "m-1", "the ladder runs on");
    manager.presses(&card, "details").await;
    let details = manager.at.awaits_view_called("details").await.unwrap();
    assert!(details.all_text().contains("heliotrope"));
    iro.types(&format!("record {id}")).await;
    let notes = iro.at.awaits_view_called("record").await.unwrap();
    assert!(
        notes.all_text().contains("heliotrope") && notes.all_text().contains("telephone call"),
        "{}",
        notes.all_text()
    );
    for message in world.slack.all_messages() {
        assert!(!message.all_text().contains("heliotrope"), "in a message");
    }
    world.skims();
    world.finish().await;
}

#[tokio::test]
async fn a_call_without_an_answer_is_logged_by_the_command_and_not_by_the_one_who_was_called() {
    let world = World::of("buckinghamshire").at("2026-12-14 10:00").await;
    let iro = world.iro();
    let id = iro.raises(concern("K-204117")).await;
    let manager = world.role("team_manager");
    let told = manager.asks(&format!("call {id}")).await.all_text();
    assert!(
        told.contains("only <@U0IRO1>") && told.contains("IRO Service Manager"),
        "{told}"
    );
    iro.types(&format!("call {id}")).await;
    let view = iro.at.awaits_view_called("call").await.unwrap();
    iro.at
        .fill_all(
            &view.id,
            &[("with_words", "The emergency duty team"), ("reached", "no")],
        )
        .await
        .unwrap();
    let sent = iro.at.submit(&view.id).await.unwrap();
    assert!(matches!(sent, Submitted::Closed), "{sent:?}");
    world.settle().await;
    assert!(
        iro.receipt(id)
            .all_text()
            .contains("Phoned without an answer"),
        "{}",
        iro.receipt(id).all_text()
    );
    world.skims();
    world.finish().await;
}

#[tokio::test]
async fn a_shorter_day_is_set_for_one_child_and_its_addressee_is_told() {
    let world = World::of("cp-lac-challenge").at("2026-12-14 10:00").await;
    let iro = world.iro();
    let id = iro.raises(concern("K-204117")).await;
    iro.presses(&iro.receipt(id), "set_time").await;
    let view = iro.at.awaits_view_called("set_time").await.unwrap();
    let day = |day: &'static str| [("until", day), ("reason", "Too young to wait.")];
    iro.at.fill_all(&view.id, &day("2027-01-29")).await.unwrap();
    let Submitted::Errors(faults) = iro.at.submit(&view.id).await.unwrap() else {
        panic!("a maximum was made longer");
    };
    assert!(faults["until"].contains("maximum"), "{faults:?}");
    iro.at.fill_all(&view.id, &day("2026-12-16")).await.unwrap();
    let sent = iro.at.submit(&view.id).await.unwrap();
    assert!(matches!(sent, Submitted::Closed), "{sent:?}");
    world.settle().await;
    let notice = world
        .last(&world.channel_of("social_worker"), "notice", id)
        .expect("the addressee hears nothing");
    assert!(
        notice.all_text().contains("by Wed 16 Dec"),
        "{}",
        notice.all_text()
    );
    world.skims();
    world.finish().await;
}

#[tokio::test]
async fn a_call_that_was_never_logged_is_asked_for_until_the_raiser_says_why_none_is_needed() {
    let world = World::of("manchester").at("2026-12-14 10:00").await;
    let iro = world.iro();
    let raising = concern("K-204117").with("flags", json!(["urgent"]));
    let id = iro.raises(raising).await;
    world.skims();
    world.to("2026-12-14 11:00").await;
    assert_eq!(world.heard(), ["@iro1 reminder m-1"]);
    let reminder = iro.newest("reminder", id);
    assert!(
        reminder.has_action("call") && reminder.all_text().contains("Key Principles, urgent"),
        "{}",
        reminder.all_text()
    );
    let world = world.restart().await;
    world.to("2026-12-15 09:00").await;
    assert_eq!(
        world.heard_beside_digests(),
        ["@iro1 reminder m-1"],
        "at the next opening, after a restart too"
    );
    let iro = world.iro();
    let reminder = iro.newest("reminder", id);
    let reason = [("reason", "The heliotrope manager was in the room.")];
    let sent = iro.answers(&reminder, "no_call", &reason).await;
    assert!(matches!(sent, Submitted::Closed), "{sent:?}");
    world.settle().await;
    let heeded = iro.newest("reminder", id);
    assert!(
        !heeded.has_action("no_call") && heeded.all_text().contains("No call was needed"),
        "it is said once: {}",
        heeded.all_text()
    );
    let receipt = iro.receipt(id).all_text();
    assert!(receipt.contains("no call needed"), "{receipt}");
    assert!(iro.details(id).await.contains("heliotrope"));
    world.to("2026-12-17 12:00").await;
    let heard = world.heard_beside_digests();
    assert!(
        !heard
            .iter()
            .any(|heard| heard.contains("reminder m-1") && heard.starts_with("@iro1")),
        "{heard:?}"
    );
    world.skims();
    world.finish().await;
}
