//! A concern told step by step, to see what its messages say.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use chrono::{DateTime, NaiveDateTime, NaiveTime, Utc};
use lodestar::calendar::Calendar;
use lodestar::concern::event::{Flags, Rag};
use lodestar::concern::{
    Answering, Command, Concern, Decision, Hours, Raise, Raiser, Recorded, Refusal, Rules,
    Standing, clocks, decide, raise,
};
use lodestar::ids::{CaseRef, ConcernId, ProtocolId, RoleId, RouteId, TeamId, Text, UserId};
use lodestar::mail::{Matter, Occasion};
use lodestar::messages::{Audience, ConcernTexts, Messages, Rendered, Setting};
use lodestar::protocol::Protocol;
use lodestar::protocol::library::Library;

pub(crate) struct Story {
    pub(crate) protocol: Protocol,
    pub(crate) route: RouteId,
    pub(crate) calendar: Calendar,
    pub(crate) concern: Concern,
    pub(crate) now: DateTime<Utc>,
    pub(crate) team: String,
    pub(crate) texts: Option<ConcernTexts>,
    pub(crate) record: Vec<Recorded>,
}

static LIBRARY: LazyLock<Library> = LazyLock::new(|| Library::load(&[]).unwrap());
static CALENDAR: LazyLock<Calendar> = LazyLock::new(|| Calendar::built_in().unwrap());

impl Story {
    pub(crate) fn manchester() -> Self {
        Self::of("manchester", 0)
    }

    pub(crate) fn of(protocol: &str, route: usize) -> Self {
        let protocol = (*LIBRARY.get(&ProtocolId::from(protocol)).unwrap().protocol).clone();
        let route = protocol.routes[route].clone();
        let calendar = CALENDAR.clone();
        let now = at("2026-12-14 10:00");
        let raiser = Raiser {
            user: UserId::from("U0IRO1"),
            raiser_roles: protocol.raised_by[..1].to_vec(),
            roles: BTreeSet::new(),
        };
        let ask = Raise {
            team: TeamId::from("north"),
            protocol_hash: String::new(),
            subject: None,
            case_ref: CaseRef::from("K-204117"),
            category: protocol.themes[0].categories[0].id.clone(),
            rag: Some(Rag::Red),
            event_date: now.date_naive(),
            issue: Text::from("The plan has stood still since June."),
            impact: Text::from("The child does not know where they will live."),
            action: Text::from("A decision on permanency."),
            action_by: None,
            addressee: None,
            start_at: None,
            start_reason: None,
            flags: Flags {
                starred: protocol.id == "manchester",
                ..Flags::default()
            },
        };
        let decision = raise(
            &rules(&protocol, &route.id, &calendar),
            ConcernId(42),
            &raiser,
            ask,
            now,
        )
        .unwrap();
        let record = decision
            .facts
            .iter()
            .map(|new| new.recorded.clone())
            .collect();
        let mut story = Self {
            route: route.id,
            protocol,
            calendar,
            concern: decision.after,
            now,
            team: "North locality".to_owned(),
            texts: None,
            record,
        };
        story
            .does(None, Command::Delivered { visit: 1, at: now })
            .unwrap();
        story
    }

    pub(crate) fn rules(&self) -> Rules<'_> {
        rules(&self.protocol, &self.route, &self.calendar)
    }

    pub(crate) fn try_does(
        &self,
        who: Option<&Standing>,
        command: Command,
    ) -> Result<Decision, Refusal> {
        decide(&self.rules(), &self.concern, who, command, self.now)
    }

    pub(crate) fn does(&mut self, who: Option<&Standing>, command: Command) -> Result<(), Refusal> {
        let decision = self.try_does(who, command)?;
        self.record
            .extend(decision.facts.iter().map(|new| new.recorded.clone()));
        self.concern = decision.after;
        Ok(())
    }

    /// Lets every clock fall until a moment, and takes each new card at once.
    pub(crate) fn clocks_until(&mut self, moment: &str) {
        let until = at(moment);
        for _ in 0..200 {
            let next = clocks(&self.rules(), &self.concern)
                .into_iter()
                .filter(|clock| clock.at <= until)
                .min_by_key(|clock| clock.at);
            let Some(clock) = next else { break };
            self.now = self.now.max(clock.at);
            self.does(None, Command::ClockFell { key: clock.key })
                .unwrap();
            self.deliver();
        }
        self.now = until;
    }

    pub(crate) fn deliver(&mut self) {
        let visit = self.concern.visit().unwrap();
        if visit.delivered.is_none() {
            let (visit, at) = (visit.number, self.now);
            self.does(None, Command::Delivered { visit, at }).unwrap();
        }
    }

    pub(crate) fn raiser(&self) -> Standing {
        Standing {
            user: self.concern.raiser.clone(),
            roles: BTreeSet::new(),
            covers_raiser: false,
            by_cover: Vec::new(),
        }
    }

    pub(crate) fn addressee(&self) -> Standing {
        let visit = self.concern.visit().unwrap();
        let roles = self
            .rules()
            .step_of(visit)
            .unwrap()
            .answerers()
            .cloned()
            .collect();
        Standing {
            user: UserId::from("U0TMN1"),
            roles,
            covers_raiser: false,
            by_cover: Vec::new(),
        }
    }

    pub(crate) fn gate_holder(&self) -> Standing {
        let to = self
            .concern
            .visit()
            .unwrap()
            .gate
            .as_ref()
            .unwrap()
            .to
            .clone();
        let roles: BTreeSet<RoleId> = self
            .rules()
            .gate_to(&to)
            .unwrap()
            .roles
            .iter()
            .cloned()
            .collect();
        if roles.is_empty() {
            return self.raiser();
        }
        Standing {
            user: UserId::from("U0IROM"),
            roles,
            covers_raiser: false,
            by_cover: Vec::new(),
        }
    }

    pub(crate) fn gate(&mut self, agrees: bool) {
        let holder = self.gate_holder();
        let command = if agrees {
            Command::AgreeGate { visit: None }
        } else {
            Command::DeclineGate {
                visit: None,
                on: None,
                reason: Text::from("Not yet."),
            }
        };
        self.does(Some(&holder), command).unwrap();
        self.deliver();
    }

    pub(crate) fn answers(&mut self, answer: Answering) {
        let who = self.addressee();
        self.does(
            Some(&who),
            Command::Answer {
                visit: None,
                answer,
            },
        )
        .unwrap();
        self.deliver();
    }

    pub(crate) fn raiser_does(&mut self, command: Command) {
        let who = self.raiser();
        self.does(Some(&who), command).unwrap();
        self.deliver();
    }

    pub(crate) fn with<T>(
        &self,
        audience: Audience<'_>,
        makes: impl FnOnce(&Setting<'_>) -> T,
    ) -> T {
        let rules = self.rules();
        makes(&Setting {
            rules: &rules,
            concern: &self.concern,
            team_name: &self.team,
            council_name: "Sample Council",
            case_system: "LCS",
            texts: self.texts.as_ref(),
            tasks: None,
            audience,
            now: self.now,
        })
    }

    pub(crate) fn details(&self, messages: &Messages) -> serde_json::Value {
        let none = ConcernTexts::default();
        let texts = self.texts.as_ref().unwrap_or(&none);
        self.with(Audience::default(), |setting| {
            messages
                .details(setting, &self.record, Some(texts))
                .unwrap()
        })
    }

    pub(crate) fn shows(&self, messages: &Messages) -> Rendered {
        self.with(Audience::default(), |setting| {
            messages.show(setting).unwrap()
        })
    }

    pub(crate) fn says_to(
        &self,
        messages: &Messages,
        occasion: Occasion,
        visit: u32,
        audience: Audience<'_>,
    ) -> Rendered {
        let matter = Matter {
            occasion,
            visit,
            other: Some(ConcernId(40)),
        };
        self.with(audience, |setting| messages.mail(&matter, setting).unwrap())
    }

    pub(crate) fn says(&self, messages: &Messages, occasion: Occasion, visit: u32) -> Rendered {
        let rules = self.rules();
        let mention = [UserId::from("U0TMN1")];
        let raisers = [self.concern.raiser.clone()];
        let step = self
            .concern
            .visit_numbered(visit)
            .and_then(|visit| rules.step_of(visit))
            .unwrap();
        let gate_role = self
            .concern
            .visit_numbered(visit)
            .and_then(|visit| visit.gate.as_ref())
            .and_then(|gate| rules.gate_to(&gate.to))
            .and_then(|gate| gate.roles.first());
        let (role, mention): (_, &[UserId]) = match occasion {
            Occasion::Card | Occasion::AckReminder => (step.to.first(), &mention),
            Occasion::Gate | Occasion::GateReminder if gate_role.is_some() => (gate_role, &mention),
            Occasion::Copy | Occasion::AlertOverdue => {
                (rules.protocol.roles.keys().last(), &mention)
            }
            _ => (None, &raisers),
        };
        let audience = Audience {
            role,
            mention,
            ..Audience::default()
        };
        self.says_to(messages, occasion, visit, audience)
    }
}

pub(crate) fn rules<'a>(
    protocol: &'a Protocol,
    route: &RouteId,
    calendar: &'a Calendar,
) -> Rules<'a> {
    let time = |hour, minute| NaiveTime::from_hms_opt(hour, minute, 0).unwrap();
    Rules {
        protocol,
        route: protocol.route(route).unwrap(),
        calendar,
        hours: Hours {
            opens: time(9, 0),
            warning: time(9, 30),
        },
    }
}

/// A moment of a winter, when council time is universal time.
pub(crate) fn at(moment: &str) -> DateTime<Utc> {
    NaiveDateTime::parse_from_str(moment, "%Y-%m-%d %H:%M")
        .unwrap()
        .and_utc()
}

/// All that a message shows, block by block, as people would read it.
pub(crate) fn read(message: &Rendered) -> String {
    fn gather(value: &serde_json::Value, out: &mut String) {
        let Some(object) = value.as_object() else {
            value
                .as_array()
                .into_iter()
                .flatten()
                .for_each(|inner| gather(inner, out));
            return;
        };
        let kind = object.get("type").and_then(|kind| kind.as_str());
        if kind == Some("button") {
            out.push_str("[ ");
            out.push_str(object["text"]["text"].as_str().unwrap_or_default());
            out.push_str(" ] ");
        } else if let Some(text) = object.get("text").and_then(|text| text.as_str()) {
            out.push_str(text);
            out.push('\n');
        } else {
            object.values().for_each(|inner| gather(inner, out));
            if kind == Some("actions") {
                out.push('\n');
            }
        }
    }
    let mut out = String::new();
    gather(&message.blocks, &mut out);
    out
}
