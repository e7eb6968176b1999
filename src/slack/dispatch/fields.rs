//! What was filled in, read tolerantly and judged strictly: every fault at its field, all at once.

use chrono::{Days, NaiveDate};
use indexmap::IndexMap;

use crate::calendar::parse_date;
use crate::concern::{FieldFault, Refusal};
use crate::ids::{Text, UserId};
use crate::messages::{Messages, Problem, Refused, Told};
use crate::slack::modal::kept::LONGEST;
use crate::slack::payload::State;
use crate::slack::reply::Reply;

/// How many days a date may lie ahead or back, so that a slip of the year neither puts a concern to sleep nor makes it a hundred years old.
const MOST_AWAY: Days = Days::new(730);

/// When a day may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum When {
    /// Today or later.
    FromToday,
    /// Today or earlier.
    UpToToday,
}

/// The fields of a form that was sent, with the faults found so far.
pub(super) struct Fields<'a> {
    messages: &'a Messages,
    state: &'a State,
    today: NaiveDate,
    faults: IndexMap<String, String>,
}

impl<'a> Fields<'a> {
    /// The fields of a state; `today` is the council-local day.
    pub(super) fn of(messages: &'a Messages, state: &'a State, today: NaiveDate) -> Self {
        Self {
            messages,
            state,
            today,
            faults: IndexMap::new(),
        }
    }

    /// Notes a fault in plain words; the first one at a field stays.
    pub(super) fn fault(&mut self, block: &str, words: impl Into<String>) {
        self.faults
            .entry(block.to_owned())
            .or_insert_with(|| words.into());
    }

    /// Notes what the protocol has against a field.
    pub(super) fn refused(&mut self, block: &'static str, fault: FieldFault) {
        let refusal = Refusal::Field { block, fault };
        let words = self.messages.refusal(&refusal, &Refused::default());
        self.fault(block, words);
    }

    /// Notes that a field is empty, unless something else is wrong with it already.
    pub(super) fn missing(&mut self, block: &str) {
        let words = match block {
            "reason" => self.messages.told(&Told::SayWhy),
            "start_reason" => self.messages.told(&Told::SayStart),
            _ => self.messages.problem(&Problem::Missing),
        };
        self.fault(block, words);
    }

    /// A text, which must be there.
    pub(super) fn text(&mut self, block: &str) -> Option<Text> {
        let text = self.optional_text(block);
        if text.is_none() {
            self.missing(block);
        }
        text
    }

    /// A text that may be left out.
    pub(super) fn optional_text(&mut self, block: &str) -> Option<Text> {
        let typed = self.state.text(block)?;
        match check_text(self.messages, &typed) {
            Ok(text) => Some(text),
            Err(why) => {
                self.fault(block, why);
                None
            }
        }
    }

    /// A date, which must be there.
    pub(super) fn date(&mut self, block: &'static str, when: When) -> Option<NaiveDate> {
        let date = self.optional_date(block, when);
        if date.is_none() {
            self.missing(block);
        }
        date
    }

    /// A date that may be left out: chosen, or typed in words.
    pub(super) fn optional_date(&mut self, block: &'static str, when: When) -> Option<NaiveDate> {
        let typed = self.state.text(block)?;
        let date = match parse_date(&typed, self.today) {
            Ok(date) => date,
            Err(fault) => {
                let why = fault.to_string();
                let words = self.messages.problem(&Problem::NotADate { why: &why });
                self.fault(block, words);
                return None;
            }
        };
        let (earliest, latest) = (self.today - MOST_AWAY, self.today + MOST_AWAY);
        let fault = match when {
            When::FromToday if date < self.today => FieldFault::Past,
            When::FromToday if date > latest => FieldFault::After(latest),
            When::UpToToday if date > self.today => FieldFault::Future,
            When::UpToToday if date < earliest => FieldFault::NotAfter(earliest - Days::new(1)),
            _ => return Some(date),
        };
        self.refused(block, fault);
        None
    }

    /// A choice, which must be there.
    pub(super) fn choice(&mut self, block: &str) -> Option<String> {
        let chosen = self.state.text(block);
        if chosen.is_none() {
            self.missing(block);
        }
        chosen
    }

    /// A person that may be left out: chosen, or mentioned.
    pub(super) fn optional_person(&mut self, block: &str) -> Option<UserId> {
        self.state.text(block)?;
        let found = self.state.user(block);
        if found.is_none() {
            let words = self.messages.told(&Told::ChoosePerson);
            self.fault(block, words);
        }
        found.map(UserId::from)
    }

    /// Whether anything is wrong.
    pub(super) fn has_faults(&self) -> bool {
        !self.faults.is_empty()
    }

    /// The faults as an answer: the form stays open with all that was typed.
    pub(super) fn errors(self) -> Reply {
        Reply::Errors(self.faults)
    }
}

/// A text within its limit that names no identifier, or why it is refused.
pub(super) fn check_text(messages: &Messages, typed: &str) -> Result<Text, String> {
    let is = typed.chars().count();
    if is > LONGEST {
        return Err(messages.problem(&Problem::TooLong { is, limit: LONGEST }));
    }
    match crate::identifiers::find(typed) {
        Some(found) => Err(messages.problem(&Problem::Identifier(found))),
        None => Ok(Text::from(typed)),
    }
}
