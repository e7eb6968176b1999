//! Every deadline of a concern, derived from where it stands. The store keeps them only so that they can be found in order.

use std::fmt;

use chrono::{DateTime, Utc};

use super::follow::is_followed;
use super::forecast;
use super::rules::{
    CALL_REMINDERS, CALL_WAITS, FIVE_WORKING_DAYS, ONE_WORKING_DAY, Rules, TWO_WORKING_DAYS,
    UNDELIVERED, just_after,
};
use super::state::{Concern, Phase, Visit};
use crate::calendar::Period;

/// How many times those whose input is missing are asked again.
const INPUT_ASKED_AGAIN: usize = 3;

/// A clock's name within its concern. A clock that was set anew has a new name, so that none falls twice.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ClockKey(String);

impl ClockKey {
    fn new(kind: ClockKind, of: u32, again: u32) -> Self {
        Self(format!("{}/{of}/{again}", kind.as_str()))
    }

    /// The key as the store keeps it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<&str> for ClockKey {
    fn from(text: &str) -> Self {
        Self(text.to_owned())
    }
}

impl fmt::Display for ClockKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A live clock.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Clock {
    /// Its name.
    pub key: ClockKey,
    /// What it is for.
    pub kind: ClockKind,
    /// When it falls.
    pub at: DateTime<Utc>,
}

/// What a clock is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ClockKind {
    /// The step lapses and the concern moves on.
    Lapse,
    /// The raiser is warned, and the gate ahead is asked.
    Warn,
    /// The addressee is reminded to acknowledge.
    AckReminder,
    /// The card is still not delivered.
    Undelivered,
    /// The raiser of an urgent concern is reminded that no call is logged.
    Call,
    /// Those whose input is missing are asked again.
    Input,
    /// What was agreed should be done: the raiser is asked.
    Target,
    /// Those who follow up what they directed have not said whether it is done.
    Report,
    /// The raiser has not judged.
    Judge,
    /// The gate's holder is reminded.
    GateReminder,
    /// The gate is still unanswered, or the raiser has not acted at it.
    GateAlert,
    /// The raiser looks again.
    Review,
    /// Those who meet are reminded of the day.
    MeetingReminder,
    /// It is asked what came of a meeting.
    MeetingOutcome,
    /// The steps left do not fit a limit on the whole process: the raiser is warned.
    CapWarn,
    /// A limit on the whole process has passed: it is reported.
    CapPassed,
    /// The raiser's side is asked about who was invited to respond and has not.
    Partners,
}

impl ClockKind {
    /// Its name in keys and in the demo's list of what comes next.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Lapse => "lapse",
            Self::Warn => "warn",
            Self::AckReminder => "acknowledge",
            Self::Undelivered => "undelivered",
            Self::Call => "call",
            Self::Input => "input",
            Self::Target => "target",
            Self::Report => "report",
            Self::Judge => "judge",
            Self::GateReminder => "gate-reminder",
            Self::GateAlert => "gate-alert",
            Self::Review => "review",
            Self::MeetingReminder => "meeting",
            Self::MeetingOutcome => "meeting-outcome",
            Self::CapWarn => "cap-warn",
            Self::CapPassed => "cap-passed",
            Self::Partners => "partners",
        }
    }
}

/// The live clocks of a concern. Never empty while it is open.
#[must_use]
#[expect(clippy::too_many_lines, reason = "every clock there is, in one place")]
pub fn clocks(rules: &Rules<'_>, concern: &Concern) -> Vec<Clock> {
    let mut live = Vec::with_capacity(4);
    let Some(visit) = concern.visit() else {
        return live;
    };
    let mut add = |kind: ClockKind, of: u32, again: u32, at: DateTime<Utc>| {
        live.push(Clock {
            key: ClockKey::new(kind, of, again),
            kind,
            at,
        });
    };
    let nag = &concern.nag;
    let told_again = |first: DateTime<Utc>| match nag.last {
        None => first,
        Some(last) => rules.after(last, FIVE_WORKING_DAYS),
    };
    match concern.phase {
        Phase::Closed(_) => {}
        Phase::Answering | Phase::RejectedWaiting => {
            // A step runs from when its addressee got it. Somebody who acts on a card has got it, whatever is reported of it.
            if visit.received().is_none() {
                add(
                    ClockKind::Undelivered,
                    nag.wait,
                    nag.alerts,
                    told_again(visit.issued_at + UNDELIVERED),
                );
            } else if let (Some(due), Some(ends)) = (visit.due, visit.ends()) {
                add(
                    ClockKind::Lapse,
                    visit.number,
                    visit.redated,
                    just_after(ends.at),
                );
                if let (None, Some(at)) = (visit.warned, rules.warning_of(visit, &due)) {
                    add(ClockKind::Warn, visit.number, visit.redated, at);
                }
            }
            let answering = concern.phase == Phase::Answering;
            if let Some(at) = ack_reminder(rules, concern, visit).filter(|_| answering) {
                add(ClockKind::AckReminder, visit.number, 0, at);
            }
            if let (None, Some((on, times))) = (visit.due, concern.review) {
                add(
                    ClockKind::Review,
                    visit.number,
                    times,
                    rules.opening_on_or_after(on),
                );
            }
        }
        Phase::Underway
            if visit.target.is_some()
                && visit.target_asked.is_none()
                && visit.report_asked.is_none()
                && visit.reported.is_none() =>
        {
            if let Some((target, times)) = visit.target {
                let opening = rules.opening_on_or_after(target);
                // A target of today is asked about when today ends, not at an opening that is past.
                let at = if opening > nag.since {
                    opening
                } else {
                    just_after(rules.calendar.close_of(target)).max(nag.since)
                };
                add(ClockKind::Target, visit.number, times, at);
            }
        }
        Phase::Underway | Phase::Judging => {
            let kind = if is_followed(rules, concern) {
                ClockKind::Report
            } else {
                ClockKind::Judge
            };
            add(
                kind,
                nag.wait,
                nag.alerts,
                told_again(rules.after(nag.since, TWO_WORKING_DAYS)),
            );
        }
        Phase::AtGate => {
            let raisers = visit
                .gate
                .as_ref()
                .is_none_or(|gate| gate.verdict.is_some() || rules.is_judgement(&gate.to));
            if !raisers && !nag.reminded {
                add(
                    ClockKind::GateReminder,
                    nag.wait,
                    0,
                    rules.opening_after(nag.since),
                );
            }
            let patience = if raisers {
                TWO_WORKING_DAYS
            } else {
                ONE_WORKING_DAY
            };
            add(
                ClockKind::GateAlert,
                nag.wait,
                nag.alerts,
                told_again(rules.after(nag.since, patience)),
            );
        }
        Phase::Exhausted => {
            if let Some((on, times)) = concern.review {
                add(
                    ClockKind::Review,
                    visit.number,
                    times,
                    rules.opening_on_or_after(on),
                );
            }
        }
    }
    if concern.phase == Phase::Answering {
        live.extend(input_again(rules, visit));
        live.extend(of_meetings(rules, visit));
    }
    live.extend(call_missing(rules, concern));
    if concern.is_open() {
        live.extend(of_caps(rules, concern).into_iter().map(|(_, clock)| clock));
        live.extend(of_partners(rules, concern));
    }
    live
}

/// The clocks of the limits on the whole process, with each limit's place in the protocol: it is warned of while the steps left
/// do not fit, and reported once when it has passed.
pub(super) fn of_caps(rules: &Rules<'_>, concern: &Concern) -> Vec<(u32, Clock)> {
    let mut live = Vec::with_capacity(rules.protocol.caps.len());
    for (number, cap) in rules.numbered_caps(concern) {
        let told = concern.cap(number);
        if told.passed {
            continue;
        }
        let mut add = |kind, again, at: Option<DateTime<Utc>>| {
            let key = ClockKey::new(kind, number, again);
            live.extend(at.map(|at| (number, Clock { key, kind, at })));
        };
        let passed = forecast::passed_at(rules, concern, cap);
        add(ClockKind::CapPassed, 0, passed);
        if !told.warned {
            let warned = forecast::warned_at(rules, concern, cap);
            add(ClockKind::CapWarn, told.warnings, warned);
        }
    }
    live
}

/// When the raiser's side is asked about who was invited to respond and has not: at the opening of every fifth working day, as the
/// sources give no time. The first is counted from the day of the oldest invitation.
fn of_partners(rules: &Rules<'_>, concern: &Concern) -> Option<Clock> {
    let partners = &concern.partners;
    let oldest = partners.outstanding().next()?;
    let since = partners
        .asked_at
        .map_or(oldest.informed.on, |asked| rules.day(asked));
    let fifth = rules.opening_on_or_after(rules.due(since, FIVE_WORKING_DAYS).date);
    Some(Clock {
        key: ClockKey::new(ClockKind::Partners, oldest.informed.number, partners.asked),
        kind: ClockKind::Partners,
        at: fifth.max(rules.opening_after(oldest.at)),
    })
}

/// The clocks of the meetings ahead: a reminder at the opening of the working day before, and at the opening after the day the
/// question what came of it.
fn of_meetings(rules: &Rules<'_>, visit: &Visit) -> Vec<Clock> {
    let mut live = Vec::new();
    for meeting in visit.meetings.iter().filter(|meeting| meeting.is_ahead()) {
        // A stay and a meeting in it are one number in a key.
        let of = visit.number * 1_000 + meeting.number;
        let mut add = |kind, at| {
            live.push(Clock {
                key: ClockKey::new(kind, of, meeting.moved),
                kind,
                at,
            });
        };
        let day_before = rules.due(meeting.on, Period::WorkingDays(-1)).date;
        let reminder = rules.opening_on_or_after(day_before);
        if !meeting.reminded && reminder > meeting.called_at {
            add(ClockKind::MeetingReminder, reminder);
        }
        if !meeting.asked {
            let after = rules.opening_after(rules.calendar.close_of(meeting.on));
            add(ClockKind::MeetingOutcome, after.max(meeting.called_at));
        }
    }
    live
}

/// The meeting of a stay that a clock is of.
pub(super) fn meeting_of(visit: &Visit, key: &ClockKey) -> Option<u32> {
    let of: u32 = key.as_str().split('/').nth(1)?.parse().ok()?;
    let number = of.checked_sub(visit.number * 1_000)?;
    visit.meeting(number).map(|meeting| meeting.number)
}

/// When the raiser of an urgent concern is reminded of the call: an hour after raising within the hours of that day, else at the next
/// opening; then at each opening, three times in all.
fn call_missing(rules: &Rules<'_>, concern: &Concern) -> Option<Clock> {
    let times = concern.call_reminders.len();
    if times >= CALL_REMINDERS || !rules.lacks_call(concern) {
        return None;
    }
    let at = if let Some(last) = concern.call_reminders.last() {
        rules.opening_after(*last)
    } else {
        let raised = concern.raised_at;
        let today = rules.day(raised);
        let opening = rules.opening_on_or_after(today);
        let soon = (raised + CALL_WAITS).max(opening);
        if rules.day(opening) == today && soon <= rules.calendar.close_of(today) {
            soon
        } else {
            rules.opening_after(raised)
        }
    };
    let again = u32::try_from(times).unwrap_or(u32::MAX);
    Some(Clock {
        key: ClockKey::new(ClockKind::Call, 0, again),
        kind: ClockKind::Call,
        at,
    })
}

/// When those whose input is missing are asked again: at the opening after two working days and after two more, three times at most, and
/// not once the step has ended.
fn input_again(rules: &Rules<'_>, visit: &Visit) -> Option<Clock> {
    let times = visit.inputs_asked.len();
    if times >= INPUT_ASKED_AGAIN || rules.missing_inputs(visit).is_empty() {
        return None;
    }
    let last = visit.inputs_asked.last().unwrap_or(&visit.issued_at);
    let at = rules.opening_after(rules.after(*last, TWO_WORKING_DAYS));
    let again = u32::try_from(times).unwrap_or(u32::MAX);
    let in_time = visit.ends().is_none_or(|ends| at <= ends.at);
    in_time.then(|| Clock {
        key: ClockKey::new(ClockKind::Input, visit.number, again),
        kind: ClockKind::Input,
        at,
    })
}

/// When the addressee is reminded to acknowledge: at the opening after one working day, unless the step has ended by then.
fn ack_reminder(rules: &Rules<'_>, concern: &Concern, visit: &Visit) -> Option<DateTime<Utc>> {
    if visit.ack_reminded || rules.unseen(concern, visit).is_empty() {
        return None;
    }
    let at = rules.opening_after(rules.due(rules.day(visit.delivered?), ONE_WORKING_DAY).at);
    visit.ends().is_none_or(|ends| at <= ends.at).then_some(at)
}
