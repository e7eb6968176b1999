//! The forms about a notice, and what is said of what was not done.

use serde::Serialize;
use serde_json::{Value, json};

use super::forms::{Choice, Choices, Recipient};
use super::notice::{Whom, manager, whom};
use super::{Broken, Messages};
use crate::calendar::say_date;
use crate::concern::Rules;
use crate::ids::UserId;
use crate::notice::{Notice, Recipient as Received, Refusal, Sort};

/// The forms of a sort that sends: their `callback_id`s.
#[must_use]
pub fn callback(sort: Sort) -> &'static str {
    match sort {
        Sort::Change => "notify",
        Sort::Praise => "praise",
        Sort::Service => "service_concern",
    }
}

/// What the form that sends a notice is built of.
#[derive(Clone, Debug, Serialize)]
pub struct SendForm {
    /// The sort's stable name.
    pub sort: &'static str,
    /// The teams: one entry.
    pub teams: Vec<Choices>,
    /// The protocol's title.
    pub protocol: String,
    /// Where the protocol says who is told; nothing where it does not.
    pub clause: Option<String>,
    /// The case system's name.
    pub case_system: String,
    /// The roles that are told.
    pub to: Vec<Recipient>,
    /// What may have changed, by its place in the protocol's list.
    pub items: Vec<Choice>,
    /// Those of them that are longer than a list shows, in full.
    pub long: Vec<String>,
    /// The categories: one entry, or none where the protocol has none.
    pub categories: Vec<Choices>,
}

/// Why a field of a form that sends cannot be taken, where the common words do not fit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoticeFault {
    /// The person is no reviewing officer under the protocol.
    NotAnOfficer,
    /// They named themselves.
    YourOwn,
    /// Whoever would be told is the sender.
    ToNobodyElse,
}

impl NoticeFault {
    const ALL: [Self; 3] = [Self::NotAnOfficer, Self::YourOwn, Self::ToNobodyElse];

    fn as_str(self) -> &'static str {
        match self {
            Self::NotAnOfficer => "not_an_officer",
            Self::YourOwn => "your_own",
            Self::ToNobodyElse => "to_nobody_else",
        }
    }
}

#[derive(Debug, Serialize)]
struct Refused<'a> {
    why: &'static str,
    reference: String,
    sender: &'a UserId,
    told: Vec<Whom<'a>>,
    manager: &'a str,
}

#[derive(Debug, Serialize)]
struct FormSays<'a> {
    reference: String,
    on: String,
    sent_on: String,
    sender: &'a UserId,
    answered: bool,
}

/// The forms of buttons about a notice.
const FORMS: [&str; 3] = ["judge_review", "record_outcome", "close_notice"];

impl Messages {
    /// The form that sends a notice, whole.
    ///
    /// # Errors
    /// [`Broken`] where the template fails.
    pub fn send_form(&self, sort: Sort, form: &SendForm) -> Result<Value, Broken> {
        self.view(callback(sort), form)
    }

    /// The form that sends a notice, before the team is chosen.
    ///
    /// # Errors
    /// [`Broken`] where the template fails.
    pub fn send_team(&self, sort: Sort, teams: &Choices) -> Result<Value, Broken> {
        self.view("notice_team", &team_says(sort, teams))
    }

    /// What the sender is shown once it is sent.
    ///
    /// # Errors
    /// [`Broken`] where the template fails.
    pub fn notice_sent(&self, rules: &Rules<'_>, notice: &Notice) -> Result<Value, Broken> {
        let told = whom(
            rules,
            (notice, notice.officer.as_ref()),
            notice.sent.recipients(),
        );
        let says = json!({"reference": notice.id.to_string(), "told": told});
        self.view("notice_sent", &says)
    }

    /// The form of a button about a notice, by the button's name. Without its `private_metadata`, which is the caller's.
    ///
    /// # Errors
    /// [`Broken`] where the template fails.
    pub fn notice_form(
        &self,
        name: &str,
        rules: &Rules<'_>,
        notice: &Notice,
    ) -> Result<Value, Broken> {
        self.view(name, &form_says(rules, notice))
    }

    /// Why something was not done on a notice, and who can.
    #[must_use]
    pub fn notice_refused(&self, refusal: &Refusal, rules: &Rules<'_>, notice: &Notice) -> String {
        self.said("refusal/notice.txt", &refused(refusal, rules, notice))
    }

    /// What is wrong with a field of a form that sends.
    #[must_use]
    pub fn notice_fault(&self, fault: NoticeFault) -> String {
        let says = json!({"why": fault.as_str()});
        self.said("refusal/notice_field.txt", &says)
    }

    /// That somebody may not send this sort of notice, and who may.
    #[must_use]
    pub fn may_not_notify(&self, sort: Sort, ask: &[UserId]) -> String {
        let says = json!({"sort": sort.as_str(), "people": ask});
        self.said("problem/may_not_notify.txt", &says)
    }

    /// That there is no such notice, or that it is not theirs to read: the same words for both.
    #[must_use]
    pub fn no_notice(&self) -> String {
        self.said("problem/no_notice.txt", &json!({}))
    }
}

fn team_says(sort: Sort, teams: &Choices) -> Value {
    json!({"callback": callback(sort), "sort": sort.as_str(), "teams": [teams]})
}

fn form_says<'a>(rules: &Rules<'_>, notice: &'a Notice) -> FormSays<'a> {
    FormSays {
        reference: notice.id.to_string(),
        on: say_date(notice.sent.on),
        sent_on: say_date(rules.day(notice.sent_at)),
        sender: &notice.sender,
        answered: !notice.outcomes.is_empty(),
    }
}

fn refused<'a>(refusal: &Refusal, rules: &Rules<'a>, notice: &'a Notice) -> Refused<'a> {
    let (why, told) = match refusal {
        Refusal::ForRecipients => (
            "for_recipients",
            whom(
                rules,
                (notice, notice.officer.as_ref()),
                notice.sent.recipients(),
            ),
        ),
        Refusal::ForOfficer => (
            "for_officer",
            whom(
                rules,
                (notice, notice.officer.as_ref()),
                [Received::Officer],
            ),
        ),
        Refusal::ForSender => ("for_sender", Vec::new()),
        Refusal::OwnNotice => ("own_notice", Vec::new()),
        Refusal::DoneAlready => ("done_already", Vec::new()),
        Refusal::NotAsked | Refusal::ToNobodyElse | Refusal::Field { .. } => {
            ("not_asked", Vec::new())
        }
    };
    Refused {
        why,
        reference: notice.id.to_string(),
        sender: &notice.sender,
        told,
        manager: manager(rules),
    }
}

/// Samples of what is asked and refused about a notice.
pub(super) fn sample(rules: &Rules<'_>, notice: &Notice, attempt: &mut impl FnMut(&str, &Value)) {
    let mut tried = |name: &str, sample: Result<Value, serde_json::Error>| {
        if let Ok(sample) = sample {
            attempt(name, &sample);
        }
    };
    for name in FORMS {
        let says = form_says(rules, notice);
        tried(&format!("modal/{name}.json"), serde_json::to_value(says));
    }
    let told = whom(
        rules,
        (notice, notice.officer.as_ref()),
        notice.sent.recipients(),
    );
    let says = json!({"reference": notice.id.to_string(), "told": told});
    tried("modal/notice_sent.json", Ok(says));
    for refusal in [
        Refusal::ForRecipients,
        Refusal::ForOfficer,
        Refusal::ForSender,
        Refusal::OwnNotice,
        Refusal::DoneAlready,
        Refusal::NotAsked,
    ] {
        let says = refused(&refusal, rules, notice);
        tried("refusal/notice.txt", serde_json::to_value(says));
    }
}

/// Samples of the forms that send.
pub(super) fn samples(attempt: &mut impl FnMut(&str, &Value)) {
    let mut tried = |name: &str, sample: Result<Value, serde_json::Error>| {
        if let Ok(sample) = sample {
            attempt(name, &sample);
        }
    };
    let few = || {
        Choices::list(vec![
            Choice::new("a", "The first"),
            Choice::new("b", "Another"),
        ])
    };
    let recipient = |people: &[&str]| Recipient {
        role: "Team Manager".to_owned(),
        people: people.iter().map(|id| UserId::from(*id)).collect(),
        ..Recipient::default()
    };
    for sort in Sort::ALL {
        for full in [true, false] {
            let some = |count: usize| if full { count } else { 0 };
            let form = SendForm {
                sort: sort.as_str(),
                teams: vec![few()],
                protocol: "Dispute Resolution Protocol".to_owned(),
                clause: full.then(|| "3.2".to_owned()),
                case_system: "LCS".to_owned(),
                to: vec![recipient(&["U0ONE"]), recipient(&[])],
                items: vec![Choice::new("0", "Change of plan"); some(2)],
                long: vec!["Something that is longer than a list shows".to_owned(); some(2)],
                categories: vec![few(); some(1)],
            };
            let name = format!("modal/{}.json", callback(sort));
            tried(&name, serde_json::to_value(&form));
            let ask = vec![UserId::from("U0IROM"); some(1)];
            let says = json!({"sort": sort.as_str(), "people": ask});
            tried("problem/may_not_notify.txt", Ok(says));
        }
        tried("modal/notice_team.json", Ok(team_says(sort, &few())));
    }
    for fault in NoticeFault::ALL {
        let says = json!({"why": fault.as_str()});
        tried("refusal/notice_field.txt", Ok(says));
    }
    tried("problem/no_notice.txt", Ok(json!({})));
}
