//! Whoever directs actions follows them up (`M-S3`): asked on the day they set, heard by the raiser, who alone resolves.

use lodestar::concern::Phase;
use sandbox::Submitted;

use crate::support::people::starred;
use crate::support::world::World;
use crate::support::{DECISION, RATIONALE, REASON};

#[track_caller]
fn says(text: &str, all: &[&str]) {
    for words in all {
        assert!(text.contains(words), "{words:?} is not in\n{text}");
    }
}

/// What was sent beside digests, by name.
fn sorted(world: &World) -> Vec<String> {
    let mut heard = world.heard_beside_digests();
    heard.sort();
    heard
}

#[tokio::test]
#[expect(clippy::too_many_lines, reason = "one story, told whole")]
async fn manchesters_stage_3_follows_up_what_it_directs_and_the_raiser_hears_each_answer() {
    let world = World::of("manchester").at("2026-12-14 10:00").await;
    let iro = world.iro();
    let c = iro
        .raises(starred("K-310001").starting_at("m-3", REASON))
        .await;
    world.skims();
    let manager = world.role("head_of_service");
    let card = world.card("head_of_service", c);
    manager
        .answers(
            &card,
            "decide",
            &[
                ("decision", DECISION),
                ("rationale", RATIONALE),
                ("target_date", "2027-01-08"),
            ],
        )
        .await;
    assert_eq!(world.heard(), ["@iro1 receipt m-3"]);
    assert_eq!(world.stands(c).await.1, Phase::Underway);
    says(
        &iro.receipt(c).all_text(),
        &[
            "to be done by Fri 8 Jan",
            "Followed up by the Head of Service",
            "asked on Fri 8 Jan whether it is done; you hear what they say",
        ],
    );
    let card = world.card("head_of_service", c);
    says(&card.all_text(), &["Followed up by the Head of Service"]);
    assert!(card.has_action("report") && !card.has_action("decide"));

    world.to("2027-01-08 09:00").await;
    assert_eq!(
        sorted(&world),
        [
            "#head-of-service reminder m-3",
            "#safeguarding-lead reminder m-3"
        ],
        "the raiser is not asked"
    );
    let reminder = world.last(&world.channel_of("head_of_service"), "reminder", c);
    says(
        &reminder.unwrap().all_text(),
        &["is it done?", "Press Report progress on its card"],
    );

    let card = world.card("head_of_service", c);
    let sent = manager
        .answers(&card, "report", &[("progress", "more_time")])
        .await;
    assert!(
        matches!(&sent, Submitted::Errors(at) if at.contains_key("until") && at.contains_key("reason")),
        "a later day has its reason: {sent:?}"
    );
    manager.at.close_all().await;
    manager
        .answers(
            &card,
            "report",
            &[
                ("progress", "more_time"),
                ("until", "2027-01-15"),
                ("reason", REASON),
            ],
        )
        .await;
    assert_eq!(world.heard(), ["@iro1 receipt m-3"]);
    says(
        &iro.newest("receipt", c).all_text(),
        &["set a later day", "To be done by Fri 15 Jan instead"],
    );
    assert!(iro.details(c).await.contains(REASON));

    world.to("2027-01-15 09:00").await;
    world.skims();
    world.to("2027-01-19 17:00:01").await;
    assert_eq!(
        sorted(&world),
        ["#iro-manager alert m-3", "@iro1 alert m-3"],
        "silence"
    );
    let world = world.restart().await;
    let iro = world.iro();
    let lead = world.role("safeguarding_lead");
    let card = world.card("safeguarding_lead", c);
    lead.answers(&card, "report", &[("progress", "done")]).await;
    assert_eq!(world.heard(), ["@iro1 receipt m-3"]);
    let told = iro.newest("receipt", c);
    says(&told.all_text(), &["said that it is done"]);
    assert!(told.has_action("resolve") && told.has_action("not_satisfied"));
    iro.types(&format!("record {c}")).await;
    let note = iro.at.awaits_view_called("record").await.unwrap();
    says(
        &note.all_text(),
        &[
            "Followed up by the Head of Service",
            "reported that it is to be done by Fri 15 Jan instead",
            "reported that it is done",
        ],
    );
    iro.at.close_all().await;
    iro.presses(&told, "resolve").await;
    assert!(!world.case(c).await.concern.is_open());
    let record = world.record(c).await;
    let of = |kind: &str| record.iter().filter(|name| *name == kind).count();
    assert_eq!((of("report_asked"), of("reported")), (2, 2), "{record:?}");
    world.skims();
    world.finish().await;
}

#[tokio::test]
async fn whoever_follows_it_up_sees_it_among_what_waits_for_them_on_its_day() {
    let world = World::of("manchester").at("2026-12-14 10:00").await;
    let c = world
        .iro()
        .raises(starred("K-310002").starting_at("m-3", REASON))
        .await;
    let manager = world.role("head_of_service");
    manager
        .answers(
            &world.card("head_of_service", c),
            "decide",
            &[
                ("decision", DECISION),
                ("rationale", RATIONALE),
                ("target_date", "2026-12-16"),
            ],
        )
        .await;
    world.to("2026-12-16 10:00").await;
    let list = manager.asks("list").await;
    let text = list.all_text();
    says(&text, &[&c.to_string()]);
    world.skims();
    world.finish().await;
}
