//! How long something may take, as a protocol says it: "5 working days", "2 weeks", "10 days", "48 hours".

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// A length of time. How its end is found is said at [`Calendar::due`](super::Calendar::due).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Period {
    /// Working days, the day of the event not counted. Negative ones count back.
    WorkingDays(i32),
    /// Calendar days, a maximum.
    Days(u32),
    /// Calendar weeks, a maximum.
    Weeks(u32),
    /// Hours, each started 24 of them read as one working day: "48 hours" is 2 working days.
    Hours(u32),
}

/// The largest number a written period may have: more than any calendar holds, and far from overflowing one.
pub const LONGEST: u32 = 100_000;

/// What a written period got wrong.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum PeriodError {
    /// Not a number and a unit.
    #[error(
        "{0:?} is not a period: write a number and a unit, such as \"5 working days\", \"2 weeks\", \"10 days\" or \"48 hours\"."
    )]
    Unknown(String),
    /// Only working days count back.
    #[error("{0:?} counts back, which only working days can: write it as \"-5 working days\".")]
    Negative(String),
    /// Over [`LONGEST`].
    #[error("{0:?} is too long: the number may be at most {LONGEST}.")]
    TooLong(String),
}

impl Period {
    /// How the end of this period is found.
    #[must_use]
    pub fn counted(self) -> Counted {
        match self {
            Self::WorkingDays(days) => Counted::WorkingDays(days),
            Self::Days(days) => Counted::AtMostDays(u64::from(days)),
            Self::Weeks(weeks) => Counted::AtMostDays(u64::from(weeks) * 7),
            Self::Hours(hours) => {
                Counted::WorkingDays(i32::try_from(hours.div_ceil(24)).unwrap_or(i32::MAX))
            }
        }
    }
}

/// The two ways a period is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Counted {
    /// Working days after the day of the event; before it, when negative. Hours come here, 24 to one, rounded up.
    WorkingDays(i32),
    /// Calendar days, a maximum: an end on a non-working day moves back.
    AtMostDays(u64),
}

impl FromStr for Period {
    type Err = PeriodError;

    fn from_str(text: &str) -> Result<Self, PeriodError> {
        let unknown = || PeriodError::Unknown(shortened(text));
        let (number, unit) = text
            .trim()
            .split_once(char::is_whitespace)
            .ok_or_else(unknown)?;
        let (negative, digits) = match number.strip_prefix('-') {
            Some(digits) => (true, digits),
            None => (false, number),
        };
        if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(unknown());
        }
        let unit = Unit::read(unit).ok_or_else(unknown)?;
        let count = digits
            .parse::<u32>()
            .ok()
            .filter(|count| *count <= LONGEST)
            .ok_or_else(|| PeriodError::TooLong(shortened(text)))?;
        match unit {
            Unit::WorkingDays => {
                let count = i32::try_from(count).map_err(|_| unknown())?;
                Ok(Self::WorkingDays(if negative { -count } else { count }))
            }
            _ if negative => Err(PeriodError::Negative(shortened(text))),
            Unit::Days => Ok(Self::Days(count)),
            Unit::Weeks => Ok(Self::Weeks(count)),
            Unit::Hours => Ok(Self::Hours(count)),
        }
    }
}

enum Unit {
    WorkingDays,
    Days,
    Weeks,
    Hours,
}

impl Unit {
    fn read(text: &str) -> Option<Self> {
        let mut words = text.split_whitespace();
        let (first, second) = (words.next()?, words.next());
        if words.next().is_some() {
            return None;
        }
        let is = |word: &str, one: &str, many: &str| {
            word.eq_ignore_ascii_case(one) || word.eq_ignore_ascii_case(many)
        };
        match second {
            Some(days) => (first.eq_ignore_ascii_case("working") && is(days, "day", "days"))
                .then_some(Self::WorkingDays),
            None if is(first, "day", "days") => Some(Self::Days),
            None if is(first, "week", "weeks") => Some(Self::Weeks),
            None if is(first, "hour", "hours") => Some(Self::Hours),
            None => None,
        }
    }
}

impl fmt::Display for Period {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (count, unit) = match *self {
            Self::WorkingDays(count) => (i64::from(count), "working day"),
            Self::Days(count) => (i64::from(count), "day"),
            Self::Weeks(count) => (i64::from(count), "week"),
            Self::Hours(count) => (i64::from(count), "hour"),
        };
        let plural = if count.abs() == 1 { "" } else { "s" };
        write!(out, "{count} {unit}{plural}")
    }
}

impl TryFrom<String> for Period {
    type Error = PeriodError;

    fn try_from(text: String) -> Result<Self, PeriodError> {
        text.parse()
    }
}

impl From<Period> for String {
    fn from(period: Period) -> Self {
        period.to_string()
    }
}

/// The start of what was written, enough to find it again.
pub(super) fn shortened(text: &str) -> String {
    text.chars().take(40).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_period_is_read_as_people_write_it() {
        for (text, period) in [
            ("5 working days", Period::WorkingDays(5)),
            ("1 working day", Period::WorkingDays(1)),
            ("-10 working days", Period::WorkingDays(-10)),
            (" 20  Working\tDays ", Period::WorkingDays(20)),
            ("10 days", Period::Days(10)),
            ("2 weeks", Period::Weeks(2)),
            ("1 week", Period::Weeks(1)),
            ("48 hours", Period::Hours(48)),
        ] {
            assert_eq!(text.parse(), Ok(period), "{text}");
        }
    }

    #[test]
    fn what_is_not_a_period_is_refused_with_the_mend() {
        for text in [
            "",
            "5",
            "working days",
            "five working days",
            "5 business days",
            "5 days working",
            "5 working",
            "5 working weeks",
            "+5 days",
            "--5 working days",
            "- working days",
            "5.5 days",
            "5days",
        ] {
            let refusal = text.parse::<Period>();
            assert_eq!(refusal, Err(PeriodError::Unknown(text.to_owned())));
        }
        assert_eq!(
            "-2 weeks".parse::<Period>().map_err(|e| e.to_string()),
            Err("\"-2 weeks\" counts back, which only working days can: write it as \"-5 working days\".".to_owned())
        );
        for text in ["100001 days", "99999999999999999999 weeks"] {
            assert_eq!(
                text.parse::<Period>(),
                Err(PeriodError::TooLong(text.to_owned()))
            );
        }
    }

    #[test]
    fn started_days_of_hours_are_working_days() {
        for (hours, days) in [(0, 0), (1, 1), (24, 1), (25, 2), (48, 2), (72, 3)] {
            assert_eq!(
                Period::Hours(hours).counted(),
                Counted::WorkingDays(days),
                "{hours} hours"
            );
        }
    }

    fn any_period() -> impl Strategy<Value = Period> {
        let longest = i32::try_from(LONGEST).unwrap_or(i32::MAX);
        prop_oneof![
            (-longest..=longest).prop_map(Period::WorkingDays),
            (0..=LONGEST).prop_map(Period::Days),
            (0..=LONGEST).prop_map(Period::Weeks),
            (0..=LONGEST).prop_map(Period::Hours),
        ]
    }

    proptest! {
        #[test]
        fn what_a_period_says_reads_back_as_itself(period in any_period()) {
            prop_assert_eq!(period.to_string().parse(), Ok(period));
            let json = serde_json::to_string(&period)?;
            prop_assert_eq!(&json, &format!("\"{period}\""));
            prop_assert_eq!(serde_json::from_str::<Period>(&json)?, period);
        }
    }
}
