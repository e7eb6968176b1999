//! The blocks, one function each.

use super::check::Check;
use super::{Surface, element};
use serde_json::Value;
use std::collections::HashSet;

const TEXTS: &[&str] = &["plain_text", "mrkdwn"];

pub(super) fn check(check: &mut Check, block: &Value, surface: Surface, at: &str) {
    if !block.is_object() {
        return check.fault("must be an object", at);
    }
    check.string(block, "block_id", 0, 255, at);
    match block["type"].as_str().unwrap_or_default() {
        "section" => section(check, block, at),
        "divider" => check.keys(block, &["type", "block_id"], at),
        "header" => {
            check.keys(block, &["type", "block_id", "text", "level"], at);
            check.required(block, "text", at);
            check.plain(block, "text", 150, at);
        }
        "context" => context(check, block, at),
        "actions" => actions(check, block, at),
        "input" => input(check, block, at),
        "image" => {
            check.keys(
                block,
                &[
                    "type",
                    "block_id",
                    "image_url",
                    "slack_file",
                    "alt_text",
                    "title",
                ],
                at,
            );
            element::image(check, block, at);
            check.plain(block, "title", 2_000, at);
        }
        "rich_text" => {
            check.keys(block, &["type", "block_id", "elements"], at);
            super::rich::rich_text(check, block, at);
        }
        "video" => video(check, block, at),
        "markdown" if surface == Surface::Message => {
            check.keys(block, &["type", "block_id", "text"], at);
            check.required(block, "text", at);
            check.string(block, "text", 1, 12_000, at);
        }
        "table" if surface == Surface::Message => {
            check.keys(block, &["type", "block_id", "rows", "column_settings"], at);
            for (number, row) in check.list(block, "rows", 1, 100, at).iter().enumerate() {
                if row.as_array().is_none_or(|cells| cells.len() > 20) {
                    check.fault(
                        "must be an array of at most 20 cells",
                        &format!("{at}/rows/{number}"),
                    );
                }
            }
        }
        "" => check.fault("missing required field: type", at),
        other => check.fault(&format!("unsupported type: {other}"), &format!("{at}/type")),
    }
}

fn section(check: &mut Check, block: &Value, at: &str) {
    check.keys(
        block,
        &["type", "block_id", "text", "fields", "accessory", "expand"],
        at,
    );
    if block["text"].is_null() && block["fields"].is_null() {
        check.fault("missing required field: text or fields", at);
    }
    if !block["text"].is_null() {
        check.text(&block["text"], TEXTS, 3_000, &format!("{at}/text"));
    }
    if !block["fields"].is_null() {
        for (number, field) in check.list(block, "fields", 1, 10, at).iter().enumerate() {
            check.text(field, TEXTS, 2_000, &format!("{at}/fields/{number}"));
        }
    }
    if !block["accessory"].is_null() {
        element::check(
            check,
            &block["accessory"],
            element::Place::Accessory,
            &format!("{at}/accessory"),
        );
    }
    check.flags(block, &["expand"], at);
}

fn context(check: &mut Check, block: &Value, at: &str) {
    check.keys(block, &["type", "block_id", "elements"], at);
    for (number, one) in check.list(block, "elements", 1, 10, at).iter().enumerate() {
        let at = format!("{at}/elements/{number}");
        if one["type"] == "image" {
            element::check(check, one, element::Place::Context, &at);
        } else {
            check.text(one, TEXTS, 3_000, &at);
        }
    }
}

fn actions(check: &mut Check, block: &Value, at: &str) {
    check.keys(block, &["type", "block_id", "elements"], at);
    let mut ids = HashSet::new();
    for (number, one) in check.list(block, "elements", 1, 25, at).iter().enumerate() {
        let at = format!("{at}/elements/{number}");
        element::check(check, one, element::Place::Actions, &at);
        if let Some(id) = one["action_id"].as_str().filter(|id| !id.is_empty())
            && !ids.insert(id)
        {
            check.fault(
                &format!("\"action_id\" already exists: {id}"),
                &format!("{at}/action_id"),
            );
        }
    }
}

fn input(check: &mut Check, block: &Value, at: &str) {
    check.keys(
        block,
        &[
            "type",
            "block_id",
            "label",
            "element",
            "hint",
            "optional",
            "dispatch_action",
        ],
        at,
    );
    check.required(block, "label", at);
    check.plain(block, "label", 2_000, at);
    check.plain(block, "hint", 2_000, at);
    check.flags(block, &["optional", "dispatch_action"], at);
    if block["element"].is_object() {
        element::check(
            check,
            &block["element"],
            element::Place::Input,
            &format!("{at}/element"),
        );
    } else {
        check.fault("missing required field: element", at);
    }
}

fn video(check: &mut Check, block: &Value, at: &str) {
    let keys = [
        "type",
        "block_id",
        "alt_text",
        "author_name",
        "description",
        "provider_icon_url",
        "provider_name",
        "title",
        "title_url",
        "thumbnail_url",
        "video_url",
    ];
    check.keys(block, &keys, at);
    for key in ["alt_text", "title", "thumbnail_url", "video_url"] {
        check.required(block, key, at);
    }
    check.plain(block, "title", 200, at);
    check.plain(block, "description", 200, at);
    check.string(block, "author_name", 0, 50, at);
    check.url(block, "video_url", at);
    check.url(block, "thumbnail_url", at);
}
