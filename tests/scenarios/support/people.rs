//! The people of a story: each method is something a person does at their client.

use lodestar::ids::ConcernId;
use sandbox::{ClickOutcome, Ephemeral, Message, Person, SlashOutcome, Submitted, View};

use super::world::World;
use super::{ACTION, IMPACT, ISSUE};

/// Somebody in the story.
pub(crate) struct Someone<'w> {
    pub(crate) world: &'w World,
    pub(crate) at: Person,
}

/// What is typed into the raise modal; what is not said keeps what the modal offers.
#[derive(Clone, Debug)]
pub(crate) struct Raising {
    pub(crate) team: &'static str,
    pub(crate) route: Option<&'static str>,
    pub(crate) case_ref: String,
    pub(crate) category: Option<String>,
    pub(crate) event_date: Option<String>,
    pub(crate) start_at: Option<(&'static str, &'static str)>,
    pub(crate) more: Vec<(&'static str, serde_json::Value)>,
}

/// A concern about a case, starting where the protocol starts.
pub(crate) fn concern(case_ref: &str) -> Raising {
    Raising {
        team: "north",
        route: None,
        case_ref: case_ref.to_owned(),
        category: None,
        event_date: None,
        start_at: None,
        more: Vec::new(),
    }
}

/// The same as a starred recommendation.
pub(crate) fn starred(case_ref: &str) -> Raising {
    concern(case_ref).with("flags", serde_json::json!(["starred"]))
}

impl Raising {
    /// About an event of that day.
    pub(crate) fn about(mut self, day: &str) -> Self {
        self.event_date = Some(day.to_owned());
        self
    }

    /// On another route than the first.
    pub(crate) fn on_route(mut self, route: &'static str) -> Self {
        self.route = Some(route);
        self
    }

    /// For another team.
    pub(crate) fn for_team(mut self, team: &'static str) -> Self {
        self.team = team;
        self
    }

    /// Starting at another step, for a reason.
    pub(crate) fn starting_at(mut self, step: &'static str, why: &'static str) -> Self {
        self.start_at = Some((step, why));
        self
    }

    /// With something else filled in.
    pub(crate) fn with(mut self, block: &'static str, entry: serde_json::Value) -> Self {
        self.more.push((block, entry));
        self
    }
}

impl<'w> Someone<'w> {
    pub(crate) fn new(world: &'w World, id: &str) -> Self {
        Self {
            world,
            at: world.slack.person(id),
        }
    }

    pub(crate) fn id(&self) -> &str {
        self.at.id()
    }

    /// Types a slash command.
    pub(crate) async fn types(&self, text: &str) -> SlashOutcome {
        let outcome = self.at.slash("/concern", text).await.unwrap();
        self.world.settle().await;
        outcome
    }

    /// Types a slash command and reads its answer.
    pub(crate) async fn asks(&self, text: &str) -> Ephemeral {
        let outcome = self.types(text).await;
        outcome
            .reply
            .unwrap_or_else(|| panic!("no answer to /concern {text}: {:?}", outcome.failed))
    }

    /// Ends the cover of somebody who is away, and is told that it has ended.
    pub(crate) async fn ends_the_cover_of(&self, away: &Self) {
        let ended = self.asks(&format!("cover end <@{}>", away.id())).await;
        let told = ended.all_text();
        assert!(told.contains("has ended"), "{told}");
    }

    /// Opens the raise modal and fills it in, not sending it yet.
    pub(crate) async fn fills_in(&self, raising: &Raising) -> View {
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
        let mut view = filled.expect("the form does not follow its team");
        if let Some(route) = raising.route {
            self.at.fill(&view.id, "route", route).await.unwrap();
            view = self.at.open_view().expect("the modal closed by itself");
        }
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
            // Nobody hears of green: a story sees the copies of its steps alone.
            entries.push(("rag", "green".into()));
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
    pub(crate) async fn raises(&self, raising: Raising) -> ConcernId {
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
    pub(crate) async fn presses(&self, message: &Message, button: &str) -> ClickOutcome {
        let outcome = self
            .at
            .click(&message.channel, &message.ts, button)
            .await
            .unwrap_or_else(|error| panic!("{button}: {error}"));
        self.world.settle().await;
        outcome
    }

    /// Presses a button that opens a modal.
    pub(crate) async fn opens(&self, message: &Message, button: &str) -> View {
        let outcome = self
            .at
            .click(&message.channel, &message.ts, button)
            .await
            .unwrap_or_else(|error| panic!("{button}: {error}"));
        assert_eq!(outcome, ClickOutcome::Acked, "{button}");
        self.at
            .awaits_view_called(button)
            .await
            .unwrap_or_else(|| panic!("{button} opens no modal"))
    }

    /// Sends a modal as it is filled in.
    pub(crate) async fn sends(&self, view: &View) -> Submitted {
        let sent = self.at.submit(&view.id).await.unwrap();
        self.world.settle().await;
        sent
    }

    /// Presses a button that opens a modal, fills it in and sends it.
    pub(crate) async fn answers(
        &self,
        message: &Message,
        button: &str,
        entries: &[(&str, &str)],
    ) -> Submitted {
        let view = self.opens(message, button).await;
        self.at.fill_all(&view.id, entries).await.unwrap();
        self.sends(&view).await
    }

    /// The words of a concern as they read them behind the button of `/concern show`.
    pub(crate) async fn details(&self, concern: ConcernId) -> String {
        let shown = self.asks(&format!("show {concern}")).await;
        self.at
            .click(&shown.channel, &shown.ts, "details")
            .await
            .unwrap();
        let view = self.at.awaits_view().await.expect("no details open");
        self.at.close_all().await;
        view.all_text()
    }

    /// The newest message of a kind about a concern in their direct messages, marked as seen.
    pub(crate) fn newest(&self, kind: &str, concern: ConcernId) -> Message {
        let dm = self.at.dm();
        self.world
            .last(&dm, kind, concern)
            .unwrap_or_else(|| panic!("{} has no {kind} of {concern}", self.id()))
    }

    /// Their newest receipt of a concern.
    pub(crate) fn receipt(&self, concern: ConcernId) -> Message {
        self.newest("receipt", concern)
    }

    /// The receipt of a concern that goes along with it.
    pub(crate) fn standing_receipt(&self, concern: ConcernId) -> Message {
        let heads = format!("Your concern {concern}");
        let mut all = self.world.slack.messages(&self.at.dm()).into_iter();
        all.find(|message| message.text.starts_with(&heads))
            .unwrap_or_else(|| panic!("no receipt of {concern} that goes along with it"))
    }

    /// Their newest receipt of a concern that has this button.
    pub(crate) fn receipt_with(&self, button: &str, concern: ConcernId) -> Message {
        let reference = concern.to_string();
        let found = self.world.slack.find(Some(&self.at.dm()), |message| {
            message.meta("concern") == Some(&reference) && message.has_action(button)
        });
        found.unwrap_or_else(|| panic!("{} has no {button} for {concern}", self.id()))
    }

    /// What they alone are told next.
    pub(crate) async fn is_told(&self) -> String {
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
