//! Acting on a concern: every form opens, says what is wrong at its field, and does what it says once.

use lodestar::concern::{Answered, Closed, Concern, Phase, Position};
use sandbox::Submitted;
use serde_json::json;

use crate::support::{World, holder};

/// Answers the present step as its holder.
async fn answered(world: &World, concern: &Concern, role: &str) -> Concern {
    let done = world
        .does(
            &holder(role),
            concern,
            "accept",
            &[
                ("plan", "A meeting on Friday."),
                ("target_date", "2026-12-18"),
            ],
        )
        .await;
    assert_eq!(done, Submitted::Closed);
    world.concern(concern.id.0).await
}

async fn refused_at(
    world: &World,
    user: &str,
    concern: &Concern,
    action: &str,
    entries: &[(&str, &str)],
) -> Vec<String> {
    match world.does(user, concern, action, entries).await {
        Submitted::Errors(errors) => {
            world.space.person(user).close_all().await;
            errors.into_keys().collect()
        }
        other => panic!("no errors but {other:?}"),
    }
}

#[tokio::test]
async fn an_acknowledgement_is_recorded_at_once_and_a_second_press_changes_nothing() {
    let world = World::of_five_teams().await;
    let concern = world.raises("north", &[]).await;
    let manager = holder("team_manager");
    world.presses(&manager, &concern, 1, "acknowledge").await;
    let after = world.concern(1).await;
    assert_eq!(
        after.visit().unwrap().acknowledged.as_ref().unwrap().0,
        manager.as_str()
    );
    let told = world.is_told(&manager, &concern, 1, "acknowledge").await;
    assert!(told.contains("done already"), "{told}");
    assert!(
        told.contains("Stage 1"),
        "it says how the concern stands: {told}"
    );
    assert_eq!(world.concern(1).await.seq, after.seq);
    world.finish();
}

#[tokio::test]
async fn an_acceptance_takes_a_plan_and_a_day_that_is_not_past() {
    let world = World::of_five_teams().await;
    let concern = world.raises("north", &[]).await;
    let manager = holder("team_manager");
    let wrong = [
        ("plan", "See NHS 943 476 5919."),
        ("target_date", "2026-12-11"),
    ];
    let at = refused_at(&world, &manager, &concern, "accept", &wrong).await;
    assert_eq!(at, ["plan", "target_date"]);
    let concern = answered(&world, &concern, "team_manager").await;
    assert_eq!(concern.phase, Phase::Underway);
    assert_eq!(
        world.last_text(1).await,
        ("plan".to_owned(), "A meeting on Friday.".to_owned())
    );
    world.finish();
}

#[tokio::test]
async fn a_rejection_takes_its_rationale() {
    let world = World::of_five_teams().await;
    let concern = world.raises("north", &[]).await;
    let done = world
        .does(
            &holder("team_manager"),
            &concern,
            "reject",
            &[("rationale", "The plan stands.")],
        )
        .await;
    assert_eq!(done, Submitted::Closed);
    assert_eq!(world.concern(1).await.phase, Phase::RejectedWaiting);
    world.finish();
}

#[tokio::test]
async fn a_response_and_a_decision_wait_for_the_raisers_word() {
    let world = World::of_five_teams().await;
    let informal = world.raises("warwick", &[]).await;
    let done = world
        .does(
            &holder("team_manager"),
            &informal,
            "respond",
            &[("response", "We met and agreed.")],
        )
        .await;
    assert_eq!(done, Submitted::Closed);
    let judged = world.concern(1).await;
    assert_eq!(judged.phase, Phase::Judging);
    assert_eq!(
        judged.visit().unwrap().answers[0].answer,
        Answered::Responded
    );
    world.presses("U0IRO1", &judged, 1, "not_satisfied").await;
    assert_eq!(world.concern(1).await.visits.len(), 2);

    let decides = world
        .raises(
            "north",
            &[
                ("start_at", json!("m-4")),
                ("start_reason", json!("Agreed with the service.")),
            ],
        )
        .await;
    let role = "deputy_director";
    let at = world
        .does(
            &holder(role),
            &decides,
            "decide",
            &[("decision", "Funded."), ("rationale", "It is needed.")],
        )
        .await;
    assert_eq!(at, Submitted::Closed);
    assert_eq!(world.concern(2).await.phase, Phase::Judging);
    world
        .presses("U0IRO1", &world.concern(2).await, 1, "resolve")
        .await;
    assert_eq!(
        world.concern(2).await.phase,
        Phase::Closed(Closed::Resolved)
    );
    world.finish();
}

#[tokio::test]
async fn more_time_and_withdrawal_ask_why() {
    let world = World::of_five_teams().await;
    let concern = world.raises("north", &[]).await;
    let concern = answered(&world, &concern, "team_manager").await;
    let wrong = [("until", "2026-12-11"), ("reason", "born on 12/03/2014")];
    let at = refused_at(&world, "U0IRO1", &concern, "more_time", &wrong).await;
    assert_eq!(at, ["reason", "until"]);
    let right = [("until", "2026-12-22"), ("reason", "The school is closed.")];
    assert_eq!(
        world.does("U0IRO1", &concern, "more_time", &right).await,
        Submitted::Closed
    );
    let concern = world.concern(1).await;
    assert_eq!(
        concern.visit().unwrap().target.unwrap().0.to_string(),
        "2026-12-22"
    );
    let done = world
        .does(
            "U0IRO1",
            &concern,
            "withdraw",
            &[("reason", "Raised twice.")],
        )
        .await;
    assert_eq!(done, Submitted::Closed);
    assert_eq!(
        world.concern(1).await.phase,
        Phase::Closed(Closed::Withdrawn)
    );
    world.finish();
}

#[tokio::test]
async fn an_escalation_is_held_two_working_days_at_most() {
    let world = World::of_five_teams().await;
    let concern = world.raises("north", &[]).await;
    let beyond = [
        ("until", "2026-12-24"),
        ("reason", "He is back on Wednesday."),
    ];
    let at = refused_at(&world, "U0IRO1", &concern, "hold_escalation", &beyond).await;
    assert_eq!(at, ["until"]);
    let within = [
        ("until", "2026-12-23"),
        ("reason", "He is back on Wednesday."),
    ];
    assert_eq!(
        world
            .does("U0IRO1", &concern, "hold_escalation", &within)
            .await,
        Submitted::Closed
    );
    let concern = world.concern(1).await;
    assert_eq!(
        concern.visit().unwrap().held.unwrap().date.to_string(),
        "2026-12-23"
    );
    let told = world
        .is_told("U0IRO1", &concern, 1, "hold_escalation")
        .await;
    assert!(told.contains("as long as it may be"), "{told}");
    world.finish();
}

#[tokio::test]
async fn a_bypass_goes_to_a_later_step_only_with_whoever_the_protocol_asks() {
    let world = World::of_five_teams().await;
    let concern = world.raises("north", &[]).await;
    world.presses("U0IRO1", &concern, 1, "bypass").await;
    let view = world.iro().open_view().unwrap();
    let options = &view.block("to_step").unwrap()["element"]["options"];
    assert_eq!(options[0]["value"], "m-2");
    if view.block("with").is_some() {
        world
            .iro()
            .fill(&view.id, "with", holder("social_worker"))
            .await
            .unwrap();
        world.iro().fill(&view.id, "to_step", "m-3").await.unwrap();
        world
            .iro()
            .fill(&view.id, "reason", "It cannot wait.")
            .await
            .unwrap();
        let Submitted::Errors(errors) = world.iro().submit(&view.id).await.unwrap() else {
            panic!("with anybody");
        };
        assert!(errors.contains_key("with"), "{errors:?}");
    }
    world.iro().close_all().await;
    let right = [("to_step", "m-3"), ("reason", "It cannot wait.")];
    assert_eq!(
        world.does("U0IRO1", &concern, "bypass", &right).await,
        Submitted::Closed
    );
    assert_eq!(world.concern(1).await.visit().unwrap().step, "m-3");
    world.finish();
}

#[tokio::test]
async fn an_extension_names_what_it_waits_for() {
    let world = World::of_five_teams().await;
    let concern = world
        .raises(
            "warwick",
            &[
                ("start_at", json!("w-1")),
                ("start_reason", json!("Met already.")),
            ],
        )
        .await;
    let step = concern.visit().unwrap().step.clone();
    let protocol = world.desk.case(concern.id).await.unwrap().unwrap().protocol;
    let extended = protocol.routes[0]
        .steps
        .iter()
        .find(|step| step.extend.is_some())
        .unwrap()
        .clone();
    let concern = if step == extended.id {
        concern
    } else {
        let to = extended.id.to_string();
        let done = world
            .does(
                "U0IRO1",
                &concern,
                "bypass",
                &[("to_step", &to), ("reason", "It cannot wait.")],
            )
            .await;
        assert_eq!(done, Submitted::Closed);
        world.concern(1).await
    };
    let role = extended.to[0].to_string();
    let early = [
        ("until", "2026-12-14"),
        ("item", "The assessment."),
        ("reason", "It is not back."),
    ];
    assert_eq!(
        refused_at(&world, &holder(&role), &concern, "extend", &early).await,
        ["until"]
    );
    let right = [
        ("until", "2027-01-15"),
        ("item", "The assessment."),
        ("reason", "It is not back."),
    ];
    assert_eq!(
        world.does(&holder(&role), &concern, "extend", &right).await,
        Submitted::Closed
    );
    assert!(world.concern(1).await.visit().unwrap().extended);
    world.finish();
}

#[tokio::test]
async fn a_review_date_and_a_move_from_a_step_without_a_clock() {
    let world = World::of_five_teams().await;
    let concern = world.raises("warwick", &[]).await;
    assert_eq!(
        refused_at(
            &world,
            "U0IRO1",
            &concern,
            "review_date",
            &[("until", "2027-03-01")]
        )
        .await,
        ["until"]
    );
    let done = world
        .does(
            "U0IRO1",
            &concern,
            "review_date",
            &[("until", "2026-12-18")],
        )
        .await;
    assert_eq!(done, Submitted::Closed);
    let concern = world.concern(1).await;
    assert_eq!(concern.review.unwrap().0.to_string(), "2026-12-18");
    assert_eq!(
        world.does("U0IRO1", &concern, "escalate", &[]).await,
        Submitted::Closed
    );
    assert_eq!(world.concern(1).await.visits.len(), 2);
    world.finish();
}

#[tokio::test]
async fn a_gate_is_agreed_by_its_holder_and_gone_past_only_with_a_reason() {
    let world = World::of_five_teams().await;
    let concern = world.raises("north", &[]).await;
    let concern = answered(&world, &concern, "team_manager").await;
    world.presses("U0IRO1", &concern, 1, "not_satisfied").await;
    let concern = world.concern(1).await;
    assert_eq!(concern.phase, Phase::AtGate);
    let done = world
        .does(
            &holder("iro_manager"),
            &concern,
            "decline_gate",
            &[("reason", "Talk first.")],
        )
        .await;
    assert_eq!(done, Submitted::Closed);
    world.presses("U0IRO1", &concern, 1, "escalate").await;
    let view = world.iro().open_view().unwrap();
    assert!(matches!(
        world.iro().submit(&view.id).await.unwrap(),
        Submitted::NotSent(_)
    ));
    world
        .iro()
        .fill(&view.id, "reason", "The child cannot wait.")
        .await
        .unwrap();
    assert_eq!(
        world.iro().submit(&view.id).await.unwrap(),
        Submitted::Closed
    );
    let concern = world.concern(1).await;
    assert_eq!(concern.visit().unwrap().step, "m-2");

    let other = world.raises("north", &[]).await;
    let other = answered(&world, &other, "team_manager").await;
    world.presses("U0IRO1", &other, 1, "not_satisfied").await;
    world
        .presses(&holder("iro_manager"), &other, 1, "agree_gate")
        .await;
    assert_eq!(world.concern(2).await.visit().unwrap().step, "m-2");
    world.finish();
}

#[tokio::test]
async fn the_position_is_recorded_when_the_ladder_has_ended() {
    let world = World::of_five_teams().await;
    let protocol = lodestar::protocol::library::Library::load(&[]).unwrap();
    let held = protocol.get(&"warwickshire".into()).unwrap();
    let last = held.protocol.routes[0].steps.last().unwrap().id.to_string();
    let beside = [
        ("start_at", json!(last)),
        ("start_reason", json!("Agreed with everybody.")),
    ];
    let concern = world.raises("warwick", &beside).await;
    world.delivers(&concern).await;
    let told = world.is_told("U0IRO1", &concern, 1, "position").await;
    assert!(told.contains("no further step"), "{told}");
    let due = concern.visit().unwrap().due.unwrap().at;
    world.to(&(due + chrono::TimeDelta::seconds(1)).to_rfc3339());
    // Any act first takes up what has lapsed meanwhile.
    world.types("U0IRO1", "note C-1 rang twice").await;
    let concern = world.concern(1).await;
    assert_eq!(concern.phase, Phase::Exhausted);
    let right = [
        ("position", "maintained"),
        ("reason", "Nothing has changed."),
    ];
    assert_eq!(
        world.does("U0IRO1", &concern, "position", &right).await,
        Submitted::Closed
    );
    assert_eq!(
        world.concern(1).await.phase,
        Phase::Closed(Closed::Position(Position::Maintained))
    );
    world.finish();
}

#[tokio::test]
async fn details_show_the_words_to_one_who_may_read_them() {
    let world = World::of_five_teams().await;
    let concern = world
        .raises("north", &[("impact", json!("<!channel> *bold* & sad"))])
        .await;
    world
        .presses(&holder("team_manager"), &concern, 1, "details")
        .await;
    let view = world.holder("team_manager").open_view().unwrap();
    let said = view.all_text();
    assert!(
        said.contains("No permanence plan after two reviews."),
        "{said}"
    );
    let typed: Vec<_> = view
        .blocks()
        .iter()
        .filter(|block| block.to_string().contains("channel"))
        .collect();
    assert!(
        typed
            .iter()
            .all(|block| block["text"]["type"] == "plain_text"),
        "what people typed is no markup: {typed:?}"
    );
    world.finish();
}

#[tokio::test]
async fn an_answer_after_the_lapse_is_kept_as_late_and_its_author_is_told() {
    let world = World::of_five_teams().await;
    let concern = world.raises("north", &[]).await;
    world.delivers(&concern).await;
    world.to("2026-12-21T17:00:01Z");
    let manager = holder("team_manager");
    world.presses(&manager, &concern, 1, "accept").await;
    let person = world.holder("team_manager");
    let view = person.open_view().unwrap();
    person
        .fill_all(
            &view.id,
            &[("plan", "A meeting."), ("target_date", "2026-12-23")],
        )
        .await
        .unwrap();
    assert!(matches!(
        person.submit(&view.id).await.unwrap(),
        Submitted::Updated(_)
    ));
    let said = person.open_view().unwrap().all_text();
    assert!(said.contains("kept as late"), "{said}");
    assert_eq!(world.concern(1).await.visits[0].late_answers.len(), 1);
    world.finish();
}
