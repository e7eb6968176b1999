//! The tour's app and its host: a clock, a timeline, a story. The browser tests play in it too.
//!
//! `/tour` opens a modal of every input and posts a card of what was sent; `/tour card` and `/tour blocks` post at once;
//! `/tour never` is not answered. A card is edited when it is pressed.

use super::blocks::{card, gallery, home, modal};
use chrono::{DateTime, Utc};
use futures_util::future::BoxFuture;
use futures_util::{SinkExt, StreamExt};
use sandbox::{
    Aim, Builder, ClockPanel, Condition, Guide, PanelView, Place, Step, StepButton, Story,
    Timeline, TimelineEntry, Workspace,
};
use serde_json::{Value, json};
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use tokio_tungstenite::tungstenite::Message;

/// What the host adds to the page: a clock that starts on a Monday and moves by the hour, and what the app did.
#[derive(Default)]
pub(crate) struct Host {
    hours: AtomicI64,
    entries: Mutex<Vec<TimelineEntry>>,
}

impl Host {
    /// The wall clock.
    pub(crate) fn now(&self) -> DateTime<Utc> {
        let seconds = 1_797_242_400 + self.hours.load(Ordering::SeqCst) * 3_600;
        DateTime::from_timestamp(seconds, 0).unwrap_or_default()
    }

    fn tells(&self, title: &str, detail: &str, place: Option<Place>) {
        let mut entries = self.entries.lock().unwrap_or_else(PoisonError::into_inner);
        let id = entries.last().map_or(1, |last| last.id + 1);
        entries.push(TimelineEntry {
            id,
            at: self.now(),
            title: title.into(),
            detail: detail.into(),
            place,
        });
    }
}

impl ClockPanel for Host {
    fn view(&self) -> PanelView {
        let step = |id: &str, label: &str| StepButton {
            id: id.into(),
            label: label.into(),
        };
        PanelView {
            now: self.now().format("%a %-d %b %Y, %H:%M").to_string(),
            notes: vec!["a working day".into(), "moved by hand".into()],
            steps: vec![step("1", "One hour on"), step("24", "One day on")],
        }
    }

    fn step<'a>(&'a self, id: &'a str) -> BoxFuture<'a, Result<(), String>> {
        Box::pin(async move {
            let hours = id
                .parse::<i64>()
                .map_err(|_| format!("no step called {id}"))?;
            self.hours.fetch_add(hours, Ordering::SeqCst);
            self.tells(
                &format!("The clock moved by {hours} h"),
                "Nothing was due.",
                None,
            );
            Ok(())
        })
    }

    fn told(&self) -> String {
        "Nothing was due on the way.".into()
    }
}

impl Timeline for Host {
    fn entries(&self, after: u64) -> Vec<TimelineEntry> {
        let entries = self.entries.lock().unwrap_or_else(PoisonError::into_inner);
        entries
            .iter()
            .filter(|entry| entry.id > after)
            .cloned()
            .collect()
    }
}

impl Guide for Host {
    fn stories(&self) -> Vec<Story> {
        let step = |text: &str, who: &str, aim: Aim, done_when: Condition| Step {
            text: text.into(),
            act_as: Some(who.into()),
            channel: Some("C0OPS".into()),
            aim,
            done_when,
        };
        let card = |text: Option<&str>, action: Option<&str>| Condition::Message {
            channel: Some("C0OPS".into()),
            text: text.map(Into::into),
            action: action.map(Into::into),
        };
        let entries = vec![
            ("why".into(), json!("The plan has not moved since October.")),
            ("team".into(), json!("north")),
        ];
        vec![Story {
            id: "card".into(),
            title: "A card is asked for and accepted".into(),
            blurb: "Ada asks, an hour goes by, **Ben** accepts.".into(),
            steps: vec![
                step(
                    "Ask for a form: type `/tour` and send it.",
                    "U0ADA",
                    Aim::Compose("/tour".into()),
                    Condition::ViewOpen("tour".into()),
                ),
                step(
                    "Say why, choose a team, and send it.",
                    "U0ADA",
                    Aim::Fill("tour".into(), entries),
                    Condition::ViewSent("tour".into()),
                ),
                step(
                    "There is the card. Let an hour go by.",
                    "U0ADA",
                    Aim::Clock("1".into()),
                    Condition::ClockMoved(None),
                ),
                step(
                    "Now you are Ben, who is asked. Press **Accept**.",
                    "U0BEN",
                    Aim::Press("accept".into()),
                    card(Some("accept by"), None),
                ),
                step(
                    "The card says so, and bears no button any more.",
                    "U0BEN",
                    Aim::Read,
                    Condition::Next,
                ),
            ],
        }]
    }

    fn reset<'a>(
        &'a self,
        space: &'a Workspace,
        _story: Option<&'a str>,
    ) -> BoxFuture<'a, Result<(), String>> {
        Box::pin(async move {
            self.hours.store(0, Ordering::SeqCst);
            self.entries
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .clear();
            space.forget_everything();
            Ok(())
        })
    }
}

/// A workspace of two teams, with all that the host adds.
pub(crate) fn workspace(host: &Arc<Host>) -> Builder {
    let wall = Arc::clone(host);
    Workspace::builder()
        .team("T0TOUR", "tour", "Touring Council")
        .app("Tour guide")
        .titled_user("U0ADA", "Ada Lovelace", "Reviewing officer")
        .titled_user("U0BEN", "Ben Okri", "Team manager")
        .titled_user("U0CAT", "Cat Stevens", "Team manager")
        .channel("C0OPS", "north-managers", &["U0ADA", "U0BEN"])
        .channel("C0NEWS", "news", &["U0BEN"])
        .private_channel("C0BOARD", "board", &["U0BEN"])
        .command("/tour", "[card, blocks or nothing]")
        .command_suggestions(
            "/tour",
            &[
                ("card", "posts a card"),
                ("blocks", "posts a message of every block"),
                ("note REF", "keeps a note"),
            ],
        )
        .clock(Arc::new(move || wall.now()))
        .clock_panel(host.clone())
        .timeline(host.clone())
        .guide(host.clone())
}

/// Calls a method as the app.
pub(crate) async fn call(space: &Workspace, method: &str, args: Value) -> anyhow::Result<Value> {
    let url = format!("{}/{method}", space.api_url());
    let request = reqwest::Client::builder().no_proxy().build()?.post(url);
    let token = if method.starts_with("apps.") {
        space.app_token()
    } else {
        space.bot_token()
    };
    let answer = request.bearer_auth(token).json(&args).send().await?;
    Ok(answer.json().await?)
}

async fn post(space: &Workspace, host: &Host, why: &str, user: &str) -> anyhow::Result<()> {
    let blocks = card(why, user, None, host.now().timestamp());
    let text = format!("{why}, asked by <@{user}>, for <@U0BEN>");
    let said = call(
        space,
        "chat.postMessage",
        json!({"channel": "C0OPS", "text": text, "blocks": blocks}),
    )
    .await?;
    let place = Place {
        channel: "C0OPS".into(),
        ts: said["ts"].as_str().map(Into::into),
    };
    host.tells(
        "A card was posted",
        "It was asked for; **Ben** is to answer.",
        Some(place),
    );
    space.refresh();
    Ok(())
}

async fn command(space: &Workspace, host: &Host, payload: &Value) -> anyhow::Result<Value> {
    let user = payload["user_id"].as_str().unwrap_or_default();
    match payload["text"].as_str().unwrap_or_default() {
        "" => {
            let args = json!({"trigger_id": payload["trigger_id"], "view": modal()});
            call(space, "views.open", args).await?;
        }
        "card" => post(space, host, "The plan has not moved", user).await?,
        "blocks" => {
            let args = json!({"channel": payload["channel_id"], "text": "Every block", "blocks": gallery()});
            call(space, "chat.postMessage", args).await?;
        }
        "never" => std::future::pending().await,
        _ => return Ok(json!({"text": "Try `/tour` without words."})),
    }
    Ok(Value::Null)
}

async fn answer(space: &Workspace, host: &Host, payload: &Value) -> anyhow::Result<Value> {
    let user = payload["user"]["id"].as_str().unwrap_or_default();
    if payload["command"].is_string() {
        return command(space, host, payload).await;
    }
    if payload["event"]["type"] == "app_home_opened" {
        let cards = space.count(Some("C0OPS"), |_| true);
        let args = json!({"user_id": payload["event"]["user"], "view": home(cards)});
        call(space, "views.publish", args).await?;
    } else if payload["type"] == "view_submission" {
        let why = payload["view"]["state"]["values"]["why"]["value"]["value"]
            .as_str()
            .unwrap_or_default();
        if why.chars().count() < 5 {
            let errors = json!({"why": "Say a little more."});
            return Ok(json!({"response_action": "errors", "errors": errors}));
        }
        post(space, host, why, user).await?;
    } else if payload["type"] == "block_actions" && payload["message"].is_object() {
        let action = payload["actions"][0]["action_id"]
            .as_str()
            .unwrap_or_default();
        let why = payload["message"]["text"].as_str().unwrap_or_default();
        let done = format!("{action} by <@{user}>");
        let blocks = card(why, user, Some(&done), host.now().timestamp());
        let args = json!({"channel": payload["channel"]["id"], "ts": payload["message"]["ts"], "text": format!("{why}: {done}"), "blocks": blocks});
        call(space, "chat.update", args).await?;
        host.tells(
            "A card was answered",
            &format!("{action}, so its buttons went."),
            None,
        );
        space.refresh();
    }
    Ok(Value::Null)
}

/// Answers on a socket until it is closed.
pub(crate) async fn run(space: Workspace, host: Arc<Host>) -> anyhow::Result<()> {
    let link = call(&space, "apps.connections.open", json!({})).await?;
    let url = link["url"].as_str().unwrap_or_default();
    let (mut socket, _) = tokio_tungstenite::connect_async(url).await?;
    let (acks, mut ready) = tokio::sync::mpsc::unbounded_channel::<Message>();
    loop {
        tokio::select! {
            frame = socket.next() => {
                let Some(frame) = frame else { return Ok(()) };
                let Message::Text(text) = frame? else { continue };
                let frame: Value = serde_json::from_str(&text)?;
                if frame["envelope_id"].is_null() {
                    continue;
                }
                let (space, host, acks) = (space.clone(), Arc::clone(&host), acks.clone());
                tokio::spawn(async move {
                    if let Ok(body) = answer(&space, &host, &frame["payload"]).await {
                        let mut ack = json!({"envelope_id": frame["envelope_id"]});
                        if frame["accepts_response_payload"] == true && !body.is_null() {
                            ack["payload"] = body;
                        }
                        _ = acks.send(Message::text(ack.to_string()));
                    }
                });
            }
            Some(ack) = ready.recv() => socket.send(ack).await?,
        }
    }
}
