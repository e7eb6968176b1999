//! A list of tasks as a record that is kept.

use chrono::{DateTime, Utc};

use super::clocks::clocks;
use super::command::{Command, Refusal};
use super::decide::{Decision, New, decide};
use super::due;
use super::event::{Fact, Field, Recorded};
use super::readers::{Reads, has_officer, reads};
use super::state::TaskList;
use crate::concern::{Rules, Standing};
use crate::ids::TaskListId;
use crate::mail::tasks::{Matter, follows};
use crate::mail::{Content, Kind, Mail};
use crate::record::{Clock, Head, Kept, Waiting};

impl Kept for TaskList {
    type Id = TaskListId;
    type Fact = Fact;
    type Field = Field;
    type Command = Command;
    type Refusal = Refusal;
    type Matter = Matter;

    fn begin(id: TaskListId, first: &Recorded) -> Option<Self> {
        Self::begin(id, first)
    }

    fn apply(&mut self, recorded: &Recorded) {
        self.apply(recorded);
    }

    fn head(&self) -> Head<'_, TaskListId> {
        let opened = &self.opened;
        Head {
            id: self.id,
            team: &opened.team,
            protocol: &opened.protocol,
            protocol_hash: &self.protocol_hash,
            whose: &self.officer,
            before: Some(&opened.officer).filter(|first| **first != self.officer),
            case_ref: opened.case_ref.as_ref(),
            // Its own day is that on which it was opened: in UTC, which is near enough for an index.
            day: self.opened_at.date_naive(),
            mark: opened.keeps.as_str(),
            open: self.is_open(),
            recorded_at: self.opened_at,
            changed_at: self.changed_at,
            seq: self.seq,
        }
    }

    fn decide(
        &self,
        rules: &Rules<'_>,
        standing: Option<&Standing>,
        command: Command,
        now: DateTime<Utc>,
    ) -> Result<Decision, Refusal> {
        decide(rules, self, standing, command, now)
    }

    fn fell(key: String) -> Command {
        Command::ClockFell { key }
    }

    fn clocks(&self, rules: &Rules<'_>) -> Vec<Clock> {
        let live = clocks(rules, self).into_iter().map(|clock| Clock {
            kind: clock.kind.as_str(),
            key: clock.key,
            at: clock.at,
        });
        live.collect()
    }

    fn waits(&self, rules: &Rules<'_>, now: DateTime<Utc>) -> Vec<Waiting> {
        due::waits(rules, self, now)
    }

    fn is_of(&self, who: &Standing) -> bool {
        has_officer(self) && (who.user == self.officer || who.covers_raiser)
    }

    fn may_read(&self, rules: &Rules<'_>, who: &Standing) -> bool {
        reads(rules, self, who) != Reads::Nothing
    }

    fn follows(
        rules: &Rules<'_>,
        before: Option<&Self>,
        after: &Self,
        facts: &[New],
    ) -> Vec<Mail<Matter>> {
        follows(rules, before, after, facts)
    }

    fn present(&self, rules: &Rules<'_>) -> Vec<Mail<Matter>> {
        crate::mail::tasks::present(rules, self)
    }

    fn content(matter: Matter) -> Content {
        Content::Tasks(matter)
    }

    fn kind(matter: &Matter) -> Kind {
        matter.occasion.kind()
    }
}
