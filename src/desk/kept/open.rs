//! The open records of every sort together, and what each waits for: for lists, homes and digests.

use chrono::{DateTime, Utc};

use super::{AtDesk, KeptCase};
use crate::calendar::Calendar;
use crate::concern::{Hours, Rules, Standing};
use crate::desk::{Desk, DeskError, Whose};
use crate::ids::{ConcernId, Subject, UserId};
use crate::notice::{Notice, Sort};
use crate::protocol::{Keeps, Protocol, Sitting};
use crate::record::{Kept, Waiting};
use crate::review::Review;
use crate::store::concerns::{Find, Which};
use crate::tasks::TaskList;

/// A record of any sort with its protocol: everything but its texts.
#[derive(Clone, Debug)]
pub enum AnyCase {
    /// A notice.
    Notice(KeptCase<Notice>),
    /// A review.
    Review(KeptCase<Review>),
    /// A list of tasks.
    Tasks(KeptCase<TaskList>),
}

/// What a record is to somebody, for the list it stands in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
    /// Something in it waits for them.
    Waits,
    /// It is theirs, or of one they cover for, and waits for others.
    Theirs,
    /// They see it as the manager of the IRO service.
    Manages,
}

/// What an open record waits for, in somebody's list.
#[derive(Clone, Debug)]
pub struct Listed<'c> {
    /// The record.
    pub case: &'c AnyCase,
    /// What it waits for.
    pub waiting: Waiting,
    /// What it is to them.
    pub part: Part,
    /// Whether they are to hand it over, since whose it is has left.
    pub left: bool,
}

/// Does the same with a record of whatever sort.
macro_rules! of_any {
    ($any:expr, $case:ident => $does:expr) => {
        match $any {
            AnyCase::Notice($case) => $does,
            AnyCase::Review($case) => $does,
            AnyCase::Tasks($case) => $does,
        }
    };
}

impl AnyCase {
    /// Its reference.
    #[must_use]
    pub fn subject(&self) -> Subject {
        of_any!(self, case => case.record.head().id.into())
    }

    /// What it is, as templates tell it apart: `review`; of a notice its sort, of a list what it is kept for.
    #[must_use]
    pub fn what(&self) -> &'static str {
        match self {
            Self::Review(case) if case.record.held.sitting == Sitting::Midway => "midway",
            Self::Review(_) => "review",
            Self::Notice(case) => case.record.head().mark,
            Self::Tasks(case) => case.record.head().mark,
        }
    }

    /// Whose it is now.
    #[must_use]
    pub fn whose(&self) -> &UserId {
        of_any!(self, case => case.record.head().whose)
    }

    /// Whether it is a reviewing officer's, who may hand it over by itself; a concern's own list goes with the concern.
    #[must_use]
    pub fn goes_by_itself(&self) -> bool {
        match self {
            Self::Review(_) => true,
            Self::Notice(case) => case.record.sent.sort == Sort::Change,
            Self::Tasks(case) => case.record.opened.keeps == Keeps::Proceedings,
        }
    }

    /// Its protocol.
    #[must_use]
    pub fn protocol(&self) -> &Protocol {
        of_any!(self, case => &case.protocol)
    }

    /// The case's pseudonym; empty where it is about no one case.
    #[must_use]
    pub fn case_ref(&self) -> &str {
        of_any!(self, case => case.record.head().case_ref).map_or("", |case| case.as_str())
    }

    /// The team's id.
    #[must_use]
    pub fn team(&self) -> &crate::ids::TeamId {
        of_any!(self, case => case.record.head().team)
    }

    /// When its last fact was recorded.
    #[must_use]
    pub fn changed_at(&self) -> DateTime<Utc> {
        of_any!(self, case => case.record.head().changed_at)
    }

    /// When it was recorded.
    #[must_use]
    pub fn recorded_at(&self) -> DateTime<Utc> {
        of_any!(self, case => case.record.head().recorded_at)
    }

    /// Whether anything is left to do.
    #[must_use]
    pub fn is_open(&self) -> bool {
        of_any!(self, case => case.record.head().open)
    }

    /// Whether it belongs to a concern: kept for it, or the concern was raised from it, or it asks something because of it.
    #[must_use]
    pub fn is_beside(&self, concern: ConcernId) -> bool {
        match self {
            Self::Notice(case) => case.record.concerns.contains(&concern),
            Self::Review(case) => case.record.concerns.contains(&concern),
            Self::Tasks(case) => {
                let list = &case.record;
                list.opened.concern == Some(concern)
                    || (list.came.iter()).any(|came| came.happened.concern == Some(concern))
            }
        }
    }

    /// The rules it is under.
    ///
    /// # Errors
    /// Its protocol has no ladder.
    pub fn rules<'a>(
        &'a self,
        calendar: &'a Calendar,
        hours: Hours,
    ) -> Result<Rules<'a>, DeskError> {
        of_any!(self, case => case.rules(calendar, hours))
    }

    /// What it waits for now.
    #[must_use]
    pub fn waits(&self, rules: &Rules<'_>, now: DateTime<Utc>) -> Vec<Waiting> {
        of_any!(self, case => case.record.waits(rules, now))
    }

    /// Whether somebody may read anything of it.
    fn may_read(&self, rules: &Rules<'_>, who: &Standing) -> bool {
        of_any!(self, case => case.record.may_read(rules, who))
    }

    fn is_of(&self, who: &Standing) -> bool {
        of_any!(self, case => case.record.is_of(who))
    }

    fn standing(&self, desk: &Desk, user: &UserId) -> Standing {
        of_any!(self, case => desk.standing_to(user, &Whose::of_kept(case)))
    }
}

impl Desk {
    /// The records of every sort, whole but for their texts: reviews, then lists of tasks, then notices, each the oldest first.
    ///
    /// # Errors
    /// The store's.
    pub async fn records_of_any(
        &self,
        find: Find<'_>,
        which: Which,
    ) -> Result<Vec<AnyCase>, DeskError> {
        async fn all<K: AtDesk>(
            desk: &Desk,
            (find, which): (Find<'_>, Which),
            of: impl Fn(KeptCase<K>) -> AnyCase,
        ) -> Result<Vec<AnyCase>, DeskError> {
            let found = desk.list_of::<K>(find, which).await?;
            Ok(found.into_iter().map(of).collect())
        }
        let wanted = (find, which);
        let mut found = all(self, wanted, AnyCase::Review).await?;
        found.extend(all(self, wanted, AnyCase::Tasks).await?);
        found.extend(all(self, wanted, AnyCase::Notice).await?);
        Ok(found)
    }

    /// What stands in somebody's lists of these records: what waits for them, what is theirs and waits for others, and to the manager of
    /// the IRO service everything else. Whoever may read a record but has no part in it has it in no list, and nobody has what they may
    /// not read.
    #[must_use]
    pub fn listed_for<'c>(&self, user: &UserId, records: &'c [AnyCase]) -> Vec<Listed<'c>> {
        let (calendar, hours, now) = (self.calendar(), self.hours(), self.now());
        let mut listed = Vec::new();
        for case in records {
            let who = case.standing(self, user);
            let Ok(rules) = case.rules(&calendar, hours) else {
                continue;
            };
            if !case.may_read(&rules, &who) {
                continue;
            }
            let left = who.is_iro_manager() && self.officer_has_left(case);
            for waiting in case.waits(&rules, now) {
                let part = if waiting.is_for(case.whose(), &who) {
                    Part::Waits
                } else if case.is_of(&who) {
                    Part::Theirs
                } else if who.is_iro_manager() {
                    Part::Manages
                } else {
                    continue;
                };
                let one = Listed {
                    case,
                    waiting,
                    part,
                    left,
                };
                listed.push(one);
            }
        }
        listed.sort_by_key(|one| (one.part, one.waiting.at(), one.case.subject()));
        listed
    }
}
