//! Whom a raiser may tell of a concern outside its line.

use super::redirect::is_for;
use super::{Protocol, Subject};
use crate::ids::{RouteId, StepId};

/// Somebody outside the line who may be told of a concern and invited to respond: managers of another unit, another agency, another
/// professional (`W-3.1.2`, `M-partners`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Partner {
    /// Its id, kept in records.
    pub id: String,
    /// Who they are, such as "Another agency".
    pub name: String,
    /// Those that the source names, such as "Police"; others may be told too.
    pub names: Vec<String>,
    /// When they are told, in the protocol's words; absent where the protocol does not say.
    pub when: Option<String>,
    /// How they are told.
    pub by: PartnerBy,
    /// What it is recorded as in the case system, such as "Dispute Resolution episode".
    pub episode: Option<String>,
    /// By what it is followed, such as "Dispute Resolution Partnership reporting".
    pub tracked: Option<String>,
    /// The routes on which they may be told; empty means every one.
    pub routes: Vec<RouteId>,
    /// The subjects about whom they may be told; empty means every one.
    pub subjects: Vec<Subject>,
    /// Where the source says so.
    pub clause: String,
}

/// How somebody outside the line is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum PartnerBy {
    /// By a message, after which they may read the concern, where they are of the workspace; else by e-mail.
    #[default]
    Message,
    /// By e-mail, outside the program, which records it.
    Email,
}

/// That a raiser may copy others for one concern, by name (`W-3.1.3`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CopyNamed {
    /// Whom, in the protocol's words, such as "any other relevant senior manager".
    pub who: String,
    /// The step from which it is open; `None` means at any time.
    pub from: Option<StepId>,
    /// Where the source says so.
    pub clause: String,
}

impl Partner {
    /// Whether they may be told on that route about that subject; where the subject is not known, whether they might.
    #[must_use]
    pub fn is_for(&self, route: &RouteId, subject: Option<Subject>) -> bool {
        is_for((&self.routes, &self.subjects), route, subject)
    }

    /// What they are called where one of their names was chosen, or none.
    #[must_use]
    pub fn called<'a>(&'a self, named: Option<&'a str>) -> &'a str {
        named.unwrap_or(&self.name)
    }
}

impl Protocol {
    /// Whoever outside the line has that id.
    #[must_use]
    pub fn partner(&self, id: &str) -> Option<&Partner> {
        self.beside.partners.iter().find(|partner| partner.id == id)
    }
}
