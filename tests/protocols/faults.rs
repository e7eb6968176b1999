//! Each kind of fault, at its line and column, with its mend.

use lodestar::protocol::fault::Severity;
use lodestar::protocol::read::read_with_warnings;

use super::NORTHMOOR;

/// Changes one place of the invented council's file and says what is then found wrong. `«` in what is put in marks where
/// the fault should point, and is taken out again.
fn faults_of(old: &str, new: &str) -> (Vec<String>, String) {
    assert_eq!(
        NORTHMOOR.matches(old).count(),
        1,
        "{old:?} stands once in the file"
    );
    faults_in(&NORTHMOOR.replace(old, new))
}

pub(super) fn faults_in(marked: &str) -> (Vec<String>, String) {
    let at = marked.find('«').expect("a mark");
    let before = &marked[..at];
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or(before).chars().count() + 1;
    let text = marked.replace('«', "");
    let reading = read_with_warnings("n.toml", &text);
    let faults = reading.faults.iter().map(ToString::to_string).collect();
    (faults, format!("n.toml:{line}:{column}: "))
}

/// That exactly one fault follows, at the mark, saying this.
#[track_caller]
pub(super) fn one_fault(old: &str, new: &str, says: &str) {
    let (faults, place) = faults_of(old, new);
    assert_eq!(faults, [format!("{place}{says}")]);
}

/// That a fault follows at the mark, saying this, among others that it brings about.
#[track_caller]
fn a_fault(old: &str, new: &str, says: &str) {
    let (faults, place) = faults_of(old, new);
    assert!(faults.contains(&format!("{place}{says}")), "{faults:#?}");
}

#[test]
fn what_is_not_toml_is_said_where_it_breaks() {
    let (faults, place) = faults_of("rag           = true", "rag           = «");
    assert_eq!(faults.len(), 1, "{faults:?}");
    assert!(faults[0].starts_with(&place), "{faults:?} at {place}");
    assert!(faults[0].contains("This is not TOML"), "{faults:?}");
}

#[test]
fn a_mistake_that_breaks_a_line_is_said_once() {
    let (faults, place) = faults_of("rag           = true", "rag         =«= true");
    assert_eq!(
        faults,
        [format!("{place}This is not TOML: extra `=`; mend it here.")]
    );
}

#[test]
fn a_misspelt_key_is_answered_with_the_nearest_one() {
    one_fault(
        "case_system   = \"Mosaic\"",
        "«case_sytem    = \"Mosaic\"",
        "`case_sytem` is not a key of a protocol: did you mean `case_system`?",
    );
    one_fault(
        "on_lapse          = \"n-5\"",
        "«on_laps           = \"n-5\"",
        "`on_laps` is not a key of a step: did you mean `on_lapse`?",
    );
    one_fault(
        "question = \"Do you hold to your view?\"",
        "question = \"Do you hold to your view?\", «clauses = \"1\"",
        "`clauses` is not a key of a gate: did you mean `clause`?",
    );
}

#[test]
fn a_key_like_no_other_is_answered_with_those_there_are() {
    one_fault(
        "fields   = [\"query\", \"action\", \"outcome\"]",
        "fields   = [\"query\"]\n«colour = \"blue\"",
        "`colour` is not a key of a protocol's rule: take it out, or use one of `fields`, `required`, `routes`, `names`, `clause`."
            .replace("a protocol's rule", "the rule on case notes")
            .as_str(),
    );
}

#[test]
fn a_value_of_the_wrong_kind_is_named_with_the_right_one() {
    one_fault(
        "rag           = true",
        "rag           = «\"yes\"",
        "`rag` is true or false, not a text: write `rag = true`.",
    );
    one_fault(
        "default_start = \"n-1\"",
        "default_start = «1",
        "`default_start` is a text, not a number: put it in double quotes.",
    );
    one_fault(
        "routes   = [\"plans\"]\nstage",
        "routes   = «true\nstage",
        "`routes` is a list of texts, not true or false: write `routes = [\"…\"]`.",
    );
    one_fault(
        "meeting       = { chair = \"service_manager\", attends = [\"team_manager\"], may_decline = true, kinds = [\"Resolution meeting\", \"Professionals meeting\"], mediation = true, others = true }",
        "meeting       = «\"yes\"",
        "Here should be a meeting, written as a table, not a text.",
    );
}

#[test]
fn a_bad_period_is_said_with_good_ones() {
    one_fault(
        "within   = \"48 hours\"",
        "within   = «\"two days\"",
        "\"two days\" is not a period: write a number and a unit, such as \"5 working days\", \"2 weeks\", \"10 days\" or \"48 hours\".",
    );
    one_fault(
        "within   = \"48 hours\"",
        "within   = «\"0 days\"",
        "`within` is no time at all: write at least \"1 working day\".",
    );
    one_fault(
        "within   = \"48 hours\"",
        "within   = «\"-2 working days\"",
        "`within` is no time at all: write at least \"1 working day\".",
    );
}

#[test]
fn an_unknown_word_is_answered_with_the_nearest_or_with_all() {
    one_fault(
        "asks     = \"discuss\"",
        "asks     = «\"discus\"",
        "`asks` does not know \"discus\": did you mean \"discuss\"?",
    );
    one_fault(
        "scope = \"council\"",
        "scope = «\"everywhere\"",
        "`scope` does not know \"everywhere\": it may be \"council\" or \"team\".",
    );
    one_fault(
        "from          = \"previous step\"",
        "from          = «\"previuos step\"",
        "`from` does not know \"previuos step\": did you mean \"previous step\"?",
    );
    one_fault(
        "when   = \"rag amber\"",
        "when   = «\"rag ambre\"",
        "`when` does not know \"rag ambre\": did you mean \"rag amber\"?",
    );
    one_fault(
        "routes   = [\"plans\"]\nstage",
        "routes   = [«\"plan\"]\nstage",
        "`routes` does not know \"plan\": did you mean \"plans\"?",
    );
}

#[test]
fn notes_are_demanded_on_routes_that_there_are_and_a_passed_limit_needs_a_limit() {
    one_fault(
        "required = true\nroutes   = [\"plans\", \"carers\"]",
        "required = true\nroutes   = [\"plans\", «\"carer\"]",
        "There is no route `carer`: did you mean `carers`?",
    );
    one_fault(
        "required = true\nroutes   = [\"plans\", \"carers\"]",
        "«routes   = [\"plans\", \"carers\"]",
        "These routes are where notes are demanded, and none are: add `required = true`, or take `routes` out.",
    );
    let cap = "within = \"20 working days\"\nclause = \"Appendix 3; IRO Handbook 6.2\"\n";
    let whole = include_str!("../../protocols/buckinghamshire.toml");
    let without = whole.replacen(cap, "", 1);
    let at = without.find("[[cap]]").unwrap();
    let line = without[at..].lines().next().unwrap();
    let (faults, _) = faults_in(&format!("«{}", without.replacen(line, "", 1)));
    assert!(
        faults.iter().any(|fault| fault.ends_with(
            "This notice waits for a limit that is never set: add a `[[cap]]`, or take the notice out."
        )),
        "{faults:#?}"
    );
}

#[test]
fn what_must_be_there_is_asked_for_with_an_example() {
    one_fault(
        "[[step]]\nid       = \"n-1\"\nroutes   = [\"plans\"]\nstage    = \"Informal\"\n",
        "«[[step]]\nid       = \"n-1\"\nroutes   = [\"plans\"]\n",
        "`stage` is missing from a step: add `stage = \"Stage 1\"`.",
    );
    let (faults, _) = faults_in("«id = \"empty\"");
    let asked: Vec<_> = [
        "title",
        "subjects",
        "raised_by",
        "roles",
        "default_start",
        "[[step]]",
    ]
    .iter()
    .filter(|key| {
        !faults
            .iter()
            .any(|fault| fault.contains(&format!("`{key}` is missing from a protocol")))
    })
    .collect();
    assert!(asked.is_empty(), "{asked:?} of {faults:#?}");
}

#[test]
fn several_faults_are_reported_at_once_in_the_order_of_the_file() {
    let text = NORTHMOOR
        .replace("asks     = \"discuss\"", "asks     = \"talk\"")
        .replace("within   = \"48 hours\"", "within   = \"soon\"")
        .replace("[cafcass]\n", "[cafcass]\nwhom = \"?\"\n");
    let reading = read_with_warnings("n.toml", &text);
    assert_eq!(reading.faults.len(), 3, "{:#?}", reading.faults);
    assert!(
        reading
            .faults
            .is_sorted_by_key(|fault| (fault.line, fault.column))
    );
    assert!(reading.protocol.is_none());
}

#[test]
fn an_id_that_is_not_one_is_refused() {
    one_fault(
        "[note.names]\ninformal",
        "[note.names]\n«In-formal",
        "`In-formal` is not an id: use at most 64 lower-case letters, digits, `-` and `_`, a letter or digit first.",
    );
}

#[test]
fn an_unknown_role_is_found_wherever_it_is_named() {
    let says = "There is no role `team_manger`: did you mean `team_manager`?";
    one_fault(
        "scope = \"team\", vacant = \"team_manager\"",
        "scope = \"team\", vacant = «\"team_manger\"",
        says,
    );
    one_fault(
        "to        = [\"team_manager\"]",
        "to        = [«\"team_manger\"]",
        says,
    );
    one_fault(
        "with              = [\"service_manager\"]",
        "with              = [\"service_manager\", «\"team_manger\"]",
        says,
    );
    one_fault(
        "copy      = [\"social_worker\"]",
        "copy      = [\"social_worker\", «\"team_manger\"]",
        says,
    );
    one_fault(
        "copy_from_here_on = [\"legal\"]",
        "copy_from_here_on = [\"legal\", «\"team_manger\"]",
        says,
    );
    one_fault(
        "overdue_alert     = [\"performance\"]",
        "overdue_alert     = [«\"team_manger\"]",
        says,
    );
    one_fault(
        "inputs       = [\"service_manager\", \"virtual_head\"]",
        "inputs       = [\"service_manager\", «\"team_manger\"]",
        says,
    );
    one_fault(
        "inputs       = [\"service_manager\", \"virtual_head\"]",
        "inputs       = [\"service_manager\", «\"director\"]",
        "`director` answers this step itself: take it out of `inputs`.",
    );
    one_fault(
        "attends = [\"team_manager\"]",
        "attends = [«\"team_manger\"]",
        says,
    );
    one_fault(
        "sent_by           = \"iro_manager\"",
        "sent_by           = «\"team_manger\"",
        says,
    );
    one_fault(
        "owner      = \"team_manager\"",
        "owner      = «\"team_manger\"",
        says,
    );
    one_fault(
        "oversight = [\"director\"]",
        "oversight = [«\"team_manger\"]",
        says,
    );
    one_fault(
        "all_of = [\"iro_manager\", \"legal\"]",
        "all_of = [\"iro_manager\", «\"team_manger\"]",
        says,
    );
    one_fault(
        "to     = [\"raiser\"]",
        "to     = [\"raiser\", «\"team_manger\"]",
        says,
    );
}

#[test]
fn a_protocol_without_the_manager_of_the_service_is_refused() {
    let text = NORTHMOOR
        .replace("iro_manager", "service_head")
        .replace("[roles]", "«[roles]");
    let (faults, place) = faults_in(&text);
    assert_eq!(faults.len(), 1, "{faults:#?}");
    // The table stands where its name does, just inside the bracket.
    let place = place.replace(":1: ", ":2: ");
    assert!(
        faults[0].starts_with(&format!("{place}There is no role `iro_manager`")),
        "{faults:?}"
    );
}

#[test]
fn roles_that_stand_in_for_each_other_in_a_ring_are_refused() {
    let (faults, place) = faults_of(
        "service_manager  = { name = \"Service Manager\", scope = \"council\" }",
        "service_manager  = { name = \"Service Manager\", vacant = «\"social_worker\" }",
    );
    assert_eq!(faults.len(), 3, "{faults:#?}");
    assert!(
        faults
            .iter()
            .any(|fault| fault.starts_with(&format!("{place}If `service_manager` is vacant"))),
        "{faults:#?}"
    );
}

#[test]
fn a_role_that_nothing_names_is_a_warning() {
    let (faults, place) = faults_of(
        "virtual_head     =",
        "«mayor = \"Mayor\"\nvirtual_head     =",
    );
    assert_eq!(
        faults,
        [format!(
            "{place}warning: Nothing names the role `mayor`: take it out, or say where it is asked, copied or told."
        )]
    );
}

#[test]
fn two_steps_of_one_id_on_a_route_are_refused() {
    a_fault(
        "id     = \"n-6\"",
        "id     = «\"n-5\"",
        "There are two steps `n-5` on one route: give one another id.",
    );
}

#[test]
fn two_routes_categories_or_review_clocks_of_one_id_are_refused() {
    one_fault(
        "id            = \"carers\"",
        "id            = «\"plans\"",
        "There are two routes `plans`: give one another id.",
    );
    one_fault(
        "name          = \"Approval of a foster carer\"",
        "name          = «\"What is done about a plan\"",
        "Two routes read \"What is done about a plan\": nobody could tell them apart, so name one differently.",
    );
    one_fault(
        "matching = \"Matching",
        "«drift = \"Matching",
        "There are two categories `drift`: give one another id.",
    );
    one_fault(
        "matching = \"Matching of child and carer\"",
        "«matching = \"Drift in the plan\"",
        "Two categories read \"Drift in the plan\": nobody could tell them apart, so word one differently.",
    );
    a_fault(
        "id         = \"objection\"",
        "id         = «\"decisions\"",
        "There are two review clocks `decisions`: give one another id.",
    );
}

#[test]
fn a_step_that_leads_nowhere_known_is_refused() {
    let says = "There is no step `n-66`: did you mean `n-6`?";
    a_fault("next         = \"n-6\"", "next         = «\"n-66\"", says);
    one_fault(
        "on_lapse          = \"n-5\"",
        "on_lapse          = «\"n-66\"",
        says,
    );
    one_fault(
        "to     = [\"n-4\", \"n-5\"]",
        "to     = [\"n-4\", «\"n-66\"]",
        says,
    );
    one_fault("from      = \"n-3\"", "from      = «\"n-66\"", says);
    one_fault("from   = \"step n-2\"", "from   = «\"step n-66\"", says);
    one_fault(
        "from              = \"step n-2\"",
        "from              = «\"step n-66\"",
        says,
    );
}

#[test]
fn a_step_that_stands_on_another_route_only_is_said_to() {
    a_fault(
        "on_lapse          = \"n-5\"",
        "on_lapse          = «\"n-1\"",
        "There is no step `n-1` on route `carers`: did you mean `n-2`?",
    );
}

#[test]
fn a_default_start_that_is_not_there_is_refused_at_its_place() {
    one_fault(
        "default_start = \"n-1\"",
        "default_start = «\"n-7\"",
        "There is no step `n-7`: did you mean `n-1`?",
    );
    one_fault(
        "default_start = \"n-2\"",
        "default_start = «\"n-1\"",
        "There is no step `n-1` on route `carers`: did you mean `n-2`?",
    );
    let text = NORTHMOOR.replace("default_start = \"n-1\"\n", "").replace(
        "[[route]]\nid            = \"plans\"",
        "«[[route]]\nid            = \"plans\"",
    );
    let (faults, place) = faults_in(&text);
    assert_eq!(
        faults,
        [format!(
            "{place}`default_start` is missing from a route: add `default_start` with the id of the step where a concern starts."
        )]
    );
}

#[test]
fn a_step_that_nothing_leads_to_is_refused_on_each_route_it_stands_on() {
    let (faults, place) = faults_of("[[step]]\nid     = \"n-6\"", "«[[step]]\nid     = \"n-6\"");
    assert!(faults.is_empty(), "{faults:?}");
    let text = NORTHMOOR.replace("next         = \"n-6\"", "next         = \"end\"");
    let faults: Vec<_> = read_with_warnings("n.toml", &text)
        .faults
        .iter()
        .map(ToString::to_string)
        .collect();
    let says = |route: &str| {
        format!(
            "{place}Nothing leads to step `n-6` on route `{route}`: name it as the `next` or `on_lapse` of a step before it, or take it out."
        )
    };
    assert_eq!(faults, [says("plans"), says("carers")]);
}

#[test]
fn a_ladder_that_goes_round_is_refused() {
    a_fault(
        "asks   = \"note\"\nnext   = \"end\"",
        "asks   = \"note\"\nnext   = «\"n-4\"",
        "Step `n-6` leads back to `n-4`, and so round without end: name a later step, or `next = \"end\"`.",
    );
}

#[test]
fn a_clock_from_what_cannot_have_happened_is_refused() {
    one_fault(
        "from              = \"step n-2\"",
        "from              = «\"step n-4\"",
        "This clock starts from step `n-4`, which cannot have happened before step `n-3`: name an earlier step, or take `from` out.",
    );
    one_fault(
        "within   = \"48 hours\"",
        "within   = \"48 hours\"\nfrom = «\"previous step\"",
        "This clock starts from the previous step, and none comes before this one: write `from = \"issue\"`, or take `from` out.",
    );
    one_fault(
        "within   = \"48 hours\"",
        "within   = \"48 hours\"\nfrom = «\"first formal step\"",
        "This clock starts from the first formal step, which step `n-1` does not come after: take `from` out, or name an event before it.",
    );
    one_fault(
        "issue_by  = { within = \"5 working days\", from = \"event\"",
        "issue_by  = { within = \"5 working days\", from = «\"issue\"",
        "A step cannot be issued within a time from its own issue: write `from = \"event\"`, or another event before it.",
    );
    one_fault(
        "within = \"90 days\"\nfrom   = \"event\"",
        "within = \"90 days\"\nfrom   = «\"previous step\"",
        "A cap is on the whole, so it counts from \"raised\", \"event\", \"first formal step\" or a named step: change `from`.",
    );
}

#[test]
fn a_start_or_a_choice_without_a_clock_is_refused() {
    one_fault(
        "[[step]]\nid       = \"n-1\"\nroutes   = [\"plans\"]\nstage    = \"Informal\"\nname     = \"A conversation\"\nformal   = false\nto       = [\"social_worker\"]\nasks     = \"discuss\"\nwithin   = \"48 hours\"",
        "«[[step]]\nid       = \"n-1\"\nroutes   = [\"plans\"]\nstage    = \"Informal\"\nname     = \"A conversation\"\nformal   = false\nto       = [\"social_worker\"]\nasks     = \"discuss\"\nadjust = \"any\"",
        "`within` is missing from a step: add `within = \"5 working days\"`, or take `adjust` out.",
    );
}

#[test]
fn a_step_with_no_way_out_is_refused() {
    one_fault(
        "within    = \"5 working days\"\nfrom      = \"issue\"\nadjust    = \"shorter\"\non_reject = \"at deadline\"",
        "on_reject = «\"at deadline\"",
        "A rejection of step `n-2` waits for a deadline that never comes, so there is no way out: give it `within`, or take `on_reject` out.",
    );
    one_fault(
        "to     = [\"director\"]\nasks   = \"note\"",
        "to     = [\"director\"]\nasks   = \"note\"\noverdue_alert = «[\"performance\"]"
            .replace("= «", "= ")
            .replace("overdue_alert", "«overdue_alert")
            .as_str(),
        "Step `n-6` has no clock, so `overdue_alert` never happens: give it `within`, or take `overdue_alert` out.",
    );
    one_fault(
        "all_of            = [\"virtual_head\", \"health_lead\"]",
        "«to = []",
        "Step `n-3` asks nobody: name a role in `to`.",
    );
}

#[test]
fn a_rejection_only_waits_where_one_can_reject() {
    one_fault(
        "on_reject         = \"at once\"",
        "on_reject         = «\"at deadline\"",
        "Only a step that asks to \"accept or reject\" can be rejected: take `on_reject` out, or change `asks`.",
    );
}

#[test]
fn silence_is_never_consent_to_a_concern() {
    one_fault(
        "on_silence        = \"moves on\"",
        "on_silence        = «\"deemed accepted\"",
        "Silence is never consent to a concern: take `on_silence` out, or make it \"alert\"; \"deemed accepted\" is for a `[[review_clock]]`.",
    );
    one_fault(
        "on_silence        = \"moves on\"",
        "on_silence        = «\"alert\"",
        "Silence cannot both tell somebody and move on: take `on_silence` or `on_lapse` out.",
    );
}

#[test]
fn a_gate_stands_between_two_steps_and_asks_somebody_something() {
    one_fault(
        "asks     = \"discuss\"",
        "asks     = \"discuss\"\n«gate = { kind = \"agree\", role = \"iro_manager\" }",
        "A gate stands between two steps, and nothing comes before this one: take the gate out, or move it to the next step.",
    );
    one_fault(
        "gate          = { kind = \"in conjunction\", all_of = [\"iro_manager\", \"legal\"] }",
        "«gate          = { kind = \"in conjunction\" }",
        "This gate asks nobody: add `role = \"iro_manager\"`, or whoever the protocol names.",
    );
    one_fault(
        "gate         = { kind = \"judgement\", question = \"Do you hold to your view?\" }",
        "«gate         = { kind = \"judgement\" }",
        "A judgement needs the question that the raiser answers: add `question = \"…?\"` in the protocol's own words.",
    );
    one_fault(
        "gate         = { kind = \"judgement\", question",
        "gate         = { kind = \"judgement\", «roles = [\"director\"], question",
        "A judgement is the raiser's own, so its gate names no role: take the role out, or make its kind \"discuss\" or \"agree\".",
    );
    one_fault(
        "gate   = { kind = \"discuss\", role = \"iro_manager\", clause = \"4.1\" }",
        "«gate   = { kind = \"judgement\", question = \"Is it time?\", clause = \"4.1\" }",
        "A bypass is the raiser's judgement already: take the gate out, or name who is asked.",
    );
}

#[test]
fn steps_that_cannot_fit_a_cap_are_a_warning() {
    let (faults, place) = faults_of("within = \"12 weeks\"", "within = «\"6 weeks\"");
    assert_eq!(
        faults,
        [format!(
            "{place}warning: The steps can take 35 working days and this cap is 6 weeks: shorten a step's `within` if the protocol allows it, else the bot will say the conflict as it is."
        )]
    );
    let reading = read_with_warnings(
        "n.toml",
        &NORTHMOOR.replace("within = \"12 weeks\"", "within = \"6 weeks\""),
    );
    assert!(
        reading.protocol.is_some(),
        "a warning does not stand in the way"
    );
    assert_eq!(reading.faults[0].severity, Severity::Warning);
}

#[test]
fn a_review_clock_that_nothing_starts_or_that_waits_for_itself_is_refused() {
    one_fault(
        "starts     = \"decisions\"",
        "starts     = «\"minutes\"",
        "There is no review clock `minutes` to start this one: write `starts = \"review\"`, or the id of another.",
    );
    one_fault(
        "starts     = \"decisions\"",
        "starts     = «\"objection\"",
        "Review clock `objection` waits for itself: let one of them start from \"review\".",
    );
}

#[test]
fn a_review_clock_starts_at_what_is_held_or_after_one_other_and_never_at_a_midway_review_that_is_not()
 {
    for starts in [
        "[\"review\", \"decisions\"]",
        "[]",
        "[\"talk\", \"decisions\"]",
    ] {
        one_fault(
            "[[review_clock]]\nid     = \"halfway-sent\"\nname   = \"Note of the halfway look sent\"\nstarts = \"midway\"",
            &format!(
                "«[[review_clock]]\nid     = \"halfway-sent\"\nname   = \"Note of the halfway look sent\"\nstarts = {starts}"
            ),
            "A review clock starts at what is held, `\"review\"`, `\"midway\"` or both in a list, or after one other clock: write `starts = \"review\"`, or the id of that other.",
        );
    }
    a_fault(
        "[midway]\nname   = \"halfway look\"\nclause = \"6.5\"\n\n[[review_clock]]\nid      = \"record\"\nname    = \"Concern recorded\"\nstarts ",
        "[[review_clock]]\nid      = \"record\"\nname    = \"Concern recorded\"\n«starts ",
        "This clock starts at a midway review, and the file has none: add `[midway]` with its `name` and `clause`.",
    );
    one_fault(
        "[midway]\nname   = \"halfway look\"",
        "[«midway]",
        "`name` is missing from the rule on midway reviews: add `name = \"midpoint review\"`.",
    );
}

#[test]
fn a_task_starts_on_an_occasion_or_after_another_and_not_both() {
    one_fault(
        "starts = \"legal-told\"",
        "starts = «\"legal-asked\"",
        "There is no task `legal-asked` for this one to come after: write `on` and an occasion, or the id of another.",
    );
    one_fault(
        "starts = \"legal-told\"",
        "starts = «\"court-told\"",
        "Task `court-told` waits for itself: let one of them start on an occasion.",
    );
    one_fault(
        "«[[task]]\nid     = \"court-told\"\nname   = \"Court told\"\nstarts = \"legal-told\""
            .trim_start_matches('«'),
        "«[[task]]\nid     = \"court-told\"\nname   = \"Court told\"",
        "`on` is missing from a task: add `on = \"proceedings\"`, or `starts` and another task's id.",
    );
    one_fault(
        "on       = [\"concern raised\", \"concern moves on\"]",
        "on       = [\"concern raised\", «\"proceedings\"]",
        "These occasions belong to different lists, so no list would hold the task: write one task for each.",
    );
    one_fault(
        "id     = \"handover\"",
        "id     = «\"papers\"",
        "There are two tasks `papers`: give one another id.",
    );
}

#[test]
fn what_comes_round_is_somebodys_and_says_how_often() {
    one_fault(
        "every  = \"2 months\"",
        "every  = «\"fortnightly\"",
        "\"fortnightly\" is not how often something comes round: write months or years, at most ten years, such as \"12 months\" or \"2 years\".",
    );
    one_fault(
        "since    = \"2026-02-28\"",
        "since    = «\"2026-02-30\"",
        "\"2026-02-30\" is not a date: write year, month and day in double quotes, such as \"2016-05-31\".",
    );
    one_fault(
        "within = \"5 working days\"\nclause = \"8.4\"",
        "every = «\"2 months\"\nclause = \"8.4\"",
        "Only what starts on \"protocol\" or \"team\" comes round by the calendar: take `every` out, or use `repeat`.",
    );
    let reading = read_with_warnings(
        "n.toml",
        &NORTHMOOR.replace("every  = \"2 months\"\nowner  = \"team_manager\"\n", ""),
    );
    let said: Vec<_> = reading
        .faults
        .iter()
        .map(|fault| fault.message.as_str())
        .collect();
    assert_eq!(
        said,
        [
            "What belongs to the protocol or to a team comes round: say how often, such as `every = \"12 months\"`.",
            "No reviewing officer has this list: name the role whose task it is with `owner`.",
        ]
    );
}

#[test]
fn a_repetition_that_nothing_brings_about_is_refused() {
    one_fault(
        "on       = [\"concern raised\", \"concern moves on\"]\nrepeat   = \"throughout\"",
        "on       = [\"concern raised\"]\nrepeat   = «\"throughout\"",
        "This occasion comes once, so the task would not be asked again: name another in `on`, or take `repeat` out.",
    );
    one_fault(
        "repeat    = \"any time\"",
        "within    = «\"1 week\"\nrepeat    = \"any time\"",
        "What may be done at any time is never due: take `within` or `repeat` out.",
    );
    one_fault(
        "starts = \"talk\"",
        "starts = \"talk\"\nrepeat = «\"any time\"",
        "What comes after another task is asked once for each time that is done: take `repeat` out.",
    );
}

#[test]
fn those_who_may_go_to_cafcass_are_among_those_who_may_raise() {
    one_fault(
        "by        = [\"iro\"]",
        "by        = [«\"guardian\"]",
        "`guardian` is not among those who may raise: add it to `raised_by`, or take it out here.",
    );
}

#[test]
fn the_form_of_a_review_has_a_few_fields_each_of_its_own_id() {
    one_fault(
        "id     = \"knows-officer\"",
        "id     = «\"planning\"",
        "There are two fields `planning` of a review's form: give one another id.",
    );
    let more: Vec<String> = (1..=7)
        .map(|number| {
            let mark = if number == 7 { "«" } else { "" };
            format!("[[review_field]]\nid = {mark}\"more-{number}\"\nname = \"More\"\nclause = \"6.5\"\n\n")
        })
        .collect();
    let more = more.concat();
    one_fault(
        "[[notice]]\nwhen   = \"review held\"",
        &format!("{more}[[notice]]\nwhen   = \"review held\""),
        "A review's form has at most 8 fields of its own: take some out.",
    );
}

#[test]
fn a_rating_notice_needs_a_rating() {
    let (faults, place) = faults_of("rag           = true", "«");
    assert_eq!(faults.len(), 2, "{faults:#?} {place}");
    assert!(
        faults
            .iter()
            .all(|fault| fault.contains("This notice waits for a rating that is never asked for")),
        "{faults:#?}"
    );
}

#[test]
fn a_file_too_large_or_deeply_nested_is_refused_without_harm() {
    let large = format!("title = \"{}\"", "x".repeat(300 * 1024));
    let reading = read_with_warnings("large.toml", &large);
    assert!(
        reading.faults[0].message.contains("shorten it"),
        "{:?}",
        reading.faults
    );
    let deep = format!("title = {}{}", "[".repeat(5_000), "]".repeat(5_000));
    assert!(read_with_warnings("deep.toml", &deep).protocol.is_none());
}
