//! A council's own words in place of the built-in ones, and what is said when they break.

use std::fs;
use std::path::Path;

use lodestar::mail::Occasion;
use lodestar::messages::{Fault, Messages};

use crate::story::{Story, read};

fn own(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (path, text) in files {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    folder
}

fn faults(folder: &Path) -> Vec<Fault> {
    match Messages::load(Some(folder)) {
        Ok(_) => Vec::new(),
        Err(faults) => faults,
    }
}

#[test]
fn a_councils_own_file_takes_the_place_of_the_built_in_one() {
    let folder = own(&[("line/case.hbs", "Child {{case_ref}} ({{category}})\n")]);
    let messages = Messages::load(Some(folder.path())).unwrap();
    let card = Story::manchester().says(&messages, Occasion::Card, 1);
    assert!(
        read(&card)
            .contains("\nChild K-204117 (Care plan missing, out of date or of poor quality)\n")
    );
}

#[test]
fn a_mistyped_name_is_an_error_at_start_with_its_file_and_place() {
    let folder = own(&[("line/case.hbs", "Case\n{{case_reff}}\n")]);
    let faults = faults(folder.path());
    let fault = faults.first().unwrap();
    assert!(fault.file.ends_with("line/case.hbs"), "{fault}");
    assert_eq!(fault.line, Some(2), "{fault}");
    assert!(fault.what.contains("case_reff"), "{fault}");
}

#[test]
fn a_mistyped_name_in_a_condition_is_an_error_too() {
    // Each in a message of its own, so that one reading tries them all.
    let broken = [
        ("held", "{{#when starrred}}x{{/when}}"),
        ("extended", "{{#some ragg}}x{{/some}}"),
        ("redated", "{{#any too}}x{{/any}}"),
        ("past_gate", "{{#is fase 'answering'}}x{{/is}}"),
        (
            "late_answer",
            "{{#case fase}}{{#of 'x'}}x{{/of}}{{else}}y{{/case}}",
        ),
        ("handed_over", "{{#if starred}}x{{/if}}"),
        ("same_case", "{{mention raisr}}"),
    ]
    .map(|(name, said)| {
        let text = format!(r#"{{"text": "{said}"}}"#);
        (format!("notice/{name}.json.hbs"), said, text)
    });
    let files: Vec<(&str, &str)> = broken
        .iter()
        .map(|(file, _, text)| (&**file, &**text))
        .collect();
    let found = faults(own(&files).path());
    for (file, said, _) in &broken {
        let told = found.iter().any(|fault| {
            fault.file.ends_with(file) && fault.what.starts_with("rendered with a sample it fails")
        });
        assert!(told, "{said} passes: {found:?}");
    }
}

#[test]
fn a_template_that_is_not_handlebars_or_not_json_is_an_error_at_start() {
    let folder = own(&[("line/case.hbs", "{{#when starred}}\n")]);
    let fault = faults(folder.path()).remove(0);
    assert!(
        fault.line.is_some() && fault.what.starts_with("the template cannot be read"),
        "{fault}"
    );

    let folder = own(&[("gate/gate.json.hbs", "{\"text\": \"x\", \"blocks\": [}")]);
    let fault = faults(folder.path()).remove(0);
    assert!(fault.file.ends_with("gate/gate.json.hbs"), "{fault}");
    assert!(fault.what.contains("does not give JSON"), "{fault}");

    let folder = own(&[("gate/gate.json.hbs", "{\"blocks\": []}")]);
    let fault = faults(folder.path()).remove(0);
    assert!(fault.what.contains("screen readers"), "{fault}");
}

#[test]
fn a_file_that_would_never_be_used_is_an_error_that_names_the_one_meant() {
    let folder = own(&[("lines/case.hbs", "Case\n")]);
    let fault = faults(folder.path()).remove(0);
    assert!(
        fault.what.contains("did you mean line/case.hbs?"),
        "{fault}"
    );
}

#[test]
fn a_folder_that_is_not_there_is_an_error_that_names_it() {
    let fault = faults(Path::new("/nowhere/at/all")).remove(0);
    assert_eq!(fault.file, "/nowhere/at/all");
}

#[test]
fn a_part_that_is_not_there_or_that_says_itself_without_end_is_an_error_at_its_place() {
    let folder = own(&[("line/case.hbs", "Case\n  {{say \"phrase/hed\"}}\n")]);
    let fault = faults(folder.path()).remove(0);
    assert_eq!((fault.line, fault.column), (Some(2), Some(3)), "{fault}");
    assert!(fault.what.contains("phrase/head.hbs"), "{fault}");

    let folder = own(&[
        ("line/case.hbs", "{{say \"line/raised\"}}\n"),
        ("line/raised.hbs", "{{say \"line/case\"}}\n"),
    ]);
    let faults = faults(folder.path());
    assert!(
        faults
            .iter()
            .any(|fault| fault.what.contains("without end")),
        "{faults:?}"
    );
}
