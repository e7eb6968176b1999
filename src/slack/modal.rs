//! The forms people fill: each built for the concern and the protocol it is about.
//!
//! `callback_id`s and `block_id`s are the contract of the project's interface; every input's `action_id` is `value`. A view's
//! `private_metadata` says which concern and visit it is for, and never holds what anybody wrote.

pub(super) mod acts;
pub(super) mod details;
pub(super) mod input;
pub(super) mod meta;
pub(super) mod raise;

use serde_json::{Value, json};

/// The longest title or button of a view that Slack takes, in characters.
const TITLE: usize = 24;
/// The longest section that Slack takes, in characters.
const SECTION: usize = 3_000;
/// The most blocks that Slack takes in a view.
const BLOCKS: usize = 100;

/// A text object that Slack shows as it is.
pub(super) fn plain(text: &str, limit: usize) -> Value {
    json!({"type": "plain_text", "text": shortened(text, limit), "emoji": false})
}

/// A section of Slack markup. Whatever people typed in it is escaped already.
pub(super) fn section(markup: &str) -> Value {
    json!({"type": "section", "text": {"type": "mrkdwn", "text": shortened(markup, SECTION), "verbatim": true}})
}

/// A section of words as they are.
pub(super) fn words(text: &str) -> Value {
    json!({"type": "section", "text": plain(text, SECTION)})
}

/// A small grey line of Slack markup.
pub(super) fn context(markup: &str) -> Value {
    json!({"type": "context", "elements": [{"type": "mrkdwn", "text": shortened(markup, 2_000), "verbatim": true}]})
}

/// A view with a submit button.
pub(super) fn form(
    callback_id: &str,
    (title, submit): (&str, &str),
    private_metadata: &str,
    blocks: &[Value],
) -> Value {
    json!({
        "type": "modal",
        "callback_id": callback_id,
        "private_metadata": private_metadata,
        "title": plain(title, TITLE),
        "submit": plain(submit, TITLE),
        "close": plain("Cancel", TITLE),
        "blocks": blocks,
    })
}

/// A view to read.
pub(super) fn page(title: &str, mut blocks: Vec<Value>) -> Value {
    blocks.truncate(BLOCKS);
    json!({
        "type": "modal",
        "title": plain(title, TITLE),
        "close": plain("Close", TITLE),
        "blocks": blocks,
    })
}

/// Text cut to a number of characters, with a sign that it was. Never empty: Slack refuses an empty text.
fn shortened(text: &str, limit: usize) -> String {
    if text.is_empty() {
        return "–".to_owned();
    }
    if text.chars().count() <= limit {
        return text.to_owned();
    }
    let mut short: String = text.chars().take(limit.saturating_sub(1)).collect();
    short.push('…');
    short
}

/// Escapes what somebody typed for Slack markup, so that it calls nobody and links nowhere.
pub(super) fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}

/// Calls a person.
pub(super) fn mention(user: &str) -> String {
    let is_id = !user.is_empty()
        && user
            .bytes()
            .all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit());
    if is_id {
        format!("<@{user}>")
    } else {
        escaped(user)
    }
}

/// A list in words: "a", "a or b", "a, b or c".
pub(super) fn listed(items: &[String], joint: &str) -> String {
    match items {
        [] => String::new(),
        [one] => one.clone(),
        [most @ .., last] => format!("{} {joint} {last}", most.join(", ")),
    }
}
