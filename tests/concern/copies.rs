//! Others copied for one concern by name, and who is asked to a meeting by name.

use lodestar::access::may_read;
use lodestar::concern::command::{FieldFault, MeetingHeld, ToMeet, Who};
use lodestar::concern::meeting::Outcome;
use lodestar::concern::{Command, Refusal};
use lodestar::ids::{RoleId, StepId, UserId};
use lodestar::mail::Occasion;

use crate::kit::*;

const OTHER: &str = "U0SENIOR";

fn copy(user: &str, roles: &[&str]) -> Command {
    Command::CopyTo {
        user: UserId::from(user),
        roles: roles.iter().map(|role| RoleId::from(*role)).collect(),
    }
}

fn meets(chair: Option<&str>, attendees: &[&str]) -> Command {
    Command::CallMeeting {
        visit: None,
        asked: ToMeet {
            what: None,
            on: day("2026-12-16"),
            chair: chair.map(UserId::from),
            attendees: attendees.iter().map(|user| UserId::from(*user)).collect(),
            arrangements: None,
        },
    }
}

#[test]
fn another_senior_manager_is_copied_at_every_later_step_and_reads() {
    let mut story = Story::of("warwickshire").starts_at("w-1").raises();
    let other = person(OTHER, &[]);
    assert!(!may_read(&story.rules, &story.concern, &other));
    story.raiser(copy(OTHER, &[]));
    assert!(may_read(&story.rules, &story.concern, &other));
    let to_them = |story: &Story| {
        let sent = story.sent(Occasion::Copy);
        sent.iter().filter(|sent| sent.ends_with(OTHER)).count()
    };
    assert_eq!(to_them(&story), 1);
    story.to("2026-12-21 17:00:01");
    assert_eq!(story.step(), "w-1m");
    assert_eq!(to_them(&story), 2, "at the next step too");
    assert_eq!(
        story.refuses_raiser(copy(OTHER, &[])),
        Refusal::DoneAlready,
        "a second time"
    );
    assert_eq!(
        story.refuses(&other, respond()),
        Refusal::NotYours {
            who: Who::Roles(vec![RoleId::from("service_manager")])
        },
        "for information only"
    );
}

#[test]
fn nobody_is_copied_by_name_before_the_paper_has_it_nor_under_a_paper_that_has_not() {
    assert_eq!(
        Story::of("warwickshire")
            .raises()
            .refuses_raiser(copy(OTHER, &[])),
        Refusal::NotCopiedByName {
            from: Some(StepId::from("w-1")),
            clause: "3.1.3".to_owned()
        }
    );
    assert_eq!(
        Story::of("manchester")
            .raises()
            .refuses_raiser(copy(OTHER, &[])),
        Refusal::NotCopiedByName {
            from: None,
            clause: String::new()
        }
    );
}

#[test]
fn whoever_answers_it_in_their_turn_is_not_copied_and_only_the_raiser_copies() {
    let mut story = Story::of("warwickshire").starts_at("w-1").raises();
    for roles in [&["hos_children_families"][..], &["hos_practice_assurance"]] {
        assert_eq!(
            story.refuses_raiser(copy(OTHER, roles)),
            Refusal::Field {
                block: "copy",
                fault: FieldFault::ReadsAlready
            },
            "{roles:?}"
        );
    }
    let refused = Refusal::NotYours { who: Who::Raiser };
    assert_eq!(
        story.refuses(&holder("operations_manager"), copy(OTHER, &[])),
        refused
    );
    for number in 0..20 {
        story.raiser(copy(&format!("U0SENIOR{number}"), &[]));
    }
    assert_eq!(
        story.refuses_raiser(copy(OTHER, &[])),
        Refusal::Field {
            block: "copy",
            fault: FieldFault::TooMany(20)
        }
    );
}

#[test]
fn who_attends_is_named_at_the_time_told_the_day_and_reads_nothing_for_it() {
    let mut story = Story::of("cp-lac-challenge").starts_at("h-s2").raises();
    story.role("assistant_director", meets(None, &["U0HEALTH", "U0SCHOOL"]));
    let told = |story: &Story| story.sent(Occasion::MeetingNamed);
    assert_eq!(
        told(&story),
        ["2026-12-14 10:00 U0HEALTH", "2026-12-14 10:00 U0SCHOOL"]
    );
    story.to("2026-12-15 12:00");
    assert_eq!(
        told(&story)[2..],
        ["2026-12-15 09:00 U0HEALTH", "2026-12-15 09:00 U0SCHOOL"],
        "and on the working day before"
    );
    for user in ["U0HEALTH", "U0SCHOOL"] {
        assert!(!may_read(&story.rules, &story.concern, &person(user, &[])));
    }
    let many: Vec<String> = (0..21).map(|number| format!("U0MANY{number}")).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    assert_eq!(
        story.refuses(&holder("assistant_director"), meets(None, &many)),
        Refusal::Field {
            block: "attendees",
            fault: FieldFault::TooMany(20)
        }
    );
}

#[test]
fn a_chair_named_by_hand_is_told_the_day_and_nobody_else_where_the_paper_names_who_attends() {
    let mut story = Story::of("buckinghamshire").starts_at("b-2").raises();
    story.raiser(meets(Some("U0CHAIR"), &[]));
    assert_eq!(
        story.sent(Occasion::MeetingNamed),
        ["2026-12-14 10:00 U0CHAIR"]
    );
    assert_eq!(
        story.refuses_raiser(meets(None, &["U0HEALTH"])),
        Refusal::Field {
            block: "attendees",
            fault: FieldFault::Unknown
        }
    );
    story.raiser(meets(Some(IRO), &[]));
    assert_eq!(
        story.sent(Occasion::MeetingNamed).len(),
        1,
        "the raiser knows: they set it"
    );
}

#[test]
fn a_chair_named_by_hand_tells_of_their_meeting_alone_sets_no_day_and_answers_no_step() {
    let mut story = Story::of("buckinghamshire").starts_at("b-2").raises();
    story.raiser(meets(Some("U0CHAIR"), &[]));
    let chair = person("U0CHAIR", &[]);
    assert!(!may_read(&story.rules, &story.concern, &chair));
    assert!(matches!(
        story.refuses(&chair, meets(None, &[])),
        Refusal::NotYours { .. }
    ));
    let held = |on: &str| Command::RecordMeeting {
        visit: None,
        held: MeetingHeld {
            what: None,
            on: on.parse().expect("a day"),
            outcome: Outcome::Agreed,
            mediation: false,
            account: "Agreed.".into(),
            target: None,
        },
    };
    assert!(matches!(
        story.refuses(&person("U0OTHER", &[]), held("2026-12-14")),
        Refusal::NotYours { .. }
    ));
    assert_eq!(
        story.refuses(&chair, held("2026-12-15")),
        Refusal::Field {
            block: "meeting_date",
            fault: FieldFault::Future
        }
    );
    story.does(&chair, held("2026-12-14"));
    assert_eq!(
        story.refuses(&chair, held("2026-12-14")),
        Refusal::DoneAlready
    );
    let visit = story.concern.visit().expect("it was issued");
    assert_eq!(visit.meetings.len(), 1);
    assert!(visit.meetings[0].told_by_its_chair_alone());
    assert!(visit.answers.is_empty());
}
