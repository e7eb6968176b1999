//! What follows an acknowledgement, an answer and its judgement.

use lodestar::concern::command::FieldFault;
use lodestar::concern::{Answering, ClockKind, Closed, Command, How, Phase, Refusal};
use lodestar::mail::Occasion;

use crate::kit::*;

#[test]
fn a_card_not_acknowledged_after_one_working_day_is_reminded_of_at_the_next_opening() {
    let mut story = Story::of("manchester").at("2026-12-14 10:00").raises();
    assert_eq!(story.falls(ClockKind::AckReminder), "2026-12-16 09:00");
    story.to("2026-12-18 08:00");
    assert_eq!(
        story.sent(Occasion::AckReminder),
        ["2026-12-16 09:00 team_manager"]
    );
    let mut story = Story::of("manchester").at("2026-12-18 16:59").raises();
    assert_eq!(story.falls(ClockKind::AckReminder), "2026-12-22 09:00");
    story
        .to("2026-12-21 16:00")
        .role("team_manager", ACKNOWLEDGE);
    assert_eq!(story.due(), "2026-12-29", "the answer's clock runs on");
    assert_eq!(story.falls(ClockKind::AckReminder), "");
    assert_eq!(
        story.refuses(&holder("team_manager"), ACKNOWLEDGE),
        Refusal::DoneAlready
    );
}

#[test]
fn where_each_must_answer_one_who_has_seen_it_silences_no_reminder_but_their_own() {
    let northmoor = protocol(include_str!("../protocols/northmoor.toml"));
    let mut story = Story::under(northmoor).starts_at("n-3").raises();
    story.role("virtual_head", ACKNOWLEDGE);
    assert_eq!(
        story.refuses(&holder("virtual_head"), ACKNOWLEDGE),
        Refusal::DoneAlready
    );
    assert_eq!(story.falls(ClockKind::AckReminder), "2026-12-16 09:00");
    story.to("2026-12-17 08:00");
    assert_eq!(
        story.sent(Occasion::AckReminder),
        [
            "2026-12-16 09:00 health_lead",
            "2026-12-16 09:00 service_manager"
        ],
        "who has not seen it, and who considers it with them"
    );
    story.role("health_lead", ACKNOWLEDGE);
    assert_eq!(story.visit().seen.len(), 2);
    let mut story = Story::under(northmoor).starts_at("n-3").raises();
    for role in ["virtual_head", "health_lead"] {
        story.role(role, ACKNOWLEDGE);
    }
    assert_eq!(story.falls(ClockKind::AckReminder), "", "each has seen it");
}

#[test]
fn an_accepted_plan_is_asked_after_on_its_day_and_told_of_when_nobody_says() {
    let mut story = Story::of("manchester").raises();
    story
        .to("2026-12-16 11:00")
        .role("team_manager", accept("2027-01-08"));
    assert_eq!(story.phase(), Phase::Underway);
    assert_eq!(story.falls(ClockKind::Lapse), "", "the step's clock stops");
    story.to("2027-01-20 12:00");
    assert_eq!(story.sent(Occasion::TargetAsk), ["2027-01-08 09:00 raiser"]);
    assert_eq!(
        story.sent(Occasion::AlertTargetNotJudged),
        [
            "2027-01-12 17:00:01 iro_manager",
            "2027-01-19 17:00:01 iro_manager"
        ]
    );
    story.raiser(Command::Resolve);
    assert_eq!(story.phase(), Phase::Closed(Closed::Resolved));
}

#[test]
fn what_was_agreed_and_not_done_moves_on_at_once_and_more_time_asks_again() {
    let mut story = Story::of("manchester").raises();
    story.role("team_manager", accept("2026-12-18"));
    assert_eq!(
        story.refuses_raiser(more_time("2026-12-14")),
        Refusal::Field {
            block: "until",
            fault: FieldFault::NotAfter(day("2026-12-14"))
        }
    );
    story.to("2026-12-18 12:00").raiser(more_time("2026-12-26"));
    story.to("2026-12-29 09:00");
    assert_eq!(
        story.sent(Occasion::TargetAsk),
        ["2026-12-18 09:00 raiser", "2026-12-29 09:00 raiser"],
        "a Saturday's is asked after on the next working day"
    );
    story.raiser(not_satisfied());
    assert_eq!(story.phase(), Phase::AtGate);
    assert_eq!(story.sent(Occasion::Gate), ["2026-12-29 09:00 iro_manager"]);
    story.role("iro_manager", AGREE);
    assert_eq!(story.step(), "m-2");
    assert_eq!(story.visit().how, How::Unsatisfied);
}

#[test]
fn what_an_answer_promises_by_a_day_is_followed_up_by_the_raiser_who_gives_it_that_time() {
    let promise = |target: Option<&str>| {
        answer(Answering::Respond {
            response: text(),
            target: target.map(day),
        })
    };
    let start = || Story::of("manchester").starts_at("m-2").raises();
    let mut story = start();
    story.role("service_lead", promise(Some("2027-01-08")));
    assert_eq!(
        story.phase(),
        Phase::Judging,
        "theirs to judge all the same"
    );
    story.raiser(more_time("2027-01-08"));
    assert_eq!(story.phase(), Phase::Underway);
    story.to("2027-01-08 09:00");
    assert_eq!(story.sent(Occasion::AlertNotJudged), [""; 0]);
    assert_eq!(story.sent(Occasion::TargetAsk), ["2027-01-08 09:00 raiser"]);
    story.raiser(not_satisfied());
    assert_eq!(story.step(), "m-3", "not done: it moves on at once");

    let mut without = start();
    without.role("service_lead", promise(None));
    assert_eq!(
        without.refuses_raiser(more_time("2027-01-08")),
        Refusal::OutOfDate,
        "nothing was promised by a day"
    );
}

#[test]
fn a_target_of_today_is_asked_after_when_today_ends() {
    let mut story = Story::of("manchester").raises();
    story.role("team_manager", accept("2026-12-14"));
    assert_eq!(story.falls(ClockKind::Target), "2026-12-14 17:00:01");
    let mut story = Story::of("manchester").raises();
    story
        .to("2026-12-14 19:00")
        .role("team_manager", accept("2026-12-14"));
    story.to("2026-12-14 19:00:01");
    assert_eq!(story.sent(Occasion::TargetAsk).len(), 1);
}

#[test]
fn a_target_in_the_past_or_a_slip_in_its_year_is_shown_at_its_field() {
    let mut story = Story::of("manchester").raises();
    let field = |fault| Refusal::Field {
        block: "target_date",
        fault,
    };
    assert_eq!(
        story.refuses(&holder("team_manager"), accept("2026-12-13")),
        field(FieldFault::Past)
    );
    let latest = day("2028-12-14");
    assert_eq!(
        story.refuses(&holder("team_manager"), accept("2062-01-08")),
        field(FieldFault::After(latest))
    );
    story.role("team_manager", accept("2028-12-14"));
}

#[test]
fn a_rejection_in_manchester_waits_for_the_end_of_day_five() {
    let mut story = Story::of("manchester").raises();
    story.to("2026-12-15 11:00").role("team_manager", reject());
    assert_eq!(story.phase(), Phase::RejectedWaiting);
    assert_eq!(story.sent(Occasion::Answered), ["2026-12-15 11:00 raiser"]);
    assert!(matches!(
        story.refuses_raiser(escalate()),
        Refusal::ClockRuns { .. }
    ));
    story.to("2026-12-18 09:30").role("iro_manager", AGREE);
    assert_eq!(story.step(), "m-1");
    story.to("2026-12-21 17:00:01");
    assert_eq!(story.step(), "m-2");
    assert_eq!(story.visit().how, How::Rejected);
}

#[test]
fn a_rejection_after_the_gate_was_asked_comes_through_it_as_a_rejection() {
    let mut story = Story::of("manchester").raises();
    story.to("2026-12-21 12:00").role("team_manager", reject());
    story.to("2026-12-22 10:00").role("iro_manager", AGREE);
    assert_eq!(story.visit().how, How::Rejected);
}

#[test]
fn a_rejection_that_waits_may_be_held_and_moves_on_when_the_hold_ends() {
    let mut story = Story::of("manchester").raises();
    story.to("2026-12-15 11:00").role("team_manager", reject());
    story.raiser(hold("2026-12-23"));
    story.to("2026-12-23 17:00:00");
    assert_eq!(story.phase(), Phase::RejectedWaiting);
    story.to("2026-12-23 17:00:01");
    assert_eq!(story.phase(), Phase::AtGate);
}

#[test]
fn a_response_is_the_raisers_to_judge_and_is_told_of_after_two_working_days_and_every_five() {
    let mut story = Story::of("buckinghamshire").raises();
    story.to("2026-12-16 11:00").role("team_manager", respond());
    assert_eq!(story.phase(), Phase::Judging);
    story.to("2027-01-05 12:00");
    assert_eq!(
        story.sent(Occasion::AlertNotJudged),
        [
            "2026-12-18 17:00:01 iro_manager",
            "2026-12-29 17:00:01 iro_manager",
            "2027-01-06 17:00:01 iro_manager"
        ][..2]
    );
    assert_eq!(story.step(), "b-1", "the clock stopped");
    story.raiser(not_satisfied());
    assert_eq!(story.step(), "b-1m");
}

#[test]
fn a_decision_at_the_end_judged_unsatisfactory_ends_the_ladder() {
    let mut story = Story::of("fostering-iro").starts_at("s-l4").raises();
    story.role("board_director", decides());
    story.raiser(not_satisfied());
    assert_eq!(story.phase(), Phase::Exhausted);
}

#[test]
fn moving_on_from_the_last_step_once_it_has_ended_asks_for_the_position() {
    let mut answered = Story::of("fostering-iro").starts_at("s-l4").raises();
    assert!(matches!(
        answered.refuses_raiser(escalate()),
        Refusal::ClockRuns { .. }
    ));
    answered
        .role("board_director", decides())
        .raiser(escalate());
    assert_eq!(answered.phase(), Phase::Exhausted);
    let mut silent = Story::of("buckinghamshire").starts_at("b-3").raises();
    silent.raiser(escalate());
    assert_eq!(
        silent.phase(),
        Phase::Exhausted,
        "a director who never answers holds nobody for ever"
    );
    let mut early = Story::of("cp-lac-challenge").starts_at("h-f").raises();
    assert_eq!(early.refuses_raiser(escalate()), Refusal::LastStep);
}

#[test]
fn an_answer_in_warwickshire_goes_to_the_service_manager_and_both_heads_of_service_too() {
    let told = |story: &Story, occasion| -> Vec<String> {
        let sent = story.sent(occasion);
        let last = |line: &String| line.rsplit(' ').next().unwrap().to_owned();
        sent.iter().map(last).collect()
    };
    let all = [
        "service_manager",
        "hos_csc_safeguarding",
        "hos_practice_assurance",
    ];
    let mut story = Story::of("warwickshire").starts_at("w-1").raises();
    story.role("operations_manager", respond());
    assert_eq!(told(&story, Occasion::AnswerTold), all);
    story
        .raiser(not_satisfied())
        .role("service_manager", respond());
    assert_eq!(
        told(&story, Occasion::AnswerTold)[3..],
        all[1..],
        "but for whoever gave it"
    );

    let mut late = Story::of("warwickshire").starts_at("w-1").raises();
    late.to("2026-12-21 17:00:01");
    late.role("operations_manager", on_card(1, respond()));
    assert_eq!(
        told(&late, Occasion::LateAnswer),
        [
            "raiser",
            "hos_csc_safeguarding",
            "hos_practice_assurance",
            "service_manager"
        ],
        "each once, the service manager as who has it now"
    );

    let mut informal = Story::of("warwickshire").raises();
    informal.role("team_manager", respond());
    assert_eq!(
        told(&informal, Occasion::AnswerTold),
        [""; 0],
        "nobody hears of an answer to what has not reached them"
    );
    let mut swindon = Story::of("fostering-iro").starts_at("s-l1").raises();
    swindon.role("team_manager", respond());
    assert_eq!(
        told(&swindon, Occasion::AnswerTold),
        [""; 0],
        "its paper copies the concern alone"
    );
}

#[test]
fn an_answer_at_five_is_in_time_and_one_second_later_is_late() {
    let mut story = Story::of("fostering-iro").starts_at("s-l1").raises();
    story
        .to("2026-12-21 17:00:00")
        .role("team_manager", respond());
    assert_eq!(story.phase(), Phase::Judging);
    let mut story = Story::of("fostering-iro").starts_at("s-l1").raises();
    story.to("2026-12-21 17:00:01");
    assert_eq!(story.step(), "s-l2", "the same day");
    story.role("team_manager", on_card(1, respond()));
    assert_eq!(story.step(), "s-l2", "a late answer undoes nothing");
    assert_eq!(story.concern.visits[0].late_answers.len(), 1);
    assert_eq!(
        story.sent(Occasion::LateAnswer),
        [
            "2026-12-21 17:00:01 raiser",
            "2026-12-21 17:00:01 operational_service_manager"
        ]
    );
    assert_eq!(
        story.refuses(&holder("team_manager"), on_card(1, respond())),
        Refusal::DoneAlready
    );
    assert_eq!(
        story.refuses(&holder("team_manager"), on_card(1, ACKNOWLEDGE)),
        Refusal::OutOfDate
    );
}

#[test]
fn a_second_answer_counts_for_nothing() {
    let mut story = Story::of("manchester").raises();
    story.role("team_manager", accept("2026-12-18"));
    assert_eq!(
        story.refuses(&holder("team_manager"), reject()),
        Refusal::DoneAlready
    );
    assert_eq!(
        story.refuses(&holder("team_manager"), ACKNOWLEDGE),
        Refusal::DoneAlready
    );
    let second = person("U0OTHER", &["team_manager"]);
    assert_eq!(
        story.refuses(&second, on_card(1, reject())),
        Refusal::DoneAlready
    );
}

#[test]
fn an_answer_that_the_step_does_not_ask_for_is_refused() {
    let mut story = Story::of("manchester").raises();
    assert_eq!(
        story.refuses(&holder("team_manager"), decides()),
        Refusal::NotAsked
    );
    assert_eq!(
        story.refuses(
            &holder("team_manager"),
            answer(Answering::Respond {
                response: text(),
                target: None
            })
        ),
        Refusal::NotAsked
    );
}

#[test]
fn a_concern_may_be_withdrawn_at_any_time_and_then_nothing_moves() {
    let mut story = Story::of("manchester").raises();
    story.to("2026-12-22 10:00");
    assert_eq!(story.phase(), Phase::AtGate);
    story.raiser(Command::Withdraw { reason: text() });
    assert_eq!(story.phase(), Phase::Closed(Closed::Withdrawn));
    assert_eq!(
        story.refuses(&holder("iro_manager"), AGREE),
        Refusal::Closed
    );
    assert_eq!(
        story.refuses(&holder("team_manager"), accept("2026-12-23")),
        Refusal::Closed
    );
    assert_eq!(story.refuses_raiser(Command::Resolve), Refusal::Closed);
}

#[test]
fn a_step_that_may_be_extended_needs_the_item_and_has_a_limit() {
    let mut story = Story::of("warwickshire").starts_at("w-2").raises();
    let extend = |until: &str, item: bool| Command::Extend {
        until: day(until),
        reason: text(),
        item: item.then(text),
    };
    let head = holder("hos_children_families");
    let field = |block, fault| Refusal::Field { block, fault };
    assert_eq!(
        story.refuses(&head, extend("2026-12-23", false)),
        field("item", FieldFault::Missing)
    );
    assert_eq!(
        story.refuses(&head, extend("2026-12-21", true)),
        field("until", FieldFault::NotAfter(day("2026-12-21")))
    );
    assert_eq!(
        story.refuses(&head, extend("2027-03-01", true)),
        field("until", FieldFault::After(day("2027-01-21"))),
        "an addressee cannot put the end off for ever"
    );
    story.does(&head, extend("2026-12-26", true));
    assert_eq!(
        story.due(),
        "2026-12-29",
        "a Saturday runs to the next working day"
    );
    assert_eq!(story.sent(Occasion::Extended).len(), 1);
    let mut other = Story::of("manchester").raises();
    assert_eq!(
        other.refuses(&holder("team_manager"), extend("2026-12-23", true)),
        Refusal::NoExtension
    );
}
