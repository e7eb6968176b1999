//! Guided stories: what the host tells, and how far a visitor is. The page shows a step at a time; the visitor does it, or
//! has it done for them, and it is done once its condition holds.

use crate::person::{CannotDo, Submitted};
use crate::state::State;
use crate::workspace::Workspace;
use futures_util::future::BoxFuture;
use serde_json::Value;
use std::sync::Arc;
use std::time::Duration;

/// The stories that the page offers, and how to begin again.
pub trait Guide: Send + Sync {
    /// The stories, in the order in which they are offered.
    fn stories(&self) -> Vec<Story>;

    /// Puts the host's own world back to its beginning: for this story, or for a free look round. The page does this
    /// before a story and at "start again". Call [`Workspace::forget_everything`] where the app is quiet. The words of
    /// an error are shown to the person.
    fn reset<'a>(
        &'a self,
        space: &'a Workspace,
        story: Option<&'a str>,
    ) -> BoxFuture<'a, Result<(), String>>;
}

/// A story that a visitor clicks through.
#[derive(Clone, Debug)]
pub struct Story {
    /// Unique among the stories.
    pub id: String,
    /// A few words.
    pub title: String,
    /// What it shows. Markdown.
    pub blurb: String,
    /// In order.
    pub steps: Vec<Step>,
}

/// One thing to do.
#[derive(Clone, Debug)]
pub struct Step {
    /// What to do, and what to look at. Markdown.
    pub text: String,
    /// Who does it: a user id. The page offers to change over. None for whoever it is.
    pub act_as: Option<String>,
    /// Where: a channel's id, `dm` for the conversation with the app, `home` for the App Home. None for anywhere.
    pub channel: Option<String>,
    /// What is to be pressed, typed or filled in; the page points at it, and can do it for the visitor.
    pub aim: Aim,
    /// When it is done.
    pub done_when: Condition,
}

/// What a step points at.
#[derive(Clone, Debug)]
pub enum Aim {
    /// Nothing: it is to be read.
    Read,
    /// The newest message here with these words, which is to be read.
    Look(String),
    /// The message box: this text.
    Compose(String),
    /// The newest button, here or in the modal on top, with this `action_id`.
    Press(String),
    /// The modal with this `callback_id`, which the page fills in with these entries, by `block_id`, as soon as it is open;
    /// then its submit button. An input that only appears after another is filled in is waited for.
    Fill(String, Vec<(String, Value)>),
    /// The clock panel's step with this id.
    Clock(String),
}

/// When a step is done. Messages count from the story's beginning, modals and the clock from the step's.
#[derive(Clone, Debug)]
pub enum Condition {
    /// The visitor says so.
    Next,
    /// A message stands in this conversation whose present words contain `text`, and that bears a button `action`.
    Message {
        /// A channel's id, or a user's for their conversation with the app; none for any.
        channel: Option<String>,
        /// Part of its words, blocks included.
        text: Option<String>,
        /// The `action_id` of a button on it.
        action: Option<String>,
    },
    /// Somebody has a modal with this `callback_id` open.
    ViewOpen(String),
    /// A modal with this `callback_id` was sent and taken.
    ViewSent(String),
    /// The clock's step with this id was taken; none for any step.
    ClockMoved(Option<String>),
}

/// How far the visitor is. Everybody who looks at the workspace is on the same step.
#[derive(Debug, Default)]
pub(crate) struct Tour {
    /// The story and the step, counted from 0; past the last one once the story is told.
    pub(crate) at: Option<(String, usize)>,
    /// The stories were offered, and taken or put aside.
    pub(crate) offered: bool,
    /// A reset or a step done for the visitor is under way.
    pub(crate) busy: bool,
    /// The form that was filled in for the visitor.
    filled: Option<String>,
    /// It is being filled in.
    pub(crate) filling: bool,
    sent: Vec<String>,
    moved: Vec<String>,
}

impl Tour {
    pub(crate) fn was_sent(&mut self, callback_id: &str) {
        if self.at.is_some() {
            self.sent.push(callback_id.to_owned());
        }
    }

    pub(crate) fn was_moved(&mut self, step: &str) {
        if self.at.is_some() {
            self.moved.push(step.to_owned());
        }
    }

    fn go(&mut self, story: &str, step: usize) {
        self.at = Some((story.to_owned(), step));
        self.sent.clear();
        self.moved.clear();
    }
}

impl State {
    fn holds(&self, condition: &Condition) -> bool {
        match condition {
            Condition::Next => false,
            Condition::Message {
                channel,
                text,
                action,
            } => {
                let here = |id: &str| {
                    channel.as_ref().is_none_or(|wanted| {
                        wanted == id
                            || self.channels.iter().any(|one| {
                                one.id == id
                                    && one.kind == crate::records::ChannelKind::Direct
                                    && one.has(wanted)
                            })
                    })
                };
                let messages = self
                    .channels
                    .iter()
                    .filter(|one| here(&one.id))
                    .flat_map(|one| &one.messages);
                messages.filter(|message| !message.deleted).any(|message| {
                    text.as_ref()
                        .is_none_or(|text| message.all_text().contains(text.as_str()))
                        && action
                            .as_ref()
                            .is_none_or(|action| message.has_action(action))
                })
            }
            Condition::ViewOpen(callback_id) => {
                let mut open = self.views.stacks.values().filter_map(|stack| stack.last());
                open.any(|id| {
                    self.views
                        .all
                        .get(id)
                        .is_some_and(|view| view.callback_id() == callback_id)
                })
            }
            Condition::ViewSent(callback_id) => self.tour.sent.contains(callback_id),
            Condition::ClockMoved(None) => !self.tour.moved.is_empty(),
            Condition::ClockMoved(Some(step)) => self.tour.moved.contains(step),
        }
    }

    /// Moves on past every step that is done.
    fn tour_on(&mut self, stories: &[Story]) {
        while let Some((id, at)) = self.tour.at.clone() {
            let Some(story) = stories.iter().find(|story| story.id == id) else {
                self.tour.at = None;
                return;
            };
            match story.steps.get(at) {
                Some(step) if self.holds(&step.done_when) => self.tour.go(&id, at + 1),
                _ => return,
            }
        }
    }
}

/// Looks after every change whether the step is done, so that nothing comes and goes unseen, such as a modal.
pub(crate) fn follow(workspace: &Workspace) {
    let Some(guide) = workspace.inner.host.guide.as_ref() else {
        return;
    };
    if workspace.with(|state| state.tour.at.is_some()) {
        let stories = guide.stories();
        workspace.with(|state| state.tour_on(&stories));
    }
}

/// The step that a visitor is at.
pub(crate) fn current(workspace: &Workspace) -> Option<(Story, usize)> {
    let guide = workspace.inner.host.guide.as_ref()?;
    let stories = guide.stories();
    let (id, at) = workspace.with(|state| state.tour.at.clone())?;
    let story = stories.into_iter().find(|story| story.id == id)?;
    Some((story, at))
}

/// Begins this story anew, or none.
pub(crate) async fn begin(workspace: &Workspace, story: Option<&str>) -> Result<(), String> {
    let guide = guide(workspace)?;
    if let Some(wanted) = story
        && !guide.stories().iter().any(|story| story.id == wanted)
    {
        return Err(format!("there is no story {wanted}"));
    }
    let free = workspace.change(|state| {
        state.tour.at = None;
        !std::mem::replace(&mut state.tour.busy, true)
    });
    if !free {
        return Err("It is being put back to the beginning already.".into());
    }
    let result = guide.reset(workspace, story).await;
    workspace.change(|state| {
        state.tour.busy = false;
        if result.is_ok() {
            state.tour.offered = story.is_some();
            if let Some(story) = story {
                state.tour.go(story, 0);
            }
        }
    });
    result
}

/// On to the next step, done or not.
pub(crate) fn skip(workspace: &Workspace) {
    workspace.change(|state| {
        if let Some((story, at)) = state.tour.at.clone() {
            state.tour.go(&story, at + 1);
        }
    });
}

/// No story any more; the offer is put aside.
pub(crate) fn leave(workspace: &Workspace) {
    workspace.change(|state| {
        state.tour.at = None;
        state.tour.offered = true;
    });
}

fn guide(workspace: &Workspace) -> Result<Arc<dyn Guide>, String> {
    workspace
        .inner
        .host
        .guide
        .clone()
        .ok_or_else(|| "there are no stories here".into())
}

/// Does the step for the visitor, who is this person where the step does not say who.
pub(crate) async fn do_it(workspace: &Workspace, user: &str) -> Result<(), String> {
    let Some((story, at)) = current(workspace) else {
        return Err("no story is being told".into());
    };
    let Some(step) = story.steps.get(at) else {
        leave(workspace);
        return Ok(());
    };
    let person = workspace.person(step.act_as.as_deref().unwrap_or(user));
    let channel = match step.channel.as_deref() {
        Some("dm" | "home") | None => person.dm(),
        Some(channel) => channel.to_owned(),
    };
    let words = |error: CannotDo| error.to_string();
    match &step.aim {
        Aim::Read | Aim::Look(_) => skip(workspace),
        Aim::Compose(text) => match crate::person::parse(text) {
            Some((command, rest)) => {
                let outcome = person
                    .slash_in(&channel, command, rest)
                    .await
                    .map_err(words)?;
                if let Some(failed) = outcome.failed {
                    return Err(format!("{command} failed with the error \"{failed}\""));
                }
            }
            None => {
                person.say(&channel, text).map_err(words)?;
            }
        },
        Aim::Press(action) => press(workspace, &person, &channel, action).await?,
        Aim::Fill(callback_id, _) => {
            let open = || {
                let view = person.open_view();
                view.filter(|view| view.callback_id() == callback_id)
            };
            let view = open().ok_or("The form is not open yet.")?;
            if workspace.with(|state| state.tour.filled.as_ref() != Some(&view.id)) {
                return fill_in(workspace, user).await;
            }
            let ready =
                workspace.until(|space| space.with(|state| !state.tour.filling).then_some(()));
            ready.await.ok_or("The form is still being filled in.")?;
            if let Submitted::Failed(error) = person.submit(&view.id).await.map_err(words)? {
                return Err(error.to_string());
            }
        }
        Aim::Clock(step) => {
            move_clock(workspace, step).await?;
        }
    }
    Ok(())
}

async fn press(
    workspace: &Workspace,
    person: &crate::Person,
    channel: &str,
    action: &str,
) -> Result<(), String> {
    let words = |error: CannotDo| error.to_string();
    let bears = |blocks: &[Value]| {
        crate::blocks::walk::elements(blocks)
            .iter()
            .any(|(_, element)| element["action_id"] == action)
    };
    let outcome = if let Some(view) = person.open_view().filter(|view| bears(view.blocks())) {
        person.click_in_view(&view.id, action, Value::Null).await
    } else if let Some(message) =
        workspace.find(Some(channel), |message| message.has_action(action))
    {
        person.click(channel, &message.ts, action).await
    } else if let Some(home) = person.home().filter(|home| bears(home.blocks())) {
        person.click_in_view(&home.id, action, Value::Null).await
    } else {
        return Err("The button is not there yet.".into());
    };
    match outcome.map_err(words)? {
        crate::ClickOutcome::Acked => Ok(()),
        crate::ClickOutcome::Failed(_) => Err("The app did not answer. Try again.".into()),
    }
}

/// Fills in the form of the step, once: what the visitor changes afterwards stays as they wrote it.
pub(crate) async fn fill_in(workspace: &Workspace, user: &str) -> Result<(), String> {
    let Some((story, at)) = current(workspace) else {
        return Ok(());
    };
    let Some((step, Aim::Fill(callback_id, entries))) =
        story.steps.get(at).map(|step| (step, &step.aim))
    else {
        return Ok(());
    };
    let person = workspace.person(step.act_as.as_deref().unwrap_or(user));
    let open = || {
        person
            .open_view()
            .filter(|view| view.callback_id() == callback_id)
    };
    let Some(form) = open() else {
        return Ok(());
    };
    let first = workspace.change(|state| {
        let first = state.tour.filled.replace(form.id.clone()).as_ref() != Some(&form.id);
        state.tour.filling |= first;
        first
    });
    if !first {
        return Ok(());
    }
    let filled = enter(workspace, &person, &form.id, entries).await;
    workspace.change(|state| state.tour.filling = false);
    filled
}

/// Enters each where its field is; a field that is not there may appear after another was filled in.
async fn enter(
    workspace: &Workspace,
    person: &crate::Person,
    form: &str,
    entries: &[(String, Value)],
) -> Result<(), String> {
    let mut left: Vec<&(String, Value)> = entries.iter().collect();
    while !left.is_empty() {
        let there = workspace.until_within(Duration::from_secs(3), |_| {
            let view = person.open_view().filter(|view| view.id == form)?;
            left.iter()
                .position(|(block, _)| view.block(block).is_some())
        });
        let Some(at) = there.await else {
            let missing: Vec<&str> = left.iter().map(|(block, _)| block.as_str()).collect();
            return Err(format!("The form has no field {}.", missing.join(", ")));
        };
        let (block, entry) = left.remove(at);
        let entered = person.fill(form, block, entry.clone()).await;
        entered.map_err(|error: CannotDo| error.to_string())?;
    }
    Ok(())
}

/// What pressing "do it for me" would do now.
pub(crate) fn offer(workspace: &Workspace, user: &str, step: &Step) -> &'static str {
    match &step.aim {
        Aim::Read | Aim::Look(_) => "Next",
        Aim::Compose(_) => "Type and send it for me",
        Aim::Press(_) => "Press it for me",
        Aim::Clock(_) => "Move the clock",
        Aim::Fill(..) => {
            let person = workspace.person(step.act_as.as_deref().unwrap_or(user));
            let filled = workspace.with(|state| state.tour.filled.clone());
            if filled.is_some() && person.open_view().map(|view| view.id) == filled {
                "Send it for me"
            } else {
                "Fill it in for me"
            }
        }
    }
}

/// Takes a step of the host's clock, in a task of its own, so that a reload does not stop it half way.
pub(crate) async fn move_clock(workspace: &Workspace, step: &str) -> Result<String, String> {
    let panel = workspace
        .inner
        .host
        .panel
        .clone()
        .ok_or("there is no clock here")?;
    let (told, id) = (workspace.clone(), step.to_owned());
    let stepping = tokio::spawn(async move {
        let result = panel.step(&id).await;
        told.change(|state| {
            if result.is_ok() {
                state.tour.was_moved(&id);
            }
        });
        result.map(|()| panel.told())
    });
    stepping
        .await
        .unwrap_or_else(|_| Err("the clock failed at this".into()))
}
