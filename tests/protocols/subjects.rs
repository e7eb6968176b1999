//! Rules that hold for some subjects or some routes only, and the ways out to another procedure.

use lodestar::ids::{RaiserRole, RouteId};
use lodestar::protocol::{Here, Protocol, Subject};

use super::faults::{faults_in, one_fault};
use super::{NORTHMOOR, built_in, northmoor};

const CHILD: Subject = Subject::LookedAfterChild;
const PLAN: Subject = Subject::ChildProtection;
const CARER: Subject = Subject::FosterCarer;

fn open(protocol: &Protocol, roles: &[&str], route: &str) -> Vec<Subject> {
    let roles: Vec<_> = roles.iter().map(|role| RaiserRole::from(*role)).collect();
    let route = protocol.route(&RouteId::from(route)).unwrap();
    protocol.subjects_open_to(&roles, route)
}

#[test]
fn each_raiser_of_manchester_raises_about_those_they_review() {
    let manchester = built_in("manchester");
    let about = |roles: &[&str]| open(&manchester, roles, "main");
    assert_eq!(about(&["iro"]), [CHILD]);
    assert_eq!(about(&["cp_chair"]), [PLAN]);
    assert_eq!(about(&["foster_iro"]), [CARER]);
    assert_eq!(about(&["foster_iro", "iro"]), [CHILD, CARER]);
    assert_eq!(about(&["guardian"]), []);
}

#[test]
fn the_challenge_protocol_tells_the_child_by_the_route_and_a_chair_raises_about_plans_alone() {
    let challenge = built_in("cp-lac-challenge");
    let about = |role: &str| -> Vec<Vec<Subject>> {
        ["lac", "cp", "lac-content", "cp-content"]
            .map(|route| open(&challenge, &[role], route))
            .to_vec()
    };
    assert_eq!(about("iro"), [[CHILD], [PLAN], [CHILD], [PLAN]]);
    assert_eq!(about("cp_chair"), [vec![], vec![PLAN], vec![], vec![PLAN]]);
}

#[test]
fn a_recommendation_is_starred_for_our_children_in_manchester_and_nowhere_else() {
    for id in super::BUILT_IN {
        let protocol = built_in(id);
        for subject in [CHILD, PLAN, CARER] {
            let starred = id == "manchester" && subject == CHILD;
            assert_eq!(protocol.may_star(subject), starred, "{id} {subject:?}");
        }
    }
    let manchester = built_in("manchester");
    let step = &manchester.routes[0].steps[1];
    assert_eq!(step.name_for(Some(CHILD)), "Starred recommendation");
    assert_eq!(step.name_for(Some(PLAN)), "Recommendation");
    assert_eq!(step.name_for(None), "Starred recommendation");
}

#[test]
fn the_ten_weeks_are_for_the_ladders_of_weeks_and_the_handbooks_limit_for_a_looked_after_child() {
    let challenge = built_in("cp-lac-challenge");
    let on = |route: &str, subject| -> Vec<String> {
        let caps = challenge.caps.iter();
        let route = RouteId::from(route);
        caps.filter(|cap| cap.limits(&route, Some(subject)))
            .map(|cap| cap.within.to_string())
            .collect()
    };
    assert_eq!(on("lac", CHILD), ["10 weeks", "20 working days"]);
    assert_eq!(on("cp", PLAN), ["10 weeks"]);
    assert_eq!(on("lac-content", CHILD), ["20 working days"]);
    assert_eq!(on("cp-content", PLAN), [""; 0]);
}

#[test]
fn a_disagreement_with_another_agency_leaves_the_content_ladder_of_a_protection_plan_alone() {
    let challenge = built_in("cp-lac-challenge");
    assert_eq!(challenge.beside.redirects.len(), 1);
    let way = challenge.redirect("hscb").unwrap();
    assert_eq!(
        (way.to.as_str(), way.clause.as_str()),
        ("HSCB escalation procedure", "1.3")
    );
    assert_eq!(way.here, Here::Ends);
    let offered: Vec<_> = challenge
        .routes
        .iter()
        .filter(|route| way.is_offered(&route.id, None))
        .map(|route| route.id.as_str())
        .collect();
    assert_eq!(offered, ["cp-content"]);
    let beside = &built_in("manchester").beside.redirects[0];
    assert_eq!(beside.here, Here::GoesOn);
    assert!(beside.is_offered(&RouteId::from("main"), Some(CARER)));
}

#[test]
fn a_way_out_for_one_subject_is_not_offered_for_another() {
    let northmoor = northmoor();
    let way = northmoor.redirect("partnership").unwrap();
    let plans = RouteId::from("plans");
    assert!(way.is_offered(&plans, Some(PLAN)));
    assert!(way.is_offered(&plans, None), "it may be");
    assert!(!way.is_offered(&plans, Some(CHILD)));
    assert!(!way.is_offered(&RouteId::from("carers"), Some(PLAN)));
}

#[test]
fn a_raiser_who_could_raise_nothing_is_refused() {
    one_fault(
        "foster_iro = [\"foster_carer\"]",
        "«guardian = [\"foster_carer\"]",
        "`guardian` is not among those who may raise: add it to `raised_by`, or take it out here.",
    );
    one_fault(
        "foster_iro = [\"foster_carer\"]",
        "«foster_iro = []",
        "`foster_iro` would raise about nobody: name a subject, or take the line out, which lets it raise about any.",
    );
    one_fault(
        "foster_iro = [\"foster_carer\"]",
        "foster_iro = [«\"foster_carers\"]",
        "`foster_iro` does not know \"foster_carers\": did you mean \"foster_carer\"?",
    );
    let carers_are_looked_after = NORTHMOOR
        .replace(
            "subjects      = [\"foster_carer\"]",
            "subjects      = [\"looked_after_child\"]",
        )
        .replace(
            "foster_iro = [\"foster_carer\"]",
            "«foster_iro = [\"foster_carer\"]",
        );
    let (faults, place) = faults_in(&carers_are_looked_after);
    assert!(
        faults.contains(&format!(
            "{place}No route is for anybody whom `foster_iro` raises about: add a subject here or to a `[[route]]`."
        )),
        "{faults:#?}"
    );
}

#[test]
fn a_subject_about_whom_nobody_raises_is_a_warning() {
    let nobody = NORTHMOOR
        .replace("\"cp_chair\", \"foster_iro\"]", "\"cp_chair\"]")
        .replace("foster_iro = [\"foster_carer\"]\n", "")
        .replace(
            "\"child_protection\", \"foster_carer\"]\nraised_by",
            "\"child_protection\", «\"foster_carer\"]\nraised_by",
        );
    let (faults, place) = faults_in(&nobody);
    assert_eq!(
        faults,
        [format!(
            "{place}warning: Nobody can raise about \"foster_carer\": add it to a `[[route]]` and in `[raiser_subjects]`, or take it out of `subjects`."
        )]
    );
}

#[test]
fn what_is_for_a_subject_or_a_route_that_is_not_there_is_refused() {
    one_fault(
        "routes = [\"carers\"]\nhere",
        "routes = [«\"carer\"]\nhere",
        "There is no route `carer`: did you mean `carers`?",
    );
    one_fault(
        "routes   = [\"plans\"]\nsubjects = [\"looked_after_child\"]",
        "routes   = [«\"somewhere\"]\nsubjects = [\"looked_after_child\"]",
        "There is no route `somewhere`: name one of its `[[route]]`s, or take it out here.",
    );
    one_fault(
        "names     = { foster_carer =",
        "names     = { «foster_carers =",
        "`names` does not know \"foster_carers\": did you mean \"foster_carer\"?",
    );
    one_fault(
        "id     = \"complaint\"",
        "id     = «\"partnership\"",
        "There are two redirects `partnership`: give one another id.",
    );
    one_fault(
        "id     = \"school\"",
        "id     = «\"agency\"",
        "There are two partners `agency`: give one another id.",
    );
    let children =
        "subjects      = [\"looked_after_child\", \"child_protection\", \"foster_carer\"]";
    let (faults, _) = faults_in(
        &NORTHMOOR
            .replace(
                children,
                "subjects = [\"looked_after_child\", \"foster_carer\"]",
            )
            .replace(
                "starred       = { subjects = [\"looked_after_child\"]",
                "«starred = { subjects = [\"child_protection\"]",
            ),
    );
    for what in [
        "A route is for",
        "This role raises for",
        "The star is for",
        "This way out is for",
    ] {
        assert!(
            faults.iter().any(|fault| fault
                .contains(&format!("{what} a subject that the protocol does not have"))),
            "{what}: {faults:#?}"
        );
    }
}

#[test]
fn a_note_on_an_occasion_that_never_comes_is_refused() {
    one_fault(
        "[note.names]\ninformal",
        "[note.names]\n«informal_foster_carers = \"?\"\ninformal",
        "No case note is written on the occasion `informal_foster_carers`: did you mean `informal_foster_carer`?",
    );
    one_fault(
        "[note.names]\ninformal",
        "[note.names]\n«closing_letter = \"?\"\ninformal",
        "No case note is written on the occasion `closing_letter`: name it `informal` or `formal`, with `_` and a subject of the protocol where it is for that one only.",
    );
}

#[test]
fn a_cap_from_a_step_that_is_on_none_of_its_routes_is_refused() {
    one_fault(
        "from   = \"step n-2\"\nclause = \"1.6\"",
        "from   = «\"step n-1\"\nroutes = [\"carers\"]\nclause = \"1.6\"",
        "This cap counts from step `n-1`, which stands on none of its routes: change `from`, or name the route it stands on in `routes`.",
    );
}
