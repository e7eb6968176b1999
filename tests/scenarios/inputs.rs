//! Two inputs before a decision: the service manager is asked for theirs, the head of service sees whether it is in, and decides with it
//! or without.

use sandbox::Submitted;

use crate::support::people::concern;
use crate::support::world::World;

const TO_THE_END: &str = "It was serious from the start.";

async fn at_the_head_of_service(case: &str) -> (World, lodestar::ids::ConcernId) {
    let world = World::of("warwickshire").at("2026-12-14 10:00").await;
    let raising = concern(case).starting_at("w-2", TO_THE_END);
    let c = world.iro().raises(raising).await;
    (world, c)
}

#[tokio::test]
async fn the_head_of_service_sees_that_the_service_managers_input_is_in_and_reads_it_in_details() {
    let (world, c) = at_the_head_of_service("K-204117").await;
    let iro = world.iro();
    world.skims();
    let stood = (world.stands(c).await, world.due(c).await);
    let card = world.card("hos_children_families", c).all_text();
    assert!(
        card.contains("Input of the Service Manager: asked for, not in yet"),
        "{card}"
    );
    let manager = world.role("service_manager");
    let channel = world.channel_of("service_manager");
    let ask = world.last(&channel, "notice", c).unwrap();
    assert!(
        ask.all_text()
            .contains("your input is asked for before Mon 21 Dec, 17:00"),
        "{}",
        ask.all_text()
    );
    let list = manager.asks("list").await.all_text();
    assert!(list.contains(&c.to_string()), "{list}");
    let sent = manager
        .answers(
            &ask,
            "give_input",
            &[
                ("reason", "A saffron plan was agreed and not kept."),
                (
                    "mediation_outcome",
                    "A mediator met the indigo family once.",
                ),
            ],
        )
        .await;
    assert!(matches!(sent, Submitted::Closed), "{sent:?}");
    assert_eq!((world.stands(c).await, world.due(c).await), stood);
    let card = world.card("hos_children_families", c);
    assert!(
        card.all_text()
            .contains("Input of the Service Manager: given by <@U0SERVICEMANAGERNORTH>"),
        "{}",
        card.all_text()
    );
    let head = world.role("hos_children_families");
    let details = head.details(c).await;
    assert!(
        details.contains("saffron") && details.contains("indigo"),
        "{details}"
    );
    let asked = world
        .last(&ask.channel, "notice", c)
        .expect("what asked for it is gone");
    assert!(
        !asked.has_action("give_input") && asked.all_text().contains("given by"),
        "it is given once: {}",
        asked.all_text()
    );
    world.to("2026-12-18 16:00").await;
    let posted = world.heard_beside_digests();
    assert!(
        !posted
            .iter()
            .any(|name| name.starts_with("#north-service-manager reminder")),
        "{posted:?}"
    );
    iro.types(&format!("record {c}")).await;
    let notes = iro.at.awaits_view_called("record").await.unwrap();
    assert!(notes.all_text().contains("saffron"), "{}", notes.all_text());
    for message in world.slack.all_messages() {
        assert!(!message.all_text().contains("saffron"), "in a message");
    }
    world.skims();
    world.finish().await;
}

#[tokio::test]
async fn a_missing_input_is_asked_for_again_and_its_holder_is_told_of_a_decision_without_it() {
    let (world, c) = at_the_head_of_service("K-204118").await;
    world.to("2026-12-17 08:59").await;
    world.skims();
    world.to("2026-12-17 09:00").await;
    let channel = world.channel_of("service_manager");
    let reminder = world
        .last(&channel, "reminder", c)
        .expect("not asked again");
    assert!(
        reminder.has_action("give_input") && reminder.all_text().contains("not in yet"),
        "{}",
        reminder.all_text()
    );
    world.skims();
    let head = world.role("hos_children_families");
    let card = world.card("hos_children_families", c);
    head.answers(
        &card,
        "decide",
        &[("decision", "As planned."), ("rationale", "It is in hand.")],
    )
    .await;
    let told = world.last(&channel, "notice", c).unwrap();
    assert!(
        told.all_text().contains("answered without your input"),
        "{}",
        told.all_text()
    );
    let answered = world.iro().receipt(c).all_text();
    assert!(answered.contains("did not come before"), "{answered}");
    world.skims();
    world.finish().await;
}
