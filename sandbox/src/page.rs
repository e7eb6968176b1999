//! The browser page: a plain client, embedded in the binary, with nothing loaded from elsewhere.

use crate::records::{Channel, ChannelKind};
use crate::state::State as Held;
use crate::workspace::Workspace;
use axum::Json;
use axum::extract::{Path, Query, Request, State};
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
    (
        "style.css",
        "text/css; charset=utf-8",
        include_str!("../page/style.css"),
    ),
    ("main.js", JS, include_str!("../page/main.js")),
    ("wire.js", JS, include_str!("../page/wire.js")),
    ("dom.js", JS, include_str!("../page/dom.js")),
    ("mrkdwn.js", JS, include_str!("../page/mrkdwn.js")),
    ("blocks.js", JS, include_str!("../page/blocks.js")),
    ("inputs.js", JS, include_str!("../page/inputs.js")),
    ("modal.js", JS, include_str!("../page/modal.js")),
    ("sidebar.js", JS, include_str!("../page/sidebar.js")),
    ("messages.js", JS, include_str!("../page/messages.js")),
];
const JS: &str = "text/javascript; charset=utf-8";
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; \
    base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

pub(crate) fn routes() -> Router<Workspace> {
    Router::new()
        .route("/", get(index))
        .route("/page/{file}", get(file))
        .route("/sandbox/changes", get(changes))
        .route("/sandbox/page/{user}", get(snapshot))
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

/// Only this machine by its own name: a site that points its name at 127.0.0.1 is refused.
pub(crate) async fn by_own_name(request: Request, next: Next) -> Response {
    let host = request
        .headers()
        .get(header::HOST)
        .and_then(|host| host.to_str().ok())
        .unwrap_or_default();
    let name = host.rsplit_once(':').map_or(host, |(name, _)| name);
    if matches!(name, "127.0.0.1" | "localhost" | "[::1]") {
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

#[derive(Deserialize)]
struct At {
    #[serde(default)]
    channel: String,
}

/// All that one person's page shows, with the messages of one conversation.
async fn snapshot(
    State(workspace): State<Workspace>,
    Path(user): Path<String>,
    Query(at): Query<At>,
) -> Response {
    let person = workspace.person(&user);
    if workspace.with(|state| state.user(&user).is_none_or(|user| user.is_bot)) {
        return (
            StatusCode::NOT_FOUND,
            Json(json!({"error": "there is no such person"})),
        )
            .into_response();
    }
    let dm = person.dm();
    let unread: Vec<(String, usize)> = workspace
        .channels()
        .iter()
        .map(|channel| (channel.id.clone(), person.unread_in(&channel.id)))
        .collect();
    let now = workspace.now().timestamp();
    let clock = workspace.inner.panel.as_ref().map(|panel| panel.view());
    Json(workspace.with(|state| {
        let seen = state.channels.iter().filter(|channel| state.sees(&user, channel));
        let channels: Vec<Value> = seen.map(|channel| listed(state, channel, &user, &unread)).collect();
        let channel = state.channel(&at.channel).filter(|channel| state.sees(&user, channel));
        json!({
            "team": state.team.name, "app": state.app.name, "bot": state.app.bot_user, "now": now, "clock": clock,
            "connected": state.sockets.count() > 0 || !state.edges.socket_mode,
            "me": user, "dm": dm, "users": state.users, "channels": channels, "commands": state.app.commands,
            "messages": channel.map(|channel| said(state, channel, &user)),
            "views": state.views.stack(&user),
            "home": state.views.homes.get(&user).and_then(|id| state.views.all.get(id)),
        })
    }))
    .into_response()
}

fn listed(state: &Held, channel: &Channel, user: &str, unread: &[(String, usize)]) -> Value {
    let new = unread
        .iter()
        .find(|(id, _)| *id == channel.id)
        .map_or(0, |(_, count)| *count);
    let direct = channel.kind == ChannelKind::Direct;
    json!({
        "id": channel.id, "kind": channel.kind, "archived": channel.archived, "ext_shared": channel.ext_shared,
        "name": if direct { state.app.name.as_str() } else { channel.name.as_str() },
        "member": channel.has(user), "members": channel.members, "unread": new,
    })
}

/// What stands in a conversation for this person, oldest first, with what only they see.
fn said(state: &Held, channel: &Channel, user: &str) -> Vec<Value> {
    let warning = |ts: &str| {
        state
            .warnings
            .get(&(user.to_owned(), format!("{}:{ts}", channel.id)))
    };
    let for_all = channel.messages.iter().filter(|message| !message.deleted).map(|message| {
        json!({
            "ts": message.ts, "user": message.user, "text": message.text, "blocks": message.blocks,
            "edited": message.edited.is_some(), "thread": message.thread_ts, "version": message.versions.len(),
            "warning": warning(&message.ts), "only_you": false,
        })
    });
    let mine = |message: &&crate::records::Ephemeral| {
        message.user == user && message.channel == channel.id && !message.gone
    };
    let for_me = state.ephemerals.iter().filter(mine).map(|message| {
        json!({
            "ts": message.ts, "user": state.app.bot_user, "text": message.text, "blocks": message.blocks, "version": 1,
            "warning": warning(&message.ts), "only_you": true,
        })
    });
    let mut all: Vec<Value> = for_all.chain(for_me).collect();
    all.sort_by(|one, other| one["ts"].as_str().cmp(&other["ts"].as_str()));
    all
}

async fn clock(State(workspace): State<Workspace>) -> Json<Value> {
    Json(json!(
        workspace.inner.panel.as_ref().map(|panel| panel.view())
    ))
}

async fn step(State(workspace): State<Workspace>, Path(step): Path<String>) -> Response {
    let Some(panel) = workspace.inner.panel.clone() else {
        return StatusCode::NOT_FOUND.into_response();
    };
    // In a task of its own, so that a reload does not stop a clock half way.
    let (clock, told) = (std::sync::Arc::clone(&panel), workspace.clone());
    let stepping = tokio::spawn(async move {
        let result = clock.step(&step).await;
        told.change(|_| ());
        result
    });
    let result = stepping
        .await
        .unwrap_or_else(|_| Err("the clock failed at this".into()));
    match result {
        Ok(()) => Json(json!(panel.view())).into_response(),
        Err(words) => (StatusCode::BAD_REQUEST, Json(json!({"error": words}))).into_response(),
    }
}
