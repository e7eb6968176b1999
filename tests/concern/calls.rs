//! Telephone calls beside the escalation, and the shorter time that one child needs.

use std::collections::BTreeSet;

use lodestar::concern::clocks::ClockKind;
use lodestar::concern::command::{FieldFault, Who};
use lodestar::concern::{Command, Phase, Refusal};
use lodestar::ids::{RoleId, UserId};
use lodestar::mail::Occasion;

use crate::kit::*;

fn call(on: &str) -> Command {
    Command::Call {
        with: Some(UserId::from("U-team_manager")),
        with_roles: BTreeSet::from([RoleId::from("team_manager"), RoleId::from("elsewhere")]),
        with_words: None,
        on: moment(on),
        reached: true,
        agreed: Some(text()),
    }
}

fn by(until: &str) -> Command {
    Command::SetTime {
        until: day(until),
        reason: text(),
    }
}

fn at(block: &'static str, fault: FieldFault) -> Refusal {
    Refusal::Field { block, fault }
}

#[test]
fn a_call_is_kept_with_who_and_when_and_moves_nothing() {
    let mut story = Story::of("manchester").raises();
    let due = story.due();
    story.raiser(call("2026-12-14 09:50"));
    let call = &story.concern.calls[0];
    assert_eq!(call.called.with, Some(UserId::from("U-team_manager")));
    assert_eq!(call.called.roles, [RoleId::from("team_manager")]);
    assert_eq!(local(call.called.on), "2026-12-14 09:50");
    assert_eq!((story.phase(), story.due()), (Phase::Answering, due));
    story.to("2026-12-21 17:00:01");
    assert_ne!(story.phase(), Phase::Answering, "it lapses all the same");
}

#[test]
fn a_call_says_whom_and_what_was_agreed_and_is_not_yet_to_come() {
    let mut story = Story::of("manchester").raises();
    assert_eq!(
        story.refuses_raiser(call("2026-12-14 10:01")),
        at("called_on", FieldFault::Future)
    );
    assert_eq!(
        story.refuses_raiser(call("2025-12-14 09:50")),
        at("called_on", FieldFault::NotAfter(day("2026-11-13"))),
        "a slip of the year"
    );
    let bare = |reached, with_words| Command::Call {
        with: None,
        with_roles: BTreeSet::new(),
        with_words,
        on: moment("2026-12-14 09:50"),
        reached,
        agreed: None,
    };
    assert_eq!(
        story.refuses_raiser(bare(false, None)),
        at("with", FieldFault::Missing)
    );
    assert_eq!(
        story.refuses_raiser(bare(true, Some(text()))),
        at("agreed", FieldFault::Missing)
    );
    story.raiser(bare(false, Some(text())));
    assert_eq!(
        story.refuses(&holder("team_manager"), call("2026-12-14 09:50")),
        Refusal::NotYours {
            who: Who::RaiserOrIroManager
        }
    );
    story.raiser(Command::Resolve);
    story.raiser(call("2026-12-14 09:50"));
}

#[test]
fn weeks_that_are_maxima_are_shortened_for_one_child_and_never_made_longer() {
    let mut story = Story::of("cp-lac-challenge").raises();
    let by_protocol = story.due();
    let Refusal::Field {
        fault: FieldFault::OnlyShorter(latest),
        ..
    } = story.refuses_raiser(by("2027-02-01"))
    else {
        panic!("a longer time was taken");
    };
    story.raiser(by("2026-12-16"));
    assert_eq!(story.due(), "2026-12-16");
    assert_eq!(
        story.sent(Occasion::TimeSet),
        ["2026-12-14 10:00 social_worker"]
    );
    story.raiser(by(&latest.to_string()));
    assert_eq!(story.due(), by_protocol, "as late as the maximum, no later");
    story.raiser(by("2026-12-16"));
    story.to("2026-12-16 17:00:01");
    assert_eq!(story.step(), "h-l2", "it lapsed on the day that was set");
    story.raiser(by("2026-12-18"));
    assert_eq!(story.due(), "2026-12-18", "at a later step too");
}

#[test]
fn where_the_resolution_may_name_its_time_it_may_be_later_within_four_weeks() {
    let mut story = Story::of("buckinghamshire").raises();
    story.raiser(by("2027-01-08"));
    assert_eq!(story.due(), "2027-01-08");
    assert!(matches!(
        story.refuses_raiser(by("2027-03-01")),
        Refusal::Field {
            fault: FieldFault::After(_),
            ..
        }
    ));
    assert_eq!(
        story.refuses_raiser(by("2027-01-08")),
        at("until", FieldFault::SameDay)
    );
}

#[test]
fn where_the_protocols_time_stands_no_other_is_set() {
    let mut story = Story::of("manchester").raises();
    assert_eq!(story.refuses_raiser(by("2026-12-16")), Refusal::TimeFixed);
    let mut story = Story::of("buckinghamshire").raises();
    assert!(matches!(
        story.refuses_raiser(by("2026-12-11")),
        Refusal::Field {
            fault: FieldFault::NotAfter(_),
            ..
        }
    ));
    assert_eq!(
        story.refuses(&holder("team_manager"), by("2026-12-16")),
        Refusal::NotYours { who: Who::Raiser }
    );
}

#[test]
fn a_time_that_was_set_stands_when_the_calendar_changes_and_ends_a_hold() {
    let mut story = Story::of("cp-lac-challenge").raises();
    story.raiser(by("2026-12-16"));
    story.raiser(hold("2026-12-18"));
    story.raiser(by("2026-12-17"));
    assert_eq!(story.falls(ClockKind::Lapse), "2026-12-17 17:00:01");
    let before = story.concern.seq;
    story.by_itself(Command::Recalculate);
    assert_eq!(story.concern.seq, before, "nothing is dated again");
}

#[test]
fn a_card_that_arrives_after_the_day_that_was_set_gives_the_addressee_their_time() {
    let mut story = Story::of("buckinghamshire").undelivered().raises();
    story.raiser(by("2026-12-15"));
    story.now = moment("2026-12-16 09:00");
    story.delivered(1);
    assert_eq!(story.due(), "2027-01-04");
}

fn urgent(protocol: &str, at: &str) -> Story {
    let mut opening = Story::of(protocol).at(at);
    opening.raise.flags.urgent = true;
    opening.raises()
}

#[test]
fn an_urgent_concern_without_a_call_is_reminded_of_within_the_hour_and_at_the_next_two_openings() {
    let mut story = urgent("manchester", "2026-12-14 10:00");
    let due = story.due();
    story.to("2026-12-18 12:00");
    assert_eq!(
        story.sent(Occasion::CallReminder),
        [
            "2026-12-14 11:00 raiser",
            "2026-12-15 09:00 raiser",
            "2026-12-16 09:00 raiser",
            "2026-12-16 09:00 iro_manager"
        ],
        "three times, and with the last the manager of the service hears of it"
    );
    assert_eq!(story.due(), due, "no clock moves");
}

#[test]
fn out_of_hours_the_first_reminder_waits_for_the_next_opening() {
    for (raised, first) in [
        ("2026-12-14 16:30", "2026-12-15 09:00 raiser"),
        ("2026-12-14 07:15", "2026-12-14 09:00 raiser"),
        ("2026-12-19 12:00", "2026-12-21 09:00 raiser"),
    ] {
        let mut story = urgent("manchester", raised);
        story.to("2026-12-21 12:00");
        assert_eq!(story.sent(Occasion::CallReminder)[0], first, "{raised}");
    }
}

#[test]
fn a_call_that_is_logged_or_not_needed_ends_the_reminders() {
    let mut story = urgent("manchester", "2026-12-14 10:00");
    story.to("2026-12-14 12:00");
    story.raiser(call("2026-12-14 11:50"));
    story.to("2026-12-18 12:00");
    assert_eq!(story.sent(Occasion::CallReminder).len(), 1);

    let mut story = urgent("manchester", "2026-12-14 10:00");
    let none = || Command::NoCall { reason: text() };
    assert_eq!(
        story.refuses(&holder("team_manager"), none()),
        Refusal::NotYours {
            who: Who::RaiserOrIroManager
        }
    );
    story.raiser(none());
    story.to("2026-12-18 12:00");
    assert!(story.sent(Occasion::CallReminder).is_empty());
    assert_eq!(story.refuses_raiser(none()), Refusal::DoneAlready);
    story.raiser(call("2026-12-14 11:50"));
}

#[test]
fn where_the_paper_asks_for_no_call_and_where_it_is_not_urgent_nobody_is_reminded() {
    for mut story in [
        urgent("buckinghamshire", "2026-12-14 10:00"),
        Story::of("manchester").raises(),
    ] {
        story.to("2026-12-18 12:00");
        assert!(story.sent(Occasion::CallReminder).is_empty());
    }
}
