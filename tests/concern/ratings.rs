//! Who hears of a concern because of how its raiser rates it (`W-2.7`, `W-2.8`).

use lodestar::access::may_read;
use lodestar::concern::event::Rag;
use lodestar::mail::Occasion;

use crate::kit::*;

fn rated(rag: Rag) -> Story {
    let mut opening = Story::of("warwickshire");
    opening.raise.rag = Some(rag);
    opening.raises()
}

#[test]
fn an_amber_concern_is_copied_to_the_service_manager_and_a_red_one_to_the_head_of_service_too() {
    for (rag, copied) in [
        (Rag::Green, &[] as &[&str]),
        (Rag::Amber, &["2026-12-14 10:00 service_manager"]),
        (
            Rag::Red,
            &[
                "2026-12-14 10:00 head_of_service",
                "2026-12-14 10:00 service_manager",
            ],
        ),
    ] {
        assert_eq!(rated(rag).sent(Occasion::Copy), copied, "{rag:?}");
    }
}

#[test]
fn whoever_hears_of_a_rating_may_read_the_concern_and_whoever_does_not_may_not() {
    for (rag, service, head) in [
        (Rag::Green, false, false),
        (Rag::Amber, true, false),
        (Rag::Red, true, true),
    ] {
        let story = rated(rag);
        let reads = |role| may_read(&story.rules, &story.concern, &holder(role));
        assert_eq!(
            (reads("service_manager"), reads("head_of_service")),
            (service, head),
            "{rag:?}"
        );
    }
}

#[test]
fn a_rating_is_told_as_a_concern_is_raised_and_not_again_at_each_step() {
    let mut story = rated(Rag::Red);
    story.raiser(escalate());
    assert_eq!(story.step(), "w-1");
    assert_eq!(
        story.sent(Occasion::Copy)[2..],
        [
            "2026-12-14 10:00 service_manager",
            "2026-12-14 10:00 hos_csc_safeguarding",
            "2026-12-14 10:00 hos_practice_assurance",
        ],
        "the step's own copies"
    );
}
