//! Numbers that check themselves: the NHS number and the Unique Pupil Number.

use super::{begins, ends, skip};

/// What people put between the groups of a number.
const SEPARATORS: [char; 4] = [' ', '-', '.', '\n'];
/// A hyphen with a space on either side, and no more.
const MOST_SEPARATORS: usize = 3;

/// Whether an NHS number begins at `at`: ten digits in groups of 3, 3 and 4, the last of which is 11 less the remainder of
/// the weighted sum of the others (NHS Data Dictionary, NHS NUMBER).
pub(super) fn nhs_number_at(text: &[char], at: usize) -> bool {
    if at > 0 && text[at - 1].is_ascii_digit() {
        return false;
    }
    let mut digits = [0; 10];
    let mut next = at;
    for (place, digit) in digits.iter_mut().enumerate() {
        if place == 3 || place == 6 {
            next = skip(text, next, MOST_SEPARATORS, &SEPARATORS);
        }
        let Some(value) = text.get(next).and_then(|c| c.to_digit(10)) else {
            return false;
        };
        *digit = value;
        next += 1;
    }
    if text.get(next).is_some_and(char::is_ascii_digit) || digits == [0; 10] {
        return false;
    }
    let weighted = digits[..9].iter().zip((2..=10).rev());
    let sum: u32 = weighted.map(|(digit, weight)| digit * weight).sum();
    // A remainder that would need 10 is never issued, and no digit is 10.
    (11 - sum % 11) % 11 == digits[9]
}

/// The check letters of a Unique Pupil Number by remainder: I, O and S are left out.
const CHECK_LETTERS: &[u8; 23] = b"ABCDEFGHJKLMNPQRTUVWXYZ";

/// Whether a Unique Pupil Number begins at `at`: a check letter and twelve digits, or eleven and a letter while it is
/// temporary (Government Data Standards Catalogue, Unique Pupil Number 2.0).
pub(super) fn upn_at(text: &[char], at: usize) -> bool {
    if !begins(text, at) || !text[at].is_ascii_alphabetic() {
        return false;
    }
    let mut sum = 0;
    let mut next = at + 1;
    for weight in 2..=13_usize {
        next = skip(text, next, 1, &SEPARATORS);
        let Some(value) = text.get(next).and_then(|c| value_of(*c, weight == 13)) else {
            return false;
        };
        sum += value * weight;
        next += 1;
    }
    let letter = CHECK_LETTERS[sum % CHECK_LETTERS.len()];
    ends(text, next) && text[at].to_ascii_uppercase() == char::from(letter)
}

/// A digit, or at the last place a letter, which counts by its place among the check letters.
fn value_of(c: char, last: bool) -> Option<usize> {
    if let Some(digit) = c.to_digit(10) {
        return usize::try_from(digit).ok();
    }
    let letter = u8::try_from(c.to_ascii_uppercase()).ok()?;
    let place = CHECK_LETTERS.iter().position(|known| *known == letter);
    place.filter(|_| last)
}
