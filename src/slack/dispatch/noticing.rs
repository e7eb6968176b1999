//! Notices: the forms that send them, the buttons of their messages, and the forms those open.

use serde_json::{Value, json};
use tracing::error;

use super::fields::{Fields, When};
use super::{Bot, message, view_of};
use crate::concern::{FieldFault, Raiser, Rules};
use crate::desk::{DeskError, NoticeCase, NoticeDone, NoticeRequest};
use crate::directory::{Directory, Team};
use crate::ids::{NoticeId, TeamId, Text, UserId};
use crate::messages::{Audience, NoticeFault, NoticeSetting, Problem, Told};
use crate::notice::rule::may_send;
use crate::notice::{Command, Field, Notice, Refusal, Send, Sort, rule};
use crate::protocol::Protocol;
use crate::slack::modal::kept::{choose, keep, start_on};
use crate::slack::modal::meta::{AboutRecord, Built};
use crate::slack::modal::notice::{self, NoticeAction};
use crate::slack::modal::raise::choices_of;
use crate::slack::payload::{Click, Slash, State, Submission};
use crate::slack::reply::Reply;

/// The option that stands for what a protocol's list does not have.
const OTHER: &str = "other";

impl Bot {
    /// `/concern notify`, `praise`, `service`: the form, at once.
    pub(super) async fn starts_noticing(&self, sort: Sort, slash: &Slash) -> Reply {
        let user = UserId::from(slash.user_id.as_str());
        match self.sending_form(sort, &user, None, &State::default()) {
            Ok(view) => self.open(slash.trigger_id.as_deref(), &view).await,
            Err(why) => Reply::words(why),
        }
    }

    /// The teams for which somebody may send this sort of notice.
    fn teams_to_notify<'d>(
        &self,
        sort: Sort,
        directory: &'d Directory,
        user: &UserId,
    ) -> Vec<&'d Team> {
        let calendar = self.desk.calendar();
        let may = |team: &&Team| {
            let Some(held) = self.desk.protocols().current(&team.protocol) else {
                return false;
            };
            let by = Raiser {
                user: user.clone(),
                raiser_roles: directory.raiser_roles(user).to_vec(),
                roles: directory.roles_of(&team.id, user, &held.protocol),
            };
            self.rules_of(&held.protocol, &calendar)
                .is_some_and(|rules| may_send(&rules, sort, &by))
        };
        directory.teams().iter().filter(may).collect()
    }

    /// Whether somebody may tell of a change, for any team.
    pub(super) fn may_notify(&self, user: &UserId) -> bool {
        let directory = self.desk.directory();
        !self
            .teams_to_notify(Sort::Change, &directory, user)
            .is_empty()
    }

    fn rules_of<'a>(
        &self,
        protocol: &'a Protocol,
        calendar: &'a crate::calendar::Calendar,
    ) -> Option<Rules<'a>> {
        Some(Rules {
            protocol,
            route: protocol.routes.first()?,
            calendar,
            hours: self.desk.hours(),
        })
    }

    /// The form for somebody, with the team chosen so far; or why there is none.
    pub(super) fn sending_form(
        &self,
        sort: Sort,
        user: &UserId,
        team: Option<&str>,
        typed: &State,
    ) -> Result<Value, String> {
        let directory = self.desk.directory();
        let teams = self.teams_to_notify(sort, &directory, user);
        let chosen = match (team, teams.as_slice()) {
            (_, []) => {
                return Err(self
                    .messages
                    .may_not_notify(sort, &self.desk.iro_managers()));
            }
            (None, [only]) => Some(*only),
            (None, _) => None,
            (Some(id), _) => directory.team(&TeamId::from(id)),
        };
        let calendar = self.desk.calendar();
        let held = chosen.and_then(|team| {
            let held = self.desk.protocols().current(&team.protocol)?;
            Some((team, self.rules_of(&held.protocol, &calendar)?))
        });
        let view = match &held {
            None => self.messages.send_team(sort, &choices_of(&teams)),
            Some((team, rules)) => {
                let system = self.case_system(rules.protocol);
                let form = notice::whole(sort, &teams, team, rules, &directory, system);
                self.messages.send_form(sort, &form)
            }
        };
        let mut view = view.map_err(|broken| {
            error!(%broken, "the form that sends a notice could not be built");
            self.messages.problem(&Problem::Broken)
        })?;
        start_on(&mut view, "happened_on", self.today());
        keep(&mut view, typed);
        let team = held.map(|(team, _)| team.id.to_string());
        if let Some(team) = &team {
            choose(&mut view, "team", team);
        }
        let built = Built {
            team,
            ..Built::default()
        };
        view["private_metadata"] = json!(built.kept());
        Ok(view)
    }

    /// A form that sends was sent.
    pub(super) async fn notice_form_sent(
        &self,
        sort: Sort,
        sent: &Submission,
        once: Option<String>,
    ) -> Reply {
        let user = UserId::from(sent.user_id.as_str());
        let state = &sent.view.state;
        let mut fields = Fields::of(&self.messages, state, self.today());
        let Some(team) = fields.choice("team") else {
            return fields.errors();
        };
        let directory = self.desk.directory();
        let team = directory.team(&TeamId::from(team));
        let held = team.and_then(|team| self.desk.protocols().current(&team.protocol));
        let (Some(team), Some(held)) = (team, held) else {
            return self.no_team();
        };
        let built = Built::read(&sent.view.private_metadata);
        if built.team.as_deref() != Some(team.id.as_str()) {
            // The form on the screen was another team's: this one's takes its place, with all that was typed.
            let form = self.sending_form(sort, &user, Some(team.id.as_str()), state);
            return Reply::Update(form.unwrap_or_else(view_of));
        }
        let calendar = self.desk.calendar();
        let Some(rules) = self.rules_of(&held.protocol, &calendar) else {
            return self.no_team();
        };
        let told = self.read_send(sort, &mut fields, state, team, &rules);
        let praised = told.as_ref().and_then(|told| told.praised.as_ref());
        if let Some(named) = praised
            && let Some(why) = self.cannot_be_addressed(&directory, named).await
        {
            fields.fault("who", why);
        }
        let told = match told {
            Some(told) if !fields.has_faults() => told,
            _ => return fields.errors(),
        };
        let request = NoticeRequest { user, send: told };
        match self.desk.send_notice(request, once.as_deref()).await {
            Ok(done) => {
                let calendar = self.desk.calendar();
                let rules = done.case.rules(&calendar, self.desk.hours());
                let said = rules
                    .ok()
                    .and_then(|rules| self.messages.notice_sent(&rules, &done.case.record).ok());
                said.map_or(Reply::Clear, Reply::Update)
            }
            Err(DeskError::NoticeRefused(refusal, _)) => self.send_refused(sort, &refusal),
            Err(DeskError::NoTeam(_)) => self.no_team(),
            Err(fault) => Reply::error("team", self.trouble(&fault)),
        }
    }

    /// Why a notice was not sent, at the field where it can be mended.
    fn send_refused(&self, sort: Sort, refusal: &Refusal) -> Reply {
        let fault = |fault| self.messages.notice_fault(fault);
        match refusal {
            Refusal::Field {
                block: "team",
                fault: FieldFault::RoleMayNotRaise,
            } => {
                let words = self
                    .messages
                    .may_not_notify(sort, &self.desk.iro_managers());
                Reply::error("team", words)
            }
            Refusal::Field {
                block: "officer",
                fault: FieldFault::NotARaiser,
            } => Reply::error("officer", fault(NoticeFault::NotAnOfficer)),
            Refusal::Field {
                block: "officer",
                fault: FieldFault::AlreadyTheirs,
            } => Reply::error("officer", fault(NoticeFault::YourOwn)),
            Refusal::Field { block, fault } => {
                Reply::error(*block, self.at_field(block, fault.clone()))
            }
            _ => Reply::error("team", fault(NoticeFault::ToNobodyElse)),
        }
    }

    /// Reads the whole form, noting every fault. `None` where something required is missing or cannot be.
    fn read_send(
        &self,
        sort: Sort,
        fields: &mut Fields<'_>,
        state: &State,
        team: &Team,
        rules: &Rules<'_>,
    ) -> Option<Send> {
        let change = sort == Sort::Change;
        let case_ref = match state.text("case_ref") {
            None if !change => None,
            _ => self.read_case_ref(fields, rules.protocol),
        };
        let details = fields.text("details");
        let mut send = Send {
            sort,
            team: team.id.clone(),
            protocol_hash: String::new(),
            case_ref,
            on: None,
            items: Vec::new(),
            other: false,
            category: state.text("category"),
            officer: None,
            praised: None,
            details: details?,
        };
        match sort {
            Sort::Change => {
                send.on = fields.date("happened_on", When::UpToToday);
                let chosen = state.options("items");
                if chosen.is_empty() && !rule(rules, sort).items.is_empty() {
                    fields.missing("items");
                }
                send.other = chosen.iter().any(|item| item == OTHER);
                let places = chosen.iter().filter_map(|item| item.parse().ok());
                send.items = places.collect();
                let officer = fields.optional_person("officer");
                if officer.is_none() {
                    fields.missing("officer");
                }
                send.officer = Some((officer?, Vec::new()));
            }
            Sort::Praise => send.praised = fields.optional_person("who"),
            Sort::Service => {}
        }
        Some(send)
    }

    /// A button of a message about a notice.
    pub(super) async fn pressed_on_notice(
        &self,
        id: NoticeId,
        click: &Click,
        once: Option<String>,
    ) -> Reply {
        let user = UserId::from(click.user_id.as_str());
        let action = click.action_id.as_str();
        if let Some(form) = NoticeAction::named(action) {
            return self.opens_on_notice(form, &user, id, click).await;
        }
        match action {
            "details" => return self.notice_details(&user, id, click).await,
            "raise_from_notice" => return self.raises_from_notice(&user, id, click).await,
            "seen" => {}
            _ => return self.tells(&Told::Unknown),
        }
        let done = self
            .desk
            .act_on::<Notice>(&user, id, Command::Seen, once.as_deref())
            .await;
        match done {
            Ok(NoticeDone {
                repeated: false, ..
            }) => Reply::Empty,
            Ok(NoticeDone { case, .. }) => {
                self.refresh_kept(id).await;
                Reply::words(self.notice_refused(&Refusal::DoneAlready, &case))
            }
            Err(fault) => Reply::words(self.notice_explained(id, fault).await),
        }
    }

    /// Opens the form of an action, for somebody who may do it now.
    async fn opens_on_notice(
        &self,
        action: NoticeAction,
        user: &UserId,
        id: NoticeId,
        click: &Click,
    ) -> Reply {
        let look = match self.desk.look_at::<Notice>(user, id).await {
            Ok(look) => look,
            Err(fault) => return Reply::words(self.notice_explained(id, fault).await),
        };
        let calendar = self.desk.calendar();
        let rules = match look.case.rules(&calendar, self.desk.hours()) {
            Ok(rules) => rules,
            Err(fault) => return Reply::words(self.trouble(&fault)),
        };
        let notice = &look.case.record;
        let trial = trial(action);
        let standing = Some(&look.standing);
        let tried = crate::notice::decide(&rules, notice, standing, trial, self.desk.now());
        if let Err(refusal) = tried {
            let fault = DeskError::NoticeRefused(refusal, Some(Box::new(look.case.clone())));
            return Reply::words(self.notice_explained(id, fault).await);
        }
        let about = AboutRecord::of(id);
        match self.messages.notice_form(action.name(), &rules, notice) {
            Ok(mut view) => {
                view["private_metadata"] = json!(about.kept());
                self.open(click.trigger_id.as_deref(), &view).await
            }
            Err(broken) => {
                error!(%broken, "a form about a notice could not be built");
                self.problem(&Problem::Broken)
            }
        }
    }

    /// A form about a notice was sent.
    pub(super) async fn notice_sent(
        &self,
        action: NoticeAction,
        sent: &Submission,
        once: Option<String>,
    ) -> Reply {
        let about = AboutRecord::read(&sent.view.private_metadata);
        let Some(id) = about.and_then(|about| about.id::<NoticeId>()) else {
            return self.tells(&Told::Unknown);
        };
        let user = UserId::from(sent.user_id.as_str());
        let mut fields = Fields::of(&self.messages, &sent.view.state, self.today());
        let command = match read(action, &mut fields) {
            Some(command) if !fields.has_faults() => command,
            _ => return fields.errors(),
        };
        let done = self
            .desk
            .act_on::<Notice>(&user, id, command, once.as_deref())
            .await;
        match done {
            Ok(_) => Reply::Empty,
            Err(DeskError::NoticeRefused(Refusal::Field { block, fault }, _)) => {
                Reply::error(block, self.at_field(block, fault))
            }
            Err(fault @ (DeskError::NoticeRefused(..) | DeskError::NotFound)) => {
                Reply::words(self.notice_explained(id, fault).await)
            }
            Err(fault) => self.trouble_with(sent, &fault),
        }
    }

    /// The form that raises a concern, with what the notice says of the case.
    async fn raises_from_notice(&self, user: &UserId, id: NoticeId, click: &Click) -> Reply {
        let look = match self.desk.look_at::<Notice>(user, id).await {
            Ok(look) => look,
            Err(fault) => return Reply::words(self.notice_explained(id, fault).await),
        };
        if self.desk.directory().raiser_roles(user).is_empty() {
            let ask = self.desk.iro_managers();
            return self.problem(&Problem::MayNotRaise { ask: &ask });
        }
        let told = &look.case.record.sent;
        let mut typed = json!({
            "event_date": {"value": {"type": "datepicker", "selected_date": told.on.to_string()}},
        });
        if let Some(case_ref) = &told.case_ref {
            let input = json!({"type": "plain_text_input", "value": case_ref.as_str()});
            typed["case_ref"] = json!({"value": input});
        }
        let typed = State::read(Some(&typed));
        let team = (Some(told.team.as_str()), None);
        match self.raising_form(user, team, Some(&id.to_string()), &typed) {
            Ok(view) => self.open(click.trigger_id.as_deref(), &view).await,
            Err(why) => Reply::words(why),
        }
    }

    /// Shows the words of a notice to one person who may read them, in a view of their own.
    async fn notice_details(&self, user: &UserId, id: NoticeId, click: &Click) -> Reply {
        let look = match self.desk.look_at::<Notice>(user, id).await {
            Ok(look) => look,
            Err(fault) => return Reply::words(self.notice_explained(id, fault).await),
        };
        let texts: Option<Vec<(Field, &str)>> = look.texts.as_ref().map(|texts| {
            let known = texts.iter().filter_map(|text| {
                let field = serde_json::from_value(json!(text.field)).ok()?;
                Some((field, text.text.as_str()))
            });
            known.collect()
        });
        let view = self.with_notice(&look.case, |setting| {
            self.messages.notice_details(setting, texts.as_deref())
        });
        match view {
            Ok(Ok(view)) => self.open(click.trigger_id.as_deref(), &view).await,
            Ok(Err(broken)) => {
                error!(%broken, "a notice's details could not be shown");
                self.problem(&Problem::Broken)
            }
            Err(fault) => Reply::words(self.trouble(&fault)),
        }
    }

    /// How one notice stands, without its texts: those are behind its button.
    pub(super) async fn show_notice(&self, user: &UserId, id: NoticeId) -> Reply {
        let look = match self.desk.look_at::<Notice>(user, id).await {
            Ok(look) => look,
            Err(fault) => return Reply::words(self.notice_explained(id, fault).await),
        };
        let shown = self.with_notice(&look.case, |setting| self.messages.notice_shown(setting));
        match shown {
            Ok(Ok(rendered)) => message(rendered),
            Ok(Err(broken)) => {
                error!(%broken, "how a notice stands could not be said");
                self.problem(&Problem::Broken)
            }
            Err(fault) => Reply::words(self.trouble(&fault)),
        }
    }

    /// What is rendered of a notice for one person.
    fn with_notice<T>(
        &self,
        case: &NoticeCase,
        render: impl FnOnce(&NoticeSetting<'_>) -> T,
    ) -> Result<T, DeskError> {
        let calendar = self.desk.calendar();
        let directory = self.desk.directory();
        let rules = case.rules(&calendar, self.desk.hours())?;
        let team = &case.record.sent.team;
        let setting = NoticeSetting {
            rules: &rules,
            notice: &case.record,
            team_name: directory.team_name(team),
            audience: Audience::default(),
        };
        Ok(render(&setting))
    }

    /// The words for what the desk did not do, and a message brought up to date where it was out of date.
    pub(super) async fn notice_explained(&self, id: NoticeId, fault: DeskError) -> String {
        match fault {
            DeskError::NoticeRefused(refusal, Some(case)) => {
                if matches!(refusal, Refusal::DoneAlready) {
                    self.refresh_kept(id).await;
                }
                self.notice_refused(&refusal, &case)
            }
            DeskError::NoticeRefused(_, None) | DeskError::NotFound => self.messages.no_notice(),
            other => self.trouble(&other),
        }
    }

    /// A refusal, with who can.
    fn notice_refused(&self, refusal: &Refusal, case: &NoticeCase) -> String {
        if let Refusal::Field { block, fault } = refusal {
            return self.at_field(block, fault.clone());
        }
        let said = self.with_notice(case, |setting| {
            let (rules, notice) = (setting.rules, setting.notice);
            self.messages.notice_refused(refusal, rules, notice)
        });
        said.unwrap_or_else(|fault| self.trouble(&fault))
    }
}

/// A command that would be taken if anything of this kind would be.
fn trial(action: NoticeAction) -> Command {
    let words = || Text::from("-");
    match action {
        NoticeAction::Judge => Command::Judge {
            needed: false,
            reason: words(),
        },
        NoticeAction::Record => Command::Record { outcome: words() },
        NoticeAction::Close => Command::Close {
            reason: Some(words()),
        },
    }
}

/// Reads a form, noting every fault. `None` where something required is missing or cannot be.
fn read(action: NoticeAction, fields: &mut Fields<'_>) -> Option<Command> {
    match action {
        NoticeAction::Judge => {
            let needed = fields.choice("needed");
            let reason = fields.text("reason");
            Some(Command::Judge {
                needed: needed? == "yes",
                reason: reason?,
            })
        }
        NoticeAction::Record => {
            let outcome = fields.text("outcome")?;
            Some(Command::Record { outcome })
        }
        NoticeAction::Close => {
            let reason = fields.optional_text("reason");
            Some(Command::Close { reason })
        }
    }
}
