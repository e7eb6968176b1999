//! The meetings of a step in what is printed of a concern.

use lodestar::concern::Command;
use lodestar::concern::command::{MeetingHeld, ToMeet};
use lodestar::concern::meeting::Outcome;
use lodestar::ids::{StepId, TeamId, Text};

use super::{LIBRARY, Records, contains};

fn words(words: &str) -> Text {
    Text::from(words)
}

#[tokio::test]
async fn an_export_has_each_steps_meetings_with_their_day_and_what_came_of_them() {
    let records = Records::of("manchester").await;
    let id = records.raises("Drift.").await;
    let bypass = Command::Bypass {
        to: StepId::from("m-3"),
        reason: words("It cannot wait."),
        with: None,
        with_roles: [].into(),
        with_words: Some(words("The Service Lead")),
        with_on: None,
        said: None,
    };
    records.raiser_does(id, bypass).await;
    records.delivers(id).await;
    let directory = records.council.desk.directory();
    let team = directory.team(&TeamId::from("north")).unwrap();
    let protocol = &LIBRARY.get(&team.protocol).unwrap().protocol;
    let manager = directory
        .holders(&team.id, &"head_of_service".into(), protocol)
        .users[0]
        .clone();
    let on = "2026-12-16".parse().unwrap();
    let called = Command::CallMeeting {
        visit: None,
        asked: ToMeet {
            what: None,
            on,
            chair: None,
            attendees: Vec::new(),
            arrangements: Some(words("Ten o'clock, room two.")),
        },
    };
    records.does(manager.as_str(), id, called).await;
    let page = records.says(&["concern", "export", "C-1"]).await;
    contains(&page, &["Meeting, Wed 16 Dec 2026: set."]);
    records.until("2026-12-16 15:00").await;
    let held = Command::RecordMeeting {
        visit: None,
        held: MeetingHeld {
            what: None,
            on,
            outcome: Outcome::NotAgreed,
            mediation: false,
            account: words("No date was found."),
            target: None,
        },
    };
    records.does(manager.as_str(), id, held).await;
    let export = records
        .json(&["concern", "export", "C-1", "--format", "json"])
        .await;
    let met = &export["steps"][1]["meetings"][0];
    assert_eq!(met["what"], "Meeting");
    assert_eq!(met["on"]["date"], "2026-12-16");
    assert_eq!(met["outcomes"], serde_json::json!(["not_agreed"]));
    assert_eq!(export["steps"][0]["meetings"], serde_json::json!([]));
    let facts = export["facts"].as_array().unwrap();
    let of = |kind: &str| facts.iter().find(|fact| fact["kind"] == kind).unwrap();
    assert_eq!(
        of("meeting_called")["texts"]["arrangements"],
        "Ten o'clock, room two."
    );
    assert_eq!(of("meeting_held")["texts"]["outcome"], "No date was found.");
    let page = records.says(&["concern", "export", "C-1"]).await;
    contains(&page, &["Meeting, Wed 16 Dec 2026: not agreed."]);
}
