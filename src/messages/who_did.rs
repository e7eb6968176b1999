//! Who did what a line of a record's history tells, for whom, and who has the record now.

use serde::Serialize;

use crate::concern::Actor;
use crate::ids::UserId;
use crate::record::Recorded;

/// Who did what is told, of a record of whatever sort kept beside the concerns.
#[derive(Debug, Serialize)]
pub(super) struct WhoDid<'a> {
    /// The person; none where the program did it by itself.
    pub(super) by: Option<&'a UserId>,
    /// For whom, where they could only as that person's cover.
    pub(super) on_behalf_of: Option<&'a UserId>,
    /// Who has it now.
    pub(super) to: Option<&'a UserId>,
}

impl<'a> WhoDid<'a> {
    pub(super) fn of<F>(recorded: &'a Recorded<F>) -> Self {
        Self {
            by: match &recorded.actor {
                Actor::Person(user) => Some(user),
                Actor::Lodestar => None,
            },
            on_behalf_of: recorded.on_behalf_of.as_ref(),
            to: None,
        }
    }

    /// Says that another officer has it now, and what that is called in the templates.
    pub(super) fn handed_over(&mut self, to: &'a UserId) -> &'static str {
        self.to = Some(to);
        "officer_changed"
    }
}
