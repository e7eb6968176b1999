//! What came of a call to Slack, as far as the caller must act on it.

use std::time::Duration;

use axum::http::StatusCode;
use serde_json::Value;
use slack_morphism::errors::SlackClientError;

/// A call that did not succeed. `Display` holds the method's error code and JSON pointers at most: never what was sent or answered.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ApiError {
    /// Too many calls: not done. Wait this long.
    #[error("Slack asks to wait {} s", retry_after.as_secs())]
    RateLimited {
        /// As `Retry-After` says; 30 s where it says nothing.
        retry_after: Duration,
    },
    /// Slack took the call and refused it: not done, and asking again the same way is no use.
    #[error("Slack refused: {code}{}", pointers(messages))]
    Refused {
        /// Slack's error code, such as `channel_not_found`.
        code: String,
        /// Slack's own words on which argument is at fault. They may quote it: look at them, do not log them.
        messages: Vec<String>,
    },
    /// Slack could not be reached or turned the call away unread: surely not done. Try again later.
    #[error("Slack cannot be reached: {0}")]
    Unavailable(&'static str),
    /// The call was sent and no clear answer came: it may have been done.
    #[error("no clear answer from Slack: {0}")]
    InDoubt(&'static str),
    /// The token is not accepted, or lacks a scope: not done, and nothing will be until an administrator mends it.
    #[error("Slack does not accept the token: {code}{}", needed.as_ref().map(|scope| format!(" (scope {scope})")).unwrap_or_default())]
    Auth {
        /// Slack's error code, such as `invalid_auth` or `missing_scope`.
        code: String,
        /// The scope that is missing.
        needed: Option<String>,
    },
    /// The call cannot be made as it is: an address that is not allowed, a body that is no JSON. Not done.
    #[error("the call cannot be made: {0}")]
    Invalid(&'static str),
}

/// Where Slack names no time.
const WAIT: Duration = Duration::from_secs(30);

impl ApiError {
    /// Its name, for metrics.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::RateLimited { .. } => "rate_limited",
            Self::Refused { .. } => "refused",
            Self::Unavailable(_) => "unavailable",
            Self::InDoubt(_) => "in_doubt",
            Self::Auth { .. } => "auth",
            Self::Invalid(_) => "invalid",
        }
    }

    /// Slack's error code, if it gave one.
    #[must_use]
    pub fn code(&self) -> Option<&str> {
        match self {
            Self::Refused { code, .. } | Self::Auth { code, .. } => Some(code),
            _ => None,
        }
    }

    /// Whether the call was certainly not carried out.
    #[must_use]
    pub fn surely_not_done(&self) -> bool {
        !matches!(self, Self::InDoubt(_))
    }

    /// From a body with `"ok": false`.
    pub(super) fn from_body(body: &Value) -> Self {
        let code = tidy(
            body.get("error")
                .and_then(Value::as_str)
                .unwrap_or_default(),
        );
        match code.as_str() {
            "ratelimited" | "rate_limited" | "message_limit_exceeded" => {
                Self::RateLimited { retry_after: WAIT }
            }
            // "It's possible some aspect of the operation succeeded before the error was raised", say Slack's method pages.
            "internal_error" | "fatal_error" => Self::InDoubt("an internal error at Slack"),
            "service_unavailable" | "request_timeout" => {
                Self::Unavailable("Slack is out of service")
            }
            "invalid_auth"
            | "not_authed"
            | "account_inactive"
            | "token_revoked"
            | "token_expired"
            | "missing_scope"
            | "no_permission"
            | "not_allowed_token_type"
            | "org_login_required"
            | "ekm_access_denied"
            | "two_factor_setup_required"
            | "access_denied"
            | "team_access_not_granted" => Self::Auth {
                code,
                needed: body.get("needed").and_then(Value::as_str).map(tidy),
            },
            _ => Self::Refused {
                code,
                messages: strings(body.pointer("/response_metadata/messages"))
                    .chain(strings(body.get("errors")))
                    .take(20)
                    .collect(),
            },
        }
    }

    /// From a status that is neither 200 nor 429. Only 503 says that the call was turned away; behind the others it may have
    /// been carried out, as behind a gateway that gave up waiting.
    pub(super) fn from_status(status: StatusCode) -> Self {
        match status.as_u16() {
            503 => Self::Unavailable("503, out of service"),
            500..=599 => Self::InDoubt("an HTTP server error"),
            401 | 403 | 407 => {
                Self::Unavailable("something between here and Slack does not let the call through")
            }
            _ => Self::Refused {
                code: format!("http_{}", status.as_u16()),
                messages: Vec::new(),
            },
        }
    }

    /// From an HTTP client's error: a connection never made is surely not done.
    pub(super) fn from_client(error: &hyper_util::client::legacy::Error) -> Self {
        if error.is_connect() {
            Self::Unavailable("no connection")
        } else {
            Self::InDoubt("the connection was lost")
        }
    }

    /// From slack-morphism, whose own words hold whole bodies and are left out.
    pub(super) fn from_morphism(error: SlackClientError) -> Self {
        match error {
            SlackClientError::RateLimitError(limit) => Self::RateLimited {
                retry_after: limit.retry_after.unwrap_or(WAIT),
            },
            SlackClientError::ApiError(api) => {
                let body = api.http_response_body.as_deref();
                match body.and_then(|body| serde_json::from_str::<Value>(body).ok()) {
                    Some(body) => Self::from_body(&body),
                    None => Self::from_body(&serde_json::json!({"error": api.code})),
                }
            }
            SlackClientError::HttpError(http) => Self::from_status(http.status_code),
            SlackClientError::HttpProtocolError(protocol) => {
                match protocol
                    .cause
                    .as_deref()
                    .map(|cause| cause.downcast_ref::<hyper_util::client::legacy::Error>())
                {
                    Some(Some(client)) => Self::from_client(client),
                    _ => Self::Invalid("SLACK_API_URL is no address"),
                }
            }
            // A body that is no JSON, or that broke off: what it answers was done or not.
            _ => Self::InDoubt("an answer that could not be read"),
        }
    }
}

/// A code or scope as Slack writes them, whatever was sent as one.
fn tidy(code: &str) -> String {
    let code: String = code
        .chars()
        .filter(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | ':' | ',' | '-'))
        .take(80)
        .collect();
    if code.is_empty() {
        "unknown".to_owned()
    } else {
        code
    }
}

fn strings(list: Option<&Value>) -> impl Iterator<Item = String> {
    let list = list.and_then(Value::as_array).into_iter().flatten();
    list.filter_map(Value::as_str)
        .map(|message| message.chars().take(300).collect())
}

/// The places named in Slack's words, without the words.
fn pointers(messages: &[String]) -> String {
    let found: Vec<&str> = messages
        .iter()
        .filter_map(|message| {
            message
                .split_once("json-pointer:")?
                .1
                .split([']', ' '])
                .next()
        })
        .collect();
    if found.is_empty() {
        String::new()
    } else {
        format!(" at {}", found.join(", "))
    }
}
