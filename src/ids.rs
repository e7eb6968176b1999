//! The names things go by. Each is parsed once at the door and is then what it says.

use std::borrow::Borrow;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

macro_rules! name {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// The name as text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl From<&str> for $name {
            fn from(text: &str) -> Self {
                Self(text.to_owned())
            }
        }

        impl From<String> for $name {
            fn from(text: String) -> Self {
                Self(text)
            }
        }

        impl Borrow<str> for $name {
            fn borrow(&self) -> &str {
                &self.0
            }
        }

        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }

        impl PartialEq<str> for $name {
            fn eq(&self, other: &str) -> bool {
                self.0 == other
            }
        }

        impl PartialEq<&str> for $name {
            fn eq(&self, other: &&str) -> bool {
                self.0 == *other
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

name! {
    /// A protocol's id, such as `manchester`.
    ProtocolId
}
name! {
    /// A role of a protocol, such as `team_manager`.
    RoleId
}
name! {
    /// A step of a protocol, such as `m-1`. Unique within its route.
    StepId
}
name! {
    /// A route through a protocol: `lac` and `cp` in source 003, `main` where a protocol has one ladder.
    RouteId
}
name! {
    /// The role in which a person raises: `iro`, `cp_chair`, `foster_iro`.
    RaiserRole
}
name! {
    /// A team of the council's file, such as `north`.
    TeamId
}
name! {
    /// A person, by their id on the messaging platform, such as `U0IRO1`.
    UserId
}
name! {
    /// The case system's pseudonymous reference, already checked against the council's pattern. Never a name, never a date.
    CaseRef
}

/// A concern's reference: `C-` and a number, counted from 1 without gaps.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ConcernId(pub i64);

impl Reference for ConcernId {
    const SORT: &'static str = "concern";
}

impl From<i64> for ConcernId {
    fn from(number: i64) -> Self {
        Self(number)
    }
}

impl fmt::Display for ConcernId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "C-{}", self.0)
    }
}

/// What was typed is not a concern's reference.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("A concern's reference is C- and a number, for example C-42.")]
pub struct NotAReference;

impl FromStr for ConcernId {
    type Err = NotAReference;

    /// Reads `C-42`, `c-42` and plain `42`: people type on phones.
    fn from_str(text: &str) -> Result<Self, NotAReference> {
        let text = text.trim();
        let digits = text
            .strip_prefix("C-")
            .or_else(|| text.strip_prefix("c-"))
            .unwrap_or(text);
        if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
            return Err(NotAReference);
        }
        match digits.parse() {
            Ok(number) if number > 0 => Ok(Self(number)),
            _ => Err(NotAReference),
        }
    }
}

name! {
    /// A clock that a review starts, such as `objection`.
    ClockId
}

/// A reference: a sort's letter and a number, counted from 1 without gaps. Each sort of record has numbers of its own.
pub trait Reference: Copy + Eq + fmt::Display + FromStr + From<i64> + Into<Subject> {
    /// The sort, as the record names it.
    const SORT: &'static str;
}

macro_rules! reference {
    ($(#[$doc:meta])* $name:ident, $letter:literal, $sort:literal, $(#[$not_doc:meta])* $not:ident, $mend:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub i64);

        impl Reference for $name {
            const SORT: &'static str = $sort;
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!($letter, "-{}"), self.0)
            }
        }

        impl From<i64> for $name {
            fn from(number: i64) -> Self {
                Self(number)
            }
        }

        $(#[$not_doc])*
        #[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
        #[error($mend)]
        pub struct $not;

        impl FromStr for $name {
            type Err = $not;

            /// Reads it with its letter, large or small, and no bare number: that is a concern's.
            fn from_str(text: &str) -> Result<Self, $not> {
                number_after($letter, text).map(Self).ok_or($not)
            }
        }
    };
}

/// The number of a reference that begins with a letter, large or small, and a dash.
fn number_after(letter: &str, text: &str) -> Option<i64> {
    let (found, digits) = text.trim().split_once('-')?;
    let plain = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
    let number = digits.parse().ok().filter(|number| *number > 0)?;
    (plain && found.eq_ignore_ascii_case(letter)).then_some(number)
}

reference! {
    /// A review's reference: `R-` and a number.
    ReviewId, "R", "review",
    /// What was typed is not a review's reference.
    NotAReview, "A review's reference is R- and a number, for example R-7."
}
reference! {
    /// A notice's reference: `N-` and a number.
    NoticeId, "N", "notice",
    /// What was typed is not a notice's reference.
    NotANotice, "A notice's reference is N- and a number, for example N-7."
}

reference! {
    /// A task list's reference: `T-` and a number.
    TaskListId, "T", "tasks",
    /// What was typed is not a task list's reference.
    NotATaskList, "A task list's reference is T- and a number, for example T-7."
}

name! {
    /// One task of a list: its rule's id and which time it is asked, such as `review-records/2`.
    TaskKey
}

impl TaskKey {
    /// The key of a rule's task, counted from 1.
    #[must_use]
    pub fn of(rule: &str, nth: usize) -> Self {
        Self(format!("{rule}/{nth}"))
    }

    /// Its rule's id.
    #[must_use]
    pub fn rule(&self) -> &str {
        self.0
            .rsplit_once('/')
            .map_or(self.0.as_str(), |(rule, _)| rule)
    }

    /// Which time it is asked; 0 where that cannot be told.
    #[must_use]
    pub fn nth(&self) -> usize {
        let nth = self.0.rsplit_once('/').map(|(_, nth)| nth.parse());
        nth.and_then(Result::ok).unwrap_or(0)
    }
}

/// What a record is about. In the order of the sorts' names, which is that of the record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Subject {
    /// A concern.
    Concern(ConcernId),
    /// A notice.
    Notice(NoticeId),
    /// A review.
    Review(ReviewId),
    /// A list of tasks.
    Tasks(TaskListId),
}

impl Subject {
    /// Its sort, as the record names it.
    #[must_use]
    pub fn sort(self) -> &'static str {
        match self {
            Self::Concern(_) => ConcernId::SORT,
            Self::Notice(_) => NoticeId::SORT,
            Self::Review(_) => ReviewId::SORT,
            Self::Tasks(_) => TaskListId::SORT,
        }
    }

    /// Its number among those of its sort.
    #[must_use]
    pub fn number(self) -> i64 {
        match self {
            Self::Concern(ConcernId(number))
            | Self::Notice(NoticeId(number))
            | Self::Review(ReviewId(number))
            | Self::Tasks(TaskListId(number)) => number,
        }
    }

    /// The subject of a sort and a number; `None` for a sort that there is not.
    #[must_use]
    pub fn read(sort: &str, number: i64) -> Option<Self> {
        match sort {
            ConcernId::SORT => Some(Self::Concern(ConcernId(number))),
            NoticeId::SORT => Some(Self::Notice(NoticeId(number))),
            ReviewId::SORT => Some(Self::Review(ReviewId(number))),
            TaskListId::SORT => Some(Self::Tasks(TaskListId(number))),
            _ => None,
        }
    }
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Concern(id) => id.fmt(f),
            Self::Notice(id) => id.fmt(f),
            Self::Review(id) => id.fmt(f),
            Self::Tasks(id) => id.fmt(f),
        }
    }
}

impl FromStr for Subject {
    type Err = NotAReference;

    /// Reads a reference of any sort: `C-42`, `N-7`, `R-7`, `T-7`; a bare number is a concern's.
    fn from_str(text: &str) -> Result<Self, NotAReference> {
        if let Ok(id) = text.parse() {
            return Ok(Self::Notice(id));
        }
        if let Ok(id) = text.parse() {
            return Ok(Self::Tasks(id));
        }
        if let Ok(id) = text.parse() {
            return Ok(Self::Review(id));
        }
        text.parse().map(Self::Concern)
    }
}

impl From<ConcernId> for Subject {
    fn from(id: ConcernId) -> Self {
        Self::Concern(id)
    }
}

impl From<NoticeId> for Subject {
    fn from(id: NoticeId) -> Self {
        Self::Notice(id)
    }
}

impl From<ReviewId> for Subject {
    fn from(id: ReviewId) -> Self {
        Self::Review(id)
    }
}

impl From<TaskListId> for Subject {
    fn from(id: TaskListId) -> Self {
        Self::Tasks(id)
    }
}

impl From<i64> for Subject {
    /// A bare number is a concern's.
    fn from(number: i64) -> Self {
        Self::Concern(ConcernId(number))
    }
}

/// Free text about a child's case: sealed in the store, never in a log. Its `Debug` shows its length alone.
#[derive(Clone, PartialEq, Eq)]
pub struct Text(String);

impl Text {
    /// The words themselves: for sealing and for showing to a person who may read them.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl From<&str> for Text {
    fn from(text: &str) -> Self {
        Self(text.to_owned())
    }
}

impl From<String> for Text {
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl fmt::Debug for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Text({} characters)", self.0.chars().count())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reference_is_read_as_people_type_it() {
        for typed in ["C-42", "c-42", " 42 "] {
            assert_eq!(typed.parse(), Ok(ConcernId(42)), "{typed}");
        }
        for typed in [
            "",
            "C-",
            "C-0",
            "C--1",
            "D-4",
            "C-4x",
            "99999999999999999999",
        ] {
            assert_eq!(typed.parse::<ConcernId>(), Err(NotAReference), "{typed}");
        }
    }

    #[test]
    fn a_review_is_never_taken_for_a_concern() {
        assert_eq!(" r-7".parse(), Ok(ReviewId(7)));
        for typed in ["7", "C-7", "R-", "R-0", "R--7", "R-7x"] {
            assert_eq!(typed.parse::<ReviewId>(), Err(NotAReview), "{typed}");
        }
        assert_eq!("R-7".parse::<ConcernId>(), Err(NotAReference));
    }

    #[test]
    fn a_reference_of_any_sort_is_read_for_what_it_is() {
        for (typed, subject) in [
            ("C-42", ConcernId(42).into()),
            ("42", ConcernId(42).into()),
            ("n-7", NoticeId(7).into()),
            ("R-7", Subject::Review(ReviewId(7))),
            ("t-7", Subject::Tasks(TaskListId(7))),
        ] {
            assert_eq!(typed.parse(), Ok(subject), "{typed}");
        }
        for typed in ["", "N-", "N-+7", "N--7", "Q-7"] {
            assert_eq!(typed.parse::<Subject>(), Err(NotAReference), "{typed}");
        }
    }

    #[test]
    fn subjects_stand_in_the_order_of_their_sorts_names() {
        let subjects = [
            Subject::Concern(ConcernId(9)),
            Subject::Notice(NoticeId(8)),
            Subject::Review(ReviewId(7)),
            Subject::Tasks(TaskListId(6)),
        ];
        assert!(subjects.is_sorted());
        assert!(subjects.is_sorted_by_key(|subject| subject.sort()));
        for subject in subjects {
            let read = Subject::read(subject.sort(), subject.number());
            assert_eq!(read, Some(subject));
        }
    }

    #[test]
    fn a_task_is_known_by_its_rule_and_which_time_it_is_asked() {
        let key = TaskKey::of("review-records", 12);
        assert_eq!((key.rule(), key.nth()), ("review-records", 12));
        let odd = TaskKey::from("review-records");
        assert_eq!((odd.rule(), odd.nth()), ("review-records", 0));
    }

    #[test]
    fn text_about_a_case_does_not_show_itself_when_debugged() {
        assert_eq!(
            format!("{:?}", Text::from("a secret")),
            "Text(8 characters)"
        );
    }
}
