//! What a button may do that needs more than the press: each action, its form, and the command that tries whether it is theirs.

use chrono::{DateTime, Days, NaiveDate, Utc};
use serde_json::Value;

use super::input::{Input, option};
use super::{context, form};
use crate::calendar::{Due, say_date};
use crate::concern::rules::{FIVE_WORKING_DAYS, LATEST_REVIEW, ONE_WORKING_DAY, TWO_WORKING_DAYS};
use crate::concern::{Answering, Command, Concern, Phase, Position, Rules};
use crate::ids::Text;
use crate::protocol::Step;

/// An action that opens a form; the form's `callback_id` is the button's `action_id`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::slack) enum Action {
    /// The addressee accepts.
    Accept,
    /// The addressee rejects.
    Reject,
    /// The addressee responds.
    Respond,
    /// The addressee decides.
    Decide,
    /// The addressee extends the clock.
    Extend,
    /// The raiser holds an escalation.
    Hold,
    /// The raiser moves it on.
    Escalate,
    /// A gate's holder declines.
    DeclineGate,
    /// The raiser skips to a later step.
    Bypass,
    /// The raiser withdraws.
    Withdraw,
    /// The raiser gives more time.
    MoreTime,
    /// The raiser sets when they look again.
    ReviewDate,
    /// The raiser records the position.
    Position,
    /// Anybody who may read it adds a note.
    Note,
}

/// Every action.
const ALL: [Action; 14] = [
    Action::Accept,
    Action::Reject,
    Action::Respond,
    Action::Decide,
    Action::Extend,
    Action::Hold,
    Action::Escalate,
    Action::DeclineGate,
    Action::Bypass,
    Action::Withdraw,
    Action::MoreTime,
    Action::ReviewDate,
    Action::Position,
    Action::Note,
];

impl Action {
    /// The action of a name, if it is one that opens a form.
    pub(in crate::slack) fn named(name: &str) -> Option<Self> {
        ALL.into_iter().find(|action| action.name() == name)
    }

    /// Its name: the button's `action_id`, the form's `callback_id`.
    pub(in crate::slack) fn name(self) -> &'static str {
        match self {
            Self::Accept => "accept",
            Self::Reject => "reject",
            Self::Respond => "respond",
            Self::Decide => "decide",
            Self::Extend => "extend",
            Self::Hold => "hold_escalation",
            Self::Escalate => "escalate",
            Self::DeclineGate => "decline_gate",
            Self::Bypass => "bypass",
            Self::Withdraw => "withdraw",
            Self::MoreTime => "more_time",
            Self::ReviewDate => "review_date",
            Self::Position => "position",
            Self::Note => "note",
        }
    }

    /// Whether it is about the step it was pressed at, so that a press on an older card must not touch a later step. An answer is
    /// not: it is kept as late.
    pub(in crate::slack) fn is_of_its_visit(self) -> bool {
        matches!(
            self,
            Self::Extend
                | Self::Hold
                | Self::Escalate
                | Self::DeclineGate
                | Self::MoreTime
                | Self::ReviewDate
        )
    }

    /// Whether a reason must be given, as the concern stands.
    pub(in crate::slack) fn needs_reason(self, rules: &Rules<'_>, concern: &Concern) -> bool {
        match self {
            Self::ReviewDate | Self::Position => false,
            Self::Escalate => past_a_gate(rules, concern),
            _ => true,
        }
    }

    /// A command that would be taken if anything of this kind would be: it tries, without changing anything, whether the action is
    /// theirs and can be done now.
    pub(in crate::slack) fn trial(
        self,
        rules: &Rules<'_>,
        concern: &Concern,
        visit: Option<u32>,
        now: DateTime<Utc>,
    ) -> Command {
        let today = rules.day(now);
        let tomorrow = today + Days::new(1);
        let text = || Text::from("-");
        let due = concern.visit().and_then(|visit| visit.due);
        match self {
            Self::Accept => answer(
                visit,
                Answering::Accept {
                    plan: text(),
                    target: today,
                },
            ),
            Self::Reject => answer(visit, Answering::Reject { rationale: text() }),
            Self::Respond => answer(
                visit,
                Answering::Respond {
                    response: text(),
                    target: None,
                },
            ),
            Self::Decide => answer(
                visit,
                Answering::Decide {
                    decision: text(),
                    rationale: text(),
                },
            ),
            Self::Extend => Command::Extend {
                until: due.map_or(tomorrow, |due| due.date + Days::new(1)),
                reason: text(),
                item: Some(text()),
            },
            Self::Hold => Command::Hold {
                until: due.map_or(tomorrow, |due| latest_hold(rules, due)),
                reason: text(),
            },
            Self::Escalate => Command::Escalate {
                reason: Some(text()),
            },
            Self::DeclineGate => Command::DeclineGate {
                visit,
                reason: text(),
            },
            Self::Bypass => Command::Bypass {
                to: later_steps(rules, concern)
                    .first()
                    .map_or_else(|| "".into(), |step| step.id.clone()),
                reason: text(),
                with: None,
                with_roles: std::collections::BTreeSet::new(),
                with_words: None,
            },
            Self::Withdraw => Command::Withdraw { reason: text() },
            Self::MoreTime => Command::MoreTime {
                until: tomorrow,
                reason: text(),
            },
            Self::ReviewDate => Command::ReviewDate {
                until: tomorrow,
                reason: None,
            },
            Self::Position => Command::Position {
                position: Position::Maintained,
                reason: None,
            },
            Self::Note => Command::Note { note: text() },
        }
    }

    /// Its form, for a concern as it stands.
    pub(in crate::slack) fn form(
        self,
        rules: &Rules<'_>,
        concern: &Concern,
        today: NaiveDate,
        metadata: &str,
    ) -> Value {
        let (title, submit, lead) = self.words();
        let reference = concern.id;
        let mut blocks = vec![context(&format!("*{reference}* · {lead}"))];
        blocks.extend(
            self.inputs(rules, concern, today)
                .into_iter()
                .map(Input::block),
        );
        form(self.name(), (title, submit), metadata, &blocks)
    }

    /// Title, submit button, and what follows from it.
    fn words(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Self::Accept => (
                "Accept",
                "Accept",
                "The raiser is told, the clock stops, and on the target date they are asked whether it is done.",
            ),
            Self::Reject => (
                "Reject",
                "Reject",
                "The raiser sees your rationale, and the concern moves on by the protocol.",
            ),
            Self::Respond => (
                "Respond",
                "Respond",
                "The clock stops, and the raiser says whether they are satisfied.",
            ),
            Self::Decide => (
                "Decide",
                "Decide",
                "The clock stops, and the raiser says whether they are satisfied.",
            ),
            Self::Extend => (
                "Extend the time",
                "Extend",
                "The raiser is told why, and until when.",
            ),
            Self::Hold => (
                "Hold the escalation",
                "Hold",
                "It waits two working days at most. The manager of the IRO service sees why.",
            ),
            Self::Escalate => (
                "Escalate",
                "Escalate",
                "It moves on to the next step of the protocol now.",
            ),
            Self::DeclineGate => (
                "Do not agree",
                "Do not agree",
                "The raiser sees your reason, and may still proceed with a reason of their own.",
            ),
            Self::Bypass => (
                "Bypass to a later step",
                "Bypass",
                "It goes to the step you choose now, and the steps between are skipped.",
            ),
            Self::Withdraw => (
                "Withdraw the concern",
                "Withdraw",
                "It is closed, and everybody who had it is told that it was withdrawn.",
            ),
            Self::MoreTime => (
                "Give more time",
                "Give time",
                "You are asked again on the new date whether it is done.",
            ),
            Self::ReviewDate => (
                "Set a review date",
                "Set date",
                "You are asked again on that day.",
            ),
            Self::Position => (
                "Record the position",
                "Record",
                "The protocol has no further step: this closes the concern.",
            ),
            Self::Note => (
                "Add a note",
                "Add note",
                "It is kept with the concern for everybody who may read it.",
            ),
        }
    }

    fn inputs(self, rules: &Rules<'_>, concern: &Concern, today: NaiveDate) -> Vec<Input> {
        let due = concern.visit().and_then(|visit| visit.due);
        let in_five = rules.due(today, FIVE_WORKING_DAYS).date;
        match self {
            Self::Accept => vec![
                Input::lines("plan", "What will be done")
                    .hint("The plan, and who does it by role. The raiser reads it."),
                Input::date("target_date", "Done by")
                    .hint("The raiser is asked on this day whether it is done."),
            ],
            Self::Reject => vec![
                Input::lines("rationale", "Why it is rejected")
                    .hint("The raiser and whoever it goes to next read it."),
            ],
            Self::Respond => vec![
                Input::lines("response", "Your response")
                    .hint("What was discussed, decided or done. The raiser reads it."),
                Input::date("target_date", "Done by")
                    .optional()
                    .hint("Where you promise something: the day by which it will be done."),
            ],
            Self::Decide => vec![
                Input::lines("decision", "Your decision").hint("The raiser reads it."),
                Input::lines("rationale", "Why")
                    .hint("The reasons, for the record and the raiser."),
            ],
            Self::Extend => self.extension(rules, concern, today),
            Self::Hold => vec![
                hold(rules, concern, due, today),
                self.reason(rules, concern),
            ],
            Self::Bypass => self.bypass(rules, concern),
            Self::MoreTime => vec![
                Input::date("until", "New target date")
                    .starting_on(in_five)
                    .hint("After today."),
                self.reason(rules, concern),
            ],
            Self::ReviewDate => {
                let latest = rules.due(today, LATEST_REVIEW).date;
                vec![
                    Input::date("until", "Look again on")
                        .starting_on(in_five)
                        .hint(&format!(
                            "After today, and by {} at the latest.",
                            say_date(latest)
                        )),
                    self.reason(rules, concern),
                ]
            }
            Self::Position => {
                let positions = vec![
                    option("resolved", "Resolved after all"),
                    option("maintained", "Not resolved: I maintain my position"),
                    option("referred", "Referred outside the council"),
                ];
                vec![
                    Input::choice("position", "Where you stand", positions),
                    self.reason(rules, concern),
                ]
            }
            Self::Escalate | Self::DeclineGate | Self::Withdraw | Self::Note => {
                vec![self.reason(rules, concern)]
            }
        }
    }

    fn reason(self, rules: &Rules<'_>, concern: &Concern) -> Input {
        let (label, hint) = match self {
            Self::Note => ("Note", "Everybody who may read the concern may read it."),
            Self::Extend => ("Why more time is needed", "The raiser reads it."),
            Self::Hold => (
                "Why it should wait",
                "The manager of the IRO service reads it.",
            ),
            Self::DeclineGate => ("Why you do not agree", "The raiser reads it."),
            Self::Escalate if past_a_gate(rules, concern) => (
                "Why it goes on without agreement",
                "Kept on the record, and seen by the manager of the IRO service.",
            ),
            Self::Bypass => ("Why the steps between are skipped", "Kept on the record."),
            Self::Withdraw => ("Why it is withdrawn", "Kept on the record."),
            Self::MoreTime => ("Why more time is right", "Kept on the record."),
            _ => ("Reason", "Kept on the record."),
        };
        let input = Input::lines("reason", label).hint(hint);
        if self.needs_reason(rules, concern) {
            input
        } else {
            input.optional()
        }
    }

    fn extension(self, rules: &Rules<'_>, concern: &Concern, today: NaiveDate) -> Vec<Input> {
        let visit = concern.visit();
        let due = visit
            .and_then(|visit| visit.due)
            .map_or(today, |due| due.date);
        let until = Input::date("until", "Answer by")
            .starting_on(rules.due(due, FIVE_WORKING_DAYS).date)
            .hint(&format!("After {}, the present day.", say_date(due)));
        let mut inputs = vec![until];
        let rule = visit
            .and_then(|visit| rules.step_of(visit))
            .and_then(|step| step.extend.as_ref());
        if rule.is_some_and(|rule| rule.needs_item) {
            let item = Input::line("item", "What it waits for", super::input::LONGEST)
                .hint("The missing item, such as an assessment by another agency.");
            inputs.push(item);
        }
        inputs.push(self.reason(rules, concern));
        inputs
    }

    fn bypass(self, rules: &Rules<'_>, concern: &Concern) -> Vec<Input> {
        let steps = later_steps(rules, concern)
            .into_iter()
            .map(|step| option(step.id.as_str(), &format!("{}: {}", step.stage, step.name)))
            .collect();
        let mut inputs = vec![
            Input::choice("to_step", "Go to", steps)
                .hint("Only later steps that the protocol lets you go to."),
            self.reason(rules, concern),
        ];
        if let Some(gate) = &rules.protocol.bypass.gate {
            let names: Vec<String> = gate
                .roles
                .iter()
                .map(|role| format!("the {}", rules.protocol.role_name(role)))
                .collect();
            let with = Input::person("with", "Discussed with").optional().hint(&format!(
                "The protocol asks that you speak with {} first. Leave it empty where you could not: it is recorded so.",
                super::listed(&names, "or")
            ));
            inputs.push(with);
        }
        inputs
    }
}

fn answer(visit: Option<u32>, answer: Answering) -> Command {
    Command::Answer { visit, answer }
}

fn hold(rules: &Rules<'_>, concern: &Concern, due: Option<Due>, today: NaiveDate) -> Input {
    let input = Input::date("until", "Hold until");
    let Some(due) = due else {
        return input.starting_on(rules.due(today, ONE_WORKING_DAY).date);
    };
    let held = concern.visit().and_then(|visit| visit.held);
    let latest = latest_hold(rules, due);
    let first = held.map_or_else(|| rules.due(due.date, ONE_WORKING_DAY).date, |_| latest);
    input.starting_on(first).hint(&format!(
        "After {}, and by {} at the latest. The protocol's overall time runs on.",
        say_date(held.unwrap_or(due).date),
        say_date(latest)
    ))
}

/// Whether moving on means going past a gate of somebody else's: then a reason is required.
fn past_a_gate(rules: &Rules<'_>, concern: &Concern) -> bool {
    matches!(concern.phase, Phase::AtGate | Phase::Exhausted)
        && concern
            .visit()
            .and_then(|visit| visit.gate.as_ref())
            .is_some_and(|gate| !gate.superseded && !rules.is_judgement(&gate.to))
}

fn latest_hold(rules: &Rules<'_>, due: Due) -> NaiveDate {
    rules.due(due.date, TWO_WORKING_DAYS).date
}

/// The steps a concern may be taken to by a bypass now, lowest first.
pub(in crate::slack) fn later_steps<'a>(rules: &Rules<'a>, concern: &Concern) -> Vec<&'a Step> {
    let allowed = &rules.protocol.bypass.to;
    let place = concern
        .visit()
        .and_then(|visit| rules.route.place(&visit.step));
    let Some(place) = place else {
        return Vec::new();
    };
    rules
        .route
        .steps
        .iter()
        .skip(place + 1)
        .filter(|step| allowed.is_empty() || allowed.contains(&step.id))
        .collect()
}
