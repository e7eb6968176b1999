//! Handing over to another reviewing officer: one record by its reference, or everything that is open of a case (`B-3.b`). No clock
//! stops and no date moves.

use super::{AnyCase, Case, Desk, DeskError, Done};
use crate::concern::{Command, FieldFault, Refusal};
use crate::ids::{CaseRef, ConcernId, NoticeId, RaiserRole, ReviewId, Subject, TeamId, UserId};
use crate::notice::{self, Notice};
use crate::protocol::Protocol;
use crate::review::{self, Review};
use crate::store::concerns::{Find, Which};
use crate::tasks::{self, TaskList};

/// What came of handing over a case.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HandedOver {
    /// What the other officer has now.
    pub done: Vec<Subject>,
    /// What they may not hold, since they would answer in it.
    pub kept: Vec<Subject>,
}

/// What came of one record.
enum One {
    Done,
    Kept,
    /// It is not theirs to hand over, or is with the other already.
    Passed,
}

impl Desk {
    /// Hands a concern over to another raiser.
    ///
    /// # Errors
    /// A refusal; not theirs to read; or the store's.
    pub async fn hand_over(
        &self,
        user: &UserId,
        id: ConcernId,
        to: UserId,
        once: Option<&str>,
    ) -> Result<Done, DeskError> {
        let case = self.case(id).await?.ok_or(DeskError::NotFound)?;
        let directory = self.directory();
        let command = Command::Handover {
            raiser_role: role_to_hold_in(&case, directory.raiser_roles(&to)),
            roles: directory.roles_of(&case.concern.raised.team, &to, &case.protocol),
            to,
        };
        self.act(user, id, command, once).await
    }

    /// Hands a review over to another reviewing officer.
    ///
    /// # Errors
    /// A refusal; not theirs to read; or the store's.
    pub async fn hand_over_review(
        &self,
        user: &UserId,
        id: ReviewId,
        to: UserId,
        once: Option<&str>,
    ) -> Result<(), DeskError> {
        let case = self.kept::<Review>(id).await?;
        let case = case.ok_or(DeskError::NotFound)?;
        let command = review::Command::Handover {
            raiser_role: self.raises_as(&to, &case.protocol),
            roles: self.roles_for(&to, &case.record.held.team, &case.protocol),
            to,
        };
        let done = self.act_on::<Review>(user, id, command, once).await;
        done.map(drop)
    }

    /// Hands a significant change over to another reviewing officer.
    ///
    /// # Errors
    /// A refusal; not theirs to read; or the store's.
    pub async fn hand_over_notice(
        &self,
        user: &UserId,
        id: NoticeId,
        to: UserId,
        once: Option<&str>,
    ) -> Result<(), DeskError> {
        let case = self.kept::<Notice>(id).await?;
        let case = case.ok_or(DeskError::NotFound)?;
        let raiser_role = self.raises_as(&to, &case.protocol);
        let command = notice::Command::Handover { to, raiser_role };
        let done = self.act_on::<Notice>(user, id, command, once).await;
        done.map(drop)
    }

    /// Hands over everything open of a case that somebody may hand over. `once` names the very request: what was done of it before is
    /// not done again.
    ///
    /// # Errors
    /// [`DeskError::NotFound`] where nothing open of the case is theirs to hand over, or there is no such case; the first refusal where
    /// nothing could be handed over; or the store's.
    pub async fn hand_over_case(
        &self,
        user: &UserId,
        case_ref: &CaseRef,
        to: &UserId,
        once: Option<&str>,
    ) -> Result<HandedOver, DeskError> {
        let find = Find::Case(case_ref.as_str());
        let mut tx = self.store().read().await?;
        let concerns = self.open(&mut tx, find).await?;
        drop(tx);
        let mut subjects: Vec<Subject> =
            concerns.iter().map(|case| case.concern.id.into()).collect();
        let records = self.records_of_any(find, Which::Open).await?;
        let others = records.iter().filter(|record| record.whose() != to);
        let goes = others.filter(|record| record.goes_by_itself());
        subjects.extend(goes.map(AnyCase::subject));
        let (mut handed, mut first) = (HandedOver::default(), None);
        for subject in subjects {
            let named = once.map(|once| format!("{once}:{subject}"));
            match self
                .hand_over_one(user, subject, to, named.as_deref())
                .await
            {
                Ok(One::Done) => handed.done.push(subject),
                Ok(One::Kept) => handed.kept.push(subject),
                Ok(One::Passed) => {}
                Err(fault) if is_refusal(&fault) => {
                    first.get_or_insert(fault);
                }
                Err(fault) => return Err(fault),
            }
        }
        match (handed.done.is_empty() && handed.kept.is_empty(), first) {
            (false, _) => Ok(handed),
            (true, Some(fault)) => Err(fault),
            (true, None) => Err(DeskError::NotFound),
        }
    }

    async fn hand_over_one(
        &self,
        user: &UserId,
        subject: Subject,
        to: &UserId,
        once: Option<&str>,
    ) -> Result<One, DeskError> {
        let (whom, to) = (to, to.clone());
        let done = match subject {
            Subject::Concern(id) => self.hand_over(user, id, to, once).await.map(drop),
            Subject::Review(id) => self.hand_over_review(user, id, to, once).await,
            Subject::Notice(id) => self.hand_over_notice(user, id, to, once).await,
            Subject::Tasks(id) => self.hand_over_tasks(user, id, to, once).await.map(drop),
        };
        let fault = match done {
            Ok(()) => return Ok(One::Done),
            Err(fault) => fault,
        };
        // The list of its proceedings went along with a concern.
        if let Subject::Tasks(id) = subject
            && let Some(list) = self.kept::<TaskList>(id).await?
            && list.record.officer == *whom
        {
            return Ok(One::Done);
        }
        let refused = is_refusal(&fault) || matches!(fault, DeskError::NotFound);
        match fault_at_field(&fault) {
            Some(FieldFault::InTheLine) => Ok(One::Kept),
            Some(FieldFault::AlreadyTheirs) => Ok(One::Passed),
            None if refused => Ok(One::Passed),
            _ => Err(fault),
        }
    }

    fn raises_as(&self, user: &UserId, protocol: &Protocol) -> Option<RaiserRole> {
        let directory = self.directory();
        let mut roles = directory.raiser_roles(user).iter();
        roles
            .find(|role| protocol.raised_by.contains(role))
            .cloned()
    }

    fn roles_for(
        &self,
        user: &UserId,
        team: &TeamId,
        protocol: &Protocol,
    ) -> std::collections::BTreeSet<crate::ids::RoleId> {
        self.directory().roles_of(team, user, protocol)
    }
}

fn is_refusal(fault: &DeskError) -> bool {
    matches!(
        fault,
        DeskError::Refused(..)
            | DeskError::ReviewRefused(..)
            | DeskError::NoticeRefused(..)
            | DeskError::TasksRefused(..)
    )
}

/// What is wrong with whom it would go to, where that is why it was refused.
#[must_use]
pub fn fault_at_field(fault: &DeskError) -> Option<&FieldFault> {
    match fault {
        DeskError::Refused(Refusal::Field { fault, .. }, _)
        | DeskError::ReviewRefused(review::Refusal::Field { fault, .. }, _)
        | DeskError::NoticeRefused(notice::Refusal::Field { fault, .. }, _)
        | DeskError::TasksRefused(tasks::Refusal::Field { fault, .. }, _) => Some(fault),
        _ => None,
    }
}

/// The raiser role in which somebody would hold a concern: one that raises about whom it is about, else any that raises under its
/// protocol.
fn role_to_hold_in(case: &Case, held: &[RaiserRole]) -> Option<RaiserRole> {
    let protocol = &*case.protocol;
    let raises = |role: &&RaiserRole| protocol.raised_by.contains(role);
    let of_subject = |role: &&RaiserRole| {
        let route = protocol.route(&case.concern.raised.route);
        let subject = case.concern.raised.subject;
        route
            .zip(subject)
            .is_some_and(|(route, subject)| protocol.subjects_for(role, route).contains(&subject))
    };
    let mut fit = held.iter().filter(raises);
    let first = fit.clone().next();
    fit.find(of_subject).or(first).cloned()
}
