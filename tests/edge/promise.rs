//! What an acknowledgement promises, when the work is slow or breaks.

use lodestar::slack::Reply;
use lodestar::slack::edge::Answer;
use lodestar::slack::payload::{self, Inbound};
use serde_json::{Value, json};
use tokio::time::Instant;

use crate::support::{FakeSlack, Script, click, edge_of, event, hasty, slash, submission, within};

/// What is answered to `payload` while the work behind it stands still, and then when it is let go.
struct Slow {
    answer: Answer,
    slack: FakeSlack,
    gate: tokio::sync::watch::Sender<bool>,
}

async fn slow(reply: Reply, payload: impl FnOnce(&FakeSlack) -> Inbound) -> Slow {
    let slack = FakeSlack::start().await;
    let (script, _sees) = Script::new();
    script.replies("slow", reply);
    let gate = script.gate("slow");
    let edge = edge_of(&script, hasty());
    let place = edge.place().await.unwrap();
    let payload = payload(&slack);
    let answer = within(edge.handle(Ok(payload), place, Instant::now(), true)).await;
    Slow {
        answer,
        slack,
        gate,
    }
}

fn said(answer: &Answer) -> String {
    match answer {
        Answer::Ack(Some(body)) => body.to_string(),
        other => panic!("no body: {other:?}"),
    }
}

#[tokio::test]
async fn a_slow_command_is_answered_in_time_and_its_end_follows() {
    let mut slow = slow(Reply::words("Raised as C-42"), |slack| {
        payload::slash(&slash("slow", &slack.response_url("1"))).unwrap()
    })
    .await;
    assert!(said(&slow.answer).contains("cannot count twice"));
    slow.gate.send(true).unwrap();
    let told = slow.slack.call_of("respond/1").await;
    assert_eq!(told.body["text"], "Raised as C-42");
}

#[tokio::test]
async fn a_slow_click_is_acknowledged_and_told_through_its_response_url() {
    let mut slow = slow(Reply::Empty, |slack| {
        payload::interaction(&click("slow", Some(&slack.response_url("1")))).unwrap()
    })
    .await;
    assert_eq!(slow.answer, Answer::Ack(None));
    let told = slow.slack.call_of("respond/1").await;
    assert!(told.body["text"].as_str().unwrap().contains("Press again"));
    slow.gate.send(true).unwrap();
}

#[tokio::test]
async fn a_slow_click_in_a_view_is_not_acknowledged_so_that_slack_shows_it() {
    let mut view = click("slow", None);
    view["container"] = json!({"type": "view", "view_id": "V1"});
    view["view"] = submission("raise_concern")["view"].clone();
    let slow = slow(Reply::Empty, |_| payload::interaction(&view).unwrap()).await;
    assert_eq!(slow.answer, Answer::Refuse);
    slow.gate.send(true).unwrap();
}

#[tokio::test]
async fn a_slow_modal_keeps_what_was_typed_and_says_so_at_its_first_input() {
    let slow = slow(Reply::Empty, |_| {
        payload::interaction(&submission("slow")).unwrap()
    })
    .await;
    let body: Value = serde_json::from_str(&said(&slow.answer)).unwrap();
    assert_eq!(body["response_action"], "errors");
    assert!(
        body["errors"]["plan"]
            .as_str()
            .unwrap()
            .contains("cannot count twice")
    );
    slow.gate.send(true).unwrap();
}

#[tokio::test]
async fn a_slow_modal_without_inputs_gives_way_to_a_view_that_says_so() {
    let mut modal = submission("slow");
    modal["view"]["blocks"] = json!([{"type": "section", "block_id": "intro"}]);
    let slow = slow(Reply::Empty, |_| payload::interaction(&modal).unwrap()).await;
    let body: Value = serde_json::from_str(&said(&slow.answer)).unwrap();
    assert_eq!(body["response_action"], "update");
    assert!(
        body["view"]["blocks"][0]["text"]["text"]
            .as_str()
            .unwrap()
            .contains("Press again")
    );
    slow.gate.send(true).unwrap();
}

#[tokio::test]
async fn a_slow_event_is_not_acknowledged_so_that_slack_delivers_it_again() {
    let slow = slow(Reply::Empty, |_| {
        payload::event_body(&event("slow", "Ev1"), 0).unwrap()
    })
    .await;
    assert_eq!(slow.answer, Answer::Refuse);
    slow.gate.send(true).unwrap();
}

#[tokio::test]
async fn work_that_breaks_is_told_and_gives_its_place_back() {
    let (script, _sees) = Script::new();
    let edge = edge_of(&script, hasty());
    let place = edge.place().await.unwrap();
    let command = payload::slash(&slash("panics", "https://hooks.slack.com/x")).unwrap();
    let answer = within(edge.handle(Ok(command), place, Instant::now(), true)).await;
    assert!(said(&answer).contains("may not have been saved"));
    assert!(edge.finish(std::time::Duration::from_secs(5)).await);
}

#[tokio::test]
async fn a_modal_that_cannot_be_read_says_so_at_its_first_input() {
    let mut modal = submission("accept");
    modal["user"] = Value::Null;
    let (script, mut sees) = Script::new();
    let edge = edge_of(&script, hasty());
    let place = edge.place().await.unwrap();
    let answer = edge
        .handle(payload::interaction(&modal), place, Instant::now(), true)
        .await;
    assert!(said(&answer).contains("nothing was done"));
    assert!(sees.try_recv().is_err());
}

#[tokio::test]
async fn a_modal_answered_with_words_shows_them_in_its_place() {
    let (script, _sees) = Script::new();
    script.replies(
        "accept",
        Reply::words("Only the Team Manager can accept it"),
    );
    let edge = edge_of(&script, hasty());
    let place = edge.place().await.unwrap();
    let modal = payload::interaction(&submission("accept"));
    let answer = edge.handle(modal, place, Instant::now(), true).await;
    let body: Value = serde_json::from_str(&said(&answer)).unwrap();
    assert_eq!(body["response_action"], "update");
    assert!(body["view"].to_string().contains("Only the Team Manager"));
}
