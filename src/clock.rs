//! The only place that reads the time.
//!
//! Two readings, because they are for two uses. **Wall** time ([`Clock::now`]) decides deadlines and may jump by days: machines
//! suspend, administrators set clocks, the demo moves it on purpose. **Monotonic** time ([`Clock::elapsed`]) paces what
//! must not burst or stall when the wall jumps: one message a second a channel, leases, back-off.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use chrono::{DateTime, TimeDelta, Utc};
use tokio::sync::Notify;

/// Where the time comes from. Cloning shares it.
#[derive(Clone, Debug)]
pub struct Clock {
    source: Source,
    moved: Arc<Notify>,
}

#[derive(Clone, Debug)]
enum Source {
    /// The machine's clocks, with an offset the demo adds to the wall reading.
    Running {
        started: Instant,
        ahead: Arc<Mutex<TimeDelta>>,
    },
    /// A clock that stands still until it is moved: for tests.
    Standing(Arc<Mutex<Standing>>),
}

#[derive(Debug)]
struct Standing {
    wall: DateTime<Utc>,
    elapsed: Duration,
}

impl Clock {
    /// The machine's own clocks.
    #[must_use]
    pub fn system() -> Self {
        Self::from(Source::Running {
            started: Instant::now(),
            ahead: Arc::new(Mutex::new(TimeDelta::zero())),
        })
    }

    /// A clock that stands at `wall` until [`Clock::to`] or [`Clock::pass`] moves it.
    #[must_use]
    pub fn standing_at(wall: DateTime<Utc>) -> Self {
        Self::from(Source::Standing(Arc::new(Mutex::new(Standing {
            wall,
            elapsed: Duration::ZERO,
        }))))
    }

    fn from(source: Source) -> Self {
        Self {
            source,
            moved: Arc::new(Notify::new()),
        }
    }

    /// The wall time, UTC.
    #[must_use]
    pub fn now(&self) -> DateTime<Utc> {
        match &self.source {
            Source::Running { ahead, .. } => machine_now() + *lock(ahead),
            Source::Standing(standing) => lock(standing).wall,
        }
    }

    /// Monotonic time since this clock was made.
    #[must_use]
    pub fn elapsed(&self) -> Duration {
        match &self.source {
            Source::Running { started, .. } => started.elapsed(),
            Source::Standing(standing) => lock(standing).elapsed,
        }
    }

    /// Moves the wall reading to `wall`, forward or back. Monotonic time does not move.
    pub fn to(&self, wall: DateTime<Utc>) {
        match &self.source {
            Source::Running { ahead, .. } => *lock(ahead) = wall - machine_now(),
            Source::Standing(standing) => lock(standing).wall = wall,
        }
        self.moved.notify_waiters();
    }

    /// Lets monotonic time pass on a standing clock; on a running one time passes by itself and this does nothing.
    pub fn pass(&self, time: Duration) {
        if let Source::Standing(standing) = &self.source {
            lock(standing).elapsed += time;
        }
        self.moved.notify_waiters();
    }

    /// Waits for `time` of the machine's time, or less if the clock is moved meanwhile. Loops that watch the wall clock
    /// call this with a second at most, so that a suspended machine or a set clock is noticed at once.
    pub async fn pause(&self, time: Duration) {
        tokio::select! {
            () = tokio::time::sleep(time) => {}
            () = self.moved.notified() => {}
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    // What these hold is a plain number, whole after every statement, so a panic elsewhere cannot have left it half-set.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[expect(
    clippy::disallowed_methods,
    reason = "the one place that reads the machine's clock"
)]
fn machine_now() -> DateTime<Utc> {
    Utc::now()
}
