//! Warwickshire: ratings, and referrals under standing criteria.

use lodestar::concern::FieldFault;
use lodestar::concern::event::Rag;
use lodestar::ids::RoleId;
use lodestar::mail::To;
use lodestar::mail::review::Occasion;
use lodestar::review::{Command, Means, Record, Refusal};

use crate::kit::{Story, built_in, held, holder, moment, officer, rated, text};

fn role(id: &str) -> To {
    To::Role(RoleId::from(id))
}

fn answer(means: Means) -> Command {
    Command::AnswerReferral {
        means,
        response: text(),
    }
}

fn referred() -> Story {
    let with = Record {
        criteria: vec![1, 1],
        ..rated("2026-12-15", Rag::Green)
    };
    Story::begin("warwickshire", with, "2026-12-15 15:00")
}

#[test]
fn a_red_review_is_told_to_the_head_of_service_and_the_service_manager_at_once() {
    let story = Story::begin(
        "warwickshire",
        rated("2026-12-15", Rag::Red),
        "2026-12-15 15:00",
    );
    let (head, service) = (role("head_of_service"), role("service_manager"));
    assert_eq!(story.told(Occasion::Rated), [&head, &service]);
    assert_eq!(story.told(Occasion::Held), [&role("operations_manager")]);
    assert!(!story.review.is_open(), "nothing is asked of anybody");
}

#[test]
fn an_amber_review_is_told_to_the_service_manager_and_a_green_one_to_nobody() {
    let amber = Story::begin(
        "warwickshire",
        rated("2026-12-15", Rag::Amber),
        "2026-12-15 15:00",
    );
    assert_eq!(amber.told(Occasion::Rated), [&role("service_manager")]);
    let green = Story::begin(
        "warwickshire",
        rated("2026-12-15", Rag::Green),
        "2026-12-15 15:00",
    );
    assert!(green.told(Occasion::Rated).is_empty());
}

#[test]
fn every_review_has_a_rating_where_the_protocol_asks_for_one() {
    let none = Story::under(
        built_in("warwickshire"),
        held("2026-12-15"),
        moment("2026-12-15 15:00"),
    );
    let missing = Refusal::Field {
        block: "rag",
        fault: FieldFault::Missing,
    };
    assert_eq!(none.err(), Some(missing));
    let unasked = Story::begin(
        "buckinghamshire",
        rated("2026-12-15", Rag::Red),
        "2026-12-15 15:00",
    );
    assert_eq!(unasked.review.held.rag, None);
}

#[test]
fn a_standing_criterion_goes_to_the_service_manager_and_through_a_panel_to_its_end() {
    let mut story = referred();
    assert_eq!(story.told(Occasion::Referral), [&role("service_manager")]);
    assert_eq!(story.review.held.criteria, [1]);
    assert!(story.review.is_open());
    story.to("2026-12-23 09:00");
    assert_eq!(story.told(Occasion::Nudge), [&role("service_manager")]);
    story
        .asks(&holder("service_manager"), answer(Means::Panel))
        .unwrap();
    assert_eq!(story.told(Occasion::ReferralAnswered), [&To::Raiser]);
    assert!(story.review.is_open(), "the officer has a part to choose");
    let silent = Command::TakePart {
        attends: false,
        views: None,
    };
    assert!(matches!(
        story.asks(&officer(), silent),
        Err(Refusal::Field { block: "views", .. })
    ));
    let views = Command::TakePart {
        attends: false,
        views: Some(text()),
    };
    story.asks(&officer(), views).unwrap();
    assert!(
        story
            .told(Occasion::PartTaken)
            .contains(&&role("iro_manager")),
        "views are handled by the manager of the IRO service"
    );
    assert!(!story.review.is_open());
}

#[test]
fn a_referral_dealt_with_by_other_means_is_done() {
    let mut story = referred();
    story
        .asks(&holder("service_manager"), answer(Means::Other))
        .unwrap();
    assert!(!story.review.is_open());
    assert_eq!(
        story.asks(&holder("service_manager"), answer(Means::Panel)),
        Err(Refusal::DoneAlready)
    );
}

#[test]
fn nobody_but_the_manager_answers_a_referral_and_no_other_criterion_is_taken() {
    let mut story = referred();
    assert!(matches!(
        story.asks(&holder("operations_manager"), answer(Means::Panel)),
        Err(Refusal::NotYours { .. })
    ));
    let unknown = Record {
        criteria: vec![2],
        ..rated("2026-12-15", Rag::Green)
    };
    let unknown = Story::under(
        built_in("warwickshire"),
        unknown,
        moment("2026-12-15 15:00"),
    );
    assert!(matches!(
        unknown.err(),
        Some(Refusal::Field {
            block: "criteria",
            ..
        })
    ));
}
