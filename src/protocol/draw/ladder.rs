//! One ladder: its steps under one another, gates before them, notes beside them, arrows between them, its two ends.

use super::arrows::{Arrow, arrows};
use super::gate::Diamond;
use super::sheet::{Area, MARGIN, SIZE, SMALL, Sheets, Style, WIDTH};
use super::text::{width, wrap};
use super::{PADDING, rows};
use crate::protocol::explain::RESOLVED;
use crate::protocol::explain::step::{self, Part};
use crate::protocol::{Protocol, Route, Silence, Step};

/// Where the steps' boxes end on the right.
const RIGHT: i32 = 566;
/// The line to "resolved".
const RESOLVING: i32 = 580;
/// Where the notes beside the ladder start.
const NOTES: i32 = 596;
/// How wide they are.
const NOTES_WIDTH: i32 = WIDTH - MARGIN - NOTES;
/// From one lane to the next.
const LANE: i32 = 12;
/// Room for what stands on an arrow that takes a lane.
const LANE_LABEL: i32 = 72;
/// How far a diamond stays inside the boxes' edges.
const INSET: i32 = 32;

/// A step laid out, before it has its place on a sheet.
struct Block<'p> {
    step: &'p Step,
    /// Whether a concern starts here.
    starts: bool,
    head: Vec<String>,
    /// What the box says, and whether a line of it stands out.
    lines: Vec<(String, bool)>,
    notes: Vec<(&'static str, Vec<String>)>,
    gate: Option<Diamond>,
    /// What stands on the arrow straight down.
    down: Vec<String>,
    /// What stands on the arrows that take a lane.
    aside: Vec<(Arrow, Vec<String>)>,
}

/// Where arrows arrive.
#[derive(Clone, Copy)]
struct Entry {
    top: (i32, i32),
    side: (i32, i32),
}

pub(super) fn draw(
    sheets: &mut Sheets,
    said: &mut Vec<String>,
    protocol: &Protocol,
    route: &Route,
) {
    let arrows = arrows(route);
    let lanes = arrows.iter().filter_map(|arrow| arrow.lane).max();
    let lanes = lanes.map_or(0, |lane| i32::try_from(lane + 1).unwrap_or(i32::MAX));
    // Beyond a dozen the lanes share their room: the ladder keeps its width.
    let left = match lanes {
        0 => MARGIN,
        many => MARGIN + LANE_LABEL + LANE * many.min(12),
    };
    let ladder = Ladder {
        left,
        lanes: lanes.max(1),
    };
    let mut boxes = Vec::new();
    let mut entries = Vec::new();
    for (place, step) in route.steps.iter().enumerate() {
        said.push(step::heading(step));
        said.extend(
            step::sentences(protocol, route, place)
                .into_iter()
                .map(|(_, sentence)| sentence),
        );
        let block = ladder.block(protocol, route, place, step, &arrows);
        let (area, entry) = ladder.put(sheets, &block);
        boxes.push((area, block));
        entries.push(entry);
    }
    entries.push(ladder.ends(sheets, &boxes));
    ladder.arrows(sheets, &boxes, &entries, &arrows);
}

/// Where the parts of one ladder stand.
struct Ladder {
    left: i32,
    lanes: i32,
}

impl Ladder {
    const fn width(&self) -> i32 {
        RIGHT - self.left
    }

    const fn centre(&self) -> i32 {
        self.left + self.width() / 2
    }

    fn block<'p>(
        &self,
        protocol: &Protocol,
        route: &Route,
        place: usize,
        step: &'p Step,
        arrows: &[Arrow],
    ) -> Block<'p> {
        let inside = self.width() - 2 * PADDING;
        let starts = step.id == route.default_start;
        let mut lines = Vec::new();
        let mut say = |text: &str, bold: bool| {
            let wrapped = wrap(text, SIZE, bold, inside);
            lines.extend(wrapped.into_iter().map(|line| (line, bold)));
        };
        say(&format!("{} [{}]", step.id, step.clause), false);
        let mut notes = Vec::new();
        // Silence that moves nothing has no arrow: it is said in the box.
        let mut unmoved = step.clock.is_some() && step.silence != Silence::Lapse;
        for (part, sentence) in step::sentences(protocol, route, place) {
            let note = |name| (name, wrap(&sentence, SMALL, false, NOTES_WIDTH - 16));
            match part {
                Part::Itself => say(&sentence, false),
                Part::Time => {
                    let (time, more) = sentence.split_once(". ").unwrap_or((&sentence, ""));
                    let full_stop = if more.is_empty() { "" } else { "." };
                    say(&format!("{time}{full_stop}"), true);
                    say(more, false);
                }
                Part::Onward if unmoved => {
                    say(&sentence, false);
                    unmoved = false;
                }
                Part::Copies => notes.push(note("copies")),
                Part::Overdue => notes.push(note("overdue")),
                Part::Gate | Part::Onward => {}
            }
        }
        let leaving = || arrows.iter().filter(|arrow| arrow.from == place);
        let down = leaving()
            .filter(|arrow| arrow.lane.is_none())
            .flat_map(|arrow| wrap(&arrow.label, SMALL, false, self.width() / 2 - 20))
            .collect();
        let aside = leaving()
            .filter(|arrow| arrow.lane.is_some())
            .map(|arrow| {
                let label = wrap(&arrow.label, SMALL, false, LANE_LABEL - 10);
                (arrow.clone(), label)
            })
            .collect();
        Block {
            step,
            starts,
            head: wrap(
                &format!("{}: {}", step.stage, step.name),
                14,
                true,
                if starts { inside - 76 } else { inside },
            ),
            lines,
            notes,
            gate: step
                .gate
                .as_ref()
                .map(|gate| Diamond::of(protocol, gate, self.width() - 2 * INSET)),
            down,
            aside,
        }
    }

    /// Puts a step on the sheets, its gate before it: where its box is and where arrows arrive.
    fn put(&self, sheets: &mut Sheets, block: &Block<'_>) -> (Area, Entry) {
        let plain = Style::plain(SIZE);
        let small = Style::plain(SMALL);
        let text = rows(&block.head, Style::plain(14)) + rows(&block.lines, plain) + 16;
        let aside: i32 = block
            .aside
            .iter()
            .map(|(_, label)| rows(label, small) + 14)
            .sum();
        let height = text.max(if aside == 0 { 0 } else { aside + 24 });
        let notes: i32 = block
            .notes
            .iter()
            .map(|(_, lines)| rows(lines, small) + 18)
            .sum();
        let gap = (rows(&block.down, small) + 20).max(34);
        let gate = block.gate.as_ref();
        let gate_gap = gate.map_or(0, |gate| (rows(gate.longer(), small) + 16).max(30));
        let beside = (notes - gap + 8).max(height);
        // An arrow may run into the sheet's margin; what stands on it may not leave the sheet.
        let gate_height = gate.map_or(0, |gate| gate.height + gate_gap);
        sheets.keep_together(gate_height + beside + (gap - MARGIN).max(0));

        let mut entry = None;
        if let Some(gate) = gate {
            let y = sheets.take_here(gate.height + gate_gap);
            entry = Some(self.put_gate(sheets, block.step, gate, y, gate_gap));
        }
        let y = sheets.take(beside);
        sheets.skip(gap);
        let area = Area {
            x: self.left,
            y,
            width: self.width(),
            height,
        };
        if entry.is_some() {
            let of = block.step.id.as_str();
            let from = (self.centre(), y - gate_gap);
            sheets.arrow(&[from, (self.centre(), y)], "arrow gated", of);
            if gate.is_some_and(|gate| !gate.declined.is_empty()) {
                let turn = RIGHT - INSET / 2;
                let middle = y - gate_gap - gate.map_or(0, |gate| gate.height / 2);
                let points = [(RIGHT - INSET, middle), (turn, middle), (turn, y)];
                sheets.arrow(&points, "arrow declined", of);
            }
        }
        Self::put_step(sheets, block, area);
        put_notes(sheets, block, area);
        let own = Entry {
            top: (self.centre(), y),
            side: (self.left, y + 16),
        };
        (area, entry.unwrap_or(own))
    }

    fn put_gate(
        &self,
        sheets: &mut Sheets,
        step: &Step,
        gate: &Diamond,
        y: i32,
        gap: i32,
    ) -> Entry {
        let area = Area {
            x: self.left + INSET,
            y,
            width: self.width() - 2 * INSET,
            height: gate.height,
        };
        sheets.open("gate", step.id.as_str());
        sheets.diamond(area);
        let style = Style::plain(SIZE).middle();
        let lines = i32::try_from(gate.rows.len()).unwrap_or(i32::MAX);
        let top = area.middle() - lines * style.leading() / 2;
        sheets.lines(area.centre(), top, &gate.rows, style);
        sheets.close();
        let label = y + gate.height + 4;
        if gate.declined.is_empty() {
            sheets.label(self.centre() + 8, label, &gate.agreed);
        } else {
            let wide = gate.agreed.iter().map(|line| width(line, SMALL, false));
            let wide = wide.max().unwrap_or(0);
            sheets.label(self.centre() - 8 - wide, label, &gate.agreed);
            let tall = rows(&gate.declined, Style::plain(SMALL));
            sheets.label(
                self.centre() + 14,
                label + (gap - 12 - tall).max(0),
                &gate.declined,
            );
        }
        Entry {
            top: (self.centre(), y),
            side: (area.x, area.middle()),
        }
    }

    fn put_step(sheets: &mut Sheets, block: &Block<'_>, area: Area) {
        let class = if block.step.formal {
            "step"
        } else {
            "informal"
        };
        sheets.open("step", block.step.id.as_str());
        sheets.rectangle(area, if block.step.formal { 3 } else { 12 }, class);
        let x = area.x + PADDING;
        let y = sheets.text(x, area.y + 7, &block.head, Style::plain(14).bold());
        sheets.lines(x, y, &block.lines, Style::plain(SIZE));
        if block.starts {
            let tab = Area {
                x: area.right() - 84,
                y: area.y,
                width: 84,
                height: 19,
            };
            sheets.rectangle(tab, 0, "tab");
            let style = Style::plain(SMALL).bold().middle().class("inverse");
            sheets.text(tab.centre(), tab.y + 3, &["Starts here".to_owned()], style);
        }
        sheets.close();
    }

    /// The two ends of a ladder; where arrows to its exhaustion arrive.
    fn ends(&self, sheets: &mut Sheets, boxes: &[(Area, Block<'_>)]) -> Entry {
        let style = Style::plain(SIZE);
        let half = 128;
        let wraps = |text: &str, most: i32| wrap(text, SIZE, false, most - 40);
        let x = self.centre() + half + 14;
        let resolved_width = WIDTH - MARGIN - x;
        let exhausted = wraps(
            "The concern stays open until the raiser records the position.",
            2 * half,
        );
        let resolved = wraps(RESOLVED, resolved_width);
        let height = rows(&exhausted, style).max(rows(&resolved, style)) + style.leading() + 16;
        let y = sheets.take(height + 10);
        let left = Area {
            x: self.centre() - half,
            y,
            width: 2 * half,
            height,
        };
        let right = Area {
            x,
            width: resolved_width,
            ..left
        };
        for (area, class, head, lines) in [
            (left, "exhausted", "Exhausted", exhausted),
            (right, "resolution", "Resolved", resolved),
        ] {
            sheets.open(class, "");
            sheets.rectangle(area, 22, "end");
            let at = sheets.text(
                area.centre(),
                y + 7,
                &[head.to_owned()],
                style.bold().middle(),
            );
            sheets.text(area.centre(), at, &lines, style.middle());
            sheets.close();
        }
        for (area, block) in boxes {
            let from = (RIGHT, area.bottom() - 10);
            let points = [from, (RESOLVING, area.bottom() - 10)];
            sheets.arrow(&points, "resolve", block.step.id.as_str());
        }
        if let Some((first, _)) = boxes.first() {
            let from = (RESOLVING, first.bottom() - 10);
            sheets.arrow(&[from, (RESOLVING, y)], "resolved", "");
        }
        Entry {
            top: (left.centre(), y),
            side: (left.x, left.middle()),
        }
    }

    fn arrows(
        &self,
        sheets: &mut Sheets,
        boxes: &[(Area, Block<'_>)],
        entries: &[Entry],
        arrows: &[Arrow],
    ) {
        for arrow in arrows.iter().filter(|arrow| arrow.lane.is_none()) {
            let (Some((area, block)), Some(entry)) = (boxes.get(arrow.from), entries.get(arrow.to))
            else {
                continue;
            };
            let of = block.step.id.as_str();
            sheets.arrow(&[(area.centre(), area.bottom()), entry.top], "arrow", of);
            sheets.label(area.centre() + 8, area.bottom() + 4, &block.down);
        }
        for (area, block) in boxes {
            let mut at = area.bottom() - 10;
            for (arrow, label) in &block.aside {
                let Some(entry) = entries.get(arrow.to) else {
                    continue;
                };
                let lane = arrow.lane.and_then(|lane| i32::try_from(lane).ok());
                let lane =
                    self.left - LANE_LABEL - lane.unwrap_or(0) * LANE * 12 / self.lanes.max(12);
                let points = [(area.x, at), (lane, at), (lane, entry.side.1), entry.side];
                sheets.arrow(&points, "arrow aside", block.step.id.as_str());
                let tall = rows(label, Style::plain(SMALL));
                sheets.label(lane.max(self.left - LANE_LABEL) + 5, at - tall - 2, label);
                at -= tall + 14;
            }
        }
    }
}

fn put_notes(sheets: &mut Sheets, block: &Block<'_>, area: Area) {
    let style = Style::plain(SMALL);
    let mut y = area.y;
    for (name, lines) in &block.notes {
        let note = Area {
            x: NOTES,
            y,
            width: NOTES_WIDTH,
            height: rows(lines, style) + 10,
        };
        let tie = (note.y + 12).min(area.bottom() - 16);
        let of = block.step.id.as_str();
        sheets.arrow(&[(RIGHT, tie), (NOTES, tie)], "tie", of);
        sheets.open(&format!("note {name}"), of);
        sheets.rectangle(note, 2, "note");
        sheets.text(note.x + 8, note.y + 4, lines, style);
        sheets.close();
        y = note.bottom() + 8;
    }
}
