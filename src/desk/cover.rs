//! Cover at the desk: setting it, ending it, what a day makes of it, and who is told.

use std::sync::Arc;

use chrono::NaiveDate;
use serde_json::{Value, json};

use super::operator::operator_message;
use super::{AtDesk, Case, Desk, DeskError, Whose};
use crate::calendar::say_date;
use crate::concern::{Phase, Standing};
use crate::cover::{self, Absent, Asked, Cover, CoverFault, Covers, Entry, Facts};
use crate::ids::UserId;
use crate::mail::{Kind, Mail, Matter, Occasion, To};
use crate::notice::Notice;
use crate::protocol::IRO_MANAGER;
use crate::review::Review;
use crate::store::concerns::Find;
use crate::store::outbox::NewMessage;
use crate::store::{StoreError, Tx};
use crate::tasks::TaskList;

use super::cases::LODESTAR;

/// Why a cover was not set or ended.
#[derive(Debug, thiserror::Error)]
pub enum CoverError {
    /// The person is told why.
    #[error(transparent)]
    Fault(#[from] CoverFault),
    /// The desk could not do it.
    #[error(transparent)]
    Desk(#[from] DeskError),
}

impl From<StoreError> for CoverError {
    fn from(fault: StoreError) -> Self {
        Self::Desk(fault.into())
    }
}

impl Desk {
    /// The covers that have not ended.
    #[must_use]
    pub fn covers(&self) -> Arc<Covers> {
        self.inner.covers.load_full()
    }

    /// The council-local day.
    pub(super) fn today(&self) -> NaiveDate {
        self.calendar().local_date(self.now())
    }

    /// Reads the covers from the store: once at start, and after each change.
    ///
    /// # Errors
    /// The store's, or an entry this version does not understand.
    pub async fn take_up_covers(&self) -> Result<(), DeskError> {
        let mut tx = self.store().read().await?;
        let covers = read(&mut tx).await?;
        self.inner.covers.store(Arc::new(covers));
        Ok(())
    }

    /// Who somebody is to a concern now, cover counted in.
    #[must_use]
    pub fn standing(&self, user: &UserId, case: &Case) -> Standing {
        self.standing_to(user, &Whose::of(case))
    }

    /// Who somebody is to a concern or a review now, cover counted in.
    #[must_use]
    pub fn standing_to(&self, user: &UserId, whose: &Whose<'_>) -> Standing {
        let directory = self.directory();
        let roles = |user: &UserId| directory.roles_of(whose.team, user, whose.protocol);
        let covers = self.covers();
        let covered = covers.covered_by(user, self.today());
        let covered = covered.into_iter().map(|absent| Absent {
            user: absent.clone(),
            roles: roles(absent),
        });
        let raises = self.stands_in_for_raisers(user, whose);
        cover::standing(&whose.raisers, user, roles(user), raises, covered)
    }

    /// Whether somebody may stand in for a raiser: they raise under the protocol themselves, or manage the IRO service.
    fn stands_in_for_raisers(&self, user: &UserId, whose: &Whose<'_>) -> bool {
        self.may_raise_under(user, whose.protocol)
            || (self.directory())
                .roles_of(whose.team, user, whose.protocol)
                .contains(IRO_MANAGER)
    }

    /// Who gets what is meant for somebody besides them: who covers for them now and may act in their place.
    #[must_use]
    pub fn covering(&self, absent: &UserId, whose: &Whose<'_>) -> Vec<UserId> {
        let covers = self.covers();
        covers
            .covering(absent, self.today())
            .into_iter()
            .filter(|by| {
                let standing = self.standing_to(by, whose);
                *by != whose.raisers.now
                    && if absent == whose.raisers.now {
                        standing.covers_raiser
                    } else {
                        standing.acts_for(absent)
                    }
            })
            .cloned()
            .collect()
    }

    /// Sets a cover, in place of any other of the same person on those days; gives it.
    ///
    /// # Errors
    /// Why not, or the store's.
    pub async fn set_cover(
        &self,
        setter: &UserId,
        asked: Asked,
        once: Option<&str>,
    ) -> Result<Cover, CoverError> {
        let (now, today) = (self.now(), self.today());
        let facts = self.facts(setter, &asked.absent, Some(&asked.by));
        let mut tx = self.store().begin().await?;
        let mut covers = read(&mut tx).await?;
        if let Some(once) = once
            && !tx.first_seen(once, now).await?
            && let Some(set) = covers
                .iter()
                .filter(|known| known.absent == asked.absent && known.by == asked.by)
                .last()
        {
            return Ok(set.clone());
        }
        cover::may_set(&asked, setter, facts, today, &self.calendar())?;
        let replaced: Vec<Cover> = covers
            .replaced(&asked.absent, asked.from, asked.until)
            .cloned()
            .collect();
        for old in &replaced {
            let ended = Entry::Ended { cover: old.number };
            self.enter(&mut tx, &mut covers, setter, &ended).await?;
        }
        let set = Entry::Set {
            absent: asked.absent.clone(),
            by: asked.by.clone(),
            from: asked.from,
            until: asked.until,
        };
        let number = self.enter(&mut tx, &mut covers, setter, &set).await?;
        if asked.from <= today {
            let begun = Entry::Begun { cover: number };
            self.enter(&mut tx, &mut covers, setter, &begun).await?;
        }
        let new = covers.iter().find(|known| known.number == number).cloned();
        let new = new.ok_or(CoverFault::NoSuchCover)?;
        for old in replaced.iter().filter(|old| old.by != new.by) {
            self.tell(&mut tx, "ended", old, setter, &[]).await?;
        }
        self.tell(&mut tx, "set", &new, setter, &self.managers(&new))
            .await?;
        tx.commit().await?;
        self.inner.covers.store(Arc::new(covers));
        if new.begun {
            self.hand_on(&new).await?;
        }
        self.tell_courier();
        Ok(new)
    }

    /// Ends covers before their time: those of `whom` that `user` may end. Gives them.
    ///
    /// # Errors
    /// There is none that they may end, or the store's.
    pub async fn end_cover(&self, user: &UserId, whom: &UserId) -> Result<Vec<Cover>, CoverError> {
        let facts = self.facts(user, whom, None);
        let mut tx = self.store().begin().await?;
        let mut covers = read(&mut tx).await?;
        let ended: Vec<Cover> = covers
            .iter()
            .filter(|known| known.absent == *whom || *whom == *user && known.by == *user)
            .filter(|known| cover::may_end(known, user, facts))
            .cloned()
            .collect();
        if ended.is_empty() {
            return Err(CoverFault::NoSuchCover.into());
        }
        for cover in &ended {
            let entry = Entry::Ended {
                cover: cover.number,
            };
            self.enter(&mut tx, &mut covers, user, &entry).await?;
            self.tell(&mut tx, "ended", cover, user, &self.managers(cover))
                .await?;
        }
        tx.commit().await?;
        self.inner.covers.store(Arc::new(covers));
        for cover in &ended {
            self.refresh_covered(cover).await?;
        }
        self.tell_courier();
        Ok(ended)
    }

    /// What the day makes of covers: those that begin and those that are over, each told to whom it touches.
    ///
    /// # Errors
    /// The store's.
    pub async fn covers_due(&self) -> Result<usize, DeskError> {
        if self.covers().due(self.today()).is_empty() {
            return Ok(0);
        }
        let mut tx = self.store().begin().await?;
        let before = read(&mut tx).await?;
        let mut covers = before.clone();
        let due = before.due(self.today());
        let lodestar = UserId::from(LODESTAR);
        let (mut begun, mut ended) = (Vec::new(), Vec::new());
        for entry in &due {
            self.enter(&mut tx, &mut covers, &lodestar, entry).await?;
            let (number, words) = match entry {
                Entry::Begun { cover } => (*cover, "begun"),
                Entry::Ended { cover } => (*cover, "over"),
                Entry::Set { .. } => continue,
            };
            let Some(cover) = before.iter().find(|known| known.number == number) else {
                continue;
            };
            self.tell(&mut tx, words, cover, &lodestar, &self.managers(cover))
                .await?;
            if words == "begun" {
                begun.push(cover.clone());
            } else {
                ended.push(cover.clone());
            }
        }
        tx.commit().await?;
        self.inner.covers.store(Arc::new(covers));
        for cover in &begun {
            self.hand_on(cover).await?;
        }
        for cover in &ended {
            self.refresh_covered(cover).await?;
        }
        self.tell_courier();
        Ok(due.len())
    }

    /// The covers somebody may see: those of their own absence, those they give, and as a manager of the IRO service those of whoever
    /// works for one of their teams.
    #[must_use]
    pub fn covers_seen_by(&self, user: &UserId) -> Vec<Cover> {
        let managed = self.manages(user);
        let works_there = |person| !managed.is_disjoint(&self.works_for(person));
        self.covers()
            .iter()
            .filter(|cover| {
                cover.absent == *user || cover.by == *user || works_there(&cover.absent)
            })
            .cloned()
            .collect()
    }

    /// What the directory says of those a cover is about.
    fn facts(&self, asker: &UserId, absent: &UserId, by: Option<&UserId>) -> Facts {
        let directory = self.directory();
        let stands_in = |by: &UserId| {
            let teams = self.teams_where(|team, protocol| {
                let manages = || self.managers_of(&team.id, protocol).users.contains(by);
                self.may_raise_under(absent, protocol)
                    && (self.may_raise_under(by, protocol) || manages())
            });
            !teams.is_empty()
        };
        let holds = self.teams_where(|team, protocol| {
            !directory.roles_of(&team.id, absent, protocol).is_empty()
        });
        Facts {
            absent_raises: !directory.raiser_roles(absent).is_empty(),
            absent_holds: !holds.is_empty(),
            cover_raises: by.is_some_and(stands_in),
            asked_by_iro_manager: self.manages_for(asker, absent),
        }
    }

    async fn enter(
        &self,
        tx: &mut Tx,
        covers: &mut Covers,
        actor: &UserId,
        entry: &Entry,
    ) -> Result<i64, StoreError> {
        let now = self.now();
        let body = super::post::json(entry)?;
        let number = tx
            .add_cover_entry(entry.kind(), &body, actor.as_str(), now)
            .await?;
        covers.apply(number, now, actor, entry);
        Ok(number)
    }

    /// Where the managers of the IRO service of the teams that the one who is away works for are told, besides those a cover is about.
    fn managers(&self, cover: &Cover) -> Vec<String> {
        let teams = self.works_for(&cover.absent);
        let places = self.managers_places(|team| teams.contains(team));
        let places = places.iter().map(super::post::dest);
        places
            .filter(|place| place != cover.absent.as_str() && place != cover.by.as_str())
            .collect()
    }

    /// Tells the one who is away, the one who covers, and others, what became of a cover.
    async fn tell(
        &self,
        tx: &mut Tx,
        what: &str,
        cover: &Cover,
        actor: &UserId,
        others: &[String],
    ) -> Result<(), StoreError> {
        let people = [("absent", cover.absent.as_str()), ("by", cover.by.as_str())];
        let people = people
            .into_iter()
            .chain(others.iter().map(|place| ("other", place.as_str())));
        let messages: Vec<NewMessage> = people
            .map(|(reader, place)| {
                let facts = json!({
                    "what": what,
                    "reader": reader,
                    "absent": cover.absent,
                    "by": cover.by,
                    "from": say_date(cover.from),
                    "until": say_date(cover.until),
                    "later": cover.from > self.today(),
                    "actor": if actor.as_str() == LODESTAR { Value::Null } else { json!(actor) },
                });
                let to = To::Person(UserId::from(place));
                operator_message(Kind::Notice, (place.to_owned(), &to), "cover", facts)
            })
            .collect::<Result<_, StoreError>>()?;
        tx.enqueue(&messages, self.now()).await?;
        Ok(())
    }

    /// Sends a cover that begins what waits for the one who is away: receipts of their open concerns, cards that ask their answer.
    async fn hand_on(&self, cover: &Cover) -> Result<(), DeskError> {
        let mut tx = self.store().begin().await?;
        for case in self.open(&mut tx, Find::All).await? {
            if !self
                .covering(&cover.absent, &Whose::of(&case))
                .contains(&cover.by)
            {
                continue;
            }
            let calendar = self.calendar();
            let rules = case.rules(&calendar, self.hours())?;
            let concern = &case.concern;
            let visit = concern.visit().map_or(1, |visit| visit.number);
            let mail = |occasion, visit, to| Mail {
                matter: Matter {
                    occasion,
                    visit,
                    other: None,
                },
                to: To::Cover {
                    by: cover.by.clone(),
                    absent: cover.absent.clone(),
                    to: Box::new(to),
                },
            };
            let mut all = Vec::new();
            if concern.raiser == cover.absent {
                all.push(mail(Occasion::Receipt, 1, To::Raiser));
            } else {
                if concern.phase == Phase::Answering {
                    let theirs = crate::mail::present_answerers(&rules, concern);
                    all.extend(
                        theirs
                            .into_iter()
                            .filter(|to| self.is_meant(to, &cover.absent, &Whose::of(&case)))
                            .map(|to| mail(Occasion::Card, visit, to)),
                    );
                }
                all.extend(
                    crate::mail::present_gate(&rules, concern)
                        .into_iter()
                        .filter(|to| self.is_meant(to, &cover.absent, &Whose::of(&case)))
                        .map(|to| mail(Occasion::Gate, visit, to)),
                );
            }
            self.bring_up_to_date(&mut tx, &case).await?;
            self.post(&mut tx, &case, &all).await?;
        }
        self.hand_on_of::<Review>(&mut tx, cover).await?;
        self.hand_on_of::<Notice>(&mut tx, cover).await?;
        self.hand_on_of::<TaskList>(&mut tx, cover).await?;
        tx.commit().await?;
        Ok(())
    }

    /// The same of a sort of record beside the concerns: what stands of each, as far as it is for the one who is away.
    async fn hand_on_of<K: AtDesk>(&self, tx: &mut Tx, cover: &Cover) -> Result<(), DeskError> {
        let calendar = self.calendar();
        for case in self.all_open_of::<K>(tx).await? {
            let whose = Whose::of_kept(&case);
            if !self.covering(&cover.absent, &whose).contains(&cover.by) {
                continue;
            }
            let rules = case.rules(&calendar, self.hours())?;
            let present = case.record.present(&rules).into_iter();
            let theirs = present.filter(|mail| self.is_meant(&mail.to, &cover.absent, &whose));
            let all: Vec<_> = theirs
                .map(|Mail { matter, to }| Mail {
                    matter,
                    to: To::Cover {
                        by: cover.by.clone(),
                        absent: cover.absent.clone(),
                        to: Box::new(to),
                    },
                })
                .collect();
            self.bring_kept_up_to_date(tx, &case).await?;
            self.post_kept(tx, &case, &all).await?;
        }
        Ok(())
    }

    /// Whether something for `to` is for this person.
    fn is_meant(&self, to: &To, user: &UserId, whose: &Whose<'_>) -> bool {
        match to {
            To::Own { user: own, .. } | To::Person(own) => own == user,
            To::Raiser => whose.raisers.now == user,
            To::Role(role) => {
                let directory = self.directory();
                let holders = directory.holders(whose.team, role, whose.protocol);
                holders.users.contains(user)
            }
            To::Cover { by, .. } => by == user,
        }
    }

    /// Brings the messages up to date of concerns whose people a cover was for: it is no longer mentioned.
    async fn refresh_covered(&self, cover: &Cover) -> Result<(), DeskError> {
        let mut tx = self.store().begin().await?;
        for case in self.open(&mut tx, Find::All).await? {
            let standing = self.standing(&cover.absent, &case);
            if case.concern.raiser == cover.absent || !standing.roles.is_empty() {
                self.bring_up_to_date(&mut tx, &case).await?;
            }
        }
        self.refresh_covered_of::<Review>(&mut tx, cover).await?;
        self.refresh_covered_of::<Notice>(&mut tx, cover).await?;
        self.refresh_covered_of::<TaskList>(&mut tx, cover).await?;
        tx.commit().await?;
        Ok(())
    }

    async fn refresh_covered_of<K: AtDesk>(
        &self,
        tx: &mut Tx,
        cover: &Cover,
    ) -> Result<(), DeskError> {
        for case in self.all_open_of::<K>(tx).await? {
            let standing = self.standing_of(&cover.absent, &case);
            if case.record.head().whose == &cover.absent || !standing.roles.is_empty() {
                self.bring_kept_up_to_date(tx, &case).await?;
            }
        }
        Ok(())
    }
}

async fn read(tx: &mut Tx) -> Result<Covers, StoreError> {
    let mut covers = Covers::default();
    for kept in tx.cover_entries().await? {
        let seq = kept.seq;
        let entry: Entry = serde_json::from_value(kept.body).map_err(|_| {
            StoreError::Corrupt(format!(
                "entry {seq} of the covers is not understood by this version"
            ))
        })?;
        covers.apply(seq, kept.at, &UserId::from(kept.actor.as_str()), &entry);
    }
    Ok(covers)
}
