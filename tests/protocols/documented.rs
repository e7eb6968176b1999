//! The page on the format: its example works, and it speaks of every key.

use std::collections::BTreeSet;

use lodestar::protocol::read::read_with_warnings;

use super::NORTHMOOR;

const PAGE: &str = include_str!("../../docs/protocol-format.md");

#[test]
fn the_example_of_the_page_reads_without_fault() {
    let example = PAGE
        .split("```toml\n")
        .nth(1)
        .and_then(|rest| rest.split("```").next())
        .unwrap();
    let reading = read_with_warnings("docs/protocol-format.md", example);
    assert_eq!(reading.faults, []);
    assert_eq!(reading.protocol.unwrap().routes[0].steps.len(), 3);
}

#[test]
fn the_page_speaks_of_every_key_and_word_that_the_invented_council_uses() {
    let mut named = BTreeSet::new();
    let table: toml::Table = NORTHMOOR.parse().unwrap();
    for (key, value) in &table {
        named.insert(key.clone());
        // The keys of these are the council's own.
        if !["roles", "categories"].contains(&key.as_str()) {
            gather(value, &mut named);
        }
    }
    for own in ["informal", "drift", "visits", "matching"] {
        named.remove(own);
    }
    let missing: Vec<_> = named
        .iter()
        .filter(|key| {
            !PAGE
                .split(|c: char| !(c.is_ascii_lowercase() || c == '_'))
                .any(|word| word == key.as_str())
        })
        .collect();
    assert!(missing.is_empty(), "{missing:?}");
    assert!(named.len() > 50, "{}", named.len());
}

fn gather(value: &toml::Value, named: &mut BTreeSet<String>) {
    match value {
        toml::Value::Table(table) => {
            for (key, value) in table {
                named.insert(key.clone());
                gather(value, named);
            }
        }
        toml::Value::Array(values) => values.iter().for_each(|value| gather(value, named)),
        _ => {}
    }
}
