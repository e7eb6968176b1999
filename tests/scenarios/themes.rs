//! Patterns for whoever manages the service, and nobody else.

use serde_json::json;

use crate::notices::sends;
use crate::reviews::records;
use crate::support::people::{concern, starred};
use crate::support::world::World;
use crate::support::{ISSUE, RESPONSE};

#[tokio::test]
async fn the_manager_sees_patterns_and_a_raiser_is_told_whose_they_are() {
    let world = World::of("manchester").at("2026-12-14 10:00").await;
    let iro = world.iro();
    iro.raises(starred("K-204117")).await;
    let second = iro.raises(concern("K-204118")).await;
    iro.presses(&iro.receipt(second), "resolve").await;
    world.skims();
    let manager = world.role("iro_manager");
    let told = manager.asks("themes").await.all_text();
    for words in [
        "All: 2",
        "North locality: 2",
        "2026-12: 2",
        "Still open: 1",
        "Resolved: 1",
    ] {
        assert!(told.contains(words), "{words}: {told}");
    }
    assert!(!told.contains("iro1") && !told.contains("U0IRO1"), "{told}");
    let told = manager
        .asks("themes from 2025-01-01 to 2025-12-31")
        .await
        .all_text();
    assert!(told.contains("None was raised"), "{told}");
    let told = manager.asks("themes North locality share").await.all_text();
    assert!(told.contains("All: fewer than 5"), "{told}");
    assert!(
        told.contains("North locality: fewer than 5") && !told.contains(": 2"),
        "{told}"
    );
    let told = manager.asks("themes Nowhere").await.all_text();
    assert!(told.contains("not a date"), "{told}");
    let told = iro.asks("themes").await.all_text();
    assert!(told.contains("whoever manages the IRO service"), "{told}");
    world.finish().await;
}

#[tokio::test]
async fn reviews_good_practice_and_general_concerns_are_counted_beside_the_concerns() {
    let world = World::of("warwickshire").at("2026-12-15 15:00").await;
    let iro = world.iro();
    for rag in ["red", "green"] {
        let form = [
            ("rag", json!(rag)),
            ("concerns", json!(ISSUE)),
            ("criteria", json!(["1"])),
        ];
        records(&iro, &form).await;
    }
    let channel = world.channel_of("service_manager");
    let referral = world.slack.find(Some(&channel), |message| {
        message.has_action("answer_referral")
    });
    let answer = [("means", "panel"), ("response", RESPONSE)];
    world
        .role("service_manager")
        .answers(&referral.unwrap(), "answer_referral", &answer)
        .await;
    sends(&iro, "praise", "praise", &[("details", json!(ISSUE))]).await;
    iro.at.close_all().await;
    world.skims();
    let manager = world.role("iro_manager");
    let told = manager.asks("themes").await.all_text();
    for words in [
        "None was raised in that time",
        "Reviews held in that time",
        "All: 2",
        "Red: 1",
        "North locality: Green 1, Red 1",
        "2026-12: Green 1, Red 1",
        "Something left out: 2",
        "nine months",
        "To a panel: 1",
        "Not answered yet: 1",
        "Good practice told of in that time",
        "North locality: 1",
        "For you alone",
    ] {
        assert!(told.contains(words), "{words}: {told}");
    }
    assert!(
        !told.contains(iro.id()) && !told.contains("K-204117"),
        "{told}"
    );
    let told = manager.asks("themes share").await.all_text();
    assert!(
        told.contains("To be shared outside the service")
            && told.contains("Red: fewer than 5")
            && !told.contains(": 1")
            && !told.contains("Green 1"),
        "{told}"
    );
    world.skims();
    world.finish().await;
}
