//! Reviews: the form that records one, the buttons of its messages, and the forms they open.

use serde_json::{Value, json};
use tracing::error;

use super::fields::{Fields, When};
use super::{Bot, message, view_of};
use crate::concern::event::Rag;
use crate::concern::{FieldFault, Rules, Who};
use crate::desk::{DeskError, ReviewCase, ReviewDone, ReviewRequest};
use crate::directory::Team;
use crate::ids::{ClockId, ReviewId, RoleId, TeamId, Text, UserId};
use crate::messages::{Audience, Problem, ReviewRefused, ReviewSetting, Told};
use crate::protocol::{IRO_MANAGER, Protocol, Sitting};
use crate::review::record::MOST_ATTENDEES;
use crate::review::tasks::owner;
use crate::review::{Command, Field, Means, Record, Refusal, Review, decide, tasks};
use crate::slack::modal::kept::{choose, keep, start_on};
use crate::slack::modal::meta::{AboutRecord, Built};
use crate::slack::modal::raise::choices_of;
use crate::slack::modal::review::{self, ReviewAction};
use crate::slack::payload::{Click, Slash, State, Submission, mentioned_user};
use crate::slack::reply::Reply;

/// The beginning of a button that tells that a task is done; its id follows.
const DONE: &str = "done/";
/// The button by which a midway review of the same case is recorded.
const RECORD_MIDWAY: &str = "record_midway";

impl Bot {
    /// `/concern review`: the form, at once.
    pub(super) async fn starts_recording(&self, slash: &Slash) -> Reply {
        let user = UserId::from(slash.user_id.as_str());
        let directory = self.desk.directory();
        if directory.raiser_roles(&user).is_empty() {
            let ask = self.desk.iro_managers();
            return self.problem(&Problem::MayNotRaise { ask: &ask });
        }
        match self.recording_form(&user, None, &State::default()) {
            Ok(view) => self.open(slash.trigger_id.as_deref(), &view).await,
            Err(why) => Reply::words(why),
        }
    }

    /// The form for somebody, with the team chosen so far; or why there is none. Whether it is a midway review's is as it was typed.
    pub(super) fn recording_form(
        &self,
        user: &UserId,
        team: Option<&str>,
        typed: &State,
    ) -> Result<Value, String> {
        let directory = self.desk.directory();
        let teams = self.teams_of(&directory, user);
        let chosen = match (team, teams.as_slice()) {
            (_, []) => return Err(self.messages.told(&Told::NoTeamOfRole)),
            (None, [only]) => Some(*only),
            (None, _) => None,
            (Some(id), _) => directory.team(&TeamId::from(id)),
        };
        let calendar = self.desk.calendar();
        let held = chosen.and_then(|team| {
            let held = self.desk.protocols().current(&team.protocol)?;
            Some((team, &*held.protocol, held.protocol.routes.first()?))
        });
        let sitting = held.map_or(Sitting::Review, |(_, protocol, _)| {
            sitting_of(typed, protocol)
        });
        let view = match held {
            None => self.messages.record_team(&choices_of(&teams)),
            Some((team, protocol, route)) => {
                let rules = Rules {
                    protocol,
                    route,
                    calendar: &calendar,
                    hours: self.desk.hours(),
                };
                let system = self.case_system(protocol);
                let form = review::whole((&teams, team), sitting, &rules, &directory, system);
                self.messages.record_form(&form)
            }
        };
        let mut view = view.map_err(|broken| {
            error!(%broken, "the form that records a review could not be built");
            self.messages.problem(&Problem::Broken)
        })?;
        start_on(&mut view, "review_date", self.today());
        choose(&mut view, "sitting", "review");
        keep(&mut view, typed);
        if let Some((team, ..)) = held {
            choose(&mut view, "team", team.id.as_str());
        }
        let built = Built {
            team: held.map(|(team, ..)| team.id.to_string()),
            midway: sitting == Sitting::Midway,
            ..Built::default()
        };
        view["private_metadata"] = json!(built.kept());
        Ok(view)
    }

    /// The form that records was sent.
    pub(super) async fn record_sent(&self, sent: &Submission, once: Option<String>) -> Reply {
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
        let sitting = sitting_of(state, &held.protocol);
        let other = built.midway != (sitting == Sitting::Midway);
        if other || built.team.as_deref() != Some(team.id.as_str()) {
            // The form on the screen was another team's, or for something else that was held: this one's takes its place, with all that was typed.
            let form = self.recording_form(&user, Some(team.id.as_str()), state);
            return Reply::Update(form.unwrap_or_else(view_of));
        }
        let record = self.read_record(&mut fields, state, team, (&held.protocol, sitting));
        let record = match record {
            Some(record) if !fields.has_faults() => record,
            _ => return fields.errors(),
        };
        let request = ReviewRequest { user, record };
        match self.desk.record_review(request, once.as_deref()).await {
            Ok(done) => {
                let calendar = self.desk.calendar();
                let rules = done.case.rules(&calendar, self.desk.hours());
                let said = rules.ok().and_then(|rules| {
                    let recorded = review::recorded(&rules, &done.case.record);
                    self.messages.recorded(&recorded).ok()
                });
                said.map_or(Reply::Clear, Reply::Update)
            }
            Err(DeskError::ReviewRefused(Refusal::Field { block, fault }, _)) => {
                Reply::error(block, self.at_field(block, fault))
            }
            Err(DeskError::NoTeam(_)) => self.no_team(),
            Err(fault) => Reply::error("team", self.trouble(&fault)),
        }
    }

    /// Reads the whole form, noting every fault. `None` where something required is missing or cannot be.
    fn read_record(
        &self,
        fields: &mut Fields<'_>,
        state: &State,
        team: &Team,
        (protocol, sitting): (&Protocol, Sitting),
    ) -> Option<Record> {
        let case_ref = self.read_case_ref(fields, protocol);
        let review_date = fields.date("review_date", When::UpToToday);
        let rag = match state.text("rag").as_deref() {
            _ if !protocol.rag || sitting == Sitting::Midway => None,
            Some("red") => Some(Rag::Red),
            Some("amber") => Some(Rag::Amber),
            Some("green") => Some(Rag::Green),
            Some(_) => {
                fields.refused("rag", FieldFault::Unknown);
                None
            }
            None => {
                fields.missing("rag");
                None
            }
        };
        let concerns = fields.optional_text("concerns");
        let chosen = state.options("attendees");
        if chosen.len() > MOST_ATTENDEES {
            fields.refused("attendees", FieldFault::Unknown);
        }
        let attendees = chosen
            .iter()
            .filter_map(|user| mentioned_user(user))
            .map(UserId::from)
            .collect();
        let others = fields.optional_text("others");
        let ticked = state.options("criteria");
        let criteria = ticked.iter().filter_map(|place| place.parse().ok());
        let form = review::filled(
            protocol,
            |block| fields.optional_text(block),
            |block| state.text(block),
        );
        Some(Record {
            team: team.id.clone(),
            protocol_hash: String::new(),
            case_ref: case_ref?,
            sitting,
            review_date: review_date?,
            rag,
            concerns,
            attendees,
            others,
            criteria: criteria.collect(),
            form,
        })
    }

    /// A button of a message about a review.
    pub(super) async fn pressed_on_review(
        &self,
        id: ReviewId,
        click: &Click,
        once: Option<String>,
    ) -> Reply {
        let user = UserId::from(click.user_id.as_str());
        let action = click.action_id.as_str();
        if action == "details" {
            return self.review_details(&user, id, click).await;
        }
        if matches!(action, "raise_from_review" | RECORD_MIDWAY) {
            return self.opens_form_from(&user, id, click).await;
        }
        if let Some(form) = ReviewAction::named(action) {
            return self.opens_on_review(form, &user, id, click).await;
        }
        if self.comes_late(&user, id, action).await {
            // It may have been done on its day and only be told now.
            let form = ReviewAction::DoneOn;
            return self.opens_on_review(form, &user, id, click).await;
        }
        let command = match (action, action.strip_prefix(DONE)) {
            ("midway", _) => Command::NoteMidway,
            (_, Some(task)) => Command::Done {
                clock: ClockId::from(task),
                on: None,
            },
            _ => return self.tells(&Told::Unknown),
        };
        let done = self
            .desk
            .act_on::<Review>(&user, id, command, once.as_deref())
            .await;
        match done {
            Ok(ReviewDone {
                repeated: false, ..
            }) => Reply::Empty,
            Ok(ReviewDone { case, .. }) => {
                let refusal = Refusal::DoneAlready;
                self.refresh_kept(id).await;
                Reply::words(self.review_refused(&refusal, &case))
            }
            Err(fault) => Reply::words(self.review_explained(id, fault).await),
        }
    }

    /// Whether a press that tells that a task is done would record it as late, for somebody who may tell.
    async fn comes_late(&self, user: &UserId, id: ReviewId, action: &str) -> bool {
        let Some(task) = action.strip_prefix(DONE) else {
            return false;
        };
        let Ok(look) = self.desk.look_at::<Review>(user, id).await else {
            return false;
        };
        let calendar = self.desk.calendar();
        let Ok(rules) = look.case.rules(&calendar, self.desk.hours()) else {
            return false;
        };
        let clock = ClockId::from(task);
        let done = Command::Done {
            clock: clock.clone(),
            on: None,
        };
        let (review, now) = (&look.case.record, self.desk.now());
        let tried = decide(&rules, review, Some(&look.standing), done, now);
        tried.is_ok_and(|decision| {
            let done = decision.after.done.get(&clock);
            done.is_some_and(|done| done.late)
        })
    }

    /// Opens the form of an action, for somebody who may do it now.
    async fn opens_on_review(
        &self,
        action: ReviewAction,
        user: &UserId,
        id: ReviewId,
        click: &Click,
    ) -> Reply {
        let look = match self.desk.look_at::<Review>(user, id).await {
            Ok(look) => look,
            Err(fault) => return Reply::words(self.review_explained(id, fault).await),
        };
        let calendar = self.desk.calendar();
        let rules = match look.case.rules(&calendar, self.desk.hours()) {
            Ok(rules) => rules,
            Err(fault) => return Reply::words(self.trouble(&fault)),
        };
        let review = &look.case.record;
        let standing = look.standing.clone();
        let now = self.desk.now();
        let trial = match action {
            ReviewAction::DoneOn => {
                let theirs = review::to_tell(&rules, review, &standing, now);
                theirs.first().map(|task| Command::Done {
                    clock: task.id.clone(),
                    on: None,
                })
            }
            action => trial(action, &rules, review),
        };
        let Some(trial) = trial else {
            let refusal = match action {
                ReviewAction::DoneOn => Refusal::DoneAlready,
                _ => Refusal::NotAsked,
            };
            return Reply::words(self.review_refused(&refusal, &look.case));
        };
        let tried = decide(&rules, review, Some(&standing), trial, now);
        if let Err(refusal) = tried {
            self.refresh_kept(id).await;
            return Reply::words(self.review_refused(&refusal, &look.case));
        }
        let about = AboutRecord::of(id);
        let form = ReviewAction::form(&rules, review, &standing, now);
        match self.messages.review_form(action.name(), &form) {
            Ok(mut view) => {
                view["private_metadata"] = json!(about.kept());
                if let Some(task) = click.action_id.strip_prefix(DONE) {
                    choose(&mut view, "task", task);
                }
                self.open(click.trigger_id.as_deref(), &view).await
            }
            Err(broken) => {
                error!(%broken, "a form about a review could not be built");
                self.problem(&Problem::Broken)
            }
        }
    }

    /// A form about a review was sent.
    pub(super) async fn review_sent(
        &self,
        action: ReviewAction,
        sent: &Submission,
        once: Option<String>,
    ) -> Reply {
        let about = AboutRecord::read(&sent.view.private_metadata);
        let Some(id) = about.and_then(|about| about.id::<ReviewId>()) else {
            return self.tells(&Told::Unknown);
        };
        let user = UserId::from(sent.user_id.as_str());
        let look = match self.desk.look_at::<Review>(&user, id).await {
            Ok(look) => look,
            Err(fault) => return Reply::words(self.review_explained(id, fault).await),
        };
        let calendar = self.desk.calendar();
        let rules = match look.case.rules(&calendar, self.desk.hours()) {
            Ok(rules) => rules,
            Err(fault) => return Reply::words(self.trouble(&fault)),
        };
        let mut fields = Fields::of(&self.messages, &sent.view.state, self.today());
        let command = read(action, &mut fields, &rules, &look.case);
        let command = match command {
            Some(command) if !fields.has_faults() => command,
            _ => return fields.errors(),
        };
        let done = self
            .desk
            .act_on::<Review>(&user, id, command, once.as_deref())
            .await;
        match done {
            Ok(done) if action == ReviewAction::Object && !done.repeated => {
                let late =
                    (done.case.record.objections.last()).is_some_and(|objection| objection.late);
                match self.messages.objected_late(&id.to_string()) {
                    Ok(said) if late => Reply::Update(said),
                    _ => Reply::Empty,
                }
            }
            Ok(_) => Reply::Empty,
            Err(DeskError::ReviewRefused(Refusal::Field { block, fault }, _)) => {
                Reply::error(block, self.at_field(block, fault))
            }
            Err(fault @ (DeskError::ReviewRefused(..) | DeskError::NotFound)) => {
                Reply::words(self.review_explained(id, fault).await)
            }
            Err(fault) => self.trouble_with(sent, &fault),
        }
    }

    /// The form that raises a concern, or records a midway review, with what the review says of the case.
    async fn opens_form_from(&self, user: &UserId, id: ReviewId, click: &Click) -> Reply {
        let look = match self.desk.look_at::<Review>(user, id).await {
            Ok(look) => look,
            Err(fault) => return Reply::words(self.review_explained(id, fault).await),
        };
        if self.desk.directory().raiser_roles(user).is_empty() {
            let ask = self.desk.iro_managers();
            return self.problem(&Problem::MayNotRaise { ask: &ask });
        }
        let held = &look.case.record.held;
        let chosen = |value: Value| json!({"value": {"type": "static_select", "selected_option": {"value": value}}});
        let mut typed = json!({
            "case_ref": {"value": {"type": "plain_text_input", "value": held.case_ref.as_str()}},
        });
        let view = if click.action_id == RECORD_MIDWAY {
            typed["sitting"] = chosen(json!(Sitting::Midway));
            let typed = State::read(Some(&typed));
            self.recording_form(user, Some(held.team.as_str()), &typed)
        } else {
            typed["event_date"] = json!({"value": {"type": "datepicker", "selected_date": held.review_date.to_string()}});
            if let Some(rag) = held.rag {
                typed["rag"] = chosen(json!(rag));
            }
            let typed = State::read(Some(&typed));
            let team = (Some(held.team.as_str()), None);
            self.raising_form(user, team, Some(&id.to_string()), &typed)
        };
        match view {
            Ok(view) => self.open(click.trigger_id.as_deref(), &view).await,
            Err(why) => Reply::words(why),
        }
    }

    /// `/concern show` with a review's reference: how it stands, for who may read it.
    pub(super) async fn show_review(&self, user: &UserId, id: ReviewId) -> Reply {
        let (look, reads) = match self.desk.look_at_review(user, id).await {
            Ok(look) => look,
            Err(fault) => return Reply::words(self.review_explained(id, fault).await),
        };
        let shown = self.with_review(&look.case, |setting| {
            self.messages.review_shown(setting, reads)
        });
        match shown {
            Ok(Ok(rendered)) => message(rendered),
            Ok(Err(broken)) => {
                error!(%broken, "how a review stands could not be said");
                self.problem(&Problem::Broken)
            }
            Err(fault) => Reply::words(self.trouble(&fault)),
        }
    }

    /// What is rendered of a review for one person.
    fn with_review<T>(
        &self,
        case: &ReviewCase,
        render: impl FnOnce(&ReviewSetting<'_>) -> T,
    ) -> Result<T, DeskError> {
        let calendar = self.desk.calendar();
        let directory = self.desk.directory();
        let rules = case.rules(&calendar, self.desk.hours())?;
        let setting = ReviewSetting {
            rules: &rules,
            review: &case.record,
            team_name: directory.team_name(&case.record.held.team),
            case_system: self.case_system(&case.protocol),
            audience: Audience::default(),
            now: self.desk.now(),
        };
        Ok(render(&setting))
    }

    /// Shows the words of a review to one person who may read them, in a view of their own.
    async fn review_details(&self, user: &UserId, id: ReviewId, click: &Click) -> Reply {
        let (look, reads) = match self.desk.look_at_review(user, id).await {
            Ok(look) => look,
            Err(fault) => return Reply::words(self.review_explained(id, fault).await),
        };
        let texts: Option<Vec<(Field, i64, &str)>> = look.texts.as_ref().map(|texts| {
            let known = texts.iter().filter_map(|text| {
                Some((Field::named(&text.field)?, text.seq, text.text.as_str()))
            });
            known.collect()
        });
        let view = self.with_review(&look.case, |setting| {
            self.messages
                .review_details(setting, reads, texts.as_deref())
        });
        match view {
            Ok(Ok(view)) => self.open(click.trigger_id.as_deref(), &view).await,
            Ok(Err(fault)) => {
                error!(%fault, "a review's details could not be shown");
                self.problem(&Problem::Broken)
            }
            Err(fault) => Reply::words(self.trouble(&fault)),
        }
    }

    /// The words for what the desk did not do, and a message brought up to date where it was out of date.
    pub(super) async fn review_explained(&self, id: ReviewId, fault: DeskError) -> String {
        match fault {
            DeskError::ReviewRefused(refusal, case) => {
                if !matches!(refusal, Refusal::NotYours { .. } | Refusal::OwnReview) {
                    self.refresh_kept(id).await;
                }
                match case {
                    Some(case) => self.review_refused(&refusal, &case),
                    None => self.messages.no_review(),
                }
            }
            DeskError::NotFound => self.messages.no_review(),
            other => self.trouble(&other),
        }
    }

    /// A refusal, with who can or what is due next.
    fn review_refused(&self, refusal: &Refusal, case: &ReviewCase) -> String {
        if let Refusal::Field { block, fault } = refusal {
            return self.at_field(block, fault.clone());
        }
        let (next, next_by) = self.next_of(case).unwrap_or_default();
        let mut refused = ReviewRefused {
            reference: case.record.id.to_string(),
            next,
            next_by,
            ..ReviewRefused::default()
        };
        refused.why = match refusal {
            Refusal::NotYours { who } => {
                let roles = if let Who::Roles(roles) = who {
                    roles.clone()
                } else {
                    refused.officer = Some(case.record.officer.clone());
                    vec![RoleId::from(IRO_MANAGER)]
                };
                refused.who = self.who_can(&roles, &case.record.held.team, &case.protocol);
                "not_yours"
            }
            Refusal::OwnReview => "own_review",
            Refusal::DoneAlready => "done_already",
            Refusal::Full => "full",
            Refusal::NotYet => "not_yet",
            Refusal::NotAsked | Refusal::Field { .. } => "not_asked",
        };
        self.messages.review_refused(&refused)
    }

    /// What is due next on a review, and by when.
    fn next_of(&self, case: &ReviewCase) -> Option<(String, String)> {
        let calendar = self.desk.calendar();
        let rules = case.rules(&calendar, self.desk.hours()).ok()?;
        let (due, task) = tasks(&rules, &case.record)
            .into_iter()
            .filter(|task| task.is_left() && task.running_since().is_some())
            .filter_map(|task| Some((task.due?, task)))
            .min_by_key(|(due, _)| due.at)?;
        Some((task.clock.name.clone(), calendar.say_due(&due)))
    }
}

/// What was held, as it is chosen: a midway review only where the protocol has one.
fn sitting_of(state: &State, protocol: &Protocol) -> Sitting {
    match state.text("sitting").as_deref() {
        Some("midway") if protocol.beside.midway.is_some() => Sitting::Midway,
        _ => Sitting::Review,
    }
}

/// The clock whose window may be objected to: the protocol's, where its owner is asked.
fn window(rules: &Rules<'_>, review: &Review) -> Option<ClockId> {
    tasks(rules, review)
        .into_iter()
        .find(|task| task.takes_silence() && owner(task).is_some())
        .map(|task| task.id)
}

/// A command that would be taken if anything of this kind would be.
fn trial(action: ReviewAction, rules: &Rules<'_>, review: &Review) -> Option<Command> {
    let words = || Text::from("-");
    Some(match action {
        ReviewAction::Object => Command::Object {
            clock: window(rules, review)?,
            objection: words(),
        },
        ReviewAction::Settle => Command::Settle {
            changed: false,
            outcome: words(),
        },
        ReviewAction::DoneOn => return None,
        ReviewAction::AnswerReferral => Command::AnswerReferral {
            means: Means::Other,
            response: words(),
        },
        ReviewAction::PanelPart => Command::TakePart {
            attends: true,
            views: None,
        },
    })
}

/// Reads a form, noting every fault. `None` where something required is missing or cannot be.
fn read(
    action: ReviewAction,
    fields: &mut Fields<'_>,
    rules: &Rules<'_>,
    case: &ReviewCase,
) -> Option<Command> {
    match action {
        ReviewAction::Object => {
            let objection = fields.text("objection")?;
            let clock = window(rules, &case.record)?;
            Some(Command::Object { clock, objection })
        }
        ReviewAction::Settle => {
            let changed = fields.choice("changed");
            let outcome = fields.text("outcome");
            Some(Command::Settle {
                changed: changed? == "changed",
                outcome: outcome?,
            })
        }
        ReviewAction::DoneOn => {
            let task = fields.choice("task");
            let on = fields.date("on", When::UpToToday);
            Some(Command::Done {
                clock: ClockId::from(task?),
                on: Some(on?),
            })
        }
        ReviewAction::AnswerReferral => {
            let means = fields.choice("means").map(|means| match means.as_str() {
                "panel" => Means::Panel,
                _ => Means::Other,
            });
            let response = fields.text("response");
            Some(Command::AnswerReferral {
                means: means?,
                response: response?,
            })
        }
        ReviewAction::PanelPart => {
            let attends = fields.choice("attends")? == "attends";
            let views = fields.optional_text("views");
            if !attends && views.is_none() {
                fields.missing("views");
            }
            Some(Command::TakePart { attends, views })
        }
    }
}
