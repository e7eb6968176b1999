//! Slack: two ways in, one way out.
//!
//! - In: [`http`] (signed requests, checked by [`signature`]) and [`socket`] (Socket Mode) both read what came with
//!   [`payload`] and hand it to [`edge`], which asks the one [`Dispatcher`] and turns its [`Reply`] into the
//!   acknowledgement that either way needs.
//! - Out: [`web`], the Web API, and its [`web::Responder`] for `response_url`s. Both ride on [`network`], which knows
//!   proxies, certificates and that plain http is for loopback only.
//! - Between: [`dispatch`], the one dispatcher, asks the desk and answers with forms, views and words.
//!
//! Only the dispatcher knows what a concern is, and nothing here writes what a payload says to a log, an error or a metric.

pub mod dispatch;
pub mod edge;
pub mod home;
pub mod http;
mod modal;
pub mod network;
pub mod payload;
pub mod reply;
pub mod signature;
pub mod socket;
pub mod web;

pub use dispatch::Bot;
pub use edge::{Dispatcher, Edge, Trouble};
pub use payload::Inbound;
pub use reply::Reply;
