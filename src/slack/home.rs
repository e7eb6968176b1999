//! The App Home: what waits for somebody, what is theirs, and for the manager of the IRO service the whole of it. It shows what the
//! read rule shows, and follows what changes for those who have opened it.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use chrono::NaiveDate;
use serde_json::Value;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;
use tracing::warn;

use super::dispatch::lists::{line, waits_for};
use super::web::WebApi;
use crate::calendar::say_date;
use crate::concern::{ActsNext, Concern, Phase, Rules, Standing, who_acts_next};
use crate::desk::{Case, Desk, DeskError};
use crate::ids::{RoleId, UserId};
use crate::messages::{Home, Line, Messages};
use crate::metrics::Metrics;
use crate::store::concerns::Find;

/// How many homes are kept current; the others are made when they are opened.
const MOST: usize = 500;
/// How long publishing one may take.
const PATIENCE: Duration = Duration::from_secs(2);
/// How often changes are looked for: so one person's home is published at most that often.
const EVERY: Duration = Duration::from_secs(2);

/// The homes that people have opened.
pub struct Homes {
    desk: Desk,
    web: Arc<WebApi>,
    messages: Arc<Messages>,
    council: String,
    /// Whose, with what each last showed.
    opened: Mutex<BTreeMap<UserId, Value>>,
    /// The state of things that they show.
    shown: Mutex<Option<(u64, NaiveDate)>>,
    failed: AtomicU64,
}

impl std::fmt::Debug for Homes {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Homes(…)")
    }
}

impl Homes {
    /// Nobody's yet.
    #[must_use]
    pub fn new(desk: Desk, web: Arc<WebApi>, messages: Arc<Messages>, council: &str) -> Self {
        Self {
            desk,
            web,
            messages,
            council: council.to_owned(),
            opened: Mutex::new(BTreeMap::new()),
            shown: Mutex::new(None),
            failed: AtomicU64::new(0),
        }
    }

    /// How many times a home could not be published.
    #[must_use]
    pub fn failed(&self) -> u64 {
        self.failed.load(Ordering::Relaxed)
    }

    /// Somebody opened their home: it is made, and kept current from now on.
    pub async fn opened(&self, user: &UserId) {
        let cases = match self.open_cases().await {
            Ok(cases) => cases,
            Err(fault) => return self.not_done(&fault.to_string()),
        };
        let view = self.view(user, &cases);
        self.publish(user, view, true).await;
    }

    /// Makes anew what has changed, for those who have opened theirs. Gives how many were published.
    pub async fn round(&self) -> usize {
        let now = (
            self.desk.changes(),
            self.desk.calendar().local_date(self.desk.now()),
        );
        let people: Vec<UserId> = self.known().keys().cloned().collect();
        if people.is_empty() || *self.seen() == Some(now) {
            return 0;
        }
        let cases = match self.open_cases().await {
            Ok(cases) => cases,
            Err(fault) => {
                self.not_done(&fault.to_string());
                return 0;
            }
        };
        let (mut published, mut all) = (0, true);
        for user in people {
            let view = self.view(&user, &cases);
            match self.publish(&user, view, false).await {
                Some(true) => published += 1,
                Some(false) => {}
                None => all = false,
            }
        }
        if all {
            *self.seen() = Some(now);
        }
        published
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

    async fn open_cases(&self) -> Result<Vec<Case>, DeskError> {
        let mut tx = self.desk.store().read().await?;
        self.desk.open(&mut tx, Find::All).await
    }

    /// Publishes a home unless it already shows this. `None` where it could not be.
    async fn publish(&self, user: &UserId, view: Option<Value>, always: bool) -> Option<bool> {
        let view = view?;
        if !always && self.known().get(user) == Some(&view) {
            return Some(false);
        }
        let call = self.web.views_publish(user.as_str(), &view);
        match timeout(PATIENCE, call).await {
            Ok(Ok(_)) => {
                let mut known = self.known();
                if known.len() >= MOST && !known.contains_key(user) {
                    known.pop_first();
                }
                known.insert(user.clone(), view);
                Some(true)
            }
            Ok(Err(fault)) => {
                self.not_done(&fault.to_string());
                None
            }
            Err(_) => {
                self.not_done("no answer in time");
                None
            }
        }
    }

    fn not_done(&self, fault: &str) {
        self.failed.fetch_add(1, Ordering::Relaxed);
        warn!(fault, "a home could not be made or published");
    }

    fn view(&self, user: &UserId, cases: &[Case]) -> Option<Value> {
        let home = self.home(user, cases);
        self.messages
            .home(&home)
            .map_err(|broken| self.not_done(&broken.to_string()))
            .ok()
    }

    /// What somebody's home shows: of the open concerns, those they may read.
    fn home(&self, user: &UserId, cases: &[Case]) -> Home {
        let directory = self.desk.directory();
        let calendar = self.desk.calendar();
        let manages = self.desk.is_iro_manager(user);
        let mut sorted: BTreeMap<&'static str, Vec<(NaiveDate, Line)>> = BTreeMap::new();
        for case in cases {
            let standing = self.desk.standing(user, case);
            let Ok(rules) = case.rules(&calendar, self.desk.hours()) else {
                continue;
            };
            if crate::access::may_read(&rules, &case.concern, &standing) {
                let list = list_of(&rules, &case.concern, &standing, manages);
                let entry = (day_of(&rules, &case.concern), line(&rules, &case.concern));
                sorted.entry(list).or_default().push(entry);
            }
        }
        let mut list = |name| {
            let mut lines = sorted.remove(name).unwrap_or_default();
            lines.sort_by_key(|(day, line)| (*day, line.concern));
            lines.into_iter().map(|(_, line)| line).collect::<Vec<_>>()
        };
        let mut home = Home {
            council: self.council.clone(),
            known: true,
            may_raise: !directory.raiser_roles(user).is_empty(),
            manages,
            waiting: list("waiting"),
            mine: list("mine"),
            gates: list("gates"),
            held: list("held"),
            others: list("others"),
            vacancies: if manages {
                self.vacancies()
            } else {
                Vec::new()
            },
            covers: self.desk.covers_seen_by(user),
            ask: Vec::new(),
            now: say_date(calendar.local_date(self.desk.now())),
        };
        home.known = directory.serves(user)
            || !home.covers.is_empty()
            || [&home.waiting, &home.mine, &home.others]
                .iter()
                .any(|lines| !lines.is_empty());
        if !home.known {
            home.ask = self.iro_managers();
        }
        home
    }

    /// The roles that nobody holds, by team.
    fn vacancies(&self) -> Vec<String> {
        let directory = self.desk.directory();
        let mut vacant = Vec::new();
        for team in directory.teams() {
            let Some(held) = self.desk.protocols().current(&team.protocol) else {
                continue;
            };
            for (id, role) in &held.protocol.roles {
                let holders = directory.holders(&team.id, id, &held.protocol);
                if holders.is_nobody() || holders.standing_in_for.is_some() {
                    vacant.push(format!("{}, {}", role.name, team.name));
                }
            }
        }
        vacant
    }

    fn iro_managers(&self) -> Vec<UserId> {
        let directory = self.desk.directory();
        let role = RoleId::from(crate::protocol::IRO_MANAGER);
        let mut managers = Vec::new();
        for team in directory.teams() {
            if let Some(held) = self.desk.protocols().current(&team.protocol) {
                for user in directory.holders(&team.id, &role, &held.protocol).users {
                    if !managers.contains(&user) {
                        managers.push(user);
                    }
                }
            }
        }
        managers
    }

    fn known(&self) -> MutexGuard<'_, BTreeMap<UserId, Value>> {
        // A map of plain values is whole after every statement.
        self.opened.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn seen(&self) -> MutexGuard<'_, Option<(u64, NaiveDate)>> {
        self.shown.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The list that an open concern stands in on somebody's home.
fn list_of(
    rules: &Rules<'_>,
    concern: &Concern,
    standing: &Standing,
    manages: bool,
) -> &'static str {
    let raiser = concern.raiser == standing.user || standing.covers_raiser;
    if waits_for(rules, concern, standing) || raiser && waits_for_raiser(rules, concern) {
        return "waiting";
    }
    if raiser {
        return "mine";
    }
    let held = concern.visit().is_some_and(|visit| visit.held.is_some())
        && matches!(concern.phase, Phase::Answering | Phase::RejectedWaiting);
    match concern.phase {
        Phase::AtGate if manages => "gates",
        _ if held && manages => "held",
        _ => "others",
    }
}

/// Whether its raiser must do something before it goes on.
fn waits_for_raiser(rules: &Rules<'_>, concern: &Concern) -> bool {
    match concern.phase {
        Phase::Underway => concern
            .visit()
            .is_some_and(|visit| visit.target_asked.is_some()),
        Phase::Answering => concern.review_asked.is_some(),
        Phase::RejectedWaiting => false,
        _ => matches!(who_acts_next(rules, concern), Some(ActsNext::Raiser)),
    }
}

/// The day it is about: when an answer is due, what was promised, when it is looked at again, or since when it waits.
fn day_of(rules: &Rules<'_>, concern: &Concern) -> NaiveDate {
    let visit = concern.visit();
    let since = rules.day(concern.nag.since);
    let review = concern.review.map(|(on, _)| on);
    match concern.phase {
        Phase::Answering | Phase::RejectedWaiting => visit
            .and_then(|visit| visit.held.or(visit.due))
            .map(|due| due.date)
            .or(review)
            .unwrap_or(since),
        Phase::Underway => visit
            .and_then(|visit| visit.target)
            .map_or(since, |(on, _)| on),
        Phase::Exhausted => review.unwrap_or(since),
        _ => since,
    }
}
