//! Meetings inside a step: who called one, for when, what came of it, or that none is held (`W-3.1.6`, `W-3.1.7`, `B-5.2.a`, `H-S1`).

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use super::event::{MeetingDay, Met};
use super::state::{Concern, Visit};
use crate::ids::UserId;

/// A meeting of a stay at a step.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Meeting {
    /// Its number within the stay, from 1.
    pub number: u32,
    /// What kind, in the protocol's words.
    pub what: String,
    /// The day it is set for, or was held on.
    pub on: NaiveDate,
    /// Who set the day; `None` where it was recorded without having been set.
    pub called_by: Option<UserId>,
    /// When they did; when it was recorded where it was not set.
    pub called_at: DateTime<Utc>,
    /// Whether that was the raiser's side.
    pub by_raiser: bool,
    /// Who chairs it, where it is not whom the protocol names.
    pub chair: Option<UserId>,
    /// Who else is asked to come, by name (`H-S2`).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub attendees: Vec<UserId>,
    /// How often its day was set anew.
    pub moved: u32,
    /// Whether those who meet were reminded of the day.
    pub reminded: bool,
    /// Whether its outcome was asked for.
    pub asked: bool,
    /// What came of it, told once by each side.
    pub accounts: Vec<Account>,
}

/// What came of a meeting, as one side tells it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    /// Who tells it.
    pub by: UserId,
    /// Whether they are the raiser's side.
    pub by_raiser: bool,
    /// When.
    pub at: DateTime<Utc>,
    /// What came of it.
    pub outcome: Outcome,
    /// Whether independent mediation was used.
    pub mediation: bool,
    /// The fact that holds it.
    pub seq: i64,
}

/// What came of a meeting.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// A resolution with timeframes; whether they are acceptable is the raiser's to say.
    Agreed,
    /// None.
    NotAgreed,
}

/// That no meeting is held.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NotHeld {
    /// Who said so.
    pub by: UserId,
    /// When.
    pub at: DateTime<Utc>,
}

impl Meeting {
    /// Whether it still has to be held, or told of by whoever called it.
    #[must_use]
    pub fn is_ahead(&self) -> bool {
        self.called_by.is_some() && !self.told_by(self.by_raiser)
    }

    /// Those who meet by name: who chairs it in place of whom the protocol names, and who else is asked to come.
    pub fn named(&self) -> impl Iterator<Item = &UserId> {
        let others = self.attendees.iter();
        self.chair
            .iter()
            .chain(others.filter(|user| self.chair.as_ref() != Some(user)))
    }

    /// Whether of those it is with nobody has told what came of it but who chairs it by name.
    #[must_use]
    pub fn told_by_its_chair_alone(&self) -> bool {
        let mut accounts = self.accounts.iter();
        accounts.all(|account| account.by_raiser || self.chair.as_ref() == Some(&account.by))
    }

    /// Whether a side has told what came of it.
    #[must_use]
    pub fn told_by(&self, raiser: bool) -> bool {
        self.accounts
            .iter()
            .any(|account| account.by_raiser == raiser)
    }
}

/// Whether somebody chairs a meeting by name at a stay, the present one where none is said. They may tell what came of it, and read
/// nothing of the concern for that.
#[must_use]
pub fn chairs_by_name(concern: &Concern, user: &UserId, visit: Option<u32>) -> bool {
    let visit = match visit {
        Some(number) => concern.visit_numbered(number),
        None => concern.visit(),
    };
    let mut meetings = visit.into_iter().flat_map(|visit| &visit.meetings);
    meetings.any(|meeting| meeting.chair.as_ref() == Some(user))
}

impl Visit {
    /// The meeting that one of these chairs by name and that nobody but the raiser has told of.
    #[must_use]
    pub fn to_tell_by_chair(&self, chairs: impl Fn(&UserId) -> bool) -> Option<&Meeting> {
        let mut meetings = self.meetings.iter();
        meetings
            .rfind(|meeting| meeting.chair.as_ref().is_some_and(&chairs) && !meeting.told_by(false))
    }

    /// A meeting of this stay by its number.
    #[must_use]
    pub fn meeting(&self, number: u32) -> Option<&Meeting> {
        self.meetings
            .iter()
            .find(|meeting| meeting.number == number)
    }

    /// The meeting of a kind whose day is set and of which nobody has told yet.
    #[must_use]
    pub fn meeting_ahead(&self, what: &str) -> Option<&Meeting> {
        self.meetings
            .iter()
            .find(|meeting| meeting.what == what && meeting.accounts.is_empty())
    }

    pub(super) fn called(&mut self, called: &MeetingDay, by: UserId, at: DateTime<Utc>) {
        if let Some(meeting) = self.find(called.meeting) {
            meeting.on = called.on;
            meeting.chair.clone_from(&called.chair);
            meeting.attendees.clone_from(&called.attendees);
            meeting.moved += 1;
            (meeting.reminded, meeting.asked) = (false, false);
            (meeting.called_by, meeting.called_at) = (Some(by), at);
            meeting.by_raiser = called.by_raiser;
            return;
        }
        self.meetings.push(Meeting {
            number: called.meeting,
            what: called.what.clone(),
            on: called.on,
            called_by: Some(by),
            called_at: at,
            by_raiser: called.by_raiser,
            chair: called.chair.clone(),
            attendees: called.attendees.clone(),
            moved: 0,
            reminded: false,
            asked: false,
            accounts: Vec::new(),
        });
    }

    pub(super) fn met(&mut self, met: &Met, by: UserId, at: DateTime<Utc>, seq: i64) {
        let account = Account {
            by,
            by_raiser: met.by_raiser,
            at,
            outcome: met.outcome,
            mediation: met.mediation,
            seq,
        };
        if let Some(meeting) = self.find(met.meeting) {
            meeting.on = met.on;
            meeting.accounts.push(account);
            return;
        }
        self.meetings.push(Meeting {
            number: met.meeting,
            what: met.what.clone(),
            on: met.on,
            called_by: None,
            called_at: at,
            by_raiser: met.by_raiser,
            chair: None,
            attendees: Vec::new(),
            moved: 0,
            reminded: false,
            asked: false,
            accounts: vec![account],
        });
    }

    pub(super) fn meeting_told_of(&mut self, number: u32, tell: impl FnOnce(&mut Meeting)) {
        if let Some(meeting) = self.find(number) {
            tell(meeting);
        }
    }

    fn find(&mut self, number: u32) -> Option<&mut Meeting> {
        self.meetings
            .iter_mut()
            .find(|meeting| meeting.number == number)
    }
}
