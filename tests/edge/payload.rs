//! Reading what Slack sends.

use lodestar::slack::payload::{self, Container, Inbound, mentioned_user};
use serde_json::{Value, json};

use crate::support::{click, event, slash, submission};

fn read_submission(payload: &Value) -> payload::Submission {
    match payload::interaction(payload) {
        Ok(Inbound::Submission(submission)) => *submission,
        other => panic!("{other:?}"),
    }
}

fn read_click(payload: &Value) -> payload::Click {
    match payload::interaction(payload) {
        Ok(Inbound::Click(click)) => *click,
        other => panic!("{other:?}"),
    }
}

#[test]
fn every_kind_of_input_gives_what_was_typed_or_chosen() {
    let mut modal = submission("raise_concern");
    modal["view"]["state"]["values"] = json!({
        "issue": {"value": {"type": "plain_text_input", "value": "  drift \n"}},
        "blank": {"value": {"type": "plain_text_input", "value": "   "}},
        "untouched": {"value": {"type": "static_select", "selected_option": null}},
        "team": {"value": {"type": "static_select", "selected_option": {"text": {"type": "plain_text", "text": "North"}, "value": "north"}}},
        "flags": {"value": {"type": "checkboxes", "selected_options": [{"value": "starred"}, {"value": "urgent"}]}},
        "event_date": {"value": {"type": "datepicker", "selected_date": "2026-12-14"}},
        "words": {"value": {"type": "plain_text_input", "value": "friday"}},
        "addressee": {"value": {"type": "users_select", "selected_user": "U0TM1"}},
        "mention": {"value": {"type": "plain_text_input", "value": "<@U0TM2|sam>"}},
        "several": {"value": {"type": "multi_users_select", "selected_users": ["U1", "W2"]}},
        "number": {"value": {"type": "number_input", "value": "5"}},
        "moment": {"value": {"type": "datetimepicker", "selected_date_time": 1_700_000_000}},
        "rich": {"value": {"type": "rich_text_input", "rich_text_value": {"type": "rich_text", "elements": [
            {"type": "rich_text_section", "elements": [{"type": "text", "text": "see "}, {"type": "user", "user_id": "U1"}]}]}}},
        "other_action": {"v": {"type": "plain_text_input", "value": "taken all the same"}},
        "nonsense": 5,
        "empty": {}
    });
    let state = read_submission(&modal).view.state;
    assert_eq!(state.text("issue").as_deref(), Some("drift"));
    assert_eq!(state.text("blank"), None);
    assert_eq!(state.text("untouched"), None);
    assert!(state.options("untouched").is_empty());
    assert_eq!(state.text("team").as_deref(), Some("north"));
    assert_eq!(state.options("team"), ["north"]);
    assert_eq!(state.options("flags"), ["starred", "urgent"]);
    assert_eq!(state.date("event_date").unwrap().to_string(), "2026-12-14");
    assert_eq!(
        (state.date("words"), state.text("words").as_deref()),
        (None, Some("friday"))
    );
    assert_eq!(state.user("addressee").as_deref(), Some("U0TM1"));
    assert_eq!(state.user("mention").as_deref(), Some("U0TM2"));
    assert_eq!(state.user("words"), None);
    assert_eq!(state.options("several"), ["U1", "W2"]);
    assert_eq!(state.text("number").as_deref(), Some("5"));
    assert_eq!(state.text("moment").as_deref(), Some("1700000000"));
    assert_eq!(state.text("rich").as_deref(), Some("see <@U1>"));
    assert_eq!(
        state.text("other_action").as_deref(),
        Some("taken all the same")
    );
    assert_eq!(
        (
            state.text("nonsense"),
            state.text("empty"),
            state.text("absent")
        ),
        (None, None, None)
    );
}

#[test]
fn a_person_is_known_by_mention_or_id_and_by_nothing_else() {
    for (text, id) in [
        ("<@U123|alice>", Some("U123")),
        ("<@W9> and more", Some("W9")),
        (" U123 please", Some("U123")),
        ("@alice", None),
        ("alice", None),
        ("<#C1|ops>", None),
        ("<@u123>", None),
        ("<@U123", None),
        ("U", None),
        ("", None),
    ] {
        assert_eq!(mentioned_user(text).as_deref(), id, "{text}");
    }
}

#[test]
fn a_select_that_acts_at_once_is_read_from_the_action_and_from_the_view() {
    let mut payload = click("value", None);
    payload["view"] = submission("raise_concern")["view"].clone();
    payload["container"] = json!({"type": "view", "view_id": "V1"});
    payload["channel"] = Value::Null;
    payload["actions"][0] = json!({"type": "static_select", "action_id": "value", "block_id": "team", "action_ts": "1.2",
        "selected_option": {"value": "north"}});
    let click = read_click(&payload);
    assert_eq!(click.value().as_deref(), Some("north"));
    assert_eq!(click.state.text("plan").as_deref(), Some("a secret plan"));
    let Container::View(view) = &click.container else {
        panic!("{click:?}")
    };
    assert_eq!(
        (view.id.as_str(), view.hash.as_str()),
        ("V1", "1700000000.abcd")
    );
    assert_eq!(view.private_metadata, "C-42");
    payload["view"]["type"] = json!("home");
    assert!(matches!(read_click(&payload).container, Container::Home(_)));
}

#[test]
fn an_org_wide_install_has_no_team_and_an_ephemeral_message_no_message() {
    let mut payload = click("accept", None);
    payload["container"]["is_ephemeral"] = json!(true);
    let click = read_click(&payload);
    assert_eq!(
        (click.team_id, click.user_team_id.as_deref()),
        (None, Some("T1"))
    );
    assert!(matches!(
        click.container,
        Container::Message {
            ephemeral: true,
            ..
        }
    ));
}

#[test]
fn types_nobody_knows_are_named_and_not_lost() {
    let Ok(Inbound::Unknown(unknown)) = payload::interaction(
        &json!({"type": "message_action", "user": {"id": "U1"}, "response_url": "https://x.test"}),
    ) else {
        panic!("not unknown")
    };
    assert_eq!(
        (unknown.kind.as_str(), unknown.user_id.as_deref()),
        ("message_action", Some("U1"))
    );
    let Ok(Inbound::Event(event)) = payload::event_body(&event("never_heard_of", "Ev1"), 0) else {
        panic!("no event")
    };
    assert_eq!(event.kind, "never_heard_of");
    let Ok(Inbound::Unknown(unknown)) =
        payload::event_body(&json!({"type": "app_rate_limited"}), 0)
    else {
        panic!("not unknown")
    };
    assert_eq!(unknown.kind, "app_rate_limited");
}

#[test]
fn what_is_missing_is_named_without_quoting_what_is_there() {
    let fault = payload::slash(&json!({"command": "/concern", "text": "a secret"})).unwrap_err();
    assert_eq!(
        fault.to_string(),
        "a payload (slash_commands) lacks user_id"
    );
    let fault = payload::parse_json(b"\"a secret").unwrap_err();
    assert!(!format!("{fault:?}").contains("secret"));
    let mut payload = click("accept", None);
    payload["actions"] = json!([]);
    assert_eq!(
        payload::interaction(&payload).unwrap_err().lacks,
        "actions[0]"
    );
    let fault = payload::interaction(&json!({"type": 5})).unwrap_err();
    assert_eq!(fault.to_string(), "a payload (interactive) lacks type");
}

#[test]
fn the_same_payload_has_the_same_key_and_another_another() {
    let key = |payload: &Value| payload::interaction(payload).unwrap().dedupe_key();
    let first = click("accept", None);
    let mut again = click("accept", None);
    assert_eq!(key(&first), key(&again));
    again["actions"][0]["action_ts"] = json!("1700000002.000000");
    assert_ne!(key(&first), key(&again));
    let mut other = click("accept", None);
    other["user"]["id"] = json!("U3");
    assert_ne!(key(&first), key(&other));

    let first = submission("accept");
    let mut edited = submission("accept");
    edited["view"]["state"]["values"] = json!({});
    assert_eq!(
        key(&first),
        key(&edited),
        "pressed again after a time-out, it cannot count twice"
    );
    edited["view"]["hash"] = json!("1700000009.ffff");
    assert_ne!(key(&first), key(&edited));

    let command = payload::slash(&slash("list", "https://x.test")).unwrap();
    assert_eq!(command.dedupe_key().as_deref(), Some("slash:1.2.abc"));
}

#[test]
fn nothing_that_was_typed_and_no_secret_is_in_debug_output() {
    let mut modal = submission("accept");
    modal["view"]["private_metadata"] = json!("secret metadata");
    let mut typed = click("value", Some("https://hooks.slack.com/secret"));
    typed["actions"][0] = json!({"type": "plain_text_input", "action_id": "value", "block_id": "b", "value": "secret"});
    let mut message = event("message", "Ev1");
    message["event"]["text"] = json!("secret");
    let shown = format!(
        "{:?} {:?} {:?} {:?}",
        payload::slash(&slash("secret", "https://hooks.slack.com/secret")),
        payload::interaction(&modal),
        payload::interaction(&typed),
        payload::event_body(&message, 0),
    );
    assert!(!shown.contains("secret"), "{shown}");
    assert!(shown.contains("/concern"));
    let shown = format!("{:?}", payload::interaction(&click("accept", None)));
    assert!(
        shown.contains("C-42") && shown.contains("accept"),
        "{shown}"
    );
}
