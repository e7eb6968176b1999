//! Manchester: five stages, a gate before the second, a judgement before the fifth.

use lodestar::concern::Phase;

use crate::support::people::starred;
use crate::support::world::World;

#[tokio::test]
async fn an_unanswered_starred_recommendation_agreed_ahead_climbs_every_stage_on_its_very_day() {
    let world = World::of("manchester").at("2026-12-14 10:00").await;
    let iro = world.iro();
    let concern = iro.raises(starred("K-204117")).await;
    let card = world.card("team_manager", concern);
    assert!(
        card.has_action("accept") && card.has_action("reject") && card.has_action("acknowledge"),
        "{}",
        card.all_text()
    );
    assert!(
        card.all_text().contains("Mon 21 Dec, 17:00"),
        "{}",
        card.all_text()
    );

    world.to("2026-12-18 09:30").await;
    assert!(
        iro.receipt(concern).all_text().contains("Mon 21 Dec"),
        "warned"
    );
    let gate = world
        .last(&world.channel_of("iro_manager"), "gate", concern)
        .unwrap();
    world.role("iro_manager").presses(&gate, "agree_gate").await;

    world.to("2026-12-21 17:00:00").await;
    assert_eq!(
        world.stands(concern).await,
        ("m-1".to_owned(), Phase::Answering)
    );
    world.to("2026-12-21 17:00:01").await;
    assert_eq!(
        world.stands(concern).await,
        ("m-2".to_owned(), Phase::Answering)
    );
    assert_eq!(world.due(concern).await, "Wed 30 Dec, 17:00");
    assert!(
        world
            .card("service_lead", concern)
            .all_text()
            .contains("Wed 30 Dec, 17:00")
    );
    let receipt = world.slack.find(Some(&iro.at.dm()), |message| {
        message.text.starts_with("Your concern")
    });
    let receipt = receipt.unwrap().all_text();
    assert!(
        receipt.contains("Otherwise it goes to the Head of Service")
            && receipt.contains("just after Wed 30 Dec, 17:00")
            && !receipt.contains("Otherwise it goes to the Locality Service Lead"),
        "where it goes on from here: {receipt}"
    );

    world.to("2026-12-30 17:00:01").await;
    assert_eq!(world.due(concern).await, "Thu 7 Jan, 17:00");
    world.to("2027-01-07 17:00:01").await;
    assert_eq!(world.due(concern).await, "Thu 14 Jan, 17:00");
    world.to("2027-01-14 17:00:01").await;
    assert_eq!(
        world.stands(concern).await,
        ("m-4".to_owned(), Phase::AtGate),
        "the judgement is the raiser's"
    );
    world.skims();
    world.finish().await;
}
