//! Case notes: whose are in the case system, and what waits for them.

use lodestar::concern::command::{FieldFault, Who};
use lodestar::concern::{Closed, Command, Fact, Phase, Position, Refusal};

use crate::kit::*;

fn pasted(visits: &[(u32, bool)]) -> Command {
    Command::NotesPasted {
        notes: visits
            .iter()
            .map(|(visit, typed)| (*visit, typed.then(text)))
            .collect(),
    }
}

#[test]
fn a_concern_whose_protocol_demands_notes_is_not_closed_before_each_step_has_its_own() {
    let mut story = Story::of("cp-lac-challenge").raises();
    story.to("2026-12-29 10:00");
    assert_eq!(
        story.step(),
        "h-l2",
        "the missing note holds no escalation back"
    );
    let Refusal::NotesMissing { stages, clause } = story.refuses_raiser(Command::Resolve) else {
        panic!("closed without its notes");
    };
    assert_eq!(stages, ["Level 1", "Level 2"]);
    assert!(clause.is_some_and(|clause| clause.contains("LCS case notes")));

    story.raiser(pasted(&[(1, true)]));
    let Refusal::NotesMissing { stages, .. } = story.refuses_raiser(Command::Resolve) else {
        panic!("closed with one note of two");
    };
    assert_eq!(stages, ["Level 2"]);
    story.raiser(pasted(&[(2, true)])).raiser(Command::Resolve);
    assert_eq!(story.phase(), Phase::Closed(Closed::Resolved));
}

#[test]
fn the_position_waits_for_the_notes_too_and_withdrawing_does_not() {
    let mut story = Story::of("cp-lac-challenge").starts_at("h-f").raises();
    story.role("assistant_director", decides());
    story.raiser(not_satisfied());
    assert_eq!(story.phase(), Phase::Exhausted);
    let position = || Command::Position {
        position: Position::Maintained,
        reason: None,
    };
    assert!(matches!(
        story.refuses_raiser(position()),
        Refusal::NotesMissing { .. }
    ));
    story.raiser(pasted(&[(1, false)])).raiser(position());
    assert!(!story.concern.is_open());

    let mut other = Story::of("cp-lac-challenge").raises();
    other.raiser(Command::Withdraw { reason: text() });
    assert_eq!(other.phase(), Phase::Closed(Closed::Withdrawn));
}

#[test]
fn what_a_plan_says_is_closed_without_notes_for_its_paper_demands_none() {
    for route in ["lac-content", "cp-content"] {
        let mut story = Story::of("cp-lac-challenge").route(route).raises();
        story.raiser(escalate()).raiser(Command::Resolve);
        assert_eq!(story.phase(), Phase::Closed(Closed::Resolved), "{route}");
    }
}

#[test]
fn a_note_says_the_outcome_itself_where_no_answer_does() {
    let mut story = Story::of("cp-lac-challenge").raises();
    assert_eq!(
        story.refuses_raiser(pasted(&[(1, false)])),
        Refusal::Field {
            block: "outcome",
            fault: FieldFault::Missing
        }
    );
    story.role("social_worker", respond());
    story.raiser(pasted(&[(1, false)]));
    assert_eq!(
        story.refuses_raiser(pasted(&[(1, false)])),
        Refusal::DoneAlready
    );
    let told = story
        .record
        .iter()
        .filter(|recorded| matches!(recorded.fact, Fact::NotePasted { visit: 1 }));
    assert_eq!(told.count(), 1);
}

#[test]
fn only_the_raisers_side_pastes_and_may_do_so_after_the_close() {
    let mut story = Story::of("manchester").raises();
    let refused = Refusal::NotYours {
        who: Who::RaiserOrIroManager,
    };
    assert_eq!(
        story.refuses(&holder("team_manager"), pasted(&[(1, true)])),
        refused
    );
    let mut answering_cover = holder("team_manager");
    answering_cover.covers_raiser = true;
    assert_eq!(
        story.refuses(&answering_cover, pasted(&[(1, true)])),
        refused
    );
    story.raiser(Command::Resolve);
    story.does(&holder("iro_manager"), pasted(&[(1, true)]));
    let (by, _) = story.visit().note_pasted.clone().unwrap();
    assert_eq!(by.as_str(), "U-iro_manager");
}
