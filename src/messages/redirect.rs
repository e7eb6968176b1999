//! The other procedures that a concern may go to or went to, as messages and forms say them.

use serde::Serialize;

use super::Mark;
use super::forms::{Choice, Choices, Elsewhere};
use crate::calendar::say_date;
use crate::concern::redirect::{Gone, Redirected};
use crate::concern::{Concern, Rules};
use crate::ids::UserId;
use crate::protocol::{Here, Redirect};

/// Another procedure that runs beside, on a message.
#[derive(Debug, Serialize)]
pub(super) struct GoneLine {
    to: String,
    on: String,
    by: UserId,
}

/// The procedures that run beside this one, in order. What closed the concern here is told by its end.
pub(super) fn gone_lines(rules: &Rules<'_>, concern: &Concern) -> Vec<GoneLine> {
    let beside = concern.gone.iter().filter(|gone| !gone.redirected.ends);
    beside
        .map(|gone| GoneLine {
            to: name_of(rules, &gone.redirected).to_owned(),
            on: say_date(rules.day(gone.at)),
            by: gone.by.clone(),
        })
        .collect()
}

/// The same as the marks of a line in a list.
#[must_use]
pub fn beside_marks(rules: &Rules<'_>, concern: &Concern) -> Vec<Mark> {
    let beside = concern.gone.iter().filter(|gone| !gone.redirected.ends);
    let mark = |gone: &Gone| Mark::beside(name_of(rules, &gone.redirected));
    beside.map(mark).collect()
}

/// The other procedure's name.
pub(super) fn name_of<'a>(rules: &Rules<'a>, redirected: &'a Redirected) -> &'a str {
    let way = rules.protocol.redirect(&redirected.redirect);
    way.map_or(redirected.redirect.as_str(), |way| way.to.as_str())
}

impl From<&Redirect> for Elsewhere {
    fn from(way: &Redirect) -> Self {
        Self {
            condition: way.when.clone(),
            to: way.to.clone(),
            clause: way.clause.clone(),
            ends: way.here == Here::Ends,
        }
    }
}

/// What may be chosen of the other procedures.
#[must_use]
pub fn way_choices(ways: &[&Redirect]) -> Vec<Choices> {
    if ways.is_empty() {
        return Vec::new();
    }
    let options = ways.iter().map(|way| {
        let mut letters = way.to.chars();
        let first = letters.next().into_iter().flat_map(char::to_uppercase);
        let named: String = first.chain(letters.as_str().chars()).collect();
        Choice::new(&way.id, &named)
    });
    vec![Choices::list(options.collect())]
}
