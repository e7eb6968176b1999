//! What is kept beside a concern and belongs to it: in a line each, since each has its own record.

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::super::escape::plainly;
use super::Chronicle;
use crate::calendar::Calendar;
use crate::ids::Subject;
use crate::messages::exported::Moment;
use crate::messages::setting::WHATS;

/// A record that belongs to a concern: a list of tasks, the review or the notice it was raised from.
#[derive(Clone, Debug, Serialize)]
pub struct KeptBeside {
    reference: String,
    /// What it is: `review`, a notice's sort, or what a list is kept for.
    what: &'static str,
    open: bool,
    facts: Vec<Line>,
}

/// One fact of it.
#[derive(Clone, Debug, Serialize)]
struct Line {
    #[serde(flatten)]
    when: Moment,
    said: String,
}

impl KeptBeside {
    /// A record with what happened to it, in order.
    #[must_use]
    pub fn new(
        (reference, what): (Subject, &'static str),
        open: bool,
        calendar: &Calendar,
        facts: impl IntoIterator<Item = (DateTime<Utc>, String)>,
    ) -> Self {
        let facts = facts.into_iter().map(|(at, said)| Line {
            when: Moment::new(calendar, at),
            said: plainly(&said).trim().to_owned(),
        });
        Self {
            reference: reference.to_string(),
            what,
            open,
            facts: facts.collect(),
        }
    }
}

impl Chronicle {
    /// With what is kept beside it.
    #[must_use]
    pub fn with_beside(mut self, beside: Vec<KeptBeside>) -> Self {
        self.beside = beside;
        self
    }

    /// What is kept beside it, in lines: each record's reference, then its facts.
    #[must_use]
    pub fn lines_beside(&self) -> Vec<String> {
        let mut lines = Vec::new();
        for kept in &self.beside {
            let stands = if kept.open {
                "open"
            } else {
                "nothing is left to do"
            };
            lines.push(format!("{} ({stands}):", kept.reference));
            let facts = kept.facts.iter();
            lines.extend(facts.map(|fact| format!("    {}  {}", fact.when.at_said, fact.said)));
        }
        lines
    }
}

/// What there may be beside a concern, to try the page on.
pub(super) fn samples(calendar: &Calendar, at: DateTime<Utc>) -> Vec<KeptBeside> {
    let one = |what| {
        let facts = [(at, "opened by <@U0ONE>".to_owned())];
        KeptBeside::new(
            (Subject::Concern(crate::ids::ConcernId(7)), what),
            what.len() % 2 == 0,
            calendar,
            facts,
        )
    };
    WHATS.into_iter().map(one).collect()
}
