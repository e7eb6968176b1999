//! Signed HTTP: the routes Slack posts to, and those an operator reads.
//!
//! A request's body is read up to 1 MiB, then its signature is checked over the raw bytes, and only then is anything parsed.

use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use futures_util::StreamExt;
use tokio::net::TcpListener;
use tokio::time::{Instant, timeout, timeout_at};
use tracing::{info, warn};

use super::edge::{Answer, Dispatcher, Edge};
use super::payload::{self, Fault, Inbound, WayBack};
use super::signature::Verifier;
use crate::clock::Clock;
use crate::metrics::Metrics;
use crate::readiness::Readiness;

/// The largest body that is read, in bytes.
pub const BODY_LIMIT: usize = 1 << 20;

/// How much beyond the limit is taken off the wire and thrown away, so that the sender hears the 413 and not a broken pipe.
const THROWN_AWAY: usize = 8 << 20;

/// How long a body may take to arrive.
const BODY_WITHIN: Duration = Duration::from_secs(5);

/// The routes Slack posts to: `/slack/commands`, `/slack/interactions`, `/slack/events`.
pub fn slack_routes<D: Dispatcher>(edge: Arc<Edge<D>>, verifier: Verifier, clock: Clock) -> Router {
    edge.metrics().describe(
        "lodestar_http_refused_total",
        "Requests to the Slack routes that were turned away, by reason.",
    );
    let door = Arc::new(Door {
        edge,
        verifier,
        clock,
    });
    Router::new()
        .route("/slack/commands", post(command::<D>))
        .route("/slack/interactions", post(interaction::<D>))
        .route("/slack/events", post(event::<D>))
        .with_state(door)
}

/// The routes an operator reads: `/healthz` (200 while the process lives), `/readyz` (200, or 503 with what is not in order,
/// one part a line), `/metrics`.
pub fn operator_routes(readiness: Readiness, metrics: Metrics) -> Router {
    Router::new()
        .route("/healthz", get(|| async { "alive\n" }))
        .route("/readyz", get(|| async move { readyz(&readiness) }))
        .route(
            "/metrics",
            get(|| async move {
                let kind = [(
                    header::CONTENT_TYPE,
                    "text/plain; version=0.0.4; charset=utf-8",
                )];
                (kind, metrics.text())
            }),
        )
}

/// Serves `routes` until `shutdown` ends; requests under way are still answered.
pub async fn serve(
    listener: TcpListener,
    routes: Router,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> std::io::Result<()> {
    axum::serve(listener, routes)
        .with_graceful_shutdown(shutdown)
        .await
}

fn readyz(readiness: &Readiness) -> Response {
    let faults = readiness.faults();
    if faults.is_empty() {
        return (StatusCode::OK, "ready\n").into_response();
    }
    let lines: Vec<String> = faults
        .iter()
        .map(|(part, why)| format!("{part}: {why}\n"))
        .collect();
    (StatusCode::SERVICE_UNAVAILABLE, lines.concat()).into_response()
}

struct Door<D> {
    edge: Arc<Edge<D>>,
    verifier: Verifier,
    clock: Clock,
}

type Shared<D> = State<Arc<Door<D>>>;

async fn command<D: Dispatcher>(
    State(door): Shared<D>,
    headers: HeaderMap,
    body: Body,
) -> Response {
    let arrived = Instant::now();
    match door.admit(&headers, body).await {
        Ok(body) => door.answer(payload::slash_form(&body), arrived).await,
        Err(refusal) => refusal,
    }
}

async fn interaction<D: Dispatcher>(
    State(door): Shared<D>,
    headers: HeaderMap,
    body: Body,
) -> Response {
    let arrived = Instant::now();
    match door.admit(&headers, body).await {
        Ok(body) => door.answer(interaction_form(&body), arrived).await,
        Err(refusal) => refusal,
    }
}

async fn event<D: Dispatcher>(State(door): Shared<D>, headers: HeaderMap, body: Body) -> Response {
    let arrived = Instant::now();
    let body = match door.admit(&headers, body).await {
        Ok(body) => body,
        Err(refusal) => return refusal,
    };
    let payload = match payload::parse_json(&body) {
        Ok(payload) => payload,
        Err(fault) => return door.answer(Err(fault), arrived).await,
    };
    if payload.get("type").and_then(|kind| kind.as_str()) == Some("url_verification") {
        let challenge = payload
            .get("challenge")
            .and_then(|challenge| challenge.as_str());
        return challenge.unwrap_or_default().to_owned().into_response();
    }
    let retry = headers
        .get("x-slack-retry-num")
        .and_then(|value| value.to_str().ok()?.parse().ok())
        .unwrap_or(0);
    door.answer(payload::event_body(&payload, retry), arrived)
        .await
}

/// The one field of an interaction's form.
fn interaction_form(body: &[u8]) -> Result<Inbound, Fault> {
    let field = form_urlencoded::parse(body).find(|(name, _)| name == "payload");
    let (_, json) = field.ok_or(Fault {
        kind: "interactive".to_owned(),
        lacks: "the form field payload",
        way_back: WayBack::None,
    })?;
    payload::interaction(&payload::parse_json(json.as_bytes())?)
}

impl<D: Dispatcher> Door<D> {
    /// The body of a request that Slack signed, or the refusal of any other. Of a refused one nothing is kept.
    async fn admit(&self, headers: &HeaderMap, body: Body) -> Result<Bytes, Response> {
        let body = match timeout(BODY_WITHIN, read_body(body)).await {
            Ok(Ok(body)) => body,
            Ok(Err(status)) => return Err(self.refuse(status, "body")),
            Err(_) => return Err(self.refuse(StatusCode::REQUEST_TIMEOUT, "body")),
        };
        if let Err(forged) = self.verifier.verify(headers, &body, self.clock.now()) {
            info!(%forged, "a request was not taken");
            return Err(self.refuse(StatusCode::UNAUTHORIZED, "signature"));
        }
        Ok(body)
    }

    fn refuse(&self, status: StatusCode, reason: &'static str) -> Response {
        let metrics = self.edge.metrics();
        metrics.count("lodestar_http_refused_total", &[("reason", reason)]);
        status.into_response()
    }

    async fn answer(&self, read: Result<Inbound, Fault>, arrived: Instant) -> Response {
        let answer_by = arrived + self.edge.limits().answer_within;
        let Ok(Some(place)) = timeout_at(answer_by, self.edge.place()).await else {
            warn!("a request was turned away: too many are in work");
            return self.refuse(StatusCode::SERVICE_UNAVAILABLE, "busy");
        };
        match self.edge.handle(read, place, arrived, true).await {
            Answer::Ack(None) => StatusCode::OK.into_response(),
            Answer::Ack(Some(body)) => Json(body).into_response(),
            Answer::Refuse => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
        }
    }
}

/// The whole body, or 413 past the limit.
async fn read_body(body: Body) -> Result<Bytes, StatusCode> {
    let mut kept = Vec::new();
    let mut length = 0;
    let mut chunks = body.into_data_stream();
    while let Some(chunk) = chunks.next().await {
        let chunk = chunk.map_err(|_| StatusCode::BAD_REQUEST)?;
        length += chunk.len();
        if length > THROWN_AWAY {
            break;
        }
        if length <= BODY_LIMIT {
            kept.extend_from_slice(&chunk);
        } else {
            kept = Vec::new();
        }
    }
    if length > BODY_LIMIT {
        return Err(StatusCode::PAYLOAD_TOO_LARGE);
    }
    Ok(kept.into())
}
