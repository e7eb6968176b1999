//! Cafcass and advice: beside the ladder, by the protocol's rule, and never held back where the statute gives the power.

use lodestar::access::may_read;
use lodestar::concern::command::{FieldFault, Said, Who};
use lodestar::concern::event::{Caution, View};
use lodestar::concern::readers::raisers_side;
use lodestar::concern::{Command, OutsideWay, Phase, Refusal};
use lodestar::ids::{RaiserRole, RoleId};
use lodestar::mail::Occasion;

use crate::kit::*;

fn takes(way: OutsideWay, view: View) -> Command {
    Command::Outside {
        way,
        view,
        words: Some(text()),
        with: Vec::new(),
        with_on: None,
        said: Vec::new(),
    }
}

fn refers() -> Command {
    takes(OutsideWay::Cafcass, View::Now)
}

fn legal() -> Command {
    takes(OutsideWay::LegalAdvice, View::Now)
}

fn held_as(protocol: &str, role: &str) -> Story {
    let mut opening = Story::of(protocol);
    opening.raiser.raiser_roles = vec![RaiserRole::from(role)];
    opening.raises()
}

fn cautions(story: &Story) -> Vec<Caution> {
    let taken = story.concern.outside.last().unwrap();
    taken.outside.cautions.clone()
}

#[test]
fn a_manchester_chair_and_a_fostering_iro_have_no_power_to_refer_and_are_told_the_clause() {
    for role in ["cp_chair", "foster_iro"] {
        let mut story = held_as("manchester", role);
        let Refusal::OutsideByOthers { by, clause, .. } = story.refuses_raiser(refers()) else {
            panic!("{role} was not refused");
        };
        assert_eq!(by, [RaiserRole::from("iro")]);
        assert!(clause.contains("IRO only"), "{clause}");
        story.raiser(legal());
    }
    held_as("manchester", "iro").raiser(refers());
}

#[test]
fn a_referral_moves_nothing_and_the_clock_runs_on() {
    let mut story = Story::of("manchester").raises();
    let due = story.due();
    story.raiser(refers());
    assert_eq!(story.phase(), Phase::Answering);
    assert_eq!(story.due(), due);
    story.to("2026-12-21 17:00:01");
    assert_ne!(story.phase(), Phase::Answering, "it lapsed all the same");
}

#[test]
fn whoever_was_not_spoken_to_is_told_and_what_was_said_with_others_is_recorded() {
    let mut story = Story::of("buckinghamshire").raises();
    let mut refers = refers();
    if let Command::Outside { with, with_on, .. } = &mut refers {
        *with = vec![RoleId::from("iro_manager")];
        *with_on = Some(day("2026-12-14"));
    }
    story.raiser(refers);
    let taken = &story.concern.outside[0].outside;
    assert_eq!(taken.with, [RoleId::from("iro_manager")]);
    assert_eq!(taken.cautions, [Caution::NotConsulted]);
    assert_eq!(
        story.sent(Occasion::Outside),
        ["2026-12-14 10:00 iro_manager", "2026-12-14 10:00 ad_qa"]
    );
    assert!(may_read(&story.rules, &story.concern, &holder("ad_qa")));
}

#[test]
fn oversight_hears_of_a_referral_and_of_nothing_that_is_not_done() {
    let mut story = Story::of("warwickshire").raises();
    story.raiser(takes(OutsideWay::Cafcass, View::NotNow));
    assert!(story.sent(Occasion::Outside).is_empty());
    story.raiser(refers());
    assert_eq!(
        story.sent(Occasion::Outside),
        ["2026-12-14 10:00 hos_practice_assurance"]
    );
    assert_eq!(
        story.concern.outside.len(),
        2,
        "the view is recorded either way"
    );
}

#[test]
fn whoever_the_protocol_tells_of_a_referral_hears_of_it_and_of_advice_does_not() {
    let file = format!(
        "{}\n[[notice]]\nwhen = \"referred outside\"\nto = [\"legal\"]\nclause = \"9\"\n",
        include_str!("../../protocols/warwickshire.toml")
    );
    let mut story = Story::under(protocol(&file)).raises();
    story.raiser(takes(OutsideWay::LegalAdvice, View::Now));
    assert!(story.sent(Occasion::Outside).is_empty());
    story.raiser(refers());
    assert_eq!(
        story.sent(Occasion::Outside),
        [
            "2026-12-14 10:00 hos_practice_assurance",
            "2026-12-14 10:00 legal"
        ]
    );
    assert!(may_read(&story.rules, &story.concern, &holder("legal")));
}

#[test]
fn a_view_for_needs_its_grounds_and_a_view_against_does_not() {
    let mut story = Story::of("manchester").raises();
    let bare = |view| Command::Outside {
        way: OutsideWay::Cafcass,
        view,
        words: None,
        with: Vec::new(),
        with_on: None,
        said: Vec::new(),
    };
    assert_eq!(
        story.refuses_raiser(bare(View::Now)),
        Refusal::Field {
            block: "grounds",
            fault: FieldFault::Missing
        }
    );
    story.raiser(bare(View::NotNow));
    assert_eq!(
        story.refuses(&holder("iro_manager"), refers()),
        Refusal::NotYours { who: Who::Raiser }
    );
}

#[test]
fn a_fostering_iro_seeks_legal_advice_from_level_two_on_however_it_was_reached() {
    let mut story = Story::of("fostering-iro").raises();
    let Refusal::OutsideNotYet { from, clause, .. } = story.refuses_raiser(legal()) else {
        panic!("sought before Level 2");
    };
    assert_eq!(from.as_str(), "s-l2");
    assert!(clause.contains("Level 2"), "{clause}");
    story.raiser(bypass("s-l3"));
    story.raiser(legal());
    assert!(cautions(&story).is_empty());
    story.raiser(takes(OutsideWay::OtherAdvice, View::Now));
    assert_eq!(cautions(&story), [Caution::NotConsulted], "S-advice");
}

#[test]
fn a_looked_after_childs_iro_is_told_of_the_protocols_step_and_never_held_back_by_it() {
    let mut story = Story::of("warwickshire").raises();
    assert_eq!(story.step(), "w-inf");
    story.raiser(legal());
    assert_eq!(cautions(&story), [Caution::BeforeStep]);

    let mut story = Story::of("cp-lac-challenge").raises();
    story.raiser(refers());
    assert_eq!(cautions(&story), [Caution::BeforeStep, Caution::Condition]);
}

#[test]
fn a_referral_without_the_statutes_power_is_a_warning_where_the_protocol_does_not_forbid_it() {
    let mut story = Story::of("fostering-iro").raises();
    story.raiser(refers());
    assert_eq!(cautions(&story), [Caution::NoPower, Caution::Silent]);
    let mut story = Story::of("cp-lac-challenge").route("cp").raises();
    story.raiser(refers());
    assert!(cautions(&story).contains(&Caution::NoPower));
}

#[test]
fn an_urgent_or_exhausted_concern_meets_the_condition() {
    let mut opening = Story::of("manchester");
    opening.raise.flags.urgent = true;
    let mut story = opening.raises();
    story.raiser(refers());
    assert_eq!(cautions(&story), [Caution::NotConsulted]);
}

#[test]
fn the_raisers_side_is_the_raiser_their_cover_and_the_manager_of_the_service() {
    let story = Story::of("manchester").raises();
    let side = |who| raisers_side(&story.rules, &story.concern, &who);
    assert!(side(story.raiser_standing()) && side(holder("iro_manager")));
    assert!(!side(holder("team_manager")) && !side(holder("siu_lead")));
    let mut cover = person("U0COVER", &[]);
    cover.covers_raiser = true;
    assert!(side(cover));
    let mut in_the_line = holder("team_manager");
    in_the_line.covers_raiser = true;
    assert!(!side(in_the_line));
}

fn said(role: &str, on: Option<&str>) -> Said {
    Said {
        role: RoleId::from(role),
        on: on.map(day),
        view: Some(text()),
    }
}

#[test]
fn what_each_of_those_to_speak_to_first_said_is_kept_with_its_day() {
    let mut story = Story::of("buckinghamshire").raises();
    let of_two = |with_on, ad_on| Command::Outside {
        way: OutsideWay::Cafcass,
        view: View::Now,
        words: Some(text()),
        with: Vec::new(),
        with_on,
        said: vec![
            said("iro_manager", Some("2026-12-10")),
            said("ad_qa", ad_on),
        ],
    };
    assert_eq!(
        story.refuses_raiser(of_two(Some(day("2026-12-15")), None)),
        at("with_date", FieldFault::Future)
    );
    story.raiser(of_two(Some(day("2026-12-11")), None));
    assert!(cautions(&story).is_empty(), "both were spoken to");
    let spoken = &story.concern.spoken;
    let days: Vec<_> = spoken
        .iter()
        .map(|spoken| {
            (
                spoken.spoke.roles[0].as_str(),
                spoken.spoke.on,
                spoken.spoke.own,
            )
        })
        .collect();
    assert_eq!(
        days,
        [
            ("iro_manager", Some(day("2026-12-10")), false),
            ("ad_qa", Some(day("2026-12-11")), false)
        ]
    );
}

#[test]
fn each_of_those_to_speak_to_first_gives_their_own_view_once_and_it_moves_nothing() {
    let mut story = Story::of("buckinghamshire").raises();
    let view = || Command::GiveView {
        on: Some(day("2026-12-14")),
        view: text(),
    };
    assert_eq!(
        story.refuses(&holder("iro_manager"), view()),
        Refusal::NotYours {
            who: Who::Roles(Vec::new())
        },
        "nothing was taken yet"
    );
    story.raiser(refers());
    assert_eq!(cautions(&story), [Caution::NotConsulted]);
    let stood = (story.phase(), story.due());
    story.role("iro_manager", view());
    assert_eq!(
        story.refuses(&holder("iro_manager"), view()),
        Refusal::DoneAlready
    );
    story.role("ad_qa", view());
    assert!(story.concern.spoken.iter().all(|spoken| spoken.spoke.own));
    assert_eq!(
        story.sent(Occasion::ViewGiven),
        ["2026-12-14 10:00 raiser", "2026-12-14 10:00 raiser"]
    );
    assert_eq!((story.phase(), story.due()), stood);
    let manager = person(IRO, &["iro_manager"]);
    assert_eq!(story.refuses(&manager, view()), Refusal::OwnConcern);
    let tomorrow = Command::GiveView {
        on: Some(day("2026-12-15")),
        view: text(),
    };
    assert_eq!(
        story.refuses(&holder("ad_qa"), tomorrow),
        at("spoke_on", FieldFault::Future)
    );
    assert!(matches!(
        story.refuses(&holder("team_manager"), view()),
        Refusal::NotYours { .. }
    ));
}

fn at(block: &'static str, fault: FieldFault) -> Refusal {
    Refusal::Field { block, fault }
}
