//! The App Home: `messages/modal/home.json.hbs`.

use serde::Serialize;
use serde_json::Value;

use super::cover::One;
use super::partner::{PartnerLine, sample_lines};
use super::setting::{Line, sample_line, sample_lines_beside};
use super::{Broken, Messages};
use crate::cover::Cover;
use crate::ids::UserId;

/// How many lines of each list stand on a home; with five lists and what stands beside them within Slack's 100 blocks.
const LINES: usize = 16;
/// How many vacancies, covers and invitations are named.
const NAMED: usize = 20;

/// Of how many teams somebody manages the IRO service.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Manages {
    /// Of none.
    #[default]
    None,
    /// Of some.
    Some,
    /// Of every one.
    All,
}

/// What one person's home shows. Nothing here that they may not read: the caller has seen to it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Home {
    /// The council's name.
    pub council: String,
    /// Whether the person has a part here at all.
    pub known: bool,
    /// Whether they may raise.
    pub may_raise: bool,
    /// Of which teams they manage the IRO service.
    pub manages: Manages,
    /// What waits for them, by date.
    pub waiting: Vec<Line>,
    /// Their own that wait for others.
    pub mine: Vec<Line>,
    /// Those that wait at a gate, for the manager of the IRO service.
    pub gates: Vec<Line>,
    /// Those whose raiser holds them, for the manager of the IRO service.
    pub held: Vec<Line>,
    /// The others they may read.
    pub others: Vec<Line>,
    /// Who was invited to respond outside the line and has not, on concerns of their own side, by the day they are asked after.
    pub invited: Vec<PartnerLine>,
    /// Roles that nobody holds, in words.
    pub vacancies: Vec<String>,
    /// The covers they may see.
    pub covers: Vec<Cover>,
    /// Whom to ask to be added.
    pub ask: Vec<UserId>,
    /// When it last changed.
    pub changed: String,
}

#[derive(Debug, Serialize)]
struct Says<'a> {
    council: &'a str,
    known: bool,
    may_raise: bool,
    manages: Option<Manages>,
    lists: Vec<List<'a>>,
    invited: &'a [PartnerLine],
    invited_all: usize,
    invited_more: usize,
    vacancies: &'a [String],
    covers: Vec<One<'a>>,
    ask: &'a [UserId],
    changed: &'a str,
}

#[derive(Debug, Serialize)]
struct List<'a> {
    kind: &'static str,
    lines: &'a [Line],
    more: usize,
    all: usize,
}

impl Messages {
    /// Somebody's home.
    ///
    /// # Errors
    /// [`Broken`] where the template fails; it holds no content.
    pub fn home(&self, home: &Home) -> Result<Value, Broken> {
        self.view("home", &says(home))
    }
}

fn says(home: &Home) -> Says<'_> {
    let manages = home.manages != Manages::None;
    let lists = [
        ("waiting", &home.waiting, true),
        ("mine", &home.mine, home.may_raise),
        ("gates", &home.gates, manages),
        ("held", &home.held, manages),
        ("others", &home.others, manages),
    ];
    let lists = lists
        .into_iter()
        .filter(|(_, lines, always)| *always || !lines.is_empty())
        .map(|(kind, lines, _)| {
            let shown = lines.get(..LINES).unwrap_or(lines);
            List {
                kind,
                lines: shown,
                more: lines.len() - shown.len(),
                all: lines.len(),
            }
        })
        .collect();
    let invited = home.invited.get(..NAMED).unwrap_or(&home.invited);
    Says {
        invited,
        invited_all: home.invited.len(),
        invited_more: home.invited.len() - invited.len(),
        council: &home.council,
        known: home.known,
        may_raise: home.may_raise,
        manages: manages.then_some(home.manages),
        lists,
        vacancies: home.vacancies.get(..NAMED).unwrap_or(&home.vacancies),
        covers: home.covers.iter().take(NAMED).map(One::of).collect(),
        ask: &home.ask,
        changed: &home.changed,
    }
}

/// Samples of a home: empty, of one, of many, and of somebody nobody knows.
pub(super) fn samples(attempt: &mut impl FnMut(&str, &Value)) {
    let covers = super::cover::two_samples();
    for (count, known) in [(0, true), (1, true), (60, true), (0, false)] {
        let lines: Vec<Line> = (1..=count).map(sample_line).collect();
        let home = Home {
            council: "Sample Council".to_owned(),
            known,
            may_raise: count != 1,
            manages: match count {
                0 => Manages::Some,
                1 => Manages::None,
                _ => Manages::All,
            },
            waiting: lines.iter().cloned().chain(sample_lines_beside()).collect(),
            mine: lines.clone(),
            gates: lines.clone(),
            held: lines.clone(),
            others: lines,
            invited: match count {
                0 => Vec::new(),
                1 => sample_lines(),
                _ => vec![PartnerLine::default(); 60],
            },
            vacancies: (0..count)
                .map(|_| "Service Lead, North locality".to_owned())
                .collect(),
            covers: if count == 0 {
                Vec::new()
            } else {
                covers.to_vec()
            },
            ask: vec![UserId::from("U0IROM")],
            changed: "Mon 14 Dec, 10:00".to_owned(),
        };
        if let Ok(sample) = serde_json::to_value(says(&home)) {
            attempt("modal/home.json", &sample);
        }
    }
}
