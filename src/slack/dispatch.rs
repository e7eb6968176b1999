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
//! | `typed` | the command with its words |
//! | `lists` | what `list`, `show` and `overdue` say |
//! | `fields` | what was filled in, with every fault at its field |
//! | `words` | refusals, troubles and how a concern stands, in plain English |

mod click;
mod fields;
mod lists;
mod raising;
mod sent;
mod typed;
mod words;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use chrono::NaiveDate;
use serde_json::Value;
use tokio::sync::OnceCell;
use tokio::time::timeout;
use tracing::{error, warn};

use super::edge::Dispatcher;
use super::payload::{Container, Inbound};
use super::reply::{Message, Reply};
use super::web::{ApiError, Identity, WebApi};
use crate::config::{CaseRefPattern, Council};
use crate::desk::{Case, Desk, DeskError};
use crate::ids::{ConcernId, UserId};

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
    case_ref: CaseRefPattern,
    case_system: Option<String>,
    identity: OnceCell<Identity>,
    shared: Mutex<HashMap<String, (bool, Duration)>>,
}

impl std::fmt::Debug for Bot {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Bot(…)")
    }
}

impl Bot {
    /// A dispatcher that asks this desk and opens its views through this Web API. Who the bot is, is asked of Slack when the first
    /// payload comes, unless [`Bot::knows_itself`] says so before.
    #[must_use]
    pub fn new(desk: Desk, web: Arc<WebApi>, council: &Council) -> Self {
        Self {
            desk,
            web,
            case_ref: council.case_ref_pattern.clone(),
            case_system: council.case_system.clone(),
            identity: OnceCell::new(),
            shared: Mutex::new(HashMap::new()),
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
    fn case_system<'a>(&'a self, protocol: &'a crate::protocol::Protocol) -> &'a str {
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
                return Some(Reply::words(words::NOT_REACHED));
            };
            if from.own_team.unwrap_or(team) != identity.team_id || team != identity.team_id {
                return Some(Reply::words(words::OUTSIDE));
            }
        }
        if from.shared {
            return Some(Reply::words(words::SHARED));
        }
        if let Some(channel) = from.channel
            && self.is_shared(channel).await
        {
            return Some(Reply::words(words::SHARED));
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
        let standing = self.desk.standing(user, &case);
        let calendar = self.desk.calendar();
        let rules = case.rules(&calendar, self.desk.hours())?;
        if crate::access::may_read(&rules, &case.concern, &standing) {
            Ok(case)
        } else {
            Err(DeskError::NotFound)
        }
    }

    /// Opens a view for whoever holds the trigger, or says that they must press again.
    async fn open(&self, trigger: Option<&str>, view: &Value) -> Reply {
        let Some(trigger) = trigger else {
            return Reply::words(words::NO_TRIGGER);
        };
        match self.web.views_open(trigger, view).await {
            Ok(_) => Reply::Empty,
            Err(fault) => {
                warn!(%fault, "a view could not be opened");
                let expired = fault.code().is_some_and(|code| code.contains("trigger"));
                Reply::words(if expired {
                    words::TRIGGER_EXPIRED
                } else {
                    words::NOT_OPENED
                })
            }
        }
    }

    /// The words for what the desk did not do, and a card brought up to date where it was out of date.
    async fn explained(&self, user: &UserId, id: ConcernId, fault: DeskError) -> String {
        match fault {
            DeskError::Refused(refusal, case) => {
                if words::is_stale(&refusal) {
                    self.refresh(id).await;
                }
                let case = match case {
                    Some(case) => Some(*case),
                    None => self.readable(user, id).await.ok(),
                };
                match case {
                    Some(case) => self.refused(&refusal, &case),
                    None => words::not_found(id),
                }
            }
            DeskError::NotFound => {
                let mut said = words::not_found(id);
                if !self.desk.directory().serves(user) {
                    said.push(' ');
                    said.push_str(&self.stranger());
                }
                said
            }
            other => trouble(&other).to_owned(),
        }
    }

    fn refused(&self, refusal: &crate::concern::Refusal, case: &Case) -> String {
        let calendar = self.desk.calendar();
        let directory = self.desk.directory();
        match case.rules(&calendar, self.desk.hours()) {
            Ok(rules) => words::refusal(refusal, &rules, &case.concern, &directory),
            Err(fault) => trouble(&fault).to_owned(),
        }
    }

    /// Brings a concern's messages up to date. The person is answered whether or not it can be done.
    async fn refresh(&self, id: ConcernId) {
        if let Err(fault) = self.desk.refresh(id).await {
            warn!(concern = %id, %fault, "its messages could not be brought up to date");
        }
    }

    /// What is said to somebody whom the directory does not know.
    fn stranger(&self) -> String {
        let directory = self.desk.directory();
        let mut managers = Vec::new();
        for team in directory.teams() {
            let Some(held) = self.desk.protocols().current(&team.protocol) else {
                continue;
            };
            let role = crate::ids::RoleId::from(crate::protocol::IRO_MANAGER);
            for user in directory.holders(&team.id, &role, &held.protocol).users {
                if !managers.contains(&user) {
                    managers.push(user);
                }
            }
        }
        words::stranger(&managers)
    }
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
            Inbound::Closed(_) | Inbound::Event(_) => Reply::Empty,
            Inbound::Unknown(_) => Reply::words(words::UNKNOWN),
        }
    }
}

/// A message of words as a view, for where only a view can say it.
fn view_of(text: impl Into<String>) -> Value {
    let text = text.into();
    Message { text, blocks: None }.as_view()
}

/// The words for a fault that is nobody's who asked. An operator finds it in the log.
fn trouble(fault: &DeskError) -> &'static str {
    match fault {
        DeskError::TooSlow => words::TOO_SLOW,
        DeskError::InDoubt => words::IN_DOUBT,
        DeskError::Store(store) if store.passes_by_itself() => words::TOO_SLOW,
        DeskError::Store(store) => {
            error!(
                code = store.code(),
                "the store did not do what a person asked"
            );
            words::STORE
        }
        fault => {
            error!(%fault, "a person's request could not be carried out");
            words::UNREADABLE
        }
    }
}
