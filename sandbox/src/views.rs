//! Views: a person's stack of modals, and their App Home.

use crate::blocks::values::{initial_values, merge};
use crate::state::State;
use serde::Serialize;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// A modal or an App Home as it stands.
#[derive(Clone, Debug, Serialize)]
pub struct View {
    /// `V…`.
    pub id: String,
    /// Whose it is.
    pub user: String,
    /// As the app gave it, with a `block_id` on every block and an `action_id` on every element.
    pub content: Value,
    /// What is filled in: `values[block_id][action_id]`, nulls for what is untouched.
    pub values: Map<String, Value>,
    /// The error shown at each block.
    pub errors: BTreeMap<String, String>,
    /// The words the client shows at the top where something failed.
    pub failure: Option<String>,
    /// A submission is on its way.
    pub busy: bool,
    /// Guards `views.update`.
    pub hash: String,
    /// The first view of the stack.
    pub root_id: String,
    /// The view beneath.
    pub previous_id: Option<String>,
}

impl View {
    /// Its `callback_id`, empty where there is none.
    #[must_use]
    pub fn callback_id(&self) -> &str {
        self.content["callback_id"].as_str().unwrap_or_default()
    }

    /// Its title.
    #[must_use]
    pub fn title(&self) -> &str {
        self.content["title"]["text"].as_str().unwrap_or_default()
    }

    /// Its blocks.
    #[must_use]
    pub fn blocks(&self) -> &[Value] {
        self.content["blocks"]
            .as_array()
            .map(Vec::as_slice)
            .unwrap_or_default()
    }

    /// The block with this `block_id`.
    #[must_use]
    pub fn block(&self, block_id: &str) -> Option<&Value> {
        self.blocks()
            .iter()
            .find(|block| block["block_id"] == block_id)
    }

    /// All the words of it, a line each.
    #[must_use]
    pub fn all_text(&self) -> String {
        let mut lines = vec![self.title().to_owned()];
        crate::blocks::walk::texts(self.blocks(), &mut lines);
        lines.join("\n")
    }

    /// The one value filled in at a block, in its wire form (such as `{"type": "plain_text_input", "value": …}`).
    #[must_use]
    pub fn value(&self, block_id: &str) -> Option<&Value> {
        self.values.get(block_id)?.as_object()?.values().next()
    }

    pub(crate) fn external_id(&self) -> &str {
        self.content["external_id"].as_str().unwrap_or_default()
    }

    pub(crate) fn flag(&self, key: &str) -> bool {
        self.content[key] == true
    }

    /// As answers and payloads tell it.
    pub(crate) fn wire(&self, state: &State) -> Value {
        let given = &self.content;
        let text = |key: &str| given.get(key).cloned().unwrap_or(Value::Null);
        let words = |key: &str| {
            given
                .get(key)
                .and_then(Value::as_str)
                .unwrap_or_default()
                .to_owned()
        };
        json!({
            "id": self.id, "team_id": state.team.id, "type": words("type"), "blocks": self.blocks(),
            "private_metadata": words("private_metadata"), "callback_id": words("callback_id"),
            "state": {"values": self.values}, "hash": self.hash, "title": text("title"),
            "clear_on_close": self.flag("clear_on_close"), "notify_on_close": self.flag("notify_on_close"),
            "close": text("close"), "submit": text("submit"), "previous_view_id": self.previous_id,
            "root_view_id": self.root_id, "app_id": state.app.id, "external_id": words("external_id"),
            "app_installed_team_id": state.team.id, "bot_id": state.app.bot_id,
        })
    }
}

#[derive(Debug, Default)]
pub(crate) struct Views {
    pub(crate) all: BTreeMap<String, View>,
    /// Open modals by person, the top one last.
    pub(crate) stacks: BTreeMap<String, Vec<String>>,
    pub(crate) homes: BTreeMap<String, String>,
}

impl Views {
    pub(crate) fn stack(&self, user: &str) -> Vec<View> {
        let ids = self.stacks.get(user).map(Vec::as_slice).unwrap_or_default();
        ids.iter()
            .filter_map(|id| self.all.get(id).cloned())
            .collect()
    }

    /// Closes one modal and whatever lies upon it.
    pub(crate) fn close(&mut self, user: &str, id: &str) {
        let Some(stack) = self.stacks.get_mut(user) else {
            return;
        };
        let Some(at) = stack.iter().position(|open| open == id) else {
            return;
        };
        for closed in stack.drain(at..) {
            self.all.remove(&closed);
        }
    }

    pub(crate) fn clear(&mut self, user: &str) {
        for closed in self.stacks.remove(user).unwrap_or_default() {
            self.all.remove(&closed);
        }
    }

    pub(crate) fn by_external(&self, external_id: &str) -> Option<&View> {
        self.all
            .values()
            .find(|view| view.external_id() == external_id)
    }
}

impl State {
    fn fresh_hash(&mut self) -> String {
        let number = self.number();
        format!("17000{number:05}.{:08x}", rand::random::<u32>())
    }

    /// Puts a checked view on a person's stack: in place of all that is open, or on top.
    pub(crate) fn place_view(&mut self, user: &str, content: Value, on_top: bool) -> View {
        if !on_top {
            self.views.clear(user);
        }
        let id = self.id("V");
        let hash = self.fresh_hash();
        let stack = self.views.stacks.entry(user.to_owned()).or_default();
        let view = View {
            root_id: stack.first().unwrap_or(&id).clone(),
            previous_id: stack.last().cloned(),
            values: initial_values(&content),
            id: id.clone(),
            user: user.to_owned(),
            content,
            errors: BTreeMap::new(),
            failure: None,
            busy: false,
            hash,
        };
        stack.push(id.clone());
        self.views.all.insert(id, view.clone());
        view
    }

    /// Replaces a view's content; what was filled in stays where block and action keep their names.
    pub(crate) fn replace_view(&mut self, id: &str, content: Value) -> Option<View> {
        let hash = self.fresh_hash();
        let view = self.views.all.get_mut(id)?;
        view.values = merge(&view.values, &content);
        view.content = content;
        view.hash = hash;
        view.errors.clear();
        view.failure = None;
        Some(view.clone())
    }

    /// Publishes a person's App Home.
    pub(crate) fn publish_home(&mut self, user: &str, content: Value) -> View {
        if let Some(id) = self.views.homes.get(user).cloned()
            && let Some(view) = self.replace_view(&id, content.clone())
        {
            return view;
        }
        let id = self.id("V");
        let view = View {
            id: id.clone(),
            user: user.to_owned(),
            values: initial_values(&content),
            content,
            errors: BTreeMap::new(),
            failure: None,
            busy: false,
            hash: self.fresh_hash(),
            root_id: id.clone(),
            previous_id: None,
        };
        self.views.homes.insert(user.to_owned(), id.clone());
        self.views.all.insert(id, view.clone());
        view
    }
}
