//! `views.*`

use super::{Answer, Ctx, Refusal};
use crate::blocks;
use serde_json::{Value, json};

/// The largest view, in bytes of JSON.
const LARGEST: usize = 250_000;

/// The view of the call, checked and with names on all its blocks.
fn content(ctx: &Ctx<'_>, home: bool) -> Result<Value, Refusal> {
    let given = ctx.args.get("view").ok_or_else(|| {
        Refusal::because(
            "invalid_arguments",
            &["[ERROR] missing required field: view".to_owned()],
        )
    })?;
    checked(given, home)
}

/// Checks a view and names its blocks.
pub(crate) fn checked(given: &Value, home: bool) -> Result<Value, Refusal> {
    if given.to_string().len() > LARGEST {
        return Err(Refusal::new("view_too_large"));
    }
    let mut faults = blocks::check_view(given);
    let wanted = if home { "home" } else { "modal" };
    if given["type"] != wanted {
        faults.push(format!(
            "[ERROR] must be of type {wanted} [json-pointer:/view/type]"
        ));
    }
    if !faults.is_empty() {
        return Err(Refusal::because("invalid_arguments", &faults));
    }
    let mut view = given.clone();
    if let Some(list) = view["blocks"].as_array_mut() {
        blocks::name_blocks(list);
    }
    Ok(view)
}

fn unique_external(ctx: &Ctx<'_>, view: &Value, except: &str) -> Result<(), Refusal> {
    let external = view["external_id"].as_str().unwrap_or_default();
    let taken = ctx
        .state
        .views
        .by_external(external)
        .is_some_and(|other| other.id != except);
    if !external.is_empty() && taken {
        Err(Refusal::new("duplicate_external_id"))
    } else {
        Ok(())
    }
}

pub(super) fn open(ctx: &mut Ctx<'_>) -> Answer {
    let view = content(ctx, false)?;
    unique_external(ctx, &view, "")?;
    let trigger = ctx.args.str("trigger_id").unwrap_or_default();
    let (user, _) = ctx.state.use_trigger(trigger).map_err(Refusal::new)?;
    let view = ctx.state.place_view(&user, view, false);
    Ok(json!({"ok": true, "view": view.wire(ctx.state)}))
}

pub(super) fn push(ctx: &mut Ctx<'_>) -> Answer {
    let view = content(ctx, false)?;
    unique_external(ctx, &view, "")?;
    let trigger = ctx.args.str("trigger_id").unwrap_or_default();
    let (user, from) = ctx.state.use_trigger(trigger).map_err(Refusal::new)?;
    let depth = ctx.state.views.stacks.get(&user).map_or(0, Vec::len);
    if from.is_none() || depth == 0 {
        return Err(Refusal::new("not_found"));
    }
    if depth >= 3 {
        return Err(Refusal::new("push_limit_reached"));
    }
    let view = ctx.state.place_view(&user, view, true);
    Ok(json!({"ok": true, "view": view.wire(ctx.state)}))
}

pub(super) fn update(ctx: &mut Ctx<'_>) -> Answer {
    let found = match (ctx.args.str("view_id"), ctx.args.str("external_id")) {
        (Some(id), _) => ctx.state.views.all.get(id),
        (None, Some(external)) => ctx.state.views.by_external(external),
        (None, None) => {
            return Err(Refusal::because(
                "invalid_arguments",
                &["[ERROR] missing required field: view_id or external_id".to_owned()],
            ));
        }
    };
    let (id, hash, home) = match found {
        Some(view) => (
            view.id.clone(),
            view.hash.clone(),
            view.content["type"] == "home",
        ),
        None => return Err(Refusal::new("not_found")),
    };
    let view = content(ctx, home)?;
    unique_external(ctx, &view, &id)?;
    if ctx.args.str("hash").is_some_and(|given| given != hash) {
        return Err(Refusal::new("hash_conflict"));
    }
    let view = ctx
        .state
        .replace_view(&id, view)
        .ok_or_else(|| Refusal::new("not_found"))?;
    Ok(json!({"ok": true, "view": view.wire(ctx.state)}))
}

pub(super) fn publish(ctx: &mut Ctx<'_>) -> Answer {
    if !ctx.state.app.home_tab {
        return Err(Refusal::new("not_enabled"));
    }
    let view = content(ctx, true)?;
    let user = ctx.args.str("user_id").unwrap_or_default().to_owned();
    if ctx.state.user(&user).is_none() {
        return Err(Refusal::new("user_not_found"));
    }
    if let (Some(given), Some(id)) = (ctx.args.str("hash"), ctx.state.views.homes.get(&user))
        && ctx
            .state
            .views
            .all
            .get(id)
            .is_some_and(|home| home.hash != given)
    {
        return Err(Refusal::new("hash_conflict"));
    }
    let view = ctx.state.publish_home(&user, view);
    Ok(json!({"ok": true, "view": view.wire(ctx.state)}))
}
