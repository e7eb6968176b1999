//! A card rendered: it should take less than 100 µs, so that a thousand edits in a minute are nothing.

use std::collections::BTreeSet;

use chrono::{NaiveDate, NaiveTime};
use criterion::{Criterion, criterion_group, criterion_main};
use lodestar::calendar::Calendar;
use lodestar::concern::event::Flags;
use lodestar::concern::{Hours, Raise, Raiser, Rules, raise};
use lodestar::ids::{CaseRef, ConcernId, ProtocolId, TeamId, Text, UserId};
use lodestar::mail::{Matter, Occasion};
use lodestar::messages::{Audience, Messages, Setting};
use lodestar::protocol::library::Library;

fn rendering(criterion: &mut Criterion) {
    let (Ok(messages), Ok(library), Ok(calendar)) = (
        Messages::load(None),
        Library::load(&[]),
        Calendar::built_in(),
    ) else {
        return;
    };
    let Some(protocol) = library
        .get(&ProtocolId::from("manchester"))
        .map(|held| &held.protocol)
    else {
        return;
    };
    let at = |hour| NaiveTime::from_hms_opt(hour, 0, 0).unwrap_or_default();
    let Some(route) = protocol.routes.first() else {
        return;
    };
    let rules = Rules {
        protocol,
        route,
        calendar: &calendar,
        hours: Hours {
            opens: at(9),
            warning: at(10),
        },
    };
    let day = NaiveDate::from_ymd_opt(2026, 12, 14).unwrap_or_default();
    let now = calendar.at(day, at(10));
    let iro = Raiser {
        user: UserId::from("U0IRO1"),
        raiser_roles: protocol.raised_by[..1].to_vec(),
        roles: BTreeSet::new(),
    };
    let words = || Text::from("Words.");
    let decision = raise(
        &rules,
        ConcernId(42),
        &iro,
        Raise {
            team: TeamId::from("north"),
            protocol_hash: String::new(),
            subject: None,
            case_ref: CaseRef::from("K-204117"),
            category: protocol
                .themes
                .iter()
                .flat_map(|theme| &theme.categories)
                .map(|category| category.id.clone())
                .next()
                .unwrap_or_default(),
            rag: None,
            event_date: day,
            issue: words(),
            impact: words(),
            action: words(),
            action_by: None,
            addressee: None,
            start_at: None,
            start_reason: None,
            flags: Flags::default(),
        },
        now,
    );
    let Ok(decision) = decision else {
        return;
    };
    let mention = [UserId::from("U0TMN1")];
    let setting = Setting {
        rules: &rules,
        concern: &decision.after,
        team_name: "North locality",
        council_name: "Sample Council",
        case_system: "LCS",
        texts: None,
        tasks: None,
        audience: Audience {
            mention: &mention,
            ..Audience::default()
        },
        now,
    };
    for (name, occasion) in [("card", Occasion::Card), ("receipt", Occasion::Receipt)] {
        let matter = Matter {
            occasion,
            visit: 1,
            other: None,
        };
        criterion.bench_function(&format!("messages/{name}"), |bencher| {
            bencher.iter(|| messages.mail(std::hint::black_box(&matter), &setting));
        });
    }
}

criterion_group!(benches, rendering);
criterion_main!(benches);
