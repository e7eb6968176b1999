//! The one function that says what follows: `decide(rules, concern, who, what, now)`.
//!
//! Its parts are by who asks: `addressee`, `gate`, `raiser`, and `clock` for the program itself; `onward` is what they share,
//! `behalf` says for whom a cover asks, `notes`, `outside`, `call` and `partner` stand beside the ladder.

mod addressee;
mod behalf;
mod call;
mod caps;
mod clock;
mod follow;
mod gate;
mod input;
pub mod meeting;
pub mod notes;
mod onward;
pub mod outside;
pub mod partner;
pub mod raiser;
pub mod redirect;
mod transfer;

use chrono::{DateTime, NaiveDate, SubsecRound, Utc};

use gate::Says;
use raiser::Consulted;

use super::command::{Command, FieldFault, Refusal, Standing, Who};
use super::event::{Actor, Fact, Field, Recorded};
use super::readers::may_read;
use super::rules::{LATEST_PROMISE, Rules};
use super::state::{Concern, Visit};
use crate::ids::{RoleId, Text, UserId};
use crate::protocol::{IRO_MANAGER, Step};

/// What follows: the new facts in order, and the concern as they leave it. No fact where there was nothing to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    /// The new facts.
    pub facts: Vec<New>,
    /// The concern after them.
    pub after: Concern,
}

/// A new fact with the texts that stand beside it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct New {
    /// The fact as it will be recorded.
    pub recorded: Recorded,
    /// Its texts, to be sealed.
    pub texts: Vec<(Field, Text)>,
}

/// Decides what follows from a command. Pure: the same arguments give the same answer.
///
/// `standing` is who asks; `None` is the program itself, for a clock that fell, a delivery, a changed calendar.
///
/// # Errors
/// A refusal, which changes nothing and is said to the person alone.
pub fn decide(
    rules: &Rules<'_>,
    concern: &Concern,
    standing: Option<&Standing>,
    command: Command,
    now: DateTime<Utc>,
) -> Result<Decision, Refusal> {
    let actor = standing.map_or(Actor::Lodestar, |who| Actor::Person(who.user.clone()));
    let mut deciding = Deciding::over(rules, concern.clone(), actor, now);
    if let Some(who) = standing {
        deciding.on_behalf_of = deciding.on_behalf_of(who, &command);
    }
    match (command, standing) {
        (Command::Delivered { visit, at }, _) => deciding.delivered(visit, at),
        (Command::ClockFell { key }, _) => deciding.clock_fell(&key),
        (Command::Recalculate, _) => deciding.recalculate(),
        (command, Some(who)) => deciding.asked_by(who, command)?,
        (_, None) => return Err(Refusal::NotYours { who: Who::Readers }),
    }
    Ok(deciding.done())
}

/// A decision in the making: each fact is folded in as it is made, so that the next is decided on what then stands.
pub(super) struct Deciding<'r> {
    rules: &'r Rules<'r>,
    concern: Concern,
    actor: Actor,
    on_behalf_of: Option<UserId>,
    now: DateTime<Utc>,
    facts: Vec<New>,
}

impl<'r> Deciding<'r> {
    pub(super) fn over(
        rules: &'r Rules<'r>,
        concern: Concern,
        actor: Actor,
        now: DateTime<Utc>,
    ) -> Self {
        Self {
            rules,
            concern,
            actor,
            on_behalf_of: None,
            // The record keeps milliseconds: what is decided on is what will be read back.
            now: now.trunc_subsecs(3),
            facts: Vec::with_capacity(2),
        }
    }

    pub(super) fn done(mut self) -> Decision {
        if !self.facts.is_empty() {
            self.take_back_warnings();
        }
        Decision {
            facts: self.facts,
            after: self.concern,
        }
    }

    fn add(&mut self, fact: Fact) {
        self.add_with(fact, Vec::new());
    }

    fn add_with(&mut self, fact: Fact, texts: Vec<(Field, Text)>) {
        let recorded = Recorded {
            seq: self.concern.seq + 1,
            at: self.now,
            actor: self.actor.clone(),
            on_behalf_of: self.on_behalf_of.clone(),
            fact,
        };
        self.concern.apply(&recorded);
        self.facts.push(New { recorded, texts });
    }

    fn today(&self) -> NaiveDate {
        self.rules.day(self.now)
    }

    /// The present visit and its step. An open concern has both; where a record does not, nothing applies to it.
    fn here(&self) -> Result<(&Visit, &'r Step), Refusal> {
        let visit = self.concern.visit().ok_or(Refusal::OutOfDate)?;
        let step = self.rules.step_of(visit).ok_or(Refusal::OutOfDate)?;
        Ok((visit, step))
    }

    fn asked_by(&mut self, who: &Standing, command: Command) -> Result<(), Refusal> {
        match command {
            Command::Acknowledge { visit } => self.acknowledge(who, visit),
            Command::Answer { visit, answer } => self.answer(who, visit, answer),
            Command::Extend {
                until,
                reason,
                item,
            } => self.extend(who, until, reason, item),
            Command::Report {
                visit,
                progress,
                until,
                account,
            } => self.report(who, visit, (progress, until), account),
            Command::CallMeeting { visit, asked } => self.call_meeting(who, visit, asked),
            Command::NoMeeting { visit, reason } => self.no_meeting(who, visit, reason),
            Command::RecordMeeting { visit, held } => self.record_meeting(who, visit, held),
            Command::AgreeGate { visit } => self.judge_gate(who, visit, Says::Yes),
            Command::DiscussGate { visit, on, view } => {
                self.judge_gate(who, visit, Says::Discussed(on, view))
            }
            Command::DeclineGate { visit, on, reason } => {
                self.judge_gate(who, visit, Says::No(on, reason))
            }
            Command::Handover {
                to,
                raiser_role,
                roles,
            } => self.hand_over(who, to, raiser_role, &roles),
            Command::Note { note } => {
                if !may_read(self.rules, &self.concern, who) {
                    return Err(Refusal::NotYours { who: Who::Readers });
                }
                self.add_with(Fact::Noted, vec![(Field::Note, note)]);
                Ok(())
            }
            Command::NotesPasted { notes } => self.notes_pasted(who, notes),
            Command::Outside {
                way,
                view,
                words,
                with,
                with_on,
                said,
            } => self.outside(who, (way, view), words, (with, with_on, said)),
            Command::GiveInput {
                visit,
                input,
                mediation,
            } => self.give_input(who, visit, (input, mediation)),
            Command::GiveView { on, view } => self.give_view(who, on, view),
            Command::Call {
                with,
                with_roles,
                with_words,
                on,
                reached,
                agreed,
            } => {
                let whom = call::Whom {
                    user: with,
                    roles: with_roles,
                    words: with_words,
                };
                self.called(who, whom, (on, reached), agreed)
            }
            Command::Inform(asked) => self.inform(who, *asked),
            Command::Replied {
                number,
                responded,
                on,
                words,
            } => self.replied(who, number, (responded, on), words),
            Command::NoCall { reason } => self.no_call(who, reason),
            Command::AskTransfer => self.transfer_asked(who),
            Command::Transfer(moved) => self.transferred(moved),
            command => {
                if !self.is_raiser(who) {
                    return Err(Refusal::NotYours { who: Who::Raiser });
                }
                if !self.concern.is_open() {
                    return Err(Refusal::Closed);
                }
                self.asked_by_raiser(who, command)
            }
        }
    }

    /// Whether somebody acts as the raiser: themselves, or their cover. Nobody in the line of a concern does, though they cover
    /// for its raiser: they would answer it and close it.
    fn is_raiser(&self, who: &Standing) -> bool {
        who.user == self.concern.raiser
            || who.covers_raiser
                && !in_the_line(self.rules, &who.roles)
                && self.concern.raised.addressee.as_ref() != Some(&who.user)
    }

    fn asked_by_raiser(&mut self, who: &Standing, command: Command) -> Result<(), Refusal> {
        match command {
            Command::RecordDiscussion { with, on, view } => {
                self.record_discussion(who, with, on, view)
            }
            Command::Resolve => {
                self.notes_are_there()?;
                self.add(Fact::Resolved);
                Ok(())
            }
            Command::Withdraw { reason } => {
                self.add_with(Fact::Withdrawn, vec![(Field::Reason, reason)]);
                Ok(())
            }
            Command::ExplainLate { reason } => self.explain_late(reason),
            Command::CopyTo { user, roles } => self.copy_to(user, roles),
            Command::Redirect { redirect, reason } => self.redirect(&redirect, reason),
            Command::NotSatisfied { reason } => self.not_satisfied(reason),
            Command::Escalate { reason } => self.escalate(reason),
            Command::Hold { until, reason } => self.hold(until, reason),
            Command::SetTime { until, reason } => self.set_time(until, reason),
            Command::Bypass {
                to,
                reason,
                with,
                with_roles,
                with_words,
                with_on,
                said,
            } => {
                let spoke = Consulted {
                    user: with,
                    roles: with_roles,
                    words: with_words,
                    on: with_on,
                    said,
                };
                self.bypass(&to, reason, spoke)
            }
            Command::MoreTime { until, reason } => self.more_time(until, reason),
            Command::ReviewDate { until, reason } => self.review_date(until, reason),
            Command::Position { position, reason } => self.position(position, reason),
            // The others were taken before the raiser's own.
            _ => Err(Refusal::OutOfDate),
        }
    }

    fn is_present(&self, number: u32) -> bool {
        self.concern
            .visit()
            .is_some_and(|visit| visit.number == number)
    }
}

/// That a day on which something was done, where one is said, is not yet to come.
pub(super) fn past(
    block: &'static str,
    day: impl Into<Option<NaiveDate>>,
    today: NaiveDate,
) -> Result<(), Refusal> {
    if day.into().is_some_and(|day| day > today) {
        let fault = FieldFault::Future;
        return Err(Refusal::Field { block, fault });
    }
    Ok(())
}

/// That a day by which something is promised or asked for is neither past nor a slip in the year.
pub(super) fn promised(
    block: &'static str,
    day: NaiveDate,
    today: NaiveDate,
) -> Result<(), Refusal> {
    let latest = today
        .checked_add_days(LATEST_PROMISE)
        .unwrap_or(NaiveDate::MAX);
    let fault = if day < today {
        FieldFault::Past
    } else if day > latest {
        FieldFault::After(latest)
    } else {
        return Ok(());
    };
    Err(Refusal::Field { block, fault })
}

/// Whether somebody with these roles sits in the line of a concern on this route: answers a step of it. The manager of the IRO
/// service does not, though a step may call them in.
#[must_use]
pub fn in_the_line(rules: &Rules<'_>, held: &std::collections::BTreeSet<RoleId>) -> bool {
    rules
        .route
        .steps
        .iter()
        .flat_map(Step::answerers)
        .any(|role| role != IRO_MANAGER && held.contains(role))
}

fn given<const N: usize>(texts: [(Field, Option<Text>); N]) -> Vec<(Field, Text)> {
    texts
        .into_iter()
        .filter_map(|(field, text)| text.map(|text| (field, text)))
        .collect()
}
