//! Queued messages become Slack calls, whatever Slack does.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test that cannot go on says where"
)]

#[path = "courier/world.rs"]
mod world;

use std::sync::Arc;
use std::time::Duration;

use chrono::TimeDelta;
use lodestar::concern::{Answering, Command};
use lodestar::ids::Text;
use lodestar::store::outbox::MessageState;
use sandbox::{Fault, FaultRule, Pace};
use tokio_util::sync::CancellationToken;
use world::{World, at};

const POST: &str = "chat.postMessage";
const EDIT: &str = "chat.update";

fn secs(secs: u64) -> Option<Duration> {
    Some(Duration::from_secs(secs))
}

// --- the usual way ---

#[tokio::test]
async fn a_card_reaches_its_channel_and_its_concern_knows() {
    let world = World::new().await;
    let concern = world.raise("north").await;
    let round = world.courier().settle().await.unwrap();
    assert_eq!((round.sent, round.waiting_until), (2, None));
    let card = world.said("C0TMN").remove(0);
    assert!(card.text.contains("C-1") && card.has_action("acknowledge"));
    let meta = |key| card.meta(key).unwrap_or_default().to_owned();
    assert_eq!(
        [meta("kind"), meta("concern"), meta("step"), meta("visit")],
        ["card", "C-1", "m-1", "1"]
    );
    let receipt = world.said("U0IRO1").remove(0);
    assert_eq!(receipt.meta("kind"), Some("receipt"));
    let case = world.desk.case(concern).await.unwrap().unwrap();
    assert_eq!(
        case.concern.visit().unwrap().delivered,
        Some(at("2026-12-14 10:00"))
    );
    assert_eq!(world.waiting().await, 0);
    assert!(
        world.slack.problems().is_empty(),
        "{:?}",
        world.slack.problems()
    );
    world.nothing_is_there_twice();
}

#[tokio::test]
async fn a_channel_gets_one_post_a_second_and_another_does_not_wait_for_it() {
    let world = World::new().await;
    world.slack.set_pace(Pace::Real);
    let courier = world.courier();
    world
        .queue_all(&[
            ("C0TMN", 0, "one"),
            ("C0TMN", 0, "two"),
            ("C0TMN", 0, "three"),
            ("C0TMS", 0, "elsewhere"),
        ])
        .await;
    let round = courier.round().await.unwrap();
    assert_eq!((round.sent, round.waiting_until), (2, secs(1)));
    assert_eq!(world.texts("C0TMN"), ["one"]);
    assert_eq!(world.texts("C0TMS"), ["elsewhere"]);
    world.clock.pass(Duration::from_millis(999));
    assert_eq!(courier.round().await.unwrap().sent, 0);
    world.clock.pass(Duration::from_millis(1));
    let round = courier.round().await.unwrap();
    assert_eq!((round.sent, round.waiting_until), (1, secs(2)));
    world.clock.to(at("2027-03-01 09:00"));
    assert_eq!(
        courier.round().await.unwrap().sent,
        0,
        "the wall clock does not pace"
    );
    courier.settle().await.unwrap();
    assert_eq!(world.texts("C0TMN"), ["one", "two", "three"]);
    assert_eq!(world.secs(), 2);
}

#[tokio::test]
async fn what_moves_a_concern_goes_first() {
    let world = World::new().await;
    world
        .queue_all(&[
            ("C0TMN", 5, "digest"),
            ("C0TMN", 4, "copy"),
            ("C0TMN", 1, "receipt"),
            ("C0TMN", 0, "card"),
            ("C0TMN", 2, "reminder"),
        ])
        .await;
    world.courier().settle().await.unwrap();
    assert_eq!(
        world.texts("C0TMN"),
        ["card", "receipt", "reminder", "copy", "digest"]
    );
}

#[tokio::test]
async fn many_changes_become_one_edit_and_a_change_of_nothing_none() {
    let world = World::new().await;
    let courier = world.courier();
    let concern = world.raise("north").await;
    courier.settle().await.unwrap();
    let before = world.edits().len();
    world
        .act("U0TMN1", concern, Command::Acknowledge { visit: None })
        .await;
    let note = |words: &str| Command::Note {
        note: Text::from(words),
    };
    world.act("U0TMN1", concern, note("Rang the school.")).await;
    world.act("U0TMN1", concern, note("Rang again.")).await;
    let round = courier.settle().await.unwrap();
    let of_card = |calls: &[sandbox::Call]| {
        calls
            .iter()
            .filter(|call| call.args["channel"] == "C0TMN")
            .count()
    };
    assert_eq!(of_card(&world.edits()[before..]), 1);
    assert_eq!(round.sent, 0);
    assert!(
        world.said("C0TMN")[0].all_text().contains("Acknowledged"),
        "{}",
        world.said("C0TMN")[0].all_text()
    );
    let before = world.edits().len();
    world.desk.refresh(concern).await.unwrap();
    let round = courier.settle().await.unwrap();
    assert_eq!((round.edited, world.edits().len()), (0, before));
    assert_eq!(world.waiting().await, 0);
}

#[tokio::test]
async fn the_workspace_gets_fifty_edits_a_minute_and_posts_do_not_wait_for_them() {
    let world = World::new().await;
    let courier = world.courier();
    let dests: Vec<String> = (0..60).map(|number| format!("U1{number:03}")).collect();
    for dest in &dests {
        world.slack.add_user(person(dest));
        world.queue(dest, 3, "first").await;
    }
    courier.settle().await.unwrap();
    let mut tx = world.desk.store().begin().await.unwrap();
    for id in 1..=60 {
        let words = serde_json::json!({"say": "second"});
        tx.want_edit(id, Some(&words), 13, world.clock.now())
            .await
            .unwrap();
    }
    tx.commit().await.unwrap();
    let began = world.clock.elapsed();
    let round = courier.round().await.unwrap();
    assert_eq!(round.edited, 50);
    assert_eq!(round.waiting_until, Some(began + Duration::from_mins(1)));
    world.queue("C0TMN", 0, "a card").await;
    assert_eq!(courier.round().await.unwrap().sent, 1);
    assert_eq!(courier.settle().await.unwrap().edited, 10);
    assert_eq!(world.clock.elapsed(), began + Duration::from_mins(1));
}

#[tokio::test]
async fn a_reminder_that_has_gone_stale_is_not_sent() {
    let world = World::new().await;
    let courier = world.courier();
    let concern = world.raise("north").await;
    courier.settle().await.unwrap();
    world.clock.to(at("2026-12-16 09:30"));
    let keeper = lodestar::timekeeper::Timekeeper::new(world.desk.clone(), world.metrics.clone());
    keeper.round().await.unwrap();
    let queued = world.outbox(concern).await;
    assert!(
        queued.iter().any(|message| message.kind == "reminder"),
        "nobody was to be reminded"
    );
    world
        .act("U0TMN1", concern, Command::Acknowledge { visit: None })
        .await;
    let round = courier.settle().await.unwrap();
    assert_eq!((round.sent, world.count("reminder", "dropped")), (0, 1));
    assert_eq!(world.said("C0TMN").len(), 1);
}

// --- Slack in trouble ---

#[tokio::test]
async fn one_channel_that_is_told_to_wait_holds_no_other_up() {
    let world = World::new().await;
    let courier = world.courier();
    let limit = FaultRule::on(POST, Fault::RateLimited(30))
        .channel("C0TMN")
        .times(1);
    world.slack.fault(limit);
    world
        .queue_all(&[
            ("C0TMN", 0, "north"),
            ("C0TMS", 0, "south"),
            ("C0TMS", 0, "south again"),
        ])
        .await;
    let round = courier.round().await.unwrap();
    assert_eq!((round.sent, round.waiting_until), (1, secs(1)));
    world.clock.pass(Duration::from_secs(1));
    let round = courier.round().await.unwrap();
    assert_eq!((round.sent, round.waiting_until), (1, secs(30)));
    assert!(world.texts("C0TMN").is_empty());
    courier.settle().await.unwrap();
    assert_eq!(world.texts("C0TMN"), ["north"]);
    assert_eq!(world.secs(), 30);
    assert!(world.readiness.is_ready());
}

#[tokio::test]
async fn an_edit_told_to_wait_holds_edits_and_no_posts() {
    let world = World::new().await;
    let courier = world.courier();
    let concern = world.raise("north").await;
    courier.settle().await.unwrap();
    world.clock.pass(Duration::from_secs(1));
    let began = world.clock.elapsed();
    world
        .slack
        .fault(FaultRule::on(EDIT, Fault::RateLimited(20)));
    world
        .act("U0TMN1", concern, Command::Acknowledge { visit: None })
        .await;
    world.queue("C0TMN", 0, "a card").await;
    assert_eq!(courier.round().await.unwrap().sent, 1);
    world.clock.pass(Duration::from_secs(1));
    let asked = world.edits().len();
    let round = courier.round().await.unwrap();
    assert_eq!(round.waiting_until, Some(began + Duration::from_secs(20)));
    assert_eq!(world.edits().len(), asked, "it asked again before its time");
    world.slack.clear_faults();
    assert!(courier.settle().await.unwrap().edited > 0);
}

#[tokio::test]
async fn while_slack_is_out_of_service_messages_wait_and_then_all_arrive_once() {
    let world = World::new().await;
    let courier = world.courier();
    world.slack.fault(FaultRule::on("*", Fault::Status(503)));
    world.raise("north").await;
    world.raise("south").await;
    let round = courier.round().await.unwrap();
    assert_eq!(round.sent, 0);
    let first_wait = round.waiting_until.unwrap();
    assert!(first_wait <= Duration::from_secs(1), "{first_wait:?}");
    let (part, why) = world.readiness.faults().remove(0);
    assert!(
        part == "Slack" && why.contains("cannot be reached"),
        "{part}: {why}"
    );
    let mut waits = Vec::new();
    for _ in 0..12 {
        let round = courier.round().await.unwrap();
        let wait = round.waiting_until.unwrap() - world.clock.elapsed();
        waits.push(wait);
        world.clock.pass(wait);
    }
    assert!(
        waits
            .windows(2)
            .all(|pair| pair[1] > pair[0] || pair[1] > Duration::from_secs(200)),
        "{waits:?}"
    );
    assert!(
        waits.iter().all(|wait| *wait <= Duration::from_mins(5)),
        "{waits:?}"
    );
    world.slack.clear_faults();
    let round = courier.settle().await.unwrap();
    assert_eq!((round.sent, round.waiting_until), (4, None));
    assert!(world.readiness.is_ready());
    world.nothing_is_there_twice();
}

#[tokio::test]
async fn a_token_that_is_not_accepted_is_tried_once_a_minute_and_says_the_mend() {
    let world = World::new().await;
    let courier = world.courier();
    let broken = FaultRule::on("*", Fault::Error("token_revoked".to_owned()));
    world.slack.fault(broken);
    world.queue("U0IRO1", 0, "hello").await;
    let round = courier.round().await.unwrap();
    assert_eq!((round.sent, round.waiting_until), (0, secs(60)));
    let (_, why) = world.readiness.faults().remove(0);
    assert!(
        why.contains("SLACK_BOT_TOKEN") && why.contains("token_revoked"),
        "{why}"
    );
    world.slack.clear_faults();
    courier.settle().await.unwrap();
    assert_eq!(world.texts("U0IRO1"), ["hello"]);
    assert!(world.readiness.is_ready());
}

// --- in doubt ---

#[tokio::test]
async fn a_post_that_was_taken_but_never_answered_is_found_and_not_sent_twice() {
    for fault in [Fault::HangAfterDoing, Fault::ResetAfterDoing] {
        let world = World::new().await;
        let courier = world.courier();
        world
            .slack
            .fault(FaultRule::on(POST, fault).channel("C0TMN").times(1));
        let concern = world.raise("north").await;
        let round = courier.round().await.unwrap();
        assert_eq!(
            (round.sent, world.said("C0TMN").len()),
            (1, 1),
            "the receipt is known, the card in doubt"
        );
        let round = courier.settle().await.unwrap();
        assert_eq!((round.sent, round.waiting_until), (1, None));
        assert_eq!(world.said("C0TMN").len(), 1);
        let case = world.desk.case(concern).await.unwrap().unwrap();
        assert!(case.concern.visit().unwrap().delivered.is_some());
        world
            .act("U0TMN1", concern, Command::Acknowledge { visit: None })
            .await;
        courier.settle().await.unwrap();
        assert!(
            world.said("C0TMN")[0].edited.is_some(),
            "what was found is edited like any other"
        );
        world.nothing_is_there_twice();
    }
}

#[tokio::test]
async fn a_post_that_was_lost_is_sent_again_once_it_is_surely_not_there() {
    for fault in [Fault::Hang, Fault::Reset, Fault::Status(500)] {
        let world = World::new().await;
        let courier = world.courier();
        world
            .slack
            .fault(FaultRule::on(POST, fault).channel("C0TMN").times(1));
        world.raise("north").await;
        let round = courier.settle().await.unwrap();
        assert_eq!((round.sent, round.waiting_until), (2, None));
        assert_eq!(world.slack.calls_to("conversations.history").len(), 1);
        assert!(!world.texts("C0TMN")[0].contains("sent before"));
        world.nothing_is_there_twice();
    }
}

#[tokio::test]
async fn a_direct_message_in_doubt_is_looked_for_where_it_lies() {
    let world = World::new().await;
    let courier = world.courier();
    world.slack.fault(
        FaultRule::on(POST, Fault::HangAfterDoing)
            .channel("U0IRO1")
            .times(1),
    );
    world.queue("U0IRO1", 0, "hello").await;
    courier.settle().await.unwrap();
    assert_eq!(world.texts("U0IRO1"), ["hello"]);
    let looked = world.slack.calls_to("conversations.history").remove(0);
    assert_eq!(looked.args["channel"], world.slack.dm("U0IRO1"));
}

#[tokio::test]
async fn a_post_in_doubt_is_found_under_what_others_wrote_since() {
    let world = World::new().await;
    let courier = world.courier();
    world.slack.fault(
        FaultRule::on(POST, Fault::HangAfterDoing)
            .channel("C0TMN")
            .times(1),
    );
    world.queue("C0TMN", 0, "the card").await;
    courier.round().await.unwrap();
    world.slack.invite("C0TMN", "U0TMN1");
    for number in 0..40 {
        world
            .slack
            .person("U0TMN1")
            .say("C0TMN", &format!("chatter {number}"))
            .unwrap();
    }
    courier.settle().await.unwrap();
    assert_eq!(world.slack.calls_to("conversations.history").len(), 3);
    let ours = world
        .texts("C0TMN")
        .into_iter()
        .filter(|text| text == "the card");
    assert_eq!(ours.count(), 1);
}

#[tokio::test]
async fn what_a_stopped_bot_had_under_way_is_not_sent_twice() {
    let world = World::new().await;
    world.slack.fault(
        FaultRule::on(POST, Fault::HangAfterDoing)
            .channel("C0TMN")
            .times(1),
    );
    world
        .slack
        .fault(FaultRule::on(POST, Fault::Hang).channel("C0TMS").times(1));
    world
        .queue_all(&[("C0TMN", 0, "taken"), ("C0TMS", 0, "lost")])
        .await;
    let courier = world.courier();
    tokio::select! {
        _ = courier.round() => panic!("it was to hang"),
        _ = world.slack.until(|slack| {
            let asked = slack.calls_to(POST);
            (asked.len() == 2).then_some(())
        }) => {}
    }
    drop(courier);
    let courier = world.courier();
    let round = courier.settle().await.unwrap();
    assert_eq!((round.sent, round.waiting_until), (2, None));
    assert_eq!(world.texts("C0TMN"), ["taken"]);
    assert_eq!(world.texts("C0TMS"), ["lost"]);
    world.nothing_is_there_twice();
}

#[tokio::test]
async fn without_confirmation_a_message_in_doubt_is_sent_again_and_says_so() {
    let world = World::new().await;
    let courier = world.courier_that(false);
    world.slack.fault(
        FaultRule::on(POST, Fault::HangAfterDoing)
            .channel("C0TMN")
            .times(1),
    );
    world.raise("north").await;
    courier.settle().await.unwrap();
    let said = world.said("C0TMN");
    assert_eq!(said.len(), 2);
    assert!(!said[0].text.contains("sent before"));
    assert!(said[1].text.contains("may have been sent before"));
    assert!(
        said[1]
            .blocks
            .last()
            .unwrap()
            .to_string()
            .contains("may have been sent before")
    );
    assert!(world.slack.calls_to("conversations.history").is_empty());
}

#[tokio::test]
async fn a_history_that_is_refused_is_asked_for_again_and_given_up_in_the_end() {
    let world = World::new().await;
    let courier = world.courier();
    world
        .slack
        .set_scopes(&["chat:write", "im:write", "channels:read"]);
    world
        .slack
        .fault(FaultRule::on(POST, Fault::Hang).channel("C0TMN").times(1));
    world.queue("C0TMN", 0, "the card").await;
    courier.round().await.unwrap();
    world.clock.pass(Duration::from_secs(5));
    courier.round().await.unwrap();
    let (_, why) = world.readiness.faults().remove(0);
    assert!(
        why.contains("channels:history") && why.contains("confirm_deliveries"),
        "{why}"
    );
    courier.settle().await.unwrap();
    assert!(world.slack.calls_to("conversations.history").len() > 5);
    assert_eq!(world.said("C0TMN").len(), 1);
    assert!(world.texts("C0TMN")[0].contains("may have been sent before"));
}

#[tokio::test]
async fn what_could_not_be_written_down_is_kept_and_not_sent_again() {
    let world = World::new().await;
    let courier = world.courier();
    let held = Arc::new(tokio::sync::Mutex::new(None));
    let (store, keep) = (world.desk.store().clone(), Arc::clone(&held));
    *world.words.before.lock().unwrap() = Some(Box::new(move |_| {
        let (store, keep) = (store.clone(), Arc::clone(&keep));
        Box::pin(async move {
            // Somebody else holds the store from after the lease until the test lets go.
            *keep.lock().await = Some(store.begin().await.unwrap());
            None
        })
    }));
    world.queue("C0TMN", 0, "once").await;
    // The round ends in an error or not, as its last look at the queue finds the store: either way it was sent.
    let _ = courier.round().await;
    assert_eq!(world.texts("C0TMN"), ["once"]);
    *world.words.before.lock().unwrap() = None;
    drop(held.lock().await.take());
    courier.settle().await.unwrap();
    assert_eq!(world.texts("C0TMN"), ["once"]);
    assert_eq!(
        (world.waiting().await, world.slack.calls_to(POST).len()),
        (0, 1)
    );
}

// --- refused for good ---

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

// --- running ---

#[tokio::test]
async fn it_sends_what_is_queued_while_it_runs_and_finishes_what_is_under_way_when_it_stops() {
    let world = World::new().await;
    let stop = CancellationToken::new();
    let running = tokio::spawn(world.courier().run(stop.clone()));
    world.queue("C0TMN", 0, "hello").await;
    let said = world
        .slack
        .until(|slack| slack.messages("C0TMN").first().cloned())
        .await;
    assert_eq!(said.unwrap().text, "hello");
    world
        .slack
        .fault(FaultRule::on(POST, Fault::Slow(150)).channel("C0TMS"));
    world.queue("C0TMS", 0, "goodbye").await;
    world
        .slack
        .until(|slack| (!slack.messages("C0TMS").is_empty()).then_some(()))
        .await
        .unwrap();
    stop.cancel();
    running.await.unwrap();
    assert_eq!(world.waiting().await, 0);
    assert!(world.metrics.text().contains("lodestar_outbox_waiting"));
}

fn person(id: &str) -> sandbox::User {
    sandbox::User {
        id: id.to_owned(),
        name: id.to_lowercase(),
        real_name: id.to_owned(),
        title: String::new(),
        team_id: "T0SANDBOX".to_owned(),
        guest: sandbox::Guest::No,
        deleted: false,
        is_bot: false,
    }
}

#[tokio::test]
async fn an_answer_moves_the_card_it_was_given_on() {
    let world = World::new().await;
    let courier = world.courier();
    let concern = world.raise("north").await;
    courier.settle().await.unwrap();
    let accept = Answering::Accept {
        plan: Text::from("A family meeting."),
        target: at("2026-12-18 09:00").date_naive(),
    };
    world
        .act(
            "U0TMN1",
            concern,
            Command::Answer {
                visit: None,
                answer: accept,
            },
        )
        .await;
    courier.settle().await.unwrap();
    assert!(!world.said("C0TMN")[0].has_action("accept"));
    assert!(world.said("U0IRO1").len() > 1, "the raiser is told");
    assert!(
        !world.said("C0TMN")[0].all_text().contains("family meeting"),
        "texts are shown on request only"
    );
}
