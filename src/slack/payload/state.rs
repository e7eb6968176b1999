//! What was typed and chosen in a view or message, whatever inputs it was built of.

use std::fmt;

use chrono::NaiveDate;
use indexmap::IndexMap;
use serde_json::Value;

/// `block_id` to the value of that block's input.
///
/// Slack nests one level more (`values[block_id][action_id]`); a block of ours holds one input with the `action_id` `value`, and
/// where that is not there the only, or first, one is taken.
#[derive(Clone, Default, PartialEq)]
pub struct State {
    blocks: IndexMap<String, Element>,
}

impl State {
    /// Reads `state.values`. Anything else than the nested objects Slack sends is an empty state.
    #[must_use]
    pub fn read(values: Option<&Value>) -> Self {
        let mut blocks = IndexMap::new();
        for (block, inputs) in values.and_then(Value::as_object).into_iter().flatten() {
            let Some(inputs) = inputs.as_object() else {
                continue;
            };
            if let Some(input) = inputs.get("value").or_else(|| inputs.values().next()) {
                blocks.insert(block.clone(), Element::read(input));
            }
        }
        Self { blocks }
    }

    /// The input of `block`, if the view has it.
    #[must_use]
    pub fn element(&self, block: &str) -> Option<&Element> {
        self.blocks.get(block)
    }

    /// The `block_id`s in the order they came.
    pub fn blocks(&self) -> impl Iterator<Item = &str> {
        self.blocks.keys().map(String::as_str)
    }

    /// See [`Element::text`].
    #[must_use]
    pub fn text(&self, block: &str) -> Option<String> {
        self.element(block)?.text()
    }

    /// See [`Element::date`].
    #[must_use]
    pub fn date(&self, block: &str) -> Option<NaiveDate> {
        self.element(block)?.date()
    }

    /// See [`Element::options`]. Empty where the view has no such block.
    #[must_use]
    pub fn options(&self, block: &str) -> Vec<String> {
        self.element(block).map_or_else(Vec::new, Element::options)
    }

    /// See [`Element::user`].
    #[must_use]
    pub fn user(&self, block: &str) -> Option<String> {
        self.element(block)?.user()
    }
}

impl fmt::Debug for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(&self.blocks).finish()
    }
}

/// The value of one input: typed text, an option, options, a date, a person.
#[derive(Clone, Default, PartialEq)]
pub struct Element {
    raw: Value,
}

/// The names under which the kinds of input keep a single value, most specific first.
const SINGLE: [&str; 6] = [
    "selected_date",
    "selected_time",
    "selected_user",
    "selected_channel",
    "selected_conversation",
    "value",
];

impl Element {
    pub(super) fn read(raw: &Value) -> Self {
        Self { raw: raw.clone() }
    }

    /// The kind of input, such as `button` or `datepicker`; empty if absent.
    #[must_use]
    pub fn kind(&self) -> &str {
        self.raw.get("type").and_then(Value::as_str).unwrap_or("")
    }

    /// What was typed or chosen, as text: the option's value, the ISO date, the id. `None` where nothing was, or only blanks.
    #[must_use]
    pub fn text(&self) -> Option<String> {
        let chosen = self.raw.pointer("/selected_option/value");
        let single = SINGLE
            .iter()
            .filter_map(|name| self.raw.get(name))
            .find(|value| !value.is_null());
        let moment = self.raw.get("selected_date_time");
        let text = match chosen.or(single).or(moment) {
            Some(Value::String(text)) => text.clone(),
            Some(Value::Number(number)) => number.to_string(),
            _ => {
                let mut written = String::new();
                if let Some(rich) = self.raw.get("rich_text_value") {
                    gather(rich, &mut written);
                }
                written
            }
        };
        (!is_blank(&text)).then(|| text.trim().to_owned())
    }

    /// The date chosen, or typed as `YYYY-MM-DD`. Other words for a date are in [`Element::text`].
    #[must_use]
    pub fn date(&self) -> Option<NaiveDate> {
        NaiveDate::parse_from_str(&self.text()?, "%Y-%m-%d").ok()
    }

    /// Every value chosen: of checkboxes and multi-selects, or the one of a single select. Empty where nothing was.
    #[must_use]
    pub fn options(&self) -> Vec<String> {
        let several = [
            "selected_options",
            "selected_users",
            "selected_channels",
            "selected_conversations",
        ];
        for name in several {
            if let Some(chosen) = self.raw.get(name).and_then(Value::as_array) {
                return chosen
                    .iter()
                    .filter_map(|one| one.get("value").unwrap_or(one).as_str())
                    .map(str::to_owned)
                    .collect();
            }
        }
        self.text().into_iter().collect()
    }

    /// The person chosen, or mentioned in typed text: see [`mentioned_user`]. The first of several.
    #[must_use]
    pub fn user(&self) -> Option<String> {
        mentioned_user(self.options().first()?)
    }
}

impl fmt::Debug for Element {
    /// A button's value is the bot's own and shown; what a person typed or chose is not.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.kind(), self.raw.get("value").and_then(Value::as_str)) {
            ("button", Some(value)) => write!(f, "button({value})"),
            ("", _) => f.write_str("…"),
            (kind, _) => write!(f, "{kind}(…)"),
        }
    }
}

/// Whether a text shows nothing: spaces, and characters that nobody sees.
#[must_use]
pub fn is_blank(text: &str) -> bool {
    let unseen = |c: char| {
        matches!(c, '\u{00AD}' | '\u{034F}' | '\u{061C}' | '\u{115F}' | '\u{1160}' | '\u{17B4}' | '\u{17B5}' | '\u{180B}'..='\u{180F}'
            | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{2800}' | '\u{3164}'
            | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}' | '\u{FFA0}' | '\u{E0000}'..='\u{E0FFF}')
    };
    text.chars()
        .all(|c| c.is_whitespace() || c.is_control() || unseen(c))
}

/// The words of a rich text, in order. Its depth is bounded by the JSON reader's.
fn gather(value: &Value, into: &mut String) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| gather(item, into)),
        Value::Object(fields) => {
            if let Some(text) = fields.get("text").and_then(Value::as_str) {
                into.push_str(text);
            }
            if let Some(user) = fields.get("user_id").and_then(Value::as_str) {
                into.push_str("<@");
                into.push_str(user);
                into.push('>');
            }
            if let Some(elements) = fields.get("elements") {
                gather(elements, into);
                if fields.get("type").and_then(Value::as_str) == Some("rich_text_section") {
                    into.push('\n');
                }
            }
        }
        _ => {}
    }
}

/// The user id in `<@U123>`, `<@U123|name>` or bare `U123`, with anything after it left alone. `None` for anything else,
/// such as `@name`, which Slack sends when it could not tell whom was meant.
#[must_use]
pub fn mentioned_user(text: &str) -> Option<String> {
    let text = text.trim();
    let id = match text.strip_prefix("<@") {
        Some(rest) => rest.split_once('>')?.0.split('|').next()?,
        None => text.split_whitespace().next()?,
    };
    let is_id = id.len() > 1
        && id.len() <= 32
        && id.starts_with(['U', 'W'])
        && id
            .bytes()
            .all(|b| b.is_ascii_uppercase() || b.is_ascii_digit());
    is_id.then(|| id.to_owned())
}
