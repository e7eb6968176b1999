//! Raising: the form follows the team, every fault is at its field, and one form raises one concern.

use lodestar::concern::event::Rag;
use sandbox::{Ack, Submitted, View};
use serde_json::{Value, json};

use crate::support::{CHANNEL, TEAMS, World, fill_usual, holder};

fn inputs(view: &View) -> Vec<String> {
    let inputs = view
        .blocks()
        .iter()
        .filter(|block| block["type"] == "input");
    inputs
        .map(|block| block["block_id"].as_str().unwrap().to_owned())
        .collect()
}

fn options(view: &View, block: &str) -> Vec<String> {
    let element = &view.block(block).unwrap()["element"];
    let options = element["options"].as_array().unwrap();
    options
        .iter()
        .map(|option| option["value"].as_str().unwrap().to_owned())
        .collect()
}

fn errors(outcome: Submitted) -> std::collections::BTreeMap<String, String> {
    match outcome {
        Submitted::Errors(errors) => errors,
        other => panic!("no errors but {other:?}"),
    }
}

#[tokio::test]
async fn the_form_asks_the_team_first_and_then_what_its_protocol_asks() {
    let world = World::of_five_teams().await;
    assert_eq!(world.types("U0IRO1", "new").await, "");
    let first = world.iro().open_view().unwrap();
    assert_eq!(inputs(&first), ["team"]);
    let usual = [
        "team",
        "case_ref",
        "category",
        "event_date",
        "issue",
        "impact",
        "action",
        "action_by",
        "addressee",
        "start_at",
        "start_reason",
        "flags",
    ];
    for (team, protocol) in TEAMS {
        let view = world.form("U0IRO1", team).await;
        let mut expected: Vec<&str> = usual.to_vec();
        if protocol == "warwickshire" {
            expected.insert(3, "rag");
        }
        if protocol == "cp-lac-challenge" {
            expected.insert(1, "route");
            let routes = ["lac", "cp", "lac-content", "cp-content"];
            assert_eq!(options(&view, "route"), routes);
        }
        if protocol == "manchester" {
            // They review foster carers as well.
            expected.insert(1, "subject");
            let about = ["looked_after_child", "foster_carer"];
            assert_eq!(options(&view, "subject"), about);
        }
        assert_eq!(inputs(&view), expected, "{protocol}");
        for block in view
            .blocks()
            .iter()
            .filter(|block| block["type"] == "input")
        {
            assert_eq!(block["element"]["action_id"], "value");
        }
    }
    world.finish();
}

#[tokio::test]
async fn a_council_of_one_team_gets_the_whole_form_at_once() {
    let world = World::of_one_team().await;
    assert_eq!(world.types("U0IRO1", "").await, "");
    let view = world.iro().open_view().unwrap();
    assert_eq!(
        view.value("team").unwrap()["selected_option"]["value"],
        "north"
    );
    assert_eq!(
        view.value("start_at").unwrap()["selected_option"]["value"],
        "m-1"
    );
    fill_usual(&world.iro(), &view).await;
    assert!(matches!(
        world.iro().submit(&view.id).await.unwrap(),
        Submitted::Updated(_)
    ));
    world.finish();
}

#[tokio::test]
async fn each_protocol_raises_at_its_usual_step() {
    let world = World::of_five_teams().await;
    for (team, raiser, step) in [
        ("north", "U0IRO1", "m-1"),
        ("warwick", "U0IRO1", "w-inf"),
        ("bucks", "U0IRO1", "b-1"),
        ("challenge", "U0CPC1", "h-l1"),
        ("fostering", "U0FIRO1", "s-inf"),
    ] {
        let concern = world.raises_as(raiser, team, &[]).await;
        assert_eq!(concern.visit().unwrap().step, step, "{team}");
        assert_eq!(concern.raiser, raiser);
    }
    let rag = world.raises("warwick", &[("rag", json!("red"))]).await;
    assert_eq!(rag.raised.rag, Some(Rag::Red));
    world.finish();
}

#[tokio::test]
async fn the_route_changes_where_a_concern_may_start_and_keeps_what_was_typed() {
    let world = World::of_five_teams().await;
    let view = world.form("U0CPC1", "challenge").await;
    let person = world.space.person("U0CPC1");
    person
        .fill(&view.id, "issue", "The plan has stalled.")
        .await
        .unwrap();
    person.fill(&view.id, "route", "cp").await.unwrap();
    let view = person.open_view().unwrap();
    assert_eq!(
        view.value("issue").unwrap()["value"],
        "The plan has stalled."
    );
    assert_eq!(
        view.value("route").unwrap()["selected_option"]["value"],
        "cp"
    );
    fill_usual(&person, &view).await;
    assert!(matches!(
        person.submit(&view.id).await.unwrap(),
        Submitted::Updated(_)
    ));
    assert_eq!(world.concern(1).await.raised.route, "cp");
    world.finish();
}

#[tokio::test]
async fn another_team_keeps_what_was_typed() {
    let world = World::of_five_teams().await;
    let view = world.form("U0IRO1", "north").await;
    fill_usual(&world.iro(), &view).await;
    world.iro().fill(&view.id, "team", "warwick").await.unwrap();
    let view = world.iro().open_view().unwrap();
    assert_eq!(
        view.value("impact").unwrap()["value"],
        "The child asks where they will live."
    );
    assert_eq!(
        view.value("event_date").unwrap()["selected_date"],
        "2026-12-11"
    );
    assert_eq!(
        view.value("start_at").unwrap()["selected_option"]["value"],
        "w-inf"
    );
    world.finish();
}

#[tokio::test]
async fn a_form_sent_for_another_team_than_it_was_built_for_becomes_that_teams_form() {
    let world = World::of_five_teams().await;
    let view = world.form("U0IRO1", "north").await;
    fill_usual(&world.iro(), &view).await;
    assert!(matches!(
        world.iro().submit(&view.id).await.unwrap(),
        Submitted::Updated(_)
    ));
    // What Slack would send had the form not yet followed the choice of another team.
    let mut payload = submission(&world);
    payload["view"]["state"]["values"]["team"]["value"]["selected_option"] =
        json!({"text": {"type": "plain_text", "text": "warwick"}, "value": "warwick"});
    payload["view"]["hash"] = json!("another");
    let Ack::Answered(body) = inject(&world, payload).await else {
        panic!("not acknowledged");
    };
    assert_eq!(body["response_action"], "update");
    let blocks = body["view"]["blocks"].as_array().unwrap();
    let issue = blocks
        .iter()
        .find(|block| block["block_id"] == "issue")
        .unwrap();
    assert_eq!(
        issue["element"]["initial_value"],
        "No permanence plan after two reviews."
    );
    assert!(blocks.iter().any(|block| block["block_id"] == "rag"));
    assert_eq!(world.count().await, 1);
    world.finish();
}

/// The last `view_submission` as it was sent.
fn submission(world: &World) -> Value {
    let sent = world.space.deliveries();
    let last = sent
        .iter()
        .rev()
        .find(|sent| sent.payload["type"] == "view_submission");
    last.unwrap().payload.clone()
}

async fn inject(world: &World, payload: Value) -> Ack {
    world
        .space
        .inject(sandbox::Edge::Http, sandbox::Kind::Interactive, payload)
        .await
}

#[tokio::test]
async fn every_missing_field_is_said_at_its_place_at_once() {
    let world = World::of_five_teams().await;
    let view = world.form("U0IRO1", "warwick").await;
    fill_usual(&world.iro(), &view).await;
    assert!(matches!(
        world.iro().submit(&view.id).await.unwrap(),
        Submitted::Updated(_)
    ));
    // The client would not send these; Slack's other clients may.
    let mut payload = submission(&world);
    let values = payload["view"]["state"]["values"].as_object_mut().unwrap();
    for block in [
        "case_ref",
        "category",
        "rag",
        "event_date",
        "issue",
        "impact",
        "action",
    ] {
        values[block]["value"]["value"] = Value::Null;
        values[block]["value"]["selected_option"] = Value::Null;
        values[block]["value"]["selected_date"] = Value::Null;
    }
    payload["view"]["hash"] = json!("another");
    let Ack::Answered(body) = inject(&world, payload).await else {
        panic!("not acknowledged");
    };
    let told: Vec<&String> = body["errors"].as_object().unwrap().keys().collect();
    assert_eq!(
        told,
        [
            "case_ref",
            "category",
            "rag",
            "event_date",
            "issue",
            "impact",
            "action"
        ]
    );
    assert_eq!(world.count().await, 1);
    world.finish();
}

#[tokio::test]
async fn what_is_wrong_is_said_at_its_field_and_what_was_typed_stays() {
    let world = World::of_five_teams().await;
    let view = world.form("U0IRO1", "north").await;
    fill_usual(&world.iro(), &view).await;
    for (block, entry) in [
        ("case_ref", "Alex S"),
        ("event_date", "2026-12-15"),
        ("action_by", "2026-12-11"),
        ("start_at", "m-2"),
        ("issue", "NHS number 943 476 5919 is on file"),
        ("impact", "lives at CV34 4RL"),
        ("action", "see the child, born 12/03/2014"),
    ] {
        world.iro().fill(&view.id, block, entry).await.unwrap();
    }
    let told = errors(world.iro().submit(&view.id).await.unwrap());
    let fields: Vec<&str> = told.keys().map(String::as_str).collect();
    assert_eq!(
        fields,
        [
            "action",
            "action_by",
            "case_ref",
            "event_date",
            "impact",
            "issue",
            "start_reason"
        ]
    );
    assert!(told["issue"].contains("NHS number"), "{}", told["issue"]);
    assert!(told["impact"].contains("postcode"), "{}", told["impact"]);
    assert!(
        told["action"].contains("date of birth"),
        "{}",
        told["action"]
    );
    assert!(told["case_ref"].contains("LCS"), "{}", told["case_ref"]);
    let view = world.iro().open_view().unwrap();
    assert_eq!(view.value("impact").unwrap()["value"], "lives at CV34 4RL");
    assert_eq!(world.count().await, 0);

    for (block, entry) in [
        ("case_ref", " K-204117 "),
        ("event_date", "2026-12-14"),
        ("action_by", "2026-12-18"),
        ("issue", "No plan since the meeting of 12/03/2026."),
        ("impact", "Unsettled."),
        ("action", "Hold the meeting."),
        ("start_reason", "Stage 1 was held by telephone."),
    ] {
        world.iro().fill(&view.id, block, entry).await.unwrap();
    }
    assert!(matches!(
        world.iro().submit(&view.id).await.unwrap(),
        Submitted::Updated(_)
    ));
    let concern = world.concern(1).await;
    assert_eq!(concern.visit().unwrap().step, "m-2");
    assert_eq!(concern.raised.case_ref.as_str(), "K-204117");
    world.finish();
}

#[tokio::test]
async fn a_slip_of_the_century_and_a_text_that_nobody_sees_are_refused_at_their_fields() {
    let world = World::of_five_teams().await;
    let view = world.form("U0IRO1", "north").await;
    fill_usual(&world.iro(), &view).await;
    for (block, entry) in [
        ("event_date", "1926-12-11"),
        ("issue", "\u{200b}\u{2066}\u{2069}"),
        ("impact", "\u{3164} \u{2800}"),
    ] {
        world.iro().fill(&view.id, block, entry).await.unwrap();
    }
    let told = errors(world.iro().submit(&view.id).await.unwrap());
    let fields: Vec<&str> = told.keys().map(String::as_str).collect();
    assert_eq!(fields, ["event_date", "impact", "issue"]);
    assert!(
        told["event_date"].contains("Choose a day after"),
        "{told:?}"
    );
    assert_eq!(told["issue"], "Please fill this in.");
    // What lies within two years, and a heart with its colour, are fine.
    let (entry, issue) = ("2024-12-16", "❤\u{fe0f} \u{202b}مرحبا");
    world
        .iro()
        .fill(&view.id, "event_date", entry)
        .await
        .unwrap();
    world.iro().fill(&view.id, "issue", issue).await.unwrap();
    world
        .iro()
        .fill(&view.id, "impact", "A wait.")
        .await
        .unwrap();
    let sent = world.iro().submit(&view.id).await.unwrap();
    assert!(matches!(sent, Submitted::Updated(_)), "{sent:?}");
    world.finish();
}

#[tokio::test]
async fn a_text_over_three_thousand_characters_is_refused_at_its_field() {
    let world = World::of_five_teams().await;
    let view = world.form("U0IRO1", "north").await;
    fill_usual(&world.iro(), &view).await;
    let too_long = "é".repeat(3_001);
    assert!(
        world
            .iro()
            .fill(&view.id, "issue", too_long.clone())
            .await
            .is_err()
    );
    world
        .iro()
        .fill(&view.id, "issue", "é".repeat(3_000))
        .await
        .unwrap();
    assert!(matches!(
        world.iro().submit(&view.id).await.unwrap(),
        Submitted::Updated(_)
    ));
    let mut payload = submission(&world);
    payload["view"]["state"]["values"]["issue"]["value"]["value"] = json!(too_long);
    payload["view"]["hash"] = json!("another");
    let Ack::Answered(body) = inject(&world, payload).await else {
        panic!("not acknowledged");
    };
    let told = body["errors"]["issue"].as_str().unwrap();
    assert!(told.contains("3001 characters"), "{told}");
    world.finish();
}

#[tokio::test]
async fn a_form_delivered_twice_raises_one_concern_and_says_the_same() {
    let world = World::of_five_teams().await;
    world.raises("north", &[]).await;
    let payload = submission(&world);
    let Ack::Answered(body) = inject(&world, payload).await else {
        panic!("not acknowledged");
    };
    assert_eq!(body["view"]["title"]["text"], "C-1 is raised");
    assert_eq!(world.count().await, 1);
    world.finish();
}

#[tokio::test]
async fn an_urgent_concern_asks_whether_its_raiser_has_phoned() {
    let world = World::of_five_teams().await;
    let view = world.form("U0IRO1", "north").await;
    fill_usual(&world.iro(), &view).await;
    world
        .iro()
        .fill(&view.id, "flags", json!(["urgent", "starred"]))
        .await
        .unwrap();
    world.iro().submit(&view.id).await.unwrap();
    let said = world.iro().open_view().unwrap().all_text();
    assert!(said.contains("Have you phoned?"), "{said}");
    assert!(said.contains("Mon 21 Dec, 17:00"), "{said}");
    assert!(
        said.contains(&format!("<@{}>", holder("team_manager"))),
        "{said}"
    );
    assert!(world.concern(1).await.raised.flags.starred);
    world.finish();
}

#[tokio::test]
async fn this_childs_own_addressee_must_be_a_person_of_the_council() {
    let world = World::of_five_teams().await;
    for (who, why) in [
        ("U0GUEST", "guest"),
        ("U0OUTSIDE", "another organisation"),
        ("U0BOT", "app"),
    ] {
        let view = world.form("U0IRO1", "north").await;
        fill_usual(&world.iro(), &view).await;
        world.iro().fill(&view.id, "addressee", who).await.unwrap();
        let told = errors(world.iro().submit(&view.id).await.unwrap());
        assert!(told["addressee"].contains(why), "{}", told["addressee"]);
        world.iro().close(&view.id).await.unwrap();
    }
    let concern = world
        .raises("north", &[("addressee", json!("U0OWN1"))])
        .await;
    assert_eq!(concern.raised.addressee, Some("U0OWN1".into()));
    world.finish();
}

#[tokio::test]
async fn nobody_but_a_raiser_gets_the_form_and_the_refusal_names_whom_to_ask() {
    let world = World::of_five_teams().await;
    let told = world.types(&holder("team_manager"), "new").await;
    assert!(
        told.contains(&format!("<@{}>", holder("iro_manager"))),
        "{told}"
    );
    assert!(world.holder("team_manager").open_view().is_none());
    world.finish();
}

#[tokio::test]
async fn a_role_that_may_not_raise_under_a_protocol_is_refused_at_the_team() {
    let world = World::of_five_teams().await;
    let view = world.form("U0CPC1", "north").await;
    assert_eq!(options(&view, "team"), ["north", "challenge"]);
    world.raises_as("U0CPC1", "north", &[]).await;
    let mut payload = submission(&world);
    payload["view"]["state"]["values"]["team"]["value"]["selected_option"]["value"] =
        json!("bucks");
    payload["view"]["private_metadata"] = json!(r#"{"team":"bucks","route":"main"}"#);
    payload["view"]["hash"] = json!("another");
    payload["view"]["state"]["values"]["start_at"] = json!({});
    let Ack::Answered(body) = inject(&world, payload).await else {
        panic!("not acknowledged");
    };
    let told = body["errors"]["team"].as_str().unwrap();
    assert!(told.contains("does not let your role raise"), "{told}");
    world.finish();
}

#[tokio::test]
async fn a_busy_store_is_told_at_the_form_and_nothing_typed_is_lost() {
    let world = World::of_five_teams().await;
    let view = world.form("U0IRO1", "north").await;
    fill_usual(&world.iro(), &view).await;
    let held = world.desk.store().begin().await.unwrap();
    let told = errors(world.iro().submit(&view.id).await.unwrap());
    assert!(
        told["team"].contains("cannot count twice"),
        "{}",
        told["team"]
    );
    held.rollback().await.unwrap();
    assert!(matches!(
        world.iro().submit(&view.id).await.unwrap(),
        Submitted::Updated(_)
    ));
    assert_eq!(world.count().await, 1);
    world.finish();
}

#[tokio::test]
async fn a_trigger_that_has_expired_is_told_and_the_next_press_opens_the_form() {
    let world = World::of_five_teams().await;
    world.space.fault(
        sandbox::FaultRule::on(
            "views.open",
            sandbox::Fault::Error("expired_trigger_id".into()),
        )
        .times(1),
    );
    let told = world.types("U0IRO1", "new").await;
    assert!(told.contains("press again"), "{told}");
    assert_eq!(world.types("U0IRO1", "new").await, "");
    assert!(world.iro().open_view().is_some());
}

#[tokio::test]
async fn nobody_raises_from_a_shared_channel_or_from_outside() {
    let world = World::of_five_teams().await;
    let outcome = world
        .iro()
        .slash_in("C0SHARED", "/concern", "")
        .await
        .unwrap();
    let told = outcome.reply.unwrap().text;
    assert!(told.contains("own workspace"), "{told}");
    let mut payload = world.space.deliveries().pop().unwrap().payload;
    payload["channel_id"] = json!(CHANNEL);
    payload["team_id"] = json!("T0OTHER");
    let ack = world
        .space
        .inject(sandbox::Edge::Http, sandbox::Kind::Slash, payload)
        .await;
    let Ack::Answered(body) = ack else {
        panic!("not acknowledged");
    };
    assert!(
        body["text"].as_str().unwrap().contains("own workspace"),
        "{body}"
    );
    assert!(world.iro().open_view().is_none());
}
