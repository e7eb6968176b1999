//! Who may read what of a list of tasks.

use super::due::{Task, tasks};
use super::state::TaskList;
use crate::concern::{Rules, Standing};
use crate::protocol::{Keeps, TaskRule};

/// How much somebody may read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reads {
    /// Everything.
    All,
    /// The tasks that are theirs or that they consider, with what was written beside those.
    Own,
    /// Not even that there is one.
    Nothing,
}

/// How much somebody may read of a list: its officer and their cover, and the manager of the IRO service, all; the holders of a role
/// whose task has begun, or who consider it together with its owner, those tasks.
#[must_use]
pub fn reads(rules: &Rules<'_>, list: &TaskList, who: &Standing) -> Reads {
    let officer = has_officer(list) && (who.user == list.officer || who.covers_raiser);
    if officer || who.is_iro_manager() {
        return Reads::All;
    }
    let all = tasks(rules, list);
    let mut begun = all.iter().filter(|task| task.is_begun());
    if begun.any(|task| is_theirs(task.rule, who)) {
        return Reads::Own;
    }
    Reads::Nothing
}

/// Whether a list is an officer's: what belongs to the protocol or to a team is not.
#[must_use]
pub fn has_officer(list: &TaskList) -> bool {
    matches!(list.opened.keeps, Keeps::Proceedings | Keeps::Concern)
}

/// Whether a rule's tasks are a role's that somebody holds, or are considered together with it.
#[must_use]
pub fn is_theirs(rule: &TaskRule, who: &Standing) -> bool {
    let roles = rule.owner.iter().chain(&rule.with);
    let mut roles = roles;
    roles.any(|role| who.holds(role))
}

/// The tasks that somebody who reads their own sees.
pub fn own<'t, 'r>(tasks: &'t [Task<'r>], who: &'t Standing) -> impl Iterator<Item = &'t Task<'r>> {
    tasks
        .iter()
        .filter(move |task| task.is_begun() && is_theirs(task.rule, who))
}
