//! Everything the workspace holds, behind one lock.

use crate::clock::ts_of;
use crate::delivery::{RequestUrls, socket::Sockets};
use crate::faults::FaultRule;
use crate::guide::Tour;
use crate::ledger::Ledger;
use crate::limits::{Meter, Pace};
use crate::records::{Channel, ChannelKind, Ephemeral, Message, User};
use crate::response_url::ResponseUrl;
use crate::triggers::Trigger;
use crate::views::Views;
use chrono::{DateTime, Utc};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::time::Duration;

/// The app under test, as the workspace knows it.
#[derive(Clone, Debug)]
pub(crate) struct App {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) bot_user: String,
    pub(crate) bot_id: String,
    pub(crate) bot_token: String,
    pub(crate) socket_token: String,
    pub(crate) signing_secret: String,
    pub(crate) scopes: Vec<String>,
    pub(crate) commands: Vec<Command>,
    pub(crate) events: Vec<String>,
    pub(crate) home_tab: bool,
    /// Whether people and the app can write to each other beneath the app's name.
    pub(crate) messages_tab: bool,
    /// Sold to many workspaces rather than a customer's own: it may read little of what was said.
    pub(crate) commercial: bool,
}

/// A slash command of the app.
#[derive(Clone, Debug, serde::Serialize)]
pub(crate) struct Command {
    /// With the slash.
    pub(crate) name: String,
    /// What the client shows while typing.
    pub(crate) hint: String,
    /// Whether `@alice` in the text is turned into `<@U1|alice>`.
    pub(crate) escape: bool,
    /// What may follow it.
    pub(crate) suggestions: Vec<Suggestion>,
}

/// Words that may follow a command, and what they do.
#[derive(Clone, Debug, serde::Serialize)]
pub(crate) struct Suggestion {
    pub(crate) text: String,
    pub(crate) description: String,
}

/// The workspace.
#[derive(Clone, Debug)]
pub(crate) struct Team {
    pub(crate) id: String,
    pub(crate) domain: String,
    pub(crate) name: String,
    /// Payloads carry `team: null` and an enterprise.
    pub(crate) org_wide: bool,
}

/// How payloads reach the app, and how patient the stand-in is.
#[derive(Clone, Debug)]
pub(crate) struct Edges {
    pub(crate) socket_mode: bool,
    pub(crate) urls: RequestUrls,
    pub(crate) ack_limit: Duration,
    pub(crate) trigger_life: Duration,
    pub(crate) event_retries: Vec<Duration>,
    /// How long a connection lasts that asked for `debug_reconnects`.
    pub(crate) debug_reconnects: Duration,
}

pub(crate) struct State {
    pub(crate) team: Team,
    pub(crate) app: App,
    pub(crate) edges: Edges,
    pub(crate) users: Vec<User>,
    pub(crate) channels: Vec<Channel>,
    pub(crate) ephemerals: Vec<Ephemeral>,
    pub(crate) views: Views,
    pub(crate) triggers: HashMap<String, Trigger>,
    pub(crate) response_urls: HashMap<String, ResponseUrl>,
    pub(crate) sockets: Sockets,
    pub(crate) faults: Vec<FaultRule>,
    pub(crate) pace: Pace,
    pub(crate) meter: Meter,
    pub(crate) ledger: Ledger,
    pub(crate) files: BTreeMap<String, (String, usize)>,
    pub(crate) warnings: BTreeMap<(String, String), String>,
    pub(crate) read: BTreeMap<(String, String), String>,
    /// Conversations in which administrators alone may post.
    pub(crate) restricted: BTreeSet<String>,
    /// Headings under which the page keeps people, and who they are.
    pub(crate) groups: Vec<(String, Vec<String>)>,
    pub(crate) tour: Tour,
    /// How often everything was forgotten.
    pub(crate) beginnings: u64,
    next: u64,
    last_micros: HashMap<String, i64>,
}

impl State {
    pub(crate) fn new(
        team: Team,
        app: App,
        edges: Edges,
        users: Vec<User>,
        channels: Vec<Channel>,
        pace: Pace,
    ) -> Self {
        Self {
            team,
            app,
            edges,
            users,
            channels,
            pace,
            ephemerals: Vec::new(),
            views: Views::default(),
            triggers: HashMap::new(),
            response_urls: HashMap::new(),
            sockets: Sockets::default(),
            faults: Vec::new(),
            meter: Meter::default(),
            ledger: Ledger::default(),
            files: BTreeMap::new(),
            warnings: BTreeMap::new(),
            read: BTreeMap::new(),
            restricted: BTreeSet::new(),
            groups: Vec::new(),
            tour: Tour::default(),
            beginnings: 0,
            next: 0,
            last_micros: HashMap::new(),
        }
    }

    /// Back to the beginning, but for who and what is there. Ids go on, so that nothing old is taken for something new.
    pub(crate) fn forget_everything(&mut self) {
        for channel in &mut self.channels {
            channel.messages.clear();
        }
        self.ephemerals.clear();
        self.views = Views::default();
        self.triggers.clear();
        self.response_urls.clear();
        self.meter = Meter::default();
        self.ledger = Ledger::default();
        self.files.clear();
        self.warnings.clear();
        self.read.clear();
        self.last_micros.clear();
        self.beginnings += 1;
    }

    /// A number nobody had before.
    pub(crate) fn number(&mut self) -> u64 {
        self.next += 1;
        self.next
    }

    /// An id nobody had before.
    pub(crate) fn id(&mut self, prefix: &str) -> String {
        let number = self.number();
        format!("{prefix}{number:08}")
    }

    /// A message time that is unique in the channel and later than all before it, even where the clock stands still
    /// or was set back.
    pub(crate) fn ts(&mut self, channel: &str, now: DateTime<Utc>) -> String {
        let last = self.last_micros.entry(channel.to_owned()).or_insert(0);
        *last = now.timestamp_micros().max(*last + 1);
        ts_of(*last)
    }

    pub(crate) fn user(&self, id: &str) -> Option<&User> {
        self.users.iter().find(|user| user.id == id)
    }

    pub(crate) fn user_mut(&mut self, id: &str) -> Option<&mut User> {
        self.users.iter_mut().find(|user| user.id == id)
    }

    pub(crate) fn channel(&self, id: &str) -> Option<&Channel> {
        self.channels.iter().find(|channel| channel.id == id)
    }

    pub(crate) fn channel_mut(&mut self, id: &str) -> Option<&mut Channel> {
        self.channels.iter_mut().find(|channel| channel.id == id)
    }

    /// The app's direct conversation with this person; opened where there is none. The flag says it was there.
    pub(crate) fn open_dm(&mut self, user: &str) -> (String, bool) {
        let bot = self.app.bot_user.clone();
        let found = self
            .channels
            .iter()
            .find(|channel| channel.kind == ChannelKind::Direct && channel.has(user));
        if let Some(channel) = found {
            return (channel.id.clone(), true);
        }
        let mut id = format!("D{}", user.get(1..).unwrap_or_default());
        if self.channel(&id).is_some() {
            id = self.id("D");
        }
        self.channels.push(Channel {
            id: id.clone(),
            name: user.to_owned(),
            kind: ChannelKind::Direct,
            members: vec![user.to_owned(), bot],
            archived: false,
            ext_shared: false,
            messages: Vec::new(),
        });
        (id, false)
    }

    /// Whether this person sees the conversation: members do, and full members see public ones.
    pub(crate) fn sees(&self, user: &str, channel: &Channel) -> bool {
        let full = self.user(user).is_some_and(|user| {
            user.guest == crate::records::Guest::No && user.team_id == self.team.id
        });
        channel.has(user) || (channel.kind == ChannelKind::Public && full)
    }

    /// Keeps a new message.
    pub(crate) fn store(&mut self, message: Message) {
        if let Some(channel) = self.channel_mut(&message.channel) {
            channel.messages.push(message);
        }
    }
}
