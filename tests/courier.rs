//! Queued messages become Slack calls, whatever Slack does.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test that cannot go on says where"
)]

#[path = "courier/doubt.rs"]
mod doubt;
#[path = "courier/refused.rs"]
mod refused;
#[path = "courier/trouble.rs"]
mod trouble;
#[path = "courier/usual.rs"]
mod usual;
#[path = "courier/world.rs"]
mod world;

use std::time::Duration;

const POST: &str = "chat.postMessage";
const EDIT: &str = "chat.update";

const fn secs(secs: u64) -> Duration {
    Duration::from_secs(secs)
}
