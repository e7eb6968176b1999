//! A child's reviewing officer changes, or somebody is away: reviews, changes and lists of tasks go to another with their dates, the
//! record says for whom somebody acted, and nobody covers their way to answering what is their own.

use lodestar::ids::{ConcernId, NoticeId, ReviewId, TaskListId, UserId};
use lodestar::notice::Notice;
use lodestar::review::Review;
use lodestar::tasks::TaskList;
use sandbox::Message;
use serde_json::json;

use crate::notices::{change, sends};
use crate::reviews::records;
use crate::support::people::{Someone, concern};
use crate::support::world::World;
use crate::support::{REASON, RESPONSE};
use crate::tasks::proceedings;

const C1: ConcernId = ConcernId(1);
const R1: ReviewId = ReviewId(1);
const N1: NoticeId = NoticeId(1);
/// The teams' own lists come first, and the concern's.
const T4: TaskListId = TaskListId(4);

/// A case with a concern, a review whose decisions are sent, a change and proceedings, all with the first officer.
async fn a_case() -> World {
    let world = World::of("buckinghamshire").at("2026-12-14 10:00").await;
    let iro = world.iro();
    iro.raises(concern("K-204117")).await;
    let held = [("review_date", json!("2026-12-14"))];
    records(&iro, &held).await;
    let receipt = newest(&world, &iro, "review", "R-1", "receipt");
    iro.presses(&receipt.expect("no receipt"), "done/decisions")
        .await;
    let worker = world.role("social_worker");
    sends(&worker, "notify", "notify", &change(iro.id())).await;
    worker.at.close_all().await;
    proceedings(&iro, "K-204117", "appointed").await;
    world.skims();
    world
}

/// The newest message of a kind about a record in somebody's direct messages.
fn newest(
    world: &World,
    who: &Someone<'_>,
    sort: &str,
    reference: &str,
    kind: &str,
) -> Option<Message> {
    in_channel(world, &who.at.dm(), sort, reference, kind)
}

fn in_channel(
    world: &World,
    channel: &str,
    sort: &str,
    reference: &str,
    kind: &str,
) -> Option<Message> {
    let all = world.slack.messages(channel);
    let found = all.iter().rev().find(|message| {
        message.meta(sort) == Some(reference) && message.meta("kind") == Some(kind)
    })?;
    world.slack.look_at(channel, &found.ts)
}

async fn review(world: &World) -> Review {
    let found = world.app.desk().kept::<Review>(R1).await.unwrap();
    found.expect("there is no review").record
}

async fn notice(world: &World) -> Notice {
    let found = world.app.desk().kept::<Notice>(N1).await.unwrap();
    found.expect("there is no notice").record
}

async fn list(world: &World) -> TaskList {
    let found = world.app.desk().kept::<TaskList>(T4).await.unwrap();
    found.expect("there is no list").record
}

/// Every open deadline, by name and moment.
async fn dates(world: &World) -> Vec<String> {
    let desk = world.app.desk();
    let mut tx = desk.store().read().await.unwrap();
    let mut all = Vec::new();
    for subject in [R1.into(), lodestar::ids::Subject::Concern(C1)] {
        let due = tx.due_of(subject).await.unwrap();
        all.extend(
            due.into_iter()
                .map(|due| format!("{subject} {} {}", due.key, due.due_at)),
        );
    }
    all
}

#[tokio::test]
async fn a_case_is_handed_over_with_everything_open_and_no_date_moves() {
    let world = a_case().await;
    let before = dates(&world).await;
    let (iro, other) = (world.iro(), world.other_raiser("iro"));
    let stranger = world.role("head_of_service");
    let typed = format!("handover K-204117 <@{}>", other.id());
    let refused = stranger.asks(&typed).await.all_text();
    let unknown = format!("handover K-999999 <@{}>", other.id());
    assert_eq!(
        refused,
        stranger.asks(&unknown).await.all_text(),
        "whether there is such a case is not told"
    );
    let said = iro.asks(&typed).await.all_text();
    for reference in ["C-1", "R-1", "N-1", "T-4"] {
        assert!(said.contains(reference), "{said}");
    }
    assert_eq!(dates(&world).await, before, "a date moved");
    for (sort, reference, kind) in [
        ("review", "R-1", "receipt"),
        ("notice", "N-1", "card"),
        ("tasks", "T-4", "receipt"),
        ("concern", "C-1", "receipt"),
    ] {
        let has = newest(&world, &other, sort, reference, kind);
        assert!(
            has.is_some(),
            "{reference} has no {kind} for the new officer"
        );
        let told = newest(&world, &iro, sort, reference, "notice");
        let told = told.unwrap_or_else(|| panic!("of {reference} the former is told nothing"));
        assert!(told.all_text().contains(other.id()), "{}", told.all_text());
    }
    // The new officer acts; the one who had it does not any more, and is told no more than a stranger.
    let receipt = newest(&world, &other, "review", "R-1", "receipt").unwrap();
    other.presses(&receipt, "done/report").await;
    assert_eq!(review(&world).await.done["report"].by.as_str(), other.id());
    let old = newest(&world, &iro, "review", "R-1", "receipt").unwrap();
    iro.at
        .click(&old.channel, &old.ts, "done/distribution")
        .await
        .ok();
    world.settle().await;
    assert!(!review(&world).await.done.contains_key("distribution"));
    let shown = iro.asks("show N-1").await.all_text();
    assert_eq!(shown, iro.asks("show N-9").await.all_text());
    // What the former had says whose it is, and has nothing to press that would be refused.
    for (sort, reference, kind) in [
        ("review", "R-1", "receipt"),
        ("notice", "N-1", "card"),
        ("tasks", "T-4", "receipt"),
        ("concern", "C-1", "receipt"),
    ] {
        let old = newest(&world, &iro, sort, reference, kind).unwrap();
        let said = old.all_text();
        assert!(
            said.contains(&format!("<@{}> has this now", other.id())),
            "{reference}: {said}"
        );
        let actions = |block: &&serde_json::Value| block["type"] == "actions";
        assert_eq!(old.blocks.iter().find(actions), None, "{reference}");
    }
    // A second time there is nothing left to hand over.
    let again = iro.asks(&typed).await.all_text();
    assert!(again.contains("Nothing was changed"), "{again}");
    let world = world.restart().await;
    assert_eq!(
        review(&world).await.officer.as_str(),
        world.other_raiser("iro").id()
    );
    assert_eq!(
        list(&world).await.officer.as_str(),
        world.other_raiser("iro").id()
    );
    world.skims();
    world.finish().await;
}

#[tokio::test]
async fn one_record_is_handed_over_by_its_reference_and_never_to_whoever_answers_in_it() {
    let world = a_case().await;
    let (iro, other) = (world.iro(), world.other_raiser("iro"));
    let manager = world.role("team_manager");
    let wrong = iro
        .asks(&format!("handover R-1 <@{}>", manager.id()))
        .await
        .all_text();
    assert!(!wrong.contains("is now with"), "{wrong}");
    assert_eq!(review(&world).await.officer.as_str(), iro.id());
    for reference in ["r-1", "N-1"] {
        let said = iro
            .asks(&format!("handover {reference} <@{}>", other.id()))
            .await
            .all_text();
        assert!(said.contains("is now with"), "{said}");
    }
    assert_eq!(review(&world).await.officer.as_str(), other.id());
    assert_eq!(world.case(C1).await.concern.raiser.as_str(), iro.id());
    // The change is the new officer's to see, from the day they have it.
    let card = newest(&world, &other, "notice", "N-1", "card").expect("no card");
    assert!(card.has_action("seen"));
    other.presses(&card, "seen").await;
    other
        .answers(
            &card,
            "judge_review",
            &[("needed", "no"), ("reason", REASON)],
        )
        .await;
    let judged = notice(&world).await.judged.expect("not judged");
    assert_eq!(judged.by.as_str(), other.id());
    // What is over is not handed on.
    let over = other
        .asks(&format!("handover N-1 <@{}>", iro.id()))
        .await
        .all_text();
    assert!(over.contains("Nothing was changed"), "{over}");
    world.skims();
    world.finish().await;
}

#[tokio::test]
async fn who_covers_for_an_officer_has_what_is_open_and_the_record_says_for_whom_they_acted() {
    let world = a_case().await;
    let before = dates(&world).await;
    let (iro, other) = (world.iro(), world.other_raiser("iro"));
    iro.asks(&format!("cover <@{}> until 16 dec", other.id()))
        .await;
    assert_eq!(dates(&world).await, before, "a clock stopped");
    let receipt = newest(&world, &other, "review", "R-1", "receipt").expect("no receipt");
    assert!(newest(&world, &other, "tasks", "T-4", "receipt").is_some());
    other.presses(&receipt, "done/report").await;
    let card = newest(&world, &other, "notice", "N-1", "card").expect("no card");
    other.presses(&card, "seen").await;
    let history = world
        .app
        .desk()
        .whole_of::<Review>(R1)
        .await
        .unwrap()
        .history;
    let done = history
        .iter()
        .rev()
        .find(|fact| fact.actor == lodestar::concern::Actor::Person(UserId::from(other.id())));
    let done = done.expect("nothing was done");
    assert_eq!(
        done.on_behalf_of.as_ref().map(UserId::as_str),
        Some(iro.id())
    );
    assert!(notice(&world).await.unseen().is_empty());
    // The cover ends with its day, and with it what it let them do.
    world.to("2026-12-17 10:00").await;
    other
        .at
        .click(&receipt.channel, &receipt.ts, "done/distribution")
        .await
        .ok();
    world.settle().await;
    assert!(!review(&world).await.done.contains_key("distribution"));
    assert_eq!(review(&world).await.officer.as_str(), iro.id());
    world.skims();
    world.finish().await;
}

#[tokio::test]
async fn a_manager_away_is_covered_for_a_window_and_never_by_whose_review_it_is() {
    let world = a_case().await;
    let (iro, away) = (world.iro(), world.role("team_manager"));
    // Their own review does not reach the officer as the manager's cover, nor may they object.
    away.asks(&format!("cover <@{}> until 15 dec", iro.id()))
        .await;
    assert!(newest(&world, &iro, "review", "R-1", "card").is_none());
    let channel = world.channel_of("team_manager");
    let window = in_channel(&world, &channel, "review", "R-1", "card").expect("no card");
    world.slack.invite(&window.channel, iro.id());
    iro.presses(&window, "object").await;
    let told = iro.is_told().await;
    assert!(told.contains("your own review"), "{told}");
    // Another may, in the manager's name.
    let nominee = world.role("social_worker");
    away.asks(&format!("cover <@{}> until 18 dec", nominee.id()))
        .await;
    let card = newest(&world, &nominee, "review", "R-1", "card").expect("no card for the cover");
    nominee
        .answers(&card, "object", &[("objection", RESPONSE)])
        .await;
    let review = review(&world).await;
    assert_eq!(review.objections[0].by.as_str(), nominee.id());
    let history = world
        .app
        .desk()
        .whole_of::<Review>(R1)
        .await
        .unwrap()
        .history;
    let objected = history.last().expect("nothing happened");
    assert_eq!(
        objected.on_behalf_of.as_ref().map(UserId::as_str),
        Some(away.id())
    );
    world.skims();
    world.finish().await;
}

#[tokio::test]
async fn a_vacant_post_is_stood_in_for_and_the_window_runs_on() {
    let world = World::of("buckinghamshire")
        .with_file(|file| {
            file.replace(
                "users = [\"U0TEAMMANAGERNORTH\"]\nchannel = \"C0NORTHTEAMMANAGER\"",
                "users = []",
            )
        })
        .at("2026-12-14 10:00")
        .await;
    let iro = world.iro();
    records(&iro, &[("review_date", json!("2026-12-14"))]).await;
    let receipt = newest(&world, &iro, "review", "R-1", "receipt").expect("no receipt");
    iro.presses(&receipt, "done/decisions").await;
    let channel = world.channel_of("head_of_service");
    let window = in_channel(&world, &channel, "review", "R-1", "card");
    let window = window.expect("nobody stands in for the team manager");
    assert!(
        window.all_text().contains("whose post is vacant") && window.has_action("object"),
        "{}",
        window.all_text()
    );
    world.to("2026-12-21 17:01").await;
    assert_eq!(
        review(&world).await.accepted.len(),
        1,
        "the window stood still"
    );
    world.skims();
    world.finish().await;
}

#[tokio::test]
async fn who_covers_makes_nothing_their_own_and_the_manager_does_it_for_them() {
    let world = a_case().await;
    let (iro, other) = (world.iro(), world.other_raiser("iro"));
    iro.asks(&format!("cover <@{}> until 16 dec", other.id()))
        .await;
    for what in ["C-1", "R-1", "N-1", "T-4", "K-204117"] {
        let typed = format!("handover {what} <@{}>", other.id());
        let refused = other.asks(&typed).await.all_text();
        assert!(
            refused.contains("hands nothing over to themselves")
                && refused.contains("the manager of the IRO service hand it over"),
            "{what}: {refused}"
        );
    }
    let raiser = world.case(C1).await.concern.raiser;
    assert_eq!(raiser.as_str(), iro.id());
    assert_eq!(review(&world).await.officer.as_str(), iro.id());
    let typed = format!("handover K-204117 <@{}>", other.id());
    world.role("iro_manager").asks(&typed).await;
    let raiser = world.case(C1).await.concern.raiser;
    assert_eq!(raiser.as_str(), other.id());
    assert_eq!(review(&world).await.officer.as_str(), other.id());
    world.skims();
    world.finish().await;
}

#[tokio::test]
async fn a_review_a_change_and_a_list_are_shown_by_their_reference_and_nothing_else_is_asked_of_them()
 {
    let world = a_case().await;
    let iro = world.iro();
    for (reference, says) in [
        ("R-1", "held on Mon 14 Dec"),
        ("n-1", "N-1"),
        ("T-4", "T-4"),
    ] {
        let shown = iro.asks(&format!("show {reference}")).await.all_text();
        assert!(shown.contains(says), "{reference}: {shown}");
    }
    let shown = iro.asks("show R-1").await;
    let pressed = iro.at.click(&shown.channel, &shown.ts, "details").await;
    pressed.unwrap();
    let details = iro.at.awaits_view_called("review_details").await;
    assert!(details.is_some(), "no details open");
    iro.at.close_all().await;
    for (typed, says) in [
        (
            "record R-1",
            "R-1 is a review, and /concern record is for a concern",
        ),
        (
            "note N-1 seen",
            "N-1 is a notice, and /concern note is for a concern",
        ),
        (
            "legal T-4",
            "T-4 is a list of tasks, and /concern legal is for a concern",
        ),
    ] {
        let told = iro.asks(typed).await.all_text();
        assert!(told.contains(says), "{typed}: {told}");
    }
    let stranger = world.role("head_of_service");
    let hidden = stranger.asks("show R-1").await.all_text();
    assert_eq!(hidden, stranger.asks("show R-9").await.all_text());
    world.skims();
    world.finish().await;
}
