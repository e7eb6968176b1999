//! What a person does, and what the app gets and gives.
#![expect(clippy::unwrap_used, reason = "a test may fail")]

mod support;

use sandbox::{CannotDo, ClickOutcome, ClientError, ProblemKind, Submitted, Workspace};
use serde_json::{Value, json};
use std::sync::Arc;
use support::{Reply, acks, call, card, http_app, modal, read, socket_app, workspace};

async fn posted(workspace: &Workspace, channel: &str) -> String {
    let answer = call(
        workspace,
        "chat.postMessage",
        json!({"channel": channel, "text": "Please look", "blocks": card()}),
    )
    .await;
    answer["ts"].as_str().unwrap().to_owned()
}

/// Lets Ada open the modal: the app opens it from the trigger of her command, and answers submissions with this body.
async fn with_modal(body: Value) -> (Workspace, String) {
    let space = workspace().start().await.unwrap();
    let answer = move |space: &Workspace, payload: &Value| {
        if let Some(trigger) = payload["trigger_id"]
            .as_str()
            .filter(|_| payload["command"].is_string())
        {
            let (space, trigger) = (space.clone(), trigger.to_owned());
            tokio::spawn(async move {
                call(
                    &space,
                    "views.open",
                    json!({"trigger_id": trigger, "view": modal()}),
                )
                .await
            });
        }
        if payload["type"] == "view_submission" {
            Reply::Body(body.clone())
        } else {
            Reply::Ack
        }
    };
    socket_app(&space, Arc::new(answer)).await;
    space.person("U0ADA").slash("/ask", "").await.unwrap();
    let view = space
        .person("U0ADA")
        .awaits_view_called("ask")
        .await
        .unwrap();
    (space, view.id)
}

#[tokio::test]
async fn a_command_reaches_the_app_and_its_answer_is_seen_by_the_person_alone() {
    let space = workspace().start().await.unwrap();
    let seen = socket_app(
        &space,
        Arc::new(|_, payload| Reply::Body(json!({"text": format!("got {}", payload["text"])}))),
    )
    .await;
    let outcome = space
        .person("U0ADA")
        .slash_in("C0OPS", "/ask", "for help")
        .await
        .unwrap();
    assert_eq!(outcome.reply.unwrap().text, "got \"for help\"");
    assert!(space.ephemerals("U0BEN").is_empty() && space.messages("C0OPS").is_empty());
    let envelope = seen.lock().unwrap().last().cloned().unwrap();
    assert_eq!(envelope["type"], "slash_commands");
    assert_eq!(envelope["accepts_response_payload"], true);
    let payload = &envelope["payload"];
    assert_eq!(
        (
            &payload["command"],
            &payload["channel_name"],
            &payload["is_enterprise_install"]
        ),
        (&json!("/ask"), &json!("ops"), &json!("false"))
    );
}

#[tokio::test]
async fn a_command_that_is_not_acknowledged_in_time_says_operation_timeout() {
    let space = workspace().start().await.unwrap();
    socket_app(&space, Arc::new(|_, _| Reply::Silence)).await;
    let outcome = space.person("U0ADA").slash("/ask", "").await.unwrap();
    assert_eq!(
        outcome.failed.map(|failed| failed.to_string()).as_deref(),
        Some("operation_timeout")
    );
    assert_eq!(space.problems()[0].kind, ProblemKind::LateAck);
}

#[tokio::test]
async fn a_command_without_an_app_says_dispatch_failed() {
    let space = workspace().start().await.unwrap();
    let outcome = space.person("U0ADA").slash("/ask", "").await.unwrap();
    assert_eq!(outcome.failed, Some(ClientError::DispatchFailed));
}

#[tokio::test]
async fn a_command_the_app_does_not_have_is_not_sent() {
    let space = workspace().start().await.unwrap();
    let outcome = space.person("U0ADA").slash("/other", "").await;
    assert_eq!(outcome.err(), Some(CannotDo::NoCommand("/other".into())));
}

#[tokio::test]
async fn a_click_carries_the_message_the_button_and_a_response_url() {
    let space = workspace().start().await.unwrap();
    let seen = socket_app(&space, acks()).await;
    let ts = posted(&space, "C0OPS").await;
    assert_eq!(
        space.person("U0BEN").click("C0OPS", &ts, "approve").await,
        Ok(ClickOutcome::Acked)
    );
    let payload = seen.lock().unwrap().last().cloned().unwrap()["payload"].clone();
    assert_eq!(payload["type"], "block_actions");
    assert_eq!(
        payload["container"],
        json!({"type": "message", "message_ts": ts, "channel_id": "C0OPS", "is_ephemeral": false})
    );
    assert_eq!(payload["message"]["ts"], ts.as_str());
    assert_eq!(payload["actions"][0]["value"], "42");
    assert_eq!(payload["user"]["team_id"], "T0SANDBOX");
    let url = payload["response_url"].as_str().unwrap().to_owned();
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    for _ in 0..5 {
        let answer = http
            .post(&url)
            .json(&json!({"text": "only you"}))
            .send()
            .await
            .unwrap();
        assert_eq!(
            (
                answer.status().as_u16(),
                answer.text().await.unwrap().as_str()
            ),
            (200, "ok")
        );
    }
    let sixth = http
        .post(&url)
        .json(&json!({"text": "only you"}))
        .send()
        .await
        .unwrap();
    assert_eq!(
        (
            sixth.status().as_u16(),
            sixth.text().await.unwrap().as_str()
        ),
        (404, "used_url")
    );
    assert_eq!(space.ephemerals("U0BEN").len(), 5);
    assert!(space.ephemerals("U0ADA").is_empty());
}

#[tokio::test]
async fn only_what_is_on_the_message_can_be_pressed_and_only_by_who_sees_it() {
    let space = workspace().start().await.unwrap();
    let ts = posted(&space, "C0BOARD").await;
    let nobody = space.person("U0ADA").click("C0BOARD", &ts, "approve").await;
    assert_eq!(nobody, Err(CannotDo::NoChannel("C0BOARD".into())));
    let nothing = space.person("U0BEN").click("C0BOARD", &ts, "reject").await;
    assert_eq!(
        nothing,
        Err(CannotDo::NoAction("reject".into(), "approve".into()))
    );
    space.delete_message("C0BOARD", &ts);
    let gone = space.person("U0BEN").click("C0BOARD", &ts, "approve").await;
    assert_eq!(gone, Err(CannotDo::NoMessage(ts)));
}

#[tokio::test]
async fn a_button_that_is_not_acknowledged_shows_the_warning_sign() {
    let space = workspace().start().await.unwrap();
    let ts = posted(&space, "C0OPS").await;
    let outcome = space.person("U0ADA").click("C0OPS", &ts, "approve").await;
    assert_eq!(outcome, Ok(ClickOutcome::Failed(ClientError::Warning)));
}

#[tokio::test]
async fn a_modal_is_not_sent_while_a_required_field_is_empty_and_closes_when_it_is_acknowledged() {
    let (space, view) = with_modal(json!({})).await;
    let ada = space.person("U0ADA");
    let Ok(Submitted::NotSent(missing)) = ada.submit(&view).await else {
        unreachable!()
    };
    assert_eq!(missing.keys().collect::<Vec<_>>(), ["team", "why"]);
    assert!(ada.fill(&view, "why", "x".repeat(21)).await.is_err());
    assert!(ada.fill(&view, "team", "west").await.is_err());
    assert!(ada.fill(&view, "by", "24 dec").await.is_err());
    ada.fill_all(&view, &[("why", "because"), ("team", "south")])
        .await
        .unwrap();
    assert_eq!(ada.submit(&view).await, Ok(Submitted::Closed));
    assert!(ada.views().is_empty());
    let sent = space.deliveries().pop().unwrap().payload;
    assert_eq!(
        sent["view"]["state"]["values"]["why"]["value"],
        json!({"type": "plain_text_input", "value": "because"})
    );
    assert_eq!(
        sent["view"]["state"]["values"]["by"]["value"],
        json!({"type": "datepicker", "selected_date": null})
    );
    assert_eq!(
        sent["view"]["state"]["values"]["team"]["value"]["selected_option"]["value"],
        "south"
    );
    assert_eq!(sent["view"]["private_metadata"], "C0OPS");
}

#[tokio::test]
async fn choosing_in_a_select_that_dispatches_tells_the_app_at_once_and_what_was_typed_stays_on_an_update()
 {
    let (space, view) = with_modal(json!({})).await;
    let ada = space.person("U0ADA");
    ada.fill(&view, "why", "because").await.unwrap();
    ada.fill(&view, "team", "north").await.unwrap();
    let told = space.deliveries().pop().unwrap().payload;
    assert_eq!(told["type"], "block_actions");
    assert_eq!(told["container"], json!({"type": "view", "view_id": view}));
    assert_eq!(told["actions"][0]["selected_option"]["value"], "north");
    assert_eq!(
        told["view"]["state"]["values"]["team"]["value"]["selected_option"]["value"],
        "north"
    );
    let mut wider = modal();
    wider["blocks"][1]["element"]["options"][1]["value"] = json!("west");
    let old_hash = call(
        &space,
        "views.update",
        json!({"view_id": view, "view": wider, "hash": "another"}),
    )
    .await;
    assert_eq!(old_hash["error"], "hash_conflict");
    let updated = call(
        &space,
        "views.update",
        json!({"view_id": view, "view": wider, "hash": told["view"]["hash"]}),
    )
    .await;
    assert_eq!(updated["ok"], true);
    let now = ada.open_view().unwrap();
    assert_eq!(now.value("why").unwrap()["value"], "because");
    assert_eq!(
        now.value("team").unwrap()["selected_option"]["value"],
        "north"
    );
    ada.close(&view).await.unwrap();
    let late = call(
        &space,
        "views.update",
        json!({"view_id": view, "view": modal()}),
    )
    .await;
    assert_eq!(late["error"], "not_found");
}

#[tokio::test]
async fn errors_stand_at_their_field_and_what_was_typed_stays() {
    let (space, view) =
        with_modal(json!({"response_action": "errors", "errors": {"why": "Say more"}})).await;
    let ada = space.person("U0ADA");
    ada.fill_all(&view, &[("why", "because"), ("team", "south")])
        .await
        .unwrap();
    let Ok(Submitted::Errors(errors)) = ada.submit(&view).await else {
        unreachable!()
    };
    assert_eq!(errors["why"], "Say more");
    let still = ada.open_view().unwrap();
    assert_eq!(still.value("why").unwrap()["value"], "because");
    assert_eq!(still.errors["why"], "Say more");
}

#[tokio::test]
async fn errors_for_a_field_that_is_not_there_are_the_apps_fault() {
    let (space, view) =
        with_modal(json!({"response_action": "errors", "errors": {"nowhere": "Say more"}})).await;
    let ada = space.person("U0ADA");
    ada.fill_all(&view, &[("why", "because"), ("team", "south")])
        .await
        .unwrap();
    let outcome = ada.submit(&view).await.unwrap();
    assert_eq!(outcome, Submitted::Failed(ClientError::TroubleConnecting));
    assert_eq!(
        ClientError::TroubleConnecting.to_string(),
        "We had some trouble connecting. Try again?"
    );
    assert_eq!(space.problems()[0].kind, ProblemKind::BadAck);
}

#[tokio::test]
async fn views_are_pushed_to_a_depth_of_three() {
    let (space, first) = with_modal(json!({"response_action": "push", "view": modal()})).await;
    let ada = space.person("U0ADA");
    let mut top = first;
    for _ in 0..2 {
        ada.fill_all(&top, &[("why", "because"), ("team", "south")])
            .await
            .unwrap();
        let Ok(Submitted::Pushed(next)) = ada.submit(&top).await else {
            unreachable!()
        };
        top = next;
    }
    assert_eq!(ada.views().len(), 3);
    ada.fill_all(&top, &[("why", "because"), ("team", "south")])
        .await
        .unwrap();
    assert_eq!(
        ada.submit(&top).await,
        Ok(Submitted::Failed(ClientError::TroubleConnecting))
    );
}

#[tokio::test]
async fn a_trigger_works_once_and_only_for_a_while() {
    let space = workspace().start().await.unwrap();
    socket_app(&space, acks()).await;
    space.person("U0ADA").slash("/ask", "").await.unwrap();
    let trigger = space.deliveries()[0].payload["trigger_id"]
        .as_str()
        .unwrap()
        .to_owned();
    let open = |trigger: String| {
        let space = space.clone();
        async move {
            call(
                &space,
                "views.open",
                json!({"trigger_id": trigger, "view": modal()}),
            )
            .await["error"]
                .as_str()
                .map(str::to_owned)
        }
    };
    assert_eq!(open(trigger.clone()).await, None);
    assert_eq!(open(trigger).await.as_deref(), Some("exchanged_trigger_id"));
    space.person("U0ADA").slash("/ask", "").await.unwrap();
    let second = space.deliveries()[1].payload["trigger_id"]
        .as_str()
        .unwrap()
        .to_owned();
    space.expire_triggers();
    assert_eq!(open(second).await.as_deref(), Some("expired_trigger_id"));
    assert_eq!(
        open("1.2.3".into()).await.as_deref(),
        Some("invalid_trigger_id")
    );
    assert_eq!(space.problems().len(), 3);
}

#[tokio::test]
async fn the_same_story_goes_over_signed_http() {
    let space = workspace().start().await.unwrap();
    let seen = http_app(
        &space,
        Arc::new(|_, payload| {
            if payload["command"].is_string() {
                Reply::Body(json!({"text": "hello", "response_type": "in_channel"}))
            } else {
                Reply::Ack
            }
        }),
    )
    .await;
    let ada = space.person("U0ADA");
    let outcome = ada.slash_in("C0OPS", "/ask", "a & b").await.unwrap();
    assert_eq!(outcome.posted.unwrap().text, "hello");
    let ts = posted(&space, "C0OPS").await;
    assert_eq!(
        ada.click("C0OPS", &ts, "approve").await,
        Ok(ClickOutcome::Acked)
    );
    let requests = seen.lock().unwrap().clone();
    assert_eq!(read(&requests[0].body)["text"], "a & b");
    assert_eq!(
        read(&requests[1].body)["actions"][0]["action_id"],
        "approve"
    );
    assert!(
        requests
            .iter()
            .all(|request| request.headers.contains_key("x-slack-signature"))
    );
}

#[tokio::test]
async fn an_ephemeral_message_is_pressed_without_its_content_and_replaced_through_the_response_url()
{
    let space = workspace().start().await.unwrap();
    let seen = socket_app(&space, acks()).await;
    call(
        &space,
        "chat.postEphemeral",
        json!({"channel": "C0OPS", "user": "U0ADA", "text": "?", "blocks": card()}),
    )
    .await;
    let ada = space.person("U0ADA");
    let shown = ada.next_ephemeral().unwrap();
    ada.click("C0OPS", &shown.ts, "approve").await.unwrap();
    let payload = seen.lock().unwrap().last().cloned().unwrap()["payload"].clone();
    assert_eq!(payload["container"]["is_ephemeral"], true);
    assert_eq!(payload.get("message"), None);
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let url = payload["response_url"].as_str().unwrap();
    http.post(url)
        .json(&json!({"replace_original": true, "text": "done"}))
        .send()
        .await
        .unwrap();
    let texts: Vec<String> = ada
        .ephemerals()
        .into_iter()
        .map(|message| message.text)
        .collect();
    assert_eq!(texts, ["done"]);
}

#[tokio::test]
async fn an_organisation_wide_install_says_team_null() {
    let space = workspace().start().await.unwrap();
    let seen = socket_app(&space, acks()).await;
    let ts = posted(&space, "C0OPS").await;
    space.set_org_wide(true);
    space
        .person("U0ADA")
        .click("C0OPS", &ts, "approve")
        .await
        .unwrap();
    let payload = seen.lock().unwrap().last().cloned().unwrap()["payload"].clone();
    assert_eq!(
        (&payload["team"], &payload["is_enterprise_install"]),
        (&Value::Null, &json!(true))
    );
}

#[tokio::test]
async fn what_a_person_types_arrives_escaped_and_mentions_stay() {
    let space = workspace().start().await.unwrap();
    let ada = space.person("U0ADA");
    ada.say("C0OPS", "a < b & <@U0BEN> <@U0NONE>").unwrap();
    assert_eq!(
        space.messages("C0OPS")[0].text,
        "a &lt; b &amp; <@U0BEN> &lt;@U0NONE&gt;"
    );
}

#[tokio::test]
async fn a_reply_stands_in_its_thread_and_the_app_hears_where() {
    let space = workspace()
        .events(&["message.channels", "message"])
        .start()
        .await
        .unwrap();
    let seen = socket_app(&space, acks()).await;
    let ts = posted(&space, "C0OPS").await;
    let ada = space.person("U0ADA");
    assert_eq!(
        ada.say_in_thread("C0OPS", "1.000001", "lost"),
        Err(CannotDo::NoMessage("1.000001".into()))
    );
    let reply = ada.say_in_thread("C0OPS", &ts, "done").unwrap();
    let message = space.message("C0OPS", &reply).unwrap();
    assert_eq!(message.thread_ts, Some(ts.clone()));
    let told = space.until(|_| {
        let seen = seen.lock().unwrap();
        let events = seen.iter().map(|frame| frame["payload"]["event"].clone());
        events.into_iter().find(|event| event["type"] == "message")
    });
    assert_eq!(told.await.unwrap()["thread_ts"], ts);
}
