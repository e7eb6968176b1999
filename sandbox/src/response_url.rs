//! `response_url`s: five answers within thirty minutes, without a token.

use crate::api::{Content, answer_fault};
use crate::faults;
use crate::ledger::{Call, ProblemKind};
use crate::records::Origin;
use crate::state::State;
use crate::workspace::Workspace;
use axum::body::Bytes;
use axum::extract::{OriginalUri, State as Extract};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};

/// What a `response_url` is bound to.
#[derive(Clone, Debug)]
pub(crate) struct ResponseUrl {
    pub(crate) channel: String,
    pub(crate) user: String,
    /// The message it can replace; none for a slash command.
    pub(crate) message: Option<String>,
    pub(crate) ephemeral: bool,
    issued: DateTime<Utc>,
    uses: u8,
}

impl State {
    /// A new `response_url`; `family` is `commands` or `actions`.
    pub(crate) fn new_response_url(
        &mut self,
        base: &str,
        family: &str,
        (channel, user): (&str, &str),
        (message, ephemeral): (Option<&str>, bool),
        now: DateTime<Utc>,
    ) -> String {
        let number = self.number();
        let url = format!(
            "{base}/hooks/{family}/{}/{number}/{:016x}",
            self.team.id,
            rand::random::<u64>()
        );
        let bound = ResponseUrl {
            channel: channel.to_owned(),
            user: user.to_owned(),
            message: message.map(str::to_owned),
            ephemeral,
            issued: now,
            uses: 0,
        };
        self.response_urls.insert(url.clone(), bound);
        url
    }

    fn use_response_url(
        &mut self,
        url: &str,
        now: DateTime<Utc>,
    ) -> Result<ResponseUrl, &'static str> {
        let bound = self.response_urls.get_mut(url).ok_or("expired_url")?;
        if now - bound.issued > TimeDelta::minutes(30) {
            return Err("expired_url");
        }
        if bound.uses >= 5 {
            return Err("used_url");
        }
        bound.uses += 1;
        Ok(bound.clone())
    }
}

pub(crate) async fn handle(
    Extract(workspace): Extract<Workspace>,
    OriginalUri(uri): OriginalUri,
    body: Bytes,
) -> Response {
    let url = format!("{}{}", workspace.url(), uri.path());
    let bound = workspace.with(|state| state.response_urls.get(&url).cloned());
    let channel = bound.map(|bound| bound.channel);
    let fault =
        workspace.with(|state| faults::take(&mut state.faults, "response_url", channel.as_deref()));
    if let Some(fault) = &fault
        && !fault.after_doing()
    {
        let answer = if let faults::Fault::Error(code) = fault {
            json!(code)
        } else {
            Value::Null
        };
        return answer_fault(fault, answer).await;
    }
    let now = workspace.now();
    let given: Value = serde_json::from_slice(&body).unwrap_or(Value::Null);
    let result = workspace.change(|state| {
        let result = answer(state, &url, &given, now);
        let (status, words) = match &result {
            Ok(()) => (200, json!("ok")),
            Err((status, words)) => (*status, json!(words)),
        };
        if let Err((_, words)) = &result {
            let kind = if *words == "invalid_blocks" {
                ProblemKind::InvalidBlocks
            } else {
                ProblemKind::ResponseUrl
            };
            state.ledger.problem(kind, format!("response_url: {words}"));
        }
        let at = crate::clock::ts_of(now.timestamp_micros());
        let call = Call {
            method: "response_url".into(),
            args: given.clone(),
            status,
            answer: words,
            at,
        };
        state.ledger.calls.push(call);
        result
    });
    match fault {
        Some(faults::Fault::HangAfterDoing) => std::future::pending().await,
        Some(faults::Fault::ResetAfterDoing) => return crate::api::cut(),
        Some(fault) => tokio::time::sleep(fault.delay().unwrap_or_default()).await,
        None => {}
    }
    match result {
        Ok(()) => "ok".into_response(),
        Err((status, words)) => (
            StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_REQUEST),
            words,
        )
            .into_response(),
    }
}

/// A flag that apps write as a boolean or as text.
fn flag(value: &Value) -> bool {
    value == true || value == "true"
}

fn answer(
    state: &mut State,
    url: &str,
    given: &Value,
    now: DateTime<Utc>,
) -> Result<(), (u16, &'static str)> {
    let bound = state
        .use_response_url(url, now)
        .map_err(|words| (404, words))?;
    if !given.is_object() {
        return Err((400, "invalid_payload"));
    }
    let mut content = Content::read(|key| given.get(key).filter(|value| !value.is_null()).cloned())
        .map_err(|_| (400, "invalid_blocks"))?;
    let ephemeral = bound.ephemeral;
    if flag(&given["delete_original"]) {
        let ts = bound.message.ok_or((404, "no_original"))?;
        if ephemeral {
            forget(state, &bound.channel, &ts);
        } else if let Some(message) = state
            .channel_mut(&bound.channel)
            .and_then(|channel| channel.message_mut(&ts))
        {
            message.deleted = true;
        }
        return Ok(());
    }
    if content.is_empty() {
        return Err((400, "no_text"));
    }
    if flag(&given["replace_original"])
        && let Some(ts) = &bound.message
    {
        if ephemeral {
            forget(state, &bound.channel, ts);
            crate::api::whisper(
                state,
                &bound.channel,
                &bound.user,
                content,
                Origin::ResponseUrl(url.to_owned()),
                now,
            );
            return Ok(());
        }
        let there = state
            .channel(&bound.channel)
            .and_then(|channel| channel.message(ts))
            .is_some_and(|m| !m.deleted);
        if !there {
            return Err((404, "message_not_found"));
        }
        // Unlike `chat.update`, a replacement is a whole new message: blocks that are left out are gone.
        content.blocks.get_or_insert_default();
        crate::api::edit(state, &bound.channel, ts, content, now);
        return Ok(());
    }
    let origin = Origin::ResponseUrl(url.to_owned());
    if given["response_type"] == "in_channel" {
        crate::api::put(state, &bound.channel, content, None, origin, now);
    } else {
        crate::api::whisper(state, &bound.channel, &bound.user, content, origin, now);
    }
    Ok(())
}

fn forget(state: &mut State, channel: &str, ts: &str) {
    for message in state
        .ephemerals
        .iter_mut()
        .filter(|message| message.channel == channel && message.ts == ts)
    {
        message.gone = true;
    }
}
