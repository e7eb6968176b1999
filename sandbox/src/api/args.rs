//! The arguments of a call, whichever way they came: query, form or JSON.

use axum::http::HeaderMap;
use serde_json::{Map, Value};

/// The arguments by name.
#[derive(Clone, Debug, Default)]
pub(crate) struct Args(Map<String, Value>);

/// Those that hold JSON even where they come as text.
const NESTED: &[&str] = &["blocks", "attachments", "view", "metadata", "files"];

impl Args {
    pub(crate) fn get(&self, key: &str) -> Option<&Value> {
        self.0.get(key).filter(|value| !value.is_null())
    }

    pub(crate) fn str(&self, key: &str) -> Option<&str> {
        self.get(key)?.as_str()
    }

    pub(crate) fn flag(&self, key: &str) -> bool {
        match self.get(key) {
            Some(Value::Bool(flag)) => *flag,
            Some(Value::String(text)) => text == "true" || text == "1",
            Some(Value::Number(number)) => number.as_u64() == Some(1),
            _ => false,
        }
    }

    pub(crate) fn number(&self, key: &str) -> Option<usize> {
        match self.get(key)? {
            Value::Number(number) => usize::try_from(number.as_u64()?).ok(),
            Value::String(text) => text.parse().ok(),
            _ => None,
        }
    }

    /// A list given as a JSON array or with commas.
    pub(crate) fn list(&self, key: &str) -> Vec<String> {
        match self.get(key) {
            Some(Value::Array(items)) => items
                .iter()
                .filter_map(Value::as_str)
                .map(str::to_owned)
                .collect(),
            Some(Value::String(text)) => text
                .split(',')
                .map(str::trim)
                .filter(|item| !item.is_empty())
                .map(str::to_owned)
                .collect(),
            _ => Vec::new(),
        }
    }

    pub(crate) fn value(self) -> Value {
        Value::Object(self.0)
    }
}

/// A call as it came: its arguments, its token, and Slack's code where the body cannot be read.
pub(crate) struct Given {
    pub(crate) args: Args,
    pub(crate) token: Option<String>,
    pub(crate) unreadable: Option<&'static str>,
}

/// Reads the arguments and the token, and keeps the token out of the arguments.
pub(crate) fn read(headers: &HeaderMap, query: Option<&str>, body: &[u8]) -> Given {
    let mut map = Map::new();
    put_form(&mut map, query.unwrap_or_default().as_bytes());
    let kind = headers
        .get("content-type")
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let unreadable = put_body(&mut map, kind, body).err();
    for key in NESTED {
        if let Some(Value::String(text)) = map.get(*key)
            && let Ok(parsed) = serde_json::from_str::<Value>(text)
        {
            map.insert((*key).to_owned(), parsed);
        }
    }
    let bearer = headers
        .get("authorization")
        .and_then(|value| value.to_str().ok());
    let bearer = bearer
        .and_then(|value| value.strip_prefix("Bearer "))
        .map(|token| token.trim().to_owned());
    let given = map
        .remove("token")
        .and_then(|token| token.as_str().map(str::to_owned));
    Given {
        args: Args(map),
        token: bearer.or(given),
        unreadable,
    }
}

/// The arguments in a body; the error is Slack's code.
fn put_body(map: &mut Map<String, Value>, kind: &str, body: &[u8]) -> Result<(), &'static str> {
    if body.is_empty() || kind.starts_with("multipart/form-data") {
        return Ok(());
    }
    if kind.starts_with("application/x-www-form-urlencoded") {
        put_form(map, body);
        return Ok(());
    }
    if !kind.starts_with("application/json") {
        return Err("invalid_post_type");
    }
    match serde_json::from_slice(body) {
        Ok(Value::Object(object)) => map.extend(object),
        Ok(_) => return Err("json_not_object"),
        Err(_) => return Err("invalid_json"),
    }
    Ok(())
}

fn put_form(map: &mut Map<String, Value>, bytes: &[u8]) {
    for (key, value) in form_urlencoded::parse(bytes) {
        map.insert(key.into_owned(), Value::String(value.into_owned()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    #[test]
    fn blocks_in_a_form_are_read_as_json_and_the_token_is_kept_apart() {
        let mut headers = HeaderMap::new();
        headers.insert(
            "content-type",
            HeaderValue::from_static("application/x-www-form-urlencoded"),
        );
        let Given { args, token, .. } = read(
            &headers,
            Some("channel=C1"),
            b"token=xoxb-1&blocks=%5B%7B%22type%22%3A%22divider%22%7D%5D&x=true",
        );
        assert_eq!(token.as_deref(), Some("xoxb-1"));
        assert_eq!(args.str("channel"), Some("C1"));
        assert_eq!(
            args.get("blocks")
                .map(|blocks| blocks[0]["type"] == "divider"),
            Some(true)
        );
        assert!(args.flag("x"));
        assert_eq!(args.str("token"), None);
    }
}
