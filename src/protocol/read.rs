//! From TOML to a [`Protocol`]: every fault at its place, several at once, none of them a panic.

mod beside;
mod category;
mod route;
mod step;
mod subject;
mod task;
mod value;

pub use category::built_in_themes;

use indexmap::IndexMap;
use toml::de::{DeTable, DeValue};

use super::check::check;
use super::document::Document;
use super::fault::{Fault, Places};
use super::section::Section;
use super::words::{GATES, SCOPES, SUBJECTS};
use super::{Bypass, Cap, ClockStart, Gate, GateKind, Need, Protocol, Role, Scope};
use crate::ids::{ProtocolId, RaiserRole, RoleId, StepId};
use category::themes;
use route::{route_heads, routes};
use value::{clock_start, required_period, role_ids, route_ids, subjects_of, values, words_of};

/// The largest protocol file that is read, in bytes.
pub const LARGEST_FILE: usize = 256 * 1024;

/// The clause of a bypass where the protocol has no rule of its own.
pub const SILENT_ON_BYPASS: &str = "the protocol is silent; IRO Handbook 6.2";

/// What reading a file came to.
#[derive(Clone, Debug)]
pub struct Reading {
    /// The protocol, where no error stands in the way of using it.
    pub protocol: Option<Protocol>,
    /// Errors and warnings, in the file's order.
    pub faults: Vec<Fault>,
}

/// Reads and checks a protocol file; `name` is what faults call it.
///
/// # Errors
/// All faults found, warnings among them, when at least one is an error.
pub fn read(name: &str, text: &str) -> Result<Protocol, Vec<Fault>> {
    let Reading { protocol, faults } = read_with_warnings(name, text);
    protocol.ok_or(faults)
}

/// Reads and checks a protocol file, keeping what could be better in one that can be used.
#[must_use]
pub fn read_with_warnings(name: &str, text: &str) -> Reading {
    let (protocol, places, mut faults) = parse(name, text);
    if let Some(protocol) = &protocol {
        faults.extend(check(protocol, &places));
    }
    faults.sort_by_key(|fault| (fault.line, fault.column));
    let usable = !faults.iter().any(Fault::is_error);
    Reading {
        protocol: protocol.filter(|_| usable),
        faults,
    }
}

/// Reads a file without the checks between its parts.
pub(super) fn parse(name: &str, text: &str) -> (Option<Protocol>, Places, Vec<Fault>) {
    let document = Document::new(name, text);
    if text.len() > LARGEST_FILE {
        let message =
            format!("The file is over {LARGEST_FILE} bytes, too much for a protocol: shorten it.");
        document.fault(0, message);
        let (faults, places) = document.finish();
        return (None, places, faults);
    }
    let (table, errors) = DeTable::parse_recoverable(text);
    let mut line = 0;
    for error in &errors {
        let at = error.span().map_or(text.len(), |span| span.start);
        // One mistake often makes several: the first of a line is the one to mend.
        let (this_line, _) = document.position(at);
        if this_line != line {
            document.fault(at, not_toml(text, at, error.message()));
        }
        line = this_line;
    }
    let protocol = if errors.is_empty() {
        let value = DeValue::Table(table.into_inner());
        Section::new(&document, String::new(), "a protocol", 0, &value)
            .and_then(|file| protocol(&file))
            .filter(|_| document.is_faultless())
    } else {
        None
    };
    let (faults, places) = document.finish();
    (protocol, places, faults)
}

/// The sections of which there may be several.
const SEVERAL: [&str; 10] = [
    "cap",
    "notice",
    "partner",
    "redirect",
    "review_clock",
    "review_field",
    "route",
    "step",
    "task",
    "theme",
];

/// What is said of a place that is not TOML.
fn not_toml(text: &str, at: usize, reason: &str) -> String {
    let rest = text.get(at..).unwrap_or_default();
    if rest.starts_with(['“', '”', '„', '‘', '’']) {
        return "These are typographic quotes: write straight ones, such as \"5 working days\"."
            .to_owned();
    }
    if reason != "duplicate key" {
        let reason = reason.trim_end_matches(", expected nothing");
        return format!("This is not TOML: {reason}; mend it here.");
    }
    let known = |char: &char| char.is_alphanumeric() || matches!(char, '-' | '_');
    let key: String = rest.chars().take_while(known).take(64).collect();
    let is_table = text.get(..at).is_some_and(|before| before.ends_with('['));
    if is_table && SEVERAL.contains(&key.as_str()) {
        format!("There may be several, so each is written `[[{key}]]`, in two brackets.")
    } else if is_table {
        format!("`[{key}]` is here already: put the two together.")
    } else {
        format!("`{key}` is here already: take one of the two out.")
    }
}

fn protocol(file: &Section<'_, '_>) -> Option<Protocol> {
    let id = file.required_id("id", "north-council");
    let title = file.required_text("title", "Dispute Resolution Protocol");
    let council = file.text("council");
    let source = file.text("source");
    let case_system = file.text("case_system");
    let subjects = required_words(file, "subjects", "looked_after_child", SUBJECTS);
    let raised_by = required_list(file, "raised_by", "iro");
    let raiser_subjects = subject::of_raisers(file);
    let starred = subject::starred(file);
    let default_start = file.id("default_start");
    let rag = file.flag("rag", false);
    let early = file
        .table("early", "the rule on moving early")
        .and_then(|section| {
            let clause = section.required_text("clause", "2.4");
            section.finish();
            clause
        });
    let caps = file.tables("cap", "a cap").iter().filter_map(cap).collect();
    let roles = roles(file);
    let blocks: Vec<_> = file
        .tables("step", "a step")
        .iter()
        .filter_map(step::block)
        .collect();
    let title_text = title.as_ref().map_or("", |title| title.value.as_str());
    let route_heads = route_heads(file, title_text, default_start.as_ref());
    let bypass = bypass(file);
    let themes = themes(file);
    let mut beside = beside::beside(file);
    file.finish();

    if blocks.is_empty() && !file.has("step") {
        file.missing(
            "[[step]]",
            "a `[[step]]` for each step of the ladder, the lowest first",
        );
    }
    for block in &blocks {
        if let Some(meeting) = block.meeting.clone() {
            beside.meetings.insert(block.step.id.clone(), meeting);
        }
    }
    let routes = routes(file, route_heads, &blocks);
    Some(Protocol {
        id: ProtocolId::from(id?.value),
        title: title?.value,
        council: council.map(|text| text.value),
        source: source.map(|text| text.value),
        case_system: case_system.map(|text| text.value),
        subjects,
        raised_by: raised_by.into_iter().map(RaiserRole::from).collect(),
        raiser_subjects,
        starred,
        caps,
        roles,
        routes,
        themes,
        rag,
        bypass,
        early: early.map(|text| text.value),
        beside,
    })
}

fn required_list(file: &Section<'_, '_>, key: &'static str, example: &str) -> Vec<String> {
    if !file.has(key) {
        file.missing(key, &format!("`{key} = [\"{example}\"]`"));
    }
    values(file.list(key, true))
}

fn required_words<T: Clone>(
    file: &Section<'_, '_>,
    key: &'static str,
    example: &str,
    words: &[(&'static str, T)],
) -> Vec<T> {
    if !file.has(key) {
        file.missing(key, &format!("`{key} = [\"{example}\"]`"));
    }
    words_of(file, key, words)
}

fn cap(section: &Section<'_, '_>) -> Option<Cap> {
    let within = required_period(section, "within");
    let from = clock_start(section, "from", ClockStart::FirstFormal);
    let routes = route_ids(section);
    let subjects = subjects_of(section);
    let clause = section.required_text("clause", "IRO Handbook 6.2");
    section.finish();
    Some(Cap {
        within: within?,
        from,
        routes,
        subjects,
        clause: clause?.value,
    })
}

fn roles(file: &Section<'_, '_>) -> IndexMap<RoleId, Role> {
    if !file.has("roles") {
        file.missing(
            "roles",
            "a `[roles]` table with `iro_manager` and every other role",
        );
    }
    let mut roles = IndexMap::new();
    let Some(section) = file.table("roles", "the table of roles") else {
        return roles;
    };
    for entry in section.named_entries() {
        let role = if Section::is_text(&entry) {
            section.text_of(&entry).map(|name| Role {
                name: name.value,
                scope: Scope::Council,
                vacant: None,
            })
        } else {
            section.table_of(&entry, "a role").and_then(|section| {
                let name = section.required_text("name", "Team Manager");
                let scope = section.word("scope", SCOPES).unwrap_or(Scope::Council);
                let vacant = section.id("vacant").map(|id| RoleId::from(id.value));
                section.finish();
                name.map(|name| Role {
                    name: name.value,
                    scope,
                    vacant,
                })
            })
        };
        if let Some(role) = role {
            roles.insert(RoleId::from(entry.key), role);
        }
    }
    roles
}

/// A gate, where the section has one.
fn gate(section: &Section<'_, '_>) -> Option<Gate> {
    let gate = section.table("gate", "a gate")?;
    if !gate.has("kind") {
        gate.missing("kind", "`kind = \"discuss\"`");
    }
    let kind: Option<GateKind> = gate.word("kind", GATES);
    let mut roles = role_ids(&gate, "roles");
    let mut need = Need::AnyOf;
    if let Some(role) = gate.id("role") {
        if gate.has("roles") {
            let message =
                "A gate names `role` or `roles`, not both: put all into `roles`.".to_owned();
            gate.document.fault(role.offset, message);
        }
        roles = vec![RoleId::from(role.value)];
    }
    let all = role_ids(&gate, "all_of");
    if gate.has("all_of") {
        if gate.has("roles") || gate.has("role") {
            let message =
                "A gate asks any of its `roles` or `all_of` them, not both: take one out.";
            gate.document.fault(gate.offset, message.to_owned());
        }
        (roles, need) = (all, Need::AllOf);
    }
    let question = gate.text("question").map(|text| text.value);
    let clause = gate.text("clause").map(|text| text.value);
    gate.finish();
    Some(Gate {
        kind: kind?,
        roles,
        need,
        question,
        clause,
    })
}

fn bypass(file: &Section<'_, '_>) -> Bypass {
    let silent = Bypass {
        to: Vec::new(),
        gate: None,
        clause: SILENT_ON_BYPASS.to_owned(),
    };
    let Some(section) = file.table("bypass", "the rule on bypassing") else {
        return silent;
    };
    let to = values(section.filled("to", false, "any later step"));
    let to = if to == ["any step"] { Vec::new() } else { to };
    let gate = gate(&section);
    let clause = section.required_text("clause", "IRO Handbook 6.2");
    section.finish();
    Bypass {
        to: to.into_iter().map(StepId::from).collect(),
        gate,
        clause: clause.map_or_else(String::new, |text| text.value),
    }
}
