#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test that cannot go on says so by failing"
)]

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use indexmap::IndexMap;

use super::*;
use crate::calendar::Period;
use crate::config::{Config, Warning};
use crate::protocol::{
    Adjust, Asks, Beside, Bypass, ClockStart, Monitor, Need, OnReject, Role, Route, Scope, Sender,
    Silence, Step, StepClock,
};

/// A protocol of one step, whose roles fall to one another as told: (role, role it falls to).
fn protocol(id: &str, roles: &[(&str, Option<&str>)], to: &str) -> Protocol {
    let step = Step {
        id: "s-1".into(),
        stage: "Stage 1".to_owned(),
        name: "Recommendation".to_owned(),
        names: IndexMap::new(),
        clause: "1".to_owned(),
        formal: true,
        sender: Sender::Raiser,
        to: vec![to.into()],
        need: Need::AnyOf,
        with: Vec::new(),
        asks: Asks::Respond,
        clock: Some(StepClock {
            within: Period::WorkingDays(5),
            from: ClockStart::Issued,
            adjust: Adjust::No,
        }),
        issue_by: None,
        extend: None,
        gate: None,
        on_reject: OnReject::AtOnce,
        silence: Silence::Lapse,
        next: None,
        on_lapse: None,
        copy: Vec::new(),
        copy_from_here_on: Vec::new(),
        inputs: Vec::new(),
        overdue_alert: Vec::new(),
        monitored_by: Monitor::Raiser,
    };
    let roles: IndexMap<RoleId, Role> = roles
        .iter()
        .map(|(role, vacant)| {
            let about = Role {
                name: role.replace('_', " "),
                scope: Scope::Council,
                vacant: vacant.map(RoleId::from),
            };
            (RoleId::from(*role), about)
        })
        .collect();
    Protocol {
        id: id.into(),
        title: "A protocol".to_owned(),
        council: None,
        source: None,
        case_system: None,
        subjects: Vec::new(),
        raised_by: vec!["iro".into()],
        raiser_subjects: IndexMap::new(),
        starred: None,
        caps: Vec::new(),
        roles,
        routes: vec![Route {
            id: "main".into(),
            name: "Main".to_owned(),
            subjects: Vec::new(),
            default_start: "s-1".into(),
            steps: vec![step],
        }],
        themes: Vec::new(),
        rag: false,
        bypass: Bypass {
            to: Vec::new(),
            gate: None,
            clause: "1".to_owned(),
        },
        early: None,
        beside: Beside::default(),
    }
}

/// Social worker falls to team manager, team manager to director; the rest to the IRO manager.
fn ladder() -> Protocol {
    protocol(
        "ladder",
        &[
            ("social_worker", Some("team_manager")),
            ("team_manager", Some("director")),
            ("director", None),
            ("iro_manager", None),
        ],
        "team_manager",
    )
}

const ROLES: &str = "
[roles.social_worker]
users = [\"U0SW\"]
[roles.team_manager]
users = [\"U0TM\", \"U0TM2\"]
channel = \"C0TM\"
[roles.director]
users = [\"U0DIR\"]
[roles.iro_manager]
users = [\"U0IROM\"]
channel = \"C0IROM\"
";

/// A file with these roles and one team, `north`, under `ladder`, with these roles of its own.
fn file(roles: &str, of_north: &str) -> String {
    format!(
        "[council]\nname = \"A\"\ncase_ref_pattern = \"^K-[0-9]{{6}}$\"\n[raisers]\niro = [\"U0IRO\"]\n{roles}\n[[team]]\nid = \"north\"\nname = \"North\"\nprotocol = \"ladder\"\nchannel = \"C0NORTH\"\n{of_north}\n"
    )
}

fn config(text: &str) -> Config {
    match Config::parse(text, "lodestar.toml", Path::new("")) {
        Ok((config, _)) => config,
        Err(faults) => panic!("{faults:?}"),
    }
}

fn build(text: &str) -> (Directory, Vec<String>) {
    let ladder = ladder();
    match Directory::build(&config(text).directory, &[&ladder], &[]) {
        Ok((directory, warnings)) => (directory, warnings.iter().map(Warning::to_string).collect()),
        Err(faults) => panic!("{faults:?}"),
    }
}

fn faults(text: &str, library: &[&Protocol], in_use: &[InUse<'_>]) -> Vec<String> {
    match Directory::build(&config(text).directory, library, in_use) {
        Ok(_) => panic!("no fault was found"),
        Err(faults) => faults.iter().map(ToString::to_string).collect(),
    }
}

fn north() -> TeamId {
    "north".into()
}

fn held(directory: &Directory, role: &str) -> (String, Vec<String>, Option<String>) {
    let holders = directory.holders(&north(), &role.into(), &ladder());
    (
        holders.role.to_string(),
        holders.users.iter().map(ToString::to_string).collect(),
        holders.standing_in_for.map(|role| role.to_string()),
    )
}

fn vacate(roles: &str, user: &str) -> String {
    roles.replace(&format!("[\"{user}\"]"), "[]").replace(
        "[\"U0TM\", \"U0TM2\"]",
        if user == "U0TM" {
            "[]"
        } else {
            "[\"U0TM\", \"U0TM2\"]"
        },
    )
}

#[test]
fn a_role_is_held_by_whom_the_council_names() {
    let (directory, warnings) = build(&file(ROLES, ""));
    assert_eq!(warnings, [] as [&str; 0]);
    assert_eq!(
        directory.holders(&north(), &"team_manager".into(), &ladder()),
        Holders {
            role: "team_manager".into(),
            users: vec!["U0TM".into(), "U0TM2".into()],
            channel: Some("C0TM".to_owned()),
            standing_in_for: None,
        }
    );
}

#[test]
fn a_teams_own_holder_goes_before_the_councils_channel_and_all() {
    let (directory, _) = build(&file(
        ROLES,
        "[team.roles.team_manager]\nusers = [\"U0TMN\"]",
    ));
    let holders = directory.holders(&north(), &"team_manager".into(), &ladder());
    assert_eq!(holders.users, ["U0TMN"]);
    assert_eq!(holders.channel, None);
    let elsewhere = directory.holders(&"unknown".into(), &"team_manager".into(), &ladder());
    assert_eq!(elsewhere.channel.as_deref(), Some("C0TM"));
}

#[test]
fn what_a_vacant_role_would_get_goes_down_the_line_that_the_protocol_names() {
    let (directory, warnings) = build(&file(&vacate(ROLES, "U0SW"), ""));
    assert_eq!(warnings.len(), 1);
    assert!(
        warnings[0].contains("social_worker is vacant: what it would get goes to team_manager"),
        "{warnings:?}"
    );
    assert_eq!(
        held(&directory, "social_worker"),
        (
            "team_manager".to_owned(),
            vec!["U0TM".to_owned(), "U0TM2".to_owned()],
            Some("social_worker".to_owned())
        )
    );

    let (directory, _) = build(&file(&vacate(&vacate(ROLES, "U0SW"), "U0TM"), ""));
    assert_eq!(held(&directory, "social_worker").0, "director");

    let (directory, _) = build(&file(&vacate(ROLES, "U0DIR"), ""));
    assert_eq!(
        held(&directory, "director"),
        (
            "iro_manager".to_owned(),
            vec!["U0IROM".to_owned()],
            Some("director".to_owned())
        )
    );
}

#[test]
fn with_nobody_left_in_the_line_nobody_holds_it_and_nothing_loops() {
    let all = ["U0SW", "U0TM", "U0DIR", "U0IROM"]
        .iter()
        .fold(ROLES.to_owned(), |roles, user| vacate(&roles, user));
    let (directory, warnings) = build(&file(&all, ""));
    assert!(
        warnings
            .iter()
            .any(|warning| warning.contains("goes to the raiser alone")),
        "{warnings:?}"
    );
    let round = protocol(
        "round",
        &[
            ("a", Some("b")),
            ("b", Some("a")),
            ("iro_manager", Some("a")),
        ],
        "a",
    );
    let holders = directory.holders(&north(), &"a".into(), &round);
    assert!(holders.is_nobody());
    assert_eq!(holders.role, "a");
    assert_eq!(holders.destinations(), []);
}

#[test]
fn a_team_that_says_a_role_is_vacant_does_not_get_the_councils_holder() {
    let (directory, warnings) = build(&file(ROLES, "[team.roles.team_manager]\nusers = []"));
    assert_eq!(held(&directory, "team_manager").0, "director");
    assert!(
        warnings[0].contains("team_manager is vacant in team north"),
        "{warnings:?}"
    );
}

#[test]
fn a_person_acts_in_the_roles_they_hold_and_those_that_fall_to_them() {
    let (directory, _) = build(&file(&vacate(ROLES, "U0SW"), ""));
    let roles = |user: &str| -> Vec<String> {
        let roles = directory.roles_of(&north(), &user.into(), &ladder());
        roles.iter().map(ToString::to_string).collect()
    };
    assert_eq!(roles("U0TM"), ["social_worker", "team_manager"]);
    assert_eq!(roles("U0DIR"), ["director"]);
    assert_eq!(roles("U0IRO"), [] as [&str; 0]);
}

#[test]
fn one_message_to_several_roles_reaches_each_channel_and_each_person_once() {
    let (directory, _) = build(&file(
        ROLES,
        "[team.roles.social_worker]\nusers = [\"U0DIR\", \"U0SW\"]",
    ));
    let holders: Vec<Holders> = ["director", "team_manager", "social_worker", "team_manager"]
        .into_iter()
        .map(|role| directory.holders(&north(), &role.into(), &ladder()))
        .collect();
    assert_eq!(
        destinations(&holders),
        [
            Destination::Person("U0DIR".into()),
            Destination::Channel("C0TM".to_owned()),
            Destination::Person("U0SW".into()),
        ]
    );
}

#[test]
fn the_directory_knows_everybody_and_every_channel_the_file_names() {
    let (directory, _) = build(&file(
        ROLES,
        "[team.roles.social_worker]\nusers = [\"U0SWN\"]\nchannel = \"C0TM\"",
    ));
    let people: Vec<&str> = directory.people().into_iter().map(UserId::as_str).collect();
    assert_eq!(
        people,
        ["U0DIR", "U0IRO", "U0IROM", "U0SW", "U0SWN", "U0TM", "U0TM2"]
    );
    assert!(directory.serves(&"U0SWN".into()));
    assert!(!directory.serves(&"U0NOBODY".into()));
    assert_eq!(directory.raiser_roles(&"U0IRO".into()), ["iro"]);
    assert!(directory.raiser_roles(&"U0TM".into()).is_empty());
    let channels = directory.channels();
    assert_eq!(
        channels.keys().copied().collect::<Vec<_>>(),
        ["C0IROM", "C0NORTH", "C0TM"]
    );
    assert_eq!(channels["C0NORTH"], [ChannelUse::Digest(north())]);
    assert_eq!(channels["C0TM"].len(), 2);
    assert_eq!(directory.teams_of_channel("C0TM").count(), 1);
    assert_eq!(directory.teams_of_channel("C0DIR").count(), 0);
}

#[test]
fn a_role_that_nobody_is_named_for_stops_the_start_by_role_protocol_and_team() {
    let without = ROLES.replace("[roles.director]\nusers = [\"U0DIR\"]\n", "");
    let ladder = ladder();
    let found = faults(&file(&without, ""), &[&ladder], &[]);
    assert_eq!(found.len(), 1, "{found:?}");
    for word in [
        "director",
        "protocol ladder",
        "Team north",
        "[roles.director]",
        "users = []",
    ] {
        assert!(found[0].contains(word), "{found:?}");
    }
    let (directory, _) = build(&file(&without, "[team.roles.director]\nusers = [\"U0D\"]"));
    assert_eq!(held(&directory, "director").1, ["U0D"]);
}

#[test]
fn an_unknown_role_is_refused_where_it_stands() {
    let ladder = ladder();
    let text = file(
        &format!("{ROLES}[roles.directr]\nusers = []\n"),
        "[team.roles.astronaut]\nusers = [\"U1\"]",
    );
    let found = faults(&text, &[&ladder], &[]);
    assert_eq!(found.len(), 2, "{found:?}");
    assert!(
        found[0].starts_with(
            "lodestar.toml:17:8: No protocol has the role \"directr\": did you mean director?"
        ),
        "{found:?}"
    );
    assert!(
        found[1].contains("has no role \"astronaut\": there are director, iro_manager"),
        "{found:?}"
    );
}

#[test]
fn a_role_of_a_protocol_that_no_team_uses_is_only_warned_of() {
    let (ladder, other) = (
        ladder(),
        protocol("other", &[("chair", None), ("iro_manager", None)], "chair"),
    );
    let text = file(&format!("{ROLES}[roles.chair]\nusers = [\"U1\"]\n"), "");
    let (_, warnings) =
        Directory::build(&config(&text).directory, &[&ladder, &other], &[]).unwrap();
    assert_eq!(warnings.len(), 1);
    assert!(
        warnings[0]
            .what
            .contains("No team's protocol has the role chair"),
        "{warnings:?}"
    );
}

#[test]
fn an_unknown_protocol_or_raisers_role_is_refused_with_what_was_meant() {
    let ladder = ladder();
    let text = file(ROLES, "")
        .replace("\"ladder\"", "\"lader\"")
        .replace("iro = ", "irro = ");
    let found = faults(&text, &[&ladder], &[]);
    assert!(
        found
            .iter()
            .any(|fault| fault.contains("There is no protocol \"lader\": did you mean ladder?")),
        "{found:?}"
    );
    assert!(
        found
            .iter()
            .any(|fault| fault.contains("by \"irro\": did you mean iro?")),
        "{found:?}"
    );
}

#[test]
fn a_version_with_open_concerns_keeps_its_roles_and_its_team() {
    let ladder = ladder();
    let older = protocol("ladder", &[("chief", None), ("iro_manager", None)], "chief");
    let (north, gone) = (north(), TeamId::from("gone"));
    let in_use = [
        InUse {
            team: &north,
            protocol: &older,
        },
        InUse {
            team: &gone,
            protocol: &older,
        },
    ];
    let found = faults(&file(ROLES, ""), &[&ladder], &in_use);
    assert_eq!(found.len(), 2, "{found:?}");
    assert!(
        found[0].starts_with("lodestar.toml: Team gone has open concerns"),
        "{found:?}"
    );
    assert!(found[1].contains("whose role chief"), "{found:?}");
    let kept = file(&format!("{ROLES}[roles.chief]\nusers = [\"U1\"]\n"), "");
    assert!(Directory::build(&config(&kept).directory, &[&ladder], &in_use[..1]).is_ok());
}

#[test]
fn a_raiser_who_would_answer_their_own_concern_is_warned_of() {
    let (_, warnings) = build(&file(&ROLES.replace("U0TM2", "U0IRO"), ""));
    assert_eq!(warnings.len(), 1, "{warnings:?}");
    assert!(
        warnings[0].contains(
            "U0IRO may raise concerns for team north and would answer them too, as team_manager"
        ),
        "{warnings:?}"
    );
}

#[test]
fn a_team_for_which_nobody_may_raise_is_warned_of() {
    let ladder = ladder();
    let mut other = protocol("other", &[("iro_manager", None)], "iro_manager");
    other.raised_by = vec!["foster_iro".into()];
    let text = format!(
        "{}[[team]]\nid = \"foster\"\nname = \"Fostering\"\nprotocol = \"other\"\n",
        file(ROLES, "")
    );
    let (_, warnings) =
        Directory::build(&config(&text).directory, &[&ladder, &other], &[]).unwrap();
    assert!(
        warnings
            .iter()
            .any(|warning| warning.what.starts_with("Nobody may raise for team foster")),
        "{warnings:?}"
    );
}

/// A council's file in a folder of its own, whose time of change is set by the test.
struct Watched {
    _folder: tempfile::TempDir,
    path: PathBuf,
    people: People,
    writes: u64,
}

impl Watched {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("lodestar.toml");
        fs::write(&path, file(ROLES, "")).unwrap();
        let (config, _) = Config::read(&path).unwrap();
        let ladder = ladder();
        let (directory, _) = Directory::build(&config.directory, &[&ladder], &[]).unwrap();
        let people = People::of_file(&path, config, directory);
        Self {
            _folder: folder,
            path,
            people,
            writes: 0,
        }
    }

    fn write(&mut self, text: &str) {
        self.writes += 1;
        fs::write(&self.path, text).unwrap();
        let written = SystemTime::UNIX_EPOCH + Duration::from_secs(2_000_000_000 + self.writes);
        fs::File::options()
            .append(true)
            .open(&self.path)
            .unwrap()
            .set_modified(written)
            .unwrap();
    }

    fn reload(&self) -> Reload {
        self.people.reload(&[&ladder()], &[])
    }

    fn team_manager(&self) -> Vec<UserId> {
        self.people
            .now()
            .holders(&north(), &"team_manager".into(), &ladder())
            .users
    }
}

#[test]
fn an_edit_is_noticed_once_it_has_settled_and_then_no_more() {
    let mut file_of = Watched::new();
    assert!(!file_of.people.changed_on_disk());
    file_of.write("[council");
    assert!(
        !file_of.people.changed_on_disk(),
        "an editor may still be writing"
    );
    file_of.write(&file(&ROLES.replace("U0TM2", "U0NEW"), ""));
    assert!(!file_of.people.changed_on_disk(), "it was still writing");
    assert!(file_of.people.changed_on_disk());
    assert!(!file_of.people.changed_on_disk(), "told once");
    assert_eq!(
        file_of.reload(),
        Reload::Reloaded {
            changed: true,
            warnings: Vec::new()
        }
    );
    assert_eq!(file_of.team_manager(), ["U0TM", "U0NEW"]);
    assert!(!file_of.people.changed_on_disk());
}

#[test]
fn a_bad_edit_keeps_the_people_there_were_and_says_what_is_wrong() {
    let mut file_of = Watched::new();
    for bad in [
        "[council",
        "",
        &file("", ""),
        &file(&ROLES.replace("U0TM2", "nobody"), ""),
    ] {
        file_of.write(bad);
        let Reload::Kept { faults } = file_of.reload() else {
            panic!("{bad}")
        };
        assert!(!faults.is_empty());
        assert_eq!(file_of.team_manager(), ["U0TM", "U0TM2"]);
    }
    fs::remove_file(&file_of.path).unwrap();
    assert!(!file_of.people.changed_on_disk());
    assert!(
        file_of.people.changed_on_disk(),
        "a file that is gone is told of too"
    );
    let Reload::Kept { faults } = file_of.reload() else {
        panic!("the file is gone")
    };
    assert!(
        faults[0].what.contains("There is no such file"),
        "{faults:?}"
    );
}

#[test]
fn a_comment_changes_nobody() {
    let mut file_of = Watched::new();
    file_of.write(&format!("# a note\n{}", file(ROLES, "")));
    assert_eq!(
        file_of.reload(),
        Reload::Reloaded {
            changed: false,
            warnings: Vec::new()
        }
    );
}

#[test]
fn a_change_beside_the_people_waits_for_a_restart_and_says_so() {
    let mut file_of = Watched::new();
    file_of.write(&format!(
        "{}[hours]\nopens = \"08:00\"\n",
        file(&ROLES.replace("U0TM2", "U0NEW"), "")
    ));
    let Reload::Reloaded { changed, warnings } = file_of.reload() else {
        panic!("kept")
    };
    assert!(changed);
    assert!(
        warnings[0]
            .what
            .contains("[hours] changed too: restart lodestar"),
        "{warnings:?}"
    );
    assert_eq!(file_of.team_manager(), ["U0TM", "U0NEW"]);
}

#[test]
fn people_of_no_file_never_change() {
    let (directory, _) = build(&file(ROLES, ""));
    let people = People::fixed(directory.clone());
    assert!(!people.changed_on_disk());
    assert_eq!(
        people.reload(&[], &[]),
        Reload::Reloaded {
            changed: false,
            warnings: Vec::new()
        }
    );
    assert_eq!(*people.now(), directory);
}

#[test]
fn the_example_file_names_everybody_its_protocols_speak_of() {
    let library = crate::protocol::library::Library::load(&[]).unwrap();
    let protocols: Vec<&Protocol> = library.iter().map(|held| &*held.protocol).collect();
    let example = config(include_str!("../../examples/lodestar.toml"));
    let (_, warnings) = Directory::build(&example.directory, &protocols, &[]).unwrap();
    assert_eq!(warnings, []);
}
