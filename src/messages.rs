//! Words: every message, answer and view that people see, from the templates in `messages/`.
//!
//! A template is Block Kit JSON with handlebars holes, one folder a kind of message, with `part/`, `line/` and `phrase/` for what
//! they share. A council's own folder overrides any file by its path. All are compiled at start, and a
//! council's own tried on samples, so that a broken one is an error at start, not in a channel. What is rendered is
//! JSON to send as it is, within Slack's limits whatever people typed.
//!
//! Every row of buttons has the block id `actions/<visit>`, so that a click tells which stay at a step it was drawn for
//! ([`visit_of_block`]); a button's `action_id` is its name and its `value` the concern's reference.

mod about;
mod at;
mod became;
mod buttons;
mod call;
mod chronicle;
mod cover;
mod details;
mod engine;
mod escape;
mod exported;
mod fit;
mod forms;
mod helpers;
mod home;
mod inputs;
mod ladder;
mod lists;
mod note;
mod notice;
mod notice_forms;
mod notice_history;
mod notice_walk;
mod outlook;
mod outside;
mod partner;
mod printed;
mod redirect;
mod refusal;
mod review;
mod review_forms;
mod review_happened;
mod review_walk;
mod samples;
mod setting;
mod tasks;
mod tasks_details;
mod tasks_forms;
mod tasks_history;
mod tasks_walk;
mod transfer;
mod walk;
mod who_did;

use std::path::Path;

use serde::Serialize;
use serde_json::Value;

use crate::mail::{Matter, Occasion};

use about::About;
pub use buttons::{
    Button, addressee_buttons, gate_buttons, later_steps, raiser_buttons, visit_of_block,
};
pub use call::CallForm;
pub use chronicle::{Chronicle, KeptBeside};
pub use cover::CoverSaid;
use engine::Engine;
pub use engine::{Broken, Fault};
pub use exported::{Link, Texts};
pub use forms::{
    AboutWhom, Choice, Choices, Elsewhere, Form, Group, RaiseForm, Raised, Recipient, Told,
    UsualDay,
};
pub use home::{Home, Manages};
pub use ladder::gate_kind;
pub use lists::{DigestContext, Listing, Reply};
pub use note::CaseNote;
pub use notice::NoticeSetting;
pub use notice_forms::{NoticeFault, SendForm, callback};
pub use outlook::Outlook;
pub use outside::{OutsideForm, SAID, spoken_to};
pub use partner::{InformForm, PartnerLine, ResponseForm, asked_after};
pub use printed::{PrintSetting, Printed};
pub use redirect::{beside_marks, way_choices};
pub use refusal::{Problem, Refused, roles_who_can};
pub use review::ReviewSetting;
pub use review_forms::{
    FormField, RatingTold, RecordForm, Recorded, RecordedTask, ReviewForm, ReviewRefused,
};
pub use setting::{Audience, ConcernTexts, Line, Mark, Setting};
pub use tasks::TasksSetting;
pub use tasks_forms::{ListOpened, OpenedTask, ProceedingsForm, TaskLine, TasksForm, TasksRefused};
pub use transfer::{ANOTHER_TEAM, Frozen, TransferForm, TransferTold};

/// A message ready to send.
#[derive(Clone, Debug, PartialEq)]
pub struct Rendered {
    /// The top-level text: all that a screen reader or a notification needs.
    pub text: String,
    /// The blocks, a JSON array to send as it is.
    pub blocks: Value,
}

/// The templates, compiled and tried. Make one at start and share it.
pub struct Messages {
    engine: Engine,
}

impl Messages {
    /// Reads and compiles the templates, with a council's own folder in place of those it has. With a folder, each is then tried
    /// on samples; the built-in ones by themselves were, by the program's tests.
    ///
    /// # Errors
    /// As [`Messages::tried`].
    pub fn load(own: Option<&Path>) -> Result<Self, Vec<Fault>> {
        match own {
            Some(_) => Self::tried(own),
            None => Ok(Self {
                engine: Engine::read(None)?,
            }),
        }
    }

    /// Reads and compiles the templates, and tries each on samples of every turn that a record can take.
    ///
    /// # Errors
    /// Every fault there is, each with its file, its place and its mend: wrong configuration, exit code 2.
    pub fn tried(own: Option<&Path>) -> Result<Self, Vec<Fault>> {
        let messages = Self {
            engine: Engine::read(own)?,
        };
        let faults = samples::try_all(&messages.engine);
        if faults.is_empty() {
            Ok(messages)
        } else {
            Err(faults)
        }
    }

    /// Renders a message about a concern as it now stands.
    ///
    /// # Errors
    /// [`Broken`] where a template fails, or the record has no such visit; it holds no content.
    pub fn mail(&self, matter: &Matter, setting: &Setting<'_>) -> Result<Rendered, Broken> {
        let name = template_of(matter.occasion);
        let about = About::new(matter, setting).ok_or_else(|| Broken {
            template: name.to_owned(),
            why: format!(
                "the record has no visit {} under its protocol",
                matter.visit
            ),
        })?;
        self.message(name, &about)
    }

    /// Renders a modal or a home tab, `modal/<name>.json` from its typed context, fitted to Slack's limits.
    ///
    /// # Errors
    /// [`Broken`] where the template fails; it holds no content.
    pub fn view(&self, name: &str, context: &impl Serialize) -> Result<Value, Broken> {
        let mut view = self.engine.json(&format!("modal/{name}.json"), context)?;
        fit::view(&mut view);
        Ok(view)
    }

    /// A message's words for a reader without Slack: people by their ids, what was typed as it was typed.
    #[must_use]
    pub fn plainly(message: &Rendered) -> String {
        escape::plainly(&message.text)
    }

    fn message(&self, name: &str, context: &impl Serialize) -> Result<Rendered, Broken> {
        let mut message = self.engine.json(name, context)?;
        let broken = |why: &str| Broken {
            template: name.to_owned(),
            why: why.to_owned(),
        };
        let Some(Value::String(mut text)) = message.get_mut("text").map(Value::take) else {
            return Err(broken("it has no \"text\""));
        };
        let Some(Value::Array(mut blocks)) = message.get_mut("blocks").map(Value::take) else {
            return Err(broken("it has no \"blocks\""));
        };
        escape::shorten(&mut text, fit::TEXT);
        fit::blocks(&mut blocks, fit::MESSAGE_BLOCKS);
        Ok(Rendered {
            text,
            blocks: Value::Array(blocks),
        })
    }
}

/// The template of an occasion, by its path in `messages/`.
fn template_of(occasion: Occasion) -> &'static str {
    match occasion {
        Occasion::Card => "card/card.json",
        Occasion::Receipt => "receipt/receipt.json",
        Occasion::Warning => "receipt/warning.json",
        Occasion::Answered => "receipt/answered.json",
        Occasion::MovedOn => "receipt/moved_on.json",
        Occasion::TargetAsk => "receipt/target.json",
        Occasion::Reported => "receipt/reported.json",
        Occasion::ReportAsk => "reminder/report.json",
        Occasion::ReviewAsk => "receipt/review.json",
        Occasion::GateDeclined => "receipt/gate_declined.json",
        Occasion::ExhaustedAsk => "receipt/exhausted.json",
        Occasion::Copy => "copy/copy.json",
        Occasion::Gate => "gate/gate.json",
        Occasion::AckReminder => "reminder/acknowledge.json",
        Occasion::GateReminder => "reminder/gate.json",
        Occasion::AlertUndelivered
        | Occasion::AlertNotJudged
        | Occasion::AlertTargetNotJudged
        | Occasion::AlertNotReported
        | Occasion::AlertGateUnanswered
        | Occasion::AlertRaiserAtGate
        | Occasion::AlertNotReviewed
        | Occasion::AlertOverdue
        | Occasion::AlertCapWarned
        | Occasion::AlertCapPassed => "alert/alert.json",
        Occasion::Meeting => "notice/meeting.json",
        Occasion::MeetingNamed => "notice/meeting_named.json",
        Occasion::MeetingReminder => "reminder/meeting.json",
        Occasion::MeetingOutcome => "reminder/meeting_outcome.json",
        Occasion::Held => "notice/held.json",
        Occasion::Extended => "notice/extended.json",
        Occasion::Redated => "notice/redated.json",
        Occasion::PastGate => "notice/past_gate.json",
        Occasion::PutDown => "notice/put_down.json",
        Occasion::LateAnswer => "notice/late_answer.json",
        Occasion::AnswerTold => "notice/answer.json",
        Occasion::HandedOver => "notice/handed_over.json",
        Occasion::SameCase => "notice/same_case.json",
        Occasion::Outside => "notice/outside.json",
        Occasion::PositionTold => "notice/position.json",
        Occasion::TimeSet => "notice/time_set.json",
        Occasion::Partner => "copy/partner.json",
        Occasion::PartnersAsk => "receipt/partners.json",
        Occasion::CallReminder => "reminder/call.json",
        Occasion::InputAsk => "notice/input_ask.json",
        Occasion::InputReminder => "reminder/input.json",
        Occasion::InputMissed => "notice/input_missed.json",
        Occasion::ViewGiven => "notice/view_given.json",
        Occasion::TransferAsked => "notice/transfer_asked.json",
        Occasion::Transferred => "notice/transferred.json",
    }
}
