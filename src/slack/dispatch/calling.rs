//! `/concern call`: a telephone call about a concern is logged, beside the escalation.

use std::collections::BTreeSet;

use chrono::NaiveTime;

use super::Bot;
use super::fields::{Fields, When};
use crate::concern::{Command, Concern, FieldFault, Rules};
use crate::ids::{ConcernId, UserId};
use crate::messages::CallForm;
use crate::slack::payload::Submission;
use crate::slack::reply::Reply;

/// The form's `callback_id`, and the button that opens it.
pub(super) const CALLBACK: &str = "call";

impl Bot {
    /// Opens the form for somebody on the raiser's side.
    pub(super) async fn call_form(
        &self,
        user: &UserId,
        id: ConcernId,
        trigger: Option<&str>,
    ) -> Reply {
        let build = |rules: &Rules<'_>, concern: &Concern| {
            let form = CallForm::new(rules, concern, self.desk.now());
            Ok(self.messages.call_form(&form))
        };
        self.opens_on_raisers_side(user, id, trigger, build).await
    }

    /// Logs the call.
    pub(super) async fn call_sent(&self, sent: &Submission, once: Option<String>) -> Reply {
        let (user, id, case) = match self.sent_about(sent).await {
            Ok(about) => about,
            Err(said) => return said,
        };
        let state = &sent.view.state;
        let mut fields = Fields::of(&self.messages, state, self.today());
        let with = state.user("with").map(UserId::from);
        let with_words = fields.optional_text("with_words");
        if with.is_none() && with_words.is_none() {
            fields.missing("with");
        }
        let day = fields.date("called_on", When::UpToToday);
        let time = fields
            .choice("called_at")
            .and_then(|time| NaiveTime::parse_from_str(&time, "%H:%M").ok());
        if time.is_none() {
            fields.missing("called_at");
        }
        let reached = match fields.choice("reached").as_deref() {
            Some("yes") => Some(true),
            Some("no") => Some(false),
            Some(_) => {
                fields.refused("reached", FieldFault::Unknown);
                None
            }
            None => None,
        };
        let agreed = fields.optional_text("agreed");
        if agreed.is_none() && reached == Some(true) {
            fields.missing("agreed");
        }
        let on = day
            .zip(time)
            .map(|(day, time)| self.desk.calendar().at(day, time));
        if on.is_some_and(|on| on > self.desk.now()) {
            fields.refused("called_at", FieldFault::Future);
        }
        let (Some(on), Some(reached), false) = (on, reached, fields.has_faults()) else {
            return fields.errors();
        };
        let directory = self.desk.directory();
        let team = &case.concern.raised.team;
        let with_roles = with.as_ref().map_or_else(BTreeSet::new, |with| {
            directory.roles_of(team, with, &case.protocol)
        });
        let command = Command::Call {
            with,
            with_roles,
            with_words,
            on,
            reached,
            agreed,
        };
        match self.desk.act(&user, id, command, once.as_deref()).await {
            Ok(_) => Reply::Empty,
            Err(fault) => self.not_done(&user, id, fault, sent).await,
        }
    }
}
