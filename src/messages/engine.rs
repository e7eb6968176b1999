//! The templates: read, compiled, tried on samples, rendered.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};

use handlebars::Handlebars;
use include_dir::{Dir, include_dir};
use serde::Serialize;
use serde_json::Value;

use super::escape::{quoted, without_trailing_commas};
use super::{fit, helpers};

static BUILT_IN: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/messages");

/// The longest a council's own template may be, in bytes.
const LONGEST_FILE: u64 = 256 * 1024;

/// What is wrong with a message template: a start-up error, with the mend.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The file: within the program `messages/…`, or the council's own path.
    pub file: String,
    /// The line, from 1, where it is known.
    pub line: Option<usize>,
    /// The column, from 1, where it is known.
    pub column: Option<usize>,
    /// What is wrong, and how to mend it.
    pub what: String,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.file)?;
        if let Some(line) = self.line {
            write!(f, ":{line}")?;
            if let Some(column) = self.column {
                write!(f, ":{column}")?;
            }
        }
        write!(f, ": {}", self.what)
    }
}

/// A message that could not be made. Never holds what the message would have said.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "The message template {template} could not be rendered: {why}. Run `lodestar check` to see the place."
)]
pub struct Broken {
    /// The template.
    pub template: String,
    /// Why, without any content.
    pub why: String,
}

/// A template file as it was found.
struct Source {
    file: String,
    text: String,
}

/// The compiled templates.
pub(super) struct Engine {
    registry: Handlebars<'static>,
    /// Those that are web pages, whose holes are escaped for HTML.
    pages: Handlebars<'static>,
    /// Where each came from, by its name.
    files: BTreeMap<String, String>,
}

impl Engine {
    /// Reads and compiles the built-in templates, with a council's own in place of those it has.
    pub(super) fn read(own: Option<&Path>) -> Result<Self, Vec<Fault>> {
        let mut faults = Vec::new();
        let mut sources = BTreeMap::new();
        built_in(&BUILT_IN, &mut sources);
        if let Some(own) = own {
            override_with(own, &mut sources, &mut faults);
        }
        references(&sources, &mut faults);
        let mut registry = Handlebars::new();
        helpers::register(&mut registry);
        let mut pages = Handlebars::new();
        helpers::register_for_pages(&mut pages);
        for (name, source) in &sources {
            // A phrase stands inside a line: the line end of its file is not part of it.
            let text = if name.starts_with("phrase/") {
                source.text.trim_end()
            } else {
                &source.text
            };
            let registry = if is_page(name) {
                &mut pages
            } else {
                &mut registry
            };
            if let Err(error) = registry.register_template_string(name, text) {
                let (line, column) = error.pos().unzip();
                faults.push(Fault {
                    file: source.file.clone(),
                    line,
                    column,
                    what: format!("the template cannot be read: {}", error.reason()),
                });
            }
        }
        if faults.is_empty() {
            let files = sources
                .into_iter()
                .map(|(name, source)| (name, source.file))
                .collect();
            Ok(Self {
                registry,
                pages,
                files,
            })
        } else {
            Err(faults)
        }
    }

    /// The templates that are rendered by themselves, not only as parts of others.
    pub(super) fn whole(&self) -> impl Iterator<Item = &str> {
        self.files.keys().map(String::as_str).filter(|name| {
            !["part/", "line/", "phrase/"]
                .iter()
                .any(|folder| name.starts_with(folder))
        })
    }

    /// Renders a template that is JSON.
    pub(super) fn json(&self, name: &str, context: &impl Serialize) -> Result<Value, Broken> {
        let rendered = self.render(name, context)?;
        serde_json::from_str(&without_trailing_commas(&rendered)).map_err(|error| Broken {
            template: name.to_owned(),
            why: format!(
                "it does not give JSON ({:?} error at line {}, column {} of what it gives)",
                error.classify(),
                error.line(),
                error.column()
            ),
        })
    }

    /// Renders a template that is words: its lines, escaped for Slack's markup.
    pub(super) fn words(&self, name: &str, context: &impl Serialize) -> Result<String, Broken> {
        let mut inside = String::from("\"");
        quoted(&self.render(name, context)?, true, &mut inside);
        inside.push('"');
        serde_json::from_str(&inside).map_err(|_| Broken {
            template: name.to_owned(),
            why: "it has a backslash that escapes nothing".to_owned(),
        })
    }

    /// Renders a template that is a web page, every hole escaped for HTML.
    pub(super) fn page(&self, name: &str, context: &impl Serialize) -> Result<String, Broken> {
        self.render(name, context)
    }

    fn registry_of(&self, name: &str) -> &Handlebars<'static> {
        if is_page(name) {
            &self.pages
        } else {
            &self.registry
        }
    }

    fn render(&self, name: &str, context: &impl Serialize) -> Result<String, Broken> {
        self.registry_of(name)
            .render(name, context)
            .map_err(|error| Broken {
                template: error
                    .template_name
                    .clone()
                    .unwrap_or_else(|| name.to_owned()),
                why: match (error.line_no, error.column_no) {
                    (Some(line), Some(column)) => {
                        format!("{} (line {line}, column {column})", error.reason())
                    }
                    _ => error.reason().to_string(),
                },
            })
    }

    /// Tries a template on a sample, and says where it breaks.
    pub(super) fn tried(&self, name: &str, sample: &Value) -> Result<(), Fault> {
        let fault = |name: &str, line, column, what| Fault {
            file: self
                .files
                .get(name)
                .cloned()
                .unwrap_or_else(|| name.to_owned()),
            line,
            column,
            what,
        };
        let rendered = self.registry_of(name).render(name, sample).map_err(|error| {
            fault(
                error.template_name.as_deref().unwrap_or(name),
                error.line_no,
                error.column_no,
                format!(
                    "rendered with a sample it fails: {}; check the names against the built-in template of the same path",
                    error.reason()
                ),
            )
        })?;
        if is_page(name) {
            return inert(&rendered).map_err(|what| fault(name, None, None, what));
        }
        if is_words(name) {
            return self
                .words(name, sample)
                .map(drop)
                .map_err(|error| fault(name, None, None, error.why));
        }
        let json = without_trailing_commas(&rendered);
        let mut value: Value = serde_json::from_str(&json).map_err(|error| {
            let near = json
                .lines()
                .nth(error.line().saturating_sub(1))
                .unwrap_or_default()
                .trim();
            let near: String = near.chars().take(60).collect();
            fault(
                name,
                None,
                None,
                format!("rendered with a sample it does not give JSON: {error}, near `{near}`; look for a missing bracket, quotation mark or comma there"),
            )
        })?;
        shape(name, &mut value).map_err(|what| fault(name, None, None, what))
    }
}

/// Finds what says a template that is not there, and what says itself, round about or at once.
fn references(sources: &BTreeMap<String, Source>, faults: &mut Vec<Fault>) {
    for (name, source) in sources {
        for (at, line) in source.text.lines().enumerate() {
            for (column, said) in said_in(line) {
                let what = if !sources.contains_key(said) {
                    format!("there is no template {said:?}; {}", nearest(said, sources))
                } else if comes_back(sources, said, name, 0) {
                    format!(
                        "it says {said:?}, which says it again without end; take one of the two out"
                    )
                } else {
                    continue;
                };
                faults.push(Fault {
                    file: source.file.clone(),
                    line: Some(at + 1),
                    column: Some(column + 1),
                    what,
                });
            }
        }
    }
}

/// The templates a line says, each with where.
fn said_in(line: &str) -> impl Iterator<Item = (usize, &str)> {
    ["{{say \"", "{{#frame \""]
        .into_iter()
        .flat_map(move |opens| {
            line.match_indices(opens).filter_map(move |(at, _)| {
                let rest = line.get(at + opens.len()..)?;
                Some((at, rest.split('"').next()?))
            })
        })
}

/// Whether what `from` says comes to `to` again. Deeper than any sensible set of templates counts as coming back.
fn comes_back(sources: &BTreeMap<String, Source>, from: &str, to: &str, depth: usize) -> bool {
    from == to
        || depth > 16
        || sources.get(from).is_some_and(|source| {
            source
                .text
                .lines()
                .flat_map(said_in)
                .any(|(_, said)| comes_back(sources, said, to, depth + 1))
        })
}

/// Whether a template gives words rather than JSON.
pub(super) fn is_words(name: &str) -> bool {
    Path::new(name)
        .extension()
        .is_some_and(|ending| ending == "txt")
}

/// Whether a template gives a web page.
pub(super) fn is_page(name: &str) -> bool {
    Path::new(name)
        .extension()
        .is_some_and(|ending| ending == "html")
}

/// Whether a page is one by itself that runs nothing. Its sample has a script where people type.
fn inert(page: &str) -> Result<(), String> {
    let page = page.to_ascii_lowercase();
    if !page.trim_start().starts_with("<!doctype html>") {
        return Err(
            "it does not begin with <!doctype html>; keep the first line of the built-in template"
                .to_owned(),
        );
    }
    if page.contains("<script") {
        return Err("what people type could run in it; write every hole with two braces, {{…}}, and leave scripts out".to_owned());
    }
    Ok(())
}

/// Whether what a template gives has the shape of a message or a view.
fn shape(name: &str, value: &mut Value) -> Result<(), String> {
    if value.get("blocks").and_then(Value::as_array).is_none() {
        return Err("it gives no list of \"blocks\"; a message has \"text\" and \"blocks\", a view \"type\" and \"blocks\"".to_owned());
    }
    let is_view = name.starts_with("modal/") || name.starts_with("home/");
    if is_view {
        fit::view(value);
    } else if value
        .get("text")
        .and_then(Value::as_str)
        .is_none_or(str::is_empty)
    {
        return Err("it has no \"text\", which screen readers and notifications read; add one that says all".to_owned());
    }
    Ok(())
}

fn built_in(dir: &Dir<'_>, into: &mut BTreeMap<String, Source>) {
    for file in dir.files() {
        let path = file.path().to_string_lossy().replace('\\', "/");
        if let (Some(name), Some(text)) = (path.strip_suffix(".hbs"), file.contents_utf8()) {
            into.insert(
                name.to_owned(),
                Source {
                    file: format!("messages/{path}"),
                    text: text.to_owned(),
                },
            );
        }
    }
    dir.dirs().for_each(|inner| built_in(inner, into));
}

/// Puts a council's own files in place of the built-in ones of the same path.
fn override_with(own: &Path, sources: &mut BTreeMap<String, Source>, faults: &mut Vec<Fault>) {
    let mut folders = vec![own.to_path_buf()];
    let mut fault = |path: &Path, what: String| {
        faults.push(Fault {
            file: path.display().to_string(),
            line: None,
            column: None,
            what,
        });
    };
    while let Some(folder) = folders.pop() {
        let listed = match std::fs::read_dir(&folder) {
            Ok(listed) => listed,
            Err(error) => {
                fault(
                    &folder,
                    format!(
                        "the folder of your own messages cannot be read ({error}); check its path and its permissions"
                    ),
                );
                continue;
            }
        };
        let mut paths: Vec<PathBuf> = listed.flatten().map(|entry| entry.path()).collect();
        paths.sort();
        for path in paths {
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let Ok(inner) = path.strip_prefix(own) else {
                continue;
            };
            let inner = inner.to_string_lossy().replace('\\', "/");
            let Some(name) = inner.strip_suffix(".hbs") else {
                continue;
            };
            if !sources.contains_key(name) {
                fault(
                    &path,
                    format!(
                        "there is no message of that path, so it would never be used; {}",
                        nearest(name, sources)
                    ),
                );
                continue;
            }
            match read(&path) {
                Ok(text) => {
                    sources.insert(
                        name.to_owned(),
                        Source {
                            file: path.display().to_string(),
                            text,
                        },
                    );
                }
                Err(what) => fault(&path, what),
            }
        }
    }
}

fn read(path: &Path) -> Result<String, String> {
    let size = std::fs::metadata(path).map(|meta| meta.len());
    if size.is_ok_and(|size| size > LONGEST_FILE) {
        return Err(format!(
            "a message template may have {LONGEST_FILE} bytes at most; shorten it"
        ));
    }
    std::fs::read_to_string(path).map_err(|error| {
        format!("the file cannot be read ({error}); check that it is UTF-8 text that may be read")
    })
}

/// The mend for a path that is not one of ours: the files of the same name, or of the same folder.
fn nearest(name: &str, sources: &BTreeMap<String, Source>) -> String {
    let (folder, file) = name.rsplit_once('/').unwrap_or(("", name));
    let mut alike: Vec<&str> = sources
        .keys()
        .filter(|known| {
            known
                .rsplit_once('/')
                .is_some_and(|(in_folder, known)| known == file || in_folder == folder)
        })
        .map(String::as_str)
        .collect();
    // Those that begin alike first.
    alike.sort_by_key(|known| {
        let known = known.rsplit('/').next().unwrap_or_default();
        let same = known.chars().zip(file.chars()).take_while(|(a, b)| a == b);
        std::cmp::Reverse(same.count())
    });
    alike.truncate(3);
    if alike.is_empty() {
        "see the folder `messages` of the program for the paths there are".to_owned()
    } else {
        format!("did you mean {}.hbs?", alike.join(".hbs, "))
    }
}
