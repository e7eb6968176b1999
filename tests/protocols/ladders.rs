//! Each ladder, row by row, against the sources: who sends, who is asked what, by when, who is copied, where it goes.

use lodestar::protocol::words::{asks, clock_start, gate_kind};
use lodestar::protocol::{Adjust, Monitor, OnReject, Protocol, Route, Sender, Silence, Step};

use super::built_in;

/// One step on one line: what the sources fix about it.
fn row(route: &Route, place: usize) -> String {
    let step = &route.steps[place];
    let (who, whom) = (sender(step), names(step.answerers()));
    let mut row = vec![format!(
        "{}: {who} asks {whom} to {}",
        step.id,
        asks(step.asks)
    )];
    row.push(step.clock.as_ref().map_or_else(
        || "no clock".to_owned(),
        |clock| {
            let adjust = match clock.adjust {
                Adjust::No => "",
                Adjust::Shorter => " or shorter",
                Adjust::Any => " or as set",
            };
            format!("{} from {}{adjust}", clock.within, clock_start(&clock.from))
        },
    ));
    if let Some(gate) = &step.gate {
        row.push(format!(
            "gate {} [{}]",
            gate_kind(gate.kind),
            names(gate.roles.iter())
        ));
    }
    let copies = names(route.copies(place));
    if !copies.is_empty() {
        row.push(format!("copy {copies}"));
    }
    if !step.overdue_alert.is_empty() {
        row.push(format!("overdue {}", names(step.overdue_alert.iter())));
    }
    let next = step.next.as_ref();
    row.push(next.map_or_else(|| "end".to_owned(), |next| format!("next {next}")));
    if let Some(lapse) = &step.on_lapse {
        row.push(format!("silence {lapse}"));
    }
    row.join(", ")
}

fn sender(step: &Step) -> &str {
    match &step.sender {
        Sender::Raiser => "raiser",
        Sender::Role(role) => role.as_str(),
    }
}

fn names<'a>(roles: impl Iterator<Item = &'a lodestar::ids::RoleId>) -> String {
    roles.map(ToString::to_string).collect::<Vec<_>>().join(" ")
}

fn ladder(protocol: &Protocol, route: usize) -> Vec<String> {
    let route = &protocol.routes[route];
    (0..route.steps.len())
        .map(|place| row(route, place))
        .collect()
}

fn step<'p>(protocol: &'p Protocol, id: &str) -> &'p Step {
    protocol.routes[0]
        .step(&id.into())
        .expect("a step of the ladder")
}

#[test]
fn warwickshire_climbs_from_a_dialogue_to_the_head_of_service_children_and_families() {
    let protocol = built_in("warwickshire");
    assert_eq!(
        ladder(&protocol, 0),
        [
            "w-inf: raiser asks team_manager operations_manager to discuss, no clock, next w-1",
            "w-1: raiser asks operations_manager to respond, 5 working days from issue, copy service_manager hos_csc_safeguarding hos_practice_assurance, next w-1m",
            "w-1m: raiser asks service_manager to meet, 5 working days from issue, copy hos_csc_safeguarding hos_practice_assurance, next w-2",
            "w-2: raiser asks hos_children_families to decide, 5 working days from issue, gate judgement [], copy hos_csc_safeguarding hos_practice_assurance, end",
        ]
    );
    let referral = step(&protocol, "w-1")
        .issue_by
        .as_ref()
        .expect("the raiser's five days");
    assert_eq!(
        (referral.within.to_string(), clock_start(&referral.from)),
        ("5 working days".to_owned(), "event".to_owned())
    );
    assert!(
        step(&protocol, "w-2")
            .extend
            .as_ref()
            .is_some_and(|extend| extend.needs_item && extend.clause == "3.2.4")
    );
}

#[test]
fn buckinghamshire_sends_silence_to_the_head_of_service_and_an_unsatisfactory_answer_to_a_meeting()
{
    assert_eq!(
        ladder(&built_in("buckinghamshire"), 0),
        [
            "b-inf: raiser asks social_worker team_manager to discuss, 3 working days from event, next b-1",
            "b-1: raiser asks team_manager to respond, 10 working days from issue or as set, overdue ad_qa, next b-1m, silence b-2",
            "b-1m: raiser asks team_manager to meet, 5 working days from issue, overdue ad_qa, next b-2",
            "b-2: raiser asks head_of_service to respond, 5 working days from issue, overdue ad_qa, next b-3",
            "b-3: raiser asks service_director to decide, no clock, end",
        ]
    );
}

#[test]
fn manchester_sends_its_second_stage_in_the_name_of_the_iro_team_manager_who_is_asked_to_agree() {
    let protocol = built_in("manchester");
    assert_eq!(
        ladder(&protocol, 0),
        [
            "m-inf: raiser asks social_worker to discuss, no clock, next m-1",
            "m-1: raiser asks team_manager to accept or reject, 5 working days from issue, next m-2",
            "m-2: iro_manager asks service_lead to respond, 5 working days from issue, gate agree [iro_manager], next m-3",
            "m-3: raiser asks head_of_service safeguarding_lead to decide, 5 working days from issue, next m-4",
            "m-4: raiser asks deputy_director to decide, 5 working days from issue, copy strategic_lead, next m-5",
            "m-5: raiser asks dcs to decide, no clock, gate judgement [], end",
        ]
    );
    assert_eq!(step(&protocol, "m-1").on_reject, OnReject::AtDeadline);
    assert_eq!(step(&protocol, "m-3").monitored_by, Monitor::Addressee);
}

#[test]
fn the_challenge_protocol_counts_each_window_from_the_raising_on_both_routes() {
    let protocol = built_in("cp-lac-challenge");
    let ids: Vec<_> = protocol
        .routes
        .iter()
        .map(|route| route.id.as_str())
        .collect();
    assert_eq!(ids, ["lac", "cp", "lac-content", "cp-content"]);
    for route in 0..2 {
        assert_eq!(
            ladder(&protocol, route),
            [
                "h-l1: raiser asks social_worker to discuss, 2 weeks from raised or shorter, next h-l2",
                "h-l2: raiser asks iro_manager cas_atm cas_tm to discuss, 4 weeks from raised or shorter, next h-s1",
                "h-s1: raiser asks heads_of_service to meet, 6 weeks from raised or shorter, copy case_monitoring_board, next h-s2",
                "h-s2: raiser asks assistant_director to decide, 8 weeks from raised or shorter, gate judgement [], next h-f",
                "h-f: raiser asks assistant_director to decide, 10 weeks from raised or shorter, gate judgement [], end",
            ]
        );
    }
}

#[test]
fn what_a_plan_says_goes_without_clocks_from_the_first_line_managers_to_the_director() {
    let protocol = built_in("cp-lac-challenge");
    for route in 2..4 {
        assert_eq!(protocol.routes[route].default_start.as_str(), "h-c1");
        assert_eq!(
            ladder(&protocol, route),
            [
                "h-c1: raiser asks cas_tm iro_manager to discuss, no clock, next h-c2",
                "h-c2: raiser asks heads_of_service to discuss, no clock, next h-c3",
                "h-c3: raiser asks director to decide, no clock, end",
            ]
        );
    }
}

#[test]
fn the_fostering_protocol_copies_at_each_level_those_its_table_names_and_nobody_else() {
    assert_eq!(
        ladder(&built_in("fostering-iro"), 0),
        [
            "s-inf: raiser asks supervising_social_worker practice_supervisor to discuss, 10 working days from issue, next s-l1",
            "s-l1: raiser asks team_manager to respond, 5 working days from issue, copy operational_service_manager sm_qar, next s-l2",
            "s-l2: raiser asks operational_service_manager to respond, 5 working days from issue, copy head_of_service sm_qar, next s-l3",
            "s-l3: raiser asks head_of_service to respond, 5 working days from issue, copy board_director, next s-l4",
            "s-l4: raiser asks board_director to decide, 5 working days from issue, copy head_of_service sm_qar, end",
        ]
    );
}

#[test]
fn a_concern_starts_where_each_protocol_says_and_only_the_informal_steps_are_not_formal() {
    let starts: Vec<_> = super::BUILT_IN
        .iter()
        .map(|id| built_in(id).routes[0].default_start.to_string())
        .collect();
    assert_eq!(starts, ["w-inf", "b-1", "m-1", "h-l1", "s-inf"]);
    let informal: Vec<_> = super::BUILT_IN
        .iter()
        .flat_map(|id| built_in(id).routes[0].steps.clone())
        .filter(|step| !step.formal)
        .map(|step| step.id.to_string())
        .collect();
    assert_eq!(
        informal,
        ["w-inf", "b-inf", "m-inf", "h-l1", "h-l2", "s-inf"]
    );
}

#[test]
fn silence_moves_every_built_in_step_on_and_never_means_consent() {
    for id in super::BUILT_IN {
        for route in &built_in(id).routes {
            for step in &route.steps {
                assert_eq!(step.silence, Silence::Lapse, "{}", step.id);
            }
        }
    }
}
