//! The record: what was written stays, what was changed is found, what was erased is gone.

use super::{Outcome, Place, at, plain, raised, raw, row};
use crate::ids::{ConcernId, Subject};
use crate::store::StoreError;
use crate::store::audit::{Fault, FirstBad, Verified};

type Verdict = Result<Verified, FirstBad>;

async fn verdict(place: &Place) -> Result<Verdict, StoreError> {
    place.store.read().await?.verify().await
}

fn entry(concern: i64, entry: i64, why: Fault) -> Verdict {
    Err(FirstBad::Entry {
        subject: concern.into(),
        entry,
        why,
    })
}

/// Three concerns of three entries each, and an anchor over them.
async fn three_concerns() -> Result<Place, Box<dyn std::error::Error>> {
    let place = Place::new().await?;
    for _ in 0..3 {
        let concern = place.raise().await?;
        let mut tx = place.store.begin().await?;
        let events = [plain("acknowledged", 60), plain("lapsed", 120)];
        let last = tx.append(concern, 1, &events).await?;
        let mut row = row(concern);
        row.seq = last;
        tx.update_concern_row(&row).await?;
        tx.commit().await?;
    }
    let mut tx = place.store.begin().await?;
    let anchored = tx.anchor(at(0).date_naive(), at(200)).await?;
    tx.commit().await?;
    assert_eq!(
        verdict(&place).await?,
        Ok(Verified {
            concerns: 3,
            entries: 9,
            covers: 0,
            anchors: 1,
            last_anchor: anchored.ok_or("no anchor")?
        })
    );
    Ok(place)
}

#[tokio::test]
async fn what_was_recorded_is_read_back_after_a_restart() -> Outcome {
    let place = Place::new().await?;
    let concern = place.raise().await?;
    let mut tx = place.store.begin().await?;
    let events = [plain("acknowledged", 60), plain("lapsed", 120)];
    assert_eq!(tx.append(concern, 1, &events).await?, 3);
    tx.commit().await?;

    let place = place.restarted().await?;
    let mut tx = place.store.read().await?;
    let entries = tx.load(concern, 0).await?;
    let kinds: Vec<_> = entries
        .iter()
        .map(|entry| (entry.seq, entry.kind.as_str(), entry.at))
        .collect();
    assert_eq!(
        kinds,
        [
            (1, "raised", at(0)),
            (2, "acknowledged", at(60)),
            (3, "lapsed", at(120))
        ]
    );
    assert_eq!(entries[0].body, raised().body);
    assert_eq!(entries[0].fields, ["impact", "issue"]);
    let texts = tx.texts(concern, None).await?.unwrap_or_default();
    let texts: Vec<_> = texts
        .iter()
        .map(|text| (text.seq, text.field.as_str(), text.text.as_str()))
        .collect();
    assert_eq!(
        texts,
        [
            (1, "impact", "She does not know where she will live"),
            (1, "issue", "No plan since June")
        ]
    );
    assert_eq!(
        tx.load(concern, 2).await?.len(),
        1,
        "only what comes after is read"
    );
    Ok(())
}

#[tokio::test]
async fn the_second_of_two_who_decided_on_the_same_state_is_told() -> Outcome {
    let place = Place::new().await?;
    let concern = place.raise().await?;
    let mut tx = place.store.begin().await?;
    tx.append(concern, 1, &[plain("accepted", 60)]).await?;
    tx.commit().await?;
    let mut tx = place.store.begin().await?;
    let late = tx.append(concern, 1, &[plain("rejected", 61)]).await;
    assert!(
        matches!(
            late,
            Err(StoreError::Conflict {
                expected: 1,
                found: 2,
                ..
            })
        ),
        "{late:?}"
    );
    Ok(())
}

#[tokio::test]
async fn a_unit_of_work_that_is_dropped_leaves_nothing_and_its_number_is_given_again() -> Outcome {
    let place = Place::new().await?;
    let mut tx = place.store.begin().await?;
    assert_eq!(tx.next::<ConcernId>().await?, ConcernId(1));
    tx.insert_concern(&row(1)).await?;
    tx.append(1, 0, &[raised()]).await?;
    drop(tx);
    let mut tx = place.store.begin().await?;
    assert_eq!(tx.next::<ConcernId>().await?, ConcernId(1));
    assert_eq!(tx.concern(1).await?, None);
    assert_eq!(tx.load(1, 0).await?, []);
    Ok(())
}

#[tokio::test]
async fn a_piece_that_fails_is_undone_without_the_rest() -> Outcome {
    let place = Place::new().await?;
    let concern = place.raise().await?;
    let mut tx = place.store.begin().await?;
    tx.savepoint().await?;
    tx.append(concern, 1, &[plain("accepted", 60)]).await?;
    tx.release().await?;
    tx.savepoint().await?;
    tx.append(concern, 2, &[plain("lapsed", 61)]).await?;
    tx.rollback_to().await?;
    assert_eq!(
        tx.append(concern, 2, &[plain("resolved", 62)]).await?,
        3,
        "it goes on from where it was"
    );
    tx.commit().await?;
    let entries = place.store.read().await?.load(concern, 1).await?;
    let kinds: Vec<_> = entries.iter().map(|entry| entry.kind.as_str()).collect();
    assert_eq!(kinds, ["accepted", "resolved"]);
    Ok(())
}

#[tokio::test]
async fn entries_and_anchors_can_be_neither_changed_nor_removed() -> Outcome {
    let place = three_concerns().await?;
    for sql in [
        "UPDATE events SET actor = 'somebody'",
        "DELETE FROM events WHERE number = 2",
        "UPDATE anchors SET heads = ''",
        "DELETE FROM anchors",
    ] {
        let mut tx = place.store.begin().await?;
        let outcome = raw(&mut tx, sql).await;
        assert!(
            matches!(&outcome, Err(StoreError::Refused(why)) if why.contains("append-only")),
            "{sql}: {outcome:?}"
        );
    }
    Ok(())
}

#[tokio::test]
async fn an_entry_changed_behind_the_programs_back_is_named() -> Outcome {
    for change in [
        "UPDATE events SET body = '{}' WHERE number = 2 AND seq = 2",
        "UPDATE events SET at = at + 1 WHERE number = 2 AND seq = 2",
        "UPDATE events SET actor = 'U0IRO2' WHERE number = 2 AND seq = 2",
        "UPDATE events SET kind = 'accepted' WHERE number = 2 AND seq = 2",
        "UPDATE events SET sealed = '{\"issue\":\"\"}' WHERE number = 2 AND seq = 2",
        "UPDATE events SET prev_hash = hash WHERE number = 2 AND seq = 2",
    ] {
        let place = three_concerns().await?;
        place.tamper(change).await?;
        assert_eq!(
            verdict(&place).await?,
            entry(2, 2, Fault::Changed),
            "{change}"
        );
    }
    Ok(())
}

#[tokio::test]
async fn an_entry_taken_out_is_named_wherever_it_stood() -> Outcome {
    for (change, gone) in [
        ("DELETE FROM events WHERE number = 2 AND seq = 2", (2, 2)),
        ("DELETE FROM events WHERE number = 2 AND seq = 3", (2, 3)),
        ("DELETE FROM events WHERE number = 2", (2, 1)),
        ("DELETE FROM events WHERE number = 3", (3, 1)),
    ] {
        let place = three_concerns().await?;
        place.tamper(change).await?;
        assert_eq!(
            verdict(&place).await?,
            entry(gone.0, gone.1, Fault::Missing),
            "{change}"
        );
    }
    Ok(())
}

#[tokio::test]
async fn a_concern_that_vanished_with_its_index_and_number_is_found_by_the_anchor() -> Outcome {
    let place = three_concerns().await?;
    place.tamper("DELETE FROM events WHERE number = 3").await?;
    place
        .tamper("DELETE FROM concerns WHERE number = 3")
        .await?;
    place
        .tamper("UPDATE counters SET value = 2 WHERE name = 'concern'")
        .await?;
    assert_eq!(
        verdict(&place).await?,
        Err(FirstBad::Anchor {
            day: "2026-12-14".to_owned(),
            why: Fault::HeadsDiffer
        })
    );
    Ok(())
}

#[tokio::test]
async fn a_changed_anchor_is_named_and_later_entries_do_not_disturb_an_earlier_one() -> Outcome {
    let place = three_concerns().await?;
    let mut tx = place.store.begin().await?;
    tx.append(2, 3, &[plain("resolved", 300)]).await?;
    let today = at(0).date_naive();
    assert!(tx.anchor(today, at(400)).await?.is_none(), "once a day");
    let tomorrow = tx
        .anchor(today.succ_opt().unwrap_or(today), at(86_400))
        .await?;
    assert!(tomorrow.is_some());
    tx.commit().await?;
    let verified = verdict(&place).await?.map_err(|bad| bad.to_string())?;
    assert_eq!((verified.entries, verified.anchors), (10, 2));

    place
        .tamper("UPDATE anchors SET concerns = 2 WHERE seq = 1")
        .await?;
    let bad = verdict(&place).await?.map_err(|bad| bad.to_string());
    assert_eq!(
        bad,
        Err("the anchor of 2026-12-14 is not as it was recorded".to_owned())
    );
    Ok(())
}

#[tokio::test]
async fn erased_text_is_gone_and_its_record_still_verifies() -> Outcome {
    let place = three_concerns().await?;
    let mut tx = place.store.begin().await?;
    assert!(tx.erase(2).await?);
    assert!(!tx.erase(2).await?, "once is enough");
    assert_eq!(
        tx.append(2, 3, &[plain("erased", 300)]).await?,
        4,
        "facts can still be recorded"
    );
    tx.commit().await?;
    place.store.settle().await?;

    assert!(verdict(&place).await?.is_ok());
    let mut tx = place.store.begin().await?;
    assert_eq!(tx.texts(2, None).await?, None);
    assert!(tx.texts(1, None).await?.is_some(), "only this concern's");
    let mut again = raised();
    again.kind = "noted".to_owned();
    let refused = tx.append(2, 4, &[again]).await;
    assert!(
        matches!(
            refused,
            Err(StoreError::Erased(Subject::Concern(ConcernId(2))))
        ),
        "{refused:?}"
    );
    Ok(())
}

#[tokio::test]
async fn neither_text_nor_the_erased_key_lies_anywhere_in_the_files() -> Outcome {
    let place = Place::new().await?;
    let concern = place.raise().await?;
    let mut tx = place.store.begin().await?;
    let wrapped: String = match &mut tx.link {
        crate::store::Link::Sqlite(link) => {
            sqlx::query_scalar("SELECT wrapped FROM text_keys")
                .fetch_one(&mut **link)
                .await?
        }
    };
    drop(tx);
    place.store.settle().await?;
    assert!(
        place.holds(wrapped.as_bytes())?,
        "the test looks in the right place"
    );
    let mut tx = place.store.begin().await?;
    tx.erase(concern).await?;
    tx.commit().await?;
    place.store.settle().await?;
    assert!(!place.holds(wrapped.as_bytes())?);
    for (_, text) in raised().texts {
        assert!(!place.holds(text.as_bytes())?);
    }
    Ok(())
}

#[tokio::test]
async fn the_same_words_are_sealed_differently_each_time_and_open_only_in_their_place() -> Outcome {
    let place = three_concerns().await?;
    let mut tx = place.store.begin().await?;
    let sealed: Vec<String> = match &mut tx.link {
        crate::store::Link::Sqlite(link) => {
            sqlx::query_scalar("SELECT sealed FROM events WHERE seq = 1")
                .fetch_all(&mut **link)
                .await?
        }
    };
    drop(tx);
    assert_eq!(sealed.len(), 3);
    assert_ne!(sealed[0], sealed[1]);

    place
        .tamper(
            "UPDATE events SET sealed = (SELECT sealed FROM events WHERE number = 1 AND seq = 1) \
             WHERE number = 1 AND seq = 2",
        )
        .await?;
    let moved = place.store.read().await?.texts(1, Some(2)).await;
    assert!(matches!(moved, Err(StoreError::Corrupt(_))), "{moved:?}");
    Ok(())
}

#[tokio::test]
async fn the_export_holds_every_entry_and_anchor_and_no_text() -> Outcome {
    let place = three_concerns().await?;
    let mut lines = Vec::new();
    let mut tx = place.store.read().await?;
    tx.export_audit(|line| {
        lines.push(serde_json::to_string(line)?);
        Ok(())
    })
    .await?;
    assert_eq!(lines.len(), 10);
    assert!(lines[0].starts_with(r#"{"line":"entry","concern":1,"seq":1,"#));
    assert!(lines[9].starts_with(r#"{"line":"anchor","seq":1,"day":"2026-12-14""#));
    assert!(!lines.concat().contains("No plan since June"));
    Ok(())
}
