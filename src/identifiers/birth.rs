//! Dates of birth: a date with "born", "DOB" or the like a few words before or after it.

/// Words that may stand between a date and what makes it a birth's.
const MOST_WORDS_BETWEEN: usize = 4;
/// Words, numbers and marks together that are looked over for the other half.
const MOST_BETWEEN: usize = 16;
/// What a council holds on a date: the date beside one of these is its own.
const OCCASIONS: [&str; 9] = [
    "meeting",
    "review",
    "conference",
    "hearing",
    "visit",
    "panel",
    "icpc",
    "rcpc",
    "irm",
];
/// What may stand between an occasion and its date.
const LEADING: [&str; 7] = ["on", "of", "the", "held", "dated", "for", "at"];

/// A word, a number or a mark, and whether it touches the one before.
struct Token {
    kind: Kind,
    touches: bool,
}

enum Kind {
    Word {
        /// In small letters.
        text: String,
        capital: bool,
    },
    Number {
        value: u32,
        digits: usize,
    },
    Mark(char),
    LineEnd,
}

/// What makes a date a birth's.
#[derive(Clone, Copy, PartialEq)]
enum Sign {
    /// "born", an ordinary word: it reaches no further than its sentence and its line.
    Born,
    /// "DOB" and the like, a label: its date may stand on the next line.
    Label,
}

/// Whether the text holds a date of birth.
pub(super) fn has_date_of_birth(text: &[char]) -> bool {
    let tokens = tokens(text);
    (0..tokens.len()).any(|at| {
        let after_sign = sign_at(&tokens, at).is_some_and(|(sign, end)| {
            follows(&tokens, end, sign == Sign::Label, |next| {
                date_at(&tokens, next).is_some() && !is_of_an_occasion(&tokens, next)
            })
        });
        let before_sign = || {
            date_at(&tokens, at).is_some_and(|end| {
                !is_of_an_occasion(&tokens, at)
                    && follows(&tokens, end, false, |next| sign_at(&tokens, next).is_some())
            })
        };
        after_sign || before_sign()
    })
}

/// Whether `found` holds within a few words from `from` on, in the same sentence.
fn follows(tokens: &[Token], from: usize, over_lines: bool, found: impl Fn(usize) -> bool) -> bool {
    let mut words = 0;
    for at in from..tokens.len().min(from + MOST_BETWEEN) {
        if found(at) {
            return true;
        }
        let next_touches = tokens.get(at + 1).is_some_and(|next| next.touches);
        match &tokens[at].kind {
            Kind::Word { .. } | Kind::Number { .. } => words += 1,
            Kind::Mark('.' | '!' | '?' | ';') if !next_touches => return false,
            Kind::Mark(':') if !over_lines && at == from => return after_colon(tokens, at, &found),
            Kind::LineEnd if !over_lines => return false,
            Kind::Mark(_) | Kind::LineEnd => {}
        }
        if words > MOST_WORDS_BETWEEN {
            return false;
        }
    }
    false
}

/// "born: 12/03/2014" is one thing; "12/03/2026: child born abroad" is a heading and what follows it.
fn after_colon(tokens: &[Token], colon: usize, found: &impl Fn(usize) -> bool) -> bool {
    colon + 1 < tokens.len() && found(colon + 1)
}

/// Whether the date at `at` is that of a meeting or the like, said just before it.
fn is_of_an_occasion(tokens: &[Token], at: usize) -> bool {
    let before = tokens[..at].iter().rev().take(MOST_WORDS_BETWEEN);
    for token in before {
        match &token.kind {
            Kind::Word { text, .. } if OCCASIONS.contains(&text.as_str()) => return true,
            Kind::Word { text, .. } if LEADING.contains(&text.as_str()) => {}
            Kind::Mark(':' | ',' | '(') => {}
            _ => return false,
        }
    }
    false
}

/// What makes a date a birth's, at `at`, and where it ends.
fn sign_at(tokens: &[Token], at: usize) -> Option<(Sign, usize)> {
    let first = word(tokens, at)?;
    let is = |at: usize, words: &[&str]| word(tokens, at).is_some_and(|word| words.contains(&word));
    // Marks may stand between the parts: "D.O.B.", "date-of-birth".
    let part = |at: usize| at + usize::from(is_mark(tokens, at, &['.', '/', '-']));
    let (sign, end) = match first {
        "born" if !continues_a_word(tokens, at) => (Sign::Born, at + 1),
        "dob" | "dobs" | "birthdate" | "birthday" | "birthdays" | "dateofbirth" => {
            (Sign::Label, at + 1)
        }
        "birth" if is(part(at + 1), &["date", "dates"]) => (Sign::Label, part(at + 1) + 1),
        "d" | "date" | "dates" => {
            let second = part(at + 1);
            let third = part(second + 1);
            let letters = first == "d" && is(second, &["o"]) && is(third, &["b"]);
            let words = is(second, &["of"]) && is(third, &["b", "birth"]);
            if !letters && !words {
                return None;
            }
            (Sign::Label, third + 1)
        }
        _ => return None,
    };
    // A label's own full stop ends no sentence.
    let stop = sign == Sign::Label && is_mark(tokens, end, &['.']);
    Some((sign, end + usize::from(stop)))
}

/// Whether the word at `at` is the end of one such as "new-born".
fn continues_a_word(tokens: &[Token], at: usize) -> bool {
    at >= 2
        && tokens[at].touches
        && tokens[at - 1].touches
        && matches!(tokens[at - 1].kind, Kind::Mark('-'))
        && word(tokens, at - 2).is_some()
}

/// Where the date that begins at `at` ends.
fn date_at(tokens: &[Token], at: usize) -> Option<usize> {
    match &tokens.get(at)?.kind {
        Kind::Number { value, digits } => run_together(*value, *digits, at)
            .or_else(|| in_numbers(tokens, at))
            .or_else(|| day_first(tokens, at)),
        Kind::Word { .. } => month_first(tokens, at),
        Kind::Mark(_) | Kind::LineEnd => None,
    }
}

/// 12032014, 20140312, 120314.
fn run_together(value: u32, digits: usize, at: usize) -> Option<usize> {
    let is_date = match digits {
        8 => {
            is_day_of(value / 1_000_000, value / 10_000 % 100) && is_year(value % 10_000, 4)
                || is_day_of(value % 100, value / 100 % 100) && is_year(value / 10_000, 4)
        }
        6 => is_day_of(value / 10_000, value / 100 % 100),
        _ => false,
    };
    is_date.then_some(at + 1)
}

/// 12/03/2014, 3-12-14, 12.03.2014, 2014-03-12, 12 03 2014.
fn in_numbers(tokens: &[Token], at: usize) -> Option<usize> {
    let (one, one_digits) = number(tokens, at)?;
    let separator = usize::from(is_mark(tokens, at + 1, &['/', '-', '.']));
    let (two, two_digits) = number(tokens, at + 1 + separator)?;
    let third = at + 2 + separator;
    let again = usize::from(is_mark(tokens, third, &['/', '-', '.']));
    let (three, three_digits) = number(tokens, third + again)?;
    if separator != again || two_digits > 2 {
        return None;
    }
    let day_month_year = one_digits <= 2
        && (is_day_of(one, two) || is_day_of(two, one))
        && is_year(three, three_digits)
        && (separator == 1 || three_digits == 4);
    let year_month_day =
        one_digits == 4 && is_year(one, 4) && three_digits <= 2 && is_day_of(three, two);
    (day_month_year || year_month_day).then_some(third + again + 1)
}

/// 12 March 2014, 12th of Mar, 12-Mar-14.
fn day_first(tokens: &[Token], at: usize) -> Option<usize> {
    let (day, digits) = number(tokens, at)?;
    let mut next = after_ordinal(tokens, at + 1);
    next += usize::from(is_mark(tokens, next, &['-', '/', '.']));
    next += usize::from(word(tokens, next) == Some("of"));
    let month = month(tokens, next)?;
    if digits > 2 || !is_day_of(day, month.number) {
        return None;
    }
    year_after(tokens, next + 1).or_else(|| month.plain.then_some(next + 1))
}

/// March 12, 2014; Mar 12th.
fn month_first(tokens: &[Token], at: usize) -> Option<usize> {
    let month = month(tokens, at)?;
    let next = at + 1 + usize::from(is_mark(tokens, at + 1, &['.']));
    let next = next + usize::from(word(tokens, next) == Some("the"));
    let (day, digits) = number(tokens, next)?;
    if digits > 2 || !is_day_of(day, month.number) {
        return None;
    }
    let end = after_ordinal(tokens, next + 1);
    year_after(tokens, end).or_else(|| month.plain.then_some(end))
}

/// The end of a year that follows a month, and a comma or dash perhaps.
fn year_after(tokens: &[Token], at: usize) -> Option<usize> {
    let at = at + usize::from(is_mark(tokens, at, &[',', '-', '/', '.']));
    let (year, digits) = number(tokens, at)?;
    is_year(year, digits).then_some(at + 1)
}

fn after_ordinal(tokens: &[Token], at: usize) -> usize {
    let ordinal = matches!(word(tokens, at), Some("st" | "nd" | "rd" | "th"));
    at + usize::from(ordinal && tokens[at].touches)
}

/// A month's name.
struct Month {
    number: u32,
    /// Whether it is a month without a year beside it: "may" and "march" in small letters are not.
    plain: bool,
}

fn month(tokens: &[Token], at: usize) -> Option<Month> {
    const MONTHS: [&str; 12] = [
        "january",
        "february",
        "march",
        "april",
        "may",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
    ];
    let Kind::Word { text, capital } = &tokens.get(at)?.kind else {
        return None;
    };
    let short = text.len() == 3;
    let place = MONTHS
        .iter()
        .position(|name| name == text || (short && name.starts_with(text.as_str())))
        .or_else(|| (text == "sept").then_some(8))?;
    let number = u32::try_from(place).ok()? + 1;
    let verb = matches!(text.as_str(), "may" | "march" | "mar");
    Some(Month {
        number,
        plain: *capital || !verb,
    })
}

fn is_day_of(day: u32, month: u32) -> bool {
    let days = match month {
        2 => 29,
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => 0,
    };
    (1..=days).contains(&day)
}

fn is_year(year: u32, digits: usize) -> bool {
    digits == 2 || (digits == 4 && (1900..=2099).contains(&year))
}

fn word(tokens: &[Token], at: usize) -> Option<&str> {
    match &tokens.get(at)?.kind {
        Kind::Word { text, .. } => Some(text),
        _ => None,
    }
}

fn number(tokens: &[Token], at: usize) -> Option<(u32, usize)> {
    match tokens.get(at)?.kind {
        Kind::Number { value, digits } => Some((value, digits)),
        _ => None,
    }
}

fn is_mark(tokens: &[Token], at: usize, marks: &[char]) -> bool {
    matches!(tokens.get(at), Some(Token { kind: Kind::Mark(mark), .. }) if marks.contains(mark))
}

fn tokens(text: &[char]) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut at = 0;
    let mut touches = false;
    while let Some(&c) = text.get(at) {
        let run = |of: fn(char) -> bool| text[at..].iter().take_while(|c| of(**c)).count();
        let (kind, length) = if c == ' ' {
            touches = false;
            at += 1;
            continue;
        } else if c.is_ascii_digit() {
            let digits = run(|c| c.is_ascii_digit());
            let value = text[at..at + digits].iter().fold(0_u32, |value, c| {
                value
                    .saturating_mul(10)
                    .saturating_add(c.to_digit(10).unwrap_or_default())
            });
            (Kind::Number { value, digits }, digits)
        } else if c.is_alphabetic() {
            let letters = run(char::is_alphabetic);
            let text = text[at..at + letters].iter();
            let word = Kind::Word {
                text: text.flat_map(|c| c.to_lowercase()).collect(),
                capital: c.is_uppercase(),
            };
            (word, letters)
        } else if c == '\n' {
            (Kind::LineEnd, 1)
        } else {
            (Kind::Mark(c), 1)
        };
        tokens.push(Token { kind, touches });
        touches = c != '\n';
        at += length;
    }
    tokens
}
