//! What a person does in the client, with the client's own rules: no button that is not there, no option that is not
//! offered, no modal sent with a required field empty.

mod click;
mod modal;
mod slash;

pub(crate) use slash::{parse, told};

use crate::api::Content;
use crate::records::{Ephemeral, Message, Origin, Version};
use crate::state::State;
use crate::views::View;
use crate::workspace::Workspace;
use serde::Serialize;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// Somebody at the client.
#[derive(Clone, Debug)]
pub struct Person {
    pub(crate) workspace: Workspace,
    id: String,
}

/// Why the client does not let a person do something.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CannotDo {
    /// No such person, or deactivated.
    #[error("{0} is not somebody who can sign in")]
    NobodyThere(String),
    /// The conversation is not there, or they do not see it.
    #[error("{0} is not a conversation they see")]
    NoChannel(String),
    /// The message is not there, or deleted.
    #[error("there is no message {0}")]
    NoMessage(String),
    /// The button or menu is not on it.
    #[error("there is no {0} to press; there are: {1}")]
    NoAction(String, String),
    /// The app has no such command.
    #[error("{0} is not a valid command")]
    NoCommand(String),
    /// The modal is not open, or not on top.
    #[error("the view {0} is not open")]
    NoView(String),
    /// The view has no such input.
    #[error("there is no input {0}; there are: {1}")]
    NoInput(String, String),
    /// It cannot be entered there.
    #[error("{0}")]
    NotAllowed(String),
    /// A submission is still on its way.
    #[error("the view is being sent")]
    Busy,
}

/// What the client shows where the app did not answer as it should. Its `Display` are the client's words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
pub enum ClientError {
    /// A command that was not acknowledged in time.
    #[error("operation_timeout")]
    OperationTimeout,
    /// A command that did not reach the app, or whose answer cannot be used.
    #[error("dispatch_failed")]
    DispatchFailed,
    /// The warning sign beside a button.
    #[error("\u{26a0}")]
    Warning,
    /// At the top of a modal.
    #[error("We had some trouble connecting. Try again?")]
    TroubleConnecting,
}

/// What came of a slash command.
#[derive(Clone, Debug, Serialize)]
pub struct SlashOutcome {
    /// The conversation it was typed in.
    pub channel: String,
    /// The ephemeral message in the body of the acknowledgement.
    pub reply: Option<Ephemeral>,
    /// The message for all in the body of the acknowledgement (`in_channel`).
    pub posted: Option<Message>,
    /// What the client shows instead.
    pub failed: Option<ClientError>,
    /// The `response_url` given to the app; see [`Workspace::answers_to`].
    pub response_url: String,
}

/// What came of a click.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ClickOutcome {
    /// Acknowledged in time.
    Acked,
    /// Not acknowledged: the client shows the warning sign (or, in a modal, its words).
    Failed(ClientError),
}

/// What came of sending a modal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Submitted {
    /// The client did not send it: what is wrong, by `block_id`.
    NotSent(BTreeMap<String, String>),
    /// Closed; a view beneath it is on top again.
    Closed,
    /// All views were closed.
    Cleared,
    /// The app's errors, by `block_id`. The modal stays, with what was typed.
    Errors(BTreeMap<String, String>),
    /// The app put another view in its place: its id.
    Updated(String),
    /// The app put another view on top: its id.
    Pushed(String),
    /// The client's words. The modal stays, with what was typed.
    Failed(ClientError),
}

impl Person {
    pub(crate) fn new(workspace: Workspace, id: &str) -> Self {
        Self {
            workspace,
            id: id.to_owned(),
        }
    }

    /// Their user id.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Their direct conversation with the bot, opened if need be.
    #[must_use]
    pub fn dm(&self) -> String {
        self.workspace.dm(&self.id)
    }

    /// The messages of a conversation they see, oldest first.
    #[must_use]
    pub fn messages(&self, channel: &str) -> Vec<Message> {
        let seen = self.workspace.with(|state| {
            state
                .channel(channel)
                .is_some_and(|channel| state.sees(&self.id, channel))
        });
        if seen {
            self.workspace.messages(channel)
        } else {
            Vec::new()
        }
    }

    /// What only they see, oldest first. Marks nothing as seen.
    #[must_use]
    pub fn ephemerals(&self) -> Vec<Ephemeral> {
        self.workspace.ephemerals(&self.id)
    }

    /// The first of the ephemeral messages that nobody has looked at; marks it as seen.
    #[must_use]
    pub fn next_ephemeral(&self) -> Option<Ephemeral> {
        self.workspace.with(|state| {
            let mut mine = state
                .ephemerals
                .iter_mut()
                .filter(|message| message.user == self.id && !message.gone);
            let message = mine.find(|message| !message.looked)?;
            message.looked = true;
            Some(message.clone())
        })
    }

    /// As [`Person::next_ephemeral`], waiting for one; none after ten seconds of real time.
    pub async fn awaits_ephemeral(&self) -> Option<Ephemeral> {
        self.workspace.until(|_| self.next_ephemeral()).await
    }

    /// Their open modals, the top one last.
    #[must_use]
    pub fn views(&self) -> Vec<View> {
        self.workspace.with(|state| state.views.stack(&self.id))
    }

    /// The modal on top.
    #[must_use]
    pub fn open_view(&self) -> Option<View> {
        self.views().pop()
    }

    /// The modal on top once one is open; none after ten seconds of real time.
    pub async fn awaits_view(&self) -> Option<View> {
        self.workspace.until(|_| self.open_view()).await
    }

    /// The modal on top once it has this `callback_id`; none after ten seconds of real time.
    pub async fn awaits_view_called(&self, callback_id: &str) -> Option<View> {
        self.workspace
            .until(|_| {
                self.open_view()
                    .filter(|view| view.callback_id() == callback_id)
            })
            .await
    }

    /// Their App Home, once the app has published it.
    #[must_use]
    pub fn home(&self) -> Option<View> {
        self.workspace.with(|state| {
            state
                .views
                .all
                .get(state.views.homes.get(&self.id)?)
                .cloned()
        })
    }

    /// Opens the app's home tab: the app gets `app_home_opened` where it listens to it.
    ///
    /// # Errors
    /// Where there is no such person.
    pub fn open_home(&self) -> Result<(), CannotDo> {
        self.signed_in()?;
        let channel = self.dm();
        self.workspace.tell(
            json!({"type": "app_home_opened", "user": self.id, "channel": channel, "tab": "home"}),
        );
        Ok(())
    }

    /// Says something; gives its time. The app gets the message event where it listens to it. As in Slack, `&`, `<` and
    /// `>` arrive escaped, except in mentions of people and channels that are there.
    ///
    /// # Errors
    /// Where they are not in the conversation, or it is archived.
    pub fn say(&self, channel: &str, text: &str) -> Result<String, CannotDo> {
        self.say_at(channel, None, text)
    }

    /// As [`Person::say`], beneath the message with this time.
    ///
    /// # Errors
    /// As [`Person::say`], and where that message is not there.
    pub fn say_in_thread(
        &self,
        channel: &str,
        thread_ts: &str,
        text: &str,
    ) -> Result<String, CannotDo> {
        self.say_at(channel, Some(thread_ts), text)
    }

    fn say_at(&self, channel: &str, thread: Option<&str>, text: &str) -> Result<String, CannotDo> {
        self.signed_in()?;
        let now = self.workspace.now();
        let text = &self.workspace.with(|state| escaped(state, text));
        let (ts, kind, bot) = self.workspace.change(|state| {
            let found = state
                .channel(channel)
                .filter(|channel| channel.has(&self.id) && !channel.archived);
            let found = found.ok_or_else(|| CannotDo::NoChannel(channel.to_owned()))?;
            let kind = found.kind;
            if let Some(gone) = thread.filter(|ts| found.message(ts).is_none()) {
                return Err(CannotDo::NoMessage(gone.to_owned()));
            }
            let ts = state.ts(channel, now);
            let mut message = Message {
                channel: channel.to_owned(),
                ts: ts.clone(),
                user: self.id.clone(),
                text: String::new(),
                blocks: Vec::new(),
                metadata: None,
                thread_ts: thread.map(str::to_owned),
                edited: None,
                deleted: false,
                origin: Origin::Person,
                versions: Vec::new(),
                looked: 0,
            };
            message.put(Version {
                text: text.to_owned(),
                blocks: Vec::new(),
                metadata: None,
                at: ts.clone(),
            });
            state.store(message);
            Ok((ts, kind, state.app.bot_user.clone()))
        })?;
        let channel_type = match kind {
            crate::records::ChannelKind::Public => "channel",
            crate::records::ChannelKind::Private => "group",
            crate::records::ChannelKind::Direct => "im",
            crate::records::ChannelKind::Group => "mpim",
        };
        let mut event = json!({
            "type": "message", "channel": channel, "user": self.id, "text": text, "ts": ts, "event_ts": ts,
            "channel_type": channel_type,
        });
        if let Some(thread) = thread {
            event["thread_ts"] = json!(thread);
        }
        self.workspace.tell(event.clone());
        if text.contains(&format!("<@{bot}>")) {
            event["type"] = json!("app_mention");
            self.workspace.tell(event);
        }
        Ok(ts)
    }

    /// Loads the client anew: ephemeral messages and open modals are lost, without a word to the app.
    pub fn reload(&self) {
        self.workspace.change(|state| {
            for message in state
                .ephemerals
                .iter_mut()
                .filter(|message| message.user == self.id)
            {
                message.gone = true;
            }
            state.views.clear(&self.id);
        });
    }

    /// Marks what stands in a conversation as read in their client.
    pub fn reads(&self, channel: &str) {
        self.workspace.change(|state| {
            let last = state
                .channel(channel)
                .and_then(|channel| channel.messages.last())
                .map(|message| message.ts.clone());
            if let Some(last) = last {
                state
                    .read
                    .insert((self.id.clone(), channel.to_owned()), last);
            }
        });
    }

    /// How many messages of a conversation are new in their client.
    #[must_use]
    pub fn unread_in(&self, channel: &str) -> usize {
        self.workspace.with(|state| {
            let last = state
                .read
                .get(&(self.id.clone(), channel.to_owned()))
                .map_or("", String::as_str);
            let messages = state
                .channel(channel)
                .map(|channel| channel.messages.as_slice())
                .unwrap_or_default();
            let new = messages
                .iter()
                .rev()
                .take_while(|message| message.ts.as_str() > last);
            new.filter(|message| !message.deleted && message.user != self.id)
                .count()
        })
    }

    fn signed_in(&self) -> Result<(), CannotDo> {
        let there = self
            .workspace
            .with(|state| state.user(&self.id).is_some_and(|user| !user.deleted));
        if there {
            Ok(())
        } else {
            Err(CannotDo::NobodyThere(self.id.clone()))
        }
    }
}

impl Workspace {
    /// Everything the app posted to this `response_url` or said in the acknowledgement of its command: the ephemeral
    /// messages and those for all, each oldest first.
    #[must_use]
    pub fn answers_to(&self, response_url: &str) -> (Vec<Ephemeral>, Vec<Message>) {
        let ours = |origin: &Origin| match origin {
            Origin::Ack(url) | Origin::ResponseUrl(url) => url == response_url,
            Origin::Api | Origin::Person => false,
        };
        self.with(|state| {
            let whispered = state
                .ephemerals
                .iter()
                .filter(|message| ours(&message.origin))
                .cloned()
                .collect();
            let all = state
                .channels
                .iter()
                .flat_map(|channel| channel.messages.iter());
            (
                whispered,
                all.filter(|message| ours(&message.origin))
                    .cloned()
                    .collect(),
            )
        })
    }
}

/// The message in a body the app gave back, if there is one; none in the error where Slack would refuse it.
fn message_in(body: &Value) -> Result<Option<Content>, ()> {
    let content = Content::read(|key| body.get(key).filter(|value| !value.is_null()).cloned())
        .map_err(|_| ())?;
    Ok(Some(content).filter(|content| !content.is_empty()))
}

/// What was typed with Slack's control characters escaped; mentions stay.
fn escaped(state: &State, typed: &str) -> String {
    let plain = |text: &str| {
        text.replace('&', "&amp;")
            .replace('<', "&lt;")
            .replace('>', "&gt;")
    };
    let mut out = String::new();
    let mut rest = typed;
    while let Some((before, after)) = rest.split_once('<') {
        out.push_str(&plain(before));
        let mention = after.split_once('>').filter(|(inner, _)| {
            let user = inner
                .strip_prefix('@')
                .is_some_and(|id| state.user(id).is_some());
            user || inner
                .strip_prefix('#')
                .is_some_and(|id| state.channel(id).is_some())
        });
        rest = if let Some((inner, beyond)) = mention {
            out.extend(["<", inner, ">"]);
            beyond
        } else {
            out.push_str("&lt;");
            after
        };
    }
    out + &plain(rest)
}
