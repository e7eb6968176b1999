//! A protocol as a picture: what `lodestar protocol draw` makes.
//!
//! One ladder a route, on sheets of A4 portrait. Its words are those of `protocol/explain.rs`: a step's sentences stand in its box,
//! its gate is a diamond before it, its copies and alerts are notes beside it, what follows is on its arrows. A screen reader is read the
//! same sentences from the description. Categories, roles, notices, tasks and the paperwork of reviews are left to `protocol show`.

mod arrows;
mod gate;
mod ladder;
mod sheet;
mod text;

pub use text::{width, wrap};

use super::Protocol;
use super::explain::{self, Page};
use sheet::{Area, MARGIN, SIZE, Sheets, Style, WIDTH};

/// What text keeps from the edge of its box.
const PADDING: i32 = 10;
/// How wide text across the whole sheet may be.
const FULL: i32 = WIDTH - 2 * MARGIN;

/// The protocol as an SVG flowchart: one document, UTF-8, the same for the same protocol.
#[must_use]
pub fn draw(protocol: &Protocol) -> String {
    let mut sheets = Sheets::new();
    let mut said = Vec::new();
    heading(&mut sheets, &mut said, protocol);
    for (number, route) in protocol.routes.iter().enumerate() {
        let same = explain::same_steps(protocol, number);
        if number > 0 && same.is_none() {
            sheets.next();
        }
        let mut page = Page::default();
        explain::route_heading(&mut page, protocol, route);
        let mut paragraphs = texts(&page);
        paragraphs.extend(same.clone());
        sheets.open("route", route.id.as_str());
        let mut style = Style::plain(15).bold();
        for paragraph in &paragraphs {
            across(&mut sheets, paragraph, style);
            style = Style::plain(SIZE);
        }
        sheets.close();
        said.extend(paragraphs);
        sheets.skip(14);
        if same.is_none() {
            ladder::draw(&mut sheets, &mut said, protocol, route);
        }
        sheets.skip(18);
    }
    rules(&mut sheets, &mut said, protocol);
    sheets.finish(protocol.id.as_str(), &protocol.title, &spoken(&said))
}

fn heading(sheets: &mut Sheets, said: &mut Vec<String>, protocol: &Protocol) {
    across(sheets, &protocol.title, Style::plain(20).bold());
    if let Some(council) = &protocol.council {
        across(sheets, council, Style::plain(14));
        said.push(council.clone());
    }
    let mut page = Page::default();
    explain::about(&mut page, protocol);
    for paragraph in texts(&page) {
        across(sheets, &paragraph, Style::plain(SIZE));
        said.push(paragraph);
    }
    sheets.skip(12);
}

/// Caps, bypass, Cafcass, legal and other advice, case notes: each a note beneath the ladders.
fn rules(sheets: &mut Sheets, said: &mut Vec<String>, protocol: &Protocol) {
    let mut notes: Vec<(String, Vec<String>)> = Vec::new();
    let mut caps = Page::default();
    explain::caps(&mut caps, protocol);
    let caps = texts(&caps);
    if !caps.is_empty() {
        notes.push(("The time it should take".to_owned(), caps));
    }
    let mut ways = Page::default();
    explain::rules::ways(&mut ways, protocol);
    for paragraph in ways.paragraphs() {
        match notes.last_mut() {
            Some((_, under)) if paragraph.indent > 0 => under.push(paragraph.text.clone()),
            _ => notes.push((paragraph.text.clone(), Vec::new())),
        }
    }
    for (title, paragraphs) in notes {
        rule(sheets, &title, &paragraphs);
        said.push(title);
        said.extend(paragraphs);
    }
}

fn rule(sheets: &mut Sheets, title: &str, paragraphs: &[String]) {
    let style = Style::plain(SIZE);
    let title_lines = wrap(title, SIZE, true, FULL - 2 * PADDING);
    let lines: Vec<String> = paragraphs
        .iter()
        .flat_map(|paragraph| wrap(paragraph, SIZE, false, FULL - 2 * PADDING))
        .collect();
    let height = rows(&title_lines, style) + rows(&lines, style) + 14;
    let y = sheets.take(height + 8);
    let area = Area {
        x: MARGIN,
        y,
        width: FULL,
        height,
    };
    sheets.open("rule", title);
    sheets.rectangle(area, 3, "rule");
    let y = sheets.text(MARGIN + PADDING, y + 6, &title_lines, style.bold());
    sheets.text(MARGIN + PADDING, y, &lines, style);
    sheets.close();
}

/// A paragraph across the sheet.
fn across(sheets: &mut Sheets, text: &str, style: Style) {
    let lines = wrap(text, style.size, style.bold, FULL);
    let y = sheets.take(rows(&lines, style) + 2);
    sheets.text(MARGIN, y, &lines, style);
}

/// How high lines of text are together.
fn rows<T>(lines: &[T], style: Style) -> i32 {
    i32::try_from(lines.len())
        .unwrap_or(i32::MAX)
        .saturating_mul(style.leading())
}

fn texts(page: &Page) -> Vec<String> {
    page.paragraphs()
        .map(|paragraph| paragraph.text.clone())
        .collect()
}

/// What was said, as one text to be read out.
fn spoken(said: &[String]) -> String {
    let sentences: Vec<String> = said
        .iter()
        .map(|text| {
            let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
            if text.trim_end_matches('"').ends_with(['.', '?', '!', ':']) {
                text
            } else {
                format!("{text}.")
            }
        })
        .collect();
    sentences.join(" ")
}
