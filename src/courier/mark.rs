//! Writing down what became of a message, in a unit of work of its own after Slack has answered.

use chrono::{DateTime, Utc};
use tracing::error;

use crate::concern::Command;
use crate::desk::{Desk, DeskError};
use crate::ids::{ClockId, ConcernId, ReviewId, Subject};
use crate::mail::review::Occasion;
use crate::mail::{Content, Kind};
use crate::slack::web::Posted;
use crate::store::outbox::{Message, NewMessage};
use crate::store::{StoreError, Tx};

/// What became of a leased message.
#[derive(Clone, Debug)]
pub(super) struct Mark {
    pub(super) message: Message,
    pub(super) what: What,
}

/// What is to be written down about a message.
#[derive(Clone, Debug)]
pub(super) enum What {
    /// Slack has it: posted or edited, or found in the channel.
    Sent {
        place: Posted,
        hash: String,
        at: DateTime<Utc>,
    },
    /// An edit would change nothing.
    Same,
    /// It was certainly not sent, and nothing is wrong with it.
    Back,
    /// It is tried again, not before this wall time.
    Retry {
        not_before: DateTime<Utc>,
        code: String,
    },
    /// It is stale.
    Dropped(&'static str),
    /// It cannot be sent.
    Failed(String),
    /// It goes to these people instead, because its place refuses it.
    Elsewhere { to: Vec<String>, code: String },
    /// It is posted anew: the message it was is gone.
    Anew,
}

impl What {
    /// Its name, for metrics.
    pub(super) fn outcome(&self, posted: bool) -> &'static str {
        match self {
            Self::Sent { .. } if posted => "edited",
            Self::Sent { .. } => "sent",
            Self::Same => "unchanged",
            Self::Back => "back",
            Self::Retry { .. } => "retry",
            Self::Dropped(_) => "dropped",
            Self::Failed(_) => "failed",
            Self::Elsewhere { .. } => "redirected",
            Self::Anew => "anew",
        }
    }
}

impl Mark {
    /// Writes it within a unit of work that the caller commits.
    pub(super) async fn write(&self, desk: &Desk, tx: &mut Tx) -> Result<(), StoreError> {
        let message = &self.message;
        let (id, version, now) = (message.id, message.wanted, desk.now());
        match &self.what {
            What::Sent { place, hash, at } => {
                let at_place = (place.channel.as_str(), place.ts.as_str());
                tx.mark_sent(id, version, at_place, hash, now).await?;
                match (visit_delivered(message), notice_delivered(message)) {
                    (Some((concern, visit)), _) => delivered(desk, tx, concern, visit, *at).await,
                    (None, Some((review, clock))) => {
                        told(desk, tx, (review, clock), message, *at).await
                    }
                    (None, None) => Ok(()),
                }
            }
            What::Same => {
                let channel = message.channel.as_deref().unwrap_or_default();
                let ts = message.ts.as_deref().unwrap_or_default();
                tx.mark_sent(id, version, (channel, ts), &message.body_hash, now)
                    .await
            }
            What::Back => tx.mark_unsent(id).await,
            What::Retry { not_before, code } => tx.mark_retry(id, *not_before, code).await,
            What::Dropped(reason) => tx.mark_dropped(id, reason).await,
            What::Failed(code) => tx.mark_failed(id, code).await,
            What::Anew => {
                tx.reopen_post(id, &delivery_id(), priority(message), now)
                    .await
            }
            What::Elsewhere { to, .. } => self.elsewhere(tx, to, now).await,
        }
    }

    async fn elsewhere(
        &self,
        tx: &mut Tx,
        to: &[String],
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let message = &self.message;
        let Some((first, others)) = to.split_first() else {
            return Ok(());
        };
        // A commit whose outcome was unknown may have kept it the first time.
        let kept = tx.message(message.id).await?;
        if kept.is_none_or(|kept| kept.dest != message.dest) {
            return Ok(());
        }
        if message.is_posted() {
            tx.reopen_post(message.id, &delivery_id(), priority(message), now)
                .await?;
        }
        tx.redirect(message.id, first, &message.recipient).await?;
        let copies: Vec<NewMessage> = others
            .iter()
            .map(|dest| NewMessage {
                delivery: delivery_id(),
                kind: message.kind.clone(),
                subject: message.subject,
                step: message.step.clone(),
                dest: dest.clone(),
                recipient: message.recipient.clone(),
                payload: message.payload.clone(),
                priority: priority(message),
            })
            .collect();
        tx.enqueue(&copies, now).await
    }
}

/// Tells the concern that its card was taken. What the concern makes of it never undoes the mark.
async fn delivered(
    desk: &Desk,
    tx: &mut Tx,
    concern: ConcernId,
    visit: u32,
    at: DateTime<Utc>,
) -> Result<(), StoreError> {
    tx.savepoint().await?;
    match desk
        .by_itself(tx, concern, Command::Delivered { visit, at })
        .await
    {
        Ok(_) => tx.release().await,
        Err(DeskError::Store(fault)) if fault.passes_by_itself() => Err(fault),
        Err(fault) => {
            let code = fault.code();
            error!(%concern, visit, fault = code, "a card was taken, but its concern could not note it");
            tx.rollback_to().await
        }
    }
}

/// The concern and visit whose card this post is.
fn visit_delivered(message: &Message) -> Option<(ConcernId, u32)> {
    if message.is_posted() || message.kind != Kind::Card.as_str() {
        return None;
    }
    let concern = message.concern()?;
    visit(message).map(|visit| (concern, visit))
}

/// Tells the review that a notice was taken. What the review makes of it never undoes the mark.
async fn told(
    desk: &Desk,
    tx: &mut Tx,
    (review, clock): (ReviewId, ClockId),
    message: &Message,
    at: DateTime<Utc>,
) -> Result<(), StoreError> {
    tx.savepoint().await?;
    let noted = desk.notice_taken(tx, review, clock, &message.dest, at);
    match noted.await {
        Ok(_) => tx.release().await,
        Err(DeskError::Store(fault)) if fault.passes_by_itself() => Err(fault),
        Err(fault) => {
            let code = fault.code();
            error!(%review, fault = code, "a notice was taken, but its review could not note it");
            tx.rollback_to().await
        }
    }
}

/// The review and the clock whose notice this post is.
fn notice_delivered(message: &Message) -> Option<(ReviewId, ClockId)> {
    if message.is_posted() {
        return None;
    }
    let Some(Subject::Review(review)) = message.subject else {
        return None;
    };
    match serde_json::from_value(message.payload.clone()).ok()? {
        Content::Review(matter) if matter.occasion == Occasion::Window => {
            Some((review, matter.clocks.into_iter().next()?))
        }
        _ => None,
    }
}

/// The visit a message is about.
pub(super) fn visit(message: &Message) -> Option<u32> {
    match serde_json::from_value(message.payload.clone()).ok()? {
        Content::Concern(matter) => Some(matter.visit),
        _ => None,
    }
}

/// A message's kind; what cannot be read as one is a notice.
pub(super) fn kind(message: &Message) -> Kind {
    serde_json::from_value(serde_json::Value::String(message.kind.clone())).unwrap_or(Kind::Notice)
}

/// The place in the queue of a post of this kind.
fn priority(message: &Message) -> i64 {
    i64::from(kind(message).priority())
}

/// A name for a message that no other message has: 128 random bits.
fn delivery_id() -> String {
    format!("d-{:032x}", rand::random::<u128>())
}
