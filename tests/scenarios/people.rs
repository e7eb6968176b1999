//! Who holds what: several holders, several roles, a team's own holder, people and teams who leave.

use lodestar::concern::Phase;

use crate::support::people::{concern, starred};
use crate::support::world::{NOBODY, OWN, World};
use crate::support::{PLAN, REASON, RESPONSE};

#[tokio::test]
async fn two_holders_without_a_channel_each_get_the_card_and_see_what_the_other_did() {
    let world = World::of("manchester")
        .with_file(|file| {
            file.replace(
                "users = [\"U0TEAMMANAGERNORTH\"]\nchannel = \"C0NORTHTEAMMANAGER\"",
                &format!("users = [\"U0TEAMMANAGERNORTH\", \"{OWN}\"]"),
            )
        })
        .at("2026-12-14 10:00")
        .await;
    let c = world.iro().raises(starred("K-610001")).await;
    assert_eq!(
        world.heard(),
        [
            "@iro1 receipt m-1",
            "@own card m-1",
            "@teammanagernorth card m-1"
        ]
    );
    let (one, other) = (world.role("team_manager"), world.someone(OWN));
    one.presses(&one.newest("card", c), "acknowledge").await;
    let seen = other.newest("card", c);
    assert!(
        !seen.has_action("acknowledge")
            && seen
                .all_text()
                .contains("Acknowledged by <@U0TEAMMANAGERNORTH>"),
        "{}",
        seen.all_text()
    );
    other
        .answers(
            &seen,
            "accept",
            &[("plan", PLAN), ("target_date", "2026-12-18")],
        )
        .await;
    assert!(!one.newest("card", c).has_action("accept"));
    world.skims();
    world.finish().await;
}

#[tokio::test]
async fn who_holds_two_copied_roles_gets_one_copy() {
    let world = World::of("fostering-iro")
        .with_file(|file| {
            file.replace(
                "users = [\"U0SMQAR\"]\nchannel = \"C0SMQAR\"",
                "users = [\"U0OPERATIONALSERVICEMANAGER\"]\nchannel = \"C0OPERATIONALSERVICEMANAGER\"",
            )
        })
        .at("2026-12-14 10:00")
        .await;
    let iro = world.iro();
    let c = iro
        .raises(concern("K-610002").starting_at("s-l1", REASON))
        .await;
    assert_eq!(
        world.heard(),
        [
            "#north-team-manager card s-l1",
            "#operational-service-manager copy s-l1",
            "@fosteriro1 receipt s-l1"
        ]
    );
    iro.answers(
        &iro.receipt(c),
        "bypass",
        &[("to_step", "s-l2"), ("reason", REASON)],
    )
    .await;
    assert_eq!(
        world.heard(),
        [
            "#head-of-service copy s-l2",
            "#operational-service-manager card s-l2"
        ],
        "who gets the card needs no copy of it"
    );
    world.finish().await;
}

#[tokio::test]
async fn a_team_may_have_its_own_holder_of_a_council_wide_role() {
    let world = World::of("manchester")
        .with_file(|file| format!("{file}\n[team.roles.service_lead]\nusers = [\"{OWN}\"]\n"))
        .at("2026-12-14 10:00")
        .await;
    let iro = world.iro();
    iro.raises(
        starred("K-610003")
            .for_team("south")
            .starting_at("m-2", REASON),
    )
    .await;
    assert_eq!(
        world.heard(),
        [
            "#iro-manager notice m-2",
            "@iro1 receipt m-2",
            "@own card m-2"
        ]
    );
    iro.raises(starred("K-610004").starting_at("m-2", REASON))
        .await;
    assert_eq!(
        world.heard(),
        [
            "#iro-manager notice m-2",
            "#service-lead card m-2",
            "@iro1 receipt m-2"
        ]
    );
    world.finish().await;
}

#[tokio::test]
async fn a_gate_is_its_holders_alone() {
    let world = World::of("manchester").at("2026-12-14 10:00").await;
    let iro = world.iro();
    let c = iro.raises(starred("K-610005")).await;
    world.to("2026-12-18 09:30").await;
    world.skims();
    let gate = world
        .last(&world.channel("iro-manager"), "gate", c)
        .unwrap();
    for who in [iro, world.role("team_manager"), world.someone(NOBODY)] {
        world.slack.invite(&gate.channel, who.id());
        for button in ["agree_gate", "decline_gate"] {
            who.presses(&gate, button).await;
            let told = who.is_told().await;
            assert!(told.contains("<@U0IROMANAGER>"), "{}: {told}", who.id());
        }
    }
    assert!(!world.record(c).await.contains(&"gate_agreed".to_owned()));
    world.finish().await;
}

#[tokio::test]
async fn buckinghamshires_unsatisfying_answer_goes_to_the_resolution_meeting_and_silence_past_it() {
    let world = World::of("buckinghamshire").at("2026-12-14 10:00").await;
    let iro = world.iro();
    let c = iro.raises(concern("K-610006")).await;
    world
        .role("team_manager")
        .answers(
            &world.card("team_manager", c),
            "respond",
            &[("response", RESPONSE)],
        )
        .await;
    world.skims();
    iro.presses(&iro.newest("receipt", c), "not_satisfied")
        .await;
    assert_eq!(world.heard(), ["#north-team-manager card b-1m"]);
    assert_eq!(world.due(c).await, "Mon 21 Dec, 17:00");
    world.to("2026-12-18 09:30").await;
    world.skims();
    world.to("2026-12-21 17:00:01").await;
    assert_eq!(
        world.heard_beside_digests(),
        [
            "#ad-qa alert b-1m",
            "#head-of-service card b-2",
            "@iro1 receipt b-2"
        ],
        "a meeting that was not held in its days is not resolved in time either: Appendix 1"
    );
    world.finish().await;
}

#[tokio::test]
async fn a_hold_may_be_made_longer_but_never_beyond_two_working_days_in_all() {
    let world = World::of("fostering-iro").at("2026-12-09 10:00").await;
    let iro = world.iro();
    let c = iro.raises(concern("K-610007")).await;
    world.to("2026-12-22 09:30").await;
    for (until, taken) in [
        ("2026-12-24", true),
        ("2026-12-30", false),
        ("2026-12-29", true),
    ] {
        let sent = iro
            .answers(
                &iro.receipt_with("hold_escalation", c),
                "hold_escalation",
                &[("until", until), ("reason", REASON)],
            )
            .await;
        assert_eq!(
            matches!(sent, sandbox::Submitted::Closed),
            taken,
            "{until}: {sent:?}"
        );
        iro.at.close_all().await;
    }
    let none_left = world.slack.find(Some(&iro.at.dm()), |message| {
        message.has_action("hold_escalation")
    });
    assert!(none_left.is_none(), "no button that would be refused");
    world.skims();
    world.to("2026-12-29 17:00:00").await;
    assert_eq!(world.stands(c).await.0, "s-inf");
    world.to("2026-12-29 17:00:01").await;
    assert_eq!(world.stands(c).await.0, "s-l1");
    world.skims();
    world.finish().await;
}

#[tokio::test]
async fn a_team_with_open_concerns_cannot_be_taken_out_of_the_file() {
    let world = World::of("manchester").at("2026-12-14 10:00").await;
    let c = world
        .iro()
        .raises(starred("K-610008").for_team("south"))
        .await;
    world.skims();
    world
        .edits_people(|file| {
            let at = file.find("[[team]]\nid = \"south\"").unwrap();
            file[..at].to_owned()
        })
        .await;
    assert_eq!(world.heard(), ["#iro-manager alert"]);
    assert!(!world.log.take_errors().is_empty());
    world.to("2026-12-16 09:00").await;
    assert!(
        world
            .heard()
            .contains(&"#south-team-manager reminder m-1".to_owned()),
        "its people are still there"
    );
    assert_eq!(world.stands(c).await.1, Phase::Answering);
    world.finish().await;
}
