//! Tasks in words, by what they are kept for.

use super::{Page, and, names, or};
use crate::protocol::{Keeps, Protocol, Repeat, TaskOccasion, TaskRule, TaskStart};

pub(super) fn explain(page: &mut Page, protocol: &Protocol) {
    for (keeps, title) in [
        (Keeps::Proceedings, "When a case is in care proceedings"),
        (Keeps::Concern, "What a concern asks besides its steps"),
        (Keeps::Team, "What comes round for each team"),
        (Keeps::Protocol, "What comes round for the protocol itself"),
    ] {
        let tasks: Vec<_> = protocol.tasks_of(keeps).collect();
        if tasks.is_empty() {
            continue;
        }
        page.section(title);
        for task in tasks {
            page.line(2, 4, &line(protocol, task));
            for topic in &task.topics {
                page.line(4, 6, &format!("- {topic}"));
            }
        }
        page.line(
            2,
            4,
            "None of this stops anything, and late is told and recorded.",
        );
    }
}

fn line(protocol: &Protocol, task: &TaskRule) -> String {
    let owner = match &task.owner {
        Some(role) => format!("the {}", protocol.role_name(role)),
        None => "the reviewing officer".to_owned(),
    };
    let with = match task.with.as_slice() {
        [] => String::new(),
        roles => format!(", together with {}", and(&names(protocol, roles))),
    };
    let within = match (task.within, task.every) {
        (Some(within), _) => format!(", within {within}"),
        (None, Some(every)) => format!(", every {every}"),
        (None, None) => String::new(),
    };
    let since = task.since.map_or_else(String::new, |since| {
        format!(", counted from {}", since.format("%-d %B %Y"))
    });
    let repeat = match task.repeat {
        Repeat::Once => "",
        Repeat::EachTime => ", each time",
        Repeat::Throughout => ", open throughout and asked again each time",
        Repeat::AnyTime => ", as often as there is one",
    };
    let note = task.note.as_ref().map_or_else(String::new, |note| {
        format!("; it asks for \"{note}\", which is sealed")
    });
    let skip = if task.may_skip {
        "; it may be ended as not needed, with a reason"
    } else {
        ""
    };
    let topics = if task.topics.is_empty() { "." } else { ":" };
    format!(
        "{} ({}): {}{repeat}{within}{since}, by {owner}{with}{note}{skip} [{}]{topics}",
        task.name,
        task.id,
        start(protocol, task),
        task.clause
    )
}

fn start(protocol: &Protocol, task: &TaskRule) -> String {
    match &task.starts {
        TaskStart::On(occasions) => {
            let words: Vec<_> = occasions.iter().map(|one| occasion(*one)).collect();
            or(&words)
        }
        TaskStart::After(earlier) => {
            let name = protocol.task(earlier).map_or(earlier, |task| &task.name);
            format!("after \"{name}\"")
        }
    }
}

/// An occasion as a reader would say it.
fn occasion(occasion: TaskOccasion) -> String {
    match occasion {
        TaskOccasion::Proceedings => "from the start",
        TaskOccasion::AnotherOfficer => "when another officer has the case",
        TaskOccasion::GuardianAppointed => "when a children's guardian is appointed",
        TaskOccasion::Dispute => "when a concern is raised on the case",
        TaskOccasion::Review => "when a review of the case is recorded",
        TaskOccasion::ProceedingsEnded => "when the proceedings end",
        TaskOccasion::StaysLookedAfter => {
            "when the proceedings end and the child stays looked after"
        }
        TaskOccasion::ConcernRaised => "when a concern is raised",
        TaskOccasion::ConcernMoves => "when it goes on to another step",
        TaskOccasion::Protocol => "while the protocol is in use",
        TaskOccasion::Team => "while the team uses the protocol",
    }
    .to_owned()
}
