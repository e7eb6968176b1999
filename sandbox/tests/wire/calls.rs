//! The Web API: how it is called, and what it answers.

use crate::support::{call, call_as, card, workspace};
use crate::{browser, keys};
use sandbox::{Fault, FaultRule, Pace, Workspace};
use serde_json::{Value, json};

pub(crate) async fn error(space: &Workspace, method: &str, args: Value) -> String {
    let answer = call(space, method, args).await;
    answer["error"].as_str().unwrap_or("none").to_owned()
}

#[tokio::test]
async fn a_query_a_form_and_json_say_the_same_by_get_and_by_post() {
    let space = workspace().start().await.unwrap();
    let url = format!("{}/chat.postMessage", space.api_url());
    let form = "channel=C0OPS&text=form&blocks=%5B%7B%22type%22%3A%22divider%22%7D%5D";
    let kind = "application/x-www-form-urlencoded";
    let requests = [
        browser().get(format!("{url}?channel=C0OPS&text=query")),
        browser().post(&url).header("content-type", kind).body(form),
        browser()
            .post(&url)
            .json(&json!({"channel": "C0OPS", "text": "json"})),
    ];
    for request in requests {
        let answer = request.bearer_auth(space.bot_token()).send().await.unwrap();
        let answer: Value = answer.json().await.unwrap();
        assert_eq!(answer["ok"], true, "{answer}");
    }
    let texts: Vec<String> = space
        .messages("C0OPS")
        .into_iter()
        .map(|one| one.text)
        .collect();
    assert_eq!(texts, ["query", "form", "json"]);
    assert_eq!(space.messages("C0OPS")[1].blocks[0]["type"], "divider");
    let token = format!("token={}&channel=C0OPS&text=x", space.bot_token());
    let inside = browser()
        .post(&url)
        .header("content-type", kind)
        .body(token);
    let answer: Value = inside.send().await.unwrap().json().await.unwrap();
    assert_eq!(answer["ok"], true, "the token may stand in the form");
}

#[tokio::test]
async fn a_body_that_cannot_be_read_is_told_apart() {
    let space = workspace().start().await.unwrap();
    let send = |kind: &'static str, body: &'static str| {
        let request = browser()
            .post(format!("{}/chat.postMessage", space.api_url()))
            .bearer_auth(space.bot_token())
            .header("content-type", kind)
            .body(body);
        async move { request.send().await.unwrap().json::<Value>().await.unwrap()["error"].clone() }
    };
    let json = "application/json; charset=utf-8";
    assert_eq!(send(json, "{\"channel\": ").await, "invalid_json");
    assert_eq!(send(json, "[1]").await, "json_not_object");
    assert_eq!(
        send("text/plain", "channel=C0OPS").await,
        "invalid_post_type"
    );
    assert_eq!(space.problems().len(), 3);
    assert!(space.messages("C0OPS").is_empty());
}

#[tokio::test]
async fn only_a_limit_of_pace_is_another_status_than_200() {
    let space = workspace().start().await.unwrap();
    space.fault(FaultRule::on("auth.test", Fault::RateLimited(30)).times(1));
    let send = || {
        let url = format!("{}/auth.test", space.api_url());
        browser().post(url).bearer_auth(space.bot_token()).send()
    };
    let limited = send().await.unwrap();
    assert_eq!(limited.status().as_u16(), 429);
    assert_eq!(limited.headers()["retry-after"], "30");
    assert_eq!(
        limited.json::<Value>().await.unwrap(),
        json!({"ok": false, "error": "ratelimited"})
    );
    assert_eq!(send().await.unwrap().status().as_u16(), 200);
    let refused = browser().post(format!("{}/nothing.here", space.api_url()));
    assert_eq!(refused.send().await.unwrap().status().as_u16(), 200);
}

#[tokio::test]
async fn the_scopes_of_the_token_come_with_every_answer_and_those_of_the_method_beside_them() {
    let space = workspace()
        .scopes(&["chat:write", "commands"])
        .start()
        .await
        .unwrap();
    let headers = |token: String, method: &str| {
        let url = format!("{}/{method}", space.api_url());
        let request = browser().post(url).bearer_auth(token);
        async move { request.send().await.unwrap().headers().clone() }
    };
    let posted = headers(space.bot_token(), "chat.postMessage").await;
    assert_eq!(posted["x-oauth-scopes"], "chat:write,commands");
    assert_eq!(posted["x-accepted-oauth-scopes"], "chat:write");
    let app = headers(space.app_token(), "apps.connections.open").await;
    assert_eq!(app["x-oauth-scopes"], "connections:write");
    let nobody = headers("xoxb-wrong".into(), "auth.test").await;
    assert!(!nobody.contains_key("x-oauth-scopes"));
}

#[tokio::test]
async fn each_method_names_the_scope_it_lacks() {
    let space = workspace().scopes(&["commands"]).start().await.unwrap();
    let dm = space.dm("U0ADA");
    for (method, args, needed) in [
        (
            "chat.postMessage",
            json!({"channel": "C0OPS", "text": "x"}),
            "chat:write",
        ),
        ("chat.update", json!({}), "chat:write"),
        ("chat.postEphemeral", json!({}), "chat:write"),
        ("users.info", json!({"user": "U0ADA"}), "users:read"),
        (
            "users.lookupByEmail",
            json!({"email": "x"}),
            "users:read.email",
        ),
        ("conversations.open", json!({"users": "U0ADA"}), "im:write"),
        (
            "conversations.open",
            json!({"users": "U0ADA,U0BEN"}),
            "mpim:write",
        ),
        (
            "conversations.info",
            json!({"channel": "C0OPS"}),
            "channels:read",
        ),
        (
            "conversations.info",
            json!({"channel": "C0BOARD"}),
            "groups:read",
        ),
        ("conversations.members", json!({"channel": dm}), "im:read"),
        (
            "conversations.history",
            json!({"channel": "C0OPS"}),
            "channels:history",
        ),
        (
            "conversations.history",
            json!({"channel": "C0BOARD"}),
            "groups:history",
        ),
        (
            "conversations.history",
            json!({"channel": dm}),
            "im:history",
        ),
        (
            "files.getUploadURLExternal",
            json!({"filename": "a", "length": 1}),
            "files:write",
        ),
        ("files.completeUploadExternal", json!({}), "files:write"),
    ] {
        let answer = call(&space, method, args).await;
        assert_eq!(answer["error"], "missing_scope", "{method}");
        assert_eq!(
            (&answer["needed"], &answer["provided"]),
            (&json!(needed), &json!("commands"))
        );
    }
}

#[tokio::test]
async fn arguments_that_are_missing_are_named() {
    let space = workspace().scopes(&["files:write"]).start().await.unwrap();
    for (method, args) in [
        ("views.open", json!({"trigger_id": "1.2.a"})),
        ("views.update", json!({"view": {"type": "modal"}})),
        ("files.getUploadURLExternal", json!({"filename": "a"})),
        ("files.completeUploadExternal", json!({})),
    ] {
        let answer = call(&space, method, args).await;
        assert_eq!(answer["error"], "invalid_arguments", "{method}");
        let words = answer["response_metadata"]["messages"][0].as_str().unwrap();
        assert!(words.starts_with("[ERROR] "), "{words}");
    }
}

#[tokio::test]
async fn the_answers_have_the_shapes_of_the_real_ones() {
    let space = workspace().start().await.unwrap();
    let me = call(&space, "auth.test", json!({})).await;
    assert_eq!(
        keys(&me),
        [
            "bot_id",
            "is_enterprise_install",
            "ok",
            "team",
            "team_id",
            "url",
            "user",
            "user_id"
        ]
    );
    let posted = call(
        &space,
        "chat.postMessage",
        json!({"channel": "C0OPS", "text": "x", "blocks": card()}),
    )
    .await;
    assert_eq!(keys(&posted), ["channel", "message", "ok", "ts"]);
    let message = &posted["message"];
    assert_eq!(
        keys(message),
        [
            "app_id", "blocks", "bot_id", "subtype", "team", "text", "ts", "type", "user"
        ]
    );
    assert_eq!(
        (&message["type"], &message["subtype"]),
        (&json!("message"), &json!("bot_message"))
    );
    let ts = &posted["ts"];
    let updated = call(
        &space,
        "chat.update",
        json!({"channel": "C0OPS", "ts": ts, "text": "y"}),
    )
    .await;
    assert_eq!(keys(&updated), ["channel", "message", "ok", "text", "ts"]);
    assert_eq!(updated["message"]["edited"]["user"], me["user_id"]);
    let user = call(&space, "users.info", json!({"user": "U0ADA"})).await["user"].clone();
    for key in [
        "color",
        "deleted",
        "is_bot",
        "is_restricted",
        "is_stranger",
        "real_name",
        "tz",
        "tz_offset",
        "updated",
    ] {
        assert!(!user[key].is_null(), "{key}");
    }
    assert_eq!(
        keys(&user["profile"]),
        ["display_name", "image_48", "real_name", "team", "title"]
    );
}

#[tokio::test]
async fn ids_begin_with_their_letter_and_times_have_six_digits() {
    let space = workspace()
        .scopes(&["files:write", "chat:write", "im:write"])
        .start()
        .await
        .unwrap();
    let file = call(
        &space,
        "files.getUploadURLExternal",
        json!({"filename": "a", "length": 1}),
    )
    .await;
    let dm = call(&space, "conversations.open", json!({"users": "U0ADA"})).await;
    let posted = call(
        &space,
        "chat.postMessage",
        json!({"channel": "C0OPS", "text": "x"}),
    )
    .await;
    let me = call(&space, "auth.test", json!({})).await;
    for (value, letter) in [
        (&file["file_id"], 'F'),
        (&dm["channel"]["id"], 'D'),
        (&me["team_id"], 'T'),
        (&me["user_id"], 'U'),
        (&me["bot_id"], 'B'),
        (&posted["message"]["app_id"], 'A'),
    ] {
        assert!(value.as_str().unwrap().starts_with(letter), "{value}");
    }
    let (seconds, rest) = posted["ts"].as_str().unwrap().split_once('.').unwrap();
    assert!(seconds.parse::<u64>().is_ok() && rest.len() == 6);
}

#[tokio::test]
async fn the_app_level_token_opens_sockets_and_does_nothing_else() {
    let space = workspace().start().await.unwrap();
    let opened = call_as(
        &space,
        &space.app_token(),
        "apps.connections.open",
        json!({}),
    )
    .await;
    let url = opened["url"].as_str().unwrap();
    assert!(
        url.contains("/link/?ticket=") && url.contains("&app_id=A0SANDBOX"),
        "{url}"
    );
    for method in ["auth.test", "chat.postMessage", "views.open"] {
        let answer = call_as(&space, &space.app_token(), method, json!({})).await;
        assert_eq!(answer["error"], "not_allowed_token_type", "{method}");
    }
}

#[tokio::test]
async fn each_tier_takes_so_many_calls_and_then_asks_to_wait() {
    for (method, most) in [
        ("chat.postEphemeral", 100),
        ("views.open", 100),
        ("users.info", 100),
        ("chat.update", 50),
        ("conversations.open", 50),
        ("conversations.history", 50),
        ("users.list", 20),
    ] {
        let clock: sandbox::WallClock = std::sync::Arc::new(|| chrono::DateTime::UNIX_EPOCH);
        let space = workspace()
            .pace(Pace::Wall)
            .clock(clock)
            .start()
            .await
            .unwrap();
        let http = browser();
        let url = format!("{}/{method}", space.api_url());
        let mut passed = 0;
        while http.post(&url).send().await.unwrap().status().as_u16() == 200 {
            passed += 1;
        }
        assert_eq!(passed, most, "{method}");
    }
}
