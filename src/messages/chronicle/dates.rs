//! How each due moment of a record was worked out: from when, how long, which days did not count.

use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;

use super::Day;
use crate::calendar::{self, Due, Period, Working};
use crate::concern::rules::FIVE_WORKING_DAYS;
use crate::concern::{Concern, Fact, Recorded, Rules};
use crate::messages::exported::Moment;
use crate::protocol::{ClockStart, Step};

/// A due moment with its working.
#[derive(Debug, Serialize)]
pub(super) struct DueDay {
    #[serde(flatten)]
    due: Moment,
    /// `protocol`: the step's own time. `window_passed`: that had passed, so five working days. `asked`: what the raiser asked for.
    /// `extended`, `held`: until when a person put it off. `other`: the calendar now in force gives another day than was recorded.
    basis: &'static str,
    /// How long, such as "5 working days"; empty where a day was named.
    within: String,
    /// The day it is counted from, which does not count itself.
    from: Option<Day>,
    /// Whether it lies beyond the known calendar, and may move.
    provisional: bool,
    /// Until when bank holidays are published, where the working goes beyond that.
    published_until: Option<Day>,
    /// Each day looked at.
    days: Vec<Looked>,
}

/// A day that was looked at.
#[derive(Debug, Serialize)]
struct Looked {
    #[serde(flatten)]
    day: Day,
    /// Which working day it is; none where it does not count.
    counts: Option<i32>,
    /// Why it does not count.
    why_not: Option<String>,
}

/// The due moment that a fact sets, if it sets one; `before` is the concern as it stood.
pub(super) fn due_day(rules: &Rules<'_>, before: &Concern, recorded: &Recorded) -> Option<DueDay> {
    let named = |due: &Due, basis| Some(DueDay::named(rules, due, basis));
    match &recorded.fact {
        Fact::StepIssued {
            step,
            due: Some(due),
            window_passed,
            ..
        } => {
            let issued = rules.day(recorded.at);
            let step = rules.step(step)?;
            let start = |from: &ClockStart| rules.start(before, from, issued);
            Some(issued_due(
                rules,
                before,
                due,
                *window_passed,
                (step, issued, &start),
            ))
        }
        Fact::Redated { visit, due, .. } => {
            let visit = before.visit_numbered(*visit)?;
            let step = rules.step_of(visit)?;
            let received = rules.day(visit.delivered.unwrap_or(recorded.at));
            let previous = visit
                .number
                .checked_sub(1)
                .and_then(|number| before.visit_numbered(number));
            let start = |from: &ClockStart| match from {
                ClockStart::PreviousStep => {
                    previous.map_or(received, |previous| rules.day(previous.issued_at))
                }
                from => rules.start(before, from, received),
            };
            Some(issued_due(
                rules,
                before,
                due,
                false,
                (step, received, &start),
            ))
        }
        Fact::Extended { due, .. } => named(due, "extended"),
        Fact::Held { until, .. } => named(until, "held"),
        Fact::TimeSet { due, .. } => named(due, "asked"),
        _ => None,
    }
}

/// The day from which a clock with a given start counts.
type Starts<'a> = &'a dyn Fn(&ClockStart) -> NaiveDate;

/// The working that leads to the recorded day, tried in the order in which the rules do.
fn issued_due(
    rules: &Rules<'_>,
    before: &Concern,
    due: &Due,
    window_passed: bool,
    (step, issued, start): (&Step, NaiveDate, Starts<'_>),
) -> DueDay {
    let leads = |from, within| rules.due(from, within).date == due.date;
    let counted = |basis, from, within| DueDay::counted(rules, due, basis, (from, within));
    let Some(clock) = &step.clock else {
        return DueDay::named(rules, due, "other");
    };
    let from = start(&clock.from);
    if !window_passed && leads(from, clock.within) {
        return counted("protocol", from, clock.within);
    }
    let asked = before.raised.action_by.filter(|_| before.visits.len() <= 1);
    if asked.is_some_and(|day| rules.due_by(day).date == due.date) {
        return DueDay::named(rules, due, "asked");
    }
    if leads(issued, FIVE_WORKING_DAYS) {
        return counted("window_passed", issued, FIVE_WORKING_DAYS);
    }
    DueDay::named(rules, due, "other")
}

impl DueDay {
    fn named(rules: &Rules<'_>, due: &Due, basis: &'static str) -> Self {
        Self {
            due: moment(rules, due.at),
            basis,
            within: String::new(),
            from: None,
            provisional: due.provisional,
            published_until: None,
            days: Vec::new(),
        }
    }

    fn counted(
        rules: &Rules<'_>,
        due: &Due,
        basis: &'static str,
        (from, within): (NaiveDate, Period),
    ) -> Self {
        // Beyond the known calendar there is no working to show; the mark says so.
        let working = rules.calendar.due_working(from, within).ok();
        Self {
            within: within.to_string(),
            from: Some(Day::from(from)),
            published_until: working
                .as_ref()
                .and_then(|working| working.projected_after)
                .map(Day::from),
            days: working.map_or_else(Vec::new, looked_at),
            ..Self::named(rules, due, basis)
        }
    }
}

fn looked_at(working: Working) -> Vec<Looked> {
    let looked = |step: calendar::Step| {
        let (counts, why_not) = match &step {
            calendar::Step::Counted { day, .. } => (Some(*day), None),
            calendar::Step::Skipped { skipped: why, .. }
            | calendar::Step::MovedBack {
                moved_back: why, ..
            } => (None, Some(why.to_string())),
        };
        Looked {
            day: Day::from(step.date()),
            counts,
            why_not,
        }
    };
    working.steps.into_iter().map(looked).collect()
}

fn moment(rules: &Rules<'_>, at: DateTime<Utc>) -> Moment {
    Moment::new(rules.calendar, at)
}
