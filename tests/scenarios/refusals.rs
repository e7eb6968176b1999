//! Each refusal answers the person alone, with who can, and changes nothing; so does whatever comes twice or too late.

use sandbox::{ClickOutcome, Message, Submitted};

use crate::support::people::{Someone, concern, starred};
use crate::support::world::{NOBODY, World, london};
use crate::support::{PLAN, REASON};

/// Somebody who sees the message presses a button of it: they alone are told, and the record stands as it was.
async fn is_refused(world: &World, who: &Someone<'_>, message: &Message, button: &str) -> String {
    world.slack.invite(&message.channel, who.id());
    let c = message.meta("concern").unwrap().parse().unwrap();
    let before = world.record(c).await;
    who.presses(message, button).await;
    let told = who.is_told().await;
    assert_eq!(world.record(c).await, before, "{button}: {told}");
    assert!(who.at.open_view().is_none(), "{button} opened a form");
    told
}

#[tokio::test]
async fn nobody_but_the_addressee_answers_a_card_and_who_may_read_is_told_who_can() {
    let world = World::of("manchester").at("2026-12-14 10:00").await;
    let c = world.iro().raises(starred("K-600001")).await;
    world.skims();
    let card = world.card("team_manager", c);
    for button in ["acknowledge", "accept", "reject"] {
        for who in [world.iro(), world.role("iro_manager")] {
            let told = is_refused(&world, &who, &card, button).await;
            assert!(
                told.contains("<@U0TEAMMANAGERNORTH>") && told.contains("Team Manager"),
                "{button}: {told}"
            );
        }
    }
    assert_eq!(world.heard(), [""; 0], "and nobody else hears of it");
    world.finish().await;
}

#[tokio::test]
async fn nobody_in_the_line_edits_or_closes_a_concern() {
    let world = World::of("manchester").at("2026-12-14 10:00").await;
    let iro = world.iro();
    let c = iro.raises(starred("K-600002")).await;
    world
        .role("team_manager")
        .answers(
            &world.card("team_manager", c),
            "accept",
            &[("plan", PLAN), ("target_date", "2026-12-18")],
        )
        .await;
    world.to("2026-12-18 09:00").await;
    world.skims();
    // They would have to be shown the raiser's own messages to press anything there.
    let asked = iro.newest("receipt", c);
    for button in [
        "resolve",
        "not_satisfied",
        "more_time",
        "bypass",
        "withdraw",
    ] {
        for who in [world.role("team_manager"), world.role("iro_manager")] {
            let told = is_refused(&world, &who, &asked, button).await;
            assert!(told.contains("<@U0IRO1>"), "{button}: {told}");
        }
    }
    world.finish().await;
}

#[tokio::test]
async fn somebody_whom_the_council_does_not_name_learns_nothing_and_is_told_whom_to_ask() {
    let world = World::of("manchester").at("2026-12-14 10:00").await;
    let c = world.iro().raises(starred("K-600003")).await;
    world.skims();
    let nobody = world.someone(NOBODY);
    let card = world.card("team_manager", c);
    let mut told = Vec::new();
    for button in ["details", "accept", "acknowledge"] {
        told.push(is_refused(&world, &nobody, &card, button).await);
    }
    let there = nobody.asks(&format!("show {c}")).await.all_text();
    let not_there = nobody.asks("show C-99").await.all_text();
    assert_eq!(there, not_there.replace("C-99", &c.to_string()));
    told.push(there);
    told.push(nobody.asks("").await.all_text());
    told.push(nobody.asks("list").await.all_text());
    for told in told {
        assert!(told.contains("<@U0IROMANAGER>"), "{told}");
    }
    world.finish().await;
}

#[tokio::test]
async fn a_raiser_in_the_line_may_not_raise_and_may_not_answer_their_own() {
    let world = World::of("manchester").at("2026-12-14 10:00").await;
    let iro = world.iro();
    let c = iro.raises(starred("K-600004")).await;
    world
        .edits_people(|file| {
            file.replace(
                "users = [\"U0TEAMMANAGERNORTH\"]",
                "users = [\"U0TEAMMANAGERNORTH\", \"U0IRO1\"]",
            )
        })
        .await;
    let card = world.card("team_manager", c);
    is_refused(&world, &iro, &card, "accept").await;
    is_refused(&world, &iro, &card, "acknowledge").await;
    let view = iro.fills_in(&starred("K-600005")).await;
    let sent = iro.sends(&view).await;
    assert!(
        matches!(&sent, Submitted::Errors(at) if at.contains_key("team")),
        "{sent:?}"
    );
    iro.at.close_all().await;
    let south = iro.raises(starred("K-600006").for_team("south")).await;
    assert!(
        world.case(south).await.concern.is_open(),
        "elsewhere they may"
    );
    world.skims();
    world.finish().await;
}

#[tokio::test]
async fn a_manager_who_types_the_command_is_told_who_raises() {
    let world = World::of("manchester").at("2026-12-14 10:00").await;
    let told = world.role("dcs").asks("").await.all_text();
    assert!(
        told.contains("<@U0IRO1>") || told.contains("<@U0IROMANAGER>"),
        "{told}"
    );
    assert_eq!(world.newest().await, 0);
    world.finish().await;
}

#[tokio::test]
async fn what_is_wrong_in_the_form_is_said_at_its_field_and_what_was_typed_stays() {
    let world = World::of("manchester").at("2026-12-14 10:00").await;
    let iro = world.iro();
    for (block, entry) in [
        ("case_ref", "JS 2014"),
        ("event_date", "2026-12-15"),
        ("action_by", "2026-12-11"),
        ("issue", "NHS number 943 476 5919 has moved"),
        ("impact", "born 4 March 2014, of M1 1AE"),
    ] {
        let view = iro
            .fills_in(&concern("K-600007").with(block, entry.into()))
            .await;
        let sent = iro.sends(&view).await;
        assert!(
            matches!(&sent, Submitted::Errors(at) if at.len() == 1 && at.contains_key(block)),
            "{block}: {sent:?}"
        );
        let kept = iro.at.open_view().unwrap();
        assert_eq!(
            kept.value("action").unwrap()["value"],
            crate::support::ACTION
        );
        iro.at.close_all().await;
    }
    assert_eq!(world.newest().await, 0, "nothing was raised");
    world.finish().await;
}

#[tokio::test]
async fn two_quick_clicks_count_once() {
    let world = World::of("manchester").at("2026-12-14 10:00").await;
    let c = world.iro().raises(starred("K-600008")).await;
    world.skims();
    let manager = world.role("team_manager");
    let card = world.card("team_manager", c);
    for _ in 0..2 {
        // The card is not brought up to date in between.
        let outcome = manager
            .at
            .click(&card.channel, &card.ts, "acknowledge")
            .await;
        assert_eq!(outcome.unwrap(), ClickOutcome::Acked);
    }
    manager.is_told().await;
    world.settle().await;
    let record = world.record(c).await;
    let acknowledged = record.iter().filter(|kind| *kind == "acknowledged");
    assert_eq!(acknowledged.count(), 1, "{record:?}");
    assert!(!world.card("team_manager", c).has_action("acknowledge"));
    world.finish().await;
}

#[tokio::test]
async fn whatever_slack_delivers_a_second_time_changes_nothing() {
    let world = World::of("manchester").at("2026-12-14 10:00").await;
    let iro = world.iro();
    let c = iro.raises(starred("K-600009")).await;
    iro.asks(&format!("note {c} {REASON}")).await;
    world
        .role("team_manager")
        .presses(&world.card("team_manager", c), "acknowledge")
        .await;
    world.to("2026-12-18 09:30").await;
    let gate = world
        .last(&world.channel("iro-manager"), "gate", c)
        .unwrap();
    world.role("iro_manager").presses(&gate, "agree_gate").await;
    iro.answers(
        &iro.receipt_with("hold_escalation", c),
        "hold_escalation",
        &[("until", "2026-12-22"), ("reason", REASON)],
    )
    .await;
    world
        .role("team_manager")
        .answers(
            &world.card("team_manager", c),
            "accept",
            &[("plan", PLAN), ("target_date", "2026-12-18")],
        )
        .await;
    iro.presses(&iro.receipt_with("not_satisfied", c), "not_satisfied")
        .await;
    world.skims();
    let before = (world.record(c).await, world.newest().await);
    for number in 0..world.slack.deliveries().len() {
        world.slack.redeliver(number).await.unwrap();
        world.settle().await;
    }
    assert_eq!((world.record(c).await, world.newest().await), before);
    assert_eq!(world.heard(), [""; 0]);
    // A form asked for again can only be refused: its trigger is spent.
    drop(world.slack.take_problems());
    world.finish().await;
}

#[tokio::test]
async fn a_click_on_a_card_that_is_out_of_date_does_nothing_but_refresh_it() {
    let world = World::of("fostering-iro").at("2026-12-14 10:00").await;
    let iro = world.iro();
    let c = iro
        .raises(concern("K-600010").starting_at("s-l1", REASON))
        .await;
    world.to("2026-12-21 17:00").await;
    world.skims();
    let card = world.card("team_manager", c);
    // The timekeeper has not come to it yet.
    world.clock.to(london("2026-12-21 17:00:01"));
    let manager = world.role("team_manager");
    manager
        .at
        .click(&card.channel, &card.ts, "acknowledge")
        .await
        .unwrap();
    manager.is_told().await;
    world.settle().await;
    let card = world.card("team_manager", c);
    assert!(
        !card.has_action("acknowledge") && card.all_text().contains("Not answered by Mon 21 Dec"),
        "{}",
        card.all_text()
    );
    assert!(!world.record(c).await.contains(&"acknowledged".to_owned()));
    assert_eq!(
        world.heard(),
        [
            "#head-of-service copy s-l2",
            "#operational-service-manager card s-l2",
            "#sm-qar copy s-l2",
            "@fosteriro1 receipt s-l2"
        ]
    );
    world.finish().await;
}

#[tokio::test]
async fn a_closed_concern_takes_no_more_answers() {
    let world = World::of("manchester").at("2026-12-14 10:00").await;
    let iro = world.iro();
    let c = iro.raises(starred("K-600011")).await;
    world.skims();
    let card = world.card("team_manager", c);
    let manager = world.role("team_manager");
    let view = manager.opens(&card, "accept").await;
    manager
        .at
        .fill_all(&view.id, &[("plan", PLAN), ("target_date", "2026-12-18")])
        .await
        .unwrap();
    iro.presses(&iro.receipt(c), "resolve").await;
    let before = world.record(c).await;
    let sent = manager.sends(&view).await;
    assert!(
        !matches!(sent, Submitted::Closed),
        "they are told: {sent:?}"
    );
    assert_eq!(world.record(c).await, before);
    world.finish().await;
}
