//! What a decision costs: every click and every clock makes one, in the middle of a transaction. Under 5 µs.

use std::hint::black_box;

use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use criterion::{BatchSize, Criterion, criterion_group, criterion_main};
use lodestar::calendar::{Calendar, iso_date};
use lodestar::concern::event::Flags;
use lodestar::concern::forecast::forecast;
use lodestar::concern::{
    Answering, ClockKind, Command, Concern, Hours, Raise, Raiser, Rules, Standing, clocks, decide,
    raise,
};
use lodestar::ids::{CaseRef, ConcernId, ProtocolId, RoleId, TeamId, Text, UserId};
use lodestar::mail;
use lodestar::protocol::library::Library;

fn day(text: &str) -> NaiveDate {
    iso_date(text).unwrap_or_default()
}

/// A concern at its first step, delivered; and when it lapses.
fn begun(rules: &Rules<'_>, now: DateTime<Utc>) -> Option<Concern> {
    let raiser = Raiser {
        user: UserId::from("U0IRO"),
        raiser_roles: rules.protocol.raised_by[..1].to_vec(),
        roles: [].into(),
    };
    let asked = Raise {
        team: TeamId::from("north"),
        protocol_hash: "hash".to_owned(),
        subject: None,
        case_ref: CaseRef::from("K-204117"),
        category: rules
            .protocol
            .themes
            .first()?
            .categories
            .first()?
            .id
            .clone(),
        rag: None,
        event_date: rules.day(now),
        issue: Text::from("issue"),
        impact: Text::from("impact"),
        action: Text::from("action"),
        action_by: None,
        addressee: None,
        start_at: None,
        start_reason: None,
        flags: Flags::default(),
    };
    let first = raise(rules, ConcernId(42), &raiser, asked, now).ok()?;
    let delivered = Command::Delivered { visit: 1, at: now };
    Some(
        decide(rules, &first.after, None, delivered, now)
            .ok()?
            .after,
    )
}

fn decisions(criterion: &mut Criterion) {
    let (Ok(calendar), Ok(library)) = (Calendar::built_in(), Library::load(&[])) else {
        return;
    };
    let Some(held) = library.get(&ProtocolId::from("fostering-iro")) else {
        return;
    };
    let Some(route) = held.protocol.routes.first() else {
        return;
    };
    let rules = Rules {
        protocol: &held.protocol,
        route,
        calendar: &calendar,
        hours: Hours {
            opens: NaiveTime::from_hms_opt(9, 0, 0).unwrap_or_default(),
            warning: NaiveTime::from_hms_opt(9, 30, 0).unwrap_or_default(),
        },
    };
    let now = calendar.close_of(day("2026-12-09"));
    let Some(concern) = begun(&rules, now) else {
        return;
    };
    let Some(lapse) = clocks(&rules, &concern)
        .into_iter()
        .find(|clock| clock.kind == ClockKind::Lapse)
    else {
        return;
    };
    let manager = Standing {
        user: UserId::from("U0TM"),
        roles: [RoleId::from("practice_supervisor")].into(),
        covers_raiser: false,
        by_cover: Vec::new(),
    };
    let mut measure = |name: &str, who: Option<&Standing>, at, command: &dyn Fn() -> Command| {
        // A decision that was refused would measure nothing.
        if decide(&rules, &concern, who, command(), at).is_ok_and(|done| !done.facts.is_empty()) {
            criterion.bench_function(name, |bench| {
                bench.iter_batched(
                    command,
                    |command| decide(black_box(&rules), black_box(&concern), who, command, at),
                    BatchSize::SmallInput,
                );
            });
        }
    };
    measure("decide/a lapse moves it on", None, lapse.at, &|| {
        Command::ClockFell {
            key: lapse.key.clone(),
        }
    });
    measure("decide/an answer", Some(&manager), now, &|| {
        Command::Answer {
            visit: None,
            answer: Answering::Respond {
                response: Text::from("response"),
                target: None,
            },
        }
    });
    measure("decide/acknowledged", Some(&manager), now, &|| {
        Command::Acknowledge { visit: None }
    });
    let fell = Command::ClockFell {
        key: lapse.key.clone(),
    };
    if let Ok(lapsed) = decide(&rules, &concern, None, fell, lapse.at) {
        criterion.bench_function("mail of a lapse", |bench| {
            bench.iter(|| mail::follows(&rules, black_box(&lapsed.after), &lapsed.facts));
        });
    }
    // Said on the form that raises, and on every receipt.
    criterion.bench_function("forecast at raising", |bench| {
        bench.iter(|| forecast(&rules, black_box(&concern), now));
    });
    criterion.bench_function("clocks", |bench| {
        bench.iter(|| clocks(&rules, black_box(&concern)));
    });
}

criterion_group!(benches, decisions);
criterion_main!(benches);
