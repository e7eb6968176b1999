//! Those told outside the line in what is printed of a concern.

use lodestar::concern::Command;
use lodestar::concern::command::ToInform;
use lodestar::ids::Text;

use super::Records;

fn tells() -> Command {
    Command::Inform(Box::new(ToInform {
        partner: Some("agency".to_owned()),
        named: Some("Police".to_owned()),
        with: None,
        with_roles: [].into(),
        told: Some(Text::from("The public protection unit")),
        on: "2026-12-14".parse().unwrap(),
        invited: true,
        asked: Some(Text::from("What is known of the address?")),
    }))
}

#[tokio::test]
async fn an_export_says_who_told_another_agency_as_what_and_under_which_clause() {
    let records = Records::of("manchester").await;
    let id = records.raises("Drift.").await;
    let manager = records.holder("iro_manager");
    records.raiser_does(id, tells()).await;
    records.does(manager.as_str(), id, tells()).await;
    let export = records
        .json(&["concern", "export", "C-1", "--format", "json"])
        .await;
    let facts = export["facts"].as_array().unwrap();
    let told: Vec<_> = facts
        .iter()
        .filter(|fact| fact["kind"] == "informed")
        .collect();
    let capacities: Vec<_> = told.iter().map(|fact| &fact["capacity"]).collect();
    assert_eq!(capacities, ["raiser", "iro_manager"]);
    for fact in told {
        assert_eq!(fact["clause"], "Key Principles, partner agencies");
        assert_eq!(fact["texts"]["told"], "The public protection unit");
        let said = fact["said"].as_str().unwrap();
        assert!(said.contains("told Police by e-mail"), "{said}");
    }
}
