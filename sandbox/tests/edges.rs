//! Socket Mode and signed HTTP as an app meets them.
#![expect(clippy::unwrap_used, reason = "a test may fail")]

mod support;

use futures_util::SinkExt;
use sandbox::{Ack, Disconnect, Edge, Kind, ProblemKind, Route, Signing};
use serde_json::{Value, json};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use support::{Reply, acks, http_app, next, read, socket_app, url, workspace};
use tokio_tungstenite::connect_async;
use tokio_tungstenite::tungstenite::Message;

#[tokio::test]
async fn a_ticket_opens_one_socket_which_begins_with_hello() {
    let space = workspace().start().await.unwrap();
    let link = url(&space).await;
    let (mut socket, _) = connect_async(&link).await.unwrap();
    assert_eq!(next(&mut socket).await["type"], "hello");
    assert!(connect_async(&link).await.is_err(), "the ticket is used");
}

#[tokio::test]
async fn each_envelope_goes_to_one_of_the_open_sockets() {
    let space = workspace().start().await.unwrap();
    let one = socket_app(&space, acks()).await;
    let two = socket_app(&space, acks()).await;
    for _ in 0..4 {
        space.person("U0ADA").slash("/ask", "").await.unwrap();
    }
    let envelopes = |seen: &std::sync::Mutex<Vec<Value>>| {
        seen.lock()
            .unwrap()
            .iter()
            .filter(|frame| frame["envelope_id"].is_string())
            .count()
    };
    assert_eq!((envelopes(&one), envelopes(&two)), (2, 2));
}

#[tokio::test]
async fn the_eleventh_socket_is_too_many() {
    let space = workspace().start().await.unwrap();
    for _ in 0..10 {
        socket_app(&space, acks()).await;
    }
    let (mut socket, _) = connect_async(url(&space).await).await.unwrap();
    assert_eq!(next(&mut socket).await["reason"], "too_many_websockets");
}

#[tokio::test]
async fn a_refresh_closes_the_socket_but_still_takes_the_acknowledgements_under_way() {
    let space = workspace().start().await.unwrap();
    let (mut socket, _) = connect_async(url(&space).await).await.unwrap();
    next(&mut socket).await;
    assert!(space.connected(1).await);
    let person = space.person("U0ADA");
    let typing = tokio::spawn(async move { person.slash("/ask", "").await });
    let envelope = next(&mut socket).await;
    space.disconnect(Disconnect::RefreshRequested);
    assert_eq!(next(&mut socket).await["reason"], "refresh_requested");
    assert_eq!(space.open_sockets(), 0, "nothing more goes to it");
    socket
        .send(Message::text(
            json!({"envelope_id": envelope["envelope_id"]}).to_string(),
        ))
        .await
        .unwrap();
    assert_eq!(typing.await.unwrap().unwrap().failed, None);
}

#[tokio::test]
async fn a_warning_leaves_the_socket_open_and_a_disabled_link_lets_nobody_in() {
    let space = workspace().start().await.unwrap();
    let (mut socket, _) = connect_async(url(&space).await).await.unwrap();
    next(&mut socket).await;
    space.connected(1).await;
    space.disconnect(Disconnect::Warning);
    assert_eq!(next(&mut socket).await["reason"], "warning");
    assert_eq!(space.open_sockets(), 1);
    space.disconnect(Disconnect::LinkDisabled);
    assert_eq!(next(&mut socket).await["reason"], "link_disabled");
    assert_eq!(url(&space).await, "");
}

#[tokio::test]
async fn acknowledging_what_was_never_sent_or_twice_is_noted() {
    let space = workspace().start().await.unwrap();
    let (mut socket, _) = connect_async(url(&space).await).await.unwrap();
    next(&mut socket).await;
    space.connected(1).await;
    let injected = {
        let space = space.clone();
        tokio::spawn(async move {
            space
                .inject(Edge::Socket, Kind::Slash, json!({"command": "/ask"}))
                .await
        })
    };
    let envelope = next(&mut socket).await;
    for id in [
        &envelope["envelope_id"],
        &envelope["envelope_id"],
        &json!("e-none"),
    ] {
        socket
            .send(Message::text(json!({"envelope_id": id}).to_string()))
            .await
            .unwrap();
    }
    socket.send(Message::text("not json")).await.unwrap();
    assert_eq!(injected.await.unwrap(), Ack::Answered(Value::Null));
    let problems = space
        .until(|space| Some(space.problems()).filter(|all| all.len() == 3))
        .await
        .unwrap();
    assert_eq!(
        problems
            .iter()
            .map(|problem| problem.kind)
            .collect::<Vec<_>>(),
        [
            ProblemKind::BadAck,
            ProblemKind::BadAck,
            ProblemKind::BadFrame
        ]
    );
}

#[tokio::test]
async fn a_silent_socket_takes_envelopes_and_answers_nothing() {
    let space = workspace().start().await.unwrap();
    let seen = socket_app(&space, acks()).await;
    space.silence_sockets();
    assert_eq!(
        space.inject(Edge::Socket, Kind::Slash, json!({})).await,
        Ack::Late
    );
    assert_eq!(seen.lock().unwrap().len(), 1, "hello, and no more");
    space.cut_sockets();
}

#[tokio::test]
async fn an_event_comes_again_until_it_is_acknowledged_and_a_command_does_not() {
    let space = workspace().start().await.unwrap();
    let tries = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&tries);
    let seen = http_app(
        &space,
        Arc::new(move |_, _| {
            if count.fetch_add(1, Ordering::SeqCst) < 2 {
                Reply::Status(500)
            } else {
                Reply::Ack
            }
        }),
    )
    .await;
    let acks = space
        .send_event(json!({"type": "app_home_opened", "user": "U0ADA"}))
        .await;
    assert_eq!(
        acks,
        [
            Ack::Refused(500),
            Ack::Refused(500),
            Ack::Answered(Value::Null)
        ]
    );
    let requests = seen.lock().unwrap().clone();
    let ids: Vec<Value> = requests
        .iter()
        .map(|request| read(&request.body)["event_id"].clone())
        .collect();
    assert!(ids.iter().all(|id| *id == ids[0]), "the same event");
    assert_eq!(requests[2].headers["x-slack-retry-num"], "2");
    assert_eq!(requests[2].headers["x-slack-retry-reason"], "http_error");
    tries.store(0, Ordering::SeqCst);
    space.person("U0ADA").slash("/ask", "").await.unwrap();
    assert_eq!(seen.lock().unwrap().len(), 4, "once");
}

#[tokio::test]
async fn over_the_socket_a_retry_says_its_number() {
    let space = workspace().start().await.unwrap();
    let seen = socket_app(&space, Arc::new(|_, _| Reply::Silence)).await;
    let acks = space
        .send_event(json!({"type": "app_home_opened", "user": "U0ADA"}))
        .await;
    assert_eq!(acks.len(), 4);
    let frames = seen.lock().unwrap().clone();
    let attempts: Vec<u64> = frames
        .iter()
        .filter_map(|frame| frame["retry_attempt"].as_u64())
        .collect();
    assert_eq!(attempts, [0, 1, 2, 3]);
    assert_eq!(frames[1]["accepts_response_payload"], false);
}

#[tokio::test]
async fn the_same_payload_can_be_delivered_again() {
    let space = workspace().start().await.unwrap();
    let seen = http_app(&space, acks()).await;
    space.person("U0ADA").slash("/ask", "once").await.unwrap();
    assert_eq!(space.redeliver(0).await, Some(Ack::Answered(Value::Null)));
    let bodies: Vec<String> = seen
        .lock()
        .unwrap()
        .iter()
        .map(|request| request.body.clone())
        .collect();
    assert_eq!(bodies[0], bodies[1]);
    assert_eq!(space.redeliver(9).await, None);
}

#[tokio::test]
async fn a_request_can_be_forged_stale_or_unsigned() {
    let space = workspace().start().await.unwrap();
    let seen = http_app(&space, acks()).await;
    for signing in [
        Signing::Good,
        Signing::Forged,
        Signing::Stale,
        Signing::Missing,
    ] {
        let answer = space
            .post_signed(
                Route::Interactions,
                "application/x-www-form-urlencoded",
                "payload=%7Bnot+json",
                signing,
            )
            .await;
        assert_eq!(answer.status, 200);
    }
    let headers: Vec<_> = seen
        .lock()
        .unwrap()
        .iter()
        .map(|request| request.headers.clone())
        .collect();
    assert_ne!(
        headers[0]["x-slack-signature"],
        headers[1]["x-slack-signature"]
    );
    let stamp = |at: usize| {
        headers[at]["x-slack-request-timestamp"]
            .to_str()
            .unwrap()
            .parse::<i64>()
            .unwrap()
    };
    assert!(stamp(0) - stamp(2) > 300);
    assert!(!headers[3].contains_key("x-slack-signature"));
}

#[tokio::test]
async fn the_control_api_lets_any_language_do_what_a_person_does() {
    let space = workspace().start().await.unwrap();
    socket_app(
        &space,
        Arc::new(|_, _| Reply::Body(json!({"text": "hello"}))),
    )
    .await;
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let base = format!("{}/sandbox", space.url());
    let typed = http
        .post(format!("{base}/people/U0ADA/type"))
        .json(&json!({"text": "/ask me"}))
        .send()
        .await
        .unwrap();
    let typed: Value = typed.json().await.unwrap();
    assert_eq!(
        (&typed["reply"]["text"], &typed["failed"]),
        (&json!("hello"), &Value::Null)
    );
    let refused = http
        .post(format!("{base}/people/U0ADA/click"))
        .json(&json!({"channel": "C0OPS", "ts": "1.000000", "action": "x"}))
        .send()
        .await
        .unwrap();
    assert_eq!(refused.status().as_u16(), 400);
    let fault = json!({"method": "chat.postMessage", "times": 1, "fault": {"rate_limited": 3}});
    assert_eq!(
        http.post(format!("{base}/faults"))
            .json(&fault)
            .send()
            .await
            .unwrap()
            .status()
            .as_u16(),
        200
    );
    let calls: Value = http
        .get(format!("{base}/calls?method=apps.connections.open"))
        .send()
        .await
        .unwrap()
        .json()
        .await
        .unwrap();
    assert_eq!(calls.as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn an_event_refused_for_good_does_not_come_again() {
    let space = workspace().start().await.unwrap();
    http_app(&space, Arc::new(|_, _| Reply::NoRetry(400))).await;
    let acks = space
        .send_event(json!({"type": "app_home_opened", "user": "U0ADA"}))
        .await;
    assert_eq!(acks, [Ack::Refused(400)]);
}

#[tokio::test]
async fn a_stopped_workspace_answers_nobody() {
    let space = workspace().start().await.unwrap();
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let url = format!("{}/api.test", space.api_url());
    assert!(http.post(&url).send().await.is_ok());
    space.stop();
    let answer = http.post(&url).send().await;
    let silent = match answer {
        Ok(answer) => answer.bytes().await.is_err(),
        Err(_) => true,
    };
    assert!(silent);
}

#[tokio::test]
async fn a_deed_is_carried_through_though_who_asked_for_it_is_gone() {
    let space = workspace()
        .ack_limit(std::time::Duration::from_secs(3))
        .start()
        .await
        .unwrap();
    let (mut socket, _) = connect_async(url(&space).await).await.unwrap();
    next(&mut socket).await;
    space.connected(1).await;
    let asking = tokio::spawn(
        reqwest::Client::builder()
            .no_proxy()
            .build()
            .unwrap()
            .post(format!("{}/sandbox/people/U0ADA/type", space.url()))
            .json(&json!({"channel": "C0OPS", "text": "/ask"}))
            .send(),
    );
    let envelope = next(&mut socket).await;
    asking.abort();
    assert!(asking.await.is_err_and(|error| error.is_cancelled()));
    let body = json!({"envelope_id": envelope["envelope_id"], "payload": {"text": "still here"}});
    socket.send(Message::text(body.to_string())).await.unwrap();
    let shown = space.until(|space| space.ephemerals("U0ADA").pop()).await;
    assert_eq!(
        shown.map(|message| message.text).as_deref(),
        Some("still here")
    );
}
