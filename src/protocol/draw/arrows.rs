//! Where a ladder's arrows go, what stands on them, and which lane beside the ladder a long one takes.

use std::collections::BTreeMap;

use crate::ids::StepId;
use crate::protocol::{Asks, OnReject, Route, Silence, Step};

/// One arrow of a ladder: between two places, the one after the last step being its end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Arrow {
    /// The step it leaves.
    pub(super) from: usize,
    /// The step it goes to; the number of steps where the ladder is exhausted.
    pub(super) to: usize,
    /// What happens for it to be taken.
    pub(super) label: String,
    /// Its lane, counted from the ladder outward; `None` where it goes straight down.
    pub(super) lane: Option<usize>,
}

/// All arrows of a route, in the order of their steps.
pub(super) fn arrows(route: &Route) -> Vec<Arrow> {
    let mut arrows: Vec<Arrow> = route
        .steps
        .iter()
        .enumerate()
        .flat_map(|(from, step)| leaving(route, from, step))
        .collect();
    lanes(&mut arrows);
    arrows
}

fn leaving(route: &Route, from: usize, step: &Step) -> Vec<Arrow> {
    let end = route.steps.len();
    let place = |step: Option<&StepId>| step.and_then(|id| route.place(id)).unwrap_or(end);
    let next = place(step.next.as_ref());
    let lapse = place(step.on_lapse.as_ref().or(step.next.as_ref()));
    let mut labels: BTreeMap<usize, Vec<&str>> = BTreeMap::new();
    if step.clock.is_some() && step.silence == Silence::Lapse {
        labels.entry(lapse).or_default().push("no answer");
    }
    let unresolved = labels.entry(next).or_default();
    if step.asks == Asks::AcceptOrReject {
        unresolved.push(match step.on_reject {
            OnReject::AtOnce => "rejected, at once",
            OnReject::AtDeadline => "rejected, when the time is up and not before",
        });
        unresolved.push("accepted, but not done by the target date");
    } else {
        unresolved.push("not resolved");
    }
    labels
        .into_iter()
        .map(|(to, labels)| Arrow {
            from,
            to,
            label: labels.join("; or "),
            lane: None,
        })
        .collect()
}

/// Gives every arrow that does not go to the very next place a lane that no other one uses there.
fn lanes(arrows: &mut [Arrow]) {
    let mut taken: Vec<Vec<(usize, usize)>> = Vec::new();
    let mut long: Vec<&mut Arrow> = arrows
        .iter_mut()
        .filter(|arrow| arrow.to != arrow.from + 1)
        .collect();
    long.sort_by_key(|arrow| (arrow.from.abs_diff(arrow.to), arrow.from));
    for arrow in long {
        let span = (arrow.from.min(arrow.to), arrow.from.max(arrow.to));
        let is_free = |lane: &Vec<(usize, usize)>| {
            lane.iter()
                .all(|(start, end)| span.1 < *start || *end < span.0)
        };
        let lane = taken.iter().position(is_free).unwrap_or(taken.len());
        if lane == taken.len() {
            taken.push(Vec::new());
        }
        if let Some(spans) = taken.get_mut(lane) {
            spans.push(span);
        }
        arrow.lane = Some(lane);
    }
}
