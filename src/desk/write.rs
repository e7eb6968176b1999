//! Writing a decision down: events, the concern's row, its deadlines, its messages, in the caller's unit of work.

use chrono::TimeDelta;
use serde_json::Value;

use super::{Case, Desk, DeskError, cases};
use crate::concern::{Actor, New, clocks};
use crate::mail::Mail;
use crate::store::concerns::ConcernRow;
use crate::store::deadlines::WantedDeadline;
use crate::store::events::NewEvent;
use crate::store::{StoreError, Tx};

impl Desk {
    /// Writes new facts after the entry `before` (0 for a new concern), with what follows from them.
    pub(super) async fn write(
        &self,
        tx: &mut Tx,
        case: &Case,
        before: i64,
        facts: &[New],
        mail: &[Mail],
    ) -> Result<(), DeskError> {
        if facts.is_empty() {
            return Ok(());
        }
        let concern = &case.concern;
        let events = facts.iter().map(entry).collect::<Result<Vec<_>, _>>()?;
        let row = row(case)?;
        if before == 0 {
            tx.insert_concern(&row).await?;
        } else {
            tx.update_concern_row(&row).await?;
        }
        tx.append(concern.id.0, before, &events).await?;
        let calendar = self.calendar();
        let rules = case.rules(&calendar, self.hours())?;
        let wanted: Vec<_> = clocks(&rules, concern)
            .into_iter()
            .map(|clock| WantedDeadline {
                key: clock.key.as_str().to_owned(),
                kind: clock.kind.as_str().to_owned(),
                // The store's deadlines fall just after their moment; a clock falls at its own.
                due_at: clock.at - TimeDelta::milliseconds(1),
            })
            .collect();
        tx.sync_deadlines(concern.id.0, &wanted).await?;
        self.bring_up_to_date(tx, case).await?;
        self.post(tx, case, mail).await?;
        self.tasks_follow(tx, case, before, facts).await
    }
}

fn entry(new: &New) -> Result<NewEvent, StoreError> {
    let recorded = &new.recorded;
    let mut body = serde_json::to_value(&recorded.fact)
        .map_err(|error| StoreError::Corrupt(error.to_string()))?;
    if let (Some(absent), Value::Object(facts)) = (&recorded.on_behalf_of, &mut body) {
        facts.insert(cases::ON_BEHALF_OF.to_owned(), Value::from(absent.as_str()));
    }
    let kind = body
        .get("kind")
        .and_then(Value::as_str)
        .unwrap_or_default()
        .to_owned();
    Ok(NewEvent {
        kind,
        at: recorded.at,
        actor: match &recorded.actor {
            Actor::Lodestar => cases::LODESTAR.to_owned(),
            Actor::Person(user) => user.to_string(),
        },
        body,
        texts: new
            .texts
            .iter()
            .map(|(field, text)| (field.as_str().to_owned(), text.reveal().to_owned()))
            .collect(),
    })
}

fn row(case: &Case) -> Result<ConcernRow, StoreError> {
    let concern = &case.concern;
    Ok(ConcernRow {
        number: concern.id.0,
        team: concern.raised.team.to_string(),
        protocol: concern.raised.protocol.to_string(),
        protocol_hash: concern.raised.protocol_hash.clone(),
        route: concern.raised.route.to_string(),
        raiser: concern.raiser.to_string(),
        case_ref: concern.raised.case_ref.to_string(),
        category: concern.raised.category.clone(),
        step: concern
            .visit()
            .map(|visit| visit.step.to_string())
            .unwrap_or_default(),
        open: concern.is_open(),
        raised_at: concern.raised_at,
        updated_at: concern.changed_at,
        seq: concern.seq,
        state: serde_json::to_string(concern)
            .map_err(|error| StoreError::Corrupt(error.to_string()))?,
    })
}
