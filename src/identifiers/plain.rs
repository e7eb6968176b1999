//! Text with its disguises taken off: whatever digits, spaces and dashes were typed, the plain ones.

/// The nought of every script that writes numbers in tens: nine more digits follow each (Unicode, general category Nd).
const NOUGHTS: [char; 66] = [
    '\u{0030}',
    '\u{0660}',
    '\u{06F0}',
    '\u{07C0}',
    '\u{0966}',
    '\u{09E6}',
    '\u{0A66}',
    '\u{0AE6}',
    '\u{0B66}',
    '\u{0BE6}',
    '\u{0C66}',
    '\u{0CE6}',
    '\u{0D66}',
    '\u{0DE6}',
    '\u{0E50}',
    '\u{0ED0}',
    '\u{0F20}',
    '\u{1040}',
    '\u{1090}',
    '\u{17E0}',
    '\u{1810}',
    '\u{1946}',
    '\u{19D0}',
    '\u{1A80}',
    '\u{1A90}',
    '\u{1B50}',
    '\u{1BB0}',
    '\u{1C40}',
    '\u{1C50}',
    '\u{A620}',
    '\u{A8D0}',
    '\u{A900}',
    '\u{A9D0}',
    '\u{A9F0}',
    '\u{AA50}',
    '\u{ABF0}',
    '\u{FF10}',
    '\u{104A0}',
    '\u{10D30}',
    '\u{11066}',
    '\u{110F0}',
    '\u{11136}',
    '\u{111D0}',
    '\u{112F0}',
    '\u{11450}',
    '\u{114D0}',
    '\u{11650}',
    '\u{116C0}',
    '\u{11730}',
    '\u{118E0}',
    '\u{11950}',
    '\u{11C50}',
    '\u{11D50}',
    '\u{11DA0}',
    '\u{16A60}',
    '\u{16AC0}',
    '\u{16B50}',
    '\u{1D7CE}',
    '\u{1D7D8}',
    '\u{1D7E2}',
    '\u{1D7EC}',
    '\u{1D7F6}',
    '\u{1E140}',
    '\u{1E2F0}',
    '\u{1E950}',
    '\u{1FBF0}',
];

/// The text as plain characters. Full-width letters become plain, every kind of digit, space and dash the usual one, and
/// characters that nobody sees are left out. A line's end stays a line's end.
pub(super) fn plain(text: &str) -> Vec<char> {
    text.chars().filter_map(plain_char).collect()
}

fn plain_char(c: char) -> Option<char> {
    if c.is_ascii() && !c.is_ascii_control() {
        return Some(c);
    }
    match c {
        '\n' | '\r' | '\u{2028}' | '\u{2029}' => Some('\n'),
        // Joiners, marks of direction, soft hyphens: they split a number and show nothing.
        '\u{00AD}'
        | '\u{034F}'
        | '\u{061C}'
        | '\u{180B}'..='\u{180E}'
        | '\u{200B}'..='\u{200F}'
        | '\u{202A}'..='\u{202E}'
        | '\u{2060}'..='\u{206F}'
        | '\u{E0000}'..='\u{E0FFF}'
        | '\u{FE00}'..='\u{FE0F}'
        | '\u{FEFF}' => None,
        '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{FE58}' | '\u{FE63}' | '\u{FF0D}' => Some('-'),
        '\u{2024}' | '\u{FF0E}' => Some('.'),
        '\u{2044}' | '\u{2215}' => Some('/'),
        _ if c.is_whitespace() => Some(' '),
        _ if c.is_control() => None,
        _ => Some(digit(c).or_else(|| full_width(c)).unwrap_or(c)),
    }
}

fn digit(c: char) -> Option<char> {
    let after = NOUGHTS.partition_point(|nought| *nought <= c);
    let nought = *NOUGHTS.get(after.checked_sub(1)?)?;
    char::from_digit(u32::from(c).checked_sub(u32::from(nought))?, 10)
}

fn full_width(c: char) -> Option<char> {
    let ascii = u32::from(c).checked_sub(0xFEE0)?;
    char::from_u32(ascii).filter(char::is_ascii_graphic)
}
