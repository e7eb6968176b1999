//! Socket Mode.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::ws::Message;
use hyper_util::client::proxy::matcher::Matcher;
use lodestar::metrics::Metrics;
use lodestar::readiness::Readiness;
use lodestar::slack::Reply;
use lodestar::slack::edge::Limits;
use lodestar::slack::network::Network;
use lodestar::slack::payload::Inbound;
use lodestar::slack::socket::{self, Ended, Patience};
use lodestar::slack::web::WebApi;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::mpsc::UnboundedReceiver;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::network::head_of;
use crate::support::{
    FakeSlack, Script, click, edge_of, envelope, event, hasty, json_answer, roomy, slash,
    submission, within,
};

/// Patience for a test: quick to come back, and with no ends of its own.
fn quick() -> Patience {
    Patience {
        hello_within: Duration::from_secs(5),
        ping_every: Duration::from_secs(5),
        silent_for: Duration::from_secs(8),
        backoff_from: Duration::from_millis(5),
        backoff_to: Duration::from_millis(40),
        settled_after: Duration::ZERO,
        overlap: Duration::from_secs(8),
        finish_within: Duration::from_secs(5),
    }
}

struct Bot {
    script: Script,
    sees: UnboundedReceiver<Inbound>,
    readiness: Readiness,
    running: JoinHandle<Ended>,
    stop: Option<oneshot::Sender<()>>,
}

fn bot(slack: &FakeSlack, limits: Limits, patience: Patience) -> Bot {
    bot_with(slack.web(), limits, patience)
}

fn bot_with(web: WebApi, limits: Limits, patience: Patience) -> Bot {
    let (script, sees) = Script::new();
    let readiness = Readiness::new();
    let (stop, told) = oneshot::channel();
    let edge = edge_of(&script, limits);
    let ready = readiness.clone();
    let running = tokio::spawn(async move {
        let shutdown = async {
            let _ = told.await;
        };
        socket::run(
            Arc::new(web),
            "xapp-secret".into(),
            edge,
            ready,
            patience,
            shutdown,
        )
        .await
    });
    Bot {
        script,
        sees,
        readiness,
        running,
        stop: Some(stop),
    }
}

fn command(id: &str, text: &str) -> Value {
    envelope(
        id,
        "slash_commands",
        true,
        &slash(text, "https://hooks.slack.com/x"),
    )
}

fn refresh() -> Value {
    json!({"type": "disconnect", "reason": "refresh_requested", "debug_info": {"host": "applink-1"}})
}

fn bare(id: &str) -> Value {
    json!({"envelope_id": id})
}

#[tokio::test]
async fn it_opens_with_the_apps_token_and_acknowledges_with_a_payload_only_where_one_is_taken() {
    let mut slack = FakeSlack::start().await;
    let bot = bot(&slack, roomy(), quick());
    bot.script
        .replies("list", Reply::words("Nothing is overdue"));
    let mut peer = slack.greets().await;
    let opened = slack.call_of("apps.connections.open").await;
    assert_eq!(opened.headers["authorization"], "Bearer xapp-secret");

    peer.sends(&command("e-1", "list")).await;
    let ack = peer.hears().await.unwrap();
    assert_eq!(
        (&ack["envelope_id"], &ack["payload"]["text"]),
        (&json!("e-1"), &json!("Nothing is overdue"))
    );

    let url = slack.response_url("1");
    peer.sends(&envelope(
        "e-2",
        "slash_commands",
        false,
        &slash("list", &url),
    ))
    .await;
    assert_eq!(peer.hears().await, Some(bare("e-2")));
    assert_eq!(
        slack.call_of("respond/1").await.body["text"],
        "Nothing is overdue"
    );

    peer.sends(&envelope(
        "e-3",
        "events_api",
        false,
        &event("app_home_opened", "Ev1"),
    ))
    .await;
    assert_eq!(peer.hears().await, Some(bare("e-3")));
}

#[tokio::test]
async fn a_slow_payload_holds_back_no_other() {
    let mut slack = FakeSlack::start().await;
    let bot = bot(&slack, roomy(), quick());
    let gate = bot.script.gate("slow");
    let mut peer = slack.greets().await;
    peer.sends(&command("e-slow", "slow")).await;
    for id in ["e-1", "e-2", "e-3"] {
        peer.sends(&command(id, "quick")).await;
        assert_eq!(peer.hears().await, Some(bare(id)));
    }
    gate.send(true).unwrap();
    assert_eq!(peer.hears().await, Some(bare("e-slow")));
}

#[tokio::test]
async fn past_the_limit_frames_wait_in_slacks_hands_and_none_is_dropped() {
    let mut slack = FakeSlack::start().await;
    let mut bot = bot(
        &slack,
        Limits {
            at_once: 2,
            ..roomy()
        },
        quick(),
    );
    let gate = bot.script.gate("slow");
    let mut peer = slack.greets().await;
    for id in 0..6 {
        peer.sends(&command(&format!("e-{id}"), "slow")).await;
    }
    for _ in 0..2 {
        within(bot.sees.recv()).await.unwrap();
    }
    tokio::task::yield_now().await;
    assert!(bot.sees.try_recv().is_err(), "two are in work and no third");
    gate.send(true).unwrap();
    let mut acked = Vec::new();
    for _ in 0..6 {
        acked.push(
            peer.hears().await.unwrap()["envelope_id"]
                .as_str()
                .unwrap()
                .to_owned(),
        );
    }
    acked.sort();
    assert_eq!(acked, ["e-0", "e-1", "e-2", "e-3", "e-4", "e-5"]);
}

#[tokio::test]
async fn a_refresh_brings_the_new_connection_before_the_old_one_closes() {
    let mut slack = FakeSlack::start().await;
    let bot = bot(&slack, roomy(), quick());
    let gate = bot.script.gate("slow");
    let mut old = slack.greets().await;
    old.sends(&command("e-before", "slow")).await;
    old.sends(&refresh()).await;
    let mut new = slack.greets().await;
    new.sends(&command("e-new", "quick")).await;
    assert_eq!(new.hears().await, Some(bare("e-new")));
    old.sends(&command("e-after", "quick")).await;
    assert_eq!(
        old.hears().await,
        Some(bare("e-after")),
        "a frame on the old connection is not dropped"
    );
    gate.send(true).unwrap();
    assert_eq!(
        old.hears().await,
        Some(bare("e-before")),
        "and one in work is acknowledged where it came"
    );
    old.socket.send(Message::Close(None)).await.unwrap();
    assert_eq!(old.hears().await, None);
    assert!(bot.readiness.is_ready());
    new.sends(&command("e-last", "quick")).await;
    assert_eq!(new.hears().await, Some(bare("e-last")));
    assert!(
        slack.sockets.try_recv().is_err(),
        "one new connection, not two"
    );
}

#[tokio::test]
async fn an_old_connection_that_slack_does_not_close_is_left_in_the_end() {
    let mut slack = FakeSlack::start().await;
    let patience = Patience {
        overlap: Duration::from_millis(20),
        ..quick()
    };
    let _bot = bot(&slack, roomy(), patience);
    let mut old = slack.greets().await;
    old.sends(&refresh()).await;
    let _new = slack.greets().await;
    assert_eq!(old.hears().await, None);
}

#[tokio::test]
async fn a_lost_connection_is_made_again_and_said_meanwhile() {
    let mut slack = FakeSlack::start().await;
    let bot = bot(&slack, roomy(), quick());
    let peer = slack.greets().await;
    drop(peer);
    let mut peer = within(slack.sockets.recv()).await.unwrap();
    assert!(!bot.readiness.is_ready());
    assert_eq!(bot.readiness.faults()[0].0, socket::PART);
    peer.sends(&json!({"type": "hello"})).await;
    peer.sends(&command("e-1", "quick")).await;
    assert_eq!(peer.hears().await, Some(bare("e-1")));
    assert!(bot.readiness.is_ready());
}

#[tokio::test]
async fn slack_out_of_reach_at_the_start_is_waited_out() {
    let mut slack = FakeSlack::start().await;
    let asked = std::sync::atomic::AtomicUsize::new(0);
    slack.answers(
        move |_| match asked.fetch_add(1, std::sync::atomic::Ordering::SeqCst) {
            0 => Some(crate::support::status(503)),
            1 => Some(json_answer(&json!({"ok": false, "error": "invalid_auth"}))),
            _ => None,
        },
    );
    let bot = bot(&slack, roomy(), quick());
    for _ in 0..3 {
        slack.call_of("apps.connections.open").await;
        assert!(!bot.readiness.is_ready());
    }
    let mut peer = slack.greets().await;
    peer.sends(&command("e-1", "quick")).await;
    assert_eq!(peer.hears().await, Some(bare("e-1")));
}

#[tokio::test]
async fn a_connection_on_which_nothing_comes_is_given_up() {
    let mut slack = FakeSlack::start().await;
    let patience = Patience {
        silent_for: Duration::from_millis(40),
        ..quick()
    };
    let _bot = bot(&slack, roomy(), patience);
    let _mute = slack.greets().await;
    let _next = slack.greets().await;
}

#[tokio::test]
async fn pings_and_their_answers_keep_a_quiet_connection() {
    let mut slack = FakeSlack::start().await;
    let patience = Patience {
        ping_every: Duration::from_millis(20),
        silent_for: Duration::from_secs(1),
        ..quick()
    };
    let _bot = bot(&slack, roomy(), patience);
    let mut peer = slack.greets().await;
    for _ in 0..60 {
        let Some(Ok(Message::Ping(_))) = within(peer.socket.recv()).await else {
            panic!("no ping")
        };
    }
    assert!(slack.sockets.try_recv().is_err(), "no second connection");
}

#[tokio::test]
async fn socket_mode_turned_off_ends_it_without_a_loop() {
    let mut slack = FakeSlack::start().await;
    let bot = bot(&slack, roomy(), quick());
    let mut peer = slack.greets().await;
    peer.sends(&json!({"type": "disconnect", "reason": "link_disabled"}))
        .await;
    assert_eq!(within(bot.running).await.unwrap(), Ended::LinkDisabled);
    assert!(bot.readiness.faults()[0].1.contains("turned off"));
    slack.call_of("apps.connections.open").await;
    assert!(slack.calls.try_recv().is_err(), "it asked once");
}

#[tokio::test]
async fn what_cannot_be_read_is_told_or_left_unacknowledged_and_the_connection_lives_on() {
    let mut slack = FakeSlack::start().await;
    let mut bot = bot(&slack, roomy(), quick());
    let mut peer = slack.greets().await;
    peer.sends_text("{not json").await;
    peer.sends(&json!({"type": "something_new"})).await;
    peer.sends(&json!({"envelope_id": "e-0", "type": "events_api", "payload": null}))
        .await;

    let mut modal = submission("accept");
    modal["user"] = Value::Null;
    peer.sends(&envelope("e-1", "interactive", true, &modal))
        .await;
    let ack = peer.hears().await.unwrap();
    assert_eq!(ack["envelope_id"], "e-1", "e-0 is not acknowledged");
    assert!(ack["payload"]["errors"]["plan"].is_string());

    let mut press = click("accept", Some(&slack.response_url("1")));
    press["actions"] = Value::Null;
    peer.sends(&envelope("e-2", "interactive", false, &press))
        .await;
    assert_eq!(peer.hears().await, Some(bare("e-2")));
    let told = slack.call_of("respond/1").await;
    assert!(
        told.body["text"]
            .as_str()
            .unwrap()
            .contains("could not be read")
    );
    assert!(bot.sees.try_recv().is_err());

    peer.sends(&envelope(
        "e-3",
        "interactive",
        false,
        &click("accept", None),
    ))
    .await;
    assert_eq!(
        peer.hears().await,
        Some(bare("e-3")),
        "team: null is nothing unusual"
    );
    assert_eq!(bot.sees.recv().await.unwrap().kind(), "click");
}

#[tokio::test]
async fn a_modal_on_an_envelope_that_takes_no_answer_is_not_acknowledged_as_if_it_were_well() {
    let mut slack = FakeSlack::start().await;
    let bot = bot(&slack, roomy(), quick());
    bot.script
        .replies("accept", Reply::error("plan", "Say what will be done"));
    let mut peer = slack.greets().await;
    peer.sends(&envelope(
        "e-1",
        "interactive",
        false,
        &submission("accept"),
    ))
    .await;
    peer.sends(&command("e-2", "quick")).await;
    assert_eq!(peer.hears().await, Some(bare("e-2")));
}

#[tokio::test]
async fn an_event_that_takes_too_long_is_not_acknowledged_so_that_it_comes_again() {
    let mut slack = FakeSlack::start().await;
    let mut bot = bot(&slack, hasty(), quick());
    let gate = bot.script.gate("slow");
    let mut peer = slack.greets().await;
    peer.sends(&envelope("e-1", "events_api", false, &event("slow", "Ev1")))
        .await;
    within(bot.sees.recv()).await.unwrap();
    peer.sends(&command("e-2", "slow")).await;
    let ack = peer.hears().await.unwrap();
    assert_eq!(ack["envelope_id"], "e-2");
    assert!(
        ack["payload"]["text"]
            .as_str()
            .unwrap()
            .contains("cannot count twice")
    );
    let mut again = envelope("e-3", "events_api", false, &event("quick", "Ev1"));
    again["retry_attempt"] = json!(1);
    peer.sends(&again).await;
    assert_eq!(peer.hears().await, Some(bare("e-3")));
    within(bot.sees.recv()).await.unwrap();
    let Some(Inbound::Event(event)) = within(bot.sees.recv()).await else {
        panic!("no event")
    };
    assert_eq!(event.retry, 1);
    gate.send(true).unwrap();
}

#[tokio::test]
async fn what_ends_after_its_connection_is_still_told() {
    let mut slack = FakeSlack::start().await;
    let mut bot = bot(&slack, roomy(), quick());
    bot.script.replies("slow", Reply::words("Raised as C-42"));
    let gate = bot.script.gate("slow");
    let url = slack.response_url("1");
    let mut peer = slack.greets().await;
    peer.sends(&envelope(
        "e-1",
        "slash_commands",
        true,
        &slash("slow", &url),
    ))
    .await;
    within(bot.sees.recv()).await.unwrap();
    drop(peer);
    let _next = slack.greets().await;
    gate.send(true).unwrap();
    assert_eq!(
        slack.call_of("respond/1").await.body["text"],
        "Raised as C-42"
    );
}

#[tokio::test]
async fn a_frame_too_large_costs_the_connection_and_not_the_bot() {
    let mut slack = FakeSlack::start().await;
    let _bot = bot(&slack, roomy(), quick());
    let mut peer = slack.greets().await;
    let large = "x".repeat((2 << 20) + 1);
    let _ = peer.socket.send(Message::text(large)).await;
    let mut next = slack.greets().await;
    next.sends(&command("e-1", "quick")).await;
    assert_eq!(next.hears().await, Some(bare("e-1")));
}

#[tokio::test]
async fn shutting_down_acknowledges_what_is_in_work_and_then_closes() {
    let mut slack = FakeSlack::start().await;
    let mut bot = bot(&slack, roomy(), quick());
    let gate = bot.script.gate("slow");
    let mut peer = slack.greets().await;
    peer.sends(&command("e-1", "slow")).await;
    within(bot.sees.recv()).await.unwrap();
    drop(bot.stop.take());
    gate.send(true).unwrap();
    assert_eq!(peer.hears().await, Some(bare("e-1")));
    assert_eq!(peer.hears().await, None);
    assert_eq!(within(bot.running).await.unwrap(), Ended::Shutdown);
    assert!(!bot.readiness.is_ready());
}

#[tokio::test]
async fn the_socket_goes_through_the_proxys_tunnel() {
    let mut slack = FakeSlack::start().await;
    slack.answers(|_| {
        Some(json_answer(
            &json!({"ok": true, "url": "wss://wss.slack.test/link/?ticket=secret"}),
        ))
    });
    let proxy = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let matcher = Matcher::builder()
        .https(format!("http://{}", proxy.local_addr().unwrap()))
        .build();
    let web = WebApi::new(
        &Network::new(matcher, None).unwrap(),
        &format!("http://{}/api", slack.address),
        &"xoxb-secret".into(),
        lodestar::slack::web::Patience::default(),
        Metrics::new(),
    );
    let bot = bot_with(web.unwrap(), roomy(), quick());
    let (mut stream, _) = within(proxy.accept()).await.unwrap();
    let head = head_of(&mut stream).await;
    assert!(
        head.starts_with("CONNECT wss.slack.test:443 HTTP/1.1\r\n"),
        "{head}"
    );
    drop(stream);
    slack.call_of("apps.connections.open").await;
    slack.call_of("apps.connections.open").await;
    let why = &bot.readiness.faults()[0].1;
    assert!(
        why.contains("cannot be reached") && !why.contains("secret"),
        "{why}"
    );
}

#[tokio::test]
async fn an_address_for_the_socket_that_is_not_wss_is_not_followed() {
    let mut slack = FakeSlack::start().await;
    slack.answers(|_| {
        Some(json_answer(
            &json!({"ok": true, "url": "ws://198.51.100.1/link"}),
        ))
    });
    let bot = bot(&slack, roomy(), quick());
    slack.call_of("apps.connections.open").await;
    slack.call_of("apps.connections.open").await;
    assert!(bot.readiness.faults()[0].1.contains("not wss"));
}
