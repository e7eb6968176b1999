//! Patterns for whoever manages the service, and nobody else.

use crate::support::people::{concern, starred};
use crate::support::world::World;

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
