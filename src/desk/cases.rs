//! A concern with the protocol it was raised under.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use serde_json::Value;

use super::{Desk, DeskError};
use crate::calendar::Calendar;
use crate::concern::{Actor, Concern, Fact, Hours, Recorded, Rules};
use crate::ids::{ConcernId, ProtocolId, RouteId, Subject, UserId};
use crate::protocol::Protocol;
use crate::protocol::library::{Held, Library, read_pinned};
use crate::store::Tx;
use crate::store::concerns::ConcernRow;
use crate::store::events::StoredEvent;

/// A concern with the protocol it was raised under: everything but its texts.
#[derive(Clone, Debug)]
pub struct Case {
    /// The concern.
    pub concern: Concern,
    /// Its protocol.
    pub protocol: Arc<Protocol>,
}

impl Case {
    /// The rules it is decided under.
    ///
    /// # Errors
    /// Its route is not in its protocol.
    pub fn rules<'a>(
        &'a self,
        calendar: &'a Calendar,
        hours: Hours,
    ) -> Result<Rules<'a>, DeskError> {
        rules(
            &self.protocol,
            &self.concern.raised.route,
            calendar,
            hours,
            self.concern.id,
        )
    }
}

/// The rules of a route of a protocol.
pub(super) fn rules<'a>(
    protocol: &'a Protocol,
    route: &RouteId,
    calendar: &'a Calendar,
    hours: Hours,
    subject: impl Into<Subject>,
) -> Result<Rules<'a>, DeskError> {
    let route = protocol.route(route).ok_or_else(|| DeskError::Unreadable {
        subject: subject.into(),
        why: format!("the protocol {} has no route {route}", protocol.id),
    })?;
    Ok(Rules {
        protocol,
        route,
        calendar,
        hours,
    })
}

/// The protocols in force, and every version that a concern was raised under.
#[derive(Debug)]
pub struct Protocols {
    library: Library,
    pinned: RwLock<HashMap<String, Arc<Protocol>>>,
}

impl Protocols {
    /// The protocols of a library.
    #[must_use]
    pub fn new(library: Library) -> Self {
        let pinned = library
            .iter()
            .map(|held| (held.hash.clone(), Arc::clone(&held.protocol)))
            .collect();
        Self {
            library,
            pinned: RwLock::new(pinned),
        }
    }

    /// The protocols in force.
    #[must_use]
    pub fn library(&self) -> &Library {
        &self.library
    }

    /// The protocol in force under this id.
    #[must_use]
    pub fn current(&self, id: &ProtocolId) -> Option<&Held> {
        self.library.get(id)
    }

    /// The version with this hash: from memory, or from the store's copy.
    pub(super) async fn version(
        &self,
        tx: &mut Tx,
        hash: &str,
        subject: impl Into<Subject>,
    ) -> Result<Arc<Protocol>, DeskError> {
        if let Some(protocol) = self
            .pinned
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .get(hash)
        {
            return Ok(Arc::clone(protocol));
        }
        let subject = subject.into();
        let unreadable = |why: &str| DeskError::Unreadable {
            subject,
            why: why.to_owned(),
        };
        let kept = tx
            .protocol(hash)
            .await?
            .ok_or_else(|| unreadable("its protocol's text is not in the store"))?;
        let protocol = read_pinned(&kept.source)
            .map_err(|_| unreadable("its protocol's text is not understood by this version"))?;
        let protocol = Arc::new(protocol);
        self.pinned
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(hash.to_owned(), Arc::clone(&protocol));
        Ok(protocol)
    }

    /// Every version that open concerns were raised under.
    ///
    /// # Errors
    /// A kept text that this version does not understand, or the store's.
    pub async fn in_use(&self, tx: &mut Tx) -> Result<Vec<Arc<Protocol>>, DeskError> {
        let mut used = Vec::new();
        for kept in tx.protocols_in_use().await? {
            used.push(self.version(tx, &kept.hash, ConcernId(0)).await?);
        }
        Ok(used)
    }
}

impl Desk {
    /// Loads a concern: its kept state, or where that is behind, its record folded anew. `None` where there is no such concern.
    pub(super) async fn load(&self, tx: &mut Tx, id: ConcernId) -> Result<Option<Case>, DeskError> {
        match tx.concern(id.0).await? {
            Some(row) => self.case_of(tx, &row).await.map(Some),
            None => Ok(None),
        }
    }

    /// The concern of a row.
    pub(super) async fn case_of(&self, tx: &mut Tx, row: &ConcernRow) -> Result<Case, DeskError> {
        let id = ConcernId(row.number);
        let kept = serde_json::from_str::<Concern>(&row.state)
            .ok()
            .filter(|concern| concern.seq == row.seq && concern.id == id);
        let concern = match kept {
            Some(concern) => concern,
            None => fold(id, &tx.load(id.0, 0).await?)?,
        };
        let protocol = self
            .protocols()
            .version(tx, &concern.raised.protocol_hash, id)
            .await?;
        Ok(Case { concern, protocol })
    }
}

/// A concern from its record.
pub(super) fn fold(id: ConcernId, events: &[StoredEvent]) -> Result<Concern, DeskError> {
    let facts = events
        .iter()
        .map(|event| recorded(id, event))
        .collect::<Result<Vec<_>, _>>()?;
    Concern::fold(id, facts.iter()).ok_or_else(|| DeskError::Unreadable {
        subject: id.into(),
        why: "its record does not begin with its raising".to_owned(),
    })
}

/// A stored entry as a fact.
pub(super) fn recorded(id: ConcernId, event: &StoredEvent) -> Result<Recorded, DeskError> {
    let fact: Fact =
        serde_json::from_value(event.body.clone()).map_err(|_| DeskError::Unreadable {
            subject: id.into(),
            why: format!(
                "entry {} ({}) is not understood by this version",
                event.seq, event.kind
            ),
        })?;
    Ok(Recorded {
        seq: event.seq,
        at: event.at,
        actor: actor(&event.actor),
        on_behalf_of: on_behalf_of(&event.body),
        fact,
    })
}

/// Where an entry's facts say for whom it was done.
pub(super) const ON_BEHALF_OF: &str = "on_behalf_of";

/// For whom an entry was made, where its facts say so.
pub(super) fn on_behalf_of(facts: &Value) -> Option<UserId> {
    facts
        .get(ON_BEHALF_OF)
        .and_then(Value::as_str)
        .map(UserId::from)
}

/// The name under which the program's own entries are kept.
pub(super) const LODESTAR: &str = "lodestar";

pub(super) fn actor(kept: &str) -> Actor {
    if kept == LODESTAR {
        Actor::Lodestar
    } else {
        Actor::Person(UserId::from(kept))
    }
}
