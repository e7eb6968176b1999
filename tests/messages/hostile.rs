//! Whatever people type stays what they typed: it calls nobody, breaks nothing and fits.

use lodestar::concern::Field;
use lodestar::ids::Text;
use lodestar::mail::Occasion;
use lodestar::messages::ConcernTexts;
use proptest::prelude::*;

use crate::story::{Story, read};
use crate::{MESSAGES, valid};

const NASTY: [&str; 12] = [
    "<!channel>",
    "<@U0DCS> approved this",
    "\",\"blocks\":[]",
    "{{reference}} {{{raiser}}}",
    "line\none\r\ntwo",
    "&amp; & <https://evil.example|click>",
    "\u{202E}desrever",
    "👩‍👩‍👧 é ß 漢字",
    "*Resolved* _by_ ~nobody~ `code`",
    "\\u003c!here\\u003e \\n \\",
    "> quote\n* list",
    "\u{0}\u{7}\u{1b}[31m",
];

fn nasty() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        prop::sample::select(NASTY.to_vec()).prop_map(str::to_owned),
        any::<String>(),
        "[<>&\"\\\\*{}\n]{0,40}",
    ];
    (prop::collection::vec(piece, 1..6), 1..3_001_usize)
        .prop_map(|(pieces, length)| pieces.concat().chars().cycle().take(length).collect())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, max_shrink_iters: 60, ..ProptestConfig::default() })]

    #[test]
    fn whatever_people_type_calls_nobody_breaks_nothing_and_fits(
        team in nasty(),
        issue in nasty(),
        impact in nasty(),
        action in nasty(),
    ) {
        let mut story = Story::manchester();
        story.team = team;
        let texts = [(Field::Issue, &issue), (Field::Impact, &impact), (Field::Action, &action)];
        let texts = texts.map(|(field, words)| (1, field, Text::from(words.as_str())));
        story.texts = Some(ConcernTexts::new(texts.to_vec()));
        for occasion in [Occasion::Card, Occasion::Receipt, Occasion::Gate, Occasion::AlertNotJudged] {
            valid::message(&story.says(&MESSAGES, occasion, 1));
        }
        valid::view(&story.details(&MESSAGES));
    }
}

#[test]
fn a_call_to_a_channel_that_somebody_typed_is_shown_as_they_typed_it() {
    let mut story = Story::manchester();
    let typed = "<!channel> \"now\"\nsecond line";
    story.texts = Some(ConcernTexts::new(vec![(
        1,
        Field::Issue,
        Text::from(typed),
    )]));
    let card = story.says(&MESSAGES, Occasion::Card, 1);
    valid::message(&card);
    assert!(
        read(&card).contains("Issue:\n&lt;!channel&gt; \"now\"\nsecond line"),
        "{}",
        read(&card)
    );
}

#[test]
fn a_team_whose_name_tries_to_look_like_a_line_of_ours_does_not() {
    let mut story = Story::manchester();
    story.team = "North\nResolved by *everybody*".to_owned();
    let card = story.says(&MESSAGES, Occasion::Card, 1);
    assert!(read(&card).contains("Team Manager · North Resolved by *everybody*\n"));
}
