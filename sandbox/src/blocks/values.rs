//! What is filled in: `state.values`, and how the client lets people fill it.

use super::element::{all_options, is_date, is_time};
use super::walk;
use serde_json::{Map, Value, json};

/// The name under which an element's value stands in `state`, and whether it is a list.
fn slot(kind: &str) -> Option<(&'static str, bool)> {
    Some(match kind {
        "plain_text_input" | "email_text_input" | "url_text_input" | "number_input" => {
            ("value", false)
        }
        "rich_text_input" => ("rich_text_value", false),
        "static_select" | "external_select" | "radio_buttons" => ("selected_option", false),
        "multi_static_select" | "multi_external_select" | "checkboxes" => {
            ("selected_options", true)
        }
        "users_select" => ("selected_user", false),
        "multi_users_select" => ("selected_users", true),
        "conversations_select" => ("selected_conversation", false),
        "multi_conversations_select" => ("selected_conversations", true),
        "channels_select" => ("selected_channel", false),
        "multi_channels_select" => ("selected_channels", true),
        "datepicker" => ("selected_date", false),
        "timepicker" => ("selected_time", false),
        "datetimepicker" => ("selected_date_time", false),
        "file_input" => ("files", true),
        _ => return None,
    })
}

/// The value an element begins with, in the wire's form; none for a button.
fn initial(element: &Value) -> Option<Value> {
    let kind = element["type"].as_str()?;
    let (key, list) = slot(kind)?;
    let named =
        key.replacen("selected", "initial", 1)
            .replacen("rich_text_value", "initial_value", 1);
    let named = if key == "value" {
        "initial_value"
    } else {
        &named
    };
    let given = element.get(named).filter(|value| !value.is_null()).cloned();
    let empty = if list { json!([]) } else { Value::Null };
    let mut value = json!({"type": kind});
    value[key] = given.unwrap_or(empty);
    Some(value)
}

/// `state.values` of blocks nobody has touched.
pub(crate) fn initial_of(blocks: &[Value]) -> Map<String, Value> {
    let mut values = Map::new();
    for (block, element) in walk::elements(blocks) {
        if let (Some(value), Some(action)) = (initial(element), element["action_id"].as_str()) {
            let entry = values.entry(block.to_owned()).or_insert_with(|| json!({}));
            entry[action] = value;
        }
    }
    values
}

/// `state.values` of a view nobody has touched.
pub(crate) fn initial_values(view: &Value) -> Map<String, Value> {
    initial_of(
        view["blocks"]
            .as_array()
            .map(Vec::as_slice)
            .unwrap_or_default(),
    )
}

/// `state.values` after an update: what was there stays where block, action and type keep their names, as far as it
/// can still be chosen; the rest begins anew.
pub(crate) fn merge(before: &Map<String, Value>, view: &Value) -> Map<String, Value> {
    let blocks = view["blocks"]
        .as_array()
        .map(Vec::as_slice)
        .unwrap_or_default();
    let mut values = initial_values(view);
    for (block, element) in walk::elements(blocks) {
        let action = element["action_id"].as_str().unwrap_or_default();
        let Some(old) = before.get(block).and_then(|block| block.get(action)) else {
            continue;
        };
        if old["type"] == element["type"] && still_there(element, old) {
            values[block][action] = old.clone();
        }
    }
    values
}

fn still_there(element: &Value, old: &Value) -> bool {
    let all = all_options(element);
    if all.is_empty() {
        return true;
    }
    let one = old
        .get("selected_option")
        .filter(|option| !option.is_null())
        .into_iter();
    let several = old["selected_options"].as_array().into_iter().flatten();
    one.chain(several)
        .all(|chosen| all.iter().any(|option| option["value"] == chosen["value"]))
}

/// Whether nothing is filled in.
pub(crate) fn is_empty(value: &Value) -> bool {
    let kind = value["type"].as_str().unwrap_or_default();
    let Some((key, _)) = slot(kind) else {
        return true;
    };
    match &value[key] {
        Value::Null => true,
        Value::String(text) => text.is_empty(),
        Value::Array(items) => items.is_empty(),
        _ => false,
    }
}

/// What the client makes of an entry: text, a date, the value of an option, a user's id; a list of them where several
/// may be chosen; null to clear. The error is why the client would not let it in.
pub(crate) fn enter(element: &Value, entry: &Value) -> Result<Value, String> {
    let kind = element["type"].as_str().unwrap_or_default();
    let (key, list) = slot(kind).ok_or_else(|| format!("nothing can be entered in a {kind}"))?;
    let mut value = json!({"type": kind});
    value[key] = match (entry, list) {
        (Value::Null, true) => json!([]),
        (Value::Null, false) => Value::Null,
        (Value::Array(items), true) => {
            if element["max_selected_items"]
                .as_u64()
                .is_some_and(|most| items.len() as u64 > most)
            {
                return Err("more than may be chosen".into());
            }
            items
                .iter()
                .map(|item| one(element, kind, item))
                .collect::<Result<Vec<_>, _>>()?
                .into()
        }
        (item, true) => json!([one(element, kind, item)?]),
        (item, false) => one(element, kind, item)?,
    };
    Ok(value)
}

fn one(element: &Value, kind: &str, entry: &Value) -> Result<Value, String> {
    if kind == "datetimepicker" {
        return entry
            .as_i64()
            .map(Value::from)
            .ok_or_else(|| "a moment is a number of seconds".into());
    }
    if kind == "rich_text_input" && entry.is_object() {
        return Ok(entry.clone());
    }
    let text = match entry {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        _ => return Err(format!("{entry} cannot be entered in a {kind}")),
    };
    match kind {
        "static_select" | "multi_static_select" | "radio_buttons" | "checkboxes" => {
            let all = all_options(element);
            let found = all.iter().find(|option| option["value"] == text.as_str());
            found
                .map(|option| (*option).clone())
                .ok_or_else(|| format!("{text} is not among the options"))
        }
        "datepicker" if !is_date(&text) => Err(format!("{text} is not a date")),
        "timepicker" if !is_time(&text) => Err(format!("{text} is not a time")),
        "number_input" => numeric(element, &text),
        "plain_text_input" => {
            let most = element["max_length"].as_u64().unwrap_or(3_000);
            if text.chars().count() as u64 > most {
                return Err(format!("longer than {most} characters"));
            }
            Ok(json!(text))
        }
        _ => Ok(json!(text)),
    }
}

fn numeric(element: &Value, text: &str) -> Result<Value, String> {
    let number: f64 = text
        .parse()
        .map_err(|_| format!("{text} is not a number"))?;
    let bound = |key: &str| {
        element[key]
            .as_str()
            .and_then(|text| text.parse::<f64>().ok())
    };
    if element["is_decimal_allowed"] == false && number.fract() != 0.0 {
        return Err(format!("{text} is not a whole number"));
    }
    if bound("min_value").is_some_and(|least| number < least)
        || bound("max_value").is_some_and(|most| number > most)
    {
        return Err(format!("{text} is out of range"));
    }
    Ok(json!(text))
}

/// Why the client would not send this, block by block; its own words.
pub(crate) fn unfit(blocks: &[Value], values: &Map<String, Value>) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for block in blocks.iter().filter(|block| block["type"] == "input") {
        let id = block["block_id"].as_str().unwrap_or_default();
        let action = block["element"]["action_id"].as_str().unwrap_or_default();
        let value = values
            .get(id)
            .and_then(|values| values.get(action))
            .unwrap_or(&Value::Null);
        if is_empty(value) {
            if block["optional"] != true {
                found.push((
                    id.to_owned(),
                    "Please complete this required field.".to_owned(),
                ));
            }
            continue;
        }
        let text = value["value"].as_str().unwrap_or_default();
        let kind = block["element"]["type"].as_str().unwrap_or_default();
        let least = block["element"]["min_length"].as_u64().unwrap_or(0);
        if kind == "plain_text_input" && (text.chars().count() as u64) < least {
            found.push((
                id.to_owned(),
                format!("Please enter at least {least} characters."),
            ));
        } else if kind == "email_text_input" && !text.contains('@') {
            found.push((
                id.to_owned(),
                "Please enter a valid email address.".to_owned(),
            ));
        } else if kind == "url_text_input" && !text.contains("://") {
            found.push((id.to_owned(), "Please enter a valid URL.".to_owned()));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn view(initial: &str, options: &[&str]) -> Value {
        let options: Vec<Value> = options
            .iter()
            .map(|value| json!({"text": {"type": "plain_text", "text": value}, "value": value}))
            .collect();
        json!({"blocks": [
            {"type": "input", "block_id": "why", "element": {"type": "plain_text_input", "action_id": "value", "initial_value": initial}},
            {"type": "input", "block_id": "team", "element": {"type": "static_select", "action_id": "value", "options": options}},
        ]})
    }

    #[test]
    fn untouched_inputs_are_null() {
        let mut view = view("", &["north"]);
        view["blocks"][0]["element"]
            .as_object_mut()
            .map(|element| element.remove("initial_value"));
        let values = initial_values(&view);
        assert_eq!(
            values["why"]["value"],
            json!({"type": "plain_text_input", "value": null})
        );
        assert_eq!(
            values["team"]["value"],
            json!({"type": "static_select", "selected_option": null})
        );
    }

    #[test]
    fn what_was_typed_stays_on_an_update_unless_its_option_is_gone() {
        let first = view("", &["north", "south"]);
        let mut values = initial_values(&first);
        values["why"]["value"]["value"] = json!("typed");
        let select = &first["blocks"][1]["element"];
        values["team"]["value"] = enter(select, &json!("south")).unwrap_or_default();
        let kept = merge(&values, &view("another start", &["north", "south"]));
        assert_eq!(kept["why"]["value"]["value"], "typed");
        assert_eq!(kept["team"]["value"]["selected_option"]["value"], "south");
        let lost = merge(&values, &view("", &["north"]));
        assert_eq!(lost["team"]["value"]["selected_option"], Value::Null);
    }

    #[test]
    fn an_option_that_is_not_there_cannot_be_chosen_and_too_long_a_text_not_typed() {
        let view = view("", &["north"]);
        assert!(enter(&view["blocks"][1]["element"], &json!("south")).is_err());
        let short = json!({"type": "plain_text_input", "max_length": 3});
        assert!(enter(&short, &json!("abc")).is_ok());
        assert!(enter(&short, &json!("abcd")).is_err());
    }
}
