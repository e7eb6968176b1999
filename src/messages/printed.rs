//! The whole record of what is kept beside the concerns, for a court, a subject access request or an inspection: every fact in order,
//! who did it, and what was written. One shape for every sort.

use serde::Serialize;
use serde_json::Value;

use super::escape::plainly;
use super::exported::{self, Exported, Link, Moment, Texts, Written};
use super::{Broken, Messages};
use crate::calendar::say_date_year;
use crate::concern::{Actor, Rules};
use crate::ids::{Reference, UserId};
use crate::record::{Kept, Recorded};
use crate::store::events::Unsealed;

/// What the JSON document calls its own shape; a change that breaks a reader changes the number.
const FORMAT: &str = "lodestar record 1";
const PAGE: &str = "export/record.html";

/// What a record is printed in.
#[derive(Clone, Copy, Debug)]
pub struct PrintSetting<'a> {
    /// The rules the record is under.
    pub rules: &'a Rules<'a>,
    /// What it is, such as "Review".
    pub what: &'a str,
    /// The council's name.
    pub council_name: &'a str,
    /// The team's name.
    pub team_name: &'a str,
    /// The name of the case system.
    pub case_system: &'a str,
    /// The present moment.
    pub now: chrono::DateTime<chrono::Utc>,
}

/// The whole record, ready to be printed.
#[derive(Debug, Serialize)]
pub struct Printed {
    format: &'static str,
    /// The sort, as the record names it.
    sort: &'static str,
    reference: String,
    what: String,
    council: String,
    team: String,
    team_name: String,
    case_ref: Option<String>,
    case_system: String,
    whose: UserId,
    /// The council-local day it is about.
    day: String,
    day_said: String,
    open: bool,
    protocol: Pinned,
    zone: String,
    exported: Moment,
    /// `included`, `erased` or `left_out`.
    texts: &'static str,
    facts: Vec<Told>,
    /// The hash of the last entry; empty where none was given.
    head: String,
}

#[derive(Debug, Serialize)]
struct Pinned {
    id: String,
    title: String,
    source: Option<String>,
    /// SHA-256 of the protocol's text as it was.
    hash: String,
}

#[derive(Debug, Serialize)]
struct Told {
    seq: i64,
    #[serde(flatten)]
    when: Moment,
    /// A person's id on the messaging platform, or `lodestar`.
    actor: String,
    /// For whom, where they could only as that person's cover.
    on_behalf_of: Option<UserId>,
    kind: String,
    said: String,
    /// The fact as it is recorded.
    body: Value,
    texts: Vec<Written>,
    prev_hash: String,
    hash: String,
}

impl Messages {
    /// The whole record of one that is kept. `say` tells a fact in a line, `head` a text's heading from its field; `links` are the
    /// record's hashes.
    #[must_use]
    pub fn printed<K: Kept>(
        setting: &PrintSetting<'_>,
        (record, history): (&K, &[Recorded<K::Fact>]),
        texts: Texts<&[Unsealed]>,
        links: &[Link],
        (say, head): (
            impl Fn(&Recorded<K::Fact>) -> String,
            impl Fn(&str) -> String,
        ),
    ) -> Printed {
        let calendar = setting.rules.calendar;
        let mut facts = Vec::with_capacity(history.len());
        for recorded in history {
            let mut written = Vec::new();
            if let Texts::Opened(texts) = texts {
                for text in texts.iter().filter(|text| text.seq == recorded.seq) {
                    written.push(Written {
                        heading: plainly(&head(&text.field)).trim().to_owned(),
                        field: text.field.clone(),
                        words: text.text.clone(),
                    });
                }
            }
            let body = serde_json::to_value(&recorded.fact).unwrap_or_default();
            let link = links.iter().find(|link| link.seq == recorded.seq);
            let kind = body.get("kind").and_then(Value::as_str).unwrap_or_default();
            facts.push(Told {
                seq: recorded.seq,
                when: Moment::new(calendar, recorded.at),
                actor: match &recorded.actor {
                    Actor::Person(user) => user.to_string(),
                    Actor::Lodestar => "lodestar".to_owned(),
                },
                on_behalf_of: recorded.on_behalf_of.clone(),
                kind: kind.to_owned(),
                said: plainly(&say(recorded)).trim().to_owned(),
                texts: written,
                prev_hash: link.map_or_else(String::new, |link| link.prev_hash.clone()),
                hash: link.map_or_else(String::new, |link| link.hash.clone()),
                body,
            });
        }
        document(setting, record, texts, facts)
    }

    /// A printed record as one web page that needs nothing else and runs nothing.
    ///
    /// # Errors
    /// [`Broken`] where the template fails; it holds no content.
    pub fn printed_page(&self, printed: &Printed) -> Result<String, Broken> {
        self.engine.page(PAGE, printed)
    }
}

fn document<K: Kept>(
    setting: &PrintSetting<'_>,
    record: &K,
    texts: Texts<&[Unsealed]>,
    facts: Vec<Told>,
) -> Printed {
    let PrintSetting { rules, .. } = *setting;
    let head = record.head();
    Printed {
        format: FORMAT,
        sort: K::Id::SORT,
        reference: head.id.to_string(),
        what: setting.what.to_owned(),
        council: setting.council_name.to_owned(),
        team: head.team.to_string(),
        team_name: setting.team_name.to_owned(),
        case_ref: head.case_ref.map(ToString::to_string),
        case_system: setting.case_system.to_owned(),
        whose: head.whose.clone(),
        day: head.day.to_string(),
        day_said: say_date_year(head.day),
        open: head.open,
        protocol: Pinned {
            id: rules.protocol.id.to_string(),
            title: rules.protocol.title.clone(),
            source: rules.protocol.source.clone(),
            hash: head.protocol_hash.to_owned(),
        },
        zone: rules.calendar.zone().to_string(),
        exported: Moment::new(rules.calendar, setting.now),
        texts: texts.as_str(),
        head: facts
            .last()
            .map_or_else(String::new, |fact| fact.hash.clone()),
        facts,
    }
}

impl Printed {
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

/// A sample of a printed record, with something among its texts that must not run.
pub(super) fn sample<K: Kept>(
    rules: &Rules<'_>,
    (record, history): (&K, &[Recorded<K::Fact>]),
    attempt: &mut impl FnMut(&str, &Value),
) {
    let setting = PrintSetting {
        rules,
        what: "A record",
        council_name: "Sample Council",
        team_name: "North locality",
        case_system: "LCS",
        now: record.head().changed_at,
    };
    for texts in [
        Texts::Opened(&[] as &[Unsealed]),
        Texts::Erased,
        Texts::LeftOut,
    ] {
        let facts = history.iter().map(|recorded| Told {
            seq: recorded.seq,
            when: Moment::new(rules.calendar, recorded.at),
            actor: "U0ONE".to_owned(),
            on_behalf_of: (recorded.seq % 2 == 0).then(|| UserId::from("U0TWO")),
            kind: "seen".to_owned(),
            said: "seen by @U0ONE".to_owned(),
            body: Value::Null,
            texts: vec![Written {
                field: "details".to_owned(),
                heading: "What is told".to_owned(),
                words: "<script>alert(1)</script>".to_owned(),
            }],
            prev_hash: String::new(),
            hash: "ab".to_owned(),
        });
        let printed = document(&setting, record, texts, facts.collect());
        if let Ok(sample) = serde_json::to_value(&printed) {
            attempt(PAGE, &sample);
        }
    }
}
