//! The layers of the crate, held to by reading what each module names.
#![expect(
    clippy::expect_used,
    reason = "a test that cannot go on says so by failing"
)]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// From the outside in: a module names those of its own layer and of later ones. Modules that are in none may be used by
/// all but the pure ones.
const LAYERS: [&[&str]; 4] = [
    &["demo", "cli"],
    &["slack", "timekeeper", "courier"],
    &["desk"],
    &["store", "messages", "directory"],
];
/// What the record is decided by: functions of their arguments, and nothing else.
const PURE: [&str; 12] = [
    "access",
    "calendar",
    "concern",
    "cover",
    "identifiers",
    "ids",
    "mail",
    "notice",
    "protocol",
    "record",
    "review",
    "tasks",
];
/// What would make them something else.
const NOT_PURE: [&str; 5] = ["axum", "handlebars", "slack_morphism", "sqlx", "tokio"];

#[test]
fn the_pure_modules_name_each_other_alone() {
    for module in PURE {
        for (file, code) in code_of(module) {
            let file = file.display();
            for found in NOT_PURE {
                let named = words(&code).any(|word| word == found);
                assert!(!named, "{file} names {found}: keep it out of the pure core");
            }
            for named in modules_named(&code) {
                let pure = PURE.contains(&named.as_str());
                assert!(
                    pure,
                    "{file} names {named}, which is not of the pure core: pass in what it needs"
                );
            }
        }
    }
}

#[test]
fn no_layer_names_one_further_out() {
    for (depth, layer) in LAYERS.iter().enumerate() {
        let outside: Vec<&str> = LAYERS[..depth].concat();
        for module in *layer {
            for (file, code) in code_of(module) {
                let named = modules_named(&code);
                let wrong = outside.iter().find(|module| named.contains(**module));
                assert_eq!(
                    wrong,
                    None,
                    "{} names a layer further out: let that one call this one",
                    file.display()
                );
            }
        }
    }
}

#[test]
fn the_database_is_named_by_the_store_alone_and_the_time_is_read_in_one_place() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let (mut databases, mut times) = (0, 0);
    for (file, code) in code_of("") {
        let inside = file.strip_prefix(&source).expect("a file of the source");
        if code.contains("sqlx::") {
            databases += 1;
            let store = inside.starts_with("store") || inside == Path::new("store.rs");
            assert!(store, "{} names sqlx: ask the store", file.display());
        }
        if code.contains("Utc::now") {
            times += 1;
            let clock = inside == Path::new("clock.rs");
            assert!(
                clock,
                "{} reads the time: take it as an argument",
                file.display()
            );
        }
    }
    assert!(databases > 0 && times == 1, "nothing was looked at");
}

#[test]
fn what_a_line_names_is_seen_however_it_is_written() {
    let code =
        "use crate::desk;\nuse crate::{ids::RoleId, store::{Tx, events}};\n x: crate::slack::Web,";
    let named: Vec<String> = modules_named(code).into_iter().collect();
    assert_eq!(named, ["desk", "ids", "slack", "store"]);
    assert!(code_of("calendar").len() > 1);
}

/// Each file of a module with its code, comments left out. None where there is no such module.
fn code_of(module: &str) -> Vec<(PathBuf, String)> {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = vec![source.join(format!("{module}.rs"))];
    let mut folders = vec![source.join(module)];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).into_iter().flatten() {
            let path = entry.expect("the folder can be listed").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|kind| kind == "rs") {
                files.push(path);
            }
        }
    }
    let code = files.into_iter().filter(|file| file.exists()).map(|file| {
        let text = fs::read_to_string(&file).expect("the source can be read");
        let lines = text
            .lines()
            .filter(|line| !line.trim_start().starts_with("//"));
        let code = lines.collect::<Vec<_>>().join("\n");
        (file, code)
    });
    code.collect()
}

fn words(code: &str) -> impl Iterator<Item = &str> {
    code.split(|c: char| !c.is_alphanumeric() && c != '_')
}

/// The modules of this crate that the code names: after `crate::`, and first in each branch of `crate::{…}`.
fn modules_named(code: &str) -> BTreeSet<String> {
    let mut named = BTreeSet::new();
    for (at, start) in code.match_indices("crate::") {
        let rest = &code[at + start.len()..];
        let Some(group) = rest.strip_prefix('{') else {
            named.extend(words(rest).next().map(str::to_owned));
            continue;
        };
        let mut depth = 0;
        let mut branch = String::new();
        for c in group.chars() {
            match c {
                '}' if depth == 0 => break,
                ',' if depth == 0 => {
                    named.extend(words(branch.trim()).next().map(str::to_owned));
                    branch.clear();
                    continue;
                }
                '{' => depth += 1,
                '}' => depth -= 1,
                _ => {}
            }
            branch.push(c);
        }
        named.extend(words(branch.trim()).next().map(str::to_owned));
    }
    named.remove("");
    named
}
