//! Gates: asked ahead, unanswered, declined; judgements; and the ways past them.

use lodestar::concern::command::{FieldFault, Who};
use lodestar::concern::{
    ActsNext, ClockKind, Closed, Command, How, Phase, Position, Refusal, who_acts_next,
};
use lodestar::ids::RoleId;
use lodestar::mail::Occasion;

use crate::kit::*;

#[test]
fn a_gate_is_asked_with_the_warning_and_agreed_ahead_escalates_in_the_same_second() {
    let mut story = Story::of("manchester").at("2026-12-14 10:00").raises();
    story.to("2026-12-18 09:29:59");
    assert!(story.sent(Occasion::Warning).is_empty());
    story.to("2026-12-18 09:30");
    assert_eq!(story.sent(Occasion::Warning), ["2026-12-18 09:30 raiser"]);
    assert_eq!(story.sent(Occasion::Gate), ["2026-12-18 09:30 iro_manager"]);
    story.role("iro_manager", AGREE);
    story.to("2026-12-21 17:00:00");
    assert_eq!(story.step(), "m-1");
    story.to("2026-12-21 17:00:01");
    assert_eq!(
        story.ladder()[1],
        "m-2 issued 2026-12-21 17:00:01 due 2026-12-30"
    );
    assert_eq!(story.visit().how, How::Lapsed);
}

#[test]
fn an_unanswered_gate_is_reminded_of_then_told_of_until_somebody_acts() {
    let mut story = Story::of("manchester").raises();
    story.to("2027-01-08 12:00");
    assert_eq!(story.phase(), Phase::AtGate);
    assert_eq!(
        story.sent(Occasion::GateReminder),
        ["2026-12-22 09:00 iro_manager"]
    );
    assert_eq!(
        story.sent(Occasion::AlertGateUnanswered),
        [
            "2026-12-22 17:00:01 iro_manager",
            "2026-12-31 17:00:01 iro_manager"
        ]
    );
    let iro_manager = RoleId::from("iro_manager");
    assert_eq!(
        who_acts_next(&story.rules, &story.concern),
        Some(ActsNext::GateHolders(vec![&iro_manager]))
    );
    assert_eq!(
        story.refuses_raiser(Command::Escalate { reason: None }),
        Refusal::Field {
            block: "reason",
            fault: FieldFault::Missing
        }
    );
    story.raiser(escalate());
    assert_eq!(
        story.step(),
        "m-2",
        "no gate takes the raiser's own power away"
    );
    assert_eq!(
        story.sent(Occasion::PastGate),
        ["2027-01-08 12:00 iro_manager"]
    );
}

#[test]
fn a_gate_agreed_after_the_lapse_issues_the_step_then() {
    let mut story = Story::of("manchester").raises();
    story.to("2026-12-22 11:00").role("iro_manager", AGREE);
    assert_eq!(
        story.ladder()[1],
        "m-2 issued 2026-12-22 11:00 due 2026-12-31"
    );
    assert_eq!(story.sent(Occasion::MovedOn), ["2026-12-22 11:00 raiser"]);
}

#[test]
fn a_gate_declined_ahead_is_the_raisers_turn_once_the_step_lapses() {
    let mut story = Story::of("manchester").raises();
    story.to("2026-12-18 10:00").role("iro_manager", decline());
    assert_eq!(
        story.refuses(&holder("iro_manager"), AGREE),
        Refusal::DoneAlready
    );
    assert!(matches!(
        story.refuses_raiser(escalate()),
        Refusal::ClockRuns { .. }
    ));
    story.to("2027-01-05 12:00");
    assert_eq!(
        story.sent(Occasion::GateDeclined),
        ["2026-12-18 10:00 raiser", "2026-12-21 17:00:01 raiser"]
    );
    assert_eq!(
        story.sent(Occasion::AlertRaiserAtGate),
        [
            "2026-12-23 17:00:01 iro_manager",
            "2027-01-04 17:00:01 iro_manager"
        ]
    );
    assert!(story.sent(Occasion::GateReminder).is_empty());
    story.raiser(escalate());
    assert_eq!(story.step(), "m-2");
    assert_eq!(story.visit().how, How::Escalated);
}

#[test]
fn an_answer_puts_a_gate_asked_ahead_aside_and_it_is_asked_anew() {
    let mut story = Story::of("manchester").raises();
    story.to("2026-12-18 10:00").role("iro_manager", AGREE);
    story.role("team_manager", accept("2026-12-18"));
    assert_eq!(story.phase(), Phase::Underway);
    story.raiser(not_satisfied());
    assert_eq!(
        story.phase(),
        Phase::AtGate,
        "what was agreed was another escalation"
    );
    assert_eq!(story.sent(Occasion::Gate).len(), 2);
}

#[test]
fn silence_never_satisfies_a_judgement() {
    let mut story = Story::of("manchester").starts_at("m-4").raises();
    story.to("2027-01-06 12:00");
    assert_eq!(story.phase(), Phase::AtGate);
    assert_eq!(story.step(), "m-4");
    assert_eq!(story.sent(Occasion::Gate), ["2026-12-18 09:30 raiser"]);
    assert_eq!(
        story.sent(Occasion::AlertRaiserAtGate),
        [
            "2026-12-23 17:00:01 iro_manager",
            "2027-01-04 17:00:01 iro_manager"
        ]
    );
    assert_eq!(
        story.refuses(&holder("iro_manager"), AGREE),
        Refusal::NotYours { who: Who::Raiser }
    );
    story.raiser(AGREE);
    assert_eq!(story.step(), "m-5");
}

#[test]
fn a_judgement_withheld_ends_the_ladder_until_the_raiser_thinks_again() {
    let mut story = Story::of("manchester").starts_at("m-4").raises();
    story.to("2026-12-18 10:00").raiser(decline());
    story.to("2026-12-21 17:00:01");
    assert_eq!(story.phase(), Phase::Exhausted);
    assert_eq!(story.concern.review.unwrap().0, day("2026-12-30"));
    story.to("2027-01-08 12:00");
    assert_eq!(
        story.sent(Occasion::ReviewAsk),
        ["2026-12-30 09:00 raiser", "2027-01-07 09:00 raiser"]
    );
    assert_eq!(
        story.sent(Occasion::AlertNotReviewed),
        ["2027-01-07 09:00 iro_manager"]
    );
    story.raiser(escalate());
    assert_eq!(
        story.step(),
        "m-5",
        "one click, and it is exceptional after all"
    );
}

#[test]
fn a_judgement_withheld_at_the_gate_ends_the_ladder_at_once() {
    let mut story = Story::of("warwickshire").starts_at("w-1m").raises();
    story.to("2026-12-22 10:00").raiser(decline());
    assert_eq!(story.phase(), Phase::Exhausted);
    story.raiser(Command::Position {
        position: Position::Referred,
        reason: Some(text()),
    });
    assert_eq!(
        story.phase(),
        Phase::Closed(Closed::Position(Position::Referred))
    );
}

#[test]
fn a_position_is_recorded_only_at_the_end() {
    let mut story = Story::of("warwickshire").raises();
    assert_eq!(
        story.refuses_raiser(Command::Position {
            position: Position::Resolved,
            reason: None
        }),
        Refusal::NotExhausted
    );
}

#[test]
fn only_a_gates_holder_answers_it_and_never_the_raiser() {
    let mut story = Story::of("manchester").raises();
    assert_eq!(
        story.refuses(&holder("iro_manager"), AGREE),
        Refusal::NoGate
    );
    story.to("2026-12-18 10:00");
    let who = Who::Roles(vec![RoleId::from("iro_manager")]);
    assert_eq!(
        story.refuses(&holder("team_manager"), AGREE),
        Refusal::NotYours { who: who.clone() }
    );
    assert_eq!(story.refuses_raiser(AGREE), Refusal::NotYours { who });
    let raiser_who_manages = person(IRO, &["iro_manager"]);
    assert_eq!(
        story.refuses(&raiser_who_manages, AGREE),
        Refusal::OwnConcern
    );
    let mut covering = holder("iro_manager");
    covering.covers_raiser = true;
    story.does(&covering, AGREE);
}

#[test]
fn a_manager_of_the_service_who_raises_goes_past_their_own_gate_with_a_reason() {
    let mut opening = Story::of("manchester");
    opening.raiser.roles.insert(RoleId::from("iro_manager"));
    let mut story = opening.raises();
    story.to("2026-12-22 12:00");
    assert_eq!(story.phase(), Phase::AtGate);
    story.does(&person(IRO, &["iro_manager"]), escalate());
    assert_eq!(story.step(), "m-2");
}

#[test]
fn a_step_may_be_skipped_at_any_time_with_a_reason_and_never_backwards() {
    let mut story = Story::of("manchester").raises();
    let not_later = Refusal::Field {
        block: "to_step",
        fault: FieldFault::NotALaterStep,
    };
    assert_eq!(story.refuses_raiser(bypass("m-inf")), not_later);
    assert_eq!(story.refuses_raiser(bypass("m-1")), not_later);
    assert_eq!(story.refuses_raiser(bypass("b-2")), not_later);
    story.raiser(bypass("m-3"));
    assert_eq!(story.visit().how, How::Bypassed);
    assert_eq!(
        story.sent(Occasion::PastGate),
        ["2026-12-14 10:00 siu_lead"],
        "told, never a veto"
    );
}

#[test]
fn with_whom_a_bypass_was_decided_must_hold_the_role_the_protocol_asks() {
    let with = |role: &str| Command::Bypass {
        to: "m-3".into(),
        reason: text(),
        with: Some("U0SIU".into()),
        with_roles: [RoleId::from(role)].into(),
        with_words: None,
        with_on: None,
        said: None,
    };
    let mut story = Story::of("manchester").raises();
    assert_eq!(
        story.refuses_raiser(with("team_manager")),
        Refusal::Field {
            block: "with",
            fault: FieldFault::NotAHolder(vec![RoleId::from("siu_lead")])
        }
    );
    story.raiser(with("siu_lead"));
    assert!(story.sent(Occasion::PastGate).is_empty());
}

#[test]
fn a_bypass_at_a_gate_tells_the_gates_holder_that_it_went_ahead() {
    let mut story = Story::of("manchester").raises();
    story.to("2026-12-22 10:00");
    assert_eq!(story.phase(), Phase::AtGate);
    story.raiser(bypass("m-2"));
    assert_eq!(
        story.sent(Occasion::PastGate),
        ["2026-12-22 10:00 siu_lead", "2026-12-22 10:00 iro_manager"]
    );
    assert_eq!(
        story.refuses(&holder("iro_manager"), AGREE),
        Refusal::NoGate
    );
    assert_eq!(
        story.refuses(&holder("iro_manager"), on_card(1, AGREE)),
        Refusal::OutOfDate
    );
}

#[test]
fn a_running_clock_is_not_escalated_past_but_where_the_protocol_says_so() {
    for id in ["manchester", "buckinghamshire", "fostering-iro"] {
        let mut story = Story::of(id).raises();
        let due = story.visit().due.unwrap();
        assert_eq!(
            story.refuses_raiser(escalate()),
            Refusal::ClockRuns { due },
            "{id}"
        );
        assert_eq!(
            story.refuses_raiser(not_satisfied()),
            Refusal::ClockRuns { due },
            "{id}"
        );
    }
    let mut story = Story::of("cp-lac-challenge").raises();
    story.raiser(escalate());
    assert_eq!(story.step(), "h-l2");
}

#[test]
fn a_press_on_an_old_gate_card_agrees_to_nothing_else() {
    let mut story = Story::of("cp-lac-challenge").starts_at("h-s1").raises();
    story.raiser(escalate()).raiser(on_card(1, AGREE));
    assert_eq!(story.step(), "h-s2");
    story.raiser(escalate());
    assert_eq!(story.phase(), Phase::AtGate);
    assert_eq!(
        story.refuses_raiser(on_card(1, AGREE)),
        Refusal::DoneAlready
    );
    assert_eq!(
        story.step(),
        "h-s2",
        "whether they maintain their position is another question"
    );
}

#[test]
fn a_hold_is_for_two_working_days_at_most_and_the_manager_sees_it() {
    let mut story = Story::of("manchester").raises();
    story.to("2026-12-18 10:00");
    let until = |fault| Refusal::Field {
        block: "until",
        fault,
    };
    assert_eq!(
        story.refuses_raiser(hold("2026-12-21")),
        until(FieldFault::NotAfter(day("2026-12-21")))
    );
    assert_eq!(
        story.refuses_raiser(hold("2026-12-24")),
        until(FieldFault::After(day("2026-12-23")))
    );
    story.raiser(hold("2026-12-22")).raiser(hold("2026-12-23"));
    assert_eq!(
        story.refuses_raiser(hold("2026-12-24")),
        until(FieldFault::After(day("2026-12-23")))
    );
    assert_eq!(
        story.sent(Occasion::Held),
        [
            "2026-12-18 10:00 iro_manager",
            "2026-12-18 10:00 iro_manager"
        ]
    );
    story.role("iro_manager", AGREE);
    story
        .to("2026-12-23 16:00")
        .role("team_manager", ACKNOWLEDGE);
    assert_eq!(story.falls(ClockKind::Lapse), "2026-12-23 17:00:01");
    story.to("2026-12-23 17:00:01");
    assert_eq!(story.step(), "m-2");
}

#[test]
fn an_answer_during_a_hold_is_in_time() {
    let mut story = Story::of("manchester").raises();
    story.to("2026-12-18 10:00").raiser(hold("2026-12-23"));
    story
        .to("2026-12-23 17:00:00")
        .role("team_manager", accept("2027-01-08"));
    assert_eq!(story.phase(), Phase::Underway);
    assert_eq!(
        story.refuses_raiser(hold("2026-12-24")),
        Refusal::NothingToHold
    );
}

/// A story of the invented council at the gate that wants a discussion.
fn to_be_discussed() -> Story {
    let mut story = Story::under(protocol(include_str!("../protocols/northmoor.toml")))
        .starts_at("n-5")
        .raises();
    story.role("director", decides()).raiser(not_satisfied());
    assert_eq!(story.phase(), Phase::AtGate);
    story
}

#[test]
fn what_is_to_be_discussed_is_not_agreed_without_its_day_and_its_view() {
    let mut story = to_be_discussed();
    let manager = holder("iro_manager");
    let discussed = |on: &str| Command::DiscussGate {
        visit: None,
        on: day(on),
        view: text(),
    };
    let at = |block, fault| Refusal::Field { block, fault };
    assert_eq!(
        story.refuses(&manager, AGREE),
        at("spoke_on", FieldFault::Missing)
    );
    assert_eq!(
        story.refuses(&manager, discussed("2026-12-15")),
        at("spoke_on", FieldFault::Future)
    );
    story.does(&manager, discussed("2026-12-14"));
    assert_eq!(story.step(), "n-6");
    let verdict = story.concern.visits[0].gate.as_ref().unwrap();
    let verdict = verdict.verdict.as_ref().unwrap();
    assert_eq!(verdict.talk.spoke_on, Some(day("2026-12-14")));
    assert!(story.sent(Occasion::PutDown).is_empty());
    assert_eq!(
        story.refuses(&manager, on_card(1, AGREE)),
        Refusal::DoneAlready
    );
}

#[test]
fn a_raiser_puts_down_a_discussion_of_a_gate_that_wants_no_more_than_that() {
    let put_down = |with: &[&str]| Command::RecordDiscussion {
        with: with.iter().map(|role| RoleId::from(*role)).collect(),
        on: day("2026-12-11"),
        view: text(),
    };
    let mut agree = Story::of("manchester").raises();
    agree.to("2026-12-22 10:00");
    assert_eq!(agree.refuses_raiser(put_down(&[])), Refusal::NoGate);
    let mut story = to_be_discussed();
    assert_eq!(
        story.refuses_raiser(put_down(&["director"])),
        Refusal::Field {
            block: "with",
            fault: FieldFault::Unknown
        }
    );
    let raiser = story.raiser_standing();
    let manages_too = person(raiser.user.as_str(), &["iro_manager"]);
    assert_eq!(
        story.refuses(&manages_too, put_down(&[])),
        Refusal::OwnConcern,
        "nobody is spoken to by themselves"
    );
    story.raiser(put_down(&[]));
    assert_eq!(story.step(), "n-6");
    assert_eq!(
        story.sent(Occasion::PutDown),
        ["2026-12-14 10:00 iro_manager"]
    );
    assert!(story.sent(Occasion::PastGate).is_empty());
}

/// A story of the invented council at the gate that needs the word of each of two.
fn needs_each(file: &str) -> Story {
    let mut story = Story::under(protocol(file)).starts_at("n-3").raises();
    for role in ["virtual_head", "health_lead"] {
        story.role(role, respond());
    }
    story.raiser(not_satisfied());
    assert_eq!(story.phase(), Phase::AtGate);
    story
}

const NORTHMOOR: &str = include_str!("../protocols/northmoor.toml");

#[test]
fn each_whose_word_is_needed_is_asked_until_they_give_it() {
    let mut story = needs_each(NORTHMOOR);
    let asked = |story: &Story| match who_acts_next(&story.rules, &story.concern) {
        Some(ActsNext::GateHolders(roles)) => roles.into_iter().map(ToString::to_string).collect(),
        _ => Vec::new(),
    };
    assert_eq!(asked(&story), ["iro_manager", "legal"]);
    story.role("legal", AGREE);
    assert_eq!(story.phase(), Phase::AtGate);
    assert_eq!(asked(&story), ["iro_manager"]);
    assert_eq!(story.refuses(&holder("legal"), AGREE), Refusal::DoneAlready);
    assert_eq!(
        story.refuses(&holder("legal"), decline()),
        Refusal::DoneAlready
    );
    story.to("2026-12-15 10:00");
    assert_eq!(
        story.sent(Occasion::GateReminder),
        ["2026-12-15 09:00 iro_manager"]
    );
    story.role("iro_manager", AGREE);
    assert_eq!(story.step(), "n-4");
}

#[test]
fn who_holds_both_speaks_for_both_and_a_refusal_leaves_the_raiser_their_way() {
    let mut story = needs_each(NORTHMOOR);
    story.does(&person("U0BOTH", &["iro_manager", "legal"]), AGREE);
    assert_eq!(story.step(), "n-4");
    let mut story = needs_each(NORTHMOOR);
    story.role("legal", decline());
    assert_eq!(
        who_acts_next(&story.rules, &story.concern),
        Some(ActsNext::Raiser)
    );
    assert_eq!(
        story.refuses(&holder("iro_manager"), AGREE),
        Refusal::DoneAlready
    );
    story.raiser(escalate());
    assert_eq!(story.step(), "n-4");
}

#[test]
fn of_several_who_may_answer_one_answers_for_all() {
    let any = NORTHMOOR.replace(
        "all_of = [\"iro_manager\", \"legal\"]",
        "roles = [\"iro_manager\", \"legal\"]",
    );
    let mut story = needs_each(&any);
    story.role("legal", AGREE);
    assert_eq!(story.step(), "n-4");
}
