//! The command with words after it.

use sandbox::Submitted;
use serde_json::json;

use crate::support::{World, holder};

#[tokio::test]
async fn help_says_what_there_is_and_an_unknown_word_gets_it_too() {
    let world = World::of_five_teams().await;
    for words in ["help", "HELP", "tea"] {
        let told = world.types("U0IRO1", words).await;
        for word in ["list", "show C-42", "overdue", "note C-42", "handover C-42"] {
            assert!(told.contains(word), "{words}: {told}");
        }
    }
    world.finish();
}

#[tokio::test]
async fn a_word_that_is_nearly_one_gets_the_one_that_was_meant() {
    let world = World::of_five_teams().await;
    for (typed, meant) in [
        ("recrod c-7", "Did you mean /concern record C-7?"),
        ("shwo", "Did you mean /concern show?"),
        ("hadnover C-7 @somebody", "/concern handover C-7?"),
        ("c-7", "Did you mean /concern show C-7?"),
        ("42", "Did you mean /concern show C-42?"),
        ("r-7", "Did you mean /concern show R-7?"),
    ] {
        let told = world.types("U0IRO1", typed).await;
        assert!(told.contains(meant), "{typed}: {told}");
    }
    // Only what they may do is offered, and nothing where nothing is near.
    for (user, typed) in [
        (&holder("team_manager"), "recrod C-7"),
        (&"U0IRO1".to_owned(), "tea"),
    ] {
        let told = world.types(user, typed).await;
        assert!(!told.contains("Did you mean"), "{typed}: {told}");
    }
    world.finish();
}

#[tokio::test]
async fn a_list_begins_with_what_waits_for_its_reader_and_holds_no_words_of_a_concern() {
    let world = World::of_five_teams().await;
    world.raises("warwick", &[]).await;
    world.raises("north", &[]).await;
    for (user, has, lacks) in [
        ("U0IRO1".to_owned(), vec!["C-1", "C-2"], vec![]),
        (holder("iro_manager"), vec!["C-1", "C-2"], vec![]),
        (holder("team_manager"), vec!["C-1", "C-2"], vec![]),
        (holder("service_lead"), vec![], vec!["C-1", "C-2"]),
        ("U0IRO2".to_owned(), vec![], vec!["C-1", "C-2"]),
    ] {
        let told = world.types(&user, "list").await;
        assert!(has.iter().all(|id| told.contains(id)), "{user}: {told}");
        assert!(!lacks.iter().any(|id| told.contains(id)), "{user}: {told}");
        assert!(!told.contains("permanence"), "{user}: {told}");
    }
    let told = world.types("U0IRO1", "list").await;
    assert!(told.contains("Mon 21 Dec, 17:00"), "{told}");
    world.finish();
}

#[tokio::test]
async fn show_says_how_a_concern_stands_and_offers_its_details() {
    let world = World::of_five_teams().await;
    world.raises("north", &[]).await;
    let person = world.holder("team_manager");
    let outcome = person.slash("/concern", "show c1").await.unwrap();
    let reply = outcome.reply.unwrap();
    let told = reply.all_text();
    assert!(
        told.contains("C-1") && told.contains("Stage 1") && told.contains("K-204117"),
        "{told}"
    );
    assert!(!told.contains("permanence plan"), "{told}");
    person
        .click(&reply.channel, &reply.ts, "details")
        .await
        .unwrap();
    let said = person
        .awaits_view_called("details")
        .await
        .unwrap()
        .all_text();
    let at = |words: &str| {
        said.find(words)
            .unwrap_or_else(|| panic!("{words}: {said}"))
    };
    // As the form asks for them, whatever they are kept by.
    let issue = at("No permanence plan after two reviews.");
    let impact = at("The child asks where they will live.");
    assert!(issue < impact, "{said}");
    assert!(
        impact < at("A permanence planning meeting, with minutes."),
        "{said}"
    );
    world.finish();
}

#[tokio::test]
async fn a_word_that_needs_a_reference_says_so() {
    let world = World::of_five_teams().await;
    for words in ["show", "note", "handover"] {
        let told = world.types("U0IRO1", words).await;
        assert!(told.contains(&format!("/concern {words} C-42")), "{told}");
    }
    let told = world.types("U0IRO1", "show forty-two").await;
    assert!(told.contains("C- and a number"), "{told}");
    world.finish();
}

#[tokio::test]
async fn only_what_is_past_its_day_is_overdue() {
    let world = World::of_five_teams().await;
    world.raises("north", &[]).await;
    assert!(!world.types("U0IRO1", "overdue").await.contains("C-1"));
    world.to("2026-12-21T17:00:01Z");
    let told = world.types("U0IRO1", "overdue").await;
    assert!(told.contains("C-1"), "{told}");
    assert!(!world.types("U0IRO2", "overdue").await.contains("C-1"));
    world.finish();
}

#[tokio::test]
async fn a_note_is_kept_at_once_or_by_its_form_unless_it_names_the_child() {
    let world = World::of_five_teams().await;
    world.raises("north", &[]).await;
    let told = world.types("U0IRO1", "note C-1 rang <b> & left word").await;
    assert!(told.contains("C-1"), "{told}");
    assert_eq!(
        world.last_text(1).await,
        ("note".to_owned(), "rang <b> & left word".to_owned())
    );
    let seq = world.concern(1).await.seq;
    let told = world.types("U0IRO1", "note C-1 NHS 943 476 5919").await;
    assert!(told.contains("NHS number"), "{told}");
    assert_eq!(world.concern(1).await.seq, seq);

    assert_eq!(world.types(&holder("team_manager"), "note 1").await, "");
    let person = world.holder("team_manager");
    let view = person.open_view().unwrap();
    assert_eq!(view.callback_id(), "note");
    person
        .fill(&view.id, "reason", "born 12/03/2014")
        .await
        .unwrap();
    assert!(matches!(
        person.submit(&view.id).await.unwrap(),
        Submitted::Errors(_)
    ));
    person
        .fill(&view.id, "reason", "Spoke with the school.")
        .await
        .unwrap();
    assert_eq!(person.submit(&view.id).await.unwrap(), Submitted::Closed);
    assert_eq!(world.last_text(1).await.1, "Spoke with the school.");
    world.finish();
}

#[tokio::test]
async fn a_concern_is_handed_over_to_another_raiser_outside_its_line() {
    let world = World::of_five_teams().await;
    world.raises("north", &[]).await;
    let told = world.types("U0IRO1", "handover C-1").await;
    assert!(told.contains("@name"), "{told}");
    let told = world.types("U0IRO1", "handover C-1 @somebody.else").await;
    assert!(told.contains("did not say whom"), "{told}");
    let told = world.types("U0IRO1", "handover C-1 @team_manager").await;
    assert!(told.contains("may not raise"), "{told}");
    let told = world
        .types(&holder("team_manager"), "handover C-1 @ira.two")
        .await;
    assert!(told.contains("<@U0IRO1>"), "{told}");
    let told = world.types("U0IRO1", "handover C-1 @ira.two").await;
    assert!(told.contains("<@U0IRO2>"), "{told}");
    assert_eq!(world.concern(1).await.raiser, "U0IRO2");
    world.finish();
}

#[tokio::test]
async fn a_date_in_words_is_read_where_a_date_is() {
    let world = World::of_five_teams().await;
    let concern = world.raises("north", &[]).await;
    world
        .presses(&holder("team_manager"), &concern, 1, "accept")
        .await;
    let person = world.holder("team_manager");
    let view = person.open_view().unwrap();
    person
        .fill_all(
            &view.id,
            &[("plan", "A meeting."), ("target_date", "2026-12-18")],
        )
        .await
        .unwrap();
    // As a form with a text field for the date would send it.
    person.close_all().await;
    let payload = json!({
        "type": "view_submission", "team": {"id": "T0SANDBOX"},
        "user": {"id": holder("team_manager"), "team_id": "T0SANDBOX"},
        "view": {
            "id": "V1", "hash": "1.a", "callback_id": "accept",
            "private_metadata": view.content["private_metadata"],
            "blocks": [{"type": "input", "block_id": "plan"}],
            "state": {"values": {
                "plan": {"value": {"type": "plain_text_input", "value": "A meeting."}},
                "target_date": {"value": {"type": "plain_text_input", "value": "friday"}}
            }}
        }
    });
    let ack = world
        .space
        .inject(sandbox::Edge::Http, sandbox::Kind::Interactive, payload)
        .await;
    assert!(ack.is_good(), "{ack:?}");
    let target = world.concern(1).await.visit().unwrap().target.unwrap().0;
    assert_eq!(target.to_string(), "2026-12-18");
    world.finish();
}
