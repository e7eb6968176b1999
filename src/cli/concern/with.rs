//! What is kept beside a concern and belongs to it, for its own print.

use chrono::{DateTime, Utc};

use crate::app::Council;
use crate::cli::Failure;
use crate::concern::Rules;
use crate::desk::{AnyCase, AtDesk, KeptCase};
use crate::ids::ConcernId;
use crate::messages::KeptBeside;
use crate::notice::Notice;
use crate::protocol::Keeps;
use crate::record::{Kept, Recorded};
use crate::review::Review;
use crate::store::concerns::{Find, Which};
use crate::tasks::event::about;
use crate::tasks::{self, Fact, TaskList, task_of};

/// The records that belong to a concern, with what happened to each.
pub(super) async fn beside(council: &Council, id: ConcernId) -> Result<Vec<KeptBeside>, Failure> {
    let records = council.desk.records_of_any(Find::All, Which::All).await;
    let records = records.map_err(Failure::no)?;
    let mut beside = Vec::new();
    for record in records.iter().filter(|record| record.is_beside(id)) {
        let calendar = council.desk.calendar();
        let rules = record.rules(&calendar, council.desk.hours());
        let rules = rules.map_err(Failure::no)?;
        let messages = &council.messages;
        let facts = match record {
            AnyCase::Review(case) => {
                let say = |fact: &_| Some(messages.review_happened(&rules, fact));
                facts::<Review>(council, case, say).await?
            }
            AnyCase::Notice(case) => {
                let say = |fact: &_| Some(messages.notice_happened(&rules, &case.record, fact));
                facts::<Notice>(council, case, say).await?
            }
            AnyCase::Tasks(case) => {
                let say = |fact: &tasks::Recorded| {
                    let of_it = is_of(&rules, &case.record, id, &fact.fact);
                    of_it.then(|| messages.tasks_happened(&rules, fact))
                };
                facts::<TaskList>(council, case, say).await?
            }
        };
        let named = (record.subject(), record.what());
        beside.push(KeptBeside::new(named, record.is_open(), &calendar, facts));
    }
    Ok(beside)
}

async fn facts<K: AtDesk>(
    council: &Council,
    case: &KeptCase<K>,
    say: impl Fn(&Recorded<<K as Kept>::Fact>) -> Option<String>,
) -> Result<Vec<(DateTime<Utc>, String)>, Failure> {
    let look = council.desk.whole_of::<K>(case.record.head().id).await;
    let look = look.map_err(Failure::no)?;
    let history = look.history.iter();
    Ok(history
        .filter_map(|fact| Some((fact.at, say(fact)?)))
        .collect())
}

/// Whether a fact of a list belongs to a concern: of its own list each does; of the list of a case in proceedings what came by it.
fn is_of(rules: &Rules<'_>, list: &TaskList, id: ConcernId, fact: &Fact) -> bool {
    if list.opened.keeps == Keeps::Concern {
        return true;
    }
    let by_it = |happened: &tasks::Happened| happened.concern == Some(id);
    match fact {
        Fact::OccasionCame(happened) => by_it(happened),
        fact => about(fact)
            .and_then(|key| task_of(rules, list, key))
            .and_then(|task| task.cause)
            .is_some_and(|cause| by_it(&cause)),
    }
}
