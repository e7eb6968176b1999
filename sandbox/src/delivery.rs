//! Payloads to the app, over Socket Mode or signed HTTP, and what comes back.

pub(crate) mod http;
pub(crate) mod payload;
pub(crate) mod socket;

use crate::ledger::{Delivered, ProblemKind};
use crate::workspace::Workspace;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// Where signed HTTP goes. What is empty is not delivered.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct RequestUrls {
    /// Slash commands.
    pub commands: String,
    /// Clicks and modals.
    pub interactions: String,
    /// Events.
    pub events: String,
}

impl RequestUrls {
    /// The three under one address: `{base}/slack/commands`, `…/interactions`, `…/events`.
    #[must_use]
    pub fn under(base: &str) -> Self {
        let base = base.trim_end_matches('/');
        Self {
            commands: format!("{base}/slack/commands"),
            interactions: format!("{base}/slack/interactions"),
            events: format!("{base}/slack/events"),
        }
    }

    pub(crate) fn of(&self, route: Route) -> &str {
        match route {
            Route::Commands => &self.commands,
            Route::Interactions => &self.interactions,
            Route::Events => &self.events,
        }
    }
}

/// One of the three request URLs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Route {
    /// Slash commands.
    Commands,
    /// Clicks and modals.
    Interactions,
    /// Events.
    Events,
}

/// What sort of payload.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// A slash command.
    Slash,
    /// A click, a submitted or closed modal.
    Interactive,
    /// An event.
    Event,
}

impl Kind {
    pub(crate) fn route(self) -> Route {
        match self {
            Self::Slash => Route::Commands,
            Self::Interactive => Route::Interactions,
            Self::Event => Route::Events,
        }
    }

    pub(crate) fn envelope(self) -> &'static str {
        match self {
            Self::Slash => "slash_commands",
            Self::Interactive => "interactive",
            Self::Event => "events_api",
        }
    }
}

/// The way a payload goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Edge {
    /// Socket Mode.
    Socket,
    /// Signed HTTP.
    Http,
}

/// What became of a payload.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Ack {
    /// Acknowledged in time; the body, null where there was none.
    Answered(Value),
    /// An HTTP status other than 2xx.
    Refused(u16),
    /// Nothing within the limit.
    Late,
    /// No socket is open, or the request URL does not answer.
    Unreachable,
    /// The request URL sends on to another more than twice.
    Astray,
    /// A body that is not JSON where JSON is wanted.
    Unreadable,
}

impl Ack {
    /// Whether it was acknowledged in time.
    #[must_use]
    pub fn is_good(&self) -> bool {
        matches!(self, Self::Answered(_))
    }
}

/// Why a socket is closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Disconnect {
    /// A warning; the socket stays open.
    Warning,
    /// The socket is to be opened anew; the old one is closed shortly after.
    RefreshRequested,
    /// Socket Mode was turned off; `apps.connections.open` refuses from now on.
    LinkDisabled,
    /// More than ten sockets.
    TooManyWebsockets,
}

impl Disconnect {
    pub(crate) fn reason(self) -> &'static str {
        match self {
            Self::Warning => "warning",
            Self::RefreshRequested => "refresh_requested",
            Self::LinkDisabled => "link_disabled",
            Self::TooManyWebsockets => "too_many_websockets",
        }
    }
}

pub(crate) fn disconnect_frame(why: Disconnect) -> Value {
    json!({"type": "disconnect", "reason": why.reason(), "debug_info": {"host": "sandbox"}})
}

/// How a request is signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Signing {
    /// As Slack does.
    Good,
    /// With another secret.
    Forged,
    /// Rightly, but ten minutes ago.
    Stale,
    /// Not at all.
    Missing,
}

/// The app's answer to a request made by a test.
#[derive(Clone, Debug, Serialize)]
pub struct HttpAnswer {
    /// 0 where there was none.
    pub status: u16,
    /// The body as text.
    pub body: String,
}

/// A retry of an event: its number from 1 and the reason.
pub(crate) type Retry = Option<(usize, &'static str)>;

impl Workspace {
    /// Sends a payload the way the app is set up for, waits for its acknowledgement, writes it down.
    pub(crate) async fn deliver(&self, kind: Kind, payload: Value) -> Ack {
        let edge = self.with(|state| {
            if state.edges.socket_mode {
                Edge::Socket
            } else {
                Edge::Http
            }
        });
        self.deliver_over(edge, kind, payload, None).await
    }

    async fn deliver_over(&self, edge: Edge, kind: Kind, payload: Value, retry: Retry) -> Ack {
        let number = self.change(|state| {
            let number = state.ledger.deliveries.len();
            state.ledger.deliveries.push(Delivered {
                number,
                kind,
                edge,
                payload: payload.clone(),
                ack: None,
            });
            number
        });
        let ack = match edge {
            Edge::Socket => self.over_socket(kind, payload, retry).await,
            Edge::Http => self.over_http(kind, &payload, retry).await,
        };
        self.change(|state| {
            if ack == Ack::Late {
                let limit = state.edges.ack_limit;
                state.ledger.problem(
                    ProblemKind::LateAck,
                    format!("{kind:?} number {number}: nothing within {limit:?}"),
                );
            }
            if let Some(delivered) = state.ledger.deliveries.get_mut(number) {
                delivered.ack = Some(ack.clone());
            }
        });
        ack
    }

    /// Sends any payload over either edge, whatever the app is set up for, and waits for the acknowledgement. Nothing
    /// comes of the acknowledgement.
    pub async fn inject(&self, edge: Edge, kind: Kind, payload: Value) -> Ack {
        self.deliver_over(edge, kind, payload, None).await
    }

    /// Sends the payload of [`Workspace::deliveries`] with this number once more, unchanged, over the same edge. None
    /// where there is no such number.
    pub async fn redeliver(&self, number: usize) -> Option<Ack> {
        let found = self.with(|state| state.ledger.deliveries.get(number).cloned())?;
        Some(
            self.deliver_over(found.edge, found.kind, found.payload, None)
                .await,
        )
    }

    /// Sends an event, wrapped as `event_callback`, and again after each of the set waits until it is acknowledged.
    /// Gives every acknowledgement, the last one last.
    pub async fn send_event(&self, event: Value) -> Vec<Ack> {
        let now = self.now();
        let (payload, waits, edge) = self.change(|state| {
            let edge = if state.edges.socket_mode {
                Edge::Socket
            } else {
                Edge::Http
            };
            (
                payload::event(state, event, now),
                state.edges.event_retries.clone(),
                edge,
            )
        });
        let mut acks = vec![
            self.deliver_over(edge, Kind::Event, payload.clone(), None)
                .await,
        ];
        for (at, wait) in waits.into_iter().enumerate() {
            let reason = match acks.last() {
                Some(Ack::Answered(_)) | None => break,
                Some(Ack::Late) => "http_timeout",
                Some(Ack::Refused(_) | Ack::Unreadable) => "http_error",
                Some(Ack::Unreachable) => "connection_failed",
                Some(Ack::Astray) => "too_many_redirects",
            };
            // The app asked for no more.
            if self.with(|state| {
                state
                    .sockets
                    .take_no_retry(payload["event_id"].as_str().unwrap_or_default())
            }) {
                break;
            }
            tokio::time::sleep(wait).await;
            acks.push(
                self.deliver_over(edge, Kind::Event, payload.clone(), Some((at + 1, reason)))
                    .await,
            );
        }
        acks
    }

    /// As [`Workspace::send_event`] in the background, where the app listens to this type of event.
    pub(crate) fn tell(&self, event: Value) {
        let listens = self.with(|state| {
            let kind = event["type"].as_str().unwrap_or_default().to_owned();
            let specific = format!(
                "{kind}.{}",
                event["channel_type"].as_str().unwrap_or_default()
            );
            state
                .app
                .events
                .iter()
                .any(|wanted| *wanted == kind || *wanted == specific)
        });
        if listens {
            let workspace = self.clone();
            tokio::spawn(async move { workspace.send_event(event).await });
        }
    }

    /// Sends a disconnect to every open socket.
    pub fn disconnect(&self, why: Disconnect) {
        self.change(|state| {
            if why == Disconnect::LinkDisabled {
                state.edges.socket_mode = false;
            }
            let frame = disconnect_frame(why);
            state.sockets.tell_all(&frame, why != Disconnect::Warning);
        });
    }

    /// Makes every URL of `apps.connections.open` that nobody has used yet worthless, as half a minute does.
    pub fn expire_tickets(&self) {
        self.change(|state| state.sockets.expire_tickets());
    }

    /// Cuts every open socket without a word.
    pub fn cut_sockets(&self) {
        self.change(|state| state.sockets.cut());
    }

    /// Makes every open socket go silent without closing: nothing is sent, read or answered on it any more, though
    /// envelopes still go to it. The ghost connection that a client has to notice by itself.
    pub fn silence_sockets(&self) {
        self.change(|state| state.sockets.silence());
    }

    /// Sends this text as a frame on one open socket, as it is. False where none is open.
    #[must_use]
    pub fn send_frame(&self, text: &str) -> bool {
        self.change(|state| state.sockets.send(text.to_owned()))
    }

    /// How many sockets are open.
    #[must_use]
    pub fn open_sockets(&self) -> usize {
        self.with(|state| state.sockets.count())
    }

    /// Waits until so many sockets are open; false after ten seconds of real time.
    pub async fn connected(&self, sockets: usize) -> bool {
        self.until(|workspace| (workspace.open_sockets() >= sockets).then_some(()))
            .await
            .is_some()
    }
}
