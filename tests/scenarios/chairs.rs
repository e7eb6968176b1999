//! A chair who is named by hand tells what came of that meeting, and no more of the concern is theirs.

use lodestar::concern::Phase;
use sandbox::Submitted;

use crate::support::people::{Someone, concern};
use crate::support::world::{NOBODY, OWN, World};
use crate::support::{DECISION, REASON};

/// Sets the day of the meeting with the Assistant Director, with a chair and somebody else named.
async fn sets_the_day(world: &World, id: lodestar::ids::ConcernId) {
    let director = world.role("assistant_director");
    let card = world.card("assistant_director", id);
    let view = director.opens(&card, "call_meeting").await;
    let entries = [("meeting_date", "2026-12-16"), ("chair", OWN)];
    director.at.fill_all(&view.id, &entries).await.unwrap();
    let others = serde_json::json!([NOBODY]);
    director
        .at
        .fill(&view.id, "attendees", others)
        .await
        .unwrap();
    assert!(matches!(director.sends(&view).await, Submitted::Closed));
}

const TOLD: [(&str, &str); 4] = [
    ("meeting_date", "2026-12-16"),
    ("meeting_outcome", "agreed"),
    ("account", DECISION),
    ("target_date", "2026-12-23"),
];

/// That somebody learns nothing of the concern.
async fn reads_nothing(who: &Someone<'_>, id: lodestar::ids::ConcernId) {
    let shown = who.asks(&format!("show {id}")).await.all_text();
    assert!(!shown.contains("K-204117"), "{shown}");
}

#[tokio::test]
async fn a_chair_named_by_hand_tells_what_came_of_that_meeting_once_and_reads_nothing() {
    let world = World::of("cp-lac-challenge").at("2026-12-14 10:00").await;
    let iro = world.iro();
    let id = iro
        .raises(concern("K-204117").starting_at("h-s2", REASON))
        .await;
    sets_the_day(&world, id).await;
    let (chair, asked) = (world.someone(OWN), world.someone(NOBODY));
    assert!(!asked.newest("notice", id).has_action("record_meeting"));
    world.to("2026-12-16 15:00").await;
    let notice = chair.newest("notice", id);
    assert!(
        notice.has_action("record_meeting") && !notice.has_action("details"),
        "{}",
        notice.all_text()
    );
    reads_nothing(&chair, id).await;
    let form = chair.opens(&notice, "record_meeting").await;
    assert!(!form.all_text().contains("K-204117"), "{}", form.all_text());
    chair.at.fill_all(&form.id, &TOLD).await.unwrap();
    assert!(matches!(chair.sends(&form).await, Submitted::Closed));
    let case = world.case(id).await;
    let visit = case.concern.visit().unwrap();
    let meeting = &visit.meetings[0];
    assert_eq!(meeting.accounts.len(), 1);
    assert_eq!(meeting.accounts[0].by.as_str(), OWN);
    assert!(visit.answers.is_empty(), "it is not the answer of the step");
    assert_eq!(
        world.stands(id).await,
        ("h-s2".to_owned(), Phase::Answering)
    );
    let details = iro.details(id).await;
    assert!(details.contains("ultramarine"), "{details}");

    // A notice is not edited, so the button is still there: a second press changes nothing, and tells nothing of the concern.
    chair.presses(&notice, "record_meeting").await;
    let told = chair.is_told().await;
    assert!(
        told.contains("done already") && !told.contains("K-204117"),
        "{told}"
    );
    reads_nothing(&chair, id).await;
    // Whom the step is with still tells of the same meeting, and decides.
    let director = world.role("assistant_director");
    let card = world.card("assistant_director", id);
    let sent = director.answers(&card, "record_meeting", &TOLD).await;
    assert!(matches!(sent, Submitted::Closed), "{sent:?}");
    let case = world.case(id).await;
    let visit = case.concern.visit().unwrap();
    assert_eq!(visit.meetings.len(), 1);
    assert_eq!(visit.meetings[0].accounts.len(), 2);
    assert!(card.has_action("decide"), "{}", card.all_text());
    world.skims();
    world.finish().await;
}
