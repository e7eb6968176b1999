//! What the bot did and why, as the page's timeline tells it: the record's facts in the chronology's words, with people's names.

use std::collections::HashMap;

use sandbox::TimelineEntry;

use super::sample::Sample;
use crate::app::Council;
use crate::concern::{Fact, Recorded, Rules};
use crate::desk::DeskError;
use crate::ids::ConcernId;
use crate::store::concerns::{Find, Which};

/// How many concerns a demonstration follows.
const MOST: u32 = 200;

/// The names of people and of nobody else.
pub(super) struct Names(HashMap<String, String>);

impl Names {
    pub(super) fn of(sample: &Sample) -> Self {
        Self(
            sample
                .people
                .iter()
                .map(|person| (person.id.clone(), person.name.clone()))
                .collect(),
        )
    }

    /// The words with each mention as a name.
    fn said(&self, words: &str) -> String {
        let mut said = words.trim().to_owned();
        for (id, name) in &self.0 {
            said = said.replace(&format!("<@{id}>"), name);
        }
        said
    }
}

/// What has been taken in so far.
#[derive(Default)]
pub(super) struct Ledger {
    entries: Vec<TimelineEntry>,
    seen: HashMap<ConcernId, i64>,
    last: u64,
}

/// News of a concern: up to which fact, and the entries.
pub(super) struct News {
    concern: ConcernId,
    seq: i64,
    entries: Vec<TimelineEntry>,
}

impl Ledger {
    pub(super) fn seen(&self) -> HashMap<ConcernId, i64> {
        self.seen.clone()
    }

    pub(super) fn take_in(&mut self, news: Vec<News>) {
        for News {
            concern,
            seq,
            entries,
        } in news
        {
            self.seen.insert(concern, seq);
            for entry in entries {
                self.last += 1;
                self.entries.push(TimelineEntry {
                    id: self.last,
                    ..entry
                });
            }
        }
    }

    pub(super) fn after(&self, after: u64) -> Vec<TimelineEntry> {
        self.entries
            .iter()
            .filter(|entry| entry.id > after)
            .cloned()
            .collect()
    }

    /// Forgets what happened; ids go on, so that nothing old is taken for something new.
    pub(super) fn begin_again(&mut self) {
        self.entries.clear();
        self.seen.clear();
    }
}

/// What happened since.
pub(super) async fn since(
    council: &Council,
    names: &Names,
    seen: HashMap<ConcernId, i64>,
) -> Result<Vec<News>, DeskError> {
    let rows = {
        let mut tx = council.desk.store().read().await?;
        tx.concerns(Find::All, Which::All, 0, MOST).await?
    };
    let calendar = council.desk.calendar();
    let mut news = Vec::new();
    for row in rows {
        let concern = ConcernId(row.number);
        let from = seen.get(&concern).copied().unwrap_or(0);
        if row.seq <= from {
            continue;
        }
        let look = council.desk.whole(concern).await?;
        let rules = look.case.rules(&calendar, council.desk.hours())?;
        let new = look.history.iter().filter(|fact| fact.seq > from);
        let entries = new
            .filter(|fact| is_news(&fact.fact))
            .map(|fact| TimelineEntry {
                at: fact.at,
                title: names.said(&format!(
                    "{concern}: {}",
                    council.messages.happened(&rules, &look.history, fact)
                )),
                detail: why(&rules, fact),
                ..TimelineEntry::default()
            })
            .collect();
        news.push(News {
            concern,
            seq: row.seq,
            entries,
        });
    }
    Ok(news)
}

/// A card that arrived is no news.
fn is_news(fact: &Fact) -> bool {
    !matches!(fact, Fact::CardDelivered { .. })
}

/// Under which clause.
fn why(rules: &Rules<'_>, recorded: &Recorded) -> String {
    match &recorded.fact {
        Fact::StepIssued { step, .. } | Fact::GateAsked { to: step, .. } => {
            rules.step(step).map_or_else(String::new, |step| {
                format!("{}, {}: {}", rules.protocol.title, step.clause, step.name)
            })
        }
        _ => String::new(),
    }
}
