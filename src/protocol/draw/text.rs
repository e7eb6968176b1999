//! How wide text is, without a font at hand: widths estimated on the wide side, so that no text runs out of its box.

/// Widths of ` ` to `~` in a sans-serif font such as Arial or Helvetica, in thousandths of the font size.
const ASCII: [i32; 95] = [
    278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278,
    278, // space to /
    556, 556, 556, 556, 556, 556, 556, 556, 556, 556, 278, 278, 584, 584, 584, 556, // 0 to ?
    1015, 667, 667, 722, 722, 667, 611, 778, 722, 278, 500, 667, 556, 833, 722, 778, // @ to O
    667, 778, 722, 667, 611, 722, 667, 944, 667, 667, 611, 278, 278, 278, 469, 556, // P to _
    333, 556, 556, 500, 556, 556, 278, 556, 556, 222, 222, 500, 222, 833, 556, 556, // ` to o
    556, 556, 333, 500, 278, 556, 500, 722, 500, 500, 500, 334, 260, 334, 584, // p to ~
];

/// The widest a letter with an accent is taken to be.
const LATIN: i32 = 780;
/// Any other character: as wide as the font is high.
const OTHER: i32 = 1000;
/// Fonts differ: what is added to every width, in percent. Bold is wider still.
const SPARE: i32 = 5;
const SPARE_BOLD: i32 = 14;

/// The width of a text in pixels at a font size in pixels, rounded up.
#[must_use]
pub fn width(text: &str, size: i32, bold: bool) -> i32 {
    let units: i32 = text.chars().map(character).sum();
    let spare = if bold { SPARE_BOLD } else { SPARE };
    units
        .saturating_mul(size)
        .saturating_mul(100 + spare)
        .saturating_add(99_999)
        / 100_000
}

fn character(character: char) -> i32 {
    let ascii = u32::from(character)
        .checked_sub(u32::from(' '))
        .and_then(|place| usize::try_from(place).ok())
        .and_then(|place| ASCII.get(place));
    match ascii {
        Some(width) => *width,
        None if character < '\u{250}' => LATIN,
        None => OTHER,
    }
}

/// The text in lines of at most `most` pixels, broken between words, and within one that is wider than a line.
#[must_use]
pub fn wrap(text: &str, size: i32, bold: bool, most: i32) -> Vec<String> {
    wrap_to(text, size, bold, |_| most)
}

/// As [`wrap`], each line with a width of its own, counted from 0.
pub(super) fn wrap_to(
    text: &str,
    size: i32,
    bold: bool,
    most: impl Fn(usize) -> i32,
) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    let mut line = String::new();
    for word in text.split_whitespace() {
        let joined = if line.is_empty() {
            word.to_owned()
        } else {
            format!("{line} {word}")
        };
        if width(&joined, size, bold) <= most(lines.len()) {
            line = joined;
            continue;
        }
        if !line.is_empty() {
            lines.push(std::mem::take(&mut line));
        }
        for character in word.chars() {
            line.push(character);
            if width(&line, size, bold) > most(lines.len()) && line.chars().count() > 1 {
                line.pop();
                lines.push(std::mem::replace(&mut line, character.to_string()));
            }
        }
    }
    if !line.is_empty() {
        lines.push(line);
    }
    lines
}

/// The text as XML holds it; characters that XML cannot hold are left out.
pub(super) fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            '\t' | '\n' | '\r' => escaped.push(' '),
            '\u{fffe}' | '\u{ffff}' => {}
            other if other.is_control() => {}
            other => escaped.push(other),
        }
    }
    escaped
}
