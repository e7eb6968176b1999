//! The ways out of a protocol to another procedure.

use super::{Protocol, Subject};
use crate::ids::RouteId;

/// Another procedure that a disagreement belongs to, in place of this protocol or beside it (`H-1.3`, `M-partners`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Redirect {
    /// Its id, kept in records.
    pub id: String,
    /// The other procedure's name, such as "HSCB escalation procedure".
    pub to: String,
    /// When it is the one to use, in the protocol's words.
    pub when: String,
    /// The routes on which it is offered; empty means every one.
    pub routes: Vec<RouteId>,
    /// The subjects for whom it is offered; empty means every one.
    pub subjects: Vec<Subject>,
    /// What becomes of the concern under this protocol.
    pub here: Here,
    /// Where the source says so.
    pub clause: String,
}

/// What becomes of a concern under this protocol once another procedure has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Here {
    /// It belongs there instead: recording that it went there closes it here.
    #[default]
    Ends,
    /// It runs on here beside the other procedure.
    GoesOn,
}

impl Redirect {
    /// Whether it is offered on that route about that subject; where the subject is not known, whether it may be.
    #[must_use]
    pub fn is_offered(&self, route: &RouteId, subject: Option<Subject>) -> bool {
        is_for((&self.routes, &self.subjects), route, subject)
    }
}

/// Whether what is for some routes and subjects only, where it names any, is for these.
pub(super) fn is_for(
    (routes, subjects): (&[RouteId], &[Subject]),
    route: &RouteId,
    subject: Option<Subject>,
) -> bool {
    let on_route = routes.is_empty() || routes.contains(route);
    let of_subject =
        subjects.is_empty() || subject.is_none_or(|subject| subjects.contains(&subject));
    on_route && of_subject
}

impl Protocol {
    /// The redirect of that id.
    #[must_use]
    pub fn redirect(&self, id: &str) -> Option<&Redirect> {
        let redirects = &self.beside.redirects;
        redirects.iter().find(|redirect| redirect.id == id)
    }
}
