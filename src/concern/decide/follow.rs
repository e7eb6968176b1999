//! What those say who follow up what they directed: done, not done, or by a later day (`M-S3`).

use chrono::NaiveDate;

use super::{Deciding, given};
use crate::concern::command::{FieldFault, Refusal, Standing};
use crate::concern::event::{Fact, Field};
use crate::concern::follow::{Progress, is_reportable};
use crate::concern::rules::LATEST_EXTENSION;
use crate::ids::Text;

impl Deciding<'_> {
    /// Takes what one of those who answered says of what they directed. Whether it is enough stays the raiser's to judge.
    pub(super) fn report(
        &mut self,
        who: &Standing,
        number: Option<u32>,
        (progress, until): (Progress, Option<NaiveDate>),
        account: Option<Text>,
    ) -> Result<(), Refusal> {
        let (visit, _) = self.pressed(who, number)?;
        let number = visit.number;
        if !self.is_present(number) || !is_reportable(self.rules, &self.concern) {
            return Err(Refusal::OutOfDate);
        }
        if visit.reported == Some(Progress::Done) || visit.reported == Some(progress) {
            return Err(Refusal::DoneAlready);
        }
        let refused = |block, fault| Err(Refusal::Field { block, fault });
        let target = match (progress, until) {
            (Progress::MoreTime, Some(until)) => Some(until),
            (Progress::MoreTime, None) => return refused("until", FieldFault::Missing),
            (Progress::Done | Progress::NotDone, _) => None,
        };
        if let (Some(until), Some((promised, _))) = (target, visit.target) {
            let from = promised.max(self.today());
            if until <= from {
                return refused("until", FieldFault::NotAfter(from));
            }
            let latest = self.rules.due(from, LATEST_EXTENSION).date;
            if until > latest {
                return refused("until", FieldFault::After(latest));
            }
        }
        if progress != Progress::Done && account.is_none() {
            return refused("reason", FieldFault::Missing);
        }
        let field = match progress {
            Progress::Done => Field::Outcome,
            Progress::NotDone | Progress::MoreTime => Field::Reason,
        };
        let fact = Fact::Reported {
            visit: number,
            progress,
            target,
        };
        self.add_with(fact, given([(field, account)]));
        Ok(())
    }
}
