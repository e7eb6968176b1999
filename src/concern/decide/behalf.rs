//! For whom somebody asks, where only cover lets them (`B-3.b`; the nominee and the appointee of `H-1.3` and `H-S2`).

use super::Deciding;
use super::outside::asked_for_views;
use crate::concern::command::{Command, Standing};
use crate::concern::readers::may_read;
use crate::concern::state::{Concern, Visit};
use crate::ids::{RoleId, UserId};
use crate::protocol::{GateKind, IRO_MANAGER};

impl Deciding<'_> {
    /// For whom somebody asks this: the raiser, or the one whose role or place it is. `None` where they ask for themselves.
    pub(super) fn on_behalf_of(&self, who: &Standing, command: &Command) -> Option<UserId> {
        let raiser = || (who.user != self.concern.raiser).then(|| self.concern.raiser.clone());
        let at = |number: Option<u32>| match number {
            Some(number) => self.concern.visit_numbered(number),
            None => self.concern.visit(),
        };
        match command {
            Command::Acknowledge { visit }
            | Command::Answer { visit, .. }
            | Command::Report { visit, .. } => self.answers_for(who, at(*visit)?),
            Command::CallMeeting { visit, .. }
            | Command::NoMeeting { visit, .. }
            | Command::RecordMeeting { visit, .. }
                if !self.is_raiser(who) =>
            {
                self.answers_for(who, at(*visit)?)
            }
            Command::Extend { .. } => self.answers_for(who, at(None)?),
            Command::AgreeGate { visit }
            | Command::DiscussGate { visit, .. }
            | Command::DeclineGate { visit, .. } => {
                let gate = self.rules.gate_to(&at(*visit)?.gate.as_ref()?.to)?;
                if gate.kind == GateKind::Judgement {
                    raiser()
                } else {
                    who.holds_for(&gate.roles).cloned()
                }
            }
            command if is_of_raisers_side(command) && self.is_raiser(who) => raiser(),
            command if is_of_raisers_side(command) => {
                who.holds_for([&RoleId::from(IRO_MANAGER)]).cloned()
            }
            Command::GiveInput { visit, .. } => {
                let step = self.rules.step_of(at(*visit)?)?;
                who.holds_for(&step.inputs).cloned()
            }
            Command::GiveView { .. } => {
                let asked = asked_for_views(self.rules, &self.concern);
                who.holds_for(asked.into_iter().map(|(_, role)| role))
                    .cloned()
            }
            // Who may not read it at all asks for themselves.
            Command::AskTransfer | Command::Transfer(_)
                if !may_read(self.rules, &self.concern, who) =>
            {
                None
            }
            Command::Note { .. } | Command::AskTransfer | Command::Transfer(_) => {
                if may_read(self.rules, &self.concern, &who.by_themselves()) {
                    None
                } else if who.covers_raiser {
                    raiser()
                } else {
                    who.by_cover.first().map(|cover| cover.absent.clone())
                }
            }
            _ => raiser(),
        }
    }

    fn answers_for(&self, who: &Standing, visit: &Visit) -> Option<UserId> {
        let step = self.rules.step_of(visit)?;
        match self.rules.own_addressee(&self.concern, step) {
            Some(own) if *own == who.user => None,
            Some(own) if is_by_cover_alone(who, step.answerers()) && who.acts_for(own) => {
                Some(own.clone())
            }
            _ => who.holds_for(step.answerers()).cloned(),
        }
    }
}

/// Whether it is for the raiser or the manager of the IRO service.
fn is_of_raisers_side(command: &Command) -> bool {
    matches!(
        command,
        Command::Handover { .. }
            | Command::NotesPasted { .. }
            | Command::Call { .. }
            | Command::NoCall { .. }
            | Command::Inform(_)
            | Command::Replied { .. }
    )
}

/// Whether nothing but cover lets somebody act for these roles.
pub(super) fn is_by_cover_alone<'a>(
    who: &Standing,
    mut roles: impl Iterator<Item = &'a RoleId>,
) -> bool {
    let own = who.by_themselves();
    !roles.any(|role| own.holds(role))
}

/// Whether somebody raised a concern, or had it before it was handed over.
pub(super) fn was_raiser(concern: &Concern, user: &UserId) -> bool {
    [&concern.raiser, &concern.raised_by]
        .into_iter()
        .chain(&concern.handed_over_by)
        .any(|raiser| raiser == user)
}
