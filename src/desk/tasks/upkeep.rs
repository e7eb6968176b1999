//! What comes round for a team or for the protocol itself (`W-6.1`, `B-App5` 14): one list each for as long as the directory uses
//! the protocol.

use tracing::{error, warn};

use crate::concern::Actor;
use crate::desk::{Desk, DeskError};
use crate::ids::{TaskListId, TeamId};
use crate::protocol::Keeps;
use crate::protocol::library::Held;
use crate::store::Tx;
use crate::store::concerns::{Find, Which};
use crate::store::records::RecordRow;
use crate::tasks::decide::iro_manager;
use crate::tasks::{Command, Opened, Opening, TaskList};

/// How many lists are read at once.
const PAGE: u32 = 500;

/// A list that should be there.
struct Wanted {
    keeps: Keeps,
    team: TeamId,
    held: Held,
}

impl Wanted {
    fn is(&self, list: &RecordRow) -> bool {
        list.mark == self.keeps.as_str()
            && self.held.protocol.id == *list.protocol
            && (self.keeps == Keeps::Protocol || self.team == *list.team)
    }
}

impl Desk {
    /// Opens the lists of the protocols and teams in use, lets each follow its protocol's present version, and closes those of what
    /// is used no more. To be done once a day. Gives how many were changed.
    ///
    /// # Errors
    /// The store's.
    pub async fn keep_up(&self) -> Result<usize, DeskError> {
        let wanted = self.wanted();
        let mut tx = self.store().begin().await?;
        let kept = self.kept_up(&mut tx).await?;
        let mut changed = 0;
        for wanted in &wanted {
            changed += match kept.iter().find(|list| wanted.is(list)) {
                Some(list) => self.follow_version(&mut tx, wanted, list).await?,
                None => self.begin_upkeep(&mut tx, wanted).await?,
            };
        }
        for list in &kept {
            if !wanted.iter().any(|wanted| wanted.is(list)) {
                changed += self.upkeep_does(&mut tx, list, Command::Close).await?;
            }
        }
        tx.commit().await?;
        if changed > 0 {
            self.tell_courier();
        }
        Ok(changed)
    }

    /// What the directory's teams and their protocols ask to be kept.
    fn wanted(&self) -> Vec<Wanted> {
        let mut wanted: Vec<Wanted> = Vec::new();
        for team in self.directory().teams() {
            let Some(held) = self.protocols().current(&team.protocol) else {
                continue;
            };
            for keeps in [Keeps::Protocol, Keeps::Team] {
                let asks = held.protocol.tasks_of(keeps).next().is_some();
                // The protocol's own is kept once for the council, with the first team that uses it.
                let known = keeps == Keeps::Protocol
                    && wanted.iter().any(|other| {
                        other.keeps == keeps && other.held.protocol.id == held.protocol.id
                    });
                if asks && !known {
                    wanted.push(Wanted {
                        keeps,
                        team: team.id.clone(),
                        held: held.clone(),
                    });
                }
            }
        }
        wanted
    }

    /// The open lists that come round.
    async fn kept_up(&self, tx: &mut Tx) -> Result<Vec<RecordRow>, DeskError> {
        let (mut lists, mut after) = (Vec::new(), 0);
        loop {
            let page = tx.records::<TaskListId>(Find::All, Which::Open, after, PAGE);
            let page = page.await?;
            let Some(last) = page.last() else {
                return Ok(lists);
            };
            after = last.subject.number();
            let round = [Keeps::Protocol.as_str(), Keeps::Team.as_str()];
            lists.extend(
                page.into_iter()
                    .filter(|row| round.contains(&row.mark.as_str())),
            );
        }
    }

    /// Does something to a list. One that cannot be read does not keep the others: it is logged and left.
    async fn upkeep_does(
        &self,
        tx: &mut Tx,
        list: &RecordRow,
        command: Command,
    ) -> Result<usize, DeskError> {
        let id = TaskListId(list.subject.number());
        match self.kept_by_itself::<TaskList>(tx, id, command).await {
            Ok(changed) => Ok(usize::from(changed)),
            Err(DeskError::Unreadable { subject, why }) => {
                error!(%subject, why, "a list of tasks cannot be read and is left as it is");
                Ok(0)
            }
            Err(fault) => Err(fault),
        }
    }

    async fn begin_upkeep(&self, tx: &mut Tx, wanted: &Wanted) -> Result<usize, DeskError> {
        let (held, team) = (&wanted.held, &wanted.team);
        let found = self
            .directory()
            .holders(team, &iro_manager(), &held.protocol);
        let Some(officer) = found.users.first() else {
            warn!(%team, protocol = %held.protocol.id, "nobody manages the IRO service: what comes round is not kept");
            return Ok(0);
        };
        let opening = Opening {
            actor: Actor::Lodestar,
            opened: Opened {
                keeps: wanted.keeps,
                team: team.clone(),
                protocol: held.protocol.id.clone(),
                protocol_hash: held.hash.clone(),
                officer: officer.clone(),
                case_ref: None,
                concern: None,
            },
            guardian: false,
            besides: Vec::new(),
        };
        let opened = self.open_list(tx, held, opening, None).await?;
        Ok(usize::from(opened.is_some()))
    }

    /// A list about the protocol follows the version in force: to look at it again is what it asks.
    async fn follow_version(
        &self,
        tx: &mut Tx,
        wanted: &Wanted,
        list: &RecordRow,
    ) -> Result<usize, DeskError> {
        let held = &wanted.held;
        if list.protocol_hash == held.hash {
            return Ok(0);
        }
        tx.pin_protocol(held.protocol.id.as_str(), &held.hash, &held.source_text)
            .await?;
        let command = Command::Renew {
            protocol_hash: held.hash.clone(),
        };
        self.upkeep_does(tx, list, command).await
    }
}
