//! Lists of tasks: the form that opens one for a case in proceedings, the buttons of their messages, and the forms they open.

use serde_json::{Value, json};
use tracing::{error, warn};

use super::fields::{Fields, When};
use super::{Bot, message};
use crate::concern::{self, FieldFault, Rules, Who};
use crate::desk::{DeskError, ProceedingsRequest, TasksCase, TasksDone};
use crate::directory::Team;
use crate::ids::{TaskKey, TaskListId, TeamId, Text, UserId};
use crate::messages::{
    Audience, ListOpened, OpenedTask, Problem, ProceedingsForm, TasksForm, TasksRefused,
    TasksSetting, Told,
};
use crate::protocol::{Keeps, Protocol};
use crate::slack::modal::kept::choose;
use crate::slack::modal::meta::AboutTasks;
use crate::slack::modal::raise::choices_of;
use crate::slack::payload::{Click, Slash, Submission};
use crate::slack::reply::Reply;
use crate::tasks::decide::iro_manager;
use crate::tasks::{Command, Field, Reads, Refusal, TaskList, decide, task_of, tasks};

/// The name of the form that opens the list of a case in proceedings.
pub(super) const PROCEEDINGS: &str = "proceedings";

/// A form about a list of tasks, by its `callback_id`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TasksAction {
    /// A task is done, with what is asked beside.
    Done,
    /// A task is not needed.
    NotNeeded,
    /// The proceedings ended.
    Ended,
}

impl TasksAction {
    /// The action of a form's name.
    pub(super) fn named(name: &str) -> Option<Self> {
        let all = [Self::Done, Self::NotNeeded, Self::Ended];
        all.into_iter().find(|action| action.name() == name)
    }

    fn name(self) -> &'static str {
        match self {
            Self::Done => "task_done",
            Self::NotNeeded => "task_not_needed",
            Self::Ended => "proceedings_ended",
        }
    }
}

impl Bot {
    /// `/concern proceedings`: the form, at once.
    pub(super) async fn starts_proceedings(&self, slash: &Slash) -> Reply {
        let user = UserId::from(slash.user_id.as_str());
        if self.desk.directory().raiser_roles(&user).is_empty() {
            let ask = self.desk.iro_managers();
            return self.problem(&Problem::MayNotRaise { ask: &ask });
        }
        match self.proceedings_form(&user) {
            Ok(view) => self.open(slash.trigger_id.as_deref(), &view).await,
            Err(why) => Reply::words(why),
        }
    }

    fn proceedings_form(&self, user: &UserId) -> Result<Value, String> {
        let directory = self.desk.directory();
        let asks = |team: &&Team| {
            let held = self.desk.protocols().current(&team.protocol);
            held.is_some_and(|held| held.protocol.tasks_of(Keeps::Proceedings).next().is_some())
        };
        let teams: Vec<&Team> = self.teams_of(&directory, user);
        let teams: Vec<&Team> = teams.into_iter().filter(asks).collect();
        let Some(first) = teams.first() else {
            return Err(self.messages.no_proceedings());
        };
        let held = self.desk.protocols().current(&first.protocol);
        let system = held.map_or("the case system", |held| self.case_system(&held.protocol));
        let form = ProceedingsForm {
            teams: vec![choices_of(&teams)],
            case_system: system.to_owned(),
        };
        let mut view = self.messages.proceedings_form(&form).map_err(|broken| {
            error!(%broken, "the form for care proceedings could not be built");
            self.messages.problem(&Problem::Broken)
        })?;
        if let [only] = teams.as_slice() {
            choose(&mut view, "team", only.id.as_str());
        }
        Ok(view)
    }

    /// The form for a case in proceedings was sent.
    pub(super) async fn proceedings_sent(&self, sent: &Submission, once: Option<String>) -> Reply {
        let user = UserId::from(sent.user_id.as_str());
        let mut fields = Fields::of(&self.messages, &sent.view.state, self.today());
        let team = fields.choice("team").map(TeamId::from);
        let directory = self.desk.directory();
        let held = team
            .as_ref()
            .and_then(|team| directory.team(team))
            .and_then(|team| self.desk.protocols().current(&team.protocol));
        let case_ref = held.and_then(|held| self.read_case_ref(&mut fields, &held.protocol));
        let guardian = match fields.choice("guardian").as_deref() {
            Some("appointed") => Some(true),
            Some("not_yet") => Some(false),
            Some(_) => {
                fields.refused("guardian", FieldFault::Unknown);
                None
            }
            None => None,
        };
        if team.is_some() && held.is_none() {
            return self.no_team();
        }
        let (Some(team), Some(case_ref), Some(guardian)) = (team, case_ref, guardian) else {
            return fields.errors();
        };
        if fields.has_faults() {
            return fields.errors();
        }
        let request = ProceedingsRequest {
            user: user.clone(),
            team,
            case_ref,
            guardian,
        };
        match self.desk.open_proceedings(request, once.as_deref()).await {
            Ok(done) => {
                let opened = self.opened(&done.case);
                let said = opened.and_then(|opened| self.messages.list_opened(&opened).ok());
                said.map_or(Reply::Clear, Reply::Update)
            }
            Err(DeskError::TasksRefused(Refusal::Field { block, fault }, _)) => {
                Reply::error(block, self.at_field(block, fault))
            }
            Err(DeskError::TasksRefused(refusal @ Refusal::OpenAlready(id), _)) => {
                let refused = TasksRefused {
                    why: why(&refusal),
                    reference: id.to_string(),
                    ..TasksRefused::default()
                };
                Reply::error("case_ref", self.messages.tasks_refused(&refused))
            }
            Err(DeskError::TasksRefused(refusal, _)) => {
                let refused = TasksRefused {
                    why: why(&refusal),
                    ..TasksRefused::default()
                };
                Reply::error("team", self.messages.tasks_refused(&refused))
            }
            Err(DeskError::NoTeam(_)) => self.no_team(),
            Err(fault) => Reply::error("team", self.trouble(&fault)),
        }
    }

    fn opened(&self, case: &TasksCase) -> Option<ListOpened> {
        let calendar = self.desk.calendar();
        let rules = case.rules(&calendar, self.desk.hours()).ok()?;
        let begun = tasks(&rules, &case.record)
            .into_iter()
            .filter(|task| task.running_since().is_some())
            .map(|task| OpenedTask {
                name: task.rule.name.clone(),
                owner: match &task.rule.owner {
                    Some(role) => format!("the {}", rules.protocol.role_name(role)),
                    None => "you".to_owned(),
                },
            });
        Some(ListOpened {
            reference: case.record.id.to_string(),
            tasks: begun.collect(),
        })
    }

    /// `/concern show T-7`.
    pub(super) async fn show_tasks(&self, user: &UserId, id: TaskListId) -> Reply {
        let (look, reads) = match self.desk.look_at_tasks(user, id).await {
            Ok(found) => found,
            Err(fault) => return Reply::words(self.tasks_explained(id, fault).await),
        };
        let calendar = self.desk.calendar();
        let rules = match look.case.rules(&calendar, self.desk.hours()) {
            Ok(rules) => rules,
            Err(fault) => return Reply::words(self.trouble(&fault)),
        };
        let directory = self.desk.directory();
        let own = (reads == Reads::Own).then_some(&look.standing);
        let setting = self.tasks_setting(&rules, &look.case, &directory, own);
        match self.messages.show_tasks(&setting) {
            Ok(rendered) => message(rendered),
            Err(broken) => {
                error!(%broken, "a list of tasks could not be shown");
                self.problem(&Problem::Broken)
            }
        }
    }

    /// A button of a message about a list of tasks.
    pub(super) async fn pressed_on_tasks(
        &self,
        id: TaskListId,
        click: &Click,
        once: Option<String>,
    ) -> Reply {
        let user = UserId::from(click.user_id.as_str());
        let action = click.action_id.as_str();
        let trigger = click.trigger_id.as_deref();
        let task = |prefix| action.strip_prefix(prefix).map(TaskKey::from);
        let command = match (action, task("done/"), task("skip/")) {
            ("details", ..) => return self.tasks_details(&user, id, trigger).await,
            ("guardian_appointed", ..) => Command::GuardianAppointed,
            ("proceedings_ended", ..) => {
                let about = AboutTasks::of(id, None);
                let form = TasksAction::Ended;
                return self.opens_on_tasks(form, &user, (id, about), trigger).await;
            }
            (_, Some(task), _) => {
                if self.asks_more(id, &task).await {
                    let about = AboutTasks::of(id, Some(&task));
                    let form = TasksAction::Done;
                    return self.opens_on_tasks(form, &user, (id, about), trigger).await;
                }
                Command::Done {
                    task,
                    on: None,
                    note: None,
                }
            }
            (_, _, Some(task)) => {
                let about = AboutTasks::of(id, Some(&task));
                let form = TasksAction::NotNeeded;
                return self.opens_on_tasks(form, &user, (id, about), trigger).await;
            }
            _ => return self.tells(&Told::Unknown),
        };
        let done = self
            .desk
            .act_on::<TaskList>(&user, id, command, once.as_deref())
            .await;
        match done {
            Ok(TasksDone {
                repeated: false, ..
            }) => Reply::Empty,
            Ok(TasksDone { case, .. }) => {
                self.refresh_tasks(id).await;
                Reply::words(self.refused_on_tasks(&Refusal::DoneAlready, &case))
            }
            Err(fault) => Reply::words(self.tasks_explained(id, fault).await),
        }
    }

    /// Whether something is asked beside that a task is done.
    async fn asks_more(&self, id: TaskListId, task: &TaskKey) -> bool {
        let case = self.desk.kept::<TaskList>(id).await;
        let rule = case.ok().flatten().and_then(|case| {
            let rule = case.protocol.task(task.rule())?;
            Some(rule.note.is_some() || rule.every.is_some())
        });
        rule.unwrap_or(false)
    }

    /// Opens the form of an action, for somebody who may do it now.
    async fn opens_on_tasks(
        &self,
        action: TasksAction,
        user: &UserId,
        (id, about): (TaskListId, AboutTasks),
        trigger: Option<&str>,
    ) -> Reply {
        let look = match self.desk.look_at_tasks(user, id).await {
            Ok((look, _)) => look,
            Err(fault) => return Reply::words(self.tasks_explained(id, fault).await),
        };
        let calendar = self.desk.calendar();
        let rules = match look.case.rules(&calendar, self.desk.hours()) {
            Ok(rules) => rules,
            Err(fault) => return Reply::words(self.trouble(&fault)),
        };
        let list = &look.case.record;
        let trial = trial(action, about.task());
        let tried = decide(&rules, list, Some(&look.standing), trial, self.desk.now());
        if let Err(refusal) = tried {
            self.refresh_tasks(id).await;
            return Reply::words(self.refused_on_tasks(&refusal, &look.case));
        }
        let form = self.form_of(&rules, list, about.task().as_ref());
        match self.messages.tasks_form(action.name(), &form) {
            Ok(mut view) => {
                view["private_metadata"] = json!(about.kept());
                self.open(trigger, &view).await
            }
            Err(broken) => {
                error!(%broken, "a form about a list of tasks could not be built");
                self.problem(&Problem::Broken)
            }
        }
    }

    fn form_of(&self, rules: &Rules<'_>, list: &TaskList, key: Option<&TaskKey>) -> TasksForm {
        let task = key.and_then(|key| task_of(rules, list, key));
        let rule = task.as_ref().map(|task| task.rule);
        let every = rule.and_then(|rule| rule.every);
        TasksForm {
            reference: list.id.to_string(),
            task: rule.map_or_else(String::new, |rule| rule.name.clone()),
            clause: rule.map_or_else(String::new, |rule| rule.clause.clone()),
            topics: rule.map_or_else(Vec::new, |rule| rule.topics.clone()),
            note: rule.and_then(|rule| rule.note.clone()).unwrap_or_default(),
            on: every.map_or_else(String::new, |_| self.today().to_string()),
            every: every.map_or_else(String::new, |every| every.to_string()),
            of_a_case: list.opened.case_ref.is_some(),
        }
    }

    /// A form about a list of tasks was sent.
    pub(super) async fn tasks_sent(
        &self,
        action: TasksAction,
        sent: &Submission,
        once: Option<String>,
    ) -> Reply {
        let about = AboutTasks::read(&sent.view.private_metadata);
        let known = about.and_then(|about| Some((about.id()?, about.task())));
        let Some((id, task)) = known else {
            return self.tells(&Told::Unknown);
        };
        let user = UserId::from(sent.user_id.as_str());
        let look = match self.desk.look_at_tasks(&user, id).await {
            Ok((look, _)) => look,
            Err(fault) => return Reply::words(self.tasks_explained(id, fault).await),
        };
        let mut fields = Fields::of(&self.messages, &sent.view.state, self.today());
        let command = read(action, &mut fields, task, &look.case.protocol);
        let command = match command {
            Some(command) if !fields.has_faults() => command,
            _ => return fields.errors(),
        };
        let done = self
            .desk
            .act_on::<TaskList>(&user, id, command, once.as_deref())
            .await;
        match done {
            Ok(_) => Reply::Empty,
            Err(DeskError::TasksRefused(Refusal::Field { block, fault }, _)) => {
                Reply::error(block, self.at_field(block, fault))
            }
            Err(fault @ (DeskError::TasksRefused(..) | DeskError::NotFound)) => {
                Reply::words(self.tasks_explained(id, fault).await)
            }
            Err(fault) => self.trouble_with(sent, &fault),
        }
    }

    /// Shows what was done and written in a list, to one person who may read it, in a view of their own.
    async fn tasks_details(&self, user: &UserId, id: TaskListId, trigger: Option<&str>) -> Reply {
        let (look, reads) = match self.desk.look_at_tasks(user, id).await {
            Ok(found) => found,
            Err(fault) => return Reply::words(self.tasks_explained(id, fault).await),
        };
        let calendar = self.desk.calendar();
        let rules = match look.case.rules(&calendar, self.desk.hours()) {
            Ok(rules) => rules,
            Err(fault) => return Reply::words(self.trouble(&fault)),
        };
        let directory = self.desk.directory();
        let own = (reads == Reads::Own).then_some(&look.standing);
        let setting = self.tasks_setting(&rules, &look.case, &directory, own);
        let texts: Option<Vec<(i64, Field, &str)>> = look.texts.as_ref().map(|texts| {
            let known = texts.iter().filter_map(|text| {
                let field = serde_json::from_value(json!(text.field)).ok()?;
                Some((text.seq, field, text.text.as_str()))
            });
            known.collect()
        });
        let view = self
            .messages
            .tasks_details(&setting, &look.history, texts.as_deref());
        match view {
            Ok(view) => self.open(trigger, &view).await,
            Err(fault) => {
                error!(%fault, "the details of a list of tasks could not be shown");
                self.problem(&Problem::Broken)
            }
        }
    }

    fn tasks_setting<'a>(
        &'a self,
        rules: &'a Rules<'a>,
        case: &'a TasksCase,
        directory: &'a crate::directory::Directory,
        own: Option<&'a concern::Standing>,
    ) -> TasksSetting<'a> {
        let team = &case.record.opened.team;
        TasksSetting {
            rules,
            list: &case.record,
            team_name: directory.team_name(team),
            council_name: &self.council_name,
            case_system: self.case_system(&case.protocol),
            audience: Audience::default(),
            own,
            now: self.desk.now(),
        }
    }

    /// The words for what the desk did not do, and a message brought up to date where it was out of date.
    pub(super) async fn tasks_explained(&self, id: TaskListId, fault: DeskError) -> String {
        match fault {
            DeskError::TasksRefused(refusal, case) => {
                if !matches!(refusal, Refusal::NotYours { .. }) {
                    self.refresh_tasks(id).await;
                }
                match case {
                    Some(case) => self.refused_on_tasks(&refusal, &case),
                    None => self.messages.no_tasks(),
                }
            }
            DeskError::NotFound => self.messages.no_tasks(),
            other => self.trouble(&other),
        }
    }

    /// Brings a list's messages up to date. The person is answered whether or not it can be done.
    async fn refresh_tasks(&self, id: TaskListId) {
        if let Err(fault) = self.desk.refresh_tasks(id).await {
            warn!(tasks = %id, %fault, "its messages could not be brought up to date");
        }
    }

    /// A refusal, with who can.
    fn refused_on_tasks(&self, refusal: &Refusal, case: &TasksCase) -> String {
        if let Refusal::Field { block, fault } = refusal {
            return self.at_field(block, fault.clone());
        }
        let mut refused = TasksRefused {
            why: why(refusal),
            reference: case.record.id.to_string(),
            ..TasksRefused::default()
        };
        if let Refusal::NotYours { who } = refusal {
            let roles = if let Who::Roles(roles) = who {
                roles.clone()
            } else {
                refused.officer = Some(case.record.officer.clone());
                vec![iro_manager()]
            };
            refused.who = self.who_can(&roles, &case.record.opened.team, &case.protocol);
        }
        self.messages.tasks_refused(&refused)
    }
}

/// A refusal's word in its template.
fn why(refusal: &Refusal) -> &'static str {
    match refusal {
        Refusal::NotYours { .. } => "not_yours",
        Refusal::DoneAlready => "done_already",
        Refusal::OutOfDate => "out_of_date",
        Refusal::NotYet => "not_yet",
        Refusal::NotSkipped => "not_skipped",
        Refusal::OpenAlready(_) => "open_already",
        Refusal::NotAsked | Refusal::Field { .. } => "not_asked",
    }
}

/// A command that would be taken if anything of this kind would be.
fn trial(action: TasksAction, task: Option<TaskKey>) -> Command {
    let words = || Text::from("-");
    let task = task.unwrap_or_else(|| TaskKey::from(""));
    match action {
        TasksAction::Done => Command::Done {
            task,
            on: None,
            note: Some(words()),
        },
        TasksAction::NotNeeded => Command::NotNeeded {
            task,
            reason: words(),
        },
        TasksAction::Ended => Command::ProceedingsEnded { looked_after: true },
    }
}

/// Reads a form, noting every fault. `None` where something required is missing or cannot be.
fn read(
    action: TasksAction,
    fields: &mut Fields<'_>,
    task: Option<TaskKey>,
    protocol: &Protocol,
) -> Option<Command> {
    match action {
        TasksAction::Done => {
            let task = task?;
            let rule = protocol.task(task.rule());
            let asks = rule.is_some_and(|rule| rule.note.is_some());
            let on = rule
                .and_then(|rule| rule.every)
                .map(|_| fields.date("on", When::UpToToday));
            let note = asks.then(|| fields.text("note"));
            Some(Command::Done {
                task,
                on: on.flatten(),
                note: note.flatten(),
            })
        }
        TasksAction::NotNeeded => {
            let reason = fields.text("reason")?;
            Some(Command::NotNeeded {
                task: task?,
                reason,
            })
        }
        TasksAction::Ended => {
            let looked_after = match fields.choice("looked_after")?.as_str() {
                "yes" => true,
                "no" => false,
                _ => {
                    fields.refused("looked_after", FieldFault::Unknown);
                    return None;
                }
            };
            Some(Command::ProceedingsEnded { looked_after })
        }
    }
}
