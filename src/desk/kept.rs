//! What is kept beside the concerns, at the desk: the same door, the same transaction, the same record. One piece for every sort.

mod keep;
mod open;
mod read;
mod sorts;

use std::sync::Arc;

use super::{Desk, DeskError, MOST_CLOCKS_AT_ONCE};
use crate::calendar::Calendar;
use crate::concern::{Hours, Raiser, Rules, Standing};
use crate::ids::{Subject, TeamId, UserId};
use crate::protocol::Protocol;
use crate::record::{Decision, Kept, NewOf, Recorded};
use crate::store::Tx;
use crate::store::concerns::{Find, Which};
use crate::store::events::Unsealed;

pub use open::{AnyCase, Listed, Part};
pub use sorts::Belongs;

/// How many records are looked at in one transaction.
const PAGE: u32 = 200;

/// A sort of record that comes through the desk's door.
pub trait AtDesk: Kept {
    /// How the desk says that something asked was refused.
    fn refused(refusal: Self::Refusal, case: Option<Box<KeptCase<Self>>>) -> DeskError;

    /// What else follows in the same unit of work, once new facts are written after the entry `before` (0 for a new record).
    fn written(
        _desk: &Desk,
        _tx: &mut Tx,
        _case: &KeptCase<Self>,
        _before: i64,
    ) -> impl Future<Output = Result<(), DeskError>> + Send {
        std::future::ready(Ok(()))
    }
}

/// A record with the protocol it was recorded under: everything but its texts.
#[derive(Clone, Debug)]
pub struct KeptCase<K> {
    /// The record.
    pub record: K,
    /// Its protocol.
    pub protocol: Arc<Protocol>,
}

/// What came of a request about a record.
#[derive(Clone, Debug)]
pub struct KeptDone<K> {
    /// The record as it now stands.
    pub case: KeptCase<K>,
    /// Whether this very request was done before: it changed nothing now.
    pub repeated: bool,
}

/// A record as one who may read it sees it.
#[derive(Clone, Debug)]
pub struct KeptLook<K: Kept> {
    /// The record.
    pub case: KeptCase<K>,
    /// What happened, in order.
    pub history: Vec<Recorded<K::Fact>>,
    /// What people wrote; `None` where it has been erased.
    pub texts: Option<Vec<Unsealed>>,
    /// Who the reader is to it.
    pub standing: Standing,
}

impl<K: Kept> KeptCase<K> {
    /// The rules it is decided under.
    ///
    /// # Errors
    /// Its protocol has no ladder.
    pub fn rules<'a>(
        &'a self,
        calendar: &'a Calendar,
        hours: Hours,
    ) -> Result<Rules<'a>, DeskError> {
        rules(&self.protocol, calendar, hours, self.record.head().id)
    }
}

/// The rules of a protocol, where the route does not matter.
fn rules<'a>(
    protocol: &'a Protocol,
    calendar: &'a Calendar,
    hours: Hours,
    subject: impl Into<Subject>,
) -> Result<Rules<'a>, DeskError> {
    let route = protocol
        .routes
        .first()
        .ok_or_else(|| DeskError::Unreadable {
            subject: subject.into(),
            why: format!("the protocol {} has no ladder", protocol.id),
        })?;
    Ok(Rules {
        protocol,
        route,
        calendar,
        hours,
    })
}

impl Desk {
    /// Begins a record. `once` names the very submission, so that one delivered twice begins one record. `decide` gets the rules,
    /// the record's reference, who asks, and the hash of the protocol's text.
    pub(super) async fn begin_record<K: AtDesk>(
        &self,
        (user, team): (&UserId, &TeamId),
        once: Option<&str>,
        decide: impl FnOnce(&Rules<'_>, K::Id, &Raiser, &str) -> Result<Decision<K>, K::Refusal> + Send,
    ) -> Result<KeptDone<K>, DeskError> {
        let began = self.clock().elapsed();
        let mut tx = self.store().begin().await?;
        if let Some(done) = self.begun_before(&mut tx, once).await? {
            return Ok(done);
        }
        let directory = self.directory();
        let no_team = || DeskError::NoTeam(team.clone());
        let protocol = &directory.team(team).ok_or_else(no_team)?.protocol;
        let held = self.protocols().current(protocol).ok_or_else(no_team)?;
        let protocol = &*held.protocol;
        let by = Raiser {
            raiser_roles: directory.raiser_roles(user).to_vec(),
            roles: directory.roles_of(team, user, protocol),
            user: user.clone(),
        };
        tx.pin_protocol(protocol.id.as_str(), &held.hash, &held.source_text)
            .await?;
        let id: K::Id = tx.next().await?;
        let calendar = self.calendar();
        let rules = rules(protocol, &calendar, self.hours(), id)?;
        let decision =
            decide(&rules, id, &by, &held.hash).map_err(|refusal| K::refused(refusal, None))?;
        let mail = K::follows(&rules, None, &decision.after, &decision.facts);
        let case = KeptCase {
            record: decision.after,
            protocol: Arc::clone(&held.protocol),
        };
        self.write_kept(&mut tx, &case, 0, &decision.facts, &mail)
            .await?;
        if let Some(once) = once {
            tx.keep_reply(once, &id.to_string()).await?;
        }
        self.commit(tx, began).await?;
        Ok(KeptDone {
            case,
            repeated: false,
        })
    }

    /// The record that this very submission began already, if it did.
    pub(super) async fn begun_before<K: AtDesk>(
        &self,
        tx: &mut Tx,
        once: Option<&str>,
    ) -> Result<Option<KeptDone<K>>, DeskError> {
        let Some(once) = once else { return Ok(None) };
        if tx.first_seen(once, self.now()).await? {
            return Ok(None);
        }
        let kept = tx.reply_kept(once).await?;
        let id = kept.and_then(|kept| kept.parse::<K::Id>().ok());
        let id = id.ok_or(DeskError::NotFound)?;
        let case = self.load_kept(tx, id).await?;
        let case = case.ok_or(DeskError::NotFound)?;
        let repeated = true;
        Ok(Some(KeptDone { case, repeated }))
    }

    /// Does what a person asks of a record. `once` names the very click or submission.
    ///
    /// # Errors
    /// A refusal; not theirs to read; or the store's.
    pub async fn act_on<K: AtDesk>(
        &self,
        user: &UserId,
        id: K::Id,
        command: K::Command,
        once: Option<&str>,
    ) -> Result<KeptDone<K>, DeskError> {
        let began = self.clock().elapsed();
        let mut tx = self.store().begin().await?;
        let seen = match once {
            Some(once) => !tx.first_seen(once, self.now()).await?,
            None => false,
        };
        let case: Option<KeptCase<K>> = self.load_kept(&mut tx, id).await?;
        let case = case.ok_or(DeskError::NotFound)?;
        if seen {
            let repeated = true;
            return Ok(KeptDone { case, repeated });
        }
        let calendar = self.calendar();
        let before = case.record.clone();
        let (mut case, mut facts) = self.kept_catches_up(case, &calendar)?;
        let standing = self.standing_of(user, &case);
        let rules = case.rules(&calendar, self.hours())?;
        if !case.record.may_read(&rules, &standing) {
            return Err(DeskError::NotFound);
        }
        let decision = case
            .record
            .decide(&rules, Some(&standing), command, self.now());
        let decision = match decision {
            Ok(decision) => decision,
            Err(refusal) => return Err(K::refused(refusal, Some(Box::new(case)))),
        };
        facts.extend(decision.facts);
        case.record = decision.after;
        let rules = case.rules(&calendar, self.hours())?;
        let mail = K::follows(&rules, Some(&before), &case.record, &facts);
        self.write_kept(&mut tx, &case, before.head().seq, &facts, &mail)
            .await?;
        self.commit(tx, began).await?;
        Ok(KeptDone {
            case,
            repeated: false,
        })
    }

    /// Acts on a clock that fell, or a delivery, within a unit of work that the caller commits. Gives whether anything followed.
    ///
    /// # Errors
    /// The record cannot be read, or the store's.
    pub(in crate::desk) async fn kept_by_itself<K: AtDesk>(
        &self,
        tx: &mut Tx,
        id: K::Id,
        command: K::Command,
    ) -> Result<bool, DeskError> {
        let case: Option<KeptCase<K>> = self.load_kept(tx, id).await?;
        let Some(mut case) = case else {
            return Err(DeskError::Unreadable {
                subject: id.into(),
                why: "it is not in the store".to_owned(),
            });
        };
        let calendar = self.calendar();
        let rules = case.rules(&calendar, self.hours())?;
        let decision = case.record.decide(&rules, None, command, self.now());
        let decision = decision.map_err(|refusal| K::refused(refusal, None))?;
        if decision.facts.is_empty() {
            return Ok(false);
        }
        let before = std::mem::replace(&mut case.record, decision.after);
        let rules = case.rules(&calendar, self.hours())?;
        let mail = K::follows(&rules, Some(&before), &case.record, &decision.facts);
        self.write_kept(tx, &case, before.head().seq, &decision.facts, &mail)
            .await?;
        Ok(true)
    }

    /// Sets the deadlines of the open records of a sort anew, and brings their messages up to date, after the calendar has
    /// changed. Gives how many had a deadline that moved.
    ///
    /// # Errors
    /// A record cannot be read, or the store's.
    async fn recalculate<K: AtDesk>(&self) -> Result<usize, DeskError> {
        let (mut after, mut moved) = (0, 0);
        loop {
            let mut tx = self.store().begin().await?;
            let page = tx.records::<K::Id>(Find::All, Which::Open, after, PAGE);
            let page = page.await?;
            let Some(last) = page.last() else {
                return Ok(moved);
            };
            after = last.subject.number();
            for row in &page {
                let case: KeptCase<K> = self.kept_of(&mut tx, row).await?;
                let before = due(&mut tx, row.subject).await?;
                self.set_kept_deadlines(&mut tx, &case).await?;
                self.bring_kept_up_to_date(&mut tx, &case).await?;
                moved += usize::from(due(&mut tx, row.subject).await? != before);
            }
            tx.commit().await?;
        }
    }

    /// What clocks have fallen that the timekeeper has not reached yet is decided first, so that what comes a moment after a
    /// deadline is late whoever gets here first.
    fn kept_catches_up<K: AtDesk>(
        &self,
        mut case: KeptCase<K>,
        calendar: &Calendar,
    ) -> Result<(KeptCase<K>, Vec<NewOf<K>>), DeskError> {
        let mut facts = Vec::new();
        let now = self.now();
        for _ in 0..MOST_CLOCKS_AT_ONCE {
            let rules = case.rules(calendar, self.hours())?;
            let fallen = case.record.clocks(&rules).into_iter();
            let fallen = fallen.filter(|clock| clock.at <= now);
            let Some(clock) = fallen.min_by_key(|clock| clock.at) else {
                break;
            };
            let command = K::fell(clock.key);
            let decision = case.record.decide(&rules, None, command, now);
            let decision = decision.map_err(|refusal| K::refused(refusal, None))?;
            if decision.facts.is_empty() {
                break;
            }
            facts.extend(decision.facts);
            case.record = decision.after;
        }
        Ok((case, facts))
    }
}

/// The open deadlines of a record: their names and moments.
async fn due(
    tx: &mut Tx,
    subject: Subject,
) -> Result<Vec<(String, chrono::DateTime<chrono::Utc>)>, DeskError> {
    let open = tx.due_of(subject).await?.into_iter();
    Ok(open.map(|due| (due.key, due.due_at)).collect())
}
