//! `/concern inform`, `/concern response` and `/concern copy`: somebody outside the line is told, what they say is recorded, and somebody
//! is copied by name.

use super::Bot;
use super::fields::{Fields, When};
use super::opening::Instead;
use crate::concern::command::ToInform;
use crate::concern::decide::partner::offered;
use crate::concern::{Command, Concern, FieldFault, Refusal, Rules};
use crate::desk::Case;
use crate::ids::{ConcernId, UserId};
use crate::messages::{InformForm, Problem, Reply as Said, ResponseForm, Told};
use crate::slack::payload::{Submission, mentioned_user};
use crate::slack::reply::Reply;

/// Which form; its name is the form's `callback_id`, the button's `action_id` and the word after the command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Informing {
    /// Somebody is told.
    Inform,
    /// What came of an invitation is recorded.
    Response,
}

impl Informing {
    pub(super) fn named(name: &str) -> Option<Self> {
        match name {
            "inform" => Some(Self::Inform),
            "response" => Some(Self::Response),
            _ => None,
        }
    }
}

impl Bot {
    /// Opens a form for somebody on the raiser's side.
    pub(super) async fn informing_form(
        &self,
        form: Informing,
        user: &UserId,
        id: ConcernId,
        trigger: Option<&str>,
    ) -> Reply {
        let today = self.today();
        let build = |rules: &Rules<'_>, concern: &Concern| match form {
            Informing::Inform if !concern.is_open() => Err(Instead::Refused(Refusal::Closed)),
            Informing::Inform => {
                let form = InformForm::new(rules, concern, today);
                Ok(self.messages.inform_form(&form))
            }
            Informing::Response => {
                let reference = id.to_string();
                let form = ResponseForm::new(rules, concern, today)
                    .ok_or(Instead::Told(Told::NobodyInvited { reference }))?;
                Ok(self.messages.response_form(&form))
            }
        };
        self.opens_on_raisers_side(user, id, trigger, build).await
    }

    /// Does what a form asks.
    pub(super) async fn informing_sent(
        &self,
        form: Informing,
        sent: &Submission,
        once: Option<String>,
    ) -> Reply {
        let (user, id, case) = match self.sent_about(sent).await {
            Ok(about) => about,
            Err(said) => return said,
        };
        let mut fields = Fields::of(&self.messages, &sent.view.state, self.today());
        let command = match form {
            Informing::Inform => self.read_inform(&mut fields, &case).await,
            Informing::Response => read_response(&mut fields),
        };
        let command = match command {
            Some(command) if !fields.has_faults() => command,
            _ => return fields.errors(),
        };
        match self.desk.act(&user, id, command, once.as_deref()).await {
            Ok(_) => Reply::Empty,
            Err(fault) => self.not_done(&user, id, fault, sent).await,
        }
    }

    async fn read_inform(&self, fields: &mut Fields<'_>, case: &Case) -> Option<Command> {
        let calendar = self.desk.calendar();
        let rules = case.rules(&calendar, self.desk.hours()).ok()?;
        let chosen = chosen(fields, &rules, case);
        let with = fields.optional_person("with");
        let directory = self.desk.directory();
        if let Some(named) = &with
            && let Some(why) = self.stranger_to_council(&directory, named).await
        {
            let why = match why {
                Told::AGuest => Told::AGuestByEmail,
                why => why,
            };
            fields.fault("with", self.messages.told(&why));
        }
        let team = &case.concern.raised.team;
        let with_roles = with.as_ref().map_or_else(Default::default, |with| {
            directory.roles_of(team, with, &case.protocol)
        });
        let told = fields.optional_text("told");
        let on = fields.date("told_on", When::UpToToday);
        let invited = match fields.choice("invite").as_deref() {
            Some("respond") => Some(true),
            Some("information") => Some(false),
            Some(_) => {
                fields.refused("invite", FieldFault::Unknown);
                None
            }
            None => None,
        };
        let asked = fields.optional_text("asked");
        if asked.is_none() && invited == Some(true) {
            fields.missing("asked");
        }
        let (partner, named) = chosen?;
        Some(Command::Inform(Box::new(ToInform {
            partner,
            named,
            with,
            with_roles,
            told,
            on: on?,
            invited: invited?,
            asked,
        })))
    }

    /// Copies somebody by name from now on.
    pub(super) async fn copy_to(
        &self,
        user: &UserId,
        id: ConcernId,
        whom: &str,
        once: Option<String>,
    ) -> Reply {
        if whom.is_empty() {
            return self.problem(&Problem::NeedsPerson);
        }
        let Some(to) = mentioned_user(whom).map(UserId::from) else {
            return self.tells(&Told::Whom);
        };
        let case = match self.readable(user, id).await {
            Ok(case) => case,
            Err(fault) => return self.explained(user, id, fault).await,
        };
        let directory = self.desk.directory();
        if let Some(why) = self.cannot_be_addressed(&directory, &to).await {
            return Reply::words(why);
        }
        let team = &case.concern.raised.team;
        let roles = directory.roles_of(team, &to, &case.protocol);
        let command = Command::CopyTo {
            user: to.clone(),
            roles,
        };
        match self.desk.act(user, id, command, once.as_deref()).await {
            Ok(_) => self.says(&Said::CopiedTo {
                concern: id,
                to: &to,
            }),
            Err(fault) => self.explained(user, id, fault).await,
        }
    }
}

/// Whom the form names: nobody where the protocol says nothing of any.
fn chosen(
    fields: &mut Fields<'_>,
    rules: &Rules<'_>,
    case: &Case,
) -> Option<(Option<String>, Option<String>)> {
    if offered(rules, &case.concern).next().is_none() {
        return Some((None, None));
    }
    let value = fields.choice("partner")?;
    let chosen = InformForm::chosen(rules, &case.concern, &value);
    if chosen.is_none() {
        fields.refused("partner", FieldFault::Unknown);
    }
    chosen.map(|(partner, named)| (Some(partner), named))
}

fn read_response(fields: &mut Fields<'_>) -> Option<Command> {
    let number = fields.choice("number");
    let responded = match fields.choice("came").as_deref() {
        Some("response") => Some(true),
        Some("none") => Some(false),
        Some(_) => {
            fields.refused("came", FieldFault::Unknown);
            None
        }
        None => None,
    };
    let on = fields.date("replied_on", When::UpToToday);
    let words = fields.text("words");
    let number = number?.parse().ok();
    if number.is_none() {
        fields.refused("number", FieldFault::Unknown);
    }
    Some(Command::Replied {
        number: number?,
        responded: responded?,
        on: on?,
        words: words?,
    })
}
