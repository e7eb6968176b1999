//! What the workspace holds, as tests and the page see it.

use serde::Serialize;
use serde_json::{Value, json};

/// A person, an app's bot included.
#[derive(Clone, Debug, Serialize)]
pub struct User {
    /// `U…` or `W…`.
    pub id: String,
    /// The handle, in lower case.
    pub name: String,
    /// The name in full.
    pub real_name: String,
    /// The job title in the profile.
    pub title: String,
    /// The workspace they belong to; another than ours for somebody outside.
    pub team_id: String,
    /// Whether they are a guest.
    pub guest: Guest,
    /// Deactivated.
    pub deleted: bool,
    /// The bot of the app.
    pub is_bot: bool,
}

/// How much of the workspace a person may see.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Guest {
    /// A full member.
    #[default]
    No,
    /// A guest of several channels (`is_restricted`).
    MultiChannel,
    /// A guest of one channel (`is_ultra_restricted`).
    SingleChannel,
}

/// What sort of conversation it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ChannelKind {
    /// Open to every full member.
    Public,
    /// By invitation.
    Private,
    /// Between one person and the app.
    Direct,
    /// Between several people and the app.
    Group,
}

/// A conversation and all that was said in it.
#[derive(Clone, Debug, Serialize)]
pub struct Channel {
    /// `C…`, `D…` or `G…`.
    pub id: String,
    /// Without the `#`.
    pub name: String,
    /// What sort it is.
    pub kind: ChannelKind,
    /// User ids, the bot's among them where it is a member.
    pub members: Vec<String>,
    /// Archived: nobody can post.
    pub archived: bool,
    /// Shared with another organisation (Slack Connect).
    pub ext_shared: bool,
    /// Oldest first, deleted ones included.
    #[serde(skip)]
    pub messages: Vec<Message>,
}

impl Channel {
    pub(crate) fn has(&self, user: &str) -> bool {
        self.members.iter().any(|member| member == user)
    }

    /// The times are of one width and only grow, so that a message is found by halving.
    pub(crate) fn message_mut(&mut self, ts: &str) -> Option<&mut Message> {
        let at = self
            .messages
            .binary_search_by(|message| message.ts.as_str().cmp(ts))
            .ok()?;
        self.messages.get_mut(at)
    }

    pub(crate) fn message(&self, ts: &str) -> Option<&Message> {
        let at = self
            .messages
            .binary_search_by(|message| message.ts.as_str().cmp(ts))
            .ok()?;
        self.messages.get(at)
    }
}

/// How a message came to be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    /// A Web API call.
    Api,
    /// The body of a slash command's acknowledgement; the `response_url` of that command.
    Ack(String),
    /// A post to this `response_url`.
    ResponseUrl(String),
    /// Typed by a person.
    Person,
}

/// One state of a message: as posted, or after an edit.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Version {
    /// The top-level text.
    pub text: String,
    /// Block Kit, with a `block_id` on every block.
    pub blocks: Vec<Value>,
    /// Message metadata.
    pub metadata: Option<Value>,
    /// When, by the wall clock, as a message time.
    pub at: String,
}

/// A message in a conversation. Its latest state is in `text`, `blocks` and `metadata`.
#[derive(Clone, Debug, Serialize)]
pub struct Message {
    /// The conversation.
    pub channel: String,
    /// Its time and name.
    pub ts: String,
    /// Who said it, a user id.
    pub user: String,
    /// The top-level text.
    pub text: String,
    /// Block Kit, with a `block_id` on every block.
    pub blocks: Vec<Value>,
    /// Message metadata.
    pub metadata: Option<Value>,
    /// The message it answers, in a thread.
    pub thread_ts: Option<String>,
    /// When it was last edited.
    pub edited: Option<String>,
    /// Deleted; kept so that a test can see what it said.
    pub deleted: bool,
    /// How it came to be.
    pub origin: Origin,
    /// Every state it has had, oldest first, the present one last.
    pub versions: Vec<Version>,
    /// How many of its states a test has looked at.
    #[serde(skip)]
    pub(crate) looked: usize,
}

impl Message {
    /// Whether a button with this `action_id` is on it.
    #[must_use]
    pub fn has_action(&self, action_id: &str) -> bool {
        crate::blocks::walk::elements(&self.blocks)
            .iter()
            .any(|(_, element)| element["action_id"] == action_id)
    }

    /// The `value` of the button with this `action_id`.
    #[must_use]
    pub fn value_of(&self, action_id: &str) -> Option<String> {
        crate::blocks::walk::elements(&self.blocks)
            .into_iter()
            .find(|(_, element)| element["action_id"] == action_id)
            .and_then(|(_, element)| element["value"].as_str().map(str::to_owned))
    }

    /// All the words of it: the top-level text and every text in its blocks, a line each.
    #[must_use]
    pub fn all_text(&self) -> String {
        let mut lines = vec![self.text.clone()];
        crate::blocks::walk::texts(&self.blocks, &mut lines);
        lines.join("\n")
    }

    /// One entry of its metadata's `event_payload`.
    #[must_use]
    pub fn meta(&self, key: &str) -> Option<&str> {
        self.metadata
            .as_ref()?
            .get("event_payload")?
            .get(key)?
            .as_str()
    }

    pub(crate) fn put(&mut self, version: Version) {
        self.text.clone_from(&version.text);
        self.blocks.clone_from(&version.blocks);
        self.metadata.clone_from(&version.metadata);
        self.versions.push(version);
    }

    /// As `conversations.history` and payloads tell it.
    pub(crate) fn wire(&self, app: &crate::state::App, team: &str, with_metadata: bool) -> Value {
        let mut out = json!({"type": "message", "user": self.user, "team": team, "ts": self.ts, "text": self.text});
        if self.user == app.bot_user {
            out["subtype"] = json!("bot_message");
            out["bot_id"] = json!(app.bot_id);
            out["app_id"] = json!(app.id);
        }
        if !self.blocks.is_empty() {
            out["blocks"] = json!(self.blocks);
        }
        if let Some(thread) = &self.thread_ts {
            out["thread_ts"] = json!(thread);
        }
        if let Some(edited) = &self.edited {
            out["edited"] = json!({"user": self.user, "ts": edited});
        }
        if let (true, Some(metadata)) = (with_metadata, &self.metadata) {
            out["metadata"] = metadata.clone();
        }
        out
    }
}

/// A message that one person alone sees, and only until they reload.
#[derive(Clone, Debug, Serialize)]
pub struct Ephemeral {
    /// The conversation it stands in.
    pub channel: String,
    /// Its time and name.
    pub ts: String,
    /// Who sees it.
    pub user: String,
    /// The top-level text.
    pub text: String,
    /// Block Kit, with a `block_id` on every block.
    pub blocks: Vec<Value>,
    /// How it came to be.
    pub origin: Origin,
    /// Replaced or deleted through a `response_url`, or lost on a reload.
    pub gone: bool,
    #[serde(skip)]
    pub(crate) looked: bool,
}

impl Ephemeral {
    /// All the words of it: the top-level text and every text in its blocks, a line each.
    #[must_use]
    pub fn all_text(&self) -> String {
        let mut lines = vec![self.text.clone()];
        crate::blocks::walk::texts(&self.blocks, &mut lines);
        lines.join("\n")
    }
}
