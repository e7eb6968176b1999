//! Who the app is, and its way into Socket Mode.

use super::{Answer, Ctx, Refusal};
use serde_json::json;

#[expect(clippy::unnecessary_wraps, reason = "every method has this shape")]
pub(super) fn api_test(ctx: &mut Ctx<'_>) -> Answer {
    Ok(json!({"ok": true, "args": ctx.args.clone().value()}))
}

#[expect(clippy::unnecessary_wraps, reason = "every method has this shape")]
pub(super) fn test(ctx: &mut Ctx<'_>) -> Answer {
    let (team, app) = (&ctx.state.team, &ctx.state.app);
    Ok(json!({
        "ok": true, "url": format!("https://{}.slack.com/", team.domain), "team": team.name, "user": app.name,
        "team_id": team.id, "user_id": app.bot_user, "bot_id": app.bot_id, "is_enterprise_install": team.org_wide,
    }))
}

#[expect(clippy::unnecessary_wraps, reason = "every method has this shape")]
pub(super) fn team_info(ctx: &mut Ctx<'_>) -> Answer {
    let team = &ctx.state.team;
    Ok(json!({"ok": true, "team": {"id": team.id, "name": team.name, "domain": team.domain}}))
}

pub(super) fn connections_open(ctx: &mut Ctx<'_>) -> Answer {
    if !ctx.state.edges.socket_mode {
        return Err(Refusal::new("not_allowed_token_type"));
    }
    let ticket = ctx.state.sockets.new_ticket();
    let base = ctx.base.replacen("http", "ws", 1);
    let app = &ctx.state.app.id;
    Ok(json!({"ok": true, "url": format!("{base}/link/?ticket={ticket}&app_id={app}")}))
}
