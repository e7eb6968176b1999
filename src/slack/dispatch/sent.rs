//! Forms that were sent: every fault at its field at once, then the desk.

use super::click::is_behind;
use super::fields::{Fields, When};
use super::informing::Informing;
use super::tasking::{self, TasksAction};
use super::{Bot, calling, outside, recording, transferring};
use crate::concern::command::{MeetingHeld, ToMeet};
use crate::concern::decide::meeting::MOST_ATTENDEES;
use crate::concern::follow::Progress;
use crate::concern::meeting::Outcome;
use crate::concern::{Answering, Command, Concern, FieldFault, Position, Refusal, Rules};
use crate::desk::{Case, DeskError, Done};
use crate::ids::{ConcernId, RoleId, StepId, Text, UserId};
use crate::messages::{Refused, Told};
use crate::slack::modal::acts::{Action, needs_item};
use crate::slack::modal::meta::About;
use crate::slack::modal::notice::{self, NoticeAction};
use crate::slack::modal::raise;
use crate::slack::modal::review::{self, ReviewAction};
use crate::slack::payload::{State, Submission};
use crate::slack::reply::Reply;

impl Bot {
    /// Who sent a form about a concern that they may read, and which.
    ///
    /// # Errors
    /// What they are told where it is about none, or they may not.
    pub(super) async fn sent_about(
        &self,
        sent: &Submission,
    ) -> Result<(UserId, ConcernId, Case), Reply> {
        let about = About::read(&sent.view.private_metadata);
        let Some(id) = about.and_then(|about| about.id()) else {
            return Err(self.tells(&Told::Unknown));
        };
        let user = UserId::from(sent.user_id.as_str());
        match self.readable(&user, id).await {
            Ok(case) => Ok((user, id, case)),
            Err(fault) => Err(self.not_done(&user, id, fault, sent).await),
        }
    }

    /// A form was sent.
    pub(super) async fn sent(&self, sent: &Submission, once: Option<String>) -> Reply {
        if sent.view.callback_id == raise::CALLBACK {
            return self.raise_sent(sent, once).await;
        }
        if sent.view.callback_id == review::RECORD {
            return self.record_sent(sent, once).await;
        }
        if let Some(action) = ReviewAction::named(&sent.view.callback_id) {
            return self.review_sent(action, sent, once).await;
        }
        if sent.view.callback_id == tasking::PROCEEDINGS {
            return self.proceedings_sent(sent, once).await;
        }
        if let Some(action) = TasksAction::named(&sent.view.callback_id) {
            return self.tasks_sent(action, sent, once).await;
        }
        if sent.view.callback_id == recording::CALLBACK {
            return self.notes_sent(sent, once).await;
        }
        if sent.view.callback_id == calling::CALLBACK {
            return self.call_sent(sent, once).await;
        }
        if let Some(form) = Informing::named(&sent.view.callback_id) {
            return self.informing_sent(form, sent, once).await;
        }
        if sent.view.callback_id == transferring::CALLBACK {
            return self.transfer_sent(sent, once).await;
        }
        if let Some(way) = outside::Way::named(&sent.view.callback_id) {
            return self.outside_sent(way, sent, once).await;
        }
        if let Some(sort) = notice::sort_of(&sent.view.callback_id) {
            return self.notice_form_sent(sort, sent, once).await;
        }
        if let Some(action) = NoticeAction::named(&sent.view.callback_id) {
            return self.notice_sent(action, sent, once).await;
        }
        let action = Action::named(&sent.view.callback_id);
        let about = About::read(&sent.view.private_metadata);
        let known = about.and_then(|about| Some((about.id()?, about.visit)));
        let (Some(action), Some((id, visit))) = (action, known) else {
            return self.tells(&Told::Unknown);
        };
        let user = UserId::from(sent.user_id.as_str());
        let case = match self.open_to(&user, id, (action, visit)).await {
            Ok(case) => case,
            Err(fault) => return self.not_done(&user, id, fault, sent).await,
        };
        let calendar = self.desk.calendar();
        let rules = match case.rules(&calendar, self.desk.hours()) {
            Ok(rules) => rules,
            Err(fault) => return self.not_done(&user, id, fault, sent).await,
        };
        if action.is_of_its_visit() && is_behind(&case.concern, visit) {
            return self.came_late(id, case.clone(), once).await;
        }
        let mut fields = Fields::of(&self.messages, &sent.view.state, self.today());
        let command = self.read(action, visit, &mut fields, sent, (&rules, &case.concern));
        if let Some(Command::CallMeeting { asked, .. }) = &command {
            self.may_be_asked(&mut fields, asked).await;
        }
        let command = match command {
            Some(command) if !fields.has_faults() => command,
            _ => return fields.errors(),
        };
        match self.desk.act(&user, id, command, once.as_deref()).await {
            Ok(done) => self.closed_or_told(&done, &user, visit),
            Err(fault) => self.not_done(&user, id, fault, sent).await,
        }
    }

    /// Nobody from outside the council gets a message for being named to a meeting.
    async fn may_be_asked(&self, fields: &mut Fields<'_>, asked: &ToMeet) {
        let directory = self.desk.directory();
        let chair = asked.chair.iter().map(|user| ("chair", user));
        let others = asked.attendees.iter().take(MOST_ATTENDEES);
        for (block, user) in chair.chain(others.map(|user| ("attendees", user))) {
            if let Some(why) = self.cannot_be_addressed(&directory, user).await {
                fields.fault(block, why);
            }
        }
    }

    /// The form closes; an answer that came after its time is told so.
    fn closed_or_told(&self, done: &Done, user: &UserId, visit: Option<u32>) -> Reply {
        let concern = &done.case.concern;
        let late = visit
            .and_then(|visit| concern.visit_numbered(visit))
            .and_then(|visit| visit.late_answers.last())
            .is_some_and(|answer| &answer.by == user && answer.at == concern.changed_at);
        if !late || done.repeated {
            return Reply::Empty;
        }
        let view = self.messages.kept_as_late(&concern.id.to_string());
        view.map_or(Reply::Empty, Reply::Update)
    }

    /// A form about a visit that has ended meanwhile. Where this very form was done before, it closes.
    async fn came_late(&self, id: ConcernId, case: Case, once: Option<String>) -> Reply {
        if let Some(once) = once {
            match self.was_done(&once).await {
                Ok(true) => return Reply::Empty,
                Ok(false) => {}
                Err(fault) => return Reply::words(self.trouble(&fault)),
            }
        }
        self.refresh(id).await;
        self.refused_as_it_stands(&Refusal::OutOfDate, &case)
    }

    /// Whether a payload has been acted on. Asks by marking it, and takes the mark back.
    async fn was_done(&self, once: &str) -> Result<bool, DeskError> {
        let mut tx = self.desk.store().begin().await?;
        let first = tx.first_seen(once, self.desk.now()).await?;
        tx.rollback().await?;
        Ok(!first)
    }

    /// What the desk did not do: at its field; in the form's place where nothing can be mended in it; and at the form's first input
    /// where it may be sent again, so that what was typed stays.
    pub(super) async fn not_done(
        &self,
        user: &UserId,
        id: ConcernId,
        fault: DeskError,
        sent: &Submission,
    ) -> Reply {
        match fault {
            DeskError::Refused(refusal @ Refusal::Field { block, .. }, case) => {
                let words = match case {
                    Some(case) => self.refused(&refusal, &case),
                    None => self.messages.refusal(&refusal, &Refused::default()),
                };
                Reply::error(block, words)
            }
            fault @ (DeskError::Refused(..) | DeskError::NotFound | DeskError::NoTeam(_)) => {
                self.explained(user, id, fault).await
            }
            fault => self.trouble_with(sent, &fault),
        }
    }

    /// Reads a form, noting every fault. `None` where something required is missing or cannot be.
    #[expect(
        clippy::too_many_lines,
        reason = "one arm an action: whole, it is plain that none is left out"
    )]
    fn read(
        &self,
        action: Action,
        visit: Option<u32>,
        fields: &mut Fields<'_>,
        sent: &Submission,
        (rules, concern): (&Rules<'_>, &Concern),
    ) -> Option<Command> {
        match action {
            Action::Accept | Action::Reject | Action::Respond | Action::Decide => {
                read_answer(action, fields).map(|answer| Command::Answer { visit, answer })
            }
            Action::Extend => {
                let until = fields.date("until", When::FromToday);
                let item = fields.optional_text("item");
                if item.is_none() && needs_item(rules, concern) {
                    fields.missing("item");
                }
                let reason = fields.text("reason");
                Some(Command::Extend {
                    until: until?,
                    reason: reason?,
                    item,
                })
            }
            Action::Report => read_report(visit, fields),
            Action::CallMeeting | Action::NoMeeting | Action::RecordMeeting => {
                read_meeting(action, visit, fields, &sent.view.state)
            }
            Action::Hold | Action::MoreTime | Action::SetTime => {
                let until = fields.date("until", When::FromToday);
                let reason = fields.text("reason");
                let (until, reason) = (until?, reason?);
                Some(match action {
                    Action::Hold => Command::Hold { until, reason },
                    Action::SetTime => Command::SetTime { until, reason },
                    _ => Command::MoreTime { until, reason },
                })
            }
            Action::ReviewDate => {
                let until = fields.date("until", When::FromToday);
                let reason = fields.optional_text("reason");
                Some(Command::ReviewDate {
                    until: until?,
                    reason,
                })
            }
            Action::Escalate => {
                let reason = fields.optional_text("reason");
                if reason.is_none() && action.needs_reason(rules, concern) {
                    fields.missing("reason");
                }
                Some(Command::Escalate { reason })
            }
            Action::DeclineGate => {
                let on = fields.optional_date("spoke_on", When::UpToToday);
                let reason = fields.text("reason")?;
                Some(Command::DeclineGate { visit, on, reason })
            }
            Action::DiscussGate => {
                let on = fields.date("spoke_on", When::UpToToday);
                let view = fields.text("reason");
                let (on, view) = (on?, view?);
                Some(Command::DiscussGate { visit, on, view })
            }
            Action::RecordDiscussion => {
                let with = sent.view.state.options("with");
                let on = fields.date("spoke_on", When::UpToToday);
                let view = fields.text("reason");
                Some(Command::RecordDiscussion {
                    with: with.into_iter().map(RoleId::from).collect(),
                    on: on?,
                    view: view?,
                })
            }
            Action::Redirect => {
                let redirect = fields.choice("redirect");
                let reason = fields.text("reason");
                Some(Command::Redirect {
                    redirect: redirect?,
                    reason: reason?,
                })
            }
            Action::ExplainLate => {
                let reason = fields.text("reason")?;
                Some(Command::ExplainLate { reason })
            }
            Action::NoCall => {
                let reason = fields.text("reason")?;
                Some(Command::NoCall { reason })
            }
            Action::GiveInput => {
                let mediation = fields.optional_text("mediation_outcome");
                let input = fields.text("reason")?;
                Some(Command::GiveInput {
                    visit,
                    input,
                    mediation,
                })
            }
            Action::GiveView => {
                let on = fields.optional_date("spoke_on", When::UpToToday);
                let view = fields.text("reason")?;
                Some(Command::GiveView { on, view })
            }
            Action::Withdraw => {
                let reason = fields.text("reason")?;
                Some(Command::Withdraw { reason })
            }
            Action::Note => {
                let note = fields.text("reason")?;
                Some(Command::Note { note })
            }
            Action::Position => {
                let position = match fields.choice("position").as_deref() {
                    Some("resolved") => Some(Position::Resolved),
                    Some("maintained") => Some(Position::Maintained),
                    Some("referred") => Some(Position::Referred),
                    Some(_) => {
                        fields.refused("position", FieldFault::Unknown);
                        None
                    }
                    None => None,
                };
                let reason = fields.optional_text("reason");
                Some(Command::Position {
                    position: position?,
                    reason,
                })
            }
            Action::Bypass => self.read_bypass(fields, sent, rules, concern),
        }
    }

    fn read_bypass(
        &self,
        fields: &mut Fields<'_>,
        sent: &Submission,
        rules: &Rules<'_>,
        concern: &Concern,
    ) -> Option<Command> {
        let to = fields.choice("to_step").map(StepId::from);
        let reason = fields.text("reason");
        let state = &sent.view.state;
        // Chosen from the list, or told in words by somebody whom Slack does not know.
        let with = state.user("with").map(UserId::from);
        let with_words: Option<Text> = match with {
            Some(_) => None,
            None => fields.optional_text("with"),
        };
        let said = fields.optional_text("said");
        let with_on = fields.optional_date("with_date", When::UpToToday);
        let with_roles = with.as_ref().map_or_else(Default::default, |user| {
            let directory = self.desk.directory();
            directory.roles_of(&concern.raised.team, user, rules.protocol)
        });
        Some(Command::Bypass {
            to: to?,
            reason: reason?,
            with,
            with_roles,
            with_words,
            with_on,
            said,
        })
    }
}

/// Reads what is said of what was directed.
fn read_report(visit: Option<u32>, fields: &mut Fields<'_>) -> Option<Command> {
    let progress = match fields.choice("progress").as_deref() {
        Some("done") => Some(Progress::Done),
        Some("not_done") => Some(Progress::NotDone),
        Some("more_time") => Some(Progress::MoreTime),
        Some(_) => {
            fields.refused("progress", FieldFault::Unknown);
            None
        }
        None => None,
    };
    let later = progress == Some(Progress::MoreTime);
    let until = later
        .then(|| fields.date("until", When::FromToday))
        .flatten();
    let account = fields.optional_text("reason");
    if account.is_none() && progress.is_some_and(|progress| progress != Progress::Done) {
        fields.missing("reason");
    }
    Some(Command::Report {
        visit,
        progress: progress?,
        until,
        account,
    })
}

/// Reads what is set or told of a meeting.
fn read_meeting(
    action: Action,
    visit: Option<u32>,
    fields: &mut Fields<'_>,
    state: &State,
) -> Option<Command> {
    let what = state.text("what");
    match action {
        Action::CallMeeting => {
            let on = fields.date("meeting_date", When::FromToday);
            let chair = fields.optional_person("chair");
            let attendees = state.options("attendees");
            let arrangements = fields.optional_text("arrangements");
            let asked = ToMeet {
                what,
                on: on?,
                chair,
                attendees: attendees.into_iter().map(UserId::from).collect(),
                arrangements,
            };
            Some(Command::CallMeeting { visit, asked })
        }
        Action::NoMeeting => {
            let reason = fields.text("reason")?;
            Some(Command::NoMeeting { visit, reason })
        }
        _ => {
            let on = fields.date("meeting_date", When::UpToToday);
            let outcome = match fields.choice("meeting_outcome").as_deref() {
                Some("agreed") => Some(Outcome::Agreed),
                Some("not_agreed") => Some(Outcome::NotAgreed),
                Some(_) => {
                    fields.refused("meeting_outcome", FieldFault::Unknown);
                    None
                }
                None => None,
            };
            let account = fields.text("account");
            let target = fields.optional_date("target_date", When::FromToday);
            let mediation = state
                .options("mediation")
                .iter()
                .any(|ticked| ticked == "mediation");
            let held = MeetingHeld {
                what,
                on: on?,
                outcome: outcome?,
                mediation,
                account: account?,
                target,
            };
            Some(Command::RecordMeeting { visit, held })
        }
    }
}

/// Reads an addressee's answer. `None` where something required is missing or cannot be.
fn read_answer(action: Action, fields: &mut Fields<'_>) -> Option<Answering> {
    match action {
        Action::Accept => {
            let plan = fields.text("plan");
            let target = fields.date("target_date", When::FromToday);
            plan.zip(target)
                .map(|(plan, target)| Answering::Accept { plan, target })
        }
        Action::Reject => fields
            .text("rationale")
            .map(|rationale| Answering::Reject { rationale }),
        Action::Respond => {
            let response = fields.text("response");
            let target = fields.optional_date("target_date", When::FromToday);
            response.map(|response| Answering::Respond { response, target })
        }
        Action::Decide => {
            let decision = fields.text("decision");
            let rationale = fields.text("rationale");
            let target = fields.optional_date("target_date", When::FromToday);
            decision
                .zip(rationale)
                .map(|(decision, rationale)| Answering::Decide {
                    decision,
                    rationale,
                    target,
                })
        }
        _ => None,
    }
}
