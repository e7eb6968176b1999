//! What became of a stay at a step, line by line: who acknowledged, who answered what, when it lapsed, where it went.

use serde::Serialize;

use super::{ladder, redirect};
use crate::calendar::say_date;
use crate::concern::follow::{Progress, Report, is_followed};
use crate::concern::meeting::Outcome;
use crate::concern::{Answer, Answered, Closed, Concern, How, Phase, Position, Rules, Visit};
use crate::ids::UserId;
use crate::protocol::Step;

/// One thing that became of it.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Became {
    /// Which: the words for each are in `line/became`.
    pub(super) kind: &'static str,
    /// Who.
    pub(super) by: Option<UserId>,
    /// For whom, where they could only as that person's cover.
    pub(super) on_behalf_of: Option<UserId>,
    /// In which role.
    pub(super) role: String,
    /// When, or the moment that passed.
    pub(super) on: String,
    /// Until when, or by when.
    pub(super) until: String,
    /// Where to; what kind of meeting.
    pub(super) to: String,
    /// Who chairs a meeting, where it is not whom the protocol names.
    pub(super) chair: Option<UserId>,
    /// Who else is asked to a meeting, by name.
    pub(super) attendees: Vec<UserId>,
    /// What came of a meeting.
    pub(super) how: &'static str,
}

impl Became {
    fn of(kind: &'static str) -> Self {
        Self {
            kind,
            by: None,
            on_behalf_of: None,
            role: String::new(),
            on: String::new(),
            until: String::new(),
            to: String::new(),
            chair: None,
            attendees: Vec::new(),
            how: "",
        }
    }
}

/// Everything that became of a visit so far, in order.
pub(super) fn became(rules: &Rules<'_>, concern: &Concern, visit: &Visit) -> Vec<Became> {
    let say = |at| rules.calendar.say(at);
    let mut lines = Vec::with_capacity(4);
    let answered = |by: &UserId| visit.answers.iter().any(|answer| &answer.by == by);
    for seen in visit.seen.iter().filter(|seen| !answered(&seen.by)) {
        lines.push(Became {
            by: Some(seen.by.clone()),
            on_behalf_of: seen.on_behalf_of.clone(),
            on: say(seen.at),
            ..Became::of("acknowledged")
        });
    }
    if let (true, Some(due)) = (visit.extended, visit.due) {
        lines.push(Became {
            until: rules.calendar.say_due(&due),
            ..Became::of("extended")
        });
    }
    lines.extend(meetings(rules, visit));
    lines.extend(
        visit
            .answers
            .iter()
            .map(|given| answer(rules, visit, given, false)),
    );
    lines.extend(visit.reports.iter().map(|report| reported(rules, report)));
    let held_still =
        matches!(concern.phase, Phase::Answering | Phase::RejectedWaiting) && visit.ended.is_none();
    if let Some(until) = visit
        .ends()
        .filter(|ends| held_still && visit.held == Some(*ends))
    {
        lines.push(Became {
            until: rules.calendar.say_due(&until),
            ..Became::of("held")
        });
    }
    if let (Some(at), Some(due)) = (visit.lapsed, visit.ends())
        && visit
            .answers
            .iter()
            .all(|given| given.answer != Answered::Rejected)
    {
        let noticed_late = rules.day(at) > due.date;
        // Where some of those who must each answer have, it is said who has not.
        let missing = rules.step_of(visit).filter(|_| !visit.answers.is_empty());
        lines.push(Became {
            on: rules.calendar.say_due(&due),
            to: missing.map_or_else(String::new, |step| {
                ladder::awaited(rules, concern, visit, step)
            }),
            until: if noticed_late { say(at) } else { String::new() },
            ..Became::of("lapsed")
        });
    }
    lines.extend(left(rules, concern, visit));
    lines.extend(closed(rules, concern));
    lines.extend(
        visit
            .late_answers
            .iter()
            .map(|given| answer(rules, visit, given, true)),
    );
    lines
}

/// The meetings of a stay: the day of each that is ahead, what came of each that was held, or that none is.
fn meetings(rules: &Rules<'_>, visit: &Visit) -> Vec<Became> {
    let mut lines = Vec::new();
    let ended = visit.ended.is_some() || visit.not_held.is_some() || !visit.answers.is_empty();
    for meeting in &visit.meetings {
        if meeting.accounts.is_empty() && !ended {
            lines.push(Became {
                by: meeting.called_by.clone(),
                chair: meeting.chair.clone(),
                attendees: meeting.attendees.clone(),
                to: meeting.what.clone(),
                until: say_date(meeting.on),
                ..Became::of("meeting_set")
            });
        }
        for account in &meeting.accounts {
            lines.push(Became {
                by: Some(account.by.clone()),
                how: met(account.outcome, account.mediation),
                to: meeting.what.clone(),
                on: say_date(meeting.on),
                ..Became::of("meeting_held")
            });
        }
    }
    if let Some(declined) = &visit.not_held {
        lines.push(Became {
            by: Some(declined.by.clone()),
            on: rules.calendar.say(declined.at),
            ..Became::of("meeting_declined")
        });
    }
    lines
}

/// What came of a meeting, as its words name it.
pub(super) fn met(outcome: Outcome, mediation: bool) -> &'static str {
    match (outcome, mediation) {
        (Outcome::Agreed, false) => "agreed",
        (Outcome::Agreed, true) => "agreed_mediated",
        (Outcome::NotAgreed, false) => "not_agreed",
        (Outcome::NotAgreed, true) => "not_agreed_mediated",
    }
}

/// An answer, in time or late.
pub(super) fn answer(rules: &Rules<'_>, visit: &Visit, given: &Answer, late: bool) -> Became {
    let kind = match (given.answer, late) {
        (Answered::Accepted, false) => "accepted",
        (Answered::Rejected, false) => "rejected",
        (Answered::Responded, false) => "responded",
        (Answered::Decided, false) => "decided",
        (Answered::Accepted, true) => "accepted_late",
        (Answered::Rejected, true) => "rejected_late",
        (Answered::Responded, true) => "responded_late",
        (Answered::Decided, true) => "decided_late",
    };
    // More time may have moved what was first promised.
    let moved = visit.target.filter(|(_, times)| !late && *times > 1);
    let promised = given
        .target
        .map(|first| moved.map_or(first, |(now, _)| now));
    Became {
        by: Some(given.by.clone()),
        on_behalf_of: given.on_behalf_of.clone(),
        role: given.role.as_ref().map_or_else(String::new, |role| {
            rules.protocol.role_name(role).to_owned()
        }),
        on: rules.calendar.say(given.at),
        until: promised.map_or_else(String::new, say_date),
        ..Became::of(kind)
    }
}

/// What one of those who follow it up said.
fn reported(rules: &Rules<'_>, report: &Report) -> Became {
    let kind = match report.progress {
        Progress::Done => "reported_done",
        Progress::NotDone => "reported_not_done",
        Progress::MoreTime => "reported_more_time",
    };
    Became {
        by: Some(report.by.clone()),
        on_behalf_of: report.on_behalf_of.clone(),
        on: rules.calendar.say(report.at),
        until: report.target.map_or_else(String::new, say_date),
        ..Became::of(kind)
    }
}

/// How the concern left a visit, or what it waits for there now that the step has ended.
fn left(rules: &Rules<'_>, concern: &Concern, visit: &Visit) -> Option<Became> {
    let say = |at| rules.calendar.say(at);
    if let Some(next) = concern.visit_numbered(visit.number + 1) {
        let kind = match next.how {
            How::Lapsed | How::Rejected | How::Raised => "gone",
            How::Unsatisfied => "gone_unsatisfied",
            How::Escalated => "gone_escalated",
            How::Bypassed => "gone_bypassed",
        };
        return Some(Became {
            on: say(next.issued_at),
            to: rules.step_of(next).map_or_else(String::new, |step: &Step| {
                ladder::answerers(rules.protocol, step)
            }),
            ..Became::of(kind)
        });
    }
    match concern.phase {
        Phase::Answering | Phase::RejectedWaiting | Phase::Closed(_) => None,
        Phase::Underway if is_followed(rules, concern) => Some(Became {
            on: visit.report_asked.map(say).unwrap_or_default(),
            until: visit
                .target
                .map_or_else(String::new, |(target, _)| say_date(target)),
            to: rules
                .step_of(visit)
                .map_or_else(String::new, |step| ladder::answerers(rules.protocol, step)),
            ..Became::of(match visit.report_asked {
                Some(_) => "followed_asked",
                None => "followed",
            })
        }),
        Phase::Underway => Some(Became::of("underway")),
        Phase::Judging => Some(Became::of("judging")),
        Phase::AtGate => Some(Became::of("at_gate")),
        Phase::Exhausted => Some(Became::of("exhausted")),
    }
}

/// How the concern was closed, wherever it stood by then: whoever had it before learns of it too.
fn closed(rules: &Rules<'_>, concern: &Concern) -> Option<Became> {
    let Phase::Closed(how) = concern.phase else {
        return None;
    };
    let kind = match how {
        Closed::Resolved => "resolved",
        Closed::Withdrawn => "withdrawn",
        Closed::Redirected => "redirected",
        Closed::Position(Position::Resolved) => "position_resolved",
        Closed::Position(Position::Maintained) => "position_maintained",
        Closed::Position(Position::Referred) => "position_referred",
    };
    let ended = concern.visit().and_then(|last| last.ended);
    let gone = concern.gone.last().filter(|gone| gone.redirected.ends);
    Some(Became {
        on: ended.map(|at| rules.calendar.say(at)).unwrap_or_default(),
        to: gone.map_or_else(String::new, |gone| {
            redirect::name_of(rules, &gone.redirected).to_owned()
        }),
        ..Became::of(kind)
    })
}
