//! What `list`, `overdue` and `show` say: reference, step, role and date, and nothing of what anybody wrote.

use super::{Bot, message};
use crate::calendar::{Calendar, say_date};
use crate::concern::follow::is_followed;
use crate::concern::rules::TWO_WORKING_DAYS;
use crate::concern::{Concern, Phase, Rules, Standing, forecast};
use crate::desk::{self, Case, Desk, DeskError, Listed, Part};
use crate::ids::{ConcernId, UserId};
use crate::messages::{Line, Listing, Mark, Problem, Reply as Said, Told, beside_marks};
use crate::slack::reply::Reply;
use crate::store::concerns::{Find, Which};

impl Bot {
    /// What waits for a person, then what is theirs, then what else they may read: concerns, and what is kept beside them.
    pub(super) async fn list(&self, user: &UserId) -> Reply {
        match self.listing(user).await {
            Ok(listing) => self.says(&Said::List(&listing)),
            Err(fault) => Reply::words(self.trouble(&fault)),
        }
    }

    async fn listing(&self, user: &UserId) -> Result<Listing, DeskError> {
        let calendar = self.desk.calendar();
        let mut listing = Listing::default();
        for desk::Line { case, standing } in &self.desk.readable(user).await? {
            let Ok(rules) = case.rules(&calendar, self.desk.hours()) else {
                continue;
            };
            let line = line_for(&self.desk, &rules, case, standing);
            if waits_for(&rules, &case.concern, standing) {
                listing.waiting.push(line);
            } else if case.concern.raiser == *user || standing.covers_raiser {
                listing.mine.push(line);
            } else {
                listing.others.push(line);
            }
        }
        let records = self.desk.records_of_any(Find::All, Which::Open).await?;
        for one in self.desk.listed_for(user, &records) {
            let list = match one.part {
                Part::Waits => &mut listing.waiting,
                Part::Theirs => &mut listing.mine,
                Part::Manages => &mut listing.others,
            };
            list.push(record_line(&one, &calendar));
        }
        Ok(listing)
    }

    /// What is past its day, among what a person may read.
    pub(super) async fn overdue(&self, user: &UserId) -> Reply {
        match self.past_their_day(user).await {
            Ok(lines) => self.says(&Said::Overdue(&lines)),
            Err(fault) => Reply::words(self.trouble(&fault)),
        }
    }

    async fn past_their_day(&self, user: &UserId) -> Result<Vec<Line>, DeskError> {
        let calendar = self.desk.calendar();
        let now = self.desk.now();
        let found = self.desk.readable(user).await?;
        let concerns = found.iter().filter_map(|desk::Line { case, .. }| {
            let rules = case.rules(&calendar, self.desk.hours()).ok()?;
            let concern = &case.concern;
            if is_overdue(&rules, concern, now) {
                return Some(line(&rules, concern));
            }
            // Nothing asked of anybody is late, but the time of the whole process has ended.
            let ended = forecast::past_cap(&rules, concern, rules.day(now))?;
            Some(Line {
                date: self.messages.told(&Told::WholeEnded {
                    on: say_date(ended),
                }),
                since: false,
                ..line(&rules, concern)
            })
        });
        let mut lines: Vec<Line> = concerns.collect();
        let records = self.desk.records_of_any(Find::All, Which::Open).await?;
        let listed = self.desk.listed_for(user, &records);
        let late = listed.iter().filter(|one| one.waiting.overdue);
        lines.extend(late.map(|one| record_line(one, &calendar)));
        Ok(lines)
    }

    /// How one concern stands, without its texts: those are behind its button.
    pub(super) async fn show(&self, user: &UserId, id: ConcernId) -> Reply {
        match self.readable(user, id).await {
            Ok(case) => {
                let tasks = match self.desk.tasks_of_concern(&case).await {
                    Ok(tasks) => tasks,
                    Err(fault) => return Reply::words(self.trouble(&fault)),
                };
                match self.shown_with(&case, tasks.as_ref().map(|tasks| &tasks.record)) {
                    Some(rendered) => message(rendered),
                    None => self.problem(&Problem::Broken),
                }
            }
            Err(fault) => self.explained(user, id, fault).await,
        }
    }
}

/// What a record beside the concerns waits for, in a list.
pub(in crate::slack) fn record_line(one: &Listed<'_>, calendar: &Calendar) -> Line {
    let named = (one.case.subject(), one.case.what());
    let mut line = Line::of_record(named, one.case.protocol(), &one.waiting, calendar);
    if one.left {
        line.marks.push(Mark::left(line.reference));
    }
    line
}

/// A concern in somebody's list: as [`line`], with what they may know besides.
pub(in crate::slack) fn line_for(
    desk: &Desk,
    rules: &Rules<'_>,
    case: &Case,
    standing: &Standing,
) -> Line {
    let mut line = line(rules, &case.concern);
    if standing.is_iro_manager() && desk.raiser_has_left(case) {
        line.marks.push(Mark::left(line.reference));
    }
    line
}

/// Whether a concern waits for somebody's answer: at its step, or at its gate.
pub(in crate::slack) fn waits_for(
    rules: &Rules<'_>,
    concern: &Concern,
    standing: &Standing,
) -> bool {
    let Some(visit) = concern.visit() else {
        return false;
    };
    if concern.raiser == standing.user {
        return false;
    }
    // Whoever follows up what they directed is asked for their word on its day.
    let asked = concern.phase == Phase::Answering
        || visit.report_asked.is_some() && is_followed(rules, concern);
    let answers = asked
        && rules.step_of(visit).is_some_and(|step| {
            step.answerers().any(|role| standing.holds(role))
                || rules
                    .own_addressee(concern, step)
                    .is_some_and(|own| standing.acts_for(own))
        });
    let asked = if concern.is_open() {
        rules.awaited_at_gate(visit)
    } else {
        Vec::new()
    };
    let input = concern.phase == Phase::Answering
        && rules
            .missing_inputs(visit)
            .into_iter()
            .any(|role| standing.holds(role));
    answers || input || asked.into_iter().any(|role| standing.holds(role))
}

/// Whether what a concern waits for should have happened already: its answer, what was promised, or, after two working days, the word
/// of a gate's holder or of its raiser.
fn is_overdue(rules: &Rules<'_>, concern: &Concern, now: chrono::DateTime<chrono::Utc>) -> bool {
    let Some(visit) = concern.visit() else {
        return false;
    };
    let today = rules.day(now);
    match concern.phase {
        Phase::Answering | Phase::RejectedWaiting => match (visit.due, concern.review) {
            (Some(due), _) => due.at < now,
            (None, review) => review.is_some_and(|(on, _)| on < today),
        },
        Phase::Underway => visit.target.is_some_and(|(target, _)| target < today),
        Phase::AtGate => visit.due.is_none_or(|due| due.at < now),
        Phase::Judging => rules.after(concern.nag.since, TWO_WORKING_DAYS) < now,
        Phase::Exhausted => concern.review.is_some_and(|(on, _)| on < today),
        Phase::Closed(_) => false,
    }
}

/// One concern in a list: who must act, and the day it is about.
pub(in crate::slack) fn line(rules: &Rules<'_>, concern: &Concern) -> Line {
    let visit = concern.visit();
    let step = visit.and_then(|visit| rules.step_of(visit));
    let addressee = || {
        step.and_then(|step| step.to.first())
            .map_or("", |role| rules.protocol.role_name(role))
            .to_owned()
    };
    let raiser = || "the raiser".to_owned();
    let due = visit.and_then(|visit| visit.held.or(visit.due));
    let review = concern.review.map(|(on, _)| say_date(on));
    let (role, day) = match concern.phase {
        Phase::Answering => match due {
            Some(due) => (addressee(), Some(rules.calendar.say_due(&due))),
            None => (addressee(), review),
        },
        // Nobody's turn: its time runs out, and it moves on.
        Phase::RejectedWaiting => (
            "rejected, moves on".to_owned(),
            due.map(|due| rules.calendar.say_due(&due)),
        ),
        Phase::Underway if visit.is_some_and(|visit| visit.reported.is_some()) => (raiser(), None),
        Phase::Underway => {
            let target = visit.and_then(|visit| visit.target);
            (addressee(), target.map(|(on, _)| say_date(on)))
        }
        Phase::AtGate => {
            let asked = visit.map_or_else(Vec::new, |visit| rules.named_at_gate(visit));
            let names: Vec<&str> = asked
                .into_iter()
                .map(|role| rules.protocol.role_name(role))
                .collect();
            let role = if names.is_empty() {
                raiser()
            } else {
                names.join(" and ")
            };
            (role, None)
        }
        Phase::Exhausted => (raiser(), review),
        Phase::Judging | Phase::Closed(_) => (raiser(), None),
    };
    let stage = step.map_or_else(String::new, |step| step.stage.clone());
    let since = || say_date(rules.day(concern.nag.since));
    Line {
        since: day.is_none(),
        marks: beside_marks(rules, concern),
        ..Line::of_concern(concern.id, stage, role, day.unwrap_or_else(since))
    }
}
