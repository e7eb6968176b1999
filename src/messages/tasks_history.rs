//! What happened to a list of tasks, one line a fact, wherever its record is printed.

use serde::Serialize;
use serde_json::{Value, json};

use super::Messages;
use super::setting::WHATS;
use super::tasks::word;
use super::who_did::WhoDid;
use crate::calendar::{say_date, say_date_year};
use crate::concern::Rules;
use crate::ids::TaskKey;
use crate::tasks::{Fact, Field, Recorded};

const TEMPLATE: &str = "told/tasks_happened.txt";
const HEADING: &str = "told/tasks_field.txt";
const WHAT: &str = "told/kept_what.txt";

/// One fact, in words' reach.
#[derive(Debug, Serialize)]
struct Happened<'a> {
    kind: &'static str,
    #[serde(flatten)]
    who: WhoDid<'a>,
    /// The names of the tasks it is about.
    tasks: String,
    /// The day of it, where that was said.
    on: String,
    late: bool,
    /// Which occasion came.
    what: &'static str,
    /// The review or the concern it came by; empty where none.
    cause: String,
}

impl Messages {
    /// One fact of a list of tasks in a line, without its moment.
    #[must_use]
    pub fn tasks_happened(&self, rules: &Rules<'_>, fact: &Recorded) -> String {
        self.said(TEMPLATE, &happened(rules, fact))
    }

    /// The heading of a text of a list of tasks, by its field in the store.
    #[must_use]
    pub fn tasks_field(&self, field: &str) -> String {
        self.said(HEADING, &json!({"field": field}))
    }

    /// What a record beside the concerns is called: `review`, a notice's sort, or what a list is kept for.
    #[must_use]
    pub fn kept_what(&self, what: &str) -> String {
        self.said(WHAT, &json!({"what": what}))
    }
}

fn happened<'a>(rules: &Rules<'_>, recorded: &'a Recorded) -> Happened<'a> {
    let names = |keys: &[TaskKey]| {
        let name = |key: &TaskKey| rules.protocol.task(key.rule()).map(|rule| &rule.name);
        let names: Vec<&str> = keys.iter().filter_map(name).map(String::as_str).collect();
        names.join("; ")
    };
    let mut line = Happened {
        kind: "",
        who: WhoDid::of(recorded),
        tasks: String::new(),
        on: String::new(),
        late: false,
        what: "",
        cause: String::new(),
    };
    line.kind = match &recorded.fact {
        Fact::ListOpened(_) => "list_opened",
        Fact::OccasionCame(happened) => {
            line.on = say_date(happened.on);
            line.what = word(happened.what);
            let review = happened.review.map(|review| review.to_string());
            let concern = happened.concern.map(|concern| concern.to_string());
            line.cause = review.or(concern).unwrap_or_default();
            "occasion_came"
        }
        Fact::TaskDone { task, on, late } => {
            line.tasks = names(std::slice::from_ref(task));
            line.on = on.map_or_else(String::new, say_date_year);
            line.late = *late;
            "task_done"
        }
        Fact::TaskNotNeeded { task } => {
            line.tasks = names(std::slice::from_ref(task));
            "task_not_needed"
        }
        Fact::TasksDue { tasks } => {
            line.tasks = names(tasks);
            "tasks_due"
        }
        Fact::TasksLate { tasks } => {
            line.tasks = names(tasks);
            "tasks_late"
        }
        Fact::AskedAgain { tasks } => {
            line.tasks = names(tasks);
            "asked_again"
        }
        Fact::LookedAgain => "looked_again",
        Fact::OfficerChanged { to } => line.who.handed_over(to),
        Fact::ProtocolRenewed { .. } => "protocol_renewed",
        Fact::ListClosed => "list_closed",
    };
    line
}

/// Every line of a list's history.
pub(super) fn sample(
    rules: &Rules<'_>,
    history: &[Recorded],
    attempt: &mut impl FnMut(&str, &Value),
) {
    for recorded in history {
        if let Ok(sample) = serde_json::to_value(happened(rules, recorded)) {
            attempt(TEMPLATE, &sample);
        }
    }
    for field in [Field::Note, Field::Reason] {
        attempt(HEADING, &json!({"field": field.as_str()}));
    }
    for what in WHATS {
        attempt(WHAT, &json!({"what": what}));
    }
}
