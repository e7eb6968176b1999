//! The form of a review: what a council's paper asks beside the rating and the matters of concern.

use lodestar::concern::event::Rag;
use lodestar::ids::Text;
use lodestar::review::event::Filled;
use lodestar::review::{Field, FormAnswer, Record, record};

use crate::kit::{Story, built_in, held, moment, rated, text};

fn words(id: &str) -> (String, FormAnswer) {
    (id.to_owned(), FormAnswer::Words(text()))
}

fn says(id: &str, yes: bool) -> (String, FormAnswer) {
    (id.to_owned(), FormAnswer::YesOrNo(yes))
}

fn names(protocol: &str) -> Vec<&'static str> {
    let fields = &built_in(protocol).beside.review_fields;
    fields.iter().map(|field| field.id.as_str()).collect()
}

#[test]
fn warwickshires_form_asks_what_its_paper_lists_and_buckinghamshires_what_its_standards_do() {
    assert_eq!(
        names("warwickshire"),
        ["planning", "officer-action", "resolution"]
    );
    assert_eq!(
        names("buckinghamshire"),
        ["child-views", "child-knows", "decisions-complete"]
    );
    for without in ["manchester", "cp-lac-challenge", "fostering-iro"] {
        assert!(names(without).is_empty(), "{without}");
    }
}

#[test]
fn the_words_of_a_form_are_kept_apart_from_the_fact_and_a_green_review_has_its_form_too() {
    let with = Record {
        form: vec![words("planning"), words("resolution")],
        ..rated("2026-12-15", Rag::Green)
    };
    let story = Story::begin("warwickshire", with.clone(), "2026-12-15 15:00");
    let form = &story.review.held.form;
    assert_eq!(form["planning"], Filled::Written);
    assert!(!form.contains_key("officer-action"), "left out");

    let raiser = crate::kit::raiser(built_in("warwickshire"));
    let rules = crate::kit::rules(built_in("warwickshire"));
    let decision = record(
        &rules,
        lodestar::ids::ReviewId(7),
        &raiser,
        with,
        moment("2026-12-15 15:00"),
    )
    .unwrap();
    let fields: Vec<Field> = (decision.facts[0].texts.iter())
        .map(|(field, _)| *field)
        .collect();
    assert_eq!(
        fields,
        [Field::Concerns, Field::Form(0), Field::Form(2)],
        "each by its place in the protocol's form"
    );
    for field in fields {
        assert_eq!(Field::named(field.as_str()), Some(field));
    }
}

#[test]
fn a_form_holds_only_what_the_protocol_asks_in_the_way_it_asks() {
    let with = Record {
        form: vec![
            says("child-knows", true),
            says("decisions-complete", false),
            ("child-views".to_owned(), FormAnswer::Words(Text::from("x"))),
            words("planning"),
        ],
        ..held("2026-12-16")
    };
    let story = Story::begin("buckinghamshire", with, "2026-12-16 15:00");
    let form: Vec<_> = story.review.held.form.clone().into_iter().collect();
    assert_eq!(
        form,
        [
            ("child-knows".to_owned(), Filled::Yes),
            ("decisions-complete".to_owned(), Filled::No)
        ]
    );
}
