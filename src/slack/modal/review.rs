//! What the forms about a review are built of, by their buttons.

use chrono::{DateTime, Utc};

use super::raise::{choices_of, recipient};
use crate::calendar::say_date;
use crate::concern::event::Rag;
use crate::concern::rules::just_after;
use crate::concern::{Rules, Standing};
use crate::directory::{Directory, Team};
use crate::ids::Text;
use crate::messages::{
    Choice, Choices, FormField, RatingTold, RecordForm, Recorded, RecordedTask, ReviewForm,
};
use crate::protocol::{Notice, Protocol, ReviewAsks, ReviewField, Silence, Sitting};
use crate::review::tasks::{is_started, notices};
use crate::review::{Command, FormAnswer, Review, Stage, Task, decide, tasks};

/// The name of the form that records a review.
pub(in crate::slack) const RECORD: &str = "record_review";
/// The most checkboxes that Slack takes.
const MOST_BOXES: usize = 10;

/// What the form that records is built of, for a team under its protocol.
pub(in crate::slack) fn whole(
    (teams, team): (&[&Team], &Team),
    sitting: Sitting,
    rules: &Rules<'_>,
    directory: &Directory,
    case_system: &str,
) -> RecordForm {
    let protocol = rules.protocol;
    let is_review = sitting == Sitting::Review;
    let standing = notices(rules, "standing criterion").find(|_| is_review);
    let clocks = &protocol.beside.review_clocks;
    let mut started = clocks
        .iter()
        .filter(|clock| is_started(rules, sitting, clock));
    RecordForm {
        teams: vec![choices_of(teams)],
        protocol: protocol.title.clone(),
        midway: (protocol.beside.midway.as_ref()).map(|rule| rule.name.clone()),
        is_midway: !is_review,
        timed: started.clone().next().is_some(),
        // Whoever attended hears of an objection.
        attended: is_review || started.any(|clock| clock.on_silence == Silence::DeemedAccepted),
        ratings: if is_review {
            ratings_told(team, rules, directory)
        } else {
            Vec::new()
        },
        case_system: case_system.to_owned(),
        rag: protocol.rag && is_review,
        criteria: standing.map_or_else(Vec::new, criteria),
        referred_to: standing.map_or_else(String::new, |notice| {
            let names = notice.to.iter().map(|role| protocol.role_name(role));
            names
                .map(|name| format!("the {name}"))
                .collect::<Vec<_>>()
                .join(" and ")
        }),
        fields: (protocol.beside.review_fields.iter())
            .filter(|_| is_review)
            .map(|field| FormField {
                block: block_of(field),
                name: field.name.clone(),
                hint: field.hint.clone(),
                yes_or_no: field.asks == ReviewAsks::YesOrNo,
            })
            .collect(),
    }
}

/// Who hears of which rating, of a review or of a concern as it is raised.
pub(in crate::slack) fn ratings_told(
    team: &Team,
    rules: &Rules<'_>,
    directory: &Directory,
) -> Vec<RatingTold> {
    let told = |rag: Rag| {
        let when = rag.occasion().unwrap_or_default();
        notices(rules, when).map(move |notice| RatingTold {
            rating: when.trim_start_matches("rag ").to_owned(),
            to: notice
                .to
                .iter()
                .map(|role| recipient(directory, &team.id, role, rules.protocol))
                .collect(),
        })
    };
    told(Rag::Amber).chain(told(Rag::Red)).collect()
}

/// The block of a field of the protocol's form.
fn block_of(field: &ReviewField) -> String {
    format!("form-{}", field.id)
}

/// What the fields of the protocol's form were filled in with, noting every fault.
pub(in crate::slack) fn filled(
    protocol: &Protocol,
    mut words: impl FnMut(&str) -> Option<Text>,
    chosen: impl Fn(&str) -> Option<String>,
) -> Vec<(String, FormAnswer)> {
    let fields = &protocol.beside.review_fields;
    let answers = fields.iter().filter_map(|field| {
        let block = block_of(field);
        let answer = match field.asks {
            ReviewAsks::Words => FormAnswer::Words(words(&block)?),
            ReviewAsks::YesOrNo => FormAnswer::YesOrNo(chosen(&block)? == "yes"),
        };
        Some((field.id.clone(), answer))
    });
    answers.collect()
}

/// The standing criteria by their places in the protocol's list (`W-2.4`).
fn criteria(notice: &Notice) -> Vec<Choice> {
    let items = notice.items.iter().take(MOST_BOXES).enumerate();
    items
        .map(|(place, item)| Choice::new(&place.to_string(), item))
        .collect()
}

/// What the officer is shown once it is recorded.
pub(in crate::slack) fn recorded(rules: &Rules<'_>, review: &Review) -> Recorded {
    let due = tasks(rules, review)
        .into_iter()
        .filter(Task::is_left)
        .filter_map(|task| {
            Some(RecordedTask {
                name: task.clock.name.clone(),
                due: rules.calendar.say_due(&task.due?),
            })
        });
    Recorded {
        reference: review.id.to_string(),
        tasks: due.collect(),
    }
}

/// A button about a review that opens a form; the form's `callback_id` is the button's `action_id`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::slack) enum ReviewAction {
    /// The clock's owner objects.
    Object,
    /// The officer settles an objection.
    Settle,
    /// The owner of a task says on which day it was done.
    DoneOn,
    /// The manager answers the referral.
    AnswerReferral,
    /// The officer attends a panel, or sends views.
    PanelPart,
}

impl ReviewAction {
    /// The action of a name.
    pub(in crate::slack) fn named(name: &str) -> Option<Self> {
        let all = [
            Self::Object,
            Self::Settle,
            Self::DoneOn,
            Self::AnswerReferral,
            Self::PanelPart,
        ];
        all.into_iter().find(|action| action.name() == name)
    }

    /// Its name.
    pub(in crate::slack) fn name(self) -> &'static str {
        match self {
            Self::Object => "object",
            Self::Settle => "settle_objection",
            Self::DoneOn => "done_on",
            Self::AnswerReferral => "answer_referral",
            Self::PanelPart => "panel_part",
        }
    }

    /// What its form is built of.
    pub(in crate::slack) fn form(
        rules: &Rules<'_>,
        review: &Review,
        standing: &Standing,
        now: DateTime<Utc>,
    ) -> ReviewForm {
        let theirs = to_tell(rules, review, standing, now);
        let choices = theirs.iter().map(|task| {
            let id = task.id.to_string();
            Choice::new(&id, &task.clock.name)
        });
        let window = tasks(rules, review).into_iter().find(Task::takes_silence);
        ReviewForm {
            reference: review.id.to_string(),
            held_on: say_date(review.held.review_date),
            tasks: vec![Choices::list(choices.collect())],
            today: rules.day(now).to_string(),
            over: window.is_some_and(|task| {
                matches!(task.stage, Stage::Accepted { .. })
                    || task.due.is_some_and(|due| just_after(due.at) <= now)
            }),
        }
    }
}

/// The tasks of a review that somebody may tell are done.
pub(in crate::slack) fn to_tell<'r>(
    rules: &Rules<'r>,
    review: &Review,
    standing: &Standing,
    now: DateTime<Utc>,
) -> Vec<Task<'r>> {
    let told = |task: &Task<'_>| {
        let clock = task.id.clone();
        let done = Command::Done { clock, on: None };
        decide(rules, review, Some(standing), done, now).is_ok()
    };
    tasks(rules, review).into_iter().filter(told).collect()
}
