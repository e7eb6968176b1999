//! What a protocol file says beside its ladders.

use indexmap::IndexMap;

use super::gate;
use super::task::task;
use super::value::{required_period, role_ids, route_ids, subjects_of, values};
use crate::ids::{RaiserRole, RoleId, StepId};
use crate::protocol::section::Section;
use crate::protocol::words::{
    HERE, OCCASIONS, PARTNER_BY, REVIEW_ASKS, REVIEW_DONE_BY, REVIEW_WHEN, SILENCE, SITTINGS,
};
use crate::protocol::{
    Beside, CopyNamed, ExternalRoute, Here, MidwayRule, NoteRule, Notice, Partner, PartnerBy,
    Redirect, ReviewClock, ReviewField, ReviewStart, Silence, Sitting, TransferRule, UrgentRule,
};

/// What a case note holds where the protocol does not say.
const NOTE_FIELDS: [&str; 3] = ["issue", "action", "outcome"];

pub(super) fn beside(file: &Section<'_, '_>) -> Beside {
    Beside {
        cafcass: external(file, "cafcass", "the rule on going to Cafcass"),
        legal_advice: external(file, "legal_advice", "the rule on independent legal advice"),
        advice: external(file, "advice", "the rule on other advice"),
        urgent: urgent(file),
        transfer: transfer(file),
        note: note(file),
        review_clocks: file
            .tables("review_clock", "a clock of a review")
            .iter()
            .filter_map(review_clock)
            .collect(),
        midway: midway(file),
        review_fields: file
            .tables("review_field", "a field of a review's form")
            .iter()
            .filter_map(review_field)
            .collect(),
        notices: file
            .tables("notice", "a notice")
            .iter()
            .filter_map(notice)
            .collect(),
        tasks: file
            .tables("task", "a task")
            .iter()
            .filter_map(task)
            .collect(),
        redirects: file
            .tables("redirect", "a way out to another procedure")
            .iter()
            .filter_map(redirect)
            .collect(),
        copy_named: copy_named(file),
        partners: file
            .tables("partner", "somebody outside the line who may be told")
            .iter()
            .filter_map(partner)
            .collect(),
        meetings: IndexMap::new(),
    }
}

fn redirect(section: &Section<'_, '_>) -> Option<Redirect> {
    let id = section.required_id("id", "partnership");
    let to = section.required_text("to", "Safeguarding Partnership escalation procedure");
    let when = section.required_text(
        "when",
        "the disagreement is with a professional of another agency",
    );
    let routes = route_ids(section);
    let subjects = subjects_of(section);
    let here = section.word("here", HERE).unwrap_or(Here::Ends);
    let clause = section.required_text("clause", "1.3");
    section.finish();
    Some(Redirect {
        id: id?.value,
        to: to?.value,
        when: when?.value,
        routes,
        subjects,
        here,
        clause: clause?.value,
    })
}

fn copy_named(file: &Section<'_, '_>) -> Option<CopyNamed> {
    let section = file.table("copy_named", "the rule on copying others by name")?;
    let who = section.required_text("who", "any other relevant senior manager");
    let from = section
        .text("from")
        .map(|text| text.value)
        .filter(|from| from != "any step");
    let clause = section.required_text("clause", "3.1.3");
    section.finish();
    Some(CopyNamed {
        who: who?.value,
        from: from.map(StepId::from),
        clause: clause?.value,
    })
}

fn partner(section: &Section<'_, '_>) -> Option<Partner> {
    let id = section.required_id("id", "agency");
    let name = section.required_text("name", "Another agency");
    let names = values(section.list("names", false));
    let when = section.text("when").map(|text| text.value);
    let by = section.word("by", PARTNER_BY).unwrap_or(PartnerBy::Message);
    let episode = section.text("episode").map(|text| text.value);
    let tracked = section.text("tracked").map(|text| text.value);
    let routes = route_ids(section);
    let subjects = subjects_of(section);
    let clause = section.required_text("clause", "3.1.2");
    section.finish();
    Some(Partner {
        id: id?.value,
        name: name?.value,
        names,
        when,
        by,
        episode,
        tracked,
        routes,
        subjects,
        clause: clause?.value,
    })
}

fn external(
    file: &Section<'_, '_>,
    key: &'static str,
    what: &'static str,
) -> Option<ExternalRoute> {
    let section = file.table(key, what)?;
    let by = values(section.filled("by", true, "everybody who may raise"));
    let from = section
        .text("from")
        .map(|text| text.value)
        .filter(|from| from != "any step");
    let when = section.text("when");
    let gate = gate(&section);
    let oversight = role_ids(&section, "oversight");
    let clause = section.required_text("clause", "5.3");
    section.finish();
    Some(ExternalRoute {
        by: by.into_iter().map(RaiserRole::from).collect(),
        from: from.map(StepId::from),
        when: when.map(|text| text.value),
        gate,
        oversight,
        clause: clause?.value,
    })
}

fn urgent(file: &Section<'_, '_>) -> Option<UrgentRule> {
    let section = file.table("urgent", "the rule on urgent concerns")?;
    let when = section.text("when").map(|text| text.value);
    let clause = section.required_text("clause", "Key Principles");
    section.finish();
    Some(UrgentRule {
        when,
        clause: clause?.value,
    })
}

fn transfer(file: &Section<'_, '_>) -> Option<TransferRule> {
    let section = file.table("transfer", "the rule on moving a case to another team")?;
    let until = section.text("until").map(|text| text.value);
    let clause = section.required_text("clause", "Appendix 1");
    section.finish();
    Some(TransferRule {
        until,
        clause: clause?.value,
    })
}

fn note(file: &Section<'_, '_>) -> Option<NoteRule> {
    let section = file.table("note", "the rule on case notes")?;
    let fields = match section.list("fields", true) {
        Some(fields) => values(Some(fields)),
        None => NOTE_FIELDS.map(str::to_owned).to_vec(),
    };
    let required = section.flag("required", false);
    let routes = route_ids(&section);
    let mut names = IndexMap::new();
    if let Some(table) = section.table("names", "the names of case notes") {
        for entry in table.named_entries() {
            if let Some(name) = table.text_of(&entry) {
                names.insert(entry.key.to_owned(), name.value);
            }
        }
    }
    let clause = section.text("clause").map(|text| text.value);
    section.finish();
    Some(NoteRule {
        fields,
        required,
        routes,
        names,
        clause,
    })
}

fn review_clock(section: &Section<'_, '_>) -> Option<ReviewClock> {
    let id = section.required_id("id", "decisions");
    let name = section.required_text("name", "Decisions sent to the team manager");
    let starts = review_start(section);
    let within = required_period(section, "within");
    let owner = section.id("owner").map(|role| RoleId::from(role.value));
    let on_silence = section
        .word("on_silence", SILENCE)
        .unwrap_or(Silence::Alert);
    let only_with_concerns = section.word("when", REVIEW_WHEN).unwrap_or(false);
    let done_by_raising = section.word("done_by", REVIEW_DONE_BY).unwrap_or(false);
    let done = section.text("done").map(|text| text.value);
    let clause = section.required_text("clause", "3.1");
    section.finish();
    Some(ReviewClock {
        id: id?.value,
        name: name?.value,
        starts: starts?,
        within: within?,
        owner,
        on_silence,
        only_with_concerns,
        done_by_raising,
        done,
        clause: clause?.value,
    })
}

/// What starts a clock of a review: what was held, one or both in a list, or another clock by its id.
fn review_start(section: &Section<'_, '_>) -> Option<ReviewStart> {
    let texts = section.list("starts", true);
    let Some(texts) = texts else {
        return (!section.has("starts")).then(|| ReviewStart::Held(vec![Sitting::Review]));
    };
    let held = |text: &str| {
        let found = SITTINGS.iter().find(|(word, _)| *word == text);
        found.map(|(_, sitting)| *sitting)
    };
    let sittings: Vec<Sitting> = texts.iter().filter_map(|text| held(&text.value)).collect();
    match texts.as_slice() {
        [only] if sittings.is_empty() => Some(ReviewStart::After(only.value.clone())),
        [_, ..] if sittings.len() == texts.len() => Some(ReviewStart::Held(sittings)),
        _ => {
            let message = "A review clock starts at what is held, `\"review\"`, `\"midway\"` or both in a list, or after one other clock: write `starts = \"review\"`, or the id of that other.";
            section.document.fault(section.offset, message.to_owned());
            None
        }
    }
}

fn midway(file: &Section<'_, '_>) -> Option<MidwayRule> {
    let section = file.table("midway", "the rule on midway reviews")?;
    let name = section.required_text("name", "midpoint review");
    let clause = section.required_text("clause", "5.1");
    section.finish();
    Some(MidwayRule {
        name: name?.value,
        clause: clause?.value,
    })
}

fn review_field(section: &Section<'_, '_>) -> Option<ReviewField> {
    let id = section.required_id("id", "planning");
    let name = section.required_text("name", "Key planning documents");
    let hint = section.text("hint").map(|text| text.value);
    let asks = section.word("asks", REVIEW_ASKS).unwrap_or_default();
    let clause = section.required_text("clause", "2.3");
    section.finish();
    Some(ReviewField {
        id: id?.value,
        name: name?.value,
        hint,
        asks,
        clause: clause?.value,
    })
}

fn notice(section: &Section<'_, '_>) -> Option<Notice> {
    if !section.has("when") {
        section.missing("when", "`when = \"rag red\"`");
    }
    let when = section.word("when", OCCASIONS);
    if !section.has("to") {
        section.missing("to", "`to = [\"service_manager\"]`");
    }
    let to = role_ids(section, "to");
    let items = values(section.filled("items", false, "that nothing is listed"));
    let clause = section.required_text("clause", "2.8");
    section.finish();
    Some(Notice {
        when: when?.to_owned(),
        to,
        items,
        clause: clause?.value,
    })
}
