//! What holds whatever people do and whenever: the built-in protocols and bent ones, random people, random times, weekends,
//! outages, cards that never come, a calendar that changes, a clock that is set back.

use std::sync::LazyLock;

use chrono::{Days, NaiveDate, TimeDelta};
use lodestar::calendar::{BankHolidays, Calendar, Period};
use lodestar::concern::command::{MeetingHeld, ToMeet};
use lodestar::concern::follow::Progress;
use lodestar::concern::meeting::Outcome;
use lodestar::concern::{Answering, Command, Concern, Phase, Position, Refusal, Standing};
use lodestar::digest::Digest;
use lodestar::ids::{RaiserRole, RoleId, StepId, UserId};
use lodestar::mail::still_wanted;
use lodestar::protocol::{
    Adjust, Asks, ClockStart, Extend, Gate, GateKind, Need, OnReject, Protocol, Silence, StepClock,
};
use proptest::prelude::*;

use crate::kit::*;

/// A calendar with more days off than the built-in one.
static OTHER: LazyLock<Calendar> = LazyLock::new(|| {
    let off = (0..200).filter(|n| n % 7 == 2 || n % 11 == 3);
    let closed = off.map(|n| day("2026-12-01") + Days::new(n));
    Calendar::new(
        BankHolidays::built_in().unwrap(),
        closed,
        CALENDAR.zone(),
        CALENDAR.close_of_business(),
    )
    .unwrap()
});

/// What somebody, or nobody, does next. The numbers choose among what there is.
#[derive(Clone, Debug)]
enum Act {
    Wait {
        minutes: i64,
        away: bool,
    },
    SetBack {
        minutes: i64,
    },
    Deliver {
        visit: u32,
    },
    Recalculate,
    Ask {
        who: u8,
        what: u8,
        which: u8,
        days: i16,
    },
    /// Something that the concern waits for, from somebody who may.
    Apt {
        which: u8,
        days: i16,
    },
}

fn act() -> impl Strategy<Value = Act> {
    let short = (0..3_000_i64, any::<bool>());
    let long = (0..20_000_i64, any::<bool>());
    prop_oneof![
        4 => short.prop_map(|(minutes, away)| Act::Wait { minutes, away }),
        3 => long.prop_map(|(minutes, away)| Act::Wait { minutes, away }),
        1 => (1..4_000_i64).prop_map(|minutes| Act::SetBack { minutes }),
        3 => (0..6_u32).prop_map(|visit| Act::Deliver { visit }),
        1 => Just(Act::Recalculate),
        14 => (any::<u8>(), 0..40_i16).prop_map(|(which, days)| Act::Apt { which, days }),
        6 => (any::<u8>(), any::<u8>(), any::<u8>(), -10..50_i16)
            .prop_map(|(who, what, which, days)| Act::Ask { who, what, which, days }),
    ]
}

/// How a step of a protocol is bent: each number leaves it alone or chooses something else.
type Bend = [u8; 9];

fn bent(mut protocol: Protocol, bends: &[Bend], early: bool) -> &'static Protocol {
    if early && protocol.early.is_none() {
        protocol.early = Some("1".to_owned());
    }
    let roles: Vec<RoleId> = protocol.roles.keys().cloned().collect();
    for route in &mut protocol.routes {
        for (step, bend) in route.steps.iter_mut().zip(bends.iter().cycle()) {
            let [
                within,
                from,
                gate,
                asks,
                need,
                silence,
                reject,
                extend,
                copy,
            ] = *bend;
            let role = |at: u8| roles[at as usize % roles.len()].clone();
            step.clock = match within % 10 {
                0 => None,
                1 => clock(Period::WorkingDays(1), from),
                2 => clock(Period::Hours(48), from),
                3 => clock(Period::Days(2), from),
                4 => clock(Period::Weeks(1), from),
                5 => clock(Period::WorkingDays(0), from),
                _ => step.clock.clone(),
            };
            step.gate = match gate % 6 {
                0 => asked(GateKind::Agree, vec![role(gate / 6)]),
                1 => asked(GateKind::Judgement, Vec::new()),
                2 => asked(GateKind::Discuss, vec![role(gate / 6), role(gate / 7)]),
                _ => step.gate.clone(),
            };
            step.asks = match asks % 6 {
                0 | 1 => Asks::AcceptOrReject,
                2 => Asks::Respond,
                3 => Asks::Decide,
                _ => step.asks,
            };
            if need % 3 == 0 {
                step.need = Need::AllOf;
                for more in [role(need / 3), role(need / 5)] {
                    if !step.to.contains(&more) && !step.with.contains(&more) {
                        step.to.push(more);
                    }
                }
            }
            if silence % 4 == 0 && step.on_lapse.is_none() {
                step.silence = Silence::Alert;
            }
            if reject % 3 == 0 {
                step.on_reject = OnReject::AtDeadline;
            }
            if extend.is_multiple_of(3) {
                step.extend = Some(Extend {
                    needs_item: extend.is_multiple_of(2),
                    clause: "1".to_owned(),
                });
            }
            if copy % 3 == 0 {
                step.copy_from_here_on.push(role(copy / 3));
            }
        }
    }
    Box::leak(Box::new(protocol))
}

#[expect(clippy::unnecessary_wraps, reason = "as a step has it")]
fn clock(within: Period, from: u8) -> Option<StepClock> {
    Some(StepClock {
        within,
        from: match from % 6 {
            0 => ClockStart::Raised,
            1 => ClockStart::Event,
            2 => ClockStart::PreviousStep,
            3 => ClockStart::FirstFormal,
            _ => ClockStart::Issued,
        },
        adjust: match from % 3 {
            0 => Adjust::Any,
            1 => Adjust::Shorter,
            _ => Adjust::No,
        },
    })
}

#[expect(clippy::unnecessary_wraps, reason = "as a step has it")]
fn asked(kind: GateKind, roles: Vec<RoleId>) -> Option<Gate> {
    Some(Gate {
        kind,
        roles,
        need: Need::AnyOf,
        question: None,
        clause: None,
    })
}

/// Somebody: the raiser, their cover, a role's holder, one who holds two, this child's own addressee, a stranger.
fn somebody(story: &Story, who: u8) -> Standing {
    let roles: Vec<&RoleId> = story.rules.protocol.roles.keys().collect();
    let role = |at: u8| roles[at as usize % roles.len()].as_str();
    match who % 10 {
        0..3 => story.raiser_standing(),
        3 => Standing {
            covers_raiser: true,
            by_cover: Vec::new(),
            ..person("U0COVER", &[role(who / 10)])
        },
        4 => person("U0TWO", &[role(who / 10), role(who / 11)]),
        5 => person("U0OWN", &[]),
        6 => person("U0STRANGER", &[]),
        // Whoever the concern waits for.
        7 | 8 => {
            let visit = story.visit();
            let gate = visit.gate.as_ref().filter(|gate| gate.verdict.is_none());
            let gates = gate.and_then(|gate| story.rules.gate_to(&gate.to)?.roles.first());
            let step = story.rules.step_of(visit).unwrap();
            let asked = step.to.get(who as usize / 10 % step.to.len());
            match gates.filter(|_| who.is_multiple_of(2)).or(asked) {
                Some(role) => holder(role.as_str()),
                None => story.raiser_standing(),
            }
        }
        _ => holder(role(who / 10)),
    }
}

#[expect(
    clippy::too_many_lines,
    reason = "everything that may be asked, in one place"
)]
fn something(story: &Story, what: u8, which: u8, days: i16) -> Command {
    let today = CALENDAR.local_date(story.now);
    let date = match which {
        0 => NaiveDate::MAX,
        1 => NaiveDate::MIN,
        _ => today + TimeDelta::days(i64::from(days)),
    };
    let visit = Some(u32::from(which) % 6).filter(|_| which.is_multiple_of(4));
    let steps = &story.rules.route.steps;
    let maybe = || (which.is_multiple_of(2)).then(text);
    let answer = |answer| Command::Answer { visit, answer };
    match what % 26 {
        0 => Command::Acknowledge { visit },
        1 | 2 => answer(Answering::Accept {
            plan: text(),
            target: date,
        }),
        3 => answer(Answering::Reject { rationale: text() }),
        4 => answer(Answering::Respond {
            response: text(),
            target: Some(date).filter(|_| which.is_multiple_of(2)),
        }),
        5 => answer(Answering::Decide {
            decision: text(),
            rationale: text(),
            target: Some(date).filter(|_| which.is_multiple_of(2)),
        }),
        6 => Command::Extend {
            until: date,
            reason: text(),
            item: maybe(),
        },
        7 => Command::AgreeGate { visit },
        8 if which < 60 => Command::RecordDiscussion {
            with: Vec::new(),
            on: date,
            view: text(),
        },
        8 => Command::DiscussGate {
            visit,
            on: date,
            view: text(),
        },
        9 => Command::DeclineGate {
            visit,
            on: Some(date).filter(|_| which < 60),
            reason: text(),
        },
        10 if which < 60 => Command::Resolve,
        11 | 12 => Command::NotSatisfied { reason: maybe() },
        13 | 14 => Command::Escalate { reason: maybe() },
        15 => Command::Hold {
            until: date,
            reason: text(),
        },
        16 => Command::Bypass {
            to: steps
                .get(which as usize % (steps.len() + 1))
                .map_or(StepId::from("nowhere"), |step| step.id.clone()),
            reason: text(),
            with: (which.is_multiple_of(3)).then(|| UserId::from("U0WITH")),
            with_roles: story
                .rules
                .protocol
                .roles
                .keys()
                .take(which as usize % 8)
                .cloned()
                .collect(),
            with_words: maybe(),
            with_on: None,
            said: None,
        },
        17 => Command::MoreTime {
            until: date,
            reason: text(),
        },
        18 => Command::ReviewDate {
            until: date,
            reason: maybe(),
        },
        19 if which < 120 => Command::Position {
            position: Position::Maintained,
            reason: maybe(),
        },
        20 if which < 30 => Command::Withdraw { reason: text() },
        21 => Command::Handover {
            to: UserId::from(["U0IRO", "U0IRO2", "U0OWN"][which as usize % 3]),
            raiser_role: story
                .rules
                .protocol
                .raised_by
                .first()
                .cloned()
                .or(Some(RaiserRole::from("iro"))),
            roles: story
                .rules
                .protocol
                .roles
                .keys()
                .take(which as usize % 2)
                .cloned()
                .collect(),
        },
        22 => Command::CallMeeting {
            visit,
            asked: ToMeet {
                what: kind_of_meeting(story),
                on: date,
                chair: (which.is_multiple_of(3)).then(|| UserId::from("U0CHAIR")),
                attendees: Vec::new(),
                arrangements: maybe(),
            },
        },
        23 => Command::RecordMeeting {
            visit,
            held: MeetingHeld {
                what: kind_of_meeting(story).filter(|_| !which.is_multiple_of(5)),
                on: date,
                outcome: if which.is_multiple_of(2) {
                    Outcome::Agreed
                } else {
                    Outcome::NotAgreed
                },
                mediation: which.is_multiple_of(3),
                account: text(),
                target: Some(date).filter(|_| which.is_multiple_of(2)),
            },
        },
        24 => Command::NoMeeting {
            visit,
            reason: text(),
        },
        25 => Command::Report {
            visit,
            progress: [Progress::Done, Progress::NotDone, Progress::MoreTime][which as usize % 3],
            until: Some(date).filter(|_| !which.is_multiple_of(5)),
            account: maybe(),
        },
        _ => Command::Note { note: text() },
    }
}

fn kind_of_meeting(story: &Story) -> Option<String> {
    let step = story.rules.step_of(story.visit())?;
    story.rules.meeting(step)?.kinds.last().cloned()
}

/// Something apt for where the concern stands, by somebody whose it is to do.
#[expect(clippy::too_many_lines, reason = "one arm a phase and a move")]
fn apt(story: &Story, which: u8, days: i16) -> (Standing, Command) {
    let concern = &story.concern;
    let visit = story.visit();
    let step = story.rules.step_of(visit).unwrap();
    let until = CALENDAR.local_date(story.now) + TimeDelta::days(i64::from(days));
    let pick = which as usize / 16;
    let raiser = story.raiser_standing();
    let addressee = match step.to.get(pick % step.to.len()) {
        Some(_) if concern.raised.addressee.is_some() && pick.is_multiple_of(3) => {
            person("U0OWN", &[])
        }
        Some(role) => holder(role.as_str()),
        None => raiser.clone(),
    };
    let gate = visit
        .gate
        .as_ref()
        .and_then(|gate| story.rules.gate_to(&gate.to));
    let gatekeeper = gate
        .and_then(|gate| gate.roles.get(pick % gate.roles.len().max(1)))
        .map_or_else(|| raiser.clone(), |role| holder(role.as_str()));
    let answers = |reject: bool| {
        answer(match step.asks {
            Asks::AcceptOrReject if reject => Answering::Reject { rationale: text() },
            Asks::AcceptOrReject => Answering::Accept {
                plan: text(),
                target: until,
            },
            Asks::Decide => Answering::Decide {
                decision: text(),
                rationale: text(),
                target: Some(until).filter(|_| reject),
            },
            _ => Answering::Respond {
                response: text(),
                target: Some(until).filter(|_| reject),
            },
        })
    };
    let later = || {
        let place = story.rules.route.place(&visit.step).unwrap();
        let steps = &story.rules.route.steps;
        steps.get(place + 1 + pick % 2).unwrap_or(step).id.clone()
    };
    let reason = text;
    match (concern.phase, which % 16) {
        (_, 0) => (raiser, hand_to(["U0IRO", "U0IRO2"][pick % 2], &[])),
        (Phase::Exhausted, 1..8) => (
            raiser,
            Command::ReviewDate {
                until,
                reason: None,
            },
        ),
        (Phase::Exhausted, 8) => (
            raiser,
            Command::Position {
                position: Position::Maintained,
                reason: None,
            },
        ),
        (Phase::Exhausted | Phase::Closed(_), _) => (addressee, answers(which.is_multiple_of(2))),
        (_, 1) => (
            raiser,
            Command::Bypass {
                to: later(),
                reason: reason(),
                with: None,
                with_roles: [].into(),
                with_words: None,
                with_on: None,
                said: None,
            },
        ),
        (Phase::Underway, 2..5) => (
            addressee,
            Command::Report {
                visit: None,
                progress: [Progress::Done, Progress::NotDone, Progress::MoreTime][pick % 3],
                until: Some(until),
                account: Some(reason()),
            },
        ),
        (Phase::Underway, 5..8) => (
            raiser,
            Command::MoreTime {
                until,
                reason: reason(),
            },
        ),
        (Phase::Underway | Phase::Judging, _) => (raiser, not_satisfied()),
        (Phase::AtGate, 2..9) => (gatekeeper, AGREE),
        (Phase::AtGate, 9..12) => (gatekeeper, decline()),
        (Phase::AtGate, _) | (_, 2) => (raiser, escalate()),
        (_, 3) => (
            raiser,
            Command::Hold {
                until: visit
                    .due
                    .map_or(until, |due| due.date + Days::new(1 + pick as u64 % 3)),
                reason: reason(),
            },
        ),
        (_, 4) => (
            addressee,
            Command::Extend {
                until: visit
                    .due
                    .map_or(until, |due| due.date + Days::new(pick as u64 * 2)),
                reason: reason(),
                item: Some(text()),
            },
        ),
        (_, 5) => (gatekeeper, AGREE),
        (_, 6) => (gatekeeper, decline()),
        (_, 7) => (addressee, ACKNOWLEDGE),
        (_, 8) => (
            raiser,
            Command::ReviewDate {
                until,
                reason: None,
            },
        ),
        (_, number) => (addressee, answers(number < 12)),
    }
}

/// Whether somebody may do such a thing at all, said a second time and differently.
fn authorised(story: &Story, who: &Standing, command: &Command) -> bool {
    let (rules, concern) = (&story.rules, &story.concern);
    let raiser = who.user == concern.raiser || who.covers_raiser;
    let answers = |number: Option<u32>| {
        let visit = match number {
            Some(number) => concern.visit_numbered(number),
            None => concern.visit(),
        };
        visit.is_some_and(|visit| {
            let step = rules.step_of(visit).unwrap();
            who.user != concern.raiser
                && (step
                    .to
                    .iter()
                    .chain(&step.with)
                    .any(|role| who.roles.contains(role))
                    || concern.raised.addressee.as_ref() == Some(&who.user))
        })
    };
    match command {
        Command::Acknowledge { visit }
        | Command::Answer { visit, .. }
        | Command::Report { visit, .. }
        | Command::NoMeeting { visit, .. } => answers(*visit),
        Command::Extend { .. } => answers(None),
        Command::CallMeeting { visit, .. } | Command::RecordMeeting { visit, .. } => {
            let stay =
                visit.map_or_else(|| concern.visit(), |number| concern.visit_numbered(number));
            let chairs = stay.is_some_and(|visit| {
                let meeting = rules.step_of(visit).and_then(|step| rules.meeting(step));
                let chair = meeting.and_then(|meeting| meeting.chair.as_ref());
                !visit.meetings.is_empty() && chair.is_some_and(|chair| who.roles.contains(chair))
            });
            raiser || chairs || answers(*visit)
        }
        Command::AgreeGate { .. } | Command::DiscussGate { .. } | Command::DeclineGate { .. } => {
            let gates = story
                .rules
                .route
                .steps
                .iter()
                .filter_map(|step| step.gate.as_ref());
            raiser
                || gates
                    .flat_map(|gate| &gate.roles)
                    .any(|role| who.roles.contains(role))
        }
        Command::Note { .. } => lodestar::access::may_read(rules, concern, who),
        Command::Handover { .. } => raiser || who.roles.contains("iro_manager"),
        _ => raiser,
    }
}

fn does(story: &mut Story, act: &Act) {
    match *act {
        Act::Wait { minutes, away } => {
            let until = story.now + TimeDelta::minutes(minutes);
            if away {
                story.away_until_moment(until);
            } else {
                story.until(until);
            }
        }
        Act::SetBack { minutes } => story.now -= TimeDelta::minutes(minutes),
        Act::Deliver { visit } => {
            story.delivered(visit);
        }
        Act::Recalculate => {
            let built_in = std::ptr::eq(story.rules.calendar, &raw const *CALENDAR);
            story.rules.calendar = if built_in { &OTHER } else { &CALENDAR };
            story.by_itself(Command::Recalculate);
        }
        Act::Ask {
            who,
            what,
            which,
            days,
        } => {
            let who = somebody(story, who);
            let command = something(story, what, which, days);
            tries(story, &who, command);
        }
        Act::Apt { which, days } => {
            let (who, command) = apt(story, which, days);
            tries(story, &who, command);
        }
    }
    let concern: &Concern = &story.concern;
    let mut digest = Digest::default();
    digest.add(&story.rules, concern, CALENDAR.local_date(story.now));
    if !concern.is_open() {
        assert!(digest.is_empty(), "a closed concern is in the digest");
    }
    for (_, mail) in &story.mail {
        let _ = still_wanted(&mail.matter, concern, &story.rules);
    }
    if concern.phase == Phase::Underway {
        assert!(story.visit().target.is_some());
    }
}

/// Somebody asks for something: it is taken only from those who may, and a refusal tells nobody else of the concern.
fn tries(story: &mut Story, who: &Standing, command: Command) {
    let (may, open) = (authorised(story, who, &command), story.concern.is_open());
    let (shown, note) = (
        format!("{command:?}"),
        matches!(command, Command::Note { .. }),
    );
    let before = story.concern.clone();
    match story.asks(who, command) {
        Ok(()) => {
            assert!(may, "{who:?} did {shown} to {before:?}");
            assert!(open || note, "{shown} changed a closed concern");
            assert!(
                story.concern.seq > before.seq,
                "{shown} was taken and not recorded"
            );
        }
        Err(refusal) => assert!(
            may || !matches!(refusal, Refusal::Field { .. } | Refusal::ClockRuns { .. }),
            "{who:?} may not {shown} and is told about the concern: {refusal:?}"
        ),
    }
}

fn told(protocol: &'static Protocol, opening: (u8, u8, i16), acts: &[Act]) {
    let (route, start, action) = opening;
    let route = &protocol.routes[route as usize % protocol.routes.len()];
    let step = &route.steps[start as usize % route.steps.len()].id;
    let mut opening = Story::under(protocol)
        .route(route.id.as_str())
        .at("2026-12-10 10:00")
        .starts_at(step.as_str());
    opening = if start % 3 == 0 {
        opening.own_addressee("U0OWN")
    } else {
        opening
    };
    opening = if start % 2 == 0 {
        opening.undelivered()
    } else {
        opening
    };
    opening.raise.event_date = match action {
        40.. => NaiveDate::MIN,
        _ => day("2026-12-10") - Days::new(u64::from(action.unsigned_abs())),
    };
    if action % 3 == 0 {
        opening.raise.action_by = Some(day("2026-12-10") + TimeDelta::days(i64::from(action)));
    }
    let Ok(mut story) = opening.try_raises() else {
        return;
    };
    for act in acts {
        does(&mut story, act);
    }
    // Left alone, it goes on asking somebody for as long as it is open.
    story.rules.calendar = &CALENDAR;
    let before = story.concern.seq;
    let later = story.now + TimeDelta::days(60);
    story.until(later);
    let delivered = story.visit().received().is_some() && story.concern.is_open();
    let asked = story.concern.seq > before;
    let target = story
        .visit()
        .target
        .is_some_and(|(day, _)| day > CALENDAR.local_date(later));
    let far = story.visit().due.is_some_and(|due| due.at > later);
    assert!(
        asked || !delivered || target || far,
        "it drifts: {:?}",
        story.concern
    );
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 250, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_concern_of_a_built_in_protocol_is_ever_without_somebody_and_a_clock(
        which in 0..5_usize,
        opening in (any::<u8>(), any::<u8>(), -5..50_i16),
        acts in prop::collection::vec(act(), 0..60),
    ) {
        told(all_built_in().nth(which).unwrap(), opening, &acts);
    }

    #[test]
    fn nor_of_any_other_protocol_that_a_council_might_write(
        which in 0..5_usize,
        bends in prop::collection::vec(any::<Bend>(), 1..6),
        early in any::<bool>(),
        opening in (any::<u8>(), any::<u8>(), -5..50_i16),
        acts in prop::collection::vec(act(), 0..60),
    ) {
        let protocol = bent(all_built_in().nth(which).unwrap().clone(), &bends, early);
        told(protocol, opening, &acts);
    }
}
