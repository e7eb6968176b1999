//! What was typed is kept when a form is drawn anew: as far as it still can be chosen.

use chrono::NaiveDate;
use serde_json::{Value, json};

use crate::slack::payload::State;

/// The longest text that an input takes, in characters.
pub(in crate::slack) const LONGEST: usize = 3_000;

/// Puts what stood in the inputs of an earlier state of a form into its inputs of the same names.
pub(in crate::slack) fn keep(view: &mut Value, typed: &State) {
    for_inputs(view, |block_id, element| keep_one(element, block_id, typed));
}

/// Chooses an option of an input, where it is offered.
pub(in crate::slack) fn choose(view: &mut Value, block: &str, value: &str) {
    for_inputs(view, |block_id, element| {
        if block_id == block {
            choose_in(element, value);
        }
    });
}

/// Sets the day a date input holds at first.
pub(in crate::slack) fn start_on(view: &mut Value, block: &str, day: NaiveDate) {
    for_inputs(view, |block_id, element| {
        if block_id == block {
            element["initial_date"] = json!(day.to_string());
        }
    });
}

fn for_inputs(view: &mut Value, mut act: impl FnMut(&str, &mut Value)) {
    let blocks = view.get_mut("blocks").and_then(Value::as_array_mut);
    for block in blocks.into_iter().flatten() {
        let Some(block_id) = block.get("block_id").and_then(Value::as_str) else {
            continue;
        };
        let block_id = block_id.to_owned();
        if let Some(element) = block.get_mut("element") {
            act(&block_id, element);
        }
    }
}

fn keep_one(element: &mut Value, block_id: &str, typed: &State) {
    match element.get("type").and_then(Value::as_str).unwrap_or("") {
        "plain_text_input" => {
            if let Some(text) = typed.text(block_id) {
                let most = element.get("max_length").and_then(Value::as_u64);
                let most = most.and_then(|most| usize::try_from(most).ok());
                let text: String = text.chars().take(most.unwrap_or(LONGEST)).collect();
                element["initial_value"] = json!(text);
            }
        }
        "datepicker" => {
            if let Some(date) = typed.date(block_id) {
                element["initial_date"] = json!(date.to_string());
            }
        }
        "users_select" => {
            if let Some(user) = typed.user(block_id) {
                element["initial_user"] = json!(user);
            }
        }
        "multi_users_select" => {
            let users = typed.options(block_id);
            if !users.is_empty() {
                element["initial_users"] = json!(users);
            }
        }
        "static_select" => {
            if let Some(value) = typed.text(block_id) {
                choose_in(element, &value);
            }
        }
        "checkboxes" => {
            let ticked = typed.options(block_id);
            let still: Vec<Value> = options(element)
                .filter(|option| {
                    let value = option.get("value").and_then(Value::as_str);
                    value.is_some_and(|value| ticked.iter().any(|ticked| ticked == value))
                })
                .cloned()
                .collect();
            if !still.is_empty() {
                element["initial_options"] = json!(still);
            }
        }
        _ => {}
    }
}

fn choose_in(element: &mut Value, value: &str) {
    let found = options(element).find(|option| option["value"] == value);
    if let Some(option) = found.cloned() {
        element["initial_option"] = option;
    }
}

/// The options of an element, grouped or not.
fn options(element: &Value) -> impl Iterator<Item = &Value> {
    let flat = element.get("options").and_then(Value::as_array);
    let groups = element.get("option_groups").and_then(Value::as_array);
    let grouped = groups
        .into_iter()
        .flatten()
        .filter_map(|group| group.get("options").and_then(Value::as_array))
        .flatten();
    flat.into_iter().flatten().chain(grouped)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn view() -> Value {
        json!({"blocks": [
            {"type": "input", "block_id": "issue", "element": {"type": "plain_text_input", "max_length": 3000}},
            {"type": "input", "block_id": "team", "element": {"type": "static_select", "option_groups": [
                {"options": [{"value": "north"}]}, {"options": [{"value": "south"}]},
            ]}},
        ]})
    }

    fn typed(team: &str) -> State {
        State::read(Some(&json!({
            "issue": {"value": {"type": "plain_text_input", "value": "drift"}},
            "team": {"value": {"type": "static_select", "selected_option": {"value": team}}},
        })))
    }

    #[test]
    fn what_was_typed_is_kept_and_a_choice_only_while_it_is_offered() {
        let mut kept = view();
        keep(&mut kept, &typed("south"));
        assert_eq!(kept["blocks"][0]["element"]["initial_value"], "drift");
        assert_eq!(
            kept["blocks"][1]["element"]["initial_option"]["value"],
            "south"
        );
        let mut gone = view();
        keep(&mut gone, &typed("west"));
        assert_eq!(gone["blocks"][1]["element"].get("initial_option"), None);
    }
}
