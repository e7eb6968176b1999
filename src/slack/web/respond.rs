//! Answers through a `response_url`: no token, five posts in half an hour, one person.

use std::time::Duration;

use axum::body::Body;
use axum::http::{Request, StatusCode, Uri, header};
use serde_json::Value;
use tokio::time::timeout;

use super::ApiError;
use crate::slack::network::{Network, is_allowed};
use crate::slack::payload::ResponseUrl;

/// Posts to `response_url`s. Not through slack-morphism, which would send the bot's token along and log the address.
#[derive(Clone, Debug)]
pub struct Responder {
    network: Network,
    within: Duration,
}

impl Responder {
    /// A responder over `network` that waits ten seconds for an answer.
    #[must_use]
    pub fn new(network: Network) -> Self {
        Self::waiting(network, Duration::from_secs(10))
    }

    /// A responder that waits `within` for an answer.
    #[must_use]
    pub fn waiting(network: Network, within: Duration) -> Self {
        Self { network, within }
    }

    /// Posts `body`, such as `{"replace_original": true, "text": …}` or [`Message::body`](crate::slack::reply::Message::body).
    /// Only https hosts, and loopback, are posted to. A used-up or expired address is [`ApiError::Refused`].
    pub async fn respond(&self, url: &ResponseUrl, body: &Value) -> Result<(), ApiError> {
        let uri: Uri = url
            .expose()
            .parse()
            .ok()
            .filter(is_allowed)
            .ok_or(ApiError::Invalid("a response_url must be https"))?;
        let request = Request::post(uri)
            .header(header::CONTENT_TYPE, "application/json; charset=utf-8")
            .body(Body::from(body.to_string()))
            .map_err(|_| ApiError::Invalid("a response_url that is no address"))?;
        match timeout(self.within, self.network.client().request(request)).await {
            Err(_) => Err(ApiError::InDoubt("no answer in time")),
            Ok(Err(error)) => Err(ApiError::from_client(&error)),
            Ok(Ok(response)) => match response.status() {
                StatusCode::OK | StatusCode::NO_CONTENT => Ok(()),
                StatusCode::TOO_MANY_REQUESTS => Err(super::too_many(response.headers())),
                status => Err(ApiError::from_status(status)),
            },
        }
    }
}
