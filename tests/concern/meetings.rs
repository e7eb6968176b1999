//! Meetings inside a step: set, moved, reminded of, held, not held; and what that does to the step.

use lodestar::concern::command::{FieldFault, MeetingHeld, ToMeet, Who};
use lodestar::concern::meeting::Outcome;
use lodestar::concern::{ClockKind, Command, Phase, Refusal};
use lodestar::ids::UserId;
use lodestar::mail::Occasion;

use crate::kit::*;

fn set_of(what: Option<&str>, on: &str) -> Command {
    Command::CallMeeting {
        visit: None,
        asked: ToMeet {
            what: what.map(str::to_owned),
            on: day(on),
            chair: None,
            attendees: Vec::new(),
            arrangements: Some(text()),
        },
    }
}

fn set(on: &str) -> Command {
    set_of(None, on)
}

fn held(on: &str, outcome: Outcome, target: Option<&str>) -> Command {
    Command::RecordMeeting {
        visit: None,
        held: MeetingHeld {
            what: None,
            on: day(on),
            outcome,
            mediation: true,
            account: text(),
            target: target.map(day),
        },
    }
}

fn none() -> Command {
    Command::NoMeeting {
        visit: None,
        reason: text(),
    }
}

fn at(block: &'static str, fault: FieldFault) -> Refusal {
    Refusal::Field { block, fault }
}

/// Warwickshire, at the service manager's meeting: issued Mon 14 Dec, to Mon 21 Dec.
fn service_managers() -> Story {
    Story::of("warwickshire").starts_at("w-1m").raises()
}

#[test]
fn a_meeting_is_set_reminded_of_on_the_working_day_before_and_asked_about_on_the_one_after() {
    let mut story = service_managers();
    story.role("service_manager", set("2026-12-18"));
    assert_eq!(
        story.sent(Occasion::Meeting),
        [
            "2026-12-14 10:00 raiser",
            "2026-12-14 10:00 operations_manager"
        ],
        "the other side, and whom the protocol has attend"
    );
    assert_eq!(story.falls(ClockKind::MeetingReminder), "2026-12-17 09:00");
    assert_eq!(story.falls(ClockKind::MeetingOutcome), "2026-12-21 09:00");
    story.to("2026-12-21 12:00");
    assert_eq!(
        story.sent(Occasion::MeetingReminder),
        [
            "2026-12-17 09:00 raiser",
            "2026-12-17 09:00 service_manager",
            "2026-12-17 09:00 operations_manager"
        ]
    );
    assert_eq!(
        story.sent(Occasion::MeetingOutcome),
        ["2026-12-21 09:00 service_manager"],
        "whoever set it is asked"
    );
    story.to("2026-12-21 17:00:01");
    assert_eq!(story.phase(), Phase::AtGate, "the step's own clock ran on");
    assert!(story.falls(ClockKind::MeetingOutcome).is_empty());
}

#[test]
fn a_day_set_anew_is_one_meeting_with_clocks_of_its_own() {
    let mut story = service_managers();
    story.role("service_manager", set("2026-12-15"));
    assert_eq!(
        story.falls(ClockKind::MeetingReminder),
        "",
        "too near for a reminder"
    );
    story.to("2026-12-16 10:00");
    assert_eq!(story.sent(Occasion::MeetingOutcome).len(), 1);
    story.role("service_manager", set("2026-12-21"));
    assert_eq!(story.visit().meetings.len(), 1);
    assert_eq!(story.falls(ClockKind::MeetingReminder), "2026-12-18 09:00");
    assert_eq!(story.falls(ClockKind::MeetingOutcome), "2026-12-22 09:00");
}

#[test]
fn a_meeting_is_within_the_time_of_its_step_and_not_in_the_past() {
    let mut story = service_managers();
    let manager = holder("service_manager");
    assert_eq!(
        story.refuses(&manager, set("2026-12-22")),
        at("meeting_date", FieldFault::After(day("2026-12-21")))
    );
    assert_eq!(
        story.refuses(&manager, set("2026-12-11")),
        at("meeting_date", FieldFault::Past)
    );
    story.to("2026-12-18 11:00").raiser(hold("2026-12-22"));
    story.role("service_manager", set("2026-12-22"));
}

#[test]
fn what_came_of_it_is_the_answer_of_a_step_that_asks_to_meet_and_the_raiser_judges_it() {
    let mut story = service_managers();
    story.role("service_manager", set("2026-12-17"));
    story.to("2026-12-17 15:00");
    let manager = holder("service_manager");
    assert_eq!(
        story.refuses(
            &manager,
            held("2026-12-18", Outcome::Agreed, Some("2027-01-08"))
        ),
        at("meeting_date", FieldFault::Future)
    );
    assert_eq!(
        story.refuses(
            &manager,
            held("2026-12-11", Outcome::Agreed, Some("2027-01-08"))
        ),
        at("meeting_date", FieldFault::NotAfter(day("2026-12-13")))
    );
    assert_eq!(
        story.refuses(&manager, held("2026-12-17", Outcome::Agreed, None)),
        at("target_date", FieldFault::Missing),
        "a resolution has clear timeframes"
    );
    story.does(
        &manager,
        held("2026-12-17", Outcome::Agreed, Some("2027-01-08")),
    );
    assert_eq!(
        story.phase(),
        Phase::Judging,
        "acceptable to the raiser, or not"
    );
    assert_eq!(story.sent(Occasion::Answered), ["2026-12-17 15:00 raiser"]);
    let meeting = &story.visit().meetings[0];
    assert_eq!(meeting.accounts[0].outcome, Outcome::Agreed);
    assert!(meeting.accounts[0].mediation);
    assert_eq!(story.visit().answers.len(), 1);
    story.raiser(not_satisfied());
    assert_eq!(story.phase(), Phase::AtGate);
}

#[test]
fn each_side_tells_once_what_came_of_a_meeting_and_the_second_account_undoes_nothing() {
    let mut story = service_managers();
    story.role("service_manager", set("2026-12-15"));
    story.to("2026-12-15 15:00");
    story.raiser(held("2026-12-15", Outcome::NotAgreed, None));
    assert_eq!(
        story.phase(),
        Phase::Answering,
        "the raiser's account answers nothing"
    );
    assert_eq!(
        story.sent(Occasion::Meeting).last().unwrap(),
        "2026-12-15 15:00 service_manager"
    );
    story.role(
        "service_manager",
        held("2026-12-15", Outcome::NotAgreed, None),
    );
    assert_eq!(story.phase(), Phase::Judging);
    assert_eq!(story.visit().meetings.len(), 1);
    assert_eq!(
        story.visit().meetings[0].accounts.len(),
        2,
        "both advise of it"
    );
    story.raiser(not_satisfied()).raiser(AGREE);
    assert_eq!(story.step(), "w-2");
    assert_eq!(
        story.refuses(
            &holder("service_manager"),
            match held("2026-12-15", Outcome::Agreed, None) {
                Command::RecordMeeting { held, .. } => Command::RecordMeeting {
                    visit: Some(1),
                    held,
                },
                other => other,
            }
        ),
        Refusal::DoneAlready
    );
}

#[test]
fn that_no_meeting_is_held_is_an_answer_with_a_reason_where_the_protocol_leaves_it_open() {
    let mut story = service_managers();
    let manager = holder("service_manager");
    assert_eq!(
        story.refuses(&holder("operations_manager"), none()),
        Refusal::NotYours {
            who: Who::Roles(vec!["service_manager".into()])
        }
    );
    story.does(&manager, none());
    assert_eq!(story.phase(), Phase::Judging);
    assert!(story.visit().not_held.is_some());
    assert_eq!(story.sent(Occasion::Answered), ["2026-12-14 10:00 raiser"]);
    assert!(story.sent(Occasion::Meeting).is_empty(), "told once");
    story.raiser(not_satisfied());
    assert_eq!(
        story.sent(Occasion::Gate),
        ["2026-12-14 10:00 raiser"],
        "the way to Stage 2 is the raiser's judgement"
    );
}

#[test]
fn a_meeting_that_the_protocol_holds_is_not_declined() {
    let mut story = Story::of("buckinghamshire").starts_at("b-1m").raises();
    assert_eq!(
        story.refuses(&holder("team_manager"), none()),
        Refusal::MustMeet {
            clause: "5.2".to_owned()
        }
    );
    let mut story = Story::of("cp-lac-challenge").starts_at("h-s1").raises();
    assert!(matches!(
        story.refuses(&holder("heads_of_service"), none()),
        Refusal::MustMeet { .. }
    ));
}

#[test]
fn beside_another_answer_a_meeting_changes_nothing_of_what_the_step_asks() {
    let mut story = Story::of("buckinghamshire").starts_at("b-2").raises();
    story.role("head_of_service", set("2026-12-16"));
    story.to("2026-12-16 16:00");
    story.role(
        "head_of_service",
        held("2026-12-16", Outcome::NotAgreed, None),
    );
    assert_eq!(
        story.phase(),
        Phase::Answering,
        "it still asks for a response"
    );
    assert!(
        !story.visit().meetings[0].accounts[0].mediation,
        "its paper has none"
    );
    assert_eq!(
        story.sent(Occasion::Meeting),
        ["2026-12-14 10:00 raiser", "2026-12-16 16:00 raiser"]
    );
    story.role("head_of_service", respond());
    assert_eq!(story.phase(), Phase::Judging);

    let mut story = Story::of("buckinghamshire").starts_at("b-2").raises();
    story.role("head_of_service", none());
    assert_eq!(story.phase(), Phase::Answering);
    assert_eq!(story.sent(Occasion::Meeting), ["2026-12-14 10:00 raiser"]);
    assert_eq!(
        story.refuses(&holder("head_of_service"), none()),
        Refusal::DoneAlready
    );
}

#[test]
fn professionals_and_legal_meetings_are_set_by_the_raiser_or_the_addressee_and_the_service_is_told()
{
    let mut story = Story::of("warwickshire").starts_at("w-1").raises();
    let raiser = story.raiser_standing();
    assert_eq!(
        story.refuses(&raiser, set("2026-12-16")),
        at("what", FieldFault::Missing)
    );
    assert_eq!(
        story.refuses(&raiser, set_of(Some("Tea"), "2026-12-16")),
        at("what", FieldFault::Unknown)
    );
    story.raiser(set_of(Some("Professionals meeting"), "2026-12-16"));
    story.role(
        "operations_manager",
        set_of(Some("Meeting with legal representation"), "2026-12-17"),
    );
    assert_eq!(story.visit().meetings.len(), 2);
    assert_eq!(
        story.sent(Occasion::Meeting),
        [
            "2026-12-14 10:00 operations_manager",
            "2026-12-14 10:00 iro_manager",
            "2026-12-14 10:00 raiser",
            "2026-12-14 10:00 iro_manager"
        ]
    );
    story.to("2026-12-17 12:00");
    assert_eq!(
        story.sent(Occasion::MeetingOutcome),
        ["2026-12-17 09:00 raiser"],
        "the raiser set that one"
    );
}

#[test]
fn a_step_without_a_meeting_has_none_and_others_do_not_set_one() {
    let mut story = Story::of("fostering-iro").starts_at("s-l1").raises();
    assert_eq!(
        story.refuses(&holder("team_manager"), set("2026-12-16")),
        Refusal::NoMeetingHere
    );
    let mut story = service_managers();
    assert!(matches!(
        story.refuses(&holder("hos_csc_safeguarding"), set("2026-12-16")),
        Refusal::NotYours { .. }
    ));
    story.to("2026-12-21 17:00:01");
    assert_eq!(
        story.refuses(&holder("service_manager"), set("2026-12-22")),
        Refusal::OutOfDate
    );
}

#[test]
fn whom_the_protocol_has_attend_reads_the_concern_once_a_meeting_is_set() {
    let mut story = service_managers();
    let attends = holder("operations_manager");
    let reads = |story: &Story| lodestar::access::may_read(&story.rules, &story.concern, &attends);
    assert!(!reads(&story), "it started past them");
    let mut call = set("2026-12-16");
    if let Command::CallMeeting { asked, .. } = &mut call {
        asked.chair = Some(UserId::from("U0APPOINTEE"));
    }
    story.role("service_manager", call);
    assert!(reads(&story));
    let appointee = person("U0APPOINTEE", &[]);
    assert!(
        !lodestar::access::may_read(&story.rules, &story.concern, &appointee),
        "to be named as the chair is no role"
    );
    assert_eq!(
        story.visit().meetings[0].chair,
        Some(UserId::from("U0APPOINTEE"))
    );
}
