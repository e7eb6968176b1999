//! What people read.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test that cannot go on says where"
)]

#[path = "messages/story.rs"]
mod story;
#[path = "messages/turns.rs"]
mod turns;
#[path = "messages/valid.rs"]
mod valid;

use lodestar::mail::Occasion;
use lodestar::messages::Messages;
use std::sync::LazyLock;

use story::{Story, read};

static MESSAGES: LazyLock<Messages> = LazyLock::new(|| Messages::load(None).unwrap());

#[test]
fn a_card_says_what_for_whom_by_when_what_to_press_and_what_happens_otherwise() {
    let card = Story::manchester().says(&MESSAGES, Occasion::Card, 1);
    for words in [
        "★ Starred recommendation · C-42",
        "Stage 1 of 5, for <@U0TMN1>, Team Manager · North locality",
        "Answer by Mon 21 Dec, 17:00",
        "Without an answer it goes to the Locality Service Lead, through the IRO Team Manager, at that moment.",
    ] {
        assert!(
            card.text.contains(words),
            "{words} is not in\n{}",
            card.text
        );
        assert!(
            read(&card).contains(words),
            "{words} is not in\n{}",
            read(&card)
        );
    }
}

#[test]
fn every_built_in_template_is_tried_at_start_and_none_breaks() {
    let faults = Messages::load(None).err().unwrap_or_default();
    for fault in &faults {
        eprintln!("{fault}");
    }
    assert!(faults.is_empty());
}
