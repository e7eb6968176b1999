//! Meetings inside a step, through the real edges: set within its time, reminded of, held with an outcome, or not held with a reason.

use lodestar::concern::Phase;
use sandbox::Submitted;

use crate::support::people::{concern, starred};
use crate::support::world::World;
use crate::support::{DECISION, RATIONALE, REASON, RESPONSE};

#[track_caller]
fn says(text: &str, all: &[&str]) {
    for words in all {
        assert!(text.contains(words), "{words:?} is not in\n{text}");
    }
}

#[tokio::test]
async fn warwickshires_service_manager_sets_a_meeting_within_the_five_days_and_records_its_outcome()
{
    let world = World::of("warwickshire").at("2026-12-30 10:00").await;
    let iro = world.iro();
    let c = iro
        .raises(concern("K-170001").starting_at("w-1m", REASON))
        .await;
    assert_eq!(world.due(c).await, "Thu 7 Jan, 17:00");
    world.skims();
    let manager = world.role("service_manager");
    let card = world.card("service_manager", c);
    for button in ["call_meeting", "record_meeting", "no_meeting", "respond"] {
        assert!(card.has_action(button), "{button}: {}", card.all_text());
    }
    let sent = manager
        .answers(&card, "call_meeting", &[("meeting_date", "2027-01-08")])
        .await;
    assert!(
        matches!(&sent, Submitted::Errors(at) if at.contains_key("meeting_date")),
        "a meeting is within the time of its step: {sent:?}"
    );
    manager.at.close_all().await;
    manager
        .answers(
            &card,
            "call_meeting",
            &[("meeting_date", "2027-01-06"), ("arrangements", RESPONSE)],
        )
        .await;
    assert_eq!(
        world.heard(),
        ["#north-operations-manager notice w-1m", "@iro1 notice w-1m"],
        "the raiser, and whom the protocol has attend"
    );
    says(
        &world.card("service_manager", c).all_text(),
        &["Meeting on Wed 6 Jan, set by"],
    );
    assert!(iro.details(c).await.contains(RESPONSE), "time and place");
    world.to("2027-01-05 08:59:59").await;
    world.skims();
    world.to("2027-01-05 09:00").await;
    let heard = world.heard_beside_digests();
    for who in [
        "#north-operations-manager reminder w-1m",
        "#north-service-manager reminder w-1m",
        "@iro1 reminder w-1m",
    ] {
        assert!(heard.iter().any(|name| name == who), "{who}: {heard:?}");
    }
    world.to("2027-01-06 16:00").await;
    world.skims();
    let card = world.card("service_manager", c);
    let entries = [
        ("meeting_date", "2027-01-06"),
        ("meeting_outcome", "agreed"),
        ("account", RESPONSE),
    ];
    let sent = manager.answers(&card, "record_meeting", &entries).await;
    assert!(
        matches!(&sent, Submitted::Errors(at) if at.contains_key("target_date")),
        "what is agreed has a time: {sent:?}"
    );
    manager.at.close_all().await;
    let mut entries = entries.to_vec();
    entries.push(("target_date", "2027-01-20"));
    manager.answers(&card, "record_meeting", &entries).await;
    assert_eq!(
        world.heard(),
        [
            "#hos-csc-safeguarding notice w-1m",
            "#hos-practice-assurance notice w-1m",
            "@iro1 receipt w-1m"
        ],
        "theirs to judge"
    );
    assert_eq!(world.stands(c).await.1, Phase::Judging);
    says(
        &iro.newest("receipt", c).all_text(),
        &["Meeting on Wed 6 Jan: agreed, recorded by"],
    );
    let card = world.card("service_manager", c);
    assert!(!card.has_action("call_meeting"), "{}", card.all_text());
    iro.presses(&iro.newest("receipt", c), "resolve").await;
    assert!(!world.case(c).await.concern.is_open());
    world.skims();
    world.finish().await;
}

#[tokio::test]
async fn that_no_meeting_is_held_goes_to_the_raiser_with_its_reason_and_stage_2_is_theirs_to_judge()
{
    let world = World::of("warwickshire").at("2026-12-30 10:00").await;
    let iro = world.iro();
    let c = iro
        .raises(concern("K-170002").starting_at("w-1m", REASON))
        .await;
    world.skims();
    let manager = world.role("service_manager");
    let card = world.card("service_manager", c);
    manager
        .answers(&card, "no_meeting", &[("reason", REASON)])
        .await;
    assert_eq!(
        world.heard(),
        [
            "#hos-csc-safeguarding notice w-1m",
            "#hos-practice-assurance notice w-1m",
            "@iro1 receipt w-1m"
        ]
    );
    assert!(iro.details(c).await.contains(REASON));
    let record = world.record(c).await;
    assert!(
        record.ends_with(&["meeting_declined".to_owned(), "answered".to_owned()]),
        "{record:?}"
    );
    iro.presses(&iro.newest("receipt", c), "not_satisfied")
        .await;
    iro.presses(&iro.newest("gate", c), "agree_gate").await;
    assert_eq!(world.stands(c).await.0, "w-2");
    assert_eq!(
        world.due(c).await,
        "Thu 7 Jan, 17:00",
        "referred the same day"
    );
    world.skims();
    world.finish().await;
}

#[tokio::test]
async fn a_head_of_service_may_chair_a_meeting_inside_stage_2_and_still_responds() {
    let world = World::of("buckinghamshire").at("2026-12-14 10:00").await;
    let iro = world.iro();
    let c = iro
        .raises(concern("K-170003").starting_at("b-2", REASON))
        .await;
    world.skims();
    let head = world.role("head_of_service");
    head.answers(
        &world.card("head_of_service", c),
        "call_meeting",
        &[("meeting_date", "2026-12-16")],
    )
    .await;
    assert_eq!(world.heard(), ["@iro1 notice b-2"]);
    world.to("2026-12-17 09:00").await;
    let told = world.heard_beside_digests();
    assert!(
        told.contains(&"#head-of-service reminder b-2".to_owned()),
        "asked what came of it: {told:?}"
    );
    head.answers(
        &world.card("head_of_service", c),
        "record_meeting",
        &[
            ("meeting_date", "2026-12-16"),
            ("meeting_outcome", "not_agreed"),
            ("account", RESPONSE),
        ],
    )
    .await;
    assert_eq!(world.heard(), ["@iro1 notice b-2"]);
    assert_eq!(world.stands(c).await.1, Phase::Answering);
    head.answers(
        &world.card("head_of_service", c),
        "respond",
        &[("response", RESPONSE)],
    )
    .await;
    assert_eq!(world.stands(c).await.1, Phase::Judging);
    world.skims();
    world.finish().await;
}

#[tokio::test]
async fn the_raiser_logs_a_professionals_meeting_inside_stage_1() {
    let world = World::of("warwickshire").at("2026-12-21 10:00").await;
    let iro = world.iro();
    let c = iro
        .raises(
            concern("K-170004")
                .starting_at("w-1", REASON)
                .about("2026-12-15"),
        )
        .await;
    world.skims();
    let receipt = iro.receipt_with("call_meeting", c);
    iro.answers(
        &receipt,
        "call_meeting",
        &[
            ("what", "Professionals meeting"),
            ("meeting_date", "2026-12-23"),
        ],
    )
    .await;
    assert_eq!(
        world.heard(),
        [
            "#iro-manager notice w-1",
            "#north-operations-manager notice w-1"
        ],
        "the addressee, and the manager of the service, who supports it"
    );
    let card = world.card("operations_manager", c);
    says(&card.all_text(), &["Professionals meeting on Wed 23 Dec"]);
    assert!(!card.has_action("no_meeting"), "nobody has to hold one");
    world.to("2026-12-23 16:00").await;
    world.skims();
    iro.answers(
        &iro.receipt_with("record_meeting", c),
        "record_meeting",
        &[
            ("what", "Professionals meeting"),
            ("meeting_date", "2026-12-23"),
            ("meeting_outcome", "not_agreed"),
            ("account", RESPONSE),
        ],
    )
    .await;
    assert_eq!(world.heard(), ["#north-operations-manager notice w-1"]);
    assert_eq!(
        world.stands(c).await.1,
        Phase::Answering,
        "the clock runs on"
    );
    assert_eq!(world.due(c).await, "Wed 30 Dec, 17:00");
    world.finish().await;
}

#[tokio::test]
async fn a_meeting_that_the_protocol_holds_has_no_button_to_decline_it() {
    let world = World::of("cp-lac-challenge").at("2026-12-11 11:00").await;
    let iro = world.iro();
    let c = iro
        .raises(concern("K-170005").starting_at("h-s1", REASON))
        .await;
    let card = world.card("heads_of_service", c);
    assert!(card.has_action("call_meeting") && !card.has_action("no_meeting"));
    let heads = world.role("heads_of_service");
    heads
        .answers(
            &card,
            "record_meeting",
            &[
                ("meeting_date", "2026-12-11"),
                ("meeting_outcome", "not_agreed"),
                ("account", RESPONSE),
            ],
        )
        .await;
    assert_eq!(world.stands(c).await.1, Phase::Judging);
    says(
        &iro.details(c).await,
        &["Stage 1, Issues resolution meeting on Fri 11 Dec: not agreed"],
    );
    world.skims();
    world.finish().await;
}

#[tokio::test]
async fn manchesters_deputy_director_meets_the_strategic_lead_and_the_record_says_when_and_what_came_of_it()
 {
    let world = World::of("manchester").at("2026-12-14 10:00").await;
    let iro = world.iro();
    let c = iro
        .raises(starred("K-170006").starting_at("m-4", REASON))
        .await;
    world.skims();
    let deputy = world.role("deputy_director");
    let card = world.card("deputy_director", c);
    assert!(
        card.has_action("record_meeting") && !card.has_action("no_meeting"),
        "the two meet: {}",
        card.all_text()
    );
    deputy
        .answers(
            &card,
            "call_meeting",
            &[("meeting_date", "2026-12-16"), ("arrangements", RESPONSE)],
        )
        .await;
    let mut heard = world.heard();
    heard.sort();
    assert_eq!(
        heard,
        ["#strategic-lead notice m-4", "@iro1 notice m-4"],
        "whom they meet, and the raiser"
    );
    world.to("2026-12-16 15:00").await;
    world.skims();
    deputy
        .answers(
            &world.card("deputy_director", c),
            "record_meeting",
            &[
                ("meeting_date", "2026-12-16"),
                ("meeting_outcome", "agreed"),
                ("account", RESPONSE),
                ("target_date", "2027-01-08"),
            ],
        )
        .await;
    assert_eq!(world.heard(), ["@iro1 notice m-4"]);
    let copy = world.last(&world.channel_of("strategic_lead"), "copy", c);
    let copy = copy.expect("the Strategic Lead has no copy");
    says(
        &copy.all_text(),
        &["Meeting on Wed 16 Dec: agreed, recorded by"],
    );
    assert!(!copy.has_action("decide"), "that is the Deputy Director's");
    assert_eq!(
        world.stands(c).await.1,
        Phase::Answering,
        "the Deputy Director still comes to a view and directs"
    );
    deputy
        .answers(
            &world.card("deputy_director", c),
            "decide",
            &[("decision", DECISION), ("rationale", RATIONALE)],
        )
        .await;
    assert_eq!(world.stands(c).await.1, Phase::Judging);
    says(
        &iro.details(c).await,
        &[
            "Stage 4, Meeting: set for Wed 16 Dec by",
            "Stage 4, Meeting on Wed 16 Dec: agreed",
            RESPONSE,
        ],
    );
    world.skims();
    world.finish().await;
}

#[tokio::test]
async fn who_is_asked_to_the_meeting_with_the_assistant_director_is_said_when_its_day_is_set() {
    let world = World::of("cp-lac-challenge").at("2026-12-11 11:00").await;
    let iro = world.iro();
    let c = iro
        .raises(concern("K-170007").starting_at("h-s2", REASON))
        .await;
    let director = world.role("assistant_director");
    let form = director
        .opens(&world.card("assistant_director", c), "call_meeting")
        .await;
    says(&form.all_text(), &["Time, place and who is asked to come"]);
    director.at.close_all().await;
    director
        .answers(
            &world.card("assistant_director", c),
            "call_meeting",
            &[("meeting_date", "2026-12-18"), ("arrangements", RESPONSE)],
        )
        .await;
    says(
        &iro.details(c).await,
        &["Issues resolution meeting: set for Fri 18 Dec by", RESPONSE],
    );
    world.skims();
    world.finish().await;
}
