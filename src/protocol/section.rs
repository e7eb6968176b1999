//! A table of a protocol file, read key by key: every key asked for once, every other one a fault at its place.

use std::cell::RefCell;
use std::collections::HashSet;

use toml::Spanned;
use toml::de::DeValue;

use super::document::Document;
use super::fault::did_you_mean;

/// The longest text a protocol file may hold in one place, in characters.
const LONGEST_TEXT: usize = 500;
/// The longest id, in characters.
const LONGEST_ID: usize = 64;
/// The most entries of one list.
const LONGEST_LIST: usize = 200;

/// A value with its place.
#[derive(Clone, Debug)]
pub(super) struct At<T> {
    pub(super) value: T,
    pub(super) offset: usize,
}

/// One table.
pub(super) struct Section<'d, 'i> {
    pub(super) document: &'d Document<'i>,
    /// Its path, as in [`Places`].
    pub(super) path: String,
    /// What it is, in words: "a step".
    what: &'static str,
    /// Where it starts.
    pub(super) offset: usize,
    entries: Vec<Entry<'d, 'i>>,
    asked: RefCell<Vec<&'static str>>,
}

/// One key and its value.
#[derive(Clone)]
pub(super) struct Entry<'d, 'i> {
    pub(super) key: &'d str,
    pub(super) key_offset: usize,
    value: &'d Spanned<DeValue<'i>>,
}

impl<'d, 'i> Section<'d, 'i> {
    /// Reads a value that should be a table; a fault where it is not.
    pub(super) fn new(
        document: &'d Document<'i>,
        path: String,
        what: &'static str,
        offset: usize,
        value: &'d DeValue<'i>,
    ) -> Option<Self> {
        let DeValue::Table(table) = value else {
            document.fault(
                offset,
                format!(
                    "Here should be {what}, written as a table, not {}.",
                    kind(value)
                ),
            );
            return None;
        };
        let mut entries: Vec<_> = table
            .iter()
            .map(|(key, value)| Entry {
                key: key.get_ref().as_ref(),
                key_offset: key.span().start,
                value,
            })
            .collect();
        entries.sort_by_key(|entry| entry.key_offset);
        if !path.is_empty() {
            document.record(path.clone(), offset);
        }
        Some(Self {
            document,
            path,
            what,
            offset,
            entries,
            asked: RefCell::default(),
        })
    }

    fn path_of(&self, key: &str) -> String {
        if self.path.is_empty() {
            key.to_owned()
        } else {
            format!("{}.{key}", self.path)
        }
    }

    fn take(&self, key: &'static str) -> Option<Entry<'d, 'i>> {
        self.asked.borrow_mut().push(key);
        let entry = self.entries.iter().find(|entry| entry.key == key)?;
        let offset = match entry.value.get_ref() {
            DeValue::Table(_) | DeValue::Array(_) => entry.key_offset,
            _ => entry.value.span().start,
        };
        self.document.record(self.path_of(key), offset);
        Some(entry.clone())
    }

    /// All its keys, for a table whose keys are ids of the file's own; each counts as asked for.
    pub(super) fn named_entries(&self) -> Vec<Entry<'d, 'i>> {
        let mut kept = Vec::new();
        for entry in &self.entries {
            let path = self.path_of(entry.key);
            self.document.record(path, entry.key_offset);
            if kept.len() >= LONGEST_LIST {
                let message = format!("At most {LONGEST_LIST} of these are read: take some out.");
                self.document.fault(entry.key_offset, message);
                break;
            }
            if let Some(message) = bad_id(entry.key) {
                self.document.fault(entry.key_offset, message);
            } else {
                kept.push(entry.clone());
            }
        }
        kept
    }

    /// Says that a table is empty, where leaving it out means something else than nothing.
    pub(super) fn empty(&self, key: &str, example: &str, left_out: &str) {
        let Some(entry) = self.entries.iter().find(|entry| entry.key == key) else {
            return;
        };
        if matches!(entry.value.get_ref(), DeValue::Table(table) if table.is_empty()) {
            let message = format!(
                "`[{key}]` is empty: write {example}, or take it out, which means {left_out}."
            );
            self.document.fault(entry.key_offset, message);
        }
    }

    /// Says that a key which must be there is not.
    pub(super) fn missing(&self, key: &str, example: &str) {
        let message = format!("`{key}` is missing from {}: add {example}.", self.what);
        self.document.fault(self.offset, message);
    }

    /// A text, trimmed.
    pub(super) fn text(&self, key: &'static str) -> Option<At<String>> {
        let entry = self.take(key)?;
        self.text_of(&entry)
    }

    /// A text that must be there.
    pub(super) fn required_text(&self, key: &'static str, example: &str) -> Option<At<String>> {
        if self.has(key) {
            return self.text(key);
        }
        self.asked.borrow_mut().push(key);
        self.missing(key, &format!("`{key} = \"{example}\"`"));
        None
    }

    /// Whether the file writes that key.
    pub(super) fn has(&self, key: &str) -> bool {
        self.entries.iter().any(|entry| entry.key == key)
    }

    pub(super) fn text_of(&self, entry: &Entry<'d, 'i>) -> Option<At<String>> {
        checked_text(self.document, entry.key, entry.value)
    }

    /// An id: lower-case letters, digits, `-` and `_`.
    pub(super) fn id(&self, key: &'static str) -> Option<At<String>> {
        self.text(key).and_then(|text| self.checked_id(text))
    }

    pub(super) fn required_id(&self, key: &'static str, example: &str) -> Option<At<String>> {
        self.required_text(key, example)
            .and_then(|text| self.checked_id(text))
    }

    fn checked_id(&self, text: At<String>) -> Option<At<String>> {
        if let Some(message) = bad_id(&text.value) {
            self.document.fault(text.offset, message);
            return None;
        }
        Some(text)
    }

    /// True or false.
    pub(super) fn flag(&self, key: &'static str, default: bool) -> bool {
        let Some(entry) = self.take(key) else {
            return default;
        };
        if let DeValue::Boolean(value) = entry.value.get_ref() {
            return *value;
        }
        let message = format!(
            "`{key}` is true or false, not {}: write `{key} = {}`.",
            kind(entry.value.get_ref()),
            !default
        );
        self.document.fault(entry.value.span().start, message);
        default
    }

    /// A word of a fixed list.
    pub(super) fn word<T: Clone>(
        &self,
        key: &'static str,
        words: &[(&'static str, T)],
    ) -> Option<T> {
        let text = self.text(key)?;
        self.word_of(key, &text, words)
    }

    pub(super) fn word_of<T: Clone>(
        &self,
        key: &str,
        text: &At<String>,
        words: &[(&'static str, T)],
    ) -> Option<T> {
        if let Some((_, value)) = words.iter().find(|(word, _)| *word == text.value) {
            return Some(value.clone());
        }
        let known: Vec<_> = words.iter().map(|(word, _)| *word).collect();
        self.document
            .fault(text.offset, unknown_word(key, &text.value, &known));
        None
    }

    /// A list of texts; one text alone is a list of one. Ids where `ids`.
    pub(super) fn list(&self, key: &'static str, ids: bool) -> Option<Vec<At<String>>> {
        let entry = self.take(key)?;
        self.list_of(&entry, ids)
    }

    /// As [`Section::list`], where none written means all, so that an empty list would mean the opposite of what it says: that is
    /// refused, with what leaving it out means.
    pub(super) fn filled(
        &self,
        key: &'static str,
        ids: bool,
        left_out: &str,
    ) -> Option<Vec<At<String>>> {
        let list = self.list(key, ids)?;
        let entry = self.entries.iter().find(|entry| entry.key == key)?;
        if matches!(entry.value.get_ref(), DeValue::Array(array) if array.is_empty()) {
            let message = format!(
                "`{key}` is empty: name at least one, or take it out, which means {left_out}."
            );
            self.document.fault(entry.key_offset, message);
        }
        Some(list)
    }

    /// As [`Section::list`], of an entry of a table whose keys are ids of the file's own.
    pub(super) fn list_of(&self, entry: &Entry<'d, 'i>, ids: bool) -> Option<Vec<At<String>>> {
        let key = entry.key;
        let values: Vec<&Spanned<DeValue<'i>>> = match entry.value.get_ref() {
            DeValue::Array(array) => array.iter().collect(),
            DeValue::String(_) => vec![entry.value],
            other => {
                let message = format!(
                    "`{key}` is a list of texts, not {}: write `{key} = [\"…\"]`.",
                    kind(other)
                );
                self.document.fault(entry.value.span().start, message);
                return None;
            }
        };
        if values.len() > LONGEST_LIST {
            let message = format!("`{key}` has over {LONGEST_LIST} entries: take some out.");
            self.document.fault(entry.key_offset, message);
        }
        let mut seen = HashSet::new();
        let mut texts = Vec::new();
        for value in values.into_iter().take(LONGEST_LIST) {
            let Some(text) = checked_text(self.document, key, value) else {
                continue;
            };
            let text = if ids {
                self.checked_id(text)
            } else {
                Some(text)
            };
            let Some(text) = text else { continue };
            if seen.insert(text.value.clone()) {
                self.document
                    .record(self.path_of(&format!("{key}.{}", texts.len())), text.offset);
                texts.push(text);
            } else {
                let message = format!("`{}` stands twice in `{key}`: take one out.", text.value);
                self.document.fault(text.offset, message);
            }
        }
        Some(texts)
    }

    /// A table under a key.
    pub(super) fn table(&self, key: &'static str, what: &'static str) -> Option<Section<'d, 'i>> {
        let entry = self.take(key)?;
        self.table_of(&entry, what)
    }

    pub(super) fn table_of(
        &self,
        entry: &Entry<'d, 'i>,
        what: &'static str,
    ) -> Option<Section<'d, 'i>> {
        let value = entry.value.get_ref();
        let offset = if matches!(value, DeValue::Table(_)) {
            entry.key_offset
        } else {
            entry.value.span().start
        };
        Section::new(self.document, self.path_of(entry.key), what, offset, value)
    }

    /// Whether an entry is a text rather than a table.
    pub(super) fn is_text(entry: &Entry<'d, 'i>) -> bool {
        matches!(entry.value.get_ref(), DeValue::String(_))
    }

    /// The tables of an array of tables: `[[key]]`.
    pub(super) fn tables(&self, key: &'static str, what: &'static str) -> Vec<Section<'d, 'i>> {
        let Some(entry) = self.take(key) else {
            return Vec::new();
        };
        let DeValue::Array(array) = entry.value.get_ref() else {
            let message = format!(
                "`{key}` is written once for each, under `[[{key}]]`, not as {}.",
                kind(entry.value.get_ref())
            );
            self.document.fault(entry.key_offset, message);
            return Vec::new();
        };
        if array.len() > LONGEST_LIST {
            let message = format!("At most {LONGEST_LIST} of `[[{key}]]` are read: take some out.");
            self.document.fault(entry.key_offset, message);
        }
        array
            .iter()
            .take(LONGEST_LIST)
            .enumerate()
            .filter_map(|(number, value)| {
                let path = self.path_of(&format!("{key}.{number}"));
                Section::new(
                    self.document,
                    path,
                    what,
                    value.span().start,
                    value.get_ref(),
                )
            })
            .collect()
    }

    /// Reports every key that nobody asked for. To be called once all are.
    pub(super) fn finish(&self) {
        let asked = self.asked.borrow();
        for entry in &self.entries {
            if asked.contains(&entry.key) {
                continue;
            }
            let mend = match did_you_mean(entry.key, asked.iter().copied()) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("take it out, or use one of {}.", listed(&asked)),
            };
            let message = format!(
                "`{}` is not a key of {}: {mend}",
                shortened(entry.key),
                self.what
            );
            self.document.fault(entry.key_offset, message);
        }
    }
}

fn checked_text(
    document: &Document<'_>,
    key: &str,
    value: &Spanned<DeValue<'_>>,
) -> Option<At<String>> {
    let offset = value.span().start;
    let DeValue::String(text) = value.get_ref() else {
        let message = format!(
            "`{}` is a text, not {}: put it in double quotes.",
            shortened(key),
            kind(value.get_ref())
        );
        document.fault(offset, message);
        return None;
    };
    let text = text.trim();
    let wrong = if text.is_empty() {
        Some("is empty: write it, or take the key out".to_owned())
    } else if text.chars().count() > LONGEST_TEXT {
        Some(format!("is over {LONGEST_TEXT} characters: shorten it"))
    } else if text.chars().any(char::is_control) {
        Some("holds a line break or another control character: write it on one line".to_owned())
    } else {
        None
    };
    if let Some(wrong) = wrong {
        document.fault(offset, format!("`{}` {wrong}.", shortened(key)));
        return None;
    }
    Some(At {
        value: text.to_owned(),
        offset,
    })
}

fn bad_id(text: &str) -> Option<String> {
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-' || c == '_';
    let good = text.len() <= LONGEST_ID
        && text.chars().all(plain)
        && text.starts_with(|c: char| c.is_ascii_lowercase() || c.is_ascii_digit());
    (!good).then(|| {
        format!(
            "`{}` is not an id: use at most {LONGEST_ID} lower-case letters, digits, `-` and `_`, a letter or digit first.",
            shortened(text)
        )
    })
}

/// What is wrong with a word that a key does not know.
pub(super) fn unknown_word(key: &str, typed: &str, known: &[&str]) -> String {
    let mend = if let Some(near) = did_you_mean(typed, known.iter().copied()) {
        format!("did you mean \"{near}\"?")
    } else {
        let words: Vec<_> = known.iter().map(|word| format!("\"{word}\"")).collect();
        format!("it may be {}.", either(&words))
    };
    format!("`{key}` does not know \"{}\": {mend}", shortened(typed))
}

fn listed(keys: &[&str]) -> String {
    let mut keys: Vec<_> = keys.iter().map(|key| format!("`{key}`")).collect();
    keys.dedup();
    keys.join(", ")
}

/// "a, b or c".
fn either(words: &[String]) -> String {
    match words {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} or {last}", first.join(", ")),
    }
}

/// The start of what was written, enough to find it again.
pub(super) fn shortened(text: &str) -> String {
    let start: String = text.chars().filter(|c| !c.is_control()).take(60).collect();
    start
}

fn kind(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::String(_) => "a text",
        DeValue::Integer(_) | DeValue::Float(_) => "a number",
        DeValue::Boolean(_) => "true or false",
        DeValue::Datetime(_) => "a date",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a table",
    }
}
