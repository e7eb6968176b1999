//! The workspace in hand: where it listens, what happened in it, what a test may do to it.

use crate::builder::Builder;
use crate::clock::{ClockPanel, WallClock, ts_of};
use crate::delivery::RequestUrls;
use crate::faults::FaultRule;
use crate::ledger::{Call, Delivered, Problem};
use crate::limits::Pace;
use crate::person::Person;
use crate::records::{Channel, Ephemeral, Message, User};
use crate::state::State;
use chrono::{DateTime, Utc};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;

/// A running workspace. Cloning it gives another handle on the same one.
#[derive(Clone)]
pub struct Workspace {
    pub(crate) inner: Arc<Inner>,
}

pub(crate) struct Inner {
    state: Mutex<State>,
    clock: WallClock,
    pub(crate) panel: Option<Arc<dyn ClockPanel>>,
    changed: watch::Sender<u64>,
    pub(crate) http: reqwest::Client,
    port: u16,
    server: Mutex<Option<JoinHandle<()>>>,
}

impl std::fmt::Debug for Workspace {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Workspace")
            .field("url", &self.url())
            .finish_non_exhaustive()
    }
}

impl Workspace {
    /// A workspace to be.
    #[must_use]
    pub fn builder() -> Builder {
        Builder::default()
    }

    pub(crate) async fn open(
        state: State,
        clock: WallClock,
        panel: Option<Arc<dyn ClockPanel>>,
        port: u16,
    ) -> std::io::Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", port)).await?;
        let http = reqwest::Client::builder()
            .no_proxy()
            .build()
            .map_err(std::io::Error::other)?;
        let workspace = Self {
            inner: Arc::new(Inner {
                state: Mutex::new(state),
                clock,
                panel,
                changed: watch::Sender::new(0),
                http,
                port: listener.local_addr()?.port(),
                server: Mutex::new(None),
            }),
        };
        let task = crate::server::serve(workspace.clone(), listener);
        *workspace
            .inner
            .server
            .lock()
            .unwrap_or_else(PoisonError::into_inner) = Some(task);
        Ok(workspace)
    }

    /// Reads or changes what the workspace holds. Never held across an await.
    pub(crate) fn with<R>(&self, act: impl FnOnce(&mut State) -> R) -> R {
        act(&mut self
            .inner
            .state
            .lock()
            .unwrap_or_else(PoisonError::into_inner))
    }

    /// As `with`, and tells everybody who waits for a change.
    pub(crate) fn change<R>(&self, act: impl FnOnce(&mut State) -> R) -> R {
        let result = self.with(act);
        self.inner.changed.send_modify(|count| *count += 1);
        result
    }

    /// The wall clock.
    pub(crate) fn now(&self) -> DateTime<Utc> {
        (self.inner.clock)()
    }

    pub(crate) fn now_ts(&self) -> String {
        ts_of(self.now().timestamp_micros())
    }

    // ---- where it is ----

    /// `http://127.0.0.1:PORT`: the page.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.inner.port)
    }

    /// `http://127.0.0.1:PORT/api`: what an app takes for `https://slack.com/api`.
    #[must_use]
    pub fn api_url(&self) -> String {
        format!("{}/api", self.url())
    }

    /// The port.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.inner.port
    }

    /// `xoxb-…`.
    #[must_use]
    pub fn bot_token(&self) -> String {
        self.with(|state| state.app.bot_token.clone())
    }

    /// `xapp-…`, for Socket Mode.
    #[must_use]
    pub fn app_token(&self) -> String {
        self.with(|state| state.app.app_token.clone())
    }

    /// What signed HTTP is signed with.
    #[must_use]
    pub fn signing_secret(&self) -> String {
        self.with(|state| state.app.signing_secret.clone())
    }

    /// Stops listening and cuts every socket.
    pub fn stop(&self) {
        if let Some(task) = self
            .inner
            .server
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take()
        {
            task.abort();
        }
        self.change(|state| state.sockets.cut());
    }

    // ---- waiting ----

    /// Counts every change; `changed().await` on it wakes on the next.
    #[must_use]
    pub fn changes(&self) -> watch::Receiver<u64> {
        self.inner.changed.subscribe()
    }

    /// Waits until the closure finds what it looks for; none after ten seconds of real time.
    pub async fn until<R>(&self, find: impl FnMut(&Self) -> Option<R>) -> Option<R> {
        self.until_within(Duration::from_secs(10), find).await
    }

    /// As [`Workspace::until`], with the most real time to wait.
    pub async fn until_within<R>(
        &self,
        most: Duration,
        mut find: impl FnMut(&Self) -> Option<R>,
    ) -> Option<R> {
        let mut changes = self.changes();
        let look = async {
            loop {
                changes.borrow_and_update();
                if let Some(found) = find(self) {
                    return Some(found);
                }
                if changes.changed().await.is_err() {
                    return None;
                }
            }
        };
        tokio::time::timeout(most, look).await.unwrap_or(None)
    }

    // ---- people and conversations ----

    /// What this person does in the client.
    #[must_use]
    pub fn person(&self, id: &str) -> Person {
        Person::new(self.clone(), id)
    }

    /// Everybody, in the order of the builder, the bot last.
    #[must_use]
    pub fn users(&self) -> Vec<User> {
        self.with(|state| state.users.clone())
    }

    /// Every conversation, without its messages.
    #[must_use]
    pub fn channels(&self) -> Vec<Channel> {
        self.with(|state| {
            state
                .channels
                .iter()
                .map(|channel| Channel {
                    messages: Vec::new(),
                    ..channel.clone()
                })
                .collect()
        })
    }

    /// The id of the bot's direct conversation with this person, opened if need be.
    #[must_use]
    pub fn dm(&self, user: &str) -> String {
        self.with(|state| state.open_dm(user).0)
    }

    /// Changes a person, say their `team_id` or `deleted`. False where there is no such person.
    pub fn update_user(&self, id: &str, act: impl FnOnce(&mut User)) -> bool {
        self.change(|state| state.user_mut(id).map(act).is_some())
    }

    /// Changes a conversation, say `archived` or `ext_shared`. False where there is no such conversation.
    pub fn update_channel(&self, id: &str, act: impl FnOnce(&mut Channel)) -> bool {
        self.change(|state| state.channel_mut(id).map(act).is_some())
    }

    /// Adds a person while the workspace runs.
    pub fn add_user(&self, user: User) {
        self.change(|state| state.users.push(user));
    }

    /// Adds a conversation while the workspace runs.
    pub fn add_channel(&self, channel: Channel) {
        self.change(|state| state.channels.push(channel));
    }

    /// Archives a channel, or brings it back.
    pub fn archive(&self, channel: &str, archived: bool) -> bool {
        self.update_channel(channel, |channel| channel.archived = archived)
    }

    /// Removes somebody from a channel; the bot's id removes the bot.
    pub fn kick(&self, channel: &str, user: &str) -> bool {
        self.update_channel(channel, |channel| {
            channel.members.retain(|member| member != user)
        })
    }

    /// Removes the app's bot from a channel.
    pub fn kick_bot(&self, channel: &str) -> bool {
        let bot = self.bot_user();
        self.kick(channel, &bot)
    }

    /// Adds somebody to a channel.
    pub fn invite(&self, channel: &str, user: &str) -> bool {
        self.update_channel(channel, |channel| {
            if !channel.has(user) {
                channel.members.push(user.to_owned());
            }
        })
    }

    /// Deactivates a person, or brings them back.
    pub fn disable(&self, user: &str, disabled: bool) -> bool {
        self.update_user(user, |user| user.deleted = disabled)
    }

    /// Deletes a message as an administrator would. False where it is not there.
    pub fn delete_message(&self, channel: &str, ts: &str) -> bool {
        self.change(|state| {
            let message = state
                .channel_mut(channel)
                .and_then(|channel| channel.message_mut(ts));
            message.map(|message| message.deleted = true).is_some()
        })
    }

    /// The bot's user id.
    #[must_use]
    pub fn bot_user(&self) -> String {
        self.with(|state| state.app.bot_user.clone())
    }

    // ---- messages ----

    /// The messages of a conversation, oldest first, deleted ones left out. Looking this way marks nothing as seen.
    #[must_use]
    pub fn messages(&self, channel: &str) -> Vec<Message> {
        self.with(|state| {
            let channel = state.channel(channel);
            let messages = channel
                .map(|channel| channel.messages.as_slice())
                .unwrap_or_default();
            messages
                .iter()
                .filter(|message| !message.deleted)
                .cloned()
                .collect()
        })
    }

    /// One message, deleted or not, with all its states.
    #[must_use]
    pub fn message(&self, channel: &str, ts: &str) -> Option<Message> {
        self.with(|state| state.channel(channel)?.message(ts).cloned())
    }

    /// Every message of every conversation, deleted ones too, oldest first within each.
    #[must_use]
    pub fn all_messages(&self) -> Vec<Message> {
        self.with(|state| {
            state
                .channels
                .iter()
                .flat_map(|channel| channel.messages.iter().cloned())
                .collect()
        })
    }

    /// Marks this message's present state as seen, and gives it.
    pub fn look_at(&self, channel: &str, ts: &str) -> Option<Message> {
        self.with(|state| {
            let message = state.channel_mut(channel)?.message_mut(ts)?;
            message.looked = message.versions.len();
            Some(message.clone())
        })
    }

    /// The first of the bot's messages in the conversation with a state nobody has looked at; marks it as seen.
    pub fn next_unread(&self, channel: &str) -> Option<Message> {
        self.with(|state| {
            let bot = state.app.bot_user.clone();
            let messages = &mut state.channel_mut(channel)?.messages;
            let message = messages.iter_mut().find(|message| message.unread(&bot))?;
            message.looked = message.versions.len();
            Some(message.clone())
        })
    }

    /// The newest message of the conversation; marks it as seen.
    pub fn sees_last(&self, channel: &str) -> Option<Message> {
        self.with(|state| {
            let message = state
                .channel_mut(channel)?
                .messages
                .iter_mut()
                .rfind(|message| !message.deleted)?;
            message.looked = message.versions.len();
            Some(message.clone())
        })
    }

    /// Marks everything in the conversation as seen, and gives it.
    pub fn sees_all(&self, channel: &str) -> Vec<Message> {
        self.with(|state| {
            let Some(channel) = state.channel_mut(channel) else {
                return Vec::new();
            };
            for message in &mut channel.messages {
                message.looked = message.versions.len();
            }
            channel
                .messages
                .iter()
                .filter(|message| !message.deleted)
                .cloned()
                .collect()
        })
    }

    /// The bot's messages whose present state nobody has looked at, by `look_at`, `next_unread`, `sees_last` or
    /// `sees_all`. A story that ends should find none.
    #[must_use]
    pub fn unread(&self) -> Vec<Message> {
        self.with(|state| {
            let bot = &state.app.bot_user;
            let all = state
                .channels
                .iter()
                .flat_map(|channel| channel.messages.iter());
            all.filter(|message| message.unread(bot)).cloned().collect()
        })
    }

    /// What only this person sees, oldest first, gone ones left out. Marks nothing as seen.
    #[must_use]
    pub fn ephemerals(&self, user: &str) -> Vec<Ephemeral> {
        self.with(|state| {
            let mine = state
                .ephemerals
                .iter()
                .filter(|message| message.user == user && !message.gone);
            mine.cloned().collect()
        })
    }

    /// Ephemeral messages that nobody has taken with [`Person::next_ephemeral`].
    #[must_use]
    pub fn unread_ephemerals(&self) -> Vec<Ephemeral> {
        self.with(|state| {
            state
                .ephemerals
                .iter()
                .filter(|message| !message.looked && !message.gone)
                .cloned()
                .collect()
        })
    }

    // ---- what the app did ----

    /// Every Web API call, oldest first.
    #[must_use]
    pub fn calls(&self) -> Vec<Call> {
        self.with(|state| state.ledger.calls.clone())
    }

    /// The calls of one method, oldest first.
    #[must_use]
    pub fn calls_to(&self, method: &str) -> Vec<Call> {
        self.with(|state| {
            state
                .ledger
                .calls
                .iter()
                .filter(|call| call.method == method)
                .cloned()
                .collect()
        })
    }

    /// Every payload sent to the app, oldest first.
    #[must_use]
    pub fn deliveries(&self) -> Vec<Delivered> {
        self.with(|state| state.ledger.deliveries.clone())
    }

    /// What the app did wrong, oldest first. A story that ends should find none.
    #[must_use]
    pub fn problems(&self) -> Vec<Problem> {
        self.with(|state| state.ledger.problems.clone())
    }

    /// As [`Workspace::problems`], and forgets them: for a test that provokes one.
    #[must_use]
    pub fn take_problems(&self) -> Vec<Problem> {
        self.with(|state| std::mem::take(&mut state.ledger.problems))
    }

    // ---- what goes wrong ----

    /// Adds a fault; the first that fits befalls a call.
    pub fn fault(&self, rule: FaultRule) {
        self.change(|state| state.faults.push(rule));
    }

    /// Removes every fault.
    pub fn clear_faults(&self) {
        self.change(|state| state.faults.clear());
    }

    /// The scopes of the bot token.
    pub fn set_scopes(&self, scopes: &[&str]) {
        self.change(|state| {
            state.app.scopes = scopes.iter().map(|scope| (*scope).to_owned()).collect()
        });
    }

    /// Whether too fast a caller gets HTTP 429.
    pub fn set_pace(&self, pace: Pace) {
        self.change(|state| state.pace = pace);
    }

    /// Whether payloads go to the sockets (true) or to the request URLs.
    pub fn set_socket_mode(&self, on: bool) {
        self.change(|state| state.edges.socket_mode = on);
    }

    /// Where signed HTTP goes; turns Socket Mode off.
    pub fn set_request_urls(&self, urls: RequestUrls) {
        self.change(|state| {
            state.edges.urls = urls;
            state.edges.socket_mode = false;
        });
    }

    /// Whether payloads say `team: null`, as for an app installed in a whole organisation.
    pub fn set_org_wide(&self, on: bool) {
        self.change(|state| state.team.org_wide = on);
    }

    /// Makes every trigger given so far expired.
    pub fn expire_triggers(&self) {
        self.change(State::expire_triggers);
    }
}

impl Message {
    fn unread(&self, bot: &str) -> bool {
        !self.deleted && self.user == bot && self.looked < self.versions.len()
    }
}
