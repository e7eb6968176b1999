//! The people of a story: each method is something a person does at their client.

use lodestar::ids::ConcernId;
use sandbox::{ClickOutcome, Ephemeral, Message, Person, SlashOutcome, Submitted, View};

use super::world::World;
use super::{ACTION, IMPACT, ISSUE};

/// Somebody in the story.
pub struct Someone<'w> {
    pub world: &'w World,
    pub at: Person,
}

/// What is typed into the raise modal; what is not said keeps what the modal offers.
#[derive(Clone, Debug)]
pub struct Raising {
    pub team: &'static str,
    pub case_ref: String,
    pub category: Option<String>,
    pub event_date: Option<String>,
    pub start_at: Option<(&'static str, &'static str)>,
    pub more: Vec<(&'static str, serde_json::Value)>,
}

/// A concern about a case, starting where the protocol starts.
pub fn concern(case_ref: &str) -> Raising {
    Raising {
        team: "north",
        case_ref: case_ref.to_owned(),
        category: None,
        event_date: None,
        start_at: None,
        more: Vec::new(),
    }
}

/// The same as a starred recommendation.
pub fn starred(case_ref: &str) -> Raising {
    concern(case_ref).with("flags", serde_json::json!(["starred"]))
}

impl Raising {
    /// About an event of that day.
    pub fn about(mut self, day: &str) -> Self {
        self.event_date = Some(day.to_owned());
        self
    }

    /// Starting at another step, for a reason.
    pub fn starting_at(mut self, step: &'static str, why: &'static str) -> Self {
        self.start_at = Some((step, why));
        self
    }

    /// With something else filled in.
    pub fn with(mut self, block: &'static str, entry: serde_json::Value) -> Self {
        self.more.push((block, entry));
        self
    }
}

impl<'w> Someone<'w> {
    pub fn new(world: &'w World, id: &str) -> Self {
        Self {
            world,
            at: world.slack.person(id),
        }
    }

    pub fn id(&self) -> &str {
        self.at.id()
    }

    /// Types a slash command.
    pub async fn types(&self, text: &str) -> SlashOutcome {
        let outcome = self.at.slash("/concern", text).await.unwrap();
        self.world.settle().await;
        outcome
    }

    /// Types a slash command and reads its answer.
    pub async fn asks(&self, text: &str) -> Ephemeral {
        let outcome = self.types(text).await;
        outcome
            .reply
            .unwrap_or_else(|| panic!("no answer to /concern {text}: {:?}", outcome.failed))
    }

    /// Opens the raise modal and fills it in, not sending it yet.
    pub async fn fills_in(&self, raising: &Raising) -> View {
        let outcome = self.at.slash("/concern", "").await.unwrap();
        assert_eq!(outcome.failed, None, "the command failed");
        let view = self
            .at
            .awaits_view_called("raise_concern")
            .await
            .expect("no modal opens");
        self.at.fill(&view.id, "team", raising.team).await.unwrap();
        let id = view.id.clone();
        let filled = self
            .world
            .slack
            .until(|_| {
                self.at
                    .open_view()
                    .filter(|now| now.id == id && now.block("case_ref").is_some())
            })
            .await;
        let view = filled.expect("the form does not follow its team");
        let mut entries: Vec<(&str, serde_json::Value)> = vec![
            ("case_ref", raising.case_ref.clone().into()),
            ("issue", ISSUE.into()),
            ("impact", IMPACT.into()),
            ("action", ACTION.into()),
        ];
        let category = raising
            .category
            .clone()
            .or_else(|| first_option(&view, "category"));
        entries.extend(category.map(|category| ("category", category.into())));
        if view.block("rag").is_some() {
            entries.push(("rag", first_option(&view, "rag").into()));
        }
        let today = self
            .world
            .app
            .desk()
            .calendar()
            .local_date(self.world.clock.now())
            .to_string();
        entries.push((
            "event_date",
            raising.event_date.clone().unwrap_or(today).into(),
        ));
        if let Some((step, why)) = raising.start_at {
            entries.push(("start_at", step.into()));
            entries.push(("start_reason", why.into()));
        }
        entries.extend(raising.more.clone());
        for (block, entry) in entries {
            self.at
                .fill(&view.id, block, entry)
                .await
                .unwrap_or_else(|error| panic!("{block}: {error}"));
        }
        self.at.open_view().expect("the modal closed by itself")
    }

    /// Raises a concern through the modal.
    pub async fn raises(&self, raising: Raising) -> ConcernId {
        let view = self.fills_in(&raising).await;
        let before = self.world.newest().await;
        let sent = self.at.submit(&view.id).await.unwrap();
        assert!(
            matches!(
                sent,
                Submitted::Closed | Submitted::Cleared | Submitted::Updated(_)
            ),
            "not raised: {sent:?}"
        );
        self.at.close_all().await;
        self.world.settle().await;
        let newest = self.world.newest().await;
        assert_eq!(newest, before + 1, "one concern is raised");
        ConcernId(newest)
    }

    /// Presses a button of a message.
    pub async fn presses(&self, message: &Message, button: &str) -> ClickOutcome {
        let outcome = self
            .at
            .click(&message.channel, &message.ts, button)
            .await
            .unwrap_or_else(|error| panic!("{button}: {error}"));
        self.world.settle().await;
        outcome
    }

    /// Presses a button that opens a modal, fills it in and sends it.
    pub async fn answers(
        &self,
        message: &Message,
        button: &str,
        entries: &[(&str, &str)],
    ) -> Submitted {
        let outcome = self
            .at
            .click(&message.channel, &message.ts, button)
            .await
            .unwrap_or_else(|error| panic!("{button}: {error}"));
        assert_eq!(outcome, ClickOutcome::Acked, "{button}");
        let view = self
            .at
            .awaits_view_called(button)
            .await
            .unwrap_or_else(|| panic!("{button} opens no modal"));
        self.at.fill_all(&view.id, entries).await.unwrap();
        let sent = self.at.submit(&view.id).await.unwrap();
        self.world.settle().await;
        sent
    }

    /// The newest message of a kind about a concern in their direct messages, marked as seen.
    pub fn newest(&self, kind: &str, concern: ConcernId) -> Message {
        let dm = self.at.dm();
        self.world
            .last(&dm, kind, concern)
            .unwrap_or_else(|| panic!("{} has no {kind} of {concern}", self.id()))
    }

    /// Their newest receipt of a concern.
    pub fn receipt(&self, concern: ConcernId) -> Message {
        self.newest("receipt", concern)
    }

    /// What they alone are told next.
    pub async fn is_told(&self) -> String {
        self.at
            .awaits_ephemeral()
            .await
            .expect("they are told nothing")
            .all_text()
    }
}

fn first_option(view: &View, block: &str) -> Option<String> {
    let element = &view.block(block)?["element"];
    let option = element["options"]
        .get(0)
        .or_else(|| element["option_groups"].get(0)?["options"].get(0))?;
    option["value"].as_str().map(str::to_owned)
}
