//! Signed HTTP: the requests Slack makes to an app's request URLs.

use super::{Ack, HttpAnswer, Kind, Retry, Route, Signing};
use crate::workspace::Workspace;
use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use sha2::Sha256;

const FORM: &str = "application/x-www-form-urlencoded";

/// `v0=…` over `v0:{timestamp}:{body}`. Source: docs.slack.dev/authentication/verifying-requests-from-slack.
pub(crate) fn sign(secret: &str, timestamp: i64, body: &[u8]) -> String {
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(secret.as_bytes()) else {
        return String::new();
    };
    mac.update(format!("v0:{timestamp}:").as_bytes());
    mac.update(body);
    format!("v0={}", hex::encode(mac.finalize().into_bytes()))
}

/// The body and its content type, as Slack writes this kind of payload.
fn body(kind: Kind, payload: &Value) -> (String, &'static str) {
    match kind {
        Kind::Event => (payload.to_string(), "application/json"),
        Kind::Interactive => {
            let form = form_urlencoded::Serializer::new(String::new())
                .append_pair("payload", &payload.to_string())
                .finish();
            (form, FORM)
        }
        Kind::Slash => {
            let mut form = form_urlencoded::Serializer::new(String::new());
            for (key, value) in payload.as_object().into_iter().flatten() {
                form.append_pair(key, value.as_str().unwrap_or_default());
            }
            (form.finish(), FORM)
        }
    }
}

impl Workspace {
    fn request(
        &self,
        route: Route,
        content_type: &str,
        body: Vec<u8>,
        signing: Signing,
    ) -> Option<reqwest::RequestBuilder> {
        let (url, secret) = self.with(|state| {
            (
                state.edges.urls.of(route).to_owned(),
                state.app.signing_secret.clone(),
            )
        });
        if url.is_empty() {
            return None;
        }
        let now = self.now().timestamp();
        let stamp = if signing == Signing::Stale {
            now - 600
        } else {
            now
        };
        let secret = if signing == Signing::Forged {
            "another secret"
        } else {
            &secret
        };
        let mut request = self
            .inner
            .http
            .post(url)
            .header("content-type", content_type);
        if signing != Signing::Missing {
            request = request
                .header("x-slack-request-timestamp", stamp.to_string())
                .header("x-slack-signature", sign(secret, stamp, &body));
        }
        Some(
            request
                .header("user-agent", "Slackbot 1.0 (+https://api.slack.com/robots)")
                .body(body),
        )
    }

    pub(crate) async fn over_http(&self, kind: Kind, payload: &Value, retry: Retry) -> Ack {
        let (body, content_type) = body(kind, payload);
        let Some(mut request) =
            self.request(kind.route(), content_type, body.into_bytes(), Signing::Good)
        else {
            return Ack::Unreachable;
        };
        if let Some((number, reason)) = retry {
            request = request
                .header("x-slack-retry-num", number.to_string())
                .header("x-slack-retry-reason", reason);
        }
        let limit = self.with(|state| state.edges.ack_limit);
        let exchange = async {
            let response = request.send().await?;
            let status = response.status();
            let stop = response
                .headers()
                .get("x-slack-no-retry")
                .is_some_and(|value| value == "1");
            Ok::<_, reqwest::Error>((status, stop, response.text().await?))
        };
        match tokio::time::timeout(limit, exchange).await {
            Err(_) => Ack::Late,
            Ok(Err(error)) if error.is_redirect() => Ack::Astray,
            Ok(Err(_)) => Ack::Unreachable,
            Ok(Ok((status, stop, _))) if !status.is_success() => {
                if stop {
                    let event = payload["event_id"].as_str().unwrap_or_default();
                    self.with(|state| state.sockets.ask_no_retry(event));
                }
                Ack::Refused(status.as_u16())
            }
            Ok(Ok((_, _, text))) => read(kind, &text),
        }
    }

    /// Posts any body to a request URL, signed as told; for forged, stale and malformed requests.
    pub async fn post_signed(
        &self,
        route: Route,
        content_type: &str,
        body: impl Into<Vec<u8>>,
        signing: Signing,
    ) -> HttpAnswer {
        let nothing = HttpAnswer {
            status: 0,
            body: String::new(),
        };
        let Some(request) = self.request(route, content_type, body.into(), signing) else {
            return nothing;
        };
        let limit = self
            .with(|state| state.edges.ack_limit)
            .max(std::time::Duration::from_secs(10));
        match tokio::time::timeout(limit, request.send()).await {
            Ok(Ok(response)) => {
                let status = response.status().as_u16();
                HttpAnswer {
                    status,
                    body: response.text().await.unwrap_or_default(),
                }
            }
            _ => nothing,
        }
    }

    /// As [`Workspace::post_signed`], with a payload in the body Slack would write for it.
    pub async fn post_payload(&self, kind: Kind, payload: &Value, signing: Signing) -> HttpAnswer {
        let (body, content_type) = body(kind, payload);
        self.post_signed(kind.route(), content_type, body, signing)
            .await
    }

    /// The `url_verification` handshake: whether the events URL gives the challenge back.
    pub async fn verify_events_url(&self) -> bool {
        let challenge = format!("{:016x}", rand::random::<u64>());
        let payload =
            json!({"token": "legacy", "challenge": challenge, "type": "url_verification"});
        let answer = self
            .post_payload(Kind::Event, &payload, Signing::Good)
            .await;
        let as_json = serde_json::from_str::<Value>(&answer.body).ok();
        answer.status == 200
            && (answer.body.trim() == challenge
                || as_json.is_some_and(|body| body["challenge"] == challenge.as_str()))
    }
}

/// An acknowledgement's body: JSON, nothing, or (for a command) plain text that is shown as it is.
fn read(kind: Kind, text: &str) -> Ack {
    if text.trim().is_empty() || kind == Kind::Event {
        return Ack::Answered(Value::Null);
    }
    match serde_json::from_str::<Value>(text) {
        Ok(body) if body.is_object() => Ack::Answered(body),
        _ if kind == Kind::Slash => Ack::Answered(json!({"text": text})),
        _ => Ack::Unreadable,
    }
}

#[cfg(test)]
mod tests {
    use super::sign;

    #[test]
    fn a_signature_is_the_one_of_slacks_documentation() {
        let body = "token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V\
            &channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url=\
            https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN\
            &trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c";
        let signature = sign(
            "8f742231b10e8888abcd99yyyzzz85a5",
            1_531_420_618,
            body.as_bytes(),
        );
        assert_eq!(
            signature,
            "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503"
        );
    }
}
