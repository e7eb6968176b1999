//! Cafcass and advice, from the command to the notice; what is privileged stays with the raiser's side.

use sandbox::Submitted;
use serde_json::json;

use crate::support::people::{Someone, concern, starred};
use crate::support::world::World;

/// Stands in the advice and nowhere else.
const ADVICE: &str = "Counsel speaks of a quincunx in the pathway plan.";

async fn opens(someone: &Someone<'_>, word: &str, id: lodestar::ids::ConcernId) -> sandbox::View {
    let outcome = someone.types(&format!("{word} {id}")).await;
    assert_eq!(outcome.failed, None, "{word}");
    someone
        .at
        .awaits_view_called(word)
        .await
        .unwrap_or_else(|| {
            panic!(
                "{word} opens nothing: {:?}",
                outcome.reply.map(|reply| reply.all_text())
            )
        })
}

#[tokio::test]
async fn a_referral_is_recorded_beside_the_ladder_and_those_to_speak_to_first_hear_of_it() {
    let world = World::of("manchester").at("2026-12-14 10:00").await;
    let iro = world.iro();
    let id = iro.raises(starred("K-204117")).await;
    let view = opens(&iro, "cafcass", id).await;
    assert!(
        view.all_text().contains("once this protocol, a complaint"),
        "{}",
        view.all_text()
    );
    iro.at.fill(&view.id, "view", json!("now")).await.unwrap();
    iro.at
        .fill(&view.id, "grounds", json!("The marigold plan cannot wait."))
        .await
        .unwrap();
    iro.at
        .fill(&view.id, "with", json!(["iro_manager"]))
        .await
        .unwrap();
    let sent = iro.at.submit(&view.id).await.unwrap();
    assert!(matches!(sent, Submitted::Closed), "{sent:?}");
    world.settle().await;

    let notice = world
        .last(&world.channel_of("strategic_lead"), "notice", id)
        .expect("the Strategic Lead hears nothing");
    assert!(
        notice.all_text().contains("Cafcass: referred Mon 14 Dec"),
        "{}",
        notice.all_text()
    );
    assert!(
        iro.receipt(id).all_text().contains("Cafcass: referred"),
        "{}",
        iro.receipt(id).all_text()
    );
    assert_eq!(world.stands(id).await.0, "m-1", "the ladder runs on");
    world.skims();
    world.finish().await;
}

#[tokio::test]
async fn a_chair_of_a_manchester_conference_is_refused_with_the_clause() {
    let world = World::of("manchester").at("2026-12-14 10:00").await;
    let chair = world.raiser("cp_chair");
    let id = chair.raises(concern("K-204117")).await;
    let told = chair.asks(&format!("cafcass {id}")).await.all_text();
    assert!(
        told.contains("Referral to Cafcass (IRO only)") && told.contains("the child's IRO"),
        "{told}"
    );
    world.skims();
    world.finish().await;
}

#[tokio::test]
async fn legal_advice_is_seen_by_the_raisers_side_and_by_nobody_else() {
    let world = World::of("manchester").at("2026-12-14 10:00").await;
    let iro = world.iro();
    let id = iro.raises(starred("K-204117")).await;
    let view = opens(&iro, "legal", id).await;
    iro.at
        .fill_all(&view.id, &[("view", "received"), ("grounds", ADVICE)])
        .await
        .unwrap();
    let sent = iro.at.submit(&view.id).await.unwrap();
    assert!(matches!(sent, Submitted::Closed), "{sent:?}");
    world.settle().await;

    let card = world.card("team_manager", id);
    let manager = world.role("team_manager");
    manager.presses(&card, "details").await;
    let theirs = manager.at.awaits_view_called("details").await.unwrap();
    assert!(
        theirs
            .all_text()
            .contains("independent legal advice received")
    );
    assert!(!theirs.all_text().contains("quincunx"), "privileged");
    iro.presses(&iro.receipt(id), "details").await;
    let own = iro.at.awaits_view_called("details").await.unwrap();
    assert!(own.all_text().contains("quincunx"));
    for message in world.slack.all_messages() {
        assert!(!message.all_text().contains("quincunx"), "in a message");
    }
    world.skims();
    world.finish().await;
}

#[tokio::test]
async fn each_of_two_to_speak_to_first_has_their_own_day_and_words_and_adds_their_own_view() {
    let world = World::of("buckinghamshire").at("2026-12-14 10:00").await;
    let iro = world.iro();
    let id = iro.raises(concern("K-204117")).await;
    world.skims();
    let view = opens(&iro, "cafcass", id).await;
    let words = view.all_text();
    assert!(
        words.contains("What the IRO Service Manager said")
            && words.contains("What the Assistant Director of Quality Assurance said"),
        "{words}"
    );
    let filled = [
        ("view", "now"),
        ("grounds", "The plan cannot wait."),
        ("said_1", "The vermilion manager would wait a week."),
        ("said_on_1", "2026-12-10"),
        ("said_2", "The ochre director sees no other way."),
        ("with_date", "2026-12-11"),
    ];
    iro.at.fill_all(&view.id, &filled).await.unwrap();
    let sent = iro.sends(&view).await;
    assert!(matches!(sent, Submitted::Closed), "{sent:?}");
    assert_eq!(
        world.heard(),
        ["#ad-qa notice b-1", "#iro-manager notice b-1"]
    );
    let receipt = iro.receipt(id).all_text();
    for line in [
        "Discussed with the IRO Service Manager on Thu 10 Dec",
        "Discussed with the Assistant Director of Quality Assurance on Fri 11 Dec",
    ] {
        assert!(receipt.contains(line), "{line}: {receipt}");
    }
    let details = iro.details(id).await;
    assert!(
        details.contains("vermilion") && details.contains("ochre"),
        "{details}"
    );

    let director = world.role("ad_qa");
    let notice = world
        .last(&world.channel_of("ad_qa"), "notice", id)
        .unwrap();
    let sent = director
        .answers(
            &notice,
            "give_view",
            &[("reason", "The cerulean view of a director.")],
        )
        .await;
    assert!(matches!(sent, Submitted::Closed), "{sent:?}");
    assert_eq!(world.heard(), ["@iro1 notice b-1"]);
    let used = world.last(&notice.channel, "notice", id).unwrap();
    assert!(!used.has_action("give_view"), "{}", used.all_text());
    assert!(iro.details(id).await.contains("cerulean"));
    iro.types(&format!("record {id}")).await;
    let notes = iro.at.awaits_view_called("record").await.unwrap();
    let notes = notes.all_text();
    assert!(
        notes.contains("vermilion")
            && notes.contains("cerulean")
            && notes.contains("discussed with the IRO Service Manager"),
        "{notes}"
    );
    for message in world.slack.all_messages() {
        let words = message.all_text();
        assert!(
            !words.contains("vermilion") && !words.contains("cerulean"),
            "in a message"
        );
    }
    assert_eq!(world.stands(id).await.0, "b-1", "the ladder runs on");
    world.finish().await;
}
