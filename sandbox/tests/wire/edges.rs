//! Socket Mode and signed HTTP.

use crate::browser;
use crate::support::{Reply, acks, http_app, next, read, socket_app, url, workspace};
use axum::Router;
use axum::response::{IntoResponse, Redirect};
use axum::routing::post;
use futures_util::{SinkExt, StreamExt};
use hmac::{Hmac, KeyInit, Mac};
use sandbox::{Ack, Edge, Kind, ProblemKind, RequestUrls, Workspace};
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Duration;
use tokio_tungstenite::connect_async;
use tokio_tungstenite::tungstenite::Message;

/// An address on which nobody but this answers.
async fn listening(router: Router) -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await });
    base
}

#[tokio::test]
async fn a_request_is_signed_over_its_time_and_its_raw_body() {
    let space = workspace().start().await.unwrap();
    let seen = http_app(&space, acks()).await;
    space.person("U0ADA").slash("/ask", "a & b").await.unwrap();
    let request = seen.lock().unwrap()[0].clone();
    let header = |name: &str| request.headers[name].to_str().unwrap().to_owned();
    let mut mac = Hmac::<sha2::Sha256>::new_from_slice(space.signing_secret().as_bytes()).unwrap();
    mac.update(
        format!(
            "v0:{}:{}",
            header("x-slack-request-timestamp"),
            request.body
        )
        .as_bytes(),
    );
    let wanted = format!("v0={}", hex::encode(mac.finalize().into_bytes()));
    assert_eq!(header("x-slack-signature"), wanted);
}

#[tokio::test]
async fn each_body_has_the_form_of_its_kind() {
    let space = workspace().start().await.unwrap();
    let seen = http_app(&space, acks()).await;
    space
        .inject(
            Edge::Http,
            Kind::Interactive,
            json!({"type": "block_actions"}),
        )
        .await;
    space
        .send_event(json!({"type": "app_home_opened", "user": "U0ADA"}))
        .await;
    let requests = seen.lock().unwrap().clone();
    assert!(requests[0].body.starts_with("payload=%7B"));
    assert_eq!(requests[1].headers["content-type"], "application/json");
    let event = read(&requests[1].body);
    assert_eq!(
        (&event["type"], &event["event"]["type"]),
        (&json!("event_callback"), &json!("app_home_opened"))
    );
    assert!(event["event_id"].as_str().unwrap().starts_with("Ev"));
    assert_eq!(event["authorizations"][0]["user_id"], "U0BOT");
}

#[tokio::test]
async fn a_retry_says_its_number_and_why() {
    let space = workspace().start().await.unwrap();
    let reason = |space: Workspace, answer: Reply| async move {
        let answer = std::sync::Mutex::new(Some(answer));
        let first =
            move |_: &Workspace, _: &Value| answer.lock().unwrap().take().unwrap_or(Reply::Ack);
        let seen = http_app(&space, Arc::new(first)).await;
        space.send_event(json!({"type": "app_home_opened"})).await;
        let again = seen.lock().unwrap()[1].headers.clone();
        assert_eq!(again["x-slack-retry-num"], "1");
        again["x-slack-retry-reason"].to_str().unwrap().to_owned()
    };
    assert_eq!(reason(space.clone(), Reply::Silence).await, "http_timeout");
    assert_eq!(
        reason(space.clone(), Reply::Status(503)).await,
        "http_error"
    );
    let round = listening(Router::new().route(
        "/slack/{what}",
        post(|| async { Redirect::temporary("/slack/again").into_response() }),
    ))
    .await;
    space.set_request_urls(RequestUrls::under(&round));
    assert_eq!(
        space.inject(Edge::Http, Kind::Event, json!({})).await,
        Ack::Astray
    );
    space.set_request_urls(RequestUrls::under("http://127.0.0.1:1"));
    assert_eq!(
        space.inject(Edge::Http, Kind::Event, json!({})).await,
        Ack::Unreachable
    );
}

#[tokio::test]
async fn a_press_that_fails_is_not_sent_again() {
    let space = workspace().start().await.unwrap();
    let seen = http_app(&space, Arc::new(|_, _| Reply::Status(500))).await;
    let ack = space
        .inject(
            Edge::Http,
            Kind::Interactive,
            json!({"type": "block_actions"}),
        )
        .await;
    assert_eq!((ack, seen.lock().unwrap().len()), (Ack::Refused(500), 1));
}

#[tokio::test]
async fn an_events_url_is_verified_by_giving_the_challenge_back() {
    let space = workspace().start().await.unwrap();
    assert!(!space.verify_events_url().await, "there is none");
    http_app(&space, acks()).await;
    assert!(
        !space.verify_events_url().await,
        "an acknowledgement is no challenge"
    );
    let seen = http_app(
        &space,
        Arc::new(|_, payload| Reply::Body(json!({"challenge": payload["challenge"]}))),
    )
    .await;
    assert!(space.verify_events_url().await);
    let asked = read(&seen.lock().unwrap()[0].body);
    assert_eq!(
        (&asked["type"], &asked["token"]),
        (&json!("url_verification"), &json!("legacy"))
    );
    let plain = listening(Router::new().route(
        "/slack/events",
        post(|body: axum::Json<Value>| async move {
            body["challenge"].as_str().unwrap_or_default().to_owned()
        }),
    ))
    .await;
    space.set_request_urls(RequestUrls::under(&plain));
    let verify = format!("{}/sandbox/events/verify", space.url());
    let told: Value = browser()
        .post(verify)
        .send()
        .await
        .unwrap()
        .json()
        .await
        .unwrap();
    assert_eq!(told, json!({"verified": true}));
}

#[tokio::test]
async fn hello_says_how_many_and_each_envelope_what_it_takes() {
    let space = workspace().start().await.unwrap();
    let seen = socket_app(&space, acks()).await;
    let (mut second, _) = connect_async(url(&space).await).await.unwrap();
    assert_eq!(next(&mut second).await["num_connections"], 2);
    drop(second);
    space
        .until(|space| (space.open_sockets() == 1).then_some(()))
        .await
        .unwrap();
    for kind in [Kind::Slash, Kind::Interactive, Kind::Event] {
        space.inject(Edge::Socket, kind, json!({"type": "x"})).await;
    }
    let frames = seen.lock().unwrap().clone();
    assert_eq!(frames[0]["connection_info"]["app_id"], "A0SANDBOX");
    assert_eq!(
        frames[0]["debug_info"]["approximate_connection_time"],
        18_060
    );
    let told: Vec<_> = frames[1..]
        .iter()
        .map(|frame| {
            (
                frame["type"].as_str().unwrap(),
                frame["accepts_response_payload"] == true,
            )
        })
        .collect();
    assert_eq!(
        told,
        [
            ("slash_commands", true),
            ("interactive", true),
            ("events_api", false)
        ]
    );
    assert_eq!(
        (&frames[3]["retry_attempt"], &frames[3]["retry_reason"]),
        (&json!(0), &json!(""))
    );
}

#[tokio::test]
async fn a_body_where_none_is_accepted_is_noted() {
    let space = workspace().start().await.unwrap();
    socket_app(&space, Arc::new(|_, _| Reply::Body(json!({"text": "no"})))).await;
    space.inject(Edge::Socket, Kind::Event, json!({})).await;
    assert_eq!(space.problems()[0].kind, ProblemKind::BadAck);
}

#[tokio::test]
async fn a_link_that_waited_too_long_opens_nothing() {
    let space = workspace().start().await.unwrap();
    let old = url(&space).await;
    space.expire_tickets();
    assert!(connect_async(old).await.is_err());
    assert!(connect_async(url(&space).await).await.is_ok());
}

#[tokio::test]
async fn a_socket_that_asks_to_be_short_is_refreshed_while_its_acknowledgements_still_count() {
    let space = workspace()
        .debug_reconnects(Duration::from_millis(200))
        .ack_limit(Duration::from_secs(3))
        .start()
        .await
        .unwrap();
    let (mut socket, _) = connect_async(format!("{}&debug_reconnects=true", url(&space).await))
        .await
        .unwrap();
    assert_eq!(
        next(&mut socket).await["debug_info"]["approximate_connection_time"],
        0
    );
    let asking = {
        let space = space.clone();
        tokio::spawn(async move { space.inject(Edge::Socket, Kind::Slash, json!({})).await })
    };
    let envelope = next(&mut socket).await;
    let refresh = next(&mut socket).await;
    assert_eq!(
        (&refresh["type"], &refresh["reason"]),
        (&json!("disconnect"), &json!("refresh_requested"))
    );
    assert_eq!(space.open_sockets(), 0);
    let ack = json!({"envelope_id": envelope["envelope_id"]});
    socket.send(Message::text(ack.to_string())).await.unwrap();
    assert_eq!(asking.await.unwrap(), Ack::Answered(Value::Null));
}

#[tokio::test]
async fn a_ping_is_answered() {
    let space = workspace().start().await.unwrap();
    let (mut socket, _) = connect_async(url(&space).await).await.unwrap();
    socket
        .send(Message::Ping("are you there".into()))
        .await
        .unwrap();
    let pong = loop {
        if let Message::Pong(body) = socket.next().await.unwrap().unwrap() {
            break body;
        }
    };
    assert_eq!(pong, "are you there".as_bytes());
}
