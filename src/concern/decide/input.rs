//! What others than the raiser tell the addressee of a step before it is answered (`W-3.2.2`). It moves no clock, and a decision may come
//! without it.

use super::behalf::{is_by_cover_alone, was_raiser};
use super::{Deciding, given};
use crate::concern::command::{Refusal, Standing, Who};
use crate::concern::event::{Fact, Field};
use crate::ids::Text;

impl Deciding<'_> {
    /// Takes an input, once for each role. After the answer it is still taken while the concern is at the step: the raiser judges then.
    pub(super) fn give_input(
        &mut self,
        who: &Standing,
        pressed: Option<u32>,
        (input, mediation): (Text, Option<Text>),
    ) -> Result<(), Refusal> {
        let visit = match pressed {
            Some(number) => self.concern.visit_numbered(number),
            None => self.concern.visit(),
        };
        let visit = visit.ok_or(Refusal::OutOfDate)?;
        let step = self.rules.step_of(visit).ok_or(Refusal::OutOfDate)?;
        let number = visit.number;
        if !step.inputs.iter().any(|role| who.holds(role)) {
            return Err(Refusal::NotYours {
                who: Who::Roles(step.inputs.clone()),
            });
        }
        if who.user == self.concern.raiser
            || is_by_cover_alone(who, step.inputs.iter()) && was_raiser(&self.concern, &who.user)
        {
            return Err(Refusal::OwnConcern);
        }
        if !self.concern.is_open() {
            return Err(Refusal::Closed);
        }
        let missing = self.rules.missing_inputs(visit);
        let roles: Vec<_> = missing
            .into_iter()
            .filter(|role| who.holds(role))
            .cloned()
            .collect();
        if roles.is_empty() {
            return Err(Refusal::DoneAlready);
        }
        if !self.is_present(number) {
            return Err(Refusal::OutOfDate);
        }
        let texts = given([(Field::Input, Some(input)), (Field::Mediation, mediation)]);
        let fact = Fact::InputGiven {
            visit: number,
            roles,
        };
        self.add_with(fact, texts);
        Ok(())
    }
}
