//! Who may read a concern.

use super::command::{OutsideWay, Standing};
use super::decide::in_the_line;
use super::decide::outside::{consulted, rule};
use super::event::{How, View};
use super::rules::Rules;
use super::state::{Concern, ViewTaken};
use crate::ids::RoleId;
use crate::protocol::LIMIT_PASSED;

/// Whether somebody may read a concern: its raiser and their cover, the manager of the IRO service, holders and copied roles of steps it has
/// reached, whom the raiser copied by name, this child's own addressee, holders of a gate's role once it is asked, whom the protocol has hear of a step or of the whole
/// process that is overdue once it is, and whom the raiser's side told by a message where the protocol has that. Nobody else, and they
/// are not told that it exists.
#[must_use]
pub fn may_read(rules: &Rules<'_>, concern: &Concern, who: &Standing) -> bool {
    may_read_without_partners(rules, concern, who)
        || concern.partners.told.iter().any(|told| {
            let with = told.informed.with.as_ref();
            with.is_some_and(|user| who.acts_for(user))
        })
}

/// The same but for those whom the raiser's side told of it.
pub(super) fn may_read_without_partners(
    rules: &Rules<'_>,
    concern: &Concern,
    who: &Standing,
) -> bool {
    let holds = |role: &RoleId| who.holds(role);
    who.user == concern.raiser
        || who.covers_raiser
        || who.is_iro_manager()
        || concern
            .copied
            .iter()
            .any(|copied| who.acts_for(&copied.user))
        || concern
            .outside
            .iter()
            .any(|taken| went_outside_before(rules, taken, who))
        || concern.caps.iter().any(|cap| cap.passed) && told_of(rules, LIMIT_PASSED).any(holds)
        || concern.visits.iter().any(|visit| {
            let Some(step) = rules.step_of(visit) else {
                return false;
            };
            let meets = rules
                .meeting(step)
                .filter(|_| !visit.meetings.is_empty())
                .into_iter()
                .flat_map(|meeting| meeting.chair.iter().chain(&meeting.attends));
            let overdue = step.overdue_alert.iter().filter(|_| visit.lapsed.is_some());
            // Decided in conjunction with them, or without them, of which they are told.
            let bypass = rules.protocol.bypass.gate.iter();
            let bypassed = bypass.filter(|_| visit.how == How::Bypassed);
            step.answerers().chain(&step.inputs).any(holds)
                || meets.into_iter().any(holds)
                || overdue.into_iter().any(holds)
                || bypassed.flat_map(|gate| &gate.roles).any(holds)
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

/// The roles that the protocol tells of an occasion of a concern.
pub fn told_of<'r>(rules: &Rules<'r>, when: &'static str) -> impl Iterator<Item = &'r RoleId> {
    let notices = rules.protocol.beside.notices.iter();
    notices
        .filter(move |notice| notice.when == when)
        .flat_map(|notice| &notice.to)
        .filter(|role| *role != "raiser")
}

/// Whether somebody is on the raiser's side of a concern: the raiser, whoever covers for them and is not in its line, the manager of
/// the IRO service. Privileged texts are theirs alone, and case notes are theirs to paste.
#[must_use]
pub fn raisers_side(rules: &Rules<'_>, concern: &Concern, who: &Standing) -> bool {
    who.user == concern.raiser
        || who.is_iro_manager()
        || who.covers_raiser
            && !in_the_line(rules, &who.roles)
            && concern.raised.addressee.as_ref() != Some(&who.user)
}

/// Whoever keeps oversight of a step outside, and whoever is spoken to before it, reads what it is about once it is taken.
fn went_outside_before(rules: &Rules<'_>, taken: &ViewTaken, who: &Standing) -> bool {
    let told = outside_told(rules, taken.way, taken.outside.view);
    told.into_iter().any(|role| who.holds(role))
}

/// Who hears of a view on a way out: those who keep oversight, those whom the protocol asks to speak to first, and of a referral
/// those whom it tells of one. Nobody hears of what is not done.
#[must_use]
pub fn outside_told<'a>(rules: &Rules<'a>, way: OutsideWay, view: View) -> Vec<&'a RoleId> {
    let rule = rule(rules, way).filter(|_| view == View::Now);
    let oversight = rule.into_iter().flat_map(|rule| &rule.oversight);
    let mut told: Vec<&RoleId> = oversight.collect();
    if view == View::Now {
        told.extend(consulted(rules, way));
    }
    if view == View::Now && way == OutsideWay::Cafcass {
        told.extend(told_of(rules, "referred outside"));
    }
    let mut seen = Vec::new();
    told.retain(|role| {
        let fresh = !seen.contains(role);
        seen.push(*role);
        fresh
    });
    told
}
