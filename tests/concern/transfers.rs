//! A case that is to move to another team while a concern about it is open.

use lodestar::concern::command::{FieldFault, Move};
use lodestar::concern::{Command, Fact, Phase, Refusal};
use lodestar::ids::{TeamId, UserId};
use lodestar::mail::Occasion;

use crate::kit::*;

fn moves_to(team: &str) -> Move {
    Move {
        to: Some(TeamId::from(team)),
        team: format!("{team} locality"),
        decided_by: Some(UserId::from("U-head_of_service")),
        decided_by_words: None,
        reason: text(),
    }
}

#[test]
fn whoever_asks_is_put_down_once_a_day_and_the_raiser_and_the_manager_of_the_service_hear_of_it() {
    let mut story = Story::of("buckinghamshire").raises();
    story.role("team_manager", Command::AskTransfer);
    story.role("team_manager", Command::AskTransfer);
    assert_eq!(
        story.sent(Occasion::TransferAsked),
        ["2026-12-14 10:00 raiser", "2026-12-14 10:00 iro_manager"]
    );
    story.does(&person("U-elsewhere", &[]), Command::AskTransfer);
    let warned: Vec<bool> = story
        .concern
        .transfer_asks
        .iter()
        .map(|ask| ask.warned)
        .collect();
    assert_eq!(
        warned,
        [true, false],
        "whoever may not read it is not told of it"
    );
    story.to("2026-12-15 10:00");
    story.role("team_manager", Command::AskTransfer);
    assert_eq!(story.concern.transfer_asks.len(), 3, "on another day");
}

#[test]
fn a_move_all_the_same_needs_a_name_and_leaves_the_concern_where_it_is() {
    let mut story = Story::of("buckinghamshire").raises();
    let due = story.due();
    let nameless = Move {
        decided_by: None,
        ..moves_to("south")
    };
    assert_eq!(
        story.refuses(&holder("team_manager"), Command::Transfer(nameless)),
        Refusal::Field {
            block: "decided_by",
            fault: FieldFault::Missing
        }
    );
    story.role("team_manager", Command::Transfer(moves_to("south")));
    assert_eq!(
        (story.step(), story.phase(), story.due()),
        ("b-1", Phase::Answering, due)
    );
    assert_eq!(story.concern.raised.team, TeamId::from("north"));
    assert_eq!(
        story.sent(Occasion::Transferred),
        ["2026-12-14 10:00 raiser", "2026-12-14 10:00 iro_manager"]
    );
    assert_eq!(
        story.refuses(
            &holder("team_manager"),
            Command::Transfer(moves_to("south"))
        ),
        Refusal::DoneAlready
    );
    story.role("team_manager", Command::Transfer(moves_to("west")));
    assert_eq!(story.concern.transfers.len(), 2, "it may move again");
}

#[test]
fn the_raiser_is_not_told_of_what_they_record_themselves() {
    let mut story = Story::of("buckinghamshire").raises();
    story.raiser(Command::Transfer(moves_to("south")));
    assert_eq!(
        story.sent(Occasion::Transferred),
        ["2026-12-14 10:00 iro_manager"]
    );
}

#[test]
fn a_closed_concern_and_a_protocol_that_says_nothing_of_it_hold_no_case() {
    let mut story = Story::of("buckinghamshire").raises();
    story.raiser(Command::Resolve);
    assert_eq!(
        story.refuses(&holder("team_manager"), Command::AskTransfer),
        Refusal::Closed
    );
    let mut story = Story::of("manchester").raises();
    assert_eq!(
        story.refuses(
            &holder("team_manager"),
            Command::Transfer(moves_to("south"))
        ),
        Refusal::Closed
    );
}

#[test]
fn a_record_tells_of_a_move_without_its_words() {
    let mut story = Story::of("buckinghamshire").raises();
    story.raiser(Command::Transfer(moves_to("south")));
    let kept = serde_json::to_string(&story.record.last().unwrap().fact).unwrap();
    assert!(!kept.contains(SECRET) && kept.contains("south"), "{kept}");
    let again: Fact = serde_json::from_str(&kept).unwrap();
    assert_eq!(again, story.record.last().unwrap().fact);
}
