//! `conversations.*`

use super::users::page;
use super::{Answer, Ctx, Refusal, need_scope};
use crate::records::{Channel, ChannelKind, Message};
use crate::state::State;
use serde_json::{Value, json};

/// `channels:read`, `groups:history` …
fn scope(kind: ChannelKind, what: &str) -> String {
    let family = match kind {
        ChannelKind::Public => "channels",
        ChannelKind::Private => "groups",
        ChannelKind::Direct => "im",
        ChannelKind::Group => "mpim",
    };
    format!("{family}:{what}")
}

/// The conversation of the call, if the bot may know of it.
fn known<'a>(state: &'a State, id: Option<&str>) -> Result<&'a Channel, Refusal> {
    let channel = id
        .and_then(|id| state.channel(id))
        .ok_or_else(|| Refusal::new("channel_not_found"))?;
    if channel.kind != ChannelKind::Public && !channel.has(&state.app.bot_user) {
        return Err(Refusal::new("channel_not_found"));
    }
    Ok(channel)
}

fn wire(state: &State, channel: &Channel) -> Value {
    if channel.kind == ChannelKind::Direct {
        let other = channel
            .members
            .iter()
            .find(|member| **member != state.app.bot_user);
        return json!({
            "id": channel.id, "created": 1_700_000_000, "is_archived": channel.archived, "is_im": true,
            "is_org_shared": false, "user": other, "is_user_deleted": false,
        });
    }
    json!({
        "id": channel.id, "name": channel.name, "name_normalized": channel.name, "is_channel": channel.kind == ChannelKind::Public,
        "is_group": channel.kind == ChannelKind::Private, "is_im": false, "is_mpim": channel.kind == ChannelKind::Group,
        "is_private": channel.kind != ChannelKind::Public, "created": 1_700_000_000, "is_archived": channel.archived,
        "is_general": false, "is_shared": channel.ext_shared, "is_ext_shared": channel.ext_shared, "is_org_shared": false,
        "is_pending_ext_shared": false, "is_member": channel.has(&state.app.bot_user), "context_team_id": state.team.id,
        "topic": {"value": "", "creator": "", "last_set": 0}, "purpose": {"value": "", "creator": "", "last_set": 0},
        "num_members": channel.members.len(),
    })
}

pub(super) fn open(ctx: &mut Ctx<'_>) -> Answer {
    if let Some(id) = ctx.args.str("channel") {
        let channel = known(ctx.state, Some(id))?;
        return Ok(
            json!({"ok": true, "no_op": true, "already_open": true, "channel": {"id": channel.id}}),
        );
    }
    let users = ctx.args.list("users");
    need_scope(
        ctx.state,
        if users.len() > 1 {
            "mpim:write"
        } else {
            "im:write"
        },
    )?;
    if users.is_empty() {
        return Err(Refusal::new("not_enough_users"));
    }
    if users.len() > 8 {
        return Err(Refusal::new("too_many_users"));
    }
    for id in &users {
        let user = ctx
            .state
            .user(id)
            .ok_or_else(|| Refusal::new("user_not_found"))?;
        super::users::visible(ctx.state, user)?;
        if user.deleted {
            return Err(Refusal::new("user_disabled"));
        }
    }
    let (id, already) = match users.as_slice() {
        [one] => ctx.state.open_dm(one),
        several => open_group(ctx.state, several),
    };
    let full = ctx
        .args
        .flag("return_im")
        .then(|| known(ctx.state, Some(&id)).map(|channel| wire(ctx.state, channel)));
    let channel = full.transpose()?.unwrap_or_else(|| json!({"id": id}));
    if already {
        return Ok(json!({"ok": true, "no_op": true, "already_open": true, "channel": channel}));
    }
    Ok(json!({"ok": true, "channel": channel}))
}

fn open_group(state: &mut State, users: &[String]) -> (String, bool) {
    let mut members = users.to_vec();
    members.push(state.app.bot_user.clone());
    let same = |channel: &&Channel| {
        channel.kind == ChannelKind::Group
            && channel.members.len() == members.len()
            && members.iter().all(|member| channel.has(member))
    };
    if let Some(channel) = state.channels.iter().find(same) {
        return (channel.id.clone(), true);
    }
    let id = state.id("G");
    state.channels.push(Channel {
        id: id.clone(),
        name: format!("mpdm-{}", users.join("--").to_lowercase()),
        kind: ChannelKind::Group,
        members,
        archived: false,
        ext_shared: false,
        messages: Vec::new(),
    });
    (id, false)
}

pub(super) fn info(ctx: &mut Ctx<'_>) -> Answer {
    let channel = known(ctx.state, ctx.args.str("channel"))?;
    need_scope(ctx.state, &scope(channel.kind, "read"))?;
    Ok(json!({"ok": true, "channel": wire(ctx.state, channel)}))
}

pub(super) fn list(ctx: &mut Ctx<'_>) -> Answer {
    let types = ctx.args.list("types");
    let types = if types.is_empty() {
        vec!["public_channel".to_owned()]
    } else {
        types
    };
    let mut found = Vec::new();
    for name in &types {
        let kind = match name.as_str() {
            "public_channel" => ChannelKind::Public,
            "private_channel" => ChannelKind::Private,
            "im" => ChannelKind::Direct,
            "mpim" => ChannelKind::Group,
            _ => return Err(Refusal::new("invalid_types")),
        };
        need_scope(ctx.state, &scope(kind, "read"))?;
        let mine = |channel: &&Channel| {
            kind == ChannelKind::Public || channel.has(&ctx.state.app.bot_user)
        };
        let of_kind = ctx
            .state
            .channels
            .iter()
            .filter(|channel| channel.kind == kind)
            .filter(mine);
        let leave_out = ctx.args.flag("exclude_archived");
        found.extend(
            of_kind
                .filter(|channel| !(leave_out && channel.archived))
                .map(|channel| wire(ctx.state, channel)),
        );
    }
    let (page, next) = page(
        &found,
        ctx.args.str("cursor"),
        ctx.args.number("limit").or(Some(100)),
    )?;
    Ok(json!({"ok": true, "channels": page, "response_metadata": {"next_cursor": next}}))
}

pub(super) fn members(ctx: &mut Ctx<'_>) -> Answer {
    let channel = known(ctx.state, ctx.args.str("channel"))?;
    need_scope(ctx.state, &scope(channel.kind, "read"))?;
    let (page, next) = page(
        &channel.members,
        ctx.args.str("cursor"),
        ctx.args.number("limit").or(Some(100)),
    )?;
    Ok(json!({"ok": true, "members": page, "response_metadata": {"next_cursor": next}}))
}

/// The conversation, if the bot may read what was said.
fn readable<'a>(ctx: &'a Ctx<'_>) -> Result<&'a Channel, Refusal> {
    let channel = known(ctx.state, ctx.args.str("channel"))?;
    need_scope(ctx.state, &scope(channel.kind, "history"))?;
    if !channel.has(&ctx.state.app.bot_user) {
        return Err(Refusal::new("not_in_channel"));
    }
    Ok(channel)
}

/// Microseconds of a message time as callers write it: `1700000000.000100`, `1700000000`, or a number.
fn micros(value: Option<&Value>) -> Result<Option<i64>, Refusal> {
    let text = match value {
        None => return Ok(None),
        Some(Value::String(text)) if text.is_empty() => return Ok(None),
        Some(Value::String(text)) => text.clone(),
        Some(other) => other.to_string(),
    };
    let (seconds, digits) = text.split_once('.').unwrap_or((&text, ""));
    let digits: String = digits.chars().chain("000000".chars()).take(6).collect();
    let read = |text: &str| text.parse::<i64>().ok();
    match (read(seconds), read(&digits)) {
        (Some(seconds), Some(digits)) => Ok(Some(
            seconds.saturating_mul(1_000_000).saturating_add(digits),
        )),
        _ => Err(Refusal::new("invalid_ts_latest")),
    }
}

/// How many messages one answer gives. Source: docs.slack.dev/reference/methods/conversations.history.
fn limit(ctx: &Ctx<'_>) -> Result<usize, Refusal> {
    let most = if ctx.state.app.commercial { 15 } else { 999 };
    let usual = if ctx.state.app.commercial { 15 } else { 100 };
    match ctx.args.get("limit") {
        None => Ok(usual),
        Some(_) => match ctx.args.number("limit") {
            Some(limit @ 1..=1_000) => Ok(limit.min(most)),
            _ => Err(Refusal::new("invalid_limit")),
        },
    }
}

fn said(ctx: &Ctx<'_>, pick: impl Fn(&Message) -> bool) -> Answer {
    let channel = readable(ctx)?;
    let (oldest, latest) = (
        micros(ctx.args.get("oldest"))?,
        micros(ctx.args.get("latest"))?,
    );
    let inclusive = ctx.args.flag("inclusive");
    let within = |message: &&Message| {
        let Ok(Some(at)) = micros(Some(&json!(message.ts))) else {
            return false;
        };
        let from = oldest.is_none_or(|oldest| at > oldest || (inclusive && at == oldest));
        let to = latest.is_none_or(|latest| at < latest || (inclusive && at == latest));
        from && to
    };
    let found: Vec<&Message> = channel
        .messages
        .iter()
        .rev()
        .filter(|message| !message.deleted && pick(message))
        .filter(within)
        .collect();
    let limit = limit(ctx)?;
    let (page, next) = page(&found, ctx.args.str("cursor"), Some(limit))?;
    let metadata = ctx.args.flag("include_all_metadata");
    let (app, team) = (&ctx.state.app, &ctx.state.team.id);
    let messages: Vec<Value> = page
        .iter()
        .map(|message| message.wire(app, team, metadata))
        .collect();
    let mut answer =
        json!({"ok": true, "messages": messages, "has_more": !next.is_empty(), "pin_count": 0});
    if !next.is_empty() {
        answer["response_metadata"] = json!({"next_cursor": next});
    }
    Ok(answer)
}

pub(super) fn history(ctx: &mut Ctx<'_>) -> Answer {
    said(ctx, |message| message.thread_ts.is_none())
}

pub(super) fn replies(ctx: &mut Ctx<'_>) -> Answer {
    let root = ctx.args.str("ts").unwrap_or_default().to_owned();
    let there = readable(ctx)?
        .message(&root)
        .is_some_and(|message| !message.deleted);
    if !there {
        return Err(Refusal::new("thread_not_found"));
    }
    let mut answer = said(ctx, |message| {
        message.ts == root || message.thread_ts.as_deref() == Some(&root)
    })?;
    if let Some(messages) = answer["messages"].as_array_mut() {
        messages.reverse();
    }
    Ok(answer)
}
