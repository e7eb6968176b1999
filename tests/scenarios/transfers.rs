//! A case is to move to another team while a concern about it is open: whoever may read it is warned, the others learn nothing, and
//! nothing is blocked.

use sandbox::{Submitted, View};

use crate::support::people::{Someone, concern};
use crate::support::world::World;

/// Stands in the reason and nowhere else.
const WHY: &str = "The heliotrope family moved away last week.";

/// Sends the form and reads what takes its place.
async fn is_shown(who: &Someone<'_>, view: &View) -> String {
    let sent = who.sends(view).await;
    assert!(matches!(sent, Submitted::Updated(_)), "{sent:?}");
    who.at.open_view().expect("nothing is shown").all_text()
}

#[tokio::test]
async fn a_manager_is_warned_with_who_holds_it_and_an_override_needs_a_name_and_a_reason() {
    let world = World::of("buckinghamshire").at("2026-12-14 10:00").await;
    let iro = world.iro();
    let c = iro.raises(concern("K-204117")).await;
    world.skims();
    let stood = (world.stands(c).await, world.due(c).await);
    let manager = world.role("team_manager");
    manager.types("transfer K-204117").await;
    let view = manager.at.awaits_view_called("transfer").await.unwrap();
    for words in [
        "should not move",
        "C-1",
        "Stage 1",
        "the Team Manager (<@U0TEAMMANAGERNORTH>)",
        "by Wed 30 Dec, 17:00",
        "until it is resolved by the allocated social worker and team manager",
        "Appendix 1",
    ] {
        assert!(
            view.all_text().contains(words),
            "{words}: {}",
            view.all_text()
        );
    }
    assert_eq!(
        world.heard(),
        ["#iro-manager notice b-1", "@iro1 notice b-1"],
        "that it was asked"
    );
    manager.at.fill(&view.id, "to_team", "south").await.unwrap();
    let sent = manager.sends(&view).await;
    assert!(
        matches!(&sent, Submitted::NotSent(at) | Submitted::Errors(at) if at.contains_key("reason")),
        "{sent:?}"
    );
    manager.at.fill(&view.id, "reason", WHY).await.unwrap();
    let sent = manager.sends(&view).await;
    assert!(
        matches!(&sent, Submitted::Errors(at) if at.contains_key("decided_by")),
        "an override without its name is taken: {sent:?}"
    );
    let decided = [
        ("decided_by_words", "Head of Service, Ms Alder"),
        ("reason", WHY),
    ];
    manager.at.fill_all(&view.id, &decided).await.unwrap();
    let told = is_shown(&manager, &view).await;
    assert!(
        told.contains("Recorded") && told.contains("C-1"),
        "{}",
        told
    );
    assert_eq!(
        world.heard(),
        ["#iro-manager notice b-1", "@iro1 notice b-1"],
        "that it moves"
    );
    assert_eq!(
        (world.stands(c).await, world.due(c).await),
        stood,
        "the concern stays where it is"
    );
    let notice = iro.newest("notice", c).all_text();
    assert!(
        notice.contains("moved to South locality") && !notice.contains("heliotrope"),
        "{notice}"
    );
    assert!(iro.details(c).await.contains("heliotrope"));
    let card = world.card("team_manager", c).all_text();
    assert!(card.contains("Case moved to South locality"), "{card}");
    iro.types(&format!("record {c}")).await;
    let notes = iro.at.awaits_view_called("record").await.unwrap();
    assert!(
        notes.all_text().contains("moved to South locality"),
        "{}",
        notes.all_text()
    );
    let themes = world.role("iro_manager").asks("themes").await.all_text();
    assert!(themes.contains("while a concern held them: 1"), "{themes}");
    for message in world.slack.all_messages() {
        assert!(!message.all_text().contains("heliotrope"), "in a message");
    }
    world.finish().await;
}

#[tokio::test]
async fn the_same_move_is_recorded_once_across_a_second_form_and_a_restart() {
    let world = World::of("buckinghamshire").at("2026-12-14 10:00").await;
    let c = world.iro().raises(concern("K-204117")).await;
    let moves = [
        ("to_team", "south"),
        ("decided_by", "U0HEADOFSERVICE"),
        ("reason", WHY),
    ];
    let manager = world.role("team_manager");
    // By the concern's own reference this time.
    manager.types(&format!("transfer {c}")).await;
    let view = manager.at.awaits_view_called("transfer").await.unwrap();
    manager.at.fill_all(&view.id, &moves).await.unwrap();
    manager.sends(&view).await;
    manager.at.close_all().await;
    world.skims();
    let world = world.restart().await;
    let iro = world.iro();
    iro.types("transfer K-204117").await;
    let view = iro.at.awaits_view_called("transfer").await.unwrap();
    iro.at.fill_all(&view.id, &moves).await.unwrap();
    let told = is_shown(&iro, &view).await;
    assert!(told.contains("on the record already"), "{}", told);
    let record = world.record(c).await;
    let times = record.iter().filter(|kind| *kind == "transferred").count();
    assert_eq!(times, 1);
    assert_eq!(
        world.heard(),
        ["#iro-manager notice b-1"],
        "that the raiser asked"
    );
    world.finish().await;
}

#[tokio::test]
async fn somebody_who_may_not_read_it_learns_nothing_and_the_raiser_hears_who_asked() {
    let world = World::of("buckinghamshire").at("2026-12-14 10:00").await;
    let iro = world.iro();
    let c = iro.raises(concern("K-204117")).await;
    world.skims();
    let elsewhere = world.someone("U0TEAMMANAGERSOUTH");
    let there = elsewhere.asks("transfer K-204117").await.all_text();
    let not_there = elsewhere.asks("transfer K-204118").await.all_text();
    assert_eq!(there.replace("K-204117", "K-204118"), not_there);
    assert!(!there.contains(&c.to_string()), "{there}");
    assert_eq!(
        world.heard(),
        ["#iro-manager notice b-1", "@iro1 notice b-1"]
    );
    let notice = iro.newest("notice", c).all_text();
    assert!(
        notice.contains("<@U0TEAMMANAGERSOUTH>") && notice.contains("please speak with them"),
        "{notice}"
    );
    elsewhere.asks("transfer K-204117").await;
    assert_eq!(world.heard(), [""; 0], "asked again on the same day");
    let told = elsewhere.asks(&format!("transfer {c}")).await.all_text();
    let none = elsewhere.asks("transfer C-99").await.all_text();
    assert_eq!(told, none);
    world.finish().await;
}

#[tokio::test]
async fn a_case_that_nothing_holds_may_move_and_a_protocol_without_the_rule_holds_none() {
    let world = World::of("manchester").at("2026-12-14 10:00").await;
    let iro = world.iro();
    let c = iro.raises(concern("K-204117")).await;
    world.skims();
    let before = world.record(c).await;
    let told = iro.asks("transfer K-204117").await.all_text();
    assert!(told.contains("No open concern that you may read"), "{told}");
    assert_eq!(world.record(c).await, before, "nothing is recorded");
    let told = iro.asks("transfer").await.all_text();
    assert!(told.contains("/concern transfer K-204117"), "{told}");
    let told = iro.asks("transfer Ms Alder's boy").await.all_text();
    assert!(told.contains("not a case reference"), "{told}");
    world.finish().await;
}

#[tokio::test]
async fn a_form_sent_once_the_concern_is_closed_records_nothing() {
    let world = World::of("buckinghamshire").at("2026-12-14 10:00").await;
    let iro = world.iro();
    let c = iro.raises(concern("K-204117")).await;
    let manager = world.role("team_manager");
    manager.types("transfer K-204117").await;
    let view = manager.at.awaits_view_called("transfer").await.unwrap();
    iro.presses(&iro.receipt(c), "resolve").await;
    let before = world.record(c).await;
    let moves = [
        ("to_team", "-"),
        ("decided_by", "U0HEADOFSERVICE"),
        ("reason", WHY),
    ];
    manager.at.fill_all(&view.id, &moves).await.unwrap();
    let told = is_shown(&manager, &view).await;
    assert!(told.contains("Nothing was recorded"), "{}", told);
    assert_eq!(world.record(c).await, before);
    world.skims();
    world.finish().await;
}
