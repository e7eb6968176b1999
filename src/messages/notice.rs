//! The context of every message about a notice: what its template may say.

use serde::Serialize;
use serde_json::Value;

use super::setting::Audience;
use super::{Broken, Messages, Rendered};
use crate::calendar::say_date;
use crate::concern::Rules;
use crate::ids::{CaseRef, RoleId, UserId};
use crate::mail::notice::{Matter, Occasion, still_wanted};
use crate::notice::{Field, Notice, Recipient, Sort, rule};
use crate::protocol::IRO_MANAGER;

/// The longest a text of a notice may be in one section.
const PROSE: usize = 2_900;

/// The record and the surroundings in which a message about a notice is rendered.
#[derive(Clone, Copy, Debug)]
pub struct NoticeSetting<'a> {
    /// The rules the notice is under.
    pub rules: &'a Rules<'a>,
    /// The notice as it now stands.
    pub notice: &'a Notice,
    /// The team's name.
    pub team_name: &'a str,
    /// Whom the message is for.
    pub audience: Audience<'a>,
}

/// What a template about a notice may say.
#[derive(Debug, Serialize)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a plain yes or no that a template asks for by name"
)]
struct Says<'a> {
    reference: String,
    /// `change`, `praise` or `service`.
    sort: &'static str,
    team: &'a str,
    protocol: &'a str,
    clause: Option<&'a str>,
    case_ref: Option<&'a str>,
    sender: &'a UserId,
    sent_on: String,
    /// The day it happened on.
    on: String,
    /// Whether it was told on a later day than it happened.
    later: bool,
    items: Vec<&'a str>,
    other: bool,
    category: Option<&'a str>,
    officer: Option<&'a UserId>,
    praised: Option<&'a UserId>,
    to: &'a [UserId],
    for_role: &'a str,
    vacant: bool,
    covering: Option<&'a UserId>,
    covered: Option<&'a UserId>,
    /// Who has it now, where it was the reader's before.
    gone_to: Option<&'a UserId>,
    /// Whether what the message asks is still asked.
    asked_still: bool,
    told: Vec<Whom<'a>>,
    saw: Vec<Did<'a>>,
    unseen: Vec<Whom<'a>>,
    /// `needed`, `not_needed`, or empty.
    judged: &'static str,
    judged_by: Option<&'a UserId>,
    judged_on: String,
    outcomes: Vec<Did<'a>>,
    concerns: Vec<String>,
    open: bool,
    closed_on: Option<String>,
    buttons: Vec<Button>,
}

/// Somebody it goes to: a person, or a role.
#[derive(Debug, Serialize)]
pub(super) struct Whom<'a> {
    user: Option<&'a UserId>,
    role: &'a str,
}

/// Somebody who did something, as which role, on which day.
#[derive(Debug, Serialize)]
struct Did<'a> {
    by: &'a UserId,
    role: String,
    on: String,
}

/// A button: its `action_id` and its words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
struct Button {
    action: &'static str,
    words: &'static str,
    primary: bool,
}

/// What the modal of a notice's details may say.
#[derive(Debug, Serialize)]
struct Details<'a> {
    #[serde(flatten)]
    says: Says<'a>,
    erased: bool,
    texts: Vec<Written>,
}

#[derive(Debug, Serialize)]
struct Written {
    field: &'static str,
    words: String,
    limit: usize,
}

impl Messages {
    /// Renders a message about a notice as it now stands.
    ///
    /// # Errors
    /// [`Broken`] where a template fails; it holds no content.
    pub fn notice(&self, matter: &Matter, setting: &NoticeSetting<'_>) -> Result<Rendered, Broken> {
        let says = Says::new(matter.occasion, setting);
        self.message(template_of(matter.occasion), &says)
    }

    /// A notice as it stands, without its texts, for `/concern show`. Authorise the reader first.
    ///
    /// # Errors
    /// [`Broken`] where the template fails; it holds no content.
    pub fn notice_shown(&self, setting: &NoticeSetting<'_>) -> Result<Rendered, Broken> {
        self.message("reply/notice.json", &shown(setting))
    }

    /// The modal with what was written in a notice; `None` once that has been erased. Authorise the reader first.
    ///
    /// # Errors
    /// [`Broken`] where the template fails; it holds no content.
    pub fn notice_details(
        &self,
        setting: &NoticeSetting<'_>,
        texts: Option<&[(Field, &str)]>,
    ) -> Result<Value, Broken> {
        self.view("notice_details", &details(setting, texts))
    }
}

fn shown<'a>(setting: &NoticeSetting<'a>) -> Says<'a> {
    let mut says = Says::new(Occasion::Receipt, setting);
    says.buttons.retain(|button| button.action == "details");
    says
}

fn details<'a>(setting: &NoticeSetting<'a>, texts: Option<&[(Field, &str)]>) -> Details<'a> {
    let pieces = texts.unwrap_or_default().iter();
    let pieces = pieces.flat_map(|(field, words)| pieces_of(*field, words));
    Details {
        says: Says::new(Occasion::Judged, setting),
        erased: texts.is_none(),
        texts: pieces.collect(),
    }
}

/// A text in pieces that each fit a section.
fn pieces_of(field: Field, words: &str) -> Vec<Written> {
    let chars: Vec<char> = words.chars().collect();
    chars
        // Every character may become five when it is escaped.
        .chunks(PROSE / 5)
        .map(|piece| Written {
            field: field.as_str(),
            words: piece.iter().collect(),
            limit: PROSE,
        })
        .collect()
}

fn template_of(occasion: Occasion) -> &'static str {
    match occasion {
        Occasion::Receipt => "notices/receipt.json",
        Occasion::Card => "notices/card.json",
        Occasion::Unseen => "notices/unseen.json",
        Occasion::NotSeen => "notices/not_seen.json",
        Occasion::Unjudged => "notices/unjudged.json",
        Occasion::NoOutcome => "notices/no_outcome.json",
        Occasion::ToClose => "notices/to_close.json",
        Occasion::Judged => "notices/judged.json",
        Occasion::Outcome => "notices/outcome.json",
        Occasion::HandedOver => "notices/handed_over.json",
    }
}

/// Those a notice goes to, as words say them, with the officer it goes to.
pub(super) fn whom<'a>(
    rules: &Rules<'a>,
    (notice, officer): (&'a Notice, Option<&'a UserId>),
    all: impl IntoIterator<Item = Recipient>,
) -> Vec<Whom<'a>> {
    let one = |recipient| match recipient {
        Recipient::Officer => Whom {
            user: officer,
            role: "",
        },
        Recipient::Praised => Whom {
            user: notice.sent.praised.as_ref(),
            role: "",
        },
        Recipient::Role(role) => Whom {
            user: None,
            role: name_of(rules, &role),
        },
    };
    all.into_iter().map(one).collect()
}

fn name_of<'a>(rules: &Rules<'a>, role: &RoleId) -> &'a str {
    let known = rules.protocol.roles.get(role);
    known.map_or("holder of a role", |role| role.name.as_str())
}

impl<'a> Says<'a> {
    fn new(occasion: Occasion, setting: &NoticeSetting<'a>) -> Self {
        let NoticeSetting {
            rules,
            notice,
            audience,
            ..
        } = *setting;
        let sent = &notice.sent;
        let rule = rule(rules, sent.sort);
        let meant_for = audience.standing_in_for.or(audience.role);
        let day = |at| say_date(rules.day(at));
        let item = |place: &u32| rule.items.get(usize::try_from(*place).ok()?).copied();
        let category = sent.category.as_deref();
        let category = category.and_then(|id| rules.protocol.category(id));
        let judged = notice.judged.as_ref();
        let with = (notice, notice.officer.as_ref());
        Self {
            reference: notice.id.to_string(),
            sort: sent.sort.as_str(),
            team: setting.team_name,
            protocol: &rules.protocol.title,
            clause: rule.clause,
            case_ref: sent.case_ref.as_ref().map(CaseRef::as_str),
            sender: &notice.sender,
            sent_on: day(notice.sent_at),
            on: say_date(sent.on),
            later: sent.on < rules.day(notice.sent_at),
            items: sent.items.iter().filter_map(item).collect(),
            other: sent.other,
            category: category.map(|category| category.name.as_str()),
            officer: notice.officer.as_ref(),
            praised: sent.praised.as_ref(),
            to: audience.mention,
            for_role: meant_for.map_or("", |role| name_of(rules, role)),
            vacant: audience.standing_in_for.is_some(),
            covering: audience.covering,
            covered: audience.covered,
            gone_to: was_theirs(occasion, setting)
                .then_some(notice.officer.as_ref())
                .flatten(),
            asked_still: still_wanted(&Matter { occasion }, notice),
            told: whom(rules, with, sent.recipients()),
            saw: saw(rules, notice),
            unseen: whom(rules, with, notice.unseen()),
            judged: match judged {
                Some(judged) if judged.needed => "needed",
                Some(_) => "not_needed",
                None => "",
            },
            judged_by: judged.map(|judged| &judged.by),
            judged_on: judged.map_or_else(String::new, |judged| day(judged.at)),
            outcomes: notice
                .outcomes
                .iter()
                .map(|outcome| Did {
                    by: &outcome.by,
                    role: names(rules, &outcome.r#as),
                    on: day(outcome.at),
                })
                .collect(),
            concerns: notice.concerns.iter().map(ToString::to_string).collect(),
            open: notice.is_open(),
            closed_on: notice.closed.map(day),
            buttons: buttons(occasion, setting),
        }
    }
}

/// Who has seen it: one line for each time somebody did, whatever they are.
fn saw<'a>(rules: &Rules<'a>, notice: &'a Notice) -> Vec<Did<'a>> {
    let mut saw: Vec<(Did<'a>, _)> = Vec::new();
    for one in &notice.seen {
        let role = match &one.r#as {
            Recipient::Role(role) => name_of(rules, role),
            Recipient::Officer | Recipient::Praised => "",
        };
        match saw.last_mut() {
            Some((did, at)) if *at == one.at && *did.by == one.by => {
                if !did.role.is_empty() && !role.is_empty() {
                    did.role.push_str(" and ");
                }
                did.role.push_str(role);
            }
            _ => {
                let on = say_date(rules.day(one.at));
                let (by, role) = (&one.by, role.to_owned());
                saw.push((Did { by, role, on }, one.at));
            }
        }
    }
    saw.into_iter().map(|(did, _)| did).collect()
}

fn names(rules: &Rules<'_>, of: &[RoleId]) -> String {
    let names: Vec<&str> = of.iter().map(|role| name_of(rules, role)).collect();
    names.join(" and ")
}

/// The buttons of a message: those that would be taken now.
fn buttons(occasion: Occasion, setting: &NoticeSetting<'_>) -> Vec<Button> {
    let notice = setting.notice;
    let mut row = Vec::with_capacity(4);
    let mut add = |action, words, primary| {
        row.push(Button {
            action,
            words,
            primary,
        });
    };
    let received = matches!(
        occasion,
        Occasion::Card | Occasion::Unseen | Occasion::Unjudged | Occasion::NoOutcome
    );
    if setting.audience.covered.is_some() || was_theirs(occasion, setting) {
        return row;
    }
    if received && !reader(setting).is_some_and(|who| notice.has_seen(&who)) {
        let words = match notice.sent.sort {
            Sort::Praise => "Seen, thank you",
            Sort::Change | Sort::Service => "Seen",
        };
        add("seen", words, notice.is_open());
    }
    let manages = occasion == Occasion::NotSeen;
    match notice.sent.sort {
        Sort::Change if notice.is_open() && (received || manages) => {
            add("judge_review", "Is a review needed?", false);
        }
        Sort::Service if notice.is_open() && received => {
            add("record_outcome", "Record what came of it", false);
        }
        Sort::Service
            if notice.is_open()
                && matches!(
                    occasion,
                    Occasion::Receipt | Occasion::Outcome | Occasion::ToClose
                ) =>
        {
            add("close_notice", "Close", !notice.outcomes.is_empty());
        }
        _ => {}
    }
    if notice.sent.sort == Sort::Change && occasion == Occasion::Card {
        add("raise_from_notice", "Raise a concern", false);
    }
    add("details", "Details", false);
    row
}

/// Whether it is somebody's who was told as the officer and is not the officer any more.
fn was_theirs(occasion: Occasion, setting: &NoticeSetting<'_>) -> bool {
    let to_them = matches!(
        occasion,
        Occasion::Card | Occasion::Unseen | Occasion::Unjudged
    );
    let sort = setting.notice.sent.sort;
    to_them
        && sort == Sort::Change
        && !setting.audience.mention.is_empty()
        && reader(setting).is_none()
}

/// As whom the message reaches the one it is for, where that can be told: a channel is read by all of a role.
fn reader(setting: &NoticeSetting<'_>) -> Option<Recipient> {
    let Audience {
        role,
        mention,
        standing_in_for,
        covering,
        covered,
        ..
    } = setting.audience;
    let sent = &setting.notice.sent;
    if let Some(role) = standing_in_for.or(role) {
        return Some(Recipient::Role(role.clone()));
    }
    let person = covering.or(covered).or(mention.first())?;
    let is = |named: &Option<UserId>| named.as_ref() == Some(person);
    if is(&setting.notice.officer) {
        Some(Recipient::Officer)
    } else if is(&sent.praised) {
        Some(Recipient::Praised)
    } else {
        None
    }
}

/// The local name of the role that manages the IRO service.
pub(super) fn manager<'a>(rules: &Rules<'a>) -> &'a str {
    let role = rules.protocol.roles.get(IRO_MANAGER);
    role.map_or("manager of the IRO service", |role| role.name.as_str())
}

/// Every message about a notice, on one that has taken every turn.
pub(super) fn sample(setting: &NoticeSetting<'_>, attempt: &mut impl FnMut(&str, &Value)) {
    for occasion in Occasion::ALL {
        if let Ok(sample) = serde_json::to_value(Says::new(occasion, setting)) {
            attempt(template_of(occasion), &sample);
        }
    }
    if let Ok(sample) = serde_json::to_value(shown(setting)) {
        attempt("reply/notice.json", &sample);
    }
    let texts = [
        (Field::Details, "The placement ended on Friday."),
        (Field::Reason, "The plan must be looked at."),
        (Field::Outcome, "The rota was changed."),
        (Field::Closing, "It has not come up again."),
    ];
    for texts in [Some(texts.as_slice()), None] {
        if let Ok(sample) = serde_json::to_value(details(setting, texts)) {
            attempt("modal/notice_details.json", &sample);
        }
    }
}
