//! Slack's limits, by place. What a template makes is made to fit, so that a long team name never costs a message.
//!
//! Sources: the Block Kit reference (blocks, composition objects), and `chat.postMessage`, which refuses blocks of more
//! than about 13,200 characters in all with `msg_blocks_too_long`.

use serde_json::Value;

use super::escape::shorten;

/// The most blocks in a message.
pub(super) const MESSAGE_BLOCKS: usize = 50;
/// The most blocks in a view.
pub(super) const VIEW_BLOCKS: usize = 100;
/// The longest top-level text: Slack asks for no more than 4,000 characters.
pub(super) const TEXT: usize = 4_000;

/// Makes blocks fit: what is empty is left out, what is too long is shortened, and text is never parsed beyond what we wrote.
pub(super) fn blocks(list: &mut Vec<Value>, most: usize) {
    list.retain_mut(block);
    list.truncate(most);
}

/// Makes a modal or a home tab fit.
pub(super) fn view(view: &mut Value) {
    for name in ["title", "submit", "close"] {
        within(view, name, 24);
    }
    if let Some(list) = view.get_mut("blocks").and_then(Value::as_array_mut) {
        blocks(list, VIEW_BLOCKS);
    }
}

/// Makes one block fit; false where nothing is left of it.
fn block(block: &mut Value) -> bool {
    let kind = block
        .get("type")
        .and_then(Value::as_str)
        .unwrap_or_default()
        .to_owned();
    match kind.as_str() {
        "header" => within(block, "text", 150),
        "section" => {
            let said = within(block, "text", 3_000);
            let fields = list(block, "fields", 10, |field| fits(field, 2_000));
            if let Some(accessory) = block.get_mut("accessory") {
                element(accessory);
            }
            said || fields
        }
        "context" => list(block, "elements", 10, |text| fits(text, 2_000)),
        "actions" => list(block, "elements", 25, element),
        "input" => {
            within(block, "label", 2_000);
            within(block, "hint", 2_000);
            block.get_mut("element").is_none_or(element)
        }
        _ => true,
    }
}

fn element(element: &mut Value) -> bool {
    within(element, "text", 75);
    within(element, "placeholder", 150);
    if let Some(Value::String(label)) = element.get_mut("accessibility_label") {
        shorten(label, 75);
    }
    if let Some(confirm) = element.get_mut("confirm") {
        within(confirm, "title", 100);
        within(confirm, "text", 300);
        within(confirm, "confirm", 30);
        within(confirm, "deny", 30);
    }
    list(element, "options", 100, option);
    list(element, "option_groups", 100, |group| {
        within(group, "label", 75);
        list(group, "options", 100, option)
    });
    if let Some(chosen) = element.get_mut("initial_option") {
        option(chosen);
    }
    list(element, "initial_options", 100, option);
    true
}

fn option(option: &mut Value) -> bool {
    within(option, "description", 75);
    within(option, "text", 75)
}

/// Fits the text object of that name; false where there is none, or nothing in it.
fn within(of: &mut Value, name: &str, limit: usize) -> bool {
    of.get_mut(name).is_some_and(|text| fits(text, limit))
}

/// Fits a text object; false where it is none, or has nothing in it.
fn fits(text: &mut Value, limit: usize) -> bool {
    let Value::Object(object) = text else {
        return false;
    };
    let markup = object.get("type").and_then(Value::as_str) == Some("mrkdwn");
    let Some(Value::String(words)) = object.get_mut("text") else {
        return false;
    };
    shorten(words, limit);
    let said = !words.is_empty();
    if markup {
        // Otherwise Slack links `@name` and `#channel` that a person typed.
        object.insert("verbatim".to_owned(), Value::Bool(true));
    }
    said
}

/// Fits each of a list and drops what is empty; false where there is no list or nothing is left of it.
fn list(of: &mut Value, name: &str, most: usize, keep: impl FnMut(&mut Value) -> bool) -> bool {
    let Some(list) = of.get_mut(name).and_then(Value::as_array_mut) else {
        return false;
    };
    list.retain_mut(keep);
    list.truncate(most);
    let any = !list.is_empty();
    if !any && let Some(of) = of.as_object_mut() {
        of.shift_remove(name);
    }
    any
}
