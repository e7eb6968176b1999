//! Whether a request is from Slack: HMAC-SHA256 over its raw bytes, within five minutes.
//! (docs.slack.dev, "Verifying requests from Slack")
//!
//! Written here and not taken from slack-morphism: its verifier reads the machine's clock itself, so a test could not move it,
//! and takes the body as `&str`, so the bytes would have to be parsed before they are trusted.

use axum::http::HeaderMap;
use chrono::{DateTime, Utc};
use hmac::{Hmac, KeyInit, Mac};
use secrecy::{ExposeSecret, SecretString};
use sha2::Sha256;

/// How far the request's time may be from ours, either way, in seconds.
pub const TOLERANCE_SECONDS: u64 = 300;

const SIGNATURE: &str = "x-slack-signature";
const TIMESTAMP: &str = "x-slack-request-timestamp";

/// Checks signatures made with one signing secret.
#[derive(Clone)]
pub struct Verifier {
    keyed: Hmac<Sha256>,
}

/// Why a request is not taken. None of it is told to the sender.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Forged {
    /// One of the two headers is absent or not in its form.
    #[error("the request is not signed")]
    Unsigned,
    /// It is more than five minutes old or ahead: a copy sent again, or a machine whose clock is off.
    #[error("the request's time is more than five minutes from ours")]
    Stale,
    /// The signature is another's.
    #[error("the signature does not fit: check SLACK_SIGNING_SECRET if it is from Slack")]
    Wrong,
}

/// A signing secret that cannot be one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("SLACK_SIGNING_SECRET is empty: copy it from the app's Basic Information page")]
pub struct EmptySecret;

impl Verifier {
    /// A verifier for `secret`, which must not be empty.
    pub fn new(secret: &SecretString) -> Result<Self, EmptySecret> {
        let secret = secret.expose_secret().trim();
        if secret.is_empty() {
            return Err(EmptySecret);
        }
        // An HMAC key may be of any length, so this cannot fail; an error is still no reason to end the program.
        let keyed = Hmac::new_from_slice(secret.as_bytes()).map_err(|_| EmptySecret)?;
        Ok(Self { keyed })
    }

    /// Whether `body` was signed by Slack and is of `now`. The comparison takes the same time wherever they differ.
    pub fn verify(
        &self,
        headers: &HeaderMap,
        body: &[u8],
        now: DateTime<Utc>,
    ) -> Result<(), Forged> {
        let header = |name| headers.get(name).and_then(|value| value.to_str().ok());
        let timestamp = header(TIMESTAMP).ok_or(Forged::Unsigned)?;
        let signature = header(SIGNATURE)
            .and_then(|signature| signature.strip_prefix("v0="))
            .and_then(|digits| hex::decode(digits).ok())
            .ok_or(Forged::Unsigned)?;
        let seconds: i64 = timestamp.parse().map_err(|_| Forged::Unsigned)?;
        self.over(timestamp, body)
            .verify_slice(&signature)
            .map_err(|_| Forged::Wrong)?;
        if now.timestamp().abs_diff(seconds) > TOLERANCE_SECONDS {
            return Err(Forged::Stale);
        }
        Ok(())
    }

    fn over(&self, timestamp: &str, body: &[u8]) -> Hmac<Sha256> {
        let mut keyed = self.keyed.clone();
        keyed.update(b"v0:");
        keyed.update(timestamp.as_bytes());
        keyed.update(b":");
        keyed.update(body);
        keyed
    }
}
