//! Reviews from outside: the paperwork's exact dates, and what holds whatever people do.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a story that cannot be told has failed"
)]

#[path = "review/kit.rs"]
mod kit;

#[path = "review/collation.rs"]
mod collation;
#[path = "review/form.rs"]
mod form;
#[path = "review/midway.rs"]
mod midway;
#[path = "review/properties.rs"]
mod properties;
#[path = "review/referrals.rs"]
mod referrals;
#[path = "review/windows.rs"]
mod windows;
