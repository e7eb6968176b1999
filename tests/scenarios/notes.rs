//! Case notes: copied from one view, ticked once they are in the case system, and waited for where the protocol says so.

use lodestar::concern::{Closed, Phase};
use sandbox::{ClickOutcome, Submitted};
use serde_json::json;

use crate::support::people::{Someone, concern};
use crate::support::world::World;
use crate::support::{ACTION, IMPACT, ISSUE, REASON, RESPONSE};

async fn opens(someone: &Someone<'_>, words: &str) -> sandbox::View {
    let outcome = someone.types(words).await;
    assert_eq!(outcome.failed, None, "{words}");
    someone
        .at
        .awaits_view_called("record")
        .await
        .expect("no case notes open")
}

#[tokio::test]
async fn a_challenge_is_closed_once_each_steps_note_is_ticked_as_pasted() {
    let world = World::of("cp-lac-challenge").at("2026-12-14 10:00").await;
    let iro = world.iro();
    let id = iro.raises(concern("K-204117")).await;
    world.to("2026-12-29 10:00").await;
    assert_eq!(world.stands(id).await.0, "h-l2");

    let receipt = iro.receipt(id);
    let outcome = iro.presses(&receipt, "resolve").await;
    assert_eq!(outcome, ClickOutcome::Acked);
    let told = iro.is_told().await;
    assert!(
        told.contains("Level 1, Level 2") && told.contains(&format!("/concern record {id}")),
        "{told}"
    );
    assert_eq!(world.stands(id).await.1, Phase::Answering);

    let view = opens(&iro, &format!("record {id}")).await;
    let shown = view.all_text();
    for words in ["Query:", "Action:", "Outcome:", ISSUE, IMPACT, ACTION] {
        assert!(shown.contains(words), "{words}: {shown}");
    }
    iro.at
        .fill(&view.id, "pasted", json!(["1", "2"]))
        .await
        .unwrap();
    let sent = iro.at.submit(&view.id).await.unwrap();
    let Submitted::Errors(errors) = sent else {
        panic!("ticked without outcomes: {sent:?}");
    };
    assert!(
        errors.contains_key("outcome_1") && errors.contains_key("outcome_2"),
        "{errors:?}"
    );
    iro.at
        .fill_all(
            &view.id,
            &[
                ("outcome_1", "No plan was agreed."),
                ("outcome_2", "Agreed in a call."),
            ],
        )
        .await
        .unwrap();
    let sent = iro.at.submit(&view.id).await.unwrap();
    assert!(matches!(sent, Submitted::Closed), "{sent:?}");
    world.settle().await;

    let receipt = world
        .slack
        .messages(&iro.at.dm())
        .into_iter()
        .map(|message| message.all_text())
        .collect::<String>();
    assert!(
        receipt.contains("Case note for Level 2: pasted Tue 29 Dec"),
        "{receipt}"
    );
    iro.presses(&iro.receipt(id), "resolve").await;
    assert_eq!(world.stands(id).await.1, Phase::Closed(Closed::Resolved));
    world.skims();
    world.finish().await;
}

#[tokio::test]
async fn case_notes_bear_the_protocols_names_and_open_for_the_raisers_side_alone() {
    let world = World::of("fostering-iro").at("2026-12-14 10:00").await;
    let iro = world.iro();
    let id = iro.raises(concern("K-204117")).await;
    let view = opens(&iro, &format!("record {id}")).await;
    assert!(
        view.all_text()
            .contains("SBC IRO Local Dispute Resolution (Informal Discussion)"),
        "{}",
        view.all_text()
    );
    let raised = "Raised on Mon 14 Dec by the Fostering Independent Reviewing Officer.";
    assert!(view.all_text().contains(raised), "{}", view.all_text());
    iro.at.close_all().await;
    let told = world
        .role("practice_supervisor")
        .asks(&format!("record {id}"))
        .await
        .all_text();
    assert!(told.contains("Nothing was changed: only"), "{told}");
    world.skims();
    world.finish().await;
}

#[tokio::test]
async fn manchesters_informal_note_is_named_by_who_raised_it() {
    let world = World::of("manchester").at("2026-12-14 10:00").await;
    for (who, name) in [
        (world.iro(), "IRO Informal"),
        (world.raiser("cp_chair"), "Child Protection Informal"),
    ] {
        let id = who
            .raises(concern("K-204117").starting_at("m-inf", REASON))
            .await;
        let view = opens(&who, &format!("record {id}")).await;
        let shown = view.all_text();
        assert!(shown.contains(name), "{name} is not in {shown}");
        for field in ["Issue:", "Action:", "Agreement:"] {
            assert!(shown.contains(field), "{field} is not in {shown}");
        }
        who.at.close_all().await;
    }
    world.skims();
    world.finish().await;
}

#[tokio::test]
async fn a_meeting_stands_in_its_steps_note_as_it_was_set_moved_and_held() {
    let world = World::of("warwickshire").at("2026-12-30 10:00").await;
    let iro = world.iro();
    let id = iro
        .raises(concern("K-204117").starting_at("w-1m", REASON))
        .await;
    let manager = world.role("service_manager");
    for day in ["2027-01-05", "2027-01-06"] {
        let card = world.card("service_manager", id);
        manager
            .answers(
                &card,
                "call_meeting",
                &[("meeting_date", day), ("arrangements", REASON)],
            )
            .await;
    }
    world.to("2027-01-06 16:00").await;
    manager
        .answers(
            &world.card("service_manager", id),
            "record_meeting",
            &[
                ("meeting_date", "2027-01-06"),
                ("meeting_outcome", "agreed"),
                ("account", RESPONSE),
                ("target_date", "2027-01-20"),
            ],
        )
        .await;
    let view = opens(&iro, &format!("record {id}")).await;
    let shown = view.all_text();
    for words in [
        "Wed 30 Dec: Meeting set for Tue 5 Jan by the Service Manager.",
        "Wed 30 Dec: Meeting set for Wed 6 Jan by the Service Manager.",
        REASON,
        "Wed 6 Jan: Meeting, agreed, to be done by Wed 20 Jan; recorded by the Service Manager on Wed 6 Jan.",
        RESPONSE,
    ] {
        assert!(shown.contains(words), "{words} is not in {shown}");
    }
    iro.at.close_all().await;
    world.skims();
    world.finish().await;
}

#[tokio::test]
async fn that_no_meeting_is_held_stands_in_its_steps_note_with_the_reason() {
    let world = World::of("warwickshire").at("2026-12-30 10:00").await;
    let iro = world.iro();
    let id = iro
        .raises(concern("K-204117").starting_at("w-1m", REASON))
        .await;
    world
        .role("service_manager")
        .answers(
            &world.card("service_manager", id),
            "no_meeting",
            &[("reason", RESPONSE)],
        )
        .await;
    let view = opens(&iro, &format!("record {id}")).await;
    let shown = view.all_text();
    for words in [
        "Wed 30 Dec: the Service Manager decided that no meeting is held.",
        RESPONSE,
    ] {
        assert!(shown.contains(words), "{words} is not in {shown}");
    }
    iro.at.close_all().await;
    world.skims();
    world.finish().await;
}

#[tokio::test]
async fn the_note_of_a_rejected_step_says_that_it_went_on_as_rejected_and_says_nothing_twice() {
    let world = World::of("manchester").at("2026-12-14 10:00").await;
    let iro = world.iro();
    let id = iro.raises(concern("K-204118")).await;
    let manager = world.role("team_manager");
    manager
        .answers(
            &world.card("team_manager", id),
            "reject",
            &[("rationale", REASON)],
        )
        .await;
    world.to("2026-12-18 10:00").await;
    let list = iro.asks("list").await.all_text();
    assert!(
        list.contains("rejected, moves on · Mon 21 Dec, 17:00"),
        "{list}"
    );
    let gate = world
        .last(&world.channel("iro-manager"), "gate", id)
        .expect("the gate is not asked")
        .all_text();
    assert!(
        gate.contains("goes to the Locality Service Lead just after Mon 21 Dec, 17:00. Declined"),
        "{gate}"
    );
    world.to("2026-12-21 17:01").await;
    let view = opens(&iro, &format!("record {id}")).await;
    let shown = view.all_text();
    for words in [
        &format!("Issue:\n{ISSUE}"),
        "Mon 21 Dec: the time was up, and it went on as rejected.",
    ] {
        assert!(shown.contains(words), "{words}: {shown}");
    }
    assert!(!shown.contains("no answer by the due time"), "{shown}");
    iro.at.close_all().await;
    let details = iro.details(id).await;
    for words in [
        "Stage 1 ended, having been rejected",
        "waits for the answer whether it goes to the Locality Service Lead",
    ] {
        assert!(details.contains(words), "{words}: {details}");
    }
    world.skims();
    world.finish().await;
}
