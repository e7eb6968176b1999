//! Walks a TOML document and gathers every fault on the way, so that a file is mended in one go.

use std::ops::Range;

use chrono::{NaiveDate, NaiveTime};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::fault::{Fault, Place, Placed, Warning, nearest};

/// More faults than this in one file are one fault: it is the wrong file.
const MOST_FAULTS: usize = 40;

/// Gathers what is found in one file.
pub(super) struct Reader<'a> {
    file: &'a str,
    text: &'a str,
    faults: Vec<(usize, Fault)>,
    warnings: Vec<(usize, Warning)>,
}

impl<'a> Reader<'a> {
    pub(super) fn new(text: &'a str, file: &'a str) -> Self {
        Self {
            file,
            text,
            faults: Vec::new(),
            warnings: Vec::new(),
        }
    }

    /// The name of the file, as it was given.
    pub(super) fn file(&self) -> &'a str {
        self.file
    }

    /// The line and column of a byte.
    pub(super) fn place(&self, offset: usize) -> Place {
        let mut offset = offset.min(self.text.len());
        while !self.text.is_char_boundary(offset) {
            offset -= 1;
        }
        let before = &self.text[..offset];
        let line_start = before.rfind('\n').map_or(0, |at| at + 1);
        Place::Spot {
            file: self.file.to_owned(),
            line: before.matches('\n').count() + 1,
            column: before[line_start..].chars().count() + 1,
        }
    }

    pub(super) fn fault(&mut self, span: Range<usize>, what: impl Into<String>) {
        if self.faults.len() < MOST_FAULTS {
            let fault = Fault::new(self.place(span.start), what);
            self.faults.push((span.start, fault));
        }
    }

    pub(super) fn warning(&mut self, span: Range<usize>, what: impl Into<String>) {
        if self.warnings.len() < MOST_FAULTS {
            let warning = Warning::new(self.place(span.start), what);
            self.warnings.push((span.start, warning));
        }
    }

    /// The value together with the warnings; or the faults, where there are any.
    pub(super) fn finish<T>(mut self, value: Option<T>) -> Result<(T, Vec<Warning>), Vec<Fault>> {
        match value {
            Some(value) if self.faults.is_empty() => {
                self.warnings.sort_by_key(|(offset, _)| *offset);
                let warnings = self.warnings.into_iter().map(|(_, warning)| warning);
                Ok((value, warnings.collect()))
            }
            _ => Err(self.into_faults()),
        }
    }

    pub(super) fn into_faults(mut self) -> Vec<Fault> {
        self.faults.sort_by_key(|(offset, _)| *offset);
        self.faults.into_iter().map(|(_, fault)| fault).collect()
    }
}

/// One table of the file, read key by key; what nobody asked for is an unknown key.
pub(super) struct Section<'d> {
    /// How the table is written: `[council]`, `[[team]]`.
    pub(super) name: String,
    /// Where it begins.
    pub(super) span: Range<usize>,
    entries: Vec<(&'d str, Range<usize>, &'d Spanned<DeValue<'d>>)>,
    asked: Vec<&'static str>,
}

impl<'d> Section<'d> {
    pub(super) fn new(name: impl Into<String>, span: Range<usize>, table: &'d DeTable<'d>) -> Self {
        let mut entries: Vec<_> = table
            .iter()
            .map(|(key, value)| (key.get_ref().as_ref(), key.span(), value))
            .collect();
        entries.sort_by_key(|(_, span, _)| span.start);
        Self {
            name: name.into(),
            span,
            entries,
            asked: Vec::new(),
        }
    }

    /// Every key with its place and value, in the file's order: for tables whose keys are the council's own names.
    pub(super) fn entries(
        &self,
    ) -> impl Iterator<Item = (&'d str, Range<usize>, &'d Spanned<DeValue<'d>>)> {
        self.entries.iter().cloned()
    }

    fn take(&mut self, key: &'static str) -> Option<&'d Spanned<DeValue<'d>>> {
        self.asked.push(key);
        let found = self.entries.iter().find(|(name, ..)| *name == key);
        found.map(|(_, _, value)| *value)
    }

    /// A key whose value is understood by `understand`; a value it does not understand is a fault that says `wants`.
    pub(super) fn value<T>(
        &mut self,
        key: &'static str,
        reader: &mut Reader<'_>,
        wants: &str,
        understand: impl FnOnce(&'d DeValue<'d>) -> Option<T>,
    ) -> Option<(T, Range<usize>)> {
        let value = self.take(key)?;
        let understood = understand(value.get_ref());
        if understood.is_none() {
            reader.fault(
                value.span(),
                format!("{} of {} must be {wants}.", key, self.name),
            );
        }
        understood.map(|understood| (understood, value.span()))
    }

    /// A text that says something; trimmed.
    pub(super) fn text(
        &mut self,
        key: &'static str,
        reader: &mut Reader<'_>,
    ) -> Option<(&'d str, Range<usize>)> {
        let wants = "words in quotes, on one line and not empty";
        self.value(key, reader, wants, |value| {
            let text = value.as_str()?.trim();
            (!text.is_empty() && !text.chars().any(char::is_control)).then_some(text)
        })
    }

    /// As [`Section::text`], and a fault where it is missing.
    pub(super) fn needed_text(
        &mut self,
        key: &'static str,
        reader: &mut Reader<'_>,
        such_as: &str,
    ) -> Option<(&'d str, Range<usize>)> {
        if !self.has(key) {
            self.asked.push(key);
            reader.fault(
                self.span.clone(),
                format!(
                    "{} needs {key}, for example {key} = \"{such_as}\".",
                    self.name
                ),
            );
            return None;
        }
        self.text(key, reader)
    }

    pub(super) fn has(&self, key: &str) -> bool {
        self.entries.iter().any(|(name, ..)| *name == key)
    }

    /// A time of day, with or without quotes.
    pub(super) fn time(
        &mut self,
        key: &'static str,
        reader: &mut Reader<'_>,
    ) -> Option<(NaiveTime, Range<usize>)> {
        self.value(key, reader, "a time such as \"17:00\"", time_of)
    }

    pub(super) fn flag(&mut self, key: &'static str, reader: &mut Reader<'_>) -> Option<bool> {
        let found = self.value(key, reader, "true or false", DeValue::as_bool);
        found.map(|(flag, _)| flag)
    }

    /// A list whose every item is understood; each that is not is a fault that says `wants`.
    pub(super) fn list<T>(
        &mut self,
        key: &'static str,
        reader: &mut Reader<'_>,
        wants: &str,
        understand: impl Fn(&'d DeValue<'d>) -> Option<T>,
    ) -> Option<Vec<Placed<T>>> {
        let (items, _) = self.value(key, reader, "a list in square brackets", DeValue::as_array)?;
        Some(placed_items(items, reader, wants, understand))
    }

    /// A table inside this one; an absent one is none.
    pub(super) fn table(
        &mut self,
        key: &'static str,
        name: &str,
        reader: &mut Reader<'_>,
    ) -> Option<Section<'d>> {
        let wants = format!("a table, written {name}");
        let (table, span) = self.value(key, reader, &wants, DeValue::as_table)?;
        Some(Section::new(name, span, table))
    }

    /// Says which keys nobody asked for.
    pub(super) fn finish(self, reader: &mut Reader<'_>) {
        for (key, span, _) in &self.entries {
            if self.asked.contains(key) {
                continue;
            }
            let mend = match nearest(key, self.asked.iter().copied()) {
                Some(name) => format!("did you mean {name}?"),
                None => format!("it may have {}.", self.asked.join(", ")),
            };
            let owner = if self.name.is_empty() {
                "The file"
            } else {
                &self.name
            };
            reader.fault(span.clone(), format!("{owner} has no key {key:?}: {mend}"));
        }
    }
}

/// The items of a list that are understood; each that is not is a fault that says `wants`.
pub(super) fn placed_items<'d, T>(
    items: &'d [Spanned<DeValue<'d>>],
    reader: &mut Reader<'_>,
    wants: &str,
    understand: impl Fn(&'d DeValue<'d>) -> Option<T>,
) -> Vec<Placed<T>> {
    let mut understood = Vec::with_capacity(items.len());
    for item in items {
        if let Some(value) = understand(item.get_ref()) {
            let place = reader.place(item.span().start);
            understood.push(Placed { value, place });
        } else {
            reader.fault(item.span(), format!("Each of these must be {wants}."));
        }
    }
    understood
}

/// A date, with or without quotes: `2026-12-29`.
pub(super) fn date_of(value: &DeValue<'_>) -> Option<NaiveDate> {
    match value {
        DeValue::String(text) => NaiveDate::parse_from_str(text.trim(), "%Y-%m-%d").ok(),
        DeValue::Datetime(moment) if moment.time.is_none() => {
            let date = moment.date?;
            NaiveDate::from_ymd_opt(date.year.into(), date.month.into(), date.day.into())
        }
        _ => None,
    }
}

/// A time of day to the minute, with or without quotes: `17:00`.
fn time_of(value: &DeValue<'_>) -> Option<NaiveTime> {
    match value {
        DeValue::String(text) => {
            let (hours, minutes) = text.trim().split_once(':')?;
            let two_digits = |part: &str| {
                (part.len() == 2 && part.bytes().all(|byte| byte.is_ascii_digit()))
                    .then(|| part.parse().ok())
                    .flatten()
            };
            NaiveTime::from_hms_opt(two_digits(hours)?, two_digits(minutes)?, 0)
        }
        DeValue::Datetime(moment) if moment.date.is_none() && moment.offset.is_none() => {
            let time = moment.time?;
            let whole = time.second.unwrap_or(0) == 0 && time.nanosecond.unwrap_or(0) == 0;
            whole
                .then(|| NaiveTime::from_hms_opt(time.hour.into(), time.minute.into(), 0))
                .flatten()
        }
        _ => None,
    }
}

/// A parser's message as the start of a sentence.
pub(super) fn sentence(message: &str) -> String {
    let mut letters = message.trim_end_matches('.').chars();
    letters
        .next()
        .map(|first| first.to_uppercase().chain(letters).collect())
        .unwrap_or_default()
}
