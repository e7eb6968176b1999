//! Buttons: what is done at once, and what first opens a form for whoever may do it.

use serde_json::json;
use tracing::{error, warn};

use super::informing::Informing;
use super::{Bot, view_of};
use crate::calendar::say_date;
use crate::concern::readers::raisers_side;
use crate::concern::{Command, Concern, FieldFault, Refusal, decide};
use crate::desk::{Case, DeskError, Done};
use crate::ids::{ConcernId, Subject, Text, UserId};
use crate::messages::{ConcernTexts, Problem, Setting, Told, visit_of_block};
use crate::slack::modal::acts::Action;
use crate::slack::modal::meta::{About, Built};
use crate::slack::modal::{notice, raise, review};
use crate::slack::payload::{Click, Container};
use crate::slack::reply::Reply;

/// The button by which a gate's holder agrees.
const AGREE: &str = "agree_gate";

/// What was pressed: on which concern, at which of its visits.
struct Press {
    user: UserId,
    id: ConcernId,
    /// The visit whose card it was, where the button's block says it.
    visit: Option<u32>,
}

impl Bot {
    /// A button of a message.
    pub(super) async fn pressed(&self, click: &Click, once: Option<String>) -> Reply {
        let about = click.value().and_then(|value| value.parse().ok());
        let id = match about {
            Some(Subject::Concern(id)) => id,
            Some(Subject::Notice(id)) => return self.pressed_on_notice(id, click, once).await,
            Some(Subject::Review(id)) => return self.pressed_on_review(id, click, once).await,
            Some(Subject::Tasks(id)) => return self.pressed_on_tasks(id, click, once).await,
            None => return self.tells(&Told::Unknown),
        };
        let press = Press {
            user: UserId::from(click.user_id.as_str()),
            id,
            visit: visit_of_block(&click.block_id),
        };
        let command = match click.action_id.as_str() {
            "details" => return self.details(&press, click).await,
            "call" => {
                let trigger = click.trigger_id.as_deref();
                return self.call_form(&press.user, id, trigger).await;
            }
            name if let Some(form) = Informing::named(name) => {
                let trigger = click.trigger_id.as_deref();
                return self.informing_form(form, &press.user, id, trigger).await;
            }
            "acknowledge" => Command::Acknowledge { visit: press.visit },
            "resolve" => Command::Resolve,
            "not_satisfied" => Command::NotSatisfied { reason: None },
            AGREE => Command::AgreeGate { visit: press.visit },
            name => {
                return match Action::named(name) {
                    Some(action) => {
                        let from = (click.trigger_id.as_deref(), Some(&click.container));
                        self.opens(action, &press, from).await
                    }
                    None => self.tells(&Told::Unknown),
                };
            }
        };
        let done = match command {
            Command::NotSatisfied { .. } | Command::AgreeGate { .. } => {
                self.at_once(&press, command, once.as_deref()).await
            }
            command => {
                self.desk
                    .act(&press.user, id, command, once.as_deref())
                    .await
            }
        };
        match done {
            Ok(Done {
                repeated: false, ..
            }) => Reply::Empty,
            Ok(Done { case, .. }) => {
                self.refresh(id).await;
                self.refused_as_it_stands(&Refusal::DoneAlready, &case)
            }
            // A gate that wants a discussion is agreed with what came of it.
            Err(DeskError::Refused(Refusal::Field { .. }, _)) if click.action_id == AGREE => {
                let from = (click.trigger_id.as_deref(), Some(&click.container));
                self.opens(Action::DiscussGate, &press, from).await
            }
            Err(fault) => self.explained(&press.user, id, fault).await,
        }
    }

    /// Does what concerns only the visit that was pressed. Two presses at the same moment count once: both are named by where the
    /// concern then stood. So does one press that is delivered again, wherever the concern stands by then.
    async fn at_once(
        &self,
        press: &Press,
        command: Command,
        delivered: Option<&str>,
    ) -> Result<Done, DeskError> {
        let case = self.readable(&press.user, press.id).await?;
        self.tried(&case, press, command.clone(), true)
            .map_err(|refusal| DeskError::Refused(refusal, Some(Box::new(case.clone()))))?;
        let pressed = format!("at:{}:{}:{}", press.id, case.concern.seq, kind(&command));
        let names: Vec<&str> = delivered.into_iter().chain([pressed.as_str()]).collect();
        self.desk
            .act_named(&press.user, press.id, command, &names)
            .await
    }

    /// Whether the desk would take a command now, without asking it to; and whether the card that was pressed is of the present visit,
    /// where that matters.
    fn tried(
        &self,
        case: &Case,
        press: &Press,
        command: Command,
        of_its_visit: bool,
    ) -> Result<(), Refusal> {
        let calendar = self.desk.calendar();
        let rules = case
            .rules(&calendar, self.desk.hours())
            .map_err(|_| Refusal::OutOfDate)?;
        let standing = self.desk.standing(&press.user, case);
        let now = self.desk.now();
        let outcome = decide(&rules, &case.concern, Some(&standing), command, now).map(drop);
        let stale = of_its_visit && is_behind(&case.concern, press.visit);
        match outcome {
            Err(refusal @ (Refusal::NotYours { .. } | Refusal::OwnConcern | Refusal::Closed)) => {
                Err(refusal)
            }
            _ if stale => Err(Refusal::OutOfDate),
            outcome => outcome,
        }
    }

    /// Opens the form of an action on a concern as it stands, for somebody who typed its word.
    pub(super) async fn opens_typed(
        &self,
        action: Action,
        user: &UserId,
        id: ConcernId,
        trigger: Option<&str>,
    ) -> Reply {
        let press = Press {
            user: user.clone(),
            id,
            visit: None,
        };
        self.opens(action, &press, (trigger, None)).await
    }

    /// Opens the form of an action, for somebody who may do it now; `place` is the message whose button was pressed.
    async fn opens(
        &self,
        action: Action,
        press: &Press,
        (trigger, place): (Option<&str>, Option<&Container>),
    ) -> Reply {
        let refused = async |fault| self.explained(&press.user, press.id, fault).await;
        let what = (action, press.visit);
        let case = match self.open_to(&press.user, press.id, what).await {
            Ok(case) => case,
            Err(fault) => return refused(fault).await,
        };
        let calendar = self.desk.calendar();
        let rules = match case.rules(&calendar, self.desk.hours()) {
            Ok(rules) => rules,
            Err(fault) => return refused(fault).await,
        };
        let concern = &case.concern;
        let trial = action.trial(&rules, concern, press.visit, self.desk.now());
        let tried = self.tried(&case, press, trial, action.is_of_its_visit());
        match tried {
            Ok(()) => {}
            // What a person has yet to choose cannot be wrong already, but for what leaves no choice.
            Err(Refusal::Field { fault, .. }) => {
                if let Some(why) = no_choice(action, &fault, concern) {
                    return self.tells(&why);
                }
            }
            Err(refusal) => {
                let fault = DeskError::Refused(refusal, Some(Box::new(case.clone())));
                return refused(fault).await;
            }
        }
        let (channel, ts) = match place {
            Some(Container::Message { channel, ts, .. }) => {
                (Some(channel.clone()), Some(ts.clone()))
            }
            _ => (None, None),
        };
        let about = About {
            concern: press.id.to_string(),
            visit: press
                .visit
                .or_else(|| concern.visit().map(|visit| visit.number)),
            channel,
            ts,
        };
        let form = action.form(&rules, concern, self.today());
        self.open_form(trigger, action, &form, &about).await
    }

    /// Opens the form of an action.
    pub(super) async fn open_form(
        &self,
        trigger: Option<&str>,
        action: Action,
        form: &crate::messages::Form,
        about: &About,
    ) -> Reply {
        match self.messages.form(action.name(), form) {
            Ok(mut view) => {
                view["private_metadata"] = json!(about.kept());
                self.open(trigger, &view).await
            }
            Err(broken) => {
                error!(%broken, "a form could not be built");
                self.problem(&Problem::Broken)
            }
        }
    }

    /// Shows the words of a concern to one person who may read it, in a view of their own.
    async fn details(&self, press: &Press, click: &Click) -> Reply {
        let look = match self.desk.look(&press.user, press.id).await {
            Ok(look) => look,
            Err(fault) => return self.explained(&press.user, press.id, fault).await,
        };
        let calendar = self.desk.calendar();
        let rules = match look.case.rules(&calendar, self.desk.hours()) {
            Ok(rules) => rules,
            Err(fault) => return Reply::words(self.trouble(&fault)),
        };
        let texts = look.texts.as_ref().map(|texts| {
            let known = texts.iter().filter_map(|text| {
                let field = serde_json::from_value(json!(text.field)).ok()?;
                Some((text.seq, field, Text::from(text.text.as_str())))
            });
            let texts = ConcernTexts::new(known.collect());
            if raisers_side(&rules, &look.case.concern, &look.standing) {
                texts
            } else {
                texts.without_privileged().0
            }
        });
        let directory = self.desk.directory();
        let tasks = match self.desk.tasks_of_concern(&look.case).await {
            Ok(tasks) => tasks,
            Err(fault) => return Reply::words(self.trouble(&fault)),
        };
        let setting = Setting {
            tasks: tasks.as_ref().map(|tasks| &tasks.record),
            ..self.setting(&rules, &look.case.concern, &directory)
        };
        match self
            .messages
            .details(&setting, &look.history, texts.as_ref())
        {
            Ok(view) => self.open(click.trigger_id.as_deref(), &view).await,
            Err(broken) => {
                error!(%broken, "details could not be shown");
                self.problem(&Problem::Broken)
            }
        }
    }

    /// A choice in a view: the form that raises follows the team and the route. A click in a view cannot be answered with words, so
    /// what is refused takes the view's place.
    pub(super) async fn pressed_in_view(&self, click: &Click, refused: Option<Reply>) -> Reply {
        if matches!(click.container, Container::Home(_)) && refused.is_none() {
            return self.pressed_at_home(click).await;
        }
        let (Container::View(view) | Container::Home(view)) = &click.container else {
            return Reply::Empty;
        };
        let follows = view.callback_id == raise::CALLBACK
            && matches!(click.block_id.as_str(), "team" | "route");
        let follows_review = view.callback_id == review::RECORD
            && matches!(click.block_id.as_str(), "team" | "sitting");
        let sends = notice::sort_of(&view.callback_id).filter(|_| click.block_id == "team");
        let next = match refused {
            Some(Reply::Message(message)) => Some(message.as_view()),
            None if let Some(sort) = sends => {
                let user = UserId::from(click.user_id.as_str());
                let form = self.sending_form(sort, &user, click.value().as_deref(), &view.state);
                Some(form.unwrap_or_else(view_of))
            }
            None if follows_review => {
                let user = UserId::from(click.user_id.as_str());
                let team = match click.block_id.as_str() {
                    "team" => click.value(),
                    _ => view.state.text("team"),
                };
                let form = self.recording_form(&user, team.as_deref(), &view.state);
                Some(form.unwrap_or_else(view_of))
            }
            None if follows => Some(self.followed(click, view)),
            _ => None,
        };
        if let Some(next) = next
            && matches!(click.container, Container::View(_))
            && let Err(fault) = self
                .web
                .views_update(&view.id, Some(&view.hash), &next)
                .await
        {
            // A newer choice has taken its place, or Slack is out of reach: what is sent is judged by the team it names.
            warn!(%fault, "a form could not follow a choice");
        }
        Reply::Empty
    }

    /// A button of somebody's home. A home cannot be answered with words either: what there is to say opens as a view.
    async fn pressed_at_home(&self, click: &Click) -> Reply {
        let user = UserId::from(click.user_id.as_str());
        let trigger = click.trigger_id.as_deref();
        let said = match click.action_id.as_str() {
            "raise" => self.starts_raising(&user, trigger).await,
            "details" => self.pressed(click, None).await,
            _ => Reply::Empty,
        };
        if let Reply::Message(message) = said {
            self.open(trigger, &message.as_view()).await;
        }
        Reply::Empty
    }

    /// The form that raises, for the team and route now chosen, with all that was typed.
    fn followed(&self, click: &Click, view: &crate::slack::payload::View) -> serde_json::Value {
        let chosen = |block: &str| {
            if click.block_id == block {
                click.value()
            } else {
                view.state.text(block)
            }
        };
        let user = UserId::from(click.user_id.as_str());
        let built = Built::read(&view.private_metadata);
        self.raising_form(
            &user,
            (chosen("team").as_deref(), chosen("route").as_deref()),
            built.from.as_deref(),
            &view.state,
        )
        .unwrap_or_else(view_of)
    }
}

/// Whether a card is of an earlier visit than the present one.
pub(super) fn is_behind(concern: &Concern, visit: Option<u32>) -> bool {
    visit.is_some_and(|visit| {
        concern
            .visit()
            .is_some_and(|present| present.number != visit)
    })
}

fn kind(command: &Command) -> &'static str {
    match command {
        Command::AgreeGate { .. } => "agree",
        _ => "not_satisfied",
    }
}

/// Why a form would have nothing to choose from, where that is so.
fn no_choice(action: Action, fault: &FieldFault, concern: &Concern) -> Option<Told> {
    let reference = concern.id.to_string();
    match (action, fault) {
        (Action::Hold, FieldFault::NotAfter(day)) => Some(Told::HeldLongest {
            reference,
            on: say_date(*day),
        }),
        (Action::Bypass, _) => Some(Told::NoLaterStep { reference }),
        _ => None,
    }
}
