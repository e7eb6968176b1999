//! `/concern transfer`: whether a case may move to another team, and what is recorded where it moves all the same.

use serde::{Deserialize, Serialize};
use serde_json::json;
use tracing::error;

use super::fields::Fields;
use super::typed::reference;
use super::{Bot, holders};
use crate::desk::{Case, DeskError, TransferRequest, Transferred};
use crate::ids::{CaseRef, TeamId, UserId};
use crate::messages::{
    ANOTHER_TEAM, Choice, Choices, Frozen, Problem, Told, TransferForm, TransferTold,
};
use crate::slack::payload::{Slash, Submission};
use crate::slack::reply::Reply;

/// The form's `callback_id`.
pub(super) const CALLBACK: &str = "transfer";
/// What the option for a team that the council's file does not have says.
const ANOTHER_TEAM_WORDS: &str = "Another team, not in this list";

/// The `private_metadata` of the form.
#[derive(Serialize, Deserialize)]
struct AboutCase {
    case: String,
}

impl Bot {
    /// The command: the warning with its form where a concern that they may read holds the case, else that none does.
    pub(super) async fn asks_transfer(&self, user: &UserId, rest: &str, slash: &Slash) -> Reply {
        if rest.is_empty() {
            return self.problem(&Problem::NeedsCase);
        }
        let case_ref = match self.case_to_move(user, rest).await {
            Ok(case_ref) => case_ref,
            Err(reply) => return reply,
        };
        let frozen = match self.desk.ask_transfer(user, &case_ref).await {
            Ok(frozen) => frozen,
            Err(fault) => return Reply::words(self.trouble(&fault)),
        };
        if frozen.is_empty() {
            let case_ref = case_ref.to_string();
            return self.tells(&Told::NotFrozen { case_ref });
        }
        let form = self.transfer_form(&case_ref, &frozen);
        match self.messages.transfer_form(&form) {
            Ok(mut view) => {
                let about = AboutCase {
                    case: case_ref.to_string(),
                };
                view["private_metadata"] = json!(serde_json::to_string(&about).unwrap_or_default());
                self.open(slash.trigger_id.as_deref(), &view).await
            }
            Err(broken) => {
                error!(%broken, "a form could not be built");
                self.problem(&Problem::Broken)
            }
        }
    }

    /// The case that was typed, or the one that a concern they may read is about.
    async fn case_to_move(&self, user: &UserId, typed: &str) -> Result<CaseRef, Reply> {
        if let Some(case_ref) = self.case_ref.read(typed) {
            return Ok(case_ref);
        }
        if let Some((id, _)) = reference(typed) {
            return match self.readable(user, id).await {
                Ok(case) => Ok(case.concern.raised.case_ref),
                Err(fault) => Err(self.explained(user, id, fault).await),
            };
        }
        let case_system = self.case_system.as_deref().unwrap_or("the case system");
        Err(self.problem(&Problem::CaseRef { case_system }))
    }

    fn transfer_form(&self, case_ref: &CaseRef, frozen: &[Case]) -> TransferForm {
        let calendar = self.desk.calendar();
        let directory = self.desk.directory();
        let warned = frozen.iter().filter_map(|case| {
            let rules = case.rules(&calendar, self.desk.hours()).ok()?;
            let team = &case.concern.raised.team;
            Frozen::new(&rules, &case.concern, |role| {
                holders(&directory, team, std::slice::from_ref(role), &rules)
            })
        });
        let teams = directory.teams().iter();
        let mut choices: Vec<Choice> = teams
            .map(|team| Choice::new(team.id.as_str(), &team.name))
            .collect();
        choices.push(Choice::new(ANOTHER_TEAM, ANOTHER_TEAM_WORDS));
        TransferForm {
            case_ref: case_ref.to_string(),
            frozen: warned.collect(),
            teams: vec![Choices::list(choices)],
        }
    }

    /// Records that the case moves all the same.
    pub(super) async fn transfer_sent(&self, sent: &Submission, once: Option<String>) -> Reply {
        let about: Option<AboutCase> = serde_json::from_str(&sent.view.private_metadata).ok();
        let Some(case_ref) = about.and_then(|about| self.case_ref.read(&about.case)) else {
            return self.tells(&Told::Unknown);
        };
        let user = UserId::from(sent.user_id.as_str());
        let mut fields = Fields::of(&self.messages, &sent.view.state, self.today());
        let to = fields.choice("to_team");
        let decided_by = fields.optional_person("decided_by");
        let decided_by_words = fields.optional_text("decided_by_words");
        if decided_by.is_none() && decided_by_words.is_none() {
            fields.missing("decided_by");
        }
        let reason = fields.text("reason");
        let (Some(to), Some(reason), false) = (to, reason, fields.has_faults()) else {
            return fields.errors();
        };
        let request = TransferRequest {
            case_ref,
            to: (to != ANOTHER_TEAM).then(|| TeamId::from(to)),
            decided_by,
            decided_by_words,
            reason,
        };
        let done = self.desk.transfer(&user, &request, once.as_deref()).await;
        let case_ref = request.case_ref.as_str();
        let ids = |cases: Vec<Case>| cases.into_iter().map(|case| case.concern.id);
        let told = match done {
            Ok(Transferred::Recorded(on)) => TransferTold::of("recorded", case_ref, ids(on)),
            Ok(Transferred::Already(on)) => TransferTold::of("already", case_ref, ids(on)),
            Ok(Transferred::NothingOpen) => TransferTold::of("nothing", case_ref, ids(Vec::new())),
            Err(DeskError::NoTeam(_)) => {
                return Reply::error("to_team", self.messages.problem(&Problem::NoTeam));
            }
            Err(fault) => return self.trouble_with(sent, &fault),
        };
        match self.messages.transfer_told(&told) {
            Ok(view) => Reply::Update(view),
            Err(broken) => {
                error!(%broken, "what was recorded could not be said");
                self.problem(&Problem::Broken)
            }
        }
    }
}
