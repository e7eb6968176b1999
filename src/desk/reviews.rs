//! Reviews at the desk: the same door, the same transaction, the same record as concerns.

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::Value;

use super::post::{Addressed, EDITS_AFTER, Whose, delivery_id, json};
use super::{Desk, DeskError, MOST_CLOCKS_AT_ONCE, cases, fell};
use crate::calendar::Calendar;
use crate::concern::event::Rag;
use crate::concern::{Actor, Hours, Raiser, Rules, Standing};
use crate::ids::{ClockId, ConcernId, ReviewId, Subject, UserId};
use crate::mail::Content;
use crate::mail::review::{Mail, Matter, follows};
use crate::protocol::Protocol;
use crate::review::{self, Command, Fact, New, Reads, Record, Recorded, Review};
use crate::store::deadlines::WantedDeadline;
use crate::store::events::{NewEvent, StoredEvent, Unsealed};
use crate::store::outbox::{MessageState, NewMessage};
use crate::store::reviews::ReviewRow;
use crate::store::{StoreError, Tx};

/// How many open reviews are looked at in one transaction.
const PAGE: u32 = 200;

/// A review with the protocol it was recorded under: everything but its texts.
#[derive(Clone, Debug)]
pub struct ReviewCase {
    /// The review.
    pub review: Review,
    /// Its protocol.
    pub protocol: Arc<Protocol>,
}

impl ReviewCase {
    /// The rules it is decided under.
    ///
    /// # Errors
    /// Its protocol has no ladder.
    pub fn rules<'a>(
        &'a self,
        calendar: &'a Calendar,
        hours: Hours,
    ) -> Result<Rules<'a>, DeskError> {
        rules(&self.protocol, calendar, hours, self.review.id)
    }
}

/// The rules of a protocol, where the route does not matter.
fn rules<'a>(
    protocol: &'a Protocol,
    calendar: &'a Calendar,
    hours: Hours,
    review: ReviewId,
) -> Result<Rules<'a>, DeskError> {
    let route = protocol
        .routes
        .first()
        .ok_or_else(|| DeskError::Unreadable {
            subject: review.into(),
            why: format!("the protocol {} has no ladder", protocol.id),
        })?;
    Ok(Rules {
        protocol,
        route,
        calendar,
        hours,
    })
}

/// What an officer says of a review.
#[derive(Clone, Debug)]
pub struct ReviewRequest {
    /// The officer.
    pub user: UserId,
    /// What they say. Its `protocol_hash` is filled in here.
    pub record: Record,
}

/// What came of a request about a review.
#[derive(Clone, Debug)]
pub struct ReviewDone {
    /// The review as it now stands.
    pub case: ReviewCase,
    /// Whether this very request was done before: it changed nothing now.
    pub repeated: bool,
}

/// A review as one who may read it sees it.
#[derive(Clone, Debug)]
pub struct ReviewLook {
    /// The review.
    pub case: ReviewCase,
    /// How much of it they may read.
    pub reads: Reads,
    /// The texts they may read; `None` where they have been erased.
    pub texts: Option<Vec<Unsealed>>,
}

impl Desk {
    /// Records a review. `once` names the very submission, so that one delivered twice records one review.
    ///
    /// # Errors
    /// A refusal at a field; no such team; or the store's.
    pub async fn record_review(
        &self,
        request: ReviewRequest,
        once: Option<&str>,
    ) -> Result<ReviewDone, DeskError> {
        let began = self.clock().elapsed();
        let mut tx = self.store().begin().await?;
        if let Some(once) = once
            && !tx.first_seen(once, self.now()).await?
        {
            let kept = tx.reply_kept(once).await?;
            let id = kept.and_then(|kept| kept.parse().ok());
            let id = id.ok_or(DeskError::NotFound)?;
            let case = self.load_review(&mut tx, id).await?;
            let case = case.ok_or(DeskError::NotFound)?;
            let repeated = true;
            return Ok(ReviewDone { case, repeated });
        }
        let ReviewRequest { user, mut record } = request;
        let directory = self.directory();
        let no_team = || DeskError::NoTeam(record.team.clone());
        let team = directory.team(&record.team).ok_or_else(no_team)?;
        let held = self
            .protocols()
            .current(&team.protocol)
            .ok_or_else(no_team)?;
        let protocol = &*held.protocol;
        record.protocol_hash.clone_from(&held.hash);
        let officer = Raiser {
            raiser_roles: directory.raiser_roles(&user).to_vec(),
            roles: directory.roles_of(&record.team, &user, protocol),
            user,
        };
        tx.pin_protocol(protocol.id.as_str(), &held.hash, &held.source_text)
            .await?;
        let id = ReviewId(tx.next_review().await?);
        let calendar = self.calendar();
        let rules = rules(protocol, &calendar, self.hours(), id)?;
        let decision = review::record(&rules, id, &officer, record, self.now())?;
        let mail = follows(&rules, None, &decision.after, &decision.facts);
        let case = ReviewCase {
            review: decision.after.clone(),
            protocol: Arc::clone(&held.protocol),
        };
        self.write_review(&mut tx, &case, 0, &decision.facts, &mail)
            .await?;
        if let Some(once) = once {
            tx.keep_reply(once, &id.to_string()).await?;
        }
        self.commit(tx, began).await?;
        Ok(ReviewDone {
            case,
            repeated: false,
        })
    }

    /// Does what a person asks of a review. `once` names the very click or submission.
    ///
    /// # Errors
    /// A refusal; not theirs to read; or the store's.
    pub async fn act_on_review(
        &self,
        user: &UserId,
        id: ReviewId,
        command: Command,
        once: Option<&str>,
    ) -> Result<ReviewDone, DeskError> {
        let began = self.clock().elapsed();
        let mut tx = self.store().begin().await?;
        let seen = match once {
            Some(once) => !tx.first_seen(once, self.now()).await?,
            None => false,
        };
        let case = self.load_review(&mut tx, id).await?;
        let case = case.ok_or(DeskError::NotFound)?;
        if seen {
            let repeated = true;
            return Ok(ReviewDone { case, repeated });
        }
        let calendar = self.calendar();
        let before = case.review.clone();
        let (mut case, mut facts) = self.review_catches_up(case, &calendar)?;
        let standing = self.review_standing(user, &case);
        let rules = case.rules(&calendar, self.hours())?;
        if review::reads(&rules, &case.review, &standing) == Reads::Nothing {
            return Err(DeskError::NotFound);
        }
        let decision = review::decide(&rules, &case.review, Some(&standing), command, self.now());
        let decision = match decision {
            Ok(decision) => decision,
            Err(refusal) => return Err(DeskError::ReviewRefused(refusal, Some(Box::new(case)))),
        };
        facts.extend(decision.facts);
        case.review = decision.after;
        let rules = case.rules(&calendar, self.hours())?;
        let mail = follows(&rules, Some(&before), &case.review, &facts);
        self.write_review(&mut tx, &case, before.seq, &facts, &mail)
            .await?;
        self.commit(tx, began).await?;
        Ok(ReviewDone {
            case,
            repeated: false,
        })
    }

    /// A deadline fell, within a unit of work that the caller commits. Gives whether anything followed.
    ///
    /// # Errors
    /// The record cannot be read, or the store's.
    pub async fn fell(&self, tx: &mut Tx, subject: Subject, key: &str) -> Result<bool, DeskError> {
        match subject {
            Subject::Concern(id) => self.by_itself(tx, id, fell(key)).await,
            Subject::Review(id) => {
                let key = key.to_owned();
                self.review_by_itself(tx, id, Command::ClockFell { key })
                    .await
            }
        }
    }

    /// The platform took a notice at a destination. What reached only the officer who recorded the review, because nobody holds the
    /// role, has not reached the one whose silence would be consent.
    ///
    /// # Errors
    /// The record cannot be read, or the store's.
    pub async fn notice_taken(
        &self,
        tx: &mut Tx,
        id: ReviewId,
        clock: ClockId,
        dest: &str,
        at: DateTime<Utc>,
    ) -> Result<bool, DeskError> {
        let case = self.load_review(tx, id).await?;
        if case.is_some_and(|case| case.review.recorded_by == *dest) {
            return Ok(false);
        }
        self.review_by_itself(tx, id, Command::Delivered { clock, at })
            .await
    }

    async fn review_by_itself(
        &self,
        tx: &mut Tx,
        id: ReviewId,
        command: Command,
    ) -> Result<bool, DeskError> {
        let Some(mut case) = self.load_review(tx, id).await? else {
            return Err(DeskError::Unreadable {
                subject: id.into(),
                why: "it is not in the store".to_owned(),
            });
        };
        let calendar = self.calendar();
        let rules = case.rules(&calendar, self.hours())?;
        let decision = review::decide(&rules, &case.review, None, command, self.now())?;
        if decision.facts.is_empty() {
            return Ok(false);
        }
        let before = std::mem::replace(&mut case.review, decision.after);
        let rules = case.rules(&calendar, self.hours())?;
        let mail = follows(&rules, Some(&before), &case.review, &decision.facts);
        self.write_review(tx, &case, before.seq, &decision.facts, &mail)
            .await?;
        Ok(true)
    }

    /// Sets the deadlines of the open reviews anew, and brings their messages up to date, after the calendar has changed. Gives
    /// how many there were.
    ///
    /// # Errors
    /// A record cannot be read, or the store's.
    pub async fn recalculate_reviews(&self) -> Result<usize, DeskError> {
        let (mut after, mut looked_at) = (0, 0);
        loop {
            let mut tx = self.store().begin().await?;
            let page = tx.open_reviews(after, PAGE).await?;
            let Some(last) = page.last() else {
                return Ok(looked_at);
            };
            after = *last;
            for number in page {
                if let Some(case) = self.load_review(&mut tx, ReviewId(number)).await? {
                    self.set_review_deadlines(&mut tx, &case).await?;
                    self.bring_review_up_to_date(&mut tx, &case).await?;
                    looked_at += 1;
                }
            }
            tx.commit().await?;
        }
    }

    /// A review as it stands, for the program's own use: whoever is shown it has been authorised elsewhere.
    ///
    /// # Errors
    /// The record cannot be read, or the store's.
    pub async fn review(&self, id: ReviewId) -> Result<Option<ReviewCase>, DeskError> {
        let mut tx = self.store().read().await?;
        self.load_review(&mut tx, id).await
    }

    /// A review with the texts that somebody may read.
    ///
    /// # Errors
    /// [`DeskError::NotFound`] where there is none, or it is not theirs to read.
    pub async fn look_at_review(
        &self,
        user: &UserId,
        id: ReviewId,
    ) -> Result<ReviewLook, DeskError> {
        let mut tx = self.store().read().await?;
        let case = self.load_review(&mut tx, id).await?;
        let case = case.ok_or(DeskError::NotFound)?;
        let standing = self.review_standing(user, &case);
        let calendar = self.calendar();
        let rules = case.rules(&calendar, self.hours())?;
        let reads = review::reads(&rules, &case.review, &standing);
        let mut texts = match reads {
            Reads::Nothing => return Err(DeskError::NotFound),
            Reads::All | Reads::Objection => tx.texts(id, None).await?,
        };
        if let (Reads::Objection, Some(texts)) = (reads, &mut texts) {
            let shown = [review::Field::Objection, review::Field::Outcome];
            texts.retain(|text| shown.iter().any(|field| field.as_str() == text.field));
        }
        Ok(ReviewLook { case, reads, texts })
    }

    /// Who a person is to a review now, cover counted in.
    #[must_use]
    pub fn review_standing(&self, user: &UserId, case: &ReviewCase) -> Standing {
        self.standing_to(user, &Whose::of_review(case))
    }

    /// Brings a review's messages up to date.
    ///
    /// # Errors
    /// The store's.
    pub async fn refresh_review(&self, id: ReviewId) -> Result<(), DeskError> {
        let mut tx = self.store().begin().await?;
        if let Some(case) = self.load_review(&mut tx, id).await? {
            self.bring_review_up_to_date(&mut tx, &case).await?;
        }
        tx.commit().await?;
        self.tell_courier();
        Ok(())
    }

    /// Notes with a review that a concern was raised from it.
    ///
    /// # Errors
    /// Not theirs, or the store's.
    pub async fn raised_from_review(
        &self,
        user: &UserId,
        id: ReviewId,
        concern: ConcernId,
    ) -> Result<(), DeskError> {
        self.act_on_review(user, id, Command::ConcernRaised { concern }, None)
            .await
            .map(drop)
    }

    async fn load_review(
        &self,
        tx: &mut Tx,
        id: ReviewId,
    ) -> Result<Option<ReviewCase>, DeskError> {
        let Some(row) = tx.review(id.0).await? else {
            return Ok(None);
        };
        let kept = serde_json::from_str::<Review>(&row.state)
            .ok()
            .filter(|review| review.seq == row.seq && review.id == id);
        let review = match kept {
            Some(review) => review,
            None => fold(id, &tx.load(id, 0).await?)?,
        };
        let protocol = self
            .protocols()
            .version(tx, &review.held.protocol_hash, id)
            .await?;
        Ok(Some(ReviewCase { review, protocol }))
    }

    /// What clocks have fallen that the timekeeper has not reached yet is decided first, so that an objection a moment after the
    /// window is late whoever gets here first.
    fn review_catches_up(
        &self,
        mut case: ReviewCase,
        calendar: &Calendar,
    ) -> Result<(ReviewCase, Vec<New>), DeskError> {
        let mut facts = Vec::new();
        let now = self.now();
        for _ in 0..MOST_CLOCKS_AT_ONCE {
            let rules = case.rules(calendar, self.hours())?;
            let fallen = review::clocks(&rules, &case.review)
                .into_iter()
                .filter(|clock| clock.at <= now)
                .min_by_key(|clock| clock.at);
            let Some(clock) = fallen else { break };
            let key = clock.key;
            let decision =
                review::decide(&rules, &case.review, None, Command::ClockFell { key }, now)?;
            if decision.facts.is_empty() {
                break;
            }
            facts.extend(decision.facts);
            case.review = decision.after;
        }
        Ok((case, facts))
    }

    async fn write_review(
        &self,
        tx: &mut Tx,
        case: &ReviewCase,
        before: i64,
        facts: &[New],
        mail: &[Mail],
    ) -> Result<(), DeskError> {
        if facts.is_empty() {
            return Ok(());
        }
        let events = facts.iter().map(entry).collect::<Result<Vec<_>, _>>()?;
        let row = row(case)?;
        if before == 0 {
            tx.insert_review(&row).await?;
        } else {
            tx.update_review(&row).await?;
        }
        tx.append(case.review.id, before, &events).await?;
        self.set_review_deadlines(tx, case).await?;
        self.bring_review_up_to_date(tx, case).await?;
        self.post_review(tx, case, mail).await
    }

    async fn set_review_deadlines(&self, tx: &mut Tx, case: &ReviewCase) -> Result<(), DeskError> {
        let calendar = self.calendar();
        let rules = case.rules(&calendar, self.hours())?;
        let wanted: Vec<_> = review::clocks(&rules, &case.review)
            .into_iter()
            .map(|clock| WantedDeadline {
                kind: clock.kind.as_str().to_owned(),
                key: clock.key,
                // The store's deadlines fall just after their moment; a clock falls at its own.
                due_at: clock.at - TimeDelta::milliseconds(1),
            })
            .collect();
        tx.sync_deadlines(case.review.id, &wanted).await?;
        Ok(())
    }

    async fn bring_review_up_to_date(
        &self,
        tx: &mut Tx,
        case: &ReviewCase,
    ) -> Result<(), DeskError> {
        for message in tx.messages_of_review(case.review.id.0).await? {
            let content = serde_json::from_value(message.payload.clone());
            let stands = matches!(content, Ok(Content::Review(matter)) if matter.occasion.stands());
            if message.state == MessageState::Live && stands {
                let priority = EDITS_AFTER + message.priority;
                tx.want_edit(message.id, None, priority, self.now()).await?;
            }
        }
        Ok(())
    }

    /// Queues messages. Nobody gets the same message twice, whatever roles they hold.
    async fn post_review(
        &self,
        tx: &mut Tx,
        case: &ReviewCase,
        mail: &[Mail],
    ) -> Result<(), DeskError> {
        let directory = self.directory();
        let whose = Whose::of_review(case);
        let mut queued: Vec<(Addressed, &Matter)> = Vec::with_capacity(mail.len());
        for Mail { matter, to } in mail {
            for addressed in self.addresses(&directory, &whose, to) {
                let twice = queued
                    .iter()
                    .any(|(earlier, about)| earlier.dest == addressed.dest && *about == matter);
                if !twice {
                    queued.push((addressed, matter));
                }
            }
        }
        let mut messages = Vec::with_capacity(queued.len());
        for (addressed, matter) in queued {
            let kind = matter.occasion.kind();
            messages.push(NewMessage {
                delivery: delivery_id(),
                kind: kind.as_str().to_owned(),
                concern: None,
                review: Some(case.review.id.0),
                step: String::new(),
                dest: addressed.dest,
                recipient: json(&addressed.to)?,
                payload: json(&Content::Review(matter.clone()))?,
                priority: i64::from(kind.priority()),
            });
        }
        tx.enqueue(&messages, self.now()).await?;
        Ok(())
    }
}

fn fold(id: ReviewId, events: &[StoredEvent]) -> Result<Review, DeskError> {
    let facts = events
        .iter()
        .map(|event| recorded(id, event))
        .collect::<Result<Vec<_>, _>>()?;
    Review::fold(id, facts.iter()).ok_or_else(|| DeskError::Unreadable {
        subject: id.into(),
        why: "its record does not begin with its recording".to_owned(),
    })
}

fn recorded(id: ReviewId, event: &StoredEvent) -> Result<Recorded, DeskError> {
    let fact: Fact =
        serde_json::from_value(event.body.clone()).map_err(|_| DeskError::Unreadable {
            subject: id.into(),
            why: format!(
                "entry {} ({}) is not understood by this version",
                event.seq, event.kind
            ),
        })?;
    Ok(Recorded {
        seq: event.seq,
        at: event.at,
        actor: cases::actor(&event.actor),
        fact,
    })
}

fn entry(new: &New) -> Result<NewEvent, StoreError> {
    let recorded = &new.recorded;
    let body = json(&recorded.fact)?;
    let kind = body.get("kind").and_then(Value::as_str).unwrap_or_default();
    Ok(NewEvent {
        kind: kind.to_owned(),
        at: recorded.at,
        actor: match &recorded.actor {
            Actor::Lodestar => cases::LODESTAR.to_owned(),
            Actor::Person(user) => user.to_string(),
        },
        texts: new
            .texts
            .iter()
            .map(|(field, text)| (field.as_str().to_owned(), text.reveal().to_owned()))
            .collect(),
        body,
    })
}

fn row(case: &ReviewCase) -> Result<ReviewRow, StoreError> {
    let review = &case.review;
    let held = &review.held;
    Ok(ReviewRow {
        number: review.id.0,
        team: held.team.to_string(),
        protocol: held.protocol.to_string(),
        protocol_hash: held.protocol_hash.clone(),
        recorded_by: review.recorded_by.to_string(),
        case_ref: held.case_ref.to_string(),
        review_date: held.review_date,
        rag: match held.rag {
            Some(Rag::Red) => "red",
            Some(Rag::Amber) => "amber",
            Some(Rag::Green) => "green",
            None => "",
        }
        .to_owned(),
        open: review.is_open(),
        recorded_at: review.recorded_at,
        updated_at: review.changed_at,
        seq: review.seq,
        state: serde_json::to_string(review)
            .map_err(|error| StoreError::Corrupt(error.to_string()))?,
    })
}
