//! A concern goes to another procedure, where the protocol says that it belongs there (`H-1.3`, `M-partners`).

use super::Deciding;
use crate::concern::command::{FieldFault, Refusal};
use crate::concern::event::{Fact, Field};
use crate::concern::redirect::Redirected;
use crate::concern::rules::Rules;
use crate::concern::state::Concern;
use crate::ids::Text;
use crate::protocol::{Here, Redirect};

impl Deciding<'_> {
    /// The raiser records that it went there. Where it belongs there instead, that closes it here; no case note is waited for, as
    /// for a withdrawal.
    pub(super) fn redirect(&mut self, id: &str, reason: Text) -> Result<(), Refusal> {
        let visit = self.here()?.0.number;
        let protocol = self.rules.protocol;
        let Some(way) = protocol.redirect(id) else {
            return Err(match protocol.beside.redirects.as_slice() {
                [] => Refusal::NotRedirected { clause: None },
                _ => Refusal::Field {
                    block: "redirect",
                    fault: FieldFault::Unknown,
                },
            });
        };
        if !is_for(self.rules, &self.concern, way) {
            let clause = Some(way.clause.clone());
            return Err(Refusal::NotRedirected { clause });
        }
        if has_gone(&self.concern, way) {
            return Err(Refusal::DoneAlready);
        }
        let redirected = Redirected {
            visit,
            redirect: way.id.clone(),
            ends: way.here == Here::Ends,
        };
        self.add_with(Fact::Redirected(redirected), vec![(Field::Reason, reason)]);
        Ok(())
    }
}

/// The other procedures that a concern may still go to.
#[must_use]
pub fn ways<'r>(rules: &Rules<'r>, concern: &Concern) -> Vec<&'r Redirect> {
    let ways = rules.protocol.beside.redirects.iter();
    ways.filter(|way| is_for(rules, concern, way) && !has_gone(concern, way))
        .collect()
}

fn is_for(rules: &Rules<'_>, concern: &Concern, way: &Redirect) -> bool {
    way.is_offered(&concern.raised.route, rules.subject(concern))
}

fn has_gone(concern: &Concern, way: &Redirect) -> bool {
    let mut gone = concern.gone.iter();
    gone.any(|gone| gone.redirected.redirect == way.id)
}
