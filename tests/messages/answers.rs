//! What somebody is answered: refusals, lists, digests, alerts together.

use lodestar::concern::{FieldFault, Refusal, Who};
use lodestar::identifiers::Identifier;
use lodestar::ids::{ConcernId, RoleId, UserId};
use lodestar::mail::{Matter, Occasion};
use lodestar::messages::{DigestContext, Line, Listing, Problem, Refused, Reply, roles_who_can};

use crate::story::{Story, read};
use crate::{MESSAGES, valid};

fn line(number: i64) -> Line {
    let words = ["Stage 1", "Team Manager", "Mon 21 Dec"].map(str::to_owned);
    let [step, role, date] = words;
    Line::of_concern(ConcernId(number), step, role, date)
}

#[test]
fn a_refusal_names_who_can_act() {
    let story = Story::manchester();
    let rules = story.rules();
    let who_can = [UserId::from("U0TMN1")];
    let refusal = Refusal::NotYours {
        who: Who::Roles(vec![RoleId::from("team_manager")]),
    };
    assert_eq!(roles_who_can(&refusal), [RoleId::from("team_manager")]);
    let around = Refused {
        rules: Some(&rules),
        concern: Some(&story.concern),
        who_can: &who_can,
    };
    assert_eq!(
        MESSAGES.refusal(&refusal, &around),
        "Nothing was changed: on C-42 only the Team Manager (<@U0TMN1>) may do that (Stage 1)."
    );
    let raisers = Refusal::NotYours { who: Who::Raiser };
    assert_eq!(
        MESSAGES.refusal(
            &raisers,
            &Refused {
                who_can: &[],
                ..around
            }
        ),
        "Nothing was changed: only <@U0IRO1>, who raised C-42, or their cover may do that."
    );
}

#[test]
fn whoever_acts_outside_what_their_protocol_sets_is_told_the_clause() {
    let on = chrono::NaiveDate::from_ymd_opt(2026, 12, 18).unwrap();
    for protocol in [
        "warwickshire",
        "buckinghamshire",
        "manchester",
        "cp-lac-challenge",
        "fostering-iro",
    ] {
        let story = Story::of(protocol, 0);
        let rules = story.rules();
        let visit = story.concern.visit().unwrap();
        let step = rules.step_of(visit).unwrap();
        let around = Refused {
            rules: Some(&rules),
            concern: Some(&story.concern),
            who_can: &[],
        };
        let field = |block, fault| Refusal::Field { block, fault };
        let by_step = [
            Refusal::NoExtension,
            Refusal::TimeFixed,
            Refusal::NotAsked,
            Refusal::NoMeetingHere,
            Refusal::LastStep,
            Refusal::NotYours {
                who: Who::Roles(step.to.clone()),
            },
            field("until", FieldFault::OnlyShorter(on)),
        ];
        let runs = visit.due.map(|due| Refusal::ClockRuns { due });
        let bypass = &story.protocol.bypass;
        let of_bypass = field("to_step", FieldFault::NotALaterStep);
        let of_gate = bypass.gate.as_ref().map(|gate| {
            let refusal = field("with", FieldFault::NotAHolder(gate.roles.clone()));
            (refusal, gate.clause.clone().unwrap_or_default())
        });
        let table = by_step
            .into_iter()
            .chain(runs)
            .map(|refusal| (refusal, step.clause.clone()))
            .chain([(of_bypass, bypass.clause.clone())])
            .chain(of_gate);
        for (refusal, clause) in table {
            let said = MESSAGES.refusal(&refusal, &around);
            assert!(
                !clause.is_empty() && said.contains(&format!("({clause})")),
                "{protocol}, {refusal:?}: {said}"
            );
        }
        // What rests on no rule of the paper names none, and neither does a refusal before any concern.
        for refusal in [Refusal::Closed, Refusal::DoneAlready, Refusal::OwnConcern] {
            let said = MESSAGES.refusal(&refusal, &around);
            assert!(!said.contains('('), "{protocol}: {said}");
        }
        let said = MESSAGES.refusal(&Refusal::NoExtension, &Refused::default());
        assert!(!said.contains('('), "{said}");
    }
}

#[test]
fn a_refusal_at_a_gate_names_the_gates_own_clause() {
    let mut story = Story::manchester();
    story.clocks_until("2026-12-18 10:00");
    let rules = story.rules();
    let gate = story.concern.visit().unwrap().gate.as_ref().unwrap();
    let gate = rules.gate_to(&gate.to).unwrap();
    let refusal = Refusal::NotYours {
        who: Who::Roles(gate.roles.clone()),
    };
    let around = Refused {
        rules: Some(&rules),
        concern: Some(&story.concern),
        who_can: &[],
    };
    let said = MESSAGES.refusal(&refusal, &around);
    let clause = gate.clause.as_deref().unwrap();
    assert!(said.contains(&format!("({clause})")), "{said}");
}

#[test]
fn a_refusal_at_a_field_says_what_can_be_chosen() {
    let latest = chrono::NaiveDate::from_ymd_opt(2026, 12, 23).unwrap();
    let refusal = Refusal::Field {
        block: "until",
        fault: FieldFault::After(latest),
    };
    assert_eq!(
        MESSAGES.refusal(&refusal, &Refused::default()),
        "Wed 23 Dec 2026 is the latest day that can be chosen."
    );
}

#[test]
fn what_cannot_be_read_and_what_is_not_there_are_refused_in_the_same_words() {
    assert_eq!(
        MESSAGES.problem(&Problem::NotFound),
        "There is no such concern, or it is not yours to read."
    );
}

#[test]
fn an_identifier_is_refused_by_its_kind_and_never_repeated() {
    for found in Identifier::ALL {
        let said = MESSAGES.problem(&Problem::Identifier(found));
        assert!(said.contains("take it out"), "{said}");
        assert!(said.chars().count() <= 150, "{said}");
    }
}

#[test]
fn who_is_told_to_press_again_is_told_that_it_cannot_count_twice() {
    for problem in [Problem::TooSlow, Problem::InDoubt] {
        assert!(
            MESSAGES
                .problem(&problem)
                .contains("press again. It cannot count twice.")
        );
    }
}

#[test]
fn a_digest_with_nothing_in_it_a_line_of_one_and_a_long_list_are_each_worded_for() {
    let mut digest = DigestContext {
        team_name: "North locality".to_owned(),
        date: "Mon 21 Dec".to_owned(),
        ..DigestContext::default()
    };
    let empty = MESSAGES.digest(&digest).unwrap();
    valid::message(&empty);
    assert!(
        empty
            .text
            .contains("Nothing is overdue, due soon or waiting.")
    );
    digest.overdue = vec![line(7)];
    digest.due_soon = (1..=24).map(line).collect();
    let full = MESSAGES.digest(&digest).unwrap();
    valid::message(&full);
    assert!(read(&full).contains("*Overdue*\nC-7 · Stage 1 · Team Manager · Mon 21 Dec\n"));
    assert!(read(&full).contains("and 12 more: /concern overdue"));
    assert!(
        full.text
            .contains("C-7 · Stage 1 · Team Manager · Mon 21 Dec")
    );
    assert!(!read(&full).contains("Nothing is overdue"));
}

#[test]
fn a_list_is_worded_for_none_one_and_many() {
    let said = |waiting: Vec<Line>, mine: Vec<Line>| {
        let listing = Listing {
            waiting,
            mine,
            others: Vec::new(),
        };
        let list = MESSAGES.reply(&Reply::List(&listing)).unwrap();
        valid::message(&list);
        list.text
    };
    assert_eq!(
        said(Vec::new(), Vec::new()),
        "No open concern is yours to read, and nothing else waits for you."
    );
    let one = said(vec![line(1)], Vec::new());
    assert!(one.starts_with("Waits for you · 1\nC-1 · Stage 1"), "{one}");
    let many = said(Vec::new(), (1..=40).map(line).collect());
    assert!(
        many.starts_with("Yours, waiting for others · 40\n"),
        "{many}"
    );
    assert!(many.contains("and 25 more"), "{many}");
}

#[test]
fn an_unknown_word_gets_the_help_and_whoever_may_not_raise_is_not_offered_to() {
    let reply = |may_raise: bool, unknown| {
        let may_notify = !may_raise;
        let help = Reply::Help {
            may_raise,
            may_notify,
            unknown,
            near: None,
        };
        let help = MESSAGES.reply(&help).unwrap();
        valid::message(&help);
        help.text
    };
    let help = reply(true, Some("tea <!here>"));
    assert!(help.contains("There is no /concern tea &lt;!here&gt;."));
    for word in ["new", "list", "show", "overdue", "note", "handover", "help"] {
        assert!(help.contains(word), "{word} is not in {help}");
    }
    assert!(help.contains("/concern praise") && !help.contains("/concern notify"));
    let help = reply(false, None);
    assert!(!help.contains("raise a concern"));
    assert!(help.contains("/concern notify") && !help.contains("/concern praise"));
}

#[test]
fn several_alerts_to_a_person_are_one_message_with_a_line_each() {
    let stories = [Story::manchester(), Story::of("buckinghamshire", 0)];
    let [one, two] = &stories;
    let matter = |occasion| Matter {
        occasion,
        visit: 1,
        other: None,
    };
    let audience = lodestar::messages::Audience::default();
    one.with(audience, |first| {
        two.with(audience, |second| {
            let alerts = [
                (matter(Occasion::AlertNotJudged), *first),
                (matter(Occasion::AlertUndelivered), *second),
            ];
            let both = MESSAGES.alerts(&alerts, 0).unwrap();
            valid::message(&both);
            for words in [
                "2 concerns wait",
                "an answer waits",
                "its card has not arrived",
            ] {
                assert!(both.text.contains(words), "{words} is not in {}", both.text);
            }
            let alone = MESSAGES.alerts(&alerts[..1], 0).unwrap();
            assert_eq!(alone, MESSAGES.mail(&alerts[0].0, first).unwrap());
        });
    });
    assert!(MESSAGES.alerts(&[], 0).is_err());
}
