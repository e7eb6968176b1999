//! Reviews at the desk.

use chrono::{DateTime, Utc};

use super::kept::{AtDesk, KeptCase, KeptDone, KeptLook};
use super::{Desk, DeskError};
use crate::ids::{ClockId, ReviewId, UserId};
use crate::protocol::Sitting;
use crate::review::{self, Command, Field, Reads, Record, Refusal, Review};
use crate::store::Tx;

/// A review with the protocol it was recorded under: everything but its texts.
pub type ReviewCase = KeptCase<Review>;
/// What came of a request about a review.
pub type ReviewDone = KeptDone<Review>;

impl AtDesk for Review {
    fn refused(refusal: Refusal, case: Option<Box<ReviewCase>>) -> DeskError {
        DeskError::ReviewRefused(refusal, case)
    }

    async fn written(
        desk: &Desk,
        tx: &mut Tx,
        case: &ReviewCase,
        before: i64,
    ) -> Result<(), DeskError> {
        if before == 0 && case.record.held.sitting == Sitting::Review {
            desk.reviewed_in_proceedings(tx, &case.record).await?;
        }
        Ok(())
    }
}

/// What an officer says of a review.
#[derive(Clone, Debug)]
pub struct ReviewRequest {
    /// The officer.
    pub user: UserId,
    /// What they say. Its `protocol_hash` is filled in here.
    pub record: Record,
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
        let ReviewRequest { user, mut record } = request;
        let team = record.team.clone();
        let now = self.now();
        self.begin_record((&user, &team), once, move |rules, id, officer, hash| {
            hash.clone_into(&mut record.protocol_hash);
            review::record(rules, id, officer, record, now)
        })
        .await
    }

    /// The platform took a notice at a destination. What reached only the officer of the review, because nobody holds the
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
        let case: Option<ReviewCase> = self.load_kept(tx, id).await?;
        if case.is_some_and(|case| case.record.officer == *dest) {
            return Ok(false);
        }
        self.kept_by_itself::<Review>(tx, id, Command::Delivered { clock, at })
            .await
    }

    /// A review with the texts that somebody may read, and how much of it that is.
    ///
    /// # Errors
    /// [`DeskError::NotFound`] where there is none, or it is not theirs to read.
    pub async fn look_at_review(
        &self,
        user: &UserId,
        id: ReviewId,
    ) -> Result<(KeptLook<Review>, Reads), DeskError> {
        let mut look = self.look_at::<Review>(user, id).await?;
        let calendar = self.calendar();
        let rules = look.case.rules(&calendar, self.hours())?;
        let reads = review::reads(&rules, &look.case.record, &look.standing);
        if let (Reads::Objection, Some(texts)) = (reads, &mut look.texts) {
            let shown = [Field::Objection, Field::Outcome];
            texts.retain(|text| shown.iter().any(|field| field.as_str() == text.field));
        }
        Ok((look, reads))
    }
}
