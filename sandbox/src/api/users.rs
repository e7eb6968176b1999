//! `users.*`

use super::{Answer, Ctx, Refusal, need_scope};
use crate::records::{Channel, Guest, User};
use crate::state::State;
use serde_json::{Value, json};

fn email(state: &State, user: &User) -> String {
    format!("{}@{}.example", user.name, state.team.domain)
}

fn wire(state: &State, user: &User) -> Value {
    let mut profile = json!({
        "real_name": user.real_name, "display_name": user.name, "title": user.title, "team": user.team_id,
        "image_48": format!("https://{}.slack.com/avatars/{}-48.png", state.team.domain, user.id),
    });
    if !user.is_bot && need_scope(state, "users:read.email").is_ok() {
        profile["email"] = json!(email(state, user));
    }
    json!({
        "id": user.id, "team_id": user.team_id, "name": user.name, "deleted": user.deleted, "color": "9f69e7",
        "real_name": user.real_name, "tz": "Europe/London", "tz_label": "Greenwich Mean Time", "tz_offset": 0,
        "profile": profile, "is_admin": false, "is_owner": false, "is_primary_owner": false,
        "is_restricted": user.guest != Guest::No, "is_ultra_restricted": user.guest == Guest::SingleChannel,
        "is_stranger": user.team_id != state.team.id, "is_bot": user.is_bot, "is_app_user": false,
        "updated": 1_700_000_000, "is_email_confirmed": true, "who_can_share_contact_card": "EVERYONE",
    })
}

pub(super) fn info(ctx: &mut Ctx<'_>) -> Answer {
    let id = ctx.args.str("user").unwrap_or_default();
    let user = ctx
        .state
        .user(id)
        .ok_or_else(|| Refusal::new("user_not_found"))?;
    visible(ctx.state, user)?;
    Ok(json!({"ok": true, "user": wire(ctx.state, user)}))
}

/// Somebody of another workspace is seen only through a conversation that the bot shares with them.
pub(super) fn visible(state: &State, user: &User) -> Result<(), Refusal> {
    let shared = |channel: &Channel| channel.has(&user.id) && channel.has(&state.app.bot_user);
    if user.team_id == state.team.id || state.channels.iter().any(shared) {
        Ok(())
    } else {
        Err(Refusal::new("user_not_visible"))
    }
}

pub(super) fn by_email(ctx: &mut Ctx<'_>) -> Answer {
    let wanted = ctx.args.str("email").unwrap_or_default();
    let found = ctx
        .state
        .users
        .iter()
        .find(|user| !user.is_bot && !user.deleted && email(ctx.state, user) == wanted);
    let user = found.ok_or_else(|| Refusal::new("users_not_found"))?;
    Ok(json!({"ok": true, "user": wire(ctx.state, user)}))
}

pub(super) fn list(ctx: &mut Ctx<'_>) -> Answer {
    let (page, next) = page(
        &ctx.state.users,
        ctx.args.str("cursor"),
        ctx.args.number("limit"),
    )?;
    let members: Vec<Value> = page.iter().map(|user| wire(ctx.state, user)).collect();
    Ok(
        json!({"ok": true, "members": members, "cache_ts": ctx.now.timestamp(), "response_metadata": {"next_cursor": next}}),
    )
}

/// A page of a list; without a limit all that is left. The cursor after the last page is empty.
pub(super) fn page<'a, T>(
    all: &'a [T],
    cursor: Option<&str>,
    limit: Option<usize>,
) -> Result<(&'a [T], String), Refusal> {
    let from = match cursor.filter(|cursor| !cursor.is_empty()) {
        Some(cursor) => cursor
            .strip_prefix("after:")
            .and_then(|number| number.parse().ok())
            .filter(|from: &usize| *from <= all.len())
            .ok_or_else(|| Refusal::new("invalid_cursor"))?,
        None => 0,
    };
    let most = limit.filter(|limit| *limit > 0).unwrap_or(1_000).min(1_000);
    let to = from.saturating_add(most).min(all.len());
    let next = if to < all.len() {
        format!("after:{to}")
    } else {
        String::new()
    };
    Ok((all.get(from..to).unwrap_or_default(), next))
}
