//! Rich text, to its leaves: sections, lists, quotes, and what stands in them.
//! Follows <https://docs.slack.dev/reference/block-kit/blocks/rich-text-block>.

use super::check::Check;
use serde_json::Value;

/// A type of leaf, and what it must have: the name, and whether that is a number rather than words.
type Leaf = (&'static str, &'static [(&'static str, bool)]);

const TEXT: Leaf = ("text", &[("text", false)]);
const LINK: Leaf = ("link", &[("url", false)]);
/// What stands in a preformatted part.
const PREFORMATTED: &[Leaf] = &[TEXT, LINK];
/// What stands in any other.
const LEAVES: &[Leaf] = &[
    TEXT,
    LINK,
    ("user", &[("user_id", false)]),
    ("usergroup", &[("usergroup_id", false)]),
    ("channel", &[("channel_id", false)]),
    ("team", &[("team_id", false)]),
    ("emoji", &[("name", false)]),
    ("date", &[("timestamp", true), ("format", false)]),
    ("broadcast", &[("range", false)]),
    ("color", &[("value", false)]),
];

/// How a leaf may look.
const STYLES: &[&str] = &[
    "bold",
    "italic",
    "strike",
    "code",
    "underline",
    "highlight",
    "client_highlight",
    "unlink",
];

/// A rich text block, or the value of a rich text input.
pub(super) fn rich_text(check: &mut Check, block: &Value, at: &str) {
    for (at, part) in parts(check, block, 1_000, at) {
        match kind(part) {
            "rich_text_section" | "rich_text_quote" => leaves(check, part, LEAVES, &at),
            "rich_text_preformatted" => leaves(check, part, PREFORMATTED, &at),
            "rich_text_list" => list(check, part, &at),
            _ => {
                check.required(part, "type", &at);
                let words = [
                    "rich_text_section",
                    "rich_text_list",
                    "rich_text_preformatted",
                    "rich_text_quote",
                ];
                check.one_of(part, "type", &words, &at);
            }
        }
        whole(check, part, &["border", "indent", "offset"], &at);
    }
}

fn list(check: &mut Check, list: &Value, at: &str) {
    check.required(list, "style", at);
    check.one_of(list, "style", &["bullet", "ordered"], at);
    for (at, item) in parts(check, list, 10_000, at) {
        if kind(item) == "rich_text_section" {
            leaves(check, item, LEAVES, &at);
        } else {
            check.fault("must be one of: rich_text_section", &format!("{at}/type"));
        }
    }
}

fn leaves(check: &mut Check, part: &Value, allowed: &[Leaf], at: &str) {
    for (at, leaf) in parts(check, part, 10_000, at) {
        let Some((_, needed)) = allowed.iter().find(|(name, _)| *name == kind(leaf)) else {
            let words: Vec<&str> = allowed.iter().map(|(name, _)| *name).collect();
            check.required(leaf, "type", &at);
            check.one_of(leaf, "type", &words, &at);
            continue;
        };
        for (key, number) in *needed {
            check.required(leaf, key, &at);
            if *number {
                whole(check, leaf, &[key], &at);
            } else {
                check.string(leaf, key, 1, usize::MAX - 1, &at);
            }
        }
        if kind(leaf) == "link" {
            check.url(leaf, "url", &at);
        }
        if kind(leaf) == "broadcast" {
            check.one_of(leaf, "range", &["here", "channel", "everyone"], &at);
        }
        style(check, &leaf["style"], &format!("{at}/style"));
    }
}

fn style(check: &mut Check, style: &Value, at: &str) {
    if style.is_null() {
        return;
    }
    if !style.is_object() {
        return check.fault("must be an object", at);
    }
    check.keys(style, STYLES, at);
    check.flags(style, STYLES, at);
}

/// Each part with its place.
fn parts<'a>(
    check: &mut Check,
    of: &'a Value,
    most: usize,
    at: &str,
) -> impl Iterator<Item = (String, &'a Value)> + use<'a> {
    let parts = check.list(of, "elements", 0, most, at);
    let at = format!("{at}/elements");
    parts
        .iter()
        .enumerate()
        .map(move |(number, part)| (format!("{at}/{number}"), part))
}

fn whole(check: &mut Check, object: &Value, keys: &[&str], at: &str) {
    for key in keys {
        if !object[*key].is_null() && !object[*key].is_u64() {
            check.fault("must be a whole number", &format!("{at}/{key}"));
        }
    }
}

fn kind(part: &Value) -> &str {
    part["type"].as_str().unwrap_or_default()
}
