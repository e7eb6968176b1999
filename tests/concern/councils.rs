//! Protocols that are nobody's yet: what a council may write that the built-in five do not.

use lodestar::access::may_read;
use lodestar::concern::command::Refusal;
use lodestar::concern::{Command, Phase};
use lodestar::mail::Occasion;
use lodestar::protocol::Protocol;

use crate::kit::*;

fn council(steps: &str) -> &'static Protocol {
    protocol(&format!(
        r#"
id = "own"
title = "Own"
subjects = ["looked_after_child"]
raised_by = ["iro"]
default_start = "o-1"

[roles]
a = {{ name = "A", scope = "team" }}
b = {{ name = "B", scope = "team" }}
c = {{ name = "C" }}
d = {{ name = "D" }}
iro_manager = {{ name = "Manager of IROs" }}
{steps}
[bypass]
clause = "1"
"#
    ))
}

const ALL_OF: &str = r#"
[[step]]
id = "o-1"
stage = "1"
name = "Both"
all_of = ["a", "b"]
asks = "respond"
within = "5 working days"
clause = "1"

[[step]]
id = "o-2"
stage = "2"
name = "Last"
to = ["c"]
asks = "decide"
within = "5 working days"
clause = "2"
"#;

#[test]
fn where_all_must_answer_the_raiser_judges_when_the_last_has() {
    let mut story = Story::under(council(ALL_OF)).raises();
    story.role("a", respond());
    assert_eq!(story.phase(), Phase::Answering);
    assert_eq!(story.refuses(&holder("a"), respond()), Refusal::DoneAlready);
    story.role("b", respond());
    assert_eq!(story.phase(), Phase::Judging);
    assert_eq!(story.sent(Occasion::Answered).len(), 1);
}

#[test]
fn somebody_who_holds_two_of_the_roles_answers_for_both() {
    let both = person("U-both", &["a", "b"]);
    let mut story = Story::under(council(ALL_OF)).raises();
    story.does(&both, respond());
    assert_eq!(story.phase(), Phase::Judging);
    let steps = ALL_OF.replace("[\"a\", \"b\"]", "[\"a\", \"b\", \"d\"]");
    let mut story = Story::under(council(&steps)).raises();
    story.does(&both, respond()).role("d", respond());
    assert_eq!(story.phase(), Phase::Judging, "though they answered first");
}

#[test]
fn a_childs_own_addressee_counts_where_all_must_answer() {
    let mut story = Story::under(council(ALL_OF))
        .own_addressee("U0OWN")
        .raises();
    story
        .does(&person("U0OWN", &[]), respond())
        .role("b", respond());
    assert_eq!(story.phase(), Phase::Judging);
    let mut story = Story::under(council(ALL_OF))
        .own_addressee("U0OWN")
        .raises();
    story
        .role("b", respond())
        .does(&person("U0OWN", &[]), respond());
    assert_eq!(story.phase(), Phase::Judging);
}

#[test]
fn where_one_answered_and_the_other_is_late_the_late_answer_is_kept() {
    let mut story = Story::under(council(ALL_OF)).raises();
    story.role("a", respond()).to("2026-12-21 17:00:01");
    assert_eq!(story.step(), "o-2");
    story.role("b", on_card(1, respond()));
    assert_eq!(story.concern.visits[0].late_answers.len(), 1);
    assert_eq!(
        story.refuses(&holder("a"), on_card(1, respond())),
        Refusal::DoneAlready
    );
}

#[test]
fn where_several_accept_what_is_agreed_is_asked_after_when_the_last_is_due() {
    let steps = ALL_OF.replacen("respond", "accept or reject", 1);
    let mut story = Story::under(council(&steps)).raises();
    story
        .role("a", accept("2027-01-08"))
        .role("b", accept("2026-12-18"));
    assert_eq!(story.visit().target.unwrap().0, day("2027-01-08"));
}

#[test]
fn a_rejection_moves_on_at_once_where_the_protocol_does_not_wait() {
    let steps = ALL_OF.replacen("respond", "accept or reject", 1).replacen(
        "all_of = [\"a\", \"b\"]",
        "to = [\"a\"]",
        1,
    );
    let mut story = Story::under(council(&steps)).raises();
    story.to("2026-12-15 10:00").role("a", reject());
    assert_eq!(
        story.ladder()[1],
        "o-2 issued 2026-12-15 10:00 due 2026-12-22"
    );
    assert_eq!(story.sent(Occasion::Answered), ["2026-12-15 10:00 raiser"]);
    assert_eq!(
        story.refuses_raiser(hold("2026-12-17")),
        Refusal::Field {
            block: "until",
            fault: lodestar::concern::FieldFault::NotAfter(day("2026-12-22")),
        }
    );
}

#[test]
fn where_silence_only_alerts_nothing_moves_and_the_raiser_is_asked() {
    let steps = ALL_OF.replacen(
        "all_of = [\"a\", \"b\"]",
        "to = [\"a\"]\non_silence = \"alert\"\noverdue_alert = [\"d\"]",
        1,
    );
    let mut story = Story::under(council(&steps)).raises();
    story.to("2026-12-21 17:00:01");
    assert_eq!((story.step(), story.phase()), ("o-1", Phase::Judging));
    assert_eq!(
        story.sent(Occasion::AlertOverdue),
        ["2026-12-21 17:00:01 d"]
    );
    assert_eq!(
        story.sent(Occasion::ReviewAsk),
        ["2026-12-21 17:00:01 raiser"]
    );
    story.role("a", respond());
    assert_eq!(story.visit().late_answers.len(), 1);
    story.to("2026-12-24 12:00");
    assert_eq!(
        story.sent(Occasion::AlertNotJudged),
        ["2026-12-23 17:00:01 iro_manager"]
    );
    story.raiser(not_satisfied());
    assert_eq!(story.step(), "o-2");
}

#[test]
fn a_clock_of_one_working_day_is_warned_of_at_the_opening_of_its_day() {
    let steps = ALL_OF.replace("5 working days", "1 working days");
    let mut story = Story::under(council(&steps)).raises();
    story.to("2026-12-15 09:00");
    assert_eq!(story.sent(Occasion::Warning), ["2026-12-15 09:00 raiser"]);
    story.to("2026-12-16 17:00:01");
    assert_eq!(story.phase(), Phase::Exhausted);
}

#[test]
fn a_few_calendar_days_over_a_holiday_never_end_before_they_begin() {
    let steps = ALL_OF.replace("5 working days", "2 days");
    let mut story = Story::under(council(&steps))
        .at("2026-12-24 18:00")
        .raises();
    assert_eq!(story.due(), "2026-12-29", "a working day at least");
    story.to("2026-12-29 17:00:01");
    assert_eq!(
        story.ladder()[1],
        "o-2 issued 2026-12-29 17:00:01 due 2026-12-31"
    );
}

#[test]
fn a_clock_from_the_previous_step_is_dated_from_it_also_when_the_calendar_changes() {
    let steps = ALL_OF
        .replacen(
            "to = [\"c\"]\n",
            "to = [\"c\"]\nfrom = \"previous step\"\n",
            1,
        )
        .replacen("all_of = [\"a\", \"b\"]", "to = [\"a\"]", 1)
        .replace(
            "\"5 working days\"\nclause = \"2\"",
            "\"8 working days\"\nclause = \"2\"",
        );
    let mut story = Story::under(council(&steps)).raises();
    story
        .to("2026-12-15 10:00")
        .role("a", respond())
        .raiser(not_satisfied());
    assert_eq!(
        story.ladder()[1],
        "o-2 issued 2026-12-15 10:00 due 2026-12-24"
    );
    story.to("2026-12-16 10:00").by_itself(Command::Recalculate);
    assert_eq!(story.due(), "2026-12-24");
    assert_eq!(story.visit().redated, 0);
}

#[test]
fn a_press_on_an_old_gate_card_does_not_open_the_next_gate() {
    let gate = "gate = { kind = \"agree\", role = \"d\" }\n";
    let steps = ALL_OF.replace(
        "[[step]]\nid = \"o-2\"",
        &format!("{gate}\n[[step]]\nid = \"o-2\""),
    );
    let steps = steps
        .replacen(gate, "", 1)
        .replace("to = [\"c\"]", &format!("to = [\"c\"]\n{gate}"));
    let third = r#"
[[step]]
id = "o-3"
stage = "3"
name = "End"
to = ["a"]
gate = { kind = "agree", role = "d" }
asks = "decide"
within = "5 working days"
clause = "3"
"#;
    let mut story = Story::under(council(&format!("{steps}{third}"))).raises();
    story.to("2026-12-18 10:00").role("d", on_card(1, AGREE));
    story.to("2026-12-31 10:00");
    assert_eq!((story.step(), story.phase()), ("o-2", Phase::AtGate));
    assert_eq!(
        story.refuses(&holder("d"), on_card(1, AGREE)),
        Refusal::DoneAlready
    );
    story.role("d", on_card(2, AGREE));
    assert_eq!(story.step(), "o-3");
}

#[test]
fn a_gate_that_was_asked_is_read_by_its_holders_though_another_is_asked_after_it() {
    let steps = ALL_OF
        .replacen(
            "all_of = [\"a\", \"b\"]",
            "to = [\"a\"]\non_lapse = \"o-3\"",
            1,
        )
        .replace(
            "to = [\"c\"]",
            "to = [\"c\"]\ngate = { kind = \"agree\", role = \"d\" }",
        );
    let third = r#"
[[step]]
id = "o-3"
stage = "3"
name = "End"
to = ["c"]
gate = { kind = "agree", role = "b" }
asks = "decide"
within = "5 working days"
clause = "3"
"#;
    let mut story = Story::under(council(&format!("{steps}{third}"))).raises();
    story.to("2026-12-18 09:30").role("a", respond());
    assert_eq!(story.sent(Occasion::Gate), ["2026-12-18 09:30 b"]);
    story.raiser(not_satisfied());
    assert_eq!(story.sent(Occasion::Gate)[1], "2026-12-18 09:30 d");
    for role in ["b", "d"] {
        assert!(
            may_read(&story.rules, &story.concern, &holder(role)),
            "{role}"
        );
    }
}
