//! What reminded somebody says, once that is done, what became of it; and nothing on it is left to press that would be refused.

use crate::support::people::concern;
use crate::support::world::World;
use sandbox::Message;

/// The action ids of a message's buttons.
fn buttons(message: &Message) -> Vec<String> {
    let elements = message
        .blocks
        .iter()
        .filter_map(|block| block["elements"].as_array());
    let ids = elements
        .flatten()
        .filter_map(|one| one["action_id"].as_str());
    ids.map(str::to_owned).collect()
}

#[tokio::test]
async fn a_reminder_that_was_heeded_says_so_and_asks_nothing_more() {
    let world = World::of("manchester").at("2026-12-14 10:00").await;
    let iro = world.iro();
    let raising = concern("K-204117").with("flags", serde_json::json!(["urgent"]));
    let id = iro.raises(raising).await;
    world.to("2026-12-16 09:00").await;
    let reminder = |place: &str| {
        let found = world.last(place, "reminder", id);
        found.unwrap_or_else(|| panic!("no reminder in {place}"))
    };
    let managers = world.channel_of("team_manager");
    let asked = reminder(&managers).all_text();
    assert!(
        asked.contains("waits to be acknowledged") && asked.contains("Press Acknowledge"),
        "{asked}"
    );
    let manager = world.role("team_manager");
    manager
        .presses(&world.card("team_manager", id), "acknowledge")
        .await;
    let heeded = reminder(&managers).all_text();
    assert!(
        heeded.contains("waited to be acknowledged")
            && heeded.contains("Acknowledged by <@U0TEAMMANAGERNORTH>")
            && !heeded.contains("Press Acknowledge"),
        "{heeded}"
    );
    // Each of the reminders that no call is logged ends with the one that was pressed.
    let own = iro.at.dm();
    let before = reminder(&own);
    assert_eq!(buttons(&before), ["call", "no_call", "details"]);
    iro.answers(&before, "no_call", &[("reason", "They sat beside me.")])
        .await;
    let posted = world.slack.all_messages();
    let reminders = posted
        .iter()
        .filter(|message| message.channel == own && message.meta("kind") == Some("reminder"));
    let left: Vec<Vec<String>> = reminders.map(buttons).collect();
    assert!(
        !left.is_empty() && left.iter().all(|row| *row == ["details"]),
        "{left:?}"
    );
    // A notice of the bot's that told something once stays as it was said.
    let mut told = posted
        .iter()
        .filter(|message| message.meta("kind") == Some("notice"));
    assert!(told.all(|message| message.edited.is_none()));
    world.skims();
    world.finish().await;
}

#[tokio::test]
async fn a_gates_reminder_says_when_it_was_answered() {
    let world = World::of("manchester").at("2026-12-14 10:00").await;
    let iro = world.iro();
    let id = iro.raises(concern("K-204118")).await;
    world.to("2026-12-22 09:00").await;
    let place = world.channel("iro-manager");
    let last = |kind: &str| {
        world
            .last(&place, kind, id)
            .unwrap_or_else(|| panic!("no {kind}"))
    };
    assert!(last("reminder").all_text().contains("on its card."));
    let gatekeeper = world.role("iro_manager");
    gatekeeper.presses(&last("gate"), "agree_gate").await;
    let heeded = last("reminder").all_text();
    assert!(
        heeded.contains("was asked whether it goes to")
            && heeded.contains("It was answered on Tue 22 Dec"),
        "{heeded}"
    );
    world.skims();
    world.finish().await;
}
