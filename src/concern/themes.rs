//! Patterns: how many concerns of each theme, category, team and month, and how they ended (`W-4.1`, `S-themes`). Never by person.

use std::collections::BTreeSet;

use chrono::{Datelike, NaiveDate};
use indexmap::IndexMap;
use serde::Serialize;

use super::command::Position;
use super::state::{Closed, Concern, Phase};
use crate::protocol::Protocol;

/// Below this a number might point at a child.
const SMALL: usize = 5;
/// How many cases are named.
const MOST_CASES: usize = 20;

/// What was counted.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Themes {
    /// The first council-local day of the period.
    pub from: NaiveDate,
    /// Its last.
    pub to: NaiveDate,
    /// Whether small numbers are hidden, so that it may leave the service.
    pub shared: bool,
    /// All of them.
    pub all: Number,
    /// By theme, the most frequent first; those of a protocol without themes stand under their categories alone.
    pub themes: Vec<Counted>,
    /// By category.
    pub categories: Vec<Counted>,
    /// By team.
    pub teams: Vec<Counted>,
    /// By the month of raising, the earliest first, as `2026-12`.
    pub months: Vec<Counted>,
    /// By outcome: `open`, `resolved`, `withdrawn`, `redirected`, `maintained`, `referred`.
    pub outcomes: Vec<Counted>,
    /// How many times a case moved to another team although its protocol asks that it waits (`B-App1.FREEZE`).
    pub transfers: Number,
    /// The cases with more than one concern, such as one carer's (`S-themes`): for whoever manages the service alone.
    pub cases: Vec<Counted>,
    /// On how many of them somebody outside the line was told (`M-partners`), by who: apart from the rest, and more than once where
    /// several were told of one. Without a name those of whom the protocol says nothing.
    pub agencies: Vec<Counted>,
}

/// How many of one kind.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Counted {
    /// What is counted.
    pub name: String,
    /// How many.
    pub number: Number,
}

/// How many of each kind among one kind of another sort, such as each rating in a team.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Crossed {
    /// Among what.
    pub name: String,
    /// How many of each.
    pub counts: Vec<Counted>,
}

/// A number, or that it is not told.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Number {
    /// How many; absent where it is not told.
    pub count: Option<usize>,
    /// Whether it is not told because it is small; else it is not told because a small one could be worked out from it.
    pub small: bool,
}

impl From<usize> for Number {
    fn from(count: usize) -> Self {
        Self {
            count: Some(count),
            small: false,
        }
    }
}

/// A concern as it is counted.
#[derive(Clone, Copy, Debug)]
pub struct Entry<'a> {
    /// The concern.
    pub concern: &'a Concern,
    /// Its protocol.
    pub protocol: &'a Protocol,
    /// Its team's name.
    pub team: &'a str,
    /// The council-local day on which it was raised.
    pub raised: NaiveDate,
}

/// Counts the concerns that were raised in a period, both days included.
pub fn themes<'a>(
    entries: impl Iterator<Item = Entry<'a>>,
    from: NaiveDate,
    to: NaiveDate,
) -> Themes {
    let (mut all, mut transfers) = (0, 0);
    let [
        mut themes,
        mut categories,
        mut teams,
        mut months,
        mut outcomes,
        mut cases,
        mut agencies,
    ] = std::array::from_fn(|_| IndexMap::new());
    for entry in entries {
        if entry.raised < from || entry.raised > to {
            continue;
        }
        all += 1;
        transfers += entry.concern.transfers.len();
        let id = &entry.concern.raised.category;
        let theme = entry.protocol.themes.iter().find(|theme| {
            !theme.name.is_empty() && theme.categories.iter().any(|category| &category.id == id)
        });
        if let Some(theme) = theme {
            count(&mut themes, &theme.name);
        }
        let category = entry.protocol.category(id);
        count(
            &mut categories,
            category.map_or(id.as_str(), |category| &category.name),
        );
        count(&mut cases, entry.concern.raised.case_ref.as_str());
        count(&mut teams, entry.team);
        let month = format!("{}-{:02}", entry.raised.year(), entry.raised.month());
        count(&mut months, &month);
        count(&mut outcomes, outcome(entry.concern.phase));
        for agency in told(&entry) {
            count(&mut agencies, agency);
        }
    }
    let mut months = counted(months);
    months.sort_by(|one, other| one.name.cmp(&other.name));
    let mut cases = counted(cases);
    cases.retain(|case| case.number.count > Some(1));
    cases.truncate(MOST_CASES);
    Themes {
        from,
        to,
        shared: false,
        all: Number::from(all),
        themes: counted(themes),
        categories: counted(categories),
        teams: counted(teams),
        months,
        outcomes: counted(outcomes),
        agencies: counted(agencies),
        transfers: Number::from(transfers),
        cases,
    }
}

impl Themes {
    /// The same to leave the service: small numbers are said to be small, and so many others are kept back that none of them can be
    /// worked out from the sums. No case is named. Where there are themes they stand alone, since their categories add up to them.
    #[must_use]
    pub fn with_small_numbers_hidden(mut self) -> Self {
        self.shared = true;
        self.cases.clear();
        let all = self.all.count.unwrap_or_default();
        if !self.themes.is_empty() {
            self.categories.clear();
        }
        let told: usize = self
            .themes
            .iter()
            .filter_map(|theme| theme.number.count)
            .sum();
        // What has no theme is not in the list, but is what the list lacks.
        let mut rest = Number::from(all.saturating_sub(told));
        hide(
            self.themes
                .iter_mut()
                .map(|theme| &mut theme.number)
                .chain([&mut rest]),
        );
        for list in [
            &mut self.categories,
            &mut self.teams,
            &mut self.months,
            &mut self.outcomes,
            &mut self.agencies,
        ] {
            hide(list.iter_mut().map(|counted| &mut counted.number));
        }
        hide([&mut self.all]);
        hide([&mut self.transfers]);
        self
    }
}

/// Who outside the line was told of a concern, each once.
fn told<'a>(entry: &Entry<'a>) -> BTreeSet<&'a str> {
    let told = entry.concern.partners.told.iter();
    told.map(|told| {
        let named = told.informed.named.as_deref();
        let rule = told.informed.partner.as_deref();
        let rule = rule.and_then(|id| entry.protocol.partner(id));
        rule.map_or(named.unwrap_or_default(), |rule| rule.called(named))
    })
    .collect()
}

/// Hides the small numbers of a list whose sum is told, and the next in size until at least two are hidden that make up at least
/// [`SMALL`] together: fewer could be worked out.
pub(crate) fn hide<'n>(numbers: impl IntoIterator<Item = &'n mut Number>) {
    let mut told: Vec<(usize, &mut Number)> = numbers
        .into_iter()
        .filter_map(|number| Some((number.count.filter(|count| *count > 0)?, number)))
        .collect();
    told.sort_by_key(|(count, _)| *count);
    let (mut hidden, mut sum) = (0, 0);
    for (count, number) in told {
        let small = count < SMALL;
        if !small && (hidden == 0 || hidden > 1 && sum >= SMALL) {
            break;
        }
        number.count = None;
        number.small = small;
        hidden += 1;
        sum += count;
    }
}

/// Counts one.
pub(crate) fn count(of: &mut IndexMap<String, usize>, name: &str) {
    *of.entry(name.to_owned()).or_default() += 1;
}

/// The most frequent first, those that are equal by name.
pub(crate) fn counted(of: IndexMap<String, usize>) -> Vec<Counted> {
    let mut counts: Vec<(String, usize)> = of.into_iter().collect();
    counts.sort_by(|one, other| other.1.cmp(&one.1).then_with(|| one.0.cmp(&other.0)));
    counts
        .into_iter()
        .map(|(name, count)| Counted {
            name,
            number: Number::from(count),
        })
        .collect()
}

/// Counts one in two ways at once.
pub(crate) fn cross(of: &mut IndexMap<String, IndexMap<String, usize>>, row: &str, column: &str) {
    count(of.entry(row.to_owned()).or_default(), column);
}

/// What was counted in two ways at once, by name.
pub(crate) fn crossed(of: IndexMap<String, IndexMap<String, usize>>) -> Vec<Crossed> {
    let row = |(name, counts)| Crossed {
        name,
        counts: counted(counts),
    };
    let mut rows: Vec<Crossed> = of.into_iter().map(row).collect();
    rows.sort_by(|one, other| one.name.cmp(&other.name));
    rows
}

fn outcome(phase: Phase) -> &'static str {
    match phase {
        Phase::Closed(Closed::Resolved | Closed::Position(Position::Resolved)) => "resolved",
        Phase::Closed(Closed::Withdrawn) => "withdrawn",
        Phase::Closed(Closed::Redirected) => "redirected",
        Phase::Closed(Closed::Position(Position::Maintained)) => "maintained",
        Phase::Closed(Closed::Position(Position::Referred)) => "referred",
        _ => "open",
    }
}
