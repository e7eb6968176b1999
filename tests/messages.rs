//! What people read.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test that cannot go on says where"
)]

#[path = "messages/story.rs"]
mod story;

use lodestar::mail::Occasion;
use lodestar::messages::Messages;
use story::{Story, read};

#[test]
fn a_card_says_what_for_whom_by_when_what_to_press_and_what_happens_otherwise() {
    let messages = Messages::load(None).unwrap();
    let card = Story::manchester().says(&messages, Occasion::Card, 1);
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
