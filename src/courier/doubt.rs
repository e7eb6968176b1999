//! A post that may have been taken: looking for it in the channel's history before it is sent again.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::Value;
use tracing::warn;

use super::mark::{Mark, What};
use super::pace::{doubled, jitter};
use super::refusal::is_person;
use super::{End, Inner};
use crate::slack::web::{ApiError, Posted};
use crate::store::outbox::Message;

/// How long a post that got no answer is given to arrive before it is looked for.
pub(super) const SETTLES_IN: Duration = Duration::from_secs(5);
/// How far around its lease a post is looked for: the clocks of two machines.
const BEFORE: TimeDelta = TimeDelta::minutes(2);
const AFTER: TimeDelta = TimeDelta::minutes(3);
/// Messages in one look: what an app that is not the council's own is given at most.
const A_PAGE: u16 = 15;
/// The most looks for one message: what one channel takes in the window, and people's own words between.
const MOST_PAGES: u32 = 20;
/// For how long a history that Slack refuses is asked for.
const REFUSED_FOR: Duration = Duration::from_mins(10);
/// How long until it is asked for again.
const ASK_AGAIN: Duration = Duration::from_mins(1);

/// What is written beside a message that is sent again without having been looked for.
pub(super) const SENT_AGAIN: &str = "in_doubt";

/// A post in doubt.
#[derive(Clone, Debug)]
pub(super) struct Doubt {
    pub(super) message: Message,
    /// The monotonic reading for the next look.
    pub(super) at: Duration,
    /// Where the next page ends, as a message's time.
    latest: Option<String>,
    pages: u32,
    failures: u32,
    refused_since: Option<Duration>,
}

impl Doubt {
    pub(super) fn new(message: Message, now: Duration) -> Self {
        Self {
            message,
            at: now + SETTLES_IN,
            latest: None,
            pages: 0,
            failures: 0,
            refused_since: None,
        }
    }

    fn mark(self, what: What) -> End {
        End::Mark(Mark {
            message: self.message,
            what,
        })
    }

    /// Nothing more is to be found out: it is sent again, and says so.
    fn sent_again(self) -> End {
        self.mark(What::Retry {
            not_before: DateTime::UNIX_EPOCH,
            code: SENT_AGAIN.to_owned(),
        })
    }

    fn later(mut self, at: Duration) -> End {
        self.at = at;
        End::Doubt(self)
    }
}

impl Inner {
    /// Looks once.
    pub(super) async fn look(&self, mut doubt: Doubt) -> End {
        let began = self.desk.clock().elapsed();
        let found = self.page(&doubt).await;
        let now = self.desk.clock().elapsed();
        let page = match found {
            Ok(page) => page,
            Err(fault) => return self.cannot_look(doubt, &fault, began, now),
        };
        self.readiness.ready(HISTORY);
        if let Some(place) = page.found {
            let at = moment(&place.ts).unwrap_or_else(|| self.desk.now()).clamp(
                doubt.message.created_at,
                self.desk.now().max(doubt.message.created_at),
            );
            let hash = String::new();
            return doubt.mark(What::Sent { place, hash, at });
        }
        doubt.pages += 1;
        match page.before {
            None => doubt.mark(What::Back),
            Some(_) if doubt.pages >= MOST_PAGES => doubt.sent_again(),
            Some(before) => {
                doubt.latest = Some(before);
                doubt.later(now)
            }
        }
    }

    async fn page(&self, doubt: &Doubt) -> Result<Page, ApiError> {
        let message = &doubt.message;
        let channel = if is_person(&message.dest) {
            self.web.open_dm(&message.dest).await?
        } else {
            message.dest.clone()
        };
        let around = message.leased_at.unwrap_or(message.created_at);
        let oldest = ts(around - BEFORE);
        let latest = doubt.latest.clone().unwrap_or_else(|| ts(around + AFTER));
        let page = self.web.history(&channel, &oldest, &latest, A_PAGE).await?;
        let delivery = |said: &&Value| {
            said.pointer("/metadata/event_payload/delivery")
                .and_then(Value::as_str)
                == Some(message.delivery.as_str())
        };
        let ts_of = |said: &Value| said.get("ts").and_then(Value::as_str).map(str::to_owned);
        let found = page.messages.iter().find(delivery).and_then(ts_of);
        let last = page.messages.last().and_then(ts_of);
        Ok(Page {
            found: found.map(|ts| Posted { channel, ts }),
            before: last
                .filter(|_| page.has_more)
                .and_then(|ts| just_before(&ts)),
        })
    }

    fn cannot_look(
        &self,
        mut doubt: Doubt,
        fault: &ApiError,
        began: Duration,
        now: Duration,
    ) -> End {
        doubt.failures += 1;
        match fault {
            ApiError::RateLimited { retry_after } => {
                self.pace().looks_wait(now + *retry_after);
                doubt.later(now + *retry_after)
            }
            ApiError::Auth { code, .. } | ApiError::Refused { code, .. } => {
                let since = *doubt.refused_since.get_or_insert(now);
                warn!(
                    message = doubt.message.id,
                    code, "whether a message arrived cannot be looked up in its channel's history"
                );
                self.readiness.not_ready(
                    HISTORY,
                    format!(
                        "Slack refuses the history of a channel ({code}): give the app the scopes channels:history, \
                         groups:history and im:history, or set confirm_deliveries = false under [slack] in lodestar.toml."
                    ),
                );
                if now.saturating_sub(since) >= REFUSED_FOR {
                    return doubt.sent_again();
                }
                doubt.later(now + ASK_AGAIN)
            }
            ApiError::Unavailable(_) => {
                self.unreachable(began, now);
                let wait = doubled(SETTLES_IN, doubt.failures);
                doubt.later(now + wait.mul_f64(0.75 + jitter() / 4.0))
            }
            ApiError::InDoubt(_) | ApiError::Invalid(_) => {
                let wait = doubled(SETTLES_IN, doubt.failures);
                doubt.later(now + wait)
            }
        }
    }
}

/// The part of readiness that is about histories.
const HISTORY: &str = "Slack history";

/// What a look found.
struct Page {
    found: Option<Posted>,
    /// Where the next page ends, if there is one.
    before: Option<String>,
}

/// A moment as a message's time.
fn ts(at: DateTime<Utc>) -> String {
    format!("{}.{:06}", at.timestamp(), at.timestamp_subsec_micros())
}

fn moment(ts: &str) -> Option<DateTime<Utc>> {
    DateTime::from_timestamp_micros(micros(ts)?)
}

fn micros(ts: &str) -> Option<i64> {
    let (seconds, fraction) = ts.split_once('.')?;
    let fraction: i64 = format!("{fraction:0<6}").get(..6)?.parse().ok()?;
    seconds
        .parse::<i64>()
        .ok()?
        .checked_mul(1_000_000)?
        .checked_add(fraction)
}

/// The latest message time before this one.
fn just_before(at: &str) -> Option<String> {
    DateTime::from_timestamp_micros(micros(at)? - 1).map(ts)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_time_is_read_and_written_to_the_microsecond() {
        assert_eq!(
            just_before("1700000000.000100").as_deref(),
            Some("1700000000.000099")
        );
        assert_eq!(
            just_before("1700000000.000000").as_deref(),
            Some("1699999999.999999")
        );
        assert_eq!(
            moment("1700000000.5").map(ts).as_deref(),
            Some("1700000000.500000")
        );
        assert_eq!(moment("nonsense"), None);
    }
}
