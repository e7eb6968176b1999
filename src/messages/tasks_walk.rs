//! Lists of tasks walked through their protocol, each to other turns: what the templates are tried on.

use std::collections::BTreeSet;

use chrono::{DateTime, Days, NaiveDate, NaiveTime, Utc};

use crate::concern::{Actor, Rules, Standing};
use crate::ids::{CaseRef, ConcernId, ReviewId, RoleId, TaskListId, TeamId, Text, UserId};
use crate::protocol::{Keeps, TaskOccasion};
use crate::tasks::{
    Command, Happened, Opened, Opening, Recorded, TaskList, clocks, decide, open, tasks,
};

/// A list at one turn of a walk, with the record that led there.
pub(super) struct Turn {
    pub(super) list: TaskList,
    pub(super) record: Vec<Recorded>,
    pub(super) now: DateTime<Utc>,
}

/// A list of each sort that the protocol has, at each turn of one walk.
pub(super) fn taken(rules: &Rules<'_>, turn: usize) -> Vec<Turn> {
    let all = [
        Keeps::Proceedings,
        Keeps::Concern,
        Keeps::Protocol,
        Keeps::Team,
    ];
    let walks = all.into_iter().flat_map(|keeps| walked(rules, keeps, turn));
    walks.collect()
}

fn walked(rules: &Rules<'_>, keeps: Keeps, turn: usize) -> Vec<Turn> {
    let day = NaiveDate::from_ymd_opt(2026, 12, 14).unwrap_or_default();
    let opens = NaiveTime::from_hms_opt(10, 0, 0).unwrap_or_default();
    let mut now = rules.calendar.at(day, opens);
    let officer = UserId::from("U0IRO");
    let of_a_case = matches!(keeps, Keeps::Proceedings | Keeps::Concern);
    let opening = Opening {
        actor: Actor::Person(officer.clone()),
        opened: Opened {
            keeps,
            team: TeamId::from("north"),
            protocol: rules.protocol.id.clone(),
            protocol_hash: String::new(),
            officer,
            case_ref: of_a_case.then(|| CaseRef::from("K-204117")),
            concern: (keeps == Keeps::Concern).then_some(ConcernId(42)),
        },
        guardian: turn == 1,
        besides: (keeps == Keeps::Proceedings && turn == 0)
            .then(|| dispute(day))
            .into_iter()
            .collect(),
    };
    let Some(decision) = open(rules, TaskListId(7), opening, now) else {
        return Vec::new();
    };
    let held: BTreeSet<RoleId> = rules.protocol.roles.keys().cloned().collect();
    let everybody = Standing::of(UserId::from("U0HOLDER"), held);
    let mut list = decision.after;
    let mut record: Vec<Recorded> = decision.facts.into_iter().map(|new| new.recorded).collect();
    let mut turns = vec![Turn {
        list: list.clone(),
        record: record.clone(),
        now,
    }];
    for step in 0..24 {
        let deed = deed(rules, &list, day, (turn, step));
        let decision = match deed {
            Some((true, deed)) => decide(rules, &list, Some(&everybody), deed, now),
            Some((false, deed)) => decide(rules, &list, None, deed, now),
            None => {
                let next = clocks(rules, &list);
                let Some(clock) = next.into_iter().min_by_key(|clock| clock.at) else {
                    continue;
                };
                now = clock.at.max(now);
                let fell = Command::ClockFell { key: clock.key };
                decide(rules, &list, None, fell, now)
            }
        };
        if let Ok(decision) = decision
            && !decision.facts.is_empty()
        {
            record.extend(decision.facts.into_iter().map(|new| new.recorded));
            list = decision.after;
            turns.push(Turn {
                list: list.clone(),
                record: record.clone(),
                now,
            });
        }
    }
    turns
}

/// What is done at a step of a walk, and whether by a person; `None` lets a clock fall.
fn deed(
    rules: &Rules<'_>,
    list: &TaskList,
    day: NaiveDate,
    (turn, step): (usize, usize),
) -> Option<(bool, Command)> {
    let words = || Text::from("Words.");
    let happened = |what| Happened::on(what, day);
    let all = tasks(rules, list);
    let mut running = all.iter().filter(|task| task.can_be_done());
    match step {
        2 => Some((true, Command::GuardianAppointed)),
        4 => Some((
            false,
            Command::Came(Happened {
                review: Some(ReviewId(3)),
                ..happened(TaskOccasion::Review)
            }),
        )),
        6 => Some((false, Command::Came(happened(TaskOccasion::ConcernMoves)))),
        8 => Some((false, Command::Came(dispute(day)))),
        10 => Some((false, Command::OfficerIs(UserId::from("U0OTHER")))),
        16 => Some((
            true,
            Command::ProceedingsEnded {
                looked_after: turn != 1,
            },
        )),
        20 if turn == 3 => Some((false, Command::Close)),
        _ if step % 3 == turn % 3 => {
            let task = running.next()?.key.clone();
            let skip = Command::NotNeeded {
                task: task.clone(),
                reason: words(),
            };
            let done = Command::Done {
                task,
                on: day.checked_add_days(Days::new(1)).filter(|_| step > 4),
                note: Some(words()),
            };
            Some((true, if step % 2 == 0 { skip } else { done }))
        }
        _ => None,
    }
}

fn dispute(day: NaiveDate) -> Happened {
    Happened {
        concern: Some(ConcernId(42)),
        ..Happened::on(TaskOccasion::Dispute, day)
    }
}
