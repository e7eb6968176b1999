//! The one dispatcher: what a person types, presses or sends becomes a command at the desk, and its outcome an answer to that person.
//!
//! Whoever asks is checked at that moment against the directory; what is refused changes nothing and is said to that person alone,
//! with the reason and who can. An answer is given after what it says has been committed.
//!
//! | file | idea |
//! |---|---|
//! | `click` | buttons: what is done at once, what opens a form |
//! | `sent` | forms that were sent |
//! | `raising` | the form that raises, and what came of it |
//! | `noticing` | sending a notice, its buttons and forms |
//! | `reviewing` | recording a review, its buttons and forms |
//! | `covering` | the command `cover` |
//! | `tasking` | lists of tasks: opening one, their buttons and forms |
//! | `waiting` | what `tasks` says |
//! | `words` | the words that a command may have, the one list of them |
//! | `typed` | the command with its words |
//! | `lists` | what `list`, `show` and `overdue` say |
//! | `recording` | case notes: copied, and ticked once they are pasted |
//! | `outside` | the raiser's views on Cafcass and on advice |
//! | `calling` | a telephone call, logged |
//! | `opening` | forms about a concern that its raiser's side opens |
//! | `informing` | somebody outside the line told, and what came of it |
//! | `agencies` | who was told outside the line, and what is open with whom |
//! | `transferring` | whether a case may move to another team |
//! | `themes` | patterns, for whoever manages the service |
//! | `fields` | what was filled in, with every fault at its field |

mod agencies;
mod calling;
mod click;
mod covering;
mod fields;
mod handing;
mod informing;
pub(super) mod lists;
mod noticing;
mod opening;
mod outside;
mod raising;
mod recording;
mod reviewing;
mod sent;
mod tasking;
mod themes;
mod transferring;
mod typed;
mod waiting;
pub mod words;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use chrono::NaiveDate;
use serde_json::Value;
use tokio::sync::OnceCell;
use tokio::time::timeout;
use tracing::{error, warn};

use super::edge::Dispatcher;
use super::home::Homes;
use super::modal::acts::Action;
use super::modal::raise::recipient;
use super::payload::{Container, Event, Inbound, Submission};
use super::reply::{Message, Reply};
use super::web::{ApiError, Identity, WebApi};
use crate::concern::{FieldFault, Refusal, Rules, meeting};
use crate::config::{CaseRefPattern, Config};
use crate::desk::{Case, Desk, DeskError};
use crate::directory::Directory;
use crate::ids::{ConcernId, RoleId, Subject, TeamId, UserId};
use crate::messages::{
    Audience, Messages, Problem, Recipient, Refused, Rendered, Reply as Said, Setting, Told,
    roles_who_can,
};
use crate::protocol::Protocol;
use crate::tasks::TaskList;

/// How long it may take to learn who the bot is, or whether a channel is shared: a person waits, and a trigger lives 3 s.
const LOOK_UP: Duration = Duration::from_millis(600);
/// How long it is remembered whether a channel is shared.
const REMEMBERED: Duration = Duration::from_mins(10);
/// How many channels are remembered.
const MOST_CHANNELS: usize = 1_000;

/// The dispatcher. One serves both ways in.
pub struct Bot {
    desk: Desk,
    web: Arc<WebApi>,
    messages: Arc<Messages>,
    council_name: String,
    case_ref: CaseRefPattern,
    case_system: Option<String>,
    identity: OnceCell<Identity>,
    shared: Mutex<HashMap<String, (bool, Duration)>>,
    homes: Arc<Homes>,
}

impl std::fmt::Debug for Bot {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Bot(…)")
    }
}

impl Bot {
    /// A dispatcher that asks this desk, opens its views through this Web API and speaks these words. Who the bot is, is asked of
    /// Slack when the first payload comes, unless [`Bot::knows_itself`] says so before.
    #[must_use]
    pub fn new(desk: Desk, web: Arc<WebApi>, messages: Arc<Messages>, config: &Config) -> Self {
        let council = &config.council;
        let homes = Homes::new(
            desk.clone(),
            Arc::clone(&web),
            Arc::clone(&messages),
            &council.name,
        );
        Self {
            homes: Arc::new(homes),
            desk,
            web,
            messages,
            council_name: council.name.clone(),
            case_ref: council.case_ref_pattern.clone(),
            case_system: council.case_system.clone(),
            identity: OnceCell::new(),
            shared: Mutex::new(HashMap::new()),
        }
    }

    /// The homes that people have opened.
    #[must_use]
    pub fn homes(&self) -> &Arc<Homes> {
        &self.homes
    }

    /// What Slack tells of: somebody opened their home.
    async fn happened(&self, event: &Event) -> Reply {
        let opened = event.kind == "app_home_opened" && event.tab.as_deref() != Some("messages");
        if let (true, Some(user)) = (opened, &event.user_id)
            && self.is_of_our_own(event.team_id.as_deref()).await
        {
            self.homes.opened(&UserId::from(user.as_str())).await;
        }
        Reply::Empty
    }

    /// Whether a workspace is the bot's own, as far as that is said and known.
    async fn is_of_our_own(&self, team: Option<&str>) -> bool {
        match (team, self.identity().await) {
            (Some(team), Ok(identity)) => team == identity.team_id,
            (None, _) => true,
            (_, Err(_)) => false,
        }
    }

    /// Who the bot is, where the caller has asked Slack already. The first answer stays.
    pub fn knows_itself(&self, identity: Identity) {
        // A second answer says the same: the token decides.
        let _ = self.identity.set(identity);
    }

    /// The council-local day.
    fn today(&self) -> NaiveDate {
        self.desk.calendar().local_date(self.desk.now())
    }

    /// What a team's cases are kept in, by name.
    fn case_system<'a>(&'a self, protocol: &'a Protocol) -> &'a str {
        self.case_system
            .as_deref()
            .or(protocol.case_system.as_deref())
            .unwrap_or("the case system")
    }

    async fn identity(&self) -> Result<&Identity, ApiError> {
        let ask = self.identity.get_or_try_init(|| self.web.auth_test());
        timeout(LOOK_UP, ask)
            .await
            .unwrap_or(Err(ApiError::InDoubt("no answer in time")))
    }

    /// Refuses people of other organisations, and whatever comes out of a channel shared with one.
    async fn turned_away(&self, inbound: &Inbound) -> Option<Reply> {
        let from = match inbound {
            Inbound::Slash(slash) => From {
                team: slash.team_id.as_deref(),
                own_team: None,
                channel: Some(&slash.channel_id),
                shared: false,
            },
            Inbound::Click(click) => From {
                team: click.team_id.as_deref(),
                own_team: click.user_team_id.as_deref(),
                channel: match &click.container {
                    Container::Message { channel, .. } => Some(channel),
                    _ => None,
                },
                shared: click.is_ext_shared,
            },
            Inbound::Submission(sent) => From {
                team: sent.team_id.as_deref(),
                own_team: sent.user_team_id.as_deref(),
                channel: None,
                shared: false,
            },
            Inbound::Closed(_) | Inbound::Event(_) | Inbound::Unknown(_) => return None,
        };
        // An org-wide install names no workspace; its people belong to several of one organisation.
        if let Some(team) = from.team {
            let Ok(identity) = self.identity().await else {
                return Some(self.tells(&Told::NotReached));
            };
            if from.own_team.unwrap_or(team) != identity.team_id || team != identity.team_id {
                return Some(self.problem(&Problem::Outside));
            }
        }
        if from.shared {
            return Some(self.problem(&Problem::Outside));
        }
        if let Some(channel) = from.channel
            && self.is_shared(channel).await
        {
            return Some(self.problem(&Problem::Outside));
        }
        None
    }

    /// Whether a channel is shared with another organisation, as far as Slack says: a channel the bot is not in tells nothing, and
    /// what is answered there is seen by the one person alone.
    async fn is_shared(&self, channel: &str) -> bool {
        if !channel.starts_with(['C', 'G']) {
            return false;
        }
        let now = self.desk.clock().elapsed();
        if let Some((shared, at)) = self.channels().get(channel)
            && now.saturating_sub(*at) < REMEMBERED
        {
            return *shared;
        }
        let Ok(Ok(about)) = timeout(LOOK_UP, self.web.conversations_info(channel)).await else {
            return false;
        };
        let shared = ["is_ext_shared", "is_pending_ext_shared"]
            .iter()
            .any(|flag| about.get(flag).and_then(Value::as_bool) == Some(true));
        let mut channels = self.channels();
        if channels.len() >= MOST_CHANNELS {
            channels.clear();
        }
        channels.insert(channel.to_owned(), (shared, now));
        shared
    }

    fn channels(&self) -> std::sync::MutexGuard<'_, HashMap<String, (bool, Duration)>> {
        // A map of plain values is whole after every statement.
        self.shared.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A concern that somebody may read, as it stands.
    async fn readable(&self, user: &UserId, id: ConcernId) -> Result<Case, DeskError> {
        let case = self.desk.case(id).await?.ok_or(DeskError::NotFound)?;
        if self.reads(user, &case)? {
            Ok(case)
        } else {
            Err(DeskError::NotFound)
        }
    }

    /// The same for whoever would take an action: who chairs a meeting by name tells what came of it, and reads nothing for that.
    async fn open_to(
        &self,
        user: &UserId,
        id: ConcernId,
        (action, visit): (Action, Option<u32>),
    ) -> Result<Case, DeskError> {
        let case = self.desk.case(id).await?.ok_or(DeskError::NotFound)?;
        let chairs = || {
            action == Action::RecordMeeting && meeting::chairs_by_name(&case.concern, user, visit)
        };
        if self.reads(user, &case)? || chairs() {
            Ok(case)
        } else {
            Err(DeskError::NotFound)
        }
    }

    fn reads(&self, user: &UserId, case: &Case) -> Result<bool, DeskError> {
        let standing = self.desk.standing(user, case);
        let calendar = self.desk.calendar();
        let rules = case.rules(&calendar, self.desk.hours())?;
        Ok(crate::access::may_read(&rules, &case.concern, &standing))
    }

    /// Opens a view for whoever holds the trigger, or says that they must press again.
    async fn open(&self, trigger: Option<&str>, view: &Value) -> Reply {
        let Some(trigger) = trigger else {
            return self.tells(&Told::NoTrigger);
        };
        match self.web.views_open(trigger, view).await {
            Ok(_) => Reply::Empty,
            Err(fault) => {
                warn!(%fault, "a view could not be opened");
                let expired = fault.code().is_some_and(|code| code.contains("trigger"));
                self.tells(if expired {
                    &Told::Expired
                } else {
                    &Told::NotOpened
                })
            }
        }
    }

    /// What is said of what the desk did not do; a card that was out of date is brought up to date, and what it is about now told.
    async fn explained(&self, user: &UserId, id: ConcernId, fault: DeskError) -> Reply {
        match fault {
            DeskError::Refused(refusal, case) => {
                let case = match case {
                    Some(case) => Some(*case),
                    None => self.readable(user, id).await.ok(),
                };
                match case {
                    Some(case)
                        if is_stale(&refusal) && self.reads(user, &case).unwrap_or(false) =>
                    {
                        self.refresh(id).await;
                        self.refused_as_it_stands(&refusal, &case)
                    }
                    Some(case) => Reply::words(self.refused(&refusal, &case)),
                    None => self.problem(&Problem::NotFound),
                }
            }
            DeskError::NotFound => {
                let mut said = self.messages.problem(&Problem::NotFound);
                if !self.desk.directory().serves(user) {
                    said.push(' ');
                    said.push_str(&self.stranger());
                }
                Reply::words(said)
            }
            other => Reply::words(self.trouble(&other)),
        }
    }

    /// A refusal, with who can.
    fn refused(&self, refusal: &Refusal, case: &Case) -> String {
        let calendar = self.desk.calendar();
        match case.rules(&calendar, self.desk.hours()) {
            Ok(rules) => {
                let directory = self.desk.directory();
                let team = &case.concern.raised.team;
                let who_can = holders(&directory, team, &roles_who_can(refusal), &rules);
                self.messages.refusal(
                    refusal,
                    &Refused {
                        rules: Some(&rules),
                        concern: Some(&case.concern),
                        who_can: &who_can,
                    },
                )
            }
            Err(fault) => self.trouble(&fault),
        }
    }

    /// A refusal because what was pressed is behind the record, with how the concern now stands.
    fn refused_as_it_stands(&self, refusal: &Refusal, case: &Case) -> Reply {
        let refused = self.refused(refusal, case);
        let Some(Rendered { text, blocks }) = self.shown(case) else {
            return Reply::words(refused);
        };
        let mut all = vec![super::modal::section(&refused)];
        if let Value::Array(blocks) = blocks {
            all.extend(blocks);
        }
        Reply::Message(Message {
            text: format!("{refused}\n{text}"),
            blocks: Some(Value::Array(all)),
        })
    }

    /// How a concern stands, without its texts.
    fn shown(&self, case: &Case) -> Option<Rendered> {
        self.shown_with(case, None)
    }

    /// As [`Bot::shown`], with what its protocol asks besides its steps.
    fn shown_with(&self, case: &Case, tasks: Option<&TaskList>) -> Option<Rendered> {
        let calendar = self.desk.calendar();
        let rules = case.rules(&calendar, self.desk.hours()).ok()?;
        let directory = self.desk.directory();
        let setting = self.setting(&rules, &case.concern, &directory);
        let shown = self.messages.show(&Setting { tasks, ..setting });
        shown
            .map_err(|broken| error!(%broken, "how a concern stands could not be said"))
            .ok()
    }

    /// What a message about a concern to one person is rendered in. Without its texts.
    fn setting<'a>(
        &'a self,
        rules: &'a Rules<'a>,
        concern: &'a crate::concern::Concern,
        directory: &'a Directory,
    ) -> Setting<'a> {
        let team = &concern.raised.team;
        Setting {
            rules,
            concern,
            team_name: directory.team_name(team),
            council_name: &self.council_name,
            case_system: self.case_system(rules.protocol),
            texts: None,
            tasks: None,
            audience: Audience::default(),
            now: self.desk.now(),
        }
    }

    /// The words for a problem, as an answer.
    fn problem(&self, problem: &Problem<'_>) -> Reply {
        Reply::words(self.messages.problem(problem))
    }

    /// Short words, as an answer.
    fn tells(&self, told: &Told) -> Reply {
        Reply::words(self.messages.told(told))
    }

    /// An answer to a command.
    fn says(&self, said: &Said<'_>) -> Reply {
        match self.messages.reply(said) {
            Ok(rendered) => message(rendered),
            Err(broken) => {
                error!(%broken, "an answer could not be said");
                self.problem(&Problem::Broken)
            }
        }
    }

    /// The words for a fault that is nobody's who asked. An operator finds it in the log.
    fn trouble(&self, fault: &DeskError) -> String {
        let problem = match fault {
            DeskError::TooSlow => Problem::TooSlow,
            DeskError::InDoubt => Problem::InDoubt,
            DeskError::NoTeam(_) => Problem::NoTeam,
            DeskError::Store(store) if store.passes_by_itself() => Problem::TooSlow,
            DeskError::Store(store) => {
                error!(
                    code = store.code(),
                    "the store did not do what a person asked"
                );
                Problem::Busy
            }
            fault => {
                error!(%fault, "a person's request could not be carried out");
                Problem::Broken
            }
        };
        self.messages.problem(&problem)
    }

    /// Brings a concern's messages up to date. The person is answered whether or not it can be done.
    async fn refresh(&self, id: ConcernId) {
        if let Err(fault) = self.desk.refresh(id).await {
            warn!(concern = %id, %fault, "its messages could not be brought up to date");
        }
    }

    /// The same for a record that is kept beside the concerns.
    async fn refresh_kept(&self, id: impl Into<Subject>) {
        let id = id.into();
        if let Err(fault) = self.desk.refresh_kept(id).await {
            warn!(record = %id, %fault, "its messages could not be brought up to date");
        }
    }

    /// What is said of a fault to somebody who sent a form: at its first field, where it has one.
    fn trouble_with(&self, sent: &Submission, fault: &DeskError) -> Reply {
        let said = self.trouble(fault);
        match &sent.view.first_input {
            Some(block) => Reply::error(block, said),
            None => Reply::words(said),
        }
    }

    /// What is wrong with a field. Plain text: it stands at the field.
    fn at_field(&self, block: &'static str, fault: FieldFault) -> String {
        let refusal = Refusal::Field { block, fault };
        self.messages.refusal(&refusal, &Refused::default())
    }

    /// Who may do something: the holders of these roles for a team, or who stands in for them.
    fn who_can(&self, roles: &[RoleId], team: &TeamId, protocol: &Protocol) -> Vec<Recipient> {
        let directory = self.desk.directory();
        let one = |role| recipient(&directory, team, role, protocol);
        roles.iter().map(one).collect()
    }

    /// What is said to somebody whom the directory does not know.
    fn stranger(&self) -> String {
        let ask = self.desk.iro_managers();
        self.messages.problem(&Problem::NotSetUp { ask: &ask })
    }
}

/// Whether a refusal says that what was pressed is behind the record.
fn is_stale(refusal: &Refusal) -> bool {
    !matches!(
        refusal,
        Refusal::NotYours { .. }
            | Refusal::OwnConcern
            | Refusal::ClockRuns { .. }
            | Refusal::NotesMissing { .. }
            | Refusal::OutsideByOthers { .. }
            | Refusal::OutsideNotYet { .. }
            | Refusal::NotRedirected { .. }
            | Refusal::NotCopiedByName { .. }
            | Refusal::TimeFixed
            | Refusal::Field { .. }
    )
}

/// The people who hold these roles for a team, each once.
fn holders(
    directory: &Directory,
    team: &TeamId,
    asked: &[RoleId],
    rules: &Rules<'_>,
) -> Vec<UserId> {
    let mut people = Vec::new();
    for role in asked {
        for user in directory.holders(team, role, rules.protocol).users {
            if !people.contains(&user) {
                people.push(user);
            }
        }
    }
    people
}

fn message(rendered: Rendered) -> Reply {
    Reply::Message(Message {
        text: rendered.text,
        blocks: Some(rendered.blocks),
    })
}

/// Where something came from.
struct From<'a> {
    team: Option<&'a str>,
    own_team: Option<&'a str>,
    channel: Option<&'a str>,
    shared: bool,
}

impl Dispatcher for Bot {
    async fn dispatch(&self, inbound: Inbound) -> Reply {
        let once = inbound.dedupe_key();
        let refused = self.turned_away(&inbound).await;
        match inbound {
            Inbound::Click(click) if !matches!(click.container, Container::Message { .. }) => {
                self.pressed_in_view(&click, refused).await
            }
            _ if refused.is_some() => refused.unwrap_or_default(),
            Inbound::Slash(slash) => self.typed(&slash, once).await,
            Inbound::Click(click) => self.pressed(&click, once).await,
            Inbound::Submission(sent) => self.sent(&sent, once).await,
            Inbound::Event(event) => self.happened(&event).await,
            Inbound::Closed(_) => Reply::Empty,
            Inbound::Unknown(_) => self.tells(&Told::Unknown),
        }
    }
}

/// A message of words as a view, for where only a view can say it.
fn view_of(text: impl Into<String>) -> Value {
    let text = text.into();
    Message { text, blocks: None }.as_view()
}
