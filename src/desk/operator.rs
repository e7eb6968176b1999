//! Messages that no one concern is about (`messages/operator/`): to the managers of the IRO service, and to whom a cover touches.

use serde_json::Value;

use super::post::{delivery_id, dest, json};
use super::{Desk, DeskError};
use crate::mail::{Content, Kind, To};
use crate::protocol::IRO_MANAGER;
use crate::store::StoreError;
use crate::store::outbox::NewMessage;

impl Desk {
    /// Queues something for the manager of the IRO service of every team that an operator's fault touches: once a person.
    ///
    /// # Errors
    /// The store's.
    pub async fn tell_iro_managers(&self, words: &str, facts: Value) -> Result<(), DeskError> {
        let to = To::Role(IRO_MANAGER.into());
        let places = self.managers_places(|_| true);
        let told: Vec<NewMessage> = places
            .iter()
            .map(|place| operator_message(Kind::Alert, (dest(place), &to), words, facts.clone()))
            .collect::<Result<_, StoreError>>()?;
        let mut tx = self.store().begin().await?;
        tx.enqueue(&told, self.now()).await?;
        tx.commit().await?;
        self.tell_courier();
        Ok(())
    }
}

/// A message of `messages/operator/<words>.json.hbs`, to be queued for one place.
pub(super) fn operator_message(
    kind: Kind,
    (dest, to): (String, &To),
    words: &str,
    facts: Value,
) -> Result<NewMessage, StoreError> {
    let content = Content::Operator {
        words: words.to_owned(),
        facts,
    };
    Ok(NewMessage {
        delivery: delivery_id(),
        kind: kind.as_str().to_owned(),
        subject: None,
        step: String::new(),
        dest,
        recipient: json(to)?,
        payload: json(&content)?,
        priority: i64::from(kind.priority()),
    })
}
