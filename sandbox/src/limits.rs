//! Slack's pace: so many calls of a method in a while.

use std::collections::{HashMap, VecDeque};

/// Whether too fast a caller gets HTTP 429, and by which clock.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Pace {
    /// Nobody is too fast.
    #[default]
    Off,
    /// By the machine's monotonic clock, as Slack does.
    Real,
    /// By the wall clock given to the builder, for tests that move it.
    Wall,
}

/// How many calls in how many milliseconds. Source: the tiers of docs.slack.dev/apis/web-api/rate-limits.
fn allowance(method: &str, commercial: bool) -> (usize, i64) {
    match method {
        "conversations.history" | "conversations.replies" if commercial => (1, 60_000),
        // One a second a channel; short bursts pass.
        "chat.postMessage" => (3, 3_000),
        "chat.update"
        | "chat.delete"
        | "conversations.open"
        | "conversations.info"
        | "conversations.history"
        | "conversations.replies"
        | "users.lookupByEmail"
        | "apps.connections.open" => (50, 60_000),
        "users.list" | "conversations.list" => (20, 60_000),
        "auth.test" => (600, 60_000),
        _ => (100, 60_000),
    }
}

#[derive(Debug, Default)]
pub(crate) struct Meter {
    seen: HashMap<(String, String), VecDeque<i64>>,
}

impl Meter {
    /// Counts a call at this millisecond; the seconds to wait where it is one too many.
    pub(crate) fn count(
        &mut self,
        (method, commercial): (&str, bool),
        channel: Option<&str>,
        now: i64,
    ) -> Option<u64> {
        let key = if method == "chat.postMessage" {
            channel.unwrap_or_default()
        } else {
            ""
        };
        let (most, window) = allowance(method, commercial);
        let seen = self
            .seen
            .entry((method.to_owned(), key.to_owned()))
            .or_default();
        while seen
            .front()
            .is_some_and(|first| now.saturating_sub(*first) >= window)
        {
            seen.pop_front();
        }
        if seen.len() < most {
            seen.push_back(now);
            return None;
        }
        let wait = seen
            .front()
            .map_or(1_000, |first| window - (now - first))
            .max(1);
        Some(u64::try_from(wait).unwrap_or(1_000).div_ceil(1_000))
    }
}

#[cfg(test)]
mod tests {
    use super::Meter;

    #[test]
    fn a_fourth_message_within_three_seconds_has_to_wait_and_another_channel_does_not() {
        let mut meter = Meter::default();
        for now in [0, 1, 2] {
            assert_eq!(
                meter.count(("chat.postMessage", false), Some("C1"), now),
                None
            );
        }
        assert_eq!(
            meter.count(("chat.postMessage", false), Some("C1"), 3),
            Some(3)
        );
        assert_eq!(
            meter.count(("chat.postMessage", false), Some("C2"), 3),
            None
        );
        assert_eq!(
            meter.count(("chat.postMessage", false), Some("C1"), 3_001),
            None
        );
    }
}
