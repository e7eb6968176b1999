//! A review as a record that is kept.

use chrono::{DateTime, Utc};

use super::clocks::clocks;
use super::command::{Command, Refusal};
use super::decide::{Decision, New, decide};
use super::event::{Fact, Field, Recorded};
use super::readers::{Reads, reads};
use super::state::Review;
use super::tasks;
use crate::concern::event::Rag;
use crate::concern::{Rules, Standing};
use crate::ids::ReviewId;
use crate::mail::review::{Matter, follows};
use crate::mail::{Content, Kind, Mail};
use crate::record::{Clock, Head, Kept, Waiting};

impl Kept for Review {
    type Id = ReviewId;
    type Fact = Fact;
    type Field = Field;
    type Command = Command;
    type Refusal = Refusal;
    type Matter = Matter;

    fn begin(id: ReviewId, first: &Recorded) -> Option<Self> {
        Self::begin(id, first)
    }

    fn apply(&mut self, recorded: &Recorded) {
        self.apply(recorded);
    }

    fn head(&self) -> Head<'_, ReviewId> {
        let held = &self.held;
        Head {
            id: self.id,
            team: &held.team,
            protocol: &held.protocol,
            protocol_hash: &held.protocol_hash,
            whose: &self.officer,
            before: Some(&self.recorded_by).filter(|first| **first != self.officer),
            case_ref: Some(&held.case_ref),
            day: held.review_date,
            mark: match held.rag {
                Some(Rag::Red) => "red",
                Some(Rag::Amber) => "amber",
                Some(Rag::Green) => "green",
                None => "",
            },
            open: self.is_open(),
            recorded_at: self.recorded_at,
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
        tasks::waiting(rules, self, now)
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
        crate::mail::review::present(rules, self)
    }

    fn content(matter: Matter) -> Content {
        Content::Review(matter)
    }

    fn kind(matter: &Matter) -> Kind {
        matter.occasion.kind()
    }
}
