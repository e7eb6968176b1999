//! The workspace in hand: where it listens, what happened in it, what a test may do to it.

use crate::builder::Builder;
use crate::clock::{WallClock, ts_of};
use crate::faults::{Fault, FaultRule};
use crate::host::Host;
use crate::state::State;
use chrono::{DateTime, Utc};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;

/// How often a request to the app may be sent elsewhere. Source: docs.slack.dev/apis/events-api.
const REDIRECTS: usize = 2;

/// A running workspace. Cloning it gives another handle on the same one.
#[derive(Clone)]
pub struct Workspace {
    pub(crate) inner: Arc<Inner>,
}

pub(crate) struct Inner {
    state: Mutex<State>,
    clock: WallClock,
    pub(crate) host: Host,
    /// Of this run alone, so that a page that was open before it notices.
    pub(crate) run: u64,
    changed: watch::Sender<u64>,
    pub(crate) http: reqwest::Client,
    port: u16,
    server: Mutex<Option<JoinHandle<()>>>,
}

impl std::fmt::Debug for Workspace {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Workspace")
            .field("url", &self.url())
            .finish_non_exhaustive()
    }
}

impl Workspace {
    /// A workspace to be.
    #[must_use]
    pub fn builder() -> Builder {
        Builder::default()
    }

    pub(crate) async fn open(
        state: State,
        clock: WallClock,
        host: Host,
        port: u16,
    ) -> std::io::Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", port)).await?;
        let http = reqwest::Client::builder()
            .no_proxy()
            .redirect(reqwest::redirect::Policy::limited(REDIRECTS))
            .build()
            .map_err(std::io::Error::other)?;
        let workspace = Self {
            inner: Arc::new(Inner {
                state: Mutex::new(state),
                clock,
                host,
                run: rand::random(),
                changed: watch::Sender::new(0),
                http,
                port: listener.local_addr()?.port(),
                server: Mutex::new(None),
            }),
        };
        let task = crate::server::serve(workspace.clone(), listener);
        *workspace
            .inner
            .server
            .lock()
            .unwrap_or_else(PoisonError::into_inner) = Some(task);
        Ok(workspace)
    }

    /// Reads or changes what the workspace holds. Never held across an await.
    pub(crate) fn with<R>(&self, act: impl FnOnce(&mut State) -> R) -> R {
        act(&mut self
            .inner
            .state
            .lock()
            .unwrap_or_else(PoisonError::into_inner))
    }

    /// As `with`, and tells everybody who waits for a change.
    pub(crate) fn change<R>(&self, act: impl FnOnce(&mut State) -> R) -> R {
        let result = self.with(act);
        crate::guide::follow(self);
        self.inner.changed.send_modify(|count| *count += 1);
        result
    }

    /// The wall clock.
    pub(crate) fn now(&self) -> DateTime<Utc> {
        (self.inner.clock)()
    }

    pub(crate) fn now_ts(&self) -> String {
        ts_of(self.now().timestamp_micros())
    }

    /// `http://127.0.0.1:PORT`: the page.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.inner.port)
    }

    /// `http://127.0.0.1:PORT/api`: what an app takes for `https://slack.com/api`.
    #[must_use]
    pub fn api_url(&self) -> String {
        format!("{}/api", self.url())
    }

    /// The port.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.inner.port
    }

    /// `xoxb-…`.
    #[must_use]
    pub fn bot_token(&self) -> String {
        self.with(|state| state.app.bot_token.clone())
    }

    /// `xapp-…`, for Socket Mode.
    #[must_use]
    pub fn app_token(&self) -> String {
        self.with(|state| state.app.socket_token.clone())
    }

    /// What signed HTTP is signed with.
    #[must_use]
    pub fn signing_secret(&self) -> String {
        self.with(|state| state.app.signing_secret.clone())
    }

    /// Stops listening, cuts every socket, and every call on a connection that is still open.
    pub fn stop(&self) {
        if let Some(task) = self
            .inner
            .server
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take()
        {
            task.abort();
        }
        self.change(|state| {
            state.sockets.cut();
            state.faults.insert(0, FaultRule::on("*", Fault::Reset));
        });
    }

    /// Whether it was not stopped.
    pub(crate) fn listens(&self) -> bool {
        let server = self.inner.server.lock();
        server.unwrap_or_else(PoisonError::into_inner).is_some()
    }

    /// Counts every change; `changed().await` on it wakes on the next.
    #[must_use]
    pub fn changes(&self) -> watch::Receiver<u64> {
        self.inner.changed.subscribe()
    }

    /// Waits until the closure finds what it looks for; none after ten seconds of real time.
    pub async fn until<R>(&self, find: impl FnMut(&Self) -> Option<R>) -> Option<R> {
        self.until_within(Duration::from_secs(10), find).await
    }

    /// As [`Workspace::until`], with the most real time to wait.
    pub async fn until_within<R>(
        &self,
        most: Duration,
        mut find: impl FnMut(&Self) -> Option<R>,
    ) -> Option<R> {
        let mut changes = self.changes();
        let look = async {
            loop {
                changes.borrow_and_update();
                if let Some(found) = find(self) {
                    return Some(found);
                }
                if changes.changed().await.is_err() {
                    return None;
                }
            }
        };
        tokio::time::timeout(most, look).await.unwrap_or(None)
    }
}
