//! Notices, through the real edges: a significant change told to the reviewing officer, good practice, a general concern about a
//! service; what is reminded of and who is told, and who may do what.

use lodestar::desk::DeskError;
use lodestar::ids::{NoticeId, UserId};
use lodestar::notice::{Command, Notice, Refusal};
use sandbox::{ClickOutcome, Message, Submitted};
use serde_json::{Value, json};

use crate::support::people::{Someone, concern};
use crate::support::world::{NOBODY, OWN, World, user};
use crate::support::{DECISION, ISSUE, PLAN, REASON, RESPONSE};

const N1: NoticeId = NoticeId(1);

/// A form that sends a notice, filled in and sent.
pub(crate) async fn sends(
    who: &Someone<'_>,
    word: &str,
    form: &str,
    entries: &[(&str, Value)],
) -> Submitted {
    let outcome = who.at.slash("/concern", word).await.unwrap();
    assert_eq!(outcome.failed, None, "the command failed");
    let view = who
        .at
        .awaits_view_called(form)
        .await
        .unwrap_or_else(|| panic!("no modal opens: {:?}", outcome.reply));
    who.at.fill(&view.id, "team", "north").await.unwrap();
    let id = view.id.clone();
    let filled = who.world.slack.until(|_| {
        let now = who.at.open_view()?;
        (now.id == id && now.block("details").is_some()).then_some(now)
    });
    filled.await.expect("the form does not follow its team");
    for (block, entry) in entries {
        who.at
            .fill(&view.id, block, entry.clone())
            .await
            .unwrap_or_else(|error| panic!("{block}: {error}"));
    }
    let sent = who.at.submit(&view.id).await.unwrap();
    who.world.settle().await;
    sent
}

/// What a change is told with: two of the list, and something else besides.
pub(crate) fn change(officer: &str) -> Vec<(&'static str, Value)> {
    vec![
        ("case_ref", json!("K-204117")),
        ("officer", json!(officer)),
        ("items", json!(["3", "6", "other"])),
        ("happened_on", json!("2026-12-10")),
        ("details", json!(ISSUE)),
    ]
}

/// A change of Thu 10 Dec, told by the social worker on Mon 14 Dec.
async fn told(protocol: &str) -> World {
    let world = World::of(protocol).at("2026-12-14 10:00").await;
    let officer = world.iro().id().to_owned();
    let worker = world.role("social_worker");
    let sent = sends(&worker, "notify", "notify", &change(&officer)).await;
    assert!(matches!(sent, Submitted::Updated(_)), "not sent: {sent:?}");
    worker.at.close_all().await;
    world
}

/// The newest message of a kind about a notice in a conversation.
fn last(world: &World, channel: &str, kind: &str, notice: NoticeId) -> Option<Message> {
    let notice = notice.to_string();
    let all = world.slack.messages(channel);
    let found = all.iter().rev().find(|message| {
        message.meta("kind") == Some(kind) && message.meta("notice") == Some(&notice)
    })?;
    world.slack.look_at(channel, &found.ts)
}

fn own(world: &World, who: &Someone<'_>, kind: &str) -> Message {
    last(world, &who.at.dm(), kind, N1).unwrap_or_else(|| panic!("{} has no {kind}", who.id()))
}

fn in_channel(world: &World, role: &str, kind: &str) -> Message {
    let channel = world.channel_of(role);
    last(world, &channel, kind, N1).unwrap_or_else(|| panic!("no {kind} for {role}"))
}

async fn stands(world: &World) -> Notice {
    let found = world.app.desk().kept::<Notice>(N1).await.unwrap();
    found.expect("there is no notice").record
}

fn says(message: &Message, all: &[&str]) {
    let said = message.all_text();
    for one in all {
        assert!(said.contains(one), "{one:?} is not in {said}");
    }
}

#[tokio::test]
async fn a_change_reaches_the_officer_at_once_who_sees_it_and_says_whether_a_review_is_needed() {
    let world = told("buckinghamshire").await;
    let (iro, worker) = (world.iro(), world.role("social_worker"));
    let card = own(&world, &iro, "card");
    says(
        &card,
        &[
            "N-1",
            "K-204117",
            "Change of allocated social worker",
            "Something else",
            "Thu 10 Dec",
            "Mon 14 Dec",
            worker.id(),
        ],
    );
    assert!(
        !card.all_text().contains("marigold"),
        "words stand in a card"
    );
    iro.presses(&card, "details").await;
    let details = iro.at.awaits_view().await.expect("no details open");
    assert!(details.all_text().contains("marigold"));
    iro.at.close_all().await;

    iro.presses(&card, "seen").await;
    let receipt = own(&world, &worker, "receipt");
    says(&receipt, &["Seen by", iro.id()]);
    let card = own(&world, &iro, "card");
    assert!(!card.has_action("seen") && card.has_action("judge_review"));
    iro.answers(
        &card,
        "judge_review",
        &[("needed", "yes"), ("reason", REASON)],
    )
    .await;
    assert!(
        stands(&world)
            .await
            .judged
            .is_some_and(|judged| judged.needed)
    );
    says(
        &own(&world, &worker, "notice"),
        &["A review is needed", iro.id()],
    );
    let card = own(&world, &iro, "card");
    assert!(!card.has_action("judge_review") && card.has_action("raise_from_notice"));

    // Nothing more is asked of anybody.
    world.skims();
    world.to("2027-01-29 18:00").await;
    assert_eq!(world.heard_beside_digests(), Vec::<String>::new());
    world.finish().await;
}

#[tokio::test]
async fn a_change_that_nobody_sees_is_reminded_of_and_then_told_to_the_manager_and_the_cover() {
    let world = told("buckinghamshire").await;
    let (iro, manager) = (world.iro(), world.role("iro_manager"));
    let other = world.other_raiser("iro");
    let said = iro
        .asks(&format!("cover <@{}> until 31 dec", other.id()))
        .await;
    assert!(said.all_text().contains(other.id()), "{}", said.all_text());
    world.skims();
    world.to("2026-12-15 18:00").await;
    assert_eq!(world.heard_beside_digests(), Vec::<String>::new());
    world.to("2026-12-16 09:00").await;
    let reminder = own(&world, &iro, "reminder");
    assert!(reminder.has_action("seen") && reminder.has_action("judge_review"));
    assert!(last(&world, &manager.at.dm(), "alert", N1).is_none());

    // Two working days later the manager of the service is told, and whoever covers is reminded as well.
    let channel = world.channel_of("iro_manager");
    world.to("2026-12-17 18:00").await;
    assert!(last(&world, &channel, "alert", N1).is_none());
    world.to("2026-12-18 09:00").await;
    let alert = in_channel(&world, "iro_manager", "alert");
    says(&alert, &["N-1", iro.id()]);
    assert!(!alert.all_text().contains("marigold"));
    says(
        &own(&world, &other, "reminder"),
        &["You cover for", iro.id()],
    );
    let covered = own(&world, &other, "reminder");
    other.presses(&covered, "seen").await;
    let saw = stands(&world).await.seen;
    assert_eq!(saw[0].by.as_str(), other.id());

    // Seen is not judged: the officer is asked again, every five working days.
    world.skims();
    world.to("2026-12-30 09:00").await;
    let asked = own(&world, &iro, "reminder");
    says(&asked, &["Is a review needed"]);
    assert!(!asked.has_action("seen"), "it has been seen");

    // The manager of the service may say it in the officer's place.
    manager
        .answers(
            &alert,
            "judge_review",
            &[("needed", "no"), ("reason", REASON)],
        )
        .await;
    assert!(
        stands(&world)
            .await
            .judged
            .is_some_and(|judged| !judged.needed)
    );
    let about = |world: &World| {
        let all = world.slack.all_messages().into_iter();
        all.filter(|message| message.meta("notice") == Some("N-1"))
            .count()
    };
    let before = about(&world);
    world.to("2027-01-29 18:00").await;
    assert_eq!(about(&world), before, "nothing more is asked of anybody");
    world.skims();
    world.finish().await;
}

#[tokio::test]
async fn only_whoever_holds_a_role_tells_of_a_change_and_the_officer_is_one_under_the_protocol() {
    let world = World::of("buckinghamshire").at("2026-12-14 10:00").await;
    let iro = world.iro();
    let said = iro.asks("notify").await.all_text();
    assert!(said.contains("Whoever holds a role"), "{said}");
    assert!(said.contains(world.role("iro_manager").id()), "{said}");
    let nobody = world.someone(NOBODY);
    let said = nobody.asks("notify").await.all_text();
    assert!(said.contains("not"), "{said}");

    let worker = world.role("social_worker");
    let wrong = user("team_manager_north");
    for (officer, why) in [
        (wrong.as_str(), "not a reviewing officer"),
        (worker.id(), "That is you"),
    ] {
        let sent = sends(&worker, "notify", "notify", &change(officer)).await;
        let Submitted::Errors(errors) = sent else {
            panic!("{sent:?}")
        };
        assert!(errors["officer"].contains(why), "{errors:?}");
        worker.at.close_all().await;
    }
    // Every fault is said at its field at once, and no identifier is taken.
    let mut faulty = change(world.iro().id());
    faulty[0] = ("case_ref", json!("Jane"));
    faulty[4] = ("details", json!("Born on 01/02/2014."));
    let sent = sends(&worker, "notify", "notify", &faulty).await;
    let Submitted::Errors(errors) = sent else {
        panic!("{sent:?}")
    };
    let mut at: Vec<_> = errors.keys().map(String::as_str).collect();
    at.sort_unstable();
    assert_eq!(at, ["case_ref", "details"]);
    assert!(errors["details"].contains("date of birth"), "{errors:?}");
    worker.at.close_all().await;
    assert!(world.app.desk().kept::<Notice>(N1).await.unwrap().is_none());
    world.skims();
    world.finish().await;
}

#[tokio::test]
async fn nobody_else_reads_a_notice_or_acts_on_it_and_they_are_not_told_that_it_exists() {
    let world = told("buckinghamshire").await;
    let desk = world.app.desk();
    let outsider = UserId::from(user("team_manager_south").as_str());
    for refused in [
        desk.act_on::<Notice>(&outsider, N1, Command::Seen, None)
            .await
            .err(),
        desk.look_at::<Notice>(&outsider, N1).await.err(),
    ] {
        assert!(matches!(refused, Some(DeskError::NotFound)), "{refused:?}");
    }
    let south = world.someone(outsider.as_str());
    let (there, not) = (south.asks("show N-1").await, south.asks("show N-77").await);
    assert_eq!(there.all_text(), not.all_text());
    let worker = world.role("social_worker");
    let own_user = UserId::from(worker.id());
    let refused = desk
        .act_on::<Notice>(&own_user, N1, Command::Seen, None)
        .await;
    assert!(matches!(
        refused,
        Err(DeskError::NoticeRefused(Refusal::OwnNotice, _))
    ));
    let shown = worker.asks("show N-1").await;
    assert!(shown.all_text().contains("K-204117"));
    assert!(!shown.all_text().contains("marigold"));
    world.skims();
    world.finish().await;
}

#[tokio::test]
async fn a_second_click_and_a_click_delivered_again_change_nothing() {
    let world = told("buckinghamshire").await;
    let iro = world.iro();
    let card = own(&world, &iro, "card");
    // The card on their screen still has its button when they press again.
    for _ in 0..2 {
        let outcome = iro.at.click(&card.channel, &card.ts, "seen").await;
        assert_eq!(outcome.unwrap(), ClickOutcome::Acked);
    }
    let said = iro.is_told().await;
    assert!(said.contains("done already"), "{said}");
    world.settle().await;
    iro.answers(
        &own(&world, &iro, "card"),
        "judge_review",
        &[("needed", "yes"), ("reason", REASON)],
    )
    .await;
    world.skims();
    let before = stands(&world).await;
    assert_eq!(before.seen.len(), 1);
    for number in 0..world.slack.deliveries().len() {
        world.slack.redeliver(number).await.unwrap();
        world.settle().await;
    }
    assert_eq!(stands(&world).await, before);
    let second = world.app.desk().kept::<Notice>(NoticeId(2)).await;
    assert!(second.unwrap().is_none(), "the form sent one notice");
    assert_eq!(world.heard(), [""; 0]);
    // A form asked for again can only be refused: its trigger is spent.
    drop(world.slack.take_problems());
    world.finish().await;
}

#[tokio::test]
async fn a_restart_between_the_change_and_its_reminder_loses_neither() {
    let world = told("buckinghamshire").await.restart().await;
    world.to("2026-12-16 09:00").await;
    let iro = world.iro();
    assert!(own(&world, &iro, "card").has_action("seen"));
    let reminder = own(&world, &iro, "reminder");
    iro.presses(&reminder, "seen").await;
    assert_eq!(stands(&world).await.seen.len(), 1);
    world.skims();
    world.finish().await;
}

#[tokio::test]
async fn a_concern_raised_from_a_change_takes_its_case_and_its_day_with_it() {
    let world = told("buckinghamshire").await;
    let iro = world.iro();
    let card = own(&world, &iro, "card");
    let outcome = iro.presses(&card, "raise_from_notice").await;
    let view = iro
        .at
        .awaits_view_called("raise_concern")
        .await
        .unwrap_or_else(|| panic!("no form: {outcome:?}"));
    let case_ref = &view.block("case_ref").unwrap()["element"]["initial_value"];
    assert_eq!(case_ref, "K-204117");
    let day = &view.block("event_date").unwrap()["element"]["initial_date"];
    assert_eq!(day, "2026-12-10");
    let category = view.block("category").unwrap();
    let option = category["element"]["options"]
        .get(0)
        .or_else(|| category["element"]["option_groups"].get(0)?["options"].get(0));
    let category = option.unwrap()["value"].clone();
    for (block, entry) in [
        ("category", category),
        ("issue", json!(ISSUE)),
        ("impact", json!(RESPONSE)),
        ("action", json!(PLAN)),
    ] {
        iro.at.fill(&view.id, block, entry).await.unwrap();
    }
    let sent = iro.sends(&view).await;
    assert!(matches!(sent, Submitted::Updated(_)), "{sent:?}");
    iro.at.close_all().await;
    assert_eq!(stands(&world).await.concerns.len(), 1);
    says(&own(&world, &iro, "card"), &["Raised from it", "C-1"]);
    world.skims();
    world.finish().await;
}

#[tokio::test]
async fn a_protocol_that_lists_no_changes_says_so_and_takes_the_senders_own_words() {
    let world = World::of("manchester").at("2026-12-14 10:00").await;
    let manager = world.role("team_manager");
    let outcome = manager.at.slash("/concern", "notify").await.unwrap();
    assert_eq!(outcome.failed, None);
    let view = manager.at.awaits_view_called("notify").await;
    let view = view.expect("no form opens");
    let shown = view.all_text();
    assert!(shown.contains("lists no changes of its own"), "{shown}");
    assert!(view.block("items").is_none());
    manager.at.close_all().await;
    let officer = json!(world.iro().id());
    let entries = [
        ("case_ref", json!("K-204117")),
        ("officer", officer),
        ("details", json!(ISSUE)),
    ];
    let sent = sends(&manager, "notify", "notify", &entries).await;
    assert!(matches!(sent, Submitted::Updated(_)), "{sent:?}");
    manager.at.close_all().await;
    let notice = stands(&world).await;
    assert!(notice.sent.other && notice.sent.items.is_empty());
    says(
        &own(&world, &world.iro(), "card"),
        &["own words", "Mon 14 Dec"],
    );
    world.skims();
    world.finish().await;
}

#[tokio::test]
async fn good_practice_reaches_the_roles_and_the_person_and_nobody_is_chased() {
    let world = World::of("buckinghamshire").at("2026-12-14 10:00").await;
    let iro = world.iro();
    let entries = [
        ("details", json!(ISSUE)),
        ("who", json!(OWN)),
        ("case_ref", json!("K-204117")),
    ];
    let sent = sends(&iro, "praise", "praise", &entries).await;
    assert!(matches!(sent, Submitted::Updated(_)), "{sent:?}");
    iro.at.close_all().await;
    for role in ["social_worker", "team_manager", "head_of_service"] {
        let card = in_channel(&world, role, "card");
        says(&card, &["Good practice", OWN]);
        assert!(!card.all_text().contains("marigold"));
        assert!(card.has_action("seen") && !card.has_action("raise_from_notice"));
    }
    let praised = world.someone(OWN);
    let card = own(&world, &praised, "card");
    praised.presses(&card, "details").await;
    let details = praised.at.awaits_view().await.expect("no details open");
    assert!(details.all_text().contains("marigold"));
    praised.at.close_all().await;
    praised.presses(&card, "seen").await;
    says(&own(&world, &iro, "receipt"), &["Seen by", OWN]);
    let card = in_channel(&world, "team_manager", "card");
    assert!(card.has_action("seen"), "others may press it too");
    world.skims();
    world.to("2027-01-29 18:00").await;
    assert_eq!(world.heard_beside_digests(), Vec::<String>::new());
    world.finish().await;
}

#[tokio::test]
async fn good_practice_goes_to_those_of_the_first_step_where_a_protocol_names_nobody() {
    let world = World::of("manchester").at("2026-12-14 10:00").await;
    let iro = world.iro();
    let sent = sends(&iro, "praise", "praise", &[("details", json!(ISSUE))]).await;
    assert!(matches!(sent, Submitted::Updated(_)), "{sent:?}");
    iro.at.close_all().await;
    says(
        &in_channel(&world, "team_manager", "card"),
        &["Good practice"],
    );
    assert!(stands(&world).await.sent.case_ref.is_none());
    let manager = world.role("team_manager");
    let said = manager.asks("praise").await.all_text();
    assert!(said.contains("reviewing officers"), "{said}");
    world.skims();
    world.finish().await;
}

#[tokio::test]
async fn a_general_concern_goes_to_both_managers_at_once_and_its_sender_closes_it() {
    let world = World::of("buckinghamshire").at("2026-12-14 10:00").await;
    let iro = world.iro();
    let sent = sends(
        &iro,
        "service",
        "service_concern",
        &[("details", json!(ISSUE))],
    )
    .await;
    assert!(matches!(sent, Submitted::Updated(_)), "{sent:?}");
    iro.at.close_all().await;
    let (manager, director) = (world.role("iro_manager"), world.role("ad_qa"));
    for role in ["iro_manager", "ad_qa"] {
        let card = in_channel(&world, role, "card");
        says(&card, &["general concern", iro.id()]);
        assert!(!card.all_text().contains("marigold"));
    }
    manager
        .presses(&in_channel(&world, "iro_manager", "card"), "seen")
        .await;

    // Whoever has not seen it by the end of the next working day is reminded, and nobody else.
    world.skims();
    world.to("2026-12-16 09:00").await;
    says(&in_channel(&world, "ad_qa", "reminder"), &["Not seen yet"]);
    let quiet = world.channel_of("iro_manager");
    assert!(last(&world, &quiet, "reminder", N1).is_none());

    let reminder = in_channel(&world, "ad_qa", "reminder");
    director
        .answers(&reminder, "record_outcome", &[("outcome", DECISION)])
        .await;
    let told = own(&world, &iro, "notice");
    says(&told, &["What came of your general concern", director.id()]);
    let stands_now = stands(&world).await;
    assert!(stands_now.is_open() && stands_now.unseen().is_empty());

    // Only its sender closes it.
    let user = UserId::from(manager.id());
    let desk = world.app.desk();
    let refused = desk
        .act_on::<Notice>(&user, N1, Command::Close { reason: None }, None)
        .await;
    assert!(matches!(
        refused,
        Err(DeskError::NoticeRefused(Refusal::ForSender, _))
    ));
    let sent = iro.answers(&told, "close_notice", &[]).await;
    assert!(matches!(sent, Submitted::Closed), "{sent:?}");
    assert!(!stands(&world).await.is_open());
    let card = in_channel(&world, "ad_qa", "card");
    says(&card, &["closed it"]);
    assert!(!card.has_action("record_outcome"));
    world.skims();
    world.to("2027-01-29 18:00").await;
    assert_eq!(world.heard_beside_digests(), Vec::<String>::new());
    world.finish().await;
}

#[tokio::test]
async fn a_general_concern_closed_without_an_outcome_needs_its_reason() {
    let world = World::of("manchester").at("2026-12-14 10:00").await;
    let iro = world.iro();
    sends(
        &iro,
        "service",
        "service_concern",
        &[("details", json!(ISSUE))],
    )
    .await;
    iro.at.close_all().await;
    // This protocol names nobody: the manager of the service hears of it.
    assert_eq!(
        stands(&world).await.sent.to,
        [lodestar::ids::RoleId::from("iro_manager")]
    );
    let receipt = own(&world, &iro, "receipt");
    let view = iro.opens(&receipt, "close_notice").await;
    let sent = iro.sends(&view).await;
    assert!(
        matches!(&sent, Submitted::NotSent(errors) if errors.contains_key("reason")),
        "{sent:?}"
    );
    let (sender, close) = (UserId::from(iro.id()), Command::Close { reason: None });
    let refused = world
        .app
        .desk()
        .act_on::<Notice>(&sender, N1, close, None)
        .await;
    assert!(matches!(
        refused,
        Err(DeskError::NoticeRefused(Refusal::Field { .. }, _))
    ));
    iro.at.fill(&view.id, "reason", REASON).await.unwrap();
    assert!(matches!(iro.sends(&view).await, Submitted::Closed));
    assert!(!stands(&world).await.is_open());
    world.skims();
    world.finish().await;
}

#[tokio::test]
async fn what_a_vacant_role_would_be_told_goes_to_whoever_stands_in() {
    let world = World::of("buckinghamshire")
        .with_file(|file| {
            let holder = format!("users = [\"{}\"]", user("head_of_service"));
            assert!(file.contains(&holder), "{file}");
            file.replace(&holder, "users = []")
        })
        .at("2026-12-14 10:00")
        .await;
    let iro = world.iro();
    sends(&iro, "praise", "praise", &[("details", json!(ISSUE))]).await;
    iro.at.close_all().await;
    let card = in_channel(&world, "service_director", "card");
    says(
        &card,
        &["standing in for the Head of Service, whose post is vacant"],
    );
    let director = world.role("service_director");
    director.presses(&card, "seen").await;
    says(
        &own(&world, &iro, "receipt"),
        &["Head of Service", director.id()],
    );
    world.skims();
    world.finish().await;
}

#[tokio::test]
async fn notices_stand_in_the_help_and_apart_from_concerns() {
    let world = told("buckinghamshire").await;
    let iro = world.iro();
    let c = iro.raises(concern("K-204117")).await;
    let help = iro.asks("help").await.all_text();
    for word in ["/concern praise", "/concern service"] {
        assert!(help.contains(word), "{help}");
    }
    let worker = world.role("social_worker");
    let help = worker.asks("help").await.all_text();
    assert!(help.contains("/concern notify"), "{help}");
    let shown = iro.asks(&format!("show {c}")).await.all_text();
    assert!(shown.contains("C-1"), "{shown}");
    world.skims();
    world.finish().await;
}
