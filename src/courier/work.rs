//! Taking in hand what may go now: what an earlier courier left, posts in doubt, and what is queued.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use chrono::DateTime;
use tokio::task::{Id, JoinError, JoinSet};
use tracing::warn;

use super::doubt::{Doubt, SENT_AGAIN};
use super::mark::{Mark, What};
use super::pace::Turn;
use super::{End, Inner, STORE_AGAIN};
use crate::store::StoreError;
use crate::store::outbox::Message;

/// How many calls are under way at once.
const HANDS: usize = 8;
/// How many of them may be edits, so that posts find one free; and one is kept for edits, so that posts never starve them.
const EDITING: usize = 4;
const POSTING: usize = HANDS - 1;
/// The most leases taken over from a courier that stopped.
const TAKEN_OVER: u32 = 1_000;

/// The calls under way.
#[derive(Default)]
pub(super) struct Hands {
    pub(super) tasks: JoinSet<End>,
    held: HashMap<Id, Held>,
}

/// What a call is about.
pub(super) struct Held {
    pub(super) message: Message,
    pub(super) doing: Doing,
}

/// What a call does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Doing {
    /// Posts a message.
    Post,
    /// Edits one.
    Edit,
    /// Looks for one in doubt.
    Look,
}

impl Hands {
    fn free(&self) -> usize {
        HANDS.saturating_sub(self.held.len())
    }

    fn edits(&self) -> usize {
        let held = self.held.values();
        held.filter(|held| held.doing == Doing::Edit).count()
    }

    fn start(
        &mut self,
        message: Message,
        doing: Doing,
        task: impl Future<Output = End> + Send + 'static,
    ) {
        let id = self.tasks.spawn(task).id();
        self.held.insert(id, Held { message, doing });
    }

    /// What a finished task came to, or what one was about that broke off.
    pub(super) fn finished(
        &mut self,
        done: Result<(Id, End), JoinError>,
    ) -> Result<End, Option<Box<Held>>> {
        match done {
            Ok((id, end)) => {
                self.held.remove(&id);
                Ok(end)
            }
            Err(fault) => Err(self.held.remove(&fault.id()).map(Box::new)),
        }
    }
}

impl Inner {
    /// Begins to work. What a round that was broken off had in hand is in doubt.
    pub(super) fn begin(&self) -> Hands {
        let mut state = self.state();
        if std::mem::replace(&mut state.at_work, true) {
            state.took_over = false;
        }
        Hands::default()
    }

    /// Takes in hand all that may go now. Gives the reading from which more may, as far as that is known.
    pub(super) async fn step(
        self: &Arc<Self>,
        hands: &mut Hands,
    ) -> Result<Option<Duration>, StoreError> {
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
        let mut left = tx.leased(TAKEN_OVER).await?;
        {
            let state = self.state();
            let known: Vec<i64> = (state.doubts.iter().map(|doubt| doubt.message.id))
                .chain(state.unwritten.iter().map(|mark| mark.message.id))
                .collect();
            left.retain(|message| !known.contains(&message.id));
        }
        let mut doubts = Vec::new();
        let now = self.desk.clock().elapsed();
        for message in left {
            if message.is_posted() {
                tx.mark_unsent(message.id).await?;
            } else if self.options.confirm_deliveries {
                doubts.push(Doubt::new(message, now));
            } else {
                tx.mark_retry(message.id, DateTime::UNIX_EPOCH, SENT_AGAIN)
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
            hands.start(doubt.message.clone(), Doing::Look, async move {
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
            let doing = if turn.is_edit() {
                Doing::Edit
            } else {
                Doing::Post
            };
            hands.start(message.clone(), doing, async move {
                inner.send(message, turn).await
            });
        }
        Ok(next)
    }
}
