//! Queueing messages: whom each goes to now, by the directory, and what is brought up to date.

use std::fmt::Write as _;

use chrono::TimeDelta;
use serde_json::Value;

use super::{Case, Desk, DeskError, KeptCase};
use crate::cover::Raisers;
use crate::directory::{Destination, Directory};
use crate::ids::{ConcernId, TeamId, UserId};
use crate::mail::{Content, Item, Kind, Mail, Matter, Occasion, To};
use crate::protocol::Protocol;
use crate::record::Kept;
use crate::store::outbox::NewMessage;
use crate::store::{StoreError, Tx};

/// Alerts to one person within this time are one message.
const ONE_MESSAGE_WITHIN: TimeDelta = TimeDelta::hours(1);
/// How many alerts a message keeps by name: more than it shows, so that some may be settled before it goes.
const MOST_ALERTS_KEPT: usize = 50;
/// An edit waits behind every post.
pub(super) const EDITS_AFTER: i64 = 10;

/// Somebody a message goes to, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Addressed {
    pub(super) dest: String,
    pub(super) to: To,
}

/// Whose a concern or another record is, for whoever asks who may act on it and where its messages go.
#[derive(Clone, Debug)]
pub struct Whose<'a> {
    /// The team whose case it is.
    pub team: &'a TeamId,
    /// Its raiser, the officer of a review, the sender of a notice; and who had it before.
    pub raisers: Raisers<'a>,
    /// Its protocol.
    pub protocol: &'a Protocol,
}

impl<'a> Whose<'a> {
    /// Whose a concern is.
    #[must_use]
    pub fn of(case: &'a Case) -> Self {
        Self {
            team: &case.concern.raised.team,
            raisers: Raisers::of(&case.concern),
            protocol: &case.protocol,
        }
    }

    /// Whose a record beside the concerns is.
    #[must_use]
    pub fn of_kept<K: Kept>(case: &'a KeptCase<K>) -> Self {
        let head = case.record.head();
        Self {
            team: head.team,
            raisers: Raisers {
                now: head.whose,
                before: head.before.into_iter().collect(),
            },
            protocol: &case.protocol,
        }
    }
}

impl Desk {
    /// Queues messages. Nobody gets the same message twice, whatever roles they hold; who gets a card gets no copy of it.
    pub(super) async fn post(
        &self,
        tx: &mut Tx,
        case: &Case,
        mail: &[Mail],
    ) -> Result<(), DeskError> {
        let queued = self.addressed(case, mail);
        self.queue(tx, case, queued).await
    }

    /// Where each message goes now, once a place.
    pub(super) fn addressed(&self, case: &Case, mail: &[Mail]) -> Vec<(Addressed, Matter)> {
        let directory = self.directory();
        let mut queued: Vec<(Addressed, Matter)> = Vec::with_capacity(mail.len());
        for Mail { matter, to } in mail {
            for addressed in self.addresses(&directory, &Whose::of(case), to) {
                let twice = queued.iter().any(|(earlier, about)| {
                    earlier.dest == addressed.dest
                        && about.visit == matter.visit
                        && about.other == matter.other
                        && (about.occasion == matter.occasion
                            || about.occasion == Occasion::Card
                                && matter.occasion == Occasion::Copy)
                });
                if !twice {
                    queued.push((addressed, matter.clone()));
                }
            }
        }
        queued
    }

    /// Queues messages to where they go; an alert joins one that went there within the hour.
    pub(super) async fn queue(
        &self,
        tx: &mut Tx,
        case: &Case,
        queued: Vec<(Addressed, Matter)>,
    ) -> Result<(), DeskError> {
        let mut messages = Vec::with_capacity(queued.len());
        for (addressed, matter) in queued {
            let kind = matter.occasion.kind();
            let item = Item {
                concern: case.concern.id,
                matter: matter.clone(),
            };
            if kind == Kind::Alert && self.joined(tx, &addressed.dest, &item).await? {
                continue;
            }
            let content = if kind == Kind::Alert {
                Content::Alerts {
                    items: vec![item],
                    more: 0,
                }
            } else {
                Content::Concern(matter.clone())
            };
            messages.push(NewMessage {
                delivery: delivery_id(),
                kind: kind.as_str().to_owned(),
                subject: Some(case.concern.id.into()),
                step: case
                    .concern
                    .visit_numbered(matter.visit)
                    .map(|visit| visit.step.to_string())
                    .unwrap_or_default(),
                dest: addressed.dest,
                recipient: json(&addressed.to)?,
                payload: json(&content)?,
                priority: i64::from(kind.priority()),
            });
        }
        tx.enqueue(&messages, self.now()).await?;
        Ok(())
    }

    /// Adds an alert to one that went to the same place within the hour.
    async fn joined(&self, tx: &mut Tx, dest: &str, item: &Item) -> Result<bool, DeskError> {
        let since = self.now() - ONE_MESSAGE_WITHIN;
        let Some(message) = tx.latest_to(dest, Kind::Alert.as_str(), since).await? else {
            return Ok(false);
        };
        let Ok(Content::Alerts {
            mut items,
            mut more,
        }) = serde_json::from_value(message.payload.clone())
        else {
            return Ok(false);
        };
        if items.len() >= MOST_ALERTS_KEPT {
            more += 1;
        } else if !items.contains(item) {
            items.push(item.clone());
        }
        tx.want_edit(
            message.id,
            Some(&json(&Content::Alerts { items, more })?),
            EDITS_AFTER,
            self.now(),
        )
        .await?;
        Ok(true)
    }

    /// Asks for a concern's standing messages to be brought up to date. The courier edits those whose words have changed.
    pub(super) async fn bring_up_to_date(&self, tx: &mut Tx, case: &Case) -> Result<(), DeskError> {
        tx.want_edits_of(case.concern.id, EDITS_AFTER, self.now())
            .await?;
        Ok(())
    }

    /// Brings the card that was pressed up to date, and so the person sees how the concern stands.
    ///
    /// # Errors
    /// The store's.
    pub async fn refresh(&self, id: ConcernId) -> Result<(), DeskError> {
        let mut tx = self.store().begin().await?;
        if let Some(case) = self.load(&mut tx, id).await? {
            self.bring_up_to_date(&mut tx, &case).await?;
        }
        tx.commit().await?;
        self.tell_courier();
        Ok(())
    }

    /// Queues a team's digest.
    pub(crate) async fn post_digest(
        &self,
        tx: &mut Tx,
        team: &TeamId,
        channel: &str,
        date: chrono::NaiveDate,
    ) -> Result<(), DeskError> {
        let content = Content::Digest {
            team: team.clone(),
            date,
        };
        let message = NewMessage {
            delivery: delivery_id(),
            kind: Kind::Digest.as_str().to_owned(),
            subject: None,
            step: String::new(),
            dest: channel.to_owned(),
            recipient: Value::Null,
            payload: json(&content)?,
            priority: i64::from(Kind::Digest.priority()),
        };
        tx.enqueue(&[message], self.now()).await?;
        Ok(())
    }
}

impl Desk {
    /// Where something for somebody goes now: their own place, and those who cover for them directly.
    pub(super) fn addresses(
        &self,
        directory: &Directory,
        whose: &Whose<'_>,
        to: &To,
    ) -> Vec<Addressed> {
        let mut all = addresses(directory, whose, to);
        for absent in people(directory, whose, to) {
            for by in self.covering(&absent, whose) {
                let dest = by.to_string();
                if all.iter().all(|known| known.dest != dest) {
                    all.push(Addressed {
                        dest,
                        to: To::Cover {
                            by,
                            absent: absent.clone(),
                            to: Box::new(to.clone()),
                        },
                    });
                }
            }
        }
        all
    }
}

impl Desk {
    /// The people that something about a concern is meant for now, whoever covers for them.
    pub(super) fn people_of(&self, case: &Case, to: &To) -> Vec<UserId> {
        people(&self.directory(), &Whose::of(case), to)
    }
}

/// The people something is meant for, by the directory.
fn people(directory: &Directory, whose: &Whose<'_>, to: &To) -> Vec<UserId> {
    match to {
        To::Raiser => vec![whose.raisers.now.clone()],
        To::Person(user) | To::Own { user, .. } => vec![user.clone()],
        To::Role(role) => directory.holders(whose.team, role, whose.protocol).users,
        To::Cover { .. } => Vec::new(),
    }
}

/// Where something for somebody goes now, whoever covers.
fn addresses(directory: &Directory, whose: &Whose<'_>, to: &To) -> Vec<Addressed> {
    let person = |user: &UserId| {
        vec![Addressed {
            dest: user.to_string(),
            to: to.clone(),
        }]
    };
    let holders = |role: &crate::ids::RoleId| directory.holders(whose.team, role, whose.protocol);
    match to {
        To::Raiser => person(whose.raisers.now),
        To::Person(user) | To::Cover { by: user, .. } => person(user),
        To::Own { role, user } => {
            let holders = holders(role);
            // A child's own addressee who is the role's holder reads the role's channel; somebody else is told directly.
            match holders.channel.filter(|_| holders.users.contains(user)) {
                Some(channel) => vec![Addressed {
                    dest: channel,
                    to: to.clone(),
                }],
                None => person(user),
            }
        }
        To::Role(role) => {
            let found = holders(role).destinations();
            if found.is_empty() {
                // Nobody at all holds it, nor stands in: the raiser hears of it, and nothing stalls.
                return person(whose.raisers.now);
            }
            found
                .iter()
                .map(|destination| Addressed {
                    dest: dest(destination),
                    to: to.clone(),
                })
                .collect()
        }
    }
}

pub(super) fn dest(destination: &Destination) -> String {
    match destination {
        Destination::Channel(channel) => channel.clone(),
        Destination::Person(user) => user.to_string(),
    }
}

/// A name for a message that no other message has: 128 random bits.
#[must_use]
pub(super) fn delivery_id() -> String {
    let bits: u128 = rand::random();
    let mut id = String::with_capacity(34);
    // Writing to a string cannot fail.
    let _ = write!(id, "d-{bits:032x}");
    id
}

pub(super) fn json(value: &impl serde::Serialize) -> Result<Value, StoreError> {
    serde_json::to_value(value).map_err(|error| StoreError::Corrupt(error.to_string()))
}
