//! Tasks with owners that an occasion starts, as a protocol file has them: what a case in proceedings asks (`W-5.3` to `W-5.10`), who
//! is kept informed of a concern (`S-family`), when the protocol itself is looked at again (`W-6.1`).

use chrono::{Months, NaiveDate};
use serde::{Deserialize, Serialize};

use crate::calendar::Period;
use crate::ids::RoleId;

/// A task that an occasion starts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TaskRule {
    /// Its id, such as `legal-told`.
    pub id: String,
    /// What is to be done, in words.
    pub name: String,
    /// What starts it.
    pub starts: TaskStart,
    /// Whose task it is; `None` is the officer whose case or concern it is.
    pub owner: Option<RoleId>,
    /// Who considers it together with the owner (`W-6.1`).
    pub with: Vec<RoleId>,
    /// How long there is; `None` where the source gives no time: its owner is then asked again every five working days.
    pub within: Option<Period>,
    /// How often it comes round; only of what belongs to the protocol or to a team.
    pub every: Option<Every>,
    /// The day from which it first comes round; the day it began to be kept where the file does not say.
    pub since: Option<NaiveDate>,
    /// How often it is asked in one list.
    pub repeat: Repeat,
    /// Whether it may be ended as not needed, with a reason ("where appropriate").
    pub may_skip: bool,
    /// What is to be talked about or covered (`W-5.7`, `W-5.9`).
    pub topics: Vec<String>,
    /// What is asked to be written down when it is done, such as "Summary of the discussion"; nothing where `None`.
    pub note: Option<String>,
    /// What the button says by which its owner tells that it is done; its name where the protocol does not say.
    pub done: Option<String>,
    /// Where the source says so.
    pub clause: String,
}

/// What starts a task.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TaskStart {
    /// Any of these occasions.
    On(Vec<TaskOccasion>),
    /// Another task being done, by its id.
    After(String),
}

/// What a list of tasks is kept for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Keeps {
    /// A case in care proceedings.
    Proceedings,
    /// A concern.
    Concern,
    /// The protocol itself.
    Protocol,
    /// A team.
    Team,
}

impl Keeps {
    /// Its stable name in the store.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Proceedings => "proceedings",
            Self::Concern => "concern",
            Self::Protocol => "protocol",
            Self::Team => "team",
        }
    }
}

/// An occasion that starts tasks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TaskOccasion {
    /// A case is in proceedings, and its list is begun.
    Proceedings,
    /// Another reviewing officer has the case (`W-5.3`).
    AnotherOfficer,
    /// A children's guardian is appointed (`W-5.5`).
    GuardianAppointed,
    /// A concern is raised on a case in proceedings (`W-5.2`).
    Dispute,
    /// A review of the case is recorded (`W-5.6`).
    Review,
    /// The proceedings ended.
    ProceedingsEnded,
    /// The proceedings ended and the child stays looked after (`W-5.9`).
    StaysLookedAfter,
    /// A concern is raised.
    ConcernRaised,
    /// A concern goes on to another step.
    ConcernMoves,
    /// It is the protocol's own.
    Protocol,
    /// It is a team's own.
    Team,
}

impl TaskOccasion {
    /// Which sort of list it belongs to.
    #[must_use]
    pub fn keeps(self) -> Keeps {
        match self {
            Self::Proceedings
            | Self::AnotherOfficer
            | Self::GuardianAppointed
            | Self::Dispute
            | Self::Review
            | Self::ProceedingsEnded
            | Self::StaysLookedAfter => Keeps::Proceedings,
            Self::ConcernRaised | Self::ConcernMoves => Keeps::Concern,
            Self::Protocol => Keeps::Protocol,
            Self::Team => Keeps::Team,
        }
    }
}

/// How often a task is asked in one list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Repeat {
    /// Once.
    #[default]
    Once,
    /// Once for each time its occasion comes.
    EachTime,
    /// One task, open to the end: asked again each time its occasion comes (`S-family`).
    Throughout,
    /// As often as its owner wants, never due (`W-5.8`).
    AnyTime,
}

/// How often something comes round, in months.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Every(pub u32);

impl Every {
    /// The longest there is: ten years.
    pub const LONGEST: u32 = 120;

    /// The day on which it comes round after a day. The end of a month stays one: a month after 31 January is 28 February.
    #[must_use]
    pub fn after(self, day: NaiveDate) -> NaiveDate {
        day.checked_add_months(Months::new(self.0)).unwrap_or(day)
    }

    /// A written "12 months", "1 year" or "2 years".
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        let (number, unit) = text.trim().split_once(char::is_whitespace)?;
        let number: u32 = number.parse().ok()?;
        let months = match unit.trim().to_lowercase().as_str() {
            "month" | "months" => number,
            "year" | "years" => number.checked_mul(12)?,
            _ => return None,
        };
        (1..=Self::LONGEST)
            .contains(&months)
            .then_some(Self(months))
    }
}

impl std::fmt::Display for Every {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match (self.0, self.0 % 12) {
            (1, _) => f.write_str("month"),
            (12, _) => f.write_str("year"),
            (months, 0) => write!(f, "{} years", months / 12),
            (months, _) => write!(f, "{months} months"),
        }
    }
}

impl TaskRule {
    /// The occasions that start it itself; none where it follows another.
    #[must_use]
    pub fn occasions(&self) -> &[TaskOccasion] {
        match &self.starts {
            TaskStart::On(occasions) => occasions,
            TaskStart::After(_) => &[],
        }
    }
}

impl super::Protocol {
    /// The task of that id.
    #[must_use]
    pub fn task(&self, id: &str) -> Option<&TaskRule> {
        self.beside.tasks.iter().find(|task| task.id == id)
    }

    /// Which sort of list a task stands in: that of the occasion at the head of its line. `None` where there is none.
    #[must_use]
    pub fn keeps(&self, task: &TaskRule) -> Option<Keeps> {
        let mut task = task;
        // The check of the protocol's file refuses circles.
        for _ in 0..=self.beside.tasks.len() {
            match &task.starts {
                TaskStart::On(occasions) => return Some(occasions.first()?.keeps()),
                TaskStart::After(earlier) => task = self.task(earlier)?,
            }
        }
        None
    }

    /// The tasks of a sort of list, in the file's order.
    pub fn tasks_of(&self, keeps: Keeps) -> impl Iterator<Item = &TaskRule> {
        self.beside
            .tasks
            .iter()
            .filter(move |task| self.keeps(task) == Some(keeps))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_comes_round_is_read_in_months_and_years() {
        for (text, every, said) in [
            ("12 months", 12, "year"),
            ("1 year", 12, "year"),
            ("2 years", 24, "2 years"),
            ("1 month", 1, "month"),
            ("2 Months", 2, "2 months"),
        ] {
            assert_eq!(Every::read(text), Some(Every(every)), "{text}");
            assert_eq!(Every(every).to_string(), said);
        }
        for text in [
            "",
            "0 months",
            "11 years",
            "5 working days",
            "yearly",
            "-1 year",
        ] {
            assert_eq!(Every::read(text), None, "{text}");
        }
    }

    #[test]
    fn the_end_of_a_month_stays_one() {
        let day = |y, m, d| NaiveDate::from_ymd_opt(y, m, d).unwrap_or_default();
        assert_eq!(Every(1).after(day(2027, 1, 31)), day(2027, 2, 28));
        assert_eq!(Every(12).after(day(2016, 5, 31)), day(2017, 5, 31));
    }
}
