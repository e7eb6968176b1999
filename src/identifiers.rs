//! Finds what names a child in text that must not: an NHS number, a postcode, a date of birth, a Unique Pupil Number.
//!
//! Concerns go by the case system's pseudonymous reference alone. People slip, most of all when they paste; what is found
//! here is refused at its field, saying why, before anything is kept. A meeting's date, a phone number, a case reference and
//! "week 5" are fine. Each look takes time in proportion to the text.

mod birth;
mod numbers;
mod plain;
mod postcode;

/// What was found. It holds nothing of the text itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Identifier {
    /// Ten digits whose last checks the others.
    NhsNumber,
    /// A whole postcode. The first half alone names a district, and is not one.
    Postcode,
    /// A date beside "born", "DOB", "date of birth" or "birthday".
    DateOfBirth,
    /// A Unique Pupil Number, permanent or temporary, with its check letter.
    Upn,
}

impl Identifier {
    /// Every kind there is.
    pub const ALL: [Self; 4] = [
        Self::NhsNumber,
        Self::Postcode,
        Self::DateOfBirth,
        Self::Upn,
    ];

    /// A short stable name, by which the words that say why are found.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::NhsNumber => "nhs_number",
            Self::Postcode => "postcode",
            Self::DateOfBirth => "date_of_birth",
            Self::Upn => "upn",
        }
    }
}

/// The first kind of identifier that `text` holds, of any script's digits and however it is spaced.
#[must_use]
pub fn find(text: &str) -> Option<Identifier> {
    let text = plain::plain(text);
    if (0..text.len()).any(|at| numbers::nhs_number_at(&text, at)) {
        return Some(Identifier::NhsNumber);
    }
    if (0..text.len()).any(|at| numbers::upn_at(&text, at)) {
        return Some(Identifier::Upn);
    }
    if (0..text.len()).any(|at| postcode::postcode_at(&text, at)) {
        return Some(Identifier::Postcode);
    }
    birth::has_date_of_birth(&text).then_some(Identifier::DateOfBirth)
}

/// Whether a word or number could begin at `at`: no letter or digit stands before it.
fn begins(text: &[char], at: usize) -> bool {
    at == 0 || !text[at - 1].is_alphanumeric()
}

/// Whether a word or number may end before `at`.
fn ends(text: &[char], at: usize) -> bool {
    text.get(at).is_none_or(|next| !next.is_alphanumeric())
}

/// The first place from `at` on that is none of `separators`, passing over `most` of them at most.
fn skip(text: &[char], at: usize, most: usize, separators: &[char]) -> usize {
    let found = text[at.min(text.len())..]
        .iter()
        .take(most)
        .take_while(|c| separators.contains(c));
    at + found.count()
}

#[cfg(test)]
mod tests;
