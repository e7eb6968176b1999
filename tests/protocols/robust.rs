//! Whatever a file holds, reading it ends in a protocol or in faults at places that exist.

use lodestar::protocol::explain::explain;
use lodestar::protocol::fault::Fault;
use lodestar::protocol::json::json;
use lodestar::protocol::read::read_with_warnings;
use proptest::prelude::*;

use super::{LIBRARY, NORTHMOOR};

fn texts() -> Vec<String> {
    let mut texts: Vec<_> = LIBRARY
        .iter()
        .map(|held| held.source_text.to_string())
        .collect();
    texts.push(NORTHMOOR.to_owned());
    texts
}

/// Reads it, and holds what comes of it to what every reading keeps.
fn read_and_hold(text: &str) -> Result<(), TestCaseError> {
    let reading = read_with_warnings("any.toml", text);
    let errors = reading.faults.iter().any(Fault::is_error);
    prop_assert_eq!(reading.protocol.is_none(), errors);
    let lines = text.split('\n').count();
    for fault in &reading.faults {
        prop_assert!(
            fault.line >= 1 && fault.line <= lines,
            "{fault} of {lines} lines"
        );
        let line = text.split('\n').nth(fault.line - 1).unwrap_or_default();
        prop_assert!(
            fault.column >= 1 && fault.column <= line.chars().count() + 1,
            "{fault}"
        );
        prop_assert!(!fault.message.contains('\n'), "{fault}");
        prop_assert!(fault.message.ends_with(['.', '?']), "{fault}");
    }
    if let Some(protocol) = &reading.protocol {
        prop_assert!(explain(protocol).contains(protocol.id.as_str()));
        let shown = json(protocol);
        prop_assert_eq!(&shown["id"], protocol.id.as_str());
    }
    Ok(())
}

/// The nearest place at or before `at` where a character starts.
fn boundary(text: &str, at: usize) -> usize {
    (0..=at.min(text.len()))
        .rev()
        .find(|at| text.is_char_boundary(*at))
        .unwrap_or(0)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 192, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_is_read_or_refused(text in any::<String>()) {
        read_and_hold(&text)?;
    }

    #[test]
    fn any_text_that_looks_like_a_protocol_is_read_or_refused(
        lines in prop::collection::vec(
            prop::sample::select(vec![
                "[[step]]", "[[route]]", "[[cap]]", "[roles]", "[bypass]", "[cafcass]", "[note]", "[[theme]]", "[theme.categories]",
                "[[review_clock]]", "[[notice]]", "[categories]", "[early]", "[roles.a]", "id = \"a\"", "id = \"b\"", "id = 1", "title = \"T\"",
                "subjects = [\"foster_carer\"]", "raised_by = [\"iro\"]", "default_start = \"a\"", "stage = \"S\"", "name = \"N\"",
                "to = [\"iro_manager\"]", "to = []", "asks = \"respond\"", "within = \"5 working days\"", "from = \"step a\"",
                "from = \"raised\"", "clause = \"1\"", "next = \"a\"", "next = \"end\"", "on_lapse = \"b\"", "iro_manager = \"M\"",
                "gate = { kind = \"judgement\" }", "gate = { kind = \"agree\", role = \"a\" }", "vacant = \"a\"", "routes = [\"a\"]",
                "starts = \"a\"", "when = \"rag red\"", "fields = [\"x\"]", "categories = { a = \"x\" }", "a = \"x\"", "é = 'ü'", "] ]", "x",
            ]),
            0..30,
        )
    ) {
        read_and_hold(&lines.join("\n"))?;
    }

    #[test]
    fn a_protocol_with_a_piece_torn_out_is_read_or_refused(which in 0..6_usize, at in any::<prop::sample::Index>(), length in 1..400_usize) {
        let text = &texts()[which];
        let start = boundary(text, at.index(text.len()));
        let end = boundary(text, start + length);
        read_and_hold(&format!("{}{}", &text[..start], &text[end.max(start)..]))?;
    }

    #[test]
    fn a_protocol_with_something_put_in_is_read_or_refused(
        which in 0..6_usize,
        at in any::<prop::sample::Index>(),
        put_in in "[\\[\\]{}=\",.#a-z0-9é\\n -]{1,12}",
    ) {
        let text = &texts()[which];
        let at = boundary(text, at.index(text.len()));
        read_and_hold(&format!("{}{put_in}{}", &text[..at], &text[at..]))?;
    }

    #[test]
    fn a_protocol_with_two_values_exchanged_is_read_or_refused(
        which in 0..6_usize,
        one in any::<prop::sample::Index>(),
        two in any::<prop::sample::Index>(),
    ) {
        let text = &texts()[which];
        let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
        let with_value: Vec<usize> = (0..lines.len()).filter(|line| lines[*line].contains(" = ")).collect();
        let (one, two) = (with_value[one.index(with_value.len())], with_value[two.index(with_value.len())]);
        let split = |line: &str| line.split_once(" = ").map(|(key, value)| (key.to_owned(), value.to_owned()));
        let ((key_one, value_one), (key_two, value_two)) = (split(&lines[one]).unwrap(), split(&lines[two]).unwrap());
        lines[one] = format!("{key_one} = {value_two}");
        lines[two] = format!("{key_two} = {value_one}");
        read_and_hold(&lines.join("\n"))?;
    }
}
