//! A team's daily digest: what is overdue, due and waiting. Sorting is pure; sending happens once a team and day, whatever restarts.

use chrono::NaiveDate;

use crate::calendar::say_date;
use crate::concern::follow::is_followed;
use crate::concern::rules::TWO_WORKING_DAYS;
use crate::concern::{Concern, Phase, Rules, forecast};
use crate::desk::{AnyCase, Desk, DeskError};
use crate::ids::{ConcernId, RoleId, TeamId};
use crate::messages::{DigestContext, Line};
use crate::record::{Waiting, Whom};
use crate::store::concerns::{Find, Which};

/// What a team's digest says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Digest {
    /// Past its due moment, and not moved on: held, undelivered, or waiting for something after it.
    pub overdue: Vec<Entry>,
    /// Due today.
    pub due_today: Vec<Entry>,
    /// Due in the next two working days.
    pub due_soon: Vec<Entry>,
    /// Waiting at a gate.
    pub at_gate: Vec<Entry>,
    /// Waiting for the raiser.
    pub waiting_raiser: Vec<Entry>,
    /// Not acknowledged yet.
    pub unacknowledged: Vec<Entry>,
    /// Open past the first limit on the whole process, and nothing agreed.
    pub past_cap: Vec<Entry>,
    /// What is kept beside the concerns.
    pub beside: Beside,
}

/// What is kept beside the concerns and waits: reference, what it is, role and date, and nothing else.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Beside {
    /// Past its day.
    pub overdue: Vec<Line>,
    /// Due today.
    pub due_today: Vec<Line>,
    /// Due in the next two working days.
    pub due_soon: Vec<Line>,
    /// Without a day of its own, and somebody was reminded of it.
    pub asked: Vec<Line>,
}

/// One line: reference, step, role and date, and nothing else.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The concern.
    pub concern: ConcernId,
    /// The step's stage and name.
    pub step: String,
    /// Who must act; `None` is the raiser.
    pub role: Option<RoleId>,
    /// That role's local name; "the raiser" where it is the raiser.
    pub role_name: String,
    /// The day it is about.
    pub date: NaiveDate,
    /// Whether that is the day since when it waits, and not the day by which.
    pub since: bool,
}

impl Digest {
    /// Whether there is nothing to say.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        [
            &self.overdue,
            &self.due_today,
            &self.due_soon,
            &self.at_gate,
            &self.waiting_raiser,
            &self.unacknowledged,
            &self.past_cap,
        ]
        .iter()
        .all(|lines| lines.is_empty())
            && self.beside == Beside::default()
    }

    /// What its template is filled with: reference, step, role and date, and nothing else.
    #[must_use]
    pub fn context(&self, team_name: &str, date: NaiveDate) -> DigestContext {
        let lines = |entries: &[Entry], beside: &[Line]| -> Vec<Line> {
            let line = |entry: &Entry| {
                let (step, role) = (entry.step.clone(), entry.role_name.clone());
                Line {
                    since: entry.since,
                    ..Line::of_concern(entry.concern, step, role, say_date(entry.date))
                }
            };
            entries
                .iter()
                .map(line)
                .chain(beside.iter().cloned())
                .collect()
        };
        let beside = &self.beside;
        DigestContext {
            team_name: team_name.to_owned(),
            date: say_date(date),
            overdue: lines(&self.overdue, &beside.overdue),
            due_today: lines(&self.due_today, &beside.due_today),
            due_soon: lines(&self.due_soon, &beside.due_soon),
            at_gate: lines(&self.at_gate, &[]),
            waiting_raiser: lines(&self.waiting_raiser, &[]),
            unacknowledged: lines(&self.unacknowledged, &[]),
            past_cap: lines(&self.past_cap, &[]),
            beside: beside.asked.clone(),
        }
    }

    /// Sorts a concern into its lists, as of a council-local day.
    pub fn add(&mut self, rules: &Rules<'_>, concern: &Concern, today: NaiveDate) {
        let Some((visit, step)) = concern
            .visit()
            .and_then(|visit| Some((visit, rules.step_of(visit)?)))
        else {
            return;
        };
        let entry = |role: Option<&RoleId>, date| Entry {
            concern: concern.id,
            step: format!("{}: {}", step.stage, step.name),
            role: role.cloned(),
            role_name: role.map_or_else(
                || "the raiser".to_owned(),
                |role| rules.protocol.role_name(role).to_owned(),
            ),
            date,
            since: false,
        };
        let waits = |role, since| Entry {
            since: true,
            ..entry(role, since)
        };
        let addressee = step.to.first();
        if let Some(ended) = forecast::past_cap(rules, concern, today) {
            let by_addressee = addressee.filter(|_| concern.phase == Phase::Answering);
            self.past_cap.push(entry(by_addressee, ended));
        }
        let soon = rules.due(today, TWO_WORKING_DAYS).date;
        match concern.phase {
            Phase::Closed(_) => {}
            Phase::Answering | Phase::RejectedWaiting => {
                if let Some(due) = visit.due {
                    let line = entry(addressee, due.date);
                    if due.date < today {
                        self.overdue.push(line);
                    } else if due.date == today {
                        self.due_today.push(line);
                    } else if due.date <= soon {
                        self.due_soon.push(line);
                    }
                } else if let Some((on, _)) = concern
                    .review
                    .filter(|(on, _)| *on <= soon || concern.review_asked.is_some())
                {
                    self.waiting_raiser.push(entry(None, on));
                }
                if concern.phase == Phase::Answering && !rules.unseen(concern, visit).is_empty() {
                    self.unacknowledged
                        .push(waits(addressee, rules.day(visit.issued_at)));
                }
            }
            // Whoever follows it up has said how far it has come: the raiser judges.
            Phase::Underway if visit.reported.is_some() => self
                .waiting_raiser
                .push(waits(None, rules.day(concern.nag.since))),
            Phase::Underway => match visit.target {
                Some((target, _)) if target < today => {
                    let follows = addressee.filter(|_| is_followed(rules, concern));
                    self.overdue.push(entry(follows, target));
                }
                Some((target, _)) if target == today => {
                    self.due_today.push(entry(addressee, target));
                }
                Some((target, _)) if target <= soon => self.due_soon.push(entry(addressee, target)),
                _ => {}
            },
            Phase::Judging | Phase::Exhausted => self
                .waiting_raiser
                .push(waits(None, rules.day(concern.nag.since))),
            Phase::AtGate => {
                let since = rules.day(concern.nag.since);
                let asked = rules.named_at_gate(visit);
                if asked.is_empty() {
                    self.waiting_raiser.push(waits(None, since));
                }
                for role in asked {
                    self.at_gate.push(waits(Some(role), since));
                }
            }
        }
    }
}

impl Beside {
    /// Sorts what a record waits for into its list, as of a council-local day. A general concern is about a service, and so perhaps about
    /// the very team: it stands in no digest, nor does what is the protocol's own, nor what waits for nobody.
    fn add(&mut self, rules: &Rules<'_>, case: &AnyCase, waiting: &Waiting, today: NaiveDate) {
        let private = matches!(case.what(), "service" | "praise" | "protocol");
        if private || waiting.whom == Whom::Nobody {
            return;
        }
        let soon = rules.due(today, TWO_WORKING_DAYS).date;
        let list = match waiting.due.map(|due| due.date) {
            Some(day) if day < today => &mut self.overdue,
            Some(day) if day == today => &mut self.due_today,
            Some(day) if day <= soon => &mut self.due_soon,
            None if waiting.overdue => &mut self.asked,
            _ => return,
        };
        let named = (case.subject(), case.what());
        let line = Line::of_record(named, case.protocol(), waiting, rules.calendar);
        let line = line.for_a_channel();
        if !list.contains(&line) {
            list.push(line);
        }
    }
}

/// A team's digest as of now.
///
/// # Errors
/// The store's, or a record that cannot be read.
pub async fn of_team(desk: &Desk, team: &TeamId, today: NaiveDate) -> Result<Digest, DeskError> {
    let mut tx = desk.store().read().await?;
    let calendar = desk.calendar();
    let mut digest = Digest::default();
    for case in desk.open(&mut tx, Find::Team(team.as_str())).await? {
        let rules = case.rules(&calendar, desk.hours())?;
        digest.add(&rules, &case.concern, today);
    }
    drop(tx);
    let now = calendar.at(today, desk.digest_hour());
    let of_team = Find::Team(team.as_str());
    for case in desk.records_of_any(of_team, Which::Open).await? {
        let rules = case.rules(&calendar, desk.hours())?;
        for waiting in case.waits(&rules, now) {
            digest.beside.add(&rules, &case, &waiting, today);
        }
    }
    Ok(digest)
}

/// Queues the digests that are due: on a working day, from the configured hour until the day's end, once a team.
///
/// # Errors
/// The store's.
pub async fn due(desk: &Desk) -> Result<(), DeskError> {
    let calendar = desk.calendar();
    let now = desk.now();
    let today = calendar.local_date(now);
    let working = calendar.is_working_day(today).unwrap_or(false);
    let hour = calendar.at(today, desk.digest_hour());
    if !working || now < hour || now > calendar.close_of(today) {
        return Ok(());
    }
    let done = today.to_string();
    {
        let mut tx = desk.store().read().await?;
        if tx.setting("digests_done_on").await?.as_deref() == Some(&done) {
            return Ok(());
        }
    }
    for team in desk.directory().teams() {
        let Some(channel) = &team.channel else {
            continue;
        };
        let digest = of_team(desk, &team.id, today).await?;
        let mut tx = desk.store().begin().await?;
        if tx.digest_once(team.id.as_str(), today, now).await? && !digest.is_empty() {
            desk.post_digest(&mut tx, &team.id, channel, today).await?;
        }
        tx.commit().await?;
    }
    let mut tx = desk.store().begin().await?;
    tx.set("digests_done_on", &done).await?;
    tx.commit().await?;
    desk.tell_courier();
    Ok(())
}
