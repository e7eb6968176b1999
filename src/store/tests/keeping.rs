//! The record.

use super::{Outcome, Place, at, plain, raised, row};
use crate::store::StoreError;
use crate::store::audit::{Fault, FirstBad};

#[tokio::test]
async fn what_was_recorded_is_read_back_after_a_restart_and_verifies() -> Outcome {
    let place = Place::new().await?;
    let concern = place.raise().await?;
    let mut tx = place.store.begin().await?;
    assert_eq!(
        tx.append(
            concern,
            1,
            &[plain("acknowledged", 60), plain("lapsed", 120)]
        )
        .await?,
        3
    );
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
    let verified = tx.verify().await?.map_err(|bad| bad.to_string())?;
    assert_eq!((verified.concerns, verified.entries), (1, 3));
    Ok(())
}
