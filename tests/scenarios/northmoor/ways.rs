//! The ways of a concern that its raiser does not choose: a card that comes late, a disagreement that belongs elsewhere.

use sandbox::{Fault, FaultRule};
use serde_json::json;

use super::{child, northmoor, says};
use crate::support::REASON;
use crate::support::people::concern;

#[tokio::test]
async fn a_card_that_arrives_on_a_later_day_is_counted_from_its_receipt() {
    let world = northmoor().at("2027-01-11 16:30").await;
    let iro = world.iro();
    let down = FaultRule::on("chat.postMessage", Fault::Status(503));
    world.slack.fault(down);
    let c = iro
        .raises(child("K-180012").starting_at("n-2", REASON))
        .await;
    assert_eq!(world.due(c).await, "Mon 18 Jan, 17:00");
    world.to("2027-01-12 08:00").await;
    world.slack.clear_faults();
    world.settle().await;
    world.to("2027-01-12 08:30").await;
    assert_eq!(
        world.due(c).await,
        "Tue 19 Jan, 17:00",
        "five working days from Tue 12 Jan"
    );
    says(
        &world.card("team_manager", c).all_text(),
        &["5 working days from Tue 12 Jan, the day its card arrived"],
    );
    let errors = world.log.take_errors();
    assert!(
        errors.iter().any(|line| line.contains("fifteen minutes")),
        "{errors:?}"
    );
    world.skims();
    world.finish().await;
}

#[tokio::test]
async fn the_form_names_the_procedure_that_a_disagreement_belongs_to_by_route() {
    let world = northmoor().at("2027-01-11 10:00").await;
    let partnership = "Safeguarding Partnership escalation procedure";
    let iro = world.iro();
    let plan = concern("K-180013").with("subject", json!("child_protection"));
    let shown = iro.fills_in(&plan).await.all_text();
    says(&shown, &[partnership, "4.2"]);
    iro.at.close_all().await;
    let officer = world.raiser("foster_iro");
    let shown = officer.fills_in(&concern("K-180015")).await.all_text();
    says(&shown, &["complaints procedure", "4.3"]);
    assert!(!shown.contains(partnership), "{shown}");
    officer.at.close_all().await;
    world.finish().await;
}
