#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test that cannot go on says so by failing"
)]

use std::path::Path;

use chrono::{NaiveDate, NaiveTime};
use secrecy::ExposeSecret;

use super::*;

const SAMPLE: &str = include_str!("../../examples/lodestar.toml");
const SHORTEST: &str = "[council]\nname = \"A\"\ncase_ref_pattern = \"^K-[0-9]{6}$\"\n[raisers]\niro = [\"U1\"]\n[[team]]\nid = \"n\"\nname = \"N\"\nprotocol = \"p\"\nchannel = \"C1\"\n";

fn read(text: &str) -> (Config, Vec<Warning>) {
    match Config::parse(text, "lodestar.toml", Path::new("/etc/council")) {
        Ok(read) => read,
        Err(faults) => panic!("{faults:?}"),
    }
}

fn faults(text: &str) -> Vec<String> {
    match Config::parse(text, "lodestar.toml", Path::new("")) {
        Ok((config, _)) => panic!("no fault was found: {config:?}"),
        Err(faults) => faults.iter().map(ToString::to_string).collect(),
    }
}

/// The shortest file that is a council's, with its beginning replaced.
fn shortest_with(council: &str) -> String {
    SHORTEST.replace("[council]\n", &format!("[council]\n{council}\n"))
}

fn time(hour: u32, minute: u32) -> NaiveTime {
    NaiveTime::from_hms_opt(hour, minute, 0).unwrap()
}

#[test]
fn the_example_file_is_read_without_a_warning() {
    let (config, warnings) = read(SAMPLE);
    assert_eq!(warnings, []);
    assert_eq!(config.council.name, "Sample Council");
    assert_eq!(config.council.case_system.as_deref(), Some("LCS"));
    assert_eq!(config.directory.raisers.len(), 3);
    assert_eq!(config.directory.teams.len(), 2);
    let north = &config.directory.teams[0];
    assert_eq!(north.protocol.value, "manchester");
    assert_eq!(north.channel.as_deref(), Some("C0NORTH"));
    let manager = &north.roles[1];
    assert_eq!(manager.role.value, "team_manager");
    assert_eq!(manager.users, ["U0TMN1"]);
    assert_eq!(manager.channel.as_deref(), Some("C0TMN"));
}

#[test]
fn what_a_file_leaves_out_has_the_documented_default() {
    let (config, warnings) = read(SHORTEST);
    assert_eq!(warnings, []);
    assert_eq!(config.council.timezone, Tz::Europe__London);
    assert_eq!(config.council.close_of_business, time(17, 0));
    assert_eq!(config.privacy.card_text, CardText::OnRequest);
    assert_eq!(config.hours.opens, time(9, 0));
    assert_eq!(config.hours.digest, time(9, 0));
    assert_eq!(config.hours.warning, time(9, 30));
    assert!(config.slack.confirm_deliveries);
    assert_eq!(config.council.bank_holidays, None);
    assert_eq!(config.messages_dir, None);
}

#[test]
fn a_later_opening_takes_the_digest_and_the_warning_with_it() {
    let (config, warnings) = read(&format!("{SHORTEST}[hours]\nopens = \"10:00\"\n"));
    assert_eq!(warnings, []);
    assert_eq!(config.hours.digest, time(10, 0));
    assert_eq!(config.hours.warning, time(10, 0));
}

#[test]
fn dates_and_times_are_read_with_and_without_quotes() {
    let (config, _) = read(&shortest_with(
        "closure_days = [2026-12-30, \"2026-12-29\", 2026-12-29]\nclose_of_business = 16:30:00",
    ));
    let day = |day| NaiveDate::from_ymd_opt(2026, 12, day).unwrap();
    assert_eq!(config.council.closure_days, [day(29), day(30)]);
    assert_eq!(config.council.close_of_business, time(16, 30));
}

#[test]
fn paths_are_taken_from_the_files_own_folder() {
    let (config, _) = read(&shortest_with(
        "protocols = [\"own.toml\", \"/srv/other.toml\"]\nbank_holidays = \"bank-holidays.json\"\nmessages = \"words\"",
    ));
    assert_eq!(
        config.council.protocols,
        [
            Path::new("/etc/council/own.toml"),
            Path::new("/srv/other.toml")
        ]
    );
    assert_eq!(
        config.council.bank_holidays.as_deref(),
        Some(Path::new("/etc/council/bank-holidays.json"))
    );
    assert_eq!(
        config.messages_dir.as_deref(),
        Some(Path::new("/etc/council/words"))
    );
}

#[test]
fn every_fault_of_a_file_is_told_at_once_at_its_line_and_column() {
    let found = faults(
        "[council]\nnam = \"A\"\ntimezone = \"Europe/Londn\"\nclose_of_business = \"5pm\"\ncase_ref_pattern = \"^K-[0-9]{6}\"\n[raisers]\niro = [\"U1\", \"@anna\"]\n[[team]]\nid = \"n\"\nname = \"N\"\nprotocol = \"p\"\nchannel = \"#north\"\n",
    );
    let starts: Vec<&str> = found
        .iter()
        .map(|fault| fault.split(": ").next().unwrap())
        .collect();
    assert_eq!(
        starts,
        [
            "lodestar.toml:1:1",
            "lodestar.toml:2:1",
            "lodestar.toml:3:12",
            "lodestar.toml:4:21",
            "lodestar.toml:5:20",
            "lodestar.toml:7:14",
            "lodestar.toml:12:11",
        ],
        "{found:#?}"
    );
    assert!(found[0].contains("[council] needs name"), "{}", found[0]);
    assert!(
        found[1].ends_with("[council] has no key \"nam\": did you mean name?"),
        "{}",
        found[1]
    );
    assert!(
        found[2].ends_with("did you mean \"Europe/London\"?"),
        "{}",
        found[2]
    );
    assert!(
        found[3].contains("a time such as \"17:00\""),
        "{}",
        found[3]
    );
    assert!(
        found[4].contains("must begin with ^ and end with $"),
        "{}",
        found[4]
    );
    assert!(found[5].contains("a person's Slack id"), "{}", found[5]);
    assert!(found[6].contains("a channel's Slack id"), "{}", found[6]);
}

#[test]
fn each_wrong_line_is_refused_with_its_mend() {
    for (line, mend) in [
        ("closure_days = [2026-02-30]", ""),
        (
            "closure_days = [\"29/12/2026\"]",
            "a date such as 2026-12-29",
        ),
        ("closure_days = \"2026-12-29\"", "a list in square brackets"),
        ("close_of_business = \"25:00\"", "a time such as"),
        ("close_of_business = \"9:00\"", "a time such as"),
        ("timezone = \"Mars\"", "No time zone is called"),
        ("case_system = 3", "words in quotes"),
        ("protocols = [\"\"]", "a path in quotes"),
        ("extra = true", "it may have name,"),
        (
            "[privacy]\ncard_text = \"everywhere\"",
            "\"on_request\" or \"in_card\"",
        ),
        ("[slack]\nconfirm_deliveries = \"no\"", "true or false"),
        (
            "[hours]\nopens = \"17:00\"",
            "before the close of business, 17:00",
        ),
        ("[hour]\nopens = \"09:00\"", "did you mean hours?"),
        ("roles = 3", "it may have"),
        ("[roles]\ndcs = [\"U1\"]", "written [roles.dcs]"),
        ("[roles.dcs]\nchannel = \"C1\"", "needs users"),
        ("[roles.dcs]\nuser = [\"U1\"]", "did you mean users?"),
        ("[roles.dcs]\nusers = [\"u1\"]", "a person's Slack id"),
        (
            "[roles.dcs]\nusers = [\"U1\"]\nchannel = \"U1\"",
            "a channel's Slack id",
        ),
    ] {
        let (council, sections) = if line.starts_with('[') {
            ("", line)
        } else {
            (line, "")
        };
        let found = faults(&format!("{}{sections}\n", shortest_with(council)));
        assert!(
            found.iter().any(|fault| fault.contains(mend)),
            "{line}: {found:?}"
        );
    }
}

#[test]
fn a_team_is_refused_without_its_protocol_or_with_anothers_id() {
    let found = faults(&format!(
        "{SHORTEST}[[team]]\nid = \"n\"\nname = \"M\"\nprotocol = \"p\"\n[[team]]\nid = \"o\"\nname = \"O\"\n[[team]]\nid = \"far north\"\nname = \"O\"\nprotocol = \"p\"\n"
    ));
    assert_eq!(found.len(), 3, "{found:?}");
    assert!(
        found[0].starts_with(
            "lodestar.toml:12:6: Two teams have the id \"n\", the first at lodestar.toml:7:6"
        ),
        "{}",
        found[0]
    );
    assert!(
        found[1].starts_with("lodestar.toml:15:1: [[team]] needs protocol"),
        "{}",
        found[1]
    );
    assert!(
        found[2].contains("letters, digits, - and _ only"),
        "{}",
        found[2]
    );
}

#[test]
fn a_file_without_raisers_teams_or_council_says_what_it_needs() {
    let found = faults("");
    assert_eq!(found.len(), 3, "{found:?}");
    for (fault, needs) in found.iter().zip(["[council]", "[raisers]", "[[team]]"]) {
        assert!(fault.contains(needs), "{fault}");
    }
    let nobody = SHORTEST.replace("iro = [\"U1\"]", "iro = []");
    let found = faults(&nobody);
    assert!(
        found[0].starts_with("lodestar.toml:4:1: [raisers] names nobody"),
        "{found:?}"
    );
}

#[test]
fn text_that_is_not_toml_is_refused_at_its_place() {
    let found = faults("[council]\nname = \"A\nprotocols = [\n");
    assert!(found[0].starts_with("lodestar.toml:2:"), "{found:?}");
    let found = faults("[council]\nname = \"A\"\nname = \"B\"\n");
    assert!(
        found[0].starts_with("lodestar.toml:3:1: Duplicate key"),
        "{found:?}"
    );
}

#[test]
fn columns_count_characters_and_not_bytes() {
    let found = faults(&shortest_with("case_system = \"é\"\n\"é\" = 1"));
    assert!(found[0].starts_with("lodestar.toml:3:1:"), "{found:?}");
    let found = faults("council = { name = \"Ynys Môn\", nane = 1 }");
    assert!(
        found
            .iter()
            .any(|fault| fault.starts_with("lodestar.toml:1:32: [council] has no key \"nane\"")),
        "{found:?}"
    );
}

#[test]
fn a_file_with_endless_faults_does_not_tell_them_endlessly() {
    assert!(faults(&"= = =\n".repeat(5000)).len() <= 40);
}

#[test]
fn a_case_reference_is_the_whole_of_what_was_typed() {
    let pattern = CaseRefPattern::parse("^K-[0-9]{6}$").unwrap();
    assert_eq!(pattern.read(" K-204117 ").unwrap(), "K-204117");
    for typed in [
        "",
        "K-20411",
        "K-2041177",
        "xK-204117",
        "K-204117\nAnna",
        "k-204117",
    ] {
        assert_eq!(pattern.read(typed), None, "{typed:?}");
    }
}

#[test]
fn a_pattern_that_would_take_more_than_a_reference_is_refused() {
    for (pattern, error) in [
        ("K-[0-9]{6}", CouncilError::NotAnchored),
        ("^K-[0-9]{6}", CouncilError::NotAnchored),
        ("^K|L$", CouncilError::NotAnchored),
        ("(?m)^K$", CouncilError::NotAnchored),
        ("^(K-[0-9]+)?$", CouncilError::TakesNothing),
    ] {
        assert_eq!(CaseRefPattern::parse(pattern), Err(error), "{pattern}");
    }
    assert!(CaseRefPattern::parse("^(?:K|L)$").is_ok());
    for pattern in ["^K-[0-9{6}$", "^(((a{500}){500}){500})$"] {
        assert!(
            matches!(
                CaseRefPattern::parse(pattern),
                Err(CouncilError::NotAPattern(_))
            ),
            "{pattern}"
        );
    }
}

#[test]
fn a_pattern_that_takes_dates_or_names_is_warned_of() {
    for pattern in ["^.+$", "^[A-Z]+$", "^[0-9]{6}$", "^[0-9/]+$"] {
        let text = SHORTEST.replace("^K-[0-9]{6}$", pattern);
        let (_, warnings) = read(&text);
        assert!(
            warnings[0]
                .to_string()
                .starts_with("lodestar.toml:3:20: case_ref_pattern also takes"),
            "{warnings:?}"
        );
    }
}

#[test]
fn hours_outside_the_working_day_are_warned_of() {
    let (_, warnings) = read(&format!("{SHORTEST}[hours]\ndigest = \"07:00\"\n"));
    assert!(
        warnings[0]
            .what
            .starts_with("digest comes before the working day opens at 09:00"),
        "{warnings:?}"
    );
}

#[test]
fn a_missing_file_says_how_to_get_one() {
    let faults = Config::read(Path::new("/nonexistent/lodestar.toml")).unwrap_err();
    assert_eq!(faults.len(), 1);
    let told = faults[0].to_string();
    assert!(
        told.starts_with("/nonexistent/lodestar.toml: There is no such file."),
        "{told}"
    );
    assert!(told.contains("LODESTAR_CONFIG"), "{told}");
}

#[test]
fn a_file_that_is_not_text_or_far_too_large_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("lodestar.toml");
    std::fs::write(&path, [0xff, 0xfe, 0x00]).unwrap();
    assert!(Config::read(&path).unwrap_err()[0].what.contains("UTF-8"));
    std::fs::write(&path, vec![b'#'; 1024 * 1024 + 1]).unwrap();
    assert!(
        Config::read(&path).unwrap_err()[0]
            .what
            .contains("is it the right one?")
    );
}

fn environment(set: &[(&str, &str)]) -> Result<Environment, Vec<String>> {
    let get = |name: &str| {
        let found = set.iter().find(|(variable, _)| *variable == name)?;
        Some(found.1.to_owned())
    };
    Environment::read(get).map_err(|faults| faults.iter().map(ToString::to_string).collect())
}

#[test]
fn an_empty_environment_has_the_documented_defaults() {
    for set in [
        &[][..],
        &[
            ("SLACK_BOT_TOKEN", ""),
            ("SLACK_API_URL", " "),
            ("HTTPS_PROXY", ""),
        ],
    ] {
        let environment = environment(set).unwrap();
        assert!(environment.bot_token.is_none());
        assert_eq!(environment.api_url, "https://slack.com/api");
        assert_eq!(
            environment.database_url.expose_secret(),
            "sqlite:lodestar.db"
        );
        assert_eq!(environment.key_file, Path::new("lodestar.key"));
        assert_eq!(environment.config, Path::new("lodestar.toml"));
        assert_eq!(environment.listen.to_string(), "127.0.0.1:3000");
        assert_eq!(environment.log_format, LogFormat::Pretty);
        assert!(environment.proxies.https.is_none());
        let missing = environment.can_serve().unwrap_err();
        assert_eq!(missing.len(), 2, "{missing:?}");
    }
}

#[test]
fn a_full_environment_is_read_and_does_not_show_its_secrets() {
    let environment = environment(&[
        ("SLACK_BOT_TOKEN", "xoxb-secret-1\n"),
        ("SLACK_APP_TOKEN", "xapp-secret-2"),
        ("SLACK_SIGNING_SECRET", "secret-3"),
        ("SLACK_API_URL", "http://127.0.0.1:9000/api/"),
        ("DATABASE_URL", "postgres://lodestar:secret-4@db/lodestar"),
        ("LODESTAR_LISTEN", "0.0.0.0:80"),
        ("LODESTAR_LOG_FORMAT", "json"),
        ("https_proxy", "http://me:secret-5@proxy:3128"),
        ("NO_PROXY", "localhost,.council.gov.uk"),
    ])
    .unwrap();
    assert_eq!(
        environment.bot_token.as_ref().unwrap().expose_secret(),
        "xoxb-secret-1"
    );
    assert_eq!(environment.api_url, "http://127.0.0.1:9000/api");
    assert!(environment.is_postgres());
    assert!(environment.proxies.https.is_some());
    assert_eq!(
        environment.proxies.no_proxy.as_deref(),
        Some("localhost,.council.gov.uk")
    );
    assert!(environment.can_serve().is_ok());
    let shown = format!("{environment:?}");
    assert!(!shown.contains("secret-"), "{shown}");
}

#[test]
fn each_wrong_variable_is_refused_by_name_without_its_value() {
    for (name, value) in [
        ("SLACK_BOT_TOKEN", "xapp-1-hush"),
        ("SLACK_BOT_TOKEN", "xoxb-"),
        ("SLACK_BOT_TOKEN", "xoxb-1 hush"),
        ("SLACK_APP_TOKEN", "xoxb-hush"),
        ("SLACK_SIGNING_SECRET", "hush hush"),
        ("DATABASE_URL", "mysql://hush"),
        ("DATABASE_URL", "sqlite:"),
        ("HTTPS_PROXY", "socks5://hush:1080"),
        ("LODESTAR_LOG_FORMAT", "xml"),
        ("LODESTAR_LISTEN", "3000"),
    ] {
        let told = environment(&[(name, value)]).unwrap_err();
        assert_eq!(told.len(), 1, "{name}={value}");
        assert!(told[0].starts_with(name), "{told:?}");
        assert!(!told[0].contains("hush"), "{told:?}");
    }
}

#[test]
fn plain_http_goes_to_this_machine_only() {
    for url in [
        "http://127.0.0.1:9/api",
        "http://localhost/api",
        "http://[::1]:9/api",
        "https://slack-gov.com/api",
    ] {
        assert!(environment(&[("SLACK_API_URL", url)]).is_ok(), "{url}");
    }
    for url in [
        "http://slack.com/api",
        "http://localhost.evil.example/api",
        "http://127.0.0.1@evil.example/api",
        "http://10.0.0.1/api",
        "ftp://127.0.0.1/api",
        "slack.com/api",
        "https://user:word@slack.com/api",
        "https://slack.com/api?x=1",
    ] {
        assert!(environment(&[("SLACK_API_URL", url)]).is_err(), "{url}");
    }
}
