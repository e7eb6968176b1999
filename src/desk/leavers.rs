//! Whoever raises leaves the council's file while something of theirs is still open. Nothing stalls, but nobody is left who judges an
//! answer or closes a concern: the managers of the IRO service of the teams concerned are told, once, and their lists say so until
//! each is handed over, or the one who left is named again (`B-3.a`, `B-3.b`).

use std::collections::{BTreeMap, BTreeSet};

use serde_json::json;

use super::operator::operator_message;
use super::post::dest;
use super::{AnyCase, Case, Desk, DeskError};
use crate::ids::{Subject, TeamId, UserId};
use crate::mail::{Kind, To};
use crate::protocol::{IRO_MANAGER, Protocol};
use crate::store::concerns::{Find, Which};

/// The store's name for those of whom it has been told.
const LEFT: &str = "left";
/// How many references one message names.
const NAMED: usize = 20;

/// What somebody who left has open, with the team whose case each is.
type Open = Vec<(TeamId, Subject)>;

impl Desk {
    /// Whether whoever has a concern may no longer raise under its protocol, by the council's file.
    #[must_use]
    pub fn raiser_has_left(&self, case: &Case) -> bool {
        self.has_left(&case.concern.raiser, &case.protocol)
    }

    /// The same of the officer of a record that an officer has.
    #[must_use]
    pub fn officer_has_left(&self, record: &AnyCase) -> bool {
        record.goes_by_itself() && self.has_left(record.whose(), record.protocol())
    }

    fn has_left(&self, whose: &UserId, protocol: &Protocol) -> bool {
        !self.may_raise_under(whose, protocol)
    }

    /// Tells of each who has left with something open and of whom it has not been told, and keeps of whom it has. Who is named again, or
    /// has nothing open any more, is forgotten.
    ///
    /// # Errors
    /// The store's.
    pub async fn tell_of_leavers(&self) -> Result<(), DeskError> {
        let left = self.left().await?;
        let mut tx = self.store().begin().await?;
        let before = tx.setting(LEFT).await?.unwrap_or_default();
        let known: BTreeSet<&str> = before.split_whitespace().collect();
        let mut messages = Vec::new();
        for (person, open) in &left {
            if known.contains(person.as_str()) {
                continue;
            }
            for (place, subjects) in self.told_where(open) {
                let named: Vec<String> = subjects.iter().map(Subject::to_string).collect();
                let facts = json!({
                    "person": person,
                    "all": named.len(),
                    "first": named.first(),
                    "which": named.get(..NAMED).unwrap_or(&named).join(", "),
                    "more": named.len().saturating_sub(NAMED),
                });
                let to = To::Role(IRO_MANAGER.into());
                messages.push(operator_message(Kind::Alert, (place, &to), "left", facts)?);
            }
        }
        tx.enqueue(&messages, self.now()).await?;
        let now: Vec<&str> = left.keys().map(UserId::as_str).collect();
        tx.set(LEFT, &now.join(" ")).await?;
        tx.commit().await?;
        self.tell_courier();
        Ok(())
    }

    /// Who has left with something open, and what.
    async fn left(&self) -> Result<BTreeMap<UserId, Open>, DeskError> {
        let mut left: BTreeMap<UserId, Open> = BTreeMap::new();
        let mut tx = self.store().read().await?;
        for case in self.open(&mut tx, Find::All).await? {
            if self.raiser_has_left(&case) {
                let one = (case.concern.raised.team.clone(), case.concern.id.into());
                left.entry(case.concern.raiser).or_default().push(one);
            }
        }
        drop(tx);
        for record in self.records_of_any(Find::All, Which::Open).await? {
            if self.officer_has_left(&record) {
                let one = (record.team().clone(), record.subject());
                left.entry(record.whose().clone()).or_default().push(one);
            }
        }
        Ok(left)
    }

    /// Where it is told, each place of what is of its own teams.
    fn told_where(&self, open: &Open) -> BTreeMap<String, Vec<Subject>> {
        let mut places: BTreeMap<String, Vec<Subject>> = BTreeMap::new();
        for (team, subject) in open {
            for place in self.managers_places(|of| of == team) {
                places.entry(dest(&place)).or_default().push(*subject);
            }
        }
        places
    }
}
