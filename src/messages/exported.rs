//! What every record that is exported has in common: its moments, the texts beside its facts, its lines, and its document.

use std::fmt::Write as _;

use chrono::{DateTime, SecondsFormat, Utc};
use serde::Serialize;
use serde_json::{Map, Value};

use super::Broken;
use super::escape::seen;
use crate::calendar::Calendar;

/// What is to be told of what people wrote in a record.
#[derive(Clone, Copy, Debug)]
pub enum Texts<T> {
    /// All of it.
    Opened(T),
    /// It was erased.
    Erased,
    /// Nothing: only what happened.
    LeftOut,
}

impl<T> Texts<T> {
    /// What the document says of them.
    pub(super) fn as_str(&self) -> &'static str {
        match self {
            Self::Opened(_) => "included",
            Self::Erased => "erased",
            Self::LeftOut => "left_out",
        }
    }
}

/// An instant: in UTC, in council time, and as people say it.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Moment {
    at: String,
    at_local: String,
    pub(super) at_said: String,
}

impl Moment {
    pub(super) fn new(calendar: &Calendar, at: DateTime<Utc>) -> Self {
        let local = calendar.local(at);
        Self {
            at: at.to_rfc3339_opts(SecondsFormat::Millis, true),
            at_local: local.to_rfc3339_opts(SecondsFormat::Millis, false),
            at_said: local.format("%a %-d %b %Y, %H:%M:%S").to_string(),
        }
    }
}

/// Where a fact stands in the hash chain of its record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// The fact's number.
    pub seq: i64,
    /// The hash of the one before; empty for the first.
    pub prev_hash: String,
    /// Its own.
    pub hash: String,
}

/// A text beside a fact.
#[derive(Debug, Serialize)]
pub(super) struct Written {
    /// The field it was written in, by its stable name.
    pub(super) field: String,
    pub(super) heading: String,
    pub(super) words: String,
}

/// A fact as it is exported.
pub(super) trait Exported {
    /// Its number, its moment, and what happened, in a sentence.
    fn said(&self) -> (i64, &Moment, &str);

    /// What was written beside it.
    fn texts(&self) -> &[Written];
}

/// A document as JSON; `format` names its shape. The texts beside a fact become an object from field to words.
///
/// # Errors
/// [`Broken`] where it is not a JSON value, which no record gives.
pub(super) fn json(
    format: &str,
    document: &impl Serialize,
    facts: &[impl Exported],
) -> Result<Value, Broken> {
    let mut document = serde_json::to_value(document).map_err(|error| Broken {
        template: format.to_owned(),
        why: format!("it is not JSON ({:?} error)", error.classify()),
    })?;
    let told = document.get_mut("facts").and_then(Value::as_array_mut);
    for (told, fact) in told.into_iter().flatten().zip(facts) {
        let texts: Map<String, Value> = fact
            .texts()
            .iter()
            .map(|text| (text.field.clone(), Value::String(text.words.clone())))
            .collect();
        if let Some(told) = told.as_object_mut() {
            told.insert("texts".to_owned(), Value::Object(texts));
        }
    }
    Ok(document)
}

/// Facts as lines: number, moment, what happened. Texts are set in under the fact they belong to, so that nothing anybody wrote reads
/// as a fact.
pub(super) fn lines(facts: &[impl Exported]) -> impl Iterator<Item = String> {
    let width = facts.len().to_string().len();
    facts.iter().map(move |fact| {
        let (seq, when, said) = fact.said();
        let mut lines = format!("{seq:>width$}  {}  {said}", when.at_said);
        for text in fact.texts() {
            // Writing to a string cannot fail.
            let _ = write!(lines, "\n{:width$}    {}:", "", text.heading);
            for line in seen(&text.words).lines() {
                let _ = write!(lines, "\n{:width$}    | {line}", "");
            }
        }
        lines
    })
}
