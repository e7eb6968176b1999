//! One message, from its lease to what became of it. No unit of work is open meanwhile.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};
use tracing::{error, warn};

use super::doubt::{Doubt, SENT_AGAIN};
use super::mark::{Mark, What, kind, visit};
use super::pace::{Turn, jitter};
use super::refusal::{Meaning, SHARED, is_person, meaning};
use super::render::{Drawn, NotDrawn, hash};
use super::{End, Inner, SLACK, fallback, plain};
use crate::ids::Subject;
use crate::mail::{Content, Kind, Occasion};
use crate::notice::Notice;
use crate::slack::web::{ApiError, Outgoing, Posted};
use crate::store::outbox::Message;

/// How often a message is tried that cannot be rendered, or that Slack refuses with a code not known here.
const MOST_TRIES: i64 = 5;
/// How long such a message waits first; four times longer each time, so the last is tried after about three quarters of an hour.
const FIRST_RETRY: TimeDelta = TimeDelta::seconds(30);
/// How often a token that is not accepted is tried.
const TOKEN_AGAIN: Duration = Duration::from_mins(1);
/// How long what is known of a channel's sharing is good for.
const KNOWN_FOR: Duration = Duration::from_hours(1);
/// How long a channel is taken as it is when Slack would not say.
const UNKNOWN_FOR: Duration = Duration::from_mins(1);

/// What Slack is asked to do.
struct Call {
    message: Message,
    turn: Turn,
    body: Outgoing,
    hash: String,
}

impl Inner {
    /// Sends one message that has been leased.
    pub(super) async fn send(&self, message: Message, turn: Turn) -> End {
        let drawn = self.render.render(&message).await;
        let body = match drawn {
            Ok(Drawn::Say(body)) => body,
            Ok(Drawn::AsItWas) => return self.not_called(message, &turn, What::Same),
            Ok(Drawn::Stale(why)) => return self.not_called(message, &turn, What::Dropped(why)),
            Err(NotDrawn::Later(fault)) => {
                warn!(
                    message = message.id,
                    fault, "a message could not be rendered yet"
                );
                self.pace().give_back(&turn);
                self.hold_a_moment();
                return mark(message, What::Back);
            }
            Err(NotDrawn::Broken(fault)) => {
                self.pace().give_back(&turn);
                return self.poisoned(message, &fault);
            }
        };
        let hash = hash(&body);
        if message.is_posted() && hash == message.body_hash {
            return self.not_called(message, &turn, What::Same);
        }
        let call = Call {
            message,
            turn,
            body,
            hash,
        };
        match self.is_shared(&call.message.dest).await {
            Ok(false) => {}
            Ok(true) => {
                self.pace().give_back(&call.turn);
                return self.place_refuses(call.message, SHARED).await;
            }
            Err(fault) => return self.failed(call, &fault).await,
        }
        self.call(call).await
    }

    fn not_called(&self, message: Message, turn: &Turn, what: What) -> End {
        self.pace().give_back(turn);
        mark(message, what)
    }

    async fn call(&self, mut call: Call) -> End {
        let message = &call.message;
        call.body.metadata = Some(metadata(message));
        let outcome = match place(message) {
            Some(at) => self.web.update_message(&at, &call.body).await,
            None if message.last_error == SENT_AGAIN => {
                let marked = said_again(&call.body);
                self.web.post_message(&message.dest, &marked).await
            }
            None => self.web.post_message(&message.dest, &call.body).await,
        };
        match outcome {
            Ok(place) => {
                self.answered(&call.turn);
                let sent = What::Sent {
                    place,
                    hash: call.hash,
                    at: self.desk.now(),
                };
                mark(call.message, sent)
            }
            Err(fault) => self.failed(call, &fault).await,
        }
    }

    async fn failed(&self, call: Call, fault: &ApiError) -> End {
        let now = self.desk.clock().elapsed();
        let Call { message, turn, .. } = &call;
        match fault {
            ApiError::RateLimited { retry_after } => {
                self.pace().told_to_wait(turn, now + *retry_after);
            }
            ApiError::Unavailable(_) => self.unreachable(turn.at(), now),
            ApiError::Auth { code, needed } => self.not_accepted(code, needed.as_deref(), now),
            ApiError::Invalid(_) => {
                return self.poisoned(call.message, "invalid_call");
            }
            ApiError::InDoubt(_) => {
                self.pace().doubtful(turn, now);
                if self.pace().tries_out() {
                    self.not_reached();
                }
                if message.is_posted() {
                    // The same edit twice is one edit.
                    return mark(call.message, What::Back);
                }
                warn!(
                    message = message.id,
                    kind = message.kind,
                    "whether a message arrived is not known"
                );
                self.counted(message, "in_doubt");
                return if self.options.confirm_deliveries {
                    End::Doubt(Doubt::new(call.message, now))
                } else {
                    mark(call.message, again())
                };
            }
            ApiError::Refused { code, .. } => {
                return match meaning(code) {
                    Meaning::Way => {
                        self.unreachable(turn.at(), now);
                        mark(call.message, What::Back)
                    }
                    Meaning::Place => {
                        self.answered(turn);
                        self.place_refuses(call.message, code).await
                    }
                    Meaning::Gone => {
                        self.answered(turn);
                        self.gone(call.message, code).await
                    }
                    Meaning::Body => {
                        self.answered(turn);
                        self.body_refused(call, fault).await
                    }
                    Meaning::Odd => {
                        self.answered(turn);
                        if message.attempts + 1 >= MOST_TRIES {
                            self.place_refuses(call.message, code).await
                        } else {
                            self.poisoned(call.message, code)
                        }
                    }
                };
            }
        }
        mark(call.message, What::Back)
    }

    /// Something is wrong with this one message: it is tried some times, ever later, and holds nothing else up.
    pub(super) fn poisoned(&self, message: Message, fault: &str) -> End {
        let tries = message.attempts + 1;
        if tries >= MOST_TRIES {
            error!(
                message = message.id,
                kind = message.kind,
                about = about(&message),
                fault,
                "a message could not be made and is given up"
            );
            return mark(message, What::Failed(short(fault)));
        }
        error!(
            message = message.id,
            kind = message.kind,
            about = about(&message),
            tries,
            fault,
            "a message could not be made and is tried again"
        );
        let times = u32::try_from(message.attempts.clamp(0, 3)).unwrap_or(0);
        let not_before = self.desk.now() + FIRST_RETRY * 4_i32.pow(times);
        mark(
            message,
            What::Retry {
                not_before,
                code: short(fault),
            },
        )
    }

    /// The place takes nothing: the people behind it get it directly.
    async fn place_refuses(&self, message: Message, code_of_slack: &str) -> End {
        if message.is_posted() && !self.matters(&message).await {
            return mark(message, What::Dropped("place_refused"));
        }
        let to = match fallback::instead(&self.desk, &message).await {
            Ok(to) => to,
            Err(fault) => return self.poisoned(message, fault.code()),
        };
        let code = code_of_slack.to_owned();
        let place = if is_person(&message.dest) {
            "person"
        } else {
            "channel"
        };
        error!(
            message = message.id,
            kind = message.kind,
            about = about(&message),
            place,
            dest = message.dest,
            code,
            people = to.len(),
            "Slack takes nothing for this place; the message goes to others directly"
        );
        if to.is_empty() {
            mark(message, What::Failed(code))
        } else {
            mark(message, What::Elsewhere { to, code })
        }
    }

    /// The message that was to be edited is gone: it is posted anew if it still matters, since the record is the truth.
    async fn gone(&self, message: Message, code: &str) -> End {
        if !message.is_posted() {
            return self.poisoned(message, code);
        }
        if self.matters(&message).await {
            mark(message, What::Anew)
        } else {
            mark(message, What::Dropped("gone"))
        }
    }

    /// Whether somebody may still have to do something with a message that was posted.
    async fn matters(&self, message: &Message) -> bool {
        let matter = match serde_json::from_value(message.payload.clone()) {
            Ok(Content::Concern(matter)) => matter,
            Ok(Content::Review(matter)) => return matter.occasion.stands(),
            Ok(Content::Notice(matter)) => {
                return matter.occasion.stands() && self.is_open(message).await;
            }
            Ok(Content::Tasks(matter)) => {
                return matches!(matter.occasion.kind(), Kind::Receipt | Kind::Card);
            }
            _ => return false,
        };
        let Some(id) = message.concern() else {
            return false;
        };
        match self.desk.case(id).await {
            Ok(Some(case)) => {
                let concern = &case.concern;
                let present = concern
                    .visit()
                    .is_some_and(|visit| visit.number == matter.visit);
                concern.is_open() && (present || matter.occasion == Occasion::Receipt)
            }
            // In doubt it does: one message too many is better than one too few.
            Ok(None) | Err(_) => true,
        }
    }

    /// Whether the notice a message is about is open. In doubt it is: one message too many is better than one too few.
    async fn is_open(&self, message: &Message) -> bool {
        let Some(Subject::Notice(id)) = message.subject else {
            return false;
        };
        let found = self.desk.kept::<Notice>(id).await;
        found.map_or(true, |case| case.is_none_or(|case| case.record.is_open()))
    }

    /// Slack does not take what the message says. Somebody must act on it all the same, so it is said plainly.
    async fn body_refused(&self, call: Call, fault: &ApiError) -> End {
        let Call { message, .. } = call;
        error!(
            message = message.id,
            kind = message.kind,
            about = about(&message),
            fault = %fault,
            "Slack does not take a message as it is rendered"
        );
        let code = fault.code().unwrap_or("invalid").to_owned();
        if !matches!(kind(&message), Kind::Card | Kind::Gate | Kind::Receipt) {
            return mark(message, What::Failed(code));
        }
        let Some(mut body) = plain::words(&self.desk, &message).await else {
            return mark(message, What::Failed(code));
        };
        body.metadata = Some(metadata(&message));
        let outcome = match place(&message) {
            Some(at) => self.web.update_message(&at, &body).await,
            None => self.web.post_message(&message.dest, &body).await,
        };
        let now = self.desk.clock().elapsed();
        match outcome {
            Ok(place) => {
                let sent = What::Sent {
                    place,
                    // What was to be said is what it is compared with, so that it is tried again only when that changes.
                    hash: call.hash,
                    at: self.desk.now(),
                };
                mark(message, sent)
            }
            Err(ApiError::InDoubt(_))
                if !message.is_posted() && self.options.confirm_deliveries =>
            {
                self.pace().doubtful(&call.turn, now);
                End::Doubt(Doubt::new(message, now))
            }
            Err(ApiError::Refused { .. }) => mark(message, What::Failed(code)),
            Err(ApiError::RateLimited { retry_after }) => {
                self.pace().told_to_wait(&call.turn, now + retry_after);
                mark(message, What::Back)
            }
            Err(_) => {
                self.unreachable(call.turn.at(), now);
                mark(message, What::Back)
            }
        }
    }

    /// Whether a channel is shared with another organisation, asked once an hour.
    async fn is_shared(&self, dest: &str) -> Result<bool, ApiError> {
        if is_person(dest) {
            return Ok(false);
        }
        let now = self.desk.clock().elapsed();
        if let Some((shared, until)) = self.state().shared.get(dest)
            && now < *until
        {
            return Ok(*shared);
        }
        let (shared, known_for) = match self.web.conversations_info(dest).await {
            Ok(channel) => {
                let is = |name: &str| channel.get(name).and_then(Value::as_bool) == Some(true);
                (
                    is("is_ext_shared") || is("is_shared") || is("is_pending_ext_shared"),
                    KNOWN_FOR,
                )
            }
            Err(fault @ (ApiError::Unavailable(_) | ApiError::InDoubt(_))) => {
                // Surely nothing was sent yet, whatever became of the question.
                let why = match fault {
                    ApiError::Unavailable(why) | ApiError::InDoubt(why) => why,
                    _ => "no answer",
                };
                return Err(ApiError::Unavailable(why));
            }
            Err(fault) => {
                if !std::mem::replace(&mut self.state().said_unknown, true) {
                    warn!(
                        code = fault.code().unwrap_or(fault.kind()),
                        "whether channels are shared with another organisation cannot be asked; what was checked at start holds"
                    );
                }
                (false, UNKNOWN_FOR)
            }
        };
        let mut state = self.state();
        if known_for == KNOWN_FOR {
            state.said_unknown = false;
        }
        state
            .shared
            .insert(dest.to_owned(), (shared, now + known_for));
        Ok(shared)
    }

    // --- what Slack's state means for readiness ---

    fn answered(&self, turn: &Turn) {
        self.pace().answered(turn);
        self.readiness.ready(SLACK);
    }

    pub(super) fn unreachable(&self, began: Duration, now: Duration) {
        self.pace().unreachable(began, now, jitter());
        self.not_reached();
    }

    fn not_reached(&self) {
        self.readiness.not_ready(
            SLACK,
            "Slack cannot be reached: messages wait, and go out when it can be. Check the network, the proxy and status.slack.com.",
        );
    }

    fn not_accepted(&self, code: &str, needed: Option<&str>, now: Duration) {
        self.pace().not_accepted(now, TOKEN_AGAIN);
        let mend = match needed {
            Some(scope) => format!(
                "Slack refuses messages because the scope {scope} is missing: add it to the app and install it again."
            ),
            None => format!(
                "Slack does not accept SLACK_BOT_TOKEN ({code}): put the app's present bot token in its place and restart."
            ),
        };
        error!(
            code,
            needed, "Slack does not accept the bot's token; messages wait"
        );
        self.readiness.not_ready(SLACK, mend);
    }
}

fn mark(message: Message, what: What) -> End {
    End::Mark(Mark { message, what })
}

/// Sent again, saying so.
pub(super) fn again() -> What {
    What::Retry {
        not_before: DateTime::<Utc>::UNIX_EPOCH,
        code: SENT_AGAIN.to_owned(),
    }
}

/// Where a message lies.
fn place(message: &Message) -> Option<Posted> {
    Some(Posted {
        channel: message.channel.clone()?,
        ts: message.ts.clone()?,
    })
}

/// What a message is about, for the log: a reference, or nothing.
fn about(message: &Message) -> String {
    message
        .subject
        .map(|subject| subject.to_string())
        .unwrap_or_default()
}

/// A message's metadata, as interface.md names it: strings only.
fn metadata(message: &Message) -> Value {
    let mut payload = json!({"kind": message.kind, "delivery": message.delivery});
    if let Some(subject) = message.subject {
        payload[subject.sort()] = json!(subject.to_string());
    }
    if !message.step.is_empty() {
        payload["step"] = json!(message.step);
    }
    if let Some(visit) = visit(message) {
        payload["visit"] = json!(visit.to_string());
    }
    json!({"event_type": "lodestar", "event_payload": payload})
}

/// What is said under a message that may be there twice.
fn said_again(body: &Outgoing) -> Outgoing {
    const AGAIN: &str = "This may have been sent before: Slack did not confirm it.";
    let mut body = body.clone();
    body.text = format!("{}\n{AGAIN}", body.text);
    if let Some(Value::Array(blocks)) = &mut body.blocks
        && blocks.len() < 50
    {
        blocks
            .push(json!({"type": "context", "elements": [{"type": "plain_text", "text": AGAIN}]}));
    }
    body
}

/// A fault's code, short enough for a column.
fn short(fault: &str) -> String {
    fault.chars().take(80).collect()
}
