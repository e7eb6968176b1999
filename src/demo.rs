//! `lodestar demo`: the stand-in workspace and the bot in one process, a sample council, a clock to move. Nothing to set up.

mod panel;
pub mod sample;

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use sandbox::{ClockPanel, PanelView, Workspace};
use tempfile::TempDir;

use crate::app::{App, Council, Ways};
use crate::cli::Failure;
use crate::clock::Clock;
use crate::config::Environment;
use crate::ids::ProtocolId;
use crate::protocol::library::Library;
use panel::Panel;

/// A running demonstration.
pub struct Demo {
    /// The bot.
    pub app: App,
    /// The workspace it works in.
    pub workspace: Workspace,
    _folder: TempDir,
}

/// The panel is given to the workspace before the bot it moves is there.
#[derive(Default)]
struct Later(OnceLock<Arc<Panel>>);

impl ClockPanel for Later {
    fn view(&self) -> PanelView {
        self.0
            .get()
            .map_or_else(PanelView::default, |panel| panel.view())
    }

    fn step<'a>(&'a self, id: &'a str) -> BoxFuture<'a, Result<(), String>> {
        match self.0.get() {
            Some(panel) => panel.step(id),
            None => async { Err("The bot is still starting: try again in a moment.".to_owned()) }
                .boxed(),
        }
    }
}

impl Demo {
    /// Starts a demonstration of a council's protocol on a port of this machine; 0 for any.
    ///
    /// # Errors
    /// An unknown protocol, a port in use, no room for a temporary folder.
    pub async fn start(council: &str, port: u16) -> Result<Self, Failure> {
        let library = Library::load(&[]).map_err(Failure::usage)?;
        let held = library.get(&ProtocolId::from(council)).ok_or_else(|| {
            let known: Vec<&str> = library.ids().map(ProtocolId::as_str).collect();
            Failure::usage(format!(
                "There is no sample council {council}: choose one of {}.",
                known.join(", ")
            ))
        })?;
        let sample = sample::council(&held.protocol);
        let folder = tempfile::tempdir().map_err(Failure::usage)?;
        let file = folder.path().join("lodestar.toml");
        std::fs::write(&file, &sample.file).map_err(Failure::usage)?;
        let clock = Clock::system();
        let (wall, later) = (clock.clone(), Arc::new(Later::default()));
        let mut builder = Workspace::builder()
            .team("T0LODESTAR", "sample-council", "Sample Council")
            .app("Lodestar")
            .escaping_command("/concern", "raise, list, show C-1, overdue, help")
            .clock(Arc::new(move || wall.now()))
            .clock_panel(Arc::clone(&later) as Arc<dyn ClockPanel>)
            .port(port);
        for person in &sample.people {
            builder = builder.titled_user(&person.id, &person.name, &person.title);
        }
        for channel in &sample.channels {
            let members: Vec<&str> = channel.members.iter().map(String::as_str).collect();
            builder = builder.private_channel(&channel.id, &channel.name, &members);
        }
        let workspace = builder.start().await.map_err(|error| {
            Failure::usage(format!(
                "The page cannot be opened on port {port} ({error}): choose another with --port."
            ))
        })?;
        let environment = environment(&workspace, &folder)?;
        let council = Council::open(&environment, clock).await?;
        let app = App::start(council, &environment, Ways::default()).await?;
        let panel = Arc::new(Panel::new(app.desk().clone(), app.timekeeper.clone()));
        // Set once, here: the panel was empty until now.
        let _ = later.0.set(Arc::clone(&panel));
        tokio::spawn(keep_looking(panel));
        Ok(Self {
            app,
            workspace,
            _folder: folder,
        })
    }

    /// The page's address.
    #[must_use]
    pub fn url(&self) -> String {
        self.workspace.url()
    }

    /// Runs until the process is told to stop.
    pub async fn until_told(self) {
        self.app.until_told().await;
        self.workspace.stop();
    }
}

/// Keeps the panel's next deadline current.
async fn keep_looking(panel: Arc<Panel>) {
    loop {
        // A store that is closing ends the demonstration, and this with it.
        if panel.look().await.is_err() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
}

fn environment(workspace: &Workspace, folder: &TempDir) -> Result<Environment, Failure> {
    let path = |name: &str| folder.path().join(name).display().to_string();
    Environment::read(|name| match name {
        "SLACK_BOT_TOKEN" => Some(workspace.bot_token()),
        "SLACK_APP_TOKEN" => Some(workspace.app_token()),
        "SLACK_API_URL" => Some(workspace.api_url()),
        "DATABASE_URL" => Some(format!("sqlite:{}", path("lodestar.db"))),
        "LODESTAR_KEY_FILE" => Some(path("lodestar.key")),
        "LODESTAR_CONFIG" => Some(path("lodestar.toml")),
        "LODESTAR_LISTEN" => Some("127.0.0.1:0".to_owned()),
        _ => None,
    })
    .map_err(Failure::faults)
}
