//! The records without Slack: what `lodestar concern` and `lodestar digest` print, and what they refuse.
#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot go on ends where it stands"
)]

#[path = "records/beside.rs"]
mod beside;
#[path = "records/meetings.rs"]
mod meetings;
#[path = "records/partners.rs"]
mod partners;
#[path = "records/themes.rs"]
mod themes;

use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock};

use chrono::{DateTime, NaiveDateTime, Utc};
use clap::Parser;
use lodestar::app::Council;
use lodestar::cli::{Failure, concern, digest};
use lodestar::clock::Clock;
use lodestar::concern::event::Flags;
use lodestar::concern::{Answering, Command, Hours, Raise};
use lodestar::config::Config;
use lodestar::demo::sample;
use lodestar::desk::{Desk, Protocols, RaiseRequest};
use lodestar::directory::{Directory, People};
use lodestar::ids::{CaseRef, ConcernId, ProtocolId, TeamId, Text, UserId};
use lodestar::messages::Messages;
use lodestar::metrics::Metrics;
use lodestar::protocol::Protocol;
use lodestar::protocol::library::Library;
use lodestar::store::Store;
use lodestar::timekeeper::Timekeeper;
use serde_json::Value;
use tempfile::TempDir;

static LIBRARY: LazyLock<Library> = LazyLock::new(|| Library::load(&[]).unwrap());
static MESSAGES: LazyLock<Arc<Messages>> =
    LazyLock::new(|| Arc::new(Messages::load(None).unwrap()));
/// What somebody might type to run in the reader's browser, to call people, or to pass for a line of the record.
const HOSTILE: &str = "<script>alert(1)</script> <img src=x onerror=alert(2)> \"'&amp; <!channel> {{reference}}\n9  Mon 14 Dec 2026, 10:00:00  resolved by @U0IRO1\u{1b}[2J\u{202e}";

/// The commands as they are typed, and where they would be run.
#[derive(Parser)]
enum Typed {
    Concern(concern::ConcernArgs),
    Digest(digest::DigestArgs),
    Themes(lodestar::cli::themes::ThemesArgs),
}

struct Records {
    council: Council,
    clock: Clock,
    folder: TempDir,
}

impl Records {
    /// Who holds a role for the team.
    fn holder(&self, role: &str) -> UserId {
        let directory = self.council.desk.directory();
        let team = directory.team(&TeamId::from("north")).unwrap();
        let protocol = &LIBRARY.get(&team.protocol).unwrap().protocol;
        let holders = directory.holders(&team.id, &role.into(), protocol);
        holders.users[0].clone()
    }

    async fn of(protocol: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let held = LIBRARY.get(&ProtocolId::from(protocol)).unwrap();
        let file = folder.path().join("lodestar.toml");
        std::fs::write(&file, sample::council(&held.protocol).file).unwrap();
        let within = |name: &str| folder.path().join(name).display().to_string();
        let clock = Clock::standing_at(at("2026-12-14 10:00"));
        let library = Library::load(&[]).unwrap();
        let (config, _) = Config::read(&file).unwrap();
        let protocols: Vec<&Protocol> = library.iter().map(|held| &*held.protocol).collect();
        let (directory, _) = Directory::build(&config.directory, &protocols, &[]).unwrap();
        let url = format!("sqlite:{}", within("lodestar.db"));
        let key = folder.path().join("lodestar.key");
        let hours = Hours {
            opens: config.hours.opens,
            warning: config.hours.warning,
        };
        let desk = Desk::new(
            Store::open(&url, &key).await.unwrap(),
            Protocols::new(library),
            People::of_file(&file, config.clone(), directory),
            lodestar::app::calendar(&config).unwrap(),
            (hours, config.hours.digest),
            clock.clone(),
        );
        // As `Council::open` does it, but with the words read once for all these tests.
        let council = Council {
            config: Arc::new(config),
            messages: Arc::clone(&MESSAGES),
            desk,
        };
        Self {
            council,
            clock,
            folder,
        }
    }

    /// A concern, raised now with this as its issue, and its card delivered.
    async fn raises(&self, issue: &str) -> ConcernId {
        let directory = self.council.desk.directory();
        let team = directory.team(&TeamId::from("north")).unwrap();
        let protocol = &LIBRARY.get(&team.protocol).unwrap().protocol;
        let raises = |user: &&UserId| {
            directory
                .raiser_roles(user)
                .contains(&protocol.raised_by[0])
        };
        let user = directory.raisers().find(raises).unwrap().clone();
        let request = RaiseRequest {
            user,
            route: None,
            raise: Raise {
                team: team.id.clone(),
                protocol_hash: String::new(),
                subject: None,
                case_ref: CaseRef::from("K-204117"),
                category: protocol.themes[0].categories[0].id.clone(),
                rag: protocol.rag.then_some(lodestar::concern::event::Rag::Red),
                event_date: self.clock.now().date_naive(),
                issue: Text::from(issue),
                impact: Text::from("The child does not know where they will live."),
                action: Text::from("A decision on permanency."),
                action_by: None,
                addressee: None,
                start_at: None,
                start_reason: None,
                flags: Flags::default(),
            },
        };
        let done = self.council.desk.raise(request, None).await.unwrap();
        let id = done.case.concern.id;
        self.delivers(id).await;
        id
    }

    async fn delivers(&self, id: ConcernId) {
        let case = self.council.desk.case(id).await.unwrap().unwrap();
        let delivered = Command::Delivered {
            visit: case.concern.visit().unwrap().number,
            at: self.clock.now(),
        };
        let mut tx = self.council.desk.store().begin().await.unwrap();
        let desk = &self.council.desk;
        desk.by_itself(&mut tx, id, delivered).await.unwrap();
        tx.commit().await.unwrap();
    }

    async fn does(&self, user: &str, id: ConcernId, command: Command) {
        let user = UserId::from(user);
        let desk = &self.council.desk;
        desk.act(&user, id, command, None).await.unwrap();
    }

    async fn raiser_does(&self, id: ConcernId, command: Command) {
        let case = self.council.desk.case(id).await.unwrap().unwrap();
        self.does(case.concern.raiser.as_str(), id, command).await;
    }

    /// Moves the clock, and lets what falls fall.
    async fn until(&self, moment: &str) {
        self.clock.to(at(moment));
        let timekeeper = Timekeeper::new(self.council.desk.clone(), Metrics::new());
        timekeeper.round().await.unwrap();
    }

    async fn run(&self, typed: &[&str]) -> Result<String, Failure> {
        let typed = ["lodestar"].iter().chain(typed);
        let typed = Typed::try_parse_from(typed).map_err(Failure::usage)?;
        let mut out = Vec::new();
        match typed {
            Typed::Concern(args) => concern::run(&args, &self.council, &mut out).await?,
            Typed::Themes(args) => {
                lodestar::cli::themes::run(&args, &self.council, &mut out).await?;
            }
            Typed::Digest(args) => digest::run(&args, &self.council, &mut out).await?,
        }
        Ok(String::from_utf8(out).unwrap())
    }

    async fn says(&self, typed: &[&str]) -> String {
        self.run(typed).await.unwrap()
    }

    async fn json(&self, typed: &[&str]) -> Value {
        serde_json::from_str(&self.says(typed).await).unwrap()
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }
}

fn at(moment: &str) -> DateTime<Utc> {
    NaiveDateTime::parse_from_str(moment, "%Y-%m-%d %H:%M")
        .or_else(|_| NaiveDateTime::parse_from_str(moment, "%Y-%m-%d %H:%M:%S"))
        .unwrap()
        .and_utc()
}

fn contains(said: &str, words: &[&str]) {
    for words in words {
        assert!(said.contains(words), "{words} is not in\n{said}");
    }
}

fn lacks(said: &str, words: &[&str]) {
    for words in words {
        assert!(!said.contains(words), "{words} is in\n{said}");
    }
}

#[tokio::test]
async fn a_list_says_where_each_concern_stands_who_must_act_and_by_when() {
    let records = Records::of("manchester").await;
    records.raises("Drift in planning.").await;
    let said = records.says(&["concern", "list"]).await;
    let lines: Vec<&str> = said.lines().collect();
    assert_eq!(lines.len(), 2);
    let column = |line: &str, words: &str| line.find(words).map(|at| line[..at].chars().count());
    for (heading, words) in [
        ("reference", "C-1"),
        ("team", "North locality"),
        ("step", "Stage 1: "),
        ("waits for", "Team Manager"),
        ("date", "due Mon 21 Dec 2026"),
        ("raised", "Mon 14 Dec 2026"),
    ] {
        assert!(
            column(lines[1], words).is_some(),
            "{words} is not in\n{said}"
        );
        assert_eq!(column(lines[0], heading), column(lines[1], words), "{said}");
    }
    lacks(&said, &["Drift", "K-204117"]);
}

#[tokio::test]
async fn a_list_with_nothing_in_it_says_so_and_an_unknown_team_is_wrong_usage() {
    let records = Records::of("manchester").await;
    for (typed, words) in [
        (vec!["concern", "list"], "Nothing is open.\n"),
        (
            vec!["concern", "list", "--closed"],
            "Nothing has been closed.\n",
        ),
        (
            vec!["concern", "list", "--all"],
            "Nothing has been recorded.\n",
        ),
        (
            vec!["concern", "list", "--team", "south"],
            "Nothing is open in the team south.\n",
        ),
        (vec!["concern", "list", "--json"], "[]\n"),
    ] {
        assert_eq!(records.says(&typed).await, words);
    }
    let wrong = records.run(&["concern", "list", "--team", "nrth"]).await;
    assert_eq!(
        wrong,
        Err(Failure::Usage(
            "No team is called nrth: the teams are north, south.".to_owned()
        ))
    );
}

#[tokio::test]
async fn open_and_closed_concerns_are_listed_apart_and_together() {
    let records = Records::of("manchester").await;
    let first = records.raises("One.").await;
    records.raises("Two.").await;
    records.raiser_does(first, Command::Resolve).await;
    let listed = async |also: &[&str]| -> Vec<String> {
        let typed: Vec<&str> = ["concern", "list", "--json"]
            .iter()
            .chain(also)
            .copied()
            .collect();
        let rows = records.json(&typed).await;
        let reference = |row: &Value| row["reference"].as_str().unwrap().to_owned();
        rows.as_array().unwrap().iter().map(reference).collect()
    };
    assert_eq!(listed(&[]).await, ["C-2"]);
    assert_eq!(listed(&["--closed"]).await, ["C-1"]);
    assert_eq!(listed(&["--all"]).await, ["C-1", "C-2"]);
    assert_eq!(listed(&["--team", "south"]).await, Vec::<String>::new());
    let closed = records.says(&["concern", "list", "--closed"]).await;
    contains(&closed, &["resolved", "closed Mon 14 Dec 2026"]);
    let both = records.run(&["concern", "list", "--closed", "--all"]).await;
    assert!(matches!(both, Err(Failure::Usage(_))));
}

#[tokio::test]
async fn showing_a_concern_prints_what_people_wrote_only_when_asked() {
    let records = Records::of("manchester").await;
    let id = records
        .raises("The plan has stood still.")
        .await
        .to_string();
    let said = records.says(&["concern", "show", &id]).await;
    contains(
        &said,
        &[
            "C-1",
            "Stage 1 of 5",
            "Raised by @U0IRO1",
            "1  Mon 14 Dec 2026, 10:00:00  raised by @U0IRO1",
            "What people wrote is left out: --texts prints it.",
        ],
    );
    lacks(
        &said,
        &["stood still", "<@", "&amp;", "where they will live"],
    );
    let json = records.says(&["concern", "show", &id, "--json"]).await;
    contains(&json, &["\"texts\": \"left_out\""]);
    lacks(&json, &["stood still"]);
    let said = records.says(&["concern", "show", &id, "--texts"]).await;
    contains(&said, &["Issue:", "| The plan has stood still."]);
}

#[tokio::test]
async fn what_people_wrote_cannot_pass_for_a_line_of_the_record_nor_steer_the_terminal() {
    let records = Records::of("manchester").await;
    let id = records.raises(HOSTILE).await.to_string();
    let said = records.says(&["concern", "show", &id, "--texts"]).await;
    contains(&said, &["| 9  Mon 14 Dec 2026, 10:00:00  resolved"]);
    lacks(&said, &["\u{1b}", "\u{202e}", "\n9  Mon"]);
}

#[tokio::test]
async fn an_exported_page_is_one_file_that_runs_and_fetches_nothing_whatever_was_typed() {
    let records = Records::of("manchester").await;
    let id = records.raises(HOSTILE).await;
    records
        .raiser_does(
            id,
            Command::Note {
                note: Text::from(HOSTILE),
            },
        )
        .await;
    let page = records.says(&["concern", "export", "C-1"]).await;
    assert!(page.starts_with("<!doctype html>\n<html lang=\"en-GB\">"));
    assert!(page.trim_end().ends_with("</html>"));
    contains(
        &page,
        &["&lt;script&gt;alert(1)&lt;/script&gt;", "{{reference}}"],
    );
    lacks(
        &page,
        &[
            "<script",
            "<img",
            "<link",
            "<iframe",
            "src=",
            "url(",
            "http://",
            "https://",
            "@import",
            "\u{202e}",
            "\u{1b}",
            "<!channel>",
        ],
    );
    for tag in [
        "section", "table", "ol", "ul", "li", "dl", "dd", "dt", "p", "main", "nav", "header",
    ] {
        let opened =
            page.matches(&format!("<{tag}>")).count() + page.matches(&format!("<{tag} ")).count();
        assert_eq!(opened, page.matches(&format!("</{tag}>")).count(), "{tag}");
    }
    let ids: Vec<&str> = page
        .split(" id=\"")
        .skip(1)
        .map(|rest| rest.split('"').next().unwrap())
        .collect();
    for link in page.split("href=\"#").skip(1) {
        let target = link.split('"').next().unwrap();
        assert_eq!(
            ids.iter().filter(|id| **id == target).count(),
            1,
            "#{target} in {ids:?}"
        );
    }
}

#[tokio::test]
async fn an_export_tells_every_fact_with_who_when_under_which_clause_and_how_its_day_was_found() {
    let records = Records::of("manchester").await;
    let id = records.raises("Drift.").await;
    let manager = records.holder("team_manager");
    records
        .does(
            manager.as_str(),
            id,
            Command::Acknowledge { visit: Some(1) },
        )
        .await;
    let rejects = Answering::Reject {
        rationale: Text::from("It is in hand."),
    };
    let rejects = Command::Answer {
        visit: Some(1),
        answer: rejects,
    };
    records.does(manager.as_str(), id, rejects).await;
    records.until("2026-12-18 09:30").await;
    records.until("2026-12-21 17:00:02").await;
    let export = records
        .json(&["concern", "export", "c-1", "--format", "json"])
        .await;
    for (pointer, value) in [
        ("/format", "lodestar concern 1"),
        ("/reference", "C-1"),
        ("/case_ref", "K-204117"),
        ("/team", "north"),
        ("/protocol/id", "manchester"),
        ("/raised/at", "2026-12-14T10:00:00.000Z"),
        ("/raised/at_local", "2026-12-14T10:00:00.000+00:00"),
        ("/raised/by", "U0IRO1"),
        ("/raised/role", "iro"),
        ("/texts", "included"),
        ("/facts/0/kind", "raised"),
        ("/facts/0/actor", "U0IRO1"),
        ("/facts/0/capacity", "raiser"),
        ("/facts/0/texts/issue", "Drift."),
        ("/facts/0/prev_hash", ""),
    ] {
        assert_eq!(export.pointer(pointer).unwrap(), value, "{pointer}");
    }
    assert_eq!(export["protocol"]["hash"].as_str().unwrap().len(), 64);
    let facts = export["facts"].as_array().unwrap();
    for (at, fact) in facts.iter().enumerate() {
        assert_eq!(fact["seq"], at + 1);
        assert_eq!(fact["body"]["kind"], fact["kind"]);
        if let Some(before) = at.checked_sub(1) {
            assert_eq!(fact["prev_hash"], facts[before]["hash"]);
        }
    }
    assert_eq!(export["chain"]["entries"], facts.len());
    assert_eq!(export["chain"]["head"], facts.last().unwrap()["hash"]);
    let of = |kind: &str| facts.iter().find(|fact| fact["kind"] == kind).unwrap();
    let issued = of("step_issued");
    assert_eq!(issued["due"]["basis"], "protocol");
    assert_eq!(issued["due"]["within"], "5 working days");
    assert_eq!(issued["due"]["at_said"], "Mon 21 Dec 2026, 17:00:00");
    assert_eq!(issued["due"]["days"][4]["why_not"], "weekend");
    assert_eq!(issued["due"]["days"][6]["counts"], 5);
    assert_eq!(of("acknowledged")["capacity"], "addressee");
    assert_eq!(of("answered")["role"], "the Team Manager");
    assert_eq!(of("answered")["texts"]["rationale"], "It is in hand.");
    assert!(
        of("answered")["clause"]
            .as_str()
            .is_some_and(|clause| !clause.is_empty())
    );
    let page = records.says(&["concern", "export", "C-1"]).await;
    contains(
        &page,
        &[
            "5 working days from Mon 14 Dec 2026, the time the protocol gives.",
            "Sat 19 Dec 2026: not counted, weekend",
            "the Team Manager",
            "It is in hand.",
            export["chain"]["head"].as_str().unwrap(),
            export["protocol"]["hash"].as_str().unwrap(),
        ],
    );
}

#[tokio::test]
async fn an_erased_concern_is_exported_without_its_texts_and_says_so() {
    let records = Records::of("manchester").await;
    let id = records.raises("To be erased.").await;
    let mut tx = records.council.desk.store().begin().await.unwrap();
    assert!(tx.erase(id.0).await.unwrap());
    tx.commit().await.unwrap();
    let page = records.says(&["concern", "export", "C-1"]).await;
    contains(
        &page,
        &["What people wrote in this concern has been erased."],
    );
    lacks(&page, &["To be erased."]);
    let export = records
        .json(&["concern", "export", "C-1", "--format", "json"])
        .await;
    assert_eq!(export["texts"], "erased");
    assert_eq!(export["facts"][0]["texts"], serde_json::json!({}));
    assert_ne!(export["chain"]["head"], "");
    let said = records.says(&["concern", "show", "C-1", "--texts"]).await;
    contains(&said, &["What people wrote has been erased."]);
}

#[tokio::test]
async fn a_written_export_is_its_owners_alone_and_takes_no_files_place_unasked() {
    let records = Records::of("manchester").await;
    records.raises("Drift.").await;
    let path = records.path("C-1.html");
    let out = path.display().to_string();
    let typed = ["concern", "export", "C-1", "--out", &out];
    contains(
        &records.says(&typed).await,
        &["The record of C-1 is in", &out],
    );
    owners_alone(&path);
    std::fs::write(&path, "something else").unwrap();
    let refused = records.run(&typed).await;
    assert_eq!(
        refused,
        Err(Failure::No(format!(
            "{out} is there already: give another name, or --force to write over it."
        )))
    );
    assert_eq!(std::fs::read_to_string(&path).unwrap(), "something else");
    let forced = ["concern", "export", "C-1", "--out", &out, "--force"];
    records.says(&forced).await;
    owners_alone(&path);
    assert!(
        std::fs::read_to_string(&path)
            .unwrap()
            .starts_with("<!doctype html>")
    );
    let left: Vec<_> = std::fs::read_dir(records.folder.path())
        .unwrap()
        .filter_map(|entry| entry.unwrap().file_name().into_string().ok())
        .filter(|name| name.contains(".new"))
        .collect();
    assert_eq!(left, Vec::<String>::new());
}

#[cfg(unix)]
fn owners_alone(path: &Path) {
    let mode =
        std::os::unix::fs::PermissionsExt::mode(&std::fs::metadata(path).unwrap().permissions());
    assert_eq!(mode & 0o777, 0o600);
}

#[cfg(not(unix))]
fn owners_alone(_: &Path) {}

#[tokio::test]
async fn a_reference_there_is_not_is_a_no_and_one_that_is_none_is_wrong_usage() {
    let records = Records::of("manchester").await;
    for action in ["show", "export"] {
        assert_eq!(
            records.run(&["concern", action, "C-99"]).await,
            Err(Failure::No(
                "There is no concern C-99: `lodestar concern list --all` has every one there is."
                    .to_owned()
            ))
        );
        assert_eq!(
            records
                .run(&["concern", action, "the one from Monday"])
                .await,
            Err(Failure::Usage(
                "A concern's reference is C- and a number, for example C-42.".to_owned()
            ))
        );
    }
}

#[tokio::test]
async fn a_digest_is_tried_for_the_day_it_is_asked_for() {
    let records = Records::of("manchester").await;
    records.raises("Drift.").await;
    let said = records
        .says(&["digest", "--dry-run", "--date", "2026-12-21"])
        .await;
    contains(
        &said,
        &[
            "North locality, Mon 21 Dec",
            "Due today:",
            "C-1 · Stage 1: ",
            "Team Manager · Mon 21 Dec",
            "South locality, Mon 21 Dec",
            "Nothing is overdue, due soon or waiting.\nWith nothing to say, none is sent.",
        ],
    );
    lacks(&said, &["Drift", "K-204117"]);
    let south = records
        .says(&["digest", "--dry-run", "--team", "south"])
        .await;
    contains(&south, &["South locality, Mon 14 Dec"]);
    lacks(&south, &["North"]);
}

#[tokio::test]
async fn a_digest_on_a_day_off_is_none_and_says_why() {
    let records = Records::of("manchester").await;
    records.raises("Drift.").await;
    for (date, words) in [
        (
            "2026-12-25",
            "Fri 25 Dec 2026 is not a working day (bank holiday, Christmas Day): no digest is sent.\n",
        ),
        (
            "2026-12-19",
            "Sat 19 Dec 2026 is not a working day (a weekend): no digest is sent.\n",
        ),
    ] {
        assert_eq!(
            records.says(&["digest", "--dry-run", "--date", date]).await,
            words
        );
    }
}

#[tokio::test]
async fn a_digest_is_never_sent_from_the_command_line() {
    let records = Records::of("manchester").await;
    for typed in [
        vec!["digest"],
        vec!["digest", "--dry-run", "--date", "someday"],
        vec!["digest", "--dry-run", "--team", "nrth"],
    ] {
        let wrong = records.run(&typed).await;
        assert!(
            matches!(wrong, Err(Failure::Usage(_))),
            "{typed:?}: {wrong:?}"
        );
    }
}

#[test]
fn a_council_s_own_page_that_lets_what_was_typed_run_is_a_fault_at_start() {
    let folder = tempfile::tempdir().unwrap();
    let export = folder.path().join("export");
    std::fs::create_dir(&export).unwrap();
    let built_in = include_str!("../messages/export/concern.html.hbs");
    for (from, to, words) in [
        ("{{words}}", "{{{words}}}", "two braces"),
        ("<!doctype html>", "", "<!doctype html>"),
        ("{{zone}}", "{{zoen}}", "zoen"),
        ("{{#of \"cover\"}}", "{{#of \"covers\"}}", "cover"),
        ("{{#of \"held\"}}", "{{#of \"helt\"}}", "held"),
        ("{{#of \"withdrawn\"}}", "{{#of \"gone\"}}", "withdrawn"),
    ] {
        assert!(built_in.contains(from), "{from}");
        let own = built_in.replace(from, to);
        std::fs::write(export.join("concern.html.hbs"), own).unwrap();
        let faults = Messages::load(Some(folder.path()))
            .err()
            .unwrap_or_default();
        let said: Vec<String> = faults.iter().map(ToString::to_string).collect();
        assert!(
            said.iter()
                .any(|fault| fault.contains("concern.html.hbs") && fault.contains(words)),
            "{to}: {said:?}"
        );
    }
}

#[tokio::test]
async fn every_protocol_s_concern_can_be_listed_shown_and_exported_at_every_turn_of_silence() {
    for held in LIBRARY.iter() {
        let records = Records::of(held.protocol.id.as_str()).await;
        let id = records.raises("Drift.").await;
        for moment in [
            "2026-12-21 17:00:02",
            "2027-01-04 10:00",
            "2027-02-01 10:00",
        ] {
            records.until(moment).await;
            records.delivers(id).await;
            for typed in [
                vec!["concern", "list"],
                vec!["concern", "show", "C-1", "--texts"],
                vec!["concern", "export", "C-1"],
                vec!["concern", "export", "C-1", "--format", "json"],
            ] {
                let said = records.says(&typed).await;
                assert!(said.contains("C-1"), "{}: {typed:?}", held.protocol.id);
            }
        }
        let export = records
            .json(&["concern", "export", "C-1", "--format", "json"])
            .await;
        for fact in export["facts"].as_array().unwrap() {
            assert_ne!(
                fact["due"]["basis"], "other",
                "{}: {fact:#}",
                held.protocol.id
            );
            assert_ne!(fact["said"], "", "{fact:#}");
        }
    }
}
