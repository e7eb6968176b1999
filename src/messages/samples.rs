//! Samples to try every template on at start: concerns walked through the built-in protocols, so that a template that breaks
//! on any turn of a concern breaks at start.

use std::collections::BTreeSet;

use serde_json::Value;

use super::about::About;
use super::engine::{Engine, Fault};
use super::notice::{self, NoticeSetting};
use super::review::{self, ReviewSetting};
use super::setting::{Audience, ConcernTexts, Setting};
use super::tasks::{self, TasksSetting};
use super::walk::{STEPS, Turn, Walk};
use super::{
    call, chronicle, cover, details, forms, home, lists, note, notice_forms, notice_history,
    notice_walk, outside, partner, printed, refusal, review_forms, review_happened, review_walk,
    tasks_details, tasks_forms, tasks_history, tasks_walk, template_of, transfer,
};
use crate::calendar::Calendar;
use crate::concern::{Concern, Field};
use crate::ids::{ConcernId, Text, UserId};
use crate::mail::{Matter, Occasion};
use crate::protocol::library::Library;

/// Walks that take other turns.
const TURNS: [usize; 3] = [0, 1, 3];

/// Tries every template, and says what is wrong with each that breaks, once.
pub(super) fn try_all(engine: &Engine) -> Vec<Fault> {
    let mut faults: Vec<Fault> = Vec::new();
    let mut tried: BTreeSet<String> = BTreeSet::new();
    let mut attempt = |name: &str, sample: &Value| {
        tried.insert(name.to_owned());
        if let Err(fault) = engine.tried(name, sample)
            && !faults
                .iter()
                .any(|known| (&known.file, known.line) == (&fault.file, fault.line))
        {
            faults.push(fault);
        }
    };
    about_concerns(&mut attempt);
    about_reviews(&mut attempt);
    about_tasks(&mut attempt);
    review_forms::samples(&mut attempt);
    about_notices(&mut attempt);
    notice_forms::samples(&mut attempt);
    review_happened::samples(&mut attempt);
    tasks_forms::samples(&mut attempt);
    lists::samples(&mut attempt);
    refusal::samples(&mut attempt);
    forms::samples(&mut attempt);
    cover::samples(&mut attempt);
    home::samples(&mut attempt);
    outside::samples(&mut attempt);
    call::samples(&mut attempt);
    partner::samples(&mut attempt);
    transfer::samples(&mut attempt);
    let untried: Vec<String> = engine
        .whole()
        .filter(|name| !tried.contains(*name))
        .map(str::to_owned)
        .collect();
    faults.extend(untried.into_iter().map(|name| Fault {
        file: format!("messages/{name}.hbs"),
        line: None,
        column: None,
        what: "no sample tries this template; it would never be used".to_owned(),
    }));
    faults
}

/// Every message about a concern, on concerns that have taken every turn.
fn about_concerns(attempt: &mut impl FnMut(&str, &Value)) {
    let (Ok(library), Ok(calendar)) = (Library::load(&[]), Calendar::built_in()) else {
        return;
    };
    let texts = ConcernTexts::new(vec![
        (1, Field::Issue, Text::from("The plan has stood still.")),
        (
            1,
            Field::Impact,
            Text::from("The child does not know where they will live."),
        ),
        (
            1,
            Field::Action,
            Text::from("A decision by the end of the month."),
        ),
        (5, Field::Plan, Text::from("A meeting on Friday.")),
    ]);
    let people = [UserId::from("U0ONE"), UserId::from("U0TWO")];
    let mut seen: BTreeSet<String> = BTreeSet::new();
    for held in library.iter() {
        for route in &held.protocol.routes {
            for turn in TURNS {
                let walk = Walk::new(&held.protocol, route, &calendar);
                let mut beside = tasks_walk::taken(&walk.rules(), turn);
                beside.retain(|turn| turn.list.opened.concern.is_some());
                let taken = walk.taken(turn);
                let last = taken.len().saturating_sub(1);
                for (at, taken) in taken.into_iter().enumerate() {
                    let Turn {
                        concern,
                        now,
                        record,
                    } = taken;
                    let turn = signature(&concern);
                    if !seen.insert(format!("{} {turn}", held.protocol.id)) && at != last {
                        continue;
                    }
                    let rules = walk.rules();
                    let first_role = held.protocol.roles.keys().next();
                    let beside = beside.get(at % beside.len().max(1)).map(|turn| &turn.list);
                    let setting = Setting {
                        rules: &rules,
                        concern: &concern,
                        team_name: "North locality",
                        council_name: "Sample Council",
                        case_system: "LCS",
                        texts: (seen.len().is_multiple_of(2)).then_some(&texts),
                        tasks: beside.filter(|_| !seen.len().is_multiple_of(4)),
                        audience: Audience {
                            role: first_role.filter(|_| !seen.len().is_multiple_of(3)),
                            mention: people.get(..seen.len() % 3).unwrap_or_default(),
                            standing_in_for: first_role.filter(|_| seen.len().is_multiple_of(5)),
                            own: seen.len().is_multiple_of(7),
                            covering: people.first().filter(|_| seen.len().is_multiple_of(2)),
                            covered: people.last().filter(|_| seen.len() % 4 == 1),
                            gone_to: people.last().filter(|_| seen.len() % 8 == 3),
                        },
                        now,
                    };
                    lists::samples_about(&setting, attempt);
                    details::sample(&setting, &record, setting.texts, attempt);
                    note::sample(&setting, setting.texts.is_none(), attempt);
                    // A whole record has the earlier turns in it.
                    if at == last {
                        let vary = seen.len() < STEPS;
                        chronicle::sample(&setting, &record, setting.texts, vary, attempt);
                    }
                    for occasion in Occasion::ALL {
                        let visit = u32::try_from(concern.visits.len()).unwrap_or(1);
                        for visit in [1, visit] {
                            let matter = Matter {
                                occasion,
                                visit,
                                other: Some(ConcernId(41)),
                            };
                            if let Some(about) = About::new(&matter, &setting)
                                && let Ok(sample) = serde_json::to_value(&about)
                            {
                                attempt(template_of(occasion), &sample);
                            }
                        }
                    }
                }
            }
        }
    }
}

/// Every message about a review, on reviews that have taken every turn.
fn about_reviews(attempt: &mut impl FnMut(&str, &Value)) {
    let (Ok(library), Ok(calendar)) = (Library::load(&[]), Calendar::built_in()) else {
        return;
    };
    let people = [UserId::from("U0ONE"), UserId::from("U0TWO")];
    for held in library.iter() {
        let Some(route) = held.protocol.routes.first() else {
            continue;
        };
        let rules = Walk::new(&held.protocol, route, &calendar).rules();
        let first_role = held.protocol.roles.keys().next();
        for turn in TURNS {
            let walked = review_walk::taken(&rules, turn);
            for (place, (review, now)) in walked.into_iter().enumerate() {
                let setting = ReviewSetting {
                    rules: &rules,
                    review: &review,
                    team_name: "North locality",
                    case_system: "LCS",
                    audience: Audience {
                        role: first_role.filter(|_| place % 3 != 0),
                        mention: people.get(..place % 3).unwrap_or_default(),
                        standing_in_for: first_role.filter(|_| place % 5 == 0),
                        own: false,
                        covering: None,
                        covered: people.last().filter(|_| place % 8 == 5),
                        gone_to: people.last().filter(|_| place % 8 == 6),
                    },
                    now,
                };
                review::sample(&setting, attempt);
            }
        }
    }
}

/// Every message about a notice, on notices that have taken every turn.
fn about_notices(attempt: &mut impl FnMut(&str, &Value)) {
    let (Ok(library), Ok(calendar)) = (Library::load(&[]), Calendar::built_in()) else {
        return;
    };
    let people = [UserId::from("U0ONE"), UserId::from("U0TWO")];
    for held in library.iter() {
        let Some(route) = held.protocol.routes.first() else {
            continue;
        };
        let rules = Walk::new(&held.protocol, route, &calendar).rules();
        let first_role = held.protocol.roles.keys().next();
        let walked = notice_walk::taken(&rules);
        for (place, (notice, history)) in walked.iter().enumerate() {
            let setting = NoticeSetting {
                rules: &rules,
                notice,
                team_name: "North locality",
                audience: Audience {
                    role: first_role.filter(|_| place % 3 != 0),
                    mention: people.get(..place % 3).unwrap_or_default(),
                    standing_in_for: first_role.filter(|_| place % 5 == 0),
                    own: false,
                    covering: people.first().filter(|_| place % 2 == 0),
                    covered: people.last().filter(|_| place % 8 == 5),
                    gone_to: people.last().filter(|_| place % 8 == 6),
                },
            };
            notice::sample(&setting, attempt);
            notice_forms::sample(&rules, notice, attempt);
            notice_history::sample(&rules, notice, history, attempt);
            printed::sample(&rules, (notice, history), attempt);
        }
    }
}

/// Every message about a list of tasks, on lists that have taken every turn.
fn about_tasks(attempt: &mut impl FnMut(&str, &Value)) {
    let (Ok(library), Ok(calendar)) = (Library::load(&[]), Calendar::built_in()) else {
        return;
    };
    let people = [UserId::from("U0ONE"), UserId::from("U0TWO")];
    for held in library.iter() {
        let Some(route) = held.protocol.routes.first() else {
            continue;
        };
        let rules = Walk::new(&held.protocol, route, &calendar).rules();
        let first_role = held.protocol.roles.keys().next();
        for turn in TURNS {
            let walked = tasks_walk::taken(&rules, turn);
            for (place, taken) in walked.into_iter().enumerate() {
                let setting = TasksSetting {
                    rules: &rules,
                    list: &taken.list,
                    team_name: "North locality",
                    council_name: "Sample Council",
                    case_system: "LCS",
                    audience: Audience {
                        role: first_role.filter(|_| place % 3 != 0),
                        mention: people.get(..place % 3).unwrap_or_default(),
                        standing_in_for: first_role.filter(|_| place % 5 == 0),
                        covering: people.first().filter(|_| place % 4 == 0),
                        covered: people.last().filter(|_| place % 8 == 5),
                        gone_to: people.last().filter(|_| place % 8 == 6),
                        ..Audience::default()
                    },
                    own: None,
                    now: taken.now,
                };
                tasks::sample(&setting, attempt);
                tasks_details::sample(&setting, &taken.record, attempt);
                tasks_history::sample(&rules, &taken.record, attempt);
                printed::sample(&rules, (&taken.list, taken.record.as_slice()), attempt);
            }
        }
    }
}

/// What tells one turn of a concern from another, as far as words go.
fn signature(concern: &Concern) -> String {
    let visit = concern.visit();
    let gate = visit.and_then(|visit| visit.gate.as_ref()).map(|gate| {
        (
            gate.to.to_string(),
            gate.superseded,
            gate.verdict.as_ref().map(|verdict| verdict.agreed),
        )
    });
    let step = visit.map(|visit| (visit.step.to_string(), visit.how, visit.answers.len()));
    format!("{:?} {step:?} {gate:?}", concern.phase)
}
