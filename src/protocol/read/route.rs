//! The routes of a protocol file, and which steps stand on each.

use super::step::{Block, Next};
use super::value::subjects_of;
use crate::ids::{RouteId, StepId};
use crate::protocol::section::{At, Section, unknown_word};
use crate::protocol::{Route, Subject};

/// A route before its steps are put on it.
pub(super) struct RouteHead {
    id: RouteId,
    /// Where its id stands.
    offset: usize,
    name: String,
    subjects: Vec<Subject>,
    default_start: Option<StepId>,
}

pub(super) fn route_heads(
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
            offset: 0,
            name: title.to_owned(),
            subjects: Vec::new(),
            default_start: general,
        }];
    }
    let read = |section: &Section<'_, '_>| {
        let id = section.required_id("id", "lac");
        let name = section.required_text("name", "Looked-after children");
        let subjects = subjects_of(section);
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
        let id = id?;
        Some(RouteHead {
            id: RouteId::from(id.value),
            offset: id.offset,
            name: name?.value,
            subjects,
            default_start: own.or_else(|| general.clone()),
        })
    };
    sections.iter().filter_map(read).collect()
}

/// Puts each step on the routes it names, on all where it names none, and joins each to the one that follows it.
pub(super) fn routes(
    file: &Section<'_, '_>,
    heads: Vec<RouteHead>,
    blocks: &[Block],
) -> Vec<Route> {
    let known: Vec<&str> = heads.iter().map(|head| head.id.as_str()).collect();
    let mut twice = false;
    for (number, head) in heads.iter().enumerate() {
        if heads.iter().take(number).any(|other| other.id == head.id) {
            let message = format!("There are two routes `{}`: give one another id.", head.id);
            file.document.fault(head.offset, message);
            twice = true;
        }
    }
    if twice {
        // Steps that name the id it should have are no fault of theirs.
        return Vec::new();
    }
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
