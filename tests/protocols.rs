//! Protocols from outside: the five ladders against their sources, every fault at its place, and what is shown of them.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a story that cannot be told has failed"
)]

#[path = "protocols/commands.rs"]
mod commands;
#[path = "protocols/documented.rs"]
mod documented;
#[path = "protocols/faults.rs"]
mod faults;
#[path = "protocols/ladders.rs"]
mod ladders;
#[path = "protocols/library.rs"]
mod library;
#[path = "protocols/nonsense.rs"]
mod nonsense;
#[path = "protocols/robust.rs"]
mod robust;
#[path = "protocols/rules.rs"]
mod rules;
#[path = "protocols/shown.rs"]
mod shown;
#[path = "protocols/subjects.rs"]
mod subjects;
#[path = "protocols/whole.rs"]
mod whole;

use std::sync::{Arc, LazyLock};

use lodestar::ids::ProtocolId;
use lodestar::protocol::Protocol;
use lodestar::protocol::library::Library;
use lodestar::protocol::read::read;

/// An invented council whose file uses every part of the format.
const NORTHMOOR: &str = include_str!("protocols/northmoor.toml");

/// The ids of the built-in protocols, in their order.
const BUILT_IN: [&str; 5] = [
    "warwickshire",
    "buckinghamshire",
    "manchester",
    "cp-lac-challenge",
    "fostering-iro",
];

static LIBRARY: LazyLock<Library> =
    LazyLock::new(|| Library::load(&[]).expect("the built-in protocols can be used"));

fn built_in(id: &str) -> Arc<Protocol> {
    let held = LIBRARY
        .get(&ProtocolId::from(id))
        .expect("a built-in protocol");
    Arc::clone(&held.protocol)
}

fn northmoor() -> Protocol {
    read("northmoor.toml", NORTHMOOR).expect("the invented council's file can be used")
}

/// Every protocol there is, the invented one too.
fn all() -> Vec<Protocol> {
    let mut all: Vec<_> = LIBRARY
        .iter()
        .map(|held| Protocol::clone(&held.protocol))
        .collect();
    all.push(northmoor());
    all
}
