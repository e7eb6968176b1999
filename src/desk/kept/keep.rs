//! Loading a record and writing it down: entries, the index, its deadlines, its messages, in the caller's unit of work.

use chrono::TimeDelta;
use serde_json::Value;

use super::{AtDesk, KeptCase};
use crate::concern::Actor;
use crate::desk::post::{Addressed, EDITS_AFTER, delivery_id, json};
use crate::desk::{Desk, DeskError, Whose, cases};
use crate::mail::Mail;
use crate::record::{Kept, NewOf, Recorded};
use crate::store::deadlines::WantedDeadline;
use crate::store::events::{NewEvent, StoredEvent};
use crate::store::outbox::NewMessage;
use crate::store::records::RecordRow;
use crate::store::{StoreError, Tx};

impl Desk {
    pub(in crate::desk) async fn load_kept<K: AtDesk>(
        &self,
        tx: &mut Tx,
        id: K::Id,
    ) -> Result<Option<KeptCase<K>>, DeskError> {
        match tx.record(id).await? {
            Some(row) => self.kept_of(tx, &row).await.map(Some),
            None => Ok(None),
        }
    }

    /// The record of a row: its kept state, or where that is behind, its record folded anew.
    pub(in crate::desk) async fn kept_of<K: AtDesk>(
        &self,
        tx: &mut Tx,
        row: &RecordRow,
    ) -> Result<KeptCase<K>, DeskError> {
        let id = K::Id::from(row.subject.number());
        let kept = serde_json::from_str::<K>(&row.state).ok().filter(|kept| {
            let head = kept.head();
            head.seq == row.seq && head.id == id
        });
        let record = match kept {
            Some(record) => record,
            None => fold(id, &tx.load(id, 0).await?)?,
        };
        let hash = record.head().protocol_hash.to_owned();
        let protocol = self.protocols().version(tx, &hash, id).await?;
        Ok(KeptCase { record, protocol })
    }

    pub(in crate::desk) async fn write_kept<K: AtDesk>(
        &self,
        tx: &mut Tx,
        case: &KeptCase<K>,
        before: i64,
        facts: &[NewOf<K>],
        mail: &[Mail<K::Matter>],
    ) -> Result<(), DeskError> {
        if facts.is_empty() {
            return Ok(());
        }
        let events = facts
            .iter()
            .map(entry::<K>)
            .collect::<Result<Vec<_>, _>>()?;
        let row = row(&case.record)?;
        if before == 0 {
            tx.insert_record(&row).await?;
        } else {
            tx.update_record(&row).await?;
        }
        tx.append(row.subject, before, &events).await?;
        self.set_kept_deadlines(tx, case).await?;
        self.bring_kept_up_to_date(tx, case).await?;
        self.post_kept(tx, case, mail).await?;
        K::written(self, tx, case, before).await
    }

    pub(super) async fn set_kept_deadlines<K: AtDesk>(
        &self,
        tx: &mut Tx,
        case: &KeptCase<K>,
    ) -> Result<(), DeskError> {
        let calendar = self.calendar();
        let rules = case.rules(&calendar, self.hours())?;
        let wanted: Vec<_> = case
            .record
            .clocks(&rules)
            .into_iter()
            .map(|clock| WantedDeadline {
                kind: clock.kind.to_owned(),
                key: clock.key,
                // The store's deadlines fall just after their moment; a clock falls at its own.
                due_at: clock.at - TimeDelta::milliseconds(1),
            })
            .collect();
        tx.sync_deadlines(case.record.head().id, &wanted).await?;
        Ok(())
    }

    pub(in crate::desk) async fn bring_kept_up_to_date<K: AtDesk>(
        &self,
        tx: &mut Tx,
        case: &KeptCase<K>,
    ) -> Result<(), DeskError> {
        let id = case.record.head().id;
        tx.want_edits_of(id, EDITS_AFTER, self.now()).await?;
        Ok(())
    }

    /// Queues messages. Nobody gets the same message twice, whatever roles they hold.
    pub(in crate::desk) async fn post_kept<K: AtDesk>(
        &self,
        tx: &mut Tx,
        case: &KeptCase<K>,
        mail: &[Mail<K::Matter>],
    ) -> Result<(), DeskError> {
        let directory = self.directory();
        let whose = Whose::of_kept(case);
        let mut queued: Vec<(Addressed, &K::Matter)> = Vec::with_capacity(mail.len());
        for Mail { matter, to } in mail {
            for addressed in self.addresses(&directory, &whose, to) {
                let twice = queued
                    .iter()
                    .any(|(earlier, about)| earlier.dest == addressed.dest && *about == matter);
                if !twice {
                    queued.push((addressed, matter));
                }
            }
        }
        let mut messages = Vec::with_capacity(queued.len());
        for (addressed, matter) in queued {
            let kind = K::kind(matter);
            messages.push(NewMessage {
                delivery: delivery_id(),
                kind: kind.as_str().to_owned(),
                subject: Some(case.record.head().id.into()),
                step: String::new(),
                dest: addressed.dest,
                recipient: json(&addressed.to)?,
                payload: json(&K::content(matter.clone()))?,
                priority: i64::from(kind.priority()),
            });
        }
        tx.enqueue(&messages, self.now()).await?;
        Ok(())
    }
}

fn fold<K: Kept>(id: K::Id, events: &[StoredEvent]) -> Result<K, DeskError> {
    let facts = events
        .iter()
        .map(|event| recorded::<K>(id, event))
        .collect::<Result<Vec<_>, _>>()?;
    K::fold(id, facts.iter()).ok_or_else(|| DeskError::Unreadable {
        subject: id.into(),
        why: "its record does not begin as it must".to_owned(),
    })
}

pub(super) fn recorded<K: Kept>(
    id: K::Id,
    event: &StoredEvent,
) -> Result<Recorded<K::Fact>, DeskError> {
    let fact = serde_json::from_value(event.body.clone()).map_err(|_| DeskError::Unreadable {
        subject: id.into(),
        why: format!(
            "entry {} ({}) is not understood by this version",
            event.seq, event.kind
        ),
    })?;
    Ok(Recorded {
        seq: event.seq,
        at: event.at,
        actor: cases::actor(&event.actor),
        on_behalf_of: cases::on_behalf_of(&event.body),
        fact,
    })
}

fn entry<K: Kept>(new: &NewOf<K>) -> Result<NewEvent, StoreError> {
    let recorded = &new.recorded;
    let mut body = json(&recorded.fact)?;
    if let (Some(absent), Value::Object(facts)) = (&recorded.on_behalf_of, &mut body) {
        facts.insert(cases::ON_BEHALF_OF.to_owned(), Value::from(absent.as_str()));
    }
    let kind = body.get("kind").and_then(Value::as_str).unwrap_or_default();
    Ok(NewEvent {
        kind: kind.to_owned(),
        at: recorded.at,
        actor: match &recorded.actor {
            Actor::Lodestar => cases::LODESTAR.to_owned(),
            Actor::Person(user) => user.to_string(),
        },
        texts: new
            .texts
            .iter()
            .map(|(field, text)| {
                let name: &str = (*field).into();
                (name.to_owned(), text.reveal().to_owned())
            })
            .collect(),
        body,
    })
}

fn row<K: Kept>(record: &K) -> Result<RecordRow, StoreError> {
    let head = record.head();
    Ok(RecordRow {
        subject: head.id.into(),
        team: head.team.to_string(),
        protocol: head.protocol.to_string(),
        protocol_hash: head.protocol_hash.to_owned(),
        recorded_by: head.whose.to_string(),
        case_ref: head.case_ref.map(ToString::to_string).unwrap_or_default(),
        day: head.day,
        mark: head.mark.to_owned(),
        open: head.open,
        recorded_at: head.recorded_at,
        updated_at: head.changed_at,
        seq: head.seq,
        state: serde_json::to_string(record)
            .map_err(|error| StoreError::Corrupt(error.to_string()))?,
    })
}
