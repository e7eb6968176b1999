//! A notice as a record that is kept.

use chrono::{DateTime, Utc};

use super::clocks::{self, clocks};
use super::command::{Command, Refusal};
use super::decide::{Decision, New, decide};
use super::event::{Fact, Field, Recorded};
use super::readers::may_read;
use super::state::Notice;
use crate::concern::{Rules, Standing};
use crate::ids::NoticeId;
use crate::mail::notice::{Matter, follows};
use crate::mail::{Content, Kind, Mail};
use crate::record::{Clock, Head, Kept, Waiting};

impl Kept for Notice {
    type Id = NoticeId;
    type Fact = Fact;
    type Field = Field;
    type Command = Command;
    type Refusal = Refusal;
    type Matter = Matter;

    fn begin(id: NoticeId, first: &Recorded) -> Option<Self> {
        Self::begin(id, first)
    }

    fn apply(&mut self, recorded: &Recorded) {
        self.apply(recorded);
    }

    fn head(&self) -> Head<'_, NoticeId> {
        let sent = &self.sent;
        Head {
            id: self.id,
            team: &sent.team,
            protocol: &sent.protocol,
            protocol_hash: &sent.protocol_hash,
            whose: &self.sender,
            before: None,
            case_ref: sent.case_ref.as_ref(),
            day: sent.on,
            mark: sent.sort.as_str(),
            open: self.is_open(),
            recorded_at: self.sent_at,
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
            kind: clock.of.as_str(),
            key: clock.key,
            at: clock.at,
        });
        live.collect()
    }

    fn waits(&self, _: &Rules<'_>, _: DateTime<Utc>) -> Vec<Waiting> {
        clocks::waiting(self)
    }

    fn may_read(&self, _: &Rules<'_>, who: &Standing) -> bool {
        may_read(self, who)
    }

    fn follows(
        rules: &Rules<'_>,
        before: Option<&Self>,
        after: &Self,
        facts: &[New],
    ) -> Vec<Mail<Matter>> {
        follows(rules, before, after, facts)
    }

    fn present(&self, _: &Rules<'_>) -> Vec<Mail<Matter>> {
        crate::mail::notice::present(self)
    }

    fn content(matter: Matter) -> Content {
        Content::Notice(matter)
    }

    fn kind(matter: &Matter) -> Kind {
        matter.occasion.kind()
    }
}
