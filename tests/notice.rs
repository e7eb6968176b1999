//! Notices from outside: whom each sort goes to under each protocol, the exact moments of its reminders, and what holds whatever
//! people do.
#![expect(clippy::unwrap_used, reason = "a story that cannot be told has failed")]

use std::collections::{BTreeSet, HashSet};
use std::sync::LazyLock;

use chrono::{DateTime, TimeDelta, Utc};
use lodestar::concern::{ByCover, FieldFault, Raiser, Rules, Standing};
use lodestar::ids::{CaseRef, NoticeId, RaiserRole, RoleId, TeamId, Text, UserId};
use lodestar::mail::To;
use lodestar::mail::notice::{Mail, Occasion, follows, still_wanted};
use lodestar::notice::clocks::clocks;
use lodestar::notice::collation;
use lodestar::notice::{
    Command, Decision, Notice, Recipient, Recorded, Refusal, Send, Sort, decide, may_read, rule,
    send,
};
use lodestar::protocol::Protocol;
use lodestar::protocol::library::read_pinned;
use lodestar::record::Kept as _;
use proptest::prelude::*;

#[path = "kit/rules.rs"]
mod kit;

use kit::{CALENDAR, LIBRARY, SECRET, built_in, day, moment, person, rules};

static NORTHMOOR: LazyLock<Protocol> =
    LazyLock::new(|| read_pinned(include_str!("protocols/northmoor.toml")).unwrap());

fn text() -> Text {
    Text::from(SECRET)
}

fn roles(all: &[&str]) -> BTreeSet<RoleId> {
    all.iter().map(|role| RoleId::from(*role)).collect()
}

/// The social worker, who tells of changes; the officer, who sends the rest.
fn sender(protocol: &Protocol, sort: Sort) -> Raiser {
    let change = sort == Sort::Change;
    Raiser {
        user: UserId::from(if change { "U0SW" } else { "U0IRO" }),
        raiser_roles: if change {
            Vec::new()
        } else {
            protocol.raised_by.clone()
        },
        roles: if change {
            roles(&["social_worker"])
        } else {
            BTreeSet::new()
        },
    }
}

fn what(protocol: &Protocol, sort: Sort) -> Send {
    Send {
        sort,
        team: TeamId::from("north"),
        protocol_hash: String::new(),
        case_ref: Some(CaseRef::from("K-204117")),
        on: Some(day("2026-12-14")),
        items: Vec::new(),
        other: true,
        category: None,
        officer: Some((UserId::from("U0IRO"), protocol.raised_by.clone())),
        praised: None,
        details: text(),
    }
}

struct Story {
    rules: Rules<'static>,
    notice: Notice,
    record: Vec<Recorded>,
    mail: Vec<Mail>,
    now: DateTime<Utc>,
    fallen: HashSet<String>,
}

impl Story {
    /// A notice of Mon 14 Dec, 10:00.
    fn of(protocol: &'static Protocol, sort: Sort) -> Self {
        Self::sent(protocol, &sender(protocol, sort), what(protocol, sort)).unwrap()
    }

    fn sent(protocol: &'static Protocol, by: &Raiser, with: Send) -> Result<Self, Refusal> {
        let rules = rules(protocol);
        let now = moment("2026-12-14 10:00");
        let decision = send(&rules, NoticeId(7), by, with, now)?;
        let mut story = Self {
            rules,
            notice: decision.after.clone(),
            record: Vec::new(),
            mail: Vec::new(),
            now,
            fallen: HashSet::new(),
        };
        story.take(decision);
        Ok(story)
    }

    fn take(&mut self, decision: Decision) -> Vec<Mail> {
        let before = (!self.record.is_empty()).then_some(&self.notice);
        let mail = follows(&self.rules, before, &decision.after, &decision.facts);
        self.mail.extend(mail.clone());
        let facts = decision.facts.into_iter().map(|new| new.recorded);
        self.record.extend(facts);
        self.notice = decision.after;
        mail
    }

    fn asks(&mut self, who: &Standing, command: Command) -> Result<Vec<Mail>, Refusal> {
        let decision = decide(&self.rules, &self.notice, Some(who), command, self.now)?;
        Ok(self.take(decision))
    }

    /// Lets what falls until then fall at its own moment, and gives the messages that followed.
    fn goes_to(&mut self, at: DateTime<Utc>) -> Vec<Mail> {
        let mut mail = Vec::new();
        while let Some(clock) = clocks(&self.rules, &self.notice)
            .into_iter()
            .filter(|clock| clock.at <= at)
            .min_by_key(|clock| clock.at)
        {
            assert!(clock.at >= self.now, "{} fell in the past", clock.key);
            assert!(
                self.fallen.insert(clock.key.clone()),
                "{} fell twice",
                clock.key
            );
            self.now = clock.at;
            let command = Command::ClockFell { key: clock.key };
            let decision = decide(&self.rules, &self.notice, None, command, self.now).unwrap();
            assert!(!decision.facts.is_empty());
            mail.extend(self.take(decision));
        }
        self.now = at;
        mail
    }

    fn until(&mut self, at: &str) -> Vec<(Occasion, To)> {
        let mail = self.goes_to(moment(at)).into_iter();
        mail.map(|mail| (mail.matter.occasion, mail.to)).collect()
    }

    /// What must hold after every change.
    fn holds(&self) {
        assert_eq!(
            Notice::fold(NoticeId(7), &self.record),
            Some(self.notice.clone())
        );
        let stored = serde_json::to_string(&self.notice).unwrap();
        assert!(!stored.contains(SECRET));
        let read: Notice = serde_json::from_str(&stored).unwrap();
        assert_eq!(read, self.notice);
        let live = clocks(&self.rules, &self.notice);
        assert_eq!(live.is_empty(), !self.notice.is_open());
    }
}

fn to_role(role: &str) -> To {
    To::Role(RoleId::from(role))
}

fn officer() -> To {
    To::Person(UserId::from("U0IRO"))
}

#[test]
fn each_sort_goes_to_whom_the_protocol_names_and_else_to_what_stands_instead() {
    let told = |id, sort| {
        let rule = rule(&rules(built_in(id)), sort);
        let to: Vec<String> = rule.to.iter().map(ToString::to_string).collect();
        (to.join(" "), rule.clause.is_some())
    };
    let said = |to: &str, clause| (to.to_owned(), clause);
    for (id, change, praise, service) in [
        (
            "warwickshire",
            said("", false),
            said("team_manager operations_manager", false),
            said("iro_manager hos_children_families", true),
        ),
        (
            "buckinghamshire",
            said("", true),
            said("social_worker team_manager head_of_service", true),
            said("iro_manager ad_qa", true),
        ),
        (
            "manchester",
            said("", false),
            said("team_manager", false),
            said("iro_manager", false),
        ),
        (
            "fostering-iro",
            said("", false),
            said("supervising_social_worker practice_supervisor", true),
            said("iro_manager", false),
        ),
    ] {
        assert_eq!(told(id, Sort::Change), change, "{id}");
        assert_eq!(told(id, Sort::Praise), praise, "{id}");
        assert_eq!(told(id, Sort::Service), service, "{id}");
    }
    // Every built-in protocol has somebody who hears of each.
    for held in LIBRARY.iter() {
        for sort in [Sort::Praise, Sort::Service] {
            let rule = rule(&rules(&held.protocol), sort);
            assert!(!rule.to.is_empty(), "{} {sort:?}", held.protocol.id);
        }
    }
}

#[test]
fn an_invented_council_adds_its_own_without_code() {
    let story = Story::of(&NORTHMOOR, Sort::Service);
    assert!(story.mail.iter().any(|mail| mail.to == to_role("director")));
    let rule = rule(&rules(&NORTHMOOR), Sort::Change);
    assert_eq!(rule.items, ["A change of school", "A change of placement"]);
}

#[test]
fn a_change_is_reminded_of_after_one_working_day_and_told_after_two_more() {
    let mut story = Story::of(built_in("buckinghamshire"), Sort::Change);
    assert_eq!(story.until("2026-12-16 08:59"), []);
    assert_eq!(
        story.until("2026-12-16 09:00"),
        [(Occasion::Unseen, officer())]
    );
    assert_eq!(story.until("2026-12-18 08:59"), []);
    assert_eq!(
        story.until("2026-12-18 09:00"),
        [
            (Occasion::Unseen, officer()),
            (Occasion::NotSeen, to_role("iro_manager")),
        ]
    );
    // And again every five working days, Christmas counted out.
    assert_eq!(story.until("2026-12-29 09:00"), []);
    assert_eq!(story.until("2026-12-30 09:00").len(), 2);
    story.asks(&person("U0IRO", &[]), Command::Seen).unwrap();
    assert_eq!(story.until("2027-01-08 08:59"), []);
    assert_eq!(
        story.until("2027-01-08 09:00"),
        [(Occasion::Unjudged, officer())]
    );
    let judge = Command::Judge {
        needed: true,
        reason: text(),
    };
    story.asks(&person("U0IRO", &[]), judge).unwrap();
    story.holds();
    assert_eq!(story.until("2027-12-31 09:00"), []);
}

#[test]
fn a_change_on_a_friday_evening_waits_for_the_working_day_after_the_weekend() {
    let protocol = built_in("buckinghamshire");
    let rules = rules(protocol);
    let by = sender(protocol, Sort::Change);
    let now = moment("2026-12-18 18:30");
    let decision = send(&rules, NoticeId(7), &by, what(protocol, Sort::Change), now).unwrap();
    let next = clocks(&rules, &decision.after);
    // One working day is Monday's; the reminder comes at Tuesday's opening.
    assert_eq!(next[0].at, moment("2026-12-22 09:00"));
}

#[test]
fn who_judges_has_seen_it_and_only_the_officer_their_cover_or_the_manager_judges() {
    let judge = |needed| Command::Judge {
        needed,
        reason: text(),
    };
    let fresh = || Story::of(built_in("buckinghamshire"), Sort::Change);
    let refused = fresh().asks(&person("U0SW", &["social_worker"]), judge(true));
    assert_eq!(refused, Err(Refusal::OwnNotice));
    let refused = fresh().asks(&person("U0TM", &["team_manager"]), judge(true));
    assert_eq!(refused, Err(Refusal::ForOfficer));
    for who in [person("U0IRO", &[]), person("U0IROM", &["iro_manager"])] {
        let mut story = fresh();
        let mail = story.asks(&who, judge(false)).unwrap();
        assert_eq!(mail[0].to, To::Raiser);
        assert!(story.notice.unseen().is_empty() && !story.notice.is_open());
        assert_eq!(story.asks(&who, judge(true)), Err(Refusal::DoneAlready));
        story.holds();
    }
    let mut cover = person("U0COVER", &[]);
    cover.by_cover = vec![ByCover {
        absent: UserId::from("U0IRO"),
        roles: BTreeSet::new(),
    }];
    let mut story = fresh();
    story.asks(&cover, Command::Seen).unwrap();
    let last = story.record.last().unwrap();
    assert_eq!(last.on_behalf_of, Some(UserId::from("U0IRO")));
}

#[test]
fn whoever_holds_several_of_the_roles_sees_it_once_for_all_of_them() {
    let mut story = Story::of(built_in("buckinghamshire"), Sort::Service);
    let both = person("U0BOTH", &["iro_manager", "ad_qa"]);
    story.asks(&both, Command::Seen).unwrap();
    assert!(story.notice.unseen().is_empty());
    assert_eq!(story.asks(&both, Command::Seen), Err(Refusal::DoneAlready));
    let outcome = || Command::Record { outcome: text() };
    story.asks(&both, outcome()).unwrap();
    assert_eq!(story.asks(&both, outcome()), Err(Refusal::DoneAlready));
    story.holds();
}

#[test]
fn each_role_may_say_once_what_came_of_a_general_concern_and_its_sender_is_asked_to_close_it() {
    let mut story = Story::of(built_in("buckinghamshire"), Sort::Service);
    let outcome = || Command::Record { outcome: text() };
    let manager = person("U0IROM", &["iro_manager"]);
    let director = person("U0AD", &["ad_qa"]);
    assert_eq!(
        story.asks(&person("U0TM", &["team_manager"]), outcome()),
        Err(Refusal::ForRecipients)
    );
    story.asks(&manager, outcome()).unwrap();
    story.asks(&director, outcome()).unwrap();
    assert_eq!(story.notice.outcomes.len(), 2);
    // Five working days without the sender's word, and again.
    assert_eq!(story.until("2026-12-22 08:59"), []);
    assert_eq!(
        story.until("2026-12-22 09:00"),
        [(Occasion::ToClose, To::Raiser)]
    );
    let close = Command::Close { reason: None };
    assert_eq!(story.asks(&manager, close.clone()), Err(Refusal::ForSender));
    story.asks(&person("U0IRO", &[]), close.clone()).unwrap();
    assert_eq!(
        story.asks(&person("U0IRO", &[]), close),
        Err(Refusal::DoneAlready)
    );
    assert_eq!(story.asks(&director, outcome()), Err(Refusal::DoneAlready));
    story.holds();
    assert_eq!(story.until("2027-12-31 09:00"), []);
}

#[test]
fn a_general_concern_that_was_seen_and_came_to_nothing_is_asked_about() {
    let mut story = Story::of(built_in("buckinghamshire"), Sort::Service);
    let manager = person("U0IROM", &["iro_manager"]);
    story.asks(&manager, Command::Seen).unwrap();
    let heard = story.until("2026-12-22 09:00");
    let asked = |role| (Occasion::NoOutcome, to_role(role));
    assert!(heard.contains(&asked("iro_manager")) && heard.contains(&asked("ad_qa")));
    let unseen = heard
        .iter()
        .filter(|(occasion, _)| *occasion == Occasion::Unseen);
    let unseen: Vec<_> = unseen.map(|(_, to)| to.clone()).collect();
    assert_eq!(unseen, [to_role("ad_qa"), to_role("ad_qa")]);
    let told: Vec<_> = heard
        .iter()
        .filter(|(occasion, _)| *occasion == Occasion::NotSeen)
        .collect();
    assert_eq!(told.len(), 1, "the manager hears who has not seen it");
}

#[test]
fn what_would_go_to_its_sender_alone_is_not_taken() {
    let protocol = built_in("manchester");
    let mut by = sender(protocol, Sort::Service);
    by.roles = roles(&["iro_manager"]);
    let refused = Story::sent(protocol, &by, what(protocol, Sort::Service)).err();
    assert_eq!(refused, Some(Refusal::ToNobodyElse));
    // Where another role hears of it as well, it goes to that one.
    let protocol = built_in("buckinghamshire");
    let story = Story::sent(protocol, &by, what(protocol, Sort::Service)).unwrap();
    assert_eq!(
        story.notice.sent.recipients().collect::<Vec<_>>(),
        [Recipient::Role(RoleId::from("ad_qa"))]
    );
}

#[test]
fn what_cannot_be_is_refused_at_its_field() {
    let protocol = built_in("buckinghamshire");
    let try_with = |sort, change: &dyn Fn(&mut Send, &mut Raiser)| {
        let (mut with, mut by) = (what(protocol, sort), sender(protocol, sort));
        change(&mut with, &mut by);
        Story::sent(protocol, &by, with).err()
    };
    let at = |block, fault| Some(Refusal::Field { block, fault });
    let change = Sort::Change;
    assert_eq!(
        try_with(change, &|_, by| by.roles.clear()),
        at("team", FieldFault::RoleMayNotRaise)
    );
    assert_eq!(
        try_with(Sort::Praise, &|_, by| by.raiser_roles.clear()),
        at("team", FieldFault::RoleMayNotRaise)
    );
    assert_eq!(
        try_with(change, &|with, _| with.case_ref = None),
        at("case_ref", FieldFault::Missing)
    );
    assert_eq!(
        try_with(change, &|with, _| with.on = Some(day("2026-12-15"))),
        at("happened_on", FieldFault::Future)
    );
    assert_eq!(
        try_with(change, &|with, _| with.items = vec![13]),
        at("items", FieldFault::Unknown)
    );
    assert_eq!(
        try_with(change, &|with, _| with.other = false),
        at("items", FieldFault::Missing)
    );
    assert_eq!(
        try_with(change, &|with, _| with.officer = None),
        at("officer", FieldFault::Missing)
    );
    let chair = vec![RaiserRole::from("cp_chair")];
    assert_eq!(
        try_with(change, &|with, _| with.officer =
            Some((UserId::from("U0CPC"), chair.clone()))),
        at("officer", FieldFault::NotARaiser)
    );
    assert_eq!(
        try_with(Sort::Praise, &|with, _| with.category =
            Some("none".to_owned())),
        at("category", FieldFault::Unknown)
    );
    // Telling late is taken, and the day is kept.
    let mut late = what(protocol, change);
    late.on = Some(day("2026-11-02"));
    let story = Story::sent(protocol, &sender(protocol, change), late).unwrap();
    assert_eq!(story.notice.sent.on, day("2026-11-02"));
}

#[test]
fn its_sender_those_it_went_to_and_the_manager_of_the_service_read_it_and_nobody_else() {
    let mut with = what(built_in("buckinghamshire"), Sort::Praise);
    with.praised = Some(UserId::from("U0SW"));
    let protocol = built_in("buckinghamshire");
    let story = Story::sent(protocol, &sender(protocol, Sort::Praise), with).unwrap();
    let reads = |who: &Standing| may_read(&story.notice, who);
    for who in [
        person("U0IRO", &[]),
        person("U0SW", &[]),
        person("U0TM", &["team_manager"]),
        person("U0IROM", &["iro_manager"]),
    ] {
        assert!(reads(&who), "{who:?}");
    }
    for who in [
        person("U0OTHER", &[]),
        person("U0AD", &["ad_qa"]),
        person("U0SD", &["service_director"]),
    ] {
        assert!(!reads(&who), "{who:?}");
    }
}

#[test]
fn a_reminder_that_was_acted_on_before_it_went_is_not_sent() {
    let mut story = Story::of(built_in("buckinghamshire"), Sort::Change);
    let mail = story.goes_to(moment("2026-12-16 09:00"));
    assert!(still_wanted(&mail[0].matter, &story.notice));
    story.asks(&person("U0IRO", &[]), Command::Seen).unwrap();
    assert!(!still_wanted(&mail[0].matter, &story.notice));
    let card = story
        .mail
        .iter()
        .find(|mail| mail.matter.occasion == Occasion::Card);
    assert!(still_wanted(&card.unwrap().matter, &story.notice));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Whatever people do and whenever, an open notice has a live clock, nothing falls twice, no fact holds words, and left alone it
    /// is told of again and again.
    #[test]
    fn an_open_notice_is_never_without_a_live_clock(
        council in 0_usize..6,
        sort in prop::sample::select(Sort::ALL.to_vec()),
        deeds in prop::collection::vec((0_u8..6, 0_u8..5, 0_i64..200), 0..12),
    ) {
        let all: Vec<&'static Protocol> = LIBRARY
            .iter()
            .map(|held| &*held.protocol)
            .chain([&*NORTHMOOR])
            .collect();
        let mut story = Story::of(all[council % all.len()], sort);
        story.holds();
        let told: Vec<RoleId> = story.notice.sent.to.clone();
        for (deed, who, hours) in deeds {
            story.goes_to(story.now + TimeDelta::hours(hours));
            let who = match who {
                0 => person("U0IRO", &[]),
                1 => person("U0SW", &["social_worker"]),
                2 => person("U0IROM", &["iro_manager"]),
                3 => person("U0ONE", &told.first().map(RoleId::as_str).into_iter().collect::<Vec<_>>()),
                _ => person("U0NOBODY", &[]),
            };
            let command = match deed {
                0 | 1 => Command::Seen,
                2 => Command::Judge { needed: hours > 100, reason: text() },
                3 => Command::Record { outcome: text() },
                4 => Command::Close { reason: None },
                _ => Command::Close { reason: Some(text()) },
            };
            // Refused or not, what must hold is checked.
            let _ = story.asks(&who, command);
            story.holds();
        }
        let before = story.record.len();
        story.goes_to(story.now + TimeDelta::days(365));
        if story.notice.is_open() {
            prop_assert!(story.record.len() > before + 20);
        } else {
            prop_assert_eq!(story.record.len(), before);
        }
        story.holds();
    }
}

#[test]
fn good_practice_and_general_concerns_are_counted_by_team_and_a_change_is_not() {
    let of = |sort| Story::of(built_in("buckinghamshire"), sort);
    let (praise, change) = (of(Sort::Praise), of(Sort::Change));
    let (open, mut known) = (of(Sort::Service), of(Sort::Service));
    let manager = person("U0IROM", &["iro_manager"]);
    let outcome = Command::Record { outcome: text() };
    known.asks(&manager, outcome).unwrap();
    let entry = |story: &'static Story, team| collation::Entry {
        notice: &story.notice,
        team,
        sent: CALENDAR.local_date(story.notice.sent_at),
    };
    let [praise, change, open, known] =
        [praise, change, open, known].map(|story| &*Box::leak(Box::new(story)));
    let entries = [
        (praise, "North"),
        (praise, "South"),
        (change, "North"),
        (open, "North"),
        (known, "North"),
    ];
    let count = |from: &str| {
        let entries = entries.iter().map(|(story, team)| entry(story, *team));
        collation::collate(entries, day(from), day("2026-12-31"))
    };
    let counted = count("2026-12-01");
    assert_eq!(counted.praise.count, Some(2));
    assert_eq!(counted.praise_teams.len(), 2);
    assert_eq!(counted.service.count, Some(2));
    let stand: Vec<_> = counted.service_stand.iter().map(|one| &*one.name).collect();
    assert_eq!(stand, ["open", "outcome"]);
    let hidden = counted.with_small_numbers_hidden();
    assert_eq!((hidden.praise.count, hidden.service.count), (None, None));
    assert!(hidden.praise_teams.iter().all(|team| team.number.small));
    assert_eq!(count("2026-12-15").praise.count, Some(0));
}
