//! The App Home: made when somebody opens it, and kept current as things move from then on, whatever restarts.
//!
//! A home is made anew for everybody who has opened theirs whenever something changed, and published where it then shows something
//! else.

mod shows;

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use chrono::NaiveDate;
use serde_json::Value;
use sha2::{Digest as _, Sha256};
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;
use tracing::warn;

use super::web::{ApiError, WebApi};
use crate::desk::{AnyCase, Case, Desk, DeskError};
use crate::directory::Directory;
use crate::ids::UserId;
use crate::messages::{Broken, Home, Messages};
use crate::metrics::Metrics;
use crate::store::StoreError;
use crate::store::concerns::{Find, Which};

/// How many homes are kept current; the others are made when they are opened.
const MOST: u32 = 500;
/// How long publishing one may take.
const PATIENCE: Duration = Duration::from_secs(2);
/// How often changes are looked for: so one person's home is published at most that often.
const EVERY: Duration = Duration::from_secs(2);
/// How long nothing is published after Slack could not be reached.
const AFTER_TROUBLE: Duration = Duration::from_secs(30);

/// The homes that people have opened.
pub struct Homes {
    desk: Desk,
    web: Arc<WebApi>,
    messages: Arc<Messages>,
    council: String,
    /// Whose, with a hash of what each last showed; nothing until they are read from the store.
    opened: Mutex<Option<BTreeMap<UserId, String>>>,
    /// How things stood that they show.
    shown: Mutex<Option<Shown>>,
    /// Until when Slack is left alone, by the clock that only goes forward.
    not_before: Mutex<Duration>,
    failed: AtomicU64,
}

/// What is open: concerns, and what is kept beside them.
struct Open {
    concerns: Vec<Case>,
    records: Vec<AnyCase>,
}

/// How things stand: whatever changes a home changes one of these.
struct Shown {
    changes: u64,
    today: NaiveDate,
    directory: Arc<Directory>,
}

/// What came of publishing a home.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Published {
    /// It shows what it should.
    Done,
    /// This person has none: they are let go.
    Gone,
    /// It is tried again.
    Later,
}

impl std::fmt::Debug for Homes {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Homes(…)")
    }
}

impl Homes {
    /// Those that the store knows of.
    #[must_use]
    pub fn new(desk: Desk, web: Arc<WebApi>, messages: Arc<Messages>, council: &str) -> Self {
        Self {
            desk,
            web,
            messages,
            council: council.to_owned(),
            opened: Mutex::new(None),
            shown: Mutex::new(None),
            not_before: Mutex::new(Duration::ZERO),
            failed: AtomicU64::new(0),
        }
    }

    /// How many times a home could not be made or published.
    #[must_use]
    pub fn failed(&self) -> u64 {
        self.failed.load(Ordering::Relaxed)
    }

    /// Somebody opened their home: it is made, and kept current from now on.
    pub async fn opened(&self, user: &UserId) {
        if let Err(fault) = self.open(user).await {
            self.not_done(&fault.to_string());
        }
    }

    async fn open(&self, user: &UserId) -> Result<(), DeskError> {
        self.take_up().await?;
        let open = self.all_open().await?;
        let mut home = self.home(user, &open);
        let Some(hash) = self.hash(&mut home) else {
            return Ok(());
        };
        let hash = match self.publish(user, home).await {
            Published::Done => hash,
            // The next round makes it.
            Published::Later => {
                *lock(&self.shown) = None;
                String::new()
            }
            Published::Gone => return Ok(()),
        };
        let mut tx = self.desk.store().begin().await?;
        tx.home_opened(user.as_str(), &hash, self.desk.now(), MOST)
            .await?;
        let kept = tx.homes().await?;
        tx.commit().await?;
        *self.known() = Some(read(kept));
        Ok(())
    }

    /// Makes anew what has changed, for those who have opened theirs. Gives how many were published.
    pub async fn round(&self) -> usize {
        match self.follow().await {
            Ok(published) => published,
            Err(fault) => {
                self.not_done(&fault.to_string());
                0
            }
        }
    }

    async fn follow(&self) -> Result<usize, DeskError> {
        self.take_up().await?;
        let now = Shown {
            changes: self.desk.changes(),
            today: self.desk.calendar().local_date(self.desk.now()),
            directory: self.desk.directory(),
        };
        let people = self.known().clone().unwrap_or_default();
        let waits = *lock(&self.not_before) > self.desk.clock().elapsed();
        if people.is_empty() || waits || self.shows(&now) {
            return Ok(0);
        }
        let open = self.all_open().await?;
        let (mut published, mut gone, mut all) = (Vec::new(), Vec::new(), true);
        for (user, shown) in people {
            let mut home = self.home(&user, &open);
            let Some(hash) = self.hash(&mut home).filter(|hash| *hash != shown) else {
                continue;
            };
            match self.publish(&user, home).await {
                Published::Done => published.push((user, hash)),
                Published::Gone => gone.push(user),
                Published::Later => all = false,
            }
            if *lock(&self.not_before) > self.desk.clock().elapsed() {
                all = false;
                break;
            }
        }
        self.keep(&published, &gone).await?;
        if all {
            *lock(&self.shown) = Some(now);
        }
        Ok(published.len())
    }

    /// Keeps them current until told to stop.
    pub async fn run(self: Arc<Self>, metrics: Metrics, stop: CancellationToken) {
        metrics.describe(
            "lodestar_homes_failed_total",
            "Homes that could not be made or published.",
        );
        let mut counted = 0;
        while !stop.is_cancelled() {
            self.round().await;
            while counted < self.failed() {
                metrics.count("lodestar_homes_failed_total", &[]);
                counted += 1;
            }
            tokio::select! {
                () = stop.cancelled() => {}
                () = self.desk.clock().pause(EVERY) => {}
            }
        }
    }

    /// Reads from the store whose homes there are, once.
    async fn take_up(&self) -> Result<(), StoreError> {
        if self.known().is_none() {
            let kept = self.desk.store().read().await?.homes().await?;
            self.known().get_or_insert(read(kept));
        }
        Ok(())
    }

    async fn keep(
        &self,
        published: &[(UserId, String)],
        gone: &[UserId],
    ) -> Result<(), StoreError> {
        if published.is_empty() && gone.is_empty() {
            return Ok(());
        }
        let mut tx = self.desk.store().begin().await?;
        for (user, hash) in published {
            tx.home_shown(user.as_str(), hash).await?;
        }
        for user in gone {
            tx.home_gone(user.as_str()).await?;
        }
        let kept = tx.homes().await?;
        tx.commit().await?;
        *self.known() = Some(read(kept));
        Ok(())
    }

    async fn all_open(&self) -> Result<Open, DeskError> {
        let mut tx = self.desk.store().read().await?;
        let concerns = self.desk.open(&mut tx, Find::All).await?;
        drop(tx);
        let records = self.desk.records_of_any(Find::All, Which::Open).await?;
        Ok(Open { concerns, records })
    }

    async fn publish(&self, user: &UserId, home: Home) -> Published {
        let view = match self.messages.home(&home) {
            Ok(view) => view,
            Err(broken) => {
                self.not_done(&broken.to_string());
                return Published::Later;
            }
        };
        let call = self.web.views_publish(user.as_str(), &view);
        let wait = match timeout(PATIENCE, call).await {
            Ok(Ok(_)) => return Published::Done,
            Ok(Err(fault)) => {
                self.not_done(&fault.to_string());
                match fault {
                    // Asking again the same way is no use; who opens theirs again is asked for again.
                    ApiError::Refused { .. } | ApiError::Invalid(_) => return Published::Gone,
                    ApiError::RateLimited { retry_after } => retry_after,
                    ApiError::Unavailable(_) | ApiError::InDoubt(_) | ApiError::Auth { .. } => {
                        AFTER_TROUBLE
                    }
                }
            }
            Err(_) => {
                self.not_done("no answer in time");
                AFTER_TROUBLE
            }
        };
        *lock(&self.not_before) = self.desk.clock().elapsed() + wait;
        Published::Later
    }

    fn not_done(&self, fault: &str) {
        self.failed.fetch_add(1, Ordering::Relaxed);
        warn!(fault, "a home could not be made or published");
    }

    /// A hash of what a home shows, whenever it changed; and notes on it that it changed now.
    fn hash(&self, home: &mut Home) -> Option<String> {
        let shown: Result<Value, Broken> = self.messages.home(home);
        home.changed = self.desk.calendar().say(self.desk.now());
        match shown {
            Ok(view) => Some(hex::encode(Sha256::digest(view.to_string()))),
            Err(broken) => {
                self.not_done(&broken.to_string());
                None
            }
        }
    }

    /// Whether the homes show how things stand.
    fn shows(&self, now: &Shown) -> bool {
        lock(&self.shown).as_ref().is_some_and(|shown| {
            (shown.changes, shown.today) == (now.changes, now.today)
                && Arc::ptr_eq(&shown.directory, &now.directory)
        })
    }

    fn known(&self) -> MutexGuard<'_, Option<BTreeMap<UserId, String>>> {
        lock(&self.opened)
    }
}

fn read(kept: Vec<(String, String)>) -> BTreeMap<UserId, String> {
    kept.into_iter()
        .map(|(person, shown)| (UserId::from(person.as_str()), shown))
        .collect()
}

/// Plain values are whole after every statement.
fn lock<T>(of: &Mutex<T>) -> MutexGuard<'_, T> {
    of.lock().unwrap_or_else(PoisonError::into_inner)
}
