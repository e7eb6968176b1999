//! Case notes: for each step reached, the note as it is pasted into the case system, in the fields the protocol names, with people by
//! their roles.

use serde::Serialize;
use serde_json::Value;

use super::became::met;
use super::details::{
    answered, gone_how, informed_numbered, position, progress, told_how, was_rejected,
};
use super::escape::{plainly, width};
use super::outside::way;
use super::partner::name_of;
use super::setting::{ConcernTexts, Setting};
use super::{Broken, Messages, ladder};
use crate::calendar::say_date;
use crate::concern::decide::notes::needs_outcome;
use crate::concern::event::{Called, MeetingDay, Met, Spoke, Transferred};
use crate::concern::partner::{Informed, Replied};
use crate::concern::redirect::Redirected;
use crate::concern::{Concern, Fact, Field, How, Recorded, Rules, Visit};
use crate::ids::UserId;
use crate::protocol::{Gate, Monitor, Step, words};

/// What a case note holds where the protocol does not say.
const FIELDS: [&str; 3] = ["issue", "action", "outcome"];
/// The longest piece of a note in one section, as Slack counts it.
const PIECE: usize = 2_900;
/// The most notes that may be ticked at once: Slack takes no more checkboxes.
const TICKS: usize = 10;

/// The case note of one step, ready to paste.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CaseNote {
    /// The visit.
    pub visit: u32,
    /// The stage.
    pub stage: String,
    /// The note, its title first.
    pub words: String,
    /// Whether the outcome must still be typed.
    pub needs_outcome: bool,
    /// Who pasted it, and on which day.
    pub pasted: Option<(UserId, String)>,
}

/// On a receipt: whose case note is in the case system.
#[derive(Debug, Serialize)]
pub(super) struct NoteLine {
    visit: u32,
    stage: String,
    /// The day it was pasted; empty where it was not.
    on: String,
    by: Option<UserId>,
}

pub(super) fn note_lines(rules: &Rules<'_>, concern: &Concern) -> Vec<NoteLine> {
    let line = |visit: &Visit| {
        let stage = told_apart(rules, rules.step_of(visit)?);
        let pasted = visit.note_pasted.as_ref();
        Some(NoteLine {
            visit: visit.number,
            stage,
            on: pasted.map_or_else(String::new, |(_, at)| say_date(rules.day(*at))),
            by: pasted.map(|(by, _)| by.clone()),
        })
    };
    concern.visits.iter().filter_map(line).collect()
}

/// A step's stage, with the step's own name where another step of the route is of the same stage: nobody should tick the wrong note.
fn told_apart(rules: &Rules<'_>, step: &Step) -> String {
    let Step { stage, name, .. } = step;
    let same = |other: &Step| other.stage == *stage && other.id != step.id;
    if name != stage && rules.route.steps.iter().any(same) {
        format!("{stage} ({name})")
    } else {
        stage.clone()
    }
}

/// A line of a note, as its template says it.
#[derive(Debug, Default, Serialize)]
struct Says<'a> {
    kind: &'static str,
    how: &'static str,
    title: &'a str,
    reference: &'a str,
    case_ref: &'a str,
    category: &'a str,
    raiser_role: &'a str,
    stage: &'a str,
    name: &'a str,
    role: String,
    on: String,
    until: String,
    /// What kind of meeting, and the day on which it was held.
    what: String,
    on_day: String,
    /// Whether the raiser's side did it.
    by_raiser: bool,
    field: Option<Field>,
}

/// The view's context.
#[derive(Debug, Serialize)]
struct Record<'a> {
    reference: &'a str,
    case_system: &'a str,
    /// Whether the protocol lets a concern be closed only once they are there.
    required: bool,
    erased: bool,
    notes: Vec<Shown>,
    /// Those that may be ticked.
    ticks: Vec<Tick>,
    more_ticks: bool,
}

#[derive(Debug, Serialize)]
struct Shown {
    visit: u32,
    stage: String,
    pieces: Vec<Piece>,
    asks_outcome: bool,
    on: String,
    by: Option<UserId>,
}

#[derive(Debug, Serialize)]
struct Piece {
    words: String,
    limit: usize,
}

#[derive(Debug, Serialize)]
struct Tick {
    visit: String,
    stage: String,
}

impl Messages {
    /// The case notes of every step reached, in order. They hold what people wrote: authorise the reader first.
    ///
    /// # Errors
    /// [`Broken`] where a template fails; it holds no content.
    pub fn case_notes(
        &self,
        setting: &Setting<'_>,
        record: &[Recorded],
        texts: &ConcernTexts,
    ) -> Result<Vec<CaseNote>, Broken> {
        let say = |says: &Says<'_>| {
            let words = self.engine.words("phrase/note", says)?;
            Ok(plainly(&words))
        };
        let rules = setting.rules;
        let mut notes = Vec::with_capacity(setting.concern.visits.len());
        for visit in &setting.concern.visits {
            let Some(step) = rules.step_of(visit) else {
                continue;
            };
            let note = Noting {
                setting,
                record,
                texts,
                visit,
                step,
            };
            notes.push(CaseNote {
                visit: visit.number,
                stage: told_apart(rules, step),
                words: note.words(&say)?,
                needs_outcome: needs_outcome(visit),
                pasted: visit
                    .note_pasted
                    .as_ref()
                    .map(|(by, at)| (by.clone(), say_date(rules.day(*at)))),
            });
        }
        Ok(notes)
    }

    /// The modal `record`: the case notes to copy, and a box for each that is pasted. Authorise the reader first. Without its
    /// `private_metadata`, which is the caller's.
    ///
    /// # Errors
    /// [`Broken`] where a template fails; it holds no content.
    pub fn record(
        &self,
        setting: &Setting<'_>,
        record: &[Recorded],
        texts: Option<&ConcernTexts>,
    ) -> Result<Value, Broken> {
        let none = ConcernTexts::default();
        let notes = self.case_notes(setting, record, texts.unwrap_or(&none))?;
        let reference = setting.concern.id.to_string();
        let erased = texts.is_none();
        self.view("record", &view_of(setting, &reference, notes, erased))
    }
}

fn view_of<'a>(
    setting: &Setting<'a>,
    reference: &'a str,
    notes: Vec<CaseNote>,
    erased: bool,
) -> Record<'a> {
    let rule = setting.rules.protocol.beside.note.as_ref();
    let mut ticks: Vec<Tick> = notes
        .iter()
        .filter(|note| note.pasted.is_none())
        .map(|note| Tick {
            visit: note.visit.to_string(),
            stage: note.stage.clone(),
        })
        .collect();
    let more_ticks = ticks.len() > TICKS;
    ticks.truncate(TICKS);
    Record {
        reference,
        case_system: setting.case_system,
        required: rule.is_some_and(|rule| rule.is_demanded_on(&setting.rules.route.id)),
        erased,
        notes: notes
            .into_iter()
            .map(|note| Shown {
                visit: note.visit,
                stage: note.stage,
                pieces: pieces(&note.words),
                asks_outcome: note.needs_outcome && note.pasted.is_none(),
                on: note
                    .pasted
                    .as_ref()
                    .map_or_else(String::new, |(_, on)| on.clone()),
                by: note.pasted.map(|(by, _)| by),
            })
            .collect(),
        ticks,
        more_ticks,
    }
}

/// A note in pieces that each fit a section, cut between lines.
fn pieces(words: &str) -> Vec<Piece> {
    let mut pieces = vec![String::new()];
    let mut length = 0;
    for line in words.split_inclusive('\n') {
        let mut left: &str = line;
        while !left.is_empty() {
            let (mut wide, mut end) = (0, left.len());
            for (at, char) in left.char_indices() {
                wide += width(char);
                if wide > PIECE {
                    end = at;
                    break;
                }
            }
            let (now, later) = left.split_at(end);
            let wide: usize = now.chars().map(width).sum();
            if length + wide > PIECE {
                pieces.push(String::new());
                length = 0;
            }
            if let Some(last) = pieces.last_mut() {
                last.push_str(now);
            }
            length += wide;
            left = later;
        }
    }
    pieces
        .into_iter()
        .filter(|words| !words.trim().is_empty())
        .map(|words| Piece {
            words,
            limit: PIECE,
        })
        .collect()
}

/// The note of one visit in the making.
struct Noting<'n, 'a> {
    setting: &'n Setting<'a>,
    record: &'n [Recorded],
    texts: &'n ConcernTexts,
    visit: &'n Visit,
    step: &'n Step,
}

/// Says a line.
type Say<'s> = &'s dyn Fn(&Says<'_>) -> Result<String, Broken>;

impl Noting<'_, '_> {
    fn words(&self, say: Say<'_>) -> Result<String, Broken> {
        let rules = self.setting.rules;
        let concern = self.setting.concern;
        let rule = rules.protocol.beside.note.as_ref();
        let reference = concern.id.to_string();
        let title = title(rules, concern, self.step);
        let raised = &concern.raised;
        let category = rules.protocol.category(&raised.category);
        let head = |kind| Says {
            kind,
            title: title.unwrap_or_default(),
            reference: &reference,
            case_ref: raised.case_ref.as_str(),
            category: category.map_or(raised.category.as_str(), |category| &category.name),
            raiser_role: concern.raiser_role.as_str(),
            stage: &self.step.stage,
            name: &self.step.name,
            on: say_date(rules.day(concern.raised_at)),
            ..Says::default()
        };
        let mut lines = vec![say(&head("title"))?, say(&head("about"))?];
        let default = || FIELDS.map(str::to_owned).to_vec();
        let fields = rule.map_or_else(default, |rule| rule.fields.clone());
        for field in &fields {
            lines.push(String::new());
            let under = heading(field);
            lines.push(format!("{under}:"));
            let before = lines.len();
            match field.as_str() {
                "query" | "issue" | "issues" | "concern" | "concerns" => {
                    self.beside(1, &[Field::Issue, Field::Impact], say, &mut lines)?;
                    // The heading has said it already.
                    let doubled = format!("{under}: ");
                    if let Some(first) = lines.get_mut(before)
                        && let Some(words) = first.strip_prefix(&doubled)
                    {
                        *first = words.to_owned();
                    }
                }
                "action" | "actions" => self.action(say, &mut lines)?,
                "outcome" | "outcomes" | "agreement" | "agreements" => {
                    self.outcome(say, &mut lines)?;
                }
                _ => {}
            }
            if lines.len() == before {
                lines.push(say(&head("nothing"))?);
            }
        }
        Ok(lines.join("\n"))
    }

    /// What was asked of whom, and what they did with it before they answered.
    fn action(&self, say: Say<'_>, lines: &mut Vec<String>) -> Result<(), Broken> {
        self.beside(1, &[Field::Action], say, lines)?;
        for recorded in self.of_visit() {
            let (kind, how) = match &recorded.fact {
                Fact::StepIssued { how, .. } => ("issued", came(*how)),
                Fact::Acknowledged { .. } => ("acknowledged", ""),
                Fact::Extended { .. } => ("extended", ""),
                Fact::Held { .. } => ("held", ""),
                Fact::TimeSet { .. } => ("time_set", ""),
                Fact::MeetingCalled(_) => ("meeting_called", ""),
                Fact::Called(called) if called.reached => ("called", "reached"),
                Fact::Called(_) => ("called", "not_reached"),
                Fact::Informed(informed) => {
                    let how = told_how(informed.invited, informed.with.is_some());
                    ("informed", how)
                }
                Fact::Replied(replied) if replied.responded => ("replied", "responded"),
                Fact::Replied(_) => ("replied", "ended"),
                Fact::CopiedTo { .. } => ("copied", ""),
                Fact::Transferred(_) => ("transferred", ""),
                Fact::InputGiven { .. } => ("input_given", ""),
                Fact::Spoke(spoke) if spoke.own => ("view_given", way(spoke.way)),
                Fact::Spoke(spoke) => ("spoke", way(spoke.way)),
                _ => continue,
            };
            self.line(recorded, kind, how, say, lines)?;
        }
        Ok(())
    }

    /// What came of it.
    fn outcome(&self, say: Say<'_>, lines: &mut Vec<String>) -> Result<(), Broken> {
        let rules = self.setting.rules;
        for recorded in self.of_visit() {
            let (kind, how) = match &recorded.fact {
                Fact::Answered { answer, .. } => ("answered", answered(*answer)),
                Fact::AnsweredLate { answer, .. } => ("answered_late", answered(*answer)),
                Fact::MeetingHeld(held) => ("meeting_held", met(held.outcome, held.mediation)),
                Fact::MeetingDeclined { .. } => ("meeting_declined", ""),
                Fact::Reported { progress: said, .. } => ("reported", progress(*said)),
                Fact::MoreTime { .. } => ("more_time", ""),
                Fact::NotSatisfied { .. } => ("not_satisfied", ""),
                Fact::Lapsed { visit, .. } if was_rejected(self.record, *visit) => {
                    ("lapsed", "rejected")
                }
                Fact::Lapsed { .. } => ("lapsed", ""),
                Fact::GateAgreed { talk, .. } if !talk.put_down_of.is_empty() => {
                    ("gate_agreed", "put_down")
                }
                Fact::GateAgreed { .. } => ("gate_agreed", self.gate_kind()),
                Fact::GateDeclined { .. } => ("gate_declined", self.gate_kind()),
                Fact::Escalated { .. } => ("escalated", ""),
                Fact::Bypassed { .. } => ("bypassed", ""),
                Fact::NotePasted { .. } => ("typed", ""),
                Fact::Resolved => ("resolved", ""),
                Fact::Withdrawn => ("withdrawn", ""),
                Fact::Redirected(redirected) => ("redirected", gone_how(redirected.ends)),
                Fact::PositionRecorded { position: taken } => ("position", position(*taken)),
                _ => continue,
            };
            self.line(recorded, kind, how, say, lines)?;
            if let Fact::Answered {
                target: Some(target),
                ..
            } = &recorded.fact
                && self.step.monitored_by == Monitor::Addressee
            {
                lines.push(say(&Says {
                    kind: "followed",
                    role: ladder::answerers(rules.protocol, self.step),
                    until: say_date(*target),
                    ..Says::default()
                })?);
            }
        }
        Ok(())
    }

    /// The gate that leads out of the visit.
    fn gate(&self) -> Option<&Gate> {
        let asked = self.visit.gate.as_ref()?;
        self.setting.rules.gate_to(&asked.to)
    }

    fn gate_kind(&self) -> &'static str {
        self.gate().map_or("", |gate| ladder::gate_kind(gate.kind))
    }

    /// A fact as a line, and what was written beside it.
    fn line(
        &self,
        recorded: &Recorded,
        kind: &'static str,
        how: &'static str,
        say: Say<'_>,
        lines: &mut Vec<String>,
    ) -> Result<(), Broken> {
        let rules = self.setting.rules;
        let role = match &recorded.fact {
            Fact::Answered {
                role: Some(role), ..
            } => ladder::roles(rules.protocol, [role], "or"),
            Fact::Called(called) => ladder::roles(rules.protocol, &called.roles, "and"),
            Fact::Informed(informed) => name_of(rules, informed).to_owned(),
            Fact::CopiedTo { .. } => {
                let rule = rules.protocol.beside.copy_named.as_ref();
                rule.map_or_else(String::new, |rule| rule.who.clone())
            }
            Fact::Redirected(redirected) => super::redirect::name_of(rules, redirected).to_owned(),
            Fact::Replied(replied) => informed_numbered(self.record, replied.number)
                .map_or_else(String::new, |informed| name_of(rules, informed).to_owned()),
            Fact::Transferred(moved) => moved.team.clone(),
            Fact::InputGiven { roles, .. } => ladder::roles(rules.protocol, roles, "and"),
            Fact::Spoke(spoke) => ladder::roles(rules.protocol, &spoke.roles, "and"),
            Fact::GateAgreed { talk, .. } if !talk.put_down_of.is_empty() => {
                ladder::roles(rules.protocol, &talk.put_down_of, "and")
            }
            Fact::GateAgreed { roles: held, .. } | Fact::Acknowledged { roles: held, .. }
                if !held.is_empty() =>
            {
                ladder::roles(rules.protocol, held, "and")
            }
            Fact::GateAgreed { .. } | Fact::GateDeclined { .. } => {
                let asked = self.gate().into_iter().flat_map(|gate| &gate.roles);
                ladder::roles(rules.protocol, asked, "or")
            }
            Fact::Bypassed { to, .. } => rules
                .step(to)
                .map_or_else(String::new, |step| ladder::answerers(rules.protocol, step)),
            _ => ladder::answerers(rules.protocol, self.step),
        };
        let until = match &recorded.fact {
            Fact::StepIssued { due, .. } => due.as_ref().map(|due| rules.calendar.say_due(due)),
            Fact::Extended { due, .. }
            | Fact::Held { until: due, .. }
            | Fact::TimeSet { due, .. } => Some(rules.calendar.say_due(due)),
            Fact::Called(called) => Some(rules.calendar.say(called.on)),
            Fact::Informed(Informed { on, .. }) | Fact::Replied(Replied { on, .. }) => {
                Some(say_date(*on))
            }
            Fact::Spoke(spoke) => spoke.on.map(say_date),
            Fact::Bypassed { with_on, .. } => with_on.map(say_date),
            Fact::GateAgreed { talk, .. } | Fact::GateDeclined { talk, .. } => {
                talk.spoke_on.map(say_date)
            }
            Fact::Answered { target, .. } | Fact::AnsweredLate { target, .. } => {
                target.map(say_date)
            }
            Fact::MeetingCalled(called) => Some(say_date(called.on)),
            Fact::MeetingHeld(held) => held.target.map(say_date),
            Fact::Reported { target, .. } => target.map(say_date),
            Fact::MoreTime { target, .. } => Some(say_date(*target)),
            _ => None,
        };
        let episode = match &recorded.fact {
            // What goes through the program is in its own record; an e-mail is not.
            Fact::Informed(Informed {
                partner: Some(partner),
                with: None,
                ..
            }) => rules
                .protocol
                .partner(partner)
                .and_then(|rule| rule.episode.as_deref()),
            _ => None,
        };
        let says = Says {
            kind,
            how,
            title: episode.unwrap_or_default(),
            stage: &self.step.stage,
            name: &self.step.name,
            role,
            on: say_date(rules.day(recorded.at)),
            until: until.unwrap_or_default(),
            ..of_meeting(&recorded.fact)
        };
        if kind != "typed" {
            lines.push(say(&says)?);
        }
        let fields: Vec<Field> = self
            .texts
            .beside(recorded.seq)
            .map(|(field, _)| field)
            .filter(|field| !field.is_privileged())
            .collect();
        self.beside(recorded.seq, &fields, say, lines)
    }

    /// What was written beside a fact, of these fields.
    fn beside(
        &self,
        seq: i64,
        fields: &[Field],
        say: Say<'_>,
        lines: &mut Vec<String>,
    ) -> Result<(), Broken> {
        for (field, words) in self.texts.beside(seq) {
            if !fields.contains(&field) {
                continue;
            }
            let head = Says {
                kind: "field",
                field: Some(field),
                ..Says::default()
            };
            lines.push(format!("{}: {}", say(&head)?, words.trim()));
        }
        Ok(())
    }

    /// The facts that belong to the visit: those that name it, and on the last one how the concern ended.
    fn of_visit(&self) -> impl Iterator<Item = &Recorded> {
        let last = self.setting.concern.visits.len() == self.visit.number as usize;
        self.record
            .iter()
            .filter(move |recorded| match &recorded.fact {
                Fact::StepIssued { visit, .. }
                | Fact::Acknowledged { visit, .. }
                | Fact::Extended { visit, .. }
                | Fact::Held { visit, .. }
                | Fact::Answered { visit, .. }
                | Fact::AnsweredLate { visit, .. }
                | Fact::MeetingCalled(MeetingDay { visit, .. })
                | Fact::MeetingHeld(Met { visit, .. })
                | Fact::MeetingDeclined { visit }
                | Fact::Reported { visit, .. }
                | Fact::MoreTime { visit, .. }
                | Fact::NotSatisfied { visit }
                | Fact::Lapsed { visit, .. }
                | Fact::Escalated { visit, .. }
                | Fact::Bypassed { visit, .. }
                | Fact::TimeSet { visit, .. }
                | Fact::Called(Called { visit, .. })
                | Fact::Informed(Informed { visit, .. })
                | Fact::Redirected(Redirected { visit, .. })
                | Fact::CopiedTo { visit, .. }
                | Fact::Replied(Replied { visit, .. })
                | Fact::Transferred(Transferred { visit, .. })
                | Fact::InputGiven { visit, .. }
                | Fact::Spoke(Spoke { visit, .. })
                | Fact::GateAgreed { visit, .. }
                | Fact::GateDeclined { visit, .. }
                | Fact::NotePasted { visit } => *visit == self.visit.number,
                Fact::Resolved | Fact::Withdrawn | Fact::PositionRecorded { .. } => last,
                _ => false,
            })
    }
}

/// What a line says of a meeting.
fn of_meeting(fact: &Fact) -> Says<'static> {
    match fact {
        Fact::MeetingCalled(called) => Says {
            what: called.what.clone(),
            by_raiser: called.by_raiser,
            ..Says::default()
        },
        Fact::MeetingHeld(held) => Says {
            what: held.what.clone(),
            on_day: say_date(held.on),
            by_raiser: held.by_raiser,
            ..Says::default()
        },
        _ => Says::default(),
    }
}

/// What the protocol calls the note in the case system, where it says so.
fn title<'a>(rules: &Rules<'a>, concern: &Concern, step: &Step) -> Option<&'a str> {
    let names = &rules.protocol.beside.note.as_ref()?.names;
    let occasion = if step.formal { "formal" } else { "informal" };
    let by_subject = rules
        .subject(concern)
        .map(|subject| format!("{occasion}_{}", words::subject(subject)));
    by_subject
        .and_then(|by_subject| names.get(&by_subject))
        .or_else(|| names.get(occasion))
        .map(String::as_str)
}

/// A field's name as a heading.
fn heading(field: &str) -> String {
    let words = field.replace(['_', '-'], " ");
    let mut chars = words.chars();
    chars.next().map_or_else(String::new, |first| {
        first.to_uppercase().chain(chars).collect()
    })
}

fn came(how: How) -> &'static str {
    match how {
        How::Raised => "raised",
        How::Lapsed => "lapsed",
        How::Rejected => "rejected",
        How::Unsatisfied => "unsatisfied",
        How::Escalated => "escalated",
        How::Bypassed => "bypassed",
    }
}

/// The modal on one concern.
pub(super) fn sample(setting: &Setting<'_>, erased: bool, attempt: &mut impl FnMut(&str, &Value)) {
    let reference = setting.concern.id.to_string();
    let notes = note_lines(setting.rules, setting.concern)
        .into_iter()
        .map(|line| CaseNote {
            visit: line.visit,
            stage: line.stage,
            words: "Issue:\nWords.".to_owned(),
            needs_outcome: line.visit.is_multiple_of(2),
            pasted: line.by.map(|by| (by, line.on)),
        })
        .collect();
    if let Ok(sample) = serde_json::to_value(view_of(setting, &reference, notes, erased)) {
        attempt("modal/record.json", &sample);
    }
}
