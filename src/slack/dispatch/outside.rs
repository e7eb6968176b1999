//! `/concern cafcass` and `/concern legal`: the raiser's view on a way out of the council, taken beside the ladder.

use super::Bot;
use super::fields::{Fields, When};
use crate::concern::command::Said;
use crate::concern::event::View;
use crate::concern::{Command, FieldFault, OutsideWay, Refusal, decide};
use crate::desk::{Case, DeskError};
use crate::ids::{ConcernId, RoleId, Text, UserId};
use crate::messages::{OutsideForm, SAID, spoken_to};
use crate::slack::payload::{Slash, Submission};
use crate::slack::reply::Reply;

/// Which form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Way {
    /// Cafcass.
    Cafcass,
    /// Advice.
    Legal,
}

impl Way {
    /// The form of a `callback_id`.
    pub(super) fn named(name: &str) -> Option<Self> {
        [Self::Cafcass, Self::Legal]
            .into_iter()
            .find(|way| way.name() == name)
    }

    /// Its `callback_id`, and the word after the command.
    fn name(self) -> &'static str {
        match self {
            Self::Cafcass => "cafcass",
            Self::Legal => "legal",
        }
    }

    fn first(self) -> OutsideWay {
        match self {
            Self::Cafcass => OutsideWay::Cafcass,
            Self::Legal => OutsideWay::LegalAdvice,
        }
    }
}

impl Bot {
    /// Opens the form for the raiser, where their protocol lets their role take this way at this step.
    pub(super) async fn outside_form(
        &self,
        user: &UserId,
        id: ConcernId,
        way: Way,
        slash: &Slash,
    ) -> Reply {
        let case = match self.readable(user, id).await {
            Ok(case) => case,
            Err(fault) => return self.explained(user, id, fault).await,
        };
        let calendar = self.desk.calendar();
        let rules = match case.rules(&calendar, self.desk.hours()) {
            Ok(rules) => rules,
            Err(fault) => return Reply::words(self.trouble(&fault)),
        };
        let concern = &case.concern;
        let standing = self.desk.standing(user, &case);
        let trial = Command::Outside {
            way: way.first(),
            view: View::Now,
            words: Some(Text::from("-")),
            with: Vec::new(),
            with_on: None,
            said: Vec::new(),
        };
        let tried = decide(&rules, concern, Some(&standing), trial, self.desk.now());
        match tried {
            Ok(_) | Err(Refusal::Field { .. }) => {}
            Err(refusal) => {
                let fault = DeskError::Refused(refusal, Some(Box::new(case.clone())));
                return self.explained(user, id, fault).await;
            }
        }
        let form = OutsideForm::new(&rules, concern, way.first(), self.today());
        let view = self.messages.outside_form(way.name(), &form);
        self.open_about(id, view, slash.trigger_id.as_deref()).await
    }

    /// Records the view.
    pub(super) async fn outside_sent(
        &self,
        way: Way,
        sent: &Submission,
        once: Option<String>,
    ) -> Reply {
        let (user, id, case) = match self.sent_about(sent).await {
            Ok(about) => about,
            Err(said) => return said,
        };
        let state = &sent.view.state;
        let mut fields = Fields::of(&self.messages, state, self.today());
        let view = match fields.choice("view").as_deref() {
            Some("now") => Some(View::Now),
            Some("advice") => Some(View::Advice),
            Some("received") => Some(View::Received),
            Some("not_now") => Some(View::NotNow),
            Some(_) => {
                fields.refused("view", FieldFault::Unknown);
                None
            }
            None => None,
        };
        let words = fields.optional_text("grounds");
        if words.is_none() && view.is_some_and(|view| view != View::NotNow) {
            fields.missing("grounds");
        }
        let with: Vec<RoleId> = state
            .options("with")
            .into_iter()
            .map(RoleId::from)
            .collect();
        let said = match self.said(&mut fields, &case, way.first()) {
            Ok(said) => said,
            Err(fault) => return self.not_done(&user, id, fault, sent).await,
        };
        let with_on = if with.is_empty() && said.iter().all(|said| said.on.is_some()) {
            None
        } else {
            fields.date("with_date", When::UpToToday)
        };
        let other = way == Way::Legal && state.text("kind").as_deref() == Some("other");
        let way = if other {
            OutsideWay::OtherAdvice
        } else {
            way.first()
        };
        let command = match view {
            Some(view) if !fields.has_faults() => Command::Outside {
                way,
                view,
                words,
                with,
                with_on,
                said,
            },
            _ => return fields.errors(),
        };
        match self.desk.act(&user, id, command, once.as_deref()).await {
            Ok(_) => Reply::Empty,
            Err(fault) => self.not_done(&user, id, fault, sent).await,
        }
    }

    /// What is put down of what each of those said whom the protocol asks to speak to first.
    fn said(
        &self,
        fields: &mut Fields<'_>,
        case: &Case,
        way: OutsideWay,
    ) -> Result<Vec<Said>, DeskError> {
        let calendar = self.desk.calendar();
        let rules = case.rules(&calendar, self.desk.hours())?;
        let mut all = Vec::new();
        for ((words, day), role) in SAID.into_iter().zip(spoken_to(&rules, way)) {
            let view = fields.optional_text(words);
            let on = fields.optional_date(day, When::UpToToday);
            if view.is_some() || on.is_some() {
                let role = role.clone();
                all.push(Said { role, on, view });
            }
        }
        Ok(all)
    }
}
