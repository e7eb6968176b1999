//! What a protocol says of a sort of notice, and what stands where it says nothing.

use super::event::Sort;
use crate::concern::{Raiser, Rules};
use crate::ids::RoleId;
use crate::protocol::IRO_MANAGER;

/// The word that stands for the reviewing officer in a notice's `to`.
const OFFICER: &str = "raiser";

/// Whom a sort of notice goes to, and what it covers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule<'a> {
    /// The roles that are told. A change goes to the officer besides.
    pub to: Vec<RoleId>,
    /// What it covers, where the source lists it.
    pub items: Vec<&'a str>,
    /// Where the source says so; `None` where it does not, and this is what stands instead.
    pub clause: Option<&'a str>,
}

/// The rule of a sort: the protocol's `[[notice]]`; where it has none, a change goes to the officer in the sender's own words, good
/// practice to those who are asked at the first step, a general concern to the manager of the IRO service.
#[must_use]
pub fn rule<'a>(rules: &Rules<'a>, sort: Sort) -> Rule<'a> {
    let notices = &rules.protocol.beside.notices;
    let mut said = notices
        .iter()
        .filter(|notice| notice.when == sort.when())
        .peekable();
    if let Some(first) = said.peek() {
        let clause = Some(first.clause.as_str());
        let mut rule = Rule {
            to: Vec::new(),
            items: Vec::new(),
            clause,
        };
        for notice in said {
            let told = notice.to.iter().filter(|role| **role != OFFICER);
            for role in told {
                if !rule.to.contains(role) {
                    rule.to.push(role.clone());
                }
            }
            rule.items.extend(notice.items.iter().map(String::as_str));
        }
        return rule;
    }
    let to = match sort {
        Sort::Change => Vec::new(),
        Sort::Praise => rules
            .step(&rules.route.default_start)
            .map_or_else(Vec::new, |step| step.to.clone()),
        Sort::Service => vec![RoleId::from(IRO_MANAGER)],
    };
    Rule {
        to,
        items: Vec::new(),
        clause: None,
    }
}

/// Whether somebody may send a sort of notice: of a change, whoever holds a role for the team; of the others, a raiser under the
/// protocol or the manager of the IRO service.
#[must_use]
pub fn may_send(rules: &Rules<'_>, sort: Sort, by: &Raiser) -> bool {
    let raises = || {
        let raised_by = &rules.protocol.raised_by;
        by.raiser_roles.iter().any(|role| raised_by.contains(role))
    };
    match sort {
        Sort::Change => !by.roles.is_empty(),
        Sort::Praise | Sort::Service => raises() || by.roles.contains(IRO_MANAGER),
    }
}
