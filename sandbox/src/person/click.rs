//! Buttons and menus, on messages and in views.

use super::{CannotDo, ClickOutcome, ClientError, Person};
use crate::blocks::{values, walk};
use crate::clock::ts_of;
use crate::delivery::{Kind, payload};
use crate::state::State;
use crate::workspace::Workspace;
use serde_json::{Value, json};

/// The element, by its `action_id` or by `block_id/action_id`.
fn find<'a>(blocks: &'a [Value], wanted: &str) -> Result<(&'a str, &'a Value), CannotDo> {
    let all = walk::elements(blocks);
    let named = |(block, element): &&(&str, &Value)| {
        let action = element["action_id"].as_str().unwrap_or_default();
        action == wanted
            || wanted
                .strip_prefix(*block)
                .and_then(|rest| rest.strip_prefix('/'))
                == Some(action)
    };
    all.iter().find(named).copied().ok_or_else(|| {
        let there: Vec<&str> = all
            .iter()
            .filter_map(|(_, element)| element["action_id"].as_str())
            .collect();
        CannotDo::NoAction(wanted.to_owned(), there.join(", "))
    })
}

/// The entry of `actions`, and for whatever keeps a value, that value as `state` has it.
fn action(
    block: &str,
    element: &Value,
    entry: &Value,
    at: &str,
) -> Result<(Value, Option<Value>), CannotDo> {
    let kind = element["type"].as_str().unwrap_or_default();
    let mut action = json!({"type": kind, "action_id": element["action_id"], "block_id": block});
    let mut value = None;
    match kind {
        "button" | "workflow_button" => {
            for key in ["text", "value", "style", "url"] {
                if !element[key].is_null() {
                    action[key] = element[key].clone();
                }
            }
        }
        "overflow" => {
            let options = element["options"].as_array().into_iter().flatten();
            let chosen = options.into_iter().find(|option| option["value"] == *entry);
            let chosen = chosen
                .ok_or_else(|| CannotDo::NotAllowed(format!("{entry} is not in the menu")))?;
            action["selected_option"] = chosen.clone();
        }
        _ => {
            let entered = values::enter(element, entry).map_err(CannotDo::NotAllowed)?;
            for (key, inner) in entered.as_object().into_iter().flatten() {
                action[key] = inner.clone();
            }
            if !element["placeholder"].is_null() {
                action["placeholder"] = element["placeholder"].clone();
            }
            value = Some(entered);
        }
    }
    action["action_ts"] = json!(at);
    Ok((action, value))
}

impl Person {
    /// Presses a button of a message they see, a confirmation included. `action` is the `action_id`, or
    /// `block_id/action_id` where several blocks use the same one. Ephemeral messages are pressed the same way.
    ///
    /// # Errors
    /// Where the client would not let them.
    pub async fn click(
        &self,
        channel: &str,
        ts: &str,
        action: &str,
    ) -> Result<ClickOutcome, CannotDo> {
        self.choose(channel, ts, action, Value::Null).await
    }

    /// Chooses from a menu of a message they see: the `value` of an option, a user's id, a date.
    ///
    /// # Errors
    /// Where the client would not let them.
    pub async fn choose(
        &self,
        channel: &str,
        ts: &str,
        action: &str,
        entry: impl Into<Value>,
    ) -> Result<ClickOutcome, CannotDo> {
        self.signed_in()?;
        let key = (self.id.clone(), format!("{channel}:{ts}"));
        let entry = entry.into();
        let made = self.workspace.change(|state| {
            state.warnings.remove(&key);
            message_click(
                &self.workspace,
                state,
                &self.id,
                (channel, ts),
                (action, &entry),
            )
        })?;
        let ack = self.workspace.deliver(Kind::Interactive, made).await;
        if ack.is_good() {
            return Ok(ClickOutcome::Acked);
        }
        self.workspace
            .change(|state| state.warnings.insert(key, action.to_owned()));
        Ok(ClickOutcome::Failed(ClientError::Warning))
    }

    /// Presses a button or chooses from a menu in a modal of theirs, or in their App Home. `action` is the
    /// `action_id`, or `block_id/action_id`. `entry` is null for a button; what is chosen is filled in and sent.
    ///
    /// # Errors
    /// Where the client would not let them.
    pub async fn click_in_view(
        &self,
        view_id: &str,
        action: &str,
        entry: impl Into<Value>,
    ) -> Result<ClickOutcome, CannotDo> {
        self.signed_in()?;
        let entry = entry.into();
        let at = self.workspace.now_ts();
        let payload = self
            .workspace
            .change(|state| view_click(state, &self.id, view_id, (action, &entry), &at))?;
        let ack = self.workspace.deliver(Kind::Interactive, payload).await;
        let failed = ClientError::TroubleConnecting;
        self.workspace.change(|state| {
            if let Some(view) = state.views.all.get_mut(view_id) {
                view.failure = (!ack.is_good()).then(|| failed.to_string());
            }
        });
        Ok(if ack.is_good() {
            ClickOutcome::Acked
        } else {
            ClickOutcome::Failed(failed)
        })
    }
}

fn message_click(
    workspace: &Workspace,
    state: &mut State,
    user: &str,
    (channel, ts): (&str, &str),
    (wanted, entry): (&str, &Value),
) -> Result<Value, CannotDo> {
    let found = state
        .channel(channel)
        .filter(|found| state.sees(user, found))
        .cloned();
    let found = found.ok_or_else(|| CannotDo::NoChannel(channel.to_owned()))?;
    let whispered = state.ephemerals.iter().find(|message| {
        message.channel == channel && message.ts == ts && message.user == user && !message.gone
    });
    let (blocks, message) = match (
        found.message(ts).filter(|message| !message.deleted),
        whispered,
    ) {
        (Some(message), _) => (
            message.blocks.clone(),
            message.wire(&state.app, &state.team.id, true),
        ),
        (None, Some(whispered)) => (whispered.blocks.clone(), Value::Null),
        (None, None) => return Err(CannotDo::NoMessage(ts.to_owned())),
    };
    let now = workspace.now();
    let (block, element) = find(&blocks, wanted)?;
    let (action, value) = action(block, element, entry, &ts_of(now.timestamp_micros()))?;
    let mut values = Value::Object(values::initial_of(&blocks));
    if let (Some(value), Some(name)) = (value, element["action_id"].as_str()) {
        values[block][name] = value;
    }
    let bound = (Some(ts), message.is_null());
    let response_url =
        state.new_response_url(&workspace.url(), "actions", (channel, user), bound, now);
    let trigger_id = state.new_trigger(user, None);
    let channel = crate::records::Channel {
        messages: Vec::new(),
        ..found
    };
    let click = payload::Click {
        user,
        channel: &channel,
        ts,
        message,
        values,
        action,
        response_url: &response_url,
        trigger_id: &trigger_id,
    };
    Ok(payload::click(state, click))
}

fn view_click(
    state: &mut State,
    user: &str,
    view_id: &str,
    (wanted, entry): (&str, &Value),
    at: &str,
) -> Result<Value, CannotDo> {
    let view = state
        .views
        .all
        .get_mut(view_id)
        .filter(|view| view.user == user);
    let view = view.ok_or_else(|| CannotDo::NoView(view_id.to_owned()))?;
    let blocks = view.blocks().to_vec();
    let (block, element) = find(&blocks, wanted)?;
    let (action, value) = action(block, element, entry, at)?;
    if let (Some(value), Some(name)) = (value, element["action_id"].as_str())
        && let Some(slot) = view.values.get_mut(block)
    {
        slot[name] = value;
        view.errors.remove(block);
    }
    let view = view.clone();
    let trigger_id = state.new_trigger(user, Some(view_id));
    Ok(payload::view_click(state, &view, &action, &trigger_id))
}
