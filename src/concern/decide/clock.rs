//! What the program itself decides: a clock that fell, a delivery, a changed calendar.

use chrono::{DateTime, SubsecRound, Utc};

use super::Deciding;
use crate::calendar::Due;
use crate::concern::clocks::{ClockKey, ClockKind, clocks, meeting_of};
use crate::concern::event::{Alert, Fact, How, Redate};
use crate::concern::follow::is_followed;
use crate::concern::rules::{Dated, FIVE_WORKING_DAYS};
use crate::concern::state::Phase;
use crate::protocol::Silence;

impl Deciding<'_> {
    pub(super) fn delivered(&mut self, number: u32, at: DateTime<Utc>) {
        let at = at.trunc_subsecs(3);
        let Some(visit) = self
            .concern
            .visit_numbered(number)
            .filter(|visit| visit.delivered.is_none())
        else {
            return;
        };
        let (present, issued, due) = (
            self.is_present(number),
            self.rules.day(visit.issued_at),
            visit.due,
        );
        let received = visit.received().map_or(at, |acted| acted.min(at));
        // What a person set stands, unless it had passed when the card came.
        let set = visit.extended || visit.time_set && due.is_some_and(|due| received < due.at);
        self.add(Fact::CardDelivered { visit: number, at });
        let (true, Some(due)) = (
            present && self.concern.phase == Phase::Answering && !set,
            due,
        ) else {
            return;
        };
        if self.rules.day(received) <= issued && received < due.at {
            return;
        }
        let Some(Dated { due: dated, .. }) = self.dated_as_received(received) else {
            return;
        };
        // Late delivery only ever gives the addressee more time, never less.
        if dated.at > due.at {
            self.add(Fact::Redated {
                visit: number,
                due: dated,
                why: Redate::DeliveredLate,
            });
        }
    }

    /// The due moment of the present visit, as if it had been issued when its addressee got it.
    fn dated_as_received(&self, received: DateTime<Utc>) -> Option<Dated> {
        let (visit, step) = self.here().ok()?;
        let (clock, how) = (step.clock.as_ref()?, visit.how);
        let received = received.max(visit.issued_at);
        // Clocks that start from what came before look at the concern as it was then.
        let mut before = self.concern.clone();
        before.visits.pop();
        let day = self.rules.day(received);
        Some(if how == How::Raised {
            self.rules.dated_for_case(&before, clock, day, received)
        } else {
            self.rules.dated(&before, clock, day, received)
        })
    }

    pub(super) fn recalculate(&mut self) {
        let Ok((visit, _)) = self.here() else {
            return;
        };
        let (Phase::Answering | Phase::RejectedWaiting, Some(due), false) = (
            self.concern.phase,
            visit.due,
            visit.extended || visit.time_set,
        ) else {
            return;
        };
        let number = visit.number;
        let received = visit.received().unwrap_or(visit.issued_at);
        let Some(Dated { due: again, .. }) = self.dated_as_received(received) else {
            return;
        };
        if again.date != due.date && again.at > self.now {
            self.add(Fact::Redated {
                visit: number,
                due: again,
                why: Redate::CalendarChanged,
            });
        } else if again != due && again.date == due.date {
            // The same day, now known for certain: the mark goes, the moment stays.
            self.add(Fact::Redated {
                visit: number,
                due: Due {
                    at: due.at,
                    ..again
                },
                why: Redate::CalendarChanged,
            });
        }
    }

    pub(super) fn clock_fell(&mut self, key: &ClockKey) {
        let live = clocks(self.rules, &self.concern);
        // A clock falls once, so one that was set before the calendar moved it later is acted on as it fell. A lapse is not: its
        // moment is in the record.
        let Some(clock) = live.into_iter().find(|clock| {
            &clock.key == key && (clock.kind != ClockKind::Lapse || clock.at <= self.now)
        }) else {
            return;
        };
        let Ok((visit, step)) = self.here() else {
            return;
        };
        let number = visit.number;
        match clock.kind {
            ClockKind::Lapse => {
                let late_ms = (self.now - clock.at).num_milliseconds();
                let raiser_judges =
                    step.silence == Silence::Alert && self.concern.phase == Phase::Answering;
                let how = if self.concern.phase == Phase::RejectedWaiting {
                    How::Rejected
                } else {
                    How::Lapsed
                };
                self.add(Fact::Lapsed {
                    visit: number,
                    late_ms,
                    raiser_judges,
                });
                if !raiser_judges {
                    self.move_on(how);
                }
            }
            ClockKind::Warn => {
                self.add(Fact::Warned { visit: number });
                let how = if self.concern.phase == Phase::RejectedWaiting {
                    How::Rejected
                } else {
                    How::Lapsed
                };
                self.ask_ahead(number, step, how);
            }
            ClockKind::AckReminder => self.add(Fact::AckReminded { visit: number }),
            ClockKind::Target if is_followed(self.rules, &self.concern) => {
                self.add(Fact::ReportAsked { visit: number });
            }
            ClockKind::Call => self.remind_of_call(),
            ClockKind::Input => self.add(Fact::InputAsked { visit: number }),
            ClockKind::Target => self.add(Fact::TargetAsked { visit: number }),
            ClockKind::Report => self.alert(Alert::NotReported),
            ClockKind::GateReminder => self.add(Fact::GateReminded { visit: number }),
            ClockKind::Undelivered => self.alert(Alert::Undelivered),
            ClockKind::Judge if self.concern.phase == Phase::Underway => {
                self.alert(Alert::TargetNotJudged);
            }
            ClockKind::Judge => self.alert(Alert::NotJudged),
            ClockKind::GateAlert => {
                let unanswered = self
                    .concern
                    .visit()
                    .and_then(|visit| visit.gate.as_ref())
                    .is_some_and(|gate| {
                        gate.verdict.is_none() && !self.rules.is_judgement(&gate.to)
                    });
                self.alert(if unanswered {
                    Alert::GateUnanswered
                } else {
                    Alert::RaiserAtGate
                });
            }
            ClockKind::Review => {
                let asked_before = self.concern.review_asked.is_some();
                let next = self.rules.due(self.today(), FIVE_WORKING_DAYS).date;
                self.add(Fact::ReviewAsked { next });
                if asked_before {
                    self.alert(Alert::NotReviewed);
                }
            }
            ClockKind::MeetingReminder | ClockKind::MeetingOutcome => {
                let Some(meeting) = meeting_of(visit, key) else {
                    return;
                };
                self.add(if clock.kind == ClockKind::MeetingReminder {
                    Fact::MeetingReminded {
                        visit: number,
                        meeting,
                    }
                } else {
                    Fact::MeetingAsked {
                        visit: number,
                        meeting,
                    }
                });
            }
            ClockKind::CapWarn | ClockKind::CapPassed => self.tell_of_caps(&clock),
            ClockKind::Partners => {
                let outstanding = self.concern.partners.outstanding().count();
                let outstanding = u32::try_from(outstanding).unwrap_or(u32::MAX);
                self.add(Fact::PartnersAsked { outstanding });
            }
        }
    }

    fn remind_of_call(&mut self) {
        let times = self.concern.call_reminders.len() + 1;
        let times = u32::try_from(times).unwrap_or(u32::MAX);
        self.add(Fact::CallReminded { times });
    }

    fn alert(&mut self, why: Alert) {
        let times = self.concern.nag.alerts + 1;
        self.add(Fact::Alerted { why, times });
    }
}
