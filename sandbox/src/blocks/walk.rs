//! Finding things in blocks.

use serde_json::Value;

/// Every interactive element with the id of its block.
pub(crate) fn elements(blocks: &[Value]) -> Vec<(&str, &Value)> {
    let mut found = Vec::new();
    for block in blocks {
        let id = block["block_id"].as_str().unwrap_or_default();
        let own = [&block["accessory"], &block["element"]]
            .into_iter()
            .filter(|element| element.is_object());
        let row = block["elements"]
            .as_array()
            .filter(|_| block["type"] == "actions")
            .into_iter()
            .flatten();
        let all = own
            .chain(row)
            .filter(|element| element["action_id"].is_string());
        found.extend(all.map(|element| (id, element)));
    }
    found
}

/// Every text in the blocks, in order.
pub(crate) fn texts(blocks: &[Value], lines: &mut Vec<String>) {
    for block in blocks {
        collect(block, lines);
    }
}

fn collect(value: &Value, lines: &mut Vec<String>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| collect(item, lines)),
        Value::Object(object) => {
            if let Some(text) = object.get("text").and_then(Value::as_str) {
                lines.push(text.to_owned());
            }
            for (key, inner) in object {
                // What is behind a confirmation or not yet chosen is not on show, but options are.
                if key != "confirm" && key != "initial_option" && key != "initial_options" {
                    collect(inner, lines);
                }
            }
        }
        _ => {}
    }
}
