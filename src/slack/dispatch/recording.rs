//! `/concern record`: the case notes of a concern to copy, and a box for each once it is in the case system.

use serde_json::json;
use tracing::error;

use super::Bot;
use super::fields::Fields;
use crate::concern::decide::notes::needs_outcome;
use crate::concern::readers::raisers_side;
use crate::concern::{Command, Refusal, Who};
use crate::desk::DeskError;
use crate::ids::{ConcernId, UserId};
use crate::messages::{ConcernTexts, Problem};
use crate::slack::modal::meta::About;
use crate::slack::payload::{Slash, Submission};
use crate::slack::reply::Reply;

/// The view's `callback_id`.
pub(super) const CALLBACK: &str = "record";

impl Bot {
    /// Opens the case notes for somebody on the raiser's side.
    pub(super) async fn record(&self, user: &UserId, id: ConcernId, slash: &Slash) -> Reply {
        let look = match self.desk.look(user, id).await {
            Ok(look) => look,
            Err(fault) => return self.explained(user, id, fault).await,
        };
        let calendar = self.desk.calendar();
        let rules = match look.case.rules(&calendar, self.desk.hours()) {
            Ok(rules) => rules,
            Err(fault) => return Reply::words(self.trouble(&fault)),
        };
        let concern = &look.case.concern;
        if !raisers_side(&rules, concern, &look.standing) {
            let refusal = Refusal::NotYours {
                who: Who::RaiserOrIroManager,
            };
            let fault = DeskError::Refused(refusal, Some(Box::new(look.case.clone())));
            return self.explained(user, id, fault).await;
        }
        let texts = look.texts.map(ConcernTexts::from);
        let directory = self.desk.directory();
        let setting = self.setting(&rules, concern, &directory);
        match self
            .messages
            .record(&setting, &look.history, texts.as_ref())
        {
            Ok(mut view) => {
                let about = About {
                    concern: id.to_string(),
                    ..About::default()
                };
                view["private_metadata"] = json!(about.kept());
                self.open(slash.trigger_id.as_deref(), &view).await
            }
            Err(broken) => {
                error!(%broken, "case notes could not be shown");
                self.problem(&Problem::Broken)
            }
        }
    }

    /// Records the notes that were ticked.
    pub(super) async fn notes_sent(&self, sent: &Submission, once: Option<String>) -> Reply {
        let (user, id, case) = match self.sent_about(sent).await {
            Ok(about) => about,
            Err(said) => return said,
        };
        let mut fields = Fields::of(&self.messages, &sent.view.state, self.today());
        let ticked = sent.view.state.options("pasted");
        if ticked.is_empty() {
            fields.missing("pasted");
        }
        let mut notes = Vec::with_capacity(ticked.len());
        for number in ticked.iter().filter_map(|tick| tick.parse::<u32>().ok()) {
            let block = format!("outcome_{number}");
            let outcome = fields.optional_text(&block);
            let lacks = case
                .concern
                .visit_numbered(number)
                .is_some_and(|visit| visit.note_pasted.is_none() && needs_outcome(visit));
            if lacks && outcome.is_none() {
                fields.missing(&block);
            }
            notes.push((number, outcome));
        }
        if fields.has_faults() {
            return fields.errors();
        }
        let command = Command::NotesPasted { notes };
        match self.desk.act(&user, id, command, once.as_deref()).await {
            Ok(_) => Reply::Empty,
            Err(fault) => self.not_done(&user, id, fault, sent).await,
        }
    }
}
