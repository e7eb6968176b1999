//! Notices walked through their protocol, each to other turns: what the templates are tried on.

use std::collections::BTreeSet;

use chrono::{DateTime, Days, NaiveDate, NaiveTime, Utc};

use crate::concern::{Raiser, Rules, Standing};
use crate::ids::{CaseRef, ConcernId, NoticeId, TeamId, Text, UserId};
use crate::notice::clocks::clocks;
use crate::notice::{Command, Decision, Notice, Recorded, Send, Sort, decide, rule, send};

/// A notice at a turn of its walk, with what has happened to it.
pub(super) type Turn = (Notice, Vec<Recorded>);

/// Notices of every sort at each turn of their walks.
pub(super) fn taken(rules: &Rules<'_>) -> Vec<Turn> {
    let day = NaiveDate::from_ymd_opt(2026, 12, 17).unwrap_or_default();
    let opens = NaiveTime::from_hms_opt(10, 0, 0).unwrap_or_default();
    let now = rules.calendar.at(day, opens);
    let mut taken = Vec::new();
    for sort in Sort::ALL {
        for full in [true, false] {
            let sender = sender(rules, sort);
            let with = what(rules, sort, full, day);
            if let Ok(decision) = send(rules, NoticeId(7), &sender, with, now) {
                walk(rules, decision, full, now, &mut taken);
            }
        }
    }
    taken
}

fn walk(
    rules: &Rules<'_>,
    begun: Decision,
    full: bool,
    mut now: DateTime<Utc>,
    taken: &mut Vec<Turn>,
) {
    let (mut notice, mut history) = (begun.after, Vec::new());
    history.extend(begun.facts.into_iter().map(|new| new.recorded));
    taken.push((notice.clone(), history.clone()));
    let mut turn = |notice: &Notice, decision: Decision| {
        let new = decision.facts.into_iter().map(|new| new.recorded);
        history.extend(new);
        taken.push((notice.clone(), history.clone()));
    };
    let words = || Text::from("Words.");
    let received = Standing::of(
        UserId::from("U0IRO"),
        rules.protocol.roles.keys().cloned().collect(),
    );
    let sender = Standing::of(UserId::from("U0SENDER"), BTreeSet::new());
    let deeds = [
        (&received, Command::Seen),
        (&received, Command::Record { outcome: words() }),
        (
            &received,
            Command::ConcernRaised {
                concern: ConcernId(42),
            },
        ),
        (
            &received,
            Command::Judge {
                needed: full,
                reason: words(),
            },
        ),
        (
            &sender,
            Command::Close {
                reason: full.then(words),
            },
        ),
    ];
    for (who, deed) in deeds {
        // Before each deed a clock falls.
        let next = clocks(rules, &notice).into_iter();
        if let Some(clock) = next.min_by_key(|clock| clock.at) {
            now = now.max(clock.at);
            let command = Command::ClockFell { key: clock.key };
            if let Ok(decision) = decide(rules, &notice, None, command, now) {
                notice = decision.after.clone();
                turn(&notice, decision);
            }
        }
        if let Ok(decision) = decide(rules, &notice, Some(who), deed, now) {
            notice = decision.after.clone();
            turn(&notice, decision);
        }
    }
}

fn sender(rules: &Rules<'_>, sort: Sort) -> Raiser {
    let told = rule(rules, sort).to;
    let all = rules.protocol.roles.keys();
    // Somebody who holds a role, and none of those that are told.
    let mut holds = all.filter(|role| sort == Sort::Change && !told.contains(*role));
    Raiser {
        user: UserId::from("U0SENDER"),
        raiser_roles: rules.protocol.raised_by.clone(),
        roles: holds.next().cloned().into_iter().collect(),
    }
}

fn what(rules: &Rules<'_>, sort: Sort, full: bool, day: NaiveDate) -> Send {
    let known = u32::try_from(rule(rules, sort).items.len()).unwrap_or(0);
    let categories = rules.protocol.themes.iter();
    let category = categories.flat_map(|theme| &theme.categories).next();
    let raisers = rules.protocol.raised_by.clone();
    Send {
        sort,
        team: TeamId::from("north"),
        protocol_hash: String::new(),
        case_ref: (full || sort == Sort::Change).then(|| CaseRef::from("K-204117")),
        on: full.then(|| day - Days::new(3)),
        items: (0..known.min(2)).filter(|_| full).collect(),
        other: !full,
        category: category.filter(|_| full).map(|one| one.id.clone()),
        officer: Some((UserId::from("U0IRO"), raisers)),
        praised: full.then(|| UserId::from("U0IRO")),
        details: Text::from("Words."),
    }
}
