//! The rules a concern is decided under: its protocol, its route, the calendar, the office hours.

use chrono::{DateTime, Days, NaiveDate, NaiveTime, TimeDelta, Utc};

use super::event::Rag;
use super::readers::told_of;
use super::state::{Concern, Visit};
use crate::calendar::{Calendar, Due, Period};
use crate::ids::{RoleId, StepId, UserId};
use crate::protocol::{
    Adjust, Cap, ClockStart, GateKind, Need, Protocol, Route, Scope, Step, StepClock, Subject,
};

/// How long a review date may be put off, and how long somebody waits before they are told again.
pub const FIVE_WORKING_DAYS: Period = Period::WorkingDays(5);
/// How long the raiser has for a judgement before the manager of the IRO service is told; and the longest hold.
pub const TWO_WORKING_DAYS: Period = Period::WorkingDays(2);
/// How long an addressee has to acknowledge, and a gate's holder to answer, before somebody hears of it.
pub const ONE_WORKING_DAY: Period = Period::WorkingDays(1);
/// The latest review date: the Handbook's limit on the whole process (6.2), so that nothing drifts by being put off.
pub const LATEST_REVIEW: Period = Period::WorkingDays(20);
/// The furthest an addressee may put off the end of a step at one time, from its end as it stands or from today: as far as a review.
pub const LATEST_EXTENSION: Period = LATEST_REVIEW;
/// The latest day by which anything may be promised or asked for: two years, so that a slip in the year is seen.
pub const LATEST_PROMISE: Days = Days::new(731);
/// How long a card may be undelivered before the raiser is told.
pub const UNDELIVERED: TimeDelta = TimeDelta::minutes(15);

/// How long after raising an urgent concern its raiser is first asked for the call: a call that is urgent is made within the hour.
pub const CALL_WAITS: TimeDelta = TimeDelta::hours(1);
/// How many times the raiser of an urgent concern is reminded of the call; with the last, the manager of the IRO service hears of it.
pub const CALL_REMINDERS: usize = 3;

/// When people are reminded, council time. Cards and escalations do not wait for these.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hours {
    /// From when reminders are sent.
    pub opens: NaiveTime,
    /// When the raiser is warned, on the working day before a lapse.
    pub warning: NaiveTime,
}

/// What a concern is decided under.
#[derive(Clone, Copy, Debug)]
pub struct Rules<'a> {
    /// Its protocol, as it was when it was raised.
    pub protocol: &'a Protocol,
    /// Its route.
    pub route: &'a Route,
    /// The working days.
    pub calendar: &'a Calendar,
    /// The office hours.
    pub hours: Hours,
}

/// A step's due moment, with what was special about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Dated {
    /// The due moment.
    pub due: Due,
    /// Whether the protocol's window had passed already, so that five working days were given.
    pub window_passed: bool,
}

impl<'a> Rules<'a> {
    /// Whom a concern is about: as it was raised; for a record from before that was kept, the only one that its raiser's role and
    /// route leave. `None` where that record leaves several.
    #[must_use]
    pub fn subject(&self, concern: &Concern) -> Option<Subject> {
        concern.raised.subject.or_else(|| {
            let fit = self
                .protocol
                .subjects_for(&concern.raised.raiser_role, self.route);
            match fit[..] {
                [only] => Some(only),
                _ => None,
            }
        })
    }

    /// What a step is called for a concern.
    #[must_use]
    pub fn name_of(&self, step: &'a Step, concern: &Concern) -> &'a str {
        step.name_for(self.subject(concern))
    }

    /// A step of the route.
    #[must_use]
    pub fn step(&self, id: &StepId) -> Option<&'a Step> {
        self.route.step(id)
    }

    /// The step a visit is at.
    #[must_use]
    pub fn step_of(&self, visit: &Visit) -> Option<&'a Step> {
        self.route.step(&visit.step)
    }

    /// The council-local day of an instant.
    #[must_use]
    pub fn day(&self, at: DateTime<Utc>) -> NaiveDate {
        self.calendar.local_date(at)
    }

    /// The due moment of a period from a day. Beyond the calendar's horizon it is provisional; a date that no calendar can hold
    /// is the day itself, so that a live concern is never without one.
    #[must_use]
    pub fn due(&self, from: NaiveDate, period: Period) -> Due {
        self.calendar
            .provisional_due(from, period)
            .unwrap_or_else(|_| Due {
                date: from,
                at: self.calendar.close_of(from),
                provisional: true,
            })
    }

    /// The moment just after a period from an instant has ended.
    #[must_use]
    pub fn after(&self, from: DateTime<Utc>, period: Period) -> DateTime<Utc> {
        just_after(self.due(self.day(from), period).at)
    }

    /// The next opening after an instant, on a working day.
    #[must_use]
    pub fn opening_after(&self, at: DateTime<Utc>) -> DateTime<Utc> {
        let today = self.day(at);
        let opening = self.opening_on_or_after(today);
        if opening > at {
            opening
        } else {
            self.calendar
                .at(self.due(today, ONE_WORKING_DAY).date, self.hours.opens)
        }
    }

    /// The opening of a day, or of the next working day.
    #[must_use]
    pub fn opening_on_or_after(&self, day: NaiveDate) -> DateTime<Utc> {
        self.calendar
            .at(self.due(day, Period::WorkingDays(0)).date, self.hours.opens)
    }

    /// When the owner of something that is due is reminded: at the opening of its day, unless it began only after.
    #[must_use]
    pub fn reminder_of(&self, since: DateTime<Utc>, due: &Due) -> Option<DateTime<Utc>> {
        let at = self.opening_on_or_after(due.date);
        (at > since && at < due.at).then_some(at)
    }

    /// When something that is due and not done is found late: at the opening after its end, and every five working days after it was
    /// last found so.
    #[must_use]
    pub fn late_at(
        &self,
        since: DateTime<Utc>,
        due: &Due,
        last: Option<DateTime<Utc>>,
    ) -> DateTime<Utc> {
        match last {
            None => self.opening_after(due.at.max(since)),
            Some(last) => self.asked_again(last),
        }
    }

    /// When what has no time of its own is asked again: at the opening after five working days.
    #[must_use]
    pub fn asked_again(&self, last: DateTime<Utc>) -> DateTime<Utc> {
        self.opening_after(self.after(last, FIVE_WORKING_DAYS))
    }

    /// When the raiser is warned that a visit will lapse: on the working day before, at the hour of warnings; where that is past
    /// when the step is issued, at the next opening. `None` where that is no longer before the due moment.
    #[must_use]
    pub fn warning_of(&self, visit: &Visit, due: &Due) -> Option<DateTime<Utc>> {
        let day_before = self.due(due.date, Period::WorkingDays(-1)).date;
        let at = self.calendar.at(day_before, self.hours.warning);
        let at = if at > visit.issued_at {
            at
        } else {
            self.opening_after(visit.issued_at)
        };
        (at < due.at).then_some(at)
    }

    /// When a clock with this start began to count. `issued` is the council-local day on which the step is issued, or received
    /// where delivery was late.
    #[must_use]
    pub fn start(&self, concern: &Concern, start: &ClockStart, issued: NaiveDate) -> NaiveDate {
        let issue_of = |visit: &Visit| self.day(visit.issued_at);
        match start {
            ClockStart::Issued => issued,
            ClockStart::Raised => self.day(concern.raised_at),
            ClockStart::Event => concern.raised.event_date,
            ClockStart::FirstFormal => self.first_formal(concern).map_or(issued, issue_of),
            ClockStart::PreviousStep => concern.visit().map_or(issued, issue_of),
            ClockStart::Step(id) => concern
                .visits
                .iter()
                .find(|visit| &visit.step == id)
                .map_or(issued, issue_of),
        }
    }

    /// The due moment of a step's clock, for a step issued (or received) on that day at `now`.
    #[must_use]
    pub fn dated(
        &self,
        concern: &Concern,
        clock: &StepClock,
        issued: NaiveDate,
        now: DateTime<Utc>,
    ) -> Dated {
        let due = self.due(self.start(concern, &clock.from, issued), clock.within);
        let over = due.at <= now;
        let window_passed = over && clock.from != ClockStart::Issued;
        Dated {
            due: match over {
                false => due,
                true if window_passed => self.due(issued, FIVE_WORKING_DAYS),
                // A few calendar days over a holiday, or none at all, can end before they begin: nobody is given less than a
                // working day.
                true => self.due(issued, ONE_WORKING_DAY),
            },
            window_passed,
        }
    }

    /// As [`Rules::dated`], with what the raiser asked for this case where the step lets them set it.
    #[must_use]
    pub fn dated_for_case(
        &self,
        concern: &Concern,
        clock: &StepClock,
        issued: NaiveDate,
        now: DateTime<Utc>,
    ) -> Dated {
        let dated = self.dated(concern, clock, issued, now);
        let Some(asked) = concern.raised.action_by else {
            return dated;
        };
        let asked = self.due_by(asked);
        let takes = match clock.adjust {
            Adjust::No => false,
            Adjust::Shorter => asked.at < dated.due.at && asked.at > now,
            Adjust::Any => asked.at > now,
        };
        if takes {
            Dated {
                due: asked,
                window_passed: false,
            }
        } else {
            dated
        }
    }

    /// The formal step that a concern at an informal one should be issued to by a day, and that day (`W-3.1.1`): a task of the
    /// raiser's, never a bar. `None` where the protocol sets none, or the formal process has begun.
    #[must_use]
    pub fn issue_by_after(&self, concern: &Concern, at: &StepId) -> Option<(&'a Step, Due)> {
        let place = self.route.place(at)?;
        let begun = self.route.steps.get(place)?.formal || self.first_formal(concern).is_some();
        let later = self.route.steps.iter().skip(place + 1);
        let (step, clock) = later
            .filter(|_| !begun)
            .find_map(|step| Some((step, step.issue_by.as_ref()?)))?;
        let raised = self.day(concern.raised_at);
        let from = self.start(concern, &clock.from, raised);
        Some((step, self.due(from, clock.within)))
    }

    /// The close of business of a day, or of the working day before it.
    #[must_use]
    pub fn due_by(&self, day: NaiveDate) -> Due {
        self.due(day, Period::Days(0))
    }

    /// The first formal step the concern has been at.
    #[must_use]
    pub fn first_formal<'c>(&self, concern: &'c Concern) -> Option<&'c Visit> {
        concern
            .visits
            .iter()
            .find(|visit| self.step_of(visit).is_some_and(|step| step.formal))
    }

    /// When the protocol's advisory caps end, for those whose start has happened.
    pub fn caps<'c>(&'c self, concern: &'c Concern) -> impl Iterator<Item = (&'a Cap, Due)> + 'c {
        let ends = move |(_, cap)| Some((cap, self.cap_ends(concern, cap)?));
        self.numbered_caps(concern).filter_map(ends)
    }

    /// The advisory caps of a concern, each with its place in the protocol, from 1: what the record names it by.
    pub fn numbered_caps<'c>(
        &'c self,
        concern: &'c Concern,
    ) -> impl Iterator<Item = (u32, &'a Cap)> + 'c {
        (1..)
            .zip(&self.protocol.caps)
            .filter(|(_, cap)| self.is_limited_by(concern, cap))
    }

    /// Whether an advisory cap is for a concern, by its route and whom it is about.
    #[must_use]
    pub fn is_limited_by(&self, concern: &Concern, cap: &Cap) -> bool {
        cap.limits(&self.route.id, self.subject(concern))
    }

    /// When an advisory cap ends; `None` where it is not for the concern, or what it counts from has not happened.
    #[must_use]
    pub fn cap_ends(&self, concern: &Concern, cap: &Cap) -> Option<Due> {
        if !self.is_limited_by(concern, cap) {
            return None;
        }
        let from = match &cap.from {
            ClockStart::Raised => self.day(concern.raised_at),
            ClockStart::Event => concern.raised.event_date,
            ClockStart::Step(id) => self.day(
                concern
                    .visits
                    .iter()
                    .find(|visit| &visit.step == id)?
                    .issued_at,
            ),
            ClockStart::FirstFormal | ClockStart::Issued | ClockStart::PreviousStep => {
                self.day(self.first_formal(concern)?.issued_at)
            }
        };
        Some(self.due(from, cap.within))
    }

    /// This child's own addressee at a step: the person the raiser named, where the step asks the team's role they were named for.
    #[must_use]
    pub fn own_addressee<'c>(&self, concern: &'c Concern, step: &Step) -> Option<&'c UserId> {
        self.own_role(concern, step)?;
        concern.raised.addressee.as_ref()
    }

    /// The role of a step that this child's own addressee speaks for, where they are asked at it.
    #[must_use]
    pub fn own_role(&self, concern: &Concern, step: &Step) -> Option<&'a RoleId> {
        concern.raised.addressee.as_ref()?;
        let role = self.role_of_own_addressee(&concern.visits.first()?.step)?;
        step.to.contains(role).then_some(role)
    }

    /// Whether somebody has answered at a visit in this role: in their own right, or with one answer for several roles that they hold.
    #[must_use]
    pub fn has_answered(&self, concern: &Concern, visit: &Visit, role: &RoleId) -> bool {
        let own = self
            .step_of(visit)
            .and_then(|step| self.own_role(concern, step));
        visit
            .answers
            .iter()
            .any(|answer| answer.role.as_ref().or(own) == Some(role) || answer.also.contains(role))
    }

    /// Whether the holder of a role has seen a visit's card: where any of several may answer, one has seen it for all.
    #[must_use]
    pub fn has_seen(&self, visit: &Visit, role: &RoleId) -> bool {
        let each = self
            .step_of(visit)
            .is_some_and(|step| step.need == Need::AllOf);
        if !each {
            return visit.acknowledged_ahead().is_some();
        }
        let mut seen = visit.seen.iter();
        seen.any(|seen| seen.roles.is_empty() || seen.roles.contains(role))
    }

    /// Who has neither seen a visit's card nor answered it, of those whose word is awaited.
    #[must_use]
    pub fn unseen(&self, concern: &Concern, visit: &Visit) -> Vec<&'a RoleId> {
        let awaited = self.awaited(concern, visit).into_iter();
        awaited.filter(|role| !self.has_seen(visit, role)).collect()
    }

    /// Who is still asked at a visit: any of the step's addressees, or each where all must answer and has not.
    #[must_use]
    pub fn awaited(&self, concern: &Concern, visit: &Visit) -> Vec<&'a RoleId> {
        let Some(step) = self.step_of(visit) else {
            return Vec::new();
        };
        let all = step.need == Need::AllOf;
        let waits = step.to.iter();
        waits
            .filter(|role| !(all && self.has_answered(concern, visit, role)))
            .collect()
    }

    /// The role a child's own addressee is named for when a concern starts at this step: the first that each team has its own of.
    #[must_use]
    pub fn role_of_own_addressee(&self, start: &StepId) -> Option<&'a RoleId> {
        let step = self.step(start)?;
        step.to.iter().find(|role| {
            self.protocol
                .roles
                .get(*role)
                .is_some_and(|role| role.scope == Scope::Team)
        })
    }

    /// Everybody who hears of the concern at a visit for information: as it is raised those who hear of its rating, the step's own,
    /// and those whom an earlier step of the route copies from there on, also where it was passed over. Addressees of the step are left
    /// out.
    #[must_use]
    pub fn copies(&self, concern: &Concern, visit: &Visit) -> Vec<&'a RoleId> {
        let Some(place) = self.route.place(&visit.step) else {
            return Vec::new();
        };
        let rated = (visit.number == 1)
            .then(|| self.told_of_rating(concern))
            .into_iter()
            .flatten()
            .filter(|role| !self.route.answers(place, role));
        let mut copies: Vec<&RoleId> = Vec::new();
        for role in rated.chain(self.route.copies(place)) {
            if !copies.contains(&role) {
                copies.push(role);
            }
        }
        copies
    }

    /// Who hears of a concern because of how its raiser rates it, whatever step it is raised at (`W-2.7`, `W-2.8`).
    fn told_of_rating(&self, concern: &Concern) -> impl Iterator<Item = &'a RoleId> {
        let when = concern.raised.rag.and_then(Rag::occasion);
        when.into_iter().flat_map(|when| told_of(self, when))
    }

    /// The roles whose input a visit's step asks for and has not been given.
    #[must_use]
    pub fn missing_inputs(&self, visit: &Visit) -> Vec<&'a RoleId> {
        let asked = self
            .step_of(visit)
            .into_iter()
            .flat_map(|step| &step.inputs);
        let given = |role: &RoleId| visit.inputs.iter().any(|input| input.roles.contains(role));
        asked.filter(|role| !given(role)).collect()
    }

    /// Whether the protocol asks for a call about an urgent concern (`M-urgent`), none is logged, and nobody said that none is needed.
    #[must_use]
    pub fn lacks_call(&self, concern: &Concern) -> bool {
        concern.is_open()
            && concern.raised.flags.urgent
            && self.protocol.beside.urgent.is_some()
            && concern.calls.is_empty()
            && concern.no_call.is_none()
    }

    /// The meeting that a step asks for, or in which it may be dealt with.
    #[must_use]
    pub fn meeting(&self, step: &Step) -> Option<&'a crate::protocol::Meeting> {
        self.protocol.beside.meetings.get(&step.id)
    }

    /// The gate that leads to a step.
    #[must_use]
    pub fn gate_to(&self, to: &StepId) -> Option<&'a crate::protocol::Gate> {
        self.step(to)?.gate.as_ref()
    }

    /// Who is still asked at the gate that leads out of a visit: any of its roles, or each whose word is needed and missing. Nobody
    /// where it is answered, asks nothing any more, or is the raiser's own judgement.
    #[must_use]
    pub fn awaited_at_gate(&self, visit: &Visit) -> Vec<&'a RoleId> {
        let Some(asked) = visit.gate.as_ref().filter(|asked| asked.is_open()) else {
            return Vec::new();
        };
        let roles = self
            .gate_to(&asked.to)
            .into_iter()
            .flat_map(|gate| &gate.roles);
        roles.filter(|role| !asked.has_agreed(role)).collect()
    }

    /// Those of them whom a list names: the first, or each where the word of each is needed.
    #[must_use]
    pub fn named_at_gate(&self, visit: &Visit) -> Vec<&'a RoleId> {
        let gate = visit
            .gate
            .as_ref()
            .and_then(|asked| self.gate_to(&asked.to));
        let each = gate.is_some_and(|gate| gate.need == Need::AllOf);
        let mut named = self.awaited_at_gate(visit);
        if !each {
            named.truncate(1);
        }
        named
    }

    /// Whether the gate to a step is the raiser's own judgement.
    #[must_use]
    pub fn is_judgement(&self, to: &StepId) -> bool {
        self.gate_to(to)
            .is_some_and(|gate| gate.kind == GateKind::Judgement)
    }
}

/// When the present step would end by the protocol's own time, whatever the raiser asked for. `None` for a step without a clock.
#[must_use]
pub fn time_of_protocol(rules: &Rules<'_>, concern: &Concern) -> Option<Dated> {
    let visit = concern.visit()?;
    let clock = rules.step_of(visit)?.clock.as_ref()?;
    let received = visit.received().unwrap_or(visit.issued_at);
    let received = received.max(visit.issued_at);
    // Clocks that start from what came before look at the concern as it was then.
    let mut before = concern.clone();
    before.visits.pop();
    Some(rules.dated(&before, clock, rules.day(received), received))
}

/// The first moment at which a due moment is past. An answer at 17:00:00 is in time, to the end of that second.
#[must_use]
pub fn just_after(due: DateTime<Utc>) -> DateTime<Utc> {
    due + TimeDelta::seconds(1)
}
