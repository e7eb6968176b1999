//! The App Home: what waits for whom, kept current, and nothing that the read rule would not show.

use std::time::Duration;

use sandbox::{Fault, FaultRule};

use crate::support::people::{Someone, concern, starred};
use crate::support::world::{OWN, World};

pub(crate) async fn opens(who: &Someone<'_>) -> String {
    who.at.open_home().unwrap();
    let home = who.world.slack.until(|_| who.at.home()).await;
    home.expect("no home is published").all_text()
}

/// Their home as it was last published.
pub(crate) fn sees(who: &Someone<'_>) -> String {
    who.at.home().expect("they have opened it").all_text()
}

/// What stands under a heading of a home.
pub(crate) fn under<'h>(home: &'h str, heading: &str) -> &'h str {
    let from = home.find(heading).expect("the heading is there");
    let rest = &home[from..];
    let ends = [
        "Waits for you",
        "Yours, waiting",
        "At a gate",
        "Held by",
        "Others",
        "Invited to",
        "Roles that",
        "People away",
    ]
    .iter()
    .filter(|other| **other != heading)
    .filter_map(|other| rest.find(other));
    &rest[..ends.min().unwrap_or(rest.len())]
}

#[tokio::test]
async fn a_home_follows_a_concern_from_the_raiser_to_the_manager_and_back() {
    let world = World::of("manchester").at("2026-12-14 10:00").await;
    let (iro, manager) = (world.iro(), world.role("team_manager"));
    let empty = opens(&iro).await;
    assert!(
        empty.contains("Nothing waits for you now")
            && empty.contains("You have no other open concern"),
        "{empty}"
    );
    assert!(opens(&manager).await.contains("Nothing waits for you now"));
    let c = iro.raises(starred("K-710001")).await.to_string();
    assert!(under(&sees(&iro), "Yours, waiting").contains(&c));
    let home = sees(&manager);
    assert!(
        under(&home, "Waits for you").contains(&c) && home.contains("Mon 21 Dec, 17:00"),
        "{home}"
    );
    world.skims();
    world.finish().await;
}

#[tokio::test]
async fn the_manager_of_the_service_sees_every_open_concern_and_others_only_what_they_may_read() {
    let world = World::of("manchester").at("2026-12-14 10:00").await;
    let c = world.iro().raises(concern("K-710002")).await.to_string();
    let manager = world.role("iro_manager");
    let home = opens(&manager).await;
    assert!(
        home.contains(&c) && home.contains("Every role is held") && home.contains("People away"),
        "{home}"
    );
    for stranger in [world.other_raiser("iro"), world.role("siu_lead")] {
        let home = opens(&stranger).await;
        assert!(!home.contains(&c), "{}: {home}", stranger.id());
    }
    world.skims();
    world.finish().await;
}

#[tokio::test]
async fn details_open_from_a_home_for_who_may_read_it() {
    let world = World::of("manchester").at("2026-12-14 10:00").await;
    let iro = world.iro();
    let c = iro.raises(concern("K-710003")).await;
    opens(&iro).await;
    let home = iro.at.home().expect("it is published");
    iro.at
        .click_in_view(&home.id, "details", serde_json::Value::Null)
        .await
        .unwrap();
    let shown = iro.at.awaits_view_called("details").await;
    assert!(shown.expect("it opens").all_text().contains(&c.to_string()));
    iro.at.close_all().await;
    world.skims();
    world.finish().await;
}

#[tokio::test]
async fn a_home_that_was_open_follows_on_after_a_restart_without_being_opened_again() {
    let world = World::of("manchester").at("2026-12-14 10:00").await;
    opens(&world.iro()).await;
    let manager = world.role("team_manager");
    let before = opens(&manager).await;
    assert!(before.contains("Nothing waits for you now"), "{before}");
    let world = world.restart().await;
    let c = world.iro().raises(starred("K-710004")).await.to_string();
    let home = sees(&world.role("team_manager"));
    assert!(under(&home, "Waits for you").contains(&c), "{home}");
    assert!(under(&sees(&world.iro()), "Yours, waiting").contains(&c));
    world.skims();
    world.finish().await;
}

#[tokio::test]
async fn a_home_that_shows_what_it_should_is_not_published_again() {
    let world = World::of("manchester").at("2026-12-14 10:00").await;
    opens(&world.iro()).await;
    let stranger = world.other_raiser("iro");
    opens(&stranger).await;
    let before = stranger.at.home().expect("it is published");
    let world = world.restart().await;
    world.iro().raises(concern("K-710005")).await;
    let stranger = world.other_raiser("iro");
    let after = stranger.at.home().expect("it is still there");
    assert_eq!(
        before.hash, after.hash,
        "what is not theirs changes nothing"
    );
    assert_eq!(before.all_text(), after.all_text());
    world.skims();
    world.finish().await;
}

#[tokio::test]
async fn who_leaves_sees_nothing_on_their_home_from_that_moment() {
    let world = World::of("manchester").at("2026-12-14 10:00").await;
    let manager = world.role("team_manager");
    let c = world.iro().raises(concern("K-710006")).await.to_string();
    assert!(opens(&manager).await.contains(&c));
    world
        .edits_people(|file| {
            file.replace(
                "users = [\"U0TEAMMANAGERNORTH\"]",
                &format!("users = [\"{OWN}\"]"),
            )
        })
        .await;
    let home = sees(&manager);
    assert!(
        !home.contains(&c) && home.contains("You are not named in this council's file"),
        "{home}"
    );
    world.skims();
    world.finish().await;
}

#[tokio::test]
async fn a_vacant_role_stands_on_the_managers_home_and_nobody_elses() {
    let world = World::of("manchester")
        .with_file(|file| {
            file.replace(
                "[roles.service_lead]\nusers = [\"U0SERVICELEAD\"]\nchannel = \"C0SERVICELEAD\"",
                "[roles.service_lead]\nusers = []",
            )
        })
        .at("2026-12-14 10:00")
        .await;
    let home = opens(&world.role("iro_manager")).await;
    let vacant = under(&home, "Roles that");
    assert!(
        vacant.contains("Locality Service Lead, North locality"),
        "{home}"
    );
    for other in [world.iro(), world.role("team_manager")] {
        let home = opens(&other).await;
        assert!(!home.contains("Roles that nobody holds"), "{home}");
    }
    world.finish().await;
}

#[tokio::test]
async fn a_home_that_slack_could_not_take_is_shown_once_it_can() {
    let world = World::of("manchester").at("2026-12-14 10:00").await;
    let iro = world.iro();
    opens(&iro).await;
    world
        .slack
        .fault(FaultRule::on("views.publish", Fault::RateLimited(30)).times(1));
    let c = iro.raises(concern("K-710007")).await.to_string();
    assert!(!sees(&iro).contains(&c), "Slack asked to wait");
    world.settle().await;
    assert!(!sees(&iro).contains(&c), "and is left alone meanwhile");
    world.clock.pass(Duration::from_secs(31));
    world.settle().await;
    let home = sees(&iro);
    assert!(under(&home, "Yours, waiting").contains(&c), "{home}");
    world.skims();
    world.finish().await;
}
