//! What one person who may read a concern sees of it: its words and what happened, in a view of their own.

use serde_json::Value;

use super::{context, escaped, mention, page, section, words};
use crate::calendar::say_date;
use crate::concern::{Actor, Fact, Rules};
use crate::desk::Look;

/// How many entries are shown: each takes two blocks at most, of the hundred that a view has.
const ENTRIES: usize = 40;

/// The view.
pub(in crate::slack) fn view(look: &Look, rules: &Rules<'_>, case_system: &str) -> Value {
    let concern = &look.case.concern;
    let raised = &concern.raised;
    let category = rules
        .protocol
        .category(&raised.category)
        .map_or(raised.category.as_str(), |category| category.name.as_str());
    let mut blocks = vec![section(&format!(
        "*{}* · Case {} in {} · {}\nRaised by {} on {}, about {}",
        concern.id,
        escaped(raised.case_ref.as_str()),
        escaped(case_system),
        escaped(category),
        mention(concern.raised_by.as_str()),
        say_date(rules.day(concern.raised_at)),
        say_date(raised.event_date),
    ))];
    let Some(texts) = &look.texts else {
        blocks.push(section(
            "Its words have been erased. What happened is still on the record.",
        ));
        return page(&format!("Concern {}", concern.id), blocks);
    };
    let skipped = texts.len().saturating_sub(ENTRIES);
    if skipped > 0 {
        blocks.push(context(&format!(
            "The first {skipped} texts are left out here: the export has them all."
        )));
    }
    for text in texts.iter().skip(skipped) {
        let entry = look.history.iter().find(|entry| entry.seq == text.seq);
        let by = entry.map_or_else(String::new, |entry| {
            let who = match &entry.actor {
                Actor::Person(user) => mention(user.as_str()),
                Actor::Lodestar => "Lodestar".to_owned(),
            };
            let at = rules.calendar.say(entry.at);
            let late = matches!(entry.fact, Fact::AnsweredLate { .. });
            let late = if late { ", after the deadline" } else { "" };
            format!(" · {who}, {at}{late}")
        });
        blocks.push(context(&format!("*{}*{by}", label(&text.field))));
        blocks.push(words(&text.text));
    }
    page(&format!("Concern {}", concern.id), blocks)
}

/// What a text is, in words.
fn label(field: &str) -> &str {
    match field {
        "issue" => "Concern",
        "impact" => "What it means for the child",
        "action" => "Asked for",
        "start_reason" => "Why it started elsewhere",
        "plan" => "Plan",
        "rationale" => "Rationale",
        "response" => "Response",
        "decision" => "Decision",
        "item" => "Waiting for",
        "with" => "Discussed with",
        "note" => "Note",
        _ => "Reason",
    }
}
