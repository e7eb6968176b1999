//! The demo's clock: by an hour, by a working day, to the next deadline. Whatever falls on the way falls at its own moment.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use sandbox::{PanelView, StepButton};

use crate::calendar::Period;
use crate::desk::{Desk, DeskError};
use crate::timekeeper::Timekeeper;

/// How long a step waits at most for messages to be delivered before it goes on.
const DELIVERY: Duration = Duration::from_secs(20);
/// How many stops one step makes at most.
const MOST_STOPS: usize = 200;

/// The demo's clock panel.
pub(super) struct Panel {
    desk: Desk,
    timekeeper: Timekeeper,
    next: Mutex<Option<DateTime<Utc>>>,
    stepping: tokio::sync::Mutex<()>,
}

impl Panel {
    /// A panel over a desk.
    #[must_use]
    pub(super) fn new(desk: Desk, timekeeper: Timekeeper) -> Self {
        Self {
            desk,
            timekeeper,
            next: Mutex::new(None),
            stepping: tokio::sync::Mutex::new(()),
        }
    }

    /// Looks whether what is shown has changed.
    pub(super) async fn look(&self) -> Result<bool, DeskError> {
        let before = *self.next.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(self.next_due().await? != before)
    }

    /// Looks up the next deadline.
    async fn next_due(&self) -> Result<Option<DateTime<Utc>>, DeskError> {
        let mut tx = self.desk.store().read().await?;
        let next = tx.next_due().await?;
        // A deadline falls just after its moment.
        let next = next.map(|at| at + TimeDelta::milliseconds(1));
        *self.next.lock().unwrap_or_else(PoisonError::into_inner) = next;
        Ok(next)
    }

    /// Moves the clock to a moment, stopping at everything that falls on the way.
    async fn walk(&self, to: DateTime<Utc>) -> Result<(), DeskError> {
        for _ in 0..MOST_STOPS {
            let now = self.desk.now();
            let deadline = self.next_due().await?.filter(|at| *at <= to);
            let opening = self.next_digest(now).filter(|at| *at <= to);
            let stop = deadline
                .into_iter()
                .chain(opening)
                .min()
                .unwrap_or(to)
                .max(now);
            self.desk.clock().to(stop);
            self.timekeeper.round().await?;
            self.delivered().await?;
            if stop >= to {
                break;
            }
        }
        self.next_due().await.map(drop)
    }

    fn next_digest(&self, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let calendar = self.desk.calendar();
        let today = calendar
            .first_working_day_on_or_after(calendar.local_date(now))
            .ok()?;
        let at = calendar.at(today, self.desk.digest_hour());
        if at > now {
            Some(at)
        } else {
            Some(calendar.at(
                calendar.next_working_day(today).ok()?,
                self.desk.digest_hour(),
            ))
        }
    }

    /// Waits until the courier has sent what there is, so that a card is delivered before its clock goes on.
    async fn delivered(&self) -> Result<(), DeskError> {
        let began = self.desk.clock().elapsed();
        loop {
            let depth = {
                let mut tx = self.desk.store().read().await?;
                tx.outbox_depth().await?
            };
            if depth.waiting == 0 || self.desk.clock().elapsed().saturating_sub(began) > DELIVERY {
                return Ok(());
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// Takes a step.
    pub(super) async fn take(&self, id: &str) -> Result<(), String> {
        let _one_at_a_time = self.stepping.lock().await;
        let calendar = self.desk.calendar();
        let now = self.desk.now();
        let to = match id {
            "hour" => now + TimeDelta::hours(1),
            "day" => {
                let today = calendar.local_date(now);
                let next = calendar
                    .due(today, Period::WorkingDays(1))
                    .map_err(|error| error.to_string())?;
                calendar.at(next.date, calendar.local(now).time())
            }
            "deadline" => match self.next_due().await.map_err(|error| error.to_string())? {
                Some(at) => at.max(now),
                None => {
                    return Err("Nothing is due: raise a concern first, with /concern.".to_owned());
                }
            },
            _ => return Err("There is no such step.".to_owned()),
        };
        self.walk(to).await.map_err(|error| error.to_string())
    }
}

impl Panel {
    /// What to show now.
    pub(super) fn view(&self) -> PanelView {
        let calendar = self.desk.calendar();
        let now = self.desk.now();
        let today = calendar.local_date(now);
        let day = match calendar.day_off(today) {
            Ok(None) => "A working day".to_owned(),
            Ok(Some(why)) => format!("Not a working day: {why}"),
            Err(_) => "Beyond the known calendar".to_owned(),
        };
        let next = *self.next.lock().unwrap_or_else(PoisonError::into_inner);
        let next = next.map_or_else(
            || "Nothing is due".to_owned(),
            |at| format!("Next: {}", calendar.say(at)),
        );
        let step = |id: &str, label: &str| StepButton {
            id: id.to_owned(),
            label: label.to_owned(),
        };
        PanelView {
            now: calendar
                .local(now)
                .format("%a %-d %b %Y, %H:%M")
                .to_string(),
            notes: vec![day, next],
            steps: vec![
                step("hour", "An hour on"),
                step("day", "A working day on"),
                step("deadline", "To the next deadline"),
            ],
        }
    }
}
