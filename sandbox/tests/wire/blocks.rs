//! Block Kit's limits, one row each: what just passes, and what is one too much.

use sandbox::{Surface, check_blocks, check_view};
use serde_json::{Value, json};

fn plain(text: &str) -> Value {
    json!({"type": "plain_text", "text": text})
}

fn words(count: usize) -> Value {
    plain(&"x".repeat(count))
}

fn option(number: usize) -> Value {
    json!({"text": plain("o"), "value": number.to_string()})
}

fn many(count: usize, one: &Value) -> Value {
    Value::Array(vec![one.clone(); count])
}

fn options(count: usize) -> Value {
    (0..count).map(option).collect()
}

fn row(element: Value) -> Value {
    let mut element = element;
    element["action_id"] = json!("a");
    json!({"type": "actions", "elements": [element]})
}

fn input(element: Value) -> Value {
    let mut element = element;
    element["action_id"] = json!("a");
    json!({"type": "input", "label": plain("Why"), "element": element})
}

fn confirm(key: &str, value: Value) -> Value {
    let mut confirm =
        json!({"title": plain("t"), "text": plain("t"), "confirm": plain("y"), "deny": plain("n")});
    confirm[key] = value;
    row(json!({"type": "button", "text": plain("Go"), "confirm": confirm}))
}

fn text(count: usize) -> String {
    "x".repeat(count)
}

/// What is limited, to how much, and a block with so much of it.
type Row = (&'static str, usize, fn(usize) -> Value);

const ROWS: &[Row] = &[
    (
        "text of a section",
        3_000,
        |n| json!({"type": "section", "text": words(n)}),
    ),
    (
        "fields of a section",
        10,
        |n| json!({"type": "section", "fields": many(n, &plain("x"))}),
    ),
    (
        "text of a field",
        2_000,
        |n| json!({"type": "section", "fields": [words(n)]}),
    ),
    (
        "a header",
        150,
        |n| json!({"type": "header", "text": words(n)}),
    ),
    (
        "elements of a context",
        10,
        |n| json!({"type": "context", "elements": many(n, &plain("x"))}),
    ),
    (
        "a block_id",
        255,
        |n| json!({"type": "divider", "block_id": text(n)}),
    ),
    ("elements of actions", 25, |n| {
        let button =
            |at: usize| json!({"type": "button", "action_id": at.to_string(), "text": plain("Go")});
        json!({"type": "actions", "elements": (0..n).map(button).collect::<Vec<_>>()})
    }),
    (
        "an action_id",
        255,
        |n| json!({"type": "actions", "elements": [{"type": "button", "action_id": text(n), "text": plain("Go")}]}),
    ),
    ("words of a button", 75, |n| {
        row(json!({"type": "button", "text": words(n)}))
    }),
    ("value of a button", 2_000, |n| {
        row(json!({"type": "button", "text": plain("Go"), "value": text(n)}))
    }),
    ("address of a button", 3_000, |n| {
        row(
            json!({"type": "button", "text": plain("Go"), "url": format!("https://{}", text(n - 8))}),
        )
    }),
    ("label for readers of a button", 75, |n| {
        row(json!({"type": "button", "text": plain("Go"), "accessibility_label": text(n)}))
    }),
    ("title of a confirmation", 100, |n| {
        confirm("title", words(n))
    }),
    ("text of a confirmation", 300, |n| confirm("text", words(n))),
    ("yes of a confirmation", 30, |n| {
        confirm("confirm", words(n))
    }),
    ("no of a confirmation", 30, |n| confirm("deny", words(n))),
    ("options of a select", 100, |n| {
        row(json!({"type": "static_select", "options": options(n)}))
    }),
    ("groups of a select", 100, |n| {
        row(
            json!({"type": "static_select", "option_groups": many(n, &json!({"label": plain("g"), "options": options(1)}))}),
        )
    }),
    ("label of a group", 75, |n| {
        row(
            json!({"type": "static_select", "option_groups": [{"label": words(n), "options": options(1)}]}),
        )
    }),
    ("options of an overflow menu", 5, |n| {
        row(json!({"type": "overflow", "options": options(n)}))
    }),
    ("checkboxes", 10, |n| {
        row(json!({"type": "checkboxes", "options": options(n)}))
    }),
    ("radio buttons", 10, |n| {
        row(json!({"type": "radio_buttons", "options": options(n)}))
    }),
    ("text of an option", 75, |n| {
        row(json!({"type": "static_select", "options": [{"text": words(n), "value": "v"}]}))
    }),
    ("value of an option", 150, |n| {
        row(json!({"type": "static_select", "options": [{"text": plain("o"), "value": text(n)}]}))
    }),
    ("description of an option", 75, |n| {
        row(
            json!({"type": "radio_buttons", "options": [{"text": plain("o"), "value": "v", "description": words(n)}]}),
        )
    }),
    ("placeholder", 150, |n| {
        row(json!({"type": "users_select", "placeholder": words(n)}))
    }),
    (
        "label of an input",
        2_000,
        |n| json!({"type": "input", "label": words(n), "element": {"type": "plain_text_input", "action_id": "a"}}),
    ),
    (
        "hint of an input",
        2_000,
        |n| json!({"type": "input", "label": plain("l"), "hint": words(n), "element": {"type": "plain_text_input", "action_id": "a"}}),
    ),
    ("longest text of a field", 3_000, |n| {
        input(json!({"type": "plain_text_input", "max_length": n}))
    }),
    ("first value of a field", 3_000, |n| {
        input(json!({"type": "plain_text_input", "initial_value": text(n)}))
    }),
    ("files of an input", 10, |n| {
        input(json!({"type": "file_input", "max_files": n}))
    }),
    (
        "words for a picture",
        2_000,
        |n| json!({"type": "image", "image_url": "https://x.example/a.png", "alt_text": text(n)}),
    ),
    (
        "title of a picture",
        2_000,
        |n| json!({"type": "image", "image_url": "https://x.example/a.png", "alt_text": "a", "title": words(n)}),
    ),
    (
        "Markdown",
        12_000,
        |n| json!({"type": "markdown", "text": text(n)}),
    ),
    (
        "rows of a table",
        100,
        |n| json!({"type": "table", "rows": many(n, &json!([{"type": "raw_text", "text": "x"}]))}),
    ),
    (
        "cells of a row",
        20,
        |n| json!({"type": "table", "rows": [many(n, &json!({"type": "raw_text", "text": "x"}))]}),
    ),
];

#[test]
fn every_limit_of_a_block_lets_so_much_pass_and_no_more() {
    for (what, most, block) in ROWS {
        let faults = |count: usize| check_blocks(&[block(count)], Surface::Message);
        assert_eq!(faults(*most), Vec::<String>::new(), "{what}");
        let refused = faults(most + 1);
        assert_eq!(refused.len(), 1, "{what}: {refused:?}");
        assert!(
            refused[0].contains("[json-pointer:/blocks/0"),
            "{refused:?}"
        );
    }
}

#[test]
fn every_limit_of_a_view_lets_so_much_pass_and_no_more() {
    let view = |key: &str, value: Value| {
        let mut view =
            json!({"type": "modal", "title": plain("Ask"), "submit": plain("Send"), "blocks": []});
        view[key] = value;
        view
    };
    let rows: [Row; 7] = [
        ("title", 24, words),
        ("submit", 24, words),
        ("close", 24, words),
        ("private_metadata", 3_000, |n| json!(text(n))),
        ("callback_id", 255, |n| json!(text(n))),
        ("external_id", 255, |n| json!(text(n))),
        ("blocks", 100, |n| many(n, &json!({"type": "divider"}))),
    ];
    for (key, most, value) in rows {
        assert_eq!(
            check_view(&view(key, value(most))),
            Vec::<String>::new(),
            "{key}"
        );
        assert_eq!(check_view(&view(key, value(most + 1))).len(), 1, "{key}");
    }
    let home = |count| json!({"type": "home", "blocks": many(count, &json!({"type": "divider"}))});
    assert_eq!(
        (check_view(&home(100)).len(), check_view(&home(101)).len()),
        (0, 1)
    );
}

#[test]
fn a_message_has_fifty_blocks_and_one_table() {
    let count = |count: usize| {
        check_blocks(&vec![json!({"type": "divider"}); count], Surface::Message).len()
    };
    assert_eq!((count(50), count(51)), (0, 1));
    let table = json!({"type": "table", "rows": [[{"type": "raw_text", "text": "x"}]]});
    assert_eq!(
        check_blocks(&[table.clone(), table], Surface::Message).len(),
        1
    );
}

#[test]
fn the_focus_of_a_view_begins_in_one_place() {
    let field = |name: &str, focus: bool| {
        let element =
            json!({"type": "plain_text_input", "action_id": name, "focus_on_load": focus});
        json!({"type": "input", "label": plain(name), "element": element})
    };
    let view = |second: bool| json!({"type": "modal", "title": plain("Ask"), "submit": plain("Send"), "blocks": [field("a", true), field("b", second)]});
    assert_eq!(
        (
            check_view(&view(false)).len(),
            check_view(&view(true)).len()
        ),
        (0, 1)
    );
}

#[test]
fn each_element_stands_only_where_it_may() {
    let field = json!({"type": "plain_text_input", "action_id": "a"});
    let when = json!({"type": "datetimepicker", "action_id": "a"});
    let section =
        |accessory: &Value| json!({"type": "section", "text": plain("x"), "accessory": accessory});
    for block in [row(field.clone()), section(&field), section(&when)] {
        assert_eq!(
            check_blocks(std::slice::from_ref(&block), Surface::Message).len(),
            1,
            "{block}"
        );
    }
    for block in [input(field), input(when.clone()), row(when)] {
        assert_eq!(
            check_blocks(&[block], Surface::Message),
            Vec::<String>::new()
        );
    }
    let marked = json!({"type": "markdown", "text": "x"});
    assert_eq!(check_blocks(&[marked], Surface::Modal).len(), 1);
}

fn rich(part: &Value) -> Vec<String> {
    let block = json!({"type": "rich_text", "elements": [part]});
    check_blocks(&[block], Surface::Message)
}

fn leaf(leaf: &Value) -> Vec<String> {
    rich(&json!({"type": "rich_text_section", "elements": [leaf]}))
}

#[test]
fn rich_text_is_checked_to_its_leaves() {
    let whole = [
        json!({"type": "text", "text": "x", "style": {"bold": true, "code": true}}),
        json!({"type": "link", "url": "https://example.org", "text": "there", "style": {"italic": true}}),
        json!({"type": "user", "user_id": "U0ADA"}),
        json!({"type": "usergroup", "usergroup_id": "S0ALL"}),
        json!({"type": "channel", "channel_id": "C0OPS", "style": {"strike": true}}),
        json!({"type": "emoji", "name": "wave"}),
        json!({"type": "date", "timestamp": 1_800_000_000, "format": "{date_short}", "fallback": "then"}),
        json!({"type": "broadcast", "range": "here"}),
        json!({"type": "color", "value": "#00ff00"}),
    ];
    for one in whole {
        assert_eq!(leaf(&one), Vec::<String>::new(), "{one}");
    }
    let broken = [
        json!({"text": "x"}),
        json!({"type": "heading", "text": "x"}),
        json!({"type": "text"}),
        json!({"type": "text", "text": ""}),
        json!({"type": "text", "text": "x", "style": {"bold": "yes"}}),
        json!({"type": "text", "text": "x", "style": {"loud": true}}),
        json!({"type": "text", "text": "x", "style": "bold"}),
        json!({"type": "link", "url": "there"}),
        json!({"type": "user", "text": "@ada"}),
        json!({"type": "date", "timestamp": "today", "format": "{date}"}),
        json!({"type": "broadcast", "range": "all"}),
    ];
    for one in broken {
        assert_eq!(leaf(&one).len(), 1, "{one}: {:?}", leaf(&one));
    }
}

#[test]
fn each_part_of_rich_text_takes_what_may_stand_in_it() {
    let words = json!([{"type": "text", "text": "x"}]);
    let section = json!({"type": "rich_text_section", "elements": words});
    let whole = [
        section.clone(),
        json!({"type": "rich_text_quote", "elements": words, "border": 1}),
        json!({"type": "rich_text_preformatted", "elements": words}),
        json!({"type": "rich_text_list", "style": "ordered", "elements": [section], "indent": 1, "offset": 2}),
    ];
    for one in whole {
        assert_eq!(rich(&one), Vec::<String>::new(), "{one}");
    }
    let broken = [
        json!({"type": "rich_text_table", "elements": []}),
        json!({"type": "rich_text_section"}),
        json!({"type": "rich_text_list", "elements": [section]}),
        json!({"type": "rich_text_list", "style": "bullet", "elements": words}),
        json!({"type": "rich_text_list", "style": "bullet", "elements": [section], "indent": "two"}),
        json!({"type": "rich_text_preformatted", "elements": [{"type": "user", "user_id": "U0ADA"}]}),
    ];
    for one in broken {
        assert_eq!(rich(&one).len(), 1, "{one}: {:?}", rich(&one));
    }
}
