//! A story of one concern: people act, clocks fall in order, and after every change what must always hold is checked.

use std::collections::{BTreeSet, HashSet};

use chrono::{DateTime, Utc};
use lodestar::access::may_read;
use lodestar::concern::event::Flags;
use lodestar::concern::{
    Answering, Clock, ClockKind, Command, Concern, Decision, Fact, Phase, Raise, Raiser, Recorded,
    Refusal, Rules, Standing, clocks, decide, raise, who_acts_next,
};
use lodestar::ids::{
    CaseRef, ConcernId, RaiserRole, RoleId, RouteId, StepId, TeamId, Text, UserId,
};
use lodestar::mail::{self, Mail, Occasion, To};
use lodestar::protocol::{Protocol, read};

#[path = "../kit/rules.rs"]
#[expect(
    dead_code,
    reason = "a story of a concern has the rules of its own route"
)]
mod under;

use under::LIBRARY;
pub(crate) use under::{CALENDAR, SECRET, built_in, day, hours, moment, person};

/// The raiser of every story.
pub(crate) const IRO: &str = "U0IRO";

pub(crate) fn text() -> Text {
    Text::from(SECRET)
}

pub(crate) fn all_built_in() -> impl Iterator<Item = &'static Protocol> {
    LIBRARY.iter().map(|held| &*held.protocol)
}

/// A protocol from its text, kept for the whole run.
pub(crate) fn protocol(toml: &str) -> &'static Protocol {
    let read = read::read("own.toml", toml).unwrap_or_else(|faults| {
        panic!("{faults:#?}\n{toml}");
    });
    Box::leak(Box::new(read))
}

/// The person who holds a role in stories: `U-team_manager`.
pub(crate) fn holder(role: &str) -> Standing {
    person(&format!("U-{role}"), &[role])
}

pub(crate) fn accept(target: &str) -> Command {
    answer(Answering::Accept {
        plan: text(),
        target: day(target),
    })
}

pub(crate) fn reject() -> Command {
    answer(Answering::Reject { rationale: text() })
}

pub(crate) fn respond() -> Command {
    answer(Answering::Respond {
        response: text(),
        target: None,
    })
}

pub(crate) fn decides() -> Command {
    answer(Answering::Decide {
        decision: text(),
        rationale: text(),
        target: None,
    })
}

pub(crate) fn answer(answer: Answering) -> Command {
    Command::Answer {
        visit: None,
        answer,
    }
}

pub(crate) fn on_card(visit: u32, command: Command) -> Command {
    let visit = Some(visit);
    match command {
        Command::Answer { answer, .. } => Command::Answer { visit, answer },
        Command::Acknowledge { .. } => Command::Acknowledge { visit },
        Command::AgreeGate { .. } => Command::AgreeGate { visit },
        other => other,
    }
}

pub(crate) const ACKNOWLEDGE: Command = Command::Acknowledge { visit: None };
pub(crate) const AGREE: Command = Command::AgreeGate { visit: None };

pub(crate) fn decline() -> Command {
    Command::DeclineGate {
        visit: None,
        on: None,
        reason: text(),
    }
}

pub(crate) fn not_satisfied() -> Command {
    Command::NotSatisfied { reason: None }
}

pub(crate) fn escalate() -> Command {
    Command::Escalate {
        reason: Some(text()),
    }
}

pub(crate) fn hold(until: &str) -> Command {
    Command::Hold {
        until: day(until),
        reason: text(),
    }
}

pub(crate) fn more_time(until: &str) -> Command {
    Command::MoreTime {
        until: day(until),
        reason: text(),
    }
}

pub(crate) fn review_on(until: &str) -> Command {
    Command::ReviewDate {
        until: day(until),
        reason: None,
    }
}

pub(crate) fn bypass(to: &str) -> Command {
    Command::Bypass {
        to: StepId::from(to),
        reason: text(),
        with: None,
        with_roles: BTreeSet::new(),
        with_words: Some(text()),
        with_on: None,
        said: None,
    }
}

pub(crate) fn hand_to(to: &str, roles: &[&str]) -> Command {
    Command::Handover {
        to: UserId::from(to),
        raiser_role: Some(RaiserRole::from("iro")),
        roles: roles.iter().map(|role| RoleId::from(*role)).collect(),
    }
}

/// What is known before a concern is raised.
pub(crate) struct Opening {
    protocol: &'static Protocol,
    route: RouteId,
    at: DateTime<Utc>,
    delivers: bool,
    pub(crate) raiser: Raiser,
    pub(crate) raise: Raise,
}

impl Opening {
    pub(crate) fn route(mut self, id: &str) -> Self {
        self.route = RouteId::from(id);
        self
    }

    pub(crate) fn at(mut self, at: &str) -> Self {
        self.at = moment(at);
        self.raise.event_date = CALENDAR.local_date(self.at);
        self
    }

    pub(crate) fn event(mut self, date: &str) -> Self {
        self.raise.event_date = day(date);
        self
    }

    pub(crate) fn starts_at(mut self, step: &str) -> Self {
        self.raise.start_at = Some(StepId::from(step));
        self.raise.start_reason = Some(text());
        self
    }

    pub(crate) fn action_by(mut self, date: &str) -> Self {
        self.raise.action_by = Some(day(date));
        self
    }

    pub(crate) fn own_addressee(mut self, user: &str) -> Self {
        self.raise.addressee = Some(UserId::from(user));
        self
    }

    /// Cards are not taken by the messaging platform until the story says so.
    pub(crate) fn undelivered(mut self) -> Self {
        self.delivers = false;
        self
    }

    pub(crate) fn refused(self) -> Refusal {
        self.try_raises().err().expect("a refusal")
    }

    pub(crate) fn raises(self) -> Story {
        self.try_raises().unwrap()
    }

    pub(crate) fn try_raises(self) -> Result<Story, Refusal> {
        let rules = Rules {
            protocol: self.protocol,
            route: self.protocol.route(&self.route).unwrap(),
            calendar: &CALENDAR,
            hours: hours(),
        };
        // Whoever raises in several roles says about whom: the first, where a story does not say.
        let open = rules
            .protocol
            .subjects_open_to(&self.raiser.raiser_roles, rules.route);
        let asked = Raise {
            subject: self.raise.subject.or(open.first().copied()),
            ..self.raise
        };
        let decision = raise(&rules, ConcernId(42), &self.raiser, asked, self.at)?;
        let mut story = Story {
            rules,
            now: self.at,
            concern: decision.after.clone(),
            record: Vec::new(),
            fired: HashSet::new(),
            mail: Vec::new(),
            delivers: self.delivers,
        };
        story.keep(decision);
        Ok(story)
    }
}

/// A concern, and all that has happened to it.
pub(crate) struct Story {
    pub(crate) rules: Rules<'static>,
    pub(crate) now: DateTime<Utc>,
    pub(crate) concern: Concern,
    pub(crate) record: Vec<Recorded>,
    pub(crate) fired: HashSet<String>,
    pub(crate) mail: Vec<(DateTime<Utc>, Mail)>,
    pub(crate) delivers: bool,
}

impl Story {
    pub(crate) fn of(id: &str) -> Opening {
        Self::under(built_in(id))
    }

    pub(crate) fn under(protocol: &'static Protocol) -> Opening {
        let route = protocol.routes.first().unwrap();
        let opening = Opening {
            protocol,
            route: route.id.clone(),
            at: moment("2026-12-14 10:00"),
            delivers: true,
            raiser: Raiser {
                user: UserId::from(IRO),
                raiser_roles: protocol.raised_by.clone(),
                roles: BTreeSet::new(),
            },
            raise: Raise {
                team: TeamId::from("north"),
                protocol_hash: "hash".to_owned(),
                subject: None,
                case_ref: CaseRef::from("K-204117"),
                category: protocol.themes[0].categories[0].id.clone(),
                // Nobody hears of green: a story sees the copies of its steps alone.
                rag: Some(lodestar::concern::event::Rag::Green),
                event_date: day("2026-12-14"),
                issue: text(),
                impact: text(),
                action: text(),
                action_by: None,
                addressee: None,
                start_at: None,
                start_reason: None,
                flags: Flags::default(),
            },
        };
        opening.at("2026-12-14 10:00")
    }

    /// Lets clocks fall in their order, each at its moment, as the timekeeper does that never sleeps long.
    pub(crate) fn to(&mut self, at: &str) -> &mut Self {
        self.until(moment(at))
    }

    pub(crate) fn until(&mut self, end: DateTime<Utc>) -> &mut Self {
        for _ in 0..2_000 {
            let Some(clock) = self.next_clock().filter(|clock| clock.at <= end) else {
                self.now = end;
                return self;
            };
            self.now = self.now.max(clock.at);
            self.fall(&clock);
        }
        panic!("the clocks of {:?} do not end", self.concern);
    }

    /// As [`Story::to`], where whoever is asked at a gate agrees the moment they are asked.
    pub(crate) fn agreeing_to(&mut self, at: &str) -> &mut Self {
        let end = moment(at);
        loop {
            let asked = self
                .visit()
                .gate
                .clone()
                .filter(|gate| gate.verdict.is_none() && !gate.superseded);
            if let Some(asked) = asked {
                let roles = &self.rules.gate_to(&asked.to).unwrap().roles;
                match roles.first() {
                    Some(role) => self.role(role.as_str(), AGREE),
                    None => self.raiser(AGREE),
                };
            }
            let Some(clock) = self.next_clock().filter(|clock| clock.at <= end) else {
                self.now = end;
                return self;
            };
            self.until(clock.at);
        }
    }

    /// The machine was away until then: every clock that fell meanwhile is acted on now, in order.
    pub(crate) fn away_until(&mut self, at: &str) -> &mut Self {
        self.away_until_moment(moment(at))
    }

    pub(crate) fn away_until_moment(&mut self, end: DateTime<Utc>) -> &mut Self {
        self.now = end;
        for _ in 0..100 {
            let Some(clock) = self.next_clock().filter(|clock| clock.at <= self.now) else {
                return self;
            };
            self.fall(&clock);
        }
        panic!("the clocks of {:?} do not end", self.concern);
    }

    pub(crate) fn clocks(&self) -> Vec<Clock> {
        clocks(&self.rules, &self.concern)
    }

    pub(crate) fn next_clock(&self) -> Option<Clock> {
        self.clocks().into_iter().min_by_key(|clock| clock.at)
    }

    /// When the clock of that kind falls, in council time; empty where none runs.
    pub(crate) fn falls(&self, kind: ClockKind) -> String {
        self.clocks()
            .iter()
            .find(|clock| clock.kind == kind)
            .map(|clock| local(clock.at))
            .unwrap_or_default()
    }

    fn fall(&mut self, clock: &Clock) {
        let key = clock.key.clone();
        assert!(
            self.fired.insert(key.to_string()),
            "the clock {key} falls twice: the store would let it fall once"
        );
        let before = self.concern.seq;
        self.by_itself(Command::ClockFell { key });
        assert!(
            self.concern.seq > before,
            "the clock {clock:?} fell and nothing followed: {:?}",
            self.concern
        );
    }

    /// The program itself.
    pub(crate) fn by_itself(&mut self, command: Command) -> &mut Self {
        let decision = decide(&self.rules, &self.concern, None, command, self.now).unwrap();
        self.keep(decision);
        self
    }

    pub(crate) fn delivered(&mut self, visit: u32) -> &mut Self {
        let at = self.now;
        self.by_itself(Command::Delivered { visit, at })
    }

    pub(crate) fn asks(&mut self, who: &Standing, command: Command) -> Result<(), Refusal> {
        let before = self.concern.clone();
        match decide(&self.rules, &self.concern, Some(who), command, self.now) {
            Ok(decision) => {
                self.keep(decision);
                Ok(())
            }
            Err(refusal) => {
                assert_eq!(self.concern, before);
                Err(refusal)
            }
        }
    }

    /// The holder of that role does it.
    #[track_caller]
    pub(crate) fn role(&mut self, role: &str, command: Command) -> &mut Self {
        self.does(&holder(role), command)
    }

    #[track_caller]
    pub(crate) fn does(&mut self, who: &Standing, command: Command) -> &mut Self {
        let shown = format!("{command:?}");
        if let Err(refusal) = self.asks(who, command) {
            panic!("{} was refused {shown}: {refusal:?}", who.user);
        }
        self
    }

    #[track_caller]
    pub(crate) fn raiser(&mut self, command: Command) -> &mut Self {
        let raiser = self.raiser_standing();
        self.does(&raiser, command)
    }

    #[track_caller]
    pub(crate) fn refuses(&mut self, who: &Standing, command: Command) -> Refusal {
        let shown = format!("{command:?}");
        match self.asks(who, command) {
            Ok(()) => panic!("{} was not refused {shown}", who.user),
            Err(refusal) => refusal,
        }
    }

    #[track_caller]
    pub(crate) fn refuses_raiser(&mut self, command: Command) -> Refusal {
        let raiser = self.raiser_standing();
        self.refuses(&raiser, command)
    }

    pub(crate) fn raiser_standing(&self) -> Standing {
        person(self.concern.raiser.as_str(), &[])
    }

    fn keep(&mut self, decision: Decision) {
        let mail = mail::follows(&self.rules, &decision.after, &decision.facts);
        let before = self.concern.clone();
        self.concern = decision.after;
        for new in decision.facts {
            let json = serde_json::to_string(&new.recorded.fact).unwrap();
            assert!(
                !json.contains(SECRET),
                "a fact holds what was typed: {json}"
            );
            let back: Fact = serde_json::from_str(&json).unwrap();
            assert_eq!(back, new.recorded.fact, "{json}");
            self.record.push(new.recorded);
        }
        self.mail
            .extend(mail.into_iter().map(|mail| (self.now, mail)));
        self.check(&before);
        if self.delivers && self.concern.is_open() && self.visit().delivered.is_none() {
            self.delivered(self.visit().number);
        }
    }

    /// What must hold after every change.
    pub(crate) fn check(&self, before: &Concern) {
        let concern = &self.concern;
        let folded = Concern::fold(concern.id, self.record.iter()).unwrap();
        assert_eq!(
            &folded, concern,
            "the record, folded, is not what was decided on"
        );
        let json = serde_json::to_string(concern).unwrap();
        assert_eq!(&serde_json::from_str::<Concern>(&json).unwrap(), concern);
        for (place, fact) in self.record.iter().enumerate() {
            assert_eq!(fact.seq, i64::try_from(place).unwrap() + 1);
        }
        for (place, visit) in concern.visits.iter().enumerate() {
            assert_eq!(visit.number as usize, place + 1);
        }
        let live = self.clocks();
        let keys: HashSet<_> = live.iter().map(|clock| &clock.key).collect();
        assert_eq!(keys.len(), live.len(), "two clocks share a key: {live:?}");
        if concern.is_open() {
            assert!(!live.is_empty(), "no clock runs: {concern:?}");
            assert!(
                who_acts_next(&self.rules, concern).is_some(),
                "nobody acts: {concern:?}"
            );
            for clock in &live {
                assert!(
                    !self.fired.contains(clock.key.as_str()),
                    "{} fell before and would not fall again: {concern:?}",
                    clock.key
                );
            }
        } else {
            assert!(live.is_empty(), "a closed concern has clocks: {live:?}");
            assert_eq!(who_acts_next(&self.rules, concern), None);
        }
        let place = |concern: &Concern| {
            concern
                .visit()
                .and_then(|visit| self.rules.route.place(&visit.step))
        };
        assert!(place(concern) >= place(before), "it went back: {concern:?}");
        let rules = &self.rules;
        for role in rules.protocol.roles.keys() {
            let who = holder(role.as_str());
            assert!(
                may_read(rules, concern, &who) || !may_read(rules, before, &who),
                "{role} could read it and cannot any more"
            );
        }
        for (_, mail) in &self.mail {
            if let To::Role(role) | To::Own { role, .. } = &mail.to {
                assert!(
                    self.rules.protocol.roles.contains_key(role),
                    "{mail:?} goes to nobody"
                );
            }
        }
    }

    // --- what a story says ---

    pub(crate) fn visit(&self) -> &lodestar::concern::Visit {
        self.concern.visit().unwrap()
    }

    pub(crate) fn step(&self) -> &str {
        self.visit().step.as_str()
    }

    pub(crate) fn phase(&self) -> Phase {
        self.concern.phase
    }

    /// The present due day; empty where there is none.
    pub(crate) fn due(&self) -> String {
        self.visit()
            .due
            .map(|due| due.date.to_string())
            .unwrap_or_default()
    }

    /// Every step it was at, when it was issued and by when an answer was due: `m-1 issued 2026-12-14 10:00 due 2026-12-21`.
    pub(crate) fn ladder(&self) -> Vec<String> {
        let line = |visit: &lodestar::concern::Visit| {
            let due = visit.due.map(|due| format!(" due {}", due.date));
            format!(
                "{} issued {}{}",
                visit.step,
                local(visit.issued_at),
                due.unwrap_or_default()
            )
        };
        self.concern.visits.iter().map(line).collect()
    }

    /// The messages of an occasion so far: when and to whom.
    pub(crate) fn sent(&self, occasion: Occasion) -> Vec<String> {
        self.mail
            .iter()
            .filter(|(_, mail)| mail.matter.occasion == occasion)
            .map(|(at, mail)| {
                let to = match &mail.to {
                    To::Role(role) => role.to_string(),
                    To::Own { user, .. } | To::Person(user) | To::Cover { by: user, .. } => {
                        user.to_string()
                    }
                    To::Raiser => "raiser".to_owned(),
                };
                format!("{} {to}", local(*at))
            })
            .collect()
    }
}

/// A moment in council time, its seconds only where it has some.
pub(crate) fn local(at: DateTime<Utc>) -> String {
    let local = CALENDAR.local(at);
    let text = local.format("%Y-%m-%d %H:%M:%S").to_string();
    text.strip_suffix(":00").unwrap_or(&text).to_owned()
}
