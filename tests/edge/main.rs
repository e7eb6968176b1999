//! The edge to Slack over real loopback sockets: both ways in, and the Web API.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "in a test a panic is how a wrong step is told"
)]

mod http;
mod network;
mod payload;
mod promise;
mod socket;
mod standin;
mod support;
mod web;
