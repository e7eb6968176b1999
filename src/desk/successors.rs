//! The council's file names other people than before: what waits for an answer goes to whoever is to give it now.

use serde_json::Value;

use super::post::{Addressed, json};
use super::{Case, Desk, DeskError};
use crate::concern::Phase;
use crate::ids::UserId;
use crate::mail::{Content, Mail, Matter, Occasion, To, present_answerers, present_gate};
use crate::store::Tx;
use crate::store::concerns::Find;
use crate::store::outbox::Message;

impl Desk {
    /// Sends each card and each gate that waits for an answer to those who are to give it now and have no such message, and brings up
    /// to date what names people. Nobody gets one twice, however often it is asked.
    ///
    /// # Errors
    /// The store's.
    pub async fn hand_on_to_successors(&self) -> Result<(), DeskError> {
        let mut tx = self.store().begin().await?;
        for case in self.open(&mut tx, Find::All).await? {
            self.bring_up_to_date(&mut tx, &case).await?;
            let missing = self.not_yet_with_them(&mut tx, &case).await?;
            self.queue(&mut tx, &case, missing).await?;
        }
        tx.commit().await?;
        self.tell_courier();
        Ok(())
    }

    /// What waits for an answer, with those who are to give it and have not got it.
    async fn not_yet_with_them(
        &self,
        tx: &mut Tx,
        case: &Case,
    ) -> Result<Vec<(Addressed, Matter)>, DeskError> {
        let waiting = self.waits_for_an_answer(case)?;
        if waiting.is_empty() {
            return Ok(Vec::new());
        }
        let sent = tx.messages_of(case.concern.id).await?;
        let mut missing = Vec::new();
        for (addressed, matter) in self.addressed(case, &waiting) {
            let content = json(&Content::Concern(matter.clone()))?;
            let now = self.people_of(case, &addressed.to);
            let recipient = json(&addressed.to)?;
            let has = |message: &Message| {
                message.payload == content && is_with(message, &addressed, &recipient, &now)
            };
            if !sent.iter().any(has) {
                missing.push((addressed, matter));
            }
        }
        Ok(missing)
    }

    /// The card of the present step while it is unanswered, and the gate that is asked.
    fn waits_for_an_answer(&self, case: &Case) -> Result<Vec<Mail>, DeskError> {
        let calendar = self.calendar();
        let rules = case.rules(&calendar, self.hours())?;
        let concern = &case.concern;
        let visit = concern.visit().map_or(1, |visit| visit.number);
        let mail = |occasion: Occasion| {
            move |to: To| Mail {
                matter: Matter {
                    occasion,
                    visit,
                    other: None,
                },
                to,
            }
        };
        let mut all = Vec::new();
        if concern.phase == Phase::Answering {
            let theirs = present_answerers(&rules, concern).into_iter();
            all.extend(theirs.map(mail(Occasion::Card)));
        }
        let gate = present_gate(&rules, concern).into_iter();
        all.extend(gate.map(mail(Occasion::Gate)));
        Ok(all)
    }
}

/// Whether a message is where it would go now; or with one of those it is for, where their channel could not take it.
fn is_with(message: &Message, to: &Addressed, recipient: &Value, people: &[UserId]) -> bool {
    let one_of_them = || people.iter().any(|user| message.dest == user.as_str());
    let to_a_person = people.iter().any(|user| to.dest == user.as_str());
    message.dest == to.dest || !to_a_person && message.recipient == *recipient && one_of_them()
}
