//! The Web API: each call once, timed, and with a typed outcome. Pace and retries are the courier's.
//!
//! slack-morphism makes the calls; views and blocks go through it as the JSON they are, because its types lose fields
//! (`number_input`, checkbox descriptions). Its rate control is off: it keys on the method and not on the channel.

mod outcome;
mod respond;

use std::collections::BTreeSet;
use std::time::Duration;

use axum::body::Body;
use axum::http::{HeaderMap, Request, StatusCode, Uri, header};
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};
use slack_morphism::hyper_tokio::SlackClientHyperConnector;
use slack_morphism::{SlackApiToken, SlackApiTokenValue, SlackClient};
use tokio::time::timeout;

pub use outcome::ApiError;
pub use respond::Responder;

use super::network::{Connector, Network, is_allowed};
use crate::metrics::Metrics;

/// How long calls may take.
#[derive(Debug, Clone, Copy)]
pub struct Patience {
    /// Any call.
    pub call: Duration,
    /// `views.open`, `views.update` and `views.push`: a person waits, and a trigger lives 3 s.
    pub view: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            call: Duration::from_secs(10),
            view: Duration::from_secs(2),
        }
    }
}

/// The Web API with the bot's token.
pub struct WebApi {
    client: SlackClient<SlackClientHyperConnector<Connector>>,
    network: Network,
    token: SlackApiToken,
    url: String,
    patience: Patience,
    metrics: Metrics,
    responder: Responder,
}

/// A `SLACK_API_URL` that cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "SLACK_API_URL must be an https address, such as https://slack.com/api (plain http only to loopback)"
)]
pub struct BadApiUrl;

/// Who the bot is: `auth.test`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// The workspace, `T…`.
    pub team_id: String,
    /// The bot's user, `U…`.
    pub user_id: String,
    /// The bot, `B…`.
    pub bot_id: Option<String>,
    /// The workspace's address.
    pub url: Option<String>,
    /// The scopes the token has; empty where Slack did not say.
    pub scopes: BTreeSet<String>,
}

/// Where a message is: what every later change of it needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Posted {
    /// The channel it really is in: for a post to a user id, the direct message's.
    pub channel: String,
    /// Its `ts`.
    pub ts: String,
}

/// A message to post or put in another's place.
#[derive(Clone, Default)]
pub struct Outgoing {
    /// All it says, for screen readers and notifications.
    pub text: String,
    /// The Block Kit blocks, an array; none is a plain text message.
    pub blocks: Option<Value>,
    /// `{"event_type": …, "event_payload": {…}}`, strings only.
    pub metadata: Option<Value>,
}

/// A stretch of a channel's history.
#[derive(Clone)]
pub struct History {
    /// As Slack gave them, newest first, with their metadata. May hold what people wrote.
    pub messages: Vec<Value>,
    /// Whether there are more than were asked for.
    pub has_more: bool,
}

impl WebApi {
    /// The Web API at `url` (`SLACK_API_URL`; no call is made yet).
    pub fn new(
        network: &Network,
        url: &str,
        token: &SecretString,
        patience: Patience,
        metrics: Metrics,
    ) -> Result<Self, BadApiUrl> {
        let url = url.trim_end_matches('/');
        let uri: Uri = url.parse().map_err(|_| BadApiUrl)?;
        if !is_allowed(&uri) || !matches!(uri.scheme_str(), Some("http" | "https")) {
            return Err(BadApiUrl);
        }
        metrics.describe(
            "lodestar_web_calls_total",
            "Web API calls, by method and outcome.",
        );
        let connector =
            SlackClientHyperConnector::with_connector(network.connector()).with_slack_api_url(url);
        Ok(Self {
            client: SlackClient::new(connector),
            network: network.clone(),
            token: token_of(token),
            url: url.to_owned(),
            patience,
            metrics,
            responder: Responder::waiting(network.clone(), patience.call),
        })
    }

    /// The one that answers through `response_url`s.
    #[must_use]
    pub fn responder(&self) -> &Responder {
        &self.responder
    }

    /// Answers through a `response_url`: see [`Responder::respond`].
    pub async fn respond(
        &self,
        url: &super::payload::ResponseUrl,
        body: &Value,
    ) -> Result<(), ApiError> {
        let outcome = self.responder.respond(url, body).await;
        self.noted("response_url", outcome)
    }

    /// Who the bot is and what it may: `auth.test`, whose scopes come in a header that slack-morphism does not hand on.
    pub async fn auth_test(&self) -> Result<Identity, ApiError> {
        let outcome = timeout(self.patience.call, self.ask_who()).await;
        self.noted(
            "auth.test",
            outcome.unwrap_or(Err(ApiError::InDoubt("no answer in time"))),
        )
    }

    async fn ask_who(&self) -> Result<Identity, ApiError> {
        let request = Request::post(format!("{}/auth.test", self.url))
            .header(
                header::AUTHORIZATION,
                format!("Bearer {}", self.token.token_value.0),
            )
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(Body::empty())
            .map_err(|_| ApiError::Invalid("SLACK_BOT_TOKEN has characters no token has"))?;
        let response = self.network.client().request(request).await;
        let response = response.map_err(|error| ApiError::from_client(&error))?;
        let (parts, body) = response.into_parts();
        match parts.status {
            StatusCode::OK => {}
            StatusCode::TOO_MANY_REQUESTS => return Err(too_many(&parts.headers)),
            status => return Err(ApiError::from_status(status)),
        }
        let unclear = ApiError::InDoubt("an answer that could not be read");
        let bytes = axum::body::to_bytes(Body::new(body), 1 << 20).await;
        let body: Value = serde_json::from_slice(&bytes.map_err(|_| unclear.clone())?)
            .map_err(|_| unclear.clone())?;
        let body = succeeded(body)?;
        let text = |name: &str| body.get(name).and_then(Value::as_str).map(str::to_owned);
        let scopes = parts
            .headers
            .get("x-oauth-scopes")
            .and_then(|value| value.to_str().ok());
        Ok(Identity {
            team_id: text("team_id").ok_or(unclear.clone())?,
            user_id: text("user_id").ok_or(unclear)?,
            bot_id: text("bot_id"),
            url: text("url"),
            scopes: scopes
                .unwrap_or_default()
                .split(',')
                .map(|scope| scope.trim().to_owned())
                .filter(|scope| !scope.is_empty())
                .collect(),
        })
    }

    /// `chat.postMessage`. `channel` may be a user id: the answer then names the direct message's channel.
    pub async fn post_message(
        &self,
        channel: &str,
        message: &Outgoing,
    ) -> Result<Posted, ApiError> {
        let mut body = message.body(channel);
        // Links in a concern must not unfold into the channel.
        body["unfurl_links"] = json!(false);
        body["unfurl_media"] = json!(false);
        posted(&self.post("chat.postMessage", &body).await?)
    }

    /// `chat.update`: all of the message is put in the other's place. No blocks clears the old ones.
    pub async fn update_message(
        &self,
        at: &Posted,
        message: &Outgoing,
    ) -> Result<Posted, ApiError> {
        let mut body = message.body(&at.channel);
        body["ts"] = json!(at.ts);
        if message.blocks.is_none() {
            body["blocks"] = json!([]);
        }
        posted(&self.post("chat.update", &body).await?)
    }

    /// `chat.delete`.
    pub async fn delete_message(&self, at: &Posted) -> Result<(), ApiError> {
        let body = json!({"channel": at.channel, "ts": at.ts});
        self.post("chat.delete", &body).await.map(drop)
    }

    /// `chat.postEphemeral`: to one person in a channel, gone on reload.
    pub async fn post_ephemeral(
        &self,
        channel: &str,
        user: &str,
        message: &Outgoing,
    ) -> Result<(), ApiError> {
        let mut body = message.body(channel);
        body["user"] = json!(user);
        self.post("chat.postEphemeral", &body).await.map(drop)
    }

    /// `views.open`: a modal for whoever's `trigger_id` it is. Gives back the view as Slack has it, with `id` and `hash`.
    pub async fn views_open(&self, trigger_id: &str, view: &Value) -> Result<Value, ApiError> {
        let body = json!({"trigger_id": trigger_id, "view": view});
        self.post("views.open", &body).await.map(view_of)
    }

    /// `views.push`: a modal over another.
    pub async fn views_push(&self, trigger_id: &str, view: &Value) -> Result<Value, ApiError> {
        let body = json!({"trigger_id": trigger_id, "view": view});
        self.post("views.push", &body).await.map(view_of)
    }

    /// `views.update`. With `hash`, refused as `hash_conflict` if the view changed meanwhile.
    pub async fn views_update(
        &self,
        view_id: &str,
        hash: Option<&str>,
        view: &Value,
    ) -> Result<Value, ApiError> {
        let mut body = json!({"view_id": view_id, "view": view});
        if let Some(hash) = hash.filter(|hash| !hash.is_empty()) {
            body["hash"] = json!(hash);
        }
        self.post("views.update", &body).await.map(view_of)
    }

    /// `views.publish`: a person's App Home tab.
    pub async fn views_publish(&self, user: &str, view: &Value) -> Result<Value, ApiError> {
        let body = json!({"user_id": user, "view": view});
        self.post("views.publish", &body).await.map(view_of)
    }

    /// `conversations.open`: the direct message with one person. The channel's id.
    pub async fn open_dm(&self, user: &str) -> Result<String, ApiError> {
        // Slack documents a comma list, and a list of one is one.
        let answer = self
            .post("conversations.open", &json!({"users": user}))
            .await?;
        let id = answer.pointer("/channel/id").and_then(Value::as_str);
        id.map(str::to_owned)
            .ok_or(ApiError::InDoubt("an answer without a channel"))
    }

    /// `users.info`: the `user` object.
    pub async fn users_info(&self, user: &str) -> Result<Value, ApiError> {
        let answer = self.get("users.info", &[("user", user)]).await?;
        Ok(answer["user"].clone())
    }

    /// `conversations.info`: the `channel` object.
    pub async fn conversations_info(&self, channel: &str) -> Result<Value, ApiError> {
        let answer = self
            .get("conversations.info", &[("channel", channel)])
            .await?;
        Ok(answer["channel"].clone())
    }

    /// `conversations.history` from `oldest` to `latest` (`ts` strings, both included), at most `limit`, with metadata.
    pub async fn history(
        &self,
        channel: &str,
        oldest: &str,
        latest: &str,
        limit: u16,
    ) -> Result<History, ApiError> {
        let body = json!({
            "channel": channel,
            "oldest": oldest,
            "latest": latest,
            "inclusive": true,
            "include_all_metadata": true,
            "limit": limit,
        });
        let answer = self.post("conversations.history", &body).await?;
        let messages = answer.get("messages").and_then(Value::as_array);
        Ok(History {
            messages: messages
                .ok_or(ApiError::InDoubt("an answer without messages"))?
                .clone(),
            has_more: answer.get("has_more").and_then(Value::as_bool) == Some(true),
        })
    }

    /// `apps.connections.open` with the app's token: the address of one Socket Mode connection, which is a secret.
    pub(super) async fn open_connection(
        &self,
        app_token: &SecretString,
    ) -> Result<SecretString, ApiError> {
        let token = token_of(app_token);
        let answer = self
            .post_as(&token, "apps.connections.open", &json!({}))
            .await?;
        let url = answer.get("url").and_then(Value::as_str);
        url.map(SecretString::from)
            .ok_or(ApiError::InDoubt("an answer without an address"))
    }

    pub(super) fn network(&self) -> &Network {
        &self.network
    }

    async fn post(&self, method: &'static str, body: &Value) -> Result<Value, ApiError> {
        self.post_as(&self.token, method, body).await
    }

    async fn post_as(
        &self,
        token: &SlackApiToken,
        method: &'static str,
        body: &Value,
    ) -> Result<Value, ApiError> {
        let session = self.client.open_session(token);
        let call = session
            .http_session_api
            .http_post::<_, Value>(method, body, None);
        self.outcome(method, timeout(self.patience_for(method), call).await)
    }

    async fn get(&self, method: &'static str, query: &[(&str, &str)]) -> Result<Value, ApiError> {
        let session = self.client.open_session(&self.token);
        let query: Vec<(&str, Option<String>)> = query
            .iter()
            .map(|(name, value)| (*name, Some((*value).to_owned())))
            .collect();
        let call = session
            .http_session_api
            .http_get::<Value, _, _>(method, &query, None);
        self.outcome(method, timeout(self.patience_for(method), call).await)
    }

    fn patience_for(&self, method: &str) -> Duration {
        if method.starts_with("views.") && method != "views.publish" {
            self.patience.view
        } else {
            self.patience.call
        }
    }

    fn outcome(
        &self,
        method: &'static str,
        answer: Result<
            Result<Value, slack_morphism::errors::SlackClientError>,
            tokio::time::error::Elapsed,
        >,
    ) -> Result<Value, ApiError> {
        let outcome = match answer {
            Err(_) => Err(ApiError::InDoubt("no answer in time")),
            Ok(Err(error)) => Err(ApiError::from_morphism(error)),
            Ok(Ok(body)) => succeeded(body),
        };
        self.noted(method, outcome)
    }

    fn noted<T>(&self, method: &'static str, outcome: Result<T, ApiError>) -> Result<T, ApiError> {
        let kind = outcome.as_ref().map_or_else(ApiError::kind, |_| "done");
        self.metrics.count(
            "lodestar_web_calls_total",
            &[("method", method), ("outcome", kind)],
        );
        outcome
    }
}

impl std::fmt::Debug for WebApi {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("WebApi")
            .field("url", &self.url)
            .finish_non_exhaustive()
    }
}

impl Outgoing {
    fn body(&self, channel: &str) -> Value {
        let mut body = json!({"channel": channel, "text": self.text});
        if let Some(blocks) = &self.blocks {
            body["blocks"] = blocks.clone();
        }
        if let Some(metadata) = &self.metadata {
            body["metadata"] = metadata.clone();
        }
        body
    }
}

impl std::fmt::Debug for Outgoing {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Outgoing(…)")
    }
}

impl std::fmt::Debug for History {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "History({} messages)", self.messages.len())
    }
}

fn token_of(secret: &SecretString) -> SlackApiToken {
    SlackApiToken::new(SlackApiTokenValue(secret.expose_secret().trim().to_owned()))
}

/// A 200 counts only with `"ok": true`: slack-morphism takes any other 200, such as a proxy's own page, for an empty success.
fn succeeded(body: Value) -> Result<Value, ApiError> {
    match body.get("ok").and_then(Value::as_bool) {
        Some(true) => Ok(body),
        Some(false) => Err(ApiError::from_body(&body)),
        None => Err(ApiError::InDoubt("an answer that is not Slack's")),
    }
}

fn posted(answer: &Value) -> Result<Posted, ApiError> {
    let text = |name| answer.get(name).and_then(Value::as_str).map(str::to_owned);
    match (text("channel"), text("ts")) {
        (Some(channel), Some(ts)) => Ok(Posted { channel, ts }),
        _ => Err(ApiError::InDoubt("an answer without channel and ts")),
    }
}

fn view_of(mut answer: Value) -> Value {
    answer.get_mut("view").map(Value::take).unwrap_or_default()
}

fn too_many(headers: &HeaderMap) -> ApiError {
    let seconds = headers
        .get(header::RETRY_AFTER)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.parse().ok());
    ApiError::RateLimited {
        retry_after: Duration::from_secs(seconds.unwrap_or(30)),
    }
}
