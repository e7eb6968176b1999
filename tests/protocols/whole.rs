//! The invented council's file uses every part of the format: every key, and every word that a key may hold.

use std::collections::{BTreeMap, BTreeSet};

use lodestar::protocol::schema::SCHEMA;
use serde_json::{Map, Value};

use super::NORTHMOOR;

/// What the schema describes and what the file uses of it, found by walking both together. A part that the schema describes once and
/// that stands in several places, such as a gate, is used where one of them uses it.
#[derive(Default)]
struct Used {
    /// The keys described at a place, and those used there.
    keys: BTreeMap<String, (BTreeSet<String>, BTreeSet<String>)>,
    /// The words that may stand at a place, and those that do.
    words: BTreeMap<String, (BTreeSet<String>, BTreeSet<String>)>,
}

impl Used {
    fn walk(&mut self, schema: &Value, node: &Value, place: &str, all: &[&Value]) {
        if let Some(of) = node["$ref"].as_str() {
            let pointer = of.trim_start_matches('#');
            let to = schema.pointer(pointer).expect("what the schema refers to");
            self.walk(schema, to, pointer, all);
        }
        for other in node["anyOf"].as_array().into_iter().flatten() {
            self.walk(schema, other, place, all);
        }
        if let Some(words) = node["enum"].as_array() {
            let (known, used) = self.words.entry(place.to_owned()).or_default();
            known.extend(texts(words));
            used.extend(
                all.iter()
                    .filter_map(|value| value.as_str())
                    .map(str::to_owned),
            );
        }
        let tables: Vec<&Map<String, Value>> =
            all.iter().filter_map(|value| value.as_object()).collect();
        for (key, described) in node["properties"].as_object().into_iter().flatten() {
            let values: Vec<&Value> = tables.iter().filter_map(|table| table.get(key)).collect();
            let (known, used) = self.keys.entry(place.to_owned()).or_default();
            known.insert(key.clone());
            if !values.is_empty() {
                used.insert(key.clone());
                self.walk(schema, described, &format!("{place}.{key}"), &values);
            }
        }
        if node["additionalProperties"].is_object() {
            let values: Vec<&Value> = tables.iter().flat_map(|table| table.values()).collect();
            self.walk(schema, &node["additionalProperties"], place, &values);
        }
        if node["items"].is_object() {
            let lists = all.iter().filter_map(|value| value.as_array());
            let values: Vec<&Value> = lists.flatten().collect();
            self.walk(schema, &node["items"], place, &values);
        }
    }

    fn left(&self) -> Vec<String> {
        let keys = self.keys.iter().flat_map(|(place, (known, used))| {
            known
                .difference(used)
                .map(move |key| format!("{place}.{key}"))
        });
        let words = self.words.iter().flat_map(|(place, (known, used))| {
            known
                .difference(used)
                .map(move |word| format!("{place} = \"{word}\""))
        });
        keys.chain(words).collect()
    }
}

fn texts(values: &[Value]) -> impl Iterator<Item = String> {
    values.iter().filter_map(Value::as_str).map(str::to_owned)
}

/// What the file cannot use, and why.
const LEFT_OUT: [(&str, &str); 2] = [
    (".categories", "`[[theme]]` stands in its place"),
    (
        "/$defs/review_clock.on_silence = \"moves on\"",
        "of a review's paperwork it means the same as \"alert\"",
    ),
];

#[test]
fn the_invented_council_uses_every_key_and_every_word_of_the_format() {
    let schema: Value = serde_json::from_str(SCHEMA).unwrap();
    let table: toml::Table = NORTHMOOR.parse().unwrap();
    let file = serde_json::to_value(table).unwrap();
    let mut used = Used::default();
    used.walk(&schema, &schema, "", &[&file]);
    let left: BTreeSet<String> = used.left().into_iter().collect();
    let expected = LEFT_OUT.map(|(part, _)| part.to_owned()).into();
    assert_eq!(left, expected, "the invented council does not use these");
    let keys: usize = used.keys.values().map(|(known, _)| known.len()).sum();
    assert!(
        keys > 100 && used.words.len() >= 10,
        "{keys} {:?}",
        used.words
    );
}
