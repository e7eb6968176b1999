//! Who may read a concern; and that nobody else learns whether it exists.

use lodestar::ids::ConcernId;

use crate::support::people::{Someone, concern, starred};
use crate::support::world::World;
use crate::support::{ISSUE, REASON};

/// Everything they can ask gets the very words that a concern which does not exist would get.
async fn learns_nothing(who: &Someone<'_>, concern: ConcernId) {
    for ask in [
        "show {}",
        "note {} a word",
        "note {}",
        "handover {} <@U0IRO2>",
    ] {
        let there = who.asks(&ask.replace("{}", &concern.to_string())).await;
        let not_there = who.asks(&ask.replace("{}", "C-99")).await;
        assert_eq!(
            there.all_text().replace(&concern.to_string(), "C-99"),
            not_there.all_text(),
            "{} asks {ask}",
            who.id()
        );
    }
    for ask in ["list", "overdue"] {
        let said = who.asks(ask).await.all_text();
        assert!(
            !said.contains(&concern.to_string()),
            "{} asks {ask}: {said}",
            who.id()
        );
    }
}

async fn reads(who: &Someone<'_>, concern: ConcernId) {
    let shown = who.asks(&format!("show {concern}")).await.all_text();
    assert!(
        shown.contains("K-7") && !shown.contains(ISSUE),
        "{}: {shown}",
        who.id()
    );
    assert!(who.details(concern).await.contains(ISSUE), "{}", who.id());
    let list = who.asks("list").await.all_text();
    assert!(list.contains(&concern.to_string()), "{}: {list}", who.id());
}

#[tokio::test]
async fn in_manchester_each_role_reads_from_its_own_step_on_and_the_manager_of_the_service_always()
{
    let world = World::of("manchester").at("2026-12-14 10:00").await;
    let iro = world.iro();
    let c = iro.raises(starred("K-700001")).await;
    let all: Vec<String> = world
        .sample
        .people
        .iter()
        .map(|person| person.id.clone())
        .collect();
    let mut readers = vec!["U0IRO1", "U0IROMANAGER", "U0TEAMMANAGERNORTH"];
    for person in &all {
        let who = world.someone(person);
        if readers.contains(&person.as_str()) {
            reads(&who, c).await;
        } else {
            learns_nothing(&who, c).await;
        }
    }
    iro.answers(
        &iro.receipt(c),
        "bypass",
        &[("to_step", "m-3"), ("reason", REASON)],
    )
    .await;
    readers.extend(["U0HEADOFSERVICE", "U0SAFEGUARDINGLEAD", "U0SIULEAD"]);
    for person in &all {
        let who = world.someone(person);
        if readers.contains(&person.as_str()) {
            reads(&who, c).await;
        } else {
            learns_nothing(&who, c).await;
        }
    }
    world.skims();
    world.finish().await;
}

#[tokio::test]
async fn whoever_is_copied_in_reads_and_a_level_that_is_not_reached_does_not() {
    let world = World::of("fostering-iro").at("2026-12-14 10:00").await;
    let iro = world.iro();
    let c = iro
        .raises(concern("K-700002").starting_at("s-l1", REASON))
        .await;
    for role in [
        "team_manager",
        "operational_service_manager",
        "sm_qar",
        "iro_manager",
    ] {
        reads(&world.role(role), c).await;
    }
    for role in [
        "supervising_social_worker",
        "practice_supervisor",
        "head_of_service",
        "board_director",
    ] {
        learns_nothing(&world.role(role), c).await;
    }
    learns_nothing(&world.other_raiser("foster_iro"), c).await;
    learns_nothing(&world.someone("U0TEAMMANAGERSOUTH"), c).await;
    world.skims();
    world.finish().await;
}

#[tokio::test]
async fn details_on_a_card_are_for_those_who_may_read_it_and_not_for_all_who_see_the_channel() {
    let world = World::of("manchester").at("2026-12-14 10:00").await;
    let c = world.iro().raises(starred("K-700003")).await;
    world.skims();
    let card = world.card("team_manager", c);
    let there = world.someone("U0IRO2");
    world.slack.invite(&card.channel, there.id());
    there.presses(&card, "details").await;
    let told = there.is_told().await;
    let asked = there.asks("show C-99").await.all_text();
    assert_eq!(told.trim(), asked.replace("C-99", &c.to_string()).trim());
    assert!(there.at.open_view().is_none());
    world.finish().await;
}

#[tokio::test]
async fn overdue_lists_what_is_past_its_day_for_who_may_read_it_alone() {
    let world = World::of("manchester").at("2026-12-14 10:00").await;
    let c = world.iro().raises(starred("K-700004")).await;
    world.to("2026-12-22 10:00").await;
    for who in [
        world.iro(),
        world.role("iro_manager"),
        world.role("team_manager"),
    ] {
        let said = who.asks("overdue").await.all_text();
        assert!(said.contains(&c.to_string()), "{}: {said}", who.id());
    }
    for role in ["service_lead", "dcs", "siu_lead"] {
        let said = world.role(role).asks("overdue").await.all_text();
        assert!(!said.contains(&c.to_string()), "{role}: {said}");
    }
    world.skims();
    world.finish().await;
}
