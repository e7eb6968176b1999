//! Who has to answer: any of them, each of them, and who may answer for them.

use lodestar::concern::Phase;
use lodestar::ids::ConcernId;
use sandbox::Submitted;

use super::{child, northmoor, says};
use crate::support::people::{Someone, concern};
use crate::support::world::World;
use crate::support::{PLAN, RATIONALE, REASON, RESPONSE};

/// A concern about a carer reviewed on Fri 8 Jan, raised at a step.
async fn raised<'w>(
    world: &'w World,
    case_ref: &str,
    step: &'static str,
) -> (Someone<'w>, ConcernId) {
    let officer = world.raiser("foster_iro");
    let raising = concern(case_ref).about("2027-01-08");
    let c = officer.raises(raising.starting_at(step, REASON)).await;
    (officer, c)
}

async fn answers(
    world: &World,
    role: &str,
    concern: ConcernId,
    button: &str,
    entries: &[(&str, &str)],
) -> Submitted {
    let card = world.card(role, concern);
    world.role(role).answers(&card, button, entries).await
}

#[tokio::test]
async fn one_of_several_answers_for_all_and_hours_count_from_the_review() {
    let world = northmoor().at("2027-01-11 10:00").await;
    let (officer, c) = raised(&world, "K-180004", "carers-talk").await;
    assert_eq!(
        world.heard(),
        [
            "#health-lead card",
            "#north-social-worker card carers-talk",
            "#north-team-manager card carers-talk",
            "@fosteriro1 receipt carers-talk"
        ]
    );
    assert_eq!(
        world.due(c).await,
        "Tue 12 Jan, 17:00",
        "36 hours from the review of Fri 8 Jan are two working days"
    );
    answers(
        &world,
        "social_worker",
        c,
        "respond",
        &[("response", RESPONSE)],
    )
    .await;
    assert_eq!(world.stands(c).await.1, Phase::Judging);
    assert_eq!(world.heard(), ["@fosteriro1 receipt carers-talk"]);
    let card = world.card("team_manager", c);
    assert!(!card.has_action("respond"), "{}", card.all_text());
    let r = officer.newest("receipt", c);
    officer.presses(&r, "not_satisfied").await;
    assert_eq!(world.stands(c).await.0, "n-2");
    let card = world.card("team_manager", c);
    says(&card.all_text(), &["Recommendation on approval"]);
    world.skims();
    world.finish().await;
}

#[tokio::test]
async fn a_rejection_by_one_of_those_who_must_each_accept_is_a_rejection() {
    let world = northmoor().at("2027-01-11 10:00").await;
    let (officer, c) = raised(&world, "K-180005", "carers-joint").await;
    assert_eq!(
        world.heard(),
        [
            "#health-lead card",
            "#north-team-manager card carers-joint",
            "#service-manager card carers-joint",
            "@fosteriro1 receipt carers-joint"
        ]
    );
    answers(
        &world,
        "team_manager",
        c,
        "accept",
        &[("plan", PLAN), ("target_date", "2027-01-20")],
    )
    .await;
    assert_eq!(world.heard(), [""; 0]);
    assert_eq!(world.stands(c).await.1, Phase::Answering);
    let answered = world.card("team_manager", c);
    assert!(!answered.has_action("accept") && !answered.has_action("reject"));
    says(
        &answered.all_text(),
        &["Answered here. Still asked until Mon 18 Jan, 17:00: the Service Manager."],
    );
    let asked = world.card("service_manager", c);
    assert!(asked.has_action("acknowledge") && asked.has_action("accept"));
    says(
        &asked.all_text(),
        &["Each of those asked must answer: the Team Manager and the Service Manager."],
    );
    says(
        &officer.receipt(c).all_text(),
        &["Waiting for the Service Manager until Mon 18 Jan, 17:00."],
    );
    world.skims();
    answers(
        &world,
        "service_manager",
        c,
        "reject",
        &[("rationale", RATIONALE)],
    )
    .await;
    assert_eq!(
        world.heard(),
        [
            "#iro-manager gate carers-joint",
            "@fosteriro1 receipt carers-joint"
        ]
    );
    assert_eq!(world.stands(c).await.1, Phase::AtGate);
    world.skims();
    world.finish().await;
}

#[tokio::test]
async fn a_plan_is_underway_once_each_has_accepted_and_asked_after_on_the_later_day() {
    let world = northmoor().at("2027-01-11 10:00").await;
    let (officer, c) = raised(&world, "K-180006", "carers-joint").await;
    answers(
        &world,
        "service_manager",
        c,
        "accept",
        &[("plan", PLAN), ("target_date", "2027-01-27")],
    )
    .await;
    world.skims();
    answers(
        &world,
        "team_manager",
        c,
        "accept",
        &[("plan", PLAN), ("target_date", "2027-01-20")],
    )
    .await;
    assert_eq!(world.stands(c).await.1, Phase::Underway);
    assert_eq!(world.heard(), ["@fosteriro1 receipt carers-joint"]);
    says(
        &officer.newest("receipt", c).all_text(),
        &[
            "(Service Manager) on Mon 11 Jan, 10:00, to be done by Wed 27 Jan.",
            "(Team Manager) on Mon 11 Jan, 10:00, to be done by Wed 20 Jan.",
            "It is to be done by Wed 27 Jan, when you are asked.",
        ],
    );
    world.to("2027-01-26 12:00").await;
    let heard = world.heard_beside_digests();
    assert!(
        !heard.iter().any(|name| name.ends_with(" carers-joint")),
        "{heard:?}"
    );
    world.to("2027-01-27 09:00").await;
    let heard = world.heard_beside_digests();
    assert!(
        heard.contains(&"@fosteriro1 receipt carers-joint".to_owned()),
        "{heard:?}"
    );
    world.skims();
    world.finish().await;
}

#[tokio::test]
async fn whoever_is_missing_of_those_who_must_answer_is_reminded_and_may_extend_and_is_named_when_it_lapses()
 {
    let world = northmoor().at("2027-01-11 10:00").await;
    let iro = world.iro();
    let c = iro
        .raises(child("K-180007").starting_at("n-3", REASON))
        .await;
    let card = world.card("virtual_head", c);
    world
        .role("virtual_head")
        .presses(&card, "acknowledge")
        .await;
    answers(
        &world,
        "virtual_head",
        c,
        "respond",
        &[("response", RESPONSE)],
    )
    .await;
    world.skims();
    world.to("2027-01-13 09:00").await;
    assert_eq!(
        world.heard_beside_digests(),
        [
            "#health-lead reminder",
            "#health-lead reminder n-3",
            "#service-manager reminder n-3"
        ],
        "of its task; one has answered, the other has not seen it"
    );
    let sent = answers(
        &world,
        "health_lead",
        c,
        "extend",
        &[("until", "2027-01-26"), ("reason", REASON)],
    )
    .await;
    assert!(
        matches!(&sent, Submitted::NotSent(at) | Submitted::Errors(at) if at.contains_key("item"))
    );
    world.role("health_lead").at.close_all().await;
    answers(
        &world,
        "health_lead",
        c,
        "extend",
        &[
            ("until", "2027-01-26"),
            ("reason", REASON),
            ("item", "The school report"),
        ],
    )
    .await;
    assert_eq!(world.heard(), ["@iro1 notice n-3"]);
    assert_eq!(world.due(c).await, "Tue 26 Jan, 17:00");
    world.to("2027-01-26 17:00").await;
    world.skims();
    assert_eq!(world.stands(c).await, ("n-3".to_owned(), Phase::Answering));
    world.to("2027-01-26 17:00:01").await;
    assert_eq!(world.heard(), ["#performance alert n-3"]);
    assert_eq!(world.stands(c).await, ("n-3".to_owned(), Phase::AtGate));
    says(
        &world
            .last(&world.channel_of("performance"), "alert", c)
            .unwrap()
            .all_text(),
        &[
            "Step B ended without the answer of the Designated Nurse",
            "Not answered by the Designated Nurse, asked until Tue 26 Jan, 17:00.",
        ],
    );
    world.finish().await;
}

#[tokio::test]
async fn each_who_must_answer_acknowledges_for_themselves_and_is_reminded_for_themselves() {
    let world = northmoor().at("2027-01-11 10:00").await;
    let c = world
        .iro()
        .raises(child("K-180020").starting_at("n-3", REASON))
        .await;
    let card = world.card("virtual_head", c);
    world
        .role("virtual_head")
        .presses(&card, "acknowledge")
        .await;
    assert!(!world.card("virtual_head", c).has_action("acknowledge"));
    let other = world.card("health_lead", c);
    assert!(other.has_action("acknowledge"), "{}", other.all_text());
    world.skims();
    world.to("2027-01-13 09:00").await;
    let reminded: Vec<String> = world
        .heard_beside_digests()
        .into_iter()
        .filter(|line| line.ends_with("reminder n-3"))
        .collect();
    assert_eq!(
        reminded,
        ["#health-lead reminder n-3", "#service-manager reminder n-3"],
        "not the one who has seen it"
    );
    let card = world.card("health_lead", c);
    world
        .role("health_lead")
        .presses(&card, "acknowledge")
        .await;
    assert!(!world.card("health_lead", c).has_action("acknowledge"));
    world.skims();
    world.finish().await;
}
