//! The one door: a click, a lapsed deadline and a delivery report all come through here and change a concern in one transaction:
//! load, decide, append events, set deadlines, queue messages.

mod cases;
mod cover;
mod handover;
mod kept;
mod leavers;
mod managers;
mod notices;
mod operator;
pub mod patterns;
mod post;
mod read;
mod reviews;
mod successors;
mod tasks;
mod transfer;
mod write;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use arc_swap::ArcSwap;
use chrono::{DateTime, NaiveTime, Utc};
use tokio::sync::Notify;

pub use self::cases::{Case, Protocols};
pub use self::cover::CoverError;
pub use self::handover::{HandedOver, fault_at_field};
pub use self::kept::{AnyCase, AtDesk, Belongs, KeptCase, KeptDone, KeptLook, Listed, Part};
pub use self::notices::{NoticeCase, NoticeDone, NoticeRequest};
pub use self::post::Whose;
pub use self::read::{Line, Look};
pub use self::reviews::{ReviewCase, ReviewDone, ReviewRequest};
pub use self::tasks::{ProceedingsRequest, TasksCase, TasksDone};
pub use self::transfer::{TransferRequest, Transferred};
use crate::calendar::Calendar;
use crate::clock::Clock;
use crate::concern::meeting::chairs_by_name;
use crate::concern::{self, ClockKey, Command, Hours, Raise, Raiser, Refusal, Standing};
use crate::cover::Covers;
use crate::directory::{Directory, People};
use crate::ids::{ConcernId, RouteId, Subject, TeamId, UserId};
use crate::mail::{Mail, Matter, Occasion, To};
use crate::notice;
use crate::review;
use crate::store::{Store, StoreError, Tx};
use crate::tasks as lists;

/// How long a click may take before it is undone and the person is told: Slack waits three seconds for the answer to arrive.
const PROMISE: Duration = Duration::from_secs(2);
/// How many clocks of one concern may have fallen unnoticed before something is wrong with it.
const MOST_CLOCKS_AT_ONCE: usize = 32;

/// The one door. Cloning shares it.
#[derive(Clone)]
pub struct Desk {
    inner: Arc<Inner>,
}

struct Inner {
    store: Store,
    protocols: Protocols,
    people: People,
    calendar: ArcSwap<Calendar>,
    covers: ArcSwap<Covers>,
    hours: Hours,
    digest_hour: NaiveTime,
    clock: Clock,
    queued: Notify,
    changes: AtomicU64,
}

/// Why the desk did not do what was asked. Nothing was changed, except where the outcome is unknown.
#[derive(Debug, thiserror::Error)]
pub enum DeskError {
    /// The person is told why, and who can.
    #[error("refused: {0}")]
    Refused(Refusal, Option<Box<Case>>),
    /// What was asked of a review is refused: the person is told why, and who can.
    #[error("refused: {0}")]
    ReviewRefused(review::Refusal, Option<Box<ReviewCase>>),
    /// What was asked of a notice is refused: the person is told why, and who can.
    #[error("refused: {0}")]
    NoticeRefused(notice::Refusal, Option<Box<NoticeCase>>),
    /// What was asked of a list of tasks is refused: the person is told why, and who can.
    #[error("refused: {0}")]
    TasksRefused(lists::Refusal, Option<Box<TasksCase>>),
    /// There is no such concern, or it is not theirs to read: the same words for both.
    #[error("no such concern, or not theirs to read")]
    NotFound,
    /// There is no such team.
    #[error("no team is called {0}")]
    NoTeam(TeamId),
    /// It took too long and was undone: press again.
    #[error("it took too long and was undone")]
    TooSlow,
    /// Whether it was done is unknown: press again, it cannot count twice.
    #[error("the outcome is unknown")]
    InDoubt,
    /// The store could not do it; nothing was changed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The record cannot be read as it stands: for the operator.
    #[error("{subject} cannot be read: {why}")]
    Unreadable {
        /// Which.
        subject: Subject,
        /// Why, without its content.
        why: String,
    },
}

impl DeskError {
    /// A stable name for logs and metrics: never content.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Refused(..)
            | Self::ReviewRefused(..)
            | Self::NoticeRefused(..)
            | Self::TasksRefused(..) => "refused",
            Self::NotFound => "not_found",
            Self::NoTeam(_) => "no_team",
            Self::TooSlow => "too_slow",
            Self::InDoubt => "in_doubt",
            Self::Unreadable { .. } => "unreadable",
            Self::Store(fault) => fault.code(),
        }
    }
}

impl From<Refusal> for DeskError {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal, None)
    }
}

/// What came of a request.
#[derive(Clone, Debug)]
pub struct Done {
    /// The concern as it now stands.
    pub case: Case,
    /// Whether this very request was done before: it changed nothing now.
    pub repeated: bool,
}

/// What a raiser asks, before it is known which protocol it falls under.
#[derive(Clone, Debug)]
pub struct RaiseRequest {
    /// The raiser.
    pub user: UserId,
    /// The route; `None` is the protocol's first.
    pub route: Option<RouteId>,
    /// What they say. Its `protocol_hash` is filled in here.
    pub raise: Raise,
}

impl Desk {
    /// Opens the door over a store.
    #[must_use]
    pub fn new(
        store: Store,
        protocols: Protocols,
        people: People,
        calendar: Calendar,
        (hours, digest_hour): (Hours, NaiveTime),
        clock: Clock,
    ) -> Self {
        let calendar = ArcSwap::from_pointee(calendar);
        let inner = Inner {
            store,
            protocols,
            people,
            calendar,
            covers: ArcSwap::from_pointee(Covers::default()),
            hours,
            digest_hour,
            clock,
            queued: Notify::new(),
            changes: AtomicU64::new(0),
        };
        Self {
            inner: Arc::new(inner),
        }
    }

    /// The store beneath.
    #[must_use]
    pub fn store(&self) -> &Store {
        &self.inner.store
    }

    /// The protocols in force and those that open concerns were raised under.
    #[must_use]
    pub fn protocols(&self) -> &Protocols {
        &self.inner.protocols
    }

    /// The directory handle.
    #[must_use]
    pub fn people(&self) -> &People {
        &self.inner.people
    }

    /// The directory as it is now.
    #[must_use]
    pub fn directory(&self) -> Arc<Directory> {
        self.inner.people.now()
    }

    /// The calendar in force.
    #[must_use]
    pub fn calendar(&self) -> Arc<Calendar> {
        self.inner.calendar.load_full()
    }

    /// The office hours.
    #[must_use]
    pub fn hours(&self) -> Hours {
        self.inner.hours
    }

    /// When digests go out, council time.
    #[must_use]
    pub fn digest_hour(&self) -> NaiveTime {
        self.inner.digest_hour
    }

    /// The clock.
    #[must_use]
    pub fn clock(&self) -> &Clock {
        &self.inner.clock
    }

    /// The time.
    #[must_use]
    pub fn now(&self) -> DateTime<Utc> {
        self.inner.clock.now()
    }

    /// Waits until a message is queued.
    pub async fn queued(&self) {
        self.inner.queued.notified().await;
    }

    /// A count that grows with whatever is changed through this door, for those who show how things stand.
    #[must_use]
    pub fn changes(&self) -> u64 {
        self.inner.changes.load(Ordering::Relaxed)
    }

    /// Tells the courier that a message is queued, and whoever shows how things stand that they may have changed.
    pub fn tell_courier(&self) {
        self.inner.changes.fetch_add(1, Ordering::Relaxed);
        self.inner.queued.notify_one();
    }

    /// Raises a concern. `once` names the very submission, so that one delivered twice raises one concern.
    ///
    /// # Errors
    /// A refusal at a field; no such team; or the store's.
    pub async fn raise(
        &self,
        request: RaiseRequest,
        once: Option<&str>,
    ) -> Result<Done, DeskError> {
        let began = self.inner.clock.elapsed();
        let mut tx = self.inner.store.begin().await?;
        if let Some(done) = self.done_before(&mut tx, once).await? {
            return Ok(done);
        }
        let RaiseRequest {
            user,
            route,
            mut raise,
        } = request;
        let directory = self.directory();
        let team = directory
            .team(&raise.team)
            .ok_or_else(|| DeskError::NoTeam(raise.team.clone()))?;
        let held = self
            .inner
            .protocols
            .current(&team.protocol)
            .ok_or_else(|| DeskError::NoTeam(raise.team.clone()))?;
        let protocol = &*held.protocol;
        let route = if let Some(id) = &route {
            protocol.route(id)
        } else {
            let held = directory.raiser_roles(&user);
            let mut routes = protocol.routes.iter();
            routes
                .find(|route| !protocol.subjects_open_to(held, route).is_empty())
                .or(protocol.routes.first())
        };
        let route = route
            .ok_or(Refusal::Field {
                block: "route",
                fault: concern::FieldFault::Unknown,
            })?
            .id
            .clone();
        raise.protocol_hash.clone_from(&held.hash);
        let raiser = Raiser {
            raiser_roles: directory.raiser_roles(&user).to_vec(),
            roles: directory.roles_of(&raise.team, &user, protocol),
            user: user.clone(),
        };
        tx.pin_protocol(protocol.id.as_str(), &held.hash, &held.source_text)
            .await?;
        let id: ConcernId = tx.next().await?;
        let calendar = self.calendar();
        let rules = cases::rules(protocol, &route, &calendar, self.inner.hours, id)?;
        let same_case = (raise.case_ref.clone(), raise.category.clone());
        let decision = concern::raise(&rules, id, &raiser, raise, self.now())?;
        let mut mail = crate::mail::follows(&rules, &decision.after, &decision.facts);
        mail.extend(
            self.same_case(&mut tx, &user, (&same_case.0, &same_case.1))
                .await?,
        );
        let case = Case {
            concern: decision.after.clone(),
            protocol: Arc::clone(&held.protocol),
        };
        self.write(&mut tx, &case, 0, &decision.facts, &mail)
            .await?;
        if let Some(once) = once {
            tx.keep_reply(once, &id.to_string()).await?;
        }
        self.commit(tx, began).await?;
        Ok(Done {
            case,
            repeated: false,
        })
    }

    /// Does what a person asks of a concern. `once` names the very click or submission.
    ///
    /// # Errors
    /// A refusal; not theirs to read; or the store's.
    pub async fn act(
        &self,
        user: &UserId,
        id: ConcernId,
        command: Command,
        once: Option<&str>,
    ) -> Result<Done, DeskError> {
        self.act_named(user, id, command, once.as_slice()).await
    }

    /// As [`Desk::act`], for what has several names: it is done once under each of them.
    ///
    /// # Errors
    /// As [`Desk::act`].
    pub async fn act_named(
        &self,
        user: &UserId,
        id: ConcernId,
        command: Command,
        names: &[&str],
    ) -> Result<Done, DeskError> {
        let began = self.inner.clock.elapsed();
        let mut tx = self.inner.store.begin().await?;
        for once in names {
            if !tx.first_seen(once, self.now()).await? {
                let case = self.load(&mut tx, id).await?.ok_or(DeskError::NotFound)?;
                return Ok(Done {
                    case,
                    repeated: true,
                });
            }
        }
        let case = self.load(&mut tx, id).await?.ok_or(DeskError::NotFound)?;
        let before = case.concern.seq;
        let calendar = self.calendar();
        let (mut case, facts) = self.catch_up(case, &calendar)?;
        let standing = self.standing(user, &case);
        let rules = case.rules(&calendar, self.inner.hours)?;
        if !crate::access::may_read(&rules, &case.concern, &standing)
            && !tells_as_chair(&case.concern, user, &command)
        {
            return Err(DeskError::NotFound);
        }
        let asked = (&standing, command);
        self.carry_out(&mut tx, &mut case, (before, facts), asked)
            .await?;
        self.commit(tx, began).await?;
        Ok(Done {
            case,
            repeated: false,
        })
    }

    /// Decides what somebody asks of a concern as it stands after the facts that are new since the entry `before`, and writes all of
    /// it down. Whether they may ask at all is the caller's to know.
    async fn carry_out(
        &self,
        tx: &mut Tx,
        case: &mut Case,
        (before, mut facts): (i64, Vec<concern::New>),
        (standing, command): (&Standing, Command),
    ) -> Result<(), DeskError> {
        let calendar = self.calendar();
        let rules = case.rules(&calendar, self.inner.hours)?;
        let decided = concern::decide(&rules, &case.concern, Some(standing), command, self.now());
        let decision = match decided {
            Ok(decision) => decision,
            Err(refusal) => return Err(DeskError::Refused(refusal, Some(Box::new(case.clone())))),
        };
        facts.extend(decision.facts);
        case.concern = decision.after;
        let rules = case.rules(&calendar, self.inner.hours)?;
        let mail = crate::mail::follows(&rules, &case.concern, &facts);
        self.write(tx, case, before, &facts, &mail).await
    }

    /// Acts on a clock that fell, or a delivery, within a unit of work that the caller commits. Gives whether anything followed.
    ///
    /// # Errors
    /// The record cannot be read, or the store's.
    pub async fn by_itself(
        &self,
        tx: &mut Tx,
        id: ConcernId,
        command: Command,
    ) -> Result<bool, DeskError> {
        let Some(mut case) = self.load(tx, id).await? else {
            return Err(DeskError::Unreadable {
                subject: id.into(),
                why: "it is not in the store".to_owned(),
            });
        };
        let before = case.concern.seq;
        let calendar = self.calendar();
        let rules = case.rules(&calendar, self.inner.hours)?;
        let decision = concern::decide(&rules, &case.concern, None, command, self.now())?;
        if decision.facts.is_empty() {
            return Ok(false);
        }
        let mail = crate::mail::follows(&rules, &decision.after, &decision.facts);
        case.concern = decision.after;
        self.write(tx, &case, before, &decision.facts, &mail)
            .await?;
        Ok(true)
    }

    /// Puts a new calendar in force. The caller then recalculates the open concerns.
    pub fn set_calendar(&self, calendar: Calendar) {
        self.inner.calendar.store(Arc::new(calendar));
    }

    /// A submission that was done before gives the concern it raised.
    async fn done_before(
        &self,
        tx: &mut Tx,
        once: Option<&str>,
    ) -> Result<Option<Done>, DeskError> {
        let Some(once) = once else { return Ok(None) };
        if tx.first_seen(once, self.now()).await? {
            return Ok(None);
        }
        let id = tx
            .reply_kept(once)
            .await?
            .and_then(|reply| reply.parse().ok())
            .ok_or(DeskError::NotFound)?;
        let case = self.load(tx, id).await?.ok_or(DeskError::NotFound)?;
        Ok(Some(Done {
            case,
            repeated: true,
        }))
    }

    /// Points out an open concern on the same case and category: to a raiser who may read it, else only to the manager of the IRO
    /// service.
    async fn same_case(
        &self,
        tx: &mut Tx,
        raiser: &UserId,
        of: (&crate::ids::CaseRef, &str),
    ) -> Result<Vec<Mail>, DeskError> {
        let open = tx.open_on_same_case(of.0.as_str(), of.1, 5).await?;
        let mut mail = Vec::new();
        for row in open {
            let Some(other) = self.load(tx, ConcernId(row.number)).await? else {
                continue;
            };
            let calendar = self.calendar();
            let rules = other.rules(&calendar, self.inner.hours)?;
            let reads =
                crate::access::may_read(&rules, &other.concern, &self.standing(raiser, &other));
            let to = if reads {
                To::Raiser
            } else {
                To::Role(crate::ids::RoleId::from(crate::protocol::IRO_MANAGER))
            };
            let matter = Matter {
                occasion: Occasion::SameCase,
                visit: 1,
                other: Some(other.concern.id),
            };
            mail.push(Mail { matter, to });
        }
        Ok(mail)
    }

    /// What clocks have fallen that the timekeeper has not reached yet is decided first, so that an answer a moment after the deadline
    /// is late whoever gets here first.
    fn catch_up(
        &self,
        mut case: Case,
        calendar: &Calendar,
    ) -> Result<(Case, Vec<concern::New>), DeskError> {
        let mut facts = Vec::new();
        let now = self.now();
        for _ in 0..MOST_CLOCKS_AT_ONCE {
            let rules = case.rules(calendar, self.inner.hours)?;
            let fallen = concern::clocks(&rules, &case.concern)
                .into_iter()
                .filter(|clock| clock.at <= now)
                .min_by_key(|clock| clock.at);
            let Some(clock) = fallen else { break };
            let decision = concern::decide(
                &rules,
                &case.concern,
                None,
                Command::ClockFell { key: clock.key },
                now,
            )?;
            if decision.facts.is_empty() {
                break;
            }
            facts.extend(decision.facts);
            case.concern = decision.after;
        }
        Ok((case, facts))
    }

    /// Commits within the promise, or undoes it.
    async fn commit(&self, tx: Tx, began: Duration) -> Result<(), DeskError> {
        if self.inner.clock.elapsed().saturating_sub(began) > PROMISE {
            tx.rollback().await?;
            return Err(DeskError::TooSlow);
        }
        tx.commit().await.map_err(|error| {
            if error.passes_by_itself() {
                DeskError::Store(error)
            } else {
                DeskError::InDoubt
            }
        })?;
        self.tell_courier();
        Ok(())
    }
}

/// Whether somebody asks to tell what came of a meeting that they chair by name, which needs no reading of the concern.
fn tells_as_chair(concern: &concern::Concern, user: &UserId, command: &Command) -> bool {
    matches!(command, Command::RecordMeeting { visit, .. } if chairs_by_name(concern, user, *visit))
}

/// The command for a clock the store has claimed.
#[must_use]
pub fn fell(key: &str) -> Command {
    Command::ClockFell {
        key: ClockKey::from(key),
    }
}
