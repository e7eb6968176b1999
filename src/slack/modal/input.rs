//! One input of a form.

use chrono::NaiveDate;
use serde_json::{Value, json};

use super::plain;
use crate::slack::payload::State;

/// The longest text that an input takes, in characters.
pub(in crate::slack) const LONGEST: usize = 3_000;
/// The most options that Slack takes in one list or group.
const OPTIONS: usize = 100;

/// An input block under its contract's `block_id`, with the `action_id` `value`.
pub(in crate::slack) struct Input {
    block: Value,
}

impl Input {
    fn of(block_id: &str, label: &str, mut element: Value) -> Self {
        if let Some(fields) = element.as_object_mut() {
            fields.insert("action_id".to_owned(), json!("value"));
        }
        let block = json!({
            "type": "input",
            "block_id": block_id,
            "label": plain(label, 2_000),
            "element": element,
            "optional": false,
        });
        Self { block }
    }

    /// Several lines of text.
    pub(in crate::slack) fn lines(block_id: &str, label: &str) -> Self {
        let element = json!({"type": "plain_text_input", "multiline": true, "max_length": LONGEST});
        Self::of(block_id, label, element)
    }

    /// One line of text.
    pub(in crate::slack) fn line(block_id: &str, label: &str, longest: usize) -> Self {
        let element = json!({"type": "plain_text_input", "max_length": longest});
        Self::of(block_id, label, element)
    }

    /// A date.
    pub(in crate::slack) fn date(block_id: &str, label: &str) -> Self {
        Self::of(block_id, label, json!({"type": "datepicker"}))
    }

    /// A person.
    pub(in crate::slack) fn person(block_id: &str, label: &str) -> Self {
        Self::of(block_id, label, json!({"type": "users_select"}))
    }

    /// One of a list.
    pub(in crate::slack) fn choice(block_id: &str, label: &str, options: Vec<Value>) -> Self {
        let groups = vec![(String::new(), options)];
        Self::grouped(block_id, label, groups)
    }

    /// One of a list in groups. A group of more than a hundred becomes several of the same name.
    pub(in crate::slack) fn grouped(
        block_id: &str,
        label: &str,
        groups: Vec<(String, Vec<Value>)>,
    ) -> Self {
        let single = groups.len() == 1;
        let mut pieces: Vec<(String, Vec<Value>)> = Vec::new();
        for (name, options) in groups {
            let several = options.len() > OPTIONS;
            for (number, piece) in options.chunks(OPTIONS).enumerate() {
                let name = match (name.is_empty(), several) {
                    (true, _) => format!("{}–", number * OPTIONS + 1),
                    (false, true) => format!("{name} ({})", number + 1),
                    (false, false) => name.clone(),
                };
                pieces.push((name, piece.to_vec()));
            }
        }
        pieces.truncate(OPTIONS);
        let mut element = json!({"type": "static_select"});
        if let (true, [(_, options)]) = (single, pieces.as_slice()) {
            element["options"] = json!(options);
        } else {
            let groups: Vec<Value> = pieces
                .iter()
                .map(|(name, options)| json!({"label": plain(name, 75), "options": options}))
                .collect();
            element["option_groups"] = json!(groups);
        }
        Self::of(block_id, label, element)
    }

    /// Any of a few.
    pub(in crate::slack) fn ticks(block_id: &str, label: &str, options: &[Value]) -> Self {
        Self::of(
            block_id,
            label,
            json!({"type": "checkboxes", "options": options}),
        )
    }

    /// What it is for, beneath it.
    pub(in crate::slack) fn hint(mut self, words: &str) -> Self {
        self.block["hint"] = plain(words, 2_000);
        self
    }

    /// It may be left empty.
    pub(in crate::slack) fn optional(mut self) -> Self {
        self.block["optional"] = json!(true);
        self
    }

    /// A choice in it is told at once, so that the form can follow.
    pub(in crate::slack) fn told_at_once(mut self) -> Self {
        self.block["dispatch_action"] = json!(true);
        self
    }

    /// The date it holds at first.
    pub(in crate::slack) fn starting_on(mut self, date: NaiveDate) -> Self {
        self.block["element"]["initial_date"] = json!(date.to_string());
        self
    }

    /// The option it holds at first, where it has it.
    pub(in crate::slack) fn starting_with(mut self, value: &str) -> Self {
        let found = self
            .options()
            .find(|option| option["value"] == value)
            .cloned();
        if let Some(option) = found {
            self.block["element"]["initial_option"] = option;
        }
        self
    }

    /// It holds what stood in the input of the same name in an earlier state of the form, as far as it still can.
    pub(in crate::slack) fn keeping(mut self, state: &State) -> Self {
        let block_id = self.block["block_id"]
            .as_str()
            .unwrap_or_default()
            .to_owned();
        let kind = self.block["element"]["type"].as_str().unwrap_or_default();
        match kind {
            "plain_text_input" => {
                if let Some(text) = state.text(&block_id) {
                    let text: String = text.chars().take(LONGEST).collect();
                    self.block["element"]["initial_value"] = json!(text);
                }
            }
            "datepicker" => {
                if let Some(date) = state.date(&block_id) {
                    return self.starting_on(date);
                }
            }
            "users_select" => {
                if let Some(user) = state.user(&block_id) {
                    self.block["element"]["initial_user"] = json!(user);
                }
            }
            "static_select" => {
                if let Some(value) = state.text(&block_id) {
                    return self.starting_with(&value);
                }
            }
            _ => {
                let ticked = state.options(&block_id);
                let options: Vec<Value> = self
                    .options()
                    .filter(|option| {
                        ticked
                            .iter()
                            .any(|value| option["value"].as_str() == Some(value))
                    })
                    .cloned()
                    .collect();
                if !options.is_empty() {
                    self.block["element"]["initial_options"] = json!(options);
                }
            }
        }
        self
    }

    fn options(&self) -> impl Iterator<Item = &Value> {
        let element = &self.block["element"];
        let flat = element["options"].as_array().into_iter().flatten();
        let grouped = element["option_groups"].as_array().into_iter().flatten();
        let grouped = grouped.flat_map(|group| group["options"].as_array().into_iter().flatten());
        flat.chain(grouped)
    }

    /// The block.
    pub(in crate::slack) fn block(self) -> Value {
        self.block
    }
}

/// An option of a list.
pub(in crate::slack) fn option(value: &str, text: &str) -> Value {
    json!({"text": plain(text, 75), "value": value})
}

#[cfg(test)]
mod tests {
    use super::*;

    fn state(values: &Value) -> State {
        State::read(Some(values))
    }

    #[test]
    fn what_was_typed_is_kept_and_a_choice_only_while_it_is_offered() {
        let typed = state(&json!({
            "issue": {"value": {"type": "plain_text_input", "value": "drift"}},
            "team": {"value": {"type": "static_select", "selected_option": {"value": "south"}}},
        }));
        let issue = Input::lines("issue", "Issue").keeping(&typed).block();
        assert_eq!(issue["element"]["initial_value"], "drift");
        let offered = vec![option("north", "North"), option("south", "South")];
        let team = Input::choice("team", "Team", offered)
            .keeping(&typed)
            .block();
        assert_eq!(team["element"]["initial_option"]["value"], "south");
        let gone = Input::choice("team", "Team", vec![option("north", "North")])
            .keeping(&typed)
            .block();
        assert_eq!(gone["element"].get("initial_option"), None);
    }

    #[test]
    fn more_options_than_slack_takes_in_a_list_are_put_in_groups() {
        let many: Vec<Value> = (0..250)
            .map(|number| option(&number.to_string(), "A team"))
            .collect();
        let block = Input::choice("team", "Team", many).block();
        let groups = block["element"]["option_groups"].as_array();
        assert_eq!(groups.map(Vec::len), Some(3));
    }
}
