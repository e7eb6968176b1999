//! What `/concern tasks` says: the tasks that wait for one person, of lists and of reviews, by date.

use chrono::{DateTime, Utc};
use tracing::error;

use super::{Bot, message};
use crate::calendar::{Due, say_date_year};
use crate::concern::{Rules, Standing};
use crate::desk::DeskError;
use crate::ids::{RoleId, UserId};
use crate::messages::{Problem, TaskLine};
use crate::protocol::Keeps;
use crate::review::tasks::owner;
use crate::review::{self, Review};
use crate::slack::reply::Reply;
use crate::tasks::{TaskList, tasks};

/// A task that waits for somebody.
struct Waits {
    /// When it is due; where it has no time, since when it is asked.
    at: DateTime<Utc>,
    line: TaskLine,
}

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
        let mut found: Vec<Waits> = Vec::new();
        for (case, who) in self.desk.readable_of::<TaskList>(user).await? {
            let rules = case.rules(&calendar, self.desk.hours())?;
            self.of_list(&rules, &case.record, &who, &mut found);
        }
        for (case, who) in self.desk.readable_of::<Review>(user).await? {
            let rules = case.rules(&calendar, self.desk.hours())?;
            self.of_review(&rules, &case.record, &who, &mut found);
        }
        found.sort_by_key(|waits| (!waits.line.due, waits.at));
        Ok(found.into_iter().map(|waits| waits.line).collect())
    }

    fn of_list(&self, rules: &Rules<'_>, list: &TaskList, who: &Standing, found: &mut Vec<Waits>) {
        let opened = &list.opened;
        let has_officer = matches!(opened.keeps, Keeps::Proceedings | Keeps::Concern);
        let officer = has_officer && is_officer(&list.officer, who);
        for task in tasks(rules, list) {
            let Some(since) = task.running_since() else {
                continue;
            };
            let round = task.comes_round().is_some();
            // What comes round waits from the day on which its owner is told.
            let not_yet = round && task.due.is_some_and(|due| due.date > self.today());
            if not_yet || !theirs(task.rule.owner.as_ref(), officer, who) {
                continue;
            }
            let case_ref = opened.case_ref.as_ref();
            let named = (list.id.to_string(), task.rule.name.clone());
            let case_ref = case_ref.map_or_else(String::new, ToString::to_string);
            found.push(self.waits(rules, (named, case_ref), (since, task.due), round));
        }
    }

    fn of_review(
        &self,
        rules: &Rules<'_>,
        review: &Review,
        who: &Standing,
        found: &mut Vec<Waits>,
    ) {
        let officer = is_officer(&review.recorded_by, who);
        for task in review::tasks(rules, review) {
            let Some(since) = task.running_since().filter(|_| task.is_left()) else {
                continue;
            };
            if !theirs(owner(&task), officer, who) {
                continue;
            }
            let named = (review.id.to_string(), task.clock.name.clone());
            let case_ref = review.held.case_ref.to_string();
            found.push(self.waits(rules, (named, case_ref), (since, task.due), false));
        }
    }

    fn waits(
        &self,
        rules: &Rules<'_>,
        ((reference, task), case_ref): ((String, String), String),
        (since, due): (DateTime<Utc>, Option<Due>),
        round: bool,
    ) -> Waits {
        let date = match due {
            Some(due) if round => say_date_year(due.date),
            Some(due) => rules.calendar.say_due(&due),
            None => crate::calendar::say_date(rules.day(since)),
        };
        Waits {
            at: due.map_or(since, |due| due.at),
            line: TaskLine {
                reference,
                task,
                case_ref,
                date,
                due: due.is_some(),
                late: due.is_some_and(|due| due.at < self.desk.now()),
            },
        }
    }
}

fn is_officer(officer: &UserId, who: &Standing) -> bool {
    who.user == *officer || who.covers_raiser
}

/// Whether a task is somebody's: their role's, or their own as the officer.
fn theirs(owner: Option<&RoleId>, officer: bool, who: &Standing) -> bool {
    owner.map_or(officer, |role| who.holds(role))
}
