//! The Web API as an app calls it: what it stores, and what it refuses with which code.
#![expect(clippy::unwrap_used, reason = "a test may fail")]

mod support;

use sandbox::{Fault, FaultRule, Pace, ProblemKind, Workspace};
use serde_json::{Value, json};
use std::time::Duration;
use support::{call, call_as, card, modal, workspace};

async fn error(space: &Workspace, method: &str, args: Value) -> String {
    call(space, method, args).await["error"]
        .as_str()
        .unwrap_or("none")
        .to_owned()
}

#[tokio::test]
async fn a_message_is_posted_edited_and_deleted_and_keeps_its_history() {
    let space = workspace().start().await.unwrap();
    let posted = call(
        &space,
        "chat.postMessage",
        json!({"channel": "C0OPS", "text": "one", "blocks": card()}),
    )
    .await;
    let ts = posted["ts"].as_str().unwrap();
    assert_eq!(posted["message"]["blocks"][1]["block_id"], "do");
    assert!(posted["message"]["blocks"][0]["block_id"].is_string());
    call(
        &space,
        "chat.update",
        json!({"channel": "C0OPS", "ts": ts, "text": "two"}),
    )
    .await;
    assert_eq!(
        space.messages("C0OPS")[0].blocks.len(),
        2,
        "left out, the blocks stay"
    );
    call(
        &space,
        "chat.update",
        json!({"channel": "C0OPS", "ts": ts, "text": "three", "blocks": []}),
    )
    .await;
    let message = space.message("C0OPS", ts).unwrap();
    assert_eq!(
        (
            message.text.as_str(),
            message.blocks.len(),
            message.versions.len()
        ),
        ("three", 0, 3)
    );
    assert_eq!(space.unread().len(), 1);
    assert_eq!(space.count(None, |message| message.text == "three"), 1);
    assert_eq!(
        space
            .awaits(Some("C0OPS"), |message| message.text == "three")
            .await
            .unwrap()
            .ts,
        ts
    );
    assert_eq!(space.sees_last("C0OPS").unwrap().text, "three");
    assert!(space.unread().is_empty());
    call(&space, "chat.delete", json!({"channel": "C0OPS", "ts": ts})).await;
    assert!(space.messages("C0OPS").is_empty() && space.message("C0OPS", ts).unwrap().deleted);
    assert_eq!(
        error(
            &space,
            "chat.update",
            json!({"channel": "C0OPS", "ts": ts, "text": "x"})
        )
        .await,
        "message_not_found"
    );
}

#[tokio::test]
async fn posting_to_a_person_opens_their_conversation_and_names_it() {
    let space = workspace().start().await.unwrap();
    let posted = call(
        &space,
        "chat.postMessage",
        json!({"channel": "U0ADA", "text": "hello"}),
    )
    .await;
    assert_eq!(posted["channel"], "D0ADA");
    assert_eq!(space.person("U0ADA").dm(), "D0ADA");
    let opened = call(&space, "conversations.open", json!({"users": ["U0ADA"]})).await;
    assert_eq!(
        (&opened["channel"]["id"], &opened["already_open"]),
        (&json!("D0ADA"), &json!(true))
    );
    let by_comma = call(&space, "conversations.open", json!({"users": "U0BEN"})).await;
    assert_eq!(by_comma["channel"]["id"], "D0BEN");
}

#[tokio::test]
async fn each_refusal_has_slacks_code() {
    let space = workspace()
        .channel_without_bot("C0ELSE", "elsewhere", &["U0ADA"])
        .start()
        .await
        .unwrap();
    let post = |channel: &str, rest: Value| {
        let mut args = rest;
        args["channel"] = json!(channel);
        let space = space.clone();
        async move { error(&space, "chat.postMessage", args).await }
    };
    assert_eq!(
        post("C0NONE", json!({"text": "x"})).await,
        "channel_not_found"
    );
    assert_eq!(post("C0ELSE", json!({"text": "x"})).await, "not_in_channel");
    assert_eq!(post("C0OPS", json!({})).await, "no_text");
    assert_eq!(
        post("C0OPS", json!({"text": "x".repeat(40_001)})).await,
        "msg_too_long"
    );
    assert_eq!(
        post("C0OPS", json!({"blocks": [{"type": "section"}]})).await,
        "invalid_blocks"
    );
    let section = json!({"type": "section", "text": {"type": "mrkdwn", "text": "x".repeat(3_000)}});
    assert_eq!(
        post("C0OPS", json!({"blocks": vec![section; 5]})).await,
        "msg_blocks_too_long"
    );
    assert_eq!(
        post("C0OPS", json!({"text": "x", "thread_ts": "1.000000"})).await,
        "thread_not_found"
    );
    assert_eq!(
        post(
            "C0OPS",
            json!({"text": "x", "metadata": {"event_type": ""}})
        )
        .await,
        "invalid_metadata_format"
    );
    space.archive("C0OPS", true);
    assert_eq!(post("C0OPS", json!({"text": "x"})).await, "is_archived");
    space.kick_bot("C0BOARD");
    assert_eq!(
        post("C0BOARD", json!({"text": "x"})).await,
        "channel_not_found"
    );
    space.disable("U0BEN", true);
    assert_eq!(post("U0BEN", json!({"text": "x"})).await, "user_disabled");
    assert_eq!(
        error(&space, "conversations.open", json!({"users": "U0BEN"})).await,
        "user_disabled"
    );
    assert_eq!(
        error(&space, "conversations.open", json!({"users": "U0NONE"})).await,
        "user_not_found"
    );
    assert_eq!(
        error(&space, "users.info", json!({"user": "U0NONE"})).await,
        "user_not_found"
    );
    assert_eq!(
        error(
            &space,
            "views.update",
            json!({"view_id": "V0", "view": modal()})
        )
        .await,
        "not_found"
    );
    assert_eq!(
        error(
            &space,
            "views.open",
            json!({"trigger_id": "1", "view": {"type": "modal"}})
        )
        .await,
        "invalid_arguments"
    );
    let large = json!({"type": "modal", "title": {"type": "plain_text", "text": "x"}, "blocks": [], "private_metadata": "x".repeat(250_001)});
    assert_eq!(
        error(
            &space,
            "views.open",
            json!({"trigger_id": "1", "view": large})
        )
        .await,
        "view_too_large"
    );
}

#[tokio::test]
async fn a_refused_block_is_named_by_a_pointer() {
    let space = workspace().start().await.unwrap();
    let header = json!({"type": "header", "text": {"type": "plain_text", "text": "x".repeat(151)}});
    let answer = call(
        &space,
        "chat.postMessage",
        json!({"channel": "C0OPS", "text": "x", "blocks": [header]}),
    )
    .await;
    assert_eq!(
        answer["response_metadata"]["messages"][0],
        "[ERROR] must be less than 151 characters [json-pointer:/blocks/0/text/text]"
    );
    assert_eq!(space.problems()[0].kind, ProblemKind::InvalidBlocks);
}

#[tokio::test]
async fn tokens_and_scopes_are_checked() {
    let space = workspace().start().await.unwrap();
    assert_eq!(
        call_as(&space, "xoxb-wrong", "auth.test", json!({})).await["error"],
        "invalid_auth"
    );
    assert_eq!(
        call_as(
            &space,
            &space.bot_token(),
            "apps.connections.open",
            json!({})
        )
        .await["error"],
        "not_allowed_token_type"
    );
    assert_eq!(
        call_as(&space, &space.app_token(), "chat.postMessage", json!({})).await["error"],
        "not_allowed_token_type"
    );
    space.set_scopes(&["commands"]);
    let refused = call(
        &space,
        "chat.postMessage",
        json!({"channel": "C0OPS", "text": "x"}),
    )
    .await;
    assert_eq!(
        (&refused["error"], &refused["needed"], &refused["provided"]),
        (
            &json!("missing_scope"),
            &json!("chat:write"),
            &json!("commands")
        )
    );
    assert_eq!(space.take_problems().len(), 4);
    let url = format!("{}/auth.test", space.api_url());
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let bare: Value = http.post(&url).send().await.unwrap().json().await.unwrap();
    assert_eq!(bare["error"], "not_authed");
    let known = http
        .get(&url)
        .bearer_auth(space.bot_token())
        .send()
        .await
        .unwrap();
    assert_eq!(known.headers()["x-oauth-scopes"], "commands");
}

#[tokio::test]
async fn an_unknown_method_is_refused_and_noted() {
    let space = workspace().start().await.unwrap();
    assert_eq!(
        error(&space, "chat.shout", json!({})).await,
        "unknown_method"
    );
    assert_eq!(space.problems()[0].kind, ProblemKind::UnknownMethod);
}

#[tokio::test]
async fn history_is_newest_first_within_its_window_and_has_metadata_only_when_asked() {
    let space = workspace().start().await.unwrap();
    let mut times = Vec::new();
    for text in ["a", "b", "c"] {
        let metadata = json!({"event_type": "note", "event_payload": {"delivery": text}});
        let answer = call(
            &space,
            "chat.postMessage",
            json!({"channel": "C0OPS", "text": text, "metadata": metadata}),
        )
        .await;
        times.push(answer["ts"].as_str().unwrap().to_owned());
    }
    let read = |args: Value| {
        let space = space.clone();
        async move {
            let answer = call(&space, "conversations.history", args).await;
            let texts = answer["messages"]
                .as_array()
                .unwrap()
                .iter()
                .map(|message| message["text"].as_str().unwrap().to_owned());
            (
                texts.collect::<Vec<_>>().concat(),
                answer["has_more"] == true,
                answer,
            )
        }
    };
    assert_eq!(read(json!({"channel": "C0OPS"})).await.0, "cba");
    assert_eq!(
        read(json!({"channel": "C0OPS", "oldest": times[0]}))
            .await
            .0,
        "cb"
    );
    assert_eq!(
        read(
            json!({"channel": "C0OPS", "oldest": times[0], "latest": times[1], "inclusive": true})
        )
        .await
        .0,
        "ba"
    );
    let (newest, more, plain) = read(json!({"channel": "C0OPS", "limit": 1})).await;
    assert_eq!(
        (newest.as_str(), more, plain["messages"][0].get("metadata")),
        ("c", true, None)
    );
    let with = read(json!({"channel": "C0OPS", "limit": 1, "include_all_metadata": true}))
        .await
        .2;
    assert_eq!(
        with["messages"][0]["metadata"]["event_payload"]["delivery"],
        "c"
    );
}

#[tokio::test]
async fn message_times_are_unique_though_the_clock_stands_still_or_goes_back() {
    use std::sync::atomic::{AtomicI64, Ordering};
    let seconds = std::sync::Arc::new(AtomicI64::new(1_800_000_000));
    let read = std::sync::Arc::clone(&seconds);
    let clock = std::sync::Arc::new(move || {
        chrono::DateTime::from_timestamp(read.load(Ordering::SeqCst), 0).unwrap_or_default()
    });
    let space = workspace().clock(clock).start().await.unwrap();
    let mut times = Vec::new();
    for step in [0, 0, -60, 120] {
        seconds.fetch_add(step, Ordering::SeqCst);
        times.push(
            call(
                &space,
                "chat.postMessage",
                json!({"channel": "C0OPS", "text": "x"}),
            )
            .await["ts"]
                .as_str()
                .unwrap()
                .to_owned(),
        );
    }
    assert_eq!(
        times,
        [
            "1800000000.000000",
            "1800000000.000001",
            "1800000000.000002",
            "1800000060.000000"
        ]
    );
}

#[tokio::test]
async fn faults_befall_what_they_are_set_on() {
    let space = workspace().start().await.unwrap();
    let post = |space: Workspace| async move {
        let http = reqwest::Client::builder()
            .no_proxy()
            .timeout(Duration::from_secs(1))
            .build()
            .unwrap();
        let args = json!({"channel": "C0OPS", "text": "x"});
        let url = format!("{}/chat.postMessage", space.api_url());
        http.post(url)
            .bearer_auth(space.bot_token())
            .json(&args)
            .send()
            .await
    };
    let once = |fault| {
        space.fault(
            FaultRule::on("chat.postMessage", fault)
                .channel("C0OPS")
                .times(1),
        );
    };
    once(Fault::RateLimited(7));
    let limited = post(space.clone()).await.unwrap();
    assert_eq!(
        (limited.status().as_u16(), &limited.headers()["retry-after"]),
        (429, &"7".parse().unwrap())
    );
    once(Fault::Status(503));
    assert_eq!(post(space.clone()).await.unwrap().status().as_u16(), 503);
    once(Fault::Error("is_archived".into()));
    let body: Value = post(space.clone()).await.unwrap().json().await.unwrap();
    assert_eq!(body["error"], "is_archived");
    once(Fault::Hang);
    assert!(post(space.clone()).await.unwrap_err().is_timeout());
    once(Fault::Reset);
    let broken = match post(space.clone()).await {
        Ok(response) => response.bytes().await.is_err(),
        Err(_) => true,
    };
    assert!(broken);
    assert!(
        space.messages("C0OPS").is_empty(),
        "nothing was done so far"
    );
    once(Fault::HangAfterDoing);
    assert!(post(space.clone()).await.unwrap_err().is_timeout());
    assert_eq!(
        space.messages("C0OPS").len(),
        1,
        "the post is stored though it was never answered"
    );
    assert_eq!(post(space.clone()).await.unwrap().status().as_u16(), 200);
    assert_eq!(space.calls_to("chat.postMessage").len(), 7);
}

#[tokio::test]
async fn a_fourth_message_within_three_seconds_is_too_fast_where_the_pace_is_kept() {
    let space = workspace().pace(Pace::Real).start().await.unwrap();
    for _ in 0..3 {
        assert_eq!(
            error(
                &space,
                "chat.postMessage",
                json!({"channel": "C0OPS", "text": "x"})
            )
            .await,
            "none"
        );
    }
    assert_eq!(
        error(
            &space,
            "chat.postMessage",
            json!({"channel": "C0OPS", "text": "x"})
        )
        .await,
        "ratelimited"
    );
    assert_eq!(space.problems()[0].kind, ProblemKind::TooFast);
}

#[tokio::test]
async fn outside_people_guests_and_shared_channels_can_be_told_apart() {
    let space = workspace()
        .outside_user("U0OUT", "Olu Outside", "T0OTHER")
        .guest("U0GUEST", "Gil Guest")
        .shared_channel("C0SHARED", "shared", &["U0OUT"])
        .start()
        .await
        .unwrap();
    let user = |id: &'static str| {
        let space = space.clone();
        async move { call(&space, "users.info", json!({"user": id})).await["user"].clone() }
    };
    assert_eq!(user("U0OUT").await["team_id"], "T0OTHER");
    assert_eq!(user("U0GUEST").await["is_restricted"], true);
    assert_eq!(
        user("U0ADA").await["profile"].get("email"),
        None,
        "without users:read.email"
    );
    let shared = call(&space, "conversations.info", json!({"channel": "C0SHARED"})).await;
    assert_eq!(
        (
            &shared["channel"]["is_ext_shared"],
            &shared["channel"]["is_member"]
        ),
        (&json!(true), &json!(true))
    );
}

#[tokio::test]
async fn an_app_home_is_published_for_a_person() {
    let space = workspace().start().await.unwrap();
    let home = json!({"type": "home", "blocks": [{"type": "divider"}]});
    let answer = call(
        &space,
        "views.publish",
        json!({"user_id": "U0ADA", "view": home}),
    )
    .await;
    assert_eq!(answer["ok"], true);
    assert_eq!(space.person("U0ADA").home().unwrap().blocks().len(), 1);
    let without = workspace().without_home().start().await.unwrap();
    assert_eq!(
        error(
            &without,
            "views.publish",
            json!({"user_id": "U0ADA", "view": home})
        )
        .await,
        "not_enabled"
    );
}

#[tokio::test]
async fn a_file_is_uploaded_in_three_steps() {
    let space = workspace().scopes(&["files:write"]).start().await.unwrap();
    let start = call(
        &space,
        "files.getUploadURLExternal",
        json!({"filename": "audit.csv", "length": 3}),
    )
    .await;
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let sent = http
        .post(start["upload_url"].as_str().unwrap())
        .body("a,b")
        .send()
        .await
        .unwrap();
    assert_eq!(sent.text().await.unwrap(), "OK - 3");
    let files = json!([{"id": start["file_id"], "title": "Audit"}]);
    let done = call(
        &space,
        "files.completeUploadExternal",
        json!({"files": files, "channel_id": "C0OPS"}),
    )
    .await;
    assert_eq!(done["files"][0]["title"], "Audit");
    assert!(space.sees_last("C0OPS").unwrap().text.contains("Audit"));
}
