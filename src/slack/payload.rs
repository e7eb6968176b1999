//! What Slack sends, as small tolerant structs.
//!
//! Only what somebody here acts on is read, and only what cannot be done without is required: `team: null` (an org-wide
//! install), unknown types, new fields and missing optional ones are all fine. Shapes are those of docs.slack.dev,
//! "Interactivity payloads", "Slash commands" and "Events API".
//!
//! `Debug` of everything here leaves out what people typed, tokens, trigger ids and `response_url`s, so that a log line may hold it.

mod read;
mod state;

use std::fmt;

pub(super) use read::tidy;
pub use read::{Fault, WayBack, event_body, interaction, parse_json, slash, slash_form};
pub use state::{Element, State, is_blank, mentioned_user};

/// One thing that arrived, whichever way it came.
#[derive(Debug, Clone)]
pub enum Inbound {
    /// A slash command.
    Slash(Slash),
    /// A button pressed or a choice made: `block_actions`.
    Click(Box<Click>),
    /// A modal sent: `view_submission`.
    Submission(Box<Submission>),
    /// A modal dismissed: `view_closed`.
    Closed(Box<Closed>),
    /// An Events API callback.
    Event(Event),
    /// A type of payload nobody here knows, such as a shortcut.
    Unknown(Unknown),
}

impl Inbound {
    /// The name of its kind, for logs and metrics.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Slash(_) => "slash",
            Self::Click(_) => "click",
            Self::Submission(_) => "submission",
            Self::Closed(_) => "closed",
            Self::Event(_) => "event",
            Self::Unknown(_) => "unknown",
        }
    }

    /// What makes a second copy of the same payload the same, whichever way and however often it is delivered.
    ///
    /// A submission is the same while its view is (id and hash): a person who is told "press again" and does has the same key,
    /// so record it **with** what the submission did and not when it is refused, or a corrected modal would look like a copy.
    /// A second press of a button is another click; that it counts once is for the concern to say. `None` where the payload
    /// has nothing to know it by.
    #[must_use]
    pub fn dedupe_key(&self) -> Option<String> {
        match self {
            Self::Slash(slash) => slash.trigger_id.as_ref().map(|id| format!("slash:{id}")),
            Self::Click(click) => {
                let place = match &click.container {
                    Container::Message { channel, ts, .. } => format!("{channel}:{ts}"),
                    Container::View(view) | Container::Home(view) => view.id.clone(),
                    Container::Elsewhere => String::new(),
                };
                (!click.action_ts.is_empty()).then(|| {
                    format!(
                        "click:{}:{place}:{}:{}:{}",
                        click.user_id, click.block_id, click.action_id, click.action_ts
                    )
                })
            }
            Self::Submission(submission) => Some(format!(
                "submission:{}:{}",
                submission.view.id, submission.view.hash
            )),
            Self::Closed(closed) => Some(format!("closed:{}:{}", closed.view.id, closed.view.hash)),
            Self::Event(event) => event.event_id.as_ref().map(|id| format!("event:{id}")),
            Self::Unknown(_) => None,
        }
    }
}

/// An address that lets whoever knows it answer one person for half an hour: a secret, so it is never shown.
#[derive(Clone, PartialEq, Eq)]
pub struct ResponseUrl(String);

impl ResponseUrl {
    /// Takes the address as Slack gave it. Where it may point is checked when it is used.
    #[must_use]
    pub fn new(url: impl Into<String>) -> Self {
        Self(url.into())
    }

    /// The address itself, for the one who posts to it.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for ResponseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ResponseUrl(…)")
    }
}

/// A slash command.
#[derive(Clone)]
pub struct Slash {
    /// The workspace, `T…`; none in an org-wide install.
    pub team_id: Option<String>,
    /// The Enterprise Grid organisation, `E…`.
    pub enterprise_id: Option<String>,
    /// Where it was typed.
    pub channel_id: String,
    /// The channel's name as Slack gives it: `directmessage` and `privategroup` stand for themselves.
    pub channel_name: String,
    /// Who typed it.
    pub user_id: String,
    /// The command with its slash: `/concern`.
    pub command: String,
    /// What was typed after it, trimmed.
    pub text: String,
    /// Where an answer may be posted for the next 30 minutes.
    pub response_url: Option<ResponseUrl>,
    /// Opens one modal within 3 s.
    pub trigger_id: Option<String>,
}

impl fmt::Debug for Slash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Slash")
            .field("command", &self.command)
            .field("team_id", &self.team_id)
            .field("channel_id", &self.channel_id)
            .field("user_id", &self.user_id)
            .finish_non_exhaustive()
    }
}

/// A button pressed, or a choice made in a select that acts at once.
#[derive(Clone)]
pub struct Click {
    /// Who pressed it.
    pub user_id: String,
    /// The person's own workspace: another than `team_id` for someone from outside.
    pub user_team_id: Option<String>,
    /// The workspace of the payload; none in an org-wide install.
    pub team_id: Option<String>,
    /// The Enterprise Grid organisation.
    pub enterprise_id: Option<String>,
    /// The element's `action_id`.
    pub action_id: String,
    /// The `block_id` of the block it is in.
    pub block_id: String,
    /// When, as Slack's "seconds.micros" string; empty if absent.
    pub action_ts: String,
    /// The element pressed, with the value or choice it carries. Users, channels and dates are read from here or from `state`.
    pub chosen: Element,
    /// Where the element is.
    pub container: Container,
    /// Every input of the message or view, as it stood.
    pub state: State,
    /// Where an answer may be posted; none for a click in a view.
    pub response_url: Option<ResponseUrl>,
    /// Opens one modal within 3 s.
    pub trigger_id: Option<String>,
    /// Whether the payload says that its channel is shared with another organisation.
    pub is_ext_shared: bool,
}

impl Click {
    /// A button's `value`, such as a concern's reference, or the value of the option chosen.
    #[must_use]
    pub fn value(&self) -> Option<String> {
        self.chosen.text()
    }
}

impl fmt::Debug for Click {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Click")
            .field("action_id", &self.action_id)
            .field("block_id", &self.block_id)
            .field("user_id", &self.user_id)
            .field("team_id", &self.team_id)
            .field("container", &self.container)
            .field("chosen", &self.chosen)
            .finish_non_exhaustive()
    }
}

/// Where the element of a click is.
#[derive(Debug, Clone)]
pub enum Container {
    /// In a message.
    Message {
        /// Its channel.
        channel: String,
        /// Its `ts`, unique in the channel.
        ts: String,
        /// Whether only one person sees it; then only the `response_url` can change it.
        ephemeral: bool,
    },
    /// In a modal.
    View(View),
    /// In the App Home tab.
    Home(View),
    /// Somewhere this version does not know.
    Elsewhere,
}

/// A view as it came back.
#[derive(Clone, Default)]
pub struct View {
    /// `V…`.
    pub id: String,
    /// Changes with every update of the view; guards `views.update`. Empty if absent.
    pub hash: String,
    /// Which modal it is; empty if absent.
    pub callback_id: String,
    /// What the bot wrote into it for itself; empty if absent.
    pub private_metadata: String,
    /// The first view of the stack it is in.
    pub root_view_id: Option<String>,
    /// The workspace the app is installed in: the one to go by in a channel shared with another organisation.
    pub app_installed_team_id: Option<String>,
    /// What is typed and chosen in it.
    pub state: State,
    /// The `block_id` of its first input block, where an error that belongs to no field can be shown.
    pub first_input: Option<String>,
}

impl fmt::Debug for View {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("View")
            .field("id", &self.id)
            .field("callback_id", &self.callback_id)
            .field("state", &self.state)
            .finish_non_exhaustive()
    }
}

/// A modal sent.
#[derive(Debug, Clone)]
pub struct Submission {
    /// Who sent it.
    pub user_id: String,
    /// The person's own workspace.
    pub user_team_id: Option<String>,
    /// The workspace of the payload: in a shared channel the submitter's, and none in an org-wide install.
    pub team_id: Option<String>,
    /// The Enterprise Grid organisation.
    pub enterprise_id: Option<String>,
    /// The view with all its inputs.
    pub view: View,
}

/// A modal dismissed, told only for views with `notify_on_close`.
#[derive(Debug, Clone)]
pub struct Closed {
    /// Who dismissed it.
    pub user_id: String,
    /// The workspace of the payload.
    pub team_id: Option<String>,
    /// The view.
    pub view: View,
    /// Whether the whole stack was closed, not this view alone.
    pub is_cleared: bool,
}

/// An Events API callback.
#[derive(Clone)]
pub struct Event {
    /// The workspace.
    pub team_id: Option<String>,
    /// `Ev…`, the same in every redelivery.
    pub event_id: Option<String>,
    /// The event's type, such as `app_home_opened`.
    pub kind: String,
    /// Who caused it.
    pub user_id: Option<String>,
    /// Where it happened.
    pub channel_id: Option<String>,
    /// `home` or `messages` for `app_home_opened`.
    pub tab: Option<String>,
    /// When, as Slack's "seconds.micros" string.
    pub event_ts: Option<String>,
    /// Which redelivery this is; 0 for the first delivery.
    pub retry: u32,
    /// Whether the channel is shared with another organisation.
    pub is_ext_shared: bool,
    /// The event as it came, for types with more to them. May hold what people wrote.
    pub body: serde_json::Value,
}

impl fmt::Debug for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Event")
            .field("kind", &self.kind)
            .field("event_id", &self.event_id)
            .field("team_id", &self.team_id)
            .field("retry", &self.retry)
            .finish_non_exhaustive()
    }
}

/// A payload of a type nobody here knows.
#[derive(Debug, Clone)]
pub struct Unknown {
    /// Its type, tidied: letters, digits and underscores, at most 40.
    pub kind: String,
    /// Who caused it.
    pub user_id: Option<String>,
    /// Where that person can be told that nothing came of it.
    pub response_url: Option<ResponseUrl>,
}
