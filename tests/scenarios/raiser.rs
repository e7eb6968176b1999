//! What follows from what the raiser does: hold, escalate, bypass, review dates, handover, withdrawal, a second concern on a case.

use lodestar::concern::Phase;
use sandbox::Submitted;

use crate::support::REASON;
use crate::support::people::{concern, starred};
use crate::support::world::World;

#[tokio::test]
async fn a_warning_comes_the_working_day_before_at_half_past_nine_and_a_hold_is_seen_by_the_manager()
 {
    let world = World::of("fostering-iro").at("2026-12-09 10:00").await;
    let iro = world.iro();
    let c = iro.raises(concern("K-500001")).await;
    world.to("2026-12-22 09:29:59").await;
    world.skims();
    world.to("2026-12-22 09:30").await;
    assert_eq!(world.heard(), ["@fosteriro1 receipt s-inf"]);
    let warning = iro.newest("receipt", c);
    assert!(
        warning.has_action("hold_escalation") && warning.all_text().contains("Wed 23 Dec"),
        "{}",
        warning.all_text()
    );
    let sent = iro
        .answers(
            &warning,
            "hold_escalation",
            &[("until", "2026-12-30"), ("reason", REASON)],
        )
        .await;
    assert!(
        matches!(&sent, Submitted::Errors(at) if at.contains_key("until")),
        "two working days after Wed 23 Dec is Tue 29 Dec: {sent:?}"
    );
    iro.at.close_all().await;
    iro.answers(
        &warning,
        "hold_escalation",
        &[("until", "2026-12-24"), ("reason", REASON)],
    )
    .await;
    assert_eq!(world.heard(), ["#iro-manager notice s-inf"]);
    assert!(world.role("iro_manager").details(c).await.contains(REASON));
    world.to("2026-12-24 17:00:00").await;
    assert_eq!(world.heard_beside_digests(), [""; 0], "held");
    world.to("2026-12-24 17:00:01").await;
    assert_eq!(
        world.heard(),
        [
            "#north-team-manager card s-l1",
            "#operational-service-manager copy s-l1",
            "#sm-qar copy s-l1",
            "@fosteriro1 receipt s-l1"
        ]
    );
    assert_eq!(
        world.due(c).await,
        "Tue 5 Jan, 17:00",
        "had the raiser held L1 until Thu 24 Dec, the days would be 5, 12, 19 and 26 Jan"
    );
    world.finish().await;
}

#[tokio::test]
async fn whoever_had_it_before_sees_that_it_is_closed_and_no_hold_outlives_its_step() {
    let world = World::of("manchester").at("2026-12-14 10:00").await;
    let iro = world.iro();
    let c = iro.raises(starred("K-500010")).await;
    iro.answers(
        &iro.receipt(c),
        "hold_escalation",
        &[("until", "2026-12-23"), ("reason", REASON)],
    )
    .await;
    let first = |words: &str| {
        let card = world.card("team_manager", c).all_text();
        card.contains(words).then_some(()).ok_or(card)
    };
    assert_eq!(first("Held by its raiser until Wed 23 Dec"), Ok(()));
    iro.answers(
        &iro.receipt(c),
        "bypass",
        &[("to_step", "m-3"), ("reason", REASON)],
    )
    .await;
    assert_eq!(first("straight to the Head of Service"), Ok(()));
    assert!(first("Held by its raiser").is_err());
    iro.answers(&iro.receipt(c), "withdraw", &[("reason", REASON)])
        .await;
    assert_eq!(
        first("Withdrawn by its raiser on Mon 14 Dec, 10:00"),
        Ok(())
    );
    world.skims();
    world.finish().await;
}

#[tokio::test]
async fn a_copy_names_no_day_once_it_is_answered_and_two_notes_of_one_stage_are_told_apart() {
    let world = World::of("warwickshire").at("2026-12-14 10:00").await;
    let iro = world.iro();
    let c = iro
        .raises(concern("K-500011").starting_at("w-1", REASON))
        .await;
    let copy = || {
        let place = world.channel_of("service_manager");
        world.last(&place, "copy", c).unwrap().all_text()
    };
    assert!(copy().contains("an answer is due by"), "{}", copy());
    world
        .role("operations_manager")
        .answers(
            &world.card("operations_manager", c),
            "respond",
            &[("response", REASON)],
        )
        .await;
    assert!(copy().contains("Answered by"), "{}", copy());
    assert!(!copy().contains("an answer is due by"), "{}", copy());
    iro.presses(&iro.receipt(c), "not_satisfied").await;
    let receipt = iro.standing_receipt(c).all_text();
    for note in [
        "Case note for Stage 1 (Referral to the Operations Manager)",
        "Case note for Stage 1 (Meeting considered by the Service Manager)",
    ] {
        assert!(receipt.contains(note), "{note}: {receipt}");
    }
    world.skims();
    world.finish().await;
}

#[tokio::test]
async fn escalating_on_a_running_clock_is_refused_and_bypass_is_offered() {
    let world = World::of("manchester").at("2026-12-14 10:00").await;
    let iro = world.iro();
    let c = iro.raises(starred("K-500002")).await;
    world.skims();
    let receipt = iro.receipt(c);
    assert!(
        !receipt.has_action("escalate") && receipt.has_action("bypass"),
        "{}",
        receipt.all_text()
    );
    let sent = iro
        .answers(
            &receipt,
            "bypass",
            &[
                ("to_step", "m-3"),
                ("reason", REASON),
                ("with", "U0HEADOFSERVICE"),
            ],
        )
        .await;
    assert!(
        matches!(&sent, Submitted::Errors(at) if at.contains_key("with")),
        "the protocol asks for the Service Lead of the unit: {sent:?}"
    );
    iro.at.close_all().await;
    iro.answers(
        &receipt,
        "bypass",
        &[
            ("to_step", "m-3"),
            ("reason", REASON),
            ("with", "U0SIULEAD"),
        ],
    )
    .await;
    assert_eq!(
        world.heard(),
        ["#head-of-service card m-3", "#safeguarding-lead card m-3"]
    );
    assert_eq!(world.due(c).await, "Mon 21 Dec, 17:00");
    let before = world.card("team_manager", c);
    assert!(
        !before.has_action("accept")
            && before
                .all_text()
                .contains("Taken by its raiser straight to"),
        "{}",
        before.all_text()
    );
    world.finish().await;
}

#[tokio::test]
async fn a_bypass_without_its_gate_is_recorded_so_and_the_gates_holder_hears_of_it() {
    let world = World::of("manchester").at("2026-12-14 10:00").await;
    let iro = world.iro();
    let c = iro.raises(starred("K-500003")).await;
    world.skims();
    let receipt = iro.receipt(c);
    let sent = iro.answers(&receipt, "bypass", &[("to_step", "m-2")]).await;
    assert!(
        matches!(&sent, Submitted::NotSent(at) | Submitted::Errors(at) if at.contains_key("reason")),
        "a reason always: {sent:?}"
    );
    iro.at.close_all().await;
    iro.answers(
        &receipt,
        "bypass",
        &[("to_step", "m-2"), ("reason", REASON)],
    )
    .await;
    assert_eq!(
        world.heard(),
        [
            "#iro-manager notice m-2",
            "#service-lead card m-2",
            "#siu-lead notice m-2"
        ]
    );
    world.finish().await;
}

#[tokio::test]
async fn a_challenge_may_be_moved_on_early_and_its_windows_stay() {
    let world = World::of("cp-lac-challenge").at("2026-12-11 11:00").await;
    let iro = world.iro();
    let c = iro.raises(concern("K-500004")).await;
    world.skims();
    let receipt = iro.receipt(c);
    assert!(receipt.has_action("escalate"), "{}", receipt.all_text());
    iro.answers(&receipt, "escalate", &[]).await;
    assert_eq!(
        world.heard(),
        [
            "#iro-manager card h-l2",
            "#north-cas-atm card h-l2",
            "#north-cas-tm card h-l2"
        ]
    );
    assert_eq!(world.due(c).await, "Fri 8 Jan, 17:00");
    world.finish().await;
}

#[tokio::test]
async fn a_step_without_a_clock_is_looked_at_again_on_the_raisers_date_until_it_ends() {
    let world = World::of("warwickshire").at("2026-12-15 14:00").await;
    let iro = world.iro();
    let c = iro.raises(concern("K-500005")).await;
    world.skims();
    assert_eq!(world.due(c).await, "none");
    let receipt = iro.receipt(c);
    assert!(
        receipt.all_text().contains("Tue 22 Dec"),
        "five working days unless the raiser says otherwise: {}",
        receipt.all_text()
    );
    iro.answers(&receipt, "review_date", &[("until", "2026-12-18")])
        .await;
    world.to("2026-12-17 12:00").await;
    world.skims();
    world.to("2026-12-18 09:00").await;
    assert_eq!(world.heard_beside_digests(), ["@iro1 receipt w-inf"]);
    world.to("2026-12-29 08:59:59").await;
    assert_eq!(world.heard_beside_digests(), [""; 0]);
    world.to("2026-12-29 09:00").await;
    assert_eq!(
        world.heard_beside_digests(),
        ["#iro-manager alert w-inf", "@iro1 receipt w-inf"],
        "asked again; and who was asked twice in vain is told of"
    );
    iro.answers(&iro.newest("receipt", c), "escalate", &[])
        .await;
    assert_eq!(world.stands(c).await.0, "w-1");
    world.skims();
    world.finish().await;
}

#[tokio::test]
async fn a_concern_is_handed_over_by_its_raiser_and_the_new_one_has_it_whole() {
    let world = World::of("manchester").at("2026-12-14 10:00").await;
    let (iro, other) = (world.iro(), world.other_raiser("iro"));
    let c = iro.raises(starred("K-500006")).await;
    world.skims();
    let told = iro.asks(&format!("handover {c} <@U0IRO2>")).await;
    assert!(told.all_text().contains("<@U0IRO2>"), "{}", told.all_text());
    assert_eq!(
        world.heard(),
        [
            "#north-team-manager notice m-1",
            "@iro1 notice m-1",
            "@iro2 receipt m-1"
        ]
    );
    let old = iro.receipt(c);
    assert!(
        !old.has_action("resolve") && old.all_text().contains("has this now"),
        "{}",
        old.all_text()
    );
    let refused = iro.asks(&format!("show {c}")).await.all_text();
    let not_there = iro.asks("show C-99").await.all_text();
    assert_eq!(
        refused.trim(),
        not_there.replace("C-99", &c.to_string()).trim(),
        "it is not theirs to read any more"
    );
    assert!(world.case(c).await.concern.is_open());
    other.presses(&other.receipt(c), "resolve").await;
    assert!(!world.case(c).await.concern.is_open());
    world.finish().await;
}

#[tokio::test]
async fn the_manager_hands_over_what_an_absent_raiser_left_and_no_addressee_does() {
    let world = World::of("manchester").at("2026-12-14 10:00").await;
    let c = world.iro().raises(starred("K-500007")).await;
    world.skims();
    let refused = world
        .role("team_manager")
        .asks(&format!("handover {c} <@U0IRO2>"))
        .await
        .all_text();
    assert!(
        refused.contains("<@U0IRO1>") && refused.contains("IRO Team Manager"),
        "and says who can: {refused}"
    );
    assert_eq!(world.case(c).await.concern.raiser.as_str(), "U0IRO1");
    let manager = world.role("iro_manager");
    let refused = manager
        .asks(&format!("handover {c} <@U0DCS>"))
        .await
        .all_text();
    assert_eq!(world.case(c).await.concern.raiser.as_str(), "U0IRO1");
    assert!(!refused.is_empty());
    manager.asks(&format!("handover {c} <@U0IRO2>")).await;
    assert_eq!(world.case(c).await.concern.raiser.as_str(), "U0IRO2");
    world.skims();
    world.finish().await;
}

#[tokio::test]
async fn a_withdrawn_concern_says_so_on_its_card_and_nothing_moves_any_more() {
    let world = World::of("manchester").at("2026-12-14 10:00").await;
    let iro = world.iro();
    let c = iro.raises(starred("K-500008")).await;
    iro.answers(&iro.receipt(c), "withdraw", &[("reason", REASON)])
        .await;
    let card = world.card("team_manager", c);
    assert!(
        card.all_text().contains("Withdrawn by its raiser") && !card.has_action("accept"),
        "{}",
        card.all_text()
    );
    world.skims();
    world.to("2027-01-30 12:00").await;
    assert_eq!(world.heard(), [""; 0]);
    assert!(matches!(world.stands(c).await.1, Phase::Closed(_)));
    world.finish().await;
}

#[tokio::test]
async fn two_concerns_on_one_case_and_category_are_pointed_out_to_who_may_read_both() {
    let world = World::of("manchester").at("2026-12-14 10:00").await;
    let (iro, other) = (world.iro(), world.other_raiser("iro"));
    let first = iro.raises(starred("K-500009")).await;
    world.skims();
    let second = iro.raises(starred("K-500009")).await;
    assert_eq!(
        world.heard(),
        [
            "#north-team-manager card m-1",
            "@iro1 notice m-1",
            "@iro1 receipt m-1"
        ]
    );
    assert!(
        iro.newest("notice", second)
            .all_text()
            .contains(&first.to_string())
    );
    other.raises(starred("K-500009")).await;
    assert_eq!(
        world.heard(),
        [
            "#iro-manager notice m-1",
            "#iro-manager notice m-1",
            "#north-team-manager card m-1",
            "@iro2 receipt m-1"
        ],
        "who may not read them is not told that they are there"
    );
    world.finish().await;
}

#[tokio::test]
async fn alerts_to_one_person_within_an_hour_are_one_message() {
    let world = World::of("manchester").at("2026-12-14 10:00").await;
    let iro = world.iro();
    let mut all = Vec::new();
    for case in ["K-500010", "K-500011", "K-500012"] {
        all.push(iro.raises(starred(case)).await);
    }
    world.to("2026-12-22 09:00").await;
    world.skims();
    world.to("2026-12-22 17:00:01").await;
    assert_eq!(world.heard(), ["#iro-manager alert m-1"]);
    let alert = world
        .slack
        .sees_last(&world.channel("iro-manager"))
        .unwrap();
    for c in all {
        assert!(
            alert.all_text().contains(&c.to_string()),
            "{}",
            alert.all_text()
        );
    }
    world.finish().await;
}
