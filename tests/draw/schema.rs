//! The JSON Schema of a protocol file: it accepts what the reader accepts, refuses what an editor can see, and knows the same keys.

use std::collections::BTreeSet;

use jsonschema::Validator;
use lodestar::protocol::read::{built_in_themes, read_with_warnings};
use lodestar::protocol::schema::SCHEMA;
use serde_json::{Value, json};

use super::{NORTHMOOR, sources};

fn schema() -> Value {
    serde_json::from_str(SCHEMA).unwrap()
}

fn validator() -> Validator {
    jsonschema::draft202012::new(&schema()).unwrap()
}

/// A protocol file as the JSON that an editor checks.
fn as_json(text: &str) -> Value {
    let table: toml::Table = text.parse().unwrap();
    serde_json::to_value(table).unwrap()
}

#[test]
fn the_schema_is_itself_a_schema_of_2020_12() {
    let schema = schema();
    assert_eq!(
        schema["$schema"],
        "https://json-schema.org/draft/2020-12/schema"
    );
    assert!(jsonschema::draft202012::meta::is_valid(&schema));
}

#[test]
fn every_protocol_file_there_is_is_valid() {
    let validator = validator();
    for (name, text) in sources() {
        let file = as_json(&text);
        let errors: Vec<_> = validator
            .iter_errors(&file)
            .map(|error| format!("{}: {error}", error.instance_path()))
            .collect();
        assert!(errors.is_empty(), "{name}: {errors:?}");
    }
    let page = include_str!("../../docs/protocol-format.md");
    let example = page
        .split("\n### The whole file\n\n```toml\n")
        .nth(1)
        .and_then(|rest| rest.split("```").next())
        .unwrap();
    assert!(validator.is_valid(&as_json(example)));
}

#[test]
fn the_page_on_the_format_says_how_an_editor_finds_the_schema() {
    let page = include_str!("../../docs/protocol-format.md");
    assert!(page.contains("#:schema ./_schema.json"));
    let with_line = format!("#:schema ./_schema.json\n{NORTHMOOR}");
    assert_eq!(read_with_warnings("own.toml", &with_line).faults, []);
}

/// What is taken out of the invented council's file, and what is put in its place.
const BROKEN: &[(&str, &str)] = &[
    ("id            = \"northmoor\"", ""),
    ("id            = \"northmoor\"", "id = \"North Moor\""),
    ("id            = \"northmoor\"", "id = 3"),
    (
        "title         = \"Resolving Disagreements about Plans\"",
        "title = \"\"",
    ),
    (
        "title         = \"Resolving Disagreements about Plans\"",
        "title = \"   \"",
    ),
    (
        "title         = \"Resolving Disagreements about Plans\"",
        "title = \"a\\nb\"",
    ),
    (
        "subjects      = [\"looked_after_child\", \"child_protection\", \"foster_carer\"]",
        "subjects = []",
    ),
    (
        "subjects      = [\"looked_after_child\", \"child_protection\", \"foster_carer\"]",
        "subjects = [\"child\"]",
    ),
    (
        "raised_by     = [\"iro\", \"cp_chair\", \"foster_iro\"]",
        "",
    ),
    (
        "raised_by     = [\"iro\", \"cp_chair\", \"foster_iro\"]",
        "raised_by = [\"iro\", \"iro\"]",
    ),
    ("default_start = \"n-1\"", ""),
    (
        "default_start = \"n-1\"",
        "default_start = \"n-1\"\nunheard_of = true",
    ),
    ("rag           = true", "rag = \"yes\""),
    ("early         = { clause = \"2.9\" }", "early = {}"),
    ("early         = { clause = \"2.9\" }", "early = true"),
    (
        "starred       = { subjects = [\"looked_after_child\"], clause = \"3.1\" }",
        "starred = true",
    ),
    (
        "cp_chair   = [\"child_protection\"]",
        "cp_chair = [\"a child\"]",
    ),
    ("here     = \"ends\"", "here = \"somewhere\""),
    ("here     = \"ends\"", "there = \"ends\""),
    (
        "when     = \"the disagreement is with another agency\"\n",
        "",
    ),
    (
        "names     = { foster_carer = \"Recommendation on approval\" }",
        "names = { carer = \"Recommendation\" }",
    ),
    ("within = \"12 weeks\"", "within = \"12\""),
    ("within = \"12 weeks\"", "within = \"0 weeks\""),
    ("within = \"12 weeks\"", "within = \"-5 working days\""),
    ("within = \"12 weeks\"", "within = \"12 months\""),
    (
        "within = \"12 weeks\"\nfrom   = \"raised\"",
        "within = \"12 weeks\"\nfrom = \"the raising\"",
    ),
    ("from   = \"step n-2\"", "from = \"step\""),
    (
        "iro_manager      = { name = \"Reviewing Service Manager\" }",
        "",
    ),
    (
        "health_lead      = \"Designated Nurse\"",
        "Health = \"Designated Nurse\"",
    ),
    (
        "health_lead      = \"Designated Nurse\"",
        "health_lead = \"Designated Nurse\"\nraiser = \"Somebody\"",
    ),
    (
        "{ name = \"Service Manager\", scope = \"council\" }",
        "{ name = \"Service Manager\", scope = \"county\" }",
    ),
    (
        "{ name = \"Service Manager\", scope = \"council\" }",
        "{ scope = \"council\" }",
    ),
    ("stage    = \"Informal\"", ""),
    ("formal   = false", "formal = \"no\""),
    ("to       = [\"social_worker\"]", ""),
    ("to       = [\"social_worker\"]", "to = []"),
    (
        "to       = [\"social_worker\"]",
        "to = [\"social_worker\"]\nall_of = [\"team_manager\"]",
    ),
    ("asks     = \"discuss\"", "asks = \"talk\""),
    ("asks     = \"discuss\"", ""),
    ("within   = \"48 hours\"", "from = \"raised\""),
    ("within   = \"48 hours\"", "adjust = \"any\""),
    (
        "issue_by  = { within = \"5 working days\", from = \"event\" }",
        "issue_by = { from = \"event\" }",
    ),
    ("on_reject = \"at deadline\"", "on_reject = \"later\""),
    (
        "on_silence    = \"alert\"",
        "on_silence = \"deemed accepted\"",
    ),
    (
        "extend            = { needs_item = true, clause = \"3.3\" }",
        "extend = { needs_item = true }",
    ),
    (
        "gate         = { kind = \"judgement\", question = \"Do you hold to your view?\" }",
        "gate = { kind = \"judgement\" }",
    ),
    (
        "gate         = { kind = \"judgement\", question = \"Do you hold to your view?\" }",
        "gate = { kind = \"judgement\", question = \"So?\", role = \"director\" }",
    ),
    (
        "gate   = { kind = \"discuss\", role = \"iro_manager\" }\nto",
        "gate = { kind = \"discuss\" }\nto",
    ),
    (
        "gate   = { kind = \"discuss\", role = \"iro_manager\" }\nto",
        "gate = { kind = \"discuss\", role = \"legal\", roles = [\"iro_manager\"] }\nto",
    ),
    (
        "gate   = { kind = \"discuss\", role = \"iro_manager\" }\nto",
        "gate = { kind = \"ask\", role = \"legal\" }\nto",
    ),
    (
        "all_of = [\"iro_manager\", \"legal\"] }",
        "all_of = [\"iro_manager\", \"legal\"], roles = [\"iro_manager\"] }",
    ),
    ("may_decline = true", "may_decline = 1"),
    ("monitored_by = \"addressee\"", "monitored_by = \"nobody\""),
    (
        "gate   = { kind = \"discuss\", role = \"iro_manager\", clause = \"4.1\" }",
        "gate = { kind = \"judgement\", question = \"So?\" }",
    ),
    (
        "oversight = [\"director\"]\nclause    = \"5.1\"",
        "oversight = [\"director\"]",
    ),
    (
        "fields   = [\"query\", \"action\", \"outcome\"]",
        "fields = []",
    ),
    ("owner      = \"team_manager\"", "owner = \"Team Manager\""),
    (
        "on     = [\"proceedings\", \"another officer\"]",
        "on = [\"proceeding\"]",
    ),
    ("on     = [\"proceedings\", \"another officer\"]", ""),
    ("on     = [\"proceedings\", \"another officer\"]", "on = []"),
    (
        "starts = \"legal-told\"",
        "starts = \"legal-told\"\non = \"proceedings\"",
    ),
    ("every  = \"2 months\"", "every = \"fortnightly\""),
    ("since    = \"2026-02-28\"", "since = \"spring\""),
    ("when   = \"rag red\"", "when = \"rag blue\""),
    (
        "items  = [\"A change of school\", \"A change of placement\"]",
        "items = [1]",
    ),
    (
        "drift  = \"Drift in the plan\"",
        "Drift = \"Drift in the plan\"",
    ),
    (
        "[[theme]]\nname = \"The placement\"\n\n[theme.categories]\nmatching = \"Matching of child and carer\"",
        "[categories]\nmatching = \"Matching\"",
    ),
    (
        "[[theme]]\nname = \"The placement\"\n\n[theme.categories]\nmatching = \"Matching of child and carer\"",
        "[[theme]]\nname = \"The placement\"",
    ),
];

#[test]
fn each_broken_file_is_refused_by_the_schema_as_by_the_reader() {
    let validator = validator();
    for (from, to) in BROKEN {
        assert!(NORTHMOOR.contains(from), "{from}");
        let text = NORTHMOOR.replacen(from, to, 1);
        let reading = read_with_warnings("own.toml", &text);
        assert!(
            reading.protocol.is_none(),
            "the reader takes {to:?} for {from:?}"
        );
        assert!(
            !validator.is_valid(&as_json(&text)),
            "the schema takes {to:?} for {from:?}"
        );
    }
}

/// The sections of a file: where the invented council has one, and where the schema describes it.
const SECTIONS: &[(&str, &str)] = &[
    ("", ""),
    ("/early", "/properties/early"),
    ("/starred", "/properties/starred"),
    ("/cap/0", "/$defs/cap"),
    ("/roles/team_manager", "/$defs/role"),
    ("/route/0", "/$defs/route"),
    ("/step/2", "/$defs/step"),
    ("/step/2/issue_by", "/$defs/step/properties/issue_by"),
    ("/step/4/extend", "/$defs/step/properties/extend"),
    ("/step/4/gate", "/$defs/gate"),
    ("/step/5/meeting", "/$defs/step/properties/meeting"),
    ("/bypass", "/properties/bypass"),
    ("/redirect/0", "/$defs/redirect"),
    ("/partner/0", "/$defs/partner"),
    ("/copy_named", "/properties/copy_named"),
    ("/cafcass", "/properties/cafcass"),
    ("/legal_advice", "/properties/legal_advice"),
    ("/advice", "/properties/advice"),
    ("/note", "/properties/note"),
    ("/review_clock/0", "/$defs/review_clock"),
    ("/task/0", "/$defs/task"),
    ("/review_field/0", "/$defs/review_field"),
    ("/notice/0", "/$defs/notice"),
    ("/theme/0", "/$defs/theme"),
];

/// No key is near it.
const UNHEARD_OF: &str = "qqqqqqqqqqqqqqqqqqqqqqqq";

/// The words between a mark on either side.
fn quoted(text: &str, mark: char) -> BTreeSet<String> {
    text.split(mark)
        .skip(1)
        .step_by(2)
        .map(str::to_owned)
        .collect()
}

/// What the reader says of the invented council's file with one value of it changed.
fn faults_with(pointer: &str, key: &str, value: Value) -> Vec<String> {
    let mut file = as_json(NORTHMOOR);
    file.pointer_mut(pointer).unwrap()[key] = value;
    let text = toml::to_string(&file).unwrap();
    let reading = read_with_warnings("own.toml", &text);
    reading
        .faults
        .into_iter()
        .map(|fault| fault.message)
        .collect()
}

#[test]
fn the_schema_has_every_key_the_reader_knows_and_no_other() {
    let schema = schema();
    for (section, described) in SECTIONS {
        let faults = faults_with(section, UNHEARD_OF, json!("x"));
        let fault = faults
            .iter()
            .find(|fault| fault.starts_with(&format!("`{UNHEARD_OF}`")))
            .unwrap_or_else(|| unreachable!("{section}: {faults:?}"));
        let known = quoted(fault.split_once("use one of").unwrap().1, '`');
        let keys: BTreeSet<String> = schema
            .pointer(&format!("{described}/properties"))
            .and_then(Value::as_object)
            .unwrap_or_else(|| unreachable!("{described}"))
            .keys()
            .cloned()
            .collect();
        assert_eq!(keys, known, "{section}");
    }
}

/// The keys that hold a word of a fixed list.
const WORDS: &[(&str, &str, &str)] = &[
    ("/step/2", "asks", "/$defs/step/properties/asks"),
    ("/step/2", "adjust", "/$defs/step/properties/adjust"),
    ("/step/2", "on_reject", "/$defs/step/properties/on_reject"),
    ("/step/2", "on_silence", "/$defs/step/properties/on_silence"),
    (
        "/step/2",
        "monitored_by",
        "/$defs/step/properties/monitored_by",
    ),
    ("/step/2", "from", "/$defs/start/anyOf/0"),
    ("/step/4/gate", "kind", "/$defs/gate/properties/kind"),
    (
        "/roles/team_manager",
        "scope",
        "/$defs/role/properties/scope",
    ),
    ("/route/0", "subjects", "/$defs/subject"),
    (
        "/review_clock/0",
        "on_silence",
        "/$defs/review_clock/properties/on_silence",
    ),
    ("/task/0", "on", "/$defs/task_occasion"),
    ("/task/0", "repeat", "/$defs/task/properties/repeat"),
    (
        "/review_clock/0",
        "when",
        "/$defs/review_clock/properties/when",
    ),
    (
        "/review_clock/0",
        "done_by",
        "/$defs/review_clock/properties/done_by",
    ),
    (
        "/review_field/0",
        "asks",
        "/$defs/review_field/properties/asks",
    ),
    ("/notice/0", "when", "/$defs/notice/properties/when"),
    ("/redirect/0", "here", "/$defs/redirect/properties/here"),
    ("/partner/0", "by", "/$defs/partner/properties/by"),
];

#[test]
fn the_schema_has_every_word_the_reader_knows_and_no_other() {
    let schema = schema();
    for (section, key, described) in WORDS {
        let faults = faults_with(section, key, json!(UNHEARD_OF));
        let fault = faults
            .iter()
            .find(|fault| fault.contains(UNHEARD_OF))
            .unwrap_or_else(|| unreachable!("{section} {key}: {faults:?}"));
        let mut known = quoted(fault.split_once("it may be").unwrap().1, '"');
        // Written by the schema as a pattern.
        known.remove("step …");
        if (*section, *key) == ("/step/2", "on_silence") {
            // For a review's paperwork, never for a concern.
            assert!(known.remove("deemed accepted"));
        }
        let words: BTreeSet<String> = schema
            .pointer(&format!("{described}/enum"))
            .and_then(Value::as_array)
            .unwrap_or_else(|| unreachable!("{described}"))
            .iter()
            .filter_map(Value::as_str)
            .map(str::to_owned)
            .collect();
        assert_eq!(words, known, "{section} {key}");
    }
}

#[test]
fn every_key_of_the_schema_says_what_it_means() {
    let schema = schema();
    for (_, described) in SECTIONS {
        let pointer = format!("{described}/properties");
        for (key, value) in schema.pointer(&pointer).and_then(Value::as_object).unwrap() {
            let said = value["description"].as_str().unwrap_or_default();
            assert!(
                said.ends_with('.') && said.len() > 5,
                "{described} {key}: {said:?}"
            );
        }
    }
}

#[test]
fn a_key_left_out_means_the_schemas_default() {
    let schema = schema();
    let mut tried = 0;
    for (section, described) in SECTIONS {
        let pointer = format!("{described}/properties");
        for (key, value) in schema.pointer(&pointer).and_then(Value::as_object).unwrap() {
            let Some(default) = value.get("default") else {
                continue;
            };
            let mut without = as_json(NORTHMOOR);
            let table = without
                .pointer_mut(section)
                .and_then(Value::as_object_mut)
                .unwrap();
            table.remove(key);
            let mut with = without.clone();
            with.pointer_mut(section).unwrap()[key] = default.clone();
            let [without, with] = [without, with]
                .map(|file| read_with_warnings("own.toml", &toml::to_string(&file).unwrap()));
            let shown = |reading: lodestar::protocol::read::Reading| {
                reading.protocol.map(|mut protocol| {
                    // Said or not, the reader keeps it apart; it means the same.
                    for role in protocol.roles.values_mut() {
                        role.vacant.get_or_insert_with(|| "iro_manager".into());
                    }
                    protocol
                })
            };
            let messages = |reading: &lodestar::protocol::read::Reading| -> Vec<String> {
                reading
                    .faults
                    .iter()
                    .map(|fault| fault.message.clone())
                    .collect()
            };
            assert_eq!(messages(&without), messages(&with), "{section} {key}");
            assert_eq!(shown(without), shown(with), "{section} {key}");
            tried += 1;
        }
    }
    assert!(tried >= 20, "{tried}");
    assert!(!built_in_themes().is_empty());
}
