//! What is said to one person: refusals with who can, troubles with what to do, and how a concern stands. Holds no concern text.

use crate::calendar::say_date;
use crate::concern::{
    Answered, Closed, Concern, FieldFault, Phase, Position, Refusal, Rules, Visit, Who,
};
use crate::directory::Directory;
use crate::identifiers::Identifier;
use crate::ids::{ConcernId, RoleId, UserId};
use crate::slack::modal::{escaped, listed, mention};

pub(super) const OUTSIDE: &str =
    "Lodestar serves the people of its own council's workspace only, so nothing was done.";
pub(super) const SHARED: &str = "This channel is shared with another organisation, so nothing about a child's case is done here. Use Lodestar in your direct message with it, or in a channel of the council's own.";
pub(super) const NOT_REACHED: &str =
    "Slack could not be reached just now, so nothing was done. Press again in a moment.";
pub(super) const NO_TRIGGER: &str =
    "Slack did not let a form be opened from here, so nothing was done. Try again.";
pub(super) const TRIGGER_EXPIRED: &str =
    "Slack waited too long to open the form, and nothing was done. Press again.";
pub(super) const NOT_OPENED: &str =
    "Slack did not open the form, and nothing was done. If none appears in a moment, press again.";
pub(super) const UNKNOWN: &str = "Lodestar does not know this button or shortcut, so nothing was done. `/concern help` says what it does.";
pub(super) const TOO_SLOW: &str =
    "That took too long and was undone. Press again: it cannot count twice.";
pub(super) const IN_DOUBT: &str =
    "It is not certain whether that was saved. Press again: it cannot count twice.";
pub(super) const STORE: &str = "The record cannot be reached just now, so nothing was changed. Press again in a few minutes; it cannot count twice. Your Lodestar administrator finds the reason in the log.";
pub(super) const UNREADABLE: &str = "The record of this concern cannot be read, so nothing was changed. Tell your Lodestar administrator, who finds the reason in the log.";
pub(super) const NOT_A_REFERENCE: &str =
    "A concern's reference is C- and a number, for example C-42.";

/// The same words whether there is no such concern or it is not theirs to read.
pub(super) fn not_found(id: ConcernId) -> String {
    format!("There is no concern {id} that you may read.")
}

/// What somebody whom the directory does not know is told.
pub(super) fn stranger(managers: &[UserId]) -> String {
    let whom = people(managers);
    let ask = match managers.len() {
        0 => "your Lodestar administrator".to_owned(),
        1 => format!("{whom}, who manages the IRO service,"),
        _ => format!("{whom}, who manage the IRO service,"),
    };
    format!("You are not in the council's list of people for Lodestar: ask {ask} to add you.")
}

/// Who may raise, to somebody who may not.
pub(super) fn not_a_raiser(raisers: &[UserId]) -> String {
    if raisers.is_empty() {
        return "Nobody may raise concerns yet: your Lodestar administrator names the raisers in the council's file.".to_owned();
    }
    format!(
        "Only the council's reviewing officers may raise a concern: {} can.",
        people(raisers)
    )
}

/// Whether a refusal says that what was pressed is behind the record.
pub(super) fn is_stale(refusal: &Refusal) -> bool {
    !matches!(
        refusal,
        Refusal::NotYours { .. }
            | Refusal::OwnConcern
            | Refusal::ClockRuns { .. }
            | Refusal::Field { .. }
    )
}

/// A refusal, with who can or how the concern stands.
pub(super) fn refusal(
    refusal: &Refusal,
    rules: &Rules<'_>,
    concern: &Concern,
    directory: &Directory,
) -> String {
    let id = concern.id;
    let stands = stands(rules, concern);
    match refusal {
        Refusal::NotYours { who } => format!(
            "This is not yours to do on {id}: {} can.",
            who_can(who, rules, concern, directory)
        ),
        Refusal::OwnConcern => {
            format!("{id} is your own concern, so somebody else must answer it. {stands}")
        }
        Refusal::Closed => format!("Nothing was changed. {stands}"),
        Refusal::DoneAlready => format!("That was done already, and nothing was changed. {stands}"),
        Refusal::OutOfDate => {
            format!("{id} has moved on since this was drawn, and nothing was changed. {stands}")
        }
        Refusal::NotAsked => {
            format!("The present step does not ask for this, and nothing was changed. {stands}")
        }
        Refusal::ClockRuns { due } => format!(
            "The time for an answer runs until {}, so {id} cannot be moved on yet. Where it cannot wait, bypass to a later step, with a reason.",
            rules.calendar.say_due(due)
        ),
        Refusal::NothingToHold => {
            format!("No time is running out on {id}, so there is nothing to hold. {stands}")
        }
        Refusal::NothingToMoveOn => {
            format!("There is no answer on {id} to judge yet. {stands} Escalate moves it on.")
        }
        Refusal::LastStep => format!("There is no further step to move {id} to. {stands}"),
        Refusal::NoExtension => {
            format!("The time of this step cannot be extended now. {stands}")
        }
        Refusal::NotExhausted => format!(
            "The position is recorded when the last step has ended, and it has not. {stands}"
        ),
        Refusal::NoGate => format!("Nothing waits to be agreed on {id}. {stands}"),
        Refusal::Field { block, fault } => field(block, fault, Some(rules)),
    }
}

/// Who may do what somebody was refused, by role and by name. Only for somebody who may read the concern.
fn who_can(who: &Who, rules: &Rules<'_>, concern: &Concern, directory: &Directory) -> String {
    let raiser = || format!("the raiser ({})", mention(concern.raiser.as_str()));
    let holders = |role: &RoleId| {
        let found = directory.holders(&concern.raised.team, role, rules.protocol);
        let name = escaped(rules.protocol.role_name(role));
        if found.users.is_empty() {
            format!("the {name} (nobody holds it at present)")
        } else {
            format!("the {name} ({})", people(&found.users))
        }
    };
    match who {
        Who::Raiser => raiser(),
        Who::RaiserOrIroManager => {
            let manager = holders(&RoleId::from(crate::protocol::IRO_MANAGER));
            format!("{} or {manager}", raiser())
        }
        Who::Roles(asked) => {
            let mut named: Vec<String> = asked.iter().map(holders).collect();
            let own = concern
                .visit()
                .and_then(|visit| rules.step_of(visit))
                .and_then(|step| rules.own_addressee(concern, step))
                .filter(|own| {
                    asked.iter().all(|role| {
                        let found = directory.holders(&concern.raised.team, role, rules.protocol);
                        !found.users.contains(own)
                    })
                });
            if let Some(own) = own {
                named.push(format!("{}, this child's own", mention(own.as_str())));
            }
            listed(&named, "or")
        }
        Who::Readers => "those who may read it".to_owned(),
    }
}

/// At most eight people, called by name.
pub(super) fn people(users: &[UserId]) -> String {
    let mut named: Vec<String> = users
        .iter()
        .take(8)
        .map(|user| mention(user.as_str()))
        .collect();
    if users.len() > 8 {
        named.push("others".to_owned());
    }
    listed(&named, "and")
}

/// What is wrong with a field. Plain text: it stands at the field. Role names need the rules.
pub(super) fn field(block: &str, fault: &FieldFault, rules: Option<&Rules<'_>>) -> String {
    let fixed = match fault {
        FieldFault::Missing if block == "start_reason" => {
            "It does not start where the protocol usually starts: say why."
        }
        FieldFault::Missing if block == "reason" => "Say why: it is kept on the record.",
        FieldFault::Missing => "Please fill this in.",
        FieldFault::Past => "This day has passed: choose today or a later one.",
        FieldFault::Future => "This day is still to come: choose the day it happened.",
        FieldFault::NotAfter(day) => return format!("Choose a day after {}.", say_date(*day)),
        FieldFault::After(day) => return format!("Choose {} or an earlier day.", say_date(*day)),
        FieldFault::OnlyShorter(day) => {
            return format!(
                "The protocol's time ends on {}, and may be made shorter only: choose that day or an earlier one.",
                say_date(*day)
            );
        }
        FieldFault::NotALaterStep => {
            "Choose a step after the present one that the protocol lets you go to."
        }
        FieldFault::NotAHolder(asked) => {
            let names: Vec<String> = asked
                .iter()
                .map(|role| {
                    let name = rules.map_or(role.as_str(), |rules| rules.protocol.role_name(role));
                    format!("the {name}")
                })
                .collect();
            return format!("The protocol asks for {} here.", listed(&names, "or"));
        }
        FieldFault::NotARaiser => {
            "They may not raise under this concern's protocol, so it cannot be handed to them."
        }
        FieldFault::InTheLine if block == "to" => {
            "They hold a role that answers this concern, so it cannot be handed to them."
        }
        FieldFault::InTheLine => {
            "You hold a role that answers concerns of this team, so somebody else must raise it."
        }
        FieldFault::AlreadyTheirs => "They have it already.",
        FieldFault::Unknown => "Choose one that the protocol has.",
        FieldFault::RoleMayNotRaise => {
            "Your role may not raise concerns under this team's protocol: the manager of the IRO service knows who may."
        }
    };
    fixed.to_owned()
}

/// Why a text that names an identifier is refused. Plain text: it stands at the field.
pub(super) fn identifier(found: Identifier) -> &'static str {
    match found {
        Identifier::NhsNumber => {
            "This has what looks like an NHS number. Take it out: the case reference alone says whose case it is."
        }
        Identifier::Postcode => {
            "This has what looks like a postcode, which says where a child lives. Take it out; name the area only if you must."
        }
        Identifier::DateOfBirth => {
            "This has what looks like a date of birth. Take it out; an age is enough. The date of a meeting is fine."
        }
        Identifier::Upn => {
            "This has what looks like a Unique Pupil Number. Take it out: the case reference alone says whose case it is."
        }
    }
}

/// How a concern stands, in a sentence or two.
pub(super) fn stands(rules: &Rules<'_>, concern: &Concern) -> String {
    let id = concern.id;
    let Some(visit) = concern.visit() else {
        return format!("{id} has not begun.");
    };
    let at = stage(rules, visit);
    let raiser = mention(concern.raiser.as_str());
    match concern.phase {
        Phase::Answering => match visit.due {
            Some(due) => format!(
                "{id} is at {at}, with {}, to answer by {}.",
                answerers(rules, visit),
                rules.calendar.say_due(&visit.held.unwrap_or(due))
            ),
            None => format!(
                "{id} is at {at}, with {}. {}",
                answerers(rules, visit),
                review(concern, &raiser)
            ),
        },
        Phase::RejectedWaiting => {
            let on = visit.due.map_or_else(String::new, |due| {
                let due = rules.calendar.say_due(&due);
                format!(" It moves on by itself at {due}.")
            });
            format!("{}{on}", answered(rules, concern, visit, &at))
        }
        Phase::Underway => {
            let target = visit.target.map_or_else(String::new, |(target, _)| {
                format!(" It is to be done by {}.", say_date(target))
            });
            format!("{}{target}", answered(rules, concern, visit, &at))
        }
        Phase::Judging => format!(
            "{} {raiser} says whether that is satisfactory.",
            answered(rules, concern, visit, &at)
        ),
        Phase::AtGate => at_gate(rules, concern, visit, &at, &raiser),
        Phase::Exhausted => {
            format!("{id} has been through the whole protocol: {raiser} records the position.")
        }
        Phase::Closed(how) => format!(
            "{id} is closed: {} on {}.",
            closed(how),
            say_date(rules.day(concern.changed_at))
        ),
    }
}

/// "Stage 1".
pub(super) fn stage(rules: &Rules<'_>, visit: &Visit) -> String {
    rules
        .step_of(visit)
        .map_or_else(|| visit.step.to_string(), |step| escaped(&step.stage))
}

/// "the Team Manager".
pub(super) fn answerers(rules: &Rules<'_>, visit: &Visit) -> String {
    let Some(step) = rules.step_of(visit) else {
        return "nobody".to_owned();
    };
    let joint = match step.need {
        crate::protocol::Need::AnyOf => "or",
        crate::protocol::Need::AllOf => "and",
    };
    let names: Vec<String> = step
        .answerers()
        .map(|role| format!("the {}", escaped(rules.protocol.role_name(role))))
        .collect();
    listed(&names, joint)
}

fn review(concern: &Concern, raiser: &str) -> String {
    concern.review.map_or_else(
        || format!("{raiser} looks again."),
        |(on, _)| format!("It has no clock: {raiser} looks again on {}.", say_date(on)),
    )
}

fn answered(rules: &Rules<'_>, concern: &Concern, visit: &Visit, at: &str) -> String {
    let id = concern.id;
    let Some(answer) = visit.answers.last() else {
        return format!("{id} was not answered at {at} in time.");
    };
    let what = match answer.answer {
        Answered::Accepted => "accepted",
        Answered::Rejected => "rejected",
        Answered::Responded => "answered",
        Answered::Decided => "decided",
    };
    format!(
        "{id} was {what} at {at} by {} on {}.",
        mention(answer.by.as_str()),
        rules.calendar.say(answer.at)
    )
}

fn at_gate(rules: &Rules<'_>, concern: &Concern, visit: &Visit, at: &str, raiser: &str) -> String {
    let id = concern.id;
    let Some(asked) = &visit.gate else {
        return format!("{id} waits after {at}: {raiser} acts next.");
    };
    if rules.is_judgement(&asked.to) {
        return format!("{id} waits after {at} for the judgement of {raiser}.");
    }
    let holders: Vec<String> = rules
        .gate_to(&asked.to)
        .into_iter()
        .flat_map(|gate| &gate.roles)
        .map(|role| format!("the {}", escaped(rules.protocol.role_name(role))))
        .collect();
    match &asked.verdict {
        Some(verdict) if !verdict.agreed => format!(
            "{id} waits after {at}: {} did not agree to the next step, and {raiser} may proceed with a reason.",
            mention(verdict.by.as_str())
        ),
        _ => format!(
            "{id} waits after {at} for {} to agree to the next step.",
            listed(&holders, "or")
        ),
    }
}

/// How it was closed.
fn closed(how: Closed) -> &'static str {
    match how {
        Closed::Resolved | Closed::Position(Position::Resolved) => "resolved",
        Closed::Withdrawn => "withdrawn",
        Closed::Position(Position::Maintained) => "the raiser maintains their position",
        Closed::Position(Position::Referred) => "referred outside the council",
    }
}

/// What a late answer gets to hear.
pub(super) fn kept_as_late(rules: &Rules<'_>, concern: &Concern) -> String {
    format!(
        "Your answer came after its time had ended. It is kept as late, and shown to the raiser and to whoever has the concern now. {}",
        stands(rules, concern)
    )
}

/// What a raiser sees once a concern is raised.
pub(super) fn raised(rules: &Rules<'_>, concern: &Concern, directory: &Directory) -> Vec<String> {
    let Some((visit, step)) = concern
        .visit()
        .and_then(|visit| Some((visit, rules.step_of(visit)?)))
    else {
        return vec![format!("*{}* is raised.", concern.id)];
    };
    let own_role = rules
        .own_addressee(concern, step)
        .and_then(|own| Some((own, rules.role_of_own_addressee(&visit.step)?)));
    let to: Vec<String> = step
        .answerers()
        .map(|role| {
            let name = escaped(rules.protocol.role_name(role));
            if let Some((own, _)) = own_role.filter(|(_, named)| *named == role) {
                return format!("{}, this child's own {name}", mention(own.as_str()));
            }
            let found = directory.holders(&concern.raised.team, role, rules.protocol);
            let who = people(&found.users);
            match found.standing_in_for {
                Some(_) => format!("{who} for the {name}, which is vacant"),
                None if found.users.is_empty() => format!("the {name}, whom nobody is at present"),
                None => format!("the {name} ({who})"),
            }
        })
        .collect();
    let by = match visit.due {
        Some(due) => format!("An answer is due by {}.", rules.calendar.say_due(&due)),
        None => concern.review.map_or_else(String::new, |(on, _)| {
            format!(
                "This step has no clock: you are asked again on {}.",
                say_date(on)
            )
        }),
    };
    let mut lines = vec![
        format!(
            "*{}* goes to {} at {}. {by}",
            concern.id,
            listed(&to, "and"),
            escaped(&step.stage)
        ),
        "Your receipt, with what you can do next, is in your direct message with Lodestar."
            .to_owned(),
    ];
    if concern.raised.flags.urgent {
        lines.push(
            "*You marked it urgent. Have you phoned?* A card may be read hours after it arrives."
                .to_owned(),
        );
    }
    lines
}
