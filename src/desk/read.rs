//! Reading: what a person who may read it sees of a concern.

use tracing::error;

use super::cases::{self, Case};
use super::{Desk, DeskError};
use crate::concern::{Recorded, Standing};
use crate::ids::{ConcernId, UserId};
use crate::store::Tx;
use crate::store::concerns::{Find, Which};
use crate::store::events::Unsealed;

/// How many concerns are looked through for one list.
const MOST_IN_A_LIST: usize = 20_000;
const PAGE: u32 = 500;

/// A concern as one who may read it sees it, whole.
#[derive(Clone, Debug)]
pub struct Look {
    /// The concern.
    pub case: Case,
    /// What happened, in order.
    pub history: Vec<Recorded>,
    /// What people wrote; `None` where it has been erased.
    pub texts: Option<Vec<Unsealed>>,
    /// Who the reader is to it.
    pub standing: Standing,
}

/// A concern in a list, with who the reader is to it.
#[derive(Clone, Debug)]
pub struct Line {
    /// The concern.
    pub case: Case,
    /// Who the reader is to it.
    pub standing: Standing,
}

impl Desk {
    /// A concern as it stands, for the program's own use: whoever is shown it has been authorised elsewhere.
    ///
    /// # Errors
    /// The record cannot be read, or the store's.
    pub async fn case(&self, id: ConcernId) -> Result<Option<Case>, DeskError> {
        let mut tx = self.store().read().await?;
        self.load(&mut tx, id).await
    }

    /// A concern with its history and texts, for somebody who may read it.
    ///
    /// # Errors
    /// [`DeskError::NotFound`] where there is none, or it is not theirs to read.
    pub async fn look(&self, user: &UserId, id: ConcernId) -> Result<Look, DeskError> {
        let mut tx = self.store().read().await?;
        let case = self.load(&mut tx, id).await?.ok_or(DeskError::NotFound)?;
        let standing = self.standing(user, &case);
        let calendar = self.calendar();
        let rules = case.rules(&calendar, self.hours())?;
        if !crate::access::may_read(&rules, &case.concern, &standing) {
            return Err(DeskError::NotFound);
        }
        let history = tx
            .load(id.0, 0)
            .await?
            .iter()
            .map(|event| cases::recorded(id, event))
            .collect::<Result<_, _>>()?;
        let texts = tx.texts(id.0, None).await?;
        Ok(Look {
            case,
            history,
            texts,
            standing,
        })
    }

    /// A concern's history and texts, for the operator's export.
    ///
    /// # Errors
    /// [`DeskError::NotFound`] where there is none.
    pub async fn whole(&self, id: ConcernId) -> Result<Look, DeskError> {
        let mut tx = self.store().read().await?;
        let case = self.load(&mut tx, id).await?.ok_or(DeskError::NotFound)?;
        let history = tx
            .load(id.0, 0)
            .await?
            .iter()
            .map(|event| cases::recorded(id, event))
            .collect::<Result<_, _>>()?;
        let texts = tx.texts(id.0, None).await?;
        let standing = self.standing(&case.concern.raiser.clone(), &case);
        Ok(Look {
            case,
            history,
            texts,
            standing,
        })
    }

    /// The open concerns somebody may read, the oldest first.
    ///
    /// # Errors
    /// The store's.
    pub async fn readable(&self, user: &UserId) -> Result<Vec<Line>, DeskError> {
        let mut tx = self.store().read().await?;
        let open = self.open(&mut tx, Find::All).await?;
        Ok(self.those_readable(user, open))
    }

    /// The concerns somebody may read, open and closed, the oldest first.
    ///
    /// # Errors
    /// The record cannot be read, or the store's.
    pub async fn readable_ever(&self, user: &UserId) -> Result<Vec<Line>, DeskError> {
        Ok(self.those_readable(user, self.all().await?))
    }

    fn those_readable(&self, user: &UserId, cases: Vec<Case>) -> Vec<Line> {
        let calendar = self.calendar();
        let mut lines = Vec::new();
        for case in cases {
            let standing = self.standing(user, &case);
            let Ok(rules) = case.rules(&calendar, self.hours()) else {
                continue;
            };
            if crate::access::may_read(&rules, &case.concern, &standing) {
                lines.push(Line { case, standing });
            }
        }
        lines
    }

    /// Every concern there is, open and closed, without its texts, the oldest first: for counting.
    ///
    /// # Errors
    /// The record cannot be read, or the store's.
    pub async fn all(&self) -> Result<Vec<Case>, DeskError> {
        let mut tx = self.store().read().await?;
        let mut cases = Vec::new();
        let mut after = 0;
        loop {
            let page = tx.concerns(Find::All, Which::All, after, PAGE).await?;
            let Some(last) = page.last() else {
                return Ok(cases);
            };
            after = last.number;
            for row in page {
                cases.extend(self.load(&mut tx, ConcernId(row.number)).await?);
            }
        }
    }

    /// Open concerns, whole but for their texts, the oldest first; at most `MOST_IN_A_LIST`. One whose record cannot be read does not
    /// take the others with it: it is left out and logged.
    ///
    /// # Errors
    /// The store's.
    pub async fn open(&self, tx: &mut Tx, find: Find<'_>) -> Result<Vec<Case>, DeskError> {
        let mut cases = Vec::new();
        let mut after = 0;
        loop {
            let page = tx.concerns(find, Which::Open, after, PAGE).await?;
            let Some(last) = page.last() else {
                return Ok(cases);
            };
            after = last.number;
            for row in &page {
                if cases.len() == MOST_IN_A_LIST {
                    return Ok(cases);
                }
                match self.case_of(tx, row).await {
                    Ok(case) => cases.push(case),
                    Err(DeskError::Unreadable { subject, why }) => {
                        error!(concern = %subject, why, "a concern is left out of a list: its record cannot be read");
                    }
                    Err(fault) => return Err(fault),
                }
            }
        }
    }
}
