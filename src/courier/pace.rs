//! The pace: when something may go next. Pure, and by monotonic time alone, so that a wall clock that jumps neither bursts nor
//! stalls it.

use std::collections::{HashMap, VecDeque};
use std::time::Duration;

/// A channel takes about one message a second (docs.slack.dev, `chat.postMessage`); edits of its messages keep to the same.
const A_MESSAGE: Duration = Duration::from_secs(1);
/// How many edits a minute the whole workspace takes (`chat.update`, tier 3).
const EDITS: usize = 50;
const EDITS_IN: Duration = Duration::from_mins(1);
/// How far apart looks at a channel's history are (`conversations.history`, tier 3).
const A_LOOK: Duration = Duration::from_millis(1_200);
/// The first wait when Slack cannot be reached, doubled each time.
const FIRST_WAIT: Duration = Duration::from_secs(1);
/// The longest such wait.
const LONGEST_WAIT: Duration = Duration::from_mins(5);
/// The first wait of a destination whose last call got no clear answer, doubled each time.
const FIRST_DOUBT: Duration = Duration::from_secs(5);
/// How many calls in a row without a clear answer mean that Slack is in trouble, not one channel.
const DOUBTS_ARE_TROUBLE: u32 = 3;
/// From how many destinations on those at rest are forgotten.
const FORGET_FROM: usize = 1_000;

/// When something may go next.
#[derive(Debug, Default)]
pub(super) struct Pace {
    dests: HashMap<String, Dest>,
    /// When the last [`EDITS`] edits went, oldest first.
    edits: VecDeque<Duration>,
    edits_from: Duration,
    looks_from: Duration,
    trouble: Trouble,
    doubts_in_a_row: u32,
}

#[derive(Debug, Default)]
struct Dest {
    posts_from: Duration,
    edits_from: Duration,
    doubts: u32,
}

/// Slack as a whole cannot be used.
#[derive(Debug, Default)]
struct Trouble {
    tries: u32,
    until: Duration,
}

/// A place in the pace, taken when a message is leased.
#[derive(Clone, Debug)]
pub(super) struct Turn {
    dest: String,
    edit: bool,
    at: Duration,
}

impl Turn {
    pub(super) fn is_edit(&self) -> bool {
        self.edit
    }

    /// When it was taken.
    pub(super) fn at(&self) -> Duration {
        self.at
    }
}

impl Pace {
    /// The earliest reading at which something may go to `dest`.
    pub(super) fn from(&self, dest: &str, edit: bool) -> Duration {
        let dest = self.dests.get(dest);
        let own = if edit {
            let window = match self.edits.len().checked_sub(EDITS) {
                Some(at) => self
                    .edits
                    .get(at)
                    .map_or(Duration::ZERO, |at| *at + EDITS_IN),
                None => Duration::ZERO,
            };
            dest.map_or(Duration::ZERO, |dest| dest.edits_from)
                .max(window)
                .max(self.edits_from)
        } else {
            dest.map_or(Duration::ZERO, |dest| dest.posts_from)
        };
        own.max(self.trouble.until)
    }

    /// Takes a turn.
    pub(super) fn take(&mut self, dest: &str, edit: bool, now: Duration) -> Turn {
        if self.dests.len() >= FORGET_FROM {
            self.dests
                .retain(|_, dest| dest.posts_from > now || dest.edits_from > now);
        }
        let of = self.dests.entry(dest.to_owned()).or_default();
        if edit {
            of.edits_from = now + A_MESSAGE;
            self.edits.push_back(now);
            while self.edits.len() > EDITS {
                self.edits.pop_front();
            }
        } else {
            of.posts_from = now + A_MESSAGE;
        }
        Turn {
            dest: dest.to_owned(),
            edit,
            at: now,
        }
    }

    /// Gives a turn back: Slack was not called.
    pub(super) fn give_back(&mut self, turn: &Turn) {
        let Some(of) = self.dests.get_mut(&turn.dest) else {
            return;
        };
        let from = if turn.edit {
            if let Some(at) = self.edits.iter().rposition(|at| *at == turn.at) {
                self.edits.remove(at);
            }
            &mut of.edits_from
        } else {
            &mut of.posts_from
        };
        if *from == turn.at + A_MESSAGE {
            *from = turn.at;
        }
    }

    /// Slack asked to wait: that destination does, or for an edit all edits do. Nothing else is held up.
    pub(super) fn told_to_wait(&mut self, turn: &Turn, until: Duration) {
        if turn.edit {
            self.edits_from = self.edits_from.max(until);
        } else {
            let of = self.dests.entry(turn.dest.clone()).or_default();
            of.posts_from = of.posts_from.max(until);
        }
    }

    /// A call got no clear answer: its destination waits, and after some in a row everything does.
    pub(super) fn doubtful(&mut self, turn: &Turn, now: Duration) {
        let of = self.dests.entry(turn.dest.clone()).or_default();
        let until = now + doubled(FIRST_DOUBT, of.doubts);
        of.doubts += 1;
        if turn.edit {
            of.edits_from = of.edits_from.max(until);
        } else {
            of.posts_from = of.posts_from.max(until);
        }
        self.doubts_in_a_row += 1;
        if self.doubts_in_a_row >= DOUBTS_ARE_TROUBLE {
            self.unreachable(turn.at, now, jitter());
        }
    }

    /// Slack could not be reached by a call that began at `began`: everything waits, longer each time, and then one message
    /// goes ahead of the others. `jitter` is between 0 and 1.
    pub(super) fn unreachable(&mut self, began: Duration, now: Duration, jitter: f64) {
        // Calls that were under way together are one failure: only one that began after the wait is another.
        if self.trouble.tries > 0 && began < self.trouble.until {
            return;
        }
        let wait = doubled(FIRST_WAIT, self.trouble.tries);
        self.trouble.tries = self.trouble.tries.saturating_add(1);
        self.trouble.until = now + wait.mul_f64(0.75 + jitter.clamp(0.0, 1.0) / 4.0);
    }

    /// Slack does not accept the token: everything waits until an administrator has mended it, tried once in `wait`.
    pub(super) fn not_accepted(&mut self, now: Duration, wait: Duration) {
        self.trouble.tries = self.trouble.tries.max(1);
        self.trouble.until = self.trouble.until.max(now + wait);
    }

    /// Slack answered.
    pub(super) fn answered(&mut self, turn: &Turn) {
        self.trouble = Trouble::default();
        self.doubts_in_a_row = 0;
        if let Some(of) = self.dests.get_mut(&turn.dest) {
            of.doubts = 0;
        }
    }

    /// Whether one message goes ahead to see if Slack can be used again.
    pub(super) fn tries_out(&self) -> bool {
        self.trouble.tries > 0
    }

    /// The earliest reading for the next look at a history.
    pub(super) fn looks_from(&self) -> Duration {
        self.looks_from.max(self.trouble.until)
    }

    /// Takes a look's turn.
    pub(super) fn take_look(&mut self, now: Duration) {
        self.looks_from = now + A_LOOK;
    }

    /// Slack asked to wait before the next look.
    pub(super) fn looks_wait(&mut self, until: Duration) {
        self.looks_from = self.looks_from.max(until);
    }
}

/// A wait doubled so many times, within the longest.
pub(super) fn doubled(first: Duration, times: u32) -> Duration {
    first
        .saturating_mul(1_u32.checked_shl(times.min(20)).unwrap_or(u32::MAX))
        .min(LONGEST_WAIT)
}

/// Something between 0 and 1, so that many bots do not come back at once.
pub(super) fn jitter() -> f64 {
    rand::random()
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn secs(secs: u64) -> Duration {
        Duration::from_secs(secs)
    }

    #[test]
    fn a_channel_takes_one_post_a_second_and_another_channel_does_not_wait_for_it() {
        let mut pace = Pace::default();
        pace.take("C1", false, secs(10));
        assert_eq!(pace.from("C1", false), secs(11));
        assert!(pace.from("C2", false) <= secs(10));
        assert!(
            pace.from("C1", true) <= secs(10),
            "an edit has its own turn"
        );
    }

    #[test]
    fn a_turn_given_back_may_be_taken_again_at_once() {
        let mut pace = Pace::default();
        for edit in [false, true] {
            let turn = pace.take("C1", edit, secs(10));
            pace.give_back(&turn);
            assert_eq!(pace.from("C1", edit), secs(10));
        }
        assert!(pace.edits.is_empty());
    }

    #[test]
    fn fifty_edits_in_a_minute_are_enough_for_the_workspace() {
        let mut pace = Pace::default();
        for number in 0..50_u32 {
            let dest = format!("C{number}");
            assert!(pace.from(&dest, true) <= secs(0), "edit {number}");
            pace.take(&dest, true, secs(0));
        }
        assert_eq!(pace.from("C99", true), secs(60));
        assert_eq!(
            pace.from("C99", false),
            secs(0),
            "a post does not wait for edits"
        );
        pace.take("C99", true, secs(60));
        assert_eq!(pace.from("C98", true), secs(60));
    }

    #[test]
    fn slack_asking_to_wait_holds_one_channel_or_all_edits() {
        let mut pace = Pace::default();
        let post = pace.take("C1", false, secs(0));
        pace.told_to_wait(&post, secs(30));
        assert_eq!(pace.from("C1", false), secs(30));
        assert_eq!(pace.from("C2", false), secs(0));
        let edit = pace.take("C1", true, secs(0));
        pace.told_to_wait(&edit, secs(20));
        assert_eq!(pace.from("C2", true), secs(20));
        assert_eq!(pace.from("C2", false), secs(0));
    }

    #[test]
    fn waits_double_to_five_minutes_and_calls_that_failed_together_count_once() {
        let mut pace = Pace::default();
        let mut now = secs(100);
        let mut waits = Vec::new();
        for _ in 0..12 {
            pace.unreachable(now, now + secs(1), 1.0);
            pace.unreachable(now, now + secs(1), 1.0);
            let wait = pace.from("C1", false).saturating_sub(now + secs(1));
            waits.push(wait.as_secs());
            now = pace.from("C1", false);
        }
        assert_eq!(waits, [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300, 300]);
        let turn = pace.take("C1", false, now);
        pace.answered(&turn);
        assert!(!pace.tries_out());
        assert_eq!(pace.from("C2", false), Duration::ZERO);
    }

    #[test]
    fn one_channel_that_does_not_answer_is_not_all_of_slack_but_three_calls_in_a_row_are() {
        let mut pace = Pace::default();
        for dest in ["C1", "C2"] {
            let turn = pace.take(dest, false, secs(1));
            pace.doubtful(&turn, secs(11));
        }
        assert_eq!(pace.from("C1", false), secs(16));
        assert_eq!(pace.from("C3", false), secs(0));
        let turn = pace.take("C3", false, secs(12));
        pace.doubtful(&turn, secs(22));
        assert!(pace.from("C4", false) > secs(22));
    }
}
