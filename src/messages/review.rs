//! The context of every message about a review: what its template may say.

use serde::Serialize;
use serde_json::Value;

use super::setting::Audience;
use super::{Broken, Messages, Rendered};
use crate::calendar::{Due, say_date};
use crate::concern::Rules;
use crate::concern::event::Rag;
use crate::ids::{ClockId, UserId};
use crate::mail::review::{Matter, Occasion, still_wanted};
use crate::protocol::{IRO_MANAGER, ReviewAsks, Sitting};
use crate::review::event::{Held, Waits};
use crate::review::tasks::{owner, referral_of, waits};
use crate::review::{Field, Filled, Means, Reads, Review, Stage, Task, tasks};

/// The longest a text of a review may be in one section.
const PROSE: usize = 2_900;
/// The longest words of a button; Slack takes 75 characters and shows fewer on a telephone.
const BUTTON: usize = 40;
/// How many buttons a row may have.
const BUTTONS: usize = 25;

/// The record and the surroundings in which a message about a review is rendered.
#[derive(Clone, Copy, Debug)]
pub struct ReviewSetting<'a> {
    /// The rules the review is under.
    pub rules: &'a Rules<'a>,
    /// The review as it now stands.
    pub review: &'a Review,
    /// The team's name.
    pub team_name: &'a str,
    /// The name of the case system.
    pub case_system: &'a str,
    /// Whom the message is for.
    pub audience: Audience<'a>,
    /// The present moment.
    pub now: chrono::DateTime<chrono::Utc>,
}

/// What a template about a review may say.
#[derive(Debug, Serialize)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a plain yes or no that a template asks for by name"
)]
struct Says<'a> {
    reference: String,
    team: &'a str,
    protocol: &'a str,
    case_system: &'a str,
    case_ref: &'a str,
    officer: &'a UserId,
    /// What it is called, where it is a midway review.
    midway: Option<&'a str>,
    held_on: String,
    rag: Option<Rag>,
    rag_asked: bool,
    has_concerns: bool,
    attendees: usize,
    /// Whether others attended, outside the workspace.
    others: bool,
    to: &'a [UserId],
    for_role: &'a str,
    vacant: bool,
    covered: Option<&'a UserId>,
    /// Who has it now, where it was the reader's before.
    gone_to: Option<&'a UserId>,
    /// Whether what the message asks is still asked.
    asked_still: bool,
    iro_manager: &'a str,
    open: bool,
    /// Every task, in the protocol's order.
    tasks: Vec<Line<'a>>,
    /// Those the message is about.
    named: Vec<Line<'a>>,
    /// Every objection, the earliest first.
    objections: Vec<Objected<'a>>,
    /// `changed`, `stand`, or empty where nothing was settled.
    settled: &'static str,
    settled_on: String,
    waits_settlement: bool,
    criteria: Vec<&'a str>,
    referred_to: String,
    /// `asked`, `panel`, `other`, or empty where nothing is referred.
    referral: &'static str,
    referral_by: Option<&'a UserId>,
    referral_on: String,
    waits_part: bool,
    /// `attends`, `views`, or empty.
    part: &'static str,
    part_on: String,
    midway_on: Option<String>,
    midway_name: Option<&'a str>,
    concerns: Vec<String>,
    /// The protocol's form: every field with how it was answered.
    form: Vec<Answered<'a>>,
    /// Those fields of it that ask for words and got none.
    unwritten: Vec<&'a str>,
    buttons: Vec<Button>,
}

/// A field of the protocol's form, and how it was answered.
#[derive(Debug, Serialize)]
struct Answered<'a> {
    name: &'a str,
    /// `written`, `yes`, `no`, or empty where it was left out.
    how: &'static str,
}

/// A task on a line.
#[derive(Debug, Serialize)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a plain yes or no that a template asks for by name"
)]
struct Line<'a> {
    name: &'a str,
    clause: &'a str,
    owner: String,
    /// Whether it is the officer's.
    officers: bool,
    /// `waiting`, `sending`, `running`, `done`, `objected`, `accepted`.
    stage: &'static str,
    silence: bool,
    only_if: bool,
    within: String,
    due: String,
    provisional: bool,
    /// The day of what happened, or of what it counts from.
    on: String,
    /// The day on which that was told, where it is another.
    told_on: Option<String>,
    /// Whether it was done after its day.
    late: bool,
    /// Whether it was found late and is not done yet.
    found_late: bool,
    /// What it waits for.
    after: &'a str,
}

#[derive(Debug, Serialize)]
struct Objected<'a> {
    by: &'a UserId,
    on: String,
    late: bool,
}

/// A button: its `action_id` and its words, which may be the protocol's own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
struct Button {
    action: String,
    words: String,
    primary: bool,
}

/// What the modal of a review's details may say.
#[derive(Debug, Serialize)]
struct Details<'a> {
    #[serde(flatten)]
    says: Says<'a>,
    erased: bool,
    /// Whether the reader sees the objection alone.
    objection_only: bool,
    texts: Vec<Written>,
}

#[derive(Debug, Serialize)]
struct Written {
    field: &'static str,
    /// What the protocol's form calls it; empty for what every review has.
    asked: String,
    /// When it was written, where that tells it from another.
    on: Option<String>,
    words: String,
    limit: usize,
}

impl Messages {
    /// Renders a message about a review as it now stands.
    ///
    /// # Errors
    /// [`Broken`] where a template fails; it holds no content.
    pub fn review(&self, matter: &Matter, setting: &ReviewSetting<'_>) -> Result<Rendered, Broken> {
        self.message(template_of(matter.occasion), &Says::new(matter, setting))
    }

    /// A review as it stands, without its texts, for `/concern show`. Authorise the reader first.
    ///
    /// # Errors
    /// [`Broken`] where the template fails; it holds no content.
    pub fn review_shown(
        &self,
        setting: &ReviewSetting<'_>,
        reads: Reads,
    ) -> Result<Rendered, Broken> {
        self.message("reply/review.json", &details(setting, reads, None))
    }

    /// The modal with what was written about a review. `texts` are those the reader may read; `None` once they have been erased.
    ///
    /// Each stands with the fact it was written beside. Authorise the reader first.
    ///
    /// # Errors
    /// [`Broken`] where the template fails; it holds no content.
    pub fn review_details(
        &self,
        setting: &ReviewSetting<'_>,
        reads: Reads,
        texts: Option<&[(Field, i64, &str)]>,
    ) -> Result<Value, Broken> {
        self.view("review_details", &details(setting, reads, texts))
    }
}

fn details<'a>(
    setting: &ReviewSetting<'a>,
    reads: Reads,
    texts: Option<&[(Field, i64, &str)]>,
) -> Details<'a> {
    let matter = Matter {
        occasion: Occasion::Held,
        clocks: Vec::new(),
    };
    let pieces = texts
        .unwrap_or_default()
        .iter()
        .flat_map(|(field, seq, words)| pieces(setting, (*field, *seq), words));
    Details {
        says: Says::new(&matter, setting),
        erased: texts.is_none(),
        objection_only: reads == Reads::Objection,
        texts: pieces.collect(),
    }
}

/// A text in pieces that each fit a section.
fn pieces(setting: &ReviewSetting<'_>, (field, seq): (Field, i64), words: &str) -> Vec<Written> {
    let objection = (setting.review.objections.iter())
        .find(|objection| field == Field::Objection && objection.seq == seq);
    let on = objection.map(|objection| setting.rules.calendar.say(objection.at));
    let asked = match field {
        Field::Form(place) => (setting.rules.protocol.beside.review_fields)
            .get(usize::from(place))
            .map_or("Form", |field| field.name.as_str()),
        _ => "",
    };
    let chars: Vec<char> = words.chars().collect();
    chars
        // Every character may become five when it is escaped.
        .chunks(PROSE / 5)
        .map(|piece| Written {
            field: if asked.is_empty() {
                field.as_str()
            } else {
                "form"
            },
            asked: asked.to_owned(),
            on: on.clone(),
            words: piece.iter().collect(),
            limit: PROSE,
        })
        .collect()
}

fn template_of(occasion: Occasion) -> &'static str {
    match occasion {
        Occasion::Receipt => "review/receipt.json",
        Occasion::Window => "review/window.json",
        Occasion::Task => "review/task.json",
        Occasion::Referral => "review/referral.json",
        Occasion::Due => "review/due.json",
        Occasion::Late => "review/late.json",
        Occasion::Undelivered => "review/undelivered.json",
        Occasion::Nudge => "review/nudge.json",
        Occasion::Held => "review/held.json",
        Occasion::Rated => "review/rated.json",
        Occasion::Objected => "review/objected.json",
        Occasion::Accepted => "review/accepted.json",
        Occasion::Settled => "review/settled.json",
        Occasion::ReferralAnswered => "review/referral_answered.json",
        Occasion::PartTaken => "review/part_taken.json",
        Occasion::HandedOver => "review/handed_over.json",
    }
}

impl<'a> Says<'a> {
    fn new(matter: &Matter, setting: &ReviewSetting<'a>) -> Self {
        let ReviewSetting { rules, review, .. } = *setting;
        let protocol = rules.protocol;
        let held = &review.held;
        let role = setting.audience.standing_in_for.or(setting.audience.role);
        let all = tasks(rules, review);
        let named = all.iter().filter(|task| matter.clocks.contains(&task.id));
        let named = named.map(|task| Line::new(setting, task)).collect();
        let waits: Vec<Waits> = waits(rules, review).into_iter().map(|(of, _)| of).collect();
        let notice = referral_of(rules, review);
        let criteria = notice.map_or_else(Vec::new, |notice| {
            let items = held.criteria.iter().filter_map(|place| {
                let place = usize::try_from(*place).ok()?;
                notice.items.get(place).map(String::as_str)
            });
            items.collect()
        });
        let referred_to = notice.map_or_else(String::new, |notice| {
            let roles: Vec<String> = notice
                .to
                .iter()
                .map(|role| format!("the {}", protocol.role_name(role)))
                .collect();
            roles.join(" and ")
        });
        let day = |at| say_date(rules.day(at));
        Self {
            reference: review.id.to_string(),
            team: setting.team_name,
            protocol: &protocol.title,
            case_system: setting.case_system,
            case_ref: held.case_ref.as_str(),
            officer: &review.officer,
            midway: midway_of(rules, held),
            held_on: say_date(held.review_date),
            rag: held.rag,
            rag_asked: held.rag.is_some(),
            has_concerns: held.concerns,
            attendees: held.attendees.len(),
            others: held.others,
            to: setting.audience.mention,
            for_role: role.map_or("", |role| protocol.role_name(role)),
            vacant: setting.audience.standing_in_for.is_some(),
            covered: setting.audience.covered,
            gone_to: setting.audience.gone_to,
            asked_still: still_wanted(matter, rules, review),
            iro_manager: protocol
                .roles
                .get(IRO_MANAGER)
                .map_or("manager of the IRO service", |role| role.name.as_str()),
            open: review.is_open(),
            named,
            objections: (review.objections.iter())
                .map(|objection| Objected {
                    by: &objection.by,
                    on: rules.calendar.say(objection.at),
                    late: objection.late,
                })
                .collect(),
            settled: match &review.settled {
                Some(settled) if settled.changed => "changed",
                Some(_) => "stand",
                None => "",
            },
            settled_on: (review.settled.as_ref())
                .map_or_else(String::new, |settled| day(settled.at)),
            waits_settlement: waits.contains(&Waits::Settlement),
            criteria,
            referred_to,
            referral: match (notice, &review.referral) {
                (None, _) => "",
                (Some(_), None) => "asked",
                (Some(_), Some(referral)) if referral.means == Means::Panel => "panel",
                (Some(_), Some(_)) => "other",
            },
            referral_by: review.referral.as_ref().map(|referral| &referral.by),
            referral_on: (review.referral.as_ref())
                .map_or_else(String::new, |referral| day(referral.at)),
            waits_part: waits.contains(&Waits::PanelPart),
            part: match &review.part {
                Some(part) if part.attends => "attends",
                Some(_) => "views",
                None => "",
            },
            part_on: (review.part.as_ref()).map_or_else(String::new, |part| day(part.at)),
            midway_on: review.midway.map(day),
            midway_name: midway_name(rules),
            concerns: review.concerns.iter().map(ToString::to_string).collect(),
            form: form(setting),
            unwritten: (protocol.beside.review_fields.iter())
                .filter(|field| field.asks == ReviewAsks::Words)
                .filter(|field| !held.form.contains_key(&field.id))
                .map(|field| field.name.as_str())
                .collect(),
            buttons: buttons(matter, setting, &all, &waits),
            tasks: all.iter().map(|task| Line::new(setting, task)).collect(),
        }
    }
}

/// The protocol's form as it was filled in.
fn form<'a>(setting: &ReviewSetting<'a>) -> Vec<Answered<'a>> {
    let fields = &setting.rules.protocol.beside.review_fields;
    let answered = fields.iter().map(|field| Answered {
        name: &field.name,
        how: match setting.review.held.form.get(&field.id) {
            Some(Filled::Written) => "written",
            Some(Filled::Yes) => "yes",
            Some(Filled::No) => "no",
            None => "",
        },
    });
    answered.collect()
}

/// What a midway review is called; `None` for a review.
pub(super) fn midway_of<'a>(rules: &Rules<'a>, held: &Held) -> Option<&'a str> {
    (held.sitting == Sitting::Midway).then(|| {
        let rule = rules.protocol.beside.midway.as_ref();
        rule.map_or("midway review", |rule| rule.name.as_str())
    })
}

/// What the protocol calls the note of the midway oversight, where it has one (`B-3.2.a`).
fn midway_name<'a>(rules: &Rules<'a>) -> Option<&'a str> {
    let note = rules.protocol.beside.note.as_ref()?;
    note.names.get("midway_oversight").map(String::as_str)
}

impl<'a> Line<'a> {
    fn new(setting: &ReviewSetting<'a>, task: &Task<'a>) -> Self {
        let rules = setting.rules;
        let clocks = &rules.protocol.beside.review_clocks;
        let day = |at| say_date(rules.day(at));
        let (stage, on) = match task.stage {
            Stage::Waiting => ("waiting", String::new()),
            // It counts from the day it is received, which is today if it arrives.
            Stage::Sending { .. } => ("sending", day(setting.now)),
            Stage::Running { since } => ("running", day(since)),
            Stage::Done { at, on, .. } => ("done", on.map_or_else(|| day(at), say_date)),
            Stage::Objected { at } => ("objected", day(at)),
            Stage::Accepted { at } => ("accepted", day(at)),
        };
        let due = match task.stage {
            Stage::Sending { .. } => Some(rules.due(rules.day(setting.now), task.clock.within)),
            _ => task.due,
        };
        Self {
            name: &task.clock.name,
            clause: &task.clock.clause,
            owner: owner(task).map_or_else(
                || "the reviewing officer".to_owned(),
                |role| format!("the {}", rules.protocol.role_name(role)),
            ),
            officers: owner(task).is_none(),
            stage,
            silence: task.takes_silence(),
            only_if: task.only_if,
            within: task.clock.within.to_string(),
            provisional: due.is_some_and(|due| due.provisional),
            due: due.map_or_else(String::new, |due: Due| rules.calendar.say_due(&due)),
            on,
            told_on: match task.stage {
                Stage::Done {
                    at, on: Some(on), ..
                } if on != rules.day(at) => Some(day(at)),
                _ => None,
            },
            late: matches!(task.stage, Stage::Done { late: true, .. }),
            found_late: !task.has_ended() && setting.review.late.contains_key(&task.id),
            after: (clocks.iter())
                .find(|earlier| task.clock.starts.after() == Some(&earlier.id))
                .map_or("", |earlier| &earlier.name),
        }
    }
}

/// The buttons of a message: those that would be taken now.
fn buttons(
    matter: &Matter,
    setting: &ReviewSetting<'_>,
    all: &[Task<'_>],
    waits: &[Waits],
) -> Vec<Button> {
    let mut row = Vec::new();
    if setting.audience.is_former() {
        return row;
    }
    let mut add = |action: String, words: &str, primary| {
        row.push(Button {
            action,
            words: words.chars().take(BUTTON).collect(),
            primary,
        });
    };
    let done = |task: &Task<'_>| {
        let words = task.clock.done.as_deref().unwrap_or(&task.clock.name);
        (format!("done/{}", task.id), words.to_owned())
    };
    let named = |id: &ClockId| matter.clocks.contains(id);
    let running = |task: &&Task<'_>| task.running_since().is_some() && !task.takes_silence();
    match matter.occasion {
        Occasion::Receipt => {
            let mine = all.iter().filter(running);
            for task in mine.filter(|task| owner(task).is_none()) {
                let (action, words) = done(task);
                add(action, &words, false);
            }
            if all.iter().filter(running).any(|task| owner(task).is_none()) {
                add("done_on".to_owned(), "Done on another day", false);
            }
            if waits.contains(&Waits::Settlement) {
                add("settle_objection".to_owned(), "Settle the objection", true);
            }
            if waits.contains(&Waits::PanelPart) {
                add("panel_part".to_owned(), "Attend or send views", true);
            }
            let rule = setting.rules.protocol.beside.midway.as_ref();
            if let (Some(rule), Sitting::Review) = (rule, setting.review.held.sitting) {
                let words = format!("Record a {}", rule.name);
                add("record_midway".to_owned(), &words, false);
            } else if setting.review.midway.is_none() && midway_name(setting.rules).is_some() {
                let words = "Midway oversight recorded";
                add("midway".to_owned(), words, false);
            }
            add("raise_from_review".to_owned(), "Raise a concern", false);
        }
        Occasion::Due | Occasion::Late | Occasion::Task => {
            let theirs = all.iter().filter(running).filter(|task| named(&task.id));
            // The manager of the IRO service hears of what is late; the officer's own tasks are theirs to tell.
            for task in theirs {
                let (action, words) = done(task);
                add(action, &words, true);
            }
            let mut asked = all.iter().filter(|task| named(&task.id));
            let objects = asked.any(|task| task.takes_silence() && task.running_since().is_some());
            if objects && matter.occasion == Occasion::Due {
                add("object".to_owned(), "Object", false);
            }
        }
        Occasion::Window => {
            let window = all.iter().find(|task| named(&task.id));
            match window.map(|task| task.stage) {
                Some(Stage::Sending { .. } | Stage::Running { .. }) => {
                    add("object".to_owned(), "Object", false);
                }
                Some(Stage::Accepted { .. }) => {
                    add("object".to_owned(), "Object late", false);
                }
                Some(Stage::Objected { .. }) => {
                    add("object".to_owned(), "Object again", false);
                }
                _ => {}
            }
        }
        Occasion::Referral if waits.contains(&Waits::Referral) => {
            let words = "Panel or other means";
            add("answer_referral".to_owned(), words, true);
        }
        Occasion::Nudge if waits.contains(&Waits::Referral) && !is_officers(setting) => {
            let words = "Panel or other means";
            add("answer_referral".to_owned(), words, true);
        }
        Occasion::Nudge | Occasion::ReferralAnswered | Occasion::Objected
            if is_officers(setting) =>
        {
            if waits.contains(&Waits::Settlement) {
                add("settle_objection".to_owned(), "Settle the objection", true);
            }
            if waits.contains(&Waits::PanelPart) {
                add("panel_part".to_owned(), "Attend or send views", true);
            }
        }
        _ => {}
    }
    row.truncate(BUTTONS - 1);
    if matter.occasion == Occasion::HandedOver {
        return row;
    }
    row.push(Button {
        action: "details".to_owned(),
        words: "Details".to_owned(),
        primary: false,
    });
    row
}

/// Whether the message is for the officer alone.
fn is_officers(setting: &ReviewSetting<'_>) -> bool {
    setting.audience.role.is_none() && setting.audience.mention == [setting.review.officer.clone()]
}

/// Every message about a review, on a review that has taken every turn.
pub(super) fn sample(setting: &ReviewSetting<'_>, attempt: &mut impl FnMut(&str, &Value)) {
    let every: Vec<ClockId> = tasks(setting.rules, setting.review)
        .into_iter()
        .map(|task| task.id)
        .collect();
    let some: Vec<ClockId> = every.iter().take(1).cloned().collect();
    for occasion in Occasion::ALL {
        // Only what is rated is told of as rated.
        if occasion == Occasion::Rated && setting.review.held.rag.is_none() {
            continue;
        }
        for clocks in [Vec::new(), some.clone(), every.clone()] {
            let says = Says::new(&Matter { occasion, clocks }, setting);
            if let Ok(sample) = serde_json::to_value(&says) {
                attempt(template_of(occasion), &sample);
            }
        }
    }
    let texts = [
        (Field::Concerns, "The plan has stood still."),
        (Field::Others, "The school."),
        (Field::Objection, "The date cannot be kept."),
        (Field::Outcome, "Another date."),
        (Field::Response, "It goes to the next panel."),
        (Field::Views, "It should be soon."),
        (Field::Form(0), "The care plan is up to date."),
    ]
    .map(|(field, words)| {
        let objection = setting.review.objections.first();
        (field, objection.map_or(1, |objection| objection.seq), words)
    });
    for (reads, texts) in [
        (Reads::All, Some(texts.as_slice())),
        (Reads::Objection, texts.get(2..3)),
        (Reads::All, None),
    ] {
        if let Ok(sample) = serde_json::to_value(details(setting, reads, texts)) {
            attempt("modal/review_details.json", &sample);
            attempt("reply/review.json", &sample);
        }
    }
}
