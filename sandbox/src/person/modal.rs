//! Filling, sending and closing modals.

use super::{CannotDo, ClickOutcome, ClientError, Person, Submitted};
use crate::api::checked;
use crate::blocks::values;
use crate::delivery::{Ack, Kind, payload};
use crate::ledger::ProblemKind;
use crate::state::State;
use crate::views::View;
use serde_json::{Value, json};
use std::collections::BTreeMap;

impl Person {
    /// Fills an input: text as text; the `value` of an option; a user's or channel's id; a date as `2026-12-24`; a
    /// list of these where several may be chosen; null to clear. Where the block says `dispatch_action` and it is not
    /// a text field, the app is told, as by [`Person::click_in_view`].
    ///
    /// # Errors
    /// Where the client would not let them, such as an option that is not offered or too long a text.
    pub async fn fill(
        &self,
        view_id: &str,
        block_id: &str,
        entry: impl Into<Value>,
    ) -> Result<ClickOutcome, CannotDo> {
        self.signed_in()?;
        let entry = entry.into();
        let tells = self.workspace.change(|state| {
            let view = open_view(state, &self.id, view_id)?;
            let block = view
                .block(block_id)
                .filter(|block| block["type"] == "input")
                .cloned()
                .ok_or_else(|| {
                    let inputs = view
                        .blocks()
                        .iter()
                        .filter(|block| block["type"] == "input");
                    let names: Vec<&str> = inputs
                        .filter_map(|block| block["block_id"].as_str())
                        .collect();
                    CannotDo::NoInput(block_id.to_owned(), names.join(", "))
                })?;
            let element = &block["element"];
            let value = values::enter(element, &entry).map_err(CannotDo::NotAllowed)?;
            let action = element["action_id"].as_str().unwrap_or_default();
            if let Some(view) = state.views.all.get_mut(view_id) {
                if let Some(slot) = view.values.get_mut(block_id) {
                    slot[action] = value;
                }
                view.errors.remove(block_id);
            }
            let on = element["dispatch_action_config"]["trigger_actions_on"].as_array();
            let each_letter =
                on.is_some_and(|on| on.iter().any(|word| word == "on_character_entered"));
            let typed = element["type"]
                .as_str()
                .is_some_and(|kind| kind.ends_with("_input"));
            let tells = block["dispatch_action"] == true && (!typed || each_letter);
            Ok(tells.then(|| format!("{block_id}/{action}")))
        })?;
        match tells {
            Some(action) => self.click_in_view(view_id, &action, entry).await,
            None => Ok(ClickOutcome::Acked),
        }
    }

    /// Fills several inputs, one after another.
    ///
    /// # Errors
    /// At the first one that the client would not let them fill.
    pub async fn fill_all(&self, view_id: &str, entries: &[(&str, &str)]) -> Result<(), CannotDo> {
        for (block_id, entry) in entries {
            self.fill(view_id, block_id, *entry).await?;
        }
        Ok(())
    }

    /// Sends a modal.
    ///
    /// # Errors
    /// Where it is not on top, or already being sent.
    pub async fn submit(&self, view_id: &str) -> Result<Submitted, CannotDo> {
        self.signed_in()?;
        let made = self.workspace.change(|state| {
            let view = open_view(state, &self.id, view_id)?;
            if state
                .views
                .stacks
                .get(&self.id)
                .and_then(|stack| stack.last())
                .is_none_or(|top| top != view_id)
            {
                return Err(CannotDo::NoView(view_id.to_owned()));
            }
            if view.busy {
                return Err(CannotDo::Busy);
            }
            if view.content["submit"].is_null() {
                return Err(CannotDo::NotAllowed("the view has no submit button".into()));
            }
            let unfit: BTreeMap<String, String> = values::unfit(view.blocks(), &view.values)
                .into_iter()
                .collect();
            let trigger_id = state.new_trigger(&self.id, Some(view_id));
            let urls = self.response_urls(state, &view);
            if let Some(kept) = state.views.all.get_mut(view_id) {
                kept.errors.clone_from(&unfit);
                kept.failure = None;
                kept.busy = unfit.is_empty();
            }
            if unfit.is_empty() {
                Ok(Ok(payload::submission(state, &view, &trigger_id, urls)))
            } else {
                Ok(Err(unfit))
            }
        })?;
        let payload = match made {
            Ok(payload) => payload,
            Err(unfit) => return Ok(Submitted::NotSent(unfit)),
        };
        let ack = self.workspace.deliver(Kind::Interactive, payload).await;
        Ok(self.workspace.change(|state| {
            if let Some(view) = state.views.all.get_mut(view_id) {
                view.busy = false;
            }
            let name = state
                .views
                .all
                .get(view_id)
                .map_or_else(String::new, |view| view.callback_id().to_owned());
            let outcome = match &ack {
                Ack::Answered(body) => self.after(state, view_id, body),
                _ => Submitted::Failed(ClientError::TroubleConnecting),
            };
            if let (Submitted::Failed(words), Some(view)) =
                (&outcome, state.views.all.get_mut(view_id))
            {
                view.failure = Some(words.to_string());
            }
            if !matches!(outcome, Submitted::Failed(_) | Submitted::Errors(_)) {
                state.tour.was_sent(&name);
            }
            outcome
        }))
    }

    /// What the body of the acknowledgement does to the views.
    fn after(&self, state: &mut State, view_id: &str, body: &Value) -> Submitted {
        let bad = |state: &mut State, why: &str| {
            state
                .ledger
                .problem(ProblemKind::BadAck, format!("view_submission: {why}"));
            Submitted::Failed(ClientError::TroubleConnecting)
        };
        match body["response_action"].as_str() {
            None => {
                state.views.close(&self.id, view_id);
                Submitted::Closed
            }
            Some("clear") => {
                state.views.clear(&self.id);
                Submitted::Cleared
            }
            Some("errors") => {
                let given: BTreeMap<String, String> =
                    serde_json::from_value(body["errors"].clone()).unwrap_or_default();
                let view = state.views.all.get_mut(view_id);
                let inputs = |view: &View| {
                    given.keys().all(|key| {
                        view.block(key)
                            .is_some_and(|block| block["type"] == "input")
                    })
                };
                match view {
                    Some(view) if !given.is_empty() && inputs(view) => {
                        view.errors.clone_from(&given);
                        Submitted::Errors(given)
                    }
                    _ => bad(state, "errors name no input block of the view"),
                }
            }
            Some(action @ ("update" | "push")) => {
                let content = match checked(&body["view"], false) {
                    Ok(content) => content,
                    Err(refusal) => {
                        return bad(
                            state,
                            &format!("{action} with a view that Slack refuses: {refusal:?}"),
                        );
                    }
                };
                if action == "update" {
                    return match state.replace_view(view_id, content) {
                        Some(view) => Submitted::Updated(view.id),
                        None => bad(state, "update of a view that is closed"),
                    };
                }
                if state.views.stacks.get(&self.id).map_or(0, Vec::len) >= 3 {
                    return bad(state, "push on three views");
                }
                Submitted::Pushed(state.place_view(&self.id, content, true).id)
            }
            Some(other) => bad(state, &format!("unknown response_action {other}")),
        }
    }

    /// Closes a modal with its close button; the one beneath is on top again. The app gets `view_closed` where the
    /// view asks for it.
    ///
    /// # Errors
    /// Where it is not open.
    pub async fn close(&self, view_id: &str) -> Result<(), CannotDo> {
        let told = self.workspace.change(|state| {
            let view = open_view(state, &self.id, view_id)?;
            if view.flag("clear_on_close") {
                return Ok(self.cleared(state));
            }
            let told = view
                .flag("notify_on_close")
                .then(|| payload::closed(state, &view, false));
            state.views.close(&self.id, view_id);
            Ok(told.into_iter().collect())
        })?;
        self.tell_all(told).await;
        Ok(())
    }

    /// Closes every modal at once. The app gets `view_closed` with `is_cleared` for each view that asks for it.
    pub async fn close_all(&self) {
        let told = self.workspace.change(|state| self.cleared(state));
        self.tell_all(told).await;
    }

    /// Takes every modal away; gives what the app is told of it, the top one first.
    fn cleared(&self, state: &mut State) -> Vec<Value> {
        let stack = state.views.stack(&self.id);
        state.views.clear(&self.id);
        let asking = stack
            .iter()
            .rev()
            .filter(|view| view.flag("notify_on_close"));
        asking
            .map(|view| payload::closed(state, view, true))
            .collect()
    }

    async fn tell_all(&self, payloads: Vec<Value>) {
        for payload in payloads {
            self.workspace.deliver(Kind::Interactive, payload).await;
        }
    }

    /// A way to answer in each conversation that was chosen in an input which asks for one.
    fn response_urls(&self, state: &mut State, view: &View) -> Vec<Value> {
        let (base, now) = (self.workspace.url(), self.workspace.now());
        let asking = view.blocks().iter().filter(|block| {
            block["type"] == "input" && block["element"]["response_url_enabled"] == true
        });
        let mut urls = Vec::new();
        for block in asking {
            let id = block["block_id"].as_str().unwrap_or_default();
            let chosen = view.value(id).and_then(|value| {
                let chosen = value
                    .get("selected_conversation")
                    .or_else(|| value.get("selected_channel"));
                chosen.and_then(Value::as_str)
            });
            let Some(channel) = chosen else { continue };
            let bound = (channel, self.id.as_str());
            let url = state.new_response_url(&base, "app", bound, (None, false), now);
            urls.push(json!({
                "block_id": id, "action_id": block["element"]["action_id"], "channel_id": channel, "response_url": url,
            }));
        }
        urls
    }
}

fn open_view(state: &State, user: &str, view_id: &str) -> Result<View, CannotDo> {
    let open = state
        .views
        .stacks
        .get(user)
        .is_some_and(|stack| stack.iter().any(|id| id == view_id));
    let view = state.views.all.get(view_id).filter(|_| open);
    view.cloned()
        .ok_or_else(|| CannotDo::NoView(view_id.to_owned()))
}
