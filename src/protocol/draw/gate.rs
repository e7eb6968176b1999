//! A gate: a diamond with whom it asks, its question and its clause, and what stands on the ways on from it.

use super::sheet::{SIZE, SMALL, Style};
use super::text::{width, wrap, wrap_to};
use crate::protocol::explain::{and, names, or};
use crate::protocol::{Gate, GateKind, Need, Protocol};

/// The most lines that are fitted into a diamond closely.
const MOST_FITTED: i32 = 24;

/// A gate laid out.
pub(super) struct Diamond {
    pub(super) rows: Vec<(String, bool)>,
    pub(super) height: i32,
    /// What stands on the way on, and on the way on without it.
    pub(super) agreed: Vec<String>,
    pub(super) declined: Vec<String>,
}

impl Diamond {
    /// Lays out a gate in that width; what stands on its two ways on fits beneath either half of it.
    pub(super) fn of(protocol: &Protocol, gate: &Gate, wide: i32) -> Self {
        let roles = names(protocol, &gate.roles);
        let each = gate.need == Need::AllOf;
        let who = if each { and(&roles) } else { or(&roles) };
        let small = |text: &str, spare: i32| wrap(text, SMALL, false, (wide / 2 - spare).max(60));
        let with_reason = "declined or unanswered: the raiser may go on with a reason";
        let (what, agreed, declined) = match gate.kind {
            GateKind::Discuss => (
                format!("The raiser discusses it with {who}"),
                "the view is recorded, and the raiser decides",
                "",
            ),
            GateKind::Agree if each => (
                format!("Do {who} each agree?"),
                "each agreed",
                "declined by any or unanswered: the raiser may go on with a reason",
            ),
            GateKind::Agree => (format!("Does {who} agree?"), "agreed", with_reason),
            GateKind::InConjunction if each => (
                format!("Decided in conjunction with {who}, each of them"),
                "decided by each",
                "declined by any or unanswered: the raiser may go on with a reason",
            ),
            GateKind::InConjunction => (
                format!("Decided in conjunction with {who}"),
                "decided",
                with_reason,
            ),
            GateKind::Judgement => (
                "The raiser judges it".to_owned(),
                "judged so; silence never answers",
                "",
            ),
        };
        let mut paragraphs = vec![(what, true)];
        paragraphs.extend(
            gate.question
                .as_ref()
                .map(|question| (format!("\"{question}\""), false)),
        );
        paragraphs.extend(
            gate.clause
                .as_ref()
                .map(|clause| (format!("[{clause}]"), false)),
        );
        let (rows, height) = fit(&paragraphs, wide);
        Self {
            rows,
            height,
            agreed: small(agreed, if declined.is_empty() { -20 } else { 40 }),
            declined: small(declined, 0),
        }
    }

    /// The longer of what stands on its ways on.
    pub(super) fn longer(&self) -> &[String] {
        if self.agreed.len() > self.declined.len() {
            &self.agreed
        } else {
            &self.declined
        }
    }
}

/// A diamond of that width that holds the paragraphs, and their lines in it: the lowest, or one a little higher where what is
/// asked then stands on one line.
fn fit(paragraphs: &[(String, bool)], wide: i32) -> (Vec<(String, bool)>, i32) {
    // Half as wide as the diamond, text of any length fits in twice its height.
    let half: Vec<(String, bool)> = paragraphs
        .iter()
        .flat_map(|(text, bold)| {
            let lines = wrap(text, SIZE, *bold, wide / 2 - 12);
            lines.into_iter().map(|line| (line, *bold))
        })
        .collect();
    let lines = i32::try_from(half.len()).unwrap_or(i32::MAX / 64);
    let high = 2 * lines * Style::plain(SIZE).leading();
    if lines > MOST_FITTED {
        return (half, high);
    }
    let whole = |rows: &[(String, bool)]| rows.iter().filter(|(_, bold)| *bold).count() == 1;
    let mut lowest: Option<(Vec<(String, bool)>, i32)> = None;
    let mut height = 64;
    loop {
        if let Some(rows) = fit_in(paragraphs, wide, height) {
            if whole(&rows) {
                return (rows, height);
            }
            lowest.get_or_insert((rows, height));
        }
        match lowest {
            Some(found) if height >= found.1 + 40 => return found,
            None if height > high => return (half, high),
            other => lowest = other,
        }
        height += 8;
    }
}

/// The lines of the paragraphs in a diamond of that size, if they fit.
fn fit_in(paragraphs: &[(String, bool)], wide: i32, height: i32) -> Option<Vec<(String, bool)>> {
    let leading = Style::plain(SIZE).leading();
    (1..=height / leading).find_map(|lines| {
        let top = -lines * leading / 2;
        let room = |line: usize| {
            // Lines that are not there have no room.
            let line = i32::try_from(line).unwrap_or(lines).min(lines);
            let upper = top + line * leading;
            let off = upper.abs().max((upper + leading).abs());
            wide - 2 * wide * off.min(height) / height - 12
        };
        let mut rows: Vec<(String, bool)> = Vec::new();
        for (text, bold) in paragraphs {
            let before = rows.len();
            let wrapped = wrap_to(text, SIZE, *bold, |line| room(before + line));
            rows.extend(wrapped.into_iter().map(|line| (line, *bold)));
        }
        let fits = i32::try_from(rows.len()) == Ok(lines)
            && rows
                .iter()
                .enumerate()
                .all(|(line, (text, bold))| width(text, SIZE, *bold) <= room(line));
        fits.then_some(rows)
    })
}
