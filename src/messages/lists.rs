//! Messages with many lines: a team's digest, several alerts, the answers to `/concern list` and `/concern overdue`.

use chrono::NaiveDate;
use serde::Serialize;
use serde_json::Value;

use super::about::About;
use super::partner::{PartnerLine, sample_lines};
use super::setting::{Line, Setting, sample_line, sample_lines_beside};
use super::{Broken, Messages, Rendered};
use crate::calendar::say_date_year;
use crate::concern::themes::{Counted, Crossed, Number, Themes};
use crate::ids::{ConcernId, Subject, UserId};
use crate::mail::{Matter, Occasion};
use crate::notice::collation as notice;
use crate::review::collation as review;

/// How many lines of a list stand in a digest.
const DIGEST_LINES: usize = 12;
/// How many lines stand in an answer to one person.
const REPLY_LINES: usize = 30;
/// How many lines of each list stand in an answer to one person.
const LIST_LINES: usize = 15;
/// How many alerts stand in one message.
const ALERTS: usize = 20;

/// A team's digest. Each line is reference, step, role and date, and nothing else.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DigestContext {
    /// The team's name.
    pub team_name: String,
    /// The day, as cards say it.
    pub date: String,
    /// Past their due moment.
    pub overdue: Vec<Line>,
    /// Due today.
    pub due_today: Vec<Line>,
    /// Due in the next two working days.
    pub due_soon: Vec<Line>,
    /// Waiting at a gate.
    pub at_gate: Vec<Line>,
    /// Waiting for the raiser.
    pub waiting_raiser: Vec<Line>,
    /// Not acknowledged yet.
    pub unacknowledged: Vec<Line>,
    /// Open past the limit on the whole process: the date is the day it ended.
    pub past_cap: Vec<Line>,
    /// What is kept beside the concerns and waits: what it is, role and date.
    pub beside: Vec<Line>,
}

/// What is open that somebody may read, sorted by what it is to them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Listing {
    /// What waits for them.
    pub waiting: Vec<Line>,
    /// What is theirs and waits for others.
    pub mine: Vec<Line>,
    /// The others that they may read.
    pub others: Vec<Line>,
}

/// What somebody is answered who typed a command and was not refused.
#[derive(Clone, Copy, Debug)]
pub enum Reply<'a> {
    /// The words there are; with `unknown`, after a word that is none of them.
    Help {
        /// Whether the person may raise concerns.
        may_raise: bool,
        /// Whether the person may tell a reviewing officer of a change.
        may_notify: bool,
        /// The word that was typed, where it is none of ours.
        unknown: Option<&'a str>,
        /// What was probably meant by it.
        near: Option<&'a str>,
    },
    /// What is open that they may read.
    List(&'a Listing),
    /// What they may read that is past its day.
    Overdue(&'a [Line]),
    /// It was raised.
    Raised(ConcernId),
    /// A note was added.
    Noted(ConcernId),
    /// It was handed over.
    HandedOver {
        /// What the other has now.
        subjects: &'a [Subject],
        /// What they may not hold, since they would answer in it.
        kept: &'a [Subject],
        /// To whom.
        to: &'a UserId,
    },
    /// Somebody is copied by name from now on.
    CopiedTo {
        /// The concern.
        concern: ConcernId,
        /// Who.
        to: &'a UserId,
    },
    /// Patterns over a period.
    Themes {
        /// What was counted of the concerns.
        themes: &'a Themes,
        /// Of the reviews (`W-4.2`).
        reviews: &'a review::Collation,
        /// Of good practice and general concerns.
        notices: &'a notice::Collation,
        /// The one team it is about, where one was named.
        team: Option<&'a str>,
    },
    /// Who was told outside the line, on concerns of somebody's own side.
    Agencies {
        /// The period, first and last day, with the concerns that have ended; `None` is on the open ones.
        period: Option<(NaiveDate, NaiveDate)>,
        /// Those who were told, in the order of the list.
        lines: &'a [PartnerLine],
        /// By what reporting the protocols follow them, such as "Dispute Resolution Partnership reporting"; empty where none says.
        tracked: &'a str,
    },
    /// Something else was done, and its messages show it.
    Done(ConcernId),
}

/// A list that was cut, with how many lines it lacks.
#[derive(Debug, Default, Serialize)]
struct Cut<'a> {
    lines: &'a [Line],
    more: usize,
    all: usize,
}

impl<'a> Cut<'a> {
    fn at(most: usize, lines: &'a [Line]) -> Self {
        let shown = lines.get(..most).unwrap_or(lines);
        Self {
            lines: shown,
            more: lines.len() - shown.len(),
            all: lines.len(),
        }
    }
}

#[derive(Debug, Serialize)]
struct DigestSays<'a> {
    team: &'a str,
    date: &'a str,
    empty: bool,
    lists: Vec<Sorted<'a>>,
}

#[derive(Debug, Serialize)]
struct Sorted<'a> {
    kind: &'static str,
    #[serde(flatten)]
    cut: Cut<'a>,
}

#[derive(Debug, Default, Serialize)]
struct ReplySays<'a> {
    reference: String,
    /// Whether it is one reference alone.
    one: bool,
    /// What was not handed over; empty where it all was.
    kept: String,
    to: Option<&'a UserId>,
    may_raise: bool,
    may_notify: bool,
    unknown: Option<&'a str>,
    near: Option<&'a str>,
    from: String,
    until: String,
    themes: Option<&'a Themes>,
    reviews: Option<&'a review::Collation>,
    notices: Option<&'a notice::Collation>,
    team: Option<&'a str>,
    agencies: &'a [PartnerLine],
    tracked: &'a str,
    lists: Vec<Sorted<'a>>,
    #[serde(flatten)]
    cut: Cut<'a>,
}

#[derive(Debug, Serialize)]
struct AlertsSay<'a> {
    to: &'a [UserId],
    items: Vec<About<'a>>,
    more: usize,
    all: usize,
}

impl Messages {
    /// A team's digest. One with nothing in it says so.
    ///
    /// # Errors
    /// [`Broken`] where the template fails.
    pub fn digest(&self, digest: &DigestContext) -> Result<Rendered, Broken> {
        self.message("digest/digest.json", &digest_says(digest))
    }

    /// What a record beside the concerns is and asks, and of whom, in words for a reader without Slack.
    #[must_use]
    pub fn line_in_words(&self, line: &Line) -> (String, String) {
        let said = |name| super::escape::plainly(&self.said(name, line));
        (said("told/line_what.txt"), said("told/line_whom.txt"))
    }

    /// The answer to a command, for the person alone.
    ///
    /// # Errors
    /// [`Broken`] where the template fails.
    pub fn reply(&self, reply: &Reply<'_>) -> Result<Rendered, Broken> {
        let (name, says) = reply_says(reply);
        self.message(name, &says)
    }

    /// A concern as it stands, without its texts, for `/concern show`. Authorise the reader first.
    ///
    /// # Errors
    /// [`Broken`] where the template fails, or the record has no step.
    pub fn show(&self, setting: &Setting<'_>) -> Result<Rendered, Broken> {
        let name = "reply/show.json";
        let about = shown(setting).ok_or_else(|| Broken {
            template: name.to_owned(),
            why: "the record has no step under its protocol".to_owned(),
        })?;
        self.message(name, &about)
    }

    /// Several alerts to one person as one message, a line each; one alone reads as [`Messages::mail`] has it. `beyond` is how many
    /// there are besides these.
    ///
    /// # Errors
    /// [`Broken`] where the template fails, or there is nothing to tell.
    pub fn alerts(
        &self,
        alerts: &[(Matter, Setting<'_>)],
        beyond: usize,
    ) -> Result<Rendered, Broken> {
        if let ([(matter, setting)], 0) = (alerts, beyond) {
            return self.mail(matter, setting);
        }
        let name = "alert/several.json";
        let says = alerts_say(alerts, beyond).ok_or_else(|| Broken {
            template: name.to_owned(),
            why: "there is no alert to tell of".to_owned(),
        })?;
        self.message(name, &says)
    }

    /// Every line of the help: what may be typed after the command, and what it does. The words of it that a person fills in are
    /// examples, such as `C-42`.
    #[must_use]
    pub fn commands(&self) -> Vec<(String, String)> {
        let all = Reply::Help {
            may_raise: true,
            may_notify: true,
            unknown: None,
            near: None,
        };
        let said = self.reply(&all).map(|said| said.text).unwrap_or_default();
        let lines = said.lines().filter_map(|line| {
            let (typed, does) = line.strip_prefix("/concern")?.split_once(':')?;
            // Of several ways to type it the first.
            let typed = typed.split(" or /concern").next().unwrap_or(typed);
            Some((typed.trim().to_owned(), does.trim().to_owned()))
        });
        lines.collect()
    }

    /// Something for the manager of the IRO service that no concern is about: `messages/operator/<words>.json.hbs`, filled with facts.
    ///
    /// # Errors
    /// [`Broken`] where there are no such words, or the facts are not those they need.
    pub fn operator(&self, words: &str, facts: &Value) -> Result<Rendered, Broken> {
        self.message(&format!("operator/{words}.json"), facts)
    }
}

fn digest_says(digest: &DigestContext) -> DigestSays<'_> {
    let lists: Vec<Sorted<'_>> = [
        ("overdue", &digest.overdue),
        ("due_today", &digest.due_today),
        ("due_soon", &digest.due_soon),
        ("at_gate", &digest.at_gate),
        ("waiting_raiser", &digest.waiting_raiser),
        ("unacknowledged", &digest.unacknowledged),
        ("past_cap", &digest.past_cap),
        ("beside", &digest.beside),
    ]
    .into_iter()
    .filter(|(_, lines)| !lines.is_empty())
    .map(|(kind, lines)| Sorted {
        kind,
        cut: Cut::at(DIGEST_LINES, lines),
    })
    .collect();
    DigestSays {
        team: &digest.team_name,
        date: &digest.date,
        empty: lists.is_empty(),
        lists,
    }
}

fn reply_says<'a>(reply: &Reply<'a>) -> (&'static str, ReplySays<'a>) {
    let mut says = ReplySays::default();
    let name = match *reply {
        Reply::Help {
            may_raise,
            may_notify,
            unknown,
            near,
        } => {
            (says.may_raise, says.may_notify) = (may_raise, may_notify);
            (says.unknown, says.near) = (unknown, near);
            "reply/help.json"
        }
        Reply::List(listing) => {
            says.lists = [
                ("waiting", &listing.waiting),
                ("mine", &listing.mine),
                ("others", &listing.others),
            ]
            .into_iter()
            .filter(|(_, lines)| !lines.is_empty())
            .map(|(kind, lines)| Sorted {
                kind,
                cut: Cut::at(LIST_LINES, lines),
            })
            .collect();
            "reply/list.json"
        }
        Reply::Overdue(lines) => {
            says.cut = Cut::at(REPLY_LINES, lines);
            "reply/overdue.json"
        }
        Reply::Raised(concern) => {
            says.reference = concern.to_string();
            "reply/raised.json"
        }
        Reply::Noted(concern) => {
            says.reference = concern.to_string();
            "reply/noted.json"
        }
        Reply::HandedOver { subjects, kept, to } => {
            (says.reference, says.to) = (named(subjects), Some(to));
            (says.one, says.kept) = (subjects.len() == 1, named(kept));
            "reply/handed_over.json"
        }
        Reply::CopiedTo { concern, to } => {
            (says.reference, says.to) = (concern.to_string(), Some(to));
            "reply/copied.json"
        }
        Reply::Themes {
            themes,
            reviews,
            notices,
            team,
        } => {
            says.team = team;
            says.from = say_date_year(themes.from);
            says.until = say_date_year(themes.to);
            says.themes = Some(themes);
            (says.reviews, says.notices) = (Some(reviews), Some(notices));
            "reply/themes.json"
        }
        Reply::Agencies {
            period,
            lines,
            tracked,
        } => {
            if let Some((from, to)) = period {
                says.from = say_date_year(from);
                says.until = say_date_year(to);
            }
            says.agencies = lines.get(..REPLY_LINES).unwrap_or(lines);
            says.cut.more = lines.len() - says.agencies.len();
            says.tracked = tracked;
            "reply/agencies.json"
        }
        Reply::Done(concern) => {
            says.reference = concern.to_string();
            "reply/done.json"
        }
    };
    (name, says)
}

/// References in a row.
fn named(subjects: &[Subject]) -> String {
    let names: Vec<String> = subjects.iter().map(Subject::to_string).collect();
    names.join(", ")
}

fn shown<'a>(setting: &Setting<'a>) -> Option<About<'a>> {
    let visit = setting.concern.visit()?.number;
    About::new(
        &Matter {
            occasion: Occasion::Copy,
            visit,
            other: None,
        },
        setting,
    )
    .map(|about| about.with_outlook(setting))
}

fn alerts_say<'a>(alerts: &[(Matter, Setting<'a>)], beyond: usize) -> Option<AlertsSay<'a>> {
    let to = alerts.first()?.1.audience.mention;
    let mut items: Vec<About<'a>> = alerts
        .iter()
        .filter_map(|(matter, setting)| About::new(matter, setting))
        .collect();
    let all = items.len() + beyond;
    items.truncate(ALERTS);
    Some(AlertsSay {
        to,
        more: all - items.len(),
        items,
        all,
    })
}

/// Samples of who was told outside the line: some, none, and more than a message holds.
fn samples_of_agencies(attempt: &mut impl FnMut(&str, &Value)) {
    let (told, all_told) = (sample_lines(), vec![PartnerLine::default(); 60]);
    let day = NaiveDate::default();
    for (period, lines, tracked) in [
        (None, &told, "Partnership reporting"),
        (Some((day, day)), &all_told, ""),
        (None, &Vec::new(), ""),
        (Some((day, day)), &Vec::new(), ""),
    ] {
        let (name, says) = reply_says(&Reply::Agencies {
            period,
            lines,
            tracked,
        });
        if let Ok(sample) = serde_json::to_value(&says) {
            attempt(name, &sample);
        }
    }
}

/// Samples of what has many lines.
pub(super) fn samples(attempt: &mut impl FnMut(&str, &Value)) {
    let line = sample_line;
    let one = vec![line(1)];
    let many: Vec<Line> = (1..60).map(line).collect();
    let to = UserId::from("U0OTHER");
    samples_of_agencies(attempt);
    let patterns = patterns();
    let hidden = patterns.clone().with_small_numbers_hidden();
    let (reviews, notices) = (collated(), told_of());
    let hidden_reviews = collated().with_small_numbers_hidden();
    let hidden_notices = told_of().with_small_numbers_hidden();
    for lines in [&Vec::new(), &one, &many] {
        let digest = DigestContext {
            team_name: "North locality".to_owned(),
            date: "Mon 21 Dec".to_owned(),
            overdue: lines.clone(),
            due_today: lines.clone(),
            due_soon: lines.clone(),
            at_gate: lines.clone(),
            waiting_raiser: lines.clone(),
            unacknowledged: lines.clone(),
            past_cap: lines.clone(),
            beside: sample_lines_beside(),
        };
        if let Ok(sample) = serde_json::to_value(digest_says(&digest)) {
            attempt("digest/digest.json", &sample);
        }
        let listing = Listing {
            waiting: sample_lines_beside(),
            mine: lines.clone(),
            others: lines.clone(),
        };
        for reply in [
            Reply::Help {
                may_raise: true,
                may_notify: false,
                unknown: None,
                near: None,
            },
            Reply::Help {
                may_raise: false,
                may_notify: true,
                unknown: Some("recrod"),
                near: Some("record C-42"),
            },
            Reply::List(&listing),
            Reply::List(&Listing::default()),
            Reply::Overdue(lines),
            Reply::Raised(ConcernId(42)),
            Reply::Noted(ConcernId(42)),
            Reply::HandedOver {
                subjects: &[ConcernId(42).into()],
                kept: &[],
                to: &to,
            },
            Reply::HandedOver {
                subjects: &[],
                kept: &[ConcernId(42).into(), ConcernId(43).into()],
                to: &to,
            },
            Reply::CopiedTo {
                concern: ConcernId(42),
                to: &to,
            },
            Reply::Done(ConcernId(42)),
            Reply::Themes {
                themes: &Themes::default(),
                reviews: &review::Collation::default(),
                notices: &notice::Collation::default(),
                team: Some("North locality"),
            },
            Reply::Themes {
                themes: &patterns,
                reviews: &reviews,
                notices: &notices,
                team: None,
            },
            Reply::Themes {
                themes: &hidden,
                reviews: &hidden_reviews,
                notices: &hidden_notices,
                team: Some("North locality"),
            },
        ] {
            let (name, says) = reply_says(&reply);
            if let Ok(sample) = serde_json::to_value(&says) {
                attempt(name, &sample);
            }
        }
    }
    for line in sample_lines_beside() {
        if let Ok(sample) = serde_json::to_value(&line) {
            attempt("told/line_what.txt", &sample);
            attempt("told/line_whom.txt", &sample);
        }
    }
    for (words, facts) in operator_samples() {
        attempt(&format!("operator/{words}.json"), &facts);
    }
}

/// What each message to an operator is filled with.
fn operator_samples() -> [(&'static str, Value); 6] {
    [
        (
            "bad_edit",
            serde_json::json!({"file": "lodestar.toml", "faults": ["The role x is not one of the protocol's."]}),
        ),
        (
            "channel_refused",
            serde_json::json!({"channel": "C0TMN", "code": "is_archived"}),
        ),
        (
            "calendar_ends",
            serde_json::json!({"last": "Tue 31 Dec 2030"}),
        ),
        (
            "set_aside",
            serde_json::json!({"concern": "C-42", "why": "its protocol is missing"}),
        ),
        (
            "left",
            serde_json::json!({"person": "U0IRO1", "all": 1, "first": "C-42", "which": "C-42", "more": 0}),
        ),
        (
            "left",
            serde_json::json!({"person": "U0IRO1", "all": 22, "first": "C-42", "which": "C-42, R-7", "more": 2}),
        ),
    ]
}

/// Samples of alerts and of what `/concern show` answers, on one concern.
pub(super) fn samples_about(setting: &Setting<'_>, attempt: &mut impl FnMut(&str, &Value)) {
    if let Some(Ok(sample)) = shown(setting).map(|about| serde_json::to_value(&about)) {
        attempt("reply/show.json", &sample);
    }
    let alert = |occasion| {
        let matter = Matter {
            occasion,
            visit: 1,
            other: None,
        };
        (matter, *setting)
    };
    let alerts = Occasion::ALL
        .into_iter()
        .filter(|occasion| occasion.kind() == crate::mail::Kind::Alert)
        .map(alert)
        .collect::<Vec<_>>();
    if let Some(Ok(sample)) = alerts_say(&alerts, 0).map(|says| serde_json::to_value(&says)) {
        attempt("alert/several.json", &sample);
    }
}

/// Numbers to try the words on.
fn counted(names: &[&str]) -> Vec<Counted> {
    let of = |(at, name): (usize, &&str)| Counted {
        name: (*name).to_owned(),
        number: Number::from(11 - at * 2),
    };
    names.iter().enumerate().map(of).collect()
}

/// What reviews say together, to try the words on.
fn collated() -> review::Collation {
    let crossed = |name: &str| Crossed {
        name: name.to_owned(),
        counts: counted(&["red", "amber", "green"]),
    };
    review::Collation {
        all: Number::from(21),
        midway: Number::from(6),
        ratings: counted(&["red", "amber", "green"]),
        teams: counted(&["North locality", "South locality"]),
        months: counted(&["2026-11", "2026-12"]),
        teams_rated: vec![crossed("North locality")],
        months_rated: vec![crossed("2026-11"), crossed("2026-12")],
        forms: counted(&["complete", "incomplete"]),
        answers: vec![Crossed {
            name: "The child knows their officer".to_owned(),
            counts: counted(&["yes", "no", "written", "left_out"]),
        }],
        matters: counted(&["none", "raised", "not_raised"]),
        referred: Number::from(7),
        criteria: counted(&["Placed with parents for a year"]),
        became: counted(&["panel", "other", "unanswered"]),
    }
}

/// Good practice and general concerns, to try the words on.
fn told_of() -> notice::Collation {
    notice::Collation {
        praise: Number::from(9),
        praise_teams: counted(&["North locality"]),
        service: Number::from(15),
        service_teams: counted(&["North locality"]),
        service_stand: counted(&["closed", "outcome", "open"]),
    }
}

/// Patterns to try the words on.
fn patterns() -> Themes {
    Themes {
        all: Number::from(12),
        themes: counted(&["General issues"]),
        categories: counted(&["Drift in permanency planning", "Visits"]),
        teams: counted(&["North locality", "South locality"]),
        months: counted(&["2026-11", "2026-12"]),
        outcomes: counted(&[
            "open",
            "resolved",
            "withdrawn",
            "redirected",
            "maintained",
            "referred",
        ]),
        transfers: Number::from(2),
        cases: counted(&["K-204117"]),
        agencies: counted(&["Police", ""]),
        ..Themes::default()
    }
}
