//! The details of a list of tasks for somebody who may read them: what was done when and by whom, with what was written beside it.

use serde::Serialize;
use serde_json::Value;

use super::tasks::{Says, TasksSetting, receipt};
use super::{Broken, Messages};
use crate::concern::Actor;
use crate::ids::UserId;
use crate::tasks::event::about;
use crate::tasks::readers::is_theirs;
use crate::tasks::{Fact, Field, Recorded};

/// The longest a text may be in one section.
const PROSE: usize = 2_900;
/// How many entries stand in the view: each with its text is two blocks or more.
const ENTRIES: usize = 30;

/// What the modal of a list's details may say.
#[derive(Debug, Serialize)]
struct Details<'a> {
    #[serde(flatten)]
    says: Says<'a>,
    erased: bool,
    entries: Vec<Entry>,
    left_out: usize,
}

/// A task that ended, with what was written beside it.
#[derive(Debug, Serialize)]
pub(super) struct Entry {
    /// `done` or `not_needed`.
    how: &'static str,
    task: String,
    on: String,
    by: Option<UserId>,
    /// What the text is: the protocol's own word for it, or empty for a reason.
    heading: String,
    texts: Vec<String>,
    limit: usize,
}

impl Messages {
    /// The modal with what was done and written in a list. `texts` are those the reader may read, by the number of the fact each stands
    /// beside; `None` once they have been erased.
    ///
    /// Authorise the reader first.
    ///
    /// # Errors
    /// [`Broken`] where the template fails; it holds no content.
    pub fn tasks_details(
        &self,
        setting: &TasksSetting<'_>,
        record: &[Recorded],
        texts: Option<&[(i64, Field, &str)]>,
    ) -> Result<Value, Broken> {
        self.view("tasks_details", &details(setting, record, texts))
    }
}

fn details<'a>(
    setting: &TasksSetting<'a>,
    record: &[Recorded],
    texts: Option<&[(i64, Field, &str)]>,
) -> Details<'a> {
    let mut entries: Vec<Entry> = record
        .iter()
        .filter_map(|recorded| entry(setting, recorded, texts.unwrap_or_default()))
        .collect();
    let left_out = entries.len().saturating_sub(ENTRIES);
    entries.drain(..left_out);
    Details {
        says: Says::new(&receipt(), setting),
        erased: texts.is_none(),
        entries,
        left_out,
    }
}

fn entry(
    setting: &TasksSetting<'_>,
    recorded: &Recorded,
    texts: &[(i64, Field, &str)],
) -> Option<Entry> {
    let key = about(&recorded.fact)?;
    let rule = setting.rules.protocol.task(key.rule());
    if let (Some(who), Some(rule)) = (setting.own, rule)
        && !is_theirs(rule, who)
    {
        return None;
    }
    let how = match recorded.fact {
        Fact::TaskNotNeeded { .. } => "not_needed",
        _ => "done",
    };
    let note = rule.and_then(|rule| rule.note.clone());
    let beside = texts.iter().filter(|(seq, ..)| *seq == recorded.seq);
    let pieces = beside.flat_map(|(_, _, words)| {
        let chars: Vec<char> = words.chars().collect();
        // Every character may become five when it is escaped.
        let pieces = chars.chunks(PROSE / 5).map(|piece| piece.iter().collect());
        pieces.collect::<Vec<String>>()
    });
    Some(Entry {
        how,
        task: rule.map_or_else(|| key.rule().to_owned(), |rule| rule.name.clone()),
        on: setting.rules.calendar.say(recorded.at),
        by: match &recorded.actor {
            Actor::Person(user) => Some(user.clone()),
            Actor::Lodestar => None,
        },
        heading: note.filter(|_| how == "done").unwrap_or_default(),
        texts: pieces.collect(),
        limit: PROSE,
    })
}

/// The view on a list that has taken every turn.
pub(super) fn sample(
    setting: &TasksSetting<'_>,
    record: &[Recorded],
    attempt: &mut impl FnMut(&str, &Value),
) {
    let texts: Vec<(i64, Field, &str)> = record
        .iter()
        .map(|recorded| (recorded.seq, Field::Note, "It was agreed to speak monthly."))
        .collect();
    for texts in [Some(texts.as_slice()), Some(&[][..]), None] {
        if let Ok(sample) = serde_json::to_value(details(setting, record, texts)) {
            attempt("modal/tasks_details.json", &sample);
        }
    }
}
