//! Raising: the form for a team's protocol, and what was sent of it.

use std::time::Duration;

use serde_json::{Value, json};
use tokio::time::timeout;
use tracing::{error, warn};

use super::fields::{Fields, When};
use super::{Bot, view_of};
use crate::concern::event::{Flags, Rag};
use crate::concern::{FieldFault, Raise, Refusal, Rules};
use crate::desk::{DeskError, RaiseRequest};
use crate::directory::{Directory, Team};
use crate::ids::{ConcernId, RaiserRole, RouteId, StepId, Subject as Record, TeamId, UserId};
use crate::messages::{Broken, Problem, Refused, Told};
use crate::protocol::{Protocol, Route, Subject, words};
use crate::slack::modal::kept::{choose, keep};
use crate::slack::modal::meta::Built;
use crate::slack::modal::raise;
use crate::slack::payload::{State, Submission};
use crate::slack::reply::Reply;

/// How long it may take to learn who somebody outside the directory is.
const LOOK_UP: Duration = Duration::from_millis(800);

impl Bot {
    /// `/concern` and `/concern new`: the form, at once.
    pub(super) async fn starts_raising(&self, user: &UserId, trigger: Option<&str>) -> Reply {
        let directory = self.desk.directory();
        if directory.raiser_roles(user).is_empty() {
            let ask = self.desk.iro_managers();
            return self.problem(&Problem::MayNotRaise { ask: &ask });
        }
        match self.raising_form(user, (None, None), None, &State::default()) {
            Ok(view) => self.open(trigger, &view).await,
            Err(why) => Reply::words(why),
        }
    }

    /// The form for somebody, with the team and route chosen so far; or why there is none.
    pub(super) fn raising_form(
        &self,
        user: &UserId,
        (team, route): (Option<&str>, Option<&str>),
        from: Option<&str>,
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
        let held = chosen.and_then(|team| {
            let held = self.desk.protocols().current(&team.protocol)?;
            let roles = directory.raiser_roles(user);
            Some((
                team,
                &*held.protocol,
                route_of(&held.protocol, route, roles)?,
            ))
        });
        let view = match held {
            None => self.messages.raise_team(&raise::choices_of(&teams)),
            Some((team, protocol, route)) => {
                self.whole_form(&directory, (user, &teams), team, (protocol, route), typed)
            }
        };
        let built = Built {
            team: held.map(|(team, ..)| team.id.to_string()),
            route: held.map(|(_, _, route)| route.id.to_string()),
            from: from.map(str::to_owned),
            ..Built::default()
        };
        let view = view.map(|mut view| {
            view["private_metadata"] = json!(built.kept());
            view
        });
        view.map_err(|broken| {
            error!(%broken, "the form that raises could not be built");
            self.messages.problem(&Problem::Broken)
        })
    }

    fn whole_form(
        &self,
        directory: &Directory,
        (user, teams): (&UserId, &[&Team]),
        team: &Team,
        (protocol, route): (&Protocol, &Route),
        typed: &State,
    ) -> Result<Value, Broken> {
        let calendar = self.desk.calendar();
        let rules = Rules {
            protocol,
            route,
            calendar: &calendar,
            hours: self.desk.hours(),
        };
        let raisers = directory.raiser_roles(user);
        let council = (raisers, self.case_system(protocol), self.today());
        let form = raise::whole(teams, team, &rules, directory, council);
        let mut view = self.messages.raise_form(&form)?;
        choose(&mut view, "start_at", route.default_start.as_str());
        if let Some(first) = protocol.subjects_open_to(raisers, route).first() {
            choose(&mut view, "subject", words::subject(*first));
        }
        keep(&mut view, typed);
        choose(&mut view, "team", team.id.as_str());
        choose(&mut view, "route", route.id.as_str());
        Ok(view)
    }

    /// The teams under whose protocols somebody's role may raise.
    pub(super) fn teams_of<'d>(&self, directory: &'d Directory, user: &UserId) -> Vec<&'d Team> {
        let roles = directory.raiser_roles(user);
        directory
            .teams()
            .iter()
            .filter(|team| {
                let held = self.desk.protocols().current(&team.protocol);
                held.is_some_and(|held| {
                    roles
                        .iter()
                        .any(|role| held.protocol.raised_by.contains(role))
                })
            })
            .collect()
    }

    /// The form was sent.
    pub(super) async fn raise_sent(&self, sent: &Submission, once: Option<String>) -> Reply {
        let user = UserId::from(sent.user_id.as_str());
        let state = &sent.view.state;
        let built = Built::read(&sent.view.private_metadata);
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
        let protocol = &*held.protocol;
        let asked = state.text("route");
        let raisers = directory.raiser_roles(&user);
        let Some(route) = route_of(protocol, asked.as_deref(), raisers) else {
            return self.no_team();
        };
        if built.team.as_deref() != Some(team.id.as_str()) || !fits(protocol, route, &built, state)
        {
            // The form on the screen was another team's: this one's takes its place, with all that was typed.
            let form = self.raising_form(
                &user,
                (Some(team.id.as_str()), Some(route.id.as_str())),
                built.from.as_deref(),
                state,
            );
            return Reply::Update(form.unwrap_or_else(view_of));
        }
        let may_raise = raisers.iter().any(|role| protocol.raised_by.contains(role));
        if !may_raise {
            fields.refused("team", FieldFault::RoleMayNotRaise);
        }
        let subjects = protocol.subjects_open_to(raisers, route);
        if may_raise && subjects.is_empty() {
            fields.refused("route", FieldFault::RoleNotOnRoute);
        }
        let raise = self.read_raise(&mut fields, state, (team, protocol, route), &built);
        let raise = raise.map(|raise| Raise {
            subject: subject_of(&mut fields, &subjects),
            ..raise
        });
        if let Some(named) = raise.as_ref().and_then(|raise| raise.addressee.as_ref())
            && let Some(why) = self.cannot_be_addressed(&directory, named).await
        {
            fields.fault("addressee", why);
        }
        let raise = match raise {
            Some(raise) if !fields.has_faults() => raise,
            _ => return fields.errors(),
        };
        let request = RaiseRequest {
            user: user.clone(),
            route: Some(route.id.clone()),
            raise,
        };
        match self.desk.raise(request, once.as_deref()).await {
            Ok(done) => {
                self.note_origin(&user, &built, done.case.concern.id).await;
                let calendar = self.desk.calendar();
                let rules = done.case.rules(&calendar, self.desk.hours());
                let said = rules.ok().and_then(|rules| {
                    let directory = self.desk.directory();
                    let raised =
                        raise::raised(&rules, &done.case.concern, &directory, self.desk.now());
                    self.messages.raised(&raised).ok()
                });
                said.map_or(Reply::Clear, Reply::Update)
            }
            Err(DeskError::Refused(refusal @ Refusal::Field { block, .. }, _)) => {
                let words = self.messages.refusal(&refusal, &Refused::default());
                Reply::error(block, words)
            }
            Err(DeskError::NoTeam(_)) => self.no_team(),
            Err(fault) => Reply::error("team", self.trouble(&fault)),
        }
    }

    /// Notes with the review or the notice that a concern was raised from it, where it was.
    async fn note_origin(&self, user: &UserId, built: &Built, concern: ConcernId) {
        let Some(Ok(from)) = built.from.as_deref().map(str::parse::<Record>) else {
            return;
        };
        let noted = self.desk.raised_from(user, from, concern);
        if let Err(fault) = noted.await {
            // The concern is raised; only the line where it came from is wanting.
            warn!(%from, %concern, %fault, "a record could not note the concern raised from it");
        }
    }

    pub(super) fn no_team(&self) -> Reply {
        Reply::error("team", self.messages.problem(&Problem::NoTeam))
    }

    /// Reads the whole form, noting every fault. `None` where something required is missing or cannot be.
    fn read_raise(
        &self,
        fields: &mut Fields<'_>,
        state: &State,
        (team, protocol, route): (&Team, &Protocol, &Route),
        built: &Built,
    ) -> Option<Raise> {
        let case_ref = self.read_case_ref(fields, protocol);
        let category = fields.choice("category");
        if category
            .as_ref()
            .is_some_and(|id| protocol.category(id).is_none())
        {
            fields.refused("category", FieldFault::Unknown);
        }
        let rag = match state.text("rag").as_deref() {
            _ if !protocol.rag => None,
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
        let event_date = fields.date("event_date", When::UpToToday);
        let issue = fields.text("issue");
        let impact = fields.text("impact");
        let action = fields.text("action");
        let action_by = fields.optional_date("action_by", When::FromToday);
        let addressee = fields.optional_person("addressee");
        let start_at = start_of(state, protocol, route, built);
        if start_at
            .as_ref()
            .is_some_and(|step| route.step(step).is_none())
        {
            fields.refused("start_at", FieldFault::Unknown);
        }
        let start_reason = fields.optional_text("start_reason");
        if start_at.is_some() && start_reason.is_none() {
            fields.missing("start_reason");
        }
        let ticked = state.options("flags");
        let has = |flag: &str| ticked.iter().any(|ticked| ticked == flag);
        Some(Raise {
            team: team.id.clone(),
            protocol_hash: String::new(),
            subject: None,
            case_ref: case_ref?,
            category: category?,
            rag,
            event_date: event_date?,
            issue: issue?,
            impact: impact?,
            action: action?,
            action_by,
            addressee,
            start_at,
            start_reason,
            flags: Flags {
                starred: has("starred"),
                urgent: has("urgent"),
                in_proceedings: has("in_proceedings"),
            },
        })
    }

    pub(super) fn read_case_ref(
        &self,
        fields: &mut Fields<'_>,
        protocol: &Protocol,
    ) -> Option<crate::ids::CaseRef> {
        let typed = fields.text("case_ref")?;
        let read = self.case_ref.read(typed.reveal());
        if read.is_none() {
            let case_system = self.case_system(protocol);
            let words = self.messages.problem(&Problem::CaseRef { case_system });
            fields.fault("case_ref", words);
        }
        read
    }

    /// Why a person whom the directory does not name cannot be this child's own addressee, where they cannot.
    pub(super) async fn cannot_be_addressed(
        &self,
        directory: &Directory,
        named: &UserId,
    ) -> Option<String> {
        let why = self.stranger_to_council(directory, named).await?;
        Some(self.messages.told(&why))
    }

    /// Why a person is none of the council's, where they are not.
    pub(super) async fn stranger_to_council(
        &self,
        directory: &Directory,
        named: &UserId,
    ) -> Option<Told> {
        if directory.serves(named) {
            return None;
        }
        let looked = timeout(LOOK_UP, self.web.users_info(named.as_str())).await;
        let about = match looked {
            Ok(Ok(about)) => about,
            Ok(Err(fault))
                if fault
                    .code()
                    .is_some_and(|code| code.starts_with("user_not")) =>
            {
                return Some(Told::NoSuchPerson);
            }
            _ => {
                warn!("who an addressee is could not be asked of Slack");
                return Some(Told::NotAsked);
            }
        };
        let is = |flag: &str| about.get(flag).and_then(Value::as_bool) == Some(true);
        let team = about.get("team_id").and_then(Value::as_str);
        let elsewhere = match (team, self.identity().await) {
            (Some(team), Ok(identity)) => team != identity.team_id && !is("is_workspace_member"),
            _ => false,
        };
        let guest = is("is_stranger") || is("is_restricted") || is("is_ultra_restricted");
        if is("is_bot") || named == "USLACKBOT" {
            Some(Told::AnApp)
        } else if is("deleted") {
            Some(Told::AccountClosed)
        } else {
            (guest || elsewhere).then_some(Told::AGuest)
        }
    }
}

/// Whom it is about, where that was asked: where only one fits, it is that one.
fn subject_of(fields: &mut Fields<'_>, open: &[Subject]) -> Option<Subject> {
    if let [only] = open {
        return Some(*only);
    }
    let chosen = fields.choice("subject")?;
    let found = open
        .iter()
        .copied()
        .find(|subject| words::subject(*subject) == chosen);
    if found.is_none() {
        fields.refused("subject", FieldFault::Unknown);
    }
    found
}

/// The route of that id, else the first that is open to these raiser roles.
fn route_of<'p>(
    protocol: &'p Protocol,
    asked: Option<&str>,
    raisers: &[RaiserRole],
) -> Option<&'p Route> {
    asked
        .and_then(|id| protocol.route(&RouteId::from(id)))
        .or_else(|| raise::routes_open_to(protocol, raisers).next())
        .or_else(|| protocol.routes.first())
}

/// Where it starts, where that is not where the route usually starts. What was never touched in the form of another route is not
/// a choice.
fn start_of(state: &State, protocol: &Protocol, route: &Route, built: &Built) -> Option<StepId> {
    let chosen = StepId::from(state.text("start_at")?);
    let untouched = built
        .route
        .as_deref()
        .and_then(|id| protocol.route(&RouteId::from(id)))
        .is_some_and(|shown| {
            shown.id != route.id && shown.default_start == chosen && route.step(&chosen).is_none()
        });
    (chosen != route.default_start && !untouched).then_some(chosen)
}

/// Whether what was sent of another route's form can be taken for this one.
fn fits(protocol: &Protocol, route: &Route, built: &Built, state: &State) -> bool {
    built.route.as_deref() == Some(route.id.as_str())
        || start_of(state, protocol, route, built).is_none_or(|step| route.step(&step).is_some())
}
