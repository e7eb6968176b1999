//! Whom a concern is about: told by the raiser's role and the route, asked where they leave several, and the rules that follow.

use lodestar::concern::Phase;
use lodestar::ids::RaiserRole;
use lodestar::protocol::Subject;
use sandbox::{Submitted, View};
use serde_json::json;

use crate::support::people::{concern, starred};
use crate::support::world::World;

fn options(view: &View, block: &str) -> Vec<String> {
    let element = &view.block(block).unwrap()["element"];
    let options = element["options"].as_array().unwrap();
    options
        .iter()
        .filter_map(|option| option["value"].as_str().map(str::to_owned))
        .collect()
}

fn error_at(sent: Submitted, block: &str) -> String {
    match sent {
        Submitted::Errors(errors) => errors.get(block).cloned().unwrap_or_default(),
        other => panic!("no error at {block}: {other:?}"),
    }
}

#[expect(
    clippy::needless_pass_by_value,
    reason = "a world's file is changed by value"
)]
/// The first officer reviews looked-after children and chairs conferences as well.
fn who_chairs_too(file: String) -> String {
    file.replace(
        "cp_chair = [\"U0CPCHAIR1\"",
        "cp_chair = [\"U0IRO1\", \"U0CPCHAIR1\"",
    )
}

#[tokio::test]
async fn an_officer_who_chairs_too_is_asked_about_whom_and_the_rules_follow_what_they_say() {
    let world = World::of("manchester")
        .with_file(who_chairs_too)
        .at("2026-12-14 10:00")
        .await;
    let iro = world.iro();
    let view = iro.fills_in(&starred("K-204130")).await;
    assert_eq!(
        options(&view, "subject"),
        ["looked_after_child", "child_protection"]
    );
    assert_eq!(
        view.block("subject").unwrap()["element"]["initial_option"]["value"],
        "looked_after_child",
        "as the first route is"
    );
    iro.at
        .fill(&view.id, "subject", json!("child_protection"))
        .await
        .unwrap();
    let sent = iro.at.submit(&view.id).await.unwrap();
    let why = error_at(sent, "flags");
    assert!(
        why.contains("Stage 1") && why.contains("starred recommendation"),
        "the star is for Our Children: {why}"
    );

    iro.at.fill(&view.id, "flags", json!([])).await.unwrap();
    let sent = iro.at.submit(&view.id).await.unwrap();
    assert!(matches!(sent, Submitted::Updated(_)), "{sent:?}");
    iro.at.close_all().await;
    world.settle().await;
    let c = lodestar::ids::ConcernId(world.newest().await);
    let raised = world.case(c).await.concern.raised;
    assert_eq!(raised.subject, Some(Subject::ChildProtection));
    assert_eq!(raised.raiser_role, RaiserRole::from("cp_chair"));
    let card = world.card("team_manager", c).all_text();
    assert!(
        card.contains("Recommendation · C-")
            && !card.contains("Starred")
            && card.contains("about a child on a child protection plan"),
        "{card}"
    );
    let shown = iro.asks(&format!("show {c}")).await.all_text();
    assert!(
        shown.contains("about a child on a child protection plan"),
        "{shown}"
    );
    world.skims();
    world.finish().await;
}

#[tokio::test]
async fn an_officer_of_one_role_is_asked_nothing_and_is_offered_the_star_only_for_our_children() {
    let world = World::of("manchester").at("2026-12-14 10:00").await;
    let iro = world.iro();
    let view = iro.fills_in(&concern("K-204131")).await;
    assert!(view.block("subject").is_none());
    assert_eq!(
        options(&view, "flags"),
        ["starred", "urgent", "in_proceedings"]
    );
    iro.at.close_all().await;
    let c = iro.raises(starred("K-204131")).await;
    assert_eq!(
        world.case(c).await.concern.raised.subject,
        Some(Subject::LookedAfterChild)
    );
    let card = world.card("team_manager", c).all_text();
    assert!(
        !card.contains("looked-after"),
        "whom a protocol is mostly about needs no words: {card}"
    );
    let shown = iro.asks(&format!("show {c}")).await.all_text();
    assert!(shown.contains("About a looked-after child"), "{shown}");

    let fostering = world.raiser("foster_iro");
    let view = fostering.fills_in(&concern("K-204132")).await;
    assert_eq!(options(&view, "flags"), ["urgent", "in_proceedings"]);
    fostering.at.close_all().await;
    world.skims();
    world.finish().await;
}

#[tokio::test]
async fn a_chair_is_offered_the_routes_of_a_protection_plan_alone() {
    let world = World::of("cp-lac-challenge").at("2026-12-14 10:00").await;
    let iro = world.iro();
    let view = iro.fills_in(&concern("K-204133")).await;
    assert_eq!(
        options(&view, "route"),
        ["lac", "cp", "lac-content", "cp-content"]
    );
    assert_eq!(
        view.block("route").unwrap()["element"]["initial_option"]["value"],
        "lac"
    );
    iro.at.close_all().await;
    let chair = world.raiser("cp_chair");
    let view = chair.fills_in(&concern("K-204134")).await;
    assert_eq!(options(&view, "route"), ["cp", "cp-content"]);
    chair.at.close_all().await;
    let c = chair.raises(concern("K-204134")).await;
    let raised = world.case(c).await.concern.raised;
    assert_eq!(raised.route.as_str(), "cp");
    assert_eq!(raised.subject, Some(Subject::ChildProtection));
    let card = world.card("social_worker", c).all_text();
    assert!(
        !card.contains("20 working days"),
        "the Handbook's limit is for looked-after children: {card}"
    );
    world.skims();
    world.finish().await;
}

#[tokio::test]
async fn what_a_care_plan_says_goes_from_the_first_line_managers_to_the_director_without_a_clock() {
    let world = World::of("cp-lac-challenge").at("2026-12-14 10:00").await;
    let iro = world.iro();
    let c = iro
        .raises(concern("K-204135").on_route("lac-content"))
        .await;
    assert_eq!(
        world.heard(),
        [
            "#iro-manager card h-c1",
            "#north-cas-tm card h-c1",
            "@iro1 receipt h-c1"
        ],
        "both first line managers"
    );
    assert_eq!(world.due(c).await, "none");
    world.to("2026-12-21 09:00").await;
    assert!(
        world
            .heard_beside_digests()
            .contains(&"@iro1 receipt h-c1".to_owned()),
        "the raiser looks again after five working days"
    );
    let manager = world.role("cas_tm");
    let card = world.card("cas_tm", c);
    manager
        .answers(&card, "respond", &[("response", crate::support::RESPONSE)])
        .await;
    iro.presses(&iro.receipt_with("not_satisfied", c), "not_satisfied")
        .await;
    world.skims();
    assert_eq!(
        world.stands(c).await,
        ("h-c2".to_owned(), Phase::Answering),
        "then the Heads of Service"
    );
    iro.answers(&iro.receipt_with("escalate", c), "escalate", &[])
        .await;
    assert_eq!(world.heard(), ["#director card h-c3"]);
    let director = world.role("director");
    director
        .answers(
            &world.card("director", c),
            "decide",
            &[
                ("decision", crate::support::DECISION),
                ("rationale", crate::support::RATIONALE),
            ],
        )
        .await;
    assert_eq!(world.stands(c).await, ("h-c3".to_owned(), Phase::Judging));
    let card = world.card("director", c).all_text();
    assert!(
        !card.contains("10 weeks"),
        "the ten weeks are for the other ladders: {card}"
    );
    world.skims();
    world.finish().await;
}

#[tokio::test]
async fn the_form_says_where_a_disagreement_belongs_to_another_procedure() {
    let world = World::of("cp-lac-challenge").at("2026-12-14 10:00").await;
    let iro = world.iro();
    let view = iro
        .fills_in(&concern("K-204136").on_route("cp-content"))
        .await;
    let said = view.all_text();
    assert!(
        said.contains("professional of another agency, use the HSCB escalation procedure in place of this protocol (1.3)"),
        "{said}"
    );
    iro.at.close_all().await;
    let view = iro.fills_in(&concern("K-204136")).await;
    assert!(!view.all_text().contains("HSCB"), "{}", view.all_text());
    iro.at.close_all().await;
    world.skims();
    world.finish().await;
}

#[tokio::test]
async fn a_case_note_has_the_name_the_protocol_gives_it_for_that_subject() {
    let world = World::of("manchester").at("2026-12-14 10:00").await;
    for (role, case, name) in [
        ("iro", "K-204137", "IRO Informal"),
        ("cp_chair", "K-204138", "Child Protection Informal"),
    ] {
        let raiser = world.raiser(role);
        let c = raiser
            .raises(concern(case).starting_at("m-inf", crate::support::REASON))
            .await;
        raiser.types(&format!("record {c}")).await;
        let view = raiser.at.awaits_view_called("record").await.unwrap();
        assert!(
            view.all_text().contains(name),
            "{role}: {}",
            view.all_text()
        );
        raiser.at.close_all().await;
    }
    world.skims();
    world.finish().await;
}
