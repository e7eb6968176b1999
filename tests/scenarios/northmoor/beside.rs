//! What stands beside the ladder: reviews, notices, tasks, advice, calls, ways out.

use lodestar::ids::{NoticeId, ReviewId};
use lodestar::review::{Review, Stage, tasks};
use sandbox::{Message, Submitted};
use serde_json::{Value, json};

use super::{child, northmoor, says};
use crate::support::people::{Someone, concern};
use crate::support::world::World;
use crate::support::{ACTION, ISSUE, REASON};

/// Opens a form that follows its team, fills it in and sends it.
async fn sends(
    who: &Someone<'_>,
    word: &str,
    form: &str,
    until: &str,
    entries: &[(&str, Value)],
) -> Submitted {
    let outcome = who.at.slash("/concern", word).await.unwrap();
    assert_eq!(outcome.failed, None, "the command failed");
    let view = who.at.awaits_view_called(form).await;
    let view = view.unwrap_or_else(|| panic!("no form opens: {:?}", outcome.reply));
    who.at.fill(&view.id, "team", "north").await.unwrap();
    let id = view.id.clone();
    let filled = who.world.slack.until(|_| {
        let now = who.at.open_view()?;
        (now.id == id && now.block(until).is_some()).then_some(now)
    });
    filled.await.expect("the form does not follow its team");
    for (block, entry) in entries {
        who.at
            .fill(&view.id, block, entry.clone())
            .await
            .unwrap_or_else(|error| panic!("{block}: {error}"));
    }
    let sent = who.at.submit(&view.id).await.unwrap();
    who.at.close_all().await;
    who.world.settle().await;
    sent
}

/// The newest message of a kind that is about this, in a conversation.
fn last(world: &World, channel: &str, kind: &str, key: &str, about: &str) -> Option<Message> {
    let all = world.slack.messages(channel);
    let found = all
        .iter()
        .rev()
        .find(|message| message.meta("kind") == Some(kind) && message.meta(key) == Some(about))?;
    world.slack.look_at(channel, &found.ts)
}

async fn stage(world: &World, clock: &str) -> Stage {
    let desk = world.app.desk();
    let case = desk.kept::<Review>(ReviewId(1)).await.unwrap().unwrap();
    let calendar = desk.calendar();
    let rules = case.rules(&calendar, desk.hours()).unwrap();
    let found = tasks(&rules, &case.record)
        .into_iter()
        .find(|task| task.id == *clock);
    found.unwrap().stage
}

#[tokio::test]
async fn a_red_review_is_told_at_once_and_its_decisions_are_accepted_by_silence() {
    let world = northmoor().at("2027-01-11 10:00").await;
    let iro = world.iro();
    let form = [
        ("case_ref", json!("K-204117")),
        ("rag", json!("red")),
        ("concerns", json!(ISSUE)),
        ("criteria", json!(["0"])),
        ("form-planning", json!(ACTION)),
        ("form-knows-officer", json!("yes")),
    ];
    let sent = sends(&iro, "review", "record_review", "case_ref", &form).await;
    assert!(matches!(sent, Submitted::Updated(_)));
    assert_eq!(
        world.heard(),
        [
            "#director notice",
            "#north-team-manager notice",
            "#service-manager card",
            "#service-manager notice",
            "@iro1 receipt"
        ],
        "red is told to both, every review to the team's manager, a criterion referred"
    );
    let receipt =
        |world: &World| last(world, &world.iro().at.dm(), "receipt", "review", "R-1").unwrap();
    says(
        &receipt(&world).all_text(),
        &[
            "Concern recorded: by Thu 14 Jan, 17:00",
            "Decisions sent: by Mon 18 Jan, 17:00",
            "Key planning documents: written down",
            "The child knows how to reach their officer: yes",
            "Placed with parents for over a year",
        ],
    );
    iro.presses(&receipt(&world), "done/talk").await;
    iro.presses(&receipt(&world), "done/decisions").await;
    let window = last(
        &world,
        &world.channel_of("team_manager"),
        "card",
        "review",
        "R-1",
    )
    .unwrap();
    says(
        &window.all_text(),
        &["Mon 18 Jan, 17:00", "accepted, no objection"],
    );
    world.to("2027-01-18 17:00:00").await;
    assert!(matches!(
        stage(&world, "objection").await,
        Stage::Running { .. }
    ));
    world.to("2027-01-18 17:00:01").await;
    assert!(matches!(
        stage(&world, "objection").await,
        Stage::Accepted { .. }
    ));
    world.skims();
    world.finish().await;
}

#[tokio::test]
async fn a_halfway_look_has_its_own_clocks_and_none_of_a_reviews() {
    let world = northmoor().at("2027-01-11 10:00").await;
    let iro = world.iro();
    let form = [("case_ref", json!("K-204117")), ("rag", json!("green"))];
    sends(&iro, "review", "record_review", "case_ref", &form).await;
    let receipt = |at: &str| last(&world, &world.iro().at.dm(), "receipt", "review", at).unwrap();
    let review = receipt("R-1");
    iro.at
        .click(&review.channel, &review.ts, "record_midway")
        .await
        .unwrap();
    let view = iro.at.awaits_view_called("record_review").await.unwrap();
    for gone in ["rag", "criteria", "form-planning", "attendees"] {
        assert!(view.block(gone).is_none(), "{gone}");
    }
    iro.sends(&view).await;
    iro.at.close_all().await;
    world.skims();
    says(
        &receipt("R-2").all_text(),
        &[
            "R-2, halfway look",
            "Only if a matter of concern came up: Concern recorded: by Thu 14 Jan, 17:00",
            "Note of the halfway look sent: by Wed 13 Jan, 17:00",
            "Note of the halfway look read: 2 working days, counted from when \"Note of the halfway look sent\" is done",
        ],
    );
    iro.presses(&receipt("R-2"), "done/halfway-sent").await;
    assert_eq!(world.heard(), ["#north-team-manager card"]);
    let card = last(
        &world,
        &world.channel_of("team_manager"),
        "card",
        "review",
        "R-2",
    )
    .unwrap();
    says(
        &card.all_text(),
        &["A task from halfway look R-2", "Wed 13 Jan, 17:00"],
    );
    world.finish().await;
}

#[tokio::test]
async fn changes_good_practice_and_general_concerns_go_to_the_roles_of_the_file() {
    let world = northmoor().at("2027-01-11 10:00").await;
    let (iro, worker) = (world.iro(), world.role("social_worker"));
    let change = [
        ("case_ref", json!("K-204117")),
        ("officer", json!(iro.id())),
        ("items", json!(["1"])),
        ("happened_on", json!("2027-01-08")),
        ("details", json!(ISSUE)),
    ];
    sends(&worker, "notify", "notify", "details", &change).await;
    let card = last(
        &world,
        &iro.at.dm(),
        "card",
        "notice",
        &NoticeId(1).to_string(),
    )
    .unwrap();
    says(&card.all_text(), &["A change of placement", "K-204117"]);
    world.skims();
    sends(
        &iro,
        "praise",
        "praise",
        "details",
        &[("details", json!(ISSUE))],
    )
    .await;
    assert_eq!(
        world.heard(),
        ["#north-social-worker card", "@iro1 receipt"]
    );
    sends(
        &iro,
        "service",
        "service_concern",
        "details",
        &[("details", json!(ISSUE))],
    )
    .await;
    assert_eq!(world.heard(), ["#director card", "@iro1 receipt"]);
    world.finish().await;
}

#[tokio::test]
async fn advice_is_open_to_whom_and_from_where_the_file_says_and_those_it_names_are_told() {
    let world = northmoor().at("2027-01-11 10:00").await;
    let iro = world.iro();
    let c = iro
        .raises(
            child("K-180008")
                .starting_at("n-2", REASON)
                .with("flags", json!(["urgent"])),
        )
        .await;
    world.skims();
    iro.types(&format!("legal {c}")).await;
    let view = iro.at.awaits_view_called("legal").await.unwrap();
    says(
        &view.all_text(),
        &["opens this from Step B (5.2)", "the Legal Services first"],
    );
    iro.at.close_all().await;
    let chair = world.raiser("cp_chair");
    let plan = chair
        .raises(concern("K-180011").starting_at("n-2", REASON))
        .await;
    let told = chair.asks(&format!("legal {plan}")).await.all_text();
    says(&told, &["5.2", "from Step B on"]);
    world.skims();
    iro.types(&format!("cafcass {c}")).await;
    let view = iro.at.awaits_view_called("cafcass").await.unwrap();
    for (block, entry) in [
        ("view", json!("now")),
        ("grounds", json!(ISSUE)),
        ("with", json!(["iro_manager"])),
    ] {
        iro.at.fill(&view.id, block, entry).await.unwrap();
    }
    iro.sends(&view).await;
    assert_eq!(
        world.heard(),
        [
            "#director notice n-2",
            "#iro-manager notice n-2",
            "#legal notice n-2"
        ],
        "oversight, whom it was to be discussed with, and whom the file tells of a referral"
    );
    iro.types(&format!("call {c}")).await;
    let view = iro.at.awaits_view_called("call").await.unwrap();
    says(&view.all_text(), &["2.8"]);
    iro.at.close_all().await;
    let officer = world.raiser("foster_iro");
    let other = officer.raises(concern("K-180009")).await;
    let told = officer.asks(&format!("cafcass {other}")).await.all_text();
    says(&told, &["5.1"]);
    world.skims();
    world.finish().await;
}

#[tokio::test]
async fn tasks_of_every_occasion_come_to_those_whose_they_are() {
    let world = northmoor()
        .with_its_review_due()
        .at("2027-03-01 10:00")
        .await;
    world.to("2027-03-02 09:00").await;
    assert_eq!(
        world.heard_beside_digests(),
        ["#director notice", "#iro-manager card"],
        "the protocol's own review has come round"
    );
    let card = last(
        &world,
        &world.channel_of("iro_manager"),
        "card",
        "tasks",
        "T-1",
    )
    .unwrap();
    says(
        &card.all_text(),
        &[
            "This protocol looked at again: due Fri 26 Feb 2027",
            "\nTogether with the Director of Children's Services.\n",
            "every year [1.9]",
        ],
    );
    let iro = world.iro();
    let c = iro.raises(child("K-180010")).await;
    assert_eq!(
        world.heard(),
        [
            "#health-lead card",
            "#north-social-worker card n-1",
            "@iro1 receipt n-1"
        ]
    );
    let shown = iro.receipt(c);
    says(
        &shown.all_text(),
        &[
            "\n• Child and carers kept informed: asked since Tue 2 Mar\n",
            "\n• Health record asked for: by Thu 4 Mar, 17:00, the Designated Nurse\n",
            "\nNot needed: Child and carers kept informed\n",
        ],
    );
    let mine = iro.asks("tasks").await.all_text();
    says(&mine, &["T-4 · K-180010 · Child and carers kept informed"]);
    world.skims();
    world.finish().await;
}
