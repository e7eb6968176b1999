//! What reads well and makes no sense, or comes from another program: each is answered with its place and the mend.

use std::fs;

use lodestar::protocol::read::read_with_warnings;

use super::NORTHMOOR;
use super::commands::check;
use super::faults::one_fault;

#[test]
fn a_time_that_counts_back_is_no_time_in_any_unit() {
    one_fault(
        "within   = \"48 hours\"",
        "within   = «\"-3 hours\"",
        "`within` is no time at all: write at least \"1 working day\".",
    );
}

#[test]
fn each_of_one_is_nobody_to_wait_for() {
    one_fault(
        "all_of = [\"team_manager\", \"service_manager\"]",
        "«all_of = [\"team_manager\"]",
        "Only one is asked, so there is nobody else to wait for: write `to`, or name the others in `all_of`.",
    );
}

#[test]
fn a_gate_that_needs_each_says_so_once_and_only_before_a_step() {
    let gate = "{ kind = \"in conjunction\", all_of = [\"iro_manager\", \"legal\"] }";
    one_fault(
        gate,
        "{ kind = \"in conjunction\", «all_of = [\"legal\"] }",
        "Only one is asked, so there is nobody else to wait for: write `role`, or name the others in `all_of`.",
    );
    one_fault(
        "gate      = { kind = \"discuss\", roles = [\"iro_manager\"] }",
        "gate      = { kind = \"discuss\", «all_of = [\"iro_manager\", \"legal\"] }",
        "Each of those named here is spoken to, and nothing waits for them: write `roles`.",
    );
    one_fault(
        "gate   = { kind = \"discuss\", role = \"iro_manager\", clause = \"4.1\" }",
        "gate   = { kind = \"discuss\", «all_of = [\"iro_manager\", \"legal\"], clause = \"4.1\" }",
        "A bypass waits for nobody, so nobody's word is needed for it: write `roles`, and whom the raiser spoke with is recorded.",
    );
    one_fault(
        &format!("gate          = {gate}"),
        "«gate          = { kind = \"in conjunction\", role = \"legal\", all_of = [\"iro_manager\", \"legal\"] }",
        "A gate asks any of its `roles` or `all_of` them, not both: take one out.",
    );
}

#[test]
fn an_empty_list_that_would_mean_all_is_refused_with_what_leaving_it_out_means() {
    let cases = [
        (
            "to     = [\"n-4\", \"n-5\"]",
            "«to = []",
            "`to` is empty: name at least one, or take it out, which means any later step.",
        ),
        (
            "routes   = [\"plans\", \"carers\"]",
            "«routes = []",
            "`routes` is empty: name at least one, or take it out, which means every route.",
        ),
        (
            "by        = [\"iro\", \"cp_chair\", \"foster_iro\"]",
            "«by = []",
            "`by` is empty: name at least one, or take it out, which means everybody who may raise.",
        ),
        (
            "items  = [\"A change of school\", \"A change of placement\"]",
            "«items = []",
            "`items` is empty: name at least one, or take it out, which means that nothing is listed.",
        ),
        (
            "subjects = [\"child_protection\"]\nhere",
            "«subjects = []\nhere",
            "`subjects` is empty: name at least one, or take it out, which means all whom the protocol is about.",
        ),
    ];
    for (from, to, says) in cases {
        one_fault(from, to, says);
    }
    one_fault(
        "kinds = [\"Resolution meeting\", \"Professionals meeting\"]",
        "«kinds = []",
        "`kinds` is empty: name at least one, or take it out, which means one kind, \"Meeting\".",
    );
    let themes = NORTHMOOR.find("[[theme]]").unwrap();
    let text = format!("{}[«categories]\n", &NORTHMOOR[..themes]);
    let (faults, place) = super::faults::faults_in(&text);
    let says = "`[categories]` is empty: write an id and its words on each line, or take it out, which means the built-in list.";
    assert_eq!(faults[0], format!("{place}{says}"));
}

#[test]
fn words_longer_than_a_list_shows_are_warned_of_at_their_place() {
    let long =
        "Drift in the plan that nobody could explain at the review, nor at the one before it";
    let text = NORTHMOOR.replace("\"Drift in the plan\"", &format!("\"{long}\""));
    let reading = read_with_warnings("n.toml", &text);
    assert!(reading.protocol.is_some(), "it can be used all the same");
    let line = text.lines().position(|line| line.contains(long)).unwrap() + 1;
    let says = format!(
        "n.toml:{line}:1: warning: This is {} characters long, and a form's list shows 75: shorten it, or people choose it by its start.",
        long.chars().count()
    );
    let faults: Vec<String> = reading.faults.iter().map(ToString::to_string).collect();
    assert!(faults.contains(&says), "{says:?} is not among {faults:?}");
}

#[test]
fn what_stands_twice_is_named() {
    one_fault(
        "asks   = \"note\"\nnext   = \"end\"\nclause = \"3.6\"",
        "asks   = \"note\"\nnext   = \"end\"\nclause = \"3.6\"\n«clause = \"3.7\"",
        "`clause` is here already: take one of the two out.",
    );
    one_fault(
        "[advice]\n",
        "[«legal_advice]\n\n[advice]\n",
        "`[legal_advice]` is here already: put the two together.",
    );
    let text = NORTHMOOR.replace("[[cap]]", "[cap]");
    let second = text.match_indices("[cap]").nth(1).unwrap().0;
    let (faults, place) =
        super::faults::faults_in(&format!("{}«{}", &text[..=second], &text[second + 1..]));
    let says = "There may be several, so each is written `[[cap]]`, in two brackets.";
    assert_eq!(faults[0], format!("{place}{says}"));
}

#[test]
fn quotes_that_came_out_of_a_word_processor_are_named() {
    one_fault(
        "case_system   = \"Mosaic\"",
        "case_system   = «“Mosaic”",
        "These are typographic quotes: write straight ones, such as \"5 working days\".",
    );
}

#[test]
fn no_step_is_called_as_the_end_of_the_ladder() {
    let text = NORTHMOOR
        .replace("\"n-6\"", "\"end\"")
        .replace("id     = \"end\"", "id     = «\"end\"");
    let (faults, place) = super::faults::faults_in(&text);
    let says = "`end` stands for the end of the ladder and cannot be a step: give it another id.";
    assert!(faults.contains(&format!("{place}{says}")), "{faults:#?}");
}

#[test]
fn nothing_is_skipped_to_reach_the_first_step() {
    one_fault(
        "to     = [\"n-4\", \"n-5\"]",
        "to     = [\"n-4\", \"n-5\", «\"n-1\"]",
        "Step `n-1` is the first of its ladder, so nothing is skipped to reach it: take it out, or name a later step.",
    );
}

#[test]
fn a_role_that_would_write_to_itself_is_a_warning() {
    one_fault(
        "sent_by           = \"iro_manager\"",
        "sent_by           = «\"health_lead\"",
        "warning: `health_lead` would send this step to itself: name another role in `sent_by`, or take it out.",
    );
    one_fault(
        "gate   = { kind = \"discuss\", role = \"iro_manager\" }\nto     = [\"director\"]",
        "«gate   = { kind = \"discuss\", role = \"director\" }\nto     = [\"director\"]",
        "warning: `director` would hold the gate before a step that asks `director`: name another role in the gate, or take it out.",
    );
    one_fault(
        "overdue_alert     = [\"performance\"]",
        "overdue_alert     = [\"performance\", «\"virtual_head\"]",
        "warning: `virtual_head` answers this step itself and knows that it is overdue: take it out of `overdue_alert`.",
    );
}

#[test]
fn an_informal_step_after_a_formal_one_is_a_warning() {
    one_fault(
        "asks   = \"note\"\n",
        "asks   = \"note\"\nformal = «false\n",
        "warning: Step `n-6` is not formal and comes after one that is: take `formal` out, or put the step before the formal ones.",
    );
}

#[test]
fn a_notice_has_items_only_where_somebody_chooses_from_them() {
    one_fault(
        "when   = \"rag red\"\n",
        "when   = \"rag red\"\n«items  = [\"Drift\"]\n",
        "Nothing is chosen from a list on the occasion \"rag red\": take `items` out.",
    );
    one_fault(
        "[[notice]]\nwhen   = \"general concern\"",
        "[[notice]]\nwhen   = «\"standing criterion\"\nto     = [\"director\"]\nclause = \"7.5\"\n\n[[notice]]\nwhen   = \"general concern\"",
        "A case that meets a standing criterion is referred once: put both into one notice.",
    );
}

#[test]
fn a_file_saved_in_another_encoding_is_said_from_which_line_on() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("own.toml");
    let line = NORTHMOOR.lines().position(|line| line.contains("Mosaic"));
    let mut bytes = NORTHMOOR.as_bytes().to_vec();
    let at = NORTHMOOR.find("Mosaic").unwrap();
    bytes[at] = 0xe9;
    fs::write(&path, bytes).unwrap();
    let (_, result) = check(path);
    let said = format!("from line {} on: save it as UTF-8", line.unwrap() + 1);
    assert!(format!("{result:?}").contains(&said), "{result:?}");
}

#[test]
fn line_ends_and_a_mark_of_another_editor_change_nothing() {
    let plain = read_with_warnings("n.toml", NORTHMOOR);
    for text in [
        NORTHMOOR.replace('\n', "\r\n"),
        format!("\u{feff}{NORTHMOOR}"),
        format!("\u{feff}{}", NORTHMOOR.replace('\n', "\r\n")),
    ] {
        let read = read_with_warnings("n.toml", &text);
        assert_eq!(
            (read.faults, read.protocol),
            (vec![], plain.protocol.clone())
        );
    }
    // A fault is still at the line that the editor shows.
    let broken = NORTHMOOR.replace("asks     = \"discuss\"", "asks     = \"discus\"");
    let places = |text: &str| {
        let faults = read_with_warnings("n.toml", text).faults;
        faults.iter().map(ToString::to_string).collect::<Vec<_>>()
    };
    assert_eq!(places(&broken.replace('\n', "\r\n")), places(&broken));
    assert_eq!(places(&format!("\u{feff}{broken}")), places(&broken));
}
