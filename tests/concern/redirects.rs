//! A concern that goes to another procedure: closed here or running on beside, where the protocol has that for it.

use lodestar::concern::command::{FieldFault, Who};
use lodestar::concern::themes::{Entry, themes};
use lodestar::concern::{Closed, Command, Phase, Refusal};
use lodestar::ids::{RaiserRole, UserId};

use crate::kit::*;

fn goes(to: &str) -> Command {
    Command::Redirect {
        redirect: to.to_owned(),
        reason: text(),
    }
}

fn plan(route: &str) -> Story {
    Story::of("cp-lac-challenge").route(route).raises()
}

#[test]
fn a_disagreement_that_belongs_to_another_procedure_is_closed_here_as_gone_there() {
    let mut story = plan("cp-content");
    story.raiser(goes("hscb"));
    assert_eq!(story.phase(), Phase::Closed(Closed::Redirected));
    let gone = &story.concern.gone[0];
    assert_eq!(gone.redirected.redirect, "hscb");
    assert!(gone.redirected.ends);
    assert_eq!(
        (gone.by.as_str(), local(gone.at)),
        (IRO, "2026-12-14 10:00".to_owned())
    );
    assert_eq!(story.refuses_raiser(goes("hscb")), Refusal::Closed);
    let entry = Entry {
        concern: &story.concern,
        protocol: story.rules.protocol,
        team: "North",
        raised: day("2026-12-14"),
    };
    let counted = themes([entry].into_iter(), day("2026-12-01"), day("2026-12-31"));
    assert_eq!(counted.outcomes[0].name, "redirected");
}

#[test]
fn on_another_route_or_about_another_subject_it_is_refused_with_the_clause() {
    let refused = |clause: &str| Refusal::NotRedirected {
        clause: Some(clause.to_owned()),
    };
    for route in ["cp", "lac", "lac-content"] {
        assert_eq!(
            plan(route).refuses_raiser(goes("hscb")),
            refused("1.3"),
            "{route}"
        );
    }
    let northmoor = protocol(include_str!("../protocols/northmoor.toml"));
    let mut opening = Story::under(northmoor).route("plans");
    opening.raiser.raiser_roles = vec![RaiserRole::from("iro")];
    assert_eq!(
        opening.raises().refuses_raiser(goes("partnership")),
        refused("4.2"),
        "it is for a child on a protection plan"
    );
    assert_eq!(
        Story::of("fostering-iro")
            .raises()
            .refuses_raiser(goes("hscb")),
        Refusal::NotRedirected { clause: None }
    );
    assert_eq!(
        plan("cp-content").refuses_raiser(goes("elsewhere")),
        Refusal::Field {
            block: "redirect",
            fault: FieldFault::Unknown
        }
    );
}

#[test]
fn beside_another_procedure_the_concern_and_its_clock_go_on() {
    let mut story = Story::of("manchester").raises();
    let due = story.due();
    story.raiser(goes("partner"));
    assert_eq!((story.phase(), story.due()), (Phase::Answering, due));
    assert!(!story.concern.gone[0].redirected.ends);
    assert_eq!(
        story.refuses_raiser(goes("partner")),
        Refusal::DoneAlready,
        "a second click"
    );
}

#[test]
fn only_the_raiser_or_their_cover_sends_it_elsewhere() {
    let mut story = plan("cp-content");
    let refused = Refusal::NotYours { who: Who::Raiser };
    for role in ["iro_manager", "director"] {
        assert_eq!(
            story.refuses(&holder(role), goes("hscb")),
            refused,
            "{role}"
        );
    }
    let mut cover = person("U0COVER", &[]);
    cover.covers_raiser = true;
    story.does(&cover, goes("hscb"));
    let last = story.record.last().unwrap();
    assert_eq!(last.on_behalf_of, Some(UserId::from(IRO)));
}
