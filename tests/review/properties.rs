//! Whatever people do, in whatever order: nothing drifts, no key falls twice, no fact holds what people wrote, and the record
//! gives the same review.

use chrono::TimeDelta;
use lodestar::concern::event::Rag;
use lodestar::ids::{ClockId, ConcernId, RoleId};
use lodestar::review::{Command, Means, Record, Stage, clocks};
use proptest::prelude::*;

use crate::kit::{Story, all_built_in, day, held, moment, officer, person, text};

fn command(deed: u8, clock: &str) -> Command {
    let clock = ClockId::from(clock);
    match deed % 8 {
        0 => Command::Done { clock, on: None },
        1 => Command::Done {
            clock,
            on: Some(day("2026-12-17")),
        },
        2 => Command::Object {
            clock,
            objection: text(),
        },
        3 => Command::Settle {
            changed: false,
            outcome: text(),
        },
        4 => Command::AnswerReferral {
            means: if deed > 100 {
                Means::Panel
            } else {
                Means::Other
            },
            response: text(),
        },
        5 => Command::TakePart {
            attends: deed > 100,
            views: Some(text()),
        },
        6 => Command::NoteMidway,
        _ => Command::ConcernRaised {
            concern: ConcernId(i64::from(deed) + 1),
        },
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn nothing_drifts_whatever_people_do(
        protocol in 0_usize..5,
        rag in 0_usize..3,
        (concerns, late_by) in (any::<bool>(), 0_u32..40),
        deeds in proptest::collection::vec((any::<u8>(), 0_usize..6, 0_i64..200, any::<bool>()), 0..25),
    ) {
        let protocol = all_built_in()[protocol];
        let clock_ids: Vec<&str> = protocol.beside.review_clocks.iter().map(|clock| clock.id.as_str()).collect();
        let with = Record {
            rag: [Rag::Red, Rag::Amber, Rag::Green].get(rag).copied(),
            concerns: concerns.then(text),
            criteria: if protocol.rag { vec![0] } else { Vec::new() },
            ..held("2026-12-16")
        };
        // Recorded on the day or weeks after it.
        let now = moment("2026-12-16 15:00") + TimeDelta::days(i64::from(late_by));
        let mut story = Story::under(protocol, with, now).unwrap();
        let roles: Vec<&str> = protocol.roles.keys().map(RoleId::as_str).collect();
        let managers = person("U-everybody", &roles);
        for (deed, clock, hours, as_officer) in deeds {
            story.goes_to(story.now + TimeDelta::hours(hours));
            let clock = clock_ids.get(clock).copied().unwrap_or("none");
            if deed % 3 == 0 && clock_ids.contains(&clock) {
                story.delivered(clock);
            }
            let who = if as_officer { officer() } else { managers.clone() };
            // Refused or not, what must hold is checked.
            let _ = story.asks(&who, command(deed, clock));
            story.holds();
        }
        // Silence is consent only where a notice was received, and only at the end of its window.
        for (clock, at) in &story.review.accepted {
            prop_assert!(story.review.received.contains_key(clock));
            prop_assert!(*at >= story.task(clock.as_str()).due.unwrap().at);
        }
        // Left alone for a year, an open review has been told of again and again.
        let before = story.record.len();
        story.goes_to(story.now + TimeDelta::days(365));
        if story.review.is_open() {
            prop_assert!(story.record.len() > before + 20);
            prop_assert!(!clocks(&story.rules, &story.review).is_empty());
        }
        for task in lodestar::review::tasks(&story.rules, &story.review) {
            let told_done = matches!(task.stage, Stage::Done { .. });
            prop_assert!(!(task.takes_silence() && told_done), "silence alone is taken for consent");
        }
    }
}
