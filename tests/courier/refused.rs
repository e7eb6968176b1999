//! Slack refuses: a place, a message that is gone, or what it says.

use std::time::Duration;

use chrono::TimeDelta;
use lodestar::concern::Command;
use lodestar::ids::Text;
use lodestar::store::outbox::MessageState;
use sandbox::{Fault, FaultRule};

use crate::POST;
use crate::world::{World, at};

#[tokio::test]
async fn a_channel_that_refuses_is_replaced_by_direct_messages_and_its_manager_told_once_a_day() {
    for code in ["is_archived", "not_in_channel"] {
        let world = World::new().await;
        let courier = world.courier();
        if code == "is_archived" {
            world.slack.archive("C0TMN", true);
        } else {
            world.slack.kick_bot("C0TMN");
        }
        let concern = world.raise("north").await;
        courier.settle().await.unwrap();
        for holder in ["U0TMN1", "U0TMN2"] {
            let card = world.said(holder).remove(0);
            assert_eq!(card.meta("kind"), Some("card"));
            assert!(card.has_action("acknowledge"));
            assert!(card.text.contains(&format!("<@{holder}>")), "{}", card.text);
        }
        let case = world.desk.case(concern).await.unwrap().unwrap();
        assert!(case.concern.visit().unwrap().delivered.is_some());
        assert_eq!(world.said("U0IM1").len(), 1);
        assert!(
            world.texts("U0IM1")[0].contains("C0TMN"),
            "{}",
            world.texts("U0IM1")[0]
        );
        world.raise("north").await;
        courier.settle().await.unwrap();
        assert_eq!(world.said("U0TMN1").len(), 2);
        assert_eq!(world.said("U0IM1").len(), 1, "told once a day");
        world.clock.to(at("2026-12-15 10:00"));
        world.raise("north").await;
        courier.settle().await.unwrap();
        assert_eq!(world.said("U0IM1").len(), 2);
        world.nothing_is_there_twice();
    }
}

#[tokio::test]
async fn nothing_is_sent_to_a_channel_shared_with_another_organisation() {
    let world = World::new().await;
    let courier = world.courier();
    world
        .slack
        .update_channel("C0TMN", |channel| channel.ext_shared = true);
    world.raise("north").await;
    courier.settle().await.unwrap();
    assert!(world.said("C0TMN").is_empty());
    assert!(
        world
            .slack
            .calls_to(POST)
            .iter()
            .all(|call| call.args["channel"] != "C0TMN")
    );
    assert_eq!(world.said("U0TMN1").len(), 1);
    world.raise("south").await;
    world.raise("south").await;
    courier.settle().await.unwrap();
    let asked = world.slack.calls_to("conversations.info");
    assert_eq!(
        asked
            .iter()
            .filter(|call| call.args["channel"] == "C0TMS")
            .count(),
        1,
        "asked once an hour"
    );
    world
        .slack
        .update_channel("C0TMS", |channel| channel.ext_shared = true);
    world.clock.pass(Duration::from_hours(1));
    world.raise("south").await;
    courier.settle().await.unwrap();
    assert_eq!(world.said("C0TMS").len(), 2);
    assert_eq!(
        world
            .said("U0TMS1")
            .iter()
            .filter(|said| said.meta("kind") == Some("card"))
            .count(),
        1
    );
}

#[tokio::test]
async fn a_person_who_has_left_is_followed_by_the_next_in_line() {
    let world = World::new().await;
    let courier = world.courier();
    world.slack.disable("U0TMS1", true);
    world.slack.archive("C0TMS", true);
    world.raise("south").await;
    courier.settle().await.unwrap();
    let card = world.said("U0SL1").remove(0);
    assert_eq!(
        (card.meta("kind"), card.meta("step")),
        (Some("card"), Some("m-1"))
    );
    assert!(
        card.text.contains("<@U0SL1>") && card.text.contains("Team Manager"),
        "{}",
        card.text
    );
}

#[tokio::test]
async fn where_another_holder_has_it_nobody_else_gets_it_for_one_who_has_left() {
    let world = World::new().await;
    let courier = world.courier();
    world.slack.disable("U0TME1", true);
    let concern = world.raise("east").await;
    courier.settle().await.unwrap();
    assert_eq!(world.said("U0TME2").len(), 1);
    assert!(world.said("U0SL1").is_empty());
    let failed = world.outbox(concern).await;
    let failed: Vec<_> = failed
        .iter()
        .filter(|message| message.state == MessageState::Failed)
        .collect();
    assert_eq!(
        (failed.len(), failed[0].last_error.as_str()),
        (1, "user_disabled")
    );
}

#[tokio::test]
async fn a_message_nobody_can_be_given_is_given_up() {
    let world = World::new().await;
    let courier = world.courier();
    for person in ["U0IRO1", "U0IM1"] {
        world.slack.disable(person, true);
    }
    let concern = world.raise("north").await;
    let round = courier.settle().await.unwrap();
    assert_eq!((round.failed, round.waiting_until), (1, None));
    let receipt = world
        .outbox(concern)
        .await
        .into_iter()
        .find(|message| message.kind == "receipt")
        .unwrap();
    assert_eq!(receipt.state, MessageState::Failed);
    assert_eq!(world.said("C0TMN").len(), 1, "the card is not held up");
    assert_eq!(world.count("receipt", "failed"), 1);
}

#[tokio::test]
async fn a_deleted_card_is_posted_again_and_one_that_is_past_is_not() {
    let world = World::new().await;
    let courier = world.courier();
    let concern = world.raise("north").await;
    courier.settle().await.unwrap();
    let first = world.said("C0TMN").remove(0);
    world.slack.delete_message("C0TMN", &first.ts);
    world
        .act("U0TMN1", concern, Command::Acknowledge { visit: None })
        .await;
    courier.settle().await.unwrap();
    let again = world.said("C0TMN");
    assert_eq!(again.len(), 1);
    assert!(again[0].ts != first.ts && again[0].has_action("accept"));
    assert_ne!(again[0].meta("delivery"), first.meta("delivery"));
    world.slack.delete_message("C0TMN", &again[0].ts);
    let bypass = Command::Withdraw {
        reason: Text::from("Raised twice."),
    };
    world.act("U0IRO1", concern, bypass).await;
    let round = courier.settle().await.unwrap();
    assert!(world.said("C0TMN").is_empty());
    assert_eq!((round.dropped, round.waiting_until), (1, None));
}

#[tokio::test]
async fn a_card_in_a_channel_that_was_archived_since_goes_to_its_people() {
    let world = World::new().await;
    let courier = world.courier();
    let concern = world.raise("north").await;
    courier.settle().await.unwrap();
    world.slack.archive("C0TMN", true);
    world
        .act("U0TMN1", concern, Command::Acknowledge { visit: None })
        .await;
    courier.settle().await.unwrap();
    assert!(
        world.texts("U0TMN2")[0].contains("cknowledged"),
        "{}",
        world.texts("U0TMN2")[0]
    );
    world.nothing_is_there_twice();
}

#[tokio::test]
async fn a_card_that_slack_does_not_take_as_it_is_arrives_in_plain_words() {
    let world = World::new().await;
    let courier = world.courier();
    let refused = FaultRule::on(POST, Fault::Error("invalid_blocks".to_owned()))
        .channel("C0TMN")
        .times(1);
    world.slack.fault(refused);
    let concern = world.raise("north").await;
    courier.settle().await.unwrap();
    let card = world.said("C0TMN").remove(0);
    assert!(card.blocks.is_empty());
    for words in ["C-1", "Stage 1", "Mon 21 Dec, 17:00", "/concern show C-1"] {
        assert!(card.text.contains(words), "{words}: {}", card.text);
    }
    assert_eq!(card.meta("kind"), Some("card"));
    let case = world.desk.case(concern).await.unwrap().unwrap();
    assert!(case.concern.visit().unwrap().delivered.is_some());
}

#[tokio::test]
async fn a_message_that_cannot_be_made_holds_no_other_up_and_is_given_up_after_five_tries() {
    for how in ["template card/card.json", "panic"] {
        let world = World::new().await;
        let courier = world.courier();
        world
            .words
            .broken
            .lock()
            .unwrap()
            .push(("C0TMN".to_owned(), how));
        world.queue("C0TMN", 0, "poison").await;
        world.queue("C0TMS", 0, "elsewhere").await;
        let round = courier.settle().await.unwrap();
        assert_eq!((round.sent, round.waiting_until), (1, None));
        world.words.broken.lock().unwrap().clear();
        world.queue("C0TMN", 5, "behind it").await;
        world
            .words
            .broken
            .lock()
            .unwrap()
            .push(("C0TMN".to_owned(), how));
        let mut tries = 1;
        while world.count("notice", "failed") == 0 {
            world.clock.to(world.clock.now() + TimeDelta::minutes(50));
            let before = world.count("notice", "retry");
            courier.settle().await.unwrap();
            tries += usize::from(
                world.count("notice", "retry") > before || world.count("notice", "failed") > 0,
            );
            assert!(tries < 20, "never given up");
        }
        assert_eq!(tries, 5);
        assert!(world.texts("C0TMN").is_empty());
    }
}

#[tokio::test]
async fn a_message_behind_one_that_cannot_be_made_goes_out() {
    let world = World::new().await;
    let courier = world.courier();
    world
        .words
        .broken
        .lock()
        .unwrap()
        .push(("C0TMN".to_owned(), "broken"));
    world.queue("C0TMN", 0, "poison").await;
    courier.settle().await.unwrap();
    world.words.broken.lock().unwrap().clear();
    world.queue("C0TMN", 5, "behind it").await;
    courier.settle().await.unwrap();
    assert_eq!(world.texts("C0TMN"), ["behind it"]);
    world.clock.to(world.clock.now() + TimeDelta::minutes(1));
    courier.settle().await.unwrap();
    assert_eq!(world.texts("C0TMN"), ["behind it", "poison"]);
}
