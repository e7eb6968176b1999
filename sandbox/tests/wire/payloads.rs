//! What the app gets for a command and a press, and what its `response_url` is good for.

use crate::support::{Reply, acks, call, card, http_app, modal, read, socket_app, workspace};
use crate::{browser, keys};
use chrono::{DateTime, TimeDelta, Utc};
use sandbox::{ClientError, Workspace};
use serde_json::{Value, json};
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};

const SLASH: &[&str] = &[
    "api_app_id",
    "channel_id",
    "channel_name",
    "command",
    "is_enterprise_install",
    "response_url",
    "team_domain",
    "team_id",
    "text",
    "token",
    "trigger_id",
    "user_id",
    "user_name",
];

fn last(seen: &Mutex<Vec<Value>>) -> Value {
    seen.lock().unwrap().last().unwrap()["payload"].clone()
}

async fn posted(space: &Workspace, blocks: Value) -> String {
    let args = json!({"channel": "C0OPS", "text": "Please look", "blocks": blocks});
    call(space, "chat.postMessage", args).await["ts"]
        .as_str()
        .unwrap()
        .to_owned()
}

#[tokio::test]
async fn a_command_has_the_same_fields_as_a_form_and_over_the_socket() {
    let space = workspace().start().await.unwrap();
    let frames = socket_app(&space, acks()).await;
    let ada = space.person("U0ADA");
    ada.slash_in("C0OPS", "/ask", "request prod-db")
        .await
        .unwrap();
    let requests = http_app(&space, acks()).await;
    ada.slash_in("C0OPS", "/ask", "request prod-db")
        .await
        .unwrap();
    let request = requests.lock().unwrap()[0].clone();
    assert_eq!(
        request.headers["content-type"],
        "application/x-www-form-urlencoded"
    );
    for payload in [last(&frames), read(&request.body)] {
        assert_eq!(keys(&payload), SLASH);
        assert_eq!(
            (&payload["text"], &payload["is_enterprise_install"]),
            (&json!("request prod-db"), &json!("false"))
        );
        assert!(payload.as_object().unwrap().values().all(Value::is_string));
    }
}

#[tokio::test]
async fn a_command_says_what_sort_of_conversation_it_was_typed_in() {
    let space = workspace().start().await.unwrap();
    let seen = socket_app(&space, acks()).await;
    let ben = space.person("U0BEN");
    let dm = ben.dm();
    for (channel, name) in [
        ("C0OPS", "ops"),
        ("C0BOARD", "privategroup"),
        (dm.as_str(), "directmessage"),
    ] {
        ben.slash_in(channel, "/ask", "").await.unwrap();
        assert_eq!(last(&seen)["channel_name"], name);
    }
}

#[tokio::test]
async fn names_in_a_command_are_escaped_only_where_it_asks_for_it() {
    let space = workspace()
        .escaping_command("/who", "")
        .start()
        .await
        .unwrap();
    let seen = socket_app(&space, acks()).await;
    let ada = space.person("U0ADA");
    let typed = "give @ben.okri and @nobody the keys of #ops";
    ada.slash("/who", typed).await.unwrap();
    assert_eq!(
        last(&seen)["text"],
        "give <@U0BEN|ben.okri> and @nobody the keys of <#C0OPS|ops>"
    );
    ada.slash("/ask", typed).await.unwrap();
    assert_eq!(last(&seen)["text"], typed);
}

#[tokio::test]
async fn a_command_is_answered_for_one_person_unless_it_says_in_channel() {
    for (body, whispered, said) in [
        (json!({"text": "hello"}), 1, 0),
        (json!({"text": "hello", "response_type": "ephemeral"}), 1, 0),
        (
            json!({"blocks": card(), "response_type": "in_channel", "text": "for all"}),
            0,
            1,
        ),
        (json!({}), 0, 0),
    ] {
        let space = workspace().start().await.unwrap();
        socket_app(&space, Arc::new(move |_, _| Reply::Body(body.clone()))).await;
        let ada = space.person("U0ADA");
        ada.slash_in("C0OPS", "/ask", "").await.unwrap();
        assert_eq!(
            (ada.ephemerals().len(), space.messages("C0OPS").len()),
            (whispered, said)
        );
    }
}

#[tokio::test]
async fn a_command_fails_in_one_word_where_the_answer_is_bad_or_nobody_answers() {
    let space = workspace().start().await.unwrap();
    let failed = |space: &Workspace| {
        let ada = space.person("U0ADA");
        async move { ada.slash("/ask", "").await.unwrap().failed }
    };
    http_app(&space, Arc::new(|_, _| Reply::Status(500))).await;
    assert_eq!(failed(&space).await, Some(ClientError::DispatchFailed));
    http_app(&space, Arc::new(|_, _| Reply::Silence)).await;
    assert_eq!(failed(&space).await, Some(ClientError::OperationTimeout));
    let bad = json!({"blocks": [{"type": "nothing"}]});
    http_app(&space, Arc::new(move |_, _| Reply::Body(bad.clone()))).await;
    assert_eq!(failed(&space).await, Some(ClientError::DispatchFailed));
    space.set_request_urls(sandbox::RequestUrls::under("http://127.0.0.1:1"));
    assert_eq!(failed(&space).await, Some(ClientError::DispatchFailed));
}

#[tokio::test]
async fn a_press_carries_everything_and_its_acknowledgement_changes_nothing() {
    let space = workspace().start().await.unwrap();
    let body = json!({"text": "changed?", "replace_original": true});
    let seen = socket_app(&space, Arc::new(move |_, _| Reply::Body(body.clone()))).await;
    let ts = posted(&space, card()).await;
    space
        .person("U0BEN")
        .click("C0OPS", &ts, "approve")
        .await
        .unwrap();
    let payload = last(&seen);
    assert_eq!(
        keys(&payload),
        [
            "actions",
            "api_app_id",
            "channel",
            "container",
            "enterprise",
            "is_enterprise_install",
            "message",
            "response_url",
            "state",
            "team",
            "token",
            "trigger_id",
            "type",
            "user"
        ]
    );
    assert_eq!(payload["channel"], json!({"id": "C0OPS", "name": "ops"}));
    assert_eq!(
        keys(&payload["actions"][0]),
        [
            "action_id",
            "action_ts",
            "block_id",
            "text",
            "type",
            "value"
        ]
    );
    assert_eq!(payload["state"], json!({"values": {}}));
    assert_eq!(space.message("C0OPS", &ts).unwrap().text, "Please look");
    assert_eq!(space.deliveries().len(), 1);
}

#[tokio::test]
async fn what_is_chosen_stands_in_the_action_and_in_the_state() {
    let space = workspace().start().await.unwrap();
    let seen = socket_app(&space, acks()).await;
    let plain = |text: &str| json!({"type": "plain_text", "text": text});
    let option = json!({"text": plain("One hour"), "value": "3600"});
    let kinds = [
        (
            json!({"type": "static_select", "options": [option]}),
            json!("3600"),
            "selected_option",
        ),
        (
            json!({"type": "users_select"}),
            json!("U0BEN"),
            "selected_user",
        ),
        (
            json!({"type": "channels_select"}),
            json!("C0OPS"),
            "selected_channel",
        ),
        (
            json!({"type": "datepicker"}),
            json!("2026-12-24"),
            "selected_date",
        ),
        (
            json!({"type": "timepicker"}),
            json!("17:00"),
            "selected_time",
        ),
        (
            json!({"type": "checkboxes", "options": [option]}),
            json!(["3600"]),
            "selected_options",
        ),
    ];
    for (mut element, entry, key) in kinds {
        element["action_id"] = json!("pick");
        let ts = posted(
            &space,
            json!([{"type": "actions", "block_id": "row", "elements": [element]}]),
        )
        .await;
        space
            .person("U0ADA")
            .choose("C0OPS", &ts, "pick", entry)
            .await
            .unwrap();
        let payload = last(&seen);
        let (action, state) = (
            &payload["actions"][0][key],
            &payload["state"]["values"]["row"]["pick"][key],
        );
        assert!(!action.is_null() && action == state, "{key}: {payload}");
    }
}

#[tokio::test]
async fn a_response_url_serves_half_an_hour_its_channel_and_its_person() {
    let minutes = Arc::new(AtomicI64::new(0));
    let read = Arc::clone(&minutes);
    let start = DateTime::<Utc>::UNIX_EPOCH + TimeDelta::days(20_000);
    let clock: sandbox::WallClock =
        Arc::new(move || start + TimeDelta::minutes(read.load(Ordering::SeqCst)));
    let space = workspace().clock(clock).start().await.unwrap();
    let seen = socket_app(&space, acks()).await;
    let ts = posted(&space, card()).await;
    space
        .person("U0BEN")
        .click("C0OPS", &ts, "approve")
        .await
        .unwrap();
    let url = last(&seen)["response_url"].as_str().unwrap().to_owned();
    let answer = |body: Value| {
        let request = browser().post(&url).json(&body);
        async move {
            let answer = request.send().await.unwrap();
            (answer.status().as_u16(), answer.text().await.unwrap())
        }
    };
    let whispered =
        json!({"response_type": "ephemeral", "replace_original": false, "text": "you alone"});
    assert_eq!(answer(whispered).await, (200, "ok".into()));
    assert_eq!(space.ephemerals("U0BEN").len(), 1);
    assert_eq!(space.message("C0OPS", &ts).unwrap().text, "Please look");
    minutes.store(30, Ordering::SeqCst);
    let replaced = json!({"replace_original": true, "text": "done"});
    assert_eq!(answer(replaced).await.0, 200);
    let message = space.message("C0OPS", &ts).unwrap();
    assert_eq!((message.text.as_str(), message.blocks.len()), ("done", 0));
    assert_eq!(answer(json!({"delete_original": true})).await.0, 200);
    assert!(space.message("C0OPS", &ts).unwrap().deleted);
    minutes.store(31, Ordering::SeqCst);
    assert_eq!(
        answer(json!({"text": "late"})).await,
        (404, "expired_url".into())
    );
    assert_eq!(space.problems().len(), 1);
}

#[tokio::test]
async fn an_organisations_install_has_no_team_and_a_guest_organisation_its_own() {
    let space = workspace()
        .outside_user("U0OUT", "Olu Outside", "T0OTHER")
        .shared_channel("C0SHARED", "shared", &["U0OUT"])
        .start()
        .await
        .unwrap();
    let seen = socket_app(&space, acks()).await;
    let olu = space.person("U0OUT");
    olu.slash_in("C0SHARED", "/ask", "").await.unwrap();
    let command = last(&seen);
    assert_eq!(
        (&command["team_id"], &command["team_domain"]),
        (&json!("T0OTHER"), &json!("elsewhere"))
    );
    let args = json!({"trigger_id": command["trigger_id"], "view": modal()});
    let view = call(&space, "views.open", args).await["view"]["id"]
        .as_str()
        .unwrap()
        .to_owned();
    olu.fill_all(&view, &[("why", "because"), ("team", "north")])
        .await
        .unwrap();
    olu.submit(&view).await.unwrap();
    let sent = last(&seen);
    assert_eq!(
        (&sent["team"]["id"], &sent["user"]["team_id"]),
        (&json!("T0OTHER"), &json!("T0OTHER"))
    );
    assert_eq!(sent["view"]["app_installed_team_id"], "T0SANDBOX");
    space.set_org_wide(true);
    olu.slash_in("C0SHARED", "/ask", "").await.unwrap();
    let command = last(&seen);
    assert_eq!(command["is_enterprise_install"], "true");
    assert!(command["enterprise_id"].as_str().unwrap().starts_with('E'));
    assert!(command["enterprise_name"].is_string());
}
