//! What a button may do that needs more than the press: each action, its form, and the command that tries whether it is theirs.

use crate::calendar::{Due, say_date};
use crate::concern::command::{MeetingHeld, ToMeet};
use crate::concern::decide::redirect::ways;
use crate::concern::follow::Progress;
use crate::concern::meeting::Outcome;
use crate::concern::rules::{
    FIVE_WORKING_DAYS, LATEST_EXTENSION, LATEST_REVIEW, ONE_WORKING_DAY, TWO_WORKING_DAYS,
    time_of_protocol,
};
use crate::concern::{Answering, Command, Concern, Phase, Position, Rules};
use crate::ids::{RoleId, Text};
use crate::messages::{Choice, Choices, Form, gate_kind, later_steps, way_choices};
use crate::protocol::{Adjust, Asks, Monitor, Step};
use chrono::{DateTime, Days, NaiveDate, Utc};

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
    /// One who answered says how far what they directed has come.
    Report,
    /// The addressee or the raiser sets the day of a meeting.
    CallMeeting,
    /// The addressee says that no meeting is held.
    NoMeeting,
    /// The addressee or the raiser records what came of a meeting.
    RecordMeeting,
    /// The addressee extends the clock.
    Extend,
    /// The raiser holds an escalation.
    Hold,
    /// The raiser sets by when they need the answer.
    SetTime,
    /// The raiser moves it on.
    Escalate,
    /// A gate's holder declines.
    DeclineGate,
    /// A gate's holder says when it was discussed and what they think.
    DiscussGate,
    /// The raiser puts down what a gate's holders said.
    RecordDiscussion,
    /// The raiser says why a step was sent late.
    ExplainLate,
    /// The raiser says that no call is needed.
    NoCall,
    /// Somebody whose input a step asks for gives it.
    GiveInput,
    /// Somebody to speak to before a way out is taken gives their own view.
    GiveView,
    /// The raiser skips to a later step.
    Bypass,
    /// The raiser records that it went to another procedure.
    Redirect,
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
const ALL: [Action; 26] = [
    Action::ExplainLate,
    Action::Report,
    Action::NoCall,
    Action::GiveInput,
    Action::GiveView,
    Action::CallMeeting,
    Action::NoMeeting,
    Action::RecordMeeting,
    Action::Accept,
    Action::Reject,
    Action::Respond,
    Action::Decide,
    Action::Extend,
    Action::Hold,
    Action::SetTime,
    Action::Escalate,
    Action::DeclineGate,
    Action::DiscussGate,
    Action::RecordDiscussion,
    Action::Bypass,
    Action::Redirect,
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
            Self::Report => "report",
            Self::CallMeeting => "call_meeting",
            Self::NoMeeting => "no_meeting",
            Self::RecordMeeting => "record_meeting",
            Self::Extend => "extend",
            Self::Hold => "hold_escalation",
            Self::SetTime => "set_time",
            Self::Escalate => "escalate",
            Self::DeclineGate => "decline_gate",
            Self::DiscussGate => "discuss_gate",
            Self::RecordDiscussion => "record_discussion",
            Self::ExplainLate => "explain_late",
            Self::NoCall => "no_call",
            Self::GiveInput => "give_input",
            Self::GiveView => "give_view",
            Self::Bypass => "bypass",
            Self::Redirect => "redirect",
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
                | Self::Report
                | Self::CallMeeting
                | Self::NoMeeting
                | Self::Hold
                | Self::SetTime
                | Self::Escalate
                | Self::DeclineGate
                | Self::DiscussGate
                | Self::RecordDiscussion
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
    #[expect(
        clippy::too_many_lines,
        reason = "one arm an action: whole, it is plain that none is left out"
    )]
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
                    target: None,
                },
            ),
            Self::Report => done(visit),
            Self::CallMeeting => Command::CallMeeting {
                visit,
                asked: ToMeet {
                    what: a_kind(rules, concern),
                    on: today,
                    chair: None,
                    attendees: Vec::new(),
                    arrangements: None,
                },
            },
            Self::NoMeeting => Command::NoMeeting {
                visit,
                reason: text(),
            },
            Self::RecordMeeting => Command::RecordMeeting {
                visit,
                held: MeetingHeld {
                    what: a_kind(rules, concern),
                    on: today,
                    outcome: Outcome::NotAgreed,
                    mediation: false,
                    account: text(),
                    target: None,
                },
            },
            Self::Extend => Command::Extend {
                until: due.map_or(tomorrow, |due| due.date.max(today) + Days::new(1)),
                reason: text(),
                item: Some(text()),
            },
            Self::Hold => Command::Hold {
                until: due.map_or(tomorrow, |due| latest_hold(rules, due)),
                reason: text(),
            },
            Self::SetTime => Command::SetTime {
                until: today,
                reason: text(),
            },
            Self::Escalate => Command::Escalate {
                reason: Some(text()),
            },
            Self::DeclineGate => Command::DeclineGate {
                visit,
                on: None,
                reason: text(),
            },
            Self::DiscussGate => Command::DiscussGate {
                visit,
                on: today,
                view: text(),
            },
            Self::RecordDiscussion => Command::RecordDiscussion {
                with: Vec::new(),
                on: today,
                view: text(),
            },
            Self::Bypass => a_bypass(rules, concern),
            Self::Redirect => Command::Redirect {
                redirect: a_way(rules, concern),
                reason: text(),
            },
            Self::ExplainLate => Command::ExplainLate { reason: text() },
            Self::NoCall => Command::NoCall { reason: text() },
            Self::GiveInput => Command::GiveInput {
                visit,
                input: text(),
                mediation: None,
            },
            Self::GiveView => Command::GiveView {
                on: None,
                view: text(),
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

    /// What its form is built of, for a concern as it stands.
    pub(in crate::slack) fn form(
        self,
        rules: &Rules<'_>,
        concern: &Concern,
        today: NaiveDate,
    ) -> Form {
        let visit = concern.visit();
        let due = visit.and_then(|visit| visit.due);
        let in_five = rules.due(today, FIVE_WORKING_DAYS).date;
        let mut form = Form {
            reference: concern.id.to_string(),
            needs_reason: self.needs_reason(rules, concern),
            past_gate: past_a_gate(rules, concern),
            until: in_five.to_string(),
            ..Form::default()
        };
        let follows = |step: &Step| step.monitored_by == Monitor::Addressee;
        form.follows = visit
            .and_then(|visit| rules.step_of(visit))
            .is_some_and(follows);
        match (self, due) {
            (Self::Report, _) => {
                let promised = visit.and_then(|visit| visit.target);
                let from = promised.map_or(today, |(target, _)| target.max(today));
                form.after = say_date(from);
                form.latest = say_date(rules.due(from, LATEST_EXTENSION).date);
            }
            (Self::MoreTime, _) => {
                let promised = visit.and_then(|visit| visit.target);
                if let Some((target, _)) = promised.filter(|(target, _)| *target > today) {
                    form.until = target.to_string();
                }
            }
            (Self::Extend, Some(due)) => {
                let from = due.date.max(today);
                form.until = rules.due(from, FIVE_WORKING_DAYS).date.to_string();
                form.after = say_date(from);
                form.latest = say_date(rules.due(from, LATEST_EXTENSION).date);
                form.needs_item = needs_item(rules, concern);
            }
            (Self::Hold, Some(due)) => {
                let held = visit.and_then(|visit| visit.held);
                let latest = latest_hold(rules, due);
                let first = rules.due(due.date, ONE_WORKING_DAY).date;
                form.until = held.map_or(first, |_| latest).to_string();
                form.after = say_date(held.unwrap_or(due).date);
                form.latest = say_date(latest);
            }
            (Self::SetTime, Some(due)) => {
                let (latest, only_shorter) = latest_time(rules, concern, due, today);
                form.until = due.date.min(latest).to_string();
                form.latest = say_date(latest);
                form.only_shorter = only_shorter;
            }
            (Self::CallMeeting | Self::RecordMeeting, _) => {
                self.of_meeting(&mut form, rules, concern, today);
            }
            (Self::GiveInput, _) => {
                let steps = rules.route.steps.iter();
                let mut meetings = steps.filter_map(|step| rules.meeting(step));
                form.mediation = meetings.any(|meeting| meeting.mediation);
            }
            (Self::ReviewDate, _) => {
                form.latest = say_date(rules.due(today, LATEST_REVIEW).date);
                form.cap = next_cap(rules, concern, today);
            }
            (Self::DeclineGate | Self::DiscussGate | Self::RecordDiscussion, _) => {
                form.until = today.to_string();
                let asked = visit.and_then(|visit| visit.gate.as_ref());
                if let Some(gate) = asked.and_then(|asked| rules.gate_to(&asked.to)) {
                    form.gate = gate_kind(gate.kind);
                    let named =
                        |role: &RoleId| Choice::new(role.as_str(), rules.protocol.role_name(role));
                    let awaited = visit.map_or_else(Vec::new, |visit| rules.awaited_at_gate(visit));
                    if awaited.len() > 1 {
                        let asked = awaited.into_iter().map(named).collect();
                        form.spoken_to = vec![Choices::list(asked)];
                    }
                }
            }
            (Self::Redirect, _) => {
                let ways = ways(rules, concern);
                form.elsewhere = ways.iter().map(|way| (*way).into()).collect();
                form.ways = way_choices(&ways);
            }
            (Self::Bypass, _) => {
                form.until = today.to_string();
                let steps = later_steps(rules, concern);
                form.steps = vec![Choices::list(steps.into_iter().map(choice_of).collect())];
                let gate = rules.protocol.bypass.gate.as_ref();
                let names: Vec<String> = gate
                    .into_iter()
                    .flat_map(|gate| &gate.roles)
                    .map(|role| format!("the {}", rules.protocol.role_name(role)))
                    .collect();
                form.with = names.join(" or ");
            }
            _ => {}
        }
        form
    }
}

impl Action {
    /// What the forms of a meeting hold beside the rest.
    fn of_meeting(self, form: &mut Form, rules: &Rules<'_>, concern: &Concern, today: NaiveDate) {
        let here = concern.visit().and_then(|visit| {
            let step = rules.step_of(visit)?;
            Some((visit, step, rules.meeting(step)?))
        });
        let Some((visit, step, meeting)) = here else {
            return;
        };
        if let [only] = meeting.kinds.as_slice() {
            form.kind.clone_from(only);
        } else {
            let kinds = meeting.kinds.iter().map(|kind| Choice::new(kind, kind));
            form.kinds = vec![Choices::list(kinds.collect())];
        }
        form.chair = meeting.chair.as_ref().map_or_else(String::new, |chair| {
            format!("the {}", rules.protocol.role_name(chair))
        });
        form.mediation = meeting.mediation;
        form.others = meeting.others;
        let set = visit.meetings.iter().rfind(|meeting| meeting.is_ahead());
        if let Some(set) = set {
            form.attendees.clone_from(&set.attendees);
            form.chair_named.clone_from(&set.chair);
        }
        form.answers = step.asks == Asks::Meet;
        let ahead = visit.meetings.iter().rfind(|meeting| meeting.is_ahead());
        let ends = visit.ends().map(|ends| ends.date);
        let until = match (self, ahead) {
            (Self::RecordMeeting, Some(ahead)) => ahead.on.min(today),
            (Self::RecordMeeting, None) => today,
            (_, Some(ahead)) => ahead.on,
            (_, None) => {
                let tomorrow = rules.due(today, ONE_WORKING_DAY).date;
                ends.map_or(tomorrow, |ends| tomorrow.min(ends))
            }
        };
        form.until = until.to_string();
        form.latest = ends.map_or_else(String::new, say_date);
    }
}

/// The kind of meeting of which there is still something to record or to set: the latest that was set, else the first there is.
fn a_kind(rules: &Rules<'_>, concern: &Concern) -> Option<String> {
    let visit = concern.visit()?;
    let ahead = visit.meetings.iter().rfind(|meeting| meeting.is_ahead());
    let meeting = rules.meeting(rules.step_of(visit)?)?;
    let first = || meeting.kinds.first().cloned();
    ahead.map(|ahead| ahead.what.clone()).or_else(first)
}

/// The procedure that tries whether a concern may go to any: one it may, else one that says why not.
fn a_way(rules: &Rules<'_>, concern: &Concern) -> String {
    let open = ways(rules, concern).first().copied();
    let any = open.or_else(|| rules.protocol.beside.redirects.first());
    any.map_or_else(String::new, |way| way.id.clone())
}

/// The bypass that tries whether there is any step to go to.
fn a_bypass(rules: &Rules<'_>, concern: &Concern) -> Command {
    let steps = later_steps(rules, concern);
    Command::Bypass {
        to: steps
            .first()
            .map_or_else(|| "".into(), |step| step.id.clone()),
        reason: Text::from("-"),
        with: None,
        with_roles: std::collections::BTreeSet::new(),
        with_words: None,
        with_on: None,
        said: None,
    }
}

/// A step as it may be chosen.
pub(in crate::slack) fn choice_of(step: &Step) -> Choice {
    Choice::new(step.id.as_str(), &format!("{}: {}", step.stage, step.name))
}

/// Whether an extension of the present step must name the missing item.
pub(in crate::slack) fn needs_item(rules: &Rules<'_>, concern: &Concern) -> bool {
    concern
        .visit()
        .and_then(|visit| rules.step_of(visit)?.extend.as_ref())
        .is_some_and(|rule| rule.needs_item)
}

/// The limit on the whole process that ends next; empty where none runs (`B-stage3`).
fn next_cap(rules: &Rules<'_>, concern: &Concern, today: NaiveDate) -> String {
    let running = rules.caps(concern).filter(|(_, ends)| ends.date >= today);
    running
        .min_by_key(|(_, ends)| ends.date)
        .map_or_else(String::new, |(cap, ends)| {
            format!(
                "{} end on {} ({})",
                cap.within,
                say_date(ends.date),
                cap.clause
            )
        })
}

fn done(visit: Option<u32>) -> Command {
    Command::Report {
        visit,
        progress: Progress::Done,
        until: None,
        account: None,
    }
}

fn answer(visit: Option<u32>, answer: Answering) -> Command {
    Command::Answer { visit, answer }
}

/// Whether moving on means going past a gate of somebody else's: then a reason is required.
fn past_a_gate(rules: &Rules<'_>, concern: &Concern) -> bool {
    matches!(concern.phase, Phase::AtGate | Phase::Exhausted)
        && concern
            .visit()
            .and_then(|visit| visit.gate.as_ref())
            .is_some_and(|gate| !gate.superseded && !rules.is_judgement(&gate.to))
}

/// The latest day that the raiser may set, and whether it is the protocol's own.
fn latest_time(
    rules: &Rules<'_>,
    concern: &Concern,
    due: Due,
    today: NaiveDate,
) -> (NaiveDate, bool) {
    let step = concern.visit().and_then(|visit| rules.step_of(visit));
    let clock = step.and_then(|step| step.clock.as_ref());
    if clock.is_some_and(|clock| clock.adjust == Adjust::Any) {
        return (rules.due(today, LATEST_EXTENSION).date, false);
    }
    let protocols = time_of_protocol(rules, concern).map_or(due, |dated| dated.due);
    (protocols.date, true)
}

fn latest_hold(rules: &Rules<'_>, due: Due) -> NaiveDate {
    rules.due(due.date, TWO_WORKING_DAYS).date
}
