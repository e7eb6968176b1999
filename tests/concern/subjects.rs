//! Whom a concern is about: told, asked, or refused; and what an old record leaves open.

use lodestar::concern::command::FieldFault;
use lodestar::concern::decide::outside::cautions;
use lodestar::concern::event::Caution;
use lodestar::concern::{OutsideWay, Raiser, Refusal, Rules, raise};
use lodestar::ids::{ConcernId, RaiserRole, UserId};
use lodestar::protocol::Subject;

use crate::kit::*;

/// Raises with those raiser roles, saying about whom or not; the subject and the role it was raised in, or the refusal.
fn raised(
    protocol: &str,
    route: &str,
    roles: &[&str],
    about: Option<Subject>,
) -> Result<(Option<Subject>, String), Refusal> {
    let protocol = built_in(protocol);
    let under = Rules {
        protocol,
        route: protocol.route(&route.into()).unwrap(),
        calendar: &CALENDAR,
        hours: hours(),
    };
    let raiser = Raiser {
        user: UserId::from(IRO),
        raiser_roles: roles.iter().map(|role| RaiserRole::from(*role)).collect(),
        roles: std::collections::BTreeSet::new(),
    };
    let mut asked = Story::under(protocol).raise;
    asked.subject = about;
    let decision = raise(
        &under,
        ConcernId(42),
        &raiser,
        asked,
        moment("2026-12-14 10:00"),
    )?;
    let with = decision.after.raised;
    Ok((with.subject, with.raiser_role.to_string()))
}

fn field<T>(block: &'static str, fault: FieldFault) -> Result<T, Refusal> {
    Err(Refusal::Field { block, fault })
}

const CHILD: Subject = Subject::LookedAfterChild;
const PLAN: Subject = Subject::ChildProtection;
const CARER: Subject = Subject::FosterCarer;

#[test]
fn the_role_and_the_route_tell_whom_a_concern_is_about() {
    let told = |protocol, route, role: &str| raised(protocol, route, &[role], None).unwrap();
    for (protocol, route, role, subject) in [
        ("manchester", "main", "iro", CHILD),
        ("manchester", "main", "cp_chair", PLAN),
        ("manchester", "main", "foster_iro", CARER),
        ("cp-lac-challenge", "cp-content", "iro", PLAN),
        ("cp-lac-challenge", "lac", "iro", CHILD),
        ("fostering-iro", "main", "foster_iro", CARER),
        ("warwickshire", "main", "iro", CHILD),
    ] {
        assert_eq!(
            told(protocol, route, role),
            (Some(subject), role.to_owned()),
            "{protocol} {route} {role}"
        );
    }
}

#[test]
fn whoever_raises_about_several_says_which_and_holds_it_in_the_role_of_that_one() {
    let both = ["iro", "cp_chair"];
    assert_eq!(
        raised("manchester", "main", &both, None),
        field("subject", FieldFault::Missing)
    );
    assert_eq!(
        raised("manchester", "main", &both, Some(CARER)),
        field("subject", FieldFault::Unknown)
    );
    assert_eq!(
        raised("manchester", "main", &both, Some(PLAN)),
        Ok((Some(PLAN), "cp_chair".to_owned()))
    );
    assert_eq!(
        raised("manchester", "main", &both, Some(CHILD)),
        Ok((Some(CHILD), "iro".to_owned()))
    );
}

#[test]
fn a_route_for_nobody_whom_a_role_raises_about_is_refused_at_the_route() {
    assert_eq!(
        raised("cp-lac-challenge", "lac", &["cp_chair"], None),
        field("route", FieldFault::RoleNotOnRoute)
    );
    assert_eq!(
        raised("cp-lac-challenge", "lac", &["cp_chair", "iro"], None),
        Ok((Some(CHILD), "iro".to_owned()))
    );
    assert_eq!(
        raised("manchester", "main", &["guardian"], None),
        field("team", FieldFault::RoleMayNotRaise)
    );
}

#[test]
fn a_star_is_refused_with_its_clause_and_ignored_where_there_is_none_to_give() {
    let starred = |protocol: &str, role: &str| {
        let mut opening = Story::of(protocol);
        opening.raiser.raiser_roles = vec![RaiserRole::from(role)];
        opening.raise.flags.starred = true;
        opening.try_raises()
    };
    assert!(
        starred("manchester", "iro")
            .unwrap()
            .concern
            .raised
            .flags
            .starred
    );
    assert_eq!(
        starred("manchester", "cp_chair").err(),
        Some(Refusal::Field {
            block: "flags",
            fault: FieldFault::NotStarred("Stage 1".to_owned())
        })
    );
    let elsewhere = starred("warwickshire", "iro").unwrap();
    assert!(!elsewhere.concern.raised.flags.starred);
}

#[test]
fn a_record_from_before_subjects_were_kept_is_read_by_its_role_and_route() {
    let json = |story: &Story| {
        let mut raised = serde_json::to_value(&story.concern.raised).unwrap();
        raised.as_object_mut().unwrap().remove("subject").unwrap();
        serde_json::from_value(raised).unwrap()
    };
    let mut story = Story::of("manchester").raises();
    story.concern.raised = json(&story);
    assert_eq!(story.concern.raised.subject, None);
    assert_eq!(story.rules.subject(&story.concern), Some(CHILD));
    story.concern.raised.raiser_role = RaiserRole::from("cp_chair");
    assert_eq!(story.rules.subject(&story.concern), Some(PLAN));
}

#[test]
fn a_looked_after_childs_iro_alone_has_the_power_to_refer() {
    let warned = |protocol: &str, route: &str| {
        let story = Story::of(protocol).route(route).raises();
        cautions(&story.rules, &story.concern, OutsideWay::Cafcass).contains(&Caution::NoPower)
    };
    assert!(!warned("cp-lac-challenge", "lac"));
    assert!(warned("cp-lac-challenge", "cp"));
    assert!(warned("cp-lac-challenge", "cp-content"));
    assert!(!warned("cp-lac-challenge", "lac-content"));
    assert!(warned("fostering-iro", "main"));
}

#[test]
fn a_way_that_opens_at_a_step_of_another_route_is_not_kept_shut_on_this_one() {
    let story = Story::of("cp-lac-challenge").route("lac-content").raises();
    let cautions = cautions(&story.rules, &story.concern, OutsideWay::Cafcass);
    assert_eq!(cautions, [Caution::Condition], "the challenge comes first");
}

#[test]
fn only_the_caps_of_its_route_and_subject_limit_a_concern() {
    let caps = |route: &str| -> Vec<String> {
        let story = Story::of("cp-lac-challenge").route(route).raises();
        let caps = story.rules.caps(&story.concern);
        caps.map(|(cap, _)| cap.within.to_string()).collect()
    };
    assert_eq!(caps("lac"), ["10 weeks"], "no formal step yet");
    assert_eq!(caps("cp"), ["10 weeks"]);
    assert_eq!(caps("lac-content"), [""; 0]);
    let mut story = Story::of("cp-lac-challenge").route("lac-content").raises();
    story.raiser(escalate());
    let caps: Vec<_> = story.rules.caps(&story.concern).collect();
    assert_eq!(caps.len(), 1, "the Handbook's, from the Heads of Service");
    let mut story = Story::of("cp-lac-challenge").route("cp-content").raises();
    story.raiser(escalate());
    assert_eq!(story.rules.caps(&story.concern).count(), 0);
}
