//! One Socket Mode connection: frames in, acknowledgements out.
//!
//! Every frame is handled in a task of its own, so that a slow one holds back no other, and acknowledged on the connection it came
//! on, once its work is done. When as many payloads are in work as the edge allows, the next frame is left unread, in Slack's
//! hands, and not dropped.

use std::sync::Arc;

use axum::http::Uri;
use futures_util::stream::{SplitSink, SplitStream};
use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::sync::{mpsc, oneshot, watch};
use tokio::task::JoinSet;
use tokio::time::{Duration, Instant, MissedTickBehavior, interval_at, sleep_until, timeout};
use tokio_tungstenite::tungstenite::Message as Frame;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::{WebSocketStream, client_async_with_config};
use tracing::{debug, info, warn};

use super::Patience;
use crate::slack::edge::{Answer, Dispatcher, Edge};
use crate::slack::network::{Connection, Network, is_allowed};
use crate::slack::payload::{self, Fault, Inbound, Unknown, WayBack};

/// The largest frame that is taken, in bytes. A view is 250 kB at most.
const FRAME_LIMIT: usize = 2 << 20;

type Socket = WebSocketStream<Connection>;

/// What the keeper of connections is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum News {
    /// Slack is about to close it: connect anew.
    Refresh,
    /// Nothing more will be read from it.
    Gone,
    /// Socket Mode is turned off.
    Disabled,
}

/// Why there is no connection.
pub(super) enum NoLink {
    /// Socket Mode is turned off.
    Disabled,
    /// It did not come about, for this reason, which holds no address; and how long Slack asks to wait.
    Failed { why: String, wait: Option<Duration> },
}

impl NoLink {
    fn because(why: &str) -> Self {
        Self::Failed {
            why: why.to_owned(),
            wait: None,
        }
    }
}

/// A connection that Slack has greeted.
pub(super) struct Greeted {
    socket: Socket,
    /// The first frame, if it was something else than the greeting: it is to be handled like any other.
    first: Option<Frame>,
}

/// Opens the connection at `url` and waits for Slack's `hello`.
pub(super) async fn open(
    network: &Network,
    url: &str,
    patience: Patience,
) -> Result<Greeted, NoLink> {
    let opening = async {
        let address: Uri = url
            .parse()
            .ok()
            .filter(|uri: &Uri| is_allowed(uri) && matches!(uri.scheme_str(), Some("ws" | "wss")))
            .ok_or_else(|| {
                NoLink::because("Slack named an address for Socket Mode that is not wss")
            })?;
        let host = url.replacen("ws", "http", 1).parse().unwrap_or(address);
        let stream = network.connect(host).await.map_err(|_| {
            NoLink::because("Slack's Socket Mode host cannot be reached (is HTTPS_PROXY right?)")
        })?;
        let config = WebSocketConfig::default()
            .max_message_size(Some(FRAME_LIMIT))
            .max_frame_size(Some(FRAME_LIMIT));
        let (mut socket, _) = client_async_with_config(url, stream, Some(config))
            .await
            .map_err(|_| NoLink::because("Slack did not accept the Socket Mode connection"))?;
        loop {
            let Some(Ok(frame)) = socket.next().await else {
                return Err(NoLink::because(
                    "Slack closed the Socket Mode connection before greeting it",
                ));
            };
            let Frame::Text(text) = &frame else { continue };
            let message: Value = serde_json::from_str(text).unwrap_or_default();
            let first = match word(&message, "type") {
                "hello" => None,
                "disconnect" if word(&message, "reason") == "link_disabled" => {
                    return Err(NoLink::Disabled);
                }
                "disconnect" => {
                    return Err(NoLink::because(
                        "Slack closes the Socket Mode connection at once",
                    ));
                }
                _ => Some(frame),
            };
            return Ok(Greeted { socket, first });
        }
    };
    timeout(patience.hello_within, opening)
        .await
        .unwrap_or_else(|_| {
            Err(NoLink::because(
                "Slack did not greet the Socket Mode connection in time",
            ))
        })
}

/// A connection at work.
pub(super) struct Link<D> {
    pub(super) id: u64,
    pub(super) edge: Arc<Edge<D>>,
    pub(super) patience: Patience,
    pub(super) tell: mpsc::UnboundedSender<(u64, News)>,
    pub(super) stopping: watch::Receiver<bool>,
    pub(super) retired: oneshot::Receiver<()>,
}

/// What one wait on the connection brought.
enum Heard {
    Frame(Frame),
    End(End),
    /// Its successor is there.
    Retired,
}

/// Why nothing more is read.
enum End {
    /// The other side closed it, broke it or fell silent: nothing can be written either.
    Dead(&'static str),
    /// It is left by us: what is in work can still be acknowledged.
    Left(&'static str),
}

impl<D: Dispatcher> Link<D> {
    /// Reads until the connection ends, then lets what is in work be acknowledged on it, as far as that is still possible.
    pub(super) async fn run(mut self, greeted: Greeted) {
        let (sink, mut stream) = greeted.socket.split();
        // The room for every acknowledgement that can be due, so that none waits for another.
        let (say, said) = mpsc::channel(self.edge.limits().at_once.max(1) as usize);
        let writer = tokio::spawn(write(sink, said, self.patience.ping_every));
        let mut in_work = JoinSet::new();
        if let Some(Frame::Text(text)) = greeted.first {
            self.take(&text, &say, &mut in_work).await;
        }
        let end = self.read(&mut stream, &say, &mut in_work).await;
        let (End::Dead(why) | End::Left(why)) = end;
        info!(connection = self.id, why, "a connection to Slack ends");
        let _ = self.tell.send((self.id, News::Gone));
        // Where it is dead, what is still in work is not waited for: it is not cancelled, and what it has to say goes through
        // the response_url.
        if matches!(end, End::Left(_)) {
            let all = async { while in_work.join_next().await.is_some() {} };
            let _ = timeout(self.patience.finish_within, all).await;
        }
        drop(in_work);
        drop(say);
        let _ = timeout(self.patience.finish_within, writer).await;
    }

    async fn read(
        &mut self,
        stream: &mut SplitStream<Socket>,
        say: &mpsc::Sender<Frame>,
        in_work: &mut JoinSet<()>,
    ) -> End {
        let mut leave_at: Option<Instant> = None;
        loop {
            while in_work.try_join_next().is_some() {}
            match self.hear(stream, say, leave_at).await {
                Heard::Frame(Frame::Text(text)) => self.take(&text, say, in_work).await,
                Heard::Frame(Frame::Close(_)) => return End::Dead("closed by Slack"),
                // Pings are answered by the protocol itself; their coming shows that the other side lives.
                Heard::Frame(_) => {}
                Heard::End(end) => return end,
                Heard::Retired => leave_at = Some(Instant::now() + self.patience.overlap),
            }
        }
    }

    async fn hear(
        &mut self,
        stream: &mut SplitStream<Socket>,
        say: &mpsc::Sender<Frame>,
        leave_at: Option<Instant>,
    ) -> Heard {
        tokio::select! {
            // Silence counts only while there is somebody to listen.
            read = timeout(self.patience.silent_for, stream.next()) => match read {
                Ok(Some(Ok(frame))) => Heard::Frame(frame),
                Ok(Some(Err(_))) => Heard::End(End::Dead("broken")),
                Ok(None) => Heard::End(End::Dead("ended")),
                Err(_) => Heard::End(End::Dead("silent for too long")),
            },
            () = say.closed() => Heard::End(End::Dead("it cannot be written to")),
            _ = self.stopping.wait_for(|stopping| *stopping) => Heard::End(End::Left("shutting down")),
            () = sleep_until(leave_at.unwrap_or_else(Instant::now)), if leave_at.is_some() => {
                Heard::End(End::Left("its successor has taken over"))
            }
            _ = &mut self.retired, if leave_at.is_none() => Heard::Retired,
        }
    }

    /// Handles one text frame: the connection's own business here, an envelope in a task of its own, once there is a place.
    async fn take(&mut self, text: &str, say: &mpsc::Sender<Frame>, in_work: &mut JoinSet<()>) {
        let arrived = Instant::now();
        let Ok(message) = serde_json::from_str::<Value>(text) else {
            warn!(bytes = text.len(), "a frame is not JSON");
            let metrics = self.edge.metrics();
            metrics.count(
                "lodestar_inbound_trouble_total",
                &[("reason", "unreadable")],
            );
            return;
        };
        let kind = word(&message, "type");
        let Some(envelope_id) = message.get("envelope_id").and_then(Value::as_str) else {
            return self.note(kind, word(&message, "reason"));
        };
        let place = tokio::select! {
            place = self.edge.place() => place,
            // Not acknowledged, so Slack knows that nothing came of it.
            _ = self.stopping.wait_for(|stopping| *stopping) => None,
        };
        let Some(place) = place else { return };
        let envelope_id = envelope_id.to_owned();
        let takes_body = message
            .get("accepts_response_payload")
            .and_then(Value::as_bool)
            == Some(true);
        let read = read(kind, &message);
        let (edge, say) = (Arc::clone(&self.edge), say.clone());
        in_work.spawn(async move {
            if let Answer::Ack(body) = edge.handle(read, place, arrived, takes_body).await {
                let mut ack = json!({"envelope_id": envelope_id});
                if let Some(body) = body {
                    ack["payload"] = body;
                }
                if say.send(Frame::text(ack.to_string())).await.is_err() {
                    warn!("a connection ended before an acknowledgement could be given on it");
                }
            }
        });
    }

    /// What Slack says of the connection itself.
    fn note(&self, kind: &str, reason: &str) {
        match kind {
            "hello" => {}
            "disconnect" => {
                info!(
                    connection = self.id,
                    reason = payload::tidy(reason),
                    "Slack is about to close a connection"
                );
                let news = if reason == "link_disabled" {
                    News::Disabled
                } else {
                    News::Refresh
                };
                let _ = self.tell.send((self.id, news));
            }
            kind => debug!(
                kind = payload::tidy(kind),
                "a frame of a kind that is not known"
            ),
        }
    }
}

/// Writes what is said and pings in between. Ends with a close frame when nobody has more to say, or when a write fails or hangs.
async fn write(
    mut sink: SplitSink<Socket, Frame>,
    mut said: mpsc::Receiver<Frame>,
    ping_every: Duration,
) {
    let mut pings = interval_at(Instant::now() + ping_every, ping_every);
    pings.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        let (frame, last) = tokio::select! {
            frame = said.recv() => match frame {
                Some(frame) => (frame, false),
                None => (Frame::Close(None), true),
            },
            _ = pings.tick() => (Frame::Ping(Vec::new().into()), false),
        };
        match timeout(ping_every, sink.send(frame)).await {
            Ok(Ok(())) if !last => {}
            _ => return,
        }
    }
}

fn read(kind: &str, envelope: &Value) -> Result<Inbound, Fault> {
    let payload = &envelope["payload"];
    match kind {
        "slash_commands" => payload::slash(payload),
        "interactive" => payload::interaction(payload),
        "events_api" => {
            let retry = envelope
                .get("retry_attempt")
                .and_then(Value::as_u64)
                .unwrap_or(0);
            payload::event_body(payload, u32::try_from(retry).unwrap_or(u32::MAX))
        }
        "" => Err(Fault {
            kind: "socket".to_owned(),
            lacks: "type",
            way_back: WayBack::None,
        }),
        other => Ok(Inbound::Unknown(Unknown {
            kind: payload::tidy(other),
            user_id: None,
            response_url: None,
        })),
    }
}

fn word<'a>(message: &'a Value, name: &str) -> &'a str {
    message
        .get(name)
        .and_then(Value::as_str)
        .unwrap_or_default()
}
