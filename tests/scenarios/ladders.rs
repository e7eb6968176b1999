//! The full unanswered ladder of each protocol over Christmas 2026: who gets what at every lapse, and nobody anything else.

use lodestar::concern::Phase;
use lodestar::ids::ConcernId;

use crate::support::people::{Someone, concern, starred};
use crate::support::world::{World, london};

/// At the due moment nothing has happened yet; a second later the step has lapsed. Gives what everybody then heard.
async fn lapses_just_after(world: &World, moment: &str) -> Vec<String> {
    world.to(&format!("{moment}:00")).await;
    assert_eq!(
        world.heard_beside_digests(),
        [""; 0],
        "nothing at {moment}, nor since the story last listened"
    );
    world.to(&format!("{moment}:01")).await;
    world.heard()
}

/// The raiser makes the judgement that is asked of them.
async fn judges(iro: &Someone<'_>, concern: ConcernId) {
    let gate = iro.newest("gate", concern);
    assert!(gate.has_action("agree_gate"), "{}", gate.all_text());
    iro.presses(&gate, "agree_gate").await;
}

#[tokio::test]
async fn manchester_unanswered_from_mon_14_dec_is_escalated_on_every_expiry_day() {
    let world = World::of("manchester").at("2026-12-14 10:00").await;
    let iro = world.iro();
    let c = iro.raises(starred("K-204117")).await;
    assert_eq!(
        world.heard(),
        ["#north-team-manager card m-1", "@iro1 receipt m-1"]
    );
    let card = world.card("team_manager", c).all_text();
    for said in [
        "★ Starred recommendation",
        "Stage 1 of",
        "Mon 21 Dec, 17:00",
        "5 working days",
        "Thu 14 Jan",
        "K-204117",
    ] {
        assert!(card.contains(said), "{said} in {card}");
    }

    world.to("2026-12-18 09:30").await;
    assert_eq!(
        world.heard_beside_digests(),
        [
            "#iro-manager gate m-1",
            "#north-team-manager reminder m-1",
            "@iro1 receipt m-1"
        ],
        "the reminder to acknowledge, then the warning with the gate ahead"
    );
    assert_eq!(
        lapses_just_after(&world, "2026-12-21 17:00").await,
        ["@iro1 receipt m-1"; 0],
        "an unanswered gate holds it"
    );
    assert_eq!(world.stands(c).await, ("m-1".to_owned(), Phase::AtGate));
    let gate = world
        .last(&world.channel("iro-manager"), "gate", c)
        .unwrap();
    world.role("iro_manager").presses(&gate, "agree_gate").await;
    assert_eq!(
        world.heard(),
        ["#service-lead card m-2", "@iro1 receipt m-2"],
        "agreed at once, the same day"
    );
    let card = world.card("service_lead", c).all_text();
    assert!(card.contains("Wed 30 Dec, 17:00"), "{card}");
    assert!(
        card.contains("in the name of the IRO Team Manager")
            && card.contains("<@U0IRO1>, who was warned on Fri 18 Dec"),
        "who sent it, under what, for whom: {card}"
    );

    world.to("2026-12-29 09:30").await;
    assert_eq!(
        world.heard_beside_digests(),
        ["#service-lead reminder m-2", "@iro1 receipt m-2"],
        "nobody is asked to agree before Stage 3"
    );
    assert_eq!(
        lapses_just_after(&world, "2026-12-30 17:00").await,
        [
            "#head-of-service card m-3",
            "#safeguarding-lead card m-3",
            "@iro1 receipt m-3"
        ]
    );
    assert_eq!(world.due(c).await, "Thu 7 Jan, 17:00");

    world.to("2027-01-06 09:30").await;
    world.skims();
    assert_eq!(
        lapses_just_after(&world, "2027-01-07 17:00").await,
        [
            "#deputy-director card m-4",
            "#strategic-lead copy m-4",
            "@iro1 receipt m-4"
        ]
    );
    assert_eq!(
        world.due(c).await,
        "Thu 14 Jan, 17:00",
        "exactly 20 working days"
    );

    world.to("2027-01-13 09:30").await;
    assert_eq!(
        world.heard_beside_digests(),
        [
            "#deputy-director reminder m-4",
            "@iro1 gate m-4",
            "@iro1 receipt m-4"
        ],
        "whether it is exceptional is the raiser's judgement"
    );
    judges(&iro, c).await;
    assert_eq!(
        lapses_just_after(&world, "2027-01-14 17:00").await,
        ["#dcs card m-5", "@iro1 receipt m-5"]
    );
    assert_eq!(world.due(c).await, "none", "the director has no time set");
    world.finish().await;
}

#[tokio::test]
async fn warwickshire_unanswered_from_the_review_of_tue_15_dec_copies_both_heads_of_service_to_the_end()
 {
    let world = World::of("warwickshire").at("2026-12-15 14:00").await;
    let iro = world.iro();
    let c = iro.raises(concern("K-204118").about("2026-12-15")).await;
    assert_eq!(
        world.heard(),
        [
            "#north-operations-manager card w-inf",
            "#north-team-manager card w-inf",
            "@iro1 receipt w-inf"
        ]
    );
    world.to("2026-12-21 10:00").await;
    world.skims();
    iro.answers(&iro.receipt(c), "escalate", &[]).await;
    assert_eq!(
        world.heard(),
        [
            "#hos-csc-safeguarding copy w-1",
            "#hos-practice-assurance copy w-1",
            "#north-operations-manager card w-1",
            "#north-service-manager copy w-1"
        ]
    );
    assert_eq!(world.due(c).await, "Wed 30 Dec, 17:00");

    world.to("2026-12-29 09:30").await;
    assert_eq!(
        world.heard_beside_digests(),
        [
            "#north-operations-manager reminder w-1",
            "@iro1 receipt w-1"
        ]
    );
    assert_eq!(
        lapses_just_after(&world, "2026-12-30 17:00").await,
        [
            "#hos-csc-safeguarding copy w-1m",
            "#hos-practice-assurance copy w-1m",
            "#north-service-manager card w-1m",
            "@iro1 receipt w-1m"
        ]
    );
    assert_eq!(world.due(c).await, "Thu 7 Jan, 17:00");

    world.to("2027-01-06 09:30").await;
    assert_eq!(
        world.heard_beside_digests(),
        [
            "#north-service-manager reminder w-1m",
            "@iro1 gate w-1m",
            "@iro1 receipt w-1m"
        ]
    );
    judges(&iro, c).await;
    assert_eq!(
        lapses_just_after(&world, "2027-01-07 17:00").await,
        [
            "#hos-children-families card w-2",
            "#hos-csc-safeguarding copy w-2",
            "#hos-practice-assurance copy w-2",
            "#north-service-manager notice w-2",
            "@iro1 receipt w-2"
        ],
        "referred immediately, the same day"
    );
    assert_eq!(world.due(c).await, "Thu 14 Jan, 17:00");
    let card = world.card("hos_children_families", c).all_text();
    assert!(
        card.contains("Thu 21 Jan") && card.contains("Fri 15 Jan"),
        "both readings of the cap: {card}"
    );

    world.to("2027-01-13 09:30").await;
    world.skims();
    assert_eq!(
        lapses_just_after(&world, "2027-01-14 17:00").await,
        ["@iro1 receipt w-2"],
        "the ladder has ended: the raiser's position is asked"
    );
    assert_eq!(world.stands(c).await.1, Phase::Exhausted);
    world.finish().await;
}

#[tokio::test]
async fn buckinghamshire_unanswered_from_mon_14_dec_alerts_the_assistant_director_at_each_overdue_step()
 {
    let world = World::of("buckinghamshire").at("2026-12-14 10:00").await;
    let iro = world.iro();
    let c = iro.raises(concern("K-204119")).await;
    assert_eq!(
        world.heard(),
        ["#north-team-manager card b-1", "@iro1 receipt b-1"]
    );
    assert_eq!(world.due(c).await, "Wed 30 Dec, 17:00", "10 working days");
    world.to("2026-12-29 09:30").await;
    assert_eq!(
        world.heard_beside_digests(),
        ["#north-team-manager reminder b-1", "@iro1 receipt b-1"]
    );
    assert_eq!(
        lapses_just_after(&world, "2026-12-30 17:00").await,
        [
            "#ad-qa alert b-1",
            "#head-of-service card b-2",
            "@iro1 receipt b-2"
        ]
    );
    assert_eq!(world.due(c).await, "Thu 7 Jan, 17:00");
    let told = world.role("ad_qa").details(c).await;
    assert!(
        told.contains(crate::support::ISSUE),
        "whom it is escalated to reads it: {told}"
    );
    world.to("2027-01-06 09:30").await;
    world.skims();
    assert_eq!(
        lapses_just_after(&world, "2027-01-07 17:00").await,
        [
            "#ad-qa alert b-2",
            "#service-director card b-3",
            "@iro1 receipt b-3"
        ]
    );
    assert_eq!(world.due(c).await, "none");
    world.to("2027-01-14 09:00").await;
    assert_eq!(
        world.heard_beside_digests(),
        ["#service-director reminder b-3", "@iro1 receipt b-3"],
        "five working days later the raiser looks again"
    );
    world.finish().await;
}

/// Both routes have the same steps and windows, counted from raising.
async fn challenge(route: &'static str) {
    let world = World::of("cp-lac-challenge").at("2026-12-11 11:00").await;
    let iro = world.iro();
    let c = iro.raises(concern("K-204120").on_route(route)).await;
    assert_eq!(world.case(c).await.concern.raised.route.as_str(), route);
    assert_eq!(
        world.heard(),
        ["#north-social-worker card h-l1", "@iro1 receipt h-l1"]
    );
    assert_eq!(
        world.due(c).await,
        "Thu 24 Dec, 17:00",
        "two weeks end on Christmas Day, so on the working day before it"
    );
    world.to("2026-12-23 09:30").await;
    world.skims();
    assert_eq!(
        lapses_just_after(&world, "2026-12-24 17:00").await,
        [
            "#iro-manager card h-l2",
            "#north-cas-atm card h-l2",
            "#north-cas-tm card h-l2",
            "@iro1 receipt h-l2"
        ]
    );
    assert_eq!(world.due(c).await, "Fri 8 Jan, 17:00");
    world.to("2027-01-07 09:30").await;
    world.skims();
    assert_eq!(
        lapses_just_after(&world, "2027-01-08 17:00").await,
        [
            "#case-monitoring-board copy h-s1",
            "#heads-of-service card h-s1",
            "@iro1 receipt h-s1"
        ],
        "the Case Monitoring Board is alerted on entering Stage 1"
    );
    assert_eq!(world.due(c).await, "Fri 22 Jan, 17:00");
    world.to("2027-01-21 09:30").await;
    judges(&iro, c).await;
    world.skims();
    assert_eq!(
        lapses_just_after(&world, "2027-01-22 17:00").await,
        ["#assistant-director card h-s2", "@iro1 receipt h-s2"]
    );
    assert_eq!(world.due(c).await, "Fri 5 Feb, 17:00");
    world.to("2027-02-04 09:30").await;
    judges(&iro, c).await;
    world.skims();
    assert_eq!(
        lapses_just_after(&world, "2027-02-05 17:00").await,
        ["#assistant-director card h-f", "@iro1 receipt h-f"]
    );
    assert_eq!(world.due(c).await, "Fri 19 Feb, 17:00");
    let card = world.card("assistant_director", c).all_text();
    assert!(card.contains("Fri 19 Feb"), "the ten weeks: {card}");
    world.to("2027-02-18 09:30").await;
    world.skims();
    assert_eq!(
        lapses_just_after(&world, "2027-02-19 17:00").await,
        ["@iro1 receipt h-f"]
    );
    assert_eq!(world.stands(c).await.1, Phase::Exhausted);
    world.finish().await;
}

#[tokio::test]
async fn a_looked_after_childs_challenge_unanswered_from_fri_11_dec_keeps_its_weeks() {
    challenge("lac").await;
}

#[tokio::test]
async fn a_child_protection_challenge_unanswered_from_fri_11_dec_keeps_its_weeks() {
    challenge("cp").await;
}

#[tokio::test]
async fn swindon_unanswered_from_wed_9_dec_copies_level_by_level() {
    let world = World::of("fostering-iro").at("2026-12-09 10:00").await;
    let iro = world.iro();
    let c = iro.raises(concern("K-204121")).await;
    assert_eq!(
        world.heard(),
        [
            "#north-practice-supervisor card s-inf",
            "#north-supervising-social-worker card s-inf",
            "@fosteriro1 receipt s-inf"
        ]
    );
    assert_eq!(world.due(c).await, "Wed 23 Dec, 17:00");
    for (warned, lapses, heard, due) in [
        (
            "2026-12-22 09:30",
            "2026-12-23 17:00",
            vec![
                "#north-team-manager card s-l1",
                "#operational-service-manager copy s-l1",
                "#sm-qar copy s-l1",
                "@fosteriro1 receipt s-l1",
            ],
            "Mon 4 Jan, 17:00",
        ),
        (
            "2026-12-31 09:30",
            "2027-01-04 17:00",
            vec![
                "#head-of-service copy s-l2",
                "#operational-service-manager card s-l2",
                "#sm-qar copy s-l2",
                "@fosteriro1 receipt s-l2",
            ],
            "Mon 11 Jan, 17:00",
        ),
        (
            "2027-01-08 09:30",
            "2027-01-11 17:00",
            vec![
                "#board-director copy s-l3",
                "#head-of-service card s-l3",
                "@fosteriro1 receipt s-l3",
            ],
            "Mon 18 Jan, 17:00",
        ),
        (
            "2027-01-15 09:30",
            "2027-01-18 17:00",
            vec![
                "#board-director card s-l4",
                "#head-of-service copy s-l4",
                "#sm-qar copy s-l4",
                "@fosteriro1 receipt s-l4",
            ],
            "Mon 25 Jan, 17:00",
        ),
        (
            "2027-01-22 09:30",
            "2027-01-25 17:00",
            vec!["@fosteriro1 receipt s-l4"],
            "Mon 25 Jan, 17:00",
        ),
    ] {
        world.to(warned).await;
        world.skims();
        // The digest of the last day may come between the warning and the lapse.
        assert_eq!(lapses_just_after(&world, lapses).await, heard, "{lapses}");
        assert_eq!(world.due(c).await, due);
    }
    assert_eq!(world.stands(c).await.1, Phase::Exhausted);
    let asked = iro.newest("receipt", c);
    assert!(asked.has_action("position"), "{}", asked.all_text());
    iro.answers(&asked, "position", &[("position", "maintained")])
        .await;
    assert!(!world.case(c).await.concern.is_open());
    world.skims();
    world.finish().await;
}

#[tokio::test]
async fn manchester_over_easter_is_due_at_five_council_time_on_both_sides_of_the_clock_change() {
    let world = World::of("manchester").at("2027-03-22 10:00").await;
    let iro = world.iro();
    let c = iro.raises(starred("K-204122")).await;
    assert_eq!(
        world.due_instant(c).await.to_rfc3339(),
        "2027-03-31T16:00:00+00:00",
        "Good Friday and Easter Monday are skipped; 17:00 is summer time by then"
    );
    world.to("2027-03-30 09:30").await;
    let gate = world
        .last(&world.channel("iro-manager"), "gate", c)
        .unwrap();
    world.role("iro_manager").presses(&gate, "agree_gate").await;
    world.skims();
    assert_eq!(
        lapses_just_after(&world, "2027-03-31 17:00").await,
        ["#service-lead card m-2", "@iro1 receipt m-2"]
    );
    for (due, warned, lapses) in [
        ("2027-04-07", "2027-04-06 09:30", "2027-04-07 17:00"),
        ("2027-04-14", "2027-04-13 09:30", "2027-04-14 17:00"),
        ("2027-04-21", "2027-04-20 09:30", "2027-04-21 17:00"),
    ] {
        assert_eq!(
            world.due_instant(c).await,
            london(&format!("{due} 17:00")),
            "{due}"
        );
        world.to(warned).await;
        world.skims();
        lapses_just_after(&world, lapses).await;
    }
    assert_eq!(
        world.stands(c).await,
        ("m-4".to_owned(), Phase::AtGate),
        "silence never makes the raiser's judgement"
    );
    world.finish().await;
}
