//! A call got no clear answer, or the bot stopped in the middle of one.

use std::sync::Arc;
use std::time::Duration;

use lodestar::concern::Command;
use sandbox::{Fault, FaultRule};

use crate::POST;
use crate::world::World;

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

#[tokio::test]
async fn a_round_that_is_broken_off_leaves_nothing_to_be_sent_twice_or_forgotten() {
    let world = World::new().await;
    world.slack.fault(
        FaultRule::on(POST, Fault::HangAfterDoing)
            .channel("C0TMN")
            .times(1),
    );
    world.queue("C0TMN", 0, "taken").await;
    let courier = world.courier();
    tokio::select! {
        _ = courier.round() => panic!("it was to hang"),
        _ = world.slack.until(|slack| (!slack.messages("C0TMN").is_empty()).then_some(())) => {}
    }
    let round = courier.settle().await.unwrap();
    assert_eq!((round.sent, round.waiting_until), (1, None));
    assert_eq!(world.texts("C0TMN"), ["taken"]);
}
