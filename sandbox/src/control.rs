//! The control API, `/sandbox/…`: what a Rust test does through [`Workspace`], over JSON for every language. Errors are
//! HTTP 400 with `{"error": "…"}`. The README lists the routes.

use crate::delivery::{Disconnect, Edge, Kind, RequestUrls, Route, Signing};
use crate::faults::FaultRule;
use crate::limits::Pace;
use crate::person::{CannotDo, Person};
use crate::workspace::Workspace;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// A refusal in words.
pub(crate) struct Refused(String);

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        (StatusCode::BAD_REQUEST, Json(json!({"error": self.0}))).into_response()
    }
}

impl From<CannotDo> for Refused {
    fn from(error: CannotDo) -> Self {
        Self(error.to_string())
    }
}

type Told = Result<Json<Value>, Refused>;

pub(crate) fn routes() -> Router<Workspace> {
    Router::new()
        .route("/state", get(state))
        .route("/messages", get(messages))
        .route("/ephemerals", get(ephemerals))
        .route("/unread", get(unread))
        .route("/calls", get(calls))
        .route("/deliveries", get(deliveries))
        .route("/problems", get(problems).delete(forget_problems))
        .route("/faults", post(fault).delete(clear_faults))
        .route("/settings", post(settings))
        .route("/sockets", post(sockets))
        .route("/inject", post(inject))
        .route("/deliveries/{number}/again", post(redeliver))
        .route("/events", post(event))
        .route("/events/verify", post(verify))
        .route("/requests", post(request))
        .route("/channels/{id}", post(change_channel))
        .route("/users/{id}", post(change_user))
        .route("/messages/delete", post(delete_message))
        .route("/people/{id}/{what}", get(look).post(act))
}

async fn state(State(workspace): State<Workspace>) -> Json<Value> {
    Json(json!({
        "users": workspace.users(), "channels": workspace.channels(), "open_sockets": workspace.open_sockets(),
        "bot_user": workspace.bot_user(), "api_url": workspace.api_url(),
        "commands": workspace.with(|state| state.app.commands.clone()),
    }))
}

type Asked = Query<BTreeMap<String, String>>;

async fn messages(State(workspace): State<Workspace>, Query(asked): Asked) -> Json<Value> {
    let channel = asked.get("channel").map_or("", String::as_str);
    let looked = asked.get("look").is_some_and(|look| look == "true");
    Json(json!(if looked {
        workspace.sees_all(channel)
    } else {
        workspace.messages(channel)
    }))
}

async fn ephemerals(State(workspace): State<Workspace>, Query(asked): Asked) -> Json<Value> {
    Json(json!(
        workspace.ephemerals(asked.get("user").map_or("", String::as_str))
    ))
}

async fn unread(State(workspace): State<Workspace>) -> Json<Value> {
    Json(json!({"messages": workspace.unread(), "ephemerals": workspace.unread_ephemerals()}))
}

async fn calls(State(workspace): State<Workspace>, Query(asked): Asked) -> Json<Value> {
    Json(json!(asked.get("method").map_or_else(
        || workspace.calls(),
        |method| workspace.calls_to(method)
    )))
}

async fn deliveries(State(workspace): State<Workspace>) -> Json<Value> {
    Json(json!(workspace.deliveries()))
}

async fn problems(State(workspace): State<Workspace>) -> Json<Value> {
    Json(json!(workspace.problems()))
}

async fn forget_problems(State(workspace): State<Workspace>) -> Json<Value> {
    Json(json!(workspace.take_problems()))
}

async fn fault(State(workspace): State<Workspace>, Json(rule): Json<FaultRule>) -> Json<Value> {
    workspace.fault(rule);
    Json(json!({}))
}

async fn clear_faults(State(workspace): State<Workspace>) -> Json<Value> {
    workspace.clear_faults();
    Json(json!({}))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Settings {
    scopes: Option<Vec<String>>,
    socket_mode: Option<bool>,
    request_urls: Option<RequestUrls>,
    org_wide: Option<bool>,
    pace: Option<Pace>,
    #[serde(default)]
    expire_triggers: bool,
}

async fn settings(State(workspace): State<Workspace>, Json(wanted): Json<Settings>) -> Json<Value> {
    if let Some(scopes) = wanted.scopes {
        workspace.set_scopes(&scopes.iter().map(String::as_str).collect::<Vec<_>>());
    }
    if let Some(urls) = wanted.request_urls {
        workspace.set_request_urls(urls);
    }
    if let Some(on) = wanted.socket_mode {
        workspace.set_socket_mode(on);
    }
    if let Some(on) = wanted.org_wide {
        workspace.set_org_wide(on);
    }
    if let Some(pace) = wanted.pace {
        workspace.set_pace(pace);
    }
    if wanted.expire_triggers {
        workspace.expire_triggers();
    }
    Json(json!({}))
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum SocketOrder {
    Disconnect(Disconnect),
    Frame(String),
    Cut,
    Silence,
    ExpireTickets,
}

async fn sockets(State(workspace): State<Workspace>, Json(order): Json<SocketOrder>) -> Told {
    match order {
        SocketOrder::Disconnect(why) => workspace.disconnect(why),
        SocketOrder::Frame(text) if !workspace.send_frame(&text) => {
            return Err(Refused("no socket is open".into()));
        }
        SocketOrder::Frame(_) => {}
        SocketOrder::Cut => workspace.cut_sockets(),
        SocketOrder::Silence => workspace.silence_sockets(),
        SocketOrder::ExpireTickets => workspace.expire_tickets(),
    }
    Ok(Json(json!({})))
}

#[derive(Deserialize)]
struct Injected {
    edge: Edge,
    kind: Kind,
    payload: Value,
}

async fn inject(State(workspace): State<Workspace>, Json(given): Json<Injected>) -> Json<Value> {
    Json(json!({"ack": workspace.inject(given.edge, given.kind, given.payload).await}))
}

async fn redeliver(State(workspace): State<Workspace>, Path(number): Path<usize>) -> Told {
    let ack = workspace
        .redeliver(number)
        .await
        .ok_or_else(|| Refused(format!("there is no delivery {number}")))?;
    Ok(Json(json!({"ack": ack})))
}

async fn event(State(workspace): State<Workspace>, Json(event): Json<Value>) -> Json<Value> {
    Json(json!({"acks": workspace.send_event(event).await}))
}

async fn verify(State(workspace): State<Workspace>) -> Json<Value> {
    Json(json!({"verified": workspace.verify_events_url().await}))
}

#[derive(Deserialize)]
struct Request {
    route: Route,
    #[serde(default)]
    content_type: String,
    body: String,
    signing: Signing,
}

async fn request(State(workspace): State<Workspace>, Json(given): Json<Request>) -> Json<Value> {
    Json(json!(
        workspace
            .post_signed(given.route, &given.content_type, given.body, given.signing)
            .await
    ))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ChannelChange {
    archived: Option<bool>,
    ext_shared: Option<bool>,
    restricted: Option<bool>,
    kick: Option<String>,
    invite: Option<String>,
}

async fn change_channel(
    State(workspace): State<Workspace>,
    Path(id): Path<String>,
    Json(wanted): Json<ChannelChange>,
) -> Told {
    let there = workspace.update_channel(&id, |channel| {
        channel.archived = wanted.archived.unwrap_or(channel.archived);
        channel.ext_shared = wanted.ext_shared.unwrap_or(channel.ext_shared);
    });
    if !there {
        return Err(Refused(format!("there is no channel {id}")));
    }
    if let Some(restricted) = wanted.restricted {
        workspace.restrict(&id, restricted);
    }
    if let Some(user) = wanted.kick {
        workspace.kick(&id, &user);
    }
    if let Some(user) = wanted.invite {
        workspace.invite(&id, &user);
    }
    Ok(Json(json!({})))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct UserChange {
    deleted: Option<bool>,
    team_id: Option<String>,
}

async fn change_user(
    State(workspace): State<Workspace>,
    Path(id): Path<String>,
    Json(wanted): Json<UserChange>,
) -> Told {
    let there = workspace.update_user(&id, |user| {
        user.deleted = wanted.deleted.unwrap_or(user.deleted);
        user.team_id = wanted.team_id.unwrap_or_else(|| user.team_id.clone());
    });
    if there {
        Ok(Json(json!({})))
    } else {
        Err(Refused(format!("there is no user {id}")))
    }
}

#[derive(Deserialize)]
struct Place {
    channel: String,
    ts: String,
}

async fn delete_message(State(workspace): State<Workspace>, Json(place): Json<Place>) -> Told {
    let there = workspace.delete_message(&place.channel, &place.ts);
    if there {
        Ok(Json(json!({})))
    } else {
        Err(Refused(format!("there is no message {}", place.ts)))
    }
}

async fn look(
    State(workspace): State<Workspace>,
    Path((id, what)): Path<(String, String)>,
) -> Told {
    let person = workspace.person(&id);
    match what.as_str() {
        "views" => Ok(Json(json!(person.views()))),
        "home" => Ok(Json(json!(person.home()))),
        "ephemerals" => Ok(Json(json!(person.ephemerals()))),
        "dm" => Ok(Json(json!({"channel": person.dm()}))),
        _ => Err(Refused(format!("nothing called {what} to look at"))),
    }
}

/// What a person may do; every field is for the deeds that need it.
#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Deed {
    channel: Option<String>,
    ts: String,
    command: String,
    text: String,
    action: String,
    view: String,
    block: String,
    value: Value,
}

/// In a task of its own: what was begun is carried through, though the page that asked for it be reloaded.
async fn act(
    State(workspace): State<Workspace>,
    Path((id, what)): Path<(String, String)>,
    Json(deed): Json<Deed>,
) -> Told {
    let doing = tokio::spawn(async move { do_it(&workspace.person(&id), &what, deed).await });
    doing
        .await
        .unwrap_or_else(|_| Err(Refused("the sandbox failed at this; see its log".into())))
}

async fn do_it(person: &Person, what: &str, deed: Deed) -> Told {
    let channel = || deed.channel.clone().unwrap_or_else(|| person.dm());
    Ok(Json(match what {
        "slash" => crate::person::told(
            &person
                .slash_in(&channel(), &deed.command, &deed.text)
                .await?,
        ),
        "click" => {
            json!({"outcome": person.choose(&channel(), &deed.ts, &deed.action, deed.value).await?})
        }
        "click-in-view" => {
            json!({"outcome": person.click_in_view(&deed.view, &deed.action, deed.value).await?})
        }
        "fill" => json!({"outcome": person.fill(&deed.view, &deed.block, deed.value).await?}),
        "submit" => json!({"outcome": person.submit(&deed.view).await?}),
        "close" => {
            person.close(&deed.view).await?;
            json!({})
        }
        "close-all" => {
            person.close_all().await;
            json!({})
        }
        "say" if !deed.ts.is_empty() => {
            json!({"ts": person.say_in_thread(&channel(), &deed.ts, &deed.text)?})
        }
        "say" => json!({"ts": person.say(&channel(), &deed.text)?}),
        "type" => match crate::person::parse(&deed.text) {
            Some((command, text)) => {
                crate::person::told(&person.slash_in(&channel(), command, text).await?)
            }
            None => json!({"ts": person.say(&channel(), &deed.text)?}),
        },
        "read" => {
            person.reads(&channel());
            json!({})
        }
        "home" => {
            person.open_home()?;
            json!({})
        }
        "reload" => {
            person.reload();
            json!({})
        }
        _ => return Err(Refused(format!("nothing called {what} to do"))),
    }))
}
