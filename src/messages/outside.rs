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
use crate::ids::UserId;

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
        let asked_of_other = consulted(rules, OutsideWay::OtherAdvice);
        let other_advice = way == OutsideWay::LegalAdvice && protocol.beside.advice.is_some();
        let mut with: Vec<Choice> = Vec::new();
        for role in asked
            .iter()
            .chain(asked_of_other.iter().filter(|_| other_advice))
        {
            if with.iter().all(|choice| choice.value != role.as_str()) {
                with.push(Choice::new(role.as_str(), protocol.role_name(role)));
            }
        }
        let rule = rule(rules, way);
        let of_rule = |said: Option<String>| said.unwrap_or_default();
        Self {
            reference: concern.id.to_string(),
            other_advice,
            with_names: ladder::roles(protocol, asked, "and"),
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
