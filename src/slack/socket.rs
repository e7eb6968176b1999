//! Socket Mode: one connection at a time, replaced before it closes, and reconnected with patience.
//! (docs.slack.dev, "Using Socket Mode")
//!
//! Here is the one who keeps a connection up; what happens on a connection is in `socket/link.rs`. A connection that Slack is about
//! to refresh is read and answered on until Slack closes it, while its successor is already greeted.

mod link;

use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::OptionFuture;
use rand::Rng;
use secrecy::{ExposeSecret, SecretString};
use tokio::sync::{mpsc, oneshot, watch};
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep_until};
use tracing::{error, info, warn};

use self::link::{Greeted, Link, News, NoLink};
use super::edge::{Dispatcher, Edge};
use super::web::{ApiError, WebApi};
use crate::readiness::Readiness;

/// The part of [`Readiness`] that is told here.
pub const PART: &str = "Socket Mode";

/// How patient the connection is.
#[derive(Debug, Clone, Copy)]
pub struct Patience {
    /// From opening a connection to Slack's `hello`.
    pub hello_within: Duration,
    /// Between pings.
    pub ping_every: Duration,
    /// A connection on which nothing came for this long is given up.
    pub silent_for: Duration,
    /// The first wait before connecting again; it doubles.
    pub backoff_from: Duration,
    /// The longest such wait.
    pub backoff_to: Duration,
    /// A connection that lived this long starts the waits anew.
    pub settled_after: Duration,
    /// How long a connection is still read once its successor is greeted, if Slack does not close it.
    pub overlap: Duration,
    /// How long payloads in work are waited for when a connection is left.
    pub finish_within: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            hello_within: Duration::from_secs(10),
            ping_every: Duration::from_secs(15),
            silent_for: Duration::from_mins(1),
            backoff_from: Duration::from_millis(500),
            backoff_to: Duration::from_secs(30),
            settled_after: Duration::from_secs(10),
            overlap: Duration::from_secs(20),
            finish_within: Duration::from_secs(5),
        }
    }
}

/// Why Socket Mode ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    /// It was asked to.
    Shutdown,
    /// Socket Mode is turned off for the app. Connecting again would only be turned away again.
    LinkDisabled,
}

/// Runs Socket Mode until `shutdown` ends or Slack says that it is turned off for the app. Whatever else goes wrong is waited
/// out and said in `readiness`, under [`PART`].
pub async fn run<D: Dispatcher>(
    web: Arc<WebApi>,
    app_token: SecretString,
    edge: Arc<Edge<D>>,
    readiness: Readiness,
    patience: Patience,
    shutdown: impl Future<Output = ()> + Send,
) -> Ended {
    let metrics = edge.metrics();
    metrics.describe(
        "lodestar_socket_connections",
        "Socket Mode connections that are open and greeted.",
    );
    metrics.describe(
        "lodestar_socket_connects_total",
        "Attempts to open a Socket Mode connection, by outcome.",
    );
    readiness.not_ready(PART, "not connected to Slack yet");
    let (stop, stopping) = watch::channel(false);
    let (tell, hear) = mpsc::unbounded_channel();
    let mut keeper = Keeper {
        web,
        app_token,
        edge,
        readiness,
        patience,
        links: JoinSet::new(),
        current: None,
        last_id: 0,
        failures: 0,
        next_try: Some(Instant::now()),
        connecting: false,
        tell,
        stopping,
    };
    let ended = keeper.keep(hear, shutdown).await;
    let _ = stop.send(true);
    while keeper.links.join_next().await.is_some() {}
    keeper
        .edge
        .metrics()
        .set("lodestar_socket_connections", &[], 0);
    ended
}

struct Keeper<D> {
    web: Arc<WebApi>,
    app_token: SecretString,
    edge: Arc<Edge<D>>,
    readiness: Readiness,
    patience: Patience,
    links: JoinSet<()>,
    /// The newest connection that is greeted.
    current: Option<Current>,
    last_id: u64,
    /// Attempts and short-lived connections in a row.
    failures: u32,
    /// When to connect next; none while a connection is up or being made.
    next_try: Option<Instant>,
    /// Whether a connection is being made.
    connecting: bool,
    tell: mpsc::UnboundedSender<(u64, News)>,
    stopping: watch::Receiver<bool>,
}

type Connecting = Pin<Box<dyn Future<Output = Result<Greeted, NoLink>> + Send>>;

struct Current {
    id: u64,
    since: Instant,
    retire: oneshot::Sender<()>,
}

impl<D: Dispatcher> Keeper<D> {
    async fn keep(
        &mut self,
        mut hear: mpsc::UnboundedReceiver<(u64, News)>,
        shutdown: impl Future<Output = ()> + Send,
    ) -> Ended {
        let mut shutdown = std::pin::pin!(shutdown);
        let mut connecting: OptionFuture<Connecting> = OptionFuture::default();
        loop {
            let due = self.next_try;
            tokio::select! {
                () = &mut shutdown => {
                    self.readiness.not_ready(PART, "shutting down");
                    return Ended::Shutdown;
                }
                Some(made) = &mut connecting => {
                    connecting = OptionFuture::default();
                    self.connecting = false;
                    match made {
                        Ok(greeted) => self.take_up(greeted),
                        Err(NoLink::Disabled) => return self.disabled(),
                        Err(NoLink::Failed { why, wait }) => self.failed(&why, wait),
                    }
                }
                () = sleep_until(due.unwrap_or_else(Instant::now)), if due.is_some() => {
                    self.next_try = None;
                    self.connecting = true;
                    let made = connect(Arc::clone(&self.web), self.app_token.clone(), self.patience);
                    connecting = Some(Box::pin(made) as Connecting).into();
                }
                Some((id, news)) = hear.recv() => match news {
                    News::Disabled => return self.disabled(),
                    News::Refresh if self.is_current(id) => self.schedule(),
                    News::Gone => {
                        self.edge.metrics().add("lodestar_socket_connections", &[], -1);
                        self.lost(id);
                    }
                    News::Refresh => {}
                },
                Some(_) = self.links.join_next() => {}
            }
        }
    }

    fn is_current(&self, id: u64) -> bool {
        self.current
            .as_ref()
            .is_some_and(|current| current.id == id)
    }

    /// A new connection is greeted: it is the current one, and the one before is left to end.
    fn take_up(&mut self, greeted: Greeted) {
        let metrics = self.edge.metrics();
        metrics.add("lodestar_socket_connections", &[], 1);
        metrics.count("lodestar_socket_connects_total", &[("outcome", "greeted")]);
        self.last_id += 1;
        let (retire, retired) = oneshot::channel();
        let before = self.current.replace(Current {
            id: self.last_id,
            since: Instant::now(),
            retire,
        });
        if let Some(before) = before {
            let _ = before.retire.send(());
        }
        let link = Link {
            id: self.last_id,
            edge: Arc::clone(&self.edge),
            patience: self.patience,
            tell: self.tell.clone(),
            stopping: self.stopping.clone(),
            retired,
        };
        self.links.spawn(link.run(greeted));
        self.readiness.ready(PART);
        info!(connection = self.last_id, "connected to Slack");
    }

    fn lost(&mut self, id: u64) {
        if !self.is_current(id) {
            return;
        }
        warn!(connection = id, "the connection to Slack is gone");
        self.readiness
            .not_ready(PART, "the connection to Slack is gone; connecting again");
        self.schedule();
        self.current = None;
    }

    /// Sees to it that there will be another connection than the current one.
    fn schedule(&mut self) {
        let settled = |current: &Current| current.since.elapsed() >= self.patience.settled_after;
        if self.current.as_ref().is_some_and(settled) {
            self.failures = 0;
        }
        if self.next_try.is_none() && !self.connecting {
            self.next_try = Some(Instant::now() + self.backoff());
            self.failures = self.failures.saturating_add(1);
        }
    }

    fn failed(&mut self, why: &str, wait: Option<Duration>) {
        warn!(why, "no connection to Slack");
        let metrics = self.edge.metrics();
        metrics.count("lodestar_socket_connects_total", &[("outcome", "failed")]);
        if self.current.is_none() {
            self.readiness.not_ready(PART, why);
        }
        self.failures = self.failures.saturating_add(1);
        self.next_try = Some(Instant::now() + wait.unwrap_or_default().max(self.backoff()));
    }

    fn backoff(&self) -> Duration {
        backoff(self.failures, self.patience, rand::rng().random())
    }

    fn disabled(&self) -> Ended {
        let why = "Socket Mode is turned off for this app: turn it on under Settings, Socket Mode, and start Lodestar again";
        error!("{why}");
        self.readiness.not_ready(PART, why);
        Ended::LinkDisabled
    }
}

async fn connect(
    web: Arc<WebApi>,
    app_token: SecretString,
    patience: Patience,
) -> Result<Greeted, NoLink> {
    let url = web
        .open_connection(&app_token)
        .await
        .map_err(|error| NoLink::Failed {
            why: match &error {
                ApiError::Auth { .. } => format!("{error}: check SLACK_APP_TOKEN"),
                _ => error.to_string(),
            },
            wait: match error {
                ApiError::RateLimited { retry_after } => Some(retry_after),
                _ => None,
            },
        })?;
    link::open(web.network(), url.expose_secret(), patience).await
}

/// The wait before the next attempt after so many `failures` in a row: none after none, then doubling up to the limit, each
/// time a random share of it (`chance` in 0..1) between half and all, so that many bots do not come back at once.
fn backoff(failures: u32, patience: Patience, chance: f64) -> Duration {
    if failures == 0 {
        return Duration::ZERO;
    }
    let doubled = 2_u32.saturating_pow(failures - 1);
    let full = patience
        .backoff_from
        .saturating_mul(doubled)
        .min(patience.backoff_to);
    full.mul_f64(0.5 + chance / 2.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_wait_doubles_from_half_a_second_to_half_a_minute_and_is_never_the_same_for_all() {
        let patience = Patience::default();
        let longest = |failures| backoff(failures, patience, 1.0);
        assert_eq!(backoff(0, patience, 0.7), Duration::ZERO);
        assert_eq!(longest(1), Duration::from_millis(500));
        assert_eq!(longest(2), Duration::from_secs(1));
        assert_eq!(longest(5), Duration::from_secs(8));
        assert_eq!(longest(7), Duration::from_secs(30));
        assert_eq!(longest(u32::MAX), Duration::from_secs(30));
        assert_eq!(backoff(7, patience, 0.0), Duration::from_secs(15));
    }
}
