//! Reads everything of the file that is not people: `[council]`, `[privacy]`, `[hours]`, `[slack]`.

use std::path::{Path, PathBuf};

use chrono::{NaiveDate, NaiveTime};
use chrono_tz::{TZ_VARIANTS, Tz};
use regex::{Regex, RegexBuilder};
use regex_syntax::hir::Look;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::fault::nearest;
use super::people;
use super::reader::{Reader, Section, date_of};
use super::{CardText, Config, Council, Hours, Privacy, SlackOptions};
use crate::ids::CaseRef;

/// A compiled pattern larger than this is no case reference's.
const LARGEST_PATTERN: usize = 1024 * 1024;
/// A reference is shown on cards and in buttons' modals.
const LONGEST_REFERENCE: usize = 60;
/// What a good pattern does not take: a pseudonym is neither a date nor a person's initials.
const NOT_PSEUDONYMS: [&str; 9] = [
    "12/03/2014",
    "12-03-2014",
    "2014-03-12",
    "12.03.2014",
    "120314",
    "12032014",
    "AB",
    "A.B.",
    "Alex Smith",
];

/// What a case reference looks like: the whole of a reference matches, never a part of one.
#[derive(Clone, Debug)]
pub struct CaseRefPattern(Regex);

/// Why a pattern cannot be the case reference's. Each reads as one sentence with the mend.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CouncilError {
    /// Not a regular expression.
    #[error("The pattern is not a regular expression: {0}.")]
    NotAPattern(String),
    /// It would find a reference inside other text.
    #[error(
        "The pattern must begin with ^ and end with $, so that nothing else is taken along with a reference."
    )]
    NotAnchored,
    /// It takes a reference of no characters.
    #[error(
        "The pattern takes an empty reference: ask for at least one character, for example ^K-[0-9]{{6}}$."
    )]
    TakesNothing,
}

impl CaseRefPattern {
    /// Reads a pattern.
    ///
    /// # Errors
    /// See [`CouncilError`].
    pub fn parse(pattern: &str) -> Result<Self, CouncilError> {
        let wrong = |message: String| {
            let last = message.lines().last().unwrap_or_default();
            let reason = last.trim_start_matches("error: ").trim_end_matches('.');
            CouncilError::NotAPattern(reason.to_owned())
        };
        let shape = regex_syntax::parse(pattern).map_err(|error| wrong(error.to_string()))?;
        let regex = RegexBuilder::new(pattern)
            .size_limit(LARGEST_PATTERN)
            .build()
            .map_err(|error| wrong(error.to_string()))?;
        let looks = shape.properties();
        if !looks.look_set_prefix().contains(Look::Start)
            || !looks.look_set_suffix().contains(Look::End)
        {
            return Err(CouncilError::NotAnchored);
        }
        if regex.is_match("") {
            return Err(CouncilError::TakesNothing);
        }
        Ok(Self(regex))
    }

    /// The reference that was typed, where it is one; spaces around it are dropped.
    #[must_use]
    pub fn read(&self, typed: &str) -> Option<CaseRef> {
        let typed = typed.trim();
        let fits = typed.chars().count() <= LONGEST_REFERENCE && self.0.is_match(typed);
        fits.then(|| CaseRef::from(typed))
    }

    /// The pattern as it was written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }

    /// A date or a name that the pattern takes, and should not.
    fn takes_by_mistake(&self) -> Option<&'static str> {
        NOT_PSEUDONYMS
            .into_iter()
            .find(|text| self.0.is_match(text))
    }
}

impl PartialEq for CaseRefPattern {
    fn eq(&self, other: &Self) -> bool {
        self.as_str() == other.as_str()
    }
}

impl Eq for CaseRefPattern {}

/// The whole file; none where a fault was found that leaves a hole.
pub(super) fn read(
    document: &Spanned<DeTable<'_>>,
    reader: &mut Reader<'_>,
    folder: &Path,
) -> Option<Config> {
    let mut file = Section::new("", document.span(), document.get_ref());
    if !file.has("council") {
        let what = "The file needs a [council] section with its name and case_ref_pattern.";
        reader.fault(0..0, what);
    }
    let council = file
        .table("council", "[council]", reader)
        .and_then(|section| council(section, reader, folder));
    let privacy = file
        .table("privacy", "[privacy]", reader)
        .map(|section| privacy(section, reader))
        .unwrap_or_default();
    let close = council
        .as_ref()
        .map(|(council, _)| council.close_of_business);
    let hours = hours(file.table("hours", "[hours]", reader), reader, close);
    let slack = slack(file.table("slack", "[slack]", reader), reader);
    let directory = people::read(&mut file, reader);
    file.finish(reader);
    let (council, messages_dir) = council?;
    Some(Config {
        council,
        privacy,
        hours,
        slack,
        messages_dir,
        directory,
    })
}

fn council(
    mut section: Section<'_>,
    reader: &mut Reader<'_>,
    folder: &Path,
) -> Option<(Council, Option<PathBuf>)> {
    let name = section.needed_text("name", reader, "Sample Council");
    let timezone = timezone(&mut section, reader);
    let close_of_business = section
        .time("close_of_business", reader)
        .map_or_else(|| at(17, 0), |(time, _)| time);
    let mut closure_days: Vec<NaiveDate> = section
        .list("closure_days", reader, "a date such as 2026-12-29", date_of)
        .unwrap_or_default()
        .into_iter()
        .map(|day| day.value)
        .collect();
    closure_days.sort_unstable();
    closure_days.dedup();
    let case_ref_pattern = case_ref_pattern(&mut section, reader);
    let case_system = section.text("case_system", reader);
    let path_of = |value: &DeValue<'_>| {
        let path = value.as_str()?.trim();
        (!path.is_empty()).then(|| folder.join(path))
    };
    let protocols = section
        .list("protocols", reader, "a path in quotes", path_of)
        .unwrap_or_default();
    let wants = "a path in quotes";
    let bank_holidays = section.value("bank_holidays", reader, wants, path_of);
    let messages = section.value("messages", reader, wants, path_of);
    section.finish(reader);
    let council = Council {
        name: name?.0.to_owned(),
        timezone,
        close_of_business,
        closure_days,
        case_ref_pattern: case_ref_pattern?,
        case_system: case_system.map(|(name, _)| name.to_owned()),
        protocols: protocols.into_iter().map(|path| path.value).collect(),
        bank_holidays: bank_holidays.map(|(path, _)| path),
    };
    Some((council, messages.map(|(path, _)| path)))
}

fn timezone(section: &mut Section<'_>, reader: &mut Reader<'_>) -> Tz {
    let Some((name, span)) = section.text("timezone", reader) else {
        return Tz::Europe__London;
    };
    name.parse().unwrap_or_else(|_| {
        let known = TZ_VARIANTS.iter().map(|zone| zone.name());
        let mend = nearest(name, known).unwrap_or("Europe/London");
        reader.fault(
            span,
            format!("No time zone is called {name:?}: did you mean {mend:?}?"),
        );
        Tz::Europe__London
    })
}

fn case_ref_pattern(section: &mut Section<'_>, reader: &mut Reader<'_>) -> Option<CaseRefPattern> {
    let (pattern, span) = section.needed_text("case_ref_pattern", reader, "^K-[0-9]{6}$")?;
    match CaseRefPattern::parse(pattern) {
        Ok(pattern) => {
            if let Some(taken) = pattern.takes_by_mistake() {
                let what = format!(
                    "case_ref_pattern also takes {taken:?}: narrow it to the pseudonyms that the case system issues, never initials, never a date."
                );
                reader.warning(span, what);
            }
            Some(pattern)
        }
        Err(error) => {
            reader.fault(span, error.to_string());
            None
        }
    }
}

fn privacy(mut section: Section<'_>, reader: &mut Reader<'_>) -> Privacy {
    let wants = "\"on_request\" or \"in_card\"";
    let card_text = section.value("card_text", reader, wants, |value| {
        match value.as_str()? {
            "on_request" => Some(CardText::OnRequest),
            "in_card" => Some(CardText::InCard),
            _ => None,
        }
    });
    section.finish(reader);
    Privacy {
        card_text: card_text.map(|(choice, _)| choice).unwrap_or_default(),
    }
}

/// `close` is the close of business, where it could be read.
fn hours(section: Option<Section<'_>>, reader: &mut Reader<'_>, close: Option<NaiveTime>) -> Hours {
    let mut hours = Hours {
        opens: at(9, 0),
        digest: at(9, 0),
        warning: at(9, 30),
    };
    let Some(mut section) = section else {
        return hours;
    };
    let opens = section.time("opens", reader);
    let digest = section.time("digest", reader);
    let warning = section.time("warning", reader);
    if let Some((time, _)) = opens {
        hours.opens = time;
        // What the file leaves out follows the opening, as the defaults do.
        hours.digest = time;
        hours.warning = hours.warning.max(time);
    }
    for (found, hour) in [(&digest, &mut hours.digest), (&warning, &mut hours.warning)] {
        if let Some((time, _)) = found {
            *hour = *time;
        }
    }
    let close = close.unwrap_or_else(|| at(17, 0));
    for (name, found) in [("opens", opens), ("digest", digest), ("warning", warning)] {
        let Some((time, span)) = found else { continue };
        if time >= close {
            let what = format!(
                "{name} must come before the close of business, {}.",
                close.format("%H:%M")
            );
            reader.fault(span, what);
        } else if time < hours.opens {
            let what = format!(
                "{name} comes before the working day opens at {}: people will be written to out of hours.",
                hours.opens.format("%H:%M")
            );
            reader.warning(span, what);
        }
    }
    section.finish(reader);
    hours
}

fn slack(section: Option<Section<'_>>, reader: &mut Reader<'_>) -> SlackOptions {
    let mut options = SlackOptions {
        confirm_deliveries: true,
    };
    if let Some(mut section) = section {
        if let Some(choice) = section.flag("confirm_deliveries", reader) {
            options.confirm_deliveries = choice;
        }
        section.finish(reader);
    }
    options
}

fn at(hour: u32, minute: u32) -> NaiveTime {
    NaiveTime::from_hms_opt(hour, minute, 0).unwrap_or_default()
}
