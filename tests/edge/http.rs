//! Signed HTTP.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use hmac::{Hmac, KeyInit, Mac};
use lodestar::clock::Clock;
use lodestar::metrics::Metrics;
use lodestar::readiness::Readiness;
use lodestar::slack::edge::Limits;
use lodestar::slack::http::{operator_routes, slack_routes};
use lodestar::slack::payload::Inbound;
use lodestar::slack::signature::Verifier;
use lodestar::slack::{Edge, Reply};
use serde_json::{Value, json};
use sha2::Sha256;
use tokio::net::TcpListener;
use tokio::sync::mpsc::UnboundedReceiver;

use crate::support::{
    FakeSlack, Script, click, edge_of, event, exchange, hasty, roomy, slash, submission, within,
};

const SECRET: &str = "8f742231b10e8888";

struct Bot {
    address: SocketAddr,
    clock: Clock,
    script: Script,
    sees: UnboundedReceiver<Inbound>,
    edge: Arc<Edge<Script>>,
}

async fn bot(limits: Limits) -> Bot {
    let now = DateTime::parse_from_rfc3339("2026-12-14T10:00:00Z").unwrap();
    let clock = Clock::standing_at(now.to_utc());
    let (script, sees) = Script::new();
    let edge = edge_of(&script, limits);
    let verifier = Verifier::new(&SECRET.into()).unwrap();
    let routes = slack_routes(Arc::clone(&edge), verifier, clock.clone());
    Bot {
        address: serve(routes).await,
        clock,
        script,
        sees,
        edge,
    }
}

async fn serve(routes: axum::Router) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, routes).await });
    address
}

fn sign(secret: &str, at: DateTime<Utc>, body: &[u8]) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
    mac.update(format!("v0:{}:", at.timestamp()).as_bytes());
    mac.update(body);
    hex::encode(mac.finalize().into_bytes())
}

impl Bot {
    async fn posts(&self, path: &str, body: &[u8]) -> (u16, String) {
        self.posts_as(path, body, SECRET, TimeDelta::zero(), "")
            .await
    }

    async fn posts_as(
        &self,
        path: &str,
        body: &[u8],
        secret: &str,
        off: TimeDelta,
        more: &str,
    ) -> (u16, String) {
        let at = self.clock.now() + off;
        let head = format!(
            "POST {path} HTTP/1.1\r\nX-Slack-Request-Timestamp: {}\r\nX-Slack-Signature: v0={}{more}",
            at.timestamp(),
            sign(secret, at, body)
        );
        exchange(self.address, &head, body).await
    }

    fn saw_nothing(&mut self) -> bool {
        self.sees.try_recv().is_err()
    }
}

fn form(fields: &Value) -> Vec<u8> {
    let mut form = form_urlencoded::Serializer::new(String::new());
    for (name, value) in fields.as_object().unwrap() {
        form.append_pair(name, value.as_str().unwrap_or_default());
    }
    form.finish().into_bytes()
}

fn interaction(payload: &Value) -> Vec<u8> {
    form(&json!({"payload": payload.to_string()}))
}

#[tokio::test]
async fn a_signed_command_is_answered_in_the_response() {
    let mut bot = bot(roomy()).await;
    bot.script
        .replies("list", Reply::words("Nothing is overdue"));
    let body = form(&slash("list", "https://hooks.slack.com/x"));
    let (status, answer) = bot.posts("/slack/commands", &body).await;
    assert_eq!(status, 200);
    let answer: Value = serde_json::from_str(&answer).unwrap();
    assert_eq!(answer["text"], "Nothing is overdue");
    assert_eq!(answer["response_type"], "ephemeral");
    let Some(Inbound::Slash(seen)) = bot.sees.recv().await else {
        panic!("no command")
    };
    assert_eq!(
        (seen.command.as_str(), seen.text.as_str()),
        ("/concern", "list")
    );
}

#[tokio::test]
async fn a_forged_signature_is_refused_and_nothing_is_kept() {
    let mut bot = bot(roomy()).await;
    let body = form(&slash("list", "https://hooks.slack.com/x"));
    for path in ["/slack/commands", "/slack/interactions", "/slack/events"] {
        let (status, answer) = bot
            .posts_as(path, &body, "another secret", TimeDelta::zero(), "")
            .await;
        assert_eq!((status, answer.as_str()), (401, ""));
        let (status, _) = exchange(bot.address, &format!("POST {path} HTTP/1.1"), &body).await;
        assert_eq!(status, 401, "unsigned");
    }
    assert!(bot.saw_nothing());
}

#[tokio::test]
async fn a_request_more_than_five_minutes_off_is_refused_either_way() {
    let mut bot = bot(roomy()).await;
    let body = form(&slash("list", "https://hooks.slack.com/x"));
    for seconds in [-301, 301] {
        let off = TimeDelta::seconds(seconds);
        let (status, _) = bot
            .posts_as("/slack/commands", &body, SECRET, off, "")
            .await;
        assert_eq!(status, 401, "{seconds} s");
    }
    assert!(bot.saw_nothing());
    for seconds in [-300, 300] {
        let off = TimeDelta::seconds(seconds);
        let (status, _) = bot
            .posts_as("/slack/commands", &body, SECRET, off, "")
            .await;
        assert_eq!(status, 200, "{seconds} s");
    }
}

#[tokio::test]
async fn a_body_over_a_mebibyte_is_refused_before_it_is_verified() {
    let mut bot = bot(roomy()).await;
    let (status, _) = bot
        .posts("/slack/interactions", &vec![b'a'; (1 << 20) + 1])
        .await;
    assert_eq!(status, 413);
    let (status, _) = exchange(
        bot.address,
        "POST /slack/events HTTP/1.1",
        &vec![b'a'; 3 << 20],
    )
    .await;
    assert_eq!(status, 413);
    assert!(bot.saw_nothing());
    let (status, _) = exchange(
        bot.address,
        "POST /slack/events HTTP/1.1",
        &vec![b'a'; 1 << 20],
    )
    .await;
    assert_eq!(
        status, 401,
        "a mebibyte is read, and then it must be signed"
    );
}

#[tokio::test]
async fn a_signed_body_that_cannot_be_read_is_an_error_and_not_an_acknowledgement() {
    let mut bot = bot(roomy()).await;
    let cases: [(&str, &[u8]); 5] = [
        ("/slack/interactions", b"payload=%7Bnot+json"),
        ("/slack/interactions", b"no=payload"),
        (
            "/slack/interactions",
            b"payload=%7B%22type%22%3A%22block_actions%22%7D",
        ),
        ("/slack/events", b"\xff\xfe"),
        ("/slack/events", b"{\"type\":\"event_callback\"}"),
    ];
    for (path, body) in cases {
        let (status, _) = bot.posts(path, body).await;
        assert_eq!(status, 500, "{path}");
    }
    assert!(bot.saw_nothing());
}

#[tokio::test]
async fn a_command_that_cannot_be_read_tells_its_sender() {
    let bot = bot(roomy()).await;
    let (status, answer) = bot
        .posts("/slack/commands", b"command=%2Fconcern&text=show")
        .await;
    assert_eq!(status, 200);
    assert!(answer.contains("nothing was done"), "{answer}");
}

#[tokio::test]
async fn the_url_is_verified_by_its_challenge_and_only_when_signed() {
    let mut bot = bot(roomy()).await;
    let body = br#"{"type":"url_verification","token":"t","challenge":"abc"}"#;
    assert_eq!(
        bot.posts("/slack/events", body).await,
        (200, "abc".to_owned())
    );
    let forged = bot
        .posts_as("/slack/events", body, "another", TimeDelta::zero(), "")
        .await;
    assert_eq!(forged.0, 401);
    assert!(bot.saw_nothing());
}

#[tokio::test]
async fn a_redelivered_event_says_so_and_has_the_key_of_the_first() {
    let mut bot = bot(roomy()).await;
    let body = event("app_home_opened", "Ev1").to_string().into_bytes();
    let (status, _) = bot.posts("/slack/events", &body).await;
    assert_eq!(status, 200);
    let more = "\r\nX-Slack-Retry-Num: 2\r\nX-Slack-Retry-Reason: http_timeout";
    bot.posts_as("/slack/events", &body, SECRET, TimeDelta::zero(), more)
        .await;
    let (first, second) = (
        bot.sees.recv().await.unwrap(),
        bot.sees.recv().await.unwrap(),
    );
    assert_eq!(first.dedupe_key(), second.dedupe_key());
    assert_eq!(first.dedupe_key().as_deref(), Some("event:Ev1"));
    let (Inbound::Event(first), Inbound::Event(second)) = (first, second) else {
        panic!("no events")
    };
    assert_eq!((first.retry, second.retry), (0, 2));
}

#[tokio::test]
async fn a_modal_is_answered_with_errors_at_its_fields() {
    let bot = bot(roomy()).await;
    bot.script
        .replies("accept", Reply::error("target_date", "That day has passed"));
    let (status, answer) = bot
        .posts("/slack/interactions", &interaction(&submission("accept")))
        .await;
    assert_eq!(status, 200);
    assert_eq!(
        answer,
        r#"{"response_action":"errors","errors":{"target_date":"That day has passed"}}"#
    );
}

#[tokio::test]
async fn a_refused_click_is_acknowledged_and_answered_to_the_person_alone() {
    let mut slack = FakeSlack::start().await;
    let bot = bot(roomy()).await;
    bot.script
        .replies("accept", Reply::words("Only its addressee can accept it"));
    let body = interaction(&click("accept", Some(&slack.response_url("1"))));
    assert_eq!(
        bot.posts("/slack/interactions", &body).await,
        (200, String::new())
    );
    let told = slack.call_of("respond/1").await;
    assert_eq!(told.body["text"], "Only its addressee can accept it");
    assert_eq!(told.body["replace_original"], false);
    assert_eq!(told.body["response_type"], "ephemeral");
    assert!(
        !told.headers.contains_key("authorization"),
        "the token is nobody else's"
    );
}

#[tokio::test]
async fn a_sender_who_goes_away_does_not_cancel_the_work() {
    let mut bot = bot(roomy()).await;
    let gate = bot.script.gate("slow");
    let body = form(&slash("slow", "https://hooks.slack.com/x"));
    let (_, elsewhere) = tokio::sync::mpsc::unbounded_channel();
    let mut sees = std::mem::replace(&mut bot.sees, elsewhere);
    {
        let posting = bot.posts("/slack/commands", &body);
        tokio::pin!(posting);
        tokio::select! {
            _ = &mut posting => panic!("it was answered before it was done"),
            came = within(sees.recv()) => assert!(came.is_some()),
        }
    }
    gate.send(true).unwrap();
    assert!(bot.edge.finish(Duration::from_secs(5)).await);
    assert_eq!(bot.script.finished(), 1);
}

#[tokio::test]
async fn when_too_many_are_in_work_the_next_is_turned_away_and_not_dropped() {
    let mut bot = bot(Limits {
        at_once: 1,
        ..hasty()
    })
    .await;
    let gate = bot.script.gate("slow");
    let body = event("slow", "Ev1").to_string().into_bytes();
    assert_eq!(
        bot.posts("/slack/events", &body).await.0,
        500,
        "not done in time, so Slack asks again"
    );
    let body = event("other", "Ev2").to_string().into_bytes();
    assert_eq!(bot.posts("/slack/events", &body).await.0, 503);
    gate.send(true).unwrap();
    bot.sees.recv().await.unwrap();
    assert!(bot.saw_nothing());
}

#[tokio::test]
async fn operators_read_health_readiness_and_metrics() {
    let (readiness, metrics) = (Readiness::new(), Metrics::new());
    readiness.not_ready("Socket Mode", "not connected to Slack yet");
    metrics.count("lodestar_inbound_total", &[("kind", "click")]);
    let address = serve(operator_routes(readiness.clone(), metrics)).await;
    let get = |path: &str| {
        let head = format!("GET {path} HTTP/1.1");
        async move { exchange(address, &head, b"").await }
    };
    assert_eq!(get("/healthz").await.0, 200);
    let (status, why) = get("/readyz").await;
    assert_eq!(
        (status, why.as_str()),
        (503, "Socket Mode: not connected to Slack yet\n")
    );
    readiness.ready("Socket Mode");
    assert_eq!(get("/readyz").await, (200, "ready\n".to_owned()));
    assert!(
        get("/metrics")
            .await
            .1
            .contains("lodestar_inbound_total{kind=\"click\"} 1")
    );
}

#[test]
fn the_signature_is_that_of_slacks_own_example() {
    let verifier = Verifier::new(&"8f742231b10e8888abcd99yyyzzz85a5".into()).unwrap();
    let body = "token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c";
    let mut headers = axum::http::HeaderMap::new();
    headers.insert("x-slack-request-timestamp", "1531420618".parse().unwrap());
    let signature = "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503";
    headers.insert("x-slack-signature", signature.parse().unwrap());
    let now = DateTime::from_timestamp(1_531_420_620, 0).unwrap();
    assert_eq!(verifier.verify(&headers, body.as_bytes(), now), Ok(()));
    assert!(
        verifier
            .verify(&headers, &body.as_bytes()[1..], now)
            .is_err()
    );
    assert!(Verifier::new(&" ".into()).is_err());
}
