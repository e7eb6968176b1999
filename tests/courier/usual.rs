//! What is queued arrives: once, in its order, at its pace.

use std::time::Duration;

use lodestar::concern::{Answering, Command};
use lodestar::ids::Text;
use sandbox::{Fault, FaultRule, Pace};
use tokio_util::sync::CancellationToken;

use crate::world::{World, at};
use crate::{POST, secs};

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
    assert_eq!((round.sent, round.waiting_until), (2, Some(secs(1))));
    assert_eq!(world.texts("C0TMN"), ["one"]);
    assert_eq!(world.texts("C0TMS"), ["elsewhere"]);
    world.clock.pass(Duration::from_millis(999));
    assert_eq!(courier.round().await.unwrap().sent, 0);
    world.clock.pass(Duration::from_millis(1));
    let round = courier.round().await.unwrap();
    assert_eq!((round.sent, round.waiting_until), (1, Some(secs(2))));
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

#[tokio::test]
async fn a_long_queue_of_posts_does_not_keep_the_cards_of_its_channel_from_being_brought_up_to_date()
 {
    let world = World::new().await;
    let courier = world.courier();
    let concern = world.raise("north").await;
    courier.settle().await.unwrap();
    let queue: Vec<_> = (0..20).map(|_| ("C0TMN", 4, "a copy")).collect();
    world.queue_all(&queue).await;
    world
        .act("U0TMN1", concern, Command::Acknowledge { visit: None })
        .await;
    world.clock.pass(Duration::from_secs(1));
    courier.round().await.unwrap();
    assert!(world.said("C0TMN")[0].edited.is_some());
    assert!(world.said("C0TMN").len() < 4, "the queue is gone already");
}

#[tokio::test]
async fn a_digest_is_sent_on_its_day_and_not_the_day_after() {
    for (late, digests) in [(false, 1), (true, 0)] {
        let world = World::new().await;
        let courier = world.courier();
        world.raise("north").await;
        courier.settle().await.unwrap();
        world.clock.to(at("2026-12-15 09:00"));
        let keeper =
            lodestar::timekeeper::Timekeeper::new(world.desk.clone(), world.metrics.clone());
        keeper.round().await.unwrap();
        if late {
            world.clock.to(at("2026-12-16 08:00"));
        }
        courier.settle().await.unwrap();
        let said = world.said("C0NORTH");
        assert_eq!(said.len(), digests);
        assert!(
            said.iter()
                .all(|said| said.text.contains("C-1") && said.meta("kind") == Some("digest"))
        );
    }
}
