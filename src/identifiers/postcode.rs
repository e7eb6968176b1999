//! Whole postcodes of the United Kingdom and the islands.

use super::{begins, ends, skip};

/// Every postcode area there is: a code of another area is not a postcode, however like one it looks.
const AREAS: &str = " AB AL B BA BB BD BF BH BL BN BR BS BT BX CA CB CF CH CM CO CR CT CV CW DA DD DE DG DH DL DN DT DY E EC EH EN EX FK FY G GL GU GY HA HD HG HP HR HS HU HX IG IM IP IV JE KA KT KW KY L LA LD LE LL LN LS LU M ME MK ML N NE NG NN NP NR NW OL OX PA PE PH PL PO PR RG RH RM S SA SE SG SK SL SM SN SO SP SR SS ST SW SY TA TD TF TN TQ TR TS TW UB W WA WC WD WF WN WR WS WV YO ZE ";
/// The letters that the second half never has, being too like others.
const NOT_INWARD: &str = "CIKMOV";
const SEPARATORS: [char; 3] = [' ', '-', '\n'];
const MOST_SEPARATORS: usize = 2;
/// What small letters after a digit mean elsewhere: hours, years, working days.
const UNITS: [&str; 3] = ["hr", "yr", "wd"];

/// Whether a whole postcode begins at `at`.
pub(super) fn postcode_at(text: &[char], at: usize) -> bool {
    if !begins(text, at) {
        return false;
    }
    let letters = text[at..]
        .iter()
        .take(3)
        .take_while(|c| c.is_ascii_alphabetic())
        .count();
    let area: String = text[at..at + letters].iter().collect();
    let area = area.to_ascii_uppercase();
    if area == "GIR" {
        return inward_after(text, at, at + letters);
    }
    if letters == 0 || !AREAS.contains(&format!(" {area} ")) {
        return false;
    }
    let district = at + letters;
    if !text.get(district).is_some_and(char::is_ascii_digit) {
        return false;
    }
    // M1 1AA; then M25 1AA, and W1A 1AA, of which not every letter is ever third or fourth.
    let second = text
        .get(district + 1)
        .is_some_and(|c| c.is_ascii_digit() || takes_letter(letters, *c));
    inward_after(text, at, district + 1) || (second && inward_after(text, at, district + 2))
}

/// Whether a district of an area with so many letters may end in this one.
fn takes_letter(letters: usize, c: char) -> bool {
    let may_be = if letters == 1 {
        "ABCDEFGHJKPSTUW"
    } else {
        "ABEHMNPRVWXY"
    };
    may_be.contains(c.to_ascii_uppercase())
}

/// Whether the second half follows `outward`, the end of the first, and the whole, begun at `start`, is meant as a postcode.
fn inward_after(text: &[char], start: usize, outward: usize) -> bool {
    let at = skip(text, outward, MOST_SEPARATORS, &SEPARATORS);
    let Some([digit, first, second]) = text.get(at..at + 3) else {
        return false;
    };
    let letter = |c: &char| c.is_ascii_alphabetic() && !NOT_INWARD.contains(c.to_ascii_uppercase());
    if !digit.is_ascii_digit() || !letter(first) || !letter(second) || !ends(text, at + 3) {
        return false;
    }
    let capitals = !text[start..at + 3].iter().any(char::is_ascii_lowercase);
    capitals || !is_ordinal_or_unit(*digit, *first, *second)
}

/// "1st", "2nd", "3rd", "4th", "5yr": after "S47" or "B1" the beginning of ordinary words.
fn is_ordinal_or_unit(digit: char, first: char, second: char) -> bool {
    let word: String = [first, second].iter().collect();
    let word = word.to_ascii_lowercase();
    let ordinal = match digit {
        '1' => "st",
        '2' => "nd",
        '3' => "rd",
        _ => "th",
    };
    word == ordinal || UNITS.contains(&word.as_str())
}
