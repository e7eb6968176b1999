//! The world a story runs in: the stand-in workspace, the whole bot over its real edges, a clock that is moved.

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, NaiveDateTime, TimeDelta, Utc};
use lodestar::app::{App, Council, Ways};
use lodestar::clock::Clock;
use lodestar::concern::Phase;
use lodestar::config::Environment;
use lodestar::demo::sample::{self, Sample};
use lodestar::desk::Case;
use lodestar::ids::{ConcernId, ProtocolId, RoleId};
use lodestar::protocol::library::Library;
use lodestar::protocol::{Protocol, Scope};
use lodestar::store::concerns::{Find, Which};
use sandbox::{Message, Workspace};
use tempfile::TempDir;

use super::people::Someone;

/// Which way in the bot has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// Socket Mode.
    Socket,
    /// Signed HTTP.
    Http,
}

/// A story's world.
pub struct World {
    pub slack: Workspace,
    pub clock: Clock,
    pub protocol: Arc<Protocol>,
    pub sample: Sample,
    pub app: App,
    environment: Environment,
    way: Way,
    folder: TempDir,
}

/// A world to be.
pub struct Builder {
    protocol: String,
    file: fn(String) -> String,
    way: Way,
}

/// A moment in council time: `2026-12-21 17:00` or with seconds.
pub fn london(text: &str) -> DateTime<Utc> {
    let format = if text.len() > 16 {
        "%Y-%m-%d %H:%M:%S"
    } else {
        "%Y-%m-%d %H:%M"
    };
    let local = NaiveDateTime::parse_from_str(text, format)
        .unwrap_or_else(|error| panic!("{text}: {error}"));
    local
        .and_local_timezone(chrono_tz::Europe::London)
        .earliest()
        .unwrap()
        .to_utc()
}

impl World {
    /// A world under a built-in protocol.
    pub fn of(protocol: &str) -> Builder {
        Builder {
            protocol: protocol.to_owned(),
            file: |file| file,
            way: Way::Socket,
        }
    }

    /// Moves the clock to a moment, letting whatever falls on the way fall at its own moment, and every message be delivered.
    pub async fn to(&self, moment: &str) {
        let to = london(moment);
        assert!(to >= self.clock.now(), "the clock goes forward: {moment}");
        for _ in 0..500 {
            let next = self.next_stop().await.filter(|at| *at < to);
            let Some(at) = next else { break };
            self.clock.to(at.max(self.clock.now()));
            self.settle().await;
        }
        self.clock.to(to);
        self.settle().await;
    }

    /// Moves the clock at once, as after an outage: what fell on the way is found late.
    pub async fn jump(&self, moment: &str) {
        self.clock.to(london(moment));
        self.settle().await;
    }

    /// Lets the timekeeper and the courier do all there is to do now.
    pub async fn settle(&self) {
        for _ in 0..50 {
            let round = self.app.timekeeper.round().await.unwrap();
            let sent = self.app.courier.settle().await.unwrap();
            if round.acted + round.failed + sent.sent + sent.edited + sent.dropped == 0 {
                return;
            }
        }
        panic!("the bot does not come to rest");
    }

    async fn next_stop(&self) -> Option<DateTime<Utc>> {
        let mut tx = self.app.desk().store().read().await.unwrap();
        // A deadline falls just after its moment.
        let deadline = tx
            .next_due()
            .await
            .unwrap()
            .map(|at| at + TimeDelta::milliseconds(1));
        let calendar = self.app.desk().calendar();
        let now = self.clock.now();
        let today = calendar
            .first_working_day_on_or_after(calendar.local_date(now))
            .unwrap();
        let digest = |day| calendar.at(day, self.app.desk().digest_hour());
        let digest = if digest(today) > now {
            digest(today)
        } else {
            digest(calendar.next_working_day(today).unwrap())
        };
        deadline.into_iter().chain([digest]).min()
    }

    /// Stops the bot and starts it again on the same store, as after a restart.
    pub async fn restart(self) -> Self {
        let Self {
            slack,
            clock,
            protocol,
            sample,
            app,
            environment,
            way,
            folder,
        } = self;
        app.stop().await;
        let app = start(&environment, &clock, &slack, way).await;
        Self {
            slack,
            clock,
            protocol,
            sample,
            app,
            environment,
            way,
            folder,
        }
    }

    /// The holder of a role of the north team.
    pub fn role(&self, role: &str) -> Someone<'_> {
        let id = RoleId::from(role);
        let scope = self
            .protocol
            .roles
            .get(&id)
            .unwrap_or_else(|| panic!("no role {role}"))
            .scope;
        let of = if scope == Scope::Team {
            format!("{role}_north")
        } else {
            role.to_owned()
        };
        Someone::new(self, &user(&of))
    }

    /// The first raiser in a raiser role.
    pub fn raiser(&self, role: &str) -> Someone<'_> {
        Someone::new(self, &user(&format!("{role}1")))
    }

    /// The second raiser in a raiser role.
    pub fn other_raiser(&self, role: &str) -> Someone<'_> {
        Someone::new(self, &user(&format!("{role}2")))
    }

    /// The independent reviewing officer of the story.
    pub fn iro(&self) -> Someone<'_> {
        self.raiser(self.protocol.raised_by[0].as_str())
    }

    /// The channel in which a role's cards stand, for the north team.
    pub fn channel_of(&self, role: &str) -> String {
        let id = RoleId::from(role);
        let scope = self
            .protocol
            .roles
            .get(&id)
            .unwrap_or_else(|| panic!("no role {role}"))
            .scope;
        let name = role.replace('_', "-");
        let name = if scope == Scope::Team {
            format!("north-{name}")
        } else {
            name
        };
        self.channel(&name)
    }

    /// A channel by its name.
    pub fn channel(&self, name: &str) -> String {
        let channel = self
            .sample
            .channels
            .iter()
            .find(|channel| channel.name == name);
        channel
            .unwrap_or_else(|| panic!("no channel {name}"))
            .id
            .clone()
    }

    /// The newest message to a role about a concern of a kind, marked as seen.
    pub fn last(&self, channel: &str, kind: &str, concern: ConcernId) -> Option<Message> {
        let concern = concern.to_string();
        let all = self.slack.messages(channel);
        let found = all.iter().rev().find(|message| {
            message.meta("kind") == Some(kind) && message.meta("concern") == Some(&concern)
        })?;
        self.slack.look_at(channel, &found.ts)
    }

    /// The newest card of a role.
    pub fn card(&self, role: &str, concern: ConcernId) -> Message {
        let channel = self.channel_of(role);
        self.last(&channel, "card", concern)
            .unwrap_or_else(|| panic!("no card of {concern} for {role}"))
    }

    /// Whether a role has a card of a concern.
    pub fn has_card(&self, role: &str, concern: ConcernId) -> bool {
        self.last(&self.channel_of(role), "card", concern).is_some()
    }

    /// The number of the newest concern; 0 before the first.
    pub async fn newest(&self) -> i64 {
        let mut tx = self.app.desk().store().read().await.unwrap();
        let all = tx.concerns(Find::All, Which::All, 0, 1000).await.unwrap();
        all.last().map_or(0, |row| row.number)
    }

    /// How a concern stands.
    pub async fn case(&self, concern: ConcernId) -> Case {
        self.app
            .desk()
            .case(concern)
            .await
            .unwrap()
            .unwrap_or_else(|| panic!("no {concern}"))
    }

    /// At which step a concern stands, and what it waits for.
    pub async fn stands(&self, concern: ConcernId) -> (String, Phase) {
        let case = self.case(concern).await;
        (
            case.concern
                .visit()
                .map(|visit| visit.step.to_string())
                .unwrap_or_default(),
            case.concern.phase,
        )
    }

    /// The due moment of a concern's present step, in council time: `Wed 30 Dec, 17:00`.
    pub async fn due(&self, concern: ConcernId) -> String {
        let case = self.case(concern).await;
        let due = case.concern.visit().and_then(|visit| visit.due);
        due.map_or_else(
            || "none".to_owned(),
            |due| self.app.desk().calendar().say_due(&due),
        )
    }

    /// Ends the story: the bot has done nothing that Slack would mind, said nothing it should not, and its record is whole.
    pub async fn finish(self) {
        let problems = self.slack.problems();
        assert!(
            problems.is_empty(),
            "the bot did what Slack minds: {problems:?}"
        );
        let mut tx = self.app.desk().store().read().await.unwrap();
        tx.verify()
            .await
            .unwrap()
            .unwrap_or_else(|bad| panic!("the record is not whole: {bad}"));
        drop(tx);
        for message in self.slack.all_messages() {
            for secret in super::SECRETS {
                assert!(
                    !message.all_text().contains(secret),
                    "concern text stands in a message: {}",
                    message.all_text()
                );
            }
            assert!(
                !message.text.is_empty(),
                "a screen reader has nothing to read"
            );
        }
        self.app.stop().await;
        self.slack.stop();
    }
}

impl Builder {
    /// With another council's file: what is changed of the sample.
    pub fn with_file(mut self, change: fn(String) -> String) -> Self {
        self.file = change;
        self
    }

    /// Over signed HTTP in place of Socket Mode.
    pub fn over_http(mut self) -> Self {
        self.way = Way::Http;
        self
    }

    /// Opens the world at a moment in council time.
    pub async fn at(self, moment: &str) -> World {
        let clock = Clock::standing_at(london(moment));
        let library = Library::load(&[]).unwrap();
        let protocol = Arc::clone(
            &library
                .get(&ProtocolId::from(self.protocol.as_str()))
                .unwrap()
                .protocol,
        );
        let mut sample = sample::council(&protocol);
        sample.file = (self.file)(sample.file);
        let folder = tempfile::tempdir().unwrap();
        let config = folder.path().join("lodestar.toml");
        std::fs::write(&config, &sample.file).unwrap();
        let wall = clock.clone();
        let mut builder = Workspace::builder()
            .escaping_command("/concern", "raise, list, show")
            .clock(Arc::new(move || wall.now()));
        for person in &sample.people {
            builder = builder.titled_user(&person.id, &person.name, &person.title);
        }
        for channel in &sample.channels {
            let members: Vec<&str> = channel.members.iter().map(String::as_str).collect();
            builder = builder.private_channel(&channel.id, &channel.name, &members);
        }
        let slack = builder.start().await.unwrap();
        slack.set_socket_mode(self.way == Way::Socket);
        let path = |name: &str| folder.path().join(name).display().to_string();
        let variables = [
            ("SLACK_BOT_TOKEN", slack.bot_token()),
            (
                "SLACK_APP_TOKEN",
                if self.way == Way::Socket {
                    slack.app_token()
                } else {
                    String::new()
                },
            ),
            (
                "SLACK_SIGNING_SECRET",
                if self.way == Way::Http {
                    slack.signing_secret()
                } else {
                    String::new()
                },
            ),
            ("SLACK_API_URL", slack.api_url()),
            ("DATABASE_URL", format!("sqlite:{}", path("lodestar.db"))),
            ("LODESTAR_KEY_FILE", path("lodestar.key")),
            ("LODESTAR_CONFIG", path("lodestar.toml")),
            ("LODESTAR_LISTEN", "127.0.0.1:0".to_owned()),
        ];
        let environment = Environment::read(|name| {
            variables
                .iter()
                .find(|(known, _)| *known == name)
                .map(|(_, value)| value.clone())
        });
        let environment = environment.unwrap();
        let app = start(&environment, &clock, &slack, self.way).await;
        World {
            slack,
            clock,
            protocol,
            sample,
            app,
            environment,
            way: self.way,
            folder,
        }
    }
}

async fn start(environment: &Environment, clock: &Clock, slack: &Workspace, way: Way) -> App {
    let council = Council::open(environment, clock.clone()).await.unwrap();
    // The loops stand still: a story moves the clock and lets them do their rounds.
    let app = App::start(council, environment, Ways { loops: false })
        .await
        .unwrap();
    match way {
        Way::Socket => assert!(slack.connected(1).await, "the bot does not connect"),
        Way::Http => {
            let base = format!("http://{}", app.address());
            slack.set_request_urls(sandbox::RequestUrls::under(&base));
        }
    }
    app
}

/// The user id the sample council gives the holder of this.
pub fn user(of: &str) -> String {
    let letters = of
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .map(|letter| letter.to_ascii_uppercase());
    format!("U0{}", letters.collect::<String>())
}

/// How long a story waits in real time for what must come over a socket.
pub const PATIENCE: Duration = Duration::from_secs(10);
