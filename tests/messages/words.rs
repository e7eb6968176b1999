//! What the messages of a concern say at its turns: the words that matter to whoever reads them.

use chrono::NaiveDate;
use lodestar::concern::{Answering, Command, Field, Position};
use lodestar::ids::{RoleId, Text, UserId};
use lodestar::mail::Occasion;
use lodestar::messages::{Audience, Button, ConcernTexts, Rendered, raiser_buttons};

use crate::MESSAGES;
use crate::story::{Story, read};

fn words() -> Text {
    Text::from("Words.")
}

fn day(year: i32, month: u32, day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(year, month, day).unwrap()
}

/// Says each of these, to those who see it and to those who hear it.
#[track_caller]
fn says(message: &Rendered, all: &[&str]) {
    for words in all {
        assert!(
            read(message).contains(words),
            "{words:?} is not in\n{}",
            read(message)
        );
        assert!(
            message.text.contains(words),
            "{words:?} is not in the text\n{}",
            message.text
        );
    }
}

#[track_caller]
fn does_not_say(message: &Rendered, none: &[&str]) {
    for words in none {
        assert!(
            !read(message).contains(words),
            "{words:?} is in\n{}",
            read(message)
        );
        assert!(
            !message.text.contains(words),
            "{words:?} is in the text\n{}",
            message.text
        );
    }
}

fn buttons(message: &Rendered) -> Vec<(String, String, String)> {
    let rows = message
        .blocks
        .as_array()
        .unwrap()
        .iter()
        .filter(|block| block["type"] == "actions");
    rows.flat_map(|row| {
        let block = row["block_id"].as_str().unwrap().to_owned();
        row["elements"]
            .as_array()
            .unwrap()
            .iter()
            .map(move |button| {
                let said = |name: &str| button[name].as_str().unwrap().to_owned();
                (said("action_id"), said("value"), block.clone())
            })
    })
    .collect()
}

fn action_ids(message: &Rendered) -> Vec<String> {
    buttons(message)
        .into_iter()
        .map(|(action, _, _)| action)
        .collect()
}

#[test]
fn a_card_reads_as_a_manager_needs_it_between_two_meetings() {
    let card = Story::manchester().says(&MESSAGES, Occasion::Card, 1);
    assert_eq!(
        read(&card),
        "*★ Starred recommendation · C-42*\n\
         Stage 1 of 5, for <@U0TMN1>, Team Manager · North locality\n\
         *Answer by Mon 21 Dec, 17:00* · 5 working days from Mon 14 Dec\n\
         Case K-204117 · Care plan missing, out of date or of poor quality\n\
         Raised by <@U0IRO1> on Mon 14 Dec\n\
         [ Acknowledge ] [ Accept ] [ Reject ] [ Details ] \n\
         Without an answer it goes to the Locality Service Lead, through the IRO Team Manager, at that moment.\n\
         Rejected, it goes there at that moment too.\n\
         Dispute Resolution Protocol, Stage 1 · the 20 working days end on Thu 14 Jan (IRO Handbook 6.2)\n"
    );
    says(&card, &["Answer by Mon 21 Dec, 17:00"]);
    assert!(
        card.text
            .contains("Press Acknowledge, Accept, Reject or Details."),
        "{}",
        card.text
    );
}

#[test]
fn a_button_tells_its_name_the_reference_and_the_visit() {
    let mut story = Story::manchester();
    story.raiser_does(Command::Bypass {
        to: story.protocol.routes[0].steps[2].id.clone(),
        reason: words(),
        with: None,
        with_roles: std::collections::BTreeSet::new(),
        with_words: None,
        with_on: None,
        said: None,
    });
    let card = story.says(&MESSAGES, Occasion::Card, 2);
    let expected = ["acknowledge", "respond", "details"];
    let expected =
        expected.map(|action| (action.to_owned(), "C-42".to_owned(), "actions/2".to_owned()));
    assert_eq!(buttons(&card), expected);
    assert_eq!(lodestar::messages::visit_of_block("actions/2"), Some(2));
}

#[test]
fn a_card_that_was_answered_says_so_and_loses_its_buttons() {
    let mut story = Story::manchester();
    story.answers(Answering::Accept {
        plan: words(),
        target: day(2026, 12, 18),
    });
    let card = story.says(&MESSAGES, Occasion::Card, 1);
    says(
        &card,
        &["Accepted by <@U0TMN1> (Team Manager) on Mon 14 Dec, 10:00, to be done by Fri 18 Dec."],
    );
    does_not_say(&card, &["Answer by", "Without an answer"]);
    assert_eq!(action_ids(&card), ["details"]);
}

#[test]
fn an_unanswered_card_says_where_it_went_and_the_next_says_under_what_and_for_whom() {
    let mut story = Story::manchester();
    story.clocks_until("2026-12-18 12:00");
    let warning = story.says(&MESSAGES, Occasion::Warning, 1);
    says(
        &warning,
        &[
            "C-42 goes on just after Mon 21 Dec, 17:00 unless it is answered",
            "You may hold it until Wed 23 Dec at the latest",
        ],
    );
    let gate = story.says(&MESSAGES, Occasion::Gate, 1);
    says(
        &gate,
        &[
            "do you agree that it goes to the Locality Service Lead?",
            "asked for <@U0IRO1> under Stage 2",
            "Agreed, it goes to the Locality Service Lead just after Mon 21 Dec, 17:00 if still unanswered.",
            "Declined, <@U0IRO1> is told and may still move it on with a reason.",
        ],
    );
    assert_eq!(
        action_ids(&gate),
        ["agree_gate", "decline_gate", "discuss_gate", "details"]
    );
    story.gate(true);
    let gate = story.says(&MESSAGES, Occasion::Gate, 1);
    says(&gate, &["Agreed by <@U0IROM> on Fri 18 Dec, 12:00."]);
    assert_eq!(action_ids(&gate), ["details"]);
    story.clocks_until("2026-12-21 18:00");
    let first = story.says(&MESSAGES, Occasion::Card, 1);
    says(
        &first,
        &[
            "Not answered by Mon 21 Dec, 17:00.",
            "Gone to the Locality Service Lead on Mon 21 Dec, 17:00.",
        ],
    );
    let second = story.says(&MESSAGES, Occasion::Card, 2);
    assert!(read(&second).contains("Sent under Stage 2 for <@U0IRO1>, who was warned on Fri 18 Dec · in the name of the IRO Team Manager"));
    let moved = story.says(&MESSAGES, Occasion::MovedOn, 2);
    says(
        &moved,
        &[
            "C-42 is now with the Locality Service Lead",
            "The step before ended without an answer.",
        ],
    );
}

#[test]
fn a_rejected_recommendation_says_when_it_goes_on_and_asks_for_no_answer_any_more() {
    let mut story = Story::manchester();
    story.answers(Answering::Reject { rationale: words() });
    story.clocks_until("2026-12-18 12:00");
    let line = "It goes to the Locality Service Lead, through the IRO Team Manager, just after Mon 21 Dec, 17:00.";
    for occasion in [
        Occasion::Card,
        Occasion::Receipt,
        Occasion::Answered,
        Occasion::Warning,
    ] {
        let message = story.says(&MESSAGES, occasion, 1);
        says(
            &message,
            &[
                "Rejected by <@U0TMN1> (Team Manager) on Mon 14 Dec, 10:00.",
                line,
            ],
        );
        does_not_say(&message, &["unless it is answered", "Otherwise"]);
    }
}

#[test]
fn a_receipt_carries_every_button_and_a_question_only_while_it_is_open() {
    let mut story = Story::manchester();
    story.answers(Answering::Accept {
        plan: words(),
        target: day(2026, 12, 18),
    });
    story.clocks_until("2026-12-18 12:00");
    let ask = story.says(&MESSAGES, Occasion::TargetAsk, 1);
    says(&ask, &["C-42: is it done?"]);
    let drawn: Vec<String> = raiser_buttons(&story.rules(), &story.concern)
        .into_iter()
        .map(|button| button.action_id().to_owned())
        .collect();
    assert_eq!(action_ids(&ask), drawn);
    assert!(drawn.contains(&Button::NotSatisfied.action_id().to_owned()));
    story.raiser_does(Command::MoreTime {
        until: day(2026, 12, 22),
        reason: words(),
    });
    let ask = story.says(&MESSAGES, Occasion::TargetAsk, 1);
    assert_eq!(action_ids(&ask), ["details"], "{}", read(&ask));
    let receipt = story.says(&MESSAGES, Occasion::Receipt, 1);
    says(&receipt, &["It is to be done by Tue 22 Dec"]);
    story.raiser_does(Command::Resolve);
    let receipt = story.says(&MESSAGES, Occasion::Receipt, 1);
    says(
        &receipt,
        &["Resolved on Fri 18 Dec, 12:00. Closed, nothing more is asked."],
    );
    assert_eq!(action_ids(&receipt), ["details"]);
}

#[test]
fn the_end_of_the_ladder_asks_the_raiser_where_they_stand() {
    let mut story = Story::of("fostering-iro", 0);
    story.clocks_until("2027-02-01 12:00");
    let last = story.concern.visits.len().try_into().unwrap();
    let ask = story.says(&MESSAGES, Occasion::ExhaustedAsk, last);
    says(
        &ask,
        &["Record where you stand: resolved, maintained or referred."],
    );
    story.raiser_does(Command::Position {
        position: Position::Maintained,
        reason: None,
    });
    let card = story.says(&MESSAGES, Occasion::Card, last);
    says(&card, &["the raiser maintains their position"]);
}

#[test]
fn a_judgement_is_the_raisers_own_and_silence_does_not_make_it() {
    let mut story = Story::of("warwickshire", 0);
    story.raiser_does(Command::Escalate { reason: None });
    story.clocks_until("2026-12-31 12:00");
    let last = story.concern.visits.len().try_into().unwrap();
    let gate = story.says(&MESSAGES, Occasion::Gate, last);
    says(
        &gate,
        &[
            "Does a clear dispute remain, with no prospect of resolution?",
            "For <@U0IRO1>, under 3.2.1: your own judgement.",
            "Silence does not move it",
        ],
    );
}

#[test]
fn whoever_stands_in_for_a_vacant_role_is_told_that_they_do() {
    let story = Story::manchester();
    let (vacant, stands_in) = (RoleId::from("team_manager"), RoleId::from("service_lead"));
    let mention = [UserId::from("U0SL")];
    let audience = Audience {
        role: Some(&stands_in),
        mention: &mention,
        standing_in_for: Some(&vacant),
        own: false,
        ..Audience::default()
    };
    let card = story.says_to(&MESSAGES, Occasion::Card, 1, audience);
    says(
        &card,
        &["for <@U0SL>, standing in for the Team Manager, whose post is vacant"],
    );
}

#[test]
fn no_text_of_a_concern_stands_in_a_message_unless_the_council_lets_it() {
    let mut story = Story::manchester();
    let card = story.says(&MESSAGES, Occasion::Card, 1);
    does_not_say(&card, &["since June"]);
    let issue = Text::from("The plan has stood still since June.");
    story.texts = Some(ConcernTexts::new(vec![(1, Field::Issue, issue)]));
    let card = story.says(&MESSAGES, Occasion::Card, 1);
    assert!(read(&card).contains("Issue:\nThe plan has stood still since June."));
    for occasion in [
        Occasion::Copy,
        Occasion::Gate,
        Occasion::AckReminder,
        Occasion::AlertNotJudged,
    ] {
        does_not_say(&story.says(&MESSAGES, occasion, 1), &["since June"]);
    }
}

#[test]
fn what_was_raised_about_an_earlier_day_under_a_judgement_of_progress_says_both_in_words() {
    let card = Story::of("warwickshire", 0).says(&MESSAGES, Occasion::Card, 1);
    says(&card, &["progress judged red", "No time limit"]);
    assert!(
        read(&card).contains("looks again on Mon 21 Dec"),
        "{}",
        read(&card)
    );
}

#[test]
fn the_details_hold_the_texts_and_the_chronology_newest_last() {
    let mut story = Story::manchester();
    story.answers(Answering::Reject { rationale: words() });
    let long = "word ".repeat(1_400);
    story.texts = Some(ConcernTexts::new(vec![
        (1, Field::Issue, Text::from(long.as_str())),
        (
            story.concern.seq,
            Field::Rationale,
            Text::from("It is in hand."),
        ),
    ]));
    let view = story.details(&MESSAGES);
    crate::valid::view(&view);
    let said: Vec<&str> = view["blocks"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|block| block["text"]["text"].as_str())
        .collect();
    let at = |words: &str| {
        said.iter()
            .position(|said| said.contains(words))
            .unwrap_or_else(|| panic!("{words:?} is not in {said:#?}"))
    };
    assert!(at("raised by <@U0IRO1>") < at("Issue:\nword"));
    assert!(at("Issue:\nword") < at("Stage 1 rejected by <@U0TMN1>"));
    assert!(at("Stage 1 rejected by <@U0TMN1>") < at("Rationale:\nIt is in hand."));
    let words: usize = said
        .iter()
        .map(|said| said.matches("word ").count() + said.matches("word\u{0}").count())
        .sum();
    assert!(words >= 1_397, "{words} words of 1,400 are shown");
}
