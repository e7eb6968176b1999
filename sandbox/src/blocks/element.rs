//! The elements: buttons, menus, pickers, fields.

use super::check::Check;
use chrono::NaiveDate;
use serde_json::Value;

/// What an element stands in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    Accessory,
    Actions,
    Context,
    Input,
}

/// Whether an element of this type may stand there.
fn fits(kind: &str, place: Place) -> bool {
    match kind {
        "button" | "overflow" | "workflow_button" => {
            matches!(place, Place::Accessory | Place::Actions)
        }
        "image" => matches!(place, Place::Accessory | Place::Context),
        "plain_text_input" | "email_text_input" | "url_text_input" | "number_input"
        | "file_input" | "rich_text_input" => place == Place::Input,
        "datetimepicker" => matches!(place, Place::Actions | Place::Input),
        "datepicker" | "timepicker" | "checkboxes" | "radio_buttons" => place != Place::Context,
        _ => is_menu(kind) && place != Place::Context,
    }
}

pub(crate) fn is_menu(kind: &str) -> bool {
    let kind = kind.strip_prefix("multi_").unwrap_or(kind);
    matches!(
        kind,
        "static_select"
            | "external_select"
            | "users_select"
            | "conversations_select"
            | "channels_select"
    )
}

pub(super) fn check(check: &mut Check, element: &Value, place: Place, at: &str) {
    let kind = element["type"].as_str().unwrap_or_default();
    if !fits(kind, place) {
        return check.fault(&format!("unsupported type: {kind}"), &format!("{at}/type"));
    }
    check.string(element, "action_id", 0, 255, at);
    check.confirm(element, at);
    check.plain(element, "placeholder", 150, at);
    check.flags(
        element,
        &[
            "focus_on_load",
            "multiline",
            "is_decimal_allowed",
            "response_url_enabled",
        ],
        at,
    );
    match kind {
        "button" => button(check, element, at),
        "workflow_button" => {
            check.required(element, "text", at);
            check.plain(element, "text", 75, at);
            check.required(element, "workflow", at);
        }
        "image" => {
            check.keys(
                element,
                &["type", "image_url", "slack_file", "alt_text"],
                at,
            );
            image(check, element, at);
        }
        "overflow" => {
            check.keys(element, &["type", "action_id", "options", "confirm"], at);
            options(check, element, "options", 5, Marks::Plain, at);
        }
        "checkboxes" | "radio_buttons" => boxes(check, element, kind, at),
        "datepicker" | "timepicker" | "datetimepicker" => picker(check, element, kind, at),
        "plain_text_input" | "email_text_input" | "url_text_input" | "rich_text_input" => {
            field(check, element, kind, at);
        }
        "number_input" => number(check, element, at),
        "file_input" => {
            check.keys(
                element,
                &["type", "action_id", "filetypes", "max_files"],
                at,
            );
            let most = &element["max_files"];
            if !most.is_null() && most.as_u64().is_none_or(|most| !(1..=10).contains(&most)) {
                check.fault("must be between 1 and 10", &format!("{at}/max_files"));
            }
        }
        _ => menu(check, element, kind, at),
    }
}

fn button(check: &mut Check, element: &Value, at: &str) {
    check.keys(
        element,
        &[
            "type",
            "action_id",
            "text",
            "url",
            "value",
            "style",
            "confirm",
            "accessibility_label",
        ],
        at,
    );
    check.required(element, "text", at);
    check.plain(element, "text", 75, at);
    check.url(element, "url", at);
    check.string(element, "value", 0, 2_000, at);
    check.one_of(element, "style", &["primary", "danger"], at);
    check.string(element, "accessibility_label", 0, 75, at);
}

/// What an image block and an image element share.
pub(super) fn image(check: &mut Check, element: &Value, at: &str) {
    if element["image_url"].is_null() && element["slack_file"].is_null() {
        check.fault("missing required field: image_url", at);
    }
    check.url(element, "image_url", at);
    check.required(element, "alt_text", at);
    check.string(element, "alt_text", 1, 2_000, at);
}

/// Whether the words of an option may be marked up.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Marks {
    Plain,
    Either,
}

fn option(check: &mut Check, option: &Value, marks: Marks, at: &str) {
    if !option.is_object() {
        return check.fault("must be an option object", at);
    }
    let types: &[&str] = if marks == Marks::Plain {
        &["plain_text"]
    } else {
        &["plain_text", "mrkdwn"]
    };
    check.keys(option, &["text", "value", "description", "url"], at);
    check.text(&option["text"], types, 75, &format!("{at}/text"));
    check.required(option, "value", at);
    check.string(option, "value", 1, 150, at);
    if !option["description"].is_null() {
        check.text(
            &option["description"],
            types,
            75,
            &format!("{at}/description"),
        );
    }
    check.url(option, "url", at);
}

fn options(check: &mut Check, element: &Value, key: &str, most: usize, marks: Marks, at: &str) {
    for (number, one) in check.list(element, key, 1, most, at).iter().enumerate() {
        option(check, one, marks, &format!("{at}/{key}/{number}"));
    }
}

/// Every option of an element, those of its groups too.
pub(crate) fn all_options(element: &Value) -> Vec<&Value> {
    let own = element["options"].as_array().into_iter().flatten();
    let groups = element["option_groups"].as_array().into_iter().flatten();
    own.chain(groups.flat_map(|group| group["options"].as_array().into_iter().flatten()))
        .collect()
}

/// What is chosen at first has to be there to choose.
fn initial_among(check: &mut Check, element: &Value, at: &str) {
    let same = |one: &Value, other: &Value| {
        one["value"] == other["value"] && one["text"]["text"] == other["text"]["text"]
    };
    let all = all_options(element);
    let there = |wanted: &Value| all.iter().any(|option| same(option, wanted));
    if !element["initial_option"].is_null() && !there(&element["initial_option"]) {
        check.fault(
            "initial_option must exactly match one of the options",
            &format!("{at}/initial_option"),
        );
    }
    let several = element["initial_options"].as_array().into_iter().flatten();
    if !several.into_iter().all(there) {
        check.fault(
            "initial_options must exactly match the provided options",
            &format!("{at}/initial_options"),
        );
    }
}

fn boxes(check: &mut Check, element: &Value, kind: &str, at: &str) {
    let initial = if kind == "checkboxes" {
        "initial_options"
    } else {
        "initial_option"
    };
    check.keys(
        element,
        &[
            "type",
            "action_id",
            "options",
            initial,
            "confirm",
            "focus_on_load",
        ],
        at,
    );
    options(check, element, "options", 10, Marks::Either, at);
    initial_among(check, element, at);
}

fn menu(check: &mut Check, element: &Value, kind: &str, at: &str) {
    let (several, single) = kind
        .strip_prefix("multi_")
        .map_or((false, kind), |single| (true, single));
    let mut keys = vec![
        "type",
        "action_id",
        "placeholder",
        "confirm",
        "focus_on_load",
    ];
    if several {
        keys.push("max_selected_items");
        if element["max_selected_items"]
            .as_u64()
            .is_none_or(|most| most == 0)
            && !element["max_selected_items"].is_null()
        {
            check.fault("must be at least 1", &format!("{at}/max_selected_items"));
        }
    }
    keys.extend(match (single, several) {
        ("static_select", false) => &["options", "option_groups", "initial_option"][..],
        ("static_select", true) => &["options", "option_groups", "initial_options"],
        ("external_select", false) => &["initial_option", "min_query_length"],
        ("external_select", true) => &["initial_options", "min_query_length"],
        ("users_select", false) => &["initial_user"],
        ("users_select", true) => &["initial_users"],
        ("conversations_select", false) => &[
            "initial_conversation",
            "default_to_current_conversation",
            "response_url_enabled",
            "filter",
        ],
        ("conversations_select", true) => &[
            "initial_conversations",
            "default_to_current_conversation",
            "filter",
        ],
        (_, false) => &["initial_channel", "response_url_enabled"],
        (_, true) => &["initial_channels"],
    });
    check.keys(element, &keys, at);
    if single == "static_select" {
        static_options(check, element, at);
        initial_among(check, element, at);
    }
}

fn static_options(check: &mut Check, element: &Value, at: &str) {
    match (
        element["options"].is_null(),
        element["option_groups"].is_null(),
    ) {
        (false, true) => options(check, element, "options", 100, Marks::Plain, at),
        (true, false) => {
            for (number, group) in check
                .list(element, "option_groups", 1, 100, at)
                .iter()
                .enumerate()
            {
                let at = format!("{at}/option_groups/{number}");
                check.keys(group, &["label", "options"], &at);
                check.required(group, "label", &at);
                check.plain(group, "label", 75, &at);
                options(check, group, "options", 100, Marks::Plain, &at);
            }
        }
        (true, true) => check.fault("missing required field: options", at),
        (false, false) => check.fault("options and option_groups exclude each other", at),
    }
}

fn picker(check: &mut Check, element: &Value, kind: &str, at: &str) {
    let base = ["type", "action_id", "confirm", "focus_on_load"];
    let (keys, initial) = match kind {
        "datepicker" => (&["placeholder", "initial_date"][..], "initial_date"),
        "timepicker" => (
            &["placeholder", "initial_time", "timezone"][..],
            "initial_time",
        ),
        _ => (&["initial_date_time"][..], "initial_date_time"),
    };
    check.keys(element, &[&base[..], keys].concat(), at);
    let good = match (&element[initial], kind) {
        (Value::Null, _) => true,
        (Value::String(text), "datepicker") => is_date(text),
        (Value::String(text), "timepicker") => is_time(text),
        (Value::Number(number), "datetimepicker") => {
            number.as_u64().is_some_and(|at| at.to_string().len() == 10)
        }
        _ => false,
    };
    if !good {
        check.fault("invalid date or time", &format!("{at}/{initial}"));
    }
}

/// `YYYY-MM-DD`, and a day there is.
pub(crate) fn is_date(text: &str) -> bool {
    text.len() == 10 && NaiveDate::parse_from_str(text, "%Y-%m-%d").is_ok()
}

/// `HH:mm`.
pub(crate) fn is_time(text: &str) -> bool {
    text.len() == 5 && chrono::NaiveTime::parse_from_str(text, "%H:%M").is_ok()
}

fn field(check: &mut Check, element: &Value, kind: &str, at: &str) {
    let base = [
        "type",
        "action_id",
        "placeholder",
        "initial_value",
        "dispatch_action_config",
        "focus_on_load",
    ];
    if kind != "plain_text_input" {
        return check.keys(element, &base, at);
    }
    check.keys(
        element,
        &[&base[..], &["multiline", "min_length", "max_length"]].concat(),
        at,
    );
    let bound = |key: &str| element[key].as_u64();
    for (key, least) in [("min_length", 0), ("max_length", 1)] {
        let good = bound(key).is_some_and(|number| (least..=3_000).contains(&number));
        if !element[key].is_null() && !good {
            check.fault(
                &format!("must be between {least} and 3000"),
                &format!("{at}/{key}"),
            );
        }
    }
    let most = bound("max_length").unwrap_or(3_000).min(3_000);
    if bound("min_length").is_some_and(|least| least > most) {
        check.fault(
            "must not be more than max_length",
            &format!("{at}/min_length"),
        );
    }
    check.string(
        element,
        "initial_value",
        0,
        usize::try_from(most).unwrap_or(3_000),
        at,
    );
    let on = &element["dispatch_action_config"]["trigger_actions_on"];
    let words = ["on_enter_pressed", "on_character_entered"];
    for word in on.as_array().into_iter().flatten() {
        if !words.iter().any(|known| word == *known) {
            check.fault(
                "must be one of: on_enter_pressed, on_character_entered",
                &format!("{at}/dispatch_action_config"),
            );
        }
    }
}

fn number(check: &mut Check, element: &Value, at: &str) {
    let keys = [
        "type",
        "action_id",
        "placeholder",
        "initial_value",
        "is_decimal_allowed",
        "min_value",
        "max_value",
        "dispatch_action_config",
        "focus_on_load",
    ];
    check.keys(element, &keys, at);
    check.required(element, "is_decimal_allowed", at);
    for key in ["initial_value", "min_value", "max_value"] {
        let good = element[key]
            .as_str()
            .is_some_and(|text| text.parse::<f64>().is_ok());
        if !element[key].is_null() && !good {
            check.fault("must be a number in a string", &format!("{at}/{key}"));
        }
    }
}
