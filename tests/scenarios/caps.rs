//! The limits on the whole process, through the real edges: the forecast at raising, the warning when what is left cannot fit, the
//! report when it has passed, and that none of it is in the way.

use sandbox::Submitted;

use crate::support::REASON;
use crate::support::people::{Raising, Someone, concern, starred};
use crate::support::world::World;

/// What the raiser is shown the moment a concern is raised.
async fn shown_at_raising(who: &Someone<'_>, raising: Raising) -> String {
    let view = who.fills_in(&raising).await;
    let sent = who.at.submit(&view.id).await.unwrap();
    assert!(matches!(sent, Submitted::Updated(_)), "{sent:?}");
    let view = who.at.open_view().expect("nothing is shown");
    who.at.close_all().await;
    who.world.settle().await;
    view.all_text()
}

#[track_caller]
fn says(text: &str, all: &[&str]) {
    for words in all {
        assert!(text.contains(words), "{words:?} is not in\n{text}");
    }
}

#[tokio::test]
async fn raising_shows_how_far_it_goes_at_full_length_and_when_the_twenty_days_end() {
    let world = World::of("manchester").at("2026-12-14 10:00").await;
    let iro = world.iro();
    let shown = shown_at_raising(&iro, starred("K-160001")).await;
    says(
        &shown,
        &[
            "Stage 2 of 5, the Locality Service Lead: Mon 21 Dec to Wed 30 Dec",
            "Stage 3 of 5, the Head of Service with the Service Lead for Children's Safeguarding: Wed 30 Dec to Thu 7 Jan",
            "Stage 4 of 5, the Deputy Director, Children's Social Care",
            "Thu 7 Jan to Thu 14 Jan",
            "No date can be given for Stage 5 of 5, the Director of Children's Services: it has no time limit, and comes only if its raiser judges so.",
            "The 20 working days (IRO Handbook 6.2) end on Thu 14 Jan: what needs no judgement of the raiser's ends on Thu 14 Jan, within that.",
        ],
    );
    let c = lodestar::ids::ConcernId(world.newest().await);
    let receipt = iro.receipt(c).all_text();
    says(
        &receipt,
        &[
            "At full length this reaches the Deputy Director",
            "(Stage 4 of 5) on Thu 7 Jan, and ends there on Thu 14 Jan.",
            "the 20 working days end on Thu 14 Jan (IRO Handbook 6.2)",
        ],
    );
    says(
        &iro.details(c).await,
        &["Stage 2 of 5, the Locality Service Lead: Mon 21 Dec to Wed 30 Dec"],
    );
    world.skims();
    world.finish().await;
}

#[tokio::test]
async fn without_a_time_limit_the_raiser_reads_by_when_it_has_to_move_on_and_is_warned_when_that_is_past()
 {
    let world = World::of("warwickshire").at("2026-12-15 14:00").await;
    let iro = world.iro();
    let shown = shown_at_raising(&iro, concern("K-160002").about("2026-12-15")).await;
    says(
        &shown,
        &[
            "No date can be given for Informal, the Team Manager or the Operations Manager: it has no time limit.",
            "The 20 working days (3) have not begun.",
            "The 20 working days (3, counted from the review) end on Fri 15 Jan: what can be dated fits if it moves on by Thu 31 Dec.",
        ],
    );
    let c = lodestar::ids::ConcernId(world.newest().await);
    world.to("2027-01-04 08:59:59").await;
    world.skims();
    world.to("2027-01-04 09:00").await;
    assert_eq!(
        world.heard_beside_digests(),
        ["#iro-manager alert w-inf", "@iro1 alert w-inf"],
        "at the first opening at which Stage 1 does not fit"
    );
    let told = iro.newest("alert", c).all_text();
    says(
        &told,
        &[
            "The 20 working days (3, counted from the review) end on Fri 15 Jan",
            "Nothing is blocked",
        ],
    );
    assert!(!told.contains("(3) end"), "the other has not begun: {told}");
    iro.answers(&iro.receipt_with("escalate", c), "escalate", &[])
        .await;
    assert_eq!(world.stands(c).await.0, "w-1", "and nothing is");
    world.skims();
    world.finish().await;
}

#[tokio::test]
async fn a_hold_that_leaves_too_little_is_warned_of_once_and_a_bypass_mends_it() {
    let world = World::of("manchester").at("2026-12-14 10:00").await;
    let iro = world.iro();
    let c = iro.raises(starred("K-160003")).await;
    world.to("2026-12-18 11:00").await;
    let warning = iro.receipt_with("hold_escalation", c);
    iro.answers(
        &warning,
        "hold_escalation",
        &[("until", "2026-12-22"), ("reason", REASON)],
    )
    .await;
    world.skims();
    world.to("2026-12-21 09:00").await;
    assert_eq!(
        world.heard_beside_digests(),
        ["#iro-manager alert m-1", "@iro1 alert m-1"]
    );
    says(
        &iro.newest("alert", c).all_text(),
        &[
            "the steps left do not fit in the time of the whole process",
            "The 20 working days (IRO Handbook 6.2) end on Thu 14 Jan",
        ],
    );
    iro.answers(
        &iro.receipt_with("bypass", c),
        "bypass",
        &[("to_step", "m-3"), ("reason", REASON)],
    )
    .await;
    let record = world.record(c).await;
    assert_eq!(
        record
            .iter()
            .filter(|kind| kind.starts_with("cap_"))
            .collect::<Vec<_>>(),
        ["cap_warned", "cap_fits"],
        "{record:?}"
    );
    world.to("2026-12-28 17:00").await;
    world.skims();
    world.finish().await;
}

#[tokio::test]
async fn a_limit_that_has_passed_is_told_of_once_and_stands_on_the_card_in_the_lists_and_in_the_details()
 {
    let world = World::of("buckinghamshire").at("2026-12-14 10:00").await;
    let iro = world.iro();
    let c = iro.raises(concern("K-160004")).await;
    world.to("2027-01-07 17:00:01").await;
    assert_eq!(world.stands(c).await.0, "b-3");
    let receipt = iro.newest("receipt", c);
    let form = iro
        .opens(&iro.receipt_with("review_date", c), "review_date")
        .await;
    says(
        &form.all_text(),
        &["The 20 working days end on Thu 14 Jan (Appendix 3; IRO Handbook 6.2)."],
    );
    iro.at.close_all().await;
    iro.answers(&receipt, "review_date", &[("until", "2027-01-25")])
        .await;
    let standing = world.slack.find(Some(&iro.at.dm()), |message| {
        message.all_text().contains("You look again on Mon 25 Jan")
    });
    says(
        &standing.expect("the receipt says when").all_text(),
        &["The 20 working days end on Thu 14 Jan (Appendix 3; IRO Handbook 6.2): before that day."],
    );
    world.to("2027-01-14 16:00").await;
    let early = iro.asks("overdue").await.all_text();
    assert!(!early.contains(&c.to_string()), "{early}");
    world.to("2027-01-15 08:59:59").await;
    world.skims();
    world.to("2027-01-15 09:00").await;
    assert_eq!(
        world.heard_beside_digests(),
        [
            "#ad-qa alert b-3",
            "#iro-manager alert b-3",
            "@iro1 alert b-3"
        ]
    );
    says(
        &iro.newest("alert", c).all_text(),
        &[
            "the time of the whole process has ended",
            "The 20 working days (Appendix 3; IRO Handbook 6.2) ended on Thu 14 Jan.",
        ],
    );
    let card = world.card("service_director", c).all_text();
    says(&card, &["the 20 working days ended on Thu 14 Jan"]);
    let overdue = iro.asks("overdue").await.all_text();
    says(
        &overdue,
        &[
            &c.to_string(),
            "the time of the whole process ended on Thu 14 Jan",
        ],
    );
    says(
        &iro.details(c).await,
        &[
            "the 20 working days (Appendix 3; IRO Handbook 6.2) ended on Thu 14 Jan, and it was open",
        ],
    );
    world.to("2027-01-18 09:00").await;
    let heard = world.heard();
    assert_eq!(
        heard,
        ["#north-team digest"],
        "told once; the digest lists it"
    );
    let digest = world.slack.messages(&world.channel("north-team"));
    says(
        &digest.last().unwrap().all_text(),
        &["Open past the time of the whole process", &c.to_string()],
    );
    world.finish().await;
}

#[tokio::test]
async fn a_limit_is_told_of_after_a_restart_as_if_there_had_been_none() {
    let world = World::of("manchester").at("2026-12-14 10:00").await;
    let c = world.iro().raises(starred("K-160005")).await;
    world.to("2026-12-21 17:00:01").await;
    world.skims();
    let world = world.restart().await;
    world.to("2026-12-22 09:00").await;
    let alerts = world
        .heard_beside_digests()
        .into_iter()
        .filter(|name| name.contains("alert"))
        .count();
    assert_eq!(alerts, 2, "the raiser and the manager, once");
    let world = world.restart().await;
    world.to("2026-12-22 16:00").await;
    assert_eq!(world.heard_beside_digests(), [""; 0]);
    let record = world.record(c).await;
    let warned = record.iter().filter(|kind| *kind == "cap_warned").count();
    assert_eq!(warned, 1, "{record:?}");
    world.finish().await;
}
