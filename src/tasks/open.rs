//! Opening a list: its first facts.

use chrono::{DateTime, Utc};

use super::decide::{Deciding, Decision};
use super::event::{Fact, Happened, Opened};
use crate::concern::{Actor, Rules};
use crate::ids::TaskListId;
use crate::protocol::{Keeps, TaskOccasion};

/// What a list is opened with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Opening {
    /// Who opens it: a person, or the program itself.
    pub actor: Actor,
    /// What it is.
    pub opened: Opened,
    /// Whether a children's guardian is appointed already.
    pub guardian: bool,
    /// What it begins with besides: the concerns that are open on a case in proceedings (`W-5.2`).
    pub besides: Vec<Happened>,
}

/// Opens a list. `None` where the protocol has no task for it: nothing is opened that nothing would ever stand in.
#[must_use]
pub fn open(
    rules: &Rules<'_>,
    id: TaskListId,
    opening: Opening,
    now: DateTime<Utc>,
) -> Option<Decision> {
    let keeps = opening.opened.keeps;
    rules.protocol.tasks_of(keeps).next()?;
    let concern = opening.opened.concern;
    let first = (Fact::ListOpened(Box::new(opening.opened)), Vec::new());
    let mut deciding = Deciding::begin_as(rules, id, opening.actor, first, now)?;
    let today = rules.day(deciding.now);
    let what = match keeps {
        Keeps::Proceedings => TaskOccasion::Proceedings,
        Keeps::Concern => TaskOccasion::ConcernRaised,
        Keeps::Protocol => TaskOccasion::Protocol,
        Keeps::Team => TaskOccasion::Team,
    };
    deciding.add(Fact::OccasionCame(Happened {
        concern,
        ..Happened::on(what, today)
    }));
    if opening.guardian {
        deciding.today(TaskOccasion::GuardianAppointed);
    }
    for besides in opening.besides {
        deciding.add(Fact::OccasionCame(besides));
    }
    Some(deciding.done())
}
