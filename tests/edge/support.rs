//! A small fake of Slack, and a dispatcher that does as it is told.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::ws::{Message, WebSocket, WebSocketUpgrade};
use axum::extract::{Path, Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{any, get};
use hyper_util::client::proxy::matcher::Matcher;
use lodestar::metrics::Metrics;
use lodestar::slack::edge::Limits;
use lodestar::slack::network::Network;
use lodestar::slack::payload::Inbound;
use lodestar::slack::web::{Patience, Responder, WebApi};
use lodestar::slack::{Dispatcher, Edge, Reply};
use rustls::RootCertStore;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::sync::watch;

/// Waits for what must come; a test that would hang fails here.
pub(crate) async fn within<T>(what: impl Future<Output = T>) -> T {
    match tokio::time::timeout(Duration::from_secs(10), what).await {
        Ok(it) => it,
        Err(elapsed) => panic!("it did not come within ten seconds: {elapsed}"),
    }
}

/// One request the fake took.
pub(crate) struct Call {
    /// The API method, or the path of a `response_url`.
    pub(crate) name: String,
    pub(crate) headers: HeaderMap,
    pub(crate) query: String,
    pub(crate) body: Value,
}

type Answer = Box<dyn Fn(&str) -> Option<Response> + Send + Sync>;

/// A Slack that records calls, answers as it is told, and gives its sockets to the test.
pub(crate) struct FakeSlack {
    pub(crate) address: SocketAddr,
    pub(crate) calls: UnboundedReceiver<Call>,
    pub(crate) sockets: UnboundedReceiver<Peer>,
    answer: Arc<Mutex<Answer>>,
}

#[derive(Clone)]
struct Shared {
    address: SocketAddr,
    call: UnboundedSender<Call>,
    socket: UnboundedSender<Peer>,
    answer: Arc<Mutex<Answer>>,
}

impl FakeSlack {
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (call, calls) = unbounded_channel();
        let (socket, sockets) = unbounded_channel();
        let answer: Arc<Mutex<Answer>> = Arc::new(Mutex::new(Box::new(|_| None)));
        let shared = Shared {
            address,
            call,
            socket,
            answer: Arc::clone(&answer),
        };
        let routes = Router::new()
            .route("/api/{method}", any(api))
            .route("/respond/{id}", any(respond))
            .route("/link", get(link))
            .with_state(shared);
        tokio::spawn(async move { axum::serve(listener, routes).await });
        Self {
            address,
            calls,
            sockets,
            answer,
        }
    }

    /// From now on `answer` says what a method gets; `None` is the usual answer.
    pub(crate) fn answers(
        &self,
        answer: impl Fn(&str) -> Option<Response> + Send + Sync + 'static,
    ) {
        *self.answer.lock().unwrap() = Box::new(answer);
    }

    pub(crate) fn web(&self) -> WebApi {
        web_at(&format!("http://{}/api", self.address))
    }

    pub(crate) fn response_url(&self, id: &str) -> String {
        format!("http://{}/respond/{id}", self.address)
    }

    /// The next call of `name`; those of other names before it are passed over.
    pub(crate) async fn call_of(&mut self, name: &str) -> Call {
        loop {
            let call = within(self.calls.recv()).await.unwrap();
            if call.name == name {
                return call;
            }
        }
    }

    /// The next socket, greeted.
    pub(crate) async fn greets(&mut self) -> Peer {
        let mut peer = within(self.sockets.recv()).await.unwrap();
        peer.sends(&json!({"type": "hello", "num_connections": 1}))
            .await;
        peer
    }
}

async fn api(
    State(shared): State<Shared>,
    Path(method): Path<String>,
    request: Request,
) -> Response {
    let (parts, body) = request.into_parts();
    let body = axum::body::to_bytes(body, 1 << 22).await.unwrap();
    let _ = shared.call.send(Call {
        name: method.clone(),
        headers: parts.headers,
        query: parts.uri.query().unwrap_or_default().to_owned(),
        body: serde_json::from_slice(&body).unwrap_or_default(),
    });
    let told = (shared.answer.lock().unwrap())(&method);
    told.unwrap_or_else(|| {
        json_answer(&match method.as_str() {
            "apps.connections.open" => {
                json!({"ok": true, "url": format!("ws://{}/link?ticket=secret", shared.address)})
            }
            "chat.postMessage" | "chat.update" => {
                json!({"ok": true, "channel": "C1", "ts": "1700000000.000100"})
            }
            _ => json!({"ok": true}),
        })
    })
}

async fn respond(
    State(shared): State<Shared>,
    Path(id): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> &'static str {
    let _ = shared.call.send(Call {
        name: format!("respond/{id}"),
        headers,
        query: String::new(),
        body: serde_json::from_slice(&body).unwrap_or_default(),
    });
    "ok"
}

async fn link(State(shared): State<Shared>, upgrade: WebSocketUpgrade) -> Response {
    upgrade.on_upgrade(|socket| async move {
        let _ = shared.socket.send(Peer { socket });
    })
}

pub(crate) fn json_answer(body: &Value) -> Response {
    (
        [(header::CONTENT_TYPE, "application/json")],
        body.to_string(),
    )
        .into_response()
}

pub(crate) fn status(code: u16) -> Response {
    (
        StatusCode::from_u16(code).unwrap(),
        "secret words of a gateway",
    )
        .into_response()
}

/// Slack's end of a Socket Mode connection.
pub(crate) struct Peer {
    pub(crate) socket: WebSocket,
}

impl Peer {
    pub(crate) async fn sends(&mut self, frame: &Value) {
        self.sends_text(&frame.to_string()).await;
    }

    pub(crate) async fn sends_text(&mut self, text: &str) {
        within(self.socket.send(Message::text(text))).await.unwrap();
    }

    /// The next acknowledgement; `None` once the connection is closed.
    pub(crate) async fn hears(&mut self) -> Option<Value> {
        loop {
            match within(self.socket.recv()).await {
                Some(Ok(Message::Text(text))) => return Some(serde_json::from_str(&text).unwrap()),
                Some(Ok(Message::Ping(_) | Message::Pong(_))) => {}
                _ => return None,
            }
        }
    }
}

pub(crate) fn web_at(url: &str) -> WebApi {
    patient_web_at(url, Duration::from_secs(8))
}

/// The Web API at `url`, waiting at most `most` for anything.
pub(crate) fn patient_web_at(url: &str, most: Duration) -> WebApi {
    let patience = Patience {
        call: most,
        view: most,
    };
    let token = "xoxb-secret".into();
    WebApi::new(&network(), url, &token, patience, Metrics::new()).unwrap()
}

/// A network without proxies, that trusts nobody: all here is loopback.
pub(crate) fn network() -> Network {
    let nobody = RootCertStore::empty();
    Network::new(Matcher::builder().build(), Some(nobody)).unwrap()
}

/// Answers each payload by its `trigger_id`, `action_id` or kind; waits at a gate first where one is named so.
#[derive(Clone)]
pub(crate) struct Script {
    pub(crate) seen: UnboundedSender<Inbound>,
    gates: Arc<Mutex<HashMap<String, watch::Receiver<bool>>>>,
    replies: Arc<Mutex<HashMap<String, Reply>>>,
    finished: Arc<AtomicUsize>,
}

impl Script {
    pub(crate) fn new() -> (Self, UnboundedReceiver<Inbound>) {
        let (tell, sees) = unbounded_channel();
        let script = Self {
            seen: tell,
            gates: Arc::default(),
            replies: Arc::default(),
            finished: Arc::default(),
        };
        (script, sees)
    }

    /// How many payloads were worked on to the end.
    pub(crate) fn finished(&self) -> usize {
        self.finished.load(Ordering::SeqCst)
    }

    pub(crate) fn replies(&self, name: &str, reply: Reply) {
        self.replies.lock().unwrap().insert(name.to_owned(), reply);
    }

    /// Whatever is named so waits until `true` is sent.
    pub(crate) fn gate(&self, name: &str) -> watch::Sender<bool> {
        let (open, opened) = watch::channel(false);
        self.gates.lock().unwrap().insert(name.to_owned(), opened);
        open
    }
}

fn name_of(inbound: &Inbound) -> String {
    match inbound {
        Inbound::Slash(slash) => slash.text.clone(),
        Inbound::Click(click) => click.action_id.clone(),
        Inbound::Submission(submission) => submission.view.callback_id.clone(),
        Inbound::Event(event) => event.kind.clone(),
        Inbound::Closed(_) => "closed".to_owned(),
        Inbound::Unknown(unknown) => unknown.kind.clone(),
    }
}

impl Dispatcher for Script {
    async fn dispatch(&self, inbound: Inbound) -> Reply {
        let name = name_of(&inbound);
        let _ = self.seen.send(inbound);
        let gate = self.gates.lock().unwrap().get(&name).cloned();
        if let Some(mut gate) = gate {
            let _ = gate.wait_for(|open| *open).await;
        }
        assert!(name != "panics", "as it was told");
        self.finished.fetch_add(1, Ordering::SeqCst);
        self.replies
            .lock()
            .unwrap()
            .get(&name)
            .cloned()
            .unwrap_or_default()
    }
}

/// An edge that asks `script`.
pub(crate) fn edge_of(script: &Script, limits: Limits) -> Arc<Edge<Script>> {
    Edge::new(
        script.clone(),
        Responder::new(network()),
        Metrics::new(),
        limits,
    )
}

/// Limits for a test in which nothing takes long.
pub(crate) fn roomy() -> Limits {
    Limits {
        answer_within: Duration::from_secs(8),
        at_once: 64,
    }
}

/// Limits for a test in which something takes too long.
pub(crate) fn hasty() -> Limits {
    Limits {
        answer_within: Duration::from_millis(250),
        at_once: 64,
    }
}

/// Sends `head` and `body` over a fresh connection and reads the answer: status and body.
pub(crate) async fn exchange(to: SocketAddr, head: &str, body: &[u8]) -> (u16, String) {
    within(async {
        let mut stream = TcpStream::connect(to).await.unwrap();
        let head = format!(
            "{head}\r\nHost: localhost\r\nConnection: close\r\nContent-Length: {}\r\n\r\n",
            body.len()
        );
        stream.write_all(head.as_bytes()).await.unwrap();
        stream.write_all(body).await.unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).await.unwrap();
        let answer = String::from_utf8(answer).unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        (status, body.to_owned())
    })
    .await
}

// What Slack sends.

pub(crate) fn slash(text: &str, response_url: &str) -> Value {
    json!({
        "token": "legacy", "team_id": "T1", "channel_id": "C1", "channel_name": "ops", "user_id": "U1",
        "command": "/concern", "text": text, "response_url": response_url, "trigger_id": "1.2.abc"
    })
}

pub(crate) fn click(action_id: &str, response_url: Option<&str>) -> Value {
    json!({
        "type": "block_actions", "user": {"id": "U2", "team_id": "T1"}, "team": null, "enterprise": null,
        "container": {"type": "message", "message_ts": "1700000000.000100", "channel_id": "C1", "is_ephemeral": false},
        "channel": {"id": "C1", "name": "ops"}, "trigger_id": "1.2.def", "state": {"values": {}},
        "response_url": response_url,
        "actions": [{"type": "button", "action_id": action_id, "block_id": "b1", "value": "C-42", "action_ts": "1700000001.000200"}]
    })
}

pub(crate) fn submission(callback_id: &str) -> Value {
    json!({
        "type": "view_submission", "team": null, "user": {"id": "U1", "team_id": "T1"},
        "view": {
            "id": "V1", "type": "modal", "callback_id": callback_id, "hash": "1700000000.abcd", "private_metadata": "C-42",
            "blocks": [{"type": "section", "block_id": "intro"}, {"type": "input", "block_id": "plan"}, {"type": "input", "block_id": "target_date"}],
            "state": {"values": {
                "plan": {"value": {"type": "plain_text_input", "value": "a secret plan"}},
                "target_date": {"value": {"type": "datepicker", "selected_date": "2026-12-24"}}
            }}
        }
    })
}

pub(crate) fn event(kind: &str, id: &str) -> Value {
    json!({
        "type": "event_callback", "team_id": "T1", "event_id": id, "event_time": 1_700_000_000,
        "event": {"type": kind, "user": "U1", "channel": "D1", "tab": "home", "event_ts": "1700000000.000100"}
    })
}

pub(crate) fn envelope(id: &str, kind: &str, takes_answer: bool, payload: &Value) -> Value {
    json!({"envelope_id": id, "type": kind, "accepts_response_payload": takes_answer, "payload": payload})
}
