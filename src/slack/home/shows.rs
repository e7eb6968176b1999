//! What a home shows: what waits for somebody, what is theirs, and for the manager of the IRO service the whole of it. Nothing there
//! that the read rule would not show.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;

use super::{Homes, Open};
use crate::concern::readers::raisers_side;
use crate::concern::{ActsNext, Concern, Phase, Rules, Standing, who_acts_next};
use crate::desk::Part;
use crate::directory::Team;
use crate::ids::{TeamId, UserId};
use crate::messages::{Home, Line, Manages, PartnerLine, asked_after};
use crate::slack::dispatch::lists::{line_for, record_line, waits_for};

impl Homes {
    /// What somebody's home shows: of what is open, that which they may read.
    pub(super) fn home(&self, user: &UserId, open: &Open) -> Home {
        let directory = self.desk.directory();
        let calendar = self.desk.calendar();
        let managed = self.desk.manages(user);
        let mut invited: Vec<(NaiveDate, PartnerLine)> = Vec::new();
        let mut sorted: BTreeMap<&'static str, Vec<(NaiveDate, Line)>> = BTreeMap::new();
        for case in &open.concerns {
            let standing = self.desk.standing(user, case);
            let Ok(rules) = case.rules(&calendar, self.desk.hours()) else {
                continue;
            };
            if crate::access::may_read(&rules, &case.concern, &standing) {
                let list = list_of(&rules, &case.concern, &standing);
                let line = line_for(&self.desk, &rules, case, &standing);
                let entry = (day_of(&rules, &case.concern), line);
                sorted.entry(list).or_default().push(entry);
                if raisers_side(&rules, &case.concern, &standing) {
                    invited.extend(waits_from(&rules, &case.concern));
                }
            }
        }
        invited.sort_by_key(|(day, _)| *day);
        for one in self.desk.listed_for(user, &open.records) {
            let list = match one.part {
                Part::Waits => "waiting",
                Part::Theirs => "mine",
                Part::Manages => "others",
            };
            let day = calendar.local_date(one.waiting.at());
            let entry = (day, record_line(&one, &calendar));
            sorted.entry(list).or_default().push(entry);
        }
        let mut list = |name| {
            let mut lines = sorted.remove(name).unwrap_or_default();
            lines.sort_by_key(|(day, line)| (*day, line.reference));
            lines.into_iter().map(|(_, line)| line).collect::<Vec<_>>()
        };
        let mut home = Home {
            council: self.council.clone(),
            known: true,
            may_raise: !directory.raiser_roles(user).is_empty(),
            manages: match managed.is_empty() {
                true => Manages::None,
                false if self.desk.manages_all(user) => Manages::All,
                false => Manages::Some,
            },
            waiting: list("waiting"),
            mine: list("mine"),
            gates: list("gates"),
            held: list("held"),
            others: list("others"),
            invited: invited.into_iter().map(|(_, line)| line).collect(),
            vacancies: self.vacancies(&managed),
            covers: self.desk.covers_seen_by(user),
            ask: Vec::new(),
            changed: String::new(),
        };
        home.known = directory.serves(user)
            || !home.covers.is_empty()
            || [&home.waiting, &home.mine, &home.others]
                .iter()
                .any(|lines| !lines.is_empty());
        if !home.known {
            home.ask = self.desk.iro_managers();
        }
        home
    }

    /// The roles that nobody holds of these teams.
    fn vacancies(&self, teams: &BTreeSet<TeamId>) -> Vec<String> {
        let directory = self.desk.directory();
        let mut vacant = Vec::new();
        let of_theirs = |team: &&Team| teams.contains(&team.id);
        for team in directory.teams().iter().filter(of_theirs) {
            let Some(held) = self.desk.protocols().current(&team.protocol) else {
                continue;
            };
            for (id, role) in &held.protocol.roles {
                let holders = directory.holders(&team.id, id, &held.protocol);
                if holders.is_nobody() || holders.standing_in_for.is_some() {
                    vacant.push(format!("{}, {}", role.name, team.name));
                }
            }
        }
        vacant
    }
}

/// The list that an open concern stands in on somebody's home.
fn list_of(rules: &Rules<'_>, concern: &Concern, standing: &Standing) -> &'static str {
    let raiser = concern.raiser == standing.user || standing.covers_raiser;
    if waits_for(rules, concern, standing) || raiser && waits_for_raiser(rules, concern) {
        return "waiting";
    }
    if raiser {
        return "mine";
    }
    let held = concern.visit().is_some_and(|visit| visit.held.is_some())
        && matches!(concern.phase, Phase::Answering | Phase::RejectedWaiting);
    match concern.phase {
        Phase::AtGate if standing.is_iro_manager() => "gates",
        _ if held && standing.is_iro_manager() => "held",
        _ => "others",
    }
}

/// Who was invited to respond outside the line of a concern and has not, each with the day on which it is asked after.
fn waits_from(rules: &Rules<'_>, concern: &Concern) -> Vec<(NaiveDate, PartnerLine)> {
    let outstanding = concern.partners.outstanding();
    let asked = |on| asked_after(rules, concern).unwrap_or(on);
    let line = |told| PartnerLine::new(rules, concern, told);
    outstanding
        .map(|told| (asked(told.informed.on), line(told)))
        .collect()
}

/// Whether its raiser must do something before it goes on.
fn waits_for_raiser(rules: &Rules<'_>, concern: &Concern) -> bool {
    match concern.phase {
        Phase::Underway => concern
            .visit()
            .is_some_and(|visit| visit.target_asked.is_some() || visit.reported.is_some()),
        Phase::Answering => concern.review_asked.is_some(),
        Phase::RejectedWaiting => false,
        _ => matches!(who_acts_next(rules, concern), Some(ActsNext::Raiser)),
    }
}

/// The day it is about: when an answer is due, what was promised, when it is looked at again, or since when it waits.
fn day_of(rules: &Rules<'_>, concern: &Concern) -> NaiveDate {
    let visit = concern.visit();
    let since = rules.day(concern.nag.since);
    let review = concern.review.map(|(on, _)| on);
    match concern.phase {
        Phase::Answering | Phase::RejectedWaiting => visit
            .and_then(|visit| visit.held.or(visit.due))
            .map(|due| due.date)
            .or(review)
            .unwrap_or(since),
        Phase::Underway => visit
            .and_then(|visit| visit.target)
            .map_or(since, |(on, _)| on),
        Phase::Exhausted => review.unwrap_or(since),
        _ => since,
    }
}
