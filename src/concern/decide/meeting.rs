//! What is asked of a meeting inside a step: set its day, record what came of it, say that none is held (`W-3.1.6`, `W-3.1.7`).

use super::behalf::was_raiser;
use super::{Deciding, given, past, promised};
use crate::concern::command::{FieldFault, MeetingHeld, Refusal, Standing, ToMeet};
use crate::concern::event::{Answered, Fact, Field, MeetingDay, Met};
use crate::concern::meeting::{Outcome, chairs_by_name};
use crate::concern::state::{Phase, Visit};
use crate::ids::Text;
use crate::protocol::{Asks, Meeting, Step};

/// How many may be asked to one meeting by name.
pub const MOST_ATTENDEES: usize = 20;

/// A stay at a step that has meetings, and who asks.
struct Here<'r> {
    visit: u32,
    step: &'r Step,
    meeting: &'r Meeting,
    /// Whether the raiser's side asks.
    by_raiser: bool,
    /// Whether they may answer the step.
    answers: bool,
    /// Whether the step waits for its answer now.
    running: bool,
}

impl<'r> Deciding<'r> {
    /// Sets the day of a meeting, or sets it anew.
    pub(super) fn call_meeting(
        &mut self,
        who: &Standing,
        number: Option<u32>,
        asked: ToMeet,
    ) -> Result<(), Refusal> {
        let here = self.may_meet(who, number)?;
        if !here.running {
            return Err(Refusal::OutOfDate);
        }
        let what = kind_of(here.meeting, asked.what)?;
        let fault = match asked.attendees.len() {
            0 => None,
            _ if !here.meeting.others => Some(FieldFault::Unknown),
            many => (many > MOST_ATTENDEES).then_some(FieldFault::TooMany(MOST_ATTENDEES)),
        };
        if let Some(fault) = fault {
            let block = "attendees";
            return Err(Refusal::Field { block, fault });
        }
        let today = self.today();
        promised("meeting_date", asked.on, today)?;
        let visit = self.visit_of(&here)?;
        if let Some(ends) = visit.ends().filter(|ends| asked.on > ends.date) {
            return Err(Refusal::Field {
                block: "meeting_date",
                fault: FieldFault::After(ends.date),
            });
        }
        let meeting = visit
            .meeting_ahead(&what)
            .map_or_else(|| next_number(visit), |meeting| meeting.number);
        let meets = here.step.answerers().chain(&here.meeting.chair);
        let meets = meets.chain(&here.meeting.attends);
        let by_roles = meets.filter(|role| who.holds(role)).cloned().collect();
        let called = MeetingDay {
            visit: here.visit,
            meeting,
            what,
            on: asked.on,
            chair: asked.chair,
            attendees: asked.attendees,
            by_raiser: here.by_raiser,
            by_roles,
        };
        self.add_with(
            Fact::MeetingCalled(called),
            given([(Field::Arrangements, asked.arrangements)]),
        );
        Ok(())
    }

    /// Says that no meeting is held. At a step that asks to meet, that is its answer, for the raiser to judge.
    pub(super) fn no_meeting(
        &mut self,
        who: &Standing,
        number: Option<u32>,
        reason: Text,
    ) -> Result<(), Refusal> {
        let (visit, _) = self.pressed(who, number)?;
        let number = visit.number;
        let here = self.may_meet(who, Some(number))?;
        if !here.meeting.may_decline {
            return Err(Refusal::MustMeet {
                clause: here.step.clause.clone(),
            });
        }
        if !here.running {
            return Err(Refusal::OutOfDate);
        }
        let visit = self.visit_of(&here)?;
        let held = |meeting: &crate::concern::meeting::Meeting| !meeting.accounts.is_empty();
        if visit.not_held.is_some() || visit.meetings.iter().any(held) {
            return Err(Refusal::DoneAlready);
        }
        let declined = Fact::MeetingDeclined { visit: number };
        let texts = vec![(Field::Reason, reason)];
        if here.step.asks == Asks::Meet {
            self.add(declined);
            self.answered(who, Some(number), (Answered::Responded, None, texts))
        } else {
            self.add_with(declined, texts);
            Ok(())
        }
    }

    /// Records what came of a meeting: once by each side. At a step that asks to meet, its addressee's record is its answer.
    pub(super) fn record_meeting(
        &mut self,
        who: &Standing,
        number: Option<u32>,
        held: MeetingHeld,
    ) -> Result<(), Refusal> {
        let here = match self.may_meet(who, number) {
            Err(_) if chairs_by_name(&self.concern, &who.user, number) => {
                return self.told_by_chair(who, number, held);
            }
            here => here?,
        };
        let what = kind_of(here.meeting, held.what.clone())?;
        let visit = self.visit_of(&here)?;
        self.may_have_been(visit, &held)?;
        let side = here.by_raiser;
        let of_kind = || visit.meetings.iter().filter(|meeting| meeting.what == what);
        let open = of_kind()
            .rfind(|meeting| !meeting.told_by(side) || !side && meeting.told_by_its_chair_alone());
        let answers = here.running
            && here.answers
            && here.step.asks == Asks::Meet
            && !self.has_answered(who, &here)?;
        let meeting = match open {
            Some(meeting) => meeting.number,
            // A meeting whose day nobody set is told of while its step runs.
            None if here.running => next_number(visit),
            None if of_kind().next().is_some() => return Err(Refusal::DoneAlready),
            None => return Err(Refusal::OutOfDate),
        };
        if answers && held.outcome == Outcome::Agreed && held.target.is_none() {
            return Err(Refusal::Field {
                block: "target_date",
                fault: FieldFault::Missing,
            });
        }
        let met = Fact::MeetingHeld(Met {
            visit: here.visit,
            meeting,
            what,
            on: held.on,
            outcome: held.outcome,
            mediation: held.mediation && here.meeting.mediation,
            target: held.target,
            by_raiser: side,
        });
        let texts = vec![(Field::Outcome, held.account)];
        if answers {
            self.add(met);
            let answer = (Answered::Responded, held.target, texts);
            self.answered(who, Some(here.visit), answer)
        } else {
            self.add_with(met, texts);
            Ok(())
        }
    }

    /// Records what came of a meeting as who chairs it by name tells it: of that meeting alone, and never as the answer of the step.
    fn told_by_chair(
        &mut self,
        who: &Standing,
        number: Option<u32>,
        held: MeetingHeld,
    ) -> Result<(), Refusal> {
        if was_raiser(&self.concern, &who.user) {
            return Err(Refusal::OwnConcern);
        }
        if !self.concern.is_open() {
            return Err(Refusal::Closed);
        }
        let visit = match number {
            Some(number) => self.concern.visit_numbered(number),
            None => self.concern.visit(),
        };
        let visit = visit.ok_or(Refusal::OutOfDate)?;
        let meeting = visit.to_tell_by_chair(|chair| *chair == who.user);
        let meeting = meeting.ok_or(Refusal::DoneAlready)?;
        self.may_have_been(visit, &held)?;
        let step = self.rules.step_of(visit);
        let rule = step.and_then(|step| self.rules.meeting(step));
        let met = Fact::MeetingHeld(Met {
            visit: visit.number,
            meeting: meeting.number,
            what: meeting.what.clone(),
            on: held.on,
            outcome: held.outcome,
            mediation: held.mediation && rule.is_some_and(|rule| rule.mediation),
            target: held.target,
            by_raiser: false,
        });
        self.add_with(met, vec![(Field::Outcome, held.account)]);
        Ok(())
    }

    /// Whether a meeting may have been held on that day, with what is promised there.
    fn may_have_been(&self, visit: &Visit, held: &MeetingHeld) -> Result<(), Refusal> {
        let today = self.today();
        let block = "meeting_date";
        past(block, held.on, today)?;
        let issued = self.rules.day(visit.issued_at);
        if held.on < issued {
            let fault = FieldFault::NotAfter(issued.pred_opt().unwrap_or(issued));
            return Err(Refusal::Field { block, fault });
        }
        held.target
            .map_or(Ok(()), |target| promised("target_date", target, today))
    }

    /// Who meets at a stay: its raiser, those who answer it, and whom the protocol names to chair.
    fn may_meet(&self, who: &Standing, number: Option<u32>) -> Result<Here<'r>, Refusal> {
        let visit = match number {
            Some(number) => self.concern.visit_numbered(number),
            None => self.concern.visit(),
        };
        let visit = visit.ok_or(Refusal::OutOfDate)?;
        let step = self.rules.step_of(visit).ok_or(Refusal::OutOfDate)?;
        let by_raiser = self.is_raiser(who);
        let meeting = self.rules.meeting(step);
        // Until a meeting is set, whoever would chair it does not know of the concern.
        let chairs = !visit.meetings.is_empty()
            && meeting
                .and_then(|meeting| meeting.chair.as_ref())
                .is_some_and(|chair| who.holds(chair));
        let answers = self.may_answer(who, visit, step);
        if !by_raiser && !chairs {
            answers.clone()?;
        }
        let meeting = meeting.ok_or(Refusal::NoMeetingHere)?;
        if !self.concern.is_open() {
            return Err(Refusal::Closed);
        }
        Ok(Here {
            visit: visit.number,
            step,
            meeting,
            by_raiser,
            answers: !by_raiser && answers.is_ok(),
            running: self.is_present(visit.number) && self.concern.phase == Phase::Answering,
        })
    }

    fn visit_of(&self, here: &Here<'_>) -> Result<&Visit, Refusal> {
        self.concern
            .visit_numbered(here.visit)
            .ok_or(Refusal::OutOfDate)
    }

    /// Whether a step that asks to meet has its answer from somebody: then what they add is an account beside it.
    fn has_answered(&self, who: &Standing, here: &Here<'_>) -> Result<bool, Refusal> {
        let visit = self.visit_of(here)?;
        Ok(match here.step.need {
            crate::protocol::Need::AnyOf => !visit.answers.is_empty(),
            crate::protocol::Need::AllOf => {
                visit.answers.iter().any(|answer| answer.by == who.user)
            }
        })
    }
}

/// The kind of meeting that was chosen: the only one where there is one.
fn kind_of(meeting: &Meeting, chosen: Option<String>) -> Result<String, Refusal> {
    let refused = |fault| Refusal::Field {
        block: "what",
        fault,
    };
    match chosen {
        Some(chosen) if meeting.kinds.contains(&chosen) => Ok(chosen),
        Some(_) => Err(refused(FieldFault::Unknown)),
        None => match meeting.kinds.as_slice() {
            [only] => Ok(only.clone()),
            _ => Err(refused(FieldFault::Missing)),
        },
    }
}

fn next_number(visit: &Visit) -> u32 {
    visit
        .meetings
        .iter()
        .map(|meeting| meeting.number)
        .max()
        .unwrap_or(0)
        + 1
}
