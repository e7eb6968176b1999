//! Patterns over a period, of the concerns, the reviews and the notices of some teams together (`W-4.1`, `W-4.2`). Never by person.

use chrono::NaiveDate;
use serde::Serialize;

use super::{Desk, DeskError};
use crate::concern::themes::{self, Themes};
use crate::directory::Team;
use crate::ids::TeamId;
use crate::notice::{self, Notice};
use crate::review::{self, Review};
use crate::store::concerns::{Find, Which};

/// What was counted of a period.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Patterns {
    /// Of the concerns raised in it.
    pub concerns: Themes,
    /// Of the reviews held in it.
    pub reviews: review::collation::Collation,
    /// Of the notices sent in it.
    pub notices: notice::collation::Collation,
}

impl Patterns {
    /// The same to leave the service.
    #[must_use]
    pub fn with_small_numbers_hidden(self) -> Self {
        Self {
            concerns: self.concerns.with_small_numbers_hidden(),
            reviews: self.reviews.with_small_numbers_hidden(),
            notices: self.notices.with_small_numbers_hidden(),
        }
    }
}

impl Desk {
    /// Counts what was raised, held and sent in a period, both council-local days included, for these teams.
    ///
    /// # Errors
    /// The store's.
    pub async fn patterns(
        &self,
        teams: &[&Team],
        (from, to): (NaiveDate, NaiveDate),
    ) -> Result<Patterns, DeskError> {
        let calendar = self.calendar();
        let name = |id: &TeamId| {
            let team = teams.iter().find(|team| &team.id == id)?;
            Some(team.name.as_str())
        };
        let cases = self.all().await?;
        let raised = cases.iter().filter_map(|case| {
            Some(themes::Entry {
                concern: &case.concern,
                protocol: &case.protocol,
                team: name(&case.concern.raised.team)?,
                raised: calendar.local_date(case.concern.raised_at),
            })
        });
        let concerns = themes::themes(raised, from, to);
        let reviews = self.list_of::<Review>(Find::All, Which::All).await?;
        let held = reviews.iter().filter_map(|case| {
            Some(review::collation::Entry {
                review: &case.record,
                protocol: &case.protocol,
                team: name(&case.record.held.team)?,
            })
        });
        let reviews = review::collation::collate(held, from, to);
        let notices = self.list_of::<Notice>(Find::All, Which::All).await?;
        let sent = notices.iter().filter_map(|case| {
            Some(notice::collation::Entry {
                notice: &case.record,
                team: name(&case.record.sent.team)?,
                sent: calendar.local_date(case.record.sent_at),
            })
        });
        Ok(Patterns {
            concerns,
            reviews,
            notices: notice::collation::collate(sent, from, to),
        })
    }
}
