//! Whom a concern is about, and the rules that depend on it.

use super::{Cap, Protocol, Route, Step, Subject};
use crate::ids::{RaiserRole, RouteId};

/// The mark of a starred recommendation (`M-S1`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Starred {
    /// The subjects about whom a recommendation is starred; empty means all the protocol's.
    pub subjects: Vec<Subject>,
    /// Where the source says so.
    pub clause: String,
}

impl Protocol {
    /// About whom somebody raises in that role on that route: those of the protocol that both the route and the role are for, in the
    /// protocol's order.
    #[must_use]
    pub fn subjects_for(&self, raiser: &RaiserRole, route: &Route) -> Vec<Subject> {
        let of_role = self.raiser_subjects.get(raiser);
        self.subjects
            .iter()
            .copied()
            .filter(|subject| route.subjects.is_empty() || route.subjects.contains(subject))
            .filter(|subject| of_role.is_none_or(|of_role| of_role.contains(subject)))
            .collect()
    }

    /// About whom somebody with these raiser roles raises on that route, each once, in the protocol's order. Roles that may not raise
    /// under this protocol count for nothing.
    #[must_use]
    pub fn subjects_open_to(&self, raisers: &[RaiserRole], route: &Route) -> Vec<Subject> {
        let open: Vec<Subject> = raisers
            .iter()
            .filter(|role| self.raised_by.contains(role))
            .flat_map(|role| self.subjects_for(role, route))
            .collect();
        self.subjects
            .iter()
            .copied()
            .filter(|subject| open.contains(subject))
            .collect()
    }

    /// Whether a concern about that subject may be marked as a starred recommendation.
    #[must_use]
    pub fn may_star(&self, subject: Subject) -> bool {
        self.starred.as_ref().is_some_and(|starred| {
            starred.subjects.is_empty() || starred.subjects.contains(&subject)
        })
    }
}

impl Step {
    /// What the step is called where a concern is about that subject.
    #[must_use]
    pub fn name_for(&self, subject: Option<Subject>) -> &str {
        subject
            .and_then(|subject| self.names.get(&subject))
            .unwrap_or(&self.name)
    }
}

impl Cap {
    /// Whether it limits a concern on that route about that subject; where the subject is not known, whether it may.
    #[must_use]
    pub fn limits(&self, route: &RouteId, subject: Option<Subject>) -> bool {
        let on_route = self.routes.is_empty() || self.routes.contains(route);
        let of_subject = self.subjects.is_empty()
            || subject.is_none_or(|subject| self.subjects.contains(&subject));
        on_route && of_subject
    }
}
