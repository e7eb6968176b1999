//! What the documents name is there: a file that is moved takes the words about it along.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// Documents that name files by their path from the root.
const DOCUMENTS: [&str; 4] = [
    "README.md",
    "CONTRIBUTING.md",
    ".env.example",
    "docs/performance.md",
];
/// What a council makes itself, or the program when it runs.
const MADE_LATER: [&str; 3] = ["lodestar.toml", "lodestar.key", "lodestar.db"];
/// How a name ends that is a file's.
const ENDINGS: [&str; 7] = ["md", "toml", "yaml", "json", "png", "rs", "example"];

#[test]
fn every_file_the_documents_name_is_there() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut looked_at = 0;
    for document in DOCUMENTS {
        let text = fs::read_to_string(root.join(document)).unwrap_or_default();
        assert!(!text.is_empty(), "{document} is not there");
        for named in paths(&text) {
            looked_at += 1;
            assert!(
                root.join(&named).exists(),
                "{document} names {named}, which is not there: name what took its place"
            );
        }
    }
    assert!(looked_at > 20, "only {looked_at} names were found");
}

/// The names of files and folders of this repository in a text.
fn paths(text: &str) -> BTreeSet<String> {
    text.split(|letter: char| letter.is_whitespace() || "`()[],;:<>\"'|=".contains(letter))
        .map(|word| word.trim_end_matches('.'))
        .filter(|word| !word.starts_with(['/', '-', '.']) && !MADE_LATER.contains(word))
        .filter(|word| {
            let folder = word.ends_with('/');
            let file = word
                .rsplit_once('.')
                .is_some_and(|(stem, ending)| !stem.is_empty() && ENDINGS.contains(&ending));
            folder || file
        })
        .map(str::to_owned)
        .collect()
}
