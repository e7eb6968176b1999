//! What became of messages: written down until the store takes it, counted, and told to those who can mend it.

use tokio::task::{Id, JoinError};
use tracing::{error, warn};

use super::doubt::Doubt;
use super::mark::{Mark, What, kind};
use super::refusal::{self, Meaning};
use super::work::{Doing, Hands, Held};
use super::{End, Inner, MEASURE, Round};
use crate::desk::DeskError;
use crate::store::StoreError;
use crate::store::outbox::Message;

impl Inner {
    /// Writes down what a finished task came to, and whatever else has finished by then.
    pub(super) async fn finish(
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
                Err(Some(held)) => self.broke_off(*held, &mut marks),
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

    /// Finishes what is under way.
    pub(super) async fn finish_all(&self, hands: &mut Hands, round: &mut Round) {
        while let Some(done) = hands.tasks.join_next_with_id().await {
            self.finish(hands, done, round).await;
        }
        self.state().at_work = false;
    }

    /// A fault in the program ended a task. Rendering comes before any call, so a message was not sent; one that was looked for is
    /// still in doubt.
    fn broke_off(&self, held: Held, marks: &mut Vec<Mark>) {
        let end = if held.doing == Doing::Look {
            End::Doubt(Doubt::new(held.message, self.desk.clock().elapsed()))
        } else {
            self.poisoned(held.message, "panicked")
        };
        match end {
            End::Mark(mark) => marks.push(mark),
            End::Doubt(doubt) => self.state().doubts.push(doubt),
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
    pub(super) async fn write_again(&self) -> bool {
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
                    fault = fault.code(),
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

    pub(super) fn counted(&self, message: &Message, outcome: &'static str) {
        let labels = [("kind", kind(message).as_str()), ("outcome", outcome)];
        self.metrics.count("lodestar_messages_total", &labels);
    }

    /// Measures the queue, now and then.
    pub(super) async fn measure(&self) {
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
