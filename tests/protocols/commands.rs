//! `lodestar protocol` as a person or a script uses it.

use std::fs;
use std::path::PathBuf;

use lodestar::cli::Failure;
use lodestar::cli::protocol::{Action, CheckArgs, ProtocolArgs, ShowArgs, run};
use lodestar::protocol::explain::explain;

use super::{BUILT_IN, NORTHMOOR, built_in};

fn told(action: Action) -> (String, Result<(), Failure>) {
    let mut out = Vec::new();
    let result = run(&ProtocolArgs { action }, &[], &mut out);
    (String::from_utf8(out).unwrap(), result)
}

pub(super) fn check(file: PathBuf) -> (String, Result<(), Failure>) {
    told(Action::Check(CheckArgs { file }))
}

fn show(id: &str, json: bool) -> (String, Result<(), Failure>) {
    told(Action::Show(ShowArgs {
        protocol: id.into(),
        json,
    }))
}

#[test]
fn the_list_has_a_line_for_each_protocol_with_its_council_steps_and_title() {
    let (text, result) = told(Action::List);
    assert_eq!(result, Ok(()));
    let lines: Vec<_> = text.lines().collect();
    assert_eq!(lines.len(), 5);
    for (line, id) in lines.iter().zip(BUILT_IN) {
        assert!(line.starts_with(id), "{line}");
        assert!(line.ends_with(&built_in(id).title), "{line}");
    }
    assert!(
        lines[2].contains("Manchester City Council") && lines[2].contains("6 steps"),
        "{}",
        lines[2]
    );
    assert!(lines[3].contains("lac 5 steps, cp 5 steps"), "{}", lines[3]);
}

#[test]
fn a_protocol_is_shown_in_words_or_as_json() {
    let (text, result) = show("manchester", false);
    assert_eq!((text, result), (explain(&built_in("manchester")), Ok(())));
    let (text, result) = show("manchester", true);
    assert_eq!(result, Ok(()));
    let value: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!(
        value["routes"][0]["steps"].as_array().map(Vec::len),
        Some(6)
    );
}

#[test]
fn a_file_is_shown_before_any_team_works_under_it_and_a_faulty_one_is_answered_with_its_faults() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("own.toml");
    fs::write(&path, NORTHMOOR).unwrap();
    let (text, result) = show(&path.display().to_string(), false);
    assert_eq!((text, result), (explain(&super::northmoor()), Ok(())));
    fs::write(
        &path,
        NORTHMOOR.replace("asks     = \"discuss\"", "asks = 7"),
    )
    .unwrap();
    let (text, result) = show(&path.display().to_string(), false);
    assert!(text.contains("own.toml:"), "{text}");
    assert!(!text.contains("Northmoor Council"), "{text}");
    assert!(matches!(result, Err(Failure::No(_))), "{result:?}");
}

#[test]
fn an_unknown_protocol_is_wrong_usage_and_answered_with_those_there_are() {
    let (text, result) = show("machester", false);
    assert_eq!(text, "");
    let failure = Failure::usage(
        "There is no protocol `machester`: it may be one of warwickshire, buckinghamshire, manchester, cp-lac-challenge, fostering-iro.",
    );
    assert_eq!(result, Err(failure));
}

#[test]
fn a_good_file_is_said_to_be_good() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("own.toml");
    fs::write(&path, NORTHMOOR).unwrap();
    let (text, result) = check(path.clone());
    assert_eq!(result, Ok(()));
    assert_eq!(
        text,
        format!("{}: protocol northmoor: no faults\n", path.display())
    );
}

#[test]
fn a_file_with_a_warning_alone_can_be_used() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("own.toml");
    fs::write(
        &path,
        NORTHMOOR.replace("within = \"12 weeks\"", "within = \"6 weeks\""),
    )
    .unwrap();
    let (text, result) = check(path);
    assert_eq!(result, Ok(()));
    let line = NORTHMOOR
        .lines()
        .position(|line| line == "within = \"12 weeks\"")
        .unwrap()
        + 1;
    let place = format!("own.toml:{line}:10: warning: ");
    assert!(text.contains(&place), "{text}");
    assert!(
        text.ends_with("it can be used, with one warning\n"),
        "{text}"
    );
}

#[test]
fn a_file_with_an_error_is_answered_with_no_and_the_place() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("own.toml");
    fs::write(
        &path,
        NORTHMOOR.replace("asks     = \"discuss\"", "asks     = \"discus\""),
    )
    .unwrap();
    let (text, result) = check(path.clone());
    assert!(text.starts_with(&format!("{}:", path.display())), "{text}");
    assert!(
        text.ends_with("`asks` does not know \"discus\": did you mean \"discuss\"?\n"),
        "{text}"
    );
    assert!(matches!(result, Err(Failure::No(_))), "{result:?}");
}

#[test]
fn a_file_that_cannot_be_read_is_wrong_usage() {
    let folder = tempfile::tempdir().unwrap();
    for (name, bytes) in [
        ("missing.toml", None),
        ("bytes.toml", Some([0xff, 0xfe, 0x00])),
    ] {
        let path = folder.path().join(name);
        if let Some(bytes) = bytes {
            fs::write(&path, bytes).unwrap();
        }
        let (text, result) = check(path);
        assert_eq!(text, "");
        assert!(matches!(result, Err(Failure::Usage(_))), "{result:?}");
    }
}
