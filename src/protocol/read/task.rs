//! Tasks that an occasion starts.

use chrono::NaiveDate;

use super::value::{period, role_ids, values, words_of};
use crate::ids::RoleId;
use crate::protocol::check::RAISER;
use crate::protocol::section::{Section, shortened};
use crate::protocol::task::{Every, Repeat, TaskRule, TaskStart};
use crate::protocol::words::{REPEATS, TASK_OCCASIONS};

pub(super) fn task(section: &Section<'_, '_>) -> Option<TaskRule> {
    let id = section.required_id("id", "legal-told");
    let name = section.required_text("name", "Legal department told who the IRO is");
    let on = words_of(section, "on", TASK_OCCASIONS);
    let after = section.id("starts").map(|text| text.value);
    let starts = match (section.has("on"), after) {
        (true, Some(_)) => {
            let message = "A task starts on an occasion or after another task, not both: take `on` or `starts` out.";
            section.document.fault(section.offset, message.to_owned());
            None
        }
        (false, None) => {
            if !section.has("starts") {
                section.missing(
                    "on",
                    "`on = \"proceedings\"`, or `starts` and another task's id",
                );
            }
            None
        }
        (true, None) => Some(TaskStart::On(on)),
        (false, Some(earlier)) => Some(TaskStart::After(earlier)),
    };
    let owner = section.id("owner").map(|role| RoleId::from(role.value));
    let with = role_ids(section, "with");
    let within = period(section, "within");
    let every = every(section);
    let since = since(section);
    let repeat = section.word("repeat", REPEATS).unwrap_or(Repeat::Once);
    let may_skip = section.flag("may_skip", false);
    let topics = values(section.list("topics", false));
    let note = section.text("asks_note").map(|text| text.value);
    let done = section.text("done").map(|text| text.value);
    let clause = section.required_text("clause", "5.3");
    section.finish();
    Some(TaskRule {
        id: id?.value,
        name: name?.value,
        starts: starts?,
        owner: owner.filter(|role| role.as_str() != RAISER),
        with,
        within,
        every,
        since,
        repeat,
        may_skip,
        topics,
        note,
        done,
        clause: clause?.value,
    })
}

fn every(section: &Section<'_, '_>) -> Option<Every> {
    let text = section.text("every")?;
    let every = Every::read(&text.value);
    if every.is_none() {
        let message = format!(
            "\"{}\" is not how often something comes round: write months or years, at most ten years, such as \"12 months\" or \"2 years\".",
            shortened(&text.value)
        );
        section.document.fault(text.offset, message);
    }
    every
}

fn since(section: &Section<'_, '_>) -> Option<NaiveDate> {
    let text = section.text("since")?;
    let day = text.value.parse().ok();
    if day.is_none() {
        let message = format!(
            "\"{}\" is not a date: write year, month and day in double quotes, such as \"2016-05-31\".",
            shortened(&text.value)
        );
        section.document.fault(text.offset, message);
    }
    day
}
