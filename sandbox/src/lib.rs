//! A stand-in for Slack on one machine: Web API, Socket Mode, signed HTTP and what a person does in the client.
//!
//! Useful to whoever builds a Slack app in any language. A test in Rust holds a [`Workspace`] and lets a
//! [`Person`] type, click and fill; a test in another language does the same over the control API
//! (`/sandbox/…`, see the README). The app under test is pointed at [`Workspace::api_url`] and notices nothing.
//!
//! It is as strict as the real thing where an app gets hurt: acknowledgements within three seconds, triggers that
//! work once, `response_url`s that wear out, Block Kit checked against Slack's limits, scopes, redelivery of events
//! only. Faults come on demand, see [`Fault`]. Whatever the app did wrong is in [`Workspace::problems`].
//!
//! | module | idea |
//! |---|---|
//! | `builder`, `workspace` | set a workspace up, start it, wait for something in it |
//! | `sight`, `deeds` | look at it, change it |
//! | `state`, `records` | what the workspace holds: people, channels, messages, views |
//! | `api` | the Web API, a file per family of methods |
//! | `blocks` | Block Kit's rules and limits |
//! | `delivery` | payloads to the app: Socket Mode and signed HTTP |
//! | `person` | what a person does in the client |
//! | `response_url` | the answers an app may send without a token |
//! | `faults`, `limits` | what goes wrong on demand, and Slack's pace |
//! | `ledger` | what the app did |
//! | `control`, `page` | the control API and the browser page |
//! | `clock`, `host`, `guide` | what a host program adds to the page: a clock, a timeline, guided stories |

mod api;
mod blocks;
mod builder;
mod clock;
mod control;
mod deeds;
mod delivery;
mod faults;
mod guide;
mod host;
mod ledger;
mod limits;
mod page;
mod person;
mod records;
mod response_url;
mod server;
mod sight;
mod state;
mod triggers;
mod views;
mod workspace;

pub use blocks::{Surface, check_blocks, check_view};
pub use builder::Builder;
pub use clock::{ClockPanel, PanelView, StepButton, WallClock};
pub use delivery::{Ack, Disconnect, Edge, HttpAnswer, Kind, RequestUrls, Route, Signing};
pub use faults::{Fault, FaultRule};
pub use guide::{Aim, Condition, Guide, Step, Story};
pub use host::{Place, Timeline, TimelineEntry};
pub use ledger::{Call, Delivered, Problem, ProblemKind};
pub use limits::Pace;
pub use person::{CannotDo, ClickOutcome, ClientError, Person, SlashOutcome, Submitted};
pub use records::{Channel, ChannelKind, Ephemeral, Guest, Message, Origin, User, Version};
pub use views::View;
pub use workspace::Workspace;
