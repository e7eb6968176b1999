//! The forms about a list of tasks, the answer to `/concern tasks`, and what is said of what was not done.

use serde::Serialize;
use serde_json::Value;

use super::forms::{Choice, Choices, Recipient};
use super::{Broken, Messages, Rendered};
use crate::ids::UserId;

/// How many lines stand in an answer to one person.
const REPLY_LINES: usize = 30;

/// What the form that opens the list of a case in proceedings is built of.
#[derive(Clone, Debug, Default, Serialize)]
pub struct ProceedingsForm {
    /// The teams: one entry.
    pub teams: Vec<Choices>,
    /// The case system's name.
    pub case_system: String,
}

/// What a form about a list of tasks is built of: `modal/<name>.json`.
#[derive(Clone, Debug, Default, Serialize)]
pub struct TasksForm {
    /// The list.
    pub reference: String,
    /// The task; empty where the form is about none.
    pub task: String,
    /// Where the source says so.
    pub clause: String,
    /// What is to be talked about.
    pub topics: Vec<String>,
    /// What is asked to be written down; empty where nothing is.
    pub note: String,
    /// Whether the day it was done on is asked, and which stands there first.
    pub on: String,
    /// How often it comes round; empty where it does not.
    pub every: String,
    /// Whether the list keeps a child's case: then nobody is to be named.
    pub of_a_case: bool,
}

/// What the officer is shown once a list is opened.
#[derive(Clone, Debug, Default, Serialize)]
pub struct ListOpened {
    /// The list.
    pub reference: String,
    /// What begins with it, and whose it is.
    pub tasks: Vec<OpenedTask>,
}

/// A task that begins with a list.
#[derive(Clone, Debug, Default, Serialize)]
pub struct OpenedTask {
    /// What is to be done.
    pub name: String,
    /// Whose it is.
    pub owner: String,
}

/// One task in the answer to `/concern tasks`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TaskLine {
    /// The list or the review, by its reference.
    pub reference: String,
    /// What is to be done.
    pub task: String,
    /// The case, where it is about one.
    pub case_ref: String,
    /// By when, or since when; as cards say it.
    pub date: String,
    /// Whether there is a day by which it is due.
    pub due: bool,
    /// Whether that day is past.
    pub late: bool,
}

/// Why something was not done on a list of tasks.
#[derive(Clone, Debug, Default, Serialize)]
pub struct TasksRefused {
    /// `not_yours`, `done_already`, `out_of_date`, `not_yet`, `not_asked`, `not_skipped` or `open_already`.
    pub why: &'static str,
    /// The list; empty where it is about none.
    pub reference: String,
    /// The officer, where they may do it.
    pub officer: Option<UserId>,
    /// Who else may.
    pub who: Vec<Recipient>,
}

impl Messages {
    /// The form that opens the list of a case in proceedings.
    ///
    /// # Errors
    /// [`Broken`] where the template fails.
    pub fn proceedings_form(&self, form: &ProceedingsForm) -> Result<Value, Broken> {
        self.view("proceedings", form)
    }

    /// What the officer is shown once it is opened.
    ///
    /// # Errors
    /// [`Broken`] where the template fails.
    pub fn list_opened(&self, opened: &ListOpened) -> Result<Value, Broken> {
        self.view("list_opened", opened)
    }

    /// A form about a list of tasks, by its name. Without its `private_metadata`, which is the caller's.
    ///
    /// # Errors
    /// [`Broken`] where the template fails.
    pub fn tasks_form(&self, name: &str, form: &TasksForm) -> Result<Value, Broken> {
        self.view(name, form)
    }

    /// The answer to `/concern tasks`, for the person alone.
    ///
    /// # Errors
    /// [`Broken`] where the template fails.
    pub fn my_tasks(&self, lines: &[TaskLine]) -> Result<Rendered, Broken> {
        self.message("reply/tasks.json", &mine(lines))
    }

    /// Why something was not done on a list of tasks.
    #[must_use]
    pub fn tasks_refused(&self, refused: &TasksRefused) -> String {
        self.said("refusal/tasks.txt", refused)
    }

    /// That there is no such list, or that it is not theirs to read: the same words for both.
    #[must_use]
    pub fn no_tasks(&self) -> String {
        self.said("problem/no_tasks.txt", &serde_json::json!({}))
    }

    /// That no team's protocol asks anything in care proceedings.
    #[must_use]
    pub fn no_proceedings(&self) -> String {
        self.said("told/no_proceedings.txt", &serde_json::json!({}))
    }
}

#[derive(Debug, Serialize)]
struct Mine<'a> {
    lines: &'a [TaskLine],
    more: usize,
    all: usize,
}

fn mine(lines: &[TaskLine]) -> Mine<'_> {
    let shown = lines.get(..REPLY_LINES).unwrap_or(lines);
    Mine {
        lines: shown,
        more: lines.len() - shown.len(),
        all: lines.len(),
    }
}

/// The forms about a list.
const FORMS: [&str; 3] = ["task_done", "task_not_needed", "proceedings_ended"];

/// Samples of every form, with and without what it may hold.
pub(super) fn samples(attempt: &mut impl FnMut(&str, &Value)) {
    let mut tried = |name: &str, sample: Result<Value, serde_json::Error>| {
        if let Ok(sample) = sample {
            attempt(name, &sample);
        }
    };
    let line = |due, late| TaskLine {
        reference: "T-7".to_owned(),
        task: "Legal Services told who the IRO is".to_owned(),
        case_ref: if late {
            String::new()
        } else {
            "K-204117".to_owned()
        },
        date: "Wed 23 Dec, 17:00".to_owned(),
        due,
        late,
    };
    let many: Vec<TaskLine> = (0..40).map(|_| line(true, false)).collect();
    for lines in [
        &[][..],
        &[line(false, false)],
        &[line(true, true), line(true, false)],
        &many,
    ] {
        tried("reply/tasks.json", serde_json::to_value(mine(lines)));
    }
    for yes in [true, false] {
        let said = |words: &str| if yes { words.to_owned() } else { String::new() };
        let form = TasksForm {
            reference: "T-7".to_owned(),
            task: "Discussion with the guardian".to_owned(),
            clause: "5.8".to_owned(),
            topics: if yes {
                vec!["The final care plan".to_owned()]
            } else {
                Vec::new()
            },
            note: said("Summary of the discussion"),
            on: said("2026-12-14"),
            every: said("year"),
            of_a_case: yes,
        };
        for name in FORMS {
            tried(&format!("modal/{name}.json"), serde_json::to_value(&form));
        }
        let opened = ListOpened {
            reference: "T-7".to_owned(),
            tasks: if yes {
                vec![OpenedTask {
                    name: "Legal Services told who the IRO is".to_owned(),
                    owner: "you".to_owned(),
                }]
            } else {
                Vec::new()
            },
        };
        tried("modal/list_opened.json", serde_json::to_value(&opened));
        for why in [
            "not_yours",
            "done_already",
            "out_of_date",
            "not_yet",
            "not_asked",
            "not_skipped",
            "open_already",
        ] {
            let people: &[&str] = if yes { &["U0ONE"] } else { &[] };
            let refused = TasksRefused {
                why,
                reference: said("T-7"),
                officer: yes.then(|| UserId::from("U0IRO")),
                who: vec![Recipient {
                    role: "Legal Services".to_owned(),
                    people: people.iter().map(|id| UserId::from(*id)).collect(),
                    ..Recipient::default()
                }],
            };
            tried("refusal/tasks.txt", serde_json::to_value(&refused));
        }
    }
    let form = ProceedingsForm {
        teams: vec![Choices::list(vec![Choice::new("north", "North locality")])],
        case_system: "LCS".to_owned(),
    };
    tried("modal/proceedings.json", serde_json::to_value(&form));
    tried("problem/no_tasks.txt", Ok(serde_json::json!({})));
    tried("told/no_proceedings.txt", Ok(serde_json::json!({})));
}
