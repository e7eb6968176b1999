//! A midway review, between two reviews: recorded as one is, with the days that its paper gives afterwards.

use lodestar::concern::FieldFault;
use lodestar::concern::event::Rag;
use lodestar::ids::ConcernId;
use lodestar::mail::To;
use lodestar::mail::review::Occasion;
use lodestar::protocol::Sitting;
use lodestar::review::collation::{Entry, collate};
use lodestar::review::{Command, Record, Refusal, Stage, tasks};

use crate::kit::{Story, built_in, day, done, held, moment, officer, rated};

fn midway(on: &str) -> Record {
    Record {
        sitting: Sitting::Midway,
        ..held(on)
    }
}

fn asked(story: &Story) -> Vec<&str> {
    let all = tasks(&story.rules, &story.review);
    all.into_iter().map(|task| task.clock.id.as_str()).collect()
}

#[test]
fn in_buckinghamshire_a_concern_of_a_midpoint_review_is_recorded_within_three_working_days_of_it() {
    // Wed 24 Mar before Easter: Thu 25, Tue 30, Wed 31.
    let mut story = Story::begin("buckinghamshire", midway("2027-03-24"), "2027-03-24 15:00");
    assert_eq!(
        asked(&story),
        ["record"],
        "a review's other days are a review's"
    );
    assert_eq!(story.due("record"), "Wed 31 Mar, 17:00");
    story.to("2027-03-31 09:00");
    assert_eq!(story.told(Occasion::Due), [&To::Raiser]);
    story.to("2027-04-01 09:00");
    assert_eq!(story.told(Occasion::Late), [&To::Raiser]);
    let concern = ConcernId(42);
    story
        .asks(&officer(), Command::ConcernRaised { concern })
        .unwrap();
    assert!(matches!(story.task("record").stage, Stage::Done { .. }));
    assert!(!story.review.is_open());
}

#[test]
fn without_matters_of_concern_a_midpoint_review_asks_for_nothing() {
    let with = Record {
        concerns: None,
        ..midway("2027-03-24")
    };
    let mut story = Story::begin("buckinghamshire", with, "2027-03-24 15:00");
    assert!(!story.review.is_open());
    story.asks(&officer(), Command::NoteMidway).unwrap();
    assert!(story.review.midway.is_some());
    let refused = story.asks(&officer(), done("decisions"));
    assert_eq!(refused, Err(Refusal::NotAsked), "decisions are a review's");
}

#[test]
fn a_paper_without_a_midway_review_takes_none() {
    let none = Story::under(
        built_in("warwickshire"),
        Record {
            sitting: Sitting::Midway,
            ..rated("2026-12-15", Rag::Red)
        },
        moment("2026-12-15 15:00"),
    );
    let unknown = Refusal::Field {
        block: "sitting",
        fault: FieldFault::Unknown,
    };
    assert_eq!(none.err(), Some(unknown));
}

#[test]
fn midway_reviews_are_counted_apart_from_reviews() {
    let stories = [
        Story::begin("buckinghamshire", midway("2026-12-15"), "2026-12-20 15:00"),
        Story::begin("buckinghamshire", held("2026-12-15"), "2026-12-20 15:00"),
        Story::begin("buckinghamshire", midway("2026-11-15"), "2026-12-20 15:00"),
    ];
    let entries = stories.iter().map(|story| Entry {
        review: &story.review,
        protocol: story.rules.protocol,
        team: "North",
    });
    let counted = collate(entries, day("2026-12-01"), day("2026-12-31"));
    assert_eq!(counted.all.count, Some(1));
    assert_eq!(counted.midway.count, Some(1), "by the day it was held");
    assert_eq!(counted.with_small_numbers_hidden().midway.count, None);
}
