//! What lies ahead of a concern at full length, against the limits its protocol sets on the whole process (`W-3.0`, `B-App3.cap`,
//! `M-cap`, `H-cap`).
//!
//! At full length every step on the way up is taken, each is left on its last day, and nobody waits at a gate. What nobody can
//! foresee is left out and named: a step without a clock, and what comes only if the raiser judges so. A limit is advisory: it is
//! forecast, warned of and reported, and never blocks.

use chrono::{DateTime, Days, NaiveDate, Utc};

use super::event::{Actor, Fact, How, Recorded};
use super::rules::{Rules, just_after};
use super::state::{Concern, Phase};
use crate::calendar::Due;
use crate::protocol::{Cap, GateKind, Step};

/// What lies ahead of a concern.
#[derive(Clone, Debug)]
pub struct Forecast<'a> {
    /// What it does now.
    pub stands: Stands<'a>,
    /// The steps that can be dated, the present one first where its time runs. Empty where nothing runs.
    pub steps: Vec<Foreseen<'a>>,
    /// The step at which the forecast ends because it has no clock.
    pub untimed: Option<Foreseen<'a>>,
    /// The limits, in the protocol's order.
    pub caps: Vec<CapAhead<'a>>,
}

/// What a concern does, as far as its time goes.
#[derive(Clone, Copy, Debug)]
pub enum Stands<'a> {
    /// The time of its step runs, until this moment.
    Runs(Due),
    /// No time runs: the next step is issued when somebody moves it on.
    Waits {
        /// The next step.
        next: &'a Step,
        /// The day since which it waits.
        since: NaiveDate,
    },
    /// Nothing can be foreseen: it was agreed, its raiser judges whether it goes on at all, the ladder has ended, it is closed.
    Rests,
}

/// A step ahead.
#[derive(Clone, Copy, Debug)]
pub struct Foreseen<'a> {
    /// The step.
    pub step: &'a Step,
    /// The day on which it is issued.
    pub from: NaiveDate,
    /// By when it ends; `None` for a step without a clock.
    pub due: Option<Due>,
    /// Whether it comes only if the raiser judges so.
    pub if_judged: bool,
}

/// A limit on the whole process.
#[derive(Clone, Copy, Debug)]
pub struct CapAhead<'a> {
    /// Its place in the protocol, from 1.
    pub number: u32,
    /// The limit.
    pub cap: &'a Cap,
    /// When it ends; `None` where what it counts from can not be foreseen yet.
    pub ends: Option<Due>,
    /// Whether the steps left fit.
    pub fit: Fit,
}

/// Whether the steps left fit within a limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fit {
    /// It has ended.
    Passed,
    /// At full length they end on this day, within it.
    Within(NaiveDate),
    /// At full length they end on this day, after it.
    Beyond(NaiveDate),
    /// They fit if the concern moves on by this day.
    IfMovedOnBy(NaiveDate),
    /// They do not fit, however soon it moves on.
    TooLate,
    /// There is nothing to tell: no step with a time is left, or what it counts from cannot be foreseen.
    Untold,
}

/// The forecast of a concern as it stands.
#[must_use]
pub fn forecast<'a>(rules: &Rules<'a>, concern: &Concern, now: DateTime<Utc>) -> Forecast<'a> {
    let stands = stands(rules, concern);
    let climb = match stands {
        Stands::Runs(due) => climb_from_present(rules, concern, due),
        Stands::Waits { .. } | Stands::Rests => Climb::none(concern),
    };
    let caps = rules
        .numbered_caps(concern)
        .map(|(number, cap)| {
            let ends = rules.cap_ends(&climb.left, cap);
            let fit = match (ends, stands) {
                (Some(ends), _) if ends.at < now => Fit::Passed,
                (Some(ends), Stands::Runs(_)) => match climb.reaches() {
                    Some(day) if day > ends.date => Fit::Beyond(day),
                    Some(day) => Fit::Within(day),
                    None => Fit::Untold,
                },
                (Some(ends), Stands::Waits { next, since }) => {
                    match latest_start(rules, concern, next, (since, ends)) {
                        Latest::Any => Fit::Untold,
                        Latest::By(day) if day >= rules.day(now) => Fit::IfMovedOnBy(day),
                        Latest::By(_) | Latest::TooLate => Fit::TooLate,
                    }
                }
                (None, _) | (_, Stands::Rests) => Fit::Untold,
            };
            CapAhead {
                number,
                cap,
                ends,
                fit,
            }
        })
        .collect();
    Forecast {
        stands,
        steps: climb.steps,
        untimed: climb.untimed,
        caps,
    }
}

/// When the raiser is warned that the steps left do not fit a limit that has begun: at the first opening at which they do not.
/// `None` where they fit, or it ends before anybody could be warned.
#[must_use]
pub fn warned_at(rules: &Rules<'_>, concern: &Concern, cap: &Cap) -> Option<DateTime<Utc>> {
    let ends = rules.cap_ends(concern, cap)?;
    let at = match stands(rules, concern) {
        Stands::Runs(due) => {
            let reaches = climb_from_present(rules, concern, due).reaches()?;
            let visit = concern.visit()?;
            let dated = visit.dated_at.unwrap_or(visit.issued_at);
            (reaches > ends.date).then(|| rules.opening_after(dated))
        }
        Stands::Waits { next, since } => match latest_start(rules, concern, next, (since, ends)) {
            Latest::Any => None,
            Latest::TooLate => Some(rules.opening_after(concern.nag.since)),
            Latest::By(day) => Some(rules.opening_after(just_after(rules.calendar.close_of(day)))),
        },
        Stands::Rests => None,
    };
    at.filter(|at| *at <= ends.at)
}

/// When it is reported that a limit has passed: at the opening after it, or after the raising where it had passed before.
#[must_use]
pub fn passed_at(rules: &Rules<'_>, concern: &Concern, cap: &Cap) -> Option<DateTime<Utc>> {
    let ends = rules.cap_ends(concern, cap)?;
    Some(rules.opening_after(ends.at.max(concern.raised_at)))
}

/// Whether the steps left fit a limit that has begun, as of a moment; `None` where that cannot be told.
#[must_use]
pub fn fits(rules: &Rules<'_>, concern: &Concern, cap: &Cap, now: DateTime<Utc>) -> Option<bool> {
    let ends = rules.cap_ends(concern, cap)?;
    match stands(rules, concern) {
        Stands::Runs(due) => {
            let reaches = climb_from_present(rules, concern, due).reaches()?;
            Some(reaches <= ends.date)
        }
        Stands::Waits { next, .. } => {
            let reaches = climb(rules, concern, Some(next), rules.day(now)).reaches()?;
            Some(reaches <= ends.date)
        }
        Stands::Rests => None,
    }
}

/// The day on which the first limit on the whole process ended that an open concern is past, as of a council-local day. `None` also
/// where what it asks for was agreed: that is under way.
#[must_use]
pub fn past_cap(rules: &Rules<'_>, concern: &Concern, today: NaiveDate) -> Option<NaiveDate> {
    if matches!(concern.phase, Phase::Underway | Phase::Closed(_)) {
        return None;
    }
    let ends = rules.caps(concern).map(|(_, ends)| ends.date).min()?;
    (ends < today).then_some(ends)
}

/// The day on which the steps left end at full length, if they go on now.
#[must_use]
pub fn reaches(rules: &Rules<'_>, concern: &Concern, now: DateTime<Utc>) -> Option<NaiveDate> {
    match stands(rules, concern) {
        Stands::Runs(due) => climb_from_present(rules, concern, due).reaches(),
        Stands::Waits { next, .. } => climb(rules, concern, Some(next), rules.day(now)).reaches(),
        Stands::Rests => None,
    }
}

fn stands<'a>(rules: &Rules<'a>, concern: &Concern) -> Stands<'a> {
    let Some(visit) = concern.visit() else {
        return Stands::Rests;
    };
    let next = rules.step_of(visit).and_then(|step| step.next.as_ref());
    let waits = |to: Option<&'a Step>| match to {
        Some(next) if !judged(next) => Stands::Waits {
            next,
            since: rules.day(concern.nag.since),
        },
        _ => Stands::Rests,
    };
    match (concern.phase, visit.ends()) {
        (Phase::Answering | Phase::RejectedWaiting, Some(due)) => Stands::Runs(due),
        (Phase::Answering | Phase::RejectedWaiting | Phase::Judging, _) => {
            waits(next.and_then(|next| rules.step(next)))
        }
        (Phase::AtGate, _) => waits(visit.gate.as_ref().and_then(|gate| rules.step(&gate.to))),
        (Phase::Underway | Phase::Exhausted | Phase::Closed(_), _) => Stands::Rests,
    }
}

fn judged(step: &Step) -> bool {
    step.gate
        .as_ref()
        .is_some_and(|gate| gate.kind == GateKind::Judgement)
}

/// The way up from where a concern stands.
struct Climb<'a> {
    steps: Vec<Foreseen<'a>>,
    untimed: Option<Foreseen<'a>>,
    /// The concern as it would then be.
    left: Concern,
}

impl Climb<'_> {
    fn none(concern: &Concern) -> Self {
        Self {
            steps: Vec::new(),
            untimed: None,
            left: concern.clone(),
        }
    }

    /// The day on which the last step ends that needs no judgement of the raiser's.
    fn reaches(&self) -> Option<NaiveDate> {
        let certain = self.steps.iter().rfind(|step| !step.if_judged)?;
        certain.due.map(|due| due.date)
    }
}

fn climb_from_present<'a>(rules: &Rules<'a>, concern: &Concern, due: Due) -> Climb<'a> {
    let present = concern
        .visit()
        .and_then(|visit| Some((visit, rules.step_of(visit)?)));
    let Some((visit, step)) = present else {
        return Climb::none(concern);
    };
    let next = step.next.as_ref().and_then(|next| rules.step(next));
    let mut way = climb(rules, concern, next, due.date);
    let here = Foreseen {
        step,
        from: rules.day(visit.issued_at),
        due: Some(due),
        if_judged: false,
    };
    way.steps.insert(0, here);
    way
}

/// The way up where a step is issued on a day, each later one at the close of the last day of the one before.
fn climb<'a>(
    rules: &Rules<'a>,
    concern: &Concern,
    first: Option<&'a Step>,
    mut day: NaiveDate,
) -> Climb<'a> {
    let mut way = Climb::none(concern);
    let (mut next, mut if_judged) = (first, false);
    // A ladder only leads up: as many steps as it has are enough.
    for _ in &rules.route.steps {
        let Some(step) = next else { break };
        if_judged |= judged(step);
        let at = just_after(rules.calendar.close_of(day));
        let due = step
            .clock
            .as_ref()
            .map(|clock| rules.dated(&way.left, clock, day, at).due);
        let issued = Fact::StepIssued {
            visit: u32::try_from(way.left.visits.len()).unwrap_or(u32::MAX - 1) + 1,
            step: step.id.clone(),
            how: How::Lapsed,
            due,
            review_on: None,
            window_passed: false,
            issued_late: false,
        };
        way.left.apply(&Recorded {
            seq: way.left.seq + 1,
            at,
            actor: Actor::Lodestar,
            on_behalf_of: None,
            fact: issued,
        });
        let foreseen = Foreseen {
            step,
            from: day,
            due,
            if_judged,
        };
        let Some(due) = due else {
            way.untimed = Some(foreseen);
            break;
        };
        way.steps.push(foreseen);
        day = due.date;
        next = step.next.as_ref().and_then(|next| rules.step(next));
    }
    way
}

/// The latest day on which a step may be issued so that what follows fits.
enum Latest {
    /// No step with a time follows.
    Any,
    /// This day.
    By(NaiveDate),
    /// It was too late when the wait began.
    TooLate,
}

fn latest_start<'a>(
    rules: &Rules<'a>,
    concern: &Concern,
    next: &'a Step,
    (since, ends): (NaiveDate, Due),
) -> Latest {
    let reaches = |day| climb(rules, concern, Some(next), day).reaches();
    match reaches(since) {
        None => return Latest::Any,
        Some(day) if day > ends.date => return Latest::TooLate,
        Some(_) => {}
    }
    // The later it is issued the later it ends, so the last day that fits is found by halving.
    let after = |days| since.checked_add_days(Days::new(days)).unwrap_or(since);
    let all = (ends.date - since).num_days();
    let (mut fits, mut late) = (0, u64::try_from(all).unwrap_or(0) + 1);
    while late - fits > 1 {
        let middle = fits + (late - fits) / 2;
        if reaches(after(middle)).is_some_and(|day| day <= ends.date) {
            fits = middle;
        } else {
            late = middle;
        }
    }
    // A day on which nobody works is no day to be told of: the working day before it fits as well.
    Latest::By(rules.due_by(after(fits)).date.max(since))
}
