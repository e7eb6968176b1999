//! Block Kit: Slack's rules and limits. Source: docs.slack.dev/reference/block-kit.
//!
//! A fault is worded as Slack words it: what is wrong, and a JSON pointer to where.

mod block;
mod check;
mod element;
mod rich;
pub(crate) mod values;
pub(crate) mod walk;

use check::Check;
use serde_json::{Value, json};
use std::collections::HashSet;

/// Where blocks are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Surface {
    /// A message: 50 blocks at most.
    Message,
    /// A modal: 100 blocks at most.
    Modal,
    /// An App Home: 100 blocks at most.
    Home,
}

impl Surface {
    fn most(self) -> usize {
        if self == Self::Message { 50 } else { 100 }
    }
}

/// Everything that Slack would refuse in these blocks; empty where they are good.
#[must_use]
pub fn check_blocks(blocks: &[Value], surface: Surface) -> Vec<String> {
    let mut check = Check::default();
    check_list(&mut check, blocks, surface, "/blocks");
    check.faults
}

fn check_list(check: &mut Check, blocks: &[Value], surface: Surface, at: &str) {
    if blocks.len() > surface.most() {
        check.fault(
            &format!("no more than {} items allowed", surface.most()),
            at,
        );
    }
    if blocks
        .iter()
        .filter(|block| block["type"] == "table")
        .count()
        > 1
    {
        check.fault("only one table is allowed", at);
    }
    let mut ids = HashSet::new();
    for (number, one) in blocks.iter().enumerate() {
        let at = format!("{at}/{number}");
        block::check(check, one, surface, &at);
        if let Some(id) = one["block_id"].as_str().filter(|id| !id.is_empty())
            && !ids.insert(id)
        {
            check.fault(
                &format!("\"block_id\" already exists: {id}"),
                &format!("{at}/block_id"),
            );
        }
    }
}

/// Everything that Slack would refuse in this modal or App Home; empty where it is good.
#[must_use]
pub fn check_view(view: &Value) -> Vec<String> {
    let mut check = Check::default();
    let at = "/view";
    let modal = match view["type"].as_str() {
        Some("modal") => true,
        Some("home") => false,
        _ => {
            check.fault("must be of type modal or home", "/view/type");
            return check.faults;
        }
    };
    let common = [
        "type",
        "blocks",
        "private_metadata",
        "callback_id",
        "external_id",
    ];
    let only_modal = [
        "title",
        "submit",
        "close",
        "clear_on_close",
        "notify_on_close",
        "submit_disabled",
    ];
    let allowed: Vec<&str> = if modal {
        [&common[..], &only_modal[..]].concat()
    } else {
        common.to_vec()
    };
    check.keys(view, &allowed, at);
    check.string(view, "private_metadata", 0, 3_000, at);
    check.string(view, "callback_id", 0, 255, at);
    check.string(view, "external_id", 0, 255, at);
    if modal {
        check.required(view, "title", at);
        for key in ["title", "submit", "close"] {
            check.plain(view, key, 24, at);
        }
        check.flags(
            view,
            &["clear_on_close", "notify_on_close", "submit_disabled"],
            at,
        );
    }
    match view["blocks"].as_array() {
        Some(blocks) => {
            let surface = if modal { Surface::Modal } else { Surface::Home };
            check_list(&mut check, blocks, surface, "/view/blocks");
            one_focus(&mut check, blocks);
            let asks = blocks.iter().any(|block| block["type"] == "input");
            if modal && asks && view["submit"].is_null() {
                check.fault(
                    "missing required field: submit, since there is an input block",
                    at,
                );
            }
        }
        None => check.fault("missing required field: blocks", at),
    }
    check.faults
}

/// The focus can begin in one place only.
fn one_focus(check: &mut Check, blocks: &[Value]) {
    let wanting = blocks.iter().flat_map(|block| {
        let row = block["elements"].as_array().into_iter().flatten();
        [&block["element"], &block["accessory"]]
            .into_iter()
            .chain(row)
    });
    if wanting
        .filter(|element| element["focus_on_load"] == true)
        .count()
        > 1
    {
        check.fault(
            "focus_on_load is true for more than one element",
            "/view/blocks",
        );
    }
}

/// Gives every block a `block_id` and every interactive element an `action_id`, as Slack does on arrival.
pub(crate) fn name_blocks(blocks: &mut [Value]) {
    let random = || {
        let number = rand::random::<u32>();
        json!(format!("{number:08x}"))
    };
    let name = |element: &mut Value| {
        let kind = element["type"].as_str().unwrap_or_default();
        if kind != "image"
            && kind != "mrkdwn"
            && kind != "plain_text"
            && element["action_id"].as_str().is_none_or(str::is_empty)
        {
            element["action_id"] = random();
        }
    };
    for block in blocks {
        if block["block_id"].as_str().is_none_or(str::is_empty) {
            block["block_id"] = random();
        }
        if block["accessory"].is_object() {
            name(&mut block["accessory"]);
        }
        if block["type"] == "input" && block["element"].is_object() {
            name(&mut block["element"]);
        }
        if block["type"] == "actions"
            && let Some(elements) = block["elements"].as_array_mut()
        {
            elements.iter_mut().for_each(name);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn section(text: &str) -> Value {
        json!({"type": "section", "text": {"type": "mrkdwn", "text": text}})
    }

    fn faults(block: Value) -> Vec<String> {
        check_blocks(&[block], Surface::Message)
    }

    fn one_button(button: &Value) -> Value {
        json!({"type": "actions", "elements": [button]})
    }

    #[test]
    fn a_section_of_3000_characters_passes_and_one_more_does_not() {
        assert_eq!(faults(section(&"é".repeat(3_000))), Vec::<String>::new());
        assert_eq!(
            faults(section(&"é".repeat(3_001))),
            ["[ERROR] must be less than 3001 characters [json-pointer:/blocks/0/text/text]"]
        );
    }

    #[test]
    fn an_empty_text_is_refused() {
        assert_eq!(faults(section("")).len(), 1);
    }

    #[test]
    fn a_message_takes_50_blocks_and_a_modal_100() {
        let many = vec![json!({"type": "divider"}); 51];
        assert_eq!(
            check_blocks(&many, Surface::Message),
            ["[ERROR] no more than 50 items allowed [json-pointer:/blocks]"]
        );
        assert!(check_blocks(&many, Surface::Modal).is_empty());
    }

    #[test]
    fn the_same_block_id_twice_is_refused_and_the_same_action_id_in_two_blocks_is_not() {
        let button = |block: &str| {
            json!({"type": "actions", "block_id": block, "elements": [
            {"type": "button", "action_id": "go", "text": {"type": "plain_text", "text": "Go"}}]})
        };
        assert!(check_blocks(&[button("a"), button("b")], Surface::Message).is_empty());
        assert_eq!(
            check_blocks(&[button("a"), button("a")], Surface::Message).len(),
            1
        );
    }

    #[test]
    fn the_same_action_id_twice_in_one_block_is_refused() {
        let button = json!({"type": "button", "action_id": "go", "text": {"type": "plain_text", "text": "Go"}});
        assert_eq!(
            faults(json!({"type": "actions", "elements": [button, button]})).len(),
            1
        );
    }

    #[test]
    fn a_button_has_limits_on_its_words_value_and_style() {
        let good = json!({"type": "button", "action_id": "go", "text": {"type": "plain_text", "text": "x".repeat(75)},
            "value": "v".repeat(2_000), "style": "primary"});
        assert_eq!(faults(one_button(&good)), Vec::<String>::new());
        let mut wordy = good.clone();
        wordy["text"]["text"] = json!("x".repeat(76));
        let mut heavy = good.clone();
        heavy["value"] = json!("v".repeat(2_001));
        let mut loud = good.clone();
        loud["style"] = json!("warning");
        let mut marked = good;
        marked["text"]["type"] = json!("mrkdwn");
        for bad in [wordy, heavy, loud, marked] {
            assert_eq!(faults(one_button(&bad)).len(), 1, "{bad}");
        }
    }

    #[test]
    fn a_mistyped_property_is_named() {
        let block =
            json!({"type": "section", "text": {"type": "mrkdwn", "text": "x"}, "acessory": {}});
        assert_eq!(
            faults(block),
            ["[ERROR] invalid additional property: acessory [json-pointer:/blocks/0]"]
        );
    }

    #[test]
    fn a_modal_with_an_input_needs_a_submit_button() {
        let mut view = json!({"type": "modal", "title": {"type": "plain_text", "text": "Ask"}, "blocks": [
            {"type": "input", "label": {"type": "plain_text", "text": "Why"}, "element": {"type": "plain_text_input", "action_id": "v"}}]});
        assert_eq!(check_view(&view).len(), 1);
        view["submit"] = json!({"type": "plain_text", "text": "Send"});
        assert!(check_view(&view).is_empty());
        view["title"]["text"] = json!("x".repeat(25));
        assert_eq!(
            check_view(&view),
            ["[ERROR] must be less than 25 characters [json-pointer:/view/title/text]"]
        );
    }

    #[test]
    fn a_select_takes_100_options_and_its_initial_option_is_one_of_them() {
        let option = |n: usize| json!({"text": {"type": "plain_text", "text": format!("o{n}")}, "value": n.to_string()});
        let select = |many: usize, first: usize| {
            let options: Vec<Value> = (0..many).map(option).collect();
            json!({"type": "actions", "elements": [{"type": "static_select", "action_id": "s", "options": options, "initial_option": option(first)}]})
        };
        assert!(faults(select(100, 0)).is_empty());
        assert_eq!(faults(select(101, 0)).len(), 1);
        assert_eq!(faults(select(100, 100)).len(), 1);
    }

    #[test]
    fn a_date_that_is_none_is_refused() {
        let picker = |date: &str| {
            one_button(&json!({"type": "datepicker", "action_id": "d", "initial_date": date}))
        };
        assert!(faults(picker("2026-12-24")).is_empty());
        assert_eq!(faults(picker("2026-02-30")).len(), 1);
        assert_eq!(faults(picker("24/12/2026")).len(), 1);
    }

    #[test]
    fn a_block_without_a_block_id_gets_one() {
        let mut blocks = vec![one_button(
            &json!({"type": "button", "text": {"type": "plain_text", "text": "Go"}}),
        )];
        name_blocks(&mut blocks);
        assert!(
            blocks[0]["block_id"].is_string() && blocks[0]["elements"][0]["action_id"].is_string()
        );
    }
}
