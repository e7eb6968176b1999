//! A protocol in plain English, whole: what `lodestar protocol show` prints.

mod rules;
mod step;

use std::fmt::Write as _;

use super::words;
use super::{ClockStart, Protocol, Route, Scope, Subject};
use crate::calendar::Period;
use crate::ids::{RaiserRole, RoleId, StepId};

/// How wide the text is, in characters.
const WIDTH: usize = 100;

/// The whole protocol for a reader at a terminal, wrapped to 100 columns.
#[must_use]
pub fn explain(protocol: &Protocol) -> String {
    let mut page = Page::default();
    heading(&mut page, protocol);
    for (number, route) in protocol.routes.iter().enumerate() {
        route_heading(&mut page, protocol, route);
        // A route that climbs the same steps as the first says so instead of repeating them.
        let first = protocol.routes.first().filter(|_| number > 0);
        match first.filter(|first| first.steps == route.steps) {
            Some(first) => {
                let ids: Vec<_> = route.steps.iter().map(|step| step.id.to_string()).collect();
                page.line(
                    2,
                    2,
                    &format!(
                        "Its steps are those of route {}: {}.",
                        first.id,
                        listed(&ids)
                    ),
                );
            }
            None => {
                for place in 0..route.steps.len() {
                    step::explain(&mut page, protocol, route, place);
                }
            }
        }
    }
    rules::explain(&mut page, protocol);
    roles(&mut page, protocol);
    page.text
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
    let subjects = or(&subjects(&protocol.subjects));
    let raisers: Vec<_> = protocol.raised_by.iter().map(raiser).collect();
    page.line(
        0,
        2,
        &format!(
            "A concern is about {subjects}. It is raised by {}.",
            or(&raisers)
        ),
    );
    if protocol.rag {
        page.line(0, 2, "Its raiser rates it red, amber or green.");
    }
    for cap in &protocol.caps {
        let start = cap_start(&cap.from);
        page.line(
            0,
            2,
            &format!(
                "The whole should take at most {} from {start} [{}].",
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

fn route_heading(page: &mut Page, protocol: &Protocol, route: &Route) {
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

/// "step m-1, Starred recommendation".
fn step_named(route: &Route, id: &StepId) -> String {
    match route.step(id) {
        Some(step) => format!("{id}, \"{}\"", step.name),
        None => id.to_string(),
    }
}

fn subjects(subjects: &[Subject]) -> Vec<String> {
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
fn names(protocol: &Protocol, roles: &[RoleId]) -> Vec<String> {
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

fn and(words: &[String]) -> String {
    joined(words, "and")
}

fn or(words: &[String]) -> String {
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

/// Text being laid out.
#[derive(Default)]
struct Page {
    text: String,
}

impl Page {
    fn blank(&mut self) {
        self.text.push('\n');
    }

    fn section(&mut self, title: &str) {
        self.blank();
        self.line(0, 2, title);
    }

    /// One paragraph, its first line indented by `indent`, the rest by `hang`; words longer than a line stay whole.
    fn line(&mut self, indent: usize, hang: usize, text: &str) {
        let mut at = 0;
        let mut first = true;
        for word in text.split_whitespace() {
            let length = word.chars().count();
            if !first && at + 1 + length > WIDTH {
                self.text.push('\n');
                let _ = write!(self.text, "{:hang$}", "");
                at = hang;
            } else if first {
                let _ = write!(self.text, "{:indent$}", "");
                at = indent;
            } else {
                self.text.push(' ');
                at += 1;
            }
            self.text.push_str(word);
            at += length;
            first = false;
        }
        self.text.push('\n');
    }
}
