//! A concern already raised that belongs to another procedure, or runs beside one.

use lodestar::concern::{Closed, Phase};
use sandbox::Submitted;

use crate::support::REASON;
use crate::support::people::concern;
use crate::support::world::World;

#[tokio::test]
async fn a_plans_disagreement_with_another_agency_goes_to_the_hscb_procedure_and_closes_here() {
    let world = World::of("cp-lac-challenge").at("2026-12-14 10:00").await;
    let chair = world.raiser("cp_chair");
    let id = chair
        .raises(concern("K-204117").on_route("cp-content"))
        .await;
    let manager = world.role("cas_tm");
    let card = world.card("cas_tm", id);
    let told = manager.asks(&format!("redirect {id}")).await.all_text();
    assert!(told.contains("only <@U0CPCHAIR1>"), "{told}");

    chair.types(&format!("redirect {id}")).await;
    let view = chair.at.awaits_view_called("redirect").await.unwrap();
    let form = view.all_text();
    assert!(
        form.contains("HSCB escalation procedure")
            && form.contains("(1.3)")
            && form.contains("closes the concern here"),
        "{form}"
    );
    let entries = [("redirect", "hscb"), ("reason", REASON)];
    chair.at.fill_all(&view.id, &entries).await.unwrap();
    assert!(matches!(chair.sends(&view).await, Submitted::Closed));
    assert_eq!(world.stands(id).await.1, Phase::Closed(Closed::Redirected));
    let card = world
        .slack
        .look_at(&card.channel, &card.ts)
        .unwrap()
        .all_text();
    assert!(
        card.contains("Gone to the HSCB escalation procedure on Mon 14 Dec, 10:00")
            && card.contains("nothing more is asked"),
        "{card}"
    );
    let receipt = chair.receipt(id);
    assert!(
        receipt
            .all_text()
            .contains("Gone to the HSCB escalation procedure")
    );
    assert!(!receipt.has_action("redirect"));
    let details = chair.details(id).await;
    assert!(
        details.contains("gone to the HSCB escalation procedure, which closes it here")
            && details.contains("periwinkle"),
        "{details}"
    );
    chair.types(&format!("record {id}")).await;
    let notes = chair
        .at
        .awaits_view_called("record")
        .await
        .unwrap()
        .all_text();
    assert!(
        notes.contains("gone to the HSCB escalation procedure, in place of this protocol"),
        "{notes}"
    );
    let told = world.role("iro_manager").asks("themes").await.all_text();
    assert!(told.contains("Gone to another procedure: 1"), "{told}");
    world.skims();
    world.finish().await;
}

#[tokio::test]
async fn the_failure_of_a_plan_stays_here_and_the_refusal_has_the_clause() {
    let world = World::of("cp-lac-challenge").at("2026-12-14 10:00").await;
    let iro = world.iro();
    let id = iro.raises(concern("K-204117")).await;
    assert!(!iro.receipt(id).has_action("redirect"));
    let told = iro.asks(&format!("redirect {id}")).await.all_text();
    assert!(
        told.contains("(1.3)") && told.contains("other concerns than this one"),
        "{told}"
    );
    world.skims();
    world.finish().await;
}

#[tokio::test]
async fn beside_a_partners_own_procedure_the_ladder_runs_on_and_everybody_reads_that_it_does() {
    let world = World::of("manchester").at("2026-12-14 10:00").await;
    let iro = world.iro();
    let id = iro.raises(concern("K-204117")).await;
    let due = world.due(id).await;
    let entries = [("redirect", "partner"), ("reason", REASON)];
    let sent = iro.answers(&iro.receipt(id), "redirect", &entries).await;
    assert!(matches!(sent, Submitted::Closed), "{sent:?}");
    assert_eq!(world.stands(id).await, ("m-1".to_owned(), Phase::Answering));
    assert_eq!(world.due(id).await, due);
    let beside = "The escalation process of the partner agency runs beside this since Mon 14 Dec";
    for said in [
        iro.receipt(id).all_text(),
        world.card("team_manager", id).all_text(),
        iro.asks(&format!("show {id}")).await.all_text(),
    ] {
        assert!(said.contains(beside), "{said}");
    }
    assert!(
        !iro.receipt(id).has_action("redirect"),
        "it is there already"
    );
    for who in [&iro, &world.role("team_manager")] {
        let listed = who.asks("list").await.all_text();
        let mark = "the escalation process of the partner agency runs beside";
        assert!(listed.contains(mark), "{listed}");
    }
    world.skims();
    world.finish().await;
}
