//! What a protocol file says by subject.

use indexmap::IndexMap;

use super::value::subjects_of;
use crate::ids::RaiserRole;
use crate::protocol::section::{Section, unknown_word};
use crate::protocol::words::SUBJECTS;
use crate::protocol::{Starred, Subject};

/// About whom each raiser role raises: `[raiser_subjects]`.
pub(super) fn of_raisers(file: &Section<'_, '_>) -> IndexMap<RaiserRole, Vec<Subject>> {
    let Some(section) = file.table("raiser_subjects", "the table of whom each raises about") else {
        return IndexMap::new();
    };
    section
        .named_entries()
        .iter()
        .filter_map(|entry| {
            let subjects = section.list_of(entry, false)?;
            let subjects = subjects
                .iter()
                .filter_map(|text| section.word_of(entry.key, text, SUBJECTS))
                .collect();
            Some((RaiserRole::from(entry.key), subjects))
        })
        .collect()
}

/// The mark of a starred recommendation.
pub(super) fn starred(file: &Section<'_, '_>) -> Option<Starred> {
    let section = file.table("starred", "the mark of a starred recommendation")?;
    let subjects = subjects_of(&section);
    let clause = section.required_text("clause", "Stage 1");
    section.finish();
    Some(Starred {
        subjects,
        clause: clause?.value,
    })
}

/// What a step is called for other subjects: `names` of a step.
pub(super) fn names(step: &Section<'_, '_>) -> IndexMap<Subject, String> {
    let Some(section) = step.table("names", "the names of a step by subject") else {
        return IndexMap::new();
    };
    let mut names = IndexMap::new();
    for entry in section.named_entries() {
        let subject = SUBJECTS.iter().find(|(word, _)| *word == entry.key);
        let Some((_, subject)) = subject else {
            let known: Vec<_> = SUBJECTS.iter().map(|(word, _)| *word).collect();
            let message = unknown_word("names", entry.key, &known);
            section.document.fault(entry.key_offset, message);
            continue;
        };
        if let Some(name) = section.text_of(&entry) {
            names.insert(*subject, name.value);
        }
    }
    names
}
