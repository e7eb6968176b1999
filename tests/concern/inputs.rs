//! Inputs that a step asks for besides its addressee's answer: asked, asked again, given, missed; and no clock moves.

use lodestar::access::may_read;
use lodestar::concern::command::Who;
use lodestar::concern::{Command, Phase, Refusal};
use lodestar::ids::RoleId;
use lodestar::mail::Occasion;

use crate::kit::*;

fn gives() -> Command {
    Command::GiveInput {
        visit: None,
        input: text(),
        mediation: Some(text()),
    }
}

fn at_the_head_of_service() -> Story {
    Story::of("warwickshire").starts_at("w-2").raises()
}

#[test]
fn the_service_manager_is_asked_when_the_step_is_issued_and_again_while_it_is_missing() {
    let mut story = at_the_head_of_service();
    assert_eq!(
        story.sent(Occasion::InputAsk),
        ["2026-12-14 10:00 service_manager"]
    );
    let service_manager = holder("service_manager");
    assert!(may_read(&story.rules, &story.concern, &service_manager));
    story.to("2026-12-21 16:00");
    assert_eq!(
        story.sent(Occasion::InputReminder),
        ["2026-12-17 09:00 service_manager"],
        "after two working days; two more end past the answer's time"
    );
    let due = story.due();
    story.role("service_manager", gives());
    assert_eq!((story.phase(), story.due()), (Phase::Answering, due));
    assert!(story.rules.missing_inputs(story.visit()).is_empty());
    assert_eq!(
        story.refuses(&holder("service_manager"), gives()),
        Refusal::DoneAlready
    );
}

#[test]
fn a_step_that_is_put_off_asks_three_times_and_no_more() {
    let mut story = at_the_head_of_service();
    story.role(
        "hos_children_families",
        Command::Extend {
            until: day("2027-01-15"),
            reason: text(),
            item: Some(text()),
        },
    );
    story.to("2027-01-15 12:00");
    assert_eq!(story.sent(Occasion::InputReminder).len(), 3);
}

#[test]
fn a_decision_without_the_input_stands_and_whoever_was_asked_is_told() {
    let mut story = at_the_head_of_service();
    story.role("hos_children_families", decides());
    assert_eq!(story.phase(), Phase::Judging);
    assert_eq!(
        story.sent(Occasion::InputMissed),
        ["2026-12-14 10:00 service_manager"]
    );
    story.role("service_manager", gives());
    assert_eq!(story.visit().inputs.len(), 1, "the raiser judges with it");
    let mut story = at_the_head_of_service();
    story.role("service_manager", gives());
    story.role("hos_children_families", decides());
    assert!(story.sent(Occasion::InputMissed).is_empty());
}

#[test]
fn only_whom_the_step_asks_gives_it_and_not_on_their_own_concern() {
    let mut story = at_the_head_of_service();
    assert_eq!(
        story.refuses(&holder("operations_manager"), gives()),
        Refusal::NotYours {
            who: Who::Roles(vec![RoleId::from("service_manager")])
        }
    );
    let raiser = person(IRO, &["service_manager"]);
    assert_eq!(story.refuses(&raiser, gives()), Refusal::OwnConcern);
    story.raiser(Command::Resolve);
    assert_eq!(
        story.refuses(&holder("service_manager"), gives()),
        Refusal::Closed
    );
    let mut story = Story::of("warwickshire").raises();
    assert!(matches!(
        story.refuses(&holder("service_manager"), gives()),
        Refusal::NotYours { .. }
    ));
}
