//! What is said of a protocol: in plain English, and to other programs.

use lodestar::protocol::explain::explain;
use lodestar::protocol::json::json;
use lodestar::protocol::{ExternalRoute, Gate, Protocol};
use serde_json::{Value, json};

use super::{all, built_in, northmoor};

/// The text as one line, so that wrapping hides nothing.
fn flat(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn gates(protocol: &Protocol) -> Vec<&Gate> {
    let beside = &protocol.beside;
    let external = [&beside.cafcass, &beside.legal_advice, &beside.advice];
    protocol
        .routes
        .iter()
        .flat_map(|route| &route.steps)
        .filter_map(|step| step.gate.as_ref())
        .chain(&protocol.bypass.gate)
        .chain(
            external
                .into_iter()
                .flatten()
                .filter_map(|rule| rule.gate.as_ref()),
        )
        .collect()
}

fn clauses(protocol: &Protocol) -> Vec<&str> {
    let beside = &protocol.beside;
    let steps = || protocol.routes.iter().flat_map(|route| &route.steps);
    let external = [&beside.cafcass, &beside.legal_advice, &beside.advice];
    let mut clauses: Vec<&str> = vec![&protocol.bypass.clause];
    clauses.extend(steps().map(|step| step.clause.as_str()));
    clauses.extend(
        steps()
            .filter_map(|step| step.extend.as_ref())
            .map(|extend| extend.clause.as_str()),
    );
    clauses.extend(
        gates(protocol)
            .into_iter()
            .filter_map(|gate| gate.clause.as_deref()),
    );
    clauses.extend(protocol.caps.iter().map(|cap| cap.clause.as_str()));
    clauses.extend(protocol.early.as_deref());
    clauses.extend(
        external
            .into_iter()
            .flatten()
            .map(|rule: &ExternalRoute| rule.clause.as_str()),
    );
    clauses.extend(
        beside
            .review_clocks
            .iter()
            .map(|clock| clock.clause.as_str()),
    );
    clauses.extend(beside.midway.iter().map(|rule| rule.clause.as_str()));
    clauses.extend(beside.tasks.iter().map(|task| task.clause.as_str()));
    clauses.extend(beside.notices.iter().map(|notice| notice.clause.as_str()));
    clauses.extend(beside.redirects.iter().map(|way| way.clause.as_str()));
    clauses.extend(beside.copy_named.iter().map(|one| one.clause.as_str()));
    clauses.extend(beside.partners.iter().map(|one| one.clause.as_str()));
    clauses.extend(protocol.starred.iter().map(|star| star.clause.as_str()));
    clauses
}

#[test]
fn the_explanation_names_every_step_role_clause_gate_and_category() {
    for protocol in all() {
        let text = flat(&explain(&protocol));
        let holds = |part: &str| {
            assert!(
                text.contains(&flat(part)),
                "{}: {part:?} is not said",
                protocol.id
            );
        };
        for route in &protocol.routes {
            holds(route.default_start.as_str());
            for step in &route.steps {
                holds(&format!(
                    "{} {}: {} [{}]",
                    step.id, step.stage, step.name, step.clause
                ));
            }
        }
        for (id, role) in &protocol.roles {
            holds(&format!("{} ({id})", role.name));
        }
        for clause in clauses(&protocol) {
            assert!(
                text.contains(clause),
                "{}: clause {clause:?} is not said",
                protocol.id
            );
        }
        for gate in gates(&protocol) {
            holds(gate.question.as_deref().unwrap_or_default());
        }
        for theme in &protocol.themes {
            holds(&theme.name);
            theme
                .categories
                .iter()
                .for_each(|category| holds(&format!("- {}", category.name)));
        }
        for task in &protocol.beside.tasks {
            holds(&format!("{} ({})", task.name, task.id));
            holds(task.note.as_deref().unwrap_or_default());
            task.topics
                .iter()
                .for_each(|topic| holds(&format!("- {topic}")));
        }
        for notice in &protocol.beside.notices {
            notice.items.iter().for_each(|item| holds(item));
        }
    }
}

#[test]
fn the_explanation_fits_a_hundred_columns() {
    for protocol in all() {
        for line in explain(&protocol).lines() {
            assert!(line.chars().count() <= 100, "{}: {line}", protocol.id);
            assert_eq!(line.trim_end(), line);
        }
    }
}

#[test]
fn the_explanation_says_when_a_task_begins_whose_it_is_and_how_it_may_end() {
    let text = flat(&explain(&northmoor()));
    for said in [
        "Lawyers told who the reviewing officer is (legal-told): from the start or when another officer has the case, each time, within 2 working days, by the reviewing officer [8.1].",
        "Court told (court-told): after \"Lawyers told who the reviewing officer is\", within 5 working days, by the Legal Services [8.1].",
        "Discussion with the guardian (talk): when a children's guardian is appointed, as often as there is one, by the reviewing officer; it asks for \"Summary\", which is sealed [8.3].",
        "Child and carers kept informed (kept-informed): when a concern is raised or when it goes on to another step, open throughout and asked again each time, by the reviewing officer; it may be ended as not needed, with a reason [8.7].",
        "Meeting of the two services (link): while the team uses the protocol, every 2 months, by the Team Manager, together with the Reviewing Service Manager [8.9].",
        "This protocol looked at again (edition): while the protocol is in use, every year, counted from 28 February 2026, by the Reviewing Service Manager, together with the Director of Children's Services; it may be ended as not needed, with a reason [1.9].",
    ] {
        assert!(text.contains(said), "{said}\nis not said in\n{text}");
    }
}

#[test]
fn the_tasks_stand_in_the_json_as_the_file_has_them() {
    let shown = json(&northmoor());
    let tasks = shown["tasks"].as_array().unwrap();
    let first = &tasks[0];
    assert_eq!(first["on"], json!(["proceedings", "another officer"]));
    assert_eq!(
        (&first["owner"], &first["within"]),
        (&json!("raiser"), &json!("2 working days"))
    );
    assert_eq!(
        (&tasks[1]["starts"], &tasks[1]["owner"]),
        (&json!("legal-told"), &json!("legal"))
    );
    let last = tasks.last().unwrap();
    assert_eq!(
        (&last["every"], &last["since"]),
        (&json!("12 months"), &json!("2026-02-28"))
    );
}

#[test]
fn the_explanation_says_what_a_step_asks_by_when_and_what_follows() {
    let text = flat(&explain(&built_in("manchester")));
    for said in [
        "A concern starts at m-1, \"Starred recommendation\", unless its raiser starts elsewhere and says why.",
        "The raiser asks the Team Manager to accept it with a plan and a target date, or to reject it with reasons. Answer within 5 working days of its issue. No answer by then: it goes on to m-2, \"Formal escalation to the Service Lead\". Rejected: it goes on to m-2, \"Formal escalation to the Service Lead\", when the time is up and not before.",
        "Before it is sent, the IRO Team Manager is asked to agree; declined or unanswered, the raiser may go on with a reason",
        "The IRO Team Manager asks the Locality Service Lead for a written response.",
        "It is considered together with the Service Lead for Children's Safeguarding, who may answer too.",
        "Whoever answers follows up what they direct: on the day they set they are asked whether it is done",
        "The protocol sets no time: the raiser keeps a review date, 5 working days unless changed.",
        "Before a bypass, it is decided in conjunction with the Service Lead, Safeguarding and Improvement Unit",
        "Only an IRO may go to Cafcass, at any time, once this protocol",
        "Whoever raised the concern may take independent legal advice, at any time [Independent Legal Advice].",
    ] {
        assert!(text.contains(said), "{said}\nis not said in\n{text}");
    }
}

#[test]
fn the_explanation_of_silence_differs_where_it_goes_elsewhere() {
    let text = flat(&explain(&built_in("buckinghamshire")));
    for said in [
        "No answer by then: it goes on to b-2, \"Head of Service\". An answer that does not satisfy the raiser: it goes on to b-1m,",
        "When it is overdue, the Assistant Director of Quality Assurance hears of it as well.",
        "The raiser may set another time for one case.",
        "silence means accepted, no objection",
    ] {
        assert!(text.contains(said), "{said}\nis not said in\n{text}");
    }
}

#[test]
fn the_explanation_says_what_differs_by_subject_and_by_route() {
    let said_of = |protocol: &Protocol, all: &[&str]| {
        let text = flat(&explain(protocol));
        for said in all {
            assert!(text.contains(said), "{said}\nis not said in\n{text}");
        }
    };
    said_of(
        &built_in("manchester"),
        &[
            "It is raised by an IRO (about a looked-after child), a child protection conference chair (about a child on a child protection plan) or a foster carer IRO (about a foster carer).",
            "Its raiser may mark it as a starred recommendation where it is about a looked-after child [Stage 1].",
            "Where the concern is about a foster carer, it is called \"Recommendation\".",
            "Where a partner agency is concerned: the escalation process of the partner agency [Key Principles, partner agencies]. The raiser records it, and the concern runs on here beside it.",
        ],
    );
    said_of(
        &built_in("cp-lac-challenge"),
        &[
            "On routes lac and cp, the whole should take at most 10 weeks from the raising [Week 9-10].",
            "About a looked-after child, the whole should take at most 20 working days from the first formal step",
            "On route cp-content, where the disagreement about the plan is with a professional of another agency: the HSCB escalation procedure [1.3]. The raiser records that it went there, which closes the concern here.",
            "An answer that does not satisfy the raiser, or none when they look again: it goes on to h-c3,",
        ],
    );
}

#[test]
fn names_with_commas_of_their_own_are_kept_apart() {
    let text = flat(&explain(&built_in("fostering-iro")));
    let said = "Copied for information: the Head of Service, Children, Families and Community Health; and the Service Manager, Quality Assurance and Review.";
    assert!(text.contains(said), "{text}");
}

#[test]
fn a_meeting_that_may_be_declined_is_asked_for_differently_from_one_that_is_held() {
    let text = flat(&explain(&built_in("warwickshire")));
    for said in [
        "The raiser asks the Service Manager to consider a meeting, and to record whether it was held and what came of it.",
        "A meeting chaired by the Service Manager with the Operations Manager may be held; that none is held is recorded with its reason.",
    ] {
        assert!(text.contains(said), "{said}\nis not said in\n{text}");
    }
    let text = flat(&explain(&built_in("buckinghamshire")));
    let said = "The raiser asks the Team Manager to meet on it and to record the outcome. Answer within 5 working days of its issue. A meeting chaired by the Team Manager is held.";
    assert!(text.contains(said), "{text}");
}

#[test]
fn a_second_route_of_the_same_steps_is_said_in_one_line() {
    let text = flat(&explain(&built_in("cp-lac-challenge")));
    for said in [
        "Its steps are those of route lac: h-l1, h-l2, h-s1, h-s2, h-f.",
        "Its steps are those of route lac-content: h-c1, h-c2, h-c3.",
    ] {
        assert!(text.contains(said), "{said}\nis not said in\n{text}");
    }
    assert_eq!(
        text.matches("Level 2: Discussion with the team managers")
            .count(),
        1
    );
    let text = flat(&explain(&northmoor()));
    assert_eq!(
        text.matches("n-3 Step B: Professionals' view").count(),
        2,
        "routes that differ are both told whole"
    );
}

#[test]
fn the_json_has_the_shape_other_programs_rely_on() {
    for protocol in all() {
        let shown = json(&protocol);
        assert_eq!(shown["id"], protocol.id.as_str());
        assert_eq!(shown["title"], protocol.title);
        let roles = shown["roles"].as_array().unwrap();
        assert_eq!(roles.len(), protocol.roles.len());
        for role in roles {
            assert!(role["id"].is_string() && role["name"].is_string(), "{role}");
            assert!(
                ["team", "council"].contains(&role["scope"].as_str().unwrap()),
                "{role}"
            );
        }
        assert!(roles.iter().any(|role| role["id"] == "iro_manager"));
        let known = |id: &Value| roles.iter().any(|role| &role["id"] == id);
        for (route, shown) in protocol
            .routes
            .iter()
            .zip(shown["routes"].as_array().unwrap())
        {
            assert_eq!(shown["id"], route.id.as_str());
            for (step, shown) in route.steps.iter().zip(shown["steps"].as_array().unwrap()) {
                assert_eq!(shown["id"], step.id.as_str());
                assert_eq!(
                    (&shown["stage"], &shown["name"]),
                    (&json!(step.stage), &json!(step.name))
                );
                assert!(
                    shown["sender"] == "raiser" || known(&shown["sender"]),
                    "{shown}"
                );
                let addressees = shown["addressees"].as_array().unwrap();
                assert!(
                    !addressees.is_empty() && addressees.iter().all(known),
                    "{shown}"
                );
                assert!(
                    shown["copies"].as_array().unwrap().iter().all(known),
                    "{shown}"
                );
                match &step.clock {
                    None => assert!(shown["clock"].is_null()),
                    Some(clock) => assert_eq!(shown["clock"]["within"], clock.within.to_string()),
                }
            }
        }
    }
}

#[test]
fn the_json_counts_those_it_is_considered_with_as_addressees_and_copies_that_stick_as_copies() {
    let shown = json(&built_in("manchester"));
    assert_eq!(
        shown["routes"][0]["steps"][3]["addressees"],
        json!(["head_of_service", "safeguarding_lead"])
    );
    assert_eq!(shown["routes"][0]["steps"][2]["sender"], "iro_manager");
    let shown = json(&built_in("warwickshire"));
    assert_eq!(
        shown["routes"][0]["steps"][3]["copies"],
        json!(["hos_csc_safeguarding", "hos_practice_assurance"])
    );
    let shown = json(&built_in("cp-lac-challenge"));
    assert_eq!(
        shown["routes"][1]["steps"][1]["clock"],
        json!({ "within": "4 weeks", "from": "raised", "adjust": "shorter" })
    );
}
