//! What a program that runs the stand-in may add to its page.

use crate::clock::ClockPanel;
use crate::guide::Guide;
use chrono::{DateTime, Utc};
use std::sync::Arc;

/// All that the host adds; each may be left out.
#[derive(Clone, Default)]
pub(crate) struct Host {
    pub(crate) panel: Option<Arc<dyn ClockPanel>>,
    pub(crate) timeline: Option<Arc<dyn Timeline>>,
    pub(crate) guide: Option<Arc<dyn Guide>>,
}

/// What the app did, and why, in the host's words. The page shows it beside the clock, and looks again at every change
/// and at every [`crate::Workspace::refresh`].
pub trait Timeline: Send + Sync {
    /// The entries with an id above this one, oldest first. Called often: answer from memory.
    fn entries(&self, after: u64) -> Vec<TimelineEntry>;
}

/// One thing that happened.
#[derive(Clone, Debug, Default)]
pub struct TimelineEntry {
    /// Counts up from 1.
    pub id: u64,
    /// When, by the wall clock.
    pub at: DateTime<Utc>,
    /// What happened, in a line. Plain text.
    pub title: String,
    /// Why, and what follows. Markdown; may be empty.
    pub detail: String,
    /// Where it can be seen.
    pub place: Option<Place>,
}

/// A conversation, and a message in it.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Place {
    /// Its id.
    pub channel: String,
    /// The message's time; none for the conversation as a whole.
    pub ts: Option<String>,
}
