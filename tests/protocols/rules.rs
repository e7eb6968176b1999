//! The rules beside the ladders, against the sources.

use lodestar::protocol::read::{SILENT_ON_BYPASS, built_in_themes};
use lodestar::protocol::{ExternalRoute, GateKind, Silence, Subject};

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
            .map(|clock| (clock.id.as_str(), clock.starts.as_str()))
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
