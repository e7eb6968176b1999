//! The bot, wired: a council, both ways in, the loops that move it on by itself, and an orderly stop.

mod council;
mod watch;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use tracing::{info, warn};

pub use self::council::{Council, Read, calendar, check_people, read, read_with};
use crate::cli::Failure;
use crate::config::Environment;
use crate::courier::{Courier, Options, Words};
use crate::desk::Desk;
use crate::metrics::Metrics;
use crate::readiness::Readiness;
use crate::slack::dispatch::Bot;
use crate::slack::edge::{Edge, Limits};
use crate::slack::home::Homes;
use crate::slack::network::Network;
use crate::slack::signature::Verifier;
use crate::slack::web::{Patience, WebApi};
use crate::slack::{http, socket};
use crate::timekeeper::Timekeeper;

/// How long work in hand may take to end when the bot stops.
const LAST_WORK: Duration = Duration::from_secs(10);

/// How the bot is run.
#[derive(Clone, Copy, Debug)]
pub struct Ways {
    /// Whether the timekeeper and the courier run by themselves; a story with a standing clock lets them do their rounds itself.
    pub loops: bool,
    /// How long calls to Slack may take.
    pub patience: Patience,
}

impl Default for Ways {
    fn default() -> Self {
        Self {
            loops: true,
            patience: Patience::default(),
        }
    }
}

/// The running bot.
pub struct App {
    /// Its timekeeper.
    pub timekeeper: Timekeeper,
    /// Its courier.
    pub courier: Courier,
    /// The homes that people have opened.
    pub homes: Arc<Homes>,
    /// What is counted.
    pub metrics: Metrics,
    /// Whether it can do its work.
    pub readiness: Readiness,
    council: Council,
    edge: Arc<Edge<Arc<Bot>>>,
    address: SocketAddr,
    stop: CancellationToken,
    tasks: JoinSet<()>,
}

impl App {
    /// Starts the bot. Slack need not be reachable: it keeps trying, and `/readyz` says so.
    ///
    /// # Errors
    /// What keeps it from starting at all: a missing variable, an address in use.
    pub async fn start(
        council: Council,
        environment: &Environment,
        ways: Ways,
    ) -> Result<Self, Failure> {
        environment.can_serve().map_err(Failure::faults)?;
        council.take_up_calendar().await?;
        council.desk.take_up_covers().await.map_err(Failure::no)?;
        council.take_up_people().await?;
        let (metrics, readiness, stop) =
            (Metrics::new(), Readiness::new(), CancellationToken::new());
        let web = web_api(environment, ways.patience, metrics.clone())?;
        let web = Arc::new(web);
        let bot = Arc::new(Bot::new(
            council.desk.clone(),
            Arc::clone(&web),
            Arc::clone(&council.messages),
            &council.config,
        ));
        let edge = Edge::new(
            Arc::clone(&bot),
            web.responder().clone(),
            metrics.clone(),
            Limits::default(),
        );
        let courier = courier(&council, &web, &readiness, &metrics);
        let timekeeper = Timekeeper::new(council.desk.clone(), metrics.clone());
        let mut routes = http::operator_routes(readiness.clone(), metrics.clone());
        if let Some(secret) = &environment.signing_secret {
            let verifier = Verifier::new(secret).map_err(Failure::usage)?;
            routes = routes.merge(http::slack_routes(
                Arc::clone(&edge),
                verifier,
                council.desk.clock().clone(),
            ));
        }
        let listener = TcpListener::bind(environment.listen).await.map_err(|error| {
            Failure::usage(format!("LODESTAR_LISTEN: {} cannot be listened on ({error}): choose another address or stop what uses it.", environment.listen))
        })?;
        let address = listener.local_addr().map_err(Failure::usage)?;
        let mut tasks = JoinSet::new();
        tasks.spawn(watch::identity(
            Arc::clone(&web),
            Arc::clone(&bot),
            readiness.clone(),
            stop.clone(),
        ));
        let stopping = stop.clone();
        tasks.spawn(async move {
            if let Err(fault) = http::serve(listener, routes, stopping.cancelled_owned()).await {
                warn!(%fault, "the HTTP side ended");
            }
        });
        if let Some(app_token) = &environment.app_token {
            let (web, edge, readiness, stopping) = (
                Arc::clone(&web),
                Arc::clone(&edge),
                readiness.clone(),
                stop.clone(),
            );
            let app_token = app_token.clone();
            tasks.spawn(async move {
                let ended = socket::run(
                    web,
                    app_token,
                    edge,
                    readiness,
                    socket::Patience::default(),
                    stopping.cancelled_owned(),
                )
                .await;
                info!(?ended, "Socket Mode ended");
            });
        }
        if ways.loops {
            tasks.spawn(timekeeper.clone().run(stop.clone()));
            tasks.spawn(Arc::clone(bot.homes()).run(metrics.clone(), stop.clone()));
            tasks.spawn(courier.clone().run(stop.clone()));
            tasks.spawn(watch::people(council.clone(), stop.clone()));
            tasks.spawn(watch::calendar(council.clone(), stop.clone()));
            tasks.spawn(watch::figures(
                council.desk.clone(),
                metrics.clone(),
                readiness.clone(),
                stop.clone(),
            ));
        }
        info!(%address, "lodestar is running");
        Ok(Self {
            timekeeper,
            courier,
            homes: Arc::clone(bot.homes()),
            metrics,
            readiness,
            council,
            edge,
            address,
            stop,
            tasks,
        })
    }

    /// The one door.
    #[must_use]
    pub fn desk(&self) -> &Desk {
        &self.council.desk
    }

    /// The council.
    #[must_use]
    pub fn council(&self) -> &Council {
        &self.council
    }

    /// Reads the people's part of the council's file again now, as when it changes: a bad edit keeps the people there were, and is told
    /// to the managers of the IRO service.
    pub async fn read_people_again(&self) {
        watch::read_again(&self.council).await;
    }

    /// Where the HTTP side listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Stops in order: no new work, what is in hand ends, then the store is closed.
    pub async fn stop(mut self) {
        self.stop.cancel();
        if !self.edge.finish(LAST_WORK).await {
            warn!("some work did not end in time; it is either done or undone, never half");
        }
        let ended = tokio::time::timeout(LAST_WORK, async {
            while self.tasks.join_next().await.is_some() {}
        })
        .await;
        if ended.is_err() {
            self.tasks.shutdown().await;
        }
        self.council.desk.store().close().await;
    }

    /// Runs until the process is told to stop.
    pub async fn until_told(self) {
        told_to_stop().await;
        info!("stopping");
        self.stop().await;
    }
}

/// The Web API with the council's token, over the network this machine is set up for.
///
/// # Errors
/// A missing token, an address or a proxy that cannot be used.
pub(crate) fn web_api(
    environment: &Environment,
    patience: Patience,
    metrics: Metrics,
) -> Result<WebApi, Failure> {
    let network = Network::from_environment().map_err(Failure::usage)?;
    let token = environment
        .bot_token
        .as_ref()
        .ok_or_else(|| Failure::usage("SLACK_BOT_TOKEN is not set."))?;
    WebApi::new(&network, &environment.api_url, token, patience, metrics).map_err(Failure::usage)
}

fn courier(
    council: &Council,
    web: &Arc<WebApi>,
    readiness: &Readiness,
    metrics: &Metrics,
) -> Courier {
    let words = Words::new(
        council.desk.clone(),
        Arc::clone(&council.messages),
        &council.config,
    );
    Courier::new(
        council.desk.clone(),
        Arc::clone(web),
        Arc::new(words),
        readiness.clone(),
        metrics.clone(),
        Options {
            confirm_deliveries: council.config.slack.confirm_deliveries,
        },
    )
}

/// Comes about once the process is told to stop: by an interrupt, or by a termination signal. Both are heard from the call on.
#[cfg(unix)]
pub fn told_to_stop() -> impl Future<Output = ()> + Send {
    use tokio::signal::unix::{Signal, SignalKind, signal};

    async fn heard(signal: Option<Signal>) {
        match signal {
            Some(mut signal) => drop(signal.recv().await),
            None => std::future::pending().await,
        }
    }
    let [interrupted, terminated] =
        [SignalKind::interrupt(), SignalKind::terminate()].map(|kind| {
            signal(kind)
                .inspect_err(|fault| warn!(%fault, "signals of one kind cannot be heard"))
                .ok()
        });
    async move {
        tokio::select! {
            () = heard(interrupted) => {}
            () = heard(terminated) => {}
        }
    }
}

/// Comes about once the process is told to stop.
#[cfg(not(unix))]
pub fn told_to_stop() -> impl Future<Output = ()> + Send {
    async {
        let _ = tokio::signal::ctrl_c().await;
    }
}
