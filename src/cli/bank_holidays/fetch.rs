//! Fetching the feed over HTTPS, through a proxy where the environment names one.

use std::time::Duration;

use axum::body::{Body, to_bytes};
use axum::http::Uri;
use hyper_rustls::HttpsConnectorBuilder;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::proxy::Tunnel;
use hyper_util::client::legacy::connect::{Connect, HttpConnector};
use hyper_util::client::proxy::matcher::Matcher;
use hyper_util::rt::TokioExecutor;
use rustls::crypto::ring;

/// No feed comes near this.
const LARGEST: usize = 1 << 20;

/// A person waits for it.
const PATIENCE: Duration = Duration::from_secs(30);

/// The text at an `https` address.
///
/// # Errors
/// One sentence with the mend.
pub(super) async fn fetch(url: &str) -> Result<String, String> {
    let mend = "fetch the file in a browser and give it with --file";
    let address: Uri = url
        .parse()
        .map_err(|_| format!("{url:?} is not an address: check --url."))?;
    if address.scheme_str() != Some("https") {
        return Err(format!("{url:?} is not an https address: check --url."));
    }
    let text = tokio::time::timeout(PATIENCE, connect_and_get(address));
    match text.await {
        Err(_) => Err(format!(
            "{url} did not answer within {PATIENCE:?}: try again, or {mend}."
        )),
        Ok(Err(why)) => Err(format!(
            "{url} could not be fetched ({why}): try again, or {mend}."
        )),
        Ok(Ok(text)) => Ok(text),
    }
}

async fn connect_and_get(address: Uri) -> Result<String, String> {
    let mut http = HttpConnector::new();
    http.enforce_http(false);
    let https = HttpsConnectorBuilder::new()
        .with_provider_and_native_roots(ring::default_provider())
        .map_err(|error| error.to_string())?
        .https_only()
        .enable_http1();
    match Matcher::from_system().intercept(&address) {
        None => get(https.wrap_connector(http), address).await,
        Some(proxy) => {
            let tunnel = Tunnel::new(proxy.uri().clone(), http);
            let tunnel = match proxy.basic_auth() {
                Some(credentials) => tunnel.with_auth(credentials.clone()),
                None => tunnel,
            };
            get(https.wrap_connector(tunnel), address).await
        }
    }
}

/// The cause at the bottom of an error: "client error (Connect)" helps nobody, "Connection refused" does.
fn innermost(error: &dyn std::error::Error) -> String {
    let mut cause = error;
    while let Some(deeper) = cause.source() {
        cause = deeper;
    }
    cause.to_string()
}

async fn get<C>(connector: C, address: Uri) -> Result<String, String>
where
    C: Connect + Clone + Send + Sync + 'static,
{
    let client: Client<C, Body> = Client::builder(TokioExecutor::new()).build(connector);
    let answer = client
        .get(address)
        .await
        .map_err(|error| innermost(&error))?;
    if !answer.status().is_success() {
        return Err(format!("it answered {}", answer.status()));
    }
    let body = to_bytes(Body::new(answer.into_body()), LARGEST).await;
    let body = body.map_err(|error| error.to_string())?;
    String::from_utf8(body.into()).map_err(|_| "it did not answer with text".to_owned())
}
