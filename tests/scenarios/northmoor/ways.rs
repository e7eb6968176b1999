//! What happens beside the ladder or instead of it: a card that comes late, a procedure that a disagreement belongs to, another
//! agency that is told, a case that is to move.

use lodestar::concern::{Closed, Phase};
use sandbox::{Fault, FaultRule, Submitted};
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

#[tokio::test]
async fn another_agency_is_told_by_e_mail_and_the_school_by_a_message_and_neither_is_asked_by_a_step()
 {
    let world = northmoor().at("2027-01-11 10:00").await;
    let iro = world.iro();
    let c = iro.raises(child("K-180021")).await;
    let stood = (world.stands(c).await, world.due(c).await);
    iro.types(&format!("inform {c}")).await;
    let form = iro.at.awaits_view_called("inform").await.unwrap();
    says(
        &form.all_text(),
        &["Partner record", "4.4", "Virtual School"],
    );
    let entries = [
        ("partner", "agency/1"),
        ("told", "The tenancy team"),
        ("invite", "respond"),
        ("asked", REASON),
    ];
    iro.at.fill_all(&form.id, &entries).await.unwrap();
    let sent = iro.sends(&form).await;
    assert!(matches!(sent, Submitted::Closed), "{sent:?}");
    let invited = "Invited to respond: Housing, by e-mail, Mon 11 Jan; no response yet.";
    says(&iro.receipt(c).all_text(), &[invited]);
    assert_eq!((world.stands(c).await, world.due(c).await), stood);
    let list = world.role("iro_manager").asks("agencies").await.all_text();
    says(
        &list,
        &[
            "Housing",
            "no response yet",
            "the partners' quarterly report",
        ],
    );
    world.skims();
    world.finish().await;
}

#[tokio::test]
async fn what_belongs_to_another_procedure_closes_here_and_what_runs_beside_one_goes_on() {
    let world = northmoor().at("2027-01-11 10:00").await;
    let iro = world.iro();
    let plan = concern("K-180022").with("subject", json!("child_protection"));
    let c = iro.raises(plan).await;
    let entries = [("redirect", "partnership"), ("reason", REASON)];
    let sent = iro.answers(&iro.receipt(c), "redirect", &entries).await;
    assert!(matches!(sent, Submitted::Closed), "{sent:?}");
    assert_eq!(world.stands(c).await.1, Phase::Closed(Closed::Redirected));

    let officer = world.raiser("foster_iro");
    let c = officer.raises(concern("K-180023")).await;
    let stood = (world.stands(c).await, world.due(c).await);
    let entries = [("redirect", "complaint"), ("reason", REASON)];
    let receipt = officer.receipt(c);
    let sent = officer.answers(&receipt, "redirect", &entries).await;
    assert!(matches!(sent, Submitted::Closed), "{sent:?}");
    assert_eq!((world.stands(c).await, world.due(c).await), stood);
    let beside = "complaints procedure runs beside this since Mon 11 Jan";
    says(&officer.receipt(c).all_text(), &[beside]);
    world.skims();
    world.finish().await;
}

#[tokio::test]
async fn a_case_that_is_to_move_is_asked_to_stay_until_what_the_protocol_says() {
    let world = northmoor().at("2027-01-11 10:00").await;
    let iro = world.iro();
    let c = iro.raises(child("K-180024")).await;
    iro.types("transfer K-180024").await;
    let view = iro.at.awaits_view_called("transfer").await.unwrap();
    let reference = c.to_string();
    says(
        &view.all_text(),
        &[
            "should not move",
            &reference,
            "until the disagreement is settled",
            "2.7",
        ],
    );
    iro.at.close_all().await;
    world.skims();
    world.finish().await;
}
