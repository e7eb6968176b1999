//! What a message is rendered from. Contexts know no platform: a person is an opaque id that a template mentions.

use chrono::{DateTime, Utc};

use crate::calendar::{Calendar, say_date, say_date_year};
use crate::concern::{Concern, Field, Rules};
use crate::ids::{ConcernId, RoleId, Subject, Text, UserId};
use crate::protocol::Protocol;
use crate::record::{Waiting, Whom};
use crate::store::events::Unsealed;
use crate::tasks::TaskList;

/// The record and the surroundings in which a message about a concern is rendered.
#[derive(Clone, Copy, Debug)]
pub struct Setting<'a> {
    /// The rules the concern is under.
    pub rules: &'a Rules<'a>,
    /// The concern as it now stands.
    pub concern: &'a Concern,
    /// The team's name, such as "North locality".
    pub team_name: &'a str,
    /// The council's name.
    pub council_name: &'a str,
    /// The name of the case system, such as "LCS".
    pub case_system: &'a str,
    /// The concern's texts, where `[privacy] card_text = "in_card"` lets them stand in messages; `None` writes none.
    pub texts: Option<&'a ConcernTexts>,
    /// What its protocol asks besides its steps, where that is shown.
    pub tasks: Option<&'a TaskList>,
    /// Whom the message is for.
    pub audience: Audience<'a>,
    /// The present moment.
    pub now: DateTime<Utc>,
}

/// Whom a message is for.
#[derive(Clone, Copy, Debug, Default)]
pub struct Audience<'a> {
    /// The role it went to; `None` for the raiser and for a person by name.
    pub role: Option<&'a RoleId>,
    /// The people to mention: a role's holders, whoever stands in, the raiser.
    pub mention: &'a [UserId],
    /// The role that was vacant, so that the people mentioned stand in for it.
    pub standing_in_for: Option<&'a RoleId>,
    /// Whether they are this child's own addressee, in place of the role's holder.
    pub own: bool,
    /// For whom the one who reads it covers, where they do.
    pub covering: Option<&'a UserId>,
    /// For whom they did, where that has ended.
    pub covered: Option<&'a UserId>,
    /// Who has it now, where it was theirs before.
    pub gone_to: Option<&'a UserId>,
}

impl Audience<'_> {
    /// Whether what it asks is theirs no more: nothing on it is for them to press.
    #[must_use]
    pub fn is_former(&self) -> bool {
        self.covered.is_some() || self.gone_to.is_some()
    }
}

/// The texts of a concern, opened for somebody who may read them: fact by fact, and beside each in the order of [`Field`].
#[derive(Clone, Debug, Default)]
pub struct ConcernTexts(Vec<(i64, Field, Text)>);

impl From<Vec<Unsealed>> for ConcernTexts {
    /// The texts as the store opens them. A field that no fact has any more is left out.
    fn from(opened: Vec<Unsealed>) -> Self {
        let texts = opened.into_iter().filter_map(|opened| {
            let field = serde_json::from_value(serde_json::Value::String(opened.field)).ok()?;
            Some((opened.seq, field, Text::from(opened.text)))
        });
        Self::new(texts.collect())
    }
}

impl ConcernTexts {
    /// Texts with the number of the fact each stands beside. The store keeps a fact's by name, which is no order to read them in.
    #[must_use]
    pub fn new(mut texts: Vec<(i64, Field, Text)>) -> Self {
        texts.sort_by_key(|(seq, field, _)| (*seq, *field));
        Self(texts)
    }

    /// The texts without those that are privileged, for somebody who is not on the raiser's side; and whether there were any.
    #[must_use]
    pub fn without_privileged(mut self) -> (Self, bool) {
        let before = self.0.len();
        self.0.retain(|(_, field, _)| !field.is_privileged());
        let some = self.0.len() < before;
        (self, some)
    }

    /// The texts beside a fact, in order.
    pub fn beside(&self, seq: i64) -> impl Iterator<Item = (Field, &str)> {
        self.0
            .iter()
            .filter(move |(at, _, _)| *at == seq)
            .map(|(_, field, text)| (*field, text.reveal()))
    }
}

/// One line of a digest or a list: reference, step, role and date only; of what is kept beside the concerns, what it is and what it
/// asks, in the protocol's words, in place of the step.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Line {
    /// The reference.
    #[serde(serialize_with = "by_reference")]
    pub reference: Subject,
    /// The stage's name, such as "Stage 1"; empty where it is no concern's.
    pub step: String,
    /// The local name of the role that must act, or "the raiser"; of what is kept beside the concerns, of the roles.
    pub role: String,
    /// The date it is about, as cards say it.
    pub date: String,
    /// What is kept beside the concerns: `review`, a notice's sort, what a list is kept for; empty of a concern.
    pub what: &'static str,
    /// What it asks; empty of a concern, and where only what it is may be said.
    pub asks: &'static str,
    /// The protocol's own name for that; may be empty.
    pub name: String,
    /// Of whom: `its`, `role`, `person` or `nobody`; empty of a concern.
    pub whom: &'static str,
    /// Whether the date is that since when it waits, and not that by when.
    pub since: bool,
    /// What else is to be known of it at a glance.
    pub marks: Vec<Mark>,
}

/// What a line says at its end, for who may know it.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Mark {
    kind: &'static str,
    name: String,
}

impl Mark {
    /// Whose it is has left the council's file, and it is to be handed over: for the manager of the IRO service.
    #[must_use]
    pub fn left(reference: Subject) -> Self {
        Self {
            kind: "left",
            name: reference.to_string(),
        }
    }

    /// Another procedure runs beside this one.
    #[must_use]
    pub(super) fn beside(procedure: &str) -> Self {
        Self {
            kind: "beside",
            name: procedure.to_owned(),
        }
    }
}

impl Line {
    /// The line of a concern.
    #[must_use]
    pub fn of_concern(concern: ConcernId, step: String, role: String, date: String) -> Self {
        Self {
            reference: concern.into(),
            step,
            role,
            date,
            what: "",
            asks: "",
            name: String::new(),
            whom: "",
            since: false,
            marks: Vec::new(),
        }
    }

    /// The line of what a record beside the concerns waits for. `what` is what it is.
    #[must_use]
    pub fn of_record(
        (reference, what): (Subject, &'static str),
        protocol: &Protocol,
        waiting: &Waiting,
        calendar: &Calendar,
    ) -> Self {
        let names = waiting.whom.roles().iter();
        let names: Vec<&str> = names.map(|role| protocol.role_name(role)).collect();
        let since = || say_date(calendar.local_date(waiting.since));
        Self {
            reference,
            step: String::new(),
            role: names.join(" / "),
            date: match waiting.due {
                Some(due) if waiting.comes_round => say_date_year(due.date),
                Some(due) => calendar.say_due(&due),
                None => since(),
            },
            what,
            asks: waiting.asks.as_str(),
            name: waiting.asks.name().to_owned(),
            whom: match waiting.whom {
                Whom::Its => "its",
                Whom::Roles(_) | Whom::Others(_) => "role",
                Whom::Person(_) => "person",
                Whom::Nobody => "nobody",
            },
            since: waiting.due.is_none(),
            marks: Vec::new(),
        }
    }

    /// The same for a channel, where what it is may be said and nothing more.
    #[must_use]
    pub fn for_a_channel(self) -> Self {
        Self {
            asks: "",
            name: String::new(),
            ..self
        }
    }
}

fn by_reference<S: serde::Serializer>(id: &Subject, to: S) -> Result<S::Ok, S::Error> {
    to.collect_str(id)
}

/// A concern's line to try templates on.
pub(super) fn sample_line(number: i64) -> Line {
    let words = ["Stage 1", "Team Manager", "Mon 21 Dec"].map(str::to_owned);
    let [step, role, date] = words;
    let line = Line::of_concern(ConcernId(number), step, role, date);
    let marks = if number == 2 {
        vec![
            Mark::left(line.reference),
            Mark::beside("complaints procedure"),
        ]
    } else {
        Vec::new()
    };
    Line { marks, ..line }
}

/// What a record beside the concerns may be, as templates tell it apart.
pub(super) const WHATS: [&str; 9] = [
    "review",
    "midway",
    "change",
    "praise",
    "service",
    "proceedings",
    "concern",
    "protocol",
    "team",
];

/// A line of each sort of record and of each thing that is asked, to try templates on.
pub(super) fn sample_lines_beside() -> Vec<Line> {
    let asks = [
        "",
        "task",
        "silence",
        "settlement",
        "referral",
        "panel_part",
        "seen",
        "judgement",
        "outcome",
        "closing",
        "nothing",
    ];
    let whoms = ["its", "role", "person", "nobody"];
    let all = (0..asks.len()).zip(WHATS.into_iter().cycle());
    all.zip(whoms.into_iter().cycle())
        .map(|((at, what), whom)| Line {
            what,
            asks: asks.get(at).copied().unwrap_or_default(),
            name: "Report completed".to_owned(),
            whom,
            since: at % 2 == 0,
            ..sample_line(7)
        })
        .collect()
}
