//! The checks that every block and element shares.

use serde_json::Value;

#[derive(Default)]
pub(super) struct Check {
    pub(super) faults: Vec<String>,
}

impl Check {
    pub(super) fn fault(&mut self, what: &str, at: &str) {
        self.faults
            .push(format!("[ERROR] {what} [json-pointer:{at}]"));
    }

    pub(super) fn required(&mut self, object: &Value, key: &str, at: &str) {
        if object[key].is_null() {
            self.fault(&format!("missing required field: {key}"), at);
        }
    }

    pub(super) fn keys(&mut self, object: &Value, allowed: &[&str], at: &str) {
        for key in object
            .as_object()
            .into_iter()
            .flat_map(|object| object.keys())
        {
            if !allowed.contains(&key.as_str()) {
                self.fault(&format!("invalid additional property: {key}"), at);
            }
        }
    }

    /// A string of so many characters, where there is one.
    pub(super) fn string(
        &mut self,
        object: &Value,
        key: &str,
        least: usize,
        most: usize,
        at: &str,
    ) {
        let at = format!("{at}/{key}");
        match &object[key] {
            Value::Null => {}
            Value::String(text) => {
                let length = text.chars().count();
                if length < least {
                    self.fault(
                        &format!("must be more than {} characters", least.saturating_sub(1)),
                        &at,
                    );
                }
                if length > most {
                    self.fault(&format!("must be less than {} characters", most + 1), &at);
                }
            }
            _ => self.fault("must be a string", &at),
        }
    }

    pub(super) fn flags(&mut self, object: &Value, keys: &[&str], at: &str) {
        for key in keys {
            if !object[*key].is_null() && !object[*key].is_boolean() {
                self.fault("must be a boolean", &format!("{at}/{key}"));
            }
        }
    }

    pub(super) fn one_of(&mut self, object: &Value, key: &str, words: &[&str], at: &str) {
        let value = &object[key];
        if !value.is_null() && !words.iter().any(|word| value == *word) {
            self.fault(
                &format!("must be one of: {}", words.join(", ")),
                &format!("{at}/{key}"),
            );
        }
    }

    /// A `plain_text` object, where there is one.
    pub(super) fn plain(&mut self, object: &Value, key: &str, most: usize, at: &str) {
        if !object[key].is_null() {
            self.text(&object[key], &["plain_text"], most, &format!("{at}/{key}"));
        }
    }

    /// A text object of one of these types.
    pub(super) fn text(&mut self, text: &Value, types: &[&str], most: usize, at: &str) {
        if !text.is_object() {
            return self.fault("must be a text object", at);
        }
        let kind = text["type"].as_str().unwrap_or_default();
        if !types.contains(&kind) {
            return self.fault(
                &format!("must be of type {}", types.join(" or ")),
                &format!("{at}/type"),
            );
        }
        let extra = if kind == "plain_text" {
            "emoji"
        } else {
            "verbatim"
        };
        self.keys(text, &["type", "text", extra], at);
        self.flags(text, &[extra], at);
        self.required(text, "text", at);
        self.string(text, "text", 1, most, at);
    }

    /// A list of so many items; gives them.
    pub(super) fn list<'a>(
        &mut self,
        object: &'a Value,
        key: &str,
        least: usize,
        most: usize,
        at: &str,
    ) -> &'a [Value] {
        let at = format!("{at}/{key}");
        let Some(items) = object[key].as_array() else {
            self.fault("must be an array", &at);
            return &[];
        };
        if items.len() < least {
            self.fault(&format!("no fewer than {least} items allowed"), &at);
        }
        if items.len() > most {
            self.fault(&format!("no more than {most} items allowed"), &at);
        }
        items
    }

    /// Something to look at on the web.
    pub(super) fn url(&mut self, object: &Value, key: &str, at: &str) {
        self.string(object, key, 1, 3_000, at);
        if let Some(url) = object[key].as_str()
            && !url.starts_with("https://")
            && !url.starts_with("http://")
            && !url.starts_with("mailto:")
            && !url.starts_with("slack://")
        {
            self.fault("must be a valid URL", &format!("{at}/{key}"));
        }
    }

    pub(super) fn confirm(&mut self, object: &Value, at: &str) {
        let confirm = &object["confirm"];
        if confirm.is_null() {
            return;
        }
        let at = format!("{at}/confirm");
        self.keys(confirm, &["title", "text", "confirm", "deny", "style"], &at);
        for key in ["title", "text", "confirm", "deny"] {
            self.required(confirm, key, &at);
        }
        self.plain(confirm, "title", 100, &at);
        if !confirm["text"].is_null() {
            self.text(
                &confirm["text"],
                &["plain_text", "mrkdwn"],
                300,
                &format!("{at}/text"),
            );
        }
        self.plain(confirm, "confirm", 30, &at);
        self.plain(confirm, "deny", 30, &at);
        self.one_of(confirm, "style", &["primary", "danger"], &at);
    }
}
