//! Case notes: which step's are in the case system, and what a protocol that demands them holds back until they are.

use super::{Deciding, Standing};
use crate::concern::command::{FieldFault, Refusal, Who};
use crate::concern::event::{Fact, Field};
use crate::concern::readers::raisers_side;
use crate::concern::state::Visit;
use crate::ids::Text;
use crate::protocol::NoteRule;

impl Deciding<'_> {
    /// Notes of these visits were pasted into the case system. It may be said after the concern is closed, and is said once a visit.
    pub(super) fn notes_pasted(
        &mut self,
        who: &Standing,
        notes: Vec<(u32, Option<Text>)>,
    ) -> Result<(), Refusal> {
        if !raisers_side(self.rules, &self.concern, who) {
            return Err(Refusal::NotYours {
                who: Who::RaiserOrIroManager,
            });
        }
        let before = self.facts.len();
        for (number, outcome) in notes {
            let visit = self.concern.visit_numbered(number);
            let visit = visit.ok_or(Refusal::OutOfDate)?;
            if visit.note_pasted.is_some() {
                continue;
            }
            if needs_outcome(visit) && outcome.is_none() {
                return Err(Refusal::Field {
                    block: "outcome",
                    fault: FieldFault::Missing,
                });
            }
            let outcome = outcome.filter(|_| needs_outcome(visit));
            let texts = outcome.map(|text| (Field::Outcome, text));
            let fact = Fact::NotePasted { visit: number };
            self.add_with(fact, texts.into_iter().collect());
        }
        if self.facts.len() == before {
            return Err(Refusal::DoneAlready);
        }
        Ok(())
    }

    /// That every step reached has its note in the case system, where the protocol demands that (`H-note`). It holds back only the
    /// closing of a concern, never its way up.
    pub(super) fn notes_are_there(&self) -> Result<(), Refusal> {
        let rule = self.rules.protocol.beside.note.as_ref();
        let demanded = |rule: &&NoteRule| rule.is_demanded_on(&self.rules.route.id);
        let Some(rule) = rule.filter(demanded) else {
            return Ok(());
        };
        let mut stages: Vec<String> = Vec::new();
        for visit in &self.concern.visits {
            if visit.note_pasted.is_some() {
                continue;
            }
            let Some(step) = self.rules.step_of(visit) else {
                continue;
            };
            if !stages.contains(&step.stage) {
                stages.push(step.stage.clone());
            }
        }
        if stages.is_empty() {
            return Ok(());
        }
        Err(Refusal::NotesMissing {
            stages,
            clause: rule.clause.clone(),
        })
    }
}

/// Whether no answer says what came of a step, so that its note needs the outcome typed.
#[must_use]
pub fn needs_outcome(visit: &Visit) -> bool {
    visit.answers.is_empty() && visit.late_answers.is_empty()
}
