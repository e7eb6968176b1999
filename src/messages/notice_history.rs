//! What happened to a notice, one line a fact, wherever its record is printed.

use serde::Serialize;
use serde_json::{Value, json};

use super::Messages;
use super::notice::{Whom, whom};
use super::who_did::WhoDid;
use crate::concern::Rules;
use crate::notice::{Fact, Field, Notice, Recorded, Sort};

/// One fact, in words' reach.
#[derive(Debug, Serialize)]
struct Happened<'a> {
    kind: &'static str,
    #[serde(flatten)]
    who: WhoDid<'a>,
    whom: Vec<Whom<'a>>,
    how: &'static str,
    concern: String,
}

impl Messages {
    /// One fact of a notice in a line, without its moment.
    #[must_use]
    pub fn notice_happened(&self, rules: &Rules<'_>, notice: &Notice, fact: &Recorded) -> String {
        let says = happened(rules, notice, fact);
        self.said("told/notice_happened.txt", &says)
    }

    /// The heading of a text of a notice, by its field in the store.
    #[must_use]
    pub fn notice_field(&self, field: &str) -> String {
        self.said("told/notice_field.txt", &json!({"field": field}))
    }

    /// What a sort of notice is called.
    #[must_use]
    pub fn notice_head(&self, sort: Sort) -> String {
        self.said("told/notice_head.txt", &json!({"sort": sort.as_str()}))
    }
}

fn happened<'a>(rules: &Rules<'a>, notice: &'a Notice, recorded: &'a Recorded) -> Happened<'a> {
    let mut line = Happened {
        kind: "",
        who: WhoDid::of(recorded),
        whom: Vec::new(),
        how: "",
        concern: String::new(),
    };
    line.kind = match &recorded.fact {
        Fact::NoticeSent(sent) => {
            let officer = notice.sent.officer.as_ref();
            line.whom = whom(rules, (notice, officer), sent.recipients());
            "sent"
        }
        Fact::Seen { .. } => "seen",
        Fact::ReviewJudged { needed } => {
            line.how = if *needed { "needed" } else { "not_needed" };
            "judged"
        }
        Fact::OutcomeRecorded { .. } => "outcome",
        Fact::Closed => "closed",
        Fact::OfficerChanged { to } => line.who.handed_over(to),
        Fact::ConcernRaised { concern } => {
            line.concern = concern.to_string();
            "concern_raised"
        }
        Fact::Reminded { of } => {
            line.how = of.as_str();
            "reminded"
        }
    };
    line
}

/// Every line of a notice's history.
pub(super) fn sample(
    rules: &Rules<'_>,
    notice: &Notice,
    history: &[Recorded],
    attempt: &mut impl FnMut(&str, &Value),
) {
    for recorded in history {
        if let Ok(sample) = serde_json::to_value(happened(rules, notice, recorded)) {
            attempt("told/notice_happened.txt", &sample);
        }
    }
    for field in [
        Field::Details,
        Field::Reason,
        Field::Outcome,
        Field::Closing,
    ] {
        let says = json!({"field": field.as_str()});
        attempt("told/notice_field.txt", &says);
    }
    let says = json!({"sort": notice.sent.sort.as_str()});
    attempt("told/notice_head.txt", &says);
}
