//! What stands between words people typed and a message: shortening, Slack's markup, JSON.
//!
//! A hole of a template becomes part of a JSON string that Slack reads as markup. It is cleaned of what could not be seen or could
//! turn the reading direction of the rest, shortened, escaped for markup (so that `<!channel>` and `<@U…>` that a person
//! typed call nobody), then escaped for JSON. In that order: what is shortened is never half an escape.

use std::fmt::Write as _;

/// The longest a hole may be that says nothing else, in characters as they stand in the message. Names and phrases, not prose.
pub(super) const HOLE: usize = 300;

/// What ends a text that was shortened.
const CUT: char = '…';

/// Whether lines in a hole are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Lines {
    /// As they are.
    Kept,
    /// Joined by spaces: a name cannot make itself look like a line of ours.
    Joined,
}

/// Escapes a hole. `limit` counts characters as Slack counts them, after its own escaping (`&amp;` is five).
pub(super) fn hole(text: &str, limit: usize, lines: Lines, out: &mut String) {
    out.reserve(text.len() + 8);
    let mut left = limit;
    let mut last_good = out.len();
    for char in text.trim().chars() {
        if unseen(char) && char != '\n' {
            continue;
        }
        let width = width(char);
        if left < width {
            out.truncate(last_good);
            out.push(CUT);
            return;
        }
        // Up to here there is room for the sign that it was cut.
        if left > 1 {
            last_good = out.len();
        }
        left -= width;
        match char {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '\n' if lines == Lines::Kept => out.push_str("\\n"),
            '\n' | '\t' => out.push(' '),
            // So that it is told from the one with which a template makes words bold.
            '*' => out.push_str("\\u002a"),
            _ => json(char, out),
        }
        if left >= 1 {
            last_good = out.len();
        }
    }
}

/// How many characters Slack counts for one, once it is escaped.
pub(super) fn width(char: char) -> usize {
    match char {
        '&' => 5,
        '<' | '>' => 4,
        _ => 1,
    }
}

/// Control characters, and the marks that turn the reading direction of everything after them.
fn unseen(char: char) -> bool {
    (char.is_control() && char != '\t')
        || matches!(char, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{FEFF}')
}

/// A text without what cannot be seen or would turn the reading direction of the rest; its lines are kept.
pub(super) fn seen(text: &str) -> String {
    text.chars()
        .filter(|char| *char == '\n' || !unseen(*char))
        .collect()
}

/// What was written for Slack as plain text: who is mentioned by their id, what was escaped as it was typed.
pub(super) fn plainly(text: &str) -> String {
    text.replace("<@", "@")
        .replace(['<', '>'], "")
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&amp;", "&")
}

fn json(char: char, out: &mut String) {
    match char {
        '"' => out.push_str("\\\""),
        '\\' => out.push_str("\\\\"),
        char if char.is_control() => {
            // Writing to a String cannot fail.
            let _ = write!(out, "\\u{:04x}", u32::from(char));
        }
        char => out.push(char),
    }
}

/// The inside of a JSON string from the lines of a template: each is trimmed, empty ones go, what is left is joined by line ends.
///
/// Holes are escaped already, so a backslash and what follows it stay as they are; a quotation mark that the
/// template itself has is escaped here.
///
/// A `*` of the template's own makes words bold; where there is no markup it is left out.
pub(super) fn quoted(lines: &str, markup: bool, out: &mut String) {
    let mut first = true;
    for line in lines.lines().map(str::trim).filter(|line| !line.is_empty()) {
        if !first {
            out.push_str("\\n");
        }
        first = false;
        let mut chars = line.chars();
        while let Some(char) = chars.next() {
            match char {
                '\\' => {
                    out.push('\\');
                    out.push(chars.next().unwrap_or('\\'));
                }
                '"' => out.push_str("\\\""),
                '*' if !markup => {}
                char => json(char, out),
            }
        }
    }
}

/// JSON with the commas taken out that stand before a closing bracket, so that a template's list may end with what is conditional.
pub(super) fn without_trailing_commas(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut comma_at = None;
    let mut chars = text.chars();
    while let Some(char) = chars.next() {
        match char {
            '"' => {
                comma_at = None;
                out.push('"');
                while let Some(inside) = chars.next() {
                    out.push(inside);
                    match inside {
                        '\\' => out.extend(chars.next()),
                        '"' => break,
                        _ => {}
                    }
                }
                continue;
            }
            ',' => {
                // Two in a row, where what stood between them was left out.
                if comma_at.is_some() {
                    continue;
                }
                comma_at = Some(out.len());
            }
            ']' | '}' => {
                if let Some(at) = comma_at.take() {
                    out.truncate(at);
                }
            }
            char if char.is_whitespace() => {
                out.push(char);
                continue;
            }
            _ => comma_at = None,
        }
        out.push(char);
    }
    out
}

/// Shortens what is escaped already to a limit of Slack's, never inside `&amp;` or `<@U…>`.
pub(super) fn shorten(text: &mut String, limit: usize) {
    if text.chars().count() <= limit {
        return;
    }
    let mut end = text
        .char_indices()
        .nth(limit.saturating_sub(1))
        .map_or(text.len(), |(at, _)| at);
    let head = text.get(..end).unwrap_or_default();
    for (opens, closes) in [('<', '>'), ('&', ';')] {
        if let Some(open) = head.rfind(opens)
            && !head.get(open..).is_some_and(|rest| rest.contains(closes))
            && text.get(open..).is_some_and(|rest| {
                rest.char_indices()
                    .find(|(_, char)| *char == closes || char.is_whitespace())
                    .is_some_and(|(_, char)| char == closes)
            })
        {
            end = end.min(open);
        }
    }
    text.truncate(end);
    text.push(CUT);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn escaped(text: &str, limit: usize) -> String {
        let mut out = String::new();
        hole(text, limit, Lines::Joined, &mut out);
        out
    }

    #[test]
    fn a_call_to_everybody_that_a_person_typed_calls_nobody() {
        assert_eq!(
            escaped("<!channel> & <@U1>", 300),
            "&lt;!channel&gt; &amp; &lt;@U1&gt;"
        );
    }

    #[test]
    fn a_name_cannot_begin_a_line_of_its_own_nor_turn_the_reading_direction() {
        assert_eq!(escaped("Ann\nResolved \u{202E}by", 300), "Ann Resolved by");
    }

    #[test]
    fn what_is_too_long_is_cut_between_escapes_and_says_so() {
        assert_eq!(escaped("ab&&&", 9), "ab&amp;…");
        assert_eq!(escaped("abcdef", 4), "abc…");
        assert_eq!(escaped("abcd", 4), "abcd");
        for limit in 1..20 {
            let text = escaped("<<<&&>>\"\"é", limit);
            let seen = text.replace("\\\"", "\"");
            assert!(seen.chars().count() <= limit, "{limit}: {text}");
        }
    }

    #[test]
    fn commas_that_nothing_follows_are_taken_out_and_others_are_not() {
        assert_eq!(
            without_trailing_commas(r#"{"a": [1, 2, ], "b": ",]", , "c": {"d": 1,},}"#),
            r#"{"a": [1, 2], "b": ",]",  "c": {"d": 1}}"#
        );
    }

    #[test]
    fn a_mention_is_never_cut_in_two() {
        let mut text = "for <@U0IRO1> and more".to_owned();
        shorten(&mut text, 8);
        assert_eq!(text, "for …");
        let mut text = "a &amp; b and more".to_owned();
        shorten(&mut text, 5);
        assert_eq!(text, "a …");
    }
}
