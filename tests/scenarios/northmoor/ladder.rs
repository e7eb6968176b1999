//! The ladder from the first conversation to the position at its end: clocks of every kind, gates of every kind.

use lodestar::concern::{Closed, Phase, Position};
use lodestar::ids::ConcernId;
use sandbox::Submitted;
use serde_json::json;

use super::{child, is_decided, northmoor, says};
use crate::support::world::World;
use crate::support::{RATIONALE, REASON, RESPONSE};

/// Whoever holds a gate agrees.
async fn agrees(world: &World, role: &str, concern: ConcernId) {
    let gate = world.last(&world.channel_of(role), "gate", concern);
    let gate = gate.unwrap_or_else(|| panic!("no gate for {role}"));
    world.role(role).presses(&gate, "agree_gate").await;
}

#[tokio::test]
async fn the_whole_ladder_runs_from_hours_to_the_position_at_its_end() {
    let world = northmoor().at("2027-01-08 15:00").await;
    let iro = world.iro();
    let c = iro.raises(child("K-180001")).await;
    is_rejected_and_waits(&world, c).await;
    passes_the_meeting_in_silence(&world, c).await;
    is_decided_and_noted(&world, c).await;
    ends_with_the_position(&world, c).await;
    world.finish().await;
}

/// From the conversation to the professionals' view: hours, a rejection that waits, a gate asked ahead, an earlier step's clock.
async fn is_rejected_and_waits(world: &World, c: ConcernId) {
    assert_eq!(
        world.heard(),
        [
            "#health-lead card",
            "#north-social-worker card n-1",
            "@iro1 receipt n-1"
        ],
        "and the task that a concern starts"
    );
    assert_eq!(
        world.due(c).await,
        "Tue 12 Jan, 17:00",
        "48 hours are two working days"
    );
    world.to("2027-01-12 17:00:00").await;
    world.skims();
    world.to("2027-01-12 17:00:01").await;
    assert_eq!(
        world.heard(),
        [
            "#north-social-worker copy n-2",
            "#north-team-manager card n-2",
            "@iro1 receipt n-2"
        ]
    );
    assert_eq!(world.due(c).await, "Tue 19 Jan, 17:00");

    // A rejection waits for the end of the time; the gate is asked ahead meanwhile.
    world.to("2027-01-14 10:00").await;
    world.skims();
    let card = world.card("team_manager", c);
    world
        .role("team_manager")
        .answers(&card, "reject", &[("rationale", RATIONALE)])
        .await;
    assert_eq!(world.stands(c).await.1, Phase::RejectedWaiting);
    world.skims();
    world.to("2027-01-18 09:30").await;
    assert_eq!(
        world.heard_beside_digests(),
        ["#iro-manager gate n-2", "@iro1 receipt n-2"]
    );
    agrees(world, "iro_manager", c).await;
    world.to("2027-01-19 17:00:00").await;
    world.skims();
    world.to("2027-01-19 17:00:01").await;
    assert_eq!(
        world.heard(),
        [
            "#health-lead card n-3",
            "#legal copy n-3",
            "#service-manager card n-3",
            "#virtual-head card n-3",
            "@iro1 receipt n-3"
        ]
    );
    says(
        &world.card("health_lead", c).all_text(),
        &[
            "in the name of the Reviewing Service Manager",
            "10 days from Tue 12 Jan",
            "Each of those asked must answer: the Head of the Virtual School and the Designated Nurse.",
        ],
    );
    assert_eq!(
        world.due(c).await,
        "Fri 22 Jan, 17:00",
        "ten days from Step A, not from its own issue"
    );
}

/// One of those who must each answer is missing at the end.
async fn passes_the_meeting_in_silence(world: &World, c: ConcernId) {
    let iro = world.iro();
    // One of the two answers, and whoever considers it with them: the other is missing at the end.
    for role in ["virtual_head", "service_manager"] {
        let card = world.card(role, c);
        world
            .role(role)
            .answers(&card, "respond", &[("response", RESPONSE)])
            .await;
    }
    assert_eq!(world.stands(c).await, ("n-3".to_owned(), Phase::Answering));
    world.skims();
    world.to("2027-01-21 09:30").await;
    assert_eq!(
        world.heard_beside_digests(),
        [
            "#health-lead alert",
            "#health-lead reminder n-3",
            "#iro-manager alert",
            "@iro1 gate n-3",
            "@iro1 receipt n-3"
        ],
        "the task is late; who is missing is reminded; the judgement is asked ahead"
    );
    says(
        &iro.newest("receipt", c).all_text(),
        &["no answer yet from the Designated Nurse. Otherwise"],
    );
    iro.presses(&iro.newest("gate", c), "agree_gate").await;
    world.to("2027-01-22 17:00:00").await;
    world.skims();
    world.to("2027-01-22 17:00:01").await;
    assert_eq!(
        world.heard(),
        [
            "#director card n-5",
            "#legal copy n-5",
            "#performance alert n-3",
            "#service-manager notice n-5",
            "#virtual-head notice n-5",
            "@iro1 receipt n-5"
        ],
        "silence skips the meeting, and both are asked for their input before the decision"
    );
    assert_eq!(
        world.due(c).await,
        "Tue 23 Feb, 17:00",
        "six weeks from the first formal step"
    );
}

/// The direction does not satisfy, nor does the note after it.
async fn is_decided_and_noted(world: &World, c: ConcernId) {
    let iro = world.iro();
    is_decided(world, c).await;
    world.skims();
    iro.presses(&iro.newest("receipt", c), "not_satisfied")
        .await;
    assert_eq!(world.heard(), ["#iro-manager gate n-5"]);
    is_discussed(world, c).await;
    assert_eq!(
        world.heard(),
        ["#director card n-6", "#legal copy n-6", "@iro1 receipt n-6"]
    );
    assert_eq!(world.due(c).await, "none");
    let card = world.card("director", c);
    world
        .role("director")
        .answers(&card, "respond", &[("response", RESPONSE)])
        .await;
    world.skims();
    iro.presses(&iro.newest("receipt", c), "not_satisfied")
        .await;
    assert_eq!(world.heard(), ["@iro1 receipt n-6"]);
    assert_eq!(world.stands(c).await.1, Phase::Exhausted);
}

/// What is asked before the last step is a discussion: its day and the view are kept, and it goes on with that.
async fn is_discussed(world: &World, c: ConcernId) {
    let iro = world.iro();
    let gate = world
        .last(&world.channel_of("iro_manager"), "gate", c)
        .unwrap();
    assert!(!gate.has_action("agree_gate"), "{}", gate.all_text());
    says(&gate.all_text(), &["With your view, it goes to"]);
    iro.receipt_with("record_discussion", c);
    let manager = world.role("iro_manager");
    let sent = manager
        .answers(&gate, "discuss_gate", &[("spoke_on", "2027-12-24")])
        .await;
    assert!(
        matches!(&sent, Submitted::NotSent(at) | Submitted::Errors(at) if at.contains_key("reason")),
        "{sent:?}"
    );
    iro.at.close_all().await;
    manager
        .answers(
            &gate,
            "discuss_gate",
            &[("spoke_on", "2027-01-21"), ("reason", "The plan is sound.")],
        )
        .await;
    let details = iro.details(c).await;
    says(
        &details,
        &[
            "discussed with",
            "who spoke with the raiser on Thu 21 Jan",
            "The plan is sound.",
        ],
    );
    says(
        &world
            .last(&world.channel_of("iro_manager"), "gate", c)
            .unwrap()
            .all_text(),
        &["They spoke with", "on Thu 21 Jan; their view is in Details"],
    );
}

async fn ends_with_the_position(world: &World, c: ConcernId) {
    let iro = world.iro();
    // The position waits for the notes, and is told to those whom the concern has reached.
    let asked = iro.newest("receipt", c);
    iro.presses(&asked, "position").await;
    let told = iro.is_told().await;
    says(
        &told,
        &["Informal, Step A, Step B, Step D, Step E", "(2.8)"],
    );
    assert_eq!(world.stands(c).await.1, Phase::Exhausted);
    iro.types(&format!("record {c}")).await;
    let view = iro.at.awaits_view_called("record").await.unwrap();
    says(
        &view.all_text(),
        &[
            "Query:",
            "Action:",
            "Outcome:",
            "Reviewing Officer: informal",
            "going on was discussed with the Reviewing Service Manager, spoken to on Thu 21 Jan.",
            "View: The plan is sound.",
        ],
    );
    let steps = ["1", "2", "3", "4", "5"];
    iro.at.fill(&view.id, "pasted", json!(steps)).await.unwrap();
    iro.at
        .fill(&view.id, "outcome_1", json!("It was talked over."))
        .await
        .unwrap();
    let sent = iro.sends(&view).await;
    assert!(matches!(sent, Submitted::Closed));
    world.skims();
    iro.answers(
        &iro.receipt_with("position", c),
        "position",
        &[("position", "maintained"), ("reason", REASON)],
    )
    .await;
    assert_eq!(
        world.heard(),
        ["#director notice n-6", "#north-social-worker notice n-6"],
        "those of the notice whom it has reached"
    );
    assert_eq!(
        world.stands(c).await.1,
        Phase::Closed(Closed::Position(Position::Maintained))
    );
}

#[tokio::test]
async fn silence_where_it_alerts_tells_those_outside_the_ladder_and_moves_nothing() {
    let world = northmoor().at("2027-01-11 10:00").await;
    let iro = world.iro();
    let c = iro
        .raises(child("K-180002").starting_at("n-3", REASON))
        .await;
    assert_eq!(
        world.heard(),
        [
            "#health-lead card",
            "#health-lead card n-3",
            "#iro-manager notice n-3",
            "#legal copy n-3",
            "#service-manager card n-3",
            "#virtual-head card n-3",
            "@iro1 receipt n-3"
        ],
        "whose gate it went past hears of it"
    );
    assert_eq!(
        world.due(c).await,
        "Thu 21 Jan, 17:00",
        "the earlier step has not been: ten days from its own issue"
    );
    for role in ["virtual_head", "health_lead"] {
        let card = world.card(role, c);
        world
            .role(role)
            .answers(&card, "respond", &[("response", RESPONSE)])
            .await;
    }
    assert_eq!(
        world.heard(),
        ["#legal notice n-3", "@iro1 receipt n-3"],
        "once each has answered, those copied are told too"
    );
    assert_eq!(world.stands(c).await.1, Phase::Judging);
    world.to("2027-01-13 10:00").await;
    world.skims();
    iro.presses(&iro.newest("receipt", c), "not_satisfied")
        .await;
    assert_eq!(world.heard(), ["#iro-manager gate n-3", "#legal gate n-3"]);
    agrees(&world, "legal", c).await;
    assert_eq!(world.heard(), [""; 0], "the word of each is needed");
    agrees(&world, "iro_manager", c).await;
    assert_eq!(
        world.heard(),
        [
            "#legal copy n-4",
            "#service-manager card n-4",
            "@iro1 receipt n-4"
        ]
    );
    let gate = world
        .last(&world.channel_of("iro_manager"), "gate", c)
        .unwrap();
    assert!(!gate.has_action("agree_gate"), "each has agreed");
    assert_eq!(
        world.due(c).await,
        "Mon 18 Jan, 17:00",
        "five working days from the issue of the step before"
    );
    let card = world.card("service_manager", c);
    for button in ["call_meeting", "record_meeting", "no_meeting"] {
        assert!(card.has_action(button), "{button}");
    }
    says(
        &card.all_text(),
        &["Without an answer nothing moves by itself"],
    );
    world.to("2027-01-18 17:00:00").await;
    world.skims();
    world.to("2027-01-18 17:00:01").await;
    assert_eq!(
        world.heard(),
        [
            "#director alert n-4",
            "#performance alert n-4",
            "@iro1 receipt n-4"
        ]
    );
    assert_eq!(world.stands(c).await, ("n-4".to_owned(), Phase::Judging));
    iro.presses(&iro.newest("receipt", c), "not_satisfied")
        .await;
    assert_eq!(world.heard(), ["@iro1 gate n-4"]);
    iro.presses(&iro.newest("gate", c), "agree_gate").await;
    assert_eq!(world.stands(c).await.0, "n-5");
    assert_eq!(world.due(c).await, "Mon 22 Feb, 17:00");
    world.skims();
    world.finish().await;
}

#[tokio::test]
async fn a_bypass_goes_where_the_protocol_says_after_talking_to_whom_it_says() {
    let world = northmoor().at("2027-01-11 10:00").await;
    let iro = world.iro();
    let c = iro
        .raises(
            child("K-180003")
                .starting_at("n-2", REASON)
                .with("action_by", json!("2027-01-14")),
        )
        .await;
    assert_eq!(
        world.due(c).await,
        "Thu 14 Jan, 17:00",
        "shorter for one case"
    );
    world.skims();
    let receipt = iro.receipt_with("bypass", c);
    let view = iro.opens(&receipt, "bypass").await;
    let offered = view.all_text();
    says(
        &offered,
        &[
            "Step C: Resolution meeting",
            "Step D: Direction",
            "the Reviewing Service Manager first",
        ],
    );
    assert!(
        !offered.contains("Step B") && !offered.contains("Step E"),
        "{offered}"
    );
    iro.at.close_all().await;
    let sent = iro
        .answers(
            &receipt,
            "bypass",
            &[
                ("to_step", "n-5"),
                ("reason", REASON),
                ("with", "U0DIRECTOR"),
            ],
        )
        .await;
    assert!(matches!(&sent, Submitted::Errors(at) if at.contains_key("with")));
    iro.at.close_all().await;
    iro.answers(
        &receipt,
        "bypass",
        &[
            ("to_step", "n-5"),
            ("reason", REASON),
            ("with", "U0IROMANAGER"),
        ],
    )
    .await;
    assert_eq!(
        world.heard(),
        [
            "#director card n-5",
            "#legal copy n-5",
            "#service-manager notice n-5",
            "#virtual-head notice n-5"
        ],
        "who is copied from an earlier step on is not left out, nor who is asked for an input"
    );
    assert_eq!(world.due(c).await, "Mon 22 Feb, 17:00");
    // The raiser moves on while the clock runs: the times are the longest there may be.
    let receipt = iro.receipt_with("escalate", c);
    iro.answers(&receipt, "escalate", &[("reason", REASON)])
        .await;
    assert_eq!(world.stands(c).await, ("n-5".to_owned(), Phase::AtGate));
    world.skims();
    world.finish().await;
}
