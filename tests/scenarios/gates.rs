//! What follows a gate: asked ahead, reminded of, told of, declined, gone past; and the raiser's own judgement.

use lodestar::concern::Phase;

use crate::support::REASON;
use crate::support::people::{concern, starred};
use crate::support::world::World;

#[tokio::test]
async fn an_unanswered_gate_is_reminded_of_at_the_next_opening_and_told_of_after_one_working_day() {
    let world = World::of("manchester").at("2026-12-14 10:00").await;
    let iro = world.iro();
    let c = iro.raises(starred("K-400001")).await;
    world.to("2026-12-21 17:00:01").await;
    world.skims();
    assert_eq!(world.stands(c).await.1, Phase::AtGate);
    world.to("2026-12-22 08:59:59").await;
    assert_eq!(world.heard(), [""; 0]);
    world.to("2026-12-22 09:00").await;
    assert_eq!(
        world.heard_beside_digests(),
        [
            "#iro-manager alert m-1",
            "#iro-manager reminder m-1",
            "@iro1 alert m-1"
        ],
        "at the next opening; a day later than that the four stages do not fit in twenty working days"
    );
    world.to("2026-12-22 17:00:01").await;
    assert_eq!(
        world.heard(),
        ["#iro-manager alert m-1"],
        "after one working day"
    );
    world.to("2026-12-31 17:00:01").await;
    assert_eq!(
        world.heard_beside_digests(),
        ["#iro-manager alert m-1"],
        "and again after five"
    );
    let receipt = iro.receipt_with("escalate", c);
    iro.answers(&receipt, "escalate", &[("reason", REASON)])
        .await;
    assert_eq!(
        world.heard(),
        ["#iro-manager notice m-2", "#service-lead card m-2"],
        "no gate takes the raiser's own power away, and its holder hears of it"
    );
    world.finish().await;
}

#[tokio::test]
async fn a_gate_declined_ahead_lets_the_raiser_proceed_with_a_reason_and_not_without() {
    let world = World::of("manchester").at("2026-12-14 10:00").await;
    let iro = world.iro();
    let c = iro.raises(starred("K-400002")).await;
    world.to("2026-12-18 09:30").await;
    world.skims();
    let manager = world.role("iro_manager");
    let gate = world
        .last(&world.channel("iro-manager"), "gate", c)
        .unwrap();
    manager
        .answers(&gate, "decline_gate", &[("reason", REASON)])
        .await;
    assert_eq!(
        world.heard(),
        ["@iro1 receipt m-1"],
        "the raiser hears that it was declined"
    );
    assert!(iro.details(c).await.contains(REASON), "and reads why");
    let gate = world
        .last(&world.channel("iro-manager"), "gate", c)
        .unwrap();
    assert!(!gate.has_action("agree_gate"), "{}", gate.all_text());
    world.to("2026-12-21 17:00:01").await;
    assert_eq!(world.heard_beside_digests(), ["@iro1 receipt m-1"]);
    let asked = iro.newest("receipt", c);
    let sent = iro.answers(&asked, "escalate", &[]).await;
    assert!(
        matches!(&sent, sandbox::Submitted::NotSent(at) | sandbox::Submitted::Errors(at) if at.contains_key("reason")),
        "{sent:?}"
    );
    iro.at.close_all().await;
    iro.answers(&asked, "escalate", &[("reason", REASON)]).await;
    assert_eq!(
        world.heard(),
        ["#iro-manager notice m-2", "#service-lead card m-2"]
    );
    let record = world.record(c).await;
    assert!(
        record.contains(&"gate_declined".to_owned()) && record.contains(&"escalated".to_owned()),
        "{record:?}"
    );
    world.finish().await;
}

#[tokio::test]
async fn a_raiser_who_does_not_act_at_a_declined_gate_is_told_of_after_two_working_days() {
    let world = World::of("manchester").at("2026-12-14 10:00").await;
    let c = world.iro().raises(starred("K-400003")).await;
    world.to("2026-12-18 09:30").await;
    let gate = world
        .last(&world.channel("iro-manager"), "gate", c)
        .unwrap();
    world
        .role("iro_manager")
        .answers(&gate, "decline_gate", &[("reason", REASON)])
        .await;
    world.to("2026-12-21 17:00:01").await;
    world.skims();
    world.to("2026-12-23 17:00:00").await;
    assert_eq!(
        world.heard_beside_digests(),
        ["#iro-manager alert m-1", "@iro1 alert m-1"],
        "on the day after, that the steps left do not fit any more"
    );
    world.to("2026-12-23 17:00:01").await;
    assert_eq!(world.heard(), ["#iro-manager alert m-1"]);
    world.finish().await;
}

#[tokio::test]
async fn silence_never_makes_the_raisers_judgement_and_the_manager_is_told_after_two_working_days()
{
    let world = World::of("cp-lac-challenge").at("2026-12-11 11:00").await;
    let iro = world.iro();
    let c = iro
        .raises(concern("K-400004").starting_at("h-s1", REASON))
        .await;
    world.to("2027-01-22 17:00:01").await;
    world.skims();
    assert_eq!(world.stands(c).await, ("h-s1".to_owned(), Phase::AtGate));
    world.to("2027-01-26 17:00:00").await;
    assert_eq!(world.heard_beside_digests(), [""; 0]);
    world.to("2027-01-26 17:00:01").await;
    assert_eq!(world.heard(), ["#iro-manager alert h-s1"]);
    iro.presses(&iro.newest("gate", c), "agree_gate").await;
    assert_eq!(world.heard(), ["#assistant-director card h-s2"]);
    assert_eq!(
        world.due(c).await,
        "Fri 5 Feb, 17:00",
        "its window counts from raising"
    );
    world.finish().await;
}

#[tokio::test]
async fn a_judgement_withheld_ends_the_ladder_and_the_position_is_asked() {
    let world = World::of("manchester").at("2026-12-14 10:00").await;
    let iro = world.iro();
    let c = iro
        .raises(starred("K-400005").starting_at("m-4", REASON))
        .await;
    world.to("2026-12-18 09:30").await;
    let gate = iro.newest("gate", c);
    iro.answers(&gate, "decline_gate", &[("reason", REASON)])
        .await;
    world.skims();
    world.to("2026-12-21 17:00:01").await;
    assert_eq!(world.heard_beside_digests(), ["@iro1 receipt m-4"]);
    assert_eq!(world.stands(c).await.1, Phase::Exhausted);
    world.to("2026-12-30 09:00").await;
    assert_eq!(
        world.heard_beside_digests(),
        ["@iro1 receipt m-4"],
        "asked again on the review date, five working days on"
    );
    iro.answers(
        &iro.newest("receipt", c),
        "position",
        &[("position", "referred"), ("reason", REASON)],
    )
    .await;
    assert!(!world.case(c).await.concern.is_open());
    let card = world.card("deputy_director", c).all_text();
    assert!(card.contains("referred outside the council"), "{card}");
    world.finish().await;
}

#[tokio::test]
async fn a_manager_who_agrees_may_put_down_when_it_was_discussed_and_what_they_think() {
    let world = World::of("manchester").at("2026-12-14 10:00").await;
    let iro = world.iro();
    let c = iro.raises(starred("K-400006")).await;
    world.to("2026-12-18 09:30").await;
    let manager = world.role("iro_manager");
    let gate = world
        .last(&world.channel("iro-manager"), "gate", c)
        .unwrap();
    let view = manager.opens(&gate, "discuss_gate").await;
    assert!(view.all_text().contains("You agree that it goes on"));
    manager.at.close_all().await;
    manager
        .answers(
            &gate,
            "discuss_gate",
            &[
                ("spoke_on", "2026-12-17"),
                ("reason", "The delay is not the team's alone."),
            ],
        )
        .await;
    world.to("2026-12-21 17:00:01").await;
    assert_eq!(
        world.stands(c).await.0,
        "m-2",
        "agreed ahead, so that it is the same day"
    );
    let details = world.role("service_lead").details(c).await;
    for words in [
        "agreed by",
        "who spoke with the raiser on Thu 17 Dec",
        "The delay is not the team's alone.",
    ] {
        assert!(details.contains(words), "{words:?} is not in\n{details}");
    }
    let gate = world
        .last(&world.channel("iro-manager"), "gate", c)
        .unwrap();
    assert!(!gate.has_action("discuss_gate"), "{}", gate.all_text());
    world.skims();
    world.finish().await;
}

#[tokio::test]
async fn a_bypass_in_conjunction_keeps_when_they_spoke_and_what_was_said() {
    let world = World::of("manchester").at("2026-12-14 10:00").await;
    let iro = world.iro();
    let c = iro.raises(starred("K-400007")).await;
    let fields = [
        ("to_step", "m-3"),
        ("reason", REASON),
        ("said", "He agrees that it cannot wait."),
    ];
    let receipt = iro.receipt_with("bypass", c);
    let sent = iro.answers(&receipt, "bypass", &fields).await;
    assert!(
        matches!(&sent, sandbox::Submitted::Errors(at) if at.contains_key("with")),
        "{sent:?}"
    );
    iro.at.close_all().await;
    let lead = world.role("siu_lead");
    let with = [
        fields.as_slice(),
        &[("with", lead.id()), ("with_date", "2026-12-11")],
    ]
    .concat();
    iro.answers(&receipt, "bypass", &with).await;
    assert_eq!(world.stands(c).await.0, "m-3");
    let details = lead.details(c).await;
    for words in [
        "discussed first on Fri 11 Dec",
        "He agrees that it cannot wait.",
    ] {
        assert!(details.contains(words), "{words:?} is not in\n{details}");
    }
    world.skims();
    world.finish().await;
}
