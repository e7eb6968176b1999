//! What the bot did and why, as the page's timeline tells it: the record's facts in the chronology's words, with people's names.

use std::collections::HashMap;

use sandbox::TimelineEntry;

use super::sample::Sample;
use crate::app::Council;
use crate::concern::{Actor, Fact, Recorded, Rules};
use crate::desk::{AtDesk, DeskError};
use crate::ids::{ConcernId, NoticeId, ReviewId, Subject, TaskListId};
use crate::notice::{self, Notice};
use crate::protocol::TaskOccasion;
use crate::record::{self, Kept as _};
use crate::review::{self, Review};
use crate::store::concerns::{Find, Which};
use crate::tasks::{self, TaskList};

/// How many concerns, and how many records of each other sort, a demonstration follows.
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
    seen: HashMap<Subject, i64>,
    last: u64,
}

/// News of a concern or another record: up to which fact, and the entries.
pub(super) struct News {
    subject: Subject,
    seq: i64,
    entries: Vec<TimelineEntry>,
}

impl Ledger {
    pub(super) fn seen(&self) -> HashMap<Subject, i64> {
        self.seen.clone()
    }

    pub(super) fn take_in(&mut self, news: Vec<News>) {
        for News {
            subject,
            seq,
            entries,
        } in news
        {
            self.seen.insert(subject, seq);
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
    seen: &HashMap<Subject, i64>,
) -> Result<Vec<News>, DeskError> {
    let (concerns, records) = {
        let mut tx = council.desk.store().read().await?;
        let (find, which) = (Find::All, Which::All);
        let concerns = tx.concerns(find, which, 0, MOST).await?;
        let mut records = tx.records::<ReviewId>(find, which, 0, MOST).await?;
        records.extend(tx.records::<NoticeId>(find, which, 0, MOST).await?);
        records.extend(tx.records::<TaskListId>(find, which, 0, MOST).await?);
        (concerns, records)
    };
    let concerns = concerns
        .iter()
        .map(|row| (Subject::Concern(ConcernId(row.number)), row.seq));
    let records = records.iter().map(|row| (row.subject, row.seq));
    let mut news = Vec::new();
    for (subject, seq) in concerns.chain(records) {
        let from = seen.get(&subject).copied().unwrap_or(0);
        if seq <= from {
            continue;
        }
        let entries = match subject {
            Subject::Concern(id) => of_concern(council, names, id, from).await?,
            Subject::Review(id) => {
                let says = (
                    |rules: &Rules<'_>, _: &Review, fact: &_| {
                        Some(council.messages.review_happened(rules, fact))
                    },
                    why_of_review,
                );
                of_record::<Review>(council, names, (id, from), says).await?
            }
            Subject::Notice(id) => {
                let says = (
                    |rules: &Rules<'_>, notice: &Notice, fact: &_| {
                        Some(council.messages.notice_happened(rules, notice, fact))
                    },
                    |_: &Rules<'_>, _: &notice::Recorded| String::new(),
                );
                of_record::<Notice>(council, names, (id, from), says).await?
            }
            Subject::Tasks(id) => {
                let says = (
                    |rules: &Rules<'_>, list: &TaskList, fact: &tasks::Recorded| {
                        let kept_for = council.messages.kept_what(list.head().mark);
                        let happened = council.messages.tasks_happened(rules, fact);
                        is_news_of_tasks(fact)
                            .then(|| format!("{} · {}", kept_for.trim(), happened.trim()))
                    },
                    why_of_task,
                );
                of_record::<TaskList>(council, names, (id, from), says).await?
            }
        };
        news.push(News {
            subject,
            seq,
            entries,
        });
    }
    Ok(news)
}

async fn of_concern(
    council: &Council,
    names: &Names,
    id: ConcernId,
    from: i64,
) -> Result<Vec<TimelineEntry>, DeskError> {
    let calendar = council.desk.calendar();
    let look = council.desk.whole(id).await?;
    let rules = look.case.rules(&calendar, council.desk.hours())?;
    let new = look.history.iter().filter(|fact| fact.seq > from);
    let said = |fact| council.messages.happened(&rules, &look.history, fact);
    let entries = new
        .filter(|fact| is_news(&fact.fact))
        .map(|fact| TimelineEntry {
            at: fact.at,
            title: names.said(&format!("{id}: {}", said(fact))),
            detail: why(&rules, fact),
            ..TimelineEntry::default()
        });
    Ok(entries.collect())
}

/// `say` tells a fact in a line where it is news, `why` under which clause it is.
async fn of_record<K: AtDesk>(
    council: &Council,
    names: &Names,
    (id, from): (K::Id, i64),
    (say, why): (
        impl Fn(&Rules<'_>, &K, &record::Recorded<K::Fact>) -> Option<String>,
        impl Fn(&Rules<'_>, &record::Recorded<K::Fact>) -> String,
    ),
) -> Result<Vec<TimelineEntry>, DeskError> {
    let calendar = council.desk.calendar();
    let look = council.desk.whole_of::<K>(id).await?;
    let rules = look.case.rules(&calendar, council.desk.hours())?;
    let new = look.history.iter().filter(|fact| fact.seq > from);
    let entries = new.filter_map(|fact| {
        Some(TimelineEntry {
            at: fact.at,
            title: names.said(&format!("{id}: {}", say(&rules, &look.case.record, fact)?)),
            detail: why(&rules, fact),
            ..TimelineEntry::default()
        })
    });
    Ok(entries.collect())
}

/// A card that arrived is no news.
fn is_news(fact: &Fact) -> bool {
    !matches!(fact, Fact::CardDelivered { .. })
}

/// A list that was opened by itself, for what comes round, is no news; nor is it that an opened list begins.
fn is_news_of_tasks(recorded: &tasks::Recorded) -> bool {
    match &recorded.fact {
        tasks::Fact::ListOpened(_) => recorded.actor != Actor::Lodestar,
        tasks::Fact::OccasionCame(came) => !matches!(
            came.what,
            TaskOccasion::Proceedings
                | TaskOccasion::ConcernRaised
                | TaskOccasion::Protocol
                | TaskOccasion::Team
        ),
        _ => true,
    }
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

/// Under which clause, where the fact is of one task.
fn why_of_review(rules: &Rules<'_>, recorded: &review::Recorded) -> String {
    let (review::Fact::TaskDone { clock, .. }
    | review::Fact::NoticeReceived { clock, .. }
    | review::Fact::Objected { clock, .. }
    | review::Fact::DeemedAccepted { clock }) = &recorded.fact
    else {
        return String::new();
    };
    let clocks = &rules.protocol.beside.review_clocks;
    let clock = clocks.iter().find(|known| known.id == clock.as_str());
    clock.map_or_else(String::new, |clock| {
        format!("{}, {}: {}", rules.protocol.title, clock.clause, clock.name)
    })
}

/// Under which clause, where the fact is of one task.
fn why_of_task(rules: &Rules<'_>, recorded: &tasks::Recorded) -> String {
    let task = tasks::event::about(&recorded.fact);
    let rule = task.and_then(|key| rules.protocol.task(key.rule()));
    rule.map_or_else(String::new, |rule| {
        format!("{}, {}: {}", rules.protocol.title, rule.clause, rule.name)
    })
}
