//! What people read: the words of every message, and that each can be sent whatever happened and whatever people typed.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test that cannot go on says so by failing"
)]

#[path = "messages/answers.rs"]
mod answers;
#[path = "messages/hostile.rs"]
mod hostile;
#[path = "messages/overrides.rs"]
mod overrides;
#[path = "messages/story.rs"]
mod story;
#[path = "messages/turns.rs"]
mod turns;
#[path = "messages/valid.rs"]
mod valid;
#[path = "messages/words.rs"]
mod words;

use std::sync::LazyLock;

use lodestar::messages::Messages;

static MESSAGES: LazyLock<Messages> = LazyLock::new(|| Messages::load(None).unwrap());

#[test]
fn every_built_in_template_is_tried_on_every_turn_and_none_breaks() {
    let faults = Messages::tried(None).err().unwrap_or_default();
    let said: Vec<String> = faults.iter().map(ToString::to_string).collect();
    assert!(said.is_empty(), "{}", said.join("\n"));
}
