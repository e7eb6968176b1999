//! The forms people fill: each built for the concern and the protocol it is about. Their words are in `messages/modal/`.
//!
//! `callback_id`s and `block_id`s are the contract of the project's interface; every input's `action_id` is `value`. A view's
//! `private_metadata` says which concern and visit it is for, and never holds what anybody wrote.

pub(super) mod acts;
pub(super) mod kept;
pub(super) mod meta;
pub(super) mod notice;
pub(super) mod raise;
pub(super) mod review;

use serde_json::{Value, json};

/// The longest section that Slack takes, in characters.
const SECTION: usize = 3_000;

/// A section of Slack markup. Whatever people typed in it is escaped already.
pub(super) fn section(markup: &str) -> Value {
    let text: String = markup.chars().take(SECTION).collect();
    json!({"type": "section", "text": {"type": "mrkdwn", "text": text, "verbatim": true}})
}
