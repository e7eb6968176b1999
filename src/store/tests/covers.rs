//! Who covers for whom, and whose home is kept current.

use super::{Outcome, Place, at, raw};
use crate::store::audit::{Fault, FirstBad, Verified};

type Verdict = Result<Verified, FirstBad>;

/// A store with three entries of cover, the anchor of the day standing for the first two.
async fn three_entries() -> Result<Place, Box<dyn std::error::Error>> {
    let place = Place::new().await?;
    place.raise().await?;
    let mut tx = place.store.begin().await?;
    for second in 1..=2 {
        let body = serde_json::json!({"kind": "begun", "cover": second});
        let added = tx.add_cover_entry("begun", &body, "U0IRO1", at(second));
        assert_eq!(added.await?, second);
    }
    tx.anchor("2026-12-14".parse()?, at(60)).await?;
    let body = serde_json::json!({"kind": "ended", "cover": 1});
    tx.add_cover_entry("ended", &body, "U0IRO1", at(300))
        .await?;
    tx.commit().await?;
    Ok(place)
}

async fn verdict(place: &Place) -> Result<Verdict, Box<dyn std::error::Error>> {
    Ok(place.store.read().await?.verify().await?)
}

fn bad(entry: i64, why: Fault) -> Verdict {
    Err(FirstBad::Cover { entry, why })
}

#[tokio::test]
async fn what_is_recorded_of_cover_is_kept_in_order_and_never_changed() -> Outcome {
    let place = three_entries().await?;
    let mut tx = place.store.read().await?;
    let kept = tx.cover_entries().await?;
    assert_eq!((kept.len(), kept[0].at), (3, at(1)));
    assert_eq!(kept[2].body["kind"], "ended");
    drop(tx);
    let verified = verdict(&place).await?.map(|verified| verified.covers);
    assert_eq!(verified, Ok(3));
    for sql in ["UPDATE covers SET actor = 'U0OTHER'", "DELETE FROM covers"] {
        let mut tx = place.store.begin().await?;
        assert!(raw(&mut tx, sql).await.is_err(), "{sql}");
    }
    Ok(())
}

#[tokio::test]
async fn an_entry_of_cover_that_was_changed_or_taken_out_is_named() -> Outcome {
    for (change, named) in [
        (
            "UPDATE covers SET actor = 'U0OTHER' WHERE seq = 2",
            bad(2, Fault::Changed),
        ),
        (
            "UPDATE covers SET prev_hash = '' WHERE seq = 3",
            bad(3, Fault::Changed),
        ),
        ("DELETE FROM covers WHERE seq = 1", bad(1, Fault::Missing)),
        ("DELETE FROM covers WHERE seq = 3", bad(3, Fault::Missing)),
    ] {
        let place = three_entries().await?;
        place.tamper(change).await?;
        assert_eq!(verdict(&place).await?, named, "{change}");
    }
    Ok(())
}

#[tokio::test]
async fn the_last_entries_of_cover_gone_with_their_count_are_found_by_the_anchor() -> Outcome {
    let place = three_entries().await?;
    place.tamper("DELETE FROM covers WHERE seq > 1").await?;
    place
        .tamper("UPDATE counters SET value = 1 WHERE name = 'cover'")
        .await?;
    let day = "2026-12-14".to_owned();
    let why = Fault::HeadsDiffer;
    assert_eq!(verdict(&place).await?, Err(FirstBad::Anchor { day, why }));
    Ok(())
}

#[tokio::test]
async fn the_export_holds_every_entry_of_cover_before_the_anchors() -> Outcome {
    let place = three_entries().await?;
    let mut lines = Vec::new();
    let mut tx = place.store.read().await?;
    tx.export_audit(|line| {
        lines.push(serde_json::to_string(line)?);
        Ok(())
    })
    .await?;
    let kinds: Vec<_> = lines
        .iter()
        .filter_map(|line| line.split('"').nth(3))
        .collect();
    assert_eq!(kinds, ["entry", "cover", "cover", "cover", "anchor"]);
    assert!(lines[1].starts_with(r#"{"line":"cover","seq":1,"#));
    assert!(lines[4].contains(r#""concerns":1,"covers":2,"heads":"#));
    Ok(())
}

#[tokio::test]
async fn homes_are_remembered_across_a_restart_those_opened_last_before_others() -> Outcome {
    let place = Place::new().await?;
    let mut tx = place.store.begin().await?;
    for (second, person) in [(1, "U0A"), (2, "U0B"), (3, "U0C")] {
        tx.home_opened(person, "shown", at(second), 2).await?;
    }
    tx.home_shown("U0B", "later").await?;
    tx.commit().await?;
    let place = place.restarted().await?;
    let mut tx = place.store.begin().await?;
    let kept = |person: &str, shown: &str| (person.to_owned(), shown.to_owned());
    assert_eq!(
        tx.homes().await?,
        [kept("U0B", "later"), kept("U0C", "shown")]
    );
    tx.home_gone("U0B").await?;
    assert_eq!(tx.homes().await?, [kept("U0C", "shown")]);
    Ok(())
}
