//! Whether Slack would take a message: by two independent readings of its block kit, and by its published limits.

use lodestar::messages::Rendered;
use serde_json::{Value, json};
use slack_morphism::prelude::{SlackBlock, SlackView};

/// Slack refuses blocks of more than about this many characters in all.
const ALL_BLOCKS: usize = 13_200;

pub(crate) fn message(rendered: &Rendered) {
    let Rendered { text, blocks } = rendered;
    let shown = serde_json::to_string_pretty(blocks).unwrap();
    assert!(
        !text.trim().is_empty(),
        "no text for screen readers: {shown}"
    );
    assert!(
        text.chars().count() <= 4_000,
        "{} characters of text",
        text.chars().count()
    );
    let length = blocks.to_string().chars().count();
    assert!(length <= ALL_BLOCKS, "{length} characters of blocks");
    let payload = json!({"channel": "C0TMN", "text": text, "blocks": blocks});
    let checked = serde_json::from_value::<slackblocks::MessagePayload>(payload);
    assert!(checked.is_ok(), "{checked:?}\n{shown}");
    let parsed = serde_json::from_value::<Vec<SlackBlock>>(blocks.clone());
    assert!(parsed.is_ok(), "{parsed:?}\n{shown}");
    names_begin_with_labels(blocks);
    calls_only_people(text);
    strings(blocks, &mut |said| calls_only_people(said));
}

pub(crate) fn view(view: &Value) {
    let checked = serde_json::from_value::<slackblocks::ModalView>(view.clone());
    let shown = serde_json::to_string_pretty(view).unwrap();
    assert!(checked.is_ok(), "{checked:?}\n{shown}");
    let parsed = serde_json::from_value::<SlackView>(view.clone());
    assert!(parsed.is_ok(), "{parsed:?}\n{shown}");
    names_begin_with_labels(&view["blocks"]);
    strings(view, &mut |said| calls_only_people(said));
}

/// Somebody who speaks to their machine presses a button by the words they see on it (WCAG 2.5.3).
fn names_begin_with_labels(value: &Value) {
    match value {
        Value::Array(list) => list.iter().for_each(names_begin_with_labels),
        Value::Object(object) => {
            let seen = object.get("text").and_then(|text| text["text"].as_str());
            let spoken = object.get("accessibility_label").and_then(Value::as_str);
            if let (Some(seen), Some(spoken)) = (seen, spoken) {
                assert!(spoken.starts_with(seen), "{seen} is called {spoken}");
            }
            object.values().for_each(names_begin_with_labels);
        }
        _ => {}
    }
}

/// Nothing but a person whom Lodestar means is ever called: no channel, no group, no link, no command of markup.
fn calls_only_people(said: &str) {
    for part in said.split('<').skip(1) {
        let inside = part.split('>').next().unwrap_or_default();
        assert!(
            inside.starts_with("@U0") && inside.len() < 20 && part.contains('>'),
            "<{inside}> stands in {said}"
        );
    }
}

fn strings(value: &Value, seen: &mut impl FnMut(&str)) {
    match value {
        Value::String(said) => seen(said),
        Value::Array(list) => list.iter().for_each(|inner| strings(inner, seen)),
        Value::Object(object) => object.values().for_each(|inner| strings(inner, seen)),
        _ => {}
    }
}
