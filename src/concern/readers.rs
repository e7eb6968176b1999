//! Who may read a concern.

use super::command::Standing;
use super::rules::Rules;
use super::state::Concern;
use crate::ids::RoleId;

/// Whether somebody may read a concern: its raiser and their cover, the manager of the IRO service, holders and copied roles of steps it has
/// reached, this child's own addressee, holders of a gate's role once it is asked. Nobody else, and they are not told that it exists.
#[must_use]
pub fn may_read(rules: &Rules<'_>, concern: &Concern, who: &Standing) -> bool {
    let holds = |role: &RoleId| who.holds(role);
    who.user == concern.raiser
        || who.covers_raiser
        || who.is_iro_manager()
        || concern.visits.iter().any(|visit| {
            let Some(step) = rules.step_of(visit) else {
                return false;
            };
            step.answerers().any(holds)
                || rules.copies(concern, visit).into_iter().any(holds)
                || rules
                    .own_addressee(concern, step)
                    .is_some_and(|own| who.acts_for(own))
                || visit
                    .gate
                    .iter()
                    .map(|asked| &asked.to)
                    .chain(&visit.gates_before)
                    .filter_map(|to| rules.gate_to(to))
                    .any(|gate| gate.roles.iter().any(holds))
        })
}
