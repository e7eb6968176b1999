use std::collections::BTreeSet;

use chrono::{DateTime, NaiveDate, Utc};

use super::*;
use crate::concern::{Actor, event::Raised};
use crate::concern::{Concern, Fact, Recorded};
use crate::ids::{ConcernId, RoleId};

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap_or_default()
}

fn user(id: &str) -> UserId {
    UserId::from(id)
}

fn at() -> DateTime<Utc> {
    DateTime::default()
}

fn asked(from: &str, until: &str) -> Asked {
    Asked {
        absent: user("AWAY"),
        by: user("COVER"),
        from: day(from),
        until: day(until),
    }
}

const RAISER: Facts = Facts {
    absent_raises: true,
    absent_holds: false,
    cover_raises: true,
    asked_by_iro_manager: false,
};

fn set(asked: &Asked, setter: &str, facts: Facts) -> Result<(), CoverFault> {
    match Calendar::built_in() {
        Ok(calendar) => may_set(asked, &user(setter), facts, day("2026-12-14"), &calendar),
        Err(_) => Err(CoverFault::NoSuchCover),
    }
}

#[test]
fn who_is_away_says_who_covers_and_so_does_the_manager_of_the_service() {
    let fortnight = asked("2026-12-14", "2026-12-24");
    assert_eq!(set(&fortnight, "AWAY", RAISER), Ok(()));
    assert_eq!(
        set(&fortnight, "SOMEBODY", RAISER),
        Err(CoverFault::NotYours)
    );
    let manager = Facts {
        asked_by_iro_manager: true,
        ..RAISER
    };
    assert_eq!(set(&fortnight, "IROM", manager), Ok(()));
    let of_a_role_holder = Facts {
        absent_raises: false,
        absent_holds: true,
        ..manager
    };
    assert_eq!(set(&fortnight, "IROM", of_a_role_holder), Ok(()));
    let somebody = Facts {
        asked_by_iro_manager: false,
        ..of_a_role_holder
    };
    assert_eq!(
        set(&fortnight, "SOMEBODY", somebody),
        Err(CoverFault::NotYours)
    );
}

#[test]
fn a_raiser_is_covered_by_somebody_who_may_raise_a_role_holder_by_anybody() {
    let fortnight = asked("2026-12-14", "2026-12-24");
    let cannot = Facts {
        cover_raises: false,
        ..RAISER
    };
    assert_eq!(set(&fortnight, "AWAY", cannot), Err(CoverFault::NotARaiser));
    let holder = Facts {
        absent_raises: false,
        absent_holds: true,
        ..cannot
    };
    assert_eq!(set(&fortnight, "AWAY", holder), Ok(()));
    assert_eq!(
        set(&fortnight, "AWAY", Facts::default()),
        Err(CoverFault::NothingToCover)
    );
}

#[test]
fn a_cover_has_an_end_within_sixty_working_days() {
    for (from, until, said) in [
        ("2026-12-14", "2026-12-14", Ok(())),
        ("2026-12-14", "2026-12-13", Err(CoverFault::Past)),
        ("2026-12-11", "2026-12-24", Err(CoverFault::BeginsInThePast)),
        (
            "2026-12-24",
            "2026-12-21",
            Err(CoverFault::EndsBeforeItBegins),
        ),
        ("2026-12-14", "2027-03-11", Ok(())),
        (
            "2026-12-14",
            "2027-03-12",
            Err(CoverFault::TooLong(day("2027-03-11"))),
        ),
    ] {
        assert_eq!(
            set(&asked(from, until), "AWAY", RAISER),
            said,
            "{from} {until}"
        );
    }
}

#[test]
fn a_cover_runs_from_its_first_day_to_the_end_of_its_last_and_then_ends_by_itself() {
    let mut covers = Covers::default();
    let entry = Entry::Set {
        absent: user("AWAY"),
        by: user("COVER"),
        from: day("2026-12-16"),
        until: day("2026-12-24"),
    };
    covers.apply(1, at(), &user("AWAY"), &entry);
    let covering = |covers: &Covers, on: &str| covers.covering(&user("AWAY"), day(on)).len();
    assert_eq!(covering(&covers, "2026-12-15"), 0);
    assert_eq!(covering(&covers, "2026-12-16"), 1);
    assert_eq!(covering(&covers, "2026-12-24"), 1);
    assert_eq!(covering(&covers, "2026-12-25"), 0);

    assert_eq!(covers.due(day("2026-12-15")), []);
    let begun = Entry::Begun { cover: 1 };
    assert_eq!(covers.due(day("2026-12-16")), std::slice::from_ref(&begun));
    covers.apply(2, at(), &user("lodestar"), &begun);
    assert_eq!(covers.due(day("2026-12-24")), []);
    let ended = Entry::Ended { cover: 1 };
    assert_eq!(covers.due(day("2026-12-25")), std::slice::from_ref(&ended));
    covers.apply(3, at(), &user("lodestar"), &ended);
    assert_eq!(covers, Covers::default());
}

#[expect(clippy::expect_used, reason = "what a test is about stands in it")]
fn concern(raised_by: &str, raiser: &str) -> Concern {
    let form: Raised = serde_json::from_value(serde_json::json!({
        "team": "north", "protocol": "manchester", "protocol_hash": "", "route": "main", "raiser_role": "iro",
        "case_ref": "K-204117", "category": "drift", "event_date": "2026-12-14"
    }))
    .expect("it is what a concern is raised with");
    let first = Recorded {
        seq: 1,
        at: at(),
        actor: Actor::Person(user(raised_by)),
        on_behalf_of: None,
        fact: Fact::Raised(Box::new(form)),
    };
    let mut concern = Concern::begin(ConcernId(1), &first).expect("it begins with its raising");
    if raiser != raised_by {
        concern.apply(&Recorded {
            seq: 2,
            fact: Fact::HandedOver {
                to: user(raiser),
                raiser_role: "iro".into(),
            },
            ..first
        });
    }
    concern
}

fn away(id: &str, roles: &[&str]) -> Absent {
    Absent {
        user: user(id),
        roles: roles.iter().map(|role| RoleId::from(*role)).collect(),
    }
}

#[test]
fn no_role_falls_to_anybody_from_somebody_who_raised_the_concern() {
    for (by, now) in [("AWAY", "AWAY"), ("AWAY", "OTHER"), ("OTHER", "AWAY")] {
        let concern = concern(by, now);
        let roles = [away("AWAY", &["team_manager"])];
        let standing = standing(
            &Raisers::of(&concern),
            &user("COVER"),
            BTreeSet::new(),
            true,
            roles,
        );
        assert!(standing.roles.is_empty() && standing.by_cover.is_empty());
        assert_eq!(standing.covers_raiser, now == "AWAY", "{by} {now}");
    }
}

#[test]
fn what_is_held_by_oneself_is_not_held_by_cover() {
    let concern = concern("IRO", "IRO");
    let own = BTreeSet::from([RoleId::from("team_manager")]);
    let covered = [away("AWAY", &["team_manager", "service_lead"])];
    let standing = standing(
        &Raisers::of(&concern),
        &user("COVER"),
        own.clone(),
        false,
        covered,
    );
    assert_eq!(standing.by_themselves().roles, own);
    let (team_manager, service_lead) = (RoleId::from("team_manager"), RoleId::from("service_lead"));
    assert_eq!(standing.holds_for([&team_manager]), None);
    assert_eq!(standing.holds_for([&service_lead]), Some(&user("AWAY")));
    assert_eq!(standing.holds_for([&service_lead, &team_manager]), None);
}
