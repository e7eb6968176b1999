//! What stands before a step, played: discussed with somebody, by whom it is put down, and each whose word is needed.

use lodestar::concern::Phase;
use lodestar::ids::ConcernId;
use sandbox::Submitted;

use super::{child, northmoor, says};
use crate::support::world::World;
use crate::support::{DECISION, RATIONALE, REASON};

/// A concern whose decision at Step D does not satisfy: before the last step it is to be discussed.
async fn to_be_discussed(world: &World) -> ConcernId {
    let iro = world.iro();
    let c = iro
        .raises(child("K-181001").starting_at("n-5", REASON))
        .await;
    let card = world.card("director", c);
    world
        .role("director")
        .answers(
            &card,
            "decide",
            &[("decision", DECISION), ("rationale", RATIONALE)],
        )
        .await;
    iro.presses(&iro.newest("receipt", c), "not_satisfied")
        .await;
    assert_eq!(world.stands(c).await, ("n-5".to_owned(), Phase::AtGate));
    world.skims();
    c
}

#[tokio::test]
async fn the_raiser_puts_down_what_was_discussed_and_whoever_said_it_is_told() {
    let world = northmoor().at("2027-01-11 10:00").await;
    let iro = world.iro();
    let c = to_be_discussed(&world).await;
    let receipt = iro.receipt_with("record_discussion", c);
    says(&receipt.all_text(), &["Record the discussion"]);
    let sent = iro
        .answers(
            &receipt,
            "record_discussion",
            &[("spoke_on", "2027-01-12"), ("reason", "Not yet.")],
        )
        .await;
    assert!(matches!(&sent, Submitted::Errors(at) if at.contains_key("spoke_on")));
    iro.at.close_all().await;
    iro.answers(
        &receipt,
        "record_discussion",
        &[
            ("spoke_on", "2027-01-08"),
            ("reason", "She would have waited."),
        ],
    )
    .await;
    assert_eq!(
        world.heard(),
        [
            "#director card n-6",
            "#iro-manager notice n-5",
            "#legal copy n-6"
        ],
        "no reason is asked: it was discussed, which is all the gate wants"
    );
    let channel = world.channel_of("iro_manager");
    let notice = world.last(&channel, "notice", c).unwrap();
    says(
        &notice.all_text(),
        &[
            "what you said",
            "with the Reviewing Service Manager on Fri 8 Jan",
        ],
    );
    let gate = world.last(&channel, "gate", c).unwrap();
    says(&gate.all_text(), &["Discussed with", "recorded on"]);
    assert!(!gate.has_action("discuss_gate"));
    says(
        &world.role("director").details(c).await,
        &[
            "put down what the Reviewing Service Manager said",
            "spoken to on Fri 8 Jan",
            "She would have waited.",
        ],
    );
    world.finish().await;
}

#[tokio::test]
async fn a_view_against_it_has_its_day_and_leaves_the_decision_to_the_raiser() {
    let world = northmoor().at("2027-01-11 10:00").await;
    let iro = world.iro();
    let c = to_be_discussed(&world).await;
    let gate = world
        .last(&world.channel_of("iro_manager"), "gate", c)
        .unwrap();
    world
        .role("iro_manager")
        .answers(
            &gate,
            "decline_gate",
            &[
                ("spoke_on", "2027-01-11"),
                ("reason", "One more week would help."),
            ],
        )
        .await;
    assert_eq!(world.heard(), ["@iro1 receipt n-5"]);
    says(
        &iro.details(c).await,
        &[
            "declined by",
            "who spoke with the raiser on Mon 11 Jan",
            "One more week would help.",
        ],
    );
    let receipt = iro.receipt_with("escalate", c);
    assert!(
        !receipt.has_action("record_discussion"),
        "it was said already"
    );
    iro.answers(&receipt, "escalate", &[("reason", REASON)])
        .await;
    assert_eq!(world.stands(c).await.0, "n-6");
    world.skims();
    world.finish().await;
}
