//! What falls due: deadlines become commands, teams get their digest, the record gets its daily anchor.
//!
//! The wall clock is read at least once a second; nothing sleeps until a computed instant, since machines suspend and
//! clocks are set. A deadline is claimed and acted on in one transaction, a hundred at a time; one that fails is set
//! aside with its error and holds nothing else up.

use std::time::Duration;

use chrono::TimeDelta;
use tokio_util::sync::CancellationToken;
use tracing::{error, info};

use crate::concern::Command;
use crate::desk::{Desk, DeskError};
use crate::digest;
use crate::ids::ConcernId;
use crate::metrics::Metrics;
use crate::store::StoreError;
use crate::store::concerns::{Find, Which};
use crate::store::deadlines::DueDeadline;

/// How many deadlines are acted on in one transaction.
const BATCH: u32 = 100;
/// How long a deadline that failed waits before it is tried again, doubled each time.
const FIRST_RETRY: TimeDelta = TimeDelta::minutes(1);
/// The longest such wait.
const LONGEST_RETRY: TimeDelta = TimeDelta::hours(6);
/// How long a click's identity is remembered: far longer than anything is redelivered.
const REMEMBER: TimeDelta = TimeDelta::days(7);
/// How long the messages of a closed concern can still be edited.
const KEEP_MESSAGES: TimeDelta = TimeDelta::days(180);
/// How many are forgotten a day, so that the first second of a day stays short.
const FORGET_AT_ONCE: u32 = 50_000;

/// Turns due deadlines into commands.
#[derive(Clone)]
pub struct Timekeeper {
    desk: Desk,
    metrics: Metrics,
}

/// What a round did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Round {
    /// Deadlines acted on.
    pub acted: usize,
    /// Deadlines set aside.
    pub failed: usize,
}

impl Timekeeper {
    /// A timekeeper for a desk.
    #[must_use]
    pub fn new(desk: Desk, metrics: Metrics) -> Self {
        metrics.describe(
            "lodestar_deadlines_total",
            "Deadlines that fell, by outcome.",
        );
        metrics.describe(
            "lodestar_timekeeper_faults_total",
            "Rounds of the timekeeper that could not be done.",
        );
        Self { desk, metrics }
    }

    /// Runs until it is told to stop, a round at least once a second.
    pub async fn run(self, stop: CancellationToken) {
        while !stop.is_cancelled() {
            if let Err(fault) = self.round().await {
                self.metrics.count("lodestar_timekeeper_faults_total", &[]);
                error!(
                    fault = fault.code(),
                    "the timekeeper could not do its round and tries again"
                );
            }
            tokio::select! {
                () = stop.cancelled() => {}
                () = self.desk.clock().pause(Duration::from_secs(1)) => {}
            }
        }
    }

    /// Everything that is due now: deadlines until none is left, digests, the day's anchor.
    ///
    /// # Errors
    /// The store's; what was not done stays due.
    pub async fn round(&self) -> Result<Round, DeskError> {
        let mut round = Round::default();
        loop {
            let batch = self.batch().await?;
            round.acted += batch.acted;
            round.failed += batch.failed;
            if batch.acted + batch.failed < BATCH as usize {
                break;
            }
        }
        round.acted += self.desk.covers_due().await?;
        digest::due(&self.desk).await?;
        self.daily().await?;
        Ok(round)
    }

    /// One batch: claim, decide, record, queue, commit.
    ///
    /// # Errors
    /// The store's; the whole batch stays due.
    pub async fn batch(&self) -> Result<Round, DeskError> {
        let now = self.desk.now();
        let mut tx = self.desk.store().begin().await?;
        let due = tx.claim_due(now, BATCH).await?;
        if due.is_empty() {
            return Ok(Round::default());
        }
        let mut round = Round::default();
        for deadline in &due {
            tx.savepoint().await?;
            match self
                .desk
                .fell(&mut tx, deadline.subject, &deadline.key)
                .await
            {
                Ok(_) => {
                    tx.release().await?;
                    round.acted += 1;
                    self.metrics
                        .count("lodestar_deadlines_total", &[("outcome", "acted")]);
                }
                Err(DeskError::Store(fault)) if fault.passes_by_itself() => {
                    return Err(fault.into());
                }
                Err(fault) => {
                    tx.rollback_to().await?;
                    tx.set_aside(deadline.id, fault.code(), now + retry_in(deadline))
                        .await?;
                    round.failed += 1;
                    self.metrics
                        .count("lodestar_deadlines_total", &[("outcome", "failed")]);
                    error!(
                        subject = %deadline.subject,
                        deadline = deadline.kind,
                        attempts = deadline.attempts,
                        fault = fault.code(),
                        "a deadline could not be acted on and is set aside"
                    );
                }
            }
        }
        tx.commit().await?;
        self.desk.tell_courier();
        for deadline in due
            .iter()
            .filter(|deadline| deadline.attempts == 1 && deadline.kind == "undelivered")
        {
            error!(subject = %deadline.subject, "a card is not delivered after fifteen minutes");
        }
        Ok(round)
    }

    /// Once a council day: the anchor over the heads of all chains, and what is no longer needed cleared away.
    async fn daily(&self) -> Result<(), StoreError> {
        let now = self.desk.now();
        let today = self.desk.calendar().local_date(now).to_string();
        let mut tx = self.desk.store().read().await?;
        if tx.setting("anchored_on").await?.as_deref() == Some(&today) {
            return Ok(());
        }
        drop(tx);
        match self.desk.keep_up().await {
            Ok(_) => {}
            Err(DeskError::Store(fault)) => return Err(fault),
            Err(fault) => {
                error!(
                    fault = fault.code(),
                    "what comes round could not be looked at and waits for tomorrow"
                );
            }
        }
        let mut tx = self.desk.store().begin().await?;
        tx.anchor(self.desk.calendar().local_date(now), now).await?;
        tx.forget_seen(now - REMEMBER, FORGET_AT_ONCE).await?;
        tx.tidy(now - KEEP_MESSAGES, FORGET_AT_ONCE).await?;
        tx.set("anchored_on", &today).await?;
        tx.commit().await
    }
}

/// Dates again what a changed calendar touches: every open concern and review whose due day it moves.
///
/// # Errors
/// The store's, or a record that cannot be read.
pub async fn recalculate(desk: &Desk) -> Result<usize, DeskError> {
    let (mut moved, mut after) = (0, 0);
    loop {
        let page = {
            let mut tx = desk.store().read().await?;
            tx.concerns(Find::All, Which::Open, after, BATCH).await?
        };
        let Some(last) = page.last() else { break };
        after = last.number;
        let mut tx = desk.store().begin().await?;
        for row in &page {
            let id = ConcernId(row.number);
            moved += usize::from(desk.by_itself(&mut tx, id, Command::Recalculate).await?);
        }
        tx.commit().await?;
    }
    moved += desk.recalculate_kept().await?;
    if moved > 0 {
        info!(moved, "the calendar changed: due days were dated again");
        desk.tell_courier();
    }
    Ok(moved)
}

fn retry_in(deadline: &DueDeadline) -> TimeDelta {
    let doublings = u32::try_from(deadline.attempts.clamp(1, 12) - 1).unwrap_or(0);
    (FIRST_RETRY * 2_i32.pow(doublings)).min(LONGEST_RETRY)
}
