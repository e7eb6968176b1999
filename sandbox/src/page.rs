//! The browser page: a plain client, embedded in the binary, with nothing loaded from elsewhere.

pub(crate) mod dress;
pub(crate) mod markup;
mod snapshot;

use crate::guide;
use crate::workspace::Workspace;
use axum::Json;
use axum::extract::ws::{Message, WebSocket};
use axum::extract::{Path, Request, State, WebSocketUpgrade};
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Router, middleware};
use futures_util::stream::{self, Stream};
use serde::Deserialize;
use serde_json::{Value, json};
use std::convert::Infallible;

/// Everything the page is made of.
const FILES: &[(&str, &str, &str)] = &[
    ("style.css", CSS, include_str!("../page/style.css")),
    ("blocks.css", CSS, include_str!("../page/blocks.css")),
    ("main.js", JS, include_str!("../page/main.js")),
    ("wire.js", JS, include_str!("../page/wire.js")),
    ("dom.js", JS, include_str!("../page/dom.js")),
    ("text.js", JS, include_str!("../page/text.js")),
    ("blocks.js", JS, include_str!("../page/blocks.js")),
    ("inputs.js", JS, include_str!("../page/inputs.js")),
    ("modal.js", JS, include_str!("../page/modal.js")),
    ("sidebar.js", JS, include_str!("../page/sidebar.js")),
    ("people.js", JS, include_str!("../page/people.js")),
    ("messages.js", JS, include_str!("../page/messages.js")),
    ("composer.js", JS, include_str!("../page/composer.js")),
    ("clock.js", JS, include_str!("../page/clock.js")),
    ("guide.js", JS, include_str!("../page/guide.js")),
];
const CSS: &str = "text/css; charset=utf-8";
const JS: &str = "text/javascript; charset=utf-8";
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; \
    require-trusted-types-for 'script'; trusted-types sandbox; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

pub(crate) fn routes() -> Router<Workspace> {
    Router::new()
        .route("/", get(index))
        .route("/page/{file}", get(file))
        .route("/sandbox/changes", get(changes))
        .route("/sandbox/live", get(live))
        .route("/sandbox/page/{user}", get(snapshot::snapshot))
        .route("/sandbox/guide/{what}", post(guided))
        .route("/sandbox/clock", get(clock))
        .route("/sandbox/clock/{step}", post(step))
        .layer(middleware::map_response(guarded))
}

/// What every answer to a browser carries.
async fn guarded(mut response: Response) -> Response {
    let headers = response.headers_mut();
    headers.insert(
        header::CONTENT_SECURITY_POLICY,
        HeaderValue::from_static(POLICY),
    );
    headers.insert(
        header::X_CONTENT_TYPE_OPTIONS,
        HeaderValue::from_static("nosniff"),
    );
    headers.insert(
        header::REFERRER_POLICY,
        HeaderValue::from_static("no-referrer"),
    );
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// Nobody is served any more once the workspace is stopped, on a connection that is still open least of all.
pub(crate) async fn while_it_listens(
    State(workspace): State<Workspace>,
    request: Request,
    next: Next,
) -> Response {
    if workspace.listens() {
        next.run(request).await
    } else {
        let close = [(header::CONNECTION, "close")];
        (StatusCode::SERVICE_UNAVAILABLE, close).into_response()
    }
}

/// Only this machine by its own name: a site that points its name at 127.0.0.1 is refused.
pub(crate) async fn by_own_name(request: Request, next: Next) -> Response {
    let host = request
        .headers()
        .get(header::HOST)
        .and_then(|host| host.to_str().ok())
        .unwrap_or_default();
    let name = host.rsplit_once(':').map_or(host, |(name, _)| name);
    // A page of another site may post here; its browser says so.
    let origin = request
        .headers()
        .get(header::ORIGIN)
        .and_then(|origin| origin.to_str().ok());
    let ours = origin.is_none_or(|origin| origin.strip_prefix("http://") == Some(host));
    if ours && matches!(name, "127.0.0.1" | "localhost" | "[::1]") {
        next.run(request).await
    } else {
        (StatusCode::FORBIDDEN, "open this as http://127.0.0.1").into_response()
    }
}

async fn index() -> Response {
    (
        [(header::CONTENT_TYPE, "text/html; charset=utf-8")],
        include_str!("../page/index.html"),
    )
        .into_response()
}

async fn file(Path(name): Path<String>) -> Response {
    let found = FILES.iter().find(|(known, _, _)| *known == name);
    found.map_or_else(
        || StatusCode::NOT_FOUND.into_response(),
        |(_, kind, text)| ([(header::CONTENT_TYPE, *kind)], *text).into_response(),
    )
}

/// The same for the page, over a WebSocket.
async fn live(State(workspace): State<Workspace>, upgrade: WebSocketUpgrade) -> Response {
    upgrade.on_upgrade(|socket| tell(workspace, socket))
}

async fn tell(workspace: Workspace, mut socket: WebSocket) {
    let mut changes = workspace.changes();
    let mut news = true;
    while workspace.listens() {
        let count = *changes.borrow_and_update();
        if news && socket.send(Message::text(count.to_string())).await.is_err() {
            return;
        }
        news = tokio::select! {
            more = changes.changed() => match more {
                Ok(()) => true,
                Err(_) => return,
            },
            frame = socket.recv() => match frame {
                Some(Ok(Message::Close(_)) | Err(_)) | None => return,
                Some(Ok(_)) => false,
            },
        };
    }
}

/// A line for every change, several at once as one.
async fn changes(
    State(workspace): State<Workspace>,
) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    let changes = stream::unfold(
        (workspace.changes(), true),
        |(mut changes, first)| async move {
            if !first && changes.changed().await.is_err() {
                return None;
            }
            let count = *changes.borrow_and_update();
            Some((
                Ok(Event::default().data(count.to_string())),
                (changes, false),
            ))
        },
    );
    Sse::new(changes).keep_alive(KeepAlive::default())
}

async fn clock(State(workspace): State<Workspace>) -> Json<Value> {
    Json(json!(
        workspace
            .inner
            .host
            .panel
            .as_ref()
            .map(|panel| panel.view())
    ))
}

async fn step(State(workspace): State<Workspace>, Path(step): Path<String>) -> Response {
    let Some(panel) = workspace.inner.host.panel.clone() else {
        return StatusCode::NOT_FOUND.into_response();
    };
    told(
        guide::move_clock(&workspace, &step)
            .await
            .map(|words| json!({"view": panel.view(), "told": words})),
    )
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Wish {
    /// The story to begin; none for a free look round.
    story: Option<String>,
    /// Who does a step that does not say who.
    user: String,
}

/// What a visitor asks of the guide. In a task of its own, as every deed is.
async fn guided(
    State(workspace): State<Workspace>,
    Path(what): Path<String>,
    Json(wish): Json<Wish>,
) -> Response {
    let doing = tokio::spawn(async move {
        match what.as_str() {
            "begin" => guide::begin(&workspace, wish.story.as_deref()).await,
            "prepare" => guide::fill_in(&workspace, &wish.user).await,
            "do" => guide::do_it(&workspace, &wish.user).await,
            "skip" => {
                guide::skip(&workspace);
                Ok(())
            }
            "leave" => {
                guide::leave(&workspace);
                Ok(())
            }
            _ => Err(format!("nothing called {what} to ask of the guide")),
        }
    });
    let result = doing
        .await
        .unwrap_or_else(|_| Err("this failed; the log says why".into()));
    told(result.map(|()| json!({})))
}

fn told(result: Result<Value, String>) -> Response {
    match result {
        Ok(answer) => Json(answer).into_response(),
        Err(words) => (StatusCode::BAD_REQUEST, Json(json!({"error": words}))).into_response(),
    }
}
