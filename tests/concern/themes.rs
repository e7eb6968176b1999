//! Patterns: by theme, category, team, month and outcome; small numbers hidden where they might point at a child.

use lodestar::concern::Command;
use lodestar::concern::command::ToInform;
use lodestar::concern::themes::{Counted, Entry, Themes, themes};

use crate::kit::*;

fn count(stories: &[(&Story, &str)]) -> Themes {
    let entries = stories.iter().map(|(story, team)| Entry {
        concern: &story.concern,
        protocol: story.rules.protocol,
        team,
        raised: CALENDAR.local_date(story.concern.raised_at),
    });
    themes(entries, day("2026-12-01"), day("2026-12-31"))
}

fn said(counted: &[Counted]) -> Vec<(&str, Option<usize>)> {
    counted
        .iter()
        .map(|counted| (counted.name.as_str(), counted.number.count))
        .collect()
}

#[test]
fn who_was_told_outside_the_line_is_counted_apart_once_a_concern() {
    let told = |named: Option<&str>| {
        Command::Inform(Box::new(ToInform {
            partner: Some("agency".to_owned()),
            named: named.map(str::to_owned),
            with: None,
            with_roles: std::collections::BTreeSet::new(),
            told: Some(text()),
            on: day("2026-12-14"),
            invited: true,
            asked: Some(text()),
        }))
    };
    let mut first = Story::of("manchester").raises();
    first
        .raiser(told(Some("Police")))
        .raiser(told(Some("Police")));
    let mut second = Story::of("manchester").raises();
    second.raiser(told(Some("Police"))).raiser(told(None));
    let counted = count(&[(&first, "North"), (&second, "North")]);
    assert_eq!(
        said(&counted.agencies),
        [("Police", Some(2)), ("Partner agency", Some(1))]
    );
    assert_eq!(
        counted.all.count,
        Some(2),
        "the concerns are counted as ever"
    );
    let shared = counted.with_small_numbers_hidden();
    assert_eq!(
        said(&shared.agencies),
        [("Police", None), ("Partner agency", None)]
    );
}

#[test]
fn what_was_raised_in_the_period_is_counted_by_theme_team_month_and_outcome() {
    let open = Story::of("fostering-iro").raises();
    let mut resolved = Story::of("fostering-iro").raises();
    resolved.raiser(Command::Resolve);
    let before = Story::of("fostering-iro").at("2026-11-30 10:00").raises();
    let counted = count(&[(&open, "North"), (&resolved, "South"), (&before, "North")]);
    assert_eq!(counted.all.count, Some(2));
    assert_eq!(said(&counted.themes), [("General issues", Some(2))]);
    assert_eq!(
        said(&counted.teams),
        [("North", Some(1)), ("South", Some(1))]
    );
    assert_eq!(said(&counted.months), [("2026-12", Some(2))]);
    assert_eq!(
        said(&counted.outcomes),
        [("open", Some(1)), ("resolved", Some(1))]
    );
}

fn of_teams(stories: &[(&Story, usize, &str)]) -> Themes {
    let each = |(story, times, team)| std::iter::repeat_n((story, team), times);
    let all: Vec<_> = stories.iter().copied().flat_map(each).collect();
    count(&all)
}

#[test]
fn fewer_than_five_are_not_told_apart_once_it_may_leave_the_service() {
    let story = Story::of("manchester").raises();
    let hidden =
        of_teams(&[(&story, 4, "North"), (&story, 2, "South")]).with_small_numbers_hidden();
    assert_eq!(hidden.all.count, Some(6));
    assert_eq!(said(&hidden.teams), [("North", None), ("South", None)]);
    assert!(hidden.teams.iter().all(|team| team.number.small));
    assert_eq!(said(&hidden.months), [("2026-12", Some(6))]);
    assert!(hidden.cases.is_empty(), "a case is named");
}

#[test]
fn a_small_number_cannot_be_worked_out_from_the_sum() {
    let story = Story::of("manchester").raises();
    let hidden = of_teams(&[
        (&story, 9, "North"),
        (&story, 6, "East"),
        (&story, 1, "South"),
    ])
    .with_small_numbers_hidden();
    assert_eq!(hidden.all.count, Some(16));
    assert_eq!(
        said(&hidden.teams),
        [("North", Some(9)), ("East", None), ("South", None)]
    );
    assert!(!hidden.teams[1].number.small, "six is not fewer than five");
}

#[test]
fn what_has_no_theme_cannot_be_worked_out_from_what_has() {
    let themed = Story::of("fostering-iro").raises();
    let other = Story::of("manchester").raises();
    let counted = of_teams(&[(&themed, 6, "North"), (&other, 1, "South")]);
    let hidden = counted.with_small_numbers_hidden();
    assert_eq!(said(&hidden.themes), [("General issues", None)]);
    assert!(hidden.categories.is_empty(), "they add up to the themes");
    assert_eq!(hidden.all.count, Some(7));
}

#[test]
fn a_case_that_comes_back_is_named_for_the_manager() {
    let one = Story::of("fostering-iro").raises();
    let mut opening = Story::of("fostering-iro");
    opening.raise.case_ref = "K-204118".into();
    let other = opening.raises();
    let counted = of_teams(&[(&one, 3, "North"), (&other, 1, "North")]);
    let case = one.concern.raised.case_ref.as_str();
    assert_eq!(said(&counted.cases), [(case, Some(3))]);
}

#[test]
fn moves_of_a_case_that_should_have_waited_are_counted_and_hidden_where_they_are_few() {
    let mut story = Story::of("buckinghamshire").raises();
    let moved = |to: &str| lodestar::concern::command::Move {
        to: Some(to.into()),
        team: to.to_owned(),
        decided_by: None,
        decided_by_words: Some(text()),
        reason: text(),
    };
    assert_eq!(count(&[(&story, "North")]).transfers.count, Some(0));
    story.raiser(Command::Transfer(moved("south")));
    story.raiser(Command::Transfer(moved("west")));
    let counted = count(&[(&story, "North")]);
    assert_eq!(counted.transfers.count, Some(2));
    let shared = counted.with_small_numbers_hidden();
    assert_eq!(shared.transfers.count, None);
    assert!(shared.transfers.small);
}
