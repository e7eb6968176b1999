//! Patterns: by theme, category, team, month and outcome; small numbers hidden where they might point at a child.

use lodestar::concern::Command;
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

#[test]
fn fewer_than_five_are_not_told_apart_for_others_than_the_manager() {
    let story = Story::of("manchester").raises();
    let six: Vec<_> = (0..6)
        .map(|at| (&story, if at < 4 { "North" } else { "South" }))
        .collect();
    let hidden = count(&six).with_small_numbers_hidden();
    assert_eq!(hidden.all.count, Some(6));
    assert_eq!(said(&hidden.teams), [("North", None), ("South", None)]);
    assert_eq!(said(&hidden.months), [("2026-12", Some(6))]);
}
