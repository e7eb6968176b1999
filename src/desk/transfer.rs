//! Moving a case to another team while a concern about it is open (`B-App1.FREEZE`): who asks is told of what they may read, and of
//! nothing else; the raiser and the manager of the IRO service hear of every such wish.

use super::{Case, Desk, DeskError};
use crate::concern::command::Move;
use crate::concern::{Command, Refusal};
use crate::ids::{CaseRef, TeamId, Text, UserId};
use crate::store::Tx;
use crate::store::concerns::Find;

/// A move that somebody records all the same.
#[derive(Clone, Debug)]
pub struct TransferRequest {
    /// The case.
    pub case_ref: CaseRef,
    /// The team it goes to; `None` where the council's file does not have it.
    pub to: Option<TeamId>,
    /// Who decided it, from the directory.
    pub decided_by: Option<UserId>,
    /// Who decided it, in words.
    pub decided_by_words: Option<Text>,
    /// Why it does not wait.
    pub reason: Text,
}

/// What came of recording a move, with the concerns that the person may read.
#[derive(Clone, Debug)]
pub enum Transferred {
    /// It was recorded on these.
    Recorded(Vec<Case>),
    /// It stands on the record of these already.
    Already(Vec<Case>),
    /// None that they may read is open any more: nothing was recorded.
    NothingOpen,
}

/// An open concern that its case should wait for, and whether the one who asks may read it.
struct Frozen {
    case: Case,
    /// The entry up to which it is in the store, and what fell since.
    before: i64,
    facts: Vec<crate::concern::New>,
    reads: bool,
}

impl Desk {
    /// Somebody asks whether a case may move: gives the open concerns that hold it, of those they may read. That they asked is kept on
    /// every one that holds it, once a day.
    ///
    /// # Errors
    /// The record cannot be read, or the store's.
    pub async fn ask_transfer(
        &self,
        user: &UserId,
        case_ref: &CaseRef,
    ) -> Result<Vec<Case>, DeskError> {
        let began = self.inner.clock.elapsed();
        let mut tx = self.inner.store.begin().await?;
        let mut read = Vec::new();
        for frozen in self.frozen(&mut tx, user, case_ref).await? {
            let Frozen {
                mut case,
                before,
                facts,
                reads,
            } = frozen;
            let standing = self.standing(user, &case);
            let asked = (&standing, Command::AskTransfer);
            self.carry_out(&mut tx, &mut case, (before, facts), asked)
                .await?;
            read.extend(reads.then_some(case));
        }
        self.commit(tx, began).await?;
        Ok(read)
    }

    /// Records that a case moves all the same, on every open concern that holds it. Whoever may read none of them records nothing.
    /// `once` names the very submission.
    ///
    /// # Errors
    /// A refusal at a field, an unknown team, or the store's.
    pub async fn transfer(
        &self,
        user: &UserId,
        request: &TransferRequest,
        once: Option<&str>,
    ) -> Result<Transferred, DeskError> {
        let began = self.inner.clock.elapsed();
        let directory = self.directory();
        let team = match &request.to {
            Some(to) => directory
                .team(to)
                .ok_or_else(|| DeskError::NoTeam(to.clone()))?
                .name
                .clone(),
            None => String::new(),
        };
        let mut tx = self.inner.store.begin().await?;
        let repeated = match once {
            Some(once) => !tx.first_seen(once, self.now()).await?,
            None => false,
        };
        let all = self.frozen(&mut tx, user, &request.case_ref).await?;
        if !all.iter().any(|frozen| frozen.reads) {
            return Ok(Transferred::NothingOpen);
        }
        let (mut recorded, mut already) = (Vec::new(), Vec::new());
        for frozen in all {
            let Frozen {
                mut case,
                before,
                facts,
                reads,
            } = frozen;
            let moved = Command::Transfer(Move {
                to: request.to.clone(),
                team: team.clone(),
                decided_by: request.decided_by.clone(),
                decided_by_words: request.decided_by_words.clone(),
                reason: request.reason.clone(),
            });
            let standing = self.standing(user, &case);
            let done = self
                .carry_out(&mut tx, &mut case, (before, facts), (&standing, moved))
                .await;
            let list = match done {
                Ok(()) => &mut recorded,
                Err(DeskError::Refused(Refusal::DoneAlready, _)) => &mut already,
                Err(fault) => return Err(fault),
            };
            list.extend(reads.then_some(case));
        }
        self.commit(tx, began).await?;
        Ok(match (recorded.is_empty(), repeated) {
            (false, _) => Transferred::Recorded(recorded),
            // The very submission that recorded it, delivered again.
            (true, true) => Transferred::Recorded(already),
            (true, false) => Transferred::Already(already),
        })
    }

    /// The open concerns that a case should wait for by their protocols, each brought up to this moment.
    async fn frozen(
        &self,
        tx: &mut Tx,
        user: &UserId,
        case_ref: &CaseRef,
    ) -> Result<Vec<Frozen>, DeskError> {
        let calendar = self.calendar();
        let mut frozen = Vec::new();
        for case in self.open(tx, Find::Case(case_ref.as_str())).await? {
            if case.protocol.beside.transfer.is_none() {
                continue;
            }
            let before = case.concern.seq;
            let (case, facts) = self.catch_up(case, &calendar)?;
            let rules = case.rules(&calendar, self.inner.hours)?;
            let standing = self.standing(user, &case);
            let reads = crate::access::may_read(&rules, &case.concern, &standing);
            frozen.push(Frozen {
                case,
                before,
                facts,
                reads,
            });
        }
        Ok(frozen)
    }
}
