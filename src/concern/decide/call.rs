//! Telephone calls about an urgent concern (`M-urgent`), and the shorter time that a child may need (`H-2.4`). Both stand beside the
//! escalation: neither takes its place.

use std::collections::BTreeSet;

use chrono::{DateTime, Days, NaiveDate, SubsecRound, Utc};

use super::{Deciding, Standing, given};
use crate::concern::command::{FieldFault, Refusal, Who};
use crate::concern::event::{Called, Fact, Field};
use crate::concern::readers::raisers_side;
use crate::concern::rules::{LATEST_EXTENSION, time_of_protocol};
use crate::concern::state::Phase;
use crate::ids::{RoleId, Text, UserId};
use crate::protocol::Adjust;

/// How long before the event a call may have been: a slip of the year is not one.
const LONGEST_BEFORE: Days = Days::new(31);

/// Who was called: from the directory with the roles they hold, or in words.
pub(super) struct Whom {
    pub(super) user: Option<UserId>,
    pub(super) roles: BTreeSet<RoleId>,
    pub(super) words: Option<Text>,
}

impl Deciding<'_> {
    /// A call was made. It may be put down after the concern is closed: it may have been what closed it.
    pub(super) fn called(
        &mut self,
        who: &Standing,
        whom: Whom,
        (on, reached): (DateTime<Utc>, bool),
        agreed: Option<Text>,
    ) -> Result<(), Refusal> {
        if !raisers_side(self.rules, &self.concern, who) {
            return Err(Refusal::NotYours {
                who: Who::RaiserOrIroManager,
            });
        }
        let refused = |block, fault| Err(Refusal::Field { block, fault });
        if whom.user.is_none() && whom.words.is_none() {
            return refused("with", FieldFault::Missing);
        }
        if on > self.now {
            return refused("called_on", FieldFault::Future);
        }
        let raised = &self.concern.raised;
        let earliest = raised
            .event_date
            .min(self.rules.day(self.concern.raised_at));
        let earliest = earliest.checked_sub_days(LONGEST_BEFORE);
        if let Some(earliest) = earliest.filter(|earliest| self.rules.day(on) <= *earliest) {
            return refused("called_on", FieldFault::NotAfter(earliest));
        }
        if reached && agreed.is_none() {
            return refused("agreed", FieldFault::Missing);
        }
        let visit = self.here()?.0.number;
        let known = &self.rules.protocol.roles;
        let roles = whom.roles.into_iter();
        let called = Called {
            visit,
            with: whom.user,
            roles: roles.filter(|role| known.contains_key(role)).collect(),
            on: on.trunc_subsecs(3),
            reached,
        };
        let texts = given([(Field::Called, whom.words), (Field::Call, agreed)]);
        self.add_with(Fact::Called(called), texts);
        Ok(())
    }

    /// No call is needed, for a reason that is kept. It ends the reminders; a call may still be logged.
    pub(super) fn no_call(&mut self, who: &Standing, reason: Text) -> Result<(), Refusal> {
        if !raisers_side(self.rules, &self.concern, who) {
            return Err(Refusal::NotYours {
                who: Who::RaiserOrIroManager,
            });
        }
        if !self.concern.is_open() {
            return Err(Refusal::Closed);
        }
        if !self.rules.lacks_call(&self.concern) {
            return Err(Refusal::DoneAlready);
        }
        self.add_with(Fact::NoCall, vec![(Field::Reason, reason)]);
        Ok(())
    }

    /// The raiser sets by when they need the answer. Where the protocol's times are the longest there may be, never later than they end.
    pub(super) fn set_time(&mut self, until: NaiveDate, reason: Text) -> Result<(), Refusal> {
        let (visit, step) = self.here()?;
        let number = visit.number;
        let (Phase::Answering, Some(now_due), Some(clock)) =
            (self.concern.phase, visit.due, &step.clock)
        else {
            return Err(Refusal::TimeFixed);
        };
        let refused = |fault| {
            Err(Refusal::Field {
                block: "until",
                fault,
            })
        };
        let due = self.rules.due_by(until);
        if due.at <= self.now {
            return refused(FieldFault::NotAfter(until));
        }
        match clock.adjust {
            Adjust::No => return Err(Refusal::TimeFixed),
            Adjust::Shorter => {
                let latest =
                    time_of_protocol(self.rules, &self.concern).map_or(now_due, |dated| dated.due);
                if due.at > latest.at {
                    return refused(FieldFault::OnlyShorter(latest.date));
                }
            }
            Adjust::Any => {
                let latest = self.rules.due(self.today(), LATEST_EXTENSION).date;
                if due.date > latest {
                    return refused(FieldFault::After(latest));
                }
            }
        }
        if due.at == now_due.at && visit.held.is_none() {
            return refused(FieldFault::SameDay);
        }
        let fact = Fact::TimeSet { visit: number, due };
        self.add_with(fact, vec![(Field::Reason, reason)]);
        Ok(())
    }
}
