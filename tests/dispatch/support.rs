//! A council with a team under each built-in protocol, the stand-in workspace it talks in, and the bot over signed HTTP.

use std::fmt::Write as _;
use std::path::Path;
use std::sync::{Arc, LazyLock};

use chrono::{DateTime, Utc};
use hyper_util::client::proxy::matcher::Matcher;
use lodestar::calendar::Calendar;
use lodestar::clock::Clock;
use lodestar::concern::{Command, Concern, Hours};
use lodestar::config::Config;
use lodestar::desk::{Desk, Protocols};
use lodestar::directory::{Directory, People};
use lodestar::ids::{ConcernId, UserId};
use lodestar::messages::Messages;
use lodestar::metrics::Metrics;
use lodestar::protocol::library::Library;
use lodestar::slack::edge::Limits;
use lodestar::slack::http::{serve, slack_routes};
use lodestar::slack::network::Network;
use lodestar::slack::signature::Verifier;
use lodestar::slack::web::{Outgoing, Patience, WebApi};
use lodestar::slack::{Bot, Edge};
use lodestar::store::Store;
use sandbox::{Person, RequestUrls, Submitted, View, Workspace};
use serde_json::{Value, json};

/// Every role of the built-in protocols; each is held by a person named after it.
/// How long Slack waits for the bot here, and keeps a trigger: what is answered is tried, however busy the machine.
const PATIENCE: std::time::Duration = std::time::Duration::from_secs(30);

const ROLES: [&str; 29] = [
    "social_worker",
    "team_manager",
    "service_lead",
    "iro_manager",
    "siu_lead",
    "head_of_service",
    "safeguarding_lead",
    "deputy_director",
    "strategic_lead",
    "dcs",
    "service_director",
    "ad_qa",
    "cas_atm",
    "cas_tm",
    "heads_of_service",
    "case_monitoring_board",
    "assistant_director",
    "director",
    "legal",
    "supervising_social_worker",
    "practice_supervisor",
    "operational_service_manager",
    "sm_qar",
    "board_director",
    "operations_manager",
    "service_manager",
    "hos_children_families",
    "hos_csc_safeguarding",
    "hos_practice_assurance",
];

/// A team under each built-in protocol.
pub(crate) const TEAMS: [(&str, &str); 5] = [
    ("north", "manchester"),
    ("warwick", "warwickshire"),
    ("bucks", "buckinghamshire"),
    ("challenge", "cp-lac-challenge"),
    ("fostering", "fostering-iro"),
];

/// Somebody of the directory by their role: `U0TEAMMANAGER`.
pub(crate) fn holder(role: &str) -> String {
    format!("U0{}", role.to_uppercase().replace('_', ""))
}

/// The words, tried once for all tests.
static WORDS: LazyLock<Arc<Messages>> = LazyLock::new(|| Arc::new(Messages::load(None).unwrap()));

/// The channel that everybody is in.
pub(crate) const CHANNEL: &str = "C0CARDS";

pub(crate) struct World {
    pub(crate) space: Workspace,
    pub(crate) desk: Desk,
    pub(crate) web: Arc<WebApi>,
    _folder: tempfile::TempDir,
}

fn council(teams: &[(&str, &str)]) -> Config {
    let mut text = String::from(
        "[council]\nname = \"Sample Council\"\ncase_ref_pattern = \"^K-[0-9]{6}$\"\ncase_system = \"LCS\"\n\
         [raisers]\niro = [\"U0IRO1\", \"U0IRO2\"]\ncp_chair = [\"U0CPC1\"]\nfoster_iro = [\"U0FIRO1\", \"U0IRO1\"]\n",
    );
    let library = Library::load(&[]).unwrap();
    let spoken: Vec<String> = TEAMS
        .iter()
        .filter(|(_, id)| teams.iter().any(|(_, asked)| asked == id))
        .filter_map(|(_, id)| library.get(&(*id).into()))
        .flat_map(|held| held.protocol.roles.keys().map(ToString::to_string))
        .collect();
    for role in ROLES
        .iter()
        .filter(|role| spoken.iter().any(|spoken| spoken == *role))
    {
        write!(text, "[roles.{role}]\nusers = [\"{}\"]\n", holder(role)).unwrap();
    }
    let unheld = spoken.iter().find(|role| !ROLES.contains(&role.as_str()));
    assert_eq!(unheld, None, "somebody holds every role");
    for (team, protocol) in teams {
        write!(
            text,
            "[[team]]\nid = \"{team}\"\nname = \"{team} team\"\nprotocol = \"{protocol}\"\n"
        )
        .unwrap();
    }
    Config::parse(&text, "lodestar.toml", Path::new(""))
        .unwrap()
        .0
}

impl World {
    /// With a team under each built-in protocol, on Monday 14 December 2026, 10:00.
    pub(crate) async fn of_five_teams() -> Self {
        Self::of(&TEAMS).await
    }

    /// With one team, under Manchester's protocol.
    pub(crate) async fn of_one_team() -> Self {
        Self::of(&TEAMS[..1]).await
    }

    async fn of(teams: &[(&str, &str)]) -> Self {
        let clock = Clock::standing_at("2026-12-14T10:00:00Z".parse().unwrap());
        let folder = tempfile::tempdir().unwrap();
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let space = workspace(&clock, &format!("http://{address}")).await;

        let config = council(teams);
        let library = Library::load(&[]).unwrap();
        let protocols: Vec<_> = library
            .iter()
            .map(|held| Arc::clone(&held.protocol))
            .collect();
        let known: Vec<_> = protocols.iter().map(|protocol| &**protocol).collect();
        let (directory, _) = Directory::build(&config.directory, &known, &[]).unwrap();
        let url = format!("sqlite:{}", folder.path().join("lodestar.db").display());
        let store = Store::open(&url, &folder.path().join("lodestar.key"))
            .await
            .unwrap();
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
        let network = Network::new(Matcher::builder().build(), None).unwrap();
        let token = space.bot_token().into();
        let web = WebApi::new(
            &network,
            &space.api_url(),
            &token,
            Patience::default(),
            Metrics::new(),
        );
        let web = Arc::new(web.unwrap());
        let messages = Arc::clone(&WORDS);
        let bot = Bot::new(desk.clone(), Arc::clone(&web), messages, &config);
        let edge = Edge::new(
            bot,
            web.responder().clone(),
            Metrics::new(),
            Limits::default(),
        );
        let verifier = Verifier::new(&space.signing_secret().into()).unwrap();
        let routes = slack_routes(edge, verifier, clock.clone());
        tokio::spawn(serve(listener, routes, std::future::pending()));
        Self {
            space,
            desk,
            web,
            _folder: folder,
        }
    }

    pub(crate) fn to(&self, moment: &str) {
        let moment: DateTime<Utc> = moment.parse().unwrap();
        self.desk.clock().to(moment);
    }

    pub(crate) fn iro(&self) -> Person {
        self.space.person("U0IRO1")
    }

    pub(crate) fn holder(&self, role: &str) -> Person {
        self.space.person(&holder(role))
    }

    /// Types `/concern …` and gives what was answered, empty where nothing was.
    pub(crate) async fn types(&self, user: &str, text: &str) -> String {
        let outcome = self
            .space
            .person(user)
            .slash_in(CHANNEL, "/concern", text)
            .await
            .unwrap();
        assert_eq!(outcome.failed, None);
        outcome
            .reply
            .map_or_else(String::new, |reply| reply.all_text())
    }

    /// Opens the form that raises, with the team chosen.
    pub(crate) async fn form(&self, user: &str, team: &str) -> View {
        let person = self.space.person(user);
        assert_eq!(self.types(user, "").await, "");
        let view = person.open_view().unwrap();
        assert_eq!(view.callback_id(), "raise_concern");
        person.fill(&view.id, "team", team).await.unwrap();
        person.open_view().unwrap()
    }

    /// Raises a concern as the IRO, with whatever is said beside the usual; gives it.
    pub(crate) async fn raises(&self, team: &str, beside: &[(&str, Value)]) -> Concern {
        self.raises_as("U0IRO1", team, beside).await
    }

    pub(crate) async fn raises_as(
        &self,
        user: &str,
        team: &str,
        beside: &[(&str, Value)],
    ) -> Concern {
        let view = self.form(user, team).await;
        let person = self.space.person(user);
        fill_usual(&person, &view).await;
        for (block, entry) in beside {
            person.fill(&view.id, block, entry.clone()).await.unwrap();
        }
        let outcome = person.submit(&view.id).await.unwrap();
        let Submitted::Updated(shown) = outcome else {
            panic!("it was not raised: {outcome:?}");
        };
        let said = person.open_view().unwrap();
        assert_eq!(said.id, shown);
        let reference: ConcernId = said.title().split(' ').next().unwrap().parse().unwrap();
        person.close(&shown).await.unwrap();
        self.concern(reference.0).await
    }

    pub(crate) async fn concern(&self, number: i64) -> Concern {
        self.desk
            .case(ConcernId(number))
            .await
            .unwrap()
            .unwrap()
            .concern
    }

    /// The platform takes the card of the present visit.
    pub(crate) async fn delivers(&self, concern: &Concern) {
        let visit = concern.visit().unwrap().number;
        let at = self.desk.now();
        let mut tx = self.desk.store().begin().await.unwrap();
        let delivered = Command::Delivered { visit, at };
        self.desk
            .by_itself(&mut tx, concern.id, delivered)
            .await
            .unwrap();
        tx.commit().await.unwrap();
    }

    /// A message with buttons as the courier would post it; gives its time.
    pub(crate) async fn card(&self, concern: &Concern, visit: u32, actions: &[&str]) -> String {
        let buttons: Vec<Value> = actions
            .iter()
            .map(|action| {
                json!({
                    "type": "button", "action_id": action, "value": concern.id.to_string(),
                    "text": {"type": "plain_text", "text": action}
                })
            })
            .collect();
        let message = Outgoing {
            text: "a card".to_owned(),
            blocks: Some(json!([
                {"type": "actions", "block_id": format!("actions/{visit}"), "elements": buttons}
            ])),
            metadata: None,
        };
        self.web.post_message(CHANNEL, &message).await.unwrap().ts
    }

    /// Presses a button of the concern's card and gives what was said to them alone.
    pub(crate) async fn presses(&self, user: &str, concern: &Concern, visit: u32, action: &str) {
        let ts = self.card(concern, visit, &[action]).await;
        let outcome = self
            .space
            .person(user)
            .click(CHANNEL, &ts, action)
            .await
            .unwrap();
        assert_eq!(outcome, sandbox::ClickOutcome::Acked);
    }

    /// Presses a button and gives the words that came back to them alone.
    pub(crate) async fn is_told(
        &self,
        user: &str,
        concern: &Concern,
        visit: u32,
        action: &str,
    ) -> String {
        self.presses(user, concern, visit, action).await;
        self.hears(user).await
    }

    pub(crate) async fn hears(&self, user: &str) -> String {
        let person = self.space.person(user);
        let said = person.awaits_ephemeral().await;
        said.map_or_else(String::new, |said| said.all_text())
    }

    /// Presses a button that opens a form, fills it and sends it.
    pub(crate) async fn does(
        &self,
        user: &str,
        concern: &Concern,
        action: &str,
        entries: &[(&str, &str)],
    ) -> Submitted {
        let visit = concern.visit().unwrap().number;
        self.presses(user, concern, visit, action).await;
        let person = self.space.person(user);
        let view = person.open_view().unwrap();
        assert_eq!(view.callback_id(), action);
        person.fill_all(&view.id, entries).await.unwrap();
        person.submit(&view.id).await.unwrap()
    }

    /// The last text that a concern's record holds, with its field.
    pub(crate) async fn last_text(&self, number: i64) -> (String, String) {
        let mut tx = self.desk.store().read().await.unwrap();
        let texts = tx.texts(number, None).await.unwrap().unwrap();
        let last = texts.into_iter().next_back().unwrap();
        (last.field, last.text)
    }

    /// How many concerns there are.
    pub(crate) async fn count(&self) -> usize {
        let readable = self
            .desk
            .readable(&UserId::from(holder("iro_manager")))
            .await;
        readable.unwrap().len()
    }

    /// Fails on anything that Slack would not take.
    pub(crate) fn finish(&self) {
        let problems = self.space.problems();
        assert!(problems.is_empty(), "{problems:?}");
    }
}

/// Fills what every form asks.
pub(crate) async fn fill_usual(person: &Person, view: &View) {
    let mut entries = vec![
        ("case_ref", "K-204117"),
        ("category", first_category(view)),
        ("event_date", "2026-12-11"),
        ("issue", "No permanence plan after two reviews."),
        ("impact", "The child asks where they will live."),
        ("action", "A permanence planning meeting, with minutes."),
    ];
    if view.block("rag").is_some() {
        entries.push(("rag", "amber"));
    }
    person.fill_all(&view.id, &entries).await.unwrap();
}

fn first_category(view: &View) -> &str {
    let element = &view.block("category").unwrap()["element"];
    let grouped = &element["option_groups"][0]["options"][0]["value"];
    let flat = &element["options"][0]["value"];
    grouped.as_str().or(flat.as_str()).unwrap()
}

async fn workspace(clock: &Clock, address: &str) -> Workspace {
    let mut builder = Workspace::builder()
        .escaping_command("/concern", "")
        .request_urls(RequestUrls::under(address))
        .ack_limit(PATIENCE)
        .trigger_life(PATIENCE)
        .user("U0IRO1", "Ira One")
        .user("U0IRO2", "Ira Two")
        .user("U0CPC1", "Con Chair")
        .user("U0FIRO1", "Fay Iro")
        .user("U0NOBODY", "Not Listed")
        .user("U0OWN1", "Own Worker")
        .guest("U0GUEST", "Some Guest")
        .outside_user("U0OUTSIDE", "From Outside", "T0OTHER");
    let mut members = vec![
        "U0IRO1".to_owned(),
        "U0IRO2".to_owned(),
        "U0CPC1".to_owned(),
        "U0FIRO1".to_owned(),
        "U0NOBODY".to_owned(),
        "U0OWN1".to_owned(),
        "U0OUTSIDE".to_owned(),
    ];
    for role in ROLES {
        builder = builder.user(&holder(role), role);
        members.push(holder(role));
    }
    let members: Vec<&str> = members.iter().map(String::as_str).collect();
    let wall = clock.clone();
    builder
        .channel(CHANNEL, "cards", &members)
        .shared_channel("C0SHARED", "shared", &members)
        .clock(Arc::new(move || wall.now()))
        .start()
        .await
        .unwrap()
}
