//! Slack asks to wait, is out of service, or does not know the token.

use std::time::Duration;

use lodestar::concern::Command;
use sandbox::{Fault, FaultRule};

use crate::world::World;
use crate::{EDIT, POST, secs};

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
    assert_eq!((round.sent, round.waiting_until), (1, Some(secs(1))));
    world.clock.pass(Duration::from_secs(1));
    let round = courier.round().await.unwrap();
    assert_eq!((round.sent, round.waiting_until), (1, Some(secs(30))));
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
        let wait = round
            .waiting_until
            .unwrap()
            .saturating_sub(world.clock.elapsed());
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
    assert_eq!((round.sent, round.waiting_until), (0, Some(secs(60))));
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
