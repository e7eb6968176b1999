//! An invented council, made from data alone: no code knows its protocol, and every part of the format is played through it.

mod beside;
mod gates;
mod groups;
mod ladder;
mod ways;

use lodestar::ids::ConcernId;
use serde_json::json;

use crate::support::people::{Raising, concern};
use crate::support::world::{Builder, World};
use crate::support::{DECISION, RATIONALE};

const FILE: &str = include_str!("../protocols/northmoor.toml");

/// A world under the invented council's file.
fn northmoor() -> Builder {
    World::of("northmoor").with_protocol(FILE)
}

/// A concern about a looked-after child.
fn child(case_ref: &str) -> Raising {
    concern(case_ref).with("subject", json!("looked_after_child"))
}

/// The director decides at Step D.
async fn is_decided(world: &World, c: ConcernId) {
    let card = world.card("director", c);
    let written = [("decision", DECISION), ("rationale", RATIONALE)];
    (world.role("director"))
        .answers(&card, "decide", &written)
        .await;
}

#[track_caller]
fn says(text: &str, all: &[&str]) {
    for words in all {
        assert!(text.contains(words), "{words:?} is not in\n{text}");
    }
}
