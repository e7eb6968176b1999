//! What changes nothing: the wrong person, the wrong moment, the same thing twice, a store that is busy.

use lodestar::concern::Phase;
use sandbox::{Ack, ClickOutcome, Submitted};
use serde_json::json;

use crate::support::{CHANNEL, World, holder};

/// Every button there is.
const BUTTONS: [&str; 19] = [
    "acknowledge",
    "accept",
    "reject",
    "respond",
    "decide",
    "extend",
    "agree_gate",
    "decline_gate",
    "resolve",
    "not_satisfied",
    "more_time",
    "position",
    "escalate",
    "review_date",
    "hold_escalation",
    "bypass",
    "withdraw",
    "details",
    "note",
];

#[tokio::test]
async fn somebody_who_may_not_read_a_concern_is_told_the_same_as_if_there_were_none() {
    let world = World::of_five_teams().await;
    let concern = world.raises("north", &[]).await;
    let mut never = concern.clone();
    never.id = lodestar::ids::ConcernId(999);
    for button in BUTTONS {
        let hidden = world.is_told("U0IRO2", &concern, 1, button).await;
        let absent = world.is_told("U0IRO2", &never, 1, button).await;
        assert_eq!(hidden, absent, "{button}");
        assert!(hidden.contains("no such concern"), "{button}: {hidden}");
        assert!(
            world.space.person("U0IRO2").open_view().is_none(),
            "{button}"
        );
    }
    for words in ["show C-1", "note C-1 a word", "handover C-1 @ira.two"] {
        let hidden = world.types("U0IRO2", words).await;
        let absent = world.types("U0IRO2", &words.replace("C-1", "C-999")).await;
        assert_eq!(hidden, absent, "{words}");
    }
    assert!(
        world
            .types("U0IRO2", "list")
            .await
            .contains("No open concern")
    );
    assert_eq!(world.concern(1).await.seq, concern.seq);
    world.finish();
}

#[tokio::test]
async fn a_reader_without_the_role_is_told_who_has_it() {
    let world = World::of_five_teams().await;
    let concern = world.raises("north", &[]).await;
    for button in ["acknowledge", "accept", "reject"] {
        let told = world
            .is_told(&holder("iro_manager"), &concern, 1, button)
            .await;
        assert!(
            told.contains(&format!("<@{}>", holder("team_manager"))),
            "{button}: {told}"
        );
        assert!(told.contains("the Team Manager"), "{button}: {told}");
    }
    for button in [
        "resolve",
        "withdraw",
        "bypass",
        "hold_escalation",
        "escalate",
        "not_satisfied",
    ] {
        let told = world
            .is_told(&holder("team_manager"), &concern, 1, button)
            .await;
        assert!(told.contains("<@U0IRO1>"), "{button}: {told}");
        assert!(
            world.holder("team_manager").open_view().is_none(),
            "{button}"
        );
    }
    assert_eq!(world.concern(1).await.seq, concern.seq);
    world.finish();
}

#[tokio::test]
async fn a_running_clock_is_not_escalated_and_a_bypass_is_offered() {
    let world = World::of_five_teams().await;
    let concern = world.raises("north", &[]).await;
    let told = world.is_told("U0IRO1", &concern, 1, "escalate").await;
    assert!(
        told.contains("Bypass") && told.contains("Mon 21 Dec, 17:00"),
        "{told}"
    );
    world.finish();
}

#[tokio::test]
async fn a_press_on_an_older_card_never_touches_the_present_step() {
    let world = World::of_five_teams().await;
    let concern = world.raises_as("U0CPC1", "challenge", &[]).await;
    // This protocol lets its raiser move on early, so a second press would skip a step.
    let view = {
        world.presses("U0CPC1", &concern, 1, "escalate").await;
        world.space.person("U0CPC1").open_view().unwrap()
    };
    let person = world.space.person("U0CPC1");
    assert_eq!(person.submit(&view.id).await.unwrap(), Submitted::Closed);
    let after = world.concern(1).await;
    assert_eq!(after.visits.len(), 2);
    let told = world.is_told("U0CPC1", &concern, 1, "escalate").await;
    assert!(told.contains("has moved on"), "{told}");
    assert_eq!(world.concern(1).await.seq, after.seq);
    world.finish();
}

#[tokio::test]
async fn a_form_that_is_sent_when_its_step_has_ended_is_told_and_one_sent_twice_just_closes() {
    let world = World::of_five_teams().await;
    let concern = world.raises_as("U0CPC1", "challenge", &[]).await;
    let person = world.space.person("U0CPC1");
    world.presses("U0CPC1", &concern, 1, "escalate").await;
    let view = person.open_view().unwrap();
    assert_eq!(person.submit(&view.id).await.unwrap(), Submitted::Closed);
    let sent = world.space.deliveries();
    let sent = sent
        .iter()
        .rev()
        .find(|sent| sent.payload["type"] == "view_submission")
        .unwrap();
    let again = world.space.redeliver(sent.number).await.unwrap();
    assert!(
        matches!(&again, Ack::Answered(body) if body.is_null() || body == &json!({})),
        "{again:?}"
    );
    let mut another = sent.payload.clone();
    another["view"]["hash"] = json!("another");
    let ack = world
        .space
        .inject(sandbox::Edge::Http, sandbox::Kind::Interactive, another)
        .await;
    let Ack::Answered(body) = ack else {
        panic!("not acknowledged")
    };
    assert_eq!(body["response_action"], "update");
    assert!(body.to_string().contains("has moved on"), "{body}");
    assert_eq!(world.concern(1).await.visits.len(), 2);
    world.finish();
}

#[tokio::test]
async fn a_click_delivered_twice_counts_once() {
    let world = World::of_five_teams().await;
    let concern = world.raises("north", &[]).await;
    world
        .presses(&holder("team_manager"), &concern, 1, "acknowledge")
        .await;
    let seq = world.concern(1).await.seq;
    let last = world.space.deliveries().len() - 1;
    world.space.redeliver(last).await.unwrap();
    assert_eq!(world.concern(1).await.seq, seq);
    assert!(
        world
            .hears(&holder("team_manager"))
            .await
            .contains("done already")
    );
    world.finish();
}

#[tokio::test]
async fn what_is_wrong_is_refused_by_the_one_who_is_asked_even_when_they_raised_it() {
    let world = World::of_five_teams().await;
    let concern = world
        .raises("north", &[("addressee", json!("U0OWN1"))])
        .await;
    world.presses("U0OWN1", &concern, 1, "acknowledge").await;
    assert!(
        world
            .concern(1)
            .await
            .visit()
            .unwrap()
            .acknowledged
            .is_some()
    );
    assert!(world.types("U0OWN1", "list").await.contains("C-1"));
    let told = world.is_told("U0OWN1", &concern, 1, "withdraw").await;
    assert!(told.contains("<@U0IRO1>"), "{told}");
    world.finish();
}

#[tokio::test]
async fn people_of_no_list_are_told_whom_to_ask() {
    let world = World::of_five_teams().await;
    let concern = world.raises("north", &[]).await;
    for words in ["", "list", "help", "show C-1", "overdue"] {
        let told = world.types("U0NOBODY", words).await;
        assert!(
            told.contains(&format!("<@{}>", holder("iro_manager"))),
            "{words}: {told}"
        );
        assert!(!told.contains("C-1 "), "{words}: {told}");
    }
    let told = world.is_told("U0NOBODY", &concern, 1, "acknowledge").await;
    assert!(
        told.contains(&format!("<@{}>", holder("iro_manager"))),
        "{told}"
    );
    world.finish();
}

#[tokio::test]
async fn somebody_from_outside_changes_and_learns_nothing() {
    let world = World::of_five_teams().await;
    let concern = world.raises("north", &[]).await;
    let told = world.is_told("U0OUTSIDE", &concern, 1, "details").await;
    assert!(told.contains("own workspace"), "{told}");
    assert!(world.space.person("U0OUTSIDE").open_view().is_none());
    world.finish();
}

#[tokio::test]
async fn a_busy_store_is_told_to_whoever_presses_and_to_whoever_sends() {
    let world = World::of_five_teams().await;
    let concern = world.raises("north", &[]).await;
    let manager = holder("team_manager");
    world.presses(&manager, &concern, 1, "accept").await;
    let person = world.holder("team_manager");
    let view = person.open_view().unwrap();
    person
        .fill_all(
            &view.id,
            &[("plan", "A meeting."), ("target_date", "2026-12-23")],
        )
        .await
        .unwrap();
    let held = world.desk.store().begin().await.unwrap();
    let Submitted::Errors(errors) = person.submit(&view.id).await.unwrap() else {
        panic!("no errors");
    };
    assert!(errors["plan"].contains("cannot count twice"), "{errors:?}");
    let told = world.is_told(&manager, &concern, 1, "acknowledge").await;
    assert!(told.contains("cannot count twice"), "{told}");
    held.rollback().await.unwrap();
    assert_eq!(person.submit(&view.id).await.unwrap(), Submitted::Closed);
    assert_eq!(world.concern(1).await.phase, Phase::Underway);
    world.finish();
}

#[tokio::test]
async fn a_button_that_nobody_knows_says_so() {
    let world = World::of_five_teams().await;
    let concern = world.raises("north", &[]).await;
    let ts = world.card(&concern, 1, &["praise_the_sun"]).await;
    let outcome = world
        .iro()
        .click(CHANNEL, &ts, "praise_the_sun")
        .await
        .unwrap();
    assert_eq!(outcome, ClickOutcome::Acked);
    assert!(world.hears("U0IRO1").await.contains("does not know"));
    world.finish();
}

#[tokio::test]
async fn nothing_that_anybody_wrote_is_in_a_forms_metadata() {
    let world = World::of_five_teams().await;
    let concern = world.raises("north", &[]).await;
    world
        .presses(&holder("team_manager"), &concern, 1, "accept")
        .await;
    let view = world.holder("team_manager").open_view().unwrap();
    let kept = view.content["private_metadata"].as_str().unwrap();
    let kept: serde_json::Value = serde_json::from_str(kept).unwrap();
    assert_eq!(kept["concern"], "C-1");
    assert_eq!(kept["visit"], 1);
    assert_eq!(kept["channel"], CHANNEL);
    world.finish();
}
