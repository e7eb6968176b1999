//! What the bot logs during a story: errors end the story, and no line may hold concern text.

use std::fmt::{Debug, Write as _};
use std::sync::{Arc, Mutex, PoisonError};

use tracing::field::{Field, Visit};
use tracing::level_filters::LevelFilter;
use tracing::subscriber::DefaultGuard;
use tracing::{Event, Level, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::layer::{Context, SubscriberExt as _};
use tracing_subscriber::registry;

/// Everything that was logged, by anybody, on the thread of the story.
#[derive(Clone, Default)]
pub(crate) struct Log {
    lines: Arc<Mutex<Vec<(Level, String)>>>,
}

impl Log {
    /// Listens from now until the guard is dropped, down to this level.
    pub(crate) fn listen(down_to: LevelFilter) -> (Self, DefaultGuard) {
        let log = Self::default();
        let listening = registry().with(log.clone().with_filter(down_to));
        (log, tracing::subscriber::set_default(listening))
    }

    /// Every line.
    pub(crate) fn lines(&self) -> Vec<String> {
        let lines = self.lines.lock().unwrap_or_else(PoisonError::into_inner);
        lines.iter().map(|(_, line)| line.clone()).collect()
    }

    /// The errors, forgotten once they are given.
    pub(crate) fn take_errors(&self) -> Vec<String> {
        let mut lines = self.lines.lock().unwrap_or_else(PoisonError::into_inner);
        let mut errors = Vec::new();
        for (level, line) in lines.iter_mut() {
            if *level == Level::ERROR {
                *level = Level::INFO;
                errors.push(line.clone());
            }
        }
        errors
    }
}

impl<S: Subscriber> Layer<S> for Log {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        let mut said = Said(event.metadata().target().to_owned());
        event.record(&mut said);
        let mut lines = self.lines.lock().unwrap_or_else(PoisonError::into_inner);
        lines.push((*event.metadata().level(), said.0));
    }
}

struct Said(String);

impl Visit for Said {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        // Writing to a string cannot fail.
        let _ = write!(self.0, " {field}={value:?}");
    }
}
