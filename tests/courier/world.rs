//! A council, its desk and a stand-in for Slack, with a clock that stands until it is moved.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::{Arc, LazyLock, Mutex};
use std::time::Duration;

use chrono::{DateTime, NaiveDateTime, Utc};
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use hyper_util::client::proxy::matcher::Matcher;
use lodestar::calendar::Calendar;
use lodestar::clock::Clock;
use lodestar::concern::event::Flags;
use lodestar::concern::{Command, Hours, Raise};
use lodestar::config::Config;
use lodestar::courier::{Courier, Drawn, NotDrawn, Options, Render, Words};
use lodestar::desk::{Desk, Protocols, RaiseRequest};
use lodestar::directory::{Directory, People};
use lodestar::ids::{CaseRef, ConcernId, TeamId, Text, UserId};
use lodestar::messages::Messages;
use lodestar::metrics::Metrics;
use lodestar::protocol::library::Library;
use lodestar::readiness::Readiness;
use lodestar::slack::network::Network;
use lodestar::slack::web::{Outgoing, Patience, WebApi};
use lodestar::store::Store;
use lodestar::store::Tx;
use lodestar::store::outbox::{Message, NewMessage};
use rustls::RootCertStore;
use sandbox::{Call, Workspace};
use serde_json::{Value, json};
use tempfile::TempDir;

const COUNCIL: &str = r#"
[council]
name = "Sample Council"
case_ref_pattern = "^K-[0-9]{6}$"

[raisers]
iro = ["U0IRO1", "U0IRO2"]

[roles.service_lead]
users = ["U0SL1"]
[roles.iro_manager]
users = ["U0IM1"]
[roles.siu_lead]
users = ["U0SIU"]
[roles.head_of_service]
users = ["U0HOS"]
[roles.safeguarding_lead]
users = ["U0SG1"]
[roles.deputy_director]
users = ["U0DD1"]
[roles.strategic_lead]
users = ["U0ST1"]
[roles.dcs]
users = ["U0DCS"]
[roles.social_worker]
users = ["U0SW1"]

[[team]]
id = "north"
name = "North locality"
protocol = "manchester"
channel = "C0NORTH"
[team.roles.team_manager]
users = ["U0TMN1", "U0TMN2"]
channel = "C0TMN"

[[team]]
id = "south"
name = "South locality"
protocol = "manchester"
channel = "C0SOUTH"
[team.roles.team_manager]
users = ["U0TMS1"]
channel = "C0TMS"

[[team]]
id = "east"
name = "East locality"
protocol = "manchester"
channel = "C0EAST"
[team.roles.team_manager]
users = ["U0TME1", "U0TME2"]
"#;

const CHANNELS: [&str; 5] = ["C0NORTH", "C0SOUTH", "C0EAST", "C0TMN", "C0TMS"];
const PEOPLE: [&str; 16] = [
    "U0IRO1", "U0IRO2", "U0SL1", "U0IM1", "U0SIU", "U0HOS", "U0SG1", "U0DD1", "U0ST1", "U0DCS",
    "U0SW1", "U0TMN1", "U0TMN2", "U0TMS1", "U0TME1", "U0TME2",
];

/// Compiled and tried once for all tests.
static MESSAGES: LazyLock<Arc<Messages>> =
    LazyLock::new(|| Arc::new(Messages::load(None).unwrap()));

/// How long a call may take here: a stand-in on the same machine answers at once, or never.
const PATIENCE: Duration = Duration::from_millis(400);

pub(crate) struct World {
    pub(crate) slack: Workspace,
    pub(crate) clock: Clock,
    pub(crate) desk: Desk,
    pub(crate) readiness: Readiness,
    pub(crate) metrics: Metrics,
    pub(crate) words: Arc<Script>,
    web: Arc<WebApi>,
    _folder: TempDir,
}

impl World {
    pub(crate) async fn new() -> Self {
        let clock = Clock::standing_at(at("2026-12-14 10:00"));
        let wall = clock.clone();
        let mut slack = Workspace::builder().clock(Arc::new(move || wall.now()));
        for channel in CHANNELS {
            slack = slack.channel(channel, &channel.to_lowercase(), &[]);
        }
        for person in PEOPLE {
            slack = slack.user(person, person);
        }
        let slack = slack.start().await.unwrap();
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite:{}", folder.path().join("lodestar.db").display());
        let store = Store::open(&url, &folder.path().join("key")).await.unwrap();
        let (config, _) = Config::parse(COUNCIL, "lodestar.toml", Path::new("")).unwrap();
        let library = Library::load(&[]).unwrap();
        let protocols: Vec<_> = library
            .iter()
            .map(|held| Arc::clone(&held.protocol))
            .collect();
        let protocols: Vec<_> = protocols.iter().map(|protocol| &**protocol).collect();
        let (directory, _) = Directory::build(&config.directory, &protocols, &[]).unwrap();
        let hours = Hours {
            opens: config.hours.opens,
            warning: config.hours.warning,
        };
        let desk = Desk::new(
            store,
            Protocols::new(library),
            People::fixed(directory),
            Calendar::built_in().unwrap(),
            (hours, config.hours.digest),
            clock.clone(),
        );
        let metrics = Metrics::new();
        let network =
            Network::new(Matcher::builder().build(), Some(RootCertStore::empty())).unwrap();
        let patience = Patience {
            call: PATIENCE,
            view: PATIENCE,
        };
        let token = slack.bot_token().into();
        let web = WebApi::new(
            &network,
            &slack.api_url(),
            &token,
            patience,
            metrics.clone(),
        )
        .unwrap();
        let words = Words::new(desk.clone(), Arc::clone(&MESSAGES), &config);
        Self {
            slack,
            clock,
            desk,
            readiness: Readiness::new(),
            metrics,
            words: Arc::new(Script {
                words,
                broken: Mutex::default(),
                before: Mutex::default(),
            }),
            web: Arc::new(web),
            _folder: folder,
        }
    }

    /// A courier as after a start: it knows nothing but what is in the store.
    pub(crate) fn courier(&self) -> Courier {
        self.courier_that(true)
    }

    pub(crate) fn courier_that(&self, confirm_deliveries: bool) -> Courier {
        Courier::new(
            self.desk.clone(),
            Arc::clone(&self.web),
            Arc::clone(&self.words) as Arc<dyn Render>,
            self.readiness.clone(),
            self.metrics.clone(),
            Options { confirm_deliveries },
        )
    }

    /// The IRO raises a concern in a team.
    pub(crate) async fn raise(&self, team: &str) -> ConcernId {
        let raise = Raise {
            team: TeamId::from(team),
            protocol_hash: String::new(),
            subject: None,
            case_ref: CaseRef::from(format!("K-{:06}", rand::random_range(0..1_000_000)).as_str()),
            category: "drift".to_owned(),
            rag: None,
            event_date: self.clock.now().date_naive(),
            issue: Text::from("The plan has stood still since June."),
            impact: Text::from("The child does not know where they will live."),
            action: Text::from("A decision on permanency."),
            action_by: None,
            addressee: None,
            start_at: None,
            start_reason: None,
            flags: Flags::default(),
        };
        let request = RaiseRequest {
            user: UserId::from("U0IRO1"),
            route: None,
            raise,
        };
        self.desk
            .raise(request, None)
            .await
            .unwrap()
            .case
            .concern
            .id
    }

    pub(crate) async fn act(&self, who: &str, concern: ConcernId, command: Command) {
        self.desk
            .act(&UserId::from(who), concern, command, None)
            .await
            .unwrap();
    }

    /// Queues a plain message.
    pub(crate) async fn queue(&self, dest: &str, priority: i64, say: &str) {
        self.queue_all(&[(dest, priority, say)]).await;
    }

    pub(crate) async fn queue_all(&self, messages: &[(&str, i64, &str)]) {
        let messages: Vec<NewMessage> = messages
            .iter()
            .map(|(dest, priority, say)| NewMessage {
                delivery: format!("d-{:032x}", rand::random::<u128>()),
                kind: "notice".to_owned(),
                subject: None,
                step: String::new(),
                dest: (*dest).to_owned(),
                recipient: Value::Null,
                payload: json!({"say": say}),
                priority: *priority,
            })
            .collect();
        let mut tx = self.desk.store().begin().await.unwrap();
        tx.enqueue(&messages, self.clock.now()).await.unwrap();
        tx.commit().await.unwrap();
        self.desk.tell_courier();
    }

    /// Every message the bot meant to send, whatever became of it.
    pub(crate) async fn outbox(&self, concern: ConcernId) -> Vec<Message> {
        let mut tx = self.desk.store().read().await.unwrap();
        tx.messages_of(concern.0).await.unwrap()
    }

    pub(crate) async fn waiting(&self) -> i64 {
        let mut tx = self.desk.store().read().await.unwrap();
        tx.outbox_depth().await.unwrap().waiting
    }

    /// What stands in a channel, or in the direct messages of a person.
    pub(crate) fn said(&self, place: &str) -> Vec<sandbox::Message> {
        if place.starts_with('U') {
            self.slack.messages(&self.slack.dm(place))
        } else {
            self.slack.messages(place)
        }
    }

    pub(crate) fn texts(&self, place: &str) -> Vec<String> {
        self.said(place)
            .into_iter()
            .map(|message| message.text)
            .collect()
    }

    pub(crate) fn edits(&self) -> Vec<Call> {
        self.slack.calls_to("chat.update")
    }

    pub(crate) fn count(&self, kind: &'static str, outcome: &'static str) -> i64 {
        self.metrics.value(
            "lodestar_messages_total",
            &[("kind", kind), ("outcome", outcome)],
        )
    }

    pub(crate) fn secs(&self) -> u64 {
        self.clock.elapsed().as_secs()
    }

    /// Each delivery lies in Slack once at most.
    pub(crate) fn nothing_is_there_twice(&self) {
        let all = self.slack.all_messages();
        let deliveries: Vec<&str> = all
            .iter()
            .filter_map(|message| message.meta("delivery"))
            .collect();
        let once: BTreeSet<&str> = deliveries.iter().copied().collect();
        assert_eq!(once.len(), deliveries.len(), "{deliveries:?}");
        assert_eq!(
            deliveries.len(),
            all.len(),
            "a message without its delivery"
        );
    }
}

type Hook = Box<dyn Fn(&Message) -> BoxFuture<'static, Option<Tx>> + Send + Sync>;

/// The council's words, and for messages a test has queued, its own. Breaks on demand.
pub(crate) struct Script {
    words: Words,
    /// Messages to this place cannot be rendered; `panic` breaks off altogether.
    pub(crate) broken: Mutex<Vec<(String, &'static str)>>,
    pub(crate) before: Mutex<Option<Hook>>,
}

impl Render for Script {
    fn render<'a>(&'a self, message: &'a Message) -> BoxFuture<'a, Result<Drawn, NotDrawn>> {
        let broken = self.broken.lock().unwrap().clone();
        let broken = broken.into_iter().find(|(dest, _)| *dest == message.dest);
        let before = self
            .before
            .lock()
            .unwrap()
            .as_ref()
            .map(|hook| hook(message));
        async move {
            if let Some(before) = before {
                before.await;
            }
            match broken {
                Some((_, "panic")) => panic!("broken on demand"),
                Some((_, how)) => return Err(NotDrawn::Broken(how.to_owned())),
                None => {}
            }
            match message.payload.get("say").and_then(Value::as_str) {
                Some(say) => Ok(Drawn::Say(Outgoing {
                    text: say.to_owned(),
                    ..Outgoing::default()
                })),
                None => self.words.render(message).await,
            }
        }
        .boxed()
    }
}

pub(crate) fn at(text: &str) -> DateTime<Utc> {
    NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M")
        .unwrap()
        .and_utc()
}
