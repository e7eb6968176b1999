//! Values that many sections share: words, roles, periods, clocks.

use crate::calendar::{Period, PeriodError};
use crate::ids::{RoleId, RouteId, StepId};
use crate::protocol::section::{At, Section, unknown_word};
use crate::protocol::words::{ADJUST, STARTS, SUBJECTS};
use crate::protocol::{Adjust, ClockStart, StepClock, Subject};

pub(super) fn words_of<T: Clone>(
    section: &Section<'_, '_>,
    key: &'static str,
    words: &[(&'static str, T)],
) -> Vec<T> {
    of_words(section, key, section.list(key, false), words)
}

fn of_words<T: Clone>(
    section: &Section<'_, '_>,
    key: &str,
    texts: Option<Vec<At<String>>>,
    words: &[(&'static str, T)],
) -> Vec<T> {
    let texts = texts.unwrap_or_default();
    texts
        .iter()
        .filter_map(|text| section.word_of(key, text, words))
        .collect()
}

/// The subjects that something is for: those of `subjects`.
pub(super) fn subjects_of(section: &Section<'_, '_>) -> Vec<Subject> {
    let texts = section.filled("subjects", false, "all whom the protocol is about");
    of_words(section, "subjects", texts, SUBJECTS)
}

/// The values of a list without their places.
pub(super) fn values(list: Option<Vec<At<String>>>) -> Vec<String> {
    list.unwrap_or_default()
        .into_iter()
        .map(|text| text.value)
        .collect()
}

/// A list of role ids.
pub(super) fn role_ids(section: &Section<'_, '_>, key: &'static str) -> Vec<RoleId> {
    values(section.list(key, true))
        .into_iter()
        .map(RoleId::from)
        .collect()
}

/// The routes that something is on: those of `routes`.
pub(super) fn route_ids(section: &Section<'_, '_>) -> Vec<RouteId> {
    values(section.filled("routes", true, "every route"))
        .into_iter()
        .map(RouteId::from)
        .collect()
}

/// A period, more than nothing.
pub(super) fn period(section: &Section<'_, '_>, key: &'static str) -> Option<Period> {
    let text = section.text(key)?;
    match text.value.parse::<Period>() {
        Ok(
            Period::WorkingDays(1..) | Period::Days(1..) | Period::Weeks(1..) | Period::Hours(1..),
        ) => {}
        Ok(_) | Err(PeriodError::Negative(_)) => {
            let message = format!("`{key}` is no time at all: write at least \"1 working day\".");
            section.document.fault(text.offset, message);
            return None;
        }
        Err(error) => {
            section.document.fault(text.offset, error.to_string());
            return None;
        }
    }
    text.value.parse().ok()
}

pub(super) fn required_period(section: &Section<'_, '_>, key: &'static str) -> Option<Period> {
    if !section.has(key) {
        section.missing(key, &format!("`{key} = \"5 working days\"`"));
    }
    period(section, key)
}

/// What starts a clock; the default where the file does not say.
pub(super) fn clock_start(
    section: &Section<'_, '_>,
    key: &'static str,
    default: ClockStart,
) -> ClockStart {
    let Some(text) = section.text(key) else {
        return default;
    };
    if let Some(step) = text.value.strip_prefix("step ") {
        return ClockStart::Step(StepId::from(step.trim()));
    }
    if let Some((_, start)) = STARTS.iter().find(|(word, _)| *word == text.value) {
        return start.clone();
    }
    let mut known: Vec<_> = STARTS.iter().map(|(word, _)| *word).collect();
    known.push("step …");
    let message = unknown_word(key, &text.value, &known);
    section.document.fault(text.offset, message);
    default
}

/// The clock written beside a step's other keys.
pub(super) fn step_clock(section: &Section<'_, '_>, default_from: ClockStart) -> Option<StepClock> {
    let within = period(section, "within");
    let from = clock_start(section, "from", default_from);
    let adjust = section.word("adjust", ADJUST);
    if !section.has("within") {
        for key in ["from", "adjust"] {
            if section.has(key) {
                section.missing(
                    "within",
                    &format!("`within = \"5 working days\"`, or take `{key}` out"),
                );
            }
        }
    }
    Some(StepClock {
        within: within?,
        from,
        adjust: adjust.unwrap_or(Adjust::No),
    })
}
