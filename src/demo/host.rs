//! The bot behind the demonstration's page: begun, and begun again for each story, on a store of its own each time.

use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

use arc_swap::{ArcSwap, ArcSwapOption};
use chrono::{DateTime, Utc};
use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use sandbox::{ClockPanel, Guide, PanelView, Story, Timeline, TimelineEntry, Workspace};
use tempfile::TempDir;
use tokio_util::sync::CancellationToken;

use super::panel::Panel;
use super::sample::Sample;
use super::stories::Told;
use super::timeline::{Ledger, Names};
use crate::app::{App, Council, Ways, read_with};
use crate::cli::Failure;
use crate::clock::Clock;
use crate::config::Environment;
use crate::messages::Messages;

/// How often the panel and the timeline look at what the bot did.
const LOOK_EVERY: Duration = Duration::from_millis(300);

/// The bot behind the page.
pub(super) struct Host {
    clock: Clock,
    folder: TempDir,
    names: Names,
    /// Tried once for every beginning.
    words: Arc<Messages>,
    stories: Vec<Told>,
    panel: ArcSwapOption<Panel>,
    /// What the panel shows while no bot runs.
    resting: ArcSwap<PanelView>,
    ledger: Mutex<Ledger>,
    running: tokio::sync::Mutex<Running>,
    /// Held while a story begins, so that an end waits for it: a runtime that goes away under it would make it panic.
    beginning: tokio::sync::Mutex<()>,
    /// Cancelled with the demonstration: nothing begins any more.
    ending: CancellationToken,
}

/// What is said to whoever begins a story just then.
const ENDING: &str = "The demonstration is ending.";

/// The stories, offered to the page.
pub(super) struct Offered(pub(super) Arc<Host>);

/// What runs now.
#[derive(Default)]
struct Running {
    app: Option<App>,
    begun: u32,
}

impl Host {
    pub(super) fn new(sample: &Sample, stories: Vec<Told>) -> Result<Self, Failure> {
        let folder = tempfile::tempdir().map_err(Failure::usage)?;
        std::fs::write(folder.path().join("lodestar.toml"), &sample.file)
            .map_err(Failure::usage)?;
        Ok(Self {
            clock: Clock::system(),
            folder,
            names: Names::of(sample),
            words: Messages::load(None)
                .map(Arc::new)
                .map_err(Failure::faults)?,
            stories,
            panel: ArcSwapOption::empty(),
            resting: ArcSwap::default(),
            ledger: Mutex::default(),
            running: tokio::sync::Mutex::default(),
            beginning: tokio::sync::Mutex::default(),
            ending: CancellationToken::new(),
        })
    }

    pub(super) fn clock(&self) -> &Clock {
        &self.clock
    }

    /// What may be typed after the command, and what it does: of the first concern, and of a person who is still to be named.
    pub(super) fn commands(&self) -> Vec<(String, String)> {
        let ours = |typed: String| typed.replace("C-42", "C-1").replace("@name", "@NAME");
        let all = self.words.commands().into_iter();
        all.map(|(typed, does)| (ours(typed), does)).collect()
    }

    /// Starts the bot on an empty store.
    pub(super) async fn begin(&self, workspace: &Workspace) -> Result<(), Failure> {
        self.running.lock().await.begun += 1;
        self.start(workspace).await
    }

    /// Starts the bot on the store that it had.
    pub(super) async fn start(&self, workspace: &Workspace) -> Result<(), Failure> {
        let mut running = self.running.lock().await;
        let environment = self.environment(workspace, running.begun)?;
        let read = read_with(&environment.config, |_| Ok(Arc::clone(&self.words)))?;
        let council = Council::of(read, &environment, self.clock.clone()).await?;
        let app = App::start(council, &environment, Ways::default()).await?;
        self.panel.store(Some(Arc::new(Panel::new(
            app.desk().clone(),
            app.timekeeper.clone(),
        ))));
        running.app = Some(app);
        Ok(())
    }

    /// Stops the bot. Its store stays.
    pub(super) async fn stop(&self) {
        let mut running = self.running.lock().await;
        if let Some(panel) = self.panel.swap(None) {
            self.resting.store(Arc::new(PanelView {
                notes: vec!["Lodestar is not running. The clock waits for it.".to_owned()],
                steps: Vec::new(),
                ..panel.view()
            }));
        }
        if let Some(app) = running.app.take() {
            app.stop().await;
        }
    }

    /// Stops the bot for good, once a story that is just beginning has begun.
    pub(super) async fn close(&self) {
        self.ending.cancel();
        let _last = self.beginning.lock().await;
        self.end().await;
    }

    /// Stops the bot, and forgets what it did.
    async fn end(&self) {
        self.stop().await;
        // Before the page is told to begin anew, or it would take in what was.
        self.ledger
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .begin_again();
    }

    /// Stops the bot, forgets what was said, sets the clock, and starts it anew.
    async fn begin_again(
        &self,
        workspace: &Workspace,
        at: Option<DateTime<Utc>>,
    ) -> Result<(), Failure> {
        let _one_at_a_time = self.beginning.lock().await;
        if self.ending.is_cancelled() {
            return Err(Failure::no(ENDING));
        }
        self.end().await;
        workspace.forget_everything();
        self.clock.to(at.unwrap_or_else(|| Clock::system().now()));
        self.begin(workspace).await?;
        let connected = workspace.connected(1);
        match self.ending.run_until_cancelled(connected).await {
            Some(true) => Ok(()),
            Some(false) => Err(Failure::no(
                "The bot did not connect again: end the demonstration and start it anew.",
            )),
            None => Err(Failure::no(ENDING)),
        }
    }

    /// Looks at what the bot did since the last look; gives whether there was anything, or the clock moved.
    async fn look(&self) -> bool {
        let Some(panel) = self.panel.load_full() else {
            return false;
        };
        // A store that is closing is begun anew in a moment.
        let Ok(moved) = panel.look().await else {
            return false;
        };
        let seen = self
            .ledger
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .seen();
        let running = self.running.lock().await;
        let Some(app) = &running.app else {
            return moved;
        };
        let Ok(news) = super::timeline::since(app.council(), &self.names, &seen).await else {
            return moved;
        };
        let found = !news.is_empty();
        self.ledger
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take_in(news);
        moved || found
    }

    fn environment(&self, workspace: &Workspace, begun: u32) -> Result<Environment, Failure> {
        let path = |name: &str| self.folder.path().join(name).display().to_string();
        let own = |name: &str| path(&format!("{begun}-{name}"));
        Environment::read(|name| match name {
            "SLACK_BOT_TOKEN" => Some(workspace.bot_token()),
            "SLACK_APP_TOKEN" => Some(workspace.app_token()),
            "SLACK_API_URL" => Some(workspace.api_url()),
            "DATABASE_URL" => Some(format!("sqlite:{}", own("lodestar.db"))),
            "LODESTAR_KEY_FILE" => Some(own("lodestar.key")),
            "LODESTAR_CONFIG" => Some(path("lodestar.toml")),
            "LODESTAR_LISTEN" => Some("127.0.0.1:0".to_owned()),
            _ => None,
        })
        .map_err(Failure::faults)
    }
}

impl ClockPanel for Host {
    fn view(&self) -> PanelView {
        self.panel.load_full().map_or_else(
            || PanelView::clone(&self.resting.load()),
            |panel| panel.view(),
        )
    }

    fn step<'a>(&'a self, id: &'a str) -> BoxFuture<'a, Result<(), String>> {
        async move {
            match self.panel.load_full() {
                Some(panel) => panel.take(id).await,
                None => Err("The bot is still starting: try again in a moment.".to_owned()),
            }
        }
        .boxed()
    }
}

impl Timeline for Host {
    fn entries(&self, after: u64) -> Vec<TimelineEntry> {
        self.ledger
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .after(after)
    }
}

impl Guide for Offered {
    fn stories(&self) -> Vec<Story> {
        self.0
            .stories
            .iter()
            .map(|told| told.story.clone())
            .collect()
    }

    fn reset<'a>(
        &'a self,
        space: &'a Workspace,
        story: Option<&'a str>,
    ) -> BoxFuture<'a, Result<(), String>> {
        let told = story.and_then(|id| self.0.stories.iter().find(|told| told.story.id == id));
        let (host, space, begins) = (
            Arc::clone(&self.0),
            space.clone(),
            told.map(|told| told.begins),
        );
        async move {
            // Beginning a bot again reads files and opens a store: it has a thread of its own, and the page stays quick.
            let runtime = tokio::runtime::Handle::current();
            let begun = tokio::task::spawn_blocking(move || {
                runtime.block_on(host.begin_again(&space, begins))
            });
            begun
                .await
                .map_err(|fault| fault.to_string())?
                .map_err(|fault| fault.to_string())
        }
        .boxed()
    }
}

/// Keeps the panel and the timeline current until the demonstration ends.
pub(super) async fn keep_looking(host: Weak<Host>, workspace: Workspace) {
    while let Some(host) = host.upgrade() {
        if host.look().await {
            workspace.refresh();
        }
        drop(host);
        tokio::time::sleep(LOOK_EVERY).await;
    }
}
