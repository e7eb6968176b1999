//! The Web API: reads a call, checks token, scopes, faults and pace, does it, writes it in the ledger.

pub(crate) mod args;
mod auth;
mod chat;
mod conversations;
mod files;
mod users;
mod view_methods;

use crate::faults::{self, Fault};
use crate::ledger::{Call, ProblemKind};
use crate::limits::Pace;
use crate::state::State;
use crate::workspace::Workspace;
pub(crate) use chat::{Content, edit, put, whisper};
pub(crate) use view_methods::checked;

use args::{Args, Given};
use axum::body::{Body, Bytes};
use axum::extract::{Path, State as Extract};
use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, Utc};
use serde_json::{Map, Value, json};

/// Slack's refusal: a code, and what goes beside it.
#[derive(Debug)]
pub(crate) struct Refusal {
    code: String,
    beside: Map<String, Value>,
}

impl Refusal {
    pub(crate) fn new(code: &str) -> Self {
        Self {
            code: code.to_owned(),
            beside: Map::new(),
        }
    }

    /// With `response_metadata.messages`.
    pub(crate) fn because(code: &str, messages: &[String]) -> Self {
        let mut refusal = Self::new(code);
        refusal
            .beside
            .insert("response_metadata".into(), json!({"messages": messages}));
        refusal
    }

    fn body(self) -> Value {
        let mut body = json!({"ok": false, "error": self.code});
        if let Some(object) = body.as_object_mut() {
            object.extend(self.beside);
        }
        body
    }
}

pub(crate) type Answer = Result<Value, Refusal>;

/// A call being answered.
pub(crate) struct Ctx<'a> {
    pub(crate) state: &'a mut State,
    pub(crate) args: &'a Args,
    pub(crate) now: DateTime<Utc>,
    pub(crate) base: &'a str,
}

/// Which token a method takes, and a scope it always needs.
enum Needs {
    Nothing,
    AppToken,
    Bot(&'static str),
}

type Work = fn(&mut Ctx<'_>) -> Answer;

fn find(method: &str) -> Option<(Needs, Work)> {
    Some(match method {
        "api.test" => (Needs::Nothing, auth::api_test),
        "auth.test" => (Needs::Bot(""), auth::test),
        "team.info" => (Needs::Bot("team:read"), auth::team_info),
        "apps.connections.open" => (Needs::AppToken, auth::connections_open),
        "chat.postMessage" => (Needs::Bot("chat:write"), chat::post),
        "chat.update" => (Needs::Bot("chat:write"), chat::update),
        "chat.delete" => (Needs::Bot("chat:write"), chat::delete),
        "chat.postEphemeral" => (Needs::Bot("chat:write"), chat::post_ephemeral),
        "chat.getPermalink" => (Needs::Bot(""), chat::permalink),
        "views.open" => (Needs::Bot(""), view_methods::open),
        "views.push" => (Needs::Bot(""), view_methods::push),
        "views.update" => (Needs::Bot(""), view_methods::update),
        "views.publish" => (Needs::Bot(""), view_methods::publish),
        "users.info" => (Needs::Bot("users:read"), users::info),
        "users.list" => (Needs::Bot("users:read"), users::list),
        "users.lookupByEmail" => (Needs::Bot("users:read.email"), users::by_email),
        "conversations.open" => (Needs::Bot(""), conversations::open),
        "conversations.info" => (Needs::Bot(""), conversations::info),
        "conversations.list" => (Needs::Bot(""), conversations::list),
        "conversations.members" => (Needs::Bot(""), conversations::members),
        "conversations.history" => (Needs::Bot(""), conversations::history),
        "conversations.replies" => (Needs::Bot(""), conversations::replies),
        "files.getUploadURLExternal" => (Needs::Bot("files:write"), files::upload_url),
        "files.completeUploadExternal" => (Needs::Bot("files:write"), files::complete),
        _ => return None,
    })
}

pub(crate) async fn handle(
    Extract(workspace): Extract<Workspace>,
    Path(method): Path<String>,
    headers: HeaderMap,
    uri: Uri,
    body: Bytes,
) -> Response {
    let Given {
        args,
        token,
        unreadable,
    } = args::read(&headers, uri.query(), &body);
    let fault =
        workspace.with(|state| faults::take(&mut state.faults, &method, args.str("channel")));
    if let Some(fault) = fault.clone().filter(|fault| !fault.after_doing()) {
        return refuse(&workspace, &method, args, &fault).await;
    }
    if let Some(wait) = too_fast(&workspace, &method, &args) {
        return refuse(&workspace, &method, args, &Fault::RateLimited(wait)).await;
    }
    let now = workspace.now();
    let base = workspace.url();
    let answer = workspace.change(|state| {
        let mut ctx = Ctx {
            state,
            args: &args,
            now,
            base: &base,
        };
        let answer = match unreadable {
            Some(code) => Err(Refusal::new(code)),
            None => work(&mut ctx, &method, token.as_deref()),
        };
        let answer = answer.unwrap_or_else(|refusal| {
            note(state, &method, &refusal);
            refusal.body()
        });
        let at = crate::clock::ts_of(now.timestamp_micros());
        state.ledger.calls.push(Call {
            method: method.clone(),
            args: args.value(),
            status: 200,
            answer: answer.clone(),
            at,
        });
        answer
    });
    match &fault {
        Some(Fault::HangAfterDoing) => std::future::pending().await,
        Some(Fault::ResetAfterDoing) => return cut(),
        Some(fault) => tokio::time::sleep(fault.delay().unwrap_or_default()).await,
        None => {}
    }
    let mut response = axum::Json(answer).into_response();
    let held = workspace.with(|state| scopes_of(state, token.as_deref()));
    let wanted = match find(&method) {
        Some((Needs::Bot(scope), _)) => scope,
        _ => "",
    };
    for (name, value) in [
        ("x-oauth-scopes", held.as_deref()),
        ("x-accepted-oauth-scopes", Some(wanted)),
    ] {
        if let Some(Ok(value)) = value.map(HeaderValue::from_str) {
            response.headers_mut().insert(name, value);
        }
    }
    response
}

/// What the token of a call may do; none where it is no token of the app.
fn scopes_of(state: &State, token: Option<&str>) -> Option<String> {
    let token = token?;
    if token == state.app.bot_token {
        Some(state.app.scopes.join(","))
    } else {
        (token == state.app.socket_token).then(|| "connections:write".to_owned())
    }
}

fn work(ctx: &mut Ctx<'_>, method: &str, token: Option<&str>) -> Answer {
    let (needs, work) = find(method).ok_or_else(|| Refusal::new("unknown_method"))?;
    check_token(ctx.state, &needs, token)?;
    if let Needs::Bot(scope) = needs {
        need_scope(ctx.state, scope)?;
    }
    work(ctx)
}

fn check_token(state: &State, needs: &Needs, token: Option<&str>) -> Result<(), Refusal> {
    let right = match needs {
        Needs::Nothing => return Ok(()),
        Needs::AppToken => &state.app.socket_token,
        Needs::Bot(_) => &state.app.bot_token,
    };
    let token = token.ok_or_else(|| Refusal::new("not_authed"))?;
    if token == right {
        return Ok(());
    }
    let ours = token == state.app.bot_token || token == state.app.socket_token;
    Err(Refusal::new(if ours {
        "not_allowed_token_type"
    } else {
        "invalid_auth"
    }))
}

/// Refuses where the bot token lacks this scope; the empty one is always there.
pub(crate) fn need_scope(state: &State, scope: &str) -> Result<(), Refusal> {
    if scope.is_empty() || state.app.scopes.iter().any(|held| held == scope) {
        return Ok(());
    }
    let mut refusal = Refusal::new("missing_scope");
    refusal.beside.insert("needed".into(), json!(scope));
    refusal
        .beside
        .insert("provided".into(), json!(state.app.scopes.join(",")));
    Err(refusal)
}

/// Writes down what is the app's mistake rather than the world's state.
fn note(state: &mut State, method: &str, refusal: &Refusal) {
    let kind = match refusal.code.as_str() {
        "unknown_method" => ProblemKind::UnknownMethod,
        "invalid_blocks"
        | "invalid_arguments"
        | "invalid_json"
        | "invalid_post_type"
        | "json_not_object"
        | "invalid_blocks_format"
        | "view_too_large"
        | "msg_blocks_too_long"
        | "msg_too_long"
        | "no_text"
        | "invalid_metadata_format"
        | "metadata_too_large" => ProblemKind::InvalidBlocks,
        "not_authed" | "invalid_auth" | "not_allowed_token_type" => ProblemKind::Token,
        "missing_scope" => ProblemKind::MissingScope,
        "expired_trigger_id" | "exchanged_trigger_id" | "invalid_trigger_id" => {
            ProblemKind::Trigger
        }
        _ => return,
    };
    let beside = Value::Object(refusal.beside.clone());
    state
        .ledger
        .problem(kind, format!("{method}: {} {beside}", refusal.code));
}

fn too_fast(workspace: &Workspace, method: &str, args: &Args) -> Option<u64> {
    let wall = workspace.now().timestamp_millis();
    workspace.with(|state| {
        let now = match state.pace {
            Pace::Off => return None,
            Pace::Real => i64::try_from(state.sockets.uptime().as_millis()).unwrap_or(i64::MAX),
            Pace::Wall => wall,
        };
        let wait = state
            .meter
            .count((method, state.app.commercial), args.str("channel"), now)?;
        state.ledger.problem(
            ProblemKind::TooFast,
            format!("{method} to {}", args.str("channel").unwrap_or("-")),
        );
        Some(wait)
    })
}

/// Answers with a fault in place of the work.
async fn refuse(workspace: &Workspace, method: &str, args: Args, fault: &Fault) -> Response {
    let (status, answer) = match fault {
        Fault::RateLimited(_) => (429, json!({"ok": false, "error": "ratelimited"})),
        Fault::Status(status) => (*status, Value::Null),
        Fault::Error(code) => (200, json!({"ok": false, "error": code})),
        _ => (0, Value::Null),
    };
    let at = workspace.now_ts();
    let call = Call {
        method: method.to_owned(),
        args: args.value(),
        status,
        answer: answer.clone(),
        at,
    };
    workspace.change(|state| state.ledger.calls.push(call));
    answer_fault(fault, answer).await
}

/// The HTTP answer of a fault.
pub(crate) async fn answer_fault(fault: &Fault, answer: Value) -> Response {
    match fault {
        Fault::RateLimited(wait) => (
            StatusCode::TOO_MANY_REQUESTS,
            [("retry-after", wait.to_string())],
            axum::Json(answer),
        )
            .into_response(),
        Fault::Status(status) => StatusCode::from_u16(*status)
            .unwrap_or(StatusCode::BAD_GATEWAY)
            .into_response(),
        Fault::Error(_) => axum::Json(answer).into_response(),
        Fault::Hang => std::future::pending().await,
        _ => cut(),
    }
}

/// An answer whose connection breaks in the middle.
pub(crate) fn cut() -> Response {
    let broken = futures_util::stream::once(async {
        Err::<Bytes, _>(std::io::Error::other("cut on demand"))
    });
    let mut response = Response::new(Body::from_stream(broken));
    response
        .headers_mut()
        .insert("content-length", HeaderValue::from_static("64"));
    response
}
