//! Lists of tasks, as pure functions: what starts a task, whose it is and by when, what is told when, and what is refused.

#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot go on says so by failing"
)]

use std::collections::HashSet;

use chrono::{DateTime, TimeDelta, Utc};
use lodestar::concern::{Actor, ByCover, FieldFault, Rules, Standing};
use lodestar::ids::{
    CaseRef, ConcernId, RaiserRole, ReviewId, RoleId, TaskKey, TaskListId, TeamId, Text, UserId,
};
use lodestar::protocol::{Keeps, TaskOccasion};
use lodestar::record::Kept as _;
use lodestar::tasks::{
    Command, Fact, Happened, Opened, Opening, Recorded, Refusal, Stage, TaskList, clocks, decide,
    open, task_of, tasks,
};
use proptest::prelude::*;

#[path = "kit/rules.rs"]
mod kit;

use kit::{LIBRARY, SECRET, built_in, day, moment, person, rules};

const IRO: &str = "U0IRO";

fn officer() -> Standing {
    person(IRO, &[])
}

fn key(key: &str) -> TaskKey {
    TaskKey::from(key)
}

fn done(task: &str) -> Command {
    Command::Done {
        task: key(task),
        on: None,
        note: None,
    }
}

/// One list over time: every decision is checked for what must always hold.
struct Story {
    rules: Rules<'static>,
    list: TaskList,
    record: Vec<Recorded>,
    fallen: HashSet<String>,
    now: DateTime<Utc>,
}

impl Story {
    fn of(protocol: &str, keeps: Keeps, guardian: bool) -> Option<Self> {
        let (rules, now) = (rules(built_in(protocol)), moment("2026-12-14 10:00"));
        let of_a_case = matches!(keeps, Keeps::Proceedings | Keeps::Concern);
        let opening = Opening {
            actor: Actor::Person(UserId::from(IRO)),
            opened: Opened {
                keeps,
                team: TeamId::from("north"),
                protocol: rules.protocol.id.clone(),
                protocol_hash: "hash".to_owned(),
                officer: UserId::from(IRO),
                case_ref: of_a_case.then(|| CaseRef::from("K-204117")),
                concern: (keeps == Keeps::Concern).then_some(ConcernId(7)),
            },
            guardian,
            besides: Vec::new(),
        };
        let opened = open(&rules, TaskListId(1), opening, now)?;
        Some(Self {
            rules,
            record: opened.facts.into_iter().map(|new| new.recorded).collect(),
            list: opened.after,
            fallen: HashSet::new(),
            now,
        })
    }

    fn does(&mut self, who: Option<&Standing>, command: Command) -> Result<Vec<Fact>, Refusal> {
        let before = self.list.clone();
        let decided = decide(&self.rules, &self.list, who, command, self.now)?;
        let facts: Vec<Fact> = (decided.facts.iter())
            .map(|new| new.recorded.fact.clone())
            .collect();
        for new in decided.facts {
            let words = serde_json::to_string(&new.recorded.fact).unwrap();
            assert!(
                !words.contains(SECRET),
                "a fact holds what people wrote: {words}"
            );
            self.record.push(new.recorded);
        }
        self.list = decided.after;
        assert!(
            facts.is_empty() == (before == self.list),
            "it moved without a fact"
        );
        self.holds();
        Ok(facts)
    }

    fn asks(&mut self, who: &Standing, command: Command) -> Result<Vec<Fact>, Refusal> {
        self.does(Some(who), command)
    }

    /// What must hold of a list whatever happened to it.
    fn holds(&self) {
        let folded = TaskList::fold(TaskListId(1), &self.record);
        assert_eq!(
            folded.as_ref(),
            Some(&self.list),
            "the record gives another list"
        );
        let live = clocks(&self.rules, &self.list);
        assert!(
            self.list.is_open() || live.is_empty(),
            "what is closed has clocks"
        );
        let keys: HashSet<&String> = live.iter().map(|clock| &clock.key).collect();
        assert_eq!(keys.len(), live.len(), "two clocks have one key");
        let runs = |list: &TaskList| {
            let all = tasks(&self.rules, list);
            all.iter().any(|task| task.running_since().is_some())
        };
        let on_the_receipt = self.list.opened.keeps == Keeps::Concern;
        assert!(
            !self.list.is_open() || on_the_receipt || !runs(&self.list) || !live.is_empty(),
            "something runs and nobody would be told again"
        );
    }

    /// Lets every clock fall at its own moment.
    fn goes_to(&mut self, to: DateTime<Utc>) {
        for _ in 0..500 {
            let next = clocks(&self.rules, &self.list);
            let next = next.into_iter().min_by_key(|clock| clock.at);
            let Some(clock) = next.filter(|clock| clock.at <= to) else {
                break;
            };
            self.now = self.now.max(clock.at);
            assert!(
                self.fallen.insert(clock.key.clone()),
                "{} fell twice",
                clock.key
            );
            let fell = Command::ClockFell { key: clock.key };
            let facts = self.does(None, fell).unwrap();
            assert!(!facts.is_empty(), "a clock that fell left nothing");
        }
        self.now = to;
    }

    fn stage(&self, task: &str) -> Option<Stage> {
        task_of(&self.rules, &self.list, &key(task)).map(|task| task.stage)
    }

    fn runs(&self, task: &str) -> bool {
        matches!(self.stage(task), Some(Stage::Running { .. }))
    }
}

fn proceedings() -> Story {
    Story::of("warwickshire", Keeps::Proceedings, false).unwrap()
}

#[test]
fn a_task_starts_with_its_occasion_or_once_the_one_before_it_is_done() {
    let mut story = proceedings();
    assert!(story.runs("legal-told/1") && story.runs("court-documents/1"));
    assert_eq!(story.stage("court-told/1"), Some(Stage::Waiting));
    assert_eq!(story.stage("introductions/1"), Some(Stage::Waiting));
    assert_eq!(
        story.asks(&officer(), done("introductions/1")),
        Err(Refusal::NotYet)
    );
    story.asks(&officer(), done("legal-told/1")).unwrap();
    assert!(story.runs("court-told/1"));
    story.asks(&officer(), Command::GuardianAppointed).unwrap();
    assert!(story.runs("introductions/1"));
    assert_eq!(
        story.asks(&officer(), Command::GuardianAppointed),
        Err(Refusal::DoneAlready)
    );
}

#[test]
fn each_dispute_is_a_task_of_its_own_and_the_same_one_never_two() {
    let mut story = proceedings();
    let came = |concern| {
        Command::Came(Happened {
            concern: Some(ConcernId(concern)),
            ..Happened::on(TaskOccasion::Dispute, day("2026-12-14"))
        })
    };
    for concern in [3, 4, 3] {
        story.does(None, came(concern)).unwrap();
    }
    assert!(story.runs("dispute/1") && story.runs("dispute/2"));
    assert_eq!(story.stage("dispute/3"), None);
    let reason = Text::from(SECRET);
    let task = key("dispute/1");
    story
        .asks(&officer(), Command::NotNeeded { task, reason })
        .unwrap();
    assert!(matches!(
        story.stage("dispute/1"),
        Some(Stage::NotNeeded { .. })
    ));
    assert!(story.runs("dispute/2"));
}

#[test]
fn a_roles_task_is_told_by_its_holder_by_their_cover_or_by_the_officer_and_by_nobody_else() {
    let stranger = person("U0STRANGER", &["team_manager"]);
    let mut cover = person("U0COVER", &["legal"]);
    cover.by_cover = vec![ByCover {
        absent: UserId::from("U0LEGAL"),
        roles: [RoleId::from("legal")].into(),
    }];
    let mut story = proceedings();
    let refused = story.asks(&stranger, done("court-documents/1"));
    assert!(
        matches!(refused, Err(Refusal::NotYours { .. })),
        "{refused:?}"
    );
    story.asks(&cover, done("court-documents/1")).unwrap();
    let told = story.record.last().unwrap();
    assert_eq!(told.on_behalf_of, Some(UserId::from("U0LEGAL")));
    assert_eq!(
        story.asks(&cover, done("court-documents/1")),
        Err(Refusal::DoneAlready)
    );
    let mut story = proceedings();
    story.asks(&officer(), done("court-documents/1")).unwrap();
    let told = story.record.last().unwrap();
    assert_eq!(told.on_behalf_of, None);
}

#[test]
fn what_has_no_time_is_asked_again_every_five_working_days_until_it_is_done() {
    let mut story = proceedings();
    story.goes_to(moment("2026-12-21 08:59"));
    assert!(story.list.asked.is_empty());
    // Five working days after Mon 14 Dec end on Mon 21 Dec: asked at the next opening, and over Christmas again.
    story.goes_to(moment("2027-01-15 12:00"));
    let (times, _) = story.list.asked[&key("legal-told/1")];
    assert!((3..=4).contains(&times), "asked {times} times in a month");
    story.asks(&officer(), done("legal-told/1")).unwrap();
    story.goes_to(moment("2027-03-01 12:00"));
    assert_eq!(story.list.asked[&key("legal-told/1")].0, times);
}

#[test]
fn what_comes_round_is_due_a_turn_after_the_day_it_was_last_done() {
    let mut story = Story::of("buckinghamshire", Keeps::Team, false).unwrap();
    let manager = person("U0TM", &["team_manager"]);
    let due = |story: &Story, task: &str| {
        let task = task_of(&story.rules, &story.list, &key(task)).unwrap();
        task.due.unwrap().date
    };
    assert_eq!(due(&story, "link-meeting/1"), day("2027-02-12"));
    let on = Command::Done {
        task: key("link-meeting/1"),
        on: Some(day("2027-01-20")),
        note: None,
    };
    let refused = story.asks(&manager, on.clone());
    let future = Refusal::Field {
        block: "on",
        fault: FieldFault::Future,
    };
    assert_eq!(refused, Err(future), "a day still to come");
    story.goes_to(moment("2027-01-21 10:00"));
    story.asks(&manager, on).unwrap();
    assert_eq!(due(&story, "link-meeting/2"), day("2027-03-19"));
    let officer = story.asks(&officer(), done("team-meeting/1"));
    assert!(
        matches!(officer, Err(Refusal::NotYours { .. })),
        "no officer has a team's list: {officer:?}"
    );
}

#[test]
fn proceedings_end_with_a_handover_where_the_child_stays_looked_after_and_close_once_nothing_is_left()
 {
    let mut story = proceedings();
    let ended = |looked_after| Command::ProceedingsEnded { looked_after };
    story.asks(&officer(), ended(true)).unwrap();
    assert!(story.runs("handover/1") && story.list.is_open());
    assert_eq!(
        story.asks(&officer(), done("handover/1")),
        Err(Refusal::Field {
            block: "note",
            fault: FieldFault::Missing
        })
    );
    for task in ["legal-told/1", "court-documents/1"] {
        let (task, reason) = (key(task), Text::from(SECRET));
        story
            .asks(&officer(), Command::NotNeeded { task, reason })
            .unwrap();
    }
    let note = Some(Text::from(SECRET));
    let task = key("handover/1");
    let on = None;
    story
        .asks(&officer(), Command::Done { task, on, note })
        .unwrap();
    story.asks(&officer(), done("handover-summary/1")).unwrap();
    assert!(!story.list.is_open());
    let refused = story.asks(&officer(), ended(false));
    assert_eq!(refused, Err(Refusal::DoneAlready));
}

#[test]
fn a_list_goes_to_another_officer_who_raises_and_the_lawyers_are_told_again() {
    let mut story = proceedings();
    story.asks(&officer(), done("legal-told/1")).unwrap();
    let to = |raiser_role: Option<&str>| Command::Handover {
        to: UserId::from("U0OTHER"),
        raiser_role: raiser_role.map(RaiserRole::from),
    };
    let refused = story.asks(&officer(), to(None));
    let not_a_raiser = Refusal::Field {
        block: "to",
        fault: FieldFault::NotARaiser,
    };
    assert_eq!(refused, Err(not_a_raiser));
    story.asks(&officer(), to(Some("iro"))).unwrap();
    assert_eq!(story.list.officer, UserId::from("U0OTHER"));
    assert!(story.runs("legal-told/2"), "the new name has not been told");
    let refused = story.asks(&officer(), done("legal-told/2"));
    assert!(
        matches!(refused, Err(Refusal::NotYours { .. })),
        "{refused:?}"
    );
}

const KEEPS: [Keeps; 4] = [
    Keeps::Proceedings,
    Keeps::Concern,
    Keeps::Protocol,
    Keeps::Team,
];

fn command(deed: u8, task: TaskKey) -> (bool, Command) {
    let on = day("2026-12-14");
    let came = |what| Happened {
        review: (what == TaskOccasion::Review).then_some(ReviewId(i64::from(deed))),
        concern: (what == TaskOccasion::Dispute).then_some(ConcernId(i64::from(deed))),
        ..Happened::on(what, on)
    };
    match deed % 12 {
        0..=2 => {
            let note = Some(Text::from(SECRET));
            let on = (deed > 100).then_some(on);
            (true, Command::Done { task, on, note })
        }
        3 | 4 => {
            let reason = Text::from(SECRET);
            (true, Command::NotNeeded { task, reason })
        }
        5 => (true, Command::GuardianAppointed),
        6 => (false, Command::Came(came(TaskOccasion::Dispute))),
        7 => (false, Command::Came(came(TaskOccasion::Review))),
        8 => (false, Command::Came(came(TaskOccasion::ConcernMoves))),
        9 => (
            true,
            Command::Handover {
                to: UserId::from(if deed > 100 { "U0OTHER" } else { IRO }),
                raiser_role: Some(RaiserRole::from("iro")),
            },
        ),
        10 if deed > 200 => (false, Command::Close),
        10 => {
            let protocol_hash = "another".to_owned();
            (false, Command::Renew { protocol_hash })
        }
        _ => {
            let looked_after = deed > 100;
            (true, Command::ProceedingsEnded { looked_after })
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn nothing_drifts_whatever_happens_to_a_list(
        (protocol, keeps, guardian) in (0_usize..5, 0_usize..4, any::<bool>()),
        deeds in proptest::collection::vec((any::<u8>(), any::<u8>(), 0_i64..400, 0_u8..3), 0..25),
    ) {
        let held = LIBRARY.iter().nth(protocol).unwrap();
        let story = Story::of(held.protocol.id.as_str(), KEEPS[keeps], guardian);
        let Some(mut story) = story else { return Ok(()) };
        let roles: Vec<&str> = held.protocol.roles.keys().map(RoleId::as_str).collect();
        let people = [officer(), person("U0EVERYBODY", &roles), person("U0STRANGER", &[])];
        for (deed, task, hours, who) in deeds {
            story.goes_to(story.now + TimeDelta::hours(hours));
            let all: Vec<TaskKey> = tasks(&story.rules, &story.list).into_iter().map(|task| task.key).collect();
            let task = all.get(usize::from(task) % all.len().max(1)).cloned().unwrap_or_else(|| key("none/1"));
            let (by_person, command) = command(deed, task);
            let who = by_person.then(|| people[usize::from(who)].clone());
            let before = story.list.clone();
            let moves = story.does(who.as_ref(), command);
            if moves.is_err() {
                prop_assert_eq!(&story.list, &before, "what was refused changed something");
            }
            if who.is_some_and(|who| who.user == *"U0STRANGER") {
                prop_assert!(moves.is_err() || moves.is_ok_and(|facts| facts.is_empty()), "a stranger did something");
            }
        }
        story.goes_to(story.now + TimeDelta::days(400));
        story.holds();
    }
}
