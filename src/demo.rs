//! `lodestar demo`: the stand-in workspace and the bot in one process, a sample council, a clock to move. Nothing to set up.

mod host;
mod panel;
pub mod sample;
mod stories;
mod timeline;

use std::sync::Arc;

use sandbox::{ClockPanel, Guide, Timeline, Workspace};

use self::host::{Host, Offered};
use crate::cli::Failure;
use crate::ids::ProtocolId;
use crate::protocol::library::Library;
use crate::slack::dispatch::words;

/// A running demonstration.
pub struct Demo {
    host: Arc<Host>,
    workspace: Workspace,
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
        let files = stories::files().map_err(Failure::usage)?;
        let beside = stories::beside(&library, &held.protocol, &files).map_err(Failure::usage)?;
        let sample = sample::council_with(&held.protocol, &beside);
        let told = stories::told(&files, &sample).map_err(Failure::usage)?;
        let host = Arc::new(Host::new(&sample, told)?);
        let clock = host.clock().clone();
        let commands = host.commands();
        let suggestions: Vec<(&str, &str)> = commands
            .iter()
            .map(|(typed, does)| (typed.as_str(), does.as_str()))
            .collect();
        let mut builder = Workspace::builder()
            .team("T0LODESTAR", "sample-council", "Sample Council")
            .app("Lodestar")
            .escaping_command("/concern", &words::hint(&commands))
            .command_suggestions("/concern", &suggestions)
            .clock(Arc::new(move || clock.now()))
            .clock_panel(Arc::clone(&host) as Arc<dyn ClockPanel>)
            .timeline(Arc::clone(&host) as Arc<dyn Timeline>)
            .guide(Arc::new(Offered(Arc::clone(&host))) as Arc<dyn Guide>)
            .port(port);
        for person in &sample.people {
            builder = builder.titled_user(&person.id, &person.name, &person.title);
        }
        for (group, users) in sample.groups() {
            builder = builder.group(group, &users);
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
        host.begin(&workspace).await?;
        tokio::spawn(host::keep_looking(Arc::downgrade(&host), workspace.clone()));
        Ok(Self { host, workspace })
    }

    /// The page's address.
    #[must_use]
    pub fn url(&self) -> String {
        self.workspace.url()
    }

    /// The workspace, for a test that looks at it.
    #[must_use]
    pub fn workspace(&self) -> &Workspace {
        &self.workspace
    }

    /// Ends the demonstration and everything in it.
    pub async fn stop(self) {
        self.host.close().await;
        self.workspace.stop();
    }

    /// Stops the bot under the page, as an outage does. Nothing is forgotten.
    pub async fn stop_bot(&self) {
        self.host.stop().await;
    }

    /// Starts the bot again, with the record that it had.
    ///
    /// # Errors
    /// What keeps a bot from starting.
    pub async fn start_bot(&self) -> Result<(), Failure> {
        self.host.start(&self.workspace).await
    }
}
