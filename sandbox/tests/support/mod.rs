//! A small app, over both edges, that does what its test tells it.
#![expect(
    clippy::unwrap_used,
    dead_code,
    reason = "test support, of which each test uses a part"
)]

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use futures_util::{SinkExt, StreamExt};
use sandbox::{Builder, RequestUrls, Workspace};
use serde_json::{Value, json};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream};

/// What the app answers to a payload: an acknowledgement body, or nothing.
pub(crate) type Answer = Arc<dyn Fn(&Workspace, &Value) -> Reply + Send + Sync>;

/// An acknowledgement.
pub(crate) enum Reply {
    Ack,
    Body(Value),
    Silence,
    Status(u16),
    /// This status, and never again.
    NoRetry(u16),
}

/// A workspace with two people, two channels and one command, and patience for tests.
pub(crate) fn workspace() -> Builder {
    Workspace::builder()
        .user("U0ADA", "Ada Lovelace")
        .user("U0BEN", "Ben Okri")
        .channel("C0OPS", "ops", &["U0ADA", "U0BEN"])
        .private_channel("C0BOARD", "board", &["U0BEN"])
        .command("/ask", "[what]")
        .ack_limit(Duration::from_secs(1))
        .event_retries(&[
            Duration::ZERO,
            Duration::from_millis(10),
            Duration::from_millis(10),
        ])
}

/// Calls a method as the bot.
pub(crate) async fn call(workspace: &Workspace, method: &str, args: Value) -> Value {
    call_as(workspace, &workspace.bot_token(), method, args).await
}

pub(crate) async fn call_as(
    workspace: &Workspace,
    token: &str,
    method: &str,
    args: Value,
) -> Value {
    let url = format!("{}/{method}", workspace.api_url());
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    client
        .post(url)
        .bearer_auth(token)
        .json(&args)
        .send()
        .await
        .unwrap()
        .json()
        .await
        .unwrap()
}

/// A socket to read frame by frame.
pub(crate) type Socket = WebSocketStream<MaybeTlsStream<tokio::net::TcpStream>>;

/// A URL of `apps.connections.open`; empty where it is refused.
pub(crate) async fn url(space: &Workspace) -> String {
    let opened = call_as(
        space,
        &space.app_token(),
        "apps.connections.open",
        json!({}),
    )
    .await;
    opened["url"].as_str().unwrap_or_default().to_owned()
}

/// The next frame; null where the socket closes.
pub(crate) async fn next(socket: &mut Socket) -> Value {
    loop {
        match socket.next().await.unwrap().unwrap() {
            Message::Text(text) => return serde_json::from_str(&text).unwrap(),
            Message::Close(_) => return Value::Null,
            _ => {}
        }
    }
}

/// Opens a socket and answers on it until it is closed. Gives what came in.
pub(crate) async fn socket_app(workspace: &Workspace, answer: Answer) -> Arc<Mutex<Vec<Value>>> {
    let before = workspace.open_sockets();
    let link = url(workspace).await;
    let (mut socket, _) = tokio_tungstenite::connect_async(link).await.unwrap();
    let seen = Arc::new(Mutex::new(Vec::new()));
    let (log, app) = (Arc::clone(&seen), workspace.clone());
    tokio::spawn(async move {
        while let Some(Ok(frame)) = socket.next().await {
            let Message::Text(text) = frame else { continue };
            let frame: Value = serde_json::from_str(&text).unwrap_or(Value::Null);
            log.lock().unwrap().push(frame.clone());
            let Some(id) = frame["envelope_id"].as_str() else {
                continue;
            };
            let reply = match answer(&app, &frame["payload"]) {
                Reply::Ack => json!({"envelope_id": id}),
                Reply::Body(body) => json!({"envelope_id": id, "payload": body}),
                Reply::Silence | Reply::Status(_) | Reply::NoRetry(_) => continue,
            };
            if socket.send(Message::text(reply.to_string())).await.is_err() {
                return;
            }
        }
    });
    assert!(workspace.connected(before + 1).await);
    seen
}

/// One request as it came in.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
}

#[derive(Clone)]
struct Http {
    workspace: Workspace,
    answer: Answer,
    seen: Arc<Mutex<Vec<Request>>>,
}

/// Listens for signed HTTP and points the workspace at it. Gives what came in.
pub(crate) async fn http_app(workspace: &Workspace, answer: Answer) -> Arc<Mutex<Vec<Request>>> {
    let seen = Arc::new(Mutex::new(Vec::new()));
    let app = Http {
        workspace: workspace.clone(),
        answer,
        seen: Arc::clone(&seen),
    };
    let router = Router::new()
        .route("/slack/{what}", post(take))
        .with_state(app);
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    workspace.set_request_urls(RequestUrls::under(&format!(
        "http://{}",
        listener.local_addr().unwrap()
    )));
    tokio::spawn(async move { axum::serve(listener, router).await });
    seen
}

async fn take(State(app): State<Http>, headers: HeaderMap, body: Bytes) -> Response {
    let text = String::from_utf8_lossy(&body).into_owned();
    app.seen.lock().unwrap().push(Request {
        headers,
        body: text.clone(),
    });
    let payload = read(&text);
    match (app.answer)(&app.workspace, &payload) {
        Reply::Ack => StatusCode::OK.into_response(),
        Reply::Body(body) => axum::Json(body).into_response(),
        Reply::Status(status) => StatusCode::from_u16(status).unwrap().into_response(),
        Reply::NoRetry(status) => (
            StatusCode::from_u16(status).unwrap(),
            [("x-slack-no-retry", "1")],
        )
            .into_response(),
        Reply::Silence => std::future::pending().await,
    }
}

/// The payload in a body, as each of the three forms has it.
pub(crate) fn read(body: &str) -> Value {
    if let Ok(json) = serde_json::from_str(body) {
        return json;
    }
    let pairs: Vec<(String, String)> = form_urlencoded::parse(body.as_bytes())
        .into_owned()
        .collect();
    if let Some((_, payload)) = pairs.iter().find(|(key, _)| key == "payload") {
        return serde_json::from_str(payload).unwrap_or(Value::Null);
    }
    Value::Object(
        pairs
            .into_iter()
            .map(|(key, value)| (key, Value::String(value)))
            .collect(),
    )
}

/// An answer that does nothing but acknowledge.
pub(crate) fn acks() -> Answer {
    Arc::new(|_, _| Reply::Ack)
}

/// A modal with an input of each of three kinds.
pub(crate) fn modal() -> Value {
    let plain = |text: &str| json!({"type": "plain_text", "text": text});
    let option = |value: &str| json!({"text": plain(value), "value": value});
    json!({
        "type": "modal", "callback_id": "ask", "title": plain("Ask"), "submit": plain("Send"), "close": plain("Cancel"),
        "private_metadata": "C0OPS", "blocks": [
            {"type": "input", "block_id": "why", "label": plain("Why"), "element":
                {"type": "plain_text_input", "action_id": "value", "max_length": 20}},
            {"type": "input", "block_id": "team", "dispatch_action": true, "label": plain("Team"), "element":
                {"type": "static_select", "action_id": "value", "options": [option("north"), option("south")]}},
            {"type": "input", "block_id": "by", "optional": true, "label": plain("By"), "element":
                {"type": "datepicker", "action_id": "value"}},
        ],
    })
}

/// A card with one button.
pub(crate) fn card() -> Value {
    json!([
        {"type": "section", "text": {"type": "mrkdwn", "text": "Please look"}},
        {"type": "actions", "block_id": "do", "elements": [
            {"type": "button", "action_id": "approve", "value": "42", "text": {"type": "plain_text", "text": "Approve"}}]},
    ])
}
