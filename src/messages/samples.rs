//! Samples to try every template on at start: concerns walked through the built-in protocols, so that a template that breaks
//! on any turn of a concern breaks at start.

use std::collections::BTreeSet;
use std::sync::Arc;

use chrono::{DateTime, Days, NaiveDate, NaiveTime, Utc};
use serde_json::Value;

use super::about::About;
use super::engine::{Engine, Fault};
use super::setting::{Audience, ConcernTexts, Setting};
use super::{OCCASIONS, chronicle, details, forms, lists, refusal, template_of};
use crate::calendar::Calendar;
use crate::concern::event::{Flags, Rag};
use crate::concern::{
    Answering, Command, Concern, Decision, Field, Hours, Phase, Position, Raise, Raiser, Recorded,
    Rules, Standing, clocks, decide, raise,
};
use crate::ids::{CaseRef, ConcernId, RoleId, TeamId, Text, UserId};
use crate::mail::Matter;
use crate::protocol::library::Library;
use crate::protocol::{Asks, Protocol, Route};

/// How far each sample is walked.
const STEPS: usize = 14;
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
    lists::samples(&mut attempt);
    refusal::samples(&mut attempt);
    forms::samples(&mut attempt);
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
                    let setting = Setting {
                        rules: &rules,
                        concern: &concern,
                        team_name: "North locality",
                        council_name: "Sample Council",
                        case_system: "LCS",
                        texts: (seen.len() % 2 == 0).then_some(&texts),
                        audience: Audience {
                            role: first_role.filter(|_| seen.len() % 3 != 0),
                            mention: people.get(..seen.len() % 3).unwrap_or_default(),
                            standing_in_for: first_role.filter(|_| seen.len() % 5 == 0),
                            own: seen.len() % 7 == 0,
                        },
                        now,
                    };
                    lists::samples_about(&setting, attempt);
                    details::sample(&setting, &record, setting.texts, attempt);
                    // A whole record has the earlier turns in it.
                    if at == last {
                        let vary = seen.len() < STEPS;
                        chronicle::sample(&setting, &record, setting.texts, vary, attempt);
                    }
                    for occasion in OCCASIONS {
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

/// A concern at one turn of a walk.
struct Turn {
    concern: Concern,
    now: DateTime<Utc>,
    record: Vec<Recorded>,
}

/// A concern that is walked through a protocol.
struct Walk<'a> {
    protocol: &'a Arc<Protocol>,
    route: &'a Route,
    calendar: &'a Calendar,
}

impl<'a> Walk<'a> {
    fn new(protocol: &'a Arc<Protocol>, route: &'a Route, calendar: &'a Calendar) -> Self {
        Self {
            protocol,
            route,
            calendar,
        }
    }

    fn rules(&self) -> Rules<'a> {
        let at = |hour, minute| NaiveTime::from_hms_opt(hour, minute, 0).unwrap_or_default();
        Rules {
            protocol: self.protocol,
            route: self.route,
            calendar: self.calendar,
            hours: Hours {
                opens: at(9, 0),
                warning: at(9, 30),
            },
        }
    }

    /// The concern at each turn of one walk, with the moment of it.
    fn taken(&self, turn: usize) -> Vec<Turn> {
        let rules = self.rules();
        let mut taken = Vec::with_capacity(STEPS);
        let Some((decision, mut now)) = self.raised(turn) else {
            return taken;
        };
        let Decision { facts, after } = decision;
        let mut concern = after;
        let mut record: Vec<Recorded> = facts.into_iter().map(|new| new.recorded).collect();
        taken.push(Turn {
            concern: concern.clone(),
            now,
            record: record.clone(),
        });
        for step in 0..STEPS {
            let moves = moves(&rules, &concern, now);
            let Some(count) = std::num::NonZeroUsize::new(moves.len()) else {
                break;
            };
            let from = (turn * 7 + step * (turn + 1)) % count;
            let next = moves
                .into_iter()
                .cycle()
                .skip(from)
                .take(count.get())
                .find_map(|(standing, command, at)| {
                    decide(&rules, &concern, standing.as_ref(), command, at)
                        .ok()
                        .filter(|decision| !decision.facts.is_empty())
                        .map(|decision| (decision, at))
                });
            let Some((Decision { facts, after }, at)) = next else {
                break;
            };
            (concern, now) = (after, at);
            record.extend(facts.into_iter().map(|new| new.recorded));
            taken.push(Turn {
                concern: concern.clone(),
                now,
                record: record.clone(),
            });
        }
        taken
    }

    fn raised(&self, turn: usize) -> Option<(Decision, DateTime<Utc>)> {
        let day = NaiveDate::from_ymd_opt(2026, 12, 14)?;
        let now = self.calendar.at(day, NaiveTime::from_hms_opt(10, 0, 0)?);
        let raiser = Raiser {
            user: UserId::from("U0IRO"),
            raiser_roles: self.protocol.raised_by.clone(),
            roles: BTreeSet::new(),
        };
        let category = self.protocol.themes.first()?.categories.first()?;
        let words = || Text::from("Words.");
        let raise_with = Raise {
            team: TeamId::from("north"),
            protocol_hash: String::new(),
            case_ref: CaseRef::from("K-204117"),
            category: category.id.clone(),
            rag: Some([Rag::Red, Rag::Amber, Rag::Green][turn % 3]),
            event_date: day,
            issue: words(),
            impact: words(),
            action: words(),
            action_by: None,
            addressee: None,
            start_at: None,
            start_reason: None,
            flags: Flags {
                starred: turn % 2 == 0,
                urgent: turn == 1,
                in_proceedings: turn == 1,
            },
        };
        let decision = raise(&self.rules(), ConcernId(42), &raiser, raise_with, now).ok()?;
        Some((decision, now))
    }
}

type Move = (Option<Standing>, Command, DateTime<Utc>);

/// What may happen next to a concern: the next clock, the addressee's, the raiser's and the gate's ways.
fn moves(rules: &Rules<'_>, concern: &Concern, now: DateTime<Utc>) -> Vec<Move> {
    let mut moves = Vec::with_capacity(12);
    let Some(visit) = concern.visit() else {
        return moves;
    };
    let Some(step) = rules.step_of(visit) else {
        return moves;
    };
    let words = || Text::from("Words.");
    let holding = |roles: BTreeSet<RoleId>| Standing {
        user: UserId::from("U0HOLDER"),
        roles,
        covers_raiser: false,
    };
    let addressee = || Some(holding(step.answerers().cloned().collect()));
    let raiser = || {
        Some(Standing {
            user: concern.raiser.clone(),
            roles: BTreeSet::new(),
            covers_raiser: false,
        })
    };
    let today = rules.day(now);
    let in_days = |days| today.checked_add_days(Days::new(days)).unwrap_or(today);
    if visit.delivered.is_none() {
        moves.push((
            None,
            Command::Delivered {
                visit: visit.number,
                at: now,
            },
            now,
        ));
        return moves;
    }
    if let Some(clock) = clocks(rules, concern)
        .into_iter()
        .min_by_key(|clock| clock.at)
    {
        let at = clock.at.max(now);
        moves.push((None, Command::ClockFell { key: clock.key }, at));
    }
    let number = Some(visit.number);
    moves.push((addressee(), Command::Acknowledge { visit: number }, now));
    let rejects = Answering::Reject { rationale: words() };
    let answers = match step.asks {
        Asks::AcceptOrReject => Answering::Accept {
            plan: words(),
            target: in_days(7),
        },
        Asks::Decide => Answering::Decide {
            decision: words(),
            rationale: words(),
        },
        _ => Answering::Respond {
            response: words(),
            target: Some(in_days(7)),
        },
    };
    for answer in [answers, rejects] {
        moves.push((
            addressee(),
            Command::Answer {
                visit: number,
                answer,
            },
            now,
        ));
    }
    if let Some(earlier) = concern.visits.iter().rev().nth(1) {
        let late = Command::Answer {
            visit: Some(earlier.number),
            answer: Answering::Respond {
                response: words(),
                target: None,
            },
        };
        let roles = rules
            .step_of(earlier)
            .into_iter()
            .flat_map(|step| step.answerers().cloned());
        moves.push((Some(holding(roles.collect())), late, now));
    }
    if let Some(due) = visit.due {
        let until = rules
            .due(due.date, crate::concern::rules::ONE_WORKING_DAY)
            .date;
        moves.push((
            raiser(),
            Command::Hold {
                until,
                reason: words(),
            },
            now,
        ));
        let extend = Command::Extend {
            until,
            reason: words(),
            item: Some(words()),
        };
        moves.push((addressee(), extend, now));
    }
    if let Some(gate) = visit.gate.as_ref().and_then(|gate| rules.gate_to(&gate.to)) {
        let who = if gate.roles.is_empty() {
            raiser()
        } else {
            Some(holding(gate.roles.iter().cloned().collect()))
        };
        moves.push((
            who.clone(),
            Command::DeclineGate {
                visit: None,
                reason: words(),
            },
            now,
        ));
        moves.push((who, Command::AgreeGate { visit: None }, now));
    }
    moves.push((raiser(), Command::NotSatisfied { reason: None }, now));
    moves.push((
        raiser(),
        Command::Escalate {
            reason: Some(words()),
        },
        now,
    ));
    moves.push((
        raiser(),
        Command::MoreTime {
            until: in_days(10),
            reason: words(),
        },
        now,
    ));
    if let Some(role) = rules
        .protocol
        .raised_by
        .last()
        .filter(|_| concern.raiser == concern.raised_by)
    {
        let to = Command::Handover {
            to: UserId::from("U0OTHER"),
            raiser_role: Some(role.clone()),
            roles: BTreeSet::new(),
        };
        moves.push((raiser(), to, now));
    }
    if concern.phase == Phase::Exhausted {
        let position = Command::Position {
            position: Position::Maintained,
            reason: None,
        };
        moves.push((raiser(), position, now));
    }
    moves
}
