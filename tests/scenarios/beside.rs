//! Reviews, notices and tasks where people look for what waits for them: in their lists, on their homes, in the team's digest. Nothing
//! there that they may not read.

use serde_json::{Value, json};

use crate::home::{opens, sees, under};
use crate::notices::{change, sends};
use crate::reviews::records;
use crate::support::people::Someone;
use crate::support::world::World;
use crate::support::{ISSUE, REASON};
use crate::tasks::proceedings;

/// A review of Mon 14 Dec with its decisions sent, and a change told to its officer. The teams' own lists are T-1 and T-2.
async fn buckinghamshire() -> World {
    let world = World::of("buckinghamshire").at("2026-12-14 10:00").await;
    let iro = world.iro();
    let held = [("review_date", json!("2026-12-14"))];
    records(&iro, &held).await;
    let receipt = world.slack.find(Some(&iro.at.dm()), |message| {
        message.meta("review") == Some("R-1") && message.has_action("done/decisions")
    });
    iro.presses(&receipt.expect("no receipt"), "done/decisions")
        .await;
    let worker = world.role("social_worker");
    sends(&worker, "notify", "notify", &change(iro.id())).await;
    worker.at.close_all().await;
    world.skims();
    world
}

/// The lines of an answer or a home that are about a record.
fn about<'t>(text: &'t str, reference: &str) -> Vec<&'t str> {
    let begins = format!("{reference} ·");
    // A message has its words once for the screen and once for whoever cannot see it.
    let mut lines: Vec<&str> = text.lines().filter(|line| line.contains(&begins)).collect();
    lines.sort_unstable();
    lines.dedup();
    lines
}

async fn listed(who: &Someone<'_>, word: &str) -> String {
    who.asks(word).await.all_text()
}

#[tokio::test]
async fn a_list_has_what_waits_for_its_reader_then_what_waits_for_others_and_nothing_else() {
    let world = buckinghamshire().await;
    let iro = world.iro();
    let list = listed(&iro, "list").await;
    let waiting = under(&list, "Waits for you");
    assert!(
        waiting
            .contains("Significant change: to be seen · the reviewing officer · since Mon 14 Dec")
            && waiting.contains("Review: Review report completed"),
        "{list}"
    );
    // The window waits for the team manager, and is the officer's to know of.
    let mine = under(&list, "Yours, waiting");
    assert!(
        mine.contains("R-1 · Review: Objection") && mine.contains("Team Manager · Mon 21 Dec"),
        "{list}"
    );
    let manager = world.role("team_manager");
    let list = listed(&manager, "list").await;
    assert_eq!(about(&list, "R-1").len(), 1, "only what is theirs: {list}");
    assert!(
        under(&list, "Waits for you").contains("Objection"),
        "{list}"
    );
    // Its sender's own; the manager of the service sees it all; a stranger nothing.
    let list = listed(&world.role("social_worker"), "list").await;
    assert!(under(&list, "Yours, waiting").contains("N-1"), "{list}");
    let list = listed(&world.role("iro_manager"), "list").await;
    let others = under(&list, "Others");
    assert!(
        about(others, "N-1").len() == 1 && about(others, "R-1").len() == 3,
        "{list}"
    );
    for stranger in [world.other_raiser("iro"), world.role("head_of_service")] {
        for word in ["list", "overdue"] {
            let list = listed(&stranger, word).await;
            assert!(!list.contains("N-1") && !list.contains("R-1"), "{list}");
        }
    }
    world.skims();
    world.finish().await;
}

#[tokio::test]
async fn what_is_past_its_day_beside_the_concerns_is_overdue_to_whoever_has_a_part_in_it() {
    let world = buckinghamshire().await;
    let iro = world.iro();
    let none = listed(&iro, "overdue").await;
    assert!(
        none.contains("Nothing that you may read is past its day"),
        "{none}"
    );
    // The change has no day of its own: it is overdue once somebody was reminded of it.
    world.to("2026-12-16 10:00").await;
    let overdue = listed(&iro, "overdue").await;
    assert_eq!(about(&overdue, "N-1").len(), 1, "{overdue}");
    assert_eq!(about(&overdue, "R-1").len(), 0, "{overdue}");
    world.to("2027-01-08 10:00").await;
    let overdue = listed(&iro, "overdue").await;
    assert!(
        about(&overdue, "R-1")
            .iter()
            .any(|line| line.contains("report completed")),
        "{overdue}"
    );
    let manager = listed(&world.role("team_manager"), "overdue").await;
    assert!(
        !manager.contains("R-1"),
        "silence that ended is nobody's lateness: {manager}"
    );
    world.skims();
    world.finish().await;
}

#[tokio::test]
async fn a_home_has_reviews_notices_and_tasks_by_date_and_follows_them_through_a_restart() {
    let world = buckinghamshire().await;
    for who in [
        world.iro(),
        world.role("team_manager"),
        world.role("iro_manager"),
    ] {
        opens(&who).await;
    }
    let home = sees(&world.iro());
    let waiting = under(&home, "Waits for you");
    assert!(waiting.contains("N-1") && waiting.contains("R-1"), "{home}");
    assert!(under(&sees(&world.role("team_manager")), "Waits for you").contains("R-1"));
    assert!(under(&sees(&world.role("iro_manager")), "Others").contains("N-1"));
    let stranger = opens(&world.other_raiser("iro")).await;
    assert!(!stranger.contains("N-1") && !stranger.contains("R-1"));

    let world = world.restart().await;
    let iro = world.iro();
    let card = world.slack.find(Some(&iro.at.dm()), |message| {
        message.meta("notice") == Some("N-1") && message.has_action("seen")
    });
    let card = card.expect("no card of the change");
    iro.presses(&card, "seen").await;
    let home = sees(&iro);
    let waiting = under(&home, "Waits for you");
    assert!(waiting.contains("is a review needed?"), "{home}");
    iro.answers(
        &card,
        "judge_review",
        &[("needed", "no"), ("reason", REASON)],
    )
    .await;
    let home = sees(&iro);
    assert!(!home.contains("N-1"), "{home}");
    // The window ends by itself: nothing of it waits for the manager any more.
    world.to("2026-12-21 17:01").await;
    let home = sees(&world.role("team_manager"));
    assert!(home.contains("Nothing waits for you now"), "{home}");
    // Its details open from the home, for who may read it.
    let home = iro.at.home().expect("it is published");
    iro.at
        .click_in_view(&home.id, "details", Value::Null)
        .await
        .unwrap();
    let shown = iro.at.awaits_view().await.expect("no details open");
    assert!(shown.all_text().contains("R-1"), "{}", shown.all_text());
    iro.at.close_all().await;
    world.skims();
    world.finish().await;
}

#[tokio::test]
async fn the_digest_has_what_they_are_whose_and_by_when_and_no_word_more() {
    let world = buckinghamshire().await;
    let iro = world.iro();
    proceedings(&iro, "K-204118", "appointed").await;
    let words = [("details", json!(ISSUE))];
    sends(&iro, "service", "service_concern", &words).await;
    iro.at.close_all().await;
    world.to("2026-12-17 09:00").await;
    let digest = |world: &World| {
        let found = world.slack.sees_last(&world.channel("north-team"));
        found.expect("no digest").all_text()
    };
    let said = digest(&world);
    assert!(said.contains("Due in the next two working days"), "{said}");
    assert!(
        said.contains("R-1 · Review · Team Manager · Mon 21 Dec, 17:00"),
        "{said}"
    );
    let asked = said.find("Asked for and not done yet").expect(&said);
    assert!(
        said[asked..]
            .contains("N-1 · Significant change · the reviewing officer · since Mon 14 Dec"),
        "{said}"
    );
    for more in [
        "Objection",
        "K-204",
        "<@",
        "guardian",
        "N-2",
        "General concern",
    ] {
        assert!(!said.contains(more), "{more} stands in the digest: {said}");
    }
    world.to("2027-01-08 09:00").await;
    let said = digest(&world);
    let overdue = said.find("Overdue").expect(&said);
    assert!(
        said[overdue..].contains("R-1 · Review · the reviewing officer · Thu 7 Jan, 17:00"),
        "{said}"
    );
    world.skims();
    world.finish().await;
}
