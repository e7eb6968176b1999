//! What each family of methods answers, and what it refuses with which word.

use crate::calls::error;
use crate::support::{call, workspace};
use crate::{browser, keys};
use sandbox::{Fault, FaultRule, Pace, Workspace};
use serde_json::{Value, json};

#[tokio::test]
async fn where_the_app_may_not_write_it_is_told_why() {
    let space = workspace().start().await.unwrap();
    space.restrict("C0OPS", true);
    let post = json!({"channel": "C0OPS", "text": "x"});
    assert_eq!(
        error(&space, "chat.postMessage", post.clone()).await,
        "restricted_action"
    );
    space.restrict("C0OPS", false);
    assert_eq!(error(&space, "chat.postMessage", post).await, "none");
    let without = workspace().without_messages_tab().start().await.unwrap();
    for channel in ["U0ADA".to_owned(), without.dm("U0ADA")] {
        let post = json!({"channel": channel, "text": "x"});
        assert_eq!(
            error(&without, "chat.postMessage", post).await,
            "messages_tab_disabled"
        );
    }
}

#[tokio::test]
async fn a_message_of_somebody_else_is_neither_edited_nor_deleted() {
    let space = workspace().start().await.unwrap();
    let ts = space.person("U0ADA").say("C0OPS", "mine").unwrap();
    let args = json!({"channel": "C0OPS", "ts": ts, "text": "x"});
    assert_eq!(
        error(&space, "chat.update", args.clone()).await,
        "cant_update_message"
    );
    assert_eq!(
        error(&space, "chat.delete", args).await,
        "cant_delete_message"
    );
    let nowhere = json!({"channel": "C0NONE", "ts": ts, "text": "x"});
    assert_eq!(
        error(&space, "chat.update", nowhere).await,
        "channel_not_found"
    );
    space.fault(FaultRule::on("chat.update", Fault::Error("edit_window_closed".into())).times(1));
    let late = json!({"channel": "C0OPS", "ts": ts, "text": "x"});
    assert_eq!(
        error(&space, "chat.update", late).await,
        "edit_window_closed"
    );
}

#[tokio::test]
async fn an_ephemeral_message_is_not_stored_not_edited_and_lost_on_a_reload() {
    let space = workspace()
        .channel_without_bot("C0ELSE", "elsewhere", &["U0ADA"])
        .start()
        .await
        .unwrap();
    let shown = call(
        &space,
        "chat.postEphemeral",
        json!({"channel": "C0OPS", "user": "U0ADA", "text": "you alone"}),
    )
    .await;
    assert_eq!(keys(&shown), ["message_ts", "ok"]);
    let history = call(&space, "conversations.history", json!({"channel": "C0OPS"})).await;
    assert_eq!(history["messages"], json!([]));
    let edit = json!({"channel": "C0OPS", "ts": shown["message_ts"], "text": "x"});
    assert_eq!(
        error(&space, "chat.update", edit).await,
        "message_not_found"
    );
    let ada = space.person("U0ADA");
    assert_eq!(ada.ephemerals().len(), 1);
    ada.reload();
    assert!(ada.ephemerals().is_empty());
    let whisper =
        |channel: &str, user: &str| json!({"channel": channel, "user": user, "text": "x"});
    for (args, code) in [
        (whisper("C0BOARD", "U0ADA"), "user_not_in_channel"),
        (whisper("C0ELSE", "U0ADA"), "not_in_channel"),
        (whisper("C0NONE", "U0ADA"), "channel_not_found"),
    ] {
        assert_eq!(error(&space, "chat.postEphemeral", args).await, code);
    }
}

#[tokio::test]
async fn history_gives_a_councils_own_app_much_and_a_sold_one_fifteen() {
    let own = workspace().start().await.unwrap();
    let sold = workspace()
        .commercial_app()
        .pace(Pace::Real)
        .start()
        .await
        .unwrap();
    for space in [&own, &sold] {
        for _ in 0..16 {
            space.person("U0ADA").say("C0OPS", "x").unwrap();
        }
    }
    let read = |space: &Workspace, limit: Value| {
        let space = space.clone();
        async move {
            call(
                &space,
                "conversations.history",
                json!({"channel": "C0OPS", "limit": limit}),
            )
            .await
        }
    };
    let count = |answer: &Value| answer["messages"].as_array().map(Vec::len);
    assert_eq!(count(&read(&own, Value::Null).await), Some(16));
    let page = read(&own, json!(10)).await;
    assert_eq!((count(&page), &page["has_more"]), (Some(10), &json!(true)));
    assert!(page["response_metadata"]["next_cursor"].is_string());
    assert_eq!(read(&own, json!(0)).await["error"], "invalid_limit");
    let few = read(&sold, json!(200)).await;
    assert_eq!((count(&few), &few["has_more"]), (Some(15), &json!(true)));
    assert_eq!(read(&sold, json!(1)).await["error"], "ratelimited");
}

#[tokio::test]
async fn an_address_is_told_with_its_scope_and_a_stranger_not_at_all() {
    let space = workspace()
        .scopes(&["users:read", "users:read.email", "im:write"])
        .outside_user("U0OUT", "Olu Outside", "T0OTHER")
        .start()
        .await
        .unwrap();
    let ada = call(&space, "users.info", json!({"user": "U0ADA"})).await["user"].clone();
    let address = ada["profile"]["email"].as_str().unwrap().to_owned();
    let found = call(&space, "users.lookupByEmail", json!({"email": address})).await;
    assert_eq!(found["user"]["id"], "U0ADA");
    let nobody = json!({"email": "no@body.example"});
    assert_eq!(
        error(&space, "users.lookupByEmail", nobody).await,
        "users_not_found"
    );
    assert_eq!(
        error(&space, "users.info", json!({"user": "U0OUT"})).await,
        "user_not_visible"
    );
    assert_eq!(
        error(&space, "conversations.open", json!({"users": "U0OUT"})).await,
        "user_not_visible"
    );
    space.invite("C0OPS", "U0OUT");
    let seen = call(&space, "users.info", json!({"user": "U0OUT"})).await;
    assert_eq!(seen["user"]["is_stranger"], true);
}

#[tokio::test]
async fn a_conversation_opens_for_one_to_eight_people() {
    let space = workspace()
        .scopes(&["im:write", "mpim:write"])
        .start()
        .await
        .unwrap();
    let open = |users: Value| error(&space, "conversations.open", json!({"users": users}));
    assert_eq!(open(json!("")).await, "not_enough_users");
    assert_eq!(open(json!(vec!["U0ADA"; 9])).await, "too_many_users");
    assert_eq!(open(json!("U0ADA, U0BEN")).await, "none");
    let first = call(&space, "conversations.open", json!({"users": ["U0ADA"]})).await;
    assert_eq!(first["already_open"], Value::Null);
    let again = call(&space, "conversations.open", json!({"users": ["U0ADA"]})).await;
    assert_eq!(
        (&again["no_op"], &again["already_open"]),
        (&json!(true), &json!(true))
    );
}

#[tokio::test]
async fn a_file_without_a_channel_stays_private() {
    let space = workspace()
        .scopes(&["files:write", "chat:write"])
        .start()
        .await
        .unwrap();
    let start = call(
        &space,
        "files.getUploadURLExternal",
        json!({"filename": "a.csv", "length": 1}),
    )
    .await;
    let url = start["upload_url"].as_str().unwrap();
    let sent = browser().post(url).body("x").send().await.unwrap();
    assert_eq!(sent.text().await.unwrap(), "OK - 1");
    let files = json!([{"id": start["file_id"]}]);
    let done = call(
        &space,
        "files.completeUploadExternal",
        json!({"files": files}),
    )
    .await;
    assert_eq!(
        (&done["ok"], &done["files"][0]["title"]),
        (&json!(true), &json!("a.csv"))
    );
    assert!(space.messages("C0OPS").is_empty());
    let unknown = json!({"files": [{"id": "F0NONE"}]});
    assert_eq!(
        error(&space, "files.completeUploadExternal", unknown).await,
        "file_not_found"
    );
}
