//! What follows an addressee's answer: acknowledged, accepted, rejected, responded, decided, late, extended.

use lodestar::concern::Phase;
use sandbox::Submitted;

use crate::support::people::{concern, starred};
use crate::support::world::World;
use crate::support::{DECISION, PLAN, RATIONALE, REASON, RESPONSE};

#[tokio::test]
async fn an_acknowledgement_is_shown_to_all_and_the_clock_runs_on() {
    let world = World::of("manchester").at("2026-12-14 10:00").await;
    let c = world.iro().raises(starred("K-300001")).await;
    let manager = world.role("team_manager");
    manager
        .presses(&world.card("team_manager", c), "acknowledge")
        .await;
    let card = world.card("team_manager", c);
    assert!(
        card.all_text()
            .contains("Acknowledged by <@U0TEAMMANAGERNORTH>"),
        "{}",
        card.all_text()
    );
    assert!(!card.has_action("acknowledge") && card.has_action("accept"));
    assert!(
        world
            .iro()
            .receipt(c)
            .all_text()
            .contains("Acknowledged by"),
        "the raiser sees it"
    );
    assert_eq!(world.due(c).await, "Mon 21 Dec, 17:00");
    world.to("2026-12-17 12:00").await;
    assert_eq!(world.heard_beside_digests(), [""; 0], "nobody is reminded");
    world.finish().await;
}

#[tokio::test]
async fn a_card_nobody_acknowledged_is_reminded_of_at_the_opening_after_one_working_day() {
    let world = World::of("manchester").at("2026-12-18 15:00").await;
    let c = world.iro().raises(starred("K-300002")).await;
    world.skims();
    world.to("2026-12-22 08:59:59").await;
    assert_eq!(
        world.heard_beside_digests(),
        [""; 0],
        "Friday's card has all of Monday"
    );
    world.to("2026-12-22 09:00").await;
    assert_eq!(
        world.heard_beside_digests(),
        ["#north-team-manager reminder m-1"]
    );
    let reminder = world
        .last(&world.channel_of("team_manager"), "reminder", c)
        .unwrap();
    assert!(
        reminder.all_text().contains("<@U0TEAMMANAGERNORTH>"),
        "a phone stays silent otherwise: {}",
        reminder.all_text()
    );
    world.finish().await;
}

#[tokio::test]
async fn an_accepted_plan_is_asked_after_on_its_day_and_done_closes_it() {
    let world = World::of("manchester").at("2026-12-14 10:00").await;
    let iro = world.iro();
    let c = iro.raises(starred("K-300003")).await;
    world.skims();
    world
        .role("team_manager")
        .answers(
            &world.card("team_manager", c),
            "accept",
            &[("plan", PLAN), ("target_date", "2027-01-05")],
        )
        .await;
    assert_eq!(world.heard(), ["@iro1 receipt m-1"], "the raiser is told");
    let card = world.card("team_manager", c);
    assert!(
        card.all_text().contains("Accepted by") && card.all_text().contains("Tue 5 Jan"),
        "{}",
        card.all_text()
    );
    assert!(!card.has_action("accept") && !card.has_action("reject"));
    world.to("2027-01-05 08:59:59").await;
    assert_eq!(
        world.heard_beside_digests(),
        [""; 0],
        "the clock has stopped"
    );
    world.to("2027-01-05 09:00").await;
    assert_eq!(world.heard_beside_digests(), ["@iro1 receipt m-1"]);
    let asked = iro.newest("receipt", c);
    assert!(
        asked.has_action("resolve")
            && asked.has_action("not_satisfied")
            && asked.has_action("more_time"),
        "{}",
        asked.all_text()
    );
    iro.presses(&asked, "resolve").await;
    assert!(!world.case(c).await.concern.is_open());
    let card = world.card("team_manager", c);
    assert!(
        card.all_text().contains("Resolved on"),
        "{}",
        card.all_text()
    );
    assert!(card.has_action("details") && !card.has_action("acknowledge"));
    world.to("2027-02-01 12:00").await;
    assert_eq!(
        world.heard(),
        [""; 0],
        "and nothing is ever sent about it again"
    );
    world.finish().await;
}

#[tokio::test]
async fn a_plan_that_was_not_carried_out_moves_on_at_once() {
    let world = World::of("buckinghamshire").at("2026-12-14 10:00").await;
    let iro = world.iro();
    let c = iro
        .raises(concern("K-300004").starting_at("b-inf", REASON))
        .await;
    world
        .role("social_worker")
        .answers(
            &world.card("social_worker", c),
            "respond",
            &[("response", RESPONSE)],
        )
        .await;
    world.skims();
    iro.presses(&iro.newest("receipt", c), "not_satisfied")
        .await;
    assert_eq!(
        world.heard(),
        ["#north-team-manager card b-1"],
        "the same minute, and who pressed needs no message of it"
    );
    world.finish().await;
}

#[tokio::test]
async fn what_the_service_lead_promises_by_a_day_is_asked_after_on_that_day() {
    let world = World::of("manchester").at("2026-12-14 10:00").await;
    let iro = world.iro();
    let c = iro
        .raises(starred("K-300013").starting_at("m-2", REASON))
        .await;
    world
        .role("service_lead")
        .answers(
            &world.card("service_lead", c),
            "respond",
            &[("response", RESPONSE), ("target_date", "2027-01-08")],
        )
        .await;
    let told = iro.newest("receipt", c);
    assert!(
        told.all_text()
            .contains("Enough for now, to be done by Fri 8 Jan: More time"),
        "{}",
        told.all_text()
    );
    // The form offers the promised day.
    iro.answers(&told, "more_time", &[("reason", REASON)]).await;
    world.skims();
    world.to("2027-01-08 08:59:59").await;
    world.skims();
    world.to("2027-01-08 09:00").await;
    assert!(
        world
            .heard_beside_digests()
            .contains(&"@iro1 receipt m-2".to_owned()),
        "the officer is asked whether it is done"
    );
    iro.presses(&iro.newest("receipt", c), "resolve").await;
    assert!(!world.case(c).await.concern.is_open());
    world.skims();
    world.finish().await;
}

#[tokio::test]
async fn more_time_needs_a_reason_and_asks_again_on_the_new_day() {
    let world = World::of("manchester").at("2026-12-14 10:00").await;
    let iro = world.iro();
    let c = iro.raises(starred("K-300005")).await;
    world
        .role("team_manager")
        .answers(
            &world.card("team_manager", c),
            "accept",
            &[("plan", PLAN), ("target_date", "2026-12-17")],
        )
        .await;
    world.to("2026-12-17 09:00").await;
    world.skims();
    let asked = iro.newest("receipt", c);
    let sent = iro
        .answers(&asked, "more_time", &[("until", "2026-12-22")])
        .await;
    assert!(
        matches!(&sent, Submitted::NotSent(at) | Submitted::Errors(at) if at.contains_key("reason")),
        "{sent:?}"
    );
    iro.at.close_all().await;
    iro.answers(
        &asked,
        "more_time",
        &[("until", "2026-12-22"), ("reason", REASON)],
    )
    .await;
    world.to("2026-12-22 08:59:59").await;
    assert_eq!(world.heard_beside_digests(), [""; 0]);
    world.to("2026-12-22 09:00").await;
    assert_eq!(world.heard_beside_digests(), ["@iro1 receipt m-1"]);
    let asked = iro.newest("receipt", c);
    iro.presses(&asked, "not_satisfied").await;
    assert_eq!(
        world.stands(c).await.1,
        Phase::AtGate,
        "not done: at once to the gate before Stage 2"
    );
    assert_eq!(world.heard(), ["#iro-manager gate m-1"]);
    world.finish().await;
}

#[tokio::test]
async fn what_is_promised_for_christmas_is_asked_about_on_the_day_that_the_receipt_says() {
    let world = World::of("manchester").at("2026-12-14 10:00").await;
    let iro = world.iro();
    let c = iro.raises(starred("K-300020")).await;
    world
        .role("team_manager")
        .answers(
            &world.card("team_manager", c),
            "accept",
            &[("plan", PLAN), ("target_date", "2026-12-25")],
        )
        .await;
    let says = |words: &str| {
        let receipt = iro.standing_receipt(c).all_text();
        assert!(receipt.contains(words), "{words}: {receipt}");
    };
    says("It is to be done by Fri 25 Dec; you are asked on Tue 29 Dec.");
    world.skims();
    world.to("2026-12-29 09:00").await;
    assert_eq!(world.heard_beside_digests(), ["@iro1 receipt m-1"]);
    says("It was to be done by Fri 25 Dec, and you were asked on Tue 29 Dec, 09:00.");
    world.skims();
    world.finish().await;
}

#[tokio::test]
async fn a_target_nobody_speaks_about_is_told_to_the_manager_after_two_working_days_and_every_five()
{
    let world = World::of("manchester").at("2026-12-14 10:00").await;
    let iro = world.iro();
    let c = iro.raises(starred("K-300006")).await;
    world
        .role("team_manager")
        .answers(
            &world.card("team_manager", c),
            "accept",
            &[("plan", PLAN), ("target_date", "2026-12-17")],
        )
        .await;
    world.to("2026-12-17 09:00").await;
    world.skims();
    for moment in [
        "2026-12-21 17:00:01",
        "2026-12-30 17:00:01",
        "2027-01-07 17:00:01",
    ] {
        world.to(&moment.replace(":01", ":00")).await;
        assert_eq!(world.heard_beside_digests(), [""; 0], "before {moment}");
        world.to(moment).await;
        assert_eq!(world.heard(), ["#iro-manager alert m-1"], "{moment}");
    }
    iro.presses(&iro.receipt(c), "resolve").await;
    world.to("2027-02-01 12:00").await;
    assert_eq!(world.heard_beside_digests(), [""; 0]);
    world.finish().await;
}

#[tokio::test]
async fn a_rejection_in_manchester_waits_for_the_end_of_day_five() {
    let world = World::of("manchester").at("2026-12-14 10:00").await;
    let iro = world.iro();
    let c = iro.raises(starred("K-300007")).await;
    world.skims();
    world
        .role("team_manager")
        .answers(
            &world.card("team_manager", c),
            "reject",
            &[("rationale", RATIONALE)],
        )
        .await;
    assert_eq!(world.heard(), ["@iro1 receipt m-1"], "the raiser is told");
    assert!(iro.details(c).await.contains(RATIONALE), "and sees why");
    assert_eq!(world.stands(c).await.1, Phase::RejectedWaiting);
    world.to("2026-12-18 09:30").await;
    assert_eq!(
        world.heard_beside_digests(),
        ["#iro-manager gate m-1", "@iro1 receipt m-1"],
        "warned, and the gate asked ahead"
    );
    let gate = world.last(&world.channel("iro-manager"), "gate", c);
    world
        .role("iro_manager")
        .presses(&gate.unwrap(), "agree_gate")
        .await;
    world.to("2026-12-21 17:00:00").await;
    assert_eq!(world.heard_beside_digests(), [""; 0]);
    world.to("2026-12-21 17:00:01").await;
    assert_eq!(
        world.heard(),
        ["#service-lead card m-2", "@iro1 receipt m-2"]
    );
    world.finish().await;
}

#[tokio::test]
async fn a_decision_is_the_raisers_to_judge_and_elsewhere_an_unsatisfied_judgement_moves_on_at_once()
 {
    let world = World::of("fostering-iro").at("2026-12-14 10:00").await;
    let iro = world.iro();
    let c = iro
        .raises(concern("K-300008").starting_at("s-l1", REASON))
        .await;
    world.skims();
    let card = world.card("team_manager", c);
    assert!(card.has_action("respond") && !card.has_action("accept"));
    world
        .role("team_manager")
        .answers(&card, "respond", &[("response", RESPONSE)])
        .await;
    assert_eq!(world.heard(), ["@fosteriro1 receipt s-l1"]);
    assert!(iro.details(c).await.contains(RESPONSE));
    assert_eq!(world.stands(c).await.1, Phase::Judging);
    world.to("2026-12-16 17:00:00").await;
    assert_eq!(world.heard_beside_digests(), [""; 0]);
    world.to("2026-12-16 17:00:01").await;
    assert_eq!(
        world.heard(),
        ["#iro-manager alert s-l1"],
        "two working days without the raiser's word"
    );
    world.to("2026-12-23 17:00:01").await;
    assert_eq!(
        world.heard_beside_digests(),
        ["#iro-manager alert s-l1"],
        "and again after five"
    );
    iro.presses(&iro.newest("receipt", c), "not_satisfied")
        .await;
    assert_eq!(
        world.heard(),
        [
            "#head-of-service copy s-l2",
            "#operational-service-manager card s-l2",
            "#sm-qar copy s-l2"
        ]
    );
    assert_eq!(world.due(c).await, "Mon 4 Jan, 17:00");
    world.finish().await;
}

#[tokio::test]
async fn a_final_decision_needs_its_rationale_and_closes_only_by_the_raiser() {
    let world = World::of("warwickshire").at("2026-12-15 14:00").await;
    let iro = world.iro();
    let c = iro
        .raises(concern("K-300009").starting_at("w-2", REASON))
        .await;
    world.skims();
    let card = world.card("hos_children_families", c);
    let head = world.role("hos_children_families");
    let sent = head
        .answers(&card, "decide", &[("decision", DECISION)])
        .await;
    assert!(
        matches!(&sent, Submitted::NotSent(at) | Submitted::Errors(at) if at.contains_key("rationale")),
        "{sent:?}"
    );
    head.at.close_all().await;
    head.answers(
        &card,
        "decide",
        &[("decision", DECISION), ("rationale", RATIONALE)],
    )
    .await;
    assert_eq!(
        world.heard(),
        [
            "#hos-csc-safeguarding notice w-2",
            "#hos-practice-assurance notice w-2",
            "#north-service-manager notice w-2",
            "@iro1 receipt w-2"
        ],
        "and whoever was asked for input, that it was decided without"
    );
    let words = iro.details(c).await;
    assert!(words.contains(DECISION) && words.contains(RATIONALE));
    assert!(world.case(c).await.concern.is_open());
    iro.presses(&iro.receipt(c), "resolve").await;
    assert!(!world.case(c).await.concern.is_open());
    world.finish().await;
}

#[tokio::test]
async fn warwickshires_second_stage_may_be_extended_for_an_item_that_is_named() {
    let world = World::of("warwickshire").at("2026-12-15 14:00").await;
    let iro = world.iro();
    let c = iro
        .raises(concern("K-300010").starting_at("w-2", REASON))
        .await;
    world.skims();
    let head = world.role("hos_children_families");
    let card = world.card("hos_children_families", c);
    let sent = head
        .answers(
            &card,
            "extend",
            &[("until", "2027-01-06"), ("reason", REASON)],
        )
        .await;
    assert!(
        matches!(&sent, Submitted::NotSent(at) | Submitted::Errors(at) if at.contains_key("item")),
        "{sent:?}"
    );
    head.at.close_all().await;
    head.answers(
        &card,
        "extend",
        &[
            ("until", "2027-01-06"),
            ("reason", REASON),
            ("item", "The periwinkle assessment"),
        ],
    )
    .await;
    assert_eq!(world.heard(), ["@iro1 notice w-2"], "the raiser is told");
    assert_eq!(world.due(c).await, "Wed 6 Jan, 17:00");
    let card = world.card("hos_children_families", c);
    assert!(card.all_text().contains("Wed 6 Jan"), "{}", card.all_text());
    world.to("2027-01-05 09:30").await;
    world.skims();
    world.to("2027-01-06 17:00:00").await;
    assert_eq!(world.stands(c).await.1, Phase::Answering);
    world.to("2027-01-06 17:00:01").await;
    assert_eq!(world.stands(c).await.1, Phase::Exhausted);
    world.skims();
    world.finish().await;
}

#[tokio::test]
async fn an_answer_at_five_is_in_time_and_a_second_later_is_kept_as_late_and_shown_to_both() {
    let world = World::of("fostering-iro").at("2026-12-14 10:00").await;
    let iro = world.iro();
    let start = || concern("K-300011").starting_at("s-l1", REASON);
    let first = iro.raises(start()).await;
    let second = iro
        .raises(concern("K-300012").starting_at("s-l1", REASON))
        .await;
    world.to("2026-12-18 09:30").await;
    world.to("2026-12-21 17:00:00").await;
    world.skims();
    let manager = world.role("team_manager");
    manager
        .answers(
            &world.card("team_manager", first),
            "respond",
            &[("response", RESPONSE)],
        )
        .await;
    let late_card = world.card("team_manager", second);
    let view = manager.opens(&late_card, "respond").await;
    manager
        .at
        .fill(&view.id, "response", RESPONSE)
        .await
        .unwrap();
    assert_eq!(world.heard(), ["@fosteriro1 receipt s-l1"]);
    world
        .clock
        .to(crate::support::world::london("2026-12-21 17:00:01"));
    let sent = manager.sends(&view).await;
    assert!(
        matches!(sent, Submitted::Updated(_)),
        "they are told it is late: {sent:?}"
    );
    assert_eq!(
        world.stands(first).await,
        ("s-l1".to_owned(), Phase::Judging)
    );
    assert_eq!(
        world.stands(second).await,
        ("s-l2".to_owned(), Phase::Answering),
        "it never undoes the escalation"
    );
    assert_eq!(
        world.heard(),
        [
            "#head-of-service copy s-l2",
            "#operational-service-manager card s-l2",
            "#operational-service-manager notice s-l1",
            "#sm-qar copy s-l2",
            "@fosteriro1 notice s-l1",
            "@fosteriro1 receipt s-l2",
        ],
        "shown to the raiser and to the new addressee"
    );
    let words = iro.details(second).await;
    assert!(
        words.contains(RESPONSE) && words.contains("answered late"),
        "{words}"
    );
    world.finish().await;
}
