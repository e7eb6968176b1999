//! The protocols at hand: the built-in ones, a council's own, and the versions that concerns are pinned to.

use std::fs;

use lodestar::ids::ProtocolId;
use lodestar::protocol::library::{Library, hash, read_pinned};

use super::{BUILT_IN, LIBRARY, NORTHMOOR, northmoor};

#[test]
fn every_built_in_protocol_reads_without_fault_and_warns_only_of_what_its_source_conflicts_in() {
    let ids: Vec<_> = LIBRARY.ids().map(ToString::to_string).collect();
    assert_eq!(ids, BUILT_IN);
    for held in LIBRARY.iter() {
        let warnings: Vec<_> = held.warnings.iter().map(ToString::to_string).collect();
        if held.protocol.id.as_str() == "cp-lac-challenge" {
            // Ten weeks and the Handbook's twenty working days: the source's own conflict, shown and not hidden.
            assert_eq!(warnings.len(), 1, "{warnings:?}");
            assert!(
                warnings[0].contains("this cap is 20 working days"),
                "{warnings:?}"
            );
        } else {
            assert!(warnings.is_empty(), "{warnings:?}");
        }
    }
}

#[test]
fn a_councils_own_file_stands_beside_the_built_in_ones() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("own.toml");
    fs::write(&path, NORTHMOOR).unwrap();
    let library = Library::load(&[path]).unwrap();
    assert_eq!(library.iter().count(), 6);
    let held = library.get(&ProtocolId::from("northmoor")).unwrap();
    assert_eq!(*held.protocol, northmoor());
    assert_eq!(&*held.source_text, NORTHMOOR);
}

#[test]
fn a_councils_own_file_with_a_built_in_id_takes_its_place() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("own.toml");
    fs::write(
        &path,
        NORTHMOOR.replace("id            = \"northmoor\"", "id = \"manchester\""),
    )
    .unwrap();
    let library = Library::load(&[path]).unwrap();
    assert_eq!(library.iter().count(), 5);
    let held = library.get(&ProtocolId::from("manchester")).unwrap();
    assert_eq!(held.protocol.council.as_deref(), Some("Northmoor Council"));
}

#[test]
fn two_own_files_of_one_id_and_one_that_cannot_be_read_are_refused_by_name() {
    let folder = tempfile::tempdir().unwrap();
    let (one, two) = (
        folder.path().join("one.toml"),
        folder.path().join("two.toml"),
    );
    fs::write(&one, NORTHMOOR).unwrap();
    fs::write(&two, NORTHMOOR).unwrap();
    let missing = folder.path().join("missing.toml");
    let refusal = Library::load(&[one, two, missing]).unwrap_err().to_string();
    let lines: Vec<_> = refusal.lines().collect();
    assert_eq!(lines.len(), 2, "{refusal}");
    assert!(
        lines[0].contains("two.toml:1:1: The id `northmoor` is also that of")
            && lines[0].contains("one.toml"),
        "{refusal}"
    );
    assert!(
        lines[1].contains("missing.toml:1:1: The file cannot be read"),
        "{refusal}"
    );
}

#[test]
fn a_kept_version_reads_again_and_its_hash_is_that_of_its_text() {
    for held in LIBRARY.iter() {
        assert_eq!(read_pinned(&held.source_text).unwrap(), *held.protocol);
        assert_eq!(held.hash, hash(&held.source_text));
        assert_eq!(held.hash.len(), 64);
    }
    assert_eq!(
        hash(""),
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    );
    assert!(
        read_pinned("id = 1")
            .unwrap_err()
            .to_string()
            .contains("kept version")
    );
}
