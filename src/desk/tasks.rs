//! Lists of tasks at the desk: a person opens one for a case in proceedings; the others are opened, moved and closed by what happens
//! to a concern or a review, in the same unit of work, and by the protocols that the teams use, once a day.

mod follow;
mod upkeep;

use std::sync::Arc;

use super::kept::{AtDesk, KeptCase, KeptDone, KeptLook};
use super::post::EDITS_AFTER;
use super::{Case, Desk, DeskError};
use crate::concern::{Actor, FieldFault, Rules};
use crate::ids::{CaseRef, TaskListId, TeamId, UserId};
use crate::mail::To;
use crate::mail::tasks::{Mail, Matter, Occasion};
use crate::protocol::library::Held;
use crate::protocol::{Keeps, Protocol};
use crate::store::Tx;
use crate::store::concerns::{Find, Which};
use crate::tasks::readers::is_theirs;
use crate::tasks::{Command, Opened, Opening, Reads, Refusal, TaskList, open, reads};

/// How many lists of one case are looked through.
const MOST_OF_A_CASE: u32 = 200;

/// A list of tasks with the protocol it follows: everything but its texts.
pub type TasksCase = KeptCase<TaskList>;
/// What came of a request about a list of tasks.
pub type TasksDone = KeptDone<TaskList>;

impl AtDesk for TaskList {
    fn refused(refusal: Refusal, case: Option<Box<TasksCase>>) -> DeskError {
        DeskError::TasksRefused(refusal, case)
    }

    /// What a concern asks besides its steps stands on its own receipt, which follows.
    async fn written(
        desk: &Desk,
        tx: &mut Tx,
        case: &TasksCase,
        _before: i64,
    ) -> Result<(), DeskError> {
        if let Some(concern) = case.record.opened.concern {
            tx.want_edits_of(concern, EDITS_AFTER, desk.now()).await?;
        }
        Ok(())
    }
}

/// What an officer says of a case in proceedings.
#[derive(Clone, Debug)]
pub struct ProceedingsRequest {
    /// The officer.
    pub user: UserId,
    /// The team whose case it is.
    pub team: TeamId,
    /// The case.
    pub case_ref: CaseRef,
    /// Whether a children's guardian is appointed already.
    pub guardian: bool,
}

impl Desk {
    /// Opens the list of a case in proceedings. `once` names the very submission, so that one delivered twice opens one list.
    ///
    /// # Errors
    /// A refusal at a field; that one is open already which they may read; no such team; or the store's.
    pub async fn open_proceedings(
        &self,
        request: ProceedingsRequest,
        once: Option<&str>,
    ) -> Result<TasksDone, DeskError> {
        let began = self.clock().elapsed();
        let mut tx = self.store().begin().await?;
        if let Some(done) = self.begun_before(&mut tx, once).await? {
            return Ok(done);
        }
        let refused = |refusal| DeskError::TasksRefused(refusal, None);
        let ProceedingsRequest {
            user,
            team,
            case_ref,
            guardian,
        } = request;
        let no_team = || DeskError::NoTeam(team.clone());
        let directory = self.directory();
        let protocol = &directory.team(&team).ok_or_else(no_team)?.protocol;
        let held = self
            .protocols()
            .current(protocol)
            .ok_or_else(no_team)?
            .clone();
        let raises = directory.raiser_roles(&user).iter();
        if !raises
            .clone()
            .any(|role| held.protocol.raised_by.contains(role))
        {
            let (block, fault) = ("team", FieldFault::RoleMayNotRaise);
            return Err(refused(Refusal::Field { block, fault }));
        }
        let others = self
            .in_proceedings(&mut tx, &held.protocol, &case_ref)
            .await?;
        for other in &others {
            if self.may_read_tasks(&user, other)? {
                return Err(refused(Refusal::OpenAlready(other.record.id)));
            }
        }
        let besides = self
            .disputes_of(&mut tx, &user, &held.protocol.id, &case_ref)
            .await?;
        let opening = Opening {
            actor: Actor::Person(user.clone()),
            opened: Opened {
                keeps: Keeps::Proceedings,
                team,
                protocol: held.protocol.id.clone(),
                protocol_hash: held.hash.clone(),
                officer: user,
                case_ref: Some(case_ref),
                concern: None,
            },
            guardian,
            besides,
        };
        // Another officer has this case too: whoever manages the service sees to it.
        let other = others.first().map(|other| other.record.id);
        let case = self.open_list(&mut tx, &held, opening, other).await?;
        let case = case.ok_or_else(|| refused(Refusal::NotAsked))?;
        if let Some(once) = once {
            tx.keep_reply(once, &case.record.id.to_string()).await?;
        }
        self.commit(tx, began).await?;
        Ok(KeptDone {
            case,
            repeated: false,
        })
    }

    /// Hands a list over to another reviewing officer.
    ///
    /// # Errors
    /// A refusal; not theirs to read; or the store's.
    pub async fn hand_over_tasks(
        &self,
        user: &UserId,
        id: TaskListId,
        to: UserId,
        once: Option<&str>,
    ) -> Result<TasksDone, DeskError> {
        let case = self.kept::<TaskList>(id).await?;
        let case = case.ok_or(DeskError::NotFound)?;
        let roles = self.directory().raiser_roles(&to).to_vec();
        let raises = |role: &_| case.protocol.raised_by.contains(role);
        let raiser_role = roles.into_iter().find(raises);
        let command = Command::Handover { to, raiser_role };
        self.act_on::<TaskList>(user, id, command, once).await
    }

    /// A list with the texts that somebody may read, and how much of it that is.
    ///
    /// # Errors
    /// [`DeskError::NotFound`] where there is none, or it is not theirs to read.
    pub async fn look_at_tasks(
        &self,
        user: &UserId,
        id: TaskListId,
    ) -> Result<(KeptLook<TaskList>, Reads), DeskError> {
        let mut look = self.look_at::<TaskList>(user, id).await?;
        let calendar = self.calendar();
        let rules = look.case.rules(&calendar, self.hours())?;
        let reads = reads(&rules, &look.case.record, &look.standing);
        if let (Reads::Own, Some(texts)) = (reads, &mut look.texts) {
            texts.retain(|text| {
                let fact = look.history.iter().find(|fact| fact.seq == text.seq);
                let task = fact.and_then(|fact| crate::tasks::event::about(&fact.fact));
                let rule = task.and_then(|key| rules.protocol.task(key.rule()));
                rule.is_some_and(|rule| is_theirs(rule, &look.standing))
            });
        }
        Ok((look, reads))
    }

    /// Brings a list's messages up to date, and those of the concern that it stands with.
    ///
    /// # Errors
    /// The store's.
    pub async fn refresh_tasks(&self, id: TaskListId) -> Result<(), DeskError> {
        let case = self.kept::<TaskList>(id).await?;
        if let Some(concern) = case.and_then(|case| case.record.opened.concern) {
            self.refresh_kept(concern).await?;
        }
        self.refresh_kept(id).await
    }

    /// What a concern asks besides its steps, for whoever shows the concern to one who may read it. `None` where its protocol asks
    /// nothing.
    ///
    /// # Errors
    /// The record cannot be read, or the store's.
    pub async fn tasks_of_concern(&self, case: &Case) -> Result<Option<TasksCase>, DeskError> {
        if case.protocol.tasks_of(Keeps::Concern).next().is_none() {
            return Ok(None);
        }
        let mut tx = self.store().read().await?;
        self.list_of_concern(&mut tx, case, Which::All).await
    }

    /// Opens a list in a unit of work that the caller commits. `None` where the protocol has no task for it. `other` is another list
    /// of the same case, of which whoever manages the IRO service is told.
    async fn open_list(
        &self,
        tx: &mut Tx,
        held: &Held,
        opening: Opening,
        other: Option<TaskListId>,
    ) -> Result<Option<TasksCase>, DeskError> {
        let protocol = &held.protocol;
        if protocol.tasks_of(opening.opened.keeps).next().is_none() {
            return Ok(None);
        }
        tx.pin_protocol(protocol.id.as_str(), &held.hash, &held.source_text)
            .await?;
        self.begin_list(tx, protocol, opening, other).await
    }

    /// As [`Desk::open_list`], for a version of a protocol that is kept already.
    async fn begin_list(
        &self,
        tx: &mut Tx,
        protocol: &Arc<Protocol>,
        opening: Opening,
        other: Option<TaskListId>,
    ) -> Result<Option<TasksCase>, DeskError> {
        if protocol.tasks_of(opening.opened.keeps).next().is_none() {
            return Ok(None);
        }
        let Some(route) = protocol.routes.first() else {
            return Ok(None);
        };
        let calendar = self.calendar();
        let rules = Rules {
            protocol,
            route,
            calendar: &calendar,
            hours: self.hours(),
        };
        let id: TaskListId = tx.next().await?;
        let Some(decision) = open(&rules, id, opening, self.now()) else {
            return Ok(None);
        };
        let mut mail = crate::mail::tasks::follows(&rules, None, &decision.after, &decision.facts);
        if other.is_some() {
            mail.push(Mail {
                matter: Matter {
                    occasion: Occasion::SameCase,
                    tasks: Vec::new(),
                    other,
                },
                to: To::Role(crate::tasks::decide::iro_manager()),
            });
        }
        let case = KeptCase {
            record: decision.after,
            protocol: Arc::clone(protocol),
        };
        self.write_kept(tx, &case, 0, &decision.facts, &mail)
            .await?;
        Ok(Some(case))
    }

    /// The open lists of a case in proceedings under a protocol, the oldest first.
    async fn in_proceedings(
        &self,
        tx: &mut Tx,
        protocol: &Protocol,
        case_ref: &CaseRef,
    ) -> Result<Vec<TasksCase>, DeskError> {
        if protocol.tasks_of(Keeps::Proceedings).next().is_none() {
            return Ok(Vec::new());
        }
        let lists = self.lists_of_case(tx, case_ref, Which::Open).await?;
        let theirs = lists.into_iter().filter(|list| {
            let opened = &list.record.opened;
            opened.keeps == Keeps::Proceedings && opened.protocol == protocol.id
        });
        Ok(theirs.collect())
    }

    async fn list_of_concern(
        &self,
        tx: &mut Tx,
        case: &Case,
        which: Which,
    ) -> Result<Option<TasksCase>, DeskError> {
        let concern = &case.concern;
        let lists = self
            .lists_of_case(tx, &concern.raised.case_ref, which)
            .await?;
        let mut theirs = lists.into_iter();
        Ok(theirs.find(|list| list.record.opened.concern == Some(concern.id)))
    }

    async fn lists_of_case(
        &self,
        tx: &mut Tx,
        case_ref: &CaseRef,
        which: Which,
    ) -> Result<Vec<TasksCase>, DeskError> {
        let (find, mut lists) = (Find::Case(case_ref.as_str()), Vec::new());
        let rows = tx
            .records::<TaskListId>(find, which, 0, MOST_OF_A_CASE)
            .await?;
        for row in &rows {
            lists.push(self.kept_of(tx, row).await?);
        }
        Ok(lists)
    }

    fn may_read_tasks(&self, user: &UserId, case: &TasksCase) -> Result<bool, DeskError> {
        let calendar = self.calendar();
        let rules = case.rules(&calendar, self.hours())?;
        let standing = self.standing_of(user, case);
        Ok(reads(&rules, &case.record, &standing) != Reads::Nothing)
    }
}
