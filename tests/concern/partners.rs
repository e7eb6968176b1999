//! Those told of a concern outside its line: who may be, what they may read, when the raiser is asked about them, and that none of it
//! moves the ladder.

use std::collections::BTreeSet;

use lodestar::access::may_read;
use lodestar::concern::clocks::ClockKind;
use lodestar::concern::command::{FieldFault, ToInform, Who};
use lodestar::concern::event::Caution;
use lodestar::concern::{Command, Phase, Refusal};
use lodestar::ids::{RaiserRole, RoleId, UserId};
use lodestar::mail::Occasion;

use crate::kit::*;

/// Somebody of the workspace, outside every line.
const NURSE: &str = "U0NURSE";

fn told(partner: Option<&str>, named: Option<&str>) -> ToInform {
    ToInform {
        partner: partner.map(str::to_owned),
        named: named.map(str::to_owned),
        with: None,
        with_roles: BTreeSet::new(),
        told: Some(text()),
        on: day("2026-12-14"),
        invited: true,
        asked: Some(text()),
    }
}

/// Tells somebody of the workspace by a message.
fn message(partner: &str, invited: bool) -> ToInform {
    ToInform {
        with: Some(UserId::from(NURSE)),
        told: None,
        invited,
        ..told(Some(partner), None)
    }
}

fn inform(asked: ToInform) -> Command {
    Command::Inform(Box::new(asked))
}

fn police() -> Command {
    inform(told(Some("agency"), Some("Police")))
}

fn replied(number: u32, on: &str) -> Command {
    Command::Replied {
        number,
        responded: true,
        on: day(on),
        words: text(),
    }
}

fn at(block: &'static str, fault: FieldFault) -> Refusal {
    Refusal::Field { block, fault }
}

#[test]
fn another_agency_is_told_by_e_mail_and_neither_moves_nor_stops_a_clock() {
    let mut story = Story::of("manchester").raises();
    let due = story.due();
    story.raiser(police());
    let told = &story.concern.partners.told[0];
    assert_eq!(told.informed.named.as_deref(), Some("Police"));
    assert_eq!(
        (told.informed.with.as_ref(), told.informed.invited),
        (None, true)
    );
    assert_eq!(told.by, UserId::from(IRO));
    assert_eq!((story.phase(), story.due()), (Phase::Answering, due));
    assert_eq!(story.sent(Occasion::Partner), [""; 0], "no message goes");
    story.raiser(replied(1, "2026-12-14"));
    assert_eq!(
        story.phase(),
        Phase::Answering,
        "their response answers no step"
    );
    story.to("2026-12-21 17:00:01");
    assert_eq!(story.phase(), Phase::AtGate, "it lapses all the same");
}

#[test]
fn a_professional_of_the_workspace_gets_a_message_and_may_then_read() {
    let mut story = Story::of("manchester").raises();
    let nurse = person(NURSE, &[]);
    assert!(!may_read(&story.rules, &story.concern, &nurse));
    story.raiser(inform(message("professional", true)));
    assert!(may_read(&story.rules, &story.concern, &nurse));
    assert_eq!(story.sent(Occasion::Partner), ["2026-12-14 10:00 U0NURSE"]);
    assert_eq!(
        story.refuses(&nurse, respond()),
        Refusal::NotYours {
            who: Who::Roles(vec![RoleId::from("team_manager")])
        },
        "they are no addressee"
    );
    assert_eq!(
        story.refuses_raiser(inform(message("professional", false))),
        at("with", FieldFault::ToldAlready)
    );
    assert_eq!(
        story.refuses_raiser(inform(message("agency", true))),
        at(
            "with",
            FieldFault::ByEmail("Key Principles, partner agencies".to_owned())
        ),
        "another agency is told by e-mail"
    );
}

#[test]
fn nobody_of_the_line_is_told_as_an_outsider() {
    let mut story = Story::of("warwickshire").raises();
    for role in ["team_manager", "hos_children_families"] {
        let asked = ToInform {
            with: Some(UserId::from("U0LATER")),
            with_roles: BTreeSet::from([RoleId::from(role)]),
            ..message("agency", true)
        };
        assert_eq!(
            story.refuses_raiser(inform(asked)),
            at("with", FieldFault::ReadsAlready),
            "{role}"
        );
    }
    let own = ToInform {
        with: Some(UserId::from(IRO)),
        ..message("agency", true)
    };
    assert_eq!(
        story.refuses_raiser(inform(own)),
        at("with", FieldFault::ReadsAlready)
    );
}

#[test]
fn only_the_raisers_side_tells_others_and_records_what_they_say() {
    let mut story = Story::of("manchester").raises();
    let refused = Refusal::NotYours {
        who: Who::RaiserOrIroManager,
    };
    assert_eq!(story.refuses(&holder("team_manager"), police()), refused);
    story.role("iro_manager", police());
    let nurse = person(NURSE, &[]);
    story.raiser(inform(message("professional", true)));
    assert_eq!(story.refuses(&nurse, replied(2, "2026-12-14")), refused);
    story.raiser(replied(2, "2026-12-14"));
    assert_eq!(
        story.refuses_raiser(replied(2, "2026-12-14")),
        Refusal::DoneAlready
    );
    assert_eq!(
        story.refuses_raiser(replied(7, "2026-12-14")),
        at("number", FieldFault::Unknown)
    );
}

#[test]
fn what_is_told_says_whom_what_and_a_day_since_it_came_up() {
    let mut story = Story::of("manchester").raises();
    let email = || told(Some("agency"), None);
    let cases = [
        (
            ToInform {
                on: day("2026-12-15"),
                ..email()
            },
            at("told_on", FieldFault::Future),
        ),
        (
            ToInform {
                on: day("2025-12-14"),
                ..email()
            },
            at("told_on", FieldFault::NotAfter(day("2026-12-13"))),
        ),
        (
            ToInform {
                told: None,
                ..email()
            },
            at("told", FieldFault::Missing),
        ),
        (
            ToInform {
                asked: None,
                ..email()
            },
            at("asked", FieldFault::Missing),
        ),
        (told(None, None), at("partner", FieldFault::Missing)),
        (
            told(Some("agency"), Some("Army")),
            at("partner", FieldFault::Unknown),
        ),
        (
            told(Some("school"), None),
            at("partner", FieldFault::Unknown),
        ),
    ];
    for (asked, refusal) in cases {
        assert_eq!(story.refuses_raiser(inform(asked)), refusal);
    }
    story.raiser(police());
    assert_eq!(
        story.refuses_raiser(replied(1, "2026-12-13")),
        at("replied_on", FieldFault::NotAfter(day("2026-12-13")))
    );
}

#[test]
fn the_raiser_is_asked_every_five_working_days_until_it_is_answered_or_given_up() {
    let mut story = Story::of("manchester").raises();
    story.raiser(police());
    assert_eq!(story.falls(ClockKind::Partners), "2026-12-21 09:00");
    story.to("2026-12-31 12:00");
    assert_eq!(
        story.sent(Occasion::PartnersAsk),
        ["2026-12-21 09:00 raiser", "2026-12-30 09:00 raiser"]
    );
    story.raiser(Command::Replied {
        number: 1,
        responded: false,
        on: day("2026-12-31"),
        words: text(),
    });
    assert_eq!(story.falls(ClockKind::Partners), "");
    let information = ToInform {
        invited: false,
        asked: None,
        ..told(Some("agency"), Some("Health"))
    };
    story.raiser(inform(information));
    assert_eq!(
        story.falls(ClockKind::Partners),
        "",
        "nothing is asked of whoever is told for information"
    );
    assert_eq!(
        story.refuses_raiser(replied(2, "2026-12-31")),
        at("number", FieldFault::Unknown)
    );
}

#[test]
fn a_protocol_that_says_nothing_of_others_lets_an_e_mail_be_recorded_and_gives_nobody_a_message() {
    let mut story = Story::of("fostering-iro").raises();
    let by_message = ToInform {
        with: Some(UserId::from(NURSE)),
        ..told(None, None)
    };
    assert_eq!(
        story.refuses_raiser(inform(by_message)),
        at("with", FieldFault::ByEmail(String::new()))
    );
    story.raiser(inform(told(None, None)));
    let told = &story.concern.partners.told[0];
    assert_eq!(told.informed.cautions, [Caution::Silent]);
}

#[test]
fn what_they_say_is_recorded_after_the_concern_is_closed_too_and_nobody_new_is_told() {
    let mut story = Story::of("warwickshire").raises();
    story.raiser(inform(told(Some("agency"), None)));
    story.raiser(Command::Withdraw { reason: text() });
    assert_eq!(
        story.refuses_raiser(inform(told(Some("agency"), None))),
        Refusal::Closed
    );
    story.raiser(replied(1, "2026-12-14"));
}

#[test]
fn a_partner_for_some_routes_and_subjects_is_for_no_other_concern() {
    let northmoor = protocol(include_str!("../protocols/northmoor.toml"));
    let open = |route: &str, role: &str| {
        let mut opening = Story::under(northmoor).route(route);
        opening.raiser.raiser_roles = vec![RaiserRole::from(role)];
        opening.raises()
    };
    let mut child = open("plans", "iro");
    child.raiser(inform(told(Some("agency"), Some("Housing"))));
    let mut carer = open("carers", "foster_iro");
    assert_eq!(
        carer.refuses_raiser(inform(told(Some("agency"), Some("Housing")))),
        at("partner", FieldFault::Unknown)
    );
    carer.raiser(inform(message("school", false)));
}
