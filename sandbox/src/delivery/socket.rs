//! Socket Mode: tickets, connections, envelopes and their acknowledgements.

use super::{Ack, Disconnect, Kind, Retry};
use crate::ledger::ProblemKind;
use crate::state::State;
use crate::workspace::Workspace;
use axum::extract::ws::{Message, WebSocket, WebSocketUpgrade};
use axum::extract::{Query, State as Extract};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::{HashMap, HashSet};
use std::time::{Duration, Instant};
use tokio::sync::{mpsc, oneshot};

/// At most this many connections an app. Source: docs.slack.dev/apis/events-api/using-socket-mode.
const MOST: usize = 10;
/// How long a URL of `apps.connections.open` may wait to be used, by the machine's clock.
const TICKET: Duration = Duration::from_secs(30);
/// What hello says of how long a connection lasts, in seconds.
const LASTS: u64 = 18_060;

enum Order {
    Frame(String),
    /// Close after what was sent before.
    Close,
    /// Drop the connection.
    Cut,
    /// Neither read nor write any more.
    Silence,
}

struct Waiting {
    answer: oneshot::Sender<Value>,
    takes_body: bool,
}

pub(crate) struct Sockets {
    open: Vec<(u64, mpsc::UnboundedSender<Order>)>,
    tickets: HashMap<String, Instant>,
    waiting: HashMap<String, Waiting>,
    /// Envelopes that were acknowledged or given up, to tell a late or double acknowledgement from a made-up one.
    done: HashMap<String, bool>,
    turn: usize,
    opened: u64,
    started: Instant,
    /// Events that are not to come again, by `event_id`.
    no_retry: HashSet<String>,
}

impl Default for Sockets {
    fn default() -> Self {
        Self {
            open: Vec::new(),
            tickets: HashMap::new(),
            waiting: HashMap::new(),
            done: HashMap::new(),
            turn: 0,
            opened: 0,
            started: Instant::now(),
            no_retry: HashSet::new(),
        }
    }
}

impl Sockets {
    pub(crate) fn uptime(&self) -> Duration {
        self.started.elapsed()
    }

    pub(crate) fn new_ticket(&mut self) -> String {
        let ticket = format!("{:032x}", rand::random::<u128>());
        self.tickets.insert(ticket.clone(), Instant::now());
        ticket
    }

    /// Whether the ticket is good; it is used up either way.
    fn take_ticket(&mut self, ticket: &str) -> bool {
        let issued = self.tickets.remove(ticket);
        issued.is_some_and(|issued| issued.elapsed() <= TICKET)
    }

    /// Makes every unused ticket older than it may be.
    pub(crate) fn expire_tickets(&mut self) {
        if let Some(long_ago) = Instant::now().checked_sub(TICKET + Duration::from_millis(1)) {
            for issued in self.tickets.values_mut() {
                *issued = long_ago;
            }
        }
    }

    pub(crate) fn count(&self) -> usize {
        self.open.len()
    }

    /// Sends a frame on one connection, each in its turn. False where none is open.
    pub(crate) fn send(&mut self, text: String) -> bool {
        self.turn = self.turn.wrapping_add(1);
        let Some((_, socket)) = self.open.get(self.turn % self.open.len().max(1)) else {
            return false;
        };
        socket.send(Order::Frame(text)).is_ok()
    }

    pub(crate) fn tell_all(&mut self, frame: &Value, close: bool) {
        for (_, socket) in &self.open {
            let _gone = socket.send(Order::Frame(frame.to_string()));
            if close {
                let _gone = socket.send(Order::Close);
            }
        }
        if close {
            self.open.clear();
        }
    }

    pub(crate) fn cut(&mut self) {
        for (_, socket) in self.open.drain(..) {
            let _gone = socket.send(Order::Cut);
        }
    }

    pub(crate) fn silence(&mut self) {
        for (_, socket) in &self.open {
            let _gone = socket.send(Order::Silence);
        }
    }

    pub(crate) fn ask_no_retry(&mut self, event: &str) {
        self.no_retry.insert(event.to_owned());
    }

    pub(crate) fn take_no_retry(&mut self, event: &str) -> bool {
        self.no_retry.remove(event)
    }
}

#[derive(Deserialize)]
pub(crate) struct Link {
    #[serde(default)]
    ticket: String,
    /// The app asks for a short connection, to see itself reconnect.
    #[serde(default)]
    debug_reconnects: bool,
}

pub(crate) async fn handle(
    Extract(workspace): Extract<Workspace>,
    Query(link): Query<Link>,
    upgrade: WebSocketUpgrade,
) -> Response {
    if !workspace.with(|state| state.sockets.take_ticket(&link.ticket)) {
        return (StatusCode::FORBIDDEN, "invalid ticket").into_response();
    }
    let short = link
        .debug_reconnects
        .then(|| workspace.with(|state| state.edges.debug_reconnects));
    upgrade.on_upgrade(move |socket| run(workspace, socket, short))
}

/// `short` is how long the connection lasts where the app asked for a short one.
async fn run(workspace: Workspace, mut socket: WebSocket, short: Option<Duration>) {
    let (sender, mut orders) = mpsc::unbounded_channel();
    let (id, hello, full) = workspace.change(|state| {
        state.sockets.opened += 1;
        let id = state.sockets.opened;
        let full = state.sockets.open.len() >= MOST;
        if !full {
            state.sockets.open.push((id, sender));
        }
        let hello = json!({
            "type": "hello", "num_connections": state.sockets.open.len(), "connection_info": {"app_id": state.app.id},
            "debug_info": {"host": "sandbox", "build_number": 1, "approximate_connection_time": short.map_or(LASTS, |short| short.as_secs())},
        });
        (id, hello, full)
    });
    if full {
        let frame = super::disconnect_frame(Disconnect::TooManyWebsockets);
        let _gone = socket.send(Message::Text(frame.to_string().into())).await;
        return;
    }
    if socket
        .send(Message::Text(hello.to_string().into()))
        .await
        .is_ok()
    {
        let talking = talk(&workspace, &mut socket, &mut orders);
        let over = if let Some(short) = short {
            tokio::time::timeout(short, talking).await.is_err()
        } else {
            talking.await;
            false
        };
        if over {
            workspace.change(|state| state.sockets.open.retain(|(other, _)| *other != id));
            let frame = super::disconnect_frame(Disconnect::RefreshRequested);
            let _gone = socket.send(Message::Text(frame.to_string().into())).await;
            drain(&workspace, &mut socket).await;
        }
    }
    workspace.change(|state| state.sockets.open.retain(|(other, _)| *other != id));
}

async fn talk(
    workspace: &Workspace,
    socket: &mut WebSocket,
    orders: &mut mpsc::UnboundedReceiver<Order>,
) {
    let mut beat = tokio::time::interval(Duration::from_secs(5));
    loop {
        tokio::select! {
            order = orders.recv() => match order {
                Some(Order::Frame(text)) => {
                    if socket.send(Message::Text(text.into())).await.is_err() { return }
                }
                Some(Order::Close) => return drain(workspace, socket).await,
                Some(Order::Silence) => {
                    while !matches!(orders.recv().await, None | Some(Order::Cut)) {}
                    return;
                }
                Some(Order::Cut) | None => return,
            },
            frame = socket.recv() => match frame {
                Some(Ok(Message::Text(text))) => workspace.change(|state| take_ack(state, text.as_str())),
                Some(Ok(Message::Binary(_))) => {
                    workspace.change(|state| state.ledger.problem(ProblemKind::BadFrame, "a binary frame"));
                }
                Some(Ok(Message::Ping(_) | Message::Pong(_))) => {}
                Some(Ok(Message::Close(_)) | Err(_)) | None => return,
            },
            _ = beat.tick() => {
                if socket.send(Message::Ping("Ping from sandbox".into())).await.is_err() { return }
            }
        }
    }
}

/// Goes on reading acknowledgements for a while after a disconnect, as Slack does.
async fn drain(workspace: &Workspace, socket: &mut WebSocket) {
    let reading = async {
        while let Some(Ok(frame)) = socket.recv().await {
            match frame {
                Message::Text(text) => workspace.change(|state| take_ack(state, text.as_str())),
                Message::Close(_) => return,
                _ => {}
            }
        }
    };
    let _over = tokio::time::timeout(Duration::from_secs(10), reading).await;
    let _gone = socket.send(Message::Close(None)).await;
}

fn take_ack(state: &mut State, text: &str) {
    let frame: Value = serde_json::from_str(text).unwrap_or(Value::Null);
    let Some(id) = frame["envelope_id"].as_str() else {
        state
            .ledger
            .problem(ProblemKind::BadFrame, "a frame without an envelope_id");
        return;
    };
    match state.sockets.waiting.remove(id) {
        Some(waiting) => {
            state.sockets.done.insert(id.to_owned(), true);
            let body = frame.get("payload").cloned().unwrap_or(Value::Null);
            if !waiting.takes_body && !body.is_null() && body != json!({}) {
                state.ledger.problem(
                    ProblemKind::BadAck,
                    format!("{id}: a payload where none is accepted"),
                );
            }
            let _gone = waiting.answer.send(body);
        }
        // What was given up is already noted as late.
        None if state.sockets.done.get(id) == Some(&false) => {}
        None if state.sockets.done.contains_key(id) => {
            state
                .ledger
                .problem(ProblemKind::BadAck, format!("{id}: acknowledged twice"));
        }
        None => state
            .ledger
            .problem(ProblemKind::BadAck, format!("{id}: no such envelope")),
    }
}

impl Workspace {
    pub(crate) async fn over_socket(&self, kind: Kind, payload: Value, retry: Retry) -> Ack {
        let (sender, receiver) = oneshot::channel();
        let (id, sent, limit) = self.with(|state| {
            let id = format!("e-{}-{:08x}", state.number(), rand::random::<u32>());
            let takes_body = kind != Kind::Event;
            let mut envelope = json!({
                "envelope_id": id, "type": kind.envelope(), "accepts_response_payload": takes_body, "payload": payload,
            });
            if kind == Kind::Event {
                let (attempt, reason) = retry.map_or((0, ""), |(attempt, reason)| (attempt, reason));
                envelope["retry_attempt"] = json!(attempt);
                envelope["retry_reason"] = json!(if attempt == 0 { "" } else { socket_reason(reason) });
            }
            state.sockets.waiting.insert(id.clone(), Waiting { answer: sender, takes_body });
            let sent = state.sockets.send(envelope.to_string());
            (id, sent, state.edges.ack_limit)
        });
        let answer = if sent {
            tokio::time::timeout(limit, receiver).await.map(Result::ok)
        } else {
            Ok(None)
        };
        if let Ok(Some(body)) = answer {
            return Ack::Answered(body);
        }
        self.with(|state| {
            state.sockets.waiting.remove(&id);
            state.sockets.done.insert(id, false);
        });
        if answer.is_err() {
            Ack::Late
        } else {
            Ack::Unreachable
        }
    }
}

fn socket_reason(reason: &str) -> &'static str {
    if reason == "http_timeout" {
        "timeout"
    } else {
        "connection_failed"
    }
}
