//! What `list`, `overdue` and `show` say: reference, step, role and date, and nothing of what anybody wrote.

use super::{Bot, message};
use crate::calendar::say_date;
use crate::concern::follow::is_followed;
use crate::concern::rules::TWO_WORKING_DAYS;
use crate::concern::{Concern, Phase, Rules, Standing, forecast};
use crate::desk;
use crate::ids::{ConcernId, UserId};
use crate::messages::{Line, Problem, Reply as Said, Told};
use crate::slack::reply::Reply;

impl Bot {
    /// What waits for a person's answer, then what they raised, then what else they may read.
    pub(super) async fn list(&self, user: &UserId) -> Reply {
        let found = match self.desk.readable(user).await {
            Ok(found) => found,
            Err(fault) => return Reply::words(self.trouble(&fault)),
        };
        let calendar = self.desk.calendar();
        let (mut waiting, mut mine, mut others) = (Vec::new(), Vec::new(), Vec::new());
        for desk::Line { case, standing } in &found {
            let Ok(rules) = case.rules(&calendar, self.desk.hours()) else {
                continue;
            };
            let line = line(&rules, &case.concern);
            if waits_for(&rules, &case.concern, standing) {
                waiting.push(line);
            } else if case.concern.raiser == *user || standing.covers_raiser {
                mine.push(line);
            } else {
                others.push(line);
            }
        }
        waiting.append(&mut mine);
        waiting.append(&mut others);
        self.says(&Said::List(&waiting))
    }

    /// What is past its day, among what a person may read.
    pub(super) async fn overdue(&self, user: &UserId) -> Reply {
        let found = match self.desk.readable(user).await {
            Ok(found) => found,
            Err(fault) => return Reply::words(self.trouble(&fault)),
        };
        let calendar = self.desk.calendar();
        let now = self.desk.now();
        let lines: Vec<Line> = found
            .iter()
            .filter_map(|desk::Line { case, .. }| {
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
                    ..line(&rules, concern)
                })
            })
            .collect();
        self.says(&Said::Overdue(&lines))
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
    let gate = visit
        .gate
        .as_ref()
        .filter(|gate| concern.is_open() && gate.verdict.is_none() && !gate.superseded)
        .and_then(|gate| rules.gate_to(&gate.to));
    answers || gate.is_some_and(|gate| gate.roles.iter().any(|role| standing.holds(role)))
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
    let since = say_date(rules.day(concern.nag.since));
    let due = visit.and_then(|visit| visit.held.or(visit.due));
    let review = concern.review.map(|(on, _)| say_date(on));
    let (role, date) = match concern.phase {
        Phase::Answering => match due {
            Some(due) => (addressee(), rules.calendar.say_due(&due)),
            None => (addressee(), review.unwrap_or(since)),
        },
        Phase::RejectedWaiting => (
            raiser(),
            due.map_or(since, |due| rules.calendar.say_due(&due)),
        ),
        Phase::Underway if visit.is_some_and(|visit| visit.reported.is_some()) => (raiser(), since),
        Phase::Underway => {
            let target = visit.and_then(|visit| visit.target);
            (addressee(), target.map_or(since, |(on, _)| say_date(on)))
        }
        Phase::AtGate => {
            let gate = visit
                .and_then(|visit| visit.gate.as_ref())
                .filter(|gate| gate.verdict.is_none())
                .and_then(|gate| rules.gate_to(&gate.to));
            let role = gate
                .and_then(|gate| gate.roles.first())
                .map_or_else(raiser, |role| rules.protocol.role_name(role).to_owned());
            (role, since)
        }
        Phase::Exhausted => (raiser(), review.unwrap_or(since)),
        Phase::Judging | Phase::Closed(_) => (raiser(), since),
    };
    Line {
        concern: concern.id,
        step: step.map_or_else(String::new, |step| step.stage.clone()),
        role,
        date,
    }
}
