//! Words as safe HTML: Slack's mrkdwn, plain text with emoji names, and Markdown. All that anybody typed is escaped here,
//! once; the page puts in what it is given. Source: docs.slack.dev/messaging/formatting-message-text.

use crate::state::State;
use chrono::{DateTime, SecondsFormat};
use pulldown_cmark::{CowStr, Event, Options, Parser, Tag};
use pulldown_cmark_escape::{escape_html, escape_html_body_text};
use std::fmt::Write as _;

/// Marks within marks, no deeper: what a person can tell apart, and an end to what a machine can nest.
const DEEPEST: u8 = 6;

/// Who reads, and whom and what the words may name.
#[derive(Clone, Copy)]
pub(crate) struct Reader<'a> {
    pub(crate) state: &'a State,
    pub(crate) id: &'a str,
}

/// Slack's markup.
pub(crate) fn mrkdwn(source: &str, reader: Reader<'_>) -> String {
    let mut out = String::new();
    let mut rest = source;
    while let Some((before, fenced)) = rest.split_once("```") {
        let Some((code, after)) = fenced.split_once("```") else {
            break;
        };
        lines(before.trim_end_matches('\n'), reader, &mut out);
        let code = body(&unescape(code.trim_start_matches('\n')));
        _ = write!(out, "<pre>{code}</pre>");
        rest = after.strip_prefix('\n').unwrap_or(after);
    }
    lines(rest, reader, &mut out);
    out
}

/// Words without markup, but for the names of emoji.
pub(crate) fn plain(source: &str, emoji: bool) -> String {
    let words = if emoji {
        with_emoji(source)
    } else {
        source.to_owned()
    };
    body(&words).replace('\n', "<br>")
}

/// `CommonMark`, with any HTML in it shown as the text it is, and only links that are safe to follow.
pub(crate) fn markdown(source: &str) -> String {
    let options =
        Options::ENABLE_STRIKETHROUGH | Options::ENABLE_TABLES | Options::ENABLE_TASKLISTS;
    let events = Parser::new_ext(source, options).map(|event| match event {
        Event::Html(raw) | Event::InlineHtml(raw) => Event::Text(raw),
        Event::Text(words) => Event::Text(with_emoji(&words).into()),
        Event::Start(Tag::Link {
            link_type,
            dest_url,
            title,
            id,
        }) if !is_safe(&dest_url) => Event::Start(Tag::Link {
            link_type,
            dest_url: CowStr::Borrowed("#"),
            title,
            id,
        }),
        // Nothing is loaded from elsewhere: a picture is told by its words.
        Event::Start(Tag::Image { .. }) => Event::Start(Tag::Emphasis),
        Event::End(pulldown_cmark::TagEnd::Image) => Event::End(pulldown_cmark::TagEnd::Emphasis),
        other => other,
    });
    let mut out = String::new();
    pulldown_cmark::html::push_html(&mut out, events);
    out.replace(
        "<a href=",
        "<a target=\"_blank\" rel=\"noopener noreferrer\" href=",
    )
}

/// The character of an emoji's name, where there is one.
pub(crate) fn emoji(name: &str) -> Option<&'static str> {
    let plain = name.split("::").next().unwrap_or(name);
    // Slack has a large circle of every colour; elsewhere only two are called large.
    emojis::get_by_shortcode(plain)
        .or_else(|| emojis::get_by_shortcode(plain.strip_prefix("large_")?))
        .map(emojis::Emoji::as_str)
}

/// A mention of a person, as their name.
pub(crate) fn person(id: &str, label: &str, reader: Reader<'_>) -> String {
    let name = reader
        .state
        .user(id)
        .map_or(if label.is_empty() { id } else { label }, |user| {
            &user.real_name
        });
    let me = if id == reader.id { " me" } else { "" };
    format!(
        "<span class=\"mention{me}\">@{}</span>",
        body(name.trim_start_matches('@'))
    )
}

/// A mention of a conversation; one that the reader does not see keeps its name to itself.
pub(crate) fn channel(id: &str, label: &str, reader: Reader<'_>) -> String {
    let found = reader.state.channel(id);
    if let Some(seen) = found.filter(|channel| reader.state.sees(reader.id, channel)) {
        let (id, name) = (attribute(id), body(&seen.name));
        return format!("<a class=\"mention\" data-channel=\"{id}\" href=\"#\">#{name}</a>");
    }
    let name = if found.is_some() || label.is_empty() {
        "private-channel"
    } else {
        label
    };
    format!("<span class=\"mention\">#{}</span>", body(name))
}

/// `@here`, `@channel`, a group of people.
pub(crate) fn group(words: &str) -> String {
    format!(
        "<span class=\"mention me\">@{}</span>",
        body(words.trim_start_matches('@'))
    )
}

/// A moment, which the page words in the reader's zone by this format; the fallback where it cannot.
pub(crate) fn date(seconds: i64, format: &str, href: Option<&str>, fallback: &str) -> String {
    let Some(at) = DateTime::from_timestamp(seconds, 0) else {
        return body(fallback);
    };
    let when = at.to_rfc3339_opts(SecondsFormat::Secs, true);
    let inner = format!(
        "<time datetime=\"{when}\" data-format=\"{}\">{}</time>",
        attribute(format),
        body(fallback)
    );
    match href.filter(|href| is_safe(href)) {
        Some(href) => anchor(href, &inner),
        None => inner,
    }
}

/// A link where it is safe to follow, else its words.
pub(crate) fn link(target: &str, label: &str) -> String {
    let words = body(if label.is_empty() { target } else { label });
    if is_safe(target) {
        anchor(target, &words)
    } else {
        words
    }
}

/// Words as the text of an element.
pub(crate) fn body(words: &str) -> String {
    let mut out = String::with_capacity(words.len());
    _ = escape_html_body_text(&mut out, words);
    out
}

fn attribute(words: &str) -> String {
    let mut out = String::with_capacity(words.len());
    _ = escape_html(&mut out, words);
    out
}

fn anchor(href: &str, inner: &str) -> String {
    let href = attribute(href);
    format!("<a target=\"_blank\" rel=\"noopener noreferrer\" href=\"{href}\">{inner}</a>")
}

fn is_safe(target: &str) -> bool {
    let scheme = target
        .split_once(':')
        .map(|(scheme, _)| scheme.to_ascii_lowercase());
    matches!(
        scheme.as_deref(),
        Some("http" | "https" | "mailto" | "tel" | "slack")
    )
}

/// Slack's three control characters as they were.
fn unescape(words: &str) -> String {
    words
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&amp;", "&")
}

fn with_emoji(words: &str) -> String {
    let mut out = String::with_capacity(words.len());
    let mut rest = words;
    while let Some((before, after)) = rest.split_once(':') {
        out.push_str(before);
        if let Some((name, beyond)) = after.split_once(':')
            && let Some(found) = emoji(name)
        {
            out.push_str(found);
            rest = beyond;
        } else {
            out.push(':');
            rest = after;
        }
    }
    out.push_str(rest);
    out
}

/// Quotes, bullets, and everything else line by line.
fn lines(source: &str, reader: Reader<'_>, out: &mut String) {
    #[derive(PartialEq)]
    enum Kind {
        Text,
        Quote,
        Bullet,
    }
    if source.is_empty() {
        return;
    }
    let all: Vec<(Kind, &str)> = source
        .split('\n')
        .map(|line| {
            let quoted = line.strip_prefix("&gt;").or_else(|| line.strip_prefix('>'));
            match (quoted, line.strip_prefix("• ")) {
                (Some(quoted), _) => (Kind::Quote, quoted.trim_start()),
                (None, Some(item)) => (Kind::Bullet, item),
                (None, None) => (Kind::Text, line),
            }
        })
        .collect();
    for run in all.chunk_by(|(one, _), (other, _)| one == other) {
        let inside = |(_, line): &(Kind, &str)| {
            let mut words = String::new();
            inline(line, reader, 0, &mut words);
            words
        };
        let words: Vec<String> = run.iter().map(inside).collect();
        match run.first() {
            Some((Kind::Quote, _)) => {
                _ = write!(out, "<blockquote>{}</blockquote>", words.join("<br>"));
            }
            Some((Kind::Bullet, _)) => {
                _ = write!(out, "<ul><li>{}</li></ul>", words.join("</li><li>"));
            }
            _ => out.push_str(&words.join("<br>")),
        }
    }
}

/// Code, things in angle brackets, emoji, and marks at the edge of a word.
fn inline(source: &str, reader: Reader<'_>, depth: u8, out: &mut String) {
    let (mut from, mut at) = (0, 0);
    while let Some(byte) = source.as_bytes().get(at) {
        let found = match byte {
            b'`' => code(source, at),
            b'<' => angle(source, at, reader),
            b':' => named(source, at),
            b'*' | b'_' | b'~' if depth < DEEPEST => marked(source, at, reader, depth),
            _ => None,
        };
        if let Some((end, html)) = found {
            out.push_str(&body(&unescape(source.get(from..at).unwrap_or_default())));
            out.push_str(&html);
            (from, at) = (end, end);
        } else {
            at += 1;
        }
    }
    out.push_str(&body(&unescape(source.get(from..).unwrap_or_default())));
}

type Found = Option<(usize, String)>;

fn code(source: &str, at: usize) -> Found {
    let inner = source.get(at + 1..)?;
    let end = inner.find('`').filter(|end| *end > 0)?;
    let words = body(&unescape(inner.get(..end)?));
    Some((at + end + 2, format!("<code>{words}</code>")))
}

fn named(source: &str, at: usize) -> Found {
    let inner = source.get(at + 1..)?;
    let end = inner.find(':').filter(|end| (1..60).contains(end))?;
    Some((at + end + 2, emoji(inner.get(..end)?)?.to_owned()))
}

fn angle(source: &str, at: usize, reader: Reader<'_>) -> Found {
    let inner = source.get(at + 1..)?;
    let end = inner.find('>').filter(|end| *end > 0)?;
    Some((at + end + 2, special(inner.get(..end)?, reader)))
}

fn special(inner: &str, reader: Reader<'_>) -> String {
    let (target, label) = inner.split_once('|').unwrap_or((inner, ""));
    let label = unescape(label);
    if let Some(id) = target.strip_prefix('@') {
        return person(id, &label, reader);
    }
    if let Some(id) = target.strip_prefix('#') {
        return channel(id, &label, reader);
    }
    if let Some(rest) = target.strip_prefix("!date^") {
        let mut parts = rest.splitn(3, '^');
        let seconds = parts.next().and_then(|seconds| seconds.parse().ok());
        let format = parts.next().unwrap_or_default();
        return match seconds {
            Some(seconds) => date(seconds, &unescape(format), parts.next(), &label),
            None => body(&label),
        };
    }
    match target.strip_prefix('!') {
        Some(whom) if label.is_empty() => group(whom.split('^').next().unwrap_or(whom)),
        Some(_) => group(&label),
        None => link(&unescape(target), &label),
    }
}

/// `*bold*`, `_italic_`, `~struck~`: around words, within a line.
fn marked(source: &str, at: usize, reader: Reader<'_>, depth: u8) -> Found {
    let mark = *source.as_bytes().get(at)?;
    let is_word = |side: Option<char>| {
        side.is_some_and(|side| side.is_alphanumeric() || side == char::from(mark))
    };
    let inner = source.get(at + 1..)?;
    let before = source.get(..at)?.chars().next_back();
    let first = inner.chars().next()?;
    if is_word(before) || first.is_whitespace() || first == char::from(mark) {
        return None;
    }
    let mut here = 0;
    while let Some(byte) = inner.as_bytes().get(here) {
        match byte {
            b'`' | b'<' => {
                let closing = if *byte == b'`' { '`' } else { '>' };
                here += inner
                    .get(here + 1..)
                    .and_then(|rest| rest.find(closing))
                    .map_or(1, |skip| skip + 2);
                continue;
            }
            _ if *byte == mark => {
                let last = inner.get(..here)?.chars().next_back();
                let after = inner.get(here + 1..)?.chars().next();
                if last.is_some_and(|last| !last.is_whitespace()) && !is_word(after) {
                    let tag = match mark {
                        b'*' => "strong",
                        b'_' => "em",
                        _ => "s",
                    };
                    let mut html = format!("<{tag}>");
                    inline(inner.get(..here)?, reader, depth + 1, &mut html);
                    _ = write!(html, "</{tag}>");
                    return Some((at + here + 2, html));
                }
            }
            _ => {}
        }
        here += 1;
    }
    None
}

#[cfg(test)]
mod tests;
