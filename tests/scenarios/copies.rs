//! Another senior manager copied for one case, and people asked to a meeting by name.

use sandbox::Submitted;
use serde_json::json;

use crate::support::REASON;
use crate::support::people::concern;
use crate::support::world::{GUEST, NOBODY, OWN, World};

#[tokio::test]
async fn warwickshire_copies_another_senior_manager_to_the_end_for_one_case() {
    let world = World::of("warwickshire").at("2026-12-14 10:00").await;
    let iro = world.iro();
    let early = iro.raises(concern("K-170001")).await;
    let told = iro
        .asks(&format!("copy {early} <@{NOBODY}>"))
        .await
        .all_text();
    assert!(
        told.contains("(3.1.3)") && told.contains("Stage 1"),
        "{told}"
    );

    let id = iro
        .raises(concern("K-170002").starting_at("w-1", REASON))
        .await;
    let told = iro.asks(&format!("copy {id} <@{GUEST}>")).await.all_text();
    assert!(told.contains("guest"), "{told}");
    let decider = world.role("hos_children_families");
    let told = iro
        .asks(&format!("copy {id} <@{}>", decider.id()))
        .await
        .all_text();
    assert!(told.contains("in its turn"), "{told}");
    let told = iro.asks(&format!("copy {id}")).await.all_text();
    assert!(told.contains("/concern copy C-42 @name"), "{told}");
    world.skims();
    let told = iro.asks(&format!("copy {id} <@{NOBODY}>")).await.all_text();
    assert!(told.contains("from now on"), "{told}");
    assert_eq!(world.heard(), ["@nobody copy w-1"]);
    let other = world.someone(NOBODY);
    let copy = other.newest("copy", id).all_text();
    assert!(copy.contains("nothing is asked of you"), "{copy}");
    assert!(other.details(id).await.contains("marigold"));
    let receipt = iro.receipt(id).all_text();
    assert!(
        receipt.contains(&format!("Copied by name: <@{NOBODY}>, since Mon 14 Dec")),
        "{receipt}"
    );
    let details = iro.details(id).await;
    assert!(details.contains("copied from then on by"), "{details}");
    world.skims();
    world.to("2026-12-21 17:00:01").await;
    let heard = world.heard_beside_digests();
    assert!(
        heard.iter().any(|name| name == "@nobody copy w-1m"),
        "{heard:?}"
    );
    world.finish().await;
}

#[tokio::test]
async fn a_challenges_second_meeting_has_its_attendees_named_at_the_time_and_told_the_day() {
    let world = World::of("cp-lac-challenge").at("2026-12-14 10:00").await;
    let iro = world.iro();
    let id = iro
        .raises(concern("K-204117").starting_at("h-s2", REASON))
        .await;
    let director = world.role("assistant_director");
    let card = world.card("assistant_director", id);
    let view = director.opens(&card, "call_meeting").await;
    director
        .at
        .fill(&view.id, "meeting_date", "2026-12-16")
        .await
        .unwrap();
    director
        .at
        .fill(&view.id, "attendees", json!([NOBODY, GUEST]))
        .await
        .unwrap();
    let Submitted::Errors(faults) = director.at.submit(&view.id).await.unwrap() else {
        panic!("a guest was asked");
    };
    assert!(faults["attendees"].contains("guest"), "{faults:?}");
    director
        .at
        .fill(&view.id, "attendees", json!([NOBODY]))
        .await
        .unwrap();
    director.at.fill(&view.id, "chair", OWN).await.unwrap();
    world.skims();
    assert!(matches!(director.sends(&view).await, Submitted::Closed));
    assert_eq!(
        world.heard(),
        [
            "@iro1 notice h-s2",
            "@nobody notice h-s2",
            "@own notice h-s2"
        ]
    );
    let asked = world.someone(NOBODY);
    let notice = asked.newest("notice", id);
    let said = notice.all_text();
    assert!(
        said.contains("you are asked to a meeting")
            && said.contains("Issues resolution meeting on Wed 16 Dec")
            && said.contains(&format!("chaired by <@{OWN}>, with <@{NOBODY}>")),
        "{said}"
    );
    assert!(
        !notice.has_action("details"),
        "they may not read it for that"
    );
    let told = asked.asks(&format!("show {id}")).await.all_text();
    assert!(!told.contains("K-204117"), "{told}");
    let details = iro.details(id).await;
    assert!(details.contains(&format!("with <@{NOBODY}>")), "{details}");

    // The day is set anew with those who were named, and the working day before they are reminded.
    let card = world.card("assistant_director", id);
    let view = director.opens(&card, "call_meeting").await;
    director
        .at
        .fill(&view.id, "meeting_date", "2026-12-17")
        .await
        .unwrap();
    assert!(matches!(director.sends(&view).await, Submitted::Closed));
    let said = asked.newest("notice", id).all_text();
    assert!(said.contains("on Thu 17 Dec"), "{said}");
    world.skims();
    world.to("2026-12-16 09:00").await;
    let heard = world.heard_beside_digests();
    for name in ["@nobody notice h-s2", "@own notice h-s2"] {
        assert!(heard.iter().any(|heard| heard == name), "{name}: {heard:?}");
    }
    world.finish().await;
}
