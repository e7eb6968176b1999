//! A protocol as a picture and as a schema: everything that is said is drawn, nothing runs out of its box, and an editor is told
//! what the reader knows.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a story that cannot be told has failed"
)]

#[path = "draw/command.rs"]
mod command;
#[path = "draw/picture.rs"]
mod picture;
#[path = "draw/schema.rs"]
mod schema;

use lodestar::protocol::Protocol;
use lodestar::protocol::library::Library;
use lodestar::protocol::read::read;

/// An invented council whose file uses every part of the format.
const NORTHMOOR: &str = include_str!("protocols/northmoor.toml");

/// The text of every protocol file there is, the invented one last.
fn sources() -> Vec<(String, String)> {
    let library = Library::load(&[]).expect("the built-in protocols can be used");
    let mut sources: Vec<_> = library
        .iter()
        .map(|held| (held.file.clone(), held.source_text.to_string()))
        .collect();
    sources.push(("northmoor.toml".to_owned(), NORTHMOOR.to_owned()));
    sources
}

fn all() -> Vec<Protocol> {
    sources()
        .iter()
        .map(|(name, text)| read(name, text).expect("a file that can be used"))
        .collect()
}

fn one(id: &str) -> Protocol {
    all()
        .into_iter()
        .find(|protocol| protocol.id.as_str() == id)
        .expect("a protocol of that id")
}

fn northmoor_with(from: &str, to: &str) -> Protocol {
    assert!(NORTHMOOR.contains(from), "{from}");
    read("northmoor.toml", &NORTHMOOR.replace(from, to)).expect("a file that can be used")
}
