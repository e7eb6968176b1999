//! `docs/coverage.md` holds what it says: a row for every requirement, and files, keys and tests that are there.

#![expect(clippy::panic, reason = "a test that cannot go on says so by failing")]

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// Which file the keys of a row belong to, by the first letter of its id.
const PROTOCOLS: [(char, &str); 5] = [
    ('W', "warwickshire"),
    ('B', "buckinghamshire"),
    ('M', "manchester"),
    ('H', "cp-lac-challenge"),
    ('S', "fostering-iro"),
];
/// What a row says that no test need show.
const NOT_FOR_SOFTWARE: &str = "Not for software";
/// What a row says of something that is missing.
const NOT_BUILT: &str = "Not built yet";

struct Row {
    id: String,
    does: String,
    places: Vec<String>,
    tests: Vec<String>,
}

#[test]
fn every_requirement_has_one_row_and_every_row_its_requirement() {
    let (rows, ids) = (rows(), ids());
    assert!(ids.len() > 140, "only {} ids", ids.len());
    let mut wrong = Vec::new();
    let mut seen = BTreeSet::new();
    for row in &rows {
        if !seen.insert(row.id.as_str()) {
            wrong.push(format!("{} has two rows", row.id));
        }
        if !ids.contains(&row.id) {
            wrong.push(format!("{} is no id of docs/requirements.txt", row.id));
        }
    }
    let missing = ids.iter().filter(|id| !seen.contains(id.as_str()));
    wrong.extend(missing.map(|id| format!("{id} has no row")));
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_row_is_shown_by_a_test_or_says_why_not() {
    let unshown: Vec<_> = rows()
        .into_iter()
        .filter(|row| row.tests.is_empty())
        .filter(|row| !row.does.contains(NOT_FOR_SOFTWARE) && !row.does.contains(NOT_BUILT))
        .map(|row| row.id)
        .collect();
    assert!(unshown.is_empty(), "no test shows {unshown:?}");
}

#[test]
fn what_is_not_built_is_counted_at_the_head_of_the_page() {
    let page = read("docs/coverage.md");
    let rows = rows();
    let missing = rows.iter().filter(|row| row.does.contains(NOT_BUILT));
    let said = format!(
        "Of {} requirements, {} have something that is not built yet",
        rows.len(),
        missing.count()
    );
    assert!(page.contains(&said), "the head should say: {said}");
}

#[test]
fn every_test_that_a_row_names_is_there() {
    let mut wrong = Vec::new();
    let mut looked_at = 0;
    for row in rows() {
        for test in &row.tests {
            looked_at += 1;
            let Some((file, name)) = test.split_once("::") else {
                wrong.push(format!("{}: {test} is not FILE::TEST", row.id));
                continue;
            };
            let there = exists(file) && is_built(file) && has_test(&read(file), name);
            if !there {
                wrong.push(format!("{}: there is no test {test}", row.id));
            }
        }
    }
    assert!(looked_at > 100, "only {looked_at} tests are named");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_file_and_key_that_a_row_names_is_there() {
    let mut wrong = Vec::new();
    for row in rows() {
        for place in &row.places {
            let there = if place.contains('/') {
                exists(place)
            } else {
                let file = protocol_of(&row.id);
                let table: toml::Table = (read(&file).parse())
                    .unwrap_or_else(|fault| panic!("{file} is not TOML: {fault}"));
                has_key(&toml::Value::Table(table), place)
            };
            if !there {
                wrong.push(format!("{}: there is no {place}", row.id));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_key_is_found_by_its_path_and_a_test_by_its_attribute() {
    let table: toml::Table = "a = 1\n[[step]]\nid = \"m-1\"\n[step.gate]\nrole = \"x\"\n[[notice]]\nwhen = \"rag red\"\nto = [\"y\"]\n[[cap]]\nwithin = \"z\""
        .parse()
        .unwrap_or_default();
    let table = toml::Value::Table(table);
    for there in [
        "a",
        "step",
        "step.m-1.gate.role",
        "notice.rag red.to",
        "cap.0.within",
    ] {
        assert!(has_key(&table, there), "{there}");
    }
    for not_there in [
        "b",
        "step.m-2",
        "step.m-1.to",
        "notice.rag amber",
        "cap.1",
        "a.b",
    ] {
        assert!(!has_key(&table, not_there), "{not_there}");
    }
    let code = "#[test]\nfn one() {}\n#[tokio::test]\n#[ignore = \"slow\"]\nasync fn two()\n{}\nfn three() {}\n// #[test]\nfn one_more() {}";
    assert!(has_test(code, "one") && has_test(code, "two"));
    assert!(!has_test(code, "three") && !has_test(code, "one_more") && !has_test(code, "on"));
}

/// The ids of `docs/requirements.txt`: the first word of each line that is no heading.
fn ids() -> BTreeSet<String> {
    let text = read("docs/requirements.txt");
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    let mut ids = BTreeSet::new();
    for id in lines.filter_map(|line| line.split_whitespace().next()) {
        assert!(ids.insert(id.to_owned()), "{id} is listed twice");
    }
    ids
}

/// The rows of the page's tables.
fn rows() -> Vec<Row> {
    let page = read("docs/coverage.md");
    let mut rows = Vec::new();
    for line in page.lines().filter(|line| line.starts_with("| ")) {
        let cells: Vec<&str> = line.trim_matches('|').split(" | ").map(str::trim).collect();
        let [id, does, places, tests] = cells[..] else {
            panic!("not four cells: {line}");
        };
        if id != "id" {
            rows.push(Row {
                id: id.to_owned(),
                does: does.to_owned(),
                places: quoted(places),
                tests: quoted(tests),
            });
        }
    }
    rows
}

/// What stands between backquotes.
fn quoted(cell: &str) -> Vec<String> {
    let parts = cell.split('`').skip(1).step_by(2);
    parts.map(str::to_owned).collect()
}

fn protocol_of(id: &str) -> String {
    let found = PROTOCOLS.iter().find(|(letter, _)| id.starts_with(*letter));
    let (_, name) = found.unwrap_or_else(|| panic!("{id} is of no protocol"));
    format!("protocols/{name}.toml")
}

/// Whether a value has the key. A part of the path is a table's key, or the `id` or `when` of an entry of a list, or its place from 0.
fn has_key(value: &toml::Value, path: &str) -> bool {
    let (part, rest) = path
        .split_once('.')
        .map_or((path, None), |(a, b)| (a, Some(b)));
    let found = match value {
        toml::Value::Table(table) => table.get(part),
        toml::Value::Array(entries) => {
            let called = |entry: &&toml::Value| {
                ["id", "when"]
                    .iter()
                    .any(|key| entry.get(key).and_then(toml::Value::as_str) == Some(part))
            };
            let at = || entries.get(part.parse::<usize>().ok()?);
            entries.iter().find(called).or_else(at)
        }
        _ => None,
    };
    match (found, rest) {
        (Some(found), Some(rest)) => has_key(found, rest),
        (found, _) => found.is_some(),
    }
}

/// Whether code has a test of that name: the function, under an attribute that makes it one.
fn has_test(code: &str, name: &str) -> bool {
    let lines: Vec<&str> = code.lines().map(str::trim).collect();
    let is_it = |line: &&str| {
        let line = line.strip_prefix("async ").unwrap_or(line);
        let rest = line
            .strip_prefix("fn ")
            .and_then(|rest| rest.strip_prefix(name));
        rest.is_some_and(|rest| rest.starts_with('('))
    };
    lines
        .iter()
        .enumerate()
        .filter(|(_, line)| is_it(line))
        .any(|(at, _)| {
            let above = lines[..at].iter().rev();
            above
                .take_while(|line| line.starts_with('#') || line.starts_with("//"))
                .any(|line| line.starts_with("#[test]") || line.starts_with("#[tokio::test"))
        })
}

/// Whether a file of tests is one that is built: a file of `tests/` itself, or one that its folder's root names.
fn is_built(file: &str) -> bool {
    let parts: Vec<&str> = file.split('/').collect();
    let ["tests", folder, name] = parts[..] else {
        return true;
    };
    let module = name.trim_end_matches(".rs");
    let named = format!("mod {module};");
    let roots = [
        format!("tests/{folder}.rs"),
        format!("tests/{folder}/main.rs"),
    ];
    module == "main"
        || roots
            .iter()
            .any(|root| exists(root) && read(root).contains(&named))
}

fn exists(file: &str) -> bool {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(file).exists()
}

fn read(file: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(file);
    fs::read_to_string(path).unwrap_or_else(|fault| panic!("{file}: {fault}"))
}
