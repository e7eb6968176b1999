//! What `/concern tasks` says: the tasks that wait for one person, of lists and of reviews, by date.

use tracing::error;

use super::{Bot, message};
use crate::calendar::{Calendar, say_date, say_date_year};
use crate::desk::{DeskError, Listed, Part};
use crate::ids::UserId;
use crate::messages::{Problem, TaskLine};
use crate::record::Asks;
use crate::slack::reply::Reply;
use crate::store::concerns::{Find, Which};

impl Bot {
    /// What waits for a person: what is due first, then what has no time.
    pub(super) async fn my_tasks(&self, user: &UserId) -> Reply {
        let found = match self.waiting_for(user).await {
            Ok(found) => found,
            Err(fault) => return Reply::words(self.trouble(&fault)),
        };
        match self.messages.my_tasks(&found) {
            Ok(rendered) => message(rendered),
            Err(broken) => {
                error!(%broken, "the tasks of a person could not be listed");
                self.problem(&Problem::Broken)
            }
        }
    }

    async fn waiting_for(&self, user: &UserId) -> Result<Vec<TaskLine>, DeskError> {
        let calendar = self.desk.calendar();
        let records = self.desk.records_of_any(Find::All, Which::Open).await?;
        let mut listed = self.desk.listed_for(user, &records);
        listed.retain(|one| one.part == Part::Waits);
        listed.sort_by_key(|one| (one.waiting.due.is_none(), one.waiting.at()));
        let lines = listed.iter().filter_map(|one| task_line(one, &calendar));
        Ok(lines.collect())
    }
}

/// A task on a line; `None` of what is no task.
fn task_line(one: &Listed<'_>, calendar: &Calendar) -> Option<TaskLine> {
    let waiting = &one.waiting;
    let (Asks::Task(task) | Asks::Silence(task)) = &waiting.asks else {
        return None;
    };
    Some(TaskLine {
        reference: one.case.subject().to_string(),
        task: task.clone(),
        case_ref: one.case.case_ref().to_owned(),
        date: match waiting.due {
            Some(due) if waiting.comes_round => say_date_year(due.date),
            Some(due) => calendar.say_due(&due),
            None => say_date(calendar.local_date(waiting.since)),
        },
        due: waiting.due.is_some(),
        late: waiting.overdue,
    })
}
