//! What happens to a concern or a review, for the lists of tasks that it bears on: in its own unit of work.

use super::TasksCase;
use crate::concern::{Actor, Fact, New};
use crate::desk::{Case, Desk, DeskError};
use crate::ids::{CaseRef, ProtocolId, UserId};
use crate::protocol::{Keeps, TaskOccasion};
use crate::review::Review;
use crate::store::Tx;
use crate::store::concerns::{Find, Which};
use crate::tasks::{Command, Happened, Opened, Opening, TaskList};

impl Desk {
    /// A concern's new facts, written after its entry `before` (0 for a new one).
    pub(in crate::desk) async fn tasks_follow(
        &self,
        tx: &mut Tx,
        case: &Case,
        before: i64,
        facts: &[New],
    ) -> Result<(), DeskError> {
        if case.protocol.beside.tasks.is_empty() {
            return Ok(());
        }
        if before == 0 {
            let opening = opening(case, Keeps::Concern, Vec::new());
            self.begin_list(tx, &case.protocol, opening, None).await?;
            self.dispute_in_proceedings(tx, case).await?;
        }
        for new in facts {
            if let Fact::HandedOver { to, .. } = &new.recorded.fact {
                self.officer_of_case_is(tx, case, to).await?;
            }
        }
        self.concern_moved(tx, case, facts).await
    }

    /// What a concern asks besides its steps follows it: to each step, to whoever has it, and to its end.
    async fn concern_moved(
        &self,
        tx: &mut Tx,
        case: &Case,
        facts: &[New],
    ) -> Result<(), DeskError> {
        let today = self.today();
        let moved = |new: &New| match &new.recorded.fact {
            Fact::StepIssued { visit, .. } if *visit > 1 => Some(Command::Came(Happened {
                concern: Some(case.concern.id),
                ..Happened::on(TaskOccasion::ConcernMoves, today)
            })),
            Fact::HandedOver { to, .. } => Some(Command::OfficerIs(to.clone())),
            _ => None,
        };
        let mut commands: Vec<Command> = facts.iter().filter_map(moved).collect();
        if !case.concern.is_open() {
            commands.push(Command::Close);
        }
        let asks = case.protocol.tasks_of(Keeps::Concern).next().is_some();
        if commands.is_empty() || !asks {
            return Ok(());
        }
        let list = self.list_of_concern(tx, case, Which::Open).await?;
        let Some(list) = list else { return Ok(()) };
        for command in commands {
            self.kept_by_itself::<TaskList>(tx, list.record.id, command)
                .await?;
        }
        Ok(())
    }

    /// A concern is raised on a case in proceedings: the guardian is to hear of it (`W-5.2`). A case is in proceedings where its raiser
    /// says so, whose list is then opened by itself where there is none, and where a list is open.
    async fn dispute_in_proceedings(&self, tx: &mut Tx, case: &Case) -> Result<(), DeskError> {
        let happened = self.dispute(case);
        let raised = &case.concern.raised;
        let lists = self
            .in_proceedings(tx, &case.protocol, &raised.case_ref)
            .await?;
        let own = |list: &&TasksCase| list.record.officer == case.concern.raiser;
        if let Some(list) = lists.iter().find(own).or(lists.first()) {
            let command = Command::Came(happened);
            self.kept_by_itself::<TaskList>(tx, list.record.id, command)
                .await?;
        } else if raised.flags.in_proceedings {
            let opening = opening(case, Keeps::Proceedings, vec![happened]);
            self.begin_list(tx, &case.protocol, opening, None).await?;
        }
        Ok(())
    }

    fn dispute(&self, case: &Case) -> Happened {
        Happened {
            concern: Some(case.concern.id),
            ..Happened::on(TaskOccasion::Dispute, self.today())
        }
    }

    /// The disputes that go on already when the list of a case in proceedings is opened: of its open concerns, those that its officer
    /// may read.
    pub(super) async fn disputes_of(
        &self,
        tx: &mut Tx,
        officer: &UserId,
        protocol: &ProtocolId,
        case_ref: &CaseRef,
    ) -> Result<Vec<Happened>, DeskError> {
        let calendar = self.calendar();
        let mut disputes = Vec::new();
        for case in self.open(tx, Find::Case(case_ref.as_str())).await? {
            let rules = case.rules(&calendar, self.hours())?;
            let standing = self.standing(officer, &case);
            let reads = crate::access::may_read(&rules, &case.concern, &standing);
            if reads && case.protocol.id == *protocol {
                disputes.push(self.dispute(&case));
            }
        }
        Ok(disputes)
    }

    /// Another reviewing officer has the child's case: the list of its proceedings, where the one who had the concern kept it, goes
    /// along.
    async fn officer_of_case_is(
        &self,
        tx: &mut Tx,
        case: &Case,
        to: &UserId,
    ) -> Result<(), DeskError> {
        let before = case.concern.handed_over_by.as_ref();
        let case_ref = &case.concern.raised.case_ref;
        let lists = self.in_proceedings(tx, &case.protocol, case_ref).await?;
        let theirs = |list: &&TasksCase| Some(&list.record.officer) == before;
        for list in lists.iter().filter(theirs) {
            let command = Command::OfficerIs(to.clone());
            self.kept_by_itself::<TaskList>(tx, list.record.id, command)
                .await?;
        }
        Ok(())
    }

    /// A review is recorded: where its case is in proceedings, its record is to go to the guardian (`W-5.6`).
    pub(in crate::desk) async fn reviewed_in_proceedings(
        &self,
        tx: &mut Tx,
        review: &Review,
    ) -> Result<(), DeskError> {
        let held = &review.held;
        let protocol = self
            .protocols()
            .version(tx, &held.protocol_hash, review.id)
            .await?;
        let lists = self.in_proceedings(tx, &protocol, &held.case_ref).await?;
        for list in lists {
            let command = Command::Came(Happened {
                review: Some(review.id),
                ..Happened::on(TaskOccasion::Review, held.review_date)
            });
            self.kept_by_itself::<TaskList>(tx, list.record.id, command)
                .await?;
        }
        Ok(())
    }
}

/// A list that a concern opens, in its raiser's name.
fn opening(case: &Case, keeps: Keeps, besides: Vec<Happened>) -> Opening {
    let concern = &case.concern;
    let raised = &concern.raised;
    Opening {
        actor: Actor::Person(concern.raiser.clone()),
        opened: Opened {
            keeps,
            team: raised.team.clone(),
            protocol: raised.protocol.clone(),
            protocol_hash: raised.protocol_hash.clone(),
            officer: concern.raiser.clone(),
            case_ref: Some(raised.case_ref.clone()),
            concern: (keeps == Keeps::Concern).then_some(concern.id),
        },
        guardian: false,
        besides,
    }
}
