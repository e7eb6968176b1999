//! One story for each protocol, written from its paper: people answer, disagree and settle, each in the way their own council does.

use lodestar::concern::{Closed, Phase, Position};
use lodestar::ids::ConcernId;

use crate::support::people::concern;
use crate::support::world::World;
use crate::support::{DECISION, PLAN, RATIONALE, REASON, RESPONSE};

/// Warwickshire's answer at stage 1 goes to the service manager too, and both heads of service are told of it.
async fn the_operations_manager_answers(world: &World, c: ConcernId) {
    world.to("2026-12-30 11:00").await;
    world.skims();
    world
        .role("operations_manager")
        .answers(
            &world.card("operations_manager", c),
            "respond",
            &[("response", RESPONSE)],
        )
        .await;
    assert_eq!(
        world.heard(),
        [
            "#hos-csc-safeguarding notice w-1",
            "#hos-practice-assurance notice w-1",
            "#north-service-manager notice w-1",
            "@iro1 receipt w-1"
        ],
    );
    let told = world.last(&world.channel("north-service-manager"), "notice", c);
    let told = told.unwrap().all_text();
    assert!(
        told.contains("the Operations Manager answered")
            && told.contains("Nothing is asked of you"),
        "{told}"
    );
}

#[tokio::test]
async fn in_warwickshire_a_referral_after_its_day_asks_why_and_whoever_reads_it_reads_the_reason() {
    let world = World::of("warwickshire").at("2026-12-23 10:00").await;
    let iro = world.iro();
    let c = iro.raises(concern("K-700009").about("2026-12-15")).await;
    iro.answers(&iro.receipt(c), "escalate", &[]).await;
    let due = world.due(c).await;
    let receipt = iro.receipt(c);
    assert!(
        receipt
            .all_text()
            .contains("was sent later than the protocol asks. Press Say why it is late"),
        "{}",
        receipt.all_text()
    );
    iro.answers(&receipt, "explain_late", &[("reason", REASON)])
        .await;
    let said = iro.receipt(c);
    assert!(
        said.all_text()
            .contains("later than the protocol asks: the reason is in Details")
            && !said.has_action("explain_late"),
        "{}",
        said.all_text()
    );
    let card = world.card("operations_manager", c).all_text();
    assert!(card.contains("the reason is in Details"), "{card}");
    assert!(!card.contains(REASON), "{card}");
    let details = world.role("operations_manager").details(c).await;
    assert!(details.contains(REASON), "{details}");
    assert_eq!(world.due(c).await, due, "no date moves");
    // A second press, of a receipt that was still on the screen, changes nothing and says so.
    iro.at
        .click(&receipt.channel, &receipt.ts, "explain_late")
        .await
        .ok();
    world.skims();
    world.finish().await;
}

#[tokio::test]
async fn in_warwickshire_a_dispute_over_christmas_is_answered_met_about_decided_and_maintained() {
    let world = World::of("warwickshire").at("2026-12-15 14:00").await;
    let iro = world.iro();
    let c = iro.raises(concern("K-700001").about("2026-12-15")).await;
    let said = iro.receipt(c).all_text();
    assert!(
        said.contains("A formal referral to the Operations Manager is due by Tue 22 Dec, 17:00"),
        "five working days from the review: {said}"
    );
    world.to("2026-12-21 10:00").await;
    iro.answers(&iro.receipt(c), "escalate", &[]).await;
    let said = iro.receipt(c).all_text();
    assert!(!said.contains("A formal referral"), "it is sent: {said}");
    assert_eq!(world.due(c).await, "Wed 30 Dec, 17:00");
    the_operations_manager_answers(&world, c).await;
    iro.presses(&iro.newest("receipt", c), "not_satisfied")
        .await;
    assert_eq!(
        world.heard(),
        [
            "#hos-csc-safeguarding copy w-1m",
            "#hos-practice-assurance copy w-1m",
            "#north-service-manager card w-1m"
        ]
    );
    assert_eq!(world.due(c).await, "Thu 7 Jan, 17:00");

    // No resolution at the meeting: the judgement is the officer's, and the referral is the same day's.
    world.to("2027-01-07 15:00").await;
    world.skims();
    let gate = iro.newest("gate", c);
    assert!(
        gate.all_text().contains("no prospect of resolution"),
        "{}",
        gate.all_text()
    );
    iro.presses(&gate, "agree_gate").await;
    world.to("2027-01-07 17:00:01").await;
    world.skims();
    assert_eq!(world.due(c).await, "Thu 14 Jan, 17:00");

    world.to("2027-01-14 10:00").await;
    world
        .role("hos_children_families")
        .answers(
            &world.card("hos_children_families", c),
            "decide",
            &[("decision", DECISION), ("rationale", RATIONALE)],
        )
        .await;
    iro.presses(&iro.newest("receipt", c), "not_satisfied")
        .await;
    assert_eq!(world.stands(c).await.1, Phase::Exhausted);
    world.skims();
    iro.answers(
        &iro.newest("receipt", c),
        "position",
        &[("position", "maintained"), ("reason", REASON)],
    )
    .await;
    assert_eq!(
        world.heard(),
        [
            "#hos-children-families notice w-2",
            "#hos-csc-safeguarding notice w-2",
            "#hos-practice-assurance notice w-2",
            "#north-operations-manager notice w-2",
            "#north-service-manager notice w-2"
        ],
        "what the officer does next is told to the managers it reached"
    );
    let told = world
        .last(&world.channel("north-service-manager"), "notice", c)
        .unwrap();
    assert!(
        told.all_text()
            .contains("the raiser maintains their position"),
        "{}",
        told.all_text()
    );
    assert_eq!(
        world.stands(c).await.1,
        Phase::Closed(Closed::Position(Position::Maintained))
    );
    world.finish().await;
}

#[tokio::test]
async fn in_buckinghamshire_an_informal_word_becomes_a_resolution_that_the_head_of_service_settles()
{
    let world = World::of("buckinghamshire").at("2026-12-16 15:00").await;
    let iro = world.iro();
    let c = iro
        .raises(
            concern("K-700002")
                .about("2026-12-16")
                .starting_at("b-inf", REASON),
        )
        .await;
    assert_eq!(
        world.due(c).await,
        "Mon 21 Dec, 17:00",
        "three working days"
    );
    let card = world.card("social_worker", c).all_text();
    assert!(
        !card.contains("20 working days"),
        "nothing is escalated yet, so the limit has not begun: {card}"
    );
    world
        .role("social_worker")
        .answers(
            &world.card("social_worker", c),
            "respond",
            &[("response", RESPONSE)],
        )
        .await;
    iro.presses(&iro.newest("receipt", c), "not_satisfied")
        .await;
    world.skims();
    assert_eq!(world.stands(c).await.0, "b-1");
    assert_eq!(world.due(c).await, "Mon 4 Jan, 17:00", "ten working days");
    let card = world.card("team_manager", c).all_text();
    assert!(card.contains("the 20 working days end on"), "{card}");

    world.to("2027-01-04 17:00:01").await;
    assert!(
        world.heard().contains(&"#ad-qa alert b-1".to_owned()),
        "an overdue resolution is the Assistant Director's to know of"
    );
    assert_eq!(world.stands(c).await.0, "b-2");
    world
        .role("head_of_service")
        .answers(
            &world.card("head_of_service", c),
            "respond",
            &[("response", RESPONSE), ("target_date", "2027-01-11")],
        )
        .await;
    iro.presses(&iro.newest("receipt", c), "resolve").await;
    assert_eq!(world.stands(c).await.1, Phase::Closed(Closed::Resolved));
    world.skims();
    world.finish().await;
}

#[tokio::test]
async fn in_manchester_a_conference_chairs_recommendation_is_turned_down_and_agreed_at_stage_2() {
    let world = World::of("manchester").at("2026-12-14 10:00").await;
    let chair = world.raiser("cp_chair");
    let c = chair.raises(concern("K-700003")).await;
    world.to("2026-12-15 11:00").await;
    world
        .role("team_manager")
        .answers(
            &world.card("team_manager", c),
            "reject",
            &[("rationale", RATIONALE)],
        )
        .await;
    world.to("2026-12-18 12:00").await;
    assert_eq!(
        world.stands(c).await,
        ("m-1".to_owned(), Phase::RejectedWaiting),
        "a rejection waits for the end of day five"
    );
    let gate = world
        .last(&world.channel("iro-manager"), "gate", c)
        .expect("the IRO Team Manager is not asked");
    world.role("iro_manager").presses(&gate, "agree_gate").await;
    world.to("2026-12-21 17:00:01").await;
    assert_eq!(world.stands(c).await.0, "m-2");
    let lead = world.role("service_lead");
    lead.answers(
        &world.card("service_lead", c),
        "respond",
        &[("response", RESPONSE), ("target_date", "2027-01-08")],
    )
    .await;
    chair.presses(&chair.newest("receipt", c), "resolve").await;
    assert_eq!(world.stands(c).await.1, Phase::Closed(Closed::Resolved));
    world.skims();
    world.finish().await;
}

#[tokio::test]
async fn in_swindon_a_foster_carers_concern_goes_past_level_1_and_is_put_right_at_level_2() {
    let world = World::of("fostering-iro").at("2026-12-09 10:00").await;
    let iro = world.iro();
    let c = iro.raises(concern("K-700005")).await;
    world.to("2026-12-14 10:00").await;
    iro.answers(
        &iro.receipt(c),
        "bypass",
        &[("to_step", "s-l2"), ("reason", REASON)],
    )
    .await;
    assert_eq!(world.stands(c).await.0, "s-l2");
    assert_eq!(world.due(c).await, "Mon 21 Dec, 17:00");
    world.skims();
    world
        .role("operational_service_manager")
        .answers(
            &world.card("operational_service_manager", c),
            "respond",
            &[("response", PLAN), ("target_date", "2026-12-18")],
        )
        .await;
    iro.presses(&iro.newest("receipt", c), "resolve").await;
    assert_eq!(world.stands(c).await.1, Phase::Closed(Closed::Resolved));
    world.skims();
    world.finish().await;
}

#[tokio::test]
async fn a_looked_after_childs_challenge_asks_for_an_earlier_day_and_is_moved_on_before_its_maximum()
 {
    let world = World::of("cp-lac-challenge").at("2026-12-11 11:00").await;
    let iro = world.iro();
    let c = iro
        .raises(concern("K-700004").with("action_by", serde_json::json!("2026-12-16")))
        .await;
    assert_eq!(
        world.due(c).await,
        "Wed 16 Dec, 17:00",
        "the times are maxima, and this child cannot wait two weeks"
    );
    iro.answers(&iro.receipt(c), "escalate", &[("reason", REASON)])
        .await;
    assert_eq!(world.stands(c).await.0, "h-l2");
    assert_eq!(
        world.due(c).await,
        "Fri 8 Jan, 17:00",
        "moving on early moves no later window"
    );
    world
        .role("cas_tm")
        .answers(
            &world.card("cas_tm", c),
            "respond",
            &[("response", RESPONSE)],
        )
        .await;
    assert_eq!(world.stands(c).await.1, Phase::Judging);
    world.skims();
    world.finish().await;
}

#[tokio::test]
async fn in_warwickshire_a_concern_rated_red_goes_to_the_head_of_service_and_the_service_manager() {
    let world = World::of("warwickshire").at("2026-12-15 14:00").await;
    let iro = world.iro();
    let rating = concern("K-700006").with("rag", serde_json::json!("red"));
    let form = iro.fills_in(&rating).await.all_text();
    assert!(
        form.contains("Rated amber, it is told at once to the Service Manager")
            && form.contains("Rated red, it is told at once to the Relevant Head of Service"),
        "who hears of it is said before it is sent: {form}"
    );
    iro.at.close_all().await;
    let c = iro.raises(rating).await;
    assert_eq!(
        world.heard(),
        [
            "#north-head-of-service copy w-inf",
            "#north-operations-manager card w-inf",
            "#north-service-manager copy w-inf",
            "#north-team-manager card w-inf",
            "@iro1 receipt w-inf"
        ]
    );
    let head = world.role("head_of_service");
    let copy = world.last(&world.channel("north-head-of-service"), "copy", c);
    let said = copy.expect("no copy").all_text();
    assert!(
        said.contains("nothing is asked of you") && said.contains("progress judged red"),
        "{said}"
    );
    let words = head.details(c).await;
    assert!(
        words.contains(crate::support::ISSUE) && words.contains(crate::support::ACTION),
        "the issue and the resolution sought: {words}"
    );
    world.finish().await;
}
