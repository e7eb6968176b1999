//! Queued messages become Slack calls: leased, rendered, sent, marked, with no unit of work open while Slack is called.
//!
//! - Order is kept per message, its post and then its edits, and never across channels: one that is archived or told to wait holds
//!   nothing else up. Cards and gates go first, edits last but never starved.
//! - Pace, leases and back-off go by monotonic time; the wall clock is for what is stored.
//! - A post that got no clear answer, or that a crash left leased, is looked for in its channel before it is sent again:
//!   nobody sees a card twice. What Slack did is marked until the store takes it, never done again.

mod doubt;
mod fallback;
mod mark;
mod outcome;
mod pace;
mod plain;
mod refusal;
mod render;
mod send;
mod words;
mod work;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio_util::sync::CancellationToken;
use tracing::error;

use self::doubt::Doubt;
use self::mark::Mark;
use self::pace::Pace;
pub use self::render::{Drawn, NotDrawn, Render};
pub use self::words::Words;
use crate::desk::Desk;
use crate::metrics::Metrics;
use crate::readiness::Readiness;
use crate::slack::web::WebApi;
use crate::store::StoreError;

/// The courier looks at its queue at least this often.
const AT_LEAST: Duration = Duration::from_secs(1);
/// How long it waits after the store could not be used.
const STORE_AGAIN: Duration = Duration::from_secs(1);
/// How often the length of the queue is measured.
const MEASURE: Duration = Duration::from_secs(5);
/// How long [`Courier::settle`] goes on while nothing succeeds.
const SETTLES_WITHIN: Duration = Duration::from_hours(1);

/// The part of readiness that is about sending.
const SLACK: &str = "Slack";

/// What a council chooses.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// Whether a post in doubt is looked for before it is sent again (`[slack] confirm_deliveries`).
    pub confirm_deliveries: bool,
}

/// Sends what is queued. Cloning shares it; let one courier run at a time.
#[derive(Clone)]
pub struct Courier {
    inner: Arc<Inner>,
}

struct Inner {
    desk: Desk,
    web: Arc<WebApi>,
    render: Arc<dyn Render>,
    readiness: Readiness,
    metrics: Metrics,
    options: Options,
    pace: Mutex<Pace>,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// Whether what an earlier courier left leased has been taken over.
    took_over: bool,
    /// Whether calls may be under way: still so when a round begins, the one before was broken off.
    at_work: bool,
    /// What became of messages and is not written down yet: never sent again meanwhile.
    unwritten: Vec<Mark>,
    doubts: Vec<Doubt>,
    /// Whether a channel is shared, and until when that is known.
    shared: HashMap<String, (bool, Duration)>,
    said_unknown: bool,
    /// Nothing is leased before this reading: the store is busy.
    not_before: Duration,
    measured_at: Option<Duration>,
}

/// What a round did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Round {
    /// Messages posted, or found posted.
    pub sent: usize,
    /// Messages edited; those whose edit would have changed nothing are not counted.
    pub edited: usize,
    /// Messages that were stale.
    pub dropped: usize,
    /// Messages that went to other people because their place refused them.
    pub redirected: usize,
    /// Messages given up.
    pub failed: usize,
    /// The monotonic reading ([`crate::clock::Clock::elapsed`]) from which something more may go; `None` when nothing waits but
    /// what waits for the wall clock.
    pub waiting_until: Option<Duration>,
}

/// What became of a task.
enum End {
    Mark(Mark),
    Doubt(Doubt),
}

impl Courier {
    /// A courier for a desk. Its lease is not shared: let one run at a time.
    #[must_use]
    pub fn new(
        desk: Desk,
        web: Arc<WebApi>,
        render: Arc<dyn Render>,
        readiness: Readiness,
        metrics: Metrics,
        options: Options,
    ) -> Self {
        for (name, about) in [
            ("lodestar_messages_total", "Messages, by kind and outcome."),
            (
                "lodestar_outbox_waiting",
                "Messages with something to send.",
            ),
            (
                "lodestar_outbox_oldest_seconds",
                "How long the oldest of them has waited.",
            ),
            (
                "lodestar_outbox_in_doubt",
                "Posts that may have been taken and are being looked for.",
            ),
            (
                "lodestar_courier_faults_total",
                "Rounds of the courier that the store could not serve.",
            ),
        ] {
            metrics.describe(name, about);
        }
        Self {
            inner: Arc::new(Inner {
                desk,
                web,
                render,
                readiness,
                metrics,
                options,
                pace: Mutex::default(),
                state: Mutex::default(),
            }),
        }
    }

    /// Runs until it is told to stop, and then finishes what is under way.
    pub async fn run(self, stop: CancellationToken) {
        let inner = &self.inner;
        let mut hands = inner.begin();
        let mut round = Round::default();
        while !stop.is_cancelled() {
            let next = match inner.step(&mut hands).await {
                Ok(next) => next,
                Err(fault) => {
                    inner.metrics.count("lodestar_courier_faults_total", &[]);
                    error!(
                        fault = fault.code(),
                        "the courier could not use the store and tries again"
                    );
                    None
                }
            };
            inner.measure().await;
            let now = inner.desk.clock().elapsed();
            let wait = next.map_or(AT_LEAST, |at| at.saturating_sub(now).min(AT_LEAST));
            tokio::select! {
                () = stop.cancelled() => {}
                Some(done) = hands.tasks.join_next_with_id(), if !hands.tasks.is_empty() => {
                    inner.finish(&mut hands, done, &mut round).await;
                }
                () = inner.desk.queued() => {}
                () = inner.desk.clock().pause(wait) => {}
            }
        }
        inner.finish_all(&mut hands, &mut round).await;
    }

    /// Sends everything that may go at this reading of the clock, and says when more may. What is under way when it is dropped
    /// counts as left by a crash.
    ///
    /// # Errors
    /// The store's; what was not sent goes on waiting.
    pub async fn round(&self) -> Result<Round, StoreError> {
        let inner = &self.inner;
        let mut hands = inner.begin();
        let mut round = Round::default();
        loop {
            let next = match inner.step(&mut hands).await {
                Ok(next) => next,
                Err(fault) => {
                    inner.finish_all(&mut hands, &mut round).await;
                    return Err(fault);
                }
            };
            if let Some(done) = hands.tasks.join_next_with_id().await {
                inner.finish(&mut hands, done, &mut round).await;
            } else {
                inner.finish_all(&mut hands, &mut round).await;
                round.waiting_until = next;
                return Ok(round);
            }
        }
    }

    /// Rounds until nothing waits, letting monotonic time pass in between and never touching the wall clock: for stories told with
    /// a standing clock. Gives up once an hour of that time has brought nothing; `waiting_until` then says what still waits.
    ///
    /// # Errors
    /// The store's.
    pub async fn settle(&self) -> Result<Round, StoreError> {
        let clock = self.inner.desk.clock();
        let mut all = Round::default();
        let mut moved_at = clock.elapsed();
        loop {
            let round = self.round().await?;
            let now = clock.elapsed();
            let before = Round {
                waiting_until: None,
                ..all
            };
            all.sent += round.sent;
            all.edited += round.edited;
            all.dropped += round.dropped;
            all.redirected += round.redirected;
            all.failed += round.failed;
            all.waiting_until = round.waiting_until;
            if before
                != (Round {
                    waiting_until: None,
                    ..all
                })
            {
                moved_at = now;
            }
            let Some(until) = round.waiting_until else {
                return Ok(all);
            };
            if now.saturating_sub(moved_at) >= SETTLES_WITHIN {
                return Ok(all);
            }
            let wait = until.saturating_sub(now).max(Duration::from_millis(1));
            clock.pass(wait);
            if clock.elapsed() < until {
                clock.pause(wait).await;
            }
        }
    }
}

impl Inner {
    fn pace(&self) -> MutexGuard<'_, Pace> {
        // Plain numbers, whole after every statement.
        self.pace.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn hold_a_moment(&self) {
        let until = self.desk.clock().elapsed() + STORE_AGAIN;
        self.state().not_before = until;
    }
}
