//! The forms about a review, and what is said of what was not done.

use serde::Serialize;
use serde_json::Value;

use super::forms::{Choice, Choices, Recipient};
use super::{Broken, Messages};
use crate::ids::UserId;

/// What the form that records a review is built of.
#[derive(Clone, Debug, Default, Serialize)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a plain yes or no that the template asks for by name"
)]
pub struct RecordForm {
    /// The teams: one entry.
    pub teams: Vec<Choices>,
    /// The protocol's title.
    pub protocol: String,
    /// What the protocol calls a midway review, where it has one.
    pub midway: Option<String>,
    /// Whether it is one that is recorded.
    pub is_midway: bool,
    /// Whether who attended is asked.
    pub attended: bool,
    /// Whether the protocol sets times after a review.
    pub timed: bool,
    /// Who hears of which rating at once.
    pub ratings: Vec<RatingTold>,
    /// The case system's name.
    pub case_system: String,
    /// Whether a judgement on progress is asked.
    pub rag: bool,
    /// The standing criteria that may be met, by their places.
    pub criteria: Vec<Choice>,
    /// To whom a case that meets one is referred, such as "the Service Manager".
    pub referred_to: String,
    /// What the protocol's form asks as well.
    pub fields: Vec<FormField>,
}

/// A field of the protocol's form.
#[derive(Clone, Debug, Default, Serialize)]
pub struct FormField {
    /// Its block.
    pub block: String,
    /// What it asks, in the protocol's words.
    pub name: String,
    /// What helps to fill it in.
    pub hint: Option<String>,
    /// Whether it is answered with yes or no, rather than in words.
    pub yes_or_no: bool,
}

/// Who hears of a rating.
#[derive(Clone, Debug, Default, Serialize)]
pub struct RatingTold {
    /// The rating in words.
    pub rating: String,
    /// Who hears of it.
    pub to: Vec<Recipient>,
}

impl RatingTold {
    /// One that is told to somebody and to a role that nobody holds, for the checks of the words.
    pub(super) fn samples() -> Vec<Self> {
        let recipient = |people: &[&str]| Recipient {
            role: "Head of Service".to_owned(),
            people: people.iter().map(|id| UserId::from(*id)).collect(),
            ..Recipient::default()
        };
        vec![Self {
            rating: "red".to_owned(),
            to: vec![recipient(&["U0ONE"]), recipient(&[])],
        }]
    }
}

/// What the officer is shown once it is recorded.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Recorded {
    /// The review.
    pub reference: String,
    /// What is due.
    pub tasks: Vec<RecordedTask>,
}

/// A task and its day.
#[derive(Clone, Debug, Default, Serialize)]
pub struct RecordedTask {
    /// What is due.
    pub name: String,
    /// By when.
    pub due: String,
}

/// What a form about a review is built of: `modal/<name>.json`, one for each button that opens one.
#[derive(Clone, Debug, Default, Serialize)]
pub struct ReviewForm {
    /// The review.
    pub reference: String,
    /// The day it was held.
    pub held_on: String,
    /// Whether the window for objections has ended.
    pub over: bool,
    /// The tasks that whoever opens it may tell are done: one entry, none where none is asked.
    pub tasks: Vec<Choices>,
    /// The day of today, as `2026-12-16`.
    pub today: String,
}

/// Why something was not done on a review.
#[derive(Clone, Debug, Default, Serialize)]
pub struct ReviewRefused {
    /// `not_yours`, `own_review`, `done_already`, `full`, `not_yet` or `not_asked`.
    pub why: &'static str,
    /// The review.
    pub reference: String,
    /// The officer, where they may do it.
    pub officer: Option<UserId>,
    /// Who else may.
    pub who: Vec<Recipient>,
    /// What is due next, and by when; empty where nothing is.
    pub next: String,
    /// By when.
    pub next_by: String,
}

impl Messages {
    /// The form that records a review, whole.
    ///
    /// # Errors
    /// [`Broken`] where the template fails.
    pub fn record_form(&self, form: &RecordForm) -> Result<Value, Broken> {
        self.view("record_review", form)
    }

    /// The form that records a review, before the team is chosen.
    ///
    /// # Errors
    /// [`Broken`] where the template fails.
    pub fn record_team(&self, teams: &Choices) -> Result<Value, Broken> {
        self.view("record_team", &serde_json::json!({"teams": [teams]}))
    }

    /// What the officer is shown once it is recorded.
    ///
    /// # Errors
    /// [`Broken`] where the template fails.
    pub fn recorded(&self, recorded: &Recorded) -> Result<Value, Broken> {
        self.view("recorded", recorded)
    }

    /// The form of a button about a review, by the button's name. Without its `private_metadata`, which is the caller's.
    ///
    /// # Errors
    /// [`Broken`] where the template fails.
    pub fn review_form(&self, name: &str, form: &ReviewForm) -> Result<Value, Broken> {
        self.view(name, form)
    }

    /// What somebody is shown whose objection came after the window.
    ///
    /// # Errors
    /// [`Broken`] where the template fails.
    pub fn objected_late(&self, reference: &str) -> Result<Value, Broken> {
        self.view(
            "objected_late",
            &serde_json::json!({"reference": reference}),
        )
    }

    /// Why something was not done on a review.
    #[must_use]
    pub fn review_refused(&self, refused: &ReviewRefused) -> String {
        self.said("refusal/review.txt", refused)
    }

    /// That there is no such review, or that it is not theirs to read: the same words for both.
    #[must_use]
    pub fn no_review(&self) -> String {
        self.said("problem/no_review.txt", &serde_json::json!({}))
    }
}

/// The forms of buttons about a review.
const FORMS: [&str; 5] = [
    "done_on",
    "object",
    "settle_objection",
    "answer_referral",
    "panel_part",
];

/// A sample of each kind of field.
fn fields() -> Vec<FormField> {
    [true, false]
        .map(|yes| FormField {
            block: format!("form-{yes}"),
            name: "Key planning documents".to_owned(),
            hint: yes.then(|| "Which are up to date.".to_owned()),
            yes_or_no: yes,
        })
        .into()
}

/// Samples of every form, with and without what it may hold.
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
        role: "Service Manager".to_owned(),
        people: people.iter().map(|id| UserId::from(*id)).collect(),
        ..Recipient::default()
    };
    for (yes, midway) in [(true, false), (true, true), (false, false)] {
        let form = RecordForm {
            teams: vec![few()],
            protocol: "Dispute Resolution Protocol".to_owned(),
            midway: yes.then(|| "midpoint review".to_owned()),
            is_midway: midway,
            attended: !midway,
            timed: yes,
            ratings: if yes {
                RatingTold::samples()
            } else {
                Vec::new()
            },
            case_system: "LCS".to_owned(),
            rag: yes,
            criteria: if yes {
                vec![Choice::new("0", "Placed with parents for a year")]
            } else {
                Vec::new()
            },
            referred_to: "the Service Manager".to_owned(),
            fields: if yes { fields() } else { Vec::new() },
        };
        tried("modal/record_review.json", serde_json::to_value(&form));
        let recorded = Recorded {
            reference: "R-7".to_owned(),
            tasks: if yes {
                vec![RecordedTask {
                    name: "Decisions sent".to_owned(),
                    due: "Wed 23 Dec, 17:00".to_owned(),
                }]
            } else {
                Vec::new()
            },
        };
        tried("modal/recorded.json", serde_json::to_value(&recorded));
        let form = ReviewForm {
            reference: "R-7".to_owned(),
            held_on: "Wed 16 Dec".to_owned(),
            over: yes,
            tasks: vec![few()],
            today: "2026-12-17".to_owned(),
        };
        for name in FORMS {
            tried(&format!("modal/{name}.json"), serde_json::to_value(&form));
        }
        for why in [
            "not_yours",
            "own_review",
            "done_already",
            "full",
            "not_yet",
            "not_asked",
        ] {
            let refused = ReviewRefused {
                why,
                reference: "R-7".to_owned(),
                officer: yes.then(|| UserId::from("U0IRO")),
                who: vec![recipient(if yes { &["U0ONE"] } else { &[] })],
                next: if yes {
                    "Report completed".to_owned()
                } else {
                    String::new()
                },
                next_by: "Mon 11 Jan, 17:00".to_owned(),
            };
            tried("refusal/review.txt", serde_json::to_value(&refused));
        }
    }
    tried(
        "modal/record_team.json",
        Ok(serde_json::json!({"teams": [few()]})),
    );
    tried(
        "modal/objected_late.json",
        Ok(serde_json::json!({"reference": "R-7"})),
    );
    tried("problem/no_review.txt", Ok(serde_json::json!({})));
}
