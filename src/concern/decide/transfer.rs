//! A case that is to move to another team while a concern about it is open (`B-App1.FREEZE`). The paper says "should": whoever asks is
//! warned, an override is kept with its name and reason, and nothing is blocked. The concern stays with the team it was raised with.

use super::{Deciding, Standing, given};
use crate::concern::command::{FieldFault, Move, Refusal};
use crate::concern::event::{Fact, Field, Transferred};
use crate::concern::readers::may_read;

impl Deciding<'_> {
    /// Somebody asks whether the case may move. Asked again by the same person on the same day, there is nothing new to tell.
    pub(super) fn transfer_asked(&mut self, who: &Standing) -> Result<(), Refusal> {
        if !self.is_frozen() {
            return Err(Refusal::Closed);
        }
        let today = self.today();
        let known = self
            .concern
            .transfer_asks
            .iter()
            .any(|ask| ask.by == who.user && self.rules.day(ask.at) == today);
        if !known {
            let warned = may_read(self.rules, &self.concern, who);
            self.add(Fact::TransferAsked { warned });
        }
        Ok(())
    }

    /// The case moves all the same. The same move is recorded once.
    pub(super) fn transferred(&mut self, moved: Move) -> Result<(), Refusal> {
        if !self.is_frozen() {
            return Err(Refusal::Closed);
        }
        if moved.decided_by.is_none() && moved.decided_by_words.is_none() {
            return Err(Refusal::Field {
                block: "decided_by",
                fault: FieldFault::Missing,
            });
        }
        let last = self.concern.transfers.last();
        if last.is_some_and(|last| last.moved.to == moved.to && last.moved.team == moved.team) {
            return Err(Refusal::DoneAlready);
        }
        let visit = self.here()?.0.number;
        let texts = given([
            (Field::DecidedBy, moved.decided_by_words),
            (Field::Reason, Some(moved.reason)),
        ]);
        let transferred = Transferred {
            visit,
            to: moved.to,
            team: moved.team,
            decided_by: moved.decided_by,
        };
        self.add_with(Fact::Transferred(transferred), texts);
        Ok(())
    }

    /// Whether its protocol asks that the case waits for this concern, and it is open.
    fn is_frozen(&self) -> bool {
        self.concern.is_open() && self.rules.protocol.beside.transfer.is_some()
    }
}
