//! The Web API: what comes of a call, told apart by what may have been done.

use std::time::Duration;

use axum::http::{HeaderValue, header};
use axum::response::IntoResponse;
use lodestar::metrics::Metrics;
use lodestar::slack::payload::ResponseUrl;
use lodestar::slack::web::{ApiError, Outgoing, Patience, Posted, WebApi};
use serde_json::{Value, json};
use tokio::io::AsyncReadExt;
use tokio::net::TcpListener;

use crate::support::{FakeSlack, json_answer, network, patient_web_at, status, web_at, within};

fn card() -> Outgoing {
    Outgoing {
        text: "a secret card".to_owned(),
        blocks: Some(
            json!([{"type": "input", "element": {"type": "number_input", "is_decimal_allowed": false, "min_value": "1"}}]),
        ),
        metadata: Some(json!({"event_type": "lodestar", "event_payload": {"delivery": "d1"}})),
    }
}

/// What posting a card comes to when Slack answers so.
async fn posted(answer: fn() -> axum::response::Response) -> Result<Posted, ApiError> {
    let slack = FakeSlack::start().await;
    slack.answers(move |_| Some(answer()));
    within(slack.web().post_message("C1", &card())).await
}

#[tokio::test]
async fn blocks_and_metadata_go_out_as_they_are_and_the_place_comes_back() {
    let mut slack = FakeSlack::start().await;
    let place = slack.web().post_message("U1", &card()).await.unwrap();
    assert_eq!(
        (place.channel.as_str(), place.ts.as_str()),
        ("C1", "1700000000.000100")
    );
    let call = slack.call_of("chat.postMessage").await;
    assert_eq!(call.headers["authorization"], "Bearer xoxb-secret");
    assert_eq!(Some(&call.body["blocks"]), card().blocks.as_ref());
    assert_eq!(Some(&call.body["metadata"]), card().metadata.as_ref());
    assert_eq!(call.body["unfurl_links"], false);
}

#[tokio::test]
async fn an_update_without_blocks_clears_the_old_ones() {
    let mut slack = FakeSlack::start().await;
    let at = Posted {
        channel: "C1".to_owned(),
        ts: "1.2".to_owned(),
    };
    let words = Outgoing {
        text: "Resolved".to_owned(),
        ..Outgoing::default()
    };
    slack.web().update_message(&at, &words).await.unwrap();
    let call = slack.call_of("chat.update").await;
    assert_eq!(
        (&call.body["ts"], &call.body["blocks"]),
        (&json!("1.2"), &json!([]))
    );
}

#[tokio::test]
async fn a_rate_limit_says_how_long_to_wait() {
    let limited = || {
        let mut answer = json_answer(&json!({"ok": false, "error": "ratelimited"}));
        *answer.status_mut() = axum::http::StatusCode::TOO_MANY_REQUESTS;
        answer
            .headers_mut()
            .insert(header::RETRY_AFTER, HeaderValue::from_static("7"));
        answer
    };
    let retry_after = Duration::from_secs(7);
    assert_eq!(
        posted(limited).await,
        Err(ApiError::RateLimited { retry_after })
    );
    let silent = || status(429);
    assert!(matches!(
        posted(silent).await,
        Err(ApiError::RateLimited { .. })
    ));
}

#[tokio::test]
async fn a_refusal_names_slacks_code_and_the_place_at_fault_and_quotes_nothing() {
    let refused = || {
        json_answer(
            &json!({"ok": false, "error": "invalid_blocks", "response_metadata": {
            "messages": ["[ERROR] must be shorter than \"a secret card\" [json-pointer:/blocks/0/text]"]}}),
        )
    };
    let error = posted(refused).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "Slack refused: invalid_blocks at /blocks/0/text"
    );
    assert_eq!(error.code(), Some("invalid_blocks"));
    assert!(error.surely_not_done());
}

#[tokio::test]
async fn a_token_that_is_not_accepted_is_told_apart_with_the_missing_scope() {
    let unscoped = || {
        json_answer(
            &json!({"ok": false, "error": "missing_scope", "needed": "chat:write", "provided": "commands"}),
        )
    };
    let error = posted(unscoped).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "Slack does not accept the token: missing_scope (scope chat:write)"
    );
    let revoked = || json_answer(&json!({"ok": false, "error": "token_revoked"}));
    assert!(matches!(posted(revoked).await, Err(ApiError::Auth { .. })));
}

#[tokio::test]
async fn what_may_have_been_done_is_in_doubt_and_what_was_turned_away_is_not() {
    let cases: [(fn() -> axum::response::Response, bool); 6] = [
        (|| status(503), true),
        (|| status(500), false),
        (|| status(504), false),
        (
            || json_answer(&json!({"ok": false, "error": "internal_error"})),
            false,
        ),
        (|| "<html>a proxy's own page</html>".into_response(), false),
        (|| json_answer(&json!({"ok": true})), false),
    ];
    for (at, (answer, surely_not_done)) in cases.into_iter().enumerate() {
        let error = posted(answer).await.unwrap_err();
        assert_eq!(
            error.surely_not_done(),
            surely_not_done,
            "case {at}: {error}"
        );
        assert!(!error.to_string().contains("secret"), "{error}");
    }
}

#[tokio::test]
async fn a_host_that_is_not_there_surely_did_nothing() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let nobody = listener.local_addr().unwrap();
    drop(listener);
    let web = web_at(&format!("http://{nobody}/api"));
    let outcome = within(web.post_message("C1", &card())).await;
    assert_eq!(outcome, Err(ApiError::Unavailable("no connection")));
}

#[tokio::test]
async fn a_host_that_takes_the_call_and_hangs_or_hangs_up_leaves_it_in_doubt() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        let (mut hangs_up, _) = listener.accept().await.unwrap();
        let _ = hangs_up.read(&mut [0; 4096]).await;
        drop(hangs_up);
        let (hangs, _) = listener.accept().await.unwrap();
        std::future::pending::<()>().await;
        drop(hangs);
    });
    let most = Duration::from_millis(200);
    let web = patient_web_at(&format!("http://{address}/api"), most);
    for _ in 0..2 {
        let outcome = within(web.post_message("C1", &card())).await;
        assert!(matches!(outcome, Err(ApiError::InDoubt(_))), "{outcome:?}");
    }
}

#[tokio::test]
async fn the_bot_learns_who_it_is_and_what_it_may() {
    let slack = FakeSlack::start().await;
    slack.answers(|_| {
        let mut answer =
            json_answer(&json!({"ok": true, "team_id": "T1", "user_id": "UBOT", "bot_id": "B1"}));
        let scopes = HeaderValue::from_static("commands, chat:write");
        answer.headers_mut().insert("x-oauth-scopes", scopes);
        Some(answer)
    });
    let identity = slack.web().auth_test().await.unwrap();
    assert_eq!(
        (identity.team_id.as_str(), identity.user_id.as_str()),
        ("T1", "UBOT")
    );
    assert!(identity.scopes.contains("chat:write") && identity.scopes.contains("commands"));
    slack.answers(|_| Some(json_answer(&json!({"ok": false, "error": "invalid_auth"}))));
    assert!(matches!(
        slack.web().auth_test().await,
        Err(ApiError::Auth { .. })
    ));
}

#[tokio::test]
async fn a_view_is_sent_as_it_is_and_comes_back_with_its_id() {
    let mut slack = FakeSlack::start().await;
    slack.answers(|_| {
        Some(json_answer(
            &json!({"ok": true, "view": {"id": "V1", "hash": "h1"}}),
        ))
    });
    let web = slack.web();
    let view = json!({"type": "modal", "blocks": [{"type": "input", "element": {"type": "checkboxes", "options": [
        {"text": {"type": "plain_text", "text": "x"}, "value": "x", "description": {"type": "plain_text", "text": "kept"}}]}}]});
    assert_eq!(web.views_open("1.2.abc", &view).await.unwrap()["id"], "V1");
    assert_eq!(slack.call_of("views.open").await.body["view"], view);
    web.views_update("V1", Some("h1"), &view).await.unwrap();
    assert_eq!(slack.call_of("views.update").await.body["hash"], "h1");
    web.views_publish("U1", &view).await.unwrap();
    assert_eq!(slack.call_of("views.publish").await.body["user_id"], "U1");
}

#[tokio::test]
async fn people_channels_and_history_are_asked_for_as_slack_takes_it() {
    let mut slack = FakeSlack::start().await;
    slack.answers(|method| {
        Some(json_answer(&match method {
            "users.info" => json!({"ok": true, "user": {"id": "U1", "deleted": false}}),
            "conversations.info" => json!({"ok": true, "channel": {"id": "C1", "is_ext_shared": true}}),
            "conversations.open" => json!({"ok": true, "channel": {"id": "D1"}}),
            _ => json!({"ok": true, "messages": [{"ts": "1.2", "metadata": {"event_type": "lodestar"}}], "has_more": true}),
        }))
    });
    let web = slack.web();
    assert_eq!(web.users_info("U1").await.unwrap()["deleted"], false);
    assert_eq!(slack.call_of("users.info").await.query, "user=U1");
    assert_eq!(
        web.conversations_info("C1").await.unwrap()["is_ext_shared"],
        true
    );
    assert_eq!(web.open_dm("U1").await.unwrap(), "D1");
    let history = web.history("C1", "1.0", "2.0", 15).await.unwrap();
    assert!(history.has_more && history.messages.len() == 1);
    let call = slack.call_of("conversations.history").await;
    assert_eq!(call.body["include_all_metadata"], true);
    assert_eq!(
        (&call.body["oldest"], &call.body["limit"]),
        (&json!("1.0"), &json!(15))
    );
}

#[tokio::test]
async fn plain_http_goes_to_loopback_only() {
    for url in [
        "http://slack.com/api",
        "ftp://127.0.0.1/api",
        "slack.com",
        "",
    ] {
        let web = WebApi::new(
            &network(),
            url,
            &"xoxb-1".into(),
            Patience::default(),
            Metrics::new(),
        );
        assert!(web.is_err(), "{url}");
    }
    for url in [
        "https://slack.com/api",
        "http://localhost:3/api",
        "http://[::1]:3/api/",
    ] {
        let web = WebApi::new(
            &network(),
            url,
            &"xoxb-1".into(),
            Patience::default(),
            Metrics::new(),
        );
        assert!(web.is_ok(), "{url}");
    }
    let web = web_at("http://127.0.0.1:3/api");
    for url in [
        "http://hooks.slack.com/secret",
        "file:///etc/passwd",
        "not an address",
    ] {
        let outcome = web.respond(&ResponseUrl::new(url), &Value::Null).await;
        assert!(matches!(outcome, Err(ApiError::Invalid(_))), "{url}");
    }
}

#[tokio::test]
async fn no_secret_is_in_debug_output() {
    let web = web_at("http://127.0.0.1:3/api");
    let url = ResponseUrl::new("https://hooks.slack.com/secret");
    let shown = format!("{web:?} {url:?} {:?} {:?}", card(), web.responder());
    assert!(!shown.contains("secret"), "{shown}");
}
