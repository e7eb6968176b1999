//! Block Kit for the page: every text gets its `html` beside it.

use super::markup::{self, Reader};
use serde_json::{Map, Value, json};

/// Adds `html` to every text object, rich text leaf and Markdown block within.
pub(crate) fn dress(value: &mut Value, reader: Reader<'_>) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(|item| dress(item, reader)),
        Value::Object(object) => {
            if let Some(html) = html(object, reader) {
                object.insert("html".into(), json!(html));
            }
            for (key, inner) in object.iter_mut() {
                if key != "html" && key != "values" {
                    dress(inner, reader);
                }
            }
        }
        _ => {}
    }
}

fn html(object: &Map<String, Value>, reader: Reader<'_>) -> Option<String> {
    let words = |key: &str| object.get(key).and_then(Value::as_str).unwrap_or_default();
    Some(match words("type") {
        "mrkdwn" => markup::mrkdwn(words("text"), reader),
        "plain_text" => markup::plain(words("text"), object.get("emoji") != Some(&json!(false))),
        "markdown" => markup::markdown(words("text")),
        "text" => markup::body(words("text")),
        "emoji" => markup::emoji(words("name")).map_or_else(
            || markup::body(&format!(":{}:", words("name"))),
            str::to_owned,
        ),
        "link" => markup::link(words("url"), words("text")),
        "user" => markup::person(words("user_id"), "", reader),
        "channel" => markup::channel(words("channel_id"), "", reader),
        "usergroup" => markup::group("group"),
        "broadcast" => markup::group(words("range")),
        "date" => markup::date(
            object
                .get("timestamp")
                .and_then(Value::as_i64)
                .unwrap_or_default(),
            words("format"),
            object.get("url").and_then(Value::as_str),
            words("fallback"),
        ),
        _ => return None,
    })
}
