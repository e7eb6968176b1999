//! The page on the format: its walk-through is one file that works, what it says the program prints is printed, and it speaks of
//! every key.

use std::collections::BTreeSet;
use std::fs;

use lodestar::protocol::Protocol;
use lodestar::protocol::explain::explain;
use lodestar::protocol::read::read_with_warnings;

use super::NORTHMOOR;
use super::commands::check;

const PAGE: &str = include_str!("../../docs/protocol-format.md");
const FILE: &str = "eastmere.toml";

/// What stands between two headings of the page.
fn between(from: &str, to: &str) -> &'static str {
    let (_, rest) = PAGE.split_once(&format!("\n{from}\n")).expect(from);
    rest.split_once(&format!("\n{to}\n")).expect(to).0
}

/// The blocks of a language, in order.
fn blocks(text: &'static str, language: &str) -> Vec<&'static str> {
    let fence = format!("\n```{language}\n");
    let rest = text.split(fence.as_str()).skip(1);
    rest.map(|block| block.split_once("```").expect("a fence that closes").0)
        .collect()
}

fn walk() -> &'static str {
    between(
        "## From a council's paper to its file",
        "### The whole file",
    )
}

/// The file that the walk-through ends with.
fn file() -> &'static str {
    blocks(between("### The whole file", "## Reference"), "toml")[0]
}

fn eastmere() -> Protocol {
    let reading = read_with_warnings(FILE, file());
    assert_eq!(reading.faults, [], "neither a fault nor a warning");
    reading.protocol.unwrap()
}

#[test]
fn the_excerpts_of_the_walk_through_are_its_file_whole_and_nothing_else() {
    let mut left = file().to_owned();
    let excerpts = blocks(walk(), "toml");
    assert_eq!(excerpts.len(), 9, "one a section");
    for excerpt in excerpts {
        assert_eq!(left.matches(excerpt).count(), 1, "{excerpt}");
        left = left.replacen(excerpt, "", 1);
    }
    let left: Vec<&str> = left.lines().filter(|line| !line.is_empty()).collect();
    assert_eq!(
        left,
        ["#:schema ./_schema.json"],
        "no section tells of this"
    );
}

#[test]
fn every_paragraph_of_the_invented_paper_is_in_the_file() {
    let numbers: Vec<&str> = walk()
        .lines()
        .filter_map(|line| line.strip_prefix("> ")?.split(' ').next())
        .filter(|word| word.contains('.') && word.starts_with(|c: char| c.is_ascii_digit()))
        .collect();
    assert_eq!(numbers.len(), 14, "{numbers:?}");
    for number in numbers {
        let said = [format!("clause = \"{number}\""), format!("# {number}")];
        let flat = file().split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(said.iter().any(|words| flat.contains(words)), "{number}");
    }
}

#[test]
fn what_the_walk_through_shows_is_what_the_program_prints() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(FILE);
    let prints = |text: &str| {
        fs::write(&path, text).unwrap();
        let (printed, _) = check(path.clone());
        printed.replace(&format!("{}/", folder.path().display()), "")
    };
    let printed = [
        explain(&eastmere()),
        prints(file()),
        prints(&file().replacen("\"discuss\"", "\"discus\"", 1)),
    ];
    let shown = blocks(walk(), "text");
    assert_eq!(shown.len(), 10);
    for part in &shown {
        assert!(printed.iter().any(|all| all.contains(part)), "{part}");
    }
    for checked in &printed[1..] {
        assert!(shown.contains(&checked.as_str()), "{checked}");
    }
}

#[test]
fn the_excerpts_of_the_reference_can_be_added_to_the_file() {
    let (_, reference) = PAGE.split_once("\n## Reference\n").unwrap();
    let excerpts = blocks(reference, "toml");
    assert!(!excerpts.is_empty());
    for excerpt in excerpts {
        let reading = read_with_warnings(FILE, &format!("{}\n{excerpt}", file()));
        assert_eq!(reading.faults, [], "{excerpt}");
    }
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
