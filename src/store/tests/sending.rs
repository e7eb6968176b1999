//! Messages: each is posted once, then edited, and none holds up another's channel.

use serde_json::json;

use super::{Outcome, Place, at};
use crate::store::outbox::{Message, MessageState, NewMessage, Waiting};
use crate::store::{StoreError, Tx};

fn message(delivery: &str, dest: &str, priority: i64) -> NewMessage {
    NewMessage {
        delivery: delivery.to_owned(),
        kind: "card".to_owned(),
        subject: Some(1.into()),
        step: "m-1".to_owned(),
        dest: dest.to_owned(),
        recipient: json!({"role": "team_manager"}),
        payload: json!({"step": "m-1"}),
        priority,
    }
}

async fn with(messages: &[NewMessage]) -> Result<Place, Box<dyn std::error::Error>> {
    let place = Place::new().await?;
    let mut tx = place.store.begin().await?;
    tx.enqueue(messages, at(0)).await?;
    tx.commit().await?;
    Ok(place)
}

async fn lease_all(tx: &mut Tx, seconds: i64) -> Result<Vec<Message>, StoreError> {
    tx.lease(at(seconds), 100, |_| true).await
}

fn deliveries(messages: &[Message]) -> Vec<&str> {
    messages
        .iter()
        .map(|message| message.delivery.as_str())
        .collect()
}

async fn send(tx: &mut Tx, message: &Message, ts: &str, seconds: i64) -> Result<(), StoreError> {
    tx.mark_sent(message.id, message.wanted, ("C1", ts), "hash", at(seconds))
        .await
}

#[tokio::test]
async fn the_most_urgent_goes_first_and_one_at_a_time_to_each_destination() -> Outcome {
    let place = with(&[
        message("copy", "C1", 30),
        message("card", "C1", 10),
        message("digest", "C2", 40),
        message("gate", "C3", 10),
        message("alert", "C1", 10),
    ])
    .await?;
    let mut tx = place.store.begin().await?;
    let first = lease_all(&mut tx, 1).await?;
    assert_eq!(deliveries(&first), ["card", "gate", "digest"]);
    assert_eq!(first[0].leased_at, Some(at(1)));
    assert_eq!(
        deliveries(&lease_all(&mut tx, 1).await?),
        ["alert"],
        "what is leased is not leased again"
    );
    Ok(())
}

#[tokio::test]
async fn a_destination_that_is_not_ready_holds_back_no_other() -> Outcome {
    let mut many: Vec<_> = (0..200)
        .map(|n| message(&format!("busy-{n}"), "C1", 1))
        .collect();
    many.push(message("director", "C9", 10));
    let place = with(&many).await?;
    let mut tx = place.store.begin().await?;
    let leased = tx
        .lease(at(1), 1, |waiting: &Waiting| waiting.dest != "C1")
        .await?;
    assert_eq!(deliveries(&leased), ["director"]);
    let depth = tx.outbox_depth().await?;
    assert_eq!(
        (depth.waiting, depth.leased, depth.oldest),
        (201, 1, Some(at(0)))
    );
    Ok(())
}

#[tokio::test]
async fn many_changes_to_a_posted_message_become_one_edit() -> Outcome {
    let place = with(&[message("card", "C1", 10)]).await?;
    let mut tx = place.store.begin().await?;
    let card = lease_all(&mut tx, 1).await?.remove(0);
    assert!(!card.is_posted());
    send(&mut tx, &card, "111.1", 2).await?;
    assert_eq!(lease_all(&mut tx, 3).await?, []);

    for n in 0..5 {
        tx.want_edit(card.id, Some(&json!({"n": n})), 20, at(4))
            .await?;
    }
    let edits = lease_all(&mut tx, 5).await?;
    assert_eq!(edits.len(), 1);
    let edit = &edits[0];
    assert!(edit.is_posted());
    assert_eq!(
        (edit.ts.as_deref(), edit.priority, &edit.payload),
        (Some("111.1"), 20, &json!({"n": 4}))
    );
    send(&mut tx, edit, "111.1", 6).await?;
    assert_eq!(lease_all(&mut tx, 7).await?, []);
    Ok(())
}

#[tokio::test]
async fn a_change_that_comes_while_the_message_is_being_sent_is_not_lost() -> Outcome {
    let place = with(&[message("card", "C1", 10)]).await?;
    let mut tx = place.store.begin().await?;
    let card = lease_all(&mut tx, 1).await?.remove(0);
    tx.want_edit(card.id, None, 20, at(2)).await?;
    send(&mut tx, &card, "111.1", 3).await?;
    let edit = lease_all(&mut tx, 4).await?;
    assert_eq!(edit.len(), 1);
    assert!(edit[0].is_posted());
    Ok(())
}

#[tokio::test]
async fn a_change_before_the_post_leaves_it_a_post_in_its_own_turn() -> Outcome {
    let place = with(&[message("card", "C1", 10)]).await?;
    let mut tx = place.store.begin().await?;
    let id = tx
        .message_by_delivery("card")
        .await?
        .map_or(0, |card| card.id);
    tx.want_edit(id, None, 20, at(1)).await?;
    let card = lease_all(&mut tx, 2).await?.remove(0);
    assert!(!card.is_posted());
    assert_eq!((card.priority, card.wanted_at), (10, at(0)));
    send(&mut tx, &card, "111.1", 3).await?;
    assert_eq!(lease_all(&mut tx, 4).await?, [], "one post says it all");
    Ok(())
}

#[tokio::test]
async fn a_message_in_hand_when_the_program_died_is_in_doubt_and_not_sent_by_itself() -> Outcome {
    let place = with(&[message("card", "C1", 10)]).await?;
    let mut tx = place.store.begin().await?;
    assert_eq!(lease_all(&mut tx, 1).await?.len(), 1);
    tx.commit().await?;

    let place = place.restarted().await?;
    let mut tx = place.store.begin().await?;
    assert_eq!(lease_all(&mut tx, 500_000).await?, []);
    let doubted = tx.leased(100).await?;
    assert_eq!(deliveries(&doubted), ["card"]);
    assert_eq!(doubted[0].leased_at, Some(at(1)));
    tx.mark_unsent(doubted[0].id).await?;
    assert_eq!(tx.leased(100).await?, []);
    assert_eq!(deliveries(&lease_all(&mut tx, 500_001).await?), ["card"]);
    Ok(())
}

#[tokio::test]
async fn a_failed_attempt_waits_and_a_clock_set_back_does_not_strand_it() -> Outcome {
    let place = with(&[message("card", "C1", 10)]).await?;
    let mut tx = place.store.begin().await?;
    let card = lease_all(&mut tx, 100_000).await?.remove(0);
    tx.mark_retry(card.id, at(100_030), "http_503").await?;
    assert_eq!(lease_all(&mut tx, 100_029).await?, []);
    let again = lease_all(&mut tx, 10).await?;
    assert_eq!(
        (again[0].attempts, again[0].last_error.as_str()),
        (1, "http_503")
    );
    tx.mark_retry(card.id, at(100_030), "http_503").await?;
    assert_eq!(lease_all(&mut tx, 100_030).await?[0].attempts, 2);
    Ok(())
}

#[tokio::test]
async fn what_is_dropped_or_refused_for_good_is_not_sent_or_edited() -> Outcome {
    let place = with(&[message("stale", "C1", 10), message("refused", "C2", 10)]).await?;
    let mut tx = place.store.begin().await?;
    let leased = lease_all(&mut tx, 1).await?;
    tx.mark_dropped(leased[0].id, "answered").await?;
    tx.mark_failed(leased[1].id, "is_archived").await?;
    for message in &leased {
        tx.want_edit(message.id, None, 20, at(2)).await?;
    }
    assert_eq!(lease_all(&mut tx, 3).await?, []);
    let states: Vec<_> = tx
        .messages_of(1)
        .await?
        .into_iter()
        .map(|message| (message.state, message.last_error))
        .collect();
    assert_eq!(
        states,
        [
            (MessageState::Dropped, "answered".to_owned()),
            (MessageState::Failed, "is_archived".to_owned())
        ]
    );
    assert_eq!(tx.outbox_depth().await?.waiting, 0);
    Ok(())
}

#[tokio::test]
async fn a_refused_channel_falls_back_to_a_person() -> Outcome {
    let place = with(&[message("card", "C1", 10)]).await?;
    let mut tx = place.store.begin().await?;
    let card = lease_all(&mut tx, 1).await?.remove(0);
    tx.redirect(card.id, "U0TMN1", &json!({"user": "U0TMN1"}))
        .await?;
    let card = lease_all(&mut tx, 2).await?.remove(0);
    assert_eq!(
        (card.dest.as_str(), card.recipient),
        ("U0TMN1", json!({"user": "U0TMN1"}))
    );
    Ok(())
}

#[tokio::test]
async fn a_deleted_card_is_posted_again_under_a_new_delivery() -> Outcome {
    let place = with(&[message("card", "C1", 10)]).await?;
    let mut tx = place.store.begin().await?;
    let card = lease_all(&mut tx, 1).await?.remove(0);
    send(&mut tx, &card, "111.1", 2).await?;
    tx.want_edit(card.id, None, 20, at(3)).await?;
    assert_eq!(lease_all(&mut tx, 4).await?.len(), 1);
    tx.reopen_post(card.id, "card-2", 10, at(5)).await?;
    let again = lease_all(&mut tx, 6).await?.remove(0);
    assert!(!again.is_posted());
    assert_eq!((again.delivery.as_str(), again.priority), ("card-2", 10));
    send(&mut tx, &again, "222.2", 7).await?;
    assert_eq!(lease_all(&mut tx, 8).await?, []);
    assert_eq!(tx.message_at("C1", "111.1").await?, None);
    let found = tx.message_at("C1", "222.2").await?;
    assert_eq!(
        found.map(|message| message.delivery),
        Some("card-2".to_owned())
    );
    Ok(())
}

#[tokio::test]
async fn a_post_that_does_not_arrive_can_be_told_of_and_the_latest_of_a_kind_is_found() -> Outcome {
    let place = with(&[message("first", "C1", 10), message("second", "C1", 10)]).await?;
    let mut tx = place.store.begin().await?;
    let latest = tx.message_of(1, "card", "m-1", "C1").await?;
    assert_eq!(
        latest.map(|message| message.delivery),
        Some("second".to_owned())
    );
    assert_eq!(tx.message_of(1, "gate", "m-1", "C1").await?, None);
    let first = lease_all(&mut tx, 1).await?.remove(0);
    send(&mut tx, &first, "111.1", 2).await?;
    assert_eq!(tx.undelivered(at(0), 10).await?, []);
    assert_eq!(deliveries(&tx.undelivered(at(900), 10).await?), ["second"]);
    Ok(())
}
