//! The world a story runs in: the stand-in workspace, the whole bot over its real edges, a clock that is moved.

use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use chrono::{DateTime, NaiveDateTime, TimeDelta, Utc};
use lodestar::app::{App, Council, Ways, read_with};
use lodestar::clock::Clock;
use lodestar::concern::Phase;
use lodestar::config::Environment;
use lodestar::demo::sample::{self, Sample};
use lodestar::desk::Case;
use lodestar::ids::{ConcernId, ProtocolId, RoleId};
use lodestar::messages::Messages;
use lodestar::protocol::library::Library;
use lodestar::protocol::{Keeps, Protocol, Scope};
use lodestar::slack::web::Patience;
use lodestar::store::concerns::{Find, Which};
use lodestar::tasks::{Command, TaskList, tasks};
use sandbox::{Message, Workspace};
use tempfile::TempDir;
use tracing::level_filters::LevelFilter;
use tracing::subscriber::DefaultGuard;

use super::heard::{Heard, named};
use super::log::Log;
use super::people::Someone;

/// The words, tried once for all stories.
static WORDS: LazyLock<Arc<Messages>> = LazyLock::new(|| Arc::new(Messages::load(None).unwrap()));

/// Somebody in the workspace whom the council's file does not name.
/// How long Slack waits for the bot in a story, and keeps a trigger: what is done is what a story is about, however busy the
/// machine. Slack's own three seconds are held to in `tests/edge` and in the stand-in's tests.
const PATIENCE: Duration = Duration::from_secs(30);

pub(crate) const NOBODY: &str = "U0NOBODY";
/// Another, who may be named for one child.
pub(crate) const OWN: &str = "U0OWN";

/// A guest of another organisation.
pub(crate) const GUEST: &str = "U0GUEST";

/// Which way in the bot has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    /// Socket Mode.
    Socket,
    /// Signed HTTP.
    Http,
}

/// A story's world.
pub(crate) struct World {
    pub(crate) slack: Workspace,
    pub(crate) clock: Clock,
    pub(crate) protocol: Arc<Protocol>,
    pub(crate) sample: Sample,
    pub(crate) app: App,
    pub(crate) folder: TempDir,
    pub(crate) log: Log,
    heard: Heard,
    environment: Environment,
    way: Way,
    patience: Patience,
    texts_in_cards: bool,
    listening: DefaultGuard,
}

/// A world to be.
pub(crate) struct Builder {
    protocol: String,
    own: Option<&'static str>,
    file: fn(String) -> String,
    way: Way,
    log: LevelFilter,
    patience: Patience,
    texts_in_cards: bool,
    review_due: bool,
}

/// A moment in council time: `2026-12-21 17:00` or with seconds.
pub(crate) fn london(text: &str) -> DateTime<Utc> {
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
    pub(crate) fn of(protocol: &str) -> Builder {
        Builder {
            protocol: protocol.to_owned(),
            own: None,
            file: |file| file,
            way: Way::Socket,
            log: LevelFilter::INFO,
            patience: Patience::default(),
            texts_in_cards: false,
            review_due: false,
        }
    }

    /// Moves the clock to a moment, letting whatever falls on the way fall at its own moment, and every message be delivered.
    pub(crate) async fn to(&self, moment: &str) {
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
    pub(crate) async fn jump(&self, moment: &str) {
        self.clock.to(london(moment));
        self.settle().await;
    }

    /// Lets the timekeeper and the courier do all there is to do now.
    pub(crate) async fn settle(&self) {
        for _ in 0..50 {
            let round = self.app.timekeeper.round().await.unwrap();
            let sent = self.app.courier.settle().await.unwrap();
            self.app.homes.round().await;
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
    pub(crate) async fn restart(self) -> Self {
        let Self {
            slack,
            clock,
            protocol,
            sample,
            app,
            folder,
            log,
            heard,
            environment,
            way,
            patience,
            texts_in_cards,
            listening,
        } = self;
        app.stop().await;
        let app = start(&environment, &clock, &slack, way, patience).await;
        Self {
            slack,
            clock,
            protocol,
            sample,
            app,
            folder,
            log,
            heard,
            environment,
            way,
            patience,
            texts_in_cards,
            listening,
        }
    }

    /// The holder of a role of the north team.
    pub(crate) fn role(&self, role: &str) -> Someone<'_> {
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
    pub(crate) fn raiser(&self, role: &str) -> Someone<'_> {
        Someone::new(self, &user(&format!("{role}1")))
    }

    /// The second raiser in a raiser role.
    pub(crate) fn other_raiser(&self, role: &str) -> Someone<'_> {
        Someone::new(self, &user(&format!("{role}2")))
    }

    /// The independent reviewing officer of the story.
    pub(crate) fn iro(&self) -> Someone<'_> {
        self.raiser(self.protocol.raised_by[0].as_str())
    }

    /// The channel in which a role's cards stand, for the north team.
    pub(crate) fn channel_of(&self, role: &str) -> String {
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
    pub(crate) fn channel(&self, name: &str) -> String {
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
    pub(crate) fn last(&self, channel: &str, kind: &str, concern: ConcernId) -> Option<Message> {
        let concern = concern.to_string();
        let all = self.slack.messages(channel);
        let found = all.iter().rev().find(|message| {
            message.meta("kind") == Some(kind) && message.meta("concern") == Some(&concern)
        })?;
        self.heard.notice(found);
        self.slack.look_at(channel, &found.ts)
    }

    /// Every message that was posted since the story last listened, wherever it stands, by its name, sorted. An edit is none.
    pub(crate) fn heard(&self) -> Vec<String> {
        let mut names: Vec<String> = self
            .heard
            .what_is_new(&self.slack)
            .iter()
            .map(|message| named(&self.slack, message))
            .collect();
        names.sort();
        names
    }

    /// As [`World::heard`], without the teams' digests.
    pub(crate) fn heard_beside_digests(&self) -> Vec<String> {
        let mut names = self.heard();
        names.retain(|name| !name.ends_with(" digest"));
        names
    }

    /// Lets what was posted so far pass: this story is not about it.
    pub(crate) fn skims(&self) {
        self.heard.what_is_new(&self.slack);
    }

    /// The newest card of a role.
    pub(crate) fn card(&self, role: &str, concern: ConcernId) -> Message {
        let channel = self.channel_of(role);
        self.last(&channel, "card", concern)
            .unwrap_or_else(|| panic!("no card of {concern} for {role}"))
    }

    /// The number of the newest concern; 0 before the first.
    pub(crate) async fn newest(&self) -> i64 {
        let mut tx = self.app.desk().store().read().await.unwrap();
        let all = tx.concerns(Find::All, Which::All, 0, 1000).await.unwrap();
        all.last().map_or(0, |row| row.number)
    }

    /// How a concern stands.
    pub(crate) async fn case(&self, concern: ConcernId) -> Case {
        self.app
            .desk()
            .case(concern)
            .await
            .unwrap()
            .unwrap_or_else(|| panic!("no {concern}"))
    }

    /// At which step a concern stands, and what it waits for.
    pub(crate) async fn stands(&self, concern: ConcernId) -> (String, Phase) {
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
    pub(crate) async fn due(&self, concern: ConcernId) -> String {
        let case = self.case(concern).await;
        let due = case.concern.visit().and_then(|visit| visit.due);
        due.map_or_else(
            || "none".to_owned(),
            |due| self.app.desk().calendar().say_due(&due),
        )
    }

    /// The due instant of a concern's present step.
    pub(crate) async fn due_instant(&self, concern: ConcernId) -> DateTime<Utc> {
        let case = self.case(concern).await;
        let due = case.concern.visit().and_then(|visit| visit.due);
        due.unwrap_or_else(|| panic!("{concern} has no clock")).at
    }

    /// The record of a concern: what happened, by kind, in order.
    pub(crate) async fn record(&self, concern: ConcernId) -> Vec<String> {
        let mut tx = self.app.desk().store().read().await.unwrap();
        let events = tx.load(concern.0, 0).await.unwrap();
        events.into_iter().map(|event| event.kind).collect()
    }

    /// Records that the protocol was looked at today.
    async fn reviews_the_protocol(&self) {
        let desk = self.app.desk();
        let lists = desk.list_of::<TaskList>(Find::All, Which::Open).await;
        for case in lists.unwrap() {
            if case.record.opened.keeps != Keeps::Protocol {
                continue;
            }
            let calendar = desk.calendar();
            let rules = case.rules(&calendar, desk.hours()).unwrap();
            let reviews = tasks(&rules, &case.record);
            for task in reviews.into_iter().filter(|task| task.rule.since.is_some()) {
                let done = Command::Done {
                    task: task.key,
                    on: None,
                    note: None,
                };
                let (by, id) = (&case.record.officer, case.record.id);
                desk.act_on::<TaskList>(by, id, done, None).await.unwrap();
            }
        }
    }

    /// Somebody by their user id.
    pub(crate) fn someone(&self, user: &str) -> Someone<'_> {
        Someone::new(self, user)
    }

    /// Writes the council's file anew and lets the bot read its people again, as its watcher does.
    pub(crate) async fn edits_people(&self, change: impl FnOnce(String) -> String) {
        let path = self.folder.path().join("lodestar.toml");
        let file = std::fs::read_to_string(&path).unwrap();
        std::fs::write(&path, change(file)).unwrap();
        self.app.read_people_again().await;
        self.settle().await;
    }

    /// Ends the story: the bot has done nothing that Slack would mind, said nothing it should not nor anything the story did not
    /// hear, logged no error, and its record is whole.
    pub(crate) async fn finish(self) {
        let problems = self.slack.problems();
        assert!(
            problems.is_empty(),
            "the bot did what Slack minds: {problems:?}"
        );
        assert_eq!(self.heard(), [""; 0], "nobody in the story heard of this");
        assert_eq!(self.log.take_errors(), [""; 0], "the bot logged errors");
        let mut tx = self.app.desk().store().read().await.unwrap();
        tx.verify()
            .await
            .unwrap()
            .unwrap_or_else(|bad| panic!("the record is not whole: {bad}"));
        drop(tx);
        self.said_nothing_it_should_not();
        let metrics = self.app.metrics.text();
        self.app.stop().await;
        self.slack.stop();
        holds_no_secret("a metric", &metrics);
        for line in self.log.lines() {
            holds_no_secret("the log", &line);
        }
        for entry in std::fs::read_dir(self.folder.path()).unwrap() {
            let path = entry.unwrap().path();
            let bytes = std::fs::read(&path).unwrap();
            holds_no_secret(
                &format!("{}", path.display()),
                &String::from_utf8_lossy(&bytes),
            );
        }
        drop(self.listening);
    }

    fn said_nothing_it_should_not(&self) {
        let bot = self.slack.bot_user();
        for message in self.slack.all_messages() {
            for version in &message.versions {
                if self.texts_in_cards {
                    continue;
                }
                holds_no_secret("a message", &version.text);
                holds_no_secret("a message", &format!("{:?}", version.blocks));
                holds_no_secret("a message's metadata", &format!("{:?}", version.metadata));
                assert!(
                    !version.text.is_empty(),
                    "a screen reader has nothing to read"
                );
            }
            if message.user == bot {
                says_what_it_is(&message);
            }
        }
        for person in self.slack.users() {
            for told in self.slack.ephemerals(&person.id) {
                holds_no_secret("what one person was told", &told.all_text());
            }
        }
        let mut deliveries: Vec<String> = self
            .slack
            .all_messages()
            .iter()
            .filter_map(|message| message.meta("delivery").map(str::to_owned))
            .collect();
        let all = deliveries.len();
        deliveries.sort();
        deliveries.dedup();
        assert_eq!(deliveries.len(), all, "a message was posted twice");
    }
}

/// Every message says in its metadata what it is, in strings alone.
fn says_what_it_is(message: &Message) {
    let metadata = message.metadata.clone().unwrap_or_default();
    assert_eq!(metadata["event_type"], "lodestar", "{}", message.text);
    let payload = metadata["event_payload"].as_object().unwrap();
    assert!(
        payload.values().all(serde_json::Value::is_string),
        "{payload:?}"
    );
    assert!(
        payload.contains_key("kind") && payload.contains_key("delivery"),
        "{payload:?}"
    );
}

fn holds_no_secret(place: &str, text: &str) {
    for secret in super::SECRETS {
        assert!(!text.contains(secret), "concern text in {place}: {secret}");
    }
}

impl Builder {
    /// Where the protocol is a file of the council's own, which stands beside its `lodestar.toml` and is named in it.
    pub(crate) fn with_protocol(mut self, text: &'static str) -> Self {
        self.own = Some(text);
        self
    }

    /// With another council's file: what is changed of the sample.
    pub(crate) fn with_file(mut self, change: fn(String) -> String) -> Self {
        self.file = change;
        self
    }

    /// With concern text written into the channels, as a council may choose.
    pub(crate) fn with_texts_in_cards(mut self) -> Self {
        self.texts_in_cards = true;
        self.with_file(|file| file.replace("card_text = \"on_request\"", "card_text = \"in_card\""))
    }

    /// Giving up on a call to Slack after so many milliseconds of real time.
    pub(crate) fn patient_for(mut self, millis: u64) -> Self {
        self.patience.call = Duration::from_millis(millis);
        self
    }

    /// Where the yearly review of the protocol is as it stands in the paper; else it was recorded today, so that the story is not of it.
    pub(crate) fn with_its_review_due(mut self) -> Self {
        self.review_due = true;
        self
    }

    /// Over signed HTTP in place of Socket Mode.
    pub(crate) fn over_http(mut self) -> Self {
        self.way = Way::Http;
        self
    }

    /// Listening to the log at every level, of every crate.
    pub(crate) fn logging_everything(mut self) -> Self {
        self.log = LevelFilter::TRACE;
        self
    }

    /// The council's own protocol file, written into its folder.
    fn own_files(&self, folder: &Path) -> Vec<PathBuf> {
        let own = self.own.map(|text| {
            let path = folder.join(format!("{}.toml", self.protocol));
            std::fs::write(&path, text).unwrap();
            path
        });
        own.into_iter().collect()
    }

    /// Opens the world at a moment in council time.
    pub(crate) async fn at(self, moment: &str) -> World {
        let (log, listening) = Log::listen(self.log);
        let clock = Clock::standing_at(london(moment));
        let folder = tempfile::tempdir().unwrap();
        let own_files = self.own_files(folder.path());
        let library = Library::load(&own_files).unwrap();
        let protocol = Arc::clone(
            &library
                .get(&ProtocolId::from(self.protocol.as_str()))
                .unwrap()
                .protocol,
        );
        let mut sample = sample::council(&protocol);
        if self.own.is_some() {
            let named = format!("[council]\nprotocols = [\"{}.toml\"]\n", self.protocol);
            sample.file = sample.file.replacen("[council]\n", &named, 1);
        }
        sample.file = (self.file)(sample.file);
        let config = folder.path().join("lodestar.toml");
        std::fs::write(&config, &sample.file).unwrap();
        let wall = clock.clone();
        let mut builder = Workspace::builder()
            .escaping_command("/concern", "raise, list, show")
            .user(NOBODY, "Nobody Listed")
            .user(OWN, "Own Worker")
            .guest(GUEST, "Some Guest")
            .ack_limit(PATIENCE)
            .trigger_life(PATIENCE)
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
        let app = start(&environment, &clock, &slack, self.way, self.patience).await;
        let world = World {
            slack,
            clock,
            protocol,
            sample,
            app,
            folder,
            log,
            heard: Heard::default(),
            environment,
            way: self.way,
            patience: self.patience,
            texts_in_cards: self.texts_in_cards,
            listening,
        };
        // The day's digests are done with before anything is there to say.
        world.settle().await;
        if !self.review_due {
            world.reviews_the_protocol().await;
        }
        world
    }
}

async fn start(
    environment: &Environment,
    clock: &Clock,
    slack: &Workspace,
    way: Way,
    patience: Patience,
) -> App {
    let read = read_with(&environment.config, |_| Ok(Arc::clone(&WORDS))).unwrap();
    let council = Council::of(read, environment, clock.clone()).await.unwrap();
    // The loops stand still: a story moves the clock and lets them do their rounds.
    let app = App::start(
        council,
        environment,
        Ways {
            loops: false,
            patience,
        },
    )
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
pub(crate) fn user(of: &str) -> String {
    let letters = of
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .map(|letter| letter.to_ascii_uppercase());
    format!("U0{}", letters.collect::<String>())
}
