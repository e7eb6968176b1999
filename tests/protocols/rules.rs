//! The rules beside the ladders, against the sources.

use lodestar::protocol::read::{SILENT_ON_BYPASS, built_in_themes};
use lodestar::protocol::{ExternalRoute, GateKind, Keeps, Repeat, Silence, Subject, TaskStart};

use super::{BUILT_IN, built_in};

fn roles(roles: &[lodestar::ids::RoleId]) -> Vec<&str> {
    roles.iter().map(lodestar::ids::RoleId::as_str).collect()
}

#[test]
fn a_bypass_is_free_but_in_manchester_where_the_safeguarding_unit_is_asked() {
    let rule = |id| {
        let bypass = built_in(id).bypass.clone();
        assert!(bypass.to.is_empty(), "{id}: to any step");
        let gate = bypass
            .gate
            .map(|gate| (gate.kind, roles(&gate.roles).join(" ")));
        (bypass.clause, gate)
    };
    assert_eq!(rule("warwickshire"), (SILENT_ON_BYPASS.to_owned(), None));
    assert_eq!(
        rule("cp-lac-challenge"),
        (SILENT_ON_BYPASS.to_owned(), None)
    );
    assert_eq!(
        rule("buckinghamshire"),
        ("Appendix 4; IRO Handbook 6.2".to_owned(), None)
    );
    assert_eq!(rule("fostering-iro"), ("1, bypass".to_owned(), None));
    assert_eq!(
        rule("manchester"),
        (
            "Key Principles, urgent".to_owned(),
            Some((GateKind::InConjunction, "siu_lead".to_owned()))
        )
    );
}

#[test]
fn moving_early_is_allowed_in_the_challenge_protocol_alone() {
    let early: Vec<_> = BUILT_IN
        .iter()
        .map(|id| built_in(id).early.clone())
        .collect();
    assert_eq!(early, [None, None, None, Some("2.4".to_owned()), None]);
}

#[test]
fn cafcass_is_open_to_the_iro_alone_and_after_those_each_protocol_names() {
    let rule = |id: &str| -> Option<ExternalRoute> { built_in(id).beside.cafcass.clone() };
    assert_eq!(rule("fostering-iro"), None);
    for id in [
        "warwickshire",
        "buckinghamshire",
        "manchester",
        "cp-lac-challenge",
    ] {
        assert_eq!(rule(id).unwrap().by, ["iro"], "{id}");
    }
    assert_eq!(
        roles(&rule("warwickshire").unwrap().oversight),
        ["hos_practice_assurance"]
    );
    let gate = |id| {
        rule(id)
            .unwrap()
            .gate
            .map(|gate| (gate.kind, roles(&gate.roles).join(" ")))
    };
    assert_eq!(gate("warwickshire"), None);
    assert_eq!(
        gate("buckinghamshire"),
        Some((GateKind::Discuss, "iro_manager ad_qa".to_owned()))
    );
    assert_eq!(
        gate("manchester"),
        Some((GateKind::Discuss, "iro_manager strategic_lead".to_owned()))
    );
    assert_eq!(rule("cp-lac-challenge").unwrap().from, Some("h-f".into()));
}

#[test]
fn legal_advice_opens_at_the_step_each_protocol_names() {
    let from: Vec<_> = BUILT_IN
        .iter()
        .map(|id| {
            let rule = built_in(id).beside.legal_advice.clone();
            rule.map(|rule| {
                rule.from
                    .map_or_else(|| "any time".to_owned(), |step| step.to_string())
            })
        })
        .collect();
    let expected = [
        Some("w-1"),
        Some("any time"),
        Some("any time"),
        None,
        Some("s-l2"),
    ];
    assert_eq!(from, expected.map(|step| step.map(str::to_owned)));
}

#[test]
fn the_caps_are_those_of_the_sources_and_warwickshire_shows_the_stricter_reading_too() {
    let caps = |id| -> Vec<String> {
        built_in(id)
            .caps
            .iter()
            .map(|cap| {
                format!(
                    "{} from {}",
                    cap.within,
                    lodestar::protocol::words::clock_start(&cap.from)
                )
            })
            .collect()
    };
    assert_eq!(
        caps("warwickshire"),
        [
            "20 working days from first formal step",
            "20 working days from event"
        ]
    );
    // Appendix 3 counts from where the concern is escalated, so not from an informal beginning.
    assert_eq!(
        caps("buckinghamshire"),
        ["20 working days from first formal step"]
    );
    assert_eq!(
        caps("manchester"),
        ["20 working days from first formal step"]
    );
    assert_eq!(
        caps("cp-lac-challenge"),
        [
            "10 weeks from raised",
            "20 working days from first formal step"
        ]
    );
    assert_eq!(caps("fostering-iro"), Vec::<String>::new());
}

#[test]
fn only_warwickshire_asks_for_a_rating_and_tells_the_managers_it_names() {
    for id in BUILT_IN {
        assert_eq!(built_in(id).rag, id == "warwickshire", "{id}");
    }
    let told = |when: &str| {
        let notices = built_in("warwickshire").beside.notices.clone();
        let notice = notices
            .into_iter()
            .find(|notice| notice.when == when)
            .unwrap();
        (roles(&notice.to).join(" "), notice.clause)
    };
    assert_eq!(
        told("rag amber"),
        ("service_manager".to_owned(), "2.7".to_owned())
    );
    assert_eq!(
        told("rag red"),
        (
            "head_of_service service_manager".to_owned(),
            "2.8".to_owned()
        )
    );
}

#[test]
fn silence_is_consent_to_review_decisions_in_buckinghamshire_and_to_nothing_else() {
    for id in BUILT_IN {
        let protocol = built_in(id);
        let deemed: Vec<_> = protocol
            .beside
            .review_clocks
            .iter()
            .filter(|clock| clock.on_silence == Silence::DeemedAccepted)
            .map(|clock| (clock.id.as_str(), clock.starts.after().unwrap_or_default()))
            .collect();
        let expected: &[(&str, &str)] = if id == "buckinghamshire" {
            &[("objection", "decisions")]
        } else {
            &[]
        };
        assert_eq!(deemed, expected, "{id}");
    }
    let due: Vec<_> = built_in("buckinghamshire")
        .beside
        .review_clocks
        .iter()
        .map(|clock| format!("{} {}", clock.id, clock.within))
        .collect();
    assert_eq!(
        due,
        [
            "informal 3 working days",
            "record 3 working days",
            "decisions 5 working days",
            "objection 5 working days",
            "report 15 working days",
            "distribution 20 working days",
        ]
    );
}

#[test]
fn each_protocol_offers_the_categories_of_its_source_or_the_built_in_list() {
    let count = |id: &str| -> Vec<usize> {
        built_in(id)
            .themes
            .iter()
            .map(|theme| theme.categories.len())
            .collect()
    };
    assert_eq!(count("buckinghamshire"), [13]);
    assert_eq!(count("fostering-iro"), [11, 8, 4, 4]);
    for id in ["warwickshire", "manchester", "cp-lac-challenge"] {
        assert_eq!(built_in(id).themes, built_in_themes(), "{id}");
    }
    let offered: usize = built_in_themes()
        .iter()
        .map(|theme| theme.categories.len())
        .sum();
    assert!((10..=20).contains(&offered), "{offered}");
}

#[test]
fn buckinghamshire_lists_thirteen_significant_changes_and_warwickshire_two_standing_criteria() {
    let items = |id, when| {
        let notices = built_in(id).beside.notices.clone();
        notices
            .into_iter()
            .find(|notice| notice.when == when)
            .unwrap()
            .items
            .len()
    };
    assert_eq!(items("buckinghamshire", "significant change"), 13);
    assert_eq!(items("warwickshire", "standing criterion"), 2);
}

#[test]
fn the_challenge_protocol_cannot_close_a_step_without_query_action_and_outcome() {
    let note = built_in("cp-lac-challenge").beside.note.clone().unwrap();
    assert_eq!(note.fields, ["query", "action", "outcome"]);
    assert!(note.required);
}

#[test]
fn who_may_raise_and_about_whom_is_as_the_sources_say() {
    let rule = |id| {
        let protocol = built_in(id);
        let raisers: Vec<_> = protocol.raised_by.iter().map(ToString::to_string).collect();
        (raisers.join(" "), protocol.subjects.clone())
    };
    let (child, plan, carer) = (
        Subject::LookedAfterChild,
        Subject::ChildProtection,
        Subject::FosterCarer,
    );
    assert_eq!(rule("warwickshire"), ("iro".to_owned(), vec![child]));
    assert_eq!(rule("buckinghamshire"), ("iro".to_owned(), vec![child]));
    assert_eq!(
        rule("manchester"),
        (
            "iro cp_chair foster_iro".to_owned(),
            vec![child, plan, carer]
        )
    );
    assert_eq!(
        rule("cp-lac-challenge"),
        ("iro cp_chair".to_owned(), vec![child, plan])
    );
    assert_eq!(
        rule("fostering-iro"),
        ("foster_iro".to_owned(), vec![carer])
    );
}

#[test]
fn a_vacant_role_always_falls_to_somebody_and_at_last_to_the_manager_of_the_service() {
    for protocol in super::all() {
        for id in protocol.roles.keys() {
            let mut at = id;
            for _ in 0..=protocol.roles.len() {
                let Some(next) = &protocol.roles[at].vacant else {
                    break;
                };
                at = next;
            }
            assert!(protocol.roles[at].vacant.is_none(), "{}: {id}", protocol.id);
        }
        assert!(
            protocol.roles.contains_key("iro_manager"),
            "{}",
            protocol.id
        );
    }
}

/// A protocol's tasks of one sort of list: id, owner, what starts it.
fn tasks(id: &str, keeps: Keeps) -> Vec<(String, String, String)> {
    let protocol = built_in(id);
    let told = protocol.tasks_of(keeps).map(|task| {
        let starts = match &task.starts {
            TaskStart::On(occasions) => format!("{occasions:?}"),
            TaskStart::After(earlier) => format!("after {earlier}"),
        };
        let owner = task.owner.as_ref().map_or("raiser", |role| role.as_str());
        (task.id.clone(), owner.to_owned(), starts)
    });
    told.collect()
}

#[test]
fn care_proceedings_ask_in_warwickshire_what_its_fifth_section_does() {
    let found = tasks("warwickshire", Keeps::Proceedings);
    let found: Vec<_> = found
        .iter()
        .map(|(a, b, c)| (a.as_str(), b.as_str(), c.as_str()))
        .collect();
    assert_eq!(
        found,
        [
            ("legal-told", "raiser", "[Proceedings, AnotherOfficer]"),
            ("court-told", "legal", "after legal-told"),
            ("court-documents", "legal", "[Proceedings]"),
            ("introductions", "raiser", "[GuardianAppointed]"),
            ("level", "raiser", "after introductions"),
            ("discussion", "raiser", "[GuardianAppointed]"),
            ("summary", "raiser", "after discussion"),
            ("review-records", "raiser", "[Review]"),
            ("dispute", "raiser", "[Dispute]"),
            ("handover", "raiser", "[StaysLookedAfter]"),
            ("handover-summary", "raiser", "after handover"),
        ]
    );
    let protocol = built_in("warwickshire");
    let proceedings: Vec<_> = protocol.tasks_of(Keeps::Proceedings).collect();
    // The source gives none of them a time: none is made up.
    assert!(proceedings.iter().all(|task| task.within.is_none()));
    assert_eq!(protocol.task("level").unwrap().topics.len(), 5);
    assert_eq!(protocol.task("handover").unwrap().topics.len(), 3);
    assert!(protocol.task("discussion").unwrap().note.is_some());
    assert_eq!(protocol.task("discussion").unwrap().repeat, Repeat::AnyTime);
    assert_eq!(
        protocol.task("review-records").unwrap().repeat,
        Repeat::EachTime
    );
}

#[test]
fn the_protocol_of_warwickshire_is_reviewed_each_year_since_its_issue_in_may_2016() {
    for id in BUILT_IN {
        let found: Vec<_> = tasks(id, Keeps::Protocol)
            .into_iter()
            .map(|task| task.0)
            .collect();
        let due: &[&str] = if id == "warwickshire" {
            &["practice-issues", "protocol-review"]
        } else {
            &[]
        };
        assert_eq!(found, due, "{id}");
    }
    let protocol = built_in("warwickshire");
    let review = protocol.task("protocol-review").unwrap();
    assert_eq!(review.owner.as_ref().unwrap().as_str(), "iro_manager");
    assert_eq!(
        roles(&review.with),
        ["hos_children_families", "hos_practice_assurance"]
    );
    let issues = protocol.task("practice-issues").unwrap();
    assert_eq!(issues.owner.as_ref().unwrap().as_str(), "iro_manager");
    assert_eq!(roles(&issues.with), ["hos_children_families"]);
    assert!(issues.may_skip && issues.since.is_none());
    let (every, since) = (review.every.unwrap(), review.since.unwrap());
    assert_eq!(every.after(since).to_string(), "2017-05-31");
}

#[test]
fn the_fostering_family_and_the_child_are_kept_in_mind_where_the_sources_say_so() {
    for (id, asked) in [
        ("fostering-iro", Some(("family", Repeat::Throughout))),
        ("buckinghamshire", Some(("child-views", Repeat::Once))),
        ("warwickshire", None),
        ("manchester", None),
        ("cp-lac-challenge", None),
    ] {
        let protocol = built_in(id);
        let found: Vec<_> = protocol.tasks_of(Keeps::Concern).collect();
        let found = found.first().map(|task| (task.id.as_str(), task.repeat));
        assert_eq!(found, asked, "{id}");
    }
    let protocol = built_in("fostering-iro");
    let family = protocol.task("family").unwrap();
    assert!(family.may_skip && family.owner.is_none() && family.within.is_none());
}

#[test]
fn the_link_role_of_buckinghamshire_comes_round_for_each_team() {
    let protocol = built_in("buckinghamshire");
    let found: Vec<_> = protocol
        .tasks_of(Keeps::Team)
        .map(|task| (task.id.as_str(), task.every.unwrap().0, task.may_skip))
        .collect();
    assert_eq!(
        found,
        [("link-meeting", 2, true), ("team-meeting", 3, true)]
    );
}
