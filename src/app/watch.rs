//! What is watched while the bot runs: who it is to Slack, the council's file, the calendar's horizon, the figures.

use std::sync::Arc;
use std::time::Duration;

use chrono::{Days, NaiveDate};
use serde_json::json;
use tokio_util::sync::CancellationToken;
use tracing::{error, info, warn};

use super::Council;
use crate::desk::Desk;
use crate::directory::Reload;
use crate::metrics::Metrics;
use crate::readiness::Readiness;
use crate::slack::dispatch::Bot;
use crate::slack::web::{ApiError, WebApi};

/// How long before the calendar's horizon somebody is told.
const AHEAD: Days = Days::new(90);
/// How long Slack is given before it is asked again who the bot is; longer each time.
const FIRST_RETRY: Duration = Duration::from_secs(1);
const LONGEST_RETRY: Duration = Duration::from_mins(1);
/// Readiness parts.
const IDENTITY: &str = "Slack";
const STORE: &str = "Store";

/// Asks Slack who the bot is until it says so.
pub(super) async fn identity(
    web: Arc<WebApi>,
    bot: Arc<Bot>,
    readiness: Readiness,
    stop: CancellationToken,
) {
    readiness.not_ready(IDENTITY, "Slack has not said yet who the bot is.");
    let mut wait = FIRST_RETRY;
    while !stop.is_cancelled() {
        match web.auth_test().await {
            Ok(identity) => {
                info!(team = identity.team_id, "connected to Slack");
                bot.knows_itself(identity);
                readiness.ready(IDENTITY);
                return;
            }
            Err(fault @ ApiError::Auth { .. }) => {
                error!(%fault, "Slack does not accept the bot token");
                readiness.not_ready(
                    IDENTITY,
                    format!("{fault}: check SLACK_BOT_TOKEN and reinstall the app."),
                );
            }
            Err(fault) => {
                warn!(%fault, "Slack cannot be reached; trying again");
                readiness.not_ready(IDENTITY, format!("{fault}; trying again."));
            }
        }
        tokio::select! {
            () = stop.cancelled() => {}
            () = tokio::time::sleep(wait) => {}
        }
        wait = (wait * 2).min(LONGEST_RETRY);
    }
}

/// Reads the people again when the file changes, or on SIGHUP. A bad edit keeps the people there were, and says so.
pub(super) async fn people(council: Council, stop: CancellationToken) {
    let mut hangup = Hangup::listen();
    loop {
        let asked = tokio::select! {
            () = stop.cancelled() => return,
            () = hangup.heard() => true,
            () = tokio::time::sleep(Duration::from_secs(1)) => false,
        };
        if !asked && !council.desk.people().changed_on_disk() {
            continue;
        }
        read_again(&council).await;
    }
}

/// Reads the people again now.
pub(super) async fn read_again(council: &Council) {
    match council.reload().await {
        Ok(Reload::Reloaded { changed, warnings }) => {
            for warning in &warnings {
                warn!("{warning}");
            }
            info!(changed, "the people were read again");
            if changed && let Err(fault) = council.take_up_people().await {
                error!(%fault, "what waits could not be sent to those who now answer for it");
            }
        }
        Ok(Reload::Kept { faults }) => {
            let faults: Vec<String> = faults.iter().map(ToString::to_string).collect();
            for fault in &faults {
                error!("{fault}");
            }
            let told = council
                .desk
                .tell_iro_managers(
                    "bad_edit",
                    json!({ "file": "lodestar.toml", "faults": faults }),
                )
                .await;
            if let Err(fault) = told {
                error!(%fault, "the managers of the IRO service could not be told that the people's file has faults");
            }
        }
        Err(fault) => error!(%fault, "the people could not be read again"),
    }
}

/// Warns once when the calendar's horizon is near, and says so to the managers of the IRO service.
pub(super) async fn calendar(council: Council, stop: CancellationToken) {
    let mut told: Option<NaiveDate> = None;
    loop {
        let calendar = council.desk.calendar();
        let ends = *calendar.horizon().end();
        let today = calendar.local_date(council.desk.now());
        if told != Some(ends)
            && ends
                .checked_sub_days(AHEAD)
                .is_some_and(|near| near <= today)
        {
            warn!(%ends, "the calendar ends soon: run `lodestar bank-holidays update`");
            let ends_on = crate::calendar::say_date_year(ends);
            match council
                .desk
                .tell_iro_managers("calendar_ends", json!({ "last": ends_on }))
                .await
            {
                Ok(()) => told = Some(ends),
                Err(fault) => {
                    error!(%fault, "the managers of the IRO service could not be told that the calendar ends soon");
                }
            }
        }
        tokio::select! {
            () = stop.cancelled() => return,
            () = council.desk.clock().pause(Duration::from_hours(1)) => {}
        }
    }
}

/// Keeps the figures for the operator: how much waits, how much is overdue, whether the store answers.
pub(super) async fn figures(
    desk: Desk,
    metrics: Metrics,
    readiness: Readiness,
    stop: CancellationToken,
) {
    metrics.describe(
        "lodestar_outbox_waiting",
        "Messages that wait to be sent or edited.",
    );
    metrics.describe(
        "lodestar_outbox_oldest_seconds",
        "How long the oldest of them has waited.",
    );
    metrics.describe(
        "lodestar_deadlines_overdue",
        "Deadlines that have passed and are not acted on yet.",
    );
    metrics.describe(
        "lodestar_deadlines_failing",
        "Deadlines that could not be acted on and are tried again.",
    );
    metrics.describe("lodestar_concerns_open", "Open concerns.");
    while !stop.is_cancelled() {
        match measure(&desk, &metrics).await {
            Ok(()) => readiness.ready(STORE),
            Err(fault) => {
                readiness.not_ready(STORE, format!("The store does not answer: {fault}."));
            }
        }
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(Duration::from_secs(5)) => {}
        }
    }
}

async fn measure(desk: &Desk, metrics: &Metrics) -> Result<(), crate::store::StoreError> {
    let now = desk.now();
    let mut tx = desk.store().read().await?;
    let depth = tx.outbox_depth().await?;
    let (overdue, failing) = tx.deadlines_waiting(now).await?;
    metrics.set("lodestar_outbox_waiting", &[], depth.waiting);
    metrics.set(
        "lodestar_outbox_oldest_seconds",
        &[],
        depth
            .oldest
            .map_or(0, |oldest| (now - oldest).num_seconds().max(0)),
    );
    metrics.set("lodestar_deadlines_overdue", &[], overdue);
    metrics.set("lodestar_deadlines_failing", &[], failing);
    metrics.set("lodestar_concerns_open", &[], tx.open_concerns().await?);
    Ok(())
}

/// SIGHUP, where there is one.
struct Hangup {
    #[cfg(unix)]
    signal: Option<tokio::signal::unix::Signal>,
}

impl Hangup {
    fn listen() -> Self {
        Self {
            #[cfg(unix)]
            signal: tokio::signal::unix::signal(tokio::signal::unix::SignalKind::hangup()).ok(),
        }
    }

    async fn heard(&mut self) {
        #[cfg(unix)]
        if let Some(signal) = &mut self.signal {
            signal.recv().await;
            return;
        }
        std::future::pending::<()>().await;
    }
}
