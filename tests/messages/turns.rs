//! Concerns that take any turn, and what every message about them says.

use std::collections::BTreeSet;

use chrono::Days;
use lodestar::calendar::Due;
use lodestar::concern::Field;
use lodestar::concern::command::{MeetingHeld, ToInform, ToMeet};
use lodestar::concern::decide::partner::offered;
use lodestar::concern::decide::redirect::ways;
use lodestar::concern::follow::Progress;
use lodestar::concern::meeting::Outcome;
use lodestar::concern::rules::ONE_WORKING_DAY;
use lodestar::concern::{Answering, Command, Phase, Position, Refusal, Standing, clocks};
use lodestar::ids::{RaiserRole, Text, UserId};
use lodestar::mail::Occasion;
use lodestar::messages::{
    Button, ConcernTexts, addressee_buttons, gate_buttons, later_steps, raiser_buttons,
};
use lodestar::protocol::Asks;
use proptest::prelude::*;

use crate::story::Story;
use crate::{MESSAGES, valid};

/// Every protocol's ladders.
pub(crate) const LADDERS: [(&str, usize); 6] = [
    ("manchester", 0),
    ("buckinghamshire", 0),
    ("warwickshire", 0),
    ("fostering-iro", 0),
    ("cp-lac-challenge", 0),
    ("cp-lac-challenge", 1),
];

fn words() -> Text {
    Text::from("Words.")
}

#[expect(
    clippy::too_many_lines,
    reason = "one arm a button: whole, it is plain that none is left out"
)]
/// What pressing a button asks, filled in as a sensible person would. `None` for what only opens the details.
fn pressed(story: &Story, button: Button) -> Option<(Standing, Command)> {
    let rules = story.rules();
    let today = rules.day(story.now);
    let in_days = |days| today.checked_add_days(Days::new(days)).unwrap();
    let visit = story.concern.visit().unwrap();
    // A hold may outlast the due day: then it is a day after today.
    let day_after = |due: Option<Due>| {
        let from = due.unwrap().date.max(today);
        rules.due(from, ONE_WORKING_DAY).date
    };
    let answer = |answer| Command::Answer {
        visit: None,
        answer,
    };
    let (raiser, addressee) = (story.raiser(), story.addressee());
    Some(match button {
        Button::Acknowledge => (addressee, Command::Acknowledge { visit: None }),
        Button::Accept => (
            addressee,
            answer(Answering::Accept {
                plan: words(),
                target: in_days(7),
            }),
        ),
        Button::Reject => (addressee, answer(Answering::Reject { rationale: words() })),
        Button::Respond => (
            addressee,
            answer(Answering::Respond {
                response: words(),
                target: None,
            }),
        ),
        Button::Decide => (
            addressee,
            answer(Answering::Decide {
                decision: words(),
                rationale: words(),
                target: Some(in_days(7)),
            }),
        ),
        Button::Report => (
            addressee,
            Command::Report {
                visit: None,
                progress: Progress::Done,
                until: None,
                account: Some(words()),
            },
        ),
        Button::CallMeeting => (
            addressee,
            Command::CallMeeting {
                visit: None,
                asked: ToMeet {
                    what: kind_of_meeting(story),
                    on: today,
                    chair: None,
                    attendees: Vec::new(),
                    arrangements: Some(words()),
                },
            },
        ),
        Button::NoMeeting => (
            addressee,
            Command::NoMeeting {
                visit: None,
                reason: words(),
            },
        ),
        Button::RecordMeeting => (
            addressee,
            Command::RecordMeeting {
                visit: None,
                held: MeetingHeld {
                    what: kind_of_meeting(story),
                    on: today,
                    outcome: Outcome::Agreed,
                    mediation: true,
                    account: words(),
                    target: Some(in_days(7)),
                },
            },
        ),
        Button::Extend => {
            let (until, reason, item) = (day_after(visit.due), words(), Some(words()));
            (
                addressee,
                Command::Extend {
                    until,
                    reason,
                    item,
                },
            )
        }
        Button::AgreeGate => (story.gate_holder(), Command::AgreeGate { visit: None }),
        Button::DeclineGate => (
            story.gate_holder(),
            Command::DeclineGate {
                visit: None,
                on: Some(today),
                reason: words(),
            },
        ),
        Button::DiscussGate => (
            story.gate_holder(),
            Command::DiscussGate {
                visit: None,
                on: today,
                view: words(),
            },
        ),
        Button::RecordDiscussion => (
            raiser,
            Command::RecordDiscussion {
                with: Vec::new(),
                on: today,
                view: words(),
            },
        ),
        Button::Resolve => (raiser, Command::Resolve),
        Button::NotSatisfied => (raiser, Command::NotSatisfied { reason: None }),
        Button::MoreTime => (
            raiser,
            Command::MoreTime {
                until: in_days(7),
                reason: words(),
            },
        ),
        Button::Position => {
            let position = Position::Maintained;
            (
                raiser,
                Command::Position {
                    position,
                    reason: None,
                },
            )
        }
        Button::Escalate => (
            raiser,
            Command::Escalate {
                reason: Some(words()),
            },
        ),
        Button::SetTime => {
            let sets = |days| Command::SetTime {
                until: in_days(days),
                reason: words(),
            };
            let taken = |days: &u64| story.try_does(Some(&raiser), sets(*days)).is_ok();
            // On its last day there may be no other left to choose: the answer says so.
            let days = (0..28).find(taken)?;
            (raiser, sets(days))
        }
        Button::Call => (
            raiser,
            Command::Call {
                with: Some(UserId::from("U0TMN1")),
                with_roles: BTreeSet::new(),
                with_words: None,
                on: story.now,
                reached: true,
                agreed: Some(words()),
            },
        ),
        Button::Redirect => {
            let way = ways(&rules, &story.concern).first().copied()?;
            let redirect = way.id.clone();
            let reason = words();
            (raiser, Command::Redirect { redirect, reason })
        }
        Button::Inform => {
            let rule = offered(&rules, &story.concern).next()?;
            let asked = ToInform {
                partner: Some(rule.id.clone()),
                named: rule.names.first().cloned(),
                with: None,
                with_roles: BTreeSet::new(),
                told: Some(words()),
                on: today,
                invited: true,
                asked: Some(words()),
            };
            (raiser, Command::Inform(Box::new(asked)))
        }
        Button::Response => {
            let waits = story.concern.partners.outstanding().next()?;
            let replied = Command::Replied {
                number: waits.informed.number,
                responded: true,
                on: today,
                words: words(),
            };
            (raiser, replied)
        }
        Button::ReviewDate => (
            raiser,
            Command::ReviewDate {
                until: in_days(3),
                reason: None,
            },
        ),
        Button::HoldEscalation => (
            raiser,
            Command::Hold {
                until: day_after(visit.held.or(visit.due)),
                reason: words(),
            },
        ),
        Button::Bypass => {
            let to = later_steps(&rules, &story.concern).last()?.id.clone();
            let bypass = Command::Bypass {
                to,
                reason: words(),
                with: None,
                with_roles: BTreeSet::new(),
                with_words: None,
                with_on: None,
                said: None,
            };
            (raiser, bypass)
        }
        Button::Withdraw => (raiser, Command::Withdraw { reason: words() }),
        Button::ExplainLate => (raiser, Command::ExplainLate { reason: words() }),
        Button::NoCall => (raiser, Command::NoCall { reason: words() }),
        // Not on the messages of a step, but on the notices that ask for them.
        Button::Details | Button::GiveInput | Button::GiveView => return None,
    })
}

fn kind_of_meeting(story: &Story) -> Option<String> {
    let rules = story.rules();
    let step = rules.step_of(story.concern.visit()?)?;
    rules.meeting(step)?.kinds.first().cloned()
}

/// The buttons that are drawn on the present step.
fn drawn(story: &Story) -> Vec<Button> {
    let number = story.concern.visit().unwrap().number;
    let rules = story.rules();
    [
        addressee_buttons(&rules, &story.concern, number, None),
        gate_buttons(&rules, &story.concern, number, None),
        raiser_buttons(&rules, &story.concern),
    ]
    .concat()
}

/// Takes one turn: a button that is drawn, a clock that falls, or something that no button shows.
fn turn(story: &mut Story, choice: usize) {
    story.deliver();
    if !story.concern.is_open() {
        return;
    }
    let buttons: Vec<Button> = drawn(story)
        .into_iter()
        .filter(|button| !matches!(button, Button::Details))
        // What closes it ends the story: taken late in the order, so that it is rare.
        .filter(|button| {
            choice.is_multiple_of(11)
                || !matches!(
                    button,
                    Button::Resolve | Button::Withdraw | Button::Position | Button::Redirect
                )
        })
        .collect();
    if choice.is_multiple_of(3) {
        let next = clocks(&story.rules(), &story.concern)
            .into_iter()
            .min_by_key(|clock| clock.at);
        if let Some(clock) = next {
            story.now = story.now.max(clock.at);
            story
                .does(None, Command::ClockFell { key: clock.key })
                .unwrap();
        }
    } else if choice.is_multiple_of(7) {
        late_answer(story);
    } else if choice.is_multiple_of(23) {
        let handover = Command::Handover {
            to: UserId::from("U0IRO2"),
            raiser_role: story
                .protocol
                .raised_by
                .first()
                .cloned()
                .or(Some(RaiserRole::from("iro"))),
            roles: BTreeSet::new(),
        };
        let _ = story.does(Some(&story.raiser()), handover);
    } else if let Some(button) = buttons.get(choice % buttons.len().max(1))
        && let Some((who, command)) = pressed(story, *button)
    {
        if matches!(button, Button::Resolve | Button::Position) {
            notes_are_pasted(story, &who);
        }
        story.does(Some(&who), command).unwrap();
    }
}

/// What closes a concern may wait for its case notes; the answer to a press says which.
fn notes_are_pasted(story: &mut Story, raiser: &Standing) {
    let notes = story
        .concern
        .visits
        .iter()
        .filter(|visit| visit.note_pasted.is_none())
        .map(|visit| (visit.number, Some(words())))
        .collect();
    // Those of an earlier turn need no more.
    let _ = story.does(Some(raiser), Command::NotesPasted { notes });
}

fn late_answer(story: &mut Story) {
    let Some(earlier) = story.concern.visits.iter().rev().nth(1).cloned() else {
        return;
    };
    let step = story.rules().step_of(&earlier).unwrap().clone();
    let who = Standing {
        user: UserId::from("U0LATE"),
        roles: step.answerers().cloned().collect(),
        covers_raiser: false,
        by_cover: Vec::new(),
    };
    let answer = match step.asks {
        Asks::AcceptOrReject => Answering::Reject { rationale: words() },
        Asks::Decide => Answering::Decide {
            decision: words(),
            rationale: words(),
            target: None,
        },
        _ => Answering::Respond {
            response: words(),
            target: None,
        },
    };
    let _ = story.does(
        Some(&who),
        Command::Answer {
            visit: Some(earlier.number),
            answer,
        },
    );
}

fn every_button_that_is_drawn_is_taken(story: &Story) {
    for button in drawn(story) {
        if let Some((who, command)) = pressed(story, button) {
            let refused: Option<Refusal> = story.try_does(Some(&who), command).err();
            // What closes a concern stays drawn while its case notes are missing: the answer says which, and where to paste them.
            let refused =
                refused.filter(|refused| !matches!(refused, Refusal::NotesMissing { .. }));
            assert_eq!(
                refused,
                None,
                "{} is drawn in {:?} at {:?}",
                button.action_id(),
                story.concern.phase,
                story.concern.visit()
            );
        }
    }
}

fn every_message_can_be_sent(story: &Story) {
    let last = u32::try_from(story.concern.visits.len()).unwrap();
    for occasion in Occasion::ALL {
        for visit in BTreeSet::from([1, last.saturating_sub(1).max(1), last]) {
            valid::message(&story.says(&MESSAGES, occasion, visit));
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 16, max_shrink_iters: 40, ..ProptestConfig::default() })]

    #[test]
    fn whatever_turn_a_concern_takes_every_message_about_it_can_be_sent(
        ladder in 0..LADDERS.len(),
        choices in prop::collection::vec(any::<usize>(), 1..14),
        in_card in any::<bool>(),
    ) {
        let (protocol, route) = LADDERS[ladder];
        let mut story = Story::of(protocol, route);
        if in_card {
            let long = "Long words & <more> words. ".repeat(120);
            let texts = [Field::Issue, Field::Impact, Field::Action];
            let texts = texts.map(|field| (1, field, Text::from(long.as_str())));
            story.texts = Some(ConcernTexts::new(texts.to_vec()));
        }
        for choice in choices {
            turn(&mut story, choice);
        }
        every_message_can_be_sent(&story);
        valid::view(&story.details(&MESSAGES));
        valid::message(&story.shows(&MESSAGES));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, max_shrink_iters: 200, ..ProptestConfig::default() })]

    #[test]
    fn whatever_turn_a_concern_takes_every_button_that_is_drawn_is_taken(
        ladder in 0..LADDERS.len(),
        choices in prop::collection::vec(any::<usize>(), 1..20),
    ) {
        let (protocol, route) = LADDERS[ladder];
        let mut story = Story::of(protocol, route);
        every_button_that_is_drawn_is_taken(&story);
        for choice in choices {
            turn(&mut story, choice);
            every_button_that_is_drawn_is_taken(&story);
        }
    }
}

#[test]
fn the_turns_that_are_taken_reach_every_phase() {
    let mut reached = BTreeSet::new();
    for (protocol, route) in LADDERS {
        for seed in 0_usize..60 {
            let mut story = Story::of(protocol, route);
            for step in 0..16 {
                turn(
                    &mut story,
                    seed.wrapping_mul(31).wrapping_add(step * (seed + 7)),
                );
                reached.insert(format!("{:?}", story.concern.phase));
            }
        }
    }
    for phase in [
        Phase::Answering,
        Phase::RejectedWaiting,
        Phase::Underway,
        Phase::Judging,
        Phase::AtGate,
        Phase::Exhausted,
    ] {
        assert!(
            reached.contains(&format!("{phase:?}")),
            "{phase:?} is not among {reached:?}"
        );
    }
}
