//! Lodestar: the dispute resolution protocols of Independent Reviewing Officers, run in Slack.
//!
//! A [`protocol`] is data, a [`concern`] is a list of events, and a pure function decides what follows from a command at a
//! moment. Whatever happens, a click, a lapsed deadline, a delivery report, comes through one door, the [`desk`], which loads,
//! decides and appends in one transaction, together with the deadlines and the messages that follow. Two loops do the rest:
//! the [`timekeeper`] turns what falls due into commands, the [`courier`] turns queued messages into Slack calls.
//!
//! ```text
//!  Slack ──http/socket──▶ slack ──Command──▶ desk ──▶ concern (pure) ◀── protocol, calendar
//!                                             │ one transaction
//!  timekeeper ──a deadline lapsed──▶──────────┤
//!                                             ▼
//!                             store: events · deadlines · messages
//!                                             │
//!                          courier ──▶ messages (words) ──▶ Slack Web API
//! ```
//!
//! # Layers
//! From the outside in. A module names those of its own layer and of later ones, never one further out; `tests/layers.rs`
//! reads the source and holds to it.
//!
//! | layer | module | is |
//! |---|---|---|
//! | program | [`cli`] | the commands: arguments, and what each prints |
//! | | [`demo`] | the stand-in workspace and the bot in one process, with a clock to move |
//! | | [`app`] | the bot wired and running, and its orderly stop |
//! | edges | [`slack`] | two ways in (Socket Mode, signed HTTP), one way out, forms and commands |
//! | | [`timekeeper`] | what falls due: lapses, digests, the daily anchor |
//! | | [`courier`] | queued messages: leased, rendered, sent, marked |
//! | the door | [`desk`] | the one place where a concern is changed |
//! | | [`digest`] | a team's daily digest |
//! | what it keeps and says | [`store`] | all SQL: events, deadlines, messages, the audit chain |
//! | | [`messages`] | words, from the templates in `messages/` |
//! | | [`directory`] | who holds which role in which team |
//! | the core, pure | [`concern`] | types of a concern, and what follows from a command |
//! | | [`record`] | what every record beside the concerns has in common |
//! | | [`review`] | a review, its tasks, its window for objections |
//! | | [`notice`] | what somebody is told at once: a change, good practice, a general concern |
//! | | [`tasks`] | tasks with owners that an occasion starts |
//! | | [`protocol`] | a council's protocol: types, reader, checks, explanation, picture |
//! | | [`calendar`] | working days, due dates, the working shown |
//! | | [`mail`] | which messages follow from which facts, to whom |
//! | | [`access`] | who may read a concern |
//! | | [`identifiers`] | finds what names a child in text that must not |
//! | | [`ids`] | the names things go by, parsed once at the door |
//! | beside them all | [`config`] | `lodestar.toml` and the environment, read once |
//! | | [`clock`] | the only place that reads the time |
//! | | [`seal`] | seals what people write under the key file's key |
//! | | [`metrics`], [`readiness`] | `/metrics`, and whether the bot can do its work |
//!
//! The core names no runtime, database, web framework, Slack library or template engine, and no module outside itself. Time is
//! an argument everywhere but in [`clock`].

pub mod access;
pub mod app;
pub mod calendar;
pub mod cli;
pub mod clock;
pub mod concern;
pub mod config;
pub mod courier;
pub mod cover;
pub mod demo;
pub mod desk;
pub mod digest;
pub mod directory;
pub mod identifiers;
pub mod ids;
pub mod mail;
pub mod messages;
pub mod metrics;
pub mod notice;
pub mod protocol;
pub mod readiness;
pub mod record;
pub mod review;
pub mod seal;
pub mod slack;
pub mod store;
pub mod tasks;
pub mod timekeeper;
