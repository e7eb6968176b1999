//! Cover: somebody is away, somebody else acts for them, the record says for whom, and it ends by itself.

use lodestar::concern::Phase;

use crate::support::people::{concern, starred};
use crate::support::world::World;

#[tokio::test]
async fn a_manager_away_is_covered_for_a_time_and_the_card_says_who_answered_for_whom() {
    let world = World::of("manchester").at("2026-12-14 10:00").await;
    let iro = world.iro();
    let c = iro.raises(starred("K-610001")).await;
    let (away, nominee) = (world.role("team_manager"), world.role("siu_lead"));
    assert!(
        world.last(&nominee.at.dm(), "card", c).is_none(),
        "it is not theirs yet"
    );
    let said = away
        .asks(&format!("cover <@{}> until 16 dec", nominee.id()))
        .await
        .all_text();
    assert!(
        said.contains(nominee.id()) && said.contains("Wed 16 Dec"),
        "{said}"
    );
    let card = nominee.newest("card", c);
    assert!(
        card.has_action("accept") && card.all_text().contains("You cover for"),
        "{}",
        card.all_text()
    );
    let listed = nominee.asks("list").await.all_text();
    assert!(listed.contains(&c.to_string()), "{listed}");
    nominee
        .answers(
            &card,
            "accept",
            &[("plan", "A meeting."), ("target_date", "2026-12-18")],
        )
        .await;
    assert_eq!(world.stands(c).await.1, Phase::Underway);
    let told = iro.receipt(c).all_text();
    assert!(
        told.contains(nominee.id()) || told.contains(&format!("for <@{}>", away.id())),
        "{told}"
    );
    let case = world.case(c).await;
    let answer = &case.concern.visits[0].answers[0];
    assert_eq!(answer.by.as_str(), nominee.id());
    assert_eq!(
        answer
            .on_behalf_of
            .as_ref()
            .map(lodestar::ids::UserId::as_str),
        Some(away.id())
    );
    world.skims();
    world.finish().await;
}

#[tokio::test]
async fn an_app_covers_for_nobody_and_the_answer_says_so() {
    let world = World::of("manchester").at("2026-12-14 10:00").await;
    let away = world.role("team_manager");
    let app = world.slack.bot_user();
    let said = away.asks(&format!("cover <@{app}> until 16 dec")).await;
    let said = said.all_text();
    assert!(
        said.contains("This is an app")
            && said.contains("name a person")
            && !said.contains("empty"),
        "{said}"
    );
    let none = away.asks("cover list").await.all_text();
    assert!(none.contains("Nobody covers"), "{none}");
    world.finish().await;
}

#[tokio::test]
async fn cover_ends_with_its_last_day_and_both_are_told() {
    let world = World::of("manchester").at("2026-12-14 10:00").await;
    let (away, nominee) = (world.role("team_manager"), world.role("siu_lead"));
    away.asks(&format!("cover <@{}> until 16 dec", nominee.id()))
        .await;
    let iro = world.iro();
    let c = iro.raises(starred("K-610002")).await;
    assert!(nominee.newest("card", c).has_action("acknowledge"));
    world.to("2026-12-16 23:59").await;
    let listed = nominee.asks("list").await.all_text();
    assert!(
        listed.contains(&c.to_string()),
        "to the end of the day: {listed}"
    );
    world.skims();
    world.to("2026-12-17 00:00").await;
    let heard = world.heard();
    assert_eq!(
        heard.len(),
        3,
        "both, and the manager of the service: {heard:?}"
    );
    let listed = nominee.asks("list").await.all_text();
    assert!(!listed.contains(&c.to_string()), "{listed}");
    assert!(!nominee.newest("card", c).has_action("acknowledge"));
    // Where a card's buttons are everybody's, they are refused.
    let card = world.card("team_manager", c);
    assert!(world.slack.invite(&card.channel, nominee.id()));
    nominee.presses(&card, "acknowledge").await;
    nominee.is_told().await;
    let case = world.case(c).await;
    assert_eq!(case.concern.visits[0].acknowledged, None);
    world.skims();
    world.finish().await;
}

#[tokio::test]
async fn a_raiser_is_covered_by_another_who_resolves_for_them_and_clocks_run_on() {
    let world = World::of("manchester").at("2026-12-14 10:00").await;
    let (iro, other) = (world.iro(), world.other_raiser("iro"));
    let c = iro.raises(starred("K-610003")).await;
    let due = world.due(c).await;
    let refused = iro
        .asks(&format!(
            "cover <@{}> until 18 dec",
            world.role("team_manager").id()
        ))
        .await
        .all_text();
    assert!(refused.contains("Nothing was changed"), "{refused}");
    let manager = world.role("iro_manager");
    manager
        .asks(&format!(
            "cover <@{}> until 18 dec for <@{}>",
            other.id(),
            iro.id()
        ))
        .await;
    assert_eq!(world.due(c).await, due, "no clock stops");
    other.presses(&other.receipt(c), "resolve").await;
    assert!(!world.case(c).await.concern.is_open());
    let details = iro.details(c).await;
    assert!(
        details.contains("resolved by") && details.contains(" for "),
        "{details}"
    );
    world.skims();
    world.finish().await;
}

#[tokio::test]
async fn nobody_covers_their_way_to_answering_a_concern_they_raised() {
    let world = World::of("manchester").at("2026-12-14 10:00").await;
    let (iro, away) = (world.iro(), world.role("team_manager"));
    let own = iro.raises(concern("K-610004")).await;
    let others = world.other_raiser("iro").raises(concern("K-610005")).await;
    away.asks(&format!("cover <@{}> until 18 dec", iro.id()))
        .await;
    let card = iro.newest("card", others);
    assert!(card.has_action("accept"), "another's is theirs to answer");
    assert!(
        world.last(&iro.at.dm(), "card", own).is_none(),
        "their own is not even sent to them"
    );
    let card = world.card("team_manager", own);
    assert!(world.slack.invite(&card.channel, iro.id()));
    iro.presses(&card, "acknowledge").await;
    let said = iro.is_told().await;
    assert!(said.contains("you raised"), "{said}");
    world.skims();
    world.finish().await;
}

#[tokio::test]
async fn what_a_cover_had_says_that_it_is_over_and_offers_nothing_that_would_be_refused() {
    let world = World::of("manchester").at("2026-12-14 10:00").await;
    let (iro, away) = (world.iro(), world.role("team_manager"));
    let c = iro.raises(concern("K-610011")).await;
    let (nominee, other) = (world.role("siu_lead"), world.other_raiser("iro"));
    away.asks(&format!("cover <@{}> until 18 dec", nominee.id()))
        .await;
    iro.asks(&format!("cover <@{}> until 18 dec", other.id()))
        .await;
    assert!(nominee.newest("card", c).has_action("accept"));
    assert!(other.newest("receipt", c).has_action("resolve"));
    away.asks("cover end").await;
    iro.asks("cover end").await;
    world.settle().await;
    for (had, button) in [
        (nominee.newest("card", c), "accept"),
        (other.newest("receipt", c), "resolve"),
    ] {
        assert!(!had.has_action(button), "{}", had.all_text());
        assert!(
            had.all_text().contains("that has ended"),
            "{}",
            had.all_text()
        );
    }
    assert!(world.card("team_manager", c).has_action("accept"));
    assert!(iro.standing_receipt(c).has_action("resolve"));
    world.skims();
    world.finish().await;
}

#[tokio::test]
async fn a_cover_is_listed_and_ended_before_its_time_by_who_is_away() {
    let world = World::of("manchester").at("2026-12-14 10:00").await;
    let (away, nominee) = (world.role("team_manager"), world.role("siu_lead"));
    let none = away.asks("cover list").await.all_text();
    assert!(none.contains("Nobody covers"), "{none}");
    away.asks(&format!("cover <@{}> until 16 dec", nominee.id()))
        .await;
    for who in [&away, &nominee, &world.role("iro_manager")] {
        let listed = who.asks("cover list").await.all_text();
        assert!(listed.contains("Wed 16 Dec"), "{}: {listed}", who.id());
    }
    let refused = world
        .iro()
        .asks(&format!("cover end <@{}>", away.id()))
        .await;
    assert!(
        refused.all_text().contains("Nothing was changed"),
        "{}",
        refused.all_text()
    );
    let world = world.restart().await;
    let away = world.role("team_manager");
    let ended = away.asks("cover end").await.all_text();
    assert!(ended.contains("has ended"), "{ended}");
    let none = away.asks("cover list").await.all_text();
    assert!(none.contains("Nobody covers"), "{none}");
    world.skims();
    world.finish().await;
}

#[tokio::test]
async fn the_manager_of_the_service_sets_cover_for_a_role_holder_who_is_away_already() {
    let world = World::of("manchester").at("2026-12-14 10:00").await;
    let c = world.iro().raises(starred("K-610006")).await;
    let (away, nominee) = (world.role("team_manager"), world.role("siu_lead"));
    let asked = format!(
        "cover <@{}> until 18 dec for <@{}>",
        nominee.id(),
        away.id()
    );
    let refused = world.iro().asks(&asked).await.all_text();
    assert!(refused.contains("Nothing was changed"), "{refused}");
    let manager = world.role("iro_manager");
    let said = manager.asks(&asked).await.all_text();
    assert!(said.contains("Fri 18 Dec"), "{said}");
    assert!(
        world.last(&away.at.dm(), "notice", c).is_none() && !world.heard().is_empty(),
        "the one who is away is told, of the cover alone"
    );
    nominee
        .presses(&nominee.newest("card", c), "acknowledge")
        .await;
    let case = world.case(c).await;
    let visit = &case.concern.visits[0];
    assert_eq!(
        visit
            .acknowledged_for
            .as_ref()
            .map(lodestar::ids::UserId::as_str),
        Some(away.id())
    );
    manager.ends_the_cover_of(&away).await;
    world.skims();
    world.finish().await;
}
