//! Setting a workspace up.

use crate::clock::{ClockPanel, WallClock, machine};
use crate::delivery::RequestUrls;
use crate::guide::Guide;
use crate::host::{Host, Timeline};
use crate::limits::Pace;
use crate::records::{Channel, ChannelKind, Guest, User};
use crate::state::{App, Command, Edges, State, Suggestion, Team};
use crate::workspace::Workspace;
use std::sync::Arc;
use std::time::Duration;

/// A workspace to be; [`Builder::start`] opens it.
pub struct Builder {
    team: Team,
    app: App,
    edges: Edges,
    users: Vec<User>,
    channels: Vec<Channel>,
    pace: Pace,
    clock: WallClock,
    host: Host,
    groups: Vec<(String, Vec<String>)>,
    port: u16,
}

/// What a usual app asks for.
const SCOPES: &[&str] = &[
    "commands",
    "chat:write",
    "im:write",
    "users:read",
    "channels:read",
    "groups:read",
    "channels:history",
    "groups:history",
    "im:history",
];

impl Default for Builder {
    fn default() -> Self {
        let random = |prefix: &str| format!("{prefix}-{:032x}", rand::random::<u128>());
        Self {
            team: Team {
                id: "T0SANDBOX".into(),
                domain: "sandbox".into(),
                name: "Sandbox".into(),
                org_wide: false,
            },
            app: App {
                id: "A0SANDBOX".into(),
                name: "app".into(),
                bot_user: "U0BOT".into(),
                bot_id: "B0BOT".into(),
                bot_token: random("xoxb"),
                socket_token: random("xapp-1"),
                signing_secret: format!("{:032x}", rand::random::<u128>()),
                scopes: SCOPES.iter().map(|scope| (*scope).to_owned()).collect(),
                commands: Vec::new(),
                events: vec!["app_home_opened".into()],
                home_tab: true,
                messages_tab: true,
                commercial: false,
            },
            edges: Edges {
                socket_mode: true,
                urls: RequestUrls::default(),
                ack_limit: Duration::from_secs(3),
                trigger_life: Duration::from_secs(3),
                event_retries: vec![
                    Duration::ZERO,
                    Duration::from_mins(1),
                    Duration::from_mins(5),
                ],
                debug_reconnects: Duration::from_mins(6),
            },
            users: Vec::new(),
            channels: Vec::new(),
            pace: Pace::Off,
            clock: machine(),
            host: Host::default(),
            groups: Vec::new(),
            port: 0,
        }
    }
}

impl Builder {
    /// The workspace's id, domain and name.
    #[must_use]
    pub fn team(mut self, id: &str, domain: &str, name: &str) -> Self {
        self.team = Team {
            id: id.into(),
            domain: domain.into(),
            name: name.into(),
            ..self.team
        };
        for user in &mut self.users {
            user.team_id = id.into();
        }
        self
    }

    /// The app's name, which is its bot's handle too.
    #[must_use]
    pub fn app(mut self, name: &str) -> Self {
        self.app.name = name.into();
        self
    }

    /// The ids of the app, its bot user and its bot; `A0SANDBOX`, `U0BOT` and `B0BOT` without this.
    #[must_use]
    pub fn app_ids(mut self, app: &str, bot_user: &str, bot: &str) -> Self {
        self.app.id = app.into();
        self.app.bot_user = bot_user.into();
        self.app.bot_id = bot.into();
        self
    }

    /// The bot token, the app-level token and the signing secret; random without this.
    #[must_use]
    pub fn secrets(mut self, bot_token: &str, app_token: &str, signing_secret: &str) -> Self {
        self.app.bot_token = bot_token.into();
        self.app.socket_token = app_token.into();
        self.app.signing_secret = signing_secret.into();
        self
    }

    /// The scopes of the bot token, in place of the usual nine.
    #[must_use]
    pub fn scopes(mut self, scopes: &[&str]) -> Self {
        self.app.scopes = scopes.iter().map(|scope| (*scope).to_owned()).collect();
        self
    }

    /// A slash command of the app, with its slash. Where none is named, every command goes to the app.
    #[must_use]
    pub fn command(mut self, name: &str, hint: &str) -> Self {
        self.app.commands.push(Command {
            name: name.into(),
            hint: hint.into(),
            escape: false,
            suggestions: Vec::new(),
        });
        self
    }

    /// What the composer offers after a command that was named before: the words, and what they do.
    #[must_use]
    pub fn command_suggestions(mut self, name: &str, suggestions: &[(&str, &str)]) -> Self {
        for command in self
            .app
            .commands
            .iter_mut()
            .filter(|command| command.name == name)
        {
            command.suggestions = suggestions
                .iter()
                .map(|(text, description)| Suggestion {
                    text: (*text).into(),
                    description: (*description).into(),
                })
                .collect();
        }
        self
    }

    /// A slash command whose text is escaped: `@alice` becomes `<@U1|alice>`.
    #[must_use]
    pub fn escaping_command(mut self, name: &str, hint: &str) -> Self {
        self.app.commands.push(Command {
            name: name.into(),
            hint: hint.into(),
            escape: true,
            suggestions: Vec::new(),
        });
        self
    }

    /// The events the app listens to; `app_home_opened` without this.
    #[must_use]
    pub fn events(mut self, types: &[&str]) -> Self {
        self.app.events = types.iter().map(|kind| (*kind).to_owned()).collect();
        self
    }

    /// The app has no home tab: `views.publish` answers `not_enabled`.
    #[must_use]
    pub fn without_home(mut self) -> Self {
        self.app.home_tab = false;
        self
    }

    /// The app has no messages tab: posts to a person answer `messages_tab_disabled`.
    #[must_use]
    pub fn without_messages_tab(mut self) -> Self {
        self.app.messages_tab = false;
        self
    }

    /// The app is sold to many workspaces: `conversations.history` and `conversations.replies` give 15 messages at
    /// most, and one call a minute where the pace is kept. Without this it is a customer's own.
    #[must_use]
    pub fn commercial_app(mut self) -> Self {
        self.app.commercial = true;
        self
    }

    fn push_user(
        mut self,
        id: &str,
        real_name: &str,
        title: &str,
        team: &str,
        guest: Guest,
    ) -> Self {
        let name = real_name
            .split_whitespace()
            .map(str::to_lowercase)
            .collect::<Vec<_>>()
            .join(".");
        self.users.push(User {
            id: id.into(),
            name,
            real_name: real_name.into(),
            title: title.into(),
            team_id: team.into(),
            guest,
            deleted: false,
            is_bot: false,
        });
        self
    }

    /// A full member.
    #[must_use]
    pub fn user(self, id: &str, real_name: &str) -> Self {
        self.titled_user(id, real_name, "")
    }

    /// A full member with a job title.
    #[must_use]
    pub fn titled_user(self, id: &str, real_name: &str, title: &str) -> Self {
        let team = self.team.id.clone();
        self.push_user(id, real_name, title, &team, Guest::No)
    }

    /// A guest of several channels.
    #[must_use]
    pub fn guest(self, id: &str, real_name: &str) -> Self {
        let team = self.team.id.clone();
        self.push_user(id, real_name, "", &team, Guest::MultiChannel)
    }

    /// Somebody of another workspace.
    #[must_use]
    pub fn outside_user(self, id: &str, real_name: &str, team: &str) -> Self {
        self.push_user(id, real_name, "", team, Guest::No)
    }

    fn push_channel(
        mut self,
        id: &str,
        name: &str,
        kind: ChannelKind,
        ext_shared: bool,
        members: &[&str],
        bot: bool,
    ) -> Self {
        let mut members: Vec<String> = members.iter().map(|member| (*member).to_owned()).collect();
        if bot {
            members.push(BOT.to_owned());
        }
        self.channels.push(Channel {
            id: id.into(),
            name: name.into(),
            kind,
            members,
            archived: false,
            ext_shared,
            messages: Vec::new(),
        });
        self
    }

    /// A public channel that the bot is in.
    #[must_use]
    pub fn channel(self, id: &str, name: &str, members: &[&str]) -> Self {
        self.push_channel(id, name, ChannelKind::Public, false, members, true)
    }

    /// A private channel that the bot is in.
    #[must_use]
    pub fn private_channel(self, id: &str, name: &str, members: &[&str]) -> Self {
        self.push_channel(id, name, ChannelKind::Private, false, members, true)
    }

    /// A public channel that is shared with another organisation, and that the bot is in.
    #[must_use]
    pub fn shared_channel(self, id: &str, name: &str, members: &[&str]) -> Self {
        self.push_channel(id, name, ChannelKind::Public, true, members, true)
    }

    /// A public channel that the bot is not in.
    #[must_use]
    pub fn channel_without_bot(self, id: &str, name: &str, members: &[&str]) -> Self {
        self.push_channel(id, name, ChannelKind::Public, false, members, false)
    }

    /// Payloads go to these URLs as signed HTTP, and Socket Mode is off.
    #[must_use]
    pub fn request_urls(mut self, urls: RequestUrls) -> Self {
        self.edges.urls = urls;
        self.edges.socket_mode = false;
        self
    }

    /// How long an acknowledgement may take; three seconds of real time without this.
    #[must_use]
    pub fn ack_limit(mut self, limit: Duration) -> Self {
        self.edges.ack_limit = limit;
        self
    }

    /// How long a trigger lives; three seconds of real time without this.
    #[must_use]
    pub fn trigger_life(mut self, life: Duration) -> Self {
        self.edges.trigger_life = life;
        self
    }

    /// How long after each failure an event is sent again; at once, one minute and five minutes without this.
    #[must_use]
    pub fn event_retries(mut self, waits: &[Duration]) -> Self {
        self.edges.event_retries = waits.to_vec();
        self
    }

    /// How long a socket lasts whose URL says `debug_reconnects=true`; six minutes of real time without this.
    #[must_use]
    pub fn debug_reconnects(mut self, after: Duration) -> Self {
        self.edges.debug_reconnects = after;
        self
    }

    /// Whether too fast a caller gets HTTP 429.
    #[must_use]
    pub fn pace(mut self, pace: Pace) -> Self {
        self.pace = pace;
        self
    }

    /// The wall clock; the machine's without this.
    #[must_use]
    pub fn clock(mut self, clock: WallClock) -> Self {
        self.clock = clock;
        self
    }

    /// Offers a clock panel on the page.
    #[must_use]
    pub fn clock_panel(mut self, panel: Arc<dyn ClockPanel>) -> Self {
        self.host.panel = Some(panel);
        self
    }

    /// Offers a timeline on the page: what the app did, and why.
    #[must_use]
    pub fn timeline(mut self, timeline: Arc<dyn Timeline>) -> Self {
        self.host.timeline = Some(timeline);
        self
    }

    /// Offers guided stories on the page, and a way to start again.
    #[must_use]
    pub fn guide(mut self, guide: Arc<dyn Guide>) -> Self {
        self.host.guide = Some(guide);
        self
    }

    /// Keeps these people together under one heading where the page lets a visitor choose whom to act as. Without any
    /// group, people stand under their titles.
    #[must_use]
    pub fn group(mut self, name: &str, users: &[&str]) -> Self {
        let users = users.iter().map(|user| (*user).to_owned()).collect();
        self.groups.push((name.into(), users));
        self
    }

    /// The port on 127.0.0.1; any free one without this.
    #[must_use]
    pub fn port(mut self, port: u16) -> Self {
        self.port = port;
        self
    }

    /// Opens the workspace: from now on it answers at [`Workspace::url`].
    ///
    /// # Errors
    /// Where the port is taken, or the client for signed HTTP cannot be made.
    pub async fn start(mut self) -> std::io::Result<Workspace> {
        let (clock, host, port) = (
            self.clock.clone(),
            std::mem::take(&mut self.host),
            self.port,
        );
        Workspace::open(self.into_state(), clock, host, port).await
    }

    /// Everything at its beginning.
    pub(crate) fn into_state(mut self) -> State {
        let bot = self.app.bot_user.clone();
        for channel in &mut self.channels {
            for member in &mut channel.members {
                if member == BOT {
                    member.clone_from(&bot);
                }
            }
        }
        self.users.push(User {
            id: bot,
            name: self.app.name.to_lowercase().replace(' ', "-"),
            real_name: self.app.name.clone(),
            title: String::new(),
            team_id: self.team.id.clone(),
            guest: Guest::No,
            deleted: false,
            is_bot: true,
        });
        let mut state = State::new(
            self.team,
            self.app,
            self.edges,
            self.users,
            self.channels,
            self.pace,
        );
        state.groups = self.groups;
        state
    }
}

/// Stands for the bot until its id is known.
const BOT: &str = "\u{0}bot";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_a_word_the_waits_are_slacks() {
        let edges = Builder::default().edges;
        let waits: Vec<u64> = edges.event_retries.iter().map(Duration::as_secs).collect();
        assert_eq!(waits, [0, 60, 300]);
        let seconds = [edges.ack_limit, edges.trigger_life, edges.debug_reconnects]
            .map(|wait| wait.as_secs());
        assert_eq!(seconds, [3, 3, 360]);
    }
}
