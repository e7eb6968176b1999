//! A workspace with a small app in it, to look at the page: `cargo run -p sandbox --example tour`.
//!
//! The app answers `/tour` with a modal of every input, posts a card of what was sent, and edits it when it is pressed.

use futures_util::{SinkExt, StreamExt};
use sandbox::{ClockPanel, PanelView, StepButton, Workspace};
use serde_json::{Value, json};
use std::io::Write;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use tokio_tungstenite::tungstenite::Message;

/// A clock that starts on a Monday and moves by the hour.
#[derive(Default)]
struct Hours(AtomicI64);

impl Hours {
    fn now(&self) -> chrono::DateTime<chrono::Utc> {
        let seconds = 1_797_242_400 + self.0.load(Ordering::SeqCst) * 3_600;
        chrono::DateTime::from_timestamp(seconds, 0).unwrap_or_default()
    }
}

impl ClockPanel for Hours {
    fn view(&self) -> PanelView {
        let step = |id: &str, label: &str| StepButton {
            id: id.into(),
            label: label.into(),
        };
        PanelView {
            now: self.now().format("%A %-d %B %Y, %H:%M").to_string(),
            notes: vec!["moved by hand".into()],
            steps: vec![step("1", "One hour on"), step("24", "One day on")],
        }
    }

    fn step<'a>(&'a self, id: &'a str) -> futures_util::future::BoxFuture<'a, Result<(), String>> {
        Box::pin(async move {
            let hours = id
                .parse::<i64>()
                .map_err(|_| format!("no step called {id}"))?;
            self.0.fetch_add(hours, Ordering::SeqCst);
            Ok(())
        })
    }
}

fn plain(text: &str) -> Value {
    json!({"type": "plain_text", "text": text})
}

fn modal() -> Value {
    let option = |value: &str| json!({"text": plain(value), "value": value});
    let options = json!([option("north"), option("south")]);
    let input = |id: &str, label: &str, optional: bool, mut element: Value| {
        element["action_id"] = json!("value");
        json!({"type": "input", "block_id": id, "label": plain(label), "optional": optional, "element": element})
    };
    json!({
        "type": "modal", "callback_id": "tour", "title": plain("Every input"), "submit": plain("Send"), "close": plain("Cancel"),
        "blocks": [
            {"type": "section", "text": {"type": "mrkdwn", "text": "Fill in *what you like*; only _why_ and _team_ are needed."}},
            input("why", "Why", false, json!({"type": "plain_text_input", "multiline": true, "max_length": 200})),
            input("team", "Team", false, json!({"type": "static_select", "options": options, "placeholder": plain("Choose a team")})),
            input("who", "Who", true, json!({"type": "users_select"})),
            input("by", "By", true, json!({"type": "datepicker"})),
            input("at", "At", true, json!({"type": "timepicker"})),
            input("flags", "Flags", true, json!({"type": "checkboxes", "options": options})),
            input("route", "Route", true, json!({"type": "radio_buttons", "options": options})),
            input("several", "Several", true, json!({"type": "multi_static_select", "options": options})),
            input("count", "How many", true, json!({"type": "number_input", "is_decimal_allowed": false})),
            input("mail", "Mail", true, json!({"type": "email_text_input"})),
        ],
    })
}

fn card(why: &str, user: &str, done: bool, at: i64) -> Value {
    let button = |id: &str, text: &str, style: &str| json!({"type": "button", "action_id": id, "text": plain(text), "style": style, "value": "1"});
    let mut reject = button("reject", "Reject", "danger");
    reject["confirm"] = json!({"title": plain("Reject it?"), "text": plain("It goes back to who asked."), "confirm": plain("Reject"), "deny": plain("Keep")});
    let mut blocks = json!([
        {"type": "header", "text": plain("★ Something to answer")},
        {"type": "section", "text": {"type": "mrkdwn", "text": why}, "fields": [
            {"type": "mrkdwn", "text": format!("*Asked by*\n<@{user}>")}, {"type": "mrkdwn", "text": format!("*When*\n<!date^{at}^{{date_long_pretty}}, {{time}}|then>")}]},
        {"type": "divider"},
        {"type": "actions", "block_id": "do", "elements": [button("accept", "Accept", "primary"), reject]},
        {"type": "context", "elements": [{"type": "mrkdwn", "text": "Without an answer it stays here. <https://example.org|More> and `code` and ~no~"}]},
    ]);
    if done && let Some(list) = blocks.as_array_mut() {
        list.remove(3);
    }
    blocks
}

async fn call(space: &Workspace, method: &str, args: Value) -> anyhow::Result<Value> {
    let url = format!("{}/{method}", space.api_url());
    let request = reqwest::Client::builder().no_proxy().build()?.post(url);
    let token = if method.starts_with("apps.") {
        space.app_token()
    } else {
        space.bot_token()
    };
    Ok(request
        .bearer_auth(token)
        .json(&args)
        .send()
        .await?
        .json()
        .await?)
}

async fn answer(space: &Workspace, payload: &Value, now: i64) -> anyhow::Result<Value> {
    let user = payload["user"]["id"].as_str().unwrap_or_default();
    if payload["command"] == "/tour" && payload["text"] == "" {
        call(
            space,
            "views.open",
            json!({"trigger_id": payload["trigger_id"], "view": modal()}),
        )
        .await?;
    } else if payload["command"].is_string() {
        return Ok(json!({"text": "Try `/tour` without words."}));
    } else if payload["type"] == "view_submission" {
        let why = payload["view"]["state"]["values"]["why"]["value"]["value"]
            .as_str()
            .unwrap_or_default();
        if why.len() < 5 {
            return Ok(
                json!({"response_action": "errors", "errors": {"why": "Say a little more."}}),
            );
        }
        let args = json!({"channel": "C0OPS", "text": why, "blocks": card(why, user, false, now)});
        call(space, "chat.postMessage", args).await?;
    } else if payload["type"] == "block_actions" {
        let why = payload["message"]["text"].as_str().unwrap_or_default();
        let text = format!("{why}: {}", payload["actions"][0]["action_id"]);
        let args = json!({"channel": payload["channel"]["id"], "ts": payload["message"]["ts"], "text": text, "blocks": card(&text, user, true, now)});
        call(space, "chat.update", args).await?;
    }
    Ok(Value::Null)
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let hours = Arc::new(Hours::default());
    let wall = Arc::clone(&hours);
    let space = Workspace::builder()
        .team("T0TOUR", "tour", "Touring Council")
        .app("Tour guide")
        .titled_user("U0ADA", "Ada Lovelace", "Reviewing officer")
        .titled_user("U0BEN", "Ben Okri", "Team manager")
        .channel("C0OPS", "north-managers", &["U0ADA", "U0BEN"])
        .private_channel("C0BOARD", "board", &["U0BEN"])
        .command("/tour", "[anything]")
        .clock(Arc::new(move || wall.now()))
        .clock_panel(hours.clone())
        .port(
            std::env::args()
                .nth(1)
                .and_then(|port| port.parse().ok())
                .unwrap_or(4_555),
        )
        .start()
        .await?;
    writeln!(std::io::stdout(), "{}", space.url())?;
    let link = call(&space, "apps.connections.open", json!({})).await?;
    let (mut socket, _) =
        tokio_tungstenite::connect_async(link["url"].as_str().unwrap_or_default()).await?;
    while let Some(frame) = socket.next().await {
        let Message::Text(text) = frame? else {
            continue;
        };
        let frame: Value = serde_json::from_str(&text)?;
        if frame["envelope_id"].is_null() {
            continue;
        }
        let body = answer(&space, &frame["payload"], hours.now().timestamp()).await?;
        let ack = json!({"envelope_id": frame["envelope_id"], "payload": body});
        socket.send(Message::text(ack.to_string())).await?;
    }
    Ok(())
}
