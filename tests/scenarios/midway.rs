//! A midway review, through the real edges: recorded from a review's receipt or by itself, with the days its paper gives.

use lodestar::ids::ReviewId;
use lodestar::protocol::Sitting;
use lodestar::review::Stage;
use sandbox::{Submitted, View};
use serde_json::json;

use crate::reviews::{last, raises_from, receipt, records, stage, stands};
use crate::support::ISSUE;
use crate::support::people::Someone;
use crate::support::world::World;

const R1: ReviewId = ReviewId(1);
const R2: ReviewId = ReviewId(2);

/// The form that records, open and turned to a midway review: its review's own questions are gone.
async fn turned(who: &Someone<'_>, view: View) -> View {
    who.at.fill(&view.id, "sitting", "midway").await.unwrap();
    follows(who, &view, "attendees").await
}

/// The same view once it no longer has a block.
async fn follows(who: &Someone<'_>, view: &View, gone: &str) -> View {
    let found = who.world.slack.until(|_| {
        let now = who.at.open_view()?;
        (now.id == view.id && now.block("case_ref").is_some() && now.block(gone).is_none())
            .then_some(now)
    });
    found.await.expect("the form does not follow what was held")
}

async fn sends(who: &Someone<'_>, view: &View) -> Submitted {
    let sent = who.at.submit(&view.id).await.unwrap();
    who.at.close_all().await;
    who.world.settle().await;
    sent
}

#[tokio::test]
async fn a_midpoint_review_is_recorded_from_the_reviews_receipt_and_its_concern_is_due_in_the_tool_in_three_days()
 {
    let world = World::of("buckinghamshire").at("2026-12-16 15:00").await;
    let iro = world.iro();
    records(&iro, &[("review_date", json!("2026-12-16"))]).await;
    world.skims();
    world.to("2027-03-24 15:00").await;
    world.skims();
    let said = receipt(&world, &iro, R1);
    assert!(!said.has_action("midway"), "{}", said.all_text());
    iro.at
        .click(&said.channel, &said.ts, "record_midway")
        .await
        .unwrap();
    let view = iro
        .at
        .awaits_view_called("record_review")
        .await
        .expect("no modal opens");
    assert!(view.block("attendees").is_none() && view.block("form-child-views").is_none());
    assert!(view.all_text().contains("Date of the midpoint review"));
    for (block, entry) in [("review_date", "2027-03-24"), ("concerns", ISSUE)] {
        iro.at.fill(&view.id, block, entry).await.unwrap();
    }
    let sent = sends(&iro, &view).await;
    assert!(matches!(sent, Submitted::Updated(_)), "{sent:?}");
    let review = stands(&world, R2).await;
    assert_eq!(review.held.sitting, Sitting::Midway);
    assert_eq!(review.held.case_ref.as_str(), "K-204117");
    let said = receipt(&world, &iro, R2).all_text();
    for part in [
        "R-2, midpoint review",
        "Concern recorded in the resolution tool: by Wed 31 Mar, 17:00",
        "record it in LCS as \"IRO midway oversight\"",
    ] {
        assert!(said.contains(part), "{part} is not in {said}");
    }
    assert!(!said.contains("Decisions"), "{said}");
    assert_eq!(
        world.heard(),
        ["@iro1 receipt"],
        "it is nobody's but the officer's"
    );
    let listed = iro.asks("tasks").await.all_text();
    assert!(listed.contains("R-2 · K-204117"), "{listed}");

    // Nothing is done by the day: it is reminded of, and told of when it is late.
    world.to("2027-03-31 09:00").await;
    let reminder = last(&world, &iro.at.dm(), "reminder", R2).expect("no reminder");
    let said = reminder.all_text();
    assert!(said.contains("Due today on midpoint review R-2"), "{said}");
    world.to("2027-04-01 09:00").await;
    assert!(last(&world, &iro.at.dm(), "alert", R2).is_some());

    // Raising a concern from it is the record of it, and the oversight goes on the child's record.
    raises_from(&iro, R2).await;
    world.settle().await;
    assert!(matches!(
        stage(&world, R2, "record").await,
        Stage::Done { late: true, .. }
    ));
    iro.presses(&receipt(&world, &iro, R2), "midway").await;
    let review = stands(&world, R2).await;
    assert!(review.midway.is_some() && !review.is_open());
    world.skims();
    world.finish().await;
}

#[tokio::test]
async fn the_form_turns_to_a_midpoint_review_and_back_and_keeps_what_was_typed() {
    let world = World::of("buckinghamshire").at("2027-03-24 15:00").await;
    let iro = world.iro();
    let outcome = iro.at.slash("/concern", "review").await.unwrap();
    assert_eq!(outcome.failed, None);
    let view = iro.at.awaits_view_called("record_review").await.unwrap();
    iro.at.fill(&view.id, "team", "north").await.unwrap();
    let view = follows(&iro, &view, "none").await;
    iro.at.fill(&view.id, "case_ref", "K-204117").await.unwrap();
    iro.at.fill(&view.id, "concerns", ISSUE).await.unwrap();
    assert!(view.block("attendees").is_some());
    let view = turned(&iro, view).await;
    assert_eq!(
        view.block("concerns").unwrap()["element"]["initial_value"],
        ISSUE
    );
    // A day that is still to come is not taken, and said at its field.
    iro.at
        .fill(&view.id, "review_date", "2027-03-25")
        .await
        .unwrap();
    let sent = iro.at.submit(&view.id).await.unwrap();
    let Submitted::Errors(errors) = sent else {
        panic!("recorded: {sent:?}");
    };
    assert!(errors.contains_key("review_date"), "{errors:?}");
    iro.at
        .fill(&view.id, "review_date", "2027-03-24")
        .await
        .unwrap();
    let sent = sends(&iro, &view).await;
    assert!(matches!(sent, Submitted::Updated(_)), "{sent:?}");
    assert_eq!(stands(&world, R1).await.held.sitting, Sitting::Midway);
    world.skims();
    world.finish().await;
}
