//! The context of every message about a list of tasks: what its template may say.

use serde::Serialize;
use serde_json::Value;

use super::escape::shorten;
use super::setting::Audience;
use super::{Broken, Messages, Rendered};
use crate::calendar::{Due, say_date, say_date_year};
use crate::concern::{Rules, Standing};
use crate::ids::{TaskKey, UserId};
use crate::mail::tasks::{Matter, Occasion, still_wanted};
use crate::protocol::{IRO_MANAGER, Keeps, TaskOccasion, TaskStart};
use crate::tasks::due::may_be_skipped;
use crate::tasks::readers::is_theirs;
use crate::tasks::{Stage, Task, TaskList, tasks};

/// The longest words of a button, such as "Not needed: " with a task's name; Slack takes 75 characters.
const BUTTON: usize = 60;
/// How many buttons a row may have.
const BUTTONS: usize = 25;
/// How many tasks that are still to do, and how many that have ended, one message lists.
const LINES: usize = 20;

/// The record and the surroundings in which a message about a list of tasks is rendered.
#[derive(Clone, Copy, Debug)]
pub struct TasksSetting<'a> {
    /// The rules the list is under.
    pub rules: &'a Rules<'a>,
    /// The list as it now stands.
    pub list: &'a TaskList,
    /// The team's name.
    pub team_name: &'a str,
    /// The council's name.
    pub council_name: &'a str,
    /// The name of the case system.
    pub case_system: &'a str,
    /// Whom the message is for.
    pub audience: Audience<'a>,
    /// Whose own tasks alone are shown; `None` shows all.
    pub own: Option<&'a Standing>,
    /// The present moment.
    pub now: chrono::DateTime<chrono::Utc>,
}

/// What a template about a list of tasks may say.
#[derive(Debug, Serialize)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a plain yes or no that a template asks for by name"
)]
pub(super) struct Says<'a> {
    reference: String,
    other: Option<String>,
    /// `proceedings`, `concern`, `protocol` or `team`.
    keeps: &'static str,
    team: &'a str,
    council: &'a str,
    protocol: &'a str,
    case_system: &'a str,
    case_ref: &'a str,
    /// The concern it belongs to; empty where none.
    concern: String,
    officer: &'a UserId,
    opened_on: String,
    to: &'a [UserId],
    for_role: &'a str,
    vacant: bool,
    covering: Option<&'a UserId>,
    covered: Option<&'a UserId>,
    /// Who has it now, where it was the reader's before.
    gone_to: Option<&'a UserId>,
    /// Whether what the message asks is still asked.
    asked_still: bool,
    iro_manager: &'a str,
    open: bool,
    /// When a guardian was appointed; empty before.
    guardian_on: String,
    /// When the proceedings ended; empty before.
    ended_on: String,
    stays_looked_after: bool,
    /// What is still to do, in the protocol's order.
    due: Vec<Line<'a>>,
    due_more: usize,
    /// What has ended, the latest last.
    past: Vec<Line<'a>>,
    past_more: usize,
    /// What waits for its occasion.
    later: Vec<Line<'a>>,
    /// Those the message is about.
    named: Vec<Line<'a>>,
    buttons: Vec<Button>,
}

/// A task on a line.
#[derive(Clone, Debug, Serialize)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a plain yes or no that a template asks for by name"
)]
pub(super) struct Line<'a> {
    name: &'a str,
    clause: &'a str,
    owner: String,
    /// Whether it is the officer's.
    officers: bool,
    /// Who considers it together with its owner; empty where nobody.
    with: String,
    /// `waiting`, `open`, `running`, `done`, `not_needed` or `ended`.
    stage: &'static str,
    due: String,
    provisional: bool,
    /// How often it comes round; empty where it does not.
    every: String,
    /// The day of what happened, or from which it is asked.
    on: String,
    /// Whether it was done after its day.
    late: bool,
    /// Whether it was found late and is not done yet.
    found_late: bool,
    /// Whether it is asked throughout.
    throughout: bool,
    /// The review or the concern that brought it about; empty where none did.
    cause: String,
    /// What it waits for: an occasion's word, or `task`.
    waits: &'static str,
    /// The task it waits for.
    after: &'a str,
    topics: Vec<&'a str>,
}

/// A button: its `action_id` and its words, which may be the protocol's own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(super) struct Button {
    action: String,
    words: String,
    primary: bool,
}

/// What a concern asks besides its steps, as its own messages show it.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Beside<'a> {
    reference: String,
    lines: Vec<Line<'a>>,
    buttons: Vec<Button>,
}

impl Messages {
    /// Renders a message about a list of tasks as it now stands.
    ///
    /// # Errors
    /// [`Broken`] where a template fails; it holds no content.
    pub fn tasks(&self, matter: &Matter, setting: &TasksSetting<'_>) -> Result<Rendered, Broken> {
        self.message(template_of(matter.occasion), &Says::new(matter, setting))
    }

    /// A list as it stands, without its texts, for `/concern show`. Authorise the reader first.
    ///
    /// # Errors
    /// [`Broken`] where the template fails.
    pub fn show_tasks(&self, setting: &TasksSetting<'_>) -> Result<Rendered, Broken> {
        self.tasks(&receipt(), setting)
    }
}

/// What the whole list is shown by.
pub(super) fn receipt() -> Matter {
    Matter {
        occasion: Occasion::Receipt,
        tasks: Vec::new(),
        other: None,
    }
}

fn template_of(occasion: Occasion) -> &'static str {
    match occasion {
        Occasion::Receipt => "tasks/receipt.json",
        Occasion::Task => "tasks/task.json",
        Occasion::With => "tasks/with.json",
        Occasion::Begun => "tasks/begun.json",
        Occasion::Due => "tasks/due.json",
        Occasion::Late => "tasks/late.json",
        Occasion::Asked => "tasks/asked.json",
        Occasion::LookAgain => "tasks/look_again.json",
        Occasion::HandedOver => "tasks/handed_over.json",
        Occasion::SameCase => "tasks/same_case.json",
    }
}

impl<'a> Says<'a> {
    pub(super) fn new(matter: &Matter, setting: &TasksSetting<'a>) -> Self {
        let TasksSetting { rules, list, .. } = *setting;
        let protocol = rules.protocol;
        let opened = &list.opened;
        let role = setting.audience.standing_in_for.or(setting.audience.role);
        let mut all = tasks(rules, list);
        if let Some(who) = setting.own {
            all.retain(|task| task.is_begun() && is_theirs(task.rule, who));
        }
        let line = |task: &Task<'a>| Line::new(rules, list, task);
        let named = all.iter().filter(|task| matter.tasks.contains(&task.key));
        let named: Vec<_> = named.map(line).collect();
        let of = |stages: &[&str]| -> Vec<Line<'a>> {
            let lines = all.iter().map(line);
            lines.filter(|line| stages.contains(&line.stage)).collect()
        };
        let (mut due, mut past) = (
            of(&["running", "open"]),
            of(&["done", "not_needed", "ended"]),
        );
        let (due_more, past_more) = (
            due.len().saturating_sub(LINES),
            past.len().saturating_sub(LINES),
        );
        due.truncate(LINES);
        past.drain(..past_more);
        let came = |what| {
            let came = list.last(what);
            came.map_or_else(String::new, |came| say_date(came.happened.on))
        };
        Self {
            reference: list.id.to_string(),
            other: matter.other.map(|other| other.to_string()),
            keeps: opened.keeps.as_str(),
            team: setting.team_name,
            council: setting.council_name,
            protocol: &protocol.title,
            case_system: setting.case_system,
            case_ref: opened.case_ref.as_ref().map_or("", |case| case.as_str()),
            concern: opened
                .concern
                .map_or_else(String::new, |concern| concern.to_string()),
            officer: &list.officer,
            opened_on: say_date(rules.day(list.opened_at)),
            to: setting.audience.mention,
            for_role: role.map_or("", |role| protocol.role_name(role)),
            vacant: setting.audience.standing_in_for.is_some(),
            covering: setting.audience.covering,
            covered: setting.audience.covered,
            gone_to: setting.audience.gone_to,
            asked_still: still_wanted(matter, rules, list),
            iro_manager: protocol
                .roles
                .get(IRO_MANAGER)
                .map_or("manager of the IRO service", |role| role.name.as_str()),
            open: list.is_open(),
            guardian_on: came(TaskOccasion::GuardianAppointed),
            ended_on: came(TaskOccasion::ProceedingsEnded),
            stays_looked_after: list.last(TaskOccasion::StaysLookedAfter).is_some(),
            due,
            due_more,
            past,
            past_more,
            later: of(&["waiting"]),
            named,
            buttons: buttons(matter, setting, &all),
        }
    }
}

impl<'a> Line<'a> {
    pub(super) fn new(rules: &Rules<'a>, list: &TaskList, task: &Task<'a>) -> Self {
        let protocol = rules.protocol;
        let day = |at| say_date(rules.day(at));
        let (stage, on) = match task.stage {
            Stage::Waiting => ("waiting", String::new()),
            Stage::Open => ("open", String::new()),
            Stage::Running { since } => ("running", day(since)),
            Stage::Done { at, on, .. } => ("done", on.map_or_else(|| day(at), say_date_year)),
            Stage::NotNeeded { at } => ("not_needed", day(at)),
            Stage::Ended { at } => ("ended", day(at)),
        };
        let the = |role| format!("the {}", protocol.role_name(role));
        let round = task.comes_round();
        let due = |due: Due| {
            // What was due a year ago or is due in one is said with its year.
            if round.is_some() {
                say_date_year(due.date)
            } else {
                rules.calendar.say_due(&due)
            }
        };
        let (waits, after) = match &task.rule.starts {
            TaskStart::After(earlier) => {
                let earlier = protocol.task(earlier);
                ("task", earlier.map_or("", |task| task.name.as_str()))
            }
            TaskStart::On(occasions) => (occasions.first().map_or("", |one| word(*one)), ""),
        };
        let cause = task.cause.as_ref().and_then(|cause| {
            let review = cause.review.map(|review| review.to_string());
            let concern = cause.concern.map(|concern| concern.to_string());
            review.or_else(|| concern.filter(|_| list.opened.concern.is_none()))
        });
        Self {
            name: &task.rule.name,
            clause: &task.rule.clause,
            owner: task
                .rule
                .owner
                .as_ref()
                .map_or_else(|| "the reviewing officer".to_owned(), the),
            officers: task.rule.owner.is_none(),
            with: task
                .rule
                .with
                .iter()
                .map(the)
                .collect::<Vec<_>>()
                .join(" and "),
            stage,
            provisional: task.due.is_some_and(|due| due.provisional),
            due: task.due.map_or_else(String::new, due),
            every: round.map_or_else(String::new, |every| every.to_string()),
            on,
            late: matches!(task.stage, Stage::Done { late: true, .. }),
            found_late: task.running_since().is_some() && list.late.contains_key(&task.key),
            throughout: task.rule.repeat == crate::protocol::Repeat::Throughout,
            cause: cause.unwrap_or_default(),
            waits,
            after,
            topics: task.rule.topics.iter().map(String::as_str).collect(),
        }
    }
}

/// An occasion, as templates tell it apart.
pub(super) fn word(occasion: TaskOccasion) -> &'static str {
    match occasion {
        TaskOccasion::Proceedings
        | TaskOccasion::ConcernRaised
        | TaskOccasion::Protocol
        | TaskOccasion::Team => "start",
        TaskOccasion::AnotherOfficer => "another_officer",
        TaskOccasion::GuardianAppointed => "guardian",
        TaskOccasion::Dispute => "dispute",
        TaskOccasion::Review => "review",
        TaskOccasion::ProceedingsEnded => "ended",
        TaskOccasion::StaysLookedAfter => "looked_after",
        TaskOccasion::ConcernMoves => "step",
    }
}

/// What a concern asks besides its steps, with the buttons of its raiser.
pub(super) fn beside<'a>(rules: &Rules<'a>, list: &TaskList) -> Beside<'a> {
    let all = tasks(rules, list);
    let mut row = Row::default();
    for task in all.iter().filter(|task| task.rule.owner.is_none()) {
        row.task(list, task, false);
    }
    row.buttons.truncate(BUTTONS);
    let begun = all.iter().filter(|task| task.is_begun());
    Beside {
        reference: list.id.to_string(),
        lines: begun
            .map(|task| Line::new(rules, list, task))
            .take(LINES)
            .collect(),
        buttons: row.buttons,
    }
}

/// The buttons of a message: those that would be taken now.
fn buttons(matter: &Matter, setting: &TasksSetting<'_>, all: &[Task<'_>]) -> Vec<Button> {
    let list = setting.list;
    let mut row = Row::default();
    if setting.audience.is_former() {
        return row.buttons;
    }
    let named = |key: &TaskKey| matter.tasks.contains(key);
    match matter.occasion {
        Occasion::Receipt => {
            // The officer's own; whoever sees their own alone, theirs; of what no officer has, all.
            let theirs = |task: &&Task<'_>| match setting.own {
                Some(who) => task.rule.owner.as_ref().is_some_and(|role| who.holds(role)),
                None => task.rule.owner.is_none() || list.opened.keeps != Keeps::Proceedings,
            };
            for task in all.iter().filter(theirs) {
                row.task(list, task, false);
            }
            if setting.own.is_none() {
                row.of_proceedings(list);
                if list.has_ended() {
                    // What a role was asked for and is left over: the officer may say that it is not needed.
                    let left = all.iter().filter(|task| task.rule.owner.is_some());
                    left.for_each(|task| row.skip(list, task, true));
                }
            }
        }
        Occasion::Task | Occasion::Due | Occasion::Late | Occasion::Asked | Occasion::Begun => {
            let those = all.iter().filter(|task| named(&task.key));
            let alone = matter.tasks.len() == 1;
            those.for_each(|task| row.task(list, task, alone));
        }
        Occasion::LookAgain => row.of_proceedings(list),
        Occasion::With | Occasion::HandedOver | Occasion::SameCase => {}
    }
    row.buttons.truncate(BUTTONS - 1);
    if matter.occasion != Occasion::HandedOver {
        row.add("details".to_owned(), "Details", false);
    }
    row.buttons
}

#[derive(Default)]
struct Row {
    buttons: Vec<Button>,
}

impl Row {
    fn add(&mut self, action: String, words: &str, primary: bool) {
        let mut words = words.to_owned();
        shorten(&mut words, BUTTON);
        self.buttons.push(Button {
            action,
            words,
            primary,
        });
    }

    /// That it is done, and where that may be said, that it is not needed.
    fn task(&mut self, list: &TaskList, task: &Task<'_>, alone: bool) {
        if task.can_be_done() {
            let words = task.rule.done.as_deref().unwrap_or(&task.rule.name);
            self.add(format!("done/{}", task.key), words, alone);
        }
        self.skip(list, task, !alone);
    }

    fn skip(&mut self, list: &TaskList, task: &Task<'_>, named: bool) {
        if may_be_skipped(list, task) {
            let words = task.rule.done.as_deref().unwrap_or(&task.rule.name);
            let words = if named {
                format!("Not needed: {words}")
            } else {
                "Not needed".to_owned()
            };
            self.add(format!("skip/{}", task.key), &words, false);
        }
    }

    fn of_proceedings(&mut self, list: &TaskList) {
        if list.opened.keeps != Keeps::Proceedings || list.has_ended() {
            return;
        }
        if list.last(TaskOccasion::GuardianAppointed).is_none() {
            let words = "Guardian appointed";
            self.add("guardian_appointed".to_owned(), words, false);
        }
        let words = "Proceedings ended";
        self.add("proceedings_ended".to_owned(), words, false);
    }
}

/// Every message about a list of tasks, on a list that has taken every turn.
pub(super) fn sample(setting: &TasksSetting<'_>, attempt: &mut impl FnMut(&str, &Value)) {
    let every: Vec<TaskKey> = tasks(setting.rules, setting.list)
        .into_iter()
        .map(|task| task.key)
        .collect();
    let some: Vec<TaskKey> = every.iter().take(1).cloned().collect();
    for occasion in Occasion::ALL {
        for tasks in [Vec::new(), some.clone(), every.clone()] {
            let matter = Matter {
                occasion,
                tasks,
                other: Some(crate::ids::TaskListId(6)),
            };
            if let Ok(sample) = serde_json::to_value(Says::new(&matter, setting)) {
                attempt(template_of(occasion), &sample);
            }
        }
    }
}
