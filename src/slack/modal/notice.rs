//! What the forms about a notice are built of, by their buttons.

use super::raise::{categories, choices_of, recipient};
use crate::concern::Rules;
use crate::directory::{Directory, Team};
use crate::messages::{Choice, SendForm, callback};
use crate::notice::{Sort, rule};

/// The most options that Slack takes, with one left for something else.
const MOST_ITEMS: usize = 99;
/// How much of an option Slack shows, in characters.
const SHOWN: usize = 75;

/// The sort of notice that a form sends, by its `callback_id`.
pub(in crate::slack) fn sort_of(name: &str) -> Option<Sort> {
    Sort::ALL.into_iter().find(|sort| callback(*sort) == name)
}

/// What the form that sends is built of, for a team under its protocol.
pub(in crate::slack) fn whole(
    sort: Sort,
    teams: &[&Team],
    team: &Team,
    rules: &Rules<'_>,
    directory: &Directory,
    case_system: &str,
) -> SendForm {
    let protocol = rules.protocol;
    let rule = rule(rules, sort);
    let items = rule.items.iter().take(MOST_ITEMS).enumerate();
    let long = rule.items.iter();
    let long = long.filter(|item| item.chars().count() > SHOWN);
    let has_categories = protocol.themes.iter();
    let has_categories = has_categories
        .flat_map(|theme| &theme.categories)
        .next()
        .is_some();
    SendForm {
        sort: sort.as_str(),
        teams: vec![choices_of(teams)],
        protocol: protocol.title.clone(),
        clause: rule.clause.map(str::to_owned),
        case_system: case_system.to_owned(),
        to: (rule.to.iter())
            .map(|role| recipient(directory, &team.id, role, protocol))
            .collect(),
        items: items
            .map(|(place, item)| Choice::new(&place.to_string(), item))
            .collect(),
        long: long.map(ToString::to_string).collect(),
        categories: if has_categories {
            vec![categories(protocol)]
        } else {
            Vec::new()
        },
    }
}

/// A button about a notice that opens a form; the form's `callback_id` is the button's `action_id`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::slack) enum NoticeAction {
    /// The officer determines whether a review is needed.
    Judge,
    /// Somebody it went to records what came of it.
    Record,
    /// Its sender closes it.
    Close,
}

impl NoticeAction {
    /// The action of a name.
    pub(in crate::slack) fn named(name: &str) -> Option<Self> {
        let all = [Self::Judge, Self::Record, Self::Close];
        all.into_iter().find(|action| action.name() == name)
    }

    /// Its name.
    pub(in crate::slack) fn name(self) -> &'static str {
        match self {
            Self::Judge => "judge_review",
            Self::Record => "record_outcome",
            Self::Close => "close_notice",
        }
    }
}
