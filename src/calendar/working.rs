//! A due moment with its working: every day that was counted, and every day that was not, and why.

use std::fmt;

use chrono::{DateTime, NaiveDate};
use chrono_tz::Tz;
use serde::{Serialize, Serializer};

use super::{Calendar, CalendarError, Counted, Due, Period, say_date_year};

/// Why a day is not a working day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DayOff {
    /// A Saturday or a Sunday.
    Weekend,
    /// A bank holiday.
    BankHoliday {
        /// Its name, "Boxing Day (substitute day)".
        name: String,
        /// Whether it is projected from the rules rather than published.
        projected: bool,
    },
    /// A closure day of the council.
    Closure,
}

/// One day of the working.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Step {
    /// A working day.
    Counted {
        /// Council-local.
        date: NaiveDate,
        /// Which one: 1 for the first after the event, -1 for the first before it, 0 for the day itself.
        day: i32,
    },
    /// A day passed over.
    Skipped {
        /// Council-local.
        date: NaiveDate,
        /// Why it does not count.
        #[serde(serialize_with = "in_words")]
        skipped: DayOff,
    },
    /// The end of a calendar period on a non-working day, or a day passed on the way back from it.
    MovedBack {
        /// Council-local.
        date: NaiveDate,
        /// Why nothing can be due on it.
        #[serde(serialize_with = "in_words")]
        moved_back: DayOff,
    },
}

/// How a due moment was found. [`Display`](fmt::Display) says it in plain English, several lines.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Working {
    /// The day of the event, council-local.
    pub from: NaiveDate,
    /// The period asked for.
    pub within: Period,
    /// The result.
    pub due: Due,
    /// The result in council time.
    pub due_local: DateTime<Tz>,
    /// Every day looked at, in the order of looking.
    pub steps: Vec<Step>,
    /// Until when bank holidays are published, where the working went beyond that.
    pub projected_after: Option<NaiveDate>,
}

impl Calendar {
    /// As [`Calendar::due`], with the working.
    ///
    /// # Errors
    /// As [`Calendar::due`].
    pub fn due_working(&self, from: NaiveDate, within: Period) -> Result<Working, CalendarError> {
        let due = self.due(from, within)?;
        let steps = match within.counted() {
            Counted::WorkingDays(days) => self.steps_counted(from, days, due.date),
            Counted::AtMostDays(days) => self.steps_back(from, days, due.date),
        };
        let projected =
            steps.iter().any(|step| self.is_projected(step.date())) || self.is_projected(due.date);
        Ok(Working {
            from,
            within,
            due,
            due_local: self.local(due.at),
            steps,
            projected_after: projected.then_some(self.holidays.reach().published_until),
        })
    }

    fn steps_counted(&self, from: NaiveDate, days: i32, last: NaiveDate) -> Vec<Step> {
        let mut day = 0;
        let mut step = |date| {
            if let Some(skipped) = self.reason_off(date) {
                return Step::Skipped { date, skipped };
            }
            day += days.signum();
            Step::Counted { date, day }
        };
        if days < 0 {
            let back = std::iter::successors(from.pred_opt(), NaiveDate::pred_opt);
            back.take_while(|date| *date >= last).map(step).collect()
        } else {
            let on = from.iter_days().skip(usize::from(days > 0));
            on.take_while(|date| *date <= last).map(&mut step).collect()
        }
    }

    fn steps_back(&self, from: NaiveDate, days: u64, last: NaiveDate) -> Vec<Step> {
        let end = from.checked_add_days(chrono::Days::new(days));
        std::iter::successors(end, NaiveDate::pred_opt)
            .take_while(|date| *date > last)
            .filter_map(|date| {
                let moved_back = self.reason_off(date)?;
                Some(Step::MovedBack { date, moved_back })
            })
            .collect()
    }
}

impl Step {
    /// The day, council-local.
    #[must_use]
    pub fn date(&self) -> NaiveDate {
        match self {
            Self::Counted { date, .. }
            | Self::Skipped { date, .. }
            | Self::MovedBack { date, .. } => *date,
        }
    }
}

impl fmt::Display for DayOff {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Weekend => write!(out, "weekend"),
            Self::BankHoliday { name, projected } => {
                let kind = if *projected {
                    "projected bank holiday"
                } else {
                    "bank holiday"
                };
                write!(out, "{kind}, {name}")
            }
            Self::Closure => write!(out, "council closure day"),
        }
    }
}

impl fmt::Display for Step {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{:<15}  ", say_date_year(self.date()))?;
        match self {
            Self::Counted { day, .. } => write!(out, "day {day}"),
            Self::Skipped { skipped: why, .. } => write!(out, "not counted: {why}"),
            Self::MovedBack {
                moved_back: why, ..
            } => write!(out, "moved back: {why}"),
        }
    }
}

impl fmt::Display for Working {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let from = say_date_year(self.from);
        writeln!(
            out,
            "Due {}, {} ({})",
            say_date_year(self.due.date),
            self.due_local.format("%H:%M"),
            self.due_local.format("%Y-%m-%dT%H:%M:%S%:z"),
        )?;
        match (self.within, self.within.counted()) {
            (within, Counted::AtMostDays(_)) => {
                let end = self.steps.first().map_or(self.due.date, Step::date);
                let end = say_date_year(end);
                if self.steps.is_empty() {
                    writeln!(out, "{within} from {from}: {end}, a working day.")?;
                } else {
                    writeln!(
                        out,
                        "{within} from {from} would be {end}; a maximum, so it moves back to a working day:"
                    )?;
                }
            }
            (within @ Period::Hours(_), Counted::WorkingDays(days)) => {
                let days = Period::WorkingDays(days);
                writeln!(
                    out,
                    "{within} from {from}, read as {days} (each started 24 hours is one):"
                )?;
            }
            (within, Counted::WorkingDays(0)) => {
                writeln!(
                    out,
                    "{within} from {from}: that day, or the first working day after it:"
                )?;
            }
            (within, Counted::WorkingDays(..0)) => {
                writeln!(
                    out,
                    "{within}, counted back from {from}, which is not counted itself:"
                )?;
            }
            (within, Counted::WorkingDays(_)) => {
                writeln!(out, "{within} from {from}, which is not counted itself:")?;
            }
        }
        for step in &self.steps {
            writeln!(out, "  {step}")?;
        }
        if self.due.date < self.from && matches!(self.within.counted(), Counted::AtMostDays(_)) {
            writeln!(
                out,
                "The period holds no working day, so its end falls before its start."
            )?;
        }
        if let Some(until) = self.projected_after {
            writeln!(
                out,
                "Rests on projected bank holidays: GOV.UK's published ones are known until {}.",
                say_date_year(until)
            )?;
        }
        Ok(())
    }
}

fn in_words<S: Serializer>(why: &DayOff, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(why)
}
