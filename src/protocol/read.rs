//! From TOML to a [`Protocol`]: every fault at its place, several at once, none of them a panic.

mod beside;
mod step;

use indexmap::IndexMap;
use toml::de::DeTable;

use super::check::check;
use super::fault::{Fault, Places};
use super::section::{At, Document, Section, unknown_word};
use super::words::{ADJUST, GATES, SCOPES, STARTS, SUBJECTS};
use super::{
    Adjust, Bypass, Cap, Category, ClockStart, Gate, GateKind, Protocol, Role, Route, Scope,
    StepClock, Subject, Theme,
};
use crate::calendar::Period;
use crate::ids::{ProtocolId, RaiserRole, RoleId, RouteId, StepId};
use step::{Block, Next};

/// The largest protocol file that is read, in bytes.
pub const LARGEST_FILE: usize = 256 * 1024;

/// The clause of a bypass where the protocol has no rule of its own.
pub const SILENT_ON_BYPASS: &str = "the protocol is silent; IRO Handbook 6.2";

/// The categories of a protocol that has none of its own.
const CATEGORIES: &str = include_str!("../../protocols/_categories.toml");

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
    for error in &errors {
        let at = error.span().map_or(text.len(), |span| span.start);
        let message = format!("This is not TOML: {}; mend it here.", error.message());
        document.fault(at, message);
    }
    let protocol = if errors.is_empty() {
        let value = toml::de::DeValue::Table(table.into_inner());
        Section::new(&document, String::new(), "a protocol", 0, &value)
            .and_then(|file| protocol(&file))
            .filter(|_| document.is_faultless())
    } else {
        None
    };
    let (faults, places) = document.finish();
    (protocol, places, faults)
}

fn protocol(file: &Section<'_, '_>) -> Option<Protocol> {
    let id = file.required_id("id", "north-council");
    let title = file.required_text("title", "Dispute Resolution Protocol");
    let council = file.text("council");
    let source = file.text("source");
    let case_system = file.text("case_system");
    let subjects = required_words(file, "subjects", "looked_after_child", SUBJECTS);
    let raised_by = required_list(file, "raised_by", "iro");
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

fn words_of<T: Clone>(
    section: &Section<'_, '_>,
    key: &'static str,
    words: &[(&'static str, T)],
) -> Vec<T> {
    let texts = section.list(key, false).unwrap_or_default();
    texts
        .iter()
        .filter_map(|text| section.word_of(key, text, words))
        .collect()
}

/// The values of a list without their places.
fn values(list: Option<Vec<At<String>>>) -> Vec<String> {
    list.unwrap_or_default()
        .into_iter()
        .map(|text| text.value)
        .collect()
}

/// A list of role ids.
fn role_ids(section: &Section<'_, '_>, key: &'static str) -> Vec<RoleId> {
    values(section.list(key, true))
        .into_iter()
        .map(RoleId::from)
        .collect()
}

/// A period, more than nothing.
fn period(section: &Section<'_, '_>, key: &'static str) -> Option<Period> {
    let text = section.text(key)?;
    match text.value.parse::<Period>() {
        Ok(
            Period::WorkingDays(1..) | Period::Days(1..) | Period::Weeks(1..) | Period::Hours(1..),
        ) => {}
        Ok(_) => {
            let message = format!("`{key}` is no time at all: write at least \"1 working day\".");
            section.document.fault(text.offset, message);
            return None;
        }
        Err(error) => {
            section.document.fault(text.offset, error.to_string());
            return None;
        }
    }
    text.value.parse().ok()
}

fn required_period(section: &Section<'_, '_>, key: &'static str) -> Option<Period> {
    if !section.has(key) {
        section.missing(key, &format!("`{key} = \"5 working days\"`"));
    }
    period(section, key)
}

/// What starts a clock; the default where the file does not say.
fn clock_start(section: &Section<'_, '_>, key: &'static str, default: ClockStart) -> ClockStart {
    let Some(text) = section.text(key) else {
        return default;
    };
    if let Some(step) = text.value.strip_prefix("step ") {
        return ClockStart::Step(StepId::from(step.trim()));
    }
    if let Some((_, start)) = STARTS.iter().find(|(word, _)| *word == text.value) {
        return start.clone();
    }
    let mut known: Vec<_> = STARTS.iter().map(|(word, _)| *word).collect();
    known.push("step …");
    let message = unknown_word(key, &text.value, &known);
    section.document.fault(text.offset, message);
    default
}

/// The clock written beside a step's other keys.
fn step_clock(section: &Section<'_, '_>, default_from: ClockStart) -> Option<StepClock> {
    let within = period(section, "within");
    let from = clock_start(section, "from", default_from);
    let adjust = section.word("adjust", ADJUST);
    if !section.has("within") {
        for key in ["from", "adjust"] {
            if section.has(key) {
                section.missing(
                    "within",
                    &format!("`within = \"5 working days\"`, or take `{key}` out"),
                );
            }
        }
    }
    Some(StepClock {
        within: within?,
        from,
        adjust: adjust.unwrap_or(Adjust::No),
    })
}

fn cap(section: &Section<'_, '_>) -> Option<Cap> {
    let within = required_period(section, "within");
    let from = clock_start(section, "from", ClockStart::FirstFormal);
    let clause = section.required_text("clause", "IRO Handbook 6.2");
    section.finish();
    Some(Cap {
        within: within?,
        from,
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

/// A route before its steps are put on it.
struct RouteHead {
    id: RouteId,
    name: String,
    subjects: Vec<Subject>,
    default_start: Option<StepId>,
}

fn route_heads(
    file: &Section<'_, '_>,
    title: &str,
    default_start: Option<&At<String>>,
) -> Vec<RouteHead> {
    let general = default_start.map(|start| StepId::from(start.value.as_str()));
    let sections = file.tables("route", "a route");
    if sections.is_empty() {
        if !file.has("default_start") {
            file.missing(
                "default_start",
                "`default_start` with the id of the step where a concern starts",
            );
        }
        return vec![RouteHead {
            id: RouteId::from("main"),
            name: title.to_owned(),
            subjects: Vec::new(),
            default_start: general,
        }];
    }
    let read = |section: &Section<'_, '_>| {
        let id = section.required_id("id", "lac");
        let name = section.required_text("name", "Looked-after children");
        let subjects = words_of(section, "subjects", SUBJECTS);
        let own = section
            .id("default_start")
            .map(|start| StepId::from(start.value));
        if own.is_none() && !file.has("default_start") {
            section.missing(
                "default_start",
                "`default_start` with the id of the step where a concern starts",
            );
        }
        section.finish();
        Some(RouteHead {
            id: RouteId::from(id?.value),
            name: name?.value,
            subjects,
            default_start: own.or_else(|| general.clone()),
        })
    };
    sections.iter().filter_map(read).collect()
}

/// Puts each step on the routes it names, on all where it names none, and joins each to the one that follows it.
fn routes(file: &Section<'_, '_>, heads: Vec<RouteHead>, blocks: &[Block]) -> Vec<Route> {
    let known: Vec<&str> = heads.iter().map(|head| head.id.as_str()).collect();
    for (route, offset) in blocks.iter().flat_map(|block| &block.routes) {
        if !known.contains(&route.as_str()) {
            let message = unknown_word("routes", route.as_str(), &known);
            file.document.fault(*offset, message);
        }
    }
    let mut routes = Vec::new();
    for (number, head) in heads.into_iter().enumerate() {
        let on_route: Vec<&Block> = blocks
            .iter()
            .filter(|block| block.is_on(&head.id))
            .collect();
        let mut steps = Vec::new();
        for (place, block) in on_route.iter().enumerate() {
            let mut step = block.step.clone();
            step.next = match &block.next {
                Next::Following => on_route.get(place + 1).map(|next| next.step.id.clone()),
                Next::End => None,
                Next::To(step) => Some(step.clone()),
            };
            file.document
                .places_mut()
                .record_step(number, place, block.number);
            steps.push(step);
        }
        routes.push(Route {
            id: head.id,
            name: head.name,
            subjects: head.subjects,
            default_start: head.default_start.unwrap_or_else(|| StepId::from("")),
            steps,
        });
    }
    routes
}

/// A gate, where the section has one.
fn gate(section: &Section<'_, '_>) -> Option<Gate> {
    let gate = section.table("gate", "a gate")?;
    if !gate.has("kind") {
        gate.missing("kind", "`kind = \"discuss\"`");
    }
    let kind: Option<GateKind> = gate.word("kind", GATES);
    let mut roles = role_ids(&gate, "roles");
    if let Some(role) = gate.id("role") {
        if gate.has("roles") {
            let message =
                "A gate names `role` or `roles`, not both: put all into `roles`.".to_owned();
            gate.document.fault(role.offset, message);
        }
        roles = vec![RoleId::from(role.value)];
    }
    let question = gate.text("question").map(|text| text.value);
    let clause = gate.text("clause").map(|text| text.value);
    gate.finish();
    Some(Gate {
        kind: kind?,
        roles,
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
    let to = values(section.list("to", false));
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

fn themes(file: &Section<'_, '_>) -> Vec<Theme> {
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
    let value = toml::de::DeValue::Table(table.into_inner());
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
