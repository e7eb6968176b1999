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
mod pace;
mod plain;
mod refusal;
mod render;
mod send;
mod words;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::task::{Id, JoinError, JoinSet};
use tokio_util::sync::CancellationToken;
use tracing::{error, warn};

use self::doubt::Doubt;
use self::mark::{Mark, What, kind};
use self::pace::{Pace, Turn};
use self::refusal::Meaning;
pub use self::render::{Drawn, NotDrawn, Render};
pub use self::words::Words;
use crate::desk::{Desk, DeskError};
use crate::metrics::Metrics;
use crate::readiness::Readiness;
use crate::slack::web::WebApi;
use crate::store::StoreError;
use crate::store::outbox::Message;

/// How many calls are under way at once.
const HANDS: usize = 8;
/// How many of them may be edits, so that posts find one free; and one is kept for edits, so that posts never starve them.
const EDITING: usize = 4;
const POSTING: usize = HANDS - 1;
/// The courier looks at its queue at least this often.
const AT_LEAST: Duration = Duration::from_secs(1);
/// How long it waits after the store could not be used.
const STORE_AGAIN: Duration = Duration::from_secs(1);
/// How often the length of the queue is measured.
const MEASURE: Duration = Duration::from_secs(5);
/// How long [`Courier::settle`] goes on while nothing succeeds.
const SETTLES_WITHIN: Duration = Duration::from_hours(1);
/// The most leases taken over from a courier that stopped.
const TAKEN_OVER: u32 = 1_000;

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

/// The calls under way.
#[derive(Default)]
struct Hands {
    tasks: JoinSet<End>,
    held: HashMap<Id, Held>,
}

struct Held {
    message: Message,
    edit: bool,
}

impl Hands {
    fn free(&self) -> usize {
        HANDS.saturating_sub(self.held.len())
    }

    fn edits(&self) -> usize {
        self.held.values().filter(|held| held.edit).count()
    }

    fn start(
        &mut self,
        message: Message,
        edit: bool,
        task: impl Future<Output = End> + Send + 'static,
    ) {
        let id = self.tasks.spawn(task).id();
        self.held.insert(id, Held { message, edit });
    }

    /// What the next finished task came to, with the message of one that broke off.
    fn finished(&mut self, done: Result<(Id, End), JoinError>) -> Result<End, Option<Message>> {
        match done {
            Ok((id, end)) => {
                self.held.remove(&id);
                Ok(end)
            }
            Err(fault) => Err(self.held.remove(&fault.id()).map(|held| held.message)),
        }
    }
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
        let mut hands = Hands::default();
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
        while let Some(done) = hands.tasks.join_next_with_id().await {
            inner.finish(&mut hands, done, &mut round).await;
        }
    }

    /// Sends everything that may go at this reading of the clock, and says when more may. Let it finish: what is under way
    /// when it is dropped counts as left by a crash.
    ///
    /// # Errors
    /// The store's; what was not sent goes on waiting.
    pub async fn round(&self) -> Result<Round, StoreError> {
        let mut hands = Hands::default();
        let mut round = Round::default();
        loop {
            let next = self.inner.step(&mut hands).await?;
            match hands.tasks.join_next_with_id().await {
                Some(done) => self.inner.finish(&mut hands, done, &mut round).await,
                None => {
                    round.waiting_until = next;
                    return Ok(round);
                }
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

    /// Takes in hand all that may go now. Gives the reading from which more may, as far as that is known.
    async fn step(self: &Arc<Self>, hands: &mut Hands) -> Result<Option<Duration>, StoreError> {
        let unwritten = self.write_again().await;
        self.take_over().await?;
        let now = self.desk.clock().elapsed();
        let mut next = unwritten.then_some(now + STORE_AGAIN);
        let mut more_from = |at: Duration| {
            next = Some(next.map_or(at, |next| next.min(at)));
        };
        if let Some(at) = self.start_looks(hands, now) {
            more_from(at);
        }
        let held_until = self.state().not_before;
        if now < held_until {
            more_from(held_until);
        } else if let Some(at) = self.start_sending(hands, now).await? {
            more_from(at);
        }
        Ok(next)
    }

    /// What an earlier courier left leased: an edit is given back, a post is in doubt.
    async fn take_over(&self) -> Result<(), StoreError> {
        if self.state().took_over {
            return Ok(());
        }
        let mut tx = self.desk.store().begin().await?;
        let left = tx.leased(TAKEN_OVER).await?;
        let mut doubts = Vec::new();
        let now = self.desk.clock().elapsed();
        for message in left {
            if message.is_posted() {
                tx.mark_unsent(message.id).await?;
            } else if self.options.confirm_deliveries {
                doubts.push(Doubt::new(message, now));
            } else {
                tx.mark_retry(message.id, chrono::DateTime::UNIX_EPOCH, doubt::SENT_AGAIN)
                    .await?;
            }
        }
        tx.commit().await?;
        if !doubts.is_empty() {
            warn!(
                messages = doubts.len(),
                "messages were under way when the bot stopped and are looked for"
            );
        }
        let mut state = self.state();
        state.took_over = true;
        state.doubts.extend(doubts);
        Ok(())
    }

    fn start_looks(self: &Arc<Self>, hands: &mut Hands, now: Duration) -> Option<Duration> {
        let from = self.pace().looks_from();
        let mut state = self.state();
        if from <= now
            && hands.free() > 0
            && let Some(at) = state.doubts.iter().position(|doubt| doubt.at <= now)
        {
            let doubt = state.doubts.remove(at);
            self.pace().take_look(now);
            let inner = Arc::clone(self);
            hands.start(doubt.message.clone(), false, async move {
                inner.look(doubt).await
            });
        }
        let soonest = state.doubts.iter().map(|doubt| doubt.at).min()?;
        Some(soonest.max(self.pace().looks_from()))
    }

    async fn start_sending(
        self: &Arc<Self>,
        hands: &mut Hands,
        now: Duration,
    ) -> Result<Option<Duration>, StoreError> {
        let tries_out = self.pace().tries_out();
        let most = if tries_out { 1 } else { HANDS };
        let room = most.saturating_sub(hands.held.len());
        let mut edits = EDITING.saturating_sub(hands.edits()).min(room);
        let mut posts = (if tries_out { 1 } else { POSTING })
            .saturating_sub(hands.held.len() - hands.edits())
            .min(room);
        let mut room = room;
        let mut turns: HashMap<i64, Turn> = HashMap::new();
        let mut next: Option<Duration> = None;
        let mut tx = self.desk.store().begin().await?;
        let leased = tx
            .lease(self.desk.now(), HANDS, |waiting| {
                let edit = waiting.is_edit();
                let mut pace = self.pace();
                let from = pace.from(&waiting.dest, edit);
                if from > now {
                    next = Some(next.map_or(from, |next| next.min(from)));
                    return false;
                }
                let of_kind = if edit { &mut edits } else { &mut posts };
                if room == 0 || *of_kind == 0 {
                    // A hand that comes free takes it up.
                    return false;
                }
                *of_kind -= 1;
                room -= 1;
                turns.insert(waiting.id, pace.take(&waiting.dest, edit, now));
                true
            })
            .await?;
        if leased.is_empty() {
            return Ok(next);
        }
        if let Err(fault) = tx.commit().await {
            // Whether the leases were kept is not known; nothing was sent, so they are given back.
            let back = leased.into_iter().map(|message| Mark {
                message,
                what: What::Back,
            });
            self.state().unwritten.extend(back);
            return Err(fault);
        }
        for message in leased {
            let turn = turns
                .remove(&message.id)
                .unwrap_or_else(|| self.pace().take(&message.dest, message.is_posted(), now));
            let inner = Arc::clone(self);
            let edit = turn.is_edit();
            hands.start(message.clone(), edit, async move {
                inner.send(message, turn).await
            });
        }
        Ok(next)
    }

    /// Writes down what a finished task came to, and whatever else has finished by then.
    async fn finish(
        &self,
        hands: &mut Hands,
        done: Result<(Id, End), JoinError>,
        round: &mut Round,
    ) {
        let mut marks = Vec::new();
        let mut next = Some(done);
        while let Some(done) = next {
            match hands.finished(done) {
                Ok(End::Doubt(doubt)) => self.state().doubts.push(doubt),
                Ok(End::Mark(mark)) => marks.push(mark),
                Err(Some(message)) => match self.poisoned(message, "panicked") {
                    End::Mark(mark) => marks.push(mark),
                    End::Doubt(doubt) => self.state().doubts.push(doubt),
                },
                Err(None) => {}
            }
            next = hands.tasks.try_join_next_with_id();
        }
        for mark in &marks {
            let outcome = mark.what.outcome(mark.message.is_posted());
            self.counted(&mark.message, outcome);
            match outcome {
                "sent" => round.sent += 1,
                "edited" => round.edited += 1,
                "dropped" => round.dropped += 1,
                "redirected" => round.redirected += 1,
                "failed" => round.failed += 1,
                _ => {}
            }
        }
        if marks.is_empty() {
            return;
        }
        match self.write(&marks).await {
            Ok(()) => self.told(&marks).await,
            Err(fault) => {
                warn!(
                    fault = fault.code(),
                    messages = marks.len(),
                    "what became of messages could not be written down yet"
                );
                self.state().unwritten.extend(marks);
            }
        }
    }

    async fn write(&self, marks: &[Mark]) -> Result<(), StoreError> {
        let mut tx = self.desk.store().begin().await?;
        for mark in marks {
            mark.write(&self.desk, &mut tx).await?;
        }
        tx.commit().await
    }

    /// Writes down what could not be written before, each by itself so that none holds up another. Whether any is left.
    async fn write_again(&self) -> bool {
        let unwritten = std::mem::take(&mut self.state().unwritten);
        let mut left = Vec::new();
        for mark in unwritten {
            // A store that is busy for one is busy for all.
            let outcome = if left.is_empty() {
                self.write(std::slice::from_ref(&mark)).await
            } else {
                Err(StoreError::Busy)
            };
            match outcome {
                Ok(()) => self.told(std::slice::from_ref(&mark)).await,
                Err(_) => left.push(mark),
            }
        }
        let any = !left.is_empty();
        self.state().unwritten.extend(left);
        any
    }

    /// Tells the managers of the IRO service of channels that refuse messages: once a day for each channel and code.
    async fn told(&self, marks: &[Mark]) {
        for mark in marks {
            let code = match &mark.what {
                What::Elsewhere { code, .. } => code,
                What::Failed(code) if refusal::meaning(code) == Meaning::Place => code,
                _ => continue,
            };
            let channel = &mark.message.dest;
            if refusal::is_person(channel) {
                continue;
            }
            if let Err(fault) = self.tell_of_channel(channel, code).await {
                error!(
                    channel,
                    code,
                    fault = mark::code(&fault),
                    "nobody could be told that a channel refuses messages"
                );
            }
        }
    }

    async fn tell_of_channel(&self, channel: &str, code: &str) -> Result<(), DeskError> {
        let name = format!("told_refused/{channel}/{code}");
        let today = self.desk.calendar().local_date(self.desk.now()).to_string();
        let told = self.desk.store().read().await?.setting(&name).await?;
        if told.as_deref() == Some(&today) {
            return Ok(());
        }
        let facts = serde_json::json!({"channel": channel, "code": code});
        self.desk
            .tell_iro_managers("channel_refused", facts)
            .await?;
        let mut tx = self.desk.store().begin().await?;
        tx.set(&name, &today).await?;
        tx.commit().await?;
        Ok(())
    }

    fn counted(&self, message: &Message, outcome: &'static str) {
        let labels = [("kind", kind(message).as_str()), ("outcome", outcome)];
        self.metrics.count("lodestar_messages_total", &labels);
    }

    /// Measures the queue, now and then.
    async fn measure(&self) {
        let now = self.desk.clock().elapsed();
        let due = self
            .state()
            .measured_at
            .is_none_or(|at| now.saturating_sub(at) >= MEASURE);
        if !due {
            return;
        }
        self.state().measured_at = Some(now);
        let Ok(mut tx) = self.desk.store().read().await else {
            return;
        };
        let Ok(depth) = tx.outbox_depth().await else {
            return;
        };
        let age = depth
            .oldest
            .map_or(0, |oldest| (self.desk.now() - oldest).num_seconds().max(0));
        let doubts = i64::try_from(self.state().doubts.len()).unwrap_or(i64::MAX);
        self.metrics
            .set("lodestar_outbox_waiting", &[], depth.waiting);
        self.metrics.set("lodestar_outbox_oldest_seconds", &[], age);
        self.metrics.set("lodestar_outbox_in_doubt", &[], doubts);
    }
}
