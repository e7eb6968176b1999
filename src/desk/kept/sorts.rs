//! Where the sorts of record are told apart: a new one is named here.

use std::sync::Arc;

use super::{AtDesk, KeptCase};
use crate::desk::{Case, Desk, DeskError, fell};
use crate::ids::{ConcernId, Subject, TeamId, UserId};
use crate::notice::{self, Notice};
use crate::protocol::Protocol;
use crate::record::Kept;
use crate::review::{self, Review};
use crate::store::Tx;
use crate::tasks::TaskList;

impl Desk {
    /// Whose a record is, whatever its sort; `None` where there is no such.
    ///
    /// # Errors
    /// The record cannot be read, or the store's.
    pub async fn belongs(&self, subject: Subject) -> Result<Option<Belongs>, DeskError> {
        Ok(match subject {
            Subject::Concern(id) => self.case(id).await?.map(Into::into),
            Subject::Notice(id) => self.kept::<Notice>(id).await?.map(Into::into),
            Subject::Review(id) => self.kept::<Review>(id).await?.map(Into::into),
            Subject::Tasks(id) => self.kept::<TaskList>(id).await?.map(Into::into),
        })
    }

    /// A deadline fell, within a unit of work that the caller commits. Gives whether anything followed.
    ///
    /// # Errors
    /// The record cannot be read, or the store's.
    pub async fn fell(&self, tx: &mut Tx, subject: Subject, key: &str) -> Result<bool, DeskError> {
        match subject {
            Subject::Concern(id) => self.by_itself(tx, id, fell(key)).await,
            Subject::Notice(id) => self.kept_fell::<Notice>(tx, id, key).await,
            Subject::Review(id) => self.kept_fell::<Review>(tx, id, key).await,
            Subject::Tasks(id) => self.kept_fell::<TaskList>(tx, id, key).await,
        }
    }

    /// Notes with a record that a concern was raised from it.
    ///
    /// # Errors
    /// Not theirs, or the store's.
    pub async fn raised_from(
        &self,
        user: &UserId,
        from: Subject,
        concern: ConcernId,
    ) -> Result<(), DeskError> {
        match from {
            // A concern is raised from no other, and from no list of tasks.
            Subject::Concern(_) | Subject::Tasks(_) => Err(DeskError::NotFound),
            Subject::Notice(id) => {
                let command = notice::Command::ConcernRaised { concern };
                self.act_on::<Notice>(user, id, command, None)
                    .await
                    .map(drop)
            }
            Subject::Review(id) => {
                let command = review::Command::ConcernRaised { concern };
                self.act_on::<Review>(user, id, command, None)
                    .await
                    .map(drop)
            }
        }
    }

    /// As [`Desk::recalculate`], for every sort.
    ///
    /// # Errors
    /// A record cannot be read, or the store's.
    pub async fn recalculate_kept(&self) -> Result<usize, DeskError> {
        let lists = self.recalculate::<TaskList>().await?;
        Ok(self.recalculate::<Review>().await? + self.recalculate::<Notice>().await? + lists)
    }

    async fn kept_fell<K: AtDesk>(
        &self,
        tx: &mut Tx,
        id: K::Id,
        key: &str,
    ) -> Result<bool, DeskError> {
        let command = K::fell(key.to_owned());
        self.kept_by_itself::<K>(tx, id, command).await
    }
}

/// Whose a record is, whatever its sort.
#[derive(Clone, Debug)]
pub struct Belongs {
    /// The team.
    pub team: TeamId,
    /// The raiser, the officer, or the sender.
    pub whose: UserId,
    /// The protocol.
    pub protocol: Arc<Protocol>,
}

impl<K: Kept> From<KeptCase<K>> for Belongs {
    fn from(case: KeptCase<K>) -> Self {
        let head = case.record.head();
        Self {
            team: head.team.clone(),
            whose: head.whose.clone(),
            protocol: case.protocol,
        }
    }
}

impl From<Case> for Belongs {
    fn from(case: Case) -> Self {
        Self {
            team: case.concern.raised.team,
            whose: case.concern.raiser,
            protocol: case.protocol,
        }
    }
}
