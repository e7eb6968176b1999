//! `lodestar protocol draw` and `schema` as a person uses them.

use std::fs;
use std::path::PathBuf;

use lodestar::cli::Failure;
use lodestar::cli::protocol::{Action, DrawArgs, ProtocolArgs, run};
use lodestar::protocol::draw::draw;
use lodestar::protocol::schema::SCHEMA;

use super::{NORTHMOOR, northmoor_with, one};

fn told(action: Action) -> (String, Result<(), Failure>) {
    let mut out = Vec::new();
    let result = run(&ProtocolArgs { action }, &[], &mut out);
    (String::from_utf8(out).unwrap(), result)
}

fn drawn(protocol: impl Into<PathBuf>, out: Option<PathBuf>) -> (String, Result<(), Failure>) {
    told(Action::Draw(DrawArgs {
        protocol: protocol.into(),
        out,
    }))
}

#[test]
fn a_protocol_is_drawn_by_its_id_or_from_its_file() {
    let (text, result) = drawn("manchester", None);
    assert_eq!((text, result), (draw(&one("manchester")), Ok(())));
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("own.toml");
    fs::write(&path, NORTHMOOR).unwrap();
    let (text, result) = drawn(path, None);
    assert_eq!((text, result), (draw(&one("northmoor")), Ok(())));
}

#[test]
fn a_picture_goes_to_the_file_that_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("manchester.svg");
    let (text, result) = drawn("manchester", Some(path.clone()));
    assert_eq!((text.as_str(), result), ("", Ok(())));
    assert_eq!(fs::read_to_string(path).unwrap(), draw(&one("manchester")));
    let (_, result) = drawn(
        "manchester",
        Some(folder.path().join("none/manchester.svg")),
    );
    let Err(Failure::No(why)) = result else {
        unreachable!("{result:?}")
    };
    assert!(
        why.contains("could not be written") && why.ends_with("may be written to."),
        "{why}"
    );
}

#[test]
fn a_file_with_faults_is_not_drawn_and_each_fault_is_said() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("own.toml");
    let faulty = NORTHMOOR
        .replace("next         = \"n-6\"", "next         = \"n-9\"")
        .replace("on_lapse          = \"n-5\"", "on_lapse          = \"n-8\"");
    fs::write(&path, faulty).unwrap();
    let kept = folder.path().join("own.svg");
    let (text, result) = drawn(path.clone(), Some(kept.clone()));
    assert!(text.lines().count() >= 2, "{text}");
    for line in text.lines() {
        assert!(line.starts_with(&format!("{}:", path.display())), "{line}");
    }
    assert!(text.contains("`n-8`") && text.contains("`n-9`"), "{text}");
    assert!(matches!(result, Err(Failure::No(_))), "{result:?}");
    assert!(!kept.exists());
}

#[test]
fn a_file_that_cannot_be_read_and_an_unknown_id_are_wrong_usage() {
    let folder = tempfile::tempdir().unwrap();
    let (text, result) = drawn(folder.path().join("missing.toml"), None);
    assert_eq!(text, "");
    assert!(matches!(result, Err(Failure::Usage(_))), "{result:?}");
    let (text, result) = drawn("machester", None);
    assert_eq!(text, "");
    let Err(Failure::Usage(why)) = result else {
        unreachable!("{result:?}")
    };
    assert!(
        why.starts_with("There is no protocol `machester`: it may be one of"),
        "{why}"
    );
}

#[test]
fn a_file_with_a_warning_alone_is_drawn() {
    let from = "within = \"12 weeks\"";
    let to = "within = \"6 weeks\"";
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("own.toml");
    fs::write(&path, NORTHMOOR.replace(from, to)).unwrap();
    let (text, result) = drawn(path, None);
    assert_eq!((text, result), (draw(&northmoor_with(from, to)), Ok(())));
}

#[test]
fn the_schema_is_printed_for_an_editor() {
    assert_eq!(told(Action::Schema), (SCHEMA.to_owned(), Ok(())));
}
