//! What `list`, `show` and `overdue` say: reference, step, role and date, and nothing of what anybody wrote.

use std::fmt::Write as _;

use serde_json::json;

use super::{Bot, trouble, words};
use crate::calendar::say_date;
use crate::concern::{Concern, Phase, Rules, Standing};
use crate::desk::Line;
use crate::digest::{Digest, Entry};
use crate::ids::{ConcernId, UserId};
use crate::slack::modal::{escaped, listed, mention, section};
use crate::slack::reply::{Message, Reply};

/// How many lines one part of an answer has.
const MOST: usize = 25;

impl Bot {
    /// What a person has raised, what waits for them, and what else they may read.
    pub(super) async fn list(&self, user: &UserId) -> Reply {
        let lines = match self.desk.readable(user).await {
            Ok(lines) => lines,
            Err(fault) => return Reply::words(trouble(&fault)),
        };
        let calendar = self.desk.calendar();
        let (mut mine, mut waiting, mut others) = (Vec::new(), Vec::new(), Vec::new());
        for Line { case, standing } in &lines {
            let Ok(rules) = case.rules(&calendar, self.desk.hours()) else {
                continue;
            };
            let said = line(&rules, &case.concern);
            if waits_for(&rules, &case.concern, standing) {
                waiting.push(said);
            } else if case.concern.raiser == *user {
                mine.push(said);
            } else {
                others.push(said);
            }
        }
        if lines.is_empty() {
            return Reply::words(
                "There is no open concern that you have raised, that waits for you or that you may read.",
            );
        }
        let parts = [
            part("Waiting for your answer", &waiting),
            part("Your open concerns", &mine),
            part("Others you may read", &others),
        ];
        said(&parts)
    }

    /// What is overdue, among what a person may read.
    pub(super) async fn overdue(&self, user: &UserId) -> Reply {
        let lines = match self.desk.readable(user).await {
            Ok(lines) => lines,
            Err(fault) => return Reply::words(trouble(&fault)),
        };
        let calendar = self.desk.calendar();
        let today = self.today();
        let mut digest = Digest::default();
        for Line { case, .. } in &lines {
            if let Ok(rules) = case.rules(&calendar, self.desk.hours()) {
                digest.add(&rules, &case.concern, today);
            }
        }
        let entries = |entries: &[Entry], word: &str| -> Vec<String> {
            entries
                .iter()
                .map(|entry| {
                    format!(
                        "*{}* · {} · {} · {word} {}",
                        entry.concern,
                        escaped(&entry.step),
                        escaped(&entry.role_name),
                        say_date(entry.date)
                    )
                })
                .collect()
        };
        let overdue = entries(&digest.overdue, "due");
        let at_gate = entries(&digest.at_gate, "since");
        let raiser = entries(&digest.waiting_raiser, "since");
        if overdue.is_empty() && at_gate.is_empty() && raiser.is_empty() {
            return Reply::words("Nothing that you may read is overdue.");
        }
        let parts = [
            part("Overdue", &overdue),
            part("Waiting at a gate", &at_gate),
            part("Waiting for the raiser", &raiser),
        ];
        said(&parts)
    }

    /// How one concern stands, without its words: those are behind its button.
    pub(super) async fn show(&self, user: &UserId, id: ConcernId) -> Reply {
        let case = match self.readable(user, id).await {
            Ok(case) => case,
            Err(fault) => return Reply::words(self.explained(user, id, fault).await),
        };
        let calendar = self.desk.calendar();
        let rules = match case.rules(&calendar, self.desk.hours()) {
            Ok(rules) => rules,
            Err(fault) => return Reply::words(trouble(&fault)),
        };
        let directory = self.desk.directory();
        let text = summary(&rules, &case.concern, &directory);
        let visit = case.concern.visit().map_or(1, |visit| visit.number);
        let button = json!({
            "type": "button",
            "action_id": "details",
            "value": id.to_string(),
            "text": {"type": "plain_text", "text": "Details"},
        });
        let blocks = json!([
            section(&text),
            {"type": "actions", "block_id": format!("actions/{visit}"), "elements": [button]},
        ]);
        Reply::Message(Message {
            text,
            blocks: Some(blocks),
        })
    }
}

fn summary(
    rules: &Rules<'_>,
    concern: &Concern,
    directory: &crate::directory::Directory,
) -> String {
    let raised = &concern.raised;
    let category = rules
        .protocol
        .category(&raised.category)
        .map_or(raised.category.as_str(), |category| category.name.as_str());
    let team = directory
        .team(&raised.team)
        .map_or(raised.team.as_str(), |team| team.name.as_str());
    let mut lines = vec![
        format!(
            "*{}* · {} · Case {} · {}",
            concern.id,
            escaped(team),
            escaped(raised.case_ref.as_str()),
            escaped(category)
        ),
        words::stands(rules, concern),
        format!(
            "Raised by {} on {}, about {}.",
            mention(concern.raised_by.as_str()),
            say_date(rules.day(concern.raised_at)),
            say_date(raised.event_date)
        ),
    ];
    if concern.raiser != concern.raised_by {
        lines.push(format!("Now with {}.", mention(concern.raiser.as_str())));
    }
    if concern.is_open() {
        for (cap, due) in rules.caps(concern) {
            lines.push(format!(
                "The {} end on {} ({}).",
                cap.within,
                say_date(due.date),
                escaped(&cap.clause)
            ));
        }
    }
    lines.join("\n")
}

/// Whether a concern waits for somebody's answer: at its step, or at its gate.
fn waits_for(rules: &Rules<'_>, concern: &Concern, standing: &Standing) -> bool {
    let Some(visit) = concern.visit() else {
        return false;
    };
    if concern.raiser == standing.user {
        return false;
    }
    let answers = concern.phase == Phase::Answering
        && rules.step_of(visit).is_some_and(|step| {
            step.answerers().any(|role| standing.holds(role))
                || rules.own_addressee(concern, step) == Some(&standing.user)
        });
    let gate = visit
        .gate
        .as_ref()
        .filter(|gate| concern.is_open() && gate.verdict.is_none() && !gate.superseded)
        .and_then(|gate| rules.gate_to(&gate.to));
    answers || gate.is_some_and(|gate| gate.roles.iter().any(|role| standing.holds(role)))
}

/// One concern in a list.
fn line(rules: &Rules<'_>, concern: &Concern) -> String {
    let id = concern.id;
    let Some(visit) = concern.visit() else {
        return format!("*{id}*");
    };
    let since = say_date(rules.day(concern.nag.since));
    let what = match concern.phase {
        Phase::Answering => {
            let who = words::answerers(rules, visit);
            match (visit.due, concern.review) {
                (Some(due), _) => format!("{who} · by {}", rules.calendar.say_due(&due)),
                (None, Some((on, _))) => format!("{who} · review on {}", say_date(on)),
                (None, None) => who,
            }
        }
        Phase::RejectedWaiting => visit.due.map_or_else(
            || "rejected".to_owned(),
            |due| format!("rejected · moves on {}", rules.calendar.say_due(&due)),
        ),
        Phase::Underway => visit.target.map_or_else(
            || "accepted".to_owned(),
            |(target, _)| format!("accepted · to be done by {}", say_date(target)),
        ),
        Phase::Judging | Phase::Exhausted => format!("the raiser · since {since}"),
        Phase::AtGate => {
            let gate = visit
                .gate
                .as_ref()
                .filter(|gate| gate.verdict.is_none() && !rules.is_judgement(&gate.to))
                .and_then(|gate| rules.gate_to(&gate.to));
            let who = gate.map_or_else(
                || "the raiser".to_owned(),
                |gate| {
                    let names: Vec<String> = gate
                        .roles
                        .iter()
                        .map(|role| format!("the {}", escaped(rules.protocol.role_name(role))))
                        .collect();
                    listed(&names, "or")
                },
            );
            format!("at a gate: {who} · since {since}")
        }
        Phase::Closed(_) => "closed".to_owned(),
    };
    format!("*{id}* · {} · {what}", words::stage(rules, visit))
}

/// A part of an answer; nothing where there is nothing to say.
fn part(title: &str, lines: &[String]) -> Option<String> {
    if lines.is_empty() {
        return None;
    }
    let mut said = format!("*{title}*\n");
    let shown: Vec<&str> = lines.iter().take(MOST).map(String::as_str).collect();
    said.push_str(&shown.join("\n"));
    if lines.len() > MOST {
        let more = lines.len() - MOST;
        // Writing to a string cannot fail.
        let _ = write!(
            said,
            "\nand {more} more: `lodestar concern list` has them all"
        );
    }
    Some(said)
}

fn said(parts: &[Option<String>]) -> Reply {
    let parts: Vec<&str> = parts.iter().flatten().map(String::as_str).collect();
    Reply::words(parts.join("\n\n"))
}
