//! Modals and App Homes, and the messages that follow from them.

use crate::support::{Reply, acks, call, modal, socket_app, workspace};
use crate::{browser, keys};
use sandbox::{ClickOutcome, ClientError, Submitted, Workspace};
use serde_json::{Value, json};
use std::sync::{Arc, Mutex};

/// A workspace whose app answers each submission with this; gives what it hears.
async fn answering(body: Value) -> (Workspace, Arc<Mutex<Vec<Value>>>) {
    let space = workspace().start().await.unwrap();
    let answer = move |_: &Workspace, payload: &Value| {
        if payload["type"] == "view_submission" {
            Reply::Body(body.clone())
        } else {
            Reply::Ack
        }
    };
    let seen = socket_app(&space, Arc::new(answer)).await;
    (space, seen)
}

/// A trigger from a command of this person.
async fn trigger(space: &Workspace, user: &str) -> Value {
    space.person(user).slash("/ask", "").await.unwrap();
    let last = space.deliveries().pop().unwrap();
    last.payload["trigger_id"].clone()
}

async fn open(space: &Workspace, view: Value) -> Value {
    let trigger_id = trigger(space, "U0ADA").await;
    call(
        space,
        "views.open",
        json!({"trigger_id": trigger_id, "view": view}),
    )
    .await
}

async fn opened(space: &Workspace, view: Value) -> String {
    let answer = open(space, view).await;
    answer["view"]["id"].as_str().unwrap().to_owned()
}

async fn filled(space: &Workspace, view: &str) {
    let entries = [("why", "because"), ("team", "south")];
    space
        .person("U0ADA")
        .fill_all(view, &entries)
        .await
        .unwrap();
}

fn payloads(seen: &Mutex<Vec<Value>>, kind: &str) -> Vec<Value> {
    let seen = seen.lock().unwrap();
    let all = seen.iter().map(|frame| frame["payload"].clone());
    all.filter(|payload| payload["type"] == kind).collect()
}

#[tokio::test]
async fn a_view_is_answered_with_all_its_properties() {
    let (space, _) = answering(json!({})).await;
    let answer = open(&space, modal()).await;
    let view = &answer["view"];
    assert_eq!(
        keys(view),
        [
            "app_id",
            "app_installed_team_id",
            "blocks",
            "bot_id",
            "callback_id",
            "clear_on_close",
            "close",
            "external_id",
            "hash",
            "id",
            "notify_on_close",
            "previous_view_id",
            "private_metadata",
            "root_view_id",
            "state",
            "submit",
            "team_id",
            "title",
            "type"
        ]
    );
    assert!(view["id"].as_str().unwrap().starts_with('V'));
    assert_eq!(
        (&view["root_view_id"], &view["previous_view_id"]),
        (&view["id"], &Value::Null)
    );
    let values = &view["state"]["values"];
    assert_eq!(
        values["why"]["value"],
        json!({"type": "plain_text_input", "value": null})
    );
    assert_eq!(
        values["team"]["value"],
        json!({"type": "static_select", "selected_option": null})
    );
    assert_eq!(
        values["by"]["value"],
        json!({"type": "datepicker", "selected_date": null})
    );
}

#[tokio::test]
async fn a_submission_carries_who_where_and_every_input() {
    let (space, seen) = answering(json!({})).await;
    let view = opened(&space, modal()).await;
    filled(&space, &view).await;
    space.person("U0ADA").submit(&view).await.unwrap();
    let payload = payloads(&seen, "view_submission").remove(0);
    assert_eq!(
        keys(&payload),
        [
            "api_app_id",
            "enterprise",
            "is_enterprise_install",
            "response_urls",
            "team",
            "token",
            "trigger_id",
            "type",
            "user",
            "view"
        ]
    );
    assert_eq!(
        payload["team"],
        json!({"id": "T0SANDBOX", "domain": "sandbox"})
    );
    assert_eq!(
        keys(&payload["user"]),
        ["id", "name", "team_id", "username"]
    );
    assert_eq!(
        (&payload["response_urls"], &payload["enterprise"]),
        (&json!([]), &Value::Null)
    );
    assert_eq!(payload["view"]["callback_id"], "ask");
    let trigger = payload["trigger_id"].as_str().unwrap().to_owned();
    let parts: Vec<&str> = trigger.split('.').collect();
    assert!(parts[0].parse::<u64>().is_ok() && parts[1].parse::<u64>().is_ok());
    assert!(parts.len() == 3 && parts[2].chars().all(|digit| digit.is_ascii_hexdigit()));
}

#[tokio::test]
async fn an_answer_replaces_the_view_or_clears_all_of_them() {
    let mut next = modal();
    next["title"]["text"] = json!("Next");
    let (space, _) = answering(json!({"response_action": "update", "view": next})).await;
    let ada = space.person("U0ADA");
    let view = opened(&space, modal()).await;
    filled(&space, &view).await;
    assert_eq!(ada.submit(&view).await, Ok(Submitted::Updated(view)));
    assert_eq!(ada.open_view().unwrap().title(), "Next");
    let (space, _) = answering(json!({"response_action": "clear"})).await;
    let ada = space.person("U0ADA");
    let first = opened(&space, modal()).await;
    ada.fill(&first, "team", "north").await.unwrap();
    let trigger_id = space.deliveries().pop().unwrap().payload["trigger_id"].clone();
    let pushed = call(
        &space,
        "views.push",
        json!({"trigger_id": trigger_id, "view": modal()}),
    )
    .await;
    let top = pushed["view"]["id"].as_str().unwrap();
    assert_eq!(pushed["view"]["previous_view_id"], first.as_str());
    filled(&space, top).await;
    assert_eq!(ada.submit(top).await, Ok(Submitted::Cleared));
    assert!(ada.views().is_empty());
}

#[tokio::test]
async fn a_fourth_view_is_not_pushed_and_an_external_id_is_one_views_alone() {
    let (space, _) = answering(json!({})).await;
    let ada = space.person("U0ADA");
    let mut named = modal();
    named["external_id"] = json!("one");
    let mut top = opened(&space, named.clone()).await;
    let twice = open(&space, named.clone()).await;
    assert_eq!(twice["error"], "duplicate_external_id");
    let mut push = Value::Null;
    for _ in 0..3 {
        ada.fill(&top, "team", "north").await.unwrap();
        let trigger_id = space.deliveries().pop().unwrap().payload["trigger_id"].clone();
        push = call(
            &space,
            "views.push",
            json!({"trigger_id": trigger_id, "view": modal()}),
        )
        .await;
        if let Some(id) = push["view"]["id"].as_str() {
            id.clone_into(&mut top);
        }
    }
    assert_eq!(
        (&push["error"], ada.views().len()),
        (&json!("push_limit_reached"), 3)
    );
    named["title"]["text"] = json!("By name");
    let by_name = call(
        &space,
        "views.update",
        json!({"external_id": "one", "view": named}),
    )
    .await;
    assert_eq!(by_name["view"]["title"]["text"], "By name");
}

#[tokio::test]
async fn a_closed_view_is_told_only_where_it_asks_and_says_whether_all_went() {
    let (space, seen) = answering(json!({})).await;
    let ada = space.person("U0ADA");
    let quiet = opened(&space, modal()).await;
    ada.close(&quiet).await.unwrap();
    assert!(payloads(&seen, "view_closed").is_empty());
    let mut asking = modal();
    asking["notify_on_close"] = json!(true);
    let one = opened(&space, asking.clone()).await;
    ada.close(&one).await.unwrap();
    let told = payloads(&seen, "view_closed").remove(0);
    assert_eq!(
        (&told["is_cleared"], &told["view"]["id"]),
        (&json!(false), &json!(one))
    );
    opened(&space, asking.clone()).await;
    ada.close_all().await;
    assert_eq!(payloads(&seen, "view_closed")[1]["is_cleared"], true);
    asking["clear_on_close"] = json!(true);
    let clearing = opened(&space, asking).await;
    ada.close(&clearing).await.unwrap();
    assert_eq!(payloads(&seen, "view_closed")[2]["is_cleared"], true);
}

#[tokio::test]
async fn a_select_that_asks_for_one_brings_a_response_url_of_the_chosen_conversation() {
    let (space, seen) = answering(json!({})).await;
    let view = json!({"type": "modal", "title": {"type": "plain_text", "text": "Where"},
        "submit": {"type": "plain_text", "text": "Send"}, "blocks": [{"type": "input", "block_id": "where",
            "label": {"type": "plain_text", "text": "Where"}, "element": {"type": "conversations_select",
                "action_id": "value", "response_url_enabled": true}}]});
    let id = opened(&space, view).await;
    let ada = space.person("U0ADA");
    ada.fill(&id, "where", "C0OPS").await.unwrap();
    ada.submit(&id).await.unwrap();
    let urls = payloads(&seen, "view_submission").remove(0)["response_urls"].clone();
    assert_eq!(
        keys(&urls[0]),
        ["action_id", "block_id", "channel_id", "response_url"]
    );
    assert_eq!(urls[0]["channel_id"], "C0OPS");
    let url = urls[0]["response_url"].as_str().unwrap();
    let body = json!({"response_type": "in_channel", "text": "sent from a modal"});
    assert_eq!(
        browser()
            .post(url)
            .json(&body)
            .send()
            .await
            .unwrap()
            .text()
            .await
            .unwrap(),
        "ok"
    );
    assert_eq!(space.messages("C0OPS")[0].text, "sent from a modal");
}

#[tokio::test]
async fn a_modal_that_is_not_acknowledged_keeps_what_was_typed_and_says_so() {
    let space = workspace().start().await.unwrap();
    let quiet = |_: &Workspace, payload: &Value| {
        if payload["type"] == "view_submission" {
            Reply::Silence
        } else {
            Reply::Ack
        }
    };
    socket_app(&space, Arc::new(quiet)).await;
    let ada = space.person("U0ADA");
    let view = opened(&space, modal()).await;
    filled(&space, &view).await;
    assert_eq!(
        ada.submit(&view).await,
        Ok(Submitted::Failed(ClientError::TroubleConnecting))
    );
    let still = ada.open_view().unwrap();
    assert_eq!(
        still.failure.as_deref(),
        Some("We had some trouble connecting. Try again?")
    );
    assert_eq!(still.value("why").unwrap()["value"], "because");
}

#[tokio::test]
async fn a_press_in_the_home_has_the_view_and_no_message() {
    let (space, seen) = answering(json!({})).await;
    let home = json!({"type": "home", "blocks": [{"type": "actions", "block_id": "do", "elements": [
        {"type": "button", "action_id": "go", "text": {"type": "plain_text", "text": "Go"}, "value": "1"}]}]});
    let args = json!({"user_id": "U0ADA", "view": home});
    let published = call(&space, "views.publish", args.clone()).await;
    let id = published["view"]["id"].as_str().unwrap();
    let pressed = space
        .person("U0ADA")
        .click_in_view(id, "go", Value::Null)
        .await;
    assert_eq!(pressed, Ok(ClickOutcome::Acked));
    let payload = payloads(&seen, "block_actions").remove(0);
    assert_eq!(payload["container"], json!({"type": "view", "view_id": id}));
    assert_eq!(payload["view"]["type"], "home");
    for absent in ["channel", "message", "response_url"] {
        assert_eq!(payload.get(absent), None);
    }
    let mut late = args;
    late["hash"] = json!("another");
    assert_eq!(
        call(&space, "views.publish", late).await["error"],
        "hash_conflict"
    );
}

#[tokio::test]
async fn one_trigger_gives_three_different_refusals() {
    let space = workspace()
        .trigger_life(std::time::Duration::ZERO)
        .start()
        .await
        .unwrap();
    socket_app(&space, acks()).await;
    let old = trigger(&space, "U0ADA").await;
    let answer = call(
        &space,
        "views.open",
        json!({"trigger_id": old, "view": modal()}),
    )
    .await;
    assert_eq!(
        answer["error"], "expired_trigger_id",
        "it lived for no time at all"
    );
    let (space, _) = answering(json!({})).await;
    let once = trigger(&space, "U0ADA").await;
    for code in [Value::Null, json!("exchanged_trigger_id")] {
        let answer = call(
            &space,
            "views.open",
            json!({"trigger_id": once, "view": modal()}),
        )
        .await;
        assert_eq!(answer["error"], code);
    }
    let made_up = call(
        &space,
        "views.open",
        json!({"trigger_id": "1.2.a", "view": modal()}),
    )
    .await;
    assert_eq!(made_up["error"], "invalid_trigger_id");
}
