//! The one function that says what follows: `decide(rules, notice, who, what, now)`.

use chrono::{DateTime, Utc};

use super::clocks::clocks;
use super::command::{Command, Refusal};
use super::event::{Fact, Field, Recipient, Sort};
use super::readers::{acts_for, received_as};
use super::state::Notice;
use crate::concern::{FieldFault, Rules, Standing};
use crate::ids::{ConcernId, RaiserRole, Text, UserId};

/// What follows: the new facts in order, and the notice as they leave it.
pub type Decision = crate::record::Decision<Notice>;
/// A new fact with the texts that stand beside it.
pub type New = crate::record::NewOf<Notice>;
/// A decision in the making.
pub(super) type Deciding<'r> = crate::record::Deciding<'r, Notice>;

/// Decides what follows from a command. Pure: the same arguments give the same answer.
///
/// `standing` is who asks; `None` is the program itself, for a clock that fell.
///
/// # Errors
/// A refusal, which changes nothing and is said to the person alone.
pub fn decide(
    rules: &Rules<'_>,
    notice: &Notice,
    standing: Option<&Standing>,
    command: Command,
    now: DateTime<Utc>,
) -> Result<Decision, Refusal> {
    let mut deciding = Deciding::over(rules, notice.clone(), standing, now);
    match (command, standing) {
        (Command::ClockFell { key }, _) => deciding.clock_fell(&key),
        (command, Some(who)) => deciding.asked_by(who, command)?,
        (_, None) => return Err(Refusal::NotAsked),
    }
    Ok(deciding.done())
}

impl Deciding<'_> {
    fn asked_by(&mut self, who: &Standing, command: Command) -> Result<(), Refusal> {
        match command {
            Command::Seen => self.seen(who),
            Command::Judge { needed, reason } => self.judge(who, needed, reason),
            Command::Record { outcome } => self.record_outcome(who, outcome),
            Command::Close { reason } => self.close(who, reason),
            Command::Handover { to, raiser_role } => self.hand_over(who, to, raiser_role.as_ref()),
            Command::ConcernRaised { concern } => {
                self.concern_raised(concern);
                Ok(())
            }
            Command::ClockFell { .. } => Err(Refusal::NotAsked),
        }
    }

    /// As whom it went to somebody who did not send it.
    fn received(&self, who: &Standing) -> Result<Vec<Recipient>, Refusal> {
        let received = received_as(&self.record, who);
        if who.user == self.record.sender {
            return Err(Refusal::OwnNotice);
        }
        if received.is_empty() {
            return Err(Refusal::ForRecipients);
        }
        Ok(received)
    }

    fn seen(&mut self, who: &Standing) -> Result<(), Refusal> {
        let mut received = self.received(who)?;
        received.retain(|recipient| !self.record.has_seen(recipient));
        if received.is_empty() {
            return Err(Refusal::DoneAlready);
        }
        self.on_behalf_of = acts_for(&self.record, who, &received).cloned();
        self.add(Fact::Seen { r#as: received });
        Ok(())
    }

    /// The officer, or the manager of the IRO service, who covers for an officer who is away (`B-3.b`).
    fn judge(&mut self, who: &Standing, needed: bool, reason: Text) -> Result<(), Refusal> {
        if self.record.sent.sort != Sort::Change {
            return Err(Refusal::NotAsked);
        }
        if who.user == self.record.sender {
            return Err(Refusal::OwnNotice);
        }
        let officer = received_as(&self.record, who).contains(&Recipient::Officer);
        if !officer && !who.is_iro_manager() {
            return Err(Refusal::ForOfficer);
        }
        if self.record.judged.is_some() {
            return Err(Refusal::DoneAlready);
        }
        if officer {
            let officer = [Recipient::Officer];
            self.on_behalf_of = acts_for(&self.record, who, &officer).cloned();
        }
        let texts = vec![(Field::Reason, reason)];
        self.add_with(Fact::ReviewJudged { needed }, texts);
        Ok(())
    }

    /// The officer whose case it is, their cover, or the manager of the IRO service gives it to another.
    fn hand_over(
        &mut self,
        who: &Standing,
        to: UserId,
        raiser_role: Option<&RaiserRole>,
    ) -> Result<(), Refusal> {
        if self.record.sent.sort != Sort::Change {
            return Err(Refusal::NotAsked);
        }
        let officer = received_as(&self.record, who).contains(&Recipient::Officer);
        if !officer && !who.is_iro_manager() {
            return Err(Refusal::ForOfficer);
        }
        if self.record.judged.is_some() {
            return Err(Refusal::DoneAlready);
        }
        let refused = |fault| Err(Refusal::Field { block: "to", fault });
        if self.record.officer.as_ref() == Some(&to) {
            return refused(FieldFault::AlreadyTheirs);
        }
        let by_cover = |officer| to == who.user && who.acts_by_cover_alone(officer);
        if self.record.officer.as_ref().is_some_and(by_cover) {
            return refused(FieldFault::ForACover);
        }
        if to == self.record.sender {
            return refused(FieldFault::InTheLine);
        }
        if raiser_role.is_none_or(|role| !self.rules.protocol.raised_by.contains(role)) {
            return refused(FieldFault::NotARaiser);
        }
        if officer {
            let officer = [Recipient::Officer];
            self.on_behalf_of = acts_for(&self.record, who, &officer).cloned();
        }
        self.add(Fact::OfficerChanged { to });
        Ok(())
    }

    /// Each of the roles it went to may say once what came of it, until it is closed.
    fn record_outcome(&mut self, who: &Standing, outcome: Text) -> Result<(), Refusal> {
        if self.record.sent.sort != Sort::Service {
            return Err(Refusal::NotAsked);
        }
        let received = self.received(who)?;
        let told = |recipient: &Recipient| match recipient {
            Recipient::Role(role) => {
                let mut said = self.record.outcomes.iter();
                (!said.any(|outcome| outcome.r#as.contains(role))).then(|| role.clone())
            }
            Recipient::Officer | Recipient::Praised => None,
        };
        let roles: Vec<_> = received.iter().filter_map(told).collect();
        if roles.is_empty() || !self.record.is_open() {
            return Err(Refusal::DoneAlready);
        }
        self.on_behalf_of = acts_for(&self.record, who, &received).cloned();
        let texts = vec![(Field::Outcome, outcome)];
        self.add_with(Fact::OutcomeRecorded { r#as: roles }, texts);
        Ok(())
    }

    fn close(&mut self, who: &Standing, reason: Option<Text>) -> Result<(), Refusal> {
        if self.record.sent.sort != Sort::Service {
            return Err(Refusal::NotAsked);
        }
        if who.user != self.record.sender && !who.covers_raiser {
            return Err(Refusal::ForSender);
        }
        if !self.record.is_open() {
            return Err(Refusal::DoneAlready);
        }
        if self.record.outcomes.is_empty() && reason.is_none() {
            return Err(Refusal::Field {
                block: "reason",
                fault: FieldFault::Missing,
            });
        }
        if who.user != self.record.sender {
            self.on_behalf_of = Some(self.record.sender.clone());
        }
        let texts = reason.map(|reason| (Field::Closing, reason));
        self.add_with(Fact::Closed, texts.into_iter().collect());
        Ok(())
    }

    fn concern_raised(&mut self, concern: ConcernId) {
        if !self.record.concerns.contains(&concern) {
            self.add(Fact::ConcernRaised { concern });
        }
    }

    fn clock_fell(&mut self, key: &str) {
        let fallen = clocks(self.rules, &self.record)
            .into_iter()
            .find(|clock| clock.key == key && clock.at <= self.now);
        if let Some(fallen) = fallen {
            self.add(Fact::Reminded { of: fallen.of });
        }
    }
}
