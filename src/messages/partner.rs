//! Those told of a concern outside its line: the forms that tell them and record their response, and the lines that say it.

use chrono::NaiveDate;
use serde::Serialize;
use serde_json::Value;

use super::{Broken, Choice, Choices, Messages};
use crate::calendar::say_date;
use crate::concern::decide::partner::offered;
use crate::concern::partner::{Copied, Informed, Partner};
use crate::concern::{self, ClockKind, Concern, Rules};
use crate::ids::UserId;
use crate::protocol::PartnerBy;

/// How many of those told a message lists: the newest.
const TOLD: usize = 6;

/// Somebody who was told, on a message.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct PartnerLine {
    /// The concern.
    pub reference: String,
    /// What the protocol calls them; empty where it says nothing of them.
    pub name: String,
    /// Who got a message; absent where they were told by e-mail.
    pub with: Option<UserId>,
    /// Whether they are invited to respond.
    pub invited: bool,
    /// The day on which they were told.
    pub on: String,
    /// What came of the invitation: `responded`, `ended`, or `waits` where it is open; empty where nothing was asked.
    pub replied: &'static str,
    /// The day of that.
    pub replied_on: String,
    /// The day on which the raiser's side is asked after it next; empty where it is not.
    pub ask_on: String,
    /// Whether the concern has ended.
    pub ended: bool,
}

impl PartnerLine {
    /// One of those told.
    #[must_use]
    pub fn new(rules: &Rules<'_>, concern: &Concern, told: &Partner) -> Self {
        let Informed {
            with, invited, on, ..
        } = &told.informed;
        let replied = match &told.replied {
            Some(replied) if replied.responded => "responded",
            Some(_) => "ended",
            None if *invited => "waits",
            None => "",
        };
        Self {
            reference: concern.id.to_string(),
            name: name_of(rules, &told.informed).to_owned(),
            with: with.clone(),
            invited: *invited,
            on: say_date(*on),
            replied,
            replied_on: told
                .replied
                .as_ref()
                .map_or_else(String::new, |replied| say_date(replied.on)),
            ask_on: asked_after(rules, concern)
                .filter(|_| told.is_outstanding())
                .map_or_else(String::new, say_date),
            ended: !concern.is_open(),
        }
    }
}

/// The day on which the raiser's side is asked next after those who were invited and have not responded.
#[must_use]
pub fn asked_after(rules: &Rules<'_>, concern: &Concern) -> Option<NaiveDate> {
    concern.partners.outstanding().next()?;
    let clocks = concern::clocks(rules, concern);
    let asks = clocks
        .iter()
        .find(|clock| clock.kind == ClockKind::Partners)?;
    Some(rules.day(asks.at))
}

/// What somebody who was told is called; empty where the protocol says nothing of them.
pub(super) fn name_of<'a>(rules: &Rules<'a>, informed: &'a Informed) -> &'a str {
    let rule = informed
        .partner
        .as_deref()
        .and_then(|id| rules.protocol.partner(id));
    match rule {
        Some(rule) => rule.called(informed.named.as_deref()),
        None => informed.named.as_deref().unwrap_or_default(),
    }
}

/// Those told, the newest last.
pub(super) fn partner_lines(rules: &Rules<'_>, concern: &Concern) -> Vec<PartnerLine> {
    let told = &concern.partners.told;
    let skip = told.len().saturating_sub(TOLD);
    let line = |told| PartnerLine::new(rules, concern, told);
    told.iter().skip(skip).map(line).collect()
}

/// Those invited who have not responded.
pub(super) fn outstanding_lines(rules: &Rules<'_>, concern: &Concern) -> Vec<PartnerLine> {
    let line = |told| PartnerLine::new(rules, concern, told);
    concern
        .partners
        .outstanding()
        .take(TOLD)
        .map(line)
        .collect()
}

/// Somebody who is copied by name, on a message.
#[derive(Debug, Serialize)]
pub(super) struct CopiedLine {
    user: UserId,
    on: String,
}

/// Those copied by name, in order.
pub(super) fn copied_lines(rules: &Rules<'_>, concern: &Concern) -> Vec<CopiedLine> {
    let line = |copied: &Copied| CopiedLine {
        user: copied.user.clone(),
        on: say_date(rules.day(copied.at)),
    };
    concern.copied.iter().map(line).collect()
}

/// Whether whoever reads a message is invited to respond.
pub(super) fn is_invited(concern: &Concern, readers: &[UserId]) -> bool {
    concern.partners.outstanding().any(|told| {
        let with = told.informed.with.as_ref();
        with.is_some_and(|with| readers.contains(with))
    })
}

/// Somebody who may be told, as the form says it.
#[derive(Clone, Debug, Default, Serialize)]
struct May {
    name: String,
    condition: String,
    by_email: bool,
    episode: String,
    clause: String,
}

/// What the form `inform` is built of.
#[derive(Clone, Debug, Default, Serialize)]
pub struct InformForm {
    reference: String,
    /// Whom the protocol lets them tell: one entry, or none where it says nothing of any.
    whom: Vec<Choices>,
    may: Vec<May>,
    /// Whether any of them may get a message.
    by_message: bool,
    /// Today, as `2026-12-14`.
    today: String,
}

impl InformForm {
    /// The form for a concern as it stands; `today` is the council-local day.
    #[must_use]
    pub fn new(rules: &Rules<'_>, concern: &Concern, today: NaiveDate) -> Self {
        let mut form = Self {
            reference: concern.id.to_string(),
            today: today.to_string(),
            ..Self::default()
        };
        let mut options = Vec::new();
        for rule in offered(rules, concern) {
            for (at, name) in rule.names.iter().enumerate() {
                options.push(Choice::new(&format!("{}/{at}", rule.id), name));
            }
            options.push(Choice::new(&rule.id, &rule.name));
            form.by_message |= rule.by == PartnerBy::Message;
            form.may.push(May {
                name: rule.name.clone(),
                condition: rule.when.clone().unwrap_or_default(),
                by_email: rule.by == PartnerBy::Email,
                episode: rule.episode.clone().unwrap_or_default(),
                clause: rule.clause.clone(),
            });
        }
        if !options.is_empty() {
            form.whom = vec![Choices::list(options)];
        }
        form
    }

    /// The partner's id and, where one of those that the protocol names was chosen, its name. `None` where it is not among them.
    #[must_use]
    pub fn chosen(
        rules: &Rules<'_>,
        concern: &Concern,
        value: &str,
    ) -> Option<(String, Option<String>)> {
        let (id, at) = match value.split_once('/') {
            Some((id, at)) => (id, Some(at.parse::<usize>().ok()?)),
            None => (value, None),
        };
        let rule = offered(rules, concern).find(|rule| rule.id == id)?;
        let named = match at {
            Some(at) => Some(rule.names.get(at)?.clone()),
            None => None,
        };
        Some((id.to_owned(), named))
    }
}

/// What the form `response` is built of.
#[derive(Clone, Debug, Default, Serialize)]
pub struct ResponseForm {
    reference: String,
    waits: Vec<Waits>,
    /// Today, as `2026-12-14`.
    today: String,
}

/// Somebody whose response may be recorded.
#[derive(Clone, Debug, Default, Serialize)]
struct Waits {
    number: String,
    name: String,
    on: String,
}

impl ResponseForm {
    /// The form for a concern as it stands; `None` where nobody who was invited has still to respond.
    #[must_use]
    pub fn new(rules: &Rules<'_>, concern: &Concern, today: NaiveDate) -> Option<Self> {
        let waits: Vec<Waits> = concern
            .partners
            .outstanding()
            .map(|told| Waits {
                number: told.informed.number.to_string(),
                name: name_of(rules, &told.informed).to_owned(),
                on: say_date(told.informed.on),
            })
            .collect();
        (!waits.is_empty()).then(|| Self {
            reference: concern.id.to_string(),
            waits,
            today: today.to_string(),
        })
    }
}

impl Messages {
    /// The form `inform`. Without its `private_metadata`, which is the caller's.
    ///
    /// # Errors
    /// [`Broken`] where the template fails.
    pub fn inform_form(&self, form: &InformForm) -> Result<Value, Broken> {
        self.view("inform", form)
    }

    /// The form `response`. Without its `private_metadata`, which is the caller's.
    ///
    /// # Errors
    /// [`Broken`] where the template fails.
    pub fn response_form(&self, form: &ResponseForm) -> Result<Value, Broken> {
        self.view("response", form)
    }
}

/// The forms with and without what they may hold.
pub(super) fn samples(attempt: &mut impl FnMut(&str, &Value)) {
    let may = |by_email| May {
        name: "Partner agency".to_owned(),
        condition: "the dispute is with another agency".to_owned(),
        by_email,
        episode: "Dispute Resolution episode".to_owned(),
        clause: "3.1.2".to_owned(),
    };
    let silent = InformForm {
        reference: "C-42".to_owned(),
        today: "2026-12-14".to_owned(),
        ..InformForm::default()
    };
    let full = InformForm {
        whom: vec![Choices::list(vec![Choice::new("agency/0", "Police")])],
        may: vec![may(true), may(false), May::default()],
        by_message: true,
        ..silent.clone()
    };
    for form in [silent, full] {
        if let Ok(sample) = serde_json::to_value(&form) {
            attempt("modal/inform.json", &sample);
        }
    }
    let waits = |name: &str| Waits {
        number: "1".to_owned(),
        name: name.to_owned(),
        on: "Mon 14 Dec".to_owned(),
    };
    let form = ResponseForm {
        reference: "C-42".to_owned(),
        waits: vec![waits("Police"), waits("")],
        today: "2026-12-14".to_owned(),
    };
    if let Ok(sample) = serde_json::to_value(&form) {
        attempt("modal/response.json", &sample);
    }
}

/// Lines of every kind, to try the list on.
pub(super) fn sample_lines() -> Vec<PartnerLine> {
    ["responded", "ended", "waits", ""]
        .into_iter()
        .enumerate()
        .map(|(at, replied)| PartnerLine {
            reference: format!("C-{at}"),
            name: if at == 1 {
                String::new()
            } else {
                "Police".to_owned()
            },
            with: (at == 2).then(|| UserId::from("U0ONE")),
            invited: !replied.is_empty(),
            on: "Mon 14 Dec".to_owned(),
            replied,
            replied_on: "Fri 18 Dec".to_owned(),
            ask_on: if at == 2 { "Mon 21 Dec" } else { "" }.to_owned(),
            ended: at == 0,
        })
        .collect()
}
