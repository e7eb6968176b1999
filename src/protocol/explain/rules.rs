//! The rules beside the ladder in words.

use super::step::{each_gate_words, gate_words};
use super::{Page, and, listed, names, only_for, or, raiser, subjects};
use crate::protocol::words;
use crate::protocol::{
    ExternalRoute, Here, MidwayRule, Partner, PartnerBy, Protocol, ReviewAsks, ReviewClock,
    ReviewField, ReviewStart, Silence, Sitting,
};

pub(super) fn explain(page: &mut Page, protocol: &Protocol) {
    ways(page, protocol);
    review_clocks(page, protocol);
    super::tasks::explain(page, protocol);
    notices(page, protocol);
    categories(page, protocol);
}

/// The rules that bear on a concern's way: moving ahead, going outside, what is noted.
pub(in crate::protocol) fn ways(page: &mut Page, protocol: &Protocol) {
    moving(page, protocol);
    urgent(page, protocol);
    transfer(page, protocol);
    redirects(page, protocol);
    partners(page, protocol);
    copy_named(page, protocol);
    let beside = &protocol.beside;
    external(
        page,
        protocol,
        "Cafcass",
        "go to Cafcass",
        beside.cafcass.as_ref(),
    );
    external(
        page,
        protocol,
        "Independent legal advice",
        "take independent legal advice",
        beside.legal_advice.as_ref(),
    );
    if beside.advice.is_some() {
        external(
            page,
            protocol,
            "Other advice",
            "take other advice",
            beside.advice.as_ref(),
        );
    }
    notes(page, protocol);
}

fn moving(page: &mut Page, protocol: &Protocol) {
    page.section("Moving ahead of time");
    match &protocol.early {
        Some(clause) => page.line(
            2,
            4,
            &format!("The raiser may move on while a clock still runs; the times are the longest there may be [{clause}]."),
        ),
        None => page.line(2, 4, "While a clock runs, the raiser moves on only by a bypass."),
    }
    let bypass = &protocol.bypass;
    let to = if bypass.to.is_empty() {
        "to any later step".to_owned()
    } else {
        let steps: Vec<_> = bypass.to.iter().map(ToString::to_string).collect();
        format!("to {}", or(&steps))
    };
    page.line(
        2,
        4,
        &format!(
            "Steps may be bypassed {to}, always with a reason [{}].",
            bypass.clause
        ),
    );
    if let Some(gate) = &bypass.gate {
        page.line(2, 4, &gate_words(protocol, gate, "Before a bypass, "));
    }
}

fn redirects(page: &mut Page, protocol: &Protocol) {
    let redirects = &protocol.beside.redirects;
    if redirects.is_empty() {
        return;
    }
    page.section("Where another procedure is the one to use");
    for redirect in redirects {
        let only = only_for(&redirect.routes, &redirect.subjects);
        let opening = if only.is_empty() {
            "Where".to_owned()
        } else {
            format!("{only}, where")
        };
        let here = match redirect.here {
            Here::Ends => "The raiser records that it went there, which closes the concern here.",
            Here::GoesOn => "The raiser records it, and the concern runs on here beside it.",
        };
        page.line(
            2,
            4,
            &format!(
                "{opening} {}: the {} [{}]. {here}",
                redirect.when, redirect.to, redirect.clause
            ),
        );
    }
}

fn partners(page: &mut Page, protocol: &Protocol) {
    let partners = &protocol.beside.partners;
    if partners.is_empty() {
        return;
    }
    page.section("Telling others outside the line");
    for partner in partners {
        page.line(2, 4, &partner_words(partner));
    }
    page.line(
        2,
        4,
        "They are told for information or invited to respond. No step asks them and no clock waits for them; the raiser is asked every five working days about who has not responded.",
    );
}

fn copy_named(page: &mut Page, protocol: &Protocol) {
    let Some(copy) = &protocol.beside.copy_named else {
        return;
    };
    page.section("Copying others for one case");
    let from = match &copy.from {
        Some(step) => format!("from step {step} on"),
        None => "at any time".to_owned(),
    };
    page.line(
        2,
        4,
        &format!(
            "The raiser may copy {} by name, {from}; they get a copy then and at every later step, for information, and may read the concern [{}].",
            copy.who, copy.clause
        ),
    );
}

fn partner_words(partner: &Partner) -> String {
    let Partner {
        id, name, clause, ..
    } = partner;
    let only = only_for(&partner.routes, &partner.subjects);
    let only = if only.is_empty() {
        only
    } else {
        format!(" {only},")
    };
    let names = if partner.names.is_empty() {
        String::new()
    } else {
        format!(", such as {}", listed(&partner.names))
    };
    let when = partner
        .when
        .as_ref()
        .map_or_else(String::new, |when| format!(" where {when}"));
    let how = match partner.by {
        PartnerBy::Message => {
            "by a message after which they may read the concern, or by e-mail where they are outside the workspace"
        }
        PartnerBy::Email => "by e-mail, which the raiser records",
    };
    let kept = match (&partner.episode, &partner.tracked) {
        (Some(episode), Some(tracked)) => {
            format!(" It is recorded as a {episode}, and followed by {tracked}.")
        }
        (Some(episode), None) => format!(" It is recorded as a {episode}."),
        (None, Some(tracked)) => format!(" It is followed by {tracked}."),
        (None, None) => String::new(),
    };
    format!("{name} ({id}){names}:{only} may be told{when}, {how} [{clause}].{kept}")
}

fn urgent(page: &mut Page, protocol: &Protocol) {
    let Some(urgent) = &protocol.beside.urgent else {
        return;
    };
    page.section("Urgent concerns");
    let when = urgent
        .when
        .as_ref()
        .map_or_else(String::new, |when| format!(" {when}"));
    page.line(
        2,
        4,
        &format!(
            "The right manager is phoned at once{when}, beside the escalation; the call is logged with who, when and what was agreed [{}]. While none is logged the raiser is reminded three times, unless they say why none is needed.",
            urgent.clause
        ),
    );
}

fn transfer(page: &mut Page, protocol: &Protocol) {
    let Some(transfer) = &protocol.beside.transfer else {
        return;
    };
    page.section("Moving the case to another team");
    let until = transfer
        .until
        .as_ref()
        .map_or_else(String::new, |until| format!(" {until}"));
    page.line(
        2,
        4,
        &format!(
            "While a concern is open, its case should not move to another team{until} [{}].",
            transfer.clause
        ),
    );
    page.line(
        2,
        4,
        "Whoever asks to move it is warned; to move it all the same needs a name and a reason, which are recorded. The concern stays with the team it was raised with.",
    );
}

fn external(
    page: &mut Page,
    protocol: &Protocol,
    title: &str,
    act: &str,
    rule: Option<&ExternalRoute>,
) {
    page.section(title);
    let Some(rule) = rule else {
        page.line(
            2,
            4,
            &format!("The protocol does not say when a raiser may {act}."),
        );
        return;
    };
    let who = if rule.by.is_empty() {
        "Whoever raised the concern".to_owned()
    } else {
        let raisers: Vec<_> = rule.by.iter().map(raiser).collect();
        format!("Only {}", or(&raisers))
    };
    let from = match &rule.from {
        Some(step) => format!("from step {step} on"),
        None => "at any time".to_owned(),
    };
    let when = rule
        .when
        .as_ref()
        .map_or_else(String::new, |when| format!(", {when}"));
    page.line(
        2,
        4,
        &format!("{who} may {act}, {from}{when} [{}].", rule.clause),
    );
    if let Some(gate) = &rule.gate {
        page.line(2, 4, &each_gate_words(protocol, gate, "First, "));
    }
    if !rule.oversight.is_empty() {
        let told = and(&names(protocol, &rule.oversight));
        page.line(2, 4, &format!("Told of it, without a veto: {told}."));
    }
}

fn notes(page: &mut Page, protocol: &Protocol) {
    let Some(note) = &protocol.beside.note else {
        return;
    };
    page.section("Case notes");
    let clause = note
        .clause
        .as_ref()
        .map_or_else(String::new, |clause| format!(" [{clause}]"));
    page.line(
        2,
        4,
        &format!(
            "Each step's case note holds: {}{clause}.",
            listed(&note.fields)
        ),
    );
    if note.required {
        let on = only_for(&note.routes, &[]);
        let a = if on.is_empty() { "A" } else { ", a" };
        page.line(
            2,
            4,
            &format!(
                "{on}{a} concern is resolved, or its position recorded, only once the note of each step it reached is in the case system. Moving on never waits for one."
            ),
        );
    }
    for (occasion, name) in &note.names {
        page.line(
            2,
            4,
            &format!("{} it is called \"{name}\".", note_of(occasion)),
        );
    }
    if let Some(system) = &protocol.case_system {
        page.line(2, 4, &format!("It is kept in {system}."));
    }
}

/// On which occasion a note is written, such as "Of an informal step about a child on a child protection plan".
fn note_of(occasion: &str) -> String {
    let (kind, about) = occasion.split_once('_').unwrap_or((occasion, ""));
    let step = match kind {
        "informal" => "Of an informal step",
        "formal" => "Of a formal step",
        _ => return format!("Of {},", occasion.replace('_', " ")),
    };
    let known = words::SUBJECTS.iter().find(|(word, _)| *word == about);
    match known {
        Some((_, subject)) => format!("{step} about {}", subjects(&[*subject]).concat()),
        None => step.to_owned(),
    }
}

fn review_clocks(page: &mut Page, protocol: &Protocol) {
    let clocks = &protocol.beside.review_clocks;
    let fields = &protocol.beside.review_fields;
    let midway = protocol.beside.midway.as_ref();
    if clocks.is_empty() && fields.is_empty() && midway.is_none() {
        return;
    }
    page.section("After a review");
    if let Some(MidwayRule { name, clause }) = midway {
        let line = format!(
            "Between two reviews a {name} is recorded too, without a rating or the form [{clause}]."
        );
        page.line(2, 4, &line);
    }
    for clock in clocks {
        page.line(2, 4, &review_clock(protocol, clock));
    }
    for field in fields {
        let how = match field.asks {
            ReviewAsks::Words => "in words",
            ReviewAsks::YesOrNo => "with yes or no",
        };
        let ReviewField {
            id, name, clause, ..
        } = field;
        page.line(
            2,
            4,
            &format!("The form of a review asks, {how}: {name} ({id}) [{clause}]."),
        );
    }
}

fn review_clock(protocol: &Protocol, clock: &ReviewClock) -> String {
    let midway = protocol.beside.midway.as_ref();
    let from = match &clock.starts {
        ReviewStart::Held(sittings) => {
            let name = |sitting: &Sitting| match (sitting, midway) {
                (Sitting::Midway, Some(midway)) => format!("the {}", midway.name),
                (Sitting::Midway, None) => "the midway review".to_owned(),
                (Sitting::Review, _) => "the review".to_owned(),
            };
            let names: Vec<String> = sittings.iter().map(name).collect();
            names.join(" or ")
        }
        ReviewStart::After(id) => {
            let earlier = protocol
                .beside
                .review_clocks
                .iter()
                .find(|other| other.id == *id);
            earlier.map_or_else(|| id.clone(), |earlier| format!("\"{}\"", earlier.name))
        }
    };
    let owner = match &clock.owner {
        Some(role) => format!("the {}", protocol.role_name(role)),
        None => "the reviewing officer".to_owned(),
    };
    let silence = match clock.on_silence {
        Silence::DeemedAccepted => "silence means accepted, no objection",
        Silence::Alert | Silence::Lapse => "late is told and recorded",
    };
    let only = if clock.only_with_concerns {
        ", where matters of concern came up"
    } else {
        ""
    };
    let raising = if clock.done_by_raising {
        "; raising a concern from the review does it too"
    } else {
        ""
    };
    format!(
        "{} ({}): within {} of {from}, by {owner}{only}{raising}; {silence} [{}].",
        clock.name, clock.id, clock.within, clock.clause
    )
}

fn notices(page: &mut Page, protocol: &Protocol) {
    let notices = &protocol.beside.notices;
    if notices.is_empty() {
        return;
    }
    page.section("Who is told, and of what");
    for notice in notices {
        let told = and(&names(protocol, &notice.to));
        let when = occasion(&notice.when);
        page.line(2, 4, &format!("{when}: {told} [{}].", notice.clause));
        for item in &notice.items {
            page.line(4, 6, &format!("- {item}"));
        }
    }
}

/// A notice's occasion as a reader would say it.
fn occasion(when: &str) -> &str {
    match when {
        "review held" => "After every review",
        "rag amber" => "When a review, or a concern as it is raised, is rated amber",
        "rag red" => "When a review, or a concern as it is raised, is rated red",
        "significant change" => "On a significant change",
        "standing criterion" => "When a standing criterion is met",
        "general concern" => "On a general concern about a service",
        "good practice" => "On good practice",
        "answered" => "When an addressee answers, as far as the concern has reached them",
        "limit passed" => "When a limit on the whole process passes and the concern is open",
        "referred outside" => "When a case is referred outside the council",
        "position recorded" => {
            "When the raiser records their position at the end, as far as it has reached them"
        }
        other => other,
    }
}

fn categories(page: &mut Page, protocol: &Protocol) {
    page.section("Categories");
    for theme in &protocol.themes {
        if !theme.name.is_empty() {
            page.line(2, 4, &format!("{}:", theme.name));
        }
        for category in &theme.categories {
            page.line(4, 6, &format!("- {}", category.name));
        }
    }
}
