//! Who may do what, who reads, who takes over.

use lodestar::access::may_read;
use lodestar::concern::command::{FieldFault, Who};
use lodestar::concern::{ByCover, Command, Phase, Refusal, Standing};
use lodestar::ids::{RaiserRole, RoleId, UserId};
use lodestar::mail::Occasion;

use crate::kit::*;

const NOTE: fn() -> Command = || Command::Note { note: text() };

#[test]
fn only_the_raiser_resolves_whatever_others_hold() {
    let mut story = Story::of("manchester").raises();
    for role in ["team_manager", "iro_manager", "dcs", "siu_lead"] {
        for command in [
            Command::Resolve,
            Command::Withdraw { reason: text() },
            escalate(),
            hold("2026-12-22"),
            bypass("m-3"),
        ] {
            assert_eq!(
                story.refuses(&holder(role), command),
                Refusal::NotYours { who: Who::Raiser }
            );
        }
    }
    let mut cover = holder("siu_lead");
    cover.covers_raiser = true;
    story.does(&cover, Command::Resolve);
}

#[test]
fn cover_who_answers_the_concern_does_not_close_it_too() {
    let mut story = Story::of("manchester").raises();
    let mut cover = holder("team_manager");
    cover.covers_raiser = true;
    assert_eq!(
        story.refuses(&cover, Command::Resolve),
        Refusal::NotYours { who: Who::Raiser }
    );
    let mut own = Story::of("manchester").own_addressee("U0TM2").raises();
    let mut cover = person("U0TM2", &[]);
    cover.covers_raiser = true;
    assert_eq!(
        own.refuses(&cover, Command::Resolve),
        Refusal::NotYours { who: Who::Raiser }
    );
}

#[test]
fn a_raiser_does_not_answer_their_own_concern() {
    let mut story = Story::of("manchester").raises();
    let raiser = person(IRO, &["team_manager"]);
    assert_eq!(
        story.refuses(&raiser, accept("2026-12-18")),
        Refusal::OwnConcern
    );
    assert_eq!(story.refuses(&raiser, ACKNOWLEDGE), Refusal::OwnConcern);
}

#[test]
fn who_sits_in_the_line_does_not_raise() {
    let mut opening = Story::of("manchester");
    opening.raiser.roles.insert(RoleId::from("service_lead"));
    assert_eq!(
        opening.refused(),
        Refusal::Field {
            block: "team",
            fault: FieldFault::InTheLine
        }
    );
    let mut opening = Story::of("buckinghamshire");
    opening.raiser.raiser_roles = vec![RaiserRole::from("cp_chair")];
    assert_eq!(
        opening.refused(),
        Refusal::Field {
            block: "team",
            fault: FieldFault::RoleMayNotRaise
        }
    );
}

#[test]
fn a_manager_of_the_service_who_raises_is_not_their_own_addressee() {
    let mut opening = Story::of("cp-lac-challenge").starts_at("h-l2");
    opening.raiser.roles.insert(RoleId::from("iro_manager"));
    let mut story = opening.raises();
    assert_eq!(
        story.refuses(&person(IRO, &["iro_manager"]), respond()),
        Refusal::OwnConcern
    );
    story.role("cas_atm", respond());
}

#[test]
fn what_is_typed_at_raising_is_shown_at_its_field() {
    let field = |block, fault| Refusal::Field { block, fault };
    let at = || Story::of("buckinghamshire").at("2026-12-14 10:00");
    assert_eq!(
        at().event("2026-12-15").refused(),
        field("event_date", FieldFault::Future)
    );
    assert!(at().event("2026-12-14").try_raises().is_ok());
    assert_eq!(
        at().action_by("2026-12-13").refused(),
        field("action_by", FieldFault::Past)
    );
    assert_eq!(
        at().action_by("2206-12-18").refused(),
        field("action_by", FieldFault::After(day("2028-12-14")))
    );
    let mut no_reason = at().starts_at("b-2");
    no_reason.raise.start_reason = None;
    assert_eq!(
        no_reason.refused(),
        field("start_reason", FieldFault::Missing)
    );
    assert_eq!(
        at().starts_at("m-2").refused(),
        field("start_at", FieldFault::Unknown)
    );
    let mut unknown = at();
    unknown.raise.category = "weather".to_owned();
    assert_eq!(unknown.refused(), field("category", FieldFault::Unknown));
    let mut rag = Story::of("warwickshire");
    rag.raise.rag = None;
    assert_eq!(rag.refused(), field("rag", FieldFault::Missing));
}

#[test]
fn the_day_asked_for_one_case_is_taken_where_the_protocol_lets_it() {
    let any = Story::of("buckinghamshire")
        .action_by("2026-12-18")
        .raises();
    assert_eq!(any.due(), "2026-12-18");
    let longer = Story::of("buckinghamshire")
        .action_by("2027-01-29")
        .raises();
    assert_eq!(longer.due(), "2027-01-29");
    let saturday = Story::of("buckinghamshire")
        .action_by("2026-12-19")
        .raises();
    assert_eq!(
        saturday.due(),
        "2026-12-18",
        "a maximum, so the working day before"
    );
    let shorter = Story::of("cp-lac-challenge")
        .action_by("2026-12-17")
        .raises();
    assert_eq!(shorter.due(), "2026-12-17");
    assert_eq!(
        Story::of("cp-lac-challenge")
            .action_by("2027-01-15")
            .refused(),
        Refusal::Field {
            block: "action_by",
            fault: FieldFault::OnlyShorter(day("2026-12-24"))
        }
    );
    let fixed = Story::of("manchester").action_by("2026-12-16").raises();
    assert_eq!(fixed.due(), "2026-12-21", "the protocol's time stands");
    let today = Story::of("buckinghamshire")
        .action_by("2026-12-14")
        .raises();
    assert_eq!(today.due(), "2026-12-14");
}

#[test]
fn a_day_asked_for_whose_close_of_business_is_past_is_not_quietly_made_longer() {
    let over = |day_asked: &str| Refusal::Field {
        block: "action_by",
        fault: FieldFault::NotAfter(day(day_asked)),
    };
    assert_eq!(
        Story::of("buckinghamshire")
            .at("2026-12-12 10:00")
            .action_by("2026-12-13")
            .refused(),
        over("2026-12-13"),
        "a Sunday asked for on the Saturday before"
    );
    assert_eq!(
        Story::of("buckinghamshire")
            .at("2026-12-14 18:00")
            .action_by("2026-12-14")
            .refused(),
        over("2026-12-14")
    );
}

#[test]
fn a_childs_own_addressee_answers_in_place_of_the_roles_holder() {
    let mut story = Story::of("manchester").own_addressee("U0TM2").raises();
    assert_eq!(story.sent(Occasion::Card), ["2026-12-14 10:00 U0TM2"]);
    let own = person("U0TM2", &[]);
    story
        .does(&own, ACKNOWLEDGE)
        .does(&own, accept("2026-12-18"));
    assert_eq!(story.phase(), Phase::Underway);
    let mut later = Story::of("manchester").own_addressee("U0TM2").raises();
    later.agreeing_to("2026-12-21 17:00:01");
    assert_eq!(later.step(), "m-2");
    assert!(matches!(
        later.refuses(&own, respond()),
        Refusal::NotYours { .. }
    ));
    later.does(&own, on_card(1, accept("2026-12-30")));
    assert_eq!(later.concern.visits[0].late_answers.len(), 1);
}

#[test]
fn handover_is_the_raisers_or_the_managers_and_never_to_somebody_in_the_line() {
    let mut story = Story::of("manchester").own_addressee("U0TM2").raises();
    let to = |fault| Refusal::Field { block: "to", fault };
    assert_eq!(
        story.refuses(&holder("team_manager"), hand_to("U0IRO2", &[])),
        Refusal::NotYours {
            who: Who::RaiserOrIroManager
        }
    );
    assert_eq!(
        story.refuses_raiser(hand_to(IRO, &[])),
        to(FieldFault::AlreadyTheirs)
    );
    assert_eq!(
        story.refuses_raiser(hand_to("U0X", &["service_lead"])),
        to(FieldFault::InTheLine)
    );
    assert_eq!(
        story.refuses_raiser(hand_to("U0TM2", &[])),
        to(FieldFault::InTheLine)
    );
    assert_eq!(
        story.refuses_raiser(Command::Handover {
            to: "U0X".into(),
            raiser_role: None,
            roles: [].into()
        }),
        to(FieldFault::NotARaiser)
    );
    story
        .to("2026-12-15 10:00")
        .role("iro_manager", hand_to("U0IRO2", &[]));
    assert_eq!(story.concern.raiser.as_str(), "U0IRO2");
    assert_eq!(story.concern.raised_by.as_str(), IRO);
    assert_eq!(
        story.sent(Occasion::HandedOver),
        [
            format!("2026-12-15 10:00 {IRO}"),
            "2026-12-15 10:00 U0TM2".to_owned()
        ],
        "the raiser who had it, and the addressee"
    );
    assert_eq!(
        story.refuses(&person(IRO, &[]), Command::Resolve),
        Refusal::NotYours { who: Who::Raiser }
    );
    assert!(!may_read(&story.rules, &story.concern, &person(IRO, &[])));
    story.raiser(Command::Resolve);
}

#[test]
fn handover_leaves_a_concern_in_every_phase_where_it_stands() {
    let stories: [fn() -> Story; 5] = [
        || Story::of("manchester").raises(),
        || {
            let mut story = Story::of("manchester").raises();
            story.role("team_manager", reject());
            story
        },
        || {
            let mut story = Story::of("manchester").raises();
            story.role("team_manager", accept("2026-12-18"));
            story
        },
        || {
            let mut story = Story::of("manchester").raises();
            story.to("2026-12-22 10:00");
            story
        },
        || {
            let mut story = Story::of("warwickshire").starts_at("w-1m").raises();
            story.to("2026-12-22 10:00").raiser(decline());
            story
        },
    ];
    for begin in stories {
        let mut story = begin();
        let (phase, due) = (story.phase(), story.due());
        story.raiser(hand_to("U0IRO2", &[]));
        assert_eq!((story.phase(), story.due()), (phase, due));
        story.to("2027-02-01 10:00");
        assert!(story.concern.is_open());
    }
}

#[test]
fn a_note_is_for_those_who_may_read() {
    let mut story = Story::of("manchester").raises();
    assert_eq!(
        story.refuses(&person("U0ANY", &[]), NOTE()),
        Refusal::NotYours { who: Who::Readers }
    );
    assert_eq!(
        story.refuses(&holder("dcs"), NOTE()),
        Refusal::NotYours { who: Who::Readers }
    );
    story
        .role("team_manager", NOTE())
        .role("iro_manager", NOTE())
        .raiser(NOTE());
    story.raiser(Command::Resolve).raiser(NOTE());
}

#[test]
fn a_concern_is_read_by_those_it_has_reached_and_nobody_else() {
    let mut story = Story::of("manchester").raises();
    let readers = |story: &Story| {
        let reads = |role: &&RoleId| may_read(&story.rules, &story.concern, &holder(role.as_str()));
        let roles = story.rules.protocol.roles.keys();
        roles
            .filter(reads)
            .map(ToString::to_string)
            .collect::<Vec<_>>()
    };
    assert_eq!(readers(&story), ["team_manager", "iro_manager"]);
    story.agreeing_to("2026-12-21 17:00:01");
    assert_eq!(
        readers(&story),
        ["team_manager", "service_lead", "iro_manager"]
    );
    story.raiser(bypass("m-4"));
    assert_eq!(
        readers(&story),
        [
            "team_manager",
            "service_lead",
            "iro_manager",
            "siu_lead",
            "deputy_director",
            "strategic_lead"
        ],
        "with the Service Lead a bypass is decided, and the Strategic Lead is met"
    );
    assert!(!may_read(
        &story.rules,
        &story.concern,
        &person("U0ANY", &[])
    ));
}

#[test]
fn whoever_hears_that_a_step_is_overdue_reads_it_from_then_on_and_not_before() {
    let mut story = Story::of("buckinghamshire").raises();
    let reads = |story: &Story| may_read(&story.rules, &story.concern, &holder("ad_qa"));
    story.to("2026-12-30 17:00:00");
    assert!(!reads(&story));
    story.to("2026-12-30 17:00:01");
    assert_eq!(story.sent(Occasion::AlertOverdue).len(), 1);
    assert!(reads(&story), "it is escalated to them");

    let mut answered = Story::of("buckinghamshire").raises();
    answered.role("team_manager", respond());
    answered.to("2027-01-11 12:00");
    assert!(!reads(&answered), "nothing was overdue");
}

#[test]
fn whoever_an_earlier_step_copies_to_the_end_is_copied_where_that_step_is_passed_over_too() {
    let mut story = Story::of("warwickshire").raises();
    story.raiser(bypass("w-2"));
    assert_eq!(
        story.sent(Occasion::Copy),
        [
            "2026-12-14 10:00 hos_csc_safeguarding",
            "2026-12-14 10:00 hos_practice_assurance"
        ]
    );
}

#[test]
fn the_strategic_lead_is_met_and_copied_and_the_deputy_director_alone_decides_in_manchester() {
    let mut story = Story::of("manchester").starts_at("m-4").raises();
    assert_eq!(
        story.sent(Occasion::Card),
        ["2026-12-14 10:00 deputy_director"]
    );
    assert_eq!(
        story.sent(Occasion::Copy),
        ["2026-12-14 10:00 strategic_lead"]
    );
    assert!(matches!(
        story.refuses(&holder("strategic_lead"), decides()),
        Refusal::NotYours { .. }
    ));
    story.role("deputy_director", decides());
    assert_eq!(story.phase(), Phase::Judging);
}

#[test]
fn a_copied_role_reads_and_a_later_one_does_not_yet() {
    let story = Story::of("fostering-iro").starts_at("s-l1").raises();
    let reads = |role| may_read(&story.rules, &story.concern, &holder(role));
    assert!(reads("team_manager") && reads("operational_service_manager") && reads("sm_qar"));
    assert!(!reads("head_of_service") && !reads("board_director"));
    assert!(
        !reads("supervising_social_worker"),
        "the step before was not entered"
    );
}

/// Somebody with a role by cover for somebody else.
fn covering(user: &str, absent: &str, roles: &[&str]) -> Standing {
    let mut standing = person(user, roles);
    standing.by_cover = vec![ByCover {
        absent: UserId::from(absent),
        roles: standing.roles.clone(),
    }];
    standing
}

#[test]
fn what_a_cover_does_is_recorded_as_theirs_for_the_one_who_is_away() {
    let mut story = Story::of("manchester").raises();
    let cover = covering("U0NOMINEE", "U-team_manager", &["team_manager"]);
    story.does(&cover, accept("2026-12-18"));
    let visit = story.concern.visit().expect("it was issued");
    let answer = visit.answers.first().expect("it was answered");
    assert_eq!(answer.by, UserId::from("U0NOMINEE"));
    assert_eq!(answer.on_behalf_of, Some(UserId::from("U-team_manager")));

    let mut own = Story::of("manchester").raises();
    own.does(&holder("team_manager"), accept("2026-12-18"));
    let visit = own.concern.visit().expect("it was issued");
    assert_eq!(visit.answers[0].on_behalf_of, None);
}

#[test]
fn whoever_acts_by_cover_alone_does_not_hand_a_concern_over_to_themselves() {
    let mut story = Story::of("manchester").raises();
    let mut cover = person("U0IRO2", &[]);
    cover.covers_raiser = true;
    let refused = Refusal::Field {
        block: "to",
        fault: FieldFault::ForACover,
    };
    assert_eq!(story.refuses(&cover, hand_to("U0IRO2", &[])), refused);
    let of_the_manager = covering("U0IRO2", "U0IROM", &["iro_manager"]);
    assert_eq!(
        story.refuses(&of_the_manager, hand_to("U0IRO2", &[])),
        refused
    );
    let mut manager = holder("iro_manager");
    manager.covers_raiser = true;
    story.does(&manager, hand_to(manager.user.as_str(), &[]));
    assert_eq!(story.concern.raiser, manager.user);

    let mut to_a_third = Story::of("manchester").raises();
    to_a_third.does(&cover, hand_to("U0IRO3", &[]));
    assert_eq!(to_a_third.concern.raiser.as_str(), "U0IRO3");
}

#[test]
fn cover_never_lets_a_raiser_answer_what_they_raised() {
    for protocol in all_built_in() {
        let mut story = Story::of(protocol.id.as_str()).raises();
        let roles: Vec<&str> = protocol.roles.keys().map(RoleId::as_str).collect();
        let raiser = story.concern.raiser.to_string();
        let cover = covering(&raiser, "U0AWAY", &roles);
        assert_eq!(
            story.refuses(&cover, ACKNOWLEDGE),
            Refusal::OwnConcern,
            "{}",
            protocol.id
        );
        // Nor once it is another's.
        let other = UserId::from("U0IRO9");
        story.concern.handed_over_by = Some(std::mem::replace(&mut story.concern.raiser, other));
        assert_eq!(
            story.refuses(&cover, ACKNOWLEDGE),
            Refusal::OwnConcern,
            "{}",
            protocol.id
        );
    }
}
