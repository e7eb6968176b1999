//! What stands before a step, played: discussed with somebody, by whom it is put down, and each whose word is needed.

use lodestar::concern::Phase;
use lodestar::ids::ConcernId;
use sandbox::{Message, Submitted};

use super::{child, is_decided, northmoor, says};
use crate::support::world::{World, user};
use crate::support::{REASON, RESPONSE};

/// A concern whose decision at Step D does not satisfy: before the last step it is to be discussed.
async fn to_be_discussed(world: &World) -> ConcernId {
    let iro = world.iro();
    let c = iro
        .raises(child("K-181001").starting_at("n-5", REASON))
        .await;
    is_decided(world, c).await;
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

/// A concern at the gate that needs the word of each of two: its professionals' view did not satisfy.
async fn needs_each(world: &World, case_ref: &str) -> ConcernId {
    let iro = world.iro();
    let c = iro.raises(child(case_ref).starting_at("n-3", REASON)).await;
    for role in ["virtual_head", "health_lead"] {
        let card = world.card(role, c);
        world
            .role(role)
            .answers(&card, "respond", &[("response", RESPONSE)])
            .await;
    }
    iro.presses(&iro.newest("receipt", c), "not_satisfied")
        .await;
    assert_eq!(world.stands(c).await, ("n-3".to_owned(), Phase::AtGate));
    c
}

fn gate_of(world: &World, role: &str, c: ConcernId) -> Message {
    let gate = world.last(&world.channel_of(role), "gate", c);
    gate.unwrap_or_else(|| panic!("no gate for {role}"))
}

#[tokio::test]
async fn a_step_decided_in_conjunction_waits_for_each_and_says_who_has_agreed() {
    let world = northmoor().at("2027-01-11 10:00").await;
    let iro = world.iro();
    let c = needs_each(&world, "K-181003").await;
    world.skims();
    let card = gate_of(&world, "legal", c);
    says(
        &card.all_text(),
        &["Each of those asked must agree: the Reviewing Service Manager and the Legal Services."],
    );
    world.role("legal").presses(&card, "agree_gate").await;
    assert_eq!(world.heard(), [""; 0]);
    assert_eq!(world.stands(c).await, ("n-3".to_owned(), Phase::AtGate));
    let card = gate_of(&world, "legal", c);
    assert!(!card.has_action("agree_gate"), "{}", card.all_text());
    says(
        &card.all_text(),
        &[
            "agreed for the Legal Services on Mon 11 Jan",
            "Yours is recorded. Still asked: the Reviewing Service Manager.",
        ],
    );
    says(
        &gate_of(&world, "iro_manager", c).all_text(),
        &[
            "agreed for the Legal Services",
            "Agreed by each, it goes to",
        ],
    );
    says(
        &iro.standing_receipt(c).all_text(),
        &[
            "the Reviewing Service Manager, whether it goes to",
            "agreed for the Legal Services on Mon 11 Jan",
        ],
    );
    // Whoever has agreed is not reminded of it.
    world.to("2027-01-12 09:00").await;
    let heard = world.heard_beside_digests();
    assert!(
        heard.contains(&"#iro-manager reminder n-3".to_owned())
            && !heard.iter().any(|line| line.starts_with("#legal")),
        "{heard:?}"
    );
    let card = gate_of(&world, "iro_manager", c);
    let manager = world.role("iro_manager");
    manager.presses(&card, "agree_gate").await;
    assert_eq!(world.stands(c).await.0, "n-4");
    says(
        &gate_of(&world, "legal", c).all_text(),
        &["Each has agreed."],
    );
    says(
        &iro.details(c).await,
        &[
            "for the Legal Services; others are still asked",
            "for the Reviewing Service Manager",
        ],
    );
    world.skims();
    world.finish().await;
}

#[tokio::test]
async fn one_who_declines_brings_it_back_to_the_raiser_who_may_go_on_with_a_reason() {
    let world = northmoor().at("2027-01-11 10:00").await;
    let iro = world.iro();
    let c = needs_each(&world, "K-181004").await;
    let manager = world.role("iro_manager");
    manager
        .presses(&gate_of(&world, "iro_manager", c), "agree_gate")
        .await;
    world.skims();
    world
        .role("legal")
        .answers(
            &gate_of(&world, "legal", c),
            "decline_gate",
            &[("reason", "The papers are not in.")],
        )
        .await;
    assert_eq!(world.heard(), ["@iro1 receipt n-3"]);
    let card = gate_of(&world, "iro_manager", c).all_text();
    says(
        &card,
        &["agreed for the Reviewing Service Manager", "Declined by"],
    );
    let receipt = iro.receipt_with("escalate", c);
    iro.answers(&receipt, "escalate", &[("reason", REASON)])
        .await;
    assert_eq!(world.stands(c).await.0, "n-4");
    assert_eq!(
        world.heard(),
        [
            "#iro-manager notice n-4",
            "#legal copy n-4",
            "#legal notice n-4",
            "#service-manager card n-4"
        ],
        "both hear that it went ahead"
    );
    world.finish().await;
}

#[tokio::test]
async fn a_vacant_post_among_those_whose_word_is_needed_stalls_nothing() {
    let world = northmoor()
        .with_file(|file| {
            let holder = format!("users = [\"{}\"]", user("legal"));
            assert!(file.contains(&holder), "{file}");
            file.replace(&holder, "users = []")
        })
        .at("2027-01-11 10:00")
        .await;
    let c = needs_each(&world, "K-181005").await;
    let card = gate_of(&world, "iro_manager", c);
    world.role("iro_manager").presses(&card, "agree_gate").await;
    assert_eq!(
        world.stands(c).await.0,
        "n-4",
        "whoever stands in speaks for both"
    );
    says(
        &world.iro().details(c).await,
        &["for the Reviewing Service Manager and the Legal Services"],
    );
    world.skims();
    world.finish().await;
}
