//! Slack's wire, a sentence a test: what the reference of the real thing says an app meets, met here.
#![expect(clippy::unwrap_used, reason = "a test may fail")]

mod blocks;
mod calls;
mod edges;
mod methods;
mod payloads;
#[path = "../support/mod.rs"]
mod support;
mod views;

use serde_json::Value;

/// The keys of an object, in order.
fn keys(value: &Value) -> Vec<&str> {
    let mut keys: Vec<&str> = value
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect();
    keys.sort_unstable();
    keys
}

fn browser() -> reqwest::Client {
    reqwest::Client::builder().no_proxy().build().unwrap()
}
