//! The ways out of the council beside the ladder: what the form says before one is taken, what the messages say after.

use serde::Serialize;
use serde_json::Value;

use super::details::view;
use super::forms::{Choice, Choices};
use super::{Broken, Messages, ladder};
use crate::calendar::say_date;
use crate::concern::decide::outside::{cautions, consulted, rule};
use crate::concern::event::Caution;
use crate::concern::{Concern, OutsideWay, Rules};
use crate::ids::{RoleId, UserId};

/// How many views a message lists: the newest.
const VIEWS: usize = 4;

/// What the forms `cafcass` and `legal` are built of.
#[derive(Clone, Debug, Default, Serialize)]
pub struct OutsideForm {
    reference: String,
    /// Whether advice of another kind may be asked for too (`S-advice`).
    other_advice: bool,
    /// The roles to speak to first: one entry, or none.
    with: Vec<Choices>,
    with_names: String,
    /// Each of them, to put down what they said.
    said: Vec<SaidField>,
    today: String,
    /// What the protocol would have otherwise.
    cautions: Vec<Caution>,
    /// Its condition in its own words.
    condition: String,
    /// The stage from which it opens the way.
    from: String,
    clause: String,
    /// Who hears of it at once.
    oversight: String,
}

/// The blocks in which is put down what each of those said whom the protocol asks to speak to first, in the order of [`spoken_to`]: their
/// words, and their day where it is another.
pub const SAID: [(&str, &str); 4] = [
    ("said_1", "said_on_1"),
    ("said_2", "said_on_2"),
    ("said_3", "said_on_3"),
    ("said_4", "said_on_4"),
];

/// Where is put down what somebody said.
#[derive(Clone, Debug, Serialize)]
struct SaidField {
    block: &'static str,
    day: &'static str,
    /// The role's name.
    name: String,
}

/// Those whom the form of a way out asks about: whom the protocol asks to speak to first, of other advice too where it is open.
#[must_use]
pub fn spoken_to<'a>(rules: &Rules<'a>, way: OutsideWay) -> Vec<&'a RoleId> {
    let other = way == OutsideWay::LegalAdvice && rules.protocol.beside.advice.is_some();
    let of_other = consulted(rules, OutsideWay::OtherAdvice).iter();
    let asked = consulted(rules, way).iter();
    let mut first = Vec::new();
    for role in asked.chain(of_other.filter(|_| other)) {
        if !first.contains(&role) {
            first.push(role);
        }
    }
    first
}

impl OutsideForm {
    /// The form of a way out, for a concern as it stands; `today` is the council-local day.
    #[must_use]
    pub fn new(
        rules: &Rules<'_>,
        concern: &Concern,
        way: OutsideWay,
        today: chrono::NaiveDate,
    ) -> Self {
        let protocol = rules.protocol;
        let asked = consulted(rules, way);
        let other_advice = way == OutsideWay::LegalAdvice && protocol.beside.advice.is_some();
        let with: Vec<Choice> = spoken_to(rules, way)
            .into_iter()
            .map(|role| Choice::new(role.as_str(), protocol.role_name(role)))
            .collect();
        let rule = rule(rules, way);
        let of_rule = |said: Option<String>| said.unwrap_or_default();
        Self {
            reference: concern.id.to_string(),
            other_advice,
            with_names: ladder::roles(protocol, asked, "and"),
            said: SAID
                .iter()
                .zip(&with)
                .map(|(blocks, choice)| SaidField {
                    block: blocks.0,
                    day: blocks.1,
                    name: choice.words.clone(),
                })
                .collect(),
            with: if with.is_empty() {
                Vec::new()
            } else {
                vec![Choices::list(with)]
            },
            today: today.to_string(),
            cautions: cautions(rules, concern, way),
            condition: of_rule(rule.and_then(|rule| rule.when.clone())),
            from: of_rule(
                rule.and_then(|rule| rules.step(rule.from.as_ref()?))
                    .map(|step| step.stage.clone()),
            ),
            clause: of_rule(rule.map(|rule| rule.clause.clone())),
            oversight: rule.map_or_else(String::new, |rule| {
                ladder::roles(protocol, &rule.oversight, "and")
            }),
        }
    }
}

/// A view taken, on the raiser's receipt and in the notice of it.
#[derive(Debug, Serialize)]
pub(super) struct OutsideLine {
    way: &'static str,
    view: &'static str,
    on: String,
    by: UserId,
    /// With whom it was discussed first, and when.
    with: String,
    with_on: String,
}

/// The views taken, the newest last.
pub(super) fn outside_lines(rules: &Rules<'_>, concern: &Concern) -> Vec<OutsideLine> {
    let skip = concern.outside.len().saturating_sub(VIEWS);
    concern
        .outside
        .iter()
        .skip(skip)
        .map(|taken| OutsideLine {
            way: way(taken.way),
            view: view(taken.outside.view),
            on: say_date(rules.day(taken.at)),
            by: taken.by.clone(),
            with: ladder::roles(rules.protocol, &taken.outside.with, "and"),
            with_on: taken.outside.with_on.map_or_else(String::new, say_date),
        })
        .collect()
}

/// A word with somebody to speak to first, on the raiser's receipt and in the notices.
#[derive(Debug, Serialize)]
pub(super) struct SpokenLine {
    way: &'static str,
    roles: String,
    /// When they spoke; empty where they did not.
    on: String,
    by: UserId,
    own: bool,
    /// When it was recorded.
    at: String,
}

/// The words there were, the newest last.
pub(super) fn spoken_lines(rules: &Rules<'_>, concern: &Concern) -> Vec<SpokenLine> {
    let skip = concern.spoken.len().saturating_sub(VIEWS);
    let spoken = concern.spoken.iter().skip(skip);
    spoken
        .map(|spoken| SpokenLine {
            way: way(spoken.spoke.way),
            roles: ladder::roles(rules.protocol, &spoken.spoke.roles, "and"),
            on: spoken.spoke.on.map_or_else(String::new, say_date),
            by: spoken.by.clone(),
            own: spoken.spoke.own,
            at: say_date(rules.day(spoken.at)),
        })
        .collect()
}

/// A way out, by its name in the templates.
pub(super) fn way(way: OutsideWay) -> &'static str {
    match way {
        OutsideWay::Cafcass => "cafcass",
        OutsideWay::LegalAdvice => "legal_advice",
        OutsideWay::OtherAdvice => "other_advice",
    }
}

impl Messages {
    /// The form `cafcass` or `legal`. Without its `private_metadata`, which is the caller's.
    ///
    /// # Errors
    /// [`Broken`] where the template fails.
    pub fn outside_form(&self, name: &str, form: &OutsideForm) -> Result<Value, Broken> {
        self.view(name, form)
    }
}

/// The forms with and without what they may hold.
pub(super) fn samples(attempt: &mut impl FnMut(&str, &Value)) {
    let full = OutsideForm {
        reference: "C-42".to_owned(),
        other_advice: true,
        with: vec![Choices::list(vec![
            Choice::new("iro_manager", "IRO Team Manager"),
            Choice::new("strategic_lead", "Strategic Lead"),
        ])],
        with_names: "the IRO Team Manager and the Strategic Lead".to_owned(),
        said: SAID
            .iter()
            .take(2)
            .map(|blocks| SaidField {
                block: blocks.0,
                day: blocks.1,
                name: "Strategic Lead".to_owned(),
            })
            .collect(),
        today: "2026-12-14".to_owned(),
        cautions: vec![
            Caution::NoPower,
            Caution::BeforeStep,
            Caution::Condition,
            Caution::NotConsulted,
            Caution::Silent,
        ],
        condition: "once the protocol is exhausted, or if it is urgent enough".to_owned(),
        from: "Level 2".to_owned(),
        clause: "5.3".to_owned(),
        oversight: "the Head of Service".to_owned(),
    };
    let empty = OutsideForm {
        reference: "C-42".to_owned(),
        today: "2026-12-14".to_owned(),
        ..OutsideForm::default()
    };
    for form in [full, empty] {
        if let Ok(sample) = serde_json::to_value(&form) {
            attempt("modal/cafcass.json", &sample);
            attempt("modal/legal.json", &sample);
        }
    }
}
