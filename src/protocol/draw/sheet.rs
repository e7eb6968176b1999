//! The sheets that are drawn on: A4 portrait under one another, and the shapes put on them.

use std::fmt::Write as _;

use super::text::escape;

/// The width of a sheet: A4 portrait at 96 dots an inch.
pub(super) const WIDTH: i32 = 794;
/// The height of a sheet.
pub(super) const HEIGHT: i32 = 1123;
/// What is kept free at its edges.
pub(super) const MARGIN: i32 = 34;
/// What is read with ease on paper.
pub(super) const SIZE: i32 = 12;
/// Side notes and labels.
pub(super) const SMALL: i32 = 11;

/// A drawing as it grows downward.
#[derive(Default)]
pub(super) struct Sheets {
    lines: String,
    shapes: String,
    labels: String,
    y: i32,
}

/// How a text looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Style {
    pub(super) size: i32,
    pub(super) bold: bool,
    pub(super) middle: bool,
    pub(super) class: &'static str,
}

impl Style {
    /// Plain text from its left edge.
    pub(super) const fn plain(size: i32) -> Self {
        Self {
            size,
            bold: false,
            middle: false,
            class: "",
        }
    }

    pub(super) const fn bold(self) -> Self {
        Self { bold: true, ..self }
    }

    pub(super) const fn middle(self) -> Self {
        Self {
            middle: true,
            ..self
        }
    }

    pub(super) const fn class(self, class: &'static str) -> Self {
        Self { class, ..self }
    }

    /// From one line to the next.
    pub(super) const fn leading(self) -> i32 {
        self.size + 4
    }
}

/// A rectangle on the sheets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Area {
    pub(super) x: i32,
    pub(super) y: i32,
    pub(super) width: i32,
    pub(super) height: i32,
}

impl Area {
    pub(super) const fn right(self) -> i32 {
        self.x + self.width
    }

    pub(super) const fn bottom(self) -> i32 {
        self.y + self.height
    }

    pub(super) const fn centre(self) -> i32 {
        self.x + self.width / 2
    }

    pub(super) const fn middle(self) -> i32 {
        self.y + self.height / 2
    }
}

impl Sheets {
    pub(super) fn new() -> Self {
        Self {
            y: MARGIN,
            ..Self::default()
        }
    }

    /// Where the next part goes, at the top of the next sheet if it would be cut; the place is then taken.
    pub(super) fn take(&mut self, height: i32) -> i32 {
        self.keep_together(height);
        self.take_here(height)
    }

    /// As [`take`](Self::take), on this sheet whatever its height.
    pub(super) fn take_here(&mut self, height: i32) -> i32 {
        let y = self.y;
        self.y += height;
        y
    }

    /// Goes to the next sheet if so much would be cut here.
    pub(super) fn keep_together(&mut self, height: i32) {
        let on_sheet = self.y % HEIGHT;
        if on_sheet < MARGIN {
            self.y += MARGIN - on_sheet;
        } else if on_sheet + height > HEIGHT - MARGIN && on_sheet > MARGIN {
            self.next();
        }
    }

    /// Goes to the top of the next sheet.
    pub(super) fn next(&mut self) {
        self.y = (self.y.div_euclid(HEIGHT) + 1) * HEIGHT + MARGIN;
    }

    pub(super) fn skip(&mut self, height: i32) {
        self.y += height;
    }

    /// Opens a group that says what it draws.
    pub(super) fn open(&mut self, class: &str, of: &str) {
        let _ = writeln!(
            self.shapes,
            "<g class=\"{class}\" data-of=\"{}\">",
            escape(of)
        );
    }

    pub(super) fn close(&mut self) {
        self.shapes.push_str("</g>\n");
    }

    pub(super) fn rectangle(&mut self, area: Area, round: i32, class: &str) {
        let Area {
            x,
            y,
            width,
            height,
        } = area;
        let _ = writeln!(
            self.shapes,
            "<rect class=\"{class}\" x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\" rx=\"{round}\"/>"
        );
    }

    pub(super) fn diamond(&mut self, area: Area) {
        let (left, right, top, bottom) = (area.x, area.right(), area.y, area.bottom());
        let (centre, middle) = (area.centre(), area.middle());
        let _ = writeln!(
            self.shapes,
            "<polygon class=\"diamond\" points=\"{centre},{top} {right},{middle} {centre},{bottom} {left},{middle}\"/>"
        );
    }

    /// Lines of text from `y` down, each on a baseline of its own; where the last one ends.
    pub(super) fn text(&mut self, x: i32, y: i32, lines: &[String], style: Style) -> i32 {
        let mut at = y;
        for line in lines {
            write_text(&mut self.shapes, x, at + style.size, line, style);
            at += style.leading();
        }
        at
    }

    /// As [`text`](Self::text), each line bold or not.
    pub(super) fn lines(&mut self, x: i32, y: i32, lines: &[(String, bool)], style: Style) {
        let mut at = y;
        for (line, bold) in lines {
            let style = Style {
                bold: *bold,
                ..style
            };
            write_text(&mut self.shapes, x, at + style.size, line, style);
            at += style.leading();
        }
    }

    /// Text on an arrow, over all else and legible where a line passes under it.
    pub(super) fn label(&mut self, x: i32, y: i32, lines: &[String]) {
        let style = Style::plain(SMALL).class("label");
        let mut at = y;
        for line in lines {
            write_text(&mut self.labels, x, at + style.size, line, style);
            at += style.leading();
        }
    }

    /// An arrow through these points.
    pub(super) fn arrow(&mut self, points: &[(i32, i32)], class: &str, of: &str) {
        let points: Vec<_> = points.iter().map(|(x, y)| format!("{x},{y}")).collect();
        let _ = writeln!(
            self.lines,
            "<polyline class=\"{class}\" data-of=\"{}\" points=\"{}\"/>",
            escape(of),
            points.join(" ")
        );
    }

    /// Everything drawn, as one SVG document that a screen reader reads as its title and description.
    pub(super) fn finish(self, id: &str, title: &str, description: &str) -> String {
        let sheets = self.y.div_euclid(HEIGHT) + 1;
        let height = sheets * HEIGHT;
        let (id, title, description) = (escape(id), escape(title), escape(description));
        let Self {
            lines,
            shapes,
            labels,
            ..
        } = self;
        format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
             <svg xmlns=\"http://www.w3.org/2000/svg\" width=\"210mm\" height=\"{}mm\" viewBox=\"0 0 {WIDTH} {height}\" \
             role=\"img\" aria-labelledby=\"{id}-title {id}-ladder\" lang=\"en-GB\">\n\
             <title id=\"{id}-title\">{title}</title>\n<desc id=\"{id}-ladder\">{description}</desc>\n\
             <style>{CSS}</style>\n\
             <defs><marker id=\"head\" viewBox=\"0 0 10 10\" refX=\"9\" refY=\"5\" markerWidth=\"8\" markerHeight=\"8\" orient=\"auto\">\
             <path d=\"M0,0 L10,5 L0,10 z\" fill=\"#1a1a1a\"/></marker></defs>\n\
             <rect class=\"paper\" width=\"{WIDTH}\" height=\"{height}\"/>\n{lines}{shapes}{labels}</svg>\n",
            sheets * 297
        )
    }
}

fn write_text(out: &mut String, x: i32, y: i32, line: &str, style: Style) {
    let weight = if style.bold {
        " font-weight=\"bold\""
    } else {
        ""
    };
    let anchor = if style.middle {
        " text-anchor=\"middle\""
    } else {
        ""
    };
    let class = if style.class.is_empty() {
        String::new()
    } else {
        format!(" class=\"{}\"", style.class)
    };
    let size = style.size;
    let _ = writeln!(
        out,
        "<text{class} x=\"{x}\" y=\"{y}\" font-size=\"{size}\"{weight}{anchor}>{}</text>",
        escape(line)
    );
}

/// Dark on light throughout; shape and dash say what a colour would, so that it works in black and white.
const CSS: &str = "\
@page{size:A4 portrait;margin:0}\
text{font-family:Arial,Helvetica,'Liberation Sans',sans-serif;fill:#1a1a1a}\
.paper{fill:#fff}\
rect.step{fill:#fff;stroke:#1a1a1a;stroke-width:1.5}\
rect.informal{fill:#fff;stroke:#1a1a1a;stroke-width:1.5;stroke-dasharray:6 3}\
.diamond{fill:#eef3f8;stroke:#1a1a1a;stroke-width:1.5}\
rect.note{fill:#fafafa;stroke:#595959;stroke-width:1;stroke-dasharray:2 2}\
rect.rule{fill:#fff;stroke:#8c8c8c;stroke-width:1}\
rect.end{fill:#eee;stroke:#1a1a1a;stroke-width:1.5}\
rect.tab{fill:#1a1a1a}\
text.inverse{fill:#fff}\
text.label{font-style:italic;paint-order:stroke;stroke:#fff;stroke-width:4px;stroke-linejoin:round}\
polyline{fill:none;stroke:#1a1a1a;stroke-width:1.5}\
.arrow{marker-end:url(#head)}\
.resolve{stroke-width:1;stroke-dasharray:1 3;stroke-linecap:round}\
.resolved{stroke-width:1;stroke-dasharray:1 3;stroke-linecap:round;marker-end:url(#head)}\
.tie{stroke:#595959;stroke-width:1;stroke-dasharray:2 2}";
