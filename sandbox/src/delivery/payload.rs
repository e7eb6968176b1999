//! The payloads, in Slack's shapes.

use crate::records::{Channel, ChannelKind};
use crate::state::State;
use crate::views::View;
use chrono::{DateTime, Utc};
use serde_json::{Value, json};

/// The enterprise of an app that is installed in a whole organisation.
const ENTERPRISE: &str = "E0SANDBOX";

/// `user` of an interaction.
fn user(state: &State, id: &str) -> Value {
    let found = state.user(id);
    let name = found.map_or("", |user| user.name.as_str());
    let team = found.map_or("", |user| user.team_id.as_str());
    json!({"id": id, "username": name, "name": name, "team_id": team})
}

/// The domain of a workspace: ours, or that of an outside person.
fn domain<'a>(state: &'a State, team_id: &str) -> &'a str {
    if team_id == state.team.id {
        &state.team.domain
    } else {
        "elsewhere"
    }
}

/// `team`, `enterprise` and the like, which every interaction begins with. The team is the acting person's.
fn frame(state: &State, kind: &str, user_id: &str) -> Value {
    let team_id = state
        .user(user_id)
        .map_or(state.team.id.as_str(), |user| user.team_id.as_str());
    let domain = domain(state, team_id);
    let org = state.team.org_wide;
    json!({
        "type": kind,
        "team": if org { Value::Null } else { json!({"id": team_id, "domain": domain}) },
        "user": user(state, user_id), "api_app_id": state.app.id, "token": "legacy",
        "enterprise": if org { json!({"id": ENTERPRISE, "name": "Sandbox organisation"}) } else { Value::Null },
        "is_enterprise_install": org,
    })
}

/// What `channel_name` says of a conversation.
fn channel_name(channel: &Channel) -> &str {
    match channel.kind {
        ChannelKind::Direct => "directmessage",
        ChannelKind::Private | ChannelKind::Group => "privategroup",
        ChannelKind::Public => &channel.name,
    }
}

pub(crate) struct Slash<'a> {
    pub(crate) user: &'a str,
    pub(crate) channel: &'a Channel,
    pub(crate) command: &'a str,
    pub(crate) text: &'a str,
    pub(crate) response_url: &'a str,
    pub(crate) trigger_id: &'a str,
}

pub(crate) fn slash(state: &State, slash: &Slash<'_>) -> Value {
    let name = state.user(slash.user).map_or("", |user| user.name.as_str());
    let team = state
        .user(slash.user)
        .map_or(state.team.id.as_str(), |user| user.team_id.as_str());
    let mut payload = json!({
        "token": "legacy", "team_id": team, "team_domain": domain(state, team), "channel_id": slash.channel.id,
        "channel_name": channel_name(slash.channel), "user_id": slash.user, "user_name": name, "command": slash.command,
        "text": slash.text, "api_app_id": state.app.id, "is_enterprise_install": state.team.org_wide.to_string(),
        "response_url": slash.response_url, "trigger_id": slash.trigger_id,
    });
    if state.team.org_wide {
        payload["enterprise_id"] = json!(ENTERPRISE);
        payload["enterprise_name"] = json!("Sandbox organisation");
    }
    payload
}

/// `block_actions` from a message; `message` is null for an ephemeral one.
pub(crate) struct Click<'a> {
    pub(crate) user: &'a str,
    pub(crate) channel: &'a Channel,
    pub(crate) ts: &'a str,
    pub(crate) message: Value,
    pub(crate) values: Value,
    pub(crate) action: Value,
    pub(crate) response_url: &'a str,
    pub(crate) trigger_id: &'a str,
}

pub(crate) fn click(state: &State, click: Click<'_>) -> Value {
    let mut payload = frame(state, "block_actions", click.user);
    payload["container"] = json!({
        "type": "message", "message_ts": click.ts, "channel_id": click.channel.id, "is_ephemeral": click.message.is_null(),
    });
    payload["trigger_id"] = json!(click.trigger_id);
    payload["channel"] = json!({"id": click.channel.id, "name": channel_name(click.channel)});
    if !click.message.is_null() {
        payload["message"] = click.message;
    }
    payload["state"] = json!({"values": click.values});
    payload["response_url"] = json!(click.response_url);
    payload["actions"] = json!([click.action]);
    payload
}

/// `block_actions` from a modal or an App Home.
pub(crate) fn view_click(state: &State, view: &View, action: &Value, trigger_id: &str) -> Value {
    let mut payload = frame(state, "block_actions", &view.user);
    payload["container"] = json!({"type": "view", "view_id": view.id});
    payload["trigger_id"] = json!(trigger_id);
    payload["view"] = view.wire(state);
    payload["actions"] = json!([action]);
    payload
}

pub(crate) fn submission(
    state: &State,
    view: &View,
    trigger_id: &str,
    response_urls: Vec<Value>,
) -> Value {
    let mut payload = frame(state, "view_submission", &view.user);
    payload["trigger_id"] = json!(trigger_id);
    payload["view"] = view.wire(state);
    payload["response_urls"] = Value::Array(response_urls);
    payload
}

pub(crate) fn closed(state: &State, view: &View, cleared: bool) -> Value {
    let mut payload = frame(state, "view_closed", &view.user);
    payload["view"] = view.wire(state);
    payload["is_cleared"] = json!(cleared);
    payload
}

/// `event_callback` around an event.
pub(crate) fn event(state: &mut State, mut event: Value, now: DateTime<Utc>) -> Value {
    let id = state.id("Ev");
    if event.get("event_ts").is_none() {
        event["event_ts"] = json!(crate::clock::ts_of(now.timestamp_micros()));
    }
    let org = state.team.org_wide;
    let enterprise = if org { json!(ENTERPRISE) } else { Value::Null };
    json!({
        "token": "legacy", "team_id": state.team.id, "context_team_id": state.team.id, "api_app_id": state.app.id,
        "event": event, "type": "event_callback", "event_id": id, "event_time": now.timestamp(),
        "authorizations": [{
            "enterprise_id": enterprise, "team_id": if org { Value::Null } else { json!(state.team.id) },
            "user_id": state.app.bot_user, "is_bot": true, "is_enterprise_install": org,
        }],
        "is_ext_shared_channel": false, "event_context": format!("4-{id}"),
    })
}
