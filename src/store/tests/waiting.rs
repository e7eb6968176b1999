//! Deadlines: each fires once, in order, and one that fails holds nothing up.

use super::{Outcome, Place, at, row};
use crate::store::StoreError;
use crate::store::Tx;
use crate::store::deadlines::WantedDeadline;

fn wanted(key: &str, seconds: i64) -> WantedDeadline {
    WantedDeadline {
        key: key.to_owned(),
        kind: "lapse".to_owned(),
        due_at: at(seconds),
    }
}

async fn waiting_of(tx: &mut Tx, concern: i64) -> Result<Vec<(String, i64)>, StoreError> {
    let due = tx.due_of(concern).await?;
    Ok(due
        .into_iter()
        .map(|deadline| (deadline.key, (deadline.due_at - at(0)).num_seconds()))
        .collect())
}

#[tokio::test]
async fn deadlines_are_claimed_in_batches_in_order_and_each_once() -> Outcome {
    let place = Place::new().await?;
    let mut tx = place.store.begin().await?;
    for concern in 1..=250 {
        // Spread so that the order in which they were made is not that in which they fall due.
        tx.sync_deadlines(concern, &[wanted("lapse", concern * 37 % 251)])
            .await?;
    }
    tx.sync_deadlines(999, &[wanted("later", 100_000)]).await?;
    tx.commit().await?;

    let mut sizes = Vec::new();
    let mut fired = Vec::new();
    loop {
        let mut tx = place.store.begin().await?;
        let batch = tx.claim_due(at(1000), 100).await?;
        tx.commit().await?;
        if batch.is_empty() {
            break;
        }
        sizes.push(batch.len());
        fired.extend(batch);
    }
    assert_eq!(sizes, [100, 100, 50]);
    assert!(fired.is_sorted_by_key(|deadline| deadline.due_at));
    let mut concerns: Vec<_> = fired
        .iter()
        .map(|deadline| deadline.subject.number())
        .collect();
    concerns.sort_unstable();
    assert_eq!(concerns, (1..=250).collect::<Vec<_>>());
    Ok(())
}

#[tokio::test]
async fn a_deadline_fires_just_after_its_moment_and_not_at_it() -> Outcome {
    let place = Place::new().await?;
    let mut tx = place.store.begin().await?;
    tx.sync_deadlines(1, &[wanted("lapse", 60)]).await?;
    assert_eq!(tx.next_due().await?, Some(at(60)));
    assert_eq!(tx.deadlines_waiting(at(60)).await?, (0, 0));
    assert_eq!(tx.claim_due(at(60), 100).await?, []);
    let just_after = at(60) + chrono::TimeDelta::milliseconds(1);
    assert_eq!(tx.deadlines_waiting(just_after).await?, (1, 0));
    assert_eq!(tx.claim_due(just_after, 100).await?.len(), 1);
    assert_eq!(tx.next_due().await?, None);
    Ok(())
}

#[tokio::test]
async fn a_claim_whose_work_is_lost_falls_due_again_after_a_restart() -> Outcome {
    let place = Place::new().await?;
    let mut tx = place.store.begin().await?;
    tx.sync_deadlines(1, &[wanted("lapse", 60)]).await?;
    tx.commit().await?;
    let mut tx = place.store.begin().await?;
    assert_eq!(tx.claim_due(at(61), 100).await?.len(), 1);
    drop(tx);
    let place = place.restarted().await?;
    let mut tx = place.store.begin().await?;
    let claimed = tx.claim_due(at(61), 100).await?;
    assert_eq!(claimed.len(), 1);
    assert_eq!(claimed[0].attempts, 1, "a lost claim is no attempt");
    Ok(())
}

#[tokio::test]
async fn one_that_fails_is_set_aside_and_the_others_go_on() -> Outcome {
    let place = Place::new().await?;
    let mut tx = place.store.begin().await?;
    tx.sync_deadlines(1, &[wanted("lapse", 10)]).await?;
    tx.sync_deadlines(2, &[wanted("lapse", 20)]).await?;
    let first = tx.claim_due(at(100), 1).await?;
    assert_eq!(first[0].subject.number(), 1);
    tx.set_aside(first[0].id, "refused", at(200)).await?;
    assert_eq!(tx.deadlines_waiting(at(100)).await?, (1, 1));
    assert_eq!(tx.claim_due(at(100), 1).await?[0].subject.number(), 2);
    assert_eq!(tx.claim_due(at(200), 1).await?, []);
    let again = tx.claim_due(at(201), 1).await?;
    assert_eq!(
        (
            again[0].subject.number(),
            again[0].due_at,
            again[0].attempts
        ),
        (1, at(10), 2)
    );
    Ok(())
}

#[tokio::test]
async fn a_concerns_deadlines_become_what_it_wants_and_a_fired_one_stays_fired() -> Outcome {
    let place = Place::new().await?;
    let mut tx = place.store.begin().await?;
    tx.sync_deadlines(2, &[wanted("lapse", 10_000)]).await?;
    tx.sync_deadlines(
        1,
        &[
            wanted("acknowledge", 10),
            wanted("lapse", 60),
            wanted("warn", 40),
        ],
    )
    .await?;
    assert_eq!(tx.claim_due(at(11), 100).await?.len(), 1);

    let now_wanted = [
        wanted("acknowledge", 500),
        wanted("lapse", 90),
        wanted("judge", 70),
    ];
    tx.sync_deadlines(1, &now_wanted).await?;
    assert_eq!(
        waiting_of(&mut tx, 1).await?,
        [("judge".to_owned(), 70), ("lapse".to_owned(), 90)]
    );
    tx.sync_deadlines(1, &[]).await?;
    assert_eq!(waiting_of(&mut tx, 1).await?, []);
    assert_eq!(waiting_of(&mut tx, 2).await?.len(), 1, "of another concern");
    Ok(())
}

#[tokio::test]
async fn a_deadline_set_aside_keeps_its_wait_when_wanted_again_unchanged() -> Outcome {
    let place = Place::new().await?;
    let mut tx = place.store.begin().await?;
    tx.sync_deadlines(1, &[wanted("lapse", 10)]).await?;
    let claimed = tx.claim_due(at(100), 1).await?;
    tx.set_aside(claimed[0].id, "refused", at(200)).await?;
    tx.sync_deadlines(1, &[wanted("lapse", 10)]).await?;
    assert_eq!(tx.claim_due(at(150), 1).await?, []);
    tx.sync_deadlines(1, &[wanted("lapse", 20)]).await?;
    assert_eq!(
        tx.claim_due(at(150), 1).await?[0].attempts,
        1,
        "moved, it starts afresh"
    );
    Ok(())
}

#[tokio::test]
async fn what_a_closed_concern_needs_no_more_goes_and_an_open_ones_stays() -> Outcome {
    let place = Place::new().await?;
    let mut tx = place.store.begin().await?;
    for number in [1, 2] {
        let mut row = row(number);
        row.open = number == 2;
        tx.insert_concern(&row).await?;
        tx.sync_deadlines(number, &[wanted("lapse", 10)]).await?;
    }
    assert_eq!(tx.claim_due(at(100), 10).await?.len(), 2);
    assert_eq!(tx.tidy(at(0), 10).await?, 0, "closed too lately");
    assert_eq!(tx.tidy(at(1), 10).await?, 1);
    tx.sync_deadlines(2, &[wanted("lapse", 10)]).await?;
    assert_eq!(
        tx.due_of(2).await?,
        [],
        "an open concern's still counts as fired"
    );
    Ok(())
}
