//! What the monitoring forms of all reviews say together (`W-4.2`): how many, rated how, by team and month, how many forms complete,
//! how each field was answered, what came of matters of concern, which standing criteria were referred and what became of them. Never by person, never by case.

use chrono::{Datelike, NaiveDate};
use indexmap::IndexMap;
use serde::Serialize;

use super::event::{Filled, Means};
use super::state::Review;
use crate::concern::event::Rag;
use crate::concern::themes::{Counted, Crossed, Number, count, counted, cross, crossed, hide};
use crate::protocol::{Protocol, Sitting};

/// What was counted of the reviews held in a period.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Collation {
    /// All of them.
    pub all: Number,
    /// The midway reviews, which are in no other number here (`B-3.2.a`).
    pub midway: Number,
    /// By rating: `red`, `amber`, `green`; nothing where the protocol asks for none.
    pub ratings: Vec<Counted>,
    /// By team.
    pub teams: Vec<Counted>,
    /// By the month in which they were held, the earliest first, as `2026-12`.
    pub months: Vec<Counted>,
    /// Each team's by rating: for whoever manages the service alone.
    pub teams_rated: Vec<Crossed>,
    /// Each month's by rating: for whoever manages the service alone.
    pub months_rated: Vec<Crossed>,
    /// Of those whose protocol has a form of its own, how many are `complete`, and how many `incomplete`.
    pub forms: Vec<Counted>,
    /// How each field of a form was answered, by its name: `yes`, `no`, `written`, `left_out`.
    pub answers: Vec<Crossed>,
    /// What came of matters of concern: `none` were written down, a concern was `raised` from the review, or `not_raised`.
    pub matters: Vec<Counted>,
    /// How many met a standing criterion (`W-2.4`).
    pub referred: Number,
    /// Which criteria were met, in the protocol's words; a review may meet several.
    pub criteria: Vec<Counted>,
    /// What became of those referred (`W-2.5`): `panel`, `other`, `unanswered`.
    pub became: Vec<Counted>,
}

/// A review as it is counted.
#[derive(Clone, Copy, Debug)]
pub struct Entry<'a> {
    /// The review.
    pub review: &'a Review,
    /// Its protocol.
    pub protocol: &'a Protocol,
    /// Its team's name.
    pub team: &'a str,
}

/// Counts the reviews that were held in a period, both days included.
pub fn collate<'a>(
    entries: impl Iterator<Item = Entry<'a>>,
    from: NaiveDate,
    to: NaiveDate,
) -> Collation {
    let (mut all, mut midway, mut referred) = (0, 0, 0);
    let [
        mut ratings,
        mut teams,
        mut months,
        mut forms,
        mut matters,
        mut criteria,
        mut became,
    ] = std::array::from_fn(|_| IndexMap::new());
    let [mut teams_rated, mut months_rated, mut answers] = std::array::from_fn(|_| IndexMap::new());
    for entry in entries {
        let Entry {
            review,
            protocol,
            team,
        } = entry;
        let held = review.held.review_date;
        if held < from || held > to {
            continue;
        }
        if review.held.sitting == Sitting::Midway {
            midway += 1;
            continue;
        }
        all += 1;
        let month = format!("{}-{:02}", held.year(), held.month());
        count(&mut teams, team);
        count(&mut months, &month);
        if let Some(rag) = review.held.rag {
            count(&mut ratings, rated(rag));
            cross(&mut teams_rated, team, rated(rag));
            cross(&mut months_rated, &month, rated(rag));
        }
        if let Some(complete) = is_complete(review, protocol) {
            let name = if complete { "complete" } else { "incomplete" };
            count(&mut forms, name);
        }
        for field in &protocol.beside.review_fields {
            cross(&mut answers, &field.name, answer(review, &field.id));
        }
        count(
            &mut matters,
            match (review.held.concerns, review.concerns.is_empty()) {
                (_, false) => "raised",
                (true, true) => "not_raised",
                (false, true) => "none",
            },
        );
        if review.held.criteria.is_empty() {
            continue;
        }
        referred += 1;
        for name in met(review, protocol) {
            count(&mut criteria, name);
        }
        count(
            &mut became,
            match review.referral.as_ref().map(|referral| referral.means) {
                Some(Means::Panel) => "panel",
                Some(Means::Other) => "other",
                None => "unanswered",
            },
        );
    }
    let by_name = |of| {
        let mut list = counted(of);
        list.sort_by(|one: &Counted, other| one.name.cmp(&other.name));
        list
    };
    Collation {
        all: Number::from(all),
        midway: Number::from(midway),
        ratings: counted(ratings),
        teams: counted(teams),
        months: by_name(months),
        teams_rated: crossed(teams_rated),
        months_rated: crossed(months_rated),
        forms: by_name(forms),
        answers: crossed(answers),
        matters: counted(matters),
        referred: Number::from(referred),
        criteria: counted(criteria),
        became: counted(became),
    }
}

impl Collation {
    /// The same to leave the service, as [`crate::concern::themes::Themes::with_small_numbers_hidden`]. What is counted two ways at
    /// once is left out: a small number in it could be worked out from the rows and the columns together.
    #[must_use]
    pub fn with_small_numbers_hidden(mut self) -> Self {
        self.teams_rated.clear();
        self.months_rated.clear();
        let all = self.all.count.unwrap_or_default();
        // What has no rating, no form or no criterion is in no list, but is what the list lacks.
        let rest = |list: &[Counted]| {
            let told: usize = list.iter().filter_map(|one| one.number.count).sum();
            Number::from(all.saturating_sub(told))
        };
        let (mut unrated, mut formless) = (rest(&self.ratings), rest(&self.forms));
        let mut unreferred = Number::from(all - self.referred.count.unwrap_or_default().min(all));
        hide(numbers(&mut self.ratings).chain([&mut unrated]));
        hide(numbers(&mut self.forms).chain([&mut formless]));
        hide([&mut self.referred, &mut unreferred]);
        for row in &mut self.answers {
            let mut unasked = rest(&row.counts);
            hide(numbers(&mut row.counts).chain([&mut unasked]));
        }
        for list in [
            &mut self.teams,
            &mut self.months,
            &mut self.matters,
            &mut self.criteria,
            &mut self.became,
        ] {
            hide(numbers(list));
        }
        // Where it is not told how many were referred, what became of them would tell it.
        if self.referred.count.is_none() {
            for one in self.became.iter_mut().chain(&mut self.criteria) {
                one.number = Number {
                    count: None,
                    small: one.number.small,
                };
            }
        }
        hide([&mut self.all]);
        hide([&mut self.midway]);
        self
    }
}

fn numbers(list: &mut [Counted]) -> impl Iterator<Item = &mut Number> {
    list.iter_mut().map(|counted| &mut counted.number)
}

/// Whether every field of the protocol's form was filled in; `None` where it has no form of its own.
fn is_complete(review: &Review, protocol: &Protocol) -> Option<bool> {
    let fields = &protocol.beside.review_fields;
    (!fields.is_empty()).then(|| {
        fields
            .iter()
            .all(|field| review.held.form.contains_key(&field.id))
    })
}

/// How a field of the protocol's form was answered.
fn answer(review: &Review, field: &str) -> &'static str {
    match review.held.form.get(field) {
        Some(Filled::Yes) => "yes",
        Some(Filled::No) => "no",
        Some(Filled::Written) => "written",
        None => "left_out",
    }
}

/// The standing criteria that a review met, in the protocol's words.
fn met<'p>(review: &Review, protocol: &'p Protocol) -> Vec<&'p str> {
    let notice = protocol
        .beside
        .notices
        .iter()
        .find(|notice| notice.when == "standing criterion");
    let Some(notice) = notice else {
        return Vec::new();
    };
    let places = review.held.criteria.iter();
    places
        .filter_map(|place| notice.items.get(usize::try_from(*place).ok()?))
        .map(String::as_str)
        .collect()
}

fn rated(rag: Rag) -> &'static str {
    match rag {
        Rag::Red => "red",
        Rag::Amber => "amber",
        Rag::Green => "green",
    }
}
