//! Other agencies and professionals: told of a concern beside its ladder, and what is open with whom.

use sandbox::{Submitted, View};

use crate::home::{opens, sees, under};
use crate::support::people::{Someone, concern};
use crate::support::world::{GUEST, NOBODY, World};
use crate::support::{REASON, RESPONSE};

/// Opens the form by the command.
async fn tells(someone: &Someone<'_>, id: lodestar::ids::ConcernId) -> View {
    someone.types(&format!("inform {id}")).await;
    let view = someone.at.awaits_view_called("inform").await;
    view.expect("no form opens")
}

#[tokio::test]
async fn manchester_tells_the_police_by_e_mail_and_the_episode_stands_in_the_case_note() {
    let world = World::of("manchester").at("2026-12-14 10:00").await;
    let iro = world.iro();
    let id = iro.raises(concern("K-204117")).await;
    let view = tells(&iro, id).await;
    let form = view.all_text();
    assert!(
        form.contains("recorded as a MiCare Dispute Resolution episode")
            && form.contains("Key Principles, partner agencies"),
        "{form}"
    );
    iro.at
        .fill_all(
            &view.id,
            &[
                ("partner", "agency/2"),
                ("told", "The public protection unit"),
                ("invite", "respond"),
                ("asked", REASON),
            ],
        )
        .await
        .unwrap();
    assert!(matches!(iro.sends(&view).await, Submitted::Closed));
    let receipt = iro.receipt(id).all_text();
    assert!(
        receipt.contains("Invited to respond: Police, by e-mail, Mon 14 Dec; no response yet."),
        "{receipt}"
    );
    assert_eq!(world.stands(id).await.0, "m-1", "the ladder runs on");
    let details = iro.details(id).await;
    assert!(
        details.contains("told Police by e-mail") && details.contains("periwinkle"),
        "{details}"
    );
    iro.types(&format!("record {id}")).await;
    let notes = iro
        .at
        .awaits_view_called("record")
        .await
        .unwrap()
        .all_text();
    assert!(
        notes.contains(
            "Police told by e-mail and invited to respond, recorded as a MiCare Dispute Resolution episode"
        ),
        "{notes}"
    );
    iro.at.close_all().await;

    // Asked again on the fifth working day, then the response is recorded from that message; the restart loses nothing.
    world.skims();
    world.to("2026-12-18 16:00").await;
    let world = world.restart().await;
    world.to("2026-12-21 09:00:01").await;
    let iro = world.iro();
    let asked = iro.receipt(id);
    assert!(
        asked.all_text().contains("has a response come?")
            && asked
                .all_text()
                .contains("Police, by e-mail: invited on Mon 14 Dec"),
        "{}",
        asked.all_text()
    );
    let view = iro.opens(&asked, "response").await;
    iro.at
        .fill_all(
            &view.id,
            &[
                ("number", "1"),
                ("came", "response"),
                ("replied_on", "2026-12-18"),
                ("words", RESPONSE),
            ],
        )
        .await
        .unwrap();
    assert!(matches!(iro.sends(&view).await, Submitted::Closed));
    let shown = iro.asks(&format!("show {id}")).await.all_text();
    assert!(
        shown.contains(
            "Invited to respond: Police, by e-mail, Mon 14 Dec; responded on Fri 18 Dec."
        ),
        "{shown}"
    );
    let told = iro.asks(&format!("response {id}")).await.all_text();
    assert!(told.contains("Nobody who was invited"), "{told}");
    world.skims();
    world.finish().await;
}

#[tokio::test]
async fn another_agency_gets_no_message_and_an_invitation_says_what_is_asked() {
    let world = World::of("manchester").at("2026-12-14 10:00").await;
    let iro = world.iro();
    let id = iro.raises(concern("K-204117")).await;
    let view = tells(&iro, id).await;
    iro.at
        .fill_all(&view.id, &[("partner", "agency/2"), ("invite", "respond")])
        .await
        .unwrap();
    let Submitted::Errors(faults) = iro.at.submit(&view.id).await.unwrap() else {
        panic!("an invitation without a question was taken");
    };
    assert!(faults.contains_key("asked"), "{faults:?}");
    iro.at.fill(&view.id, "asked", REASON).await.unwrap();
    iro.at.fill(&view.id, "with", NOBODY).await.unwrap();
    let Submitted::Errors(faults) = iro.at.submit(&view.id).await.unwrap() else {
        panic!("another agency got a message");
    };
    assert!(faults["with"].contains("Key Principles"), "{faults:?}");
    iro.at.close_all().await;
    assert!(world.case(id).await.concern.partners.is_empty());
    world.skims();
    world.finish().await;
}

#[tokio::test]
async fn warwickshire_includes_another_units_manager_who_reads_and_is_asked_by_no_step() {
    let world = World::of("warwickshire").at("2026-12-14 10:00").await;
    let iro = world.iro();
    let id = iro.raises(concern("K-204117")).await;
    let view = tells(&iro, id).await;
    let entries = [
        ("partner", "agency"),
        ("with", GUEST),
        ("invite", "respond"),
        ("asked", REASON),
    ];
    iro.at.fill_all(&view.id, &entries).await.unwrap();
    let Submitted::Errors(faults) = iro.at.submit(&view.id).await.unwrap() else {
        panic!("a guest got a message");
    };
    assert!(faults["with"].contains("tell them by e-mail"), "{faults:?}");
    iro.at.fill(&view.id, "with", NOBODY).await.unwrap();
    world.skims();
    assert!(matches!(iro.sends(&view).await, Submitted::Closed));
    assert_eq!(world.heard(), ["@nobody copy w-inf"]);
    let other = world.someone(NOBODY);
    let copy = other.newest("copy", id);
    let said = copy.all_text();
    assert!(
        said.contains("you are invited to respond") && said.contains("do not wait for you"),
        "{said}"
    );
    assert!(!copy.has_action("respond"), "{said}");
    let details = other.details(id).await;
    assert!(details.contains("periwinkle"), "{details}");
    let told = other.asks(&format!("inform {id}")).await.all_text();
    assert!(told.contains("only <@U0IRO1>"), "{told}");

    let manager = world.role("iro_manager");
    let told = manager.asks("agencies").await.all_text();
    assert!(
        told.contains(&format!(
            "{id} · Managers of another business unit or agency (<@{NOBODY}>) · invited Mon 14 Dec · no response yet"
        )),
        "{told}"
    );
    let told = manager.asks("themes").await.all_text();
    assert!(
        told.contains("Told outside the line")
            && told.contains("Managers of another business unit or agency: 1"),
        "{told}"
    );
    let told = world.other_raiser("iro").asks("agencies").await.all_text();
    assert!(
        told.contains("nobody outside the line has been told"),
        "{told}"
    );
    world.skims();
    world.finish().await;
}

#[tokio::test]
async fn under_a_protocol_that_is_silent_only_an_e_mail_is_recorded_and_the_record_says_so() {
    let world = World::of("buckinghamshire").at("2026-12-14 10:00").await;
    let iro = world.iro();
    let id = iro.raises(concern("K-204117")).await;
    let view = tells(&iro, id).await;
    assert!(view.block("with").is_none() && view.block("partner").is_none());
    iro.at
        .fill_all(
            &view.id,
            &[
                ("told", "The health visitor's manager"),
                ("invite", "information"),
            ],
        )
        .await
        .unwrap();
    assert!(matches!(iro.sends(&view).await, Submitted::Closed));
    let details = iro.details(id).await;
    assert!(
        details.contains("told, for information, another agency or professional by e-mail")
            && details.contains("the protocol says nothing of it"),
        "{details}"
    );
    world.skims();
    world.finish().await;
}

/// Invites the police by e-mail.
async fn invites_the_police(iro: &Someone<'_>, id: lodestar::ids::ConcernId) {
    let view = tells(iro, id).await;
    let entries = [
        ("partner", "agency/2"),
        ("told", "The public protection unit"),
        ("invite", "respond"),
        ("asked", REASON),
    ];
    iro.at.fill_all(&view.id, &entries).await.unwrap();
    assert!(matches!(iro.sends(&view).await, Submitted::Closed));
}

#[tokio::test]
async fn who_is_awaited_stands_on_the_home_of_the_raisers_side_until_a_response_is_recorded() {
    let world = World::of("manchester").at("2026-12-14 10:00").await;
    let (iro, manager) = (world.iro(), world.role("iro_manager"));
    let addressee = world.role("team_manager");
    let id = iro.raises(concern("K-204117")).await;
    for who in [&iro, &manager, &addressee] {
        assert!(!opens(who).await.contains("Invited to respond"));
    }
    invites_the_police(&iro, id).await;
    let awaited = format!(
        "{id} · Police, by e-mail · invited Mon 14 Dec · no response yet, asked after on Mon 21 Dec"
    );
    for who in [&iro, &manager] {
        let home = sees(who);
        assert!(under(&home, "Invited to").contains(&awaited), "{home}");
    }
    let home = sees(&addressee);
    assert!(!home.contains("Invited to respond"), "{home}");
    iro.types(&format!("response {id}")).await;
    let view = iro.at.awaits_view_called("response").await.unwrap();
    let entries = [
        ("number", "1"),
        ("came", "response"),
        ("replied_on", "2026-12-14"),
        ("words", RESPONSE),
    ];
    iro.at.fill_all(&view.id, &entries).await.unwrap();
    assert!(matches!(iro.sends(&view).await, Submitted::Closed));
    assert!(!sees(&iro).contains("Invited to respond"));
    world.skims();
    world.finish().await;
}

#[tokio::test]
async fn a_period_lists_whom_ended_concerns_were_told_to_for_their_own_side_alone() {
    let world = World::of("manchester").at("2026-12-14 10:00").await;
    let iro = world.iro();
    let id = iro.raises(concern("K-204117")).await;
    invites_the_police(&iro, id).await;
    iro.answers(&iro.receipt(id), "withdraw", &[("reason", REASON)])
        .await;
    let open = iro.asks("agencies").await.all_text();
    assert!(
        open.contains("nobody outside the line has been told")
            && open.contains("/concern agencies from 1 Sep to 30 Nov"),
        "{open}"
    );
    let ended = format!("{id} (ended) · Police, by e-mail · invited Mon 14 Dec · no response yet");
    for who in [&iro, &world.role("iro_manager")] {
        let told = who.asks("agencies from 1 dec to 31 dec").await.all_text();
        assert!(
            told.contains(&ended) && !told.contains("asked after"),
            "{told}"
        );
    }
    for (who, words) in [
        (&iro, "from 1 Sep to 30 Nov"),
        (&world.role("team_manager"), "from 1 dec to 31 dec"),
        (&world.other_raiser("iro"), "from 1 dec to 31 dec"),
    ] {
        let told = who.asks(&format!("agencies {words}")).await.all_text();
        assert!(told.contains("nobody outside the line was told"), "{told}");
    }
    let nonsense = iro.asks("agencies from never").await.all_text();
    assert!(nonsense.contains("never"), "{nonsense}");
    world.skims();
    world.finish().await;
}
