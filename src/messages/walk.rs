//! Concerns walked through a protocol, each to other turns: what the templates are tried on.

use std::collections::BTreeSet;
use std::sync::Arc;

use chrono::{DateTime, Days, NaiveDate, NaiveTime, Utc};

use crate::calendar::{Calendar, Due};
use crate::concern::command::{MeetingHeld, Move as CaseMoves, OutsideWay, Said, ToInform, ToMeet};
use crate::concern::decide::outside::consulted;
use crate::concern::decide::partner::offered;
use crate::concern::decide::redirect::ways;
use crate::concern::event::{Flags, Rag, View};
use crate::concern::follow::Progress;
use crate::concern::meeting::Outcome;
use crate::concern::rules::ONE_WORKING_DAY;
use crate::concern::{
    Answering, Command, Concern, Decision, Hours, Position, Raise, Raiser, Recorded, Rules,
    Standing, Visit, clocks, decide, raise,
};
use crate::ids::{CaseRef, ConcernId, RoleId, TeamId, Text, UserId};
use crate::protocol::{Asks, PartnerBy, Protocol, Route, Step};

/// How far each is walked.
pub(super) const STEPS: usize = 14;

/// A concern at one turn of a walk.
pub(super) struct Turn {
    pub(super) concern: Concern,
    pub(super) now: DateTime<Utc>,
    pub(super) record: Vec<Recorded>,
}

/// A concern that is walked through a protocol.
pub(super) struct Walk<'a> {
    protocol: &'a Arc<Protocol>,
    route: &'a Route,
    calendar: &'a Calendar,
}

impl<'a> Walk<'a> {
    pub(super) fn new(
        protocol: &'a Arc<Protocol>,
        route: &'a Route,
        calendar: &'a Calendar,
    ) -> Self {
        Self {
            protocol,
            route,
            calendar,
        }
    }

    pub(super) fn rules(&self) -> Rules<'a> {
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
    pub(super) fn taken(&self, turn: usize) -> Vec<Turn> {
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
        let open = self
            .protocol
            .subjects_open_to(&raiser.raiser_roles, self.route);
        let subject = open.get(turn % open.len().max(1)).copied()?;
        let category = self.protocol.themes.first()?.categories.first()?;
        let raise_with = Raise {
            team: TeamId::from("north"),
            protocol_hash: String::new(),
            subject: Some(subject),
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
                starred: turn.is_multiple_of(2) && self.protocol.may_star(subject),
                urgent: turn == 1,
                in_proceedings: turn == 1,
            },
        };
        let decision = raise(&self.rules(), ConcernId(42), &raiser, raise_with, now).ok()?;
        Some((decision, now))
    }
}

type Move = (Option<Standing>, Command, DateTime<Utc>);

/// What may happen next to a concern: its card arrives; or the next clock, the addressee's, the gate's and the raiser's ways.
fn moves(rules: &Rules<'_>, concern: &Concern, now: DateTime<Utc>) -> Vec<Move> {
    let here = concern
        .visit()
        .and_then(|visit| Some((visit, rules.step_of(visit)?)));
    let Some((visit, step)) = here else {
        return Vec::new();
    };
    if visit.delivered.is_none() {
        let arrives = Command::Delivered {
            visit: visit.number,
            at: now,
        };
        return vec![(None, arrives, now)];
    }
    let mut moves = Vec::with_capacity(16);
    let next = clocks(rules, concern)
        .into_iter()
        .min_by_key(|clock| clock.at);
    if let Some(clock) = next {
        let fell = Command::ClockFell { key: clock.key };
        moves.push((None, fell, clock.at.max(now)));
    }
    let people = [
        addressees(rules, concern, visit, step, now),
        gates(rules, concern, visit, now),
        inputs(step, visit),
        raisers(rules, concern, visit, now),
    ];
    for (who, command) in people.into_iter().flatten() {
        moves.push((Some(who), command, now));
    }
    moves
}

fn words() -> Text {
    Text::from("Words.")
}

fn holding<'r>(roles: impl Iterator<Item = &'r RoleId>) -> Standing {
    Standing {
        user: UserId::from("U0HOLDER"),
        roles: roles.cloned().collect(),
        covers_raiser: false,
        by_cover: Vec::new(),
    }
}

fn raiser(concern: &Concern) -> Standing {
    Standing {
        user: concern.raiser.clone(),
        roles: BTreeSet::new(),
        covers_raiser: false,
        by_cover: Vec::new(),
    }
}

fn in_days(rules: &Rules<'_>, now: DateTime<Utc>, days: u64) -> NaiveDate {
    let today = rules.day(now);
    today.checked_add_days(Days::new(days)).unwrap_or(today)
}

fn day_after(rules: &Rules<'_>, due: Due) -> NaiveDate {
    rules.due(due.date, ONE_WORKING_DAY).date
}

fn addressees(
    rules: &Rules<'_>,
    concern: &Concern,
    visit: &Visit,
    step: &Step,
    now: DateTime<Utc>,
) -> Vec<(Standing, Command)> {
    let number = Some(visit.number);
    let who = holding(step.answerers());
    let target = in_days(rules, now, 7);
    let answer = match step.asks {
        Asks::AcceptOrReject => Answering::Accept {
            plan: words(),
            target,
        },
        Asks::Decide => Answering::Decide {
            decision: words(),
            rationale: words(),
            target: Some(target),
        },
        _ => Answering::Respond {
            response: words(),
            target: Some(target),
        },
    };
    let kind = rules
        .meeting(step)
        .and_then(|meeting| meeting.kinds.first().cloned());
    let call = Command::CallMeeting {
        visit: number,
        asked: ToMeet {
            what: kind.clone(),
            on: rules.day(now),
            chair: Some(UserId::from("U0CHAIR")).filter(|_| visit.number.is_multiple_of(2)),
            attendees: rules
                .meeting(step)
                .filter(|meeting| meeting.others)
                .map(|_| vec![UserId::from("U0ONE"), UserId::from("U0TWO")])
                .unwrap_or_default(),
            arrangements: Some(words()),
        },
    };
    let held = |outcome, mediation| Command::RecordMeeting {
        visit: number,
        held: MeetingHeld {
            what: kind.clone(),
            on: rules.day(now),
            outcome,
            mediation,
            account: words(),
            target: Some(target),
        },
    };
    let met = [
        call,
        held(Outcome::NotAgreed, true),
        held(Outcome::Agreed, false),
        Command::NoMeeting {
            visit: number,
            reason: words(),
        },
    ];
    let rejection = Answering::Reject { rationale: words() };
    let mut moves = vec![(who.clone(), Command::Acknowledge { visit: number })];
    moves.extend(met.map(|command| (who.clone(), command)));
    for answer in [answer, rejection] {
        let visit = number;
        moves.push((who.clone(), Command::Answer { visit, answer }));
    }
    let report = |progress, until| Command::Report {
        visit: number,
        progress,
        until,
        account: Some(words()),
    };
    let later = visit
        .target
        .map(|(target, _)| rules.due(target.max(rules.day(now)), ONE_WORKING_DAY).date);
    for (progress, until) in [
        (Progress::MoreTime, later),
        (Progress::NotDone, None),
        (Progress::Done, None),
    ] {
        moves.push((who.clone(), report(progress, until)));
    }
    if let Some(due) = visit.due {
        let extends = Command::Extend {
            until: day_after(rules, due),
            reason: words(),
            item: Some(words()),
        };
        moves.push((who, extends));
    }
    let earlier = concern.visits.iter().rev().nth(1);
    if let Some((earlier, step)) = earlier.and_then(|visit| Some((visit, rules.step_of(visit)?))) {
        let late = Command::Answer {
            visit: Some(earlier.number),
            answer: Answering::Respond {
                response: words(),
                target: None,
            },
        };
        moves.push((holding(step.answerers()), late));
    }
    moves
}

fn inputs(step: &Step, visit: &Visit) -> Vec<(Standing, Command)> {
    let gives = Command::GiveInput {
        visit: Some(visit.number),
        input: words(),
        mediation: Some(words()),
    };
    let asked = Some(step).filter(|step| !step.inputs.is_empty());
    asked
        .map(|step| (holding(step.inputs.iter()), gives))
        .into_iter()
        .collect()
}

fn gates(
    rules: &Rules<'_>,
    concern: &Concern,
    visit: &Visit,
    now: DateTime<Utc>,
) -> Vec<(Standing, Command)> {
    let asked = visit
        .gate
        .as_ref()
        .and_then(|asked| rules.gate_to(&asked.to));
    let Some(gate) = asked else {
        return Vec::new();
    };
    let who = if gate.roles.is_empty() {
        raiser(concern)
    } else {
        holding(gate.roles.iter())
    };
    let number = Some(visit.number);
    let on = rules.day(now);
    let declines = Command::DeclineGate {
        visit: number,
        on: Some(on).filter(|_| visit.number.is_multiple_of(2)),
        reason: words(),
    };
    let discusses = Command::DiscussGate {
        visit: number,
        on,
        view: words(),
    };
    let puts_down = Command::RecordDiscussion {
        with: gate.roles.iter().take(1).cloned().collect(),
        on,
        view: words(),
    };
    let agrees = Command::AgreeGate { visit: number };
    vec![
        (who.clone(), declines),
        (who.clone(), discusses),
        (raiser(concern), puts_down),
        (who, agrees),
    ]
}

fn raisers(
    rules: &Rules<'_>,
    concern: &Concern,
    visit: &Visit,
    now: DateTime<Utc>,
) -> Vec<(Standing, Command)> {
    let mut commands = vec![
        Command::NotSatisfied { reason: None },
        Command::Escalate {
            reason: Some(words()),
        },
        Command::MoreTime {
            until: in_days(rules, now, 10),
            reason: words(),
        },
        Command::Position {
            position: Position::Maintained,
            reason: None,
        },
    ];
    commands.push(Command::ExplainLate { reason: words() });
    commands.push(Command::NoCall { reason: words() });
    for reached in [true, false] {
        commands.push(Command::Call {
            with: Some(UserId::from("U0HOLDER")),
            with_roles: rules.protocol.roles.keys().take(1).cloned().collect(),
            with_words: None,
            on: now,
            reached,
            agreed: Some(words()),
        });
    }
    commands.push(Command::CopyTo {
        user: UserId::from("U0COPIED"),
        roles: BTreeSet::new(),
    });
    commands.extend(partners(rules, concern, now));
    commands.extend(
        ways(rules, concern)
            .into_iter()
            .map(|way| Command::Redirect {
                redirect: way.id.clone(),
                reason: words(),
            }),
    );
    let spoken_to = consulted(rules, OutsideWay::Cafcass);
    commands.push(Command::Outside {
        way: OutsideWay::Cafcass,
        view: View::Now,
        words: Some(words()),
        with: Vec::new(),
        with_on: Some(rules.day(now)),
        said: spoken_to
            .iter()
            .map(|role| Said {
                role: role.clone(),
                on: None,
                view: Some(words()),
            })
            .collect(),
    });
    commands.push(Command::AskTransfer);
    commands.push(Command::Transfer(CaseMoves {
        to: Some(TeamId::from("south")).filter(|_| visit.number.is_multiple_of(2)),
        team: if visit.number.is_multiple_of(2) {
            "South locality".to_owned()
        } else {
            String::new()
        },
        decided_by: Some(UserId::from("U0HOLDER")),
        decided_by_words: None,
        reason: words(),
    }));
    commands.push(Command::SetTime {
        until: in_days(rules, now, 1),
        reason: words(),
    });
    if let Some(due) = visit.due {
        commands.push(Command::Hold {
            until: day_after(rules, due),
            reason: words(),
        });
    }
    if concern.raiser == concern.raised_by {
        commands.push(Command::Handover {
            to: UserId::from("U0OTHER"),
            raiser_role: rules.protocol.raised_by.last().cloned(),
            roles: BTreeSet::new(),
        });
    }
    commands
        .into_iter()
        .map(|command| (raiser(concern), command))
        .collect()
}

/// What may be told outside the line, and what comes of it.
fn partners(rules: &Rules<'_>, concern: &Concern, now: DateTime<Utc>) -> Vec<Command> {
    let on = rules.day(now);
    let rule = offered(rules, concern).last();
    let told = |user: &str, invited: bool| {
        Command::Inform(Box::new(ToInform {
            partner: rule.map(|rule| rule.id.clone()),
            named: rule.and_then(|rule| rule.names.first().cloned()),
            with: Some(UserId::from(user))
                .filter(|_| rule.is_some_and(|rule| rule.by == PartnerBy::Message)),
            with_roles: BTreeSet::new(),
            told: Some(words()),
            on,
            invited,
            asked: Some(words()),
        }))
    };
    let mut commands = vec![told("U0ONE", true), told("U0TWO", false)];
    if let Some(told) = concern.partners.outstanding().next() {
        let number = told.informed.number;
        commands.push(Command::Replied {
            number,
            responded: number.is_multiple_of(2),
            on,
            words: words(),
        });
    }
    commands
}
