//! Reviews walked through their protocol, each to other turns: what the templates are tried on.

use std::collections::BTreeSet;

use chrono::{DateTime, NaiveDate, NaiveTime, Utc};

use crate::concern::event::Rag;
use crate::concern::{Raiser, Rules, Standing};
use crate::ids::{CaseRef, ClockId, ConcernId, ReviewId, TeamId, Text, UserId};
use crate::protocol::{ReviewAsks, Sitting};
use crate::review::{Command, FormAnswer, Means, Record, Review, clocks, decide, record};

/// A review at each turn of one walk, with the moment of it.
pub(super) fn taken(rules: &Rules<'_>, turn: usize) -> Vec<(Review, DateTime<Utc>)> {
    let mut taken = Vec::new();
    let day = |of| NaiveDate::from_ymd_opt(2026, 12, of).unwrap_or_default();
    let opens = NaiveTime::from_hms_opt(10, 0, 0).unwrap_or_default();
    let officer = Raiser {
        user: UserId::from("U0IRO"),
        raiser_roles: rules.protocol.raised_by.clone(),
        roles: BTreeSet::new(),
    };
    let mut now = rules.calendar.at(day(17), opens);
    let held = held(rules, turn, day(16));
    let Ok(decision) = record(rules, ReviewId(7), &officer, held, now) else {
        return taken;
    };
    let mut review = decision.after;
    taken.push((review.clone(), now));
    let everybody = Standing {
        user: UserId::from("U0HOLDER"),
        roles: rules.protocol.roles.keys().cloned().collect(),
        covers_raiser: true,
        by_cover: Vec::new(),
    };
    // Between two deeds a clock falls.
    let deeds = deeds(rules, turn, now).into_iter().skip(turn).map(Some);
    for deed in deeds.flat_map(|deed| [deed, None]) {
        let decision = if let Some(deed) = deed {
            decide(rules, &review, Some(&everybody), deed, now)
        } else {
            let next = clocks(rules, &review);
            let Some(clock) = next.into_iter().min_by_key(|clock| clock.at) else {
                continue;
            };
            now = clock.at.max(now);
            let fell = Command::ClockFell { key: clock.key };
            decide(rules, &review, None, fell, now)
        };
        if let Ok(decision) = decision
            && !decision.facts.is_empty()
        {
            review = decision.after;
            taken.push((review.clone(), now));
        }
    }
    taken
}

fn held(rules: &Rules<'_>, turn: usize, review_date: NaiveDate) -> Record {
    // The third turn is a midway review's, where there is one.
    let sitting = match &rules.protocol.beside.midway {
        Some(_) if turn == 2 => Sitting::Midway,
        _ => Sitting::Review,
    };
    Record {
        team: TeamId::from("north"),
        protocol_hash: String::new(),
        case_ref: CaseRef::from("K-204117"),
        sitting,
        review_date,
        rag: [Rag::Red, Rag::Amber, Rag::Green].get(turn % 3).copied(),
        concerns: (turn != 1).then(|| Text::from("Words.")),
        attendees: vec![UserId::from("U0ONE"); turn],
        others: (turn == 0).then(|| Text::from("Words.")),
        criteria: if rules.protocol.rag {
            vec![0, 1]
        } else {
            Vec::new()
        },
        form: form(rules, turn),
    }
}

/// The protocol's form, filled in otherwise at each turn: whole, in part, not at all.
fn form(rules: &Rules<'_>, turn: usize) -> Vec<(String, FormAnswer)> {
    let fields = rules.protocol.beside.review_fields.iter().enumerate();
    fields
        .filter(|(place, _)| turn == 0 || turn == 1 && place % 2 == 0)
        .map(|(place, field)| {
            let answer = match field.asks {
                ReviewAsks::Words => FormAnswer::Words(Text::from("Words.")),
                ReviewAsks::YesOrNo => FormAnswer::YesOrNo(place % 2 == 0),
            };
            (field.id.clone(), answer)
        })
        .collect()
}

fn deeds(rules: &Rules<'_>, turn: usize, now: DateTime<Utc>) -> Vec<Command> {
    let words = || Text::from("Words.");
    let clocks = &rules.protocol.beside.review_clocks;
    let ids = || clocks.iter().map(|clock| ClockId::from(clock.id.as_str()));
    // At one turn it is said on which day each was done.
    let on = (turn == 1).then(|| rules.day(now));
    let mut deeds: Vec<Command> = ids().map(|clock| Command::Done { clock, on }).collect();
    deeds.extend(ids().map(|clock| Command::Delivered { clock, at: now }));
    if turn == 0 {
        // One is objected to twice.
        for clock in ids().chain(ids()) {
            let objection = words();
            deeds.push(Command::Object { clock, objection });
        }
    }
    deeds.extend([
        Command::Settle {
            changed: turn == 0,
            outcome: words(),
        },
        Command::AnswerReferral {
            means: if turn == 1 {
                Means::Other
            } else {
                Means::Panel
            },
            response: words(),
        },
        Command::TakePart {
            attends: turn == 0,
            views: Some(words()),
        },
        Command::NoteMidway,
        Command::ConcernRaised {
            concern: ConcernId(42),
        },
    ]);
    deeds
}
