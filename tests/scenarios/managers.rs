//! Two managers of the IRO service, each of a team: each sees, sets and is told what is of their own.

use crate::home::{opens, under};
use crate::support::people::{concern, starred};
use crate::support::world::{OWN, World};

/// A council in which the IRO service of the south team has a manager of its own.
async fn two_managers() -> World {
    World::of("manchester")
        .with_file(|file| format!("{file}\n[team.roles.iro_manager]\nusers = [\"{OWN}\"]\n"))
        .at("2026-12-14 10:00")
        .await
}

#[tokio::test]
async fn a_cover_in_a_team_is_set_seen_and_ended_by_the_manager_of_its_own_service() {
    let world = two_managers().await;
    let (away, nominee) = (world.role("team_manager"), world.role("siu_lead"));
    let (manager, of_another) = (world.role("iro_manager"), world.someone(OWN));
    let asked = format!(
        "cover <@{}> until 18 dec for <@{}>",
        nominee.id(),
        away.id()
    );
    let refused = of_another.asks(&asked).await.all_text();
    assert!(
        refused.contains("Nothing was changed") && refused.contains("of a team they work for"),
        "{refused}"
    );
    assert_eq!(world.heard(), [""; 0], "nobody is told of what was not set");
    let set = manager.asks(&asked).await.all_text();
    assert!(set.contains("Fri 18 Dec"), "{set}");
    assert_eq!(
        world.heard(),
        [
            "#iro-manager notice",
            "@siulead notice",
            "@teammanagernorth notice"
        ],
        "and the manager of another team is not told"
    );
    let listed = of_another.asks("cover list").await.all_text();
    assert!(
        !listed.contains(away.id()) && listed.contains("as far as it touches you"),
        "{listed}"
    );
    let end = format!("cover end <@{}>", away.id());
    let refused = of_another.asks(&end).await.all_text();
    assert!(refused.contains("Nothing was changed"), "{refused}");
    let listed = manager.asks("cover list").await.all_text();
    assert!(listed.contains(away.id()), "{listed}");
    let ended = manager.asks(&end).await.all_text();
    assert!(ended.contains("has ended"), "{ended}");
    world.skims();
    world.finish().await;
}

#[tokio::test]
async fn an_officer_of_both_teams_is_covered_by_the_word_of_either_manager_and_both_are_told() {
    let world = two_managers().await;
    let (iro, other) = (world.iro(), world.other_raiser("iro"));
    let asked = format!("cover <@{}> until 18 dec for <@{}>", other.id(), iro.id());
    let set = world.someone(OWN).asks(&asked).await.all_text();
    assert!(set.contains("Fri 18 Dec"), "{set}");
    assert_eq!(
        world.heard(),
        [
            "#iro-manager notice",
            "@iro1 notice",
            "@iro2 notice",
            "@own notice"
        ]
    );
    let manager = world.role("iro_manager");
    manager.ends_the_cover_of(&iro).await;
    world.skims();
    world.finish().await;
}

#[tokio::test]
async fn a_managers_home_shows_the_concerns_vacancies_and_absences_of_their_own_teams() {
    let world = World::of("manchester")
        .with_file(|file| {
            let vacant = file.replace("users = [\"U0TEAMMANAGERNORTH\"]", "users = []");
            format!("{vacant}\n[team.roles.iro_manager]\nusers = [\"{OWN}\"]\n")
        })
        .at("2026-12-14 10:00")
        .await;
    let iro = world.iro();
    let north = iro.raises(starred("K-730001")).await.to_string();
    let south = iro
        .raises(concern("K-730002").for_team("south"))
        .await
        .to_string();
    let (away, nominee) = (world.someone("U0TEAMMANAGERSOUTH"), world.role("siu_lead"));
    away.asks(&format!("cover <@{}> until 18 dec", nominee.id()))
        .await;
    let home = opens(&world.role("iro_manager")).await;
    assert!(home.contains(&north) && !home.contains(&south), "{home}");
    assert!(
        under(&home, "Roles that").contains("Team Manager, North locality"),
        "{home}"
    );
    assert!(!home.contains(away.id()), "{home}");
    let home = opens(&world.someone(OWN)).await;
    assert!(home.contains(&south) && !home.contains(&north), "{home}");
    assert!(
        under(&home, "Roles that").contains("Every role of your teams is held"),
        "{home}"
    );
    assert!(under(&home, "People away").contains(away.id()), "{home}");
    world.skims();
    world.finish().await;
}

#[tokio::test]
async fn who_is_named_in_no_team_any_more_is_still_seen_by_every_manager_as_away() {
    let world = two_managers().await;
    let (away, nominee) = (world.role("team_manager"), world.role("siu_lead"));
    away.asks(&format!("cover <@{}> until 18 dec", nominee.id()))
        .await;
    world
        .edits_people(|file| {
            file.replace("users = [\"U0TEAMMANAGERNORTH\"]", "users = [\"U0NOBODY\"]")
        })
        .await;
    world.someone(OWN).ends_the_cover_of(&away).await;
    world.skims();
    world.finish().await;
}
