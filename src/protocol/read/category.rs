//! What a concern may be about: a protocol's own themes and categories, or the built-in list.

use toml::de::{DeTable, DeValue};

use crate::protocol::document::Document;
use crate::protocol::section::Section;
use crate::protocol::{Category, Theme};

/// The categories of a protocol that has none of its own.
const CATEGORIES: &str = include_str!("../../../protocols/_categories.toml");

pub(super) fn themes(file: &Section<'_, '_>) -> Vec<Theme> {
    let themed: Vec<Theme> = file
        .tables("theme", "a theme")
        .iter()
        .filter_map(|section| {
            let name = section.required_text("name", "Care plan implementation");
            let categories = categories(section);
            if !section.has("categories") {
                section.missing(
                    "categories",
                    "a `[theme.categories]` table of ids and words",
                );
            }
            section.finish();
            Some(Theme {
                name: name?.value,
                categories,
            })
        })
        .collect();
    let plain = categories(file);
    if plain.is_empty() && file.has("categories") {
        file.empty(
            "categories",
            "an id and its words on each line",
            "the built-in list",
        );
    }
    if !plain.is_empty() && !themed.is_empty() {
        file.document.fault(
            file.offset,
            "Categories stand either in `[categories]` or under each `[[theme]]`, not both: move them into one.".to_owned(),
        );
    }
    if !themed.is_empty() {
        themed
    } else if !plain.is_empty() {
        vec![Theme {
            name: String::new(),
            categories: plain,
        }]
    } else {
        built_in_themes()
    }
}

fn categories(section: &Section<'_, '_>) -> Vec<Category> {
    let Some(table) = section.table("categories", "the table of categories") else {
        return Vec::new();
    };
    table
        .named_entries()
        .iter()
        .filter_map(|entry| {
            Some(Category {
                id: entry.key.to_owned(),
                name: table.text_of(entry)?.value,
            })
        })
        .collect()
}

/// The categories offered where a protocol has none of its own, under no theme.
#[must_use]
pub fn built_in_themes() -> Vec<Theme> {
    let document = Document::new("_categories.toml", CATEGORIES);
    let (table, _) = DeTable::parse_recoverable(CATEGORIES);
    let value = DeValue::Table(table.into_inner());
    let categories = Section::new(
        &document,
        String::new(),
        "the built-in categories",
        0,
        &value,
    )
    .map(|file| categories(&file))
    .unwrap_or_default();
    vec![Theme {
        name: String::new(),
        categories,
    }]
}
