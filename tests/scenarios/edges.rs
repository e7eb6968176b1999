//! Edges: the other way in, people who change, vacancies, this child's own addressee, urgent concerns, texts in channels.

use lodestar::concern::Phase;

use crate::support::people::{concern, starred};
use crate::support::world::{OWN, World};
use crate::support::{ACTION, IMPACT, ISSUE, RATIONALE, REASON};

#[tokio::test]
async fn the_same_story_is_told_over_signed_http() {
    let world = World::of("manchester")
        .over_http()
        .at("2026-12-14 10:00")
        .await;
    let iro = world.iro();
    let c = iro.raises(starred("K-900001")).await;
    assert_eq!(
        world.heard(),
        ["#north-team-manager card m-1", "@iro1 receipt m-1"]
    );
    world
        .role("team_manager")
        .presses(&world.card("team_manager", c), "acknowledge")
        .await;
    world
        .role("team_manager")
        .answers(
            &world.card("team_manager", c),
            "reject",
            &[("rationale", RATIONALE)],
        )
        .await;
    world.to("2026-12-18 09:30").await;
    let gate = world
        .last(&world.channel("iro-manager"), "gate", c)
        .unwrap();
    world.role("iro_manager").presses(&gate, "agree_gate").await;
    world.skims();
    world.to("2026-12-21 17:00:00").await;
    assert_eq!(world.heard_beside_digests(), [""; 0]);
    world.to("2026-12-21 17:00:01").await;
    assert_eq!(
        world.heard(),
        ["#service-lead card m-2", "@iro1 receipt m-2"]
    );
    assert!(iro.details(c).await.contains(RATIONALE));
    world.finish().await;
}

#[tokio::test]
async fn a_new_team_manager_is_known_without_a_restart_and_the_old_one_may_act_no_more() {
    let world = World::of("manchester").at("2026-12-14 10:00").await;
    let c = world.iro().raises(starred("K-900002")).await;
    world.skims();
    world
        .edits_people(|file| {
            file.replace(
                "users = [\"U0TEAMMANAGERNORTH\"]",
                &format!("users = [\"{OWN}\"]"),
            )
        })
        .await;
    let card = world.card("team_manager", c);
    let before = world.role("team_manager");
    before.presses(&card, "acknowledge").await;
    before.is_told().await;
    assert!(!world.record(c).await.contains(&"acknowledged".to_owned()));
    let now = world.someone(OWN);
    world.slack.invite(&card.channel, OWN);
    now.presses(&card, "acknowledge").await;
    assert!(world.record(c).await.contains(&"acknowledged".to_owned()));
    world.finish().await;
}

/// Manchester's file with nobody but this person as the team's manager, who has no channel.
fn managed_by(file: &str, person: &str) -> String {
    let held = "[team.roles.team_manager]\nusers = [\"U0TEAMMANAGERNORTH\"]\nchannel = \"C0NORTHTEAMMANAGER\"";
    assert!(file.contains(held), "{file}");
    let users = if person.is_empty() {
        "[]".to_owned()
    } else {
        format!("[\"{person}\"]")
    };
    file.replace(held, &format!("[team.roles.team_manager]\nusers = {users}"))
}

#[tokio::test]
async fn what_waits_for_a_manager_who_has_left_goes_once_to_whoever_answers_for_it_now() {
    let world = World::of("manchester").at("2026-12-14 10:00").await;
    let answered = world.iro().raises(starred("K-900005")).await;
    let waiting = world.iro().raises(starred("K-900006")).await;
    let role = world.role("team_manager");
    let card = world.card("team_manager", answered);
    role.answers(&card, "reject", &[("rationale", RATIONALE)])
        .await;
    world.skims();
    // The post is vacant: what still waits goes to whoever stands in, and what is answered goes to nobody.
    world.edits_people(|file| managed_by(&file, "")).await;
    assert_eq!(world.heard(), ["#service-lead card m-1"]);
    let card = world.card("service_lead", waiting);
    assert!(card.all_text().contains("whose post is vacant"));
    // A successor without a channel is told directly, and may answer.
    world
        .edits_people(|file| {
            file.replace(
                "[team.roles.team_manager]\nusers = []",
                &format!("[team.roles.team_manager]\nusers = [\"{OWN}\"]"),
            )
        })
        .await;
    assert_eq!(world.heard(), ["@own card m-1"]);
    // Neither another edit nor a restart sends anything twice.
    world
        .edits_people(|file| file.replace("North locality", "North"))
        .await;
    let world = world.restart().await;
    assert_eq!(world.heard(), [""; 0]);
    world.finish().await;
}

#[tokio::test]
async fn a_bad_edit_keeps_the_people_there_were_and_is_told_to_the_manager() {
    let world = World::of("manchester").at("2026-12-14 10:00").await;
    let c = world.iro().raises(starred("K-900003")).await;
    world.skims();
    world
        .edits_people(|file| file.replace("[roles.dcs]", "[roles.nobody_knows]"))
        .await;
    assert_eq!(world.heard(), ["#iro-manager alert"]);
    let told = world
        .slack
        .sees_last(&world.channel("iro-manager"))
        .unwrap()
        .all_text();
    assert!(
        told.contains("nobody_knows") && told.contains("lodestar.toml"),
        "{told}"
    );
    assert!(!world.log.take_errors().is_empty(), "and to the log");
    world
        .role("team_manager")
        .presses(&world.card("team_manager", c), "acknowledge")
        .await;
    assert!(world.record(c).await.contains(&"acknowledged".to_owned()));
    world.finish().await;
}

#[tokio::test]
async fn what_a_vacant_role_would_get_goes_to_the_role_that_stands_in_and_says_so() {
    let world = World::of("manchester")
        .with_file(|file| {
            file.replace(
                "[roles.service_lead]\nusers = [\"U0SERVICELEAD\"]\nchannel = \"C0SERVICELEAD\"",
                "[roles.service_lead]\nusers = []",
            )
        })
        .at("2026-12-14 10:00")
        .await;
    let c = world
        .iro()
        .raises(starred("K-900004").starting_at("m-2", REASON))
        .await;
    assert_eq!(
        world.heard(),
        [
            "#head-of-service card m-2",
            "#iro-manager notice m-2",
            "@iro1 receipt m-2"
        ]
    );
    let card = world.card("head_of_service", c);
    assert!(
        card.all_text().contains("standing in for") && card.all_text().contains("Service Lead"),
        "{}",
        card.all_text()
    );
    world
        .role("head_of_service")
        .presses(&card, "acknowledge")
        .await;
    assert!(world.record(c).await.contains(&"acknowledged".to_owned()));
    world.finish().await;
}

#[tokio::test]
async fn this_childs_own_manager_gets_the_card_and_answers_it() {
    let world = World::of("manchester").at("2026-12-14 10:00").await;
    let iro = world.iro();
    let c = iro
        .raises(starred("K-900005").with("addressee", OWN.into()))
        .await;
    assert_eq!(
        world.heard(),
        ["@iro1 receipt m-1", "@own card m-1"],
        "in place of the role's holder"
    );
    let own = world.someone(OWN);
    let card = own.newest("card", c);
    assert!(
        card.all_text().contains(&format!("<@{OWN}>")),
        "{}",
        card.all_text()
    );
    own.answers(&card, "reject", &[("rationale", RATIONALE)])
        .await;
    assert_eq!(world.stands(c).await.1, Phase::RejectedWaiting);
    assert!(own.details(c).await.contains(ISSUE), "and may read it");
    world.skims();
    world.finish().await;
}

#[tokio::test]
async fn an_urgent_concern_heads_its_card_mentions_and_asks_the_raiser_whether_they_have_phoned() {
    let world = World::of("manchester").at("2026-12-14 10:00").await;
    let iro = world.iro();
    let c = iro
        .raises(concern("K-900006").with("flags", serde_json::json!(["urgent"])))
        .await;
    world.skims();
    let card = world.card("team_manager", c).all_text();
    assert!(
        card.starts_with("URGENT") && card.contains("<@U0TEAMMANAGERNORTH>"),
        "{card}"
    );
    let receipt = iro.receipt(c).all_text();
    assert!(
        receipt.to_lowercase().contains("phone"),
        "asked whether they have phoned: {receipt}"
    );
    world.finish().await;
}

#[tokio::test]
async fn a_council_may_have_its_texts_in_the_card_and_by_default_none_leaves_details() {
    let world = World::of("manchester")
        .with_texts_in_cards()
        .at("2026-12-14 10:00")
        .await;
    let c = world.iro().raises(starred("K-900007")).await;
    world.skims();
    let card = world.card("team_manager", c).all_text();
    for text in [ISSUE, IMPACT, ACTION] {
        assert!(card.contains(text), "{card}");
    }
    world.finish().await;
}

#[tokio::test]
async fn at_every_level_of_logging_no_line_holds_what_anybody_wrote() {
    let world = World::of("manchester")
        .logging_everything()
        .at("2026-12-14 10:00")
        .await;
    let iro = world.iro();
    let c = iro.raises(starred("K-900008")).await;
    iro.asks(&format!("note {c} {REASON}")).await;
    assert!(iro.details(c).await.contains(REASON));
    world
        .role("team_manager")
        .answers(
            &world.card("team_manager", c),
            "reject",
            &[("rationale", RATIONALE)],
        )
        .await;
    world.skims();
    assert!(world.log.lines().len() > 100, "it is being listened to");
    world.finish().await;
}
