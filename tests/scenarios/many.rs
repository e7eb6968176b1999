//! Very many concerns that lapse at one five o'clock, while people click.

use std::time::{Duration, Instant};

use chrono::{DateTime, NaiveDate, Utc};
use lodestar::calendar::Calendar;
use lodestar::concern::{Command, Raise};
use lodestar::desk::RaiseRequest;
use lodestar::ids::{CaseRef, ConcernId, StepId, TeamId, Text, UserId};
use lodestar::store::concerns::{Find, Which};
use lodestar::timekeeper;
use sandbox::ClickOutcome;

use crate::support::people::concern;
use crate::support::world::{World, london};
use crate::support::{ACTION, IMPACT, ISSUE, REASON};

/// How many deliveries are told in one unit of work.
const AT_ONCE: usize = 100;
/// What a person waits at most for an answer to a click.
const PROMISE: Duration = Duration::from_secs(3);

/// Raises so many concerns through the desk.
async fn raises_many(world: &World, many: usize, of: Of) -> Vec<ConcernId> {
    let desk = world.app.desk();
    let mut all = Vec::with_capacity(many);
    for number in 0..many {
        let raise = Raise {
            team: TeamId::from("north"),
            protocol_hash: String::new(),
            subject: None,
            case_ref: CaseRef::from(format!("K-{:06}", 100_000 + number).as_str()),
            category: of.category.to_owned(),
            rag: None,
            event_date: desk.calendar().local_date(desk.now()),
            issue: Text::from(ISSUE),
            impact: Text::from(IMPACT),
            action: Text::from(ACTION),
            action_by: None,
            addressee: None,
            start_at: Some(StepId::from(of.start_at)),
            start_reason: Some(Text::from(REASON)),
            flags: lodestar::concern::event::Flags::default(),
        };
        let request = RaiseRequest {
            user: UserId::from(world.iro().id()),
            route: None,
            raise,
        };
        all.push(desk.raise(request, None).await.unwrap().case.concern.id);
    }
    all
}

/// What is raised.
#[derive(Clone, Copy)]
struct Of {
    category: &'static str,
    start_at: &'static str,
}

/// Shown where the story is run by hand.
#[expect(clippy::print_stdout, reason = "figures for whoever runs it by hand")]
fn tell(figures: &str) {
    println!("{figures}");
}

/// Their cards have been taken.
async fn delivered(world: &World, all: &[ConcernId], visit: u32, at: DateTime<Utc>) {
    let desk = world.app.desk();
    for some in all.chunks(AT_ONCE) {
        let mut tx = desk.store().begin().await.unwrap();
        for id in some {
            desk.by_itself(&mut tx, *id, Command::Delivered { visit, at })
                .await
                .unwrap();
        }
        tx.commit().await.unwrap();
    }
}

/// So many concerns lapse at one moment while people press buttons and ask: every one of them is answered within the promise, every
/// concern has lapsed once, and its next card is queued.
async fn lapse_while_people_click(many: usize) {
    let world = World::of("fostering-iro").at("2026-12-15 10:00").await;
    let iro = world.iro();
    let mut pressed = Vec::new();
    for number in 0..20 {
        let raising = concern(&format!("K-99{number:04}")).starting_at("s-l1", REASON);
        pressed.push(iro.raises(raising).await);
    }
    world.skims();
    let began = Instant::now();
    let many = {
        // The others were raised the day before, so that they alone are due on Mon 21 Dec.
        world.clock.to(london("2026-12-14 10:00"));
        let of = Of {
            category: "review-preparation",
            start_at: "s-l1",
        };
        let many = raises_many(&world, many, of).await;
        delivered(&world, &many, 1, world.clock.now()).await;
        many
    };
    tell(&format!(
        "{} concerns raised in {:?}",
        many.len(),
        began.elapsed()
    ));
    let began = Instant::now();
    world.clock.to(london("2026-12-21 17:00:00"));
    world.app.timekeeper.round().await.unwrap();
    tell(&format!(
        "their reminders and warnings in {:?}",
        began.elapsed()
    ));
    world.clock.to(london("2026-12-21 17:00:01"));

    let manager = world.role("team_manager");
    let clicks = async {
        let mut slowest = Duration::ZERO;
        for c in &pressed {
            let card = world.card("team_manager", *c);
            // Who is told that it took too long presses again.
            while !world.record(*c).await.contains(&"acknowledged".to_owned()) {
                let began = Instant::now();
                let outcome = manager
                    .at
                    .click(&card.channel, &card.ts, "acknowledge")
                    .await;
                assert_eq!(outcome.unwrap(), ClickOutcome::Acked);
                slowest = slowest.max(began.elapsed());
            }
            let began = Instant::now();
            let shown = manager.at.slash("/concern", &format!("show {c}")).await;
            assert_eq!(shown.unwrap().failed, None);
            slowest = slowest.max(began.elapsed());
        }
        slowest
    };
    let began = Instant::now();
    let (round, slowest) = tokio::join!(world.app.timekeeper.round(), clicks);
    tell(&format!(
        "{round:?} in {:?}; the slowest click took {slowest:?}",
        began.elapsed()
    ));
    assert!(slowest < PROMISE, "{slowest:?}");
    assert_eq!(round.unwrap().failed, 0);

    let mut tx = world.app.desk().store().read().await.unwrap();
    let mut after = 0;
    let mut moved_on = 0;
    loop {
        let page = tx
            .concerns(Find::All, Which::Open, after, 200)
            .await
            .unwrap();
        let Some(last) = page.last() else { break };
        after = last.number;
        moved_on += page.iter().filter(|row| row.step == "s-l2").count();
    }
    assert_eq!(moved_on, many.len());
    for c in &many {
        let record = tx.load(c.0, 0).await.unwrap();
        let lapses = record.iter().filter(|event| event.kind == "lapsed");
        assert_eq!(lapses.count(), 1, "{c}");
        let queued = tx.messages_of(c.0).await.unwrap();
        let cards = queued
            .iter()
            .filter(|message| message.kind == "card" && message.step == "s-l2");
        assert_eq!(cards.count(), 1, "{c}");
    }
    drop(tx);

    // A day off is proclaimed: every one of them is dated again, however many there are.
    let desk = world.app.desk();
    let before = desk.calendar();
    let day_off = NaiveDate::from_ymd_opt(2026, 12, 29).unwrap();
    let calendar = Calendar::new(
        before.holidays().clone(),
        [day_off],
        before.zone(),
        before.close_of_business(),
    );
    desk.set_calendar(calendar.unwrap());
    let moved = timekeeper::recalculate(desk).await.unwrap();
    assert_eq!(moved, many.len());
    world.finish().await;
}

#[tokio::test]
async fn two_thousand_concerns_lapse_at_one_five_o_clock_while_people_click() {
    lapse_while_people_click(2_000).await;
}

#[tokio::test]
#[ignore = "takes a minute: cargo test --release --test scenarios ten_thousand -- --ignored --nocapture"]
async fn ten_thousand_concerns_lapse_at_one_five_o_clock_while_people_click() {
    lapse_while_people_click(10_000).await;
}

#[tokio::test]
async fn alerts_beyond_what_one_message_shows_are_counted_in_it() {
    let world = World::of("buckinghamshire").at("2026-12-14 10:00").await;
    let of = Of {
        category: "permanency-drift",
        start_at: "b-1",
    };
    raises_many(&world, 55, of).await;
    world.settle().await;
    world.to("2026-12-30 17:00:00").await;
    world.skims();
    world.to("2026-12-30 17:00:01").await;
    let heard = world.heard();
    let alerts = heard.iter().filter(|name| name.contains("alert"));
    assert_eq!(alerts.collect::<Vec<_>>(), ["#ad-qa alert b-1"]);
    let said = world
        .slack
        .sees_last(&world.channel("ad-qa"))
        .unwrap()
        .all_text();
    assert!(
        said.contains("55 concerns wait") && said.contains("And 35 more"),
        "{said}"
    );
    world.finish().await;
}
