//! What the monitoring forms of all reviews say together (`W-4.2`).

use lodestar::concern::event::Rag;
use lodestar::concern::themes::Counted;
use lodestar::ids::ConcernId;
use lodestar::protocol::ReviewAsks;
use lodestar::review::collation::{Collation, Entry, collate};
use lodestar::review::{Command, FormAnswer, Means, Record};

use crate::kit::{Story, built_in, day, held, holder, officer, rated, text};

fn of(stories: &[(&Story, usize, &str)]) -> Collation {
    let entries = stories.iter().flat_map(|(story, times, team)| {
        let entry = Entry {
            review: &story.review,
            protocol: story.rules.protocol,
            team,
        };
        std::iter::repeat_n(entry, *times)
    });
    collate(entries, day("2026-12-01"), day("2026-12-31"))
}

fn said(counted: &[Counted]) -> Vec<(&str, Option<usize>)> {
    counted
        .iter()
        .map(|one| (one.name.as_str(), one.number.count))
        .collect()
}

fn reviewed(rag: Rag, on: &str) -> Story {
    Story::begin("warwickshire", rated(on, rag), "2026-12-20 15:00")
}

fn referred(on: &str) -> Story {
    let with = Record {
        criteria: vec![0, 1],
        ..rated(on, Rag::Amber)
    };
    Story::begin("warwickshire", with, "2026-12-20 15:00")
}

#[test]
fn every_review_of_the_period_is_counted_by_rating_team_and_month_the_green_ones_too() {
    let (red, green) = (
        reviewed(Rag::Red, "2026-12-15"),
        reviewed(Rag::Green, "2026-12-16"),
    );
    let before = reviewed(Rag::Red, "2026-11-30");
    let counted = of(&[
        (&red, 2, "North"),
        (&green, 3, "North"),
        (&green, 1, "South"),
        (&before, 1, "South"),
    ]);
    assert_eq!(counted.all.count, Some(6), "by the day it was held");
    assert_eq!(
        said(&counted.ratings),
        [("green", Some(4)), ("red", Some(2))]
    );
    assert_eq!(
        said(&counted.teams),
        [("North", Some(5)), ("South", Some(1))]
    );
    assert_eq!(said(&counted.months), [("2026-12", Some(6))]);
    let north = &counted.teams_rated[0];
    assert_eq!(north.name, "North");
    assert_eq!(said(&north.counts), [("green", Some(3)), ("red", Some(2))]);
    assert_eq!(counted.referred.count, Some(0));
}

#[test]
fn a_form_is_complete_once_every_field_of_the_protocols_is_filled_in() {
    let protocol = built_in("warwickshire");
    let fields = protocol.beside.review_fields.iter();
    let form: Vec<_> = fields
        .map(|field| {
            let answer = match field.asks {
                ReviewAsks::Words => FormAnswer::Words(text()),
                ReviewAsks::YesOrNo => FormAnswer::YesOrNo(false),
            };
            (field.id.clone(), answer)
        })
        .collect();
    assert!(!form.is_empty());
    let whole = Record {
        form,
        ..rated("2026-12-15", Rag::Green)
    };
    let whole = Story::begin("warwickshire", whole, "2026-12-20 15:00");
    let lacking = reviewed(Rag::Green, "2026-12-15");
    let formless = Story::begin("cp-lac-challenge", held("2026-12-15"), "2026-12-20 15:00");
    let counted = of(&[
        (&whole, 2, "North"),
        (&lacking, 1, "North"),
        (&formless, 1, "North"),
    ]);
    assert_eq!(
        said(&counted.forms),
        [("complete", Some(2)), ("incomplete", Some(1))]
    );
    assert_eq!(counted.all.count, Some(4));
}

#[test]
fn how_each_field_of_the_forms_was_answered_is_counted_and_what_came_of_matters_of_concern() {
    let answers = |yes| Record {
        form: vec![("child-knows".to_owned(), FormAnswer::YesOrNo(yes))],
        ..held("2026-12-15")
    };
    let of_form = |with| Story::begin("buckinghamshire", with, "2026-12-20 15:00");
    let (yes, no) = (of_form(answers(true)), of_form(answers(false)));
    let mut followed = of_form(held("2026-12-15"));
    let concern = ConcernId(42);
    followed
        .asks(&officer(), Command::ConcernRaised { concern })
        .unwrap();
    let quiet = of_form(Record {
        concerns: None,
        ..held("2026-12-15")
    });
    let counted = of(&[
        (&yes, 6, "North"),
        (&no, 5, "North"),
        (&followed, 2, "South"),
        (&quiet, 7, "South"),
    ]);
    let asked = "The child knows who their IRO is and how to reach them";
    let knows = |counted: &Collation| -> Vec<(String, Option<usize>)> {
        let row = counted.answers.iter().find(|row| row.name == asked);
        let counts = row.unwrap().counts.iter();
        counts
            .map(|one| (one.name.clone(), one.number.count))
            .collect()
    };
    let all = [("left_out", 9), ("yes", 6), ("no", 5)];
    assert_eq!(
        knows(&counted),
        all.map(|(name, count)| (name.to_owned(), Some(count)))
    );
    assert_eq!(
        said(&counted.matters),
        [
            ("not_raised", Some(11)),
            ("none", Some(7)),
            ("raised", Some(2))
        ]
    );
    let hidden = counted.with_small_numbers_hidden();
    assert_eq!(
        said(&hidden.matters),
        [("not_raised", Some(11)), ("none", None), ("raised", None)],
        "two could be worked out from the rest"
    );
    assert!(knows(&hidden).iter().all(|(_, count)| count.is_some()));
}

#[test]
fn a_referral_is_counted_by_its_criteria_and_by_what_became_of_it() {
    let waits = referred("2026-12-15");
    let mut panel = referred("2026-12-16");
    let answer = Command::AnswerReferral {
        means: Means::Panel,
        response: text(),
    };
    panel.asks(&holder("service_manager"), answer).unwrap();
    let counted = of(&[(&waits, 1, "North"), (&panel, 2, "North")]);
    assert_eq!(counted.referred.count, Some(3));
    let items: Vec<_> = counted
        .criteria
        .iter()
        .map(|one| one.number.count)
        .collect();
    assert_eq!(items, [Some(3), Some(3)]);
    assert_eq!(
        said(&counted.became),
        [("panel", Some(2)), ("unanswered", Some(1))]
    );
}

#[test]
fn small_numbers_of_reviews_cannot_be_told_nor_worked_out_once_it_may_leave_the_service() {
    let (red, green) = (
        reviewed(Rag::Red, "2026-12-15"),
        reviewed(Rag::Green, "2026-12-16"),
    );
    let hidden = of(&[
        (&green, 9, "North"),
        (&green, 6, "South"),
        (&red, 1, "South"),
        (&referred("2026-12-17"), 2, "North"),
    ])
    .with_small_numbers_hidden();
    assert_eq!(hidden.all.count, Some(18));
    assert_eq!(
        said(&hidden.ratings),
        [("green", None), ("amber", None), ("red", None)],
        "one and two are three: with the fifteen that is told they would be known"
    );
    assert!(hidden.teams_rated.is_empty() && hidden.months_rated.is_empty());
    assert_eq!(hidden.referred.count, None);
    let told = hidden.became.iter().chain(&hidden.criteria);
    assert!(
        told.clone().count() > 0 && told.clone().all(|one| one.number.count.is_none()),
        "{hidden:?}"
    );
}
