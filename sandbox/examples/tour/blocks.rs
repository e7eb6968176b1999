//! What the tour's app shows.

use serde_json::{Value, json};

pub(crate) fn plain(text: &str) -> Value {
    json!({"type": "plain_text", "text": text})
}

/// A modal of every input.
pub(crate) fn modal() -> Value {
    let option = |value: &str| json!({"text": plain(value), "value": value});
    let options = json!([option("north"), option("south")]);
    let flags = json!([option("urgent"), {"text": plain("quiet"), "value": "quiet", "description": plain("no reminder")}]);
    let input = |id: &str, label: &str, optional: bool, mut element: Value| {
        element["action_id"] = json!("value");
        json!({"type": "input", "block_id": id, "label": plain(label), "optional": optional, "element": element})
    };
    let mut why = input(
        "why",
        "Why",
        false,
        json!({"type": "plain_text_input", "multiline": true, "max_length": 200}),
    );
    why["hint"] = plain("In a sentence or two.");
    json!({
        "type": "modal", "callback_id": "tour", "title": plain("Every input"), "submit": plain("Send"), "close": plain("Cancel"),
        "blocks": [
            {"type": "section", "text": {"type": "mrkdwn", "text": "Fill in *what you like*; only _why_ and _team_ are needed."}},
            why,
            input("team", "Team", false, json!({"type": "static_select", "options": options, "placeholder": plain("Choose a team")})),
            input("who", "Who", true, json!({"type": "users_select"})),
            input("by", "By", true, json!({"type": "datepicker"})),
            input("at", "At", true, json!({"type": "timepicker"})),
            input("moment", "The very moment", true, json!({"type": "datetimepicker"})),
            input("flags", "Flags", true, json!({"type": "checkboxes", "options": flags})),
            input("route", "Route", true, json!({"type": "radio_buttons", "options": options})),
            input("several", "Several", true, json!({"type": "multi_static_select", "options": options})),
            input("people", "People to tell", true, json!({"type": "multi_users_select"})),
            input("channel", "Where", true, json!({"type": "conversations_select"})),
            input("count", "How many", true, json!({"type": "number_input", "is_decimal_allowed": false})),
            input("mail", "Mail", true, json!({"type": "email_text_input"})),
            input("link", "Link", true, json!({"type": "url_text_input"})),
            input("rich", "In your own words", true, json!({"type": "rich_text_input"})),
        ],
    })
}

/// A card that asks; once it is answered, with the answer and without buttons.
pub(crate) fn card(why: &str, user: &str, answer: Option<&str>, at: i64) -> Value {
    let button = |id: &str, text: &str, style: &str| json!({"type": "button", "action_id": id, "text": plain(text), "style": style, "value": "1"});
    let mut reject = button("reject", "Reject", "danger");
    reject["confirm"] = json!({"title": plain("Reject it?"), "text": plain("It goes back to who asked."), "confirm": plain("Reject"), "deny": plain("Keep")});
    let more = json!({"type": "overflow", "action_id": "more", "options": [{"text": plain("Remind me"), "value": "remind"}, {"text": plain("Hand over"), "value": "hand"}]});
    let last = answer.map_or_else(
        || json!({"type": "actions", "block_id": "do", "elements": [button("accept", "Accept", "primary"), reject, more]}),
        |answer| json!({"type": "section", "text": {"type": "mrkdwn", "text": format!(":white_check_mark: *{answer}*")}}),
    );
    json!([
        {"type": "header", "text": plain("★ Something to answer")},
        {"type": "section", "text": {"type": "mrkdwn", "text": why}, "fields": [
            {"type": "mrkdwn", "text": format!("*Asked by*\n<@{user}>")}, {"type": "mrkdwn", "text": format!("*When*\n<!date^{at}^{{date_long_pretty}}, {{time}}|then>")}]},
        {"type": "divider"},
        last,
        {"type": "context", "elements": [{"type": "mrkdwn", "text": "Without an answer it stays here. <https://example.org|More> and `code` and ~no~"}]},
    ])
}

/// Every block that a message may have.
pub(crate) fn gallery() -> Value {
    let part = |text: &str, style: Value| json!({"type": "text", "text": text, "style": style});
    json!([
        {"type": "header", "text": plain("Every block :star:")},
        {"type": "section", "text": {"type": "mrkdwn", "text": "*bold* _italic_ ~struck~ `code` :large_green_circle:\n&gt; a quote\n• one\n• two\n```a fence```\n<#C0OPS> <!here> <https://example.org|a link>"},
         "accessory": {"type": "button", "action_id": "beside", "text": plain("Beside")}},
        {"type": "section", "text": plain("Choose a team"), "accessory": {"type": "static_select", "action_id": "pick", "placeholder": plain("Choose a team"),
            "options": [{"text": plain("north"), "value": "north"}, {"text": plain("south"), "value": "south"}]}},
        {"type": "image", "image_url": "https://example.org/a.png", "alt_text": "A chart of answers by month", "title": plain("Answers")},
        {"type": "rich_text", "elements": [
            {"type": "rich_text_section", "elements": [part("Rich ", json!({"bold": true})), {"type": "user", "user_id": "U0BEN"}, part(" text", json!({"italic": true})), {"type": "emoji", "name": "tada"}]},
            {"type": "rich_text_list", "style": "ordered", "elements": [{"type": "rich_text_section", "elements": [{"type": "text", "text": "first"}]}, {"type": "rich_text_section", "elements": [{"type": "text", "text": "second"}]}]},
            {"type": "rich_text_quote", "elements": [{"type": "text", "text": "quoted"}]},
            {"type": "rich_text_preformatted", "elements": [{"type": "text", "text": "let x = 1;"}]}]},
        {"type": "markdown", "text": "**Markdown**, with a [link](https://example.org) and\n\n1. a list"},
        {"type": "context", "elements": [{"type": "image", "image_url": "https://example.org/b.png", "alt_text": "a star"}, {"type": "mrkdwn", "text": "context"}]},
    ])
}

pub(crate) fn home(cards: usize) -> Value {
    json!({"type": "home", "blocks": [
        {"type": "header", "text": plain("Your desk")},
        {"type": "section", "text": {"type": "mrkdwn", "text": format!("Cards so far: *{cards}*")}},
        {"type": "actions", "elements": [{"type": "button", "action_id": "count", "text": plain("Count again")}]},
    ]})
}
