//! What lies ahead of a concern, in words' reach: the steps it reaches at full length, and the limits on the whole process.

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::ladder;
use crate::calendar::{Due, say_date};
use crate::concern::forecast::{CapAhead, Fit, Foreseen, Stands, forecast};
use crate::concern::{Concern, Rules};

/// What lies ahead of a concern.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Outlook {
    /// `runs`, `waits` or `rests`.
    stands: &'static str,
    /// The steps it comes to at full length without a judgement of the raiser's, lowest first; without the present one.
    steps: Vec<StepAhead>,
    /// Those that come only if the raiser judges so.
    judged: Vec<StepAhead>,
    /// The step beyond which nothing can be foreseen, since it has no clock: one, or none.
    untimed: Vec<StepAhead>,
    /// The limits on the whole process.
    caps: Vec<CapSaid>,
}

/// A step ahead.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
struct StepAhead {
    stage: String,
    to: String,
    on: String,
    /// By when it ends; empty for one without a clock.
    ends: String,
    if_judged: bool,
}

/// A limit on the whole process.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
struct CapSaid {
    within: String,
    clause: String,
    /// When it ends; empty where that cannot be foreseen.
    on: String,
    provisional: bool,
    /// `passed`, `within`, `beyond`, `by`, `too_late` or `untold`.
    fit: &'static str,
    /// The day of the fit: when the steps left end, or by when it has to move on.
    day: String,
}

impl Outlook {
    /// The outlook of a concern as it stands.
    #[must_use]
    pub fn of(rules: &Rules<'_>, concern: &Concern, now: DateTime<Utc>) -> Self {
        let forecast = forecast(rules, concern, now);
        let ahead = |step: &Foreseen<'_>| step_ahead(rules, step);
        let present = usize::from(matches!(forecast.stands, Stands::Runs(_)));
        let (judged, steps): (Vec<_>, Vec<_>) = forecast
            .steps
            .iter()
            .skip(present)
            .map(ahead)
            .partition(|step| step.if_judged);
        let mut caps: Vec<CapSaid> = Vec::with_capacity(forecast.caps.len());
        for cap in &forecast.caps {
            let said = cap_said(cap);
            // Two that are counted from different days may end on the same: once is enough.
            let again = caps.iter().any(|other| {
                !said.on.is_empty() && (&other.within, &other.on) == (&said.within, &said.on)
            });
            if !again {
                caps.push(said);
            }
        }
        let here = || {
            let visit = concern.visit()?;
            let step = rules.step_of(visit)?;
            step.clock.is_none().then(|| StepAhead {
                stage: ladder::place(rules, step),
                to: ladder::answerers(rules.protocol, step),
                ..StepAhead::default()
            })
        };
        let untimed = match forecast.stands {
            Stands::Runs(_) => forecast.untimed.as_ref().map(ahead),
            Stands::Waits { .. } => here(),
            Stands::Rests => None,
        };
        Self {
            stands: match forecast.stands {
                Stands::Runs(_) => "runs",
                Stands::Waits { .. } => "waits",
                Stands::Rests => "rests",
            },
            steps,
            judged,
            untimed: untimed.into_iter().collect(),
            caps,
        }
    }
}

fn step_ahead(rules: &Rules<'_>, foreseen: &Foreseen<'_>) -> StepAhead {
    let day = |due: Due| say_date(due.date);
    StepAhead {
        stage: ladder::place(rules, foreseen.step),
        to: ladder::answerers(rules.protocol, foreseen.step),
        on: say_date(foreseen.from),
        ends: foreseen.due.map_or_else(String::new, day),
        if_judged: foreseen.if_judged,
    }
}

fn cap_said(ahead: &CapAhead<'_>) -> CapSaid {
    let (fit, day) = match ahead.fit {
        Fit::Passed => ("passed", None),
        Fit::Within(day) => ("within", Some(day)),
        Fit::Beyond(day) => ("beyond", Some(day)),
        Fit::IfMovedOnBy(day) => ("by", Some(day)),
        Fit::TooLate => ("too_late", None),
        Fit::Untold => ("untold", None),
    };
    CapSaid {
        within: ahead.cap.within.to_string(),
        clause: ahead.cap.clause.clone(),
        on: ahead
            .ends
            .map_or_else(String::new, |ends| say_date(ends.date)),
        provisional: ahead.ends.is_some_and(|ends| ends.provisional),
        fit,
        day: day.map_or_else(String::new, say_date),
    }
}

/// An outlook of each kind, for samples.
pub(super) fn samples() -> Vec<Outlook> {
    let step = |ends: &str| StepAhead {
        stage: "Stage 2 of 5".to_owned(),
        to: "the Head of Service".to_owned(),
        on: "Mon 21 Dec".to_owned(),
        ends: ends.to_owned(),
        if_judged: false,
    };
    let fits = ["passed", "within", "beyond", "by", "too_late", "untold"];
    let caps = |on: &str| {
        let cap = |fit| CapSaid {
            within: "20 working days".to_owned(),
            clause: "IRO Handbook 6.2".to_owned(),
            on: on.to_owned(),
            provisional: on.is_empty(),
            fit,
            day: "Thu 14 Jan".to_owned(),
        };
        fits.map(cap).into()
    };
    vec![
        Outlook {
            stands: "runs",
            steps: vec![step("Wed 30 Dec"), step("Thu 7 Jan")],
            judged: vec![step("Thu 14 Jan")],
            untimed: vec![step("")],
            caps: caps("Thu 14 Jan"),
        },
        Outlook {
            stands: "waits",
            untimed: vec![StepAhead::default()],
            caps: caps(""),
            ..Outlook::default()
        },
        Outlook {
            stands: "rests",
            ..Outlook::default()
        },
    ]
}
