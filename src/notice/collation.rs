//! How much good practice was told of, and how many general concerns (`B-3.2.d`: equally important; `S-scope`: celebrated). Never by
//! person.

use chrono::NaiveDate;
use indexmap::IndexMap;
use serde::Serialize;

use super::event::Sort;
use super::state::Notice;
use crate::concern::themes::{Counted, Number, count, counted, hide};

/// What was counted of the notices sent in a period.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Collation {
    /// Good practice: all of it.
    pub praise: Number,
    /// Good practice by team.
    pub praise_teams: Vec<Counted>,
    /// General concerns about a service: all of them.
    pub service: Number,
    /// General concerns by team.
    pub service_teams: Vec<Counted>,
    /// General concerns by where they stand: `closed`, `outcome` where one was recorded, else `open`.
    pub service_stand: Vec<Counted>,
}

/// A notice as it is counted.
#[derive(Clone, Copy, Debug)]
pub struct Entry<'a> {
    /// The notice.
    pub notice: &'a Notice,
    /// Its team's name.
    pub team: &'a str,
    /// The council-local day on which it was sent.
    pub sent: NaiveDate,
}

/// Counts the notices that were sent in a period, both days included.
pub fn collate<'a>(
    entries: impl Iterator<Item = Entry<'a>>,
    from: NaiveDate,
    to: NaiveDate,
) -> Collation {
    let (mut praise, mut service) = (0, 0);
    let [mut praise_teams, mut service_teams, mut service_stand] =
        std::array::from_fn(|_| IndexMap::new());
    for entry in entries.filter(|entry| entry.sent >= from && entry.sent <= to) {
        match entry.notice.sent.sort {
            Sort::Praise => {
                praise += 1;
                count(&mut praise_teams, entry.team);
            }
            Sort::Service => {
                service += 1;
                count(&mut service_teams, entry.team);
                let stand = match entry.notice {
                    notice if notice.closed.is_some() => "closed",
                    notice if !notice.outcomes.is_empty() => "outcome",
                    _ => "open",
                };
                count(&mut service_stand, stand);
            }
            Sort::Change => {}
        }
    }
    Collation {
        praise: Number::from(praise),
        praise_teams: counted(praise_teams),
        service: Number::from(service),
        service_teams: counted(service_teams),
        service_stand: counted(service_stand),
    }
}

impl Collation {
    /// The same to leave the service, as [`crate::concern::themes::Themes::with_small_numbers_hidden`].
    #[must_use]
    pub fn with_small_numbers_hidden(mut self) -> Self {
        for list in [
            &mut self.praise_teams,
            &mut self.service_teams,
            &mut self.service_stand,
        ] {
            hide(list.iter_mut().map(|counted| &mut counted.number));
        }
        hide([&mut self.praise]);
        hide([&mut self.service]);
        self
    }
}
