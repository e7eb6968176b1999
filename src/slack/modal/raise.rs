//! The form that raises a concern: first the team, since the team fixes the protocol; then all that its protocol asks.

use chrono::NaiveDate;
use serde_json::{Value, json};

use super::input::{Input, option};
use super::meta::Built;
use super::{context, form, mention, page, section};
use crate::concern::Rules;
use crate::directory::{Directory, Team};
use crate::protocol::{Adjust, ClockStart, Step};
use crate::slack::payload::State;

/// The form's name.
pub(in crate::slack) const CALLBACK: &str = "raise_concern";

/// What the form is built of.
pub(in crate::slack) struct Raising<'a> {
    /// The teams the raiser may choose.
    pub(in crate::slack) teams: &'a [&'a Team],
    /// The directory at this moment.
    pub(in crate::slack) directory: &'a Directory,
    /// What the council calls its case system.
    pub(in crate::slack) case_system: &'a str,
    /// What has been typed already.
    pub(in crate::slack) typed: &'a State,
    /// The council-local day.
    pub(in crate::slack) today: NaiveDate,
}

impl Raising<'_> {
    /// The first form: only the team.
    pub(in crate::slack) fn team_first(&self) -> Value {
        let blocks = vec![
            self.team(None),
            context("The team fixes the protocol, and the protocol what is asked next."),
        ];
        let built = Built::default().kept();
        form(CALLBACK, ("Raise a concern", "Continue"), &built, &blocks)
    }

    /// The whole form for a team, under its protocol and route.
    pub(in crate::slack) fn whole(&self, team: &Team, rules: &Rules<'_>) -> Value {
        let protocol = rules.protocol;
        let typed = self.typed;
        let mut blocks = vec![self.team(Some(team))];
        if protocol.routes.len() > 1 {
            let routes = protocol
                .routes
                .iter()
                .map(|route| option(route.id.as_str(), &route.name))
                .collect();
            let route = Input::choice("route", "Route", routes)
                .starting_with(rules.route.id.as_str())
                .hint("Which of the protocol's ladders this child's case is under.")
                .told_at_once();
            blocks.push(route.block());
        }
        blocks.push(context(&self.reach(team, rules)));
        let system = self.case_system;
        let case_ref = Input::line("case_ref", "Case reference", 60)
            .keeping(typed)
            .hint(&format!(
                "The pseudonym from {system}: never a name, initials or a date of birth."
            ));
        blocks.push(case_ref.block());
        let themes = protocol
            .themes
            .iter()
            .filter(|theme| !theme.categories.is_empty())
            .map(|theme| {
                let categories = theme.categories.iter();
                let options = categories.map(|one| option(&one.id, &one.name)).collect();
                (theme.name.clone(), options)
            })
            .collect();
        let category = Input::grouped("category", "Category", themes)
            .keeping(typed)
            .hint("What it is mainly about, for the annual report.");
        blocks.push(category.block());
        if protocol.rag {
            let colours = vec![
                option("red", "Red"),
                option("amber", "Amber"),
                option("green", "Green"),
            ];
            let rag = Input::choice("rag", "Progress of the plan", colours)
                .keeping(typed)
                .hint("Your judgement of the plan's progress at this moment.");
            blocks.push(rag.block());
        }
        blocks.extend(self.story());
        blocks.push(self.action_by(rules).block());
        let addressee = Input::person("addressee", "This child's own addressee")
            .optional()
            .keeping(typed)
            .hint("This child's own social worker or manager, where that is not the team's holder of the role. Leave it empty for the holder.");
        blocks.push(addressee.block());
        blocks.extend(self.start(rules));
        let flags = [
            option("starred", "Starred recommendation"),
            option("urgent", "Urgent: phone as well"),
            option("in_proceedings", "The case is in court proceedings"),
        ];
        let flags = Input::ticks("flags", "Marks", &flags)
            .optional()
            .keeping(typed);
        blocks.push(flags.block());
        let built = Built {
            team: Some(team.id.to_string()),
            route: Some(rules.route.id.to_string()),
        };
        let words = ("Raise a concern", "Raise");
        form(CALLBACK, words, &built.kept(), &blocks)
    }

    fn team(&self, chosen: Option<&Team>) -> Value {
        let teams = self
            .teams
            .iter()
            .map(|team| option(team.id.as_str(), &team.name))
            .collect();
        let input = Input::choice("team", "Team", teams)
            .hint("The team that holds the child's case.")
            .told_at_once();
        let input = match chosen {
            Some(team) => input.starting_with(team.id.as_str()),
            None => input,
        };
        input.block()
    }

    /// Who will answer, by when, and who reads it.
    fn reach(&self, team: &Team, rules: &Rules<'_>) -> String {
        let protocol = rules.protocol;
        let start = rules.step(&rules.route.default_start);
        let to = start.map_or_else(String::new, |step| {
            let people: Vec<String> = step
                .to
                .iter()
                .map(|role| {
                    let holders = self.directory.holders(&team.id, role, protocol);
                    let people: Vec<String> = holders
                        .users
                        .iter()
                        .map(|user| mention(user.as_str()))
                        .collect();
                    format!("the {} ({})", protocol.role_name(role), people.join(", "))
                })
                .collect();
            let by = self.usual_day(step, rules);
            format!(
                "Usually it goes to {} at {}, to answer {by}.",
                people.join(" and "),
                step.stage
            )
        });
        format!(
            "*{}*. {to} It is read by those it reaches, those copied and the {}. Name nobody: write \"the child\", \"mother\", \"the placement\".",
            super::escaped(&protocol.title),
            super::escaped(
                protocol.role_name(&crate::ids::RoleId::from(crate::protocol::IRO_MANAGER))
            ),
        )
    }

    fn story(&self) -> Vec<Value> {
        let typed = self.typed;
        vec![
            Input::date("event_date", "Date of the event")
                .keeping(typed)
                .hint("The review, the conference, or the day it was found. Not after today.")
                .block(),
            Input::lines("issue", "What is the concern?")
                .keeping(typed)
                .hint("What has or has not happened in the care plan.")
                .block(),
            Input::lines("impact", "What does it mean for the child?")
                .keeping(typed)
                .hint("The effect on the child now, and if nothing changes.")
                .block(),
            Input::lines("action", "What do you ask for?")
                .keeping(typed)
                .hint("What should be done, so that anybody can tell when it has been.")
                .block(),
        ]
    }

    /// By when an answer to a step is usually due: a date where it can be told now, else the period.
    fn usual_day(&self, step: &Step, rules: &Rules<'_>) -> String {
        match &step.clock {
            None => "without a clock: you set when you look again".to_owned(),
            Some(clock) => match clock.from {
                ClockStart::Issued | ClockStart::Raised | ClockStart::FirstFormal => {
                    let due = rules.due(self.today, clock.within);
                    format!("by {} ({})", rules.calendar.say_due(&due), clock.within)
                }
                ClockStart::Event => format!("within {} of the event", clock.within),
                ClockStart::PreviousStep | ClockStart::Step(_) => {
                    format!("within {}", clock.within)
                }
            },
        }
    }

    fn action_by(&self, rules: &Rules<'_>) -> Input {
        let step = rules.step(&rules.route.default_start);
        let usual = step.map_or_else(String::new, |step| self.usual_day(step, rules));
        let adjust = step
            .and_then(|step| step.clock.as_ref())
            .map(|clock| clock.adjust);
        let rule = match adjust {
            Some(Adjust::Shorter) => "You may ask for an earlier day, not for a later one.",
            Some(Adjust::Any) => "You may ask for an earlier or a later day.",
            Some(Adjust::No) | None => {
                "What you write is shown; the protocol's own time still decides."
            }
        };
        let hint = format!("Leave it empty for the step's own time: {usual}. {rule}");
        Input::date("action_by", "Action by")
            .optional()
            .keeping(self.typed)
            .hint(&hint)
    }

    fn start(&self, rules: &Rules<'_>) -> [Value; 2] {
        let steps = rules
            .route
            .steps
            .iter()
            .map(|step| option(step.id.as_str(), &format!("{}: {}", step.stage, step.name)))
            .collect();
        let usual = rules
            .step(&rules.route.default_start)
            .map_or("", |step| step.stage.as_str());
        let start = Input::choice("start_at", "Where it starts", steps)
            .optional()
            .starting_with(rules.route.default_start.as_str())
            .keeping(self.typed)
            .hint(&format!("Usually {usual}."));
        let reason = Input::lines("start_reason", "Why it starts elsewhere")
            .optional()
            .keeping(self.typed)
            .hint("Needed only where it does not start as usual; kept on the record.");
        [start.block(), reason.block()]
    }
}

/// What the raiser sees once it is raised.
pub(in crate::slack) fn raised(reference: &str, lines: &[String]) -> Value {
    let mut view = page(
        &format!("{reference} is raised"),
        lines.iter().map(|line| section(line)).collect(),
    );
    view["clear_on_close"] = json!(true);
    view
}
