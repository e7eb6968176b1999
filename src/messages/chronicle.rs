//! The whole record of a concern, for a court, a subject access request or an inspection: every fact in order, who did it and as
//! what, what was written, under which clause, and how each due day was worked out.

mod beside;
mod dates;
mod people;
mod sample;

use chrono::NaiveDate;
use serde::Serialize;
use serde_json::Value;

pub use self::beside::KeptBeside;
use self::dates::DueDay;
pub(super) use self::sample::sample;
use super::became::met;
use super::details::{Happened, happened};
use super::escape::plainly;
use super::exported::{self, Exported, Link, Moment, Texts, Written};
use super::setting::{ConcernTexts, Setting};
use super::{Broken, Messages, ladder};
use crate::calendar::say_date_year;
use crate::concern::event::Rag;
use crate::concern::meeting::Meeting;
use crate::concern::{Actor, Closed, Concern, Fact, Field, Phase, Position, Recorded};
use crate::ids::UserId;
use crate::protocol::Subject;

/// What the JSON document calls its own shape; a change that breaks a reader changes the number.
const FORMAT: &str = "lodestar concern 1";
const PAGE: &str = "export/concern.html";

/// The whole record of a concern, ready to be printed.
#[derive(Debug, Serialize)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a plain yes or no of the document"
)]
pub struct Chronicle {
    format: &'static str,
    reference: String,
    council: String,
    team: String,
    team_name: String,
    case_ref: String,
    case_system: String,
    category: Named,
    rag: Option<Rag>,
    /// Whom it is about; unknown only in a record from before that was kept.
    subject: Option<Subject>,
    starred: bool,
    urgent: bool,
    in_proceedings: bool,
    raised: Raised,
    event_date: Day,
    action_by: Option<Day>,
    /// This child's own addressee, where the raiser named one.
    addressee: Option<UserId>,
    /// Who holds it now, and in which role.
    held_by: UserId,
    held_in_role: String,
    open: bool,
    /// What it waits for, or how it was closed.
    state: &'static str,
    protocol: Pinned,
    /// The limits on the whole process, with where they end.
    caps: Vec<CapEnds>,
    /// The time zone of everything called local.
    zone: String,
    exported: Moment,
    /// `included`, `erased` or `left_out`.
    texts: &'static str,
    steps: Vec<Stay>,
    facts: Vec<Told>,
    /// What is kept beside it.
    beside: Vec<KeptBeside>,
    chain: Chain,
}

#[derive(Debug, Serialize)]
struct Named {
    id: String,
    name: String,
}

/// A council-local day.
#[derive(Clone, Debug, Serialize)]
struct Day {
    date: NaiveDate,
    said: String,
}

#[derive(Debug, Serialize)]
struct Raised {
    #[serde(flatten)]
    when: Moment,
    by: UserId,
    role: String,
}

/// The version of the protocol the concern stays under.
#[derive(Debug, Serialize)]
struct Pinned {
    id: String,
    title: String,
    source: Option<String>,
    route: Named,
    /// SHA-256 of the protocol's text as it was.
    hash: String,
}

#[derive(Debug, Serialize)]
struct CapEnds {
    within: String,
    ends: Moment,
    clause: String,
    provisional: bool,
    /// Whether it passed while the concern was open.
    passed: bool,
    /// Whether it stands that the steps left do not fit.
    warned: bool,
}

/// One stay at a step.
#[derive(Debug, Serialize)]
struct Stay {
    visit: u32,
    step: String,
    stage: String,
    name: String,
    clause: String,
    addressees: String,
    issued: Moment,
    /// The due moment as it last stood.
    due: Option<Moment>,
    ended: Option<Moment>,
    /// Its meetings, each on the day it was set for or held on.
    meetings: Vec<MetAt>,
    /// When it was decided that none is held.
    no_meeting: Option<Moment>,
}

/// A meeting of a stay.
#[derive(Debug, Serialize)]
struct MetAt {
    what: String,
    on: Day,
    /// What came of it, as each side told it: `agreed`, `not_agreed`, either with `_mediated`; empty while nobody has.
    outcomes: Vec<&'static str>,
}

/// One fact.
#[derive(Debug, Serialize)]
struct Told {
    seq: i64,
    #[serde(flatten)]
    when: Moment,
    /// A person's id on the messaging platform, or `lodestar`.
    actor: String,
    /// For whom, where they could only as that person's cover.
    on_behalf_of: Option<UserId>,
    /// As what they acted: `raiser`, `cover`, `addressee`, `own_addressee`, `gate`, `iro_manager`, `reader` or `program`.
    capacity: &'static str,
    /// The role, where the record has it.
    role: String,
    kind: String,
    /// What happened, in a sentence.
    said: String,
    /// The stage it belongs to, and where the protocol says so.
    stage: String,
    clause: String,
    /// The fact as it is recorded.
    body: Value,
    due: Option<DueDay>,
    texts: Vec<Written>,
    prev_hash: String,
    hash: String,
}

/// What the export is checked against the record by.
#[derive(Debug, Default, Serialize)]
struct Chain {
    entries: usize,
    /// The hash of the last entry told here; empty where none was given.
    head: String,
}

impl Messages {
    /// The whole record of a concern. `links` are the record's hashes; without them the document has none.
    ///
    /// # Errors
    /// [`Broken`] where a template fails, or the record has no step under its protocol; it holds no content.
    pub fn chronicle(
        &self,
        setting: &Setting<'_>,
        record: &[Recorded],
        texts: Texts<&ConcernTexts>,
        links: &[Link],
    ) -> Result<Chronicle, Broken> {
        let say = |happened: &Happened| {
            let words = self.engine.words("phrase/happened", happened)?;
            Ok(plainly(&words))
        };
        let head = |field: Field| {
            let field = serde_json::json!({ "field": field });
            Ok(plainly(&self.engine.words("phrase/field", &field)?))
        };
        Chronicle::new(setting, record, texts, links, (&say, &head))
    }

    /// A chronicle as one web page that needs nothing else and runs nothing.
    ///
    /// # Errors
    /// [`Broken`] where the template fails; it holds no content.
    pub fn page(&self, chronicle: &Chronicle) -> Result<String, Broken> {
        self.engine.page(PAGE, chronicle)
    }
}

/// Says a fact in a sentence, and a field's heading.
type Says<'a> = (
    &'a dyn Fn(&Happened) -> Result<String, Broken>,
    &'a dyn Fn(Field) -> Result<String, Broken>,
);

impl Chronicle {
    fn new(
        setting: &Setting<'_>,
        record: &[Recorded],
        texts: Texts<&ConcernTexts>,
        links: &[Link],
        (say, head): Says<'_>,
    ) -> Result<Self, Broken> {
        let Setting { rules, concern, .. } = *setting;
        let (raised, protocol, calendar) = (&concern.raised, rules.protocol, rules.calendar);
        let at = |at| Moment::new(calendar, at);
        // The concern as it stood before each fact: a due day is worked out from that.
        let mut before: Option<Concern> = None;
        let mut facts = Vec::with_capacity(record.len());
        for recorded in record {
            let standing = before.as_ref().unwrap_or(concern);
            let told = Told::new(setting, standing, record, recorded, texts, (say, head))?;
            facts.push(told);
            match &mut before {
                Some(concern) => concern.apply(recorded),
                None => before = Concern::begin(concern.id, recorded),
            }
        }
        let mut chain = Chain::default();
        for fact in &mut facts {
            if let Some(link) = links.iter().find(|link| link.seq == fact.seq) {
                fact.prev_hash.clone_from(&link.prev_hash);
                fact.hash.clone_from(&link.hash);
                chain.head.clone_from(&link.hash);
                chain.entries += 1;
            }
        }
        Ok(Self {
            format: FORMAT,
            reference: concern.id.to_string(),
            council: setting.council_name.to_owned(),
            team: raised.team.to_string(),
            team_name: setting.team_name.to_owned(),
            case_ref: raised.case_ref.to_string(),
            case_system: setting.case_system.to_owned(),
            category: Named {
                name: protocol
                    .category(&raised.category)
                    .map_or_else(|| raised.category.clone(), |found| found.name.clone()),
                id: raised.category.clone(),
            },
            rag: raised.rag,
            subject: rules.subject(concern),
            starred: raised.flags.starred,
            urgent: raised.flags.urgent,
            in_proceedings: raised.flags.in_proceedings,
            raised: Raised {
                when: at(concern.raised_at),
                by: concern.raised_by.clone(),
                role: raised.raiser_role.to_string(),
            },
            event_date: Day::from(raised.event_date),
            action_by: raised.action_by.map(Day::from),
            addressee: raised.addressee.clone(),
            held_by: concern.raiser.clone(),
            held_in_role: concern.raiser_role.to_string(),
            open: concern.is_open(),
            state: state(concern.phase),
            protocol: Pinned {
                id: protocol.id.to_string(),
                title: protocol.title.clone(),
                source: protocol.source.clone(),
                route: Named {
                    id: rules.route.id.to_string(),
                    name: rules.route.name.clone(),
                },
                hash: raised.protocol_hash.clone(),
            },
            caps: caps(setting),
            zone: calendar.zone().to_string(),
            exported: at(setting.now),
            texts: texts.as_str(),
            steps: stays(setting),
            facts,
            beside: Vec::new(),
            chain,
        })
    }

    /// The document as JSON: `FORMAT` names its shape. The texts beside a fact are an object from field to words.
    ///
    /// # Errors
    /// [`Broken`] where it is not a JSON value, which no record gives.
    pub fn json(&self) -> Result<Value, Broken> {
        exported::json(FORMAT, self, &self.facts)
    }

    /// The facts as lines: number, moment, what happened, with its texts set in under it.
    pub fn lines(&self) -> impl Iterator<Item = String> {
        exported::lines(&self.facts)
    }
}

impl Exported for Told {
    fn said(&self) -> (i64, &Moment, &str) {
        (self.seq, &self.when, &self.said)
    }

    fn texts(&self) -> &[Written] {
        &self.texts
    }
}

impl Told {
    fn new(
        setting: &Setting<'_>,
        before: &Concern,
        record: &[Recorded],
        recorded: &Recorded,
        texts: Texts<&ConcernTexts>,
        (say, head): Says<'_>,
    ) -> Result<Self, Broken> {
        let rules = setting.rules;
        let body = serde_json::to_value(&recorded.fact).unwrap_or_default();
        let visit = body.get("visit").and_then(Value::as_u64);
        let step = visit
            .and_then(|visit| setting.concern.visit_numbered(u32::try_from(visit).ok()?))
            .and_then(|visit| rules.step_of(visit));
        let acting = people::acting(rules, before, recorded, step);
        let beside: Vec<(Field, &str)> = match texts {
            Texts::Opened(texts) => texts.beside(recorded.seq).collect(),
            Texts::Erased | Texts::LeftOut => Vec::new(),
        };
        let texts = beside
            .into_iter()
            .map(|(field, words)| {
                Ok(Written {
                    field: field.as_str().to_owned(),
                    heading: head(field)?,
                    words: words.to_owned(),
                })
            })
            .collect::<Result<_, Broken>>()?;
        Ok(Self {
            seq: recorded.seq,
            when: Moment::new(rules.calendar, recorded.at),
            actor: match &recorded.actor {
                Actor::Person(user) => user.to_string(),
                Actor::Lodestar => "lodestar".to_owned(),
            },
            on_behalf_of: recorded.on_behalf_of.clone(),
            capacity: acting.capacity,
            role: acting.role,
            kind: body
                .get("kind")
                .and_then(Value::as_str)
                .unwrap_or_default()
                .to_owned(),
            said: say(&happened(rules, record, recorded))?,
            stage: step.map_or_else(String::new, |step| step.stage.clone()),
            clause: clause(setting, before, &recorded.fact)
                .or_else(|| step.map(|step| step.clause.clone()))
                .unwrap_or_default(),
            due: dates::due_day(rules, before, recorded),
            body,
            texts,
            prev_hash: String::new(),
            hash: String::new(),
        })
    }
}

/// The limits on the whole process that have begun, and what came of each. A closed concern was open past one where it closed later.
fn caps(setting: &Setting<'_>) -> Vec<CapEnds> {
    let Setting { rules, concern, .. } = *setting;
    let until = if concern.is_open() {
        setting.now
    } else {
        concern.nag.since
    };
    rules
        .numbered_caps(concern)
        .filter_map(|(number, cap)| {
            let due = rules.cap_ends(concern, cap)?;
            let passed = due.at < until;
            Some(CapEnds {
                within: cap.within.to_string(),
                ends: Moment::new(rules.calendar, due.at),
                clause: cap.clause.clone(),
                provisional: due.provisional,
                passed,
                warned: concern.cap(number).warned && !passed,
            })
        })
        .collect()
}

/// The clause of a fact that has one of its own beside its step's: a gate's, a bypass's, an extension's.
fn clause(setting: &Setting<'_>, before: &Concern, fact: &Fact) -> Option<String> {
    let rules = setting.rules;
    let of_gate = |to| {
        let gate = rules.gate_to(to)?;
        let clause = gate.clause.clone();
        clause.or_else(|| rules.step(to).map(|step| step.clause.clone()))
    };
    match fact {
        Fact::GateAsked { to, .. } => of_gate(to),
        Fact::GateReminded { visit }
        | Fact::GateAgreed { visit, .. }
        | Fact::GateDeclined { visit, .. } => {
            of_gate(&before.visit_numbered(*visit)?.gate.as_ref()?.to)
        }
        Fact::Bypassed { .. } => Some(rules.protocol.bypass.clause.clone()),
        Fact::Called(_) => {
            let rule = rules.protocol.beside.urgent.as_ref();
            rule.map(|rule| rule.clause.clone())
        }
        Fact::CopiedTo { .. } => {
            let rule = rules.protocol.beside.copy_named.as_ref()?;
            Some(rule.clause.clone())
        }
        Fact::Redirected(redirected) => {
            let way = rules.protocol.redirect(&redirected.redirect)?;
            Some(way.clause.clone())
        }
        Fact::Informed(informed) => {
            let rule = rules.protocol.partner(informed.partner.as_deref()?)?;
            Some(rule.clause.clone())
        }
        Fact::Extended { visit, .. } => {
            let step = rules.step_of(before.visit_numbered(*visit)?)?;
            step.extend.as_ref().map(|extend| extend.clause.clone())
        }
        _ => None,
    }
}

fn stays(setting: &Setting<'_>) -> Vec<Stay> {
    let Setting { rules, concern, .. } = *setting;
    let at = |at| Moment::new(rules.calendar, at);
    let of = |visit: &crate::concern::Visit| {
        let step = rules.step_of(visit)?;
        Some(Stay {
            visit: visit.number,
            step: step.id.to_string(),
            stage: step.stage.clone(),
            name: rules.name_of(step, setting.concern).to_owned(),
            clause: step.clause.clone(),
            addressees: ladder::answerers(rules.protocol, step),
            issued: at(visit.issued_at),
            due: visit.due.map(|due| at(due.at)),
            ended: visit.ended.map(at),
            meetings: visit.meetings.iter().map(MetAt::from).collect(),
            no_meeting: visit.not_held.as_ref().map(|declined| at(declined.at)),
        })
    };
    concern.visits.iter().filter_map(of).collect()
}

impl From<&Meeting> for MetAt {
    fn from(meeting: &Meeting) -> Self {
        let told = meeting.accounts.iter();
        Self {
            what: meeting.what.clone(),
            on: meeting.on.into(),
            outcomes: told
                .map(|account| met(account.outcome, account.mediation))
                .collect(),
        }
    }
}

impl From<NaiveDate> for Day {
    fn from(date: NaiveDate) -> Self {
        Self {
            date,
            said: say_date_year(date),
        }
    }
}

fn state(phase: Phase) -> &'static str {
    match phase {
        Phase::Answering => "answering",
        Phase::RejectedWaiting => "rejected_waiting",
        Phase::Underway => "underway",
        Phase::Judging => "judging",
        Phase::AtGate => "at_gate",
        Phase::Exhausted => "exhausted",
        Phase::Closed(Closed::Resolved) => "resolved",
        Phase::Closed(Closed::Withdrawn) => "withdrawn",
        Phase::Closed(Closed::Redirected) => "redirected",
        Phase::Closed(Closed::Position(Position::Resolved)) => "position_resolved",
        Phase::Closed(Closed::Position(Position::Maintained)) => "position_maintained",
        Phase::Closed(Closed::Position(Position::Referred)) => "position_referred",
    }
}
