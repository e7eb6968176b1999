//! Reading: what the program, and what somebody who may read it, sees of a record.

use super::{AtDesk, KeptCase, KeptLook};
use crate::concern::Standing;
use crate::desk::post::EDITS_AFTER;
use crate::desk::{Desk, DeskError, Whose};
use crate::ids::{Subject, UserId};
use crate::record::Kept;
use crate::store::Tx;
use crate::store::concerns::{Find, Which};

use super::keep::recorded;

/// How many records are read at once.
const PAGE: u32 = 200;
/// How many records are looked through for one list.
const MOST_IN_A_LIST: usize = 20_000;

impl Desk {
    /// A record as it stands, for the program's own use: whoever is shown it has been authorised elsewhere.
    ///
    /// # Errors
    /// The record cannot be read, or the store's.
    pub async fn kept<K: AtDesk>(&self, id: K::Id) -> Result<Option<KeptCase<K>>, DeskError> {
        let mut tx = self.store().read().await?;
        self.load_kept(&mut tx, id).await
    }

    /// A record with its history and texts, for somebody who may read it.
    ///
    /// # Errors
    /// [`DeskError::NotFound`] where there is none, or it is not theirs to read.
    pub async fn look_at<K: AtDesk>(
        &self,
        user: &UserId,
        id: K::Id,
    ) -> Result<KeptLook<K>, DeskError> {
        let mut tx = self.store().read().await?;
        let look = self.kept_whole(&mut tx, id, |case| self.standing_of(user, case));
        let look: KeptLook<K> = look.await?;
        let calendar = self.calendar();
        let rules = look.case.rules(&calendar, self.hours())?;
        if look.case.record.may_read(&rules, &look.standing) {
            Ok(look)
        } else {
            Err(DeskError::NotFound)
        }
    }

    /// A record's history and texts, for the operator's export.
    ///
    /// # Errors
    /// [`DeskError::NotFound`] where there is none.
    pub async fn whole_of<K: AtDesk>(&self, id: K::Id) -> Result<KeptLook<K>, DeskError> {
        let mut tx = self.store().read().await?;
        self.kept_whole(&mut tx, id, |case: &KeptCase<K>| {
            self.standing_of(case.record.head().whose, case)
        })
        .await
    }

    async fn kept_whole<K: AtDesk>(
        &self,
        tx: &mut Tx,
        id: K::Id,
        standing: impl FnOnce(&KeptCase<K>) -> Standing + Send,
    ) -> Result<KeptLook<K>, DeskError> {
        let case = self.load_kept(tx, id).await?.ok_or(DeskError::NotFound)?;
        let history = tx.load(id, 0).await?;
        Ok(KeptLook {
            standing: standing(&case),
            history: history
                .iter()
                .map(|event| recorded::<K>(id, event))
                .collect::<Result<_, _>>()?,
            texts: tx.texts(id, None).await?,
            case,
        })
    }

    /// Records of a sort, whole but for their texts, in the order they were recorded. One that cannot be read does not take the
    /// others with it: it is left out and logged.
    ///
    /// # Errors
    /// The store's.
    pub async fn list_of<K: AtDesk>(
        &self,
        find: Find<'_>,
        which: Which,
    ) -> Result<Vec<KeptCase<K>>, DeskError> {
        let mut tx = self.store().read().await?;
        self.list_in(&mut tx, find, which).await
    }

    /// The open records of a sort, in the caller's unit of work.
    ///
    /// # Errors
    /// The store's.
    pub(in crate::desk) async fn all_open_of<K: AtDesk>(
        &self,
        tx: &mut Tx,
    ) -> Result<Vec<KeptCase<K>>, DeskError> {
        self.list_in(tx, Find::All, Which::Open).await
    }

    async fn list_in<K: AtDesk>(
        &self,
        tx: &mut Tx,
        find: Find<'_>,
        which: Which,
    ) -> Result<Vec<KeptCase<K>>, DeskError> {
        let mut cases = Vec::new();
        let mut after = 0;
        loop {
            let page = tx.records::<K::Id>(find, which, after, PAGE).await?;
            let Some(last) = page.last() else {
                return Ok(cases);
            };
            after = last.subject.number();
            for row in &page {
                if cases.len() == MOST_IN_A_LIST {
                    return Ok(cases);
                }
                match self.kept_of(tx, row).await {
                    Ok(case) => cases.push(case),
                    Err(DeskError::Unreadable { subject, why }) => {
                        tracing::error!(%subject, why, "a record is left out of a list: it cannot be read");
                    }
                    Err(fault) => return Err(fault),
                }
            }
        }
    }

    /// The open records of a sort that somebody may read, the oldest first, with who they are to each.
    ///
    /// # Errors
    /// The store's.
    pub async fn readable_of<K: AtDesk>(
        &self,
        user: &UserId,
    ) -> Result<Vec<(KeptCase<K>, Standing)>, DeskError> {
        let calendar = self.calendar();
        let mut found = Vec::new();
        for case in self.list_of::<K>(Find::All, Which::Open).await? {
            let standing = self.standing_of(user, &case);
            let Ok(rules) = case.rules(&calendar, self.hours()) else {
                continue;
            };
            if case.record.may_read(&rules, &standing) {
                found.push((case, standing));
            }
        }
        Ok(found)
    }

    /// Who a person is to a record now, cover counted in.
    #[must_use]
    pub fn standing_of<K: Kept>(&self, user: &UserId, case: &KeptCase<K>) -> Standing {
        self.standing_to(user, &Whose::of_kept(case))
    }

    /// Brings a record's messages up to date.
    ///
    /// # Errors
    /// The store's.
    pub async fn refresh_kept(&self, id: impl Into<Subject>) -> Result<(), DeskError> {
        let mut tx = self.store().begin().await?;
        tx.want_edits_of(id, EDITS_AFTER, self.now()).await?;
        tx.commit().await?;
        self.tell_courier();
        Ok(())
    }
}
