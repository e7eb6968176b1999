//! Working days of a council: England and Wales bank holidays, weekends and the council's closure days skipped.
//!
//! The rules, as `lodestar deadline` and every clock of a protocol follow them:
//! - A period of working days excludes the day of the event; day 1 is the next working day. An event on a non-working day
//!   keeps its date: one on a Saturday counts from that Saturday, so that Monday is day 1.
//! - What is due on a day is due at close of business, council time; the moment itself is still in time.
//! - Calendar days and weeks are maxima: an end on a non-working day moves back to the working day before.
//! - Hours are read as working days, each started 24 of them one day: only the date of the event is known to a paper
//!   protocol, and "48 hours" over a weekend was never meant to lapse on a Sunday.
//!
//! The calendar is a table over its horizon: the rank of each date among the working days, and the date of each rank. A due
//! date is two look-ups, whatever the period; `benches/calendar.rs` measures it.

mod error;
mod holidays;
mod period;
mod words;
mod working;

use std::collections::BTreeSet;

use chrono::{DateTime, Datelike, Days, NaiveDate, NaiveTime, TimeZone, Utc, Weekday};
use chrono_tz::{GapInfo, Tz};
use serde::{Deserialize, Serialize};

pub use error::CalendarError;
pub use holidays::{BankHoliday, BankHolidays, Feed, FeedError, Merged, Reach, parse_feed};
pub use period::{Counted, LONGEST, Period, PeriodError};
pub use words::{DateError, iso_date, parse_date, say_date, say_date_year};
pub use working::{DayOff, Step, Working};

/// Far enough for any live concern, near enough for every instant to exist.
const PROVISIONAL_YEARS: std::ops::RangeInclusive<i32> = 1900..=2400;

/// The working days of one council over a known horizon. Make one at start and share it.
#[derive(Clone, Debug)]
pub struct Calendar {
    zone: Tz,
    close_of_business: NaiveTime,
    closure_days: BTreeSet<NaiveDate>,
    holidays: BankHolidays,
    /// The first day of the table, in days of the common era.
    origin: i32,
    /// For each day from the first, how many working days there are up to and including it.
    rank: Vec<u32>,
    /// Each working day in order, with its close of business.
    working: Vec<Due>,
}

/// When something is due: the day is what was promised, the instant is derived from it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Due {
    /// The due day, council-local.
    pub date: NaiveDate,
    /// Close of business of that day; an answer at this very moment is in time.
    pub at: DateTime<Utc>,
    /// Whether the day lies beyond the known horizon and was found by weekdays alone: it may move when the calendar arrives.
    #[serde(default)]
    pub provisional: bool,
}

impl Calendar {
    /// A calendar from bank holidays, the council's closure days, its zone and its close of business (council time).
    ///
    /// A closure day on a weekend or a bank holiday is harmless.
    ///
    /// # Errors
    /// A closure day outside the horizon, or a close of business that a clock change skips or repeats on any day of it.
    pub fn new(
        holidays: BankHolidays,
        closure_days: impl IntoIterator<Item = NaiveDate>,
        zone: Tz,
        close_of_business: NaiveTime,
    ) -> Result<Self, CalendarError> {
        let (first, last) = (holidays.reach().first, holidays.reach().last);
        let closure_days: BTreeSet<NaiveDate> = closure_days.into_iter().collect();
        if let Some(&date) = closure_days
            .iter()
            .find(|date| !(first..=last).contains(date))
        {
            return Err(CalendarError::ClosureDay { date, first, last });
        }
        let mut calendar = Self {
            zone,
            close_of_business,
            closure_days,
            holidays,
            origin: first.num_days_from_ce(),
            rank: Vec::new(),
            working: Vec::new(),
        };
        let mut count = 0;
        for date in first.iter_days().take_while(|date| *date <= last) {
            let closing = zone.from_local_datetime(&date.and_time(close_of_business));
            let Some(at) = closing.single() else {
                return Err(CalendarError::CloseOfBusiness {
                    time: close_of_business,
                    date,
                    zone,
                });
            };
            if calendar.reason_off(date).is_none() {
                count += 1;
                calendar.working.push(Due {
                    date,
                    at: at.to_utc(),
                    provisional: false,
                });
            }
            calendar.rank.push(count);
        }
        Ok(calendar)
    }

    /// England and Wales as it comes with the program: Europe/London, close of business at 17:00, no closure days.
    ///
    /// # Errors
    /// Never for the data as it stands, which a test reads; an error names what an edit of it broke.
    pub fn built_in() -> Result<Self, CalendarError> {
        let five = NaiveTime::from_hms_opt(17, 0, 0).unwrap_or_default();
        Self::new(BankHolidays::built_in()?, [], Tz::Europe__London, five)
    }

    /// When something is due that starts on `from` (council-local) and may take `period`.
    ///
    /// The Nth working day after `from`; with a negative number, before it; with nought, `from` itself or the first working
    /// day after it. Days and weeks end on that date or the working day before it. Hours are working days, 24 to one,
    /// rounded up.
    ///
    /// # Errors
    /// [`CalendarError::BeyondHorizon`] or [`CalendarError::BeforeHorizon`] when any day needed is not known.
    #[inline]
    pub fn due(&self, from: NaiveDate, period: Period) -> Result<Due, CalendarError> {
        match period.counted() {
            Counted::WorkingDays(days) => self.working_day_from(from, days),
            Counted::AtMostDays(days) => self.at_most_days_from(from, days),
        }
    }

    /// As [`Calendar::due`], and where the horizon is passed, by weekdays alone from there on, marked provisional: a live
    /// concern never goes without a date, and is re-dated when the calendar arrives.
    ///
    /// # Errors
    /// Only for days before 1900 or after 2400.
    pub fn provisional_due(&self, from: NaiveDate, period: Period) -> Result<Due, CalendarError> {
        match self.due(from, period) {
            Err(
                outside @ (CalendarError::BeyondHorizon { .. }
                | CalendarError::BeforeHorizon { .. }),
            ) => {
                let date = match period.counted() {
                    Counted::WorkingDays(days) => self.walk(from, days),
                    Counted::AtMostDays(days) => from
                        .checked_add_days(Days::new(days))
                        .and_then(|end| self.walk_to_working(end, false)),
                };
                let date = date.ok_or(outside)?;
                Ok(Due {
                    date,
                    at: self.close_of(date),
                    provisional: true,
                })
            }
            known => known,
        }
    }

    /// Whether `date` is a working day.
    ///
    /// # Errors
    /// Outside the horizon.
    pub fn is_working_day(&self, date: NaiveDate) -> Result<bool, CalendarError> {
        let index = self.index(date)?;
        Ok(self.up_to(index) > self.before(index))
    }

    /// Why `date` is not a working day, or `None` when it is one.
    ///
    /// # Errors
    /// Outside the horizon.
    pub fn day_off(&self, date: NaiveDate) -> Result<Option<DayOff>, CalendarError> {
        self.index(date)?;
        Ok(self.reason_off(date))
    }

    /// The first working day after `date`, never `date` itself.
    ///
    /// # Errors
    /// Outside the horizon.
    pub fn next_working_day(&self, date: NaiveDate) -> Result<NaiveDate, CalendarError> {
        Ok(self.working_day_from(date, 1)?.date)
    }

    /// The last working day before `date`, never `date` itself.
    ///
    /// # Errors
    /// Outside the horizon.
    pub fn previous_working_day(&self, date: NaiveDate) -> Result<NaiveDate, CalendarError> {
        Ok(self.working_day_from(date, -1)?.date)
    }

    /// `date` when it is a working day, else the next one.
    ///
    /// # Errors
    /// Outside the horizon.
    pub fn first_working_day_on_or_after(
        &self,
        date: NaiveDate,
    ) -> Result<NaiveDate, CalendarError> {
        Ok(self.working_day_from(date, 0)?.date)
    }

    /// How many working days `to` is from `from`, counted as a period is: `from` not counted, `to` counted. Negative when
    /// `to` is earlier. The N of "N working days from `from`" when `to` is a working day.
    ///
    /// # Errors
    /// Either outside the horizon.
    pub fn working_days_between(
        &self,
        from: NaiveDate,
        to: NaiveDate,
    ) -> Result<i64, CalendarError> {
        let (start, end) = (self.index(from)?, self.index(to)?);
        let count = |rank: u32| i64::from(rank);
        Ok(if start <= end {
            count(self.up_to(end)) - count(self.up_to(start))
        } else {
            count(self.before(end)) - count(self.before(start))
        })
    }

    /// The council-local date of an instant: 23:30 UTC in June is already the next day in London.
    #[must_use]
    pub fn local_date(&self, at: DateTime<Utc>) -> NaiveDate {
        self.local(at).date_naive()
    }

    /// An instant in council time.
    #[must_use]
    pub fn local(&self, at: DateTime<Utc>) -> DateTime<Tz> {
        at.with_timezone(&self.zone)
    }

    /// The instant of a council-local date and time. A time the clocks skip is the first instant after the gap; a time that
    /// comes twice is the earlier.
    #[must_use]
    pub fn at(&self, date: NaiveDate, time: NaiveTime) -> DateTime<Utc> {
        let local = date.and_time(time);
        match self.zone.from_local_datetime(&local).earliest() {
            Some(at) => at.to_utc(),
            None => GapInfo::new(&local, &self.zone)
                .and_then(|gap| gap.end)
                .map_or_else(|| local.and_utc(), |end| end.to_utc()),
        }
    }

    /// Close of business on `date`, whether or not it is a working day.
    #[must_use]
    pub fn close_of(&self, date: NaiveDate) -> DateTime<Utc> {
        self.at(date, self.close_of_business)
    }

    /// A moment as cards say it, in council time: `Mon 21 Dec, 17:00`.
    #[must_use]
    pub fn say(&self, at: DateTime<Utc>) -> String {
        self.local(at).format("%a %-d %b, %H:%M").to_string()
    }

    /// A due moment as cards say it, in council time: `Mon 21 Dec, 17:00`.
    #[must_use]
    pub fn say_due(&self, due: &Due) -> String {
        self.say(due.at)
    }

    /// The first and the last day the calendar knows.
    #[must_use]
    pub fn horizon(&self) -> std::ops::RangeInclusive<NaiveDate> {
        self.holidays.reach().first..=self.holidays.reach().last
    }

    /// Whether what is known of `date` rests on projected bank holidays, or on none.
    #[must_use]
    pub fn is_projected(&self, date: NaiveDate) -> bool {
        date > self.holidays.reach().published_until
    }

    /// The bank holidays in force.
    #[must_use]
    pub fn holidays(&self) -> &BankHolidays {
        &self.holidays
    }

    /// The council's closure days, in order.
    pub fn closure_days(&self) -> impl Iterator<Item = NaiveDate> {
        self.closure_days.iter().copied()
    }

    /// The council's time zone.
    #[must_use]
    pub fn zone(&self) -> Tz {
        self.zone
    }

    /// Close of business, council time.
    #[must_use]
    pub fn close_of_business(&self) -> NaiveTime {
        self.close_of_business
    }

    #[inline]
    fn working_day_from(&self, from: NaiveDate, days: i32) -> Result<Due, CalendarError> {
        let index = self.index(from)?;
        let days = i64::from(days);
        // Places count from nought: the first working day after `from` stands where as many stand before it as there are
        // up to and including `from`.
        let place = match days {
            1.. => i64::from(self.up_to(index)) + days - 1,
            _ => i64::from(self.before(index)) + days,
        };
        usize::try_from(place)
            .ok()
            .and_then(|place| self.working.get(place))
            .copied()
            .ok_or_else(|| self.off_the_table(days < 0))
    }

    #[inline]
    fn at_most_days_from(&self, from: NaiveDate, days: u64) -> Result<Due, CalendarError> {
        self.index(from)?;
        let end = from
            .checked_add_days(Days::new(days))
            .ok_or_else(|| self.off_the_table(false))?;
        let index = self.index(end)?;
        usize::try_from(self.up_to(index))
            .ok()
            .and_then(|count| count.checked_sub(1))
            .and_then(|place| self.working.get(place))
            .copied()
            .ok_or_else(|| self.off_the_table(true))
    }

    #[inline]
    fn index(&self, date: NaiveDate) -> Result<usize, CalendarError> {
        usize::try_from(date.num_days_from_ce() - self.origin)
            .ok()
            .filter(|index| *index < self.rank.len())
            .ok_or_else(|| self.outside(date))
    }

    /// Working days up to and including the day at `index`.
    #[inline]
    fn up_to(&self, index: usize) -> u32 {
        self.rank.get(index).copied().unwrap_or_default()
    }

    /// Working days before the day at `index`.
    #[inline]
    fn before(&self, index: usize) -> u32 {
        index.checked_sub(1).map_or(0, |index| self.up_to(index))
    }

    #[cold]
    fn outside(&self, date: NaiveDate) -> CalendarError {
        let &Reach { first, last, .. } = self.holidays.reach();
        if date < first {
            CalendarError::BeforeHorizon { date, first }
        } else {
            CalendarError::BeyondHorizon { date, last }
        }
    }

    /// A count that began on the table and ran off it.
    #[cold]
    fn off_the_table(&self, backwards: bool) -> CalendarError {
        let &Reach { first, last, .. } = self.holidays.reach();
        self.outside(if backwards {
            first.pred_opt().unwrap_or(NaiveDate::MIN)
        } else {
            last.succ_opt().unwrap_or(NaiveDate::MAX)
        })
    }

    fn reason_off(&self, date: NaiveDate) -> Option<DayOff> {
        if is_weekend(date) {
            Some(DayOff::Weekend)
        } else if let Some(holiday) = self.holidays.on(date) {
            Some(DayOff::BankHoliday {
                name: holiday.name(),
                projected: self.is_projected(date),
            })
        } else {
            let closed = self.closure_days.contains(&date);
            closed.then_some(DayOff::Closure)
        }
    }

    /// The Nth working day from `from` day by day, for what the table does not hold.
    fn walk(&self, from: NaiveDate, days: i32) -> Option<NaiveDate> {
        let (forward, mut left) = (days >= 0, days.unsigned_abs());
        if left == 0 {
            return self.walk_to_working(from, true);
        }
        let mut date = from;
        while left > 0 {
            let next = if forward {
                date.succ_opt()
            } else {
                date.pred_opt()
            };
            date = self.walk_to_working(next?, forward)?;
            left -= 1;
        }
        Some(date)
    }

    /// `date` when it is a working day by all that is known, else the nearest in the direction.
    fn walk_to_working(&self, mut date: NaiveDate, forward: bool) -> Option<NaiveDate> {
        while PROVISIONAL_YEARS.contains(&date.year()) {
            if self.reason_off(date).is_none() {
                return Some(date);
            }
            date = if forward {
                date.succ_opt()
            } else {
                date.pred_opt()
            }?;
        }
        None
    }
}

fn is_weekend(date: NaiveDate) -> bool {
    matches!(date.weekday(), Weekday::Sat | Weekday::Sun)
}
