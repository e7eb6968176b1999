//! The page as a browser gets it; what it looks like is tried in a browser.
#![expect(clippy::unwrap_used, reason = "a test may fail")]

mod support;

use futures_util::StreamExt;
use sandbox::{ClockPanel, PanelView, StepButton};
use serde_json::{Value, json};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use support::{call, card, workspace};

fn browser() -> reqwest::Client {
    reqwest::Client::builder().no_proxy().build().unwrap()
}

#[derive(Default)]
struct Steps(AtomicI64);

impl ClockPanel for Steps {
    fn view(&self) -> PanelView {
        PanelView {
            now: format!("step {}", self.0.load(Ordering::SeqCst)),
            notes: vec!["a working day".into()],
            steps: vec![StepButton {
                id: "on".into(),
                label: "On".into(),
            }],
        }
    }

    fn step<'a>(&'a self, id: &'a str) -> futures_util::future::BoxFuture<'a, Result<(), String>> {
        Box::pin(async move {
            if id != "on" {
                return Err(format!("no step called {id}"));
            }
            self.0.fetch_add(1, Ordering::SeqCst);
            Ok(())
        })
    }

    fn told(&self) -> String {
        "One step on.".into()
    }
}

#[tokio::test]
async fn every_file_the_page_asks_for_is_there_under_a_strict_policy() {
    let space = workspace().start().await.unwrap();
    let get = |path: String| {
        let url = format!("{}{path}", space.url());
        async move { browser().get(url).send().await.unwrap() }
    };
    let index = get("/".into()).await;
    let policy = index.headers()["content-security-policy"]
        .to_str()
        .unwrap()
        .to_owned();
    assert!(
        policy.contains("default-src 'none'")
            && policy.contains("script-src 'self'")
            && !policy.contains("unsafe")
    );
    let mut waiting = vec![index.text().await.unwrap()];
    let mut seen = Vec::new();
    while let Some(text) = waiting.pop() {
        let quoted = text
            .split('"')
            .filter(|part| part.starts_with("/page/") || part.starts_with("./"));
        for name in quoted.map(|part| {
            part.trim_start_matches("/page/")
                .trim_start_matches("./")
                .to_owned()
        }) {
            if !seen.contains(&name) {
                let answer = get(format!("/page/{name}")).await;
                assert_eq!(answer.status().as_u16(), 200, "{name}");
                waiting.push(answer.text().await.unwrap());
                seen.push(name);
            }
        }
    }
    assert_eq!(seen.len(), 15);
    assert_eq!(get("/page/nothing.js".into()).await.status().as_u16(), 404);
}

#[tokio::test]
async fn a_foreign_name_for_this_machine_is_refused() {
    let space = workspace().start().await.unwrap();
    for path in ["/", "/sandbox/state"] {
        let answer = browser()
            .get(format!("{}{path}", space.url()))
            .header("host", "evil.example:80")
            .send()
            .await
            .unwrap();
        assert_eq!(answer.status().as_u16(), 403);
    }
}

#[tokio::test]
async fn a_person_sees_their_own_conversations_and_what_is_new_in_them() {
    let space = workspace().start().await.unwrap();
    let posted = call(
        &space,
        "chat.postMessage",
        json!({"channel": "C0BOARD", "text": "Please look", "blocks": card()}),
    )
    .await;
    call(
        &space,
        "chat.postEphemeral",
        json!({"channel": "C0OPS", "user": "U0BEN", "text": "you alone"}),
    )
    .await;
    let snapshot = |user: &'static str, channel: &'static str| {
        let url = format!("{}/sandbox/page/{user}?channel={channel}", space.url());
        async move {
            browser()
                .get(url)
                .send()
                .await
                .unwrap()
                .json::<Value>()
                .await
                .unwrap()
        }
    };
    let ada = snapshot("U0ADA", "C0BOARD").await;
    assert_eq!(ada["messages"], Value::Null, "she is not in it");
    assert!(
        ada["channels"]
            .as_array()
            .unwrap()
            .iter()
            .all(|channel| channel["id"] != "C0BOARD")
    );
    let ben = snapshot("U0BEN", "C0BOARD").await;
    assert_eq!(ben["messages"][0]["ts"], posted["ts"]);
    let board = |snapshot: &Value| {
        snapshot["channels"]
            .as_array()
            .unwrap()
            .iter()
            .find(|channel| channel["id"] == "C0BOARD")
            .unwrap()["unread"]
            .clone()
    };
    assert_eq!(board(&ben), 1);
    space.person("U0BEN").reads("C0BOARD");
    assert_eq!(board(&snapshot("U0BEN", "C0OPS").await), 0);
    let ops = snapshot("U0BEN", "C0OPS").await;
    assert_eq!(
        (&ops["messages"][0]["text"], &ops["messages"][0]["only_you"]),
        (&json!("you alone"), &json!(true))
    );
    assert_eq!(snapshot("U0ADA", "C0OPS").await["messages"], json!([]));
    assert_eq!(
        snapshot("U0NONE", "C0OPS").await["error"],
        "there is no such person"
    );
}

#[tokio::test]
async fn the_page_is_told_of_every_change() {
    let space = workspace().start().await.unwrap();
    let mut lines = browser()
        .get(format!("{}/sandbox/changes", space.url()))
        .send()
        .await
        .unwrap()
        .bytes_stream();
    let first = lines.next().await.unwrap().unwrap();
    assert!(first.starts_with(b"data:"));
    space.person("U0ADA").say("C0OPS", "hello").unwrap();
    let second = lines.next().await.unwrap().unwrap();
    assert!(second.starts_with(b"data:") && second != first);
}

#[tokio::test]
async fn the_clock_is_offered_only_where_the_host_has_one() {
    let without = workspace().start().await.unwrap();
    let none: Value = browser()
        .get(format!("{}/sandbox/clock", without.url()))
        .send()
        .await
        .unwrap()
        .json()
        .await
        .unwrap();
    assert_eq!(none, Value::Null);
    let space = workspace()
        .clock_panel(Arc::new(Steps::default()))
        .start()
        .await
        .unwrap();
    let step = |id: &str| {
        browser()
            .post(format!("{}/sandbox/clock/{id}", space.url()))
            .send()
    };
    let moved: Value = step("on").await.unwrap().json().await.unwrap();
    assert_eq!(
        (&moved["view"]["now"], &moved["told"]),
        (&json!("step 1"), &json!("One step on."))
    );
    let refused = step("back").await.unwrap();
    assert_eq!(
        (
            refused.status().as_u16(),
            refused.json::<Value>().await.unwrap()
        ),
        (400, json!({"error": "no step called back"}))
    );
}
