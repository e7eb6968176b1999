//! Whoever raised leaves the council's file while something of theirs is open: the manager of the service hears of it once, with how to
//! hand it over, and sees it marked until that is done or they are named again.

use crate::home::{opens, sees, under};
use crate::notices::{change, sends};
use crate::support::people::{concern, starred};
use crate::support::world::{OWN, World};

const MARK: &str = "its reviewing officer is no longer named";

/// The first officer's name is struck from those who raise.
fn without_iro1(file: &str) -> String {
    let struck = file.replace("iro = [\"U0IRO1\", \"U0IRO2\"]", "iro = [\"U0IRO2\"]");
    assert_ne!(struck, file);
    struck
}

fn with_iro1(file: &str) -> String {
    file.replace("iro = [\"U0IRO2\"]", "iro = [\"U0IRO1\", \"U0IRO2\"]")
}

#[tokio::test]
async fn what_a_raiser_who_left_has_open_is_told_of_once_and_marked_until_it_is_handed_over() {
    let world = World::of("manchester").at("2026-12-14 10:00").await;
    let (manager, iro) = (world.role("iro_manager"), world.iro());
    let (one, two) = (
        iro.raises(starred("K-740001")).await,
        iro.raises(concern("K-740002")).await,
    );
    let others = world.other_raiser("iro").raises(starred("K-740003")).await;
    assert!(!opens(&manager).await.contains(MARK));
    world.skims();
    let due = world.due(one).await;
    world.edits_people(|file| without_iro1(&file)).await;
    assert_eq!(world.heard(), ["#iro-manager alert"]);
    let channel = world.channel_of("iro_manager");
    let told = world.slack.messages(&channel).pop().unwrap().all_text();
    assert!(
        told.contains("<@U0IRO1> is no longer named among those who raise")
            && told.contains("2 open records: C-1, C-2")
            && told.contains("/concern handover C-1 @name"),
        "{told}"
    );
    assert_eq!(world.due(one).await, due, "no clock stops");
    let home = sees(&manager);
    assert_eq!(home.matches(MARK).count(), 2, "{home}");
    assert!(!under(&home, &others.to_string()).contains(MARK), "{home}");
    // Another edit of the file, or a restart, tells nobody again.
    world
        .edits_people(|file| format!("{file}\n# looked through\n"))
        .await;
    let world = world.restart().await;
    world
        .edits_people(|file| file.replace("[\"U0TEAMMANAGERSOUTH\"]", "[\"U0NOBODY\"]"))
        .await;
    assert_eq!(world.heard(), [""; 0]);
    let manager = world.role("iro_manager");
    let other = world.other_raiser("iro");
    manager
        .asks(&format!("handover {one} <@{}>", other.id()))
        .await;
    let home = sees(&manager);
    assert_eq!(home.matches(MARK).count(), 1, "{home}");
    manager
        .asks(&format!("handover {two} <@{}>", other.id()))
        .await;
    assert!(!sees(&manager).contains(MARK), "{}", sees(&manager));
    let listed = manager.asks("list").await.all_text();
    assert!(!listed.contains(MARK), "{listed}");
    world.skims();
    world.finish().await;
}

#[tokio::test]
async fn the_mark_goes_when_whoever_left_is_named_again_and_nobody_else_sees_it() {
    let world = World::of("manchester").at("2026-12-14 10:00").await;
    let (manager, addressee) = (world.role("iro_manager"), world.role("team_manager"));
    world.iro().raises(starred("K-740004")).await;
    opens(&manager).await;
    let shown = opens(&addressee).await;
    world.edits_people(|file| without_iro1(&file)).await;
    assert!(sees(&manager).contains(MARK));
    let listed = manager.asks("list").await.all_text();
    assert!(listed.contains(MARK), "{listed}");
    assert_eq!(sees(&addressee), shown, "an addressee is not told");
    world.skims();
    world.edits_people(|file| with_iro1(&file)).await;
    assert!(!sees(&manager).contains(MARK), "{}", sees(&manager));
    assert_eq!(world.heard(), [""; 0], "to be named again is no news");
    world.edits_people(|file| without_iro1(&file)).await;
    assert_eq!(
        world.heard(),
        ["#iro-manager alert"],
        "and leaving again is"
    );
    world.finish().await;
}

#[tokio::test]
async fn each_manager_is_told_of_what_is_open_in_their_own_teams() {
    let world = World::of("manchester")
        .with_file(|file| format!("{file}\n[team.roles.iro_manager]\nusers = [\"{OWN}\"]\n"))
        .at("2026-12-14 10:00")
        .await;
    let iro = world.iro();
    iro.raises(starred("K-740005").for_team("south")).await;
    world.skims();
    world.edits_people(|file| without_iro1(&file)).await;
    assert_eq!(world.heard(), ["@own alert"]);
    world.finish().await;
}

#[tokio::test]
async fn a_change_that_waits_for_an_officer_who_left_is_told_of_and_marked_too() {
    let world = World::of("buckinghamshire").at("2026-12-14 10:00").await;
    let (manager, worker) = (world.role("iro_manager"), world.role("social_worker"));
    sends(&worker, "notify", "notify", &change(world.iro().id())).await;
    worker.at.close_all().await;
    world.skims();
    world.edits_people(|file| without_iro1(&file)).await;
    assert_eq!(world.heard(), ["#iro-manager alert"]);
    let home = opens(&manager).await;
    let waits = home.lines().find(|line| line.contains("N-1"));
    assert!(waits.is_some_and(|line| line.contains(MARK)), "{home}");
    world.finish().await;
}
