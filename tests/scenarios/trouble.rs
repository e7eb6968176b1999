//! Slack failing in each way around a lapse: nobody sees a card twice, and nothing is lost.

use sandbox::{Fault, FaultRule};

use crate::support::REASON;
use crate::support::people::concern;
use crate::support::world::{World, london};

const POST: &str = "chat.postMessage";
const FOLLOWS: [&str; 3] = [
    "#ad-qa alert b-1",
    "#head-of-service card b-2",
    "@iro1 receipt b-2",
];

/// A concern in Buckinghamshire that lapses on Wed 30 Dec at 17:00, with everything before it read.
async fn about_to_lapse(world: &World) -> lodestar::ids::ConcernId {
    let c = world.iro().raises(concern("K-910001")).await;
    world.to("2026-12-30 17:00:00").await;
    world.skims();
    c
}

async fn lapses_through(fault: FaultRule) {
    let world = World::of("buckinghamshire")
        .patient_for(1500)
        .at("2026-12-14 10:00")
        .await;
    let c = about_to_lapse(&world).await;
    world.slack.fault(fault);
    world.to("2026-12-30 17:00:01").await;
    assert_eq!(world.heard(), FOLLOWS);
    assert_eq!(world.due(c).await, "Thu 7 Jan, 17:00");
    world.finish().await;
}

#[tokio::test]
async fn told_to_wait_at_the_lapse_everything_arrives_once() {
    lapses_through(FaultRule::on(POST, Fault::RateLimited(30)).times(4)).await;
}

#[tokio::test]
async fn a_slack_that_answers_503_at_the_lapse_gets_everything_once_when_it_is_back() {
    lapses_through(FaultRule::on(POST, Fault::Status(503)).times(5)).await;
}

#[tokio::test]
async fn a_connection_cut_before_the_card_was_taken_brings_it_once() {
    lapses_through(FaultRule::on(POST, Fault::Reset).times(2)).await;
}

#[tokio::test]
async fn a_connection_cut_after_the_card_was_taken_brings_it_once() {
    lapses_through(FaultRule::on(POST, Fault::ResetAfterDoing).times(3)).await;
}

#[tokio::test]
async fn a_slack_that_hangs_after_taking_the_card_shows_it_once() {
    lapses_through(FaultRule::on(POST, Fault::HangAfterDoing).times(1)).await;
}

#[tokio::test]
async fn an_archived_channel_sends_the_card_to_its_holder_and_the_manager_is_told() {
    let world = World::of("buckinghamshire").at("2026-12-14 10:00").await;
    let c = about_to_lapse(&world).await;
    world.slack.archive(&world.channel("head-of-service"), true);
    world.to("2026-12-30 17:00:01").await;
    assert_eq!(
        world.heard(),
        [
            "#ad-qa alert b-1",
            "#iro-manager alert",
            "@headofservice card b-2",
            "@iro1 receipt b-2"
        ]
    );
    let head = world.role("head_of_service");
    head.presses(&head.newest("card", c), "acknowledge").await;
    assert!(world.record(c).await.contains(&"acknowledged".to_owned()));
    world.log.take_errors();
    world.finish().await;
}

#[tokio::test]
async fn a_card_that_was_deleted_is_there_again_when_the_concern_moves() {
    let world = World::of("buckinghamshire").at("2026-12-14 10:00").await;
    let iro = world.iro();
    let c = iro.raises(concern("K-910002")).await;
    world.skims();
    let card = world.card("team_manager", c);
    world.slack.delete_message(&card.channel, &card.ts);
    iro.asks(&format!("note {c} {REASON}")).await;
    iro.asks(&format!("handover {c} <@U0IRO2>")).await;
    let heard = world.heard();
    assert!(
        heard.contains(&"#north-team-manager card b-1".to_owned()),
        "{heard:?}"
    );
    let card = world.card("team_manager", c);
    world
        .role("team_manager")
        .presses(&card, "acknowledge")
        .await;
    world.log.take_errors();
    world.finish().await;
}

#[tokio::test]
async fn a_socket_that_is_cut_is_opened_again_and_the_next_click_counts() {
    let world = World::of("buckinghamshire").at("2026-12-14 10:00").await;
    let c = world.iro().raises(concern("K-910003")).await;
    world.skims();
    world.slack.cut_sockets();
    assert!(world.slack.connected(1).await, "it connects again");
    world
        .role("team_manager")
        .presses(&world.card("team_manager", c), "acknowledge")
        .await;
    assert!(world.record(c).await.contains(&"acknowledged".to_owned()));
    world.finish().await;
}

#[tokio::test]
async fn a_card_that_slack_takes_only_the_next_day_is_dated_from_then_saying_why() {
    let world = World::of("buckinghamshire").at("2026-12-14 10:00").await;
    let c = about_to_lapse(&world).await;
    world.slack.fault(FaultRule::on(POST, Fault::Status(503)));
    world.to("2026-12-30 17:00:01").await;
    assert_eq!(world.heard(), [""; 0], "Slack is down");
    assert_eq!(world.due(c).await, "Thu 7 Jan, 17:00");
    world.to("2026-12-31 08:00").await;
    world.slack.clear_faults();
    world.settle().await;
    world.to("2026-12-31 08:30").await;
    assert_eq!(
        world.heard(),
        [
            "#ad-qa alert b-1",
            "#head-of-service card b-2",
            "@iro1 notice b-2",
            "@iro1 receipt b-2"
        ]
    );
    assert_eq!(
        world.due(c).await,
        "Fri 8 Jan, 17:00",
        "five working days from Thu 31 Dec"
    );
    let card = world.card("head_of_service", c).all_text();
    assert!(
        card.contains("Fri 8 Jan, 17:00") && card.contains("the day its card arrived"),
        "{card}"
    );
    let errors = world.log.take_errors();
    assert!(
        errors.iter().any(|line| line.contains("fifteen minutes")),
        "and the log says so: {errors:?}"
    );
    world.finish().await;
}

#[tokio::test]
async fn a_card_undelivered_for_fifteen_minutes_is_told_to_the_raiser_and_the_log() {
    let world = World::of("buckinghamshire").at("2026-12-14 10:00").await;
    let c = about_to_lapse(&world).await;
    let channel = world.channel("head-of-service");
    world
        .slack
        .fault(FaultRule::on(POST, Fault::RateLimited(600)).channel(&channel));
    world.to("2026-12-30 17:00:01").await;
    assert_eq!(world.heard(), ["#ad-qa alert b-1", "@iro1 receipt b-2"]);
    world.to("2026-12-30 17:14:59").await;
    assert_eq!(world.heard(), [""; 0]);
    world.to("2026-12-30 17:15:02").await;
    assert_eq!(world.heard(), ["@iro1 alert b-2"]);
    assert!(
        world
            .log
            .take_errors()
            .iter()
            .any(|line| line.contains("fifteen minutes"))
    );
    world.slack.clear_faults();
    world.to("2026-12-30 17:20:00").await;
    assert_eq!(world.heard(), ["#head-of-service card b-2"]);
    assert_eq!(
        world.due(c).await,
        "Thu 7 Jan, 17:00",
        "taken the same day: its date stays"
    );
    world.finish().await;
}

#[tokio::test]
async fn a_bot_that_stops_while_slack_takes_the_card_finds_it_there_and_shows_it_once() {
    let mut world = World::of("buckinghamshire").at("2026-12-14 10:00").await;
    let c = about_to_lapse(&world).await;
    world
        .slack
        .fault(FaultRule::on(POST, Fault::HangAfterDoing));
    world.clock.to(london("2026-12-30 17:00:01"));
    world.app.timekeeper.round().await.unwrap();
    let stored = world.slack.until(|slack| {
        let cards = slack.count(None, |message| message.meta("step") == Some("b-2"));
        (cards == 2).then_some(())
    });
    tokio::select! {
        _ = world.app.courier.round() => panic!("Slack never answers"),
        stored = stored => stored.expect("the card is not taken"),
    }
    world.slack.clear_faults();
    world = world.restart().await;
    world.settle().await;
    assert_eq!(world.heard(), FOLLOWS);
    assert_eq!(world.due(c).await, "Thu 7 Jan, 17:00");
    world.finish().await;
}
