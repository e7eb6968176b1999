//! The limits on the whole process: warned of, reported, and never in the way (`W-3.0`, `B-App3.cap`, `M-cap`, `H-cap`).

use super::Deciding;
use crate::concern::clocks::{Clock, ClockKind, of_caps};
use crate::concern::event::{Actor, Fact};
use crate::concern::forecast;

impl Deciding<'_> {
    /// Tells of every limit whose clock has fallen with this one, so that several are one message.
    pub(super) fn tell_of_caps(&mut self, fell: &Clock) {
        let by = fell.at.max(self.now);
        let mut fallen = of_caps(self.rules, &self.concern);
        fallen.retain(|(_, clock)| clock.kind == fell.kind && clock.at <= by);
        let reaches = forecast::reaches(self.rules, &self.concern, self.now);
        let limits: Vec<_> = self.rules.numbered_caps(&self.concern).collect();
        for (cap, rule) in limits {
            let (true, Some(ends)) = (
                fallen.iter().any(|(number, _)| *number == cap),
                self.rules.cap_ends(&self.concern, rule),
            ) else {
                continue;
            };
            let ended = ends.date;
            self.add(if fell.kind == ClockKind::CapPassed {
                Fact::CapPassed { cap, ended }
            } else {
                Fact::CapWarned {
                    cap,
                    ends: ended,
                    reaches: reaches.unwrap_or(ended),
                }
            });
        }
    }

    /// Takes back a warning that does not hold any more, so that the next one is told.
    pub(super) fn take_back_warnings(&mut self) {
        if !self.concern.is_open() {
            return;
        }
        (self.actor, self.on_behalf_of) = (Actor::Lodestar, None);
        let limits: Vec<_> = self.rules.numbered_caps(&self.concern).collect();
        for (cap, rule) in limits {
            let told = self.concern.cap(cap);
            let holds = told.warned && !told.passed;
            if holds && forecast::fits(self.rules, &self.concern, rule, self.now) == Some(true) {
                self.add(Fact::CapFits { cap });
            }
        }
    }
}
