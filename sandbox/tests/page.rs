//! The page as a browser gets it; what it looks like is tried in a browser.
#![expect(clippy::unwrap_used, reason = "a test may fail")]

mod support;

use futures_util::StreamExt;
use sandbox::{Aim, ClockPanel, Condition, Guide, PanelView, Step, StepButton, Story};
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

async fn told(answer: reqwest::Response) -> (u16, Value) {
    (answer.status().as_u16(), answer.json().await.unwrap())
}

#[tokio::test]
async fn a_page_of_another_site_cannot_post_here() {
    let space = workspace().start().await.unwrap();
    let say = |origin: &str| {
        browser()
            .post(format!("{}/sandbox/people/U0ADA/say", space.url()))
            .header("origin", origin)
            .header("content-type", "application/json")
            .body(r#"{"channel": "C0OPS", "text": "hello"}"#)
            .send()
    };
    for foreign in ["https://evil.example", "http://127.0.0.1:1", "null"] {
        assert_eq!(say(foreign).await.unwrap().status().as_u16(), 403);
    }
    assert!(space.messages("C0OPS").is_empty());
    assert_eq!(say(&space.url()).await.unwrap().status().as_u16(), 200);
}

#[tokio::test]
async fn people_stand_under_the_hosts_headings_and_commands_bring_their_words() {
    let space = workspace()
        .group("Raise", &["U0BEN"])
        .command_suggestions("/ask", &[("list", "what is open")])
        .start()
        .await
        .unwrap();
    let answer = browser()
        .get(format!("{}/sandbox/page/U0ADA", space.url()))
        .send()
        .await
        .unwrap();
    let (_, page) = told(answer).await;
    assert_eq!(
        page["groups"],
        json!([{"name": "Raise", "users": ["U0BEN"]}, {"name": "Others", "users": ["U0ADA"]}])
    );
    assert_eq!(
        page["commands"][0]["suggestions"],
        json!([{"text": "list", "description": "what is open"}])
    );
}

/// One story: ask, let an hour go by, read.
struct Told;

impl Guide for Told {
    fn stories(&self) -> Vec<Story> {
        let step = |aim: Aim, done_when: Condition| Step {
            text: "Do **this**".into(),
            act_as: Some("U0ADA".into()),
            channel: Some("C0OPS".into()),
            aim,
            done_when,
        };
        let heard = Condition::Message {
            channel: Some("C0OPS".into()),
            text: Some("hello".into()),
            action: None,
        };
        vec![Story {
            id: "one".into(),
            title: "One".into(),
            blurb: "It is <b>short</b>".into(),
            steps: vec![
                step(Aim::Compose("hello".into()), heard),
                step(
                    Aim::Clock("on".into()),
                    Condition::ClockMoved(Some("on".into())),
                ),
                step(
                    Aim::Press("nothing".into()),
                    Condition::ViewOpen("none".into()),
                ),
                step(Aim::Read, Condition::Next),
            ],
        }]
    }

    fn reset<'a>(
        &'a self,
        space: &'a sandbox::Workspace,
        story: Option<&'a str>,
    ) -> futures_util::future::BoxFuture<'a, Result<(), String>> {
        Box::pin(async move {
            space.forget_everything();
            story.map_or_else(|| Err("not now".into()), |_| Ok(()))
        })
    }
}

#[tokio::test]
async fn a_story_moves_on_by_what_happens_and_says_what_it_cannot_do() {
    let space = workspace()
        .clock_panel(Arc::new(Steps::default()))
        .guide(Arc::new(Told))
        .start()
        .await
        .unwrap();
    space
        .person("U0ADA")
        .say("C0OPS", "hello, long before")
        .unwrap();
    let ask = |what: &str, wish: Value| {
        let url = format!("{}/sandbox/guide/{what}", space.url());
        async move { told(browser().post(url).json(&wish).send().await.unwrap()).await }
    };
    let tour = || async {
        let url = format!("{}/sandbox/page/U0ADA", space.url());
        told(browser().get(url).send().await.unwrap()).await.1["guide"].clone()
    };
    let offered = tour().await;
    assert_eq!(
        (&offered["tour"], &offered["offered"]),
        (&Value::Null, &json!(false))
    );
    assert_eq!(
        offered["stories"][0]["html"],
        "<p>It is &lt;b&gt;short&lt;/b&gt;</p>\n"
    );
    assert_eq!(
        ask("do", json!({"user": "U0ADA"})).await.0,
        400,
        "no story is told"
    );
    assert_eq!(
        ask("begin", json!({"story": "two"})).await,
        (400, json!({"error": "there is no story two"}))
    );
    assert_eq!(ask("begin", json!({"story": "one"})).await.0, 200);
    assert_eq!(
        tour().await["tour"]["step"],
        0,
        "what was said before is forgotten"
    );
    for _ in 0..2 {
        assert_eq!(ask("do", json!({})).await.0, 200);
    }
    let third = tour().await;
    assert_eq!(
        (&third["tour"]["step"], &third["tour"]["offer"]),
        (&json!(2), &json!("Press it for me"))
    );
    assert_eq!(
        ask("do", json!({})).await,
        (400, json!({"error": "The button is not there yet."}))
    );
    ask("skip", json!({})).await;
    ask("do", json!({})).await;
    let end = tour().await;
    assert_eq!(
        (&end["tour"]["step"], &end["tour"]["html"]),
        (&json!(4), &Value::Null)
    );
    ask("leave", json!({})).await;
    assert_eq!(tour().await["tour"], Value::Null);
    assert_eq!(
        ask("begin", json!({})).await,
        (400, json!({"error": "not now"})),
        "the host's own words"
    );
    assert_eq!(tour().await["busy"], false);
}
