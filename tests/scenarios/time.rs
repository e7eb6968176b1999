//! Time: outages, restarts and the daily digest.

use lodestar::concern::{Fact, Phase};
use lodestar::ids::ConcernId;

use crate::support::people::{concern, starred};
use crate::support::world::{World, london};
use crate::support::{PLAN, REASON, RESPONSE};

#[tokio::test]
async fn after_an_outage_over_christmas_a_lapse_fires_once_and_the_next_step_runs_from_then() {
    let world = World::of("fostering-iro").at("2026-12-09 10:00").await;
    let iro = world.iro();
    let c = iro.raises(concern("K-800001")).await;
    world.skims();
    world.jump("2027-01-05 10:00").await;
    assert_eq!(
        world.heard_beside_digests(),
        [
            "#north-team-manager card s-l1",
            "#operational-service-manager copy s-l1",
            "#sm-qar copy s-l1",
            "@fosteriro1 receipt s-l1"
        ],
        "no reminder and no warning of what is past"
    );
    assert_eq!(world.due(c).await, "Tue 12 Jan, 17:00");
    let record = world.record(c).await;
    let kinds: Vec<&str> = record.iter().map(String::as_str).collect();
    assert_eq!(
        kinds.iter().filter(|kind| **kind == "lapsed").count(),
        1,
        "{kinds:?}"
    );
    let at = |kind| kinds.iter().position(|known| *known == kind);
    assert!(at("warned") < at("lapsed"), "in order: {kinds:?}");
    let card = world.card("supervising_social_worker", c).all_text();
    assert!(
        card.contains("Not answered by Wed 23 Dec") && card.contains("Tue 5 Jan"),
        "how late it was noticed: {card}"
    );
    assert_eq!(
        late_ms(&world, c).await,
        (london("2027-01-05 10:00") - london("2026-12-23 17:00:01")).num_milliseconds()
    );
    world.finish().await;
}

async fn late_ms(world: &World, concern: ConcernId) -> i64 {
    let look = world.app.desk().whole(concern).await.unwrap();
    let late = look.history.iter().find_map(|entry| match entry.fact {
        Fact::Lapsed { late_ms, .. } => Some(late_ms),
        _ => None,
    });
    late.expect("it has not lapsed")
}

#[tokio::test]
async fn a_restart_at_every_turn_loses_nothing_and_doubles_nothing() {
    let mut world = World::of("fostering-iro").at("2026-12-09 10:00").await;
    let c = world.iro().raises(concern("K-800002")).await;
    world.skims();
    for (warned, lapses, heard) in [
        (
            "2026-12-22 09:30",
            "2026-12-23 17:00:01",
            vec![
                "#north-team-manager card s-l1",
                "#operational-service-manager copy s-l1",
                "#sm-qar copy s-l1",
                "@fosteriro1 receipt s-l1",
            ],
        ),
        (
            "2026-12-31 09:30",
            "2027-01-04 17:00:01",
            vec![
                "#head-of-service copy s-l2",
                "#operational-service-manager card s-l2",
                "#sm-qar copy s-l2",
                "@fosteriro1 receipt s-l2",
            ],
        ),
    ] {
        world.to(warned).await;
        world = world.restart().await;
        world.settle().await;
        world.to(&lapses.replace(":01", ":00")).await;
        world.skims();
        world.clock.to(london(lapses));
        // It stops between the lapse and the messages that follow from it.
        world.app.timekeeper.round().await.unwrap();
        world = world.restart().await;
        world.settle().await;
        assert_eq!(world.heard(), heard);
        world = world.restart().await;
        world.settle().await;
        assert_eq!(world.heard(), [""; 0]);
    }
    assert_eq!(world.stands(c).await, ("s-l2".to_owned(), Phase::Answering));
    world.finish().await;
}

#[tokio::test]
async fn the_digest_says_what_is_overdue_due_and_waiting_at_nine_and_nothing_of_any_child() {
    let world = World::of("manchester").at("2026-12-14 10:00").await;
    let iro = world.iro();
    let manager = world.role("team_manager");
    let at_gate = iro.raises(starred("K-800010")).await;
    world.to("2026-12-16 10:00").await;
    let due_today = iro.raises(starred("K-800011")).await;
    let overdue = iro.raises(starred("K-800012")).await;
    manager
        .answers(
            &world.card("team_manager", overdue),
            "accept",
            &[("plan", PLAN), ("target_date", "2026-12-22")],
        )
        .await;
    world.to("2026-12-17 10:00").await;
    let due_soon = iro.raises(starred("K-800013")).await;
    manager
        .presses(&world.card("team_manager", due_soon), "acknowledge")
        .await;
    let judging = iro
        .raises(starred("K-800014").starting_at("m-2", REASON))
        .await;
    world
        .role("service_lead")
        .answers(
            &world.card("service_lead", judging),
            "respond",
            &[("response", RESPONSE)],
        )
        .await;
    world.to("2026-12-23 08:59:59").await;
    world.skims();
    world.to("2026-12-23 09:00").await;
    assert_eq!(
        world.heard(),
        ["#north-team digest"],
        "the south has nothing to say"
    );
    let digest = world.slack.sees_last(&world.channel("north-team")).unwrap();
    let said = digest.all_text();
    let lines: Vec<&str> = said.lines().collect();
    let under = |title: &str, c: ConcernId| {
        let from = lines
            .iter()
            .position(|line| line.trim_matches(['*', ':']) == title);
        let from = from.unwrap_or_else(|| panic!("no {title} in {said}"));
        lines[from + 1..]
            .iter()
            .take_while(|line| line.contains(" · "))
            .any(|line| line.starts_with(&format!("{c} ")))
    };
    assert!(under("Overdue", overdue), "{said}");
    assert!(under("Due today", due_today), "{said}");
    assert!(
        under("Due in the next two working days", due_soon),
        "{said}"
    );
    assert!(
        under("Waiting for an agreement before the next step", at_gate),
        "{said}"
    );
    assert!(under("Waiting for the raiser", judging), "{said}");
    assert!(under("Not acknowledged yet", due_today), "{said}");
    assert!(!under("Not acknowledged yet", due_soon), "{said}");
    assert!(
        !said.contains("K-8000") && !said.contains("<@"),
        "reference, step, role and date only: {said}"
    );
    world.finish().await;
}

#[tokio::test]
async fn the_digest_comes_once_a_working_day_whatever_restarts_and_only_where_there_is_something() {
    let mut world = World::of("manchester").at("2026-12-23 12:00").await;
    world.to("2026-12-24 08:59:59").await;
    assert_eq!(world.heard(), [""; 0]);
    let c = world.iro().raises(starred("K-800020")).await;
    world.skims();
    world.to("2026-12-24 09:00").await;
    assert_eq!(world.heard(), ["#north-team digest"]);
    world = world.restart().await;
    world.settle().await;
    world.jump("2026-12-24 09:00:30").await;
    assert_eq!(world.heard(), [""; 0]);
    world.to("2026-12-29 08:59:59").await;
    assert_eq!(
        world.heard(),
        [""; 0],
        "not on Christmas Day, a weekend or the bank holiday after it"
    );
    world.to("2026-12-29 09:00").await;
    assert_eq!(world.heard(), ["#north-team digest"]);
    let iro = world.iro();
    iro.presses(&iro.receipt(c), "resolve").await;
    world.to("2026-12-30 12:00").await;
    assert_eq!(world.heard(), [""; 0], "nothing to say, nothing said");
    world.finish().await;
}

#[tokio::test]
async fn a_digest_whose_hour_was_missed_is_sent_that_day_and_not_the_day_after() {
    let world = World::of("manchester").at("2026-12-14 10:00").await;
    world.iro().raises(starred("K-800021")).await;
    world.skims();
    world.jump("2026-12-15 15:00").await;
    assert_eq!(world.heard(), ["#north-team digest"]);
    world.jump("2026-12-16 18:00").await;
    assert_eq!(
        world.heard(),
        ["#north-team-manager reminder m-1"],
        "after the day's end nobody needs it any more"
    );
    world.finish().await;
}
