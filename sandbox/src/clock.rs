//! Time: the wall clock comes from outside, so that a story can be told with a moved one.

use chrono::{DateTime, Utc};
use futures_util::future::BoxFuture;
use std::sync::Arc;

/// Where the stand-in reads the wall clock: message times, signatures and the life of a `response_url` follow it.
/// Acknowledgements and triggers are timed by the machine's monotonic clock, whatever this says.
pub type WallClock = Arc<dyn Fn() -> DateTime<Utc> + Send + Sync>;

/// The machine's own clock.
#[expect(
    clippy::disallowed_methods,
    reason = "the one place that reads the machine's clock; every caller can replace it"
)]
pub(crate) fn machine() -> WallClock {
    Arc::new(Utc::now)
}

/// What the clock panel of the page shows.
#[derive(Clone, Debug, Default, serde::Serialize)]
pub struct PanelView {
    /// The moment now, in words.
    pub now: String,
    /// Further lines beneath it, such as "a working day" or the next deadline.
    pub notes: Vec<String>,
    /// The steps that may be taken, in order.
    pub steps: Vec<StepButton>,
}

/// A button of the clock panel.
#[derive(Clone, Debug, serde::Serialize)]
pub struct StepButton {
    /// Given back to [`ClockPanel::step`].
    pub id: String,
    /// What the button says.
    pub label: String,
}

/// A clock that the host program lets people move from the page. Without one the page shows no clock.
pub trait ClockPanel: Send + Sync {
    /// What to show now.
    fn view(&self) -> PanelView;
    /// Takes the step with this id; the words of an error are shown to the person.
    fn step<'a>(&'a self, id: &'a str) -> BoxFuture<'a, Result<(), String>>;
    /// What the last step did, in a few words, shown beneath the buttons until the next; may be empty.
    fn told(&self) -> String {
        String::new()
    }
}

/// A message time: seconds and six digits, from microseconds.
pub(crate) fn ts_of(micros: i64) -> String {
    format!(
        "{}.{:06}",
        micros.div_euclid(1_000_000),
        micros.rem_euclid(1_000_000)
    )
}

#[cfg(test)]
mod tests {
    use super::ts_of;

    #[test]
    fn a_message_time_always_has_six_digits_after_the_point() {
        assert_eq!(ts_of(1_700_000_000_000_100), "1700000000.000100");
    }
}
