//! A protocol in plain English, whole: what `lodestar protocol show` prints.

pub(super) mod rules;
pub(super) mod step;
mod tasks;

use std::fmt::Write as _;

use super::words;
use super::{ClockStart, Protocol, Route, Scope, Subject};
use crate::calendar::Period;
use crate::ids::{RaiserRole, RoleId, RouteId, StepId};

/// How a concern ends at any step.
pub(super) const RESOLVED: &str =
    "At any step its raiser resolves it, or whoever covers for them: nobody else.";

/// How wide the text is, in characters.
const WIDTH: usize = 100;

/// The whole protocol for a reader at a terminal, wrapped to 100 columns.
#[must_use]
pub fn explain(protocol: &Protocol) -> String {
    let mut page = Page::default();
    heading(&mut page, protocol);
    for (number, route) in protocol.routes.iter().enumerate() {
        route_heading(&mut page, protocol, route);
        match same_steps(protocol, number) {
            Some(same) => page.line(2, 2, &same),
            None => {
                for place in 0..route.steps.len() {
                    step::explain(&mut page, protocol, route, place);
                }
            }
        }
    }
    rules::explain(&mut page, protocol);
    roles(&mut page, protocol);
    page.wrapped()
}

/// What is said of a route that climbs the same steps as an earlier one, instead of repeating them.
pub(super) fn same_steps(protocol: &Protocol, number: usize) -> Option<String> {
    let route = protocol.routes.get(number)?;
    let mut earlier = protocol.routes.iter().take(number);
    let same = earlier.find(|earlier| earlier.steps == route.steps)?;
    let ids: Vec<_> = route.steps.iter().map(|step| step.id.to_string()).collect();
    Some(format!(
        "Its steps are those of route {}: {}.",
        same.id,
        listed(&ids)
    ))
}

fn heading(page: &mut Page, protocol: &Protocol) {
    page.line(0, 0, &format!("{} ({})", protocol.title, protocol.id));
    if let Some(council) = &protocol.council {
        page.line(0, 2, council);
    }
    if let Some(source) = &protocol.source {
        page.line(0, 2, &format!("Written from: {source}."));
    }
    page.blank();
    about(page, protocol);
    caps(page, protocol);
}

/// Whom a concern is about, and who raises it.
pub(super) fn about(page: &mut Page, protocol: &Protocol) {
    let about = or(&subjects(&protocol.subjects));
    let raisers: Vec<_> = protocol
        .raised_by
        .iter()
        .map(|role| match protocol.raiser_subjects.get(role) {
            Some(of_role) => format!("{} (about {})", raiser(role), or(&subjects(of_role))),
            None => raiser(role),
        })
        .collect();
    page.line(
        0,
        2,
        &format!(
            "A concern is about {about}. It is raised by {}.",
            or(&raisers)
        ),
    );
    if let Some(starred) = &protocol.starred {
        let whom = if starred.subjects.is_empty() {
            String::new()
        } else {
            format!(" where it is about {}", or(&subjects(&starred.subjects)))
        };
        page.line(
            0,
            2,
            &format!(
                "Its raiser may mark it as a starred recommendation{whom} [{}].",
                starred.clause
            ),
        );
    }
    if protocol.rag {
        page.line(0, 2, "Its raiser rates it red, amber or green.");
    }
}

/// The advisory limits on the whole.
pub(super) fn caps(page: &mut Page, protocol: &Protocol) {
    for cap in &protocol.caps {
        let start = cap_start(&cap.from);
        let only = only_for(&cap.routes, &cap.subjects);
        let the_whole = if only.is_empty() {
            "The whole".to_owned()
        } else {
            format!("{only}, the whole")
        };
        page.line(
            0,
            2,
            &format!(
                "{the_whole} should take at most {} from {start} [{}].",
                cap.within, cap.clause
            ),
        );
    }
    if !protocol.caps.is_empty() {
        page.line(
            0,
            2,
            "That is forecast and reported; it never stops anything.",
        );
    }
}

pub(super) fn route_heading(page: &mut Page, protocol: &Protocol, route: &Route) {
    page.blank();
    if protocol.routes.len() > 1 {
        page.line(0, 2, &format!("Route {}: {}", route.id, route.name));
        if !route.subjects.is_empty() {
            page.line(2, 2, &format!("For {}.", or(&subjects(&route.subjects))));
        }
    } else {
        page.line(0, 0, "The ladder");
    }
    page.line(
        2,
        4,
        &format!(
            "A concern starts at {}, unless its raiser starts elsewhere and says why.",
            step_named(route, &route.default_start)
        ),
    );
    page.line(2, 4, RESOLVED);
}

fn roles(page: &mut Page, protocol: &Protocol) {
    page.section("Roles");
    for (id, role) in &protocol.roles {
        let scope = match role.scope {
            Scope::Team => "one for each team",
            Scope::Council => "one for the council",
        };
        let vacant = match &role.vacant {
            Some(stand_in) => protocol.role_name(stand_in),
            None if id.as_str() == super::IRO_MANAGER => "nobody",
            None => protocol.role_name_of(super::IRO_MANAGER),
        };
        let vacant = if vacant == "nobody" {
            String::new()
        } else {
            format!("; while vacant, {vacant} gets what is meant for it")
        };
        page.line(2, 4, &format!("{} ({id}): {scope}{vacant}.", role.name));
    }
}

/// "On route cp, about a child on a child protection plan": where a rule is for some routes or subjects only; empty where it is for all.
pub(super) fn only_for(on_routes: &[RouteId], about: &[Subject]) -> String {
    let mut parts = Vec::with_capacity(2);
    if !on_routes.is_empty() {
        let ids: Vec<_> = on_routes.iter().map(ToString::to_string).collect();
        let routes = if ids.len() > 1 { "routes" } else { "route" };
        parts.push(format!("On {routes} {}", and(&ids)));
    }
    if !about.is_empty() {
        let word = if parts.is_empty() { "About" } else { "about" };
        parts.push(format!("{word} {}", or(&subjects(about))));
    }
    parts.join(", ")
}

/// "step m-1, Starred recommendation".
fn step_named(route: &Route, id: &StepId) -> String {
    match route.step(id) {
        Some(step) => format!("{id}, \"{}\"", step.name),
        None => id.to_string(),
    }
}

pub(super) fn subjects(subjects: &[Subject]) -> Vec<String> {
    subjects
        .iter()
        .map(|subject| {
            match subject {
                Subject::LookedAfterChild => "a looked-after child",
                Subject::ChildProtection => "a child on a child protection plan",
                Subject::FosterCarer => "a foster carer",
            }
            .to_owned()
        })
        .collect()
}

fn raiser(raiser: &RaiserRole) -> String {
    match raiser.as_str() {
        "iro" => "an IRO".to_owned(),
        "cp_chair" => "a child protection conference chair".to_owned(),
        "foster_iro" => "a foster carer IRO".to_owned(),
        other => other.replace('_', " "),
    }
}

fn cap_start(start: &ClockStart) -> String {
    match start {
        ClockStart::FirstFormal => "the first formal step".to_owned(),
        ClockStart::Raised => "the raising".to_owned(),
        ClockStart::Event => "the event the concern is about".to_owned(),
        other => words::clock_start(other),
    }
}

/// "5 working days of the raising", as a step's clock says it.
fn clock_words(within: Period, from: &ClockStart, issued: &str) -> String {
    let from = match from {
        ClockStart::Issued => issued.to_owned(),
        ClockStart::PreviousStep => "the issue of the step before".to_owned(),
        ClockStart::Step(step) => format!("the issue of step {step}"),
        other => cap_start(other),
    };
    format!("{within} of {from}")
}

/// The local names of roles.
pub(super) fn names(protocol: &Protocol, roles: &[RoleId]) -> Vec<String> {
    roles
        .iter()
        .map(|role| {
            if role.as_str() == super::check::RAISER {
                "the reviewing officer".to_owned()
            } else {
                format!("the {}", protocol.role_name(role))
            }
        })
        .collect()
}

pub(super) fn and(words: &[String]) -> String {
    joined(words, "and")
}

pub(super) fn or(words: &[String]) -> String {
    joined(words, "or")
}

/// "a, b and c"; with semicolons where a name has a comma or an "and" of its own.
fn joined(words: &[String], last_word: &str) -> String {
    let own = |word: &String| word.contains(',') || word.contains(" and ");
    let (between, before_last) = if words.len() > 1 && words.iter().any(own) {
        ("; ", ";")
    } else {
        (", ", "")
    };
    match words {
        [] => "nobody".to_owned(),
        [one] => one.clone(),
        [first @ .., last] => format!("{}{before_last} {last_word} {last}", first.join(between)),
    }
}

fn listed(words: &[String]) -> String {
    words.join(", ")
}

/// Text being laid out, paragraph by paragraph.
#[derive(Default)]
pub(super) struct Page {
    paragraphs: Vec<Paragraph>,
}

/// One paragraph: its first line indented by `indent`, the rest by `hang`. An empty one is a blank line.
pub(super) struct Paragraph {
    pub(super) indent: usize,
    hang: usize,
    pub(super) text: String,
}

impl Page {
    fn blank(&mut self) {
        self.line(0, 0, "");
    }

    fn section(&mut self, title: &str) {
        self.blank();
        self.line(0, 2, title);
    }

    fn line(&mut self, indent: usize, hang: usize, text: &str) {
        self.paragraphs.push(Paragraph {
            indent,
            hang,
            text: text.to_owned(),
        });
    }

    /// The paragraphs that say something.
    pub(super) fn paragraphs(&self) -> impl Iterator<Item = &Paragraph> {
        self.paragraphs
            .iter()
            .filter(|paragraph| !paragraph.text.is_empty())
    }

    fn wrapped(&self) -> String {
        let mut text = String::new();
        for paragraph in &self.paragraphs {
            paragraph.wrap(&mut text);
        }
        text
    }
}

impl Paragraph {
    /// Wrapped to the width; words longer than a line stay whole.
    fn wrap(&self, text: &mut String) {
        let (indent, hang) = (self.indent, self.hang);
        let mut at = 0;
        let mut first = true;
        for word in self.text.split_whitespace() {
            let length = word.chars().count();
            if !first && at + 1 + length > WIDTH {
                text.push('\n');
                let _ = write!(text, "{:hang$}", "");
                at = hang;
            } else if first {
                let _ = write!(text, "{:indent$}", "");
                at = indent;
            } else {
                text.push(' ');
                at += 1;
            }
            text.push_str(word);
            at += length;
            first = false;
        }
        text.push('\n');
    }
}
